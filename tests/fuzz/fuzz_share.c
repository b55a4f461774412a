/* Any text is shares of a key or a refusal; what is read is written and read back equal. */
#include "store/share.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    StoreShare shares[STORE_SHARES_MAX], again[1];
    char code[STORE_SHARE_CODE_MAX];
    g_autoptr(GError) error = NULL;
    gsize n = 0;
    if (!store_share_read((const char *)data, size, shares, STORE_SHARES_MAX, &n, &error)) {
        g_assert(error != NULL && n == 0);
        g_assert(g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    g_assert(error == NULL && n >= 1 && n <= STORE_SHARES_MAX);
    for (gsize i = 0; i < n; i++) {
        gsize one = 0;
        store_share_write(&shares[i], code);
        g_assert(store_share_read(code, strlen(code), again, 1, &one, NULL) && one == 1);
        g_assert(memcmp(again, &shares[i], sizeof *again) == 0);
    }
    return 0;
}
