/* COMMAND: version
 * SUMMARY: print the version
 *
 * zenhar version
 *
 * Prints the version of the program.
 */
#include "commands.h"

#include <stdio.h>

int cmd_version(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    if (!cli_parse(context, NULL, &argc, &argv, &status))
        return status;
    printf("zenhar %s\n", ZENHAR_VERSION);
    return CLI_DONE;
}
