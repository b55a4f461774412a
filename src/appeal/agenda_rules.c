/* appeal/agenda_rules.c: when a vote or a request passes. Charter, Article 27; resolution 60/251,
 * paragraph 10; rules of procedure of the General Assembly, 125 and 126. */
#include "appeal/agenda.h"

#include "base/error.h"
#include <string.h>

static const char *const RULES[] = {
    [AGENDA_REQUEST] = "request",
    [AGENDA_PROCEDURAL] = "procedural",
    [AGENDA_SUBSTANTIVE] = "substantive",
    [AGENDA_MAJORITY] = "majority",
    [AGENDA_OWN] = "own",
};

bool agenda_rule_parse(const char *word, AgendaRule *ret_rule)
{
    for (gsize i = 0; i < G_N_ELEMENTS(RULES); i++)
        if (strcmp(word, RULES[i]) == 0) {
            *ret_rule = (AgendaRule)i;
            return true;
        }
    return false;
}

const char *agenda_rule_word(AgendaRule rule)
{
    return RULES[rule];
}

bool agenda_decide(AgendaRule rule, gint32 number, gint32 seats, const AgendaTally *tally,
                   bool *ret_passes, GError **error)
{
    gint64 sum = (gint64)tally->in_favour + tally->against + tally->abstained + tally->absent;
    if (tally->in_favour < 0 || tally->against < 0 || tally->abstained < 0 || tally->absent < 0 ||
        tally->permanent_against < 0 || tally->permanent_against > tally->against ||
        (seats > 0 && sum > seats)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%d in favour, %d against, %d abstentions and %d absent do not fit a body of "
                      "%d seats."),
                    tally->in_favour, tally->against, tally->abstained, tally->absent, seats);
        return false;
    }
    switch (rule) {
    case AGENDA_REQUEST:
    case AGENDA_PROCEDURAL:
        *ret_passes = tally->in_favour >= number;
        break;
    case AGENDA_SUBSTANTIVE: /* an abstention or absence of a permanent member is no veto */
        *ret_passes = tally->in_favour >= number && tally->permanent_against == 0;
        break;
    case AGENDA_MAJORITY: /* of members present and voting: abstentions do not count */
        *ret_passes = tally->in_favour > tally->against;
        break;
    case AGENDA_OWN:
        *ret_passes = tally->in_favour > 0;
        break;
    }
    return true;
}
