/* COMMAND: assess
 * SUMMARY: risk factors and forecasts
 *
 * zenhar assess SUB-COMMAND [options]
 *
 *   forecast    a statistical forecast, its calibration, its coefficients
 *
 * `zenhar assess SUB-COMMAND --help` explains each.
 */
#include "commands.h"

#include "cli/assess_sub.h"
#include <string.h>

static const struct {
    const char *name;
    CliFunc *run;
} SUB_COMMANDS[] = {
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
