/* The file case.json (docs/formats.md) and the keys it holds. Secrets live in sodium_malloc'ed
 * memory (guard pages, not swapped, wiped at free); derived keys are the caller's to wipe. */
#include "base/error.h"
#include "base/i18n.h"
#include "store/keys_private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { POOL_NONCES = 128 };

bool keys_ready(GError **error)
{
    if (sodium_init() >= 0)
        return true;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                        _("The cryptographic library could not be started: this machine gives no "
                          "random numbers."));
    return false;
}

static StoreKeys *keys_new(GError **error)
{
    Secrets *secrets = sodium_malloc(sizeof(Secrets));
    if (secrets == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is no memory that can be locked for the keys of the case."));
        return NULL;
    }
    sodium_memzero(secrets, sizeof *secrets);
    StoreKeys *keys = g_new0(StoreKeys, 1);
    keys->references = 1;
    keys->secrets = secrets;
    return keys;
}

StoreKeys *store_keys_ref(StoreKeys *keys)
{
    g_atomic_int_inc(&keys->references);
    return keys;
}

void store_keys_unref(StoreKeys *keys)
{
    if (keys == NULL || !g_atomic_int_dec_and_test(&keys->references))
        return;
    sodium_free(keys->secrets);
    g_free(keys);
}

/* ---- wrapping ---- */

/* What a wrapped key is for is bound to it: neither can stand in the other's place, or in
 * another case. */
void keys_wrap(const char *what, const guint8 *case_id, const guint8 *key, const guint8 *plain,
               gsize length, guint8 *ret_wrapped)
{
    guint8 bound[64] = {0};
    g_strlcpy((char *)bound, what, sizeof bound - STORE_CASE_ID_BYTES);
    memcpy(bound + sizeof bound - STORE_CASE_ID_BYTES, case_id, STORE_CASE_ID_BYTES);
    randombytes_buf(ret_wrapped, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(ret_wrapped + NONCE_BYTES, NULL, plain, length,
                                               bound, sizeof bound, NULL, ret_wrapped, key);
}

bool keys_unwrap_bytes(const char *what, const guint8 *case_id, const guint8 *key,
                       const guint8 *wrapped, gsize wrapped_length, guint8 *ret_plain)
{
    guint8 bound[64] = {0};
    g_strlcpy((char *)bound, what, sizeof bound - STORE_CASE_ID_BYTES);
    memcpy(bound + sizeof bound - STORE_CASE_ID_BYTES, case_id, STORE_CASE_ID_BYTES);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(ret_plain, NULL, NULL, wrapped + NONCE_BYTES,
                                                      wrapped_length - NONCE_BYTES, bound,
                                                      sizeof bound, wrapped, key) == 0;
}

bool keys_stretch(const char *passphrase, const StoreKeyCost *cost, const guint8 *salt,
                  guint8 ret_key[STORE_KEY_BYTES], GError **error)
{
    if (crypto_pwhash(ret_key, STORE_KEY_BYTES, passphrase, strlen(passphrase), salt, cost->passes,
                      cost->memory_bytes, crypto_pwhash_ALG_ARGON2ID13) == 0)
        return true;
    g_autofree char *mebibytes = i18n_integer((gint64)(cost->memory_bytes >> 20));
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                _("Opening this case takes %s MiB of memory, which are not free. Close other "
                  "programs and try again."),
                mebibytes);
    return false;
}

bool keys_cost_settle(const StoreKeyCost *cost, StoreKeyCost *ret_cost, GError **error)
{
    StoreKeyCost settled = cost != NULL ? *cost : (StoreKeyCost){0};
    if (settled.passes == 0)
        settled.passes = 3;
    if (settled.memory_bytes == 0)
        settled.memory_bytes = (gsize)128 << 20;
    if (settled.passes > COST_PASSES_MAX || settled.memory_bytes > COST_MEMORY_MAX ||
        settled.memory_bytes < crypto_pwhash_MEMLIMIT_MIN) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("The cost of the passphrase must lie between 1 and 64 passes and "
                              "between 8 KiB and 4 GiB of memory."));
        return false;
    }
    settled.memory_bytes -= settled.memory_bytes % 1024; /* as Argon2id does */
    *ret_cost = settled;
    return true;
}

bool keys_passphrase_fits(const char *passphrase, GError **error)
{
    if (passphrase != NULL && passphrase[0] != '\0')
        return true;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("The passphrase is empty. Give one of several words."));
    return false;
}

