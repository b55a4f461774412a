/* cheap_case FOLDER PASSPHRASE: a case whose passphrase costs little to derive, so that a script may
 * open it a hundred times. */
#include "evidence/evidence.h"

#include <sodium.h>

int main(int argc, char **argv)
{
    const StoreKeyCost cheap = {.passes = 1, .memory_bytes = 1 << 20};
    g_autoptr(GError) error = NULL;
    if (argc != 3 || sodium_init() < 0)
        return 2;
    g_autoptr(Store) store = evidence_create(argv[1], argv[2], &cheap, &error);
    if (store == NULL)
        g_printerr("%s\n", error->message);
    return store != NULL ? 0 : 3;
}
