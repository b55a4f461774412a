/* The model's parameters. u: how often pairs drawn at random agree. m: EM on
 * the pairs of several blocking rules, each silent about its own fields, then
 * weighed together by the matches each found. */
#include "link/train.h"

#include "link/block.h"

#include "base/random.h"
#include "base/workers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SESSION_PAIRS = 20000 };

/* What m is before any data, and how many pairs' worth it counts. */
#define PRIOR_PAIRS 8.0
/* Within one rule's pairs, strangers agree more often than at random: who shares a street shares
 * the town. So a session has a u of its own, which begins as the global one, worth this many pairs.
 */
#define BLOCK_PAIRS 50.0

static void fill_start(const LinkPrepared *prepared, double (*m)[LINK_MAX_LEVELS])
{
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        LinkKind kind = prepared->columns[f].kind;
        unsigned between = 0;
        for (unsigned level = 2; level < 7; level++)
            between += link_level_name(kind, level) != NULL;
        for (unsigned level = 0; level < LINK_MAX_LEVELS; level++)
            m[f][level] = level == 0 || link_level_name(kind, level) == NULL ? 0
                          : level == 7                                       ? 0.8
                          : level == 1                                       ? 0.1
                                                                             : 0.1 / between;
        if (between == 0)
            m[f][1] = 0.2;
    }
}

/* A latent class that differs in telling fields more often than not is no person: it is a street, a
 * family, a day. What tells (equal by chance in under one pair of twenty) may differ in at most
 * half of the matches; EM then finds the class that agrees. */
static void hold(const double u[LINK_MAX_LEVELS], double m[LINK_MAX_LEVELS])
{
    const double most = 0.5;
    if (u[7] >= 0.05 || m[1] <= most)
        return;
    double scale = (1 - most) / (1 - m[1]);
    for (unsigned level = 2; level < LINK_MAX_LEVELS; level++)
        m[level] *= scale;
    m[1] = most;
}

/* One M step of a field: counts smoothed by what was believed before. */
static void renew(const double counts[LINK_MAX_LEVELS], const double believed[LINK_MAX_LEVELS],
                  double pairs, double out[LINK_MAX_LEVELS])
{
    double known = 0;
    for (unsigned level = 1; level < LINK_MAX_LEVELS; level++)
        known += counts[level];
    for (unsigned level = 1; level < LINK_MAX_LEVELS; level++)
        out[level] = (counts[level] + pairs * believed[level]) / (known + pairs);
}

