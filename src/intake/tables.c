#include "intake/tables.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/edtf.h"
#include "base/i18n.h"
#include "intake/acts.h"
#include "intake/value.h"
#include "intake/words.h"
#include <string.h>

typedef struct {
    const char **values; /* of the record, by field */
    const json_t *extra;
    GStringChunk *room;
    const IntakeTable *table;
} Row;

struct IntakeTable {
    IntakeFormat format;
    const char *name, *source;
    const char *signature; /* columns that no other table has together, '|' between */
    void (*derive)(Row *row);
    IntakeMapping *mapping;
    GHashTable *acts; /* their word → our kind */
};

static void derive_acled(Row *row);
static void derive_ucdp(Row *row);
static void derive_uwazi(Row *row);

static IntakeTable TABLES[] = {
    {INTAKE_FORMAT_ACLED, "acled", "ACLED", "event_id_cnty|event_date|sub_event_type|fatalities",
     derive_acled, NULL, NULL},
    {INTAKE_FORMAT_UCDP, "ucdp", "UCDP GED", "type_of_violence|side_a|date_start|best|low|high",
     derive_ucdp, NULL, NULL},
    {INTAKE_FORMAT_UWAZI, "uwazi", NULL, "title|date added|template", derive_uwazi, NULL, NULL},
};

/* ---- loading ---- */

static bool load_acts(IntakeTable *table, GError **error)
{
    g_autoptr(CsvTable) rows = data_load_table("formats/acts.csv", error);
    if (rows == NULL)
        return false;
    gssize format = csv_table_column(rows, "format"), value = csv_table_column(rows, "value"),
           act = csv_table_column(rows, "act");
    table->acts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; i < rows->n_rows; i++) {
        const char *kind = intake_act_find(csv_table_cell(rows, i, act));
        if (strcmp(csv_table_cell(rows, i, format), table->name) == 0 && kind != NULL)
            g_hash_table_insert(table->acts, g_ascii_strdown(csv_table_cell(rows, i, value), -1),
                                (gpointer)kind);
    }
    return true;
}

static bool load(IntakeTable *table, GError **error)
{
    g_autofree char *name = g_strdup_printf("formats/%s.csv", table->name);
    g_autoptr(GBytes) bytes = data_load(name, error);
    if (bytes == NULL)
        return false;
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = g_strndup(data, length);
    table->mapping = intake_mapping_read(text, error);
    return table->mapping != NULL && load_acts(table, error);
}

bool intake_table_peek(IntakeFormat format, const IntakeTable **ret_table, GError **error)
{
    static GMutex lock;
    *ret_table = NULL;
    bool done = true;
    g_mutex_lock(&lock);
    for (gsize i = 0; i < G_N_ELEMENTS(TABLES); i++)
        if (TABLES[i].format == format) {
            done = TABLES[i].acts != NULL || load(&TABLES[i], error);
            *ret_table = done ? &TABLES[i] : NULL;
        }
    g_mutex_unlock(&lock);
    return done;
}

const char *intake_table_source(const IntakeTable *table)
{
    return table->source;
}

bool intake_table_find(const IntakeTable *table, const char *column, IntakeField *ret_field)
{
    return intake_mapping_find(table->mapping, column, ret_field);
}

void intake_table_derive(const IntakeTable *table, const char *values[INTAKE_N_FIELDS],
                         const json_t *extra, GStringChunk *room)
{
    table->derive(&(Row){values, extra, room, table});
}

/* ---- what all of them need ---- */

static const char *value_of(const Row *row, IntakeField field)
{
    return row->values[field] != NULL ? row->values[field] : "";
}

/* A column without a field, in whichever letter case; "" when there is none. */
static const char *column_of(const Row *row, const char *column)
{
    const json_t *value = json_object_get(row->extra, column);
    void *iter = value == NULL ? json_object_iter((json_t *)row->extra) : NULL;
    for (; value == NULL && iter != NULL; iter = json_object_iter_next((json_t *)row->extra, iter))
        if (g_ascii_strcasecmp(json_object_iter_key(iter), column) == 0)
            value = json_object_iter_value(iter);
    const char *text = json_string_value(value);
    return text != NULL ? text : "";
}

/* NULL and "" take the field away. */
static void set(Row *row, IntakeField field, const char *text)
{
    row->values[field] =
        text != NULL && text[0] != '\0' ? g_string_chunk_insert(row->room, text) : NULL;
}

static gint64 number_of(const char *text)
{
    gint64 n;
    return csv_parse_integer(text, &n) ? n : 0;
}

