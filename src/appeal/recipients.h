/* appeal/recipients.h: who held an office on a day; private to src/appeal. */
#pragma once
#include "appeal/appeal.h"
#include "store/appeal.h"
#include "store/body.h"

/** The holder of an office among recipients (StoreRecipient); NULL: not in the data. Borrowed. */
const StoreRecipient *recipients_holder(GPtrArray *recipients, gint64 body_id, gint32 day);
AppealVerdict recipients_verdict(GPtrArray *recipients, const StoreRecipient *recipient,
                                 gint32 day);
/** In the thread's language; NULL: the office alone. */
const char *recipients_name(const StoreRecipient *recipient);
/** The finding as a sentence. Transfers. */
char *recipients_sentence(const StoreRecipient *recipient, const StoreRecipient *holder,
                          AppealVerdict verdict, gint32 day);

AppealRecipientFinding *recipients_finding(GPtrArray *recipients, const StoreRecipient *recipient,
                                           AppealVerdict verdict, gint32 day);
void recipients_finding_free(gpointer finding);

/** Adds one finding for each office and mandate, held that day, that nobody written to stands for.
 */
void recipients_left_out(GPtrArray *recipients, GPtrArray *bodies, GHashTable *written, gint32 day,
                         GPtrArray *findings);

/** What a check looks at: the case's records, or the bundled tables. */
typedef struct {
    GPtrArray *bodies;     /**< StoreBody; ids are there in both cases */
    GPtrArray *recipients; /**< StoreRecipient */
    GPtrArray *members;    /**< StoreMember */
    bool bundled;          /**< ids are row numbers of tables, not of records */
} Registry;
bool registry_load(Store *store, Registry *ret_registry, GError **error);
void registry_clear(Registry *registry);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Registry, registry_clear)
const StoreBody *registry_body(const Registry *registry, const char *code);

/** ISO code of the state that a mission ("PR-UK") represents; NULL none. Borrowed, static. */
const char *registry_mission_state(const char *code);
/** Of the members of a body in the day's year, those whose missions were not written to.
 *  written: body ids (gint64) of the offices written to. NULL: no list of that year, or all were.
 */
AppealRecipientFinding *registry_missing_members(const Registry *registry, const StoreBody *body,
                                                 GHashTable *written, gint32 day);
