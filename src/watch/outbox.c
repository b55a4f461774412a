/* watch/outbox.c: what waits is sent, each by its channel; what happened is written before and
 * after (store/watch.h draws the states). */
#include "render/output.h"
#include "store/user.h"
#include "watch/private.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

enum { FIRST_PAUSE = 60, LONGEST_PAUSE = 6 * 3600, GIVE_UP = 3 * 86400, FEED_ENTRIES = 50 };

typedef struct {
    Watch *watch;
    const WatchChannel *channel;
    StoreDispatch *dispatch;
    GError *fault; /* of the case */
} Try;

static bool set_state(Watch *watch, StoreDispatch *dispatch, const char *state, GError **error)
{
    g_free(dispatch->state);
    dispatch->state = g_strdup(state);
    return store_dispatch_update(watch->store, dispatch, error);
}

/* On the disk before the step that cannot be taken back. */
static bool handing(void *context)
{
    Try *try = context;
    return set_state(try->watch, try->dispatch, "handing", &try->fault);
}

static WatchOutcome put_file(const WatchChannel *channel, const StoreDispatch *dispatch,
                             const char *ending, char **ret_why)
{
    g_autofree char *file = g_strdup_printf("%s.%s", dispatch->name, ending);
    g_autofree char *path = g_build_filename(channel->path, file, NULL);
    g_autoptr(GError) why = NULL;
    gsize length;
    const void *bytes = g_bytes_get_data(dispatch->payload, &length);
    if (g_mkdir_with_parents(channel->path, 0700) != 0) {
        *ret_why = g_strdup_printf(_("The folder %s cannot be made: %s."), channel->path,
                                   i18n_errno(errno));
        return WATCH_NOT_YET;
    }
    if (output_bytes(path, bytes, length, &why))
        return WATCH_WENT;
    *ret_why = g_strdup(why->message);
    return WATCH_NOT_YET;
}

/* The feed is written whole from what the outbox holds: twice is as once. */
static WatchOutcome put_feed(Try *try, char **ret_why)
{
    g_autoptr(GPtrArray) entries = store_dispatch_list_channel(
        try->watch->store, try->channel->name, FEED_ENTRIES, &try->fault);
    if (entries == NULL)
        return WATCH_NOT_YET;
    char hex[17];
    g_autoptr(GError) why = NULL;
    watch_case_hex(try->watch->store, hex);
    g_autofree char *title = store_setting_get(try->watch->store, "title", NULL);
    g_autofree char *feed = watch_letter_feed(title != NULL ? title : "Zenhar", hex, entries);
    if (output_bytes(try->channel->path, feed, strlen(feed), &why))
        return WATCH_WENT;
    *ret_why = g_strdup(why->message);
    return WATCH_NOT_YET;
}

/* The recipient is the last part of the key: no configuration that changed meanwhile counts. */
static const char *recipient(const StoreDispatch *dispatch)
{
    return strrchr(dispatch->key, '/') + 1;
}

static WatchOutcome try_once(Try *try, char **ret_why)
{
    switch (try->channel->kind) {
    case WATCH_MAIL:
        return watch_mail_send(try->channel, recipient(try->dispatch), try->dispatch->payload,
                               handing, try, ret_why);
    case WATCH_COMMAND:
        if (!handing(try))
            return WATCH_NOT_YET;
        return watch_command_run(try->channel, try->dispatch->name, try->dispatch->payload,
                                 ret_why);
    case WATCH_CAP:
        return put_file(try->channel, try->dispatch, "xml", ret_why);
    case WATCH_JSON:
        return put_file(try->channel, try->dispatch, "json", ret_why);
    case WATCH_ATOM:
        return put_feed(try, ret_why);
    }
    g_assert_not_reached();
}

static void put_off(StoreDispatch *dispatch, gint64 now)
{
    gint64 pause = FIRST_PAUSE;
    for (gint32 i = 1; i < dispatch->tries && pause < LONGEST_PAUSE; i++)
        pause *= 4;
    dispatch->next = now + MIN(pause, (gint64)LONGEST_PAUSE);
}

