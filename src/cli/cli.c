#include "commands.h"

#include "base/folder.h"
#include "base/progress.h"
#include "store/server_address.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

enum { PASSPHRASE_MAX = 1024 };

struct CliOutput {
    FILE *file;
    char *path;      /* NULL: stdout */
    char *temporary; /* beside path */
    int error_number;
};

int cli_main(int argc, char **argv);

/* ---- words ---- */

int cli_fail(CliContext *context, const GError *error)
{
    g_printerr("zenhar %s: %s\n", context->command, error->message);
    return zenhar_error_exit_status(error);
}

int cli_usage(CliContext *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_printerr("zenhar %s: %s\n", context->command, sentence);
    g_printerr(_("See `zenhar %s --help`.\n"), context->command);
    return CLI_USAGE;
}

void cli_say(CliContext *context, const char *format, ...)
{
    if (context->quiet)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_printerr("%s\n", sentence);
}

static void print_help(void)
{
    g_print("%s\n\n", _("Zenhar: evidence that holds, counts that are honest, warnings that come "
                        "in time, letters that a UN desk can act on."));
    g_print("%s\n\n", _("Usage: zenhar COMMAND [options] [FILES]"));
    for (gsize i = 0; i < CLI_N_COMMANDS; i++)
        g_print("  %-12s %s\n", CLI_COMMANDS[i].name, i18n_get(CLI_COMMANDS[i].summary));
    g_print("\n%s\n", _("`zenhar COMMAND --help` explains a command. Words go to standard error, "
                        "results to standard output."));
}

static const CliCommand *find_command(const char *name)
{
    for (gsize i = 0; i < CLI_N_COMMANDS; i++)
        if (strcmp(CLI_COMMANDS[i].name, name) == 0)
            return &CLI_COMMANDS[i];
    return NULL;
}

/* ---- options ---- */

/* The tongue that "--lang X" or "--lang=X" asks for anywhere among the words, for help. */
static void follow_language(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *word = g_str_has_prefix(argv[i], "--lang=") ? argv[i] + strlen("--lang=")
                           : strcmp(argv[i], "--lang") == 0 && i + 1 < argc ? argv[i + 1]
                                                                            : NULL;
        I18nLanguage tongue;
        if (word != NULL && i18n_parse_language(word, &tongue))
            i18n_set_language(tongue);
    }
}

/* Addresses of a server hold passwords, and every user of the machine sees a process' words. */
static void hide_address(const char *address, char *const *words, gsize n_words)
{
    for (gsize i = 0; i < n_words; i++) {
        char *at = strstr(words[i], address);
        if (at != NULL)
            memset(at, 'x', strlen(at));
    }
}

/* The address that stands as a word of its own: a copy stands in for it until the end. */
static void hide_positional(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        if (!store_address_is(word))
            continue;
        argv[i] = g_strdup(word);
        memset(word, 'x', strlen(word));
    }
}

/* Commands that make a folder of their own. */
static const char *const FOLDER_ONLY[] = {"demo"};

/* Before anything repeats it. */
static bool server_fits(const CliContext *context, const char *address, GError **error)
{
    g_auto(StoreAddress) parts = {0};
    if (!store_address_read(address, &parts, error))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(FOLDER_ONLY); i++) {
        if (strcmp(context->command, FOLDER_ONLY[i]) != 0)
            continue;
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("“zenhar %s” works on a case in a folder; on a PostgreSQL server it cannot "
                      "yet."),
                    context->command);
        return false;
    }
    return true;
}

