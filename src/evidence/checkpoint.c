#include "evidence/checkpoint.h"

#include "base/i18n.h"
#include "evidence/private.h"
#include <sodium.h>
#include <string.h>

#define ORIGIN "zenhar.case/"
enum {
    TYPE_ED25519 = 1,
    TYPE_COSIGNATURE = 4,
    SIGNATURES_MOST = 16,
    KEY_ID_BYTES = 4,
    COSIGNATURE_BYTES = 8 + 64,
    NOTE_MOST = 64 << 10,
};
static const char DASH[] = "\xe2\x80\x94 ";

void evidence_checkpoint_clear(EvidenceCheckpoint *checkpoint)
{
    g_free(checkpoint->origin);
    g_free(checkpoint->body);
    if (checkpoint->signatures != NULL)
        g_ptr_array_unref(checkpoint->signatures);
    memset(checkpoint, 0, sizeof *checkpoint);
}

static void signature_free(gpointer data)
{
    EvidenceNoteSignature *signature = data;
    g_free(signature->name);
    g_bytes_unref(signature->bytes);
    g_free(signature);
}

char *evidence_origin(const guint8 case_id[STORE_CASE_ID_BYTES])
{
    char hex[2 * STORE_CASE_ID_BYTES + 1];
    return g_strconcat(ORIGIN, sodium_bin2hex(hex, sizeof hex, case_id, STORE_CASE_ID_BYTES), NULL);
}

/* SHA-256(name ‖ newline ‖ type ‖ key), its first 4 bytes. */
static void key_id(const char *name, guint8 type, const guint8 public_key[32], guint8 ret[4])
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    MerkleHash hash;
    g_byte_array_append(bytes, (const guint8 *)name, (guint)strlen(name));
    g_byte_array_append(bytes, (const guint8[]){'\n', type}, 2);
    g_byte_array_append(bytes, public_key, 32);
    merkle_sha256(bytes->data, bytes->len, &hash);
    memcpy(ret, hash.bytes, KEY_ID_BYTES);
}

static char *signature_line(const char *name, guint8 type, const guint8 public_key[32],
                            const guint8 *signature, gsize length)
{
    g_autofree guint8 *bytes = g_malloc(KEY_ID_BYTES + length);
    key_id(name, type, public_key, bytes);
    memcpy(bytes + KEY_ID_BYTES, signature, length);
    g_autofree char *base64 = g_base64_encode(bytes, KEY_ID_BYTES + length);
    return g_strconcat(DASH, name, " ", base64, "\n", NULL);
}

char *evidence_checkpoint_write(const StoreKeys *keys, const StoreLogHead *head)
{
    guint8 signature[64];
    g_autofree char *origin = evidence_origin(store_keys_case_id(keys));
    g_autofree char *root = g_base64_encode(head->root, sizeof head->root);
    g_autofree char *body =
        g_strdup_printf("%s\n%" G_GINT64_FORMAT "\n%s\n", origin, head->size, root);
    store_keys_sign(keys, body, strlen(body), signature);
    g_autofree char *line =
        signature_line(origin, TYPE_ED25519, store_keys_public(keys), signature, sizeof signature);
    return g_strconcat(body, "\n", line, NULL);
}

/* ---- reading ---- */

static bool no_checkpoint(GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("This is no checkpoint: three lines (origin, size, root), a blank one, "
                          "and signatures are awaited, as `zenhar seal --witness` writes them."));
    return false;
}

/* Bytes of standard Base64, written in the one way it is written. */
static GBytes *base64_bytes(const char *text)
{
    gsize n = 0;
    g_autofree guint8 *bytes = g_base64_decode(text, &n);
    g_autofree char *again = g_base64_encode(bytes, n);
    return strcmp(again, text) == 0 ? g_bytes_new_take(g_steal_pointer(&bytes), n) : NULL;
}

static bool is_name(const char *name)
{
    return name[0] != '\0' && strpbrk(name, " +\n") == NULL;
}

