/* What the model learns on, in parts; and the model. */
#include "intake/spool_private.h"

#include <stdlib.h>
#include <string.h>

/* The blocks of a rule that teach, from all parts; within a block records ascend. */
static bool read_blocks(IntakeSpool *spool, guint rule, guint64 pairs, SpoolPart *part,
                        GError **error)
{
    for (guint64 p = 0; p < spool->plan.parts; p++)
        for (guint64 c = 0; c < spool->plan.n_chunks; c++) {
            g_autoptr(GByteArray) rows = g_byte_array_new();
            SpoolRow row;
            const char *texts;
            if (!spool_get(spool, "spread", (gint64)c, rule, (guint32)p, true, rows, error))
                return false;
            for (gsize at = 0; spool_rows_next(rows, &at, &row, &texts);)
                if (link_part_teaches(row.key, pairs, spool->plan.seed) &&
                    !spool_part_add(part, &row, texts, error))
                    return false;
        }
    return true;
}

static bool learn_rule(IntakeSpool *spool, guint teacher, gint64 unit, GError **error)
{
    guint at = spool->figures.teachers[teacher];
    LinkRule rule = spool->figures.rules[at];
    LinkOptions options = link_options_default();
    LinkLesson lesson = {0};
    SpoolTally tally;
    g_auto(SpoolPart) part;
    spool_part_init(&part, spool);
    if (!spool_rule_tally(spool, at, &tally, error) ||
        !read_blocks(spool, at, tally.pairs, &part, error) ||
        !spool_part_prepare(&part, spool, true, error))
        return false;
    options.seed = spool->plan.seed;
    rule.pairs = tally.pairs;
    if (!link_part_session(part.prepared, &options, &rule, &lesson, error))
        return false;
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "learn", unit, error);
    bool ok = writer != NULL &&
              spool_writer_put(writer, 0, 0, true, &lesson, sizeof lesson, error) &&
              spool_writer_put(writer, 1, 0, true, lesson.patterns,
                               lesson.n_patterns * sizeof *lesson.patterns, error) &&
              spool_writer_close(g_steal_pointer(&writer), error);
    link_lesson_clear(&lesson);
    return ok;
}

static bool learn_draw(IntakeSpool *spool, guint draw, gint64 unit, GError **error)
{
    gsize n = 0;
    g_auto(SpoolPart) part;
    spool_part_init(&part, spool);
    for (guint64 c = 0; c < spool->plan.n_chunks; c++) {
        g_autoptr(GByteArray) rows = g_byte_array_new();
        if (!spool_get(spool, "count", (gint64)c, SPOOL_ROWS_DRAWN, draw, true, rows, error) ||
            !spool_part_add_all(&part, rows, error))
            return false;
    }
    if (!spool_part_prepare(&part, spool, true, error))
        return false;
    LinkDrawn *drawn = spool_draw_of(spool, draw, &n, error);
    LinkLevelCounts counts = {0};
    if (drawn == NULL)
        return false;
    for (gsize i = 0; i < n; i++) {
        drawn[i].left = spool_part_find(&part, drawn[i].left);
        drawn[i].right = spool_part_find(&part, drawn[i].right);
        g_assert(drawn[i].left != G_MAXUINT32 && drawn[i].right != G_MAXUINT32);
    }
    link_part_draw(part.prepared, drawn, n, &counts);
    free(drawn);
    g_autoptr(SpoolWriter) writer = spool_writer_new(spool, "learn", unit, error);
    return writer != NULL && spool_writer_put(writer, 0, 0, true, &counts, sizeof counts, error) &&
           spool_writer_close(g_steal_pointer(&writer), error);
}

bool spool_learn(IntakeSpool *spool, gint64 unit, GError **error)
{
    if (!spool_need_figures(spool, error))
        return false;
    guint teachers = spool->figures.n_teachers;
    return unit < teachers ? learn_rule(spool, (guint)unit, unit, error)
                           : learn_draw(spool, (guint)unit - teachers, unit, error);
}

/* ---- model --------------------------------------------------------------------------- */

static bool read_lesson(IntakeSpool *spool, gint64 unit, LinkLesson *ret, GError **error)
{
    g_autoptr(SpoolReader) reader = spool_reader_new(spool, "learn", unit, error);
    g_autoptr(GByteArray) bytes = g_byte_array_new(), patterns = g_byte_array_new();
    if (reader == NULL || !spool_reader_get(reader, 0, 0, true, bytes, error) ||
        !spool_reader_get(reader, 1, 0, true, patterns, error))
        return false;
    LinkLesson lesson = {0};
    memcpy(&lesson, bytes->data, MIN(bytes->len, sizeof lesson));
    lesson.n_patterns = patterns->len / sizeof *lesson.patterns;
    lesson.patterns = malloc(patterns->len + 1);
    if (lesson.patterns == NULL)
        return spool_no_memory(error);
    memcpy(lesson.patterns, patterns->data, patterns->len);
    *ret = lesson;
    return true;
}

static bool sum_draws(IntakeSpool *spool, LinkLevelCounts *counts, GError **error)
{
    for (guint d = 0; d < spool_n_draws(spool); d++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        LinkLevelCounts own = {0};
        if (!spool_get(spool, "learn", (gint64)(spool->figures.n_teachers + d), 0, 0, true, bytes,
                       error))
            return false;
        memcpy(&own, bytes->data, MIN(bytes->len, sizeof own));
        for (unsigned f = 0; f < spool->plan.n_fields; f++)
            for (unsigned level = 0; level < LINK_MAX_LEVELS; level++)
                counts->n[f][level] += own.n[f][level];
    }
    return true;
}

bool spool_model(IntakeSpool *spool, gint64 unit, GError **error)
{
    LinkLesson lessons[LINK_MOST_LESSONS] = {0};
    LinkLevelCounts counts = {0};
    SpoolModel model = {0};
    g_auto(SpoolPart) part; /* of no record: for the figures of the list */
    spool_part_init(&part, spool);
    if (!spool_need_figures(spool, error) || !sum_draws(spool, &counts, error) ||
        !spool_part_prepare(&part, spool, false, error))
        return false;
    bool ok = true;
    for (guint t = 0; ok && t < spool->figures.n_teachers; t++)
        ok = read_lesson(spool, (gint64)t, &lessons[t], error);
    if (ok)
        link_part_model(part.prepared, lessons, spool->figures.n_teachers, &counts, 1,
                        &model.model);
    for (guint t = 0; t < spool->figures.n_teachers; t++)
        link_lesson_clear(&lessons[t]);
    return ok && spool_save(spool, "model", &model, sizeof model, error);
}
