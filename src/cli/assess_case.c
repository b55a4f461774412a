/* cli/assess_case.c: `zenhar assess run|show|indicators`: the risk picture of a case. */
#include "cli/assess_sub.h"

#include "assess/assess.h"
#include "base/csv.h"
#include "base/edtf.h"
#include "base/progress.h"
#include "cli/case.h"
#include "render/render.h"
#include "store/link.h"
#include <string.h>

/* ---- run ---- */

typedef struct {
    char *facts, *today;
    double alpha;
    gint64 seed;
    int recent, threads;
} RunOptions;

static void run_options_clear(RunOptions *options)
{
    g_free(options->facts);
    g_free(options->today);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RunOptions, run_options_clear)

static bool parse_run(CliContext *context, RunOptions *o, int *argc, char ***argv, int *status)
{
    const GOptionEntry entries[] = {
        {"facts", 0, 0, G_OPTION_ARG_STRING, &o->facts, NULL, NULL},
        {"today", 0, 0, G_OPTION_ARG_STRING, &o->today, NULL, NULL},
        {"alpha", 0, 0, G_OPTION_ARG_DOUBLE, &o->alpha, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &o->seed, NULL, NULL},
        {"recent", 0, 0, G_OPTION_ARG_INT, &o->recent, NULL, NULL},
        {"threads", 0, 0, G_OPTION_ARG_INT, &o->threads, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    return cli_parse(context, entries, argc, argv, status);
}

static bool settle(CliContext *context, const RunOptions *o, AssessOptions *options, int *status)
{
    if (!(o->alpha > 0 && o->alpha < 0.5) || o->seed < 0 || o->recent < 0 || o->threads < 0) {
        *status = cli_usage(context, _("--alpha lies between 0 and 0.5; --seed, --recent and "
                                       "--threads are whole numbers from 0 on."));
        return false;
    }
    options->alpha = o->alpha;
    options->seed = (guint64)o->seed;
    options->recent = (guint)o->recent;
    options->threads = (guint)o->threads;
    if (o->today == NULL)
        return true;
    Edtf edtf;
    gint32 first, last;
    g_autoptr(GError) error = NULL;
    if (!edtf_parse(o->today, CALENDAR_GREGORIAN, &edtf, &error)) {
        *status = cli_usage(context, "--today: %s", error->message);
        return false;
    }
    edtf_bounds(&edtf, &first, &last);
    if (last == G_MAXINT32) {
        *status = cli_usage(context, _("--today wants a day, such as 2025-06-28."));
        return false;
    }
    options->today = last;
    return true;
}

static void tell(CliContext *context, const AssessSummary *summary)
{
    char id[STORE_ID_MAX];
    store_id_format(STORE_KIND_ASSESSMENT, summary->assessment_id, id);
    if (!summary->changed) {
        cli_say(context, _("Nothing has changed since assessment %s: nothing was written."), id);
        return;
    }
    g_autofree char *rated = i18n_integer((gint64)summary->n_rated);
    g_autofree char *series = i18n_integer((gint64)summary->n_series);
    g_autofree char *alarms = i18n_integer((gint64)summary->n_alarms);
    g_autofree char *estimates = i18n_integer((gint64)summary->n_estimates);
    cli_say(context,
            _("Assessment %s: %s of 14 risk factors rated from evidence. Standing: %s series, %s "
              "alarms, %s estimates."),
            id, rated, series, alarms, estimates);
    if (summary->changes != NULL)
        cli_say(context, "%s", summary->changes);
    cli_say(context, _("It is a draft made by rules: read each reason (zenhar assess show) and "
                       "correct what is wrong before it is used."));
}

int assess_run_case(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    AssessOptions options = assess_options();
    g_auto(RunOptions)
        o = {.alpha = options.alpha, .seed = (gint64)options.seed, .recent = (int)options.recent};
    if (!parse_run(context, &o, &argc, &argv, &status) || !settle(context, &o, &options, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    progress_catch_interrupt();
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    AssessSummary summary = {0};
    if (store == NULL || (o.facts != NULL && !assess_load_facts(store, o.facts, &error)) ||
        !assess_run(store, &options, &summary, &error))
        return cli_fail(context, error);
    tell(context, &summary);
    assess_summary_clear(&summary);
    return CLI_DONE;
}

/* ---- what stands ---- */

typedef struct {
    Store *store;
    StoreAssessment *assessment;
    GPtrArray *ratings;
    GString *out;
} Picture;

static void picture_clear(Picture *picture)
{
    store_assessment_free(picture->assessment);
    if (picture->ratings != NULL)
        g_ptr_array_unref(picture->ratings);
    if (picture->out != NULL)
        g_string_free(picture->out, TRUE);
    store_close(picture->store);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Picture, picture_clear)

static bool open_picture(CliContext *context, Picture *picture, GError **error)
{
    picture->store = cli_case_open(context, STORE_READ, error);
    if (picture->store == NULL)
        return false;
    const StorePage page = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) list = store_assessment_list(picture->store, &page, error);
    if (list == NULL)
        return false;
    if (list->len == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("There is no assessment in this case yet. Make one: zenhar assess run."));
        return false;
    }
    picture->assessment = g_ptr_array_index(list, 0);
    g_ptr_array_set_free_func(list, NULL);
    picture->ratings =
        store_rating_list_by_assessment(picture->store, picture->assessment->id, NULL, error);
    picture->out = g_string_new(NULL);
    return picture->ratings != NULL;
}

static const StoreRating *rating_of(const Picture *picture, const char *factor,
                                    const char *indicator)
{
    for (guint i = 0; i < picture->ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(picture->ratings, i);
        if (g_strcmp0(rating->factor, factor) == 0 && g_strcmp0(rating->indicator, indicator) == 0)
            return rating;
    }
    return NULL;
}

static void append_rating(GString *out, const StoreRating *rating)
{
    g_autofree char *level = rating != NULL ? g_strdup_printf("%d", rating->level) : g_strdup("-1");
    g_autofree char *reason =
        rating != NULL ? assess_rating_sentence(rating, i18n_language()) : g_strdup("");
    csv_append(out, level);
    csv_append(out, assess_level_title(rating != NULL ? rating->level : -1, i18n_language()));
    csv_append(out, rating != NULL && rating->trend != NULL ? rating->trend : "");
    csv_append(out, reason);
}

/* "AL3 FG12": what it rests on, for `zenhar trace`. */
static bool append_evidence(const Picture *picture, const StoreRating *rating, GError **error)
{
    g_autoptr(GString) ids = g_string_new(NULL);
    if (rating != NULL) {
        g_autoptr(GPtrArray) links =
            store_link_list_from(picture->store, STORE_KIND_RATING, rating->id, NULL, error);
        if (links == NULL)
            return false;
        for (guint i = 0; i < links->len; i++) {
            const StoreLink *link = g_ptr_array_index(links, i);
            char id[STORE_ID_MAX];
            g_string_append_printf(ids, "%s%s", i == 0 ? "" : " ",
                                   store_id_format((StoreKind)link->to_kind, link->to_id, id));
        }
    }
    csv_append(picture->out, ids->str);
    return true;
}

static int print_picture(CliContext *context, const Picture *picture)
{
    g_autoptr(GError) error = NULL;
    CliOutput *output = cli_output_open(NULL, &error);
    if (output == NULL)
        return cli_fail(context, error);
    cli_output_write(output, picture->out->str, picture->out->len);
    if (!cli_output_close(output, &error))
        return cli_fail(context, error);
    g_autofree char *title = assess_assessment_title(picture->assessment, i18n_language());
    cli_say(context, "AS%" G_GINT64_FORMAT ": %s", picture->assessment->id, title);
    return CLI_DONE;
}

/* No options of their own; false: return *status. */
static bool parse_plain(CliContext *context, int *argc, char ***argv, int *status)
{
    if (!cli_parse(context, NULL, argc, argv, status))
        return false;
    if (*argc > 1) {
        *status = cli_usage(context, _("“%s” is not understood here."), (*argv)[1]);
        return false;
    }
    return true;
}

int assess_show(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    if (!parse_plain(context, &argc, &argv, &status))
        return status;
    g_autoptr(GError) error = NULL;
    g_auto(Picture) picture = {0};
    const AssessFramework *framework = assess_framework(&error);
    if (framework == NULL || !open_picture(context, &picture, &error))
        return cli_fail(context, error);
    g_string_append(picture.out, "factor,title,concerns,level,level_name,trend,reason,evidence\n");
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++) {
        const AssessFactor *factor = &framework->factors[f];
        const StoreRating *rating = rating_of(&picture, factor->code, NULL);
        csv_append(picture.out, factor->code);
        csv_append(picture.out, assess_factor_title(factor->code, i18n_language()));
        csv_append(picture.out, assess_crime_title(factor->crime, i18n_language()));
        append_rating(picture.out, rating);
        if (!append_evidence(&picture, rating, &error))
            return cli_fail(context, error);
        csv_append_end(picture.out);
    }
    return print_picture(context, &picture);
}

/* The framework alone: what there is to rate, without a case. */
static int print_framework(CliContext *context, const AssessFramework *framework)
{
    g_autoptr(GError) error = NULL;
    I18nLanguage language = i18n_language();
    g_autoptr(GString) out =
        g_string_new("indicator,factor,factor_title,concerns,title,wording_confirmed,source\n");
    gint64 confirmed = 0;
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++) {
        const AssessFactor *factor = &framework->factors[f];
        for (gsize i = 0; i < factor->n_indicators; i++) {
            const AssessIndicator *indicator = &factor->indicators[i];
            csv_append(out, indicator->id);
            csv_append(out, factor->code);
            csv_append(out, assess_factor_title(factor->code, language));
            csv_append(out, assess_crime_title(factor->crime, language));
            csv_append(out, assess_indicator_title(indicator, language));
            csv_append(out, indicator->confirmed ? "yes" : "no");
            csv_append(out, indicator->source);
            csv_append_end(out);
            confirmed += indicator->confirmed;
        }
    }
    if (!assess_write_csv(NULL, out, &error))
        return cli_fail(context, error);
    g_autofree char *n = i18n_integer(confirmed);
    g_autofree char *of = i18n_integer((gint64)framework->n_indicators);
    cli_say(
        context,
        _("%s of %s indicators have words that were checked at a copy of the framework; the others "
          "are not confirmed."),
        n, of);
    return CLI_DONE;
}