/* ---- case.json ---- */

json_t *keys_json_hex(const guint8 *bytes, gsize length)
{
    g_autofree char *hex = g_malloc(2 * length + 1);
    return json_string(sodium_bin2hex(hex, 2 * length + 1, bytes, length));
}

static char *case_file_write(const CaseFile *file)
{
    json_t *root = json_pack(
        "{s:s, s:i, s:o, s:{s:s, s:I, s:I, s:o}, s:{s:s, s:o}, s:{s:s, s:o, s:o}}", "format",
        "zenhar case", "version",
        /* A program that knows no slots would drop them at a change of passphrase. */
        file->n_slots > 0 ? STORE_FORMAT_VERSION : 1, "case_id",
        keys_json_hex(file->case_id, sizeof file->case_id), "passphrase", "algorithm", "argon2id13",
        "passes", (json_int_t)file->cost.passes, "memory_bytes",
        (json_int_t)file->cost.memory_bytes, "salt", keys_json_hex(file->salt, sizeof file->salt),
        "data_key", "algorithm", "xchacha20poly1305", "wrapped",
        keys_json_hex(file->data_key, sizeof file->data_key), "signing_key", "algorithm", "ed25519",
        "public", keys_json_hex(file->public_key, sizeof file->public_key), "wrapped",
        keys_json_hex(file->signing_key, sizeof file->signing_key));
    if (file->n_slots > 0)
        json_object_set_new(root, "slots", keys_slots_json(file));
    char *dumped = json_dumps(root, JSON_INDENT(2));
    json_decref(root);
    char *text = g_strconcat(dumped, "\n", NULL);
    free(dumped);
    return text;
}

bool keys_read_hex(const json_t *object, const char *name, guint8 *ret_bytes, gsize length)
{
    const char *hex = json_string_value(json_object_get(object, name));
    size_t read = 0;
    return hex != NULL && strlen(hex) == 2 * length &&
           sodium_hex2bin(ret_bytes, length, hex, strlen(hex), NULL, &read, NULL) == 0 &&
           read == length;
}

static bool says(const json_t *object, const char *name, const char *value)
{
    return g_strcmp0(json_string_value(json_object_get(object, name)), value) == 0;
}

bool keys_read_cost(const json_t *passphrase, StoreKeyCost *ret_cost)
{
    const json_int_t passes = json_integer_value(json_object_get(passphrase, "passes"));
    const json_int_t memory = json_integer_value(json_object_get(passphrase, "memory_bytes"));
    if (passes < 1 || (guint64)passes > COST_PASSES_MAX ||
        memory < (json_int_t)crypto_pwhash_MEMLIMIT_MIN || (guint64)memory > COST_MEMORY_MAX)
        return false;
    *ret_cost = (StoreKeyCost){.passes = (guint64)passes, .memory_bytes = (gsize)memory};
    return true;
}

static bool case_file_fields(const json_t *root, CaseFile *ret_file)
{
    const json_t *passphrase = json_object_get(root, "passphrase");
    const json_t *data_key = json_object_get(root, "data_key");
    const json_t *signing_key = json_object_get(root, "signing_key");
    if (!keys_read_cost(passphrase, &ret_file->cost) || !keys_slots_read(root, ret_file))
        return false;
    return says(passphrase, "algorithm", "argon2id13") &&
           says(data_key, "algorithm", "xchacha20poly1305") &&
           says(signing_key, "algorithm", "ed25519") &&
           keys_read_hex(root, "case_id", ret_file->case_id, sizeof ret_file->case_id) &&
           keys_read_hex(passphrase, "salt", ret_file->salt, sizeof ret_file->salt) &&
           keys_read_hex(data_key, "wrapped", ret_file->data_key, sizeof ret_file->data_key) &&
           keys_read_hex(signing_key, "public", ret_file->public_key,
                         sizeof ret_file->public_key) &&
           keys_read_hex(signing_key, "wrapped", ret_file->signing_key,
                         sizeof ret_file->signing_key);
}

static bool not_a_case(const char *folder, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_A_CASE,
                _("%s is not a Zenhar case: there is no readable %s in it. A case is a folder made "
                  "by “zenhar init”."),
                folder, CASE_FILE);
    return false;
}

