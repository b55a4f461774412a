/* store/server_places.h: partitions on other servers; for the .c files of store/ only. */
#pragma once
#include "store/private.h"

/* Functions of the schema, since version 8; run with the schema in search_path. */
extern const char STORE_SERVER_PLACES_SQL[];
/* Sets store->placed: do partitions of this database lie elsewhere? */
bool store_server_places_read(Store *store, GError **error);
/* May the tables be changed from here? USAGE: some lie elsewhere. */
bool store_server_places_fit(Store *store, GError **error);
