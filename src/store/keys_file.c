/* The file case.json (docs/formats.md): read, written, put in its place. */
#include "base/error.h"
#include "base/i18n.h"
#include "store/keys_private.h"
#include "store/server.h"
#include "store/server_address.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

json_t *keys_json_hex(const guint8 *bytes, gsize length)
{
    g_autofree char *hex = g_malloc(2 * length + 1);
    return json_string(sodium_bin2hex(hex, 2 * length + 1, bytes, length));
}

/* A program that knows no slots or recoveries would drop them at a change of passphrase. */
int keys_file_version(const CaseFile *file)
{
    int version = file->n_recoveries > 0 ? 3 : file->n_slots > 0 ? 2 : 1;
    for (guint i = 0; i < file->n_slots; i++)
        if (!file->slots[i].old_binding)
            version = 3;
    return version;
}

static char *case_file_write(const CaseFile *file)
{
    json_t *root = json_pack(
        "{s:s, s:i, s:o, s:{s:s, s:I, s:I, s:o}, s:{s:s, s:o}, s:{s:s, s:o, s:o}}", "format",
        "zenhar case", "version", keys_file_version(file), "case_id",
        keys_json_hex(file->case_id, sizeof file->case_id), "passphrase", "algorithm", "argon2id13",
        "passes", (json_int_t)file->cost.passes, "memory_bytes",
        (json_int_t)file->cost.memory_bytes, "salt", keys_json_hex(file->salt, sizeof file->salt),
        "data_key", "algorithm", "xchacha20poly1305", "wrapped",
        keys_json_hex(file->data_key, sizeof file->data_key), "signing_key", "algorithm", "ed25519",
        "public", keys_json_hex(file->public_key, sizeof file->public_key), "wrapped",
        keys_json_hex(file->signing_key, sizeof file->signing_key));
    if (file->n_slots > 0)
        json_object_set_new(root, "slots", keys_slots_json(file));
    if (file->n_recoveries > 0)
        json_object_set_new(root, "recoveries", keys_recoveries_json(file));
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
    if (!keys_read_cost(passphrase, &ret_file->cost) || !keys_slots_read(root, ret_file) ||
        !keys_recoveries_read(root, ret_file))
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
    if (store_address_is(folder)) {
        *ret_text = store_server_keys_read(folder, error);
        *ret_length = *ret_text != NULL ? strlen(*ret_text) : 0;
        return *ret_text != NULL;
    }
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
                i18n_errno(number));
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
bool keys_file_put(const char *place, const char *text, bool is_new, GError **error)
{
    if (store_address_is(place))
        return store_server_keys_write(place, text, is_new, error);
    g_autofree char *path = g_build_filename(place, CASE_FILE, NULL);
    g_autofree char *beside = g_strconcat(path, ".new", NULL);
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
    return store_sync_folder(place, error);
}

char *keys_file_text(const char *place, GError **error)
{
    char *text = NULL;
    gsize length = 0;
    return case_file_bytes(place, &text, &length, error) ? text : NULL;
}

static bool file_save(const char *folder, const CaseFile *file, bool is_new, GError **error)
{
    g_autofree char *text = case_file_write(file);
    return keys_file_put(folder, text, is_new, error);
}

bool keys_file_save(const char *folder, const CaseFile *file, GError **error)
{
    return file_save(folder, file, false, error);
}

bool keys_file_make(const char *folder, const CaseFile *file, GError **error)
{
    return file_save(folder, file, true, error);
}