static bool case_file_bytes(const char *folder, char **ret_text, gsize *ret_length, GError **error)
{
    g_autofree char *path = g_build_filename(folder, CASE_FILE, NULL);
    if (!g_file_test(folder, G_FILE_TEST_EXISTS)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("There is no case at %s. Make one with “zenhar init”, or check the path."),
                    folder);
        return false;
    }
    GStatBuf facts;
    if (g_stat(path, &facts) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return not_a_case(folder, error);
    g_autoptr(GError) reading = NULL;
    if (!g_file_get_contents(path, ret_text, ret_length, &reading)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The case cannot be read: %s"),
                    reading->message);
        return false;
    }
    return true;
}

bool keys_file_load(const char *folder, CaseFile *ret_file, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!case_file_bytes(folder, &text, &length, error))
        return false;
    json_t *root = length <= CASE_FILE_BYTES_MAX
                       ? json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL)
                       : NULL;
    bool done = false;
    if (root == NULL || !says(root, "format", "zenhar case"))
        not_a_case(folder, error);
    else if (json_integer_value(json_object_get(root, "version")) > STORE_FORMAT_VERSION)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NEWER,
                    _("The case %s was made by a newer version of Zenhar. Use that version, or a "
                      "later one."),
                    folder);
    else if (!case_file_fields(root, ret_file))
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_A_CASE,
                    _("The file %s of the case %s is damaged. Put back a copy of it from a backup; "
                      "without it nothing in the case can be read."),
                    CASE_FILE, folder);
    else
        done = true;
    json_decref(root);
    return done;
}

bool store_keys_check(const char *folder, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autofree CaseFile *file = g_new0(CaseFile, 1);
    if (!case_file_bytes(folder, &text, &length, error) || !keys_file_load(folder, file, error))
        return false;
    g_autofree char *written = case_file_write(file);
    /* Argon2id counts memory in KiB: what is below one could change without changing the key. */
    bool whole = file->cost.memory_bytes % 1024 == 0;
    for (guint i = 0; i < file->n_slots; i++)
        whole = whole && file->slots[i].cost.memory_bytes % 1024 == 0;
    if (whole && strlen(written) == length && memcmp(written, text, length) == 0)
        return true;
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
        _("The file %s of the case %s is not as Zenhar wrote it: it was changed from outside."),
        CASE_FILE, folder);
    return false;
}

static bool io_error(const char *path, GError **error)
{
    const int number = errno;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                g_strerror(number));
    return false;
}

bool store_sync_folder(const char *folder, GError **error)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return io_error(folder, error);
    const bool done = fsync(fd) == 0 || errno == EINVAL; /* EINVAL: a file system without it */
    const int number = errno;
    close(fd);
    errno = number;
    return done || io_error(folder, error);
}

/* Written beside, synced, renamed: the file is the old one or the new one, never half of it. */
bool keys_file_save(const char *folder, const CaseFile *file, GError **error)
{
    g_autofree char *path = g_build_filename(folder, CASE_FILE, NULL);
    g_autofree char *beside = g_strconcat(path, ".new", NULL);
    g_autofree char *text = case_file_write(file);
    const gsize length = strlen(text);
    const int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return io_error(beside, error);
    gsize written = 0;
    while (written < length) {
        const gssize n = write(fd, text + written, length - written);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        written += (gsize)n;
    }
    const bool done = written == length && fsync(fd) == 0;
    const int number = errno;
    close(fd);
    if (!done || g_rename(beside, path) != 0) {
        errno = done ? errno : number;
        io_error(beside, error);
        g_unlink(beside);
        return false;
    }
    return store_sync_folder(folder, error);
}

/* ---- making, opening, changing ---- */

static bool wrap_data_key(const char *passphrase, const guint8 *data_key, CaseFile *file,
                          GError **error)
{
    guint8 wrapping[STORE_KEY_BYTES];
    randombytes_buf(file->salt, sizeof file->salt);
    if (!keys_stretch(passphrase, &file->cost, file->salt, wrapping, error))
        return false;
    keys_wrap("zenhar data key", file->case_id, wrapping, data_key, STORE_KEY_BYTES,
              file->data_key);
    sodium_memzero(wrapping, sizeof wrapping);
    return true;
}

