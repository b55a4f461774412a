/* Words of folded text, for SQLite's full-text index and for snippets alike.
 *
 * The text comes folded (letters, case, digits): all that is left is to cut it. A word ends at
 * ASCII punctuation and space, at the half-space, at Persian and typographic punctuation.
 * Everything else, in any script, belongs to a word. About 1 ns a byte. */
#include "store/private.h"

#include <string.h>

enum { WORD_BYTES_MAX = 128 /* longer ones are cut, in the index and in queries alike */ };

/* What a byte can be the beginning of: 0 a part of a word, 1 an ASCII separator, 2 perhaps a
 * separator of several bytes. */
static const guint8 CLASS[256] = {
    [0 ... '0' - 1] = 1,
    ['9' + 1 ... 'A' - 1] = 1,
    ['Z' + 1 ... 'a' - 1] = 1,
    ['z' + 1 ... 127] = 1,
    [0xC2] = 2,
    [0xD8] = 2,
    [0xD9] = 2,
    [0xDB] = 2,
    [0xE2] = 2,
    [0xE3] = 2,
    [0xEF] = 2,
};

/* Bytes of the separator at text[i], 0 when a word goes on there. */
static gsize long_separator(const guint8 *text, gsize i, gsize length)
{
    const guint8 a = text[i];
    const guint8 b = i + 1 < length ? text[i + 1] : 0, c = i + 2 < length ? text[i + 2] : 0;
    switch (a) {
    case 0xC2: /* U+0080–00BF: «» no-break space … but not ª µ º ² ³ ¹ */
        return b == 0xAA || b == 0xB5 || b == 0xBA || b == 0xB2 || b == 0xB3 || b == 0xB9 ? 0 : 2;
    case 0xD8: /* ، ؛ ؟ */
        return b == 0x8C || b == 0x9B || b == 0x9F ? 2 : 0;
    case 0xD9: /* ٪ ٫ ٬ ٭ */
        return b >= 0xAA && b <= 0xAD ? 2 : 0;
    case 0xDB: /* ۔ */
        return b == 0x94 ? 2 : 0;
    case 0xE2: /* U+2000–206F: spaces, half-space, dashes, quotes, … */
        return b == 0x80 || (b == 0x81 && c < 0xB0) ? 3 : 0;
    case 0xE3: /* ideographic space and stops */
        return b == 0x80 && c <= 0x82 ? 3 : 0;
    case 0xEF: /* U+FEFF */
        return b == 0xBB && c == 0xBF ? 3 : 0;
    default:
        return 0;
    }
}

static inline gsize separator_length(const guint8 *text, gsize i, gsize length)
{
    const guint8 class = CLASS[text[i]];
    return class < 2 ? class : long_separator(text, i, length);
}

bool store_token_next(const char *text, gsize length, gsize *position, gsize *ret_start,
                      gsize *ret_length)
{
    const guint8 *bytes = (const guint8 *)text;
    gsize i = *position, skip = 0;
    while (i < length && (skip = separator_length(bytes, i, length)) != 0)
        i += skip;
    const gsize start = i;
    while (i < length && separator_length(bytes, i, length) == 0)
        i++; /* the bytes inside a character are of class 0 */
    *position = MIN(i, length);
    *ret_start = MIN(start, length);
    *ret_length = *position - *ret_start;
    return *ret_length > 0;
}

gsize store_token_cut(const char *word, gsize length)
{
    if (length <= WORD_BYTES_MAX)
        return length;
    gsize cut = WORD_BYTES_MAX;
    while (cut > 0 && ((guint8)word[cut] & 0xC0) == 0x80)
        cut--;
    return cut;
}

/* ---- as FTS5 wants it ---- */

static int tokenizer_create(void *context, const char **arguments, int n_arguments,
                            Fts5Tokenizer **ret_tokenizer)
{
    static char nothing; /* FTS5 takes NULL for a failure */
    *ret_tokenizer = (Fts5Tokenizer *)(void *)&nothing;
    return SQLITE_OK;
}

static void tokenizer_delete(Fts5Tokenizer *tokenizer)
{
}

static int tokenizer_run(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text,
                         int length,
                         int (*put)(void *context, int flags, const char *word, int n_word,
                                    int start, int end))
{
    gsize position = 0, start = 0, n = 0;
    int rc = SQLITE_OK;
    while (rc == SQLITE_OK && store_token_next(text, (gsize)length, &position, &start, &n))
        rc = put(context, 0, text + start, (int)store_token_cut(text + start, n), (int)start,
                 (int)(start + n));
    return rc;
}

int db_sqlite_tokenizer(sqlite3 *db)
{
    static fts5_tokenizer tokenizer = {tokenizer_create, tokenizer_delete, tokenizer_run};
    fts5_api *api = NULL;
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", NULL);
    if (rc == SQLITE_OK)
        sqlite3_step(statement);
    const int finished = sqlite3_finalize(statement);
    if (rc == SQLITE_OK)
        rc = finished;
    if (rc == SQLITE_OK && api == NULL)
        rc = SQLITE_ERROR;
    return rc == SQLITE_OK ? api->xCreateTokenizer(api, "zenhar", NULL, &tokenizer, NULL) : rc;
}
