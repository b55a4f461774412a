/* The alert for people and for programs that do not read CAP: PDF, HTML, Atom, JSON. The same words
 * as in CAP, from the same functions. */
#include "render/alert.h"

#include "base/edtf.h"
#include "render/feed.h"
#include "render/output.h"
#include "render/render.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- CAP's words for people ---- */

static const struct {
    const char *word, *title;
} WORDS[] = {
    {"Exercise", N_("Exercise: invented persons and events. Not for action.")},
    {"Draft", N_("Draft: proposed by rules; no person has made it final. Not for action as it "
                 "stands.")},
    {"Actual", N_("Actual: a person has made the assessment final.")},
    {"Expected", N_("expected: the newest alarm is no older than 30 days")},
    {"Future", N_("later: signs stand, but no alarm of the last 30 days")},
    {"Extreme", N_("extreme: deaths are reported")},
    {"Severe", N_("severe: arrests, disappearances, torture, injuries or sentences are reported")},
    {"Moderate", N_("moderate: other acts are reported")},
    {"Likely", N_("likely: two or more sources tell of it")},
    {"Possible", N_("possible: one source tells of it")},
    {"Unknown", N_("not known")},
};

static const char *title_of(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
        if (strcmp(WORDS[i].word, word) == 0)
            return i18n_get(WORDS[i].title);
    return word;
}

static char *areas_text(const Alert *alert, GError **error)
{
    g_autoptr(GPtrArray) areas = alert_areas(alert, error);
    if (areas == NULL)
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < areas->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? _("; ") : "",
                               ((const AlertArea *)areas->pdata[i])->name);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- to read ---- */

static void fact(DocumentTable *table, const char *name, const char *value)
{
    document_text_add(document_cell(table, NULL), DOCUMENT_BOLD, name);
    document_cell(table, value);
}

static bool facts(const Alert *alert, Document *document, gint64 sent, GError **error)
{
    g_autofree char *areas = areas_text(alert, error);
    if (areas == NULL)
        return false;
    g_autofree char *identifier = alert_identifier(alert, sent);
    g_autofree char *day = edtf_describe_day((gint32)(sent / 86400));
    DocumentTable *table = document_table(document, 2, NULL);
    document_table_column(table, 0, 2, false, _("What"));
    document_table_column(table, 1, 6, false, _("How"));
    fact(table, _("Area"), areas);
    fact(table, _("Urgency"), title_of(alert->urgency));
    fact(table, _("Severity"), title_of(alert->severity));
    fact(table, _("Certainty"), title_of(alert->certainty));
    fact(table, _("Written on"), day);
    document_text_add(document_cell(table, NULL), DOCUMENT_BOLD, _("Identifier"));
    document_text_add(document_cell(table, NULL), DOCUMENT_CODE, identifier);
    return true;
}

static Document *alert_document(const Alert *alert, gint64 sent, GError **error)
{
    g_autofree char *headline = alert_headline(alert), *what = alert_description(alert),
                    *do_what = alert_instruction(alert);
    g_autofree char *title = g_strdup_printf(_("Alert: %s"), headline);
    g_autoptr(Document) document = document_new(i18n_language(), title);
    document->subject = g_strdup(_("Mass human rights violations: early warning"));
    document->author = g_strdup("Zenhar");
    document->label = g_strdup(picture_label(alert->picture));
    document->created = sent;
    document_heading(document, 0, title);
    document_text_add(document_notice(document, NULL), DOCUMENT_BOLD,
                      title_of(alert_status(alert->picture)));
    if (!facts(alert, document, sent, error))
        return NULL;
    document_heading(document, 1, _("What is reported"));
    g_auto(GStrv) lines = g_strsplit(what, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++)
        if (lines[i][0] != '\0')
            document_paragraph(document, lines[i]);
    document_heading(document, 1, _("What can be done"));
    document_paragraph(document, do_what);
    document_text_add(document_paragraph(document, NULL), DOCUMENT_QUIET,
                      _("For those to whom the holder of the case hands it; not for publication."));
    return g_steal_pointer(&document);
}

/* ---- for programs ---- */

