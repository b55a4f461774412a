/* Records of every kind: what goes in comes out, is told to the log, and stands in the schema. */
#include "base/random.h"
#include "case.h"
#include "store/body.h"
#include "store/link.h"
#include "store/log.h"
#include "store/person.h"
#include "store/private.h"
#include "store/report.h"
#include "store/signal.h"
#include "store/user.h"
#include "store/watch.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* ---- generic: by the field tables ---- */

static char *random_text(Random *random)
{
    static const char *const PIECES[] = {"علی", "‌", " ",  "Tehran", "ی",
                                         "0",   "'",   "\"", "\n",     "🙂"};
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint64 n = random_below(random, 8); n > 0; n--)
        g_string_append(text, PIECES[random_below(random, G_N_ELEMENTS(PIECES))]);
    return g_strdup(text->str);
}

static void fill_field(Random *random, const StoreField *field, void *record)
{
    const bool none = random_below(random, 4) == 0 && field->constraint == NULL;
    switch (field->type) {
    case FIELD_INT:
        MEMBER(record, field, gint64) = (gint64)random_bits(random);
        break;
    case FIELD_TIME:
        MEMBER(record, field, gint64) = 1 + (gint64)random_below(random, 2000000000);
        break;
    case FIELD_INT32:
        MEMBER(record, field, gint32) = field->constraint != NULL ? (gint32)random_below(random, 7)
                                                                  : (gint32)random_bits(random);
        break;
    case FIELD_BOOL:
        MEMBER(record, field, bool) = random_below(random, 2) == 1;
        break;
    case FIELD_CHAR:
        MEMBER(record, field, char) = none ? 0 : (char)('A' + random_below(random, 6));
        break;
    case FIELD_REAL:
        MEMBER(record, field, double) = none ? NAN : random_normal(random) * 1e6;
        break;
    case FIELD_TEXT:
    case FIELD_SEALED:
        MEMBER(record, field, char *) = none ? NULL : random_text(random);
        break;
    case FIELD_BLOB:
        MEMBER(record, field, GBytes *) = none ? NULL : g_bytes_new("a\0b", 3);
        break;
    case FIELD_BYTES:
        for (gsize i = 0; i < field->size; i++)
            ((guint8 *)record)[field->offset + i] = (guint8)random_bits(random);
        break;
    case FIELD_REF:
        break; /* none: tested below */
    }
}

static void *random_record(Random *random, const StoreEntity *entity, int number)
{
    void *record = store_entity_new(entity);
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        fill_field(random, field, record);
        if (field->type == FIELD_TEXT && field->constraint != NULL) { /* unique */
            g_free(MEMBER(record, field, char *));
            MEMBER(record, field, char *) = g_strdup_printf("unique %d", number);
        }
    }
    return record;
}

static void assert_same(const StoreEntity *entity, const void *one, const void *two)
{
    g_assert_cmpint(*(const gint64 *)one, ==, *(const gint64 *)two);
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        if (field->type == FIELD_TEXT || field->type == FIELD_SEALED) {
            g_assert_cmpstr(MEMBER_CONST(one, field, char *), ==, MEMBER_CONST(two, field, char *));
        } else if (field->type == FIELD_BLOB) {
            GBytes *a = MEMBER_CONST(one, field, gpointer), *b = MEMBER_CONST(two, field, gpointer);
            g_assert_true(a == b || g_bytes_equal(a, b));
        } else if (field->type == FIELD_REAL) {
            const double a = MEMBER_CONST(one, field, double), b = MEMBER_CONST(two, field, double);
            g_assert_true(a == b || (isnan(a) && isnan(b)));
        } else {
            g_assert_cmpint(memcmp((const char *)one + field->offset,
                                   (const char *)two + field->offset, field->size),
                            ==, 0);
        }
    }
}

static void assert_entry(Store *store, const HookLog *log, const StoreEntity *entity, gint64 id,
                         StoreOperation operation)
{
    g_autoptr(GError) error = NULL;
    const HookChange *told = g_ptr_array_index(log->committed, log->committed->len - 1);
    g_assert_cmpint(told->kind, ==, entity->kind);
    g_assert_cmpint(told->operation, ==, operation);
    g_assert_cmpint(told->id, ==, id);
    if (operation == STORE_REMOVE) {
        g_assert_cmpuint(g_bytes_get_size(told->bytes), ==, 0);
        return;
    }
    g_autoptr(GBytes) stands = store_log_record(store, entity->kind, id, &error);
    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(stands, told->bytes));
    g_assert_cmpint(store_log_position(store, entity->kind, id, &error), ==,
                    log->committed->len - 1);
}

