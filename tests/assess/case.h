/* tests/assess/case.h: small hand-made cases. */
#pragma once
#include "assess/assess.h"
#include "base/edtf.h"
#include "evidence/evidence.h"
#include "store/link.h"
#include "store/person.h"
#include "store/report.h"
#include "store/user.h"
#include "support.h"
#include <string.h>

/** A fresh case (test_case_place), its clock fixed at noon of `today`. */
static inline Store *case_new(gint32 today)
{
    g_autofree char *path = test_case_place("t.zenhar");
    const StoreKeyCost cost = {.passes = 1, .memory_bytes = 8 << 20};
    g_autoptr(GError) error = NULL;
    Store *store = evidence_create(path, "words", &cost, &error);
    g_assert_no_error(error);
    store_set_now(store, (gint64)today * 86400 + 43200);
    g_assert_true(store_setting_set(store, "country", "IR", &error));
    g_assert_no_error(error);
    return store;
}

static inline gint64 case_source(Store *store, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreSource) source = store_source_new();
    source->name = g_strdup(name);
    source->kind = g_strdup("organisation");
    g_assert_true(store_source_add(store, source, &error));
    g_assert_no_error(error);
    return source->id;
}

/** One report with one statement of `persons` persons on a day; ids of both. */
static inline gint64 case_statement(Store *store, gint64 source, const char *kind, gint32 day,
                                    gint32 received, gint64 place, gint32 persons, gint64 victim)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReport) report = store_report_new();
    report->source_id = source;
    report->received = (gint64)received * 86400;
    report->first_day = report->last_day = day;
    report->kind = g_strdup(kind);
    report->text = g_strdup("a report made for a test");
    g_assert_true(store_report_add(store, report, &error));
    g_assert_no_error(error);
    g_autoptr(StoreStatement) statement = store_statement_new();
    statement->report_id = report->id;
    statement->act_kind = g_strdup(kind);
    statement->first_day = statement->last_day = day;
    statement->place_id = place;
    statement->count_min = statement->count_max = persons;
    statement->victim_id = victim;
    g_assert_true(store_statement_add(store, statement, &error));
    g_assert_no_error(error);
    return statement->id;
}

static inline gint64 case_place(Store *store, const char *iso, const char *name, const char *kind,
                                gint64 parent)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StorePlace) place = store_place_new();
    place->iso = g_strdup(iso);
    place->name_en = g_strdup(name);
    place->name_fa = g_strdup(name);
    place->kind = g_strdup(kind);
    place->parent_id = parent;
    g_assert_true(store_place_add(store, place, &error));
    g_assert_no_error(error);
    return place->id;
}

static inline AssessSummary case_run(Store *store)
{
    g_autoptr(GError) error = NULL;
    AssessSummary summary;
    bool done = assess_run(store, NULL, &summary, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    return summary;
}

/** How many records a record rests on by links. */
static inline guint case_links(Store *store, StoreKind kind, gint64 id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) links = store_link_list_from(store, kind, id, NULL, &error);
    g_assert_no_error(error);
    return links->len;
}

/** What the evidence log knows: entries of the newest head. */
static inline gint64 case_entries(Store *store)
{
    StoreLogHead head = {0};
    g_autoptr(GError) error = NULL;
    evidence_head(store, &head, &error);
    g_assert_no_error(error);
    return (gint64)head.size;
}

static inline StoreRating *case_rating(Store *store, gint64 assessment, const char *factor,
                                       const char *indicator)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = store_rating_list_by_assessment(store, assessment, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < all->len; i++) {
        const StoreRating *rating = g_ptr_array_index(all, i);
        if (g_strcmp0(rating->factor, factor) == 0 && g_strcmp0(rating->indicator, indicator) == 0)
            return store_rating_load(store, rating->id, NULL);
    }
    return NULL;
}