static bool read_signature(const char *line, GPtrArray *signatures)
{
    if (!g_str_has_prefix(line, DASH) || signatures->len == SIGNATURES_MOST)
        return false;
    const char *name = line + strlen(DASH), *space = strchr(name, ' ');
    g_autoptr(GBytes) bytes = space != NULL ? base64_bytes(space + 1) : NULL;
    g_autofree char *alone = space != NULL ? g_strndup(name, (gsize)(space - name)) : NULL;
    gsize n = 0;
    const guint8 *data = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
    if (n <= KEY_ID_BYTES || !is_name(alone))
        return false;
    EvidenceNoteSignature *signature = g_new0(EvidenceNoteSignature, 1);
    signature->name = g_steal_pointer(&alone);
    memcpy(signature->key_id, data, KEY_ID_BYTES);
    signature->bytes = g_bytes_new(data + KEY_ID_BYTES, n - KEY_ID_BYTES);
    g_ptr_array_add(signatures, signature);
    return true;
}

static bool read_size(const char *text, gint64 *ret_size)
{
    guint64 value = 0;
    if ((text[0] == '0' && text[1] != '\0') ||
        !g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &value, NULL))
        return false;
    *ret_size = (gint64)value;
    return true;
}

static bool read_body(char **lines, EvidenceCheckpoint *ret)
{
    if (g_strv_length(lines) < 4 || lines[0][0] == '\0' || !read_size(lines[1], &ret->size))
        return false;
    g_autoptr(GBytes) root = base64_bytes(lines[2]);
    gsize n = 0;
    const guint8 *data = root != NULL ? g_bytes_get_data(root, &n) : NULL;
    if (n != MERKLE_HASH_BYTES)
        return false;
    memcpy(ret->root.bytes, data, n);
    ret->origin = g_strdup(lines[0]);
    return true;
}

bool evidence_checkpoint_read(const char *text, gsize length, EvidenceCheckpoint *ret,
                              GError **error)
{
    bool clean = length <= NOTE_MOST && g_utf8_validate(text, (gssize)length, NULL);
    for (gsize i = 0; clean && i < length; i++)
        clean = (guchar)text[i] >= ' ' || text[i] == '\n';
    g_autofree char *whole = clean ? g_strndup(text, length) : NULL;
    const char *blank = clean ? g_strrstr(whole, "\n\n") : NULL;
    if (blank == NULL || whole[length - 1] != '\n')
        return no_checkpoint(error);
    ret->body = g_strndup(whole, (gsize)(blank - whole) + 1);
    ret->signatures = g_ptr_array_new_with_free_func(signature_free);
    g_auto(GStrv) body = g_strsplit(ret->body, "\n", -1);
    bool read = read_body(body, ret);
    g_autofree char *below = g_strndup(blank + 2, strlen(blank + 2) - (blank[2] != '\0'));
    g_auto(GStrv) lines = g_strsplit(below, "\n", -1);
    for (gsize i = 0; read && lines[i] != NULL; i++)
        read = read_signature(lines[i], ret->signatures);
    return read && ret->signatures->len > 0 ? true : no_checkpoint(error);
}

/* ---- signatures ---- */

/* The signature of that name and key; NULL none. Borrowed. */
static const guint8 *signature_of(const EvidenceCheckpoint *checkpoint, const char *name,
                                  guint8 type, const guint8 public_key[32], gsize length)
{
    guint8 wanted[KEY_ID_BYTES];
    key_id(name, type, public_key, wanted);
    for (guint i = 0; i < checkpoint->signatures->len; i++) {
        const EvidenceNoteSignature *one = g_ptr_array_index(checkpoint->signatures, i);
        if (strcmp(one->name, name) == 0 && memcmp(one->key_id, wanted, KEY_ID_BYTES) == 0 &&
            g_bytes_get_size(one->bytes) == length)
            return g_bytes_get_data(one->bytes, NULL);
    }
    return NULL;
}

bool evidence_checkpoint_check(const EvidenceCheckpoint *checkpoint,
                               const guint8 case_id[STORE_CASE_ID_BYTES],
                               const guint8 public_key[STORE_PUBLIC_KEY_BYTES])
{
    g_autofree char *origin = evidence_origin(case_id);
    const guint8 *signature = signature_of(checkpoint, origin, TYPE_ED25519, public_key, 64);
    return strcmp(checkpoint->origin, origin) == 0 && signature != NULL &&
           crypto_sign_verify_detached(signature, (const guint8 *)checkpoint->body,
                                       strlen(checkpoint->body), public_key) == 0;
}

