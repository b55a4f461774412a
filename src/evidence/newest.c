#include "evidence/newest.h"

#include "base/edtf.h"
#include "base/i18n.h"
#include "evidence/note_place.h"
#include "store/server_address.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum { NOTE_BYTES = EVIDENCE_HEAD_BYTES + 64, DAY_SECONDS = 86400 };

static char *path_of(Store *store, const char *name)
{
    return evidence_note_path(store_folder(store), name);
}

static guint64 big_endian(const guint8 bytes[8])
{
    guint64 value = 0;
    for (gsize i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* False: there is none, or it is not one that this case signed. */
static bool note_read(Store *store, const char *name, StoreLogHead *ret_head)
{
    guint8 bytes[NOTE_BYTES + 1], message[EVIDENCE_HEAD_BYTES];
    StoreKeys *keys = store_keys(store);
    g_autofree char *path = path_of(store, name);
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    const gssize n = file >= 0 ? read(file, bytes, sizeof bytes) : -1;
    if (file >= 0)
        close(file);
    if (n != NOTE_BYTES)
        return false;
    StoreLogHead head = {.number = (gint64)big_endian(bytes + 40),
                         .size = (gint64)big_endian(bytes + 48),
                         .time = (gint64)big_endian(bytes + 56)};
    memcpy(head.root, bytes + 64, sizeof head.root);
    memcpy(head.previous, bytes + 96, sizeof head.previous);
    memcpy(head.signature, bytes + EVIDENCE_HEAD_BYTES, sizeof head.signature);
    evidence_head_message(store_keys_case_id(keys), &head, message);
    if (head.number < 1 || memcmp(message, bytes, sizeof message) != 0 ||
        !evidence_head_check(store_keys_public(keys), store_keys_case_id(keys), &head))
        return false;
    *ret_head = head;
    return true;
}

void evidence_newest_note(Store *store, int *fd, const StoreLogHead *head)
{
    guint8 bytes[NOTE_BYTES];
    g_autofree char *path = path_of(store, EVIDENCE_NEWEST_FILE);
    evidence_head_message(store_keys_case_id(store_keys(store)), head, bytes);
    memcpy(bytes + EVIDENCE_HEAD_BYTES, head->signature, sizeof head->signature);
    if (*fd < 0)
        evidence_note_prepare(store_folder(store));
    if (*fd < 0)
        *fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    /* Half a note has no signature that fits and counts as none. */
    if (*fd >= 0 && pwrite(*fd, bytes, sizeof bytes, 0) != (gssize)sizeof bytes)
        g_unlink(path);
}

/* What is noted and missing, in words; `now`: number of the newest head there is, 0 none. */
static void shorter(Store *store, const StoreLogHead *noted, gint64 now, const char *name,
                    GError **error)
{
    g_autofree char *number = i18n_integer(noted->number), *entries = i18n_integer(noted->size);
    g_autofree char *day = edtf_describe_day((gint32)(noted->time / DAY_SECONDS));
    g_autofree char *path = path_of(store, name);
    if (now >= noted->number) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
            _("The log of the case %s says something else at head %s (of %s) than was noted "
              "beside it: another copy went on from an older state. Compare with a backup. "
              "The note is %s; remove it when you know why."),
            store_folder(store), number, day, path);
        return;
    }
    g_autofree char *newest = i18n_integer(now);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("The log of the case %s is shorter than it was: head %s (of %s, %s entries) was "
                  "noted, the newest now is %s. What was written later is missing: a write-ahead "
                  "log was damaged, or an older copy was put in its place. Compare with a backup. "
                  "The note is %s; remove it when you know why."),
                store_folder(store), number, day, entries, newest, path);
}

static bool note_fits(Store *store, const char *name, GError **error)
{
    StoreLogHead noted, there, newest = {0};
    g_autoptr(GError) inner = NULL;
    if (!note_read(store, name, &noted))
        return true;
    /* Read before the database: a commit of another process in between makes it only longer. */
    const bool found = store_log_head_load(store, noted.number, &there, &inner);
    if (inner == NULL && !found)
        store_log_head_load(store, 0, &newest, &inner);
    if (inner != NULL) {
        g_propagate_error(error, g_steal_pointer(&inner));
        return false;
    }
    if (found && memcmp(there.signature, noted.signature, sizeof there.signature) == 0)
        return true;
    shorter(store, &noted, found ? noted.number : newest.number, name, error);
    return false;
}

/* A server's log may be cut by who keeps the server, and others write to it: whoever sees it
 * remembers how far it was. */
static bool remember(Store *store, GError **error)
{
    StoreLogHead newest, noted;
    g_autoptr(GError) why = NULL;
    int file = -1;
    if (store_log_head_load(store, 0, &newest, &why) &&
        (!note_read(store, EVIDENCE_NEWEST_FILE, &noted) || noted.number < newest.number))
        evidence_newest_note(store, &file, &newest);
    if (file >= 0)
        close(file);
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool evidence_newest_check(Store *store, GError **error)
{
    return note_fits(store, EVIDENCE_NEWEST_LOST_FILE, error) &&
           note_fits(store, EVIDENCE_NEWEST_FILE, error) &&
           (!store_address_is(store_folder(store)) || remember(store, error));
}

void evidence_newest_lay_aside(Store *store)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *note = path_of(store, EVIDENCE_NEWEST_FILE);
    g_autofree char *aside = path_of(store, EVIDENCE_NEWEST_LOST_FILE);
    if (!note_fits(store, EVIDENCE_NEWEST_FILE, &why) &&
        g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY) &&
        !g_file_test(aside, G_FILE_TEST_EXISTS))
        g_rename(note, aside);
}
