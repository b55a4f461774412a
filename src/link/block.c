/* Blocking: which pairs are worth comparing.
 *
 * A rule's key of a record is a number; equal numbers share a block. Keys of
 * two or three parts are hashed to 32 bits: a collision only adds a pair. A
 * pair that several rules bring together is compared under the first of them,
 * which needs no memory of pairs: the earlier rules' numbers say so. */
#include "link/block.h"

#include "link/domain.h"

#include <stdlib.h>
#include <string.h>

enum {
    ALL_PAIRS = 600000, /* up to here comparing every pair is quicker than choosing */
};

uint32_t link_block_key(const LinkPrepared *prepared, const LinkRule *rule, const uint32_t *parts)
{
    uint32_t own[LINK_MAX_RULE_KEYS];
    uint64_t hash = 0;
    for (unsigned k = 0; k < rule->n_keys; k++) {
        own[k] = parts[k];
        if (own[k] == LINK_NO_ID)
            return LINK_NO_ID;
        for (unsigned j = 0; j < k; j++)
            if (prepared->columns[rule->keys[j].field].partner == (int)rule->keys[k].field &&
                rule->keys[j].part == rule->keys[k].part && own[j] > own[k]) {
                uint32_t swap = own[j];
                own[j] = own[k];
                own[k] = swap;
            }
    }
    if (rule->n_keys <= 1)
        return rule->n_keys == 0 ? 0 : own[0];
    for (unsigned k = 0; k < rule->n_keys; k++)
        hash = link_mix(hash + own[k] + UINT64_C(0x9e3779b97f4a7c15));
    uint32_t key = (uint32_t)(hash >> 32);
    return key == LINK_NO_ID ? 0 : key;
}

