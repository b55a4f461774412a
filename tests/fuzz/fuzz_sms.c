/* Any bytes as what a gateway for short messages posts: messages in UTF-8, or a sentence. The first
 * byte chooses what the request says it is. */
#include "intake/sms.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"", "application/json; charset=utf-8",
                                        "application/x-www-form-urlencoded", "text/plain"};
    if (size == 0)
        return 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) messages = intake_sms_read(types[data[0] % G_N_ELEMENTS(types)],
                                                    (const char *)data + 1, size - 1, &error);
    g_assert_true((messages == NULL) == (error != NULL));
    for (guint i = 0; messages != NULL && i < messages->len; i++) {
        const IntakeSms *sms = g_ptr_array_index(messages, i);
        g_assert_true(sms->text != NULL && g_utf8_validate(sms->text, -1, NULL));
        g_assert_true(sms->from == NULL || g_utf8_validate(sms->from, -1, NULL));
        g_assert_true(sms->id == NULL || g_utf8_validate(sms->id, -1, NULL));
        g_assert_cmpint(sms->sent, >=, 0);
    }
    return 0;
}
