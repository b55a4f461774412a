/* assess/bookkeeping.c: what is counted, and what only looks like a surge.
 *
 * Copies: one story in several reports counts once. Before any linking, two reports tell the same
 * story when kind, day, place and number are equal and their words nearly are (assess/story.h);
 * persons known to be two are never joined.
 *
 * Partial streams: a week is judged again without the part of it that its history cannot have: a
 * source that began in the newer half of the history, or old events entered at once. If it rings
 * no more, it was bookkeeping. It stays an alarm when the stream itself surged (the new source
 * told far more than in its own weeks before; the old events fall on one week), for then it is
 * news however it came. */
#include "assess/private.h"
#include "assess/story.h"

#include <math.h>
#include <string.h>

enum {
    NAMED_WORDS = 12,   /* with a name in it */
    GROUP_MOST = 200,   /* reports of one day, place, kind and number that are compared */
    OLD_DAYS = 60,      /* later than this is a backlog */
    BACKLOG_LEAST = 20, /* statements */
    HISTORY_LEAST = 13, /* weeks before a source began */
    FLOW_LEAST = 5,     /* statements of a source whose own weeks are few */
    OWN_WEEKS = 8,      /* of a source, to judge it by itself */
};
static const double ONE_WEEK = 0.5;

/* ---- copies ---- */

static bool is_copy(const AssessRun *run, const AssessStory *a, const AssessStory *b)
{
    const StoreCounted *x = &run->counted->rows[a->row], *y = &run->counted->rows[b->row];
    gsize words = MIN(a->n_words, b->n_words);
    if (x->report_id == y->report_id)
        return false;
    if (x->victim_id != 0 && y->victim_id != 0 && x->victim_id != y->victim_id)
        return false;
    /* Two records of one source are two records, unless a long story came word for word. */
    if (x->source_id == y->source_id && words < ASSESS_STORY_LONG)
        return false;
    bool told_apart = x->victim_id != 0 && x->victim_id == y->victim_id;
    if (!told_apart && (x->named || y->named || a->masked || b->masked))
        return x->source_id != y->source_id && words >= NAMED_WORDS && a->whole == b->whole;
    return words >= ASSESS_STORY_LEAST && assess_story_alike(a, b);
}

/* Rows of one day, kind, place and number. */
static bool compare_group(AssessRun *run, const GArray *group, GError **error)
{
    g_autoptr(GArray) stories = g_array_new(FALSE, TRUE, sizeof(AssessStory));
    g_array_set_clear_func(stories, assess_story_clear);
    for (guint i = 0; i < MIN(group->len, (guint)GROUP_MOST); i++) {
        AssessStory story = {.row = g_array_index(group, gsize, i)};
        g_autofree char *text =
            store_report_words(run->store, run->counted->rows[story.row].report_id, error);
        if (text == NULL)
            return false;
        assess_story_read(&story, text);
        for (guint k = 0; k < stories->len && run->copy_of[story.row] == 0; k++) {
            const AssessStory *kept = &g_array_index(stories, AssessStory, k);
            if (is_copy(run, kept, &story))
                run->copy_of[story.row] = kept->row + 1;
        }
        if (run->copy_of[story.row] == 0)
            g_array_append_val(stories, story);
        else
            assess_story_clear(&story);
    }
    return true;
}

static bool several_reports(const AssessRun *run, const GArray *group)
{
    gint64 first = run->counted->rows[g_array_index(group, gsize, 0)].report_id;
    for (guint i = 1; i < group->len; i++)
        if (run->counted->rows[g_array_index(group, gsize, i)].report_id != first)
            return true;
    return false;
}

