/* intake/decode.h: text of a mail, a page, a feed as UTF-8, whatever its sender says it is in.
 *
 * What is declared holds when it can be true. It is set aside where bytes contradict it: UTF-8 that
 * is none; and Latin or US-ASCII, the default of programs that never asked, over bytes that are
 * UTF-8 or Persian in windows-1256 (base/decoder.h). Arabic ISO 8859-6 with the four Persian
 * letters, which it lacks, is windows-1256. By ICU alone, which opens no file: readers run shut in.
 */
#pragma once
#include <glib.h>

/** Valid UTF-8 without control characters but tab and newline (CR LF becomes LF); bytes without
 *  meaning become U+FFFD. `declared` may be NULL or nonsense. Cannot fail. Transfers. */
char *intake_decode(const char *declared, const void *bytes, gsize length, gsize *ret_length);

/** Text on one line: runs of space of any kind become one space, none at the ends; half-spaces
 * stay. At most `max` bytes. NULL when nothing is left or text is NULL. Transfers. */
char *intake_one_line(const char *text, gsize max);
