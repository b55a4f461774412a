/* Blocking: which pairs are worth comparing.
 *
 * A rule's key of a record is a number; equal numbers share a block. Keys of
 * two or three parts are hashed to 32 bits: a collision only adds a pair. A
 * pair that several rules bring together is compared under the first of them,
 * which needs no memory of pairs: the earlier rules' numbers say so. */
#include "link/block.h"

#include <stdlib.h>
#include <string.h>

enum {
    TASK_PAIRS = 100000,
    SAMPLE_RECORDS = 8192,
    MOST_CANDIDATES = LINK_MAX_FIELDS * LINK_MAX_FIELDS,
    ALL_PAIRS = 600000, /* up to here comparing every pair is quicker than choosing */
};

static uint32_t key_of(const LinkPrepared *prepared, const LinkRule *rule, size_t record)
{
    if (rule->n_keys == 0)
        return 0;
    uint64_t hash = 0;
    for (unsigned k = 0; k < rule->n_keys; k++) {
        uint32_t part =
            link_features_part(prepared, record, rule->keys[k].field, rule->keys[k].part);
        if (part == LINK_NO_ID)
            return LINK_NO_ID;
        if (rule->n_keys == 1)
            return part;
        hash = link_mix(hash + part + UINT64_C(0x9e3779b97f4a7c15));
    }
    uint32_t key = (uint32_t)(hash >> 32);
    return key == LINK_NO_ID ? 0 : key;
}

/* Least significant digit first, 11 bits at a time; stable, so records stay in order. */
static bool sort_by_key(const uint32_t *keys, uint32_t *order, size_t n)
{
    uint32_t *other = malloc((n + 1) * sizeof *other), *from = order, *to = other;
    if (other == NULL)
        return false;
    uint32_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= keys[order[i]];
    for (unsigned shift = 0; shift < 32 && any >> shift != 0; shift += 11) {
        size_t starts[2049] = {0};
        for (size_t i = 0; i < n; i++)
            starts[(keys[from[i]] >> shift & 2047) + 1]++;
        for (unsigned d = 0; d < 2048; d++)
            starts[d + 1] += starts[d];
        for (size_t i = 0; i < n; i++)
            to[starts[keys[from[i]] >> shift & 2047]++] = from[i];
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != order)
        memcpy(order, from, n * sizeof *order);
    free(other);
    return true;
}

bool link_block_group(const LinkPrepared *prepared, const LinkRule *rule, uint32_t **ret_keys,
                      uint32_t **ret_order, size_t *ret_n_order)
{
    size_t n = prepared->n_records, n_order = 0;
    uint32_t *keys = malloc((n + 1) * sizeof *keys), *order = malloc((n + 1) * sizeof *order);
    if (keys == NULL || order == NULL) {
        free(keys);
        free(order);
        return false;
    }
    for (size_t r = 0; r < n; r++) {
        keys[r] = key_of(prepared, rule, r);
        if (keys[r] != LINK_NO_ID)
            order[n_order++] = (uint32_t)r;
    }
    if (!sort_by_key(keys, order, n_order)) {
        free(keys);
        free(order);
        return false;
    }
    *ret_keys = keys;
    *ret_order = order;
    *ret_n_order = n_order;
    return true;
}

/* Pairs within order[begin … end), one block. */
static uint64_t pairs_of_block(const LinkPrepared *prepared, const uint32_t *order, size_t begin,
                               size_t end)
{
    uint64_t size = end - begin, pairs = size * (size - 1) / 2;
    if (!prepared->between || size < 2)
        return pairs;
    uint64_t counts[256];
    memset(counts, 0, prepared->table->n_sources * sizeof *counts);
    for (size_t i = begin; i < end; i++)
        counts[prepared->table->sources[order[i]]]++;
    for (unsigned s = 0; s < prepared->table->n_sources; s++)
        pairs -= counts[s] * (counts[s] - (counts[s] > 0)) / 2;
    return pairs;
}

