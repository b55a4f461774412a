/* assess/trigger.c: rules on new data, and over history.
 *
 * A rule holds on a day when all conditions of one of its ways hold; what cannot be told (no
 * history yet, no assessment yet) makes neither true nor false of it. */
#include "assess/trigger_private.h"

#include "base/csv.h"
#include <math.h>
#include <string.h>

/* A rule's tracks and what they say together. */
typedef struct {
    const TriggerTimeline *timeline;
    const TriggerRule *rule;
    GPtrArray *tracks; /* in the order of the rule's conditions */
    signed char *holds;
} Evaluation;

static void evaluation_clear(Evaluation *evaluation)
{
    g_clear_pointer(&evaluation->tracks, g_ptr_array_unref);
    g_clear_pointer(&evaluation->holds, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Evaluation, evaluation_clear)

/* Kleene's and, or: min and max of false (0), unknown, true. */
static signed char both(signed char a, signed char b)
{
    return a == 0 || b == 0 ? 0 : a < 0 || b < 0 ? -1 : 1;
}

static signed char either(signed char a, signed char b)
{
    return a == 1 || b == 1 ? 1 : a < 0 || b < 0 ? -1 : 0;
}

static bool evaluate(const TriggerTimeline *timeline, const TriggerRule *rule, bool as_known,
                     Evaluation *evaluation, GError **error)
{
    gsize n = timeline->n;
    *evaluation = (Evaluation){
        .timeline = timeline,
        .rule = rule,
        .tracks = g_ptr_array_new_with_free_func((GDestroyNotify)trigger_track_free),
        .holds = g_new0(signed char, n),
    };
    g_autofree signed char *way = g_new(signed char, n);
    for (guint a = 0; a < rule->any->len; a++) {
        const GPtrArray *all = g_ptr_array_index(rule->any, a);
        memset(way, 1, n);
        for (guint k = 0; k < all->len; k++) {
            TriggerTrack *track =
                trigger_track(timeline, g_ptr_array_index(all, k), as_known, error);
            if (track == NULL)
                return false;
            g_ptr_array_add(evaluation->tracks, track);
            for (gsize i = 0; i < n; i++)
                way[i] = both(way[i], track->holds[i]);
        }
        for (gsize i = 0; i < n; i++)
            evaluation->holds[i] = a == 0 ? way[i] : either(evaluation->holds[i], way[i]);
    }
    return true;
}

/* First day of each spell, not within the quiet days after the firing before. GArray of gint32. */
static GArray *firings_of(const Evaluation *evaluation)
{
    GArray *days = g_array_new(FALSE, FALSE, sizeof(gint32));
    gint64 quiet_until = G_MININT64;
    for (gsize i = 0; i < evaluation->timeline->n; i++) {
        bool begins = evaluation->holds[i] == 1 && (i == 0 || evaluation->holds[i - 1] != 1);
        gint32 day = evaluation->timeline->first + (gint32)i;
        if (!begins || day < quiet_until)
            continue;
        g_array_append_val(days, day);
        quiet_until = (gint64)day + evaluation->rule->quiet;
    }
    return days;
}

static char *sentence_of(const Evaluation *evaluation, gint32 day)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint t = 0; t < evaluation->tracks->len; t++) {
        g_autofree char *words = trigger_track_words(evaluation->timeline,
                                                     g_ptr_array_index(evaluation->tracks, t), day);
        g_string_append_printf(text, "%s%s",
                               t == 0                            ? ""
                               : i18n_language() == I18N_PERSIAN ? "؛ "
                                                                 : "; ",
                               words);
    }
    g_string_append_c(text, '.');
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- on new data ---- */

static void state_free(gpointer data)
{
    TriggerState *state = data;
    g_free(state->rule);
    g_free(state->sentence);
    g_free(state);
}

static gint64 find_entry(const GPtrArray *ledger, const char *rule, gint32 day)
{
    for (guint i = 0; i < ledger->len; i++) {
        const StorePrediction *entry = g_ptr_array_index(ledger, i);
        if (g_strcmp0(entry->kind, "trigger") == 0 && g_strcmp0(entry->title, rule) == 0 &&
            entry->first_day == day)
            return entry->id;
    }
    return 0;
}

