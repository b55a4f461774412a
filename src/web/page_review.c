/* What is worth a look in the linkage: two statements side by side, why they may be of one person,
 * and three buttons. Worked with Tab and Enter alone. */
#include "render/pair.h"
#include "store/joining.h"
#include "store/user.h"
#include "web/forms.h"
#include "web/page.h"
#include <math.h>
#include <string.h>

enum { MOST_SKIPPED = 500 };

static const FormChoice ANSWERS[] = {
    {"same", N_("One person")},
    {"different", N_("Two persons")},
    {"unsure", N_("Cannot be told")},
    {NULL, NULL},
};
static const FormField FIELDS[] = {
    {"answer", N_("Answer"), NULL, FORM_CHOICE, true, 0, ANSWERS},
    {"reason", N_("Why"), N_("may stay empty"), FORM_LINE, false, 300, NULL},
    {"skipped", N_("Skipped"), NULL, FORM_HIDDEN, false, 8, NULL},
    {"person", N_("Person"), NULL, FORM_HIDDEN, false, 20, NULL},
    {"seen", N_("Answers that were read"), NULL, FORM_HIDDEN, false, 20, NULL},
};
static FormAct judge;
const Form FORM_REVIEW = {"/review/*", N_("Answer"), FIELDS, G_N_ELEMENTS(FIELDS), .act = judge};

static const FormField NAME_FIELDS[] = {
    {"reason", N_("Why you need to see it"),
     N_("stays in the audit trail with your account's name"), FORM_LINE, true, 300, NULL},
};
const Form FORM_REVIEW_NAMES = {"/review-names/*", N_("Show the names of both"), NAME_FIELDS,
                                G_N_ELEMENTS(NAME_FIELDS)};

/* ---- drawing ---- */

/* What stands around a pair. */
typedef struct {
    guint skipped;        /* pairs of the queue before it */
    gint64 waiting;       /* pairs in the queue; -1: it was asked for by itself */
    const char *person;   /* "P12": whoever asked came from that page; "" */
    guint status;         /* of the answer */
    const char *sentence; /* NULL: nothing to say */
} Frame;

/* "P12" of a query or form, as it may stand in an address; "". */
static const char *person_asked(const char *text)
{
    StoreKind kind;
    gint64 id;
    return store_id_parse(text, &kind, &id) && kind == STORE_KIND_PERSON ? text : "";
}

static void draw_rows(const Page *page, Store *store, const IntakeReviewPair *pair,
                      const RenderPairSide *left, const RenderPairSide *right)
{
    Html *html = page->html;
    char l[STORE_ID_MAX], r[STORE_ID_MAX];
    const char *const columns[] = {"", store_id_format(STORE_KIND_STATEMENT, pair->left, l),
                                   store_id_format(STORE_KIND_STATEMENT, pair->right, r)};
    page_table_begin(page, _("Both side by side"), columns, NULL, 3);
    for (const RenderPairRow *row = RENDER_PAIR_ROWS; row->name != NULL; row++) {
        const bool hidden = row->sealed && !store_unsealed(store);
        g_autofree char *a =
            hidden ? g_strdup(_("(sealed)")) : render_pair_value(store, left, row->name);
        g_autofree char *b =
            hidden ? g_strdup(_("(sealed)")) : render_pair_value(store, right, row->name);
        if (a == NULL && b == NULL)
            continue;
        html_begin(html, "tr", NULL);
        html_put(html, "th", i18n_get(row->title), "scope", "row", NULL);
        for (int side = 0; side < 2; side++) {
            const char *value = side == 0 ? a : b;
            html_begin(html, "td", NULL);
            html_name(html, value != NULL ? value : "–", NULL);
            html_end(html, "td");
        }
        html_end(html, "tr");
    }
    page_table_end(page);
}

static void draw_weights(const Page *page, const IntakeReviewPair *pair)
{
    g_autofree char *name = render_pair_name(pair);
    if (isnan(pair->weight_bits)) {
        page_paragraph(page, NULL, _("The two were never compared: no weights."));
        return;
    }
    g_autofree char *path = page_path(page, "/review-svg/%s", name);
    g_autofree char *percent = i18n_decimal(100 * pair->probability, 1);
    g_autofree char *what = g_strdup_printf(_("one person with a probability of %s%%"), percent);
    page_heading(page, "why",
                 _("What each field says, in bits (each doubles or halves the odds):"));
    page_chart(page, path, what);
    const char *const columns[] = {_("Field"), _("What it says"), _("Bits")};
    static const char *const CLASSES[] = {NULL, NULL, "number"};
    html_begin(page->html, "details", NULL);
    html_put(page->html, "summary", _("The same as a table"), NULL);
    page_table_begin(page, what, columns, CLASSES, 3);
    for (guint f = 0; f < pair->n_fields; f++) {
        g_autofree char *bits = page_number(pair->bits[f]);
        html_begin(page->html, "tr", NULL);
        html_put(page->html, "th", render_pair_field_title(pair->fields[f]), "scope", "row", NULL);
        page_cell(page, pair->levels[f] != NULL ? i18n_get(pair->levels[f])
                                                : _("one of them says nothing"));
        html_put(page->html, "td", pair->levels[f] != NULL ? bits : "–", "class", "number", NULL);
        html_end(page->html, "tr");
    }
    page_table_end(page);
    html_end(page->html, "details");
}

