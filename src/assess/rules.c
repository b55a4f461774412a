/* assess/rules.c: what facts and alarms say about indicators of the framework.
 *
 * Each rule looks at one kind of evidence and proposes a level for one indicator, with the numbers
 * it saw and the records it saw them in. A rule that sees nothing says nothing: it never rates an
 * indicator "not present", for absence of reports is no evidence of absence. README.md lists the
 * rules and their thresholds. */
#include "assess/rules_private.h"

#include "base/edtf.h"
#include <math.h>
#include <string.h>

enum { MANY_KILLED = 100, VERY_MANY_KILLED = 1000 };

/* Acts that take life, body or liberty (indicator 7.8). */
static const char *const GRAVE[] = {
    "arrest",   "killing",          "execution",      "enforced_disappearance",
    "torture",  "death_in_custody", "death_sentence", "injury",
    "sentence", "summons",
};

void assess_finding_free(AssessFinding *finding)
{
    if (finding == NULL)
        return;
    json_decref(finding->data);
    g_array_unref(finding->evidence);
    g_free(finding);
}

AssessFinding *rule_finding_new(const char *indicator, const char *rule)
{
    AssessFinding *finding = g_new0(AssessFinding, 1);
    finding->indicator = indicator;
    finding->level = -1;
    finding->data = json_pack("{s:s}", "rule", rule);
    finding->evidence = g_array_new(FALSE, FALSE, sizeof(AssessEvidence));
    return finding;
}

void rule_see(AssessFinding *finding, StoreKind kind, gint64 id)
{
    const AssessEvidence evidence = {kind, id};
    for (guint i = 0; i < finding->evidence->len; i++) {
        const AssessEvidence *other = &g_array_index(finding->evidence, AssessEvidence, i);
        if (other->kind == kind && other->id == id)
            return;
    }
    g_array_append_val(finding->evidence, evidence);
}

/* A finding without evidence is none. */
void rule_conclude(AssessRun *run, AssessFinding *finding)
{
    if (finding->level < 0 || finding->evidence->len == 0)
        assess_finding_free(finding);
    else
        g_ptr_array_add(run->findings, finding);
}

void rule_number(AssessFinding *finding, const char *name, gint64 n)
{
    json_object_set_new(finding->data, name, json_integer((json_int_t)n));
}

void rule_add_name(AssessFinding *finding, const char *list, const char *name)
{
    json_t *names = json_object_get(finding->data, list);
    if (names == NULL) {
        names = json_array();
        json_object_set_new(finding->data, list, names);
    }
    json_array_append_new(names, json_string(name != NULL ? name : "?"));
}

void rule_name_crisis(AssessFinding *finding, const StoreCrisis *crisis)
{
    rule_see(finding, STORE_KIND_CRISIS, crisis->id);
    rule_add_name(finding, "names_en", crisis->name);
    rule_add_name(finding, "names_fa", crisis->name_fa != NULL ? crisis->name_fa : crisis->name);
}

static bool lasted_since(const StoreCrisis *crisis, gint32 day, gint32 today)
{
    return crisis->first_day <= today && crisis->last_day >= day;
}

/* ---- 1.1 war, 1.10 mass protest ---- */

/* An open end means "not over when read": it counts by its beginning. */
static void recent_crises(AssessRun *run, const char *kind, const char *indicator)
{
    AssessFinding *finding = rule_finding_new(indicator, "recent_crises");
    gint64 in_year = 0, in_five = 0;
    for (int pass = 0; pass < 2; pass++)
        for (guint i = 0; i < run->crises->len; i++) {
            const StoreCrisis *crisis = g_ptr_array_index(run->crises, i);
            StoreCrisis known = *crisis;
            if (known.last_day == G_MAXINT32)
                known.last_day = known.first_day;
            gint32 since = run->today - (pass == 0 ? DAYS_A_YEAR : FIVE_YEARS);
            if (g_strcmp0(crisis->kind, kind) != 0 || !lasted_since(&known, since, run->today))
                continue;
            if (pass == 0)
                in_year++;
            else
                in_five++;
            if (pass == 0 || in_year == 0)
                rule_name_crisis(finding, crisis);
        }
    finding->level = in_year > 1 ? 3 : in_year == 1 ? 2 : in_five > 0 ? 1 : -1;
    json_object_set_new(finding->data, "kind", json_string(kind));
    rule_number(finding, "days", in_year > 0 ? DAYS_A_YEAR : FIVE_YEARS);
    rule_conclude(run, finding);
}

