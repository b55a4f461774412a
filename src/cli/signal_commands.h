/* cli/signal_commands.h: the sub-commands of `zenhar signal`. argv[0] is the sub-command. */
#pragma once
#include "cli.h"

int signal_command_surge(CliContext *context, int argc, char **argv);
