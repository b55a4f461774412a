/* link/compare.h: how alike two strings are.
 *
 * Strings here are bytes in the engine's 8-bit alphabet (link/normal.h): at
 * most LINK_MAX_LENGTH of them, in a buffer padded so that whole blocks of 16
 * bytes can be read. Pure, no allocation, safe from any thread, symmetric. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/** Longest string compared letter by letter; one bit of a word each. */
#define LINK_MAX_LENGTH 64u
/** Bytes a buffer of `length` letters must have. */
#define LINK_PADDED(length) (((size_t)(length) + 15u) & ~(size_t)15u)

/** Jaro–Winkler similarity, 0 … 1 (Winkler 1990; prefix of at most 4, scale 0.1, no
 *  boost threshold). Two empty strings are 1. About 15 ns for eight letters. */
double link_jaro_winkler(const uint8_t *a, unsigned length_a, const uint8_t *b, unsigned length_b);

/** Damerau–Levenshtein distance, each letter edited at most once ("optimal string
 *  alignment"): insertions, deletions, substitutions, swaps of neighbours. Bit-parallel
 *  (Hyyrö 2003). */
unsigned link_damerau_levenshtein(const uint8_t *a, unsigned length_a, const uint8_t *b,
                                  unsigned length_b);

/** Fewest common letters that two strings of these lengths with this common prefix need for a
 *  Jaro–Winkler similarity of at least `least`; 255 when none suffice. */
unsigned link_jaro_winkler_need(unsigned length_a, unsigned length_b, unsigned prefix,
                                double least);
