/* assess/ledger.c: entries in, units and their outcomes out. */
#include "assess/ledger.h"

#include "assess/judge_private.h"
#include "assess/private.h"
#include "base/csv.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SAMPLES = 100000 };

static gint32 today_of(Store *store)
{
    gint64 now = store_now(store);
    return (gint32)(now / 86400 - (now % 86400 < 0));
}

static bool seal(Store *store, StorePrediction *entry, GError **error)
{
    entry->content_hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, entry->content, -1);
    return store_prediction_add(store, entry, error);
}

/* ---- assessments ---- */

static void append_rating(GString *text, const StoreRating *rating)
{
    gint32 low, high;
    guint analysts;
    judge_range(rating, &low, &high, &analysts);
    csv_append(text, rating->factor);
    csv_append(text, rating->indicator != NULL ? rating->indicator : "");
    csv_append_integer(text, rating->level);
    csv_append_integer(text, low);
    csv_append_integer(text, high);
    csv_append_integer(text, analysts);
    csv_append_integer(text, judge_proposal(rating));
    csv_append(text, rating->trend != NULL ? rating->trend : "");
    csv_append_end(text);
}

bool ledger_keep_assessment(Store *store, const StoreAssessment *assessment,
                            gint64 *ret_prediction_id, GError **error)
{
    g_autoptr(GPtrArray) ratings =
        store_rating_list_by_assessment(store, assessment->id, NULL, error);
    if (ratings == NULL)
        return false;
    g_autoptr(GString) text =
        g_string_new("factor,indicator,level,low,high,analysts,proposed,trend\n");
    for (guint i = 0; i < ratings->len; i++)
        append_rating(text, g_ptr_array_index(ratings, i));
    g_autoptr(StorePrediction) entry = store_prediction_new();
    entry->kind = g_strdup("assessment");
    entry->title = g_strdup(assessment->title);
    entry->target = g_strdup("crisis");
    entry->made_day = today_of(store);
    entry->first_day = assessment->last_day + 1;
    entry->last_day = assessment->last_day + DAYS_A_YEAR;
    entry->content = g_strdup(text->str);
    entry->data_hash = g_strdup(assessment->inputs);
    entry->method = g_strdup(assessment->framework);
    entry->subject_kind = STORE_KIND_ASSESSMENT;
    entry->subject_id = assessment->id;
    entry->author = g_strdup(assessment->author);
    entry->synthetic = assessment->synthetic;
    if (!seal(store, entry, error) ||
        !store_link_join(store, STORE_KIND_PREDICTION, entry->id, STORE_KIND_ASSESSMENT,
                         assessment->id, "evidence", error))
        return false;
    *ret_prediction_id = entry->id;
    return true;
}

/* ---- alarms ---- */

static bool keep_alarm(Store *store, const StoreAlarm *alarm, const char *data_hash, GError **error)
{
    g_autoptr(StoreSeries) series = store_series_load(store, alarm->series_id, error);
    if (series == NULL)
        return false;
    g_autoptr(StorePrediction) entry = store_prediction_new();
    g_autoptr(GString) text = g_string_new("observed,expected,threshold,score,p_value\n");
    const double numbers[] = {alarm->observed, alarm->expected, alarm->threshold, alarm->score,
                              alarm->p_value};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        csv_append_double(text, numbers[i]);
    csv_append_end(text);
    entry->kind = g_strdup("alarm");
    entry->title = assess_series_title(store, series, I18N_ENGLISH);
    entry->target = g_strdup("crisis");
    entry->made_day = today_of(store);
    entry->first_day = alarm->last_day + 1;
    entry->last_day = alarm->last_day + DAYS_A_YEAR / 4;
    entry->content = g_strdup(text->str);
    entry->data_hash = g_strdup(data_hash);
    entry->method = g_strdup(alarm->method);
    entry->subject_kind = STORE_KIND_ALARM;
    entry->subject_id = alarm->id;
    entry->synthetic = series->synthetic;
    return seal(store, entry, error);
}

