/* appeal/agenda_words.c: roads and their probabilities in words, for the command line and the web.
 */
#include "appeal/agenda.h"

#include "appeal/appeal.h"
#include <math.h>
#include <string.h>

char *agenda_percent(double p)
{
    if (isnan(p))
        return g_strdup("–");
    /* never "certain" or "impossible": nothing here is */
    if (p > 0.995 || p < 0.005) {
        g_autofree char *edge = i18n_decimal(p > 0.5 ? 99.5 : 0.5, 1);
        return g_strdup_printf(p > 0.5 ? _("above %s %%") : _("below %s %%"), edge);
    }
    g_autofree char *number = i18n_decimal(100 * p, 0);
    return g_strdup_printf(_("%s %%"), number);
}

char *agenda_road_names(const AgendaRoad *road, const char *last)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < road->states->len; i++) {
        const AgendaState *state = road->states->pdata[i];
        bool asked = road->rule == AGENDA_REQUEST && road->number > 1;
        const char *stand = asked && state->asked ? "in favour" : state->last;
        bool silent =
            last == NULL && g_strcmp0(stand, "in favour") != 0 && g_strcmp0(stand, "against") != 0;
        if (asked && !state->asked && g_strcmp0(stand, "in favour") == 0)
            silent = last == NULL; /* voted for it, did not ask */
        else if (last != NULL && g_strcmp0(stand, last) != 0)
            continue;
        if (last != NULL && asked && !state->asked && strcmp(last, "in favour") == 0)
            continue;
        if (last != NULL || silent) {
            g_autofree char *name = appeal_state_name(state->state, state->code);
            g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", name);
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *agenda_road_sentence(const AgendaRoad *road)
{
    g_autofree char *p = agenda_percent(road->probability), *low = agenda_percent(road->low),
                    *high = agenda_percent(road->high);
    const char *mark = road->confirmed ? "" : _(" (rule not confirmed at its source)");
    if (isnan(road->probability))
        return g_strdup_printf(_("no probability. %s%s"), road->basis, mark);
    return g_strdup_printf(_("%s (90 %% interval %s to %s). %s%s"), p, low, high, road->basis,
                           mark);
}

char *agenda_check_sentence(GPtrArray *checks)
{
    guint states = 0, right = 0, by_group = 0, covered = 0;
    double brier = 0, group_brier = 0, adoption = 0;
    for (guint i = 0; i < checks->len; i++) {
        const AgendaCheck *check = checks->pdata[i];
        states += check->n_states;
        right += check->n_right;
        by_group += check->n_right_by_group;
        covered += check->covered;
        brier += check->brier / checks->len;
        group_brier += check->brier_by_group / checks->len;
        adoption += pow(check->probability - check->adopted, 2) / checks->len;
    }
    if (checks->len == 0 || states == 0)
        return NULL;
    g_autofree char *n = i18n_integer(checks->len), *c = i18n_integer(covered),
                    *r = i18n_decimal(100.0 * right / states, 0),
                    *g = i18n_decimal(100.0 * by_group / states, 0), *b = i18n_decimal(brier, 3),
                    *gb = i18n_decimal(group_brier, 3), *ad = i18n_decimal(adoption, 3);
    return g_strdup_printf(
        _("Held against the past, one vote left out at a time (%s votes with all names): votes "
          "in favour within the 90 %% interval in %s; states told right %s %% (by regional "
          "group alone %s %%); Brier score %s (group alone %s), of adoption %s."),
        n, c, r, g, b, gb, ad);
}
