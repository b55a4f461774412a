/* cli/appeal_response.c: `zenhar appeal response`: what a reply says; an answer or a step written
 * down. */
#include "cli/appeal_sub.h"

#include "appeal/appeal.h"
#include "appeal/deliver.h"
#include "appeal/rests.h"
#include "cli/case.h"
#include <string.h>

typedef struct {
    char *says, *of, *asks, *on, *text, *text_fa, *source;
} Words;

static void words_clear(Words *words)
{
    g_free(words->says);
    g_free(words->of);
    g_free(words->asks);
    g_free(words->on);
    g_free(words->text);
    g_free(words->text_fa);
    g_free(words->source);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

/* "DL3": whose answer; "AK2": a step on it. */
static bool read_subject(const Words *words, AppealAnswerInput *input, GArray *asks, GError **error)
{
    StoreKind kind;
    gint64 id;
    if (!store_id_read(words->of, STORE_KIND_NONE, &kind, &id, error))
        return false;
    if (kind == STORE_KIND_DELIVERY) {
        input->delivery_id = id;
        return true;
    }
    if (kind == STORE_KIND_ASK) {
        g_array_append_val(asks, id);
        return true;
    }
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("--of %s: an answer belongs to a delivery (DL3), a step to an ask (AK2)."),
                words->of);
    return false;
}

static int add(CliContext *context, const Words *words)
{
    g_autoptr(GError) error = NULL;
    AppealAnswerInput input = {.kind = words->says,
                               .text = words->text,
                               .text_fa = words->text_fa,
                               .source = words->source};
    g_autoptr(GArray) asks =
        appeal_ids_read(words->asks != NULL ? words->asks : "", STORE_KIND_ASK, &error);
    if (asks == NULL || !read_subject(words, &input, asks, &error) ||
        !appeal_read_day("--on", words->on, &input.day, &error))
        return cli_usage(context, "%s", error->message);
    input.ask_ids = asks;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    const gint64 id = store != NULL ? appeal_answer_add(store, &input, &error) : 0;
    if (id == 0)
        return cli_fail(context, error);
    char printed[STORE_ID_MAX];
    g_print("%s\n", store_id_format(STORE_KIND_RESPONSE, id, printed));
    return CLI_DONE;
}

int appeal_response(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    const GOptionEntry entries[] = {
        {"says", 0, 0, G_OPTION_ARG_STRING, &words.says, NULL, NULL},
        {"of", 0, 0, G_OPTION_ARG_STRING, &words.of, NULL, NULL},
        {"asks", 0, 0, G_OPTION_ARG_STRING, &words.asks, NULL, NULL},
        {"on", 0, 0, G_OPTION_ARG_STRING, &words.on, NULL, NULL},
        {"text", 0, 0, G_OPTION_ARG_STRING, &words.text, NULL, NULL},
        {"text-fa", 0, 0, G_OPTION_ARG_STRING, &words.text_fa, NULL, NULL},
        {"source", 0, 0, G_OPTION_ARG_STRING, &words.source, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    StoreKind kind;
    gint64 id = 0;
    g_autoptr(GError) error = NULL;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc == 1 && words.of != NULL && words.says != NULL && words.on != NULL)
        return add(context, &words);
    if (argc != 2 || words.says == NULL)
        return cli_usage(context, _("Name the answer and what it says: RS3 --says acknowledged, "
                                    "supports, refuses, acts or none; or --of DL3 --says … --on "
                                    "DAY --text … --source … for one that can be read elsewhere."));
    if (!store_id_read(argv[1], STORE_KIND_RESPONSE, &kind, &id, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL || !appeal_judge_response(store, id, words.says, &error))
        return cli_fail(context, error);
    return CLI_DONE;
}
