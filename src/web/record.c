#include "web/record.h"

#include "assess/assess.h"
#include "store/appeal.h"
#include "store/body.h"
#include "store/link.h"
#include "store/person.h"
#include "store/record.h"
#include <math.h>
#include <string.h>

/* ---- a line for each kind ---- */

static char *figure_title(const Page *page, gint64 id)
{
    g_autoptr(StoreFigure) figure = store_figure_load(page->store, id, NULL);
    if (figure == NULL)
        return NULL;
    g_autofree char *date = page_edtf(figure->event_date);
    g_autofree char *range = page_range(figure->low, figure->high, figure->at_least);
    return g_strdup_printf(
        _("%s, %s, according to %s: %s"), assess_kind_title(figure->kind, page->language), date,
        figure->reporter != NULL ? assess_reporter_title(figure->reporter, page->language) : "–",
        range);
}

static char *kind_date_place(const Page *page, const char *kind, const char *date,
                             const char *place)
{
    const char *comma = _(", ");
    return g_strconcat(assess_kind_title(kind, page->language), comma, date, comma, place, NULL);
}

static char *statement_title(const Page *page, gint64 id)
{
    g_autoptr(StoreStatement) statement = store_statement_load(page->store, id, NULL);
    if (statement == NULL)
        return NULL;
    g_autofree char *date = page_edtf(statement->event_date);
    g_autofree char *place = page_place(page, statement->place_id, statement->place_text);
    return kind_date_place(page, statement->act_kind, date, place);
}

static char *act_title(const Page *page, gint64 id)
{
    g_autoptr(StoreAct) act = store_act_load(page->store, id, NULL);
    if (act == NULL)
        return NULL;
    g_autofree char *date = page_edtf(act->event_date);
    g_autofree char *place = page_place(page, act->place_id, NULL);
    return kind_date_place(page, act->kind, date, place);
}

static char *rating_title(const Page *page, gint64 id)
{
    g_autoptr(StoreRating) rating = store_rating_load(page->store, id, NULL);
    if (rating == NULL)
        return NULL;
    const AssessIndicator *indicator =
        rating->indicator != NULL ? assess_indicator_find(rating->indicator) : NULL;
    return g_strdup_printf("%s: %s",
                           indicator != NULL ? assess_indicator_title(indicator, page->language)
                                             : assess_factor_title(rating->factor, page->language),
                           assess_level_title(rating->level, page->language));
}

static char *series_title(const Page *page, gint64 id)
{
    g_autoptr(StoreSeries) series = store_series_load(page->store, id, NULL);
    return series != NULL ? assess_series_title(page->store, series, page->language) : NULL;
}

static char *alarm_title(const Page *page, gint64 id)
{
    g_autoptr(StoreAlarm) alarm = store_alarm_load(page->store, id, NULL);
    return alarm != NULL ? assess_alarm_sentence(page->store, alarm, page->language) : NULL;
}

static char *estimate_title(const Page *page, gint64 id)
{
    g_autoptr(StoreEstimate) estimate = store_estimate_load(page->store, id, NULL);
    return estimate != NULL ? assess_estimate_title(estimate, page->language) : NULL;
}

/* Kinds whose rows carry their own name, in one language or two. */
static char *named_title(const Page *page, StoreKind kind, gint64 id)
{
    static const char *const ENGLISH[] = {"name_en",    "title",  "name",
                                          "resolution", "office", "code"};
    static const char *const PERSIAN[] = {"name_fa", "title_fa", "office_fa"};
    void *record = store_record_load(page->store, kind, id, NULL);
    if (record == NULL)
        return NULL;
    const char *english = NULL, *persian = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(ENGLISH) && english == NULL; i++) {
        gssize column = store_kind_column_find(kind, ENGLISH[i]);
        if (column >= 0 && !store_kind_column(kind, (gsize)column).sealed)
            english = store_record_text(kind, record, ENGLISH[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(PERSIAN) && persian == NULL; i++) {
        gssize column = store_kind_column_find(kind, PERSIAN[i]);
        if (column >= 0 && !store_kind_column(kind, (gsize)column).sealed)
            persian = store_record_text(kind, record, PERSIAN[i]);
    }
    char *title = g_strdup(page_pick(page, english, persian));
    store_record_free(kind, record);
    return title;
}

char *record_title(const Page *page, StoreKind kind, gint64 id)
{
    char *title = NULL;
    switch (kind) {
    case STORE_KIND_FIGURE:
        title = figure_title(page, id);
        break;
    case STORE_KIND_STATEMENT:
        title = statement_title(page, id);
        break;
    case STORE_KIND_ACT:
        title = act_title(page, id);
        break;
    case STORE_KIND_RATING:
        title = rating_title(page, id);
        break;
    case STORE_KIND_SERIES:
        title = series_title(page, id);
        break;
    case STORE_KIND_ALARM:
        title = alarm_title(page, id);
        break;
    case STORE_KIND_ESTIMATE:
        title = estimate_title(page, id);
        break;
    case STORE_KIND_PERSON: {
        g_autoptr(StorePerson) person = store_person_load(page->store, id, NULL);
        title = person != NULL ? g_strdup(person->code) : NULL;
        break;
    }
    case STORE_KIND_USER:
    case STORE_KIND_AUDIT:
    case STORE_KIND_SETTING:
    case STORE_KIND_QUARANTINE:
    case STORE_KIND_LINK:
    case STORE_KIND_WATCHED:
    case STORE_KIND_DISPATCH:
        break;
    default:
        title = named_title(page, kind, id);
    }
    return title != NULL && title[0] != '\0' ? title : g_strdup(store_kind_title(kind));
}

/* ---- what rests on what ---- */

void record_draw_steps(const Page *page, StoreKind kind, gint64 id, const GArray *steps,
                       gsize limit)
{
    if (steps->len == 0)
        return;
    Html *html = page->html;
    html_begin(html, "ul", "class", "plain evidence", NULL);
    for (guint i = 0; i < MIN(steps->len, limit); i++) {
        const StoreTraceStep *step = &g_array_index(steps, StoreTraceStep, i);
        g_autofree char *title = record_title(page, step->kind, step->id);
        html_begin(html, "li", NULL);
        page_record_link(page, step->kind, step->id);
        html_text(html, " ");
        html_put(html, "bdi", title, "dir", "auto", NULL);
        if (strcmp(step->role, "contradicts") == 0)
            html_put(html, "span", _("contradicts it"), "class", "tag", NULL);
        html_end(html, "li");
    }
    if (steps->len > limit) {
        g_autofree char *path = NULL;
        char printed[STORE_ID_MAX];
        path = page_path(page, "/records/%s", store_id_format(kind, id, printed));
        g_autofree char *number = i18n_integer((gint64)(steps->len - limit));
        g_autofree char *words = g_strdup_printf(_("and %s more"), number);
        html_begin(html, "li", NULL);
        page_link(page, path, words);
        html_end(html, "li");
    }
    html_end(html, "ul");
}

void record_draw_evidence(const Page *page, StoreKind kind, gint64 id, gsize limit)
{
    g_autoptr(GArray) steps = store_trace_step(page->store, kind, id, 0, NULL);
    if (steps != NULL)
        record_draw_steps(page, kind, id, steps, limit);
}
