/* evidence/original.c: sealing what comes in.
 *
 * Bytes are read once: hashed, sealed and written beside at the same time, then the file is renamed
 * to the keyed hash of its contents. The row and its log entry come in a transaction; the file is
 * synced before that commits and removed when it does not. A part left by a killed process is
 * locked by nobody and removed by the next one. Cost: about 2 ms a megabyte, a few milliseconds a
 * file for the disk. */
#include "evidence/original.h"

#include "base/i18n.h"
#include "base/limits.h"
#include "evidence/private.h"
#include "evidence/sealed.h"
#include "store/piece.h"
#include "store/seals.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PUSH_BYTES = 4 << 20 };

#define PART_PREFIX "part-"

/* ---- the form ---- */

void sealed_keys(Store *store, SealedKeys *ret_keys)
{
    static const char CONTEXT[crypto_kdf_CONTEXTBYTES + 1] = "original";
    guint8 key[STORE_KEY_BYTES];
    store_keys_derive(store_keys(store), STORE_KEY_ORIGINALS, key);
    crypto_kdf_derive_from_key(ret_keys->stream, sizeof ret_keys->stream, 1, CONTEXT, key);
    crypto_kdf_derive_from_key(ret_keys->label, sizeof ret_keys->label, 2, CONTEXT, key);
    sodium_memzero(key, sizeof key);
}

char *sealed_path(Store *store, const guint8 sha256[32])
{
    guint8 key[STORE_KEY_BYTES], name[32];
    char hex[65];
    store_keys_derive(store_keys(store), STORE_KEY_NAMES, key);
    crypto_generichash(name, sizeof name, sha256, 32, key, sizeof key);
    sodium_memzero(key, sizeof key);
    sodium_bin2hex(hex, sizeof hex, name, sizeof name);
    if (store_has_pieces(store))
        return g_strdup(hex);
    return g_strdup_printf("%s/originals/%.2s/%s", store_folder(store), hex, hex + 2);
}

guint64 sealed_size(guint64 length)
{
    guint64 chunks = length == 0 ? 1 : (length + SEALED_CHUNK - 1) / SEALED_CHUNK;
    return SEALED_AT_CHUNKS + length + chunks * SEALED_EXTRA;
}

void sealed_label_write(const guint8 sha256[32], guint64 length, guint8 label[SEALED_LABEL_BYTES])
{
    memcpy(label, sha256, 32);
    for (int i = 0; i < 8; i++)
        label[32 + i] = (guint8)(length >> (56 - 8 * i));
}

void sealed_bind(const guint8 head[SEALED_AT_CHUNKS], const guint8 sha256[32], guint64 length,
                 guint8 bound[SEALED_BOUND_BYTES])
{
    memcpy(bound, head, SEALED_AT_KEY);
    sealed_label_write(sha256, length, bound + SEALED_AT_KEY);
}

/* ---- where bytes come from ---- */

typedef struct {
    int fd; /* -1: bytes */
    const guint8 *bytes;
    gsize left;
    EvidenceSource source; /* NULL none */
    void *context;
    const char *name; /* for sentences */
} Input;

/* Fills the chunk unless the input ends; -1 with error set. */
static gssize input_read(Input *input, guint8 chunk[SEALED_CHUNK], GError **error)
{
    if (input->source != NULL) {
        gsize done = 0;
        for (gssize n = 1; n > 0 && done < SEALED_CHUNK; done += (gsize)MAX(n, 0)) {
            n = input->source(input->context, chunk + done, SEALED_CHUNK - done, error);
            if (n < 0)
                return -1;
        }
        return (gssize)done;
    }
    if (input->fd < 0) {
        gsize n = MIN(input->left, (gsize)SEALED_CHUNK);
        if (n > 0)
            memcpy(chunk, input->bytes, n);
        input->bytes += n;
        input->left -= n;
        return (gssize)n;
    }
    gsize filled = 0;
    while (filled < SEALED_CHUNK) {
        ssize_t n = read(input->fd, chunk + filled, SEALED_CHUNK - filled);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."),
                        input->name, i18n_errno(errno));
            return -1;
        }
        if (n == 0)
            break;
        filled += (gsize)n;
    }
    return (gssize)filled;
}

