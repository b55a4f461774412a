/* watch/read.c: one look at folders and feeds; how each fares. */
#include "base/progress.h"
#include "intake/fetch.h"
#include "intake/folder.h"
#include "intake/join.h"
#include "store/query_join.h"
#include "watch/private.h"
#include <jansson.h>
#include <string.h>

void watch_state_clear(WatchState *state)
{
    g_free(state->why);
    g_free(state->sha256);
    memset(state, 0, sizeof *state);
}

static gint64 number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static char *text(const json_t *object, const char *key)
{
    return g_strdup(json_string_value(json_object_get(object, key)));
}

bool watch_state_load(Watch *watch, const char *key, WatchState *ret_state, GError **error)
{
    *ret_state = (WatchState){0};
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreWatched) row = store_watched_get(watch->store, key, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    json_t *value =
        row != NULL && row->value != NULL ? json_loads(row->value, 0, NULL) : json_object();
    *ret_state = (WatchState){.asked = row != NULL ? row->time : 0,
                              .failing_since = number(value, "failing_since"),
                              .failures = number(value, "failures"),
                              .was_from = number(value, "was_from"),
                              .was_until = number(value, "was_until"),
                              .why = text(value, "why"),
                              .sha256 = text(value, "sha256")};
    json_decref(value);
    return true;
}

static bool state_save(Watch *watch, const char *key, const WatchState *state, GError **error)
{
    json_t *value = json_pack(
        "{s:I, s:I, s:I, s:I, s:s?, s:s?}", "failing_since", (json_int_t)state->failing_since,
        "failures", (json_int_t)state->failures, "was_from", (json_int_t)state->was_from,
        "was_until", (json_int_t)state->was_until, "why", state->why, "sha256", state->sha256);
    char *dump = value != NULL ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(value);
    bool done = store_watched_set(watch->store, key, "feed", dump, state->asked, error);
    free(dump);
    return done;
}

bool watch_state_note(Watch *watch, const char *key, const char *why, const char *sha256,
                      GError **error)
{
    g_auto(WatchState) state = {0};
    gint64 now = store_now(watch->store);
    if (!watch_state_load(watch, key, &state, error))
        return false;
    /* A folder in order is the rule: nothing to write, for years. */
    if (why == NULL && state.failures == 0 && sha256 == NULL)
        return true;
    if (why != NULL) {
        if (state.failures == 0)
            state.failing_since = now;
        state.failures++;
        g_free(state.why);
        state.why = g_strdup(why);
    } else if (state.failures > 0) {
        state.was_from = state.failing_since;
        state.was_until = now;
        state.failing_since = state.failures = 0;
        g_clear_pointer(&state.why, g_free);
    }
    if (sha256 != NULL) {
        g_free(state.sha256);
        state.sha256 = g_strdup(sha256);
    }
    state.asked = now;
    return state_save(watch, key, &state, error);
}

static bool interrupted(void *context)
{
    (void)context;
    return progress_interrupted();
}

/* Is it the case that cannot go on, or only this folder or feed? */
static bool is_the_case(const GError *why)
{
    return g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_BUSY) ||
           g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY) ||
           g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED) ||
           g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY);
}

/* ---- folders ---- */

static bool read_folder(Watch *watch, const WatchFolder *folder, WatchDone *done, GError **error)
{
    const IntakeFolder look = {.path = folder->path,
                               .moved = folder->moved,
                               .settle = folder->settle,
                               .options = folder->options,
                               .stop = interrupted};
    g_auto(IntakeFolderSummary) summary = {0};
    g_autoptr(GError) why = NULL;
    g_autofree char *key = g_strconcat("folder/", folder->name, NULL);
    bool read = intake_folder_read(watch->store, &look, &summary, &why);
    done->files += summary.read;
    done->added += summary.came.added;
    done->quarantined += summary.came.quarantined;
    for (guint i = 0; summary.failed != NULL && i < summary.failed->len; i++) {
        done->faults++;
        watch_say(watch, "%s", (const char *)g_ptr_array_index(summary.failed, i));
    }
    if (!read && is_the_case(why)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!read) {
        done->faults++;
        watch_say(watch, "%s", why->message);
    }
    return watch_state_note(watch, key, read ? NULL : why->message, NULL, error);
}

/* ---- feeds ---- */

/* What the server answered becomes reports, unless it is what it was. */
static bool take_feed(Watch *watch, const WatchFeed *feed, const IntakeFetched *page,
                      const WatchState *state, WatchDone *done, GError **error)
{
    if (g_strcmp0(page->sha256, state->sha256) == 0) {
        done->unchanged++;
        return true;
    }
    g_autofree char *name = g_strconcat(feed->name, ".warc", NULL);
    IntakeSummary summary = {0};
    bool read =
        intake_import_fetched(watch->store, page->warc->data, page->warc->len, name,
                              "application/warc", feed->url, &feed->options, &summary, error);
    done->added += summary.added;
    done->quarantined += summary.quarantined;
    intake_summary_clear(&summary);
    return read;
}

static bool read_feed(Watch *watch, const WatchFeed *feed, bool all, WatchDone *done,
                      GError **error)
{
    enum { FAULT = 400 };
    g_autofree char *key = g_strconcat("feed/", feed->name, NULL);
    g_auto(WatchState) state = {0};
    if (!watch_state_load(watch, key, &state, error))
        return false;
    if (!all && state.asked != 0 && store_now(watch->store) - state.asked < feed->every)
        return true;
    done->feeds++;
    g_auto(IntakeFetched) page = {0};
    g_autoptr(GError) why = NULL;
    g_autofree char *answer = NULL;
    bool came = intake_fetch(feed->url, &feed->fetch, &page, &why);
    if (came && page.status >= FAULT) {
        g_autofree char *status = i18n_integer(page.status);
        answer = g_strdup_printf(_("The server of %s answered %s."), feed->url, status);
        came = false;
    }
    if (came && !take_feed(watch, feed, &page, &state, done, &why)) {
        if (is_the_case(why)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        came = false;
    }
    if (!came && answer == NULL)
        answer = g_strdup(why->message);
    if (!came) {
        done->faults++;
        watch_say(watch, "%s", answer);
    }
    return watch_state_note(watch, key, answer, came ? page.sha256 : NULL, error);
}

/* ---- all of them ---- */

static bool join_new(Watch *watch, WatchDone *done, GError **error)
{
    gint64 open = store_statement_count_unjoined(watch->store, error);
    if (open <= 0)
        return open == 0;
    IntakeJoinSummary summary;
    if (!intake_join(watch->store, NULL, &summary, error))
        return false;
    done->linked += (guint64)summary.new_statements;
    return true;
}

bool watch_read(Watch *watch, bool all, WatchDone *done, GError **error)
{
    const WatchConfig *config = watch->config;
    if (!watch_holds(watch, error))
        return false;
    for (guint i = 0; i < config->folders->len && !progress_interrupted(); i++)
        if (!read_folder(watch, g_ptr_array_index(config->folders, i), done, error))
            return false;
    for (guint i = 0; i < config->feeds->len && !progress_interrupted(); i++)
        if (!read_feed(watch, g_ptr_array_index(config->feeds, i), all, done, error))
            return false;
    return progress_interrupted() || join_new(watch, done, error);
}
