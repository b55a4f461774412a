#include "render/render.h"

#include "render/chart_file.h"
#include "render/draw.h"
#include "render/output.h"
#include <string.h>

static const struct {
    const char *name, *title;
    const char *missing; /* what to do to have it */
} CHARTS[RENDER_N_CHARTS] = {
    [RENDER_CHART_SERIES] = {"series", N_("Watched series with alarms"),
                             N_("There is no series in this case yet: `zenhar assess run` makes "
                                "them.")},
    [RENDER_CHART_CURVE] = {"curve", N_("Reported acts by week"),
                            N_("No report with a date is in this case yet: `zenhar import` brings "
                               "reports in.")},
    [RENDER_CHART_EXECUTIONS] = {"executions", N_("Executions a year by reporter"),
                                 N_("This case holds no figures of executions a year.")},
    [RENDER_CHART_PROVINCES] = {"provinces", N_("Reported acts by province"),
                                N_("No report that names a province is in this case yet.")},
    [RENDER_CHART_FRAMEWORK] = {"framework", N_("Risk factors"),
                                N_("The risk factors have not been rated yet: `zenhar assess run` "
                                   "does it.")},
    [RENDER_CHART_RESPONSE] = {"response", N_("After crises"),
                               N_("Nothing in this case tells yet what follows a crisis: `zenhar "
                                  "assess run` asks it.")},
    [RENDER_CHART_OVERLAPS] = {"overlaps", N_("Who is told of by which sources"),
                               N_("There is no estimate of the unseen in this case: `zenhar assess "
                                  "run` makes one when two sources tell of the same persons.")},
    [RENDER_CHART_UNSEEN] = {"unseen", N_("How many are on no list"),
                             N_("There is no estimate of the unseen in this case: `zenhar assess "
                                "run` makes one when two sources tell of the same persons.")},
};

const char *render_chart_name(RenderChart chart)
{
    g_assert(chart < RENDER_N_CHARTS);
    return CHARTS[chart].name;
}

bool render_chart_parse(const char *name, RenderChart *ret_chart)
{
    for (int i = 0; i < RENDER_N_CHARTS; i++)
        if (g_strcmp0(CHARTS[i].name, name) == 0) {
            *ret_chart = (RenderChart)i;
            return true;
        }
    return false;
}

const char *render_chart_title(RenderChart chart)
{
    g_assert(chart < RENDER_N_CHARTS);
    return i18n_get(CHARTS[chart].title);
}

/* What a chart may ask for beyond its kind. */
typedef struct {
    gint64 series_id;
    const char *act_kind;
} Wish;

static Canvas *draw(Store *store, const Picture *picture, RenderChart chart, const Wish *wish,
                    GError **error)
{
    switch (chart) {
    case RENDER_CHART_SERIES:
        return draw_series(store, picture, wish->series_id, error);
    case RENDER_CHART_CURVE:
        return draw_curve(picture);
    case RENDER_CHART_EXECUTIONS:
        return draw_executions(picture);
    case RENDER_CHART_PROVINCES:
        return draw_provinces(picture, wish->act_kind);
    case RENDER_CHART_FRAMEWORK:
        return draw_framework(picture);
    case RENDER_CHART_OVERLAPS:
        return draw_unseen(picture, UNSEEN_OVERLAPS);
    case RENDER_CHART_UNSEEN:
        return draw_unseen(picture, UNSEEN_TOTAL);
    case RENDER_CHART_RESPONSE:
    case RENDER_N_CHARTS:
    default:
        return draw_response(picture);
    }
}

/* In the language, with the case's label; NULL with error set. */
static Canvas *chart_new(Store *store, RenderChart chart, const Wish *wish, GError **error)
{
    g_autoptr(Picture) picture = picture_load(store, error);
    g_autoptr(GError) why = NULL;
    Canvas *canvas = picture == NULL ? NULL : draw(store, picture, chart, wish, &why);
    if (canvas != NULL) {
        if (picture_label(picture) != NULL)
            canvas_label(canvas, picture_label(picture));
    } else if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
    } else if (picture != NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            i18n_get(CHARTS[chart].missing));
    }
    return canvas;
}

static char *chart_svg(Store *store, RenderChart chart, const Wish *wish, I18nLanguage language,
                       GError **error)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autoptr(Canvas) canvas = chart_new(store, chart, wish, error);
    char *svg = canvas != NULL ? canvas_to_svg(canvas) : NULL;
    i18n_set_language(saved);
    return svg;
}

char *render_chart_svg(Store *store, RenderChart chart, I18nLanguage language, GError **error)
{
    return chart_svg(store, chart, &(Wish){0}, language, error);
}

bool render_chart_file(Store *store, RenderChart chart, I18nLanguage language, const char *path,
                       GError **error)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autoptr(Canvas) canvas = chart_new(store, chart, &(Wish){0}, error);
    bool done = canvas != NULL && chart_file_write(canvas, store_now(store), path, error);
    i18n_set_language(saved);
    return done;
}

char *render_series_svg(Store *store, gint64 series_id, I18nLanguage language, GError **error)
{
    return chart_svg(store, RENDER_CHART_SERIES, &(Wish){.series_id = series_id}, language, error);
}

char *render_curve_svg(Store *store, I18nLanguage language, GError **error)
{
    return render_chart_svg(store, RENDER_CHART_CURVE, language, error);
}

char *render_executions_svg(Store *store, I18nLanguage language, GError **error)
{
    return render_chart_svg(store, RENDER_CHART_EXECUTIONS, language, error);
}

char *render_provinces_svg(Store *store, const char *act_kind, I18nLanguage language,
                           GError **error)
{
    return chart_svg(store, RENDER_CHART_PROVINCES, &(Wish){.act_kind = act_kind}, language, error);
}

char *render_framework_svg(Store *store, I18nLanguage language, GError **error)
{
    return render_chart_svg(store, RENDER_CHART_FRAMEWORK, language, error);
}

char *render_response_svg(Store *store, I18nLanguage language, GError **error)
{
    return render_chart_svg(store, RENDER_CHART_RESPONSE, language, error);
}
