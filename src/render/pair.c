/* Two statements side by side, and why they may be of one person. */
#include "render/pair.h"

#include "assess/assess.h"
#include "base/edtf.h"
#include "render/canvas.h"
#include "store/person.h"
#include <math.h>
#include <string.h>

char *render_pair_name(const IntakeReviewPair *pair)
{
    char left[STORE_ID_MAX], right[STORE_ID_MAX];
    return g_strconcat(store_id_format(STORE_KIND_STATEMENT, pair->left, left), "-",
                       store_id_format(STORE_KIND_STATEMENT, pair->right, right), NULL);
}

bool render_pair_parse(const char *text, gint64 *ret_left, gint64 *ret_right, GError **error)
{
    gsize cut = strcspn(text, "-,: ");
    gsize gap = strspn(text + cut, "-,: ");
    g_autofree char *left = g_strndup(text, cut);
    if (cut == 0 || gap == 0 || text[cut + gap] == '\0') {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("'%s' names no pair: give two statements, such as T4-T9."), text);
        return false;
    }
    StoreKind kind;
    return store_id_read(left, STORE_KIND_STATEMENT, &kind, ret_left, error) &&
           store_id_read(text + cut + gap, STORE_KIND_STATEMENT, &kind, ret_right, error);
}

const char *render_pair_field_title(const char *name)
{
    static const struct {
        const char *name, *title;
    } TITLES[] = {
        {"given", N_("given name")},     {"family", N_("family name")},
        {"father", N_("father's name")}, {"birth", N_("birth")},
        {"gender", N_("gender")},        {"place", N_("place")},
        {"date", N_("day of the act")},  {"national_id", N_("national number")},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(TITLES); i++)
        if (strcmp(TITLES[i].name, name) == 0)
            return i18n_get(TITLES[i].title);
    return name;
}

/* ---- both records ---- */

void render_pair_side_clear(RenderPairSide *side)
{
    store_statement_free(side->statement);
    store_report_free(side->report);
    store_source_free(side->source);
}
bool render_pair_side_load(Store *store, gint64 statement, RenderPairSide *side, GError **error)
{
    side->statement = store_statement_load(store, statement, error);
    side->report = side->statement != NULL
                       ? store_report_load(store, side->statement->report_id, error)
                       : NULL;
    if (side->report == NULL)
        return false;
    if (side->report->source_id != 0)
        side->source = store_source_load(store, side->report->source_id, error);
    return side->report->source_id == 0 || side->source != NULL;
}

static char *grades_of(const StoreReport *report)
{
    g_autofree char *letter =
        report->reliability != 0 ? g_strdup_printf("%c", report->reliability) : NULL;
    g_autofree char *number = report->credibility > 0 ? i18n_integer(report->credibility) : NULL;
    if (letter == NULL && number == NULL)
        return g_strdup(_("not graded"));
    return g_strdup_printf("%s%s%s", letter != NULL ? letter : "",
                           letter != NULL && number != NULL ? " " : "",
                           number != NULL ? number : "");
}

static char *age_of(const StoreStatement *statement)
{
    return statement->victim_age >= 0 ? i18n_integer(statement->victim_age) : NULL;
}

static char *date_of(const char *edtf_text)
{
    Edtf edtf;
    if (edtf_text == NULL)
        return NULL;
    if (!edtf_parse(edtf_text, CALENDAR_GREGORIAN, &edtf, NULL))
        return i18n_digits(edtf_text);
    return edtf_describe(&edtf);
}

static const char *gender_words(const char *gender)
{
    return strcmp(gender, "female") == 0 ? _("female")
           : strcmp(gender, "male") == 0 ? _("male")
                                         : gender;
}

/* As the gazetteer names it in the reader's language, with what it lies in (two towns of a name are
 * two places); as it was written when the gazetteer does not know it. */
static char *place_of(Store *store, const StoreStatement *statement)
{
    g_autoptr(GString) words = g_string_new(NULL);
    gint64 id = statement->place_id;
    for (int i = 0; i < 3 && id != 0; i++) {
        g_autoptr(StorePlace) place = store_place_load(store, id, NULL);
        if (place == NULL || (i > 0 && g_strcmp0(place->kind, "country") == 0))
            break;
        const bool persian = i18n_language() == I18N_PERSIAN;
        const char *first = persian ? place->name_fa : place->name_en;
        const char *name = first != NULL ? first : persian ? place->name_en : place->name_fa;
        if (name != NULL && !g_str_has_suffix(words->str, name))
            g_string_append_printf(words, "%s%s", words->len > 0 ? persian ? "، " : ", " : "",
                                   name);
        id = place->parent_id;
    }
    return words->len > 0 ? g_strdup(words->str) : g_strdup(statement->place_text);
}

