#include "base/progress.h"

#include "base/error.h"
#include "base/i18n.h"
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { STEP_MICROSECONDS = 200000 };

struct Progress {
    char *what, *unit;
    guint64 total, done;
    gint64 begun, shown;
};

static volatile sig_atomic_t interrupted;
static gint stopped; /* by the program; atomic */

Progress *progress_new(const char *what, const char *unit, guint64 total)
{
    if (!isatty(STDERR_FILENO))
        return NULL;
    Progress *progress = g_new0(Progress, 1);
    progress->what = g_strdup(what);
    progress->unit = g_strdup(unit);
    progress->total = total;
    progress->begun = progress->shown = g_get_monotonic_time();
    return progress;
}

static void show(Progress *progress, gint64 now)
{
    double seconds = (double)(now - progress->begun) / 1e6;
    double rate = seconds > 0 ? (double)progress->done / seconds : 0;
    g_autofree char *done = i18n_integer((gint64)progress->done);
    g_autofree char *per_second = i18n_integer((gint64)rate);
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_append_printf(line, _("%s: %s %s, %s a second"), progress->what, done, progress->unit,
                           per_second);
    if (progress->total > progress->done && rate > 0) {
        g_autofree char *left =
            i18n_integer((gint64)((double)(progress->total - progress->done) / rate) + 1);
        g_string_append(line, "; ");
        g_string_append_printf(line, _("about %s seconds left"), left);
    }
    fprintf(stderr, "\r\033[K%s", line->str);
    fflush(stderr);
    progress->shown = now;
}

void progress_add(Progress *progress, guint64 done)
{
    if (progress == NULL)
        return;
    progress->done += done;
    gint64 now = g_get_monotonic_time();
    if (now - progress->shown >= STEP_MICROSECONDS)
        show(progress, now);
}

void progress_free(Progress *progress)
{
    if (progress == NULL)
        return;
    show(progress, g_get_monotonic_time());
    fputc('\n', stderr);
    g_free(progress->what);
    g_free(progress->unit);
    g_free(progress);
}

static void remember(int signal_number)
{
    interrupted = 1;
    signal(signal_number, SIG_DFL); /* a second one ends the process */
}

void progress_catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = remember, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool progress_interrupted(void)
{
    return interrupted != 0 || g_atomic_int_get(&stopped) != 0;
}

void progress_stop(bool stop)
{
    g_atomic_int_set(&stopped, stop);
}

bool progress_stopped(const char *sentence, GError **error)
{
    if (!progress_interrupted())
        return false;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED, sentence);
    return true;
}

bool progress_watch(void *context, guint64 done, guint64 total)
{
    ProgressWatch *watch = context;
    if (watch->progress == NULL && !watch->quiet)
        watch->progress = progress_new(watch->what, watch->units, total);
    progress_add(watch->progress, done - watch->done);
    watch->done = done;
    return !progress_interrupted();
}
