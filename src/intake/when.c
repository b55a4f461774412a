#include "intake/when.h"

#include "base/edtf.h"
#include <string.h>

enum { MAX_TEXT = 64, DAY_SECONDS = 86400 };

typedef struct {
    char text[MAX_TEXT + 1];
    const char *at;
} Scan;

/* ASCII, digits of all sets as 0–9; anything else that is not ASCII ends it. */
static void scan_start(Scan *scan, const char *text)
{
    gsize n = 0;
    for (; *text != '\0' && n < MAX_TEXT; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        if (c < 128)
            scan->text[n++] = (char)c;
        else if (g_unichar_isdigit(c))
            scan->text[n++] = (char)('0' + g_unichar_digit_value(c));
        else if (c != 0x200e && c != 0x200f && c != 0xa0)
            break;
    }
    scan->text[n] = '\0';
    scan->at = scan->text;
}

static void blanks(Scan *scan)
{
    while (g_ascii_isspace(*scan->at) || *scan->at == ',')
        scan->at++;
    if (*scan->at == '(') { /* a comment of RFC 5322 */
        const char *end = strchr(scan->at, ')');
        scan->at = end != NULL ? end + 1 : scan->at + strlen(scan->at);
        while (g_ascii_isspace(*scan->at))
            scan->at++;
    }
}

/* Up to `most` digits; how many were read. */
static int number(Scan *scan, int most, int *ret)
{
    int n = 0, value = 0;
    for (; n < most && g_ascii_isdigit(*scan->at); n++)
        value = 10 * value + (*scan->at++ - '0');
    *ret = value;
    return n;
}

static bool eat(Scan *scan, char c)
{
    if (*scan->at != c)
        return false;
    scan->at++;
    return true;
}

static int word_index(const char *at, const char *const *words, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (g_ascii_strncasecmp(at, words[i], 3) == 0)
            return (int)i;
    return -1;
}

typedef struct {
    int year, month, day, hour, minute, second, offset_minutes;
} Fields;

/* HH:MM[:SS[.fraction]] */
static bool clock_read(Scan *scan, Fields *f)
{
    if (number(scan, 2, &f->hour) == 0 || !eat(scan, ':') || number(scan, 2, &f->minute) != 2)
        return false;
    if (eat(scan, ':') && number(scan, 2, &f->second) != 2)
        return false;
    if (eat(scan, '.') || eat(scan, ',')) {
        int ignored;
        number(scan, 12, &ignored);
    }
    return true;
}

/* +0330, +03:30, Z, and the names RFC 822 knows; another word is no zone and counts as UTC. */
static bool zone_read(Scan *scan, Fields *f)
{
    static const struct {
        const char *name;
        int hours;
    } NAMES[] = {{"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},
                 {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
    blanks(scan);
    if (*scan->at == '+' || *scan->at == '-') {
        int sign = *scan->at++ == '-' ? -1 : 1, hours, minutes = 0;
        if (number(scan, 2, &hours) != 2)
            return false;
        eat(scan, ':');
        number(scan, 2, &minutes);
        if (hours > 15 || minutes > 59)
            return false;
        f->offset_minutes = sign * (60 * hours + minutes);
        return true;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (g_ascii_strncasecmp(scan->at, NAMES[i].name, 3) == 0)
            f->offset_minutes = 60 * NAMES[i].hours;
    if (g_ascii_strncasecmp(scan->at, "IRST", 4) == 0)
        f->offset_minutes = 210;
    return true;
}

static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const DAYS[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

/* [Sat,] 28 Jun 2025 10:00:00 +0330 */
static bool mail_date(Scan *scan, Fields *f)
{
    blanks(scan);
    if (word_index(scan->at, DAYS, G_N_ELEMENTS(DAYS)) >= 0)
        while (g_ascii_isalpha(*scan->at) || *scan->at == '.')
            scan->at++;
    blanks(scan);
    if (number(scan, 2, &f->day) == 0)
        return false;
    while (*scan->at == '-' || g_ascii_isspace(*scan->at))
        scan->at++;
    f->month = word_index(scan->at, MONTHS, G_N_ELEMENTS(MONTHS)) + 1;
    if (f->month == 0)
        return false;
    while (g_ascii_isalpha(*scan->at) || *scan->at == '.' || *scan->at == '-')
        scan->at++;
    blanks(scan);
    int digits = number(scan, 4, &f->year);
    if (digits == 2) /* RFC 5322 section 4.3 */
        f->year += f->year < 50 ? 2000 : 1900;
    else if (digits == 3)
        f->year += 1900;
    else if (digits != 4)
        return false;
    blanks(scan);
    if (!g_ascii_isdigit(*scan->at))
        return true;
    return clock_read(scan, f) && zone_read(scan, f);
}

/* 2025-06-28T10:00:00+03:30, 2025-06-28 10:00, 2025/06/28, 20250628, 2025-06 */
static bool iso_date(Scan *scan, Fields *f)
{
    blanks(scan);
    f->month = f->day = 1;
    if (number(scan, 4, &f->year) != 4)
        return false;
    char mark = *scan->at;
    if (mark == '-' || mark == '/' || mark == '.') {
        scan->at++;
        if (number(scan, 2, &f->month) == 0)
            return false;
        if (eat(scan, mark) && number(scan, 2, &f->day) == 0)
            return false;
    } else if (g_ascii_isdigit(mark)) {
        if (number(scan, 2, &f->month) != 2 || number(scan, 2, &f->day) != 2)
            return false;
    }
    if (!eat(scan, 'T') && !eat(scan, 't') && !eat(scan, '-'))
        blanks(scan);
    if (!g_ascii_isdigit(*scan->at))
        return *scan->at == '\0' || *scan->at == 'Z';
    return clock_read(scan, f) && zone_read(scan, f);
}

static gint64 seconds_of(const Fields *f)
{
    bool persian = f->year >= 1200 && f->year < 1600;
    if ((!persian && (f->year < 1970 || f->year > 2200)) || f->month < 1 || f->month > 12 ||
        f->day < 1 || f->hour > 24 || f->minute > 59 || f->second > 60)
        return 0;
    Calendar calendar = persian ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN;
    if (f->day > edtf_month_length(calendar, f->year, f->month))
        return 0;
    gint64 day = persian ? edtf_day_from_solar_hijri(f->year, f->month, f->day)
                         : edtf_day_from_gregorian(f->year, f->month, f->day);
    gint64 seconds =
        day * DAY_SECONDS + 3600 * f->hour + 60 * (f->minute - f->offset_minutes) + f->second;
    return MAX(seconds, 0);
}

gint64 intake_when(const char *text)
{
    if (text == NULL || !g_utf8_validate(text, -1, NULL))
        return 0;
    while (g_ascii_isspace(*text))
        text++;
    Scan scan;
    Fields fields = {0};
    scan_start(&scan, text);
    if (iso_date(&scan, &fields))
        return seconds_of(&fields);
    fields = (Fields){0};
    scan_start(&scan, text);
    return mail_date(&scan, &fields) ? seconds_of(&fields) : 0;
}
