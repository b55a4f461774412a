#include "link/compare_inline.h"

double link_jaro_winkler(const uint8_t *a, unsigned length_a, const uint8_t *b, unsigned length_b)
{
    return compare_jaro_winkler(a, length_a, b, length_b);
}

unsigned link_damerau_levenshtein(const uint8_t *a, unsigned length_a, const uint8_t *b,
                                  unsigned length_b)
{
    return compare_damerau_levenshtein(a, length_a, b, length_b);
}

unsigned link_jaro_winkler_need(unsigned length_a, unsigned length_b, unsigned prefix, double least)
{
    unsigned shortest = length_a < length_b ? length_a : length_b;
    for (unsigned common = prefix; common <= shortest; common++) {
        if (common == 0)
            continue;
        double m = common, best = (m / length_a + m / length_b + 1) / 3;
        if (best + 0.1 * prefix * (1 - best) >= least - 1e-9)
            return common;
    }
    return 255;
}
