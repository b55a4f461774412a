/* intake/invented.h: the crises that the generator's invented reports answer to, as records. */
#pragma once
#include "base/error.h"
#include "store/store.h"

/** Adds the crises of a truth file (intake/generate.h, GENERATE_TRUTH) to the case: each with its
 *  span, named in both languages as invented, and tied to an original that keeps the rows it was
 *  read from. One transaction; false with error set leaves the case as it was. */
bool invented_crises_load(Store *store, const char *truth_path, GError **error);
