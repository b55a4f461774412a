/* assess/series.c: weekly series by kind and place, judged week by week.
 *
 * Counted are persons by the least number each act's first statement gives, on the week of a
 * single-day date, each linked act once: so an alarm's statements add up to its count.
 * 5,000 statements give some 30 series of a few hundred weeks: 20 µs a week, 0.2 s. */
#include "assess/private.h"

#include "signal/nowcast.h"
#include <math.h>
#include <string.h>

enum { NOWCAST_WEEKS = 12, NOWCAST_EVENTS = 200000, LEAST_SIGMA = 1, FRESH_DAYS = 60 };

void assess_series_free(AssessSeries *series)
{
    if (series == NULL)
        return;
    g_free(series->key);
    g_free(series->kind);
    store_series_free(series->record);
    if (series->places != NULL)
        g_array_unref(series->places);
    g_free(series->starts);
    g_free(series->counts);
    g_free(series->nowcasts);
    g_free(series->points);
    g_free(series->q_values);
    g_free(series);
}

/* ---- places: reports name towns; series are by province ---- */

static const StorePlace *place_peek(const AssessRun *run, gint64 id)
{
    for (guint i = 0; i < run->places->len; i++) {
        const StorePlace *place = g_ptr_array_index(run->places, i);
        if (place->id == id)
            return place;
    }
    return NULL;
}

static bool load_places(AssessRun *run, GError **error)
{
    run->places = store_place_list(run->store, NULL, error);
    if (run->places == NULL)
        return false;
    run->provinces = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    for (guint i = 0; i < run->places->len; i++) {
        const StorePlace *place = g_ptr_array_index(run->places, i), *at = place;
        for (int depth = 0; depth < 8 && at->parent_id != 0 && g_strcmp0(at->kind, "province") != 0;
             depth++) {
            const StorePlace *above = place_peek(run, at->parent_id);
            if (above == NULL || g_strcmp0(above->kind, "country") == 0)
                break;
            at = above;
        }
        gint64 *key = g_new(gint64, 1), *value = g_new(gint64, 1);
        *key = place->id;
        *value = g_strcmp0(place->kind, "country") == 0 ? 0 : at->id;
        g_hash_table_insert(run->provinces, key, value);
    }
    return true;
}

static gint64 province_of(const AssessRun *run, gint64 place_id)
{
    const gint64 *found = g_hash_table_lookup(run->provinces, &place_id);
    return found != NULL ? *found : 0;
}

static GArray *places_in(const AssessRun *run, gint64 province)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < run->places->len; i++) {
        const StorePlace *place = g_ptr_array_index(run->places, i);
        if (province_of(run, place->id) == province)
            g_array_append_val(places, place->id);
    }
    return places;
}

/* ---- which series: kinds, and places of the big kinds ---- */

typedef struct {
    const char *kind;
    gint64 place;
    gint64 persons;
} Candidate;

static int more_persons(const void *a, const void *b)
{
    const Candidate *x = a, *y = b;
    if (x->persons != y->persons)
        return x->persons < y->persons ? 1 : -1;
    int kinds = strcmp(x->kind, y->kind);
    return kinds != 0 ? kinds : (x->place > y->place) - (x->place < y->place);
}

static void count_candidate(GArray *candidates, const char *kind, gint64 place, gint64 persons)
{
    for (guint i = 0; i < candidates->len; i++) {
        Candidate *c = &g_array_index(candidates, Candidate, i);
        if (c->place == place && strcmp(c->kind, kind) == 0) {
            c->persons += persons;
            return;
        }
    }
    const Candidate fresh = {kind, place, persons};
    g_array_append_val(candidates, fresh);
}

/* All kinds with enough persons, then as many places of each as are wanted. */
static GArray *choose(const AssessRun *run)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Candidate));
    for (gsize i = 0; i < run->tally->n_rows; i++) {
        const StoreTallyRow *row = &run->tally->rows[i];
        if (row->act_kind == NULL || row->day > run->today)
            continue;
        count_candidate(all, row->act_kind, -1, row->count_min); /* -1: everywhere */
        gint64 province = province_of(run, row->place_id);
        if (province != 0)
            count_candidate(all, row->act_kind, province, row->count_min);
    }
    g_array_sort(all, more_persons);
    GArray *chosen = g_array_new(FALSE, FALSE, sizeof(Candidate));
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < all->len; i++) {
        const Candidate *c = &g_array_index(all, Candidate, i);
        if (c->persons < (gint64)run->options.min_events)
            continue;
        if (c->place > 0) {
            guint n = GPOINTER_TO_UINT(g_hash_table_lookup(places, c->kind));
            if (n >= run->options.big_places)
                continue;
            g_hash_table_insert(places, (gpointer)c->kind, GUINT_TO_POINTER(n + 1));
        }
        g_array_append_val(chosen, *c);
    }
    g_array_unref(all);
    return chosen;
}