static void one_of_a_kind(Store *store, HookLog *log, Random *random, const StoreEntity *entity,
                          int number)
{
    g_autoptr(GError) error = NULL;
    void *record = random_record(random, entity, number);
    g_assert_true(store_entity_add(store, entity, record, &error));
    g_assert_no_error(error);
    const gint64 id = *(gint64 *)record;
    assert_entry(store, log, entity, id, STORE_INSERT);
    void *back = store_entity_load(store, entity, id, &error);
    g_assert_no_error(error);
    assert_same(entity, record, back);
    store_entity_free(entity, back);
    if (!entity->add_only) {
        void *other = random_record(random, entity, number + 1000);
        *(gint64 *)other = id;
        g_assert_true(store_entity_update(store, entity, other, &error));
        g_assert_no_error(error);
        assert_entry(store, log, entity, id, STORE_UPDATE);
        back = store_entity_load(store, entity, id, &error);
        assert_same(entity, other, back);
        store_entity_free(entity, back);
        store_entity_free(entity, other);
    }
    store_entity_free(entity, record);
}

static void what_goes_in_comes_out(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    HookLog *log = store_hook_context(store);
    g_assert_true(store_unseal(store, 0, "test", &error));
    Random random;
    random_start(&random, 7, 0);
    for (int kind = 1; kind < STORE_N_KINDS; kind++) {
        const StoreEntity *entity = store_entity_of((StoreKind)kind);
        for (int number = 0; number < 20; number++)
            one_of_a_kind(store, log, &random, entity, number);
    }
    g_assert_true(store_check(store, &error));
    g_assert_no_error(error);
    for (int kind = 1; kind < STORE_N_KINDS; kind++) {
        const StoreEntity *entity = store_entity_of((StoreKind)kind);
        const bool refused = !store_entity_remove(store, entity, 20, &error);
        g_assert_cmpint(refused, ==, entity->add_only);
        if (refused)
            assert_error(&error, ZENHAR_ERROR_DENIED, "only added");
        else
            assert_entry(store, log, entity, 20, STORE_REMOVE);
    }
}

static void empty_records(void)
{
    g_autoptr(StoreStatement) statement = store_statement_new();
    g_assert_cmpint(statement->first_day, ==, G_MININT32);
    g_assert_cmpint(statement->last_day, ==, G_MAXINT32);
    g_assert_cmpint(statement->victim_age, ==, -1);
    g_assert_cmpint(statement->count_min, ==, 1);
    g_assert_cmpint(statement->text_offset, ==, -1);
    g_assert_true(isnan(statement->confidence));
    g_autoptr(StoreVote) vote = store_vote_new();
    g_assert_cmpint(vote->in_favour, ==, -1);
    store_source_free(NULL);
}

/* ---- the schema ---- */

static void schema_equals_tables(void)
{
    if (test_skip_on_server())
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    for (int kind = 1; kind < STORE_N_KINDS; kind++) {
        const StoreEntity *entity = store_entity_of((StoreKind)kind);
        g_assert_nonnull(entity);
        g_assert_cmpint(entity->kind, ==, kind);
        g_autofree char *sql =
            g_strdup_printf("PRAGMA table_info(\"%s\")", store_kind_name(entity->kind));
        DbStatement *row = store_prepare(store, sql, &error);
        for (gsize i = 0; i < entity->n_fields + 2; i++) {
            g_assert_cmpint(store_step(store, row, &error), ==, 1);
            const char *name = db_text(row, 1);
            g_assert_cmpstr(name, ==, i == 0 ? "id" : i == 1 ? "leaf" : entity->fields[i - 2].name);
        }
        g_assert_cmpint(store_step(store, row, &error), ==, 0);
    }
}

static void assert_pragma(Store *store, const char *sql, gint64 wanted)
{
    g_autoptr(GError) error = NULL;
    gint64 value = -1;
    g_assert_true(store_query_int(store, sql, NULL, 0, &value, NULL, &error));
    g_assert_cmpint(value, ==, wanted);
}

