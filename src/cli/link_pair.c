#include "cli/link_pair.h"

#include "base/edtf.h"
#include "cli/case_record.h"
#include "render/canvas.h"
#include "store/id.h"
#include "store/person.h"
#include "store/report.h"

#include <math.h>
#include <string.h>

enum { LABEL_WIDTH = 24, SIDE_WIDTH = 34, MOST_BLOCKS = 24 };

char *link_pair_name(const IntakeReviewPair *pair)
{
    char left[STORE_ID_MAX], right[STORE_ID_MAX];
    return g_strconcat(store_id_format(STORE_KIND_STATEMENT, pair->left, left), "-",
                       store_id_format(STORE_KIND_STATEMENT, pair->right, right), NULL);
}

bool link_pair_parse(const char *text, gint64 *ret_left, gint64 *ret_right, GError **error)
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

const char *link_field_title(const char *name)
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

typedef struct {
    StoreStatement *statement;
    StoreReport *report;
    StoreSource *source; /* NULL: none */
} Side;

static void side_clear(Side *side)
{
    store_statement_free(side->statement);
    store_report_free(side->report);
    store_source_free(side->source);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Side, side_clear)

static bool side_load(Store *store, gint64 statement, Side *side, GError **error)
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

typedef enum { PLAIN, SEALED } Kind;

/* The rows of the comparison: a name for machines, a title, and one side's value. */
static char *row_value(Store *store, const Side *side, const char *name)
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
        return s->act_kind != NULL ? g_strdup(case_word(s->act_kind)) : NULL;
    if (strcmp(name, "event_date") == 0)
        return date_of(s->event_date);
    if (strcmp(name, "place") == 0) {
        g_autoptr(StorePlace) place =
            s->place_id != 0 ? store_place_load(store, s->place_id, NULL) : NULL;
        if (s->place_text != NULL || place == NULL)
            return g_strdup(s->place_text);
        return g_strdup(i18n_language() == I18N_PERSIAN && place->name_fa != NULL ? place->name_fa
                                                                                  : place->name_en);
    }
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
        return s->victim_gender != NULL ? g_strdup(case_word(s->victim_gender)) : NULL;
    g_assert(strcmp(name, "victim_group") == 0);
    return g_strdup(s->victim_group);
}

static const struct {
    const char *name, *title;
    Kind kind;
} ROWS[] = {
    {"victim_name", N_("name"), SEALED},
    {"victim_father", N_("father's name"), SEALED},
    {"victim_national_id", N_("national number"), SEALED},
    {"victim_birth", N_("birth"), PLAIN},
    {"victim_age", N_("age"), PLAIN},
    {"victim_gender", N_("gender"), PLAIN},
    {"victim_group", N_("community or profession"), PLAIN},
    {"act_kind", N_("kind of act"), PLAIN},
    {"event_date", N_("day of the act"), PLAIN},
    {"place", N_("place"), PLAIN},
    {"source", N_("according to"), PLAIN},
    {"grades", N_("grades"), PLAIN},
    {"report", N_("report"), PLAIN},
    {"person", N_("counted as"), PLAIN},
};

/* ---- words ---- */

static glong width_of(const char *text)
{
    glong width = 0;
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        width += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return width;
}

/* A text in a column: cut where it is too long, filled with blanks where short. */
static void add_column(GString *out, const char *text, glong width)
{
    glong used = 0;
    for (; *text != '\0' && used < width - 2; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        used += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
        g_string_append_unichar(out, c < 32 ? ' ' : c);
    }
    if (*text != '\0') {
        g_string_append(out, "…");
        used++;
    }
    for (; used < width; used++)
        g_string_append_c(out, ' ');
}

static void add_rows(Store *store, const Side sides[2], GString *out)
{
    for (gsize r = 0; r < G_N_ELEMENTS(ROWS); r++) {
        bool hidden = ROWS[r].kind == SEALED && !store_unsealed(store);
        g_autofree char *left = hidden ? NULL : row_value(store, &sides[0], ROWS[r].name);
        g_autofree char *right = hidden ? NULL : row_value(store, &sides[1], ROWS[r].name);
        if (left == NULL && right == NULL && !hidden)
            continue;
        g_string_append(out, "  ");
        add_column(out, i18n_get(ROWS[r].title), LABEL_WIDTH);
        add_column(out, hidden ? _("(sealed)") : left != NULL ? left : "–", SIDE_WIDTH);
        g_string_append(out, hidden ? _("(sealed)") : right != NULL ? right : "–");
        g_string_append_c(out, '\n');
    }
}

static void add_bar(GString *out, const char *title, const char *said, double bits)
{
    g_autofree char *line = g_strdup_printf(_("%s: %s"), title, said);
    g_autofree char *size = i18n_decimal(fabs(bits), 1);
    double blocks = fmin(fabs(bits), MOST_BLOCKS);
    g_string_append(out, "  ");
    add_column(out, line, LABEL_WIDTH + SIDE_WIDTH - 12);
    for (glong w = width_of(size); w < 5; w++)
        g_string_append_c(out, ' ');
    g_string_append_printf(out, "%s%s  ", bits < 0 ? "−" : "+", size);
    for (int b = 0; b < (int)lrint(blocks); b++)
        g_string_append(out, bits < 0 ? "▒" : "█");
    g_string_append_c(out, '\n');
}

static const char *level_words(const IntakeReviewPair *pair, guint f)
{
    return pair->levels[f] != NULL ? i18n_get(pair->levels[f]) : _("one of them says nothing");
}

