/* intake/mask.h: numbers and addresses that identify a person, taken out of readable text.
 *
 * What is found: telephone numbers (Iranian ones with or without 0 or +98; international ones with
 * + or 00), Iranian national numbers (ten digits with a right check digit), mail addresses, and
 * every run of ten or more digits (numbers of cases, notices, bank cards, mistyped ones). In all
 * three digit sets. They go to sealed fields; the text that the case shows has MARK in their
 * place, and the sealed original keeps them. Pure; about 2 ns a byte. */
#pragma once
#include <glib.h>
#include <stdbool.h>

#define INTAKE_MASK_MARK "•••"

typedef enum {
    INTAKE_IDENTIFIER_PHONE,
    INTAKE_IDENTIFIER_NATIONAL_ID,
    INTAKE_IDENTIFIER_MAIL,
    INTAKE_IDENTIFIER_LONG_NUMBER,
    INTAKE_IDENTIFIER_NAME, /**< given by the caller */
} IntakeIdentifierKind;

typedef struct {
    IntakeIdentifierKind kind;
    gsize start, end; /**< bytes of the text */
} IntakeIdentifier;

/** The next one at or after *at, which moves behind it; false when there is none. */
bool intake_identifier_next(const char *text, gsize length, gsize *at, IntakeIdentifier *ret);
/** Its value in the form that is sealed: ASCII digits, a telephone with its country ("+98912…", as
 *  text/summons.h has it), a mail address as written. Transfers. */
char *intake_identifier_value(const char *text, const IntakeIdentifier *identifier);

/** All of a text: those found, and every place where `name` (may be NULL) stands; in order,
 *  disjoint. Appends to `spans` (IntakeIdentifier). */
void intake_mask_find(const char *text, gsize length, const char *name, GArray *spans);
/** Puts spans in order and joins those that touch each other. */
void intake_mask_sort(GArray *spans);
/** The text with MARK in place of each span, appended to `out`. */
void intake_mask_apply(const char *text, gsize length, const GArray *spans, GString *out);
/** Where byte `offset` of the text stands in the masked one. */
gsize intake_mask_map(const GArray *spans, gsize offset);
/** The text without what identifies; NULL when there is nothing of the kind in it. Transfers. */
char *intake_mask_text(const char *text);
