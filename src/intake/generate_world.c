/* What names and places are made of. */
#include "intake/generate_private.h"

#include "base/data.h"
#include "base/i18n.h"
#include <string.h>

static const char *const PART_NAMES[N_PARTS] = {
    "given_male",  "given_female",  "first_male",   "second_male",
    "family_stem", "family_ending", "family_whole", "family_second",
};

/* Towns that reports come from: their usual Latin spellings, the province, a rough weight. */
static const GeneratePlace PLACES[] = {
    {"تهران", {"Tehran", "Teheran", NULL}, "IR-23", 220},
    {"ری", {"Rey", "Ray", NULL}, "IR-23", 12},
    {"ورامین", {"Varamin", NULL, NULL}, "IR-23", 10},
    {"کرج", {"Karaj", NULL, NULL}, "IR-30", 60},
    {"مشهد", {"Mashhad", "Mashad", NULL}, "IR-09", 60},
    {"نیشابور", {"Nishapur", "Neyshabur", NULL}, "IR-09", 10},
    {"سبزوار", {"Sabzevar", NULL, NULL}, "IR-09", 8},
    {"اصفهان", {"Isfahan", "Esfahan", NULL}, "IR-10", 50},
    {"کاشان", {"Kashan", NULL, NULL}, "IR-10", 10},
    {"نجف‌آباد", {"Najafabad", "Najaf Abad", NULL}, "IR-10", 9},
    {"شیراز", {"Shiraz", NULL, NULL}, "IR-07", 46},
    {"مرودشت", {"Marvdasht", NULL, NULL}, "IR-07", 7},
    {"تبریز", {"Tabriz", NULL, NULL}, "IR-03", 40},
    {"مراغه", {"Maragheh", "Maraghe", NULL}, "IR-03", 7},
    {"اهواز", {"Ahvaz", "Ahwaz", NULL}, "IR-06", 36},
    {"آبادان", {"Abadan", NULL, NULL}, "IR-06", 9},
    {"دزفول", {"Dezful", "Dezfoul", NULL}, "IR-06", 9},
    {"کرمانشاه", {"Kermanshah", NULL, NULL}, "IR-05", 30},
    {"ارومیه", {"Urmia", "Orumiyeh", NULL}, "IR-04", 30},
    {"مهاباد", {"Mahabad", NULL, NULL}, "IR-04", 20},
    {"بوکان", {"Bukan", "Boukan", NULL}, "IR-04", 14},
    {"سنندج", {"Sanandaj", NULL, NULL}, "IR-12", 34},
    {"سقز", {"Saqqez", "Saghez", NULL}, "IR-12", 16},
    {"مریوان", {"Marivan", NULL, NULL}, "IR-12", 14},
    {"زاهدان", {"Zahedan", NULL, NULL}, "IR-11", 36},
    {"چابهار", {"Chabahar", "Chah Bahar", NULL}, "IR-11", 10},
    {"ایرانشهر", {"Iranshahr", NULL, NULL}, "IR-11", 8},
    {"رشت", {"Rasht", NULL, NULL}, "IR-01", 24},
    {"لاهیجان", {"Lahijan", NULL, NULL}, "IR-01", 7},
    {"ساری", {"Sari", NULL, NULL}, "IR-02", 16},
    {"بابل", {"Babol", NULL, NULL}, "IR-02", 10},
    {"آمل", {"Amol", NULL, NULL}, "IR-02", 9},
    {"گرگان", {"Gorgan", NULL, NULL}, "IR-27", 12},
    {"همدان", {"Hamadan", "Hamedan", NULL}, "IR-13", 14},
    {"اراک", {"Arak", NULL, NULL}, "IR-00", 12},
    {"یزد", {"Yazd", NULL, NULL}, "IR-21", 11},
    {"کرمان", {"Kerman", NULL, NULL}, "IR-08", 16},
    {"بندرعباس", {"Bandar Abbas", "Bandar-e Abbas", NULL}, "IR-22", 12},
    {"بوشهر", {"Bushehr", "Boushehr", NULL}, "IR-18", 9},
    {"اردبیل", {"Ardabil", NULL, NULL}, "IR-24", 14},
    {"زنجان", {"Zanjan", NULL, NULL}, "IR-19", 9},
    {"قزوین", {"Qazvin", "Ghazvin", NULL}, "IR-26", 12},
    {"قم", {"Qom", "Ghom", NULL}, "IR-25", 14},
    {"ایلام", {"Ilam", NULL, NULL}, "IR-16", 11},
    {"خرم‌آباد", {"Khorramabad", "Khoramabad", NULL}, "IR-15", 14},
    {"یاسوج", {"Yasuj", "Yasouj", NULL}, "IR-17", 7},
    {"شهرکرد", {"Shahrekord", "Shahr-e Kord", NULL}, "IR-14", 7},
    {"سمنان", {"Semnan", NULL, NULL}, "IR-20", 5},
    {"بجنورد", {"Bojnord", "Bojnurd", NULL}, "IR-28", 5},
    {"بیرجند", {"Birjand", NULL, NULL}, "IR-29", 5},
};

