/* Tables made from the field tables; bringing an older case up to date.
 *
 * The version of the schema is the database's user_version. A table or column that came later
 * carries the version that brought it; a new column is NULL in old rows, NULL is left out of the
 * canonical form, and so an upgrade changes no entry of the evidence log. */
#include "store/log.h"
#include "store/seals_private.h"

extern const StoreEntity store_source_entity, store_original_entity, store_report_entity,
    store_statement_entity, store_person_entity, store_act_entity, store_place_entity,
    store_series_entity, store_alarm_entity, store_assessment_entity, store_rating_entity,
    store_ask_entity, store_appeal_entity, store_recipient_entity, store_signatory_entity,
    store_delivery_entity, store_response_entity, store_body_entity, store_session_entity,
    store_member_entity, store_vote_entity, store_ballot_entity, store_measure_entity,
    store_crisis_entity, store_figure_entity, store_user_entity, store_audit_entity,
    store_quarantine_entity, store_import_entity, store_link_entity, store_setting_entity,
    store_estimate_entity, store_judgement_entity, store_prediction_entity, store_outcome_entity,
    store_api_token_entity, store_sender_entity, store_message_entity, store_consent_entity,
    store_detail_entity, store_submission_entity, store_finding_entity, store_commitment_entity,
    store_watched_entity, store_notice_entity, store_dispatch_entity, store_verdict_entity,
    store_joining_entity, store_erasure_entity;

static const StoreEntity *const ENTITIES[STORE_N_KINDS] = {
    [STORE_KIND_SOURCE] = &store_source_entity,
    [STORE_KIND_ORIGINAL] = &store_original_entity,
    [STORE_KIND_REPORT] = &store_report_entity,
    [STORE_KIND_STATEMENT] = &store_statement_entity,
    [STORE_KIND_PERSON] = &store_person_entity,
    [STORE_KIND_ACT] = &store_act_entity,
    [STORE_KIND_PLACE] = &store_place_entity,
    [STORE_KIND_SERIES] = &store_series_entity,
    [STORE_KIND_ALARM] = &store_alarm_entity,
    [STORE_KIND_ASSESSMENT] = &store_assessment_entity,
    [STORE_KIND_RATING] = &store_rating_entity,
    [STORE_KIND_ASK] = &store_ask_entity,
    [STORE_KIND_APPEAL] = &store_appeal_entity,
    [STORE_KIND_RECIPIENT] = &store_recipient_entity,
    [STORE_KIND_SIGNATORY] = &store_signatory_entity,
    [STORE_KIND_DELIVERY] = &store_delivery_entity,
    [STORE_KIND_RESPONSE] = &store_response_entity,
    [STORE_KIND_BODY] = &store_body_entity,
    [STORE_KIND_SESSION] = &store_session_entity,
    [STORE_KIND_MEMBER] = &store_member_entity,
    [STORE_KIND_VOTE] = &store_vote_entity,
    [STORE_KIND_BALLOT] = &store_ballot_entity,
    [STORE_KIND_MEASURE] = &store_measure_entity,
    [STORE_KIND_CRISIS] = &store_crisis_entity,
    [STORE_KIND_FIGURE] = &store_figure_entity,
    [STORE_KIND_USER] = &store_user_entity,
    [STORE_KIND_AUDIT] = &store_audit_entity,
    [STORE_KIND_QUARANTINE] = &store_quarantine_entity,
    [STORE_KIND_IMPORT] = &store_import_entity,
    [STORE_KIND_LINK] = &store_link_entity,
    [STORE_KIND_SETTING] = &store_setting_entity,
    [STORE_KIND_ESTIMATE] = &store_estimate_entity,
    [STORE_KIND_JUDGEMENT] = &store_judgement_entity,
    [STORE_KIND_PREDICTION] = &store_prediction_entity,
    [STORE_KIND_OUTCOME] = &store_outcome_entity,
    [STORE_KIND_CONSENT] = &store_consent_entity,
    [STORE_KIND_DETAIL] = &store_detail_entity,
    [STORE_KIND_SUBMISSION] = &store_submission_entity,
    [STORE_KIND_FINDING] = &store_finding_entity,
    [STORE_KIND_COMMITMENT] = &store_commitment_entity,
    [STORE_KIND_WATCHED] = &store_watched_entity,
    [STORE_KIND_NOTICE] = &store_notice_entity,
    [STORE_KIND_DISPATCH] = &store_dispatch_entity,
    [STORE_KIND_VERDICT] = &store_verdict_entity,
    [STORE_KIND_JOINING] = &store_joining_entity,
    [STORE_KIND_TOKEN] = &store_api_token_entity,
    [STORE_KIND_SENDER] = &store_sender_entity,
    [STORE_KIND_MESSAGE] = &store_message_entity,
    [STORE_KIND_ERASURE] = &store_erasure_entity,
};

const StoreEntity *store_entity_of(StoreKind kind)
{
    return kind > STORE_KIND_NONE && kind < STORE_N_KINDS ? ENTITIES[kind] : NULL;
}

bool store_kind_has_table(StoreKind kind)
{
    return store_entity_of(kind) != NULL;
}

