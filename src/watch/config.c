#include "watch/config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

enum {
    MINUTE = 60,
    HOUR = 60 * MINUTE,
    DAY = 24 * HOUR,
    LONGEST = 366 * DAY,
    MAX_SECRET = 4096,
    LEAST_BLIND = 2 * HOUR,
};

static const char *const KINDS[] = {"mail", "cap", "atom", "json", "command"};

const char *watch_channel_kind_name(WatchChannelKind kind)
{
    return KINDS[kind];
}

/* ---- durations ---- */

static const struct {
    const char *names;
    guint seconds;
} UNITS[] = {
    {"|s|sec|second|seconds|ثانیه|", 1},
    {"|min|minute|minutes|دقیقه|", MINUTE},
    {"|h|hour|hours|ساعت|", HOUR},
    {"|d|day|days|روز|", DAY},
};

/* Persian and Arabic digits as ASCII ones. */
static char *ascii_digits(const char *text)
{
    g_autoptr(GString) ascii = g_string_new(NULL);
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        int digit = g_unichar_digit_value(c);
        if (digit >= 0)
            g_string_append_c(ascii, (char)('0' + digit));
        else
            g_string_append_unichar(ascii, c);
    }
    return g_string_free(g_steal_pointer(&ascii), FALSE);
}

bool watch_duration_parse(const char *text, guint *ret_seconds)
{
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    g_autofree char *ascii = ascii_digits(text);
    char *unit = NULL;
    guint64 number = g_ascii_strtoull(g_strstrip(ascii), &unit, 10);
    if (unit == ascii || !g_ascii_isdigit(ascii[0]) || number == 0 || number > LONGEST)
        return false;
    g_autofree char *key = g_strdup_printf("|%s|", g_strstrip(unit));
    for (gsize i = 0; i < G_N_ELEMENTS(UNITS); i++)
        if (strstr(UNITS[i].names, key) != NULL && number * UNITS[i].seconds <= LONGEST) {
            *ret_seconds = (guint)number * UNITS[i].seconds;
            return true;
        }
    return false;
}

/* ---- one section ---- */

/* The section being read; the first fault is kept, later calls do nothing. */
typedef struct {
    GKeyFile *file;
    const char *name;         /* of the file */
    const char *group, *word; /* "feed hrana", "hrana" */
    GHashTable *used;
    bool secrets;
    GError *fault;
} Section;

