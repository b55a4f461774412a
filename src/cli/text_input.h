/* cli/text_input.h: files read in pieces, and the word lists the text engine is given. */
#pragma once
#include "text/lexicon.h"

/** Called for each piece; offset: of its first byte in the file. */
typedef bool TextInputFunc(void *data, const char *text, gsize length, guint64 offset,
                           GError **error);

/** Reads a file ("-": standard input) in pieces of about `chunk` bytes, cut at a line's end (at an
 *  empty line with `paragraphs`; where there is none, at a space). Memory is one piece. */
bool text_input_read(const char *path, gsize chunk, bool paragraphs, TextInputFunc *function,
                     void *data, GError **error);

/** data/persian/forms.csv. NULL with error set. Transfers. */
TextLexicon *text_input_lexicon(GError **error);