static void assert_indexes(Store *store, const StoreEntity *entity)
{
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        if (field->type != FIELD_REF)
            continue;
        g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM pragma_index_list('%s') WHERE"
                                               " name = '%s_%s'",
                                               store_kind_name(entity->kind),
                                               store_kind_name(entity->kind), field->name);
        assert_pragma(store, sql, !field->rare);
    }
}

static void the_database_is_set_as_promised(void)
{
    if (test_skip_on_server())
        return;
    g_autoptr(Store) store = case_new(NULL);
    assert_pragma(store, "PRAGMA foreign_keys", 1);
    assert_pragma(store, "PRAGMA synchronous", 2); /* FULL */
    assert_pragma(store, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'", 1);
    assert_pragma(store, "PRAGMA user_version", STORE_SCHEMA_VERSION);
    /* Each column that names another record is a foreign key, with an index unless it is rare. */
    for (int kind = 1; kind < STORE_N_KINDS; kind++) {
        const StoreEntity *entity = store_entity_of((StoreKind)kind);
        gint64 n_refs = 0;
        for (gsize i = 0; i < entity->n_fields; i++)
            n_refs += entity->fields[i].type == FIELD_REF;
        g_autofree char *keys = g_strdup_printf(
            "SELECT count(*) FROM pragma_foreign_key_list('%s')", store_kind_name(entity->kind));
        assert_pragma(store, keys, n_refs);
        assert_indexes(store, entity);
    }
}

/* A case of the third version has none of the watch's tables; opened for writing it gets them. */
static void a_case_of_the_third_version_opens(void)
{
    if (test_skip_on_server())
        return;
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_assert_true(store_setting_set(store, "title", "kept", &error));
    g_assert_true(store_run(store,
                            "DROP TABLE watched; DROP TABLE notice; DROP TABLE dispatch;"
                            "DROP TABLE verdict; DROP TABLE joining; DROP TABLE cache;"
                            "DROP TABLE token; DROP TABLE message; DROP TABLE sender;"
                            "DROP INDEX report_by_span; DROP INDEX report_by_kind;"
                            "DROP INDEX report_counted; DROP INDEX statement_by_kind;"
                            "DROP TABLE seal_node; DROP TABLE erasure;"
                            "ALTER TABLE alarm DROP COLUMN q_value;"
                            "ALTER TABLE alarm DROP COLUMN data_sha256;"
                            "ALTER TABLE alarm DROP COLUMN told;"
                            "ALTER TABLE alarm DROP COLUMN told_count;"
                            "ALTER TABLE source DROP COLUMN credibility;"
                            "ALTER TABLE audit DROP COLUMN actor;"
                            "PRAGMA user_version=3",
                            &error));
    g_assert_no_error(error);
    g_clear_pointer(&store, store_close);
    store = case_open(folder, STORE_WRITE);
    assert_pragma(store, "PRAGMA user_version", STORE_SCHEMA_VERSION);
    g_autofree char *title = store_setting_get(store, "title", &error);
    g_assert_cmpstr(title, ==, "kept");
    g_assert_true(store_watched_set(store, "clock/detect", "clock", NULL, 7, &error));
    g_assert_true(store_watched_set(store, "clock/detect", "clock", "x", 9, &error));
    g_assert_no_error(error);
    g_autoptr(StoreWatched) clock = store_watched_get(store, "clock/detect", &error);
    g_assert_cmpint(clock->id, ==, 1);
    g_assert_cmpint(clock->time, ==, 9);
    g_assert_null(store_watched_get(store, "clock/read", &error));
    g_assert_no_error(error);
}

typedef struct {
    gint64 id;
    char *name;
    gint64 age;
    gint64 source_id;
    char *word;
} Thing;

static const StoreField thing_fields[] = {
    FIELD(Thing, name),
    FIELD(Thing, age, .since = 2),
    {.name = "source_id",
     .type = FIELD_REF,
     .ref = STORE_KIND_SOURCE,
     .since = 2,
     .offset = offsetof(Thing, source_id),
     .size = sizeof(gint64)},
    FIELD(Thing, word, .since = 3),
};

static void an_older_case_is_brought_up_to_date(void)
{
    if (test_skip_on_server())
        return;
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(&folder);
    /* A kind of our own in the place of one, whose table is dropped first. */
    const StoreEntity thing = {.kind = STORE_KIND_RATING,
                               .since = 1,
                               .size = sizeof(Thing),
                               .n_fields = G_N_ELEMENTS(thing_fields),
                               .fields = thing_fields};
    const StoreEntity later = {.kind = STORE_KIND_BALLOT,
                               .since = 3,
                               .size = sizeof(Thing),
                               .n_fields = G_N_ELEMENTS(thing_fields),
                               .fields = thing_fields};
    const StoreEntity *const entities[] = {&thing, &later};
    const char *count = "SELECT count(*) FROM pragma_table_info('rating')";
    const char *tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'ballot'";
    g_assert_true(store_run(store, "DROP TABLE rating; DROP TABLE ballot", &error));
    g_assert_true(store_schema_upgrade(store, &entities[0], 1, -1, 1, &error));
    g_assert_no_error(error);
    assert_pragma(store, count, 3);
    g_assert_true(
        store_run(store, "INSERT INTO rating(id, leaf, name) VALUES(1, 0, 'old')", &error));
    g_assert_true(store_schema_upgrade(store, entities, 2, 1, 2, &error));
    g_assert_no_error(error);
    assert_pragma(store, count, 5);
    assert_pragma(store, tables, 0);
    assert_pragma(store, "SELECT count(*) FROM rating WHERE name = 'old' AND age IS NULL", 1);
    g_assert_true(store_schema_upgrade(store, entities, 2, 2, 3, &error));
    assert_pragma(store, count, 6);
    assert_pragma(store, tables, 1);
    assert_pragma(store, "PRAGMA user_version", 3);
    assert_pragma(store, "SELECT count(*) FROM pragma_foreign_key_list('rating')", 1);
    g_assert_true(store_schema_upgrade(store, entities, 2, 3, STORE_SCHEMA_VERSION + 1, &error));
    g_clear_pointer(&store, store_close);
    g_assert_null(store_open(folder, PASSPHRASE, STORE_WRITE, &error));
    assert_error(&error, ZENHAR_ERROR_NEWER, folder);
}

/* ---- what records promise ---- */

/* By hand, after docs/formats.md. */
static void the_canonical_form_is_as_documented(void)
{
    static const guint8 EXPECTED[] = {
        1,    STORE_KIND_SETTING,
        7,    0,
        0,    0,
        0,    0,
        0,    0, /* version, kind, id */
        1,    't',
        5,    0,
        0,    0,
        't',  'i',
        't',  'l',
        'e', /* name */
        2,    't',
        4,    0,
        0,    0,
        0xD8, 0xA7,
        0xD8, 0xA8, /* value */
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    g_autoptr(StoreSetting) setting = store_setting_new();
    setting->id = 7;
    setting->name = g_strdup("title");
    setting->value = g_strdup("اب");
    g_assert_true(store_setting_add(store, setting, &error));
    g_autoptr(GBytes) bytes = store_log_record(store, STORE_KIND_SETTING, 7, &error);
    g_assert_cmpuint(g_bytes_get_size(bytes), ==, sizeof EXPECTED);
    g_assert_cmpint(memcmp(g_bytes_get_data(bytes, NULL), EXPECTED, sizeof EXPECTED), ==, 0);
}

static void a_printed_id_is_never_used_again(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(&folder);
    for (int i = 1; i <= 3; i++) {
        g_autoptr(StorePerson) person = store_person_new();
        g_assert_true(store_person_add(store, person, &error));
        g_assert_cmpint(person->id, ==, i);
        g_assert_true(g_str_has_prefix(person->code, "ZH-"));
        g_assert_cmpuint(strlen(person->code), ==, 7);
    }
    g_assert_true(store_person_remove(store, 3, &error));
    g_clear_pointer(&store, store_close);
    store = case_open(folder, STORE_WRITE);
    g_autoptr(StorePerson) person = store_person_new();
    g_assert_true(store_person_add(store, person, &error));
    g_assert_cmpint(person->id, ==, 4);
}

static void names_are_unique_and_references_stand(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    g_autoptr(StoreSource) source = store_source_new();
    source->name = g_strdup("one");
    g_assert_true(store_source_add(store, source, &error));
    source->id = 0;
    g_assert_false(store_source_add(store, source, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, "already");
    g_assert_cmpint(source->id, ==, 0);
    g_autoptr(StoreReport) report = store_report_new();
    report->source_id = 99;
    g_assert_false(store_report_add(store, report, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, "not in the case");
    report->source_id = 1;
    g_assert_true(store_report_add(store, report, &error));
    g_assert_false(store_source_remove(store, 1, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, "still names it");
    report->credibility = 7;
    g_assert_false(store_report_update(store, report, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, "bounds");
    report->id = 55;
    report->credibility = 6;
    g_assert_false(store_report_update(store, report, &error));
    assert_error(&error, ZENHAR_ERROR_NOT_FOUND, "R55");
    g_assert_null(store_source_find(store, "two", &error));
    assert_error(&error, ZENHAR_ERROR_NOT_FOUND, "two");
}

static void what_others_rest_on_is_not_removed(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    g_autoptr(StoreReport) report = store_report_new();
    g_autoptr(StoreSeries) series = store_series_new();
    g_assert_true(store_report_add(store, report, &error));
    g_assert_true(store_series_add(store, series, &error));
    for (int i = 0; i < 2; i++) /* the second time adds nothing */
        g_assert_true(
            store_link_join(store, STORE_KIND_SERIES, 1, STORE_KIND_REPORT, 1, "evidence", &error));
    g_assert_true(store_link_join(store, STORE_KIND_SERIES, 1, STORE_KIND_REPORT, 1, NULL, &error));
    g_assert_true(store_link_join(store, STORE_KIND_SERIES, 1, STORE_KIND_REPORT, 1, NULL, &error));
    g_assert_cmpint(store_link_count(store, &error), ==, 2);
    g_assert_false(store_report_remove(store, 1, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, "SE1");
    g_assert_true(store_series_remove(store, 1, &error)); /* with its links */
    g_assert_cmpint(store_link_count(store, &error), ==, 0);
    g_assert_true(store_report_remove(store, 1, &error));
    g_assert_no_error(error);
}

/* ---- seals ---- */

static gint64 add_person(Store *store, const char *name, const char *contact)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StorePerson) person = store_person_new();
    person->name = g_strdup(name);
    person->contact = g_strdup(contact);
    g_assert_true(store_person_add(store, person, &error));
    return person->id;
}

static void sealed_fields_open_only_when_asked(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    const gint64 id = add_person(store, "نام", "0912");
    g_autoptr(StorePerson) locked = store_person_load(store, id, &error);
    g_assert_null(locked->name);
    locked->status = g_strdup("released");
    g_assert_true(store_person_update(store, locked, &error)); /* the seals stay */
    g_assert_true(store_unseal(store, 0, "a test", &error));
    g_assert_cmpint(store_audit_count(store, &error), ==, 1);
    g_autoptr(StorePerson) open = store_person_load(store, id, &error);
    g_assert_cmpstr(open->name, ==, "نام");
    g_assert_cmpstr(open->contact, ==, "0912");
    g_assert_cmpstr(open->status, ==, "released");
    g_clear_pointer(&open->contact, g_free);
    g_assert_true(store_person_update(store, open, &error)); /* unsealed, NULL is none */
    g_autoptr(StoreCursor) cursor = store_person_cursor(store, NULL, &error);
    const StorePerson *row = store_person_next(cursor, &error);
    g_assert_cmpstr(row->name, ==, "نام");
    g_assert_null(row->contact);
    g_assert_null(store_person_next(cursor, &error));
    g_assert_no_error(error);
    store_unseal_end(store);
    g_autoptr(StorePerson) again = store_person_load(store, id, &error);
    g_assert_null(again->name);
}

static void a_seal_is_bound_to_its_kind_and_field(void)
{
    if (test_skip_on_server())
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    add_person(store, "one", "two");
    g_assert_true(store_unseal(store, 0, "a test", &error));
    /* The name's sealed bytes moved to the next column, as one with the database key could. */
    g_assert_true(store_run(store, "UPDATE person SET contact = name", &error));
    g_assert_null(store_person_load(store, 1, &error));
    assert_error(&error, ZENHAR_ERROR_INTEGRITY, "contact");
    g_assert_null(store_person_list(store, NULL, &error));
    assert_error(&error, ZENHAR_ERROR_INTEGRITY, "P1");
    g_assert_true(store_run(store, "UPDATE person SET contact = x'00'", &error));
    g_assert_null(store_person_load(store, 1, &error));
    assert_error(&error, ZENHAR_ERROR_INTEGRITY, "contact");

    guint8 sealed[4 + STORE_SEAL_EXTRA_BYTES], again[4 + STORE_SEAL_EXTRA_BYTES], text[4];
    store_keys_seal(store_keys(store), 5, 3, "word", 4, sealed);
    store_keys_seal(store_keys(store), 5, 3, "word", 4, again);
    g_assert_cmpint(memcmp(sealed, again, sizeof sealed), !=, 0); /* equal names look unlike */
    g_assert_true(store_keys_open(store_keys(store), 5, 3, sealed, sizeof sealed, text));
    g_assert_cmpint(memcmp(text, "word", 4), ==, 0);
    g_assert_false(store_keys_open(store_keys(store), 4, 3, sealed, sizeof sealed, text));
    g_assert_false(store_keys_open(store_keys(store), 5, 4, sealed, sizeof sealed, text));
    sealed[30] ^= 1;
    g_assert_false(store_keys_open(store_keys(store), 5, 3, sealed, sizeof sealed, text));
}

static void ids_are_printed_and_read(void)
{
    static const struct {
        const char *text;
        StoreKind kind;
        gint64 id;
    } CASES[] = {
        {"R12", STORE_KIND_REPORT, 12},
        {"pl7", STORE_KIND_PLACE, 7},
        {"R۱۲", STORE_KIND_REPORT, 12},
        {"R١٢", STORE_KIND_REPORT, 12},
        {"R0", STORE_KIND_NONE, 0},
        {"R", STORE_KIND_NONE, 0},
        {"12", STORE_KIND_NONE, 0},
        {"XX1", STORE_KIND_NONE, 0},
        {"R12x", STORE_KIND_NONE, 0},
        {"R-1", STORE_KIND_NONE, 0},
        {"R281474976710656", STORE_KIND_NONE, 0},
        {"", STORE_KIND_NONE, 0},
        {"RRRRR1", STORE_KIND_NONE, 0},
        {"R\xff", STORE_KIND_NONE, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        StoreKind kind = STORE_KIND_NONE;
        gint64 id = 0;
        g_assert_cmpint(store_id_parse(CASES[i].text, &kind, &id), ==, CASES[i].id != 0);
        g_assert_cmpint(kind, ==, CASES[i].kind);
        g_assert_cmpint(id, ==, CASES[i].id);
    }
    for (int kind = 1; kind < STORE_N_KINDS; kind++) {
        char text[STORE_ID_MAX];
        StoreKind back = STORE_KIND_NONE;
        gint64 id = 0;
        g_assert_true(store_id_parse(store_id_format((StoreKind)kind, ((gint64)1 << 48) - 1, text),
                                     &back, &id));
        g_assert_cmpint(back, ==, kind);
        g_assert_cmpint(id, ==, ((gint64)1 << 48) - 1);
    }
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    g_assert_false(store_id_read("P1", STORE_KIND_REPORT, NULL, &id, &error));
    assert_error(&error, ZENHAR_ERROR_USAGE, "R12");
}

static const struct Test {
    const char *claim;
    void (*run)(void);
} TESTS[] = {
    {"what_goes_in_comes_out_and_is_told", what_goes_in_comes_out},
    {"empty_records_hold_none", empty_records},
    {"schema_equals_the_field_tables", schema_equals_tables},
    {"the_database_is_set_as_promised", the_database_is_set_as_promised},
    {"a_case_of_the_third_version_opens", a_case_of_the_third_version_opens},
    {"an_older_case_is_brought_up_to_date", an_older_case_is_brought_up_to_date},
    {"the_canonical_form_is_as_documented", the_canonical_form_is_as_documented},
    {"a_printed_id_is_never_used_again", a_printed_id_is_never_used_again},
    {"names_are_unique_and_references_stand", names_are_unique_and_references_stand},
    {"what_others_rest_on_is_not_removed", what_others_rest_on_is_not_removed},
    {"sealed_fields_open_only_when_asked", sealed_fields_open_only_when_asked},
    {"a_seal_is_bound_to_its_kind_and_field", a_seal_is_bound_to_its_kind_and_field},
    {"ids_are_printed_and_read", ids_are_printed_and_read},
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(TESTS); i++) {
        g_autofree char *path = g_strconcat("/store/records/", TESTS[i].claim, NULL);
        g_test_add_func(path, TESTS[i].run);
    }
    return g_test_run();
}
