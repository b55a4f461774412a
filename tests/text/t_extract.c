/* What a letter or report says, and the places of their day. */
#include "text/extract.h"

#include "support.h"
#include <stdio.h>
#include <string.h>

/* ---- a small gazetteer: names and codes as in ISO 3166-2:IR and public lists ---- */

static const TextPlaceRow ROWS[] = {
    {TEXT_PLACE_PROVINCE, "IR-23", "تهران", "Tehran", 0},
    {TEXT_PLACE_PROVINCE, "IR-30", "البرز", "Alborz", 0},
    {TEXT_PLACE_PROVINCE, "IR-05", "کرمانشاه", "Kermanshah", 0},
    {TEXT_PLACE_PROVINCE, "IR-12", "کردستان", "Kurdistan", 0},
    {TEXT_PLACE_PROVINCE, "IR-09", "خراسان رضوی", "Razavi Khorasan", 0},
    {TEXT_PLACE_PROVINCE, "IR-28", "خراسان شمالی", "North Khorasan", 0},
    {TEXT_PLACE_PROVINCE, "IR-29", "خراسان جنوبی", "South Khorasan", 0},
    {TEXT_PLACE_PROVINCE, "IR-03", "آذربایجان شرقی", "East Azerbaijan", 0},
    {TEXT_PLACE_PROVINCE, "IR-11", "سیستان و بلوچستان", "Sistan and Baluchestan", 0},
    {TEXT_PLACE_CITY, "IR-30", "کرج", "Karaj", 1448075},
    {TEXT_PLACE_CITY, "IR-12", "سنندج", "Sanandaj", 349176},
    {TEXT_PLACE_CITY, "IR-28", "بجنورد", "Bojnurd", 192041},
    {TEXT_PLACE_CITY, "IR-12", "", "Marivan", 91664},
    {TEXT_PLACE_CITY, "IR-23", "بهارستان", "Baharestan", 0},
    {TEXT_PLACE_COUNTY, "IR-10", "بهارستان", "Baharestan", 0},
    {TEXT_PLACE_PROVINCE, "IR-10", "اصفهان", "Isfahan", 0},
    {TEXT_PLACE_PROVINCE, "IR-26", "قزوین", "Qazvin", 0},
    {TEXT_PLACE_COUNTY, "IR-26", "البرز", "Alborz", 0},
    {TEXT_PLACE_COUNTY, "IR-07", "شیراز", "Shiraz", 0},
    {TEXT_PLACE_CITY, "IR-07", "شیراز", "Shiraz", 1249942},
    {TEXT_PLACE_CITY, "IR-03", "", "Shīrāz", 0},
};

static TextGazetteer *gazetteer_new(void)
{
    g_autoptr(GError) error = NULL;
    TextGazetteer *gazetteer = text_gazetteer_new(ROWS, G_N_ELEMENTS(ROWS), &error);
    g_assert_no_error(error);
    return gazetteer;
}

static const struct PlaceCase {
    const char *claim, *name;
    int year; /* 0: today */
    const char *iso, *today;
} PLACES[] = {
    {"province_fa", "تهران", 0, "IR-23", "IR-23"},
    {"province_named", "استان تهران", 0, "IR-23", "IR-23"},
    {"province_en", "Tehran Province", 0, "IR-23", "IR-23"},
    {"arabic_letters", "كردستان", 0, "IR-12", "IR-12"},
    {"other_spelling", "Kordestan", 0, "IR-12", "IR-12"},
    {"half_space", "آذربایجان‌شرقی", 0, "IR-03", "IR-03"},
    {"two_words", "آذربایجان شرقی", 0, "IR-03", "IR-03"},
    {"city_fa", "سنندج", 0, "IR-12", "IR-12"},
    {"city_en", "Sanandaj", 0, "IR-12", "IR-12"},
    {"by_sound", "Marīvān", 0, "IR-12", "IR-12"},
    {"by_sound_other", "Bojnoord", 0, "IR-28", "IR-28"},
    {"alborz_today", "کرج", 0, "IR-30", "IR-30"},
    {"alborz_before_2010_is_tehran", "کرج", 2009, "IR-23", "IR-30"},
    {"khorasan_before_2004", "بجنورد", 2003, "IR-09", "IR-28"},
    {"khorasan_undivided", "خراسان", 1988, "IR-09", ""},
    {"khorasan_today_is_three", "خراسان", 0, "", ""},
    {"bakhtaran_is_kermanshah", "باختران", 1985, "IR-05", "IR-05"},
    {"bakhtaran_en", "Bakhtaran", 1985, "IR-05", "IR-05"},
    {"a_province_and_a_county_of_one_name_stay_open", "البرز", 0, "", ""},
    {"likewise_en", "Alborz", 0, "", ""},
    {"its_kind_decides_province", "استان البرز", 0, "IR-30", "IR-30"},
    {"its_kind_decides_county", "شهرستان البرز", 0, "IR-26", "IR-26"},
    {"its_kind_decides_en", "Alborz County", 0, "IR-26", "IR-26"},
    {"size_decides_nothing", "Shīrāz", 0, "", ""},
    {"the_spelling_of_the_list_decides", "Shiraz", 0, "IR-07", "IR-07"},
    {"persian_name_of_one_place_only", "شیراز", 0, "IR-07", "IR-07"},
};

