/* assess/judge.h: people's ratings of indicators, beside what the rules propose.
 *
 * Rules propose a level with its evidence; an analyst accepts, changes or rejects it, or rates what
 * no rule spoke to. Each decision is a record that cannot be changed (StoreJudgement); the last one
 * of each analyst on each indicator is in force. Where analysts differ, all of it is shown: a
 * rating keeps the highest level (as a factor keeps its highest indicator) and says the range and
 * each analyst's own; how far they agree is Krippendorff's alpha. Nothing is averaged.
 *
 * An indicator without evidence cannot be rated above absent. A final assessment is never changed:
 * the next decision opens a new draft that begins as its copy. */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include "estimate/agreement.h"
#include "store/assessment.h"

typedef enum { JUDGE_ACCEPT, JUDGE_RATE, JUDGE_REJECT, JUDGE_WITHDRAW } JudgeDecision;

typedef struct {
    StoreKind kind;
    gint64 id;
    bool against; /**< it speaks against the rating: role "contradicts" */
} JudgeEvidence;

typedef struct {
    const char *analyst;   /**< the name under which the analyst rates */
    gint64 user_id;        /**< of the web's users; 0 */
    const char *indicator; /**< "7.8" */
    JudgeDecision decision;
    gint32 level;           /**< RATE: 0 … 3; REJECT: 0 … 3, or -1 not rated; else ignored */
    const char *trend;      /**< rising, steady, falling; NULL: the proposal's, or none */
    const char *confidence; /**< a code of judge_confidence_parse; needed above absent */
    const char *reason;     /**< needed but for ACCEPT */
    const JudgeEvidence *evidence; /**< beside the proposal's own, when that is accepted */
    gsize n_evidence;
} JudgeRating;

/** Writes one decision, its evidence, and the ratings that follow from it, in one transaction.
 * USAGE with a sentence when something is missing (a reason, evidence, a proposal to accept). */
bool judge_add(Store *store, const JudgeRating *rating, gint64 *ret_judgement_id, GError **error);

/** The judgements in force as of an assessment (0: all): the last of each analyst on each
 * indicator, withdrawn ones left out; by indicator in the framework's order, then analyst.
 * GPtrArray of StoreJudgement, transfers. */
GPtrArray *judge_in_force(Store *store, gint64 assessment_id, GError **error);

/** The level that the rules proposed, whatever analysts made of it; -1: they proposed none. */
gint32 judge_proposal(const StoreRating *rating);

/** The lowest and highest level that analysts give in a rating, and how many they are; both the
 *  rating's own level without any. True: they differ. */
bool judge_range(const StoreRating *rating, gint32 *ret_low, gint32 *ret_high, guint *ret_analysts);

/** How far the analysts in force agree: Krippendorff's alpha, ordinal, over levels 0 … 3,
 * indicators as units. *ret_n_analysts may be less than 2: then alpha is NaN. */
bool judge_agreement(const GPtrArray *in_force, Agreement *ret_agreement, guint *ret_n_analysts,
                     GError **error);

/** Makes the newest draft final in the name of a person, and keeps it in the ledger. Refused while
 *  proposals stand that nobody has judged, unless leave_open. USAGE, NOT_FOUND. */
bool judge_finalize(Store *store, const char *author, const char *reason, bool leave_open,
                    gint64 *ret_assessment_id, gint64 *ret_prediction_id, GError **error);

/** A forecast of the case's unit into the newest draft; a final one is left as it is and a draft
 *  opened. NOT_FOUND without an assessment. */
bool judge_set_forecast(Store *store, double probability, double low, double high,
                        const char *method, GError **error);

/** A level by its word: absent, weak, present, strong, in English or Persian, or 0 … 3. */
bool judge_level_parse(const char *text, gint32 *ret_level, GError **error);

/* ---- confidence, by the standard of proof ---- */

/** suspicion, grounds, balance, convincing, beyond-doubt, as fact-finding bodies grade them (OHCHR,
 *  Commissions of Inquiry and Fact-Finding Missions: Guidance and Practice, 2015; most of them use
 *  reasonable grounds to believe). Gives the static code. */
bool judge_confidence_parse(const char *text, const char **ret_code, GError **error);
/** "reasonable grounds to believe" in a language; "" for NULL. Static. */
const char *judge_confidence_title(const char *code, I18nLanguage language);
/** "accepted", "changed", "rejected", "rated" …, in a language. Static. */
const char *judge_decision_title(const char *decision, I18nLanguage language);
