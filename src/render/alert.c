/* The alert as CAP 1.2 (OASIS, 1 July 2010): what warning systems read. Written by libxml2's
 * writer, one <info> a language. */
#include "render/alert.h"

#include "render/markup.h"
#include "render/output.h"
#include "render/render.h"
#include <string.h>

enum { VALID_DAYS = 30 };

typedef struct {
    Alert alert;
    xmlTextWriter *writer;
} Cap;

static void put(Cap *cap, const char *name, const char *text)
{
    markup_element(cap->writer, name, text);
}

static void start(Cap *cap, const char *name)
{
    markup_start(cap->writer, name);
}

static void end(Cap *cap)
{
    markup_end(cap->writer);
}

/* CAP wants an offset and no "Z"; UTC is written "-00:00". */
static void write_time(Cap *cap, const char *name, gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *text =
        time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%S-00:00") : NULL;
    put(cap, name, text);
}

/* ---- one language ---- */

static void parameter(Cap *cap, const char *name, const char *value)
{
    start(cap, "parameter");
    put(cap, "valueName", name);
    put(cap, "value", value);
    end(cap);
}

static void write_area(Cap *cap, const char *name, const char *code)
{
    start(cap, "area");
    put(cap, "areaDesc", name);
    if (code != NULL) {
        start(cap, "geocode");
        put(cap, "valueName", strchr(code, '-') != NULL ? "ISO 3166-2" : "ISO 3166-1");
        put(cap, "value", code);
        end(cap);
    }
    end(cap);
}

static bool write_areas(Cap *cap, GError **error)
{
    g_autoptr(GPtrArray) areas = alert_areas(&cap->alert, error);
    for (guint i = 0; areas != NULL && i < areas->len; i++) {
        const AlertArea *area = areas->pdata[i];
        write_area(cap, area->name, area->code);
    }
    return areas != NULL;
}

static bool write_info(Cap *cap, I18nLanguage language, gint64 sent, GError **error)
{
    const Picture *p = cap->alert.picture;
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autofree char *head = alert_headline(&cap->alert), *what = alert_description(&cap->alert),
                    *do_what = alert_instruction(&cap->alert);
    start(cap, "info");
    put(cap, "language", language == I18N_PERSIAN ? "fa-IR" : "en");
    put(cap, "category", "Security");
    put(cap, "event", _("Mass human rights violations: early warning"));
    put(cap, "responseType", "Assess");
    put(cap, "urgency", cap->alert.urgency);
    put(cap, "severity", cap->alert.severity);
    put(cap, "certainty", cap->alert.certainty);
    put(cap, "audience", _("Desks of the United Nations and of states; those who document"));
    write_time(cap, "effective", sent);
    const StoreAlarm *alarm = alert_newest(&cap->alert);
    if (alarm != NULL)
        write_time(cap, "onset", (gint64)alarm->first_day * 86400);
    write_time(cap, "expires", sent + (gint64)VALID_DAYS * 86400);
    put(cap, "senderName", picture_title(p));
    put(cap, "headline", head);
    put(cap, "description", what);
    put(cap, "instruction", do_what);
    char id[STORE_ID_MAX];
    if (p->overview->assessment != NULL)
        parameter(cap, "assessment",
                  store_id_format(STORE_KIND_ASSESSMENT, p->overview->assessment->id, id));
    if (alarm != NULL)
        parameter(cap, "alarm", store_id_format(STORE_KIND_ALARM, alarm->id, id));
    if (p->has_head) {
        g_autofree char *head_number = g_strdup_printf("%" G_GINT64_FORMAT, p->head.number);
        parameter(cap, "treeHead", head_number);
    }
    bool done = write_areas(cap, error);
    end(cap);
    i18n_set_language(saved);
    return done;
}

static void write_alert_head(Cap *cap, gint64 sent)
{
    const Picture *p = cap->alert.picture;
    g_autofree char *hex = alert_case_hex(&cap->alert);
    g_autofree char *identifier = alert_identifier(&cap->alert, sent);
    g_autofree char *sender = g_strdup_printf("case-%s@zenhar.invalid", hex);
    put(cap, "identifier", identifier);
    put(cap, "sender", sender);
    write_time(cap, "sent", sent);
    put(cap, "status", alert_status(p));
    put(cap, "msgType", "Alert");
    put(cap, "scope", "Restricted");
    put(cap, "restriction",
        "For those to whom the holder of the case hands it; not for publication");
    if (p->synthetic)
        put(cap, "note", "Exercise: synthetic data, invented persons and events");
}

static char *cap_xml(Cap *cap, gint64 sent, GError **error)
{
    Markup markup = markup_new();
    cap->writer = markup.writer;
    xmlTextWriterSetIndent(cap->writer, 1);
    xmlTextWriterStartDocument(cap->writer, NULL, "UTF-8", NULL);
    xmlTextWriterStartElementNS(cap->writer, NULL, BAD_CAST "alert",
                                BAD_CAST "urn:oasis:names:tc:emergency:cap:1.2");
    write_alert_head(cap, sent);
    bool done =
        write_info(cap, I18N_PERSIAN, sent, error) && write_info(cap, I18N_ENGLISH, sent, error);
    xmlTextWriterEndDocument(cap->writer);
    g_autofree char *xml = markup_finish(&markup);
    return done ? g_steal_pointer(&xml) : NULL;
}

char *render_alert_text(Store *store, gint64 now, GError **error)
{
    g_autoptr(Picture) picture = picture_load(store, error);
    Cap cap = {0};
    if (picture == NULL || !alert_begin(&cap.alert, store, picture, error))
        return NULL;
    return cap_xml(&cap, now != 0 ? now : picture->now, error);
}

bool render_alert_cap(Store *store, gint64 now, const char *path, GError **error)
{
    g_autofree char *xml = render_alert_text(store, now, error);
    return xml != NULL && output_bytes(path, xml, strlen(xml), error);
}
