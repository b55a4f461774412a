/* How alike two records are, field by field.
 *
 * Up to LINK_BATCH pairs, one field at a time, in two rounds. The first looks at cells alone:
 * missing, equal and plainly different values are told by them. Then each pair has a weight that
 * it cannot exceed; most cannot reach what is worth keeping and are left there. The second round
 * looks at the letters of the rest. The same pairs are found as if all were looked at to the end.
 * No allocation.
 *
 * Built twice: for any machine, and (levels_v3.c) for x86-64 with AVX2 and the
 * bit instructions, chosen when the program runs. Whole numbers and the same
 * divisions in both: the same levels. */
#include "link/levels_inline.h"

#ifndef LINK_LEVELS
#define LINK_LEVELS link_levels_any
#endif

#include <math.h>
#include <string.h>
#ifdef __AVX2__
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

/* ---- A batch ------------------------------------------------------------------ */

typedef struct {
    const LinkPrepared *prepared;
    const LinkCell *const *left, *const *right;
    unsigned n;
    uint64_t all; /* the n pairs, a bit each */
    uint8_t *levels;
    uint64_t open[LINK_MAX_FIELDS]; /* pairs whose letters must be looked at, a bit each */
    uint64_t equal[LINK_MAX_FIELDS];
    uint64_t sounding[LINK_MAX_FIELDS]; /* equal in sound, told already */
    uint64_t swapped[LINK_MAX_FIELDS];  /* at the first of two names */
} Batch;

#define EACH_BIT(set, k)                                                                           \
    for (uint64_t rest_ = (set), k; rest_ != 0 && (k = (uint64_t)__builtin_ctzll(rest_), true);    \
         rest_ &= rest_ - 1)

/* A bit for each byte that is 1 (the others are 0): eight at once, gathered by one product. */
static inline uint64_t bits_of_bytes(const uint8_t bytes[LINK_BATCH])
{
    uint64_t set = 0;
    for (unsigned i = 0; i < LINK_BATCH / 8; i++) {
        uint64_t word;
        memcpy(&word, bytes + 8 * i, 8);
        set |= (word * UINT64_C(0x0102040810204080) >> 56) << (8 * i);
    }
    return set;
}

/* Missing (0), equal (7) and other (1) by ids alone; 16 pairs. Sets of bits: equal, differing. */
static inline void tell_sixteen(const uint32_t *a, const uint32_t *b, uint8_t *out,
                                uint64_t *ret_equal, uint64_t *ret_differ)
{
#ifdef __SSE2__
    const __m128i none = _mm_set1_epi32(-1);
    __m128i same[4], known[4];
    for (unsigned i = 0; i < 4; i++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(a + 4 * i));
        __m128i y = _mm_loadu_si128((const __m128i *)(const void *)(b + 4 * i));
        same[i] = _mm_cmpeq_epi32(x, y);
        known[i] =
            _mm_xor_si128(_mm_or_si128(_mm_cmpeq_epi32(x, none), _mm_cmpeq_epi32(y, none)), none);
    }
    __m128i equal =
        _mm_packs_epi16(_mm_packs_epi32(same[0], same[1]), _mm_packs_epi32(same[2], same[3]));
    __m128i told =
        _mm_packs_epi16(_mm_packs_epi32(known[0], known[1]), _mm_packs_epi32(known[2], known[3]));
    __m128i differ = _mm_andnot_si128(equal, told);
    equal = _mm_and_si128(equal, told);
    _mm_storeu_si128((__m128i *)(void *)out, _mm_or_si128(_mm_and_si128(equal, _mm_set1_epi8(7)),
                                                          _mm_and_si128(differ, _mm_set1_epi8(1))));
    *ret_equal = (uint64_t)(unsigned)_mm_movemask_epi8(equal);
    *ret_differ = (uint64_t)(unsigned)_mm_movemask_epi8(differ);
