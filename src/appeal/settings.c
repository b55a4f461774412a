/* appeal/settings.c: the mail server and the mailbox, out of a settings file. */
#include "appeal/settings.h"

#include "base/error.h"
#include "base/i18n.h"
#include <string.h>
#include <sys/stat.h>

void appeal_settings_clear(AppealSettings *settings)
{
    if (settings->password != NULL)
        explicit_bzero(settings->password, strlen(settings->password));
    g_free(settings->url);
    g_free(settings->user);
    g_free(settings->password);
    g_free(settings->ca_file);
    g_free(settings->proxy);
    g_free(settings->from);
    g_free(settings->from_name);
}

/* A file that holds a password is for its owner's eyes. */
static bool is_private(const char *path, GError **error)
{
    struct stat found;
    if (stat(path, &found) == 0 && (found.st_mode & 077) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s holds a password and others may read it: chmod 600 %s"), path, path);
        return false;
    }
    return true;
}

static bool read_password(GKeyFile *file, const char *group, const char *path,
                          AppealSettings *settings, GError **error)
{
    settings->password = g_key_file_get_string(file, group, "password", NULL);
    g_autofree char *named = g_key_file_get_string(file, group, "password-file", NULL);
    if (settings->password != NULL)
        return is_private(path, error);
    if (named == NULL)
        return true;
    g_autoptr(GError) why = NULL;
    if (!is_private(named, error))
        return false;
    if (!g_file_get_contents(named, &settings->password, NULL, &why)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "%s", why->message);
        return false;
    }
    settings->password[strcspn(settings->password, "\r\n")] = '\0';
    return true;
}

static bool read_numbers(GKeyFile *file, const char *group, const char *path,
                         AppealSettings *settings, GError **error)
{
    g_autofree char *minute = g_key_file_get_string(file, group, "per-minute", NULL),
                    *seconds = g_key_file_get_string(file, group, "seconds", NULL);
    guint64 value = 0;
    if (minute != NULL) {
        if (!g_ascii_string_to_unsigned(minute, 10, 1, 6000, &value, NULL)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, [%s]: %s is a number of letters or seconds, from 1 on."), path,
                        group, "per-minute");
            return false;
        }
        settings->per_minute = (guint)value;
    }
    settings->server.seconds = 60;
    if (seconds != NULL) {
        if (!g_ascii_string_to_unsigned(seconds, 10, 1, 3600, &value, NULL)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, [%s]: %s is a number of letters or seconds, from 1 on."), path,
                        group, "seconds");
            return false;
        }
        settings->server.seconds = (guint)value;
    }
    return true;
}

/* [send] or [mailbox] of the settings file. */
bool appeal_settings_read(const char *path, const char *group, AppealSettings *settings,
                          GError **error)
{
    static const char *const KEYS[] = {"server",  "user",       "password", "password-file",
                                       "ca-file", "proxy",      "from",     "from-name",
                                       "plain",   "per-minute", "seconds",  NULL};
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) why = NULL;
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &why)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "%s: %s", path, why->message);
        return false;
    }
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);
    for (gsize i = 0; keys != NULL && keys[i] != NULL; i++)
        if (!g_strv_contains(KEYS, keys[i])) {
            g_autofree char *all = g_strjoinv(", ", (char **)KEYS);
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, [%s]: “%s” is not known; there are: %s."), path, group, keys[i],
                        all);
            return false;
        }
    settings->url = g_key_file_get_string(file, group, "server", NULL);
    if (settings->url == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s names no server in [%s]."), path,
                    group);
        return false;
    }
    settings->user = g_key_file_get_string(file, group, "user", NULL);
    settings->ca_file = g_key_file_get_string(file, group, "ca-file", NULL);
    settings->proxy = g_key_file_get_string(file, group, "proxy", NULL);
    settings->from = g_key_file_get_string(file, group, "from", NULL);
    settings->from_name = g_key_file_get_string(file, group, "from-name", NULL);
    settings->server.plain = g_key_file_get_boolean(file, group, "plain", NULL);
    if (!read_password(file, group, path, settings, error) ||
        !read_numbers(file, group, path, settings, error))
        return false;
    settings->server.url = settings->url;
    settings->server.user = settings->user;
    settings->server.password = settings->password;
    settings->server.ca_file = settings->ca_file;
    settings->server.proxy = settings->proxy;
    return true;
}
