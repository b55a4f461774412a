/* assess/rule_changes.c: what would move a rating up or down, rule by rule; the thresholds are
 * those of rules.c. */
#include "assess/private.h"

#include <string.h>

static const struct {
    const char *rule, *words;
} CHANGES[] = {
    {"recent_crises",
     N_("Another of this kind within a year raises it; a year without one lowers it.")},
    {"fresh_crises",
     N_("It falls once three months, then a year, pass without a new war or mass protest.")},
    {"past_killings",
     N_("Another crisis with 100 or more killed by a confirmed figure raises it; a "
        "figure shown to be wrong lowers it.")},
    {"impunity",
     N_("Another finding of impunity by a UN mandate raises it; those responsible brought to "
        "justice would lower it.")},
    {"past_crimes",
     N_("Another such finding by a UN mandate raises it; one that was set aside lowers it.")},
    {"executions_above",
     N_("A second body that counts a quarter more than in the years before raises "
        "it; a year below 1.1 times the years before lowers it.")},
    {"surges",
     N_("A surge of another kind of act raises it; alarms dismissed with a reason, or a year "
        "without one, lower it.")},
    {"shutdown",
     N_("A second source raises it; reports withdrawn, or a year without a shutdown, lower it.")},
    {"killings_reported",
     N_("A further body, or three with 1,000 or more, raises it; figures corrected "
        "downwards, or a year without them, lower it.")},
    {"spread",
     N_("Surges in more provinces (three, eight) raise it; a year without them lowers it.")},
    {"women_and_children",
     N_("More such acts by more sources raise it; fewer than the year before lowers it.")},
    {"widespread",
     N_("Such acts reported from more provinces (five, ten, twenty) raise it; fewer lower it.")},
    {"disappearances",
     N_("A second source raises it; those missing found in acknowledged detention, or "
        "reports withdrawn, lower it.")},
    {"treaties", N_("A treaty ratified lowers it; one denounced raises it.")},
    {"analysts", N_("New evidence, or an analyst who judges otherwise, changes it.")},
};

char *assess_rating_changes(const StoreRating *rating, I18nLanguage language)
{
    I18nLanguage saved = assess_speak(language);
    g_autoptr(GString) text = g_string_new(NULL);
    json_t *data = rating->rationale != NULL ? json_loads(rating->rationale, 0, NULL) : NULL;
    for (gsize i = 0; json_is_array(data) && i < json_array_size(data); i++)
        for (gsize k = 0; k < G_N_ELEMENTS(CHANGES); k++)
            if (g_strcmp0(CHANGES[k].rule, assess_json_text(json_array_get(data, i), "rule")) == 0)
                g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "",
                                       i18n_get(CHANGES[k].words));
    json_decref(data);
    i18n_set_language(saved);
    return g_string_free(g_steal_pointer(&text), FALSE);
}