/* ---- the part beside ---- */

typedef struct {
    int fd;
    char *path;
    guint8 sha256[32];
    guint64 length;
    guint8 head[SEALED_AT_CHUNKS]; /* up to the label, which is written when it is placed */
    guint8 key[SEALED_KEY_BYTES];  /* of its stream */
} Part;

static bool io_error(const char *path, GError **error)
{
    int number = errno;
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The disk is full: %s cannot be written. Nothing was changed; make room and "
                      "run it again."),
                    path);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                    i18n_errno(number));
    return false;
}

static void part_clear(Part *part)
{
    if (part->path != NULL)
        g_unlink(part->path);
    if (part->fd >= 0)
        close(part->fd);
    g_clear_pointer(&part->path, g_free);
    part->fd = -1;
    sodium_memzero(part->key, sizeof part->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Part, part_clear)

static bool write_at(const Part *part, const guint8 *bytes, gsize length, guint64 offset,
                     GError **error)
{
    while (length > 0) {
        ssize_t n = pwrite(part->fd, bytes, length, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return io_error(part->path, error);
        /* A full stretch starts on its way to the disk; the sync at the end waits for the rest. */
        guint64 stretch = offset / PUSH_BYTES * PUSH_BYTES;
        if ((offset + (guint64)n) / PUSH_BYTES > offset / PUSH_BYTES)
            sync_file_range(part->fd, (off_t)stretch, PUSH_BYTES, SYNC_FILE_RANGE_WRITE);
        bytes += n;
        offset += (guint64)n;
        length -= (gsize)n;
    }
    return true;
}

/* Parts that nobody holds a lock on were left by a process that was killed. */
static void sweep_parts(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        if (!g_str_has_prefix(name, PART_PREFIX))
            continue;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        int fd = g_open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);
        if (fd < 0)
            continue;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            g_unlink(path);
        close(fd);
    }
}

static bool part_open(Part *part, Store *store, GError **error)
{
    if (store_has_pieces(store)) {
        /* Sealed already; it goes to the server from here, and has no name. */
        part->path = NULL;
        part->fd = g_file_open_tmp("zenhar-XXXXXX", &part->path, error);
        if (part->fd >= 0)
            g_unlink(part->path);
        return part->fd >= 0;
    }
    g_autofree char *folder = g_build_filename(store_folder(store), "originals", NULL);
    if (g_mkdir(folder, 0700) != 0 && errno != EEXIST)
        return io_error(folder, error);
    if (evidence_log_sweep_once(store))
        sweep_parts(folder);
    for (struct stat info;;) {
        part->path = g_build_filename(folder, PART_PREFIX "XXXXXX", NULL);
        part->fd = g_mkstemp_full(part->path, O_RDWR | O_CLOEXEC, 0600);
        if (part->fd < 0) {
            io_error(folder, error);
            g_clear_pointer(&part->path, g_free);
            return false;
        }
        if (flock(part->fd, LOCK_EX) != 0 || fstat(part->fd, &info) != 0)
            return io_error(part->path, error);
        if (info.st_nlink > 0)
            return true;
        part_clear(part); /* swept away by another process before it was locked */
    }
}

static bool too_large(guint64 length, const char *name, GError **error)
{
    if (length <= LIMIT_ORIGINAL_BYTES)
        return false;
    g_autofree char *most = i18n_integer((gint64)(LIMIT_ORIGINAL_BYTES >> 20));
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                _("%s is larger than %s MiB, the most that one original may have; split it."), name,
                most);
    return true;
}

