#include "cli/export_bundle.h"

#include "appeal/disclosure.h"
#include "base/progress.h"
#include "cli/case.h"
#include "cli/case_record.h"
#include "cli/json_line.h"
#include "evidence/proof_json.h"
#include "store/user.h"
#include <string.h>

void cli_export_bundle_clear(CliExportBundle *bundle)
{
    g_free(bundle->target);
    g_strfreev(bundle->older);
    memset(bundle, 0, sizeof *bundle);
}

/* ---- what was asked for ---- */

static bool read_ids(int n_ids, char **ids, GArray *ret_ids, GError **error)
{
    for (int i = 0; i < n_ids; i++) {
        EvidenceBundleItem item = {0};
        if (!store_id_read(ids[i], STORE_KIND_NONE, &item.kind, &item.id, error))
            return false;
        g_array_append_val(ret_ids, item);
    }
    return true;
}

static bool read_older(char **texts, GArray *ret_numbers, GError **error)
{
    for (gsize i = 0; texts != NULL && texts[i] != NULL; i++) {
        guint64 number = 0;
        if (!g_ascii_string_to_unsigned(texts[i], 10, 1, G_MAXINT64, &number, NULL)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("--older %s: a head's number is awaited."), texts[i]);
            return false;
        }
        g_array_append_val(ret_numbers, number);
    }
    return true;
}

static bool choose(EvidenceBundleChoice *choice, const GArray *ids, GError **error)
{
    for (guint i = 0; i < ids->len; i++) {
        const EvidenceBundleItem *item = &g_array_index(ids, EvidenceBundleItem, i);
        if (!evidence_bundle_choose(choice, item->kind, item->id, error))
            return false;
    }
    return true;
}

/* ---- written down ---- */

static bool audit(Store *store, StoreKind kind, gint64 id, const char *field, const char *reason,
                  GError **error)
{
    g_autoptr(StoreAudit) entry = store_audit_new();
    entry->action = g_strdup("export");
    entry->target_kind = (gint32)kind;
    entry->target_id = id;
    entry->field = g_strdup(field);
    entry->reason = g_strdup(reason);
    return store_audit_add(store, entry, error);
}

/* What was asked for, and each record and file that tells who somebody is. */
static bool write_down(Store *store, const CliExportBundle *bundle, const GArray *ids,
                       const GArray *items, GError **error)
{
    if (!store_begin(store, error))
        return false;
    bool done =
        bundle->reveal || store_unseal(store, 0, "bundle: names are looked for in texts", error);
    store_unseal_end(store);
    for (guint i = 0; done && i < ids->len; i++) {
        const EvidenceBundleItem *item = &g_array_index(ids, EvidenceBundleItem, i);
        done = audit(store, item->kind, item->id, "bundle", bundle->reason, error);
    }
    for (guint i = 0; done && i < items->len; i++) {
        const EvidenceBundleItem *item = &g_array_index(items, EvidenceBundleItem, i);
        if (item->with_original)
            done = audit(store, item->kind, item->id, "bytes", bundle->reason, error);
        else if (bundle->reveal && item->withheld == NULL && item->kind != STORE_KIND_LINK)
            done = audit(store, item->kind, item->id, "revealed", bundle->reason, error);
    }
    if (done)
        return store_commit(store, error);
    store_rollback(store);
    return false;
}

/* ---- what is said ---- */

static json_t *withheld_json(const GArray *items)
{
    json_t *counts = json_object();
    for (guint i = 0; i < items->len; i++) {
        const char *why = g_array_index(items, EvidenceBundleItem, i).withheld;
        if (why != NULL)
            json_object_set_new(counts, why,
                                json_integer(json_integer_value(json_object_get(counts, why)) + 1));
    }
    return counts;
}

static bool say(CliContext *context, Store *store, const CliExportBundle *bundle,
                const GArray *items, const EvidenceBundleReport *report, GError **error)
{
    g_autofree char *target = g_utf8_make_valid(bundle->target, -1);
    g_autofree char *key = case_hex(store_keys_public(store_keys(store)), STORE_PUBLIC_KEY_BYTES);
    json_t *object = json_pack(
        "{s:s, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:s}", "bundle", target, "records",
        (json_int_t)report->records, "withheld", withheld_json(items), "originals",
        (json_int_t)report->originals, "original_bytes", (json_int_t)report->original_bytes,
        "heads", (json_int_t)report->heads, "timestamps", (json_int_t)report->timestamps,
        "cosignatures", (json_int_t)report->cosignatures, "head", evidence_head_json(&report->head),
        "public_key", key);
    if (!cli_print_json(object, error))
        return false;
    g_autofree char *records = i18n_integer(report->records);
    g_autofree char *withheld = i18n_integer(report->withheld);
    g_autofree char *originals = i18n_integer(report->originals);
    cli_say(context, _("%s: %s records with their proofs, %s of them withheld, %s originals."),
            target, records, withheld, originals);
    cli_say(context, _("Give the public key by another way than the bundle: %s"), key);
    return true;
}

/* ---- */

static bool write_bundle(CliContext *context, Store *store, const CliExportBundle *bundle,
                         const GArray *ids, const GArray *older, GError **error)
{
    const DisclosureOptions options = {
        .day = (gint32)(store_now(store) / 86400),
        .with_sealed = bundle->with_sealed,
        .with_originals = bundle->originals,
        .reveal = bundle->reveal,
    };
    const EvidenceBundleOptions how = {
        .head = bundle->head,
        .older = (const gint64 *)(const void *)older->data,
        .n_older = older->len,
        .with_log = bundle->with_log,
    };
    g_autoptr(Disclosure) disclosure = disclosure_new(store, &options, error);
    g_autoptr(EvidenceBundleChoice) choice =
        evidence_bundle_choice_new(store, disclosure_rule, disclosure);
    if (disclosure == NULL || !choose(choice, ids, error))
        return false;
    const GArray *items = evidence_bundle_chosen(choice);
    EvidenceBundleReport report;
    return write_down(store, bundle, ids, items, error) &&
           evidence_bundle_write(store, bundle->target, items, &how, &report, error) &&
           say(context, store, bundle, items, &report, error);
}

int cli_export_bundle(CliContext *context, const CliExportBundle *bundle, int n_ids, char **ids)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(EvidenceBundleItem));
    g_autoptr(GArray) older = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (n_ids == 0)
        return cli_usage(context, "%s", _("Name the records: AP3, R100."));
    if (bundle->reveal && (bundle->reason == NULL || bundle->reason[0] == '\0'))
        return cli_usage(context, "%s",
                         _("--reveal needs --reason WHY: it is written down in the case."));
    if (bundle->head < 0)
        return cli_usage(context, "%s", _("--head: heads are numbered from 1."));
    if (!read_ids(n_ids, ids, items, &error) || !read_older(bundle->older, older, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL)
        return cli_fail(context, error);
    progress_catch_interrupt();
    return write_bundle(context, store, bundle, items, older, &error) ? CLI_DONE
                                                                      : cli_fail(context, error);
}