bool ledger_keep_alarms(Store *store, const GPtrArray *alarms, const char *data_hash,
                        GError **error)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(StoreCursor) cursor = store_prediction_cursor(store, NULL, error);
    if (cursor == NULL)
        return false;
    const StorePrediction *entry;
    g_autoptr(GError) why = NULL;
    while ((entry = store_prediction_next(cursor, &why)) != NULL)
        if (entry->subject_kind == STORE_KIND_ALARM)
            g_hash_table_add(known, g_memdup2(&entry->subject_id, sizeof entry->subject_id));
    g_clear_pointer(&cursor, store_cursor_free);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    for (guint i = 0; i < alarms->len; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(alarms, i);
        if (!g_hash_table_contains(known, &alarm->id) &&
            !keep_alarm(store, alarm, data_hash, error))
            return false;
    }
    return true;
}

/* ---- forecasts ---- */

static void ledger_unit_free(gpointer data)
{
    LedgerUnit *unit = data;
    g_free(unit->unit);
    g_free(unit->samples);
    g_free(unit);
}

static bool read_samples(const char *text, LedgerUnit *unit)
{
    g_auto(GStrv) parts = g_strsplit_set(text, " ;", -1);
    guint n = g_strv_length(parts);
    unit->samples = g_new(double, MIN(n, MOST_SAMPLES) + 1);
    for (guint i = 0; i < n && i < MOST_SAMPLES; i++) {
        if (parts[i][0] == '\0')
            continue;
        if (!csv_parse_double(parts[i], &unit->samples[unit->n_samples]) ||
            !isfinite(unit->samples[unit->n_samples]))
            return false;
        unit->n_samples++;
    }
    return unit->n_samples > 0;
}

static double mean_of(const LedgerUnit *unit)
{
    double sum = 0;
    for (gsize i = 0; i < unit->n_samples; i++)
        sum += unit->samples[i];
    return unit->n_samples > 0 ? sum / (double)unit->n_samples : unit->probability;
}

static int highest_first(gconstpointer a, gconstpointer b)
{
    const LedgerUnit *x = *(const LedgerUnit *const *)a, *y = *(const LedgerUnit *const *)b;
    double left = mean_of(x), right = mean_of(y);
    if (left < right || left > right)
        return left < right ? 1 : -1;
    return strcmp(x->unit, y->unit);
}

static void rank(GPtrArray *units)
{
    g_ptr_array_sort(units, highest_first);
    for (guint i = 0; i < units->len; i++) {
        LedgerUnit *unit = g_ptr_array_index(units, i);
        const LedgerUnit *before = i > 0 ? g_ptr_array_index(units, i - 1) : NULL;
        bool tie = before != NULL && !(mean_of(before) > mean_of(unit));
        unit->rank = tie ? before->rank : i + 1;
    }
}

static bool bad_content(GError **error, gsize line, const char *what)
{
    g_autofree char *number = i18n_integer((gint64)line);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("The forecast, line %s: %s"), number,
                what);
    return false;
}

static bool read_unit(const CsvTable *table, gsize row, gssize unit_at, gssize p_at, gssize s_at,
                      GPtrArray *units, GError **error)
{
    LedgerUnit *unit = g_new0(LedgerUnit, 1);
    g_ptr_array_add(units, unit);
    unit->unit = g_strdup(csv_table_cell(table, row, unit_at));
    unit->probability = unit->outcome = NAN;
    if (unit->unit[0] == '\0')
        return bad_content(error, table->lines[row], _("a unit has no name."));
    if (s_at >= 0)
        return read_samples(csv_table_cell(table, row, s_at), unit) ||
               bad_content(error, table->lines[row], _("the samples are no numbers."));
    const char *cell = csv_table_cell(table, row, p_at);
    return (csv_parse_double(cell, &unit->probability) && unit->probability >= 0 &&
            unit->probability <= 1) ||
           bad_content(error, table->lines[row], _("the risk lies not between 0 and 1."));
}

