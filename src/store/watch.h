/* store/watch.h: what the unattended watch remembers: what was read, what is to be told, what was.
 *
 *   watched    one thing seen: a file of a folder, a message of a gateway, a feed, the clock
 *   notice     one thing that people shall know: an alarm, a source gone silent; told once
 *   dispatch   one round of notices on its way by one channel: the outbox
 *
 * A round's notices and its dispatches, with the very bytes that go out, are written in one
 * transaction; sending changes only the dispatch. What happened between is never guessed:
 *
 *   waiting ─▶ sending ─▶ handing ─▶ done
 *      ▲          │          ├─▶ waiting   the other side said no: tried again later
 *      └──────────┘          ├─▶ failed    … for good, or for too long
 *        nothing had gone    └─▶ unsure    the process died while it might have been taken
 */
#pragma once
#include "store/entity.h"

typedef struct {
    gint64 id;
    char *key;   /**< unique: "file/…", "sms/…", "feed/NAME", "clock/NAME" */
    char *kind;  /**< file, sms, feed, clock, known */
    char *value; /**< of a feed: JSON of its state */
    gint64 time; /**< seconds: when it was last read, or done */
} StoreWatched;
STORE_ENTITY(StoreWatched, store_watched)
/** NULL without error when it was never seen. */
StoreWatched *store_watched_get(Store *store, const char *key, GError **error);
/** Adds it, or sets its value (NULL: none) and time. */
bool store_watched_set(Store *store, const char *key, const char *kind, const char *value,
                       gint64 time, GError **error);

typedef struct {
    gint64 id;
    char *key;           /**< unique: what makes it the same news */
    char *kind;          /**< alarm, trigger, silent, failing, back, blind, undelivered */
    gint64 round;        /**< notices told together */
    gint32 subject_kind; /**< StoreKind of what it is about; no reference: an alarm may go */
    gint64 subject_id;
    gint32 first_day, last_day; /**< of what it tells of; open days where there are none */
    char *words, *words_fa;     /**< what happened, a sentence or two */
    char *wrong_if, *wrong_if_fa;
    char *evidence; /**< JSON list of ids that it rests on */
    gint64 created;
} StoreNotice;
STORE_ENTITY(StoreNotice, store_notice)
/** True with *ret_known set. */
bool store_notice_known(Store *store, const char *key, bool *ret_known, GError **error);
/** In order of id. */
GPtrArray *store_notice_list_round(Store *store, gint64 round, GError **error);
/** All of a kind, in order of id. */
GPtrArray *store_notice_list_kind(Store *store, const char *kind, GError **error);
/** The number for the next round, from 1; -1 with error set. */
gint64 store_notice_next_round(Store *store, GError **error);

typedef struct {
    gint64 id;
    char *key;     /**< unique: "CHANNEL/ROUND": no round goes twice by one channel */
    char *channel; /**< name in the configuration */
    gint64 round;
    char *state;     /**< waiting, sending, handing, done, failed, unsure */
    char *name;      /**< message id, CAP identifier or file: the same at each try */
    GBytes *payload; /**< the bytes that go out, made once */
    gint32 tries;
    gint64 next;  /**< seconds: not before */
    gint64 ended; /**< seconds; 0 not yet */
    char *reason; /**< of the last failure */
    gint64 created;
} StoreDispatch;
STORE_ENTITY(StoreDispatch, store_dispatch)
/** In order of id; state NULL: all. */
GPtrArray *store_dispatch_list_state(Store *store, const char *state, GError **error);
/** Of one channel, the newest `limit` of them, in order of id. */
GPtrArray *store_dispatch_list_channel(Store *store, const char *channel, gsize limit,
                                       GError **error);

/** A day on which a source told something (UTC). */
typedef struct {
    gint64 source_id;
    gint32 day;
} StoreArrival;
/** Each source's days from `from` to `to`, in order of source and day; reports withdrawn or
 *  rejected told something too. GArray of StoreArrival, transfers. */
GArray *store_arrivals(Store *store, gint32 from, gint32 to, GError **error);
