/* The fields that tell persons apart, and which pairs are compared. The fields, and why:
 *
 *   given, family   told apart by join_names; across scripts by sound
 *   father          as identity papers have it
 *   birth           a year is most that lists know; a Solar Hijri year counts as the Gregorian one
 *                   it begins in, and its neighbour is "one digit off"
 *   gender
 *   place           town within province: where the act was, often where the person lives
 *   date            of the act: lists that tell of one person mostly tell of one act
 *   national_id     where a paper was seen
 *
 * What a telephone says is left out: it is often that of the relative who tells of several. The
 * kind of act is left out too: an arrest and the sentence after it are one person's. */
#include "intake/join_names.h"
#include "intake/join_private.h"

#include "base/edtf.h"
#include "base/i18n.h"
#include "intake/words.h"
#include <string.h>

enum { COLUMNS = JOIN_COLUMNS };

static const char *const COLUMN_NAMES[COLUMNS] = {
    "given", "family", "father", "birth", "gender", "town", "province", "date", "national_id",
};

#define LEVELS(...)                                                                                \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define ROW(name, kind, n_parts, part, m, u)                                                       \
    {                                                                                              \
        name, kind, n_parts, part, m, u                                                            \
    }

static const struct {
    const char *name;
    LinkKind kind;
    unsigned n_parts;
    size_t part; /* first column */
    /* m and u by level before anything was learned, in 1/10,000: for cases too small to learn. */
    int m[LINK_MAX_LEVELS], u[LINK_MAX_LEVELS];
} FIELDS[] = {
    ROW("given", LINK_GIVEN, 1, 0, LEVELS(0, 600, 400, 300, 600, 1400, 200, 6500),
        LEVELS(0, 9550, 200, 50, 40, 50, 10, 100)),
    ROW("family", LINK_SURNAME, 1, 1, LEVELS(0, 600, 400, 300, 600, 1400, 200, 6500),
        LEVELS(0, 9550, 200, 50, 40, 50, 10, 100)),
    ROW("father", LINK_STRING, 1, 2, LEVELS(0, 800, 300, 300, 600, 1500, 0, 6500),
        LEVELS(0, 9300, 300, 50, 50, 100, 0, 200)),
    ROW("birth", LINK_DATE, 1, 3, LEVELS(0, 500, 500, 500, 2000, 200, 300, 6000),
        LEVELS(0, 9000, 300, 100, 400, 20, 30, 150)),
    ROW("gender", LINK_CATEGORY, 1, 4, LEVELS(0, 200, 0, 0, 10, 0, 0, 9790),
        LEVELS(0, 4500, 0, 0, 10, 0, 0, 5490)),
    ROW("place", LINK_PLACE, 2, 5, LEVELS(0, 1000, 2000, 500, 500, 0, 0, 6000),
        LEVELS(0, 8800, 400, 100, 100, 0, 0, 600)),
    ROW("date", LINK_DATE, 1, 7, LEVELS(0, 3000, 1500, 800, 1000, 200, 200, 3300),
        LEVELS(0, 9000, 700, 50, 100, 10, 40, 100)),
    ROW("national_id", LINK_CODE, 1, 8, LEVELS(0, 200, 100, 100, 600, 0, 0, 9000),
        LEVELS(0, 9989, 5, 1, 4, 0, 0, 1)),
};
G_STATIC_ASSERT(G_N_ELEMENTS(FIELDS) <= INTAKE_REVIEW_FIELDS);

LinkKind join_field_kind(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++)
        if (strcmp(FIELDS[i].name, name) == 0)
            return FIELDS[i].kind;
    return LINK_STRING;
}

static char *birth_text(const JoinRecord *record)
{
    Edtf edtf;
    gint32 first, last;
    int year, month, day;
    if (record->birth != NULL && edtf_parse(record->birth, CALENDAR_GREGORIAN, &edtf, NULL)) {
        edtf_bounds(&edtf, &first, &last);
        if (first == G_MININT32 || last == G_MAXINT32 || last - first > 400)
            return g_strdup("");
        edtf_day_to_gregorian(first + (last - first) / 2, &year, &month, &day);
        return first == last ? g_strdup_printf("%04d-%02d-%02d", year, month, day)
                             : g_strdup_printf("%04d", year);
    }
    if (record->age >= 0 && record->first_day != G_MININT32) {
        edtf_day_to_gregorian(record->first_day, &year, &month, &day);
        return g_strdup_printf("%04d", year - record->age);
    }
    return g_strdup("");
}