/* What the conditions saw on that day, one line each; English, the same whoever reads. */
static char *content_of(const Evaluation *evaluation, gint32 day)
{
    I18nLanguage saved = assess_speak(I18N_ENGLISH);
    g_autoptr(GString) text = g_string_new("condition,observed,expected\n");
    gsize at = (gsize)(day - evaluation->timeline->first);
    for (guint t = 0; t < evaluation->tracks->len; t++) {
        const TriggerTrack *track = g_ptr_array_index(evaluation->tracks, t);
        g_autofree char *words = trigger_condition_words(track->condition);
        csv_append(text, words);
        csv_append_double(text, track->observed[at]);
        csv_append_double(text, track->condition->times_expected ? track->expected[at] : NAN);
        csv_append_end(text);
    }
    i18n_set_language(saved);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* All that the conditions could see up to that day. */
static char *hash_data(const TriggerTimeline *timeline, gint32 day)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (gsize i = 0; i < timeline->tally->n_rows; i++) {
        const StoreTallyRow *row = &timeline->tally->rows[i];
        if (row->day > day)
            continue;
        g_autofree char *line = g_strdup_printf(
            "%d,%" G_GINT64_FORMAT ",%s,%" G_GINT64_FORMAT "\n", row->day, row->place_id,
            row->act_kind != NULL ? row->act_kind : "", row->count_min);
        g_checksum_update(sum, (const guchar *)line, (gssize)strlen(line));
    }
    for (guint i = 0; i < timeline->crises->len; i++) {
        const StoreCrisis *crisis = g_ptr_array_index(timeline->crises, i);
        g_autofree char *line = g_strdup_printf("CR%" G_GINT64_FORMAT ",%d,%d\n", crisis->id,
                                                crisis->first_day, crisis->last_day);
        g_checksum_update(sum, (const guchar *)line, (gssize)strlen(line));
    }
    return g_strdup(g_checksum_get_string(sum));
}

static gint32 days_after(const TriggerRule *rule)
{
    return rule->outcome != NULL ? rule->outcome->days : TRIGGER_AFTER;
}

static bool keep_firing(const Evaluation *evaluation, const char *words, TriggerState *state,
                        GError **error)
{
    const TriggerTimeline *timeline = evaluation->timeline;
    gint64 now = store_now(timeline->store);
    g_autoptr(StorePrediction) entry = store_prediction_new();
    entry->kind = g_strdup("trigger");
    entry->title = g_strdup(state->rule);
    entry->method = g_strdup(words);
    if (evaluation->rule->outcome != NULL) {
        I18nLanguage saved = assess_speak(I18N_ENGLISH);
        entry->target = trigger_condition_words(evaluation->rule->outcome);
        i18n_set_language(saved);
    }
    entry->made_day = (gint32)(now / 86400 - (now % 86400 < 0));
    entry->first_day = state->fired_day;
    entry->last_day = state->fired_day + days_after(evaluation->rule);
    entry->content = content_of(evaluation, state->fired_day);
    entry->content_hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, entry->content, -1);
    entry->data_hash = hash_data(timeline, state->fired_day);
    if (!store_prediction_add(timeline->store, entry, error))
        return false;
    state->prediction_id = entry->id;
    state->fresh = true;
    for (guint t = 0; t < evaluation->tracks->len; t++) {
        const TriggerTrack *track = g_ptr_array_index(evaluation->tracks, t);
        if (track->holds[state->fired_day - timeline->first] == 1 &&
            !trigger_link(timeline, track->condition, state->fired_day, entry->id, error))
            return false;
    }
    return true;
}

static TriggerState *check_rule(const TriggerTimeline *timeline, const TriggerRules *rules, guint i,
                                const GPtrArray *ledger, GError **error)
{
    g_auto(Evaluation) evaluation = {0};
    const TriggerRule *rule = g_ptr_array_index(rules->rules, i);
    if (!evaluate(timeline, rule, false, &evaluation, error))
        return NULL;
    g_autoptr(GArray) firings = firings_of(&evaluation);
    TriggerState *state = g_new0(TriggerState, 1);
    signed char holds = evaluation.holds[timeline->n - 1];
    state->rule = g_strdup(rule->name);
    state->known = holds >= 0;
    state->holds = holds == 1;
    state->fired_day =
        firings->len > 0 ? g_array_index(firings, gint32, firings->len - 1) : G_MININT32;
    state->recent = firings->len > 0 && state->fired_day > timeline->last - rule->quiet;
    state->sentence = sentence_of(&evaluation, state->recent ? state->fired_day : timeline->last);
    if (state->recent)
        state->prediction_id = find_entry(ledger, rule->name, state->fired_day);
    if (!state->recent || state->prediction_id != 0 || store_mode(timeline->store) != STORE_WRITE)
        return state;
    g_autofree char *words = trigger_rule_words(rules, i, I18N_ENGLISH);
    if (keep_firing(&evaluation, words, state, error))
        return state;
    state_free(state);
    return NULL;
}

