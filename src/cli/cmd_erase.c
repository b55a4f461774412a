/* COMMAND: erase
 * SUMMARY: take out of the case what identifies one person, on request
 *
 * zenhar erase --case FOLDER --reason WHY [--report R…]… [--original O…]… [--yes] P12
 * zenhar erase --case FOLDER --reseal
 *
 * Lists, as CSV on standard output, what is tied to the person and what becomes of it;
 * with --yes it is done. What goes: the sealed fields of the person, of statements about
 * the person, of consents and answers (each record is sealed by a key of its own, which
 * is taken out, so that later copies of the case, and bundles and bags made of it, open
 * it no more), dates of birth and words that people wrote; the title, text and words for
 * the search of reports that tell of nobody else. The pseudonym, kinds, days, places and
 * counts stay, and figures with them. The evidence log stays whole: it says that the
 * person was erased, when and why, `zenhar verify` checks it, and the records say
 * “erased”.
 *
 * Column “what”: goes; stays_others (a report that tells of others too: named by
 * --report it goes); stays_file (a sealed original, which may hold many people, or the
 * sealed text or an earlier text of a letter: named by --original its file is overwritten
 * and removed); stays_letter (letters, asks, findings and submissions: read them, and
 * earlier texts of drafts that no longer cite the person). “others” counts whom else it tells of;
 * of an original, reports that are not this person's.
 *
 * --reason WHY     who asked and why, kept in the case; write no name
 * --report R5      this report goes, though others are in it; may be given again
 * --original O3    this original goes; may be given again
 * --yes            do it; it cannot be taken back
 * --reseal         no person: originals that an older version took in lie under one
 *                  key together; each is sealed anew under a key of its own, as later
 *                  ones are, so that backups made from now on do not open it once it is
 *                  erased. What was cut off goes on when it is run again.
 *
 * A sealed original that goes loses its key, too: a copy of the file in an older backup
 * does not open with this case's keys of afterwards.
 *
 * What this cannot reach: backups, copies and bundles made before, to those who hold
 * both them and a passphrase; old blocks of the disk; lines in quarantine; what people
 * have read. On a PostgreSQL server also its write-ahead log, replicas and backups.
 *
 * Exit status: 0 done or listed, 2 wrong usage, 3 cannot go on.
 *
 * Example: zenhar erase --case june.zenhar --reason "asked by letter" --yes P12
 */
#include "commands.h"

#include "base/progress.h"
#include "cli/case.h"
#include "cli/cells.h"
#include "intake/erase.h"
#include <string.h>

static const char *const FATES[] = {
    [STORE_ERASE_GOES] = "goes",
    [STORE_ERASE_STAYS_OTHERS] = "stays_others",
    [STORE_ERASE_STAYS_FILE] = "stays_file",
    [STORE_ERASE_STAYS_LETTER] = "stays_letter",
};

static bool print(const GArray *items, GError **error)
{
    CliOutput *output = cli_output_open(NULL, error);
    if (output == NULL)
        return false;
    g_autoptr(GString) out = g_string_new("record,kind,what,others\n");
    for (guint i = 0; i < items->len; i++) {
        const StoreEraseItem *item = &g_array_index(items, StoreEraseItem, i);
        g_autofree char *others = g_strdup_printf("%" G_GINT64_FORMAT, item->others);
        cli_append_id(out, item->kind, item->id);
        cli_append_text(out, store_kind_name(item->kind));
        cli_append_text(out, FATES[item->fate]);
        cli_append_text(out, others);
        csv_append_end(out);
    }
    cli_output_write(output, out->str, out->len);
    return cli_output_close(output, error);
}

static bool read_ids(char **words, StoreKind kind, GArray *numbers, GError **error)
{
    for (gsize i = 0; words != NULL && words[i] != NULL; i++) {
        gint64 id = 0;
        if (!store_id_read(words[i], kind, NULL, &id, error))
            return false;
        g_array_append_val(numbers, id);
    }
    return true;
}

