/* assess/answers.c: alarms told once, answered by a person, shown with their cases. */
#include "assess/alarm.h"
#include "assess/private.h"

#include "store/report.h"
#include <math.h>
#include <string.h>

/* Half as much again is another alarm. */
static const double RISE = 1.5;
/* Weeks of one series that lie so near are one episode: one quiet week between. */
enum { EPISODE_DAYS = 14 };

static int rank_of_status(const StoreAlarm *alarm)
{
    return g_strcmp0(alarm->status, "new") == 0      ? 0
           : g_strcmp0(alarm->status, "ceased") == 0 ? 1
                                                     : 2;
}

static int compare_reals(double x, double y, bool larger_first)
{
    if (isnan(x) || isnan(y))
        return isnan(x) - isnan(y); /* what has no figure comes last */
    return larger_first ? (x < y) - (x > y) : (x > y) - (x < y);
}

int assess_alarm_compare(gconstpointer a, gconstpointer b)
{
    const StoreAlarm *x = *(StoreAlarm *const *)a, *y = *(StoreAlarm *const *)b;
    int order = rank_of_status(x) - rank_of_status(y);
    if (order == 0)
        order = compare_reals(x->q_value, y->q_value, false);
    if (order == 0)
        order = compare_reals(x->observed - x->threshold, y->observed - y->threshold, true);
    if (order == 0)
        order = (x->first_day < y->first_day) - (x->first_day > y->first_day);
    return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

/* ---- telling ---- */

static int by_series_and_day(gconstpointer a, gconstpointer b)
{
    const StoreAlarm *x = *(StoreAlarm *const *)a, *y = *(StoreAlarm *const *)b;
    if (x->series_id != y->series_id)
        return x->series_id < y->series_id ? -1 : 1;
    return (x->first_day > y->first_day) - (x->first_day < y->first_day);
}

/* The highest count told in the episode of alarm i; NaN: none of it was told. */
static double told_of_episode(const GPtrArray *sorted, guint i)
{
    const StoreAlarm *own = g_ptr_array_index(sorted, i);
    double most = own->told_count;
    for (int step = -1; step <= 1; step += 2) {
        const StoreAlarm *at = own;
        for (guint k = i + (guint)step; k < sorted->len; k += (guint)step) {
            const StoreAlarm *next = g_ptr_array_index(sorted, k);
            if (next->series_id != own->series_id ||
                ABS(next->first_day - at->first_day) > EPISODE_DAYS)
                break;
            most = fmax(most, next->told_count);
            at = next;
        }
    }
    return most;
}

static bool is_untold(const GPtrArray *sorted, guint i)
{
    const StoreAlarm *alarm = g_ptr_array_index(sorted, i);
    if (g_strcmp0(alarm->status, "ceased") == 0)
        return !isnan(alarm->told_count) && alarm->told_count != 0; /* told, not yet taken back */
    if (g_strcmp0(alarm->status, "new") != 0)
        return false;
    double told = told_of_episode(sorted, i);
    return isnan(told) || alarm->observed >= RISE * told;
}

GPtrArray *assess_alarms_untold(Store *store, GError **error)
{
    g_autoptr(GPtrArray) all = store_alarm_list(store, NULL, error);
    if (all == NULL)
        return NULL;
    g_ptr_array_sort(all, by_series_and_day);
    g_autofree bool *untold = g_new0(bool, all->len + 1);
    for (guint i = 0; i < all->len; i++)
        untold[i] = is_untold(all, i);
    GPtrArray *chosen = g_ptr_array_new_with_free_func((GDestroyNotify)store_alarm_free);
    g_ptr_array_set_free_func(all, NULL); /* each is handed on or freed */
    for (guint i = 0; i < all->len; i++) {
        StoreAlarm *alarm = g_ptr_array_index(all, i);
        if (untold[i])
            g_ptr_array_add(chosen, alarm);
        else
            store_alarm_free(alarm);
    }
    g_ptr_array_sort(chosen, assess_alarm_compare);
    return chosen;
}

static void remember(Store *store, StoreAlarm *alarm)
{
    alarm->told = store_now(store);
    alarm->told_count = g_strcmp0(alarm->status, "ceased") == 0 ? 0 : alarm->observed;
}

bool assess_alarm_set_told(Store *store, gint64 alarm_id, GError **error)
{
    g_autoptr(StoreAlarm) alarm = store_alarm_load(store, alarm_id, error);
    if (alarm == NULL)
        return false;
    remember(store, alarm);
    return store_alarm_update(store, alarm, error);
}

bool assess_alarm_answer(Store *store, gint64 alarm_id, const char *status, const char *reason,
                         gint64 user_id, GError **error)
{
    bool opens = g_strcmp0(status, "new") == 0;
    if (!opens && g_strcmp0(status, "acknowledged") != 0 && g_strcmp0(status, "dismissed") != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("An alarm can be acknowledged, dismissed or new; “%s” is none of these."),
                    status != NULL ? status : "");
        return false;
    }
    g_autofree char *words = g_strstrip(g_strdup(reason != NULL ? reason : ""));
    if (!opens && words[0] == '\0') {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("An answer to an alarm needs a reason: who reads it later must see why."));
        return false;
    }
    g_autoptr(StoreAlarm) alarm = store_alarm_load(store, alarm_id, error);
    if (alarm == NULL)
        return false;
    g_free(alarm->status);
    alarm->status = g_strdup(status);
    g_free(alarm->reason);
    alarm->reason = words[0] != '\0' ? g_steal_pointer(&words) : NULL;
    alarm->user_id = user_id;
    remember(store, alarm);
    return store_alarm_update(store, alarm, error);
}

