/* assess/trigger_track.c: a condition day by day.
 *
 * A statement of day e received on day r is seen by a window of w days on the days max(e, r) …
 * e + w - 1: it is added where it comes in and taken out where it leaves, and one running sum gives
 * every day. A row and a day cost a few nanoseconds, whatever the window. */
#include "assess/trigger_private.h"

#include "base/edtf.h"
#include <math.h>
#include <string.h>

enum { LONGEST_DAYS = 200 * 366, SILENT_DAYS = 14 };

void trigger_track_free(TriggerTrack *track)
{
    if (track == NULL)
        return;
    g_free(track->observed);
    g_free(track->expected);
    g_free(track->holds);
    g_free(track);
}

void trigger_timeline_clear(TriggerTimeline *timeline)
{
    store_tally_free(timeline->tally);
    GPtrArray **lists[] = {&timeline->places, &timeline->crises, &timeline->alarms,
                           &timeline->series, &timeline->assessments};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        g_clear_pointer(lists[i], g_ptr_array_unref);
}

static gint32 end_of(const StoreCrisis *crisis)
{
    /* open: not over when it was read; it counts by its beginning, as in rules.c */
    return crisis->last_day == G_MAXINT32 ? crisis->first_day : crisis->last_day;
}

/* Until when anything was told at all, of single days or of spans. */
static bool find_silence(Store *store, TriggerTimeline *timeline, GError **error)
{
    const StoreTallyQuery query = {.synthetic = -1};
    g_autoptr(StoreTally) all = store_statement_tally(store, &query, error);
    timeline->counted_until = G_MININT32;
    for (gsize i = 0; all != NULL && i < all->n_rows; i++)
        timeline->counted_until =
            MAX(timeline->counted_until, MAX(all->rows[i].day, all->rows[i].received_day));
    return all != NULL;
}

bool trigger_timeline_load(Store *store, gint32 first, gint32 last, TriggerTimeline *timeline,
                           GError **error)
{
    const StoreTallyQuery query = {.synthetic = -1, .single_day = true, .unlinked_only = true};
    timeline->store = store;
    if ((timeline->tally = store_statement_tally(store, &query, error)) == NULL ||
        (timeline->places = store_place_list(store, NULL, error)) == NULL ||
        (timeline->crises = store_crisis_list(store, NULL, error)) == NULL ||
        (timeline->alarms = store_alarm_list(store, NULL, error)) == NULL ||
        (timeline->series = store_series_list(store, NULL, error)) == NULL ||
        (timeline->assessments = store_assessment_list(store, NULL, error)) == NULL ||
        !find_silence(store, timeline, error))
        return false;
    gint32 begin = G_MAXINT32;
    timeline->counted_from = G_MAXINT32;
    for (gsize i = 0; i < timeline->tally->n_rows; i++)
        timeline->counted_from = MIN(timeline->counted_from, timeline->tally->rows[i].day);
    begin = timeline->counted_from;
    for (guint i = 0; i < timeline->crises->len; i++)
        begin = MIN(begin, ((StoreCrisis *)g_ptr_array_index(timeline->crises, i))->first_day);
    for (guint i = 0; i < timeline->series->len; i++) {
        gsize n;
        const StoreSeriesPoint *points =
            store_series_points(g_ptr_array_index(timeline->series, i), &n);
        if (n > 0)
            begin = MIN(begin, (gint32)points[0].first_day);
    }
    gint64 now = store_now(store);
    timeline->last = last != G_MININT32 ? last : (gint32)(now / 86400 - (now % 86400 < 0));
    timeline->first = MAX(first != G_MININT32 ? first : begin, timeline->last - LONGEST_DAYS);
    if (timeline->first > timeline->last)
        timeline->first = timeline->last;
    timeline->n = (gsize)(timeline->last - timeline->first) + 1;
    return true;
}

/* ---- places ---- */

