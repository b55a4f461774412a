/* appeal/facts_letter.c: the open letter that a case begins with: whom it named, who signed, and
 * what bodies have done since on what it asked. Its own words are not kept here. */
#include "appeal/facts.h"

#include "base/edtf.h"
#include "base/i18n.h"
#include <string.h>

enum { SECONDS_A_DAY = 86400 };

bool facts_load_treaties(Facts *facts, GError **error)
{
    /* No kind of record holds a treaty: the sealed table itself is what a letter rests on. */
    g_auto(FactsTable) table = {0};
    bool there;
    return facts_open_case(facts, "treaties.csv",
                           "treaty name_en name_fa party since source verified", &table, &there,
                           error);
}

/* ---- the letter ---- */

static bool put_letter(Facts *facts, const FactsTable *table, GError **error)
{
    g_autoptr(GPtrArray) old = store_appeal_list(facts->store, NULL, error);
    if (old == NULL)
        return false;
    g_autoptr(StoreAppeal) appeal = store_appeal_new();
    appeal->title = facts_copy(table, 0, "title_en");
    appeal->subject = facts_copy(table, 0, "title_fa");
    appeal->body = g_strdup_printf("%s\n%s", facts_cell(table, 0, "summary_fa"),
                                   facts_cell(table, 0, "summary_en"));
    appeal->language = g_strdup("fa");
    appeal->status = g_strdup("sent");
    if (!facts_date(table, 0, "date", NULL, &appeal->day, NULL, error))
        return false;
    appeal->reference = g_strdup_printf("%s/%s", facts->case_name, facts_cell(table, 0, "date"));
    gint64 known = 0;
    for (guint i = 0; i < old->len; i++) {
        const StoreAppeal *one = old->pdata[i];
        if (g_strcmp0(one->reference, appeal->reference) == 0)
            known = one->id;
    }
    if (!FACTS_PUT(facts, table, StoreAppeal, store_appeal, STORE_KIND_APPEAL, appeal, known,
                   error))
        return false;
    facts->appeal_id = appeal->id;
    for (gsize code = 0; code < 26;
         code++) { /* in order, so that link ids are the same each time */
        const char name[] = {(char)('a' + code), '\0'};
        gint64 ask = facts_keys_get(facts->asks, name);
        if (ask != 0 && !store_link_join(facts->store, STORE_KIND_APPEAL, appeal->id,
                                         STORE_KIND_ASK, ask, "asks", error))
            return false;
    }
    return true;
}

static bool put_named(Facts *facts, const FactsTable *table, gsize row, GPtrArray *deliveries,
                      gint32 day, GError **error)
{
    const StoreBody *body = facts_body(facts, table, row, "office", error);
    if (body == NULL)
        return false;
    g_autoptr(GPtrArray) holders =
        store_recipient_list_by_body(facts->store, body->id, NULL, error);
    if (holders == NULL)
        return false;
    const char *name = facts_cell(table, row, "name");
    gint64 recipient = 0;
    for (guint i = 0; i < holders->len; i++) {
        const StoreRecipient *holder = holders->pdata[i];
        if (g_strcmp0(holder->name, name) == 0)
            recipient = holder->id;
    }
    if (recipient == 0) {
        facts_fail(table, row, "name", error,
                   _("“%s” is no holder of that office in r2p/recipients.csv."), name);
        return false;
    }
    g_autoptr(StoreDelivery) delivery = store_delivery_new();
    delivery->appeal_id = facts->appeal_id;
    delivery->recipient_id = recipient;
    delivery->status = g_strdup("sent");
    delivery->sent = (gint64)day * SECONDS_A_DAY;
    delivery->note = g_strdup_printf("named in the open letter as: %s",
                                     facts_cell(table, row, "office_as_written"));
    gint64 known = 0;
    for (guint i = 0; i < deliveries->len; i++) {
        const StoreDelivery *one = deliveries->pdata[i];
        if (one->recipient_id == recipient)
            known = one->id;
    }
    return FACTS_PUT(facts, table, StoreDelivery, store_delivery, STORE_KIND_DELIVERY, delivery,
                     known, error);
}

