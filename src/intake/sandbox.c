/* The case's side of the sandbox: the keeper is started once, a file is handed over, its parts come
 * back. About 2 ms a file beyond the reader's own time. */
#include "intake/sandbox_private.h"

#include "intake/paper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_DESCRIPTORS = 3, CHUNK = 1 << 20 };

static GMutex keeper_lock;
static int keeper_socket = -1;
static pid_t keeper_process;

static bool fail(GError **error, const char *what)
{
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
        _("This file was not read, for its reader could not be shut in: %s (%s). Readers of "
          "files from outside run only shut in; Linux 5.3 or later with seccomp and /proc is "
          "needed."),
        what, i18n_errno(errno));
    return false;
}

/* The environment of the keeper: what libraries need to find their data, no more. */
static char **keeper_environment(void)
{
    static const char *const KEPT[] = {
        "TESSDATA_PREFIX", "ZENHAR_MODULES",  "LD_LIBRARY_PATH", "ASAN_OPTIONS",
        "UBSAN_OPTIONS",   "FONTCONFIG_FILE", "FONTCONFIG_PATH", "TZ"};
    GPtrArray *list = g_ptr_array_new();
    g_ptr_array_add(list, g_strdup(SANDBOX_MARK "=1"));
    g_ptr_array_add(list, g_strdup("PATH=/usr/bin:/bin"));
    g_ptr_array_add(list, g_strdup("HOME=/nonexistent"));
    g_ptr_array_add(list, g_strdup("LC_ALL=C.UTF-8"));
    g_ptr_array_add(list, g_strdup("OMP_THREAD_LIMIT=1")); /* a reader has one thread */
    for (gsize i = 0; i < G_N_ELEMENTS(KEPT); i++) {
        const char *value = g_getenv(KEPT[i]);
        if (value != NULL)
            g_ptr_array_add(list, g_strdup_printf("%s=%s", KEPT[i], value));
    }
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

/* Call with keeper_lock held. A session of its own: Ctrl-C stops the import at a safe point, not
 * the reader in the middle of a file. */
static bool start_keeper(GError **error)
{
    int pair[2];
    errno = ELOOP;
    if (g_getenv(SANDBOX_MARK) != NULL)
        return fail(error, "exec");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return fail(error, "socketpair");
    int theirs =
        fcntl(pair[1], F_DUPFD_CLOEXEC, SANDBOX_SOCKET + 1); /* dup2 onto itself keeps CLOEXEC */
    close(pair[1]);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, theirs, SANDBOX_SOCKET);
    posix_spawn_file_actions_addclosefrom_np(&actions, SANDBOX_SOCKET + 1);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    char *arguments[] = {(char *)SANDBOX_ARGV0, NULL};
    g_auto(GStrv) environment = keeper_environment();
    int failed = posix_spawn(&keeper_process, "/proc/self/exe", &actions, &attributes, arguments,
                             environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(theirs);
    if (failed != 0) {
        close(pair[0]);
        errno = failed;
        return fail(error, "posix_spawn");
    }
    keeper_socket = pair[0];
    return true;
}

static bool send_once(const SandboxRequest *request, const int *descriptors)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(N_DESCRIPTORS * sizeof(int))];
    } control = {0};
    struct iovec piece = {(void *)request, sizeof *request};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(N_DESCRIPTORS * sizeof(int));
    memcpy(CMSG_DATA(header), descriptors, N_DESCRIPTORS * sizeof(int));
    ssize_t n;
    do
        n = sendmsg(keeper_socket, &message, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == sizeof *request;
}

/* To the keeper, which is started when there is none, and once more when it is gone. */
static bool ask(const SandboxRequest *request, const int *descriptors, GError **error)
{
    g_mutex_lock(&keeper_lock);
    bool sent = (keeper_socket >= 0 || start_keeper(error));
    if (sent && !send_once(request, descriptors)) {
        close(keeper_socket);
        keeper_socket = -1;
        waitpid(keeper_process, NULL, 0);
        sent = start_keeper(error);
        if (sent && !send_once(request, descriptors))
            sent = fail(error, "sendmsg");
    }
    g_mutex_unlock(&keeper_lock);
    return sent;
}

