/* One report: its text with what was read out of it, its source and grades, the sealed original
 * it came in, and the proof that it stands in the log as it is shown. */
#include "assess/assess.h"
#include "store/intake.h"
#include "store/person.h"
#include "web/page.h"
#include "web/proof.h"
#include "web/words.h"
#include <math.h>
#include <string.h>

/* ---- the text ---- */

typedef struct {
    gsize begin, end;
    guint number; /* of the statement, from 1 */
} Span;

static int compare_spans(gconstpointer a, gconstpointer b)
{
    const Span *x = a, *y = b;
    return x->begin != y->begin ? (x->begin < y->begin ? -1 : 1)
                                : (x->end > y->end ? -1 : x->end < y->end);
}

/* Where statements were read, in order, none within another, all on the borders of characters. */
static GArray *spans_of(const GPtrArray *statements, const char *text)
{
    gsize length = strlen(text);
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(Span));
    for (guint i = 0; i < statements->len; i++) {
        const StoreStatement *statement = g_ptr_array_index(statements, i);
        if (statement->text_offset < 0 || statement->text_length <= 0 ||
            (guint64)statement->text_offset + (guint64)statement->text_length > length)
            continue;
        Span span = {(gsize)statement->text_offset,
                     (gsize)(statement->text_offset + statement->text_length), i + 1};
        bool inside_character =
            ((guint8)text[span.begin] & 0xc0) == 0x80 || ((guint8)text[span.end] & 0xc0) == 0x80;
        if (!inside_character)
            g_array_append_val(spans, span);
    }
    g_array_sort(spans, compare_spans);
    for (guint i = 1; i < spans->len;) {
        if (g_array_index(spans, Span, i).begin < g_array_index(spans, Span, i - 1).end)
            g_array_remove_index(spans, i);
        else
            i++;
    }
    return spans;
}

static void draw_text(const Page *page, const StoreReport *report, const GPtrArray *statements)
{
    Html *html = page->html;
    page_heading(page, "text", _("As it was received"));
    if (report->text == NULL || report->text[0] == '\0') {
        page_paragraph(page, "soft",
                       _("The report has no text of its own; what it says stands in "
                         "its statements."));
        return;
    }
    g_autoptr(GArray) spans = spans_of(statements, report->text);
    html_begin(html, "div", "class", "original", "lang", report->language, "dir",
               words_direction(report->language), NULL);
    gsize at = 0;
    for (guint i = 0; i < spans->len; i++) {
        const Span *span = &g_array_index(spans, Span, i);
        g_autofree char *number = i18n_integer(span->number);
        g_autofree char *anchor = g_strdup_printf("#statement-%u", span->number);
        html_text_length(html, report->text + at, span->begin - at);
        html_begin(html, "mark", NULL);
        html_text_length(html, report->text + span->begin, span->end - span->begin);
        html_end(html, "mark");
        html_put(html, "a", number, "class", "call", "href", anchor, "title",
                 _("the statement read here"), NULL);
        at = span->end;
    }
    html_text(html, report->text + at);
    html_end(html, "div");
    if (spans->len > 0)
        page_paragraph(page, "soft hint",
                       _("Marked: what a statement below was read from; the number leads to it."));
    if (strstr(report->text, "•••") != NULL)
        page_paragraph(page, "soft hint",
                       _("••• stands for a number or an address that would tell who somebody is: "
                         "it is sealed."));
    page_paragraph(page, "soft hint",
                   _("A text may name people. Do not pass it on without their consent."));
}

/* ---- statements ---- */

static char *victims_of(const StoreStatement *statement)
{
    if (statement->count_min == statement->count_max)
        return i18n_integer(statement->count_min);
    return page_range(statement->count_min,
                      statement->count_max >= G_MAXINT32 ? (double)NAN : statement->count_max,
                      false);
}

static void draw_person(const Page *page, const StoreStatement *statement)
{
    if (statement->victim_id == 0)
        return;
    g_autoptr(StorePerson) person = store_person_load(page->store, statement->victim_id, NULL);
    if (person == NULL)
        return;
    g_autofree char *path = page_record_path(page, STORE_KIND_PERSON, person->id);
    page_fact_begin(page, _("Person"));
    html_put(page->html, "a", person->code, "class", "id", "href", path, NULL);
    page_fact_end(page);
}

