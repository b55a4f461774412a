/* render/render.h: a case's contents as PDF, SVG, CAP, CSV and JSON, in Persian and English.
 *
 * Everything that is drawn is drawn here, from the records of the case alone: no statistics, no
 * SQL. Each function writes the same bytes for the same case, language and clock (store_now).
 * Shown numbers carry the id of the record they stand in; a record that nobody confirmed says so;
 * a case with the setting "label" carries it on every page and chart.
 *
 * Files are written beside their name and put in place; a failure leaves what was there.
 * Errors: NOT_FOUND (no such record), DATA (nothing to draw yet: the sentence says which command
 * makes it), IO. Functions returning text transfer it (g_free). One thread at a time a Store;
 * different Stores may draw on different threads at once. The thread's language (base/i18n.h) is
 * set during the call and put back. */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include "store/store.h"

/** The letter of one appeal (AP12), in the appeal's own language. */
bool render_letter_pdf(Store *store, gint64 appeal_id, const char *path, GError **error);

/** Letters one after the other to print on both sides, each in its own language with its own page
 *  numbers (typeset_batch_pdf). NULL with error set. Transfers. */
GBytes *render_letters_batch(Store *store, const GArray *appeal_ids, GError **error);

/** The two above as appeal/ wants them drawn (AppealDrawPdf, AppealDrawBatch): bytes; context is
 *  not looked at. NULL with error set. Transfers. */
GBytes *render_draw_letter(void *context, Store *store, gint64 appeal_id, GError **error);
GBytes *render_draw_letters(void *context, Store *store, const GArray *appeal_ids, GError **error);

/** Likewise as "pdf", "html", "txt" or "odt" (OpenDocument text, for those who must edit). */
bool render_letter_file(Store *store, gint64 appeal_id, const char *format, const char *path,
                        GError **error);

struct Submission;
/** A case file to a mechanism (appeal/submission.h), in its own language. */
bool render_submission_pdf(const struct Submission *submission, const char *path, GError **error);

/** The situation report: key figures with each reporter's range, what came in, alarms, charts,
 *  risk factors with evidence ids, estimates with method and what would make them wrong, asks
 *  and who answered, methods, sources, annex (record ids, sha256 of originals, tree head). */
bool render_situation_pdf(Store *store, I18nLanguage language, const char *path, GError **error);
/** The same as "pdf", "html" (one page, drawings inside it) or "atom" (alarms, estimates, findings,
 *  steps of bodies; ids that stay). */
bool render_situation_file(Store *store, const char *format, I18nLanguage language,
                           const char *path, GError **error);
/** The PDF in memory: what is drawn for somebody else to read touches no disk. Transfers. */
GBytes *render_situation_draw(Store *store, I18nLanguage language, GError **error);
/** The situation on one page, as "pdf" or "html". */
bool render_brief_file(Store *store, const char *format, I18nLanguage language, const char *path,
                       GError **error);
/** The newest assessment to read: heat map of the 14 factors with trend, evidence behind each
 * rating, each analyst's own with Krippendorff's alpha, what changed, the forecast with its
 * interval, what would change it. DATA when there is none. */
bool render_assessment_pdf(Store *store, I18nLanguage language, const char *path, GError **error);
/** The same figures, one row a figure: section,key,value,low,high,unit,date,reporter,record,note.
 */
bool render_situation_csv(Store *store, const char *path, GError **error);
/** The same rows as one JSON object: title, title_fa, label, now (seconds), head (number), and a
 *  list for each section, whose items have the CSV's other columns (null where empty). */
bool render_situation_json(Store *store, const char *path, GError **error);

/** A CAP 1.2 alert from the newest alarms and assessment, one <info> per language (fa-IR, en).
 *  `now` (seconds) is its <sent>; 0: store_now. A synthetic case gives status Exercise. */
