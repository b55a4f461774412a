/* cli/appeal_agenda.c: `zenhar appeal agenda`: roads onto an agenda, and whether the votes are
 * there. */
#include "cli/appeal_sub.h"

#include "appeal/agenda.h"
#include "appeal/appeal.h"
#include "base/csv.h"
#include "cli/case.h"
#include <math.h>

static void append_probability(GString *out, double p)
{
    csv_append_double(out, isnan(p) ? p : round(p * 10000) / 10000);
}

static void append_road(GString *out, const AgendaRoad *road)
{
    g_autofree char *in_favour = agenda_road_names(road, "in favour"),
                    *against = agenda_road_names(road, "against"),
                    *silent = agenda_road_names(road, NULL);
    csv_append(out, road->code);
    csv_append(out, road->body);
    csv_append(out, road->title);
    csv_append(out, agenda_rule_word(road->rule));
    csv_append(out, road->needs);
    csv_append_integer(out, road->number);
    csv_append_integer(out, road->states->len);
    csv_append_integer(out, road->n_for);
    csv_append_integer(out, road->n_against);
    csv_append_integer(out, road->n_silent);
    csv_append_integer(out, road->missing);
    append_probability(out, road->probability);
    append_probability(out, road->low);
    append_probability(out, road->high);
    csv_append_integer(out, road->n_past);
    csv_append(out, road->basis);
    csv_append(out, in_favour);
    csv_append(out, against);
    csv_append(out, silent);
    csv_append(out, road->confirmed ? "yes" : "no");
    csv_append(out, road->source);
    csv_append_end(out);
}

static void append_states(GString *out, const AgendaRoad *road)
{
    for (guint i = 0; i < road->states->len; i++) {
        const AgendaState *state = road->states->pdata[i];
        g_autofree char *name = appeal_state_name(state->state, state->code);
        g_autofree char *day = appeal_day_text(state->last_day);
        csv_append(out, state->state);
        csv_append(out, name);
        csv_append(out, state->group != NULL ? state->group : "");
        csv_append(out, state->permanent ? "yes" : "no");
        csv_append(out, state->last != NULL ? state->last : "");
        csv_append(out, state->last_on != NULL ? state->last_on : "");
        csv_append(out, day);
        csv_append_integer(out, state->n_votes);
        csv_append(out, state->asked ? "yes" : "no");
        append_probability(out, state->p[AGENDA_FOR]);
        append_probability(out, state->p[AGENDA_AGAINST]);
        append_probability(out, state->p[AGENDA_ABSTAINED]);
        append_probability(out, state->p_ask);
        csv_append_end(out);
    }
}

static void append_check(GString *out, const AgendaCheck *check)
{
    char id[STORE_ID_MAX];
    csv_append(out, store_id_format(STORE_KIND_VOTE, check->vote_id, id));
    csv_append(out, check->resolution);
    csv_append_integer(out, check->actual_for);
    csv_append_integer(out, check->actual_against);
    append_probability(out, check->expected_for);
    csv_append_double(out, check->low_for);
    csv_append_double(out, check->high_for);
    append_probability(out, check->probability);
    csv_append(out, check->adopted ? "yes" : "no");
    csv_append_integer(out, check->n_states);
    csv_append_integer(out, check->n_right);
    csv_append_integer(out, check->n_right_by_group);
    append_probability(out, check->brier);
    append_probability(out, check->brier_by_group);
    csv_append_end(out);
}

static bool say_check(CliContext *context, Store *store, const AgendaOptions *options, GString *out,
                      GError **error)
{
    g_autoptr(GPtrArray) checks = agenda_check(store, options, error);
    if (checks == NULL)
        return false;
    for (guint i = 0; out != NULL && i < checks->len; i++)
        append_check(out, checks->pdata[i]);
    g_autofree char *words = agenda_check_sentence(checks);
    if (words != NULL)
        cli_say(context, "%s", words);
    return true;
}

static bool print_roads(CliContext *context, GPtrArray *roads, const char *only, GString *out,
                        GError **error)
{
    guint unconfirmed = 0;
    for (guint i = 0; i < roads->len; i++) {
        const AgendaRoad *road = roads->pdata[i];
        if (only != NULL && g_ascii_strcasecmp(only, road->code) != 0)
            continue;
        g_autofree char *words = agenda_road_sentence(road);
        cli_say(context, "%s: %s", road->title, words);
        unconfirmed += !road->confirmed;
        if (only == NULL) {
            append_road(out, road);
            continue;
        }
        append_states(out, road);
        return true;
    }
    if (only != NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("There is no road “%s”: `zenhar appeal agenda` lists them."), only);
        return false;
    }
    g_autofree char *n = i18n_integer(unconfirmed);
    cli_say(context, _("Rules behind this that nobody has checked at their source: %s."), n);
    return true;
}

static int run(CliContext *context, AgendaOptions *options, const char *only, bool check)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new(
        check ? "id,resolution,in_favour,against,expected_in_favour,low,high,probability,adopted,"
                "states,right,right_by_group,brier,brier_by_group\n"
        : only != NULL
            ? "state,name,group,permanent,last,last_on,last_day,votes,asked,p_for,p_against,"
              "p_abstained,p_ask\n"
            : "road,body,title,rule,needs,number,members,for,against,silent,missing,probability,"
              "low,high,past,basis,who_for,who_against,who_silent,confirmed,source\n");
    if (!check) {
        g_autoptr(GPtrArray) roads = agenda_roads(store, options, &error);
        if (roads == NULL || !print_roads(context, roads, only, out, &error))
            return cli_fail(context, error);
    }
    if (!say_check(context, store, options, check ? out : NULL, &error) ||
        !appeal_print(out, &error))
        return cli_fail(context, error);
    return CLI_DONE;
}

int appeal_agenda(CliContext *context, int argc, char **argv)
{
    g_autofree char *on = NULL, *road = NULL, *positions = NULL, *text = NULL;
    gint64 seed = 1;
    gboolean check = FALSE;
    const GOptionEntry entries[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &on, NULL, NULL},
        {"road", 0, 0, G_OPTION_ARG_STRING, &road, NULL, NULL},
        {"positions", 0, 0, G_OPTION_ARG_FILENAME, &positions, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, NULL, NULL},
        {"check", 0, 0, G_OPTION_ARG_NONE, &check, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    g_autoptr(GError) error = NULL;
    AgendaOptions options = {.day = G_MININT32, .seed = (guint64)seed};
    if (!appeal_read_day("--on", on, &options.day, &error))
        return cli_usage(context, "%s", error->message);
    if (positions != NULL) {
        text = appeal_read_text(positions, &error);
        if (text == NULL)
            return cli_fail(context, error);
        options.positions = text;
        options.positions_name = positions;
    }
    return run(context, &options, road, check);
}
