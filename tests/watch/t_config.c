/* The file that says what is watched and who is told: read whole, or refused with its fault named.
 */
#include "support.h"
#include "watch/config.h"

#include <glib/gstdio.h>
#include <string.h>

static WatchConfig *parse(const char *text, GError **error)
{
    return watch_config_parse(text, "watch.conf", true, error);
}

static void test_durations(void)
{
    static const struct {
        const char *text;
        guint seconds; /* 0: none */
    } ROWS[] = {
        {"1 second", 1},
        {"90 seconds", 90},
        {"5 minutes", 300},
        {"5min", 300},
        {"1 hour", 3600},
        {"2 days", 172800},
        {"۵ دقیقه", 300},
        {"۱ ساعت", 3600},
        {"30 s", 30},
        {"٢ روز", 172800},
        {"", 0},
        {"5", 0},
        {"-5 minutes", 0},
        {"0 s", 0},
        {"5 weeks", 0},
        {"soon", 0},
        {"5 minutes or so", 0},
        {"999999 days", 0},
        {"1e3 s", 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        guint seconds = 0;
        bool read = watch_duration_parse(ROWS[i].text, &seconds);
        g_test_message("%s", ROWS[i].text);
        g_assert_cmpint(read, ==, ROWS[i].seconds > 0);
        g_assert_cmpuint(seconds, ==, ROWS[i].seconds);
    }
}

static char *secret_file(const char *folder, const char *name, int mode)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(folder, name, NULL);
    g_file_set_contents(path, "0123456789abcdef0123456789abcdef\n", -1, &error);
    g_assert_no_error(error);
    g_chmod(path, mode);
    return path;
}

static void test_whole(void)
{
    g_autofree char *folder = test_folder_new();
    g_autofree char *secret = secret_file(folder, "secret", 0600);
    g_autofree char *text = g_strdup_printf(
        "# a remark\n"
        "[watch]\nread = 30 seconds\ndetect = daily 06:30\nsilence = no\nrules = /r.txt\n"
        "[folder inbox]\npath = /in\nmoved = /in/read\nsource = Inbox\nreliability = b\n"
        "[feed news]\nurl = https://example.org/feed\nevery = ۳۰ دقیقه\ncredibility = 3\n"
        "proxy = socks5h://127.0.0.1:9050\n"
        "[gateway phone]\nlisten = 127.0.0.1:8081\nsecret-file = %s\nsigned = yes\n"
        "[mail desk]\nserver = smtps://mail.example.org\nfrom = w@example.org\n"
        "to = a@example.org, b@example.org\nuser = w\npassword-file = %s\ntell = alarm, silent\n"
        "[cap out]\nfolder = /cap\n[atom feed]\nfile = /feed.xml\n[json j]\nfolder = /j\n"
        "[command pager]\nrun = /bin/page --to 'the desk' \"$HOME; rm -rf /\"\nunsure = again\n",
        secret, secret);
    g_autoptr(GError) error = NULL;
    g_autoptr(WatchConfig) config = parse(text, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(config->read, ==, 30);
    g_assert_cmpuint(config->detect, ==, 0);
    g_assert_cmpint(config->detect_minute, ==, 390);
    g_assert_false(config->silence);
    const WatchFolder *inbox = g_ptr_array_index(config->folders, 0);
    g_assert_cmpstr(inbox->options.source, ==, "Inbox");
    g_assert_cmpint(inbox->options.reliability, ==, 'B');
    const WatchFeed *feed = g_ptr_array_index(config->feeds, 0);
    g_assert_cmpuint(feed->every, ==, 1800);
    g_assert_cmpstr(feed->options.source, ==, "news"); /* its name, unless another is given */
    g_assert_cmpstr(feed->fetch.proxy, ==, "socks5h://127.0.0.1:9050");
    g_assert_false(feed->fetch.allow_private);
    const WatchGateway *gateway = g_ptr_array_index(config->gateways, 0);
    g_assert_cmpuint(gateway->port, ==, 8081);
    g_assert_true(gateway->hmac);
    g_assert_cmpstr(gateway->secret, ==, "0123456789abcdef0123456789abcdef");
    const WatchChannel *mail = g_ptr_array_index(config->channels, 0);
    g_assert_cmpuint(g_strv_length(mail->to), ==, 2);
    g_assert_cmpuint(g_strv_length(mail->tell), ==, 2);
    g_assert_false(mail->again);
    const WatchChannel *pager = g_ptr_array_index(config->channels, 4);
    g_assert_true(pager->again);
    g_assert_cmpuint(g_strv_length(pager->run), ==, 4);
    g_assert_cmpstr(pager->run[2], ==, "the desk");
    g_assert_cmpstr(pager->run[3], ==, "$HOME; rm -rf /"); /* no shell has looked at it */
}

#define MAIL "[mail desk]\nfrom = w@example.org\nto = a@example.org\n"
static const struct {
    const char *claim, *text, *words;
} BAD[] = {
    {"unknown_key", "[folder a]\npath = /in\nmove = /x\n", "move"},
    {"unknown_kind", "[fodler a]\npath = /in\n", "fodler"},
    {"no_name", "[folder]\npath = /in\n", "[folder inbox]"},
    {"no_path", "[folder a]\n", "path"},
    {"half_a_path", "[folder a]\npath = in\n", "/"},
    {"bad_time", "[watch]\nread = often\n", "often"},
    {"bad_schedule", "[watch]\ndetect = daily 26:00\n", "26:00"},
    {"feed_by_file", "[feed a]\nurl = file:///etc/passwd\n", "file:///etc/passwd"},
    {"gateway_without_secret", "[gateway a]\nlisten = 127.0.0.1:81\n", "secret-file"},
    {"gateway_without_port", "[gateway a]\nlisten = 127.0.0.1\nsecret-env = HOME\n", "listen"},
    {"secret_in_no_variable", "[gateway a]\nlisten = 127.0.0.1:81\nsecret-env = NO_SUCH_VARIABLE\n",
     "NO_SUCH_VARIABLE"},
    {"plain_mail_over_the_network", MAIL "server = smtp://mail.example.org\ntls = none\n",
     "this machine"},
    {"plain_mail_by_a_name_like_ours", MAIL "server = smtp://localhost.example.org\ntls = none\n",
     "this machine"},
    {"mail_by_http", MAIL "server = https://mail.example.org\n", "https://mail.example.org"},
    {"no_address", "[mail a]\nserver = smtps://m\nfrom = w\nto = a@b\n", "w"},
    {"a_header_in_an_address", "[mail a]\nserver = smtps://m\nfrom = w@e\nto = a@b\\nBcc:c@d\n",
     "Bcc"},
    {"command_by_name", "[command a]\nrun = page\n", "page"},
    {"command_with_half_a_quote", "[command a]\nrun = /bin/page 'a\n", "/bin/page"},
    {"two_of_one_name", "[json a]\nfolder = /j\n[cap a]\nfolder = /c\n", "a"},
    {"tells_of_nothing_known", "[json a]\nfolder = /j\ntell = everything\n", "everything"},
    {"grade", "[folder a]\npath = /in\nreliability = G\n", "A to F"},
    {"not_a_configuration", "what is this\n", "watch.conf"},
};

static void test_bad(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GError) error = NULL;
    g_assert_null(parse(BAD[i].text, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, "watch.conf"));
    g_assert_nonnull(strstr(error->message, BAD[i].words));
}

