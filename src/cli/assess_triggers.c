/* cli/assess_triggers.c: `zenhar assess triggers keep|show|check|dry-run`: the user's thresholds.
 */
#include "cli/assess_sub.h"

#include "assess/trigger.h"
#include "base/csv.h"
#include "base/edtf.h"
#include "cli/case.h"
#include <math.h>
#include <string.h>

static const char HELP[] =
    N_("zenhar assess triggers keep FILE --case FOLDER     keep the rules in the case\n"
       "zenhar assess triggers show [--rules FILE]         the rules as they are understood\n"
       "zenhar assess triggers check [--rules FILE]        on today's data: "
       "rule,state,fired,entry,reason\n"
       "zenhar assess triggers dry-run [--rules FILE]      over history: how often each would have "
       "fired,\n"
       "                                                   and what followed\n"
       "\n"
       "  --rules FILE       rules of a file in place of the case's own\n"
       "  --today DAY        check: the last day that counts\n"
       "  --look             check: keep nothing in the ledger\n"
       "  --from DAY --to DAY  dry-run: only these days\n"
       "  --firings FILE     dry-run: each firing as CSV\n"
       "\n"
       "A rule is a sentence, in English or Persian; docs/assessment.md tells all it can say:\n"
       "  rule: Executions after a crisis\n"
       "    when executions in 7 days >= 2 x expected\n"
       "    and a crisis in the last 90 days\n"
       "    followed by killings in 30 days >= 10\n"
       "    quiet 30 days\n");

typedef struct {
    char *rules, *today, *from, *to, *firings, *output;
    gboolean look, help;
} Arguments;

static void arguments_clear(Arguments *a)
{
    char *texts[] = {a->rules, a->today, a->from, a->to, a->firings, a->output};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static TriggerRules *open_rules(const Arguments *a, Store *store, GError **error)
{
    return a->rules != NULL ? trigger_rules_load(a->rules, error)
                            : trigger_rules_of_case(store, error);
}

/* ---- keep, show ---- */

static bool keep(CliContext *context, const char *path, GError **error)
{
    g_autoptr(TriggerRules) rules = trigger_rules_load(path, error);
    g_autofree char *text = NULL;
    g_autoptr(Store) store = rules != NULL ? cli_case_open(context, STORE_WRITE, error) : NULL;
    if (store == NULL || !cli_read(path, &text, NULL, error) ||
        !trigger_rules_keep(store, text, error))
        return false;
    g_autofree char *n = i18n_integer((gint64)trigger_rules_count(rules));
    cli_say(context, _("%s rules are kept in the case."), n);
    return true;
}

static bool show(const Arguments *a, Store *store, GError **error)
{
    g_autoptr(TriggerRules) rules = open_rules(a, store, error);
    if (rules == NULL)
        return false;
    g_autoptr(GString) text = g_string_new("rule,understood\n");
    for (gsize i = 0; i < trigger_rules_count(rules); i++) {
        g_autofree char *words = trigger_rule_words(rules, i, i18n_language());
        csv_append(text, trigger_rule_name(rules, i));
        csv_append(text, words);
        csv_append_end(text);
    }
    return assess_write_csv(a->output, text, error);
}

/* ---- check ---- */

static const char *state_word(const TriggerState *state)
{
    return state->fresh    ? "fires"
           : state->recent ? "fired"
           : state->holds  ? "holds"
           : state->known  ? "no"
                           : "cannot tell";
}

static void tell_fresh(CliContext *context, const TriggerState *state)
{
    char id[STORE_ID_MAX];
    g_autofree char *day = edtf_describe_day(state->fired_day);
    cli_say(context, _("! %s fires (%s): %s Kept as %s."), state->rule, day, state->sentence,
            store_id_format(STORE_KIND_PREDICTION, state->prediction_id, id));
}

static bool check(CliContext *context, const Arguments *a, Store *store, GError **error)
{
    gint32 today;
    if (!assess_read_day("--today", a->today, true, &today, error))
        return false;
    g_autoptr(TriggerRules) rules = open_rules(a, store, error);
    g_autoptr(GPtrArray) states = rules != NULL ? trigger_check(store, rules, today, error) : NULL;
    if (states == NULL)
        return false;
    g_autoptr(GString) text = g_string_new("rule,state,fired,entry,reason\n");
    for (guint i = 0; i < states->len; i++) {
        const TriggerState *state = g_ptr_array_index(states, i);
        char id[STORE_ID_MAX] = "";
        if (state->prediction_id != 0)
            store_id_format(STORE_KIND_PREDICTION, state->prediction_id, id);
        csv_append(text, state->rule);
        csv_append(text, state_word(state));
        assess_append_day(text, state->fired_day);
        csv_append(text, id);
        csv_append(text, state->sentence);
        csv_append_end(text);
        if (state->fresh)
            tell_fresh(context, state);
    }
    return assess_write_csv(a->output, text, error);
}

/* ---- dry-run ---- */

static void append_share(GString *text, double share)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE] = "";
    if (!isnan(share))
        g_ascii_formatd(number, sizeof number, "%.4f", share);
    csv_append(text, number);
}