void link_block_count(const LinkPrepared *prepared, LinkRule *rule, const uint32_t *keys,
                      const uint32_t *order, size_t n_order)
{
    rule->pairs = 0;
    rule->largest = 0;
    for (size_t begin = 0, end; begin < n_order; begin = end) {
        for (end = begin + 1; end < n_order && keys[order[end]] == keys[order[begin]];)
            end++;
        if (end - begin > rule->largest) {
            rule->largest = (uint32_t)(end - begin);
            rule->largest_record = order[begin];
        }
        if (end - begin > 1)
            rule->pairs += pairs_of_block(prepared, order, begin, end);
    }
}

/* ---- Choosing rules ------------------------------------------------------------ */

typedef struct {
    uint32_t key, count;
    uint32_t round; /* of which question: older entries count as empty */
} Slot;

typedef struct {
    const LinkPrepared *prepared;
    size_t n; /* sampled records */
    size_t *records;
    uint32_t *parts; /* of each field, part and sampled record; PARTS parts a field */
    Slot *slots;
    uint32_t round;
    double scale; /* pairs in all records for one in the sample */
} Sample;

enum { PARTS = LINK_TAIL + 1, SLOTS = SAMPLE_RECORDS * 4 };

/* Block keys by chance alone: equal only where the parts are, but for a collision in 2^32. */
static uint32_t sample_key(const Sample *sample, const LinkRule *rule, size_t i)
{
    uint64_t hash = 0;
    for (unsigned k = 0; k < rule->n_keys; k++) {
        uint32_t part =
            sample->parts[(rule->keys[k].field * PARTS + rule->keys[k].part) * sample->n + i];
        if (part == LINK_NO_ID)
            return LINK_NO_ID;
        hash = link_mix(hash + part + UINT64_C(0x9e3779b97f4a7c15));
    }
    uint32_t key = (uint32_t)(hash >> 32);
    return key == LINK_NO_ID ? 0 : key;
}

/* About how many pairs a rule has; -1 when hardly any record has its key, or when there are more
 * than `most`: nobody asks how many more. */
static double estimate_pairs(Sample *sample, const LinkRule *rule, double most)
{
    double pairs = 0;
    size_t known = 0;
    sample->round++;
    for (size_t i = 0; i < sample->n; i++) {
        uint32_t key = sample_key(sample, rule, i);
        if (key == LINK_NO_ID)
            continue;
        known++;
        Slot *slot = &sample->slots[key % SLOTS];
        while (slot->round == sample->round && slot->key != key)
            slot = slot + 1 < sample->slots + SLOTS ? slot + 1 : sample->slots;
        if (slot->round != sample->round)
            *slot = (Slot){key, 0, sample->round};
        pairs += slot->count++;
        if (pairs * sample->scale > most)
            return -1;
    }
    return known * 20 < sample->n ? -1 : pairs * sample->scale;
}

/* Parts of a field by how much they gather, widest first. */
static unsigned parts_of(LinkKind kind, bool alone, LinkPart parts[4])
{
    unsigned n = 0;
    switch (kind) {
    case LINK_GIVEN:
    case LINK_SURNAME:
    case LINK_STRING:
        if (!alone)
            parts[n++] = LINK_HEAD;
        parts[n++] = LINK_SOUND;
        parts[n++] = LINK_WHOLE;
        break;
    case LINK_NAME:
    case LINK_TEXT:
    case LINK_SET:
        parts[n++] = LINK_TAIL;
        parts[n++] = LINK_HEAD;
        parts[n++] = LINK_SOUND;
        break;
    case LINK_DATE:
        if (!alone) {
            parts[n++] = LINK_HEAD;
            parts[n++] = LINK_TAIL;
        }
        parts[n++] = LINK_WHOLE;
        break;
    case LINK_EMAIL:
        parts[n++] = LINK_HEAD;
        parts[n++] = LINK_WHOLE;
        break;
    case LINK_CODE:
        parts[n++] = LINK_HEAD;
        parts[n++] = LINK_TAIL;
        parts[n++] = LINK_WHOLE;
        break;
    case LINK_CATEGORY:
    case LINK_PLACE:
        parts[n++] = LINK_WHOLE;
        break;
    case LINK_NUMBER:
    case LINK_N_KINDS:
        break;
    }
    return n;
}

