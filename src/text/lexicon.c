/* A table of words by their letters alone (half-spaces taken out), with what a decision about a
 * half-space needs, all counted once from `form,count`:
 *
 *   letters     plain  lost (mask)     word  head  tail  verb
 *   کتابهای        0     57 (….1..)       0     0     0     0
 *   کتاب         160      –             230    71     0     0
 *   کند          600      –             600     0     2  1280
 *
 * plain: seen without half-space; lost: seen with them, mask says after which letters; word: plain
 * or as the stem before an ending; head, tail: as first and last part of such a form; verb: after
 * می and its kin. Open addressing over an index of 8 bytes a word; the
 * nodes lie in the order of the list, frequent words first, so that those of running text stay in
 * the cache: 35,000 forms are 0.5 MB and 5 MB. */
#include "text/lexicon_private.h"

#include "base/csv.h"
#include "base/error.h"
#include "base/i18n.h"
#include "text/private.h"
#include "text/utf8.h"
#include <math.h>
#include <stdlib.h>

/* Endings that stand after a half-space; the first ENDINGS_PLURAL are written so after any word. */
const char *const LEXICON_ENDINGS[LEXICON_N_ENDINGS] = {
    "ها",   "های",   "هایی", "هایم", "هایت", "هایش", "هایمان", "هایتان", "هایشان",
    "هاست", "هایند", "تر",   "ترین", "تری",  "ترها", "ای",     "ام",     "اند",
    "ایم",  "اید",   "اش",   "ات",   "مان",  "شان",  "تان",
};

/* What a verb begins with before its half-space. */
const char *const LEXICON_PREFIXES[LEXICON_N_PREFIXES] = {
    "می",    "نمی",    "برمی", "برنمی", "درمی",  "درنمی", "بازمی", "بازنمی",
    "فرومی", "فرونمی", "وامی", "وانمی", "فرامی", "ورمی",  "همی",
};

/* In bytes; and the second byte of the letters an ending can begin with: ه ت ا م ش. */
static const guint8 ENDING_BYTES[LEXICON_N_ENDINGS] = {
    4, 6, 8, 8, 8, 8, 12, 12, 12, 8, 10, 4, 8, 6, 8, 4, 4, 6, 6, 6, 4, 4, 6, 6, 6,
};

int lexicon_ending(const char *part, gsize length)
{
    if (length < 4 || length > 12)
        return -1;
    guint8 first = (guint8)part[1];
    if (first != 0x87 && first != 0xAA && first != 0xA7 && first != 0x85 && first != 0xB4)
        return -1;
    for (int i = 0; i < LEXICON_N_ENDINGS; i++)
        if (ENDING_BYTES[i] == length && memcmp(part, LEXICON_ENDINGS[i], length) == 0)
            return i;
    return -1;
}

int lexicon_prefix(const char *part, gsize length)
{
    /* all of them end in می */
    if (length < 4 || length > 12 || (guint8)part[length - 1] != 0x8C ||
        memcmp(part + length - 4, "می", 4) != 0)
        return -1;
    for (int i = 0; i < LEXICON_N_PREFIXES; i++)
        if (strlen(LEXICON_PREFIXES[i]) == length && memcmp(part, LEXICON_PREFIXES[i], length) == 0)
            return i;
    return -1;
}

LexiconClass lexicon_class(const char *stem, gsize length)
{
    guint32 c = 0;
    if (length < 2)
        return LEXICON_JOINS;
    utf8_decode(stem + length - 2, stem + length, &c);
    switch (c) {
    case 0x647:
        return LEXICON_HEH;
    case 0x6CC:
        return LEXICON_YEH;
    case 0x627:
    case 0x648:
    case 0x622:
        return LEXICON_VOWEL;
    case 0x62F:
    case 0x630:
    case 0x631:
    case 0x632:
    case 0x698:
    case 0x623:
    case 0x625:
    case 0x624:
        return LEXICON_BREAKS;
    default:
        return LEXICON_JOINS;
    }
}

