/* web/page.h: the frame around every page, and the small parts that pages share.
 *
 * A page first loads what it shows (an error becomes a page of its own), then page_begin, its
 * contents, page_end. */
#pragma once
#include "evidence/evidence.h"
#include "store/report.h"
#include "web/app.h"
#include "web/html.h"
#include "web/http.h"

/** Sections of the navigation. */
typedef enum {
    PAGE_OVERVIEW,
    PAGE_REPORTS,
    PAGE_PERSONS,
    PAGE_ALARMS,
    PAGE_ASSESSMENT,
    PAGE_FIGURES,
    PAGE_ASKS,
    PAGE_ADD,
    PAGE_QUARANTINE,
    PAGE_REVIEW,
    PAGE_ABOUT,
    PAGE_NO_SECTION,
} PageSection;

typedef struct {
    const WebRequest *request; /**< borrowed */
    WebResponse *response;     /**< borrowed */
    Html *html;
    Store *store; /**< borrowed; NULL on open pages */
    Web *web;     /**< borrowed */
    I18nLanguage language;
    const char *tag; /**< "fa", "en" */
} Page;

/** Head, banner, navigation, and the begin of main with the title as its h1. */
void page_begin(Page *page, const WebRequest *request, WebResponse *response, PageSection section,
                const char *title);
/** Likewise with a status, and a sentence in a banner below the title (NULL none): what became of
 *  a form. */
void page_begin_said(Page *page, const WebRequest *request, WebResponse *response,
                     PageSection section, const char *title, guint status, const char *sentence);
void page_end(Page *page);
/** A page that lists records of the case, and the kinds that its table gives: CSV of the whole. */
typedef struct {
    const char *path; /**< of the route */
    StoreKind kind;
} PageTable;
/** Ends with a NULL path. (page_csv.c) */
extern const PageTable PAGE_TABLES[];
/** Links to the tables of the page's list; nothing on other pages. Part of page_end. */
void page_tables(const Page *page);
/** Makes the answer the page of an error: 404 when there is no such thing, else 500; its
 *  sentence. */
void page_fail(const WebRequest *request, WebResponse *response, const GError *error);
/** A page with one sentence, for open pages and errors. store NULL: without the case's name. */
void page_sentence(const WebRequest *request, WebResponse *response, guint status,
                   const char *title, const char *sentence);

/** The page of getting in, with a sentence. */
void page_enter_draw(const WebRequest *request, WebResponse *response, guint status,
                     const char *sentence);

/** "/fa/reports/R12": the format below the page's language. Transfers. */
char *page_path(const Page *page, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** The address of a record's page. Transfers. */
char *page_record_path(const Page *page, StoreKind kind, gint64 id);

void page_heading(const Page *page, const char *id, const char *text); /**< h2 */
void page_paragraph(const Page *page, const char *class_name, const char *text);
void page_link(const Page *page, const char *path, const char *text);
/** "R12" as a link to the record's page. */
void page_record_link(const Page *page, StoreKind kind, gint64 id);
/** One row of a list of facts; nothing when the value is NULL or "". Within dl. */
void page_fact(const Page *page, const char *name, const char *value);
/** Likewise a value in a direction of its own (names, addresses). */
void page_fact_name(const Page *page, const char *name, const char *value);
void page_fact_begin(const Page *page, const char *name);
void page_fact_end(const Page *page);
/** One of several short facts in a line (class "meta"), in a direction of its own. */
void page_meta(const Page *page, const char *text);
/** Begin of a table in a frame that scrolls on narrow screens; then rows. */
void page_table_begin(const Page *page, const char *caption, const char *const *columns,
                      const char *const *classes, gsize n_columns);
void page_table_end(const Page *page);
void page_cell(const Page *page, const char *text);
void page_cell_number(const Page *page, gint64 number);
/** A chart with its caption, in a frame that scrolls on narrow screens. */
void page_chart(const Page *page, const char *path, const char *title);
/** What `draw` writes for this language is kept under `key` while the log stands still. It must
 *  write whole elements, and nothing that belongs to one session, role or query. A piece that took
 *  KEPT_COSTLY_MS or more to draw is shown as it was after the log went on, and drawn anew beside
 *  the requests: so it should say of when it is (page_kept_time). */
void page_kept(const Page *page, const char *key, void (*draw)(const Page *page));
/** "Counted at 15:45 UTC": now; for what page_kept draws. */
void page_kept_time(const Page *page);
/** Draws a piece beside the requests, so that the first reader need not wait. */
void page_kept_warm(Web *web, I18nLanguage language, const char *key,
                    void (*draw)(const Page *page));
enum { KEPT_COSTLY_MS = 50 };
/** Sets the text in its own direction, with its language. */
void page_foreign(const Page *page, const char *element, const char *class_name, const char *text,
                  const char *lang);

/** "28 June 2025 (7 Tir 1404), 21:04 UTC"; "–" for 0. Transfers. */
char *page_time(gint64 seconds);
/** The day alone. Transfers. */
char *page_date(gint64 seconds);
/** EDTF in words; what is no EDTF as it is; "–" for NULL. Transfers. */
char *page_edtf(const char *event_date);
/** A span of days; open ends said. Transfers. */
char *page_days(gint32 first_day, gint32 last_day);
/** A count grouped, another number with one decimal, "–" for NaN. Transfers. */
char *page_number(double x);
/** "12–15", "at least 12": a range in the language's digits. NaN: open. Transfers. */
char *page_range(double low, double high, bool at_least);
/** A place's name in the page's language: "Tehran"; place_text when there is no place.
 *  Transfers. */
char *page_place(const Page *page, gint64 place_id, const char *place_text);
/** A report's own title, or what it tells of, where and when. Transfers. */
char *page_report_title(const Page *page, const StoreReport *report);
char *page_source_name(const Page *page, gint64 source_id);
/** The text of the page's language, else the other. Borrowed from its arguments. */
const char *page_pick(const Page *page, const char *english, const char *persian);
/** The language a picked text is in: NULL when it is the page's own. */
const char *page_pick_lang(const Page *page, const char *english, const char *persian);
