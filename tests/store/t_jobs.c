/* Jobs in a folder: who gets them, when, how often. The clock is the store's own, set by hand. */
#include "case.h"
#include "store/job.h"
#include "store/private.h"
#include "support.h"

#include <string.h>

enum { START = 1750000000 };

static gint64 add_part(Store *store, const char *kind, gint64 parent, gint64 part, bool *ret_known)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    g_autofree char *payload = g_strdup_printf("secret of %s %d", kind, (int)part);
    const StoreJobNew job = {.kind = kind,
                             .parent = parent,
                             .part = part,
                             .payload = payload,
                             .n_payload = strlen(payload)};
    g_assert_true(store_job_add(store, &job, &id, ret_known, &error));
    g_assert_no_error(error);
    return id;
}

static gint64 add(Store *store, const char *kind)
{
    return add_part(store, kind, 0, 0, NULL);
}

/* NULL: there was none. */
static StoreJob *claim(Store *store, const char *kinds, gint64 lease)
{
    g_autoptr(GError) error = NULL;
    StoreJob *job = store_job_claim(store, kinds, 0, "test", lease, &error);
    g_assert_no_error(error);
    return job;
}

static bool held(bool done, bool is_held, GError *error)
{
    g_assert_no_error(error);
    g_assert_true(done);
    return is_held;
}

static bool renew(Store *store, const StoreJob *job)
{
    GError *error = NULL;
    bool is = false;
    const bool done = store_job_renew(store, job, 60, &is, &error);
    return held(done, is, error);
}

static bool finish(Store *store, const StoreJob *job, const char *result)
{
    GError *error = NULL;
    bool is = false;
    const bool done = store_job_finish(store, job, result, strlen(result), &is, &error);
    return held(done, is, error);
}

static bool fail(Store *store, const StoreJob *job, const char *why, bool again)
{
    GError *error = NULL;
    bool is = false;
    const bool done = store_job_fail(store, job, why, again, &is, &error);
    return held(done, is, error);
}

static StoreJob *load(Store *store, gint64 id)
{
    g_autoptr(GError) error = NULL;
    StoreJob *job = store_job_load(store, id, &error);
    g_assert_no_error(error);
    return job;
}

static void assert_state(Store *store, gint64 id, StoreJobState state)
{
    g_autoptr(StoreJob) job = load(store, id);
    g_assert_cmpint(job->state, ==, state);
}

static void assert_text(GBytes *bytes, const char *text)
{
    g_assert_nonnull(bytes);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), (int)g_bytes_get_size(bytes), text,
                    (int)strlen(text));
}

static void each_job_goes_to_one_worker_and_ends_once(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(Store) store = case_new(&folder);
    g_autoptr(Store) other = case_open(folder, STORE_WRITE);
    const gint64 first = add(store, "import"), second = add(store, "link");
    g_assert_cmpint(second, ==, first + 1);
    g_autoptr(StoreJob) one = claim(store, NULL, 0);
    g_autoptr(StoreJob) two = claim(other, NULL, 0);
    g_assert_cmpint(one->id, ==, first);
    g_assert_cmpint(two->id, ==, second);
    g_assert_null(claim(store, NULL, 0));
    assert_text(one->payload, "secret of import 0");
    g_assert_true(finish(store, one, "so many"));
    g_assert_false(finish(store, one, "once more"));
    g_assert_false(renew(store, one));
    g_autoptr(StoreJob) after = load(other, first);
    g_assert_cmpint(after->state, ==, STORE_JOB_DONE);
    assert_text(after->result, "so many");
    g_assert_true(renew(other, two));
}

static void higher_priority_and_the_kinds_asked_for_come_first(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    const gint64 low = add(store, "import");
    gint64 high = 0;
    g_assert_true(
        store_job_add(store, &(StoreJobNew){.kind = "link", .priority = 5}, &high, NULL, &error));
    g_autoptr(StoreJob) none = claim(store, "scan report", 0);
    g_assert_null(none);
    none = claim(store, "lin ink", 0); /* not a part of a word */
    g_assert_null(none);
    g_autoptr(StoreJob) one = claim(store, NULL, 0);
    g_assert_cmpint(one->id, ==, high);
    g_assert_null(one->payload);
    g_autoptr(StoreJob) two = claim(store, "scan import", 0);
    g_assert_cmpint(two->id, ==, low);
}