bool render_alert_cap(Store *store, gint64 now, const char *path, GError **error);
/** The alert as "pdf", "html", "atom" (an entry that points to alert.xml) or "json" (both
 * languages). DATA when there is nothing to warn of. */
bool render_alert_file(Store *store, const char *format, I18nLanguage language, const char *path,
                       GError **error);
/** The CAP message as text. Transfers. */
char *render_alert_text(Store *store, gint64 now, GError **error);

/** Who answered a letter, and what bodies did, as a public page or feed: offices and public facts
 *  only. "atom" (RFC 4287), "json" or "html" (a whole page). appeal_id 0: the oldest sent; day
 *  G_MININT32: today. USAGE for another format, DATA where nothing was sent. */
char *render_clock(Store *store, gint64 appeal_id, gint32 day, const char *format,
                   I18nLanguage language, GError **error);

/** The alert as it stands now, as an Update of an earlier one, or its Cancel: a new identifier, and
 *  references to the earlier message and all that it referred to. INPUT: previous_path is no CAP
 *  alert. */
bool render_alert_follow(Store *store, gint64 now, const char *previous_path, bool cancel,
                         const char *path, GError **error);

/* ---- charts: whole SVG documents with title and description, text as text ---- */

/** A weekly (or daily) series: counts, expected, bound, alarms; nowcast where it has one. */
char *render_series_svg(Store *store, gint64 series_id, I18nLanguage language, GError **error);
/** Reports by week of their event: the epidemic curve of what came in. */
char *render_curve_svg(Store *store, I18nLanguage language, GError **error);
/** Executions a year as each reporter gave them, each with marks of its own, ranges as bars. */
char *render_executions_svg(Store *store, I18nLanguage language, GError **error);
/** Tiles of the 31 provinces shaded by acts reported, each once however many reports (numbers of
 *  several reporters are not added up); all kinds or one (act_kind NULL: all). */
char *render_provinces_svg(Store *store, const char *act_kind, I18nLanguage language,
                           GError **error);
/** The 14 risk factors of the newest assessment: level, trend, how many indicators are rated. */
char *render_framework_svg(Store *store, I18nLanguage language, GError **error);
/** A reliability curve of forecasts in n groups (score_reliability), as SVG into a file, in the
 * thread's language. DATA when n is 0. */
bool render_reliability_file(gsize n, const double *forecast, const double *observed,
                             const double *low, const double *high, const double *count,
                             bool in_sample, const char *path, GError **error);
/** Rate ratios after crises (estimates of method crisis_response) with their intervals. */
char *render_response_svg(Store *store, I18nLanguage language, GError **error);

/** Names of the charts as files and in addresses. */
typedef enum {
    RENDER_CHART_SERIES, /**< of the series with the newest alarm, else the longest */
    RENDER_CHART_CURVE,
    RENDER_CHART_EXECUTIONS,
    RENDER_CHART_PROVINCES,
    RENDER_CHART_FRAMEWORK,
    RENDER_CHART_RESPONSE,
    RENDER_CHART_OVERLAPS, /**< of the newest estimate: who is told of by which sources */
    RENDER_CHART_UNSEEN,   /**< likewise: how many in all, with those told of by none */
    RENDER_N_CHARTS
} RenderChart;
/** "series", "curve", "executions", "provinces", "framework", "response", "overlaps", "unseen".
 *  Static. */
const char *render_chart_name(RenderChart chart);
/** False when there is no chart of that name. */
bool render_chart_parse(const char *name, RenderChart *ret_chart);
/** Title for people, in the thread's language. Static. */
const char *render_chart_title(RenderChart chart);
/** Any of them. DATA when the case has nothing for it yet. */
char *render_chart_svg(Store *store, RenderChart chart, I18nLanguage language, GError **error);
/** Likewise into a file: SVG, PDF or PNG by the ending of its name. */
bool render_chart_file(Store *store, RenderChart chart, I18nLanguage language, const char *path,
                       GError **error);
