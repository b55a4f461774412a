/* Two copies of a case, random edits on both sides, brought together; a model of values by token
 * says what must stand where, and which conflicts there are. Then the log that was kept is damaged.
 */
#include "evidence/evidence.h"
#include "evidence/original.h"
#include "intake/merge.h"
#include "store/link.h"
#include "store/person.h"
#include "store/record_write.h"
#include "store/user.h"
#include "support.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSPHRASE "correct horse battery"
static const StoreKeyCost CHEAP = {1, 64 << 10};

/* ---- a case as tokens and values ---- */

typedef struct {
    char token[16]; /* "S17": stays what it is on both sides */
    int value;
    char parent[16]; /* token of what it hangs on; "" none */
} Thing;

enum { SOURCES, REPORTS, STATEMENTS, PERSONS, N_SORTS };
static const char SORTS[] = "SRTP";

static Store *open_case(const char *folder, StoreMode mode)
{
    g_autoptr(GError) error = NULL;
    Store *store = evidence_open(folder, PASSPHRASE, mode, &error);
    g_assert_no_error(error);
    return store;
}

static int value_of(const char *text)
{
    const char *digits = text != NULL ? strpbrk(text, "0123456789") : NULL;
    return digits != NULL ? (int)g_ascii_strtoll(digits, NULL, 10) : -1;
}

static void add_thing(GHashTable *things, const char *token, const char *parent, const char *value)
{
    Thing *thing = g_new0(Thing, 1);
    g_strlcpy(thing->token, token, sizeof thing->token);
    g_strlcpy(thing->parent, parent, sizeof thing->parent);
    thing->value = value_of(value);
    g_assert_true(g_hash_table_insert(things, thing->token, thing));
}

/* Everything of a case: token → Thing. Sealed values are opened. */
static GHashTable *read_case(const char *folder)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = open_case(folder, STORE_READ);
    g_assert_true(store_unseal(store, 0, "a test", &error));
    GHashTable *things = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    g_autoptr(GPtrArray) sources = store_source_list(store, NULL, &error);
    g_autoptr(GPtrArray) reports = store_report_list(store, NULL, &error);
    g_autoptr(GPtrArray) statements = store_statement_list(store, NULL, &error);
    g_autoptr(GPtrArray) persons = store_person_list(store, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < sources->len; i++) {
        const StoreSource *source = sources->pdata[i];
        add_thing(things, source->name, "", source->note);
    }
    for (guint i = 0; i < reports->len; i++) {
        const StoreReport *report = reports->pdata[i];
        g_autoptr(StoreSource) source = store_source_load(store, report->source_id, &error);
        g_assert_no_error(error);
        add_thing(things, report->external_id, source->name, report->title);
    }
    for (guint i = 0; i < statements->len; i++) {
        const StoreStatement *statement = statements->pdata[i];
        g_autoptr(StoreReport) report = store_report_load(store, statement->report_id, &error);
        g_assert_no_error(error);
        add_thing(things, statement->charge, report->external_id, statement->victim_name);
    }
    for (guint i = 0; i < persons->len; i++) {
        const StorePerson *person = persons->pdata[i];
        add_thing(things, person->name_latin, "", person->name);
    }
    return things;
}

/* ---- random edits ---- */

static gint64 pick(GPtrArray *list, GRand *rand)
{
    return list->len == 0
               ? 0
               : *(const gint64 *)list->pdata[g_rand_int_range(rand, 0, (gint32)list->len)];
}

static void fresh_token(char token[16], int sort, const char *side, int *counter)
{
    g_snprintf(token, 16, "%c%s%d", SORTS[sort], side, ++*counter);
}

