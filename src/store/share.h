/* store/share.h: one share of a case's recovery key, as a person copies it by hand.
 *
 * Shamir 1979, over GF(2^8) byte by byte (libgfshare): any `threshold` of `shares` give the key,
 * fewer tell nothing of it. 50 bytes in Crockford's base32 (no I, L, O, U), five rows:
 *
 *     bytes  1  8        6      1          1       1       32
 *           [v][case id][split][threshold][shares][number][share]
 *     row    16 letters (10 bytes)  4 letters: 20 bits of BLAKE2b over the rows up to here
 *
 * so that a mistyped letter is found in its row, and rows of two shares do not pass for one. */
#pragma once
#include <glib.h>
#include <stdbool.h>

enum {
    STORE_SHARES_MAX = 20,
    STORE_SHARE_BYTES = 32,
    STORE_SHARE_CASE_BYTES = 8, /**< of the case id */
    STORE_SPLIT_BYTES = 6,
    STORE_SPLIT_TEXT = 2 * STORE_SPLIT_BYTES + 1,
    STORE_SHARE_ROWS = 5,
    STORE_SHARE_ROW_LETTERS = 20,
    STORE_SHARE_CODE_MAX = STORE_SHARE_ROWS * (STORE_SHARE_ROW_LETTERS + 5) + 1,
};

#define STORE_SHARE_BEGIN "BEGIN ZENHAR SHARE"
#define STORE_SHARE_END   "END ZENHAR SHARE"

/** A secret: keep it in memory of sodium_malloc. */
typedef struct {
    guint8 case_id[STORE_SHARE_CASE_BYTES];
    guint8 split[STORE_SPLIT_BYTES]; /**< which split it is of; random */
    guint8 threshold;                /**< how many give the key: 2 to shares */
    guint8 shares;                   /**< how many there are: 2 to STORE_SHARES_MAX */
    guint8 number;                   /**< 1 to shares: the point of the polynomial */
    guint8 bytes[STORE_SHARE_BYTES];
} StoreShare;

/** Five rows of five groups of four letters, each row with its newline; no marks around. */
void store_share_write(const StoreShare *share, char ret_code[STORE_SHARE_CODE_MAX]);

/** Reads all shares of a text: what stands between the marks STORE_SHARE_BEGIN and _END, as often
 *  as they come; without marks the whole text is rows. Blanks, dashes, direction marks do not
 * count; small letters, o for 0, i and l for 1, Persian and Arabic digits are understood. INPUT
 * names share and row; nothing is in ret_shares then. At most `max` shares.
 *  @param ret_shares of the caller's, in locked memory; *ret_n of them are filled */
bool store_share_read(const char *text, gsize length, StoreShare *ret_shares, gsize max,
                      gsize *ret_n, GError **error);
/** Hexadecimal. */
void store_split_format(const guint8 split[STORE_SPLIT_BYTES], char ret_text[STORE_SPLIT_TEXT]);
/** False: it is no name of a split. */
bool store_split_read(const char *text, guint8 ret_split[STORE_SPLIT_BYTES]);

/** Splits and joins by themselves; store/keys.h does it for a case. `split` fills bytes and number
 * of `n` shares; `join` takes `k` shares of different numbers. MEMORY. */
bool store_shares_split(const guint8 secret[STORE_SHARE_BYTES], guint8 threshold, guint8 n,
                        StoreShare *ret_shares, GError **error);
bool store_shares_join(const StoreShare *shares, gsize k, guint8 ret_secret[STORE_SHARE_BYTES],
                       GError **error);
