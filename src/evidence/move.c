/* evidence/move.c: marks, rows, sealed files, words, verification; in this order.
 *
 *     source  ·  leaving ─────────────────────────────────────────▶ away
 *     target     coming ── rows ── originals ── words ── verified ──▶ ·
 *
 * A kill leaves one of these states, and each of them says what is to be done. Cost: an import of
 * as many reports without its parsing, the originals' bytes, and a verification. */
#include "evidence/move.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "evidence/newest.h"
#include "evidence/private.h"
#include "evidence/sealed.h"
#include "store/beside.h"
#include "store/carry.h"
#include "store/copy.h"
#include "store/erasure.h"
#include "store/moved.h"
#include "store/piece.h"
#include "store/server_address.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    Store *from, *to;
    EvidenceMove *done;
    StoreMovedState waits; /* the mark that the source bears meanwhile */
} Move;

static bool fail_io(const char *path, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                i18n_errno(errno));
    return false;
}

/* ---- sealed files, piece by piece, as they are ---- */

typedef struct {
    Store *store;
    const char *name; /* path of the file, or name of the pieces */
    int fd;
    gint64 part;
    guint8 *room; /* STORE_PIECE_BYTES */
} Source;

/* The next piece; of no bytes at the end, NULL with error set. */
static GBytes *source_next(Source *source, GError **error)
{
    if (source->fd < 0) {
        g_autoptr(GError) why = NULL;
        GBytes *piece = store_piece_load(source->store, source->name, source->part++, &why);
        if (why != NULL)
            g_propagate_error(error, g_steal_pointer(&why));
        else if (piece == NULL)
            piece = g_bytes_new(NULL, 0);
        return piece;
    }
    gsize filled = 0;
    while (filled < STORE_PIECE_BYTES) {
        const gssize n = read(source->fd, source->room + filled, STORE_PIECE_BYTES - filled);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."),
                        source->name, i18n_errno(errno));
            return NULL;
        }
        if (n == 0)
            break;
        filled += (gsize)n;
    }
    return g_bytes_new(source->room, filled);
}

/* One transaction: pieces of a cut-off move are none. */
static bool send_pieces(Move *move, Source *source, const char *name, guint64 *ret_bytes,
                        GError **error)
{
    if (!store_begin(move->to, error))
        return false;
    bool done = false;
    for (gint64 part = 0;; part++) {
        g_autoptr(GBytes) piece = source_next(source, error);
        gsize n = 0;
        const void *bytes = piece != NULL ? g_bytes_get_data(piece, &n) : NULL;
        done = piece != NULL && !store_copy_stopped(error);
        if (!done || n == 0)
            break;
        *ret_bytes += n;
        if (!store_piece_put(move->to, name, part, bytes, n, error)) {
            done = false;
            break;
        }
    }
    if (done)
        return store_commit(move->to, error);
    store_rollback(move->to);
    return false;
}

static bool write_all(int file, const char *path, const guint8 *bytes, gsize n, GError **error)
{
    for (gsize at = 0; at < n;) {
        const gssize put = write(file, bytes + at, n - at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail_io(path, error);
        at += (gsize)put;
    }
    return true;
}

/* Beside, then renamed; all are synced at the end. */
static bool write_file(Source *source, const char *path, guint64 *ret_bytes, GError **error)
{
    g_autofree char *part = g_strconcat(path, ".part", NULL), *folder = g_path_get_dirname(path);
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return fail_io(folder, error);
    const int file =
        g_open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (file < 0)
        return fail_io(part, error);
    bool done = true;
    for (gsize n = 1; done && n > 0;) {
        g_autoptr(GBytes) piece = source_next(source, error);
        const guint8 *bytes = piece != NULL ? g_bytes_get_data(piece, &n) : NULL;
        done =
            piece != NULL && !store_copy_stopped(error) && write_all(file, part, bytes, n, error);
        *ret_bytes += done ? n : 0;
    }
    if (close(file) != 0 && done)
        done = fail_io(part, error);
    if (done && g_rename(part, path) != 0)
        done = fail_io(path, error);
    if (!done)
        g_unlink(part);
    return done;
}

bool evidence_pieces_write(Store *store, const char *name, const char *path, guint64 *ret_bytes,
                           GError **error)
{
    g_autofree guint8 *room = g_malloc(STORE_PIECE_BYTES);
    Source source = {.store = store, .name = name, .fd = -1, .room = room};
    *ret_bytes = 0;
    return write_file(&source, path, ret_bytes, error);
}

static bool is_there(Store *store, const char *name, gint64 size, bool *ret_there, GError **error)
{
    struct stat info;
    if (store_has_pieces(store)) {
        const gint64 bytes = store_piece_size(store, name, error);
        *ret_there = bytes == size;
        return bytes != -2;
    }
    *ret_there = lstat(name, &info) == 0 && S_ISREG(info.st_mode) && (gint64)info.st_size == size;
    return true;
}

static bool carry_original(Move *move, const StoreCopyOriginal *original, guint8 *room,
                           GError **error)
{
    const gint64 size = (gint64)sealed_size((guint64)original->bytes);
    g_autofree char *from = sealed_path(move->from, original->sha256);
    g_autofree char *to = sealed_path(move->to, original->sha256);
    bool there = false;
    if (!is_there(move->to, to, size, &there, error))
        return false;
    if (there)
        return true;
    guint64 bytes = 0;
    Source source = {.store = move->from, .name = from, .fd = -1, .room = room};
    if (!store_has_pieces(move->from)) {
        source.fd = g_open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
        if (source.fd < 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), from,
                        i18n_errno(errno));
            return false;
        }
    }
    bool done = store_has_pieces(move->to) ? send_pieces(move, &source, to, &bytes, error)
                                           : write_file(&source, to, &bytes, error);
    if (source.fd >= 0)
        close(source.fd);
    if (done && (gint64)bytes != size) {
        char text[STORE_ID_MAX];
        evidence_misfit(error, _("The sealed file of %s is missing or cut in %s."),
                        store_id_format(STORE_KIND_ORIGINAL, original->id, text),
                        store_folder(move->from));
        return false;
    }
    move->done->carried += done;
    move->done->bytes += done ? size : 0;
    return done;
}