static void add_one(Store *store, int sort, const char *side, int *counter, GRand *rand)
{
    g_autoptr(GError) error = NULL;
    char token[16];
    fresh_token(token, sort, side, counter);
    g_autofree char *value = g_strdup_printf("v%d", g_rand_int_range(rand, 0, 1000));
    g_autoptr(GPtrArray) sources = store_source_list(store, NULL, NULL);
    g_autoptr(GPtrArray) reports = store_report_list(store, NULL, NULL);
    g_autoptr(StoreSource) source = store_source_new();
    g_autoptr(StoreReport) report = store_report_new();
    g_autoptr(StoreStatement) statement = store_statement_new();
    g_autoptr(StorePerson) person = store_person_new();
    if (sort == SOURCES) {
        source->name = g_strdup(token);
        source->note = g_strdup(value);
        store_source_add(store, source, &error);
    } else if (sort == REPORTS && sources->len > 0) {
        report->source_id = pick(sources, rand);
        report->external_id = g_strdup(token);
        report->title = g_strdup(value);
        g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, token, -1);
        memcpy(report->content_key, hash, sizeof report->content_key);
        store_report_add(store, report, &error);
    } else if (sort == STATEMENTS && reports->len > 0) {
        statement->report_id = pick(reports, rand);
        statement->charge = g_strdup(token);
        statement->victim_name = g_strdup(value);
        store_statement_add(store, statement, &error);
    } else if (sort == PERSONS) {
        person->name_latin = g_strdup(token);
        person->name = g_strdup(value);
        store_person_add(store, person, &error);
    }
    g_assert_no_error(error);
}

static const char *token_of(StoreKind kind, const void *record)
{
    const char *field = kind == STORE_KIND_SOURCE      ? "name"
                        : kind == STORE_KIND_REPORT    ? "external_id"
                        : kind == STORE_KIND_STATEMENT ? "charge"
                                                       : "name_latin";
    return store_record_text(kind, record, field);
}

static void change_one(Store *store, int sort, GRand *rand, GHashTable *touched)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *value = g_strdup_printf("v%d", g_rand_int_range(rand, 0, 4));
    const StoreKind kinds[] = {STORE_KIND_SOURCE, STORE_KIND_REPORT, STORE_KIND_STATEMENT,
                               STORE_KIND_PERSON};
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(StoreCursor) cursor = store_record_cursor(store, kinds[sort], NULL, &error);
    for (const void *record; (record = store_record_next(cursor, kinds[sort], &error)) != NULL;) {
        const gint64 id = store_record_id(record);
        g_array_append_val(ids, id);
    }
    g_clear_pointer(&cursor, store_cursor_free);
    if (ids->len == 0)
        return;
    const gint64 id = g_array_index(ids, gint64, g_rand_int_range(rand, 0, (gint32)ids->len));
    void *record = store_record_load(store, kinds[sort], id, &error);
    g_assert_no_error(error);
    g_hash_table_add(touched, g_strdup(token_of(kinds[sort], record)));
    char **place = sort == SOURCES      ? &((StoreSource *)record)->note
                   : sort == REPORTS    ? &((StoreReport *)record)->title
                   : sort == STATEMENTS ? &((StoreStatement *)record)->victim_name
                                        : &((StorePerson *)record)->name;
    g_free(*place);
    *place = g_steal_pointer(&value);
    if (sort == SOURCES)
        store_source_update(store, record, &error);
    else if (sort == REPORTS)
        store_report_update(store, record, &error);
    else if (sort == STATEMENTS)
        store_statement_update(store, record, &error);
    else
        store_person_update(store, record, &error);
    g_assert_no_error(error);
    store_record_free(kinds[sort], record);
}

/* A report only when nothing hangs on it: the store refuses the rest. */
static void remove_one(Store *store, int sort, GRand *rand, GHashTable *touched)
{
    const StoreKind kind = sort == STATEMENTS ? STORE_KIND_STATEMENT : STORE_KIND_REPORT;
    g_autoptr(GPtrArray) list = sort == STATEMENTS ? store_statement_list(store, NULL, NULL)
                                                   : store_report_list(store, NULL, NULL);
    const gint64 id = pick(list, rand);
    if (id == 0)
        return;
    void *record = store_record_load(store, kind, id, NULL);
    const bool gone = sort == STATEMENTS ? store_statement_remove(store, id, NULL)
                                         : store_report_remove(store, id, NULL);
    if (gone)
        g_hash_table_add(touched, g_strdup(token_of(kind, record)));
    store_record_free(kind, record);
}

