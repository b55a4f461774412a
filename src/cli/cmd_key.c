/* COMMAND: key
 * SUMMARY: recovery of a case's key by shares
 *
 * zenhar key split --case FOLDER --shares N --threshold K [--role ROLE]
 *                  [--out FOLDER [--pdf]]
 *   splits a recovery key into N shares (2 to 20); any K of them (at least 2) open the
 *   case when its passphrases are lost, fewer tell nothing. One page a share, in Persian
 *   and English, into files of a new folder, or on standard output, a form feed between
 *   them; --pdf also draws each page. ROLE is what the shares open: administrator
 *   (default), documenter, advocate, analyst or reader.
 * zenhar key check --case FOLDER SHARE...
 *   is each share one of this case, of a split in force, as it was given?
 * zenhar key recover --case FOLDER --name NAME|--owner [--new-passphrase-file FILE]
 *                    [--new-passphrase-fd N] SHARE...
 *   from K shares: a passphrase of their role for NAME, or a new passphrase of the owner
 *   in place of the lost one. The key is proven before anything is written.
 * zenhar key list --case FOLDER
 *   splits in force, as CSV; needs no passphrase.
 * zenhar key revoke --case FOLDER SPLIT
 *   its shares open nothing any more. Copies of case.json made before still open.
 *
 * SHARE is a file, - is standard input; a file may hold several. Letters are never given
 * on the command line: other users of the machine see it. A change of passphrase leaves
 * shares as they are.
 *
 * Example: zenhar key split --case june.zenhar --shares 5 --threshold 3 --out shares
 */
#include "commands.h"

#include "base/csv.h"
#include "cli/case.h"
#include "render/output.h"
#include "render/share_page.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { SHARE_FILE_MAX = 256 << 10 };

typedef struct {
    char *role, *out, *name, *new_passphrase_file;
    int shares, threshold, new_passphrase_fd;
    gboolean owner, pdf;
} KeyOptions;

static void key_options_clear(KeyOptions *options)
{
    g_free(options->role);
    g_free(options->out);
    g_free(options->name);
    g_free(options->new_passphrase_file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeyOptions, key_options_clear)

/* ---- shares in ---- */

typedef struct {
    StoreShare *shares; /* STORE_SHARES_MAX, of sodium_malloc */
    gsize n;
} Shares;

static void shares_clear(Shares *shares)
{
    sodium_free(shares->shares);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Shares, shares_clear)

static bool read_file(const char *path, char *text, gsize *ret_length, GError **error)
{
    const bool input = strcmp(path, "-") == 0;
    const int file = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    gssize n = file >= 0 ? 1 : -1;
    *ret_length = 0;
    while (n > 0 && *ret_length < SHARE_FILE_MAX) {
        n = read(file, text + *ret_length, SHARE_FILE_MAX - *ret_length);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            *ret_length += (gsize)n;
    }
    const int number = errno;
    if (file >= 0 && !input)
        close(file);
    if (n == 0)
        return true;
    /* A path that is not there may be letters: they are not repeated. */
    g_set_error(error, ZENHAR_ERROR, n < 0 ? ZENHAR_ERROR_IO : ZENHAR_ERROR_INPUT,
                n < 0 ? _("A file of shares cannot be read: %s. Name files; the letters of a share "
                          "are never given on the command line.")
                      : _("A file of shares is too long for one (%s)."),
                n < 0 ? i18n_errno(number) : path);
    return false;
}

static bool read_shares(char **paths, Shares *shares, GError **error)
{
    char *text = sodium_malloc(SHARE_FILE_MAX);
    shares->shares = sodium_malloc(STORE_SHARES_MAX * sizeof *shares->shares);
    bool done = text != NULL && shares->shares != NULL;
    if (!done)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is no memory that can be locked for the keys of the case."));
    for (gsize i = 0; done && paths[i] != NULL; i++) {
        gsize length = 0, n = 0;
        done = read_file(paths[i], text, &length, error);
        if (done && !store_share_read(text, length, shares->shares + shares->n,
                                      STORE_SHARES_MAX - shares->n, &n, error)) {
            g_prefix_error(error, "%s: ", paths[i]);
            done = false;
        }
        shares->n += n;
    }
    sodium_free(text);
    return done;
}

/* ---- shares out ---- */

typedef struct {
    const KeyOptions *options;
    StoreRecovery about;
    gsize written;
} Pages;

static bool page_write(const Pages *pages, const StoreShare *share, const char *page,
                       GError **error)
{
    static const I18nLanguage LANGUAGES[] = {I18N_PERSIAN, I18N_ENGLISH};
    g_autofree char *name = g_strdup_printf("share-%d-of-%d.txt", share->number, share->shares);
    g_autofree char *path = g_build_filename(pages->options->out, name, NULL);
    if (!output_bytes(path, page, strlen(page), error))
        return false;
    for (gsize i = 0; pages->options->pdf && i < G_N_ELEMENTS(LANGUAGES); i++) {
        g_autofree char *drawn = g_strdup_printf("share-%d-of-%d.%s.pdf", share->number,
                                                 share->shares, i18n_tag(LANGUAGES[i]));
        g_autofree char *place = g_build_filename(pages->options->out, drawn, NULL);
        if (!share_page_pdf(share, &pages->about, LANGUAGES[i], place, error))
            return false;
    }
    return true;
}

static bool page_print(const char *page, bool last, GError **error)
{
    const char *const parts[] = {page, last ? "" : "\f\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        const gsize length = strlen(parts[i]);
        gsize done = 0;
        while (done < length) {
            const gssize n = write(STDOUT_FILENO, parts[i] + done, length - done);
            if (n < 0 && errno != EINTR) {
                g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                            _("The shares cannot be written: %s."), i18n_errno(errno));
                return false;
            }
            done += n > 0 ? (gsize)n : 0;
        }
    }
    return true;
}

