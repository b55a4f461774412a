/* store/server_address.h: where a case on a server is.
 *
 *     postgresql://[USER@][HOST[:PORT]]/DATABASE[/CASE][?OPTION=VALUE…]
 *
 * The address as libpq reads it, with the name of the case behind the database's ("case" where
 * none stands). A password in it is refused: it belongs into ~/.pgpass, PGPASSFILE or a service
 * file, since an address stands in the process' words and in histories. Away from this machine (a
 * socket, localhost, a loopback address) the connection is TLS with the server's certificate and
 * name verified: sslmode=verify-full, and nothing less is taken. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** Is this the address of a server, and not a folder? NULL is none. */
bool store_address_is(const char *place);

typedef struct {
    char *server; /* as libpq takes it, without the case */
    char *name;   /* of the case */
} StoreAddress;
/* USAGE with a sentence that does not repeat the address. */
bool store_address_read(const char *place, StoreAddress *ret_address, GError **error);
void store_address_clear(StoreAddress *address);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreAddress, store_address_clear)
