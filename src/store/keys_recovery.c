/* Recovery of a case's keys by k of n shares (docs/formats.md). A split has a random key of its own
 * that wraps the keys of one role; only its shares give it. So a change of passphrase leaves the
 * shares as they are, and a split is revoked by leaving its wrapping out. */
#include "base/error.h"
#include "base/i18n.h"
#include "store/keys_private.h"

#include <string.h>

/* Everything that case.json says of a split is bound to its wrapping. */
static void recovery_bound(const CaseFile *file, const KeyRecovery *recovery,
                           guint8 ret_bound[BOUND_BYTES])
{
    guint8 more[STORE_SPLIT_BYTES + STORE_SLOT_ROLE_MAX + 2 + 8 + sizeof recovery->share_checks];
    const guint64 made = GUINT64_TO_LE((guint64)recovery->about.made);
    guint8 *at = more;
    memset(more, 0, sizeof more);
    memcpy(at, recovery->about.split, STORE_SPLIT_BYTES);
    at += STORE_SPLIT_BYTES;
    g_strlcpy((char *)at, recovery->about.role, STORE_SLOT_ROLE_MAX);
    at += STORE_SLOT_ROLE_MAX;
    *at++ = recovery->about.threshold;
    *at++ = recovery->about.shares;
    memcpy(at, &made, sizeof made);
    at += sizeof made;
    memcpy(at, recovery->share_checks, (gsize)recovery->about.shares * CHECK_BYTES);
    at += (gsize)recovery->about.shares * CHECK_BYTES;
    keys_bound_more("zenhar recovery", more, (gsize)(at - more), file->case_id, ret_bound);
}

/* A hash under 256 random bits tells nothing of them, and tells one share that is not as it was. */
static void share_check(const CaseFile *file, const StoreShare *share,
                        guint8 ret_check[CHECK_BYTES])
{
    guint8 bound[BOUND_BYTES];
    const guint8 more[] = {share->threshold, share->shares, share->number};
    keys_bound_more("zenhar share", more, sizeof more, file->case_id, bound);
    crypto_generichash(ret_check, CHECK_BYTES, bound, sizeof bound, share->bytes,
                       sizeof share->bytes);
}

/* ---- case.json ---- */

json_t *keys_recoveries_json(const CaseFile *file)
{
    json_t *recoveries = json_array();
    for (guint i = 0; i < file->n_recoveries; i++) {
        const KeyRecovery *recovery = &file->recoveries[i];
        json_t *checks = json_array();
        for (guint j = 0; j < recovery->about.shares; j++)
            json_array_append_new(checks, keys_json_hex(recovery->share_checks[j], CHECK_BYTES));
        json_array_append_new(
            recoveries,
            json_pack("{s:o, s:s, s:i, s:I, s:o, s:o, s:o}", "split",
                      keys_json_hex(recovery->about.split, STORE_SPLIT_BYTES), "role",
                      recovery->about.role, "threshold", (int)recovery->about.threshold, "made",
                      (json_int_t)recovery->about.made, "check",
                      keys_json_hex(recovery->check, CHECK_BYTES), "shares", checks, "wrapped",
                      keys_json_hex(recovery->wrapped, sizeof recovery->wrapped)));
    }
    return recoveries;
}

static bool read_checks(const json_t *object, KeyRecovery *recovery)
{
    const json_t *checks = json_object_get(object, "shares");
    const json_int_t threshold = json_integer_value(json_object_get(object, "threshold"));
    const gsize n = json_array_size(checks);
    if (n < 2 || n > STORE_SHARES_MAX || threshold < 2 || (gsize)threshold > n)
        return false;
    recovery->about.threshold = (guint8)threshold;
    recovery->about.shares = (guint8)n;
    for (gsize i = 0; i < n; i++) {
        const char *hex = json_string_value(json_array_get(checks, i));
        size_t read = 0;
        if (hex == NULL || strlen(hex) != 2 * (gsize)CHECK_BYTES ||
            sodium_hex2bin(recovery->share_checks[i], CHECK_BYTES, hex, strlen(hex), NULL, &read,
                           NULL) != 0 ||
            read != CHECK_BYTES)
            return false;
    }
    return true;
}

