/* assess/run.c: one run: series, alarms, estimates, ratings, in one transaction.
 *
 * What all of it rests on is hashed first; when the newest assessment was computed from the same,
 * nothing is written. The day counts by its week, so that a daily run adds nothing of itself. */
#include "assess/judge_private.h"
#include "assess/ledger.h"
#include "assess/private.h"

#include "base/edtf.h"
#include <math.h>
#include <string.h>

static const char RULES_VERSION[] = "rules 3";
static const char FRAMEWORK[] = "A/70/741–S/2016/71 (2014)";

AssessOptions assess_options(void)
{
    return (AssessOptions){.today = G_MININT32,
                           .alpha = 0.01,
                           .recent = 52,
                           .big_places = 12,
                           .min_events = 10,
                           .discovery_rate = 0.1,
                           .seed = 1};
}

void assess_summary_clear(AssessSummary *summary)
{
    g_clear_pointer(&summary->changes, g_free);
    memset(summary, 0, sizeof *summary);
}

static void run_clear(AssessRun *run)
{
    g_clear_pointer(&run->originals, g_hash_table_unref);
    store_tally_free(run->tally);
    store_counted_free(run->counted);
    g_clear_pointer(&run->copy_of, g_free);
    g_clear_pointer(&run->notices, g_array_unref);
    g_clear_pointer(&run->provinces, g_hash_table_unref);
    g_clear_pointer(&run->places, g_ptr_array_unref);
    g_clear_pointer(&run->series, g_ptr_array_unref);
    g_clear_pointer(&run->alarms, g_ptr_array_unref);
    g_clear_pointer(&run->crises, g_ptr_array_unref);
    g_clear_pointer(&run->figures, g_ptr_array_unref);
    g_clear_pointer(&run->estimates, g_array_unref);
    g_clear_pointer(&run->findings, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AssessRun, run_clear)

/* ---- what it rests on ---- */

static void hash_text(GChecksum *sum, const char *text)
{
    if (text != NULL)
        g_checksum_update(sum, (const guint8 *)text, (gssize)strlen(text));
    g_checksum_update(sum, (const guint8 *)"\n", 1);
}

static void hash_numbers(GChecksum *sum, const char *what, const double *numbers, gsize n)
{
    hash_text(sum, what);
    for (gsize i = 0; i < n; i++) {
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        hash_text(sum, g_ascii_dtostr(text, sizeof text, numbers[i]));
    }
}

static void hash_tally(GChecksum *sum, const StoreTally *tally)
{
    for (gsize i = 0; i < tally->n_rows; i++) {
        const StoreTallyRow *row = &tally->rows[i];
        const double numbers[] = {row->day,
                                  row->received_day,
                                  (double)row->place_id,
                                  (double)row->source_id,
                                  (double)row->statements,
                                  (double)row->count_min,
                                  (double)row->count_max};
        hash_numbers(sum, row->act_kind, numbers, G_N_ELEMENTS(numbers));
    }
}

static void hash_facts(GChecksum *sum, const AssessRun *run)
{
    for (guint i = 0; i < run->crises->len; i++) {
        const StoreCrisis *crisis = g_ptr_array_index(run->crises, i);
        const double numbers[] = {(double)crisis->id, crisis->first_day, crisis->last_day,
                                  crisis->accountability != NULL};
        hash_text(sum, crisis->name);
        hash_numbers(sum, crisis->kind, numbers, G_N_ELEMENTS(numbers));
    }
    for (guint i = 0; i < run->figures->len; i++) {
        const StoreFigure *f = g_ptr_array_index(run->figures, i);
        const double numbers[] = {(double)f->id, f->first_day,         f->last_day,        f->low,
                                  f->high,       (double)f->crisis_id, (double)f->place_id};
        hash_text(sum, f->reporter);
        hash_text(sum, f->verified);
        hash_numbers(sum, f->kind, numbers, G_N_ELEMENTS(numbers));
    }
}

/* Lists by what they count, not by what earlier runs made of them; alarms that somebody looked
 * at, for a dismissed one counts no more. */
static bool hash_written(GChecksum *sum, AssessRun *run, GError **error)
{
    g_autoptr(GPtrArray) all = store_series_list(run->store, NULL, error);
    g_autoptr(GPtrArray) alarms = store_alarm_list(run->store, NULL, error);
    if (all == NULL || alarms == NULL)
        return false;
    for (guint i = 0; i < all->len; i++) {
        const StoreSeries *series = g_ptr_array_index(all, i);
        json_t *definition = assess_json(series->definition);
        const char *key = assess_json_text(definition, "key");
        if (key != NULL && g_str_has_prefix(key, "list/")) {
            hash_text(sum, key);
            gsize n;
            const StoreSeriesPoint *points = store_series_points(series, &n);
            for (gsize k = 0; k < n; k++) {
                const double numbers[] = {points[k].first_day, points[k].observed};
                g_checksum_update(sum, (const guint8 *)numbers, sizeof numbers);
            }
        }
        json_decref(definition);
    }
    for (guint i = 0; i < alarms->len; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(alarms, i);
        if (g_strcmp0(alarm->status, "new") == 0 || g_strcmp0(alarm->status, "ceased") == 0)
            continue;
        const double id = (double)alarm->id;
        hash_numbers(sum, alarm->status, &id, 1);
    }
    return true;
}

static char *hash_inputs(AssessRun *run, const GArray *pairs, GError **error)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    const double options[] = {signal_interval_start(run->interval, run->today),
                              run->options.alpha,
                              run->options.recent,
                              run->options.big_places,
                              run->options.min_events,
                              (double)run->options.seed,
                              run->options.discovery_rate};
    hash_numbers(sum, RULES_VERSION, options, G_N_ELEMENTS(options));
    hash_tally(sum, run->tally);
    hash_facts(sum, run);
    for (guint i = 0; i < pairs->len; i++) {
        const StorePersonSource *pair = &g_array_index(pairs, StorePersonSource, i);
        const gint64 numbers[] = {pair->person_id, pair->source_id};
        g_checksum_update(sum, (const guint8 *)numbers, sizeof numbers);
    }
    return hash_written(sum, run, error) ? g_strdup(g_checksum_get_string(sum)) : NULL;
}