/* ---- judging ---- */

/* Farrington flexible where five years lie before; adaptive from two and a half on; EARS C2
 * below. What fails on this series is passed over for the next. */
static bool judge(AssessSeries *series, double alpha, GError **error)
{
    static const SignalMethod METHODS[] = {SIGNAL_FARRINGTON_FLEXIBLE, SIGNAL_ADAPTIVE,
                                           SIGNAL_EARS_C2};
    for (gsize m = 0; m < G_N_ELEMENTS(METHODS); m++) {
        SignalSurgeOptions options = signal_surge_options(METHODS[m]);
        options.days = series->starts;
        if (METHODS[m] == SIGNAL_EARS_C2)
            options.min_sigma = LEAST_SIGMA; /* else one case after a quiet month rings */
        else
            options.alpha = alpha;
        gsize first = signal_surge_first(&options);
        if (first > series->n)
            continue;
        g_autofree SignalPoint *points = g_new0(SignalPoint, series->n - first + 1);
        g_autoptr(GError) why = NULL;
        if (signal_surge(series->counts, series->n, &options, first, series->n, points, &why)) {
            series->options = options;
            series->first = first - 1;
            series->points = g_steal_pointer(&points);
            return true;
        }
        if (!g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_DATA)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    return true;
}

/* Events of one kind by week and by week of receipt. Received days say something only when they
 * are not all the same (the day of one import). */
static bool nowcast(const AssessRun *run, AssessSeries *series)
{
    g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(gint32));
    g_autoptr(GArray) reports = g_array_new(FALSE, FALSE, sizeof(gint32));
    g_autoptr(GHashTable) days = g_hash_table_new(NULL, NULL);
    gint32 origin = series->starts[0], now = (gint32)series->n - 1;
    for (gsize i = 0; i < run->tally->n_rows; i++) {
        const StoreTallyRow *row = &run->tally->rows[i];
        if (g_strcmp0(row->act_kind, series->kind) != 0 || row->received_day < row->day ||
            row->day < origin)
            continue;
        gint32 event = (row->day - origin) / 7, report = (row->received_day - origin) / 7;
        if (report > now || events->len + (gsize)row->statements > NOWCAST_EVENTS)
            continue;
        g_hash_table_add(days, GINT_TO_POINTER(row->received_day));
        for (gint64 k = 0; k < row->statements; k++) {
            g_array_append_val(events, event);
            g_array_append_val(reports, report);
        }
    }
    if (g_hash_table_size(days) < 20)
        return false;
    SignalNowcastOptions options = signal_nowcast_options();
    options.max_delay = NOWCAST_WEEKS;
    options.seed = run->options.seed;
    gint32 first = MAX(0, now - (NOWCAST_WEEKS - 1));
    gsize n = (gsize)(now - first + 1);
    g_autofree SignalNowcastPoint *points = g_new0(SignalNowcastPoint, n);
    if (!signal_nowcast((const gint32 *)(void *)events->data, (const gint32 *)(void *)reports->data,
                        events->len, now, &options, first, now, points, NULL))
        return false; /* the history cannot tell: no correction is better than a made-up one */
    series->nowcasts = g_new(double, 3 * series->n);
    for (gsize i = 0; i < 3 * series->n; i++)
        series->nowcasts[i] = NAN;
    for (gsize k = 0; k < n; k++) {
        /* reports are corrected; persons follow in proportion */
        double scale =
            points[k].reported > 0 ? series->counts[(gsize)first + k] / points[k].reported : 1;
        double *at = series->nowcasts + 3 * ((gsize)first + k);
        at[0] = points[k].median * scale;
        at[1] = points[k].lower * scale;
        at[2] = points[k].upper * scale;
    }
    return true;
}

/* ---- building ---- */

static bool take_weeks(AssessSeries *series, const SignalSeries *weeks)
{
    series->n = weeks->n;
    series->starts = g_memdup2(weeks->starts, weeks->n * sizeof *weeks->starts);
    series->counts = g_memdup2(weeks->counts, weeks->n * sizeof *weeks->counts);
    return true;
}

/* Until what day the reports of this case speak: a week nobody could report yet is no zero. The
 * last event; or the last day on which somebody told of something fresh: what is told today of
 * last year does not say that sources cover today. */
static gint32 covered_until(const AssessRun *run)
{
    gint32 last = G_MININT32;
    for (gsize i = 0; i < run->tally->n_rows; i++) {
        const StoreTallyRow *row = &run->tally->rows[i];
        if (row->day > run->today)
            continue;
        last = MAX(last, row->day);
        if (row->received_day > row->day && row->received_day - row->day <= FRESH_DAYS)
            last = MAX(last, row->received_day);
    }
    return MIN(last, run->today);
}

