/* tests/assess/t_rules.c: each rule at its thresholds and just below them, on cases made for it. */
#include "case.h"
#include "store/assessment.h"

#define TODAY ((gint32)20500)

typedef struct {
    const char *kind;
    gint32 begin, end; /* days before today; end -1: open */
    double killed;     /* by one figure that was read; 0 none */
    const char *found; /* by a UN mandate; NULL nothing */
} Crisis;

typedef struct {
    const char *factor, *indicator;
    Crisis crises[4]; /* up to the first without a kind */
    gint32 level;     /* -1: nothing is proposed */
    guint evidence;   /* records linked */
} CrisisRow;

static gint64 add_crisis(Store *store, const Crisis *made, guint number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreCrisis) crisis = store_crisis_new();
    crisis->kind = g_strdup(made->kind);
    crisis->name = g_strdup_printf("crisis %u", number);
    crisis->first_day = TODAY - made->begin;
    crisis->last_day = made->end < 0 ? G_MAXINT32 : TODAY - made->end;
    crisis->source = g_strdup("made for this test");
    crisis->accountability = g_strdup(made->found);
    g_assert_true(store_crisis_add(store, crisis, &error));
    g_assert_no_error(error);
    return crisis->id;
}

static void add_figure(Store *store, gint64 crisis, const char *reporter, const char *kind,
                       const char *date, gint32 day, double low, const char *verified)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreFigure) figure = store_figure_new();
    figure->crisis_id = crisis;
    figure->reporter = g_strdup(reporter);
    figure->kind = g_strdup(kind);
    figure->event_date = g_strdup(date);
    figure->first_day = figure->last_day = day;
    figure->low = figure->high = low;
    figure->source = g_strdup("made for this test");
    figure->verified = g_strdup(verified);
    g_assert_true(store_figure_add(store, figure, &error));
    g_assert_no_error(error);
}

/* What is proposed for an indicator: its level, or -1; how many records it rests on. */
static gint32 proposed(Store *store, const char *factor, const char *indicator, guint *evidence)
{
    AssessSummary summary = case_run(store);
    g_autoptr(StoreRating) rating = case_rating(store, summary.assessment_id, factor, indicator);
    *evidence = rating != NULL ? case_links(store, STORE_KIND_RATING, rating->id) : 0;
    assess_summary_clear(&summary);
    return rating != NULL ? rating->level : -1;
}

static const CrisisRow CRISES[] = {
    {"RF1", "1.1", {{"war", 40, 30}}, 2, 1},
    {"RF1", "1.1", {{"war", 40, 30}, {"war", 364, 350}}, 3, 2},
    {"RF1", "1.1", {{"war", 1000, 900}}, 1, 1},
    {"RF1", "1.1", {{"war", 1000, -1}}, 1, 1}, /* open: counts by its beginning */
    {"RF1", "1.1", {{"war", 1900, 1850}}, -1, 0},
    {"RF1", "1.1", {{"war", -3, -10}}, -1, 0}, /* lies ahead */
    {"RF1", "1.1", {{"unrest", 40, 30}}, -1, 0},
    {"RF1", "1.10", {{"unrest", 40, 30}}, 2, 1},
    {"RF8", "8.1", {{"war", 91, 80}}, 3, 1},
    {"RF8", "8.1", {{"unrest", 92, 80}}, 2, 1},
    {"RF8", "8.1", {{"unrest", 366, 1}}, -1, 0},
    {"RF2", "2.1", {{"purge", 400, 390, 100}}, 1, 2},
    {"RF2", "2.1", {{"purge", 400, 390, 99}}, -1, 0},
    {"RF2", "2.1", {{"purge", 300, 290, 100}}, -1, 0}, /* not before, but now */
    {"RF2", "2.1", {{"purge", 400, 390, 100}, {"purge", 900, 890, 500}}, 2, 4},
    {"RF2",
     "2.1",
     {{"purge", 400, 390, 100}, {"purge", 900, 890, 500}, {"war", 4000, 3000, 800}},
     3,
     6},
    {"RF2", "2.2", {{"unrest", 900, 800, 0, "found crimes against humanity"}}, 2, 1},
    {"RF2", "2.2", {{"unrest", 900, 800, 0, "found that nobody was tried"}}, -1, 0},
    {"RF2",
     "2.2",
     {{"unrest", 900, 800, 0, "found crimes against humanity"}, {"war", 90, 80, 0, "war crimes"}},
     3,
     2},
    {"RF2", "2.3", {{"unrest", 900, 800, 0, "found that nobody was tried"}}, 2, 1},
    {"RF2", "2.3", {{"unrest", 900, 800}}, -1, 0},
    {"RF2",
     "2.3",
     {{"unrest", 900, 800, 0, "nobody was tried"}, {"unrest", 90, 80, 0, "nobody was tried"}},
     3,
     2},
};

