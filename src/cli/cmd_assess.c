/* COMMAND: assess
 * SUMMARY: risk factors and forecasts
 *
 * zenhar assess run --case FOLDER [options]
 *   series by kind and place, alarms, estimates, and the 14 risk factors of the UN
 *   Framework of Analysis, each tied to its evidence. With the same inputs nothing
 *   is written.
 *   --facts NAME      first bring in the public facts of a bundled case (iran-2025)
 *   --today DAY       the last day that counts (default: today)
 *   --alpha 0.01      false alarm probability of a week
 *   --recent 52       weeks in which alarms are raised; 0: all
 *   --seed 1 --threads N
 *
 * zenhar assess show --case FOLDER
 *   the 14 risk factors of the newest assessment as CSV: level, reason, evidence.
 * zenhar assess indicators [--case FOLDER]
 *   the framework's indicators; with a case, their ratings (-1 is not rated: no evidence
 *   speaks to it). wording_confirmed says whether the words were checked at a copy of
 *   the framework. A corrected table takes the bundled one's place as
 *   r2p/framework.csv below $ZENHAR_DATA.
 *
 * zenhar assess proposals --case FOLDER
 *   what the rules propose, with its evidence; "open" waits for somebody's judgement.
 * zenhar assess accept INDICATOR --analyst NAME --confidence STANDARD
 * zenhar assess rate INDICATOR absent|weak|present|strong --analyst NAME
 *                --confidence STANDARD --reason TEXT --evidence R12,AL3 [--against R5]
 *                [--trend rising|steady|falling]
 * zenhar assess reject INDICATOR --analyst NAME --reason TEXT [--level absent]
 * zenhar assess withdraw INDICATOR --analyst NAME --reason TEXT
 *   a person's decision; each is kept, the last of each analyst is in force. Above absent
 *   nothing is rated without evidence. STANDARD (of proof): suspicion, grounds, balance,
 *   convincing, beyond-doubt.
 * zenhar assess judgements | agreement --case FOLDER
 *   all decisions; how far the analysts agree (Krippendorff's alpha), side by side and never
 *   averaged.
 * zenhar assess changes --case FOLDER [AS1 AS3]
 *   what differs between two versions (the newest and the one before it): levels and why,
 *   evidence that came or was taken away, what people decided in between.
 * zenhar assess final --author NAME --reason TEXT [--leave-open]
 *   makes the newest assessment final: it goes into the ledger, is never changed again, and
 *   alerts made from it are no drafts any more.
 *
 * zenhar assess report --case FOLDER -o FILE.pdf [--heat-map FILE.svg]
 *   the assessment to read: heat map of the 14 factors with trend, what each rating rests on,
 *   where analysts differ, the forecast with its uncertainty, what would change it.
 *
 * zenhar assess triggers keep FILE | show | check | dry-run
 *   your own thresholds, sentences in a small file ("executions in 7 days >= 2 x
 *   expected and a crisis in the last 90 days"): evaluated on the case's data, or over
 *   its history with how often each would have fired and what followed
 *   (`zenhar assess triggers --help` explains it).
 *
 * zenhar assess ledger load FILE | outcomes FILE | list | ranks | score
 *   every published forecast, final assessment and alarm with its date and the hash of the
 *   data it saw; scored once it is known what came (`zenhar assess ledger --help`).
 * zenhar assess scores FILE --outcome COL --probability COL
 *   scores of forecasts in a table (`zenhar assess scores --help`).
 *
 * zenhar assess forecast --train FILE ...
 *   a statistical forecast, its calibration, its coefficients
 *   (`zenhar assess forecast --help` explains it).
 */
#include "commands.h"

#include "cli/assess_sub.h"
#include <string.h>

static const struct {
    const char *name;
    CliFunc *run;
} SUB_COMMANDS[] = {
    {"run", assess_run_case},          {"show", assess_show},
    {"indicators", assess_indicators}, {"proposals", assess_proposals},
    {"accept", assess_accept},         {"rate", assess_rate},
    {"reject", assess_reject},         {"withdraw", assess_withdraw},
    {"judgements", assess_judgements}, {"agreement", assess_agreement},
    {"changes", assess_what_changed},  {"final", assess_final},
    {"report", assess_report},         {"triggers", assess_triggers},
    {"ledger", assess_ledger},         {"scores", assess_scores},
    {"forecast", assess_forecast},
};

int cmd_assess(CliContext *context, int argc, char **argv)
{
    for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS(SUB_COMMANDS); i++)
        if (strcmp(argv[1], SUB_COMMANDS[i].name) == 0)
            return SUB_COMMANDS[i].run(context, argc - 1, argv + 1);
    int status = CLI_DONE;
    if (!cli_parse(context, NULL, &argc, &argv, &status))
        return status;
    g_autoptr(GString) names = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(SUB_COMMANDS); i++)
        g_string_append_printf(names, "%s%s", i == 0 ? "" : ", ", SUB_COMMANDS[i].name);
    return cli_usage(context, _("Name a sub-command: %s."), names->str);
}
