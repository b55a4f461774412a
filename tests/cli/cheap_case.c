/* cheap_case CASE PASSPHRASE: this case opens with little work from now on, so that a
 * script may open it a hundred times; made, where there is none.
 * cheap_case CASE PASSPHRASE older: and it is as the version before left it. */
#include "evidence/evidence.h"
#include "store/keys.h"
#include "store/private.h"

#include <sodium.h>

/* What schema 9 brought is taken away. */
static bool make_older(const char *folder, const char *passphrase, GError **error)
{
    g_autoptr(Store) store = evidence_open(folder, passphrase, STORE_WRITE, error);
    return store != NULL && store_run(store,
                                      "DROP INDEX report_by_kind; DROP INDEX report_counted;"
                                      "DROP INDEX statement_by_kind; PRAGMA user_version = 8",
                                      error);
}

int main(int argc, char **argv)
{
    const StoreKeyCost cheap = {.passes = 1, .memory_bytes = 1 << 20};
    g_autoptr(GError) error = NULL;
    if (argc < 3 || argc > 4 || sodium_init() < 0)
        return 2;
    g_autoptr(Store) store = evidence_create(argv[1], argv[2], &cheap, &error);
    bool done = store != NULL;
    if (!done && g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE)) { /* it is there */
        g_clear_error(&error);
        done = store_keys_change_passphrase(argv[1], argv[2], argv[2], &cheap, &error);
    }
    g_clear_pointer(&store, store_close);
    if (done && argc == 4)
        done = make_older(argv[1], argv[2], &error);
    if (!done)
        g_printerr("%s\n", error->message);
    return done ? 0 : 3;
}
