/* Stage two of normalization: half-spaces, put back where they were lost.
 *
 * A half-space is lost in two ways. It became a space («می رود»): then two neighbours are joined.
 * Or it vanished («سازمانهای»): then a word is parted. A word's best reading is the likeliest of:
 * as it stands, as the lexicon has it, verb prefix + verb, stem + ending, head + tail; each with
 * the chance that a half-space stands there after that letter (after د or ر most people write
 * none).
 *
 * Which of the two a text suffers from is seen from the text itself: its half-spaces (kept), می and
 * ها standing alone (spaced), words that read better parted (lost). A text that has kept its own is
 * left alone but for what is certain; so intact text comes back unharmed.
 *
 * Costs one look-up a word, a second for each pair; readings are made for unknown words only and
 * remembered for the running text. 60 to 100 MB/s. Tried and dropped: bigram counts (the treebank's
 * forms give none), parting without the letter's class (0.957 against 0.962). */
#include "text/private.h"

#include "text/lexicon_private.h"
#include "text/utf8.h"
#include <math.h>
#include <stdlib.h>

/* Chosen on UD_Persian-PerDT's dev part by grid; natural logarithms. */
static const float UNKNOWN_WORD = -8, UNKNOWN_STEM = -7, UNKNOWN_LETTER = -1.9f; /* + per letter */
static const float COMPOUND = -2, COMPOUND_KNOWN = 4, VERB_LIKE = -5, VERB_PLAIN = -7,
                   KNOWN_ONCE = -3;

enum { MEMO = 1024, FEW = 4 };
static const float FEW_MARGIN = 2;

/* ---- readings of one word ---- */

typedef struct {
    float score;
    guint64 mask; /* bit i: a half-space after letter i */
} Reading;

typedef struct {
    const TextLexicon *lexicon;
    TextConvention convention;
} Reader;

static void keep_better(Reading *best, float score, guint64 mask)
{
    if (score > best->score)
        *best = (Reading){score, mask};
}

static float unknown(gsize bytes, float start)
{
    return start + UNKNOWN_LETTER * (float)(bytes / 2);
}

static Reading read_word(const Reader *r, const char *word, gsize length, int depth);

/* A stem: as a known word, or as a form that itself holds half-spaces. */
static Reading read_stem(const Reader *r, const char *word, gsize length, int depth)
{
    const LexiconNode *node = lexicon_find(r->lexicon, word, length);
    Reading best = {node->word > 0 ? node->log_word : unknown(length, UNKNOWN_STEM), 0};
    if (depth < 3 && length >= 8) {
        Reading parted = read_word(r, word, length, depth + 1);
        if (parted.mask != 0)
            keep_better(&best, parted.score, parted.mask);
    }
    return best;
}

static void read_prefix(const Reader *r, const char *word, gsize length, Reading *best)
{
    if (((guint8)word[1] != 0x85 && memmem(word, MIN(length, 12), "می", 4) == NULL))
        return;
    for (gsize cut = 4; cut <= 12 && cut + 4 <= length; cut += 2) {
        if (lexicon_prefix(word, cut) < 0)
            continue;
        const LexiconNode *prefix = lexicon_find(r->lexicon, word, cut);
        const LexiconNode *rest = lexicon_find(r->lexicon, word + cut, length - cut);
        float start = prefix->head > 0 ? prefix->log_head : (float)-log(r->lexicon->tokens + 1),
              score;
        if (rest->verb > 0)
            score = start + rest->log_verb;
        else if (lexicon_verb_like(r->lexicon, word + cut, length - cut))
            score = start + VERB_LIKE;
        else if (rest->plain > 0)
            score = start + VERB_PLAIN + rest->log_plain / 2 - 4;
        else
            score = start + unknown(length - cut, UNKNOWN_STEM) - 8;
        keep_better(best, score, 1ull << (cut / 2 - 1));
    }
}

static void read_ending(const Reader *r, const char *word, gsize length, int depth, Reading *best)
{
    for (gsize n = 4; n <= 14 && n + 4 <= length; n += 2) {
        gsize cut = length - n;
        int ending = lexicon_ending(word + cut, n);
        if (ending < 0)
            continue;
        LexiconClass class = lexicon_class(word, cut);
        if (!r->lexicon->ending_seen[ending][class])
            continue;
        Reading stem = read_stem(r, word, cut, depth);
        float score = stem.score + r->lexicon->ending_rate[ending][class];
        keep_better(best, score + r->lexicon->ending_with[ending][class],
                    stem.mask | 1ull << (cut / 2 - 1));
        if (stem.mask == 0)
            keep_better(best, score + r->lexicon->ending_without[ending][class], 0);
    }
}