static GPtrArray *check_all(Store *store, const TriggerRules *rules, gint32 day, GError **error)
{
    g_auto(TriggerTimeline) timeline = {0};
    g_autoptr(GPtrArray) states = g_ptr_array_new_with_free_func(state_free);
    g_autoptr(GPtrArray) ledger = store_prediction_list(store, NULL, error);
    if (ledger == NULL || !trigger_timeline_load(store, G_MININT32, day, &timeline, error))
        return NULL;
    for (guint i = 0; i < rules->rules->len; i++) {
        TriggerState *state = check_rule(&timeline, rules, i, ledger, error);
        if (state == NULL)
            return NULL;
        g_ptr_array_add(states, state);
    }
    return g_steal_pointer(&states);
}

GPtrArray *trigger_check(Store *store, const TriggerRules *rules, gint32 day, GError **error)
{
    if (store_mode(store) != STORE_WRITE)
        return check_all(store, rules, day, error);
    if (!store_begin(store, error))
        return NULL;
    g_autoptr(GPtrArray) states = check_all(store, rules, day, error);
    if (states == NULL) {
        store_rollback(store);
        return NULL;
    }
    return store_commit(store, error) ? g_steal_pointer(&states) : NULL;
}

/* ---- over history ---- */

static void firing_free(gpointer data)
{
    TriggerFiring *firing = data;
    g_free(firing->sentence);
    g_free(firing);
}

static void history_free(gpointer data)
{
    TriggerHistory *history = data;
    g_free(history->rule);
    g_ptr_array_unref(history->firings);
    g_free(history);
}

/* How many crises, alarms begin on each day, as running sums; and what an outcome says. */
typedef struct {
    const TriggerTimeline *timeline;
    guint *crises, *alarms; /* n + 1 */
    TriggerTrack *outcome, *counted;
    TriggerCondition counting; /* of `counted` */
    gint32 after;
} After;