static void a_lease_that_ended_gives_the_job_to_the_next(void)
{
    g_autoptr(Store) store = case_new(NULL);
    store_set_now(store, START);
    const gint64 id = add(store, "link");
    g_autoptr(StoreJob) dead = claim(store, NULL, 60);
    store_set_now(store, START + 50);
    g_assert_true(renew(store, dead)); /* from here */
    store_set_now(store, START + 109);
    g_autoptr(StoreJob) none = claim(store, NULL, 60);
    g_assert_null(none);
    store_set_now(store, START + 111);
    g_autoptr(StoreJob) next = claim(store, NULL, 60);
    g_assert_nonnull(next);
    g_assert_cmpint(next->id, ==, id);
    g_assert_cmpint(next->tries, ==, 2);
    g_assert_false(renew(store, dead));
    g_assert_false(finish(store, dead, "late"));
    g_assert_false(fail(store, dead, "late", true));
    g_assert_true(finish(store, next, "done"));
    /* Nobody took it meanwhile: late is not lost. */
    add(store, "scan");
    g_autoptr(StoreJob) slow = claim(store, NULL, 60);
    store_set_now(store, START + 9999);
    g_assert_true(finish(store, slow, "slow"));
}

static void a_failure_is_tried_again_later_each_time_and_ends_as_a_sentence(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    gint64 now = START, id = 0;
    bool changed = false;
    store_set_now(store, now);
    g_assert_true(
        store_job_add(store, &(StoreJobNew){.kind = "scan", .tries = 3}, &id, NULL, &error));
    for (int i = 0; i < 3; i++) {
        const gint64 wait = STORE_JOB_BACKOFF_SECONDS << i;
        g_autoptr(StoreJob) job = claim(store, NULL, 60);
        g_assert_nonnull(job);
        g_assert_true(fail(store, job, "The disk is full.", true));
        if (i == 2)
            break;
        assert_state(store, id, STORE_JOB_QUEUED);
        store_set_now(store, now + wait - 1);
        g_assert_null(claim(store, NULL, 60));
        now += wait;
        store_set_now(store, now);
    }
    g_autoptr(StoreJob) after = load(store, id);
    g_assert_cmpint(after->state, ==, STORE_JOB_FAILED);
    g_assert_cmpstr(after->failure, ==, "The disk is full.");
    store_set_now(store, now + 99999);
    g_assert_null(claim(store, NULL, 60));
    g_assert_true(store_job_retry(store, id, &changed, &error));
    g_assert_true(changed);
    g_autoptr(StoreJob) again = claim(store, NULL, 60);
    g_assert_cmpint(again->tries, ==, 1);
    g_assert_true(fail(store, again, "This file is none.", false)); /* for good */
    assert_state(store, id, STORE_JOB_FAILED);
}

static void who_dies_each_time_does_not_run_for_ever(void)
{
    g_autoptr(Store) store = case_new(NULL);
    gint64 now = START;
    store_set_now(store, now);
    const gint64 id = add(store, "import");
    for (int i = 0; i < STORE_JOB_TRIES; i++) {
        g_autoptr(StoreJob) job = claim(store, NULL, 60);
        g_assert_nonnull(job);
        now += 61;
        store_set_now(store, now);
    }
    g_assert_null(claim(store, NULL, 60));
    g_autoptr(StoreJob) after = load(store, id);
    g_assert_cmpint(after->state, ==, STORE_JOB_FAILED);
    g_assert_nonnull(strstr(after->failure, "died"));
}

static void the_same_work_is_queued_once(void)
{
    g_autoptr(Store) store = case_new(NULL);
    bool known = false;
    const gint64 id = add_part(store, "link", 0, 0, &known);
    g_assert_false(known);
    g_assert_cmpint(add_part(store, "link", 0, 0, &known), ==, id);
    g_assert_true(known);
    G_GNUC_UNUSED g_autoptr(StoreJob) job = claim(store, NULL, 0);
    /* It runs: what came since is not in it, so another one waits. */
    const gint64 next = add_part(store, "link", 0, 0, &known);
    g_assert_false(known);
    g_assert_cmpint(next, !=, id);
    /* A part is one for ever, whatever became of it. */
    const gint64 part = add_part(store, "block", next, 3, &known);
    g_assert_false(known);
    g_autoptr(StoreJob) block = claim(store, "block", 0);
    g_assert_true(finish(store, block, "pairs"));
    g_assert_cmpint(add_part(store, "block", next, 3, &known), ==, part);
    g_assert_true(known);
}

