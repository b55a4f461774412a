/* COMMAND: text
 * SUMMARY: read Persian and English text: make it uniform, find dates, names, summonses, acts
 *
 * zenhar text normalize [--digits D] [--convention C] [--without RULES]
 *                       [--diacritics] [--changes] [FILES]
 * zenhar text dates [--today DAY] [FILES]
 * zenhar text names [FILES]
 * zenhar text summons [--sender S] [--today DAY] [--show-sealed] [FILES]
 * zenhar text extract [--today DAY] [FILES]
 *
 * Filters: they read FILES, or standard input, and change nothing.
 *
 * normalize  prints the text with Persian letters for Arabic ones, without
 *            invisible controls, half-spaces put back. --digits keep, unify
 *            (default), persian or ascii. --convention academy (default) or
 *            inflection (no compounds). --without names rules to leave out,
 *            separated by commas: letters, presentation, compose, digits,
 *            tatweel, controls, spaces, tidy, join, split. --diacritics drops
 *            vowel signs too. --changes prints, instead of the text, each change
 *            as a JSON line: bytes of the original, rule, confidence.
 * dates      a JSON line for each date: bytes, EDTF, calendar, precision.
 *            --today 2025-06-28 (or 1404-04-07) resolves "yesterday".
 * names      a name a line; a JSON line for each: its parts, its key (one for all its
 *            spellings) and, where each word is in the dictionary, the name in the
 *            other script.
 * summons    messages parted by an empty line; a JSON line for each: fields with
 *            their confidence, and what kind it looks like. A line
 *            "فرستنده: …" or "From: …" before a message names its sender. Phone
 *            and national numbers are named but not shown without --show-sealed.
 *            No link is ever opened.
 * extract    a letter or report; a JSON line for each finding: date, addressee,
 *            ask, claim, organisation, place, act.
 */
#include "commands.h"

#include "base/data.h"
#include "base/edtf.h"
#include "cli/text_input.h"
#include "cli/text_names.h"
#include "intake/gazetteer.h"
#include "text/dates.h"
#include "text/extract.h"
#include "text/names.h"
#include "text/normalize.h"
#include "text/summons.h"
#include <jansson.h>
#include <malloc.h>
#include <string.h>

typedef struct {
    CliContext *context;
    CliOutput *output;
    const char *name; /* of the file that is read; NULL for standard input */
    TextOptions normalize;
    gboolean changes, show_sealed;
    const char *sender;
    TextExtractOptions extract;
    const TextNames *names;
    GString *buffer;
} Run;

static void print_json(Run *run, json_t *object)
{
    if (run->name != NULL)
        json_object_set_new(object, "file", json_string(run->name));
    g_autofree char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(object);
    if (line == NULL)
        return;
    cli_output_write(run->output, line, strlen(line));
    cli_output_write(run->output, "\n", 1);
}

/* JSON holds valid UTF-8 only: bytes that are none become U+FFFD. */
static json_t *json_text(const char *bytes, gsize length)
{
    g_autofree char *valid = g_utf8_make_valid(bytes, (gssize)length);
    return json_string(valid);
}

static double rounded(double x)
{
    return (double)(gint64)(x * 1000 + 0.5) / 1000;
}

/* ---- normalize ---- */

static bool run_normalize(Run *run, const char *text, gsize length, guint64 offset, GError **error)
{
    g_auto(TextNormal) normal = {0};
    if (!text_normalize(text, length, &run->normalize, &normal, error))
        return false;
    if (!run->changes) {
        cli_output_write(run->output, normal.text, normal.length);
        return true;
    }
    for (gsize i = 0; i < normal.n_changes; i++) {
        const TextChange *change = &normal.changes[i];
        json_t *object = json_object();
        json_object_set_new(object, "start", json_integer((json_int_t)(offset + change->start)));
        json_object_set_new(object, "end", json_integer((json_int_t)(offset + change->end)));
        json_object_set_new(object, "rule", json_string(text_rule_name(change->rule)));
        json_object_set_new(object, "before",
                            json_text(text + change->start, change->end - change->start));
        json_object_set_new(
            object, "after",
            json_text(normal.text + change->out_start, change->out_end - change->out_start));
        json_object_set_new(object, "confidence", json_real(rounded((double)change->confidence)));
        print_json(run, object);
    }
    return true;
}

