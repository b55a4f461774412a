/* COMMAND: merge
 * SUMMARY: bring two cases that were apart together
 *
 * zenhar merge --case FOLDER [--decide ours|theirs|FILE] [--list] [--reveal]
 *              [--other-passphrase-file FILE] [--other-passphrase-fd N] OTHER
 *
 * Reads what was written in the case OTHER since the two parted (copies of one case, or
 * cases that took in the same files) into the case FOLDER. OTHER is only read. New
 * records get numbers here; what was changed in one of the two alone is taken or stays;
 * the same record changed on both sides, or changed here and removed there, is a
 * conflict. As long as there are conflicts that nobody decided on, nothing is written:
 * they are printed as CSV on standard output, both sides in a row, and the exit status
 * is 1.
 *
 * All is written in one transaction: a kill leaves the case as it was. OTHER's own log
 * since they parted, every record of it as it stood there, what was decided and which
 * number became which are kept sealed as an original; `zenhar verify` checks that log,
 * too. Running it again adds nothing; running it later, also the other way round, goes
 * on from there. Ids within the text of letters stay as they were written. Afterwards
 * `zenhar link` finds who stands in both.
 *
 * --decide ours    what stands here stays in each conflict
 * --decide theirs  OTHER's version takes its place
 * --decide FILE    the printed table with ours or theirs in its column “decision”; without
 *                  a word there, who was erased in one of the two is erased in both
 * --list           prints the conflicts and writes nothing
 * --reveal         shows sealed names and contacts in the table
 * --other-passphrase-file, --other-passphrase-fd  of OTHER; without them it is opened
 *                  by the passphrase of FOLDER
 *
 * A record that was removed there and that something here rests on stays; so do series
 * and alarms that nobody answered, until the next run works them out again; how many is
 * told. Where each case's own link runs and mailbox stand is not taken over. Copies that
 * met others before (a copy of a copy, two that both met a third) are known as such.
 *
 * Exit status: 0 done, 1 conflicts wait for a decision, 2 wrong usage, 3 cannot go on.
 *
 * Example: zenhar merge --case june.zenhar --decide decided.csv from-the-field.zenhar
 */
#include "commands.h"

#include "base/progress.h"
#include "cli/case.h"
#include "cli/merge_conflicts.h"
#include "evidence/evidence.h"
#include "store/erasure.h"
#include "store/server_address.h"
#include <sodium.h>
#include <string.h>

typedef struct {
    char *decide, *other_file;
    int other_fd;
    gboolean list, reveal;
} MergeOptions;