static bool is_a_file(const WatchChannel *channel)
{
    return channel->kind != WATCH_MAIL && channel->kind != WATCH_COMMAND;
}

static bool settle(Try *try, WatchOutcome outcome, char *why, WatchDone *done, GError **error)
{
    Watch *watch = try->watch;
    StoreDispatch *dispatch = try->dispatch;
    gint64 now = store_now(watch->store);
    g_free(dispatch->reason);
    dispatch->reason = why;
    if (outcome == WATCH_NOT_YET && now - dispatch->created > GIVE_UP)
        outcome = WATCH_NEVER;
    if (outcome == WATCH_UNSURE && (try->channel->again || is_a_file(try->channel)))
        outcome = WATCH_NOT_YET;
    if (why != NULL)
        watch_say(watch, _("“%s”, round %" G_GINT64_FORMAT ": %s"), dispatch->channel,
                  dispatch->round, why);
    switch (outcome) {
    case WATCH_WENT:
        done->sent++;
        dispatch->ended = now;
        return set_state(watch, dispatch, "done", error);
    case WATCH_NOT_YET:
        done->waiting++;
        put_off(dispatch, now);
        return set_state(watch, dispatch, "waiting", error);
    case WATCH_NEVER:
        done->failed++;
        dispatch->ended = now;
        return set_state(watch, dispatch, "failed", error);
    case WATCH_UNSURE:
        done->unsure++;
        dispatch->ended = now;
        return set_state(watch, dispatch, "unsure", error);
    }
    g_assert_not_reached();
}

static const WatchChannel *channel_of(const Watch *watch, const StoreDispatch *dispatch)
{
    for (guint i = 0; i < watch->config->channels->len; i++) {
        const WatchChannel *channel = g_ptr_array_index(watch->config->channels, i);
        if (g_strcmp0(channel->name, dispatch->channel) == 0)
            return channel;
    }
    return NULL;
}

static bool send_one(Watch *watch, StoreDispatch *dispatch, const WatchChannel *channel,
                     WatchDone *done, GError **error)
{
    Try try = {.watch = watch, .channel = channel, .dispatch = dispatch};
    dispatch->tries++;
    if (!set_state(watch, dispatch, "sending", error))
        return false;
    char *why = NULL;
    WatchOutcome outcome = try_once(&try, &why);
    if (try.fault != NULL) {
        g_free(why);
        g_propagate_error(error, try.fault);
        return false;
    }
    return settle(&try, outcome, why, done, error);
}

/* A process ended between the last byte and the answer. */
static bool settle_handing(Watch *watch, WatchDone *done, GError **error)
{
    g_autoptr(GPtrArray) begun = store_dispatch_list_state(watch->store, "handing", error);
    for (guint i = 0; begun != NULL && i < begun->len; i++) {
        StoreDispatch *dispatch = g_ptr_array_index(begun, i);
        const WatchChannel *channel = channel_of(watch, dispatch);
        if (channel == NULL)
            continue;
        Try try = {.watch = watch, .channel = channel, .dispatch = dispatch};
        char *why = g_strdup(_("The watch was cut off while this was handed over; it may have "
                               "arrived."));
        if (!settle(&try, WATCH_UNSURE, why, done, error))
            return false;
        dispatch->next = 0;
    }
    return begun != NULL;
}

bool watch_send(Watch *watch, WatchDone *done, GError **error)
{
    if (!watch_holds(watch, error) || !settle_handing(watch, done, error))
        return false;
    g_autoptr(GPtrArray) waiting = store_dispatch_list_state(watch->store, "waiting", error);
    for (guint i = 0; waiting != NULL && i < waiting->len; i++) {
        StoreDispatch *dispatch = g_ptr_array_index(waiting, i);
        const WatchChannel *channel = channel_of(watch, dispatch);
        if (channel == NULL || dispatch->next > store_now(watch->store)) {
            done->waiting += channel != NULL;
            continue;
        }
        if (!send_one(watch, dispatch, channel, done, error))
            return false;
    }
    return waiting != NULL;
}
