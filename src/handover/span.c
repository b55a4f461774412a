#include "handover/span.h"

#include "base/edtf.h"
#include <string.h>

static void day_of(gint32 day, char ret[SPAN_CHARS])
{
    int year, month, of_month;
    ret[0] = '\0';
    if (day == G_MININT32 || day == G_MAXINT32)
        return;
    edtf_day_to_gregorian(day, &year, &month, &of_month);
    if (year > 0 && year < 10000)
        g_snprintf(ret, SPAN_CHARS, "%04d-%02d-%02d", year, month, of_month);
}

/* "2025", "2025-06" (no season), "2025-06-28" and nothing else. */
static bool is_prefix(const char *text)
{
    const gsize n = strlen(text);
    if (n != 4 && n != 7 && n != 10)
        return false;
    for (gsize i = 0; i < n; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : !g_ascii_isdigit(text[i]))
            return false;
    return n == 4 || (text[5] <= '1' && !(text[5] == '1' && text[6] > '2'));
}

void span_of(const char *event_date, gint32 first_day, gint32 last_day, Span *ret)
{
    memset(ret, 0, sizeof *ret);
    day_of(first_day, ret->first);
    day_of(last_day, ret->last);
    if (event_date != NULL && is_prefix(event_date))
        g_strlcpy(ret->date, event_date, sizeof ret->date);
    else if (ret->first[0] != '\0' && first_day == last_day &&
             (event_date == NULL || strpbrk(event_date, "?~%X") == NULL))
        g_strlcpy(ret->date, ret->first, sizeof ret->date);
}
