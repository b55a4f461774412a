#include "intake/ftm.h"

#include "base/i18n.h"
#include "intake/mask.h"
#include <string.h>

enum { MAX_VALUES = 64 }; /* of one property; the original keeps the others */

/* What an entity's properties mean. One property may serve two schemata; the first that has a
 * value has the field, unless `all`: then they are joined. */
typedef enum { PERSON = 1, EVENT = 2, DOCUMENT = 4, MENTION = 8, CASE = 16 } Kind;

static const struct {
    int kinds;
    const char *property;
    IntakeField field;
    bool all;
} PROPERTIES[] = {
    {PERSON | MENTION, "name", INTAKE_FIELD_PERSON_NAME, false},
    {PERSON, "firstName", INTAKE_FIELD_GIVEN_NAME, false},
    {PERSON, "lastName", INTAKE_FIELD_FAMILY_NAME, false},
    {PERSON, "fatherName", INTAKE_FIELD_FATHER_NAME, false},
    {PERSON, "birthDate", INTAKE_FIELD_BIRTH_YEAR, false},
    {PERSON, "gender", INTAKE_FIELD_GENDER, false},
    {PERSON, "idNumber", INTAKE_FIELD_NATIONAL_ID, true},
    {PERSON, "passportNumber", INTAKE_FIELD_NATIONAL_ID, true},
    {PERSON, "taxNumber", INTAKE_FIELD_NATIONAL_ID, true},
    {PERSON, "socialSecurityNumber", INTAKE_FIELD_NATIONAL_ID, true},
    {PERSON, "phone", INTAKE_FIELD_PHONE, true},
    {PERSON, "email", INTAKE_FIELD_PHONE, true},
    {PERSON, "address", INTAKE_FIELD_PHONE, true},
    {PERSON, "ethnicity", INTAKE_FIELD_GROUP, true},
    {PERSON, "religion", INTAKE_FIELD_GROUP, true},
    {PERSON, "political", INTAKE_FIELD_GROUP, true},
    {PERSON, "profession", INTAKE_FIELD_GROUP, true},
    {MENTION, "contextPhone", INTAKE_FIELD_PHONE, true},
    {MENTION, "contextEmail", INTAKE_FIELD_PHONE, true},
    {EVENT | CASE, "name", INTAKE_FIELD_TITLE, false},
    {EVENT, "location", INTAKE_FIELD_PLACE, false},
    {EVENT, "address", INTAKE_FIELD_PLACE, false},
    {CASE, "caseNumber", INTAKE_FIELD_CASE_NUMBER, true},
    {CASE, "fileDate", INTAKE_FIELD_EVENT_DATE, false},
    {DOCUMENT, "title", INTAKE_FIELD_TITLE, false},
    {DOCUMENT, "subject", INTAKE_FIELD_TITLE, false},
    {DOCUMENT, "name", INTAKE_FIELD_TITLE, false},
    {DOCUMENT, "fileName", INTAKE_FIELD_TITLE, false},
    {DOCUMENT, "bodyText", INTAKE_FIELD_TEXT, false},
    {DOCUMENT, "indexText", INTAKE_FIELD_TEXT, false},
    {DOCUMENT, "publishedAt", INTAKE_FIELD_RECEIVED, false},
    {DOCUMENT, "authoredAt", INTAKE_FIELD_RECEIVED, false},
    {DOCUMENT, "date", INTAKE_FIELD_RECEIVED, false},
    {DOCUMENT, "from", INTAKE_FIELD_PHONE, true},
    {DOCUMENT, "sender", INTAKE_FIELD_PHONE, true},
    {DOCUMENT, "author", INTAKE_FIELD_PHONE, true},
    {DOCUMENT, "language", INTAKE_FIELD_LANGUAGE, false},
    {~0, "description", INTAKE_FIELD_TEXT, true},
    {~0, "summary", INTAKE_FIELD_TEXT, true},
    {~0, "notes", INTAKE_FIELD_TEXT, true},
    {~0, "publisher", INTAKE_FIELD_SOURCE, false},
    {~0, "sourceUrl", INTAKE_FIELD_URL, false},
    {~0, "retrievedAt", INTAKE_FIELD_RECEIVED, false},
    {~0, "modifiedAt", INTAKE_FIELD_RECEIVED, false},
};

