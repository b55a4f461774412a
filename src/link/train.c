/* The model's parameters. u: how often pairs drawn at random agree. m: EM on
 * the pairs of several blocking rules, each silent about its own fields, then
 * weighed together by the matches each found. */
#include "link/train.h"

#include "link/block.h"

#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SESSION_PAIRS = 40000, MOST_SESSIONS = 10 };

/* What m is before any data, and how many pairs' worth it counts. */
#define PRIOR_PAIRS 8.0

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

unsigned link_em(const LinkPattern *patterns, size_t n_patterns, unsigned n_fields,
                 const bool *used, const double (*u)[LINK_MAX_LEVELS], double (*m)[LINK_MAX_LEVELS],
                 double *share)
{
    double start[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
    memcpy(start, m, n_fields * sizeof *m);
    unsigned iteration = 0;
    while (iteration < 200) {
        double ratio[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
        double sums[LINK_MAX_FIELDS][LINK_MAX_LEVELS] = {{0}};
        double matches = 0, total = 0, moved = 0;
        for (unsigned f = 0; f < n_fields; f++)
            for (unsigned level = 0; level < LINK_MAX_LEVELS; level++)
                ratio[f][level] =
                    level == 0 || !used[f] || u[f][level] <= 0 ? 1 : m[f][level] / u[f][level];
        for (size_t p = 0; p < n_patterns; p++) {
            double odds = *share / (1 - *share);
            uint64_t levels = patterns[p].levels;
            for (unsigned f = 0; f < n_fields; f++)
                odds *= ratio[f][levels >> (3 * f) & 7];
            double posterior = odds >= 1e300 ? 1 : odds / (1 + odds),
                   weight = posterior * patterns[p].count;
            for (unsigned f = 0; f < n_fields; f++)
                sums[f][levels >> (3 * f) & 7] += weight;
            matches += weight;
            total += patterns[p].count;
        }
        for (unsigned f = 0; f < n_fields; f++) {
            double known = 0;
            for (unsigned level = 1; level < LINK_MAX_LEVELS; level++)
                known += sums[f][level];
            for (unsigned level = 1; used[f] && level < LINK_MAX_LEVELS; level++) {
                double next =
                    (sums[f][level] + PRIOR_PAIRS * start[f][level]) / (known + PRIOR_PAIRS);
                moved = fmax(moved, fabs(next - m[f][level]));
                m[f][level] = next;
            }
        }
        double next = total > 0 ? matches / total : *share;
        next = CLAMP(next, 1e-12, 1 - 1e-9);
        moved = fmax(moved, fabs(next - *share));
        *share = next;
        iteration++;
        if (moved < 1e-6)
            break;
    }
    return iteration;
}

/* ---- Counting patterns ----------------------------------------------------------- */

typedef struct {
    LinkPattern *slots; /* count 0: empty */
    size_t n, size;
} Patterns;

static bool patterns_add(Patterns *patterns, uint64_t levels, double count)
{
    if (patterns->n * 2 >= patterns->size) {
        Patterns more = {
            calloc(patterns->size == 0 ? 1024 : patterns->size * 2, sizeof(LinkPattern)), 0,
            patterns->size == 0 ? 1024 : patterns->size * 2};
        if (more.slots == NULL)
            return false;
        for (size_t i = 0; i < patterns->size; i++)
            if (patterns->slots[i].count > 0)
                patterns_add(&more, patterns->slots[i].levels, patterns->slots[i].count);
        free(patterns->slots);
        *patterns = more;
    }
    size_t slot = link_mix(levels) & (patterns->size - 1);
    while (patterns->slots[slot].count > 0 && patterns->slots[slot].levels != levels)
        slot = (slot + 1) & (patterns->size - 1);
    patterns->n += patterns->slots[slot].count <= 0;
    patterns->slots[slot].levels = levels;
    patterns->slots[slot].count += count;
    return true;
}

static void patterns_pack(Patterns *patterns)
{
    size_t n = 0;
    for (size_t i = 0; i < patterns->size; i++)
        if (patterns->slots[i].count > 0)
            patterns->slots[n++] = patterns->slots[i];
    patterns->n = n;
}

static bool count_batch(const LinkPrepared *prepared, uint32_t left, const uint32_t *right,
                        unsigned n, Patterns *patterns)
{
    uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH];
    link_levels(prepared, left, right, n, levels);
    for (unsigned k = 0; k < n; k++) {
        uint64_t pattern = 0;
        for (unsigned f = 0; f < prepared->n_fields; f++)
            pattern |= (uint64_t)levels[f * LINK_BATCH + k] << (3 * f);
        if (!patterns_add(patterns, pattern, 1))
            return false;
    }
    return true;
}

/* ---- u ---------------------------------------------------------------------------- */

static bool learn_u(const LinkPrepared *prepared, uint64_t seed, double (*u)[LINK_MAX_LEVELS])
{
    Random random;
    random_start(&random, seed, 1);
    size_t n = prepared->n_records;
    uint64_t wanted = n < 50000 ? 120000 : 600000;
    double counts[LINK_MAX_FIELDS][LINK_MAX_LEVELS] = {{0}};
    uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH];
    uint32_t right[LINK_BATCH];
    for (uint64_t drawn = 0; drawn < wanted; drawn += 16) {
        uint32_t left = (uint32_t)random_below(&random, n);
        unsigned k = 0;
        for (unsigned i = 0; i < 16; i++) {
            right[k] = (uint32_t)random_below(&random, n);
            k += right[k] != left && !(prepared->between && prepared->table->sources[right[k]] ==
                                                                prepared->table->sources[left]);
        }
        link_levels(prepared, left, right, k, levels);
        for (unsigned f = 0; f < prepared->n_fields; f++)
            for (unsigned i = 0; i < k; i++)
                counts[f][levels[f * LINK_BATCH + i]]++;
    }
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        LinkKind kind = prepared->columns[f].kind;
        double total = 0, exact = prepared->columns[f].same_value, rest = 0;
        for (unsigned level = 1; level < LINK_MAX_LEVELS; level++)
            total += counts[f][level];
        for (unsigned level = 1; level < 7; level++)
            rest += link_level_name(kind, level) != NULL ? counts[f][level] + 0.5 : 0;
        exact = CLAMP(exact, 0.5 / ((double)n * (double)n), 0.999);
        for (unsigned level = 0; level < LINK_MAX_LEVELS; level++)
            u[f][level] = level == 0 || link_level_name(kind, level) == NULL ? 0
                          : level == 7                                       ? exact
                                       : (counts[f][level] + 0.5) / rest * (1 - exact);
        (void)total;
    }
    return true;
}

