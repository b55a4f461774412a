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
    FORM_PICK,     /**< one of what the page offers (form_draw_offers); its page checks the value */
    FORM_MANY,     /**< any number of what the page offers, by ids; read by form_many */
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
    const char *look; /**< title of a button that sends look=yes: shows, and keeps nothing; NULL */
    bool lengthy;     /**< goes as multipart/form-data: percent signs make six bytes of each Persian
                           letter, and a letter has many; its route is a WEB_UPLOAD */
} Form;

/** All forms, for the tests. Ends with NULL. */
extern const Form *const WEB_FORMS[];

/** Draws it. rest: what the route's '*' stands for, NULL none; values: name → value, NULL empty (a
 *  WebRequest.form to show again what was sent). */
void form_draw(const Page *page, const Form *form, const char *rest, GHashTable *values);
/** What a page offers for a field, out of the case: value and title, both borrowed. */
typedef struct {
    char *value, *title;
} FormOffer;
typedef struct {
    const char *field;
    GPtrArray *offers; /**< FormOffer */
} FormOffers;
GPtrArray *form_offers_new(void); /**< frees what is in it */
/** Copies both. */
void form_offer(GPtrArray *offers, const char *value, const char *title);
/** form_draw with offers for its FORM_PICK and FORM_MANY fields; the last has a NULL field. */
void form_draw_offers(const Page *page, const Form *form, const char *rest, GHashTable *values,
                      const FormOffers *offers);
/** The ids of a FORM_MANY, with blanks between: what was ticked ("asks.AK3") and what the field
 *  itself says ("AK3 AK4"). Transfers. */
char *form_many(GHashTable *values, const char *name);
/** Is everything there, of its kind, not too long? ret_problem: a sentence (transfers). */
bool form_check(const Form *form, GHashTable *values, char **ret_problem);
/** A field of a checked form; "" when it is empty. Borrowed. */
const char *form_value(GHashTable *values, const char *name);
/** A FORM_AREA with its line ends as "\n": browsers send CR LF. Transfers. */
char *form_lines(GHashTable *values, const char *name);
/** A FORM_DAY of a checked form; G_MININT32 when it is empty. */
gint32 form_day(GHashTable *values, const char *name);
