/* Random crashes and faults of the disk under a writer: what was acknowledged is there afterwards,
 * what was not is there whole or not at all, in order, and the case verifies.
 * ZENHAR_SOAK: 10,000 trials. ZENHAR_SEED and ZENHAR_TRIALS choose others. */
#include "../evidence/cases.h"
#include "disk.h"

#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHORT_TRIALS = 100, SOAK_TRIALS = 10000, STEPS = 7, TRIALS_PER_CASE = 10, WRITERS = 2 };

typedef enum { SAID_BEGUN, SAID_ACKNOWLEDGED } Said;
typedef struct {
    gint32 said, step, n;
} Line;

typedef struct {
    guint32 trial, seed;
    DiskFault fault;
    guint at, length;
    bool bulk, two, dark; /* dark: power is lost at the end, after another fault */
} Trial;

static const char *const FAULT_NAMES[DISK_N_FAULTS] = {"killed",     "power lost", "full disk",
                                                       "read error", "sync error", "short write"};

/* ---- the writer ---- */

static void say(int fd, Said said, int step, int n)
{
    const Line line = {said, step, n};
    if (write(fd, &line, sizeof line) != sizeof line)
        _exit(71);
}

static bool add_named(Store *store, const char *name)
{
    g_autoptr(StoreSetting) setting = store_setting_new();
    setting->name = g_strdup(name);
    setting->value = g_strdup("v");
    return store_setting_add(store, setting, NULL);
}

static char *name_of(guint32 trial, int writer, int step, int i)
{
    return g_strdup_printf("trial %u writer %d step %d: %d", trial, writer, step, i);
}

/* n settings and, with them, originals at some steps; some of it taken back within. */
static bool write_step(Store *store, GRand *random, const Trial *trial, int writer, int step, int n,
                       int contents)
{
    /* The clock jumps, back too. */
    store_set_now(store, 1700000000 + (gint64)g_rand_int_range(random, -400000000, 400000000));
    if (!store_begin(store, NULL))
        return false;
    bool good = true;
    for (int i = 0; good && i < n; i++) {
        g_autofree char *name = name_of(trial->trial, writer, step, i);
        good = add_named(store, name);
    }
    if (good && g_rand_boolean(random) && store_begin(store, NULL)) {
        add_named(store, "taken back");
        store_rollback(store);
    }
    const int originals = contents == 2 ? 10 : contents % 2 == 0; /* beyond eight: by syncfs */
    for (int i = 0; good && i < originals; i++) {
        g_autofree char *text = name_of(trial->trial, writer, contents, 1000 + i);
        gint64 id;
        good = evidence_original_add_bytes(store, text, strlen(text), "note.txt", NULL, NULL, &id,
                                           NULL, NULL);
    }
    if (good)
        return store_commit(store, NULL);
    store_rollback(store);
    return false;
}

static void write_all(const char *folder, StoreKeys *keys, const Trial *trial, int writer, int out)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(trial->seed + (guint32)writer);
    Store *store = NULL;
    int acknowledged[STEPS], n_waiting = 0, contents = 0;
    bool bulk = false;
    for (int step = 0, tries = 0; step < STEPS && tries < 20; tries++) {
        if (store == NULL) {
            store = evidence_open_with_keys(folder, keys, STORE_WRITE, NULL);
            if (store == NULL)
                continue;
            bulk = trial->bulk && store_bulk_begin(store, NULL);
        }
        const int n = g_rand_int_range(random, 1, 30);
        say(out, SAID_BEGUN, step, n);
        const bool good = write_step(store, random, trial, writer, step, n, contents);
        if (good && bulk)
            acknowledged[n_waiting++] = step;
        else if (good)
            say(out, SAID_ACKNOWLEDGED, step, n);
        step++; /* a step that failed is not tried again: it may stand there after all */
        if (good || g_rand_boolean(random)) /* else the same files once more */
            contents = step;
        if (!good) { /* as somebody would run the command once more */
            g_clear_pointer(&store, store_close);
            n_waiting = 0;
        }
    }
    if (store != NULL && bulk && store_bulk_end(store, NULL))
        for (int i = 0; i < n_waiting; i++)
            say(out, SAID_ACKNOWLEDGED, acknowledged[i], 0);
    store_close(store);
}

static G_NORETURN void writer_run(const char *folder, StoreKeys *keys, const Trial *trial,
                                  int writer, int out)
{
    alarm(60); /* a writer that hangs is a failed trial */
    disk_begin(folder, trial->fault, trial->at + (guint)writer * 9, trial->length, trial->seed);
    write_all(folder, keys, trial, writer, out);
    if (trial->dark)
        disk_lose_power();
    _exit(0);
}

