/* cli/signal_table.h: series of counts from a CSV file.
 *
 * Three layouts: `date|index,count`; `date,place,kind,count` (place or kind may be
 * missing; an interval without a row counts 0); and one column a series beside
 * `index` or `date`. Where index and date both stand, index counts the positions. */
#pragma once
#include "base/csv.h"
#include "base/edtf.h"
#include <glib.h>

typedef enum { SIGNAL_TABLE_ONE, SIGNAL_TABLE_LONG, SIGNAL_TABLE_WIDE } SignalTableLayout;

typedef struct {
    char *unit;         /**< wide: the column's name */
    char *place, *kind; /**< long; NULL when the column is missing */
    double *counts;     /**< n */
} SignalTableSeries;

typedef struct {
    SignalTableLayout layout;
    gsize n, n_series;
    char **labels;     /**< n: the index or date as printed */
    bool by_date;      /**< labels are dates */
    gint32 *days;      /**< n first days; NULL without dates */
    guint freq;        /**< 52, 12 or 365 by the dates; 0 without */
    bool solar_months; /**< months of the Solar Hijri calendar */
    gsize filled;      /**< intervals that had no row and count 0 */
    SignalTableSeries *series;
} SignalTable;

typedef struct {
    Calendar calendar; /**< in which dates are written */
    bool fill_gaps;    /**< one series: intervals without a row count 0 */
    const char *start; /**< date of position 1 of a file by index; NULL */
    bool people;       /**< the column is `population`, not `count`, and need not be whole */
} SignalTableOptions;

/** NULL with error set, with line and column. */
SignalTable *signal_table_load(const char *path, const SignalTableOptions *options, GError **error);
void signal_table_free(SignalTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SignalTable, signal_table_free)
/** 1-based position of "12" or of a date; 0 with error set. */
gsize signal_table_position(const SignalTable *table, const char *text, Calendar calendar,
                            GError **error);
