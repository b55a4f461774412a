/* store/query_assess.h: what the assessment asks of statements. */
#pragma once
#include "store/report.h"

typedef struct {
    gint64 statement_id;
    gint64 report_id;
    gint64 source_id;
    gint32 day; /**< first day of the event */
    gint32 count_min;
} StoreBehind;

/** The statements that store_statement_tally counts for one kind and days from … to (single days,
 *  each act once), in order of id; places: ids that count, NULL all. single_day false: spans
 *  too, and each statement of a linked act. GArray of StoreBehind, transfers. */
GArray *store_statement_behind(Store *store, const char *act_kind, const GArray *places,
                               gint32 from_day, gint32 to_day, bool single_day, GError **error);

/** The originals in which the reports came whose statements are of that kind (NULL: any) and that
 *  were neither withdrawn nor rejected; in order of id, at most n. GArray of gint64, transfers. */
GArray *store_statement_originals(Store *store, const char *act_kind, guint n, GError **error);

typedef struct {
    gint64 person_id;
    gint64 source_id;
} StorePersonSource;
/** Which source told of which person, once each, in order of person and source; statements of
 *  withdrawn or rejected reports left out. GArray of StorePersonSource, transfers. */
GArray *store_person_sources(Store *store, GError **error);
