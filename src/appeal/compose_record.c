/* appeal/compose_record.c: what is reported now and what was reported of earlier crises, each
 * reporter's own figure beside the others', never added up. */
#include "appeal/compose.h"

#include "assess/assess.h"
#include "base/edtf.h"
#include "base/i18n.h"
#include "store/person.h"
#include "text/dates.h"
#include <math.h>
#include <string.h>

enum {
    CURRENT_DAYS = 548, /* a crisis that ended longer ago is history */
    MAX_REPORTERS = 4,  /* of one kind in one crisis; the lowest and the highest always stand */
    LATE_DAYS = 1,      /* a count that begins later than the crisis is of a part of it */
    YEARS_SHOWN = 2,
};

static const struct {
    const char *kind, *title;
    bool running; /* counted from the crisis' beginning on */
} KINDS[] = {
    {"killing", N_("Persons killed"), true},
    {"execution", N_("Executions"), false},
    {"arrest", N_("Arrests"), true},
    {"summons", N_("Summonses"), true},
    {"enforced_disappearance", N_("Enforced disappearances"), true},
    {"death_in_custody", N_("Deaths in custody"), false},
};

/* ---- which figures ---- */

/* Last day that the text of a source names; G_MININT32 none. A letter of an earlier day must not
 * quote what was published after it. */
static gint32 published(const char *source)
{
    g_auto(TextDates) dates = {0};
    gint32 last = G_MININT32;
    if (source == NULL || !text_dates_find(source, strlen(source), NULL, &dates, NULL))
        return last;
    for (gsize i = 0; i < dates.n; i++)
        if (dates.dates[i].edtf[0] != '\0' && dates.dates[i].precision >= EDTF_MONTH)
            last = MAX(last, dates.dates[i].first_day);
    return last;
}

/* Of the whole country: without a place, or with the country itself (ISO 3166-1). */
static bool whole_country(Compose *compose, const StoreFigure *figure)
{
    if (figure->place_id == 0)
        return true;
    g_autoptr(StorePlace) place = store_place_load(compose->store, figure->place_id, NULL);
    return place != NULL && place->iso != NULL && strchr(place->iso, '-') == NULL;
}

/* A remark such as "of Kurds" says that a part was counted, not the whole; "As reported" and
 * "Other estimates" are nobody: whoever reads a letter cannot ask them. */
static bool of_a_part(const StoreFigure *figure)
{
    const char *note = figure->note;
    return strcmp(figure->reporter, "As reported") == 0 ||
           strcmp(figure->reporter, "Other estimates") == 0 ||
           (note != NULL && ((g_str_has_prefix(note, "of ") && note[3] != '"') ||
                             strstr(note, "(part of") != NULL));
}

static double floor_of(const StoreFigure *figure)
{
    return isnan(figure->low) ? 0 : figure->low;
}

static bool usable(Compose *compose, const StoreFigure *figure)
{
    return figure->reporter != NULL && !of_a_part(figure) && figure->first_day <= compose->day &&
           figure->last_day <= compose->day && !(isnan(figure->low) && isnan(figure->high)) &&
           published(figure->source) <= compose->day && whole_country(compose, figure);
}

/* The figures of one kind, one a reporter: the highest it gave, which for running counts is the
 * newest and leaves out parts of a whole. By size, at most MAX_REPORTERS. Borrowed. */
static gint by_size(gconstpointer a, gconstpointer b)
{
    const StoreFigure *left = *(const StoreFigure *const *)a;
    const StoreFigure *right = *(const StoreFigure *const *)b;
    if (floor_of(left) < floor_of(right) || floor_of(left) > floor_of(right))
        return floor_of(left) < floor_of(right) ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static GPtrArray *choose(Compose *compose, GPtrArray *figures, const char *kind, gint32 year,
                         gint32 begins_by)
{
    GPtrArray *chosen = g_ptr_array_new();
    for (guint i = 0; i < figures->len; i++) {
        const StoreFigure *figure = figures->pdata[i];
        int y, m, d;
        edtf_day_to_gregorian(figure->first_day, &y, &m, &d);
        if (g_strcmp0(figure->kind, kind) != 0 || (year != 0 && y != year) ||
            figure->first_day > begins_by || !usable(compose, figure))
            continue;
        bool placed = false;
        for (guint k = 0; k < chosen->len && !placed; k++) {
            const StoreFigure *other = chosen->pdata[k];
            if (strcmp(other->reporter, figure->reporter) != 0)
                continue;
            placed = true;
            if (floor_of(figure) > floor_of(other))
                chosen->pdata[k] = (gpointer)figure;
        }
        if (!placed)
            g_ptr_array_add(chosen, (gpointer)figure);
    }
    g_ptr_array_sort(chosen, by_size);
    while (chosen->len > MAX_REPORTERS)
        g_ptr_array_remove_index(chosen, chosen->len / 2);
    return chosen;
}

/* ---- how they are said ---- */

static char *amount(const StoreFigure *figure)
{
    if (isnan(figure->low)) {
        g_autofree char *high = i18n_integer((gint64)figure->high);
        return g_strdup_printf(_("at most %s"), high);
    }
    g_autofree char *low = i18n_integer((gint64)figure->low);
    bool range = !isnan(figure->high) && figure->high > figure->low;
    if (range && figure->low <= 0) {
        g_autofree char *high = i18n_integer((gint64)figure->high);
        return g_strdup_printf(_("fewer than %s"), high);
    }
    if (range) {
        g_autofree char *high = i18n_integer((gint64)figure->high);
        return g_strdup_printf(_("between %s and %s"), low, high);
    }
    return figure->at_least || isnan(figure->high) ? g_strdup_printf(_("at least %s"), low)
                                                   : g_strdup(low);
}

static const char *kind_title(const char *kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++)
        if (strcmp(KINDS[i].kind, kind) == 0)
            return i18n_get(KINDS[i].title);
    return kind;
}

