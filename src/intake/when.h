/* intake/when.h: the moment a mail was sent, a page or an entry of a feed was published.
 *
 * RFC 5322 with the habits of RFC 822 (two-digit years, named zones, no weekday) and ISO 8601 as
 * W3C-DTF and HTML have it. A year of 1200 to 1599 is Solar Hijri: Iranian pages write theirs so in
 * the same form. Digits of all three sets. */
#pragma once
#include <glib.h>

/** Seconds since 1970-01-01 UTC; a time without zone is taken as UTC, a day without time as its
 *  beginning. 0 when it cannot be read, or lies before 1970 or after 2200. text may be NULL. */
gint64 intake_when(const char *text);
