/* intake/language.h: which language a text is in, as far as it matters here.
 *
 * Letters that one language alone has, then its commonest short words, among the first words of
 * the text. A guess for routing and for saying what was not read; NULL when it cannot be seen. */
#pragma once
#include <glib.h>

/** "fa", "en", "ar", "tr", "az", "ku", "ur", "ru", "he", "de", "fr", "es" …; NULL unknown, or a
 *  language that is none of ours. Static. */
const char *intake_language_guess(const char *text);
/** From what a column says: "fa", "fas", "Persian", «فارسی»; NULL when it is none we know. Static.
 */
const char *intake_language_parse(const char *text);
/** "Persian" in the thread's language; the code itself when unknown. Static. */
const char *intake_language_title(const char *code);
/** Number i (from 0), or NULL beyond the last. Static. */
const char *intake_language_code(gsize i);
enum { INTAKE_MAX_LANGUAGES = 16 };
/** Its number, or -1. */
int intake_language_index(const char *code);