static void bad(Section *s, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void bad(Section *s, const char *format, ...)
{
    if (s->fault != NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(&s->fault, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("%s, section [%s]: %s"), s->name,
                s->group, sentence);
}

/* The value, or NULL; an empty one is none. */
static char *take(Section *s, const char *key)
{
    g_hash_table_add(s->used, (gpointer)key);
    g_autofree char *value = g_key_file_get_string(s->file, s->group, key, NULL);
    if (value == NULL || g_strstrip(value)[0] == '\0')
        return NULL;
    return g_steal_pointer(&value);
}

static char *need(Section *s, const char *key)
{
    char *value = take(s, key);
    if (value == NULL)
        bad(s, _("it needs a line “%s = …”."), key);
    return value;
}

static guint take_duration(Section *s, const char *key, guint otherwise)
{
    g_autofree char *value = take(s, key);
    guint seconds = otherwise;
    if (value != NULL && !watch_duration_parse(value, &seconds))
        bad(s, _("%s = %s is no length of time; write for example 5 minutes or 1 hour."), key,
            value);
    return seconds;
}

static guint take_number(Section *s, const char *key, guint least, guint most, guint otherwise)
{
    g_autofree char *value = take(s, key);
    guint64 number = otherwise;
    if (value != NULL && !g_ascii_string_to_unsigned(value, 10, least, most, &number, NULL))
        bad(s, _("%s = %s is no number from %u to %u."), key, value, least, most);
    return (guint)number;
}

static bool take_yes(Section *s, const char *key, bool otherwise)
{
    g_autofree char *value = take(s, key);
    if (value == NULL)
        return otherwise;
    if (g_ascii_strcasecmp(value, "yes") == 0 || strcmp(value, "بله") == 0)
        return true;
    if (g_ascii_strcasecmp(value, "no") != 0 && strcmp(value, "نه") != 0)
        bad(s, _("%s = %s is neither yes nor no."), key, value);
    return false;
}

/* A path that does not depend on where the program was started. */
static char *take_path(Section *s, const char *key, bool needed)
{
    char *path = needed ? need(s, key) : take(s, key);
    if (path != NULL && !g_path_is_absolute(path))
        bad(s, _("%s = %s is no whole path: begin it with /."), key, path);
    return path;
}

static GStrv take_list(Section *s, const char *key, bool needed)
{
    g_autofree char *value = needed ? need(s, key) : take(s, key);
    if (value == NULL)
        return NULL;
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();
    g_auto(GStrv) words = g_strsplit_set(value, ",; ", -1);
    for (gsize i = 0; words[i] != NULL; i++)
        if (words[i][0] != '\0')
            g_strv_builder_add(list, words[i]);
    return g_strv_builder_end(list);
}

static void take_grades(Section *s, IntakeOptions *options, char **source, char **language)
{
    *source = take(s, "source");
    *language = take(s, "language");
    options->source = *source;
    if (*language != NULL) {
        options->language = intake_language_parse(*language);
        if (options->language == NULL)
            bad(s, _("language = %s is none that is known."), *language);
    }
    g_autofree char *grade = take(s, "reliability");
    if (grade != NULL) {
        options->reliability = g_ascii_toupper(grade[0]);
        if (strlen(grade) != 1 || options->reliability < 'A' || options->reliability > 'F')
            bad(s, _("reliability = %s: the grades are A to F."), grade);
    }
    options->credibility = (int)take_number(s, "credibility", 1, 6, 0);
}

/* ---- secrets ---- */

static char *read_secret_file(Section *s, const char *path, bool private_only)
{
    GStatBuf about;
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr(GError) why = NULL;
    if (!s->secrets)
        return NULL;
    if (g_stat(path, &about) != 0 || !g_file_get_contents(path, &text, &length, &why)) {
        bad(s, _("the secret in %s cannot be read: %s."), path,
            why != NULL ? why->message : i18n_errno(errno));
        return NULL;
    }
    if (private_only && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        bad(s, _("others may read the secret in %s; `chmod 600` it."), path);
        return NULL;
    }
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        text[--length] = '\0';
    if (length == 0 || length > MAX_SECRET || strlen(text) != length) {
        bad(s, _("the file %s holds no secret: one line is expected."), path);
        return NULL;
    }
    return g_steal_pointer(&text);
}

/* WHAT-file, WHAT-credential (of systemd) or WHAT-env; NULL when none is named. */
static char *take_secret(Section *s, const char *file_key, const char *credential_key,
                         const char *variable_key)
{
    g_autofree char *path = take_path(s, file_key, false), *credential = take(s, credential_key),
                    *variable = take(s, variable_key);
    if (path != NULL)
        return read_secret_file(s, path, true);
    if (credential != NULL) {
        const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
        if (strchr(credential, '/') != NULL)
            bad(s, _("%s = %s: a credential's name has no /."), credential_key, credential);
        else if (folder == NULL && s->secrets)
            bad(s, _("%s = %s: this was not started by systemd with a credential of that name."),
                credential_key, credential);
        else if (folder != NULL) {
            g_autofree char *full = g_build_filename(folder, credential, NULL);
            return read_secret_file(s, full, false);
        }
        return NULL;
    }
    if (variable == NULL || !s->secrets)
        return NULL;
    if (g_getenv(variable) == NULL)
        bad(s, _("the environment has no variable %s."), variable);
    return g_strdup(g_getenv(variable));
}

static bool names_secret(Section *s, const char *file_key, const char *credential_key,
                         const char *variable_key)
{
    return g_key_file_has_key(s->file, s->group, file_key, NULL) ||
           g_key_file_has_key(s->file, s->group, credential_key, NULL) ||
           g_key_file_has_key(s->file, s->group, variable_key, NULL);
}

/* ---- what is watched ---- */

static WatchFolder *read_folder(Section *s)
{
    WatchFolder *folder = g_new0(WatchFolder, 1);
    folder->name = g_strdup(s->word);
    folder->path = take_path(s, "path", true);
    folder->moved = take_path(s, "moved", false);
    folder->settle = take_duration(s, "settle", INTAKE_FOLDER_SETTLE);
    take_grades(s, &folder->options, &folder->source, &folder->language);
    return folder;
}

static void folder_free(gpointer data)
{
    WatchFolder *folder = data;
    g_free(folder->name);
    g_free(folder->path);
    g_free(folder->moved);
    g_free(folder->source);
    g_free(folder->language);
    g_free(folder);
}

static WatchFeed *read_feed(Section *s)
{
    enum { MOST_MIB = 1024, DEFAULT_MIB = 20 };
    WatchFeed *feed = g_new0(WatchFeed, 1);
    feed->name = g_strdup(s->word);
    feed->url = need(s, "url");
    if (feed->url != NULL && !g_str_has_prefix(feed->url, "https://") &&
        !g_str_has_prefix(feed->url, "http://"))
        bad(s, _("url = %s begins neither with https:// nor with http://."), feed->url);
    feed->every = take_duration(s, "every", HOUR);
    feed->proxy = take(s, "proxy");
    feed->fetch = (IntakeFetchOptions){
        .proxy = feed->proxy,
        .seconds = take_duration(s, "timeout", MINUTE),
        .max_bytes = (guint64)take_number(s, "max-size", 1, MOST_MIB, DEFAULT_MIB) << 20,
        .allow_private = take_yes(s, "allow-private", false),
    };
    take_grades(s, &feed->options, &feed->source, &feed->language);
    if (feed->source == NULL)
        feed->options.source = feed->name;
    return feed;
}

static void feed_free(gpointer data)
{
    WatchFeed *feed = data;
    g_free(feed->name);
    g_free(feed->url);
    g_free(feed->proxy);
    g_free(feed->source);
    g_free(feed->language);
    g_free(feed);
}

static char *read_text_file(Section *s, const char *key)
{
    g_autofree char *path = take_path(s, key, false);
    g_autoptr(GError) why = NULL;
    char *text = NULL;
    if (path != NULL && s->secrets && !g_file_get_contents(path, &text, NULL, &why))
        bad(s, _("%s = %s cannot be read: %s."), key, path, why->message);
    return text;
}

static WatchGateway *read_gateway(Section *s)
{
    enum { MOST_A_MINUTE = 100000 };
    WatchGateway *gateway = g_new0(WatchGateway, 1);
    gateway->name = g_strdup(s->word);
    g_autofree char *listen = need(s, "listen");
    char *colon = listen != NULL ? strrchr(listen, ':') : NULL;
    guint64 port = 0;
    if (listen != NULL &&
        (colon == NULL || !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL)))
        bad(s, _("listen = %s: an address and a port are meant, as 127.0.0.1:8081."), listen);
    gateway->port = (guint16)port;
    gateway->address = colon != NULL ? g_strndup(listen, (gsize)(colon - listen)) : NULL;
    if (!names_secret(s, "secret-file", "secret-credential", "secret-env"))
        bad(s, _("it needs a line “%s = …”."), "secret-file");
    gateway->secret = take_secret(s, "secret-file", "secret-credential", "secret-env");
    gateway->hmac = take_yes(s, "signed", false);
    gateway->header = take(s, "header");
    gateway->time_header = take(s, "time-header");
    gateway->per_minute = take_number(s, "per-minute", 1, MOST_A_MINUTE, 0);
    gateway->behind_tls = take_yes(s, "behind-tls", false);
    gateway->certificate = read_text_file(s, "certificate");
    gateway->key = take_secret(s, "key-file", "key-credential", "key-env");
    if ((gateway->certificate == NULL) != (gateway->key == NULL) && s->secrets)
        bad(s, "%s", _("a certificate needs its key-file, and a key its certificate."));
    take_grades(s, &gateway->options, &gateway->source, &gateway->language);
    return gateway;
}

static void secret_free(char *secret)
{
    if (secret != NULL)
        sodium_memzero(secret, strlen(secret));
    g_free(secret);
}

static void gateway_free(gpointer data)
{
    WatchGateway *gateway = data;
    g_free(gateway->name);
    g_free(gateway->address);
    g_free(gateway->header);
    g_free(gateway->time_header);
    g_free(gateway->certificate);
    secret_free(gateway->key);
    secret_free(gateway->secret);
    g_free(gateway->source);
    g_free(gateway->language);
    g_free(gateway);
}

/* ---- who is told ---- */

static bool is_address(const char *text)
{
    const char *at = strchr(text, '@');
    return at != NULL && at != text && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
           strpbrk(text, " \t\r\n<>\"(),;") == NULL;
}

static bool is_this_machine(const char *server)
{
    static const char *const PLACES[] = {"smtp://127.0.0.1", "smtp://localhost", "smtp://[::1]"};
    for (gsize i = 0; i < G_N_ELEMENTS(PLACES); i++) {
        gsize length = strlen(PLACES[i]);
        if (strncmp(server, PLACES[i], length) == 0 &&
            (server[length] == '\0' || server[length] == ':' || server[length] == '/'))
            return true;
    }
    return false;
}

static void read_mail(Section *s, WatchChannel *channel)
{
    channel->server = need(s, "server");
    channel->from = need(s, "from");
    channel->to = take_list(s, "to", true);
    channel->user = take(s, "user");
    channel->password = take_secret(s, "password-file", "password-credential", "password-env");
    channel->ca_file = take_path(s, "ca-file", false);
    channel->proxy = take(s, "proxy");
    g_autofree char *tls = take(s, "tls");
    if (channel->server != NULL && !g_str_has_prefix(channel->server, "smtps://") &&
        !g_str_has_prefix(channel->server, "smtp://"))
        bad(s, _("server = %s begins neither with smtps:// nor with smtp:// (with STARTTLS)."),
            channel->server);
    if (tls != NULL && strcmp(tls, "none") != 0 && strcmp(tls, "required") != 0)
        bad(s, _("tls = %s: it is required, or none for a server on this machine."), tls);
    channel->plain = tls != NULL && strcmp(tls, "none") == 0;
    if (channel->plain && channel->server != NULL && !is_this_machine(channel->server))
        bad(s, "%s",
            _("tls = none would send alarms over the network for all to read; it is for "
              "a server on this machine alone."));
    if (channel->from != NULL && !is_address(channel->from))
        bad(s, _("%s is no address of mail."), channel->from);
    for (gsize i = 0; channel->to != NULL && channel->to[i] != NULL; i++)
        if (!is_address(channel->to[i]))
            bad(s, _("%s is no address of mail."), channel->to[i]);
}

static void read_command(Section *s, WatchChannel *channel)
{
    g_autofree char *run = need(s, "run");
    g_autoptr(GError) why = NULL;
    /* Words and quotes alone: no shell looks at this line, and nothing of an alarm gets into it. */
    if (run != NULL && !g_shell_parse_argv(run, NULL, &channel->run, &why))
        bad(s, _("run = %s cannot be split into words: %s."), run, why->message);
    if (channel->run != NULL && !g_path_is_absolute(channel->run[0]))
        bad(s, _("%s = %s is no whole path: begin it with /."), "run", channel->run[0]);
    g_autofree char *format = take(s, "format");
    channel->text = format != NULL && strcmp(format, "text") == 0;
    if (format != NULL && !channel->text && strcmp(format, "json") != 0)
        bad(s, _("format = %s: json or text."), format);
}

static void read_languages(Section *s, WatchChannel *channel)
{
    g_autofree char *language = take(s, "language");
    bool both = language == NULL || strcmp(language, "both") == 0;
    channel->persian = both || strcmp(language, "fa") == 0;
    channel->english = both || strcmp(language, "en") == 0;
    if (!channel->persian && !channel->english)
        bad(s, _("language = %s: fa, en or both."), language);
}

static void read_tell(Section *s, WatchChannel *channel)
{
    static const char *const TOLD[] = {"alarm", "trigger", "silent",      "failing",
                                       "back",  "blind",   "undelivered", NULL};
    channel->tell = take_list(s, "tell", false);
    for (gsize i = 0; channel->tell != NULL && channel->tell[i] != NULL; i++)
        if (!g_strv_contains(TOLD, channel->tell[i])) {
            g_autofree char *all = g_strjoinv(", ", (GStrv)TOLD);
            bad(s, _("tell = %s: what can be told is %s."), channel->tell[i], all);
        }
}

static WatchChannel *read_channel(Section *s, WatchChannelKind kind)
{
    WatchChannel *channel = g_new0(WatchChannel, 1);
    channel->kind = kind;
    channel->name = g_strdup(s->word);
    channel->seconds = take_duration(s, "timeout", MINUTE);
    read_languages(s, channel);
    read_tell(s, channel);
    g_autofree char *unsure = take(s, "unsure");
    channel->again = unsure != NULL && strcmp(unsure, "again") == 0;
    if (unsure != NULL && !channel->again && strcmp(unsure, "hold") != 0)
        bad(s, _("unsure = %s: hold or again."), unsure);
    switch (kind) {
    case WATCH_MAIL:
        read_mail(s, channel);
        break;
    case WATCH_COMMAND:
        read_command(s, channel);
        break;
    case WATCH_ATOM:
        channel->path = take_path(s, "file", true);
        break;
    case WATCH_CAP:
    case WATCH_JSON:
        channel->path = take_path(s, "folder", true);
        break;
    }
    return channel;
}

static void channel_free(gpointer data)
{
    WatchChannel *channel = data;
    g_free(channel->name);
    g_strfreev(channel->tell);
    g_free(channel->path);
    g_free(channel->server);
    g_free(channel->from);
    g_free(channel->user);
    secret_free(channel->password);
    g_free(channel->ca_file);
    g_free(channel->proxy);
    g_strfreev(channel->to);
    g_strfreev(channel->run);
    g_free(channel);
}

/* ---- the whole file ---- */

static void read_watch(Section *s, WatchConfig *config)
{
    config->read = take_duration(s, "read", MINUTE);
    g_autofree char *detect = take(s, "detect");
    guint hour, minute;
    g_autofree char *ascii = detect != NULL ? ascii_digits(detect) : NULL;
    if (ascii != NULL && sscanf(ascii, "daily %2u:%2u", &hour, &minute) == 2 && hour < 24 &&
        minute < 60) {
        config->detect = 0;
        config->detect_minute = (gint)(hour * 60 + minute);
    } else if (detect != NULL && !watch_duration_parse(detect, &config->detect)) {
        bad(s, _("detect = %s: write a length of time, as 1 hour, or daily 06:00."), detect);
    }
    config->silence = take_yes(s, "silence", true);
    config->rules = take_path(s, "rules", false);
    config->blind_after =
        take_duration(s, "blind-after", MAX((guint)LEAST_BLIND, 3 * config->read));
}

static void read_section(Section *s, WatchConfig *config)
{
    g_autofree char *kind = g_strndup(s->group, strcspn(s->group, " "));
    if (strcmp(s->group, "watch") == 0) {
        read_watch(s, config);
        return;
    }
    const char *space = strchr(s->group, ' ');
    s->word = space != NULL ? space + 1 : "";
    if (s->word[0] == '\0' || strpbrk(s->word, "/\"\n") != NULL) {
        bad(s, "%s", _("write a kind and a name without / in it, as [folder inbox]."));
        return;
    }
    if (strcmp(kind, "folder") == 0)
        g_ptr_array_add(config->folders, read_folder(s));
    else if (strcmp(kind, "feed") == 0)
        g_ptr_array_add(config->feeds, read_feed(s));
    else if (strcmp(kind, "gateway") == 0)
        g_ptr_array_add(config->gateways, read_gateway(s));
    else {
        for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++)
            if (strcmp(kind, KINDS[i]) == 0) {
                g_ptr_array_add(config->channels, read_channel(s, (WatchChannelKind)i));
                return;
            }
        bad(s, "%s",
            _("the kinds of sections are watch, folder, feed, gateway, mail, cap, atom, "
              "json and command."));
    }
}

