/* How common values are, and which rules to block by. */
#include "intake/spool_private.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

/* Values are parted by the highest bits of their hash: in order, for those who look them up. */
static guint64 range_of(const IntakeSpool *spool, guint64 hash)
{
    return (hash >> 32) * MAX(spool->plan.n_chunks, 1) >> 32;
}

/* ---- count -------------------------------------------------------------------------- */

static bool count_figure(IntakeSpool *spool, const SpoolPart *part, unsigned f, LinkCount what,
                         SpoolWriter *writer, GError **error)
{
    size_t n = 0;
    g_autoptr(GArray) counted = g_array_new(FALSE, FALSE, sizeof(SpoolCounted));
    LinkCounted *own = link_part_count(part->prepared, f, what, &n);
    bool ok = own != NULL || spool_no_memory(error);
    for (size_t i = 0; ok && i < n;) {
        guint64 range = range_of(spool, own[i].hash);
        g_array_set_size(counted, 0);
        for (; i < n && range_of(spool, own[i].hash) == range; i++) {
            SpoolCounted one = {own[i].hash, own[i].count};
            g_array_append_val(counted, one);
        }
        ok = spool_writer_put(writer, spool_figure(f, what), (guint32)range, true, counted->data,
                              counted->len * sizeof(SpoolCounted), error);
    }
    free(own);
    return ok;
}

guint spool_n_draws(const IntakeSpool *spool)
{
    return spool->plan.n_records < 2 ? 0 : spool->plan.n_records < 50000 ? 1 : 8;
}

LinkDrawn *spool_draw_of(const IntakeSpool *spool, guint draw, gsize *ret_n, GError **error)
{
    gsize all = link_part_n_drawn(spool->plan.n_records), draws = spool_n_draws(spool);
    gsize first = all * draw / draws, last = all * (draw + 1) / draws;
    LinkDrawn *drawn = malloc((last + 1) * sizeof *drawn);
    if (drawn == NULL) {
        spool_no_memory(error);
        return NULL;
    }
    link_part_drawn(spool->plan.n_records, spool->plan.seed, last, drawn);
    memmove(drawn, drawn + first, (last - first) * sizeof *drawn);
    *ret_n = last - first;
    return drawn;
}

/* The chunk's rows that are of the sample, or drawn for one of the counts of random pairs. */
static bool put_rows(const GByteArray *rows, const bool *wanted, guint64 first, guint32 section,
                     guint32 number, SpoolWriter *writer, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    SpoolRow row;
    const char *texts;
    for (gsize at = 0; spool_rows_next(rows, &at, &row, &texts);)
        if (wanted[row.record - first])
            spool_rows_append(out, &row, texts);
    return spool_writer_put(writer, section, number, true, out->data, out->len, error);
}

static bool route_rows(IntakeSpool *spool, const GByteArray *rows, guint64 first, guint64 n,
                       SpoolWriter *writer, GError **error)
{
    g_autofree bool *wanted = g_new0(bool, n + 1);
    guint64 sampled = MIN(spool->plan.n_records, (guint64)LINK_SAMPLE_RECORDS);
    for (guint64 i = 0; i < sampled; i++) {
        guint64 record = link_part_sampled(spool->plan.n_records, i);
        if (record >= first && record < first + n)
            wanted[record - first] = true;
    }
    bool ok = put_rows(rows, wanted, first, SPOOL_ROWS_SAMPLE, 0, writer, error);
    for (guint d = 0; ok && d < spool_n_draws(spool); d++) {
        gsize n_drawn = 0;
        LinkDrawn *drawn = spool_draw_of(spool, d, &n_drawn, error);
        memset(wanted, 0, n * sizeof *wanted);
        for (gsize i = 0; drawn != NULL && i < n_drawn; i++) {
            guint32 two[] = {drawn[i].left, drawn[i].right};
            for (unsigned k = 0; k < 2; k++)
                if (two[k] >= first && two[k] < first + n)
                    wanted[two[k] - first] = true;
        }
        ok = drawn != NULL && put_rows(rows, wanted, first, SPOOL_ROWS_DRAWN, d, writer, error);
        free(drawn);
    }
    return ok;
}

bool spool_count(IntakeSpool *spool, gint64 unit, GError **error)
{
    g_autoptr(GByteArray) rows = g_byte_array_new();
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "count", unit, error);
    g_auto(SpoolPart) part;
    spool_part_init(&part, spool);
    if (writer == NULL || !spool_get(spool, "chunk", unit, 0, 0, true, rows, error) ||
        !spool_part_add_all(&part, rows, error) ||
        !route_rows(spool, rows, (guint64)unit * spool->plan.chunk_records, part.records->len,
                    writer, error))
        return false;
    g_byte_array_set_size(rows, 0);
    if (!spool_part_prepare(&part, spool, false, error))
        return false;
    guint8 scripts[LINK_MAX_FIELDS] = {0};
    for (unsigned f = 0; f < spool->plan.n_fields; f++) {
        scripts[f] = (guint8)link_part_scripts(part.prepared, f);
        for (unsigned what = 0; what < LINK_N_COUNTS; what++)
            if (link_part_counts(part.prepared, f, what) &&
                !count_figure(spool, &part, f, what, writer, error))
                return false;
    }
    return spool_writer_put(writer, SPOOL_SCRIPTS, 0, true, scripts, sizeof scripts, error) &&
           spool_writer_close(g_steal_pointer(&writer), error);
}