/* ---- 8.1 hostilities begun, forces deployed ---- */

static void fresh_crises(AssessRun *run)
{
    AssessFinding *finding = rule_finding_new("8.1", "fresh_crises");
    gint32 newest = G_MININT32;
    for (guint i = 0; i < run->crises->len; i++) {
        const StoreCrisis *crisis = g_ptr_array_index(run->crises, i);
        if ((g_strcmp0(crisis->kind, "war") != 0 && g_strcmp0(crisis->kind, "unrest") != 0) ||
            crisis->first_day > run->today || crisis->first_day < run->today - DAYS_A_YEAR)
            continue;
        newest = MAX(newest, crisis->first_day);
        rule_name_crisis(finding, crisis);
    }
    if (newest != G_MININT32) {
        finding->level = newest >= run->today - DAYS_A_YEAR / 4 ? 3 : 2;
        rule_number(finding, "newest", newest);
    }
    rule_conclude(run, finding);
}

/* ---- 2.1 grave violations before ---- */

static bool counts_for(const StoreFigure *figure, const StoreCrisis *crisis)
{
    return figure->crisis_id == crisis->id && figure->low >= MANY_KILLED &&
           g_strcmp0(figure->verified, "read") == 0 &&
           (g_strcmp0(figure->kind, "killing") == 0 || g_strcmp0(figure->kind, "execution") == 0);
}

static void past_killings(AssessRun *run)
{
    AssessFinding *finding = rule_finding_new("2.1", "past_killings");
    gint64 n = 0;
    for (guint i = 0; i < run->crises->len; i++) {
        const StoreCrisis *crisis = g_ptr_array_index(run->crises, i);
        if (crisis->first_day >= run->today - DAYS_A_YEAR)
            continue;
        bool many = false;
        for (guint k = 0; k < run->figures->len; k++) {
            const StoreFigure *figure = g_ptr_array_index(run->figures, k);
            if (!counts_for(figure, crisis))
                continue;
            rule_see(finding, STORE_KIND_FIGURE, figure->id);
            many = true;
        }
        if (many) {
            rule_name_crisis(finding, crisis);
            n++;
        }
    }
    finding->level = n >= 3 ? 3 : n > 0 ? (gint32)n : -1;
    rule_number(finding, "n", n);
    rule_number(finding, "least", MANY_KILLED);
    rule_conclude(run, finding);
}

/* ---- 2.3 impunity ---- */

static void impunity(AssessRun *run)
{
    AssessFinding *finding = rule_finding_new("2.3", "impunity");
    gint64 n = 0;
    for (guint i = 0; i < run->crises->len; i++) {
        const StoreCrisis *crisis = g_ptr_array_index(run->crises, i);
        if (crisis->accountability == NULL || crisis->first_day > run->today)
            continue;
        rule_name_crisis(finding, crisis);
        n++;
    }
    finding->level = n > 1 ? 3 : n == 1 ? 2 : -1;
    rule_number(finding, "n", n);
    rule_conclude(run, finding);
}

/* ---- 7.8 more violations of life, body, liberty: executions; surges ---- */

