/* assess/judge_words.c: levels, confidence and decisions by their words. */
#include "assess/judge.h"

#include "assess/framework.h"
#include <string.h>

static const char *const LEVELS[] = {"absent", "weak", "present", "strong"};

bool judge_level_parse(const char *text, gint32 *ret_level, GError **error)
{
    for (gint32 level = 0; level <= 3; level++) {
        bool digit = g_utf8_strlen(text, -1) == 1 &&
                     g_unichar_digit_value(g_utf8_get_char(text)) == level; /* of any script */
        if (digit || g_ascii_strcasecmp(text, LEVELS[level]) == 0 ||
            strcmp(text, assess_level_title(level, I18N_PERSIAN)) == 0 ||
            g_ascii_strcasecmp(text, assess_level_title(level, I18N_ENGLISH)) == 0) {
            *ret_level = level;
            return true;
        }
    }
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("“%s” is no level. The levels are: absent, weak, present, strong."), text);
    return false;
}

/* From the lowest standard to the highest. */
static const char *const CONFIDENCE[][2] = {
    {"suspicion", N_("reasonable suspicion")},
    {"grounds", N_("reasonable grounds to believe")},
    {"balance", N_("balance of probabilities")},
    {"convincing", N_("clear and convincing evidence")},
    {"beyond-doubt", N_("beyond reasonable doubt")},
};

bool judge_confidence_parse(const char *text, const char **ret_code, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CONFIDENCE); i++)
        if (g_ascii_strcasecmp(text, CONFIDENCE[i][0]) == 0 ||
            g_ascii_strcasecmp(text, CONFIDENCE[i][1]) == 0 ||
            strcmp(text, i18n_get_in(I18N_PERSIAN, CONFIDENCE[i][1])) == 0) {
            *ret_code = CONFIDENCE[i][0];
            return true;
        }
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
        _("“%s” is no standard of proof. They are: suspicion, grounds, balance, convincing, "
          "beyond-doubt."),
        text);
    return false;
}

const char *judge_confidence_title(const char *code, I18nLanguage language)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CONFIDENCE); i++)
        if (g_strcmp0(CONFIDENCE[i][0], code) == 0)
            return i18n_get_in(language, CONFIDENCE[i][1]);
    return "";
}

const char *judge_decision_title(const char *decision, I18nLanguage language)
{
    static const char *const DECISIONS[][2] = {
        {"accepted", N_("accepted the proposal")}, {"changed", N_("changed the proposal")},
        {"rejected", N_("rejected the proposal")}, {"own", N_("rated it")},
        {"withdrawn", N_("withdrew the rating")},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(DECISIONS); i++)
        if (g_strcmp0(DECISIONS[i][0], decision) == 0)
            return i18n_get_in(language, DECISIONS[i][1]);
    return decision != NULL ? decision : "";
}