static bool refuse(GError **error, const char *what)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("persian/names_synthetic.csv cannot be used: %s."), what);
    return false;
}

static bool load_names(GenerateWorld *world, GError **error)
{
    CsvTable *table = data_load_table("persian/names_synthetic.csv", error);
    if (table == NULL)
        return false;
    gssize part = csv_table_column(table, "part"), fa = csv_table_column(table, "fa"),
           latin = csv_table_column(table, "latin"), joint = csv_table_column(table, "joint"),
           weight = csv_table_column(table, "weight");
    for (gsize p = 0; p < N_PARTS; p++)
        world->parts[p].words = g_new0(GenerateWord, table->n_rows + 1);
    for (gsize row = 0; row < table->n_rows; row++) {
        gsize p = 0;
        while (p < N_PARTS && strcmp(PART_NAMES[p], csv_table_cell(table, row, part)) != 0)
            p++;
        gint64 n = 0;
        if (p == N_PARTS || !csv_parse_integer(csv_table_cell(table, row, weight), &n) || n < 1 ||
            n > 10000 || world->parts[p].n == G_MAXUINT16) {
            csv_table_free(table);
            return refuse(error, _("a row has no part or no weight"));
        }
        GenerateWords *words = &world->parts[p];
        GenerateWord *word = &words->words[words->n];
        word->fa = g_strdup(csv_table_cell(table, row, fa));
        word->set_off = csv_table_cell(table, row, joint)[0] != '\0';
        word->upto = (words->n > 0 ? word[-1].upto : 0) + (guint32)n;
        g_auto(GStrv) spellings = g_strsplit(csv_table_cell(table, row, latin), "|", MOST_LATIN);
        for (gsize i = 0; spellings[i] != NULL; i++)
            word->latin[word->n_latin++] = g_strdup(spellings[i]);
        words->n++;
    }
    csv_table_free(table);
    for (gsize p = 0; p < N_PARTS; p++)
        if (world->parts[p].n == 0)
            return refuse(error, PART_NAMES[p]);
    return true;
}