static bool sync_folder(Store *store, GError **error)
{
    if (store_has_pieces(store))
        return true;
    const int fd = g_open(store_folder(store), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    const bool synced = (fd >= 0 && syncfs(fd) == 0) || fail_io(store_folder(store), error);
    if (fd >= 0)
        close(fd);
    return synced;
}

/* Small texts that are no records: the inbox's wrapped key. */
static bool carry_beside(Move *move, GError **error)
{
    for (gsize i = 0; STORE_BESIDE_NAMES[i] != NULL; i++) {
        g_autoptr(GError) why = NULL;
        g_autofree char *text = store_beside_load(move->from, STORE_BESIDE_NAMES[i], &why);
        if (why != NULL) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        if (text != NULL && !store_beside_save(move->to, STORE_BESIDE_NAMES[i], text, error))
            return false;
    }
    return true;
}

static bool carry_originals(Move *move, GError **error)
{
    g_autoptr(GArray) originals = store_copy_originals(move->from, error);
    if (originals == NULL)
        return false;
    g_autoptr(StoreErased) erased = store_erased_load(move->from, error);
    if (erased == NULL)
        return false;
    move->done->originals = originals->len;
    g_autofree guint8 *room = g_malloc(STORE_PIECE_BYTES);
    g_autoptr(Progress) progress =
        progress_new(_("Moving originals"), _("originals"), originals->len);
    for (guint i = 0; i < originals->len; i++) {
        const StoreCopyOriginal *original = &g_array_index(originals, StoreCopyOriginal, i);
        /* One that was erased has no sealed file any more. */
        if (store_erased_find(erased, STORE_KIND_ORIGINAL, original->id) == NULL &&
            !carry_original(move, original, room, error))
            return false;
        progress_add(progress, 1);
    }
    return sync_folder(move->to, error);
}

/* ---- the head ---- */

static bool head_of(Store *store, bool *ret_has, StoreLogHead *ret_head, GError **error)
{
    g_autoptr(GError) why = NULL;
    memset(ret_head, 0, sizeof *ret_head);
    *ret_has = evidence_head(store, ret_head, &why);
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static void mark_head(StoreMoved *mark, const StoreLogHead *head)
{
    mark->head = head->number;
    memcpy(mark->signature, head->signature, sizeof mark->signature);
}

static bool same_head(Move *move, GError **error)
{
    bool has = false;
    StoreLogHead there;
    const StoreLogHead *here = &move->done->head;
    if (!head_of(move->to, &has, &there, error))
        return false;
    if (has == move->done->has_head && here->number == there.number && here->size == there.size &&
        memcmp(here->root, there.root, sizeof here->root) == 0 &&
        memcmp(here->signature, there.signature, sizeof here->signature) == 0)
        return true;
    evidence_misfit(error, _("The newest head in %s is not that of %s."), store_folder(move->to),
                    store_folder(move->from));
    return false;
}

/* ---- the stages ---- */

/* What is there was begun with another state of the source? Then none of it counts. */
static bool begin_target(Move *move, const StoreMoved *mark, GError **error)
{
    g_auto(StoreMoved) there = {0};
    if (!store_moved_get(move->to, &there, error))
        return false;
    if (there.head == mark->head &&
        memcmp(there.signature, mark->signature, sizeof mark->signature) == 0)
        return true;
    return store_carry_empty(move->to, error) && store_moved_set(move->to, mark, error);
}

static bool carry_all(Move *move, const EvidenceMoveOptions *options, GError **error)
{
    return store_carry_rows(move->from, move->to, !options->without_cache, error) &&
           carry_originals(move, error) && carry_beside(move, error) &&
           store_carry_words(move->from, move->to, error) &&
           store_moved_keys(move->to, move->from, error);
}

static bool check_all(Move *move, GError **error)
{
    return same_head(move, error) && store_carry_same(move->from, move->to, error) &&
           evidence_verify(move->to, &move->done->report, error);
}

/* Nobody opened the source again while it was carried? */
static bool source_waits(Move *move, GError **error)
{
    bool has = false;
    StoreLogHead now;
    g_auto(StoreMoved) mark = {0};
    if (!store_moved_get(move->from, &mark, error) || !head_of(move->from, &has, &now, error))
        return false;
    if (mark.state == move->waits && now.number == move->done->head.number)
        return true;
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY,
        _("The case %s was opened for writing while it was moved. Run the same `zenhar move` "
          "again: it begins anew."),
        store_folder(move->from));
    return false;
}

static bool mark_source(Store *from, StoreMovedState state, const char *to, GError **error)
{
    const StoreMoved mark = {.state = state, .place = (char *)to};
    return store_moved_set(from, &mark, error);
}

static bool open_target(Move *move, GError **error)
{
    const StoreMoved none = {.state = STORE_MOVED_NOT};
    if (move->done->has_head) {
        int note = -1;
        evidence_newest_note(move->to, &note, &move->done->head);
        if (note >= 0)
            close(note);
    }
    return store_moved_set(move->to, &none, error);
}

/* The source is read only by now. */
static bool carry(Move *move, const char *to, const EvidenceMoveOptions *options, GError **error)
{
    StoreMoved mark = {.state = STORE_MOVED_COMING, .place = (char *)store_folder(move->from)};
    if (!head_of(move->from, &move->done->has_head, &move->done->head, error))
        return false;
    mark_head(&mark, &move->done->head);
    move->to = store_moved_make(to, move->from, &mark, error);
    return move->to != NULL && begin_target(move, &mark, error) &&
           carry_all(move, options, error) && source_waits(move, error) && check_all(move, error) &&
           source_waits(move, error) && open_target(move, error);
}

bool evidence_carry(Store *from, const char *to, EvidenceMove *ret, GError **error)
{
    const EvidenceMoveOptions options = {0};
    StoreTarget target = STORE_TARGET_FREE;
    memset(ret, 0, sizeof *ret);
    if (!store_moved_target(to, store_keys(from), &target, error))
        return false;
    if (target == STORE_TARGET_WHOLE) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s is a case already. Nothing was changed; restore under a new name."), to);
        return false;
    }
    Move move = {.from = from, .done = ret};
    ret->resumed = target == STORE_TARGET_COMING;
    const bool done = carry(&move, to, &options, error);
    store_close(move.to);
    return done;
}