static void crises(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CRISES); i++) {
        const CrisisRow *row = &CRISES[i];
        g_autoptr(Store) store = case_new(TODAY);
        for (guint k = 0; k < G_N_ELEMENTS(row->crises) && row->crises[k].kind != NULL; k++) {
            gint64 crisis = add_crisis(store, &row->crises[k], k + 1);
            if (row->crises[k].killed > 0)
                add_figure(store, crisis, "A", "killing", "2020", TODAY - row->crises[k].begin,
                           row->crises[k].killed, "read");
        }
        guint evidence;
        gint32 level = proposed(store, row->factor, row->indicator, &evidence);
        if (level != row->level || evidence != row->evidence)
            g_error("row %zu, %s: level %d with %u records, wanted %d with %u", i, row->indicator,
                    level, evidence, row->level, row->evidence);
    }
}

/* A figure that nobody checked, or of arrests, makes no past killing. */
static void figures_that_do_not_count(void)
{
    g_autoptr(Store) store = case_new(TODAY);
    gint64 crisis = add_crisis(store, &(Crisis){"purge", 400, 390}, 1);
    add_figure(store, crisis, "A", "killing", "2020", TODAY - 400, 5000, "memory");
    add_figure(store, crisis, "A", "arrest", "2020", TODAY - 400, 5000, "read");
    guint evidence;
    g_assert_cmpint(proposed(store, "RF2", "2.1", &evidence), ==, -1);
    add_figure(store, crisis, "B", "execution", "2020", TODAY - 400, 100, "read");
    g_assert_cmpint(proposed(store, "RF2", "2.1", &evidence), ==, 1);
}

typedef struct {
    double years[4]; /* newest last; 0: none */
    double others[4];
    gint32 level;
} YearsRow;

static void executions_by_year(void)
{
    static const YearsRow ROWS[] = {
        {{0, 0, 0, 200}, {0}, -1}, /* nothing to hold it against */
        {{0, 0, 100, 109}, {0}, -1},
        {{0, 0, 100, 110}, {0}, 1},
        {{0, 0, 100, 125}, {0}, 2},
        {{50, 100, 150, 125}, {0}, 2}, /* against the mean of three years: 100 */
        {{0, 0, 100, 125}, {0, 0, 80, 100}, 3},
        {{0, 0, 100, 125}, {0, 0, 80, 88}, 2},
    };
    int this_year, month, day;
    edtf_day_to_gregorian(TODAY, &this_year, &month, &day);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(Store) store = case_new(TODAY);
        for (int k = 0; k < 4; k++) {
            int year = this_year - 4 + k;
            g_autofree char *date = g_strdup_printf("%d", year);
            gint32 first = edtf_day_from_gregorian(year, 1, 1);
            if (ROWS[i].years[k] > 0)
                add_figure(store, 0, "A", "execution", date, first, ROWS[i].years[k], "read");
            if (ROWS[i].others[k] > 0)
                add_figure(store, 0, "B", "execution", date, first, ROWS[i].others[k], "read");
        }
        /* This year is not over: it is not held against whole years. */
        g_autofree char *now = g_strdup_printf("%d", this_year);
        add_figure(store, 0, "A", "execution", now, edtf_day_from_gregorian(this_year, 1, 1), 9000,
                   "read");
        guint evidence;
        gint32 level = proposed(store, "RF7", "7.8", &evidence);
        if (level != ROWS[i].level)
            g_error("row %zu: level %d, wanted %d", i, level, ROWS[i].level);
    }
}

static void killings_by_body(void)
{
    static const struct {
        double lows[3];
        gint32 level;
    } ROWS[] = {
        {{99}, -1}, {{100}, 1}, {{100, 150}, 2}, {{1000, 2000, 999}, 2}, {{1000, 2000, 3000}, 3},
    };
    static const char *const BODIES[] = {"A", "B", "C"};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(Store) store = case_new(TODAY);
        for (int k = 0; k < 3; k++)
            if (ROWS[i].lows[k] > 0)
                add_figure(store, 0, BODIES[k], "killing", "2026-01", TODAY - 60, ROWS[i].lows[k],
                           "read");
        add_figure(store, 0, "D", "killing", "2020-01", TODAY - 366, 9000, "read"); /* too old */
        add_figure(store, 0, "E", "killing", "2026-01", TODAY - 60, 9000, "memory");
        guint evidence;
        gint32 level = proposed(store, "RF11", "11.1", &evidence);
        if (level != ROWS[i].level)
            g_error("row %zu: level %d, wanted %d", i, level, ROWS[i].level);
    }
}

