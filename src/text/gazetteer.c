/* The gazetteer: names of places by their letters alone (no spaces, no half-spaces), so that
 * «آذربایجان شرقی», «آذربایجان‌شرقی» and "East Azerbaijan" are
 * found in one look-up each. A second use of the same table keeps, for a name's first word, how
 * many words the longest name has that begins so; a text's word that begins no name costs one
 * look-up.
 */
#include "text/places.h"

#include "text/names.h"
#include "text/private.h"
#include "text/utf8.h"
#include <stdlib.h>

typedef struct {
    guint64 hash; /* 0: free */
    gint32 first; /* link in rows; -1: no name ends here */
    guint8 words; /* of the longest name that begins with this word; 0: none */
} Slot;

typedef struct {
    TextPlaceKind kind;
    char iso[8];
    const char *fa, *en; /* in strings */
    gint64 population;
    gint32 next;
    bool khorasan; /* the undivided province */
} Row;

struct TextGazetteer {
    Slot *slots;
    gsize n_slots, room;
    Row *rows;
    gsize n_rows, rows_room;
    char *strings;
    gsize strings_length;
    struct {
        guint64 hash;
        gint32 row;
    } * sounds; /* keys of Latin names, sorted by hash */
    gsize n_sounds;
};

static guint64 hash_bytes(const char *bytes, gsize length)
{
    guint64 hash = 0xCBF29CE484222325ull;
    for (gsize i = 0; i < length; i++) {
        hash ^= (guint8)bytes[i];
        hash *= 0x100000001B3ull;
    }
    hash ^= hash >> 29;
    return hash == 0 ? 1 : hash;
}

static Slot *slot_of(const TextGazetteer *g, guint64 hash)
{
    for (gsize i = hash & (g->room - 1);; i = (i + 1) & (g->room - 1))
        if (g->slots[i].hash == 0 || g->slots[i].hash == hash)
            return &g->slots[i];
}

static bool take_slot(TextGazetteer *g, guint64 hash, Slot **ret_slot)
{
    if ((g->n_slots + 1) * 2 > g->room) {
        Slot *old = g->slots;
        gsize old_room = g->room;
        g->room = old_room == 0 ? 1 << 12 : old_room * 2;
        g->slots = calloc(g->room, sizeof *g->slots);
        if (g->slots == NULL) {
            g->slots = old;
            g->room = old_room;
            return false;
        }
        for (gsize i = 0; i < old_room; i++)
            if (old[i].hash != 0)
                *slot_of(g, old[i].hash) = old[i];
        free(old);
    }
    *ret_slot = slot_of(g, hash);
    if ((*ret_slot)->hash == 0) {
        **ret_slot = (Slot){.hash = hash, .first = -1};
        g->n_slots++;
    }
    return true;
}

/* Letters of a folded name, its words told by `words`; the first word's bytes by `first`. */
static gsize key_of(const char *name, gsize length, char *out, gsize *ret_words, gsize *ret_first)
{
    char folded[3 * PLACE_KEY_MAX + 8];
    gsize n = text_fold_into(name, MIN(length, PLACE_KEY_MAX), folded), written = 0, words = 0,
          first = 0;
    bool inside = false;
    for (gsize i = 0; i < n;) {
        guint32 c = 0;
        unsigned bytes = utf8_decode(folded + i, folded + n, &c);
        bool letter =
            bytes > 0 && (utf8_is_arabic_letter(c) || (c < 0x80 && g_ascii_isalnum((char)c)));
        if (letter && written + bytes < PLACE_KEY_MAX) {
            if (!inside)
                words++;
            memcpy(out + written, folded + i, bytes);
            written += bytes;
            if (words == 1)
                first = written;
        }
        /* an apostrophe does not part words */
        if (!letter && c != '\'' && c != 0x2019 && c != 0x60)
            inside = false;
        else
            inside = true;
        i += bytes == 0 ? 1 : bytes;
    }
    *ret_words = words;
    *ret_first = first;
    return written;
}

static bool add_name(TextGazetteer *g, gint32 row, const char *name)
{
    char key[PLACE_KEY_MAX];
    gsize words, first, length = key_of(name, strlen(name), key, &words, &first);
    Slot *slot;
    if (length < 2)
        return true;
    if (!take_slot(g, hash_bytes(key, first), &slot))
        return false;
    slot->words = (guint8)MAX(slot->words, MIN(words, 6));
    if (!take_slot(g, hash_bytes(key, length), &slot))
        return false;
    slot->words = MAX(slot->words, 1);
    for (gint32 at = slot->first; at >= 0; at = g->rows[at].next)
        if (at == row)
            return true;
    /* A row has one link: another name of it gets a row of its own. */
    gint32 use = row;
    if (g->rows[row].next != -2) {
        if (g->n_rows == g->rows_room)
            return false;
        use = (gint32)g->n_rows++;
        g->rows[use] = g->rows[row];
    }
    g->rows[use].next = slot->first;
    slot->first = use;
    return true;
}