/* ---- witnesses ---- */

void evidence_witness_clear(EvidenceWitness *witness)
{
    g_free(witness->name);
    memset(witness, 0, sizeof *witness);
}

bool evidence_witness_read(const char *verifier_key, EvidenceWitness *ret, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(verifier_key, "+", 3);
    const bool three = g_strv_length(parts) == 3;
    g_autoptr(GBytes) key = three ? base64_bytes(parts[2]) : NULL;
    gsize n = 0;
    const guint8 *bytes = key != NULL ? g_bytes_get_data(key, &n) : NULL;
    guint8 id[KEY_ID_BYTES];
    char hex[2 * KEY_ID_BYTES + 1];
    if (n == 33 && bytes[0] == TYPE_COSIGNATURE && is_name(parts[0])) {
        key_id(parts[0], TYPE_COSIGNATURE, bytes + 1, id);
        if (strcmp(sodium_bin2hex(hex, sizeof hex, id, sizeof id), parts[1]) == 0) {
            memcpy(ret->public_key, bytes + 1, sizeof ret->public_key);
            ret->name = g_strdup(parts[0]);
            return true;
        }
    }
    g_autofree char *shown = g_utf8_make_valid(verifier_key, -1);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("'%s' is no verifier key of a witness: NAME+8 HEXADECIMAL DIGITS+BASE64 is "
                  "awaited, of type 4 (Ed25519 cosignature)."),
                shown);
    return false;
}

char *evidence_witness_write(const EvidenceWitness *witness)
{
    guint8 id[KEY_ID_BYTES], bytes[33] = {TYPE_COSIGNATURE};
    char hex[2 * KEY_ID_BYTES + 1];
    key_id(witness->name, TYPE_COSIGNATURE, witness->public_key, id);
    memcpy(bytes + 1, witness->public_key, 32);
    g_autofree char *base64 = g_base64_encode(bytes, sizeof bytes);
    return g_strconcat(witness->name, "+", sodium_bin2hex(hex, sizeof hex, id, sizeof id), "+",
                       base64, NULL);
}

static char *cosigned_message(const EvidenceCheckpoint *checkpoint, guint64 time)
{
    return g_strdup_printf("cosignature/v1\ntime %" G_GUINT64_FORMAT "\n%s", time,
                           checkpoint->body);
}

bool evidence_checkpoint_cosigned(const EvidenceCheckpoint *checkpoint,
                                  const EvidenceWitness *witness, gint64 *ret_time)
{
    const guint8 *signature = signature_of(checkpoint, witness->name, TYPE_COSIGNATURE,
                                           witness->public_key, COSIGNATURE_BYTES);
    guint64 time = 0;
    for (int i = 0; signature != NULL && i < 8; i++)
        time = time << 8 | signature[i];
    if (signature == NULL || time > G_MAXINT64)
        return false;
    g_autofree char *message = cosigned_message(checkpoint, time);
    *ret_time = (gint64)time;
    return crypto_sign_verify_detached(signature + 8, (const guint8 *)message, strlen(message),
                                       witness->public_key) == 0;
}

char *evidence_checkpoint_cosign(const char *note, const EvidenceCheckpoint *checkpoint,
                                 const EvidenceWitness *witness, const guint8 seed[32], gint64 time)
{
    guint8 public_key[32], secret[64], signature[COSIGNATURE_BYTES];
    crypto_sign_seed_keypair(public_key, secret, seed);
    for (int i = 0; i < 8; i++)
        signature[i] = (guint8)((guint64)time >> (8 * (7 - i)));
    g_autofree char *message = cosigned_message(checkpoint, (guint64)time);
    crypto_sign_detached(signature + 8, NULL, (const guint8 *)message, strlen(message), secret);
    sodium_memzero(secret, sizeof secret);
    g_autofree char *line =
        signature_line(witness->name, TYPE_COSIGNATURE, public_key, signature, sizeof signature);
    return g_strconcat(note, line, NULL);
}
