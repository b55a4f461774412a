/* What a run is, what its stages have found out, and how its records come in. */
#include "intake/spool_private.h"

#include "base/i18n.h"
#include "base/limits.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum { VERSION = 2, CHUNK = 200000 };

IntakeSpoolOptions intake_spool_options_default(void)
{
    return (IntakeSpoolOptions){.threshold = 0.5, .keep = 0.01, .seed = 1};
}

/* ---- One value, one file ------------------------------------------------------------- */

bool spool_save(IntakeSpool *spool, const char *name, const void *value, gsize n, GError **error)
{
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, name, -1, error);
    return writer != NULL && spool_writer_put(writer, 0, 0, true, value, n, error) &&
           spool_writer_close(g_steal_pointer(&writer), error);
}

bool spool_load(IntakeSpool *spool, const char *name, void *value, gsize n, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    if (!spool_get(spool, name, -1, 0, 0, true, bytes, error))
        return false;
    if (bytes->len != n) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NEWER,
                    _("The run in %s was begun by another version of zenhar; finish it with that "
                      "one, or begin anew in another folder."),
                    spool->folder);
        return false;
    }
    memcpy(value, bytes->data, n);
    return true;
}

/* The rules that records are compared by, in the config. */
static void take_rules(IntakeSpool *spool)
{
    spool->config->n_rules = spool->figures.n_rules;
    memcpy(spool->config->rules, spool->figures.rules,
           spool->figures.n_rules * sizeof *spool->config->rules);
}

bool spool_need_figures(IntakeSpool *spool, GError **error)
{
    if (spool->has_figures)
        return true;
    if (!spool_load(spool, "figures", &spool->figures, sizeof spool->figures, error))
        return false;
    take_rules(spool);
    return spool->has_figures = true;
}

bool spool_need_model(IntakeSpool *spool, bool settled, GError **error)
{
    bool *has = settled ? &spool->has_settled : &spool->has_model;
    SpoolModel *model = settled ? &spool->settled : &spool->model;
    return *has ||
           (*has = spool_load(spool, settled ? "settled" : "model", model, sizeof *model, error));
}

/* ---- Beginning ------------------------------------------------------------------------ */

/* The caller's columns that some field is made of, in order. */
static void keep_columns(IntakeSpool *spool, const LinkTable *table, const LinkConfig *config)
{
    SpoolPlan *plan = &spool->plan;
    gsize n = link_table_n_columns(table);
    g_autofree guint32 *at = g_new0(guint32, n + 1);
    spool->given = g_new0(gsize, SPOOL_MAX_COLUMNS);
    spool->names = g_new0(char *, SPOOL_MAX_COLUMNS + 1);
    spool->n_given = n;
    for (gsize c = 0; c < n; c++) {
        bool used = false;
        for (unsigned f = 0; f < config->n_fields; f++)
            for (unsigned p = 0; p < config->fields[f].n_parts; p++)
                used |= config->fields[f].parts[p] == c;
        if (!used)
            continue;
        at[c] = plan->n_columns;
        spool->given[plan->n_columns] = c;
        spool->names[plan->n_columns++] = g_strdup(link_table_column(table, c));
    }
    plan->n_fields = config->n_fields;
    plan->n_rules = config->n_rules;
    memcpy(plan->rules, config->rules, sizeof plan->rules);
    for (unsigned f = 0; f < config->n_fields; f++) {
        const LinkField *field = &config->fields[f];
        plan->kinds[f] = field->kind;
        plan->n_parts[f] = field->n_parts;
        plan->partner[f] = field->partner;
        plan->frequency[f] = field->term_frequency;
        for (unsigned p = 0; p < field->n_parts; p++)
            plan->columns[f][p] = at[field->parts[p]];
    }
}

/* The plan's fields as a config over the kept columns. */
static void make_config(IntakeSpool *spool)
{
    const SpoolPlan *plan = &spool->plan;
    LinkConfig *config = spool->config = g_new0(LinkConfig, 1);
    config->n_columns = plan->n_columns;
    config->ignored = g_new0(char *, plan->n_columns + 1);
    config->n_fields = plan->n_fields;
    for (unsigned f = 0; f < plan->n_fields; f++) {
        LinkField *field = &config->fields[f];
        field->name = g_strdup(spool->names[plan->columns[f][0]]);
        field->kind = plan->kinds[f];
        field->n_parts = plan->n_parts[f];
        field->partner = plan->partner[f];
        field->term_frequency = plan->frequency[f] != 0;
        for (unsigned p = 0; p < field->n_parts; p++)
            field->parts[p] = plan->columns[f][p];
    }
    config->n_rules = plan->n_rules;
    memcpy(config->rules, plan->rules, sizeof config->rules);
}