char *render_pair_value(Store *store, const RenderPairSide *side, const char *name)
{
    const StoreStatement *s = side->statement;
    char id[STORE_ID_MAX];
    if (strcmp(name, "report") == 0)
        return g_strdup(store_id_format(STORE_KIND_REPORT, s->report_id, id));
    if (strcmp(name, "person") == 0)
        return s->victim_id != 0 ? g_strdup(store_id_format(STORE_KIND_PERSON, s->victim_id, id))
                                 : NULL;
    if (strcmp(name, "source") == 0)
        return side->source != NULL ? g_strdup(side->source->name) : NULL;
    if (strcmp(name, "grades") == 0)
        return grades_of(side->report);
    if (strcmp(name, "act_kind") == 0)
        return s->act_kind != NULL ? g_strdup(assess_kind_title(s->act_kind, i18n_language()))
                                   : NULL;
    if (strcmp(name, "event_date") == 0)
        return date_of(s->event_date);
    if (strcmp(name, "place") == 0)
        return place_of(store, s);
    if (strcmp(name, "victim_name") == 0)
        return g_strdup(s->victim_name);
    if (strcmp(name, "victim_father") == 0)
        return g_strdup(s->victim_father);
    if (strcmp(name, "victim_national_id") == 0)
        return g_strdup(s->victim_national_id);
    if (strcmp(name, "victim_birth") == 0)
        return date_of(s->victim_birth);
    if (strcmp(name, "victim_age") == 0)
        return age_of(s);
    if (strcmp(name, "victim_gender") == 0)
        return s->victim_gender != NULL ? g_strdup(gender_words(s->victim_gender)) : NULL;
    g_assert(strcmp(name, "victim_group") == 0);
    return g_strdup(s->victim_group);
}

const RenderPairRow RENDER_PAIR_ROWS[] = {
    {"victim_name", N_("name"), true},
    {"victim_father", N_("father's name"), true},
    {"victim_national_id", N_("national number"), true},
    {"victim_birth", N_("birth"), false},
    {"victim_age", N_("age"), false},
    {"victim_gender", N_("gender"), false},
    {"victim_group", N_("community or profession"), false},
    {"act_kind", N_("kind of act"), false},
    {"event_date", N_("day of the act"), false},
    {"place", N_("place"), false},
    {"source", N_("according to"), false},
    {"grades", N_("grades"), false},
    {"report", N_("report"), false},
    {"person", N_("counted as"), false},
    {NULL, NULL, false},
};

/* ---- SVG ---- */

enum { ROW_HEIGHT = 24, CHART_WIDTH = 640, BARS_AT = 250, BARS_END = 600, TOP = 16 };

typedef struct {
    Canvas *canvas;
    double zero, scale; /* of bits */
    double at;          /* bits so far */
    double y;
} Fall;

/* A bar from where the sum stood to where it stands now. */
static void fall_bar(Fall *fall, const char *title, double from, double to, bool sum)
{
    double x0 = fall->zero + fmin(from, to) * fall->scale,
           width = fmax(fabs(to - from) * fall->scale, 1);
    g_autofree char *size = i18n_decimal(fabs(to - from), 1);
    g_autofree char *label = g_strconcat(to < from ? "−" : "+", size, NULL);
    canvas_text(fall->canvas, INK_TEXT, 11, sum, ANCHOR_END, BARS_AT - 8, fall->y + 15, title);
    canvas_begin(fall->canvas, title);
    canvas_rectangle(fall->canvas,
                     sum         ? INK_TEXT
                     : to < from ? INK_SECOND
                                 : INK_MAIN,
                     INK_NONE, x0, fall->y + 4, width, ROW_HEIGHT - 8);
    canvas_end(fall->canvas);
    canvas_text(fall->canvas, INK_QUIET, 10, false, ANCHOR_START, x0 + width + 4, fall->y + 15,
                label);
    fall->y += ROW_HEIGHT;
}

char *render_pair_svg(const IntakeReviewPair *pair)
{
    double low = fmin(0, pair->prior_bits), high = 0, at = pair->prior_bits;
    guint n = 2;
    for (guint f = 0; f < pair->n_fields; f++) {
        at += pair->bits[f];
        low = fmin(low, at);
        high = fmax(high, at);
        n += pair->levels[f] != NULL;
    }
    g_autofree char *name = render_pair_name(pair);
    g_autofree char *percent = i18n_decimal(100 * pair->probability, 1);
    g_autofree char *title = g_strdup_printf(_("Why %s may be one person"), name);
    g_autofree char *what = g_strdup_printf(_("one person with a probability of %s%%"), percent);
    g_autoptr(Canvas) canvas =
        canvas_new(i18n_language(), CHART_WIDTH, TOP + (n + 1) * ROW_HEIGHT, title, what);
    Fall fall = {.canvas = canvas, .y = TOP};
    fall.scale = (BARS_END - BARS_AT) / fmax(high - low, 1);
    fall.zero = BARS_AT - low * fall.scale;
    canvas_line(canvas, INK_GRID, 1, 0, fall.zero, TOP, fall.zero, TOP + n * ROW_HEIGHT);
    fall_bar(&fall, _("before any field"), 0, pair->prior_bits, false);
    at = pair->prior_bits;
    for (guint f = 0; f < pair->n_fields; f++) {
        if (pair->levels[f] == NULL)
            continue;
        g_autofree char *line = g_strdup_printf(
            _("%s: %s"), render_pair_field_title(pair->fields[f]), i18n_get(pair->levels[f]));
        fall_bar(&fall, line, at, at + pair->bits[f], false);
        at += pair->bits[f];
    }
    fall_bar(&fall, _("together"), 0, pair->weight_bits, true);
    canvas_text(canvas, INK_QUIET, 10, false, ANCHOR_START, BARS_AT, fall.y + 12, what);
    return canvas_to_svg(canvas);
}
