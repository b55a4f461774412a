/* watch/round.c: a round: its notices, and a dispatch for each way to tell, with its bytes. */
#include "base/edtf.h"
#include "render/render.h"
#include "store/link.h"
#include "store/user.h"
#include "watch/private.h"
#include <string.h>

static bool add_notices(Watch *watch, GPtrArray *notices, gint64 round, GError **error)
{
    for (guint i = 0; i < notices->len; i++) {
        StoreNotice *notice = g_ptr_array_index(notices, i);
        notice->round = round;
        if (!store_notice_add(watch->store, notice, error))
            return false;
        bool traced = notice->subject_kind == STORE_KIND_ALARM ||
                      notice->subject_kind == STORE_KIND_PREDICTION;
        if (traced && !store_link_join(watch->store, STORE_KIND_NOTICE, notice->id,
                                       (StoreKind)notice->subject_kind, notice->subject_id,
                                       "evidence", error))
            return false;
    }
    return true;
}

/* Does this channel tell of it? CAP is for people in danger; that a channel failed is not told by
 * that channel. */
static bool is_told_by(Watch *watch, const WatchChannel *channel, const StoreNotice *notice)
{
    bool danger = strcmp(notice->kind, "alarm") == 0 || strcmp(notice->kind, "trigger") == 0;
    if (channel->tell != NULL && !g_strv_contains((const char *const *)channel->tell, notice->kind))
        return false;
    if (channel->kind == WATCH_CAP && !danger)
        return false;
    if (strcmp(notice->kind, "undelivered") != 0)
        return true;
    g_autoptr(StoreDispatch) lost = store_dispatch_load(watch->store, notice->subject_id, NULL);
    return lost == NULL || g_strcmp0(lost->channel, channel->name) != 0;
}

static bool add_dispatch(Watch *watch, const WatchLetter *letter, const WatchChannel *channel,
                         const char *who, const char *name, char *payload, GError **error)
{
    g_autoptr(StoreDispatch) dispatch = store_dispatch_new();
    dispatch->key =
        who != NULL
            ? g_strdup_printf("%s/%" G_GINT64_FORMAT "/%s", channel->name, letter->round, who)
            : g_strdup_printf("%s/%" G_GINT64_FORMAT, channel->name, letter->round);
    dispatch->channel = g_strdup(channel->name);
    dispatch->round = letter->round;
    dispatch->state = g_strdup("waiting");
    dispatch->name = g_strdup(name);
    dispatch->payload = g_bytes_new_take(payload, strlen(payload));
    return store_dispatch_add(watch->store, dispatch, error);
}

/* Each recipient is told once, whatever befalls the others. */
static bool add_mails(Watch *watch, const WatchLetter *letter, const WatchChannel *channel,
                      GError **error)
{
    for (gsize i = 0; channel->to[i] != NULL; i++) {
        g_autofree char *who = g_compute_checksum_for_string(G_CHECKSUM_SHA256, channel->to[i], -1);
        who[16] = '\0';
        g_autofree char *base = watch_letter_name(letter, channel->name);
        g_autofree char *name = g_strdup_printf("%s-%s", base, who);
        for (char *at = name; *at != '\0'; at++) /* what a Message-ID may hold */
            if (!g_ascii_isalnum(*at) && *at != '-')
                *at = '_';
        if (!add_dispatch(watch, letter, channel, channel->to[i], name,
                          watch_letter_mail(letter, channel, channel->to[i], name), error))
            return false;
    }
    return true;
}

static bool add_dispatches(Watch *watch, const WatchLetter *letter, const WatchChannel *channel,
                           GError **error)
{
    g_autofree char *name = watch_letter_name(letter, channel->name);
    g_autoptr(GError) why = NULL;
    char *payload = NULL;
    switch (channel->kind) {
    case WATCH_MAIL:
        return add_mails(watch, letter, channel, error);
    case WATCH_CAP:
        payload = render_alert_text(watch->store, letter->now, &why);
        break;
    case WATCH_ATOM:
        payload = watch_letter_entry(letter, channel, name);
        break;
    case WATCH_JSON:
        payload = watch_letter_json(letter, name);
        break;
    case WATCH_COMMAND:
        payload =
            channel->text ? watch_letter_text(letter, channel) : watch_letter_json(letter, name);
        break;
    }
    if (payload != NULL)
        return add_dispatch(watch, letter, channel, NULL, name, payload, error);
    if (g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_DATA)) {
        watch_say(watch, "%s", why->message); /* nothing stands: a word that an alarm ceased */
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool watch_round_write(Watch *watch, GPtrArray *notices, GError **error)
{
    Store *store = watch->store;
    gint64 round = store_notice_next_round(store, error);
    if (round < 0 || !add_notices(watch, notices, round, error))
        return false;
    g_autofree char *title = store_setting_get(store, "title", NULL);
    g_autofree char *label = store_setting_get(store, "label", NULL);
    WatchLetter letter = {
        .store = store, .round = round, .now = store_now(store), .title = title, .label = label};
    watch_case_hex(store, letter.case_hex);
    for (guint i = 0; i < watch->config->channels->len; i++) {
        const WatchChannel *channel = g_ptr_array_index(watch->config->channels, i);
        g_autoptr(GPtrArray) told = g_ptr_array_new();
        for (guint k = 0; k < notices->len; k++)
            if (is_told_by(watch, channel, g_ptr_array_index(notices, k)))
                g_ptr_array_add(told, g_ptr_array_index(notices, k));
        letter.notices = told;
        if (told->len > 0 && !add_dispatches(watch, &letter, channel, error))
            return false;
    }
    return true;
}
