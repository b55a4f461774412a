/* Any bytes: fields lie inside the message; a sealed number is one. */
#include "text/summons.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    static const char *const SENDERS[] = {NULL, "ADLIRAN", "09121234567", "", "1000490"};
    const char *sender = size > 0 ? SENDERS[data[0] % G_N_ELEMENTS(SENDERS)] : NULL;
    g_auto(TextSummons) summons = {0};
    if (!text_summons_read((const char *)data, size, sender, NULL, &summons, NULL))
        return 0;
    for (int i = 0; i < TEXT_SUMMONS_N_FIELDS; i++) {
        const TextField *field = &summons.fields[i];
        if (field->value == NULL || field->end > size || field->start > field->end)
            abort();
        if ((field->value[0] == '\0') != (field->confidence == 0))
            abort();
    }
    const char *id = summons.fields[TEXT_SUMMONS_NATIONAL_ID].value;
    if (id[0] != '\0' && !text_national_id_valid(id))
        abort();
    return 0;
}
