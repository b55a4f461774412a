/* Arena, threads, random numbers, errors, progress. */
#include "base/arena.h"
#include "base/error.h"
#include "base/i18n.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/resource.h"
#include "base/workers.h"
#include "support.h"

#include <gio/gio.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- arena ---- */

static void test_arena_gives_zeroed_aligned_lasting_memory(void)
{
    g_autoptr(Arena) arena = arena_new("one test");
    g_assert_cmpstr(arena_name(arena), ==, "one test");
    Random random;
    for (int round = 0; round < 3; round++) {
        random_start(&random, 3, 0);
        enum { N = 3000 };
        guint8 *items[N];
        gsize sizes[N], sum = 0;
        for (int i = 0; i < N; i++) {
            sizes[i] = random_below(&random, i % 100 == 0 ? 100000 : 200);
            items[i] = arena_alloc(arena, sizes[i]);
            g_assert_nonnull(items[i]);
            g_assert_cmpuint((uintptr_t)items[i] % _Alignof(max_align_t), ==, 0);
            for (gsize k = 0; k < sizes[i]; k++)
                g_assert_cmpint(items[i][k], ==, 0);
            if (sizes[i] > 0)
                memset(items[i], i % 251, sizes[i]);
            sum += sizes[i];
        }
        g_assert_cmpuint(arena_used(arena), ==, sum);
        for (int i = 0; i < N; i++)
            for (gsize k = 0; k < sizes[i]; k++)
                g_assert_cmpint(items[i][k], ==, i % 251);
        arena_reset(arena);
        g_assert_cmpuint(arena_used(arena), ==, 0);
    }
}

static void test_arena_texts(void)
{
    g_autoptr(Arena) arena = arena_new("one test");
    g_assert_cmpstr(arena_copy(arena, "زنهار!", strlen("زنهار")), ==, "زنهار");
    g_assert_cmpstr(arena_copy_string(arena, ""), ==, "");
    g_assert_cmpstr(arena_printf(arena, "%s, line %d", "T", 41), ==, "T, line 41");
    int *numbers = arena_new_items(arena, int, 10);
    g_assert_cmpint(numbers[9], ==, 0);
}

static void test_arena_refuses_what_does_not_fit(void)
{
    g_autoptr(Arena) arena = arena_new("one test");
    char *before = arena_copy_string(arena, "before");
    g_assert_null(arena_alloc(arena, G_MAXSIZE));
    g_assert_null(arena_alloc(arena, G_MAXSIZE - 20));
    g_assert_null(arena_alloc_array(arena, G_MAXSIZE / 4, 8));
    g_assert_null(arena_alloc_array(arena, G_MAXSIZE / 8 + 1, 8));
    g_assert_null(arena_copy(arena, "", G_MAXSIZE));
    g_assert_cmpstr(before, ==, "before");
    g_assert_cmpuint(arena_used(arena), ==, 7);
    arena_free(NULL);
}

/* ---- workers ---- */

typedef struct {
    guint64 *results;
    gint runs; /* atomic */
    guint threads;
} Work;

static void draw(gsize task, guint worker, void *context)
{
    Work *work = context;
    g_assert_cmpuint(worker, <, work->threads);
    Random random;
    random_start(&random, 1404, task);
    guint64 sum = 0;
    for (gsize i = 0; i < 50 + task % 100; i++)
        sum += random_bits(&random);
    work->results[task] += sum;
    g_atomic_int_inc(&work->runs);
}

static void test_threads_do_not_change_the_result(void)
{
    enum { TASKS = 2000 };
    g_autofree guint64 *alone = g_new0(guint64, TASKS);
    Work work = {alone, 0, 1};
    workers_run(TASKS, 1, draw, &work);
    for (guint threads = 2; threads <= 9; threads++) {
        g_autofree guint64 *together = g_new0(guint64, TASKS);
        work = (Work){together, 0, threads};
        workers_run(TASKS, threads, draw, &work);
        g_assert_cmpint(work.runs, ==, TASKS); /* each task once */
        g_assert_true(memcmp(alone, together, TASKS * sizeof *alone) == 0);
    }
    work = (Work){alone, 0, 1};
    workers_run(0, 4, draw, &work);
    g_assert_cmpint(work.runs, ==, 0);
    workers_run(1, 4, draw, &work);
    g_assert_cmpint(work.runs, ==, 1);
}

static void speak(gsize task, guint worker, void *context)
{
    (void)worker;
    ((I18nLanguage *)context)[task] = i18n_language();
}

static void test_threads_speak_as_who_asked(void)
{
    enum { TASKS = 200 };
    I18nLanguage languages[TASKS];
    i18n_set_language(I18N_PERSIAN);
    workers_run(TASKS, 4, speak, languages);
    i18n_set_language(I18N_ENGLISH);
    for (gsize i = 0; i < TASKS; i++)
        g_assert_cmpint(languages[i], ==, I18N_PERSIAN);
}

