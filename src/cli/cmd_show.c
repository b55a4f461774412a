/* COMMAND: show
 * SUMMARY: show one record: its fields, grades, original and proof
 *
 * zenhar show --case FOLDER [--reveal --reason WHY] [--json] ID
 *
 * Prints every field that has a value, the grades of source and information in
 * words (Admiralty scale), the original it came in with its SHA-256, and where
 * the record stands in the evidence log. Of a person also how it came to be: which
 * statements were joined to it by which weights, mergers, splits, what people
 * answered; the ids named there are what `zenhar link undo` takes. Sealed fields (names, contacts,
 * numbers) are named, not shown.
 *
 * --reveal      shows the sealed fields too; the look is written down in the case
 *               with its reason and cannot be taken back
 * --reason WHY  why they are looked at
 * --json        one JSON object instead of words
 *
 * Example: zenhar show --case june.zenhar R12
 */
#include "commands.h"

#include "cli/case.h"
#include "cli/case_person.h"
#include "cli/case_record.h"
#include "evidence/evidence.h"
#include "store/report.h"
#include "store/user.h"
#include <string.h>

typedef struct {
    Store *store;
    StoreKind kind;
    gint64 id;
    bool reveal, json;
    const char *reason;
    json_t *object, *fields, *sealed;
    GString *out;
} Show;

static void add_line(Show *show, const char *title, const char *value)
{
    g_string_append_printf(show->out, _("%s: %s"), title, value);
    g_string_append_c(show->out, '\n');
}

static void add_field(Show *show, const void *record, gsize i)
{
    StoreColumn column = store_kind_column(show->kind, i);
    if (case_column_hidden(show->kind, &column))
        return;
    if (column.sealed && !show->reveal) {
        json_array_append_new(show->sealed, json_string(column.name));
        return;
    }
    json_t *value = case_value_json(show->kind, record, i);
    if (value == NULL)
        return;
    json_object_set_new(show->fields, column.name, value);
    if (column.type == STORE_VALUE_RECORD) {
        g_autofree char *words = case_record_words(
            show->store, column.ref, store_record_value(show->kind, record, i).integer);
        /* The field's name says the kind already. */
        gsize prefix = strlen(store_kind_title(column.ref)) + 1;
        add_line(show, case_field_title(column.name), words + prefix);
        return;
    }
    /* The days that a date can mean are for machines when the date itself is there. */
    if (column.type == STORE_VALUE_DAY && g_str_has_suffix(column.name, "t_day") &&
        store_record_text(show->kind, record, "event_date") != NULL)
        return;
    g_autofree char *words = case_value_words(show->kind, record, i);
    add_line(show, case_field_title(column.name), words != NULL ? words : "");
}

static void add_sealed(Show *show)
{
    gsize n = json_array_size(show->sealed);
    if (n == 0)
        return;
    g_autoptr(GString) names = g_string_new(NULL);
    for (gsize i = 0; i < n; i++)
        g_string_append_printf(
            names, "%s%s", i > 0 ? _(", ") : "",
            case_field_title(json_string_value(json_array_get(show->sealed, i))));
    add_line(show, _("Sealed"), names->str);
}

static void add_original(Show *show, const void *record)
{
    gint64 id = show->kind == STORE_KIND_ORIGINAL
                    ? show->id
                    : store_record_integer(show->kind, record, "original_id");
    g_autoptr(StoreOriginal) original = id > 0 ? store_original_load(show->store, id, NULL) : NULL;
    if (original == NULL)
        return;
    char text[STORE_ID_MAX];
    g_autofree char *hex = case_hex(original->sha256, sizeof original->sha256);
    json_t *object = json_object();
    json_object_set_new(object, "id", json_string(store_id_format(STORE_KIND_ORIGINAL, id, text)));
    json_object_set_new(object, "sha256", json_string(hex));
    json_object_set_new(object, "bytes", json_integer((json_int_t)original->bytes));
    if (original->name != NULL)
        json_object_set_new(object, "name", json_string(original->name));
    json_object_set_new(show->object, "original", object);
}

static void add_erased(Show *show)
{
    g_autofree char *words = case_erased_words(show->store, show->kind, show->id);
    if (words == NULL)
        return;
    json_object_set_new(show->object, "erased", json_string(words));
    add_line(show, _("Erasure"), words);
}