/* Its number; 0: nobody has said anything. */
static gint64 newest_answer(Store *store)
{
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) list = store_verdict_list(store, &last, NULL);
    return list != NULL && list->len > 0 ? ((const StoreVerdict *)list->pdata[0])->id : 0;
}

/* Three buttons, the likelier answer first: Enter gives it, Tab goes on. */
static void draw_buttons(const Page *page, const IntakeReviewPair *pair, const Frame *frame)
{
    Html *html = page->html;
    g_autofree char *name = render_pair_name(pair);
    g_autofree char *path = page_path(page, "/review/%s", name);
    g_autofree char *number = g_strdup_printf("%u", frame->skipped);
    const bool back = frame->person[0] != '\0';
    g_autofree char *next = back ? page_path(page, "/persons/%s", frame->person)
                                 : page_path(page, "/review?skip=%u", frame->skipped + 1);
    const bool likely = pair->probability >= 0.5;
    const int order[] = {likely ? 0 : 1, likely ? 1 : 0, 2};
    html_begin(html, "form", "method", "post", "action", path, "class", "form", NULL);
    html_void(html, "input", "type", "hidden", "name", "form_token", "value",
              web_session_form_token(page->request->session), NULL);
    html_void(html, "input", "type", "hidden", "name", "skipped", "value", number, NULL);
    html_void(html, "input", "type", "hidden", "name", "person", "value", frame->person, NULL);
    g_autofree char *seen = g_strdup_printf("%" G_GINT64_FORMAT, newest_answer(page->store));
    html_void(html, "input", "type", "hidden", "name", "seen", "value", seen, NULL);
    html_begin(html, "p", "class", "pages", NULL);
    for (int i = 0; i < 3; i++)
        html_put(html, "button", i18n_get(ANSWERS[order[i]].title), "name", "answer", "value",
                 ANSWERS[order[i]].value, "autofocus", i == 0 ? "" : NULL, NULL);
    page_link(page, next, back ? _("Back, nothing said") : _("Next pair"));
    html_end(html, "p");
    html_begin(html, "label", NULL);
    html_text(html, _("Why"));
    html_void(html, "input", "name", "reason", "type", "text", "maxlength", "300", "dir", "auto",
              "autocomplete", "off", NULL);
    html_put(html, "span", _("may stay empty"), "class", "hint", NULL);
    html_end(html, "label");
    html_end(html, "form");
}

static bool draw_pair(const WebRequest *request, WebResponse *response, Store *store,
                      const IntakeReviewPair *pair, const Frame *frame, GError **error)
{
    g_auto(RenderPairSide) left = {0}, right = {0};
    if (!render_pair_side_load(store, pair->left, &left, error) ||
        !render_pair_side_load(store, pair->right, &right, error))
        return false;
    Page page;
    response->status = frame->status;
    page_begin(&page, request, response, PAGE_REVIEW, _("Are these one person?"));
    if (frame->sentence != NULL)
        page_paragraph(&page, "banner", frame->sentence);
    if (frame->waiting >= 0) {
        g_autofree char *number = i18n_integer(frame->waiting);
        g_autofree char *words =
            g_strdup_printf(_("%s pairs wait for a look, most worth it first."), number);
        page_paragraph(&page, "lead", words);
    }
    draw_buttons(&page, pair, frame);
    draw_rows(&page, store, pair, &left, &right);
    draw_weights(&page, pair);
    if (!store_unsealed(store) && app_may(request, WEB_SEES_SEALED)) {
        g_autofree char *name = render_pair_name(pair);
        page_heading(&page, "names", _("Names"));
        form_draw(&page, &FORM_REVIEW_NAMES, name, NULL);
    }
    page_end(&page);
    return true;
}

/* ---- the queue ---- */

static void draw_empty(const WebRequest *request, WebResponse *response, const char *sentence)
{
    page_sentence(request, response, 200, _("Are these one person?"), sentence);
}

