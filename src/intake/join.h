/* intake/join.h: statements of a case become persons and acts.
 *
 * Statements that name a victim are compared by link/ (given and family name across scripts,
 * father's name, birth, gender, place, day, number of a paper or telephone); those that speak of
 * one person are joined. The statements of one person that tell of the same kind of act on days
 * that can be the same are one act. Each joining leaves a StoreLink from the person to the
 * statement whose note holds the match weight (bits), the probability and what each field said.
 *
 * Only statements that are not linked yet are compared; what is linked stays linked. A new
 * statement that ties two persons together merges them (the younger's merged_into). Deterministic:
 * the same case gives the same persons, on any number of threads. Statements without a name are
 * left alone. One transaction: all or nothing. Identities are sealed fields; reading them is
 * logged (store_unseal). */
#pragma once
#include "link/link.h"
#include "store/report.h"

typedef struct {
    double threshold;    /**< probability at which two statements link; 0: 0.5 */
    guint64 seed;        /**< of the random pairs it learns from; 0: 1 */
    guint threads;       /**< 0: the default */
    gint32 days_between; /**< dates of one act may differ by so many days; -1: 7 */
    bool (*progress)(void *context, guint64 done, guint64 total); /**< false stops; NULL: none */
    void *progress_context;
} IntakeJoinOptions;

/** threshold 0.5, seed 1, 7 days. */
IntakeJoinOptions intake_join_options_default(void);

typedef struct {
    gint64 statements;     /**< that name a person, in the case */
    gint64 new_statements; /**< of them, not linked before */
    gint64 nameless;       /**< statements without a name; left alone */
    gint64 persons_added, persons_merged, acts_added, acts_updated;
    gint64 merges;   /**< statements joined to a person that another one told of */
    gint64 doubtful; /**< pairs above the threshold that were kept apart */
    guint64 pairs_compared;
} IntakeJoinSummary;

/** options NULL: the defaults. False with error set: nothing was changed. */
bool intake_join(Store *store, const IntakeJoinOptions *options, IntakeJoinSummary *ret_summary,
                 GError **error);

/** How well persons meet a known truth, over all pairs of statements whose truth is known. */
typedef struct {
    double precision, recall, f1;
    guint64 statements; /**< whose truth is known and that name a person */
    guint64 nameless;   /**< whose truth is known but that name nobody: not among the pairs */
    guint64 true_pairs, found_pairs, right_pairs;
} IntakeJoinScore;

/** The truth of a statement is the value of `field` in its report's extra columns (JSON), or what
 *  follows "FIELD=" in its text. Statements that name nobody have no part in it: they are counted.
 *  NOT_FOUND when no report has such a field. Reads sealed fields. */
bool intake_join_score(Store *store, const char *field, IntakeJoinScore *ret_score, GError **error);
