/* cli/assess_ledger.c: `zenhar assess ledger load|outcomes|list|ranks|score`: what was foretold,
 * and what came of it. */
#include "cli/assess_sub.h"

#include "assess/ledger.h"
#include "base/edtf.h"
#include "cli/case.h"
#include "cli/ledger_files.h"
#include <math.h>
#include <string.h>

static const char HELP[] = N_(
    "zenhar assess ledger load FILE... --case FOLDER    a published forecast, kept as it is\n"
    "zenhar assess ledger outcomes FILE --case FOLDER   what happened, for scoring\n"
    "zenhar assess ledger list                          every entry, with the hashes\n"
    "zenhar assess ledger ranks                         for each event: where it ranked before\n"
    "zenhar assess ledger score [--metric NAME,…]       each forecast whose outcome is known\n"
    "\n"
    "  load:      --unit COL --risk COL, or --samples PREFIX; --first DAY --last DAY; --made DAY;\n"
    "             --title T --target T --method T --source T. Editions of the Early Warning\n"
    "             Project (country or ewp_name; risk_in_2021_22, risk_1or2.from2022 …) need none\n"
    "  outcomes:  --unit COL, and --start COL (a list of events, whole --through YEAR), or\n"
    "             --time COL --outcome COL (units and years, 0 or 1), or --value COL --first DAY\n"
    "             --last DAY (counts); --target T --source T\n"
    "What is in the ledger cannot be changed; `zenhar verify` shows that it was not.\n");

static void arguments_clear(LedgerArguments *a)
{
    char *texts[] = {a->unit,    a->risk,   a->samples, a->first,  a->last,  a->made,
                     a->title,   a->target, a->method,  a->source, a->start, a->time,
                     a->outcome, a->value,  a->metric,  a->output};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LedgerArguments, arguments_clear)

/* ---- load ---- */

/* "risk_in_2021_22": 2021 and 2022; "risk_1or2.from2022": the two years after 2022. */
static bool edition_years(const char *column, int *ret_first, int *ret_last)
{
    static const char RISK_IN[] = "risk_in_", FROM[] = "risk_1or2.from";
    gint64 first, last;
    if (g_str_has_prefix(column, RISK_IN)) {
        g_auto(GStrv) years = g_strsplit(column + strlen(RISK_IN), "_", -1);
        if (g_strv_length(years) != 2 || !csv_parse_integer(years[0], &first) ||
            !csv_parse_integer(years[1], &last) || first < 1900 || first > 2999)
            return false;
        *ret_first = (int)first;
        *ret_last = (int)(first / 100 * 100 + last);
        return *ret_last >= *ret_first;
    }
    if (!g_str_has_prefix(column, FROM) || !csv_parse_integer(column + strlen(FROM), &first) ||
        first < 1900 || first > 2999)
        return false;
    *ret_first = (int)first + 1;
    *ret_last = (int)first + 2;
    return true;
}

typedef struct {
    gssize unit, risk;
    GArray *samples; /* gssize */
    gint32 first, last;
} Layout;

static void find_risk(const CsvTable *table, const LedgerArguments *a, Layout *layout)
{
    int first, last;
    layout->risk = a->risk != NULL ? csv_table_column(table, a->risk) : -1;
    for (gsize c = 0; c < table->n_columns; c++) {
        gssize column = (gssize)c;
        if (a->samples != NULL && g_str_has_prefix(table->columns[c], a->samples))
            g_array_append_val(layout->samples, column);
        bool own = a->risk == NULL ? layout->risk < 0 : column == layout->risk;
        if (a->samples == NULL && own && edition_years(table->columns[c], &first, &last)) {
            layout->risk = column;
            layout->first = edtf_day_from_gregorian(first, 1, 1);
            layout->last = edtf_day_from_gregorian(last, 12, 31);
        }
    }
    for (gsize i = 0; a->risk == NULL && a->samples == NULL && layout->risk < 0 && i < 2; i++)
        layout->risk = csv_table_column(table, i == 0 ? "risk" : "probability");
}