bool cli_parse(CliContext *context, const GOptionEntry *entries, int *argc, char ***argv,
               int *ret_exit)
{
    g_autofree char *language = NULL;
    gboolean help = FALSE, quiet = context->quiet;
    const GOptionEntry common[] = {
        {"case", 'c', 0, G_OPTION_ARG_FILENAME, &context->case_path, NULL, NULL},
        {"passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &context->passphrase_file, NULL, NULL},
        {"passphrase-fd", 0, 0, G_OPTION_ARG_INT, &context->passphrase_fd, NULL, NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, NULL, NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) options = g_option_context_new(NULL);
    g_option_context_set_help_enabled(options, FALSE);
    if (entries != NULL)
        g_option_context_add_main_entries(options, entries, NULL);
    g_option_context_add_main_entries(options, common, NULL);
    /* A command may have a --lang of its own ("both"); two of a name would eat two words. */
    const GOptionEntry tongue_entry[] = {
        {"lang", 0, 0, G_OPTION_ARG_STRING, &language, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    bool own = false;
    for (const GOptionEntry *entry = entries; entry != NULL && entry->long_name != NULL; entry++)
        own = own || strcmp(entry->long_name, "lang") == 0;
    if (!own)
        g_option_context_add_main_entries(options, tongue_entry, NULL);

    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = g_strdupv(*argv); /* parsing takes options out */
    int n_words = *argc;
    g_autofree char **given = g_memdup2(*argv, sizeof(char *) * (gsize)n_words);
    bool parsed = g_option_context_parse(options, argc, argv, &error);
    context->quiet = quiet;
    hide_positional(*argc, *argv);
    if (store_address_is(context->case_path))
        hide_address(context->case_path, given, (gsize)n_words);
    if (context->case_path == NULL)
        context->case_path = g_strdup(g_getenv("ZENHAR_CASE"));
    if (language != NULL) {
        I18nLanguage tongue;
        if (!i18n_parse_language(language, &tongue)) {
            *ret_exit = cli_usage(context, _("--lang %s: the languages are en and fa."), language);
            return false;
        }
        i18n_set_language(tongue);
    }
    if (help) {
        /* A command's own --lang is about its files; beside --help it is about the help. */
        follow_language(n_words, words);
        const CliCommand *command = find_command(context->command);
        g_print("%s\n", i18n_get(command->help));
        *ret_exit = CLI_DONE;
        return false;
    }
    if (!parsed) {
        *ret_exit = cli_usage(context, "%s", error->message);
        return false;
    }
    if (store_address_is(context->case_path) && !server_fits(context, context->case_path, &error)) {
        *ret_exit = cli_usage(context, "%s", error->message);
        return false;
    }
    /* "--" ends the options; it is no file. */
    if (*argc > 1 && strcmp((*argv)[1], "--") == 0) {
        memmove(*argv + 1, *argv + 2, (gsize)(*argc - 1) * sizeof **argv);
        (*argc)--;
    }
    return true;
}

bool cli_parse_folders(CliContext *context, const GOptionEntry *entries, int *argc, char ***argv,
                       int *ret_exit)
{
    if (!cli_parse(context, entries, argc, argv, ret_exit))
        return false;
    bool folders = true;
    for (int i = 1; i < *argc; i++) {
        const char *address = (*argv)[i];
        if (!store_address_is(address))
            continue;
        g_autoptr(GError) error = NULL;
        if (strcmp(context->command, "init") != 0 && strcmp(context->command, "merge") != 0 &&
            strcmp(context->command, "move") != 0 && strcmp(context->command, "restore") != 0)
            g_set_error_literal(&error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                                _("Name a folder here; a case on a server is named by --case."));
        else
            server_fits(context, address, &error);
        if (error != NULL) {
            *ret_exit = cli_usage(context, "%s", error->message);
            folders = false;
        }
    }
    return folders;
}

bool cli_read(const char *path, char **ret_text, gsize *ret_length, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (g_file_get_contents(path, ret_text, ret_length, &why))
        return true;
    const char *words = i18n_file_error(why);
    g_set_error(error, ZENHAR_ERROR,
                g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? ZENHAR_ERROR_NOT_FOUND
                                                                       : ZENHAR_ERROR_IO,
                _("%s cannot be read: %s."), path, words != NULL ? words : why->message);
    return false;
}

/* ---- the passphrase ---- */

static bool read_line_fd(int fd, char *line, GError **error)
{
    gsize length = 0;
    for (;;) {
        char byte;
        ssize_t n = read(fd, &byte, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                        _("The passphrase cannot be read: %s."), i18n_errno(errno));
            return false;
        }
        if (n == 0 || byte == '\n')
            break;
        if (length + 1 == PASSPHRASE_MAX) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                        _("The passphrase is longer than %d bytes."), PASSPHRASE_MAX - 1);
            return false;
        }
        line[length++] = byte;
    }
    if (length > 0 && line[length - 1] == '\r')
        length--;
    line[length] = '\0';
    return true;
}

static bool prompt_once(int tty, const char *question, char *line, GError **error)
{
    struct termios old, quiet;
    bool is_terminal = tcgetattr(tty, &old) == 0;
    if (is_terminal) {
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(tty, TCSAFLUSH, &quiet);
    }
    g_printerr("%s ", question);
    bool read_it = read_line_fd(tty, line, error);
    if (is_terminal)
        tcsetattr(tty, TCSAFLUSH, &old);
    g_printerr("\n");
    return read_it;
}

char *cli_passphrase(CliContext *context, bool fresh, GError **error)
{
    char *line = sodium_malloc(PASSPHRASE_MAX);
    if (line == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY, "%s",
                    _("No guarded memory for the passphrase."));
        return NULL;
    }
    bool done = false;
    if (context->passphrase_fd >= 0) {
        done = read_line_fd(context->passphrase_fd, line, error);
    } else if (context->passphrase_file != NULL) {
        int fd = g_open(context->passphrase_file, O_RDONLY | O_CLOEXEC, 0);
        if (fd < 0) {
            const int number = errno;
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                        _("The passphrase cannot be read from %s: %s."), context->passphrase_file,
                        i18n_errno(number));
        } else {
            done = read_line_fd(fd, line, error);
            close(fd);
        }
    } else {
        int tty = g_open("/dev/tty", O_RDWR | O_CLOEXEC, 0);
        if (tty < 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, "%s",
                        _("There is no terminal to ask for the passphrase: give --passphrase-file "
                          "or --passphrase-fd."));
        } else {
            done = prompt_once(tty, fresh ? _("New passphrase:") : _("Passphrase:"), line, error);
            if (done && fresh) {
                char *again = sodium_malloc(PASSPHRASE_MAX);
                done = again != NULL && prompt_once(tty, _("Once more:"), again, error);
                if (done && strcmp(again, line) != 0) {
                    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, "%s",
                                _("The two passphrases differ."));
                    done = false;
                }
                sodium_free(again);
            }
            close(tty);
        }
    }
    if (done && line[0] == '\0') {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, "%s", _("The passphrase is empty."));
        done = false;
    }
    if (!done) {
        sodium_free(line);
        return NULL;
    }
    return line;
}

