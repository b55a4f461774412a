/* assess/alarms.c: weeks that rang, each with the statements it counts.
 *
 * An alarm belongs to a series and a week: found again in the next run, it keeps its id and what
 * somebody did about it. One that rings no more goes, unless somebody was told or has looked. */
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

static bool link_one(AssessRun *run, const StoreAlarm *alarm, gint64 statement_id, const char *role,
                     GHashTable *linked, GError **error)
{
    gint64 *key = g_new(gint64, 1);
    *key = statement_id;
    return !g_hash_table_add(linked, key) ||
           store_link_join(run->store, STORE_KIND_ALARM, alarm->id, STORE_KIND_STATEMENT,
                           statement_id, role, error);
}

/* Statements that count, those that tell the same again, and copies of their story. */
static bool link_counted(AssessRun *run, const AssessSeries *series, const StoreAlarm *alarm,
                         GHashTable *linked, GError **error)
{
    gint64 sum = 0;
    for (int copies = 0; copies <= 1; copies++)
        for (gsize i = 0; i < run->counted->n; i++) {
            const StoreCounted *row = &run->counted->rows[i];
            if ((run->copy_of[i] != 0) != (copies == 1) ||
                !assess_series_holds(series, row, alarm->first_day, alarm->last_day))
                continue;
            sum += copies ? 0 : row->count_min;
            if (!link_one(run, alarm, row->statement_id, copies ? "copy" : "evidence", linked,
                          error))
                return false;
            g_autoptr(GArray) again = store_statement_again(run->store, row->statement_id, error);
            for (guint k = 0; again != NULL && k < again->len; k++)
                if (!link_one(run, alarm, g_array_index(again, gint64, k), "again", linked, error))
                    return false;
            if (again == NULL)
                return false;
        }
    if ((double)sum == alarm->observed)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("The statements behind an alarm count %" G_GINT64_FORMAT
                  " where its week counts %.0f: the alarm is not written."),
                sum, alarm->observed);
    return false;
}

/* Links the statements that were counted; they must add up. What counted in an earlier run and
 * does so no more (withdrawn, say) stays linked and is shown as left. */
static bool link_statements(AssessRun *run, const AssessSeries *series, const StoreAlarm *alarm,
                            GError **error)
{
    g_autoptr(GPtrArray) before =
        store_link_list_from(run->store, STORE_KIND_ALARM, alarm->id, NULL, error);
    if (before == NULL || !store_link_clear_from(run->store, STORE_KIND_ALARM, alarm->id, error))
        return false;
    g_autoptr(GHashTable) linked = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    if (!link_counted(run, series, alarm, linked, error))
        return false;
    for (guint i = 0; i < before->len; i++) {
        const StoreLink *link = g_ptr_array_index(before, i);
        if (link->to_kind == STORE_KIND_STATEMENT &&
            (g_strcmp0(link->role, "evidence") == 0 || g_strcmp0(link->role, "left") == 0) &&
            !link_one(run, alarm, link->to_id, "left", linked, error))
            return false;
    }
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

/* The crisis in whose course or quarter after it the week lies: the one that began last. */
static gint64 crisis_of(const AssessRun *run, const StoreAlarm *alarm)
{
    enum { AFTER_DAYS = 91 };
    const StoreCrisis *found = NULL;
    for (guint i = 0; i < run->crises->len; i++) {
        const StoreCrisis *crisis = g_ptr_array_index(run->crises, i);
        gint64 end = (gint64)crisis->first_day + AFTER_DAYS;
        if (crisis->last_day != G_MAXINT32)
            end = MAX(end, crisis->last_day);
        if (crisis->first_day == G_MININT32 || crisis->first_day > alarm->last_day ||
            alarm->first_day > end)
            continue;
        if (found == NULL || crisis->first_day > found->first_day)
            found = crisis;
    }
    return found != NULL ? found->id : 0;
}

/* SHA-256, in hex, of what the week was judged by: method, settings, days and counts up to it. */
static char *hash_of(const AssessSeries *series, gsize week)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *head =
        g_strdup_printf("%s\n%s\n", series->key, signal_method_name(series->options.method));
    g_checksum_update(sum, (const guint8 *)head, -1);
    const double settings[] = {series->options.alpha, series->options.years_back,
                               series->options.half_window, series->options.periods,
                               series->options.baseline};
    for (gsize i = 0; i < G_N_ELEMENTS(settings); i++) {
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        g_checksum_update(sum, (const guint8 *)g_ascii_dtostr(text, sizeof text, settings[i]), -1);
        g_checksum_update(sum, (const guint8 *)"\n", 1);
    }
    for (gsize i = 0; i <= week; i++) {
        g_autofree char *line = g_strdup_printf("%d %.0f\n", series->starts[i], series->counts[i]);
        g_checksum_update(sum, (const guint8 *)line, -1);
    }
    return g_strdup(g_checksum_get_string(sum));
}