/* The rows from … to are of one day. */
static bool find_copies(AssessRun *run, gsize from, gsize to, GError **error)
{
    g_autoptr(GHashTable) groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                         (GDestroyNotify)(void *)g_array_unref);
    g_autoptr(GPtrArray) in_order = g_ptr_array_new();
    for (gsize i = from; i < to; i++) {
        const StoreCounted *row = &run->counted->rows[i];
        g_autofree char *key = g_strdup_printf("%s %" G_GINT64_FORMAT " %d", row->act_kind,
                                               row->place_id, row->count_min);
        GArray *group = g_hash_table_lookup(groups, key);
        if (group == NULL) {
            group = g_array_new(FALSE, FALSE, sizeof(gsize));
            g_hash_table_insert(groups, g_steal_pointer(&key), group);
            g_ptr_array_add(in_order, group);
        }
        g_array_append_val(group, i);
    }
    for (guint i = 0; i < in_order->len; i++) {
        const GArray *group = g_ptr_array_index(in_order, i);
        if (several_reports(run, group) && !compare_group(run, group, error))
            return false;
    }
    return true;
}

bool assess_count(AssessRun *run, GError **error)
{
    run->counted = store_statement_counted(run->store, error);
    if (run->counted == NULL)
        return false;
    gsize n = run->counted->n;
    const StoreCounted *rows = run->counted->rows;
    run->copy_of = g_new0(gsize, n + 1);
    for (gsize from = 0, to; from < n; from = to) {
        for (to = from; to < n && rows[to].day == rows[from].day; to++)
            ;
        if (to - from > 1 && !find_copies(run, from, to, error))
            return false;
    }
    run->tally = g_new0(StoreTally, 1);
    run->tally->rows = g_new0(StoreTallyRow, n + 1);
    for (gsize i = 0; i < n; i++) {
        if (run->copy_of[i] != 0)
            continue;
        run->tally->rows[run->tally->n_rows++] = (StoreTallyRow){
            .day = rows[i].day,
            .received_day = rows[i].received_day,
            .place_id = rows[i].place_id,
            .source_id = rows[i].source_id,
            .act_kind = rows[i].act_kind,
            .statements = 1,
            .count_min = rows[i].count_min,
            .count_max = rows[i].count_min,
        };
    }
    return true;
}

/* ---- partial streams ---- */

bool assess_series_holds(const AssessSeries *series, const StoreCounted *row, gint32 from,
                         gint32 to)
{
    if (row->day < from || row->day > to || g_strcmp0(row->act_kind, series->kind) != 0)
        return false;
    for (guint i = 0; series->places != NULL && i < series->places->len; i++)
        if (g_array_index(series->places, gint64, i) == row->place_id)
            return true;
    return series->places == NULL;
}

bool assess_series_rings(const AssessSeries *series, const double *counts, gsize week)
{
    SignalPoint point = {0};
    return counts[week] >= ASSESS_LEAST_COUNT &&
           signal_surge(counts, series->n, &series->options, week + 1, week + 1, &point, NULL) &&
           point.alarm;
}

/* What a source, or a batch, brought to one series. */
typedef struct {
    gint64 source_id, import_id;
    gint32 entered;    /* of a batch */
    double *counts;    /* n */
    gint64 statements; /* in all */
    gint64 in_week;    /* statements in the week that is asked about */
    gint32 first_day, last_day;
} Stream;

static void stream_clear(gpointer data)
{
    Stream *stream = data;
    g_free(stream->counts);
}

static Stream *stream_of(GArray *streams, const AssessSeries *series, const Stream *like)
{
    for (guint i = 0; i < streams->len; i++) {
        Stream *stream = &g_array_index(streams, Stream, i);
        if (stream->source_id == like->source_id && stream->import_id == like->import_id &&
            stream->entered == like->entered)
            return stream;
    }
    Stream fresh = *like;
    fresh.counts = g_new0(double, series->n);
    fresh.first_day = G_MAXINT32;
    fresh.last_day = G_MININT32;
    g_array_append_val(streams, fresh);
    return &g_array_index(streams, Stream, streams->len - 1);
}

