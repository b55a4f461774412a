/* web/form.h: forms as tables: what is asked, drawn and read back by one piece of code, so that
 * tests can send each form with each field missing, too long, or full of markup. */
#pragma once
#include "web/page.h"

typedef enum {
    FORM_LINE,     /**< one line of text */
    FORM_AREA,     /**< several lines */
    FORM_DAY,      /**< 2025-06-28, or 1404-04-07; read as a day */
    FORM_CHOICE,   /**< one of `choices` */
    FORM_PASSWORD, /**< never shown again */
    FORM_HIDDEN,   /**< given by the page */
    FORM_FILE,     /**< a file; the form goes as multipart/form-data */
} FormKind;

typedef struct {
    const char *value, *title; /**< title in the catalogue (N_) */
} FormChoice;

typedef struct {
    const char *name, *title, *hint; /**< titles in the catalogue; hint NULL none */
    FormKind kind;
    bool required;
    guint most;                /**< characters; 0: 1000 */
    const FormChoice *choices; /**< ends with NULL value */
} FormField;

typedef struct {
    const char *path;   /**< below the language; the route that takes it */
    const char *button; /**< in the catalogue */
    const FormField *fields;
    gsize n_fields;
} Form;

/** All forms, for the tests. Ends with NULL. */
extern const Form *const WEB_FORMS[];

/** Draws it. rest: what the route's '*' stands for, NULL none; values: name → value, NULL empty (a
 *  WebRequest.form to show again what was sent). */
void form_draw(const Page *page, const Form *form, const char *rest, GHashTable *values);
/** Is everything there, of its kind, not too long? ret_problem: a sentence (transfers). */
bool form_check(const Form *form, GHashTable *values, char **ret_problem);
/** A field of a checked form; "" when it is empty. Borrowed. */
const char *form_value(GHashTable *values, const char *name);
/** A FORM_DAY of a checked form; G_MININT32 when it is empty. */
gint32 form_day(GHashTable *values, const char *name);
