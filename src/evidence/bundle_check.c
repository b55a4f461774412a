/* A bundle checked with nothing but the folder and a public key. What is nearest to the cause is
 * told first: the keys and heads, each record, what others said, and at last the manifest, which
 * covers every byte. Nothing of the folder is believed before it was checked; sizes and names have
 * limits. */
#include "evidence/bundle_private.h"

#include "base/i18n.h"
#include "base/progress.h"
#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* ---- bundle.json ---- */

static bool load_bundle(BundleCheck *check, GError **error)
{
    g_autoptr(GBytes) bytes = bundle_file_load(&check->files, BUNDLE_FILE, BUNDLE_JSON_MOST, error);
    gsize n = 0;
    if (bytes == NULL)
        return false;
    const char *text = g_bytes_get_data(bytes, &n);
    check->bundle = json_loadb(text != NULL ? text : "", n, JSON_REJECT_DUPLICATES, NULL);
    const char *format = bundle_get_text(check->bundle, "format");
    if (format == NULL || !g_str_has_prefix(format, "zenhar bundle ")) {
        evidence_misfit(error, _("%s is not what a bundle begins with."), BUNDLE_FILE);
        return false;
    }
    if (strcmp(format, BUNDLE_FORMAT) == 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NEWER,
                _("%s: this bundle was made by a newer version of Zenhar; check it with that one."),
                BUNDLE_FILE);
    return false;
}

static bool check_key(BundleCheck *check, GError **error)
{
    guint8 key[STORE_PUBLIC_KEY_BYTES];
    if (!bundle_get_hex(check->bundle, "case_id", check->case_id, sizeof check->case_id) ||
        !bundle_get_hex(check->bundle, "public_key", key, sizeof key)) {
        evidence_misfit(error, _("%s: case_id or public_key cannot be read."), BUNDLE_FILE);
        return false;
    }
    if (memcmp(key, check->options->public_key, sizeof key) == 0)
        return true;
    evidence_misfit(error, "%s",
                    _("The bundle names another public key than the one given: it is another "
                      "case's, or forged."));
    return false;
}

/* ---- heads ---- */

static bool same_bytes(BundleCheck *check, const char *name, const guint8 *bytes, gsize length,
                       GError **error)
{
    g_autoptr(GBytes) found = bundle_file_load(&check->files, name, BUNDLE_SMALL_MOST, error);
    gsize n = 0;
    if (found == NULL)
        return false;
    const guint8 *data = g_bytes_get_data(found, &n);
    if (n == length && memcmp(data, bytes, n) == 0)
        return true;
    evidence_misfit(error, _("%s is not the head that %s tells of."), name, BUNDLE_FILE);
    return false;
}

static bool head_misfit(gint64 number, const char *why, GError **error)
{
    g_autofree char *text = i18n_integer(number);
    evidence_misfit(error, why, text);
    return false;
}

static bool check_head(BundleCheck *check, const json_t *object, StoreLogHead *ret_head,
                       GError **error)
{
    guint8 message[EVIDENCE_HEAD_BYTES];
    if (!bundle_get_head(object, ret_head)) {
        evidence_misfit(error, _("%s: a head in it cannot be read."), BUNDLE_FILE);
        return false;
    }
    if (!evidence_head_check(check->options->public_key, check->case_id, ret_head))
        return head_misfit(ret_head->number, _("Head %s: its signature is not this case's."),
                           error);
    g_autofree char *bin = g_strdup_printf("heads/%" G_GINT64_FORMAT ".bin", ret_head->number);
    g_autofree char *sig = g_strdup_printf("heads/%" G_GINT64_FORMAT ".sig", ret_head->number);
    evidence_head_message(check->case_id, ret_head, message);
    check->report->heads++;
    return same_bytes(check, bin, message, sizeof message, error) &&
           same_bytes(check, sig, ret_head->signature, sizeof ret_head->signature, error);
}

/* Numbers and sizes rise; who follows directly names the one before. */
static bool follows(const BundleCheck *check, const StoreLogHead *before, const StoreLogHead *after)
{
    guint8 hash[32];
    if (before->number >= after->number || before->size >= after->size)
        return false;
    if (before->number + 1 != after->number)
        return true;
    evidence_head_hash(check->case_id, before, hash);
    return memcmp(hash, after->previous, sizeof hash) == 0;
}

