/* cli/appeal_clock.c: `zenhar appeal answers|deadlines|remind`: who answered, what falls due. */
#include "cli/appeal_sub.h"

#include "appeal/appeal.h"
#include "base/csv.h"
#include "cli/case.h"
#include "cli/cells.h"
#include "render/render.h"
#include <string.h>

static void day(GString *out, gint32 when)
{
    g_autofree char *words = appeal_day_text(when);
    csv_append(out, words);
}

typedef struct {
    char *on, *letter, *format, *to;
    gint within;
    gint32 day;
    gint64 appeal_id, recipient_id;
} Words;

static void words_clear(Words *words)
{
    g_free(words->on);
    g_free(words->letter);
    g_free(words->format);
    g_free(words->to);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse(CliContext *context, int *argc, char ***argv, Words *words, int *status)
{
    const GOptionEntry entries[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &words->on, NULL, NULL},
        {"letter", 0, 0, G_OPTION_ARG_STRING, &words->letter, NULL, NULL},
        {"format", 0, 0, G_OPTION_ARG_STRING, &words->format, NULL, NULL},
        {"to", 0, 0, G_OPTION_ARG_STRING, &words->to, NULL, NULL},
        {"within", 0, 0, G_OPTION_ARG_INT, &words->within, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    words->day = G_MININT32;
    words->within = 183;
    if (!cli_parse(context, entries, argc, argv, status))
        return false;
    StoreKind kind;
    g_autoptr(GError) error = NULL;
    if (*argc > 1) {
        *status = cli_usage(context, _("“%s” is not understood here."), (*argv)[1]);
        return false;
    }
    if (!appeal_read_day("--on", words->on, &words->day, &error) ||
        (words->letter != NULL &&
         !store_id_read(words->letter, STORE_KIND_APPEAL, &kind, &words->appeal_id, &error)) ||
        (words->to != NULL &&
         !store_id_read(words->to, STORE_KIND_RECIPIENT, &kind, &words->recipient_id, &error))) {
        *status = cli_usage(context, "%s", error->message);
        return false;
    }
    return true;
}

static int print_page(CliContext *context, Store *store, const Words *words)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *page =
        render_clock(store, words->appeal_id, words->day, words->format, i18n_language(), &error);
    if (page == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new(page);
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}

int appeal_answers(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    g_autoptr(GError) error = NULL;
    if (!parse(context, &argc, &argv, &words, &status))
        return status;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL)
        return cli_fail(context, error);
    if (words.format != NULL && strcmp(words.format, "csv") != 0)
        return print_page(context, store, &words);
    g_autoptr(GPtrArray) list = appeal_addressees(store, words.appeal_id, words.day, &error);
    if (list == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new("delivery,recipient,code,name,office,status,sent,days,"
                                          "state,since,response,evidence,finding\n");
    for (guint i = 0; i < list->len; i++) {
        const AppealAddressee *one = list->pdata[i];
        cli_append_id(out, STORE_KIND_DELIVERY, one->delivery_id);
        cli_append_id(out, STORE_KIND_RECIPIENT, one->recipient_id);
        cli_append_text(out, one->code);
        cli_append_text(out, one->name);
        cli_append_text(out, one->office);
        cli_append_text(out, one->status);
        day(out, one->sent_day);
        csv_append_integer(out, one->days);
        cli_append_text(out, one->state);
        day(out, one->state_day);
        cli_append_id(out, STORE_KIND_RESPONSE, one->response_id);
        cli_append_text(out, one->evidence);
        cli_append_text(out, one->sentence);
        csv_append_end(out);
        cli_say(context, "%s: %s", one->office, one->sentence);
    }
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}

int appeal_deadlines_table(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    g_autoptr(GError) error = NULL;
    if (!parse(context, &argc, &argv, &words, &status))
        return status;
    if (words.within < 0 || words.within > 36600)
        return cli_usage(context, _("--within wants a number of days."));
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(GPtrArray) list =
        store != NULL ? appeal_deadlines(store, words.day, words.within, &error) : NULL;
    if (list == NULL)
        return cli_fail(context, error);
    guint unconfirmed = 0;
    g_autoptr(GString) out =
        g_string_new("first,last,days,body,what,rule,record,confirmed,source\n");
    for (guint i = 0; i < list->len; i++) {
        const AppealDeadline *one = list->pdata[i];
        day(out, one->first_day);
        day(out, one->last_day);
        csv_append_integer(out, one->days);
        cli_append_text(out, one->body);
        cli_append_text(out, one->what);
        cli_append_text(out, one->rule);
        cli_append_id(out, one->kind, one->id);
        cli_append_text(out, one->confirmed ? "yes" : "no");
        cli_append_text(out, one->source);
        csv_append_end(out);
        unconfirmed += !one->confirmed;
    }
    g_autofree char *n = i18n_integer(unconfirmed);
    cli_say(context, _("Days that nobody has checked at their source: %s."), n);
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}

int appeal_remind_command(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    g_autoptr(GError) error = NULL;
    if (!parse(context, &argc, &argv, &words, &status))
        return status;
    if (words.appeal_id == 0)
        return cli_usage(context, _("Say of which letter: --letter AP1."));
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    gint64 id = store != NULL ? appeal_remind(store, words.appeal_id, words.recipient_id, words.day,
                                              i18n_language(), &error)
                              : 0;
    if (id == 0)
        return cli_fail(context, error);
    char name[STORE_ID_MAX];
    g_autoptr(GString) out = g_string_new(store_id_format(STORE_KIND_APPEAL, id, name));
    g_string_append_c(out, '\n');
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}
