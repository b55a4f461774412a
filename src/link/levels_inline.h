/* link/levels_inline.h: the level of agreement of two values, kind by kind; to be built into
 * levels.c.
 *
 * Of each kind a quick answer from the cells, OPEN where the letters must be looked at, and the
 * answer of the letters. */
#pragma once
#include "link/compare_inline.h"
#include "link/features.h"

#include <math.h>
#include <string.h>

static inline unsigned signature_length(uint64_t signature)
{
    return (unsigned)(signature >> 58);
}

/* Can the two be similar at all? Letters that only one of them has cannot be common. */
static inline bool may_be_similar(const uint8_t *need, uint64_t a, uint64_t b)
{
    unsigned length_a = signature_length(a), length_b = signature_length(b);
    if (length_a > 32 || length_b > 32)
        return true;
    uint64_t letters_a = a >> 32 & 0x3ffffff, letters_b = b >> 32 & 0x3ffffff;
    unsigned only_a = (unsigned)__builtin_popcountll(letters_a & ~letters_b);
    unsigned only_b = (unsigned)__builtin_popcountll(letters_b & ~letters_a);
    unsigned common_a = length_a - only_a, common_b = length_b - only_b;
    unsigned common = common_a < common_b ? common_a : common_b;
    uint32_t differ = (uint32_t)a ^ (uint32_t)b;
    unsigned prefix = differ == 0 ? 4 : (unsigned)__builtin_ctz(differ) / 8;
    return common >= need[(length_a * 33 + length_b) * 5 + prefix];
}

static inline const uint8_t *letters_of(const LinkDomain *domain, uint32_t id)
{
    return domain->letters + (size_t)id * domain->stride;
}

/* One is short for the other, or both are short for a third. */
static inline bool are_nicknames(const LinkDomain *domain, const LinkCell *a, const LinkCell *b)
{
    if ((a->key & b->key & LINK_NICK) == 0)
        return false;
    const uint8_t *x = &domain->nicknames[domain->nickname_start[a->id]];
    const uint8_t *end_x = &domain->nicknames[domain->nickname_start[a->id + 1]];
    const uint8_t *y = &domain->nicknames[domain->nickname_start[b->id]];
    const uint8_t *end_y = &domain->nicknames[domain->nickname_start[b->id + 1]];
    while (x < end_x && y < end_y) {
        if (*x == *y)
            return true;
        if (*x < *y)
            x++;
        else
            y++;
    }
    return false;
}

/* Exact from LINK_SIMILAR on; below, any number below. */
static inline double similarity_above(const uint8_t *need, const uint8_t *a, unsigned length_a,
                                      const uint8_t *b, unsigned length_b)
{
    if (length_a > 32 || length_b > 32 || length_a == 0 || length_b == 0)
        return compare_jaro_winkler(a, length_a, b, length_b);
    unsigned prefix = common_prefix(a, b, length_a < length_b ? length_a : length_b);
    return compare_jaro_winkler_least(a, length_a, b, length_b,
                                      need[(length_a * 33 + length_b) * 5 + prefix]);
}

static inline unsigned lettered_level_fresh(const LinkDomain *domain, const uint8_t *need,
                                            const LinkCell *a, const LinkCell *b)
{
    bool other_script = ((a->key ^ b->key) & LINK_ARABIC) != 0 && domain->sound_letters != NULL;
    if (are_nicknames(domain, a, b))
        return 5;
    if (other_script) {
        const uint8_t *sound_a = domain->sound_letters + (size_t)a->id * domain->stride;
        const uint8_t *sound_b = domain->sound_letters + (size_t)b->id * domain->stride;
        if (domain->lengths[a->id] == 1 || domain->lengths[b->id] == 1)
            return sound_a[0] == sound_b[0] && sound_a[0] != 0 ? 3 : 1;
        double similarity = similarity_above(need, sound_a, domain->sound_lengths[a->id], sound_b,
                                             domain->sound_lengths[b->id]);
        return similarity >= LINK_CLOSE ? 4 : similarity >= LINK_SIMILAR ? 2 : 1;
    }
    const uint8_t *letters_a = letters_of(domain, a->id), *letters_b = letters_of(domain, b->id);
    unsigned length_a = domain->lengths[a->id], length_b = domain->lengths[b->id];
    double similarity = similarity_above(need, letters_a, length_a, letters_b, length_b);
    if (((a->key ^ b->key) & LINK_SOUND_KEY) == 0 && similarity >= LINK_SIMILAR)
        return 5;
    if (similarity >= LINK_CLOSE)
        return 4;
    unsigned shorter = length_a < length_b ? length_a : length_b;
    if (shorter >= 3 && length_a != length_b && memcmp(letters_a, letters_b, shorter) == 0)
        return (length_a > length_b ? letters_a : letters_b)[shorter] == ' ' ? 4 : 2;
    return similarity >= LINK_SIMILAR ? 2 : 1;
}

