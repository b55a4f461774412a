/* The weights of pairs, kept from run to run: what the review queue and the draws work with. */
#include "intake/join_private.h"

#include "store/cache.h"
#include "store/query_join.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Runs append what they compared; from this many parts on all is written anew, as one. */
enum { MOST_PARTS = 64 };
#define CACHE_NAME      "join pairs 1"
#define UNLINKABLE_NAME "join unlinkable 1"

float join_probability(double weight_bits)
{
    return (float)(1 / (1 + exp2(-weight_bits)));
}

typedef struct {
    JoinPair pair;
    guint order;
} Numbered;

static int by_pair(gconstpointer a, gconstpointer b)
{
    const Numbered *x = a, *y = b;
    if (x->pair.left != y->pair.left)
        return x->pair.left < y->pair.left ? -1 : 1;
    if (x->pair.right != y->pair.right)
        return x->pair.right < y->pair.right ? -1 : 1;
    return x->order < y->order ? 1 : -1; /* the newest first */
}

static bool has_head(const GArray *heads, gint64 id)
{
    gsize low = 0, high = heads->len;
    while (low < high) {
        gsize middle = low + (high - low) / 2;
        gint64 at = g_array_index(heads, StoreJoinHead, middle).id;
        if (at == id)
            return true;
        if (at < id)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static GArray *read_raw(Store *store, gint64 *ret_parts, GError **error)
{
    g_autoptr(GByteArray) bytes = store_cache_read(store, CACHE_NAME, ret_parts, error);
    if (bytes == NULL)
        return NULL;
    guint n = bytes->len / (guint)sizeof(JoinPair);
    GArray *pairs = g_array_sized_new(FALSE, FALSE, sizeof(JoinPair), n);
    g_array_append_vals(pairs, bytes->data, n);
    return pairs;
}

bool join_pairs_parts(Store *store, gint64 *ret_parts, GError **error)
{
    return store_cache_parts(store, CACHE_NAME, ret_parts, error);
}

GArray *join_pairs_read(Store *store, const GArray *heads, gint64 *ret_parts, GError **error)
{
    gint64 parts = 0;
    g_autoptr(GArray) raw = read_raw(store, &parts, error);
    if (raw == NULL)
        return NULL;
    g_autofree Numbered *sorted = g_new(Numbered, raw->len + 1);
    guint n = 0;
    for (guint i = 0; i < raw->len; i++) {
        const JoinPair *pair = &g_array_index(raw, JoinPair, i);
        if (heads == NULL || (has_head(heads, pair->left) && has_head(heads, pair->right)))
            sorted[n++] = (Numbered){*pair, i};
    }
    qsort(sorted, n, sizeof *sorted, by_pair);
    GArray *pairs = g_array_sized_new(FALSE, FALSE, sizeof(JoinPair), n);
    for (guint i = 0; i < n; i++)
        if (i == 0 || sorted[i].pair.left != sorted[i - 1].pair.left ||
            sorted[i].pair.right != sorted[i - 1].pair.right)
            g_array_append_val(pairs, sorted[i].pair);
    if (ret_parts != NULL)
        *ret_parts = parts;
    return pairs;
}

bool join_pairs_write(Store *store, const GArray *pairs, bool anew, GError **error)
{
    g_autoptr(GArray) all = NULL;
    if (!anew) {
        gint64 parts = 0;
        if (!join_pairs_parts(store, &parts, error))
            return false;
        if (parts >= MOST_PARTS) {
            all = join_pairs_read(store, NULL, NULL, error);
            if (all == NULL)
                return false;
            g_array_append_vals(all, pairs->data, pairs->len);
            pairs = all;
            anew = true;
        }
    }
    return (!anew || store_cache_clear(store, CACHE_NAME, error)) &&
           store_cache_append(store, CACHE_NAME, false, pairs->data, pairs->len * sizeof(JoinPair),
                              error);
}

const JoinPair *join_pairs_find(const GArray *pairs, gint64 left, gint64 right)
{
    gint64 a = MIN(left, right), b = MAX(left, right);
    gsize low = 0, high = pairs->len;
    while (low < high) {
        gsize middle = low + (high - low) / 2;
        const JoinPair *pair = &g_array_index(pairs, JoinPair, middle);
        if (pair->left == a && pair->right == b)
            return pair;
        if (pair->left < a || (pair->left == a && pair->right < b))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

char *join_pair_fields(const JoinPair *pair, const char *columns)
{
    g_auto(GStrv) names = g_strsplit(columns, " ", -1);
    json_t *fields = json_object();
    for (guint f = 0; f < INTAKE_REVIEW_FIELDS && names[f] != NULL; f++)
        if (pair->bits[f] != 0)
            json_object_set_new(fields, names[f], json_real((double)pair->bits[f] / JOIN_BITS));
    char *dump = json_dumps(fields, JSON_COMPACT | JSON_REAL_PRECISION(6)), *text = g_strdup(dump);
    free(dump);
    json_decref(fields);
    return text;
}

/* ---- statements that say too little ---- */

bool join_unlinkable_write(Store *store, const GArray *statements, GError **error)
{
    return store_cache_clear(store, UNLINKABLE_NAME, error) &&
           store_cache_append(store, UNLINKABLE_NAME, false, statements->data,
                              statements->len * sizeof(gint64), error);
}

GArray *intake_join_unlinkable(Store *store, GError **error)
{
    g_autoptr(GByteArray) bytes = store_cache_read(store, UNLINKABLE_NAME, NULL, error);
    if (bytes == NULL)
        return NULL;
    GArray *statements = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_vals(statements, bytes->data, bytes->len / (guint)sizeof(gint64));
    return statements;
}
