/* text/summons_private.h: what the files that read court messages share; private to src/text. */
#pragma once
#include "text/summons.h"
#include "text/tokens.h"

/** A message being read: its words, what was found, and what its words tell, counted. */
typedef struct {
    const char *text;
    gsize length;
    const TextTokens *t;
    TextSummons *out;
    bool failed; /**< memory was lacking; stays */
    int judicial, cases, money, app, security, calls, warns, ordinary;
    bool foreign_link, official_link, soon, arrest, last_warning, addressed, against, told;
} SummonsReader;

/** Sets a field that is empty yet; the first one counts. Copies. */
void summons_set(SummonsReader *reader, TextSummonsField field, const char *value, gsize start,
                 gsize end, double confidence);
void summons_set_span(SummonsReader *reader, TextSummonsField field, gsize start, gsize end,
                      double confidence);

/** Digits from byte `start`, with single separators of `between` let through; ASCII into out. Gives
 *  the byte behind the last digit. */
gsize summons_digits(const SummonsReader *reader, gsize start, const char *between, char *out,
                     gsize room, gsize *ret_n);

/** Links: found, compared, never followed (summons_numbers.c). */
void summons_links(SummonsReader *reader);
/** "شماره پرونده: 1404…" at word i. */
void summons_named_number(SummonsReader *reader, gsize i);
void summons_national_id(SummonsReader *reader, gsize i);
/** A telephone number of Iran at a byte as "+98…" (16 bytes of room); false when it is none. */
bool summons_phone(const SummonsReader *reader, gsize start, char *out, gsize *ret_end);

/** Court and place, branch, hour, deadline at word i (summons_fields.c). */
void summons_court(SummonsReader *reader, gsize i);
void summons_branch(SummonsReader *reader, gsize i);
void summons_hour(SummonsReader *reader, gsize i);
void summons_deadline(SummonsReader *reader, gsize i);
/** The dates: of the appointment, of the deadline. */
bool summons_when(SummonsReader *reader, const TextDateOptions *options, GError **error);

/** Counts the words that tell, and decides the kind (summons_kind.c). `sender` may be NULL. */
void summons_judge(SummonsReader *reader, const char *sender);

static inline const char *summons_word(const SummonsReader *r, gsize i)
{
    return token_word(r->t, i);
}

static inline bool summons_sign(const SummonsReader *r, gsize i, guint32 sign)
{
    return i < r->t->n && r->t->tokens[i].kind == TOKEN_SIGN && r->t->tokens[i].sign == sign;
}
