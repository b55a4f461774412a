/* evidence/original_read.c: reading originals back. No byte leaves before its seal was checked; the
 * label, the size on disk, each chunk and the end are, in this order. Skipping unseals what is
 * skipped (the stream's keys run through it): about 2 ms a megabyte. */
#include "evidence/original.h"

#include "base/i18n.h"
#include "evidence/private.h"
#include "evidence/sealed.h"
#include "store/erasure.h"
#include "store/piece.h"
#include "store/seals.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct EvidenceReader {
    int fd;
    Store *store;    /* of the pieces; NULL: a file */
    char *pieces;    /* their name */
    gint64 n_pieces; /* taken so far */
    GBytes *piece;   /* in hand; NULL none */
    gsize piece_at;  /* what of it was read */
    gint64 id;
    char *name;
    guint64 length;   /* of the contents */
    guint64 unsealed; /* bytes of chunks opened so far */
    guint64 n_chunks; /* opened so far */
    gsize at, n;      /* what of the chunk in hand was given out */
    bool broken;
    bool old; /* under the one key of originals */
    crypto_secretstream_xchacha20poly1305_state stream;
    guint8 plain[SEALED_CHUNK];
    guint8 sealed[SEALED_CHUNK + SEALED_EXTRA];
};

/* "O3 (letter.pdf)" */
static char *called(gint64 id, const char *name)
{
    char text[STORE_ID_MAX];
    store_id_format(STORE_KIND_ORIGINAL, id, text);
    return name != NULL ? g_strdup_printf(_("Original %s (%s)"), text, name)
                        : g_strdup_printf(_("Original %s"), text);
}

static bool misfit(const EvidenceReader *reader, const char *format, GError **error)
{
    g_autofree char *what = called(reader->id, reader->name);
    evidence_misfit(error, format, what);
    return false;
}

/* Some bytes of the pieces, one behind the other; 0 at the end, -1 error. */
static gssize read_pieces(EvidenceReader *reader, guint8 *bytes, gsize length, GError **error)
{
    if (reader->piece == NULL || reader->piece_at == g_bytes_get_size(reader->piece)) {
        g_autoptr(GError) why = NULL;
        g_clear_pointer(&reader->piece, g_bytes_unref);
        reader->piece = store_piece_load(reader->store, reader->pieces, reader->n_pieces, &why);
        const bool failed = why != NULL;
        if (failed)
            g_propagate_error(error, g_steal_pointer(&why));
        if (reader->piece == NULL)
            return failed ? -1 : 0;
        reader->n_pieces++;
        reader->piece_at = 0;
    }
    gsize n = 0;
    const guint8 *from = g_bytes_get_data(reader->piece, &n);
    n = MIN(n - reader->piece_at, length);
    memcpy(bytes, from + reader->piece_at, n);
    reader->piece_at += n;
    return (gssize)n;
}

/* Reads exactly so many bytes: 1; 0 at the end before; -1 error. */
static int read_all(EvidenceReader *reader, guint8 *bytes, gsize length, GError **error)
{
    for (gsize done = 0; done < length;) {
        ssize_t n = reader->store != NULL ? read_pieces(reader, bytes + done, length - done, error)
                                          : read(reader->fd, bytes + done, length - done);
        if (n < 0 && reader->store != NULL)
            return -1;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_autofree char *what = called(reader->id, reader->name);
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), what,
                        i18n_errno(errno));
            return -1;
        }
        if (n == 0)
            return 0;
        done += (gsize)n;
    }
    return 1;
}

static bool label_changed(const EvidenceReader *reader, GError **error)
{
    return misfit(reader, _("%s: the label of its sealed file was changed."), error);
}

static bool another_file(const EvidenceReader *reader, GError **error)
{
    return misfit(reader, _("%s: another file stands in the place of its own."), error);
}