static bool place_is(const StorePlace *place, const char *wanted)
{
    const char *names[] = {place->iso, place->name_en, place->name_fa};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *plain = names[i] != NULL ? trigger_plain_line(names[i]) : NULL;
        if (plain != NULL && strcmp(g_strstrip(plain), wanted) == 0)
            return true;
    }
    return false;
}

static bool lies_in(const GPtrArray *places, const StorePlace *place, gint64 wanted)
{
    for (int depth = 0; place != NULL && depth < 16; depth++) {
        if (place->id == wanted)
            return true;
        const StorePlace *above = NULL;
        for (guint i = 0; place->parent_id != 0 && i < places->len; i++) {
            const StorePlace *other = g_ptr_array_index(places, i);
            if (other->id == place->parent_id)
                above = other;
        }
        place = above;
    }
    return false;
}

bool trigger_places(const TriggerTimeline *timeline, const TriggerCondition *condition,
                    GArray **ret_places, GError **error)
{
    *ret_places = NULL;
    if (condition->place == NULL)
        return true;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < timeline->places->len; i++) {
        const StorePlace *named = g_ptr_array_index(timeline->places, i);
        if (!place_is(named, condition->place))
            continue;
        for (guint k = 0; k < timeline->places->len; k++) {
            const StorePlace *place = g_ptr_array_index(timeline->places, k);
            if (lies_in(timeline->places, place, named->id))
                g_array_append_val(ids, place->id);
        }
    }
    if (ids->len == 0) {
        g_autofree char *line = i18n_integer((gint64)condition->line);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("The rules, line %s: no report of this case names a place “%s”."), line,
                    condition->place);
        return false;
    }
    *ret_places = g_steal_pointer(&ids);
    return true;
}

static bool holds_place(const GArray *places, gint64 id)
{
    for (guint i = 0; places != NULL && i < places->len; i++)
        if (g_array_index(places, gint64, i) == id)
            return true;
    return places == NULL;
}

/* ---- counts ---- */

static TriggerTrack *track_new(const TriggerTimeline *timeline, const TriggerCondition *condition)
{
    TriggerTrack *track = g_new0(TriggerTrack, 1);
    track->condition = condition;
    track->observed = g_new0(double, timeline->n);
    track->expected = g_new0(double, timeline->n);
    track->holds = g_new0(signed char, timeline->n);
    return track;
}

/* Adds to the days from … to, in day numbers; running sums come later. */
static void add_span(const TriggerTimeline *timeline, double *steps, gint32 from, gint32 to,
                     double x)
{
    from = MAX(from, timeline->first);
    if (from > to || from > timeline->last)
        return;
    steps[from - timeline->first] += x;
    if (to < timeline->last)
        steps[to + 1 - timeline->first] -= x;
}

static void sum_up(double *steps, gsize n)
{
    for (gsize i = 1; i < n; i++)
        steps[i] += steps[i - 1];
}

static void count_acts(const TriggerTimeline *timeline, const TriggerCondition *condition,
                       const GArray *places, bool as_known, TriggerTrack *track)
{
    gint32 w = condition->days;
    for (gsize i = 0; i < timeline->tally->n_rows; i++) {
        const StoreTallyRow *row = &timeline->tally->rows[i];
        if ((condition->kind != NULL && g_strcmp0(condition->kind, row->act_kind) != 0) ||
            !holds_place(places, row->place_id))
            continue;
        gint32 seen = as_known ? MAX(row->day, row->received_day) : row->day;
        double x = (double)row->count_min;
        add_span(timeline, track->observed, MAX(row->day, seen), row->day + w - 1, x);
        add_span(timeline, track->expected, MAX(row->day + w, seen),
                 row->day + w + TRIGGER_BASELINE - 1, x);
    }
    sum_up(track->observed, timeline->n);
    sum_up(track->expected, timeline->n);
}

