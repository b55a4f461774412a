/* store/private.h: how records map to tables; for the .c files of store/ only.
 *
 * A kind is described once, as a table of fields; struct, SQL, canonical form, sealing and
 * freeing all follow it. Fields are numbered from 1 in that order; the numbers stand in the
 * canonical form that the evidence log hashes, so the table is append only, and a field added
 * later names the schema version that brought it (`since`). */
#pragma once
#include "store/db.h"
#include "store/entity.h"
#include <stddef.h>

typedef enum {
    FIELD_INT,    /* gint64 */
    FIELD_INT32,  /* gint32 */
    FIELD_BOOL,   /* bool */
    FIELD_CHAR,   /* char; 0 none */
    FIELD_REAL,   /* double; NaN is NULL */
    FIELD_TEXT,   /* char *, owned */
    FIELD_BLOB,   /* GBytes *, owned */
    FIELD_BYTES,  /* guint8[n]; all zero is NULL */
    FIELD_REF,    /* gint64 id of another record; 0 is NULL; foreign key */
    FIELD_SEALED, /* char *, owned; sealed in the table */
    FIELD_TIME,   /* gint64 seconds; add sets it when 0 */
} FieldType;

typedef struct {
    const char *name;
    FieldType type;
    guint16 offset, size;
    StoreKind ref;          /* FIELD_REF */
    bool rare;              /* FIELD_REF by which records are seldom searched: no index */
    const char *constraint; /* more SQL of the column; NULL none */
    gint32 initial;         /* of whole numbers in a new record */
    guint8 since;           /* schema version; 0 is 1 */
} StoreField;

enum { STORE_MAX_FIELDS = 40, STORE_SCHEMA_VERSION = 9 };

/* The one rule of what is counted, as a condition on a report's alias: reports that their source
 * withdrew, that were rejected, or that are graded E5 (an unreliable source, improbable word)
 * are kept and change no figure. store_report_counted says the same of a record. */
#define STORE_COUNTED(r)                                                                           \
    " AND " r ".withdrawn = 0 AND " r ".status <> 2 AND NOT (coalesce(" r                          \
    ".credibility, 0) = 5 AND coalesce(" r ".reliability, '') = 'E')"

typedef struct {
    StoreKind kind;
    guint8 since; /* schema version of the table; 0 is 1 */
    gsize size;
    gsize n_fields;
    const StoreField *fields;
    const char *indexes; /* SQL, statements separated by ';'; NULL none */
    struct {
        const char *sql; /* the same, of indexes that came after the table; NULL none */
        guint8 since;    /* with this schema version */
    } later[2];
    bool add_only; /* update and remove are refused */
    GDestroyNotify free_record;
    /* Fills what a new record must have; NULL none. */
    bool (*prepare)(Store *store, void *record, GError **error);
} StoreEntity;

/* The field type that a struct member has. */
#define FIELD_TYPE_OF(Type, member)                                                                \
    _Generic(((Type *)0)->member,                                                                  \
        gint64: FIELD_INT,                                                                         \
        gint32: FIELD_INT32,                                                                       \
        bool: FIELD_BOOL,                                                                          \
        char: FIELD_CHAR,                                                                          \
        double: FIELD_REAL,                                                                        \
        char *: FIELD_TEXT,                                                                        \
        GBytes *: FIELD_BLOB,                                                                      \
        guint8 *: FIELD_BYTES)
#define FIELD_PLACE(Type, member)                                                                  \
    .name = #member, .offset = offsetof(Type, member), .size = sizeof(((Type *)0)->member)
#define FIELD(Type, member, ...)                                                                   \
    {                                                                                              \
        FIELD_PLACE(Type, member), .type = FIELD_TYPE_OF(Type, member), __VA_ARGS__                \
    }
#define FIELD_OF(Type, member, field_type, ...)                                                    \
    {                                                                                              \
        FIELD_PLACE(Type, member), .type = field_type, __VA_ARGS__                                 \
    }
