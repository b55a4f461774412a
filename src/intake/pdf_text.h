/* intake/pdf_text.h: a page's text in the order of reading, out of what poppler's C interface gives
 * for right-to-left pages. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** poppler (22.12) marks each word of a right-to-left line by U+202B … U+202C, puts the blank that
 *  stands before a word behind it, and tells words in Latin letters from right to left as well.
 *  Lines without such marks stay. `fragmented`: most words are single letters, as in files that
 *  place each letter by itself; blanks are then guesses. Transfers. */
char *intake_pdf_in_order(const char *raw, bool *ret_fragmented);

/** Whether right-to-left letters outnumber the others. */
bool intake_pdf_is_right_to_left(const char *text);