static void executions_above(AssessRun *run)
{
    AssessFinding *finding = rule_finding_new("7.8", "executions_above");
    int this_year, month, day;
    edtf_day_to_gregorian(run->today, &this_year, &month, &day);
    json_t *rows = json_array();
    gint64 far_above = 0, above = 0;
    g_autoptr(GPtrArray) reporters = assess_reporters(run);
    for (guint i = 0; i < reporters->len; i++) {
        const char *reporter = g_ptr_array_index(reporters, i);
        g_autoptr(GArray) years = assess_years_of(run, reporter);
        while (years->len > 0 && g_array_index(years, AssessYear, years->len - 1).year >= this_year)
            g_array_set_size(years, years->len - 1); /* not over yet */
        if (years->len < 2)
            continue;
        const AssessYear *newest = &g_array_index(years, AssessYear, years->len - 1);
        if (newest->year < this_year - 2)
            continue;
        guint n_before = MIN(3, years->len - 1);
        double sum = 0;
        for (guint k = 1; k <= n_before; k++)
            sum += g_array_index(years, AssessYear, years->len - 1 - k).count;
        double before = sum / n_before, held = newest->count * n_before;
        if (!(sum > 0) || 10 * held < 11 * sum) /* counts are whole: 110 is 1.1 times 100 */
            continue;
        if (4 * held >= 5 * sum)
            far_above++;
        else
            above++;
        for (guint k = 0; k <= n_before; k++)
            rule_see(finding, STORE_KIND_FIGURE,
                     g_array_index(years, AssessYear, years->len - 1 - k).figure_id);
        json_array_append_new(rows, json_pack("{s:s, s:i, s:f, s:f, s:I}", "reporter", reporter,
                                              "year", newest->year, "count", newest->count,
                                              "before", before, "years", (json_int_t)n_before));
    }
    finding->level = far_above > 1 ? 3 : far_above == 1 ? 2 : above > 0 ? 1 : -1;
    finding->trend = "rising";
    json_object_set_new(finding->data, "rows", rows);
    rule_conclude(run, finding);
}

static const AssessSeries *series_of(const AssessRun *run, const StoreAlarm *alarm)
{
    for (guint i = 0; i < run->series->len; i++) {
        const AssessSeries *series = g_ptr_array_index(run->series, i);
        if (series->record != NULL && series->record->id == alarm->series_id)
            return series;
    }
    return NULL;
}

static bool is_grave(const char *kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(GRAVE); i++)
        if (g_strcmp0(GRAVE[i], kind) == 0)
            return true;
    return false;
}

static bool stands(const AssessRun *run, const StoreAlarm *alarm)
{
    return assess_alarm_stands(alarm) && alarm->last_day >= run->today - DAYS_A_YEAR &&
           alarm->first_day <= run->today;
}

static void surges(AssessRun *run)
{
    AssessFinding *finding = rule_finding_new("7.8", "surges");
    g_autoptr(GPtrArray) kinds = g_ptr_array_new();
    gint32 newest = G_MININT32;
    gint64 n = 0;
    for (guint i = 0; i < run->alarms->len; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(run->alarms, i);
        const AssessSeries *series = series_of(run, alarm);
        if (series == NULL || series->place_id != 0 || !stands(run, alarm) ||
            !is_grave(series->kind))
            continue;
        rule_see(finding, STORE_KIND_ALARM, alarm->id);
        newest = MAX(newest, alarm->first_day);
        n++;
        if (!g_ptr_array_find_with_equal_func(kinds, series->kind, g_str_equal, NULL)) {
            g_ptr_array_add(kinds, series->kind);
            rule_add_name(finding, "kinds", series->kind);
        }
    }
    finding->level = kinds->len > 1 ? 3 : kinds->len == 1 ? 2 : -1;
    finding->trend = newest >= run->today - DAYS_A_YEAR / 4 ? "rising" : NULL;
    rule_number(finding, "n", n);
    rule_number(finding, "newest", newest);
    rule_conclude(run, finding);
}

/* ---- 7.6 communication cut ---- */