static bool find_layout(const CsvTable *table, const char *path, const LedgerArguments *a,
                        Layout *layout, GError **error)
{
    gint32 day;
    layout->first = layout->last = G_MININT32;
    layout->unit = ledger_unit_column(table, a->unit);
    find_risk(table, a, layout);
    if (layout->unit < 0)
        return zenhar_error_input(error, _("%s: which column names the units? --unit COL"), path);
    if (layout->risk < 0 && layout->samples->len == 0)
        return zenhar_error_input(
            error, _("%s: which column is the risk? --risk COL, or --samples PREFIX"), path);
    if (!assess_read_day("--first", a->first, false, &day, error))
        return false;
    if (day != G_MININT32)
        layout->first = day;
    if (!assess_read_day("--last", a->last, true, &day, error))
        return false;
    if (day != G_MININT32)
        layout->last = day;
    return (layout->first != G_MININT32 && layout->last >= layout->first) ||
           zenhar_error_input(error, _("%s: of which days does it speak? --first DAY --last DAY"),
                              path);
}

/* The table as the ledger keeps it; *ret_missing units had no forecast. */
static GString *content_of(const CsvTable *table, const Layout *layout, gsize *ret_missing)
{
    GString *text =
        g_string_new(layout->samples->len > 0 ? "unit,samples\n" : "unit,probability\n");
    *ret_missing = 0;
    for (gsize row = 0; row < table->n_rows; row++) {
        g_autoptr(GString) cells = g_string_new(NULL);
        for (guint k = 0; k < layout->samples->len; k++)
            g_string_append_printf(
                cells, "%s%s", k == 0 ? "" : " ",
                csv_table_cell(table, row, g_array_index(layout->samples, gssize, k)));
        const char *value =
            layout->samples->len > 0 ? cells->str : csv_table_cell(table, row, layout->risk);
        if (ledger_missing(value)) {
            (*ret_missing)++;
            continue;
        }
        csv_append(text, csv_table_cell(table, row, layout->unit));
        csv_append(text, value);
        csv_append_end(text);
    }
    return text;
}

static bool load_one(CliContext *context, const LedgerArguments *a, Store *store, const char *path,
                     GError **error)
{
    g_autoptr(CsvTable) table = ledger_table(path, error);
    g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(gssize));
    Layout layout = {.samples = samples};
    gint32 made;
    if (table == NULL || !find_layout(table, path, a, &layout, error) ||
        !assess_read_day("--made", a->made, true, &made, error))
        return false;
    gsize missing;
    g_autoptr(GString) content = content_of(table, &layout, &missing);
    g_autofree char *name = g_path_get_basename(path);
    const LedgerForecast forecast = {.title = a->title != NULL ? a->title : name,
                                     .target = ledger_target(a),
                                     .method = a->method,
                                     .source = a->source != NULL ? a->source : name,
                                     .verified = "read",
                                     .made_day = made,
                                     .first_day = layout.first,
                                     .last_day = layout.last,
                                     .content = content->str};
    gint64 id;
    bool fresh;
    if (!ledger_keep_forecast(store, &forecast, &id, &fresh, error)) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    char printed[STORE_ID_MAX];
    g_autofree char *units = i18n_integer((gint64)(table->n_rows - missing));
    cli_say(context,
            fresh ? _("%s: %s units, kept as %s.")
                  : _("%s: %s units, in the ledger already as %s."),
            path, units, store_id_format(STORE_KIND_PREDICTION, id, printed));
    return true;
}

/* ---- list, ranks, scores ---- */

