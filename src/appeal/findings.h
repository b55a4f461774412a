/* appeal/findings.h: what is held to be so: its standard of proof, its grade, what it rests on.
 *
 * Nothing is a finding without all three. Information is graded 1 (confirmed by other sources)
 * only where two independent origins say it (assess/grade.h); reports that are not counted
 * (withdrawn, rejected, graded E5) carry no finding. */
#pragma once
#include "assess/grade.h"
#include "store/submission.h"

/** As a user gives it; all borrowed. */
typedef struct {
    const char *text, *text_fa;
    const char *standard; /**< judge_confidence_parse */
    const char *grade;    /**< B2: both halves */
    const char *rests_on; /**< ids, by commas or spaces */
    const char *note;
    gint32 first_day, last_day; /**< G_MININT32 and G_MAXINT32: not said */
} AppealFindingInput;

/** Writes it down; its id. 0 with error: USAGE or INPUT what is missing, a text that demands,
 *  insults (appeal/lint.h) or names a person of the records behind it; DATA grade 1 without a
 *  second independent origin, or nothing behind it that is counted; NOT_FOUND. */
gint64 appeal_finding_add(Store *store, const AppealFindingInput *input, GError **error);

/** Whether it still holds. ret_why (transfers): a sentence when it does not, NULL when it does.
 *  False with error set. */
bool appeal_finding_verify(Store *store, const StoreFinding *finding, AssessOrigins **ret_origins,
                           char **ret_why, GError **error);

/** "B2: usually reliable source; probably true" in the thread's language. Transfers. */
char *appeal_grade_words(const StoreFinding *finding);