unsigned link_em(const LinkPattern *patterns, size_t n_patterns, unsigned n_fields,
                 const bool *used, double u_pairs, double (*u)[LINK_MAX_LEVELS],
                 double (*m)[LINK_MAX_LEVELS], double *share)
{
    double start[LINK_MAX_FIELDS][LINK_MAX_LEVELS], chance[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
    double all[LINK_MAX_FIELDS][LINK_MAX_LEVELS] = {{0}}, total = 0;
    memcpy(start, m, n_fields * sizeof *m);
    memcpy(chance, u, n_fields * sizeof *u);
    for (size_t p = 0; p < n_patterns; p++) {
        total += patterns[p].count;
        for (unsigned f = 0; f < n_fields; f++)
            all[f][patterns[p].levels >> (3 * f) & 7] += patterns[p].count + patterns[p].different;
    }
    unsigned iteration = 0;
    while (iteration < 100 && total > 0) {
        double ratio[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
        double sums[LINK_MAX_FIELDS][LINK_MAX_LEVELS] = {{0}};
        double known[LINK_MAX_FIELDS][LINK_MAX_LEVELS] = {{0}};
        double matches = 0, moved = 0;
        for (unsigned f = 0; f < n_fields; f++)
            for (unsigned level = 0; level < LINK_MAX_LEVELS; level++)
                ratio[f][level] =
                    level == 0 || !used[f] || u[f][level] <= 0 ? 1 : m[f][level] / u[f][level];
        for (size_t p = 0; p < n_patterns; p++) {
            double odds = *share / (1 - *share);
            uint64_t levels = patterns[p].levels;
            for (unsigned f = 0; f < n_fields; f++)
                odds *= ratio[f][levels >> (3 * f) & 7];
            double weight = (odds >= 1e300 ? 1 : odds / (1 + odds)) * patterns[p].count;
            matches += weight;
            for (unsigned f = 0; f < n_fields; f++)
                sums[f][levels >> (3 * f) & 7] += weight;
            for (unsigned f = 0; patterns[p].same > 0 && f < n_fields; f++)
                known[f][levels >> (3 * f) & 7] += patterns[p].same;
        }
        for (unsigned f = 0; f < n_fields; f++) {
            double fresh[LINK_MAX_LEVELS], others[LINK_MAX_LEVELS];
            if (!used[f])
                continue;
            for (unsigned level = 1; level < LINK_MAX_LEVELS; level++) {
                others[level] = all[f][level] - sums[f][level];
                sums[f][level] += known[f][level];
            }
            renew(sums[f], start[f], PRIOR_PAIRS, fresh);
            hold(chance[f], fresh);
            for (unsigned level = 1; level < LINK_MAX_LEVELS; level++) {
                moved = fmax(moved, fabs(fresh[level] - m[f][level]));
                m[f][level] = fresh[level];
            }
            if (isfinite(u_pairs))
                renew(others, chance[f], u_pairs, u[f]);
        }
        double next = CLAMP(matches / total, 1e-12, 1 - 1e-9);
        moved = fmax(moved, fabs(next - *share));
        *share = next;
        iteration++;
        if (moved < 1e-5)
            break;
    }
    return iteration;
}

/* ---- Counting patterns ----------------------------------------------------------- */

typedef struct {
    LinkPattern *slots; /* count 0: empty */
    size_t n, size;
} Patterns;

static bool is_seen(const LinkPattern *pattern)
{
    return pattern->count > 0 || pattern->same > 0 || pattern->different > 0;
}

static bool patterns_add(Patterns *patterns, const LinkPattern *add)
{
    if (patterns->n * 2 >= patterns->size) {
        Patterns more = {
            calloc(patterns->size == 0 ? 1024 : patterns->size * 2, sizeof(LinkPattern)), 0,
            patterns->size == 0 ? 1024 : patterns->size * 2};
        if (more.slots == NULL)
            return false;
        for (size_t i = 0; i < patterns->size; i++)
            if (is_seen(&patterns->slots[i]))
                patterns_add(&more, &patterns->slots[i]);
        free(patterns->slots);
        *patterns = more;
    }
    size_t at = link_mix(add->levels) & (patterns->size - 1);
    while (is_seen(&patterns->slots[at]) && patterns->slots[at].levels != add->levels)
        at = (at + 1) & (patterns->size - 1);
    LinkPattern *slot = &patterns->slots[at];
    patterns->n += !is_seen(slot);
    slot->levels = add->levels;
    slot->count += add->count;
    slot->same += add->same;
    slot->different += add->different;
    return true;
}

static void patterns_pack(Patterns *patterns)
{
    size_t n = 0;
    for (size_t i = 0; i < patterns->size; i++)
        if (is_seen(&patterns->slots[i]))
            patterns->slots[n++] = patterns->slots[i];
    patterns->n = n;
}

static bool count_batch(const LinkPrepared *prepared, const uint32_t *left, const uint32_t *right,
                        unsigned n, Patterns *patterns)
{
    uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH];
    link_levels(prepared, left, right, n, levels);
    for (unsigned k = 0; k < n; k++) {
        uint64_t pattern = 0;
        for (unsigned f = 0; f < prepared->n_fields; f++)
            pattern |= (uint64_t)levels[f * LINK_BATCH + k] << (3 * f);
        if (!patterns_add(patterns, &(LinkPattern){.levels = pattern, .count = 1}))
            return false;
    }
    return true;
}

/* ---- u ---------------------------------------------------------------------------- */

/* Names that change places are too rare among random pairs to be counted, and most of those are of
 * one person. By chance: both names crossed with a stranger's; or a stranger of the same two names,
 * one of whose records has them the other way round (one record in fifty, say). */
static double crossed_by_chance(const LinkColumn *given, const LinkColumn *surname)
{
    return given->same_crossed * given->same_crossed +
           0.04 * given->same_value * surname->same_value + 1e-12;
}

size_t link_part_n_drawn(uint64_t n_all)
{
    size_t wanted = n_all < 50000 ? 60000 : 500000;
    return (wanted + LINK_BATCH - 1) / LINK_BATCH * LINK_BATCH;
}

void link_part_drawn(uint64_t n_all, uint64_t seed, size_t n, LinkDrawn *ret_drawn)
{
    Random random;
    random_start(&random, seed, 1);
    for (size_t i = 0; i < n; i++) {
        ret_drawn[i].left = (uint32_t)random_below(&random, n_all);
        ret_drawn[i].right = (uint32_t)random_below(&random, n_all);
    }
}

void link_part_draw(const LinkPrepared *prepared, const LinkDrawn *drawn, size_t n,
                    LinkLevelCounts *counts)
{
    uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH];
    uint32_t left[LINK_BATCH], right[LINK_BATCH];
    for (size_t first = 0; first < n; first += LINK_BATCH) {
        unsigned k = 0;
        for (size_t i = first; i < n && i < first + LINK_BATCH; i++) {
            left[k] = drawn[i].left;
            right[k] = drawn[i].right;
            __builtin_prefetch(link_row(prepared, left[k]));
            __builtin_prefetch(link_row(prepared, right[k]));
            k += right[k] != left[k] &&
                 !(prepared->between &&
                   prepared->table->sources[right[k]] == prepared->table->sources[left[k]]);
        }
        link_levels(prepared, left, right, k, levels);
        for (unsigned f = 0; f < prepared->n_fields; f++)
            for (unsigned i = 0; i < k; i++)
                counts->n[f][levels[f * LINK_BATCH + i]]++;
    }
}