bool keys_recoveries_read(const json_t *root, CaseFile *file)
{
    const json_t *recoveries = json_object_get(root, "recoveries");
    const gsize n = json_array_size(recoveries);
    if ((recoveries != NULL && !json_is_array(recoveries)) || n > STORE_RECOVERIES_MAX)
        return false;
    for (gsize i = 0; i < n; i++) {
        const json_t *object = json_array_get(recoveries, i);
        KeyRecovery *recovery = &file->recoveries[i];
        const char *role = json_string_value(json_object_get(object, "role"));
        if (role == NULL || keys_of_role(role) == 0 ||
            !keys_read_hex(object, "split", recovery->about.split, STORE_SPLIT_BYTES) ||
            !keys_read_hex(object, "check", recovery->check, CHECK_BYTES) ||
            !keys_read_hex(object, "wrapped", recovery->wrapped, sizeof recovery->wrapped) ||
            !read_checks(object, recovery))
            return false;
        g_strlcpy(recovery->about.role, role, sizeof recovery->about.role);
        recovery->about.made = json_integer_value(json_object_get(object, "made"));
    }
    file->n_recoveries = (guint)n;
    return true;
}

static KeyRecovery *recovery_find(CaseFile *file, const guint8 split[STORE_SPLIT_BYTES])
{
    for (guint i = 0; i < file->n_recoveries; i++)
        if (memcmp(file->recoveries[i].about.split, split, STORE_SPLIT_BYTES) == 0)
            return &file->recoveries[i];
    return NULL;
}

/* ---- splitting ---- */

static bool numbers_fit(const char *role, guint8 threshold, guint8 n, GError **error)
{
    if (threshold >= 2 && threshold <= n && n <= STORE_SHARES_MAX && keys_of_role(role) != 0)
        return true;
    g_autofree char *most = i18n_integer(STORE_SHARES_MAX);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("A key is split into 2 to %s shares, of which at least 2 and at most all are "
                  "needed, for one of the roles administrator, documenter, advocate, analyst, "
                  "reader."),
                most);
    return false;
}

/* The split in `file`, its shares in `shares`; `secret` is of locked memory. */
static bool split_make(const StoreKeys *keys, CaseFile *file, KeyRecovery *recovery, guint8 *secret,
                       StoreShare *shares, GError **error)
{
    guint8 *plain = keys_plain_new(error);
    const guint8 n = recovery->about.shares;
    guint8 bound[BOUND_BYTES];
    if (plain == NULL)
        return false;
    randombytes_buf(secret, STORE_SHARE_BYTES);
    randombytes_buf(recovery->about.split, STORE_SPLIT_BYTES);
    bool done = store_shares_split(secret, recovery->about.threshold, n, shares, error);
    for (guint8 i = 0; done && i < n; i++) {
        memcpy(shares[i].case_id, file->case_id, STORE_SHARE_CASE_BYTES);
        memcpy(shares[i].split, recovery->about.split, STORE_SPLIT_BYTES);
        shares[i].threshold = recovery->about.threshold;
        shares[i].shares = n;
        share_check(file, &shares[i], recovery->share_checks[i]);
    }
    keys_plain_fill(keys, keys_of_role(recovery->about.role), plain);
    keys_check_of(secret, file->case_id, recovery->check);
    recovery_bound(file, recovery, bound);
    keys_wrap(bound, secret, plain, SLOT_PLAIN_BYTES, recovery->wrapped);
    sodium_free(plain);
    return done;
}

/* The keys that k shares give, from what is in memory alone. */
static StoreKeys *recover(const CaseFile *file, const char *folder, const KeyRecovery *recovery,
                          const StoreShare *shares, GError **error);

bool store_keys_split(const char *folder, const char *passphrase, const char *role,
                      guint8 threshold, guint8 n, StoreSharesKeep keep, void *context,
                      GError **error)
{
    g_autofree CaseFile *file = g_new0(CaseFile, 1);
    if (!numbers_fit(role, threshold, n, error))
        return false;
    g_autoptr(StoreKeys) keys = keys_to_share(folder, passphrase, file, error);
    if (keys == NULL)
        return false;
    if (file->n_recoveries == STORE_RECOVERIES_MAX) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("The key was split as often as the case can keep. Revoke a split "
                              "first (“zenhar key revoke”)."));
        return false;
    }
    KeyRecovery *recovery = &file->recoveries[file->n_recoveries++];
    recovery->about.threshold = threshold;
    recovery->about.shares = n;
    recovery->about.made = g_get_real_time() / G_USEC_PER_SEC;
    g_strlcpy(recovery->about.role, role, sizeof recovery->about.role);
    StoreShare *shares = sodium_malloc(STORE_SHARES_MAX * sizeof *shares);
    guint8 *secret = sodium_malloc(STORE_SHARE_BYTES);
    bool done = false;
    if (shares == NULL || secret == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is no memory that can be locked for the keys of the case."));
    } else if (split_make(keys, file, recovery, secret, shares, error)) {
        /* The last ones give back what was split, before anybody relies on them. */
        g_autoptr(StoreKeys) back = recover(file, folder, recovery, shares + n - threshold, error);
        done =
            back != NULL && keep(shares, n, context, error) && keys_file_save(folder, file, error);
    }
    sodium_free(shares);
    sodium_free(secret);
    return done;
}