static void draw_statement_facts(const Page *page, const StoreStatement *statement)
{
    g_autofree char *date = page_edtf(statement->event_date);
    g_autofree char *place = page_place(page, statement->place_id, statement->place_text);
    g_autofree char *victims = victims_of(statement);
    g_autofree char *age = statement->victim_age >= 0 ? i18n_integer(statement->victim_age) : NULL;
    html_begin(page->html, "dl", "class", "facts", NULL);
    page_fact(page, _("When"), date);
    page_fact_name(page, _("Where"), place);
    page_fact(page, _("How many"), victims);
    draw_person(page, statement);
    page_fact(page, _("Gender"), words_gender(statement->victim_gender));
    page_fact(page, _("Age, as reported"), age);
    page_fact_name(page, _("Group, as reported"), statement->victim_group);
    page_fact_name(page, _("By whom, as reported"), statement->perpetrator);
    page_fact_name(page, _("According to"), statement->according_to);
    page_fact_name(page, _("Accusation, as reported"), statement->charge);
    page_fact_name(page, _("Outcome, as reported"), statement->outcome);
    if (statement->act_id != 0) {
        page_fact_begin(page, _("Act"));
        page_record_link(page, STORE_KIND_ACT, statement->act_id);
        page_fact_end(page);
    }
    page_fact(page, _("How it was read"), words_method(statement->method));
    if (!isnan(statement->confidence)) {
        g_autofree char *sure = i18n_decimal(statement->confidence, 2);
        page_fact(page, _("How sure the reading is (0 to 1)"), sure);
    }
    html_end(page->html, "dl");
}

/* Names are sealed: who may see them asks for it, with a reason. */
static void draw_reveal(const Page *page, const StoreStatement *statement)
{
    char id[STORE_ID_MAX];
    if (!app_may(page->request, WEB_SEES_SEALED))
        return;
    g_autofree char *path =
        page_path(page, "/reveal/%s", store_id_format(STORE_KIND_STATEMENT, statement->id, id));
    html_begin(page->html, "p", NULL);
    page_link(page, path, _("Sealed fields…"));
    html_end(page->html, "p");
}

static void draw_statements(const Page *page, const GPtrArray *statements)
{
    Html *html = page->html;
    page_heading(page, "statements", _("What it states"));
    if (statements->len == 0)
        page_paragraph(page, "soft", _("No statement was read out of this report."));
    html_begin(html, "ol", "class", "statements", NULL);
    for (guint i = 0; i < statements->len; i++) {
        const StoreStatement *statement = g_ptr_array_index(statements, i);
        g_autofree char *anchor = g_strdup_printf("statement-%u", i + 1);
        html_begin(html, "li", "id", anchor, NULL);
        html_begin(html, "h3", NULL);
        html_text(html, assess_kind_title(statement->act_kind, page->language));
        html_text(html, " ");
        page_record_link(page, STORE_KIND_STATEMENT, statement->id);
        html_end(html, "h3");
        draw_statement_facts(page, statement);
        draw_reveal(page, statement);
        html_end(html, "li");
    }
    html_end(html, "ol");
}

/* ---- where it comes from ---- */

static void draw_about(const Page *page, const StoreReport *report)
{
    Html *html = page->html;
    g_autofree char *date = page_edtf(report->event_date);
    g_autofree char *place = page_place(page, report->place_id, report->place_text);
    g_autofree char *received = page_time(report->received);
    g_autoptr(StoreSource) source =
        report->source_id != 0 ? store_source_load(page->store, report->source_id, NULL) : NULL;
    char id[STORE_ID_MAX];
    html_begin(html, "dl", "class", "facts", NULL);
    page_fact(page, _("Record"), store_id_format(STORE_KIND_REPORT, report->id, id));
    page_fact(page, _("What is told of"), assess_kind_title(report->kind, page->language));
    page_fact(page, _("When"), date);
    page_fact_name(page, _("Where"), place);
    if (source != NULL) {
        g_autofree char *path = page_path(page, "/reports?source=%s",
                                          store_id_format(STORE_KIND_SOURCE, source->id, id));
        page_fact_begin(page, _("Source"));
        html_begin(html, "a", "href", path, NULL);
        html_name(html, assess_reporter_title(source->name, page->language), NULL);
        html_end(html, "a");
        html_text(html, source->kind != NULL ? " · " : "");
        html_text(html, words_source_kind(source->kind));
        page_fact_end(page);
    }
    page_fact(page, _("Reliability of the source"), words_reliability(report->reliability));
    page_fact(page, _("Credibility of the report"), words_credibility(report->credibility));
    page_fact(page, _("Received"), received);
    page_fact(page, _("Language"), words_language(report->language));
    page_fact(page, _("Review"), words_report_status(report->status));
    page_fact_name(page, _("Number at the source"), report->external_id);
    if (report->withdrawn)
        page_fact(page, _("Withdrawn"),
                  _("Its source has taken it back; it is kept and not "
                    "counted."));
    html_end(html, "dl");
}

