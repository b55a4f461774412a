/* The other side of the sandbox: the keeper (this program, started anew as SANDBOX_ARGV0), a
 * watcher and a reader for each file. None of them returns to main(). */
#include "intake/sandbox_private.h"

#include "intake/paper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BYTES, PARTS, STATUS, N_DESCRIPTORS, WATCH_MILLISECONDS = 20, NOT_LOCKED = 77 };

typedef struct {
    int pipe;
    guint seconds_a_part;
} Sink;

static bool send_part(void *context, const IntakePart *part, GError **error)
{
    const Sink *sink = context;
    if (!sandbox_wire_part(sink->pipe, part)) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
                            _("Nobody takes what is read any more."));
        return false;
    }
    sandbox_more_time(sink->seconds_a_part);
    return true;
}

static IntakePartsReader reader_of(const SandboxRequest *request)
{
    return (IntakePartsReader)(void *)((char *)(void *)intake_sandboxed + request->reader);
}

_Noreturn static void run_reader(const SandboxRequest *request, const int *descriptors)
{
    void *bytes = NULL;
    if (request->length > 0) {
        bytes = mmap(NULL, request->length, PROT_READ, MAP_PRIVATE, descriptors[BYTES], 0);
        if (bytes == MAP_FAILED)
            _exit(NOT_LOCKED);
    }
    close(descriptors[BYTES]);
    IntakePartsReader reader = reader_of(request);
    i18n_set_language(request->language);
    (void)_("page %u"); /* the catalogue is opened before files are shut */
    if (!sandbox_lock(&request->limits, request->length))
        _exit(NOT_LOCKED);
    Sink sink = {descriptors[PARTS], request->limits.seconds_a_part};
    g_autoptr(GError) error = NULL;
    bool done = reader(request->named ? request->name : NULL, bytes != NULL ? bytes : "",
                       request->length, send_part, &sink, &error);
    if (!done && error == NULL)
        g_set_error_literal(&error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("The reader gave up."));
    _exit(sandbox_wire_end(descriptors[PARTS], done ? NULL : error) ? 0 : 1);
}

/* Resident memory of its own: pages of files and of the original shared with us are not counted. */
static guint64 memory_of(pid_t process)
{
    char path[32];
    unsigned long size, resident, shared;
    g_snprintf(path, sizeof path, "/proc/%d/statm", (int)process);
    FILE *statm = fopen(path, "re");
    if (statm == NULL)
        return 0;
    bool read = fscanf(statm, "%lu %lu %lu", &size, &resident, &shared) == 3;
    fclose(statm);
    return read && resident > shared ? (resident - shared) * (guint64)sysconf(_SC_PAGESIZE) : 0;
}

/* Until the reader ends, takes too much, or nobody listens any more. */
static SandboxStatus watch(pid_t reader, int parts, guint64 memory_bytes)
{
    int handle = (int)syscall(SYS_pidfd_open, reader, 0);
    guint64 base = memory_of(reader);
    bool greedy = false;
    for (bool over = false; !over;) {
        struct pollfd look[2] = {{.fd = handle, .events = POLLIN}, {.fd = parts}};
        over = poll(look, 2, WATCH_MILLISECONDS) > 0 &&
               (look[0].revents != 0 || (look[1].revents & POLLERR) != 0);
        greedy = !over && memory_of(reader) > base + memory_bytes;
        over = over || greedy;
    }
    kill(reader,
         SIGKILL); /* it may be over already: it is not reaped, so the number is still its */
    int state = 0;
    while (waitpid(reader, &state, 0) < 0 && errno == EINTR)
        ;
    if (greedy)
        return (SandboxStatus){SANDBOX_MEMORY, 0};
    if (WIFSIGNALED(state))
        return (SandboxStatus){SANDBOX_SIGNAL, WTERMSIG(state)};
    if (WEXITSTATUS(state) == NOT_LOCKED)
        return (SandboxStatus){SANDBOX_NO_LOCK, 0};
    return (SandboxStatus){SANDBOX_ENDED, WEXITSTATUS(state)};
}

_Noreturn static void run_watcher(const SandboxRequest *request, const int *descriptors)
{
    close(SANDBOX_SOCKET);
    signal(SIGCHLD, SIG_DFL);
    pid_t reader = fork();
    if (reader == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(descriptors[STATUS]);
        run_reader(request, descriptors);
    }
    SandboxStatus status = {SANDBOX_NO_PROCESS, errno};
    close(descriptors[BYTES]);
    if (reader > 0)
        status = watch(reader, descriptors[PARTS], request->limits.memory_bytes);
    /* The status stands in its pipe before the other one ends. */
    _exit(write(descriptors[STATUS], &status, sizeof status) == sizeof status ? 0 : 1);
}

/* One request with its descriptors. False at the end: the case's process is gone. */
static bool receive(SandboxRequest *request, int *descriptors)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(N_DESCRIPTORS * sizeof(int))];
    } control;
    struct iovec piece = {request, sizeof *request};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t n;
    do
        n = recvmsg(SANDBOX_SOCKET, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (n != sizeof *request || header == NULL ||
        header->cmsg_len != CMSG_LEN(N_DESCRIPTORS * sizeof(int)))
        return false;
    memcpy(descriptors, CMSG_DATA(header), N_DESCRIPTORS * sizeof(int));
    request->name[SANDBOX_NAME - 1] = '\0';
    return true;
}

void sandbox_keep(void)
{
    prctl(PR_SET_NAME, "zenhar-keeper");
    signal(SIGCHLD, SIG_IGN); /* watchers are nobody's to wait for */
    signal(SIGPIPE, SIG_IGN);
    SandboxRequest request;
    int descriptors[N_DESCRIPTORS];
    while (receive(&request, descriptors)) {
        if (intake_paper_is(reader_of(&request)))
            intake_paper_open(); /* once, here: each reader is a fork and has it */
        pid_t watcher = fork();
        if (watcher == 0)
            run_watcher(&request, descriptors);
        SandboxStatus none = {SANDBOX_NO_PROCESS, errno};
        if (watcher < 0 && write(descriptors[STATUS], &none, sizeof none) != sizeof none)
            _exit(1);
        for (int i = 0; i < N_DESCRIPTORS; i++)
            close(descriptors[i]);
    }
    _exit(0);
}