static void test_place(gconstpointer data)
{
    const struct PlaceCase *row = data;
    g_autoptr(TextGazetteer) gazetteer = gazetteer_new();
    TextPlaceMatch match;
    gint32 day = row->year == 0 ? G_MAXINT32 : edtf_day_from_gregorian(row->year, 6, 1);
    g_assert_true(text_gazetteer_resolve(gazetteer, row->name, -1, day, &match));
    g_assert_cmpstr(match.iso, ==, row->iso);
    g_assert_cmpstr(match.iso_today, ==, row->today);
}

static void test_what_does_not_resolve_is_not_guessed(void)
{
    g_autoptr(TextGazetteer) gazetteer = gazetteer_new();
    TextPlaceMatch match;
    g_assert_false(text_gazetteer_resolve(gazetteer, "ناکجاآباد", -1, G_MAXINT32, &match));
    g_assert_false(text_gazetteer_resolve(gazetteer, "", -1, G_MAXINT32, &match));
    g_assert_true(text_gazetteer_resolve(gazetteer, "بهارستان", -1, G_MAXINT32, &match));
    g_assert_cmpstr(match.iso, ==, "");
    g_assert_nonnull(strchr(match.candidates, ' '));
}

/* Every row of data/geo in each script it has resolves to its province, or is listed. */
static void test_all_places(void)
{
    static const struct {
        const char *file;
        int iso, names[2];
    } FILES[] = {{"data/geo/provinces.csv", 0, {1, 2}},
                 {"data/geo/counties.csv", 0, {1, 2}},
                 {"data/geo/cities.csv", 1, {0, 6}}};
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(TextPlaceRow));
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    for (gsize f = 0; f < G_N_ELEMENTS(FILES); f++) {
        g_autofree char *path = test_shared_path(FILES[f].file);
        if (path == NULL)
            return;
        g_autofree char *table = test_read_file(path, NULL);
        g_auto(GStrv) split = g_strsplit(table, "\n", -1);
        for (gsize i = 1; split[i] != NULL && split[i][0] != '\0'; i++) {
            char **cells = g_strsplit(g_strchomp(split[i]), ",", -1);
            g_ptr_array_add(lines, cells);
            TextPlaceRow row = {.kind = (TextPlaceKind)f, .iso = cells[FILES[f].iso]};
            row.name_fa = f == 2 ? (g_strv_length(cells) > 6 ? cells[6] : "") : cells[1];
            row.name_en = f == 2 ? cells[0] : cells[2];
            row.population = f == 2 ? g_ascii_strtoll(cells[4], NULL, 10) : 0;
            /* county rows begin with the province */
            if (f == 1)
                row.iso = cells[0];
            g_array_append_val(rows, row);
        }
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(TextGazetteer) gazetteer =
        text_gazetteer_new((const TextPlaceRow *)rows->data, rows->len, &error);
    g_assert_no_error(error);
    gsize names = 0, right = 0, open = 0, missed = 0;
    for (gsize i = 0; i < rows->len; i++) {
        const TextPlaceRow *row = &g_array_index(rows, TextPlaceRow, i);
        const char *both[] = {row->name_fa, row->name_en};
        for (gsize k = 0; k < 2; k++) {
            if (both[k][0] == '\0')
                continue;
            static const char *const KINDS[] = {"استان", "شهرستان", "شهر"};
            g_autofree char *named =
                k == 0 ? g_strdup_printf("%s %s", KINDS[row->kind], both[k]) : g_strdup(both[k]);
            TextPlaceMatch match;
            names++;
            if (!text_gazetteer_resolve(gazetteer, named, -1, G_MAXINT32, &match)) {
                g_test_message("not resolved: %s", named);
                missed++;
                continue;
            }
            if (match.iso_today[0] == '\0')
                open++; /* two provinces have it: listed, not guessed */
            else if (strcmp(match.iso_today, row->iso) == 0)
                right++;
            else
                g_test_message("%s of %s taken for %s (%s)", named, row->iso, match.iso_today,
                               match.candidates);
            g_assert_nonnull(strstr(match.candidates, match.iso_today));
        }
    }
    g_test_message("%zu names: %zu right, %zu left open, %zu wrong", names, right, open,
                   names - right - open);
    g_assert_cmpuint(missed, ==, 0);
    g_assert_cmpuint(right * 100, >=, names * 90);
    g_assert_cmpuint(right + open, ==, names);
}

