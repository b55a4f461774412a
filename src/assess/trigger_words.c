/* assess/trigger_words.c: a rule as it was understood, and what stood on a day, in a language. */
#include "assess/trigger_private.h"

#include "base/edtf.h"
#include <math.h>

static char *plain_number(double x)
{
    return x == floor(x) ? i18n_integer((gint64)x) : i18n_decimal(x, 1);
}

char *trigger_subject_words(const TriggerCondition *condition)
{
    I18nLanguage language = i18n_language();
    g_autofree char *subject = NULL;
    switch (condition->subject) {
    case TRIGGER_COUNT:
        subject = g_strdup(assess_kind_title(condition->kind, language));
        break;
    case TRIGGER_CRISIS:
        subject = g_strdup(condition->kind == NULL                  ? _("a crisis")
                           : g_strcmp0(condition->kind, "war") == 0 ? _("a war")
                                                                    : _("unrest"));
        break;
    case TRIGGER_ALARM:
        subject =
            condition->kind == NULL
                ? g_strdup(_("alarms"))
                : g_strdup_printf(_("alarms of %s"), assess_kind_title(condition->kind, language));
        break;
    case TRIGGER_LIST:
        subject = g_strdup_printf(_("deaths on the list %s"), condition->kind);
        break;
    case TRIGGER_FACTOR: {
        bool factor = condition->kind[0] == 'R';
        g_autofree char *number = i18n_digits(condition->kind + (factor ? 2 : 0));
        subject = g_strdup_printf(factor ? _("risk factor %s") : _("indicator %s"), number);
        break;
    }
    }
    return condition->place != NULL ? g_strdup_printf(_("%s in %s"), subject, condition->place)
                                    : g_steal_pointer(&subject);
}

static const char *sign_words(TriggerOperator sign)
{
    static const char *const SIGNS[] = {"≥", ">", "≤", "<", "="};
    return SIGNS[sign];
}

/* "≥ 2 × expected"; "" for "at least one" of what is there or not. */
static char *comparison_words(const TriggerCondition *c)
{
    if (c->subject == TRIGGER_FACTOR && c->value >= 0 && c->value <= 3)
        return g_strdup_printf(" %s %s", sign_words(c->sign),
                               assess_level_title((gint32)c->value, i18n_language()));
    bool at_least_one = c->sign == TRIGGER_AT_LEAST && c->value == 1 && !c->times_expected;
    if (at_least_one && (c->subject == TRIGGER_CRISIS || c->subject == TRIGGER_ALARM))
        return g_strdup("");
    g_autofree char *number = plain_number(c->value);
    return c->times_expected ? g_strdup_printf(_(" %s %s × expected"), sign_words(c->sign), number)
                             : g_strdup_printf(" %s %s", sign_words(c->sign), number);
}

char *trigger_condition_words(const TriggerCondition *c)
{
    g_autofree char *subject = trigger_subject_words(c);
    g_autofree char *comparison = comparison_words(c);
    if (c->subject == TRIGGER_FACTOR)
        return g_strconcat(subject, comparison, NULL);
    g_autofree char *days = i18n_integer(c->days);
    bool none = c->subject == TRIGGER_CRISIS && c->sign == TRIGGER_BELOW && c->value == 1;
    if (none)
        return g_strdup_printf(_("not %s in the last %s days"), subject, days);
    const char *format = c->subject == TRIGGER_CRISIS || c->subject == TRIGGER_ALARM
                             ? _("%s in the last %s days%s")
                             : _("%s in %s days%s");
    return g_strdup_printf(format, subject, days, comparison);
}

char *trigger_rule_words(const TriggerRules *rules, gsize i, I18nLanguage language)
{
    const TriggerRule *rule = g_ptr_array_index(rules->rules, i);
    I18nLanguage saved = assess_speak(language);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint a = 0; a < rule->any->len; a++) {
        const GPtrArray *all = g_ptr_array_index(rule->any, a);
        for (guint k = 0; k < all->len; k++) {
            g_autofree char *words = trigger_condition_words(g_ptr_array_index(all, k));
            g_string_append(text, k > 0 ? _(" and ") : a > 0 ? _(", or ") : "");
            g_string_append(text, words);
        }
    }
    if (rule->outcome != NULL) {
        g_autofree char *words = trigger_condition_words(rule->outcome);
        g_string_append_printf(text, _("; followed by: %s"), words);
    }
    i18n_set_language(saved);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *trigger_track_words(const TriggerTimeline *timeline, const TriggerTrack *track, gint32 day)
{
    const TriggerCondition *c = track->condition;
    g_autofree char *subject = trigger_subject_words(c);
    gsize at = (gsize)(day - timeline->first);
    double x = track->observed[at], expected = track->expected[at];
    if (isnan(x) || (c->times_expected && isnan(expected)))
        return g_strdup_printf(_("%s: the case holds too little to say"), subject);
    if (c->subject == TRIGGER_FACTOR)
        return g_strdup_printf(_("%s: %s"), subject,
                               assess_level_title((gint32)x, i18n_language()));
    g_autofree char *number = plain_number(x);
    g_autofree char *days = i18n_integer(c->days);
    if (!c->times_expected)
        return g_strdup_printf(_("%s: %s in %s days"), subject, number, days);
    g_autofree char *wanted = i18n_decimal(expected, 1);
    return g_strdup_printf(_("%s: %s in %s days, where %s were expected"), subject, number, days,
                           wanted);
}