static void test_threads_are_what_the_user_says(void)
{
    g_setenv("ZENHAR_THREADS", "3", TRUE);
    g_assert_cmpuint(workers_default_threads(), ==, 3);
    static const char *const WRONG[] = {"0", "-1", "many", "", "100000"};
    for (gsize i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        g_setenv("ZENHAR_THREADS", WRONG[i], TRUE);
        g_assert_cmpuint(workers_default_threads(), ==, g_get_num_processors());
    }
    g_unsetenv("ZENHAR_THREADS");
}

/* ---- random numbers ---- */

/* The first numbers of xoshiro256** from the state 1, 2, 3, 4: the reference program
 * (Blackman and Vigna, prng.di.unimi.it), as the Rust crate rand_xoshiro has them in its tests. */
static void test_xoshiro_as_published(void)
{
    static const uint64_t PUBLISHED[] = {
        11520u,
        0u,
        1509978240u,
        1215971899390074240u,
        1216172134540287360u,
        607988272756665600u,
        16172922978634559625u,
        8476171486693032832u,
        10595114339597558777u,
        2904607092377533576u,
    };
    Random random = {{1, 2, 3, 4}};
    for (gsize i = 0; i < G_N_ELEMENTS(PUBLISHED); i++)
        g_assert_cmpuint(random_bits(&random), ==, PUBLISHED[i]);
}

static void test_streams_differ_and_repeat(void)
{
    Random a, b, c;
    random_start(&a, 1, 0);
    random_start(&b, 1, 0);
    random_start(&c, 1, 1);
    guint same = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t x = random_bits(&a);
        g_assert_cmpuint(x, ==, random_bits(&b));
        same += x == random_bits(&c);
    }
    g_assert_cmpuint(same, ==, 0);
}

static double from_uniform(Random *r)
{
    return random_uniform(r);
}
static double from_below(Random *r)
{
    return (double)random_below(r, 6);
}
static double from_normal(Random *r)
{
    return random_normal(r);
}
static double from_small_gamma(Random *r)
{
    return random_gamma(r, 0.3);
}
static double from_gamma(Random *r)
{
    return random_gamma(r, 7.5);
}
static double from_beta(Random *r)
{
    return random_beta(r, 2, 5);
}
static double from_small_poisson(Random *r)
{
    return (double)random_poisson(r, 3.2);
}
static double from_poisson(Random *r)
{
    return (double)random_poisson(r, 400);
}
static double from_small_binomial(Random *r)
{
    return (double)random_binomial(r, 12, 0.3);
}
static double from_binomial(Random *r)
{
    return (double)random_binomial(r, 5000, 0.02);
}

static const struct {
    const char *claim;
    double (*draw)(Random *);
    double mean, variance; /* of the distribution, by its formula */
} MOMENTS[] = {
    {"uniform", from_uniform, 0.5, 1.0 / 12},
    {"below_six", from_below, 2.5, 35.0 / 12},
    {"normal", from_normal, 0, 1},
    {"gamma_below_one", from_small_gamma, 0.3, 0.3},
    {"gamma", from_gamma, 7.5, 7.5},
    {"beta", from_beta, 2.0 / 7, 10.0 / (49 * 8)},
    {"poisson", from_small_poisson, 3.2, 3.2},
    {"large_poisson", from_poisson, 400, 400},
    {"binomial", from_small_binomial, 3.6, 2.52},
    {"large_binomial", from_binomial, 100, 98},
};

/* Five standard errors off would happen once in a million seeds; the seed is fixed. */
static void test_moments(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    enum { N = 100000 };
    Random random;
    random_start(&random, 42, i);
    double sum = 0, squares = 0, fourths = 0;
    for (int k = 0; k < N; k++) {
        double d = MOMENTS[i].draw(&random) - MOMENTS[i].mean;
        sum += d;
        squares += d * d;
        fourths += d * d * d * d;
    }
    double error_of_mean = sqrt(MOMENTS[i].variance / N);
    g_assert_cmpfloat(fabs(sum / N), <, 5 * error_of_mean);
    double variance = squares / N, error = sqrt((fourths / N - variance * variance) / N);
    g_assert_cmpfloat(fabs(variance - MOMENTS[i].variance), <, 5 * error);
}

static void test_edges(void)
{
    Random random;
    random_start(&random, 5, 5);
    for (int i = 0; i < 1000; i++) {
        g_assert_cmpuint(random_below(&random, 1), ==, 0);
        g_assert_cmpuint(random_below(&random, UINT64_MAX), <, UINT64_MAX);
        double u = random_uniform(&random);
        g_assert_true(u >= 0 && u < 1);
        g_assert_cmpuint(random_binomial(&random, 100, 0), ==, 0);
        g_assert_cmpuint(random_binomial(&random, 100, 1), ==, 100);
        g_assert_cmpuint(random_poisson(&random, 0), ==, 0);
        double beta = random_beta(&random, 1e-3, 1e-3);
        g_assert_true(beta >= 0 && beta <= 1);
        g_assert_true(isfinite(random_gamma(&random, 1e-3)));
    }
}

/* ---- errors ---- */