static LexiconClass joint(const char *stem, gsize length)
{
    LexiconClass class = lexicon_class(stem, length);
    return class == LEXICON_HEH                                ? LEXICON_HEH
           : class == LEXICON_BREAKS || class == LEXICON_VOWEL ? LEXICON_BREAKS
                                                               : LEXICON_JOINS;
}

static void read_compound(const Reader *r, const char *word, gsize length, Reading *best)
{
    for (gsize cut = 4; cut + 4 <= length; cut += 2) {
        if (lexicon_ending(word + cut, length - cut) >= 0 || lexicon_prefix(word, cut) >= 0)
            continue;
        const LexiconNode *a = lexicon_find(r->lexicon, word, cut);
        if (a->length == 0)
            continue;
        const LexiconNode *b = lexicon_find(r->lexicon, word + cut, length - cut);
        if (b->length == 0)
            continue;
        LexiconClass class = joint(word, cut);
        guint64 mask = 1ull << (cut / 2 - 1);
        if (b->is_tail && a->word >= 1) {
            float score = a->log_word + b->log_tail + COMPOUND + COMPOUND_KNOWN,
                  place = b->tail_place[class];
            keep_better(best, score + logf(place), mask);
            keep_better(best, score + logf(1 - place), 0);
        } else if (a->is_head && b->word >= 2) {
            float score = a->log_head + b->log_word + COMPOUND + COMPOUND_KNOWN,
                  place = a->head_place;
            keep_better(best, score + logf(place), mask);
            keep_better(best, score + logf(1 - place), 0);
        } else if (a->head >= 1 && b->tail >= 1) {
            keep_better(
                best, a->log_head + b->log_tail + COMPOUND + 1 - (class == LEXICON_BREAKS ? 1 : 0),
                mask);
        } else if (a->word >= 2 && b->word >= 2 && cut > 4 && length - cut > 4) {
            keep_better(
                best, a->log_word + b->log_word + COMPOUND - 1 - (class == LEXICON_BREAKS ? 2 : 0),
                mask);
        }
    }
}

/* word: letters and marks, no final mark. */
static Reading read_word(const Reader *r, const char *word, gsize length, int depth)
{
    const LexiconNode *node = lexicon_find(r->lexicon, word, length);
    Reading best = {node->plain > 0 ? node->log_plain : unknown(length, UNKNOWN_WORD), 0};
    if (node->lost > 0)
        keep_better(&best, node->log_lost, node->lost_mask);
    /* A word that is known as it stands is not taken apart by rules. */
    if (length < 8 || node->plain >= 2)
        return best;
    Reading parted = {-G_MAXFLOAT, 0};
    read_prefix(r, word, length, &parted);
    read_ending(r, word, length, depth, &parted);
    if (r->convention == TEXT_CONVENTION_ACADEMY)
        read_compound(r, word, length, &parted);
    keep_better(&best, parted.score + (node->plain > 0 ? KNOWN_ONCE : 0), parted.mask);
    return best;
}

/* Adverbs with به (به‌زودی), beyond the treebank: no one writes them as one on purpose.
 */
static guint64 written_apart(const char *word, gsize length)
{
    static const char *const WORDS[] = {
#include "text/adverbs.inc"
    };
    if (length < 10 || memcmp(word, "به", 4) != 0)
        return 0;
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
        if (strlen(WORDS[i]) == length - 4 && memcmp(word + 4, WORDS[i], length - 4) == 0)
            return 2;
    return 0;
}

/* ---- the text as tokens ---- */

typedef struct {
    guint32 start, end;      /* bytes */
    const LexiconNode *node; /* of its letters without a final mark; never NULL */
    guint16 letters;         /* bytes of letters without half-spaces; 0: too long to look at */
    guint8 core;             /* of them without final marks; of a word without half-spaces */
    gint8 ending;            /* which ending the core is, or -1; likewise */
    bool space_before;       /* exactly one space parts it from the token before */
    bool has_half_space;
    guint64 mask; /* its own half-spaces */
    guint64 lost; /* what its best reading adds */
    float margin; /* of that reading over the plain one */
} Word;