/* The tokens of what was changed, whatever to. */
static GHashTable *edit(const char *folder, const char *side, int *counter, guint n, GRand *rand)
{
    GHashTable *touched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = open_case(folder, STORE_WRITE);
    g_assert_true(store_unseal(store, 0, "a test", &error));
    for (guint i = 0; i < n; i++) {
        const int sort = g_rand_int_range(rand, 0, N_SORTS), what = g_rand_int_range(rand, 0, 10);
        if (what < 5)
            add_one(store, sort, side, counter, rand);
        else if (what < 9)
            change_one(store, sort, rand, touched);
        else
            remove_one(store, g_rand_boolean(rand) ? STATEMENTS : REPORTS, rand, touched);
    }
    return touched;
}

/* ---- the model ---- */

static bool same(const Thing *a, const Thing *b)
{
    return a == b ||
           (a != NULL && b != NULL && a->value == b->value && strcmp(a->parent, b->parent) == 0);
}

/* Tokens in conflict: changed on both sides since `base`, and not alike. */
static GHashTable *model_conflicts(GHashTable *base, GHashTable *ours, GHashTable *theirs)
{
    GHashTable *conflicts = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *const all[] = {base, ours, theirs};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        GHashTableIter at;
        gpointer token;
        g_hash_table_iter_init(&at, all[i]);
        while (g_hash_table_iter_next(&at, &token, NULL)) {
            const Thing *b = g_hash_table_lookup(base, token),
                        *o = g_hash_table_lookup(ours, token),
                        *t = g_hash_table_lookup(theirs, token);
            if (!same(o, t) && !same(b, o) && !same(b, t))
                g_hash_table_add(conflicts, token);
        }
    }
    return conflicts;
}

/* What the merge calls conflicts must be those of the model; each is decided by chance. Beyond them
 * only what both sides wrote and one of them wrote back (`both`): no content is left to tell. The
 * decisions: token → theirs? */
static GHashTable *decide(IntakeMerge *merge, GHashTable *expected, GHashTable *both, GRand *rand)
{
    GHashTable *decisions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GArray *items = intake_merge_items(merge);
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < items->len; i++) {
        IntakeMergeItem *item = &g_array_index(items, IntakeMergeItem, i);
        if (item->conflict == INTAKE_MERGE_NONE)
            continue;
        void *record = intake_merge_record(merge, item, true, &error);
        if (record == NULL)
            record = intake_merge_record(merge, item, false, &error);
        g_assert_no_error(error);
        char *token = g_strdup(token_of(item->kind, record));
        store_record_free(item->kind, record);
        if (!g_hash_table_contains(expected, token))
            g_test_message("%s: conflict %d", token, (int)item->conflict);
        g_assert_true(g_hash_table_contains(expected, token) ||
                      (both != NULL && g_hash_table_contains(both, token)));
        item->decided = true;
        item->take = g_rand_boolean(rand);
        g_assert_true(g_hash_table_insert(decisions, token, GINT_TO_POINTER(1 + item->take)));
    }
    GHashTableIter at;
    gpointer token;
    g_hash_table_iter_init(&at, expected);
    while (g_hash_table_iter_next(&at, &token, NULL))
        g_assert_true(g_hash_table_contains(decisions, token));
    return decisions;
}

static void check_after(GHashTable *base, GHashTable *ours, GHashTable *theirs, GHashTable *after,
                        GHashTable *decisions)
{
    g_autoptr(GHashTable) needed = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter at;
    gpointer key, value;
    g_hash_table_iter_init(&at, after);
    while (g_hash_table_iter_next(&at, NULL, &value))
        g_hash_table_add(needed, ((Thing *)value)->parent);
    GHashTable *const all[] = {base, ours, theirs};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        g_hash_table_iter_init(&at, all[i]);
        while (g_hash_table_iter_next(&at, &key, NULL)) {
            const Thing *b = g_hash_table_lookup(base, key), *o = g_hash_table_lookup(ours, key),
                        *t = g_hash_table_lookup(theirs, key);
            const int said = GPOINTER_TO_INT(g_hash_table_lookup(decisions, key));
            const Thing *wanted = said != 0 ? (said == 2 ? t : o) : same(b, t) ? o : t;
            const Thing *got = g_hash_table_lookup(after, key);
            /* What a record of the other side rests on is there, whoever removed it. */
            if (wanted == NULL && got != NULL && g_hash_table_contains(needed, key)) {
                g_assert_true(same(got, o) || same(got, t));
                continue;
            }
            if (!same(wanted, got))
                g_test_message("%s: wanted %d, got %d", (char *)key,
                               wanted != NULL ? wanted->value : -9, got != NULL ? got->value : -9);
            g_assert_true(same(wanted, got));
        }
    }
    g_hash_table_iter_init(&at, after);
    while (g_hash_table_iter_next(&at, &key, NULL))
        g_assert_true(g_hash_table_contains(ours, key) || g_hash_table_contains(theirs, key));
}