/* ---- output ---- */

CliOutput *cli_output_open(const char *path, GError **error)
{
    g_autofree char *temporary = NULL;
    FILE *file = stdout;
    if (path != NULL && strcmp(path, "-") != 0) {
        if (!path_is_special(path))
            temporary = g_strdup_printf("%s.part-%d", path, (int)getpid());
        file = g_fopen(temporary != NULL ? temporary : path, "we");
        if (file == NULL) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                        i18n_errno(errno));
            return NULL;
        }
    } else {
        path = NULL;
    }
    CliOutput *output = g_new0(CliOutput, 1);
    output->file = file;
    output->path = g_strdup(path);
    output->temporary = g_steal_pointer(&temporary);
    return output;
}

void cli_output_write(CliOutput *output, const char *bytes, gsize length)
{
    if (output->error_number == 0 && fwrite(bytes, 1, length, output->file) != length)
        output->error_number = errno != 0 ? errno : EIO;
}

bool cli_output_close(CliOutput *output, GError **error)
{
    if (fflush(output->file) != 0 && output->error_number == 0)
        output->error_number = errno;
    if (output->path != NULL) {
        if (fclose(output->file) != 0 && output->error_number == 0)
            output->error_number = errno;
        if (output->error_number == 0 && output->temporary != NULL &&
            g_rename(output->temporary, output->path) != 0)
            output->error_number = errno;
        if (output->error_number != 0 && output->temporary != NULL)
            g_unlink(output->temporary);
    }
    bool done = output->error_number == 0;
    if (!done)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."),
                    output->path != NULL ? output->path : _("standard output"),
                    i18n_errno(output->error_number));
    g_free(output->path);
    g_free(output->temporary);
    g_free(output);
    return done;
}

void cli_output_discard(CliOutput *output)
{
    if (output == NULL)
        return;
    if (output->path != NULL) {
        fclose(output->file);
        g_unlink(output->temporary);
    }
    g_free(output->path);
    g_free(output->temporary);
    g_free(output);
}

/* ---- the first word ---- */

int cli_main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    I18nLanguage language = I18N_ENGLISH;
    const char *wish = g_getenv("ZENHAR_LANG");
    for (gsize i = 0; wish == NULL && i < 3; i++)
        wish = g_getenv(((const char *[]){"LC_ALL", "LC_MESSAGES", "LANG"})[i]);
    if (wish != NULL && i18n_parse_language(wish, &language))
        i18n_set_language(language);
    /* A core file would hold names and keys, whatever memory they stood in. */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
#ifndef __SANITIZE_ADDRESS__ /* whose search for leaks reads the process as a debugger would */
    prctl(PR_SET_DUMPABLE, 0);
#endif
    if (sodium_init() < 0) {
        g_printerr("%s\n", _("libsodium does not start on this machine."));
        return CLI_CANNOT;
    }
    /* `zenhar --lang fa` before the command, for help in one's own language. */
    while (argc > 2 && strcmp(argv[1], "--lang") == 0) {
        if (i18n_parse_language(argv[2], &language))
            i18n_set_language(language);
        argv[2] = argv[0];
        argc -= 2;
        argv += 2;
    }
    if (argc < 2) {
        print_help();
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        follow_language(argc, argv);
        print_help();
        return CLI_DONE;
    }
    const char *word = strcmp(argv[1], "--version") == 0 ? "version" : argv[1];
    const CliCommand *command = find_command(word);
    if (command == NULL) {
        g_printerr(_("zenhar: there is no command '%s'. `zenhar --help` lists them.\n"), word);
        return CLI_USAGE;
    }
    CliContext context = {
        .command = command->name,
        .passphrase_fd = -1,
    };
    argv[1] = (char *)command->name;
    int status = command->run(&context, argc - 1, argv + 1);
    g_free(context.case_path);
    g_free(context.passphrase_file);
    return status;
}
