/* Which records speak of one person: the engine's answer, under what people said. */
#include "intake/join_private.h"

#include <math.h>
#include <string.h>

/* ---- constraints ---- */

/* What is linked stays linked. */
static void add_known(const JoinRecords *records, GArray *constraints)
{
    g_autoptr(GHashTable) last = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (gsize i = 0; i < records->n_known; i++) {
        JoinRecord *record = &records->records[i];
        gsize before = GPOINTER_TO_SIZE(g_hash_table_lookup(last, &record->person));
        if (before > 0) {
            LinkConstraint same = {(guint32)before - 1, (guint32)i, LINK_SAME};
            g_array_append_val(constraints, same);
        }
        g_hash_table_insert(last, &record->person, GSIZE_TO_POINTER(i + 1));
    }
}

static gssize find_record(const void *context, gint64 statement)
{
    return join_records_find(context, statement);
}

/* ---- results ---- */

static const char *field_title(unsigned f, const char *columns)
{
    g_auto(GStrv) names = g_strsplit(columns, " ", -1);
    return f < g_strv_length(names) ? g_intern_string(names[f]) : "";
}

/* Why each record is where it is: the pair that speaks loudest for it. anew: those linked before
 * too, where they are not the first of their person. */
static void note_reasons(const JoinRecords *records, const LinkPrepared *prepared,
                         const LinkResult *result, bool anew, JoinMatch *match)
{
    gsize n = records->n;
    g_autofree LinkPair *best = g_new0(LinkPair, n + 1); /* left == right: none yet */
    for (gsize p = 0; p < result->n_pairs; p++) {
        const LinkPair *pair = &result->pairs[p];
        if (match->clusters[pair->left] != match->clusters[pair->right])
            continue;
        LinkPair *own = &best[pair->right];
        if (own->left == own->right || pair->weight_bits > own->weight_bits)
            *own = *pair;
    }
    for (gsize i = 0; i < n; i++) {
        JoinReason *reason = &match->reasons[i];
        reason->other = (guint32)i;
        if (match->clusters[i] == i || (i < records->n_known && !anew))
            continue; /* the first of its person, or joined in an earlier run */
        if (best[i].left == best[i].right)
            best[i] = link_compare(prepared, &result->model, match->clusters[i], i);
        reason->other = best[i].left;
        reason->weight_bits = best[i].weight_bits;
        reason->probability = best[i].probability;
        link_explain(prepared, &result->model, &best[i], reason->bits);
    }
}

static gint16 short_bits(double bits)
{
    return (gint16)lrint(CLAMP(bits * JOIN_BITS, G_MININT16, G_MAXINT16));
}

static void note_pairs(const JoinRecords *records, const LinkPrepared *prepared,
                       const LinkResult *result, JoinMatch *match)
{
    match->pairs = g_array_sized_new(FALSE, TRUE, sizeof(JoinPair), (guint)result->n_pairs);
    for (gsize p = 0; p < result->n_pairs; p++) {
        const LinkPair *pair = &result->pairs[p];
        gint64 a = records->records[pair->left].statement,
               b = records->records[pair->right].statement;
        JoinPair kept = {MIN(a, b), MAX(a, b), pair->weight_bits, (guint32)pair->levels, {0}};
        double bits[LINK_MAX_FIELDS] = {0};
        link_explain(prepared, &result->model, pair, bits);
        for (unsigned f = 0; f < match->n_fields && f < INTAKE_REVIEW_FIELDS; f++)
            kept.bits[f] = short_bits(bits[f]);
        g_array_append_val(match->pairs, kept);
    }
}

static void take_result(const JoinRecords *records, const LinkPrepared *prepared,
                        const LinkConfig *config, const LinkResult *result, bool anew,
                        JoinMatch *match)
{
    match->clusters = g_memdup2(result->clusters, (records->n + 1) * sizeof *match->clusters);
    match->reasons = g_new0(JoinReason, records->n + 1);
    match->model = result->model;
    match->n_fields = config->n_fields;
    const char **titles = g_new0(const char *, config->n_fields + 1);
    for (unsigned f = 0; f < config->n_fields; f++)
        titles[f] = field_title(f, match->columns);
    match->fields = titles;
    match->pairs_compared = result->n_compared;
    match->doubtful = (gint64)result->n_bridges;
    match->unlinkable = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autofree bool *linkable = link_prepared_linkable(prepared);
    for (gsize i = 0; i < records->n; i++)
        if (!linkable[i])
            g_array_append_val(match->unlinkable, records->records[i].statement);
    note_reasons(records, prepared, result, anew, match);
    note_pairs(records, prepared, result, match);
}

static LinkOptions options_of(const JoinRecords *records, const IntakeJoinOptions *options,
                              const GArray *constraints, const GArray *labels)
{
    LinkOptions own = link_options_default();
    own.threshold = options->threshold > 0 ? options->threshold : 0.5;
    own.keep = MIN(own.keep, own.threshold);
    own.seed = options->seed != 0 ? options->seed : 1;
    own.threads = options->threads;
    own.constraints = (const LinkConstraint *)(const void *)constraints->data;
    own.n_constraints = constraints->len;
    own.labels = (const LinkConstraint *)(const void *)labels->data;
    own.n_labels = labels->len;
    own.progress = options->progress;
    own.progress_context = options->progress_context;
    return own;
}

JoinMatch *join_match(JoinRecords *records, const JoinVerdicts *verdicts,
                      const IntakeJoinOptions *options, const LinkModel *model, const char *columns,
                      GError **error)
{
    bool small = records->n < JOIN_LEAST_TO_LEARN;
    g_autoptr(LinkTable) table = join_table_new(records, model == NULL || options->again, error);
    if (table == NULL)
        return NULL;
    g_autoptr(JoinMatch) match = g_new0(JoinMatch, 1);
    g_autoptr(LinkConfig) config = join_config_new(table, !small, &match->columns);
    match->incremental =
        model != NULL && !options->again && !small && g_strcmp0(columns, match->columns) == 0;
    LinkModel plain = join_plain_model(config, records->n);
    g_autoptr(LinkPrepared) prepared = link_prepare(table, config, false, options->threads, error);
    if (prepared == NULL)
        return NULL;
    g_autoptr(GArray) constraints =
        join_verdicts_constraints(verdicts, false, find_record, records),
                      labels = join_verdicts_constraints(verdicts, true, find_record, records);
    if (!options->again)
        add_known(records, constraints);
    LinkOptions own = options_of(records, options, constraints, labels);
    own.model = match->incremental ? model : small ? &plain : NULL;
    own.n_known = match->incremental ? records->n_known : 0;
    g_autoptr(LinkResult) result = link_run(prepared, &own, error);
    if (result == NULL)
        return NULL;
    match->learned = own.model == NULL;
    take_result(records, prepared, config, result, options->again, match);
    return g_steal_pointer(&match);
}

void join_match_free(JoinMatch *match)
{
    if (match == NULL)
        return;
    g_free(match->clusters);
    g_free(match->reasons);
    g_free((gpointer)match->fields);
    g_free(match->columns);
    g_clear_pointer(&match->pairs, g_array_unref);
    g_clear_pointer(&match->unlinkable, g_array_unref);
    g_free(match);
}