static void add_to(Stream *stream, const AssessSeries *series, const StoreCounted *row, gsize week)
{
    gsize at = (gsize)((row->day - series->starts[0]) / 7);
    stream->counts[at] += row->count_min;
    stream->statements++;
    stream->in_week += at == week;
    stream->first_day = MIN(stream->first_day, row->day);
    stream->last_day = MAX(stream->last_day, row->day);
}

static bool is_old(const StoreCounted *row)
{
    return row->entered_day - row->day > OLD_DAYS;
}

/* Rows of a series by source, or (old ones) by the batch they came in. */
static GArray *streams_of(const AssessRun *run, const AssessSeries *series, gsize week,
                          bool batches)
{
    GArray *streams = g_array_new(FALSE, TRUE, sizeof(Stream));
    g_array_set_clear_func(streams, stream_clear);
    gint32 from = series->starts[0], to = series->starts[series->n - 1] + 6;
    for (gsize i = 0; i < run->counted->n; i++) {
        const StoreCounted *row = &run->counted->rows[i];
        if (run->copy_of[i] != 0 || !assess_series_holds(series, row, from, to) ||
            (batches && !is_old(row)))
            continue;
        const Stream like = {.source_id = batches && row->import_id != 0 ? 0 : row->source_id,
                             .import_id = batches ? row->import_id : 0,
                             .entered = batches ? row->entered_day : 0};
        add_to(stream_of(streams, series, &like), series, row, week);
    }
    return streams;
}

/* The day a source first told of, whatever it told of. */
static gint32 began(const AssessRun *run, gint64 source_id)
{
    for (gsize i = 0; i < run->counted->n; i++)
        if (run->counted->rows[i].source_id == source_id)
            return run->counted->rows[i].day;
    return G_MAXINT32;
}

/* More than its own weeks explain: mean and deviation of those since it began. */
static bool surged_itself(const Stream *stream, gsize first_week, gsize week)
{
    double sum = 0, squares = 0, n = (double)(week - first_week);
    if (week < first_week + OWN_WEEKS)
        return false;
    for (gsize i = first_week; i < week; i++)
        sum += stream->counts[i];
    double mean = sum / n;
    for (gsize i = first_week; i < week; i++)
        squares += (stream->counts[i] - mean) * (stream->counts[i] - mean);
    /* at least a Poisson's; three deviations are EARS's own bound */
    double deviation = sqrt(fmax(squares / (n - 1), fmax(mean, 1)));
    return stream->counts[week] > mean + 3 * deviation;
}

static bool is_new_source(const AssessRun *run, const AssessSeries *series, const Stream *stream,
                          gsize week)
{
    gint32 first = began(run, stream->source_id);
    if (stream->counts[week] <= 0 || first < series->starts[0])
        return false;
    gsize first_week = (gsize)((first - series->starts[0]) / 7), telling = 0;
    if (first_week < HISTORY_LEAST || first_week * 2 < week || first_week > week)
        return false;
    for (gsize i = first_week; i < series->n; i++)
        telling += stream->counts[i] > 0;
    bool flows = telling >= 3 && stream->statements >= FLOW_LEAST;
    return (flows || stream->in_week >= FLOW_LEAST) && !surged_itself(stream, first_week, week);
}

/* The import that a case was begun with is no backlog: everything else is measured by it. */
static bool is_first_batch(const AssessRun *run, const Stream *stream)
{
    for (gsize i = 0; i < run->counted->n; i++) {
        const StoreCounted *row = &run->counted->rows[i];
        if (row->import_id != stream->import_id
                ? row->entered_day < stream->entered ||
                      (row->import_id != 0 && row->import_id < stream->import_id)
                : row->entered_day < stream->entered)
            return false;
    }
    return true;
}

static bool is_backlog(const AssessRun *run, const AssessSeries *series, const Stream *stream,
                       gsize week)
{
    double total = 0;
    for (gsize i = 0; i < series->n; i++)
        total += stream->counts[i];
    return stream->counts[week] > 0 && stream->statements >= BACKLOG_LEAST &&
           (stream->last_day - stream->first_day) / 7 < (gint32)week / 2 &&
           stream->counts[week] <= ONE_WEEK * total && !is_first_batch(run, stream);
}

