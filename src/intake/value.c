#include "intake/value.h"

#include "base/csv.h"
#include "base/error.h"
#include "base/i18n.h"
#include "intake/words.h"
#include "text/dates.h"
#include "text/normalize.h"
#include <string.h>

enum { MAX_DATE_BYTES = 200, MAX_NUMBER_BYTES = 40 };

/* A date in words that is the whole text. Day and month in an order that is a guess are refused:
 * 03/04/2025 is two days. */
static bool date_in_words(const char *text, Edtf *ret_edtf)
{
    gsize length = strlen(text);
    g_auto(TextDates) dates = {0};
    if (length > MAX_DATE_BYTES || !text_dates_find(text, length, NULL, &dates, NULL) ||
        dates.n == 0)
        return false;
    const TextDate *date = &dates.dates[0];
    bool alone = dates.n == 1 ||
                 (dates.n == 2 && date->other == 1 && !date->contradicted); /* «… (… میلادی)» */
    for (gsize i = 0; i < date->start && alone; i++)
        alone = g_ascii_isspace(text[i]);
    for (gsize i = dates.dates[dates.n - 1].end; i < length && alone; i++)
        alone = g_ascii_isspace(text[i]) || text[i] == ')' || text[i] == '.';
    return alone && date->edtf[0] != '\0' && !date->relative && date->confidence > 0.75f &&
           edtf_parse(date->edtf, CALENDAR_GREGORIAN, ret_edtf, NULL);
}

bool intake_value_date(const char *text, Edtf *ret_edtf, GError **error)
{
    g_autofree char *digits = text_digits_ascii(text);
    g_strstrip(digits);
    for (char *at = digits; *at != '\0'; at++)
        if (*at == '/' && at - digits == 4 && at[1] != '\0' && at[2] != '\0' && at[3] == '/') {
            at[0] = at[3] = '-'; /* 1404/04/07 */
            break;
        }
    int year = 0;
    for (int i = 0; i < 4 && g_ascii_isdigit(digits[i]); i++)
        year = year * 10 + (digits[i] - '0');
    Calendar calendar = year >= 1200 && year < 1600 ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN;
    Edtf edtf;
    g_autoptr(GError) why = NULL;
    if (edtf_parse(digits, calendar, &edtf, &why)) {
        edtf_to_gregorian(&edtf, ret_edtf);
        return true;
    }
    if (date_in_words(text, ret_edtf))
        return true;
    if (strspn(digits, "0123456789-/.:TZX?~%+,Y ") == strlen(digits)) /* it meant to be EDTF */
        g_propagate_error(error, g_steal_pointer(&why));
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("'%s' is no date that can be read in one way; write 1404-04-07, 2025-06-28 "
                      "or 28 June 2025."),
                    text);
    return false;
}

bool intake_value_count(const char *text, gint32 *ret_count)
{
    if (strlen(text) > MAX_NUMBER_BYTES)
        return false;
    g_autofree char *digits = text_digits_ascii(text);
    char bare[MAX_NUMBER_BYTES + 1];
    gsize n = 0;
    for (const char *at = digits; *at != '\0'; at++) {
        if (*at == ',' || *at == ' ')
            continue;
        if (!g_ascii_isdigit(*at) || n == MAX_NUMBER_BYTES)
            return false;
        bare[n++] = *at;
    }
    bare[n] = '\0';
    gint64 value;
    if (!csv_parse_integer(bare, &value) || value > G_MAXINT32)
        return false;
    *ret_count = (gint32)value;
    return true;
}

bool intake_value_time(const char *text, gint64 *ret_seconds)
{
    gint64 seconds;
    if (csv_parse_integer(text, &seconds) && seconds > 100000000) {
        *ret_seconds = seconds;
        return true;
    }
    Edtf edtf;
    if (!intake_value_date(text, &edtf, NULL))
        return false;
    gint32 first, last;
    edtf_bounds(&edtf, &first, &last);
    if (first == G_MININT32)
        return false;
    gint64 at = (gint64)first * 86400;
    if (edtf.start.hour >= 0)
        at += edtf.start.hour * 3600 + MAX(0, edtf.start.minute) * 60 + MAX(0, edtf.start.second) -
              (edtf.start.has_offset ? edtf.start.offset_minutes * 60 : 0);
    *ret_seconds = at;
    return true;
}

const char *intake_value_gender(const char *text)
{
    if (text[0] == '\0')
        return NULL;
    if (strcmp(text, "female") == 0)
        return "female";
    if (strcmp(text, "male") == 0)
        return "male";
    g_autofree char *folded = intake_words_fold(text);
    gsize length = strlen(folded);
    if (intake_words_has("female|f|woman|women|girl|زن|زنان|مونث|دختر|خانم", folded, length))
        return "female";
    if (intake_words_has("male|m|man|men|boy|مرد|مردان|مذکر|پسر|اقا", folded, length))
        return "male";
    if (intake_words_has("other|nonbinary|non binary|دیگر|سایر", folded, length))
        return "other";
    return NULL;
}

bool intake_value_yes(const char *text)
{
    return g_ascii_strcasecmp(text, "1") == 0 || g_ascii_strcasecmp(text, "true") == 0 ||
           g_ascii_strcasecmp(text, "yes") == 0 || strcmp(text, "بله") == 0 ||
           strcmp(text, "آری") == 0;
}
