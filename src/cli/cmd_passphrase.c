/* COMMAND: passphrase
 * SUMMARY: change a case's passphrase
 *
 * zenhar passphrase --case FOLDER [--new-passphrase-file FILE]
 *                   [--new-passphrase-fd N]
 * zenhar passphrase --case FOLDER --add NAME --role ROLE
 * zenhar passphrase --case FOLDER --remove NAME
 * zenhar passphrase --case FOLDER --list
 *
 * Asks for the passphrase in force and for a new one, or reads them from files
 * or file descriptors. The case's data is not rewritten: the same key is wrapped
 * anew, in an instant, and at any moment one of the two opens the case. A copy of
 * the case made before still opens with the old passphrase.
 *
 * --add NAME --role ROLE  gives somebody a passphrase of their own: administrator,
 *                         documenter and advocate hold every key; analyst and reader
 *                         read, and hold no key of sealed names, of contacts or of
 *                         originals
 * --remove NAME           takes it away; who kept a copy of case.json still opens
 *                         that copy
 * --list                  who has one, as CSV
 */
#include "commands.h"

#include "base/csv.h"
#include "cli/case.h"
#include <sodium.h>

typedef struct {
    char *add, *role, *remove;
    gboolean list;
} Slots;

static void slots_clear(Slots *slots)
{
    g_free(slots->add);
    g_free(slots->role);
    g_free(slots->remove);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Slots, slots_clear)

static bool list_slots(CliContext *context, GError **error)
{
    g_autoptr(GArray) slots =
        cli_case_named(context, error) ? store_keys_slots(context->case_path, error) : NULL;
    CliOutput *output = slots != NULL ? cli_output_open(NULL, error) : NULL;
    if (output == NULL)
        return false;
    g_autoptr(GString) text = g_string_new("name,role\n");
    for (guint i = 0; i < slots->len; i++) {
        const StoreKeySlot *slot = &g_array_index(slots, StoreKeySlot, i);
        csv_append(text, slot->name);
        csv_append(text, slot->role);
        csv_append_end(text);
    }
    cli_output_write(output, text->str, text->len);
    return cli_output_close(output, error);
}

static bool remove_slot(CliContext *context, const char *name, GError **error)
{
    if (!cli_case_named(context, error))
        return false;
    char *passphrase = cli_passphrase(context, false, error);
    const bool done =
        passphrase != NULL && store_keys_slot_remove(context->case_path, passphrase, name, error);
    sodium_free(passphrase);
    return done;
}

static bool change(CliContext *context, CliContext *fresh, const Slots *slots, GError **error)
{
    if (!cli_case_named(context, error))
        return false;
    char *old_passphrase = NULL, *new_passphrase = NULL;
    bool changed = false;
    /* A wrong one is told before a new one is thought of. */
    old_passphrase = cli_passphrase(context, false, error);
    StoreKeys *keys =
        old_passphrase != NULL ? store_keys_load(context->case_path, old_passphrase, error) : NULL;
    if (keys != NULL)
        new_passphrase = cli_passphrase(fresh, true, error);
    if (new_passphrase != NULL && slots->add != NULL)
        changed = store_keys_slot_add(context->case_path, old_passphrase, slots->add, slots->role,
                                      new_passphrase, NULL, error);
    else if (new_passphrase != NULL)
        changed = store_keys_change_passphrase(context->case_path, old_passphrase, new_passphrase,
                                               NULL, error);
    if (keys != NULL)
        store_keys_unref(keys);
    sodium_free(old_passphrase);
    sodium_free(new_passphrase);
    return changed;
}

int cmd_passphrase(CliContext *context, int argc, char **argv)
{
    CliContext fresh = {.command = context->command, .passphrase_fd = -1};
    g_autofree char *file = NULL;
    g_auto(Slots) slots = {0};
    const GOptionEntry entries[] = {
        {"new-passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &file, NULL, NULL},
        {"new-passphrase-fd", 0, 0, G_OPTION_ARG_INT, &fresh.passphrase_fd, NULL, NULL},
        {"add", 0, 0, G_OPTION_ARG_STRING, &slots.add, NULL, NULL},
        {"role", 0, 0, G_OPTION_ARG_STRING, &slots.role, NULL, NULL},
        {"remove", 0, 0, G_OPTION_ARG_STRING, &slots.remove, NULL, NULL},
        {"list", 0, 0, G_OPTION_ARG_NONE, &slots.list, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    fresh.passphrase_file = file;
    if (argc > 1)
        return cli_usage(context, "%s", _("A passphrase is never given on the command line."));
    if ((slots.add == NULL) != (slots.role == NULL))
        return cli_usage(context, "%s", _("--add NAME needs --role ROLE."));
    g_autoptr(GError) error = NULL;
    const bool done = slots.list             ? list_slots(context, &error)
                      : slots.remove != NULL ? remove_slot(context, slots.remove, &error)
                                             : change(context, &fresh, &slots, &error);
    if (!done)
        status = cli_fail(context, error);
    else if (slots.add != NULL)
        cli_say(context, _("%s has a passphrase now, as %s."), slots.add, slots.role);
    else if (slots.remove != NULL)
        cli_say(context, _("The passphrase of %s was taken away. Copies made before still open."),
                slots.remove);
    else if (!slots.list)
        cli_say(context, "%s",
                _("The passphrase was changed. Copies made before still open with the old one."));
    return status;
}