static bool learn_u(const LinkPrepared *prepared, uint64_t seed, LinkLevelCounts *counts)
{
    size_t n = link_part_n_drawn(prepared->n_all);
    LinkDrawn *drawn = malloc(n * sizeof *drawn);
    if (drawn == NULL)
        return false;
    link_part_drawn(prepared->n_all, seed, n, drawn);
    link_part_draw(prepared, drawn, n, counts);
    free(drawn);
    return true;
}

static void fill_u(const LinkPrepared *prepared, const LinkLevelCounts *counted,
                   double (*u)[LINK_MAX_LEVELS])
{
    const double n = (double)prepared->n_all;
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        LinkKind kind = prepared->columns[f].kind;
        double exact = prepared->columns[f].same_value, rest = 0;
        double counts[LINK_MAX_LEVELS];
        for (unsigned level = 0; level < LINK_MAX_LEVELS; level++)
            counts[level] = (double)counted->n[f][level];
        for (unsigned level = 1; level < 7; level++)
            rest += link_level_name(kind, level) != NULL ? counts[level] + 0.5 : 0;
        exact = CLAMP(exact, 0.5 / (n * n), 0.999);
        for (unsigned level = 0; level < LINK_MAX_LEVELS; level++)
            u[f][level] = level == 0 || link_level_name(kind, level) == NULL ? 0
                          : level == 7                                       ? exact
                                       : (counts[level] + 0.5) / rest * (1 - exact);
        int partner = prepared->columns[f].partner;
        if (partner > (int)f)
            u[f][6] = fmin(u[f][6],
                           crossed_by_chance(&prepared->columns[f], &prepared->columns[partner]));
    }
}

/* Pairs drawn at random hold a few matches; what they add is taken out again. */
static void clean_u(const LinkPrepared *prepared, const double (*drawn)[LINK_MAX_LEVELS],
                    const double (*m)[LINK_MAX_LEVELS], double prior, double (*u)[LINK_MAX_LEVELS])
{
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        double total = 0;
        for (unsigned level = 1; level < LINK_MAX_LEVELS; level++) {
            bool counted =
                level != 6 || prepared->columns[f].partner < 0; /* the others: reckoned */
            u[f][level] = counted
                              ? fmax(drawn[f][level] - prior * m[f][level], 0.1 * drawn[f][level])
                              : drawn[f][level];
            total += u[f][level];
        }
        for (unsigned level = 1; level < LINK_MAX_LEVELS; level++)
            u[f][level] /= total;
    }
}

