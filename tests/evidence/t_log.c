/* The log as it grows: heads, rewinds, tiles, proofs, several writers, a killed writer. */
#include "cases.h"

#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static StoreLogHead newest(Store *store)
{
    StoreLogHead head = {0};
    g_autoptr(GError) error = NULL;
    evidence_head(store, &head, &error);
    g_assert_no_error(error);
    return head;
}

static void test_heads(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    StoreLogHead head, before;
    g_autoptr(GError) error = NULL;
    g_assert_false(evidence_head(store, &head, &error));
    g_assert_no_error(error);
    assert_fits(store, NULL);

    store_set_now(store, 1750000000);
    add_setting(store, "one", 1);
    before = newest(store);
    g_assert_cmpint(before.number, ==, 1);
    g_assert_cmpint(before.size, ==, 1);
    g_assert_cmpint(before.time, ==, 1750000000);
    add_setting(store, "two", 2);
    head = newest(store);
    g_assert_cmpint(head.number, ==, 2);
    g_assert_cmpint(head.size, ==, 2);

    /* The message, byte by byte as docs/formats.md has it. */
    guint8 message[EVIDENCE_HEAD_BYTES], by_hand[EVIDENCE_HEAD_BYTES] = "zenhar tree head 1";
    const guint8 *case_id = store_keys_case_id(store_keys(store));
    evidence_head_message(case_id, &before, message);
    memcpy(by_hand + 24, case_id, 16);
    by_hand[47] = 1;
    by_hand[55] = 1;
    const guint8 time[8] = {0, 0, 0, 0, 0x68, 0x4e, 0xe1, 0x80}; /* 1750000000 */
    memcpy(by_hand + 56, time, 8);
    memcpy(by_hand + 64, before.root, 32);
    g_assert_cmpmem(message, sizeof message, by_hand, sizeof by_hand);
    guint8 previous[32];
    crypto_hash_sha256(previous, message, sizeof message);
    g_assert_cmpmem(head.previous, 32, previous, 32);

    const guint8 *key = store_keys_public(store_keys(store));
    g_assert_true(evidence_head_check(key, case_id, &head));
    head.time++;
    g_assert_false(evidence_head_check(key, case_id, &head));
    head.time--;
    head.signature[5] ^= 2;
    g_assert_false(evidence_head_check(key, case_id, &head));
}

static void test_rewinds(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autoptr(GError) error = NULL;
    g_assert_true(store_begin(store, &error));
    add_setting(store, "kept", 1);
    g_assert_true(store_begin(store, &error));
    add_settings(store, "taken back", 300);
    g_assert_true(store_begin(store, &error));
    add_setting(store, "taken back too", 1);
    g_assert_true(store_commit(store, &error));
    store_rollback(store);
    gint64 last = add_setting(store, "kept as well", 2);
    g_assert_true(store_commit(store, &error));
    g_assert_cmpint(newest(store).size, ==, 2);

    g_assert_true(store_begin(store, &error));
    add_settings(store, "nothing of it stays", 300);
    store_rollback(store);
    g_assert_cmpint(newest(store).size, ==, 2);

    add_setting(store, "third", 3);
    g_assert_cmpint(newest(store).size, ==, 3);
    EvidenceReport report;
    assert_fits(store, &report);
    g_assert_cmpint(report.entries, ==, 3);
    g_assert_cmpint(report.records, ==, 3);
    g_assert_cmpint(report.heads, ==, 2);
    g_autofree EvidenceProof *proof = evidence_prove(store, STORE_KIND_SETTING, last, &error);
    g_assert_no_error(error);
    g_assert_cmpint(proof->position, ==, 1);
}

/* A transaction without a change signs nothing. */
static void test_nothing(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    add_setting(store, "one", 1);
    g_assert_true(store_begin(store, NULL));
    g_assert_true(store_commit(store, NULL));
    g_assert_cmpint(newest(store).number, ==, 1);
}

