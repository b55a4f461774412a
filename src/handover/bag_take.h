/* handover/bag_take.h: a bag taken into a case, once everything of it was checked. */
#pragma once
#include "handover/bag_check.h"

typedef struct {
    TakeDone taken;
    gint64 originals; /**< files sealed that came as originals */
    bool again;       /**< it was taken in before; nothing was added */
} BagTaken;

/** Reads the bag a second time, each file against what was checked, and takes it in, in one
 *  transaction: originals as originals, each with its number here; every other file of it sealed as
 * it came; records as handover/taker.h says. Its log, case id and key are kept, and checked by
 *  bag_check_kept. INTEGRITY when it is not any more what was checked. */
bool bag_take(Store *store, const BagFrom *from, const BagChecked *checked, BagTaken *ret,
              GError **error);

/** Recomputes the logs of all bags that were taken in; *ret_n how many. INTEGRITY names what does
 * not fit. */
bool bag_check_kept(Store *store, gint64 *ret_n, GError **error);