static bool load_named(Facts *facts, gint32 day, GError **error)
{
    g_auto(FactsTable) table = {0};
    bool there;
    if (!facts_open_case(facts, "letter-recipients.csv", "office name office_as_written source",
                         &table, &there, error))
        return false;
    if (!there)
        return true;
    g_autoptr(GPtrArray) old =
        store_delivery_list_by_appeal(facts->store, facts->appeal_id, NULL, error);
    if (old == NULL)
        return false;
    for (gsize row = 0; row < table.table->n_rows; row++)
        if (!put_named(facts, &table, row, old, day, error))
            return false;
    return true;
}

static bool load_signatories(Facts *facts, gint32 day, GError **error)
{
    g_auto(FactsTable) table = {0};
    bool there;
    if (!facts_open_case(facts, "signatories.csv", "position name name_fa kind source", &table,
                         &there, error))
        return false;
    if (!there)
        return true;
    g_autoptr(GPtrArray) old =
        store_signatory_list_by_appeal(facts->store, facts->appeal_id, NULL, error);
    if (old == NULL)
        return false;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize row = 0; row < table.table->n_rows; row++) {
        g_autoptr(StoreSignatory) signatory = store_signatory_new();
        signatory->appeal_id = facts->appeal_id;
        signatory->name = facts_copy(&table, row, "name");
        signatory->name_fa = facts_copy(&table, row, "name_fa");
        signatory->kind = facts_copy(&table, row, "kind");
        signatory->status = g_strdup("agreed");
        signatory->consent = g_strdup("signatory of the public letter");
        signatory->day = day;
        signatory->source = facts_copy(&table, row, "source");
        if (!facts_integer(&table, row, "position", 0, &signatory->position, error))
            return false;
        if (signatory->name == NULL ||
            !g_hash_table_add(seen, (gpointer)facts_cell(&table, row, "name"))) {
            facts_fail(&table, row, "name", error, _("A signatory is missing or named twice."));
            return false;
        }
        gint64 known = 0;
        for (guint i = 0; i < old->len; i++) {
            const StoreSignatory *one = old->pdata[i];
            if (g_strcmp0(one->name, signatory->name) == 0)
                known = one->id;
        }
        if (!FACTS_PUT(facts, &table, StoreSignatory, store_signatory, STORE_KIND_SIGNATORY,
                       signatory, known, error))
            return false;
    }
    return true;
}

bool facts_load_letter(Facts *facts, GError **error)
{
    g_auto(FactsTable) table = {0};
    bool there;
    if (!facts_open_case(facts, "letter.csv", "date title_en title_fa summary_en summary_fa source",
                         &table, &there, error))
        return false;
    if (!there || table.table->n_rows == 0)
        return true;
    gint32 day;
    return facts_date(&table, 0, "date", NULL, &day, NULL, error) &&
           put_letter(facts, &table, error) && load_named(facts, day, error) &&
           load_signatories(facts, day, error);
}

/* ---- steps taken since ---- */