/* Other names and numbers of a person: they would stand open among the other columns. */
static const char *const HIDDEN[] = {
    "name",
    "alias",
    "weakAlias",
    "previousName",
    "firstName",
    "middleName",
    "secondName",
    "lastName",
    "nameSuffix",
    "fatherName",
    "motherName",
    "birthPlace",
    "namesMentioned",
    "peopleMentioned",
    "phoneMentioned",
    "emailMentioned",
    "ibanMentioned",
    "ipMentioned",
    "to",
    "cc",
    "bcc",
    "from",
    "sender",
    "author",
    "recipients",
    "emitters",
    "headers",
    "address",
    "addressEntity",
    "phone",
    "email",
    "idNumber",
    "passport",
    "passportNumber",
    "taxNumber",
    "socialSecurityNumber",
    "innCode",
    "registrationNumber",
    "wikidataId",
};

static int kind_of(const char *schema)
{
    static const struct {
        const char *schema;
        Kind kind;
    } SCHEMATA[] = {
        {"Person", PERSON},      {"Event", EVENT},         {"Mention", MENTION},
        {"CourtCase", CASE},     {"Document", DOCUMENT},   {"PlainText", DOCUMENT},
        {"HyperText", DOCUMENT}, {"Pages", DOCUMENT},      {"Page", DOCUMENT},
        {"Email", DOCUMENT},     {"Message", DOCUMENT},    {"Article", DOCUMENT},
        {"Note", DOCUMENT},      {"Image", DOCUMENT},      {"Table", DOCUMENT},
        {"Call", DOCUMENT},      {"Assessment", DOCUMENT},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(SCHEMATA); i++)
        if (strcmp(schema, SCHEMATA[i].schema) == 0)
            return (int)SCHEMATA[i].kind;
    return 0;
}

static const char *first_of(const json_t *properties, const char *name)
{
    const json_t *list = json_object_get(properties, name);
    const char *text = json_string_value(json_is_array(list) ? json_array_get(list, 0) : list);
    return text != NULL ? text : "";
}

/* All texts of a property, parted as its field wants it. NULL when there is none. */
static char *all_of(const json_t *properties, const char *name, IntakeField field, bool all)
{
    const json_t *list = json_object_get(properties, name);
    GString *texts = g_string_new(NULL);
    const char *between = field == INTAKE_FIELD_TEXT ? "\n\n" : "; ";
    gsize n = json_is_array(list) ? MIN(json_array_size(list), all ? MAX_VALUES : 1) : 0;
    for (gsize i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text != NULL && text[0] != '\0')
            g_string_append_printf(texts, "%s%s", texts->len > 0 ? between : "", text);
    }
    if (json_is_string(list))
        g_string_append(texts, json_string_value(list));
    return g_string_free(texts, texts->len == 0);
}

static void take(char *values[INTAKE_N_FIELDS], IntakeField field, bool all, char *text)
{
    if (text == NULL)
        return;
    if (values[field] == NULL) {
        values[field] = text;
        return;
    }
    g_autofree char *second = text;
    g_autofree char *first = values[field];
    values[field] =
        all ? g_strconcat(first, field == INTAKE_FIELD_TEXT ? "\n\n" : "; ", second, NULL)
            : g_steal_pointer(&first);
}

/* "date", or the days between startDate and endDate. */
static char *event_date(const json_t *properties)
{
    const char *date = first_of(properties, "date");
    const char *start = first_of(properties, "startDate"), *end = first_of(properties, "endDate");
    if (start[0] != '\0' && end[0] != '\0' && strcmp(start, end) != 0)
        return g_strdup_printf("%s/%s", start, end);
    const char *day = date[0] != '\0' ? date : start[0] != '\0' ? start : end;
    return day[0] != '\0' ? g_strdup(day) : NULL;
}

