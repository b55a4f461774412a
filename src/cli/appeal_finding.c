/* cli/appeal_finding.c: `zenhar appeal finding|findings`. */
#include "cli/appeal_sub.h"

#include "appeal/findings.h"
#include "appeal/rests.h"
#include "assess/judge.h"
#include "cli/case.h"
#include "cli/cells.h"

typedef struct {
    char *text, *text_fa, *standard, *grade, *rests, *from, *to, *note;
} FindingWords;

static void finding_words_clear(FindingWords *words)
{
    g_free(words->text);
    g_free(words->text_fa);
    g_free(words->standard);
    g_free(words->grade);
    g_free(words->rests);
    g_free(words->from);
    g_free(words->to);
    g_free(words->note);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FindingWords, finding_words_clear)

static char *names_of(const AssessOrigins *origins)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < origins->names->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "; " : "",
                               (const char *)origins->names->pdata[i]);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *bound(gint32 day, gint32 open)
{
    return day == open ? g_strdup("") : appeal_day_text(day);
}

static bool append_finding(GString *out, Store *store, const StoreFinding *finding, bool *ret_holds,
                           GError **error)
{
    g_autoptr(AssessOrigins) origins = NULL;
    g_autofree char *why = NULL;
    g_autofree char *rests = appeal_rests_text(store, STORE_KIND_FINDING, finding->id, error);
    if (rests == NULL || !appeal_finding_verify(store, finding, &origins, &why, error))
        return false;
    g_autofree char *grade = g_strdup_printf("%c%d", finding->reliability, finding->credibility);
    g_autofree char *names = names_of(origins);
    g_autofree char *from = bound(finding->first_day, G_MININT32);
    g_autofree char *to = bound(finding->last_day, G_MAXINT32);
    const bool persian = i18n_language() == I18N_PERSIAN && finding->text_fa != NULL;
    cli_append_id(out, STORE_KIND_FINDING, finding->id);
    cli_append_text(out, finding->standard);
    cli_append_text(out, grade);
    csv_append_integer(out, origins->names->len);
    cli_append_text(out, names);
    cli_append_text(out, rests);
    cli_append_text(out, from);
    cli_append_text(out, to);
    cli_append_text(out, persian ? finding->text_fa : finding->text);
    cli_append_text(out, why != NULL ? why : "");
    csv_append_end(out);
    *ret_holds = why == NULL;
    return true;
}

static const char HEAD[] =
    "id,standard,grade,independent_sources,sources,rests_on,from,to,text,no_longer_holds\n";

static int add(CliContext *context, const AppealFindingInput *input)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    gint64 id = store != NULL && store_unseal(store, 0, "finding", &error)
                    ? appeal_finding_add(store, input, &error)
                    : 0;
    g_autoptr(StoreFinding) finding = id != 0 ? store_finding_load(store, id, &error) : NULL;
    g_autoptr(GString) out = g_string_new(HEAD);
    bool holds;
    return finding != NULL && append_finding(out, store, finding, &holds, &error) &&
                   appeal_print(out, &error)
               ? CLI_DONE
               : cli_fail(context, error);
}

int appeal_finding(CliContext *context, int argc, char **argv)
{
    g_auto(FindingWords) words = {0};
    const GOptionEntry entries[] = {
        {"text", 0, 0, G_OPTION_ARG_STRING, &words.text, NULL, NULL},
        {"text-fa", 0, 0, G_OPTION_ARG_STRING, &words.text_fa, NULL, NULL},
        {"standard", 0, 0, G_OPTION_ARG_STRING, &words.standard, NULL, NULL},
        {"grade", 0, 0, G_OPTION_ARG_STRING, &words.grade, NULL, NULL},
        {"rests", 0, 0, G_OPTION_ARG_STRING, &words.rests, NULL, NULL},
        {"from", 0, 0, G_OPTION_ARG_STRING, &words.from, NULL, NULL},
        {"to", 0, 0, G_OPTION_ARG_STRING, &words.to, NULL, NULL},
        {"note", 0, 0, G_OPTION_ARG_STRING, &words.note, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    AppealFindingInput input = {.text = words.text,
                                .text_fa = words.text_fa,
                                .standard = words.standard,
                                .grade = words.grade,
                                .rests_on = words.rests,
                                .note = words.note,
                                .first_day = G_MININT32,
                                .last_day = G_MAXINT32};
    g_autoptr(GError) error = NULL;
    if (!appeal_read_day("--from", words.from, &input.first_day, &error) ||
        !appeal_read_day("--to", words.to, &input.last_day, &error))
        return cli_usage(context, "%s", error->message);
    return add(context, &input);
}

/* "One standard per report": letters that mix them should know. */
static void tell_mixed(GPtrArray *findings)
{
    const char *first = NULL;
    for (guint i = 0; i < findings->len; i++) {
        const char *standard = ((const StoreFinding *)findings->pdata[i])->standard;
        if (first != NULL && g_strcmp0(first, standard) != 0) {
            g_printerr("%s\n", _("The findings stand on different standards of proof. A report "
                                 "keeps to one; each finding in a letter names its own."));
            return;
        }
        first = standard;
    }
}

int appeal_findings(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    if (!cli_parse(context, NULL, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(GPtrArray) findings = store != NULL ? store_finding_list(store, NULL, &error) : NULL;
    if (findings == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new(HEAD);
    bool all = true;
    for (guint i = 0; i < findings->len; i++) {
        bool holds;
        if (!append_finding(out, store, findings->pdata[i], &holds, &error))
            return cli_fail(context, error);
        all = all && holds;
    }
    if (!appeal_print(out, &error))
        return cli_fail(context, error);
    tell_mixed(findings);
    return all ? CLI_DONE : 1;
}
