/* intake/mail_words.h: words of a mail's headers and lines of its text. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** A header's value as it stands in the mail: encoded words of RFC 2047 become text, also when a
 *  character is parted between two of them; bare bytes are read as intake_decode does. On one line,
 *  at most `max` bytes. NULL when there is nothing. Transfers. */
char *mail_header_text(const char *raw, gsize max);
/** Lines of format=flowed (RFC 3676) joined to paragraphs. Transfers. */
char *mail_unflow(const char *text, bool delete_space);
/** ">From " of an mbox becomes "From ". Transfers. */
char *mail_unquote_from(const char *text);

/** The next mail of an mbox at or after `at`: where its line "From " begins, where its headers
 *  begin, where it ends. False when there is none. A line counts as a parting when it stands at the
 *  beginning or after an empty line and carries a time of day and a year. */
typedef struct {
    gsize start, headers, end;
    char *date; /* of the line "From "; g_free */
} MailSlice;
bool mail_mbox_next(const char *bytes, gsize length, gsize at, MailSlice *ret_slice);
