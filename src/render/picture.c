#include "render/picture.h"

#include "evidence/evidence.h"
#include "store/assessment.h"
#include "store/intake.h"
#include "store/person.h"
#include "store/user.h"
#include <string.h>

static void clear_source(void *data)
{
    PictureSource *source = data;
    g_free(source->name);
}

void picture_free(Picture *picture)
{
    if (picture == NULL)
        return;
    g_free(picture->title);
    g_free(picture->title_fa);
    g_free(picture->label);
    g_free(picture->country);
    store_tally_free(picture->tally);
    g_clear_pointer(&picture->sources, g_array_unref);
    assess_overview_free(picture->overview);
    g_clear_pointer(&picture->ratings, g_ptr_array_unref);
    g_clear_pointer(&picture->alarms, g_ptr_array_unref);
    g_clear_pointer(&picture->figures, g_ptr_array_unref);
    g_clear_pointer(&picture->crises, g_ptr_array_unref);
    g_clear_pointer(&picture->estimates, g_ptr_array_unref);
    g_clear_pointer(&picture->clock, g_ptr_array_unref);
    g_clear_pointer(&picture->originals, g_ptr_array_unref);
    g_clear_pointer(&picture->places, g_hash_table_unref);
    g_free(picture);
}

static bool load_settings(Store *store, Picture *picture, GError **error)
{
    const struct {
        const char *name;
        char **into;
    } SETTINGS[] = {{"title", &picture->title},
                    {"title_fa", &picture->title_fa},
                    {"label", &picture->label},
                    {"country", &picture->country}};
    for (gsize i = 0; i < G_N_ELEMENTS(SETTINGS); i++) {
        GError *why = NULL;
        *SETTINGS[i].into = store_setting_get(store, SETTINGS[i].name, &why);
        if (why != NULL) {
            g_propagate_error(error, why);
            return false;
        }
        if (*SETTINGS[i].into != NULL && (*SETTINGS[i].into)[0] == '\0')
            g_clear_pointer(SETTINGS[i].into, g_free);
    }
    picture->synthetic = picture->label != NULL;
    return true;
}

static bool count_into(gint64 *into, gint64 count)
{
    *into = count;
    return count >= 0;
}

static bool load_counts(Store *store, Picture *picture, GError **error)
{
    return count_into(&picture->n_reports, store_count(store, STORE_KIND_REPORT, error)) &&
           count_into(&picture->n_statements, store_count(store, STORE_KIND_STATEMENT, error)) &&
           count_into(&picture->n_persons, store_count(store, STORE_KIND_PERSON, error)) &&
           count_into(&picture->n_acts, store_count(store, STORE_KIND_ACT, error)) &&
           count_into(&picture->n_originals, store_count(store, STORE_KIND_ORIGINAL, error)) &&
           count_into(&picture->n_waiting, store_quarantine_count_state(store, "waiting", error));
}

static bool load_places(Store *store, Picture *picture, GError **error)
{
    g_autoptr(GPtrArray) places = store_place_list(store, NULL, error);
    if (places == NULL)
        return false;
    picture->places =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)store_place_free);
    g_ptr_array_set_free_func(places, NULL);
    for (guint i = 0; i < places->len; i++) {
        StorePlace *place = g_ptr_array_index(places, i);
        g_hash_table_insert(picture->places, &place->id, place);
    }
    return true;
}

static gint most_reports(gconstpointer a, gconstpointer b)
{
    const PictureSource *x = a, *y = b;
    if (x->reports != y->reports)
        return x->reports < y->reports ? 1 : -1;
    return (x->source_id > y->source_id) - (x->source_id < y->source_id);
}

static PictureSource *source_row(Picture *picture, gint64 id)
{
    for (guint i = 0; i < picture->sources->len; i++)
        if (g_array_index(picture->sources, PictureSource, i).source_id == id)
            return &g_array_index(picture->sources, PictureSource, i);
    PictureSource row = {.source_id = id};
    g_array_append_val(picture->sources, row);
    return &g_array_index(picture->sources, PictureSource, picture->sources->len - 1);
}