static void test_secrets(void)
{
    g_autofree char *folder = test_folder_new();
    g_autofree char *open = secret_file(folder, "open", 0644);
    g_autofree char *text =
        g_strdup_printf("[gateway a]\nlisten = 127.0.0.1:81\nsecret-file = %s\n", open);
    g_autoptr(GError) error = NULL;
    g_assert_null(parse(text, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, "chmod 600"));
    g_assert_null(strstr(error->message, "0123456789"));
    g_clear_error(&error);
    /* Checked by somebody who may not read secrets: all but those. */
    g_autoptr(WatchConfig) config = watch_config_parse(text, "watch.conf", false, &error);
    g_assert_no_error(error);
    g_assert_null(((const WatchGateway *)g_ptr_array_index(config->gateways, 0))->secret);
    /* systemd's credentials are readable for the service alone, whatever their mode says. */
    g_setenv("CREDENTIALS_DIRECTORY", folder, TRUE);
    g_autoptr(WatchConfig) by_systemd =
        parse("[gateway a]\nlisten = 127.0.0.1:81\nsecret-credential = open\n", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(((const WatchGateway *)g_ptr_array_index(by_systemd->gateways, 0))->secret, ==,
                    "0123456789abcdef0123456789abcdef");
    g_assert_null(parse("[gateway a]\nlisten = 127.0.0.1:81\nsecret-credential = ../x\n", &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_unsetenv("CREDENTIALS_DIRECTORY");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/watch/config/lengths_of_time", test_durations);
    g_test_add_func("/watch/config/a_whole_file", test_whole);
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autofree char *name = g_strconcat("/watch/config/refused/", BAD[i].claim, NULL);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_bad);
    }
    g_test_add_func("/watch/config/secrets_are_private", test_secrets);
    return g_test_run();
}
