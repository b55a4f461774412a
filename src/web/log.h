/* web/log.h: one JSON object a line on standard error, for machines that gather logs.
 *
 * Nothing in it comes from people: routes by their pattern, methods, statuses, times, sizes, kinds
 * of errors. No address, no user, no id of a record, no query, no message of an error (such a
 * sentence may name a file or a person). What was done by whom stands in the case's audit trail. */
#pragma once
#include "base/error.h"
#include "web/http.h"

/** From now on the process writes JSON lines, GLib's own warnings too (their words left out). Once.
 */
void web_log_json(void);
bool web_log_is_json(void);
/** An event without further words: "start", "stop". Nothing unless web_log_json was called. */
void web_log_event(const char *event);
/** An event with counts; names are words of ours. */
typedef struct {
    const char *name;
    gint64 n;
} WebLogCount;
void web_log_counts(const char *event, const WebLogCount *counts, gsize n_counts);
void web_log_request(const WebObserved *what);
/** Something failed on the server's side; `where` is a word of ours. Without JSON: GLib's warning.
 */
void web_log_error(const char *where, const GError *error);
