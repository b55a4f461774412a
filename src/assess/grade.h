/* assess/grade.h: grades by the Admiralty scale (source A–F, information 1–6), and how many
 * independent origins speak of a thing.
 *
 * A report of a source that is unreliable (E) and whose word is improbable (5) is kept and changes
 * no figure (store_report_counted). "Confirmed by other sources" (1) is given only where a second,
 * independent origin says it too: no analyst's word alone makes it so. */
#pragma once
#include "base/error.h"
#include "store/report.h"

typedef struct {
    char source;        /**< 'A'–'F'; 0: not said */
    gint32 information; /**< 1–6; 0: not said */
} AssessGrade;

/** "B2", "e5", "E" or "5" (digits of any script). False with USAGE. */
bool assess_grade_parse(const char *text, AssessGrade *ret_grade, GError **error);

/** "usually reliable", "probably true" in the thread's language; NULL when not graded. Static. */
const char *assess_reliability_title(char letter);
const char *assess_credibility_title(gint64 grade);

/** Who says it, each once, in order of the records. */
typedef struct {
    GPtrArray *names; /**< char *: a source, or whom a source cites */
    GArray *reports;  /**< gint64: the reports behind the records that are counted */
    guint unknown;    /**< reports without a source: they may be anybody's, and count for none */
    guint left_out;   /**< reports that are not counted: withdrawn, rejected, E5 */
} AssessOrigins;
void assess_origins_free(AssessOrigins *origins);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AssessOrigins, assess_origins_free)

/** The independent origins of what records say: reports are looked up behind each of them (by
 *  store_trace_step). Two reports are of one origin when they have one source, cite the same one,
 *  one cites the other's source, or tell one story (assess/story.h). A reported figure's origin is
 *  its reporter. records: StoreTraceStep. NULL with error set. Transfers. */
AssessOrigins *assess_origins(Store *store, const GArray *records, GError **error);

/** Grades a report, or a source with each report it brought and will bring, in one transaction;
 *  what the grade does not say stays as it is. Why goes into the audit trail and is needed.
 *  user_id: whose judgement; 0 the command line. ret_n: reports
 *  graded. Refused: 1 for a report whose acts no second origin tells of, 1 for a
 *  source. USAGE, NOT_FOUND. */
bool assess_grade_set(Store *store, StoreKind kind, gint64 id, AssessGrade grade, const char *why,
                      gint64 user_id, guint *ret_n, GError **error);
