/* COMMAND: list
 * SUMMARY: list the records of one kind as CSV
 *
 * zenhar list --case FOLDER [--limit N] [--after ID] [--newest] [--since DAY]
 *             [--text] [--json] KIND
 *
 * KIND is report, statement, person, act, source, original, place, series, alarm,
 * estimate, assessment, rating, crisis, figure, appeal, ask, recipient, signatory,
 * delivery, response, body, session, member, vote, ballot, measure, import,
 * quarantine, link, setting, user, audit; or its letters (R, T, P …). Prints a
 * header and a row a record. Sealed fields are never listed; `zenhar show
 * --reveal` shows one record's, and writes down who looked.
 *
 * --limit N    at most N rows (default: all)
 * --after ID   only records beyond that one
 * --newest     newest first
 * --since DAY  only records that came on that day or later; 2025-06-28, or
 *              1404-04-07 in the Solar Hijri calendar
 * --text       with the texts of reports and letters, which may name people
 * --json       JSON Lines instead of CSV
 *
 * Example: zenhar list --case june.zenhar report --newest --limit 20
 */
#include "commands.h"

#include "base/csv.h"
#include "base/edtf.h"
#include "cli/case.h"
#include "cli/case_record.h"
#include <string.h>

typedef struct {
    StoreKind kind;
    StorePage page;
    gsize limit;
    gssize since_column; /* -1: no --since */
    gint64 since;        /* day or second, as the column is */
    bool text, json;
} ListOptions;

/* Long texts as they were received may hold names: only when asked for. */
static bool holds_text(const char *name)
{
    static const char *const NAMES[] = {"text", "extra", "mended", "title"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (strcmp(NAMES[i], name) == 0)
            return true;
    return false;
}

static bool is_listed(const ListOptions *options, const StoreColumn *column)
{
    bool personal = (options->kind == STORE_KIND_REPORT || options->kind == STORE_KIND_QUARANTINE ||
                     options->kind == STORE_KIND_RESPONSE) &&
                    holds_text(column->name);
    return !column->sealed && !case_column_hidden(options->kind, column) &&
           (options->text || (!personal && strcmp(column->name, "body") != 0));
}

static void csv_row(const ListOptions *options, const void *record, GString *line)
{
    char id[STORE_ID_MAX];
    csv_append(line,
               record != NULL ? store_id_format(options->kind, store_record_id(record), id) : "id");
    for (gsize i = 0; i < store_kind_n_columns(options->kind); i++) {
        StoreColumn column = store_kind_column(options->kind, i);
        if (!is_listed(options, &column))
            continue;
        g_autofree char *value =
            record != NULL ? case_value_plain(options->kind, record, i) : g_strdup(column.name);
        csv_append(line, value != NULL ? value : "");
    }
    csv_append_end(line);
}

static void json_row(const ListOptions *options, const void *record, GString *line)
{
    char id[STORE_ID_MAX];
    json_t *object = json_object();
    json_object_set_new(object, "id",
                        json_string(store_id_format(options->kind, store_record_id(record), id)));
    for (gsize i = 0; i < store_kind_n_columns(options->kind); i++) {
        StoreColumn column = store_kind_column(options->kind, i);
        json_t *value =
            is_listed(options, &column) ? case_value_json(options->kind, record, i) : NULL;
        if (value != NULL)
            json_object_set_new(object, column.name, value);
    }
    g_autofree char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(object);
    g_string_append(line, text);
    g_string_append_c(line, '\n');
}

static bool is_since(const ListOptions *options, const void *record)
{
    if (options->since_column < 0)
        return true;
    StoreValue value = store_record_value(options->kind, record, (gsize)options->since_column);
    return !value.none && value.integer >= options->since;
}

static bool print_rows(Store *store, const ListOptions *options, CliOutput *output, gsize *ret_rows,
                       GError **error)
{
    g_autoptr(StoreCursor) cursor =
        store_record_cursor(store, options->kind, &options->page, error);
    if (cursor == NULL)
        return false;
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GError) inner = NULL;
    if (!options->json)
        csv_row(options, NULL, line);
    gsize rows = 0;
    for (const void *record; (options->limit == 0 || rows < options->limit) &&
                             (record = store_record_next(cursor, options->kind, &inner)) != NULL;) {
        if (!is_since(options, record))
            continue;
        if (options->json)
            json_row(options, record, line);
        else
            csv_row(options, record, line);
        rows++;
        if (line->len > 65536) {
            cli_output_write(output, line->str, line->len);
            g_string_truncate(line, 0);
        }
    }
    cli_output_write(output, line->str, line->len);
    *ret_rows = rows;
    if (inner == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&inner));
    return false;
}

/* ---- what was asked for ---- */

