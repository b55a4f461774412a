/* Records that pairs hang together, and clusters among them. */
#include "intake/spool_private.h"

#include <stdlib.h>
#include <string.h>

enum { EDGES_AT_ONCE = 1 << 16 };

static guint part_of(const IntakeSpool *spool, guint32 root)
{
    guint64 mixed = ((guint64)root + 1) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return (guint)((mixed >> 32) * spool->plan.parts >> 32);
}

static guint32 root_of(guint32 *parent, guint32 record)
{
    while (parent[record] != record)
        record = parent[record] = parent[parent[record]];
    return record;
}

/* ---- join ----------------------------------------------------------------------------- */

typedef struct {
    IntakeSpool *spool;
    guint32 *parent;
    guint8 *size; /* of a group, at its root; 255 and more: 255 */
    GPtrArray *edges;
    SpoolWriter *writer;
    guint8 least; /* groups of so many go into a part; smaller ones are clusters as they are */
} Join;

static bool unite(void *context, const LinkPair *pair, const float *rarities, GError **error)
{
    Join *join = context;
    guint32 a = root_of(join->parent, pair->left), b = root_of(join->parent, pair->right);
    guint32 low = MIN(a, b), high = MAX(a, b);
    if (a == b)
        return true;
    join->parent[high] = low;
    join->size[low] = (guint8)MIN(join->size[low] + join->size[high], 255);
    return true;
}

static bool route(void *context, const LinkPair *pair, const float *rarities, GError **error)
{
    Join *join = context;
    guint32 root = root_of(join->parent, pair->left);
    if (join->size[root] < join->least)
        return true;
    guint part = part_of(join->spool, root);
    GArray *edges = join->edges->pdata[part];
    g_array_append_val(edges, *pair);
    if (edges->len < EDGES_AT_ONCE)
        return true;
    bool ok = spool_writer_put(join->writer, SPOOL_EDGES, part, false, edges->data,
                               edges->len * sizeof *pair, error);
    g_array_set_size(edges, 0);
    return ok;
}

static bool put_roots(Join *join, GError **error)
{
    const SpoolPlan *plan = &join->spool->plan;
    g_autofree guint32 *roots = g_new(guint32, plan->chunk_records + 1);
    g_autofree guint8 *wanted = g_new(guint8, plan->chunk_records + 1);
    for (guint64 c = 0; c < plan->n_chunks; c++) {
        guint64 first = c * plan->chunk_records;
        guint64 n = MIN(plan->chunk_records, plan->n_records - first);
        for (guint64 i = 0; i < n; i++) {
            roots[i] = root_of(join->parent, (guint32)(first + i));
            wanted[i] = join->size[roots[i]] >= join->least;
        }
        if (!spool_writer_put(join->writer, SPOOL_ROOTS, (guint32)c, false, roots,
                              n * sizeof *roots, error) ||
            !spool_writer_put(join->writer, SPOOL_WANTED, (guint32)c, false, wanted, n, error))
            return false;
    }
    return true;
}

static void free_edges(gpointer edges)
{
    g_array_unref(edges);
}

bool spool_join(IntakeSpool *spool, gint64 unit, GError **error)
{
    gsize n = spool->plan.n_records;
    g_autoptr(GPtrArray) edges = g_ptr_array_new_with_free_func(free_edges);
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "join", unit, error);
    /* Two records alone become one cluster, unless they are of one source that has each once. */
    Join join = {spool,  malloc((n + 1) * sizeof(guint32)), malloc(n + 1), edges,
                 writer, spool->plan.one_to_one ? 2 : 3};
    bool ok = writer != NULL;
    if (ok && (join.parent == NULL || join.size == NULL))
        ok = spool_no_memory(error);
    for (gsize i = 0; ok && i < n; i++) {
        join.parent[i] = (guint32)i;
        join.size[i] = 1;
    }
    for (guint p = 0; p < spool->plan.parts; p++)
        g_ptr_array_add(edges, g_array_new(FALSE, FALSE, sizeof(LinkPair)));
    ok = ok && spool_walk_pairs(spool, spool->plan.threshold, unite, &join, error) &&
         spool_walk_pairs(spool, spool->plan.threshold, route, &join, error) &&
         put_roots(&join, error);
    for (guint p = 0; ok && p < spool->plan.parts; p++) {
        GArray *own = edges->pdata[p];
        ok = spool_writer_put(writer, SPOOL_EDGES, p, false, own->data, own->len * sizeof(LinkPair),
                              error);
    }
    free(join.parent);
    free(join.size);
    return ok && spool_writer_close(g_steal_pointer(&writer), error);
}