static void add_waterfall(const IntakeReviewPair *pair, GString *out)
{
    if (isnan(pair->weight_bits)) {
        g_string_append_printf(out, "%s\n", _("The two were never compared: no weights."));
        return;
    }
    g_string_append_printf(out, "%s\n",
                           _("What each field says, in bits (each doubles or halves the odds):"));
    add_bar(out, _("before any field"), _("two statements at random"), pair->prior_bits);
    for (guint f = 0; f < pair->n_fields; f++)
        if (pair->levels[f] != NULL)
            add_bar(out, link_field_title(pair->fields[f]), level_words(pair, f), pair->bits[f]);
    g_autofree char *percent = i18n_decimal(100 * pair->probability, 1);
    g_autofree char *sum = g_strdup_printf(_("one person with a probability of %s%%"), percent);
    add_bar(out, _("together"), sum, pair->weight_bits);
}

char *link_pair_words(Store *store, const IntakeReviewPair *pair, GError **error)
{
    g_auto(Side) left = {0}, right = {0};
    if (!side_load(store, pair->left, &left, error) ||
        !side_load(store, pair->right, &right, error))
        return NULL;
    const Side sides[2] = {left, right};
    char l[STORE_ID_MAX], r[STORE_ID_MAX], p[STORE_ID_MAX];
    GString *out = g_string_new("  ");
    add_column(out, "", LABEL_WIDTH);
    add_column(out, store_id_format(STORE_KIND_STATEMENT, pair->left, l), SIDE_WIDTH);
    g_string_append_printf(out, "%s\n", store_id_format(STORE_KIND_STATEMENT, pair->right, r));
    add_rows(store, sides, out);
    if (pair->left_person == pair->right_person && pair->left_person != 0)
        g_string_append_printf(out, _("They are one person now, %s; “different” parts them."),
                               store_id_format(STORE_KIND_PERSON, pair->left_person, p));
    else
        g_string_append(out, _("They are two persons now; “same” makes them one."));
    g_string_append_c(out, '\n');
    add_waterfall(pair, out);
    return g_string_free(out, FALSE);
}

/* ---- JSON ---- */

static json_t *side_json(Store *store, const Side *side)
{
    char id[STORE_ID_MAX];
    json_t *object = json_object(), *sealed = json_array();
    json_object_set_new(
        object, "statement",
        json_string(store_id_format(STORE_KIND_STATEMENT, side->statement->id, id)));
    for (gsize r = 0; r < G_N_ELEMENTS(ROWS); r++) {
        if (ROWS[r].kind == SEALED && !store_unsealed(store)) {
            json_array_append_new(sealed, json_string(ROWS[r].name));
            continue;
        }
        g_autofree char *value =
            strcmp(ROWS[r].name, "event_date") == 0     ? g_strdup(side->statement->event_date)
            : strcmp(ROWS[r].name, "victim_birth") == 0 ? g_strdup(side->statement->victim_birth)
            : strcmp(ROWS[r].name, "act_kind") == 0     ? g_strdup(side->statement->act_kind)
                                                        : row_value(store, side, ROWS[r].name);
        if (value != NULL)
            json_object_set_new(object, ROWS[r].name, json_string(value));
    }
    json_object_set_new(object, "sealed", sealed);
    return object;
}

static void set_real(json_t *object, const char *name, double value)
{
    if (!isnan(value))
        json_object_set_new(object, name, json_real(value));
}

json_t *link_pair_json(Store *store, const IntakeReviewPair *pair, GError **error)
{
    g_auto(Side) left = {0}, right = {0};
    if (!side_load(store, pair->left, &left, error) ||
        !side_load(store, pair->right, &right, error))
        return NULL;
    g_autofree char *name = link_pair_name(pair);
    json_t *object = json_object(), *fields = json_array();
    json_object_set_new(object, "pair", json_string(name));
    json_object_set_new(
        object, "one_person",
        json_boolean(pair->left_person != 0 && pair->left_person == pair->right_person));
    set_real(object, "probability", pair->probability);
    set_real(object, "weight_bits", pair->weight_bits);
    set_real(object, "prior_bits", pair->prior_bits);
    set_real(object, "uncertainty_bits", pair->uncertainty);
    set_real(object, "effect_pairs", pair->effect);
    set_real(object, "worth", pair->worth);
    for (guint f = 0; f < pair->n_fields; f++) {
        json_t *field = json_object();
        json_object_set_new(field, "field", json_string(pair->fields[f]));
        json_object_set_new(field, "level",
                            pair->levels[f] != NULL ? json_string(pair->levels[f]) : json_null());
        json_object_set_new(field, "bits", json_real(pair->bits[f]));
        json_array_append_new(fields, field);
    }
    json_object_set_new(object, "fields", fields);
    json_object_set_new(object, "left", side_json(store, &left));
    json_object_set_new(object, "right", side_json(store, &right));
    return object;
}

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

char *link_pair_svg(const IntakeReviewPair *pair)
{
    double low = fmin(0, pair->prior_bits), high = 0, at = pair->prior_bits;
    guint n = 2;
    for (guint f = 0; f < pair->n_fields; f++) {
        at += pair->bits[f];
        low = fmin(low, at);
        high = fmax(high, at);
        n += pair->levels[f] != NULL;
    }
    g_autofree char *name = link_pair_name(pair);
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
        g_autofree char *line = g_strdup_printf(_("%s: %s"), link_field_title(pair->fields[f]),
                                                i18n_get(pair->levels[f]));
        fall_bar(&fall, line, at, at + pair->bits[f], false);
        at += pair->bits[f];
    }
    fall_bar(&fall, _("together"), 0, pair->weight_bits, true);
    canvas_text(canvas, INK_QUIET, 10, false, ANCHOR_START, BARS_AT, fall.y + 12, what);
    return canvas_to_svg(canvas);
}