gsize lexicon_core(const char *word, gsize length)
{
    while (length >= 4) {
        guint32 c = 0;
        utf8_decode(word + length - 2, word + length, &c);
        if (!(c == 0x654 || (c >= 0x64B && c <= 0x650)))
            break;
        length -= 2;
    }
    return length;
}

/* ---- the table ---- */

/* The place of a word in the index: its own, or a free one. */
static LexiconSlot *slot(const TextLexicon *lexicon, gsize length, guint64 hash)
{
    gsize mask = lexicon->room - 1;
    for (gsize i = hash & mask;; i = (i + 1) & mask) {
        LexiconSlot *at = &lexicon->slots[i];
        if (at->node == 0)
            return at;
        /* 64 bits of hash stand for the word: a clash would at worst misplace a half-space. */
        const LexiconNode *node = &lexicon->nodes[at->node];
        if (at->tag == (guint32)(hash >> 32) && node->hash == hash && node->length == length)
            return at;
    }
}

static LexiconNode *find(const TextLexicon *lexicon, const char *word, gsize length)
{
    return &lexicon->nodes[slot(lexicon, length, lexicon_hash(LEXICON_HASH_START, word, length))
                               ->node];
}

const LexiconNode *lexicon_find(const TextLexicon *lexicon, const char *word, gsize length)
{
    return length == 0 || length > LEXICON_WORD_MAX ? &lexicon->nodes[0]
                                                    : find(lexicon, word, length);
}

const LexiconNode *lexicon_find_hashed(const TextLexicon *lexicon, guint64 hash, gsize length)
{
    return &lexicon->nodes[slot(lexicon, length, hash)->node];
}

/* Room for one more word. False when memory is lacking. */
static bool grow(TextLexicon *lexicon, gsize bytes)
{
    if (lexicon->n + 2 > lexicon->nodes_room) { /* node 0 holds nothing */
        gsize room = lexicon->nodes_room * 2 + 4096;
        LexiconNode *nodes = aligned_alloc(_Alignof(LexiconNode), room * sizeof *nodes);
        if (nodes == NULL)
            return false;
        nodes[0] = (LexiconNode){0};
        if (lexicon->n > 0)
            memcpy(nodes, lexicon->nodes, (lexicon->n + 1) * sizeof *nodes);
        free(lexicon->nodes);
        lexicon->nodes = nodes;
        lexicon->nodes_room = room;
    }
    if ((lexicon->n + 1) * 10 > lexicon->room * 6) {
        gsize room = lexicon->room == 0 ? 1 << 12 : lexicon->room * 2;
        LexiconSlot *slots = calloc(room, sizeof *slots);
        if (slots == NULL)
            return false;
        free(lexicon->slots);
        lexicon->slots = slots;
        lexicon->room = room;
        for (gsize i = 1; i <= lexicon->n; i++) {
            const LexiconNode *node = &lexicon->nodes[i];
            *slot(lexicon, node->length, node->hash) =
                (LexiconSlot){.tag = (guint32)(node->hash >> 32), .node = (guint32)i};
        }
    }
    if (lexicon->n_bytes + bytes > lexicon->bytes_room) {
        gsize room = lexicon->bytes_room * 2 + 4096;
        char *more = realloc(lexicon->bytes, room);
        if (more == NULL)
            return false;
        lexicon->bytes = more;
        lexicon->bytes_room = room;
    }
    return true;
}

