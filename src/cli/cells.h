/* cli/cells.h: cells of the tables that commands print: records, texts and days that may be
 * unknown. */
#pragma once
#include "base/csv.h"
#include "store/id.h"

/** Appends "AL3"; an empty cell for 0. */
void cli_append_id(GString *out, StoreKind kind, gint64 id);
/** Appends the text; an empty cell for NULL. */
void cli_append_text(GString *out, const char *text);
