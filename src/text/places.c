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

enum { KEY_MAX = 120, ROWS_MAX = 12 };

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
    char folded[3 * KEY_MAX + 8];
    gsize n = text_fold_into(name, MIN(length, KEY_MAX), folded), written = 0, words = 0, first = 0;
    bool inside = false;
    for (gsize i = 0; i < n;) {
        guint32 c = 0;
        unsigned bytes = utf8_decode(folded + i, folded + n, &c);
        bool letter =
            bytes > 0 && (utf8_is_arabic_letter(c) || (c < 0x80 && g_ascii_isalnum((char)c)));
        if (letter && written + bytes < KEY_MAX) {
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
    char key[KEY_MAX];
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

/* Other spellings and former names of provinces and their centres; by ISO code of today. */
static const struct {
    const char *iso, *name;
    TextPlaceKind kind;
} OTHERS[] = {
    {"IR-05", "باختران", TEXT_PLACE_PROVINCE},
    {"IR-05", "Bakhtaran", TEXT_PLACE_PROVINCE},
    {"IR-05", "کرمانشاهان", TEXT_PLACE_PROVINCE},
    {"IR-05", "Kermanshahan", TEXT_PLACE_PROVINCE},
    {"IR-03", "Azarbaijan-e Sharqi", TEXT_PLACE_PROVINCE},
    {"IR-03", "East Azarbaijan", TEXT_PLACE_PROVINCE},
    {"IR-03", "Eastern Azerbaijan", TEXT_PLACE_PROVINCE},
    {"IR-04", "Azarbaijan-e Gharbi", TEXT_PLACE_PROVINCE},
    {"IR-04", "West Azarbaijan", TEXT_PLACE_PROVINCE},
    {"IR-04", "Western Azerbaijan", TEXT_PLACE_PROVINCE},
    {"IR-04", "ارومیه", TEXT_PLACE_CITY},
    {"IR-04", "Urmia", TEXT_PLACE_CITY},
    {"IR-04", "Orumiyeh", TEXT_PLACE_CITY},
    {"IR-04", "Urmiyeh", TEXT_PLACE_CITY},
    {"IR-09", "Khorasan-e Razavi", TEXT_PLACE_PROVINCE},
    {"IR-09", "Khorasan Razavi", TEXT_PLACE_PROVINCE},
    {"IR-28", "Khorasan-e Shomali", TEXT_PLACE_PROVINCE},
    {"IR-28", "Northern Khorasan", TEXT_PLACE_PROVINCE},
    {"IR-29", "Khorasan-e Jonubi", TEXT_PLACE_PROVINCE},
    {"IR-29", "Southern Khorasan", TEXT_PLACE_PROVINCE},
    {"IR-09", "Mashad", TEXT_PLACE_CITY},
    {"IR-09", "Meshed", TEXT_PLACE_CITY},
    {"IR-10", "Esfahan", TEXT_PLACE_PROVINCE},
    {"IR-10", "Ispahan", TEXT_PLACE_PROVINCE},
    {"IR-10", "اصفهان", TEXT_PLACE_PROVINCE},
    {"IR-11", "سیستان و بلوچستان", TEXT_PLACE_PROVINCE},
    {"IR-11", "سیستان وبلوچستان", TEXT_PLACE_PROVINCE},
    {"IR-11", "بلوچستان", TEXT_PLACE_PROVINCE},
    {"IR-11", "Sistan and Baluchistan", TEXT_PLACE_PROVINCE},
    {"IR-11", "Sistan-Baluchestan", TEXT_PLACE_PROVINCE},
    {"IR-11", "Sistan and Balochistan", TEXT_PLACE_PROVINCE},
    {"IR-11", "Sistan va Baluchestan", TEXT_PLACE_PROVINCE},
    {"IR-11", "Baluchestan", TEXT_PLACE_PROVINCE},
    {"IR-12", "Kordestan", TEXT_PLACE_PROVINCE},
    {"IR-12", "Kurdistan", TEXT_PLACE_PROVINCE},
    {"IR-12", "Sanandaj", TEXT_PLACE_CITY},
    {"IR-13", "Hamedan", TEXT_PLACE_PROVINCE},
    {"IR-14", "Chaharmahal and Bakhtiari", TEXT_PLACE_PROVINCE},
    {"IR-14", "Chahar Mahal va Bakhtiari", TEXT_PLACE_PROVINCE},
    {"IR-14", "چهارمحال‌بختیاری", TEXT_PLACE_PROVINCE},
    {"IR-15", "Luristan", TEXT_PLACE_PROVINCE},
    {"IR-15", "Lorestan", TEXT_PLACE_PROVINCE},
    {"IR-06", "Khuzistan", TEXT_PLACE_PROVINCE},
    {"IR-06", "Khouzestan", TEXT_PLACE_PROVINCE},
    {"IR-06", "Ahwaz", TEXT_PLACE_CITY},
    {"IR-06", "Ahvaz", TEXT_PLACE_CITY},
    {"IR-17", "Kohgiluyeh and Boyer-Ahmad", TEXT_PLACE_PROVINCE},
    {"IR-17", "Kohgiluyeh va Boyer Ahmad", TEXT_PLACE_PROVINCE},
    {"IR-17", "Kohkiluyeh and Buyer Ahmad", TEXT_PLACE_PROVINCE},
    {"IR-17", "کهکیلویه و بویراحمد", TEXT_PLACE_PROVINCE},
    {"IR-18", "Bushire", TEXT_PLACE_PROVINCE},
    {"IR-22", "Hormuzgan", TEXT_PLACE_PROVINCE},
    {"IR-23", "Teheran", TEXT_PLACE_PROVINCE},
    {"IR-23", "طهران", TEXT_PLACE_PROVINCE},
    {"IR-25", "Ghom", TEXT_PLACE_PROVINCE},
    {"IR-26", "Ghazvin", TEXT_PLACE_PROVINCE},
    {"IR-26", "Qazwin", TEXT_PLACE_PROVINCE},
    {"IR-01", "Guilan", TEXT_PLACE_PROVINCE},
    {"IR-02", "Mazanderan", TEXT_PLACE_PROVINCE},
    {"IR-24", "Ardebil", TEXT_PLACE_PROVINCE},
    {"IR-19", "Zandjan", TEXT_PLACE_PROVINCE},
    {"IR-05", "قرمیسین", TEXT_PLACE_CITY},
    {"IR-07", "Pars", TEXT_PLACE_PROVINCE},
    {"IR-30", "Karaj", TEXT_PLACE_CITY},
    {"IR-16", "Eilam", TEXT_PLACE_PROVINCE},
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

static bool choose(const TextGazetteer *g, const gint32 *rows, gsize n, int kind, gint32 day,
                   TextPlaceMatch *ret)
{
    if (n == 0)
        return false;
    TextPlaceMatch match = {.confidence = 0.95f};
    const Row *best = NULL;
    for (gsize i = 0; i < n; i++) {
        const Row *row = &g->rows[rows[i]];
        if (kind >= 0 && (int)row->kind != kind)
            continue;
        add_candidate(&match, row->iso);
        if (row->khorasan) {
            add_candidate(&match, "IR-28");
            add_candidate(&match, "IR-29");
        }
        /* A province before a city before a county; then by people. */
        static const int RANK[] = {3, 1, 2};
        if (best == NULL || RANK[row->kind] > RANK[best->kind] ||
            (row->kind == best->kind && row->population > best->population))
            best = row;
    }
    if (best == NULL)
        return kind >= 0 ? choose(g, rows, n, -1, day, ret) : false;
    bool one = strlen(match.candidates) <= 5;
    if (!one && !best->khorasan) {
        /* Two provinces know the name: a province's own name wins, or a city ten times the other's
         * size. */
        gint64 second = 0;
        bool rival = false;
        for (gsize i = 0; i < n; i++) {
            const Row *row = &g->rows[rows[i]];
            if (strcmp(row->iso, best->iso) == 0 || (kind >= 0 && (int)row->kind != kind))
                continue;
            rival = rival || row->kind == best->kind;
            second = MAX(second, row->population);
        }
        one = best->kind == TEXT_PLACE_PROVINCE
                  ? !rival
                  : best->population > 50000 && best->population > 10 * second;
        match.confidence = one ? 0.8f : 0.4f;
    }
    if (best->khorasan) {
        bool undivided = day < edtf_day_from_gregorian(2004, 9, 29);
        one = false;
        match.confidence = undivided ? 0.95f : 0.5f;
        if (undivided)
            g_strlcpy(match.iso, "IR-09", sizeof match.iso);
    }
    if (one) {
        g_strlcpy(match.iso_today, best->iso, sizeof match.iso_today);
        g_strlcpy(match.iso, province_of_day(best->iso, day), sizeof match.iso);
    }
    match.kind = best->kind;
    match.name_fa = best->fa;
    match.name_en = best->en;
    *ret = match;
    return true;
}

static gsize rows_of(const TextGazetteer *g, const char *key, gsize length, gint32 *rows)
{
    const Slot *slot = g->room == 0 || length == 0 ? NULL : slot_of(g, hash_bytes(key, length));
    gsize n = 0;
    for (gint32 at = slot == NULL || slot->hash == 0 ? -1 : slot->first; at >= 0 && n < ROWS_MAX;
         at = g->rows[at].next)
        rows[n++] = at;
    return n;
}

/* Words that say what kind of place follows; -1 when it is none. */
static int kind_word(const char *folded)
{
    if (token_listed("|استان|province|ostan|", folded))
        return TEXT_PLACE_PROVINCE;
    if (token_listed("|شهرستان|county|shahrestan|", folded))
        return TEXT_PLACE_COUNTY;
    if (token_listed("|شهر|city|town|", folded))
        return TEXT_PLACE_CITY;
    return -1;
}

bool text_gazetteer_resolve(const TextGazetteer *g, const char *name, gssize length, gint32 day,
                            TextPlaceMatch *ret_match)
{
    g_auto(TextTokens) tokens = {0};
    gsize n = length < 0 ? strlen(name) : (gsize)length;
    if (n == 0 || n > 4 * KEY_MAX || !text_tokens_new(name, n, &tokens))
        return false;
    gsize first = 0, last = tokens.n;
    int kind = -1;
    if (last - first > 1 && kind_word(token_word(&tokens, first)) >= 0)
        kind = kind_word(token_word(&tokens, first++));
    else if (last - first > 1 && kind_word(token_word(&tokens, last - 1)) >= 0 &&
             (guint8)token_word(&tokens, last - 1)[0] < 0x80)
        kind = kind_word(token_word(&tokens, --last));
    if (first >= last)
        return false;
    const char *start = name + tokens.tokens[first].start;
    gsize bytes = tokens.tokens[last - 1].end - tokens.tokens[first].start, words, unused;
    char key[KEY_MAX];
    gint32 rows[ROWS_MAX];
    /* "Charoymagh City" is a name as it stands. */
    gsize key_length = key_of(name, n, key, &words, &unused);
    gsize found = rows_of(g, key, key_length, rows);
    if (found == 0) {
        key_length = key_of(start, bytes, key, &words, &unused);
        found = rows_of(g, key, key_length, rows);
    }
    if (found > 0)
        return choose(g, rows, found, kind, day, ret_match);
    /* Another transliteration: the same sounds, one province. */
    guint64 sound =
        (guint8)start[0] < 0x80 || (guint8)start[0] >= 0xC3 ? sound_of(start, bytes) : 0;
    if (sound == 0 ||
        utf8_is_arabic_letter((guint32)g_utf8_get_char_validated(start, (gssize)bytes)))
        return false;
    gsize low = 0, high = g->n_sounds;
    while (low < high) {
        gsize middle = (low + high) / 2;
        if (g->sounds[middle].hash < sound)
            low = middle + 1;
        else
            high = middle;
    }
    for (found = 0; low < g->n_sounds && g->sounds[low].hash == sound && found < ROWS_MAX; low++)
        rows[found++] = g->sounds[low].row;
    if (!choose(g, rows, found, kind, day, ret_match))
        return false;
    ret_match->confidence *= 0.75f;
    return true;
}

/* ---- in running text ---- */

/* Names that are also everyday words or first names: only behind استان, شهر, زندان … */
static const char EVERYDAY[] =
    "|نور|بهار|میانه|سرباز|مهران|سامان|شهریار|پردیس|دنا|جم|دیر|کوثر|گرمی|نیر|زرند|قدس|بهارستان|ری|"
    "کلات|شفت|مرکزی|گلستان|خوی|بم|ایوان|لار|تکاب|سرخه|باوی|کارون|شوش|مهر|نظر|امید|پارس|ارس|راز|"
    "تربت|اسلامیه|قلعه|شهرک|مرز|گل|باغ|نو|علی|حسن|حسین|رضا|محمد|احمد|رامین|بهمن|اذر|سرو|سیب|گز|چاه|"
    "بن|کن|نی|اب|جوان|انار|بستان|فردوس|هرند|تخت|کوار|ارد|ده|راه|شاه|فین|مشهدی|کمال|نجف|سده|بار|مشک|"
    "خور|زاهد|دلبران|ازادی|انقلاب|";
static const char CUES[] = "|استان|شهرستان|شهر|زندان|اهل|ساکن|بخش|دادگاه|دادسرای|province|city|"
                           "county|in|at|from|near|of|prison|";

gsize text_place_at(const TextGazetteer *g, const TextTokens *t, const char *text, gsize i,
                    gint32 day, TextPlaceMatch *ret_match)
{
    const Token *token = &t->tokens[i];
    const char *word = t->folded + token->folded;
    if (token->folded_length < 3 || token->folded_length > 60 || g->room == 0)
        return 0;
    const Slot *slot = slot_of(g, hash_bytes(word, token->folded_length));
    if (slot->hash == 0)
        return 0;
    bool latin = (guint8)word[0] < 0x80;
    if (latin && !g_ascii_isupper(text[token->start]) && (guint8)text[token->start] < 0x80)
        return 0;
    char key[KEY_MAX];
    gsize ends[6] = {0}, length = 0, words = 0, at = i;
    while (words < slot->words && at < t->n) {
        if (t->tokens[at].kind == TOKEN_SIGN && t->tokens[at].sign == '-' && !t->tokens[at].gap) {
            at++;
            continue;
        }
        if (t->tokens[at].kind != TOKEN_WORD || length + t->tokens[at].folded_length >= KEY_MAX)
            break;
        memcpy(key + length, t->folded + t->tokens[at].folded, t->tokens[at].folded_length);
        length += t->tokens[at].folded_length;
        ends[words++] = length;
        at++;
    }
    for (; words > 0; words--) {
        gint32 rows[ROWS_MAX];
        gsize n = rows_of(g, key, ends[words - 1], rows);
        if (n == 0)
            continue;
        const char *before = i > 0 ? token_word(t, i - 1) : "";
        bool letters_few = latin ? ends[words - 1] < 4 : ends[words - 1] < 6;
        if (words == 1 && (letters_few || token_listed(EVERYDAY, word)) &&
            !token_listed(CUES, before) && !token_listed("|قم|", word))
            continue;
        int kind = kind_word(before);
        gsize tokens = 0, seen = 0;
        while (seen < words)
            seen += t->tokens[i + tokens++].kind == TOKEN_WORD;
        if (kind < 0 && latin)
            kind = kind_word(token_word(t, i + tokens));
        if (choose(g, rows, n, kind, day, ret_match))
            return tokens;
    }
    return 0;
}