/* ---- merge -------------------------------------------------------------------------- */

static int by_hash(const void *a, const void *b)
{
    const SpoolCounted *x = a, *y = b;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* All chunks' counts of a figure in one range, each value once, in order. */
static bool gather_counts(GPtrArray *readers, guint32 figure, guint32 range, GByteArray *bytes,
                          gsize *ret_n, GError **error)
{
    g_byte_array_set_size(bytes, 0);
    for (guint c = 0; c < readers->len; c++)
        if (!spool_reader_get(readers->pdata[c], figure, range, true, bytes, error))
            return false;
    SpoolCounted *counted = (SpoolCounted *)(void *)bytes->data;
    gsize n = bytes->len / sizeof *counted, kept = 0;
    if (n > 0)
        qsort(counted, n, sizeof *counted, by_hash);
    for (gsize i = 0; i < n; i++) {
        if (kept > 0 && counted[kept - 1].hash == counted[i].hash)
            counted[kept - 1].count += counted[i].count;
        else
            counted[kept++] = counted[i];
    }
    *ret_n = kept;
    return true;
}

static guint64 ordered_pairs(const SpoolCounted *counted, gsize n)
{
    guint64 pairs = 0;
    for (gsize i = 0; i < n; i++)
        pairs += (guint64)counted[i].count * (counted[i].count - 1);
    return pairs;
}

/* A value of one field, the same value in the other. */
static guint64 crossed(const SpoolCounted *a, gsize n_a, const SpoolCounted *b, gsize n_b)
{
    guint64 pairs = 0;
    for (gsize i = 0, j = 0; i < n_a && j < n_b;) {
        if (a[i].hash == b[j].hash)
            pairs += (guint64)a[i].count * b[j].count;
        bool next_a = a[i].hash <= b[j].hash, next_b = b[j].hash <= a[i].hash;
        i += next_a;
        j += next_b;
    }
    return pairs;
}

static bool put_repeated(SpoolWriter *writer, guint32 figure, SpoolCounted *counted, gsize n,
                         GError **error)
{
    gsize kept = 0;
    for (gsize i = 0; i < n; i++)
        if (counted[i].count > 1)
            counted[kept++] = counted[i];
    return spool_writer_put(writer, figure, 0, true, counted, kept * sizeof *counted, error);
}

static bool merge_field(IntakeSpool *spool, unsigned f, GPtrArray *readers, guint32 range,
                        LinkTotals *totals, SpoolWriter *writer, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new(), other = g_byte_array_new();
    gsize n = 0, n_other = 0;
    const SpoolCounted *counted;
    if (!gather_counts(readers, spool_figure(f, LINK_COUNT_VALUES), range, bytes, &n, error))
        return false;
    counted = (const SpoolCounted *)(const void *)bytes->data;
    for (gsize i = 0; i < n; i++)
        totals->known += counted[i].count;
    totals->same = ordered_pairs(counted, n);
    if (spool->plan.partner[f] > (gint32)f) {
        if (!gather_counts(readers,
                           spool_figure((unsigned)spool->plan.partner[f], LINK_COUNT_VALUES), range,
                           other, &n_other, error))
            return false;
        totals->crossed =
            crossed(counted, n, (const SpoolCounted *)(const void *)other->data, n_other);
    }
    if (!put_repeated(writer, spool_figure(f, LINK_COUNT_VALUES),
                      (SpoolCounted *)(void *)bytes->data, n, error))
        return false;
    for (unsigned what = LINK_COUNT_SOUNDS; what < LINK_N_COUNTS; what++) {
        if (!gather_counts(readers, spool_figure(f, what), range, bytes, &n, error))
            return false;
        if (what == LINK_COUNT_SOUNDS)
            totals->alike = ordered_pairs((const SpoolCounted *)(const void *)bytes->data, n);
        if (!put_repeated(writer, spool_figure(f, what), (SpoolCounted *)(void *)bytes->data, n,
                          error))
            return false;
    }
    return true;
}

enum { TOTALS = 1000 };

static void free_reader(gpointer reader)
{
    spool_reader_free(reader);
}

bool spool_merge(IntakeSpool *spool, gint64 unit, GError **error)
{
    g_autoptr(GPtrArray) readers = g_ptr_array_new_with_free_func(free_reader);
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "merge", unit, error);
    LinkTotals totals[LINK_MAX_FIELDS] = {0};
    for (guint64 c = 0; writer != NULL && c < spool->plan.n_chunks; c++) {
        SpoolReader *reader = spool_reader_new(spool, "count", (gint64)c, error);
        if (reader == NULL)
            return false;
        g_ptr_array_add(readers, reader);
    }
    for (unsigned f = 0; writer != NULL && f < spool->plan.n_fields; f++)
        if (!merge_field(spool, f, readers, (guint32)unit, &totals[f], writer, error))
            return false;
    return writer != NULL &&
           spool_writer_put(writer, TOTALS, 0, true, totals, sizeof totals, error) &&
           spool_writer_close(g_steal_pointer(&writer), error);
}

