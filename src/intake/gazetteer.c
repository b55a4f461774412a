#include "intake/gazetteer.h"

#include "base/csv.h"
#include "base/data.h"
#include <string.h>

struct IntakeGazetteer {
    TextGazetteer *text;
    CsvTable *table; /* texts of the provinces */
    IntakeProvince *provinces;
    gsize n_provinces;
};

static void load_provinces(IntakeGazetteer *gazetteer)
{
    const CsvTable *table = gazetteer->table;
    gssize iso = csv_table_column(table, "iso"), fa = csv_table_column(table, "name_fa");
    gssize en = csv_table_column(table, "name_en");
    gssize lat = csv_table_column(table, "lat"), lon = csv_table_column(table, "lon");
    gazetteer->n_provinces = table->n_rows;
    gazetteer->provinces = g_new0(IntakeProvince, MAX(table->n_rows, 1));
    for (gsize i = 0; i < table->n_rows; i++) {
        IntakeProvince *province = &gazetteer->provinces[i];
        province->iso = csv_table_cell(table, i, iso);
        province->name_fa = csv_table_cell(table, i, fa);
        province->name_en = csv_table_cell(table, i, en);
        if (!csv_parse_double(csv_table_cell(table, i, lat), &province->latitude) ||
            !csv_parse_double(csv_table_cell(table, i, lon), &province->longitude))
            province->latitude = province->longitude = 0;
    }
}

static void add_rows(GArray *rows, const CsvTable *table, TextPlaceKind kind)
{
    static const struct {
        const char *iso, *fa, *en;
    } COLUMNS[] = {{"iso", "name_fa", "name_en"},
                   {"province", "name_fa", "name_en"},
                   {"province", "name_fa", "name"}};
    gssize iso = csv_table_column(table, COLUMNS[kind].iso);
    gssize fa = csv_table_column(table, COLUMNS[kind].fa);
    gssize en = csv_table_column(table, COLUMNS[kind].en);
    gssize population = csv_table_column(table, "population");
    for (gsize row = 0; row < table->n_rows; row++) {
        TextPlaceRow place = {.kind = kind,
                              .iso = csv_table_cell(table, row, iso),
                              .name_fa = csv_table_cell(table, row, fa),
                              .name_en = csv_table_cell(table, row, en)};
        if (!csv_parse_integer(csv_table_cell(table, row, population), &place.population))
            place.population = 0;
        g_array_append_val(rows, place);
    }
}

static void gazetteer_free(IntakeGazetteer *gazetteer)
{
    text_gazetteer_free(gazetteer->text);
    csv_table_free(gazetteer->table);
    g_free(gazetteer->provinces);
    g_free(gazetteer);
}

static IntakeGazetteer *load(GError **error)
{
    IntakeGazetteer *gazetteer = g_new0(IntakeGazetteer, 1);
    g_autoptr(CsvTable) counties = NULL;
    g_autoptr(CsvTable) cities = NULL;
    gazetteer->table = data_load_table("geo/provinces.csv", error);
    if (gazetteer->table != NULL)
        counties = data_load_table("geo/counties.csv", error);
    if (counties != NULL)
        cities = data_load_table("geo/cities.csv", error);
    if (cities != NULL) {
        load_provinces(gazetteer);
        g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(TextPlaceRow));
        add_rows(rows, gazetteer->table, TEXT_PLACE_PROVINCE);
        add_rows(rows, counties, TEXT_PLACE_COUNTY);
        add_rows(rows, cities, TEXT_PLACE_CITY);
        gazetteer->text =
            text_gazetteer_new((const TextPlaceRow *)(void *)rows->data, rows->len, error);
    }
    if (gazetteer->text == NULL)
        g_clear_pointer(&gazetteer, gazetteer_free);
    return gazetteer;
}

