/* text/lexicon.h: words that Persian writes with half-spaces, and how often.
 *
 * Built once from a table `form,count` (data/persian/forms.csv) and then only
 * read; any thread may use it. The engines do no I/O: the bytes come from the
 * caller (data_load). About 4 MB for 35,000 forms. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct TextLexicon TextLexicon;

/** Builds from CSV text with a header line "form,count"; forms may hold half-spaces and spaces.
 *  Copies. NULL with error (INPUT: a line that is no `form,count`; MEMORY). Transfers. */
TextLexicon *text_lexicon_new(const char *csv, gsize length, GError **error);
void text_lexicon_free(TextLexicon *lexicon);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextLexicon, text_lexicon_free)