static GPtrArray *read_content(const char *content, GError **error)
{
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("forecast", content, strlen(content), NULL);
    g_autoptr(CsvTable) table = reader != NULL ? csv_table_load(reader, error) : NULL;
    if (table == NULL)
        return NULL;
    gssize unit_at = csv_table_column(table, "unit"), p_at = csv_table_column(table, "probability"),
           s_at = csv_table_column(table, "samples");
    g_autoptr(GPtrArray) units = g_ptr_array_new_with_free_func(ledger_unit_free);
    if (unit_at < 0 || (p_at < 0 && s_at < 0)) {
        bad_content(error, 1, _("it needs the columns unit and probability, or unit and samples."));
        return NULL;
    }
    for (gsize row = 0; row < table->n_rows; row++)
        if (!read_unit(table, row, unit_at, p_at, s_at, units, error))
            return NULL;
    if (units->len == 0) {
        bad_content(error, 1, _("there is no unit in it."));
        return NULL;
    }
    rank(units);
    return g_steal_pointer(&units);
}

static bool same_forecast(const StorePrediction *entry, const LedgerForecast *forecast)
{
    return g_strcmp0(entry->kind, "forecast") == 0 &&
           g_strcmp0(entry->title, forecast->title) == 0 &&
           entry->first_day == forecast->first_day && entry->last_day == forecast->last_day;
}

static gint64 find_forecast(const GPtrArray *all, const LedgerForecast *forecast, GError **error)
{
    for (guint i = 0; i < all->len; i++) {
        const StorePrediction *entry = g_ptr_array_index(all, i);
        if (!same_forecast(entry, forecast))
            continue;
        if (g_strcmp0(entry->content, forecast->content) == 0)
            return entry->id;
        char id[STORE_ID_MAX];
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("“%s” stands in the ledger with other numbers (%s): what was published is "
                      "not changed. Give a new one a title of its own."),
                    forecast->title, store_id_format(STORE_KIND_PREDICTION, entry->id, id));
        return -1;
    }
    return 0;
}

bool ledger_keep_forecast(Store *store, const LedgerForecast *f, gint64 *ret_prediction_id,
                          bool *ret_fresh, GError **error)
{
    g_autoptr(GPtrArray) units = read_content(f->content, error);
    g_autoptr(GPtrArray) all = units != NULL ? store_prediction_list(store, NULL, error) : NULL;
    if (all == NULL)
        return false;
    gint64 known = find_forecast(all, f, error);
    *ret_fresh = known == 0;
    *ret_prediction_id = known;
    if (known != 0)
        return known > 0;
    g_autoptr(StorePrediction) entry = store_prediction_new();
    entry->kind = g_strdup("forecast");
    entry->title = g_strdup(f->title);
    entry->target = g_strdup(f->target);
    entry->method = g_strdup(f->method);
    entry->author = g_strdup(f->author);
    entry->source = g_strdup(f->source);
    entry->verified = g_strdup(f->verified);
    entry->made_day = f->made_day;
    if (f->made_day == G_MININT32 && f->source == NULL)
        entry->made_day = today_of(store); /* our own; of others' the day may be unknown */
    entry->first_day = f->first_day;
    entry->last_day = f->last_day;
    entry->content = g_strdup(f->content);
    entry->data_hash = g_strdup(f->data_hash);
    if (!seal(store, entry, error))
        return false;
    *ret_prediction_id = entry->id;
    return true;
}

/* ---- names of units ---- */