void page_review(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    const guint skip =
        (guint)CLAMP(g_ascii_strtoll(web_query(request, "skip"), NULL, 10), 0, MOST_SKIPPED);
    g_autoptr(IntakeReview) review = intake_join_review(request->store, skip + 1, &error);
    if (review == NULL && g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
        draw_empty(request, response, error->message);
        return;
    }
    if (review == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (review->n <= skip) {
        draw_empty(request, response, _("No pair waits for a look."));
        return;
    }
    const Frame frame = {skip, review->waiting, "", 200, NULL};
    if (!draw_pair(request, response, request->store, &review->pairs[skip], &frame, &error))
        page_fail(request, response, error);
}

static bool pair_of(const WebRequest *request, Store *store, IntakeReviewPair *ret_pair,
                    GError **error)
{
    gint64 left, right;
    return render_pair_parse(request->rest, &left, &right, error) &&
           intake_join_pair(store, left, right, ret_pair, error);
}

/* A pair that somebody asks about, in the queue or not. */
void page_pair(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    IntakeReviewPair pair;
    const Frame frame = {0, -1, person_asked(web_query(request, "person")), 200, NULL};
    if (!pair_of(request, request->store, &pair, &error) ||
        !draw_pair(request, response, request->store, &pair, &frame, &error))
        page_fail(request, response, error);
}

void page_review_svg(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    IntakeReviewPair pair;
    if (!pair_of(request, request->store, &pair, &error)) {
        page_fail(request, response, error);
        return;
    }
    g_autofree char *svg = render_pair_svg(&pair);
    response->content_type = "image/svg+xml";
    g_string_assign(response->body, svg);
}

/* Whose answer it is. */
static IntakeSayer sayer_of(const WebRequest *request)
{
    const char *reason = web_form(request, "reason");
    return (IntakeSayer){.user_id = app_user_id(request),
                         .by = app_name(request),
                         .reason = reason[0] != '\0' ? reason : NULL};
}

/* Nobody else answered about these two since the page was drawn; asked under the writer's lock. */
static bool still_open(Store *store, gint64 left, gint64 right, const char *seen, GError **error)
{
    const StorePage since = {.after = g_ascii_strtoll(seen, NULL, 10)};
    if (seen[0] == '\0')
        return true;
    g_autoptr(GPtrArray) list = store_verdict_list(store, &since, error);
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const StoreVerdict *said = list->pdata[i];
        if ((said->left_id != left || said->right_id != right) &&
            (said->left_id != right || said->right_id != left))
            continue;
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("Somebody else answered about these two while you had them open, and "
                              "nothing of yours was written. If you see it otherwise, answer "
                              "again: the later answer holds."));
        return false;
    }
    return list != NULL;
}

static bool judge(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    const char *word = web_form(request, "answer");
    const IntakeAnswer answer = strcmp(word, "same") == 0        ? INTAKE_SAME
                                : strcmp(word, "different") == 0 ? INTAKE_DIFFERENT
                                                                 : INTAKE_UNSURE;
    gint64 left, right;
    IntakeEffect effect;
    const IntakeSayer sayer = sayer_of(request);
    if (!render_pair_parse(request->rest, &left, &right, error))
        return false;
    ret_done->change =
        (AppChange){"judge", STORE_KIND_STATEMENT, left, request->rest, sayer.reason};
    return still_open(store, left, right, web_form(request, "seen"), error) &&
           intake_join_answer(store, left, right, answer, &sayer, &effect, error);
}

void page_review_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    IntakeReviewPair pair;
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL || !pair_of(request, store, &pair, &error)) {
        page_fail(request, response, error);
        return;
    }
    const guint skipped =
        (guint)CLAMP(g_ascii_strtoll(web_form(request, "skipped"), NULL, 10), 0, MOST_SKIPPED);
    const char *person = person_asked(web_form(request, "person"));
    if (form_run(&FORM_REVIEW, request, store, &done, &problem, &error)) {
        const char *tag = i18n_tag(request->language);
        g_autofree char *path = person[0] != '\0'
                                    ? g_strdup_printf("/%s/persons/%s", tag, person)
                                    : g_strdup_printf("/%s/review?skip=%u", tag, skipped);
        web_redirect(response, path);
        return;
    }
    g_autofree char *why = g_strdup(problem != NULL ? problem : error->message);
    g_clear_error(&error);
    const Frame frame = {skipped, -1, person, 400, why};
    if (!draw_pair(request, response, request->store, &pair, &frame, &error))
        page_fail(request, response, error);
}

/* Both names, for a reason: each side's look is entered first. */
void page_review_names_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    const char *reason = web_form(request, "reason");
    IntakeReviewPair pair;
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL || !pair_of(request, store, &pair, &error)) {
        page_fail(request, response, error);
        return;
    }
    const gint64 user = app_user_id(request);
    const bool good = form_check(&FORM_REVIEW_NAMES, request->form, &problem);
    if (good &&
        (!store_audit_look(store, user, STORE_KIND_STATEMENT, pair.left, NULL, reason, &error) ||
         !store_audit_look(store, user, STORE_KIND_STATEMENT, pair.right, NULL, reason, &error) ||
         !store_unseal(store, user, reason, &error))) {
        page_fail(request, response, error);
        return;
    }
    const Frame frame = {0, -1, "", good ? 200 : 400, problem};
    if (!draw_pair(request, response, store, &pair, &frame, &error))
        page_fail(request, response, error);
}