/* Names repeat: most pairs of values were compared before. An entry is one word, the two ids and
 * the level, so that threads may share the table: whatever is read is whole, and right. */
static inline uint64_t pair_name(const LinkCell *a, const LinkCell *b)
{
    uint64_t low = a->id < b->id ? a->id : b->id, high = a->id < b->id ? b->id : a->id;
    return (low << 30 | high) + 1;
}

static inline uint64_t cache_slot(const LinkCell *a, const LinkCell *b)
{
    uint64_t low = a->id < b->id ? a->id : b->id, high = a->id < b->id ? b->id : a->id;
    return (low * UINT64_C(0x9e3779b97f4a7c15) ^ high * UINT64_C(0xff51afd7ed558ccd)) >>
           (64 - LINK_CACHE_BITS);
}

/* The level as the cells alone tell it; OPEN: the letters must be looked at. */
enum { OPEN = 8 };

static inline unsigned lettered_level_of_cells(const LinkDomain *domain, const uint8_t *need,
                                               const LinkCell *a, const LinkCell *b)
{
    uint32_t differ = a->key ^ b->key;
    bool other_script = (differ & LINK_ARABIC) != 0 && domain->sound_letters != NULL;
    bool same_sound = (differ & LINK_SOUND_KEY) == 0;
    if (other_script && same_sound)
        return 5;
    /* Few pairs; told at once, so that what stays open is never as much as the same sound. */
    if ((a->key & b->key & LINK_NICK) != 0 || same_sound)
        return lettered_level_fresh(domain, need, a, b);
    if (!other_script &&
        (signature_length(a->signature) == 1 || signature_length(b->signature) == 1))
        return ((a->signature ^ b->signature) & 0xff) == 0 ? 3 : 1;
    if (!other_script && !may_be_similar(need, a->signature, b->signature))
        return 1;
    return OPEN;
}

/* The values seen first are the frequent ones: their pairs are remembered in a table that is filled
 * as pairs are met. Threads may write the same byte: it is the same level. */
static inline unsigned lettered_level(const LinkDomain *domain, const uint8_t *need,
                                      const LinkCell *a, const LinkCell *b)
{
    if (a->id >= LINK_FREQUENT || b->id >= LINK_FREQUENT)
        return lettered_level_of_cells(domain, need, a, b);
    uint8_t *known = &domain->frequent[a->id * LINK_FREQUENT + b->id];
    unsigned level = __atomic_load_n(known, __ATOMIC_RELAXED);
    if (level == 0) {
        level = lettered_level_of_cells(domain, need, a, b);
        if (level == OPEN)
            level = lettered_level_fresh(domain, need, a, b);
        __atomic_store_n(known, (uint8_t)level, __ATOMIC_RELAXED);
    }
    return level;
}

static inline unsigned lettered_level_cached(const LinkDomain *domain, const uint8_t *need,
                                             const LinkCell *a, const LinkCell *b)
{
    uint64_t slot = cache_slot(a, b), name = pair_name(a, b);
    uint64_t seen = __atomic_load_n(&domain->cache[slot], __ATOMIC_RELAXED);
    if (seen >> 3 == name)
        return seen & 7;
    unsigned level = lettered_level_fresh(domain, need, a, b);
    if ((a->id | b->id) < UINT32_C(1) << 30)
        __atomic_store_n(&domain->cache[slot], name << 3 | level, __ATOMIC_RELAXED);
    return level;
}

/* What the region says when the places' names do not. */
static inline unsigned region_level(const LinkCell *a, const LinkCell *b)
{
    if (a->key >> 12 != 0 && a->key >> 12 == b->key >> 12)
        return 3;
    return (a->key & 0xfff) != 0 && (a->key & 0xfff) == (b->key & 0xfff) ? 2 : 1;
}

static inline unsigned place_level(const uint8_t *need, const LinkCell *a, const LinkCell *b)
{
    return may_be_similar(need, a->signature, b->signature) ? OPEN : region_level(a, b);
}