/* "Burma/Myanmar", "Myanmar (Burma)": the whole name, and each of its parts, in small letters. */
static GPtrArray *names_of(const char *unit)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(names, g_utf8_casefold(unit, -1));
    g_auto(GStrv) parts = g_strsplit_set(unit, "/()", -1);
    for (char **part = parts; *part != NULL; part++) {
        g_autofree char *plain = g_utf8_casefold(g_strstrip(*part), -1);
        if (plain[0] != '\0' && strcmp(plain, g_ptr_array_index(names, 0)) != 0)
            g_ptr_array_add(names, g_steal_pointer(&plain));
    }
    return names;
}

/* name → unit's place + 1; 0: several units bear it. Whole names come before parts. */
static GHashTable *index_units(const GPtrArray *units)
{
    GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int pass = 0; pass < 2; pass++)
        for (guint i = 0; i < units->len; i++) {
            g_autoptr(GPtrArray) names =
                names_of(((const LedgerUnit *)g_ptr_array_index(units, i))->unit);
            for (guint k = (guint)pass; k < (pass == 0 ? 1 : names->len); k++) {
                const char *name = g_ptr_array_index(names, k);
                bool taken = g_hash_table_contains(index, name);
                g_hash_table_insert(index, g_strdup(name), GUINT_TO_POINTER(taken ? 0 : i + 1));
            }
        }
    return index;
}

static LedgerUnit *find_unit(GHashTable *index, const GPtrArray *units, const char *name)
{
    g_autoptr(GPtrArray) names = names_of(name);
    for (guint k = 0; k < names->len; k++) {
        guint at = GPOINTER_TO_UINT(g_hash_table_lookup(index, g_ptr_array_index(names, k)));
        if (at > 0)
            return g_ptr_array_index(units, at - 1);
    }
    return NULL;
}

/* ---- outcomes ---- */

/* A list of outcomes that is known to be whole from … to: those not in it did not happen. */
static bool covered(const GPtrArray *outcomes, const StorePrediction *prediction)
{
    for (guint i = 0; i < outcomes->len; i++) {
        const StoreOutcome *outcome = g_ptr_array_index(outcomes, i);
        if (g_strcmp0(outcome->unit, "*") == 0 &&
            g_strcmp0(outcome->target, prediction->target) == 0 &&
            outcome->first_day <= prediction->first_day &&
            outcome->last_day >= prediction->last_day)
            return true;
    }
    return false;
}

static void take_outcome(const StorePrediction *prediction, const StoreOutcome *outcome,
                         LedgerUnit *unit)
{
    bool count = unit->n_samples > 0;
    if (count) {
        if (outcome->first_day == prediction->first_day &&
            outcome->last_day == prediction->last_day)
            unit->outcome = outcome->value;
        return;
    }
    /* an event counts by the day it began on */
    if (outcome->first_day < prediction->first_day || outcome->first_day > prediction->last_day)
        return;
    if (outcome->value > 0)
        unit->outcome = 1;
}

/* A unit without the event has to be covered by zeros, or by a list that is whole. */
static void take_zeros(const StorePrediction *prediction, const GPtrArray *outcomes, bool whole,
                       LedgerUnit *unit, GHashTable *index, const GPtrArray *units)
{
    if (!isnan(unit->outcome) || unit->n_samples > 0)
        return;
    gint64 days = 0;
    for (guint i = 0; !whole && i < outcomes->len; i++) {
        const StoreOutcome *outcome = g_ptr_array_index(outcomes, i);
        if (outcome->value == 0 && g_strcmp0(outcome->target, prediction->target) == 0 &&
            outcome->first_day >= prediction->first_day &&
            outcome->last_day <= prediction->last_day &&
            find_unit(index, units, outcome->unit) == unit)
            days += outcome->last_day - outcome->first_day + 1;
    }
    if (whole || days >= (gint64)prediction->last_day - prediction->first_day + 1)
        unit->outcome = 0;
}

