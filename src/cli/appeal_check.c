/* cli/appeal_check.c: `zenhar appeal check LETTER`: a letter against who held which office. */
#include "cli/appeal_sub.h"

#include "appeal/appeal.h"
#include "base/csv.h"
#include "base/edtf.h"
#include "base/limits.h"
#include "cli/case.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

char *appeal_read_text(const char *path, GError **error)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (file == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be read: %s."), path,
                    i18n_errno(errno));
        return NULL;
    }
    g_autoptr(GString) text = g_string_new(NULL);
    char buffer[16384];
    gsize n;
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0 && text->len <= LIMIT_LETTER_BYTES)
        g_string_append_len(text, buffer, (gssize)n);
    bool failed = ferror(file) != 0;
    if (!standard)
        fclose(file);
    if (failed || text->len > LIMIT_LETTER_BYTES || memchr(text->str, '\0', text->len) != NULL ||
        !g_utf8_validate(text->str, (gssize)text->len, NULL)) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
            _("%s is no letter in plain text (UTF-8, at most 1 MiB): save it as text first."),
            path);
        return NULL;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void append(GString *out, const AppealRecipientFinding *finding)
{
    g_autofree char *from = appeal_day_text(finding->from_day),
                    *to = appeal_day_text(finding->to_day);
    g_autofree char *missing =
        finding->missing != NULL ? g_strjoinv("; ", finding->missing) : g_strdup("");
    csv_append(out, appeal_verdict_word(finding->verdict));
    csv_append(out, finding->code != NULL ? finding->code : "");
    csv_append(out, finding->name != NULL ? finding->name : "");
    csv_append(out, finding->office != NULL ? finding->office : "");
    csv_append(out, finding->holder != NULL ? finding->holder : "");
    csv_append(out, from);
    csv_append(out, to);
    csv_append(out, missing);
    csv_append(out, finding->sentence);
    csv_append(out, finding->unconfirmed ? "no" : "yes");
    csv_append(out, finding->source != NULL ? finding->source : "");
    csv_append_end(out);
}

static int report(CliContext *context, GPtrArray *findings, gint32 day)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) out =
        g_string_new("verdict,code,name,office,holder,from,to,missing,finding,confirmed,source\n");
    guint wrong = 0, left_out = 0, unsure = 0, unconfirmed = 0;
    for (guint i = 0; i < findings->len; i++) {
        const AppealRecipientFinding *finding = findings->pdata[i];
        append(out, finding);
        wrong += finding->verdict == APPEAL_OUT_OF_OFFICE;
        left_out += finding->verdict == APPEAL_LEFT_OUT;
        unsure += finding->verdict == APPEAL_TERM_UNKNOWN;
        unconfirmed += finding->unconfirmed;
        cli_say(context, "%s %s: %s", finding->verdict == APPEAL_IN_OFFICE ? " " : "!",
                finding->office, finding->sentence);
    }
    g_autofree char *when = edtf_describe_day(day);
    g_autofree char *n = i18n_integer(wrong), *m = i18n_integer(left_out),
                    *k = i18n_integer(unsure), *u = i18n_integer(unconfirmed);
    cli_say(context,
            _("As of %s. Not in office: %s. Not certain: %s. Left out: %s. Rows behind this that "
              "nobody has checked at their source: %s."),
            when, n, k, m, u);
    if (!appeal_print(out, &error))
        return cli_fail(context, error);
    return wrong > 0 ? CLI_INCOMPLETE : CLI_DONE;
}

int appeal_check(CliContext *context, int argc, char **argv)
{
    g_autofree char *on = NULL;
    const GOptionEntry entries[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &on, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    gint32 day = G_MININT32;
    g_autoptr(GError) error = NULL;
    if (argc != 2)
        return cli_usage(context, _("Name one letter: a file of plain text, - or AP2."));
    if (!appeal_read_day("--on", on, &day, &error))
        return cli_usage(context, "%s", error->message);
    StoreKind kind;
    gint64 id = 0;
    bool record = store_id_parse(argv[1], &kind, &id) && kind == STORE_KIND_APPEAL;
    g_autoptr(Store) store = NULL;
    if (record || context->case_path != NULL) {
        store = cli_case_open(context, STORE_READ, &error);
        if (store == NULL)
            return cli_fail(context, error);
    }
    g_autoptr(GPtrArray) findings = NULL;
    if (record) {
        findings = appeal_check_recipients(store, id, day, &error);
        g_autoptr(AppealLetter) letter =
            findings != NULL && day == G_MININT32 ? appeal_letter_load(store, id, &error) : NULL;
        if (letter != NULL)
            day = letter->day;
    } else {
        g_autofree char *text = appeal_read_text(argv[1], &error);
        if (text != NULL)
            findings = appeal_check_text(store, text, day, &day, &error);
    }
    if (findings == NULL || error != NULL)
        return cli_fail(context, error);
    return report(context, findings, day);
}