static void draw_original(const Page *page, const StoreReport *report)
{
    Html *html = page->html;
    page_heading(page, "original", _("The original it came in"));
    g_autoptr(StoreOriginal) original =
        report->original_id != 0 ? store_original_load(page->store, report->original_id, NULL)
                                 : NULL;
    if (original == NULL) {
        page_paragraph(page, "soft", _("No original is attached to this report."));
        return;
    }
    g_autofree char *hash = proof_hex(original->sha256, sizeof original->sha256);
    g_autofree char *bytes = i18n_integer(original->bytes);
    g_autofree char *offset = i18n_integer(report->original_offset);
    g_autofree char *length = i18n_integer(report->original_length);
    html_begin(html, "dl", "class", "facts", NULL);
    page_fact_begin(page, _("Original"));
    page_record_link(page, STORE_KIND_ORIGINAL, original->id);
    html_text(html, " ");
    html_name(html, original->name, NULL);
    page_fact_end(page);
    page_fact_begin(page, _("SHA-256 of its bytes"));
    html_put(html, "code", hash, "class", "hash", NULL);
    page_fact_end(page);
    page_fact(page, _("Bytes"), bytes);
    if (report->original_length > 0) {
        g_autofree char *where = g_strdup_printf(_("%s bytes from byte %s"), length, offset);
        page_fact(page, _("This report in it"), where);
    }
    html_end(html, "dl");
}

/* What the reader's role may do with it. */
static void draw_own(const Page *page, const StoreReport *report)
{
    char id[STORE_ID_MAX];
    if (!app_may(page->request, WEB_KEEPS_REPORTS))
        return;
    g_autofree char *path =
        page_path(page, "/correct/%s", store_id_format(STORE_KIND_REPORT, report->id, id));
    html_begin(page->html, "p", "class", "pages", NULL);
    page_link(page, path, _("Grade or correct"));
    html_end(page->html, "p");
}

/* The run that brought it, and reports that speak of the same acts. */
static void draw_history(const Page *page, const StoreReport *report)
{
    g_autoptr(StoreImport) import =
        report->import_id != 0 ? store_import_load(page->store, report->import_id, NULL) : NULL;
    if (import == NULL)
        return;
    g_autofree char *started = page_time(import->started);
    g_autofree char *words = g_strdup_printf(_("Read from the original on %s (import %s, %s)."),
                                             started, import->name, import->format);
    page_heading(page, "history", _("What was done with it"));
    page_paragraph(page, NULL, words);
}

void page_report(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    g_autoptr(StoreReport) report = NULL;
    g_autoptr(GPtrArray) statements = NULL;
    if (store_id_read(request->rest, STORE_KIND_REPORT, &kind, &id, &error))
        report = store_report_load(request->store, id, &error);
    if (report != NULL)
        statements = store_statement_list_by_report(request->store, id, NULL, &error);
    if (statements == NULL) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    const Page before = {.store = request->store, .language = request->language};
    g_autofree char *title = page_report_title(&before, report);
    page_begin(&page, request, response, PAGE_REPORTS, title);
    draw_about(&page, report);
    draw_own(&page, report);
    draw_text(&page, report, statements);
    draw_statements(&page, statements);
    draw_original(&page, report);
    draw_history(&page, report);
    proof_draw(&page, STORE_KIND_REPORT, report->id);
    page_end(&page);
}