static bool load_sources(Store *store, Picture *picture, GError **error)
{
    picture->sources = g_array_new(FALSE, TRUE, sizeof(PictureSource));
    g_array_set_clear_func(picture->sources, clear_source);
    g_autoptr(StoreCursor) cursor =
        store_report_select_cursor(store, &(StoreReportQuery){.status = -1}, error);
    if (cursor == NULL)
        return false;
    const StoreReport *report;
    g_autoptr(GError) why = NULL;
    while ((report = store_report_next(cursor, &why)) != NULL) {
        PictureSource *row = source_row(picture, report->source_id);
        char grade = report->reliability;
        row->reports++;
        if (grade != 0 && (row->best == 0 || grade < row->best))
            row->best = grade;
        row->worst = MAX(row->worst, grade);
    }
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    for (guint i = 0; i < picture->sources->len; i++) {
        PictureSource *row = &g_array_index(picture->sources, PictureSource, i);
        if (row->source_id == 0)
            continue;
        g_autoptr(StoreSource) source = store_source_load(store, row->source_id, error);
        if (source == NULL)
            return false;
        row->name = g_strdup(source->name);
        if (row->best == 0)
            row->best = row->worst = source->reliability;
    }
    g_array_sort(picture->sources, most_reports);
    return true;
}

static bool load_tally(Store *store, Picture *picture, GError **error)
{
    StoreTallyQuery query = {.synthetic = -1, .unlinked_only = true};
    picture->tally = store_statement_tally(store, &query, error);
    if (picture->tally == NULL)
        return false;
    if (picture->tally->n_rows > 0) {
        picture->first_day = picture->tally->rows[0].day;
        picture->last_day = picture->tally->rows[picture->tally->n_rows - 1].day;
    }
    return true;
}

static gint newest_alarm(gconstpointer a, gconstpointer b)
{
    const StoreAlarm *x = *(const StoreAlarm *const *)a, *y = *(const StoreAlarm *const *)b;
    if (x->first_day != y->first_day)
        return x->first_day < y->first_day ? 1 : -1;
    return (x->id < y->id) - (x->id > y->id);
}

