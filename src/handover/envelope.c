#include "handover/envelope.h"

#include "base/i18n.h"
#include <sodium.h>
#include <string.h>

enum {
    CHUNK = 65536,
    SEALED_CHUNK = CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES,
    SLOT = ENVELOPE_KEY_BYTES + crypto_box_SEALBYTES,
    HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    BINDING = 32,
};

struct EnvelopeWriter {
    EnvelopeSink sink;
    void *context;
    crypto_secretstream_xchacha20poly1305_state stream;
    guint8 binding[BINDING];
    bool begun;
    gsize filled;
    guint8 chunk[CHUNK], sealed[SEALED_CHUNK];
};

/* ---- writing ---- */

static bool write_head(EnvelopeWriter *writer, const EnvelopeKey *recipients, gsize n,
                       GError **error)
{
    guint8 *key = sodium_malloc(ENVELOPE_KEY_BYTES);
    guint8 header[HEADER];
    g_autoptr(GByteArray) head = g_byte_array_new();
    const guint8 count[2] = {(guint8)(n & 0xff), (guint8)(n >> 8)};
    g_byte_array_append(head, (const guint8 *)ENVELOPE_MAGIC, ENVELOPE_MAGIC_BYTES);
    g_byte_array_append(head, count, sizeof count);
    randombytes_buf(key, ENVELOPE_KEY_BYTES);
    bool fits = true;
    for (gsize i = 0; i < n && fits; i++) {
        guint8 slot[SLOT];
        fits = crypto_box_seal(slot, key, ENVELOPE_KEY_BYTES, recipients[i].bytes) == 0;
        g_byte_array_append(head, slot, sizeof slot);
    }
    if (fits)
        crypto_secretstream_xchacha20poly1305_init_push(&writer->stream, header, key);
    sodium_free(key);
    if (!fits) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, "%s",
                    _("One of the recipients' keys is none that anything can be sealed to."));
        return false;
    }
    g_byte_array_append(head, header, sizeof header);
    crypto_generichash(writer->binding, BINDING, head->data, head->len, NULL, 0);
    return writer->sink(writer->context, (const char *)head->data, head->len, error);
}

EnvelopeWriter *envelope_writer_new(const EnvelopeKey *recipients, gsize n_recipients,
                                    EnvelopeSink sink, void *context, GError **error)
{
    g_assert(n_recipients >= 1 && n_recipients <= ENVELOPE_RECIPIENTS_MOST);
    g_autoptr(EnvelopeWriter) writer = g_new0(EnvelopeWriter, 1);
    writer->sink = sink;
    writer->context = context;
    return write_head(writer, recipients, n_recipients, error) ? g_steal_pointer(&writer) : NULL;
}

static bool push(EnvelopeWriter *writer, guint8 tag, GError **error)
{
    unsigned long long length = 0;
    crypto_secretstream_xchacha20poly1305_push(
        &writer->stream, writer->sealed, &length, writer->chunk, writer->filled,
        writer->begun ? NULL : writer->binding, writer->begun ? 0 : BINDING, tag);
    writer->begun = true;
    writer->filled = 0;
    return writer->sink(writer->context, (const char *)writer->sealed, (gsize)length, error);
}

/* A full chunk goes only when more comes: the last one has the final tag. */
bool envelope_write(void *context, const char *bytes, gsize length, GError **error)
{
    EnvelopeWriter *writer = context;
    while (length > 0) {
        if (writer->filled == CHUNK && !push(writer, 0, error))
            return false;
        const gsize n = MIN(length, CHUNK - writer->filled);
        memcpy(writer->chunk + writer->filled, bytes, n);
        writer->filled += n;
        bytes += n;
        length -= n;
    }
    return true;
}

bool envelope_writer_end(EnvelopeWriter *writer, GError **error)
{
    return push(writer, crypto_secretstream_xchacha20poly1305_TAG_FINAL, error);
}

void envelope_writer_free(EnvelopeWriter *writer)
{
    if (writer == NULL)
        return;
    sodium_memzero(writer, sizeof *writer);
    g_free(writer);
}