bool store_keys_split_revoke(const char *folder, const char *passphrase, const char *split,
                             GError **error)
{
    g_autofree CaseFile *file = g_new0(CaseFile, 1);
    guint8 name[STORE_SPLIT_BYTES];
    g_autoptr(StoreKeys) keys = keys_to_share(folder, passphrase, file, error);
    if (keys == NULL)
        return false;
    KeyRecovery *recovery = store_split_read(split, name) ? recovery_find(file, name) : NULL;
    if (recovery == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("There is no split %s of the key of this case; “zenhar key list” tells which "
                      "there are."),
                    split);
        return false;
    }
    *recovery = file->recoveries[--file->n_recoveries];
    return keys_file_save(folder, file, error);
}

GArray *store_keys_splits(const char *folder, GError **error)
{
    g_autofree CaseFile *file = g_new0(CaseFile, 1);
    if (!keys_ready(error) || !keys_file_load(folder, file, error))
        return NULL;
    GArray *splits = g_array_new(FALSE, TRUE, sizeof(StoreRecovery));
    for (guint i = 0; i < file->n_recoveries; i++)
        g_array_append_val(splits, file->recoveries[i].about);
    return splits;
}

/* ---- recovering ---- */

static bool refuse(GError **error, int code, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, code, sentence);
    return false;
}

static bool share_fits(CaseFile *file, const StoreShare *share, KeyRecovery **ret_recovery,
                       GError **error)
{
    guint8 check[CHECK_BYTES];
    char split[STORE_SPLIT_TEXT];
    g_autofree char *number = i18n_integer(share->number);
    KeyRecovery *recovery = recovery_find(file, share->split);
    store_split_format(share->split, split);
    *ret_recovery = recovery;
    if (memcmp(share->case_id, file->case_id, STORE_SHARE_CASE_BYTES) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("Share %s (split %s) is of another case."), number, split);
        return false;
    }
    if (recovery == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("Share %s is of the split %s, which was revoked or is not in this copy of "
                      "%s."),
                    number, split, CASE_FILE);
        return false;
    }
    share_check(file, share, check);
    if (share->number > recovery->about.shares ||
        sodium_memcmp(check, recovery->share_checks[share->number - 1], sizeof check) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("Share %s of the split %s is not as it was given: it was mistyped or forged, "
                      "or %s was changed."),
                    number, split, CASE_FILE);
        return false;
    }
    return true;
}

bool store_keys_share_check(const char *folder, const StoreShare *share, GError **error)
{
    g_autofree CaseFile *file = g_new0(CaseFile, 1);
    KeyRecovery *recovery = NULL;
    return keys_ready(error) && keys_file_load(folder, file, error) &&
           share_fits(file, share, &recovery, error);
}

static bool two_fit(const StoreShare *one, const StoreShare *other, GError **error)
{
    if (memcmp(one->split, other->split, STORE_SPLIT_BYTES) != 0)
        return refuse(error, ZENHAR_ERROR_USAGE,
                      _("These shares are of two splits: the shares of one do not go with those "
                        "of another. Their pages say which split they are of."));
    if (one->number != other->number)
        return true;
    g_autofree char *number = i18n_integer(one->number);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("Share %s was given twice. Each counts once."), number);
    return false;
}