/* A word misspelt would be a folder not read, or an alarm not sent. */
static void check_words(Section *s)
{
    g_auto(GStrv) keys = g_key_file_get_keys(s->file, s->group, NULL, NULL);
    for (gsize i = 0; keys != NULL && keys[i] != NULL; i++)
        if (!g_hash_table_contains(s->used, keys[i]))
            bad(s, _("“%s” is not known there."), keys[i]);
}

static bool check_names(const WatchConfig *config, const char *name, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < config->channels->len; i++) {
        const WatchChannel *channel = g_ptr_array_index(config->channels, i);
        if (!g_hash_table_add(seen, channel->name)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("%s: two ways to tell have the name %s; what was sent is remembered by "
                          "that name, so give each its own."),
                        name, channel->name);
            return false;
        }
    }
    return true;
}

WatchConfig *watch_config_parse(const char *text, const char *name, bool secrets, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) why = NULL;
    if (!g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, &why)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("%s cannot be read: %s."), name,
                    why->message);
        return NULL;
    }
    g_autoptr(WatchConfig) config = g_new0(WatchConfig, 1);
    config->read = MINUTE;
    config->detect = HOUR;
    config->detect_minute = -1;
    config->silence = true;
    config->blind_after = LEAST_BLIND;
    config->folders = g_ptr_array_new_with_free_func(folder_free);
    config->feeds = g_ptr_array_new_with_free_func(feed_free);
    config->gateways = g_ptr_array_new_with_free_func(gateway_free);
    config->channels = g_ptr_array_new_with_free_func(channel_free);
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (gsize i = 0; groups[i] != NULL; i++) {
        g_autoptr(GHashTable) used = g_hash_table_new(g_str_hash, g_str_equal);
        Section section = {
            .file = file, .name = name, .group = groups[i], .used = used, .secrets = secrets};
        read_section(&section, config);
        if (section.fault == NULL)
            check_words(&section);
        if (section.fault != NULL) {
            g_propagate_error(error, section.fault);
            return NULL;
        }
    }
    return check_names(config, name, error) ? g_steal_pointer(&config) : NULL;
}

WatchConfig *watch_config_load(const char *path, bool secrets, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;
    if (!g_file_get_contents(path, &text, NULL, &why)) {
        bool missing = g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT);
        g_set_error(error, ZENHAR_ERROR, missing ? ZENHAR_ERROR_NOT_FOUND : ZENHAR_ERROR_DENIED,
                    _("%s cannot be read: %s."), path, why->message);
        return NULL;
    }
    return watch_config_parse(text, path, secrets, error);
}

void watch_config_free(WatchConfig *config)
{
    if (config == NULL)
        return;
    g_clear_pointer(&config->folders, g_ptr_array_unref);
    g_clear_pointer(&config->feeds, g_ptr_array_unref);
    g_clear_pointer(&config->gateways, g_ptr_array_unref);
    g_clear_pointer(&config->channels, g_ptr_array_unref);
    g_free(config->rules);
    g_free(config);
}