/* ---- dates ---- */

static const char *precision_name(EdtfPrecision precision)
{
    static const char *const NAMES[] = {"decade", "year", "season", "month", "day", "minute"};
    return NAMES[precision];
}

static const char *calendar_name(Calendar calendar)
{
    return calendar == CALENDAR_SOLAR_HIJRI ? "solar-hijri" : "gregorian";
}

static bool run_dates(Run *run, const char *text, gsize length, guint64 offset, GError **error)
{
    g_auto(TextDates) dates = {0};
    if (!text_dates_find(text, length, &run->extract.dates, &dates, error))
        return false;
    for (gsize i = 0; i < dates.n; i++) {
        const TextDate *date = &dates.dates[i];
        json_t *object = json_object();
        json_object_set_new(object, "start", json_integer((json_int_t)(offset + date->start)));
        json_object_set_new(object, "end", json_integer((json_int_t)(offset + date->end)));
        json_object_set_new(object, "text", json_text(text + date->start, date->end - date->start));
        json_object_set_new(object, "edtf", json_string(date->edtf));
        json_object_set_new(object, "written", json_string(date->written));
        json_object_set_new(object, "calendar", json_string(calendar_name(date->calendar)));
        json_object_set_new(object, "precision", json_string(precision_name(date->precision)));
        json_object_set_new(object, "confidence", json_real(rounded((double)date->confidence)));
        if (date->relative)
            json_object_set_new(object, "relative", json_true());
        if (date->other >= 0) {
            json_object_set_new(
                object, "same_as",
                json_integer((json_int_t)(offset + dates.dates[date->other].start)));
            json_object_set_new(object, "contradicted", json_boolean(date->contradicted));
        }
        print_json(run, object);
    }
    return true;
}

/* ---- names ---- */

/* The name in the other script, where the dictionary knows each word of it. */
static void add_other_script(Run *run, json_t *object, const TextName *name)
{
    gboolean latin;
    g_autofree char *whole = g_strstrip(g_strjoin(" ", name->given, name->family, NULL));
    g_autofree char *other = text_names_other_script(run->names, whole, &latin);
    if (other != NULL)
        json_object_set_new(object, latin ? "latin" : "persian", json_string(other));
}

static bool run_names(Run *run, const char *text, gsize length, guint64 offset, GError **error)
{
    for (const char *at = text, *end = text + length; at < end;) {
        const char *newline = memchr(at, '\n', (gsize)(end - at));
        gsize n = (gsize)((newline != NULL ? newline : end) - at);
        g_autofree char *raw = g_utf8_make_valid(at, (gssize)n);
        at += n + 1;
        g_strstrip(raw);
        if (raw[0] == '\0')
            continue;
        g_auto(TextName) name = {0};
        g_autofree char *key = text_name_key(raw);
        if (key == NULL || !text_name_parse(raw, &name)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY, "%s",
                        _("There is not enough memory."));
            return false;
        }
        json_t *object = json_object();
        json_object_set_new(object, "name", json_string(raw));
        json_object_set_new(object, "key", json_string(key));
        const struct {
            const char *label, *value;
        } PARTS[] = {{"titles", name.titles},
                     {"given", name.given},
                     {"family", name.family},
                     {"patronymic", name.patronymic},
                     {"alias", name.alias}};
        for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++)
            if (PARTS[i].value[0] != '\0')
                json_object_set_new(object, PARTS[i].label, json_string(PARTS[i].value));
        add_other_script(run, object, &name);
        print_json(run, object);
    }
    return true;
}

