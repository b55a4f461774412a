/* assess/alarms.c: weeks that rang, each with the statements it counts.
 *
 * An alarm belongs to a series and a week: found again in the next run, it keeps its id and what
 * somebody did about it. One that rings no more goes, unless somebody has looked at it. */
#include "assess/private.h"

#include <math.h>

static StoreAlarm *alarm_find(GPtrArray *alarms, gint32 first_day)
{
    for (guint i = 0; i < alarms->len; i++) {
        StoreAlarm *alarm = g_ptr_array_index(alarms, i);
        if (alarm->first_day == first_day)
            return alarm;
    }
    return NULL;
}

/* English, a sentence a line; assess_alarm_weakness looks each up in the reader's language. */
static char *weakness(const AssessSeries *series, const SignalPoint *point)
{
    I18nLanguage saved = assess_speak(I18N_ENGLISH);
    g_autofree char *words = signal_surge_weakness(point, &series->options);
    i18n_set_language(saved);
    return series->from_list
               ? g_strdup_printf("%s\n%s", words,
                                 "It counts entries of one list by their date of death: an entry "
                                 "is no proof of a death, a person may stand in it twice, and a "
                                 "date may be that of a burial.")
               : g_strdup(words);
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Links the statements that were counted; they must add up. */
static bool link_statements(AssessRun *run, const AssessSeries *series, const StoreAlarm *alarm,
                            GError **error)
{
    g_autoptr(GArray) behind = store_statement_behind(
        run->store, series->kind, series->places, alarm->first_day, alarm->last_day, true, error);
    if (behind == NULL)
        return false;
    gint64 sum = 0;
    for (guint i = 0; i < behind->len; i++)
        sum += g_array_index(behind, StoreBehind, i).count_min;
    if ((double)sum != alarm->observed) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("The statements behind an alarm count %" G_GINT64_FORMAT
                      " where its week counts %.0f: the alarm is not written."),
                    sum, alarm->observed);
        return false;
    }
    if (!store_link_clear_from(run->store, STORE_KIND_ALARM, alarm->id, error))
        return false;
    for (guint i = 0; i < behind->len; i++)
        if (!store_link_join(run->store, STORE_KIND_ALARM, alarm->id, STORE_KIND_STATEMENT,
                             g_array_index(behind, StoreBehind, i).statement_id, "evidence", error))
            return false;
    return true;
}

static bool link_originals(AssessRun *run, const AssessSeries *series, const StoreAlarm *alarm,
                           GError **error)
{
    g_autoptr(GPtrArray) rests =
        store_link_list_from(run->store, STORE_KIND_SERIES, series->record->id, NULL, error);
    if (rests == NULL)
        return false;
    for (guint i = 0; i < rests->len; i++) {
        const StoreLink *link = g_ptr_array_index(rests, i);
        if (!store_link_join(run->store, STORE_KIND_ALARM, alarm->id, (StoreKind)link->to_kind,
                             link->to_id, "evidence", error))
            return false;
    }
    return true;
}

static bool write_alarm(AssessRun *run, const AssessSeries *series, gsize week, StoreAlarm *old,
                        GError **error)
{
    const SignalPoint *point = &series->points[week - series->first];
    double expected = isnan(point->expected) ? point->mean : point->expected;
    StoreAlarm *alarm = old != NULL ? old : store_alarm_new();
    bool changed = old == NULL || !same(alarm->observed, point->count) ||
                   !same(alarm->expected, expected) || !same(alarm->threshold, point->upper);
    alarm->series_id = series->record->id;
    alarm->first_day = series->starts[week];
    alarm->last_day = series->starts[week] + 6;
    g_free(alarm->method);
    alarm->method = g_strdup(signal_method_name(series->options.method));
    alarm->observed = point->count;
    alarm->expected = expected;
    alarm->threshold = point->upper;
    alarm->score = point->score;
    alarm->p_value = point->p_value;
    g_free(alarm->wrong_if);
    alarm->wrong_if = weakness(series, point);
    if (alarm->status == NULL)
        alarm->status = g_strdup("new");
    g_ptr_array_add(run->alarms, alarm);
    if (changed && !(old != NULL ? store_alarm_update(run->store, alarm, error)
                                 : store_alarm_add(run->store, alarm, error)))
        return false;
    if (series->from_list)
        return !changed || link_originals(run, series, alarm, error);
    /* also when the count is the same: other statements may stand behind it now */
    return link_statements(run, series, alarm, error);
}

static bool write_series(AssessRun *run, const AssessSeries *series, GError **error)
{
    g_autoptr(GPtrArray) known =
        store_alarm_list_by_series(run->store, series->record->id, NULL, error);
    if (known == NULL)
        return false;
    g_ptr_array_set_free_func(known, NULL); /* each is handed on or freed below */
    gint32 last = series->starts[series->n - 1] + 6, from = G_MININT32;
    if (run->options.recent > 0)
        from = MIN(run->today, last) - 7 * (gint32)run->options.recent;
    bool done = true;
    if (series->points != NULL)
        for (gsize week = series->first; done && week < series->n; week++) {
            const SignalPoint *point = &series->points[week - series->first];
            if (!point->alarm || point->count < ASSESS_LEAST_COUNT || series->starts[week] < from)
                continue;
            StoreAlarm *old = alarm_find(known, series->starts[week]);
            if (old != NULL)
                g_ptr_array_remove(known, old);
            done = write_alarm(run, series, week, old, error);
        }
    for (guint i = 0; i < known->len; i++) {
        StoreAlarm *alarm = g_ptr_array_index(known, i);
        bool gone = alarm->first_day >= from && g_strcmp0(alarm->status, "new") == 0;
        if (gone && done)
            done = store_link_clear_from(run->store, STORE_KIND_ALARM, alarm->id, error) &&
                   store_alarm_remove(run->store, alarm->id, error);
        if (gone)
            store_alarm_free(alarm);
        else
            g_ptr_array_add(run->alarms, alarm);
    }
    return done;
}

bool assess_alarms_write(AssessRun *run, GError **error)
{
    run->alarms = g_ptr_array_new_with_free_func((GDestroyNotify)store_alarm_free);
    for (guint i = 0; i < run->series->len; i++)
        if (!write_series(run, g_ptr_array_index(run->series, i), error))
            return false;
    return true;
}
