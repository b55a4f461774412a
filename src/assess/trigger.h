/* assess/trigger.h: the user's own thresholds, in a small file people can read.
 *
 *   rule: Executions after a crisis               قاعده: اعدام پس از بحران
 *     when executions in 7 days >= 2 x expected     هرگاه اعدام در ۷ روز ≥ ۲ برابر انتظار
 *     and a crisis in the last 90 days              و بحرانی در ۹۰ روز گذشته
 *     followed by killings in 30 days >= 10         پیامد کشتار در ۳۰ روز ≥ ۱۰
 *     quiet 30 days                                 سکوت ۳۰ روز
 *
 * Evaluated day by day: on new data (`zenhar assess triggers check`, `zenhar watch`), or over the
 * whole history (`… dry-run`), with how often each rule would have fired and what followed, beside
 * how often the same follows any day. docs/assessment.md tells all that a rule can say.
 *
 * Expected is the mean of the 365 days before the window, scaled to it; where the case holds less
 * than 90 days before, a rule that needs it cannot be judged on that day. A rule with "x expected"
 * needs three cases or more: where the past is nearly all zeros, one case is twice anything. A rule
 * fires on the first day of a spell in which it holds; again only after it held no more, and its
 * quiet days (30) have passed. */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include "store/id.h"
#include "store/store.h"

/* ---- rules ---- */

typedef struct TriggerRules TriggerRules;

/** Reads rules; name stands in errors ("rules.txt, line 3: …"). NULL with INPUT. Transfers. */
TriggerRules *trigger_rules_parse(const char *text, const char *name, GError **error);
/** Likewise from a file. */
TriggerRules *trigger_rules_load(const char *path, GError **error);
void trigger_rules_free(TriggerRules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TriggerRules, trigger_rules_free)
gsize trigger_rules_count(const TriggerRules *rules);
/** What the author called rule i. Borrowed. */
const char *trigger_rule_name(const TriggerRules *rules, gsize i);
/** Rule i as it was understood, in a language. Transfers. */
char *trigger_rule_words(const TriggerRules *rules, gsize i, I18nLanguage language);

/** Keeps the rules in the case (checked first). */
bool trigger_rules_keep(Store *store, const char *text, GError **error);
/** The case's rules; NULL with NOT_FOUND when none were kept. Transfers. */
TriggerRules *trigger_rules_of_case(Store *store, GError **error);

/* ---- on new data ---- */

typedef struct {
    char *rule;
    bool known;           /**< false: the case holds too little before this day to say */
    bool holds;           /**< on the day asked for */
    gint32 fired_day;     /**< last firing up to that day; G_MININT32: none */
    bool recent;          /**< and it lies within the rule's quiet days */
    bool fresh;           /**< and this call put it into the ledger: tell people now */
    gint64 prediction_id; /**< its entry in the ledger; 0 none */
    char *sentence;       /**< what was counted, against what; in the thread's language */
} TriggerState;

/** Each rule on one day (G_MININT32: the day of store_now()), by all that the case holds of days up
 * to it. A case open for writing keeps a recent firing in the ledger, once, linked to what it
 * counts; one open for reading keeps nothing. GPtrArray of TriggerState, transfers. NULL with error
 * set. */
GPtrArray *trigger_check(Store *store, const TriggerRules *rules, gint32 day, GError **error);

/* ---- over history ---- */

typedef struct {
    gint32 day;
    bool as_known;      /**< it would have fired on what had been received by then, too */
    int followed;       /**< 1 yes, 0 no, -1: those days are not over, or the rule names nothing */
    guint crises_after; /**< that began within `after` days */
    guint alarms_after; /**< likewise standing alarms that were not dismissed */
    double counted_after; /**< of the outcome's kind, or of the first kind the rule counts */
    char *sentence;       /**< in the thread's language */
} TriggerFiring;

typedef struct {
    char *rule;
    gint32 first_day, last_day; /**< days that could be judged; first > last: none */
    gint64 days;                /**< how many */
    gint64 held;                /**< on how many of them it held */
    guint fired, fired_as_known;
    guint after;            /**< days looked at after a firing */
    guint followed, closed; /**< closed: firings whose days after are over */
    double base_rate; /**< share of all judged, closed days that the same followed; NaN none */
    double crisis_base_rate, alarm_base_rate; /**< share of days with one or more within `after` */
    guint with_crisis, with_alarm;            /**< closed firings with one or more */
    GPtrArray *firings;                       /**< TriggerFiring */
} TriggerHistory;

/** Each rule over the days first … last (G_MININT32: all that the case holds). GPtrArray of
 *  TriggerHistory, transfers. NULL with error set. 10 years and 100,000 statements: 50 ms a rule.
 */
GPtrArray *trigger_dry_run(Store *store, const TriggerRules *rules, gint32 first, gint32 last,
                           GError **error);
