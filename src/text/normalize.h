/* text/normalize.h: Persian as people type it, made uniform.
 *
 * Two services. `text_fold` makes a search key: what looks or sounds the same
 * to a searcher becomes the same bytes. `text_normalize` makes readable text:
 * Arabic letters become Persian ones, invisible controls go, and the
 * half-space (zero-width non-joiner, U+200C) is put back where Persian
 * orthography wants it; every change is listed with its rule and confidence,
 * and offsets map back to the original bytes, which are never touched.
 *
 * Orthography: the Academy's rules (دستور خط فارسی، ۱۴۰۱) as the PerDT
 * treebank applies them. Unicode: NFC (UAX 15) for letters that the rules
 * below touch. Pure; no I/O, no globals; safe from any thread. Any bytes may
 * come in: what is no UTF-8 becomes U+FFFD. */
#pragma once
#include "text/lexicon.h"
#include <glib.h>
#include <stdbool.h>

/* ---- search keys ---- */

/** Folds text to a search key, the same on the index's and the query's side:
 *  lower-case Latin without accents; ASCII digits; Arabic letters as Persian
 *  ones; hamza and madda dropped (آ أ إ → ا, ؤ → و, ئ → ی, ۀ ة → ه);
 *  diacritics, tatweel and invisible controls dropped; the half-space dropped
 *  and a separate می، نمی، ها، های، هایی، تر، ترین joined to its word, so that
 *  «می‌رود», «می رود» and «میرود» are one key; every kind of space is ' '.
 *  Punctuation stays. @param length bytes, -1: up to the NUL.
 *  Transfers (malloc; NUL-terminated; free() or g_free()). NULL only when memory is lacking.
 *  Cost: about 3 ns a byte. */
char *text_fold(const char *text, gssize length, gsize *ret_length);

/** Likewise into the caller's buffer of at least text_fold_bound(length) bytes; gives the length
 *  written (no NUL). Never fails. */
gsize text_fold_into(const char *text, gsize length, char *buffer);
#define text_fold_bound(length) ((gsize)(length)*3 + 8)

/** Persian (۰–۹), Arabic-Indic (٠–٩) and full-width digits as ASCII; '٫' and '٬' as '.' and ',';
 *  the rest as it came. Transfers (malloc). NULL only when memory is lacking. */
char *text_digits_ascii(const char *text);

/* ---- readable text ---- */

/** What a change is for; each has a switch, bit `1 << rule` of TextOptions.rules. */
typedef enum {
    TEXT_RULE_BYTES,        /**< a byte that is no UTF-8 → U+FFFD (always on) */
    TEXT_RULE_LETTERS,      /**< ي ى → ی, ك → ک, ة → ه, ۀ → هٔ … */
    TEXT_RULE_PRESENTATION, /**< presentation forms (U+FB50…, U+FE70…) → letters */
    TEXT_RULE_COMPOSE,      /**< NFC: a letter and its mark become one */
    TEXT_RULE_DIGITS,       /**< see TextOptions.digits */
    TEXT_RULE_DIACRITICS,   /**< short vowels, tanvin, tashdid dropped; off by default */
    TEXT_RULE_TATWEEL,      /**< ـ dropped */
    TEXT_RULE_CONTROLS,     /**< bidi and invisible controls dropped */
    TEXT_RULE_SPACES,       /**< no-break, en, narrow … space → ' ' */
    TEXT_RULE_TIDY,         /**< half-spaces doubled or beside a space dropped */
    TEXT_RULE_JOIN,         /**< space → half-space: می رود → می‌رود */
    TEXT_RULE_SPLIT, /**< lost half-space put back: سازمانهای → سازمان‌های */
    TEXT_N_RULES,
} TextRule;

/** "letters", "join" …: names for switches and lists. Static. */
const char *text_rule_name(TextRule rule);
/** The rule of that name; false when there is none. */
bool text_rule_parse(const char *name, TextRule *ret_rule);

typedef enum {
    TEXT_DIGITS_UNIFY, /**< Arabic-Indic → Persian; ASCII stays */
    TEXT_DIGITS_KEEP,
    TEXT_DIGITS_PERSIAN,
    TEXT_DIGITS_ASCII,
} TextDigits;

/** The spelling habit the half-spaces follow. */
typedef enum {
    TEXT_CONVENTION_ACADEMY,    /**< inflection, derivation and compounds: بین‌المللی،
                                 * گزارش‌دهی
                                 */
    TEXT_CONVENTION_INFLECTION, /**< inflection alone: می‌، ‌ها، ‌تر، ‌اند;
                                   compounds as they came */
} TextConvention;

typedef struct {
    guint32 rules; /**< bit set */
    TextDigits digits;
    TextConvention convention;
    bool list_changes;          /**< fill TextNormal.changes (needed for offsets) */
    const TextLexicon *lexicon; /**< borrowed for the call; NULL: rules of inflection alone */
} TextOptions;

/** All rules but diacritics; changes listed; no lexicon. */
TextOptions text_options_default(void);

typedef struct {
    gsize start, end;         /**< bytes of the original; start == end: something was put in */
    gsize out_start, out_end; /**< bytes of the result */
    TextRule rule;
    float confidence; /**< in (0, 1]: how often such a change is right */
} TextChange;

typedef struct {
    char *text; /**< NUL-terminated */
    gsize length;
    TextChange *changes; /**< in order, disjoint; between them the bytes are equal */
    gsize n_changes;
} TextNormal;

/** Makes text uniform. Idempotent: normalizing the result changes nothing.
 *  False with error (MEMORY; LIMIT above LIMIT_TEXT_BYTES); *ret_normal is untouched then. */
bool text_normalize(const char *text, gsize length, const TextOptions *options,
                    TextNormal *ret_normal, GError **error);
void text_normal_clear(TextNormal *normal);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TextNormal, text_normal_clear)

/** Byte of the original that byte `offset` of the result comes from (offset == length gives the
 *  original's length). Inside a change: the change's start. O(log changes). */
gsize text_normal_origin(const TextNormal *normal, gsize offset);
