/* COMMAND: trace
 * SUMMARY: walk from a record down to the sealed originals it rests on
 *
 * zenhar trace --case FOLDER [--all] [--limit N] [--json] ID
 *
 * ID is a record of any kind, as printed in letters, pages and lists: AP3 a
 * letter, FG12 a figure, AL5 an alarm, ES1 an estimate, R100 a report. Prints
 * what it rests on, and what that rests on, as a tree that is indented at each
 * step and ends at originals with their SHA-256. A record met again is named, not
 * walked again. A statement that was joined to a person says by which weight and by
 * which link (LK12, for `zenhar link undo`). Of many records of one kind below one
 * record, the first are shown and the others counted.
 *
 * --limit N  show so many records of one kind below a record (default 5)
 * --all      show all
 * --json     one JSON object instead of words
 */
#include "commands.h"

#include "cli/case.h"
#include "cli/case_person.h"
#include "cli/case_record.h"
#include "store/link.h"
#include "store/report.h"
#include <string.h>

enum { DEPTH_MAX = 64 };

typedef struct {
    Store *store;
    gsize limit; /* of a kind below one record; 0 all */
    bool json;
    GHashTable *met;   /* printed ids */
    GHashTable *joins; /* statement → StoreLink that joined it to its person */
    GString *out;
    gsize records, originals, left_out;
} Trace;

static void add_indent(Trace *trace, guint depth)
{
    for (guint i = 0; i < depth; i++)
        g_string_append(trace->out, "  ");
}

static json_t *record_json(Trace *trace, StoreKind kind, gint64 id, const char *role)
{
    char text[STORE_ID_MAX];
    json_t *object = json_object();
    json_object_set_new(object, "id", json_string(store_id_format(kind, id, text)));
    json_object_set_new(object, "kind", json_string(store_kind_name(kind)));
    if (role[0] != '\0')
        json_object_set_new(object, "role", json_string(role));
    void *record = store_record_load(trace->store, kind, id, NULL);
    if (record == NULL)
        return object;
    g_autofree char *title = case_record_title(kind, record);
    g_autofree char *date = case_record_date(kind, record);
    if (title != NULL)
        json_object_set_new(object, "title", json_string(title));
    if (date != NULL)
        json_object_set_new(object, "date", json_string(date));
    g_autofree char *erased = case_erased_words(trace->store, kind, id);
    if (erased != NULL)
        json_object_set_new(object, "erased", json_string(erased));
    if (kind == STORE_KIND_ORIGINAL) {
        const StoreOriginal *original = record;
        g_autofree char *hex = case_hex(original->sha256, sizeof original->sha256);
        json_object_set_new(object, "sha256", json_string(hex));
        json_object_set_new(object, "bytes", json_integer((json_int_t)original->bytes));
    }
    store_record_free(kind, record);
    return object;
}

/* The link that says why a statement is a person's. */
static const StoreLink *join_of(const Trace *trace, const StoreTraceStep *step)
{
    return step->kind == STORE_KIND_STATEMENT && strcmp(step->role, "part") == 0
               ? g_hash_table_lookup(trace->joins, &step->id)
               : NULL;
}

static bool read_joins(Trace *trace, gint64 person, GError **error)
{
    g_autoptr(GPtrArray) links =
        store_link_list_from(trace->store, STORE_KIND_PERSON, person, NULL, error);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        StoreLink *link = g_ptr_array_index(links, i);
        if (link->to_kind == STORE_KIND_STATEMENT && g_strcmp0(link->role, "part") == 0) {
            g_ptr_array_index(links, i) = NULL; /* the table owns it now */
            g_hash_table_replace(trace->joins, &link->to_id, link);
        }
    }
    return links != NULL;
}

/* One record, in words or as *ret_object; true when what it rests on is still to be walked. */
static bool show(Trace *trace, const StoreTraceStep *step, guint depth, json_t **ret_object)
{
    char text[STORE_ID_MAX];
    store_id_format(step->kind, step->id, text);
    bool again = !g_hash_table_add(trace->met, g_strdup(text));
    if (!again) {
        trace->records++;
        trace->originals += step->kind == STORE_KIND_ORIGINAL;
    }
    if (trace->json) {
        *ret_object = record_json(trace, step->kind, step->id, step->role);
        const StoreLink *link = join_of(trace, step);
        if (link != NULL)
            json_object_set_new(*ret_object, "joined_by", case_link_json(link));
        if (again)
            json_object_set_new(*ret_object, "met_before", json_true());
        return !again;
    }
    add_indent(trace, depth);
    if (again) {
        g_string_append_printf(trace->out, _("%s %s (see above)"), store_kind_title(step->kind),
                               text);
    } else {
        g_autofree char *words = case_record_words(trace->store, step->kind, step->id);
        g_string_append(trace->out, words);
    }
    const StoreLink *join = join_of(trace, step);
    g_autofree char *weight = join != NULL ? case_link_words(join) : NULL;
    if (weight != NULL)
        g_string_append_printf(trace->out, " [%s, %s; %s]", case_word(step->role), weight,
                               store_id_format(STORE_KIND_LINK, join->id, text));
    else if (step->role[0] != '\0')
        g_string_append_printf(trace->out, " [%s]", case_word(step->role));
    g_string_append_c(trace->out, '\n');
    return !again;
}

static void show_rest(Trace *trace, StoreKind kind, gsize n, guint depth, json_t *object)
{
    trace->left_out += n;
    if (trace->json) {
        json_t *more = json_object_get(object, "more");
        if (more == NULL) {
            more = json_object();
            json_object_set_new(object, "more", more);
        }
        json_object_set_new(more, store_kind_name(kind), json_integer((json_int_t)n));
        return;
    }
    g_autofree char *count = i18n_integer((gint64)n);
    add_indent(trace, depth);
    g_string_append_printf(trace->out, _("… and %s more: %s"), count, store_kind_title(kind));
    g_string_append_c(trace->out, '\n');
}