const IntakeGazetteer *intake_gazetteer_peek(GError **error)
{
    static GMutex lock;
    static IntakeGazetteer *gazetteer; /* lives as long as the process */
    g_mutex_lock(&lock);
    if (gazetteer == NULL)
        gazetteer = load(error);
    g_mutex_unlock(&lock);
    return gazetteer;
}

const TextGazetteer *intake_gazetteer_text(const IntakeGazetteer *gazetteer)
{
    return gazetteer->text;
}

const IntakeProvince *intake_gazetteer_by_iso(const IntakeGazetteer *gazetteer, const char *iso)
{
    for (gsize i = 0; i < gazetteer->n_provinces; i++)
        if (g_ascii_strcasecmp(gazetteer->provinces[i].iso, iso) == 0)
            return &gazetteer->provinces[i];
    return NULL;
}

/* Cities abroad whose names, or sounds, are also those of some village here: neither is guessed. */
static bool is_abroad_too(const char *name, gsize length)
{
    static const char *const NAMES[] = {"baghdad", "geneva", "najaf", "herat", "islamabad",
                                        "بغداد",   "ژنو",    "نجف",   "هرات",  "اسلام آباد"};
    g_autofree char *own = g_utf8_strdown(name, (gssize)length);
    g_strstrip(own);
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (strcmp(NAMES[i], own) == 0)
            return true;
    return false;
}

/* One name as it stands; kind: a TextPlaceKind its column says, or -1. *ret_known: it is some
 * place, be it in several provinces. */
static const IntakeProvince *find_name(const IntakeGazetteer *gazetteer, const char *name,
                                       gsize length, int kind, gint32 day, bool *ret_known)
{
    char code[8];
    if (length < sizeof code) {
        memcpy(code, name, length);
        code[length] = '\0';
        const IntakeProvince *by_code = intake_gazetteer_by_iso(gazetteer, code);
        if (by_code != NULL)
            return by_code;
    }
    TextPlaceMatch match;
    if (is_abroad_too(name, length))
        return NULL;
    if (!text_gazetteer_resolve_near(gazetteer->text, name, (gssize)length, kind, NULL,
                                     day == G_MININT32 ? G_MAXINT32 : day, &match))
        return NULL;
    *ret_known = true;
    return match.iso[0] != '\0' ? intake_gazetteer_by_iso(gazetteer, match.iso) : NULL;
}

/* A text of one name, or of several parted by commas or brackets: the one province they mean. */
static const IntakeProvince *find_text(const IntakeGazetteer *gazetteer, const char *text, int kind,
                                       gint32 day)
{
    bool known = false;
    const IntakeProvince *found = find_name(gazetteer, text, strlen(text), kind, day, &known);
    if (found != NULL || known)
        return found;
    for (const char *at = text; *at != '\0';) {
        gsize part = strcspn(at, ",;/()-");
        const char *comma = strstr(at, "،");
        if (comma != NULL && (gsize)(comma - at) < part)
            part = (gsize)(comma - at);
        const IntakeProvince *here = part > 0 && part < strlen(text)
                                         ? find_name(gazetteer, at, part, kind, day, &known)
                                         : NULL;
        if (here != NULL && found != NULL && here != found)
            return NULL;
        if (here != NULL)
            found = here;
        at += part;
        at += *at == '\0' ? 0 : (guint8)*at < 0x80 ? 1 : strlen("،");
    }
    return found;
}

const IntakeProvince *intake_gazetteer_find(const IntakeGazetteer *gazetteer, const char *place,
                                            const char *province, gint32 day)
{
    /* A province that was named and is none: do not go by the place alone. */
    if (province != NULL && province[0] != '\0')
        return find_text(gazetteer, province, TEXT_PLACE_PROVINCE, day);
    return place != NULL && place[0] != '\0' ? find_text(gazetteer, place, -1, day) : NULL;
}

const IntakeProvince *intake_gazetteer_provinces(const IntakeGazetteer *gazetteer, gsize *ret_n)
{
    *ret_n = gazetteer->n_provinces;
    return gazetteer->provinces;
}