static int since(guint8 version)
{
    return version != 0 ? version : 1;
}

static const char *column_type(FieldType type)
{
    switch (type) {
    case FIELD_INT:
    case FIELD_INT32:
    case FIELD_BOOL:
    case FIELD_REF:
    case FIELD_TIME:
        return "INTEGER";
    case FIELD_REAL:
        return "REAL";
    case FIELD_CHAR:
    case FIELD_TEXT:
        return "TEXT";
    case FIELD_BLOB:
    case FIELD_BYTES:
    case FIELD_SEALED:
        return "BLOB";
    }
    g_assert_not_reached();
}

static void column_sql(GString *sql, const StoreField *field)
{
    g_string_append_printf(sql, "\"%s\" %s", field->name, column_type(field->type));
    if (field->type == FIELD_REF)
        g_string_append_printf(sql, " REFERENCES \"%s\"(\"id\")", store_kind_name(field->ref));
    if (field->constraint != NULL)
        g_string_append_printf(sql, " %s", field->constraint);
}

/* Columns that name other records are searched from both sides: by lists, and by SQLite when
 * the record named is removed. Rows that name none are left out of the index. */
static void index_sql(GString *sql, const char *table, const StoreField *field)
{
    if (field->type == FIELD_REF && !field->rare)
        g_string_append_printf(sql,
                               "CREATE INDEX \"%s_%s\" ON \"%s\"(\"%s\") WHERE \"%s\" IS NOT NULL;",
                               table, field->name, table, field->name, field->name);
}

static void table_sql(GString *sql, const StoreEntity *entity, int to)
{
    const char *table = store_kind_name(entity->kind);
    g_string_append_printf(
        sql, "CREATE TABLE \"%s\"(\"id\" INTEGER PRIMARY KEY, \"leaf\" INTEGER NOT NULL", table);
    for (gsize i = 0; i < entity->n_fields; i++) {
        if (since(entity->fields[i].since) > to)
            continue;
        g_string_append(sql, ", ");
        column_sql(sql, &entity->fields[i]);
    }
    g_string_append(sql, ") STRICT;");
    for (gsize i = 0; i < entity->n_fields; i++) {
        if (since(entity->fields[i].since) <= to)
            index_sql(sql, table, &entity->fields[i]);
    }
    if (entity->indexes != NULL)
        g_string_append_printf(sql, "%s;", entity->indexes);
}

static void later_sql(GString *sql, const StoreEntity *entity, int from, int to)
{
    for (gsize i = 0; i < G_N_ELEMENTS(entity->later); i++)
        if (entity->later[i].sql != NULL && entity->later[i].since > from &&
            entity->later[i].since <= to)
            g_string_append_printf(sql, "%s;", entity->later[i].sql);
}

static void columns_sql(GString *sql, const StoreEntity *entity, int from, int to)
{
    const char *table = store_kind_name(entity->kind);
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        if (since(field->since) <= from || since(field->since) > to)
            continue;
        g_string_append_printf(sql, "ALTER TABLE \"%s\" ADD COLUMN ", table);
        column_sql(sql, field);
        g_string_append_c(sql, ';');
        index_sql(sql, table, field);
    }
}

bool store_schema_upgrade(Store *store, const StoreEntity *const *entities, gsize n_entities,
                          int from, int to, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    if (from == 0) {
        g_string_append(sql, STORE_LOG_SCHEMA);
        g_string_append(sql, STORE_SEARCH_SCHEMA);
    }
    if (from < 5 && to >= 5)
        g_string_append(sql, STORE_CACHE_SCHEMA);
    if (from < 8 && to >= 8)
        g_string_append(sql, STORE_JOB_SCHEMA);
    if (from < 8 && to >= 8)
        g_string_append(sql, STORE_SEALS_SCHEMA);
    for (gsize i = 0; i < n_entities; i++) {
        const StoreEntity *entity = entities[i];
        if (entity == NULL || since(entity->since) > to)
            continue;
        if (since(entity->since) > from)
            table_sql(sql, entity, to);
        else
            columns_sql(sql, entity, from, to);
        later_sql(sql, entity, from, to);
    }
    g_string_append_printf(sql, "PRAGMA user_version=%d;", to);
    return store_run(store, sql->str, error);
}

/* Whole or not at all: the new version number is written in the same transaction. */
bool store_schema_migrate(Store *store, GError **error)
{
    gint64 from = 0;
    if (!store_run(store, "BEGIN IMMEDIATE", error))
        return false;
    /* Read again under the lock: another process may have done it meanwhile. */
    bool done = store_query_int(store, "PRAGMA user_version", NULL, 0, &from, NULL, error);
    if (done && from < STORE_SCHEMA_VERSION)
        done = store_schema_upgrade(store, ENTITIES, G_N_ELEMENTS(ENTITIES), (int)from,
                                    STORE_SCHEMA_VERSION, error);
    if (done && store_run(store, "COMMIT", error))
        return true;
    if (db_in_transaction(&store->db))
        store_run(store, "ROLLBACK", NULL);
    return false;
}
