/* Any bytes: spans in order, inside the text; what is said as EDTF reads back. */
#include "text/dates.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    TextDateOptions options = {.has_today = size % 2 == 0, .today = 20000};
    g_auto(TextDates) dates = {0};
    if (!text_dates_find((const char *)data, size, &options, &dates, NULL))
        return 0;
    gsize end = 0;
    for (gsize i = 0; i < dates.n; i++) {
        const TextDate *date = &dates.dates[i];
        Edtf edtf;
        if (date->start < end || date->end <= date->start || date->end > size)
            abort();
        if (date->edtf[0] != '\0' && !edtf_parse(date->edtf, CALENDAR_GREGORIAN, &edtf, NULL))
            abort();
        if (date->first_day > date->last_day)
            abort();
        end = date->end;
    }
    return 0;
}
