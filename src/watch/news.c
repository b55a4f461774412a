/* watch/news.c: what is new, each once by its key, with what it rests on. */
#include "assess/alarm.h"
#include "assess/trigger.h"
#include "base/edtf.h"
#include "store/link.h"
#include "watch/private.h"
#include <jansson.h>
#include <string.h>

enum { MAX_EVIDENCE = 200 };

StoreNotice *watch_notice_new(const char *kind, char *key)
{
    StoreNotice *notice = store_notice_new();
    notice->kind = g_strdup(kind);
    notice->key = key;
    return notice;
}

void watch_notice_speak(StoreNotice *notice, char *(*words)(gconstpointer context),
                        gconstpointer context)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(I18N_ENGLISH);
    notice->words = words(context);
    i18n_set_language(I18N_PERSIAN);
    notice->words_fa = words(context);
    i18n_set_language(saved);
}

bool watch_notice_offer(Watch *watch, GPtrArray *notices, StoreNotice *notice, GError **error)
{
    bool known = false;
    bool done = store_notice_known(watch->store, notice->key, &known, error);
    if (done && !known)
        g_ptr_array_add(notices, notice);
    else
        store_notice_free(notice);
    return done;
}

/* ---- alarms ---- */

static char *evidence_of(Store *store, const StoreAlarm *alarm, GError **error)
{
    g_autoptr(GPtrArray) cases = assess_alarm_cases(store, alarm->id, error);
    if (cases == NULL)
        return NULL;
    json_t *list = json_array();
    for (guint i = 0; i < cases->len && i < MAX_EVIDENCE; i++) {
        const AssessCase *one = g_ptr_array_index(cases, i);
        char report[STORE_ID_MAX], statement[STORE_ID_MAX];
        g_autofree char *day = NULL;
        int year, month, of_month;
        edtf_day_to_gregorian(one->day, &year, &month, &of_month);
        day = g_strdup_printf("%04d-%02d-%02d", year, month, of_month);
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s?, s:s, s:i, s:s}", "report",
                            store_id_format(STORE_KIND_REPORT, one->report_id, report), "statement",
                            store_id_format(STORE_KIND_STATEMENT, one->statement_id, statement),
                            "source", one->source, "day", day, "count", (int)one->count, "state",
                            assess_case_state_name(one->state)));
    }
    char *dump = json_dumps(list, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(list);
    char *text = g_strdup(dump);
    free(dump);
    return text;
}

typedef struct {
    Store *store;
    const StoreAlarm *alarm;
} AlarmWords;

static char *alarm_words(gconstpointer context)
{
    const AlarmWords *w = context;
    g_autofree char *sentence = assess_alarm_sentence(w->store, w->alarm, i18n_language());
    if (g_strcmp0(w->alarm->status, "ceased") != 0)
        return g_steal_pointer(&sentence);
    return g_strdup_printf(_("An alarm told earlier rings no more: reports were withdrawn, or are "
                             "counted elsewhere now. It said: %s"),
                           sentence);
}

static bool offer_alarm(Watch *watch, const StoreAlarm *alarm, GPtrArray *notices, GError **error)
{
    AlarmWords words = {watch->store, alarm};
    g_autofree char *evidence = evidence_of(watch->store, alarm, error);
    if (evidence == NULL)
        return false;
    StoreNotice *notice =
        watch_notice_new("alarm", g_strdup_printf("alarm/AL%" G_GINT64_FORMAT "/%s/%.0f", alarm->id,
                                                  alarm->status, alarm->observed));
    notice->subject_kind = STORE_KIND_ALARM;
    notice->subject_id = alarm->id;
    notice->first_day = alarm->first_day;
    notice->last_day = alarm->last_day;
    notice->evidence = g_steal_pointer(&evidence);
    watch_notice_speak(notice, alarm_words, &words);
    notice->wrong_if = assess_alarm_weakness(alarm, I18N_ENGLISH);
    notice->wrong_if_fa = assess_alarm_weakness(alarm, I18N_PERSIAN);
    return watch_notice_offer(watch, notices, notice, error) &&
           assess_alarm_set_told(watch->store, alarm->id, error);
}

static bool offer_alarms(Watch *watch, GPtrArray *notices, GError **error)
{
    g_autoptr(GPtrArray) untold = assess_alarms_untold(watch->store, error);
    for (guint i = 0; untold != NULL && i < untold->len; i++)
        if (!offer_alarm(watch, g_ptr_array_index(untold, i), notices, error))
            return false;
    return untold != NULL;
}

/* ---- the user's rules ---- */

