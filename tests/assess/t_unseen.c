/* A case as overlapping lists, by stratum. */
#include "assess/unseen.h"
#include "case.h"

static gint32 day_of(int year, int month, int day)
{
    return edtf_day_from_gregorian(year, month, day);
}

static gint64 person(Store *store)
{
    g_autoptr(StorePerson) made = store_person_new();
    made->kind = g_strdup("victim");
    g_assert_true(store_person_add(store, made, NULL));
    return made->id;
}

static AssessStrata *split(Store *store, const char *by, const char *kind)
{
    AssessUnseenOptions options = assess_unseen_options();
    g_autoptr(GError) error = NULL;
    options.act_kind = kind;
    options.least_on_list = 1;
    if (by != NULL)
        g_assert_true(assess_by_parse(by, &options.by, &error));
    AssessStrata *strata = assess_strata(store, &options, &error);
    g_assert_no_error(error);
    return strata;
}

static const AssessStratum *stratum(const AssessStrata *strata, const char *title)
{
    for (guint i = 0; i < strata->strata->len; i++) {
        const AssessStratum *one = strata->strata->pdata[i];
        if (strcmp(one->title[I18N_ENGLISH], title) == 0)
            return one;
    }
    return NULL;
}

static guint64 overlap(const AssessStratum *one)
{
    return estimate_lists_overlap(one->tables[0], 3);
}

static void persons_count_once_however_often_told(void)
{
    Store *store = case_new(day_of(2025, 6, 1));
    gint64 a = case_source(store, "A"), b = case_source(store, "B");
    for (int i = 0; i < 12; i++) {
        gint64 who = person(store);
        case_statement(store, a, "arrest", day_of(2024, 3, 1 + i), 20000, 0, 1, who);
        case_statement(store, a, "arrest", day_of(2024, 3, 1 + i), 20000, 0, 1, who);
        if (i < 5)
            case_statement(store, b, "arrest", day_of(2024, 3, 2 + i), 20000, 0, 1, who);
    }
    g_autoptr(AssessStrata) strata = split(store, NULL, NULL);
    g_assert_cmpuint(strata->strata->len, ==, 1);
    const AssessStratum *all = strata->strata->pdata[0];
    g_assert_cmpfloat(all->persons, ==, 12);
    g_assert_cmpuint(overlap(all), ==, 5);
    g_assert_cmpuint(all->tables[0]->observed, ==, 12);
    g_assert_cmpint(g_array_index(all->sources, gint64, 0), ==, a); /* the larger first */
    store_close(store);
}

static void a_day_apart_over_new_year_is_one_year(void)
{
    Store *store = case_new(day_of(2025, 6, 1));
    gint64 a = case_source(store, "A"), b = case_source(store, "B");
    for (int i = 0; i < 4; i++) {
        gint64 who = person(store);
        case_statement(store, a, "arrest", day_of(2023, 12, 31), 20000, 0, 1, who);
        case_statement(store, b, "arrest", day_of(2024, 1, 1), 20000, 0, 1, who);
        if (i < 2) /* and a second arrest, months later */
            case_statement(store, b, "arrest", day_of(2024, 8, 1), 20000, 0, 1, who);
    }
    g_autoptr(AssessStrata) strata = split(store, "year", NULL);
    const AssessStratum *before = stratum(strata, "2023"), *after = stratum(strata, "2024");
    g_assert_cmpfloat(before->persons, ==, 4);
    g_assert_cmpuint(overlap(before), ==, 4);
    g_assert_cmpfloat(after->persons, ==, 2);
    g_assert_null(after->tables); /* one source alone */
    g_assert_nonnull(after->why);
    g_assert_cmpstr(before->title[I18N_PERSIAN], ==, "۲۰۲۳ (۱۴۰۱–۱۴۰۲)");
    store_close(store);
}

static void the_iranian_year_begins_at_nowruz(void)
{
    Store *store = case_new(day_of(2025, 6, 1));
    gint64 a = case_source(store, "A"), b = case_source(store, "B");
    gint64 first = person(store), second = person(store);
    case_statement(store, a, "arrest", day_of(2024, 3, 1), 20000, 0, 1, first);
    case_statement(store, b, "arrest", day_of(2024, 3, 1), 20000, 0, 1, first);
    case_statement(store, a, "arrest", day_of(2024, 4, 1), 20000, 0, 1, second);
    case_statement(store, b, "arrest", day_of(2024, 4, 1), 20000, 0, 1, second);
    g_autoptr(AssessStrata) strata = split(store, "solar-year", NULL);
    g_assert_nonnull(stratum(strata, "SH 1402 (2023–2024)"));
    g_assert_cmpstr(stratum(strata, "SH 1403 (2024–2025)")->title[I18N_PERSIAN], ==, "۱۴۰۳");
    store_close(store);
}

static void a_death_happens_once(void)
{
    Store *store = case_new(day_of(2025, 6, 1));
    gint64 a = case_source(store, "A"), b = case_source(store, "B");
    gint64 who = person(store);
    case_statement(store, a, "execution", day_of(2022, 11, 1), 20000, 0, 1, who);
    case_statement(store, a, "execution", day_of(2022, 11, 1), 20000, 0, 1, who);
    case_statement(store, b, "execution", day_of(2023, 2, 1), 20000, 0, 1, who); /* told late */
    g_autoptr(AssessStrata) strata = split(store, "year", NULL);
    g_assert_cmpuint(strata->strata->len, ==, 1);
    g_assert_cmpuint(overlap(stratum(strata, "2022")), ==, 1);
    store_close(store);
}