/* `n` statements of a kind over `n_provinces` provinces, told by `n_sources` sources in turn. */
static void add_statements(Store *store, const char *kind, guint n, guint n_provinces,
                           guint n_sources, gint32 day)
{
    gint64 sources[4] = {0}, provinces[32] = {0};
    for (guint i = 0; i < n_sources; i++) {
        g_autofree char *name = g_strdup_printf("%s %u %d", kind, i, day);
        sources[i] = case_source(store, name);
    }
    for (guint i = 0; i < n_provinces; i++) {
        g_autofree char *name = g_strdup_printf("Province %u", i);
        provinces[i] = case_place(store, NULL, name, "province", 0);
    }
    for (guint i = 0; i < n; i++)
        case_statement(store, sources[i % n_sources], kind, day, day,
                       n_provinces > 0 ? provinces[i % n_provinces] : 0, 1, 0);
}

static void violence_by_province(void)
{
    static const struct {
        guint provinces, sources;
        gint32 level;
    } ROWS[] = {{4, 2, -1}, {5, 1, 1}, {9, 2, 1}, {10, 1, 1}, {10, 2, 2}, {20, 1, 1}, {20, 2, 3}};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(Store) store = case_new(TODAY);
        add_statements(store, "torture", 24, ROWS[i].provinces, ROWS[i].sources, TODAY - 20);
        add_statements(store, "arrest", 30, 30, 2, TODAY - 20); /* arrests are no such violence */
        guint evidence;
        gint32 level = proposed(store, "RF12", "12.8", &evidence);
        if (level != ROWS[i].level)
            g_error("row %zu: level %d, wanted %d", i, level, ROWS[i].level);
    }
}

static void disappearances_in_a_war(void)
{
    for (guint n_sources = 1; n_sources <= 2; n_sources++) {
        g_autoptr(Store) store = case_new(TODAY);
        guint evidence;
        add_statements(store, "enforced_disappearance", 4, 1, n_sources, TODAY - 30);
        g_assert_cmpint(proposed(store, "RF13", "13.12", &evidence), ==, -1); /* there is no war */
        add_crisis(store, &(Crisis){"war", 60, 50}, 1);
        g_assert_cmpint(proposed(store, "RF13", "13.12", &evidence), ==, n_sources);
        g_assert_cmpuint(evidence, ==, n_sources); /* one example of each source */
    }
}

static void communication_cut(void)
{
    for (guint n_sources = 1; n_sources <= 2; n_sources++) {
        g_autoptr(Store) store = case_new(TODAY);
        guint evidence;
        add_statements(store, "internet_shutdown", 3, 0, n_sources, TODAY - 400);
        g_assert_cmpint(proposed(store, "RF7", "7.6", &evidence), ==, -1); /* over a year ago */
        add_statements(store, "internet_shutdown", 3, 0, n_sources, TODAY - 300);
        g_assert_cmpint(proposed(store, "RF7", "7.6", &evidence), ==, n_sources);
        g_assert_cmpuint(evidence, ==, 3);
    }
}

static void add_victims(Store *store, guint n, guint n_sources, gint32 day)
{
    g_autoptr(GError) error = NULL;
    gint64 sources[3] = {0};
    for (guint i = 0; i < n_sources; i++) {
        g_autofree char *name = g_strdup_printf("source %u %d", i, day);
        sources[i] = case_source(store, name);
    }
    for (guint i = 0; i < n; i++) {
        gint64 id = case_statement(store, sources[i % n_sources], "killing", day, day, 0, 1, 0);
        g_autoptr(StoreStatement) statement = store_statement_load(store, id, &error);
        g_assert_no_error(error);
        if (i % 2 == 0)
            statement->victim_gender = g_strdup("female");
        else
            statement->victim_age = 17;
        g_assert_true(store_statement_update(store, statement, &error));
        g_assert_no_error(error);
    }
}

static void women_and_children(void)
{
    static const struct {
        guint now, before, sources;
        gint32 level;
    } ROWS[] = {{2, 0, 1, -1},  {3, 0, 1, 1},   {11, 10, 1, 1}, {10, 10, 2, -1}, {15, 10, 2, 2},
                {14, 10, 2, 1}, {15, 10, 1, 1}, {30, 15, 3, 3}, {30, 15, 2, 2},  {30, 16, 3, 2}};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(Store) store = case_new(TODAY);
        add_victims(store, ROWS[i].now, ROWS[i].sources, TODAY - 10);
        if (ROWS[i].before > 0)
            add_victims(store, ROWS[i].before, 1, TODAY - 400);
        guint evidence;
        gint32 level = proposed(store, "RF7", "7.9", &evidence);
        if (level != ROWS[i].level)
            g_error("row %zu: level %d, wanted %d", i, level, ROWS[i].level);
        g_assert_cmpuint(evidence, ==, level < 0 ? 0 : ROWS[i].now);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func("/assess/rules/" #name, name)
    CLAIM(crises);
    CLAIM(figures_that_do_not_count);
    CLAIM(executions_by_year);
    CLAIM(killings_by_body);
    CLAIM(violence_by_province);
    CLAIM(disappearances_in_a_war);
    CLAIM(communication_cut);
    CLAIM(women_and_children);
    return g_test_run();
}
