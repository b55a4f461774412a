/* Any bytes: keys are short ASCII; a name comes apart without a crash. */
#include "text/names.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autofree char *name = g_strndup((const char *)data, size);
    for (int level = TEXT_NAME_SOUND; level <= TEXT_NAME_SKELETON; level++) {
        char key[TEXT_NAME_KEY_MAX];
        gsize n = text_name_token_key((const char *)data, (gssize)size, (TextNameLevel)level, key);
        if (n >= TEXT_NAME_KEY_MAX || strlen(key) != n)
            abort();
        for (gsize i = 0; i < n; i++)
            if (!g_ascii_isalpha(key[i]))
                abort();
        g_autofree char *whole = text_name_key_at(name, (TextNameLevel)level);
        if (whole == NULL)
            abort();
    }
    g_auto(TextName) parts = {0};
    g_autofree char *sorted = text_name_key_sorted(name);
    return text_name_parse(name, &parts) && sorted != NULL ? 0 : 0;
}