/* As it was before each original had a leaf. */
static bool open_old_label(EvidenceReader *reader, Store *store,
                           const guint8 head[SEALED_AT_CHUNKS], const guint8 sha256[32],
                           GError **error)
{
    guint8 label[SEALED_LABEL_BYTES], expected[SEALED_LABEL_BYTES];
    SealedKeys keys;
    sealed_keys(store, &keys);
    const bool opened =
        crypto_aead_xchacha20poly1305_ietf_decrypt(
            label, NULL, NULL, head + SEALED_AT_LABEL, SEALED_AT_CHUNKS - SEALED_AT_LABEL, head,
            SEALED_AT_NONCE, head + SEALED_AT_NONCE, keys.label) == 0;
    sealed_label_write(sha256, reader->length, expected);
    const bool same = opened && memcmp(label, expected, sizeof label) == 0;
    crypto_secretstream_xchacha20poly1305_init_pull(&reader->stream, head + SEALED_AT_STREAM,
                                                    keys.stream);
    sodium_memzero(&keys, sizeof keys);
    if (!opened)
        return label_changed(reader, error);
    return same || another_file(reader, error);
}

/* By its leaf: when that was taken out, nothing that the case has opens it. */
static bool open_label(EvidenceReader *reader, Store *store, const guint8 head[SEALED_AT_CHUNKS],
                       const guint8 sha256[32], GError **error)
{
    guint8 leaf_key[STORE_KEY_BYTES], key[SEALED_KEY_BYTES], bound[SEALED_BOUND_BYTES];
    const guint64 leaf = GUINT64_TO_LE(store_seals_original_leaf(store, sha256));
    bool there = false;
    if (memcmp(head + SEALED_AT_LEAF, &leaf, sizeof leaf) != 0)
        return another_file(reader, error);
    if (!store_seals_original(store, sha256, leaf_key, &there, error))
        return false;
    if (!there)
        return misfit(reader, _("%s: its key was taken out of the case; it opens no more."), error);
    sealed_bind(head, sha256, reader->length, bound);
    const bool opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
                            key, NULL, NULL, head + SEALED_AT_KEY, SEALED_AT_CHUNKS - SEALED_AT_KEY,
                            bound, sizeof bound, head + SEALED_AT_NONCE, leaf_key) == 0;
    sodium_memzero(leaf_key, sizeof leaf_key);
    if (!opened)
        return label_changed(reader, error);
    crypto_secretstream_xchacha20poly1305_init_pull(&reader->stream, head + SEALED_AT_STREAM, key);
    sodium_memzero(key, sizeof key);
    return true;
}

static bool open_head(EvidenceReader *reader, Store *store, const guint8 sha256[32], GError **error)
{
    guint8 head[SEALED_AT_CHUNKS];
    const int got = read_all(reader, head, sizeof head, error);
    if (got < 0)
        return false;
    if (got == 0)
        return misfit(reader, _("%s: its sealed file was cut short."), error);
    if (memcmp(head, SEALED_MAGIC, SEALED_AT_STREAM) == 0)
        return open_label(reader, store, head, sha256, error);
    reader->old = memcmp(head, SEALED_MAGIC_OLD, SEALED_AT_STREAM) == 0;
    return reader->old ? open_old_label(reader, store, head, sha256, error)
                       : label_changed(reader, error);
}

/* Opens the sealed file, or finds its pieces; its bytes, -1 with error set. */
static gint64 sealed_open(EvidenceReader *reader, Store *store, const char *path, GError **error)
{
    gint64 size = -1;
    if (store_has_pieces(store)) {
        reader->store = store;
        reader->pieces = g_strdup(path);
        size = store_piece_size(store, path, error);
        if (size == -1)
            misfit(reader, _("%s: its sealed file is missing."), error);
        return MAX(size, -1);
    }
    reader->fd = g_open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
    struct stat info;
    if (reader->fd < 0 && errno == ENOENT) {
        misfit(reader, _("%s: its sealed file is missing."), error);
        return -1;
    }
    if (reader->fd < 0 || fstat(reader->fd, &info) != 0) {
        g_autofree char *what = called(reader->id, reader->name);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), what,
                    i18n_errno(errno));
        return -1;
    }
    return info.st_size;
}

