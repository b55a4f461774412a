/* appeal/clock.h: what the clock's files share; private to src/appeal. */
#pragma once
#include "appeal/appeal.h"
#include "store/appeal.h"

/** "acts" → "acted_on"; "silent" for none. Static. */
const char *clock_state(const char *kind);
/** The oldest letter that was sent; NULL without error: there is none. Transfers. */
StoreAppeal *clock_oldest_sent(Store *store, GError **error);
