/* cli/appeal_publish.c: `zenhar appeal publish`: the folder that is served to everybody. */
#include "cli/appeal_sub.h"

#include "appeal/rests.h"
#include "cli/case.h"
#include "render/public.h"

typedef struct {
    char *folder, *letters, *clock, *on;
} Words;

static void words_clear(Words *words)
{
    g_free(words->folder);
    g_free(words->letters);
    g_free(words->clock);
    g_free(words->on);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static void tell(void *context, const char *name)
{
    cli_say(context, _("Written: %s"), name);
}

int appeal_publish(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    const GOptionEntry entries[] = {
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &words.folder, NULL, NULL},
        {"letters", 0, 0, G_OPTION_ARG_STRING, &words.letters, NULL, NULL},
        {"clock", 0, 0, G_OPTION_ARG_STRING, &words.clock, NULL, NULL},
        {"on", 0, 0, G_OPTION_ARG_STRING, &words.on, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    if (words.folder == NULL)
        return cli_usage(context, "%s", _("Say into which folder: --out DIR."));
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    RenderPublic options = {.day = G_MININT32, .tell = tell, .context = context};
    g_autoptr(GArray) letters =
        appeal_ids_read(words.letters != NULL ? words.letters : "", STORE_KIND_APPEAL, &error);
    if (letters == NULL || !appeal_read_day("--on", words.on, &options.day, &error) ||
        (words.clock != NULL &&
         !store_id_read(words.clock, STORE_KIND_APPEAL, &kind, &options.clock_id, &error)))
        return cli_usage(context, "%s", error->message);
    options.letters = letters;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL || !render_public(store, &options, words.folder, &error))
        return cli_fail(context, error);
    cli_say(context, _("Published. `zenhar serve --public %s` serves it, here or elsewhere."),
            words.folder);
    return CLI_DONE;
}
