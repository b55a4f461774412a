/* handover/span.h: an event's date as other programs take it: a day, a month, a year, or a span. */
#pragma once
#include <glib.h>
#include <stdbool.h>

enum { SPAN_CHARS = 16 };
typedef struct {
    char date[SPAN_CHARS]; /**< "2025", "2025-06", "2025-06-28"; "" when it is a span */
    char first[SPAN_CHARS], last[SPAN_CHARS]; /**< days; "" open */
} Span;

/** event_date: EDTF, or NULL; the days that it can mean as the case has them (G_MININT32,
 *  G_MAXINT32: open). What is approximate or uncertain is a span, so that nothing is said surer
 * than it was. Pure. */
void span_of(const char *event_date, gint32 first_day, gint32 last_day, Span *ret);