static const struct {
    const char *iso, *name;
    TextPlaceKind kind;
} OTHERS[] = {
#include "text/place_spellings.inc"
};

static int compare_sounds(const void *left, const void *right)
{
    guint64 a = *(const guint64 *)left, b = *(const guint64 *)right;
    return a < b ? -1 : a > b;
}

static guint64 sound_of(const char *name, gsize length)
{
    char key[TEXT_NAME_KEY_MAX];
    gsize n = text_name_token_key(name, (gssize)length, TEXT_NAME_SOUND, key);
    return n < 3 ? 0 : hash_bytes(key, n);
}

TextGazetteer *text_gazetteer_new(const TextPlaceRow *rows, gsize n, GError **error)
{
    TextGazetteer *g = calloc(1, sizeof *g);
    if (g == NULL) {
        text_error_memory(error);
        return NULL;
    }
    gsize bytes = 1;
    for (gsize i = 0; i < n; i++)
        bytes += strlen(rows[i].name_fa) + strlen(rows[i].name_en) + 2;
    g->rows_room = 3 * n + 4 * G_N_ELEMENTS(OTHERS) + 16;
    g->rows = calloc(g->rows_room, sizeof *g->rows);
    g->strings = calloc(bytes, 1);
    g->sounds = calloc(n + 1, sizeof *g->sounds);
    bool done = g->rows != NULL && g->strings != NULL && g->sounds != NULL;
    for (gsize i = 0; done && i < n; i++) {
        gint32 row = (gint32)g->n_rows++;
        Row *r = &g->rows[row];
        *r = (Row){.kind = rows[i].kind, .population = rows[i].population, .next = -2};
        g_strlcpy(r->iso, rows[i].iso, sizeof r->iso);
        r->fa = g->strings + g->strings_length;
        g->strings_length += (gsize)(stpcpy(g->strings + g->strings_length, rows[i].name_fa) -
                                     (g->strings + g->strings_length)) +
                             1;
        r->en = g->strings + g->strings_length;
        g->strings_length += (gsize)(stpcpy(g->strings + g->strings_length, rows[i].name_en) -
                                     (g->strings + g->strings_length)) +
                             1;
        done = (r->fa[0] == '\0' || add_name(g, row, r->fa)) &&
               (g->rows[row].en[0] == '\0' || add_name(g, row, g->rows[row].en));
        guint64 sound = sound_of(g->rows[row].en, strlen(g->rows[row].en));
        if (sound != 0) {
            g->sounds[g->n_sounds].hash = sound;
            g->sounds[g->n_sounds++].row = row;
        }
    }
    for (gsize i = 0; done && i < G_N_ELEMENTS(OTHERS); i++) {
        gint32 row = (gint32)g->n_rows++;
        Row *r = &g->rows[row];
        *r = (Row){.kind = OTHERS[i].kind, .next = -2, .fa = "", .en = ""};
        g_strlcpy(r->iso, OTHERS[i].iso, sizeof r->iso);
        if (g_ascii_isalpha(OTHERS[i].name[0]))
            r->en = OTHERS[i].name;
        else
            r->fa = OTHERS[i].name;
        done = add_name(g, row, OTHERS[i].name);
    }
    static const char *const KHORASAN[] = {"خراسان", "Khorasan", "Khurasan"};
    for (gsize i = 0; done && i < G_N_ELEMENTS(KHORASAN); i++) {
        gint32 row = (gint32)g->n_rows++;
        g->rows[row] = (Row){.kind = TEXT_PLACE_PROVINCE,
                             .iso = "IR-09",
                             .fa = KHORASAN[0],
                             .en = KHORASAN[1],
                             .next = -2,
                             .khorasan = true};
        done = add_name(g, row, KHORASAN[i]);
    }
    if (!done) {
        text_gazetteer_free(g);
        text_error_memory(error);
        return NULL;
    }
    qsort(g->sounds, g->n_sounds, sizeof *g->sounds, compare_sounds);
    return g;
}

void text_gazetteer_free(TextGazetteer *g)
{
    if (g == NULL)
        return;
    free(g->slots);
    free(g->rows);
    free(g->strings);
    free(g->sounds);
    free(g);
}