static AssessNotice *notice_of(AssessRun *run, AssessNoticeKind kind, gint64 source_id,
                               gint64 import_id, gint32 day)
{
    for (guint i = 0; i < run->notices->len; i++) {
        AssessNotice *notice = &g_array_index(run->notices, AssessNotice, i);
        if (notice->kind == kind && notice->source_id == source_id &&
            notice->import_id == import_id && (kind != ASSESS_NOTICE_BACKLOG || notice->day == day))
            return notice;
    }
    const AssessNotice fresh = {.kind = kind,
                                .source_id = source_id,
                                .import_id = import_id,
                                .day = day,
                                .first_day = G_MAXINT32,
                                .last_day = G_MININT32};
    g_array_append_val(run->notices, fresh);
    return &g_array_index(run->notices, AssessNotice, run->notices->len - 1);
}

/* Whether a week rings without the streams that its history cannot have. */
static bool explained(AssessRun *run, AssessSeries *series, gsize week)
{
    g_autofree double *counts = g_memdup2(series->counts, series->n * sizeof(double));
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(AssessNotice));
    for (int batches = 0; batches <= 1; batches++) {
        g_autoptr(GArray) streams = streams_of(run, series, week, batches == 1);
        for (guint i = 0; i < streams->len; i++) {
            const Stream *stream = &g_array_index(streams, Stream, i);
            if (batches ? !is_backlog(run, series, stream, week)
                        : !is_new_source(run, series, stream, week))
                continue;
            for (gsize k = 0; k < series->n; k++)
                counts[k] = fmax(0, counts[k] - stream->counts[k]);
            const AssessNotice what = {
                .kind = batches ? ASSESS_NOTICE_BACKLOG : ASSESS_NOTICE_NEW_SOURCE,
                .source_id = stream->source_id,
                .import_id = stream->import_id,
                .day = batches ? stream->entered : began(run, stream->source_id)};
            g_array_append_val(found, what);
        }
    }
    if (found->len == 0 || assess_series_rings(series, counts, week))
        return false;
    for (guint i = 0; i < found->len; i++) {
        const AssessNotice *what = &g_array_index(found, AssessNotice, i);
        AssessNotice *notice =
            notice_of(run, what->kind, what->source_id, what->import_id, what->day);
        notice->silenced++;
    }
    return true;
}

/* ---- naming ---- */

static void name_batches(AssessRun *run)
{
    for (gsize i = 0; i < run->counted->n; i++) {
        const StoreCounted *row = &run->counted->rows[i];
        if (run->copy_of[i] != 0 || !is_old(row))
            continue;
        AssessNotice *notice =
            notice_of(run, ASSESS_NOTICE_BACKLOG, row->import_id != 0 ? 0 : row->source_id,
                      row->import_id, row->entered_day);
        notice->n++;
        notice->first_day = MIN(notice->first_day, row->day);
        notice->last_day = MAX(notice->last_day, row->day);
    }
    for (guint i = run->notices->len; i-- > 0;) {
        const AssessNotice *notice = &g_array_index(run->notices, AssessNotice, i);
        const Stream batch = {.import_id = notice->import_id, .entered = notice->day};
        if (notice->kind == ASSESS_NOTICE_BACKLOG &&
            (notice->n < BACKLOG_LEAST || is_first_batch(run, &batch)))
            g_array_remove_index(run->notices, i);
    }
}