static void parts_come_back_in_order_with_what_they_gave(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    gint64 counts[STORE_JOB_STATES];
    const gint64 whole = add(store, "link");
    for (gint64 part = 5; part > 0; part--)
        add_part(store, "block", whole, part, NULL);
    for (int i = 0; i < 4; i++) {
        g_autoptr(StoreJob) job = store_job_claim(store, "block", whole, "w", 0, &error);
        g_assert_no_error(error);
        g_autofree char *gave = g_strdup_printf("of %d", (int)job->part);
        g_assert_true(finish(store, job, gave));
    }
    g_assert_true(store_job_count(store, whole, counts, &error));
    g_assert_cmpint(counts[STORE_JOB_DONE], ==, 4);
    g_assert_cmpint(counts[STORE_JOB_QUEUED], ==, 1);
    g_autoptr(GPtrArray) parts = store_job_list(store, whole, 1U << STORE_JOB_DONE, &error);
    g_assert_cmpuint(parts->len, ==, 4);
    for (guint i = 0; i < 4; i++) {
        const StoreJob *part = g_ptr_array_index(parts, i);
        g_autoptr(StoreJob) there = load(store, part->id);
        g_autofree char *gave = g_strdup_printf("of %u", i + 2);
        g_assert_cmpint(part->part, ==, i + 2);
        g_assert_null(part->result); /* not in a list */
        assert_text(there->result, gave);
    }
    bool changed = false;
    g_assert_true(store_job_cancel(store, whole, &changed, &error));
    g_assert_true(store_job_count(store, whole, counts, &error));
    g_assert_cmpint(counts[STORE_JOB_CANCELLED], ==, 1);
    gint64 n = 0;
    g_assert_true(store_job_forget(store, 0, &n, &error));
    g_assert_cmpint(n, ==, 6);
    g_assert_cmpint(add(store, "link"), ==, whole + 6); /* a number is not given twice */
}

static void a_cancelled_job_is_told_at_the_next_renewal(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    bool changed = false;
    const gint64 id = add(store, "link");
    g_autoptr(StoreJob) job = claim(store, NULL, 0);
    g_assert_true(store_job_cancel(store, id, &changed, &error));
    g_assert_true(changed);
    g_assert_false(renew(store, job));
    g_assert_false(finish(store, job, "late"));
    g_assert_true(store_job_cancel(store, id, &changed, &error));
    g_assert_false(changed);
    g_assert_false(store_job_cancel(store, 999, &changed, &error));
    assert_error(&error, ZENHAR_ERROR_NOT_FOUND, "no job 999");
}

static void what_is_given_back_costs_no_try(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    bool is_held = false;
    store_set_now(store, START);
    add(store, "link");
    g_autoptr(StoreJob) job = claim(store, NULL, 0);
    g_assert_true(store_job_release(store, job, 7, &is_held, &error));
    g_assert_true(is_held);
    store_set_now(store, START + 6);
    g_assert_null(claim(store, NULL, 0));
    store_set_now(store, START + 7);
    g_autoptr(StoreJob) again = claim(store, NULL, 0);
    g_assert_cmpint(again->tries, ==, 1);
    g_assert_false(renew(store, job));
}

static void work_and_its_end_are_one_transaction(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    const gint64 id = add(store, "scan");
    g_autoptr(StoreJob) job = claim(store, NULL, 0);
    g_assert_true(store_begin(store, &error));
    g_assert_true(finish(store, job, "x"));
    store_rollback(store);
    assert_state(store, id, STORE_JOB_RUNNING);
    g_assert_true(store_begin(store, &error));
    g_assert_true(finish(store, job, "x"));
    g_assert_true(store_commit(store, &error));
    assert_state(store, id, STORE_JOB_DONE);
}

static void what_a_job_is_about_is_sealed(void)
{
    if (test_skip_on_server())
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = case_new(NULL);
    const gint64 id = add(store, "import");
    g_autoptr(StoreJob) job = claim(store, NULL, 0);
    g_assert_true(finish(store, job, "a result"));
    DbStatement *row =
        store_prepare(store, "SELECT hex(payload) || hex(result) || hex(digest) FROM job", &error);
    g_assert_cmpint(store_step(store, row, &error), ==, 1);
    g_assert_null(strstr(db_text(row, 0), "7365637265"));   /* "secre" */
    g_assert_null(strstr(db_text(row, 0), "726573756C74")); /* "result" */
    db_reset(row);
    g_assert_true(store_begin(store, &error));
    g_assert_true(store_run(store, "UPDATE job SET result = zeroblob(60)", &error));
    g_assert_true(store_commit(store, &error));
    g_assert_null(store_job_load(store, id, &error));
    assert_error(&error, ZENHAR_ERROR_INTEGRITY, "changed from outside");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/store/jobs/" #name, name)
    TEST(each_job_goes_to_one_worker_and_ends_once);
    TEST(higher_priority_and_the_kinds_asked_for_come_first);
    TEST(a_lease_that_ended_gives_the_job_to_the_next);
    TEST(a_failure_is_tried_again_later_each_time_and_ends_as_a_sentence);
    TEST(who_dies_each_time_does_not_run_for_ever);
    TEST(the_same_work_is_queued_once);
    TEST(parts_come_back_in_order_with_what_they_gave);
    TEST(a_cancelled_job_is_told_at_the_next_renewal);
    TEST(what_is_given_back_costs_no_try);
    TEST(work_and_its_end_are_one_transaction);
    TEST(what_a_job_is_about_is_sealed);
    return g_test_run();
}
