/* Each record into the parts of its blocks; pairs counted. */
#include "intake/spool_private.h"

#include <stdlib.h>
#include <string.h>

/* Equal keys, one part; keys are hashes of few values sometimes, so they are mixed once more. */
static guint part_of(const IntakeSpool *spool, guint32 key)
{
    guint64 mixed = ((guint64)key + 1) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return (guint)((mixed >> 32) * spool->plan.parts >> 32);
}

static void free_rows(gpointer rows)
{
    g_byte_array_unref(rows);
}

/* ---- spread ------------------------------------------------------------------------- */

bool spool_spread(IntakeSpool *spool, gint64 unit, GError **error)
{
    if (!spool_need_figures(spool, error))
        return false;
    g_autoptr(GByteArray) rows = g_byte_array_new();
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "spread", unit, error);
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(free_rows);
    g_auto(SpoolPart) part;
    spool_part_init(&part, spool);
    if (writer == NULL || !spool_get(spool, "chunk", unit, 0, 0, true, rows, error) ||
        !spool_part_add_all(&part, rows, error) || !spool_part_prepare(&part, spool, false, error))
        return false;
    for (guint p = 0; p < spool->plan.parts; p++)
        g_ptr_array_add(parts, g_byte_array_new());
    for (guint r = 0; r < spool->figures.n_spread; r++) {
        SpoolRow row;
        const char *texts;
        gsize at = 0;
        for (gsize i = 0; spool_rows_next(rows, &at, &row, &texts); i++) {
            row.key = link_part_key(part.prepared, &spool->figures.rules[r], i);
            if (row.key != G_MAXUINT32)
                spool_rows_append(parts->pdata[part_of(spool, row.key)], &row, texts);
        }
        for (guint p = 0; p < spool->plan.parts; p++) {
            GByteArray *out = parts->pdata[p];
            if (!spool_writer_put(writer, r, p, true, out->data, out->len, error))
                return false;
            g_byte_array_set_size(out, 0);
        }
    }
    return spool_writer_close(g_steal_pointer(&writer), error);
}

/* ---- tally --------------------------------------------------------------------------- */

typedef struct {
    guint32 key, record;
    guint8 source;
} Keyed;

static int by_key(const void *a, const void *b)
{
    const Keyed *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->record < y->record ? -1 : x->record > y->record;
}

static guint64 pairs_of(const Keyed *block, guint64 n, bool between)
{
    guint64 pairs = n * (n - (n > 0)) / 2, counts[256] = {0};
    if (!between || n < 2)
        return pairs;
    for (guint64 i = 0; i < n; i++)
        counts[block[i].source]++;
    for (unsigned s = 0; s < 256; s++)
        pairs -= counts[s] * (counts[s] - (counts[s] > 0)) / 2;
    return pairs;
}

bool spool_tally(IntakeSpool *spool, gint64 unit, GError **error)
{
    guint rule = (guint)((guint64)unit / spool->plan.parts),
          p = (guint)((guint64)unit % spool->plan.parts);
    g_autoptr(GArray) keyed = g_array_new(FALSE, FALSE, sizeof(Keyed));
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "tally", unit, error);
    SpoolTally tally = {.largest_key = G_MAXUINT32};
    for (guint64 c = 0; writer != NULL && c < spool->plan.n_chunks; c++) {
        g_autoptr(GByteArray) rows = g_byte_array_new();
        SpoolRow row;
        const char *texts;
        if (!spool_get(spool, "spread", (gint64)c, rule, p, true, rows, error))
            return false;
        for (gsize at = 0; spool_rows_next(rows, &at, &row, &texts);) {
            Keyed one = {row.key, row.record, (guint8)row.source};
            g_array_append_val(keyed, one);
        }
    }
    const Keyed *all = (const Keyed *)(const void *)keyed->data;
    if (keyed->len > 0)
        qsort(keyed->data, keyed->len, sizeof(Keyed), by_key);
    for (gsize begin = 0, end; begin < keyed->len; begin = end) {
        for (end = begin + 1; end < keyed->len && all[end].key == all[begin].key;)
            end++;
        tally.pairs += pairs_of(all + begin, end - begin, spool->plan.between != 0);
        if (end - begin > tally.largest) {
            tally.largest = (guint32)(end - begin);
            tally.largest_record = all[begin].record;
            tally.largest_key = all[begin].key;
        }
    }
    return writer != NULL && spool_writer_put(writer, 0, 0, true, &tally, sizeof tally, error) &&
           spool_writer_close(g_steal_pointer(&writer), error);
}

bool spool_rule_tally(IntakeSpool *spool, guint rule, SpoolTally *ret, GError **error)
{
    SpoolTally sum = {.largest_key = G_MAXUINT32};
    for (guint64 p = 0; p < spool->plan.parts; p++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        SpoolTally own = {0};
        if (!spool_get(spool, "tally", (gint64)(rule * spool->plan.parts + p), 0, 0, true, bytes,
                       error))
            return false;
        memcpy(&own, bytes->data, MIN(bytes->len, sizeof own));
        sum.pairs += own.pairs;
        if (own.largest > sum.largest ||
            (own.largest == sum.largest && own.largest_key < sum.largest_key)) {
            sum.largest = own.largest;
            sum.largest_record = own.largest_record;
            sum.largest_key = own.largest_key;
        }
    }
    *ret = sum;
    return true;
}
