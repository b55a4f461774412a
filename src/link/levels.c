/* How alike two records are, field by field.
 *
 * Up to LINK_BATCH pairs, one field at a time: the loop of a kind stays in its own code, and the
 * cells of the batch stay in the cache. Missing, equal and plainly different values are told by the
 * cells; Jaro–Winkler runs on the rest, about one in ten. No allocation.
 *
 * Built twice: for any machine, and (levels_v3.c) for x86-64 with AVX2 and the
 * bit instructions, chosen when the program runs. Whole numbers and the same
 * divisions in both: the same levels. */
#include "link/compare_inline.h"
#include "link/features.h"

#ifndef LINK_LEVELS
#define LINK_LEVELS link_levels_any
#endif

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

static unsigned lettered_level_fresh(const LinkDomain *domain, const LinkCell *a, const LinkCell *b)
{
    bool other_script = ((a->key ^ b->key) & LINK_ARABIC) != 0 && domain->sound_letters != NULL;
    if (other_script) {
        double similarity = compare_jaro_winkler(
            domain->sound_letters + (size_t)a->id * domain->stride, domain->sound_lengths[a->id],
            domain->sound_letters + (size_t)b->id * domain->stride, domain->sound_lengths[b->id]);
        return similarity >= LINK_CLOSE ? 4 : similarity >= LINK_SIMILAR ? 2 : 1;
    }
    const uint8_t *letters_a = letters_of(domain, a->id), *letters_b = letters_of(domain, b->id);
    unsigned length_a = domain->lengths[a->id], length_b = domain->lengths[b->id];
    double similarity = compare_jaro_winkler(letters_a, length_a, letters_b, length_b);
    if (a->key == b->key && similarity >= LINK_SIMILAR)
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

/* The level as the cells alone tell it; 0: the letters must be looked at. */
static inline unsigned lettered_level_of_cells(const LinkDomain *domain, const uint8_t *need,
                                               const LinkCell *a, const LinkCell *b)
{
    bool other_script = ((a->key ^ b->key) & LINK_ARABIC) != 0 && domain->sound_letters != NULL;
    if (other_script && ((a->key ^ b->key) & ~LINK_ARABIC) == 0)
        return 5;
    if (!other_script &&
        (signature_length(a->signature) == 1 || signature_length(b->signature) == 1))
        return ((a->signature ^ b->signature) & 0xff) == 0 ? 3 : 1;
    if (!other_script && a->key != b->key && !may_be_similar(need, a->signature, b->signature))
        return 1;
    return 0;
}

static inline unsigned lettered_level_cached(const LinkDomain *domain, const LinkCell *a,
                                             const LinkCell *b)
{
    uint64_t slot = cache_slot(a, b), name = pair_name(a, b);
    uint64_t seen = __atomic_load_n(&domain->cache[slot], __ATOMIC_RELAXED);
    if (seen >> 3 == name)
        return seen & 7;
    unsigned level = lettered_level_fresh(domain, a, b);
    if ((a->id | b->id) < UINT32_C(1) << 30)
        __atomic_store_n(&domain->cache[slot], name << 3 | level, __ATOMIC_RELAXED);
    return level;
}

static unsigned place_level(const LinkDomain *domain, const uint8_t *need, const LinkCell *a,
                            const LinkCell *b)
{
    if (may_be_similar(need, a->signature, b->signature) &&
        compare_jaro_winkler(letters_of(domain, a->id), domain->lengths[a->id],
                             letters_of(domain, b->id), domain->lengths[b->id]) >= LINK_CLOSE)
        return 4;
    if (a->key >> 12 != 0 && a->key >> 12 == b->key >> 12)
        return 3;
    return (a->key & 0xfff) != 0 && (a->key & 0xfff) == (b->key & 0xfff) ? 2 : 1;
}

static unsigned worded_level(const LinkDomain *domain, const LinkCell *a, const LinkCell *b)
{
    bool named = domain->sound_letters != NULL; /* full names: the key says which script */
    if (((a->key ^ b->key) & (named ? ~LINK_ARABIC : UINT32_MAX)) == 0)
        return 5;
    int present_a = __builtin_popcountll(a->signature);
    int present_b = __builtin_popcountll(b->signature);
    int common = __builtin_popcountll(a->signature & b->signature);
    if (10 * common < 3 * (present_a < present_b ? present_a : present_b))
        return 1;
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

/* Letters equal from the front and from the back, together. */
static inline unsigned letters_at_ends(uint64_t a, unsigned length_a, uint64_t b, unsigned length_b,
                                       unsigned bits)
{
    unsigned room = 64 / bits, front = (unsigned)__builtin_ctzll(a ^ b) / bits;
    uint64_t differ = (a << (bits * (room - length_a))) ^ (b << (bits * (room - length_b)));
    unsigned back = differ == 0 ? room : (unsigned)__builtin_clzll(differ) / bits;
    return front + back;
}

static unsigned code_level(const LinkDomain *domain, const LinkCell *a, const LinkCell *b)
{
    bool digits = (a->key & b->key & LINK_DIGITS) != 0;
    bool any_digits = ((a->key | b->key) & LINK_DIGITS) != 0;
    unsigned length_a = a->key & ~LINK_DIGITS, length_b = b->key & ~LINK_DIGITS;
    unsigned shorter = length_a < length_b ? length_a : length_b;
    unsigned difference = length_a + length_b - 2 * shorter;
    if (digits || (!any_digits && length_a <= 8 && length_b <= 8)) {
        unsigned bits = digits ? 4 : 8;
        if (difference <= 1 && one_edit(a->signature, length_a, b->signature, length_b, bits))
            return 4;
        if (shorter < 6)
            return 1;
        unsigned ends = letters_at_ends(a->signature, length_a, b->signature, length_b, bits);
        if (difference > 2) /* a number with and without its prefix: +98 912…, 0912… */
            return ends >= 7 && shorter >= 7 ? 3 : 1;
        /* Two errors that leave less than half at the ends are not told from chance. */
        if (2 * ends < length_a + length_b - shorter)
            return 1;
    } else if (difference > 2 || (!any_digits && (uint32_t)(a->signature ^ b->signature) != 0 &&
                                  (a->signature ^ b->signature) >> 32 != 0)) {
        return 1;
    }
    unsigned distance =
        compare_damerau_levenshtein(letters_of(domain, a->id), domain->lengths[a->id],
                                    letters_of(domain, b->id), domain->lengths[b->id]);
    return distance <= 1 ? 4 : distance == 2 && shorter >= 6 ? 2 : 1;
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

static unsigned date_level(const LinkCell *a, const LinkCell *b)
{
    uint32_t year_a = a->key >> 18, year_b = b->key >> 18;
    uint32_t day_a = a->key & 0x1ff, day_b = b->key & 0x1ff;
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

static unsigned email_level(const LinkDomain *domain, const uint8_t *need, const LinkCell *a,
                            const LinkCell *b)
{
    if (a->key == b->key)
        return 5;
    if (!may_be_similar(need, a->signature, b->signature))
        return 1;
    double similarity = compare_jaro_winkler(letters_of(domain, a->id), domain->lengths[a->id],
                                             letters_of(domain, b->id), domain->lengths[b->id]);
    return similarity >= 0.95 ? 4 : similarity >= 0.88 ? 2 : 1;
}

static unsigned number_level(const LinkCell *a, const LinkCell *b)
{
    double x, y;
    memcpy(&x, &a->signature, sizeof x);
    memcpy(&y, &b->signature, sizeof y);
    double difference = fabs(x - y), size = fmax(fabs(x), fabs(y));
    return difference <= 0.02 * size ? 4 : difference <= 0.1 * size ? 2 : 1;
}

/* Names given in the other order: what one record calls given name the other calls surname, and
 * the other half agrees or is missing. */
static bool are_swapped(const LinkCell *a, const LinkCell *b, unsigned given, unsigned surname)
{
    const LinkCell *given_a = a + given, *surname_a = a + surname;
    const LinkCell *given_b = b + given, *surname_b = b + surname;
    bool first_missing = given_a->id == LINK_NO_ID || surname_b->id == LINK_NO_ID;
    bool second_missing = surname_a->id == LINK_NO_ID || given_b->id == LINK_NO_ID;
    bool first = !first_missing && ((given_a->key ^ surname_b->key) & ~LINK_ARABIC) == 0;
    bool second = !second_missing && ((surname_a->key ^ given_b->key) & ~LINK_ARABIC) == 0;
    return (first && (second || second_missing)) || (second && first_missing);
}

#define EACH(field_level)                                                                          \
    for (unsigned k = 0; k < n; k++) {                                                             \
        const LinkCell *cell = link_row(prepared, left[k]) + f;                                    \
        const LinkCell *other = link_row(prepared, right[k]) + f;                                  \
        out[k] = cell->id == LINK_NO_ID || other->id == LINK_NO_ID ? 0                             \
                 : cell->id == other->id                           ? 7                             \
                                                                   : (uint8_t)(field_level);                                 \
    }

/* Twice over the batch: what the cells tell, while the remembered levels of the rest are fetched;
 * then the rest. */
static void lettered(const LinkPrepared *prepared, unsigned f, const uint32_t *left,
                     const uint32_t *right, unsigned n, uint8_t *out)
{
    const LinkDomain *domain = &prepared->domains[prepared->columns[f].domain];
    uint8_t rest[LINK_BATCH];
    unsigned n_rest = 0;
    for (unsigned k = 0; k < n; k++) {
        const LinkCell *cell = link_row(prepared, left[k]) + f;
        const LinkCell *other = link_row(prepared, right[k]) + f;
        if (cell->id == LINK_NO_ID || other->id == LINK_NO_ID) {
            out[k] = 0;
        } else if (cell->id == other->id) {
            out[k] = 7;
        } else {
            out[k] = (uint8_t)lettered_level_of_cells(domain, prepared->need, cell, other);
            if (out[k] == 0) {
                __builtin_prefetch(&domain->cache[cache_slot(cell, other)]);
                rest[n_rest++] = (uint8_t)k;
            }
        }
    }
    for (unsigned at = 0; at < n_rest; at++) {
        unsigned k = rest[at];
        out[k] = (uint8_t)lettered_level_cached(domain, link_row(prepared, left[k]) + f,
                                                link_row(prepared, right[k]) + f);
    }
}

void LINK_LEVELS(const LinkPrepared *prepared, const uint32_t *left, const uint32_t *right,
                 unsigned n, uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH])
{
    const uint8_t *need = prepared->need;
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        const LinkColumn *column = &prepared->columns[f];
        const LinkDomain *domain = &prepared->domains[column->domain];
        uint8_t *out = levels + f * LINK_BATCH;
        switch (column->kind) {
        case LINK_GIVEN:
        case LINK_SURNAME:
        case LINK_STRING:
            lettered(prepared, f, left, right, n, out);
            break;
        case LINK_PLACE:
            EACH(place_level(domain, need, cell, other)) break;
        case LINK_NAME:
        case LINK_TEXT:
        case LINK_SET:
            EACH(worded_level(domain, cell, other)) break;
        case LINK_CODE:
            EACH(code_level(domain, cell, other)) break;
        case LINK_CATEGORY:
            EACH(category_level(cell, other)) break;
        case LINK_DATE:
            EACH(date_level(cell, other)) break;
        case LINK_EMAIL:
            EACH(email_level(domain, need, cell, other)) break;
        case LINK_NUMBER:
            EACH(number_level(cell, other)) break;
        case LINK_N_KINDS:
            break;
        }
    }
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        int partner = prepared->columns[f].partner;
        if (partner <= (int)f)
            continue;
        uint8_t *first = levels + f * LINK_BATCH, *second = levels + (unsigned)partner * LINK_BATCH;
        for (unsigned k = 0; k < n; k++)
            if (first[k] < 4 && second[k] < 4 &&
                are_swapped(link_row(prepared, left[k]), link_row(prepared, right[k]), f,
                            (unsigned)partner)) {
                /* One fact, told once: the surname then says nothing more. */
                first[k] = 6;
                second[k] = 0;
            }
    }
}
