/* What an alert says, in any form: read off the data. Urgency from how fresh the alarm is, severity
 * from what was counted, certainty from how many sources tell of it. */
#include "render/alert.h"

#include "base/edtf.h"
#include "evidence/evidence.h"
#include "store/link.h"
#include "store/person.h"
#include <string.h>

enum { ALARMS_TOLD = 3, AREAS_TOLD = 6, FRESH_DAYS = 30, LINKS_READ = 400 };

const StoreAlarm *alert_newest(const Alert *alert)
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

gint32 alert_strongest_factor(const Alert *alert)
{
    gint32 level = -1;
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++)
        level = MAX(level, alert->picture->overview->factors[f].level);
    return level;
}

static const char *urgency_of(const Alert *alert)
{
    const StoreAlarm *alarm = alert_newest(alert);
    if (alarm != NULL && alert->picture->today - alarm->last_day <= FRESH_DAYS)
        return "Expected";
    return alarm != NULL || alert_strongest_factor(alert) >= 2 ? "Future" : "Unknown";
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
    const StoreAlarm *alarm = alert_newest(alert);
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

char *alert_headline(const Alert *alert)
{
    const StoreAlarm *alarm = alert_newest(alert);
    if (alarm == NULL)
        return g_strdup_printf(_("%s: signs of a risk of atrocity crimes"),
                               picture_title(alert->picture));
    g_autofree char *day = edtf_describe_day(alarm->first_day);
    return g_strdup_printf(_("%s: more reported than the past explains, week from %s"),
                           picture_title(alert->picture), day);
}

char *alert_description(const Alert *alert)
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
    const StoreAlarm *alarm = alert_newest(alert);
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
char *alert_instruction(const Alert *alert)
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

/* CAP 1.2, 3.2.1: Draft is "not actionable in its current form": what rules have proposed and
 * nobody has made final is no more than that. */
const char *alert_status(const Picture *p)
{
    if (p->synthetic)
        return "Exercise";
    bool final =
        p->overview->assessment != NULL && g_strcmp0(p->overview->assessment->status, "final") == 0;
    return final ? "Actual" : "Draft";
}

void alert_area_free(gpointer area)
{
    AlertArea *one = area;
    g_free(one->name);
    g_free(one->code);
    g_free(one);
}

static void add_area(GPtrArray *areas, const char *name, const char *code)
{
    AlertArea *area = g_new0(AlertArea, 1);
    area->name = g_strdup(name);
    area->code = g_strdup(code);
    g_ptr_array_add(areas, area);
}

GPtrArray *alert_areas(const Alert *alert, GError **error)
{
    const Picture *p = alert->picture;
    g_autoptr(GPtrArray) areas = g_ptr_array_new_with_free_func(alert_area_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < p->alarms->len && areas->len < AREAS_TOLD; i++) {
        const StoreAlarm *alarm = g_ptr_array_index(p->alarms, i);
        if (!assess_alarm_stands(alarm) || p->today - alarm->last_day > 3 * FRESH_DAYS)
            continue;
        g_autoptr(StoreSeries) series = store_series_load(alert->store, alarm->series_id, error);
        if (series == NULL)
            return NULL;
        const StorePlace *place = picture_place(p, series->place_id);
        const char *name = picture_place_name(p, series->place_id);
        if (place != NULL && place->iso != NULL && name != NULL &&
            g_hash_table_add(seen, g_strdup(place->iso)))
            add_area(areas, name, place->iso);
    }
    if (areas->len == 0) {
        bool iran = g_strcmp0(p->country, "IR") == 0;
        add_area(areas, iran ? _("Iran") : picture_title(p), p->country);
    }
    return g_steal_pointer(&areas);
}

char *alert_identifier(const Alert *alert, gint64 sent)
{
    const Picture *p = alert->picture;
    g_autofree char *hex = alert_case_hex(alert);
    const StoreAlarm *alarm = alert_newest(alert);
    return g_strdup_printf("zenhar-%s-AS%" G_GINT64_FORMAT "-AL%" G_GINT64_FORMAT
                           "-%" G_GINT64_FORMAT,
                           hex, p->overview->assessment != NULL ? p->overview->assessment->id : 0,
                           alarm != NULL ? alarm->id : 0, sent);
}

char *alert_case_hex(const Alert *alert)
{
    const guint8 *case_id = store_keys_case_id(store_keys(alert->store));
    GString *hex = g_string_new(NULL);
    for (int i = 0; i < 8; i++)
        g_string_append_printf(hex, "%02x", case_id[i]);
    return g_string_free(hex, FALSE);
}

bool alert_begin(Alert *alert, Store *store, const Picture *picture, GError **error)
{
    *alert = (Alert){.store = store, .picture = picture};
    if (alert_newest(alert) == NULL && alert_strongest_factor(alert) < 2) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("There is nothing to warn of: no alarm stands, and no risk factor is "
                              "rated as present. Run `zenhar assess run` after an import."));
        return false;
    }
    return judge(alert, error);
}
