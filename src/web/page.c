#include "web/page.h"

#include "assess/assess.h"
#include "base/edtf.h"
#include "store/person.h"
#include "store/user.h"
#include <math.h>
#include <string.h>

static const struct {
    const char *path, *title;
    guint roles; /* 0: everybody */
} SECTIONS[] = {
    [PAGE_OVERVIEW] = {"/", N_("Overview")},
    [PAGE_REPORTS] = {"/reports", N_("Reports")},
    [PAGE_PERSONS] = {"/persons", N_("Persons")},
    [PAGE_ALARMS] = {"/alarms", N_("Alarms")},
    [PAGE_ASSESSMENT] = {"/assessment", N_("Risk factors")},
    [PAGE_FIGURES] = {"/figures", N_("Figures")},
    [PAGE_ASKS] = {"/asks", N_("Asks and letters")},
    [PAGE_ADD] = {"/add", N_("Add a report"), WEB_KEEPS_REPORTS},
    [PAGE_QUARANTINE] = {"/quarantine", N_("Quarantine"), WEB_KEEPS_REPORTS},
    [PAGE_REVIEW] = {"/review", N_("One or two persons"), WEB_KEEPS_REPORTS | WEB_ANALYSES},
    [PAGE_ABOUT] = {"/about", N_("About")},
};

/* ---- the frame ---- */

static char *setting(Store *store, const char *name)
{
    return store != NULL ? store_setting_get(store, name, NULL) : NULL;
}

/* The case's title in the page's language, else in the other, else the program's name. */
static char *case_title(const Page *page)
{
    bool persian = page->language == I18N_PERSIAN;
    char *title = setting(page->store, persian ? "title_fa" : "title");
    if (title == NULL)
        title = setting(page->store, persian ? "title" : "title_fa");
    return title != NULL ? title : g_strdup(_("Zenhar"));
}

static void draw_head(const Page *page, const char *title, const char *case_name)
{
    Html *html = page->html;
    g_autofree char *whole = g_strdup_printf("%s · %s", title, case_name);
    html_begin(html, "head", NULL);
    html_void(html, "meta", "charset", "utf-8", NULL);
    html_void(html, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1",
              NULL);
    html_void(html, "meta", "name", "robots", "content", "noindex", NULL);
    html_put(html, "title", whole, NULL);
    html_void(html, "link", "rel", "stylesheet", "href", "/style.css", NULL);
    html_void(html, "link", "rel", "icon", "href", "/icon.svg", "type", "image/svg+xml", NULL);
    html_end(html, "head");
}

/* The same page in the other language: path and query stay. */
static void draw_language_link(const Page *page)
{
    bool persian = page->language == I18N_PERSIAN;
    const char *query = page->request->query_text;
    const char *path = page->request->path != NULL ? page->request->path : "/";
    g_autofree char *coded = g_uri_escape_string(path, "/", FALSE);
    g_autofree char *address =
        g_strdup_printf("/%s%s%s%s", persian ? "en" : "fa", coded,
                        query != NULL && query[0] != '\0' ? "?" : "", query != NULL ? query : "");
    html_put(page->html, "a", persian ? "English" : "فارسی", "class", "language", "href", address,
             "lang", persian ? "en" : "fa", "hreflang", persian ? "en" : "fa", "rel", "alternate",
             NULL);
}

static void draw_logout(const Page *page)
{
    Html *html = page->html;
    static const struct {
        const char *path, *title;
        guint roles;
    } OWN[] = {
        {"/users", N_("Accounts"), WEB_ADMINISTRATOR},
        {"/audit", N_("Audit trail"), WEB_ADMINISTRATOR},
        {"/account", N_("Your account"), WEB_EVERYBODY},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(OWN); i++) {
        g_autofree char *own = page_path(page, "%s", OWN[i].path);
        if (app_may(page->request, OWN[i].roles))
            html_put(html, "a", i18n_get(OWN[i].title), "class", "quiet", "href", own, NULL);
    }
    g_autofree char *path = page_path(page, "/logout");
    html_begin(html, "form", "method", "post", "action", path, NULL);
    html_void(html, "input", "type", "hidden", "name", "form_token", "value",
              web_session_form_token(page->request->session), NULL);
    html_put(html, "button", _("Log out"), "class", "quiet", NULL);
    html_end(html, "form");
}

