/* cli/appeal_measures.c: `zenhar appeal measures|measure`: the catalogue, who stands where, a step.
 */
#include "cli/appeal_sub.h"

#include "appeal/measures.h"
#include "cli/case.h"
#include "cli/cells.h"
#include "evidence/evidence.h"
#include "render/chart.h"
#include "render/chart_file.h"
#include <string.h>

typedef struct {
    char *on, *category, *svg;
    gboolean states;
} TableWords;

static void table_words_clear(TableWords *words)
{
    g_free(words->on);
    g_free(words->category);
    g_free(words->svg);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TableWords, table_words_clear)

static const char *choose(const char *english, const char *persian)
{
    return i18n_language() == I18N_PERSIAN && persian != NULL ? persian : english;
}

static bool checked(const StoreMeasure *measure)
{
    return g_strcmp0(measure->verified, "yes") == 0;
}

static bool print_catalogue(Store *store, const AppealMatrix *matrix, const char *category,
                            guint *ret_unchecked, GError **error)
{
    g_autoptr(GPtrArray) all = store_measure_list(store, NULL, error);
    if (all == NULL)
        return false;
    g_autoptr(GString) out =
        g_string_new("id,code,category,title,who,legal_basis,needs,confirmed,asked,"
                     "promised,refused,taken,source\n");
    for (guint i = 0; i < all->len; i++) {
        const StoreMeasure *measure = all->pdata[i];
        if (category != NULL && g_strcmp0(measure->category, category) != 0)
            continue;
        *ret_unchecked += !checked(measure);
        cli_append_id(out, STORE_KIND_MEASURE, measure->id);
        cli_append_text(out, measure->code);
        cli_append_text(out, measure->category);
        cli_append_text(out, choose(measure->title, measure->title_fa));
        cli_append_text(out, measure->who);
        cli_append_text(out, measure->legal_basis);
        cli_append_text(out, measure->needs);
        cli_append_text(out, checked(measure) ? "yes" : "no");
        for (int stand = APPEAL_ASKED; stand < APPEAL_N_STANDS; stand++) {
            g_autofree char *names = appeal_matrix_states(matrix, measure->id, (AppealStand)stand);
            cli_append_text(out, names);
        }
        cli_append_text(out, measure->source);
        csv_append_end(out);
    }
    return appeal_print(out, error);
}

static const StoreMeasure *measure_of(const AppealMatrix *matrix, gint64 id)
{
    for (guint m = 0; m < matrix->measures->len; m++)
        if (((const StoreMeasure *)matrix->measures->pdata[m])->id == id)
            return matrix->measures->pdata[m];
    return NULL;
}

static const char *code_of(const AppealMatrix *matrix, const char *state)
{
    guint at = 0;
    g_ptr_array_find_with_equal_func(matrix->states, state, g_str_equal, &at);
    return matrix->codes->pdata[at];
}

static bool print_steps(const AppealMatrix *matrix, const char *category, GError **error)
{
    g_autoptr(GString) out = g_string_new("id,day,state,measure,title,status,text,letter,source\n");
    for (guint i = 0; i < matrix->steps->len; i++) {
        const StoreCommitment *step = matrix->steps->pdata[i];
        const StoreMeasure *measure = measure_of(matrix, step->measure_id);
        if (category != NULL && g_strcmp0(measure->category, category) != 0)
            continue;
        g_autofree char *day = appeal_day_text(step->day);
        g_autofree char *state = appeal_country_title(step->state, code_of(matrix, step->state));
        cli_append_id(out, STORE_KIND_COMMITMENT, step->id);
        cli_append_text(out, day);
        cli_append_text(out, state);
        cli_append_text(out, measure->code);
        cli_append_text(out, choose(measure->title, measure->title_fa));
        cli_append_text(out, step->status);
        cli_append_text(out, choose(step->text, step->text_fa));
        cli_append_id(out, STORE_KIND_APPEAL, step->appeal_id);
        cli_append_text(out, step->source);
        csv_append_end(out);
    }
    return appeal_print(out, error);
}