static char *date_text(const JoinRecord *record)
{
    if (record->first_day == G_MININT32 || record->last_day == G_MAXINT32)
        return g_strdup("");
    gint32 span = record->last_day - record->first_day;
    int year, month, day;
    edtf_day_to_gregorian(record->first_day + span / 2, &year, &month, &day);
    return span == 0    ? g_strdup_printf("%04d-%02d-%02d", year, month, day)
           : span <= 31 ? g_strdup_printf("%04d-%02d", year, month)
           : span < 370 ? g_strdup_printf("%04d", year)
                        : g_strdup("");
}

/* Town and province as two texts. Where no town is told, or a text that is the province's own name,
 * the province stands for it. */
static void place_texts(const JoinRecords *records, const JoinRecord *record, char **ret_town,
                        char **ret_province)
{
    const StorePlace *place = g_hash_table_lookup(records->places, &record->place);
    *ret_province = place == NULL        ? g_strdup("")
                    : place->iso != NULL ? g_strndup(place->iso, 5)
                                         : g_strdup_printf("%" G_GINT64_FORMAT, place->id);
    *ret_town = g_strdup(record->place_text != NULL ? record->place_text : "");
    char *end = strpbrk(*ret_town, ",;");
    char *persian = strstr(*ret_town, "،");
    if (persian != NULL && (end == NULL || persian < end))
        end = persian;
    if (end != NULL)
        *end = '\0';
    g_strstrip(*ret_town);
    g_autofree char *folded = intake_words_fold(*ret_town);
    bool province = g_str_has_prefix(folded, "استان ") || g_str_has_suffix(folded, " province");
    if (place != NULL && place->name_fa != NULL && place->name_en != NULL) {
        g_autofree char *fa = intake_words_fold(place->name_fa),
                        *en = intake_words_fold(place->name_en);
        province |= strcmp(folded, fa) == 0 || strcmp(folded, en) == 0;
    }
    if (!province && (*ret_town)[0] != '\0')
        return;
    /* A province alone is a place too: else a field of which only the town is unknown would count
     * as missing, and two provinces would not contradict each other. */
    g_free(*ret_town);
    *ret_town = g_strdup(*ret_province);
}

static const char *keep(JoinRecords *records, const char *text)
{
    return text != NULL ? g_string_chunk_insert_const(records->strings, text) : "";
}

static void tell(JoinRecords *records, JoinRecord *record, const char *given, const char *family)
{
    g_autofree char *birth = birth_text(record), *date = date_text(record), *town = NULL,
                    *province = NULL;
    place_texts(records, record, &town, &province);
    const char *const columns[COLUMNS] = {given,    family,         record->father,
                                          birth,    record->gender, town,
                                          province, date,           record->national_id};
    for (gsize c = 0; c < COLUMNS; c++)
        record->told[c] = keep(records, columns[c]);
    record->dirty = true;
}

LinkTable *join_table_new(JoinRecords *records, bool anew, GError **error)
{
    g_autofree const char **texts = g_new0(const char *, records->n + 1);
    for (gsize i = 0; i < records->n; i++)
        if (anew || records->records[i].told[0] == NULL)
            texts[i] = records->records[i].name;
    g_autoptr(JoinNames) names = join_names_new(records->n, texts, anew ? NULL : records->learned);
    g_free(records->learned);
    records->learned = g_strdup(join_names_learned(names));
    g_autoptr(LinkTable) table = link_table_new(COLUMNS, COLUMN_NAMES);
    if (table == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory to compare the statements."));
        return NULL;
    }
    for (gsize i = 0; i < records->n; i++) {
        JoinRecord *record = &records->records[i];
        if (anew || record->told[0] == NULL)
            tell(records, record, join_names_given(names, i), join_names_family(names, i));
        if (!link_table_add(table, (unsigned)(record->source & 0xff), record->told, error))
            return NULL;
    }
    return g_steal_pointer(&table);
}

/* Which pairs are compared: those that one of these rules brings together. A name alone is key
 * enough while a case is small (12 million pairs at 50,000 statements); beyond, two keys. */