static void draw_top(const Page *page, PageSection section, const char *case_name)
{
    Html *html = page->html;
    html_begin(html, "header", "class", "top", NULL);
    html_begin(html, "div", "class", "inner", NULL);
    g_autofree char *home = page_path(page, "/");
    html_begin(html, "a", "class", "name", "href", home, NULL);
    html_name(html, case_name, NULL);
    html_end(html, "a");
    if (page->request->session != NULL) {
        html_begin(html, "nav", "aria-label", _("Pages"), NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(SECTIONS); i++) {
            g_autofree char *path = page_path(page, "%s", SECTIONS[i].path);
            if (SECTIONS[i].roles != 0 && !app_may(page->request, SECTIONS[i].roles))
                continue;
            html_put(html, "a", i18n_get(SECTIONS[i].title), "href", path, "aria-current",
                     i == section ? "page" : NULL, NULL);
        }
        html_end(html, "nav");
    }
    draw_language_link(page);
    if (page->request->session != NULL)
        draw_logout(page);
    html_end(html, "div");
    html_end(html, "header");
}

/* What a synthetic case is, on each of its pages. */
static void draw_label(const Page *page)
{
    g_autofree char *label = setting(page->store, "label");
    if (label == NULL)
        return;
    html_begin(page->html, "div", "class", "banner", "role", "note", NULL);
    if (strcmp(label, "synthetic") == 0) {
        html_put(page->html, "strong", _("Synthetic case."), NULL);
        html_text(page->html, " ");
        html_text(page->html, _("Every report, person and act here was made by a program to try "
                                "Zenhar out. Nothing of it happened."));
    } else {
        html_name(page->html, label, NULL);
    }
    html_end(page->html, "div");
}

void page_begin(Page *page, const WebRequest *request, WebResponse *response, PageSection section,
                const char *title)
{
    *page = (Page){
        .request = request,
        .response = response,
        .html = html_new(response->body),
        .store = request->store,
        .web = request->app,
        .language = request->language,
        .tag = i18n_tag(request->language),
    };
    Html *html = page->html;
    g_autofree char *case_name = case_title(page);
    html_doctype(html);
    html_begin(html, "html", "lang", page->tag, "dir",
               page->language == I18N_PERSIAN ? "rtl" : "ltr", NULL);
    draw_head(page, title, case_name);
    html_begin(html, "body", NULL);
    html_put(html, "a", _("Skip to the contents"), "class", "skip", "href", "#main", NULL);
    draw_top(page, section, case_name);
    html_begin(html, "main", "id", "main", "tabindex", "-1", NULL);
    draw_label(page);
    html_begin(html, "h1", NULL);
    html_name(html, title, NULL);
    html_end(html, "h1");
}

static void draw_foot(const Page *page)
{
    if (page->store == NULL)
        return;
    StoreLogHead head;
    if (!evidence_head(page->store, &head, NULL))
        return;
    Html *html = page->html;
    g_autofree char *size = i18n_integer(head.size);
    g_autofree char *time = page_time(head.time);
    g_autofree char *words = g_strdup_printf(_("Evidence log: %s entries, signed %s."), size, time);
    html_begin(html, "footer", "class", "foot", NULL);
    html_text(html, words);
    html_end(html, "footer");
}

void page_begin_said(Page *page, const WebRequest *request, WebResponse *response,
                     PageSection section, const char *title, guint status, const char *sentence)
{
    response->status = status;
    page_begin(page, request, response, section, title);
    if (sentence != NULL)
        page_paragraph(page, "banner", sentence);
}

void page_end(Page *page)
{
    page_tables(page);
    html_end(page->html, "main");
    draw_foot(page);
    html_end(page->html, "body");
    html_end(page->html, "html");
    g_clear_pointer(&page->html, html_free);
}

void page_sentence(const WebRequest *request, WebResponse *response, guint status,
                   const char *title, const char *sentence)
{
    Page page;
    response->status = status;
    page_begin(&page, request, response, PAGE_NO_SECTION, title);
    page_paragraph(&page, "lead", sentence);
    if (request->session != NULL) {
        g_autofree char *home = page_path(&page, "/");
        html_begin(page.html, "p", NULL);
        page_link(&page, home, _("Back to the overview"));
        html_end(page.html, "p");
    }
    page_end(&page);
}

void page_fail(const WebRequest *request, WebResponse *response, const GError *error)
{
    /* An id that is none, and what the case has nothing for yet, are not here either. */
    bool missing = g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND) ||
                   g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE) ||
                   g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT) ||
                   g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    bool broken = g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
    g_string_truncate(response->body, 0);
    page_sentence(request, response, missing ? 404 : 500,
                  missing  ? _("Not here")
                  : broken ? _("The evidence does not fit")
                           : _("This cannot be shown"),
                  error->message);
}

/* ---- addresses ---- */

char *page_path(const Page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *path = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return g_strdup_printf("/%s%s", page->tag, path);
}