/* What shows the step: the session named, else the vote of that body on that day. */
static bool link_step(Facts *facts, const FactsTable *table, gsize row, const StoreBody *body,
                      gint64 response_id, gint32 day, GError **error)
{
    g_autoptr(GPtrArray) sessions = store_session_list_by_body(facts->store, body->id, NULL, error);
    g_autoptr(GPtrArray) votes = store_vote_list_by_body(facts->store, body->id, NULL, error);
    if (sessions == NULL || votes == NULL)
        return false;
    const char *name = facts_cell(table, row, "session");
    bool found = name[0] == '\0';
    for (guint i = 0; i < sessions->len; i++) {
        const StoreSession *session = sessions->pdata[i];
        if (g_strcmp0(session->name, name) != 0)
            continue;
        found = true;
        if (!store_link_join(facts->store, STORE_KIND_RESPONSE, response_id, STORE_KIND_SESSION,
                             session->id, "evidence", error))
            return false;
    }
    if (!found) {
        facts_fail(table, row, "session", error, _("There is no session “%s” in sessions.csv."),
                   name);
        return false;
    }
    for (guint i = 0; i < votes->len; i++) {
        const StoreVote *vote = votes->pdata[i];
        if (vote->first_day == day && vote->last_day == day &&
            !store_link_join(facts->store, STORE_KIND_RESPONSE, response_id, STORE_KIND_VOTE,
                             vote->id, "evidence", error))
            return false;
    }
    return true;
}

/* The measure was taken; the newest day stands. */
static bool mark_measure(Facts *facts, const FactsTable *table, gsize row, gint64 response_id,
                         gint32 day, GError **error)
{
    const char *code = facts_cell(table, row, "measure");
    if (code[0] == '\0')
        return true;
    g_autoptr(StoreMeasure) measure = store_measure_find(facts->store, code, NULL);
    if (measure == NULL) {
        facts_fail(table, row, "measure", error, _("“%s” is no measure of r2p/measures.csv."),
                   code);
        return false;
    }
    if (!store_link_join(facts->store, STORE_KIND_MEASURE, measure->id, STORE_KIND_RESPONSE,
                         response_id, "evidence", error))
        return false;
    if (measure->taken_day >= day && g_strcmp0(measure->status, "taken") == 0)
        return true;
    g_free(measure->status);
    measure->status = g_strdup("taken");
    measure->taken_day = day;
    return store_measure_update(facts->store, measure, error);
}

static bool put_step(Facts *facts, const FactsTable *table, gsize row, GPtrArray *old,
                     GError **error)
{
    const StoreBody *body = facts_body(facts, table, row, "body", error);
    if (body == NULL)
        return false;
    g_autoptr(StoreResponse) response = store_response_new();
    gint32 day;
    if (!facts_date(table, row, "date", NULL, &day, NULL, error))
        return false;
    response->ask_id = facts_keys_get(facts->asks, facts_cell(table, row, "ask"));
    response->original_id = table->original_id;
    response->kind = g_strdup("acts");
    response->text = facts_copy(table, row, "text_en");
    response->text_fa = facts_copy(table, row, "text_fa");
    response->source = facts_copy(table, row, "source");
    response->received = (gint64)day * SECONDS_A_DAY;
    if (response->ask_id == 0 || response->text == NULL) {
        facts_fail(table, row, "ask", error, _("A step needs the code of an ask and a text."));
        return false;
    }
    gint64 known = 0;
    for (guint i = 0; i < old->len; i++) {
        const StoreResponse *one = old->pdata[i];
        if (one->ask_id == response->ask_id && one->received == response->received &&
            g_strcmp0(one->text, response->text) == 0)
            known = one->id;
    }
    return FACTS_PUT(facts, table, StoreResponse, store_response, STORE_KIND_RESPONSE, response,
                     known, error) &&
           link_step(facts, table, row, body, response->id, day, error) &&
           mark_measure(facts, table, row, response->id, day, error);
}

bool facts_load_steps(Facts *facts, GError **error)
{
    g_auto(FactsTable) table = {0};
    bool there;
    if (!facts_open_case(facts, "steps.csv",
                         "date ask body measure session text_en text_fa source verified", &table,
                         &there, error))
        return false;
    if (!there)
        return true;
    g_autoptr(GPtrArray) old = store_response_list(facts->store, NULL, error);
    if (old == NULL)
        return false;
    for (gsize row = 0; row < table.table->n_rows; row++)
        if (!put_step(facts, &table, row, old, error))
            return false;
    return true;
}