#else
    *ret_equal = *ret_differ = 0;
    for (unsigned k = 0; k < 16; k++) {
        bool told = a[k] != LINK_NO_ID && b[k] != LINK_NO_ID, same = a[k] == b[k];
        *ret_equal |= (uint64_t)(told && same) << k;
        *ret_differ |= (uint64_t)(told && !same) << k;
        out[k] = !told ? 0 : same ? 7 : 1;
    }
#endif
}

/* Missing and equal, told by ids alone; the others in the set returned. */
static uint64_t by_ids(Batch *batch, unsigned f, uint8_t *out)
{
    uint32_t a[LINK_BATCH], b[LINK_BATCH];
    for (unsigned k = 0; k < batch->n; k++) {
        a[k] = batch->left[k][f].id;
        b[k] = batch->right[k][f].id;
    }
    for (unsigned k = batch->n; k < LINK_BATCH; k++)
        a[k] = b[k] = LINK_NO_ID;
    uint64_t equal = 0, differ = 0;
    for (unsigned k = 0; k < LINK_BATCH; k += 16) {
        uint64_t same, other;
        tell_sixteen(a + k, b + k, out + k, &same, &other);
        equal |= same << k;
        differ |= other << k;
    }
    batch->equal[f] = equal;
    return differ;
}

#define EACH_PAIR(field_level)                                                                     \
    EACH_BIT(rest, k)                                                                              \
    {                                                                                              \
        const LinkCell *a = batch->left[k] + f, *b = batch->right[k] + f;                          \
        unsigned level = (field_level);                                                            \
        out[k] = level == OPEN ? 0 : (uint8_t)level;                                               \
        open |= (uint64_t)(level == OPEN) << k;                                                    \
        sounding |= (uint64_t)(level == 5) << k;                                                   \
    }

static void by_cells(Batch *batch, unsigned f)
{
    const LinkPrepared *prepared = batch->prepared;
    const LinkColumn *column = &prepared->columns[f];
    const LinkDomain *domain = &prepared->domains[column->domain];
    const uint8_t *need = prepared->need;
    uint8_t *out = batch->levels + f * LINK_BATCH;
    uint64_t rest = by_ids(batch, f, out), open = 0, sounding = 0;
    switch (column->kind) {
    case LINK_GIVEN:
    case LINK_SURNAME:
    case LINK_STRING:
        EACH_PAIR(lettered_level(domain, need, a, b)) break;
    case LINK_PLACE:
        EACH_PAIR(place_level(need, a, b)) break;
    case LINK_NAME:
    case LINK_TEXT:
    case LINK_SET:
        EACH_PAIR(worded_level(domain, a, b)) break;
    case LINK_CODE:
        EACH_PAIR(code_level(a, b)) break;
    case LINK_CATEGORY:
        EACH_PAIR(category_level(a, b)) break;
    case LINK_DATE:
        EACH_PAIR(date_level(a, b)) break;
    case LINK_EMAIL:
        EACH_PAIR(email_level(need, a, b)) break;
    case LINK_NUMBER:
        EACH_PAIR(number_level(a, b)) break;
    case LINK_N_KINDS:
        break;
    }
    batch->open[f] = open;
    batch->sounding[f] = sounding;
}

static unsigned level_of_letters(const LinkDomain *domain, const uint8_t *need, LinkKind kind,
                                 const LinkCell *a, const LinkCell *b)
{
    switch (kind) {
    case LINK_PLACE:
        return place_level_of_letters(domain, a, b);
    case LINK_NAME:
    case LINK_TEXT:
    case LINK_SET:
        return worded_level_of_words(domain, a, b);
    case LINK_CODE:
        return code_level_of_letters(domain, a, b);
    case LINK_EMAIL:
        return email_level_of_letters(domain, a, b);
    default:
        return lettered_level_cached(domain, need, a, b);
    }
}

