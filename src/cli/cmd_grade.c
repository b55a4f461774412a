/* COMMAND: grade
 * SUMMARY: grade a source or a report by the Admiralty scale
 *
 * zenhar grade --case FOLDER --why TEXT ID GRADE
 *
 * ID is a source (S3) or a report (R12), GRADE a letter for the source, A (completely
 * reliable) to F (cannot be judged), a number for the information, 1 (confirmed by
 * other sources) to 6 (cannot be judged), or both: B2. A source is graded with every
 * report it brought, and with those it will bring unless they say otherwise.
 *
 * E5, an unreliable source and improbable word, is for those known to report false
 * counts: what they sent is kept, can be found and read, and changes no figure, series,
 * alarm or estimate. Run `zenhar assess` afterwards to draw the picture anew. Grade 1
 * needs a second independent source in the case. Why is kept in the audit trail.
 *
 * Example: zenhar grade --case june.zenhar --why "counts proved false in May" S3 E5
 */
#include "commands.h"

#include "assess/grade.h"
#include "cli/case.h"

static int grade(CliContext *context, const char *id_text, const char *grade_text, const char *why)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    AssessGrade wanted;
    if (!store_id_read(id_text, STORE_KIND_NONE, &kind, &id, &error) ||
        !assess_grade_parse(grade_text, &wanted, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    guint n = 0;
    if (store == NULL || !assess_grade_set(store, kind, id, wanted, why, 0, &n, &error))
        return cli_fail(context, error);
    g_autofree char *count = i18n_integer(n);
    g_autofree char *letter =
        wanted.source != 0 ? g_strdup_printf("%c", wanted.source) : g_strdup("");
    g_autofree char *number =
        wanted.information != 0 ? i18n_integer(wanted.information) : g_strdup("");
    g_printerr(i18n_plural("Graded %s%s: %s report.\n", "Graded %s%s: %s reports.\n", n), letter,
               number, count);
    if (wanted.source == 'E' && wanted.information == 5)
        g_printerr("%s\n", _("They are kept and change no figure. Run `zenhar assess` to draw "
                             "alarms, estimates and risk anew."));
    return CLI_DONE;
}

int cmd_grade(CliContext *context, int argc, char **argv)
{
    g_autofree char *why = NULL;
    const GOptionEntry entries[] = {
        {"why", 0, 0, G_OPTION_ARG_STRING, &why, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc != 3)
        return cli_usage(context, "%s",
                         _("Name one source or report and its grade: S3 E5, or R12 B2."));
    return grade(context, argv[1], argv[2], why);
}
