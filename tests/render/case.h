/* tests/render/case.h: the bundled case, assessed, on a day; for the tests of what is drawn of it.
 */
#pragma once
#include "appeal/appeal.h"
#include "assess/assess.h"
#include "evidence/evidence.h"
#include "store/user.h"
#include "words.h"

#define NOW 1769990400 /* 2026-02-02 */

static Store *case_new(const char *title, const char *title_fa, const char *label)
{
    const StoreKeyCost cheap = {.passes = 1, .memory_bytes = 8 * 1024 * 1024};
    g_autofree char *folder = test_case_place("t.zenhar");
    g_autoptr(GError) error = NULL;
    Store *store = evidence_create(folder, "a passphrase of a test", &cheap, &error);
    g_assert_no_error(error);
    store_set_now(store, NOW);
    store_setting_set(store, "title", title, &error);
    store_setting_set(store, "title_fa", title_fa, &error);
    store_setting_set(store, "country", "IR", &error);
    store_setting_set(store, "label", label, &error);
    g_assert_no_error(error);
    return store;
}

/* The bundled case with its facts, assessed once for all tests. */
static Store *iran(void)
{
    static Store *ready;
    if (ready != NULL)
        return ready;
    g_autoptr(GError) error = NULL;
    i18n_set_language(I18N_ENGLISH);
    Store *store = case_new("Iran 2025", "ایران ۲۰۲۵", NULL);
    assess_load_facts(store, "iran-2025", &error);
    g_assert_no_error(error);
    appeal_load_facts(store, "iran-2025", &error);
    g_assert_no_error(error);
    AssessOptions options = assess_options();
    AssessSummary summary = {0};
    assess_run(store, &options, &summary, &error);
    g_assert_no_error(error);
    assess_summary_clear(&summary);
    ready = store;
    return ready;
}

static char *written(const char *folder, const char *name)
{
    return g_build_filename(folder, name, NULL);
}