static void options_clear(MergeOptions *options)
{
    g_free(options->decide);
    g_free(options->other_file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MergeOptions, options_clear)

/* The other case, by its own passphrase or by the first one's. */
static Store *open_other(CliContext *context, const MergeOptions *options, const char *folder,
                         const char *passphrase, GError **error)
{
    CliContext other = *context;
    other.case_path = (char *)folder;
    if (!cli_case_named(&other, error))
        return NULL;
    if (options->other_file == NULL && options->other_fd < 0)
        return evidence_open(folder, passphrase, STORE_READ, error);
    other.passphrase_file = options->other_file;
    other.passphrase_fd = options->other_fd;
    char *own = cli_passphrase(&other, false, error);
    Store *store = own != NULL ? evidence_open(folder, own, STORE_READ, error) : NULL;
    sodium_free(own);
    return store;
}

static bool is_same_folder(const char *a, const char *b)
{
    g_autofree char *one = realpath(a, NULL), *other = realpath(b, NULL);
    if (store_address_is(a))
        return strcmp(a, b) == 0;
    return one != NULL && g_strcmp0(one, other) == 0;
}

static int say_done(CliContext *context, const IntakeMergeDone *done)
{
    if (done->original_id == 0) {
        cli_say(context, "%s", _("Nothing in the other case is new here; nothing was written."));
        return CLI_DONE;
    }
    g_autofree char *added = i18n_integer(done->added);
    g_autofree char *changed = i18n_integer(done->changed);
    g_autofree char *removed = i18n_integer(done->removed);
    g_autofree char *conflicts = i18n_integer(done->conflicts);
    char text[STORE_ID_MAX];
    cli_say(context, _("Records added: %s; changed: %s; removed: %s; conflicts decided: %s."),
            added, changed, removed, conflicts);
    if (done->worked_out > 0) {
        g_autofree char *n = i18n_integer(done->worked_out);
        cli_say(context,
                _("Series and alarms that differ stay as they are here until the next run: %s."),
                n);
    }
    if (done->put_back > 0 || done->kept > 0) {
        g_autofree char *back = i18n_integer(done->put_back);
        g_autofree char *kept = i18n_integer(done->kept);
        cli_say(
            context,
            _("Put back, since new records rest on them: %s; removed there and kept here, since "
              "something here rests on them: %s."),
            back, kept);
    }
    cli_say(context,
            _("The other case's log is kept in %s. `zenhar link` finds who stands in both."),
            store_id_format(STORE_KIND_ORIGINAL, done->original_id, text));
    return CLI_DONE;
}

static bool decide(IntakeMerge *merge, const char *how, GError **error)
{
    if (strcmp(how, "ours") != 0 && strcmp(how, "theirs") != 0)
        return merge_conflicts_decide(merge, how, error);
    merge_conflicts_decide_all(merge, strcmp(how, "theirs") == 0);
    return true;
}

static int merge(CliContext *context, const MergeOptions *options, Store *ours, Store *theirs)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IntakeMerge) plan = intake_merge_plan(ours, theirs, &error);
    if (plan == NULL)
        return cli_fail(context, error);
    const gsize conflicts = merge_conflicts_count(plan);
    if (options->list || (conflicts > 0 && options->decide == NULL)) {
        g_autofree char *n = i18n_integer((gint64)conflicts);
        if (!merge_conflicts_print(plan, options->reveal, &error))
            return cli_fail(context, error);
        if (conflicts == 0)
            cli_say(context, "%s", _("There is no conflict. Nothing was written."));
        else
            cli_say(context,
                    _("Conflicts: %s. Nothing was written. Write ours or theirs into the column "
                      "“decision” of the table and give it with --decide."),
                    n);
        return conflicts > 0 ? CLI_INCOMPLETE : CLI_DONE;
    }
    if (options->decide != NULL && !decide(plan, options->decide, &error))
        return cli_fail(context, error);
    IntakeMergeDone done;
    g_autoptr(Store) store =
        evidence_open_with_keys(context->case_path, store_keys(ours), STORE_WRITE, &error);
    if (store == NULL || !intake_merge_apply(plan, store, &done, &error))
        return cli_fail(context, error);
    g_clear_pointer(&plan, intake_merge_free); /* its view of the case keeps old pages */
    bool whole = false;
    if (done.erased && !store_erase_settle(store, &whole, &error))
        return cli_fail(context, error);
    return say_done(context, &done);
}

int cmd_merge(CliContext *context, int argc, char **argv)
{
    g_auto(MergeOptions) options = {.other_fd = -1};
    const GOptionEntry entries[] = {
        {"decide", 0, 0, G_OPTION_ARG_STRING, &options.decide, NULL, NULL},
        {"list", 0, 0, G_OPTION_ARG_NONE, &options.list, NULL, NULL},
        {"reveal", 0, 0, G_OPTION_ARG_NONE, &options.reveal, NULL, NULL},
        {"other-passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &options.other_file, NULL, NULL},
        {"other-passphrase-fd", 0, 0, G_OPTION_ARG_INT, &options.other_fd, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse_folders(context, entries, &argc, &argv, &status))
        return status;
    if (argc != 2)
        return cli_usage(context, "%s",
                         _("Name one other case: the folder that is to be read in."));
    g_autoptr(GError) error = NULL;
    if (!cli_case_named(context, &error))
        return cli_fail(context, error);
    if (is_same_folder(context->case_path, argv[1]))
        return cli_usage(context, _("%s is the case itself."), argv[1]);
    char *passphrase = cli_passphrase(context, false, &error);
    if (passphrase == NULL)
        return cli_fail(context, error);
    g_autoptr(Store) ours = evidence_open(context->case_path, passphrase, STORE_READ, &error);
    g_autoptr(Store) theirs =
        ours != NULL ? open_other(context, &options, argv[1], passphrase, &error) : NULL;
    sodium_free(passphrase);
    return theirs != NULL ? merge(context, &options, ours, theirs) : cli_fail(context, error);
}
