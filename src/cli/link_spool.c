/* Files larger than memory: read some records at a time, linked in parts, written as if at once. */
#include "cli/link_spool.h"

#include "base/csv.h"
#include "base/i18n.h"
#include "base/progress.h"
#include "base/workers.h"
#include "cli/case.h"
#include "cli/link_files.h"
#include "cli/link_jobs.h"
#include "intake/spool.h"

#include <sodium.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

enum { BEGINNING = 1000000 }; /* records on which is decided what to compare */

static void hear(void *context, const char *sentence)
{
    cli_say(context, "! %s", sentence);
}

/* ---- In ------------------------------------------------------------------------------- */

static bool add_records(IntakeSpool *spool, const LinkFiles *files, GError **error)
{
    gsize n_columns = link_table_n_columns(files->table);
    g_autofree const char **fields = g_new0(const char *, n_columns + 1);
    g_autoptr(GString) label = g_string_new(NULL);
    for (gsize r = 0; r < link_table_n_records(files->table); r++) {
        for (gsize c = 0; c < n_columns; c++)
            fields[c] = link_table_text(files->table, r, c);
        g_string_truncate(label, 0);
        link_files_append_record(files, r, label);
        if (!intake_spool_add(spool, link_table_source(files->table, r), fields, label->str, error))
            return false;
    }
    return true;
}

/* A table of the same columns, without a record. */
static LinkTable *empty_like(const LinkTable *table)
{
    gsize n = link_table_n_columns(table);
    g_autofree const char **names = g_new0(const char *, n + 1);
    for (gsize c = 0; c < n; c++)
        names[c] = link_table_column(table, c);
    return link_table_new(n, names);
}

typedef struct {
    LinkTable *columns;
    LinkConfig *config;
    IntakeSpool *spool;
    IntakeSpoolOptions options;
    gsize n_bad;
    bool keyed;  /* by the files: the run can be taken up */
    bool closed; /* all records are in the folder */
} Reading;

