/* appeal/facts.h: how bundled tables become records; private to src/appeal.
 *
 * A table is a CSV file of the knowledge base. Its bytes are stored as an original first; each
 * of its rows then becomes one record that is linked to that original. A row is known again by
 * its key (a code, or body, year and state, …): a table that is in the case already changes
 * nothing, a newer version of it updates the records in place. */
#pragma once
#include "base/csv.h"
#include "base/error.h"
#include "store/appeal.h"
#include "store/body.h"
#include "store/link.h"

typedef struct {
    char *name; /**< "cases/iran-2025/hrc-votes.csv" */
    CsvTable *table;
    gint64 original_id;
    bool known; /**< these very bytes were in the case before */
} FactsTable;
void facts_table_clear(FactsTable *table);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FactsTable, facts_table_clear)

typedef struct {
    Store *store;
    const char *case_name; /**< NULL: the knowledge base alone */
    GHashTable *bodies;    /**< code → StoreBody, owned */
    GHashTable *members;   /**< "BODYID/YEAR/STATE", and "BODYID/YEAR" where any is known */
    GHashTable *asks;      /**< code → id (as pointer to gint64) */
    gint64 appeal_id;      /**< the case's open letter; 0 */
    guint n_case_tables;   /**< that the case brings */
} Facts;

/** Loads a table and stores it. columns: names that must be there, separated by spaces. */
bool facts_open(Facts *facts, const char *name, const char *columns, FactsTable *ret_table,
                GError **error);
/** Likewise for a table of the case; *ret_there false without error when the case has none. */
bool facts_open_case(Facts *facts, const char *file, const char *columns, FactsTable *ret_table,
                     bool *ret_there, GError **error);
/** Borrowed; "" where empty. */
const char *facts_cell(const FactsTable *table, gsize row, const char *column);
/** A copy; NULL where empty. */
char *facts_copy(const FactsTable *table, gsize row, const char *column);
/** A whole number; `otherwise` where empty. */
bool facts_integer(const FactsTable *table, gsize row, const char *column, gint32 otherwise,
                   gint32 *ret_value, GError **error);
/** EDTF: first and last day; both `otherwise`-less: *ret_text NULL and days 0 where empty.
 *  ret_text may be NULL. */
bool facts_date(const FactsTable *table, gsize row, const char *column, char **ret_text,
                gint32 *ret_first, gint32 *ret_last, GError **error);
/** Sets an INPUT error "FILE, line 12, column C: sentence". */
void facts_fail(const FactsTable *table, gsize row, const char *column, GError **error,
                const char *format, ...) G_GNUC_PRINTF(5, 6);
/** The body that column names, or NULL with error set. Borrowed. */
const StoreBody *facts_body(Facts *facts, const FactsTable *table, gsize row, const char *column,
                            GError **error);
/** The record rests on the table. */
bool facts_link(Facts *facts, const FactsTable *table, StoreKind kind, gint64 id, GError **error);

/** Key → id, for the records that are there. */
GHashTable *facts_keys_new(void);
void facts_keys_put(GHashTable *keys, char *key, gint64 id); /**< takes the key */
gint64 facts_keys_get(GHashTable *keys, const char *key);    /**< 0: none */

/** Adds or, where `id` is known and the table is new, updates; then links. */
#define FACTS_PUT(facts, table, Type, prefix, kind, record, known_id, error)                       \
    (((known_id) != 0 ? ((record)->id = (known_id),                                                \
                         (table)->known || prefix##_update((facts)->store, (record), (error)))     \
                      : prefix##_add((facts)->store, (record), (error))) &&                        \
     facts_link((facts), (table), (kind), (record)->id, (error)))

/* facts_bodies.c, facts_votes.c, facts_letter.c: one after the other, in this order */
bool facts_load_bodies(Facts *facts, GError **error);
bool facts_load_members(Facts *facts, GError **error);
bool facts_load_asks(Facts *facts, GError **error);
bool facts_load_measures(Facts *facts, GError **error);
bool facts_load_recipients(Facts *facts, GError **error);
bool facts_load_sessions(Facts *facts, GError **error);
bool facts_load_votes(Facts *facts, const char *file, GError **error);
bool facts_load_ballots(Facts *facts, GError **error);
bool facts_load_treaties(Facts *facts, GError **error);
bool facts_load_letter(Facts *facts, GError **error);
bool facts_load_steps(Facts *facts, GError **error);