static char *share_words(double share)
{
    g_autofree char *number = i18n_decimal(share * 100, 1);
    return isnan(share) ? g_strdup("–") : g_strdup_printf(_("%s %%"), number);
}

static void tell_history(CliContext *context, const TriggerHistory *history)
{
    g_autofree char *fired = i18n_integer(history->fired);
    g_autofree char *known = i18n_integer(history->fired_as_known);
    g_autofree char *days = i18n_integer(history->days);
    if (history->days == 0) {
        cli_say(context, _("%s: no day of this case can be judged by it."), history->rule);
        return;
    }
    cli_say(context,
            _("%s: would have fired %s times in %s days (%s on what had been received by then)."),
            history->rule, fired, days, known);
    g_autofree char *closed = i18n_integer(history->closed);
    g_autofree char *followed = i18n_integer(history->followed);
    g_autofree char *after = i18n_integer(history->after);
    g_autofree char *crises = i18n_integer(history->with_crisis);
    g_autofree char *alarms = i18n_integer(history->with_alarm);
    g_autofree char *base = share_words(history->base_rate);
    g_autofree char *crisis_base = share_words(history->crisis_base_rate);
    g_autofree char *alarm_base = share_words(history->alarm_base_rate);
    if (!isnan(history->base_rate))
        cli_say(context, _("  followed by what it names, within %s days: %s of %s; any day: %s"),
                after, followed, closed, base);
    cli_say(context,
            _("  followed within %s days by a new crisis: %s of %s (any day: %s); by an alarm: %s "
              "of %s (any day: %s)"),
            after, crises, closed, crisis_base, alarms, closed, alarm_base);
}

static void append_firings(GString *text, const TriggerHistory *history)
{
    for (guint i = 0; i < history->firings->len; i++) {
        const TriggerFiring *firing = g_ptr_array_index(history->firings, i);
        csv_append(text, history->rule);
        assess_append_day(text, firing->day);
        csv_append(text, firing->as_known ? "yes" : "no");
        csv_append(text, firing->followed < 0 ? "" : firing->followed == 1 ? "yes" : "no");
        csv_append_integer(text, firing->crises_after);
        csv_append_integer(text, firing->alarms_after);
        csv_append_double(text, firing->counted_after);
        csv_append(text, firing->sentence);
        csv_append_end(text);
    }
}

static void append_history(GString *text, const TriggerHistory *history)
{
    bool judged = history->days > 0;
    csv_append(text, history->rule);
    assess_append_day(text, judged ? history->first_day : G_MININT32);
    assess_append_day(text, judged ? history->last_day : G_MININT32);
    csv_append_integer(text, history->days);
    csv_append_integer(text, history->held);
    csv_append_integer(text, history->fired);
    csv_append_integer(text, history->fired_as_known);
    csv_append_integer(text, history->after);
    csv_append_integer(text, history->closed);
    csv_append_integer(text, history->followed);
    append_share(text, history->base_rate);
    csv_append_integer(text, history->with_crisis);
    append_share(text, history->crisis_base_rate);
    csv_append_integer(text, history->with_alarm);
    append_share(text, history->alarm_base_rate);
    csv_append_end(text);
}