static bool add_proof(Show *show, GError **error)
{
    g_autofree EvidenceProof *proof = evidence_prove(show->store, show->kind, show->id, error);
    if (proof == NULL)
        return false;
    g_autofree char *leaf = case_hex(proof->leaf_hash.bytes, sizeof proof->leaf_hash.bytes);
    g_autofree char *root = case_hex(proof->head.root, sizeof proof->head.root);
    json_t *object = json_object();
    json_object_set_new(object, "position", json_integer((json_int_t)proof->position));
    json_object_set_new(object, "leaf_hash", json_string(leaf));
    json_object_set_new(object, "path_length", json_integer((json_int_t)proof->n_path));
    json_object_set_new(object, "head", json_integer((json_int_t)proof->head.number));
    json_object_set_new(object, "size", json_integer((json_int_t)proof->head.size));
    json_object_set_new(object, "root", json_string(root));
    json_object_set_new(show->object, "proof", object);

    g_autofree char *position = i18n_integer(proof->position);
    g_autofree char *size = i18n_integer(proof->head.size);
    g_autofree char *number = i18n_integer(proof->head.number);
    g_autofree char *n_path = i18n_integer((gint64)proof->n_path);
    g_autofree char *time = case_time_words(proof->head.time);
    g_autofree char *words =
        g_strdup_printf(_("entry %s of %s; %s hashes lead to signed head %s of %s, root %s"),
                        position, size, n_path, number, time, root);
    add_line(show, _("Evidence log"), words);
    return true;
}

static bool print(Show *show, GError **error)
{
    if (show->json) {
        g_autofree char *text = json_dumps(show->object, JSON_COMPACT | JSON_REAL_PRECISION(15));
        g_string_assign(show->out, text);
        g_string_append_c(show->out, '\n');
    }
    CliOutput *output = cli_output_open(NULL, error);
    if (output == NULL)
        return false;
    cli_output_write(output, show->out->str, show->out->len);
    return cli_output_close(output, error);
}

/* The look is on disk before a sealed field is read. */
static bool reveal(Show *show, GError **error)
{
    return store_audit_look(show->store, 0, show->kind, show->id, NULL, show->reason, error) &&
           store_unseal(show->store, 0, show->reason, error);
}

static bool show_record(Show *show, GError **error)
{
    void *record = store_record_load(show->store, show->kind, show->id, error);
    if (record == NULL)
        return false;
    if (show->reveal) {
        store_record_free(show->kind, record);
        record = reveal(show, error) ? store_record_load(show->store, show->kind, show->id, error)
                                     : NULL;
        if (record == NULL)
            return false;
    }
    char text[STORE_ID_MAX];
    store_id_format(show->kind, show->id, text);
    json_object_set_new(show->object, "id", json_string(text));
    json_object_set_new(show->object, "kind", json_string(store_kind_name(show->kind)));
    g_string_append_printf(show->out, "%s %s\n", store_kind_title(show->kind), text);
    for (gsize i = 0; i < store_kind_n_columns(show->kind); i++)
        add_field(show, record, i);
    add_sealed(show);
    json_object_set(show->object, "fields", show->fields);
    json_object_set(show->object, "sealed", show->sealed);
    add_original(show, record);
    add_erased(show);
    bool told = show->kind != STORE_KIND_PERSON ||
                case_person_story(show->store, show->id, show->out, show->object, error);
    store_record_free(show->kind, record);
    store_unseal_end(show->store);
    return told && add_proof(show, error) && print(show, error);
}

int cmd_show(CliContext *context, int argc, char **argv)
{
    g_autofree char *reason = NULL;
    gboolean reveal_sealed = FALSE, json = FALSE;
    const GOptionEntry entries[] = {
        {"reveal", 0, 0, G_OPTION_ARG_NONE, &reveal_sealed, NULL, NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, NULL, NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc != 2)
        return cli_usage(context, "%s", _("Give one id, such as AP3 or R100."));
    if (reveal_sealed && (reason == NULL || reason[strspn(reason, " ")] == '\0'))
        return cli_usage(context, "%s",
                         _("--reveal needs --reason \"why\": it is written down in the case."));
    Show show = {.reveal = reveal_sealed, .json = json, .reason = reason};
    g_autoptr(GError) error = NULL;
    if (!store_id_read(argv[1], STORE_KIND_NONE, &show.kind, &show.id, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store =
        cli_case_open(context, reveal_sealed ? STORE_WRITE : STORE_READ, &error);
    if (store == NULL)
        return cli_fail(context, error);
    show.store = store;
    show.object = json_object();
    show.fields = json_object();
    show.sealed = json_array();
    show.out = g_string_new(NULL);
    bool shown = show_record(&show, &error);
    json_decref(show.object);
    json_decref(show.fields);
    json_decref(show.sealed);
    g_string_free(show.out, TRUE);
    return shown ? CLI_DONE : cli_fail(context, error);
}
