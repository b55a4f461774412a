#include "cli/link_pair.h"

#include "render/pair.h"
#include "store/id.h"

#include <math.h>
#include <string.h>

enum { LABEL_WIDTH = 24, SIDE_WIDTH = 34, MOST_BLOCKS = 24 };

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

static void add_rows(Store *store, const RenderPairSide sides[2], GString *out)
{
    for (const RenderPairRow *row = RENDER_PAIR_ROWS; row->name != NULL; row++) {
        bool hidden = row->sealed && !store_unsealed(store);
        g_autofree char *left = hidden ? NULL : render_pair_value(store, &sides[0], row->name);
        g_autofree char *right = hidden ? NULL : render_pair_value(store, &sides[1], row->name);
        if (left == NULL && right == NULL && !hidden)
            continue;
        g_string_append(out, "  ");
        add_column(out, i18n_get(row->title), LABEL_WIDTH);
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
            add_bar(out, render_pair_field_title(pair->fields[f]), level_words(pair, f),
                    pair->bits[f]);
    g_autofree char *percent = i18n_decimal(100 * pair->probability, 1);
    g_autofree char *sum = g_strdup_printf(_("one person with a probability of %s%%"), percent);
    add_bar(out, _("together"), sum, pair->weight_bits);
}

char *link_pair_words(Store *store, const IntakeReviewPair *pair, GError **error)
{
    g_auto(RenderPairSide) left = {0}, right = {0};
    if (!render_pair_side_load(store, pair->left, &left, error) ||
        !render_pair_side_load(store, pair->right, &right, error))
        return NULL;
    const RenderPairSide sides[2] = {left, right};
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

static json_t *side_json(Store *store, const RenderPairSide *side)
{
    char id[STORE_ID_MAX];
    json_t *object = json_object(), *sealed = json_array();
    json_object_set_new(
        object, "statement",
        json_string(store_id_format(STORE_KIND_STATEMENT, side->statement->id, id)));
    for (const RenderPairRow *row = RENDER_PAIR_ROWS; row->name != NULL; row++) {
        if (row->sealed && !store_unsealed(store)) {
            json_array_append_new(sealed, json_string(row->name));
            continue;
        }
        g_autofree char *value =
            strcmp(row->name, "event_date") == 0     ? g_strdup(side->statement->event_date)
            : strcmp(row->name, "victim_birth") == 0 ? g_strdup(side->statement->victim_birth)
            : strcmp(row->name, "act_kind") == 0     ? g_strdup(side->statement->act_kind)
                                                     : render_pair_value(store, side, row->name);
        if (value != NULL)
            json_object_set_new(object, row->name, json_string(value));
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
    g_auto(RenderPairSide) left = {0}, right = {0};
    if (!render_pair_side_load(store, pair->left, &left, error) ||
        !render_pair_side_load(store, pair->right, &right, error))
        return NULL;
    g_autofree char *name = render_pair_name(pair);
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