static EvidenceReader *reader_open(Store *store, const StoreOriginal *original, GError **error)
{
    g_autoptr(EvidenceReader) reader = g_new0(EvidenceReader, 1);
    reader->fd = -1;
    reader->id = original->id;
    reader->name = g_strdup(original->name);
    reader->length = (guint64)original->bytes;
    if (!store_keys_hold(store_keys(store), STORE_KEY_ORIGINALS)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_PASSPHRASE,
                    _("The passphrase of %s does not open originals."),
                    store_keys_name(store_keys(store)));
        return NULL;
    }
    g_autofree char *path = sealed_path(store, original->sha256);
    const gint64 size = sealed_open(reader, store, path, error);
    if (size < 0)
        return NULL;
    if ((guint64)size != sealed_size(reader->length)) {
        misfit(reader,
               (guint64)size < sealed_size(reader->length) ? _("%s: its sealed file was cut short.")
                                                           : _("%s: its sealed file grew."),
               error);
        return NULL;
    }
    return open_head(reader, store, original->sha256, error) ? g_steal_pointer(&reader) : NULL;
}

EvidenceReader *evidence_original_open(Store *store, gint64 id, GError **error)
{
    g_autoptr(StoreOriginal) original = store_original_load(store, id, error);
    if (original == NULL)
        return NULL;
    g_autoptr(GError) why = NULL, erased = NULL;
    EvidenceReader *reader = reader_open(store, original, &why);
    if (reader == NULL && evidence_original_erased(store, id, &erased))
        g_propagate_error(error, g_steal_pointer(&erased));
    else if (reader == NULL)
        g_propagate_error(error, g_steal_pointer(&why));
    return reader;
}

bool evidence_original_erased(Store *store, gint64 id, GError **ret_why)
{
    g_autoptr(StoreErasure) erasure = store_erasure_of(store, STORE_KIND_ORIGINAL, id, NULL);
    if (erasure == NULL)
        return false;
    char text[STORE_ID_MAX], by[STORE_ID_MAX];
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(erasure->created);
    g_autofree char *day = time != NULL ? g_date_time_format(time, "%Y-%m-%d") : g_strdup("");
    g_set_error(ret_why, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                _("%s was erased on request on %s (%s): it is not opened, and not taken in again."),
                store_id_format(STORE_KIND_ORIGINAL, id, text), day,
                store_id_format(STORE_KIND_ERASURE, erasure->id, by));
    return true;
}

bool evidence_original_file_there(Store *store, const StoreOriginal *original, bool *ret_there,
                                  GError **error)
{
    g_autofree char *path = sealed_path(store, original->sha256);
    if (!store_has_pieces(store)) {
        *ret_there = access(path, F_OK) == 0;
        return true;
    }
    const gint64 size = store_piece_size(store, path, error);
    *ret_there = size >= 0;
    return size != -2;
}

bool evidence_reader_is_old(const EvidenceReader *reader)
{
    return reader->old;
}

void evidence_reader_free(EvidenceReader *reader)
{
    if (reader == NULL)
        return;
    if (reader->fd >= 0)
        close(reader->fd);
    g_clear_pointer(&reader->piece, g_bytes_unref);
    g_free(reader->pieces);
    g_free(reader->name);
    sodium_memzero(&reader->stream, sizeof reader->stream);
    sodium_memzero(reader->plain, sizeof reader->plain);
    g_free(reader);
}

static bool changed_in_chunk(EvidenceReader *reader, GError **error)
{
    g_autofree char *what = called(reader->id, reader->name);
    g_autofree char *chunk = i18n_integer((gint64)reader->n_chunks + 1);
    evidence_misfit(error, _("%s: its sealed file was changed; chunk %s does not open."), what,
                    chunk);
    return false;
}

