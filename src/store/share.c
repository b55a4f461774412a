/* Shares of a recovery key: libgfshare's polynomials, and their letters. What held letters or bytes
 * of a share is wiped. */
#include "store/share.h"

#include "base/error.h"
#include "base/i18n.h"

#include <libgfshare.h>
#include <sodium.h>
#include <string.h>

enum {
    VERSION = 1,
    AT_CASE = 1,
    AT_SPLIT = AT_CASE + STORE_SHARE_CASE_BYTES,
    AT_NUMBERS = AT_SPLIT + STORE_SPLIT_BYTES,
    AT_BYTES = AT_NUMBERS + 3,
    PAYLOAD = AT_BYTES + STORE_SHARE_BYTES,
    ROW_BYTES = PAYLOAD / STORE_SHARE_ROWS,
    ROW_DATA = 16,
    ROW_CHECK = 4,
    LETTERS = STORE_SHARE_ROWS * STORE_SHARE_ROW_LETTERS,
};
G_STATIC_ASSERT(PAYLOAD == ROW_BYTES * STORE_SHARE_ROWS && ROW_BYTES * 8 == ROW_DATA * 5);
G_STATIC_ASSERT(ROW_DATA + ROW_CHECK == STORE_SHARE_ROW_LETTERS);

static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford */

/* ---- polynomials ---- */

/* libgfshare draws its coefficients, and what it wipes its memory with, from here. */
static void fill_random(unsigned char *bytes, unsigned int n)
{
    randombytes_buf(bytes, n);
}

static bool no_memory(GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                        _("There is no memory for the shares of the key."));
    return false;
}

bool store_shares_split(const guint8 secret[STORE_SHARE_BYTES], guint8 threshold, guint8 n,
                        StoreShare *ret_shares, GError **error)
{
    g_assert(threshold >= 2 && threshold <= n && n <= STORE_SHARES_MAX);
    unsigned char numbers[STORE_SHARES_MAX], copy[STORE_SHARE_BYTES];
    for (guint8 i = 0; i < n; i++)
        numbers[i] = (unsigned char)(i + 1);
    gfshare_fill_rand = fill_random;
    gfshare_ctx *context = gfshare_ctx_init_enc(numbers, n, threshold, STORE_SHARE_BYTES);
    if (context == NULL)
        return no_memory(error);
    memcpy(copy, secret, sizeof copy);
    gfshare_ctx_enc_setsecret(context, copy);
    sodium_memzero(copy, sizeof copy);
    for (guint8 i = 0; i < n; i++) {
        ret_shares[i].number = numbers[i];
        gfshare_ctx_enc_getshare(context, i, ret_shares[i].bytes);
    }
    gfshare_ctx_free(context); /* overwrites what it held */
    return true;
}

bool store_shares_join(const StoreShare *shares, gsize k, guint8 ret_secret[STORE_SHARE_BYTES],
                       GError **error)
{
    g_assert(k >= 1 && k <= STORE_SHARES_MAX);
    unsigned char numbers[STORE_SHARES_MAX], copy[STORE_SHARE_BYTES];
    for (gsize i = 0; i < k; i++)
        numbers[i] = shares[i].number;
    gfshare_fill_rand = fill_random;
    gfshare_ctx *context = gfshare_ctx_init_dec(numbers, (unsigned int)k, STORE_SHARE_BYTES);
    if (context == NULL)
        return no_memory(error);
    for (gsize i = 0; i < k; i++) {
        memcpy(copy, shares[i].bytes, sizeof copy);
        gfshare_ctx_dec_giveshare(context, (unsigned char)i, copy);
    }
    sodium_memzero(copy, sizeof copy);
    gfshare_ctx_dec_extract(context, ret_secret);
    gfshare_ctx_free(context);
    return true;
}

/* ---- letters ---- */

/* n bytes as 8 n / 5 letters; n is a multiple of 5. */
static void encode(const guint8 *bytes, gsize n, char *ret_letters)
{
    for (gsize i = 0; i < n * 8 / 5; i++) {
        guint value = 0;
        for (gsize bit = 5 * i; bit < 5 * i + 5; bit++)
            value = value << 1 | (bytes[bit / 8] >> (7 - bit % 8) & 1u);
        ret_letters[i] = ALPHABET[value];
    }
}

static void decode(const guint8 *values, gsize n_letters, guint8 *ret_bytes)
{
    memset(ret_bytes, 0, n_letters * 5 / 8);
    for (gsize bit = 0; bit < n_letters * 5; bit++)
        if ((values[bit / 5] >> (4 - bit % 5) & 1u) != 0)
            ret_bytes[bit / 8] |= (guint8)(0x80u >> bit % 8);
}