static bool shutdown(AssessRun *run, GError **error)
{
    g_autoptr(GArray) behind = store_statement_behind(
        run->store, "internet_shutdown", NULL, run->today - DAYS_A_YEAR, run->today, false, error);
    if (behind == NULL)
        return false;
    AssessFinding *finding = rule_finding_new("7.6", "shutdown");
    g_autoptr(GHashTable) sources =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) reports =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (guint i = 0; i < behind->len; i++) {
        const StoreBehind *row = &g_array_index(behind, StoreBehind, i);
        g_hash_table_add(sources, g_memdup2(&row->source_id, sizeof row->source_id));
        if (g_hash_table_add(reports, g_memdup2(&row->report_id, sizeof row->report_id)))
            rule_see(finding, STORE_KIND_REPORT, row->report_id);
    }
    guint n = g_hash_table_size(sources);
    finding->level = n > 1 ? 2 : n == 1 ? 1 : -1;
    rule_number(finding, "reports", g_hash_table_size(reports));
    rule_number(finding, "sources", n);
    rule_conclude(run, finding);
    return true;
}

/* ---- 11.1 violence against civilians, 11.2 more places ---- */

typedef struct {
    const char *name;
    double low;
} Reporter;

static void killings_reported(AssessRun *run)
{
    AssessFinding *finding = rule_finding_new("11.1", "killings_reported");
    g_autoptr(GArray) reporters = g_array_new(FALSE, FALSE, sizeof(Reporter));
    for (guint i = 0; i < run->figures->len; i++) {
        const StoreFigure *f = g_ptr_array_index(run->figures, i);
        if (g_strcmp0(f->kind, "killing") != 0 || f->place_id != 0 || !(f->low >= MANY_KILLED) ||
            f->first_day < run->today - DAYS_A_YEAR || f->first_day > run->today ||
            f->reporter == NULL || g_strcmp0(f->verified, "read") != 0)
            continue;
        rule_see(finding, STORE_KIND_FIGURE, f->id);
        guint at = 0;
        while (at < reporters->len &&
               strcmp(g_array_index(reporters, Reporter, at).name, f->reporter) != 0)
            at++;
        if (at == reporters->len) {
            const Reporter fresh = {f->reporter, 0};
            g_array_append_val(reporters, fresh);
            rule_add_name(finding, "reporters", f->reporter);
        }
        Reporter *own = &g_array_index(reporters, Reporter, at);
        own->low = MAX(own->low, f->low);
    }
    guint very_many = 0;
    double least = INFINITY, most = 0;
    for (guint i = 0; i < reporters->len; i++) {
        double low = g_array_index(reporters, Reporter, i).low;
        very_many += low >= VERY_MANY_KILLED;
        least = MIN(least, low);
        most = MAX(most, low);
    }
    finding->level = very_many >= 3 ? 3 : reporters->len > 1 ? 2 : reporters->len == 1 ? 1 : -1;
    if (reporters->len > 0) {
        rule_number(finding, "least", (gint64)least);
        rule_number(finding, "most", (gint64)most);
    }
    rule_conclude(run, finding);
}

static void spread(AssessRun *run)
{
    AssessFinding *finding = rule_finding_new("11.2", "spread");
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    gint64 n = 0;
    for (guint i = 0; i < run->alarms->len; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(run->alarms, i);
        const AssessSeries *series = series_of(run, alarm);
        if (series == NULL || series->place_id == 0 || !stands(run, alarm) ||
            !is_grave(series->kind))
            continue;
        rule_see(finding, STORE_KIND_ALARM, alarm->id);
        n++;
        g_hash_table_add(places, g_memdup2(&series->place_id, sizeof series->place_id));
    }
    guint n_places = g_hash_table_size(places);
    finding->level = n_places >= 8 ? 3 : n_places >= 3 ? 2 : n_places > 0 ? 1 : -1;
    rule_number(finding, "places", n_places);
    rule_number(finding, "n", n);
    rule_conclude(run, finding);
}

bool assess_rules_apply(AssessRun *run, GError **error)
{
    run->findings = g_ptr_array_new_with_free_func((GDestroyNotify)assess_finding_free);
    recent_crises(run, "war", "1.1");
    recent_crises(run, "unrest", "1.10");
    past_killings(run);
    impunity(run);
    if (!shutdown(run, error))
        return false;
    executions_above(run);
    surges(run);
    fresh_crises(run);
    killings_reported(run);
    spread(run);
    return assess_rules_counts(run, error);
}