static bool load_places(GenerateWorld *world, GError **error)
{
    CsvTable *table = data_load_table("geo/provinces.csv", error);
    if (table == NULL)
        return false;
    gssize iso = csv_table_column(table, "iso"), fa = csv_table_column(table, "name_fa"),
           en = csv_table_column(table, "name_en");
    for (gsize row = 0; row < table->n_rows && world->n_provinces < MOST_PROVINCES; row++)
        world->provinces[world->n_provinces++] = (GenerateProvince){
            g_strdup(csv_table_cell(table, row, iso)), g_strdup(csv_table_cell(table, row, fa)),
            g_strdup(csv_table_cell(table, row, en))};
    csv_table_free(table);
    world->places = PLACES;
    world->n_places = G_N_ELEMENTS(PLACES);
    world->place_upto = g_new0(guint32, world->n_places);
    world->place_province = g_new0(guint8, world->n_places);
    guint32 sum = 0;
    for (gsize i = 0; i < world->n_places; i++) {
        world->place_upto[i] = sum += PLACES[i].weight;
        guint8 p = 0;
        while (p < world->n_provinces && strcmp(world->provinces[p].iso, PLACES[i].iso) != 0)
            p++;
        if (p == world->n_provinces) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("geo/provinces.csv lacks the province %s."), PLACES[i].iso);
            return false;
        }
        world->place_province[i] = p;
    }
    return true;
}

const GenerateWorld *generate_world_peek(GError **error)
{
    static GMutex lock;
    static GenerateWorld *world; /* lives as long as the process */
    g_mutex_lock(&lock);
    if (world == NULL) {
        GenerateWorld *fresh = g_new0(GenerateWorld, 1);
        if (load_names(fresh, error) && load_places(fresh, error))
            world = fresh;
        else
            g_free(fresh); /* what it holds stays until the process ends: the data are broken */
    }
    g_mutex_unlock(&lock);
    return world;
}

/* ---- names ---- */

static void draw_word(const GenerateWorld *world, GenerateName *name, GeneratePartKind part,
                      Random *random)
{
    const GenerateWords *words = &world->parts[part];
    guint32 at = (guint32)random_below(random, words->words[words->n - 1].upto);
    gsize low = 0, high = words->n - 1;
    while (low < high) {
        gsize middle = (low + high) / 2;
        if (words->words[middle].upto > at)
            high = middle;
        else
            low = middle + 1;
    }
    const GenerateWord *word = &words->words[low];
    name->part[name->n] = (guint8)part;
    name->word[name->n] = (guint16)low;
    /* Most bearers use the commonest spelling. */
    name->latin[name->n] =
        generate_chance(random, 600) ? 0 : (guint8)random_below(random, word->n_latin);
    name->n++;
}

static const GenerateWord *word_of(const GenerateWorld *world, const GenerateName *name, gsize i)
{
    return &world->parts[name->part[i]].words[name->word[i]];
}

GenerateName generate_name_given(const GenerateWorld *world, bool female, Random *random)
{
    GenerateName name = {0};
    if (female) {
        draw_word(world, &name, PART_GIVEN_FEMALE, random);
    } else if (generate_chance(random, 240)) {
        do {
            name.n = 0;
            draw_word(world, &name, PART_FIRST_MALE, random);
            draw_word(world, &name, PART_SECOND_MALE, random);
        } while (strcmp(word_of(world, &name, 0)->fa, word_of(world, &name, 1)->fa) == 0);
    } else {
        draw_word(world, &name, PART_GIVEN_MALE, random);
    }
    return name;
}

GenerateName generate_name_family(const GenerateWorld *world, Random *random)
{
    GenerateName name = {0};
    if (generate_chance(random, 380)) {
        draw_word(world, &name, PART_WHOLE, random);
    } else {
        do {
            name.n = 0;
            draw_word(world, &name, PART_STEM, random);
            draw_word(world, &name, PART_ENDING, random);
        } while (word_of(world, &name, 0)->set_off && !word_of(world, &name, 1)->set_off);
    }
    if (generate_chance(random, 110))
        draw_word(world, &name, PART_SECOND, random);
    return name;
}

/* ---- spellings ---- */

/* Whether a text ends in a letter that does not join the next: no half-space is written there. */
static bool ends_apart(const GString *out)
{
    static const char *const APART[] = {"ا", "د", "ذ", "ر", "ز", "ژ", "و"};
    for (gsize i = 0; i < G_N_ELEMENTS(APART); i++)
        if (g_str_has_suffix(out->str, APART[i]))
            return true;
    return false;
}