/* ---- Sessions ---------------------------------------------------------------------- */

typedef struct {
    LinkLesson lesson;
    bool used[LINK_MAX_FIELDS];
    double m[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
    double share;
    unsigned iterations;
} Session;

static bool add_labels(const LinkPrepared *prepared, const LinkOptions *options, Patterns *patterns)
{
    double pairs = options->label_pairs > 0 ? options->label_pairs : 1;
    for (size_t l = 0; l < options->n_labels; l++) {
        const LinkConstraint *label = &options->labels[l];
        uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH];
        LinkPattern pattern = {0};
        link_levels(prepared, &label->left, &label->right, 1, levels);
        for (unsigned f = 0; f < prepared->n_fields; f++)
            pattern.levels |= (uint64_t)levels[f * LINK_BATCH] << (3 * f);
        *(label->verdict == LINK_SAME ? &pattern.same : &pattern.different) = pairs;
        if (!patterns_add(patterns, &pattern))
            return false;
    }
    return true;
}

static uint64_t session_limit(uint64_t pairs)
{
    double fraction = pairs > 0 ? SESSION_PAIRS / (double)pairs : 1;
    return fraction >= 1 ? UINT64_MAX : (uint64_t)(fraction * 0x1p64);
}

bool link_part_teaches(uint32_t key, uint64_t pairs, uint64_t seed)
{
    return link_mix(key ^ seed << 32) <= session_limit(pairs);
}

/* Patterns of the pairs of whole blocks, chosen by a hash of their key: about SESSION_PAIRS, and
 * never many more, however large a block is. */
static bool count_blocks(const LinkPrepared *prepared, const LinkOptions *options,
                         const uint32_t *keys, const uint32_t *order, size_t n_order,
                         Patterns *patterns, LinkLesson *lesson)
{
    bool ok = true, enough = false;
    uint32_t left[LINK_BATCH], right[LINK_BATCH];
    unsigned n = 0;
    for (size_t begin = 0, end; ok && !enough && begin < n_order; begin = end) {
        for (end = begin + 1; end < n_order && keys[order[end]] == keys[order[begin]];)
            end++;
        if (end - begin < 2 || !link_part_teaches(keys[order[begin]], lesson->pairs, options->seed))
            continue;
        for (size_t i = begin; ok && !enough && i + 1 < end; i++) {
            for (size_t j = i + 1; ok && j < end; j++) {
                left[n] = order[i];
                right[n] = order[j];
                n += !(prepared->between &&
                       prepared->table->sources[order[j]] == prepared->table->sources[order[i]]);
                if (n == LINK_BATCH) {
                    ok = count_batch(prepared, left, right, n, patterns);
                    lesson->drawn += n;
                    n = 0;
                }
            }
            enough = lesson->drawn > 4 * SESSION_PAIRS; /* a giant block */
        }
    }
    ok = ok && count_batch(prepared, left, right, n, patterns);
    lesson->drawn += n;
    return ok;
}

/* counted: the rule's pairs are known, for these records may be few of those it has. */
static bool fill_lesson(const LinkPrepared *prepared, const LinkOptions *options,
                        const LinkRule *rule, bool counted, LinkLesson *ret_lesson)
{
    uint32_t *keys = NULL, *order = NULL;
    size_t n_order = 0;
    Patterns patterns = {0};
    LinkLesson lesson = {.rule = *rule};
    if (!link_block_group(prepared, rule, &keys, &order, &n_order))
        return false;
    if (!counted)
        link_block_count(prepared, &lesson.rule, keys, order, n_order);
    lesson.pairs = lesson.rule.pairs;
    bool ok = count_blocks(prepared, options, keys, order, n_order, &patterns, &lesson) &&
              add_labels(prepared, options, &patterns);
    free(keys);
    free(order);
    patterns_pack(&patterns);
    lesson.patterns = patterns.slots;
    lesson.n_patterns = patterns.n;
    if (ok)
        *ret_lesson = lesson;
    else
        free(patterns.slots);
    return ok;
}