static GPtrArray *check_rules(Watch *watch, const TriggerRules *rules, I18nLanguage language,
                              GError **error)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    GPtrArray *states = trigger_check(watch->store, rules, G_MININT32, error);
    i18n_set_language(saved);
    return states;
}

static char *rule_words(I18nLanguage language, const TriggerState *state)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autofree char *day = edtf_describe_day(state->fired_day);
    char *words =
        g_strdup_printf(_("The rule “%s” fired on %s: %s"), state->rule, day, state->sentence);
    i18n_set_language(saved);
    return words;
}

/* Known by its entry in the ledger: whoever put it there, people are told once. */
static bool offer_rules(Watch *watch, const TriggerRules *rules, GPtrArray *notices, GError **error)
{
    g_autoptr(GPtrArray) english = check_rules(watch, rules, I18N_ENGLISH, error);
    g_autoptr(GPtrArray) persian =
        english != NULL ? check_rules(watch, rules, I18N_PERSIAN, error) : NULL;
    if (persian == NULL)
        return false;
    for (guint i = 0; i < english->len; i++) {
        const TriggerState *state = g_ptr_array_index(english, i);
        if (!state->recent || state->prediction_id == 0)
            continue;
        StoreNotice *notice = watch_notice_new(
            "trigger", g_strdup_printf("trigger/PN%" G_GINT64_FORMAT, state->prediction_id));
        notice->subject_kind = STORE_KIND_PREDICTION;
        notice->subject_id = state->prediction_id;
        notice->first_day = notice->last_day = state->fired_day;
        notice->words = rule_words(I18N_ENGLISH, state);
        notice->words_fa = rule_words(I18N_PERSIAN, g_ptr_array_index(persian, i));
        if (!watch_notice_offer(watch, notices, notice, error))
            return false;
    }
    return true;
}

/* Rules that cannot be read are told as a feed that cannot: the other alarms still go. */
static bool offer_triggers(Watch *watch, GPtrArray *notices, GError **error)
{
    g_autoptr(GError) why = NULL;
    const char *path = watch->config->rules;
    g_autoptr(TriggerRules) rules =
        path != NULL ? trigger_rules_load(path, &why) : trigger_rules_of_case(watch->store, &why);
    if (rules == NULL && path == NULL && g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND))
        return watch_state_note(watch, "rules/rules", NULL, NULL, error);
    bool done = rules != NULL && offer_rules(watch, rules, notices, &why);
    if (done)
        return watch_state_note(watch, "rules/rules", NULL, NULL, error);
    watch_say(watch, "%s", why->message);
    if (store_depth(watch->store) == 0) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return watch_state_note(watch, "rules/rules", why->message, NULL, error);
}

/* ---- what cannot be seen ---- */

typedef struct {
    const char *what; /* message id: "The feed %s" */
    const char *name;
    const WatchState *state;
} Fault;

static char *fault_words(gconstpointer context)
{
    const Fault *fault = context;
    g_autofree char *since = watch_time_words(fault->state->failing_since);
    g_autofree char *what = g_strdup_printf(i18n_get(fault->what), fault->name);
    return g_strdup_printf(_("%s cannot be read since %s: %s What comes by it is not seen."), what,
                           since, fault->state->why != NULL ? fault->state->why : "");
}

static char *mended_words(gconstpointer context)
{
    const Fault *fault = context;
    g_autofree char *from = watch_time_words(fault->state->was_from),
                    *until = watch_time_words(fault->state->was_until);
    g_autofree char *what = g_strdup_printf(i18n_get(fault->what), fault->name);
    return g_strdup_printf(_("%s is read again. It could not be from %s to %s; what it dropped in "
                             "between was not seen."),
                           what, from, until);
}

static bool offer_fault(Watch *watch, const char *kind, const char *what, const char *name,
                        gint64 least, GPtrArray *notices, GError **error)
{
    g_autofree char *key = g_strdup_printf("%s/%s", kind, name);
    g_auto(WatchState) state = {0};
    if (!watch_state_load(watch, key, &state, error))
        return false;
    const Fault fault = {what, name, &state};
    if (state.failures >= least) {
        StoreNotice *notice = watch_notice_new(
            "failing", g_strdup_printf("failing/%s/%" G_GINT64_FORMAT, key, state.failing_since));
        watch_notice_speak(notice, fault_words, &fault);
        return watch_notice_offer(watch, notices, notice, error);
    }
    if (state.was_until == 0)
        return true;
    bool told = false;
    g_autofree char *was = g_strdup_printf("failing/%s/%" G_GINT64_FORMAT, key, state.was_from);
    if (!store_notice_known(watch->store, was, &told, error))
        return false;
    if (!told)
        return true;
    StoreNotice *notice =
        watch_notice_new("back", g_strdup_printf("back/%s/%" G_GINT64_FORMAT, key, state.was_from));
    watch_notice_speak(notice, mended_words, &fault);
    return watch_notice_offer(watch, notices, notice, error);
}

