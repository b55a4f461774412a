/* COMMAND: quarantine
 * SUMMARY: the records that could not be read: why, and how to mend them
 *
 * zenhar quarantine --case FOLDER [list] [--all] [--json]
 * zenhar quarantine show N            the record as it came, and its reason
 * zenhar quarantine mend N --text TEXT | --file FILE
 * zenhar quarantine replay [N...]     tries those again, or all that wait
 * zenhar quarantine drop N...         will not be read; it stays in the list and the log
 *
 * N is a number of the list, 3 or Q3. A mended record has the form of its file: a
 * line with the same columns, a JSON object, or a text; the original stays as it
 * came. "list" writes CSV (with --json: JSON Lines) of those that wait, each with
 * why it could not be read and what was tried; --all adds what was mended and
 * dropped. A record may name persons: "show" and each look of
 * this kind is written into the case's audit entries.
 *
 * Exit status: 0 done, 1 a record still cannot be read, 2 wrong usage, 3 cannot go on.
 */
#include "commands.h"

#include "base/csv.h"
#include "cli/case.h"
#include "intake/formats.h"
#include "intake/import.h"
#include "store/intake.h"
#include <jansson.h>
#include <string.h>

typedef struct {
    gboolean all, json;
    char *text, *file;
} Arguments;