/* From sums over the baseline to what the window should hold; NaN before there is enough. */
static void scale_expected(const TriggerTimeline *timeline, gint32 from, TriggerTrack *track)
{
    gint32 w = track->condition->days;
    for (gsize i = 0; i < timeline->n; i++) {
        gint64 day = timeline->first + (gint64)i;
        gint64 before = MIN((gint64)TRIGGER_BASELINE, day - w - from + 1);
        if (from == G_MAXINT32 || day - w + 1 < from)
            track->observed[i] = NAN;
        track->expected[i] =
            before >= TRIGGER_LEAST_BASELINE ? track->expected[i] * w / (double)before : NAN;
    }
}

/* Once no report has come for a while, nothing counted is no longer "none". */
static void forget_silence(const TriggerTimeline *timeline, TriggerTrack *track)
{
    for (gsize i = 0; i < timeline->n; i++)
        if (timeline->first + (gint64)i > (gint64)timeline->counted_until + SILENT_DAYS)
            track->observed[i] = NAN;
}

static const StoreSeries *find_list(const TriggerTimeline *timeline, const char *name)
{
    g_autofree char *key = g_strdup_printf("list/%s", name);
    for (guint i = 0; i < timeline->series->len; i++) {
        const StoreSeries *series = g_ptr_array_index(timeline->series, i);
        json_t *definition = assess_json(series->definition);
        bool found = g_strcmp0(assess_json_text(definition, "key"), key) == 0;
        json_decref(definition);
        if (found)
            return series;
    }
    return NULL;
}

static bool count_list(const TriggerTimeline *timeline, const TriggerCondition *condition,
                       TriggerTrack *track, GError **error)
{
    const StoreSeries *series = find_list(timeline, condition->kind);
    if (series == NULL) {
        g_autofree char *line = i18n_integer((gint64)condition->line);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("The rules, line %s: this case has no list “%s”."), line, condition->kind);
        return false;
    }
    gsize n;
    const StoreSeriesPoint *points = store_series_points(series, &n);
    for (gsize k = 0; k < n; k++) {
        /* a week is seen once it is over, and for as many weeks as the window has */
        gint32 over = (gint32)points[k].first_day + 6, w = condition->days;
        add_span(timeline, track->observed, over, over + w - 1, points[k].observed);
        add_span(timeline, track->expected, over + w, over + w + TRIGGER_BASELINE - 1,
                 points[k].observed);
    }
    sum_up(track->observed, timeline->n);
    sum_up(track->expected, timeline->n);
    gint32 from = n > 0 ? (gint32)points[0].first_day : G_MAXINT32;
    scale_expected(timeline, from, track);
    for (gsize i = 0; n > 0 && i < timeline->n; i++) /* the list ends before the days do */
        if (timeline->first + (gint64)i > (gint64)points[n - 1].first_day + 6 + 6)
            track->observed[i] = NAN;
    return true;
}

/* ---- crises, alarms, levels ---- */

static void count_crises(const TriggerTimeline *timeline, const TriggerCondition *condition,
                         TriggerTrack *track)
{
    for (guint i = 0; i < timeline->crises->len; i++) {
        const StoreCrisis *crisis = g_ptr_array_index(timeline->crises, i);
        if (condition->kind == NULL || g_strcmp0(condition->kind, crisis->kind) == 0)
            add_span(timeline, track->observed, crisis->first_day,
                     end_of(crisis) + condition->days - 1, 1);
    }
    sum_up(track->observed, timeline->n);
}

static const char *series_kind(const TriggerTimeline *timeline, gint64 id)
{
    for (guint i = 0; i < timeline->series->len; i++) {
        const StoreSeries *series = g_ptr_array_index(timeline->series, i);
        if (series->id == id)
            return series->act_kind;
    }
    return NULL;
}

static bool alarm_counts(const TriggerTimeline *timeline, const TriggerCondition *condition,
                         const StoreAlarm *alarm)
{
    return g_strcmp0(alarm->status, "dismissed") != 0 &&
           (condition->kind == NULL ||
            g_strcmp0(condition->kind, series_kind(timeline, alarm->series_id)) == 0);
}

