/* appeal/clock.h: what the clock's files share; private to src/appeal. */
#pragma once
#include "appeal/appeal.h"
#include "store/appeal.h"

/** "acts" → "acted_on"; "silent" for none. Static. */
const char *clock_state(const char *kind);
/** The letter whose clock runs: this one, or for 0 the oldest that was sent; NULL without error:
 *  none was. Transfers. */
StoreAppeal *clock_letter(Store *store, gint64 appeal_id, GError **error);
