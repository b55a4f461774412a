/* tests/store/case.h: a fresh case with a hook. */
#pragma once
#include "hook.h"
#include "store/store.h"

#define PASSPHRASE "correct horse battery"
extern const StoreKeyCost CHEAP;

/** In a folder that the test process removes, or on its server (test_case_place). ret_folder may be
 * NULL; transfers. */
Store *case_new(char **ret_folder);
/** Opens it with PASSPHRASE and a new hook; ends the test on failure. */
Store *case_open(const char *folder, StoreMode mode);
/** Asserts that the error is of that code and its sentence holds `words` (may be NULL); frees. */
void assert_error(GError **error, int code, const char *words);
