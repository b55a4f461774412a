#include "cli/json_line.h"

#include <stdlib.h>
#include <string.h>

bool cli_print_json(json_t *object, GError **error)
{
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    CliOutput *output = cli_output_open(NULL, error);
    if (output != NULL) {
        cli_output_write(output, text, strlen(text));
        cli_output_write(output, "\n", 1);
    }
    free(text); /* jansson's own allocator */
    return output != NULL && cli_output_close(output, error);
}