/* ---- reading ---- */

struct EnvelopeReader {
    char *name;
    CsvSource source;
    void *context;
    crypto_secretstream_xchacha20poly1305_state stream;
    guint8 binding[BINDING];
    bool begun, ended;
    gsize filled, at; /* of the chunk in hand */
    guint8 chunk[CHUNK], sealed[SEALED_CHUNK];
};

/* As many bytes as there are, up to `size`; -1 with error set. */
static gssize fill(EnvelopeReader *reader, guint8 *buffer, gsize size, GError **error)
{
    gsize done = 0;
    while (done < size) {
        const gssize n = reader->source(reader->context, buffer + done, size - done, error);
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (gsize)n;
    }
    return (gssize)done;
}

static bool refuse(const EnvelopeReader *reader, ZenharErrorCode code, const char *sentence,
                   GError **error)
{
    if (error != NULL && *error != NULL)
        return false; /* the source's own */
    g_set_error(error, ZENHAR_ERROR, (int)code, sentence, reader->name);
    return false;
}

static bool open_key(const guint8 *slots, gsize n, const guint8 *public_key,
                     const guint8 *secret_key, guint8 *ret_key)
{
    for (gsize i = 0; i < n; i++)
        if (crypto_box_seal_open(ret_key, slots + i * SLOT, SLOT, public_key, secret_key) == 0)
            return true;
    return false;
}

static bool read_head(EnvelopeReader *reader, const guint8 *public_key, const guint8 *secret_key,
                      GError **error)
{
    const char *none = _("%s is no file that was sealed to keys.");
    guint8 begin[ENVELOPE_MAGIC_BYTES + 2];
    if (fill(reader, begin, sizeof begin, error) != sizeof begin ||
        memcmp(begin, ENVELOPE_MAGIC, ENVELOPE_MAGIC_BYTES) != 0)
        return refuse(reader, ZENHAR_ERROR_INPUT, none, error);
    const gsize n = (gsize)begin[8] | (gsize)begin[9] << 8;
    if (n < 1 || n > ENVELOPE_RECIPIENTS_MOST)
        return refuse(reader, ZENHAR_ERROR_INPUT, none, error);
    const gsize length = sizeof begin + n * SLOT + HEADER;
    g_autofree guint8 *head = g_malloc(length);
    memcpy(head, begin, sizeof begin);
    if (fill(reader, head + sizeof begin, length - sizeof begin, error) !=
        (gssize)(length - sizeof begin))
        return refuse(reader, ZENHAR_ERROR_INTEGRITY, _("%s is cut short: its head is not whole."),
                      error);
    if (sodium_init() < 0) /* guarded memory needs it */
        return refuse(reader, ZENHAR_ERROR_INPUT, none, error);
    guint8 *key = sodium_malloc(ENVELOPE_KEY_BYTES);
    const bool opened = open_key(head + sizeof begin, n, public_key, secret_key, key) &&
                        crypto_secretstream_xchacha20poly1305_init_pull(
                            &reader->stream, head + length - HEADER, key) == 0;
    sodium_free(key);
    crypto_generichash(reader->binding, BINDING, head, length, NULL, 0);
    return opened || refuse(reader, ZENHAR_ERROR_DENIED,
                            _("%s is not sealed to this key, or its head was changed."), error);
}

