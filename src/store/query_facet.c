/* Facets of a list of reports: how many of those that fit have each source, kind, place and day.
 * One pass over the newest `limit` that fit, their statements by index; about 3 µs a report. */
#include "store/query_facet.h"

#include "store/find_private.h"

enum { TALLY_SOURCE = 1, TALLY_KIND, TALLY_PLACE, TALLY_SPAN };

/* hit: the reports; then a row a source, a kind, a report and place, a span of days. What a filter
 * looks at (store_find_begin) is what is tallied: a report's own kind and place, and those of its
 * statements. */
static const char TALLY_SQL[] =
    "%s%s hit(id, source, place, kind, first, last) AS MATERIALIZED (SELECT r.id, r.source_id,"
    " r.place_id, r.kind, r.first_day, r.last_day FROM %s WHERE %s ORDER BY %s DESC LIMIT ?%d)"
    " SELECT 1 AS what, coalesce(source, 0) AS id, NULL AS word, 0 AS place, 0 AS first, 0 AS last,"
    " count(*) AS n FROM hit GROUP BY source"
    " UNION ALL SELECT 2, 0, kind, 0, 0, 0, count(*) FROM (SELECT id, kind FROM hit WHERE kind IS"
    " NOT NULL UNION SELECT hit.id, s.act_kind FROM hit JOIN statement s ON s.report_id = hit.id"
    " WHERE s.act_kind IS NOT NULL) k GROUP BY kind"
    " UNION ALL SELECT 4, 0, NULL, 0, first, last, count(*) FROM hit GROUP BY first, last"
    " UNION ALL SELECT 3, id, NULL, place, 0, 0, 1 FROM (SELECT id, place FROM hit WHERE place IS"
    " NOT NULL UNION SELECT hit.id, s.place_id FROM hit JOIN statement s ON s.report_id = hit.id"
    " WHERE s.place_id IS NOT NULL) p ORDER BY what, id, first";

typedef struct {
    gint64 report, place;
} Stand; /* a report and a place it tells of */

static void count_free(gpointer data)
{
    StoreWebCount *count = data;
    g_free(count->name);
    g_free(count);
}

static gint by_count(gconstpointer a, gconstpointer b)
{
    const StoreWebCount *x = *(StoreWebCount *const *)a, *y = *(StoreWebCount *const *)b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    if (x->id != y->id)
        return x->id > y->id ? 1 : -1;
    return g_strcmp0(x->name, y->name);
}

void store_web_facets_free(StoreWebFacets *facets)
{
    if (facets == NULL)
        return;
    g_ptr_array_unref(facets->sources);
    g_ptr_array_unref(facets->kinds);
    g_ptr_array_unref(facets->places);
    g_array_unref(facets->spans);
    g_free(facets);
}

static void count_add(GPtrArray *counts, gint64 id, const char *name, gint64 n)
{
    StoreWebCount *count = g_new0(StoreWebCount, 1);
    count->id = id;
    count->name = g_strdup(name);
    count->count = n;
    g_ptr_array_add(counts, count);
}

static void take_row(StoreWebFacets *facets, GArray *stands, DbStatement *row)
{
    const gint64 id = db_int64(row, 1), n = db_int64(row, 6);
    const char *word = db_text(row, 2);
    switch (db_int(row, 0)) {
    case TALLY_SOURCE:
        facets->counted += n;
        if (id != 0)
            count_add(facets->sources, id, NULL, n);
        break;
    case TALLY_KIND:
        count_add(facets->kinds, 0, word, n);
        break;
    case TALLY_PLACE: {
        const Stand stand = {id, db_int64(row, 3)};
        g_array_append_val(stands, stand);
        break;
    }
    default: {
        const StoreWebSpan span = {(gint32)db_int64(row, 4), (gint32)db_int64(row, 5), n};
        if (span.first_day != G_MININT32 || span.last_day != G_MAXINT32)
            g_array_append_val(facets->spans, span);
        break;
    }
    }
}

/* ---- places, each counted for the one above it that can be chosen next ---- */

/* place → the place it lies in (0: in none). */
static GHashTable *parents_load(Store *store, GError **error)
{
    g_autoptr(GHashTable) parents =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    DbStatement *row = store_prepare(store, "SELECT id, coalesce(parent_id, 0) FROM place", error);
    int found = row != NULL ? 0 : -1;
    while (row != NULL && (found = store_step(store, row, error)) == 1) {
        gint64 *place = g_new(gint64, 1), *parent = g_new(gint64, 1);
        *place = db_int64(row, 0);
        *parent = db_int64(row, 1);
        g_hash_table_replace(parents, place, parent);
    }
    return found == 0 ? g_steal_pointer(&parents) : NULL;
}