/* Whether every pair of `inner` is a pair of `outer` too. */
static bool is_within(const LinkRule *inner, const LinkRule *outer)
{
    for (unsigned o = 0; o < outer->n_keys; o++) {
        bool met = false;
        for (unsigned i = 0; i < inner->n_keys; i++)
            met |=
                inner->keys[i].field == outer->keys[o].field &&
                (inner->keys[i].part == outer->keys[o].part || inner->keys[i].part == LINK_WHOLE);
        if (!met)
            return false;
    }
    return true;
}

static bool is_covered(const LinkRule *rules, unsigned n, const LinkRule *rule)
{
    for (unsigned r = 0; r < n; r++)
        if (is_within(rule, &rules[r]))
            return true;
    return false;
}

static int by_pairs(const void *a, const void *b)
{
    const LinkRule *x = a, *y = b;
    if (x->pairs != y->pairs)
        return x->pairs < y->pairs ? -1 : 1;
    return memcmp(x->keys, y->keys, sizeof x->keys);
}

static unsigned take(LinkRule *rules, unsigned n, unsigned most, LinkRule *candidates,
                     unsigned n_candidates, double *budget)
{
    qsort(candidates, n_candidates, sizeof *candidates, by_pairs);
    for (unsigned c = 0; c < n_candidates && n < most; c++) {
        if (is_covered(rules, n, &candidates[c]) || (double)candidates[c].pairs > *budget)
            continue;
        *budget -= (double)candidates[c].pairs;
        rules[n++] = candidates[c];
    }
    return n;
}

/* The widest combination of parts of these fields that stays below `most` pairs. */
static bool widest(Sample *sample, const unsigned *fields, unsigned n_fields, double most,
                   LinkRule *ret_rule)
{
    LinkPart parts[3][4] = {{0}};
    unsigned n_parts[3] = {1, 1, 1};
    for (unsigned f = 0; f < n_fields; f++)
        if ((n_parts[f] =
                 parts_of(sample->prepared->columns[fields[f]].kind, n_fields == 1, parts[f])) == 0)
            return false;
    double best = -1;
    for (unsigned a = 0; a < n_parts[0]; a++)
        for (unsigned b = 0; b < n_parts[1]; b++)
            for (unsigned c = 0; c < n_parts[2]; c++) {
                LinkRule rule = {.n_keys = n_fields};
                const unsigned at[3] = {a, b, c};
                for (unsigned f = 0; f < n_fields; f++) {
                    rule.keys[f].field = fields[f];
                    rule.keys[f].part = parts[f][at[f]];
                }
                double pairs = estimate_pairs(sample, &rule, most);
                if (pairs > best) {
                    best = pairs;
                    rule.pairs = (uint64_t)pairs;
                    *ret_rule = rule;
                }
            }
    return best >= 0;
}

static void sample_records(const LinkPrepared *prepared, Sample *sample)
{
    size_t n = prepared->n_records;
    sample->n = MIN(n, (size_t)SAMPLE_RECORDS);
    for (size_t i = 0; i < sample->n; i++)
        sample->records[i] = (size_t)((unsigned __int128)i * n / sample->n);
    double ratio = (double)n / (double)MAX(sample->n, 1u);
    sample->scale = ratio * ratio;
    if (prepared->between) /* about the share of pairs between sources */
        sample->scale *= (double)prepared->n_possible / ((double)n * ((double)n - 1) / 2 + 1);
    for (unsigned f = 0; f < prepared->n_fields; f++)
        for (unsigned part = 0; part < PARTS; part++)
            for (size_t i = 0; i < sample->n; i++)
                sample->parts[(f * PARTS + part) * sample->n + i] =
                    link_features_part(prepared, sample->records[i], f, (LinkPart)part);
}