enum { KEPT_FACTOR = 4, LOOK_UP_AT_ONCE = 32 };

typedef struct {
    const char *text;
    const TextOptions *options;
    TextSink *sink;
    Reader reader;
    Word *words;
    gsize n, room;
    struct {
        guint64 hash;
        Reading reading;
        float plain;
    } * memo;
    double kept, spaced, lost;
} Pass;

/* The word's letters (word->letters bytes): in the text, or without half-spaces in `room`. */
static const char *letters_of(const Pass *pass, const Word *word, char *room)
{
    gsize n = 0;
    if (!word->has_half_space)
        return pass->text + word->start;
    for (guint32 at = word->start; at < word->end;) {
        if ((guint8)pass->text[at] == 0xE2) {
            at += 3;
        } else {
            room[n++] = pass->text[at++];
            room[n++] = pass->text[at++];
        }
    }
    return room;
}

static bool letter_at(const char *at, const char *end)
{
    guint8 b = (guint8)*at;
    if (b < 0xD8 || b > 0xDB || at + 1 >= end)
        return false;
    guint32 c = (guint32)(b & 0x1F) << 6 | ((guint8)at[1] & 0x3F);
    return (c >= 0x620 && c <= 0x655 && c != 0x640) || (c >= 0x66E && c <= 0x6D3) || c == 0x6D5;
}

/* A letter, no mark: what a word and its parts begin with. */
static bool begins_at(const char *at, const char *end)
{
    return letter_at(at, end) &&
           !((guint8)at[0] == 0xD9 && (guint8)at[1] >= 0x8B && (guint8)at[1] <= 0x95);
}

static bool half_space_at(const char *at, const char *end)
{
    return end - at >= 3 && (guint8)at[0] == 0xE2 && (guint8)at[1] == 0x80 && (guint8)at[2] == 0x8C;
}

/* Tokens of a text: runs of Persian letters, marks and half-spaces. */
static bool find_words(Pass *pass, gsize from, gsize to)
{
    const char *text = pass->text, *end = text + to;
    gsize last_end = 0;
    pass->n = 0;
    for (const char *at = text + from; at < end;) {
        if (!begins_at(at, end)) {
            at++;
            continue;
        }
        if (pass->n == pass->room) {
            gsize room = pass->room * 2 + 4096;
            Word *words = realloc(pass->words, room * sizeof *words);
            if (words == NULL)
                return false;
            pass->words = words;
            pass->room = room;
        }
        Word *word = &pass->words[pass->n];
        gsize start = (gsize)(at - text), letters = 0;
        *word = (Word){.start = (guint32)start};
        while (at < end) {
            if (letter_at(at, end)) {
                at += 2;
                letters += 2;
            } else if (half_space_at(at, end) && at + 3 < end && begins_at(at + 3, end)) {
                if (letters / 2 - 1 < 64)
                    word->mask |= 1ull << (letters / 2 - 1);
                word->has_half_space = true;
                pass->kept++;
                at += 3;
            } else {
                break;
            }
        }
        word->end = (guint32)(at - text);
        word->letters = letters <= LEXICON_WORD_MAX ? (guint16)letters : 0;
        word->space_before = pass->n > 0 && start == last_end + 1 && text[last_end] == ' ';
        last_end = word->end;
        pass->n++;
    }
    return true;
}

/* What a word would read as, remembered. Only words without a half-space of their own are parted.
 */