static AssessSeries *statement_series(const AssessRun *run, const Candidate *c, GError **error)
{
    g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint32));
    g_autoptr(GArray) weights = g_array_new(FALSE, FALSE, sizeof(double));
    for (gsize i = 0; i < run->tally->n_rows; i++) {
        const StoreTallyRow *row = &run->tally->rows[i];
        if (g_strcmp0(row->act_kind, c->kind) != 0 || row->day > run->today ||
            (c->place > 0 && province_of(run, row->place_id) != c->place))
            continue;
        double weight = (double)row->count_min;
        g_array_append_val(days, row->day);
        g_array_append_val(weights, weight);
    }
    gint32 end = signal_interval_start(run->interval, covered_until(run) + 1) - 1;
    gint32 begin = signal_interval_start(run->interval, g_array_index(days, gint32, 0));
    AssessSeries *series = g_new0(AssessSeries, 1);
    series->kind = g_strdup(c->kind);
    series->place_id = MAX(c->place, 0);
    const StorePlace *place = c->place > 0 ? place_peek(run, c->place) : NULL;
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, c->place);
    series->key = g_strdup_printf("statements/%s/%s", c->kind,
                                  place == NULL        ? "all"
                                  : place->iso != NULL ? place->iso
                                                       : number);
    if (place != NULL)
        series->places = places_in(run, c->place);
    if (end < begin)
        return series; /* its first week is not over */
    g_autoptr(SignalSeries) weeks = signal_series_new(
        run->interval, (const gint32 *)(void *)days->data, (const double *)(void *)weights->data,
        NULL, days->len, 1, begin, end, error);
    if (weeks == NULL || !take_weeks(series, weeks)) {
        assess_series_free(series);
        return NULL;
    }
    return series;
}

static AssessSeries *list_series(StoreSeries *record, const char *key)
{
    AssessSeries *series = g_new0(AssessSeries, 1);
    series->key = g_strdup(key);
    series->kind = g_strdup(record->act_kind);
    series->from_list = true;
    gsize n;
    const StoreSeriesPoint *points = store_series_points(record, &n);
    series->n = n;
    series->starts = g_new(gint32, n);
    series->counts = g_new(double, n);
    for (gsize i = 0; i < n; i++) {
        series->starts[i] = (gint32)points[i].first_day;
        series->counts[i] = points[i].observed;
    }
    series->record = record;
    return series;
}

static char *title_of(const AssessRun *run, const AssessSeries *series)
{
    const StorePlace *place = series->place_id != 0 ? place_peek(run, series->place_id) : NULL;
    return g_strdup_printf("%s, %s, by week", assess_kind_title(series->kind, I18N_ENGLISH),
                           place == NULL            ? "all places"
                           : place->name_en != NULL ? place->name_en
                                                    : place->name_fa);
}

bool assess_series_build(AssessRun *run, GError **error)
{
    if (!load_places(run, error))
        return false;
    run->series = g_ptr_array_new_with_free_func((GDestroyNotify)assess_series_free);
    g_autoptr(GPtrArray) records = store_series_list(run->store, NULL, error);
    if (records == NULL)
        return false;
    g_ptr_array_set_free_func(records, NULL); /* each is handed on or freed below */
    g_autoptr(GArray) chosen = choose(run);
    bool done = true;
    for (guint i = 0; done && i < chosen->len; i++) {
        AssessSeries *series = statement_series(run, &g_array_index(chosen, Candidate, i), error);
        if (series == NULL)
            done = false;
        else if (series->n == 0)
            assess_series_free(series);
        else
            g_ptr_array_add(run->series, series);
    }
    guint n_statements = run->series->len;
    for (guint i = 0; i < records->len; i++) {
        StoreSeries *record = g_ptr_array_index(records, i);
        json_t *definition = assess_json(record->definition);
        const char *key = assess_json_text(definition, "key");
        bool taken = false;
        if (key != NULL && g_str_has_prefix(key, "list/")) {
            g_ptr_array_add(run->series, list_series(record, key));
            taken = true;
        }
        for (guint k = 0; !taken && k < n_statements; k++) {
            AssessSeries *series = g_ptr_array_index(run->series, k);
            if (series->record == NULL && g_strcmp0(series->key, key) == 0) {
                series->record = record;
                taken = true;
            }
        }
        json_decref(definition);
        if (!taken)
            store_series_free(record);
    }
    for (guint i = 0; done && i < run->series->len; i++) {
        AssessSeries *series = g_ptr_array_index(run->series, i);
        done = judge(series, run->options.alpha, error);
        if (done && !series->from_list && series->place_id == 0)
            nowcast(run, series);
    }
    return done;
}