static void reading_clear(Reading *reading)
{
    link_table_free(reading->columns);
    link_config_free(reading->config);
    intake_spool_free(reading->spool);
    sodium_memzero(reading->options.key, sizeof reading->options.key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

/* What the answer rests on; the key, where the input can be read twice; the run that waits in the
 * folder, if one does. */
static bool look_back(CliContext *context, const LinkSpoolArguments *a, Reading *reading,
                      GError **error)
{
    g_autoptr(GError) why = NULL;
    reading->options = intake_spool_options_default();
    reading->options.between = a->between;
    reading->options.one_to_one = a->one_to_one;
    reading->options.threshold = a->threshold;
    reading->options.keep = MIN(reading->options.keep, a->threshold);
    reading->options.seed = a->seed;
    reading->options.chunk_records = a->chunk;
    reading->options.parts = a->parts;
    for (unsigned p = 0; p < a->n_paths; p++)
        if (!g_file_test(a->paths[p], G_FILE_TEST_IS_REGULAR))
            return true;
    if (a->config != NULL && !g_file_test(a->config, G_FILE_TEST_IS_REGULAR))
        return true;
    if (!intake_spool_key_of(a->paths, a->n_paths, a->config, a->id, &reading->options,
                             reading->options.key, error))
        return false;
    reading->keyed = true;
    reading->spool = intake_spool_take_up(a->folder, reading->options.key, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (reading->spool != NULL) {
        reading->closed = true;
        reading->n_bad = intake_spool_n_unread(reading->spool);
        cli_say(context, _("The run in %s goes on from where it stood."), a->folder);
    }
    return true;
}

/* What is compared, as the first records say. */
static bool decide(CliContext *context, const LinkSpoolArguments *a, const LinkFiles *files,
                   Reading *reading, GError **error)
{
    bool beginning = link_table_n_records(files->table) == BEGINNING;
    reading->columns = empty_like(files->table);
    reading->config = link_files_config(files, a->config, beginning, error);
    if (reading->config == NULL)
        return false;
    if (beginning && a->config == NULL)
        cli_say(context, _("! What is compared was decided on the first million records; look at "
                           "the config, or give one (--config)."));
    if (reading->spool == NULL)
        reading->spool =
            intake_spool_new(a->folder, files->table, reading->config, &reading->options, error);
    return reading->spool != NULL;
}

static bool read_all(CliContext *context, const LinkSpoolArguments *a, Reading *reading,
                     GError **error)
{
    g_autoptr(LinkStream) stream =
        link_stream_new(a->paths, a->n_paths, a->id, NULL, hear, context, error);
    if (stream == NULL || !look_back(context, a, reading, error))
        return false;
    for (gsize most = BEGINNING;; most = 100000) {
        g_autoptr(LinkFiles) files = link_stream_next(stream, most, error);
        if (files == NULL ||
            (reading->config == NULL && !decide(context, a, files, reading, error)))
            return false;
        if (progress_interrupted()) {
            g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
                                _("Linking was stopped before it was done."));
            return false;
        }
        if (reading->closed)
            return true;
        reading->n_bad = files->n_bad;
        if (link_table_n_records(files->table) == 0)
            return reading->closed = intake_spool_close(reading->spool, files->n_bad, error);
        if (!add_records(reading->spool, files, error))
            return false;
    }
}

/* ---- Out ------------------------------------------------------------------------------ */

static void flush(CliOutput *output, GString *text, gsize least)
{
    if (text->len < least)
        return;
    cli_output_write(output, text->str, text->len);
    g_string_truncate(text, 0);
}

typedef struct {
    CliOutput *output;
    GString *text;
    const guint32 *clusters;
    guint32 *numbers, n; /* of clusters, in order of their first record */
} Clusters;

static void write_cluster(void *context, guint64 record, const char *label)
{
    Clusters *all = context;
    if (all->clusters[record] == record)
        all->numbers[record] = ++all->n;
    g_string_append(all->text, label);
    csv_append_integer(all->text, all->numbers[all->clusters[record]]);
    csv_append_end(all->text);
    flush(all->output, all->text, 1 << 16);
}

static bool write_clusters(IntakeSpool *spool, const guint32 *clusters, guint64 n, const char *path,
                           GError **error)
{
    g_autofree guint32 *numbers = g_new0(guint32, n + 1);
    g_autoptr(GString) text = g_string_new("source,record_id,cluster_id\n");
    Clusters all = {cli_output_open(path, error), text, clusters, numbers, 0};
    if (all.output == NULL)
        return false;
    bool ok = intake_spool_each_label(spool, write_cluster, &all, error);
    flush(all.output, text, 0);
    return cli_output_close(all.output, ok ? error : NULL) && ok;
}

/* Labels end to end, and where each begins. */
typedef struct {
    char *bytes;
    gsize n, size;
    gsize *starts;
} Labels;

static void keep_label(void *context, guint64 record, const char *label)
{
    Labels *labels = context;
    gsize length = strlen(label) + 1;
    if (labels->n + length > labels->size)
        labels->bytes = g_realloc(labels->bytes, labels->size = (labels->n + length) * 3 / 2);
    memcpy(labels->bytes + labels->n, label, length);
    labels->starts[record] = labels->n;
    labels->n += length;
}

typedef struct {
    CliOutput *output;
    GString *text;
    const Labels *labels;
    const LinkModel *model;
    double threshold;
} Pairs;

static void append_label(const Labels *labels, guint32 record, GString *text)
{
    if (text->len > 0 && text->str[text->len - 1] != '\n')
        g_string_append_c(text, ',');
    g_string_append(text, labels->bytes + labels->starts[record]);
}

static void write_pair(void *context, const LinkPair *pair, const float *rarities)
{
    Pairs *all = context;
    double bits[LINK_MAX_FIELDS];
    if ((double)pair->probability < all->threshold)
        return;
    append_label(all->labels, pair->left, all->text);
    append_label(all->labels, pair->right, all->text);
    for (unsigned f = 0; f < all->model->n_fields; f++)
        bits[f] = link_model_weight(all->model, f, link_pair_level(pair, f)) + (double)rarities[f];
    link_files_append_weights(pair, bits, all->model->n_fields, all->text);
    flush(all->output, all->text, 1 << 16);
}

static bool write_labelled(const LinkSpoolArguments *a, const Reading *reading,
                           const Labels *labels, const LinkModel *model, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Pairs all = {cli_output_open(a->out_pairs, error), text, labels, model, a->threshold};
    if (all.output == NULL)
        return false;
    link_files_pairs_head(reading->config, text);
    bool ok = intake_spool_each_pair(reading->spool, write_pair, &all, error);
    flush(all.output, text, 0);
    return cli_output_close(all.output, ok ? error : NULL) && ok;
}

static bool write_pairs(const LinkSpoolArguments *a, const Reading *reading,
                        const IntakeSpoolSummary *summary, GError **error)
{
    Labels labels = {.starts = g_new0(gsize, summary->n_records + 1)};
    bool ok = intake_spool_each_label(reading->spool, keep_label, &labels, error) &&
              write_labelled(a, reading, &labels, &summary->model, error);
    g_free(labels.bytes);
    g_free(labels.starts);
    return ok;
}

static bool write_answer(CliContext *context, const LinkSpoolArguments *a, Reading *reading,
                         IntakeSpoolSummary *summary, GError **error)
{
    g_autofree guint32 *clusters = NULL;
    if (!intake_spool_clusters(reading->spool, &clusters, summary, error))
        return false;
    const LinkConfig *used = intake_spool_config(reading->spool);
    reading->config->n_rules = used->n_rules;
    memcpy(reading->config->rules, used->rules, sizeof used->rules);
    bool taken = g_strcmp0(a->out_pairs, "-") == 0 || g_strcmp0(a->out_clusters, "-") == 0;
    return link_files_write_config(context, reading->columns, reading->config, a->out_config, taken,
                                   error) &&
           (a->out_clusters == NULL ||
            write_clusters(reading->spool, clusters, summary->n_records, a->out_clusters, error)) &&
           (a->out_pairs == NULL || write_pairs(a, reading, summary, error));
}

/* ---- The run -------------------------------------------------------------------------- */

static bool run_units(CliContext *context, const LinkSpoolArguments *a, Reading *reading,
                      ProgressWatch *watch, GError **error)
{
#ifdef __GLIBC__
    malloc_trim(0); /* what the first records took must not be carried by each process */
#endif
    if (a->jobs)
        return link_jobs_run(context, reading->spool, a->folder, progress_watch, watch, error);
    guint workers = a->workers > 0 ? a->workers : workers_default_threads();
    return intake_spool_run(reading->spool, workers, NULL, progress_watch, watch, error);
}

int link_spool_run(CliContext *context, const LinkSpoolArguments *a)
{
    g_autoptr(GError) error = NULL;
    g_auto(Reading) reading = {0};
    IntakeSpoolSummary summary;
    ProgressWatch watch = {
        .what = _("Linking in parts"), .units = _("parts"), .quiet = context->quiet};
    progress_catch_interrupt();
    bool ok = (!a->jobs || cli_case_named(context, &error)) &&
              read_all(context, a, &reading, &error) &&
              run_units(context, a, &reading, &watch, &error);
    progress_free(watch.progress);
    ok = ok && write_answer(context, a, &reading, &summary, &error);
    /* A key that was drawn dies with this process: what lies there serves nobody. */
    bool stays = !ok && reading.keyed && reading.closed;
    if (reading.spool != NULL && !stays && !intake_spool_remove(reading.spool, ok ? &error : NULL))
        ok = false;
    if (!ok) {
        int status = cli_fail(context, error);
        if (stays)
            cli_say(context,
                    _("What is done lies sealed in %s: the same command goes on from there. To "
                      "give it up, delete that folder."),
                    a->folder);
        return status;
    }
    g_autofree char *records = i18n_integer((gint64)summary.n_records),
                    *clusters = i18n_integer((gint64)summary.n_clusters),
                    *pairs = i18n_integer((gint64)summary.n_compared);
    cli_say(context, _("%s records are %s clusters; %s pairs compared."), records, clusters, pairs);
    if (summary.n_bridges > 0) {
        g_autofree char *bridges = i18n_integer((gint64)summary.n_bridges);
        cli_say(context,
                _("%s pairs above the threshold were kept apart because their groups disagree."),
                bridges);
    }
    if (reading.n_bad > 10)
        cli_say(context,
                _("! %" G_GSIZE_FORMAT " lines could not be read; the first ten are told above."),
                reading.n_bad);
    return reading.n_bad > 0 ? CLI_INCOMPLETE : CLI_DONE;
}
