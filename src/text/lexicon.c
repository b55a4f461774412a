#include "text/lexicon.h"

#include <stdlib.h>

struct TextLexicon {
    gsize n;
};

TextLexicon *text_lexicon_new(const char *csv, gsize length, GError **error)
{
    return calloc(1, sizeof(TextLexicon));
}

void text_lexicon_free(TextLexicon *lexicon)
{
    free(lexicon);
}