/* Pairs drawn at random hold a few matches; what they add is taken out again. */
static void clean_u(const LinkPrepared *prepared, const double (*drawn)[LINK_MAX_LEVELS],
                    const double (*m)[LINK_MAX_LEVELS], double prior, double (*u)[LINK_MAX_LEVELS])
{
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        double total = 0;
        for (unsigned level = 1; level < LINK_MAX_LEVELS; level++) {
            u[f][level] = fmax(drawn[f][level] - prior * m[f][level], 0.1 * drawn[f][level]);
            total += u[f][level];
        }
        for (unsigned level = 1; level < LINK_MAX_LEVELS; level++)
            u[f][level] /= total;
    }
}

/* ---- Sessions ---------------------------------------------------------------------- */

typedef struct {
    Patterns patterns;
    bool used[LINK_MAX_FIELDS];
    double pairs; /* of the whole rule */
    double drawn; /* of them counted */
    double m[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
    double share;
    const LinkRule *rule;
} Session;

/* Patterns of about SESSION_PAIRS pairs: whole blocks, chosen by a hash of their key. */
static bool fill_session(const LinkPrepared *prepared, uint64_t seed, LinkRule *rule,
                         Session *session)
{
    uint32_t *keys = NULL, *order = NULL;
    size_t n_order = 0;
    if (!link_block_group(prepared, rule, &keys, &order, &n_order))
        return false;
    link_block_count(prepared, rule, keys, order, n_order);
    session->pairs = (double)rule->pairs;
    double fraction = session->pairs > 0 ? SESSION_PAIRS / session->pairs : 1;
    uint64_t limit = fraction >= 1 ? UINT64_MAX : (uint64_t)(fraction * 0x1p64);
    bool ok = true;
    for (size_t begin = 0, end; ok && begin < n_order; begin = end) {
        for (end = begin + 1; end < n_order && keys[order[end]] == keys[order[begin]];)
            end++;
        if (end - begin < 2 || link_mix(keys[order[begin]] ^ seed << 32) > limit)
            continue;
        for (size_t i = begin; ok && i + 1 < end; i++) {
            uint32_t right[LINK_BATCH];
            unsigned n = 0;
            for (size_t j = i + 1; ok && j < end; j++) {
                right[n] = order[j];
                n += !(prepared->between &&
                       prepared->table->sources[order[j]] == prepared->table->sources[order[i]]);
                if (n == LINK_BATCH || j + 1 == end) {
                    ok = count_batch(prepared, order[i], right, n, &session->patterns);
                    session->drawn += n;
                    n = 0;
                }
            }
            if (session->drawn > 4 * SESSION_PAIRS)
                end = n_order; /* a giant block: enough seen */
        }
    }
    free(keys);
    free(order);
    patterns_pack(&session->patterns);
    for (unsigned f = 0; f < prepared->n_fields; f++)
        session->used[f] = true;
    for (unsigned k = 0; k < rule->n_keys; k++)
        session->used[rule->keys[k].field] = false;
    for (unsigned f = 0; f < prepared->n_fields;
         f++) /* what a swap hides would be counted wrongly */
        if (prepared->columns[f].partner >= 0 && !session->used[prepared->columns[f].partner] &&
            prepared->columns[f].kind == LINK_GIVEN)
            session->used[f] = session->used[f];
    session->rule = rule;
    session->share = 0.1;
    return ok;
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
            double weight = sessions[s].used[f] ? sqrt(sessions[s].share * sessions[s].drawn) : 0;
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
        for (unsigned k = 0; k < sessions[s].rule->n_keys; k++)
            caught *= fmax(model->m[sessions[s].rule->keys[k].field][7], 0.1);
        estimates[n++] = sessions[s].share * sessions[s].pairs / caught;
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

bool link_train(const LinkPrepared *prepared, uint64_t seed, LinkModel *ret_model, GError **error)
{
    LinkModel model = {.n_fields = prepared->n_fields};
    double start[LINK_MAX_FIELDS][LINK_MAX_LEVELS] = {{0}}, drawn[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
    fill_start(prepared, start);
    memcpy(model.m, start, sizeof start);
    model.prior = 1 / fmax((double)prepared->n_records, 2);
    bool ok = true;
    if (prepared->n_records >= 2)
        ok = learn_u(prepared, seed, drawn);
    else
        memcpy(drawn, start, sizeof start);
    memcpy(model.u, drawn, sizeof drawn);
    g_autofree Session *sessions = g_new0(Session, MOST_SESSIONS);
    g_autofree LinkRule *rules = g_memdup2(prepared->teachers, sizeof prepared->teachers);
    unsigned n_sessions = 0;
    for (unsigned r = 0; ok && r < prepared->n_teachers && n_sessions < MOST_SESSIONS; r++) {
        ok = fill_session(prepared, seed, &rules[r], &sessions[n_sessions]);
        n_sessions++;
        if (sessions[n_sessions - 1].drawn < 10)
            free(sessions[--n_sessions].patterns.slots), sessions[n_sessions] = (Session){0};
    }
    for (unsigned round = 0; ok && round < 3; round++) {
        for (unsigned s = 0; s < n_sessions; s++) {
            memcpy(sessions[s].m, start, sizeof start);
            sessions[s].share = 0.1;
            model.iterations +=
                link_em(sessions[s].patterns.slots, sessions[s].patterns.n, prepared->n_fields,
                        sessions[s].used, (const double(*)[LINK_MAX_LEVELS])model.u, sessions[s].m,
                        &sessions[s].share);
        }
        join_sessions(prepared, sessions, n_sessions, (const double(*)[LINK_MAX_LEVELS])start,
                      &model);
        clean_u(prepared, (const double(*)[LINK_MAX_LEVELS])drawn,
                (const double(*)[LINK_MAX_LEVELS])model.m, model.prior, model.u);
    }
    model.n_sessions = n_sessions;
    for (unsigned s = 0; s < n_sessions; s++)
        free(sessions[s].patterns.slots);
    if (!ok)
        return link_no_memory(error);
    *ret_model = model;
    return true;
}

double link_model_weight(const LinkModel *model, unsigned field, unsigned level)
{
    double m = model->m[field][level], u = model->u[field][level];
    return level == 0 || m <= 0 || u <= 0 ? 0 : log2(m / u);
}

void link_weights_fill(const LinkModel *model, LinkWeights *weights)
{
    for (unsigned f = 0; f < model->n_fields; f++)
        for (unsigned level = 0; level < LINK_MAX_LEVELS; level++)
            weights->bits[f][level] = (float)link_model_weight(model, f, level);
}
