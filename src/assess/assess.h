/* assess/assess.h: what a case says about risk, each figure tied to what it rests on.
 *
 *   statements, bundled counts ─▶ weekly series ─▶ alarms     ┐
 *   persons × sources          ─▶ how many on no list         ├─▶ 14 risk factors, rated by
 *   crises, yearly figures     ─▶ does it rise after a crisis ┘    rules, each with its evidence
 *
 * What is stored are methods and numbers; sentences are made when somebody reads, in the
 * reader's language, by the functions below. An indicator without evidence is never rated. */
#pragma once
#include "assess/framework.h"
#include "base/error.h"
#include "base/i18n.h"
#include "store/assessment.h"
#include "store/signal.h"
#include "store/store.h"

/* ---- public facts of a bundled case ---- */

/** Brings cases/NAME/{crises,executions-per-year,reported-counts,memorial-deaths-by-day}.csv into
 *  the case: each file becomes a sealed original first, its rows become StoreCrisis,
 *  StoreFigure and StoreSeries that rest on it. One transaction; running it again adds nothing.
 *  NOT_FOUND when there is no bundled case of that name. */
bool assess_load_facts(Store *store, const char *case_name, GError **error);

/* ---- the run ---- */

typedef struct {
    gint32 today;          /**< last day that counts; G_MININT32: the day of store_now() */
    double alpha;          /**< false alarm probability of a week, one-sided; 0.01 */
    guint recent;          /**< weeks up to today in which an alarm is raised; 0: all that can be
                              judged; default 52 */
    guint big_places;      /**< places with a series of their own, by kind; default 12 */
    guint min_events;      /**< fewer events of a kind (or kind and place) get no series; 10 */
    double discovery_rate; /**< expected share of false ones among the alarms of a week over all
                              kinds and places (Benjamini and Hochberg 1995); 0.1; 1: any */
    guint64 seed;          /**< 1 */
    guint threads;         /**< 0: the default */
    const char *author;    /**< NULL: "zenhar" */
} AssessOptions;
AssessOptions assess_options(void);

typedef struct {
    gint64 assessment_id;
    gint64 previous_id; /**< the one it replaces; 0 */
    bool changed;       /**< false: same inputs as the last run; nothing was written */
    gsize n_series, n_alarms, n_estimates;
    gsize n_rated; /**< factors with a level */
    char *changes; /**< what is different from the assessment before, a line each, in the
                      thread's language; NULL: nothing, or the first */
} AssessSummary;
void assess_summary_clear(AssessSummary *summary);

/** Series, alarms, estimates and a new assessment, in one transaction. Equal inputs and
 *  options: the newest assessment stays and nothing is written. Series keep their ids from run
 *  to run; alarms that somebody acknowledged or dismissed stay so.
 *  About 1 s for 5,000 reports. Errors: those of the store. */
bool assess_run(Store *store, const AssessOptions *options, AssessSummary *summary, GError **error);

/* ---- sentences, in a language; each transfers ---- */

/** "Reported arrests, all places, by week", in words. */
char *assess_series_title(Store *store, const StoreSeries *series, I18nLanguage language);
/** Neither dismissed by a person nor ceased. */
bool assess_alarm_stands(const StoreAlarm *alarm);
/** Why it rang: what was counted, when, where, how many were expected, by which method. */
char *assess_alarm_sentence(Store *store, const StoreAlarm *alarm, I18nLanguage language);
/** What would make it wrong. */
char *assess_alarm_weakness(const StoreAlarm *alarm, I18nLanguage language);
char *assess_estimate_title(const StoreEstimate *estimate, I18nLanguage language);
/** Answer with interval, assumptions: one paragraph. */
char *assess_estimate_sentence(const StoreEstimate *estimate, I18nLanguage language);
char *assess_estimate_weakness(const StoreEstimate *estimate, I18nLanguage language);
/** A reporting body's name: "HRANA", «هرانا»; the name as it is when it is not one of ours
 *  (data/names/reporters.csv). Static, or the name itself. */
const char *assess_reporter_title(const char *reporter, I18nLanguage language);
/** A remark of a figure in the reader's language (data/appeal/words.csv); the remark as it is where
 *  nobody translated it. Static, or the remark itself. */
const char *assess_remark_title(const char *remark, I18nLanguage language);
/** Why the rule proposed this level; what a person wrote is given as it is. */
char *assess_rating_sentence(const StoreRating *rating, I18nLanguage language);
/** What would raise or lower it, by the rules that rated it and the analysts who did; "" when none
 * did. */
char *assess_rating_changes(const StoreRating *rating, I18nLanguage language);
/** The method's name for people: "Farrington flexible (Noufaily et al. 2013)". Static. */
const char *assess_method_title(const char *method, I18nLanguage language);
/** "arrests", «بازداشت»; NULL kind: all acts. Static (or the kind itself). */
const char *assess_kind_title(const char *kind, I18nLanguage language);

/** "Assessment of 28 June 2025 (7 Tir 1404)". */
char *assess_assessment_title(const StoreAssessment *assessment, I18nLanguage language);
/** What is different from the assessment it replaced, a line each; "" when nothing is, or when it
 *  replaced none. NULL with error set. */
char *assess_changes(Store *store, const StoreAssessment *assessment, I18nLanguage language,
                     GError **error);

/* ---- what the first page shows ---- */

typedef struct {
    const char *code;  /**< "RF1" … static */
    gint32 level;      /**< -1 … 3, of the newest assessment */
    const char *trend; /**< static or NULL */
    gint64 rating_id;  /**< 0: no assessment */
    gsize n_indicators, n_rated;
} AssessFactorLevel;

typedef struct {
    StoreAssessment *assessment; /**< newest that none replaced; NULL none; owned */
    AssessFactorLevel factors[ASSESS_N_FACTORS];
    gint64 n_alarms;    /**< all */
    gint64 n_new;       /**< nobody has looked at yet */
    GPtrArray *alarms;  /**< all, newest first, by the day that rang; StoreAlarm; owned */
    gint64 series_id;   /**< the series with the latest alarm, else the one of most events; 0 */
    gint64 estimate_id; /**< newest multiple systems estimate; 0 */
    gint64 n_series, n_figures, n_crises;
} AssessOverview;

/** NULL with error set. Transfers. */
AssessOverview *assess_overview(Store *store, GError **error);
/** Which of many alarms to tell, at most n, newest first: the newest and the highest of each
 * series, then the newest others. A list of the newest alone hides the great ones behind the small.
 *  alarms: StoreAlarm. Transfers the list; its alarms are borrowed. */
GPtrArray *assess_alarms_to_tell(const GPtrArray *alarms, guint n);
void assess_overview_free(AssessOverview *overview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AssessOverview, assess_overview_free)