static bool write_list(CliContext *context, const LedgerArguments *a, Store *store, GError **error)
{
    g_autoptr(GPtrArray) all = store_prediction_list(store, NULL, error);
    if (all == NULL)
        return false;
    g_autoptr(GString) text = g_string_new("id,kind,title,target,made,first_day,last_day,method,"
                                           "content_sha256,content_unchanged,data_sha256,subject,"
                                           "author,source,verified\n");
    gint64 broken = 0;
    for (guint i = 0; i < all->len; i++) {
        const StorePrediction *p = g_ptr_array_index(all, i);
        g_autofree char *hash = g_compute_checksum_for_string(
            G_CHECKSUM_SHA256, p->content != NULL ? p->content : "", -1);
        bool same = g_strcmp0(hash, p->content_hash) == 0;
        char id[STORE_ID_MAX];
        const char *const texts[] = {p->kind, p->title, p->target};
        const char *const further[] = {p->author, p->source, p->verified};
        broken += !same;
        csv_append(text, store_id_format(STORE_KIND_PREDICTION, p->id, id));
        for (gsize k = 0; k < G_N_ELEMENTS(texts); k++)
            csv_append(text, texts[k] != NULL ? texts[k] : "");
        assess_append_day(text, p->made_day);
        assess_append_day(text, p->first_day);
        assess_append_day(text, p->last_day);
        csv_append(text, p->method != NULL ? p->method : "");
        csv_append(text, p->content_hash != NULL ? p->content_hash : "");
        csv_append(text, same ? "yes" : "no");
        csv_append(text, p->data_hash != NULL ? p->data_hash : "");
        csv_append(text, p->subject_id > 0
                             ? store_id_format((StoreKind)p->subject_kind, p->subject_id, id)
                             : "");
        for (gsize k = 0; k < G_N_ELEMENTS(further); k++)
            csv_append(text, further[k] != NULL ? further[k] : "");
        csv_append_end(text);
    }
    if (broken > 0) {
        g_autofree char *n = i18n_integer(broken);
        cli_say(context, _("! %s entries are not what was published: their hash differs."), n);
    }
    return assess_write_csv(a->output, text, error);
}

static bool is_forecast(const StorePrediction *p)
{
    return g_strcmp0(p->kind, "forecast") == 0;
}

static bool write_ranks(CliContext *context, const LedgerArguments *a, Store *store, GError **error)
{
    g_autoptr(GPtrArray) all = store_prediction_list(store, NULL, error);
    if (all == NULL)
        return false;
    g_autoptr(GString) text =
        g_string_new("entry,title,first_day,last_day,unit,rank,of,probability\n");
    for (guint i = 0; i < all->len; i++) {
        const StorePrediction *p = g_ptr_array_index(all, i);
        g_autoptr(GPtrArray) units = is_forecast(p) ? ledger_units(store, p, error) : NULL;
        if (is_forecast(p) && units == NULL)
            return false;
        for (guint k = 0; units != NULL && k < units->len; k++) {
            const LedgerUnit *unit = g_ptr_array_index(units, k);
            char id[STORE_ID_MAX];
            if (!(unit->outcome > 0) || unit->n_samples > 0)
                continue;
            csv_append(text, store_id_format(STORE_KIND_PREDICTION, p->id, id));
            csv_append(text, p->title);
            assess_append_day(text, p->first_day);
            assess_append_day(text, p->last_day);
            csv_append(text, unit->unit);
            csv_append_integer(text, unit->rank);
            csv_append_integer(text, units->len);
            csv_append_double(text, unit->probability);
            csv_append_end(text);
            g_autofree char *rank = i18n_integer(unit->rank);
            g_autofree char *of = i18n_integer(units->len);
            g_autofree char *from = edtf_describe_day(p->first_day);
            g_autofree char *to = edtf_describe_day(p->last_day);
            cli_say(context, _("%s: rank %s of %s in “%s” (%s to %s)"), unit->unit, rank, of,
                    p->title, from, to);
        }
    }
    return assess_write_csv(a->output, text, error);
}