static void append_join(GString *out, bool latin, const GenerateHabits *habits, Random *random)
{
    unsigned draw = (unsigned)random_below(random, 1000);
    if (draw < habits->joined)
        return;
    if (draw < habits->joined + habits->spaced)
        g_string_append_c(out, ' ');
    else if (latin)
        g_string_append_c(out, '-');
    else if (!ends_apart(out))
        g_string_append(out, "\xe2\x80\x8c");
}

/* A slip of the pen: two letters change places, one is left out, or one is written twice. */
static void slip(GString *out, gsize from, Random *random)
{
    glong letters = g_utf8_strlen(out->str + from, -1);
    if (letters < 4)
        return;
    glong at = 1 + (glong)random_below(random, (guint64)letters - 2);
    char *here = g_utf8_offset_to_pointer(out->str + from, at), *next = g_utf8_next_char(here),
         *after = g_utf8_next_char(next);
    gunichar a = g_utf8_get_char(here), b = g_utf8_get_char(next);
    gsize position = (gsize)(here - out->str), first = (gsize)(next - here);
    if (!g_unichar_isalpha(a) || !g_unichar_isalpha(b))
        return;
    switch (random_below(random, 3)) {
    case 0: {
        char swapped[12];
        int n = g_unichar_to_utf8(b, swapped);
        n += g_unichar_to_utf8(a, swapped + n);
        memcpy(here, swapped, MIN((gsize)n, (gsize)(after - here)));
        break;
    }
    case 1:
        g_string_erase(out, (gssize)position, (gssize)first);
        break;
    default: {
        char doubled[6];
        int n = g_unichar_to_utf8(a, doubled);
        g_string_insert_len(out, (gssize)position, doubled, n);
    }
    }
}

static void append_latin(GString *out, const GenerateWord *word, unsigned spelling, bool lower)
{
    gsize at = out->len;
    g_string_append(out, word->latin[spelling]);
    out->str[at] = lower ? g_ascii_tolower(out->str[at]) : g_ascii_toupper(out->str[at]);
}

void generate_name_write(GString *out, const GenerateWorld *world, const GenerateName *name,
                         bool latin, const GenerateHabits *habits, Random *random)
{
    gsize from = out->len;
    bool family = name->part[0] >= PART_STEM;
    for (gsize i = 0; i < name->n; i++) {
        const GenerateWord *word = word_of(world, name, i);
        bool joins = i > 0 && name->part[i] != PART_SECOND;
        if (i > 0 && !joins)
            g_string_append_c(out, ' ');
        if (joins && family && !word->set_off)
            joins = true; /* ی, یان: one word always */
        else if (joins)
            append_join(out, latin, habits, random);
        if (!latin) {
            g_string_append(out, word->fa);
            continue;
        }
        unsigned spelling = name->latin[i];
        if (generate_chance(random, habits->other_latin))
            spelling = (unsigned)random_below(random, word->n_latin);
        append_latin(out, word, spelling, joins && g_ascii_isalpha(out->str[out->len - 1]));
    }
    if (generate_chance(random, habits->typo))
        slip(out, from, random);
}

void generate_name_proper(GString *out, const GenerateWorld *world, const GenerateName *name,
                          bool latin)
{
    static const GenerateHabits FAMILY = {.joined = 1000}, PERSIAN = {0}, GIVEN = {.spaced = 1000};
    Random none;
    random_start(&none, 0, 0);
    bool family = name->part[0] >= PART_STEM;
    generate_name_write(out, world, name, latin,
                        !latin   ? &PERSIAN
                        : family ? &FAMILY
                                 : &GIVEN,
                        &none);
}

void generate_arabic_letters(GString *text)
{
    g_string_replace(text, "ی", "ي", 0);
    g_string_replace(text, "ک", "ك", 0);
}
