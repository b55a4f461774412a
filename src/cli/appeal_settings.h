/* cli/appeal_settings.h: the mail server and the mailbox, out of a settings file; a letter as PDF.
 */
#pragma once
#include "appeal/post.h"
#include "base/i18n.h"
#include "store/store.h"

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
/** A letter as PDF (AppealDrawPdf). */
GBytes *appeal_draw_letter(void *context, Store *store, gint64 appeal_id, GError **error);
