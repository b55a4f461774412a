/* The pairs of each block, weighed; the prior that their weights speak for; all in order. */
#include "intake/spool_private.h"

#include <stdlib.h>
#include <string.h>

/* ---- score --------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;
    return x < y ? -1 : x > y;
}

/* Whether some other record of the part has this key. */
static bool repeats(const guint32 *keys, gsize n, guint32 key)
{
    gsize low = 0, high = n;
    while (low < high) {
        gsize middle = (low + high) / 2;
        if (keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low + 1 < n && keys[low] == key && keys[low + 1] == key;
}

/* The part's records that share a block with another: no others make a pair. */
static bool read_blocks(IntakeSpool *spool, guint rule, guint p, SpoolPart *part, GError **error)
{
    g_autoptr(GByteArray) rows = g_byte_array_new();
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(guint32));
    SpoolRow row;
    const char *texts;
    for (guint64 c = 0; c < spool->plan.n_chunks; c++)
        if (!spool_get(spool, "spread", (gint64)c, rule, p, true, rows, error))
            return false;
    for (gsize at = 0; spool_rows_next(rows, &at, &row, &texts);)
        g_array_append_val(keys, row.key);
    if (keys->len > 0)
        qsort(keys->data, keys->len, sizeof(guint32), by_number);
    for (gsize at = 0; spool_rows_next(rows, &at, &row, &texts);)
        if (repeats((const guint32 *)(const void *)keys->data, keys->len, row.key) &&
            !spool_part_add(part, &row, texts, error))
            return false;
    return true;
}

/* Pairs under their numbers in the list, by the chunk of the left; with the rarities. */
static bool put_pairs(IntakeSpool *spool, const SpoolPart *part, const LinkPair *pairs, size_t n,
                      SpoolWriter *writer, GError **error)
{
    const guint32 *records = (const guint32 *)(const void *)part->records->data;
    g_autoptr(GByteArray) out = g_byte_array_new();
    for (size_t i = 0; i < n;) {
        guint64 chunk = records[pairs[i].left] / spool->plan.chunk_records;
        g_byte_array_set_size(out, 0);
        for (; i < n && records[pairs[i].left] / spool->plan.chunk_records == chunk; i++) {
            float rarities[LINK_MAX_FIELDS + 1] = {0};
            LinkPair pair = pairs[i];
            link_part_rarities(part->prepared, &pair, rarities);
            pair.left = records[pair.left];
            pair.right = records[pair.right];
            g_byte_array_append(out, (const guint8 *)&pair, sizeof pair);
            g_byte_array_append(out, (const guint8 *)rarities, (guint)spool_rarity_bytes(spool));
        }
        if (!spool_writer_put(writer, SPOOL_PAIRS, (guint32)chunk, false, out->data, out->len,
                              error))
            return false;
    }
    return true;
}

/* How many pairs have which weight, where there are any: bin (4) and count (8). */
typedef struct __attribute__((packed)) {
    guint32 bin;
    guint64 count;
} Bin;

static bool put_weights(const LinkPair *pairs, size_t n, SpoolWriter *writer, GError **error)
{
    LinkWeights weights;
    g_autoptr(GArray) bins = g_array_new(FALSE, FALSE, sizeof(Bin));
    if (!link_weights_init(&weights))
        return spool_no_memory(error);
    for (size_t i = 0; i < n; i++)
        link_weights_add(&weights, pairs[i].weight_bits);
    for (guint32 b = 0; b < LINK_WEIGHT_BINS; b++)
        if (weights.bins[b] > 0) {
            Bin bin = {b, weights.bins[b]};
            g_array_append_val(bins, bin);
        }
    link_weights_clear(&weights);
    return spool_writer_put(writer, SPOOL_WEIGHTS, 0, false, bins->data, bins->len * sizeof(Bin),
                            error);
}

bool spool_score(IntakeSpool *spool, gint64 unit, GError **error)
{
    guint rule = (guint)((guint64)unit / spool->plan.parts),
          p = (guint)((guint64)unit % spool->plan.parts);
    if (!spool_need_figures(spool, error) || !spool_need_model(spool, false, error))
        return false;
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "score", unit, error);
    LinkPair *pairs = NULL;
    size_t n = 0;
    guint64 compared = 0;
    g_auto(SpoolPart) part;
    spool_part_init(&part, spool);
    bool ok =
        writer != NULL && read_blocks(spool, rule, p, &part, error) &&
        spool_part_prepare(&part, spool, true, error) &&
        link_part_score(part.prepared, &spool->model.model, rule, spool->plan.keep, &pairs, &n,
                        &compared, error) &&
        put_pairs(spool, &part, pairs, n, writer, error) && put_weights(pairs, n, writer, error) &&
        spool_writer_put(writer, SPOOL_COMPARED, 0, false, &compared, sizeof compared, error) &&
        spool_writer_close(g_steal_pointer(&writer), error);
    free(pairs);
    return ok;
}