static char *alert_feed(const Alert *alert, gint64 sent)
{
    g_autofree char *identifier = alert_identifier(alert, sent);
    g_autofree char *id = g_strdup_printf("tag:zenhar.invalid,2025:%s", identifier);
    g_autofree char *hex = alert_case_hex(alert);
    g_autofree char *feed_id = g_strdup_printf("tag:zenhar.invalid,2025:%s/alerts", hex);
    g_autofree char *headline = alert_headline(alert), *what = alert_description(alert);
    g_autofree char *text = g_strdup_printf("%s\n%s", title_of(alert_status(alert->picture)), what);
    Feed feed = feed_new(i18n_language(), feed_id, picture_title(alert->picture), sent);
    feed_entry(&feed, &(FeedEntry){.id = id,
                                   .title = headline,
                                   .updated = sent,
                                   .text = text,
                                   .link = "alert.xml",
                                   .link_type = "application/cap+xml"});
    return feed_finish(&feed);
}

static json_t *info_json(const Alert *alert, GError **error)
{
    g_autoptr(GPtrArray) areas = alert_areas(alert, error);
    if (areas == NULL)
        return NULL;
    json_t *list = json_array();
    for (guint i = 0; i < areas->len; i++) {
        const AlertArea *area = areas->pdata[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:s?}", "name", area->name, "iso", area->code));
    }
    g_autofree char *headline = alert_headline(alert), *what = alert_description(alert),
                    *do_what = alert_instruction(alert);
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "language", i18n_tag(i18n_language()), "headline",
                     headline, "description", what, "instruction", do_what, "areas", list);
}

static char *alert_json(const Alert *alert, gint64 sent, GError **error)
{
    json_t *infos = json_array();
    const I18nLanguage own = i18n_language();
    static const I18nLanguage LANGUAGES[] = {I18N_PERSIAN, I18N_ENGLISH};
    bool done = true;
    for (gsize l = 0; l < G_N_ELEMENTS(LANGUAGES) && done; l++) {
        i18n_set_language(LANGUAGES[l]);
        json_t *info = info_json(alert, error);
        done = info != NULL && json_array_append_new(infos, info) == 0;
    }
    i18n_set_language(own);
    g_autofree char *identifier = alert_identifier(alert, sent);
    const StoreAlarm *alarm = alert_newest(alert);
    char id[STORE_ID_MAX];
    json_t *object = json_pack(
        "{s:s, s:I, s:s, s:s, s:s, s:s, s:s?, s:o}", "identifier", identifier, "sent",
        (json_int_t)sent, "status", alert_status(alert->picture), "urgency", alert->urgency,
        "severity", alert->severity, "certainty", alert->certainty, "alarm",
        alarm != NULL ? store_id_format(STORE_KIND_ALARM, alarm->id, id) : NULL, "info", infos);
    char *dumped = json_dumps(object, JSON_INDENT(1));
    char *text = done ? g_strconcat(dumped, "\n", NULL) : NULL;
    free(dumped); /* jansson's own allocator */
    json_decref(object);
    return text;
}

static bool write_text(char *text, const char *path, GError **error)
{
    g_autofree char *owned = text;
    return owned != NULL && output_bytes(path, owned, strlen(owned), error);
}

static bool write_alert(Store *store, const char *format, const char *path, GError **error)
{
    g_autoptr(Picture) picture = picture_load(store, error);
    Alert alert;
    if (picture == NULL || !alert_begin(&alert, store, picture, error))
        return false;
    const gint64 sent = picture->now;
    if (strcmp(format, "atom") == 0)
        return write_text(alert_feed(&alert, sent), path, error);
    if (strcmp(format, "json") == 0)
        return write_text(alert_json(&alert, sent, error), path, error);
    g_autoptr(Document) document = alert_document(&alert, sent, error);
    return document != NULL && (strcmp(format, "pdf") == 0 ? output_pdf(document, path, error)
                                                           : output_html(document, path, error));
}

bool render_alert_file(Store *store, const char *format, I18nLanguage language, const char *path,
                       GError **error)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    bool done = write_alert(store, format, path, error);
    i18n_set_language(saved);
    return done;
}
