/* The tables of sources, originals, reports and statements; finds by key. */
#include "store/report.h"
#include "store/private.h"

#include <string.h>

static const StoreField store_source_fields[] = {
    FIELD(StoreSource, name, .constraint = "NOT NULL UNIQUE"),
    FIELD(StoreSource, kind),
    FIELD(StoreSource, reliability),
    FIELD(StoreSource, language),
    FIELD(StoreSource, url),
    FIELD(StoreSource, note),
    FIELD(StoreSource, synthetic),
    FIELD_OF(StoreSource, created, FIELD_TIME),
    FIELD(StoreSource, credibility, .since = 7),
};
STORE_ENTITY_DEFINE(StoreSource, store_source, STORE_KIND_SOURCE)
STORE_ENTITY_FIND_DEFINE(StoreSource, store_source, name)

static const StoreField store_original_fields[] = {
    FIELD(StoreOriginal, sha256, .constraint = "NOT NULL UNIQUE"),
    FIELD(StoreOriginal, bytes),
    FIELD(StoreOriginal, name),
    FIELD(StoreOriginal, media_type),
    FIELD(StoreOriginal, origin),
    FIELD_OF(StoreOriginal, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreOriginal, store_original, STORE_KIND_ORIGINAL)

static const StoreField store_report_fields[] = {
    FIELD_TO(StoreReport, source_id, STORE_KIND_SOURCE),
    FIELD_TO(StoreReport, original_id, STORE_KIND_ORIGINAL),
    FIELD(StoreReport, original_offset),
    FIELD(StoreReport, original_length),
    FIELD_OF(StoreReport, received, FIELD_TIME),
    FIELD(StoreReport, event_date),
    FIELD(StoreReport, first_day, .initial = G_MININT32),
    FIELD(StoreReport, last_day, .initial = G_MAXINT32),
    FIELD_TO(StoreReport, place_id, STORE_KIND_PLACE),
    FIELD(StoreReport, place_text),
    FIELD(StoreReport, title),
    FIELD(StoreReport, text),
    FIELD(StoreReport, language),
    FIELD(StoreReport, kind),
    FIELD(StoreReport, reliability),
    FIELD(StoreReport, credibility, .constraint = "CHECK(\"credibility\" BETWEEN 0 AND 6)"),
    FIELD(StoreReport, status),
    FIELD(StoreReport, synthetic),
    FIELD(StoreReport, withdrawn),
    FIELD(StoreReport, external_id),
    FIELD(StoreReport, extra),
    FIELD_TO(StoreReport, import_id, STORE_KIND_IMPORT, .rare = true),
    FIELD(StoreReport, content_key, .constraint = "UNIQUE"),
};
STORE_ENTITY_DEFINE(StoreReport, store_report, STORE_KIND_REPORT,
                    .indexes = "CREATE INDEX \"report_by_day\" ON \"report\"(\"first_day\")",
                    .later = {{"CREATE INDEX \"report_by_span\" ON \"report\"(\"last_day\", "
                               "\"first_day\") WHERE " STORE_REPORT_SPANS,
                               8},
                              {"CREATE INDEX \"report_by_kind\" ON \"report\"(\"kind\") WHERE "
                               "\"kind\" IS NOT NULL;"
                               "CREATE INDEX \"report_counted\" ON \"report\"(\"source_id\", "
                               "\"place_id\", \"received\", \"reliability\", \"credibility\") "
                               "WHERE \"withdrawn\" = 0 AND \"status\" <> 2",
                               9}})
STORE_ENTITY_BY_DEFINE(StoreReport, store_report, source)
STORE_ENTITY_BY_DEFINE(StoreReport, store_report, original)
STORE_ENTITY_BY_DEFINE(StoreReport, store_report, import)

static const StoreField store_statement_fields[] = {
    FIELD_TO(StoreStatement, report_id, STORE_KIND_REPORT),
    FIELD_TO(StoreStatement, act_id, STORE_KIND_ACT),
    FIELD(StoreStatement, act_kind),
    FIELD_TO(StoreStatement, victim_id, STORE_KIND_PERSON),
    FIELD_OF(StoreStatement, victim_name, FIELD_SEALED),
    FIELD_OF(StoreStatement, victim_father, FIELD_SEALED),
    FIELD(StoreStatement, victim_birth),
    FIELD(StoreStatement, victim_gender),
    FIELD(StoreStatement, victim_age, .initial = -1),
    FIELD(StoreStatement, victim_group),
    FIELD(StoreStatement, perpetrator),
    FIELD(StoreStatement, event_date),
    FIELD(StoreStatement, first_day, .initial = G_MININT32),
    FIELD(StoreStatement, last_day, .initial = G_MAXINT32),
    FIELD_TO(StoreStatement, place_id, STORE_KIND_PLACE, .rare = true),
    FIELD(StoreStatement, place_text),
    FIELD(StoreStatement, count_min, .initial = 1),
    FIELD(StoreStatement, count_max, .initial = 1),
    FIELD(StoreStatement, according_to),
    FIELD(StoreStatement, charge),
    FIELD_OF(StoreStatement, case_number, FIELD_SEALED),
    FIELD(StoreStatement, outcome),
    FIELD(StoreStatement, text_offset, .initial = -1),
    FIELD(StoreStatement, text_length),
    FIELD(StoreStatement, confidence),
    FIELD(StoreStatement, method),
    FIELD_OF(StoreStatement, victim_national_id, FIELD_SEALED),
    FIELD_OF(StoreStatement, victim_contact, FIELD_SEALED),
};
STORE_ENTITY_DEFINE(StoreStatement, store_statement, STORE_KIND_STATEMENT,
                    .later = {{"CREATE INDEX \"statement_by_kind\" ON \"statement\"(\"act_kind\", "
                               "\"report_id\")",
                               9}})
STORE_ENTITY_BY_DEFINE(StoreStatement, store_statement, report)
STORE_ENTITY_BY_DEFINE(StoreStatement, store_statement, act)
STORE_ENTITY_BY_DEFINE(StoreStatement, store_statement, victim)
StoreOriginal *store_original_find(Store *store, const guint8 sha256[32], GError **error)
{
    const StoreBind bind = {.type = 'b', .p = sha256, .n = 32};
    return store_entity_find(store, &store_original_entity, "\"sha256\" = ?1", &bind, 1, "sha256",
                             error);
}

bool store_report_counted(const StoreReport *report)
{
    return !report->withdrawn && report->status != STORE_REPORT_REJECTED &&
           !(report->reliability == 'E' && report->credibility == 5);
}

gint64 store_report_find(Store *store, const guint8 content_key[16], GError **error)
{
    const StoreBind bind = {.type = 'b', .p = content_key, .n = 16};
    gint64 id = 0;
    bool found = false;
    if (!store_query_int(store, "SELECT id FROM report WHERE content_key = ?1", &bind, 1, &id,
                         &found, error))
        return -1;
    return found ? id : 0;
}

bool store_statement_set_links(Store *store, gint64 id, gint64 victim_id, gint64 act_id,
                               GError **error)
{
    const StoreBind binds[] = {{.type = victim_id != 0 ? 'i' : 'n', .i = victim_id},
                               {.type = act_id != 0 ? 'i' : 'n', .i = act_id}};
    return store_entity_patch(store, &store_statement_entity, id,
                              "UPDATE statement SET leaf = ?2, victim_id = ?3, act_id = ?4"
                              " WHERE id = ?1",
                              binds, G_N_ELEMENTS(binds), error);
}