char *page_record_path(const Page *page, StoreKind kind, gint64 id)
{
    static const struct {
        StoreKind kind;
        const char *folder;
    } PAGES[] = {
        {STORE_KIND_REPORT, "reports"}, {STORE_KIND_ORIGINAL, "originals"},
        {STORE_KIND_ALARM, "alarms"},   {STORE_KIND_APPEAL, "letters"},
        {STORE_KIND_PERSON, "persons"}, {STORE_KIND_ACT, "acts"},
    };
    char text[STORE_ID_MAX];
    store_id_format(kind, id, text);
    for (gsize i = 0; i < G_N_ELEMENTS(PAGES); i++)
        if (PAGES[i].kind == kind)
            return page_path(page, "/%s/%s", PAGES[i].folder, text);
    return page_path(page, "/records/%s", text);
}

/* ---- parts ---- */

void page_heading(const Page *page, const char *id, const char *text)
{
    html_put(page->html, "h2", text, "id", id, NULL);
}

/* Our own sentences set commands between backticks: those become code. */
static void draw_words(const Page *page, const char *text)
{
    bool code = false;
    while (text != NULL && *text != '\0') {
        gsize length = strcspn(text, "`");
        bool closed = text[length] == '`' && strchr(text + length + 1, '`') != NULL;
        if (code)
            html_begin(page->html, "code", "dir", "ltr", NULL);
        html_text_length(page->html, text, length);
        if (code)
            html_end(page->html, "code");
        text += length;
        if (*text != '`')
            return;
        if (!code && !closed) {
            html_text(page->html, text);
            return;
        }
        code = !code;
        text++;
    }
}

void page_paragraph(const Page *page, const char *class_name, const char *text)
{
    html_begin(page->html, "p", "class", class_name, NULL);
    draw_words(page, text);
    html_end(page->html, "p");
}

void page_link(const Page *page, const char *path, const char *text)
{
    html_put(page->html, "a", text, "href", path, NULL);
}

void page_record_link(const Page *page, StoreKind kind, gint64 id)
{
    char text[STORE_ID_MAX];
    g_autofree char *path = page_record_path(page, kind, id);
    html_put(page->html, "a", store_id_format(kind, id, text), "class", "id", "href", path, "title",
             store_kind_title(kind), NULL);
}

void page_fact_begin(const Page *page, const char *name)
{
    html_put(page->html, "dt", name, NULL);
    html_begin(page->html, "dd", NULL);
}

void page_fact_end(const Page *page)
{
    html_end(page->html, "dd");
}

void page_fact(const Page *page, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    page_fact_begin(page, name);
    html_text(page->html, value);
    page_fact_end(page);
}

void page_fact_name(const Page *page, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    page_fact_begin(page, name);
    html_name(page->html, value, NULL);
    page_fact_end(page);
}

void page_table_begin(const Page *page, const char *caption, const char *const *columns,
                      const char *const *classes, gsize n_columns)
{
    Html *html = page->html;
    html_begin(html, "div", "class", "wide", "tabindex", "0", "role", "region", "aria-label",
               caption, NULL);
    html_begin(html, "table", NULL);
    html_put(html, "caption", caption, NULL);
    html_begin(html, "thead", NULL);
    html_begin(html, "tr", NULL);
    for (gsize i = 0; i < n_columns; i++)
        html_put(html, "th", columns[i], "scope", "col", "class",
                 classes != NULL ? classes[i] : NULL, NULL);
    html_end(html, "tr");
    html_end(html, "thead");
    html_begin(html, "tbody", NULL);
}

void page_table_end(const Page *page)
{
    html_end(page->html, "tbody");
    html_end(page->html, "table");
    html_end(page->html, "div");
}

void page_cell(const Page *page, const char *text)
{
    html_put(page->html, "td", text, NULL);
}

void page_cell_number(const Page *page, gint64 number)
{
    g_autofree char *text = i18n_integer(number);
    html_put(page->html, "td", text, "class", "number", NULL);
}

void page_chart(const Page *page, const char *path, const char *title)
{
    Html *html = page->html;
    html_begin(html, "figure", NULL);
    html_begin(html, "div", "class", "wide", "tabindex", "0", "role", "region", "aria-label", title,
               NULL);
    html_void(html, "img", "src", path, "alt", title, NULL);
    html_end(html, "div");
    html_put(html, "figcaption", title, NULL);
    html_end(html, "figure");
}

void page_foreign(const Page *page, const char *element, const char *class_name, const char *text,
                  const char *lang)
{
    html_put(page->html, element, text, "class", class_name, "lang", lang, "dir", "auto", NULL);
}

void page_meta(const Page *page, const char *text)
{
    html_begin(page->html, "span", NULL);
    html_name(page->html, text, NULL);
    html_end(page->html, "span");
}