#define FIELD_TO(Type, member, kind, ...)                                                          \
    {                                                                                              \
        FIELD_PLACE(Type, member), .type = FIELD_REF, .ref = kind, __VA_ARGS__                     \
    }

/* The functions of entity.h for one kind. `fields` is its table. */
#define STORE_ENTITY_DEFINE(Type, prefix, kind_, ...)                                              \
    G_STATIC_ASSERT(offsetof(Type, id) == 0);                                                      \
    G_STATIC_ASSERT(G_N_ELEMENTS(prefix##_fields) <= STORE_MAX_FIELDS);                            \
    static void prefix##_free_any(gpointer record);                                                \
    extern const StoreEntity prefix##_entity;                                                      \
    const StoreEntity prefix##_entity = {.kind = kind_,                                            \
                                         .size = sizeof(Type),                                     \
                                         .n_fields = G_N_ELEMENTS(prefix##_fields),                \
                                         .fields = prefix##_fields,                                \
                                         .free_record = prefix##_free_any,                         \
                                         __VA_ARGS__};                                             \
    static void prefix##_free_any(gpointer record)                                                 \
    {                                                                                              \
        prefix##_free(record);                                                                     \
    }                                                                                              \
    Type *prefix##_new(void)                                                                       \
    {                                                                                              \
        return store_entity_new(&prefix##_entity);                                                 \
    }                                                                                              \
    void prefix##_init(Type *record)                                                               \
    {                                                                                              \
        store_entity_init(&prefix##_entity, record);                                               \
    }                                                                                              \
    void prefix##_clear(Type *record)                                                              \
    {                                                                                              \
        store_entity_clear(&prefix##_entity, record);                                              \
    }                                                                                              \
    void prefix##_free(Type *record)                                                               \
    {                                                                                              \
        store_entity_free(&prefix##_entity, record);                                               \
    }                                                                                              \
    Type *prefix##_load(Store *store, gint64 id, GError **error)                                   \
    {                                                                                              \
        return store_entity_load(store, &prefix##_entity, id, error);                              \
    }                                                                                              \
    bool prefix##_add(Store *store, Type *record, GError **error)                                  \
    {                                                                                              \
        return store_entity_add(store, &prefix##_entity, record, error);                           \
    }                                                                                              \
    bool prefix##_update(Store *store, const Type *record, GError **error)                         \
    {                                                                                              \
        return store_entity_update(store, &prefix##_entity, record, error);                        \
    }                                                                                              \
    bool prefix##_remove(Store *store, gint64 id, GError **error)                                  \
    {                                                                                              \
        return store_entity_remove(store, &prefix##_entity, id, error);                            \
    }                                                                                              \
    GPtrArray *prefix##_list(Store *store, const StorePage *page, GError **error)                  \
    {                                                                                              \
        return store_entity_list(store, &prefix##_entity, NULL, NULL, 0, page, error);             \
    }                                                                                              \
    gint64 prefix##_count(Store *store, GError **error)                                            \
    {                                                                                              \
        return store_count(store, kind_, error);                                                   \
    }                                                                                              \
    StoreCursor *prefix##_cursor(Store *store, const StorePage *page, GError **error)              \
    {                                                                                              \
        return store_cursor_new(store, &prefix##_entity, NULL, NULL, 0, page, error);              \
    }                                                                                              \
    const Type *prefix##_next(StoreCursor *cursor, GError **error)                                 \
    {                                                                                              \
        return store_cursor_next(cursor, &prefix##_entity, error);                                 \
    }

#define STORE_ENTITY_BY_DEFINE(Type, prefix, parent)                                               \
    GPtrArray *prefix##_list_by_##parent(Store *store, gint64 parent##_id, const StorePage *page,  \
                                         GError **error)                                           \
    {                                                                                              \
        const StoreBind bind = {.type = 'i', .i = parent##_id};                                    \
        return store_entity_list(store, &prefix##_entity,                                          \
                                 parent##_id != 0 ? "\"" #parent "_id\" = ?1"                      \
                                                  : "\"" #parent "_id\" IS NULL AND ?1 = 0",       \
                                 &bind, 1, page, error);                                           \
    }

/* Finds the one record whose text column is that value. */
#define STORE_ENTITY_FIND_DEFINE(Type, prefix, column)                                             \
    Type *prefix##_find(Store *store, const char *column, GError **error)                          \
    {                                                                                              \
        const StoreBind bind = {.type = 't', .p = column, .n = strlen(column)};                    \
        return store_entity_find(store, &prefix##_entity, "\"" #column "\" = ?1", &bind, 1,        \
                                 #column, error);                                                  \
    }

/* Reports of more than a day, of which something is known: what the index report_by_span holds. A
 * question asks in these words, or the index is passed by. */
#define STORE_REPORT_SPANS                                                                         \
    "\"last_day\" > \"first_day\" AND (\"first_day\" > -2147483648 OR \"last_day\" < 2147483647)"

/* A value to bind, or as read: type 'n' NULL, 'i', 'r', 't' (p, n), 'b' (p, n). */
typedef struct {
    char type;
    gint64 i;
    double r;
    const void *p;
    gsize n;
} StoreBind;

enum { SQL_INSERT, SQL_INSERT_NEW, SQL_UPDATE, SQL_DELETE, SQL_LOAD, SQL_KINDS };

typedef struct StoreSeals StoreSeals;
struct Store {
    Db db;
    char *folder;
    StoreKeys *keys;
    StoreMode mode;
    guint depth;   /* transactions open */
    guint reading; /* store_read_begin, how deep */
    guint failed;  /* depth at which a write was left half done; 0 none. A transaction of that
                    * depth or below cannot be committed */
    bool unsealed;
    bool moving;      /* opened whatever its mark (moved.h) */
    int lock;         /* the folder that a case is being moved into, locked; -1 none */
    char *actor;      /* store_act_as */
    int bulk_log;     /* the write-ahead log, while commits do not wait for the disk; else -1 */
    bool bulk_server; /* the same on a server */
    bool bulk_lost;   /* its end did not reach the disk */
    gint64 now;       /* fixed clock; 0 none */
    gint64 removed[STORE_N_KINDS]; /* highest number removed of each kind; read at each begin. On
                                    * a server the highest that was given */
    gint64 counted[STORE_N_KINDS]; /* on a server: as they were read */
    gint64 case_number;            /* on a server */
    bool placed;                   /* there, partitions lie on further servers (server_places.h) */
    GArray *counter_marks;         /* on a server: `removed` at each begin; counters_size bytes */
    const StoreHook *hook;
    void *hook_context;
    GArray *marks; /* gsize, one a savepoint */
    DbStatement *entity_sql[STORE_N_KINDS][SQL_KINDS];
    GHashTable *statements; /* SQL → DbStatement */
    GByteArray *canonical;  /* reused for each record; grows only */
    gsize canonical_length; /* bytes of it that are the record in hand */
    GByteArray *scratch;    /* sealed values of the record in hand */
    StoreSeals *seal_tree;  /* seals.c; NULL: nothing of it is known yet */
    const guint8 *seals;    /* sealed values made ahead, of the next records; NULL none */
};

/* store.c */
bool store_fail(Store *store, int rc, GError **error); /* sets the sentence that fits; false */
bool store_fail_newer(Store *store, GError **error);   /* made by a later program; false */
bool store_run(Store *store, const char *sql, GError **error);
/* care.c: what is committed starts on its way to the disk, in bulk */
void store_bulk_push(Store *store);
/* A cached statement, reset, for interned or literal SQL; NULL with error set. */
DbStatement *store_prepare(Store *store, const char *sql, GError **error);
/* The same, out of the cache while a cursor uses it; give it back (or it is finalized). */
DbStatement *store_statement_take(Store *store, const char *sql, GError **error);
void store_statement_give(Store *store, DbStatement *statement);
bool store_bind(Store *store, DbStatement *statement, int first, const StoreBind *binds,
                gsize n_binds, GError **error);
/* 1 a row, 0 done, -1 error set. Resets unless a row; the caller resets after the last row it
 * wants, or the read transaction stays open. */
int store_step(Store *store, DbStatement *statement, GError **error);
/* First column of the first row; *ret_found false when none. */
bool store_query_int(Store *store, const char *sql, const StoreBind *binds, gsize n_binds,
                     gint64 *ret_value, bool *ret_found, GError **error);
bool store_sync_folder(const char *folder, GError **error);
/* Every write begins and ends by these: they make a transaction where none is open. */
bool store_write_begin(Store *store, bool *ret_own, GError **error);
bool store_write_end(Store *store, bool own, bool done, GError **error);
/* Likewise for what stands beside the log (jobs, shared values): on a server a statement of its own
 * needs no lock of the case's writer. */
bool store_aside_begin(Store *store, bool *ret_own, GError **error);

/* open.c */
/* A connection without a database yet. */
Store *store_new(const char *folder, StoreKeys *keys, StoreMode mode);
/* Cipher and key of the case's database for store->db. */
bool store_connection_key(Store *store, GError **error);
/* Opens it whatever its mark (moved.h). */
Store *store_open_moving(const char *place, StoreKeys *keys, StoreMode mode, GError **error);
/* The database of a case that is being moved into the folder, made where there is none; no
 * case.json is asked for. */
Store *store_open_coming(const char *folder, StoreKeys *keys, GError **error);
/* An empty file for its owner alone; it must not be there yet. */
bool store_file_make(const char *path, GError **error);

/* keys.c */
/* New random keys; on disk only after store_keys_save, which is what makes a folder a case. */
StoreKeys *store_keys_create(const char *passphrase, const StoreKeyCost *cost, GError **error);
bool store_keys_save(const StoreKeys *keys, const char *folder, const char *passphrase,
                     const StoreKeyCost *cost, GError **error);

/* log.c */
/* Highest numbers removed, read at the head of a transaction. */
bool store_removed_load(Store *store, GError **error);
/* Numbers given so far, by kind, from rows of kind and id. */
bool store_removed_read(Store *store, const char *sql, GError **error);
bool store_removed_put(Store *store, StoreKind kind, gint64 id, GError **error);

/* schema.c */
const StoreEntity *store_entity_of(StoreKind kind);
bool store_schema_upgrade(Store *store, const StoreEntity *const *entities, gsize n_entities,
                          int from, int to, GError **error);
bool store_schema_migrate(Store *store, GError **error);

/* row.c */
/* How a field's values are bound: 'i', 'r', 't', 'b'. */
char store_field_letter(FieldType type);
enum { FIRST_COLUMN = 2, FIRST_PARAMETER = 3 }; /* of the fields, after id and leaf */
#define MEMBER(record, field, Type) (*(Type *)(void *)((char *)(record) + (field)->offset))
#define MEMBER_CONST(record, field, Type)                                                          \
    (*(const Type *)(const void *)((const char *)(record) + (field)->offset))
/* Fills an initialized record. With scratch, text is borrowed from the row and sealed text from
 * scratch; else all is the record's. */
bool store_row_read(Store *store, const StoreEntity *entity, DbStatement *row, GByteArray *scratch,
                    void *record, GError **error);
/* Binds id, leaf and all fields; leaves the canonical form in store->canonical. `old` (NULL: none)
 * is the row whose seals stay where the record has no text; new ones are by the leaf `seal` of the
 * tree of keys (0: a new one). */
bool store_row_bind(Store *store, const StoreEntity *entity, DbStatement *statement,
                    const void *record, gint64 leaf, DbStatement *old, guint64 seal,
                    GError **error);
/* The leaf that a row's sealed fields are of; 0: none, or they are of an older schema. */
guint64 store_row_seal_of(const StoreEntity *entity, DbStatement *row);

/* entity.c, cursor.c */
void *store_entity_new(const StoreEntity *entity);
void store_entity_init(const StoreEntity *entity, void *record);
void store_entity_clear(const StoreEntity *entity, void *record);
/* Seals a record's sealed fields one behind the other; sealer NULL: only counts. Gives the bytes.
 */
struct StoreSealer;
gsize store_row_seal(struct StoreSealer *sealer, const StoreEntity *entity, const void *record,
                     guint8 *room);
void store_entity_free(const StoreEntity *entity, void *record);
void *store_entity_load(Store *store, const StoreEntity *entity, gint64 id, GError **error);
bool store_entity_add(Store *store, const StoreEntity *entity, void *record, GError **error);
/* Adds inside an open write; a record that is there already by a unique column is skipped:
 * *ret_added false. */
bool store_entity_add_new(Store *store, const StoreEntity *entity, void *record, bool *ret_added,
                          GError **error);
/* The insert of both, inside an open write; ret_added false (only_new): it was there. */
bool store_entity_insert(Store *store, const StoreEntity *entity, void *record, bool only_new,
                         bool *ret_added, GError **error);
/* The number that the next record of a kind gets. */
bool store_entity_next_id(Store *store, StoreKind kind, gint64 *ret_id, GError **error);
/* Changes some columns of one row by `sql`, whose ?1 is the id, ?2 the leaf, binds from ?3. */
bool store_entity_patch(Store *store, const StoreEntity *entity, gint64 id, const char *sql,
                        const StoreBind *binds, gsize n_binds, GError **error);
/* A write was left half done: the transaction as deep as now cannot be committed. */
void store_write_broken(Store *store);
bool store_entity_update(Store *store, const StoreEntity *entity, const void *record,
                         GError **error);
bool store_entity_remove(Store *store, const StoreEntity *entity, gint64 id, GError **error);
GPtrArray *store_entity_list(Store *store, const StoreEntity *entity, const char *where,
                             const StoreBind *binds, gsize n_binds, const StorePage *page,
                             GError **error);
void *store_entity_find(Store *store, const StoreEntity *entity, const char *where,
                        const StoreBind *binds, gsize n_binds, const char *what, GError **error);
StoreCursor *store_cursor_new(Store *store, const StoreEntity *entity, const char *where,
                              const StoreBind *binds, gsize n_binds, const StorePage *page,
                              GError **error);
/* `order` in place of the order by id: "\"first_day\", \"id\"". */
StoreCursor *store_cursor_new_ordered(Store *store, const StoreEntity *entity, const char *where,
                                      const char *order, const StoreBind *binds, gsize n_binds,
                                      gsize limit, gsize offset, GError **error);
/* All that is left of it, each record with memory of its own. */
GPtrArray *store_cursor_collect(StoreCursor *cursor, GDestroyNotify free_record, GError **error);
void *store_cursor_next(StoreCursor *cursor, const StoreEntity *entity, GError **error);
/* Canonical form of the row in hand (id, leaf, fields). */
void store_canonical_row(const StoreEntity *entity, DbStatement *row, GByteArray *bytes);
/* "id","leaf",fields… of a kind. Interned. */
const char *store_entity_columns(const StoreEntity *entity);

/* fts.c */
/* Next word of a text from *position; false at the end. */
bool store_token_next(const char *text, gsize length, gsize *position, gsize *ret_start,
                      gsize *ret_length);

/* Bytes of a word that count: long ones are cut. */
gsize store_token_cut(const char *word, gsize length);

/* search.c */
extern const char STORE_SEARCH_SCHEMA[], STORE_CACHE_SCHEMA[], STORE_JOB_SCHEMA[];
bool store_search_add(Store *store, gint64 report_id, const char *folded, GError **error);
/* Folded words as the database's index takes them; NULL: no word is left. Transfers. */
char *store_search_query(const Store *store, const char *folded);
bool store_search_forget(Store *store, gint64 report_id, GError **error);

/* log.c */
extern const char STORE_LOG_SCHEMA[];
