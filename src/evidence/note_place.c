#include "evidence/note_place.h"

#include "store/server_address.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

/* "postgresql://HOST/DATABASE/CASE?…", hashed. */
static char *folder_of(const char *address)
{
    const char *authority = strstr(address, "://");
    const char *rest = authority != NULL ? authority + 3 : address;
    const gsize n = strcspn(rest, "/?");
    const char *at = memchr(rest, '@', n);
    guint8 hash[16];
    char hex[2 * sizeof hash + 1];
    if (at != NULL)
        rest = at + 1;
    crypto_generichash(hash, sizeof hash, (const guint8 *)rest, strlen(rest), NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return g_build_filename(g_get_user_state_dir(), "zenhar", hex, NULL);
}

char *evidence_note_path(const char *place, const char *name)
{
    if (!store_address_is(place))
        return g_build_filename(place, name, NULL);
    g_autofree char *folder = folder_of(place);
    return g_build_filename(folder, name, NULL);
}

void evidence_note_prepare(const char *place)
{
    if (!store_address_is(place))
        return;
    g_autofree char *folder = folder_of(place);
    g_mkdir_with_parents(folder, 0700);
}