static gsize n_known(const GPtrArray *units, bool *ret_samples)
{
    gsize known = 0;
    *ret_samples = false;
    for (guint k = 0; k < units->len; k++) {
        const LedgerUnit *unit = g_ptr_array_index(units, k);
        known += !isnan(unit->outcome);
        *ret_samples = unit->n_samples > 0;
    }
    return known;
}

/* Scores that one outcome alone cannot give (auc, aupr) are left out with a line, unless asked for.
 */
static bool score_entry(CliContext *context, const LedgerArguments *a, const StorePrediction *p,
                        const GPtrArray *units, GString *text, GError **error)
{
    bool samples;
    if (n_known(units, &samples) == 0) {
        cli_say(context, _("%s: not known yet what came of it."), p->title);
        return true;
    }
    g_autoptr(GArray) metrics = assess_read_metrics(a->metric, !samples, error);
    if (metrics == NULL)
        return false;
    for (guint m = 0; m < metrics->len; m++) {
        ScoreMetric metric = g_array_index(metrics, ScoreMetric, m);
        Score score;
        char id[STORE_ID_MAX];
        g_autoptr(GError) why = NULL;
        if (!ledger_score(units, metric, &score, &why)) {
            if (a->metric != NULL || !g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_DATA)) {
                g_propagate_prefixed_error(error, g_steal_pointer(&why), "%s: ", p->title);
                return false;
            }
            cli_say(context, "%s, %s: %s", p->title, score_metric_name(metric), why->message);
            continue;
        }
        csv_append(text, store_id_format(STORE_KIND_PREDICTION, p->id, id));
        csv_append(text, p->title);
        assess_append_score(text, metric, &score);
        csv_append_end(text);
    }
    return true;
}

static bool append_followed(CliContext *context, Store *store, const char *kind, GString *text,
                            GError **error)
{
    guint closed, followed;
    if (!ledger_followed(store, kind, &closed, &followed, error))
        return false;
    if (closed == 0)
        return true;
    Score share = {.n = closed, .n_events = followed, .value = (double)followed / closed};
    score_share_interval(followed, closed, &share.lower, &share.upper);
    csv_append(text, "");
    csv_append(text, kind);
    csv_append(text, "followed-by-crisis");
    csv_append_double(text, share.value);
    csv_append_double(text, share.lower);
    csv_append_double(text, share.upper);
    csv_append_integer(text, closed);
    csv_append_integer(text, followed);
    csv_append_end(text);
    g_autofree char *n = i18n_integer(closed), *k = i18n_integer(followed);
    cli_say(context,
            _("Of %s entries of the kind %s whose days are over, %s were followed by a crisis that "
              "began within them."),
            n, kind, k);
    return true;
}

static bool write_scores(CliContext *context, const LedgerArguments *a, Store *store,
                         GError **error)
{
    static const char *const KINDS[] = {"alarm", "trigger", "assessment"};
    g_autoptr(GArray) checked = assess_read_metrics(a->metric, true, error);
    g_autoptr(GPtrArray) all = checked != NULL ? store_prediction_list(store, NULL, error) : NULL;
    if (all == NULL)
        return false;
    g_autoptr(GString) text = g_string_new("entry,title,metric,value,lower,upper,n,events\n");
    for (guint i = 0; i < all->len; i++) {
        const StorePrediction *p = g_ptr_array_index(all, i);
        if (!is_forecast(p))
            continue;
        g_autoptr(GPtrArray) units = ledger_units(store, p, error);
        if (units == NULL || !score_entry(context, a, p, units, text, error))
            return false;
    }
    for (gsize k = 0; a->metric == NULL && k < G_N_ELEMENTS(KINDS); k++)
        if (!append_followed(context, store, KINDS[k], text, error))
            return false;
    return assess_write_csv(a->output, text, error);
}

/* ---- the call ---- */