/* ---- settle -------------------------------------------------------------------------- */

static guint64 n_possible(const SpoolPlan *plan)
{
    guint64 n = plan->n_records, pairs = n * (n - (n > 0)) / 2;
    for (unsigned s = 0; plan->between && s < 256; s++)
        pairs -= plan->by_source[s] * (plan->by_source[s] - (plan->by_source[s] > 0)) / 2;
    return pairs;
}

bool spool_settle(IntakeSpool *spool, gint64 unit, GError **error)
{
    if (!spool_need_figures(spool, error) || !spool_need_model(spool, false, error))
        return false;
    LinkWeights weights;
    if (!link_weights_init(&weights))
        return spool_no_memory(error);
    guint64 units = spool->figures.n_rules * spool->plan.parts;
    bool ok = true;
    for (guint64 u = 0; ok && u < units; u++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        ok = spool_get(spool, "score", (gint64)u, SPOOL_WEIGHTS, 0, false, bytes, error);
        for (gsize at = 0; ok && at + sizeof(Bin) <= bytes->len; at += sizeof(Bin)) {
            Bin bin;
            memcpy(&bin, bytes->data + at, sizeof bin);
            weights.bins[MIN(bin.bin, (guint32)LINK_WEIGHT_BINS - 1)] += bin.count;
        }
    }
    SpoolModel settled = spool->model;
    if (ok)
        settled.shift = link_weights_settle(&weights, n_possible(&spool->plan), &settled.model);
    link_weights_clear(&weights);
    return ok && spool_save(spool, "settled", &settled, sizeof settled, error);
}

/* ---- gather -------------------------------------------------------------------------- */

static int by_records(const void *a, const void *b)
{
    const LinkPair *x = a, *y = b;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return x->right < y->right ? -1 : x->right > y->right;
}

bool spool_gather(IntakeSpool *spool, gint64 unit, GError **error)
{
    if (!spool_need_figures(spool, error) || !spool_need_model(spool, true, error))
        return false;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "gather", unit, error);
    guint64 units = spool->figures.n_rules * spool->plan.parts;
    for (guint64 u = 0; writer != NULL && u < units; u++)
        if (!spool_get(spool, "score", (gint64)u, SPOOL_PAIRS, (guint32)unit, false, bytes, error))
            return false;
    gsize step = spool_pair_bytes(spool), kept = 0;
    for (gsize at = 0; at + step <= bytes->len; at += step) {
        LinkPair pair;
        memcpy(&pair, bytes->data + at, sizeof pair);
        if (!link_part_settle(&pair, spool->settled.shift, spool->plan.keep))
            continue;
        memmove(bytes->data + kept, bytes->data + at, step);
        memcpy(bytes->data + kept, &pair, sizeof pair);
        kept += step;
    }
    if (kept > 0)
        qsort(bytes->data, kept / step, step, by_records);
    return writer != NULL && spool_writer_put(writer, 0, 0, false, bytes->data, kept, error) &&
           spool_writer_close(g_steal_pointer(&writer), error);
}