enum { MOST_FOR_ONE_KEY = 20000, RULE_KEYS = 3 };
typedef struct {
    const char *fields[RULE_KEYS]; /* NULL: no more */
    LinkPart parts[RULE_KEYS];
} Rule;
static const Rule FEW[] = {
    {{"given"}, {LINK_SOUND}},
    {{"family"}, {LINK_SOUND}},
    {{"date"}, {LINK_WHOLE}},
    {{"father", "birth"}, {LINK_SOUND, LINK_WHOLE}},
    {{"father", "place"}, {LINK_SOUND, LINK_WHOLE}},
    {{"birth", "place"}, {LINK_WHOLE, LINK_WHOLE}},
    {{"national_id"}, {LINK_WHOLE}},
};
static const Rule MANY[] = {
    {{"given", "family"}, {LINK_SOUND, LINK_SOUND}},
    {{"family", "father"}, {LINK_SOUND, LINK_SOUND}},
    {{"family", "date"}, {LINK_SOUND, LINK_WHOLE}},
    {{"given", "date"}, {LINK_SOUND, LINK_WHOLE}},
    {{"place", "date"}, {LINK_WHOLE, LINK_WHOLE}},
    {{"family", "place"}, {LINK_SOUND, LINK_WHOLE}},
    {{"family", "birth"}, {LINK_SOUND, LINK_WHOLE}},
    {{"given", "birth", "place"}, {LINK_SOUND, LINK_WHOLE, LINK_WHOLE}},
    {{"given", "father", "place"}, {LINK_SOUND, LINK_SOUND, LINK_WHOLE}},
    {{"given", "father", "birth"}, {LINK_SOUND, LINK_SOUND, LINK_WHOLE}},
    {{"national_id"}, {LINK_WHOLE}},
};

static int field_number(const LinkConfig *config, const char *name)
{
    for (unsigned f = 0; f < config->n_fields; f++)
        if (strcmp(config->fields[f].name, name) == 0)
            return (int)f;
    return -1;
}

/* Those rules whose fields are all compared. */
static void add_rules(LinkConfig *config, const Rule *rules, gsize n)
{
    for (gsize r = 0; r < n; r++) {
        LinkRule rule = {0};
        bool whole = true;
        for (gsize k = 0; k < RULE_KEYS && rules[r].fields[k] != NULL; k++) {
            int field = field_number(config, rules[r].fields[k]);
            whole &= field >= 0;
            rule.keys[rule.n_keys].field = (unsigned)MAX(field, 0);
            rule.keys[rule.n_keys++].part = rules[r].parts[k];
        }
        if (whole)
            config->rules[config->n_rules++] = rule;
    }
}

/* Fields that at least two records give, with more than one value among them. */
LinkConfig *join_config_new(const LinkTable *table, bool rare, char **ret_columns)
{
    LinkConfig *config = g_new0(LinkConfig, 1);
    GString *columns = g_string_new(NULL);
    config->n_columns = COLUMNS;
    config->ignored = g_new0(char *, COLUMNS + 1);
    for (gsize f = 0; f < G_N_ELEMENTS(FIELDS); f++) {
        size_t distinct = 0;
        for (size_t p = 0; p < FIELDS[f].n_parts; p++)
            distinct += link_table_n_distinct(table, FIELDS[f].part + p);
        if (distinct < 2 && f > 1)
            continue;
        LinkField *field = &config->fields[config->n_fields++];
        *field = (LinkField){g_strdup(FIELDS[f].name),
                             FIELDS[f].kind,
                             FIELDS[f].n_parts,
                             {FIELDS[f].part, FIELDS[f].part + 1, 0},
                             -1,
                             rare};
        g_string_append_printf(columns, "%s%s", columns->len > 0 ? " " : "", FIELDS[f].name);
    }
    config->fields[0].partner = 1; /* given and family name may have changed places */
    config->fields[1].partner = 0;
    gsize n = link_table_n_records(table);
    if (n > MOST_FOR_ONE_KEY)
        add_rules(config, MANY, G_N_ELEMENTS(MANY));
    else if (n >= JOIN_LEAST_TO_LEARN) /* fewer: every pair */
        add_rules(config, FEW, G_N_ELEMENTS(FEW));
    *ret_columns = g_string_free(columns, FALSE);
    return config;
}

/* What is believed of fields before any data. */
LinkModel join_plain_model(const LinkConfig *config, gsize n_records)
{
    LinkModel model = {.n_fields = config->n_fields};
    for (unsigned f = 0; f < config->n_fields; f++)
        for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++)
            if (strcmp(FIELDS[i].name, config->fields[f].name) == 0)
                for (unsigned level = 0; level < LINK_MAX_LEVELS; level++) {
                    model.m[f][level] = FIELDS[i].m[level] / 10000.0;
                    model.u[f][level] = FIELDS[i].u[level] / 10000.0;
                }
    model.prior = 1 / (double)(n_records + 4);
    return model;
}