static void count_alarms(const TriggerTimeline *timeline, const TriggerCondition *condition,
                         TriggerTrack *track)
{
    for (guint i = 0; i < timeline->alarms->len; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(timeline->alarms, i);
        if (alarm_counts(timeline, condition, alarm))
            add_span(timeline, track->observed, alarm->last_day,
                     alarm->last_day + condition->days - 1, 1);
    }
    sum_up(track->observed, timeline->n);
}

static bool rating_of(const TriggerTimeline *timeline, const StoreAssessment *assessment,
                      const TriggerCondition *condition, gint64 *ret_id, gint32 *ret_level,
                      GError **error)
{
    *ret_id = 0;
    *ret_level = -1;
    g_autoptr(GPtrArray) ratings =
        store_rating_list_by_assessment(timeline->store, assessment->id, NULL, error);
    for (guint i = 0; ratings != NULL && i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        const char *own = rating->indicator != NULL ? rating->indicator : rating->factor;
        if (g_strcmp0(own, condition->kind) == 0) {
            *ret_id = rating->id;
            *ret_level = rating->level;
        }
    }
    return ratings != NULL;
}

static bool take_levels(const TriggerTimeline *timeline, const TriggerCondition *condition,
                        TriggerTrack *track, GError **error)
{
    for (gsize i = 0; i < timeline->n; i++)
        track->observed[i] = NAN;
    for (guint a = 0; a < timeline->assessments->len; a++) { /* in order of id: newer ones last */
        const StoreAssessment *assessment = g_ptr_array_index(timeline->assessments, a);
        gint64 id;
        gint32 level;
        if (!rating_of(timeline, assessment, condition, &id, &level, error))
            return false;
        for (gint32 day = MAX(timeline->first, assessment->last_day); day <= timeline->last; day++)
            track->observed[day - timeline->first] = level >= 0 ? (double)level : (double)NAN;
    }
    return true;
}

/* ---- does it hold ---- */

static bool compare(TriggerOperator sign, double x, double bound)
{
    switch (sign) {
    case TRIGGER_AT_LEAST:
        return x >= bound;
    case TRIGGER_ABOVE:
        return x > bound;
    case TRIGGER_AT_MOST:
        return x <= bound;
    case TRIGGER_BELOW:
        return x < bound;
    case TRIGGER_EQUAL:
        return !(x < bound) && !(x > bound);
    }
    return false;
}

static void judge(const TriggerTimeline *timeline, TriggerTrack *track)
{
    const TriggerCondition *c = track->condition;
    bool upward = c->sign == TRIGGER_AT_LEAST || c->sign == TRIGGER_ABOVE;
    for (gsize i = 0; i < timeline->n; i++) {
        double x = track->observed[i];
        double bound = c->times_expected ? c->value * track->expected[i] : c->value;
        if (isnan(x) || isnan(bound))
            track->holds[i] = -1;
        else if (c->times_expected && upward && x < ASSESS_LEAST_COUNT)
            track->holds[i] = 0;
        else
            track->holds[i] = compare(c->sign, x, bound);
    }
}

TriggerTrack *trigger_track(const TriggerTimeline *timeline, const TriggerCondition *condition,
                            bool as_known, GError **error)
{
    TriggerTrack *track = track_new(timeline, condition);
    g_autoptr(GArray) places = NULL;
    bool done = true;
    switch (condition->subject) {
    case TRIGGER_COUNT:
        done = trigger_places(timeline, condition, &places, error);
        if (done) {
            count_acts(timeline, condition, places, as_known, track);
            scale_expected(timeline, timeline->counted_from, track);
            forget_silence(timeline, track);
        }
        break;
    case TRIGGER_LIST:
        done = count_list(timeline, condition, track, error);
        break;
    case TRIGGER_CRISIS:
        count_crises(timeline, condition, track);
        break;
    case TRIGGER_ALARM:
        count_alarms(timeline, condition, track);
        break;
    case TRIGGER_FACTOR:
        done = take_levels(timeline, condition, track, error);
        break;
    }
    if (!done) {
        trigger_track_free(track);
        return NULL;
    }
    judge(timeline, track);
    return track;
}

