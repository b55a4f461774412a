/* handover/records.h: the records of a case as JSON Lines or tables, as `zenhar import` reads them
 * back (handover/take.h). Formats: docs/formats.md. Memory: one record and a buffer of 64 KiB. */
#pragma once
#include "handover/outlet.h"

#define RECORDS_FORMAT "zenhar records 1"
#define TABLES_FORMAT  "zenhar tables 1"
#define TABLES_FILE    "zenhar-export.json" /* of a folder of tables: what it is, and how much */

typedef struct {
    gint64 n[STORE_N_KINDS]; /**< records written of each kind */
    gint64 total;
} RecordsDone;

/** Takes bytes; false with error set. */
typedef bool (*RecordsWrite)(void *context, const char *bytes, gsize length, GError **error);

/** The kinds that are exported, each behind those that it names: place, source, person, act,
 *  report, statement. Static; 0-terminated. */
const StoreKind *records_kinds(void);
/** "reports,statements" as a set of kinds (1 << kind), with the sources and places that they name.
 *  USAGE: the words that are known. */
bool records_read_what(const char *words, guint64 *ret_kinds, GError **error);
enum { RECORDS_ALL = 0 }; /**< of a set: all of them */

/** One kind: lines of JSON. `done` is added to. */
bool records_write_lines(Outlet *outlet, StoreKind kind, RecordsWrite write, void *context,
                         RecordsDone *done, GError **error);
/** One kind as a table with a heading. */
bool records_write_table(Outlet *outlet, StoreKind kind, RecordsWrite write, void *context,
                         RecordsDone *done, GError **error);
/** A whole file of JSON Lines: what it is, the records, the end with what was held back. */
bool records_write_jsonl(Outlet *outlet, guint64 kinds, RecordsWrite write, void *context,
                         RecordsDone *done, GError **error);
/** A folder of tables, made if it is not there: KIND.csv each, and last TABLES_FILE. USAGE when one
 *  of the files is there already. */
bool records_write_folder(Outlet *outlet, guint64 kinds, const char *folder, RecordsDone *done,
                          GError **error);

/** A file of a folder of tables: made anew, hashed as it grows. */
typedef struct RecordsFile RecordsFile;
bool records_folder_make(const char *folder, GError **error);
/** USAGE when it is there already. */
RecordsFile *records_file_new(const char *folder, const char *name, GError **error);
/** Fits RecordsWrite. */
bool records_file_write(void *file, const char *bytes, gsize length, GError **error);
/** Syncs and frees it. `written`: false passes on the error that stands already. ret_sha256 (may be
 *  NULL): of what was written, in hex. */
bool records_file_close(RecordsFile *file, bool written, char ret_sha256[65], GError **error);

/** A record as it goes out, as one line of JSON. `more`: further members, "" or ',' and JSON. */
void records_append_json(GString *out, const OutletRecord *record, const char *more);
/** A text as a JSON string with its quotation marks; what is no UTF-8 is replaced. */
void records_append_string(GString *out, const char *text);
