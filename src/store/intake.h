/* store/intake.h: runs of imports and the quarantine. */
#pragma once
#include "store/entity.h"

/** One file imported once. The position is written in the same transaction as the reports
 *  before it: after kill -9 the next run of the same file goes on from there, and a file that
 *  is done adds nothing. */
typedef struct {
    gint64 id;
    gint64 original_id;
    char *name;     /**< of the file */
    char *format;   /**< csv, jsonl, text, sms, … */
    char *mapping;  /**< JSON: columns to fields, as used; part of "the same import" */
    guint8 key[16]; /**< hash of file hash, format and mapping: unique */
    gint64 source_id;
    gint64 position; /**< bytes of the original done with */
    gint64 records;  /**< records read up to position */
    gint64 added, duplicates, quarantined;
    char *state;              /**< running, done */
    gint64 started, finished; /**< seconds; 0 not yet */
} StoreImport;
STORE_ENTITY(StoreImport, store_import)
StoreImport *store_import_find(Store *store, const guint8 key[16], GError **error);

typedef struct {
    gint64 id;
    gint64 import_id;
    gint64 original_id;
    char *file;    /**< name */
    gint64 line;   /**< 1-based; 0 none */
    gint64 offset; /**< bytes into the original */
    GBytes *raw;   /**< the record's bytes */
    char *mended;  /**< its text after mending by hand; NULL */
    char *column;  /**< at fault; NULL */
    char *reason;  /**< whole sentence */
    gint32 tries;
    char *state;      /**< waiting, mended, dropped */
    gint64 report_id; /**< what became of it; 0 */
    gint64 created;
} StoreQuarantine;
STORE_ENTITY(StoreQuarantine, store_quarantine)
STORE_ENTITY_BY(StoreQuarantine, store_quarantine, import)
/** In order of id; state NULL: all. */
GPtrArray *store_quarantine_list_state(Store *store, const char *state, const StorePage *page,
                                       GError **error);
gint64 store_quarantine_count_state(Store *store, const char *state, GError **error);