static void arguments_clear(Arguments *a)
{
    g_free(a->text);
    g_free(a->file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

/* "3", "Q3", «۳». */
static bool read_number(const char *text, gint64 *ret_id, GError **error)
{
    g_autofree char *id =
        strpbrk(text, "Qq") == NULL ? g_strconcat("Q", text, NULL) : g_strdup(text);
    StoreKind kind;
    if (store_id_read(id, STORE_KIND_QUARANTINE, &kind, ret_id, NULL))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("'%s' is no number of the quarantine; `zenhar quarantine` lists them."), text);
    return false;
}

/* What the record's file was taken for, and what was done with it. Transfers. */
static char *tried_of(Store *store, const StoreQuarantine *row, GError **error)
{
    g_autoptr(StoreImport) run = store_import_load(store, row->import_id, error);
    if (run == NULL)
        return NULL;
    IntakeFormat format = intake_format_parse(run->format);
    if (format == INTAKE_N_FORMATS)
        format = INTAKE_FORMAT_AUTO;
    const char *mended =
        row->mended != NULL ? _("; then its text as mended by hand, in the same way") : "";
    return g_strdup_printf(_("as %s: %s%s"), intake_format_title(format),
                           intake_format_tried(format), mended);
}

static void print_csv(const StoreQuarantine *row, const char *tried)
{
    g_autoptr(GString) line = g_string_new(NULL);
    char id[STORE_ID_MAX];
    csv_append(line, store_id_format(STORE_KIND_QUARANTINE, row->id, id));
    csv_append(line, row->state);
    csv_append(line, row->file != NULL ? row->file : "");
    csv_append_integer(line, row->line);
    csv_append(line, row->column != NULL ? row->column : "");
    csv_append_integer(line, row->tries);
    csv_append(line, row->reason != NULL ? row->reason : "");
    csv_append(line, tried);
    csv_append_end(line);
    g_print("%s", line->str);
}

static void print_json(const StoreQuarantine *row, const char *tried)
{
    char id[STORE_ID_MAX], report[STORE_ID_MAX];
    json_t *object = json_pack(
        "{s:s, s:s?, s:s?, s:I, s:s?, s:i, s:s?, s:s, s:s?}", "id",
        store_id_format(STORE_KIND_QUARANTINE, row->id, id), "state", row->state, "file", row->file,
        "line", (json_int_t)row->line, "column", row->column, "tries", (int)row->tries, "reason",
        row->reason, "tried", tried, "report",
        row->report_id > 0 ? store_id_format(STORE_KIND_REPORT, row->report_id, report) : NULL);
    char *dump = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    g_print("%s\n", dump);
    free(dump);
}

static int list(CliContext *context, Store *store, const Arguments *a, GError **error)
{
    g_autoptr(GPtrArray) rows =
        store_quarantine_list_state(store, a->all ? NULL : "waiting", NULL, error);
    if (rows == NULL)
        return CLI_CANNOT;
    if (!a->json && rows->len > 0)
        g_print("id,state,file,line,column,tries,reason,tried\n");
    for (guint i = 0; i < rows->len; i++) {
        const StoreQuarantine *row = g_ptr_array_index(rows, i);
        g_autofree char *tried = tried_of(store, row, error);
        if (tried == NULL)
            return CLI_CANNOT;
        (a->json ? print_json : print_csv)(row, tried);
    }
    g_autofree char *n = i18n_integer(rows->len);
    if (rows->len == 0)
        cli_say(context, "%s", _("Nothing waits in the quarantine."));
    else
        cli_say(context, _("Records: %s. See one with `zenhar quarantine show N`."), n);
    return CLI_DONE;
}

static void print_place(const StoreQuarantine *row, const char *tried)
{
    char id[STORE_ID_MAX];
    g_autofree char *line = row->line > 0 ? i18n_integer(row->line) : NULL;
    g_printerr("%s  %s", store_id_format(STORE_KIND_QUARANTINE, row->id, id), row->file);
    if (line != NULL)
        g_printerr(_(", line %s"), line);
    if (row->column != NULL)
        g_printerr(_(", column %s"), row->column);
    g_autofree char *times = i18n_integer(row->tries);
    g_printerr("\n%s\n", row->reason);
    g_printerr(_("Tried (times: %s): %s.\n"), times, tried);
}

static int show(Store *store, gint64 id, GError **error)
{
    g_autoptr(StoreQuarantine) row = store_quarantine_load(store, id, error);
    if (row == NULL || !store_unseal(store, 0, "quarantine show", error))
        return CLI_CANNOT;
    store_unseal_end(store);
    g_autofree char *tried = tried_of(store, row, error);
    if (tried == NULL)
        return CLI_CANNOT;
    print_place(row, tried);
    gsize length = 0;
    const char *raw = row->raw != NULL ? g_bytes_get_data(row->raw, &length) : NULL;
    g_autofree char *text = raw != NULL ? g_utf8_make_valid(raw, (gssize)length) : g_strdup("");
    g_print("%s\n", text);
    if (row->mended != NULL)
        g_printerr(_("Mended, and still not readable: %s\n"), row->mended);
    return CLI_DONE;
}

/* 1: it became a report; 0: still not readable; -1: error. */
static int try_again(CliContext *context, Store *store, gint64 id, const char *text, GError **error)
{
    gint64 report = 0;
    char quarantine_id[STORE_ID_MAX], report_id[STORE_ID_MAX];
    store_id_format(STORE_KIND_QUARANTINE, id, quarantine_id);
    g_autoptr(StoreQuarantine) before = store_quarantine_load(store, id, error);
    if (before == NULL || !intake_replay(store, id, text, &report, error))
        return -1;
    if (report > 0 && g_strcmp0(before->state, "mended") == 0) {
        cli_say(context, _("%s was mended before and is report %s: nothing was changed."),
                quarantine_id, store_id_format(STORE_KIND_REPORT, report, report_id));
        return 1;
    }
    if (report > 0) {
        cli_say(context, _("%s is now report %s."), quarantine_id,
                store_id_format(STORE_KIND_REPORT, report, report_id));
        return 1;
    }
    g_autoptr(StoreQuarantine) row = store_quarantine_load(store, id, error);
    if (row == NULL)
        return -1;
    cli_say(context, _("%s cannot be read: %s"), quarantine_id, row->reason);
    return 0;
}

static int mend(CliContext *context, Store *store, gint64 id, const Arguments *a, GError **error)
{
    g_autofree char *text = g_strdup(a->text);
    if (a->file != NULL && !cli_read(a->file, &text, NULL, error))
        return CLI_CANNOT;
    if (!g_utf8_validate(text, -1, NULL))
        return cli_usage(context, "%s", _("The text must be UTF-8."));
    int result = try_again(context, store, id, text, error);
    return result < 0 ? CLI_CANNOT : result == 0 ? CLI_INCOMPLETE : CLI_DONE;
}

static GArray *ids_of(Store *store, char **texts, int n, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (int i = 0; i < n; i++) {
        gint64 id;
        if (!read_number(texts[i], &id, error))
            return NULL;
        g_array_append_val(ids, id);
    }
    if (n == 0) {
        g_autoptr(GPtrArray) rows = store_quarantine_list_state(store, "waiting", NULL, error);
        if (rows == NULL)
            return NULL;
        for (guint i = 0; i < rows->len; i++) {
            const StoreQuarantine *row = g_ptr_array_index(rows, i);
            g_array_append_val(ids, row->id);
        }
    }
    return g_steal_pointer(&ids);
}

static int replay(CliContext *context, Store *store, char **texts, int n, GError **error)
{
    g_autoptr(GArray) ids = ids_of(store, texts, n, error);
    if (ids == NULL)
        return CLI_CANNOT;
    guint read = 0;
    for (guint i = 0; i < ids->len; i++) {
        int result = try_again(context, store, g_array_index(ids, gint64, i), NULL, error);
        if (result < 0)
            return CLI_CANNOT;
        read += (guint)result;
    }
    g_autofree char *tried = i18n_integer(ids->len);
    g_autofree char *now = i18n_integer(read);
    cli_say(context, _("Records tried again: %s; now reports: %s."), tried, now);
    return read == ids->len ? CLI_DONE : CLI_INCOMPLETE;
}

static int drop(CliContext *context, Store *store, char **texts, int n, GError **error)
{
    g_autoptr(GArray) ids = ids_of(store, texts, n, error);
    if (ids == NULL)
        return CLI_CANNOT;
    for (guint i = 0; i < ids->len; i++) {
        g_autoptr(StoreQuarantine) row =
            store_quarantine_load(store, g_array_index(ids, gint64, i), error);
        if (row == NULL)
            return CLI_CANNOT;
        if (g_strcmp0(row->state, "waiting") != 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("Record Q%ld waits no longer; there is nothing to drop."), row->id);
            return CLI_USAGE;
        }
        g_free(row->state);
        row->state = g_strdup("dropped");
        if (!store_quarantine_update(store, row, error))
            return CLI_CANNOT;
    }
    cli_say(context, "%s", _("Dropped; the list with --all and the log still show it."));
    return CLI_DONE;
}