/* ---- the assessment ---- */

static StoreAssessment *newest(Store *store, GError **error)
{
    const StorePage page = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) list = store_assessment_list(store, &page, error);
    if (list == NULL || list->len == 0)
        return NULL;
    StoreAssessment *assessment = g_ptr_array_index(list, 0);
    g_ptr_array_set_free_func(list, NULL);
    return assessment;
}

static const StoreRating *rating_find(GPtrArray *ratings, const char *factor, const char *indicator)
{
    for (guint i = 0; ratings != NULL && i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        if (g_strcmp0(rating->factor, factor) == 0 && g_strcmp0(rating->indicator, indicator) == 0)
            return rating;
    }
    return NULL;
}

static bool copy_links(Store *store, gint64 from, gint64 to, GError **error)
{
    g_autoptr(GPtrArray) links = store_link_list_from(store, STORE_KIND_RATING, from, NULL, error);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        if (!store_link_join(store, STORE_KIND_RATING, to, (StoreKind)link->to_kind, link->to_id,
                             link->role, error))
            return false;
    }
    return links != NULL;
}

typedef struct {
    AssessRun *run;
    gint64 assessment_id;
    GPtrArray *before;     /* StoreRating of the assessment that is replaced; NULL */
    GPtrArray *judgements; /* in force: what analysts rated stays theirs */
    gsize n_rated;
} Rater;

/* What a person rated stays until a person changes it. */
static bool add_rating(Rater *rater, StoreRating *rating, const AssessFinding *const *findings,
                       gsize n_findings, gint32 *ret_level, GError **error)
{
    const StoreRating *own = rating_find(rater->before, rating->factor, rating->indicator);
    bool by_hand = own != NULL && g_strcmp0(own->method, "by hand") == 0;
    rating->assessment_id = rater->assessment_id;
    if (by_hand) {
        rating->level = own->level;
        g_free(rating->trend);
        rating->trend = g_strdup(own->trend);
        g_free(rating->rationale);
        rating->rationale = g_strdup(own->rationale);
        g_free(rating->method);
        rating->method = g_strdup(own->method);
    } else if (rating->indicator != NULL)
        judge_combine(rating, rater->judgements);
    *ret_level = rating->level;
    Store *store = rater->run->store;
    if (!store_rating_add(store, rating, error) ||
        (rating->indicator != NULL && !judge_link(store, rating, rater->judgements, error)))
        return false;
    if (by_hand)
        return copy_links(store, own->id, rating->id, error);
    for (gsize f = 0; f < n_findings; f++)
        for (guint e = 0; e < findings[f]->evidence->len; e++) {
            const AssessEvidence *evidence =
                &g_array_index(findings[f]->evidence, AssessEvidence, e);
            if (!store_link_join(store, STORE_KIND_RATING, rating->id, evidence->kind, evidence->id,
                                 "evidence", error))
                return false;
        }
    return true;
}

