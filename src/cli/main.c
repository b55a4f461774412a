/* main: the language, then the command named by the first word. */
#include "cli/cli.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

int cli_main(int argc, char **argv);

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
