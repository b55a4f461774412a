/* Any bytes: the changes are disjoint and lead back; a second time changes nothing; a fold is a
 * fixed point. The lexicon is small and fixed. */
#include "text/normalize.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    static const char FORMS[] =
        "form,count\nمی‌کند,90\nکند,20\nکتاب,9\nکتاب‌ها,9\nخانه,"
        "5\nخانه‌ای,3\nبین‌المللی,"
        "20\nالمللی,1\nبی‌توجهی,4\nتوجهی,3\n";
    static TextLexicon *lexicon;
    if (lexicon == NULL)
        lexicon = text_lexicon_new(FORMS, sizeof FORMS - 1, NULL);
    TextOptions options = text_options_default();
    if (size > 0) { /* the first byte chooses */
        options.digits = (TextDigits)(data[0] & 3);
        options.convention = (TextConvention)(data[0] >> 2 & 1);
        if (data[0] & 8)
            options.rules |= 1u << TEXT_RULE_DIACRITICS;
        options.lexicon = data[0] & 16 ? NULL : lexicon;
        data++;
        size--;
    }
    const char *text = (const char *)data;
    g_auto(TextNormal) normal = {0}, again = {0};
    if (!text_normalize(text, size, &options, &normal, NULL))
        return 0;
    gsize in = 0, out = 0;
    for (gsize i = 0; i < normal.n_changes; i++) {
        const TextChange *change = &normal.changes[i];
        if (change->start < in || change->end < change->start ||
            change->out_end < change->out_start || change->start - in != change->out_start - out ||
            change->end > size || change->out_end > normal.length ||
            memcmp(text + in, normal.text + out, change->start - in) != 0)
            abort();
        in = change->end;
        out = change->out_end;
    }
    if (size - in != normal.length - out || memcmp(text + in, normal.text + out, size - in) != 0)
        abort();
    if (!g_utf8_validate_len(normal.text, normal.length, NULL) &&
        memchr(normal.text, 0, normal.length) == NULL)
        abort();
    if (!text_normalize(normal.text, normal.length, &options, &again, NULL))
        return 0;
    if (again.length != normal.length || memcmp(again.text, normal.text, normal.length) != 0)
        abort();
    gsize n, m;
    g_autofree char *key = text_fold(text, (gssize)size, &n);
    g_autofree char *twice = text_fold(key, (gssize)n, &m);
    if (n > text_fold_bound(size) || key == NULL || twice == NULL)
        abort();
    return 0;
}