/* ---- what is left ---- */

typedef struct {
    int n[STEPS];
    bool begun[STEPS], acknowledged[STEPS];
} Heard;

static void hear(int fd, Heard *heard)
{
    for (Line line; read(fd, &line, sizeof line) == sizeof line;) {
        g_assert_true(line.step >= 0 && line.step < STEPS);
        if (line.said == SAID_BEGUN) {
            heard->begun[line.step] = true;
            heard->n[line.step] = line.n;
        } else {
            heard->acknowledged[line.step] = true;
        }
    }
    close(fd);
}

static int count_kept(Store *store, const Trial *trial, int writer, int step, int n)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        g_autofree char *name = name_of(trial->trial, writer, step, i);
        g_autofree char *value = store_setting_get(store, name, NULL);
        kept += value != NULL;
    }
    return kept;
}

/* Settings of this trial that stand in the case. */
static int check_writer(Store *store, const Trial *trial, int writer, const Heard *heard)
{
    int total = 0;
    for (int step = 0; step < STEPS; step++) {
        if (!heard->begun[step])
            continue;
        const int kept = count_kept(store, trial, writer, step, heard->n[step]);
        if (heard->acknowledged[step] && kept != heard->n[step])
            g_error("trial %u (seed %u, %s at %u): step %d was acknowledged; %d of %d are there",
                    trial->trial, trial->seed, FAULT_NAMES[trial->fault], trial->at, step, kept,
                    heard->n[step]);
        if (kept != 0 && kept != heard->n[step])
            g_error("trial %u (seed %u, %s at %u): step %d is there by half: %d of %d",
                    trial->trial, trial->seed, FAULT_NAMES[trial->fault], trial->at, step, kept,
                    heard->n[step]);
        total += kept;
    }
    return total;
}

static gint64 settings(Store *store)
{
    return store_count(store, STORE_KIND_SETTING, NULL);
}

