/* cli/signal_alarms.c: `zenhar signal alarms|cases|notices|acknowledge|dismiss|reopen`. */
#include "assess/alarm.h"
#include "base/csv.h"
#include "cli/case.h"
#include "cli/cells.h"
#include "cli/signal_commands.h"
#include "store/link.h"
#include "store/user.h"
#include <math.h>

static void append_day(GString *out, gint32 day)
{
    g_autofree char *text = signal_format_day(day);
    csv_append(out, text);
}

static int print(CliContext *context, const char *path, const GString *text)
{
    g_autoptr(GError) error = NULL;
    return signal_write(path, text, &error) ? CLI_DONE : cli_fail(context, error);
}

/* ---- alarms ---- */

static void list_alarm(Store *store, const StoreAlarm *alarm, GString *out)
{
    g_autofree char *reason = assess_alarm_sentence(store, alarm, i18n_language());
    g_autofree char *weakness = assess_alarm_weakness(alarm, i18n_language());
    cli_append_id(out, STORE_KIND_ALARM, alarm->id);
    cli_append_id(out, STORE_KIND_SERIES, alarm->series_id);
    append_day(out, alarm->first_day);
    csv_append(out, alarm->method);
    csv_append_double(out, alarm->observed);
    csv_append_double(out, alarm->expected);
    csv_append_double(out, alarm->threshold);
    csv_append_double(out, alarm->score);
    csv_append_double(out, alarm->p_value);
    csv_append_double(out, alarm->q_value);
    csv_append(out, alarm->status);
    csv_append(out, alarm->reason != NULL ? alarm->reason : "");
    cli_append_id(out, STORE_KIND_CRISIS, alarm->crisis_id);
    csv_append(out, reason);
    csv_append(out, weakness);
    csv_append(out, alarm->data_sha256 != NULL ? alarm->data_sha256 : "");
    csv_append_end(out);
}

int signal_command_alarms(CliContext *context, int argc, char **argv)
{
    gboolean untold = FALSE;
    g_autofree char *path = NULL;
    const GOptionEntry entries[] = {
        {"untold", 0, 0, G_OPTION_ARG_NONE, &untold, N_("only what nobody was told of yet"), NULL},
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &path, N_("write to this file"), N_("FILE")},
        {NULL},
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(GPtrArray) all = store == NULL ? NULL
                               : untold      ? assess_alarms_untold(store, &error)
                                             : store_alarm_list(store, NULL, &error);
    g_autoptr(GPtrArray) notices = all != NULL ? assess_notices(store, &error) : NULL;
    if (notices == NULL)
        return cli_fail(context, error);
    g_ptr_array_sort(all, assess_alarm_compare);
    g_autoptr(GString) out = g_string_new("id,series,week,method,count,expected,upper,score,"
                                          "pvalue,qvalue,status,answer,crisis,reason,wrong_if,"
                                          "data_sha256\n");
    for (guint i = 0; i < all->len; i++)
        list_alarm(store, g_ptr_array_index(all, i), out);
    if (notices->len > 0) {
        g_autofree char *n = i18n_integer(notices->len);
        g_printerr(_("%s notices tell what was no surge: zenhar signal notices"), n);
        g_printerr("\n");
    }
    return print(context, path, out);
}

/* ---- notices ---- */

