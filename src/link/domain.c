/* What is known of a value: normalized, its sound, its cell, its words, the blocks it belongs to.
 * Each distinct value once, however many records have it. */
#include "link/domain.h"

#include "link/nicknames.h"
#include "link/normal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- One value -------------------------------------------------------------- */

enum { HEAD_LETTERS = 3, HEAD_SOUNDS = 2 };

static bool is_worded(LinkKind kind)
{
    return kind == LINK_TEXT || kind == LINK_NAME || kind == LINK_SET;
}

static bool is_lettered(LinkKind kind)
{
    return kind == LINK_GIVEN || kind == LINK_SURNAME || kind == LINK_STRING || kind == LINK_PLACE;
}

static uint64_t lettered_signature(const uint8_t *letters, unsigned length)
{
    uint64_t signature = 0;
    for (unsigned i = 0; i < 4 && i < length; i++)
        signature |= (uint64_t)letters[i] << (8 * i);
    for (unsigned i = 0; i < length; i++)
        signature |= UINT64_C(1) << (32 + letters[i] % 26);
    return signature | (uint64_t)MIN(length, 63u) << 58;
}

static uint64_t bigram_signature(const uint8_t *letters, unsigned length)
{
    uint64_t signature = 0;
    unsigned before = ' ';
    for (unsigned i = 0; i <= length; i++) {
        unsigned c = i < length ? letters[i] : ' ';
        if (c != ' ' || before != ' ')
            signature |= UINT64_C(1) << (link_mix(before << 8 | c) & 63);
        before = c;
    }
    return signature;
}

static uint64_t code_signature(const uint8_t *letters, unsigned length)
{
    uint64_t signature = 0;
    if (length <= 8) {
        memcpy(&signature, letters, length);
    } else {
        memcpy(&signature, letters, 4);
        memcpy((char *)&signature + 4, letters + length - 4, 4);
    }
    return signature;
}

/* Codes of at most 16 digits fit one word, 4 bits a digit, first digit lowest. */
static bool is_digits(const uint8_t *letters, unsigned length)
{
    for (unsigned i = 0; i < length; i++)
        if (!g_ascii_isdigit((char)letters[i]))
            return false;
    return length <= 16;
}

static uint64_t digit_signature(const uint8_t *letters, unsigned length)
{
    uint64_t signature = 0;
    for (unsigned i = 0; i < length; i++)
        signature |= (uint64_t)(letters[i] - '0' + 1) << (4 * i);
    return signature;
}

/* The value as it is told from others: bytes into out, how many. 0: missing. */
static size_t normalize(LinkKind kind, const char *text, bool day_first, uint8_t *out)
{
    bool arabic;
    if (link_normal_missing(text))
        return 0;
    switch (kind) {
    case LINK_CODE:
    case LINK_CATEGORY:
        return link_normal_code(text, out);
    case LINK_NUMBER: {
        double x;
        if (!link_normal_number(text, &x))
            return 0;
        g_ascii_dtostr((char *)out, LINK_NORMAL_MAX, x);
        return strlen((char *)out);
    }
    case LINK_DATE: {
        LinkDate date;
        if (!link_normal_date(text, day_first, &date) || date.year <= 0)
            return link_normal_code(text, out);
        /* A Solar Hijri year alone lies in two Gregorian ones: kept apart by a month of its own. */
        if (date.hijri_year > 0 && date.month == 0)
            date.month = LINK_HIJRI_YEAR;
        return (size_t)g_snprintf((char *)out, LINK_NORMAL_MAX, "%04d%02d%02d", date.year,
                                  date.month, date.day);
    }
    case LINK_EMAIL: {
        size_t n = 0;
        for (; *text != '\0' && n < LINK_NORMAL_MAX; text++)
            if (*text != ' ')
                out[n++] = (uint8_t)g_ascii_tolower(*text);
        return n;
    }
    default:
        return link_normal_text(text, out, &arabic);
    }
}

/* ---- A domain --------------------------------------------------------------- */

int64_t link_domain_day_first(const LinkTable *table, size_t column)
{
    const LinkIntern *texts = &table->texts[column];
    g_autofree int8_t *says = g_new0(int8_t, texts->n + 1);
    for (uint32_t id = 1; id < texts->n; id++) {
        int a = 0, b = 0;
        if (sscanf(link_intern_text(texts, id), "%2d%*[-/. ]%2d%*[-/. ]", &a, &b) == 2)
            says[id] = (int8_t)((a > 12 && a <= 31 && b >= 1 && b <= 12) -
                                (b > 12 && b <= 31 && a >= 1 && a <= 12));
    }
    int64_t sum = 0;
    for (size_t r = 0; r < table->n_records; r++)
        sum += says[table->ids[column][r]];
    return sum;
}