static uint32_t key_of(const LinkPrepared *prepared, const LinkRule *rule, size_t record)
{
    uint32_t parts[LINK_MAX_RULE_KEYS];
    for (unsigned k = 0; k < rule->n_keys; k++)
        parts[k] = link_features_part(prepared, record, rule->keys[k].field, rule->keys[k].part);
    return link_block_key(prepared, rule, parts);
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

/* ---- Preparing ------------------------------------------------------------------ */

static void count_possible(LinkPrepared *prepared, const uint64_t by_source[256])
{
    uint64_t n = prepared->n_all, pairs = n * (n - (n > 0)) / 2;
    for (unsigned s = 0; prepared->between && s < 256; s++)
        pairs -= by_source[s] * (by_source[s] - (by_source[s] > 0)) / 2;
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

/* All rules' keys of a record side by side, one cache line to ask which earlier rule has a pair. */
static bool make_rows(LinkPrepared *prepared, unsigned n_rules)
{
    prepared->key_stride = n_rules <= 2   ? n_rules
                           : n_rules <= 4 ? 4
                           : n_rules <= 8 ? 8
                                          : (n_rules + 15) / 16 * 16;
    prepared->keys =
        link_pages((prepared->n_records + 1) * prepared->key_stride * sizeof *prepared->keys);
    return prepared->keys != NULL;
}

/* A rule's order; its keys in that order, to find where blocks end; and in the rows. */
static bool group_rule(LinkPrepared *prepared, unsigned r, LinkRule *rule)
{
    uint32_t *keys = NULL;
    if (!link_block_group(prepared, rule, &keys, &prepared->order[r], &prepared->n_order[r]))
        return false;
    link_block_count(prepared, rule, keys, prepared->order[r], prepared->n_order[r]);
    prepared->n_order[r] = drop_single(prepared, keys, prepared->order[r], prepared->n_order[r]);
    size_t n = prepared->n_order[r];
    for (size_t i = 0; i < prepared->n_records; i++)
        prepared->keys[i * prepared->key_stride + r] = keys[i];
    prepared->sorted_keys[r] = malloc((n + 1) * sizeof(uint32_t));
    bool ok = prepared->sorted_keys[r] != NULL;
    for (size_t i = 0; ok && i < n; i++)
        prepared->sorted_keys[r][i] = keys[prepared->order[r][i]];
    free(keys);
    return ok;
}

static bool group_all(LinkPrepared *prepared, LinkConfig *config)
{
    bool ok = make_rows(prepared, config->n_rules);
    for (unsigned r = 0; ok && r < config->n_rules; r++)
        ok = group_rule(prepared, r, &config->rules[r]);
    return ok;
}

bool link_block_group_one(LinkPrepared *prepared, unsigned rule)
{
    LinkRule own = prepared->config->rules[rule];
    if (!make_rows(prepared, rule + 1) || !group_rule(prepared, rule, &own))
        return false;
    for (unsigned r = 0; r < rule; r++)
        for (size_t i = 0; i < prepared->n_records; i++)
            prepared->keys[i * prepared->key_stride + r] =
                key_of(prepared, &prepared->config->rules[r], i);
    return true;
}

/* ---- A part of a list ----------------------------------------------------------- */

int64_t link_part_day_first(const LinkTable *table, const LinkField *field)
{
    return field->kind == LINK_DATE && field->n_parts == 1
               ? link_domain_day_first(table, field->parts[0])
               : 0;
}

LinkPrepared *link_part_prepare(const LinkTable *table, LinkConfig *config, bool between,
                                const LinkWhole *whole, GError **error)
{
    g_autoptr(LinkPrepared) prepared = g_new0(LinkPrepared, 1);
    prepared->table = table;
    prepared->config = config;
    prepared->between = between;
    prepared->threads = 1;
    prepared->n_records = table->n_records;
    prepared->n_all = whole->n_records;
    prepared->n_fields = config->n_fields;
    if (!link_features_build(prepared, whole, error))
        return NULL;
    count_possible(prepared, whole->by_source);
    return g_steal_pointer(&prepared);
}

LinkCounted *link_part_count(const LinkPrepared *prepared, unsigned field, LinkCount what,
                             size_t *ret_n)
{
    size_t n = 0, kept = 0;
    uint32_t *counts = link_features_count(prepared, field, what, &n);
    LinkHashed *order = malloc((n + 1) * sizeof *order);
    LinkCounted *counted = malloc((n + 1) * sizeof *counted);
    bool ok = counts != NULL && order != NULL && counted != NULL;
    for (size_t i = 0; ok && i < n; i++)
        if (counts[i] > 0)
            order[kept++] = (LinkHashed){link_features_hash(prepared, field, what, i), (uint32_t)i};
    if (ok)
        qsort(order, kept, sizeof *order, link_compare_hashed);
    for (size_t i = 0; ok && i < kept; i++)
        counted[i] = (LinkCounted){order[i].hash, counts[order[i].id]};
    free(counts);
    free(order);
    if (!ok)
        g_clear_pointer(&counted, free);
    *ret_n = kept;
    return counted;
}

bool link_part_counts(const LinkPrepared *prepared, unsigned field, LinkCount what)
{
    return link_features_counts(prepared, field, what);
}

unsigned link_part_scripts(const LinkPrepared *prepared, unsigned field)
{
    const LinkDomain *domain = &prepared->domains[prepared->columns[field].domain];
    return (domain->any_arabic ? 1u : 0u) | (domain->any_latin ? 2u : 0u);
}

uint32_t link_part_key(const LinkPrepared *prepared, const LinkRule *rule, size_t record)
{
    return key_of(prepared, rule, record);
}

/* Rules by which records are compared, when the config has none: few records all with each other.
 */
static void take_rules(LinkConfig *config, uint64_t n_possible, const LinkRule *teachers,
                       unsigned n_teachers)
{
    if (config->n_rules > 0)
        return;
    if (n_possible <= ALL_PAIRS || n_teachers == 0)
        config->rules[config->n_rules++] = (LinkRule){0};
    else
        memcpy(config->rules, teachers, (config->n_rules = n_teachers) * sizeof *config->rules);
}

void link_part_choose(LinkPrepared *prepared, LinkRule teachers[LINK_MAX_RULES],
                      unsigned *ret_n_teachers)
{
    *ret_n_teachers = link_block_choose(prepared, teachers);
    take_rules(prepared->config, prepared->n_possible, teachers, *ret_n_teachers);
}

/* ---- The whole ------------------------------------------------------------------ */

LinkPrepared *link_prepare(const LinkTable *table, LinkConfig *config, bool between,
                           unsigned threads, GError **error)
{
    g_autoptr(LinkPrepared) prepared = g_new0(LinkPrepared, 1);
    prepared->table = table;
    prepared->config = config;
    prepared->between = between;
    prepared->threads = threads;
    prepared->n_records = prepared->n_all = table->n_records;
    prepared->n_fields = config->n_fields;
    if (!link_features_build(prepared, NULL, error))
        return NULL;
    uint64_t by_source[256] = {0};
    for (size_t r = 0; r < prepared->n_records; r++)
        by_source[table->sources[r]]++;
    count_possible(prepared, by_source);
    prepared->n_teachers = link_block_choose(prepared, prepared->teachers);
    take_rules(config, prepared->n_possible, prepared->teachers, prepared->n_teachers);
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

bool *link_prepared_linkable(const LinkPrepared *prepared)
{
    bool *linkable = g_new0(bool, prepared->n_records + 1);
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
    return linkable;
}

size_t link_prepared_n_unlinkable(const LinkPrepared *prepared)
{
    g_autofree bool *linkable = link_prepared_linkable(prepared);
    size_t n = 0;
    for (size_t r = 0; r < prepared->n_records; r++)
        n += !linkable[r];
    return n;
}
