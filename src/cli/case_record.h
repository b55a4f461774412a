/* cli/case_record.h: any record of a case in words (for people) and in plain values (for machines);
 * shared by list, show, search and trace. */
#pragma once
#include "cli/cli.h"
#include "store/record.h"
#include <jansson.h>

/** A field's name for people, in the thread's language. */
const char *case_field_title(const char *name);
/** A word of a closed list ("arrest", "draft") in the thread's language, or itself. Borrowed. */
const char *case_word(const char *word);

/** For machines: ids as printed, days and times as ISO 8601, bytes in hex, numbers with ".";
 *  NULL when there is no value. Transfers. */
char *case_value_plain(StoreKind kind, const void *record, gsize column);
/** For people: dates in both calendars, numbers and digits of the language, words of closed lists;
 *  NULL when there is no value. Transfers. */
char *case_value_words(StoreKind kind, const void *record, gsize column);
/** The plain value as JSON: numbers and booleans as such; NULL when there is none. New reference.
 */
json_t *case_value_json(StoreKind kind, const void *record, gsize column);

/** What a face never shows of a kind: secrets that are no sealed fields (password hashes), and
 *  what is the program's own (content keys, cached points). */
bool case_column_hidden(StoreKind kind, const StoreColumn *column);

/** What names a record among its like: its title, name, code or kind. Without sealed fields. NULL
 *  when it has none. Transfers. */
char *case_record_title(StoreKind kind, const void *record);
/** When it was, as known: "2025-06-13/2025-06-24", a day, a span; NULL. Transfers. */
char *case_record_date(StoreKind kind, const void *record);
/** One line: "report R12: title, 28 June 2025 (7 Tir 1404), Tehran". Says so when the record cannot
 *  be read. Transfers. */
char *case_record_words(Store *store, StoreKind kind, gint64 id);
/** "erased on request on 27 November 2026 (ER3)"; NULL when it was not. Transfers. */
char *case_erased_words(Store *store, StoreKind kind, gint64 id);

/** "2026-01-23T10:20:30Z". Transfers. */
char *case_time_plain(gint64 seconds);
/** "23 January 2026 (3 Bahman 1404), 10:20 UTC". Transfers. */
char *case_time_words(gint64 seconds);
/** n bytes in hex. Transfers. */
char *case_hex(const guint8 *bytes, gsize n);
