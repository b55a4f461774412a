/* tests/evidence/bundle_cases.h: a case with something of everything, and its bundle. */
#pragma once
#include "cases.h"
#include "evidence/bundle.h"
#include "store/link.h"
#include "store/report.h"
#include "store/signal.h"

/* An alarm that rests on a statement of a report that came in a file; the statement holds a sealed
 * name. The statement is withheld and leads on, the source is withheld. */
typedef struct {
    Store *store;
    char *folder;
    gint64 original, report, statement, alarm, figure;
} BundleCase;

static inline bool bundle_test_rule(void *context, Store *store, GBytes *record,
                                    EvidenceBundleItem *item, GError **error)
{
    const bool *with_sealed = context;
    if (item->kind == STORE_KIND_STATEMENT && !*with_sealed)
        item->withheld = "sealed";
    if (item->kind == STORE_KIND_SOURCE)
        item->withheld = "source";
    item->linked = item->kind != STORE_KIND_SOURCE;
    item->with_original = item->kind == STORE_KIND_ORIGINAL;
    return true;
}

static inline void bundle_case_new(BundleCase *ret)
{
    g_autoptr(GError) error = NULL;
    bool known;
    *ret = (BundleCase){0};
    Store *store = ret->store = case_new(&ret->folder);
    add_settings(store, "before", 5);
    g_autofree char *file = g_strnfill(70000, 'x');
    evidence_original_add_bytes(store, file, strlen(file), "reports.CSV", "text/csv", NULL,
                                &ret->original, &known, &error);
    g_assert_no_error(error);
    g_autoptr(StoreSource) source = store_source_new();
    source->name = g_strdup("Test source");
    g_assert_true(store_source_add(store, source, &error));
    g_autoptr(StoreReport) report = store_report_new();
    report->source_id = source->id;
    report->original_id = ret->original;
    report->title = g_strdup("گزارش آزمون");
    report->text = g_strdup("line one\n\"quoted\" و فارسی");
    report->event_date = g_strdup("2025-06-13");
    report->first_day = report->last_day = 20252;
    report->received = 1750000000;
    g_assert_true(store_report_add(store, report, &error));
    ret->report = report->id;
    g_autoptr(StoreStatement) statement = store_statement_new();
    statement->report_id = report->id;
    statement->act_kind = g_strdup("arrest");
    statement->victim_name = g_strdup("Test Person");
    statement->confidence = 0.1;
    g_assert_true(store_statement_add(store, statement, &error));
    ret->statement = statement->id;
    g_autoptr(StoreAlarm) alarm = store_alarm_new();
    alarm->method = g_strdup("ears_c");
    alarm->observed = 7;
    alarm->expected = 1.0 / 3;
    g_assert_true(store_alarm_add(store, alarm, &error));
    ret->alarm = alarm->id;
    g_assert_true(store_link_join(store, STORE_KIND_ALARM, alarm->id, STORE_KIND_STATEMENT,
                                  statement->id, "evidence", &error));
    add_settings(store, "after", 15);
    g_assert_true(store_begin(store, &error)); /* a commit waits for the disk */
    add_settings(store, "many", 285);
    g_assert_true(store_commit(store, &error));
}

static inline void bundle_case_end(BundleCase *own)
{
    store_close(own->store);
    g_free(own->folder);
}

/* Writes the bundle of the alarm to `folder`. */
static inline bool bundle_write_to(BundleCase *own, const char *folder, gint64 head,
                                   bool with_sealed, bool with_log, EvidenceBundleReport *report,
                                   GError **error)
{
    const gint64 older[] = {9, 3};
    const EvidenceBundleOptions options = {
        .head = head, .older = older, .n_older = G_N_ELEMENTS(older), .with_log = with_log};
    g_autoptr(EvidenceBundleChoice) choice =
        evidence_bundle_choice_new(own->store, bundle_test_rule, &with_sealed);
    return evidence_bundle_choose(choice, STORE_KIND_ALARM, own->alarm, error) &&
           evidence_bundle_write(own->store, folder, evidence_bundle_chosen(choice), &options,
                                 report, error);
}

/* What checking it says; NULL when all fits. Transfers. */
static inline char *bundle_says(BundleCase *own, const char *folder)
{
    const EvidenceBundleCheck check = {.public_key = store_keys_public(store_keys(own->store))};
    EvidenceBundleReport report;
    g_autoptr(GError) error = NULL;
    if (evidence_bundle_check(folder, &check, &report, &error))
        return NULL;
    g_assert_nonnull(error);
    return g_strdup(error->message);
}