IntakeSpool *intake_spool_new(const char *folder, const LinkTable *table, const LinkConfig *config,
                              const IntakeSpoolOptions *options, GError **error)
{
    g_autoptr(IntakeSpool) spool = g_new0(IntakeSpool, 1);
    if (sodium_init() < 0 || g_mkdir(folder, 0700) != 0) {
        int code = errno;
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The folder %s for the parts of the list cannot be made: %s. Name a folder "
                      "that is not there yet."),
                    folder, i18n_errno(code));
        return NULL;
    }
    spool->folder = g_strdup(folder);
    memcpy(spool->key, options->key, sizeof spool->key);
    if (sodium_is_zero(spool->key, sizeof spool->key))
        randombytes_buf(spool->key, sizeof spool->key);
    if (!spool_hold(spool, error) || !spool_mark(spool, error))
        return NULL;
    spool->plan =
        (SpoolPlan){.size = sizeof(SpoolPlan),
                    .version = VERSION,
                    .chunk_records = options->chunk_records > 0 ? options->chunk_records : CHUNK,
                    .parts = options->parts,
                    .seed = options->seed,
                    .threshold = options->threshold,
                    .keep = options->keep,
                    .between = options->between,
                    .one_to_one = options->one_to_one};
    keep_columns(spool, table, config);
    make_config(spool);
    spool->rows = g_byte_array_new();
    spool->labels = g_byte_array_new();
    return g_steal_pointer(&spool);
}

/* The records gathered so far as a chunk; and what its dates say of the order of day and month. */
static bool write_chunk(IntakeSpool *spool, GError **error)
{
    SpoolPlan *plan = &spool->plan;
    if (spool->in_chunk == 0)
        return true;
    g_auto(SpoolPart) part;
    spool_part_init(&part, spool);
    if (!spool_part_add_all(&part, spool->rows, error))
        return false;
    for (unsigned f = 0; f < plan->n_fields; f++)
        plan->day_first[f] += link_part_day_first(part.table, &spool->config->fields[f]);
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "chunk", (gint64)plan->n_chunks, error);
    if (writer == NULL ||
        !spool_writer_put(writer, 0, 0, true, spool->rows->data, spool->rows->len, error) ||
        !spool_writer_put(writer, 1, 0, true, spool->labels->data, spool->labels->len, error) ||
        !spool_writer_close(g_steal_pointer(&writer), error))
        return false;
    plan->n_chunks++;
    spool->in_chunk = 0;
    g_byte_array_set_size(spool->rows, 0);
    g_byte_array_set_size(spool->labels, 0);
    return true;
}

bool intake_spool_add(IntakeSpool *spool, unsigned source, const char *const *fields,
                      const char *label, GError **error)
{
    SpoolPlan *plan = &spool->plan;
    g_assert(source < 256);
    if (plan->n_records >= G_MAXINT32) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                            _("More than 2,147,483,647 records cannot be linked at once."));
        return false;
    }
    const guint at = spool->rows->len;
    if (at > (guint)G_MAXINT - LIMIT_RECORD_BYTES)
        return spool_no_memory(error);
    SpoolRow row = {(guint32)plan->n_records, 0, source, 0};
    g_byte_array_append(spool->rows, (const guint8 *)&row, sizeof row);
    for (guint c = 0; c < plan->n_columns; c++) {
        const char *text = fields[spool->given[c]] != NULL ? fields[spool->given[c]] : "";
        g_byte_array_append(spool->rows, (const guint8 *)text, (guint)strlen(text) + 1);
    }
    row.length = spool->rows->len - at - (guint)sizeof row;
    memcpy(spool->rows->data + at, &row, sizeof row);
    g_byte_array_append(spool->labels, (const guint8 *)label, (guint)strlen(label) + 1);
    plan->by_source[source]++;
    plan->n_records++;
    return ++spool->in_chunk < plan->chunk_records || write_chunk(spool, error);
}

