/* cli/cli.h: what every command shares: options, the case, errors, output.
 *
 * A command is one file cmd_NAME.c with `int cmd_NAME(CliContext *, int, char **)`;
 * its head comment is its help. See docs/adding.md. */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include <glib.h>
#include <stdbool.h>

/** Exit statuses. */
enum {
    CLI_DONE = 0,
    CLI_INCOMPLETE = 1, /**< quarantined records, or a verification that failed */
    CLI_USAGE = 2,
    CLI_CANNOT = 3,
};

typedef struct {
    const char *command;   /**< name of the command that runs; static */
    char *case_path;       /**< --case or $ZENHAR_CASE; NULL without */
    char *passphrase_file; /**< --passphrase-file; NULL without */
    int passphrase_fd;     /**< --passphrase-fd; -1 without */
    bool quiet;            /**< --quiet: no progress, no closing words */
} CliContext;

typedef int CliFunc(CliContext *context, int argc, char **argv);

typedef struct {
    const char *name;
    CliFunc *run;
    const char *summary; /**< message id */
    const char *help;    /**< message id */
} CliCommand;

extern const CliCommand CLI_COMMANDS[];
extern const gsize CLI_N_COMMANDS;

/** Parses a command's options (entries may be NULL) and the common ones; argv
 *  keeps what is left, argv[0] is the command's name. `--help` prints and sets
 *  *ret_exit to 0. An address of a server as --case is overwritten in argv's
 *  own bytes (it may hold a password) and refused. False: return *ret_exit from the command. */
bool cli_parse(CliContext *context, const GOptionEntry *entries, int *argc, char ***argv,
               int *ret_exit);

/** cli_parse for a command whose words are folders of cases: an address of a server
 *  among them is overwritten and refused likewise. */
bool cli_parse_folders(CliContext *context, const GOptionEntry *entries, int *argc, char ***argv,
                       int *ret_exit);

/** Prints "zenhar COMMAND: sentence" on stderr and gives the error's exit status. */
int cli_fail(CliContext *context, const GError *error);
/** Likewise for wrong usage: a sentence of its own, exit 2. */
int cli_usage(CliContext *context, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** Human words on stderr with a newline; nothing when quiet. */
void cli_say(CliContext *context, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** The passphrase from --passphrase-file, --passphrase-fd or a prompt on the terminal
 *  (asked twice when `fresh`). In libsodium's guarded memory: free with sodium_free.
 *  NULL with error set. */
char *cli_passphrase(CliContext *context, bool fresh, GError **error);

/** A whole file, by its name; "NAME cannot be read: WHY." as error. ret_length may be NULL.
 * Transfers. */
bool cli_read(const char *path, char **ret_text, gsize *ret_length, GError **error);

/** Opens the output: path NULL or "-" is stdout; a file is written beside its name
 *  and put in place by cli_output_close. NULL with error set. */
typedef struct CliOutput CliOutput;
CliOutput *cli_output_open(const char *path, GError **error);
/** Appends bytes; a failure is remembered and told by cli_output_close. */
void cli_output_write(CliOutput *output, const char *bytes, gsize length);
/** Flushes and puts the file in place. Frees output in any case. */
bool cli_output_close(CliOutput *output, GError **error);
/** Frees it; a file is left as it was before. NULL does nothing. */
void cli_output_discard(CliOutput *output);