unsigned link_block_choose(const LinkPrepared *prepared, LinkRule rules[LINK_MAX_RULES])
{
    Sample sample = {.prepared = prepared};
    g_autofree size_t *records = g_new(size_t, SAMPLE_RECORDS);
    g_autofree Slot *slots = g_new0(Slot, SLOTS);
    g_autofree uint32_t *parts =
        g_new(uint32_t, (size_t)SAMPLE_RECORDS * PARTS * MAX(prepared->n_fields, 1u));
    sample.records = records;
    sample.slots = slots;
    sample.parts = parts;
    sample_records(prepared, &sample);
    double n = (double)prepared->n_records, budget = MAX(60 * n, 200000.0);
    g_autofree LinkRule *candidates = g_new0(LinkRule, MOST_CANDIDATES);
    unsigned n_candidates = 0, n_rules = 0, n_fields = prepared->n_fields;
    for (unsigned f = 0; f < n_fields; f++)
        if (prepared->columns[f].kind != LINK_CATEGORY &&
            widest(&sample, &f, 1, MAX(15 * n, 20000.0), &candidates[n_candidates]))
            n_candidates++;
    double alone = budget * 2 / 3;
    n_rules = take(rules, 0, 12, candidates, n_candidates, &alone);
    budget -= budget * 2 / 3 - alone;
    n_candidates = 0;
    const unsigned n_alone = n_rules;
    bool single[LINK_MAX_FIELDS] = {false};
    for (unsigned r = 0; r < n_rules; r++)
        single[rules[r].keys[0].field] = true;
    for (unsigned f = 0; f < n_fields; f++)
        for (unsigned g = f + 1; g < n_fields; g++) {
            const unsigned both[] = {f, g};
            if (single[f] && single[g] &&
                n_alone >= 4) /* many fields: each catches what others miss */
                continue;
            if (widest(&sample, both, 2, MAX(4 * n, 10000.0), &candidates[n_candidates]))
                n_candidates++;
        }
    n_rules = take(rules, n_rules, 24, candidates, n_candidates, &budget);
    /* Fields that only say enough by threes: two common names and a town. */
    n_candidates = 0;
    for (unsigned f = 0; f < n_fields; f++)
        for (unsigned g = f + 1; g < n_fields; g++)
            for (unsigned h = g + 1; h < n_fields && n_candidates < MOST_CANDIDATES; h++) {
                LinkRule rule = {.n_keys = 3};
                const unsigned fields[3] = {f, g, h};
                bool possible = true;
                for (unsigned k = 0; k < 3; k++) {
                    LinkPart kinds[4];
                    unsigned n_parts = parts_of(prepared->columns[fields[k]].kind, true, kinds);
                    possible &= n_parts > 0 && !single[fields[k]];
                    rule.keys[k].field = fields[k];
                    rule.keys[k].part = n_parts > 0 ? kinds[0] : LINK_WHOLE;
                }
                if (!possible || is_covered(rules, n_rules, &rule))
                    continue;
                double pairs = estimate_pairs(&sample, &rule, MAX(4 * n, 10000.0));
                if (pairs < 0)
                    continue;
                rule.pairs = (uint64_t)pairs;
                candidates[n_candidates++] = rule;
            }
    return take(rules, n_rules, 28, candidates, n_candidates, &budget);
}

/* ---- Preparing ------------------------------------------------------------------ */

static void count_possible(LinkPrepared *prepared)
{
    uint64_t n = prepared->n_records, pairs = n * (n - (n > 0)) / 2, counts[256] = {0};
    if (prepared->between) {
        for (size_t r = 0; r < n; r++)
            counts[prepared->table->sources[r]]++;
        for (unsigned s = 0; s < 256; s++)
            pairs -= counts[s] * (counts[s] - (counts[s] > 0)) / 2;
    }
    prepared->n_possible = pairs;
}

/* Blocks without a pair need not be walked. */
static size_t drop_single(const LinkPrepared *prepared, const uint32_t *keys, uint32_t *order,
                          size_t n_order)
{
    size_t kept = 0;
    for (size_t begin = 0, end; begin < n_order; begin = end) {
        for (end = begin + 1; end < n_order && keys[order[end]] == keys[order[begin]];)
            end++;
        if (end - begin < 2 || pairs_of_block(prepared, order, begin, end) == 0)
            continue;
        memmove(order + kept, order + begin, (end - begin) * sizeof *order);
        kept += end - begin;
    }
    return kept;
}

/* Each rule's order; its keys in that order, to find where blocks end; and all rules' keys of a
 * record side by side, one cache line to ask which earlier rule has a pair. */
