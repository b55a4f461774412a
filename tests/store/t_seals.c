/* Seals by leaves of the case's tree of keys: each record its own, taken out for good. */
#include "case.h"
#include "store/person.h"
#include "store/seals_private.h"
#include "store/submission.h"
#include "support.h"

#include <sodium.h>
#include <string.h>

static gint64 add_person(Store *store, const char *name)
{
    g_autoptr(StorePerson) person = store_person_new();
    g_autoptr(GError) error = NULL;
    person->name = g_strdup(name);
    person->contact = g_strdup("0912");
    g_assert_true(store_person_add(store, person, &error));
    g_assert_no_error(error);
    return person->id;
}

/* The name's sealed bytes as they lie in the table. */
static GBytes *sealed_name(Store *store, gint64 id)
{
    DbStatement *row = store_prepare(store, "SELECT name FROM person WHERE id = ?1", NULL);
    db_bind_int64(row, 1, id);
    g_assert_cmpint(store_step(store, row, NULL), ==, 1);
    GBytes *bytes = g_bytes_new(db_blob(row, 0), (gsize)db_bytes(row, 0));
    db_reset(row);
    return bytes;
}

static guint64 leaf_of(Store *store, gint64 id)
{
    g_autoptr(GBytes) sealed = sealed_name(store, id);
    gsize n = 0;
    const guint8 *bytes = g_bytes_get_data(sealed, &n);
    return store_keys_leaf_of(bytes, n);
}

static void assert_name(Store *store, gint64 id, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(store_unseal(store, 0, "a test", &error));
    g_autoptr(StorePerson) person = store_person_load(store, id, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(person->name, ==, name);
    g_assert_cmpstr(person->contact, ==, name != NULL ? "0912" : NULL);
    store_unseal_end(store);
}

static void take_out(Store *store, guint64 leaf)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(store_begin(store, &error));
    g_assert_true(store_seals_take_out(store, &leaf, 1, &error));
    g_assert_true(store_commit(store, &error));
    g_assert_no_error(error);
}

/* No node that the case has gives the key of the leaf; the ciphertext opens by none of them. */
static void assert_gone(Store *store, guint64 leaf)
{
    DbStatement *row = store_prepare(store, "SELECT first, depth FROM seal_node", NULL);
    while (store_step(store, row, NULL) == 1) {
        const SealNode node = {.first = (guint64)db_int64(row, 0),
                               .depth = (guint8)db_int64(row, 1)};
        g_assert_false(seal_node_covers(&node, leaf));
    }
}

static void each_record_has_a_leaf_for_life(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    const gint64 one = add_person(store, "نام یک"), two = add_person(store, "نام دو");
    const guint64 leaf = leaf_of(store, one);
    g_assert_cmpuint(leaf, !=, 0);
    g_assert_cmpuint(leaf_of(store, two), ==, leaf + 1); /* a run counts on */
    for (int unsealed = 0; unsealed < 2; unsealed++) {
        if (unsealed == 1)
            g_assert_true(store_unseal(store, 0, "a test", &error));
        g_autoptr(StorePerson) person = store_person_load(store, one, &error);
        g_free(person->name);
        person->name = g_strdup("نام دیگر");
        g_assert_true(store_person_update(store, person, &error));
        g_assert_cmpuint(leaf_of(store, one), ==, leaf);
        store_unseal_end(store);
    }
    assert_name(store, one, "نام دیگر");
    assert_name(store, two, "نام دو");
}

static void what_is_taken_out_reads_as_none(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    const gint64 one = add_person(store, "نام یک"), two = add_person(store, "نام دو");
    const guint64 leaf = leaf_of(store, one);
    g_autoptr(Store) other = case_open(folder, STORE_WRITE);
    assert_name(other, one, "نام یک");
    take_out(store, leaf);
    take_out(store, leaf); /* a second time changes nothing */
    assert_name(store, one, NULL);
    assert_name(store, two, "نام دو");
    assert_name(other, one, NULL); /* who knew the way to it has to ask again */
    assert_name(other, two, "نام دو");
    assert_gone(store, leaf);
    g_assert_cmpuint(leaf_of(store, one), ==, leaf); /* the sealed bytes lie there, shut */
    /* What is written to it later is of another leaf. */
    g_autoptr(StorePerson) person = store_person_load(store, one, &error);
    person->name = g_strdup("نام تازه");
    person->contact = g_strdup("0912");
    g_assert_true(store_person_update(store, person, &error));
    assert_name(store, one, "نام تازه");
    assert_gone(store, leaf);
}