static bool walk(Trace *trace, const StoreTraceStep *from, guint depth, json_t **ret_object,
                 GError **error);

/* What a field and a link both say is said once, by the one that says how. */
static void join_steps(GArray *steps)
{
    guint kept = 0;
    for (guint i = 0; i < steps->len; i++) {
        const StoreTraceStep step = g_array_index(steps, StoreTraceStep, i);
        StoreTraceStep *before = kept > 0 ? &g_array_index(steps, StoreTraceStep, kept - 1) : NULL;
        if (before != NULL && before->kind == step.kind && before->id == step.id) {
            if (before->role[0] == '\0')
                before->role = step.role;
        } else {
            g_array_index(steps, StoreTraceStep, kept++) = step;
        }
    }
    g_array_set_size(steps, kept);
}

/* All that a record rests on: steps come in order of kind. */
static bool walk_below(Trace *trace, const StoreTraceStep *from, guint depth, json_t *object,
                       GError **error)
{
    g_autoptr(GArray) steps = store_trace_step(trace->store, from->kind, from->id, 0, error);
    if (steps == NULL || (from->kind == STORE_KIND_PERSON && !read_joins(trace, from->id, error)))
        return false;
    join_steps(steps);
    json_t *below = trace->json && steps->len > 0 ? json_array() : NULL;
    if (below != NULL)
        json_object_set_new(object, "rests_on", below);
    StoreKind kind = STORE_KIND_NONE;
    for (gsize i = 0, n = 0; i < steps->len; i++, n++) {
        const StoreTraceStep *step = &g_array_index(steps, StoreTraceStep, i);
        if (step->kind != kind) {
            kind = step->kind;
            n = 0;
        }
        if (trace->limit > 0 && n >= trace->limit) {
            gsize rest = 1;
            while (i + rest < steps->len &&
                   g_array_index(steps, StoreTraceStep, i + rest).kind == kind)
                rest++;
            show_rest(trace, kind, rest, depth, object);
            i += rest - 1;
            continue;
        }
        json_t *child = NULL;
        if (!walk(trace, step, depth, &child, error))
            return false;
        if (child != NULL)
            json_array_append_new(below, child);
    }
    return true;
}

static bool walk(Trace *trace, const StoreTraceStep *from, guint depth, json_t **ret_object,
                 GError **error)
{
    json_t *object = NULL;
    bool further = show(trace, from, depth, &object);
    bool walked =
        !further || depth >= DEPTH_MAX || walk_below(trace, from, depth + 1, object, error);
    if (walked)
        *ret_object = object;
    else
        json_decref(object);
    return walked;
}

static bool print(Trace *trace, json_t *object, GError **error)
{
    if (object != NULL) {
        g_autofree char *text = json_dumps(object, JSON_COMPACT);
        g_string_assign(trace->out, text);
        g_string_append_c(trace->out, '\n');
    }
    CliOutput *output = cli_output_open(NULL, error);
    if (output == NULL)
        return false;
    cli_output_write(output, trace->out->str, trace->out->len);
    return cli_output_close(output, error);
}

static void free_link(gpointer link)
{
    store_link_free(link);
}

static int trace_from(CliContext *context, Trace *trace, StoreKind kind, gint64 id)
{
    g_autoptr(GError) error = NULL;
    /* One view of the case, though somebody imports meanwhile. */
    if (!store_read_begin(trace->store, &error))
        return cli_fail(context, error);
    json_t *object = NULL;
    const StoreTraceStep from = {.kind = kind, .id = id, .role = ""};
    void *record = store_record_load(trace->store, kind, id, &error);
    bool done = record != NULL && walk(trace, &from, 0, &object, &error);
    store_record_free(kind, record);
    store_read_end(trace->store);
    done = done && print(trace, object, &error);
    json_decref(object);
    if (!done)
        return cli_fail(context, error);
    g_autofree char *records = i18n_integer((gint64)trace->records);
    g_autofree char *originals = i18n_integer((gint64)trace->originals);
    g_autofree char *left_out = i18n_integer((gint64)trace->left_out);
    cli_say(context, _("%s records, %s of them originals."), records, originals);
    if (trace->left_out > 0)
        cli_say(context, _("%s were counted, not shown; --all shows them."), left_out);
    return CLI_DONE;
}

int cmd_trace(CliContext *context, int argc, char **argv)
{
    gboolean all = FALSE, json = FALSE;
    int limit = 5;
    const GOptionEntry entries[] = {
        {"all", 0, 0, G_OPTION_ARG_NONE, &all, NULL, NULL},
        {"limit", 0, 0, G_OPTION_ARG_INT, &limit, NULL, NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc != 2)
        return cli_usage(context, "%s", _("Give one id, such as AP3 or R100."));
    if (limit < 1)
        return cli_usage(context, "%s", _("--limit must be 1 or more."));
    StoreKind kind;
    gint64 id;
    g_autoptr(GError) error = NULL;
    if (!store_id_read(argv[1], STORE_KIND_NONE, &kind, &id, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL)
        return cli_fail(context, error);
    Trace trace = {
        .store = store,
        .limit = all ? 0 : (gsize)limit,
        .json = json,
        .met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .joins = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_link),
        .out = g_string_new(NULL),
    };
    status = trace_from(context, &trace, kind, id);
    g_hash_table_unref(trace.met);
    g_hash_table_unref(trace.joins);
    g_string_free(trace.out, TRUE);
    return status;
}