static bool keep_shares(const StoreShare *shares, gsize n, void *context, GError **error)
{
    Pages *pages = context;
    bool done = true;
    memcpy(pages->about.split, shares[0].split, sizeof pages->about.split);
    for (gsize i = 0; done && i < n; i++) {
        char *page = share_page_text(&shares[i], &pages->about, error);
        done = page != NULL &&
               (pages->options->out != NULL ? page_write(pages, &shares[i], page, error)
                                            : page_print(page, i + 1 == n, error));
        sodium_free(page);
        pages->written += done;
    }
    return done;
}

/* Half a split is none: what was written of it goes. */
static void pages_remove(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
         name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
}

static bool split_key(CliContext *context, const KeyOptions *options, GError **error)
{
    Pages pages = {.options = options};
    const char *role = options->role != NULL ? options->role : "administrator";
    g_strlcpy(pages.about.role, role, sizeof pages.about.role);
    pages.about.made = g_get_real_time() / G_USEC_PER_SEC;
    if (!cli_case_named(context, error))
        return false;
    if (options->out != NULL && g_mkdir(options->out, 0700) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The folder %s cannot be made: %s. Name one that does not exist yet."),
                    options->out, i18n_errno(errno));
        return false;
    }
    char *passphrase = cli_passphrase(context, false, error);
    const bool done =
        passphrase != NULL &&
        store_keys_split(context->case_path, passphrase, role, (guint8)options->threshold,
                         (guint8)options->shares, keep_shares, &pages, error);
    sodium_free(passphrase);
    if (!done && options->out != NULL)
        pages_remove(options->out);
    if (done && options->out != NULL)
        cli_say(context,
                _("%d shares were written into %s; any %d of them open the case. Print them, give "
                  "each to another person, and delete the files."),
                options->shares, options->out, options->threshold);
    else if (done)
        cli_say(context, _("%d shares; any %d of them open the case. Give each to another person."),
                options->shares, options->threshold);
    return done;
}

/* ---- the others ---- */

static bool check(CliContext *context, char **paths, GError **error)
{
    g_auto(Shares) shares = {0};
    if (!cli_case_named(context, error) || !read_shares(paths, &shares, error))
        return false;
    for (gsize i = 0; i < shares.n; i++) {
        const StoreShare *share = &shares.shares[i];
        char name[STORE_SPLIT_TEXT];
        store_split_format(share->split, name);
        if (!store_keys_share_check(context->case_path, share, error))
            return false;
        cli_say(context, _("Share %d of %d (split %s): as it was given; any %d open the case."),
                share->number, share->shares, name, share->threshold);
    }
    return true;
}

static bool recover(CliContext *context, const KeyOptions *options, char **paths, GError **error)
{
    CliContext fresh = {.command = context->command,
                        .passphrase_file = options->new_passphrase_file,
                        .passphrase_fd = options->new_passphrase_fd};
    g_auto(Shares) shares = {0};
    if (!cli_case_named(context, error) || !read_shares(paths, &shares, error))
        return false;
    g_autoptr(StoreKeys) keys =
        store_keys_recover(context->case_path, shares.shares, shares.n, error);
    char *passphrase = keys != NULL ? cli_passphrase(&fresh, true, error) : NULL;
    const bool done =
        passphrase != NULL &&
        store_keys_recovered_save(context->case_path, keys, options->name, passphrase, NULL, error);
    sodium_free(passphrase);
    if (done && options->name != NULL)
        cli_say(context, _("%s has a passphrase now, as %s."), options->name,
                store_keys_role(keys));
    else if (done)
        cli_say(context, "%s",
                _("The owner has a new passphrase. Copies made before still open with the old "
                  "one. Whoever saw the shares can use them again: revoke the split and make a "
                  "new one."));
    return done;
}

