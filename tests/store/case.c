#include "case.h"

#include "support.h"

#include <string.h>

const StoreKeyCost CHEAP = {.passes = 1, .memory_bytes = 64 << 10};

Store *case_new(char **ret_folder)
{
    g_autofree char *folder = test_case_place("test.zenhar");
    g_autoptr(GError) error = NULL;
    Store *store = store_create(folder, PASSPHRASE, &CHEAP, &error);
    g_assert_no_error(error);
    hook_set(store);
    if (ret_folder != NULL)
        *ret_folder = g_steal_pointer(&folder);
    return store;
}

Store *case_open(const char *folder, StoreMode mode)
{
    g_autoptr(GError) error = NULL;
    Store *store = store_open(folder, PASSPHRASE, mode, &error);
    g_assert_no_error(error);
    hook_set(store);
    return store;
}

void assert_error(GError **error, int code, const char *words)
{
    g_assert_error(*error, ZENHAR_ERROR, code);
    if (words != NULL && strstr((*error)->message, words) == NULL)
        g_error("“%s” does not say “%s”", (*error)->message, words);
    g_clear_error(error);
}