static void test_exit_statuses(void)
{
    static const struct {
        ZenharErrorCode code;
        int status;
    } STATUSES[] = {
        {ZENHAR_ERROR_USAGE, 2},       {ZENHAR_ERROR_INPUT, 3},      {ZENHAR_ERROR_NOT_FOUND, 3},
        {ZENHAR_ERROR_IO, 3},          {ZENHAR_ERROR_PASSPHRASE, 3}, {ZENHAR_ERROR_NOT_A_CASE, 3},
        {ZENHAR_ERROR_NEWER, 3},       {ZENHAR_ERROR_BUSY, 3},       {ZENHAR_ERROR_DENIED, 3},
        {ZENHAR_ERROR_INTEGRITY, 1},   {ZENHAR_ERROR_MEMORY, 3},     {ZENHAR_ERROR_LIMIT, 3},
        {ZENHAR_ERROR_INTERRUPTED, 3}, {ZENHAR_ERROR_DATA, 3},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(STATUSES); i++) {
        g_autoptr(GError) error = g_error_new_literal(ZENHAR_ERROR, STATUSES[i].code, "x");
        g_assert_cmpint(zenhar_error_exit_status(error), ==, STATUSES[i].status);
    }
    g_autoptr(GError) option = g_error_new_literal(G_OPTION_ERROR, 0, "x");
    g_assert_cmpint(zenhar_error_exit_status(option), ==, 2);
    g_autoptr(GError) other = g_error_new_literal(G_IO_ERROR, 0, "x");
    g_assert_cmpint(zenhar_error_exit_status(other), ==, 3);
    g_assert_cmpint(zenhar_error_exit_status(NULL), ==, 3);
}

/* ---- progress ---- */

static void test_first_interrupt_sets_the_flag(void)
{
    if (g_test_subprocess()) {
        progress_catch_interrupt();
        g_assert_false(progress_interrupted());
        raise(SIGINT);
        g_assert_true(progress_interrupted());
        raise(SIGINT); /* ends the process */
        g_assert_not_reached();
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_assert_false(g_test_trap_has_passed());
    g_test_trap_assert_stderr_unmatched("*should not be reached*");
    g_test_trap_assert_stderr_unmatched("*ERROR*");
}

static void test_progress_is_silent_when_piped(void)
{
    if (g_test_subprocess()) {
        g_autoptr(Progress) progress = progress_new("reading", "records", 10);
        progress_add(progress, 10);
        progress_add(NULL, 1);
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr_unmatched("*reading*");
}

/* The first look at the embedded files by several threads at once, in processes that never looked:
 * each has them. (GLib makes a resource at its first use, and a second thread that comes meanwhile
 * gets none.) */
static gint waiting;

static gpointer look(gpointer data)
{
    (void)data;
    g_atomic_int_add(&waiting, -1);
    while (g_atomic_int_get(&waiting) > 0)
        continue;
    return resource_peek() != NULL ? NULL : GINT_TO_POINTER(1);
}

static int look_together(void)
{
    enum { THREADS = 4 };
    GThread *threads[THREADS];
    int without = 0;
    waiting = THREADS;
    for (int i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("look", look, NULL);
    for (int i = 0; i < THREADS; i++)
        without += g_thread_join(threads[i]) != NULL;
    return without;
}

static int processes_that_missed; /* of 100; before anything else in this program looks */

static void resource_is_there_for_every_thread(void)
{
    g_assert_cmpint(processes_that_missed, ==, 0);
}

static void try_processes(void)
{
    for (int i = 0; i < 100; i++) {
        const pid_t child = fork();
        if (child == 0)
            _exit(look_together() > 0);
        int status = 0;
        waitpid(child, &status, 0);
        processes_that_missed += status != 0;
    }
}

int main(int argc, char **argv)
{
    try_processes();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/resource/every_thread", resource_is_there_for_every_thread);
    g_test_add_func("/base/arena/gives_zeroed_aligned_lasting_memory",
                    test_arena_gives_zeroed_aligned_lasting_memory);
    g_test_add_func("/base/arena/texts", test_arena_texts);
    g_test_add_func("/base/arena/refuses_what_does_not_fit", test_arena_refuses_what_does_not_fit);
    g_test_add_func("/base/workers/threads_do_not_change_the_result",
                    test_threads_do_not_change_the_result);
    g_test_add_func("/base/workers/threads_speak_as_who_asked", test_threads_speak_as_who_asked);
    g_test_add_func("/base/workers/threads_are_what_the_user_says",
                    test_threads_are_what_the_user_says);
    g_test_add_func("/base/random/xoshiro_as_published", test_xoshiro_as_published);
    g_test_add_func("/base/random/streams_differ_and_repeat", test_streams_differ_and_repeat);
    for (gsize i = 0; i < G_N_ELEMENTS(MOMENTS); i++) {
        g_autofree char *name = g_strconcat("/base/random/moments/", MOMENTS[i].claim, NULL);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_moments);
    }
    g_test_add_func("/base/random/edges", test_edges);
    g_test_add_func("/base/error/exit_statuses", test_exit_statuses);
    g_test_add_func("/base/progress/first_interrupt_sets_the_flag",
                    test_first_interrupt_sets_the_flag);
    g_test_add_func("/base/progress/silent_when_piped", test_progress_is_silent_when_piped);
    return g_test_run();
}