static bool list(CliContext *context, GError **error)
{
    g_autoptr(GArray) splits =
        cli_case_named(context, error) ? store_keys_splits(context->case_path, error) : NULL;
    CliOutput *output = splits != NULL ? cli_output_open(NULL, error) : NULL;
    if (output == NULL)
        return false;
    g_autoptr(GString) text = g_string_new("split,role,threshold,shares,made\n");
    for (guint i = 0; i < splits->len; i++) {
        const StoreRecovery *about = &g_array_index(splits, StoreRecovery, i);
        char name[STORE_SPLIT_TEXT];
        g_autoptr(GDateTime) made = g_date_time_new_from_unix_utc(about->made);
        g_autofree char *when =
            made != NULL ? g_date_time_format(made, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
        store_split_format(about->split, name);
        g_string_append_printf(text, "%s,%s,%d,%d,%s\n", name, about->role, about->threshold,
                               about->shares, when);
    }
    cli_output_write(output, text->str, text->len);
    return cli_output_close(output, error);
}

static bool revoke_split(CliContext *context, const char *name, GError **error)
{
    if (!cli_case_named(context, error))
        return false;
    char *passphrase = cli_passphrase(context, false, error);
    const bool done =
        passphrase != NULL && store_keys_split_revoke(context->case_path, passphrase, name, error);
    sodium_free(passphrase);
    if (done)
        cli_say(context,
                _("The shares of the split %s open nothing any more. Copies of case.json made "
                  "before still open with them: remove those too."),
                name);
    return done;
}

/* A sentence when the words of a verb are off; NULL when they fit. */
static const char *words_off(const char *verb, int n_words, const KeyOptions *options)
{
    if (strcmp(verb, "split") == 0)
        return n_words != 0 ? _("“zenhar key split” takes options alone.")
               : options->pdf && options->out == NULL ? _("--pdf needs --out FOLDER.")
               : options->shares < 2 || options->shares > STORE_SHARES_MAX ||
                       options->threshold < 2 || options->threshold > options->shares
                   ? _("Give --shares (2 to 20) and --threshold (2 to that number).")
                   : NULL;
    if (strcmp(verb, "list") == 0)
        return n_words != 0 ? _("“zenhar key list” takes no further words.") : NULL;
    if (strcmp(verb, "revoke") == 0)
        return n_words != 1 ? _("Name one split; “zenhar key list” tells which there are.") : NULL;
    if (n_words == 0)
        return _("Name the files of the shares; - is standard input.");
    if (strcmp(verb, "recover") == 0 && (options->name != NULL) == (options->owner != 0))
        return _("Say who gets the passphrase: --name NAME, or --owner.");
    return NULL;
}

int cmd_key(CliContext *context, int argc, char **argv)
{
    g_auto(KeyOptions) options = {.new_passphrase_fd = -1};
    const GOptionEntry entries[] = {
        {"shares", 0, 0, G_OPTION_ARG_INT, &options.shares, NULL, NULL},
        {"threshold", 0, 0, G_OPTION_ARG_INT, &options.threshold, NULL, NULL},
        {"role", 0, 0, G_OPTION_ARG_STRING, &options.role, NULL, NULL},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &options.out, NULL, NULL},
        {"pdf", 0, 0, G_OPTION_ARG_NONE, &options.pdf, NULL, NULL},
        {"name", 0, 0, G_OPTION_ARG_STRING, &options.name, NULL, NULL},
        {"owner", 0, 0, G_OPTION_ARG_NONE, &options.owner, NULL, NULL},
        {"new-passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &options.new_passphrase_file, NULL,
         NULL},
        {"new-passphrase-fd", 0, 0, G_OPTION_ARG_INT, &options.new_passphrase_fd, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    static const char *const VERBS[] = {"split", "check", "recover", "list", "revoke", NULL};
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    const char *verb = argc > 1 ? argv[1] : "list";
    if (!g_strv_contains(VERBS, verb))
        return cli_usage(context, "%s",
                         _("There are split, check, recover, list and revoke. The letters of a "
                           "share are never given on the command line."));
    const char *off = words_off(verb, argc > 1 ? argc - 2 : 0, &options);
    if (off != NULL)
        return cli_usage(context, "%s", off);
    g_autoptr(GError) error = NULL;
    const bool done = strcmp(verb, "split") == 0     ? split_key(context, &options, &error)
                      : strcmp(verb, "check") == 0   ? check(context, argv + 2, &error)
                      : strcmp(verb, "recover") == 0 ? recover(context, &options, argv + 2, &error)
                      : strcmp(verb, "revoke") == 0  ? revoke_split(context, argv[2], &error)
                                                     : list(context, &error);
    return done ? CLI_DONE : cli_fail(context, error);
}
