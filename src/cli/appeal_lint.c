/* cli/appeal_lint.c: `zenhar appeal lint`: a letter read as a case file, or as an appeal. */
#include "cli/appeal_sub.h"

#include "appeal/appeal.h"
#include "appeal/lint.h"
#include "base/csv.h"
#include "cli/case.h"
#include <string.h>

static char *text_of(CliContext *context, const char *name, GError **error)
{
    StoreKind kind;
    gint64 id;
    if (!store_id_parse(name, &kind, &id) || kind != STORE_KIND_APPEAL)
        return appeal_read_text(name, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, error);
    g_autoptr(AppealLetter) letter = store != NULL ? appeal_letter_load(store, id, error) : NULL;
    return letter != NULL ? appeal_letter_text(letter) : NULL;
}

int appeal_lint(CliContext *context, int argc, char **argv)
{
    g_autofree char *as = NULL;
    const GOptionEntry entries[] = {
        {"as", 0, 0, G_OPTION_ARG_STRING, &as, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    LintVoice voice = LINT_CASE;
    if (argc != 2)
        return cli_usage(context, _("Name one letter: a file of plain text, - or AP2."));
    if (as != NULL && !lint_voice_parse(as, &voice))
        return cli_usage(context, _("--as takes case or appeal, not “%s”."), as);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = text_of(context, argv[1], &error);
    g_autoptr(GPtrArray) findings = text != NULL ? lint_text(text, voice, &error) : NULL;
    if (findings == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new("line,sentence,rule,found,says,text,confirmed,source\n");
    for (guint i = 0; i < findings->len; i++) {
        const LintFinding *finding = findings->pdata[i];
        csv_append_integer(out, finding->line);
        csv_append_integer(out, finding->sentence);
        csv_append(out, finding->rule);
        csv_append(out, finding->pattern);
        csv_append(out, finding->says);
        csv_append(out, finding->text);
        csv_append(out, finding->confirmed ? "yes" : "no");
        csv_append(out, finding->source);
        csv_append_end(out);
        g_autofree char *line = i18n_integer(finding->line);
        cli_say(context, _("Line %s, “%s”: %s"), line, finding->pattern, finding->says);
    }
    g_autofree char *n = i18n_integer(findings->len);
    cli_say(context,
            voice == LINT_CASE ? _("Read as a case file: %s findings.")
                               : _("Read as an appeal: %s findings."),
            n);
    if (!appeal_print(out, &error))
        return cli_fail(context, error);
    return findings->len > 0 ? CLI_INCOMPLETE : CLI_DONE;
}