static void kinds_and_provinces_stand_apart(void)
{
    Store *store = case_new(day_of(2025, 6, 1));
    gint64 a = case_source(store, "A"), b = case_source(store, "B");
    gint64 country = case_place(store, "IR", "Iran", "country", 0);
    gint64 fars = case_place(store, "IR-07", "Fars", "province", country);
    gint64 shiraz = case_place(store, NULL, "Shiraz", "city", fars);
    gint64 yazd = case_place(store, "IR-21", "Yazd", "province", country);
    for (int i = 0; i < 6; i++) {
        gint64 who = person(store);
        gint64 place = i < 4 ? shiraz : yazd;
        case_statement(store, a, "arrest", day_of(2024, 3, 1), 20000, place, 1, who);
        case_statement(store, b, "arrest", day_of(2024, 3, 1), 20000, i < 4 ? fars : yazd, 1, who);
        if (i == 0)
            case_statement(store, a, "execution", day_of(2024, 5, 1), 20000, country, 1, who);
    }
    g_autoptr(AssessStrata) strata = split(store, "province,kind", NULL);
    g_assert_cmpuint(strata->strata->len, ==, 3);
    g_assert_cmpuint(overlap(stratum(strata, "arrests, Fars")), ==, 4);
    g_assert_cmpuint(overlap(stratum(strata, "arrests, Yazd")), ==, 2);
    g_assert_cmpfloat(stratum(strata, "executions, province not known")->persons, ==, 1);
    g_autoptr(AssessStrata) deaths = split(store, NULL, "execution");
    g_assert_cmpfloat(((AssessStratum *)deaths->strata->pdata[0])->persons, ==, 1);
    store_close(store);
}

static void sources_are_chosen_by_name(void)
{
    Store *store = case_new(day_of(2025, 6, 1));
    gint64 ids[3] = {case_source(store, "A"), case_source(store, "B"), case_source(store, "C")};
    for (int i = 0; i < 9; i++) {
        gint64 who = person(store);
        for (int s = 0; s < 3; s++)
            if (i % (s + 1) == 0 || (s == 2 && i == 1))
                case_statement(store, ids[s], "arrest", day_of(2024, 3, 1), 20000, 0, 1, who);
    }
    AssessUnseenOptions options = assess_unseen_options();
    const char *const names[] = {"B", "C", NULL}, *const unknown[] = {"B", "D", NULL};
    g_autoptr(GError) error = NULL;
    options.sources = names;
    g_autoptr(AssessStrata) strata = assess_strata(store, &options, &error);
    g_assert_no_error(error);
    const AssessStratum *all = strata->strata->pdata[0];
    g_assert_cmpstr(all->tables[0]->names[0], ==, "B");
    g_assert_cmpfloat(all->persons, ==, 9);
    /* B: 0 2 4 6 8; C: 0 1 3 6: on neither 5 and 7. */
    g_assert_cmpfloat(all->elsewhere, ==, 2);
    g_assert_cmpuint(all->tables[0]->observed, ==, 7);
    options.sources = unknown;
    g_assert_null(assess_strata(store, &options, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    store_close(store);
}

static void withdrawn_reports_count_for_nothing(void)
{
    Store *store = case_new(day_of(2025, 6, 1));
    gint64 a = case_source(store, "A"), b = case_source(store, "B"), who = person(store);
    case_statement(store, a, "arrest", day_of(2024, 3, 1), 20000, 0, 1, who);
    gint64 said = case_statement(store, b, "arrest", day_of(2024, 3, 1), 20000, 0, 1, who);
    g_autoptr(AssessStrata) both = split(store, NULL, NULL);
    g_assert_cmpuint(overlap(both->strata->pdata[0]), ==, 1);
    g_autoptr(StoreStatement) statement = store_statement_load(store, said, NULL);
    g_autoptr(StoreReport) report = store_report_load(store, statement->report_id, NULL);
    report->withdrawn = true;
    g_assert_true(store_report_update(store, report, NULL));
    g_autoptr(AssessStrata) one = split(store, NULL, NULL);
    g_assert_nonnull(((AssessStratum *)one->strata->pdata[0])->why);
    store_close(store);
}

static void ways_to_split_are_checked(void)
{
    static const struct {
        const char *text;
        guint by; /* 0: refused */
    } CASES[] = {
        {"year", ASSESS_BY_YEAR},
        {"year,province,kind", ASSESS_BY_YEAR | ASSESS_BY_PROVINCE | ASSESS_BY_KIND},
        {"kind, solar-year", ASSESS_BY_KIND | ASSESS_BY_SOLAR_YEAR},
        {"year,solar-year", 0},
        {"town", 0},
        {"", 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        guint by = 99;
        g_autoptr(GError) error = NULL;
        bool ok = assess_by_parse(CASES[i].text, &by, &error);
        g_assert_cmpint(ok, ==, CASES[i].by != 0);
        if (ok)
            g_assert_cmpuint(by, ==, CASES[i].by);
        else
            g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/assess/unseen/persons_count_once_however_often_told",
                    persons_count_once_however_often_told);
    g_test_add_func("/assess/unseen/a_day_apart_over_new_year_is_one_year",
                    a_day_apart_over_new_year_is_one_year);
    g_test_add_func("/assess/unseen/the_iranian_year_begins_at_nowruz",
                    the_iranian_year_begins_at_nowruz);
    g_test_add_func("/assess/unseen/a_death_happens_once", a_death_happens_once);
    g_test_add_func("/assess/unseen/kinds_and_provinces_stand_apart",
                    kinds_and_provinces_stand_apart);
    g_test_add_func("/assess/unseen/sources_are_chosen_by_name", sources_are_chosen_by_name);
    g_test_add_func("/assess/unseen/withdrawn_reports_count_for_nothing",
                    withdrawn_reports_count_for_nothing);
    g_test_add_func("/assess/unseen/ways_to_split_are_checked", ways_to_split_are_checked);
    return g_test_run();
}
