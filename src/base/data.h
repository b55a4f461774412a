/* base/data.h: the knowledge base that travels inside the binary.
 *
 * Files of data/ and cases/ by their relative name ("r2p/framework.csv",
 * "cases/iran-2025/votes.csv"). A file of the same name below $ZENHAR_DATA
 * takes the bundled one's place. */
#pragma once
#include "base/csv.h"
#include <glib.h>

/** Bytes of a data file. NULL with error set. Transfers. */
GBytes *data_load(const char *name, GError **error);
/** A CSV data file as a table. NULL with error set. Transfers. */
CsvTable *data_load_table(const char *name, GError **error);