StoreKeys *store_keys_create(const char *passphrase, const StoreKeyCost *cost, GError **error)
{
    CaseFile file = {0};
    if (!keys_ready(error) || !keys_passphrase_fits(passphrase, error) ||
        !keys_cost_settle(cost, &file.cost, error))
        return NULL;
    g_autoptr(StoreKeys) keys = keys_new(error);
    if (keys == NULL)
        return NULL;
    randombytes_buf(keys->secrets->data_key, sizeof keys->secrets->data_key);
    randombytes_buf(keys->case_id, sizeof keys->case_id);
    crypto_sign_keypair(keys->public_key, keys->secrets->signing_key);
    keys_derive_all(keys);
    return g_steal_pointer(&keys);
}

bool store_keys_save(const StoreKeys *keys, const char *folder, const char *passphrase,
                     const StoreKeyCost *cost, GError **error)
{
    CaseFile file = {0};
    if (!keys_passphrase_fits(passphrase, error) || !keys_cost_settle(cost, &file.cost, error))
        return false;
    memcpy(file.case_id, keys->case_id, sizeof file.case_id);
    memcpy(file.public_key, keys->public_key, sizeof file.public_key);
    if (!wrap_data_key(passphrase, keys->secrets->data_key, &file, error))
        return false;
    guint8 wrapping[STORE_KEY_BYTES];
    store_keys_derive(keys, STORE_KEY_SIGNING_WRAP, wrapping);
    keys_wrap("zenhar signing key", file.case_id, wrapping, keys->secrets->signing_key,
              sizeof keys->secrets->signing_key, file.signing_key);
    sodium_memzero(wrapping, sizeof wrapping);
    return keys_file_save(folder, &file, error);
}

static bool keys_unwrap(StoreKeys *keys, const CaseFile *file, const char *folder,
                        const char *passphrase, GError **error)
{
    Secrets *secrets = keys->secrets;
    guint8 wrapping[STORE_KEY_BYTES];
    if (!keys_stretch(passphrase, &file->cost, file->salt, wrapping, error))
        return false;
    const bool opened = keys_unwrap_bytes("zenhar data key", file->case_id, wrapping,
                                          file->data_key, sizeof file->data_key, secrets->data_key);
    sodium_memzero(wrapping, sizeof wrapping);
    memcpy(keys->case_id, file->case_id, sizeof keys->case_id);
    memcpy(keys->public_key, file->public_key, sizeof keys->public_key);
    bool by_slot = false;
    if (!opened && !keys_slots_open(file, passphrase, keys, &by_slot, error))
        return false;
    if (by_slot && !store_keys_whole(keys))
        return true; /* it signs nothing: there is nothing more to open */
    if (!opened && !by_slot) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_PASSPHRASE,
                    _("This passphrase does not open the case %s. Check the keyboard's language "
                      "and capital letters."),
                    folder);
        return false;
    }
    keys_derive_all(keys);
    store_keys_derive(keys, STORE_KEY_SIGNING_WRAP, wrapping);
    const bool signing =
        keys_unwrap_bytes("zenhar signing key", file->case_id, wrapping, file->signing_key,
                          sizeof file->signing_key, secrets->signing_key);
    sodium_memzero(wrapping, sizeof wrapping);
    guint8 public_key[STORE_PUBLIC_KEY_BYTES];
    if (!signing || crypto_sign_ed25519_sk_to_pk(public_key, secrets->signing_key) != 0 ||
        memcmp(public_key, file->public_key, sizeof public_key) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("The signing key in %s of the case %s was changed or does not belong to it. "
                      "Put back a copy of the file from a backup."),
                    CASE_FILE, folder);
        return false;
    }
    memcpy(keys->public_key, public_key, sizeof public_key);
    memcpy(keys->case_id, file->case_id, sizeof keys->case_id);
    return true;
}

StoreKeys *store_keys_load(const char *folder, const char *passphrase, GError **error)
{
    g_assert(folder != NULL && passphrase != NULL);
    CaseFile file = {0};
    if (!keys_ready(error) || !keys_file_load(folder, &file, error))
        return NULL;
    g_autoptr(StoreKeys) keys = keys_new(error);
    if (keys == NULL || !keys_unwrap(keys, &file, folder, passphrase, error))
        return NULL;
    return g_steal_pointer(&keys);
}