/* ---- one merge ---- */

static void fits(const char *folder, gint64 merged_logs)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = open_case(folder, STORE_READ);
    gint64 n = 0;
    g_assert_true(evidence_verify(store, NULL, &error));
    g_assert_no_error(error);
    g_assert_true(intake_merge_check_logs(store, &n, &error));
    g_assert_no_error(error);
    if (merged_logs >= 0)
        g_assert_cmpint(n, ==, merged_logs);
}

static IntakeMergeDone merge_once(const char *ours, const char *theirs, GHashTable *base,
                                  GRand *rand, GHashTable *both, bool conflicts_may_be)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) o = read_case(ours), t = read_case(theirs);
    g_autoptr(GHashTable) expected = model_conflicts(base, o, t);
    if (!conflicts_may_be)
        g_hash_table_remove_all(expected);
    IntakeMergeDone done;
    {
        g_autoptr(Store) a = open_case(ours, STORE_READ);
        g_autoptr(Store) b = open_case(theirs, STORE_READ);
        g_autoptr(Store) w = open_case(ours, STORE_WRITE);
        g_autoptr(IntakeMerge) merge = intake_merge_plan(a, b, &error);
        g_assert_no_error(error);
        g_autoptr(GHashTable) decisions = decide(merge, expected, both, rand);
        intake_merge_apply(merge, w, &done, &error);
        g_assert_no_error(error);
        g_autoptr(GHashTable) after = read_case(ours);
        if (conflicts_may_be)
            check_after(base, o, t, after, decisions);
    }
    fits(ours, -1);
    /* Again: nothing. */
    g_autoptr(Store) a = open_case(ours, STORE_READ);
    g_autoptr(Store) b = open_case(theirs, STORE_READ);
    g_autoptr(Store) w = open_case(ours, STORE_WRITE);
    StoreLogHead before, after;
    evidence_head(a, &before, NULL);
    g_autoptr(IntakeMerge) again = intake_merge_plan(a, b, &error);
    g_assert_no_error(error);
    IntakeMergeDone nothing;
    g_assert_true(intake_merge_apply(again, w, &nothing, &error));
    g_assert_cmpint(nothing.original_id, ==, 0);
    evidence_head(w, &after, NULL);
    g_assert_cmpint(before.number, ==, after.number);
    return done;
}

