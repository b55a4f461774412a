/* COMMAND: search
 * SUMMARY: find reports by their words, Persian or English
 *
 * zenhar search --case FOLDER [--limit N] [--after ID] [--json] WORDS
 *
 * Finds reports that hold all the words, newest first, and prints a row for each
 * with a piece of its text. Letters are made uniform on both sides: ي and ی, half-
 * spaces, accents and capitals make no difference. A word that ends in * is the
 * beginning of words; words within "quotation marks" must stand together.
 *
 * --limit N   at most N reports (default 50)
 * --after ID  go on after that report
 * --json      JSON Lines instead of CSV
 *
 * Example: zenhar search --case june.zenhar 'بازداشت تهران'
 */
#include "commands.h"

#include "base/csv.h"
#include "cli/case.h"
#include "cli/case_record.h"
#include "store/person.h"
#include "store/search.h"
#include "text/normalize.h"
#include <string.h>

enum { SNIPPET_BYTES = 240 };

typedef struct {
    Store *store;
    char *query; /* folded */
    bool json;
    GString *out;
} Search;

static char *fold_word(const char *word, gpointer data)
{
    gsize length;
    g_autofree char *folded = text_fold(word, -1, &length);
    return g_strdup(folded != NULL ? folded : word);
}

static char *place_name(Store *store, const StoreReport *report)
{
    g_autoptr(StorePlace) place =
        report->place_id > 0 ? store_place_load(store, report->place_id, NULL) : NULL;
    if (place == NULL)
        return g_strdup(report->place_text);
    const char *name =
        i18n_language() == I18N_PERSIAN && place->name_fa != NULL ? place->name_fa : place->name_en;
    return g_strdup(name != NULL ? name : place->name_fa);
}

static void add_json(Search *search, const char *const names[], const char *const values[], gsize n)
{
    json_t *object = json_object();
    for (gsize i = 0; i < n; i++)
        if (values[i] != NULL) {
            g_autofree char *valid = g_utf8_make_valid(values[i], -1);
            json_object_set_new(object, names[i], json_string(valid));
        }
    g_autofree char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    g_string_append(search->out, text);
    g_string_append_c(search->out, '\n');
}

static bool add_report(Search *search, gint64 id, GError **error)
{
    g_autoptr(StoreReport) report = store_report_load(search->store, id, error);
    if (report == NULL)
        return false;
    g_autoptr(StoreSource) source =
        report->source_id > 0 ? store_source_load(search->store, report->source_id, NULL) : NULL;
    g_autoptr(StoreSnippet) snippet = store_search_snippet(
        report->text != NULL ? report->text : "", search->query, SNIPPET_BYTES, fold_word, NULL);
    g_autofree char *place = place_name(search->store, report);
    g_autofree char *date = case_record_date(STORE_KIND_REPORT, report);
    char text[STORE_ID_MAX];
    static const char *const NAMES[] = {"id",     "date",  "kind",   "place",
                                        "source", "title", "snippet"};
    const char *const values[] = {store_id_format(STORE_KIND_REPORT, id, text),
                                  date,
                                  report->kind,
                                  place,
                                  source != NULL ? source->name : NULL,
                                  report->title,
                                  snippet != NULL ? snippet->text : NULL};
    if (search->json) {
        add_json(search, NAMES, values, G_N_ELEMENTS(NAMES));
        return true;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        csv_append(search->out, values[i] != NULL ? values[i] : "");
    csv_append_end(search->out);
    return true;
}

static bool run(Search *search, const StorePage *page, gint64 *ret_found, gsize *ret_shown,
                GError **error)
{
    *ret_found = store_search_count(search->store, search->query, 0, error);
    if (*ret_found < 0)
        return false;
    g_autoptr(GArray) ids = store_search(search->store, search->query, page, error);
    if (ids == NULL)
        return false;
    if (!search->json)
        g_string_append(search->out, "id,date,kind,place,source,title,snippet\n");
    for (guint i = 0; i < ids->len; i++)
        if (!add_report(search, g_array_index(ids, gint64, i), error))
            return false;
    *ret_shown = ids->len;
    CliOutput *output = cli_output_open(NULL, error);
    if (output == NULL)
        return false;
    cli_output_write(output, search->out->str, search->out->len);
    return cli_output_close(output, error);
}

static char *join_words(int argc, char **argv)
{
    g_autoptr(GString) words = g_string_new(NULL);
    for (int i = 1; i < argc; i++)
        g_string_append_printf(words, "%s%s", i > 1 ? " " : "", argv[i]);
    return text_fold(words->str, (gssize)words->len, NULL);
}

int cmd_search(CliContext *context, int argc, char **argv)
{
    g_autofree char *after = NULL;
    gboolean json = FALSE;
    int limit = 50;
    const GOptionEntry entries[] = {
        {"limit", 0, 0, G_OPTION_ARG_INT, &limit, NULL, NULL},
        {"after", 0, 0, G_OPTION_ARG_STRING, &after, NULL, NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc < 2)
        return cli_usage(context, "%s", _("Which words?"));
    if (limit < 1)
        return cli_usage(context, "%s", _("--limit must be 1 or more."));
    StorePage page = {.limit = (gsize)limit};
    StoreKind kind;
    g_autoptr(GError) error = NULL;
    if (after != NULL && !store_id_read(after, STORE_KIND_REPORT, &kind, &page.after, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL)
        return cli_fail(context, error);
    Search search = {
        .store = store,
        .query = join_words(argc, argv),
        .json = json,
        .out = g_string_new(NULL),
    };
    gint64 found = 0;
    gsize shown = 0;
    bool done = run(&search, &page, &found, &shown, &error);
    g_free(search.query);
    g_string_free(search.out, TRUE);
    if (!done)
        return cli_fail(context, error);
    g_autofree char *n_found = i18n_integer(found);
    g_autofree char *n_shown = i18n_integer((gint64)shown);
    cli_say(context, _("%s reports hold these words; %s shown."), n_found, n_shown);
    return CLI_DONE;
}