static inline unsigned place_level_of_letters(const LinkDomain *domain, const LinkCell *a,
                                              const LinkCell *b)
{
    return compare_jaro_winkler(letters_of(domain, a->id), domain->lengths[a->id],
                                letters_of(domain, b->id), domain->lengths[b->id]) >= LINK_CLOSE
               ? 4
               : region_level(a, b);
}

/* Few bigrams in common: no word either. */
static inline unsigned worded_level(const LinkDomain *domain, const LinkCell *a, const LinkCell *b)
{
    bool named = domain->sound_letters != NULL; /* full names: the key says which script */
    if (((a->key ^ b->key) & (named ? ~LINK_ARABIC : UINT32_MAX)) == 0)
        return 5;
    int present_a = __builtin_popcountll(a->signature);
    int present_b = __builtin_popcountll(b->signature);
    int common = __builtin_popcountll(a->signature & b->signature);
    return 10 * common < 3 * (present_a < present_b ? present_a : present_b) ? 1 : OPEN;
}

static inline unsigned worded_level_of_words(const LinkDomain *domain, const LinkCell *a,
                                             const LinkCell *b)
{
    bool named = domain->sound_letters != NULL;
    int present_a = __builtin_popcountll(a->signature);
    int present_b = __builtin_popcountll(b->signature);
    int common = __builtin_popcountll(a->signature & b->signature);
    const uint32_t *i = domain->words + domain->word_start[a->id];
    const uint32_t *j = domain->words + domain->word_start[b->id];
    const uint32_t *end_i = domain->words + domain->word_start[a->id + 1];
    const uint32_t *end_j = domain->words + domain->word_start[b->id + 1];
    float both = 0, only_a = 0, only_b = 0;
    while (i < end_i || j < end_j) {
        if (j == end_j || (i < end_i && *i < *j))
            only_a += domain->word_weight[*i++];
        else if (i == end_i || *j < *i)
            only_b += domain->word_weight[*j++];
        else
            both += domain->word_weight[*i], i++, j++;
    }
    /* Of the lighter side: an abbreviated name is wholly part of the long one. */
    float lighter = both + (only_a < only_b ? only_a : only_b);
    float heavier = both + (only_a > only_b ? only_a : only_b);
    if (both >= 0.8f * lighter && both >= 0.4f * heavier)
        return 4;
    if (10 * common >= 5 * (present_a < present_b ? present_b : present_a)) {
        double similarity = compare_jaro_winkler(letters_of(domain, a->id), domain->lengths[a->id],
                                                 letters_of(domain, b->id), domain->lengths[b->id]);
        if (named)
            similarity =
                fmax(similarity,
                     compare_jaro_winkler(domain->sound_letters + (size_t)a->id * domain->stride,
                                          domain->sound_lengths[a->id],
                                          domain->sound_letters + (size_t)b->id * domain->stride,
                                          domain->sound_lengths[b->id]));
        if (similarity >= LINK_CLOSE)
            return 4;
        if (similarity >= 0.86)
            return 3;
    }
    return both >= 0.4f * lighter ? 2 : 1;
}

/* One insertion, deletion, substitution or swap apart, for codes held in a word, `bits` a letter,
 * first letter lowest. Lengths differ by at most one; the codes differ. */
static inline bool one_edit(uint64_t a, unsigned length_a, uint64_t b, unsigned length_b,
                            unsigned bits)
{
    unsigned first = (unsigned)__builtin_ctzll(a ^ b) & ~(bits - 1);
    uint64_t rest_a = a >> first, rest_b = b >> first, letter = (UINT64_C(1) << bits) - 1;
    if (length_a == length_b) {
        if (rest_a >> bits == rest_b >> bits)
            return true;
        return (rest_a & letter) == (rest_b >> bits & letter) &&
               (rest_b & letter) == (rest_a >> bits & letter) &&
               rest_a >> bits >> bits == rest_b >> bits >> bits;
    }
    return length_a > length_b ? rest_a >> bits == rest_b : rest_a == rest_b >> bits;
}

static inline bool at_most_one_edit(uint64_t a, unsigned length_a, uint64_t b, unsigned length_b,
                                    unsigned bits)
{
    unsigned difference = length_a > length_b ? length_a - length_b : length_b - length_a;
    return difference <= 1 && (a == b || one_edit(a, length_a, b, length_b, bits));
}

/* Two at most, as compare_damerau_levenshtein counts them; lengths differ by at most two. Behind
 * what is equal from the front there must be an edit: each kind is tried. */
