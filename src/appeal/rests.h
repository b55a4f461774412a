/* appeal/rests.h: a record rests on records that a user names. */
#pragma once
#include "store/link.h"

/** Links a record to those named, by ids with commas or spaces between ("FG12, AL3"), role
 *  "evidence"; how many into ret_n. False with error: no id, or nothing of that id. */
bool appeal_rest_on(Store *store, StoreKind kind, gint64 id, const char *ids, guint *ret_n,
                    GError **error);
/** The records it rests on, role "evidence"; originals left out. GArray of StoreTraceStep. */
GArray *appeal_rests(Store *store, StoreKind kind, gint64 id, GError **error);
/** Their ids with spaces between. NULL with error set. Transfers. */
char *appeal_rests_text(Store *store, StoreKind kind, gint64 id, GError **error);
/** "AK1, AK3" as numbers (gint64) of one kind. NULL with error (USAGE). Transfers. */
GArray *appeal_ids_read(const char *ids, StoreKind kind, GError **error);