/* Reads all, seals chunk by chunk, hashes. `plain` and `sealed` are working memory. */
static bool part_fill(Part *part, Input *input, guint8 *plain, guint8 *sealed, GError **error)
{
    crypto_secretstream_xchacha20poly1305_state stream;
    memcpy(part->head, SEALED_MAGIC, SEALED_AT_STREAM);
    crypto_secretstream_xchacha20poly1305_keygen(part->key);
    crypto_secretstream_xchacha20poly1305_init_push(&stream, part->head + SEALED_AT_STREAM,
                                                    part->key);
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
        g_error("OpenSSL gives no SHA-256");

    /* One chunk ahead: the last one has to be known as such. */
    guint8 *next = plain + SEALED_CHUNK;
    gssize n = input_read(input, plain, error);
    guint64 at = SEALED_AT_CHUNKS;
    bool going = n >= 0;
    while (going) {
        gssize n_next = n == SEALED_CHUNK ? input_read(input, next, error) : 0;
        part->length += (guint64)n;
        going = n_next >= 0 && !too_large(part->length, input->name, error);
        if (!going)
            break;
        EVP_DigestUpdate(hash, plain, (gsize)n);
        crypto_secretstream_xchacha20poly1305_push(
            &stream, sealed, NULL, plain, (gsize)n, NULL, 0,
            n_next == 0 ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
        going = write_at(part, sealed, (gsize)n + SEALED_EXTRA, at, error);
        at += (guint64)n + SEALED_EXTRA;
        if (n_next == 0)
            break;
        guint8 *swap = plain;
        plain = next;
        next = swap;
        n = n_next;
    }
    EVP_DigestFinal_ex(hash, part->sha256, NULL);
    EVP_MD_CTX_free(hash);
    sodium_memzero(&stream, sizeof stream);
    return going;
}

/* Within the transaction that places it, under the write lock: nobody takes the leaf out
 * meanwhile. */
static bool part_label(Part *part, Store *store, GError **error)
{
    guint8 key[STORE_KEY_BYTES], bound[SEALED_BOUND_BYTES];
    bool there = false;
    if (!store_seals_original(store, part->sha256, key, &there, error))
        return false;
    if (!there) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                            _("This file was erased from this case on request: it is not taken in "
                              "again."));
        return false;
    }
    const guint64 leaf = GUINT64_TO_LE(store_seals_original_leaf(store, part->sha256));
    randombytes_buf(part->head + SEALED_AT_NONCE, SEALED_AT_LEAF - SEALED_AT_NONCE);
    memcpy(part->head + SEALED_AT_LEAF, &leaf, sizeof leaf);
    sealed_bind(part->head, part->sha256, part->length, bound);
    crypto_aead_xchacha20poly1305_ietf_encrypt(part->head + SEALED_AT_KEY, NULL, part->key,
                                               sizeof part->key, bound, sizeof bound, NULL,
                                               part->head + SEALED_AT_NONCE, key);
    sodium_memzero(key, sizeof key);
    return write_at(part, part->head, sizeof part->head, 0, error);
}

static bool part_make(Part *part, Store *store, Input *input, GError **error)
{
    if (!part_open(part, store, error))
        return false;
    gsize size = 3 * SEALED_CHUNK + SEALED_EXTRA;
    guint8 *memory = g_malloc(size);
    bool filled = part_fill(part, input, memory, memory + (gsize)2 * SEALED_CHUNK, error);
    sodium_memzero(memory, size);
    g_free(memory);
    return filled;
}

static bool part_send(const Part *part, Store *store, const char *name, GError **error)
{
    g_autofree guint8 *bytes = g_malloc(STORE_PIECE_BYTES);
    gint64 number = 0;
    gsize n = STORE_PIECE_BYTES;
    for (guint64 at = 0; n == STORE_PIECE_BYTES; at += n, number++) {
        for (n = 0; n < STORE_PIECE_BYTES;) {
            ssize_t got = pread(part->fd, bytes + n, STORE_PIECE_BYTES - n, (off_t)(at + n));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return io_error(part->path, error);
            if (got == 0)
                break;
            n += (gsize)got;
        }
        if (n > 0 && !store_piece_put(store, name, number, bytes, n, error))
            return false;
    }
    return true;
}

/* Renames it to its place, or sends it to the server under that name. */
static bool part_rename(Part *part, Store *store, const char *path, GError **error)
{
    if (store_has_pieces(store))
        return part_send(part, store, path, error);
    g_autofree char *folder = g_path_get_dirname(path);
    if ((g_mkdir(folder, 0700) != 0 && errno != EEXIST) || g_rename(part->path, path) != 0)
        return io_error(path, error);
    g_clear_pointer(&part->path, g_free);
    return true;
}

/* Its key is sealed by its leaf; then it is in its place. */
static bool part_place(Part *part, Store *store, const char *path, GError **error)
{
    return part_label(part, store, error) && part_rename(part, store, path, error);
}

