/* The alert as CAP 1.2 (OASIS, 1 July 2010): what warning systems read. Written by libxml2's
 * writer, one <info> a language. What it claims is read off the data: urgency from how fresh the
 * alarm is, severity from what was counted, certainty from how many sources tell of it. */
#include "base/edtf.h"
#include "evidence/evidence.h"
#include "render/output.h"
#include "render/picture.h"
#include "render/render.h"
#include "store/link.h"
#include "store/person.h"
#include <libxml/xmlwriter.h>
#include <math.h>
#include <string.h>

enum { ALARMS_TOLD = 3, AREAS_TOLD = 6, FRESH_DAYS = 30, VALID_DAYS = 30, LINKS_READ = 400 };

typedef struct {
    Store *store;
    const Picture *picture;
    xmlTextWriter *writer;
    const char *urgency, *severity, *certainty;
} Alert;

/* Text that XML 1.0 may hold. */
static void put(Alert *alert, const char *name, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
    g_autoptr(GString) clean = g_string_new(NULL);
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == '\t' || c == '\n' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF))
            g_string_append_unichar(clean, c);
    }
    xmlTextWriterWriteElement(alert->writer, BAD_CAST name, BAD_CAST clean->str);
}

static void start(Alert *alert, const char *name)
{
    xmlTextWriterStartElement(alert->writer, BAD_CAST name);
}

static void end(Alert *alert)
{
    xmlTextWriterEndElement(alert->writer);
}

/* CAP wants an offset and no "Z"; UTC is written "-00:00". */
static void write_time(Alert *alert, const char *name, gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *text =
        time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%S-00:00") : NULL;
    put(alert, name, text);
}

/* ---- what the data say ---- */

static const StoreAlarm *newest(const Alert *alert)
{
    const GPtrArray *alarms = alert->picture->alarms;
    for (guint i = 0; i < alarms->len; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(alarms, i);
        if (assess_alarm_stands(alarm))
            return alarm;
    }
    return NULL;
}

static void append_factor(GString *text, const AssessFactorLevel *level, gsize number)
{
    g_autofree char *n = i18n_integer((gint64)number);
    g_string_append_printf(text, _("Risk factor %s of the UN Framework of Analysis, %s: %s.\n"), n,
                           assess_factor_title(level->code, i18n_language()),
                           assess_level_title(level->level, i18n_language()));
}

static gint32 strongest_factor(const Alert *alert)
{
    gint32 level = -1;
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++)
        level = MAX(level, alert->picture->overview->factors[f].level);
    return level;
}

static const char *urgency_of(const Alert *alert)
{
    const StoreAlarm *alarm = newest(alert);
    if (alarm != NULL && alert->picture->today - alarm->last_day <= FRESH_DAYS)
        return "Expected";
    return alarm != NULL || strongest_factor(alert) >= 2 ? "Future" : "Unknown";
}

static const char *severity_of(const char *act_kind)
{
    static const char *const DEADLY[] = {"killing", "execution", "death_in_custody",
                                         "death_sentence", "war_death"};
    static const char *const GRAVE[] = {"arrest", "enforced_disappearance", "torture", "injury",
                                        "sentence"};
    for (gsize i = 0; i < G_N_ELEMENTS(DEADLY); i++)
        if (g_strcmp0(act_kind, DEADLY[i]) == 0)
            return "Extreme";
    for (gsize i = 0; i < G_N_ELEMENTS(GRAVE); i++)
        if (g_strcmp0(act_kind, GRAVE[i]) == 0)
            return "Severe";
    return act_kind != NULL ? "Moderate" : "Unknown";
}