static bool check_older(BundleCheck *check, const json_t *object, GError **error)
{
    StoreLogHead head;
    MerkleHash path[MERKLE_PATH_MAX + 1], old_root, new_root;
    gsize n = 0;
    if (!check_head(check, object, &head, error))
        return false;
    memcpy(old_root.bytes, head.root, sizeof head.root);
    memcpy(new_root.bytes, check->head.root, sizeof check->head.root);
    if (!bundle_get_path(object, "consistency", path, G_N_ELEMENTS(path), &n) ||
        !merkle_check_consistency((guint64)head.size, (guint64)check->head.size, path, n, &old_root,
                                  &new_root))
        return head_misfit(head.number, _("Head %s: the newer tree is not its continuation."),
                           error);
    const StoreLogHead *before =
        check->heads->len > 0 ? &g_array_index(check->heads, StoreLogHead, check->heads->len - 1)
                              : NULL;
    if (before != NULL && !follows(check, before, &head))
        return head_misfit(head.number, _("Head %s does not follow the head before it."), error);
    g_array_append_val(check->heads, head);
    return true;
}

static bool check_heads(BundleCheck *check, GError **error)
{
    const json_t *heads = json_object_get(check->bundle, "heads"), *one;
    gsize i;
    if (!check_head(check, json_object_get(check->bundle, "head"), &check->head, error))
        return false;
    check->report->head = check->head;
    if (!json_is_array(heads)) {
        evidence_misfit(error, _("%s: a head in it cannot be read."), BUNDLE_FILE);
        return false;
    }
    json_array_foreach(heads, i, one) if (!check_older(check, one, error)) return false;
    const StoreLogHead *last =
        check->heads->len > 0 ? &g_array_index(check->heads, StoreLogHead, check->heads->len - 1)
                              : NULL;
    return last == NULL || follows(check, last, &check->head) ||
           head_misfit(check->head.number, _("Head %s does not follow the head before it."), error);
}

const StoreLogHead *bundle_check_head(const BundleCheck *check, gint64 number)
{
    for (guint i = 0; i < check->heads->len; i++)
        if (g_array_index(check->heads, StoreLogHead, i).number == number)
            return &g_array_index(check->heads, StoreLogHead, i);
    return check->head.number == number ? &check->head : NULL;
}

/* ---- the log ---- */

static bool check_root(const MerkleFrontier *frontier, const StoreLogHead *head, GError **error)
{
    MerkleHash root;
    merkle_frontier_root(frontier, &root);
    return memcmp(root.bytes, head->root, sizeof head->root) == 0 ||
           head_misfit(head->number, _("Head %s has another root than the entries of log.bin."),
                       error);
}

static bool check_entries(BundleCheck *check, FILE *file, GError **error)
{
    MerkleFrontier frontier = {0};
    guint8 entry[STORE_LOG_ENTRY_BYTES];
    guint next = 0;
    while (fread(entry, 1, sizeof entry, file) == sizeof entry) {
        MerkleHash leaf;
        if ((gint64)frontier.size >= check->head.size)
            break;
        if (frontier.size % 4096 == 0 &&
            progress_stopped(_("Stopped before everything was checked. Run it again."), error))
            return false;
        merkle_leaf_hash(entry, sizeof entry, &leaf);
        merkle_frontier_append(&frontier, &leaf, NULL);
        if (next < check->heads->len &&
            g_array_index(check->heads, StoreLogHead, next).size == (gint64)frontier.size &&
            !check_root(&frontier, &g_array_index(check->heads, StoreLogHead, next++), error))
            return false;
    }
    if ((gint64)frontier.size == check->head.size && feof(file))
        return check_root(&frontier, &check->head, error);
    evidence_misfit(error, _("%s holds more or less entries than the head says."), BUNDLE_LOG);
    return false;
}

static bool check_log(BundleCheck *check, GError **error)
{
    const json_t *with = json_object_get(check->bundle, "log");
    if (!json_is_boolean(with)) {
        evidence_misfit(error, _("%s: %s is missing or unreadable."), BUNDLE_FILE, "log");
        return false;
    }
    if (!json_is_true(with))
        return true;
    check->log = bundle_file_open(&check->files, BUNDLE_LOG, error);
    const int again = check->log >= 0 ? dup(check->log) : -1;
    FILE *file = again >= 0 ? fdopen(again, "rb") : NULL;
    if (file == NULL)
        return false;
    const bool fits = check_entries(check, file, error);
    fclose(file);
    return fits;
}

/* ---- the manifest ---- */

typedef struct {
    BundleCheck *check;
    GHashTable *listed; /* name → MerkleHash */
} Manifest;

