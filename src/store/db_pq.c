#include "store/db_pq.h"

#include "base/error.h"
#include "base/i18n.h"

#include <dlfcn.h>

static DbPq functions;
static bool whole;

static gpointer load(gpointer nothing)
{
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    whole = library != NULL;
    /* POSIX lets a pointer of dlsym be a function's; C has no cast for it. */
#define DB_PQ_LOAD(name)                                                                           \
    *(void **)&functions.name = whole ? dlsym(library, #name) : NULL;                              \
    whole = whole && functions.name != NULL;
    DB_PQ_FUNCTIONS(DB_PQ_LOAD)
#undef DB_PQ_LOAD
    return NULL;
}

const DbPq *db_pq(GError **error)
{
    static GOnce once = G_ONCE_INIT;
    g_once(&once, load, NULL);
    if (whole)
        return &functions;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                        _("A case on a PostgreSQL server needs the library libpq, which is not "
                          "installed (Debian: libpq5)."));
    return NULL;
}