/* The source of a report or statement that an alarm rests on; 0 when it rests on neither. */
static bool source_of(Store *store, const StoreLink *link, gint64 *ret_source, GError **error)
{
    *ret_source = 0;
    if (g_strcmp0(link->role, "copy") == 0 || g_strcmp0(link->role, "left") == 0)
        return true; /* the same story once more, or one taken back: no second witness */
    gint64 report_id = link->to_kind == STORE_KIND_REPORT ? link->to_id : 0;
    if (link->to_kind == STORE_KIND_STATEMENT) {
        g_autoptr(StoreStatement) statement = store_statement_load(store, link->to_id, error);
        if (statement == NULL)
            return false;
        report_id = statement->report_id;
    }
    if (report_id == 0)
        return true;
    g_autoptr(StoreReport) report = store_report_load(store, report_id, error);
    if (report == NULL)
        return false;
    *ret_source = report->source_id;
    return true;
}

/* Two sources or more that tell of it: likely; one: possible. Nobody here has observed it. */
static bool certainty_of(Alert *alert, const StoreAlarm *alarm, GError **error)
{
    alert->certainty = "Possible";
    StorePage page = {.limit = LINKS_READ};
    g_autoptr(GPtrArray) links =
        store_link_list_from(alert->store, STORE_KIND_ALARM, alarm->id, &page, error);
    if (links == NULL)
        return false;
    gint64 first = 0;
    for (guint i = 0; i < links->len; i++) {
        gint64 source;
        if (!source_of(alert->store, g_ptr_array_index(links, i), &source, error))
            return false;
        if (source == 0)
            continue;
        if (first != 0 && source != first) {
            alert->certainty = "Likely";
            return true;
        }
        first = source;
    }
    return true;
}

static bool judge(Alert *alert, GError **error)
{
    const StoreAlarm *alarm = newest(alert);
    alert->urgency = urgency_of(alert);
    alert->severity = "Unknown";
    alert->certainty = "Unknown";
    if (alarm == NULL)
        return true;
    g_autoptr(StoreSeries) series = store_series_load(alert->store, alarm->series_id, error);
    if (series == NULL)
        return false;
    alert->severity = severity_of(series->act_kind);
    return certainty_of(alert, alarm, error);
}

/* ---- one language ---- */

static char *headline(Alert *alert)
{
    const StoreAlarm *alarm = newest(alert);
    if (alarm == NULL)
        return g_strdup_printf(_("%s: signs of a risk of atrocity crimes"),
                               picture_title(alert->picture));
    g_autofree char *day = edtf_describe_day(alarm->first_day);
    return g_strdup_printf(_("%s: more reported than the past explains, week from %s"),
                           picture_title(alert->picture), day);
}