bool link_part_session(const LinkPrepared *prepared, const LinkOptions *options,
                       const LinkRule *rule, LinkLesson *ret_lesson, GError **error)
{
    return fill_lesson(prepared, options, rule, true, ret_lesson) || link_no_memory(error);
}

void link_lesson_clear(LinkLesson *lesson)
{
    free(lesson->patterns);
    *lesson = (LinkLesson){0};
}

/* Each field's m from the sessions that could see it, by the matches they found. */
static void join_sessions(const LinkPrepared *prepared, const Session *sessions,
                          unsigned n_sessions, const double (*start)[LINK_MAX_LEVELS],
                          LinkModel *model)
{
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        double sums[LINK_MAX_LEVELS] = {0}, total = 0;
        for (unsigned s = 0; s < n_sessions; s++) {
            /* A large session of doubtful pairs must not drown a small one of sure matches. */
            double weight =
                sessions[s].used[f]
                    ? sqrt(sessions[s].share * (double)sessions[s].lesson.drawn) * sessions[s].share
                    : 0;
            for (unsigned level = 1; level < LINK_MAX_LEVELS; level++)
                sums[level] += weight * sessions[s].m[f][level];
            total += weight;
        }
        for (unsigned level = 1; level < LINK_MAX_LEVELS; level++)
            model->m[f][level] = total > 0 ? sums[level] / total : start[f][level];
    }
    double estimates[LINK_MAX_RULES], possible = (double)prepared->n_possible;
    unsigned n = 0;
    for (unsigned s = 0; s < n_sessions; s++) {
        double caught = 1;
        const LinkRule *rule = &sessions[s].lesson.rule;
        for (unsigned k = 0; k < rule->n_keys; k++)
            caught *= fmax(model->m[rule->keys[k].field][7], 0.1);
        estimates[n++] = sessions[s].share * (double)sessions[s].lesson.pairs / caught;
    }
    double matches = 0;
    for (unsigned i = 0; i < n; i++) /* the median, by insertion */
        for (unsigned j = i; j > 0 && estimates[j] < estimates[j - 1]; j--) {
            double swap = estimates[j];
            estimates[j] = estimates[j - 1];
            estimates[j - 1] = swap;
        }
    if (n > 0)
        matches = n % 2 == 1 ? estimates[n / 2] : (estimates[n / 2] + estimates[n / 2 - 1]) / 2;
    model->prior = CLAMP(matches / fmax(possible, 1), 1e-12, 0.5);
}

/* One task a session, and the random pairs: each writes only what is its own. */
typedef struct {
    const LinkPrepared *prepared;
    const LinkOptions *options;
    LinkLesson *lessons;
    LinkLevelCounts *drawn;
    bool failed[LINK_MOST_LESSONS + 1];
} Collecting;

static void collect(gsize task, guint worker, void *context)
{
    Collecting *all = context;
    if (task == 0)
        all->failed[0] = !learn_u(all->prepared, all->options->seed, all->drawn);
    else
        all->failed[task] =
            !fill_lesson(all->prepared, all->options, &all->prepared->teachers[task - 1], false,
                         &all->lessons[task - 1]);
}

typedef struct {
    const LinkPrepared *prepared;
    Session *sessions;
    double (*start)[LINK_MAX_LEVELS];
    const LinkModel *model;
} Estimating;