bool store_keys_change_passphrase(const char *folder, const char *old_passphrase,
                                  const char *new_passphrase, const StoreKeyCost *cost,
                                  GError **error)
{
    CaseFile file = {0};
    StoreKeyCost settled;
    if (!keys_passphrase_fits(new_passphrase, error) || !keys_cost_settle(cost, &settled, error))
        return false;
    g_autoptr(StoreKeys) keys = store_keys_load(folder, old_passphrase, error);
    if (keys == NULL || !keys_file_load(folder, &file, error))
        return false;
    if (store_keys_name(keys)[0] != '\0')
        return keys_slot_wrap(keys, &file, store_keys_name(keys), new_passphrase, &settled,
                              error) &&
               keys_file_save(folder, &file, error);
    file.cost = settled;
    if (!wrap_data_key(new_passphrase, keys->secrets->data_key, &file, error))
        return false;
    return keys_file_save(folder, &file, error);
}

/* ---- using ---- */

void keys_derive_all(StoreKeys *keys)
{
    for (guint purpose = 1; purpose <= STORE_KEY_PURPOSES; purpose++)
        crypto_kdf_derive_from_key(keys->secrets->derived[purpose - 1], STORE_KEY_BYTES, purpose,
                                   "zenharv1", keys->secrets->data_key);
    keys->held = (1u << (STORE_KEY_PURPOSES + 1)) - 1;
}

bool store_keys_hold(const StoreKeys *keys, StoreKeyPurpose purpose)
{
    return (keys->held >> purpose & 1) != 0;
}

bool store_keys_whole(const StoreKeys *keys)
{
    return (keys->held & 1) != 0;
}

const char *store_keys_name(const StoreKeys *keys)
{
    return keys->name;
}

const char *store_keys_role(const StoreKeys *keys)
{
    return keys->role;
}

void store_keys_derive(const StoreKeys *keys, StoreKeyPurpose purpose,
                       guint8 ret_key[STORE_KEY_BYTES])
{
    g_assert(store_keys_hold(keys, purpose));
    memcpy(ret_key, keys->secrets->derived[purpose - 1], STORE_KEY_BYTES);
}

void store_keys_sign(const StoreKeys *keys, const void *message, gsize length,
                     guint8 ret_signature[64])
{
    g_assert(store_keys_whole(keys));
    crypto_sign_detached(ret_signature, NULL, message, length, keys->secrets->signing_key);
}

const guint8 *store_keys_public(const StoreKeys *keys)
{
    return keys->public_key;
}

const guint8 *store_keys_case_id(const StoreKeys *keys)
{
    return keys->case_id;
}

/* Nonces by the pool: a system call for each sealed name would cost as much as the sealing. A
 * forked child must not go on with its parent's pool: two texts would share a nonce. */
static _Thread_local struct {
    guint8 bytes[POOL_NONCES][NONCE_BYTES];
    guint left;
    guint generation;
} nonces;
static guint fork_generation = 1;

static void forked(void)
{
    fork_generation++;
}

static void nonce_take(guint8 *ret_nonce)
{
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        pthread_atfork(NULL, NULL, forked);
        g_once_init_leave(&once, 1);
    }
    if (nonces.left == 0 || nonces.generation != fork_generation) {
        randombytes_buf(nonces.bytes, sizeof nonces.bytes);
        nonces.left = POOL_NONCES;
        nonces.generation = fork_generation;
    }
    guint8 *taken = nonces.bytes[--nonces.left];
    memcpy(ret_nonce, taken, NONCE_BYTES);
    memset(taken, 0, NONCE_BYTES);
}

void store_keys_seal(const StoreKeys *keys, guint8 kind, guint8 field, const void *text,
                     gsize length, guint8 *ret_sealed)
{
    const guint8 bound[2] = {kind, field};
    nonce_take(ret_sealed);
    crypto_aead_xchacha20poly1305_ietf_encrypt(ret_sealed + NONCE_BYTES, NULL, text, length, bound,
                                               sizeof bound, NULL, ret_sealed,
                                               keys->secrets->derived[STORE_KEY_FIELDS - 1]);
}

bool store_keys_open(const StoreKeys *keys, guint8 kind, guint8 field, const void *sealed,
                     gsize length, guint8 *ret_text)
{
    const guint8 bound[2] = {kind, field};
    const guint8 *bytes = sealed;
    if (length < STORE_SEAL_EXTRA_BYTES)
        return false;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(
               ret_text, NULL, NULL, bytes + NONCE_BYTES, length - NONCE_BYTES, bound, sizeof bound,
               bytes, keys->secrets->derived[STORE_KEY_FIELDS - 1]) == 0;
}
