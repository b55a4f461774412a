/* The report of `zenhar link`: figures, tables and inline SVG, no script, nothing fetched. Records
 * are named by their ids; their values stay where they are. */
#include "cli/link_report.h"

#include "base/i18n.h"
#include "cli/cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void text(GString *out, const char *raw)
{
    g_autofree char *valid = g_utf8_make_valid(raw, -1);
    for (char *at = valid; *at != '\0'; at++)
        if ((unsigned char)*at < 32)
            *at = ' ';
    g_autofree char *safe = g_markup_escape_text(valid, -1);
    g_string_append(out, safe);
}

static void element(GString *out, const char *name, const char *raw)
{
    g_string_append_printf(out, "<%s>", name);
    text(out, raw);
    g_string_append_printf(out, "</%s>\n", name);
}

static void number(GString *out, const char *format, double x)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(out, g_ascii_formatd(buffer, sizeof buffer, format, x));
}

/* A number for people: in Persian its own digits and decimal sign. Transfers. */
static char *localized(const char *number)
{
    g_autofree char *digits = i18n_digits(number);
    if (i18n_language() != I18N_PERSIAN)
        return g_steal_pointer(&digits);
    g_auto(GStrv) parts = g_strsplit(digits, ".", 2);
    return g_strjoinv("٫", parts);
}

/* Its sign stands before it in either direction. */
static void shown_number(GString *out, const char *format, double x)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *digits = localized(g_ascii_formatd(buffer, sizeof buffer, format, x));
    g_string_append_printf(out, "<bdi dir=ltr>%s</bdi>", digits);
}

static void number_cell(GString *out, const char *format, double x)
{
    g_string_append(out, "<td class=n>");
    shown_number(out, format, x);
    g_string_append(out, "</td>");
}

static void cell(GString *out, const char *raw)
{
    g_string_append(out, "<td><bdi>");
    text(out, raw);
    g_string_append(out, "</bdi></td>");
}

static void head_row(GString *out, const char *const *names)
{
    g_string_append(out, "<table><thead><tr>");
    for (; *names != NULL; names++)
        element(out, "th", *names);
    g_string_append(out, "</tr></thead><tbody>\n");
}

static void svg_open(GString *out, int width, int height, const char *title)
{
    g_string_append_printf(out, "<svg dir=ltr viewBox=\"0 0 %d %d\" width=%d height=%d role=img>\n",
                           width, height, width, height);
    element(out, "title", title);
}

static void svg_text(GString *out, double x, double y, const char *anchor, const char *raw)
{
    g_string_append(out, "<text x=\"");
    number(out, "%.1f", x);
    g_string_append(out, "\" y=\"");
    number(out, "%.1f", y);
    g_string_append_printf(out, "\" text-anchor=%s>", anchor);
    text(out, raw);
    g_string_append(out, "</text>\n");
}

static void svg_bar(GString *out, double x, double y, double width, double height,
                    const char *class)
{
    g_string_append_printf(out, "<rect class=%s x=\"", class);
    number(out, "%.1f", x);
    g_string_append(out, "\" y=\"");
    number(out, "%.1f", y);
    g_string_append(out, "\" width=\"");
    number(out, "%.1f", fmax(width, 0.5));
    g_string_append(out, "\" height=\"");
    number(out, "%.1f", height);
    g_string_append(out, "\"/>\n");
}

