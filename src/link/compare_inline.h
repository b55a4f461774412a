/* link/compare_inline.h: the measures of link/compare.h, to be built into the pair loop.
 *
 * Both rest on one question: at which positions of `a` does a letter stand? On
 * x86-64 that is one 16-byte compare a block; elsewhere a loop the compiler
 * vectorizes. Cost: about 2 ns a letter. */
#pragma once
#include "link/compare.h"

#include <stdbool.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline uint64_t letters_mask(unsigned length)
{
    return length >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << length) - 1;
}

/* Positions of letter c in text, of which the first `length` count. */
static inline uint64_t positions(const uint8_t *text, unsigned length, uint8_t c)
{
    uint64_t found = 0;
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi8((char)c);
    for (unsigned at = 0; at < length; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(text + at));
        found |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted)) << at;
    }
#else
    for (unsigned at = 0; at < length; at++)
        found |= (uint64_t)(text[at] == c) << at;
#endif
    return found & letters_mask(length);
}

/* 0 as soon as fewer than `least` letters can be common. */
static inline double jaro(const uint8_t *a, unsigned length_a, const uint8_t *b, unsigned length_b,
                          unsigned least)
{
    if (least > length_b)
        return 0;
    unsigned may_miss = length_b - least;
    unsigned longest = length_a > length_b ? length_a : length_b;
    unsigned window = longest / 2 > 0 ? longest / 2 - 1 : 0;
    uint64_t used_a = 0, used_b = 0;
    for (unsigned j = 0; j < length_b; j++) {
        uint64_t within = letters_mask(j + window + 1);
        if (j > window)
            within &= ~letters_mask(j - window);
        uint64_t candidates = positions(a, length_a, b[j]) & within & ~used_a;
        if (candidates != 0) {
            used_a |= candidates & -candidates;
            used_b |= UINT64_C(1) << j;
        } else if (may_miss-- == 0)
            return 0;
    }
    if (used_a == 0)
        return 0;
    unsigned common = (unsigned)__builtin_popcountll(used_a), crossed = 0;
    for (uint64_t left = used_a, right = used_b; left != 0; left &= left - 1, right &= right - 1)
        crossed += a[__builtin_ctzll(left)] != b[__builtin_ctzll(right)];
    double m = common;
    return (m / length_a + m / length_b + (m - crossed / 2.0) / m) / 3;
}

static inline unsigned common_prefix(const uint8_t *a, const uint8_t *b, unsigned length)
{
    unsigned prefix = 0;
    while (prefix < length && prefix < 4 && a[prefix] == b[prefix])
        prefix++;
    return prefix;
}

/* Jaro and Winkler's measure, or some lower number where fewer than `least` letters are common. */
static inline double compare_jaro_winkler_least(const uint8_t *a, unsigned length_a,
                                                const uint8_t *b, unsigned length_b, unsigned least)
{
    if (length_a > LINK_MAX_LENGTH)
        length_a = LINK_MAX_LENGTH;
    if (length_b > LINK_MAX_LENGTH)
        length_b = LINK_MAX_LENGTH;
    if (length_a == 0 || length_b == 0)
        return length_a == length_b;
    /* The first free position is taken greedily, so that which letters pair up can depend on the
     * order of the two; a fixed order makes the measure symmetric. */
    if (length_a > length_b || (length_a == length_b && memcmp(a, b, length_a) > 0)) {
        const uint8_t *other = a;
        unsigned length = length_a;
        a = b, length_a = length_b;
        b = other, length_b = length;
    }
    double similarity = jaro(a, length_a, b, length_b, least);
    return similarity + 0.1 * common_prefix(a, b, length_a) * (1 - similarity);
}

static inline double compare_jaro_winkler(const uint8_t *a, unsigned length_a, const uint8_t *b,
                                          unsigned length_b)
{
    return compare_jaro_winkler_least(a, length_a, b, length_b, 0);
}

static inline unsigned compare_damerau_levenshtein(const uint8_t *a, unsigned length_a,
                                                   const uint8_t *b, unsigned length_b)
{
    if (length_a > LINK_MAX_LENGTH)
        length_a = LINK_MAX_LENGTH;
    if (length_b > LINK_MAX_LENGTH)
        length_b = LINK_MAX_LENGTH;
    if (length_a == 0)
        return length_b;
    uint64_t up = ~UINT64_C(0), down = 0, diagonal = 0, before = 0;
    const uint64_t last = UINT64_C(1) << (length_a - 1);
    unsigned distance = length_a;
    for (unsigned j = 0; j < length_b; j++) {
        uint64_t here = positions(a, length_a, b[j]);
        uint64_t swapped = ((~diagonal & here) << 1) & before;
        diagonal = (((here & up) + up) ^ up) | here | down | swapped;
        uint64_t plus = down | ~(diagonal | up), minus = diagonal & up;
        distance += (plus & last) != 0;
        distance -= (minus & last) != 0;
        plus = plus << 1 | 1;
        minus <<= 1;
        up = minus | ~(diagonal | plus);
        down = plus & diagonal;
        before = here;
    }
    return distance;
}