static bool manifest_line(Manifest *manifest, const char *line, const char *before, GError **error)
{
    MerkleHash hash, found;
    g_autofree char *hex = g_strndup(line, 64);
    if (strlen(line) < 67 || !evidence_hex_read(hex, hash.bytes, sizeof hash.bytes) ||
        line[64] != ' ' || line[65] != ' ' || !bundle_name_fits(line + 66) ||
        (before != NULL && strcmp(before + 66, line + 66) >= 0)) {
        evidence_misfit(error, _("%s: a line in it cannot be read."), BUNDLE_MANIFEST);
        return false;
    }
    if (!bundle_file_hash(&manifest->check->files, line + 66, &found, NULL, error))
        return false;
    if (memcmp(&hash, &found, sizeof hash) != 0) {
        evidence_misfit(error, _("%s is not the file that the signed manifest tells of."),
                        line + 66);
        return false;
    }
    g_hash_table_add(manifest->listed, g_strdup(line + 66));
    return true;
}

static bool is_listed(void *context, const char *name, GError **error)
{
    Manifest *manifest = context;
    if (g_hash_table_contains(manifest->listed, name) || strcmp(name, BUNDLE_MANIFEST) == 0 ||
        strcmp(name, BUNDLE_SIGNATURE) == 0)
        return true;
    g_autofree char *shown = g_utf8_make_valid(name, -1);
    evidence_misfit(error, _("%s does not belong to the bundle: its manifest does not name it."),
                    shown);
    return false;
}

static bool manifest_lines(Manifest *manifest, const char *text, gsize n, GError **error)
{
    if (memchr(text, '\0', n) != NULL || n == 0 || text[n - 1] != '\n') {
        evidence_misfit(error, _("%s: a line in it cannot be read."), BUNDLE_MANIFEST);
        return false;
    }
    g_autofree char *whole = g_strndup(text, n - 1);
    g_auto(GStrv) lines = g_strsplit(whole, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++)
        if (!manifest_line(manifest, lines[i], i > 0 ? lines[i - 1] : NULL, error))
            return false;
    return true;
}

static bool check_manifest(BundleCheck *check, GError **error)
{
    g_autoptr(GBytes) bytes =
        bundle_file_load(&check->files, BUNDLE_MANIFEST, BUNDLE_JSON_MOST, error);
    g_autoptr(GBytes) signature =
        bytes != NULL ? bundle_file_load(&check->files, BUNDLE_SIGNATURE, BUNDLE_SMALL_MOST, error)
                      : NULL;
    gsize n = 0, n_signature = 0;
    if (signature == NULL)
        return false;
    const char *text = g_bytes_get_data(bytes, &n);
    const guint8 *signed_by = g_bytes_get_data(signature, &n_signature);
    if (n_signature != crypto_sign_BYTES ||
        crypto_sign_verify_detached(signed_by, (const guint8 *)text, n,
                                    check->options->public_key) != 0) {
        evidence_misfit(error, _("%s is not signed by this case: it or %s was changed."),
                        BUNDLE_MANIFEST, BUNDLE_SIGNATURE);
        return false;
    }
    Manifest manifest = {
        .check = check,
        .listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    const bool fits = manifest_lines(&manifest, text, n, error) &&
                      bundle_files_walk(&check->files, is_listed, &manifest, error);
    g_hash_table_unref(manifest.listed);
    return fits;
}

/* ---- all of it ---- */

static bool check_count(BundleCheck *check, const char *name, gint64 found, GError **error)
{
    gint64 said;
    if (bundle_get_integer(check->bundle, name, &said) && said == found)
        return true;
    g_autofree char *text = i18n_integer(found);
    evidence_misfit(error, _("%s tells of another number of %s than the %s that stand in %s."),
                    BUNDLE_FILE, name, text, BUNDLE_RECORDS);
    return false;
}

static bool check_counts(BundleCheck *check, GError **error)
{
    return check_count(check, "records", check->report->records, error) &&
           check_count(check, "withheld", check->report->withheld, error) &&
           check_count(check, "originals", check->report->originals, error);
}

bool evidence_bundle_check(const char *folder, const EvidenceBundleCheck *options,
                           EvidenceBundleReport *ret_report, GError **error)
{
    EvidenceBundleReport report = {0};
    BundleCheck check = {
        .options = options,
        .report = &report,
        .heads = g_array_new(FALSE, FALSE, sizeof(StoreLogHead)),
        .log = -1,
    };
    const bool fits = bundle_files_open(&check.files, folder, error) &&
                      load_bundle(&check, error) && check_key(&check, error) &&
                      check_heads(&check, error) && check_log(&check, error) &&
                      bundle_check_records(&check, error) && check_counts(&check, error) &&
                      bundle_check_said(&check, error) && check_manifest(&check, error);
    if (check.log >= 0)
        close(check.log);
    json_decref(check.bundle);
    g_array_unref(check.heads);
    bundle_files_close(&check.files);
    *ret_report = report;
    return fits;
}
