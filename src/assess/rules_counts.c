/* assess/rules_counts.c: what counted statements, findings of mandates and the table of treaties
 * say. Rules as in rules.c: what a rule does not see it says nothing about. */
#include "assess/rules_private.h"

#include "base/data.h"
#include "evidence/original.h"
#include <string.h>

/* ---- 2.2 crimes before, as a UN mandate found them ---- */

static bool finds_crimes(const StoreCrisis *crisis)
{
    static const char *const CRIMES[] = {"crimes against humanity", "genocide", "war crimes"};
    for (gsize i = 0; crisis->accountability != NULL && i < G_N_ELEMENTS(CRIMES); i++)
        if (strstr(crisis->accountability, CRIMES[i]) != NULL)
            return true;
    return false;
}

static void past_crimes(AssessRun *run)
{
    AssessFinding *finding = rule_finding_new("2.2", "past_crimes");
    gint64 n = 0;
    for (guint i = 0; i < run->crises->len; i++) {
        const StoreCrisis *crisis = g_ptr_array_index(run->crises, i);
        if (crisis->first_day > run->today || !finds_crimes(crisis))
            continue;
        rule_name_crisis(finding, crisis);
        n++;
    }
    finding->level = n > 1 ? 3 : n == 1 ? 2 : -1;
    rule_number(finding, "n", n);
    rule_conclude(run, finding);
}

/* ---- statements of the last year ---- */

typedef struct {
    GHashTable *sources, *provinces; /* of gint64 */
    gint64 n, persons;
} Seen;

static void seen_clear(Seen *seen)
{
    g_hash_table_unref(seen->sources);
    g_hash_table_unref(seen->provinces);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Seen, seen_clear)

static Seen seen_new(void)
{
    return (Seen){.sources = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
                  .provinces = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL)};
}

static bool one_of(const char *kind, const char *const *kinds)
{
    for (; *kinds != NULL; kinds++)
        if (g_strcmp0(*kinds, kind) == 0)
            return true;
    return false;
}

static bool in_last_year(const AssessRun *run, gint32 day)
{
    return day > run->today - DAYS_A_YEAR && day <= run->today;
}

/* Each new province with one report that names it: examples, not all of them. */
static void see_row(const AssessRun *run, const StoreCounted *row, AssessFinding *finding,
                    Seen *seen)
{
    const gint64 *province = g_hash_table_lookup(run->provinces, &row->place_id);
    seen->n++;
    seen->persons += row->count_min;
    bool source =
        g_hash_table_add(seen->sources, g_memdup2(&row->source_id, sizeof row->source_id));
    bool place = province != NULL && *province != 0 &&
                 g_hash_table_add(seen->provinces, g_memdup2(province, sizeof *province));
    if (source || place)
        rule_see(finding, STORE_KIND_REPORT, row->report_id);
}

/* ---- 12.8 widespread or systematic violence ---- */

static void widespread(AssessRun *run)
{
    static const char *const KINDS[] = {"killing", "torture", "death_in_custody",
                                        "enforced_disappearance", NULL};
    AssessFinding *finding = rule_finding_new("12.8", "widespread");
    g_auto(Seen) seen = seen_new();
    for (gsize i = 0; i < run->counted->n; i++) {
        const StoreCounted *row = &run->counted->rows[i];
        if (in_last_year(run, row->day) && one_of(row->act_kind, KINDS))
            see_row(run, row, finding, &seen);
    }
    guint places = g_hash_table_size(seen.provinces), sources = g_hash_table_size(seen.sources);
    bool several = sources >= 2; /* one source alone is some signs at most */
    finding->level = places >= 20 && several   ? 3
                     : places >= 10 && several ? 2
                     : places >= 5             ? 1
                                               : -1;
    rule_number(finding, "places", places);
    rule_number(finding, "sources", sources);
    rule_number(finding, "persons", seen.persons);
    rule_conclude(run, finding);
}

/* ---- 13.12 detentions denied, in a war ---- */

static bool war_within_a_year(const AssessRun *run)
{
    for (guint i = 0; i < run->crises->len; i++) {
        const StoreCrisis *crisis = g_ptr_array_index(run->crises, i);
        gint32 end = crisis->last_day == G_MAXINT32 ? crisis->first_day : crisis->last_day;
        if (g_strcmp0(crisis->kind, "war") == 0 && crisis->first_day <= run->today &&
            end > run->today - DAYS_A_YEAR)
            return true;
    }
    return false;
}

