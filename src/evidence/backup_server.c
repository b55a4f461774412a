/* evidence/backup_server.c: a case on a server as a folder, and back.
 *
 * The folder is a case like any other: the rows of one snapshot carried into an encrypted database
 * (store/carry.h), the sealed files beside it. Cost: an import of as many reports without its
 * parsing; the originals' bytes once. */
#include "evidence/backup_server.h"

#include "base/folder.h"
#include "base/i18n.h"
#include "evidence/move.h"
#include "evidence/private.h"
#include "store/beside.h"
#include "store/carry.h"
#include "store/copy.h"
#include "store/moved.h"
#include "store/report.h"

#include <string.h>

enum { REPORT_BYTES = 1200, CASE_BYTES = 1 << 20 };

/* Is what lies there of this state of the case? Else none of it counts. */
static bool begin_part(Store *part, const StoreMoved *mark, GError **error)
{
    g_auto(StoreMoved) there = {0};
    if (!store_moved_get(part, &there, error))
        return false;
    if (there.head == mark->head &&
        memcmp(there.signature, mark->signature, sizeof mark->signature) == 0)
        return true;
    return store_carry_empty(part, error) && store_moved_set(part, mark, error);
}

/* The folder is the backup's own: whatever else lies there is thrown away. */
static void clear_part(const char *part, StoreKeys *keys)
{
    StoreTarget target = STORE_TARGET_WHOLE;
    g_autoptr(GFile) folder = g_file_new_for_path(part);
    if (!store_moved_target(part, keys, &target, NULL) || target == STORE_TARGET_WHOLE)
        folder_remove(folder, NULL);
}

bool backup_server_database(Store *from, const StoreLogHead *head, const char *part, GError **error)
{
    StoreMoved mark = {
        .state = STORE_MOVED_COMING, .head = head->number, .place = (char *)store_folder(from)};
    memcpy(mark.signature, head->signature, sizeof mark.signature);
    clear_part(part, store_keys(from));
    g_autoptr(Store) to = store_moved_make(part, from, &mark, error);
    return to != NULL && begin_part(to, &mark, error) && store_carry_rows(from, to, true, error) &&
           store_carry_words(from, to, error) && store_carry_same(from, to, error) &&
           store_moved_keys(to, from, error) && store_optimize(to, error); /* all in one file */
}

gint64 backup_server_bytes(Store *from, GError **error)
{
    const gint64 reports = store_report_count(from, error);
    return reports < 0 ? -1 : reports * REPORT_BYTES + CASE_BYTES;
}

bool backup_server_beside(Store *from, const char *folder, GError **error)
{
    for (gsize i = 0; STORE_BESIDE_NAMES[i] != NULL; i++) {
        g_autoptr(GError) why = NULL;
        g_autofree char *text = store_beside_load(from, STORE_BESIDE_NAMES[i], &why);
        g_autofree char *path = g_build_filename(folder, STORE_BESIDE_NAMES[i], NULL);
        if (why == NULL && text != NULL)
            g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &why);
        if (why == NULL)
            continue;
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "%s", why->message);
        return false;
    }
    return true;
}

bool backup_server_restore(Store *backup, const char *address, EvidenceBackup *ret, GError **error)
{
    EvidenceMove moved = {0};
    ret->schema = store_schema_version(backup, error);
    if (ret->schema < 0)
        return false;
    if (ret->schema != STORE_SCHEMA_NEWEST) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The backup %s was made by another version of Zenhar. Restore it into a "
                      "folder, and move that to the server (`zenhar move`)."),
                    store_folder(backup));
        return false;
    }
    if (!evidence_carry(backup, address, &moved, error))
        return false;
    ret->originals = moved.originals;
    ret->copied = moved.carried;
    ret->bytes = moved.bytes;
    ret->database = ret->verified = true;
    ret->report = moved.report;
    ret->has_head = moved.has_head;
    ret->head = moved.head;
    return true;
}
