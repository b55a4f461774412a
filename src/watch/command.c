/* watch/command.c: a command of the user's, with the notices on its standard input.
 *
 * No shell, no word of a notice in its arguments; of the environment it gets PATH, HOME, LANG and
 * ZENHAR_NOTICE, the name that is the same at each try. It says by its exit status whether it has
 * told: 0 yes; anything else no, and it is run again later. One that takes longer than its time is
 * ended with all that it started; whether it told is then not known. */
#include "watch/private.h"
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLICE_MILLISECONDS = 50 };

/* In a group of its own, so that what it starts can be ended with it. */
static void lead_group(gpointer data)
{
    (void)data;
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
}

static GStrv environment(const char *name)
{
    g_auto(GStrv) all = g_get_environ();
    GStrv few = g_new0(char *, 1);
    static const char *const KEPT[] = {"PATH", "HOME", "LANG", "TZ"};
    for (gsize i = 0; i < G_N_ELEMENTS(KEPT); i++) {
        const char *value = g_environ_getenv(all, KEPT[i]);
        if (value != NULL)
            few = g_environ_setenv(few, KEPT[i], value, TRUE);
    }
    return g_environ_setenv(few, "ZENHAR_NOTICE", name, TRUE);
}

/* Gives it what it reads; a command that reads nothing is no fault. */
static void feed(int pipe, const char **at, gsize *left)
{
    struct pollfd ready = {.fd = pipe, .events = POLLOUT};
    if (poll(&ready, 1, SLICE_MILLISECONDS) <= 0)
        return;
    gssize n = write(pipe, *at, *left);
    if (n > 0) {
        *at += n;
        *left -= (gsize)n;
    } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
        *left = 0;
    }
}

/* Its status when it ends in time; false: it was ended. */
static bool attend(GPid child, int pipe, GBytes *payload, guint seconds, int *ret_status)
{
    gsize left;
    const char *at = g_bytes_get_data(payload, &left);
    gint64 until = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
    fcntl(pipe, F_SETFL, O_NONBLOCK);
    bool open = true, ended = false;
    while (!ended && g_get_monotonic_time() < until) {
        if (open && left > 0)
            feed(pipe, &at, &left);
        if (open && left == 0) {
            close(pipe);
            open = false;
        }
        ended = waitpid(child, ret_status, WNOHANG) == child;
        if (!ended && !open)
            g_usleep(SLICE_MILLISECONDS * 1000);
    }
    if (open)
        close(pipe);
    if (!ended) {
        kill(-child, SIGKILL);
        waitpid(child, ret_status, 0);
    }
    return ended;
}

WatchOutcome watch_command_run(const WatchChannel *channel, const char *name, GBytes *payload,
                               char **ret_why)
{
    g_auto(GStrv) few = environment(name);
    g_autoptr(GError) why = NULL;
    GPid child;
    int pipe, status = 0;
    if (!g_spawn_async_with_pipes("/", channel->run, few,
                                  G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                                  lead_group, NULL, &child, &pipe, NULL, NULL, &why)) {
        *ret_why = g_strdup_printf(_("%s cannot be started: %s."), channel->run[0], why->message);
        return WATCH_NOT_YET;
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, &before);
    bool ended = attend(child, pipe, payload, channel->seconds, &status);
    sigaction(SIGPIPE, &before, NULL);
    g_spawn_close_pid(child);
    if (ended && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return WATCH_WENT;
    if (!ended) {
        *ret_why = g_strdup_printf(_("%s took longer than %u seconds and was ended; whether it has "
                                     "told is not known."),
                                   channel->run[0], channel->seconds);
        return WATCH_UNSURE;
    }
    if (WIFSIGNALED(status)) {
        *ret_why =
            g_strdup_printf(_("%s was ended by signal %d; whether it has told is not known."),
                            channel->run[0], WTERMSIG(status));
        return WATCH_UNSURE;
    }
    *ret_why = g_strdup_printf(_("%s ended with status %d."), channel->run[0], WEXITSTATUS(status));
    return WATCH_NOT_YET;
}
