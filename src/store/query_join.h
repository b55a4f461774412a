/* store/query_join.h: what joining statements into persons and acts asks of the case. */
#pragma once
#include "store/store.h"

/** The head of one report, without its texts. */
typedef struct {
    gint64 id, source_id;
    bool counted; /**< store_report_counted */
    bool synthetic;
} StoreReportHead;
/** All reports in order of id. GArray of StoreReportHead; transfers. NULL with error set. */
GArray *store_report_heads(Store *store, GError **error);

/** The head of one statement that names one victim, in a counted report. */
typedef struct {
    gint64 id, report_id, source_id;
    gint64 person_id, act_id; /**< 0: not linked */
} StoreJoinHead;
/** All of them in order of id. GArray of StoreJoinHead; transfers. NULL with error set. Reads no
 *  sealed field. */
GArray *store_join_heads(Store *store, GError **error);

/** Statements that name one victim, are linked to no person, and stand in counted reports; -1 with
 *  error set. Reads no sealed field. */
gint64 store_statement_count_unjoined(Store *store, GError **error);
