/* assess/rule_words.c: what a rule found, in a sentence, when somebody reads it. */
#include "assess/judge.h"
#include "assess/private.h"

#include "base/edtf.h"
#include <math.h>
#include <string.h>

static char *whole(const json_t *data, const char *name)
{
    double x = assess_json_number(data, name);
    return isnan(x) ? g_strdup("–") : i18n_integer((gint64)llround(x));
}

static char *joined(const json_t *names)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < json_array_size(names); i++) {
        if (i > 0)
            g_string_append(text, i18n_language() == I18N_PERSIAN ? "؛ " : "; ");
        g_string_append(text, json_string_value(json_array_get(names, i)));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *reporter_names(const json_t *data)
{
    json_t *names = json_array();
    const json_t *all = json_object_get(data, "reporters");
    for (gsize i = 0; i < json_array_size(all); i++)
        json_array_append_new(
            names, json_string(assess_reporter_title(json_string_value(json_array_get(all, i)),
                                                     i18n_language())));
    char *text = joined(names);
    json_decref(names);
    return text;
}

static char *crisis_names(const json_t *data)
{
    return joined(json_object_get(data, i18n_language() == I18N_PERSIAN ? "names_fa" : "names_en"));
}

static char *day_text(const json_t *data, const char *name)
{
    double day = assess_json_number(data, name);
    return isnan(day) ? g_strdup("–") : edtf_describe_day((gint32)day);
}

static char *recent_crises(const json_t *data)
{
    g_autofree char *names = crisis_names(data), *days = whole(data, "days");
    if (g_strcmp0(assess_json_text(data, "kind"), "war") == 0)
        return g_strdup_printf(_("War in the last %s days: %s."), days, names);
    return g_strdup_printf(_("Mass protest in the last %s days: %s."), days, names);
}

static char *fresh_crises(const json_t *data)
{
    g_autofree char *names = crisis_names(data), *day = day_text(data, "newest");
    return g_strdup_printf(_("War or mass protest began within a year, last on %s: %s."), day,
                           names);
}

static char *past_killings(const json_t *data)
{
    g_autofree char *names = crisis_names(data), *n = whole(data, "n");
    g_autofree char *least = whole(data, "least");
    return g_strdup_printf(
        _("In %s earlier crises at least one body reported %s or more killed or executed: %s."), n,
        least, names);
}

static char *impunity(const json_t *data)
{
    g_autofree char *names = crisis_names(data), *n = whole(data, "n");
    return g_strdup_printf(_("UN mandates found impunity after %s crises: %s."), n, names);
}

static char *executions_above(const json_t *data)
{
    const json_t *rows = json_object_get(data, "rows");
    g_autoptr(GString) text = g_string_new(_("Executions above earlier years:"));
    for (gsize i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        g_autofree char *year_text = g_strdup_printf("%.0f", assess_json_number(row, "year"));
        g_autofree char *year = i18n_digits(year_text);
        g_autofree char *count = whole(row, "count"), *before = whole(row, "before");
        g_autofree char *years = whole(row, "years");
        g_string_append(text, i == 0 ? " " : i18n_language() == I18N_PERSIAN ? "؛ " : "; ");
        g_string_append_printf(
            text, _("%s counted at least %s in %s, and %s a year in the %s years it knows before"),
            assess_reporter_title(assess_json_text(row, "reporter"), i18n_language()), count, year,
            before, years);
    }
    g_string_append_c(text, '.');
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *surges(const json_t *data)
{
    const json_t *kinds = json_object_get(data, "kinds");
    g_autoptr(GString) names = g_string_new(NULL);
    for (gsize i = 0; i < json_array_size(kinds); i++)
        g_string_append_printf(
            names, "%s%s",
            i == 0                            ? ""
            : i18n_language() == I18N_PERSIAN ? "، "
                                              : ", ",
            assess_kind_title(json_string_value(json_array_get(kinds, i)), i18n_language()));
    g_autofree char *n = whole(data, "n"), *day = day_text(data, "newest");
    return g_strdup_printf(_("%s weekly counts of the last year lie above what the past explains "
                             "(%s); the latest week begins on %s."),
                           n, names->str, day);
}

static char *shutdown(const json_t *data)
{
    g_autofree char *reports = whole(data, "reports"), *sources = whole(data, "sources");
    return g_strdup_printf(
        _("Internet shutdowns were reported in the last year: %s reports by %s sources."), reports,
        sources);
}

static char *killings_reported(const json_t *data)
{
    g_autofree char *names = reporter_names(data);
    g_autofree char *least = whole(data, "least"), *most = whole(data, "most");
    return g_strdup_printf(
        _("Killings in the last year, as each body reported them at least: from %s to %s (%s)."),
        least, most, names);
}

static char *spread(const json_t *data)
{
    g_autofree char *places = whole(data, "places"), *n = whole(data, "n");
    return g_strdup_printf(_("Surges in %s provinces in the last year, %s weekly counts together."),
                           places, n);
}

static char *past_crimes(const json_t *data)
{
    g_autofree char *names = crisis_names(data);
    return g_strdup_printf(
        _("A UN mandate found crimes against humanity or other atrocity crimes: %s."), names);
}

static char *widespread(const json_t *data)
{
    g_autofree char *places = whole(data, "places"), *sources = whole(data, "sources");
    g_autofree char *persons = whole(data, "persons");
    return g_strdup_printf(
        _("Killings, torture, deaths in custody or disappearances were reported from "
          "%s provinces in the last year, %s persons at least, by %s sources."),
        places, persons, sources);
}

static char *disappearances(const json_t *data)
{
    g_autofree char *persons = whole(data, "persons"), *sources = whole(data, "sources");
    return g_strdup_printf(
        _("Enforced disappearances were reported in the last year, in which there was "
          "war: %s persons at least, by %s sources."),
        persons, sources);
}

static char *women_and_children(const json_t *data)
{
    g_autofree char *now = whole(data, "now"), *before = whole(data, "before");
    g_autofree char *sources = whole(data, "sources");
    return g_strdup_printf(
        _("Grave acts against women and children reported in the last year: %s by %s "
          "sources; in the year before: %s."),
        now, sources, before);
}

static char *treaties(const json_t *data)
{
    const json_t *names = json_object_get(data, "names");
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < json_array_size(names); i++)
        g_string_append_printf(text, "%s%s",
                               i == 0                            ? ""
                               : i18n_language() == I18N_PERSIAN ? "، "
                                                                 : ", ",
                               json_string_value(json_array_get(names, i)));
    return g_strdup_printf(_("The State is no party to these treaties: %s."), text->str);
}

/* As high as its highest indicators: which. */
static char *highest(const json_t *data)
{
    const json_t *indicators = json_object_get(data, "indicators");
    g_autoptr(GString) names = g_string_new(NULL);
    for (gsize i = 0; i < json_array_size(indicators); i++) {
        g_autofree char *id = i18n_digits(json_string_value(json_array_get(indicators, i)));
        g_string_append_printf(names, "%s%s",
                               i == 0                            ? ""
                               : i18n_language() == I18N_PERSIAN ? "، "
                                                                 : ", ",
                               id);
    }
    return g_strdup_printf(i18n_plural("As high as its highest indicator: %s.",
                                       "As high as its highest indicators: %s.",
                                       json_array_size(indicators)),
                           names->str);
}

static char *analyst_row(const json_t *row)
{
    I18nLanguage language = i18n_language();
    g_autoptr(GString) text = g_string_new(NULL);
    const char *confidence = assess_json_text(row, "confidence");
    const char *trend = assess_json_text(row, "trend"), *reason = assess_json_text(row, "reason");
    gint32 level = (gint32)assess_json_number(row, "level");
    g_string_append_printf(text, _("%s %s: %s"), assess_json_text(row, "analyst"),
                           judge_decision_title(assess_json_text(row, "decision"), language),
                           assess_level_title(level, language));
    if (trend != NULL)
        g_string_append_printf(text, _(", %s"), assess_trend_title(trend, language));
    if (confidence != NULL)
        g_string_append_printf(text, _(", by the standard of %s"),
                               judge_confidence_title(confidence, language));
    if (reason != NULL && reason[0] != '\0')
        g_string_append_printf(text, _(" (“%s”)"), reason);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What was proposed, and each analyst's own; where they differ, the range, never a mean. */
static char *analysts(const json_t *data)
{
    const json_t *rows = json_object_get(data, "rows");
    g_autoptr(GString) text = g_string_new(NULL);
    gint32 low = 3, high = -1, proposed = (gint32)assess_json_number(data, "proposed");
    if (proposed >= 0)
        g_string_append_printf(text, _("The rules propose: %s. "),
                               assess_level_title(proposed, i18n_language()));
    for (gsize i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        g_autofree char *words = analyst_row(row);
        gint32 level = (gint32)assess_json_number(row, "level");
        low = MIN(low, level);
        high = MAX(high, level);
        g_string_append_printf(text, "%s%s",
                               i == 0                            ? ""
                               : i18n_language() == I18N_PERSIAN ? "؛ "
                                                                 : "; ",
                               words);
    }
    g_string_append_c(text, '.');
    if (high > low)
        g_string_append_printf(text, _(" The analysts differ: from %s to %s."),
                               assess_level_title(low, i18n_language()),
                               assess_level_title(high, i18n_language()));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static const struct {
    const char *rule;
    char *(*words)(const json_t *data);
} RULES[] = {
    {"past_crimes", past_crimes},
    {"widespread", widespread},
    {"disappearances", disappearances},
    {"women_and_children", women_and_children},
    {"treaties", treaties},
    {"highest", highest},
    {"analysts", analysts},
    {"recent_crises", recent_crises},
    {"fresh_crises", fresh_crises},
    {"past_killings", past_killings},
    {"impunity", impunity},
    {"executions_above", executions_above},
    {"surges", surges},
    {"shutdown", shutdown},
    {"killings_reported", killings_reported},
    {"spread", spread},
};

static void append_rule(GString *text, const json_t *data)
{
    const char *rule = assess_json_text(data, "rule");
    for (gsize i = 0; i < G_N_ELEMENTS(RULES); i++)
        if (g_strcmp0(RULES[i].rule, rule) == 0) {
            g_autofree char *words = RULES[i].words(data);
            if (text->len > 0)
                g_string_append_c(text, ' ');
            g_string_append(text, words);
        }
}

char *assess_rating_sentence(const StoreRating *rating, I18nLanguage language)
{
    I18nLanguage saved = assess_speak(language);
    g_autoptr(GString) text = g_string_new(NULL);
    json_t *data = rating->rationale != NULL ? json_loads(rating->rationale, 0, NULL) : NULL;
    if (json_is_array(data))
        for (gsize i = 0; i < json_array_size(data); i++)
            append_rule(text, json_array_get(data, i));
    else if (rating->rationale != NULL)
        g_string_append(text, rating->rationale);
    else if (rating->level < 0)
        g_string_append(text, _("Not rated: no evidence in this case speaks to it."));
    json_decref(data);
    const AssessIndicator *indicator = assess_indicator_find(rating->indicator);
    if (indicator != NULL && !indicator->confirmed)
        g_string_append_printf(text, " %s",
                               _("The framework's wording of this indicator is not confirmed."));
    i18n_set_language(saved);
    return g_string_free(g_steal_pointer(&text), FALSE);
}