static StoreKind kind_of(const char *word)
{
    for (StoreKind kind = 1; kind < STORE_N_KINDS; kind++) {
        const char *name = store_kind_name(kind);
        g_autofree char *plural = g_strconcat(name, "s", NULL);
        if (store_kind_n_columns(kind) > 0 &&
            (g_ascii_strcasecmp(word, name) == 0 || g_ascii_strcasecmp(word, plural) == 0 ||
             g_ascii_strcasecmp(word, store_kind_prefix(kind)) == 0 ||
             strcmp(word, store_kind_title(kind)) == 0))
            return kind;
    }
    static const struct {
        const char *word;
        StoreKind kind;
    } PLURALS[] = {{"people", STORE_KIND_PERSON},         {"persons", STORE_KIND_PERSON},
                   {"letters", STORE_KIND_APPEAL},        {"letter", STORE_KIND_APPEAL},
                   {"bodies", STORE_KIND_BODY},           {"crises", STORE_KIND_CRISIS},
                   {"signatories", STORE_KIND_SIGNATORY}, {"deliveries", STORE_KIND_DELIVERY}};
    for (gsize i = 0; i < G_N_ELEMENTS(PLURALS); i++)
        if (g_ascii_strcasecmp(word, PLURALS[i].word) == 0)
            return PLURALS[i].kind;
    return STORE_KIND_NONE;
}

/* The field that says when a record came: a second or a day. */
static gssize when_column(StoreKind kind)
{
    static const char *const NAMES[] = {"received", "created", "time", "started", "first_day"};
    gssize found = -1;
    for (gsize i = 0; found < 0 && i < G_N_ELEMENTS(NAMES); i++)
        found = store_kind_column_find(kind, NAMES[i]);
    return found;
}

static bool read_since(ListOptions *options, const char *word, GError **error)
{
    Edtf edtf;
    gint32 first, last;
    bool solar = word[0] == '1' && (word[1] == '3' || word[1] == '4');
    if (!edtf_parse(word, solar ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN, &edtf, error))
        return false;
    edtf_bounds(&edtf, &first, &last);
    options->since_column = when_column(options->kind);
    if (first == G_MININT32 || options->since_column < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    options->since_column < 0
                        ? _("--since %s: records of this kind do not say when they came.")
                        : _("--since %s: give a day, such as 2025-06-28 or 1404-04-07."),
                    word);
        return false;
    }
    bool in_days =
        store_kind_column(options->kind, (gsize)options->since_column).type == STORE_VALUE_DAY;
    options->since = in_days ? first : (gint64)first * 86400;
    return true;
}

static bool read_after(ListOptions *options, const char *word, GError **error)
{
    gint64 number = 0;
    if (csv_parse_integer(word, &number) && number >= 0) {
        options->page.after = number;
        return true;
    }
    StoreKind kind;
    return store_id_read(word, options->kind, &kind, &options->page.after, error);
}

static int list(CliContext *context, const ListOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    CliOutput *output = store != NULL ? cli_output_open(NULL, &error) : NULL;
    if (output == NULL)
        return cli_fail(context, error);
    gsize rows = 0;
    bool printed = print_rows(store, options, output, &rows, &error);
    if (!cli_output_close(output, printed ? &error : NULL) || !printed)
        return cli_fail(context, error);
    g_autofree char *count = i18n_integer((gint64)rows);
    cli_say(context, _("%s records of the kind: %s"), count, store_kind_title(options->kind));
    return CLI_DONE;
}

int cmd_list(CliContext *context, int argc, char **argv)
{
    g_autofree char *after = NULL, *since = NULL;
    gboolean newest = FALSE, text = FALSE, json = FALSE;
    int limit = 0;
    const GOptionEntry entries[] = {
        {"limit", 0, 0, G_OPTION_ARG_INT, &limit, NULL, NULL},
        {"after", 0, 0, G_OPTION_ARG_STRING, &after, NULL, NULL},
        {"newest", 0, 0, G_OPTION_ARG_NONE, &newest, NULL, NULL},
        {"since", 0, 0, G_OPTION_ARG_STRING, &since, NULL, NULL},
        {"text", 0, 0, G_OPTION_ARG_NONE, &text, NULL, NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc != 2)
        return cli_usage(context, "%s", _("Name one kind of record, such as report."));
    if (limit < 0)
        return cli_usage(context, "%s", _("--limit must be 1 or more."));
    ListOptions options = {
        .kind = kind_of(argv[1]),
        .page = {.descending = newest},
        .limit = (gsize)limit,
        .since_column = -1,
        .text = text,
        .json = json,
    };
    if (options.kind == STORE_KIND_NONE)
        return cli_usage(context, _("There is no kind of record called '%s'."), argv[1]);
    if (since == NULL) /* else rows are left out after reading */
        options.page.limit = options.limit;
    g_autoptr(GError) error = NULL;
    if ((after != NULL && !read_after(&options, after, &error)) ||
        (since != NULL && !read_since(&options, since, &error)))
        return cli_usage(context, "%s", error->message);
    return list(context, &options);
}
