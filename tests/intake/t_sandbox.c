/* Readers shut in: what comes through unchanged, and what a reader that crashes, loops, eats
 * memory, forks, connects, opens or lies can do (one part with a problem). */
#include "base/i18n.h"
#include "intake/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct {
    GPtrArray *texts, *problems;
    gsize bytes;
    guint stop_after;
} Taken;

static void taken_clear(Taken *taken)
{
    g_clear_pointer(&taken->texts, g_ptr_array_unref);
    g_clear_pointer(&taken->problems, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Taken, taken_clear)

static Taken taken_new(void)
{
    return (Taken){.texts = g_ptr_array_new_with_free_func(g_free),
                   .problems = g_ptr_array_new_with_free_func(g_free)};
}

static bool take(void *context, const IntakePart *part, GError **error)
{
    Taken *taken = context;
    if (part->problem != NULL)
        g_ptr_array_add(taken->problems, g_strdup(part->problem));
    if (part->text != NULL)
        g_ptr_array_add(taken->texts, g_strndup(part->text, part->length));
    taken->bytes += part->n_bytes;
    if (taken->stop_after > 0 && taken->texts->len >= taken->stop_after) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "enough");
        return false;
    }
    return true;
}

static bool tell(IntakePartFound found, void *context, const char *text, GError **error)
{
    return found(context, &(IntakePart){.text = text, .length = strlen(text)}, error);
}

static bool read_everything(const char *name, const void *bytes, gsize length,
                            IntakePartFound found, void *context, GError **error)
{
    return found(context,
                 &(IntakePart){.name = name,
                               .media_type = "text/plain",
                               .text = bytes,
                               .length = length,
                               .title = "گزارش",
                               .sender = "",
                               .url = "https://example.org/",
                               .language = "fa",
                               .external_id = "id-7",
                               .when = -5,
                               .offset = 1ull << 40,
                               .span = 9,
                               .sender_public = true},
                 error) &&
           found(context, &(IntakePart){.bytes = bytes, .n_bytes = length, .skipped = "lines"},
                 error);
}

typedef struct {
    guint n;
    const char *bytes;
    gsize length;
} Expected;

static bool compare(void *context, const IntakePart *part, GError **error)
{
    Expected *expected = context;
    if (expected->n++ == 0) {
        g_assert_cmpstr(part->name, ==, "نامه.txt");
        g_assert_cmpstr(part->media_type, ==, "text/plain");
        g_assert_cmpuint(part->length, ==, expected->length);
        g_assert_true(memcmp(part->text, expected->bytes, expected->length) == 0);
        g_assert_cmpstr(part->title, ==, "گزارش");
        g_assert_cmpstr(part->sender, ==, "");
        g_assert_cmpstr(part->url, ==, "https://example.org/");
        g_assert_cmpstr(part->language, ==, "fa");
        g_assert_cmpstr(part->external_id, ==, "id-7");
        g_assert_cmpint(part->when, ==, -5);
        g_assert_cmpuint(part->offset, ==, 1ull << 40);
        g_assert_cmpuint(part->span, ==, 9);
        g_assert_true(part->sender_public);
        g_assert_null(part->problem);
        g_assert_null(part->bytes);
    } else {
        g_assert_null(part->name);
        g_assert_null(part->text);
        g_assert_cmpuint(part->n_bytes, ==, expected->length);
        g_assert_true(memcmp(part->bytes, expected->bytes, expected->length) == 0);
        g_assert_cmpstr(part->skipped, ==, "lines");
        g_assert_false(part->sender_public);
    }
    return true;
}

static void parts_come_through_unchanged(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < 5 << 20) /* more than a pipe holds */
        g_string_append(text, "می‌خواهند ");
    Expected expected = {0, text->str, text->len};
    g_autoptr(GError) error = NULL;
    g_assert_true(intake_sandboxed(read_everything, "نامه.txt", text->str, text->len, compare,
                                   &expected, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(expected.n, ==, 2);
}

static bool refuse(const char *name, const void *bytes, gsize length, IntakePartFound found,
                   void *context, GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT, "no such thing: «پ»");
    return false;
}

static void errors_come_through_unchanged(void)
{
    g_auto(Taken) taken = taken_new();
    g_autoptr(GError) error = NULL;
    g_assert_false(intake_sandboxed(refuse, NULL, NULL, 0, take, &taken, &error));
    g_assert_error(error, ZENHAR_ERROR, (int)ZENHAR_ERROR_LIMIT);
    g_assert_cmpstr(error->message, ==, "no such thing: «پ»");
}

static bool crash(const char *name, const void *bytes, gsize length, IntakePartFound found,
                  void *context, GError **error)
{
    if (!tell(found, context, "before", error))
        return false;
    if (length > 0)
        abort();
    raise(SIGSEGV);
    return true;
}