static bool intern_dates(const LinkTable *table, LinkBuild *build)
{
    const LinkField *field = build->fields[0];
    for (size_t r = 0; r < table->n_records; r++) {
        int parts[3] = {0};
        for (unsigned p = 0; p < field->n_parts; p++) {
            const char *text = link_table_text(table, r, field->parts[p]);
            parts[p] = link_normal_missing(text) ? 0 : (int)g_ascii_strtoll(text, NULL, 10);
        }
        char text[32];
        g_snprintf(text, sizeof text, "%04d-%02d-%02d", CLAMP(parts[0], 0, 9999),
                   CLAMP(parts[1], 0, 99), CLAMP(parts[2], 0, 99));
        uint8_t normal[LINK_NORMAL_MAX];
        size_t length = parts[0] == 0 ? 0 : normalize(LINK_DATE, text, true, normal);
        build->value_of[0][r] = LINK_NO_ID;
        if (length > 0) {
            build->value_of[0][r] = link_intern(&build->domain->values, normal, length);
            if (build->value_of[0][r] == LINK_NO_ID)
                return false;
        }
    }
    return true;
}

static bool intern_values(const LinkTable *table, LinkBuild *build)
{
    for (unsigned f = 0; f < build->n_fields; f++) {
        const LinkField *field = build->fields[f];
        if (field->kind == LINK_DATE && field->n_parts > 1) {
            if (!intern_dates(table, build))
                return false;
            continue;
        }
        const LinkIntern *texts = &table->texts[field->parts[0]];
        for (uint32_t id = 0; id < texts->n; id++) {
            uint8_t normal[LINK_NORMAL_MAX];
            size_t length =
                normalize(field->kind, link_intern_text(texts, id), build->day_first[f], normal);
            build->value_of[f][id] = LINK_NO_ID;
            if (length == 0)
                continue;
            build->value_of[f][id] = link_intern(&build->domain->values, normal, length);
            if (build->value_of[f][id] == LINK_NO_ID)
                return false;
        }
    }
    return true;
}