static void read_lost(Pass *pass, Word *word)
{
    const TextLexicon *lexicon = pass->reader.lexicon;
    const char *letters = pass->text + word->start;
    if (lexicon == NULL || word->has_half_space || word->letters < 6)
        return;
    gsize core = word->core;
    const LexiconNode *node = word->node;
    if (node->plain >= 2 && node->lost <= 2 * node->plain)
        return; /* known as it stands: nearly every word ends here */
    guint64 hash = lexicon_hash(LEXICON_HASH_START, letters, core) | 1;
    gsize slot = hash >> 20 & (MEMO - 1);
    if (pass->memo[slot].hash != hash) {
        Reading reading = read_word(&pass->reader, letters, core, 0);
        guint64 apart =
            pass->options->convention == TEXT_CONVENTION_ACADEMY ? written_apart(letters, core) : 0;
        if (apart != 0)
            reading = (Reading){-5, apart};
        pass->memo[slot].hash = hash;
        pass->memo[slot].reading = reading;
        pass->memo[slot].plain = node->plain > 0 ? node->log_plain : unknown(core, UNKNOWN_WORD);
    }
    word->lost = pass->memo[slot].reading.mask;
    /* never between a letter and its mark */
    for (gsize letter = 0; letter * 2 + 2 < word->letters && letter < 64; letter++)
        if ((word->lost >> letter & 1) &&
            !begins_at(letters + 2 * letter + 2, letters + word->letters))
            word->lost = 0;
    word->margin = pass->memo[slot].reading.score - pass->memo[slot].plain;
    if (word->lost != 0)
        pass->lost++;
}

/* ---- joining neighbours ---- */

enum { NOT = 0, COMPOUND_JOIN, STRONG_JOIN, SURE_JOIN };

/* First and last part of a word with half-spaces, as spans of its letters. */
static void outer_parts(const Word *word, guint64 mask, gsize *ret_first_end, gsize *ret_last_start)
{
    *ret_first_end = mask == 0 ? word->letters : 2 * (gsize)(__builtin_ctzll(mask) + 1);
    *ret_last_start = mask == 0 ? 0 : 2 * (gsize)(64 - __builtin_clzll(mask));
}

typedef struct {
    const char *letters; /* of the word so far, joined: in the text, or in `room` */
    gsize length;
    guint64 mask;
    const LexiconNode *last; /* the node of its last word */
    char room[2 * LEXICON_WORD_MAX + 8];
} Chain;

/* Whether `next` belongs to the chain, by what, and how sure. */
static int judge(const Pass *pass, const Chain *chain, const Word *next, guint64 next_mask,
                 double *ret_confidence)
{
    const TextLexicon *lexicon = pass->reader.lexicon;
    char room[LEXICON_WORD_MAX + 8];
    gsize first_end, unused;
    gsize length = next->letters;
    const char *right = letters_of(pass, next, room);
    outer_parts(next, next_mask, &first_end, &unused);
    gsize last_start = chain->mask == 0 ? 0 : 2 * (gsize)(64 - __builtin_clzll(chain->mask));
    const char *left = chain->letters + last_start;
    gsize left_length = chain->length - last_start;
    bool whole_word = next_mask == 0 && !next->has_half_space;
    gsize first = whole_word ? next->core : lexicon_core(right, first_end);
    if (lexicon_prefix(left, left_length) >= 0 && length >= 4) {
        *ret_confidence = 0.995;
        return SURE_JOIN;
    }
    int ending = whole_word ? next->ending : lexicon_ending(right, first);
    if (ending >= 0 && ending < LEXICON_SURE && left_length >= 4) {
        *ret_confidence = 0.99;
        return SURE_JOIN;
    }
    if (ending >= 0 && left_length >= 4) {
        LexiconClass class = lexicon_class(left, lexicon_core(left, left_length));
        bool personal = ending >= 22; /* مان شان تان: only as the lexicon has them */
        bool after = class == LEXICON_HEH || strcmp(LEXICON_ENDINGS[ending], "اند") == 0 ||
                     ((class == LEXICON_YEH || class == LEXICON_VOWEL) && left_length > 4 &&
                      token_listed("|اش|ام|ات|", LEXICON_ENDINGS[ending]));
        if (!personal && after) {
            *ret_confidence = 0.97;
            return SURE_JOIN;
        }
    }
    if (lexicon == NULL || pass->options->convention != TEXT_CONVENTION_ACADEMY ||
        chain->length + length > LEXICON_WORD_MAX)
        return NOT;
    /* Only what has been first part and what has been last part can be a known whole. */
    if ((chain->mask != 0 || chain->last->head > 0) && (next_mask != 0 || next->node->tail > 0)) {
        char both[2 * LEXICON_WORD_MAX + 8];
        memcpy(both, chain->letters, chain->length);
        memcpy(both + chain->length, right, length);
        guint64 mask = chain->mask | 1ull << (chain->length / 2 - 1) |
                       (chain->length / 2 < 64 ? next_mask << (chain->length / 2) : 0);
        const LexiconNode *whole = lexicon_find(lexicon, both, chain->length + length);
        if (whole->lost > 0 && whole->lost_mask == mask) {
            const LexiconNode *a = chain->mask != 0
                                       ? lexicon_find(lexicon, chain->letters, chain->length)
                                       : chain->last;
            const LexiconNode *b =
                next_mask != 0 ? lexicon_find(lexicon, right, length) : next->node;
            float a_count = chain->mask != 0 ? a->lost : a->plain,
                  b_count = next_mask != 0 ? b->lost : b->plain;
            double by_chance = (double)a_count * (double)b_count / lexicon->tokens;
            if ((double)whole->lost > 3 * by_chance) {
                *ret_confidence =
                    whole->lost >= 2 && (double)whole->lost > 5 * by_chance ? 0.95 : 0.9;
                return whole->lost >= 10 && (double)whole->lost > 20 * by_chance ? STRONG_JOIN
                                                                                 : COMPOUND_JOIN;
            }
        }
    }
    const LexiconNode *tail = next_mask != 0 ? lexicon_find(lexicon, right, first) : next->node;
    const LexiconNode *head =
        last_start != 0 ? lexicon_find(lexicon, left, left_length) : chain->last;
    if ((tail->only_tail && ending < 0) || (head->only_head && next->node->word > 0)) {
        *ret_confidence = 0.9;
        return COMPOUND_JOIN;
    }
    return NOT;
}

