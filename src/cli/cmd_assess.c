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
 * zenhar assess indicators --case FOLDER
 *   its indicators likewise; -1 is not rated: no evidence speaks to it.
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
    {"run", assess_run_case},
    {"show", assess_show},
    {"indicators", assess_indicators},
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