static int run(CliContext *context, Store *store, const char *verb, char **rest, int n,
               const Arguments *a, GError **error)
{
    gint64 id = 0;
    if (strcmp(verb, "list") == 0)
        return list(context, store, a, error);
    if (strcmp(verb, "replay") == 0)
        return replay(context, store, rest, n, error);
    if (strcmp(verb, "drop") == 0)
        return drop(context, store, rest, n, error);
    if (!read_number(rest[0], &id, error))
        return CLI_USAGE;
    return strcmp(verb, "show") == 0 ? show(store, id, error) : mend(context, store, id, a, error);
}

int cmd_quarantine(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {0};
    const GOptionEntry entries[] = {
        {"all", 0, 0, G_OPTION_ARG_NONE, &a.all, NULL, NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &a.json, NULL, NULL},
        {"text", 0, 0, G_OPTION_ARG_STRING, &a.text, NULL, NULL},
        {"file", 0, 0, G_OPTION_ARG_FILENAME, &a.file, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    static const struct {
        const char *verb;
        int least, most;
    } VERBS[] = {
        {"list", 0, 0}, {"show", 1, 1}, {"mend", 1, 1}, {"replay", 0, 10000}, {"drop", 1, 10000}};
    const char *verb = argc > 1 ? argv[1] : "list";
    gsize i = 0;
    while (i < G_N_ELEMENTS(VERBS) && strcmp(VERBS[i].verb, verb) != 0)
        i++;
    int n = MAX(argc - 2, 0);
    if (i == G_N_ELEMENTS(VERBS))
        return cli_usage(context, _("There is no '%s'; there are list, show, mend, replay, drop."),
                         verb);
    if (n < VERBS[i].least || n > VERBS[i].most)
        return cli_usage(context, _("`zenhar quarantine %s` needs the number of a record."), verb);
    if (strcmp(verb, "mend") == 0 && (a.text == NULL) == (a.file == NULL))
        return cli_usage(context, "%s", _("Give the mended record with --text or with --file."));
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store =
        cli_case_open(context, strcmp(verb, "list") == 0 ? STORE_READ : STORE_WRITE, &error);
    if (store == NULL)
        return cli_fail(context, error);
    status = run(context, store, verb, argv + 2, n, &a, &error);
    return error != NULL ? cli_fail(context, error) : status;
}