/* ---- writing ---- */

/* Half-spaces put into a word at `add` (letters counted without half-spaces), with the text from
 * `written` up to the last of them. Gives where the text goes on. */
static gsize write_word(Pass *pass, const Word *word, gsize written, guint64 add, double confidence)
{
    const char *text = pass->text;
    guint32 at = word->start;
    for (gsize letter = 0; at < word->end && add != 0; letter++) {
        if ((guint8)text[at] == 0xE2)
            at += 3;
        at += 2;
        if (letter < 64 && (add >> letter & 1) && at < word->end) {
            text_sink_write(pass->sink, text + written, at - written);
            text_sink_change(pass->sink, at, at, UTF8_ZWNJ_BYTES, 3, TEXT_RULE_SPLIT, confidence);
            written = at;
            add &= ~(1ull << letter);
        }
    }
    return written;
}

static void chain_begin(Chain *chain, const Pass *pass, const Word *word, guint64 mask)
{
    chain->letters = letters_of(pass, word, chain->room);
    chain->length = word->letters;
    chain->mask = mask;
    chain->last = word->node;
}

static bool chain_add(Chain *chain, const Pass *pass, const Word *word, guint64 mask)
{
    char room[LEXICON_WORD_MAX + 8];
    if (chain->length + word->letters > LEXICON_WORD_MAX)
        return false;
    if (chain->letters != chain->room) {
        memcpy(chain->room, chain->letters, chain->length);
        chain->letters = chain->room;
    }
    chain->mask |= 1ull << (chain->length / 2 - 1) |
                   (chain->length / 2 < 64 ? mask << (chain->length / 2) : 0);
    memcpy(chain->room + chain->length, letters_of(pass, word, room), word->letters);
    chain->length += word->letters;
    chain->last = word->node;
    return true;
}

static const LexiconNode NO_NODE = {0};

/* Cores, endings and nodes of words [from, to): by steps, see lexicon_fetch. */
static void look_up(Pass *pass, gsize from, gsize to)
{
    const TextLexicon *lexicon = pass->reader.lexicon;
    guint64 hashes[LOOK_UP_AT_ONCE];
    for (gsize i = from; i < to; i++) {
        Word *word = &pass->words[i];
        word->node = &NO_NODE;
        if (word->letters == 0 || word->has_half_space)
            continue;
        const char *letters = pass->text + word->start;
        word->core = (guint8)lexicon_core(letters, word->letters);
        word->ending = (gint8)lexicon_ending(letters, word->core);
        hashes[i - from] = lexicon == NULL ? 0 : lexicon_fetch(lexicon, letters, word->core);
    }
    for (gsize i = from; lexicon != NULL && i < to; i++)
        if (pass->words[i].core > 0)
            lexicon_fetch_node(lexicon, hashes[i - from]);
    for (gsize i = from; lexicon != NULL && i < to; i++)
        if (pass->words[i].core > 0)
            pass->words[i].node =
                lexicon_find_hashed(lexicon, hashes[i - from], pass->words[i].core);
}

