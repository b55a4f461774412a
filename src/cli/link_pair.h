/* cli/link_pair.h: one pair of statements before somebody's eyes: both side by side, and what each
 * field says, as words or JSON (as a drawing: render/pair.h). */
#pragma once
#include "cli/cli.h"
#include "intake/join.h"
#include "store/store.h"
#include <jansson.h>

/** Both statements in two columns, then the waterfall of weights. Sealed fields are shown when the
 *  store is unsealed, else named as sealed. Transfers; NULL with error set. */
char *link_pair_words(Store *store, const IntakeReviewPair *pair, GError **error);
/** Likewise as an object. New reference; NULL with error set. */
json_t *link_pair_json(Store *store, const IntakeReviewPair *pair, GError **error);