/* "Hengaw: at least 900, up to 5 July 2025[^3]"; without the day where it is `whole`, the last
 * of the span spoken of (G_MAXINT32: never with it). */
static void append_figure(Compose *compose, const StoreFigure *figure, gint32 whole, GString *text)
{
    const char *reporter = assess_reporter_title(figure->reporter, compose->options->language);
    g_autofree char *number = amount(figure);
    g_autofree char *day = compose_day(compose, figure->last_day);
    g_autofree char *source =
        figure->note != NULL
            ? g_strdup_printf("%s (%s)", figure->source, compose_word(compose, figure->note))
            : g_strdup(figure->source);
    g_autofree char *what =
        g_strdup_printf(_("%s: %s, %s"), kind_title(figure->kind), reporter, number);
    const char *call = compose_cite(compose, STORE_KIND_FIGURE, figure->id,
                                    source != NULL ? source : "", figure->verified, what);
    if (text->len > 0)
        g_string_append(text, _("; "));
    if (whole != G_MAXINT32 && figure->last_day != whole)
        g_string_append_printf(text, _("%s: %s, up to %s%s"), reporter, number, day, call);
    else
        g_string_append_printf(text, _("%s: %s%s"), reporter, number, call);
}

static char *figures_text(Compose *compose, GPtrArray *chosen, gint32 whole)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < chosen->len; i++)
        append_figure(compose, chosen->pdata[i], whole, text);
    return g_string_free(text, FALSE);
}

/* ---- crises ---- */

static bool is_current(const Compose *compose, const StoreCrisis *crisis)
{
    return crisis->last_day >= compose->day - CURRENT_DAYS;
}

/* Words for a letter where we have written some; the crisis' own otherwise. */
static char *crisis_text(Compose *compose, const StoreCrisis *crisis)
{
    gssize row = crisis->code != NULL ? compose_row(compose->history, "crisis", crisis->code) : -1;
    const char *column = compose_persian(compose) ? "text_fa" : "text_en";
    const char *text = row >= 0 ? csv_table_cell(compose->history, (gsize)row,
                                                 csv_table_column(compose->history, column))
                                : compose_choose(compose, crisis->text, crisis->text_fa);
    const char *name = compose_choose(compose, crisis->name, crisis->name_fa);
    const char *call =
        compose_cite(compose, STORE_KIND_CRISIS, crisis->id,
                     crisis->source != NULL ? crisis->source : "", crisis->verified, name);
    return g_strdup_printf("%s%s", text != NULL ? text : name, call);
}

static bool add_current(Compose *compose, const StoreCrisis *crisis, GError **error)
{
    g_autoptr(GPtrArray) figures =
        store_figure_list_by_crisis(compose->store, crisis->id, NULL, error);
    if (figures == NULL)
        return false;
    bool told = false;
    for (gsize k = 0; k < G_N_ELEMENTS(KINDS); k++) {
        gint32 by = KINDS[k].running ? crisis->first_day + LATE_DAYS : G_MAXINT32;
        g_autoptr(GPtrArray) chosen = choose(compose, figures, KINDS[k].kind, 0, by);
        if (chosen->len == 0)
            continue;
        if (!told) {
            g_autofree char *text = crisis_text(compose, crisis);
            letter_draft_part(compose->draft, APPEAL_PARAGRAPH, 0, text);
            told = true;
        }
        g_autofree char *numbers = figures_text(compose, chosen, G_MININT32);
        g_autofree char *item = g_strdup_printf(_("%s – %s."), i18n_get(KINDS[k].title), numbers);
        letter_draft_part(compose->draft, APPEAL_ITEM, 0, item);
    }
    return true;
}

