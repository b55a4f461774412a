/* text/acts.h: acts named in running text; private to src/text. */
#pragma once
#include "text/tokens.h"

/** Stem of the table's row; NULL behind the last. Static. */
const char *text_act_stem(gsize row);

/** An act that word token i names: tokens read, 0 when it names none. *ret_code is static.
 *  negated: it is said not to have happened. */
gsize text_act_at(const TextTokens *tokens, gsize i, const char **ret_code, bool *ret_negated,
                  double *ret_confidence);
