/* cli/ledger_files.h: what `zenhar assess ledger` reads from tables. */
#pragma once
#include "base/csv.h"
#include "store/store.h"

#include "cli/cli.h"

/** The words of the call. */
typedef struct {
    char *unit, *risk, *samples, *first, *last, *made, *title, *target, *method, *source, *start,
        *time, *outcome, *value, *metric, *output;
    int through;
    gboolean help;
} LedgerArguments;

/** --target, or what the Early Warning Project foretells. */
const char *ledger_target(const LedgerArguments *a);
CsvTable *ledger_table(const char *path, GError **error);
/** Sets INPUT with a sentence; false. */
/** The column that names units; -1 none. */
gssize ledger_unit_column(const CsvTable *table, const char *wanted);
/** "", "NA", "NaN". */
bool ledger_missing(const char *field);
/** Outcomes of a file into the case, in an open transaction; those known already are not written
 * again. */
bool ledger_load_outcomes(CliContext *context, const LedgerArguments *a, Store *store,
                          const char *path, GError **error);
