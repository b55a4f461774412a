/* handover/outlet.h: what of a case may go out, record by record, and what was held back.
 *
 * Redaction is the default: sealed fields stay here, free texts go out without the names and
 * numbers of the persons they are about, a day of birth becomes a year. With identities, names go
 * as far as each person's recorded consents do (appeal/submission.h): to the use named, and in full
 * or as initials; telephones, national numbers, numbers of cases and notes never. Whole leaves out
 * nothing. Each look at a sealed field that goes out is entered in the case's log before it goes.
 *
 * Who holds no key to sealed fields (an analyst, a reader) exports without free texts: the names in
 * them cannot be looked for. An outlet reads one snapshot of the case, so that a long export is of
 * one moment. One thread at a time. */
#pragma once
#include "appeal/submission.h"
#include "store/plain.h"
#include <jansson.h>

typedef enum {
    OUTLET_REDACTED,
    OUTLET_CONSENTED, /**< names as consents go */
    OUTLET_WHOLE,     /**< everything: for a court */
} OutletDegree;

/** What the names are to go out for: a consent of its own each. */
typedef enum { OUTLET_SEND, OUTLET_GOVERNMENT, OUTLET_SUMMARY, OUTLET_N_USES } OutletUse;
/** "send", "government", "summary". Static; NULL beyond. */
const char *outlet_use_name(OutletUse use);
/** "redacted", "consented", "whole". Static. */
const char *outlet_degree_name(OutletDegree degree);

typedef struct {
    OutletDegree degree;
    OutletUse use;
    gint32 day;         /**< on which consents must stand; days since 1970-01-01 */
    const char *what;   /**< what is made, for the log: "csv", "bag", …; borrowed */
    const char *reason; /**< why; needed unless REDACTED; borrowed */
} OutletPolicy;

typedef struct Outlet Outlet;

/** Opens the case by keys that are open already, and enters in its log that it is exported. DENIED:
 *  names are asked for and the keys do not open them, or the look cannot be logged. */
Outlet *outlet_new(const char *folder, StoreKeys *keys, const OutletPolicy *policy, GError **error);
void outlet_free(Outlet *outlet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outlet, outlet_free)

Store *outlet_store(Outlet *outlet); /**< the snapshot; borrowed */
const OutletPolicy *outlet_policy(const Outlet *outlet);
/** Could names be looked for in free texts? */
bool outlet_has_keys(const Outlet *outlet);
/** Was the export entered in the log? Not so by keys that cannot write. */
bool outlet_is_logged(const Outlet *outlet);

enum { OUTLET_MAX_COLUMNS = 40, OUTLET_ID_CHARS = 32 };
/** A record as it may go out. */
typedef struct {
    StoreKind kind;
    gint64 id;
    char *values[OUTLET_MAX_COLUMNS];  /**< plain texts by column; NULL none or held back */
    bool redacted[OUTLET_MAX_COLUMNS]; /**< something of it was held back */
    guint n_redacted;
} OutletRecord;
void outlet_record_clear(OutletRecord *record);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OutletRecord, outlet_record_clear)

/** A field's text by its name; NULL none, or held back. Borrowed. */
const char *outlet_value(const OutletRecord *record, const char *field);

/** `record` as read from outlet_store. ret needs no initial value. */
bool outlet_pass(Outlet *outlet, StoreKind kind, const void *record, OutletRecord *ret,
                 GError **error);
/** Is the column part of what goes out at all? Keys of the program's own are not. */
bool outlet_column(const Outlet *outlet, StoreKind kind, gsize column);
/** Enters the looks of the records passed since the last call. Before they are written anywhere. */
bool outlet_looked(Outlet *outlet, GError **error);

/** A name for a record that is the same in each export of this case and tells nobody anything: 32
 *  hex digits, keyed by the case. `id` 0: the case itself. */
void outlet_id(const Outlet *outlet, StoreKind kind, gint64 id, char ret[OUTLET_ID_CHARS + 1]);

/** What a source or a place is called, as far as it may go out; in the thread's language a place.
 *  Borrowed until the next call; "" without a name; NULL with error set. */
const char *outlet_name(Outlet *outlet, StoreKind kind, gint64 id, GError **error);

/** Of what was passed: records with something held back, fields held back. */
gint64 outlet_records_redacted(const Outlet *outlet);
gint64 outlet_fields_redacted(const Outlet *outlet);
/** "statement.victim_name" and how often, in order of name; freed with the array. */
typedef struct {
    char *field;
    gint64 n;
} OutletCount;
GPtrArray *outlet_counts(const Outlet *outlet);
/** {"statement.victim_name": 30, …}. New reference. */
json_t *outlet_counts_json(const Outlet *outlet);
/** A sentence for people: what was redacted, how much. Transfers. */
char *outlet_describe(const Outlet *outlet);
