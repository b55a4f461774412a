/* text/names.h: person names made comparable across scripts and spellings.
 *
 * A name is reduced to what every spelling keeps: its consonants as Persian
 * ears hear them (ث س ص → s, ذ ز ض ظ → z, ت ط → t, غ ق → q, ح ه → h) and the
 * long ī; Latin transliterations (kh gh sh ch zh, Hossein/Hussain/Huseyin)
 * come to the same letters. So محمدرضا, Mohammad-Reza, Mohamad Reza and
 * Muhammed Riza share the key "mhmd rz". General rules after the practice of
 * Persian name matching (Hermansen's and Karimi's consonant keys for Arabic and
 * Persian), and a short list of compounds and titles; no dictionary of names.
 * Pure; safe from any thread. Measured by bench_text on 2,922 spellings. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** How much of a word a key keeps. Equal at a level: equal at the looser ones below it. */
typedef enum {
    TEXT_NAME_SOUND, /**< consonants, ī and ū/v: محمد ≠ محمود; more spellings differ */
    TEXT_NAME_TOKEN, /**< consonants and ī: حسن ≠ حسین; the level to compare by */
    TEXT_NAME_SKELETON, /**< consonants, near ones as one (q g k; z s; j c ch sh): for blocking */
} TextNameLevel;

enum { TEXT_NAME_KEY_MAX = 40 };

/** Key of one word into `out` (NUL-terminated, lower-case ASCII and 'S' for sh, 'x' for kh, 'c' for
 *  ch, 'j' for j and zh); "" when nothing of it sounds. Gives its length. */
gsize text_name_token_key(const char *token, gssize length, TextNameLevel level,
                          char out[TEXT_NAME_KEY_MAX]);

/** Key of a whole name: titles and patronymic left out, compounds taken apart (محمدرضا as محمد رضا,
 *  علیزاده as علی زاده), the words' TOKEN keys joined by ' ', in their order. Transfers (malloc);
 *  NULL only when memory is lacking. */
char *text_name_key(const char *name);
/** Likewise with the words' keys sorted: the same for "Rezaei, Ali" and "Ali Rezaei". */
char *text_name_key_sorted(const char *name);
/** Likewise at the level asked for, in order. */
char *text_name_key_at(const char *name, TextNameLevel level);

/** A name in its parts, each as written (spaces trimmed, one ' ' between words), "" when absent. */
typedef struct {
    char *titles;     /**< "آقای دکتر سید", "Dr" */
    char *given;      /**< with its second part: "محمد رضا" */
    char *family;     /**< all that follows; "" when there is one word */
    char *patronymic; /**< the father's (or mother's) name, without فرزند, bint … */
    char *alias;      /**< after معروف به, alias, or in brackets */
} TextName;

/** Takes a name apart. "Family, Given" is understood. False only when memory is lacking. */
bool text_name_parse(const char *name, TextName *ret_name);
void text_name_clear(TextName *name);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TextName, text_name_clear)

/** Whether a word is a title (آقای, سید, Dr …). */
bool text_name_is_title(const char *token, gsize length);