static void after_clear(After *after)
{
    g_free(after->crises);
    g_free(after->alarms);
    trigger_track_free(after->outcome);
    trigger_track_free(after->counted);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(After, after_clear)

static void mark(const TriggerTimeline *timeline, guint *sums, gint32 day)
{
    if (day >= timeline->first && day <= timeline->last)
        sums[day - timeline->first + 1]++;
}

static bool after_load(const TriggerTimeline *timeline, const TriggerRule *rule, After *after,
                       GError **error)
{
    gsize n = timeline->n;
    after->timeline = timeline;
    after->after = days_after(rule);
    after->crises = g_new0(guint, n + 1);
    after->alarms = g_new0(guint, n + 1);
    for (guint i = 0; i < timeline->crises->len; i++)
        mark(timeline, after->crises,
             ((const StoreCrisis *)g_ptr_array_index(timeline->crises, i))->first_day);
    for (guint i = 0; i < timeline->alarms->len; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(timeline->alarms, i);
        if (g_strcmp0(alarm->status, "dismissed") != 0)
            mark(timeline, after->alarms, alarm->first_day);
    }
    for (gsize i = 1; i <= n; i++) {
        after->crises[i] += after->crises[i - 1];
        after->alarms[i] += after->alarms[i - 1];
    }
    if (rule->outcome != NULL &&
        (after->outcome = trigger_track(timeline, rule->outcome, false, error)) == NULL)
        return false;
    const TriggerCondition *first = rule->outcome;
    if (first == NULL) {
        const GPtrArray *all = g_ptr_array_index(rule->any, 0);
        first = g_ptr_array_index(all, 0);
    }
    after->counting = *first;
    after->counting.days = after->after;
    if (first->subject == TRIGGER_LIST) /* whole weeks */
        after->counting.days -= after->after % 7;
    if (first->subject == TRIGGER_FACTOR)
        return true;
    after->counted = trigger_track(timeline, &after->counting, false, error);
    return after->counted != NULL;
}

static bool closed(const After *after, gint32 day)
{
    return (gint64)day + after->after <= after->timeline->last;
}

static guint between(const guint *sums, const After *after, gint32 day)
{
    gsize at = (gsize)(day - after->timeline->first) + 1;
    return sums[MIN(at + (gsize)after->after, after->timeline->n)] - sums[at];
}

static int followed(const After *after, gint32 day)
{
    if (after->outcome == NULL || !closed(after, day))
        return -1;
    return after->outcome->holds[day + after->after - after->timeline->first];
}

static TriggerFiring *firing_new(const Evaluation *evaluation, const After *after,
                                 const GArray *known, gint32 day)
{
    TriggerFiring *firing = g_new0(TriggerFiring, 1);
    firing->day = day;
    /* within the window's days: late reports may move a spell's first day a little */
    for (guint i = 0; i < known->len; i++)
        firing->as_known |= g_array_index(known, gint32, i) >= day &&
                            g_array_index(known, gint32, i) < day + evaluation->rule->quiet;
    firing->followed = followed(after, day);
    firing->crises_after = between(after->crises, after, day);
    firing->alarms_after = between(after->alarms, after, day);
    firing->counted_after =
        after->counted != NULL && closed(after, day)
            ? after->counted->observed[day + after->after - after->timeline->first]
            : (double)NAN;
    firing->sentence = sentence_of(evaluation, day);
    return firing;
}

static void count_base(const Evaluation *evaluation, const After *after, TriggerHistory *history)
{
    gint64 days = 0, told = 0, same = 0, crises = 0, alarms = 0;
    const TriggerTimeline *timeline = evaluation->timeline;
    history->first_day = G_MAXINT32;
    history->last_day = G_MININT32;
    for (gsize i = 0; i < timeline->n; i++) {
        gint32 day = timeline->first + (gint32)i;
        if (evaluation->holds[i] < 0)
            continue;
        history->first_day = MIN(history->first_day, day);
        history->last_day = day;
        history->days++;
        history->held += evaluation->holds[i] == 1;
        if (!closed(after, day))
            continue;
        days++;
        crises += between(after->crises, after, day) > 0;
        alarms += between(after->alarms, after, day) > 0;
        int outcome = followed(after, day);
        told += outcome >= 0;
        same += outcome == 1;
    }
    history->base_rate = told > 0 ? (double)same / (double)told : (double)NAN;
    history->crisis_base_rate = days > 0 ? (double)crises / (double)days : (double)NAN;
    history->alarm_base_rate = days > 0 ? (double)alarms / (double)days : (double)NAN;
}

static TriggerHistory *run_dry(const TriggerTimeline *timeline, const TriggerRule *rule,
                               GError **error)
{
    g_auto(Evaluation) all = {0}, known = {0};
    g_auto(After) after = {0};
    if (!evaluate(timeline, rule, false, &all, error) ||
        !evaluate(timeline, rule, true, &known, error) ||
        !after_load(timeline, rule, &after, error))
        return NULL;
    g_autoptr(GArray) days = firings_of(&all);
    g_autoptr(GArray) known_days = firings_of(&known);
    TriggerHistory *history = g_new0(TriggerHistory, 1);
    history->rule = g_strdup(rule->name);
    history->firings = g_ptr_array_new_with_free_func(firing_free);
    history->after = (guint)after.after;
    history->fired = days->len;
    history->fired_as_known = known_days->len;
    count_base(&all, &after, history);
    for (guint i = 0; i < days->len; i++) {
        gint32 day = g_array_index(days, gint32, i);
        TriggerFiring *firing = firing_new(&all, &after, known_days, day);
        g_ptr_array_add(history->firings, firing);
        if (!closed(&after, day))
            continue;
        history->closed++;
        history->followed += firing->followed == 1;
        history->with_crisis += firing->crises_after > 0;
        history->with_alarm += firing->alarms_after > 0;
    }
    return history;
}

GPtrArray *trigger_dry_run(Store *store, const TriggerRules *rules, gint32 first, gint32 last,
                           GError **error)
{
    g_auto(TriggerTimeline) timeline = {0};
    g_autoptr(GPtrArray) histories = g_ptr_array_new_with_free_func(history_free);
    if (!trigger_timeline_load(store, first, last, &timeline, error))
        return NULL;
    for (guint i = 0; i < rules->rules->len; i++) {
        TriggerHistory *history = run_dry(&timeline, g_ptr_array_index(rules->rules, i), error);
        if (history == NULL)
            return NULL;
        g_ptr_array_add(histories, history);
    }
    return g_steal_pointer(&histories);
}
