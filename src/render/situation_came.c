/* What came in, each reporter's figures, alarms. */
#include "base/edtf.h"
#include "render/situation.h"
#include <math.h>
#include <string.h>

/* ---- in short ---- */

static void summary_reports(Report *report)
{
    const Picture *p = report->picture;
    g_autofree char *reports = situation_number(p->n_reports);
    g_autofree char *sources = situation_number(p->sources->len);
    DocumentText *item = document_item(report->document, NULL, NULL);
    if (p->tally->n_rows == 0) {
        document_text_printf(item, 0, _("%s reports from %s sources are in the case."), reports,
                             sources);
    } else {
        g_autofree char *first = edtf_describe_day(p->first_day);
        g_autofree char *last = edtf_describe_day(p->last_day);
        document_text_printf(
            item, 0,
            _("%s reports from %s sources are in the case; they tell of events from %s to %s."),
            reports, sources, first, last);
    }
    if (p->n_acts > 0) {
        g_autofree char *acts = situation_number(p->n_acts);
        g_autofree char *persons = situation_number(p->n_persons);
        document_text_printf(item, 0,
                             _(" Taken together they speak of %s acts and %s persons, each counted "
                               "once as far as their reports let us tell."),
                             acts, persons);
    }
    if (p->n_waiting > 0) {
        g_autofree char *waiting = situation_number(p->n_waiting);
        document_text_printf(
            item, 0, _(" %s records could not be read and wait in the quarantine."), waiting);
    }
}

static void summary_alarms(Report *report)
{
    const Picture *p = report->picture;
    DocumentText *item = document_item(report->document, NULL, NULL);
    if (p->alarms->len == 0) {
        document_text_add(item, 0, _("No watched series rings: no week stands above its bound."));
        return;
    }
    const StoreAlarm *newest = g_ptr_array_index(p->alarms, 0);
    g_autofree char *n = situation_number(p->alarms->len);
    g_autofree char *sentence = assess_alarm_sentence(report->store, newest, i18n_language());
    document_text_printf(item, 0, _("Alarms: %s. The latest: "), n);
    document_text_add(item, 0, sentence);
    situation_id(item, STORE_KIND_ALARM, newest->id);
    const StoreAlarm *highest = newest;
    for (guint i = 0; i < p->alarms->len; i++) {
        const StoreAlarm *one = g_ptr_array_index(p->alarms, i);
        if (one->observed - one->threshold > highest->observed - highest->threshold)
            highest = one;
    }
    if (highest == newest)
        return;
    g_autofree char *most = assess_alarm_sentence(report->store, highest, i18n_language());
    document_text_printf(item, 0, _(" The highest above its bound: %s"), most);
    situation_id(item, STORE_KIND_ALARM, highest->id);
}

static void summary_factors(Report *report)
{
    const AssessOverview *overview = report->picture->overview;
    if (overview->assessment == NULL)
        return;
    g_autoptr(GString) names = g_string_new(NULL);
    gint64 present = 0, rated = 0;
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++) {
        rated += overview->factors[f].level >= 0;
        if (overview->factors[f].level < 2)
            continue;
        g_autofree char *number = i18n_integer((gint64)f + 1);
        g_string_append_printf(names, _("%s%s (factor %s)"), present++ > 0 ? _("; ") : "",
                               assess_factor_title(overview->factors[f].code, i18n_language()),
                               number);
    }
    g_autofree char *n = situation_number(present);
    g_autofree char *of = situation_number(rated);
    DocumentText *item = document_item(report->document, NULL, NULL);
    document_text_printf(
        item, 0,
        _("Of the 14 risk factors of the UN Framework of Analysis, evidence in the "
          "case allows %s to be rated; %s are present or strong"),
        of, n);
    document_text_printf(item, 0, names->len > 0 ? _(": %s.") : ".", names->str);
    situation_id(item, STORE_KIND_ASSESSMENT, overview->assessment->id);
}

static void summary_asks(Report *report)
{
    const GPtrArray *clock = report->picture->clock;
    if (clock->len == 0)
        return;
    const AppealClockRow *first = g_ptr_array_index(clock, 0);
    guint answered = 0;
    for (guint i = 0; i < clock->len; i++)
        answered += ((const AppealClockRow *)g_ptr_array_index(clock, i))->steps->len > 0;
    g_autofree char *n = situation_number(clock->len);
    g_autofree char *days = situation_number(first->days);
    g_autofree char *with = situation_number(answered);
    document_text_printf(document_item(report->document, NULL, NULL), 0,
                         _("%s asks were sent %s days ago; for %s of them a step by a body is on "
                           "record."),
                         n, days, with);
}

void situation_summary(Report *report)
{
    document_heading(report->document, 1, _("In short"));
    summary_reports(report);
    summary_alarms(report);
    summary_factors(report);
    summary_asks(report);
}

/* ---- figures ---- */

