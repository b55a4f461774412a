/* store/server_schema.h: the tables of cases on a server; for the .c files of store/ only. */
#pragma once
#include "store/private.h"

/* The schema "zenhar" of the database as this program needs it: made where there is none, brought
 * up to date where it is older and `may_change`. */
bool store_server_schema_fit(Store *store, bool may_change, GError **error);
/* Some schema that this program knows: enough for the keys of a case, which an older one has, too.
 */
bool store_server_schema_there(Store *store, GError **error);