/* The node of a word, made when it is new. NULL when memory is lacking. */
static LexiconNode *take(TextLexicon *lexicon, const char *word, gsize length)
{
    if (!grow(lexicon, length))
        return NULL;
    guint64 hash = lexicon_hash(LEXICON_HASH_START, word, length);
    LexiconSlot *at = slot(lexicon, length, hash);
    if (at->node != 0)
        return &lexicon->nodes[at->node];
    memcpy(lexicon->bytes + lexicon->n_bytes, word, length);
    *at = (LexiconSlot){.tag = (guint32)(hash >> 32), .node = (guint32)++lexicon->n};
    LexiconNode *node = &lexicon->nodes[lexicon->n];
    *node = (LexiconNode){.hash = hash, .at = (guint32)lexicon->n_bytes, .length = (guint8)length};
    lexicon->n_bytes += length;
    return node;
}

/* ---- counting ---- */

typedef struct {
    const char *part[8];
    gsize length[8];
    gsize n;
    char letters[LEXICON_WORD_MAX + 8]; /* all parts together */
    gsize n_letters;
    guint64 mask;
} Form;

static bool split_form(const char *form, gsize length, Form *f)
{
    *f = (Form){.n = 0};
    for (gsize at = 0; at < length;) {
        gsize end = at;
        while (end < length && (guint8)form[end] < 0xE0)
            end++;
        if (f->n == 8 || end == at || f->n_letters + (end - at) > LEXICON_WORD_MAX)
            return false;
        if (f->n > 0)
            f->mask |= 1ull << (f->n_letters / 2 - 1);
        memcpy(f->letters + f->n_letters, form + at, end - at);
        f->part[f->n] = f->letters + f->n_letters;
        f->length[f->n++] = end - at;
        f->n_letters += end - at;
        at = end + 3;
    }
    return f->n > 0;
}

#define ADD(word, n_bytes, field, count)                                                           \
    do {                                                                                           \
        LexiconNode *node_ = take(lexicon, word, n_bytes);                                         \
        if (node_ == NULL)                                                                         \
            return false;                                                                          \
        node_->field += count;                                                                     \
    } while (0)

static bool count_form(TextLexicon *lexicon, const char *form, gsize length, float count)
{
    Form f;
    if (!split_form(form, length, &f))
        return true; /* too long to matter */
    gsize core = lexicon_core(f.letters, f.n_letters);
    if (f.n == 1) {
        lexicon->tokens += (double)count;
        ADD(f.letters, f.n_letters, plain, count);
        ADD(f.letters, f.n_letters, word, count);
        if (core != f.n_letters && core > 0) {
            ADD(f.letters, core, plain, count);
            ADD(f.letters, core, word, count);
        }
        return true;
    }
    lexicon->tokens += (double)count;
    for (int cored = 0; cored < 2; cored++) {
        gsize n = cored ? core : f.n_letters;
        if (cored && (core == f.n_letters || core + 2 < f.n_letters))
            break;
        LexiconNode *node = take(lexicon, f.letters, n);
        if (node == NULL)
            return false;
        if (count > node->lost || node->lost_mask == f.mask) {
            node->lost = node->lost_mask == f.mask ? node->lost + count : count;
            node->lost_mask = f.mask;
        }
    }
    bool verb = lexicon_prefix(f.part[0], f.length[0]) >= 0;
    ADD(f.part[0], f.length[0], head, count);
    ADD(f.part[0], f.length[0], head_types, 1);
    if (verb) {
        gsize rest = f.n_letters - f.length[0];
        ADD(f.part[1], rest, verb, count);
        lexicon->verbs += (double)count;
    } else {
        gsize last = lexicon_core(f.part[f.n - 1], f.length[f.n - 1]);
        ADD(f.part[f.n - 1], f.length[f.n - 1], tail, count);
        ADD(f.part[f.n - 1], f.length[f.n - 1], tail_types, 1);
        if (last != f.length[f.n - 1] && last > 0) {
            ADD(f.part[f.n - 1], last, tail, count);
            ADD(f.part[f.n - 1], last, tail_types, 1);
        }
    }
    ADD(f.part[0], f.length[0], word, count);
    return true;
}

/* Forms of verbs: their stems with the endings taken off, so that می‌چرخیدند is known
 * from می‌چرخید. */
