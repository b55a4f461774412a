/* What authorities and witnesses said of heads, as far as a bundle tells of it. */
#include "evidence/bundle_private.h"

#include "base/i18n.h"
#include "evidence/checkpoint.h"
#include "evidence/timestamp.h"
#include <string.h>

/* The head and the file of one; false with INTEGRITY. */
static bool read_one(BundleCheck *check, const json_t *one, const StoreLogHead **ret_head,
                     const char **ret_name, GBytes **ret_bytes, GError **error)
{
    gint64 number;
    *ret_name = bundle_get_text(one, "file");
    *ret_head = bundle_get_integer(one, "head", &number) ? bundle_check_head(check, number) : NULL;
    if (*ret_name == NULL || *ret_head == NULL) {
        evidence_misfit(error, _("%s: a time stamp or note in it is of no head that it tells of."),
                        BUNDLE_FILE);
        return false;
    }
    *ret_bytes = bundle_file_load(&check->files, *ret_name, BUNDLE_SMALL_MOST, error);
    if (*ret_bytes == NULL)
        g_prefix_error(error, "%s: ", BUNDLE_FILE);
    return *ret_bytes != NULL;
}

static bool check_timestamp(BundleCheck *check, const json_t *one, GError **error)
{
    const StoreLogHead *head;
    const char *name;
    g_autoptr(GBytes) bytes = NULL;
    guint8 hash[32];
    g_auto(EvidenceTimestamp) stamp = {0};
    if (!read_one(check, one, &head, &name, &bytes, error))
        return false;
    evidence_head_hash(check->case_id, head, hash);
    if (!evidence_timestamp_check(bytes, hash, check->options->tsa_ca, &stamp, error)) {
        g_prefix_error(error, "%s: ", name);
        return false;
    }
    check->report->timestamps++;
    return true;
}

/* Is it one of those that are trusted? Nobody named: all are counted. */
static bool is_known(const BundleCheck *check, const char *witness)
{
    const char *const *known = check->options->witnesses;
    return known == NULL || g_strv_contains(known, witness);
}

static bool check_note(BundleCheck *check, const json_t *one, GError **error)
{
    const StoreLogHead *head;
    const char *name;
    g_autoptr(GBytes) bytes = NULL;
    g_auto(EvidenceCheckpoint) note = {0};
    g_auto(EvidenceWitness) witness = {0};
    gint64 time;
    if (!read_one(check, one, &head, &name, &bytes, error))
        return false;
    const char *key = bundle_get_text(one, "witness");
    gsize n = 0;
    const char *text = g_bytes_get_data(bytes, &n);
    g_autoptr(GError) why = NULL;
    if (!evidence_checkpoint_read(text != NULL ? text : "", n, &note, &why) ||
        !evidence_witness_read(key != NULL ? key : "", &witness, &why)) {
        evidence_misfit(error, "%s: %s", name, why->message);
        return false;
    }
    if (!evidence_checkpoint_check(&note, check->case_id, check->options->public_key) ||
        note.size != head->size || memcmp(note.root.bytes, head->root, sizeof head->root) != 0) {
        evidence_misfit(error, _("%s is not a note of the head that %s names."), name, BUNDLE_FILE);
        return false;
    }
    if (!evidence_checkpoint_cosigned(&note, &witness, &time)) {
        evidence_misfit(error, _("%s: the cosignature of %s does not hold."), name, witness.name);
        return false;
    }
    check->report->cosignatures += is_known(check, key);
    return true;
}

typedef bool (*CheckOne)(BundleCheck *check, const json_t *one, GError **error);

static bool check_list(BundleCheck *check, const char *name, CheckOne check_one, GError **error)
{
    const json_t *list = json_object_get(check->bundle, name), *one;
    gsize i;
    if (!json_is_array(list)) {
        evidence_misfit(error, _("%s: %s is missing or unreadable."), BUNDLE_FILE, name);
        return false;
    }
    json_array_foreach(list, i, one) if (!check_one(check, one, error)) return false;
    return true;
}

bool bundle_check_said(BundleCheck *check, GError **error)
{
    return check_list(check, "timestamps", check_timestamp, error) &&
           check_list(check, "notes", check_note, error);
}