static bool offer_faults(Watch *watch, GPtrArray *notices, GError **error)
{
    const WatchConfig *config = watch->config;
    for (guint i = 0; i < config->folders->len; i++) {
        const WatchFolder *folder = g_ptr_array_index(config->folders, i);
        if (!offer_fault(watch, "folder", N_("The folder “%s”"), folder->name, WATCH_FAILURES_TOLD,
                         notices, error))
            return false;
    }
    for (guint i = 0; i < config->feeds->len; i++) {
        const WatchFeed *feed = g_ptr_array_index(config->feeds, i);
        if (!offer_fault(watch, "feed", N_("The feed “%s”"), feed->name, WATCH_FAILURES_TOLD,
                         notices, error))
            return false;
    }
    return offer_fault(watch, "rules", N_("The list of the user's own rules (%s)"), "rules", 1,
                       notices, error);
}

static char *blind_words(gconstpointer context)
{
    const Watch *watch = context;
    g_autofree char *from = watch_time_words(watch->blind_from),
                    *until = watch_time_words(watch->blind_until);
    return g_strdup_printf(_("Nobody watched from %s to %s. Alarms of that time come late; what "
                             "feeds dropped meanwhile was not seen."),
                           from, until);
}

static bool offer_blind(Watch *watch, GPtrArray *notices, GError **error)
{
    if (watch->blind_until == 0)
        return true;
    StoreNotice *notice =
        watch_notice_new("blind", g_strdup_printf("blind/%" G_GINT64_FORMAT, watch->blind_from));
    watch_notice_speak(notice, blind_words, watch);
    return watch_notice_offer(watch, notices, notice, error);
}

/* ---- what did not arrive ---- */

static char *lost_words(gconstpointer context)
{
    const StoreDispatch *dispatch = context;
    g_autofree char *round = i18n_integer(dispatch->round);
    if (strcmp(dispatch->state, "unsure") == 0)
        return g_strdup_printf(_("It is not known whether round %s of notices arrived by “%s”: the "
                                 "watch was cut off between sending and the answer. It was not "
                                 "sent again."),
                               round, dispatch->channel);
    return g_strdup_printf(_("Round %s of notices did not go by “%s”: %s"), round,
                           dispatch->channel, dispatch->reason != NULL ? dispatch->reason : "");
}

/* A round of nothing but such words tells no more of itself: two broken channels would complain of
 * each other for ever. */
static bool is_worth_telling(Watch *watch, const StoreDispatch *dispatch, bool *ret_worth,
                             GError **error)
{
    g_autoptr(GPtrArray) round = store_notice_list_round(watch->store, dispatch->round, error);
    *ret_worth = false;
    for (guint i = 0; round != NULL && i < round->len; i++) {
        const StoreNotice *notice = g_ptr_array_index(round, i);
        *ret_worth |= strcmp(notice->kind, "undelivered") != 0;
    }
    return round != NULL;
}

static bool offer_lost(Watch *watch, const char *state, GPtrArray *notices, GError **error)
{
    g_autoptr(GPtrArray) lost = store_dispatch_list_state(watch->store, state, error);
    for (guint i = 0; lost != NULL && i < lost->len; i++) {
        const StoreDispatch *dispatch = g_ptr_array_index(lost, i);
        bool worth;
        if (!is_worth_telling(watch, dispatch, &worth, error))
            return false;
        if (!worth)
            continue;
        StoreNotice *notice = watch_notice_new(
            "undelivered", g_strdup_printf("undelivered/DP%" G_GINT64_FORMAT, dispatch->id));
        notice->subject_kind = STORE_KIND_DISPATCH;
        notice->subject_id = dispatch->id;
        watch_notice_speak(notice, lost_words, dispatch);
        if (!watch_notice_offer(watch, notices, notice, error))
            return false;
    }
    return lost != NULL;
}

bool watch_news(Watch *watch, GPtrArray *notices, GError **error)
{
    return offer_alarms(watch, notices, error) && offer_triggers(watch, notices, error) &&
           (!watch->config->silence || watch_silence(watch, notices, error)) &&
           offer_faults(watch, notices, error) && offer_blind(watch, notices, error) &&
           offer_lost(watch, "unsure", notices, error) &&
           offer_lost(watch, "failed", notices, error);
}