/* ---- statements ---- */

static const struct Said {
    const char *claim, *text;
    TextFindingKind kind;
    const char *value;
    gint64 min, max;
    const char *edtf, *iso;
} SAID[] = {
    {"arrest",
     "در ۷ تیر ۱۴۰۴ دست‌کم ۱۲ نفر در سنندج بازداشت شدند.",
     TEXT_FINDING_ACT, "arrest", 12, -1, "2025-06-28", "IR-12"},
    {"count_at_least", "دست‌کم ۱۲ نفر در سنندج بازداشت شدند.",
     TEXT_FINDING_CLAIM, "نفر", 12, -1, "", ""},
    {"count_about", "نزدیک به ۵۰۰۰ زندانی سیاسی اعدام شدند", TEXT_FINDING_CLAIM, "زندانی سیاسی",
     5000, 5000, "", ""},
    {"count_vague", "هزاران نفر کشته شدند", TEXT_FINDING_CLAIM, "نفر", 1000, -1, "", ""},
    {"count_range", "بین ۲۰ تا ۳۰ نفر کشته شدند", TEXT_FINDING_CLAIM, "نفر", 20, 30, "", ""},
    {"count_words", "سی و پنج نفر کشته شدند", TEXT_FINDING_CLAIM, "نفر", 35, 35, "", ""},
    {"count_more_than", "بیش از ۱۰۰ معترض", TEXT_FINDING_CLAIM, "معترض", 100, -1, "", ""},
    {"count_en", "At least 22 people were killed in Tehran on 28 June 2025.", TEXT_FINDING_CLAIM,
     "people", 22, -1, "2025-06-28", ""},
    {"killing_en", "At least 22 people were killed in Tehran on 28 June 2025.", TEXT_FINDING_ACT,
     "killing", 22, -1, "2025-06-28", "IR-23"},
    {"thousands", "1,200 political prisoners", TEXT_FINDING_CLAIM, "political prisoners", 1200,
     1200, "", ""},
    {"summons", "او به دادگاه احضار شد", TEXT_FINDING_ACT, "summons", -1, -1, "", ""},
    {"death_sentence", "دو نفر به اعدام محکوم شدند", TEXT_FINDING_ACT, "death_sentence", 2, 2, "",
     ""},
    {"a_part_is_not_the_whole",
     "دست‌کم ۳۰۴ نفر از جمله ۴۱ کودک کشته شده‌اند",
     TEXT_FINDING_ACT, "killing", 304, -1, "", ""},
    {"a_part_is_not_the_whole_en", "304 people, including 41 children, were killed",
     TEXT_FINDING_ACT, "killing", 304, 304, "", ""},
    {"lost_their_lives", "سه زندانی جان خود را از دست دادند", TEXT_FINDING_ACT, "killing", 3, 3, "",
     ""},
    {"three_were", "12 protesters were arrested and three were flogged", TEXT_FINDING_ACT,
     "flogging", 3, 3, "", ""},
    {"sentenced_to_death", "he was sentenced to death", TEXT_FINDING_ACT, "death_sentence", -1, -1,
     "", ""},
    {"sentenced_to_prison", "he was sentenced to five years in prison", TEXT_FINDING_ACT,
     "sentence", -1, -1, "", ""},
    {"death_in_custody", "خبر مرگ در بازداشت او", TEXT_FINDING_ACT, "death_in_custody", -1, -1, "",
     ""},
    {"died_in_custody", "She died in police custody", TEXT_FINDING_ACT, "death_in_custody", -1, -1,
     "", ""},
    {"disappearance", "ناپدیدسازی قهری فعالان", TEXT_FINDING_ACT, "enforced_disappearance", -1, -1,
     "", ""},
    {"torture", "گزارش شکنجه", TEXT_FINDING_ACT, "torture", -1, -1, "", ""},
    {"release", "آنان آزاد شدند", TEXT_FINDING_ACT, "release", -1, -1, "", ""},
    {"place", "در استان آذربایجان شرقی", TEXT_FINDING_PLACE, "IR-03", -1, -1, "", "IR-03"},
    {"open_place", "او اهل بهارستان است", TEXT_FINDING_PLACE, "", -1, -1, "", ""},
    {"the_kind_decides", "در شهر بهارستان بازداشت شد", TEXT_FINDING_ACT, "arrest", -1, -1, "",
     "IR-23"},
    {"the_province_said_to_hold_it_decides", "بازداشت در شهر بهارستان در استان اصفهان",
     TEXT_FINDING_ACT, "arrest", -1, -1, "", "IR-10"},
    {"the_act_takes_the_place_so_decided", "در البرز، قزوین، بازداشت شد", TEXT_FINDING_ACT,
     "arrest", -1, -1, "", "IR-26"},
    {"bracket_decides_en", "were arrested in Alborz (Qazvin)", TEXT_FINDING_ACT, "arrest", -1, -1,
     "", "IR-26"},
    {"first_act_of_two", "در تهران ۵ نفر بازداشت و در سنندج ۳ نفر کشته شدند", TEXT_FINDING_ACT,
     "arrest", 5, 5, "", "IR-23"},
    {"second_act_of_two", "در تهران ۵ نفر بازداشت و در سنندج ۳ نفر کشته شدند", TEXT_FINDING_ACT,
     "killing", 3, 3, "", "IR-12"},
    {"first_act_of_two_en",
     "On 28 June 2025, 5 people were arrested in Tehran and 3 people were killed in Karaj.",
     TEXT_FINDING_ACT, "arrest", 5, 5, "2025-06-28", "IR-23"},
    {"second_act_of_two_en",
     "On 28 June 2025, 5 people were arrested in Tehran and 3 people were killed in Karaj.",
     TEXT_FINDING_ACT, "killing", 3, 3, "2025-06-28", "IR-30"},
    {"two_days_in_a_sentence",
     "در ۷ تیر ۱۴۰۴ پنج نفر بازداشت شدند و در ۹ تیر ۱۴۰۴ سه نفر اعدام شدند", TEXT_FINDING_ACT,
     "execution", 3, 3, "2025-06-30", ""},
    {"old_place", "در سال ۱۳۸۰ در کرج بازداشت شد", TEXT_FINDING_PLACE, "IR-23", -1, -1, "",
     "IR-23"},
};