/* A disappearance is a detention that is not acknowledged; factor 13 is about war. */
static void disappearances(AssessRun *run)
{
    static const char *const KINDS[] = {"enforced_disappearance", NULL};
    AssessFinding *finding = rule_finding_new("13.12", "disappearances");
    g_auto(Seen) seen = seen_new();
    for (gsize i = 0; war_within_a_year(run) && i < run->counted->n; i++) {
        const StoreCounted *row = &run->counted->rows[i];
        if (in_last_year(run, row->day) && one_of(row->act_kind, KINDS))
            see_row(run, row, finding, &seen);
    }
    guint sources = g_hash_table_size(seen.sources);
    finding->level = sources > 1 ? 2 : sources == 1 ? 1 : -1;
    rule_number(finding, "persons", seen.persons);
    rule_number(finding, "sources", sources);
    rule_conclude(run, finding);
}

/* ---- 7.9 women and children ---- */

static bool women_and_children(AssessRun *run, GError **error)
{
    gint32 split = run->today - DAYS_A_YEAR;
    g_autoptr(GArray) rows =
        store_statement_women_children(run->store, split - DAYS_A_YEAR + 1, run->today, error);
    if (rows == NULL)
        return false;
    AssessFinding *finding = rule_finding_new("7.9", "women_and_children");
    g_autoptr(GHashTable) sources =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    gint64 now = 0, before = 0;
    for (guint i = 0; i < rows->len; i++) {
        const StoreBehind *row = &g_array_index(rows, StoreBehind, i);
        if (row->day <= split) {
            before += row->count_min;
            continue;
        }
        now += row->count_min;
        g_hash_table_add(sources, g_memdup2(&row->source_id, sizeof row->source_id));
        rule_see(finding, STORE_KIND_REPORT, row->report_id);
    }
    guint n = g_hash_table_size(sources);
    finding->level = now >= 30 && now >= 2 * before && n >= 3       ? 3
                     : now >= 10 && 2 * now >= 3 * before && n >= 2 ? 2
                     : now >= 3 && 10 * now >= 11 * before          ? 1
                                                                    : -1;
    finding->trend = "rising";
    rule_number(finding, "now", now);
    rule_number(finding, "before", before);
    rule_number(finding, "sources", n);
    rule_conclude(run, finding);
    return true;
}

/* ---- 3.1 treaties ---- */

static const StoreOriginal *find_table(const GPtrArray *originals)
{
    for (guint i = originals->len; i > 0; i--) { /* a corrected table comes later */
        const StoreOriginal *original = g_ptr_array_index(originals, i - 1);
        if (original->name != NULL && g_str_has_suffix(original->name, "/treaties.csv") &&
            g_strcmp0(original->origin, "bundled") == 0)
            return original;
    }
    return NULL;
}

static bool treaties(AssessRun *run, GError **error)
{
    g_autoptr(GPtrArray) originals = store_original_list(run->store, NULL, error);
    const StoreOriginal *original = originals != NULL ? find_table(originals) : NULL;
    if (original == NULL)
        return originals != NULL;
    g_autoptr(GBytes) bytes = evidence_original_load(run->store, original->id, 0, 0, error);
    if (bytes == NULL)
        return false;
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    g_autoptr(CsvReader) reader = csv_reader_new_bytes(original->name, data, length, NULL);
    g_autoptr(CsvTable) table = csv_table_load(reader, error);
    if (table == NULL)
        return false;
    gssize party = csv_table_column(table, "party"), name = csv_table_column(table, "treaty");
    gssize verified = csv_table_column(table, "verified");
    AssessFinding *finding = rule_finding_new("3.1", "treaties");
    gint64 n = 0;
    for (gsize row = 0; party >= 0 && row < table->n_rows; row++) {
        const char *checked = csv_table_cell(table, row, verified);
        if (strcmp(csv_table_cell(table, row, party), "no") != 0 || strcmp(checked, "memory") == 0)
            continue; /* what nobody checked proposes nothing */
        rule_add_name(finding, "names", csv_table_cell(table, row, name));
        n++;
    }
    rule_see(finding, STORE_KIND_ORIGINAL, original->id);
    finding->level = n >= 3 ? 2 : n > 0 ? 1 : -1;
    rule_number(finding, "n", n);
    rule_conclude(run, finding);
    return true;
}

bool assess_rules_counts(AssessRun *run, GError **error)
{
    past_crimes(run);
    widespread(run);
    disappearances(run);
    return women_and_children(run, error) && treaties(run, error);
}