static bool group_all(LinkPrepared *prepared, LinkConfig *config)
{
    unsigned n_rules = config->n_rules;
    prepared->key_stride = n_rules <= 2   ? n_rules
                           : n_rules <= 4 ? 4
                           : n_rules <= 8 ? 8
                                          : (n_rules + 15) / 16 * 16;
    prepared->keys =
        link_pages((prepared->n_records + 1) * prepared->key_stride * sizeof *prepared->keys);
    bool ok = prepared->keys != NULL;
    for (unsigned r = 0; ok && r < n_rules; r++) {
        uint32_t *keys = NULL;
        ok = link_block_group(prepared, &config->rules[r], &keys, &prepared->order[r],
                              &prepared->n_order[r]);
        if (!ok)
            break;
        link_block_count(prepared, &config->rules[r], keys, prepared->order[r],
                         prepared->n_order[r]);
        prepared->n_order[r] =
            drop_single(prepared, keys, prepared->order[r], prepared->n_order[r]);
        size_t n = prepared->n_order[r];
        for (size_t i = 0; i < prepared->n_records; i++)
            prepared->keys[i * prepared->key_stride + r] = keys[i];
        prepared->sorted_keys[r] = malloc((n + 1) * sizeof(uint32_t));
        ok = prepared->sorted_keys[r] != NULL;
        for (size_t i = 0; ok && i < n; i++)
            prepared->sorted_keys[r][i] = keys[prepared->order[r][i]];
        free(keys);
    }
    return ok;
}

LinkPrepared *link_prepare(const LinkTable *table, LinkConfig *config, bool between,
                           unsigned threads, GError **error)
{
    g_autoptr(LinkPrepared) prepared = g_new0(LinkPrepared, 1);
    prepared->table = table;
    prepared->config = config;
    prepared->between = between;
    prepared->threads = threads;
    prepared->n_records = table->n_records;
    prepared->n_fields = config->n_fields;
    if (!link_features_build(prepared, error))
        return NULL;
    count_possible(prepared);
    prepared->n_teachers = link_block_choose(prepared, prepared->teachers);
    if (config->n_rules == 0) {
        if (prepared->n_possible <= ALL_PAIRS || prepared->n_teachers == 0)
            config->rules[config->n_rules++] = (LinkRule){0};
        else
            memcpy(config->rules, prepared->teachers,
                   (config->n_rules = prepared->n_teachers) * sizeof *config->rules);
    }
    if (!group_all(prepared, config)) {
        link_no_memory(error);
        return NULL;
    }
    return g_steal_pointer(&prepared);
}

void link_prepared_free(LinkPrepared *prepared)
{
    if (prepared == NULL)
        return;
    for (unsigned r = 0; r < LINK_MAX_RULES; r++) {
        free(prepared->sorted_keys[r]);
        free(prepared->order[r]);
    }
    free(prepared->keys);
    link_features_clear(prepared);
    g_free(prepared);
}

uint64_t link_prepared_n_possible(const LinkPrepared *prepared)
{
    return prepared->n_possible;
}

bool link_prepared_compares(const LinkPrepared *prepared, size_t left, size_t right)
{
    if (left == right ||
        (prepared->between && prepared->table->sources[left] == prepared->table->sources[right]))
        return false;
    for (unsigned r = 0; r < prepared->config->n_rules; r++)
        if (link_keys(prepared, left)[r] != LINK_NO_ID &&
            link_keys(prepared, left)[r] == link_keys(prepared, right)[r])
            return true;
    return false;
}

size_t link_prepared_n_unlinkable(const LinkPrepared *prepared)
{
    g_autofree bool *linkable = g_new0(bool, prepared->n_records + 1);
    for (unsigned r = 0; r < prepared->config->n_rules; r++) {
        const uint32_t *order = prepared->order[r], *keys = prepared->sorted_keys[r];
        for (size_t begin = 0, end; begin < prepared->n_order[r]; begin = end) {
            for (end = begin + 1; end < prepared->n_order[r] && keys[end] == keys[begin];)
                end++;
            if (end - begin > 1 && pairs_of_block(prepared, order, begin, end) > 0)
                for (size_t i = begin; i < end; i++)
                    linkable[order[i]] = true;
        }
    }
    size_t n = 0;
    for (size_t r = 0; r < prepared->n_records; r++)
        n += !linkable[r];
    return n;
}