static int sealed_copy(const void *bytes, gsize length)
{
    int copy = memfd_create("zenhar", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    for (const char *at = bytes; copy >= 0 && length > 0;) {
        ssize_t n = write(copy, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            close(copy);
            return -1;
        }
        at += n;
        length -= (gsize)n;
    }
    if (copy >= 0)
        fcntl(copy, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    return copy;
}

/* One run, as seen from here. */
typedef struct {
    const char *name;
    IntakeSandboxLimits limits;
    int parts, status;
    guint64 n_parts, max_parts, n_bytes, max_bytes;
    IntakePartFound found;
    void *context;
    GByteArray *record;
    bool over, failed;  /* the reader said so */
    const char *breach; /* why we stopped listening; NULL */
    GError *error;      /* of `found`, or the reader's */
} Run;

/* Exactly `length` bytes, as they come. False at the end of the pipe or after a long silence. */
static bool take(Run *run, void *buffer, gsize length)
{
    for (char *at = buffer; length > 0;) {
        struct pollfd look = {.fd = run->parts, .events = POLLIN};
        int ready = poll(&look, 1, (int)MIN(run->limits.silence_seconds, 1000000u) * 1000);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0)
            run->breach = N_("it told nothing for too long");
        ssize_t n = ready > 0 ? read(run->parts, at, length) : 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        length -= (gsize)n;
    }
    return true;
}

/* The body grows as it comes: a length that lies costs nothing. */
static bool take_body(Run *run, guint64 length)
{
    g_byte_array_set_size(run->record, 0);
    while (run->record->len < length) {
        guint had = run->record->len, more = (guint)MIN(length - had, CHUNK);
        g_byte_array_set_size(run->record, had + more);
        if (!take(run, run->record->data + had, more))
            return false;
    }
    return true;
}

static bool pass_on(Run *run)
{
    IntakePart part;
    bool fits = sandbox_wire_parse(run->record->data, run->record->len, &part) &&
                run->n_parts < run->max_parts &&
                (run->n_bytes += part.length + part.n_bytes) <= run->max_bytes;
    if (!fits) {
        run->breach = N_("it told more than such a file can hold");
        return false;
    }
    run->n_parts++;
    if (run->found(run->context, &part, &run->error))
        return true;
    run->failed = true;
    return false;
}

static void listen_to(Run *run)
{
    SandboxHead head;
    while (!run->over && take(run, &head, sizeof head)) {
        if (head.length > sandbox_wire_max()) {
            run->breach = N_("it told more than such a file can hold");
            return;
        }
        if (!take_body(run, head.length))
            return;
        if (head.kind == SANDBOX_PART) {
            if (!pass_on(run))
                return;
        } else {
            run->over = true;
            run->failed = head.kind == SANDBOX_ERROR;
            if (run->failed) {
                g_autofree char *words =
                    g_utf8_make_valid((const char *)run->record->data, run->record->len);
                g_set_error_literal(&run->error, ZENHAR_ERROR,
                                    MIN((int)head.code, (int)ZENHAR_ERROR_DATA), words);
            }
        }
    }
}

/* Why it broke off, as words within a sentence. Transfers. */
static char *why(const Run *run, const SandboxStatus *status)
{
    if (run->breach != NULL)
        return g_strdup(i18n_get(run->breach));
    if (status->end == SANDBOX_MEMORY) {
        g_autofree char *most = i18n_integer((gint64)(run->limits.memory_bytes >> 20));
        return g_strdup_printf(_("it took more than %s MiB of memory"), most);
    }
    if (status->end == SANDBOX_SIGNAL && (status->detail == SIGXCPU || status->detail == SIGKILL))
        return g_strdup(_("it computed for too long"));
    if (status->end == SANDBOX_UNKNOWN)
        return g_strdup(_("it ended without a word"));
    g_autofree char *number = i18n_integer(status->detail);
    if (status->end == SANDBOX_SIGNAL)
        return g_strdup_printf(_("it crashed (signal %s)"), number);
    return g_strdup_printf(_("it crashed (exit status %s)"), number);
}

/* The reader ended without a word of its own: one part says so. */
static bool tell_broken(Run *run, GError **error)
{
    SandboxStatus status = {SANDBOX_UNKNOWN, 0};
    ssize_t n = run->breach != NULL ? 0 : read(run->status, &status, sizeof status);
    if (n == sizeof status && status.end == SANDBOX_NO_LOCK) {
        errno = EPERM;
        return fail(error, "seccomp");
    }
    if (n == sizeof status && status.end == SANDBOX_NO_PROCESS) {
        errno = status.detail;
        return fail(error, "fork");
    }
    g_autofree char *reason = why(run, &status);
    g_autofree char *n_parts = i18n_integer((gint64)run->n_parts);
    g_autofree char *problem = g_strdup_printf(
        _("“%s” was not read to its end: its reader, shut in by itself, was stopped because %s. "
          "Parts read before that: %s. The file is damaged, or made to do harm; nothing else was "
          "touched, and the original is kept."),
        run->name != NULL ? run->name : "?", reason, n_parts);
    return run->found(run->context, &(IntakePart){.name = run->name, .problem = problem}, error);
}

/* A page that is read optically takes seconds, and a file may have hundreds. */
static IntakeSandboxLimits with_defaults(const IntakeSandboxLimits *limits,
                                         IntakePartsReader reader)
{
    bool optical = intake_paper_is(reader);
    IntakeSandboxLimits all = {0};
    if (limits != NULL)
        all = *limits;
    else
        all.needs_files = reader != intake_read_archive && reader != intake_read_sheet;
    all.seconds_a_part = all.seconds_a_part != 0 ? all.seconds_a_part : optical ? 240 : 60;
    all.seconds = all.seconds != 0 ? all.seconds : optical ? 7200 : 1800;
    all.silence_seconds = all.silence_seconds != 0 ? all.silence_seconds : 600;
    all.memory_bytes = all.memory_bytes != 0 ? all.memory_bytes : 1u << 30;
    return all;
}

/* Of this program's own text: the address means the same on the other side. */
static void assert_ours(IntakePartsReader reader)
{
    extern const char __executable_start, etext;
    g_assert((gsize)(void *)reader >= (gsize)&__executable_start &&
             (gsize)(void *)reader < (gsize)&etext);
}

static bool hand_over(const Run *run, IntakePartsReader reader, const void *bytes, gsize length,
                      int parts, int status, GError **error)
{
    SandboxRequest request = {.reader = (char *)(void *)reader - (char *)(void *)intake_sandboxed,
                              .length = length,
                              .limits = run->limits,
                              .language = i18n_language(),
                              .named = run->name != NULL};
    if (run->name != NULL)
        g_utf8_strncpy(request.name, run->name, (SANDBOX_NAME - 1) / 4);
    int copy = sealed_copy(bytes, length);
    if (copy < 0)
        return fail(error, "memfd_create");
    bool asked = ask(&request, (int[N_DESCRIPTORS]){copy, parts, status}, error);
    close(copy);
    return asked;
}

bool intake_sandboxed_within(const IntakeSandboxLimits *limits, IntakePartsReader reader,
                             const char *name, const void *bytes, gsize length,
                             IntakePartFound found, void *context, GError **error)
{
    g_assert(reader != NULL && found != NULL && (bytes != NULL || length == 0));
    assert_ours(reader);

    int parts[2], status[2];
    if (pipe2(parts, O_CLOEXEC) != 0)
        return fail(error, "pipe");
    if (pipe2(status, O_CLOEXEC) != 0) {
        close(parts[0]);
        close(parts[1]);
        return fail(error, "pipe");
    }
    g_autofree char *valid = name != NULL ? g_utf8_make_valid(name, -1) : NULL;
    Run run = {.name = valid,
               .limits = with_defaults(limits, reader),
               .parts = parts[0],
               .status = status[0],
               .max_parts = 1000 + (guint64)length, /* each rests on a byte at least */
               .max_bytes = INTAKE_PARTS_BYTES_MAX + (64u << 20) + 16 * (guint64)length,
               .found = found,
               .context = context};
    bool done = hand_over(&run, reader, bytes, length, parts[1], status[1], error);
    close(parts[1]);
    close(status[1]);
    if (done) {
        run.record = g_byte_array_new();
        listen_to(&run);
        close(run.parts); /* whoever still writes is ended by its watcher */
        run.parts = -1;
        if (run.failed) {
            g_propagate_error(error, g_steal_pointer(&run.error));
            done = false;
        } else if (!run.over)
            done = tell_broken(&run, error);
        g_byte_array_unref(run.record);
    }
    if (run.parts >= 0)
        close(run.parts);
    close(run.status);
    return done;
}

bool intake_sandboxed(IntakePartsReader reader, const char *name, const void *bytes, gsize length,
                      IntakePartFound found, void *context, GError **error)
{
    return intake_sandboxed_within(NULL, reader, name, bytes, length, found, context, error);
}

/* Runs before main() in every program that has a sandbox, and acts in the keeper alone. */
__attribute__((constructor)) static void keep_when_keeper(int n_arguments, char **arguments)
{
    if (n_arguments == 1 && strcmp(arguments[0], SANDBOX_ARGV0) == 0)
        sandbox_keep();
}
