/* assess/alarm.h: what is done with alarms: told once, answered, shown with their cases.
 *
 *   assess_run ─▶ alarms (store/signal.h) ─▶ assess_alarms_untold ─▶ somebody tells them
 *            └──▶ notices: what looked like a surge and is bookkeeping
 *
 * Alarms of neighbouring weeks of one series are one episode. An episode is told once; it is told
 * again when a week of it has half as much again as was told before, and when a week that was told
 * rings no more (its reports were withdrawn, say): then its status is "ceased". */
#pragma once
#include "assess/assess.h"

/* ---- telling ---- */

/** Alarms nobody was told of yet, or of which something changed since; status "new" or "ceased",
 *  the surest first (assess_alarm_compare). GPtrArray of StoreAlarm, transfers. */
GPtrArray *assess_alarms_untold(Store *store, GError **error);
/** Remembers that the alarm was told with the count it has now; a write, logged. */
bool assess_alarm_set_told(Store *store, gint64 alarm_id, GError **error);
/** "acknowledged" (seen, true or being looked at), "dismissed" (wrong) or "new" (open again), with
 *  a reason, which both answers need (USAGE without). Stays so over later runs, until its count has
 *  half as much again: then it is new. user_id 0: not known. Logged by the evidence hook. */
bool assess_alarm_answer(Store *store, gint64 alarm_id, const char *status, const char *reason,
                         gint64 user_id, GError **error);
/** Order of urgency, for qsort of StoreAlarm pointers (as g_ptr_array_sort wants it): new before
 *  answered, then by false discovery rate, then by how far above the bound, then newest. */
int assess_alarm_compare(gconstpointer a, gconstpointer b);

/* ---- the cases behind it ---- */

typedef enum {
    ASSESS_CASE_COUNTED,
    ASSESS_CASE_TOLD_AGAIN, /**< another report of an act that is counted already */
    ASSESS_CASE_COPY,       /**< the same story in another report, counted once */
    ASSESS_CASE_WITHDRAWN,  /**< counted by the alarm once; its source took it back */
    ASSESS_CASE_REJECTED,   /**< counted once; somebody found that it does not belong here */
    ASSESS_CASE_UNRELIABLE, /**< counted once; graded E5 since: kept, but no figure rests on it */
    ASSESS_CASE_MOVED,      /**< counted once; it has another day, place or kind now */
} AssessCaseState;

typedef struct {
    AssessCaseState state;
    gint64 statement_id, report_id, source_id, place_id;
    gint32 day;
    gint32 count;         /**< persons; what it adds (or added) to the alarm's count; 0: nothing */
    bool counted;         /**< is part of the count that the alarm gives */
    char *source, *title; /**< in words; may be NULL; title is the report's, masked */
} AssessCase;

/** The statements behind an alarm in order of day and id. The counts of those with `counted` add
 *  up to alarm->observed; what was withdrawn after the last run still has `counted` and says so by
 *  its state. Empty for a series that comes from a list (its alarm rests on the list's original).
 *  GPtrArray of AssessCase, transfers. NULL with NOT_FOUND or another error. */
GPtrArray *assess_alarm_cases(Store *store, gint64 alarm_id, GError **error);
/** "counted", "withdrawn" … for machines; static. */
const char *assess_case_state_name(AssessCaseState state);
/** The same in words of the thread's language; static. */
const char *assess_case_state_title(AssessCaseState state);

/* ---- no alarm from bookkeeping ---- */

typedef enum {
    ASSESS_NOTICE_BACKLOG,    /**< many old events entered at once */
    ASSESS_NOTICE_COPIES,     /**< one story in several reports */
    ASSESS_NOTICE_NEW_SOURCE, /**< a source that began half-way */
    ASSESS_NOTICE_SHORT,      /**< a series whose history is too short to judge */
} AssessNoticeKind;

typedef struct {
    AssessNoticeKind kind;
    gint64 source_id;           /**< of a new source; 0 */
    gint64 import_id;           /**< of a backlog; 0: it came without */
    gint64 report_id;           /**< of copies: the one that counts; 0 */
    gint64 series_id;           /**< of a short history; 0 */
    gint32 day;                 /**< when it was entered, first told, or began */
    gint32 first_day, last_day; /**< of the events concerned */
    gint64 n;        /**< statements; of copies: reports in all; of a short history: weeks */
    gint64 silenced; /**< weeks that would have rung by it alone */
} AssessNotice;

/** What the newest run found, the most important first. GPtrArray of AssessNotice, transfers. */
GPtrArray *assess_notices(Store *store, GError **error);
/** In a sentence: what it is, and why it is no surge. Transfers. */
char *assess_notice_sentence(Store *store, const AssessNotice *notice, I18nLanguage language);
/** "backlog", "copies", "new-source", "short-history"; static. */
const char *assess_notice_name(AssessNoticeKind kind);