static gint earlier_crisis(gconstpointer a, gconstpointer b)
{
    const StoreCrisis *x = *(const StoreCrisis *const *)a, *y = *(const StoreCrisis *const *)b;
    if (x->first_day != y->first_day)
        return x->first_day > y->first_day ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Estimates of earlier runs stay in the case, for the letters that rest on them. */
static GPtrArray *newest_estimates(GPtrArray *all)
{
    GPtrArray *newest = g_ptr_array_new_with_free_func((GDestroyNotify)store_estimate_free);
    g_ptr_array_set_free_func(all, NULL);
    for (guint i = 0; i < all->len; i++) {
        StoreEstimate *estimate = g_ptr_array_index(all, i);
        guint at = 0;
        for (; at < newest->len; at++) {
            const StoreEstimate *old = g_ptr_array_index(newest, at);
            if (g_strcmp0(old->title, estimate->title) == 0 &&
                g_strcmp0(old->method, estimate->method) == 0)
                break;
        }
        if (at < newest->len) {
            store_estimate_free(newest->pdata[at]);
            newest->pdata[at] = estimate;
        } else {
            g_ptr_array_add(newest, estimate);
        }
    }
    return newest;
}

static double place_in_framework(const StoreRating *rating)
{
    const AssessIndicator *indicator = assess_indicator_find(rating->indicator);
    const AssessFramework *framework = assess_framework(NULL);
    int factor = assess_factor_number(rating->factor);
    if (indicator == NULL || framework == NULL)
        return factor;
    return factor + 0.001 + (double)(indicator - framework->factors[factor].indicators) / 1000;
}

/* Analysts rate in any order; readers look in the framework's. */
static int by_indicator(gconstpointer a, gconstpointer b)
{
    double x = place_in_framework(*(const StoreRating *const *)a);
    double y = place_in_framework(*(const StoreRating *const *)b);
    return (x > y) - (x < y);
}

static bool load_assessment(Store *store, Picture *picture, GError **error)
{
    picture->overview = assess_overview(store, error);
    if (picture->overview == NULL)
        return false;
    picture->ratings = picture->overview->assessment == NULL
                           ? g_ptr_array_new()
                           : store_rating_list_by_assessment(
                                 store, picture->overview->assessment->id, NULL, error);
    if (picture->ratings == NULL)
        return false;
    g_ptr_array_sort(picture->ratings, by_indicator);
    picture->alarms = store_alarm_list(store, NULL, error);
    if (picture->alarms == NULL)
        return false;
    g_ptr_array_sort(picture->alarms, newest_alarm);
    g_autoptr(GPtrArray) estimates = store_estimate_list(store, NULL, error);
    if (estimates == NULL)
        return false;
    picture->estimates = newest_estimates(estimates);
    return true;
}

static bool load_facts(Store *store, Picture *picture, GError **error)
{
    picture->figures = store_figure_list(store, NULL, error);
    picture->crises = picture->figures != NULL ? store_crisis_list(store, NULL, error) : NULL;
    picture->originals = picture->crises != NULL ? store_original_list(store, NULL, error) : NULL;
    if (picture->originals == NULL)
        return false;
    g_ptr_array_sort(picture->crises, earlier_crisis);
    gint64 asks = store_ask_count(store, error);
    if (asks < 0)
        return false;
    picture->clock = asks == 0 ? g_ptr_array_new() : appeal_clock(store, 0, picture->today, error);
    return picture->clock != NULL;
}

static bool load_head(Store *store, Picture *picture, GError **error)
{
    g_autoptr(GError) why = NULL;
    picture->has_head = evidence_head(store, &picture->head, &why);
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

Picture *picture_load(Store *store, GError **error)
{
    g_autoptr(Picture) picture = g_new0(Picture, 1);
    g_autoptr(GError) why = NULL;
    picture->now = store_now(store);
    picture->today = (gint32)(picture->now / 86400);
    if (!store_read_begin(store, error))
        return NULL;
    bool loaded = load_settings(store, picture, &why) && load_counts(store, picture, &why) &&
                  load_places(store, picture, &why) && load_sources(store, picture, &why) &&
                  load_tally(store, picture, &why) && load_assessment(store, picture, &why) &&
                  load_facts(store, picture, &why) && load_head(store, picture, &why);
    store_read_end(store);
    if (!loaded) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return g_steal_pointer(&picture);
}

/* ---- words ---- */

static bool persian(void)
{
    return i18n_language() == I18N_PERSIAN;
}

const char *picture_title(const Picture *picture)
{
    if (persian() && picture->title_fa != NULL)
        return picture->title_fa;
    return picture->title != NULL ? picture->title : _("Case without a title");
}

const char *picture_label_words(const char *label)
{
    return g_strcmp0(label, "synthetic") == 0
               ? _("SYNTHETIC: invented persons and events, for exercise and tests")
               : label;
}

const char *picture_label(const Picture *picture)
{
    return picture_label_words(picture->label);
}

const StorePlace *picture_place(const Picture *picture, gint64 id)
{
    return id == 0 ? NULL : g_hash_table_lookup(picture->places, &id);
}

const char *picture_place_name(const Picture *picture, gint64 id)
{
    const StorePlace *place = picture_place(picture, id);
    if (place == NULL)
        return NULL;
    return persian() && place->name_fa != NULL ? place->name_fa : place->name_en;
}

const char *picture_province(const Picture *picture, gint64 id)
{
    for (int depth = 0; depth < 8; depth++) { /* a place that lies in itself is no place */
        const StorePlace *place = picture_place(picture, id);
        if (place == NULL)
            return NULL;
        if (g_strcmp0(place->kind, "province") == 0)
            return place->iso;
        id = place->parent_id;
    }
    return NULL;
}

const StoreCrisis *picture_crisis(const Picture *picture, gint64 id)
{
    for (guint i = 0; i < picture->crises->len; i++) {
        const StoreCrisis *crisis = g_ptr_array_index(picture->crises, i);
        if (crisis->id == id)
            return crisis;
    }
    return NULL;
}

bool picture_confirmed(const char *verified)
{
    return verified == NULL || strcmp(verified, "read") == 0 || strcmp(verified, "yes") == 0;
}

const char *picture_reporter(const char *name)
{
    if (name == NULL)
        return _("unnamed reporter");
    return assess_reporter_title(name, i18n_language());
}