/* What somebody answered holds until the alarm is another. */
static void open_again(StoreAlarm *alarm)
{
    bool answered = g_strcmp0(alarm->status, "new") != 0;
    if (alarm->status == NULL || g_strcmp0(alarm->status, "ceased") == 0 ||
        (answered && assess_alarm_is_another(alarm))) {
        g_free(alarm->status);
        alarm->status = g_strdup("new");
    }
}

static bool write_alarm(AssessRun *run, const AssessSeries *series, gsize week, StoreAlarm *old,
                        GError **error)
{
    const SignalPoint *point = &series->points[week - series->first];
    double expected = isnan(point->expected) ? point->mean : point->expected;
    StoreAlarm *alarm = old != NULL ? old : store_alarm_new();
    double q = series->q_values != NULL ? series->q_values[week - series->first] : NAN;
    g_autofree char *hash = hash_of(series, week);
    bool changed = old == NULL || !same(alarm->observed, point->count) ||
                   !same(alarm->expected, expected) || !same(alarm->threshold, point->upper) ||
                   !same(alarm->q_value, q) || g_strcmp0(alarm->data_sha256, hash) != 0 ||
                   g_strcmp0(alarm->status, "ceased") == 0;
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
    alarm->q_value = q;
    g_free(alarm->data_sha256);
    alarm->data_sha256 = g_steal_pointer(&hash);
    gint64 crisis = crisis_of(run, alarm);
    changed |= crisis != alarm->crisis_id;
    alarm->crisis_id = crisis;
    open_again(alarm);
    g_ptr_array_add(run->alarms, alarm);
    if (changed && !(old != NULL ? store_alarm_update(run->store, alarm, error)
                                 : store_alarm_add(run->store, alarm, error)))
        return false;
    if (series->from_list)
        return !changed || link_originals(run, series, alarm, error);
    /* also when the count is the same: other statements may stand behind it now */
    return link_statements(run, series, alarm, error);
}

/* An alarm that rings no more goes; one that was told, or that a rating or letter rests on, stays
 * and says so. Its id is 0 when it went. */
static bool cease(AssessRun *run, StoreAlarm *alarm, GError **error)
{
    g_autoptr(GPtrArray) resting =
        store_link_list_to(run->store, STORE_KIND_ALARM, alarm->id, NULL, error);
    if (resting == NULL)
        return false;
    if (isnan(alarm->told_count) && resting->len == 0) {
        bool done = store_link_clear_from(run->store, STORE_KIND_ALARM, alarm->id, error) &&
                    store_alarm_remove(run->store, alarm->id, error);
        alarm->id = 0;
        return done;
    }
    g_free(alarm->status);
    alarm->status = g_strdup("ceased");
    return store_alarm_update(run->store, alarm, error);
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
        bool open = alarm->first_day >= from && g_strcmp0(alarm->status, "new") == 0;
        if (done && open)
            done = cease(run, alarm, error);
        if (open && alarm->id == 0)
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
