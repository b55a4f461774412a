/* appeal/sign.c: one-time links, Ed25519 (libsodium) and OpenPGP (gpg, in a home of its own that is
 * removed: no key of the user's is touched). */
#include "appeal/sign.h"

#include "base/error.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

enum { SECRET_BYTES = 32, SECONDS_A_DAY = 86400 };

static bool fail(GError **error, ZenharErrorCode code, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, (int)code, sentence);
    return false;
}

/* A sealed letter whose text is still the sealed one. */
static StoreAppeal *sealed(Store *store, gint64 appeal_id, GError **error)
{
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, appeal_id, error);
    if (appeal == NULL)
        return NULL;
    g_autofree char *hash = appeal_signed_hash(appeal);
    if (appeal->sha256 == NULL)
        fail(error, ZENHAR_ERROR_DATA,
             _("The letter is not sealed yet: seal it, so that all sign the same text."));
    else if (strcmp(hash, appeal->sha256) != 0)
        fail(error, ZENHAR_ERROR_INTEGRITY,
             _("The letter's text was changed after it was sealed: seal it again; signatures over "
               "the old text are void."));
    else
        return g_steal_pointer(&appeal);
    return NULL;
}

static StoreSignatory *signatory_new(const StoreAppeal *appeal, const char *name,
                                     const char *name_fa, bool unnamed, GError **error)
{
    if (!unnamed && (name == NULL || name[0] == '\0') && (name_fa == NULL || name_fa[0] == '\0')) {
        fail(error, ZENHAR_ERROR_INPUT,
             _("A signatory needs a name, or signs to be counted without one."));
        return NULL;
    }
    StoreSignatory *signatory = store_signatory_new();
    signatory->appeal_id = appeal->id;
    signatory->kind = g_strdup("organisation");
    signatory->unnamed = unnamed;
    if (!unnamed) { /* a name that is not to be told is not kept either */
        signatory->name = g_strdup(name);
        signatory->name_fa = g_strdup(name_fa);
    }
    signatory->sha256 = g_strdup(appeal->sha256);
    return signatory;
}

char *appeal_sign_invite(Store *store, gint64 appeal_id, const char *name, const char *name_fa,
                         bool unnamed, const char *contact, int days, gint64 *ret_signatory_id,
                         GError **error)
{
    g_autoptr(StoreAppeal) appeal = sealed(store, appeal_id, error);
    g_autoptr(StoreSignatory) signatory =
        appeal != NULL ? signatory_new(appeal, name, name_fa, unnamed, error) : NULL;
    if (signatory == NULL)
        return NULL;
    guint8 secret[SECRET_BYTES];
    char hex[2 * SECRET_BYTES + 1];
    randombytes_buf(secret, sizeof secret);
    sodium_bin2hex(hex, sizeof hex, secret, sizeof secret);
    signatory->status = g_strdup("pending");
    signatory->method = g_strdup("link");
    signatory->contact = unnamed ? NULL : g_strdup(contact);
    signatory->token = g_compute_checksum_for_string(G_CHECKSUM_SHA256, hex, -1);
    signatory->expires = store_now(store) + (gint64)days * SECONDS_A_DAY;
    bool done = store_signatory_add(store, signatory, error);
    *ret_signatory_id = signatory->id;
    char *out = done ? g_strdup(hex) : NULL;
    sodium_memzero(hex, sizeof hex);
    sodium_memzero(secret, sizeof secret);
    return out;
}

static void set_text(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text);
}

bool appeal_sign_look(Store *store, const char *secret, StoreSignatory **ret_signatory,
                      StoreAppeal **ret_appeal, GError **error)
{
    g_autofree char *token = g_compute_checksum_for_string(G_CHECKSUM_SHA256, secret, -1);
    g_autoptr(GPtrArray) list = store_signatory_list(store, NULL, error);
    gint64 found = 0;
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const StoreSignatory *one = list->pdata[i];
        if (one->token != NULL && strlen(one->token) == strlen(token) &&
            sodium_memcmp(one->token, token, strlen(token)) == 0 &&
            one->expires >= store_now(store) && g_strcmp0(one->status, "pending") == 0)
            found = one->id;
    }
    if (list == NULL)
        return false;
    if (found == 0)
        return fail(error, ZENHAR_ERROR_INTEGRITY,
                    _("This link is unknown, was used already, or is too old: ask for a new one."));
    g_autoptr(StoreSignatory) signatory = store_signatory_load(store, found, error);
    g_autoptr(StoreAppeal) appeal =
        signatory != NULL ? sealed(store, signatory->appeal_id, error) : NULL;
    if (appeal == NULL)
        return false;
    if (g_strcmp0(appeal->sha256, signatory->sha256) != 0)
        return fail(error, ZENHAR_ERROR_INTEGRITY,
                    _("The letter's text was changed since this link was made: read it anew and "
                      "ask for a new link."));
    *ret_signatory = g_steal_pointer(&signatory);
    *ret_appeal = g_steal_pointer(&appeal);
    return true;
}