static bool draw(const AppealMatrix *matrix, gint64 now, const char *path, GError **error)
{
    gsize n_states = matrix->states->len, n_measures = matrix->measures->len;
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autofree const char **states = g_new0(const char *, n_states + 1),
                          **names = g_new0(const char *, n_measures + 1),
                          **short_names = g_new0(const char *, n_measures + 1);
    g_autofree ChartStand *cells = g_new0(ChartStand, n_states * n_measures + 1);
    for (gsize s = 0; s < n_states; s++) {
        states[s] = appeal_country_title(matrix->states->pdata[s], matrix->codes->pdata[s]);
        g_ptr_array_add(owned, (char *)states[s]);
    }
    for (gsize m = 0; m < n_measures; m++) {
        const StoreMeasure *measure = matrix->measures->pdata[m];
        const char *title = choose(measure->title, measure->title_fa);
        names[m] = checked(measure) ? g_strdup(title)
                                    : g_strdup_printf(_("%s (entry not confirmed)"), title);
        g_ptr_array_add(owned, (char *)names[m]);
        short_names[m] = g_strdup(measure->code);
        g_ptr_array_add(owned, (char *)short_names[m]);
        for (gsize s = 0; s < n_states; s++)
            cells[s * n_measures + m] =
                (ChartStand)appeal_stand_of(matrix->last[s * n_measures + m]);
    }
    const ChartMeasures chart = {
        .title = _("What states were asked to do, and did"),
        .n_states = n_states,
        .n_measures = n_measures,
        .states = states,
        .short_names = short_names,
        .measures = names,
        .stands = {NULL, appeal_stand_title(APPEAL_ASKED), appeal_stand_title(APPEAL_PROMISED),
                   appeal_stand_title(APPEAL_REFUSED), appeal_stand_title(APPEAL_TAKEN)},
        .cells = cells,
    };
    g_autoptr(Canvas) canvas = chart_measures(&chart);
    if (canvas == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("No state was asked for anything yet, so there is nothing to draw: `zenhar "
                      "appeal measure` writes down a step."));
        return false;
    }
    return chart_file_write(canvas, now, path, error);
}

int appeal_measures(CliContext *context, int argc, char **argv)
{
    g_auto(TableWords) words = {0};
    const GOptionEntry entries[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &words.on, NULL, NULL},
        {"category", 0, 0, G_OPTION_ARG_STRING, &words.category, NULL, NULL},
        {"steps", 0, 0, G_OPTION_ARG_NONE, &words.states, NULL, NULL},
        {"chart", 0, 0, G_OPTION_ARG_FILENAME, &words.svg, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    g_autoptr(GError) error = NULL;
    gint32 day = G_MAXINT32;
    if (!appeal_read_day("--on", words.on, &day, &error))
        return cli_usage(context, "%s", error->message);
    if (words.svg != NULL && !chart_file_known(words.svg))
        return cli_usage(context, _("--chart writes .svg, .pdf or .png."));
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(AppealMatrix) matrix = store != NULL ? appeal_matrix_load(store, day, &error) : NULL;
    if (matrix == NULL)
        return cli_fail(context, error);
    guint unchecked = 0;
    bool done = words.states ? print_steps(matrix, words.category, &error)
                             : print_catalogue(store, matrix, words.category, &unchecked, &error);
    if (done && words.svg != NULL)
        done = draw(matrix, store_now(store), words.svg, &error);
    if (!done)
        return cli_fail(context, error);
    g_autofree char *number = i18n_integer(unchecked);
    if (unchecked > 0)
        cli_say(context,
                _("Entries of the catalogue that nobody has checked at their source yet: %s "
                  "(confirmed: no). No letter states them as fact."),
                number);
    return CLI_DONE;
}

typedef struct {
    char *state, *code, *status, *on, *text, *text_fa, *source, *rests, *letter;
} StepWords;

static void step_words_clear(StepWords *words)
{
    g_free(words->state);
    g_free(words->code);
    g_free(words->status);
    g_free(words->on);
    g_free(words->text);
    g_free(words->text_fa);
    g_free(words->source);
    g_free(words->rests);
    g_free(words->letter);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StepWords, step_words_clear)

int appeal_measure(CliContext *context, int argc, char **argv)
{
    g_auto(StepWords) words = {0};
    const GOptionEntry entries[] = {
        {"state", 0, 0, G_OPTION_ARG_STRING, &words.state, NULL, NULL},
        {"measure", 0, 0, G_OPTION_ARG_STRING, &words.code, NULL, NULL},
        {"status", 0, 0, G_OPTION_ARG_STRING, &words.status, NULL, NULL},
        {"on", 0, 0, G_OPTION_ARG_STRING, &words.on, NULL, NULL},
        {"text", 0, 0, G_OPTION_ARG_STRING, &words.text, NULL, NULL},
        {"text-fa", 0, 0, G_OPTION_ARG_STRING, &words.text_fa, NULL, NULL},
        {"source", 0, 0, G_OPTION_ARG_STRING, &words.source, NULL, NULL},
        {"rests", 0, 0, G_OPTION_ARG_STRING, &words.rests, NULL, NULL},
        {"letter", 0, 0, G_OPTION_ARG_STRING, &words.letter, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    AppealStandInput input = {.state = words.state,
                              .measure = words.code,
                              .status = words.status,
                              .text = words.text,
                              .text_fa = words.text_fa,
                              .source = words.source,
                              .rests_on = words.rests,
                              .letter = words.letter};
    g_autoptr(GError) error = NULL;
    if (!appeal_read_day("--on", words.on, &input.day, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    gint64 id = store != NULL ? appeal_stand_add(store, &input, &error) : 0;
    if (id == 0)
        return cli_fail(context, error);
    char text[STORE_ID_MAX];
    g_print("%s\n", store_id_format(STORE_KIND_COMMITMENT, id, text));
    return CLI_DONE;
}