/* 20 bits over the rows up to and with this one. */
static void row_check(const guint8 payload[PAYLOAD], gsize row, guint8 ret_values[ROW_CHECK])
{
    guint8 hash[crypto_generichash_BYTES_MIN];
    crypto_generichash(hash, sizeof hash, payload, (row + 1) * ROW_BYTES,
                       (const guint8 *)"zenhar share row", 16);
    for (gsize i = 0; i < ROW_CHECK; i++)
        ret_values[i] = hash[i] & 31;
}

void store_share_write(const StoreShare *share, char ret_code[STORE_SHARE_CODE_MAX])
{
    guint8 payload[PAYLOAD];
    payload[0] = VERSION;
    memcpy(payload + AT_CASE, share->case_id, sizeof share->case_id);
    memcpy(payload + AT_SPLIT, share->split, sizeof share->split);
    payload[AT_NUMBERS] = share->threshold;
    payload[AT_NUMBERS + 1] = share->shares;
    payload[AT_NUMBERS + 2] = share->number;
    memcpy(payload + AT_BYTES, share->bytes, sizeof share->bytes);
    char *at = ret_code, letters[STORE_SHARE_ROW_LETTERS];
    for (gsize row = 0; row < STORE_SHARE_ROWS; row++) {
        guint8 check[ROW_CHECK];
        row_check(payload, row, check);
        encode(payload + row * ROW_BYTES, ROW_BYTES, letters);
        for (gsize i = 0; i < ROW_CHECK; i++)
            letters[ROW_DATA + i] = ALPHABET[check[i]];
        for (gsize i = 0; i < STORE_SHARE_ROW_LETTERS; i++) {
            *at++ = letters[i];
            if (i % 4 == 3)
                *at++ = i + 1 == STORE_SHARE_ROW_LETTERS ? '\n' : '-';
        }
    }
    *at = '\0';
    sodium_memzero(payload, sizeof payload);
    sodium_memzero(letters, sizeof letters);
}

/* ---- reading ---- */

enum { LETTER_NONE = -1, LETTER_SKIP = -2, LETTER_LINE = -3 };