/* A bar from zero in the middle: to the right for, to the left against. */
static void weight_bar(GString *out, double bits, double most, double y)
{
    double length = fmin(fabs(bits), most) / most * 190;
    svg_bar(out, bits >= 0 ? 420 : 420 - length, y, length, 13, bits >= 0 ? "for" : "against");
    char label[G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *digits = localized(g_ascii_formatd(label, sizeof label, "%+.1f", bits));
    svg_text(out, bits >= 0 ? 424 + length : 416 - length, y + 11, bits >= 0 ? "start" : "end",
             digits);
}

static void blocking_section(GString *out, const LinkPrepared *prepared, const LinkConfig *config)
{
    element(out, "h2", _("Which pairs were compared"));
    const char *const heads[] = {_("Rule"), _("Equal keys"), _("Pairs"), _("Largest block"), NULL};
    head_row(out, heads);
    for (unsigned r = 0; r < config->n_rules; r++) {
        const LinkRule *rule = &config->rules[r];
        g_autoptr(GString) keys = g_string_new(rule->n_keys == 0 ? _("every pair") : "");
        for (unsigned k = 0; k < rule->n_keys; k++)
            g_string_append_printf(keys, "%s%s:%s", k > 0 ? " + " : "",
                                   config->fields[rule->keys[k].field].name,
                                   link_part_name(rule->keys[k].part));
        g_string_append_printf(out, "<tr><td class=n>%u</td>", r + 1);
        cell(out, keys->str);
        number_cell(out, "%.0f", (double)rule->pairs);
        number_cell(out, "%.0f", rule->largest);
        g_string_append(out, "</tr>\n");
    }
    g_string_append(out, "</tbody></table>\n");
    g_autofree char *unlinkable = i18n_integer((gint64)link_prepared_n_unlinkable(prepared));
    g_autofree char *sentence =
        g_strdup_printf(_("Records that no rule brings together with any other: %s."), unlinkable);
    element(out, "p", sentence);
}

static void model_section(GString *out, const LinkConfig *config, const LinkModel *model)
{
    element(out, "h2", _("What each agreement says"));
    element(out, "p",
            _("In bits: each bit doubles the odds that two records are the same; below zero it "
              "halves them. "
              "Rare values weigh more than shown here."));
    unsigned n = 0;
    double most = 1;
    for (unsigned f = 0; f < config->n_fields; f++)
        for (unsigned level = 1; level < LINK_MAX_LEVELS; level++)
            if (link_level_name(config->fields[f].kind, level) != NULL) {
                most = fmax(most, fabs(link_model_weight(model, f, level)));
                n++;
            }
    svg_open(out, 680, (int)(n * 17 + config->n_fields * 10 + 10), _("What each agreement says"));
    double y = 4;
    for (unsigned f = 0; f < config->n_fields; f++, y += 10)
        for (unsigned level = LINK_MAX_LEVELS - 1; level >= 1; level--) {
            const char *name = link_level_name(config->fields[f].kind, level);
            if (name == NULL)
                continue;
            if (level == LINK_MAX_LEVELS - 1)
                svg_text(out, 4, y + 11, "start", config->fields[f].name);
            svg_text(out, 225, y + 11, "end", _(name));
            weight_bar(out, link_model_weight(model, f, level), most, y);
            y += 17;
        }
    g_string_append(out, "</svg>\n");
    const char *const heads[] = {_("Field"),         _("Level"), _("m (same)"),
                                 _("u (different)"), _("Bits"),  NULL};
    head_row(out, heads);
    for (unsigned f = 0; f < config->n_fields; f++)
        for (unsigned level = LINK_MAX_LEVELS - 1; level >= 1; level--) {
            const char *name = link_level_name(config->fields[f].kind, level);
            if (name == NULL)
                continue;
            g_string_append(out, "<tr>");
            cell(out, config->fields[f].name);
            cell(out, _(name));
            number_cell(out, "%.5f", model->m[f][level]);
            number_cell(out, "%.3g", model->u[f][level]);
            number_cell(out, "%+.2f", link_model_weight(model, f, level));
            g_string_append(out, "</tr>\n");
        }
    g_string_append(out, "</tbody></table>\n");
}

static void histogram_section(GString *out, const LinkResult *result, double threshold)
{
    enum { BINS = 50 };
    double counts[BINS] = {0}, low = -8, high = 42, most = 1;
    for (size_t p = 0; p < result->n_pairs; p++) {
        double at = ((double)result->pairs[p].weight_bits - low) / (high - low) * BINS;
        counts[(int)CLAMP(at, 0, BINS - 1)]++;
    }
    for (int b = 0; b < BINS; b++)
        most = fmax(most, counts[b]);
    element(out, "h2", _("Weights of the pairs that were kept"));
    svg_open(out, 680, 180, _("Weights of the pairs that were kept"));
    for (int b = 0; b < BINS; b++)
        if (counts[b] > 0)
            svg_bar(out, 20 + b * 12.8, 150 - counts[b] / most * 140, 11, counts[b] / most * 140,
                    "for");
    double bits = log2(fmin(threshold, 1 - 1e-9) / (1 - fmin(threshold, 1 - 1e-9)));
    svg_bar(out, 20 + (bits - low) / (high - low) * BINS * 12.8, 10, 1, 140, "mark");
    for (int tick = -8; tick <= 40; tick += 8) {
        char raw[16];
        g_snprintf(raw, sizeof raw, "%d", tick);
        g_autofree char *label = i18n_digits(raw);
        svg_text(out, 20 + (tick - low) / (high - low) * BINS * 12.8, 166, "middle", label);
    }
    g_string_append(out, "</svg>\n");
}

/* Bits to places: the waterfall's lowest and highest point at the ends. */
typedef struct {
    double low, high;
} Scale;

static double scale_x(const Scale *scale, double bits)
{
    return 250 + (bits - scale->low) / fmax(scale->high - scale->low, 1) * 370;
}

/* From where the fields above have led to where this one leads. */
static void step_bar(GString *out, const Scale *scale, double from, double to, double y)
{
    double left = scale_x(scale, fmin(from, to)), right = scale_x(scale, fmax(from, to));
    char label[G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *digits = localized(g_ascii_formatd(label, sizeof label, "%+.1f", to - from));
    svg_bar(out, left, y, right - left, 13, to >= from ? "for" : "against");
    svg_text(out, right + 4, y + 11, "start", digits);
}

static void waterfall(GString *out, const LinkFiles *files, const LinkPrepared *prepared,
                      const LinkConfig *config, const LinkResult *result, const LinkPair *pair)
{
    g_autoptr(GString) title = g_string_new(NULL);
    link_files_append_record(files, pair->left, title);
    g_autoptr(GString) right = g_string_new(NULL);
    link_files_append_record(files, pair->right, right);
    g_string_append_printf(title, " — %s", right->str);
    g_string_append(out, "<h3><bdi>");
    text(out, title->str);
    g_string_append(out, "</bdi></h3>\n");
    double bits[LINK_MAX_FIELDS], sum = log2(result->model.prior / (1 - result->model.prior));
    double low = fmin(sum, 0), high = fmax(sum, 0), at = sum;
    link_explain(prepared, &result->model, pair, bits);
    for (unsigned f = 0; f < config->n_fields; f++) {
        at += bits[f];
        low = fmin(low, at);
        high = fmax(high, at);
    }
    const Scale scale = {low, high};
    svg_open(out, 680, (int)(config->n_fields + 2) * 17 + 8, title->str);
    double y = 4;
    svg_bar(out, scale_x(&scale, 0), 2, 1, (config->n_fields + 2) * 17 + 2, "mark");
    svg_text(out, 4, y + 11, "start", _("before looking"));
    step_bar(out, &scale, 0, sum, y);
    for (unsigned f = 0; f < config->n_fields; f++) {
        y += 17;
        svg_text(out, 4, y + 11, "start", config->fields[f].name);
        const char *name = link_level_name(config->fields[f].kind, link_pair_level(pair, f));
        svg_text(out, 225, y + 11, "end", name != NULL ? _(name) : "");
        step_bar(out, &scale, sum, sum + bits[f], y);
        sum += bits[f];
    }
    y += 17;
    svg_text(out, 4, y + 11, "start", _("together"));
    step_bar(out, &scale, 0, (double)pair->weight_bits, y);
    g_string_append(out, "</svg>\n<p>");
    g_autofree char *probability = i18n_decimal((double)pair->probability, 4);
    g_autofree char *sentence =
        g_strdup_printf(_("Probability that they are the same: %s"), probability);
    text(out, sentence);
    g_string_append(out, "</p>\n");
}

/* The pairs nearest the threshold: where a human look is worth most. */
static void waterfalls_section(GString *out, const LinkFiles *files, const LinkPrepared *prepared,
                               const LinkConfig *config, const LinkResult *result, double threshold)
{
    enum { SHOWN = 8 };
    size_t nearest[SHOWN], n = 0;
    for (size_t p = 0; p < result->n_pairs; p++) {
        double distance = fabs((double)result->pairs[p].probability - threshold);
        size_t at = n < SHOWN ? n++ : SHOWN;
        while (at > 0 &&
               fabs((double)result->pairs[nearest[at - 1]].probability - threshold) > distance) {
            if (at < SHOWN)
                nearest[at] = nearest[at - 1];
            at--;
        }
        if (at < SHOWN)
            nearest[at] = p;
    }
    element(out, "h2", _("The doubtful pairs: nearest the threshold"));
    if (n == 0)
        element(out, "p", _("No pair came near."));
    for (size_t i = 0; i < n; i++)
        waterfall(out, files, prepared, config, result, &result->pairs[nearest[i]]);
    if (result->n_bridges == 0)
        return;
    element(out, "h2", _("Weak bridges: alike, yet kept apart because their groups disagree"));
    for (size_t i = 0; i < MIN(result->n_bridges, (size_t)SHOWN); i++)
        waterfall(out, files, prepared, config, result, &result->pairs[result->bridges[i]]);
}

static int likeliest_first(const void *a, const void *b)
{
    const LinkPair *x = a, *y = b;
    return x->weight_bits > y->weight_bits ? -1 : x->weight_bits < y->weight_bits;
}

static void curve_section(GString *out, const LinkResult *result, const LinkScore *score)
{
    element(out, "h2", _("Against the truth, pair by pair, for every threshold"));
    g_autofree LinkPair *pairs = g_memdup2(result->pairs, (result->n_pairs + 1) * sizeof *pairs);
    qsort(pairs, result->n_pairs, sizeof *pairs, likeliest_first);
    svg_open(out, 680, 280, _("Precision (upright) over recall"));
    svg_bar(out, 40, 10, 1, 240, "mark");
    svg_bar(out, 40, 250, 600, 1, "mark");
    svg_text(out, 340, 272, "middle", _("recall"));
    svg_text(out, 36, 18, "end", "1");
    svg_text(out, 640, 266, "middle", "1");
    g_autoptr(GString) rows = g_string_new(NULL);
    g_string_append(out, "<polyline class=line points=\"");
    double right = 0, before_x = -1, before_y = -1;
    static const double SHOWN[] = {0.999, 0.99, 0.95, 0.9, 0.8, 0.5, 0.2, 0.1, 0.05, 0.01};
    size_t shown = 0;
    for (size_t p = 0; p <= result->n_pairs; p++) {
        double found = (double)p, recall = right / fmax((double)score->true_pairs, 1),
               precision = found > 0 ? right / found : 1;
        while (shown < G_N_ELEMENTS(SHOWN) &&
               (p == result->n_pairs || (double)pairs[p].probability < SHOWN[shown])) {
            g_string_append(rows, "<tr>");
            number_cell(rows, "%.3f", SHOWN[shown++]);
            number_cell(rows, "%.5f", precision);
            number_cell(rows, "%.5f", recall);
            number_cell(rows, "%.5f",
                        precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0);
            g_string_append(rows, "</tr>\n");
        }
        double x = 40 + 600 * recall, y = 250 - 240 * precision;
        if (p > 0 && (fabs(x - before_x) > 1 || fabs(y - before_y) > 1 || p == result->n_pairs)) {
            number(out, "%.1f", before_x = x);
            g_string_append_c(out, ',');
            number(out, "%.1f ", before_y = y);
        }
        if (p < result->n_pairs) {
            guint32 left = score->entities[pairs[p].left];
            right += left != G_MAXUINT32 && left == score->entities[pairs[p].right];
        }
    }
    g_string_append(out, "\"/></svg>\n");
    const char *const heads[] = {_("Threshold"), _("Precision"), _("Recall"), "F1", NULL};
    head_row(out, heads);
    g_string_append(out, rows->str);
    g_string_append(out, "</tbody></table>\n");
}

/* Precision, recall and F1 over the weight at which a pair would link. */
static void threshold_section(GString *out, const LinkResult *result, const LinkScore *score)
{
    enum { POINTS = 100 };
    const double low = -6, high = 30;
    static const char *const CLASSES[] = {"line", "\"line recall\"", "\"line f1\""};
    const char *const names[] = {_("Precision"), _("Recall"), "F1"};
    g_autofree guint64 *found = g_new0(guint64, POINTS + 2), *right = g_new0(guint64, POINTS + 2);
    for (size_t p = 0; p < result->n_pairs; p++) {
        const LinkPair *pair = &result->pairs[p];
        double at = ((double)pair->weight_bits - low) / (high - low) * POINTS;
        unsigned bin = (unsigned)CLAMP(floor(at) + 1, 0, POINTS + 1);
        guint32 left = score->entities[pair->left];
        found[bin]++;
        right[bin] += left != G_MAXUINT32 && left == score->entities[pair->right];
    }
    for (unsigned bin = POINTS + 1; bin > 0; bin--) { /* at this weight and above */
        found[bin - 1] += found[bin];
        right[bin - 1] += right[bin];
    }
    element(out, "h3", _("By the weight at which a pair links"));
    svg_open(out, 680, 290, _("By the weight at which a pair links"));
    svg_bar(out, 40, 10, 1, 240, "mark");
    svg_bar(out, 40, 250, 600, 1, "mark");
    for (unsigned line = 0; line < G_N_ELEMENTS(CLASSES); line++) {
        g_string_append_printf(out, "<polyline class=%s points=\"", CLASSES[line]);
        for (unsigned point = 0; point <= POINTS; point++) {
            double all = (double)found[point + 1], good = (double)right[point + 1];
            double precision = all > 0 ? good / all : 1;
            double recall = good / fmax((double)score->true_pairs, 1);
            double f1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
            number(out, "%.1f,", 40 + 6.0 * point);
            number(out, "%.1f ", 250 - 240 * (line == 0 ? precision : line == 1 ? recall : f1));
        }
        g_string_append(out, "\"/>");
        g_string_append_printf(out, "<polyline class=%s points=\"%u,280 %u,280\"/>", CLASSES[line],
                               60 + 200 * line, 90 + 200 * line);
        svg_text(out, 96 + 200.0 * line, 284, "start", names[line]);
    }
    for (int tick = -6; tick <= 30; tick += 6) {
        char raw[16];
        g_snprintf(raw, sizeof raw, "%d", tick);
        g_autofree char *label = i18n_digits(raw);
        svg_text(out, 40 + (tick - low) / (high - low) * 600, 265, "middle", label);
    }
    g_string_append(out, "</svg>\n");
}

/* Records that say so little that not even their own double would be found. */
static void unlinkable_section(GString *out, const LinkPrepared *prepared, const LinkResult *result)
{
    enum { SAMPLE = 20000 };
    static const double SHOWN[] = {0.5, 0.9, 0.99, 0.999};
    gsize below[G_N_ELEMENTS(SHOWN)] = {0}, step = result->n_records / SAMPLE + 1, n = 0;
    for (gsize r = 0; r < result->n_records; r += step, n++) {
        LinkPair own = link_compare(prepared, &result->model, r, r);
        for (gsize i = 0; i < G_N_ELEMENTS(SHOWN); i++)
            below[i] += (double)own.probability < SHOWN[i];
    }
    element(out, "h2", _("Records that say too little"));
    element(out, "p",
            _("Compared with its own double, a record reaches this probability at most; what is "
              "below the threshold cannot be linked by any rule."));
    const char *const heads[] = {_("Threshold"), _("Share of records below it"), NULL};
    head_row(out, heads);
    for (gsize i = 0; i < G_N_ELEMENTS(SHOWN); i++) {
        g_string_append(out, "<tr>");
        number_cell(out, "%.3f", SHOWN[i]);
        number_cell(out, "%.4f", n > 0 ? (double)below[i] / (double)n : 0);
        g_string_append(out, "</tr>\n");
    }
    g_string_append(out, "</tbody></table>\n");
}

static void summary_section(GString *out, const LinkPrepared *prepared, const LinkResult *result,
                            const LinkScore *score)
{
    g_autofree char *records = i18n_integer((gint64)result->n_records),
                    *clusters = i18n_integer((gint64)result->n_clusters),
                    *compared = i18n_integer((gint64)result->n_compared),
                    *possible = i18n_integer((gint64)link_prepared_n_possible(prepared));
    g_autofree char *found = g_strdup_printf(_("%s records are %s clusters; %s pairs compared."),
                                             records, clusters, compared);
    element(out, "p", found);
    g_autofree char *of = g_strdup_printf(_("There are %s pairs in all."), possible);
    element(out, "p", of);
    element(out, "p",
            _("Probabilistic linkage (Fellegi and Sunter 1969), learned from these records by EM. "
              "It assumes that "
              "fields err independently of each other; where they do not (a family at one "
              "address), pairs "
              "look surer than they are."));
    if (score == NULL)
        return;
    g_autofree char *precision = i18n_decimal(score->precision, 5),
                    *recall = i18n_decimal(score->recall, 5), *f1 = i18n_decimal(score->f1, 5),
                    *reached = i18n_decimal(score->blocking_recall, 5);
    g_autofree char *figures = g_strdup_printf(
        _("Against the truth: precision %s, recall %s, F1 %s; %s of the true pairs were compared."),
        precision, recall, f1, reached);
    element(out, "p", figures);
}

bool link_report_write(const LinkFiles *files, const LinkPrepared *prepared,
                       const LinkConfig *config, const LinkResult *result, const LinkScore *score,
                       double threshold, const char *path, GError **error)
{
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return false;
    g_autoptr(GString) out = g_string_new("<!DOCTYPE html>\n");
    g_string_append_printf(out, "<html lang=%s dir=%s><head><meta charset=utf-8>",
                           i18n_tag(i18n_language()),
                           i18n_language() == I18N_PERSIAN ? "rtl" : "ltr");
    element(out, "title", _("Record linkage"));
    g_string_append(
        out,
        "<style>body{font:15px/1.5 Vazirmatn,sans-serif;max-width:46rem;margin:2rem auto;padding:0 "
        "1rem;"
        "color:#1b1f24;background:#fff}table{border-collapse:collapse;margin:.6rem "
        "0}td,th{padding:.15rem .6rem;"
        "border-bottom:1px solid "
        "#d8dde3;text-align:start}.n{text-align:end;font-variant-numeric:tabular-nums}"
        "svg{max-width:100%;height:auto;direction:ltr}svg "
        "text{font-size:11px;fill:#1b1f24}.for{fill:#2a6f97}"
        ".against{fill:#b5542b}.mark{fill:#59636e}.line{fill:none;stroke:#2a6f97;stroke-width:2}"
        ".recall{stroke:#b5542b}.f1{stroke:#1b1f24;stroke-dasharray:5 3}"
        "h3{font-size:1rem;margin:1rem 0 0}</style></head><body>\n");
    element(out, "h1", _("Record linkage"));
    summary_section(out, prepared, result, score);
    blocking_section(out, prepared, config);
    model_section(out, config, &result->model);
    histogram_section(out, result, threshold);
    unlinkable_section(out, prepared, result);
    if (score != NULL) {
        curve_section(out, result, score);
        threshold_section(out, result, score);
    }
    waterfalls_section(out, files, prepared, config, result, threshold);
    g_string_append(out, "</body></html>\n");
    cli_output_write(output, out->str, out->len);
    return cli_output_close(output, error);
}
