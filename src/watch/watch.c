#include "watch/watch.h"

#include "assess/assess.h"
#include "base/edtf.h"
#include "watch/private.h"
#include <string.h>

static const char ALIVE[] = "clock/alive", DETECTED[] = "clock/detect";

void watch_say(Watch *watch, const char *format, ...)
{
    if (watch->say == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    watch->say(watch->say_context, sentence);
}

char *watch_time_words(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    if (time == NULL)
        return g_strdup("");
    g_autofree char *day = edtf_describe_day((gint32)(seconds / 86400));
    g_autofree char *clock = g_date_time_format(time, "%H:%M");
    g_autofree char *digits = i18n_digits(clock);
    return g_strdup_printf(_("%s, %s UTC"), day, digits);
}

void watch_case_hex(Store *store, char hex[17])
{
    const guint8 *id = store_keys_case_id(store_keys(store));
    for (int i = 0; i < 8; i++)
        g_snprintf(hex + 2 * i, 3, "%02x", id[i]);
}

/* One watch a case: two would read the same folder and send from one outbox. */
static bool take_lock(Watch *watch, GError **error)
{
    watch->hold = store_hold_take(
        watch->store, "watch",
        _("Another watch is on the case %s. It goes on; this one does nothing."), error);
    return watch->hold != NULL;
}

bool watch_holds(Watch *watch, GError **error)
{
    return store_hold_check(watch->hold, error);
}

static bool clock_read(Watch *watch, const char *key, gint64 *ret_time, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreWatched) row = store_watched_get(watch->store, key, &why);
    *ret_time = row != NULL ? row->time : 0;
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

/* Written a few times within the span that would be told, not at each look: every writing is an
 * entry of the log for ever. */
static bool note_alive(Watch *watch, GError **error)
{
    gint64 now = store_now(watch->store);
    if (watch->alive != 0 && now - watch->alive < watch->config->blind_after / 4)
        return true;
    watch->alive = now;
    return store_watched_set(watch->store, ALIVE, "clock", NULL, now, error);
}

/* What was under way when the last watch ended. Before its last step nothing had gone. */
static bool settle_broken(Watch *watch, GError **error)
{
    g_autoptr(GPtrArray) begun = store_dispatch_list_state(watch->store, "sending", error);
    for (guint i = 0; begun != NULL && i < begun->len; i++) {
        StoreDispatch *dispatch = g_ptr_array_index(begun, i);
        g_free(dispatch->state);
        dispatch->state = g_strdup("waiting");
        dispatch->next = 0;
        if (!store_dispatch_update(watch->store, dispatch, error))
            return false;
    }
    return begun != NULL;
}

Watch *watch_new(Store *store, const WatchConfig *config,
                 void (*say)(void *context, const char *sentence), void *say_context,
                 GError **error)
{
    g_autoptr(Watch) watch = g_new0(Watch, 1);
    watch->store = store;
    watch->config = config;
    watch->say = say;
    watch->say_context = say_context;
    gint64 alive;
    if (!take_lock(watch, error) || !clock_read(watch, ALIVE, &alive, error) ||
        !settle_broken(watch, error))
        return NULL;
    gint64 now = store_now(store);
    if (alive != 0 && now - alive > config->blind_after) {
        watch->blind_from = alive;
        watch->blind_until = now;
        g_autofree char *from = watch_time_words(alive), *until = watch_time_words(now);
        watch_say(watch, _("Nobody watched from %s to %s. What came meanwhile is read now."), from,
                  until);
    }
    return note_alive(watch, error) ? g_steal_pointer(&watch) : NULL;
}

void watch_free(Watch *watch)
{
    if (watch == NULL)
        return;
    store_hold_free(watch->hold);
    g_free(watch);
}

/* ---- detection ---- */

/* Today's time of a daily schedule, in seconds. */
static gint64 todays_time(gint64 now, gint minute)
{
    g_autoptr(GDateTime) local = g_date_time_new_from_unix_local(now);
    g_autoptr(GDateTime) then =
        g_date_time_new_local(g_date_time_get_year(local), g_date_time_get_month(local),
                              g_date_time_get_day_of_month(local), minute / 60, minute % 60, 0);
    return then != NULL ? g_date_time_to_unix(then) : now;
}

bool watch_detect_is_due(Watch *watch, GError **error)
{
    gint64 last, now = store_now(watch->store);
    const WatchConfig *config = watch->config;
    if (!clock_read(watch, DETECTED, &last, error))
        return false;
    if (last == 0 || watch->blind_until != 0)
        return true;
    if (config->detect > 0)
        return now - last >= config->detect;
    gint64 time = todays_time(now, config->detect_minute);
    return now >= time && last < time;
}

static bool write_news(Watch *watch, WatchDone *done, GError **error)
{
    g_autoptr(GPtrArray) notices =
        g_ptr_array_new_with_free_func((GDestroyNotify)store_notice_free);
    if (!watch_news(watch, notices, error) ||
        (notices->len > 0 && !watch_round_write(watch, notices, error)))
        return false;
    done->notices += notices->len;
    for (guint i = 0; i < notices->len; i++) {
        const StoreNotice *notice = g_ptr_array_index(notices, i);
        if (strcmp(notice->kind, "alarm") == 0 || strcmp(notice->kind, "trigger") == 0)
            done->alarms++;
        watch_say(watch, "%s", i18n_language() == I18N_PERSIAN ? notice->words_fa : notice->words);
    }
    return store_watched_set(watch->store, DETECTED, "clock", NULL, store_now(watch->store), error);
}

bool watch_once(Watch *watch, WatchDone *done, GError **error)
{
    return watch_read(watch, true, done, error) && watch_detect(watch, done, error) &&
           watch_send(watch, done, error) && note_alive(watch, error);
}

bool watch_detect(Watch *watch, WatchDone *done, GError **error)
{
    AssessOptions options = assess_options();
    AssessSummary summary = {0};
    bool ran = assess_run(watch->store, &options, &summary, error);
    assess_summary_clear(&summary);
    if (!ran || !note_alive(watch, error) || !store_begin(watch->store, error))
        return false;
    if (!write_news(watch, done, error)) {
        store_rollback(watch->store);
        return false;
    }
    if (!store_commit(watch->store, error))
        return false;
    watch->blind_from = watch->blind_until = 0;
    return true;
}