static gint64 run_trial(const char *folder, StoreKeys *keys, const Trial *trial, gint64 before)
{
    Heard heard[WRITERS] = {0};
    int pipes[WRITERS][2];
    pid_t children[WRITERS];
    const int n_writers = trial->two ? 2 : 1;
    for (int writer = 0; writer < n_writers; writer++) {
        g_assert_cmpint(pipe(pipes[writer]), ==, 0);
        children[writer] = fork();
        g_assert_cmpint(children[writer], >=, 0);
        if (children[writer] == 0)
            writer_run(folder, keys, trial, writer, pipes[writer][1]);
        close(pipes[writer][1]);
    }
    for (int writer = 0; writer < n_writers; writer++) {
        int status = 0;
        hear(pipes[writer][0], &heard[writer]);
        waitpid(children[writer], &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            g_error("trial %u (seed %u, %s at %u): the writer ended with %#x", trial->trial,
                    trial->seed, FAULT_NAMES[trial->fault], trial->at, (unsigned)status);
    }
    g_autoptr(GError) error = NULL;
    const StoreMode mode = trial->seed % 2 == 0 ? STORE_WRITE : STORE_READ;
    g_autoptr(Store) after = evidence_open_with_keys(folder, keys, mode, &error);
    EvidenceReport report;
    if (after == NULL || !evidence_verify(after, &report, &error))
        g_error("trial %u (seed %u, %s at %u%s%s%s): %s", trial->trial, trial->seed,
                FAULT_NAMES[trial->fault], trial->at, trial->bulk ? ", in bulk" : "",
                trial->two ? ", two writers" : "", trial->dark ? ", then dark" : "",
                error->message);
    gint64 kept = 0;
    for (int writer = 0; writer < n_writers; writer++)
        kept += check_writer(after, trial, writer, &heard[writer]);
    const gint64 now = settings(after);
    if (now != before + kept)
        g_error("trial %u (seed %u, %s at %u): %" G_GINT64_FORMAT " settings, not %" G_GINT64_FORMAT
                ": an earlier trial's were lost or some came from nowhere",
                trial->trial, trial->seed, FAULT_NAMES[trial->fault], trial->at, now,
                before + kept);
    return now;
}

static Trial trial_choose(GRand *random, guint32 number)
{
    Trial trial = {.trial = number, .seed = g_rand_int(random)};
    trial.fault =
        number % 2 == 0 ? DISK_POWER_LOSS : (DiskFault)g_rand_int_range(random, 0, DISK_N_FAULTS);
    trial.at = (guint)g_rand_int_range(random, 1, g_rand_boolean(random) ? 40 : 160);
    trial.length = (guint)g_rand_int_range(random, 1, 30);
    trial.bulk = g_rand_int_range(random, 0, 4) == 0;
    /* The disk of a child knows its own writes alone: power is lost under one writer. */
    trial.two = trial.fault != DISK_POWER_LOSS && g_rand_int_range(random, 0, 3) == 0;
    trial.dark = !trial.two && (trial.fault == DISK_POWER_LOSS || g_rand_boolean(random));
    return trial;
}

static guint32 number_of(const char *variable, guint32 otherwise)
{
    const char *text = g_getenv(variable);
    return text != NULL ? (guint32)strtoul(text, NULL, 10) : otherwise;
}

static void test_crashes(void)
{
    const guint32 n =
        number_of("ZENHAR_TRIALS", g_getenv("ZENHAR_SOAK") != NULL ? SOAK_TRIALS : SHORT_TRIALS);
    g_autoptr(GRand) random = g_rand_new_with_seed(number_of("ZENHAR_SEED", 20261126));
    guint by_fault[DISK_N_FAULTS] = {0}, two = 0, bulk = 0;
    g_autofree char *folder = NULL;
    StoreKeys *keys = NULL;
    gint64 there = 0;
    for (guint32 i = 0; i < n; i++) {
        if (i % TRIALS_PER_CASE == 0) {
            g_clear_pointer(&keys, store_keys_unref);
            g_clear_pointer(&folder, g_free);
            Store *store = case_new(&folder);
            keys = store_keys_ref(store_keys(store));
            store_close(store);
            there = 0;
        }
        const Trial trial = trial_choose(random, i);
        if (g_getenv("ZENHAR_SAY") != NULL)
            g_printerr("%u seed %u %s at %u+%u bulk %d two %d dark %d: %d\n", i, trial.seed,
                       FAULT_NAMES[trial.fault], trial.at, trial.length, trial.bulk, trial.two,
                       trial.dark, (int)there);
        there = run_trial(folder, keys, &trial, there);
        by_fault[trial.fault]++;
        two += trial.two;
        bulk += trial.bulk;
    }
    store_keys_unref(keys);
    for (int fault = 0; fault < DISK_N_FAULTS; fault++)
        g_test_message("%s: %u", FAULT_NAMES[fault], by_fault[fault]);
    g_test_message("two processes: %u; in bulk: %u; all: %u, nothing lost", two, bulk, n);
}

/* Its frames stand in the write-ahead log for whoever opens the case next, and go with the power: a
 * head that was merely read is not noted beside the database, or the case would be refused. */
static void test_failed_sync(void)
{
    for (guint at = 120; at < 160; at += 2) {
        const Trial trial = {.trial = at,
                             .seed = 1452652140,
                             .fault = DISK_SYNC_ERROR,
                             .at = at,
                             .length = 19,
                             .dark = true};
        g_autofree char *folder = NULL;
        Store *store = case_new(&folder);
        StoreKeys *keys = store_keys_ref(store_keys(store));
        store_close(store);
        run_trial(folder, keys, &trial, 0);
        store_keys_unref(keys);
    }
}

/* The disk does lose what was not synced: a test of the test. */
static void test_disk_loses(void)
{
    int lost = 0;
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = g_build_filename(folder, "file", NULL);
    for (guint32 seed = 0; seed < 40; seed++) {
        g_assert_true(g_file_set_contents(path, "old", 3, NULL));
        const pid_t child = fork();
        g_assert_cmpint(child, >=, 0);
        if (child == 0) {
            disk_begin(folder, DISK_POWER_LOSS, 1000, 1, seed);
            FILE *file = fopen(path, "r+");
            const bool synced = seed % 2 == 0;
            if (file == NULL || pwrite(fileno(file), "new", 3, 0) != 3 ||
                (synced && fsync(fileno(file)) != 0))
                _exit(1);
            disk_lose_power();
        }
        int status = 0;
        waitpid(child, &status, 0);
        g_assert_cmpint(status, ==, 0);
        g_autofree char *found = test_read_file(path, NULL);
        if (seed % 2 == 0)
            g_assert_cmpmem(found, 3, "new", 3);
        else
            lost += memcmp(found, "old", 3) == 0;
    }
    g_assert_cmpint(lost, >, 3);
    g_assert_cmpint(lost, <, 20);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (sodium_init() < 0)
        return 1;
    signal(SIGPIPE, SIG_IGN);
    g_test_add_func("/faults/crashes/the_disk_loses_what_was_not_synced", test_disk_loses);
    g_test_add_func("/faults/crashes/what_a_failed_sync_left_is_not_noted", test_failed_sync);
    g_test_add_func("/faults/crashes/nothing_acknowledged_is_lost", test_crashes);
    return g_test_run();
}
