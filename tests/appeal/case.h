/* A fresh case for a test, with a cheap key. */
#pragma once
#include "evidence/evidence.h"
#include "support.h"
#include <string.h>

static inline Store *test_case_new(gint64 now)
{
    const StoreKeyCost cheap = {.passes = 1, .memory_bytes = 8 * 1024 * 1024};
    g_autofree char *folder = test_case_place("t.zenhar");
    g_autoptr(GError) error = NULL;
    Store *store = evidence_create(folder, "a passphrase of a test", &cheap, &error);
    g_assert_no_error(error);
    store_set_now(store, now);
    return store;
}
