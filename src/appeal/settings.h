/* appeal/settings.h: the mail server and the mailbox, out of a settings file (GLib's key file):
 *
 *     [send]    server=smtps://mail.example.org:465  from=  from-name=  user=  password= or
 *               password-file=  per-minute=6  seconds=60  ca-file=  proxy=  plain=
 *     [mailbox] server=imaps://mail.example.org/INBOX, and the like
 *
 * Read by the command line and by the web application. Knows no case. */
#pragma once
#include "appeal/post.h"

typedef struct {
    PostServer server; /**< borrows from what follows */
    char *url, *user, *password, *ca_file, *proxy, *from, *from_name;
    guint per_minute;
} AppealSettings;
/** Wipes the password. */
void appeal_settings_clear(AppealSettings *settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AppealSettings, appeal_settings_clear)

/** [send] or [mailbox] of the file. False with error: not there, a key that is none, no server, a
 *  password that others may read. */
bool appeal_settings_read(const char *path, const char *group, AppealSettings *settings,
                          GError **error);
