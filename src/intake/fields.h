/* intake/fields.h: the fields a report can bring, and the names people give their columns.
 *
 * A column is matched by its name, in Persian or English, after folding
 * (letter case, half-spaces, spaces, underscores, Arabic letters); or by a
 * mapping file (CSV `column,field`). A column nobody knows is kept with the
 * original, named once, and otherwise left alone. */
#pragma once
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

typedef enum {
    INTAKE_FIELD_NONE = -1,
    INTAKE_FIELD_REPORT_ID,
    INTAKE_FIELD_SOURCE,
    INTAKE_FIELD_RECEIVED,
    INTAKE_FIELD_EVENT_DATE,
    INTAKE_FIELD_PERSON_NAME,
    INTAKE_FIELD_GIVEN_NAME,
    INTAKE_FIELD_FAMILY_NAME,
    INTAKE_FIELD_FATHER_NAME,
    INTAKE_FIELD_BIRTH_YEAR,
    INTAKE_FIELD_NATIONAL_ID,
    INTAKE_FIELD_PHONE,
    INTAKE_FIELD_GENDER,
    INTAKE_FIELD_AGE,
    INTAKE_FIELD_GROUP,
    INTAKE_FIELD_PLACE,
    INTAKE_FIELD_PROVINCE,
    INTAKE_FIELD_ACT,
    INTAKE_FIELD_COUNT,
    INTAKE_FIELD_COUNT_MIN,
    INTAKE_FIELD_COUNT_MAX,
    INTAKE_FIELD_PERPETRATOR,
    INTAKE_FIELD_CHARGE,
    INTAKE_FIELD_CASE_NUMBER,
    INTAKE_FIELD_OUTCOME,
    INTAKE_FIELD_ACCORDING_TO,
    INTAKE_FIELD_TITLE,
    INTAKE_FIELD_TEXT,
    INTAKE_FIELD_LANGUAGE,
    INTAKE_FIELD_RELIABILITY,
    INTAKE_FIELD_CREDIBILITY,
    INTAKE_FIELD_URL,
    INTAKE_FIELD_SYNTHETIC,
    INTAKE_N_FIELDS,
} IntakeField;

/** "event_date" …; the name a mapping file uses. Static. */
const char *intake_field_name(IntakeField field);
/** What the field holds, for people, in the thread's language. Static. */
const char *intake_field_title(IntakeField field);
/** Names of columns that mean it, besides its own: '|' between. Static. */
const char *intake_field_synonyms(IntakeField field);
/** Its value identifies a person and goes to a sealed field alone. */
bool intake_field_sealed(IntakeField field);

/** Extra names given by the user. */
typedef struct IntakeMapping IntakeMapping;
/** Reads a mapping file: CSV with the columns `column` and `field`. NULL with error set. */
IntakeMapping *intake_mapping_load(const char *path, GError **error);
/** Likewise from its text. */
IntakeMapping *intake_mapping_read(const char *text, GError **error);
void intake_mapping_free(IntakeMapping *mapping);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeMapping, intake_mapping_free)

/** What the mapping says of a column: false when it says nothing; *ret_field NONE: to be ignored.
 */
bool intake_mapping_find(const IntakeMapping *mapping, const char *column, IntakeField *ret_field);
/** The field a column's name stands for, or INTAKE_FIELD_NONE. mapping may be NULL. */
IntakeField intake_field_match(const IntakeMapping *mapping, const char *column);