/* ---- summons ---- */

static bool print_message(Run *run, const char *text, gsize length, guint64 offset, GError **error)
{
    g_auto(TextSummons) summons = {0};
    if (!text_summons_read(text, length, run->sender, &run->extract.dates, &summons, error))
        return false;
    json_t *object = json_object(), *fields = json_object(), *sealed = json_array();
    json_object_set_new(object, "start", json_integer((json_int_t)offset));
    json_object_set_new(object, "end", json_integer((json_int_t)(offset + length)));
    json_object_set_new(object, "kind", json_string(text_message_kind_name(summons.kind)));
    json_object_set_new(object, "kind_confidence",
                        json_real(rounded((double)summons.kind_confidence)));
    json_object_set_new(object, "is_summons", json_boolean(summons.is_summons));
    json_object_set_new(object, "reasons", json_string(summons.reasons));
    for (int i = 0; i < TEXT_SUMMONS_N_FIELDS; i++) {
        const TextField *field = &summons.fields[i];
        const char *label = text_summons_field_name((TextSummonsField)i);
        if (field->value[0] == '\0')
            continue;
        if (text_summons_field_sealed((TextSummonsField)i) && !run->show_sealed) {
            json_array_append_new(sealed, json_string(label));
            continue;
        }
        json_t *entry = json_object();
        json_object_set_new(entry, "value", json_text(field->value, strlen(field->value)));
        if (field->end > field->start) {
            json_object_set_new(entry, "start", json_integer((json_int_t)(offset + field->start)));
            json_object_set_new(entry, "end", json_integer((json_int_t)(offset + field->end)));
        }
        json_object_set_new(entry, "confidence", json_real(rounded((double)field->confidence)));
        json_object_set_new(fields, label, entry);
    }
    json_object_set_new(object, "fields", fields);
    json_object_set_new(object, "sealed", sealed);
    if (summons.national_id_wrong)
        json_object_set_new(object, "national_id_wrong", json_true());
    print_json(run, object);
    return true;
}

static bool run_summons(Run *run, const char *text, gsize length, guint64 offset, GError **error)
{
    for (gsize at = 0; at < length;) {
        const char *gap = g_strstr_len(text + at, (gssize)(length - at), "\n\n");
        gsize end = gap != NULL ? (gsize)(gap - text) : length;
        gsize start = at;
        at = gap != NULL ? end + 2 : length;
        while (start < end && (text[start] == '\n' || text[start] == '\r'))
            start++;
        while (end > start && (text[end - 1] == '\n' || text[end - 1] == '\r'))
            end--;
        if (start < end && !print_message(run, text + start, end - start, offset + start, error))
            return false;
    }
    return true;
}

/* ---- extract ---- */

static bool run_extract(Run *run, const char *text, gsize length, guint64 offset, GError **error)
{
    g_auto(TextFindings) findings = {0};
    if (!text_extract(text, length, &run->extract, &findings, error))
        return false;
    for (gsize i = 0; i < findings.n; i++) {
        const TextFinding *finding = &findings.findings[i];
        json_t *object = json_object();
        json_object_set_new(object, "kind", json_string(text_finding_kind_name(finding->kind)));
        json_object_set_new(object, "start", json_integer((json_int_t)(offset + finding->start)));
        json_object_set_new(object, "end", json_integer((json_int_t)(offset + finding->end)));
        json_object_set_new(object, "text",
                            json_text(text + finding->start, finding->end - finding->start));
        json_object_set_new(object, "value", json_text(finding->value, strlen(finding->value)));
        if (finding->detail[0] != '\0')
            json_object_set_new(object, "detail",
                                json_text(finding->detail, strlen(finding->detail)));
        if (finding->edtf[0] != '\0')
            json_object_set_new(object, "edtf", json_string(finding->edtf));
        if (finding->written[0] != '\0') {
            json_object_set_new(object, "written", json_string(finding->written));
            json_object_set_new(object, "calendar", json_string(calendar_name(finding->calendar)));
        }
        if (finding->iso[0] != '\0')
            json_object_set_new(object, "province", json_string(finding->iso));
        if (finding->number_min >= 0)
            json_object_set_new(object, "min", json_integer(finding->number_min));
        if (finding->number_max >= 0)
            json_object_set_new(object, "max", json_integer(finding->number_max));
        if (finding->approximate)
            json_object_set_new(object, "approximate", json_true());
        if (finding->part)
            json_object_set_new(object, "part", json_true());
        if (finding->negated)
            json_object_set_new(object, "negated", json_true());
        json_object_set_new(object, "confidence", json_real(rounded((double)finding->confidence)));
        print_json(run, object);
    }
    return true;
}