static bool dry_run(CliContext *context, const Arguments *a, Store *store, GError **error)
{
    gint32 from, to;
    if (!assess_read_day("--from", a->from, false, &from, error) ||
        !assess_read_day("--to", a->to, true, &to, error))
        return false;
    g_autoptr(TriggerRules) rules = open_rules(a, store, error);
    g_autoptr(GPtrArray) histories =
        rules != NULL ? trigger_dry_run(store, rules, from, to, error) : NULL;
    if (histories == NULL)
        return false;
    g_autoptr(GString) text = g_string_new(
        "rule,first_day,last_day,days_judged,days_held,fired,fired_as_known,days_after,closed,"
        "followed,base_rate,with_crisis,crisis_base_rate,with_alarm,alarm_base_rate\n");
    g_autoptr(GString) firings = g_string_new("rule,day,as_known,followed,crises_after,alarms_"
                                              "after,counted_after,reason\n");
    for (guint i = 0; i < histories->len; i++) {
        const TriggerHistory *history = g_ptr_array_index(histories, i);
        append_history(text, history);
        append_firings(firings, history);
        tell_history(context, history);
    }
    cli_say(context, _("A rule that was written after looking at this history fits it better than "
                       "it will fit what comes."));
    return assess_write_csv(a->output, text, error) &&
           (a->firings == NULL || assess_write_csv(a->firings, firings, error));
}

/* ---- the call ---- */

static bool parse(CliContext *context, Arguments *a, int *argc, char ***argv, int *status)
{
    const GOptionEntry entries[] = {
        {"rules", 0, 0, G_OPTION_ARG_FILENAME, &a->rules, NULL, NULL},
        {"today", 0, 0, G_OPTION_ARG_STRING, &a->today, NULL, NULL},
        {"look", 0, 0, G_OPTION_ARG_NONE, &a->look, NULL, NULL},
        {"from", 0, 0, G_OPTION_ARG_STRING, &a->from, NULL, NULL},
        {"to", 0, 0, G_OPTION_ARG_STRING, &a->to, NULL, NULL},
        {"firings", 0, 0, G_OPTION_ARG_FILENAME, &a->firings, NULL, NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &a->output, NULL, NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &a->help, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, argc, argv, status))
        return false;
    if (!a->help)
        return true;
    g_print("%s", i18n_get(HELP));
    *status = CLI_DONE;
    return false;
}

int assess_triggers(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {0};
    if (!parse(context, &a, &argc, &argv, &status))
        return status;
    const char *verb = argc > 1 ? argv[1] : "";
    bool keeps = strcmp(verb, "keep") == 0;
    bool known = keeps || strcmp(verb, "show") == 0 || strcmp(verb, "check") == 0 ||
                 strcmp(verb, "dry-run") == 0;
    if (!known || argc != (keeps ? 3 : 2))
        return cli_usage(context, _("Say what to do with the rules: keep FILE, show, check or "
                                    "dry-run (zenhar assess triggers --help)."));
    g_autoptr(GError) error = NULL;
    if (keeps)
        return keep(context, argv[2], &error) ? CLI_DONE : cli_fail(context, error);
    bool checks = strcmp(verb, "check") == 0;
    bool needs_case = !(strcmp(verb, "show") == 0 && a.rules != NULL);
    g_autoptr(Store) store =
        needs_case ? cli_case_open(context, checks && !a.look ? STORE_WRITE : STORE_READ, &error)
                   : NULL;
    if (needs_case && store == NULL)
        return cli_fail(context, error);
    bool done = checks                      ? check(context, &a, store, &error)
                : strcmp(verb, "show") == 0 ? show(&a, store, &error)
                                            : dry_run(context, &a, store, &error);
    return done ? CLI_DONE : cli_fail(context, error);
}