GPtrArray *ledger_units(Store *store, const StorePrediction *prediction, GError **error)
{
    g_autoptr(GPtrArray) units = read_content(prediction->content, error);
    g_autoptr(GPtrArray) outcomes = units != NULL ? store_outcome_list(store, NULL, error) : NULL;
    if (outcomes == NULL)
        return NULL;
    g_autoptr(GHashTable) index = index_units(units);
    for (guint i = 0; i < outcomes->len; i++) {
        const StoreOutcome *outcome = g_ptr_array_index(outcomes, i);
        if (g_strcmp0(outcome->target, prediction->target) != 0 ||
            g_strcmp0(outcome->unit, "*") == 0)
            continue;
        LedgerUnit *unit = find_unit(index, units, outcome->unit);
        if (unit != NULL)
            take_outcome(prediction, outcome, unit);
    }
    bool whole = covered(outcomes, prediction);
    for (guint i = 0; i < units->len; i++)
        take_zeros(prediction, outcomes, whole, g_ptr_array_index(units, i), index, units);
    return g_steal_pointer(&units);
}

/* ---- scores ---- */

bool ledger_score(const GPtrArray *units, ScoreMetric metric, Score *ret_score, GError **error)
{
    gsize n = 0, n_samples = 0;
    for (guint i = 0; i < units->len; i++) {
        const LedgerUnit *unit = g_ptr_array_index(units, i);
        n_samples = unit->n_samples;
        n += !isnan(unit->outcome);
    }
    g_autofree double *outcomes = g_new(double, n + 1), *probabilities = g_new(double, n + 1);
    g_autofree double *samples = g_new(double, n *n_samples + 1);
    gsize at = 0;
    for (guint i = 0; i < units->len; i++) {
        const LedgerUnit *unit = g_ptr_array_index(units, i);
        if (unit->n_samples != n_samples) {
            g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                                _("Units of one forecast have different numbers of samples: they "
                                  "cannot be scored together."));
            return false;
        }
        if (isnan(unit->outcome))
            continue;
        outcomes[at] = unit->outcome;
        probabilities[at] = unit->probability;
        if (n_samples > 0)
            memcpy(samples + at * n_samples, unit->samples, n_samples * sizeof *samples);
        at++;
    }
    return n_samples > 0 && !score_is_of_probability(metric)
               ? score_samples(metric, n, n_samples, samples, outcomes, ret_score, error)
           : n_samples == 0
               ? score_probabilities(metric, n, probabilities, outcomes, ret_score, error)
               : score_samples(metric, n, n_samples, samples, outcomes, ret_score, error);
}

void ledger_recall(const GPtrArray *units, guint top, guint *ret_found, guint *ret_events)
{
    *ret_found = *ret_events = 0;
    for (guint i = 0; i < units->len; i++) {
        const LedgerUnit *unit = g_ptr_array_index(units, i);
        bool event = !isnan(unit->outcome) && unit->outcome > 0;
        *ret_events += event;
        *ret_found += event && unit->rank <= top;
    }
}

bool ledger_followed(Store *store, const char *kind, guint *ret_closed, guint *ret_followed,
                     GError **error)
{
    g_autoptr(GPtrArray) entries = store_prediction_list(store, NULL, error);
    g_autoptr(GPtrArray) crises = entries != NULL ? store_crisis_list(store, NULL, error) : NULL;
    if (crises == NULL)
        return false;
    gint32 today = today_of(store);
    *ret_closed = *ret_followed = 0;
    for (guint i = 0; i < entries->len; i++) {
        const StorePrediction *entry = g_ptr_array_index(entries, i);
        if (g_strcmp0(entry->kind, kind) != 0 || entry->last_day >= today)
            continue;
        bool followed = false;
        for (guint k = 0; k < crises->len; k++) {
            const StoreCrisis *crisis = g_ptr_array_index(crises, k);
            followed |=
                crisis->first_day >= entry->first_day && crisis->first_day <= entry->last_day;
        }
        (*ret_closed)++;
        *ret_followed += followed;
    }
    return true;
}
