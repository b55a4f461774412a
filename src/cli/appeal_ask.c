/* cli/appeal_ask.c: `zenhar appeal ask`: an ask is written down. */
#include "cli/appeal_sub.h"

#include "appeal/appeal.h"
#include "appeal/rests.h"
#include "base/csv.h"
#include "cli/case.h"
#include "store/appeal.h"

typedef struct {
    char *code, *template, *title, *text, *basis, *of, *measure, *by, *rests;
    char *title_fa, *text_fa, *basis_fa;
} AskWords;

static void ask_words_clear(AskWords *words)
{
    g_free(words->code);
    g_free(words->template);
    g_free(words->title);
    g_free(words->text);
    g_free(words->basis);
    g_free(words->of);
    g_free(words->measure);
    g_free(words->by);
    g_free(words->rests);
    g_free(words->title_fa);
    g_free(words->text_fa);
    g_free(words->basis_fa);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AskWords, ask_words_clear)

static int add(CliContext *context, const AppealAskInput *input)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    gint64 id = store != NULL ? appeal_ask_add(store, input, &error) : 0;
    g_autoptr(StoreAsk) ask = id != 0 ? store_ask_load(store, id, &error) : NULL;
    if (ask == NULL)
        return cli_fail(context, error);
    char text[STORE_ID_MAX];
    g_autofree char *day = appeal_day_text(ask->due_day);
    g_autofree char *rests = appeal_rests_text(store, STORE_KIND_ASK, id, &error);
    if (rests == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new("id,code,addressee,due,rests_on,basis,text\n");
    csv_append(out, store_id_format(STORE_KIND_ASK, id, text));
    csv_append(out, ask->code);
    csv_append(out, ask->addressee);
    csv_append(out, day);
    csv_append(out, rests);
    csv_append(out, ask->basis);
    csv_append(out, ask->text);
    csv_append_end(out);
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}

int appeal_ask(CliContext *context, int argc, char **argv)
{
    g_auto(AskWords) words = {0};
    const GOptionEntry entries[] = {
        {"code", 0, 0, G_OPTION_ARG_STRING, &words.code, NULL, NULL},
        {"template", 0, 0, G_OPTION_ARG_STRING, &words.template, NULL, NULL},
        {"title", 0, 0, G_OPTION_ARG_STRING, &words.title, NULL, NULL},
        {"text", 0, 0, G_OPTION_ARG_STRING, &words.text, NULL, NULL},
        {"basis", 0, 0, G_OPTION_ARG_STRING, &words.basis, NULL, NULL},
        {"title-fa", 0, 0, G_OPTION_ARG_STRING, &words.title_fa, NULL, NULL},
        {"text-fa", 0, 0, G_OPTION_ARG_STRING, &words.text_fa, NULL, NULL},
        {"basis-fa", 0, 0, G_OPTION_ARG_STRING, &words.basis_fa, NULL, NULL},
        {"of", 0, 0, G_OPTION_ARG_STRING, &words.of, NULL, NULL},
        {"measure", 0, 0, G_OPTION_ARG_STRING, &words.measure, NULL, NULL},
        {"by", 0, 0, G_OPTION_ARG_STRING, &words.by, NULL, NULL},
        {"rests", 0, 0, G_OPTION_ARG_STRING, &words.rests, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    AppealAskInput input = {.code = words.code,
                            .template = words.template,
                            .title = words.title,
                            .text = words.text,
                            .basis = words.basis,
                            .title_fa = words.title_fa,
                            .text_fa = words.text_fa,
                            .basis_fa = words.basis_fa,
                            .offices = words.of,
                            .measure = words.measure,
                            .rests_on = words.rests};
    g_autoptr(GError) error = NULL;
    if (!appeal_read_day("--by", words.by, &input.due_day, &error))
        return cli_usage(context, "%s", error->message);
    return add(context, &input);
}
