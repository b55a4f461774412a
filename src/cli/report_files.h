/* cli/report_files.h: what a case can be shown as, written as files; for `report` and `demo`. */
#pragma once
#include "base/i18n.h"
#include "store/store.h"

typedef struct {
    Store *store;
    const char *folder;        /**< is there already */
    bool languages[2];         /**< by I18nLanguage */
    const char *letter_format; /**< pdf, html, txt, odt; NULL: pdf */
    const char *previous;      /**< an earlier alert that this one follows; NULL none */
    bool cancel;               /**< takes the earlier one back */
    guint written;             /**< files so far */
    const char *formats;       /**< of charts: "svg,pdf,png" or some of them; NULL: "svg" */
    /** Hears of each file, and of each thing that the case has nothing for yet; NULL: silent. */
    void (*tell)(void *context, const char *path, const char *missing);
    void *context;
} ReportFiles;

/** Makes the folder. */
bool report_files_begin(const ReportFiles *files, GError **error);
/** situation-fa.pdf, .html, .atom, likewise -en; situation.csv, situation.json */
bool report_files_situation(ReportFiles *files, GError **error);
/** brief-fa.pdf, .html, likewise -en */
bool report_files_brief(ReportFiles *files, GError **error);
/** alert.xml, alert.json; alert-fa.pdf, .html, .atom, likewise -en; `alone`: having nothing to
 * alert of is an error. */
bool report_files_alert(ReportFiles *files, bool alone, GError **error);
/** NAME-fa.svg, NAME-en.svg of each chart for which the case has something. */
bool report_files_charts(ReportFiles *files, GError **error);
/** letter-AP12.pdf */
bool report_files_letter(ReportFiles *files, gint64 appeal_id, GError **error);

/** Drafts letters to the offices that the asks concern first (Secretary-General in Persian and in
 *  English, President of the Human Rights Council, High Commissioner), as held on the day of
 *  store_now(), and writes each. A draft that is there already is not added again. */
bool report_files_draft_letters(ReportFiles *files, GError **error);

/** Records that came or were made since a time, as CSV (kind,id,time,what), appended to out. No
 *  words of reports and nothing sealed. */
bool report_since(Store *store, gint64 since, GString *out, guint *ret_n, GError **error);