gint64 appeal_sign_by_link(Store *store, const char *secret, GError **error)
{
    g_autoptr(StoreSignatory) found = NULL;
    g_autoptr(StoreAppeal) appeal = NULL;
    if (!appeal_sign_look(store, secret, &found, &appeal, error))
        return 0;
    set_text(&found->status, "verified");
    g_clear_pointer(&found->token, g_free); /* once only */
    found->verified = store_now(store);
    found->day = (gint32)(found->verified / SECONDS_A_DAY);
    return store_signatory_update(store, found, error) ? found->id : 0;
}

/* ---- keys ---- */

static bool ed25519_fits(const char *message, const char *key_hex, const char *signature_hex)
{
    guint8 key[crypto_sign_PUBLICKEYBYTES], signature[crypto_sign_BYTES];
    gsize n_key = 0, n_signature = 0;
    return sodium_hex2bin(key, sizeof key, key_hex, strlen(key_hex), "\n ", &n_key, NULL) == 0 &&
           sodium_hex2bin(signature, sizeof signature, signature_hex, strlen(signature_hex), "\n ",
                          &n_signature, NULL) == 0 &&
           n_key == sizeof key && n_signature == sizeof signature &&
           crypto_sign_verify_detached(signature, (const guint8 *)message, strlen(message), key) ==
               0;
}

static void remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            remove_folder(path);
        else
            g_unlink(path);
    }
    g_rmdir(folder);
}

static bool gpg(const char *home, const char *const *arguments, char **ret_out, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    const char *const FIXED[] = {"gpg",      "--homedir",      home,          "--batch",
                                 "--no-tty", "--no-autostart", "--status-fd", "1"};
    for (gsize i = 0; i < G_N_ELEMENTS(FIXED); i++)
        g_ptr_array_add(argv, (gpointer)FIXED[i]);
    for (gsize i = 0; arguments[i] != NULL; i++)
        g_ptr_array_add(argv, (gpointer)arguments[i]);
    g_ptr_array_add(argv, NULL);
    g_autoptr(GError) problem = NULL;
    int status;
    if (g_spawn_sync(NULL, (char **)argv->pdata, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, ret_out, NULL,
                     &status, &problem))
        return true;
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
        _("OpenPGP signatures are checked by gpg, which cannot be run (%s): install GnuPG."),
        problem->message);
    return false;
}

static bool openpgp_in(const char *home, const char *message, const char *key,
                       const char *signature, bool *ret_fits, GError **error)
{
    g_autofree char *message_path = g_build_filename(home, "message", NULL),
                    *key_path = g_build_filename(home, "key.asc", NULL),
                    *signature_path = g_build_filename(home, "signature.asc", NULL), *out = NULL,
                    *ignored = NULL;
    if (!g_file_set_contents(message_path, message, -1, error) ||
        !g_file_set_contents(key_path, key, -1, error) ||
        !g_file_set_contents(signature_path, signature, -1, error))
        return false;
    const char *const IMPORT[] = {"--import", key_path, NULL};
    const char *const VERIFY[] = {"--verify", signature_path, message_path, NULL};
    if (!gpg(home, IMPORT, &ignored, error) || !gpg(home, VERIFY, &out, error))
        return false;
    *ret_fits = strstr(out, "[GNUPG:] VALIDSIG ") != NULL && strstr(out, "BADSIG") == NULL &&
                strstr(out, "EXPKEYSIG") == NULL && strstr(out, "REVKEYSIG") == NULL;
    return true;
}

static bool openpgp_fits(const char *message, const char *key, const char *signature,
                         bool *ret_fits, GError **error)
{
    g_autofree char *home = g_dir_make_tmp("zenhar-gpg-XXXXXX", error);
    if (home == NULL)
        return false;
    bool done = openpgp_in(home, message, key, signature, ret_fits, error);
    remove_folder(home);
    return done;
}

static bool fits(const char *sha256, const char *method, const char *key, const char *signature,
                 bool *ret_fits, GError **error)
{
    g_autofree char *message = appeal_signed_message(sha256);
    if (strcmp(method, "openpgp") == 0)
        return openpgp_fits(message, key, signature, ret_fits, error);
    *ret_fits = ed25519_fits(message, key, signature);
    return true;
}