/* ---- writing ---- */

static char *definition_of(const AssessRun *run, const AssessSeries *series)
{
    json_t *object = series->from_list ? assess_json(series->record->definition)
                                       : json_pack("{s:s}", "key", series->key);
    json_object_set_new(object, "counted",
                        json_string(series->from_list ? "entries" : "persons, least number"));
    json_object_set_new(object, "week_begins",
                        json_string(run->interval == SIGNAL_WEEKLY_SOLAR ? "Saturday" : "Monday"));
    json_object_set_new(object, "method",
                        series->points != NULL
                            ? json_string(signal_method_name(series->options.method))
                            : json_null());
    json_object_set_new(object, "alpha",
                        series->points != NULL ? json_real(series->options.alpha) : json_null());
    json_object_set_new(object, "nowcast", json_boolean(series->nowcasts != NULL));
    return assess_json_write(object);
}

static bool write_one(AssessRun *run, AssessSeries *series, GError **error)
{
    g_autofree StoreSeriesPoint *points = g_new(StoreSeriesPoint, series->n);
    for (gsize i = 0; i < series->n; i++) {
        points[i] =
            (StoreSeriesPoint){series->starts[i], series->counts[i], NAN, NAN, NAN, NAN, NAN, 0};
        if (series->nowcasts != NULL) {
            points[i].nowcast = series->nowcasts[3 * i];
            points[i].nowcast_low = series->nowcasts[3 * i + 1];
            points[i].nowcast_high = series->nowcasts[3 * i + 2];
        }
        if (series->points != NULL && i >= series->first) {
            const SignalPoint *judged = &series->points[i - series->first];
            points[i].expected = isnan(judged->expected) ? judged->mean : judged->expected;
            points[i].upper = judged->upper;
            points[i].alarm = judged->alarm && judged->count >= ASSESS_LEAST_COUNT;
        }
    }
    bool fresh = series->record == NULL;
    if (fresh) {
        series->record = store_series_new();
        series->record->synthetic = run->synthetic;
    }
    StoreSeries *record = series->record;
    g_autofree char *definition = definition_of(run, series);
    gsize old_n = 0;
    const StoreSeriesPoint *old = store_series_points(record, &old_n);
    series->changed = fresh || old_n != series->n ||
                      memcmp(old, points, series->n * sizeof *points) != 0 ||
                      g_strcmp0(record->definition, definition) != 0;
    if (!series->changed)
        return true;
    g_free(record->definition);
    record->definition = g_steal_pointer(&definition);
    if (!series->from_list) {
        g_free(record->name);
        record->name = title_of(run, series);
        g_free(record->act_kind);
        record->act_kind = g_strdup(series->kind);
        record->place_id = series->place_id;
    }
    record->interval_days = 7;
    record->origin_day = series->starts[0];
    record->cutoff_day = series->starts[series->n - 1] + 6;
    store_series_set_points(record, points, series->n);
    if (fresh ? !store_series_add(run->store, record, error)
              : !store_series_update(run->store, record, error))
        return false;
    return series->from_list ||
           assess_rest_on_originals(run, STORE_KIND_SERIES, record->id, series->kind, error);
}

/* Beyond so many files a list is no help; the reports name theirs. */
enum { ORIGINALS_LINKED = 100 };

/* Many series are of one kind: each kind is asked for once. Borrowed. */
static GArray *originals_of(AssessRun *run, const char *act_kind, GError **error)
{
    const char *key = act_kind != NULL ? act_kind : "";
    if (run->originals == NULL)
        run->originals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                               (GDestroyNotify)(void *)g_array_unref);
    GArray *known = g_hash_table_lookup(run->originals, key);
    if (known != NULL)
        return known;
    GArray *found = store_statement_originals(run->store, act_kind, ORIGINALS_LINKED, error);
    if (found != NULL)
        g_hash_table_insert(run->originals, g_strdup(key), found);
    return found;
}

bool assess_rest_on_originals(AssessRun *run, StoreKind kind, gint64 id, const char *act_kind,
                              GError **error)
{
    GArray *originals = originals_of(run, act_kind, error);
    for (guint i = 0; originals != NULL && i < originals->len; i++)
        if (!store_link_join(run->store, kind, id, STORE_KIND_ORIGINAL,
                             g_array_index(originals, gint64, i), "evidence", error))
            return false;
    return originals != NULL;
}

bool assess_series_write(AssessRun *run, GError **error)
{
    for (guint i = 0; i < run->series->len; i++)
        if (!write_one(run, g_ptr_array_index(run->series, i), error))
            return false;
    return true;
}
