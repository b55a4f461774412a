/* Facets of a list of reports: how many of those that fit have each source, kind, place and day.
 * One pass over the newest `limit` that fit and their statements, which an index finds: reading
 * those rows costs about 10 µs a report in a case of a million. */
#include "store/query_facet.h"

#include "store/find_private.h"

/* hit: the reports; a row each statement, or one without. What a filter looks at (store_find_begin)
 * is what is tallied: a report's own kind and place, and those of its statements. */
static const char TALLY_SQL[] =
    "%s%s hit(id, source, place, kind, first, last) AS MATERIALIZED (SELECT r.id, r.source_id,"
    " r.place_id, r.kind, r.first_day, r.last_day FROM %s WHERE %s ORDER BY %s DESC LIMIT ?%d)"
    " SELECT hit.id, coalesce(source, 0), coalesce(place, 0), kind, first, last, "
    "coalesce(s.place_id, 0),"
    " s.act_kind FROM hit LEFT JOIN statement s ON s.report_id = hit.id ORDER BY hit.id";

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

/* ---- the pass: rows come by report ---- */

typedef struct {
    gint64 count, last; /* last: the report that was counted last */
} Tally;

typedef struct {
    GHashTable *sources, *kinds, *spans; /* → Tally; by number, by name, by both ends */
    GArray *stands;
    gint64 counted, last;
} Pass;

static void pass_clear(Pass *pass)
{
    g_hash_table_unref(pass->sources);
    g_hash_table_unref(pass->kinds);
    g_hash_table_unref(pass->spans);
    g_array_unref(pass->stands);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pass, pass_clear)

/* A report counts once, however often it says so. */
static void tally_add(Tally *tally, gint64 report)
{
    tally->count += tally->last != report;
    tally->last = report;
}

static void tally_number(GHashTable *tallies, gint64 key, gint64 report)
{
    Tally *tally = g_hash_table_lookup(tallies, &key);
    if (tally == NULL) {
        gint64 *boxed = g_new(gint64, 1);
        *boxed = key;
        tally = g_new0(Tally, 1);
        g_hash_table_insert(tallies, boxed, tally);
    }
    tally_add(tally, report);
}

static void tally_kind(GHashTable *tallies, const char *kind, gint64 report)
{
    if (kind == NULL)
        return;
    Tally *tally = g_hash_table_lookup(tallies, kind);
    if (tally == NULL) {
        tally = g_new0(Tally, 1);
        g_hash_table_insert(tallies, g_strdup(kind), tally);
    }
    tally_add(tally, report);
}

static void stand_add(GArray *stands, gint64 report, gint64 place)
{
    const Stand stand = {report, place};
    if (place != 0)
        g_array_append_val(stands, stand);
}

static void take_row(Pass *pass, DbStatement *row)
{
    const gint64 report = db_int64(row, 0);
    if (report != pass->last) { /* its own */
        const gint32 first = (gint32)db_int64(row, 4);
        const gint32 last = (gint32)db_int64(row, 5);
        pass->last = report;
        pass->counted++;
        tally_number(pass->sources, db_int64(row, 1), report);
        stand_add(pass->stands, report, db_int64(row, 2));
        tally_kind(pass->kinds, db_text(row, 3), report);
        tally_number(pass->spans, (gint64)(((guint64)(guint32)first << 32) | (guint32)last),
                     report);
    }
    stand_add(pass->stands, report, db_int64(row, 6));
    tally_kind(pass->kinds, db_text(row, 7), report);
}

static gint by_day(gconstpointer a, gconstpointer b)
{
    const StoreWebSpan *x = a, *y = b;
    if (x->first_day != y->first_day)
        return x->first_day < y->first_day ? -1 : 1;
    return (x->last_day > y->last_day) - (x->last_day < y->last_day);
}

static void pass_give(const Pass *pass, StoreWebFacets *facets)
{
    GHashTableIter each;
    gpointer key, value;
    facets->counted = pass->counted;
    g_hash_table_iter_init(&each, pass->sources);
    while (g_hash_table_iter_next(&each, &key, &value))
        if (*(const gint64 *)key != 0)
            count_add(facets->sources, *(const gint64 *)key, NULL, ((const Tally *)value)->count);
    g_hash_table_iter_init(&each, pass->kinds);
    while (g_hash_table_iter_next(&each, &key, &value))
        count_add(facets->kinds, 0, key, ((const Tally *)value)->count);
    g_hash_table_iter_init(&each, pass->spans);
    while (g_hash_table_iter_next(&each, &key, &value)) {
        const guint64 ends = (guint64) * (const gint64 *)key;
        const StoreWebSpan span = {(gint32)(guint32)(ends >> 32), (gint32)(guint32)ends,
                                   ((const Tally *)value)->count};
        if (span.first_day != G_MININT32 || span.last_day != G_MAXINT32)
            g_array_append_val(facets->spans, span);
    }
    g_array_sort(facets->spans, by_day);
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
    GHashTable *tallies = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    for (guint i = 0; i < stands->len; i++) {
        const Stand *stand = &g_array_index(stands, Stand, i);
        const gint64 place = below(parents, stand->place, top);
        if (place != 0)
            tally_number(tallies, place, stand->report);
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
        count_add(facets->places, *(const gint64 *)key, NULL, ((const Tally *)value)->count);
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
    find.deep = true;
    if (!store_find_begin(store, &find, wanted))
        return g_steal_pointer(&facets);
    g_auto(Pass) pass = {
        .sources = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free),
        .kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .spans = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free),
        .stands = g_array_new(FALSE, FALSE, sizeof(Stand)),
    };
    g_autofree char *sql = g_strdup_printf(
        TALLY_SQL, find.with->str, find.with->len == 0 ? "WITH" : ",", find.from->str,
        find.where->str, find.number, store_find_int(&find, (gint64)limit));
    DbStatement *row = store_prepare(store, sql, error);
    if (row == NULL || !store_bind(store, row, 1, find.binds, find.n, error))
        return NULL;
    int found = 0;
    while ((found = store_step(store, row, error)) == 1)
        take_row(&pass, row);
    if (found != 0 || !places_count(store, facets, pass.stands, wanted->place_id, error))
        return NULL;
    pass_give(&pass, facets);
    g_ptr_array_sort(facets->sources, by_count);
    g_ptr_array_sort(facets->kinds, by_count);
    g_ptr_array_sort(facets->places, by_count);
    return g_steal_pointer(&facets);
}