static void test_said(gconstpointer data)
{
    const struct Said *row = data;
    g_autoptr(TextGazetteer) gazetteer = gazetteer_new();
    TextExtractOptions options = {.gazetteer = gazetteer};
    g_auto(TextFindings) findings = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(text_extract(row->text, strlen(row->text), &options, &findings, &error));
    for (gsize i = 0; i < findings.n; i++) {
        const TextFinding *f = &findings.findings[i];
        g_assert_cmpuint(f->end, <=, strlen(row->text));
        if (f->kind != row->kind || strcmp(f->value, row->value) != 0)
            continue;
        g_assert_cmpint(f->number_min, ==, row->min);
        g_assert_cmpint(f->number_max, ==, row->max);
        g_assert_cmpstr(f->edtf, ==, row->edtf);
        g_assert_cmpstr(f->iso, ==, row->iso);
        return;
    }
    g_test_message("not found: %s %s", text_finding_kind_name(row->kind), row->value);
    g_test_fail();
}

static void test_not_said(void)
{
    static const char *const TEXTS[] = {"برای بازداشتن رژیم", "زخمی عمیق در حافظه",
                                        "این کار محکوم است", "۱۲ کتاب خواندم",
                                        "one detainee spoke"};
    for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        g_auto(TextFindings) findings = {0};
        g_assert_true(text_extract(TEXTS[i], strlen(TEXTS[i]), NULL, &findings, NULL));
        g_assert_cmpuint(findings.n, ==, 0);
    }
    const char *denied = "او بازداشت نشد";
    g_auto(TextFindings) findings = {0};
    g_assert_true(text_extract(denied, strlen(denied), NULL, &findings, NULL));
    g_assert_cmpuint(findings.n, ==, 1);
    g_assert_true(findings.findings[0].negated);
}

