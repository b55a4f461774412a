#include "cli/cells.h"

void cli_append_id(GString *out, StoreKind kind, gint64 id)
{
    char text[STORE_ID_MAX];
    csv_append(out, id > 0 ? store_id_format(kind, id, text) : "");
}

void cli_append_text(GString *out, const char *text)
{
    csv_append(out, text != NULL ? text : "");
}