bool assess_alarm_is_another(const StoreAlarm *alarm)
{
    return alarm->told_count > 0 && alarm->observed >= RISE * alarm->told_count;
}

/* ---- cases ---- */

static const struct {
    const char *name, *title;
} STATES[] = {
    [ASSESS_CASE_COUNTED] = {"counted", N_("counted")},
    [ASSESS_CASE_TOLD_AGAIN] = {"told-again", N_("told again: counted already")},
    [ASSESS_CASE_COPY] = {"copy", N_("the same story once more: counted already")},
    [ASSESS_CASE_WITHDRAWN] = {"withdrawn", N_("withdrawn by its source")},
    [ASSESS_CASE_REJECTED] = {"rejected", N_("rejected on review")},
    [ASSESS_CASE_UNRELIABLE] = {"unreliable", N_("graded E5: unreliable source, improbable")},
    [ASSESS_CASE_MOVED] = {"moved", N_("no longer of this week, place or kind")},
};

const char *assess_case_state_name(AssessCaseState state)
{
    return STATES[state].name;
}

const char *assess_case_state_title(AssessCaseState state)
{
    return _(STATES[state].title);
}

static void case_free(gpointer data)
{
    AssessCase *one = data;
    g_free(one->source);
    g_free(one->title);
    g_free(one);
}

static int by_day_and_id(gconstpointer a, gconstpointer b)
{
    const AssessCase *x = *(AssessCase *const *)a, *y = *(AssessCase *const *)b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return (x->statement_id > y->statement_id) - (x->statement_id < y->statement_id);
}

static AssessCaseState state_of(const StoreReport *report, const char *role)
{
    if (report->withdrawn)
        return ASSESS_CASE_WITHDRAWN;
    if (report->status == STORE_REPORT_REJECTED)
        return ASSESS_CASE_REJECTED;
    if (!store_report_counted(report))
        return ASSESS_CASE_UNRELIABLE;
    return g_strcmp0(role, "copy") == 0    ? ASSESS_CASE_COPY
           : g_strcmp0(role, "again") == 0 ? ASSESS_CASE_TOLD_AGAIN
           : g_strcmp0(role, "left") == 0  ? ASSESS_CASE_MOVED
                                           : ASSESS_CASE_COUNTED;
}

static AssessCase *case_of(Store *store, gint64 statement_id, const char *role, GError **error)
{
    g_autoptr(StoreStatement) statement = store_statement_load(store, statement_id, error);
    g_autoptr(StoreReport) report =
        statement != NULL ? store_report_load(store, statement->report_id, error) : NULL;
    if (report == NULL)
        return NULL;
    g_autoptr(StoreSource) source =
        report->source_id != 0 ? store_source_load(store, report->source_id, error) : NULL;
    if (report->source_id != 0 && source == NULL)
        return NULL;
    AssessCase *one = g_new0(AssessCase, 1);
    one->state = state_of(report, role);
    one->counted = g_strcmp0(role, "evidence") == 0;
    one->statement_id = statement_id;
    one->report_id = report->id;
    one->source_id = report->source_id;
    one->place_id = statement->place_id;
    one->day = statement->first_day;
    one->count = one->counted || g_strcmp0(role, "left") == 0 ? statement->count_min : 0;
    one->source = source != NULL ? g_strdup(source->name) : NULL;
    one->title = g_strdup(report->title);
    return one;
}

GPtrArray *assess_alarm_cases(Store *store, gint64 alarm_id, GError **error)
{
    g_autoptr(StoreAlarm) alarm = store_alarm_load(store, alarm_id, error);
    if (alarm == NULL)
        return NULL;
    g_autoptr(GPtrArray) links =
        store_link_list_from(store, STORE_KIND_ALARM, alarm_id, NULL, error);
    if (links == NULL)
        return NULL;
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(case_free);
    for (guint i = 0; i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        if (link->to_kind != STORE_KIND_STATEMENT)
            continue;
        AssessCase *one = case_of(store, link->to_id, link->role, error);
        if (one == NULL)
            return NULL;
        g_ptr_array_add(cases, one);
    }
    g_ptr_array_sort(cases, by_day_and_id);
    return g_steal_pointer(&cases);
}