/* The letters of all that is still open, field by field; fetched before they are needed. */
static void by_letters(Batch *batch, uint64_t wanted)
{
    for (unsigned f = 0; f < batch->prepared->n_fields; f++) {
        const LinkColumn *column = &batch->prepared->columns[f];
        const LinkDomain *domain = &batch->prepared->domains[column->domain];
        const uint64_t open = batch->open[f] & wanted;
        EACH_BIT(open, k)
        {
            const LinkCell *a = batch->left[k] + f, *b = batch->right[k] + f;
            if (domain->cache != NULL)
                __builtin_prefetch(&domain->cache[cache_slot(a, b)]);
            __builtin_prefetch(letters_of(domain, a->id));
            __builtin_prefetch(letters_of(domain, b->id));
        }
        EACH_BIT(open, k)
        batch->levels[f * LINK_BATCH + k] = (uint8_t)level_of_letters(
            domain, batch->prepared->need, column->kind, batch->left[k] + f, batch->right[k] + f);
    }
}

/* Names given in the other order are looked for where neither is equal. */
static void find_swapped(Batch *batch)
{
    for (unsigned f = 0; f < batch->prepared->n_fields; f++) {
        int partner = batch->prepared->columns[f].partner;
        batch->swapped[f] = 0;
        if (partner <= (int)f)
            continue;
        uint32_t first[LINK_BATCH], second[LINK_BATCH];
        uint8_t crossed[LINK_BATCH];
        for (unsigned k = 0; k < batch->n; k++) {
            const LinkCell *a = batch->left[k], *b = batch->right[k];
            first[k] = a[f].key ^ b[partner].key;
            second[k] = a[partner].key ^ b[f].key;
        }
        for (unsigned k = batch->n; k < LINK_BATCH; k++)
            first[k] = second[k] = 1;
        for (unsigned k = 0; k < LINK_BATCH; k++)
            crossed[k] = (first[k] & LINK_SOUND_KEY) == 0 || (second[k] & LINK_SOUND_KEY) == 0;
        const uint64_t maybe =
            bits_of_bytes(crossed) & batch->all & ~batch->equal[f] & ~batch->equal[partner];
        EACH_BIT(maybe, k)
        batch->swapped[f] |=
            (uint64_t)are_swapped(batch->left[k], batch->right[k], f, (unsigned)partner) << k;
    }
}

/* One fact, told once: the surname then says nothing more. */
static void note_swapped(Batch *batch)
{
    for (unsigned f = 0; f < batch->prepared->n_fields; f++) {
        if (batch->swapped[f] == 0)
            continue;
        uint8_t *first = batch->levels + f * LINK_BATCH;
        uint8_t *second =
            batch->levels + (unsigned)batch->prepared->columns[f].partner * LINK_BATCH;
        const uint64_t swapped = batch->swapped[f];
        EACH_BIT(swapped, k)
        if (first[k] < 4 && second[k] < 4) {
            first[k] = 6;
            second[k] = 0;
        }
    }
}

/* sums[k] += bits[level[k]] */
static inline void add_weights(const float bits[LINK_MAX_LEVELS], const uint8_t *level, float *sums)
{
#ifdef __AVX2__
    const __m256 table = _mm256_loadu_ps(bits);
    for (unsigned k = 0; k < LINK_BATCH; k += 8) {
        __m256i at =
            _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)(level + k)));
        _mm256_storeu_ps(sums + k, _mm256_add_ps(_mm256_loadu_ps(sums + k),
                                                 _mm256_permutevar8x32_ps(table, at)));
    }
#else
    for (unsigned k = 0; k < LINK_BATCH; k++)
        sums[k] += bits[level[k]];
#endif
}

