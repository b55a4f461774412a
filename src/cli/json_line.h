/* cli/json_line.h: one JSON object a line on standard output. */
#pragma once
#include "cli/cli.h"
#include <jansson.h>

/** Prints it and lets it go. */
bool cli_print_json(json_t *object, GError **error);
