/* text/tokens.h: words, numbers and signs of a text with their folded spelling; private to
 * src/text. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef enum { TOKEN_WORD, TOKEN_NUMBER, TOKEN_SIGN, TOKEN_LINE, TOKEN_END } TokenKind;

typedef struct {
    guint32 start, end; /**< bytes */
    guint32 folded;     /**< WORD: offset in TextTokens.folded (NUL-terminated) */
    guint32 sign;       /**< SIGN: code point */
    gint64 value;       /**< NUMBER: -1 when above 15 digits */
    guint16 folded_length;
    guint8 kind;
    guint8 digits; /**< NUMBER: how many; WORD: 1 when it can begin a number in words */
    bool gap;      /**< white space stands before it */
    guint16 known; /**< WORD: index in this room's vocabulary (vocabulary.h); 0: not in it */
} Token;

/** A word that is a number; folded spelling. */
typedef struct {
    const char *word;
    gint16 value;
    bool ordinal;
} NumberWord;

/** What a code point is to the splitter. */
enum {
    TOKEN_OF_OTHER,
    TOKEN_OF_LETTER,
    TOKEN_OF_DIGIT,
    TOKEN_OF_SPACE,
    TOKEN_OF_LINE,
    TOKEN_OF_NOTHING,
};
guint8 token_classify(guint32 c);

/** How U+0600–U+06FF fold, by the low byte (fold.c); 0: dropped, 1: kept. */
extern const guint16 TEXT_FOLD_ARABIC[256];

/** All words that are numbers, in order of bytes; static. */
const NumberWord *token_number_words_peek(gsize *ret_n);

typedef struct {
    Token *tokens; /**< n tokens and then one of kind TOKEN_END */
    gsize n;
    char *folded;
} TextTokens;

/** Splits a text. False when memory is lacking. Half-spaces stay within words; a word's folded
 *  spelling is text_fold's. A line's end is a token. */
bool text_tokens_new(const char *text, gsize length, TextTokens *ret_tokens);
void text_tokens_clear(TextTokens *tokens);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TextTokens, text_tokens_clear)

static inline const char *token_word(const TextTokens *t, gsize i)
{
    return i < t->n && t->tokens[i].kind == TOKEN_WORD ? t->folded + t->tokens[i].folded : "";
}

/** Whether `word` is one of a list "|a|b|c|". */
bool token_listed(const char *list, const char *word);

/** Reads a number at token i: digits (with thousands separators), or words (هزار و سیصد و شصت و
 *  هفت, twenty-eight; ordinals too). Gives tokens read, 0 when there is none. */
gsize token_number(const TextTokens *t, gsize i, gint64 *ret_value, bool *ret_words,
                   bool *ret_ordinal);