/* ---- the row ---- */

typedef struct {
    const char *name, *media_type, *origin;
} Given;

static char *valid_text(const char *text)
{
    return text != NULL ? g_utf8_make_valid(text, -1) : NULL;
}

/* 0 none, -1 error set. */
static gint64 find_known(Store *store, const Part *part, GError **error)
{
    g_autoptr(GError) inner = NULL;
    g_autoptr(StoreOriginal) known = store_original_find(store, part->sha256, &inner);
    if (known != NULL)
        return known->id;
    if (inner == NULL || g_error_matches(inner, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND))
        return 0;
    g_propagate_error(error, g_steal_pointer(&inner));
    return -1;
}

/* Is its sealed file not where it belongs? */
static bool is_lost(Store *store, const char *path, bool *ret_lost, GError **error)
{
    if (!store_has_pieces(store)) {
        *ret_lost = access(path, F_OK) != 0;
        return true;
    }
    const gint64 size = store_piece_size(store, path, error);
    *ret_lost = size == -1;
    return size != -2;
}

static bool add_row(Store *store, Part *part, const Given *given, gint64 *ret_id, bool *ret_known,
                    GError **error)
{
    g_autofree char *path = sealed_path(store, part->sha256);
    gint64 known = find_known(store, part, error);
    if (known < 0)
        return false;
    bool lost = false;
    if (!is_lost(store, path, &lost, error))
        return false;
    if (known > 0) {
        g_autoptr(GError) why = NULL;
        if (evidence_original_erased(store, known, &why)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        /* A known file that was lost comes back by itself. */
        if (lost && (!part_place(part, store, path, error) ||
                     (!store_has_pieces(store) && !evidence_sync_file(path, error))))
            return false;
        *ret_id = known;
        *ret_known = true;
        return true;
    }
    if (!part_place(part, store, path, error))
        return false;
    if (!store_has_pieces(store))
        evidence_log_file_placed(store, path, !lost);
    g_autoptr(StoreOriginal) row = store_original_new();
    memcpy(row->sha256, part->sha256, sizeof row->sha256);
    row->bytes = (gint64)part->length;
    row->name = valid_text(given->name);
    row->media_type = valid_text(given->media_type);
    row->origin = valid_text(given->origin);
    if (!store_original_add(store, row, error))
        return false;
    *ret_id = row->id;
    *ret_known = false;
    return true;
}

static bool add(Store *store, Input *input, const Given *given, gint64 *ret_id, bool *ret_known,
                GError **error)
{
    g_auto(Part) part = {.fd = -1};
    if (store_mode(store) != STORE_WRITE) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s is open for reading only."),
                    store_folder(store));
        return false;
    }
    gint64 id = 0;
    bool known = false;
    if (!part_make(&part, store, input, error) || !store_begin(store, error))
        return false;
    if (!add_row(store, &part, given, &id, &known, error)) {
        store_rollback(store);
        return false;
    }
    if (!store_commit(store, error))
        return false;
    *ret_id = id;
    if (ret_known != NULL)
        *ret_known = known;
    return true;
}

bool evidence_original_add(Store *store, int fd, const char *name, const char *media_type,
                           const char *origin, gint64 *ret_id, bool *ret_known, GError **error)
{
    g_assert(fd >= 0);
    Input input = {.fd = fd, .name = name != NULL ? name : _("the input")};
    const Given given = {name, media_type, origin};
    return add(store, &input, &given, ret_id, ret_known, error);
}

bool evidence_original_add_bytes(Store *store, const void *bytes, gsize length, const char *name,
                                 const char *media_type, const char *origin, gint64 *ret_id,
                                 bool *ret_known, GError **error)
{
    Input input = {
        .fd = -1, .bytes = bytes, .left = length, .name = name != NULL ? name : _("the input")};
    const Given given = {name, media_type, origin};
    return add(store, &input, &given, ret_id, ret_known, error);
}

bool evidence_original_add_from(Store *store, EvidenceSource source, void *context,
                                const char *name, const char *media_type, const char *origin,
                                gint64 *ret_id, bool *ret_known, GError **error)
{
    Input input = {.fd = -1,
                   .source = source,
                   .context = context,
                   .name = name != NULL ? name : _("the input")};
    const Given given = {name, media_type, origin};
    return add(store, &input, &given, ret_id, ret_known, error);
}