static void test_changes(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autoptr(GError) error = NULL;
    add_settings(store, "s", 5);
    g_autoptr(StoreSetting) setting = store_setting_load(store, 3, &error);
    g_free(setting->value);
    setting->value = g_strdup("changed");
    g_assert_true(store_setting_update(store, setting, &error));
    g_assert_true(store_setting_remove(store, 4, &error));
    EvidenceReport report;
    assert_fits(store, &report);
    g_assert_cmpint(report.entries, ==, 7);
    g_assert_cmpint(report.records, ==, 4);
    g_autofree EvidenceProof *proof = evidence_prove(store, STORE_KIND_SETTING, 3, &error);
    g_assert_no_error(error);
    g_assert_cmpint(proof->position, ==, 5);
    g_assert_cmpint(proof->operation, ==, STORE_UPDATE);
    g_assert_null(evidence_prove(store, STORE_KIND_SETTING, 4, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
}

/* Commits of every size over the edges of tiles of both levels; each record proven; each head's
 * tree a part of the newest. */
static void test_tiles(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autoptr(GError) error = NULL;
    static const int STEPS[] = {1, 254, 1, 1, 255, 256, 512, 3, 700, 66000, 300, 1};
    int total = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(STEPS); i++) {
        g_autofree char *stem = g_strdup_printf("step %d:", (int)i);
        g_assert_true(store_begin(store, &error));
        add_settings(store, stem, STEPS[i]);
        g_assert_true(store_commit(store, &error));
        total += STEPS[i];
        g_assert_cmpint(newest(store).size, ==, total);
    }
    EvidenceReport report;
    assert_fits(store, &report);
    g_assert_cmpint(report.entries, ==, total);
    g_assert_cmpint(report.heads, ==, (gint64)G_N_ELEMENTS(STEPS));
    for (gint64 id = 1; id <= total; id += id < 1000 ? 13 : 1009) {
        g_autofree EvidenceProof *proof = evidence_prove(store, STORE_KIND_SETTING, id, &error);
        g_assert_no_error(error);
        g_assert_true(evidence_proof_check(proof));
        proof->record_hash[3] ^= 1;
        g_assert_false(evidence_proof_check(proof));
        proof->record_hash[3] ^= 1;
        proof->position ^= 1;
        g_assert_false(evidence_proof_check(proof));
    }
    StoreLogHead head = newest(store);
    for (gint64 number = 1; number <= head.number; number++) {
        StoreLogHead old;
        g_assert_true(store_log_head_load(store, number, &old, &error));
        g_autoptr(GArray) path = evidence_prove_consistency(store, number, 0, &error);
        g_assert_no_error(error);
        MerkleHash old_root, new_root;
        memcpy(old_root.bytes, old.root, 32);
        memcpy(new_root.bytes, head.root, 32);
        const MerkleHash *hashes = (const MerkleHash *)(const void *)path->data;
        g_assert_true(merkle_check_consistency((guint64)old.size, (guint64)head.size, hashes,
                                               path->len, &old_root, &new_root));
        old_root.bytes[0] ^= 1;
        g_assert_false(merkle_check_consistency((guint64)old.size, (guint64)head.size, hashes,
                                                path->len, &old_root, &new_root));
    }
    g_assert_null(evidence_prove_consistency(store, 77, 0, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
}

/* The root is the definition's, computed from the entries by the plain recursion of merkle_root. */
static void test_root(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autoptr(GError) error = NULL;
    add_settings(store, "s", 300);
    g_autoptr(GArray) leaves = g_array_new(FALSE, FALSE, sizeof(MerkleHash));
    for (gint64 tile = 0; tile < 2; tile++) {
        g_autoptr(GBytes) bytes = store_log_tile_load(store, 0, tile, &error);
        g_assert_no_error(error);
        gsize length;
        const guint8 *data = g_bytes_get_data(bytes, &length);
        for (gsize at = 0; at < length; at += STORE_LOG_ENTRY_BYTES) {
            MerkleHash leaf;
            merkle_leaf_hash(data + at, STORE_LOG_ENTRY_BYTES, &leaf);
            g_array_append_val(leaves, leaf);
        }
    }
    g_assert_cmpuint(leaves->len, ==, 300);
    MerkleHash root;
    merkle_root((const MerkleHash *)(const void *)leaves->data, leaves->len, &root);
    StoreLogHead head = newest(store);
    g_assert_cmpmem(root.bytes, 32, head.root, 32);
}

static void test_two_writers(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) first = case_new(&folder);
    g_autoptr(Store) second = case_again(first);
    for (int i = 0; i < 40; i++) {
        g_autofree char *name = g_strdup_printf("setting %d", i);
        add_setting(i % 3 == 0 ? second : first, name, i);
        if (i % 7 == 0) {
            g_assert_true(store_begin(second, NULL));
            add_settings(second, name, 20);
            store_rollback(second);
        }
    }
    EvidenceReport report;
    assert_fits(second, &report);
    g_assert_cmpint(report.entries, ==, 40);
    g_assert_cmpint(report.heads, ==, 40);
}

/* Writes until it is killed; says each committed step through the pipe. */
static G_NORETURN void write_until_killed(const char *folder, StoreKeys *keys, int pipe_fd,
                                          int round)
{
    Store *store = evidence_open_with_keys(folder, keys, STORE_WRITE, NULL);
    for (int step = 0; store != NULL; step++) {
        g_autofree char *stem = g_strdup_printf("round %d step %d:", round, step);
        gint64 id;
        if (!store_begin(store, NULL))
            break;
        add_settings(store, stem, 40);
        if (!evidence_original_add_bytes(store, stem, strlen(stem), "note.txt", NULL, NULL, &id,
                                         NULL, NULL) ||
            !store_commit(store, NULL) || write(pipe_fd, &id, sizeof id) != sizeof id)
            break;
    }
    _exit(1);
}

static void test_killed(void)
{
    g_autofree char *folder = NULL;
    Store *store = case_new(&folder);
    StoreKeys *keys = store_keys_ref(store_keys(store));
    g_clear_pointer(&store, store_close);
    gint64 promised = 0;
    for (int round = 0; round < 12; round++) {
        int pipes[2];
        g_assert_cmpint(pipe(pipes), ==, 0);
        pid_t child = fork();
        g_assert_cmpint(child, >=, 0);
        if (child == 0)
            write_until_killed(folder, keys, pipes[1], round);
        close(pipes[1]);
        gint64 id;
        for (int i = 0; i <= round % 3; i++)
            promised += read(pipes[0], &id, sizeof id) == sizeof id;
        g_usleep((gulong)(round * 1700)); /* into the next commit, somewhere */
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(pipes[0], &id, sizeof id) == sizeof id)
            promised++;
        close(pipes[0]);

        g_autoptr(GError) error = NULL;
        g_autoptr(Store) after = evidence_open_with_keys(folder, keys, STORE_WRITE, &error);
        g_assert_no_error(error);
        EvidenceReport report;
        assert_fits(after, &report);
        g_assert_cmpint(report.originals, >=, promised);
        g_assert_cmpint(report.originals, <=, promised + 1); /* one unsaid */
        g_assert_cmpint(report.entries, ==, report.originals * 41);
        promised = report.originals;
    }
    g_assert_cmpint(promised, >, 0);
    store_keys_unref(keys);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (sodium_init() < 0)
        return 1;
    g_test_add_func("/evidence/log/each_commit_signs_a_chained_head", test_heads);
    g_test_add_func("/evidence/log/what_is_rolled_back_leaves_no_entry", test_rewinds);
    g_test_add_func("/evidence/log/nothing_written_signs_nothing", test_nothing);
    g_test_add_func("/evidence/log/updates_and_removals_are_entries", test_changes);
    g_test_add_func("/evidence/log/proofs_hold_over_every_edge_of_a_tile", test_tiles);
    g_test_add_func("/evidence/log/the_root_is_that_of_its_entries", test_root);
    g_test_add_func("/evidence/log/two_writers_share_one_log", test_two_writers);
    g_test_add_func("/evidence/log/a_killed_writer_leaves_a_case_that_fits", test_killed);
    return g_test_run();
}