static inline bool two_edits(uint64_t a, unsigned length_a, uint64_t b, unsigned length_b,
                             unsigned bits)
{
    unsigned shorter = length_a < length_b ? length_a : length_b;
    unsigned front = a == b ? shorter : (unsigned)__builtin_ctzll(a ^ b) / bits;
    if (front >= shorter)
        return true;
    a >>= front * bits, length_a -= front;
    b >>= front * bits, length_b -= front;
    uint64_t letter = (UINT64_C(1) << bits) - 1, next_a = a >> bits, next_b = b >> bits;
    if (at_most_one_edit(next_a, length_a - 1, next_b, length_b - 1, bits) ||
        at_most_one_edit(next_a, length_a - 1, b, length_b, bits) ||
        at_most_one_edit(a, length_a, next_b, length_b - 1, bits))
        return true;
    return length_a >= 2 && length_b >= 2 && (a & letter) == (next_b & letter) &&
           (b & letter) == (next_a & letter) &&
           at_most_one_edit(next_a >> bits, length_a - 2, next_b >> bits, length_b - 2, bits);
}

/* Letters equal from the front and from the back, together. */
static inline unsigned letters_at_ends(uint64_t a, unsigned length_a, uint64_t b, unsigned length_b,
                                       unsigned bits)
{
    unsigned room = 64 / bits, front = (unsigned)__builtin_ctzll(a ^ b) / bits;
    uint64_t differ = (a << (bits * (room - length_a))) ^ (b << (bits * (room - length_b)));
    unsigned back = differ == 0 ? room : (unsigned)__builtin_clzll(differ) / bits;
    return front + back;
}

static inline unsigned code_level(const LinkCell *a, const LinkCell *b)
{
    bool digits = (a->key & b->key & LINK_DIGITS) != 0;
    bool any_digits = ((a->key | b->key) & LINK_DIGITS) != 0;
    unsigned length_a = a->key & ~LINK_DIGITS, length_b = b->key & ~LINK_DIGITS;
    unsigned shorter = length_a < length_b ? length_a : length_b;
    unsigned difference = length_a + length_b - 2 * shorter;
    if (digits || (!any_digits && length_a <= 8 && length_b <= 8)) {
        unsigned bits = digits ? 4 : 8;
        unsigned ends = letters_at_ends(a->signature, length_a, b->signature, length_b, bits);
        /* One error leaves all but two letters at the ends. */
        if (difference <= 1 && ends + 2 >= shorter &&
            one_edit(a->signature, length_a, b->signature, length_b, bits))
            return 4;
        if (shorter < 6)
            return 1;
        if (difference > 2) /* a number with and without its prefix: +98 912…, 0912… */
            return ends >= 7 && shorter >= 7 ? 3 : 1;
        /* Two errors that leave less than half at the ends are not told from chance. */
        if (2 * ends < length_a + length_b - shorter)
            return 1;
        return two_edits(a->signature, length_a, b->signature, length_b, bits) ? 2 : 1;
    }
    return difference > 2 || (!any_digits && (uint32_t)(a->signature ^ b->signature) != 0 &&
                              (a->signature ^ b->signature) >> 32 != 0)
               ? 1
               : OPEN;
}

static inline unsigned code_level_of_letters(const LinkDomain *domain, const LinkCell *a,
                                             const LinkCell *b)
{
    unsigned length_a = domain->lengths[a->id], length_b = domain->lengths[b->id];
    unsigned distance = compare_damerau_levenshtein(letters_of(domain, a->id), length_a,
                                                    letters_of(domain, b->id), length_b);
    return distance <= 1 ? 4 : distance == 2 && MIN(length_a, length_b) >= 6 ? 2 : 1;
}

static inline unsigned category_level(const LinkCell *a, const LinkCell *b)
{
    unsigned length_a = a->key, length_b = b->key;
    return length_a >= 3 && length_b >= 3 && length_a <= 8 && length_b <= 8 &&
                   (length_a > length_b ? length_a - length_b : length_b - length_a) <= 1 &&
                   one_edit(a->signature, length_a, b->signature, length_b, 8)
               ? 4
               : 1;
}

static inline uint32_t month_of(const LinkCell *date)
{
    return date->key >> 5 & 15;
}