static bool move_fresh(Move *move, const char *to, bool begun, const EvidenceMoveOptions *options,
                       GError **error)
{
    g_autoptr(GError) why = NULL;
    if (!begun && !mark_source(move->from, STORE_MOVED_LEAVING, to, error))
        return false;
    if (carry(move, to, options, &why))
        return mark_source(move->from, STORE_MOVED_AWAY, to, error);
    /* Nothing was begun, or what came does not fit: the source is as it was. */
    if ((move->to == NULL && !begun) || g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY))
        mark_source(move->from, STORE_MOVED_NOT, to, NULL);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

/* The case stands there already: is it the one that went from here? Then only the source's mark may
 * be missing. */
static bool move_known(Move *move, const char *to, GError **error)
{
    StoreLogHead there;
    g_autoptr(GError) why = NULL;
    EvidenceMove *done = move->done;
    if (!head_of(move->from, &done->has_head, &done->head, error))
        return false;
    bool same = false;
    move->to = store_moved_open(to, store_keys(move->from), STORE_READ, error);
    if (move->to == NULL || !store_moved_is_same(move->from, move->to, &same, error))
        return false;
    if (same) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s and %s are one and the same case."), store_folder(move->from), to);
        return false;
    }
    const bool found =
        done->has_head && store_log_head_load(move->to, done->head.number, &there, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    g_auto(StoreMoved) mark = {0};
    if (!store_moved_get(move->to, &mark, error))
        return false;
    if (mark.state != STORE_MOVED_NOT || (done->has_head && !found) ||
        (found && memcmp(there.signature, done->head.signature, sizeof there.signature) != 0)) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
            _("%s is a copy of this case already, and has not all that this one has. Nothing "
              "was changed; remove it or choose another place, or see `zenhar merge`."),
            to);
        return false;
    }
    done->known = true;
    return mark_source(move->from, STORE_MOVED_AWAY, to, error);
}