static bool parse(CliContext *context, LedgerArguments *a, int *argc, char ***argv, int *status)
{
    const GOptionEntry entries[] = {
        {"unit", 0, 0, G_OPTION_ARG_STRING, &a->unit, NULL, NULL},
        {"risk", 0, 0, G_OPTION_ARG_STRING, &a->risk, NULL, NULL},
        {"samples", 0, 0, G_OPTION_ARG_STRING, &a->samples, NULL, NULL},
        {"first", 0, 0, G_OPTION_ARG_STRING, &a->first, NULL, NULL},
        {"last", 0, 0, G_OPTION_ARG_STRING, &a->last, NULL, NULL},
        {"made", 0, 0, G_OPTION_ARG_STRING, &a->made, NULL, NULL},
        {"title", 0, 0, G_OPTION_ARG_STRING, &a->title, NULL, NULL},
        {"target", 0, 0, G_OPTION_ARG_STRING, &a->target, NULL, NULL},
        {"method", 0, 0, G_OPTION_ARG_STRING, &a->method, NULL, NULL},
        {"source", 0, 0, G_OPTION_ARG_STRING, &a->source, NULL, NULL},
        {"start", 0, 0, G_OPTION_ARG_STRING, &a->start, NULL, NULL},
        {"time", 0, 0, G_OPTION_ARG_STRING, &a->time, NULL, NULL},
        {"outcome", 0, 0, G_OPTION_ARG_STRING, &a->outcome, NULL, NULL},
        {"value", 0, 0, G_OPTION_ARG_STRING, &a->value, NULL, NULL},
        {"through", 0, 0, G_OPTION_ARG_INT, &a->through, NULL, NULL},
        {"metric", 0, 0, G_OPTION_ARG_STRING, &a->metric, NULL, NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &a->output, NULL, NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &a->help, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, argc, argv, status))
        return false;
    if (!a->help)
        return true;
    g_print("%s", i18n_get(HELP));
    *status = CLI_DONE;
    return false;
}

static bool write_all(CliContext *context, const LedgerArguments *a, Store *store, int argc,
                      char **argv, GError **error)
{
    bool done = store_begin(store, error), loads = strcmp(argv[1], "load") == 0;
    for (int i = 2; done && i < argc; i++)
        done = loads ? load_one(context, a, store, argv[i], error)
                     : ledger_load_outcomes(context, a, store, argv[i], error);
    if (!done && store_depth(store) > 0)
        store_rollback(store);
    return done && store_commit(store, error);
}

int assess_ledger(CliContext *context, int argc, char **argv)
{
    static const struct {
        const char *name;
        bool (*write)(CliContext *, const LedgerArguments *, Store *, GError **);
    } VERBS[] = {{"list", write_list}, {"ranks", write_ranks}, {"score", write_scores}};
    int status = CLI_DONE;
    g_auto(LedgerArguments) a = {0};
    if (!parse(context, &a, &argc, &argv, &status))
        return status;
    const char *verb = argc > 1 ? argv[1] : "";
    bool writes = strcmp(verb, "load") == 0 || strcmp(verb, "outcomes") == 0;
    g_autoptr(GError) error = NULL;
    gsize v = 0;
    while (v < G_N_ELEMENTS(VERBS) && strcmp(VERBS[v].name, verb) != 0)
        v++;
    if ((!writes && v == G_N_ELEMENTS(VERBS)) || (writes ? argc < 3 : argc != 2))
        return cli_usage(context,
                         _("Say what to do with the ledger: load FILE, outcomes FILE, list, "
                           "ranks or score (zenhar assess ledger --help)."));
    g_autoptr(Store) store = cli_case_open(context, writes ? STORE_WRITE : STORE_READ, &error);
    bool done = store != NULL && (writes ? write_all(context, &a, store, argc, argv, &error)
                                         : VERBS[v].write(context, &a, store, &error));
    return done ? CLI_DONE : cli_fail(context, error);
}