static void estimate(gsize task, guint worker, void *context)
{
    const Estimating *all = context;
    Session *session = &all->sessions[task];
    double u[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
    memcpy(u, all->model->u, sizeof u);
    memcpy(session->m, all->start, sizeof session->m);
    session->share = 0.1;
    session->iterations +=
        link_em(session->lesson.patterns, session->lesson.n_patterns, all->prepared->n_fields,
                session->used, BLOCK_PAIRS, u, session->m, &session->share);
}

static Session begin_session(const LinkPrepared *prepared, const LinkLesson *lesson)
{
    Session session = {.lesson = *lesson, .share = 0.1};
    for (unsigned f = 0; f < prepared->n_fields; f++)
        session.used[f] = true;
    for (unsigned k = 0; k < lesson->rule.n_keys; k++)
        session.used[lesson->rule.keys[k].field] = false;
    return session;
}

void link_part_model(const LinkPrepared *prepared, const LinkLesson *lessons, unsigned n_lessons,
                     const LinkLevelCounts *counts, unsigned threads, LinkModel *ret_model)
{
    LinkModel model = {.n_fields = prepared->n_fields, .prior = 1e-4};
    double start[LINK_MAX_FIELDS][LINK_MAX_LEVELS] = {{0}};
    double drawn[LINK_MAX_FIELDS][LINK_MAX_LEVELS] = {{0}};
    fill_start(prepared, start);
    memcpy(model.m, start, sizeof start);
    memcpy(model.u, start, sizeof start);
    if (prepared->n_possible == 0) {
        *ret_model = model;
        return;
    }
    g_autofree Session *sessions = g_new0(Session, LINK_MOST_LESSONS);
    unsigned kept = 0;
    for (unsigned s = 0; s < n_lessons; s++)
        if (lessons[s].drawn >= 10)
            sessions[kept++] = begin_session(prepared, &lessons[s]);
    fill_u(prepared, counts, drawn);
    memcpy(model.u, drawn, sizeof drawn);
    Estimating estimating = {prepared, sessions, start, &model};
    for (unsigned round = 0; round < 3; round++) {
        workers_run(kept, threads, estimate, &estimating);
        join_sessions(prepared, sessions, kept, (const double(*)[LINK_MAX_LEVELS])start, &model);
        clean_u(prepared, (const double(*)[LINK_MAX_LEVELS])drawn,
                (const double(*)[LINK_MAX_LEVELS])model.m, model.prior, model.u);
    }
    model.n_sessions = kept;
    for (unsigned s = 0; s < kept; s++)
        model.iterations += sessions[s].iterations;
    *ret_model = model;
}

bool link_train(const LinkPrepared *prepared, const LinkOptions *options, LinkModel *ret_model,
                GError **error)
{
    LinkLesson lessons[LINK_MOST_LESSONS] = {0};
    LinkLevelCounts drawn = {0};
    unsigned n =
        prepared->n_possible > 0 ? MIN(prepared->n_teachers, (unsigned)LINK_MOST_LESSONS) : 0;
    Collecting collecting = {prepared, options, lessons, &drawn, {false}};
    if (prepared->n_possible > 0)
        workers_run(n + 1, options->threads, collect, &collecting);
    bool ok = true;
    for (unsigned s = 0; s <= n; s++)
        ok &= !collecting.failed[s];
    if (ok)
        link_part_model(prepared, lessons, n, &drawn, options->threads, ret_model);
    for (unsigned s = 0; s < n; s++)
        link_lesson_clear(&lessons[s]);
    return ok || link_no_memory(error);
}

double link_model_weight(const LinkModel *model, unsigned field, unsigned level)
{
    double m = model->m[field][level], u = model->u[field][level];
    return level == 0 || m <= 0 || u <= 0 ? 0 : log2(m / u);
}

void link_scale_fill(const LinkPrepared *prepared, const LinkModel *model, double least,
                     LinkScale *scale)
{
    scale->prior = (float)log2(model->prior / (1 - model->prior));
    scale->least = (float)least;
    for (unsigned f = 0; f < model->n_fields; f++) {
        float best = -INFINITY;
        for (unsigned level = 0; level < LINK_MAX_LEVELS; level++) {
            scale->bits[f][level] = (float)link_model_weight(model, f, level);
            /* Equal, swapped, of one sound and missing need no look at letters. */
            if (level > 0 && level < 5 && link_level_name(prepared->columns[f].kind, level) != NULL)
                best = fmaxf(best, scale->bits[f][level]);
        }
        scale->best[f] = best;
    }
}