/* The place right below `top` (0: the whole) that `place` is or lies in; 0: it is top itself or
 * lies elsewhere. */
static gint64 below(GHashTable *parents, gint64 place, gint64 top)
{
    for (guint depth = 0; place != 0 && place != top && depth <= g_hash_table_size(parents);
         depth++) {
        const gint64 *parent = g_hash_table_lookup(parents, &place);
        const gint64 above = parent != NULL ? *parent : 0;
        if (above == top)
            return place;
        place = above;
    }
    return 0;
}

/* stands are sorted by report: one counts once for a place, however many places within. */
static GHashTable *places_tally(GHashTable *parents, const GArray *stands, gint64 top)
{
    typedef struct {
        gint64 count, last;
    } Tally;
    GHashTable *tallies = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    for (guint i = 0; i < stands->len; i++) {
        const Stand *stand = &g_array_index(stands, Stand, i);
        gint64 place = below(parents, stand->place, top);
        if (place == 0)
            continue;
        Tally *tally = g_hash_table_lookup(tallies, &place);
        if (tally == NULL) {
            gint64 *key = g_new(gint64, 1);
            *key = place;
            tally = g_new0(Tally, 1);
            g_hash_table_insert(tallies, key, tally);
        }
        if (tally->last != stand->report)
            tally->count++;
        tally->last = stand->report;
    }
    return tallies;
}

/* Where one place holds all (a country), those within it: a choice of one is none. */
static bool places_count(Store *store, StoreWebFacets *facets, const GArray *stands, gint64 top,
                         GError **error)
{
    g_autoptr(GHashTable) parents = parents_load(store, error);
    if (parents == NULL)
        return false;
    g_autoptr(GHashTable) tallies = places_tally(parents, stands, top);
    while (g_hash_table_size(tallies) == 1) {
        GHashTableIter only;
        gpointer key;
        g_hash_table_iter_init(&only, tallies);
        g_hash_table_iter_next(&only, &key, NULL);
        GHashTable *within = places_tally(parents, stands, *(const gint64 *)key);
        if (g_hash_table_size(within) == 0) {
            g_hash_table_unref(within);
            break;
        }
        g_hash_table_unref(tallies);
        tallies = within;
    }
    GHashTableIter each;
    gpointer key, value;
    g_hash_table_iter_init(&each, tallies);
    while (g_hash_table_iter_next(&each, &key, &value))
        count_add(facets->places, *(const gint64 *)key, NULL, *(const gint64 *)value);
    return true;
}

StoreWebFacets *store_web_facets(Store *store, const StoreWebFind *wanted, gsize limit,
                                 GError **error)
{
    g_auto(Find) find = FIND_NEW;
    g_autoptr(StoreWebFacets) facets = g_new0(StoreWebFacets, 1);
    facets->sources = g_ptr_array_new_with_free_func(count_free);
    facets->kinds = g_ptr_array_new_with_free_func(count_free);
    facets->places = g_ptr_array_new_with_free_func(count_free);
    facets->spans = g_array_new(FALSE, FALSE, sizeof(StoreWebSpan));
    if (!store_find_begin(&find, wanted))
        return g_steal_pointer(&facets);
    g_autoptr(GArray) stands = g_array_new(FALSE, FALSE, sizeof(Stand));
    g_autofree char *sql =
        g_strdup_printf(TALLY_SQL, find.with->str, find.with->len == 0 ? "WITH" : ",",
                        find.from->str, find.where->str, find.match != NULL ? "f.rowid" : "r.id",
                        store_find_int(&find, (gint64)limit));
    DbStatement *row = store_prepare(store, sql, error);
    if (row == NULL || !store_bind(store, row, 1, find.binds, find.n, error))
        return NULL;
    int found = 0;
    while ((found = store_step(store, row, error)) == 1)
        take_row(facets, stands, row);
    if (found != 0 || !places_count(store, facets, stands, wanted->place_id, error))
        return NULL;
    g_ptr_array_sort(facets->sources, by_count);
    g_ptr_array_sort(facets->kinds, by_count);
    g_ptr_array_sort(facets->places, by_count);
    return g_steal_pointer(&facets);
}
