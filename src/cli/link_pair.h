/* cli/link_pair.h: one pair of statements before somebody's eyes: both side by side, and what each
 * field says, as words, JSON or a drawing. */
#pragma once
#include "cli/cli.h"
#include "intake/join.h"
#include "store/store.h"
#include <jansson.h>

/** "T4-T9". Transfers. */
char *link_pair_name(const IntakeReviewPair *pair);
/** Reads "T4-T9" (also with a comma, a colon or a space between). */
bool link_pair_parse(const char *text, gint64 *ret_left, gint64 *ret_right, GError **error);
/** Both statements in two columns, then the waterfall of weights. Sealed fields are shown when the
 *  store is unsealed, else named as sealed. Transfers; NULL with error set. */
char *link_pair_words(Store *store, const IntakeReviewPair *pair, GError **error);
/** Likewise as an object. New reference; NULL with error set. */
json_t *link_pair_json(Store *store, const IntakeReviewPair *pair, GError **error);
/** The waterfall as an SVG document, in the thread's language. Transfers. */
char *link_pair_svg(const IntakeReviewPair *pair);
/** What a field is called, in the thread's language. Static. */
const char *link_field_title(const char *name);