static StoreRating *rating_of(const char *factor, const char *indicator,
                              const AssessFinding *const *findings, gsize n)
{
    StoreRating *rating = store_rating_new();
    rating->factor = g_strdup(factor);
    rating->indicator = g_strdup(indicator);
    rating->level = -1;
    if (n == 0) {
        rating->method = g_strdup("no evidence");
        return rating;
    }
    json_t *rules = json_array();
    g_autoptr(GString) method = g_string_new("rules:");
    for (gsize i = 0; i < n; i++) {
        rating->level = MAX(rating->level, findings[i]->level);
        if (findings[i]->trend != NULL && rating->trend == NULL)
            rating->trend = g_strdup(findings[i]->trend);
        json_array_append(rules, findings[i]->data);
        g_string_append_printf(method, "%s%s", i == 0 ? " " : ", ",
                               assess_json_text(findings[i]->data, "rule"));
    }
    rating->rationale = assess_json_write(rules);
    rating->method = g_strdup(method->str);
    return rating;
}

static bool is_judged(const Rater *rater, const char *indicator)
{
    for (guint i = 0; i < rater->judgements->len; i++) {
        const StoreJudgement *judgement = g_ptr_array_index(rater->judgements, i);
        if (g_strcmp0(judgement->indicator, indicator) == 0)
            return true;
    }
    return false;
}

/* A factor is as high as its highest indicator. Each factor has a row, each indicator that
 * evidence speaks to, or a person rated. */
static bool rate_factor(Rater *rater, const AssessFactor *factor, GError **error)
{
    AssessRun *run = rater->run;
    g_autoptr(GPtrArray) of_factor = g_ptr_array_new();
    gint32 highest_by_hand = -1;
    bool judged = false;
    for (gsize i = 0; i < factor->n_indicators; i++) {
        const char *indicator = factor->indicators[i].id;
        g_autoptr(GPtrArray) own = g_ptr_array_new();
        for (guint f = 0; f < run->findings->len; f++) {
            AssessFinding *finding = g_ptr_array_index(run->findings, f);
            if (strcmp(finding->indicator, indicator) == 0)
                g_ptr_array_add(own, finding);
        }
        const StoreRating *before = rating_find(rater->before, factor->code, indicator);
        bool by_hand = before != NULL && g_strcmp0(before->method, "by hand") == 0;
        bool by_analysts = is_judged(rater, indicator);
        judged = judged || by_analysts;
        if (own->len == 0 && !by_hand && !by_analysts)
            continue;
        const AssessFinding *const *findings = (const AssessFinding *const *)own->pdata;
        g_autoptr(StoreRating) rating = rating_of(factor->code, indicator, findings, own->len);
        gint32 level;
        if (!add_rating(rater, rating, findings, own->len, &level, error))
            return false;
        if (by_hand)
            highest_by_hand = MAX(highest_by_hand, level);
        else
            for (guint f = 0; f < own->len; f++)
                g_ptr_array_add(of_factor, g_ptr_array_index(own, f));
    }
    const AssessFinding *const *findings = (const AssessFinding *const *)of_factor->pdata;
    g_autoptr(StoreRating) rating = rating_of(factor->code, NULL, findings, of_factor->len);
    rating->level = MAX(rating->level, highest_by_hand);
    gint32 level;
    if (!add_rating(rater, rating, findings, of_factor->len, &level, error))
        return false;
    if (judged && !judge_rate_factor(run->store, rater->assessment_id, factor->code, &level, error))
        return false;
    rater->n_rated += level >= 0;
    return true;
}

static bool write_assessment(AssessRun *run, const StoreAssessment *before, const char *inputs,
                             AssessSummary *summary, GError **error)
{
    const AssessFramework *framework = assess_framework(error);
    if (framework == NULL)
        return false;
    g_autoptr(StoreAssessment) assessment = store_assessment_new();
    I18nLanguage saved = assess_speak(I18N_ENGLISH);
    g_autofree char *day = edtf_describe_day(run->today);
    i18n_set_language(saved);
    assessment->title = g_strdup_printf("Assessment of %s", day);
    assessment->framework = g_strdup(FRAMEWORK);
    assessment->author = g_strdup(run->options.author != NULL ? run->options.author : "zenhar");
    assessment->status = g_strdup("draft");
    assessment->first_day = run->today - DAYS_A_YEAR;
    assessment->last_day = run->today;
    assessment->previous_id = before != NULL ? before->id : 0;
    assessment->synthetic = run->synthetic;
    assessment->inputs = g_strdup(inputs);
    if (before != NULL) { /* a forecast is of its own data: it stays until a newer one is kept */
        assessment->probability = before->probability;
        assessment->probability_low = before->probability_low;
        assessment->probability_high = before->probability_high;
        assessment->forecast_method = g_strdup(before->forecast_method);
    }
    if (!store_assessment_add(run->store, assessment, error))
        return false;
    g_autoptr(GPtrArray) ratings = NULL;
    if (before != NULL) {
        ratings = store_rating_list_by_assessment(run->store, before->id, NULL, error);
        if (ratings == NULL)
            return false;
    }
    g_autoptr(GPtrArray) judgements = judge_in_force(run->store, 0, error);
    if (judgements == NULL)
        return false;
    Rater rater = {
        .run = run, .assessment_id = assessment->id, .before = ratings, .judgements = judgements};
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++)
        if (!rate_factor(&rater, &framework->factors[f], error))
            return false;
    for (guint i = 0; i < run->estimates->len; i++)
        if (!store_link_join(run->store, STORE_KIND_ASSESSMENT, assessment->id, STORE_KIND_ESTIMATE,
                             g_array_index(run->estimates, gint64, i), "part", error))
            return false;
    summary->assessment_id = assessment->id;
    summary->previous_id = assessment->previous_id;
    summary->changed = true;
    summary->n_rated = rater.n_rated;
    summary->changes = assess_changes(run->store, assessment, i18n_language(), error);
    if (summary->changes != NULL && summary->changes[0] == '\0')
        g_clear_pointer(&summary->changes, g_free);
    return error == NULL || *error == NULL;
}

