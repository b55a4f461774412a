#include "web/throttle.h"

typedef struct {
    guint failures;
    gint64 last; /* monotonic seconds */
} Count;

struct Throttle {
    GMutex lock;
    GHashTable *counts;
    gint64 offset;
};

Throttle *throttle_new(void)
{
    Throttle *throttle = g_new0(Throttle, 1);
    g_mutex_init(&throttle->lock);
    throttle->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return throttle;
}

void throttle_free(Throttle *throttle)
{
    if (throttle == NULL)
        return;
    g_hash_table_unref(throttle->counts);
    g_mutex_clear(&throttle->lock);
    g_free(throttle);
}

static gint64 now_of(const Throttle *throttle)
{
    return g_get_monotonic_time() / G_USEC_PER_SEC + throttle->offset;
}

guint throttle_seconds(guint failures)
{
    if (failures < THROTTLE_FREE)
        return 0;
    return MIN(1u << MIN(failures - THROTTLE_FREE, 20u), (guint)THROTTLE_LONGEST);
}

guint throttle_wait(Throttle *throttle, const char *key)
{
    g_mutex_lock(&throttle->lock);
    const Count *count = g_hash_table_lookup(throttle->counts, key);
    gint64 left =
        count != NULL ? count->last + throttle_seconds(count->failures) - now_of(throttle) : 0;
    g_mutex_unlock(&throttle->lock);
    return (guint)CLAMP(left, 0, THROTTLE_LONGEST);
}

static gboolean is_old(gpointer key, gpointer value, gpointer now)
{
    return *(const gint64 *)now - ((const Count *)value)->last > THROTTLE_FORGET;
}

static void make_room(Throttle *throttle, gint64 now)
{
    g_hash_table_foreach_remove(throttle->counts, is_old, &now);
    if (g_hash_table_size(throttle->counts) < THROTTLE_MOST)
        return;
    GHashTableIter iter;
    gpointer key, value, oldest = NULL;
    gint64 first = G_MAXINT64;
    g_hash_table_iter_init(&iter, throttle->counts);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (((const Count *)value)->last < first) {
            first = ((const Count *)value)->last;
            oldest = key;
        }
    g_hash_table_remove(throttle->counts, oldest);
}

guint throttle_failed(Throttle *throttle, const char *key)
{
    g_mutex_lock(&throttle->lock);
    const gint64 now = now_of(throttle);
    Count *count = g_hash_table_lookup(throttle->counts, key);
    if (count != NULL && now - count->last > THROTTLE_FORGET)
        count->failures = 0;
    if (count == NULL) {
        if (g_hash_table_size(throttle->counts) >= THROTTLE_MOST)
            make_room(throttle, now);
        count = g_new0(Count, 1);
        g_hash_table_insert(throttle->counts, g_strdup(key), count);
    }
    count->last = now;
    const guint failures = ++count->failures;
    g_mutex_unlock(&throttle->lock);
    return failures;
}

void throttle_forget(Throttle *throttle, const char *key)
{
    g_mutex_lock(&throttle->lock);
    g_hash_table_remove(throttle->counts, key);
    g_mutex_unlock(&throttle->lock);
}

void throttle_advance_clock(Throttle *throttle, gint64 seconds)
{
    g_mutex_lock(&throttle->lock);
    throttle->offset += seconds;
    g_mutex_unlock(&throttle->lock);
}

gint64 throttle_clock_offset(Throttle *throttle)
{
    g_mutex_lock(&throttle->lock);
    const gint64 offset = throttle->offset;
    g_mutex_unlock(&throttle->lock);
    return offset;
}