int signal_command_notices(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    if (!cli_parse(context, NULL, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(GPtrArray) notices = store != NULL ? assess_notices(store, &error) : NULL;
    if (notices == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new("what,n,silenced,day,source,import,report,series,"
                                          "sentence\n");
    for (guint i = 0; i < notices->len; i++) {
        const AssessNotice *notice = g_ptr_array_index(notices, i);
        g_autofree char *sentence = assess_notice_sentence(store, notice, i18n_language());
        csv_append(out, assess_notice_name(notice->kind));
        csv_append_integer(out, notice->n);
        csv_append_integer(out, notice->silenced);
        if (notice->kind == ASSESS_NOTICE_SHORT)
            csv_append(out, "");
        else
            append_day(out, notice->day);
        cli_append_id(out, STORE_KIND_SOURCE, notice->source_id);
        cli_append_id(out, STORE_KIND_IMPORT, notice->import_id);
        cli_append_id(out, STORE_KIND_REPORT, notice->report_id);
        cli_append_id(out, STORE_KIND_SERIES, notice->series_id);
        csv_append(out, sentence);
        csv_append_end(out);
    }
    return print(context, NULL, out);
}

/* ---- one alarm ---- */

static bool read_alarm(const char *text, gint64 *ret_id, GError **error)
{
    StoreKind kind;
    return store_id_read(text, STORE_KIND_ALARM, &kind, ret_id, error);
}

/* Whether the counted cases add up, and how many of them stand no more; to standard error. */
static int sum_up(Store *store, gint64 id, const GPtrArray *cases)
{
    g_autoptr(StoreAlarm) alarm = store_alarm_load(store, id, NULL);
    gint64 sum = 0, gone = 0;
    for (guint i = 0; i < cases->len; i++) {
        const AssessCase *one = g_ptr_array_index(cases, i);
        sum += one->counted ? one->count : 0;
        gone += one->counted && one->state != ASSESS_CASE_COUNTED ? one->count : 0;
    }
    if (cases->len == 0) {
        g_printerr("%s\n", _("This alarm rests on a whole list; zenhar trace leads to its "
                             "original."));
        return CLI_DONE;
    }
    g_autofree char *count = i18n_integer(sum), *alarmed = i18n_decimal(alarm->observed, 0);
    g_printerr(_("%s counted, %s alarmed."), count, alarmed);
    g_printerr("\n");
    if (gone > 0) {
        g_autofree char *n = i18n_integer(gone);
        g_printerr(_("Of these, %s stand no more (withdrawn or rejected since): zenhar assess run "
                     "judges anew."),
                   n);
        g_printerr("\n");
    }
    return (double)sum == alarm->observed ? CLI_DONE : CLI_INCOMPLETE;
}

int signal_command_cases(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    if (!cli_parse(context, NULL, &argc, &argv, &status))
        return status;
    gint64 id;
    g_autoptr(GError) error = NULL;
    if (argc != 2)
        return cli_usage(context, "%s", _("Name one alarm, AL3 for example."));
    if (!read_alarm(argv[1], &id, &error))
        return cli_fail(context, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(GPtrArray) cases = store != NULL ? assess_alarm_cases(store, id, &error) : NULL;
    if (cases == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out =
        g_string_new("date,report,statement,source,place,count,counted,state,title\n");
    for (guint i = 0; i < cases->len; i++) {
        const AssessCase *one = g_ptr_array_index(cases, i);
        append_day(out, one->day);
        cli_append_id(out, STORE_KIND_REPORT, one->report_id);
        cli_append_id(out, STORE_KIND_STATEMENT, one->statement_id);
        csv_append(out, one->source != NULL ? one->source : "");
        cli_append_id(out, STORE_KIND_PLACE, one->place_id);
        csv_append_integer(out, one->count);
        csv_append_integer(out, one->counted);
        csv_append(out, assess_case_state_name(one->state));
        csv_append(out, one->title != NULL ? one->title : "");
        csv_append_end(out);
    }
    status = print(context, NULL, out);
    return status == CLI_DONE ? sum_up(store, id, cases) : status;
}

static int answer(CliContext *context, int argc, char **argv, const char *answer_status)
{
    g_autofree char *reason = NULL, *user = NULL;
    const GOptionEntry entries[] = {
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_("why it is answered so"), N_("TEXT")},
        {"user", 0, 0, G_OPTION_ARG_STRING, &user, N_("who answers: a user of the case"),
         N_("NAME")},
        {NULL},
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    gint64 id;
    g_autoptr(GError) error = NULL;
    if (argc != 2)
        return cli_usage(context, "%s", _("Name one alarm, AL3 for example."));
    if (!read_alarm(argv[1], &id, &error))
        return cli_fail(context, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL)
        return cli_fail(context, error);
    g_autoptr(StoreUser) who = user != NULL ? store_user_find(store, user, &error) : NULL;
    if ((user != NULL && who == NULL) ||
        !assess_alarm_answer(store, id, answer_status, reason, who != NULL ? who->id : 0, &error))
        return cli_fail(context, error);
    g_printerr(_("%s is %s now; the answer is in the evidence log."), argv[1], answer_status);
    g_printerr("\n");
    return CLI_DONE;
}

int signal_command_acknowledge(CliContext *context, int argc, char **argv)
{
    return answer(context, argc, argv, "acknowledged");
}

int signal_command_dismiss(CliContext *context, int argc, char **argv)
{
    return answer(context, argc, argv, "dismissed");
}

int signal_command_reopen(CliContext *context, int argc, char **argv)
{
    return answer(context, argc, argv, "new");
}