static int compare_ids(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Block keys: strings hashed to 31 bits; a collision only joins two blocks.
 */
static uint32_t block_of(const void *bytes, size_t length)
{
    return length == 0 ? LINK_NO_ID : (uint32_t)(link_hash(bytes, length) >> 33);
}

/* Numbers the words anew, in order of their hash: the weights of common words are then added up in
 * an order that has nothing to do with what else is in the list. */
static bool order_words(LinkDomain *domain, const LinkIntern *words, size_t n_words)
{
    uint32_t n = words->n;
    LinkHashed *order = malloc((n + (size_t)1) * sizeof *order);
    uint32_t *number = malloc((n + (size_t)1) * sizeof *number);
    domain->word_hash = malloc((n + (size_t)1) * sizeof *domain->word_hash);
    bool ok = order != NULL && number != NULL && domain->word_hash != NULL;
    for (uint32_t w = 0; ok && w < n; w++)
        order[w] =
            (LinkHashed){link_hash(link_intern_text(words, w), link_intern_length(words, w)), w};
    if (ok)
        qsort(order, n, sizeof *order, link_compare_hashed);
    for (uint32_t w = 0; ok && w < n; w++) {
        number[order[w].id] = w;
        domain->word_hash[w] = order[w].hash;
    }
    for (size_t i = 0; ok && i < n_words; i++)
        domain->words[i] = number[domain->words[i]];
    domain->n_words = n;
    free(order);
    free(number);
    return ok;
}

/* The words' ids of each value ascending and distinct, and in one string as its sound. */
static bool sort_words(LinkDomain *domain)
{
    for (uint32_t id = 0; id < domain->values.n; id++) {
        uint32_t *begin = domain->words + domain->word_start[id];
        size_t count = domain->word_start[id + 1] - domain->word_start[id];
        qsort(begin, count, sizeof *begin, compare_ids);
        uint64_t key = count;
        for (size_t i = 0; i < count; i++)
            key = link_mix(key + domain->word_hash[begin[i]]);
        domain->cells[id].key = link_intern(&domain->sounds, begin, count * sizeof *begin);
        domain->sound[id] = (uint32_t)(key >> 33);
        if (domain->cells[id].key == LINK_NO_ID)
            return false;
    }
    return true;
}

/* Words of each value by id, ascending and distinct; and as the sound key
 * the words' ids in one string. A set's members were divided by ; or |, which normalizing made
 * spaces: its words are compared as members. */
static bool split_words(LinkDomain *domain, bool by_sound)
{
    uint32_t n = domain->values.n;
    size_t size = (size_t)n * 4 + 64, n_words = 0;
    LinkIntern words = {0};
    domain->word_start = malloc((n + (size_t)1) * sizeof *domain->word_start);
    domain->words = malloc(size * sizeof *domain->words);
    bool ok = domain->word_start != NULL && domain->words != NULL;
    for (uint32_t id = 0; ok && id < n; id++) {
        const char *text = link_intern_text(&domain->values, id);
        domain->word_start[id] = (uint32_t)n_words;
        uint32_t *begin = domain->words + n_words, found[128];
        unsigned count = 0, distinct = 0;
        while (*text != '\0' && count < G_N_ELEMENTS(found)) {
            size_t length = strcspn(text, " ");
            uint8_t sound[LINK_NORMAL_MAX];
            size_t sounds =
                by_sound ? link_normal_sound_of((const uint8_t *)text, length, sound) : 0;
            found[count] =
                by_sound ? link_intern(&words, sound, sounds) : link_intern(&words, text, length);
            ok &= found[count++] != LINK_NO_ID;
            text += length + (text[length] == ' ');
        }
        /* cppcheck-suppress uninitvar ; of nothing found, nothing is sorted */
        qsort(found, count, sizeof *found, compare_ids);
        if (n_words + count > size) {
            size = size * 3 / 2 + count;
            uint32_t *more = realloc(domain->words, size * sizeof *more);
            if (more == NULL) {
                ok = false;
                break;
            }
            domain->words = more;
            begin = more + n_words;
        }
        for (unsigned i = 0; i < count; i++)
            if (i == 0 || found[i] != found[i - 1])
                begin[distinct++] = found[i];
        n_words += distinct;
    }
    if (ok) {
        domain->word_start[n] = (uint32_t)n_words;
        ok = order_words(domain, &words, n_words) && sort_words(domain);
    }
    link_intern_clear(&words);
    return ok;
}

static void fill_ends(LinkKind kind, const LinkDomain *domain, uint32_t id, const uint8_t *letters,
                      unsigned length)
{
    uint32_t head = LINK_NO_ID, tail = LINK_NO_ID;
    if (kind == LINK_DATE) {
        head = length == 8 ? block_of(letters, 4) : LINK_NO_ID;
        tail = length == 8 && memcmp(letters + 6, "00", 2) != 0 ? block_of(letters + 4, 4)
                                                                : LINK_NO_ID;
    } else if (kind == LINK_CODE) {
        head = length >= 7 ? block_of(letters, length / 2) : LINK_NO_ID;
        tail = length >= 7 ? block_of(letters + length - length / 2, length / 2) : LINK_NO_ID;
    } else if (kind == LINK_EMAIL) {
        const uint8_t *at = memchr(letters, '@', length);
        head = at != NULL ? block_of(letters, (size_t)(at - letters)) : LINK_NO_ID;
    } else if (is_worded(kind)) {
        unsigned first = 0, last = length;
        while (first < length && letters[first] != ' ')
            first++;
        while (last > 0 && letters[last - 1] != ' ')
            last--;
        head = block_of(letters, first);
        tail = last > 0 ? block_of(letters + last, length - last) : LINK_NO_ID;
    } else if (is_lettered(kind)) {
        head = block_of(letters, MIN(length, (unsigned)HEAD_LETTERS));
    }
    domain->head[id] = head;
    domain->tail[id] = tail;
}

static uint32_t date_key(const uint8_t *digits, unsigned length)
{
    if (length != 8)
        return 0;
    char text[9] = {0};
    memcpy(text, digits, 8);
    LinkDate date;
    if (!link_normal_date(text, true, &date))
        return 0;
    uint32_t month = (uint32_t)MIN(date.month, 15), day = (uint32_t)MIN(date.day, 31);
    return day | month << 5 | (uint32_t)date.hijri_day << 9 | (uint32_t)date.hijri_month << 14 |
           (uint32_t)date.year << 18;
}

static bool fill_cell(LinkKind kind, LinkDomain *domain, uint32_t id)
{
    const uint8_t *text = (const uint8_t *)link_intern_text(&domain->values, id);
    unsigned length = (unsigned)link_intern_length(&domain->values, id);
    LinkCell *cell = &domain->cells[id];
    unsigned shown = length; /* letters that are compared one by one */
    cell->id = id;
    fill_ends(kind, domain, id, text, length);
    if (kind == LINK_EMAIL) {
        const uint8_t *at = memchr(text, '@', length);
        shown = at != NULL ? (unsigned)(at - text) : length;
    }
    uint8_t *letters = domain->letters + (size_t)id * domain->stride;
    shown = MIN(shown, MIN(domain->stride, LINK_MAX_LENGTH));
    memcpy(letters, text, shown);
    domain->lengths[id] = (uint8_t)shown;
    if (kind == LINK_CODE || kind == LINK_CATEGORY) {
        bool digits = kind == LINK_CODE && is_digits(text, length);
        cell->key = length | (digits ? LINK_DIGITS : 0);
        cell->signature = digits ? digit_signature(text, length) : code_signature(text, length);
    } else if (kind == LINK_DATE) {
        cell->key = date_key(text, length);
        cell->signature = code_signature(text, MIN(length, 8u));
    } else if (kind == LINK_NUMBER) {
        double x = g_ascii_strtod((const char *)text, NULL);
        memcpy(&cell->signature, &x, sizeof x);
    } else if (kind == LINK_EMAIL) {
        cell->key = link_intern(&domain->sounds, letters, shown);
        cell->signature = lettered_signature(letters, shown);
        domain->sound_of[id] = cell->key;
        domain->sound[id] = block_of(letters, shown);
        return cell->key != LINK_NO_ID;
    } else if (is_worded(kind)) {
        cell->signature = bigram_signature(letters, shown);
    } else {
        cell->signature = lettered_signature(letters, shown);
    }
    domain->sound_of[id] = cell->key;
    if (!is_worded(kind)) /* a length, a date: made of the value alone; names follow */
        domain->sound[id] = cell->key;
    return true;
}

/* The sound keys need the text as it was written; a normalized value keeps enough: letters are told
 * apart as the sound needs them. */
static bool fill_sounds(const LinkTable *table, const LinkBuild *build)
{
    LinkDomain *domain = build->domain;
    bool full_name = build->kind == LINK_NAME;
    uint8_t *done = calloc(domain->values.n + (size_t)1, 1);
    if (done == NULL)
        return false;
    bool ok = true;
    for (unsigned f = 0; f < build->n_fields; f++) {
        const LinkIntern *texts = &table->texts[build->fields[f]->parts[0]];
        for (uint32_t raw = 0; ok && raw < texts->n; raw++) {
            uint32_t id = build->value_of[f][raw];
            if (id == LINK_NO_ID || done[id])
                continue;
            done[id] = 1;
            uint8_t sound[LINK_NORMAL_MAX];
            const char *text = link_intern_text(texts, raw);
            size_t length =
                full_name ? link_normal_sound_sorted(text, sound) : link_normal_sound(text, sound);
            const uint8_t *first = domain->letters + (size_t)id * domain->stride;
            uint32_t key = link_intern(&domain->sounds, sound, length);
            ok = key != LINK_NO_ID;
            domain->sound_of[id] = key;
            domain->sound[id] = block_of(sound, length);
            bool arabic = first[0] >= 0x80;
            domain->any_arabic |= arabic;
            domain->any_latin |= !arabic;
            if (build->kind != LINK_PLACE)
                domain->cells[id].key = (key & LINK_SOUND_KEY) | (arabic ? LINK_ARABIC : 0);
        }
    }
    free(done);
    bool both = build->both_scripts || (domain->any_arabic && domain->any_latin);
    if (!ok || !(both || full_name))
        return ok;
    size_t n = domain->values.n;
    domain->sound_letters = calloc(n, domain->stride);
    domain->sound_lengths = calloc(n, 1);
    if (domain->sound_letters == NULL || domain->sound_lengths == NULL)
        return false;
    for (size_t id = 0; id < n; id++) {
        uint32_t key = domain->sound_of[id];
        size_t length = MIN(link_intern_length(&domain->sounds, key), domain->stride);
        memcpy(domain->sound_letters + id * domain->stride, link_intern_text(&domain->sounds, key),
               length);
        domain->sound_lengths[id] = (uint8_t)length;
        if (is_lettered(build->kind)) /* first letters that both scripts share */
            domain->head[id] = block_of(domain->sound_letters + id * domain->stride,
                                        MIN(length, (size_t)HEAD_SOUNDS));
        if (full_name) /* what both scripts and every order of the words share */
            domain->cells[id].signature =
                bigram_signature(domain->sound_letters + id * domain->stride, (unsigned)length);
    }
    return true;
}

/* Which names each value may be short for; most are for none. */
static bool fill_nicknames(LinkDomain *domain)
{
    size_t n = domain->values.n, size = 256, n_groups = 0;
    g_autoptr(LinkNicknames) table = link_nicknames_new();
    domain->nickname_start = malloc((n + 1) * sizeof *domain->nickname_start);
    domain->nicknames = malloc(size);
    if (domain->nickname_start == NULL || domain->nicknames == NULL)
        return false;
    for (uint32_t id = 0; id < n; id++) {
        domain->nickname_start[id] = (uint32_t)n_groups;
        if (n_groups + LINK_NICKNAMES_MOST > size) {
            uint8_t *more = realloc(domain->nicknames, size *= 2);
            if (more == NULL)
                return false;
            domain->nicknames = more;
        }
        unsigned found = link_nicknames_of(table, link_intern_text(&domain->values, id),
                                           domain->nicknames + n_groups);
        if (found > 0)
            domain->cells[id].key |= LINK_NICK;
        n_groups += found;
    }
    domain->nickname_start[n] = (uint32_t)n_groups;
    return true;
}

bool link_domain_build(const LinkTable *table, LinkBuild *build)
{
    LinkDomain *domain = build->domain;
    if (!intern_values(table, build))
        return false;
    link_intern_close(&domain->values);
    size_t n = domain->values.n, longest = 1;
    for (uint32_t id = 0; id < n; id++)
        longest = MAX(longest, link_intern_length(&domain->values, id));
    domain->stride = (unsigned)LINK_PADDED(MIN(longest, LINK_MAX_LENGTH));
    domain->letters = calloc(n + 1, domain->stride);
    domain->lengths = calloc(n + 1, 1);
    domain->cells = calloc(n + 1, sizeof *domain->cells);
    domain->whole = malloc((n + 1) * sizeof *domain->whole);
    domain->sound = malloc((n + 1) * sizeof *domain->sound);
    domain->head = malloc((n + 1) * sizeof *domain->head);
    domain->tail = malloc((n + 1) * sizeof *domain->tail);
    domain->sound_of = malloc((n + 1) * sizeof *domain->sound_of);
    if (domain->letters == NULL || domain->lengths == NULL || domain->cells == NULL ||
        domain->whole == NULL || domain->sound == NULL || domain->head == NULL ||
        domain->tail == NULL || domain->sound_of == NULL)
        return false;
    for (uint32_t id = 0; id < n; id++)
        domain->whole[id] = block_of(link_intern_text(&domain->values, id),
                                     link_intern_length(&domain->values, id));
    if (is_worded(build->kind) && !split_words(domain, build->kind == LINK_NAME))
        return false;
    for (uint32_t id = 0; id < n; id++)
        if (!fill_cell(build->kind, domain, id))
            return false;
    if (is_lettered(build->kind)) {
        domain->cache = calloc(UINT64_C(1) << LINK_CACHE_BITS, sizeof *domain->cache);
        domain->frequent = calloc(LINK_FREQUENT, LINK_FREQUENT);
        if (domain->cache == NULL || domain->frequent == NULL || !fill_sounds(table, build))
            return false;
    } else if (build->kind == LINK_NAME && !fill_sounds(table, build)) {
        return false;
    }
    return build->kind != LINK_GIVEN || fill_nicknames(domain);
}

void link_domain_clear(LinkDomain *domain)
{
    link_intern_clear(&domain->values);
    link_intern_clear(&domain->sounds);
    free(domain->letters);
    free(domain->lengths);
    free(domain->sound_letters);
    free(domain->sound_lengths);
    free(domain->cells);
    free(domain->cache);
    free(domain->frequent);
    free(domain->word_start);
    free(domain->words);
    free(domain->word_weight);
    free(domain->nickname_start);
    free(domain->nicknames);
    free(domain->word_hash);
    free(domain->whole);
    free(domain->sound);
    free(domain->head);
    free(domain->tail);
    free(domain->sound_of);
}