/* A place of another country is told with the country and looked up nowhere: some of their names
 * are names of provinces of Iran. */
static void keep_abroad(Row *row)
{
    const char *country = column_of(row, "country");
    if (country[0] == '\0' || g_str_has_prefix(country, "Iran"))
        return;
    const char *place = value_of(row, INTAKE_FIELD_PLACE),
               *province = value_of(row, INTAKE_FIELD_PROVINCE);
    g_autofree char *both = place[0] != '\0' && province[0] != '\0' && strcmp(place, province) != 0
                                ? g_strdup_printf("%s, %s", place, province)
                                : g_strdup(place[0] != '\0' ? place : province);
    set(row, INTAKE_FIELD_PLACE, both);
    set(row, INTAKE_FIELD_PROVINCE, country);
}

/* ---- ACLED ---- */

/* Those to whom it is done, or who gather; never the perpetrator. */
static bool is_civil(const char *actor)
{
    return g_str_has_prefix(actor, "Protesters") || g_str_has_prefix(actor, "Rioters") ||
           g_str_has_prefix(actor, "Civilians");
}

static void date_by_precision(Row *row, gint64 precision)
{
    Edtf edtf;
    if (precision < 2 || !intake_value_date(value_of(row, INTAKE_FIELD_EVENT_DATE), &edtf, NULL) ||
        edtf.interval || edtf.start.precision != EDTF_DAY)
        return;
    if (precision == 2) {
        edtf.start.approximate = true;
    } else {
        edtf.start.precision = EDTF_MONTH;
        edtf.start.day = 0;
    }
    g_autofree char *text = edtf_format(&edtf);
    set(row, INTAKE_FIELD_EVENT_DATE, text);
}

static void derive_acled(Row *row)
{
    date_by_precision(row, number_of(column_of(row, "time_precision")));
    const char *actors[] = {column_of(row, "actor1"), column_of(row, "actor2")};
    const char *with[] = {column_of(row, "assoc_actor_1"), column_of(row, "assoc_actor_2")};
    for (gsize i = 0; i < G_N_ELEMENTS(actors); i++) {
        if (actors[i][0] != '\0' && !is_civil(actors[i]) &&
            row->values[INTAKE_FIELD_PERPETRATOR] == NULL)
            set(row, INTAKE_FIELD_PERPETRATOR, actors[i]);
        if (is_civil(actors[i]) && row->values[INTAKE_FIELD_GROUP] == NULL)
            set(row, INTAKE_FIELD_GROUP, with[i]);
    }
    /* Fatalities count the dead, not the arrested or those who marched. */
    const char *dead = column_of(row, "fatalities");
    const char *theirs = value_of(row, INTAKE_FIELD_ACT);
    if (number_of(dead) > 0) {
        set(row, INTAKE_FIELD_ACT, "killing");
        set(row, INTAKE_FIELD_COUNT, dead);
    } else {
        g_autofree char *small = g_ascii_strdown(theirs, -1);
        const char *kind = g_hash_table_lookup(row->table->acts, small);
        if (kind != NULL)
            set(row, INTAKE_FIELD_ACT, kind);
    }
    keep_abroad(row);
}

/* ---- UCDP GED ---- */

/* "2020-01-31 00:00:00.000" */
static char *day_of(const char *text)
{
    gsize day = strcspn(text, " T");
    return g_strndup(text, day);
}

static void derive_ucdp(Row *row)
{
    g_autofree char *first = day_of(value_of(row, INTAKE_FIELD_EVENT_DATE));
    g_autofree char *last = day_of(column_of(row, "date_end"));
    g_autofree char *span = last[0] != '\0' && first[0] != '\0' && strcmp(first, last) != 0
                                ? g_strdup_printf("%s/%s", first, last)
                                : g_strdup(first);
    set(row, INTAKE_FIELD_EVENT_DATE, span);
    set(row, INTAKE_FIELD_ACT, "killing"); /* an event is one with deaths, by its definition */
    bool one_sided = number_of(column_of(row, "type_of_violence")) == 3;
    set(row, INTAKE_FIELD_PERPETRATOR, column_of(row, one_sided ? "side_a" : "dyad_name"));
    if (value_of(row, INTAKE_FIELD_ACCORDING_TO)[0] == '\0')
        set(row, INTAKE_FIELD_ACCORDING_TO, column_of(row, "source_office"));
    keep_abroad(row);
}

/* ---- Uwazi ---- */

static const char PERSON_TEMPLATES[] = "person|people|victim|victims|detainee|prisoner|political "
                                       "prisoner|individual|شخص|اشخاص|فرد|قربانی|قربانیان|زندانی|"
                                       "بازداشتی|persona|personas|víctima|victima|personne|victime";