static bool is_hidden(const char *property)
{
    for (gsize i = 0; i < G_N_ELEMENTS(HIDDEN); i++)
        if (strcmp(HIDDEN[i], property) == 0)
            return true;
    return false;
}

static bool is_taken(int kind, const char *property)
{
    for (gsize i = 0; i < G_N_ELEMENTS(PROPERTIES); i++)
        if ((PROPERTIES[i].kinds & kind) != 0 && strcmp(PROPERTIES[i].property, property) == 0)
            return true;
    return strcmp(property, "startDate") == 0 || strcmp(property, "endDate") == 0 ||
           (kind == EVENT && strcmp(property, "date") == 0);
}

/* The other properties as they are, without what identifies. */
static json_t *other_properties(int kind, const char *schema, const json_t *entity,
                                const json_t *properties)
{
    json_t *extra = json_object();
    json_object_set_new(extra, "schema", json_string(schema));
    json_t *sets = json_object_get(entity, "datasets");
    if (json_is_array(sets) && json_array_size(sets) <= MAX_VALUES)
        json_object_set(extra, "datasets", sets);
    const char *property;
    json_t *list;
    json_object_foreach((json_t *)properties, property, list)
    {
        if (is_taken(kind, property) || is_hidden(property))
            continue;
        g_autofree char *text = all_of(properties, property, INTAKE_FIELD_NONE, true);
        if (text == NULL)
            continue;
        g_autofree char *masked = intake_mask_text(text);
        json_object_set_new_nocheck(extra, property,
                                    json_string_nocheck(masked != NULL ? masked : text));
    }
    return extra;
}

bool intake_ftm_read(const json_t *entity, char *values[INTAKE_N_FIELDS], json_t **ret_extra,
                     const char **ret_left_out, GError **error)
{
    *ret_extra = NULL;
    *ret_left_out = NULL;
    memset(values, 0, INTAKE_N_FIELDS * sizeof *values);
    const char *schema = json_string_value(json_object_get(entity, "schema"));
    const json_t *properties = json_object_get(entity, "properties");
    if (schema == NULL || !json_is_object(properties)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, "%s",
                    _("This is no FollowTheMoney entity: it needs a 'schema' and 'properties'."));
        return false;
    }
    int kind = kind_of(schema);
    const char *detected = first_of(properties, "detectedSchema");
    if (kind == MENTION && strcmp(detected, "Person") != 0 && strcmp(detected, "") != 0)
        kind = 0;
    if (kind == 0) {
        *ret_left_out = _("FollowTheMoney entities that are no person, event, document or case");
        return true;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(PROPERTIES); i++)
        if ((PROPERTIES[i].kinds & kind) != 0)
            take(
                values, PROPERTIES[i].field, PROPERTIES[i].all,
                all_of(properties, PROPERTIES[i].property, PROPERTIES[i].field, PROPERTIES[i].all));
    values[INTAKE_FIELD_REPORT_ID] = g_strdup(json_string_value(json_object_get(entity, "id")));
    if (kind == EVENT) {
        g_free(values[INTAKE_FIELD_EVENT_DATE]);
        values[INTAKE_FIELD_EVENT_DATE] = event_date(properties);
    }
    /* What an event is called is often all that is told of it. */
    if (values[INTAKE_FIELD_TEXT] == NULL && kind != PERSON)
        values[INTAKE_FIELD_TEXT] = g_strdup(values[INTAKE_FIELD_TITLE]);
    if (kind == PERSON && values[INTAKE_FIELD_PERSON_NAME] != NULL) {
        g_clear_pointer(&values[INTAKE_FIELD_GIVEN_NAME], g_free);
        g_clear_pointer(&values[INTAKE_FIELD_FAMILY_NAME], g_free);
    }
    *ret_extra = other_properties(kind, schema, entity, properties);
    return true;
}
