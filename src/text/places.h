/* text/places.h: the gazetteer's inside and its use in running text; private to src/text. */
#pragma once
#include "text/extract.h"
#include "text/tokens.h"

enum { PLACE_KEY_MAX = 120, PLACE_ROWS_MAX = 40 };

/** What is known of a name beside its letters. */
typedef struct {
    int kind;         /**< a TextPlaceKind that a word beside it says; -1: none does */
    const char *near; /**< ISO codes of provinces named nearby, ' ' between; NULL: none */
    gint32 day;       /**< as text_gazetteer_resolve's */
    bool plain;       /**< written in ASCII letters: a row spelt so comes before "Shīrāz" */
} PlaceContext;

/** A place's name that begins at word token i: tokens read, 0 when there is none. */
gsize text_place_at(const TextGazetteer *gazetteer, const TextTokens *tokens, const char *text,
                    gsize i, gint32 day, TextPlaceMatch *ret_match);

/** The kind that a folded word says («استان», "county"); -1 when it says none. */
int place_kind_word(const char *folded);
/** How many words the longest name has that begins with this folded word; 0: none does. */
guint8 gazetteer_words_from(const TextGazetteer *gazetteer, const char *folded, gsize length);
/** Rows of a name by its letters (folded, words put together); gives how many. */
gsize gazetteer_rows(const TextGazetteer *gazetteer, const char *key, gsize length,
                     gint32 rows[PLACE_ROWS_MAX]);
/** What these rows of one name mean here. False when there is none. */
bool gazetteer_choose(const TextGazetteer *gazetteer, const gint32 *rows, gsize n,
                      const PlaceContext *context, TextPlaceMatch *ret_match);