/* All of one split in force, none twice, enough of them. */
static KeyRecovery *shares_fit(CaseFile *file, const StoreShare *shares, gsize n, GError **error)
{
    KeyRecovery *recovery = NULL, *other = NULL;
    for (gsize i = 0; i < n; i++) {
        if (!share_fits(file, &shares[i], i == 0 ? &recovery : &other, error))
            return NULL;
        for (gsize j = 0; j < i; j++) {
            if (!two_fit(&shares[i], &shares[j], error))
                return NULL;
        }
    }
    if (recovery != NULL && n >= recovery->about.threshold)
        return recovery;
    g_autofree char *given = i18n_integer((gint64)n);
    g_autofree char *needed = i18n_integer(recovery != NULL ? recovery->about.threshold : 2);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("%s shares are needed, %s were given. Fewer tell nothing of the key."), needed,
                given);
    return NULL;
}

/* That the keys are this case's: what they sign, its public key checks. */
static bool keys_proven(StoreKeys *keys, const CaseFile *file, const char *folder, GError **error)
{
    guint8 message[32], signature[crypto_sign_BYTES];
    memcpy(keys->case_id, file->case_id, sizeof keys->case_id);
    memcpy(keys->public_key, file->public_key, sizeof keys->public_key);
    if (!store_keys_whole(keys))
        return true; /* it signs nothing; that it unwrapped is the proof */
    if (!keys_open_all(keys, file, folder, error))
        return false;
    randombytes_buf(message, sizeof message);
    store_keys_sign(keys, message, sizeof message, signature);
    return crypto_sign_verify_detached(signature, message, sizeof message, file->public_key) == 0 ||
           refuse(error, ZENHAR_ERROR_INTEGRITY,
                  _("The key that the shares give does not sign for this case."));
}

static StoreKeys *recover(const CaseFile *file, const char *folder, const KeyRecovery *recovery,
                          const StoreShare *shares, GError **error)
{
    guint8 *secret = sodium_malloc(STORE_SHARE_BYTES), check[CHECK_BYTES], bound[BOUND_BYTES];
    guint8 *plain = keys_plain_new(error);
    g_autoptr(StoreKeys) keys = plain != NULL ? keys_new(error) : NULL;
    bool done = false;
    if (secret != NULL && keys != NULL &&
        store_shares_join(shares, recovery->about.threshold, secret, error)) {
        keys_check_of(secret, file->case_id, check);
        recovery_bound(file, recovery, bound);
        done =
            sodium_memcmp(check, recovery->check, sizeof check) == 0 &&
            keys_unwrap_bytes(bound, secret, recovery->wrapped, sizeof recovery->wrapped, plain) &&
            plain[0] == keys_of_role(recovery->about.role);
        if (!done)
            refuse(error, ZENHAR_ERROR_INTEGRITY,
                   _("The shares fit, but what case.json keeps of their split was changed from "
                     "outside. Put back a copy of the file from a backup."));
    }
    if (done) {
        keys_plain_take(keys, plain);
        g_strlcpy(keys->role, recovery->about.role, sizeof keys->role);
        done = keys_proven(keys, file, folder, error);
    }
    sodium_free(secret);
    sodium_free(plain);
    return done ? g_steal_pointer(&keys) : NULL;
}

StoreKeys *store_keys_recover(const char *folder, const StoreShare *shares, gsize n, GError **error)
{
    g_autofree CaseFile *file = g_new0(CaseFile, 1);
    if (!keys_ready(error) || !keys_file_load(folder, file, error))
        return NULL;
    const KeyRecovery *recovery = shares_fit(file, shares, n, error);
    return recovery != NULL ? recover(file, folder, recovery, shares, error) : NULL;
}

bool store_keys_recovered_save(const char *folder, const StoreKeys *keys, const char *name,
                               const char *passphrase, const StoreKeyCost *cost, GError **error)
{
    g_autofree CaseFile *file = g_new0(CaseFile, 1);
    StoreKeyCost settled;
    if (!keys_passphrase_fits(passphrase, error) || !keys_cost_settle(cost, &settled, error) ||
        !keys_file_load(folder, file, error))
        return false;
    if (name != NULL)
        return keys_slot_put(keys, file, name, store_keys_role(keys), passphrase, &settled,
                             error) &&
               keys_file_save(folder, file, error);
    if (!store_keys_whole(keys))
        return refuse(error, ZENHAR_ERROR_USAGE,
                      _("These shares do not hold every key of the case: they give a passphrase "
                        "to somebody by name, not the owner's."));
    file->cost = settled;
    return keys_wrap_data_key(passphrase, keys->secrets->data_key, file, error) &&
           keys_file_save(folder, file, error);
}