static gint64 staying(const GArray *items)
{
    gint64 n = 0;
    for (guint i = 0; i < items->len; i++)
        n += g_array_index(items, StoreEraseItem, i).fate != STORE_ERASE_GOES;
    return n;
}

static bool list(CliContext *context, Store *store, const IntakeErase *wanted, GError **error)
{
    g_autoptr(GArray) items =
        store_erase_plan(store, wanted->person_id, wanted->reports, wanted->originals, error);
    if (items == NULL || !print(items, error))
        return false;
    g_autofree char *stay = i18n_integer(staying(items));
    g_autofree char *go = i18n_integer((gint64)items->len - staying(items));
    cli_say(context,
            _("Records that lose what identifies the person: %s; that stay as they are: %s. "
              "Nothing was changed: --yes does it, and it cannot be taken back."),
            go, stay);
    return true;
}

static bool erase(CliContext *context, Store *store, const IntakeErase *wanted, GError **error)
{
    IntakeErased done;
    char text[STORE_ID_MAX];
    if (!intake_erase(store, wanted, &done, error))
        return false;
    g_autofree char *n = i18n_integer(done.records);
    cli_say(context, _("Erased: %s records lost what identified the person. %s says so."), n,
            store_id_format(STORE_KIND_ERASURE, done.erasure_id, text));
    if (!done.whole)
        cli_say(context, "%s",
                _("Another program has the case open, so old pages still lie in its write-ahead "
                  "log. Close it and run this once more."));
    return true;
}

static int reseal(CliContext *context)
{
    gint64 n = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    progress_catch_interrupt();
    if (store == NULL || !intake_erase_reseal(store, &n, &error))
        return cli_fail(context, error);
    g_autofree char *sealed = i18n_integer(n);
    cli_say(context, _("Originals that have a key of their own now: %s. The rest had one."),
            sealed);
    return CLI_DONE;
}

int cmd_erase(CliContext *context, int argc, char **argv)
{
    g_autofree char *reason = NULL;
    g_auto(GStrv) reports = NULL, originals = NULL;
    gboolean yes = FALSE, anew = FALSE;
    const GOptionEntry entries[] = {
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, NULL, NULL},
        {"report", 0, 0, G_OPTION_ARG_STRING_ARRAY, &reports, NULL, NULL},
        {"original", 0, 0, G_OPTION_ARG_STRING_ARRAY, &originals, NULL, NULL},
        {"yes", 0, 0, G_OPTION_ARG_NONE, &yes, NULL, NULL},
        {"reseal", 0, 0, G_OPTION_ARG_NONE, &anew, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (anew)
        return argc == 1 && !yes && reports == NULL && originals == NULL
                   ? reseal(context)
                   : cli_usage(context, "%s",
                               _("--reseal stands alone: it is about all originals."));
    if (argc != 2)
        return cli_usage(context, "%s", _("Give one person's id, such as P12."));
    if (yes && (reason == NULL || reason[strspn(reason, " ")] == '\0'))
        return cli_usage(context, "%s",
                         _("--yes needs --reason \"why\": it is written down in the case."));
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) wanted_reports = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GArray) wanted_originals = g_array_new(FALSE, FALSE, sizeof(gint64));
    IntakeErase wanted = {
        .reports = wanted_reports, .originals = wanted_originals, .reason = reason};
    if (!store_id_read(argv[1], STORE_KIND_PERSON, NULL, &wanted.person_id, &error) ||
        !read_ids(reports, STORE_KIND_REPORT, wanted_reports, &error) ||
        !read_ids(originals, STORE_KIND_ORIGINAL, wanted_originals, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = cli_case_open(context, yes ? STORE_WRITE : STORE_READ, &error);
    const bool done = store != NULL && (yes ? erase(context, store, &wanted, &error)
                                            : list(context, store, &wanted, &error));
    return done ? CLI_DONE : cli_fail(context, error);
}