/* ---- words for values ---- */

char *page_time(gint64 seconds)
{
    if (seconds == 0)
        return g_strdup("–");
    gint64 day = seconds >= 0 ? seconds / 86400 : -((86399 - seconds) / 86400);
    gint64 rest = seconds - day * 86400;
    g_autofree char *date = edtf_describe_day((gint32)day);
    g_autofree char *clock =
        g_strdup_printf("%02d:%02d", (int)(rest / 3600), (int)(rest / 60 % 60));
    g_autofree char *shown = i18n_digits(clock);
    return g_strdup_printf(_("%s, %s UTC"), date, shown);
}

char *page_date(gint64 seconds)
{
    if (seconds == 0)
        return g_strdup("–");
    return edtf_describe_day((gint32)(seconds / 86400));
}

char *page_edtf(const char *event_date)
{
    if (event_date == NULL || event_date[0] == '\0')
        return g_strdup("–");
    Edtf edtf;
    if (!edtf_parse(event_date, CALENDAR_GREGORIAN, &edtf, NULL))
        return g_strdup(event_date);
    return edtf_describe(&edtf);
}

char *page_days(gint32 first_day, gint32 last_day)
{
    if (first_day == G_MININT32 && last_day == G_MAXINT32)
        return g_strdup("–");
    g_autofree char *first = first_day != G_MININT32 ? edtf_describe_day(first_day) : NULL;
    g_autofree char *last = last_day != G_MAXINT32 ? edtf_describe_day(last_day) : NULL;
    if (first == NULL)
        return g_strdup_printf(_("up to %s"), last);
    if (last == NULL)
        return g_strdup_printf(_("since %s"), first);
    if (first_day == last_day)
        return g_steal_pointer(&first);
    return g_strdup_printf(_("%s to %s"), first, last);
}

char *page_number(double x)
{
    if (isnan(x))
        return g_strdup("–");
    return x == floor(x) && fabs(x) < 1e15 ? i18n_integer((gint64)x) : i18n_decimal(x, 1);
}

char *page_range(double low, double high, bool at_least)
{
    if (isnan(low) && isnan(high))
        return g_strdup("–");
    g_autofree char *first = isnan(low) ? NULL : page_number(low);
    g_autofree char *last = isnan(high) ? NULL : page_number(high);
    if (first == NULL)
        return g_strdup_printf(_("at most %s"), last);
    if (last == NULL || (at_least && low == high))
        return g_strdup_printf(_("at least %s"), first);
    if (low == high)
        return g_steal_pointer(&first);
    return g_strdup_printf("%s–%s", first, last);
}

char *page_place(const Page *page, gint64 place_id, const char *place_text)
{
    if (place_id != 0) {
        g_autoptr(StorePlace) place = store_place_load(page->store, place_id, NULL);
        const char *name = place != NULL ? page_pick(page, place->name_en, place->name_fa) : NULL;
        if (name != NULL)
            return g_strdup(name);
    }
    return g_strdup(place_text != NULL ? place_text : "–");
}

char *page_report_title(const Page *page, const StoreReport *report)
{
    if (report->title != NULL && report->title[0] != '\0')
        return g_strdup(report->title);
    g_autofree char *place = report->place_id != 0 || report->place_text != NULL
                                 ? page_place(page, report->place_id, report->place_text)
                                 : NULL;
    g_autofree char *date = report->event_date != NULL ? page_edtf(report->event_date) : NULL;
    const char *comma = page->language == I18N_PERSIAN ? "، " : ", ";
    const char *kind =
        report->kind != NULL ? assess_kind_title(report->kind, page->language) : _("Report");
    return g_strconcat(kind, place != NULL ? comma : "", place != NULL ? place : "",
                       date != NULL ? comma : "", date != NULL ? date : "", NULL);
}

char *page_source_name(const Page *page, gint64 source_id)
{
    g_autoptr(StoreSource) source =
        source_id != 0 ? store_source_load(page->store, source_id, NULL) : NULL;
    return g_strdup(source != NULL && source->name != NULL
                        ? assess_reporter_title(source->name, page->language)
                        : "–");
}

static bool is_empty(const char *text)
{
    return text == NULL || text[0] == '\0';
}

const char *page_pick(const Page *page, const char *english, const char *persian)
{
    if (page->language == I18N_PERSIAN)
        return is_empty(persian) ? english : persian;
    return is_empty(english) ? persian : english;
}

const char *page_pick_lang(const Page *page, const char *english, const char *persian)
{
    if (page->language == I18N_PERSIAN)
        return is_empty(persian) && !is_empty(english) ? "en" : NULL;
    return is_empty(english) && !is_empty(persian) ? "fa" : NULL;
}