/* ---- one name, several rows ---- */

static void add_candidate(TextPlaceMatch *match, const char *iso)
{
    if (strstr(match->candidates, iso) != NULL ||
        strlen(match->candidates) + 8 >= sizeof match->candidates)
        return;
    if (match->candidates[0] != '\0')
        g_strlcat(match->candidates, " ", sizeof match->candidates);
    g_strlcat(match->candidates, iso, sizeof match->candidates);
}

/* The province a place lay in on a day. Alborz parted from Tehran on 2010-06-23, Khorasan in three
 * on 2004-09-29 (IR-09 stood for the whole before). */
static const char *province_of_day(const char *iso, gint32 day)
{
    if (strcmp(iso, "IR-30") == 0 && day < edtf_day_from_gregorian(2010, 6, 23))
        return "IR-23";
    if ((strcmp(iso, "IR-28") == 0 || strcmp(iso, "IR-29") == 0) &&
        day < edtf_day_from_gregorian(2004, 9, 29))
        return "IR-09";
    return iso;
}

/* Rows that a test keeps, if it keeps any; else all stay. */
typedef bool RowTest(const Row *row, const PlaceContext *context);

static bool of_kind(const Row *row, const PlaceContext *context)
{
    return (int)row->kind == context->kind;
}

static bool spelt_so(const Row *row, const PlaceContext *context)
{
    return context->plain && row->en[0] != '\0' && g_str_is_ascii(row->en);
}

static bool named_nearby(const Row *row, const PlaceContext *context)
{
    return context->near != NULL && !row->khorasan && strstr(context->near, row->iso) != NULL;
}

static gsize keep(const TextGazetteer *g, gint32 *rows, gsize n, RowTest *test,
                  const PlaceContext *context)
{
    gsize kept = 0;
    for (gsize i = 0; i < n; i++)
        kept += test(&g->rows[rows[i]], context);
    if (kept == 0)
        return n;
    for (gsize i = 0, to = 0; i < n; i++)
        if (test(&g->rows[rows[i]], context))
            rows[to++] = rows[i];
    return kept;
}

/* One province for all rows, on a day. "" when there are several. */
static const char *common_province(const TextGazetteer *g, const gint32 *rows, gsize n, gint32 day)
{
    const char *found = NULL;
    for (gsize i = 0; i < n; i++) {
        const Row *row = &g->rows[rows[i]];
        if (row->khorasan && day >= edtf_day_from_gregorian(2004, 9, 29))
            return "";
        const char *iso = province_of_day(row->iso, day);
        if (found != NULL && strcmp(found, iso) != 0)
            return "";
        found = iso;
    }
    return found != NULL ? found : "";
}

/* A name that several provinces know is decided by what stands beside it (its kind, a province) or
 * by its very spelling; never by which of them is larger. */
bool gazetteer_choose(const TextGazetteer *g, const gint32 *all, gsize n_all,
                      const PlaceContext *context, TextPlaceMatch *ret)
{
    gint32 rows[PLACE_ROWS_MAX];
    gsize n = MIN(n_all, PLACE_ROWS_MAX);
    if (n == 0)
        return false;
    memcpy(rows, all, n * sizeof *rows);
    TextPlaceMatch match = {.confidence = 0.95f};
    n = keep(g, rows, n, of_kind, context);
    if (common_province(g, rows, n, G_MAXINT32)[0] == '\0') {
        n = keep(g, rows, n, named_nearby, context);
        n = keep(g, rows, n, spelt_so, context);
        match.confidence = 0.85f;
    }
    /* The row that is told: a province before a city before a county; then by people. */
    static const int RANK[] = {3, 1, 2};
    const Row *first = &g->rows[rows[0]];
    for (gsize i = 1; i < n; i++) {
        const Row *row = &g->rows[rows[i]];
        if (RANK[row->kind] > RANK[first->kind] ||
            (row->kind == first->kind && row->population > first->population))
            first = row;
    }
    add_candidate(&match, first->iso);
    for (gsize i = 0; i < n; i++) {
        add_candidate(&match, g->rows[rows[i]].iso);
        if (g->rows[rows[i]].khorasan) {
            add_candidate(&match, "IR-28");
            add_candidate(&match, "IR-29");
        }
    }
    g_strlcpy(match.iso, common_province(g, rows, n, context->day), sizeof match.iso);
    g_strlcpy(match.iso_today, common_province(g, rows, n, G_MAXINT32), sizeof match.iso_today);
    if (match.iso[0] == '\0')
        match.confidence = 0.4f;
    match.kind = first->kind;
    match.name_fa = first->fa;
    match.name_en = first->en;
    *ret = match;
    return true;
}

