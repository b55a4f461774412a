/* Any text is a date or a refusal; a date is written, read back, converted and told in words. */
#include "base/edtf.h"
#include "base/i18n.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    for (int calendar = 0; calendar < 2; calendar++) {
        g_autoptr(GError) error = NULL;
        Edtf edtf, again, gregorian;
        if (!edtf_parse(text, (Calendar)calendar, &edtf, &error)) {
            g_assert(error != NULL);
            continue;
        }
        g_assert(error == NULL);
        g_autofree char *written = edtf_format(&edtf);
        g_assert(edtf_parse(written, edtf.calendar, &again, NULL));
        g_autofree char *same = edtf_format(&again);
        g_assert(strcmp(written, same) == 0);
        edtf_to_gregorian(&edtf, &gregorian);
        g_autofree char *converted = edtf_format(&gregorian);
        g_assert(edtf_parse(converted, CALENDAR_GREGORIAN, &again, NULL));
        gint32 first[2], last[2];
        edtf_bounds(&edtf, &first[0], &last[0]);
        edtf_bounds(&again, &first[1], &last[1]);
        g_assert(first[0] == first[1] && last[0] == last[1] && first[0] <= last[0]);
        i18n_set_language(I18N_PERSIAN);
        g_autofree char *persian = edtf_describe(&edtf);
        i18n_set_language(I18N_ENGLISH);
        g_autofree char *english = edtf_describe(&gregorian);
        g_assert(g_utf8_validate(persian, -1, NULL) && g_utf8_validate(english, -1, NULL));
        g_assert(persian[0] != '\0' && english[0] != '\0' && strstr(english, "-2147") == NULL);
        (void)edtf_precision(&edtf);
    }
    return 0;
}
