/* evidence/fields.h: the canonical form of a record (store/canonical.h) read back, field by field.
 * Takes any bytes: what is no canonical form is told, nothing is believed. Pure. */
#pragma once
#include "store/id.h"
#include <jansson.h>

/** One field that has a value; bytes are borrowed from the record. */
typedef struct {
    guint8 number; /**< 1 is the first column after id and leaf */
    char type;     /**< i, r, t, b */
    gint64 integer;
    double real;
    const guint8 *bytes;
    gsize length;
} EvidenceField;

typedef struct {
    const guint8 *at, *end;
    guint8 last; /**< number of the field before: they rise */
} EvidenceFields;

/** False when it does not begin as a record does. */
bool evidence_fields_begin(const guint8 *record, gsize length, StoreKind *ret_kind, gint64 *ret_id,
                           EvidenceFields *ret_fields);
/** 1 a field, 0 the end, -1 not the canonical form. */
int evidence_fields_next(EvidenceFields *fields, EvidenceField *ret_field);

/** Does it hold the sealed value of a field (a name, a contact)? Also true of what is no record. */
bool evidence_fields_sealed(const guint8 *record, gsize length);

/** For people and programs: {name: value}. Ids as printed, days and times as ISO 8601, bytes as
 *  {"hex": …}, sealed values as {"sealed": bytes}; a column that this version does not know as
 *  "column N". New reference; NULL when it is no canonical form. docs/bundle.md. */
json_t *evidence_fields_json(const guint8 *record, gsize length);
/** How to read a kind's fields: [[name, type, kind of record or none], …], type being integer,
 *  boolean, real, text, letter, bytes, record, day, time or sealed. New reference. */
json_t *evidence_fields_columns(StoreKind kind);
