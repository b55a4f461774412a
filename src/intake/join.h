/* intake/join.h: statements of a case become persons and acts.
 *
 * Statements that name a victim are compared by link/ (given and family name across scripts,
 * father's name, birth, gender, place, day, number of a paper); those that speak of one person are
 * joined. The statements of one person that tell of the same kind of act on days that can be the
 * same are one act. Each joining leaves a StoreLink from the person to the statement whose note
 * holds the match weight (bits), the probability and what each field said; two persons that become
 * one, or one that becomes two, leave a StoreJoining; what people say, a StoreVerdict.
 *
 * A run compares what is not linked yet, with each other and with what is; what is linked stays
 * linked. A new statement that ties two persons together merges them (the younger's merged_into).
 * With `again` all is compared anew by a model learned anew, and persons are taken apart where the
 * weights now say so. What people said holds in every run. A person keeps its number as long as
 * most of its statements stay together. Deterministic: the same case gives the same persons, on any
 * number of threads. Statements without a name are left alone. One transaction: all or nothing.
 * Identities are sealed fields; reading them is logged (store_unseal). */
#pragma once
#include "link/link.h"
#include "store/joining.h"
#include "store/report.h"

typedef struct {
    double threshold;    /**< probability at which two statements link; 0: 0.5 */
    guint64 seed;        /**< of the random pairs it learns from; 0: 1 */
    guint threads;       /**< 0: the default */
    gint32 days_between; /**< dates of one act may differ by so many days; -1: 7 */
    bool again;          /**< learn, compare and group all anew */
    bool (*progress)(void *context, guint64 done, guint64 total); /**< false stops; NULL: none */
    void *progress_context;
} IntakeJoinOptions;

/** threshold 0.5, seed 1, 7 days. */
IntakeJoinOptions intake_join_options_default(void);

typedef struct {
    gint64 statements;     /**< that name a person, in the case */
    gint64 new_statements; /**< of them, not linked before */
    gint64 nameless;       /**< statements without a name; left alone */
    gint64 persons_added, persons_merged, persons_split, acts_added, acts_updated;
    gint64 merges;     /**< statements joined to a person that another one told of */
    gint64 doubtful;   /**< pairs above the threshold that were kept apart */
    gint64 unlinkable; /**< statements that say too little to be compared with any other */
    gint64 answers;    /**< of people, that the model learned from; 0 when it learned nothing new */
    bool learned;      /**< a model was learned in this run */
    guint64 pairs_compared;
} IntakeJoinSummary;

/** options NULL: the defaults. False with error set: nothing was changed. */
bool intake_join(Store *store, const IntakeJoinOptions *options, IntakeJoinSummary *ret_summary,
                 GError **error);

/* ---- how well ---- */

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

/* ---- linkages as they could be ---- */

/** Several plausible linkages of one case, drawn from what the pairs' weights leave open. What is
 *  counted by person (an estimate, a list's length) is worked out for each; how far the answers lie
 *  apart is what the linkage leaves uncertain. */
typedef struct {
    gsize n_statements; /**< that name a person, of counted reports */
    gint64 *statements; /**< their numbers, ascending */
    gint64 *reports;    /**< of each */
    gint64 *sources;    /**< of each report; 0 none */
    guint n_draws;
    guint32 *persons; /**< n_draws rows of n_statements: the person of each, named by the position
                       *   (in `statements`) of its first statement */
    gsize *n_persons; /**< by draw */
} IntakeJoinDraws;

/** Draws linkages of a case that was linked (`intake_join`); what people said holds in each. Reads
 *  no sealed field. Equal case and seed, equal draws; draw i does not depend on how many there are.
 *  NOT_FOUND when the case has not been linked by this version. Transfers. Cost: about a tenth of a
 *  second a draw at 50,000 statements. */
IntakeJoinDraws *intake_join_draw(Store *store, guint n_draws, guint64 seed, GError **error);
void intake_join_draws_free(IntakeJoinDraws *draws);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeJoinDraws, intake_join_draws_free)

/** A person and a source that tells of it. */
typedef struct {
    guint32 person;
    gint64 source;
} IntakeJoinListed;
/** Persons × sources of one draw: which source tells of which person, each once, in order of
 * person, then source. GArray of IntakeJoinListed; transfers. */
GArray *intake_join_draw_listed(const IntakeJoinDraws *draws, guint draw);

/** Statements that name a person but say too little to be compared with any other (as of the last
 *  run), in order. GArray of gint64; transfers. NULL with error set. */
GArray *intake_join_unlinkable(Store *store, GError **error);

/* ---- what people say ---- */

typedef enum { INTAKE_SAME, INTAKE_DIFFERENT, INTAKE_UNSURE } IntakeAnswer;

typedef struct {
    gint64 user_id; /**< who says it; 0: at the command line */
    const char *by; /**< the name given there; NULL none */
    const char *reason;
} IntakeSayer;

/** What an answer or an undoing changed. */
typedef struct {
    gint64 verdict;                       /**< the row that was written */
    gint64 persons_before, persons_after; /**< among those it touched */
    gint64 person, other;                 /**< of the two sides afterwards; equal: one person */
    gint64 left_queue;                    /**< pairs that need no look any more */
} IntakeEffect;

/** Somebody answers whether two statements speak of one person. It holds from now on, in every run;
 *  what follows from it is done at once: persons become one, or one becomes two. Refused (USAGE)
 *  with the answers at fault in the sentence, when it contradicts what was answered before. Reads
 *  sealed fields. */
bool intake_join_answer(Store *store, gint64 left, gint64 right, IntakeAnswer answer,
                        const IntakeSayer *sayer, IntakeEffect *ret_effect, GError **error);

/** Takes back a linkage: LK the joining of a statement to a person, JN two persons that became one
 *  or one that became two, VD an answer with what followed from it. What was joined is kept apart
 *  from now on (and the other way round); of a VD nothing is kept, the weights decide again. A
 *  reason is required. Reads sealed fields. */
bool intake_join_undo(Store *store, StoreKind kind, gint64 id, const IntakeSayer *sayer,
                      IntakeEffect *ret_effect, GError **error);

/* ---- what is worth a look ---- */

enum { INTAKE_REVIEW_FIELDS = 8 };

typedef struct {
    gint64 left, right;               /**< statements */
    gint64 left_person, right_person; /**< equal: they are one person now */
    double weight_bits, probability;
    double prior_bits;  /**< the weights of the fields and this are weight_bits */
    double uncertainty; /**< bits, see LinkReview */
    double effect;      /**< pairs of statements that the other answer would join or part */
    double worth;
    guint n_fields;
    const char *fields[INTAKE_REVIEW_FIELDS]; /**< names: "given", "family", …; static */
    const char
        *levels[INTAKE_REVIEW_FIELDS]; /**< message ids: "same sound"; NULL: one is missing */
    double bits[INTAKE_REVIEW_FIELDS];
} IntakeReviewPair;

typedef struct {
    gint64 waiting; /**< pairs in the queue */
    gsize n;
    IntakeReviewPair *pairs; /**< most worth first */
} IntakeReview;

/** The pairs that are worth a look, at most `most` of them (0: all). Reads no sealed field.
 *  NOT_FOUND when the case has not been linked by this version. Transfers. */
IntakeReview *intake_join_review(Store *store, gsize most, GError **error);
void intake_join_review_free(IntakeReview *review);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeReview, intake_join_review_free)
/** One pair as in the queue, whether it is in it or not; statements that were never compared have
 *  no fields and NaN weights. */
bool intake_join_pair(Store *store, gint64 left, gint64 right, IntakeReviewPair *ret_pair,
                      GError **error);