/* "a|b|c" to what a reader can take; "parent::child" to the child. */
static void part_values(Row *row, IntakeField field)
{
    const char *text = value_of(row, field);
    if (strchr(text, '|') == NULL && strstr(text, "::") == NULL)
        return;
    g_auto(GStrv) parts = g_strsplit(text, "|", -1);
    for (char **part = parts; *part != NULL; part++) {
        const char *child = strstr(*part, "::");
        char *bare = child != NULL ? g_strdup(child + 2) : g_strdup(*part);
        g_free(*part);
        *part = g_strstrip(bare);
    }
    g_autofree char *joined = g_strjoinv(", ", parts);
    set(row, field, joined);
}

/* "2020-01-01~2020-01-31" as EDTF; several days as the span from the first to the last. */
static void part_dates(Row *row, IntakeField field)
{
    const char *text = value_of(row, field);
    const char *first_end = strpbrk(text, "~|"), *last = strrchr(text, '~');
    const char *bar = strrchr(text, '|');
    if (first_end == NULL || first_end == text)
        return;
    if (bar != NULL && (last == NULL || bar > last))
        last = bar;
    if (last == NULL || last[1] == '\0') /* "2020-01-01~" is EDTF already */
        return;
    g_autofree char *first = g_strndup(text, (gsize)(first_end - text));
    g_autofree char *span = g_strdup_printf("%s/%s", first, last + 1);
    set(row, field, span);
}

static void derive_uwazi(Row *row)
{
    const char *template = column_of(row, "template");
    g_autofree char *folded = intake_words_fold(template);
    const char *title = value_of(row, INTAKE_FIELD_TITLE);
    if (intake_words_has(PERSON_TEMPLATES, folded, strlen(folded)) &&
        value_of(row, INTAKE_FIELD_PERSON_NAME)[0] == '\0') {
        set(row, INTAKE_FIELD_PERSON_NAME, title); /* a name stands open nowhere */
        set(row, INTAKE_FIELD_TITLE, NULL);
    }
    if (value_of(row, INTAKE_FIELD_ACT)[0] == '\0' && intake_act_find(template) != NULL)
        set(row, INTAKE_FIELD_ACT, template);
    const char *link = value_of(row, INTAKE_FIELD_URL), *bar = strchr(link, '|');
    if (bar != NULL)
        set(row, INTAKE_FIELD_URL, bar + 1); /* "label|address" */
    static const IntakeField LISTS[] = {INTAKE_FIELD_PLACE,       INTAKE_FIELD_PROVINCE,
                                        INTAKE_FIELD_ACT,         INTAKE_FIELD_GROUP,
                                        INTAKE_FIELD_PERPETRATOR, INTAKE_FIELD_CHARGE,
                                        INTAKE_FIELD_GENDER,      INTAKE_FIELD_OUTCOME,
                                        INTAKE_FIELD_SOURCE,      INTAKE_FIELD_ACCORDING_TO};
    for (gsize i = 0; i < G_N_ELEMENTS(LISTS); i++)
        part_values(row, LISTS[i]);
    part_dates(row, INTAKE_FIELD_EVENT_DATE);
}

/* ---- guessing ---- */

static bool has_columns(CsvReader *heading, const char *signature)
{
    g_auto(GStrv) wanted = g_strsplit(signature, "|", -1);
    for (char **name = wanted; *name != NULL; name++) {
        bool found = false;
        for (gsize i = 0; i < csv_reader_n_fields(heading) && !found; i++)
            found = g_ascii_strcasecmp(csv_reader_field(heading, i, NULL), *name) == 0;
        if (!found)
            return false;
    }
    return true;
}

/* A table when most cells of the first line are columns that we know. */
IntakeFormat intake_table_guess(const char *head, gsize length)
{
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("", head, length, NULL);
    if (csv_reader_next(reader, NULL) != CSV_RECORD || csv_reader_n_fields(reader) < 2)
        return INTAKE_FORMAT_AUTO;
    for (gsize i = 0; i < G_N_ELEMENTS(TABLES); i++)
        if (has_columns(reader, TABLES[i].signature))
            return TABLES[i].format;
    gsize n = csv_reader_n_fields(reader), known = 0;
    for (gsize i = 0; i < n; i++)
        known += intake_field_match(NULL, csv_reader_field(reader, i, NULL)) != INTAKE_FIELD_NONE;
    return known * 2 >= n ? INTAKE_FORMAT_CSV : INTAKE_FORMAT_AUTO;
}