static const char *const VERB_ENDINGS[] = {"یم", "ید",  "ند",  "ام",   "م",    "ی",    "د",
                                           "ه",  "هام", "های", "هاست", "هایم", "هاید", "هاند"};
static const char *const PAST_ENDINGS[] = {"یدند", "یدم", "یدیم", "دند", "تند",
                                           "یده",  "ید",  "اند",  "انند"};

static bool ends_with(const char *word, gsize length, const char *ending, gsize *ret_stem)
{
    gsize n = strlen(ending);
    if (length < n + 4 || memcmp(word + length - n, ending, n) != 0)
        return false;
    *ret_stem = length - n;
    return true;
}

bool lexicon_verb_like(const TextLexicon *lexicon, const char *word, gsize length)
{
    gsize stem;
    if (lexicon_find(lexicon, word, length)->verb_stem > 0)
        return true;
    for (gsize i = 0; i < G_N_ELEMENTS(VERB_ENDINGS); i++)
        if (ends_with(word, length, VERB_ENDINGS[i], &stem) &&
            lexicon_find(lexicon, word, stem)->verb_stem > 0)
            return true;
    return false;
}

static const char *const VERB_STEMS[] = {
#include "text/verb_stems.inc"
};

static bool count_verbs(TextLexicon *lexicon)
{
    gsize n = lexicon->n; /* the table grows meanwhile */
    bool done = true;
    for (gsize i = 0; done && i < G_N_ELEMENTS(VERB_STEMS); i++) {
        LexiconNode *node = take(lexicon, VERB_STEMS[i], strlen(VERB_STEMS[i]));
        done = node != NULL;
        if (done)
            node->verb_stem += 1;
    }
    char word[LEXICON_WORD_MAX + 8];
    for (gsize i = 1; done && i <= n; i++) {
        const LexiconNode found = lexicon->nodes[i];
        gsize stem, length = found.length;
        memcpy(word, lexicon->bytes + found.at, length);
        if (found.verb > 0) {
            for (gsize e = 0; done && e <= G_N_ELEMENTS(VERB_ENDINGS); e++) {
                bool whole = e == G_N_ELEMENTS(VERB_ENDINGS);
                if (!whole && !ends_with(word, length, VERB_ENDINGS[e], &stem))
                    continue;
                LexiconNode *node = take(lexicon, word, whole ? length : stem);
                done = node != NULL;
                if (done)
                    node->verb_stem += found.verb;
            }
        } else if (found.plain > 0) {
            for (gsize e = 0; done && e < G_N_ELEMENTS(PAST_ENDINGS); e++)
                if (ends_with(word, length, PAST_ENDINGS[e], &stem)) {
                    LexiconNode *node = take(lexicon, word, stem);
                    done = node != NULL;
                    if (done)
                        node->verb_stem += 0.2f * found.plain;
                }
        }
    }
    return done;
}

/* How often an ending or a part takes its half-space, by the letter before it: types, not tokens,
 * so that one frequent word (آنها) decides nothing for the rest. */
static LexiconClass three(LexiconClass class)
{
    return class == LEXICON_YEH ? LEXICON_JOINS : class == LEXICON_VOWEL ? LEXICON_BREAKS : class;
}

