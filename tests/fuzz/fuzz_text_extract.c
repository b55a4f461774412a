/* Any bytes: findings lie inside the text, in order. */
#include "text/extract.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    static const TextPlaceRow ROWS[] = {
        {TEXT_PLACE_PROVINCE, "IR-23", "تهران", "Tehran", 0},
        {TEXT_PLACE_PROVINCE, "IR-03", "آذربایجان شرقی", "East Azerbaijan", 0},
        {TEXT_PLACE_CITY, "IR-30", "کرج", "Karaj", 1448075},
    };
    static TextGazetteer *gazetteer;
    if (gazetteer == NULL)
        gazetteer = text_gazetteer_new(ROWS, G_N_ELEMENTS(ROWS), NULL);
    TextExtractOptions options = {.gazetteer = gazetteer};
    g_auto(TextFindings) findings = {0};
    if (!text_extract((const char *)data, size, &options, &findings, NULL))
        return 0;
    for (gsize i = 0; i < findings.n; i++) {
        const TextFinding *f = &findings.findings[i];
        if (f->start > f->end || f->end > size || f->value == NULL || f->detail == NULL ||
            (i > 0 && f->start < findings.findings[i - 1].start))
            abort();
    }
    TextPlaceMatch match;
    text_gazetteer_resolve(gazetteer, (const char *)data, (gssize)size, 0, &match);
    return 0;
}