static char *description(Alert *alert)
{
    const Picture *p = alert->picture;
    g_autoptr(GString) text = g_string_new(NULL);
    if (picture_label(p) != NULL)
        g_string_append_printf(text, "%s.\n", picture_label(p));
    g_autoptr(GPtrArray) alarms = assess_alarms_to_tell(p->alarms, ALARMS_TOLD);
    for (guint i = 0; i < alarms->len; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(alarms, i);
        if (!assess_alarm_stands(alarm))
            continue;
        char id[STORE_ID_MAX];
        g_autofree char *sentence = assess_alarm_sentence(alert->store, alarm, i18n_language());
        g_string_append_printf(text, "%s [%s]\n", sentence,
                               store_id_format(STORE_KIND_ALARM, alarm->id, id));
    }
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++) {
        const AssessFactorLevel *level = &p->overview->factors[f];
        if (level->level >= 2)
            append_factor(text, level, f + 1);
    }
    g_string_append(text, _("Counted from reports; not established by a court. Levels are proposed "
                            "by rules and must be judged by a person."));
    const StoreAlarm *alarm = newest(alert);
    if (alarm != NULL) {
        g_autofree char *weakness = assess_alarm_weakness(alarm, i18n_language());
        g_string_append_printf(text, "\n%s", weakness);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The clock was read once, in one language; an alert speaks each. */
static void append_ask(const Alert *alert, const AppealClockRow *row, GString *text)
{
    g_autoptr(StoreAsk) ask = store_ask_load(alert->store, row->ask_id, NULL);
    bool persian = i18n_language() == I18N_PERSIAN;
    const char *title = ask == NULL                        ? row->title
                        : persian && ask->title_fa != NULL ? ask->title_fa
                                                           : ask->title;
    g_string_append_printf(text, " %s", title);
}

/* What was asked of bodies; else a general word. */
static char *instruction(Alert *alert)
{
    const GPtrArray *clock = alert->picture->clock;
    if (clock->len == 0)
        return g_strdup(_("Check with sources of your own; ask for access and for names of those "
                          "held; tell what you find to those who document."));
    g_autoptr(GString) text = g_string_new(_("Asked of those addressed:"));
    for (guint i = 0; i < clock->len; i++) {
        const AppealClockRow *row = g_ptr_array_index(clock, i);
        g_string_append(text, i > 0 ? _(";") : "");
        append_ask(alert, row, text);
    }
    g_string_append_c(text, '.');
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void parameter(Alert *alert, const char *name, const char *value)
{
    start(alert, "parameter");
    put(alert, "valueName", name);
    put(alert, "value", value);
    end(alert);
}

static void write_area(Alert *alert, const char *name, const char *code)
{
    start(alert, "area");
    put(alert, "areaDesc", name);
    if (code != NULL) {
        start(alert, "geocode");
        put(alert, "valueName", strchr(code, '-') != NULL ? "ISO 3166-2" : "ISO 3166-1");
        put(alert, "value", code);
        end(alert);
    }
    end(alert);
}

/* Places of the alarms told; a series of the whole country speaks for the country. */
static bool write_areas(Alert *alert, GError **error)
{
    const Picture *p = alert->picture;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < p->alarms->len && g_hash_table_size(seen) < AREAS_TOLD; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(p->alarms, i);
        if (!assess_alarm_stands(alarm) || p->today - alarm->last_day > 3 * FRESH_DAYS)
            continue;
        g_autoptr(StoreSeries) series = store_series_load(alert->store, alarm->series_id, error);
        if (series == NULL)
            return false;
        const StorePlace *place = picture_place(p, series->place_id);
        const char *name = picture_place_name(p, series->place_id);
        if (place == NULL || place->iso == NULL || name == NULL ||
            !g_hash_table_add(seen, g_strdup(place->iso)))
            continue;
        write_area(alert, name, place->iso);
    }
    if (g_hash_table_size(seen) == 0) {
        bool iran = g_strcmp0(p->country, "IR") == 0;
        write_area(alert, iran ? _("Iran") : picture_title(p), p->country);
    }
    return true;
}

static bool write_info(Alert *alert, I18nLanguage language, gint64 sent, GError **error)
{
    const Picture *p = alert->picture;
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autofree char *head = headline(alert), *what = description(alert),
                    *do_what = instruction(alert);
    start(alert, "info");
    put(alert, "language", language == I18N_PERSIAN ? "fa-IR" : "en");
    put(alert, "category", "Security");
    put(alert, "event", _("Mass human rights violations: early warning"));
    put(alert, "responseType", "Assess");
    put(alert, "urgency", alert->urgency);
    put(alert, "severity", alert->severity);
    put(alert, "certainty", alert->certainty);
    put(alert, "audience", _("Desks of the United Nations and of states; those who document"));
    write_time(alert, "effective", sent);
    const StoreAlarm *alarm = newest(alert);
    if (alarm != NULL)
        write_time(alert, "onset", (gint64)alarm->first_day * 86400);
    write_time(alert, "expires", sent + (gint64)VALID_DAYS * 86400);
    put(alert, "senderName", picture_title(p));
    put(alert, "headline", head);
    put(alert, "description", what);
    put(alert, "instruction", do_what);
    char id[STORE_ID_MAX];
    if (p->overview->assessment != NULL)
        parameter(alert, "assessment",
                  store_id_format(STORE_KIND_ASSESSMENT, p->overview->assessment->id, id));
    if (alarm != NULL)
        parameter(alert, "alarm", store_id_format(STORE_KIND_ALARM, alarm->id, id));
    if (p->has_head) {
        g_autofree char *head_number = g_strdup_printf("%" G_GINT64_FORMAT, p->head.number);
        parameter(alert, "treeHead", head_number);
    }
    bool done = write_areas(alert, error);
    end(alert);
    i18n_set_language(saved);
    return done;
}

/* CAP 1.2, 3.2.1: Draft is "not actionable in its current form": what rules have proposed and
 * nobody has made final is no more than that. */
static const char *alert_status(const Picture *p)
{
    if (p->synthetic)
        return "Exercise";
    bool final =
        p->overview->assessment != NULL && g_strcmp0(p->overview->assessment->status, "final") == 0;
    return final ? "Actual" : "Draft";
}

static void write_alert_head(Alert *alert, gint64 sent)
{
    const Picture *p = alert->picture;
    const guint8 *case_id = store_keys_case_id(store_keys(alert->store));
    char hex[17];
    for (int i = 0; i < 8; i++)
        g_snprintf(hex + 2 * i, 3, "%02x", case_id[i]);
    const StoreAlarm *alarm = newest(alert);
    g_autofree char *identifier =
        g_strdup_printf("zenhar-%s-AS%" G_GINT64_FORMAT "-AL%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
                        hex, p->overview->assessment != NULL ? p->overview->assessment->id : 0,
                        alarm != NULL ? alarm->id : 0, sent);
    g_autofree char *sender = g_strdup_printf("case-%s@zenhar.invalid", hex);
    put(alert, "identifier", identifier);
    put(alert, "sender", sender);
    write_time(alert, "sent", sent);
    put(alert, "status", alert_status(p));
    put(alert, "msgType", "Alert");
    put(alert, "scope", "Restricted");
    put(alert, "restriction",
        "For those to whom the holder of the case hands it; not for publication");
    if (p->synthetic)
        put(alert, "note", "Exercise: synthetic data, invented persons and events");
}

static char *alert_xml(Alert *alert, gint64 sent, GError **error)
{
    xmlBuffer *buffer = xmlBufferCreate();
    alert->writer = xmlNewTextWriterMemory(buffer, 0);
    xmlTextWriterSetIndent(alert->writer, 1);
    xmlTextWriterStartDocument(alert->writer, NULL, "UTF-8", NULL);
    xmlTextWriterStartElementNS(alert->writer, NULL, BAD_CAST "alert",
                                BAD_CAST "urn:oasis:names:tc:emergency:cap:1.2");
    write_alert_head(alert, sent);
    bool done = write_info(alert, I18N_PERSIAN, sent, error) &&
                write_info(alert, I18N_ENGLISH, sent, error);
    xmlTextWriterEndDocument(alert->writer);
    xmlFreeTextWriter(alert->writer);
    char *xml = done ? g_strdup((const char *)xmlBufferContent(buffer)) : NULL;
    xmlBufferFree(buffer);
    return xml;
}

char *render_alert_text(Store *store, gint64 now, GError **error)
{
    g_autoptr(Picture) picture = picture_load(store, error);
    if (picture == NULL)
        return NULL;
    Alert alert = {.store = store, .picture = picture};
    if (newest(&alert) == NULL && strongest_factor(&alert) < 2) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("There is nothing to warn of: no alarm stands, and no risk factor is "
                              "rated as present. Run `zenhar assess run` after an import."));
        return NULL;
    }
    if (!judge(&alert, error))
        return NULL;
    return alert_xml(&alert, now != 0 ? now : picture->now, error);
}

bool render_alert_cap(Store *store, gint64 now, const char *path, GError **error)
{
    g_autofree char *xml = render_alert_text(store, now, error);
    return xml != NULL && output_bytes(path, xml, strlen(xml), error);
}