static void a_rollback_brings_it_back(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    const gint64 one = add_person(store, "نام یک");
    const guint64 leaf = leaf_of(store, one);
    g_assert_true(store_begin(store, &error));
    g_assert_true(store_seals_take_out(store, &leaf, 1, &error));
    assert_gone(store, leaf);
    store_rollback(store);
    assert_name(store, one, "نام یک");
    add_person(store, "نام دو"); /* by a key that the case still has */
    assert_name(store, 2, "نام دو");
}

/* Under the field key, as a case of schema 7 has it: opens, and gets a leaf when it is changed. */
static void older_seals_open_and_get_a_leaf(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    const gint64 one = add_person(store, "نام یک");
    guint8 sealed[4 + STORE_SEAL_EXTRA_BYTES];
    for (int field = 3; field <= 6; field += 3) { /* name, contact */
        store_keys_seal(store_keys(store), STORE_KIND_PERSON, (guint8)field, "0912", 4, sealed);
        const StoreBind binds[] = {{.type = 'b', .p = sealed, .n = sizeof sealed}};
        DbStatement *statement = store_prepare(
            store, field == 3 ? "UPDATE person SET name = ?1" : "UPDATE person SET contact = ?1",
            &error);
        g_assert_true(store_bind(store, statement, 1, binds, 1, &error));
        g_assert_cmpint(store_step(store, statement, &error), ==, 0);
    }
    g_assert_cmpuint(leaf_of(store, one), ==, 0);
    assert_name(store, one, "0912");
    g_assert_true(store_unseal(store, 0, "a test", &error));
    g_autoptr(StorePerson) person = store_person_load(store, one, &error);
    g_assert_true(store_person_update(store, person, &error));
    assert_name(store, one, "0912");
    take_out(store, leaf_of(store, one));
    assert_name(store, one, NULL);
}

static void a_node_that_was_changed_is_told(void)
{
    if (test_skip_on_server())
        return;
    static const char *const CHANGES[] = {
        "UPDATE seal_node SET sealed = zeroblob(length(sealed))",
        "UPDATE seal_node SET depth = 1",
        "UPDATE seal_node SET depth = 99",
        "UPDATE seal_node SET sealed = x'00'",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CHANGES); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Store) store = case_new(NULL);
        const gint64 one = add_person(store, "نام یک");
        g_assert_true(store_run(store, CHANGES[i], &error));
        g_assert_true(store_unseal(store, 0, "a test", &error));
        g_autoptr(StorePerson) person = store_person_load(store, one, &error);
        g_assert_null(person);
        assert_error(&error, ZENHAR_ERROR_INTEGRITY, "sealed");
    }
}

/* Names put in, changed and taken out at random, in two connections, beside a table of them. */
static void at_random_beside_a_table(void)
{
    enum { PERSONS = 24, STEPS = 300 };
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    g_autofree char *folder = NULL;
    Store *stores[2] = {case_new(&folder), NULL};
    stores[1] = case_open(folder, STORE_WRITE);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(names, NULL); /* numbers begin at 1 */
    for (int step = 0; step < STEPS; step++) {
        Store *store = stores[g_rand_int_range(rand, 0, 2)];
        g_autofree char *name = g_strdup_printf("نام %d", step);
        g_autoptr(GError) error = NULL;
        if (names->len <= PERSONS) {
            g_assert_cmpint(add_person(store, name), ==, names->len);
            g_ptr_array_add(names, g_steal_pointer(&name));
            continue;
        }
        const gint64 id = g_rand_int_range(rand, 1, PERSONS + 1);
        const int what = g_rand_int_range(rand, 0, 3);
        if (what == 0) {
            const guint64 leaf = leaf_of(store, id);
            take_out(store, leaf);
            g_clear_pointer(&names->pdata[id], g_free);
        } else if (what == 1) {
            g_autoptr(StorePerson) person = store_person_load(store, id, &error);
            person->name = g_strdup(name);
            person->contact = g_strdup("0912");
            g_assert_true(store_person_update(store, person, &error));
            g_free(names->pdata[id]);
            names->pdata[id] = g_steal_pointer(&name);
        }
        const gint64 seen = g_rand_int_range(rand, 1, PERSONS + 1);
        assert_name(stores[g_rand_int_range(rand, 0, 2)], seen, names->pdata[seen]);
    }
    for (gint64 id = 1; id <= PERSONS; id++)
        assert_name(stores[0], id, names->pdata[id]);
    store_close(stores[0]);
    store_close(stores[1]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/seals/leaf", each_record_has_a_leaf_for_life);
    g_test_add_func("/seals/taken-out", what_is_taken_out_reads_as_none);
    g_test_add_func("/seals/rollback", a_rollback_brings_it_back);
    g_test_add_func("/seals/older", older_seals_open_and_get_a_leaf);
    g_test_add_func("/seals/changed", a_node_that_was_changed_is_told);
    g_test_add_func("/seals/random", at_random_beside_a_table);
    return g_test_run();
}