/* ---- what the engines are given ---- */

static bool read_today(const char *word, TextDateOptions *dates, GError **error)
{
    if (word == NULL)
        return true;
    Edtf edtf;
    gint32 first, last;
    bool solar = word[0] == '1' && (word[1] == '3' || word[1] == '4');
    if (!edtf_parse(word, solar ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN, &edtf, error))
        return false;
    edtf_bounds(&edtf, &first, &last);
    if (first != last) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--today %s: give one day, such as 2025-06-28 or 1404-04-07."), word);
        return false;
    }
    *dates = (TextDateOptions){.has_today = true, .today = first};
    return true;
}

static bool read_rules(const char *without, gboolean diacritics, TextOptions *options,
                       GError **error)
{
    if (diacritics)
        options->rules |= 1u << TEXT_RULE_DIACRITICS;
    if (without == NULL)
        return true;
    g_auto(GStrv) names = g_strsplit(without, ",", -1);
    for (gsize i = 0; names[i] != NULL; i++) {
        TextRule rule;
        if (!text_rule_parse(names[i], &rule)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("--without %s: there is no such rule; see `zenhar text --help`."),
                        names[i]);
            return false;
        }
        options->rules &= ~(1u << rule);
    }
    return true;
}

static bool read_choices(const char *digits, const char *convention, TextOptions *options,
                         GError **error)
{
    static const char *const DIGITS[] = {"unify", "keep", "persian", "ascii"},
                             *const CONVENTIONS[] = {"academy", "inflection"};
    gsize i = 0;
    while (digits != NULL && i < G_N_ELEMENTS(DIGITS) && strcmp(digits, DIGITS[i]) != 0)
        i++;
    if (i == G_N_ELEMENTS(DIGITS)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--digits %s: choose keep, unify, persian or ascii."), digits);
        return false;
    }
    options->digits = (TextDigits)i;
    i = 0;
    while (convention != NULL && i < G_N_ELEMENTS(CONVENTIONS) &&
           strcmp(convention, CONVENTIONS[i]) != 0)
        i++;
    if (i == G_N_ELEMENTS(CONVENTIONS)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--convention %s: choose academy or inflection."), convention);
        return false;
    }
    options->convention = (TextConvention)i;
    return true;
}

typedef bool RunFunc(Run *run, const char *text, gsize length, guint64 offset, GError **error);

static const struct {
    const char *word;
    RunFunc *run;
    gsize chunk;     /* bytes read at a time */
    bool paragraphs; /* cut at empty lines only */
} SUBCOMMANDS[] = {
    {"normalize", run_normalize, 1 << 20, false}, {"dates", run_dates, 1 << 20, false},
    {"names", run_names, 1 << 20, false},         {"summons", run_summons, 1 << 20, true},
    {"extract", run_extract, 1 << 20, true},
};

typedef struct {
    Run *run;
    RunFunc *function;
} Call;

static bool call_run(void *data, const char *text, gsize length, guint64 offset, GError **error)
{
    Call *call = data;
    return call->function(call->run, text, length, offset, error);
}