/* Deaths first; of one kind the newest first. */
static int weight_of(const char *kind)
{
    static const char *const ORDER[] = {"execution",      "killing", "death_in_custody",
                                        "death_sentence", "arrest",  "enforced_disappearance"};
    for (gsize i = 0; i < G_N_ELEMENTS(ORDER); i++)
        if (g_strcmp0(ORDER[i], kind) == 0)
            return (int)i;
    return (int)G_N_ELEMENTS(ORDER);
}

static gint newest_figure(gconstpointer a, gconstpointer b)
{
    const StoreFigure *x = *(const StoreFigure *const *)a, *y = *(const StoreFigure *const *)b;
    int kind = weight_of(x->kind) - weight_of(y->kind);
    if (kind == 0)
        kind = g_strcmp0(x->kind, y->kind);
    if (kind != 0)
        return kind;
    if (x->last_day != y->last_day)
        return x->last_day < y->last_day ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

/* A reporter counts on: of figures that begin on the same day the newest stands for the others.
 * A figure with a note may be of a part (foreigners, espionage): it stands for itself. */
static bool is_superseded(const GPtrArray *figures, const StoreFigure *figure)
{
    for (guint i = 0; i < figures->len; i++) {
        const StoreFigure *other = g_ptr_array_index(figures, i);
        if (g_strcmp0(other->kind, figure->kind) == 0 && other->place_id == figure->place_id &&
            other->crisis_id == figure->crisis_id &&
            g_strcmp0(other->reporter, figure->reporter) == 0 &&
            other->first_day == figure->first_day && other->last_day > figure->last_day)
            return true;
    }
    return false;
}

enum { FIGURES_SHOWN = 30 };

GPtrArray *situation_key_figures(const Picture *picture)
{
    GPtrArray *chosen = g_ptr_array_new();
    for (guint i = 0; i < picture->figures->len; i++) {
        StoreFigure *figure = g_ptr_array_index(picture->figures, i);
        const StorePlace *place = picture_place(picture, figure->place_id);
        bool country = place == NULL || g_strcmp0(place->kind, "country") == 0;
        bool open = figure->last_day == G_MAXINT32;
        gint32 day = open ? figure->first_day : figure->last_day;
        if (country && day > picture->today - 366 && !is_superseded(picture->figures, figure))
            g_ptr_array_add(chosen, figure);
    }
    g_ptr_array_sort(chosen, newest_figure);
    if (chosen->len > FIGURES_SHOWN)
        g_ptr_array_set_size(chosen, FIGURES_SHOWN);
    return chosen;
}

void situation_figure_note(Report *report, DocumentText *text, const StoreFigure *figure)
{
    char id[STORE_ID_MAX];
    g_autoptr(GString) note =
        g_string_new(figure->source != NULL ? figure->source : _("no source"));
    g_string_append_printf(note, " [%s]", store_id_format(STORE_KIND_FIGURE, figure->id, id));
    if (!picture_confirmed(figure->verified))
        g_string_append(note, _(" – not confirmed at its source"));
    document_text_note(report->document, text, note->str);
}

static void figure_row(Report *report, DocumentTable *table, const StoreFigure *figure)
{
    Edtf edtf;
    g_autofree char *when = figure->event_date != NULL &&
                                    edtf_parse(figure->event_date, CALENDAR_GREGORIAN, &edtf, NULL)
                                ? edtf_describe(&edtf)
                                : g_strdup("–");
    g_autofree char *number = draw_figure_words(figure);
    document_cell(table, assess_kind_title(figure->kind, i18n_language()));
    document_cell(table, picture_reporter(figure->reporter));
    DocumentText *cell = document_cell(table, NULL);
    document_text_add(cell, DOCUMENT_BOLD, number);
    situation_figure_note(report, cell, figure);
    situation_unconfirmed(cell, figure->verified);
    DocumentText *period = document_cell(table, when);
    if (figure->note != NULL && figure->note[0] != '\0') {
        document_text_add(period, DOCUMENT_PLAIN, "\n");
        document_text_add(period, DOCUMENT_QUIET | DOCUMENT_APART,
                          assess_remark_title(figure->note, i18n_language()));
    }
}

void situation_figures(Report *report)
{
    g_autoptr(GPtrArray) figures = situation_key_figures(report->picture);
    if (figures->len == 0 && report->picture->figures->len == 0)
        return;
    document_heading(report->document, 1, _("Figures, as each reporter gave them"));
    if (figures->len > 0) {
        DocumentTable *table = document_table(
            report->document, 4, _("Figures for the last twelve months, whole country"));
        document_table_column(table, 0, 1.4, false, _("Kind"));
        document_table_column(table, 1, 2.7, false, _("According to"));
        document_table_column(table, 2, 2.1, false, _("Figure"));
        document_table_column(table, 3, 5.4, false, _("Period, and the reporter's note"));
        for (guint i = 0; i < figures->len; i++)
            figure_row(report, table, g_ptr_array_index(figures, i));
        g_autofree char *all = situation_number(report->picture->figures->len);
        document_text_printf(document_paragraph(report->document, NULL), DOCUMENT_QUIET,
                             _("Periods and definitions differ: rows must not be added up. All %s "
                               "figures of the case "
                               "stand in the CSV file that goes with this report."),
                             all);
    }
    Canvas *canvas = draw_executions(report->picture);
    if (canvas != NULL)
        document_figure(report->document, canvas,
                        _("Each mark is one reporter's figure; a vertical line is a range that the "
                          "reporter gave. Most figures are minimums."));
}

/* ---- what came in ---- */

enum { SOURCES_SHOWN = 20 };

void situation_came_in(Report *report)
{
    const Picture *p = report->picture;
    if (p->sources->len == 0)
        return;
    document_heading(report->document, 1, _("What came in"));
    DocumentTable *table = document_table(report->document, 3, _("Reports by source"));
    document_table_column(table, 0, 5, false, _("Source"));
    document_table_column(table, 1, 2, true, _("Reports"));
    document_table_column(table, 2, 3, false, _("Reliability (Admiralty scale)"));
    for (guint i = 0; i < MIN(p->sources->len, SOURCES_SHOWN); i++) {
        const PictureSource *source = &g_array_index(p->sources, PictureSource, i);
        g_autofree char *n = situation_number(source->reports);
        g_autofree char *grade = source->best == 0 ? g_strdup(_("not graded"))
                                 : source->best == source->worst
                                     ? g_strdup_printf("%c", source->best)
                                     : g_strdup_printf(_("%c to %c"), source->best, source->worst);
        DocumentText *name = document_cell(table, picture_reporter(source->name));
        situation_id(name, STORE_KIND_SOURCE, source->source_id);
        document_cell(table, n);
        document_cell(table, grade);
    }
    if (p->sources->len > SOURCES_SHOWN) {
        g_autofree char *more = situation_number(p->sources->len - SOURCES_SHOWN);
        document_text_printf(document_paragraph(report->document, NULL), DOCUMENT_QUIET,
                             _("and %s more sources."), more);
    }
    document_text_add(document_paragraph(report->document, NULL), DOCUMENT_QUIET,
                      _("Admiralty scale: A completely reliable, B usually reliable, C fairly "
                        "reliable, D not usually reliable, E unreliable, F cannot be judged. Each "
                        "grade was given by whoever entered the source."));
    Canvas *curve = draw_curve(p);
    if (curve != NULL)
        document_figure(report->document, curve,
                        _("Acts by the week (from Saturday) in which they began, each once however "
                          "many reports; recent weeks are not complete yet."));
    Canvas *map = draw_provinces(p, NULL);
    if (map != NULL)
        document_figure(report->document, map,
                        _("How much is reported from a province depends on who can report there; "
                          "an empty tile does not mean that nothing happened."));
}

/* ---- alarms ---- */

enum { ALARMS_SHOWN = 8 };

static void alarm_item(Report *report, const StoreAlarm *alarm, GPtrArray *weaknesses)
{
    g_autofree char *sentence = assess_alarm_sentence(report->store, alarm, i18n_language());
    DocumentText *item = document_item(report->document, NULL, sentence);
    situation_id(item, STORE_KIND_ALARM, alarm->id);
    char *weakness = assess_alarm_weakness(alarm, i18n_language());
    for (guint i = 0; i < weaknesses->len; i++)
        if (g_strcmp0(g_ptr_array_index(weaknesses, i), weakness) == 0)
            g_clear_pointer(&weakness, g_free);
    if (weakness != NULL)
        g_ptr_array_add(weaknesses, weakness);
}

bool situation_alarms(Report *report, GError **error)
{
    const Picture *p = report->picture;
    document_heading(report->document, 1, _("Alarms"));
    if (p->alarms->len == 0)
        document_paragraph(report->document, _("No watched series rings: no week stands above its "
                                               "bound. That is no proof that nothing happens."));
    g_autoptr(GPtrArray) weaknesses = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) told = assess_alarms_to_tell(p->alarms, ALARMS_SHOWN);
    if (p->alarms->len > ALARMS_SHOWN)
        document_paragraph(report->document,
                           _("The newest and the highest of each series, newest first."));
    for (guint i = 0; i < told->len; i++)
        alarm_item(report, g_ptr_array_index(told, i), weaknesses);
    if (p->alarms->len > ALARMS_SHOWN) {
        g_autofree char *more = situation_number(p->alarms->len - ALARMS_SHOWN);
        document_text_printf(document_paragraph(report->document, NULL), DOCUMENT_QUIET,
                             _("and %s more alarms."), more);
    }
    for (guint i = 0; i < weaknesses->len; i++)
        document_text_add(document_paragraph(report->document, NULL), DOCUMENT_QUIET,
                          g_ptr_array_index(weaknesses, i));
    g_autoptr(GError) why = NULL;
    Canvas *canvas = draw_series(report->store, p, 0, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (canvas != NULL) {
        DocumentText *caption =
            document_figure(report->document, canvas,
                            _("The series with the latest alarm, or the longest one; at most its "
                              "last three years."));
        situation_id(caption, STORE_KIND_SERIES, p->overview->series_id);
    }
    return true;
}
