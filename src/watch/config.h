/* watch/config.h: what is watched, how often, and who is told: a small file for people.
 *
 *   [watch]                      [feed hrana]                      [mail desk]
 *   read = 1 minute              url = https://example.org/feed    server =
 * smtps://mail.example.org detect = 1 hour              every = 30 minutes                from =
 * watch@example.org to = desk@example.org [folder inbox]               [gateway phone]
 * password-file = /etc/zenhar/mail path = /srv/inbox            listen = 127.0.0.1:8081 moved =
 * /srv/inbox/read      secret-file = /etc/zenhar/sms     [command pager] run = /usr/local/bin/page
 * --now
 *
 * A section is a kind and a name. Everything is checked when it is read: a word that is not known
 * is an error, never passed over. Secrets stand in files that nobody else may read, in systemd's
 * credentials or in a variable of the environment; never here, never in an argument.
 * docs/watch.md tells all of it. */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include "intake/fetch.h"
#include "intake/folder.h"
#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *name, *path, *moved;
    guint settle; /**< as in IntakeFolder */
    IntakeOptions options;
    char *source, *language; /**< owned, for options */
} WatchFolder;

typedef struct {
    char *name, *url, *proxy;
    guint every; /**< seconds */
    IntakeFetchOptions fetch;
    IntakeOptions options;
    char *source, *language;
} WatchFeed;

typedef struct {
    char *name, *address, *header, *time_header, *secret, *certificate, *key;
    guint16 port;
    guint per_minute;
    bool hmac, behind_tls;
    IntakeOptions options;
    char *source, *language;
} WatchGateway;

typedef enum {
    WATCH_MAIL,
    WATCH_CAP,
    WATCH_ATOM,
    WATCH_JSON,
    WATCH_COMMAND,
} WatchChannelKind;

typedef struct {
    WatchChannelKind kind;
    char *name;
    GStrv tell; /**< kinds of notices; NULL all */
    bool english, persian;
    bool again; /**< when it is unsure whether it went: send it again; else hold it */
    char *path; /**< folder (cap, json) or file (atom) */
    char *server, *from, *user, *password, *ca_file, *proxy;
    GStrv to;
    bool plain;    /**< mail without TLS; only to this machine */
    GStrv run;     /**< the command, word by word */
    bool text;     /**< the command gets words, not JSON */
    guint seconds; /**< the longest that one try may take */
} WatchChannel;

typedef struct {
    guint read;         /**< seconds between two looks */
    guint detect;       /**< seconds between two detections; 0: daily */
    gint detect_minute; /**< of the day, local time; -1 without */
    guint blind_after;  /**< seconds without a look that are told */
    bool silence;       /**< tell of sources gone silent */
    char *rules;        /**< file of the user's rules; NULL: the case's own */
    GPtrArray *folders, *feeds, *gateways, *channels;
} WatchConfig;

/** Reads a file; errors USAGE (what it says), NOT_FOUND, DENIED (a secret others may read). With
 *  `secrets` false they are not looked up (`--check` by somebody who may not read them). */
WatchConfig *watch_config_load(const char *path, bool secrets, GError **error);
/** Likewise from its text; name stands in errors. */
WatchConfig *watch_config_parse(const char *text, const char *name, bool secrets, GError **error);
void watch_config_free(WatchConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WatchConfig, watch_config_free)

/** "90 seconds", "5 minutes", "1 hour", "2 days", "۵ دقیقه", "30 s". False when it is none. */
bool watch_duration_parse(const char *text, guint *ret_seconds);
/** "mail" …; static. */
const char *watch_channel_kind_name(WatchChannelKind kind);