bool evidence_original_take(Store *store, Store *from, gint64 from_id, StoreOriginal *row,
                            GError **error)
{
    g_assert(store_depth(store) > 0);
    g_auto(Part) part = {.fd = -1};
    g_autoptr(EvidenceReader) reader = evidence_original_open(from, from_id, error);
    Input input = {.fd = -1,
                   .source = evidence_reader_read,
                   .context = reader,
                   .name = row->name != NULL ? row->name : ""};
    if (reader == NULL || !part_make(&part, store, &input, error))
        return false;
    g_autofree char *path = sealed_path(store, part.sha256);
    bool lost = false;
    if (!is_lost(store, path, &lost, error))
        return false;
    if (memcmp(part.sha256, row->sha256, sizeof row->sha256) != 0) {
        evidence_misfit(error, _("%s is not what its record says."), input.name);
        return false;
    }
    if (!part_place(&part, store, path, error))
        return false;
    if (!store_has_pieces(store))
        evidence_log_file_placed(store, path, !lost);
    return store_original_add(store, row, error);
}

/* ---- sealing anew ---- */

/* A name must not stand for bytes that are not on the disk yet: the file before goes with it. */
static bool place_anew(Store *store, Part *part, const guint8 sha256[32], GError **error)
{
    g_autofree char *path = sealed_path(store, sha256);
    if (memcmp(part->sha256, sha256, sizeof part->sha256) != 0) {
        evidence_misfit(error, _("%s is not what its record says."), path);
        return false;
    }
    if (!part_label(part, store, error) ||
        (!store_has_pieces(store) && fsync(part->fd) != 0 && !io_error(part->path, error)) ||
        !part_rename(part, store, path, error))
        return false;
    return store_has_pieces(store) || evidence_sync_file(path, error);
}

bool evidence_original_reseal(Store *store, gint64 id, bool *ret_done, GError **error)
{
    g_auto(Part) part = {.fd = -1};
    g_autoptr(StoreOriginal) row = store_original_load(store, id, error);
    g_autoptr(EvidenceReader) reader =
        row != NULL ? evidence_original_open(store, id, error) : NULL;
    *ret_done = false;
    if (reader == NULL || !evidence_reader_is_old(reader))
        return reader != NULL;
    Input input = {.fd = -1,
                   .source = evidence_reader_read,
                   .context = reader,
                   .name = row->name != NULL ? row->name : ""};
    if (!part_make(&part, store, &input, error))
        return false;
    if (!store_begin(store, error))
        return false;
    if (!place_anew(store, &part, row->sha256, error)) {
        store_rollback(store);
        return false;
    }
    *ret_done = store_commit(store, error);
    return *ret_done;
}

/* ---- erasing ---- */

static bool remove_pieces(Store *store, const char *name, GError **error)
{
    if (!store_begin(store, error))
        return false;
    if (store_piece_remove(store, name, error))
        return store_commit(store, error);
    store_rollback(store);
    return false;
}

/* Overwritten first: where a file system writes in place, its old blocks hold nothing then. */
static bool overwrite(int fd)
{
    struct stat info;
    static const guint8 zeros[SEALED_CHUNK];
    if (fstat(fd, &info) != 0)
        return false;
    for (off_t at = 0; at < info.st_size;) {
        const gsize n = (gsize)MIN((off_t)sizeof zeros, info.st_size - at);
        const ssize_t written = pwrite(fd, zeros, n, at);
        if (written < 0 && errno != EINTR)
            return false;
        at += MAX(written, 0);
    }
    return fsync(fd) == 0;
}

bool evidence_original_remove_file(Store *store, const guint8 sha256[32], GError **error)
{
    g_autofree char *path = sealed_path(store, sha256);
    if (store_has_pieces(store))
        return remove_pieces(store, path, error);
    const int fd = g_open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0);
    if (fd < 0)
        return errno == ENOENT || io_error(path, error);
    const bool done = overwrite(fd) && g_unlink(path) == 0;
    if (!done)
        io_error(path, error);
    close(fd);
    return done;
}