static bool loop(const char *name, const void *bytes, gsize length, IntakePartFound found,
                 void *context, GError **error)
{
    if (!tell(found, context, "before", error))
        return false;
    for (volatile guint64 i = 0;; i++)
        ;
}

static bool sleep_for_ever(const char *name, const void *bytes, gsize length, IntakePartFound found,
                           void *context, GError **error)
{
    if (!tell(found, context, "before", error))
        return false;
    int never = 0; /* no other sleep is allowed */
    syscall(SYS_futex, &never, 0, 0, NULL, NULL, 0);
    return true;
}

static bool eat(const char *name, const void *bytes, gsize length, IntakePartFound found,
                void *context, GError **error)
{
    if (!tell(found, context, "before", error))
        return false;
    for (;;) {
        gsize size = 4 << 20;
        char *piece = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (piece == MAP_FAILED)
            abort();
        memset(piece, 1, size);
        syscall(SYS_sched_yield);
    }
}

static bool lie(const char *name, const void *bytes, gsize length, IntakePartFound found,
                void *context, GError **error)
{
    if (!tell(found, context, "before", error))
        return false;
    static const guint32 HEAD[] = {'P', 0, 64, 0}; /* a record of 64 bytes that is no part */
    static const char BODY[64] = "\xff\xff\xff\xff";
    for (int fd = 0; fd < 64; fd++) /* whichever is the pipe */
        if (write(fd, HEAD, sizeof HEAD) == sizeof HEAD && fd > 2)
            return write(fd, BODY, sizeof BODY) > 0;
    return true;
}

static bool flood(const char *name, const void *bytes, gsize length, IntakePartFound found,
                  void *context, GError **error)
{
    for (;;)
        if (!tell(found, context, "before", error))
            return false;
}

static const struct Bad {
    const char *claim;
    IntakePartsReader reader;
    const char *bytes, *said; /* words of the sentence */
    IntakeSandboxLimits limits;
    guint n_before;
} BAD[] = {
    {"segment_violation", crash, "", "crashed", {0}, 1},
    {"abort", crash, "x", "crashed", {0}, 1},
    {"endless_loop", loop, "", "computed for too long", {.seconds_a_part = 1}, 1},
    {"endless_wait", sleep_for_ever, "", "told nothing for too long", {.silence_seconds = 1}, 1},
    {"eats_memory", eat, "", "more than 64 MiB", {.memory_bytes = 64 << 20}, 1},
    {"record_that_is_no_part", lie, "", "more than such a file can hold", {0}, 1},
    {"parts_without_end", flood, "", "more than such a file can hold", {0}, 1000},
};

static void bad_reader_costs_one_part(gconstpointer data)
{
    const struct Bad *bad = data;
    g_auto(Taken) taken = taken_new();
    g_autoptr(GError) error = NULL;
    i18n_set_language(I18N_ENGLISH);
    gint64 start = g_get_monotonic_time();
    g_assert_true(intake_sandboxed_within(&bad->limits, bad->reader, "scan.pdf", bad->bytes,
                                          strlen(bad->bytes), take, &taken, &error));
    g_assert_no_error(error);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 60 * G_USEC_PER_SEC);
    g_assert_cmpuint(taken.texts->len, ==, bad->n_before);
    g_assert_cmpuint(taken.problems->len, ==, 1);
    const char *problem = g_ptr_array_index(taken.problems, 0);
    g_test_message("%s", problem);
    g_assert_nonnull(strstr(problem, bad->said));
    g_assert_nonnull(strstr(problem, "scan.pdf"));
}

/* What is tried must be refused; the reader tells what was not. */
static bool try_to_get_out(const char *name, const void *bytes, gsize length, IntakePartFound found,
                           void *context, GError **error)
{
    bool files = length > 0;
    GString *open_ways = g_string_new(NULL);
    const struct {
        const char *way;
        long result;
    } TRIED[] = {
        {"socket", syscall(SYS_socket, AF_INET, SOCK_STREAM, 0)},
        {"unix socket", syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0)},
        {"fork", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)},
        {"vfork", files ? -1 : syscall(SYS_fork)},
        {"execve", syscall(SYS_execve, "/bin/true", NULL, NULL)},
        {"kill parent", syscall(SYS_kill, getppid(), 0)},
        {"tgkill parent", syscall(SYS_tgkill, getppid(), getppid(), 0)},
        {"write a file",
         syscall(SYS_openat, AT_FDCWD, "/tmp/zenhar-got-out", O_WRONLY | O_CREAT, 0600)},
        {"read passwords", syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY)},
        {"read a process", syscall(SYS_openat, AT_FDCWD, "/proc/self/environ", O_RDONLY)},
        {"ptrace", syscall(SYS_ptrace, 0, 0, 0, 0)},
        {"memfd", syscall(SYS_memfd_create, "x", 0)},
        {"more processes", syscall(SYS_prlimit64, 0, 6 /* NPROC */, NULL, NULL)},
        {"unlink", syscall(SYS_unlink, "/tmp/zenhar-none")},
        {"data", files ? -1 : syscall(SYS_openat, AT_FDCWD, "/usr/share", O_RDONLY)},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(TRIED); i++)
        if (TRIED[i].result >= 0)
            g_string_append_printf(open_ways, "%s; ", TRIED[i].way);
    if (files && syscall(SYS_openat, AT_FDCWD, "/usr/share", O_RDONLY | O_DIRECTORY) < 0)
        g_string_append(open_ways, "cannot read data");
    char *words = g_string_free(open_ways, FALSE);
    bool told = tell(found, context, words, error);
    g_free(words);
    return told;
}