static void copy_folder(const char *from, const char *to)
{
    const char *const command[] = {"cp", "-r", from, to, NULL};
    int status = -1;
    g_assert_true(g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
}

static void assert_alike(const char *a, const char *b)
{
    g_autoptr(GHashTable) x = read_case(a), y = read_case(b);
    GHashTableIter at;
    gpointer token;
    g_assert_cmpuint(g_hash_table_size(x), ==, g_hash_table_size(y));
    g_hash_table_iter_init(&at, x);
    while (g_hash_table_iter_next(&at, &token, NULL))
        g_assert_true(same(g_hash_table_lookup(x, token), g_hash_table_lookup(y, token)));
}

static void new_case(const char *folder)
{
    g_autoptr(GError) error = NULL;
    store_close(evidence_create(folder, PASSPHRASE, &CHEAP, &error));
    g_assert_no_error(error);
}

static gboolean is_not_in(gpointer token, gpointer value, gpointer other)
{
    (void)value;
    return !g_hash_table_contains(other, token);
}

/* Apart, one way, the other way, and apart again. */
static void test_random_edits(void)
{
    const guint trials = g_getenv("ZENHAR_SOAK") != NULL ? 100 : 6;
    guint conflicts = 0, back = 0;
    for (guint trial = 0; trial < trials; trial++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(1000 + trial);
        g_autofree char *folder = test_folder_new();
        g_autofree char *a = g_build_filename(folder, "a", NULL);
        g_autofree char *b = g_build_filename(folder, "b", NULL);
        int counter = 0;
        new_case(a);
        g_hash_table_unref(edit(a, "0", &counter, 30, rand));
        copy_folder(a, b);
        for (int round = 0; round < 3; round++) {
            g_autoptr(GHashTable) base = read_case(a);
            g_autoptr(GHashTable) both = edit(a, "a", &counter, 25, rand);
            g_autoptr(GHashTable) on_b = edit(b, "b", &counter, 25, rand);
            g_hash_table_foreach_remove(both, is_not_in, on_b);
            const char *first = round % 2 == 0 ? a : b, *second = round % 2 == 0 ? b : a;
            const IntakeMergeDone there = merge_once(first, second, base, rand, both, true);
            const IntakeMergeDone home = merge_once(second, first, base, rand, NULL, false);
            g_assert_cmpint(home.conflicts, ==, 0);
            assert_alike(a, b);
            conflicts += (guint)there.conflicts;
            back += (guint)(there.put_back + there.kept);
        }
    }
    g_test_message("%u conflicts, %u kept or put back", conflicts, back);
    g_assert_cmpuint(conflicts, >, trials);
    g_assert_cmpuint(back, >, 0);
}

/* Two field copies that meet through the first one: all three end alike, nothing is doubled. */
static void test_three_copies(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(21);
    g_autofree char *folder = test_folder_new();
    g_autofree char *hub = g_build_filename(folder, "hub", NULL);
    g_autofree char *b = g_build_filename(folder, "b", NULL);
    g_autofree char *c = g_build_filename(folder, "c", NULL);
    int counter = 0;
    new_case(hub);
    g_hash_table_unref(edit(hub, "0", &counter, 20, rand));
    copy_folder(hub, b);
    copy_folder(hub, c);
    for (int round = 0; round < 2; round++) {
        const char *const fields[] = {b, c};
        g_autoptr(GHashTable) all = NULL;
        for (int i = 0; i < 2; i++) {
            int first = counter;
            for (int n = 0; n < 8;
                 n++) { /* additions alone: what conflicts there are, others see to */
                g_autoptr(Store) store = open_case(fields[i], STORE_WRITE);
                add_one(store, n % N_SORTS, i == 0 ? "b" : "c", &counter, rand);
            }
            g_assert_cmpint(counter, >, first);
        }
        g_autoptr(GHashTable) before = read_case(hub);
        for (int i = 0; i < 2; i++) {
            g_autoptr(GHashTable) base = read_case(hub);
            merge_once(hub, fields[i], base, rand, NULL, false);
        }
        for (int i = 0; i < 2; i++) {
            g_autoptr(GHashTable) base = read_case(fields[i]);
            merge_once(fields[i], hub, base, rand, NULL, false);
            assert_alike(hub, fields[i]);
        }
        all = read_case(hub);
        g_assert_cmpuint(g_hash_table_size(all), ==, g_hash_table_size(before) + 16);
    }
}

static void add_some(const char *folder, const char *side, int *counter, GRand *rand)
{
    g_autoptr(Store) store = open_case(folder, STORE_WRITE);
    for (int n = 0; n < 8; n++)
        add_one(store, n % N_SORTS, side, counter, rand);
}

/* `ours` reads `theirs` in and has `wanted` things then: none doubled, none missing. */
static void meet(const char *ours, const char *theirs, guint wanted, GRand *rand)
{
    g_autoptr(GHashTable) base = read_case(ours);
    merge_once(ours, theirs, base, rand, NULL, false);
    g_autoptr(GHashTable) after = read_case(ours);
    g_assert_cmpuint(g_hash_table_size(after), ==, wanted);
}

/* Copies that met others before they meet. */
static void test_chains(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(31);
    g_autofree char *folder = test_folder_new();
    const char *const names[] = {"a", "b", "c", "d", "e"};
    char *path[5];
    for (int i = 0; i < 5; i++)
        path[i] = g_build_filename(folder, names[i], NULL);
    int counter = 0;
    new_case(path[0]);
    add_some(path[0], "0", &counter, rand);
    copy_folder(path[0], path[1]);
    copy_folder(path[0], path[2]);
    add_some(path[0], "a", &counter, rand);
    add_some(path[1], "b", &counter, rand);
    add_some(path[2], "c", &counter, rand);
    copy_folder(path[1], path[3]); /* d: a copy of the copy b */
    copy_folder(path[1], path[4]); /* e: likewise */
    add_some(path[1], "b", &counter, rand);
    add_some(path[3], "d", &counter, rand);
    meet(path[0], path[1], 8 + 8 + 16, rand);      /* a: 0 a b b */
    meet(path[2], path[1], 8 + 8 + 16, rand);      /* c: 0 c b b */
    meet(path[0], path[3], 8 + 8 + 16 + 8, rand);  /* a: and d, which has b's first eight */
    meet(path[0], path[2], 8 + 8 + 16 + 16, rand); /* a: and c: both had met b */
    meet(path[4], path[2], 8 + 8 + 16, rand);      /* e, which has b's first eight, meets c */
    meet(path[3], path[0], 8 + 8 + 16 + 16, rand);
    assert_alike(path[0], path[3]);
    for (int i = 0; i < 5; i++)
        g_free(path[i]);
}

/* ---- other things ---- */

/* Two cases of different keys that took in the same. */
static void test_strangers(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    g_autoptr(GHashTable) nothing = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree char *folder = test_folder_new();
    g_autofree char *a = g_build_filename(folder, "a", NULL);
    g_autofree char *b = g_build_filename(folder, "b", NULL);
    g_autoptr(GError) error = NULL;
    const char *const cases[] = {a, b};
    for (int i = 0; i < 2; i++) {
        int counter = 0;
        gint64 original = 0;
        new_case(cases[i]);
        g_autoptr(GRand) alike = g_rand_new_with_seed(5);
        g_autoptr(Store) store = open_case(cases[i], STORE_WRITE);
        evidence_original_add_bytes(store, "the same", 8, "same.txt", NULL, NULL, &original, NULL,
                                    &error);
        evidence_original_add_bytes(store, cases[i], strlen(cases[i]), "own.txt", NULL, NULL,
                                    &original, NULL, &error);
        g_assert_no_error(error);
        for (int sort = 0; sort < PERSONS; sort++)
            add_one(store, sort, "same", &counter, alike);
        add_one(store, SOURCES, i == 0 ? "a" : "b", &counter, alike);
        add_one(store, STATEMENTS, i == 0 ? "a" : "b", &counter, alike);
    }
    merge_once(a, b, nothing, rand, NULL, true);
    g_autoptr(GHashTable) things = read_case(a);
    g_assert_cmpuint(g_hash_table_size(things), ==, 3 + 4);
    g_autoptr(Store) store = open_case(a, STORE_READ);
    g_assert_cmpint(store_original_count(store, NULL), ==, 3 + 1); /* and their log */
    g_autoptr(GBytes) bytes = evidence_original_load(store, 3, 0, 0, &error);
    g_assert_no_error(error);
    const gsize length = g_bytes_get_size(bytes);
    g_assert_true(length == strlen(b) && memcmp(g_bytes_get_data(bytes, NULL), b, length) == 0);
}

/* Killed while it writes: whole or absent, and the next run does it. */
static void test_killed(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    g_autofree char *folder = test_folder_new();
    g_autofree char *a = g_build_filename(folder, "a", NULL);
    g_autofree char *b = g_build_filename(folder, "b", NULL);
    int counter = 0;
    new_case(a);
    g_hash_table_unref(edit(a, "0", &counter, 30, rand));
    copy_folder(a, b);
    g_autoptr(GHashTable) base = read_case(a);
    g_autoptr(GHashTable) both = edit(a, "a", &counter, 30, rand);
    g_autoptr(GHashTable) on_b = edit(b, "b", &counter, 200, rand);
    g_hash_table_foreach_remove(both, is_not_in, on_b);
    for (int delay = 1; delay <= 64; delay *= 2) {
        g_autofree char *copy = g_strdup_printf("%s-%d", a, delay);
        copy_folder(a, copy);
        const pid_t child = fork();
        if (child == 0) {
            g_autoptr(Store) x = open_case(copy, STORE_READ);
            g_autoptr(Store) y = open_case(b, STORE_READ);
            g_autoptr(Store) w = open_case(copy, STORE_WRITE);
            g_autoptr(IntakeMerge) merge = intake_merge_plan(x, y, NULL);
            GArray *items = intake_merge_items(merge);
            for (guint i = 0; i < items->len; i++)
                g_array_index(items, IntakeMergeItem, i).decided = true;
            IntakeMergeDone done;
            intake_merge_apply(merge, w, &done, NULL);
            _exit(0);
        }
        g_usleep((gulong)delay * 1500);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        fits(copy, -1);
        g_autoptr(GHashTable) now = read_case(copy), was = read_case(a);
        g_autoptr(Store) store = open_case(copy, STORE_READ);
        gint64 n = 0;
        g_assert_true(intake_merge_check_logs(store, &n, NULL));
        if (n == 0)
            g_assert_cmpuint(g_hash_table_size(now), ==, g_hash_table_size(was));
        g_clear_pointer(&store, store_close);
        if (n == 0)
            merge_once(copy, b, base, rand, both, true);
    }
}

/* What was kept of their log is checked, down to one digit. */
static void test_kept_log_is_checked(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    g_autofree char *folder = test_folder_new();
    g_autofree char *a = g_build_filename(folder, "a", NULL);
    g_autofree char *b = g_build_filename(folder, "b", NULL);
    int counter = 0;
    new_case(a);
    g_hash_table_unref(edit(a, "0", &counter, 10, rand));
    copy_folder(a, b);
    g_autoptr(GHashTable) base = read_case(a);
    g_hash_table_unref(edit(b, "b", &counter, 10, rand));
    const IntakeMergeDone done = merge_once(a, b, base, rand, NULL, true);
    fits(a, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = open_case(a, STORE_WRITE);
    g_autoptr(GBytes) bytes = evidence_original_load(store, done.original_id, 0, 0, &error);
    g_assert_no_error(error);
    const char *const members[] = {"\"entries\":\"", "\"root\":\"", "\"signature\":\"",
                                   "\"record\":\"", "\"previous\":\""};
    guint found = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        char *at = strstr(text, members[i]);
        if (at == NULL)
            continue;
        found++;
        at += strlen(members[i]) + 30;
        *at = *at == '0' ? '1' : '0';
        /* A setting leads to a bundle that somebody put in its place. */
        gint64 id = 0;
        g_assert_true(evidence_original_add_bytes(store, text, strlen(text), "x", NULL, NULL, &id,
                                                  NULL, &error));
        g_autofree char *value = g_strdup_printf("{\"original\": %" G_GINT64_FORMAT "}", id);
        g_assert_true(store_setting_set(store, "merged/forged", value, &error));
        gint64 n = 0;
        g_assert_false(intake_merge_check_logs(store, &n, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY);
        g_clear_error(&error);
        g_assert_true(store_setting_set(store, "merged/forged", NULL, &error));
    }
    g_assert_cmpuint(found, ==, G_N_ELEMENTS(members));
}

/* A field that names another record and is not renumbered would lead to a stranger. */
static void test_every_kind_is_renumbered(void)
{
    for (StoreKind kind = 1; kind < STORE_N_KINDS; kind++) {
        if (store_kind_n_columns(kind) > 0 && !store_kind_remaps_all(kind))
            g_error("%s has an id that store/record_write.c does not know", store_kind_name(kind));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/merge/every_kind_is_renumbered", test_every_kind_is_renumbered);
    g_test_add_func("/intake/merge/random_edits_agree_with_the_model", test_random_edits);
    g_test_add_func("/intake/merge/three_copies_end_alike_through_one", test_three_copies);
    g_test_add_func("/intake/merge/copies_that_met_others_meet", test_chains);
    g_test_add_func("/intake/merge/cases_of_other_keys_share_what_is_the_same", test_strangers);
    g_test_add_func("/intake/merge/a_kill_leaves_all_or_nothing", test_killed);
    g_test_add_func("/intake/merge/the_kept_log_is_checked", test_kept_log_is_checked);
    return g_test_run();
}
