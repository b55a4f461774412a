#include "store/beside.h"

#include "store/piece.h"

#include <string.h>

const char *const STORE_BESIDE_NAMES[] = {STORE_BESIDE_INBOX, NULL};

static bool save_file(Store *store, const char *name, const char *text, GError **error)
{
    g_autofree char *path = g_build_filename(store_folder(store), name, NULL);
    g_autoptr(GError) why = NULL;
    if (g_file_set_contents_full(path, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &why))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "%s", why->message);
    return false;
}

bool store_beside_save(Store *store, const char *name, const char *text, GError **error)
{
    const gsize n = strlen(text);
    g_assert(n <= STORE_PIECE_BYTES && g_strv_contains(STORE_BESIDE_NAMES, name));
    if (!store_has_pieces(store))
        return save_file(store, name, text, error);
    if (!store_begin(store, error))
        return false;
    if (store_piece_put(store, name, 0, text, n, error))
        return store_commit(store, error);
    store_rollback(store);
    return false;
}

static char *load_file(Store *store, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(store_folder(store), name, NULL);
    g_autoptr(GError) why = NULL;
    char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, &why) &&
        !g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "%s", why->message);
    return text;
}

char *store_beside_load(Store *store, const char *name, GError **error)
{
    if (!store_has_pieces(store))
        return load_file(store, name, error);
    g_autoptr(GBytes) bytes = store_piece_load(store, name, 0, error);
    if (bytes == NULL)
        return NULL;
    gsize n;
    const char *text = g_bytes_get_data(bytes, &n);
    return g_strndup(text, n);
}