/* ---- Looking up ---------------------------------------------------------------------- */

bool spool_counts_of(void *context, unsigned field, LinkCount what, size_t n,
                     const uint64_t *hashes, uint32_t *counts)
{
    IntakeSpool *spool = context;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (size_t i = 0; i < n;) {
        guint64 range = range_of(spool, hashes[i]);
        g_byte_array_set_size(bytes, 0);
        if (!spool_get(spool, "merge", (gint64)range, spool_figure(field, what), 0, true, bytes,
                       NULL))
            return false;
        const SpoolCounted *counted = (const SpoolCounted *)(const void *)bytes->data;
        gsize have = bytes->len / sizeof *counted;
        for (gsize at = 0; i < n && range_of(spool, hashes[i]) == range; i++) {
            while (at < have && counted[at].hash < hashes[i])
                at++;
            counts[i] = at < have && counted[at].hash == hashes[i] ? counted[at].count : 1;
        }
    }
    return true;
}

/* ---- choose --------------------------------------------------------------------------- */

static bool same_rule(const LinkRule *a, const LinkRule *b)
{
    bool same = a->n_keys == b->n_keys;
    for (unsigned k = 0; same && k < a->n_keys; k++)
        same = a->keys[k].field == b->keys[k].field && a->keys[k].part == b->keys[k].part;
    return same;
}

/* Rules to spread records by: those of the config, then those it does not have. */
static void list_rules(SpoolFigures *figures, const LinkConfig *config, const LinkRule *teachers,
                       unsigned n_teachers)
{
    figures->n_rules = figures->n_spread = config->n_rules;
    memcpy(figures->rules, config->rules, config->n_rules * sizeof *figures->rules);
    figures->n_teachers = MIN(n_teachers, (unsigned)LINK_MOST_LESSONS);
    for (unsigned t = 0; t < figures->n_teachers; t++) {
        unsigned s = 0;
        while (s < figures->n_spread && !same_rule(&figures->rules[s], &teachers[t]))
            s++;
        if (s == figures->n_spread)
            figures->rules[figures->n_spread++] = teachers[t];
        figures->teachers[t] = s;
    }
}

static bool sum_totals(IntakeSpool *spool, SpoolFigures *figures, GError **error)
{
    for (guint64 q = 0; q < spool->plan.n_chunks; q++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        if (!spool_get(spool, "merge", (gint64)q, TOTALS, 0, true, bytes, error))
            return false;
        LinkTotals totals[LINK_MAX_FIELDS] = {0};
        memcpy(totals, bytes->data, MIN(bytes->len, sizeof totals));
        for (unsigned f = 0; f < spool->plan.n_fields; f++) {
            figures->totals[f].known += totals[f].known;
            figures->totals[f].same += totals[f].same;
            figures->totals[f].alike += totals[f].alike;
            figures->totals[f].crossed += totals[f].crossed;
        }
    }
    return true;
}

bool spool_choose(IntakeSpool *spool, gint64 unit, GError **error)
{
    SpoolFigures *figures = &spool->figures;
    guint8 scripts[LINK_MAX_FIELDS] = {0};
    g_auto(SpoolPart) part;
    spool_part_init(&part, spool);
    memset(figures, 0, sizeof *figures);
    if (!sum_totals(spool, figures, error))
        return false;
    for (guint64 c = 0; c < spool->plan.n_chunks; c++) {
        g_autoptr(GByteArray) rows = g_byte_array_new(), said = g_byte_array_new();
        g_autoptr(SpoolReader) reader = spool_reader_new(spool, "count", (gint64)c, error);
        if (reader == NULL || !spool_reader_get(reader, SPOOL_ROWS_SAMPLE, 0, true, rows, error) ||
            !spool_reader_get(reader, SPOOL_SCRIPTS, 0, true, said, error) ||
            !spool_part_add_all(&part, rows, error))
            return false;
        for (unsigned f = 0; f < spool->plan.n_fields && f < said->len; f++)
            scripts[f] |= said->data[f];
    }
    for (unsigned f = 0; f < spool->plan.n_fields; f++)
        figures->both_scripts[f] = scripts[f] == 3;
    /* The config's own rules, until there are better ones. */
    list_rules(figures, spool->config, NULL, 0);
    spool->has_figures = true;
    LinkRule teachers[LINK_MAX_RULES];
    unsigned n_teachers = 0;
    if (!spool_part_prepare(&part, spool, false, error))
        return false;
    link_part_choose(part.prepared, teachers, &n_teachers);
    list_rules(figures, &part.config, teachers, n_teachers);
    spool->has_figures = false;
    return spool_save(spool, "figures", figures, sizeof *figures, error);
}
