/* appeal/recipients.h: who held an office on a day; private to src/appeal. */
#pragma once
#include "appeal/appeal.h"
#include "store/appeal.h"

/** The holder of an office among recipients (StoreRecipient); NULL: not in the data. Borrowed. */
const StoreRecipient *recipients_holder(GPtrArray *recipients, gint64 body_id, gint32 day);
AppealVerdict recipients_verdict(GPtrArray *recipients, const StoreRecipient *recipient,
                                 gint32 day);
/** In the thread's language; NULL: the office alone. */
const char *recipients_name(const StoreRecipient *recipient);
/** The finding as a sentence. Transfers. */
char *recipients_sentence(const StoreRecipient *recipient, const StoreRecipient *holder,
                          AppealVerdict verdict, gint32 day);
