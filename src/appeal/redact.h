/* appeal/redact.h: names and numbers of a person taken out of free text: of letters,
 * case files, and what is handed over. Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>

#define REDACT_MARK "[…]"

typedef struct {
    GPtrArray *words;   /**< folded parts of names and runs of digits that give the person away */
    GPtrArray *numbers; /**< last digits of telephone and other long numbers, however grouped */
} Redactor;
void redactor_init(Redactor *redactor);
void redactor_clear(Redactor *redactor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Redactor, redactor_clear)
/** Adds all words of a name, address or number; NULL nothing. */
void redactor_add(Redactor *redactor, const char *identity);
/** The text with a mark where such a word stands, whatever its half-spaces, marks, letter forms or
 *  digits. *ret_any (may be NULL) tells whether there was one. Transfers. */
char *redactor_apply(const Redactor *redactor, const char *text, bool *ret_any);
/** "A. R." of a name, in its own script. Transfers. */
char *redact_initials(const char *name);