/* Without Landlock a reader with files may open any of them for reading. */
static bool has_landlock(void)
{
    return syscall(444 /* landlock_create_ruleset */, NULL, 0, 1) >= 1;
}

static void no_way_out(gconstpointer data)
{
    bool files = GPOINTER_TO_INT(data) != 0;
    if (files && !has_landlock()) {
        g_test_skip("this kernel has no Landlock");
        return;
    }
    g_auto(Taken) taken = taken_new();
    g_autoptr(GError) error = NULL;
    IntakeSandboxLimits limits = {.needs_files = files};
    g_assert_true(intake_sandboxed_within(&limits, try_to_get_out, "x", "x", files ? 1 : 0, take,
                                          &taken, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(taken.texts->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(taken.texts, 0), ==, "");
}

static void error_of_found_stops_the_reader(void)
{
    g_auto(Taken) taken = taken_new();
    taken.stop_after = 3;
    g_autoptr(GError) error = NULL;
    g_assert_false(intake_sandboxed(flood, NULL, "x", 1, take, &taken, &error));
    g_assert_error(error, ZENHAR_ERROR, (int)ZENHAR_ERROR_IO);
    g_assert_cmpuint(taken.texts->len, ==, 3);
}

/* A reader run from within `found`, as a file in an archive is. */
static bool take_within(void *context, const IntakePart *part, GError **error)
{
    return part->bytes == NULL || intake_sandboxed(read_everything, "inner", part->bytes,
                                                   part->n_bytes, take, context, error);
}

static gpointer read_many(gpointer data)
{
    for (int i = 0; i < 20; i++) {
        g_auto(Taken) taken = taken_new();
        g_autoptr(GError) error = NULL;
        g_assert_true(intake_sandboxed(read_everything, "outer", "متن", strlen("متن"), take_within,
                                       &taken, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(taken.texts->len, ==, 1);
        g_assert_cmpstr(g_ptr_array_index(taken.texts, 0), ==, "متن");
    }
    return NULL;
}

static guint open_files(void)
{
    guint n = 0;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void threads_and_readers_within_readers(void)
{
    read_many(NULL);
    guint before = open_files();
    GThread *threads[4];
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("reads", read_many, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    g_assert_cmpuint(open_files(), ==, before);
}

static bool whose_parent(const char *name, const void *bytes, gsize length, IntakePartFound found,
                         void *context, GError **error)
{
    return found(context, &(IntakePart){.when = getpid()}, error);
}

static bool keep_when(void *context, const IntakePart *part, GError **error)
{
    *(gint64 *)context = part->when;
    return true;
}

static void each_file_has_its_own_process(void)
{
    gint64 first = 0, second = 0;
    g_assert_true(intake_sandboxed(whose_parent, NULL, "", 0, keep_when, &first, NULL));
    g_assert_true(intake_sandboxed(whose_parent, NULL, "", 0, keep_when, &second, NULL));
    g_assert_cmpint(first, >, 0);
    g_assert_cmpint(first, !=, second);
    g_assert_cmpint(first, !=, getpid());
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/sandbox/parts_come_through_unchanged", parts_come_through_unchanged);
    g_test_add_func("/intake/sandbox/errors_come_through_unchanged", errors_come_through_unchanged);
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autofree char *path = g_strconcat("/intake/sandbox/costs_one_part/", BAD[i].claim, NULL);
        g_test_add_data_func(path, &BAD[i], bad_reader_costs_one_part);
    }
    g_test_add_data_func("/intake/sandbox/no_way_out/strict", GINT_TO_POINTER(0), no_way_out);
    g_test_add_data_func("/intake/sandbox/no_way_out/with_files", GINT_TO_POINTER(1), no_way_out);
    g_test_add_func("/intake/sandbox/error_of_found_stops_the_reader",
                    error_of_found_stops_the_reader);
    g_test_add_func("/intake/sandbox/threads_and_readers_within_readers",
                    threads_and_readers_within_readers);
    g_test_add_func("/intake/sandbox/each_file_has_its_own_process", each_file_has_its_own_process);
    return g_test_run();
}
