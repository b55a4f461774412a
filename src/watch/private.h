/* watch/private.h: what the files of watch/ share. */
#pragma once
#include "store/hold.h"
#include "store/report.h"
#include "store/watch.h"
#include "watch/watch.h"

struct Watch {
    Store *store;
    const WatchConfig *config;
    void (*say)(void *context, const char *sentence);
    void *say_context;
    StoreHold *hold;                /* one watch a case */
    gint64 blind_from, blind_until; /* seconds; 0: nobody was missed */
    gint64 alive;                   /* when it was last written that somebody watches */
};

void watch_say(Watch *watch, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* "28 June 2025 (7 Tir 1404), 10:00 UTC". */
char *watch_time_words(gint64 seconds);
/* First 16 hexadecimal digits of the case's id. */
void watch_case_hex(Store *store, char hex[17]);

/* read.c: how a folder or a feed fares, kept as "feed/NAME"; times in seconds, 0 none. */
typedef struct {
    gint64 asked;                   /* last time */
    gint64 failing_since, failures; /* in a row */
    gint64 was_from, was_until;     /* the last time it failed and came back */
    char *why;                      /* of the last failure */
    char *sha256;                   /* of a feed's last contents */
} WatchState;
void watch_state_clear(WatchState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WatchState, watch_state_clear)
bool watch_state_load(Watch *watch, const char *key, WatchState *ret_state, GError **error);
/* why NULL: it went well. */
bool watch_state_note(Watch *watch, const char *key, const char *why, const char *sha256,
                      GError **error);
enum { WATCH_FAILURES_TOLD = 3 };

/* watch.c: is the case's lock still ours? */
bool watch_holds(Watch *watch, GError **error);

/* news.c: what is new, as notices without a round; marks alarms as told. Within a transaction. */
bool watch_news(Watch *watch, GPtrArray *notices, GError **error);
/* Makes words in both languages. */
void watch_notice_speak(StoreNotice *notice, char *(*words)(gconstpointer context),
                        gconstpointer context);
StoreNotice *watch_notice_new(const char *kind, char *key);
/* Adds it unless it is known by its key; takes it. */
bool watch_notice_offer(Watch *watch, GPtrArray *notices, StoreNotice *notice, GError **error);

/* silence.c: sources silent beyond their habit, and those that came back. */
bool watch_silence(Watch *watch, GPtrArray *notices, GError **error);
/* Days that a source may be silent; 0: it has told too seldom to have a habit. days: ascending. */
gint32 watch_habit(const gint32 *days, gsize n);

/* letter.c: the bytes that go out. */
typedef struct {
    Store *store;
    const GPtrArray *notices; /* StoreNotice, those told by this channel */
    gint64 round;
    gint64 now;
    const char *title, *label; /* of the case; NULL */
    char case_hex[17];
} WatchLetter;
/* "zenhar-CASE-ROUND-CHANNEL" */
char *watch_letter_name(const WatchLetter *letter, const char *channel);
char *watch_letter_text(const WatchLetter *letter, const WatchChannel *channel);
char *watch_letter_json(const WatchLetter *letter, const char *name);
char *watch_letter_mail(const WatchLetter *letter, const WatchChannel *channel, const char *to,
                        const char *name);
char *watch_letter_entry(const WatchLetter *letter, const WatchChannel *channel, const char *name);
/* A feed of entries, oldest first. */
char *watch_letter_feed(const char *title, const char case_hex[17], const GPtrArray *dispatches);

/* round.c: writes notices and their dispatches. Within a transaction. */
bool watch_round_write(Watch *watch, GPtrArray *notices, GError **error);

/* How one try went. */
typedef enum {
    WATCH_WENT,
    WATCH_NOT_YET, /* it did not go; later */
    WATCH_NEVER,   /* it did not go and will not */
    WATCH_UNSURE,  /* it may have gone */
} WatchOutcome;
/* mail.c, command.c. `handing` is called when the next step may make it go; false: stop. */
typedef bool WatchHanding(void *context);
WatchOutcome watch_mail_send(const WatchChannel *channel, const char *to, GBytes *payload,
                             WatchHanding *handing, void *context, char **ret_why);
WatchOutcome watch_command_run(const WatchChannel *channel, const char *name, GBytes *payload,
                               char **ret_why);