/* Yearly figures that belong to no crisis: the newest years that anyone reported. */
static bool add_years(Compose *compose, GError **error)
{
    g_autoptr(GPtrArray) figures = store_figure_list_by_crisis(compose->store, 0, NULL, error);
    if (figures == NULL)
        return false;
    int year, month, day;
    edtf_day_to_gregorian(compose->day, &year, &month, &day);
    bool told = false;
    for (gint32 y = year, shown = 0; y > year - 5 && shown < YEARS_SHOWN; y--) {
        g_autoptr(GPtrArray) chosen = choose(compose, figures, "execution", y, G_MAXINT32);
        if (chosen->len == 0)
            continue;
        if (!told)
            letter_draft_part(compose->draft, APPEAL_PARAGRAPH, 0,
                              _("Executions in the country as a whole, year by year, as each "
                                "reporter published them:"));
        told = true;
        shown++;
        g_autofree char *numbers =
            figures_text(compose, chosen, edtf_day_from_gregorian(y, 12, 31));
        g_autofree char *plain = g_strdup_printf("%d", y), *number = i18n_digits(plain);
        g_autofree char *item = g_strdup_printf(_("%s – %s."), number, numbers);
        letter_draft_part(compose->draft, APPEAL_ITEM, 0, item);
    }
    return true;
}

static bool add_past(Compose *compose, const StoreCrisis *crisis, GError **error)
{
    g_autoptr(GPtrArray) figures =
        store_figure_list_by_crisis(compose->store, crisis->id, NULL, error);
    if (figures == NULL)
        return false;
    g_autofree char *text = crisis_text(compose, crisis);
    GString *item = g_string_new(text);
    for (gsize k = 0; k < 2; k++) { /* killed, executed */
        g_autoptr(GPtrArray) chosen = choose(compose, figures, KINDS[k].kind, 0, G_MAXINT32);
        g_autofree char *numbers = figures_text(compose, chosen, G_MAXINT32);
        if (chosen->len > 0)
            g_string_append_printf(item, _(" %s – %s."), i18n_get(KINDS[k].title), numbers);
    }
    const char *found = compose_choose(compose, crisis->accountability, crisis->accountability_fa);
    if (found != NULL)
        g_string_append_printf(item, " %s", found);
    letter_draft_part(compose->draft, APPEAL_ITEM, 0, item->str);
    g_string_free(item, TRUE);
    return true;
}

static gint by_first_day(gconstpointer a, gconstpointer b)
{
    const StoreCrisis *left = *(const StoreCrisis *const *)a;
    const StoreCrisis *right = *(const StoreCrisis *const *)b;
    if (left->first_day != right->first_day)
        return left->first_day < right->first_day ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

bool compose_reported(Compose *compose, GError **error)
{
    g_autoptr(GPtrArray) crises = store_crisis_list(compose->store, NULL, error);
    if (crises == NULL)
        return false;
    g_ptr_array_sort(crises, by_first_day);
    gint64 figures = store_figure_count(compose->store, error);
    if (figures < 0)
        return false;
    if (figures > 0) {
        letter_draft_part(compose->draft, APPEAL_HEADING, 0, _("What is reported"));
        letter_draft_part(
            compose->draft, APPEAL_PARAGRAPH, 0,
            _("The figures in this letter are those of the bodies named, each its own. Where they "
              "differ they stand side by side; we have neither added nor averaged them. The notes "
              "name the source of each figure and, in brackets, the record on which it rests."));
        for (guint i = 0; i < crises->len; i++) {
            const StoreCrisis *crisis = crises->pdata[i];
            if (crisis->first_day <= compose->day && is_current(compose, crisis) &&
                !add_current(compose, crisis, error))
                return false;
        }
        if (!add_years(compose, error))
            return false;
    }
    bool told = false;
    for (guint i = 0; i < crises->len; i++) {
        const StoreCrisis *crisis = crises->pdata[i];
        if (crisis->first_day > compose->day || is_current(compose, crisis) ||
            crisis->code == NULL || compose_row(compose->history, "crisis", crisis->code) < 0)
            continue;
        if (!told) {
            letter_draft_part(compose->draft, APPEAL_HEADING, 0, _("What happened before"));
            letter_draft_part(compose->draft, APPEAL_PARAGRAPH, 0,
                              _("What was recorded of earlier crises shows why early action "
                                "matters:"));
            told = true;
        }
        if (!add_past(compose, crisis, error))
            return false;
    }
    return true;
}