static int letter_of(gunichar c)
{
    if (c == '\n')
        return LETTER_LINE;
    if (g_unichar_isspace(c) || c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 ||
        (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
        (c >= 0x2066 && c <= 0x2069) || c == 0xfeff)
        return LETTER_SKIP;
    if ((c >= 0x6f0 && c <= 0x6f9) || (c >= 0x660 && c <= 0x669))
        return (int)(c & 0xf);
    c = g_unichar_toupper(c);
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    const char *found = c > 0 && c < 128 ? strchr(ALPHABET, (int)c) : NULL;
    return found != NULL ? (int)(found - ALPHABET) : LETTER_NONE;
}

/* Where reading stands; values are letters of the share in hand. */
typedef struct {
    guint8 values[LETTERS];
    gsize n, in_line;
    StoreShare *shares;
    gsize n_shares, max;
    GError **error;
} Reading;

static bool said(const Reading *reading, const char *sentence, gsize row)
{
    g_autofree char *share = i18n_integer((gint64)reading->n_shares + 1);
    g_autofree char *place = i18n_integer((gint64)row + 1);
    g_set_error(reading->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, sentence, share, place);
    return false;
}

static bool share_take(Reading *reading)
{
    guint8 payload[PAYLOAD], check[ROW_CHECK];
    StoreShare *share = &reading->shares[reading->n_shares];
    for (gsize row = 0; row < STORE_SHARE_ROWS; row++) {
        const guint8 *values = reading->values + row * STORE_SHARE_ROW_LETTERS;
        decode(values, ROW_DATA, payload + row * ROW_BYTES);
        row_check(payload, row, check);
        if (memcmp(check, values + ROW_DATA, ROW_CHECK) != 0) {
            sodium_memzero(payload, sizeof payload);
            return said(reading,
                        _("Share %s: row %s is mistyped, or is of another share. Compare it letter "
                          "by letter."),
                        row);
        }
    }
    memcpy(share->case_id, payload + AT_CASE, sizeof share->case_id);
    memcpy(share->split, payload + AT_SPLIT, sizeof share->split);
    share->threshold = payload[AT_NUMBERS];
    share->shares = payload[AT_NUMBERS + 1];
    share->number = payload[AT_NUMBERS + 2];
    memcpy(share->bytes, payload + AT_BYTES, sizeof share->bytes);
    const bool fits = payload[0] == VERSION && share->threshold >= 2 &&
                      share->threshold <= share->shares && share->shares <= STORE_SHARES_MAX &&
                      share->number >= 1 && share->number <= share->shares;
    sodium_memzero(payload, sizeof payload);
    if (!fits)
        return said(reading,
                    _("Share %s was made by a newer version of Zenhar (row %s). Use that version, "
                      "or a later one."),
                    0);
    reading->n = 0;
    reading->n_shares++;
    return true;
}

static bool take_letter(Reading *reading, int letter)
{
    if (reading->n_shares == reading->max) {
        g_autofree char *most = i18n_integer((gint64)reading->max);
        g_set_error(reading->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("There are more than %s shares: give only those of one key."), most);
        return false;
    }
    if (letter == LETTER_NONE)
        return said(reading,
                    _("Share %s: in row %s stands a character that no share has. Its letters are 0 "
                      "to 9 and A to Z without I, L, O and U."),
                    reading->n / STORE_SHARE_ROW_LETTERS);
    reading->values[reading->n++] = (guint8)letter;
    reading->in_line++;
    return reading->n < LETTERS || share_take(reading);
}

/* A line holds whole rows: where one is too short or too long, it is named. */
static bool end_line(Reading *reading)
{
    const gsize n = reading->in_line;
    reading->in_line = 0;
    if (n % STORE_SHARE_ROW_LETTERS == 0)
        return true;
    return said(reading,
                _("Share %s: row %s has letters too many or too few; each row has five groups of "
                  "four."),
                (reading->n > 0 ? reading->n - 1 : 0) / STORE_SHARE_ROW_LETTERS);
}

static bool read_block(Reading *reading, const char *at, const char *end)
{
    for (; at < end; at = g_utf8_next_char(at)) {
        const int letter = letter_of(g_utf8_get_char(at));
        if (letter == LETTER_SKIP)
            continue;
        if (!(letter == LETTER_LINE ? end_line(reading) : take_letter(reading, letter)))
            return false;
    }
    if (!end_line(reading))
        return false;
    if (reading->n > 0)
        return said(reading, _("Share %s ends after row %s: it has five rows."),
                    reading->n / STORE_SHARE_ROW_LETTERS - 1);
    return true;
}

/* As strcasestr, in a text that is not ended by NUL. */
static const char *find(const char *at, const char *end, const char *words)
{
    const gsize n = strlen(words);
    for (; at + n <= end; at++)
        if (g_ascii_strncasecmp(at, words, n) == 0)
            return at;
    return NULL;
}

static bool read_blocks(Reading *reading, const char *text, const char *end)
{
    const char *begin = find(text, end, STORE_SHARE_BEGIN);
    if (begin == NULL)
        return read_block(reading, text, end);
    while (begin != NULL) {
        const char *from = begin + strlen(STORE_SHARE_BEGIN);
        const char *to = find(from, end, STORE_SHARE_END);
        if (!read_block(reading, from, to != NULL ? to : end))
            return false;
        begin = to != NULL ? find(to + strlen(STORE_SHARE_END), end, STORE_SHARE_BEGIN) : NULL;
    }
    return true;
}

bool store_share_read(const char *text, gsize length, StoreShare *ret_shares, gsize max,
                      gsize *ret_n, GError **error)
{
    Reading reading = {.shares = ret_shares, .max = max, .error = error};
    bool done = g_utf8_validate_len(text, length, NULL);
    if (!done)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                            _("This is no share: it is not text."));
    else
        done = read_blocks(&reading, text, text + length);
    if (done && reading.n_shares == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("No share is in it."));
        done = false;
    }
    if (!done)
        sodium_memzero(ret_shares, max * sizeof *ret_shares);
    *ret_n = done ? reading.n_shares : 0;
    sodium_memzero(&reading, sizeof reading);
    return done;
}

void store_split_format(const guint8 split[STORE_SPLIT_BYTES], char ret_text[STORE_SPLIT_TEXT])
{
    sodium_bin2hex(ret_text, STORE_SPLIT_TEXT, split, STORE_SPLIT_BYTES);
}

bool store_split_read(const char *text, guint8 ret_split[STORE_SPLIT_BYTES])
{
    size_t n = 0;
    return strlen(text) == STORE_SPLIT_TEXT - 1 &&
           sodium_hex2bin(ret_split, STORE_SPLIT_BYTES, text, strlen(text), NULL, &n, NULL) == 0 &&
           n == STORE_SPLIT_BYTES;
}