/* ---- what may be moved where ---- */

/* The same place is called the same, whatever folder a command is run in. */
static char *place_of(const char *place)
{
    return store_address_is(place) ? g_strdup(place) : g_canonicalize_filename(place, NULL);
}

static bool is_apart(const char *from, const char *to, GError **error)
{
    const gsize n = strlen(from);
    if (strncmp(to, from, n) != 0 || (to[n] != '\0' && (store_address_is(to) || to[n] != '/')))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("%s lies within the case %s itself. Choose another place."), to, from);
    return false;
}

static bool may_leave(const StoreMoved *mark, const char *from, const char *to, StoreTarget target,
                      GError **error)
{
    if (mark->state == STORE_MOVED_COMING)
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
            _("The case %s is not whole: it is being moved here from %s. Run the same "
              "command again (`zenhar move` or `zenhar restore`); it goes on where it stood."),
            from, mark->place);
    else if (mark->state != STORE_MOVED_NOT && strcmp(mark->place, to) != 0)
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
            _("The case %s was or is being moved to %s. To move it elsewhere, open it first "
              "by `zenhar move --reopen`."),
            from, mark->place);
    else if (mark->state == STORE_MOVED_AWAY && target != STORE_TARGET_WHOLE)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The case %s was moved to %s, and is not there any more. If this is the copy "
                      "that is left, open it by `zenhar move --reopen`."),
                    from, mark->place);
    else
        return true;
    return false;
}

static bool whole(StoreKeys *keys, GError **error)
{
    if (store_keys_whole(keys))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_PASSPHRASE,
                _("The passphrase of %s does not find the originals: give the owner's, or an "
                  "administrator's."),
                store_keys_name(keys));
    return false;
}

bool evidence_move(const char *from_place, StoreKeys *keys, const char *to_place,
                   const EvidenceMoveOptions *options, EvidenceMove *ret, GError **error)
{
    g_autofree char *from = place_of(from_place), *to = place_of(to_place);
    g_auto(StoreMoved) mark = {0};
    StoreTarget target = STORE_TARGET_FREE;
    memset(ret, 0, sizeof *ret);
    if (!whole(keys, error) || !is_apart(from, to, error))
        return false;
    g_autoptr(Store) source = store_moved_open(from, keys, STORE_WRITE, error);
    if (source == NULL || !store_moved_get(source, &mark, error) ||
        !store_moved_target(to, keys, &target, error) || !may_leave(&mark, from, to, target, error))
        return false;
    Move move = {.from = source, .done = ret, .waits = STORE_MOVED_LEAVING};
    const bool begun = mark.state == STORE_MOVED_LEAVING;
    ret->resumed = target == STORE_TARGET_COMING;
    const bool done = target == STORE_TARGET_WHOLE ? move_known(&move, to, error)
                                                   : move_fresh(&move, to, begun, options, error);
    store_close(move.to);
    return done;
}

bool evidence_move_reopen(const char *place, StoreKeys *keys, char **ret_place, GError **error)
{
    const StoreMoved none = {.state = STORE_MOVED_NOT};
    g_auto(StoreMoved) mark = {0};
    if (!whole(keys, error))
        return false;
    g_autoptr(Store) store = store_moved_open(place, keys, STORE_WRITE, error);
    if (store == NULL || !store_moved_get(store, &mark, error))
        return false;
    if (mark.state == STORE_MOVED_NOT || mark.state == STORE_MOVED_COMING) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
            mark.state == STORE_MOVED_NOT
                ? _("The case %s was not moved away; it is open for writing.")
                : _("The case %s is not whole: it is on its way here. Reopen the one that it "
                    "comes from."),
            place);
        return false;
    }
    if (ret_place != NULL)
        *ret_place = g_strdup(mark.place);
    return store_moved_set(store, &none, error);
}

bool evidence_move_remove(const char *place, StoreKeys *keys, GError **error)
{
    g_auto(StoreMoved) mark = {0};
    if (!store_address_is(place)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s is a folder: remove it as any other. This takes away cases on a server."),
                    place);
        return false;
    }
    if (!whole(keys, error))
        return false;
    g_autoptr(Store) store = store_moved_open(place, keys, STORE_WRITE, error);
    if (store == NULL || !store_moved_get(store, &mark, error))
        return false;
    if (mark.state != STORE_MOVED_AWAY && mark.state != STORE_MOVED_COMING) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
            _("The case %s is in use here, or is on its way. Only one that was moved away is "
              "taken off its server."),
            place);
        return false;
    }
    return store_carry_remove(store, error);
}