/* ---- the run ---- */

static bool load(AssessRun *run, GError **error)
{
    gint64 seconds = store_now(run->store);
    run->today = run->options.today != G_MININT32
                     ? run->options.today
                     : (gint32)(seconds / 86400 - (seconds % 86400 < 0));
    g_autofree char *label = store_setting_get(run->store, "label", NULL);
    g_autofree char *country = store_setting_get(run->store, "country", NULL);
    run->synthetic = g_strcmp0(label, "synthetic") == 0;
    run->interval = g_strcmp0(country, "IR") == 0 ? SIGNAL_WEEKLY_SOLAR : SIGNAL_WEEKLY;
    run->crises = assess_count(run, error) ? store_crisis_list(run->store, NULL, error) : NULL;
    run->figures = run->crises != NULL ? store_figure_list(run->store, NULL, error) : NULL;
    return run->figures != NULL;
}

static void count_standing(Store *store, AssessSummary *summary)
{
    summary->n_series = (gsize)MAX(0, store_series_count(store, NULL));
    summary->n_alarms = (gsize)MAX(0, store_alarm_count(store, NULL));
    summary->n_estimates = (gsize)MAX(0, store_estimate_count(store, NULL));
}

/* Same inputs: what stands is told, nothing is written. */
static bool tell_unchanged(Store *store, const StoreAssessment *before, AssessSummary *summary,
                           GError **error)
{
    g_autoptr(GPtrArray) ratings = store_rating_list_by_assessment(store, before->id, NULL, error);
    if (ratings == NULL)
        return false;
    summary->assessment_id = before->id;
    summary->previous_id = before->previous_id;
    for (guint i = 0; i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        summary->n_rated += rating->indicator == NULL && rating->level >= 0;
    }
    return true;
}

static bool run_all(AssessRun *run, AssessSummary *summary, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreAssessment) before = newest(run->store, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    g_autoptr(GArray) pairs = store_person_sources(run->store, error);
    if (pairs == NULL || !load(run, error))
        return false;
    g_autofree char *inputs = hash_inputs(run, pairs, error);
    if (inputs == NULL)
        return false;
    if (before != NULL && g_strcmp0(before->inputs, inputs) == 0)
        return tell_unchanged(run->store, before, summary, error);
    if (!assess_series_build(run, error))
        return false;
    assess_discovery_rate(run);
    assess_bookkeeping(run);
    return assess_series_write(run, error) && assess_bookkeeping_write(run, error) &&
           assess_alarms_write(run, error) &&
           ledger_keep_alarms(run->store, run->alarms, inputs, error) &&
           assess_estimates_write(run, pairs, error) && assess_rules_apply(run, error) &&
           write_assessment(run, before, inputs, summary, error);
}

bool assess_run(Store *store, const AssessOptions *options, AssessSummary *summary, GError **error)
{
    const AssessOptions defaults = assess_options();
    g_auto(AssessRun) run = {.store = store, .options = options != NULL ? *options : defaults};
    AssessSummary own = {0};
    if (!store_begin(store, error))
        return false;
    if (!run_all(&run, &own, error)) {
        store_rollback(store);
        assess_summary_clear(&own);
        return false;
    }
    count_standing(store, &own);
    if (!store_commit(store, error)) {
        assess_summary_clear(&own);
        return false;
    }
    if (summary != NULL)
        *summary = own;
    else
        assess_summary_clear(&own);
    return true;
}
