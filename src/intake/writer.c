#include "intake/writer.h"

#include "store/person.h"

void intake_names_init(IntakeNames *names, Store *store, const IntakeGazetteer *gazetteer)
{
    gsize n;
    intake_gazetteer_provinces(gazetteer, &n);
    names->store = store;
    names->gazetteer = gazetteer;
    names->sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    names->places = g_new0(gint64, n);
}

void intake_names_clear(IntakeNames *names)
{
    g_hash_table_unref(names->sources);
    g_free(names->places);
}

void intake_names_forget(IntakeNames *names)
{
    gsize n;
    intake_gazetteer_provinces(names->gazetteer, &n);
    g_hash_table_remove_all(names->sources);
    for (gsize i = 0; i < n; i++)
        names->places[i] = 0;
}

typedef struct {
    gint64 id;
    char reliability; /* of what it tells, where nothing else is said; 0 */
    gint32 credibility;
} KnownSource;

/* The source of that name, made when it is not there; NULL with error set. Borrowed. */
static const KnownSource *find_source(IntakeNames *names, const char *name,
                                      const IntakeOptions *options, bool synthetic, GError **error)
{
    const KnownSource *known = g_hash_table_lookup(names->sources, name);
    if (known != NULL)
        return known;
    g_autoptr(GError) missing = NULL;
    g_autoptr(StoreSource) source = store_source_find(names->store, name, &missing);
    if (source == NULL) {
        if (!g_error_matches(missing, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&missing));
            return NULL;
        }
        source = store_source_new();
        source->name = g_strdup(name);
        source->reliability = options->reliability;
        source->synthetic = synthetic;
        if (!store_source_add(names->store, source, error))
            return NULL;
    }
    KnownSource *fresh = g_new0(KnownSource, 1);
    *fresh = (KnownSource){source->id, source->reliability, source->credibility};
    g_hash_table_insert(names->sources, g_strdup(name), fresh);
    return fresh;
}

/* The row of a marked place (intake_place_mark); 0 with error set. */
static gint64 place_id(IntakeNames *names, gint64 mark, GError **error)
{
    gsize n, number = (gsize)(-1 - mark);
    const IntakeProvince *provinces = intake_gazetteer_provinces(names->gazetteer, &n);
    g_assert(number < n);
    if (names->places[number] != 0)
        return names->places[number];
    const IntakeProvince *province = &provinces[number];
    g_autoptr(GError) missing = NULL;
    g_autoptr(StorePlace) place = store_place_find(names->store, province->iso, &missing);
    if (place == NULL) {
        if (!g_error_matches(missing, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&missing));
            return 0;
        }
        place = store_place_new();
        place->iso = g_strdup(province->iso);
        place->kind = g_strdup("province");
        place->name_fa = g_strdup(province->name_fa);
        place->name_en = g_strdup(province->name_en);
        place->latitude = province->latitude;
        place->longitude = province->longitude;
        place->source = g_strdup("data/geo/provinces.csv");
        if (!store_place_add(names->store, place, error))
            return 0;
    }
    return names->places[number] = place->id;
}

bool intake_names_fill(IntakeNames *names, IntakeBatch *batch, const StoreImport *run,
                       const IntakeOptions *options, GError **error)
{
    for (guint i = 0; i < batch->items->len; i++) {
        StoreReportItem *item = &g_array_index(batch->items, StoreReportItem, i);
        StoreReport *report = &item->report;
        report->import_id = run->id;
        report->original_id = run->original_id;
        const KnownSource *source = find_source(names, g_ptr_array_index(batch->sources, i),
                                                options, report->synthetic, error);
        if (source == NULL)
            return false;
        report->source_id = source->id;
        if (report->reliability == 0)
            report->reliability = source->reliability;
        if (report->credibility == 0)
            report->credibility = source->credibility;
        if (report->received == 0)
            report->received = run->started;
        if (report->place_id < 0 &&
            (report->place_id = place_id(names, report->place_id, error)) == 0)
            return false;
        for (gsize k = 0; k < item->n_statements; k++) {
            StoreStatement *statement = &item->statements[k];
            if (statement->place_id < 0 &&
                (statement->place_id = place_id(names, statement->place_id, error)) == 0)
                return false;
        }
    }
    return true;
}