int cmd_text(CliContext *context, int argc, char **argv)
{
    g_autofree char *digits = NULL, *convention = NULL, *without = NULL, *sender = NULL,
                    *today = NULL;
    gboolean diacritics = FALSE, changes = FALSE, show_sealed = FALSE;
    const GOptionEntry entries[] = {
        {"digits", 0, 0, G_OPTION_ARG_STRING, &digits, NULL, NULL},
        {"convention", 0, 0, G_OPTION_ARG_STRING, &convention, NULL, NULL},
        {"without", 0, 0, G_OPTION_ARG_STRING, &without, NULL, NULL},
        {"diacritics", 0, 0, G_OPTION_ARG_NONE, &diacritics, NULL, NULL},
        {"changes", 0, 0, G_OPTION_ARG_NONE, &changes, NULL, NULL},
        {"sender", 0, 0, G_OPTION_ARG_STRING, &sender, NULL, NULL},
        {"today", 0, 0, G_OPTION_ARG_STRING, &today, NULL, NULL},
        {"show-sealed", 0, 0, G_OPTION_ARG_NONE, &show_sealed, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc < 2)
        return cli_usage(
            context, "%s",
            _("Say what to do with the text: normalize, dates, names, summons or extract."));
    gsize which = 0;
    while (which < G_N_ELEMENTS(SUBCOMMANDS) && strcmp(argv[1], SUBCOMMANDS[which].word) != 0)
        which++;
    if (which == G_N_ELEMENTS(SUBCOMMANDS))
        return cli_usage(
            context, _("'%s' is not one of normalize, dates, names, summons, extract."), argv[1]);

    g_autoptr(GError) error = NULL;
    g_autoptr(TextLexicon) lexicon = NULL;
    Run run = {.context = context,
               .normalize = text_options_default(),
               .changes = changes,
               .show_sealed = show_sealed,
               .sender = sender};
    if (!read_today(today, &run.extract.dates, &error) ||
        !read_rules(without, diacritics, &run.normalize, &error) ||
        !read_choices(digits, convention, &run.normalize, &error))
        return cli_usage(context, "%s", error->message);
    run.normalize.list_changes = changes;
    if (SUBCOMMANDS[which].run == run_normalize) {
        lexicon = text_input_lexicon(&error);
        run.normalize.lexicon = lexicon;
        if (lexicon == NULL)
            return cli_fail(context, error);
    }
    if (SUBCOMMANDS[which].run == run_extract) {
        const IntakeGazetteer *gazetteer = intake_gazetteer_peek(&error);
        if (gazetteer == NULL)
            return cli_fail(context, error);
        run.extract.gazetteer = intake_gazetteer_text(gazetteer);
    }
    g_autoptr(TextNames) names = NULL;
    if (SUBCOMMANDS[which].run == run_names) {
        names = text_names_load(&error);
        if (names == NULL)
            return cli_fail(context, error);
        run.names = names;
    }
    run.output = cli_output_open(NULL, &error);
    if (run.output == NULL)
        return cli_fail(context, error);
    /* Pieces of one size come again and again: their memory is kept, not asked for anew. */
    mallopt(M_MMAP_THRESHOLD, 64 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    Call call = {.run = &run, .function = SUBCOMMANDS[which].run};
    bool done = true;
    int n_files = argc - 2;
    for (int i = 0; done && i < MAX(n_files, 1); i++) {
        const char *path = n_files > 0 ? argv[2 + i] : "-";
        run.name = n_files > 1 ? path : NULL;
        done = text_input_read(path, SUBCOMMANDS[which].chunk, SUBCOMMANDS[which].paragraphs,
                               call_run, &call, &error);
    }
    if (!done) {
        status = cli_fail(context, error);
        cli_output_close(run.output, NULL);
        return status;
    }
    return cli_output_close(run.output, &error) ? CLI_DONE : cli_fail(context, error);
}
