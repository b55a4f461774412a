/* watch/watch.h: the unattended watch on one case: read, link, detect, tell.
 *
 *   folders, feeds ─▶ watch_read ─▶ reports, persons      what failed is remembered
 *   new reports    ─▶ watch_detect ─▶ alarms, rules, silence ─▶ one round of notices
 *   outbox         ─▶ watch_send ─▶ mail, CAP, Atom, JSON, a command
 *
 * Each step may be killed anywhere and is taken up by the next run. What is new is written with
 * its dispatches, and the bytes of each, in one transaction, so that a round is told or not there.
 *
 * Once. A file in its place is the same file however often it is written. A mail or a command
 * may have gone when the process dies before it could write so down: between the last byte and
 * the answer (the state "handing"). Then it is not sent again by itself: it is "unsure", said on
 * standard error, in the exit status and by the other channels. `unsure = again` chooses the other
 * side (at least once; the Message-ID and ZENHAR_NOTICE stay the same). Anywhere else in the way
 * nothing had gone, and it is sent again. */
#pragma once
#include "base/error.h"
#include "store/store.h"
#include "watch/config.h"

typedef struct Watch Watch;

typedef struct {
    guint64 files, added, quarantined, linked; /**< files read; reports; records; statements */
    guint feeds, unchanged;                    /**< feeds asked; of them as they were */
    guint notices, alarms;                     /**< of this round; of them alarms and rules */
    guint sent, waiting, unsure, failed;       /**< dispatches */
    guint faults;                              /**< folders, feeds, files that could not be read */
} WatchDone;

/** config and store are borrowed. `say` gets a sentence in the thread's language; NULL: none.
 *  Takes the case's lock (store/hold.h): BUSY when another watch is on it. Looks at how long nobody
 *  watched, and at what was under way when the last one ended. NULL with error set. */
Watch *watch_new(Store *store, const WatchConfig *config,
                 void (*say)(void *context, const char *sentence), void *say_context,
                 GError **error);
void watch_free(Watch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Watch, watch_free)

/** One look at all folders and the feeds that are due (`all`: every one); links what is new. What
 *  could not be read is in done->faults; false when the case cannot be written. */
bool watch_read(Watch *watch, bool all, WatchDone *done, GError **error);
/** Assessment, rules, silence; writes a round when there is anything to tell. */
bool watch_detect(Watch *watch, WatchDone *done, GError **error);
/** Is it time, by the schedule and what came since? */
bool watch_detect_is_due(Watch *watch, GError **error);
/** Sends what is due. A channel that fails is tried later and holds up no other. */
bool watch_send(Watch *watch, WatchDone *done, GError **error);
/** read, detect, send. */
bool watch_once(Watch *watch, WatchDone *done, GError **error);