gsize gazetteer_rows(const TextGazetteer *g, const char *key, gsize length,
                     gint32 rows[PLACE_ROWS_MAX])
{
    const Slot *slot = g->room == 0 || length == 0 ? NULL : slot_of(g, hash_bytes(key, length));
    gsize n = 0;
    for (gint32 at = slot == NULL || slot->hash == 0 ? -1 : slot->first;
         at >= 0 && n < PLACE_ROWS_MAX; at = g->rows[at].next)
        rows[n++] = at;
    return n;
}

guint8 gazetteer_words_from(const TextGazetteer *g, const char *folded, gsize length)
{
    return g->room == 0 ? 0 : slot_of(g, hash_bytes(folded, length))->words;
}

int place_kind_word(const char *folded)
{
    if (token_listed("|استان|province|ostan|", folded))
        return TEXT_PLACE_PROVINCE;
    if (token_listed("|شهرستان|county|shahrestan|", folded))
        return TEXT_PLACE_COUNTY;
    if (token_listed("|شهر|city|town|", folded))
        return TEXT_PLACE_CITY;
    return -1;
}

/* Rows of Latin names that sound so. */
static gsize rows_by_sound(const TextGazetteer *g, const char *name, gsize bytes,
                           gint32 rows[PLACE_ROWS_MAX])
{
    guint64 sound = (guint8)name[0] < 0x80 || (guint8)name[0] >= 0xC3 ? sound_of(name, bytes) : 0;
    if (sound == 0 ||
        utf8_is_arabic_letter((guint32)g_utf8_get_char_validated(name, (gssize)bytes)))
        return 0;
    gsize low = 0, high = g->n_sounds, n = 0;
    while (low < high) {
        gsize middle = (low + high) / 2;
        if (g->sounds[middle].hash < sound)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < g->n_sounds && g->sounds[low].hash == sound && n < PLACE_ROWS_MAX; low++)
        rows[n++] = g->sounds[low].row;
    return n;
}

static bool is_ascii(const char *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if ((guint8)bytes[i] >= 0x80)
            return false;
    return true;
}

bool text_gazetteer_resolve_near(const TextGazetteer *g, const char *name, gssize length, int kind,
                                 const char *near, gint32 day, TextPlaceMatch *ret_match)
{
    g_auto(TextTokens) tokens = {0};
    gsize n = length < 0 ? strlen(name) : (gsize)length;
    if (n == 0 || n > 4 * PLACE_KEY_MAX || !text_tokens_new(name, n, &tokens))
        return false;
    gsize first = 0, last = tokens.n;
    int said = -1;
    if (last - first > 1 && place_kind_word(token_word(&tokens, first)) >= 0)
        said = place_kind_word(token_word(&tokens, first++));
    else if (last - first > 1 && place_kind_word(token_word(&tokens, last - 1)) >= 0 &&
             (guint8)token_word(&tokens, last - 1)[0] < 0x80)
        said = place_kind_word(token_word(&tokens, --last));
    if (first >= last)
        return false;
    const char *start = name + tokens.tokens[first].start;
    gsize bytes = tokens.tokens[last - 1].end - tokens.tokens[first].start, words, unused;
    char key[PLACE_KEY_MAX];
    gint32 rows[PLACE_ROWS_MAX];
    PlaceContext context = {
        .kind = said >= 0 ? said : kind, .near = near, .day = day, .plain = is_ascii(name, n)};
    /* "Charoymagh City" is a name as it stands. */
    gsize key_length = key_of(name, n, key, &words, &unused);
    gsize found = gazetteer_rows(g, key, key_length, rows);
    if (found == 0) {
        key_length = key_of(start, bytes, key, &words, &unused);
        found = gazetteer_rows(g, key, key_length, rows);
    }
    if (found > 0)
        return gazetteer_choose(g, rows, found, &context, ret_match);
    /* Another transliteration: the same sounds, one province. */
    context.plain = false;
    found = rows_by_sound(g, start, bytes, rows);
    if (!gazetteer_choose(g, rows, found, &context, ret_match))
        return false;
    ret_match->confidence *= 0.75f;
    return true;
}

bool text_gazetteer_resolve(const TextGazetteer *g, const char *name, gssize length, gint32 day,
                            TextPlaceMatch *ret_match)
{
    return text_gazetteer_resolve_near(g, name, length, -1, NULL, day, ret_match);
}
