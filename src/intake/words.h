/* intake/words.h: short words compared as people mean them. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** A short text made comparable: Arabic letters as Persian, lower case, no marks; half-spaces,
 *  hyphens and underscores as spaces; one space between words. Transfers. */
char *intake_words_fold(const char *text);
/** Is `word` one of the '|'-separated entries of list? */
bool intake_words_has(const char *list, const char *word, gsize length);