static void count_places(TextLexicon *lexicon)
{
    double with[LEXICON_N_ENDINGS][LEXICON_N_CLASSES] = {{0}},
           without[LEXICON_N_ENDINGS][LEXICON_N_CLASSES] = {{0}};
    double with_tokens[LEXICON_N_ENDINGS][LEXICON_N_CLASSES] = {{0}},
           without_tokens[LEXICON_N_ENDINGS][LEXICON_N_CLASSES] = {{0}};
    double stems[LEXICON_N_CLASSES] = {0}, all_with[LEXICON_N_CLASSES] = {0},
           all_without[LEXICON_N_CLASSES] = {0};
    for (gsize i = 1; i <= lexicon->n; i++) {
        const LexiconNode *node = &lexicon->nodes[i];
        const char *word = lexicon->bytes + node->at;
        if (node->plain > 0)
            stems[lexicon_class(word, node->length)] += (double)node->plain;
        gsize n = node->length;
        for (gsize cut = 4; node->lost > 0 && cut + 4 <= n;
             cut += 2) { /* each half-space of the form */
            if (!(node->lost_mask >> (cut / 2 - 1) & 1))
                continue;
            gsize end = cut + 2;
            while (end < n && !(node->lost_mask >> (end / 2 - 1) & 1))
                end += 2;
            int ending = lexicon_ending(word + cut, lexicon_core(word + cut, end - cut));
            LexiconClass class = lexicon_class(word, cut);
            stems[class] += (double)node->lost;
            if (ending >= 0) {
                with[ending][class]++;
                with_tokens[ending][class] += (double)node->lost;
            } else if (lexicon_prefix(word, cut) < 0) {
                LexiconNode *tail = find(lexicon, word + cut, end - cut);
                if (tail->length != 0) {
                    tail->tail_with[three(class)]++;
                    all_with[three(class)]++;
                }
                LexiconNode *head = find(lexicon, word, cut);
                if (head->length != 0)
                    head->head_with++;
            }
        }
        if (node->plain <= 0)
            continue;
        for (gsize cut = 4; cut + 4 <= n; cut += 2) { /* each way it could be two words */
            const LexiconNode *stem = lexicon_find(lexicon, word, cut);
            if (stem->word < 2)
                continue;
            int ending = lexicon_ending(word + cut, n - cut);
            LexiconClass class = lexicon_class(word, cut);
            if (ending >= 0) {
                if (ending < LEXICON_PLURALS || stem->word >= node->plain) {
                    without[ending][class]++;
                    without_tokens[ending][class] += (double)node->plain;
                }
                continue;
            }
            LexiconNode *tail = find(lexicon, word + cut, n - cut);
            if (tail->length != 0 && tail->tail_types >= 4) {
                tail->tail_without[three(class)]++;
                all_without[three(class)]++;
            }
            if (stem->head_types >= 4 && n - cut >= 6 && tail->length != 0 && tail->word >= 2)
                ((LexiconNode *)stem)->head_without++;
        }
    }
    for (int e = 0; e < LEXICON_N_ENDINGS; e++)
        for (int c = 0; c < LEXICON_N_CLASSES; c++) {
            double tokens = with_tokens[e][c] + MIN(without_tokens[e][c], with_tokens[e][c] + 3);
            double place = (with[e][c] + 0.3) / (with[e][c] + without[e][c] + 0.6);
            lexicon->ending_seen[e][c] = with[e][c] + without[e][c] >= 1;
            lexicon->ending_rate[e][c] = (float)log((tokens + 0.01) / (stems[c] + 1));
            lexicon->ending_with[e][c] = (float)log(place);
            lexicon->ending_without[e][c] = (float)log(1 - place);
        }
    for (gsize i = 1; i <= lexicon->n; i++) {
        LexiconNode *node = &lexicon->nodes[i];
        double n = lexicon->tokens;
        node->log_plain = node->plain > 0 ? (float)log((double)node->plain / n) : 0;
        node->log_word = node->word > 0 ? (float)log((double)node->word / n) : 0;
        node->log_head = node->head > 0 ? (float)log((double)node->head / n) : 0;
        node->log_tail = node->tail > 0 ? (float)log((double)node->tail / n) : 0;
        node->log_lost = node->lost > 0 ? (float)log((double)node->lost / n) : 0;
        node->log_verb = node->verb > 0 ? (float)log((double)node->verb / (lexicon->verbs + 1)) : 0;
        for (int c = 0; c < LEXICON_N_CLASSES; c++) {
            double common =
                c == LEXICON_HEH ? 0.97 : (all_with[c] + 1) / (all_with[c] + all_without[c] + 2);
            double place = ((double)node->tail_with[c] + 2 * common) /
                           ((double)(node->tail_with[c] + node->tail_without[c]) + 2);
            node->tail_place[c] = (float)place;
        }
        node->head_place =
            (float)((node->head_with + 1.0) / (node->head_with + node->head_without + 2.0));
        const char *word = lexicon->bytes + node->at;
        bool affix =
            lexicon_ending(word, node->length) >= 0 || lexicon_prefix(word, node->length) >= 0;
        node->is_tail = !affix && node->tail_types >= 4;
        node->is_head = !affix && node->head_types >= 4;
        node->only_tail = node->is_tail && node->tail / (node->tail + node->plain + 0.5f) >= 0.9f;
        node->only_head = !affix && node->head_types >= 6 &&
                          node->head / (node->head + node->plain + 0.5f) >= 0.88f;
    }
}