static void name_copies(AssessRun *run)
{
    g_autoptr(GHashTable) kept = g_hash_table_new(NULL, NULL); /* row → 1 + index of its notice */
    for (gsize i = 0; i < run->counted->n; i++) {
        if (run->copy_of[i] == 0)
            continue;
        gsize row = run->copy_of[i] - 1;
        const StoreCounted *first = &run->counted->rows[row];
        guint at = GPOINTER_TO_UINT(g_hash_table_lookup(kept, GSIZE_TO_POINTER(row)));
        if (at == 0) {
            const AssessNotice fresh = {.kind = ASSESS_NOTICE_COPIES,
                                        .report_id = first->report_id,
                                        .day = first->received_day,
                                        .first_day = first->day,
                                        .last_day = first->day,
                                        .n = 1};
            g_array_append_val(run->notices, fresh);
            at = run->notices->len;
            g_hash_table_insert(kept, GSIZE_TO_POINTER(row), GUINT_TO_POINTER(at));
        }
        g_array_index(run->notices, AssessNotice, at - 1).n++;
    }
}

/* A source that began after a quarter of a year of others, and has told on three weeks since. */
static void name_sources(AssessRun *run)
{
    enum { RECENT_DAYS = 2 * 365 };
    if (run->counted->n == 0)
        return;
    gint32 case_first = run->counted->rows[0].day;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (gsize i = 0; i < run->counted->n; i++) {
        const StoreCounted *row = &run->counted->rows[i];
        if (row->source_id == 0 || !g_hash_table_add(seen, (gpointer)&row->source_id) ||
            row->day < case_first + 7 * HISTORY_LEAST || row->day < run->today - RECENT_DAYS ||
            i < BACKLOG_LEAST)
            continue;
        gint64 n = 0, weeks = 0;
        gint32 last = G_MININT32;
        for (gsize k = i; k < run->counted->n; k++) {
            const StoreCounted *other = &run->counted->rows[k];
            if (other->source_id != row->source_id || run->copy_of[k] != 0)
                continue;
            n++;
            weeks += last == G_MININT32 || other->day - last >= 7;
            last = weeks > 0 && (last == G_MININT32 || other->day - last >= 7) ? other->day : last;
        }
        if (n < 2 * FLOW_LEAST || weeks < 3)
            continue;
        AssessNotice *notice =
            notice_of(run, ASSESS_NOTICE_NEW_SOURCE, row->source_id, 0, row->day);
        notice->day = row->day;
    }
    for (guint i = 0; i < run->notices->len; i++) {
        AssessNotice *notice = &g_array_index(run->notices, AssessNotice, i);
        for (gsize k = 0; notice->kind == ASSESS_NOTICE_NEW_SOURCE && k < run->counted->n; k++) {
            const StoreCounted *row = &run->counted->rows[k];
            if (row->source_id != notice->source_id || run->copy_of[k] != 0)
                continue;
            notice->n++;
            notice->first_day = MIN(notice->first_day, row->day);
            notice->last_day = MAX(notice->last_day, row->day);
        }
    }
}

static void name_short(AssessRun *run)
{
    for (guint i = 0; i < run->series->len; i++) {
        const AssessSeries *series = g_ptr_array_index(run->series, i);
        if (series->points != NULL || series->from_list || series->record == NULL)
            continue;
        const AssessNotice fresh = {
            .kind = ASSESS_NOTICE_SHORT, .series_id = series->record->id, .n = (gint64)series->n};
        g_array_append_val(run->notices, fresh);
    }
}

void assess_bookkeeping(AssessRun *run)
{
    run->notices = g_array_new(FALSE, TRUE, sizeof(AssessNotice));
    for (guint s = 0; s < run->series->len; s++) {
        AssessSeries *series = g_ptr_array_index(run->series, s);
        if (series->from_list || series->points == NULL)
            continue;
        for (gsize week = series->first; week < series->n; week++) {
            SignalPoint *point = &series->points[week - series->first];
            if (point->alarm && point->count >= ASSESS_LEAST_COUNT && explained(run, series, week))
                point->alarm = false;
        }
    }
}

bool assess_bookkeeping_write(AssessRun *run, GError **error)
{
    name_batches(run);
    name_sources(run);
    name_copies(run);
    name_short(run);
    return assess_notices_write(run, error);
}
