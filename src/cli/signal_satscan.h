/* cli/signal_satscan.h: what a scan reads, from our CSV or from SaTScan's own files. */
#pragma once
#include "base/csv.h"
#include "signal/scan.h"

typedef struct {
    gsize n_places, n_intervals;
    GPtrArray *names;             /* owned texts */
    GHashTable *by_name;          /* name to place + 1 */
    GArray *latitude, *longitude; /* double; x and y when Cartesian */
    gint32 *starts;               /* n_intervals + 1 */
    double *counts, *expected;    /* n_places · n_intervals; expected NULL: permutation */
    gsize outside;                /* cases outside the span */
} ScanInput;

void scan_input_start(ScanInput *input);
void scan_input_clear(ScanInput *input);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScanInput, scan_input_clear)

/** Adds a place; false with error set when it stands there twice. `path`, `line`: for the sentence.
 */
bool scan_input_add(ScanInput *input, const char *name, double latitude, double longitude,
                    const char *path, guint64 line, GError **error);
/** Number of a place; -1 with error set when it has no coordinates. */
gssize scan_input_place(const ScanInput *input, const char *name, const char *path, guint64 line,
                        GError **error);

/** Reads a parameter file and the case, coordinate and population files that it names (beside
 *  itself). What it asks and this scan does not do is an error. */
bool satscan_load(const char *path, SignalScanOptions *options, ScanInput *input, GError **error);

/** A day as SaTScan writes it: 2001/11/22, 2001-11-22, 2001/11 (the 15th), 1977 or 77 (1 July). */
bool satscan_parse_day(const char *text, gint32 *ret_day);
