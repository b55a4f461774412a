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

/** What came of a form, and what its line in the audit trail says. */
typedef struct {
    AppChange change; /**< its words live as long as the request, or stand in `words` */
    char *words;      /**< owned; NULL none */
    char *secret;     /**< owned: shown once, to whoever asked (a signatory's link); NULL none */
    bool nothing;     /**< all is as it was: nothing was written, no line is added */
} FormDone;
void form_done_clear(FormDone *done);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FormDone, form_done_clear)

/** What a form does, apart from its page, for browsers and programs alike: within a transaction of
 *  the caller's it makes the change that the checked request->form and request->rest ask for. The
 *  route says who may. False with error set. */
typedef bool FormAct(const WebRequest *request, Store *store, FormDone *ret_done, GError **error);

typedef struct {
    const char *path;   /**< below the language; the route that takes it */
    const char *button; /**< in the catalogue */
    const FormField *fields;
    gsize n_fields;
    const char *look; /**< title of a button that sends look=yes: shows, and keeps nothing; NULL */
    bool lengthy;     /**< goes as multipart/form-data: percent signs make six bytes of each Persian
                           letter, and a letter has many; its route is a WEB_UPLOAD */
    FormAct *act;     /**< NULL: its page alone does it */
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
/** Checks the form and does what it asks for, with its line in the audit trail, as one transaction.
 *  False: *ret_problem is a sentence about the form (transfers), or error is set; nothing changed.
 */
bool form_run(const Form *form, const WebRequest *request, Store *store, FormDone *ret_done,
              char **ret_problem, GError **error);
/** A field of a checked form; "" when it is empty. Borrowed. */
const char *form_value(GHashTable *values, const char *name);
/** Likewise; NULL when it is empty or blank. Borrowed. */
const char *form_given(GHashTable *values, const char *name);
/** A FORM_AREA with its line ends as "\n": browsers send CR LF. Transfers. */
char *form_lines(GHashTable *values, const char *name);
/** A FORM_DAY of a checked form; G_MININT32 when it is empty. */
gint32 form_day(GHashTable *values, const char *name);
