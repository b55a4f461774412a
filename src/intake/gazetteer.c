#include "intake/gazetteer.h"

#include "base/data.h"
#include "base/edtf.h"
#include "intake/words.h"
#include <string.h>

/* A folded name stands for one or more provinces (bit k: province number k). Two bits mean that
 * the name alone does not tell: it stays unresolved unless the province text decides. */
struct IntakeGazetteer {
    CsvTable *table; /* owns the provinces' texts */
    IntakeProvince *provinces;
    gsize n_provinces;
    GHashTable *province_names; /* folded → index + 1 */
    GHashTable *place_names;    /* folded → guint64 bits, boxed */
    GArray *history;            /* Change */
};

/* Until `before_day` what is now in `province` was in `was`. */
typedef struct {
    gsize province;
    gsize was;
    gint32 before_day;
} Change;

static void drop_words(char *folded)
{
    /* "استان تهران", "Tehran province", "شهرستان کرج" */
    static const char *const WORDS[] = {"استان ",       "شهرستان ", "شهر ",
                                        "province of ", "city of ", "county of "};
    static const char *const ENDINGS[] = {" province", " county", " city", " ostan"};
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++) {
        gsize length = strlen(WORDS[i]);
        if (strncmp(folded, WORDS[i], length) == 0)
            memmove(folded, folded + length, strlen(folded + length) + 1);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(ENDINGS); i++)
        if (g_str_has_suffix(folded, ENDINGS[i]))
            folded[strlen(folded) - strlen(ENDINGS[i])] = '\0';
}

static char *fold_place(const char *text)
{
    char *folded = intake_words_fold(text);
    drop_words(folded);
    return folded;
}

static void add_place(IntakeGazetteer *gazetteer, const char *name, gsize province)
{
    g_autofree char *folded = fold_place(name);
    if (folded[0] == '\0')
        return;
    guint64 *bits = g_hash_table_lookup(gazetteer->place_names, folded);
    if (bits == NULL) {
        bits = g_new0(guint64, 1);
        g_hash_table_insert(gazetteer->place_names, g_steal_pointer(&folded), bits);
    }
    *bits |= G_GUINT64_CONSTANT(1) << province;
}

/* -1: none of today's provinces. */
static gssize by_iso(const IntakeGazetteer *gazetteer, const char *iso)
{
    for (gsize i = 0; i < gazetteer->n_provinces; i++)
        if (g_ascii_strcasecmp(gazetteer->provinces[i].iso, iso) == 0)
            return (gssize)i;
    return -1;
}

static void add_province_name(IntakeGazetteer *gazetteer, const char *name, gsize province)
{
    g_autofree char *folded = fold_place(name);
    if (folded[0] != '\0')
        g_hash_table_insert(gazetteer->province_names, g_steal_pointer(&folded),
                            GSIZE_TO_POINTER(province + 1));
}

static bool load_provinces(IntakeGazetteer *gazetteer, GError **error)
{
    CsvTable *table = gazetteer->table = data_load_table("geo/provinces.csv", error);
    if (table == NULL)
        return false;
    gssize iso = csv_table_column(table, "iso"), fa = csv_table_column(table, "name_fa");
    gssize en = csv_table_column(table, "name_en"), amar = csv_table_column(table, "name_fa_amar");
    gssize lat = csv_table_column(table, "lat"), lon = csv_table_column(table, "lon");
    gazetteer->n_provinces = MIN(table->n_rows, 64);
    gazetteer->provinces = g_new0(IntakeProvince, gazetteer->n_provinces);
    for (gsize i = 0; i < gazetteer->n_provinces; i++) {
        IntakeProvince *province = &gazetteer->provinces[i];
        province->iso = csv_table_cell(table, i, iso);
        province->name_fa = csv_table_cell(table, i, fa);
        province->name_en = csv_table_cell(table, i, en);
        csv_parse_double(csv_table_cell(table, i, lat), &province->latitude);
        csv_parse_double(csv_table_cell(table, i, lon), &province->longitude);
        add_province_name(gazetteer, province->name_fa, i);
        add_province_name(gazetteer, province->name_en, i);
        add_province_name(gazetteer, csv_table_cell(table, i, amar), i);
    }
    return true;
}

static bool load_places(IntakeGazetteer *gazetteer, const char *name, const char *const columns[2],
                        GError **error)
{
    g_autoptr(CsvTable) table = data_load_table(name, error);
    if (table == NULL)
        return false;
    gssize province = csv_table_column(table, "province");
    for (gsize row = 0; row < table->n_rows; row++) {
        gssize index = by_iso(gazetteer, csv_table_cell(table, row, province));
        if (index < 0)
            continue;
        for (gsize i = 0; i < 2; i++)
            add_place(gazetteer, csv_table_cell(table, row, csv_table_column(table, columns[i])),
                      (gsize)index);
    }
    return true;
}

static void *load(void *data)
{
    GError **error = data;
    IntakeGazetteer *gazetteer = g_new0(IntakeGazetteer, 1);
    gazetteer->province_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gazetteer->place_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    gazetteer->history = g_array_new(FALSE, FALSE, sizeof(Change));
    if (load_provinces(gazetteer, error) &&
        load_places(gazetteer, "geo/counties.csv", (const char *const[]){"name_fa", "name_en"},
                    error) &&
        load_places(gazetteer, "geo/cities.csv", (const char *const[]){"name_fa", "name"}, error))
        return gazetteer;
    g_hash_table_unref(gazetteer->province_names);
    g_hash_table_unref(gazetteer->place_names);
    g_array_unref(gazetteer->history);
    csv_table_free(gazetteer->table);
    g_free(gazetteer->provinces);
    g_free(gazetteer);
    return NULL;
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

/* One bit set: its number; else -1. */
static gssize single(guint64 bits)
{
    return bits != 0 && (bits & (bits - 1)) == 0 ? (gssize)g_bit_nth_lsf(bits, -1) : -1;
}

const IntakeProvince *intake_gazetteer_find(const IntakeGazetteer *gazetteer, const char *place,
                                            const char *province, gint32 day)
{
    gssize found = -1;
    const char *const texts[] = {province, place};
    for (gsize i = 0; i < G_N_ELEMENTS(texts) && found < 0; i++) {
        if (texts[i] == NULL || texts[i][0] == '\0')
            continue;
        found = by_iso(gazetteer, texts[i]);
        if (found >= 0)
            break;
        g_autofree char *folded = fold_place(texts[i]);
        /* A province's name is also a city's (Tehran, Kerman): the province it is, either way. */
        found =
            (gssize)GPOINTER_TO_SIZE(g_hash_table_lookup(gazetteer->province_names, folded)) - 1;
        if (found < 0 && i == 1) {
            const guint64 *bits = g_hash_table_lookup(gazetteer->place_names, folded);
            found = bits != NULL ? single(*bits) : -1;
        }
        if (found < 0 && i == 0)
            return NULL; /* a province was named that is none: do not go by the place alone */
    }
    if (found < 0)
        return NULL;
    for (guint i = 0; i < gazetteer->history->len && day != G_MININT32; i++) {
        const Change *change = &g_array_index(gazetteer->history, Change, i);
        if ((gsize)found == change->province && day < change->before_day)
            found = (gssize)change->was;
    }
    return &gazetteer->provinces[found];
}

const IntakeProvince *intake_gazetteer_provinces(const IntakeGazetteer *gazetteer, gsize *ret_n)
{
    *ret_n = gazetteer->n_provinces;
    return gazetteer->provinces;
}