/* ---- what a track saw ---- */

static bool link_statements(const TriggerTimeline *timeline, const TriggerCondition *condition,
                            gint32 day, gint64 prediction_id, GError **error)
{
    g_autoptr(GArray) places = NULL;
    if (!trigger_places(timeline, condition, &places, error))
        return false;
    g_autoptr(GHashTable) kinds = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < timeline->tally->n_rows; i++) {
        const char *kind = timeline->tally->rows[i].act_kind;
        if (kind != NULL && (condition->kind == NULL || strcmp(kind, condition->kind) == 0))
            g_hash_table_add(kinds, (gpointer)kind);
    }
    g_autoptr(GList) each = g_list_sort(g_hash_table_get_keys(kinds), (GCompareFunc)strcmp);
    for (GList *kind = each; kind != NULL; kind = kind->next) {
        g_autoptr(GArray) behind = store_statement_behind(
            timeline->store, kind->data, places, day - condition->days + 1, day, true, error);
        if (behind == NULL)
            return false;
        for (guint i = 0; i < behind->len; i++)
            if (!store_link_join(
                    timeline->store, STORE_KIND_PREDICTION, prediction_id, STORE_KIND_STATEMENT,
                    g_array_index(behind, StoreBehind, i).statement_id, "evidence", error))
                return false;
    }
    return true;
}

static bool link_one(const TriggerTimeline *timeline, gint64 prediction_id, StoreKind kind,
                     gint64 id, GError **error)
{
    return id == 0 || store_link_join(timeline->store, STORE_KIND_PREDICTION, prediction_id, kind,
                                      id, "evidence", error);
}

static bool link_level(const TriggerTimeline *timeline, const TriggerCondition *condition,
                       gint32 day, gint64 prediction_id, GError **error)
{
    gint64 id = 0;
    gint32 level;
    for (guint a = timeline->assessments->len; a > 0; a--) {
        const StoreAssessment *assessment = g_ptr_array_index(timeline->assessments, a - 1);
        if (assessment->last_day > day)
            continue;
        return rating_of(timeline, assessment, condition, &id, &level, error) &&
               link_one(timeline, prediction_id, STORE_KIND_RATING, id, error);
    }
    return true;
}

bool trigger_link(const TriggerTimeline *timeline, const TriggerCondition *condition, gint32 day,
                  gint64 prediction_id, GError **error)
{
    gint32 from = day - condition->days + 1;
    const StoreSeries *list;
    switch (condition->subject) {
    case TRIGGER_COUNT:
        return link_statements(timeline, condition, day, prediction_id, error);
    case TRIGGER_LIST:
        list = find_list(timeline, condition->kind);
        return link_one(timeline, prediction_id, STORE_KIND_SERIES, list != NULL ? list->id : 0,
                        error);
    case TRIGGER_FACTOR:
        return link_level(timeline, condition, day, prediction_id, error);
    case TRIGGER_CRISIS:
        for (guint i = 0; i < timeline->crises->len; i++) {
            const StoreCrisis *crisis = g_ptr_array_index(timeline->crises, i);
            if (crisis->first_day <= day && end_of(crisis) >= from &&
                (condition->kind == NULL || g_strcmp0(condition->kind, crisis->kind) == 0) &&
                !link_one(timeline, prediction_id, STORE_KIND_CRISIS, crisis->id, error))
                return false;
        }
        return true;
    case TRIGGER_ALARM:
        for (guint i = 0; i < timeline->alarms->len; i++) {
            const StoreAlarm *alarm = g_ptr_array_index(timeline->alarms, i);
            if (alarm->last_day <= day && alarm->last_day >= from &&
                alarm_counts(timeline, condition, alarm) &&
                !link_one(timeline, prediction_id, STORE_KIND_ALARM, alarm->id, error))
                return false;
        }
        return true;
    }
    return true;
}