int assess_indicators(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    if (!parse_plain(context, &argc, &argv, &status))
        return status;
    g_autoptr(GError) error = NULL;
    g_auto(Picture) picture = {0};
    const AssessFramework *framework = assess_framework(&error);
    if (framework != NULL && context->case_path == NULL)
        return print_framework(context, framework);
    if (framework == NULL || !open_picture(context, &picture, &error))
        return cli_fail(context, error);
    g_string_append(picture.out, "indicator,factor,title,level,level_name,trend,reason,evidence,"
                                 "wording_confirmed,source\n");
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++) {
        const AssessFactor *factor = &framework->factors[f];
        for (gsize i = 0; i < factor->n_indicators; i++) {
            const AssessIndicator *indicator = &factor->indicators[i];
            const StoreRating *rating = rating_of(&picture, factor->code, indicator->id);
            csv_append(picture.out, indicator->id);
            csv_append(picture.out, factor->code);
            csv_append(picture.out, assess_indicator_title(indicator, i18n_language()));
            append_rating(picture.out, rating);
            if (!append_evidence(&picture, rating, &error))
                return cli_fail(context, error);
            csv_append(picture.out, indicator->confirmed ? "yes" : "no");
            csv_append(picture.out, indicator->source);
            csv_append_end(picture.out);
        }
    }
    return print_picture(context, &picture);
}

/* ---- to read ---- */

int assess_report(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_autofree char *output = NULL, *heat_map = NULL;
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, NULL, NULL},
        {"heat-map", 0, 0, G_OPTION_ARG_FILENAME, &heat_map, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1 || (output == NULL && heat_map == NULL))
        return cli_usage(context, _("Say where to write: -o FILE.pdf, --heat-map FILE.svg."));
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL ||
        (output != NULL && !render_assessment_pdf(store, i18n_language(), output, &error)) ||
        (heat_map != NULL &&
         !render_chart_file(store, RENDER_CHART_FRAMEWORK, i18n_language(), heat_map, &error)))
        return cli_fail(context, error);
    const char *const written[] = {output, heat_map};
    for (gsize i = 0; i < G_N_ELEMENTS(written); i++)
        if (written[i] != NULL)
            cli_say(context, _("Written: %s"), written[i]);
    return CLI_DONE;
}