/* a is a Solar Hijri year and no more: it began in March of its Gregorian year. */
static inline unsigned hijri_year_level(const LinkCell *a, const LinkCell *b)
{
    uint32_t year_a = a->key >> 18, year_b = b->key >> 18, month = month_of(b);
    uint32_t hijri_month = b->key >> 14 & 15;
    if (month == LINK_HIJRI_YEAR || month == 0) {
        if (month == 0 && (year_b == year_a || year_b == year_a + 1))
            return 6;
        /* The years' digits alone; what stands for a month says nothing. */
        return one_edit(a->signature & UINT32_MAX, 4, b->signature & UINT32_MAX, 4, 8) ? 4 : 1;
    }
    /* Its first nine months and a bit lie in the year in which it began. */
    bool began = hijri_month > 0 ? hijri_month < 10 || (hijri_month == 10 && month > 1) : month > 3;
    if (year_b == (began ? year_a : year_a + 1) ||
        (month == 3 && hijri_month == 0 && year_b == year_a))
        return 3;
    return 1;
}

static inline unsigned date_level(const LinkCell *a, const LinkCell *b)
{
    uint32_t year_a = a->key >> 18, year_b = b->key >> 18;
    uint32_t day_a = a->key & 0x1ff, day_b = b->key & 0x1ff;
    uint64_t differ = a->signature ^ b->signature; /* digits differ in their low four bits */
    unsigned differing = (unsigned)__builtin_popcountll(
        (differ | differ >> 1 | differ >> 2 | differ >> 3) & UINT64_C(0x0101010101010101));
    if (month_of(a) == LINK_HIJRI_YEAR)
        return hijri_year_level(a, b);
    if (month_of(b) == LINK_HIJRI_YEAR)
        return hijri_year_level(b, a);
    if (differing > 2 && year_a - year_b + 1 > 2 && a->key != 0 && b->key != 0)
        return 1;
    if (a->key == 0 || b->key == 0) /* not a date: letters alone */
        return a->signature != b->signature && one_edit(a->signature, 8, b->signature, 8, 8) ? 4
                                                                                             : 1;
    if (year_a == year_b) {
        if ((day_a & 31) == 0 || (day_b & 31) == 0) /* less precise: the month, if both know it */
            return day_a >> 5 == 0 || day_b >> 5 == 0 || day_a >> 5 == day_b >> 5 ? 3 : 2;
        if ((day_a & 31) == day_b >> 5 && (day_b & 31) == day_a >> 5)
            return 5;
    }
    if (one_edit(a->signature, 8, b->signature, 8, 8))
        return 4;
    /* A Solar Hijri month and day put beside a Gregorian year, or the other way round. */
    uint32_t hijri_a = a->key >> 9 & 0x1ff, hijri_b = b->key >> 9 & 0x1ff;
    if (year_a - year_b + 1 <= 2) {
        hijri_a = (hijri_a & 31) | (hijri_a >> 5) << 5;
        if ((hijri_a != 0 && hijri_a == day_b) || (hijri_b != 0 && hijri_b == day_a))
            return 6;
    }
    return year_a == year_b ? 2 : 1;
}

static inline unsigned email_level(const uint8_t *need, const LinkCell *a, const LinkCell *b)
{
    return a->key == b->key ? 5 : may_be_similar(need, a->signature, b->signature) ? OPEN : 1;
}

static inline unsigned email_level_of_letters(const LinkDomain *domain, const LinkCell *a,
                                              const LinkCell *b)
{
    double similarity = compare_jaro_winkler(letters_of(domain, a->id), domain->lengths[a->id],
                                             letters_of(domain, b->id), domain->lengths[b->id]);
    return similarity >= 0.95 ? 4 : similarity >= 0.88 ? 2 : 1;
}

static inline unsigned number_level(const LinkCell *a, const LinkCell *b)
{
    double x, y;
    memcpy(&x, &a->signature, sizeof x);
    memcpy(&y, &b->signature, sizeof y);
    double difference = fabs(x - y), size = fmax(fabs(x), fabs(y));
    return difference <= 0.02 * size ? 4 : difference <= 0.1 * size ? 2 : 1;
}

/* Names given in the other order: what one record calls given name the other calls surname, and
 * the other half agrees or is missing. */
static inline bool are_swapped(const LinkCell *a, const LinkCell *b, unsigned given,
                               unsigned surname)
{
    const LinkCell *given_a = a + given, *surname_a = a + surname;
    const LinkCell *given_b = b + given, *surname_b = b + surname;
    bool first_missing = given_a->id == LINK_NO_ID || surname_b->id == LINK_NO_ID;
    bool second_missing = surname_a->id == LINK_NO_ID || given_b->id == LINK_NO_ID;
    bool first = !first_missing && ((given_a->key ^ surname_b->key) & LINK_SOUND_KEY) == 0;
    bool second = !second_missing && ((surname_a->key ^ given_b->key) & LINK_SOUND_KEY) == 0;
    return (first && (second || second_missing)) || (second && first_missing);
}