/* The next chunk in hand; n stays 0 at the end. */
static bool next_chunk(EvidenceReader *reader, GError **error)
{
    reader->at = reader->n = 0;
    bool first = reader->n_chunks == 0;
    guint64 left = reader->length - reader->unsealed;
    if (left == 0 && !first)
        return true;
    gsize n = (gsize)MIN(left, (guint64)SEALED_CHUNK);
    int got = read_all(reader, reader->sealed, n + SEALED_EXTRA, error);
    if (got < 0)
        return false;
    if (got == 0)
        return misfit(reader, _("%s: its sealed file was cut short."), error);
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(&reader->stream, reader->plain, NULL, &tag,
                                                   reader->sealed, n + SEALED_EXTRA, NULL, 0) != 0)
        return changed_in_chunk(reader, error);
    bool is_last = left == n;
    if (is_last != (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL))
        return changed_in_chunk(reader, error);
    reader->n = n;
    reader->unsealed += n;
    reader->n_chunks++;
    return true;
}

/* At least one byte in hand, or the end. */
static bool reader_fill(EvidenceReader *reader, GError **error)
{
    if (reader->at < reader->n)
        return true;
    if (reader->broken) {
        misfit(reader, _("%s: its sealed file was changed."), error);
        return false;
    }
    reader->broken = !next_chunk(reader, error);
    return !reader->broken;
}

gssize evidence_reader_read(void *context, void *buffer, gsize size, GError **error)
{
    EvidenceReader *reader = context;
    if (!reader_fill(reader, error))
        return -1;
    gsize n = MIN(size, reader->n - reader->at);
    memcpy(buffer, reader->plain + reader->at, n);
    reader->at += n;
    return (gssize)n;
}

bool evidence_reader_skip_to(EvidenceReader *reader, guint64 offset, GError **error)
{
    guint64 stands = reader->unsealed - (reader->n - reader->at);
    if (offset < stands || offset > reader->length) {
        g_autofree char *what = called(reader->id, reader->name);
        g_autofree char *where = i18n_integer((gint64)offset);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s cannot be read from byte %s: it does not lie ahead."), what, where);
        return false;
    }
    while (reader->unsealed < offset) {
        reader->at = reader->n;
        if (!reader_fill(reader, error))
            return false;
    }
    reader->at = reader->n - (gsize)(reader->unsealed - offset);
    return true;
}

GBytes *evidence_original_load(Store *store, gint64 id, guint64 offset, guint64 length,
                               GError **error)
{
    g_autoptr(EvidenceReader) reader = evidence_original_open(store, id, error);
    if (reader == NULL || !evidence_reader_skip_to(reader, offset, error))
        return NULL;
    guint64 rest = reader->length - offset;
    if (length == 0)
        length = rest;
    if (length > rest) {
        g_autofree char *what = called(reader->id, reader->name);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s ends before the part that was asked for."), what);
        return NULL;
    }
    g_autofree guint8 *bytes = g_malloc(MAX(length, 1));
    for (guint64 done = 0; done < length;) {
        gssize n = evidence_reader_read(reader, bytes + done, (gsize)(length - done), error);
        if (n < 0)
            return NULL;
        done += (guint64)n;
    }
    return g_bytes_new_take(g_steal_pointer(&bytes), (gsize)length);
}

bool evidence_original_check(Store *store, const StoreOriginal *original, GError **error)
{
    g_autoptr(EvidenceReader) reader = reader_open(store, original, error);
    if (reader == NULL)
        return false;
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
        g_error("OpenSSL gives no SHA-256");
    bool opened;
    while ((opened = reader_fill(reader, error)) && reader->n > 0) {
        EVP_DigestUpdate(hash, reader->plain, reader->n);
        reader->at = reader->n;
    }
    guint8 sha256[32];
    EVP_DigestFinal_ex(hash, sha256, NULL);
    EVP_MD_CTX_free(hash);
    if (opened && memcmp(sha256, original->sha256, sizeof sha256) != 0)
        return misfit(reader, _("%s: its contents have another SHA-256 than its row says."), error);
    return opened;
}