/* ---- regroup --------------------------------------------------------------------------- */

static bool read_roots(IntakeSpool *spool, gint64 chunk, GByteArray *roots, GByteArray *wanted,
                       GError **error)
{
    g_autoptr(SpoolReader) reader = spool_reader_new(spool, "join", 0, error);
    return reader != NULL &&
           spool_reader_get(reader, SPOOL_ROOTS, (guint32)chunk, false, roots, error) &&
           spool_reader_get(reader, SPOOL_WANTED, (guint32)chunk, false, wanted, error);
}

static void free_rows(gpointer rows)
{
    g_byte_array_unref(rows);
}

bool spool_regroup(IntakeSpool *spool, gint64 unit, GError **error)
{
    g_autoptr(GByteArray) rows = g_byte_array_new(), roots = g_byte_array_new(),
                          wanted = g_byte_array_new();
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(free_rows);
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "regroup", unit, error);
    if (writer == NULL || !spool_get(spool, "chunk", unit, 0, 0, true, rows, error) ||
        !read_roots(spool, unit, roots, wanted, error))
        return false;
    for (guint p = 0; p < spool->plan.parts; p++)
        g_ptr_array_add(parts, g_byte_array_new());
    SpoolRow row;
    const char *texts;
    gsize at = 0;
    for (gsize i = 0; i < wanted->len && spool_rows_next(rows, &at, &row, &texts); i++)
        if (wanted->data[i]) {
            guint32 root = ((const guint32 *)(const void *)roots->data)[i];
            spool_rows_append(parts->pdata[part_of(spool, root)], &row, texts);
        }
    for (guint p = 0; p < spool->plan.parts; p++) {
        GByteArray *out = parts->pdata[p];
        if (!spool_writer_put(writer, p, 0, true, out->data, out->len, error))
            return false;
    }
    return spool_writer_close(g_steal_pointer(&writer), error);
}

/* ---- cluster --------------------------------------------------------------------------- */

/* Record and cluster, both by number in the list. */
static bool put_clusters(IntakeSpool *spool, const SpoolPart *part, const uint32_t *clusters,
                         SpoolWriter *writer, GError **error)
{
    const guint32 *records = (const guint32 *)(const void *)part->records->data;
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < part->records->len;) {
        guint64 chunk = records[i] / spool->plan.chunk_records;
        g_array_set_size(out, 0);
        for (; i < part->records->len && records[i] / spool->plan.chunk_records == chunk; i++) {
            guint32 two[] = {records[i], records[clusters[i]]};
            g_array_append_vals(out, two, 2);
        }
        if (!spool_writer_put(writer, 0, (guint32)chunk, false, out->data,
                              out->len * sizeof(guint32), error))
            return false;
    }
    return true;
}

bool spool_cluster(IntakeSpool *spool, gint64 unit, GError **error)
{
    if (!spool_need_figures(spool, error) || !spool_need_model(spool, true, error))
        return false;
    g_autoptr(GByteArray) edges = g_byte_array_new();
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "cluster", unit, error);
    g_auto(SpoolPart) part;
    spool_part_init(&part, spool);
    for (guint64 c = 0; writer != NULL && c < spool->plan.n_chunks; c++) {
        g_autoptr(GByteArray) rows = g_byte_array_new();
        if (!spool_get(spool, "regroup", (gint64)c, (guint32)unit, 0, true, rows, error) ||
            !spool_part_add_all(&part, rows, error))
            return false;
    }
    if (writer == NULL ||
        !spool_get(spool, "join", 0, SPOOL_EDGES, (guint32)unit, false, edges, error) ||
        !spool_part_prepare(&part, spool, true, error))
        return false;
    LinkPair *pairs = (LinkPair *)(void *)edges->data;
    gsize n = edges->len / sizeof *pairs;
    for (gsize i = 0; i < n; i++) {
        pairs[i].left = spool_part_find(&part, pairs[i].left);
        pairs[i].right = spool_part_find(&part, pairs[i].right);
        g_assert(pairs[i].left != G_MAXUINT32 && pairs[i].right != G_MAXUINT32);
    }
    g_autofree uint32_t *clusters = g_try_new(uint32_t, part.records->len + 1);
    if (clusters == NULL)
        return spool_no_memory(error);
    LinkOptions options = link_options_default();
    options.threshold = spool->plan.threshold;
    options.one_to_one = spool->plan.one_to_one != 0;
    return link_part_cluster(part.prepared, &spool->settled.model, &options, pairs, n, clusters,
                             error) &&
           put_clusters(spool, &part, clusters, writer, error) &&
           spool_writer_close(g_steal_pointer(&writer), error);
}