/* ---- reading ---- */

static bool parse_line(const char *line, const char *end, gsize *ret_form, float *ret_count)
{
    const char *comma = memrchr(line, ',', (gsize)(end - line));
    char number[16];
    gint64 count;
    if (comma == NULL || comma == line || (gsize)(end - comma) > sizeof number)
        return false;
    gsize n = (gsize)(end - comma) - 1;
    memcpy(number, comma + 1, n);
    number[n] = '\0';
    if (!csv_parse_integer(number, &count) || count < 1 || count > 1000000000)
        return false;
    *ret_form = (gsize)(comma - line);
    *ret_count = (float)count;
    return true;
}

static bool persian_form(const char *form, gsize length)
{
    for (const char *at = form, *end = form + length; at < end;) {
        guint32 c;
        unsigned bytes = utf8_decode(at, end, &c);
        if (bytes == 0 ||
            !(utf8_is_arabic_letter(c) || (c >= 0x64B && c <= 0x655) || c == UTF8_ZWNJ))
            return false;
        if (c == UTF8_ZWNJ && (at == form || at + bytes == end))
            return false;
        at += bytes;
    }
    return length > 0;
}

TextLexicon *text_lexicon_new(const char *csv, gsize length, GError **error)
{
    TextLexicon *lexicon = calloc(1, sizeof *lexicon);
    guint64 line = 1;
    bool memory = lexicon != NULL;
    const char *at = memchr(csv, '\n', length), *end = csv + length;
    at = at == NULL ? end : at + 1;
    while (memory && at < end) {
        const char *newline = memchr(at, '\n', (gsize)(end - at));
        const char *stop = newline != NULL ? newline : end;
        gsize form;
        float count;
        line++;
        if (stop > at && stop[-1] == '\r')
            stop--;
        if (stop > at) {
            if (!parse_line(at, stop, &form, &count)) {
                g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                            _("Line %lu of the word list is no \"form,count\"."),
                            (unsigned long)line);
                text_lexicon_free(lexicon);
                return NULL;
            }
            for (const char *word = at, *last = at + form;
                 memory && word < last;) { /* phrases: word by word */
                const char *space = memchr(word, ' ', (gsize)(last - word));
                gsize n = (gsize)((space != NULL ? space : last) - word);
                if (persian_form(word, n))
                    memory = count_form(lexicon, word, n, count);
                word += n + 1;
            }
        }
        at = newline != NULL ? newline + 1 : end;
    }
    memory = memory && (lexicon->room > 0 || take(lexicon, "و", 2) != NULL) && count_verbs(lexicon);
    if (!memory) {
        text_lexicon_free(lexicon);
        text_error_memory(error);
        return NULL;
    }
    count_places(lexicon);
    return lexicon;
}

void text_lexicon_free(TextLexicon *lexicon)
{
    if (lexicon == NULL)
        return;
    free(lexicon->nodes);
    free(lexicon->slots);
    free(lexicon->bytes);
    free(lexicon);
}