/* The weight that each pair can reach at most. */
static void sum_best(const Batch *batch, const LinkScale *scale, float *sums)
{
    for (unsigned k = 0; k < LINK_BATCH; k++)
        sums[k] = scale->prior;
    for (unsigned f = 0; f < batch->prepared->n_fields; f++) {
        const LinkColumn *column = &batch->prepared->columns[f];
        const float *rarity = column->rarity;
        const uint64_t open = batch->open[f], equal = batch->equal[f], swapped = batch->swapped[f],
                       sounding = batch->sounding[f];
        add_weights(scale->bits[f], batch->levels + f * LINK_BATCH, sums);
        if (rarity != NULL)
            EACH_BIT(equal, k)
        sums[k] += rarity[batch->left[k][f].id];
        if (column->sound_rarity != NULL)
            EACH_BIT(sounding, k)
        sums[k] += link_rarity(column, 5, batch->left[k][f].id, batch->right[k][f].id);
        EACH_BIT(open, k)
        sums[k] += scale->best[f];
        EACH_BIT(swapped, k) /* looked at to the end */
        sums[k] += 1000;
    }
}

static float sum_of(const Batch *batch, const LinkScale *scale, unsigned k)
{
    float sum = scale->prior;
    for (unsigned f = 0; f < batch->prepared->n_fields; f++) {
        unsigned level = batch->levels[f * LINK_BATCH + k];
        const LinkColumn *column = &batch->prepared->columns[f];
        sum += scale->bits[f][level];
        sum += link_rarity(column, level, batch->left[k][f].id, batch->right[k][f].id);
    }
    return sum;
}

/* The same sums, in the same order of adding, for all pairs together. */
static void sum_all(const Batch *batch, const LinkScale *scale, float *sums)
{
    for (unsigned k = 0; k < LINK_BATCH; k++)
        sums[k] = scale->prior;
    for (unsigned f = 0; f < batch->prepared->n_fields; f++) {
        const LinkColumn *column = &batch->prepared->columns[f];
        const uint8_t *level = batch->levels + f * LINK_BATCH;
        const uint64_t equal = column->rarity != NULL ? batch->equal[f] : 0;
        add_weights(scale->bits[f], level, sums);
        EACH_BIT(equal, k)
        sums[k] += column->rarity[batch->left[k][f].id];
        if (column->sound_rarity == NULL)
            continue;
        uint8_t alike[LINK_BATCH];
        for (unsigned k = 0; k < LINK_BATCH; k++)
            alike[k] = level[k] == 5;
        const uint64_t sounding = bits_of_bytes(alike) & batch->all;
        EACH_BIT(sounding, k)
        sums[k] += link_rarity(column, 5, batch->left[k][f].id, batch->right[k][f].id);
    }
}

uint64_t LINK_LEVELS(const LinkPrepared *prepared, const LinkCell *const *left,
                     const LinkCell *const *right, unsigned n, const LinkScale *scale,
                     uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH], float sums[LINK_BATCH])
{
    Batch batch;
    batch.prepared = prepared;
    batch.left = left;
    batch.right = right;
    batch.n = n;
    batch.all = n == LINK_BATCH ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
    batch.levels = levels;
    uint64_t wanted = batch.all;
    for (unsigned f = 0; f < prepared->n_fields; f++)
        by_cells(&batch, f);
    find_swapped(&batch);
    if (scale != NULL) {
        uint8_t enough[LINK_BATCH];
        sum_best(&batch, scale, sums);
        const float least = scale->least - 0.01f; /* sums round: a little less is let through */
        for (unsigned k = 0; k < LINK_BATCH; k++)
            enough[k] = sums[k] >= least;
        wanted = bits_of_bytes(enough) & batch.all;
        if (wanted == 0)
            return 0;
    }
    by_letters(&batch, wanted);
    note_swapped(&batch);
    if (scale != NULL && wanted == batch.all)
        sum_all(&batch, scale, sums);
    else if (scale != NULL)
        EACH_BIT(wanted, k)
    sums[k] = sum_of(&batch, scale, (unsigned)k);
    return wanted;
}
