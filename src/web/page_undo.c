/* A linkage taken back: a statement that was joined to a person, persons that became one or two, an
 * answer. What it is is told first; nothing changes without a reason. */
#include "intake/join.h"
#include "store/link.h"
#include "store/person.h"
#include "web/forms.h"
#include "web/page.h"
#include "web/record.h"
#include <string.h>

static const FormField FIELDS[] = {
    {"reason", N_("Why"), N_("stays in the case; write no names of persons here"), FORM_LINE, true,
     300, NULL},
};
static FormAct undo;
const Form FORM_UNDO = {"/undo/*", N_("Take it back"), FIELDS, G_N_ELEMENTS(FIELDS), .act = undo};

static char *link_words(Store *store, gint64 id, GError **error)
{
    g_autoptr(StoreLink) link = store_link_load(store, id, error);
    if (link == NULL)
        return NULL;
    if (link->from_kind != STORE_KIND_PERSON || link->to_kind != STORE_KIND_STATEMENT) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                            _("This is no linkage of a statement to a person."));
        return NULL;
    }
    char person[STORE_ID_MAX], statement[STORE_ID_MAX];
    return g_strdup_printf(_("Statement %s was joined to person %s. Taken back, it speaks of "
                             "somebody else from now on, in every run."),
                           store_id_format(STORE_KIND_STATEMENT, link->to_id, statement),
                           store_id_format(STORE_KIND_PERSON, link->from_id, person));
}

static char *joining_words(Store *store, gint64 id, GError **error)
{
    g_autoptr(StoreJoining) joining = store_joining_load(store, id, error);
    if (joining == NULL)
        return NULL;
    char other[STORE_ID_MAX], person[STORE_ID_MAX];
    const bool merge = strcmp(joining->action, "merge") == 0;
    g_autofree char *time = page_time(joining->time);
    return g_strdup_printf(merge ? _("On %s, %s turned out to be %s. Taken back, they are two "
                                     "persons again, and stay two.")
                                 : _("On %s, %s was taken out of %s. Taken back, they are one "
                                     "person again, and stay one."),
                           time, store_id_format(STORE_KIND_PERSON, joining->other_id, other),
                           store_id_format(STORE_KIND_PERSON, joining->person_id, person));
}

static char *verdict_words(Store *store, gint64 id, GError **error)
{
    g_autoptr(StoreVerdict) verdict = store_verdict_load(store, id, error);
    if (verdict == NULL)
        return NULL;
    char left[STORE_ID_MAX], right[STORE_ID_MAX];
    g_autofree char *time = page_time(verdict->time);
    const bool same = strcmp(verdict->answer, "same") == 0;
    return g_strdup_printf(same ? _("On %s somebody answered that %s and %s speak of one person. "
                                    "Taken back, the weights decide again.")
                                : _("On %s somebody answered that %s and %s speak of two persons, "
                                    "or that it cannot be told. Taken back, the weights decide "
                                    "again."),
                           time, store_id_format(STORE_KIND_STATEMENT, verdict->left_id, left),
                           store_id_format(STORE_KIND_STATEMENT, verdict->right_id, right));
}

/* What is to be taken back, in a sentence; NULL with error set. */
static char *what(Store *store, StoreKind kind, gint64 id, GError **error)
{
    if (kind == STORE_KIND_LINK)
        return link_words(store, id, error);
    if (kind == STORE_KIND_JOINING)
        return joining_words(store, id, error);
    if (kind == STORE_KIND_VERDICT)
        return verdict_words(store, id, error);
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                        _("Only a linkage can be taken back: such as LK12, JN3 or VD5."));
    return NULL;
}

static void draw(const WebRequest *request, WebResponse *response, guint status,
                 const char *sentence)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    g_autofree char *words = NULL;
    if (store_id_read(request->rest, STORE_KIND_NONE, &kind, &id, &error))
        words = what(request->store, kind, id, &error);
    if (words == NULL) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    page_begin_said(&page, request, response, PAGE_PERSONS, _("Take a linkage back"), status,
                    sentence);
    page_paragraph(&page, "lead", words);
    form_draw(&page, &FORM_UNDO, request->rest, request->form);
    page_end(&page);
}

void page_undo(const WebRequest *request, WebResponse *response)
{
    draw(request, response, 200, NULL);
}

/* The person that it left, for the page. */
static gint64 person_left(const FormDone *done)
{
    return done->words != NULL ? g_ascii_strtoll(done->words, NULL, 10) : 0;
}

static bool undo(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    StoreKind kind;
    gint64 id;
    IntakeEffect effect = {0};
    const IntakeSayer sayer = {.user_id = app_user_id(request),
                               .by = app_name(request),
                               .reason = web_form(request, "reason")};
    g_autofree char *words = store_id_read(request->rest, STORE_KIND_NONE, &kind, &id, error)
                                 ? what(store, kind, id, error)
                                 : NULL;
    if (words == NULL || !intake_join_undo(store, kind, id, &sayer, &effect, error))
        return false;
    ret_done->words = g_strdup_printf("%" G_GINT64_FORMAT, effect.person);
    ret_done->change = (AppChange){"undo", kind, id, request->rest, sayer.reason};
    return true;
}

void page_undo_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_run(&FORM_UNDO, request, store, &done, &problem, &error)) {
        draw(request, response, 400, problem != NULL ? problem : error->message);
        return;
    }
    const char *tag = i18n_tag(request->language);
    const gint64 person = person_left(&done);
    g_autofree char *path = person != 0
                                ? g_strdup_printf("/%s/persons/P%" G_GINT64_FORMAT, tag, person)
                                : g_strdup_printf("/%s/review", tag);
    web_redirect(response, path);
}