EnvelopeReader *envelope_reader_new(const char *name, CsvSource source, void *context,
                                    const guint8 public_key[ENVELOPE_KEY_BYTES],
                                    const guint8 secret_key[ENVELOPE_KEY_BYTES], GError **error)
{
    g_autoptr(EnvelopeReader) reader = g_new0(EnvelopeReader, 1);
    g_autoptr(GError) why = NULL;
    reader->name = g_strdup(name);
    reader->source = source;
    reader->context = context;
    if (read_head(reader, public_key, secret_key, &why))
        return g_steal_pointer(&reader);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

/* The next chunk, its seal checked. False at the end, or with error set. */
static bool pull(EnvelopeReader *reader, GError **error)
{
    g_autoptr(GError) why = NULL;
    const gssize n = fill(reader, reader->sealed, SEALED_CHUNK, &why);
    unsigned long long length = 0;
    guint8 tag = 0, more;
    const char *sentence = NULL;
    if (n < 0) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (n == 0)
        sentence = _("%s is cut short: its end is missing.");
    else if (n < (gssize)crypto_secretstream_xchacha20poly1305_ABYTES ||
             crypto_secretstream_xchacha20poly1305_pull(&reader->stream, reader->chunk, &length,
                                                        &tag, reader->sealed, (unsigned long long)n,
                                                        reader->begun ? NULL : reader->binding,
                                                        reader->begun ? 0 : BINDING) != 0)
        sentence = _("%s was changed since it was sealed, or is cut short.");
    else if (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL && n < SEALED_CHUNK)
        sentence = _("%s is cut short: its end is missing.");
    else if (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL &&
             fill(reader, &more, 1, NULL) != 0)
        sentence = _("%s goes on behind its end.");
    if (sentence != NULL)
        return refuse(reader, ZENHAR_ERROR_INTEGRITY, sentence, error);
    reader->begun = true;
    reader->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    reader->filled = (gsize)length;
    reader->at = 0;
    return true;
}

gssize envelope_read(void *context, void *buffer, gsize size, GError **error)
{
    EnvelopeReader *reader = context;
    g_autoptr(GError) why = NULL;
    while (reader->at == reader->filled && !reader->ended)
        if (!pull(reader, &why)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return -1;
        }
    const gsize n = MIN(size, reader->filled - reader->at);
    memcpy(buffer, reader->chunk + reader->at, n);
    reader->at += n;
    return (gssize)n;
}

void envelope_reader_free(EnvelopeReader *reader)
{
    if (reader == NULL)
        return;
    g_free(reader->name);
    sodium_memzero(reader, sizeof *reader);
    g_free(reader);
}

/* ---- keys as text ---- */

#define KEY_WORD "zenhar-key-1 "
enum { CHECK_BYTES = 4 };

static void check_of(const EnvelopeKey *key, char ret[2 * CHECK_BYTES + 1])
{
    guint8 hash[32];
    crypto_generichash(hash, sizeof hash, key->bytes, sizeof key->bytes, NULL, 0);
    sodium_bin2hex(ret, 2 * CHECK_BYTES + 1, hash, CHECK_BYTES);
}

char *envelope_key_text(const EnvelopeKey *key)
{
    char hex[2 * ENVELOPE_KEY_BYTES + 1], check[2 * CHECK_BYTES + 1];
    sodium_bin2hex(hex, sizeof hex, key->bytes, sizeof key->bytes);
    check_of(key, check);
    return g_strdup_printf(KEY_WORD "%s %s\n", hex, check);
}

bool envelope_key_read(const char *name, const char *text, EnvelopeKey *ret, GError **error)
{
    const char *line = g_str_has_prefix(text, KEY_WORD) ? text : strstr(text, "\n" KEY_WORD);
    line = line != NULL && *line == '\n' ? line + 1 : line;
    char check[2 * CHECK_BYTES + 1];
    gsize n = 0;
    const char *hex = line != NULL ? line + strlen(KEY_WORD) : "";
    const bool whole = strlen(hex) >= 2 * ENVELOPE_KEY_BYTES + 1 + 2 * CHECK_BYTES &&
                       sodium_hex2bin(ret->bytes, sizeof ret->bytes, hex, 2 * ENVELOPE_KEY_BYTES,
                                      NULL, &n, NULL) == 0 &&
                       n == sizeof ret->bytes && hex[2 * ENVELOPE_KEY_BYTES] == ' ';
    if (whole) {
        check_of(ret, check);
        if (g_ascii_strncasecmp(check, hex + 2 * ENVELOPE_KEY_BYTES + 1, 2 * CHECK_BYTES) == 0)
            return true;
    }
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                whole ? _("%s: the key was copied wrongly: its last digits do not fit the others.")
                      : _("%s holds no public key: it is a line “zenhar-key-1 …”."),
                name);
    return false;
}
