/* cheap_case CASE PASSPHRASE: this case opens with little work from now on, so that a
 * script may open it a hundred times; made, where there is none. */
#include "evidence/evidence.h"
#include "store/keys.h"

#include <sodium.h>

int main(int argc, char **argv)
{
    const StoreKeyCost cheap = {.passes = 1, .memory_bytes = 1 << 20};
    g_autoptr(GError) error = NULL;
    if (argc != 3 || sodium_init() < 0)
        return 2;
    g_autoptr(Store) store = evidence_create(argv[1], argv[2], &cheap, &error);
    bool done = store != NULL;
    if (!done && g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE)) { /* it is there */
        g_clear_error(&error);
        done = store_keys_change_passphrase(argv[1], argv[2], argv[2], &cheap, &error);
    }
    if (!done)
        g_printerr("%s\n", error->message);
    return done ? 0 : 3;
}