static void test_english_letter(void)
{
    const char *letter =
        "To: António Guterres, Secretary-General of the United Nations\n"
        "June 28, 2025\n\n"
        "Excellency,\nWe write about the arrests in Tehran.\n"
        "We request the following steps:\n- Monitor the situation;\n- Convene the Council.\n\n"
        "Signed,\n* First Society\n* Second Association\n";
    g_auto(TextFindings) findings = {0};
    g_assert_true(text_extract(letter, strlen(letter), NULL, &findings, NULL));
    gsize count[TEXT_N_FINDINGS] = {0};
    for (gsize i = 0; i < findings.n; i++)
        count[findings.findings[i].kind]++;
    g_assert_cmpuint(count[TEXT_FINDING_LETTER_DATE], ==, 1);
    g_assert_cmpuint(count[TEXT_FINDING_ADDRESSEE], ==, 1);
    g_assert_cmpuint(count[TEXT_FINDING_ASK], ==, 2);
    g_assert_cmpuint(count[TEXT_FINDING_ORGANISATION], ==, 2);
}

/* The open letter of 28 June 2025: its date, 5 addressees, 3 asks, 19 organisations, two counts. */
static void test_founding_letter(void)
{
    g_autofree char *path = test_shared_path("reference/letter/letter-fa.txt");
    if (path == NULL)
        return;
    gsize length;
    g_autofree char *letter = test_read_file(path, &length);
    g_auto(TextFindings) findings = {0};
    g_assert_true(text_extract(letter, length, NULL, &findings, NULL));
    gsize count[TEXT_N_FINDINGS] = {0}, contradicted = 0;
    const TextFinding *claims[4] = {NULL};
    for (gsize i = 0; i < findings.n; i++) {
        const TextFinding *f = &findings.findings[i];
        if (f->kind == TEXT_FINDING_CLAIM && count[f->kind] < 4)
            claims[count[f->kind]] = f;
        count[f->kind]++;
        contradicted += f->kind == TEXT_FINDING_DATE && strcmp(f->detail, "contradicted") == 0;
        if (f->kind == TEXT_FINDING_LETTER_DATE)
            g_assert_cmpstr(f->value, ==, "2025-06-28");
    }
    g_assert_cmpuint(count[TEXT_FINDING_LETTER_DATE], ==, 1);
    g_assert_cmpuint(count[TEXT_FINDING_ADDRESSEE], ==, 5);
    g_assert_cmpuint(count[TEXT_FINDING_ASK], ==, 3);
    g_assert_cmpuint(count[TEXT_FINDING_ORGANISATION], ==, 19);
    g_assert_cmpuint(count[TEXT_FINDING_CLAIM], ==, 2);
    g_assert_cmpuint(contradicted, ==, 2);
    g_assert_cmpint(claims[0]->number_min, ==, 1000);
    g_assert_cmpstr(claims[0]->written, ==, "136X~");
    g_assert_cmpint(claims[1]->number_min, ==, 5000);
    g_assert_true(claims[1]->approximate);
    g_assert_cmpstr(claims[1]->written, ==, "1367-22");
    g_assert_cmpstr(claims[1]->detail, ==, "execution");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(PLACES); i++) {
        g_autofree char *name = g_strconcat("/text/places/", PLACES[i].claim, NULL);
        g_test_add_data_func(name, &PLACES[i], test_place);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(SAID); i++) {
        g_autofree char *name = g_strconcat("/text/extract/", SAID[i].claim, NULL);
        g_test_add_data_func(name, &SAID[i], test_said);
    }
    g_test_add_func("/text/places/what_does_not_resolve_is_not_guessed",
                    test_what_does_not_resolve_is_not_guessed);
    g_test_add_func("/text/places/all_places", test_all_places);
    g_test_add_func("/text/extract/not_said", test_not_said);
    g_test_add_func("/text/extract/english_letter", test_english_letter);
    g_test_add_func("/text/extract/founding_letter", test_founding_letter);
    return g_test_run();
}