bool intake_spool_close(IntakeSpool *spool, guint64 n_unread, GError **error)
{
    SpoolPlan *plan = &spool->plan;
    plan->n_unread = n_unread;
    if (!write_chunk(spool, error))
        return false;
    if (plan->parts == 0)
        plan->parts = MAX(plan->n_chunks, 1);
    g_autoptr(GByteArray) names = g_byte_array_new();
    for (guint c = 0; c < plan->n_columns; c++)
        g_byte_array_append(names, (const guint8 *)spool->names[c],
                            (guint)strlen(spool->names[c]) + 1);
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "columns", -1, error);
    return writer != NULL && spool_writer_put(writer, 0, 0, true, names->data, names->len, error) &&
           spool_writer_close(g_steal_pointer(&writer), error) &&
           spool_save(spool, "plan", plan, sizeof *plan, error);
}

/* ---- Joining in ------------------------------------------------------------------------ */

static bool plan_fits(const SpoolPlan *plan)
{
    bool fits = plan->size == sizeof *plan && plan->version == VERSION &&
                plan->n_columns <= SPOOL_MAX_COLUMNS && plan->n_fields <= LINK_MAX_FIELDS &&
                plan->n_rules <= LINK_MAX_RULES && plan->chunk_records > 0 && plan->parts > 0;
    for (unsigned f = 0; fits && f < plan->n_fields; f++) {
        fits = plan->kinds[f] < LINK_N_KINDS && plan->n_parts[f] >= 1 &&
               plan->n_parts[f] <= LINK_MAX_PARTS && plan->partner[f] < (gint32)plan->n_fields;
        for (unsigned p = 0; fits && p < plan->n_parts[f]; p++)
            fits = plan->columns[f][p] < plan->n_columns;
    }
    return fits;
}

IntakeSpool *intake_spool_open(const char *folder, const guint8 key[INTAKE_SPOOL_KEY_BYTES],
                               GError **error)
{
    g_autoptr(IntakeSpool) spool = g_new0(IntakeSpool, 1);
    g_autoptr(GByteArray) names = g_byte_array_new();
    if (sodium_init() < 0)
        g_error("libsodium does not start");
    spool->folder = g_strdup(folder);
    memcpy(spool->key, key, sizeof spool->key);
    if (!spool_load(spool, "plan", &spool->plan, sizeof spool->plan, error) ||
        !spool_get(spool, "columns", -1, 0, 0, true, names, error))
        return NULL;
    spool->names = g_new0(char *, SPOOL_MAX_COLUMNS + 1);
    guint n = 0;
    for (gsize at = 0; at < names->len && n < SPOOL_MAX_COLUMNS;
         at += strlen((const char *)names->data + at) + 1)
        spool->names[n++] = g_strndup((const char *)names->data + at, names->len - at);
    if (!plan_fits(&spool->plan) || n != spool->plan.n_columns) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NEWER,
                    _("The run in %s was begun by another version of zenhar; finish it with that "
                      "one, or begin anew in another folder."),
                    folder);
        return NULL;
    }
    make_config(spool);
    return g_steal_pointer(&spool);
}

const guint8 *intake_spool_key(const IntakeSpool *spool)
{
    return spool->key;
}

guint64 intake_spool_n_unread(const IntakeSpool *spool)
{
    return spool->plan.n_unread;
}

const LinkConfig *intake_spool_config(const IntakeSpool *spool)
{
    return spool->config;
}

void intake_spool_free(IntakeSpool *spool)
{
    if (spool == NULL)
        return;
    sodium_memzero(spool->key, sizeof spool->key);
    if (spool->lock > 0)
        close(spool->lock - 1);
    g_free(spool->folder);
    link_config_free(spool->config);
    g_strfreev(spool->names);
    g_free(spool->given);
    g_clear_pointer(&spool->rows, g_byte_array_unref);
    g_clear_pointer(&spool->labels, g_byte_array_unref);
    g_free(spool);
}

bool intake_spool_remove(IntakeSpool *spool, GError **error)
{
    g_autoptr(GError) cause = NULL;
    GDir *folder = g_dir_open(spool->folder, 0, &cause);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(spool->folder, name, NULL);
        g_unlink(path);
    }
    if (folder != NULL)
        g_dir_close(folder);
    if (folder != NULL && g_rmdir(spool->folder) == 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                _("The folder %s cannot be removed; remove it by hand."), spool->folder);
    return false;
}
