/* assess/compare.h: two versions of a case's assessment, factor by factor and indicator by
 * indicator: levels and trends, why, by whom and when, what evidence came and what left. Nothing is
 * weighed. */
#pragma once
#include "assess/framework.h"
#include "base/error.h"
#include "base/i18n.h"
#include "store/assessment.h"
#include "store/link.h"

/** One side of a row: what a version says of the factor or indicator. */
typedef struct {
    const StoreRating *rating; /**< NULL: it has none; borrowed from the comparison */
    gint32 level;              /**< -1 not rated */
    const char *trend;         /**< NULL none; borrowed */
    char *why;                 /**< assess_rating_sentence; "" */
    char *by; /**< the analysts in whose name it stands, by commas; "" the rules, or nobody */
    GArray *records; /**< StoreTraceStep that this side rests on and the other does not */
} AssessSide;

typedef struct {
    const char *factor;               /**< RF1 … static */
    const AssessIndicator *indicator; /**< NULL: the factor as a whole */
    AssessSide before, now;
    guint n_common;        /**< records that both rest on */
    bool level, trend;     /**< which of them differ */
    bool why, evidence;    /**< likewise */
    GPtrArray *judgements; /**< StoreJudgement on it made since `before`, oldest first; borrowed */
} AssessDifference;

typedef struct {
    StoreAssessment *before, *now; /**< the older and the newer; owned */
    GPtrArray *rows; /**< AssessDifference that differ or were judged, in the framework's order */
    gint32 levels[ASSESS_N_FACTORS][2]; /**< of each factor before and now; -1 not rated */
    guint n_levels;                     /**< rows in which the level differs */
    guint n_same;                       /**< ratings that are the same in both */
    GPtrArray *judgements;              /**< all since `before`, oldest first; owned */
    GPtrArray *ratings[2];              /**< owned */
} AssessComparison;

/** Of two assessments of the case, in any order; sentences in `language`. NULL with error set
 *  (NOT_FOUND). About two loads of all ratings and their links. Transfers. */
AssessComparison *assess_compare(Store *store, gint64 one, gint64 other, I18nLanguage language,
                                 GError **error);
void assess_comparison_free(AssessComparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AssessComparison, assess_comparison_free)

/** One row in a line: "7.6, name: was weak, is present. Trend: … Why: …", as `zenhar assess
 * changes` prints it; "" where neither level nor trend differ. Transfers. */
char *assess_difference_sentence(const AssessDifference *difference, I18nLanguage language);
/** "7.6: B rejected the proposal: weak (“…”)." Transfers. */
char *assess_judgement_sentence(const StoreJudgement *judgement, I18nLanguage language);