gint64 appeal_sign_by_key(Store *store, gint64 appeal_id, const char *name, const char *name_fa,
                          bool unnamed, const char *public_key, const char *signature,
                          GError **error)
{
    g_autoptr(StoreAppeal) appeal = sealed(store, appeal_id, error);
    g_autoptr(StoreSignatory) signatory =
        appeal != NULL ? signatory_new(appeal, name, name_fa, unnamed, error) : NULL;
    if (signatory == NULL)
        return 0;
    bool armoured = strstr(public_key, "-----BEGIN PGP PUBLIC KEY BLOCK-----") != NULL, good;
    signatory->method = g_strdup(armoured ? "openpgp" : "ed25519");
    if (!fits(appeal->sha256, signatory->method, public_key, signature, &good, error))
        return 0;
    if (!good) {
        fail(error, ZENHAR_ERROR_INTEGRITY,
             _("The signature is not one of this key over this letter's text: sign the line that "
               "`zenhar appeal sign --show` prints."));
        return 0;
    }
    signatory->status = g_strdup("verified");
    signatory->public_key = g_strdup(public_key);
    signatory->signature = g_strdup(signature);
    signatory->verified = store_now(store);
    signatory->day = (gint32)(signatory->verified / SECONDS_A_DAY);
    return store_signatory_add(store, signatory, error) ? signatory->id : 0;
}

bool appeal_sign_withdraw(Store *store, gint64 signatory_id, GError **error)
{
    g_autoptr(StoreSignatory) signatory = store_signatory_load(store, signatory_id, error);
    if (signatory == NULL)
        return false;
    set_text(&signatory->status, "withdrawn");
    g_clear_pointer(&signatory->token, g_free);
    return store_signatory_update(store, signatory, error);
}

/* ---- the list ---- */

void appeal_signatory_free(AppealSignatory *signatory)
{
    if (signatory == NULL)
        return;
    g_free(signatory->name);
    g_free(signatory->status);
    g_free(signatory->method);
    g_free(signatory);
}

static void free_signatory(gpointer signatory)
{
    appeal_signatory_free(signatory);
}

static gint by_name(gconstpointer a, gconstpointer b, gpointer collator)
{
    const AppealSignatory *left = *(const AppealSignatory *const *)a;
    const AppealSignatory *right = *(const AppealSignatory *const *)b;
    if (left->name == NULL || right->name == NULL)
        return left->name == right->name ? (left->id > right->id) - (left->id < right->id)
                                         : (left->name == NULL) - (right->name == NULL);
    UErrorCode status = U_ZERO_ERROR;
    UCollationResult order =
        collator != NULL ? ucol_strcollUTF8(collator, left->name, -1, right->name, -1, &status)
                         : UCOL_EQUAL;
    return order != UCOL_EQUAL ? (int)order : (left->id > right->id) - (left->id < right->id);
}

static bool judge(const StoreSignatory *one, const char *hash, AppealSignatory *signatory,
                  GError **error)
{
    if (g_strcmp0(one->status, "verified") != 0 && g_strcmp0(one->status, "pending") != 0)
        return true;
    if (g_strcmp0(one->sha256, hash) != 0) {
        set_text(&signatory->status, "void");
        signatory->reason = _("the text was changed after it was signed");
        return true;
    }
    bool good = true;
    if (one->signature != NULL &&
        !fits(hash, one->method, one->public_key, one->signature, &good, error))
        return false;
    if (!good) {
        set_text(&signatory->status, "void");
        signatory->reason = _("the signature does not fit the text");
    }
    return true;
}

GPtrArray *appeal_signatories(Store *store, gint64 appeal_id, I18nLanguage alphabet, GError **error)
{
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, appeal_id, error);
    g_autoptr(GPtrArray) list =
        appeal != NULL ? store_signatory_list_by_appeal(store, appeal_id, NULL, error) : NULL;
    if (list == NULL)
        return NULL;
    g_autofree char *hash = appeal_signed_hash(appeal);
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func(free_signatory);
    for (guint i = 0; i < list->len; i++) {
        const StoreSignatory *one = list->pdata[i];
        AppealSignatory *signatory = g_new0(AppealSignatory, 1);
        g_ptr_array_add(out, signatory);
        bool persian = alphabet == I18N_PERSIAN && one->name_fa != NULL;
        signatory->id = one->id;
        signatory->name = g_strdup(persian || one->name == NULL ? one->name_fa : one->name);
        signatory->status = g_strdup(one->status);
        signatory->method = g_strdup(one->method);
        signatory->verified = one->verified;
        if (!judge(one, hash, signatory, error))
            return NULL;
    }
    UErrorCode status = U_ZERO_ERROR;
    UCollator *collator = ucol_open(i18n_tag(alphabet), &status);
    g_ptr_array_sort_with_data(out, by_name, U_SUCCESS(status) ? collator : NULL);
    if (U_SUCCESS(status))
        ucol_close(collator);
    return g_steal_pointer(&out);
}
