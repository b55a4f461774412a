/* tests/evidence/cases.h: cases to try things on. */
#pragma once
#include "evidence/evidence.h"
#include "evidence/original.h"
#include "store/user.h"
#include "support.h"

/* What private.h keeps to the store; here to change things behind its back. */
#include "store/private.h"
#include <sqlite3.h>
#include <string.h>

static inline void assert_bytes(const void *found, gsize n_found, const void *wanted,
                                gsize n_wanted)
{
    g_assert_cmpuint(n_found, ==, n_wanted);
    g_assert_true(n_found == 0 || memcmp(found, wanted, n_found) == 0);
}

static const StoreKeyCost CHEAP = {.passes = 1, .memory_bytes = 1 << 20};

static inline Store *case_new(char **ret_folder)
{
    g_autoptr(GError) error = NULL;
    *ret_folder = test_case_place("t.zenhar");
    Store *store = evidence_create(*ret_folder, "a test's passphrase", &CHEAP, &error);
    g_assert_no_error(error);
    return store;
}

static inline Store *case_again(const Store *store)
{
    g_autoptr(GError) error = NULL;
    Store *second =
        evidence_open_with_keys(store_folder(store), store_keys(store), STORE_WRITE, &error);
    g_assert_no_error(error);
    return second;
}

static inline gint64 add_setting(Store *store, const char *name, int value)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreSetting) setting = store_setting_new();
    setting->name = g_strdup(name);
    setting->value = g_strdup_printf("value %d", value);
    store_setting_add(store, setting, &error);
    g_assert_no_error(error);
    return setting->id;
}

static inline void add_settings(Store *store, const char *stem, int n)
{
    for (int i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("%s %d", stem, i);
        add_setting(store, name, i);
    }
}

static inline void raw(Store *store, const char *sql)
{
    char *message = NULL;
    sqlite3_exec(store->db.lite, sql, NULL, NULL, &message);
    g_assert_cmpstr(message, ==, NULL);
    g_assert_cmpint(sqlite3_changes(store->db.lite), >, 0);
}

static inline void assert_fits(Store *store, EvidenceReport *report)
{
    g_autoptr(GError) error = NULL;
    bool fits = evidence_verify(store, report, &error);
    g_assert_no_error(error);
    g_assert_true(fits);
}

/* The verification fails and its sentence holds these words. */
static inline void assert_names(Store *store, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(evidence_verify(store, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    if (strstr(error->message, words) == NULL)
        g_error("'%s' does not name '%s'", error->message, words);
}
