/* text/extract_private.h: what the files of extraction share; private to src/text. */
#pragma once
#include "text/extract.h"
#include "text/tokens.h"
#include <string.h>

/** A text being read: its words, its dates, what was found so far. */
typedef struct {
    const char *text;
    gsize length;
    const TextTokens *t;
    const TextExtractOptions *options;
    TextDates dates;
    TextFinding *findings;
    guint32 *at; /**< of each finding: where it stands, see `here` */
    gsize n, room;
    guint32 here; /**< words so far, and more for what parts clauses: two findings belong together
                     the more, the less this differs */
    bool failed;  /**< memory was lacking; stays */
} ExtractReader;

/** A new finding over bytes [start, end). Takes value and detail (malloc; NULL: ""); NULL when
 *  memory lacks. Borrowed until the next one is added. */
TextFinding *extract_add(ExtractReader *reader, TextFindingKind kind, gsize start, gsize end,
                         char *value, char *detail, double confidence);
/** Bytes [start, end) of the text. Transfers (malloc); NULL when memory lacks. */
char *extract_copy(ExtractReader *reader, gsize start, gsize end);
void extract_set_date(TextFinding *finding, const TextDate *date);

/** Structure by lines (extract_letter.c): date, addressees, asks, signatories. *ret_body_end: byte
 *  where the signatories begin. */
void extract_letter(ExtractReader *reader, gsize *ret_body_end);
/** Statements by sentences up to byte body_end (extract_statements.c): counts, acts, places. */
void extract_statements(ExtractReader *reader, gsize body_end);
/** A count at token i with its thing (extract_claims.c). Gives tokens read. */
gsize extract_claim(ExtractReader *reader, gsize i);

/** The folded word at token i; "" when there is none. */
static inline const char *extract_word(const ExtractReader *r, gsize i)
{
    return token_word(r->t, i);
}

/** Whether token i is one of these signs. */
static inline bool extract_sign(const ExtractReader *r, gsize i, const char *ascii)
{
    return i < r->t->n && r->t->tokens[i].kind == TOKEN_SIGN && r->t->tokens[i].sign < 0x80 &&
           strchr(ascii, (char)r->t->tokens[i].sign) != NULL;
}