/* Stands alone and should not: می, ها … */
static bool alone(const Pass *pass, gsize i)
{
    const Word *word = &pass->words[i];
    if (word->has_half_space)
        return false;
    return (i + 1 < pass->n && pass->words[i + 1].space_before &&
            lexicon_prefix(pass->text + word->start, word->letters) >= 0) ||
           (word->space_before && word->ending >= 0 && word->ending < LEXICON_SURE &&
            word->core == word->letters);
}

static void restore(Pass *pass, gsize from, gsize to)
{
    const TextOptions *options = pass->options;
    bool join = (options->rules & 1u << TEXT_RULE_JOIN) != 0,
         split = (options->rules & 1u << TEXT_RULE_SPLIT) != 0;
    for (gsize i = 0; i < pass->n; i++) {
        Word *word = &pass->words[i];
        if (i % LOOK_UP_AT_ONCE == 0)
            look_up(pass, i, MIN(i + LOOK_UP_AT_ONCE, pass->n));
        if (word->letters == 0)
            continue;
        if (alone(pass, i))
            pass->spaced++;
        else if (split)
            read_lost(pass, word);
    }
    double all = pass->kept + pass->spaced + pass->lost;
    bool kept = pass->kept > 0 && pass->kept >= KEPT_FACTOR * (pass->spaced + pass->lost);
    /* Little seen, little done: two more of the other kind are supposed. */
    bool split_all = split && !kept && pass->lost >= 0.3 * (all + 2);
    bool compounds = !kept && pass->spaced > 0 && pass->spaced >= 0.15 * all;
    bool nothing_seen = !kept && pass->kept <= 0 && all <= 2;
    gsize written = from;
    Chain chain = {.length = 0};
    for (gsize i = 0; i < pass->n; i++) {
        Word *word = &pass->words[i];
        if (word->letters == 0) {
            chain.length = 0;
            continue;
        }
        guint64 add = split_all && (pass->spaced + pass->lost >= FEW || word->margin >= FEW_MARGIN)
                          ? word->lost
                          : 0;
        double confidence = 0.9;
        int sure = NOT;
        if (join && word->space_before && chain.length > 0)
            sure = judge(pass, &chain, word, word->mask | add, &confidence);
        bool joined = sure == SURE_JOIN || (sure == STRONG_JOIN && !kept) ||
                      (sure == COMPOUND_JOIN && compounds) ||
                      (sure == COMPOUND_JOIN && nothing_seen && confidence >= 0.93);
        if (joined && chain_add(&chain, pass, word, word->mask | add)) {
            text_sink_write(pass->sink, pass->text + written, word->start - 1 - written);
            text_sink_change(pass->sink, word->start - 1, word->start, UTF8_ZWNJ_BYTES, 3,
                             TEXT_RULE_JOIN, confidence);
            written = word->start;
        } else {
            chain_begin(&chain, pass, word, word->mask | add);
        }
        if (add != 0)
            written =
                write_word(pass, word, written, add, 1 / (1 + exp((double)-word->margin)) * 0.97);
    }
    text_sink_write(pass->sink, pass->text + written, to - written);
}

void text_halfspaces(const char *text, gsize length, const TextOptions *options, TextSink *sink)
{
    Pass pass = {
        .text = text,
        .options = options,
        .sink = sink,
        .reader = {.lexicon = options->lexicon, .convention = options->convention},
        .memo = calloc(MEMO, sizeof *pass.memo),
    };
    /* Blocks of whole lines: the words of one are held at a time, the evidence of all so far. */
    enum { BLOCK = 1 << 18 };
    if (pass.memo == NULL)
        sink->failed = true;
    for (gsize from = 0; from < length && !sink->failed;) {
        gsize to = MIN(length, from + BLOCK);
        if (to < length) {
            const char *newline = memrchr(text + from, '\n', to - from);
            if (newline == NULL)
                newline = memchr(text + to, '\n', length - to);
            to = newline == NULL ? length : (gsize)(newline - text) + 1;
        }
        if (!find_words(&pass, from, to))
            sink->failed = true;
        else
            restore(&pass, from, to);
        from = to;
    }
    free(pass.words);
    free(pass.memo);
}
