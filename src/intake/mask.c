#include "intake/mask.h"

#include "text/normalize.h"
#include "text/summons.h"
#include <string.h>

enum { MAX_DIGITS = 26, LONG_DIGITS = 10 };

/* The digit at `at` and its bytes; -1 when there stands none. */
static inline int digit_at(const guint8 *at, const guint8 *end, gsize *ret_bytes)
{
    if (*at >= '0' && *at <= '9') {
        *ret_bytes = 1;
        return *at - '0';
    }
    if ((*at == 0xDB || *at == 0xD9) && end - at >= 2) {
        guint8 zero = *at == 0xDB ? 0xB0 : 0xA0; /* ۰ U+06F0, ٠ U+0660 */
        if (at[1] >= zero && at[1] <= zero + 9) {
            *ret_bytes = 2;
            return at[1] - zero;
        }
    }
    return -1;
}

/* Digits in a row, with single signs between groups as people write telephone numbers. */
typedef struct {
    bool plus;
    gsize n;
    char digits[MAX_DIGITS + 1];
    const guint8 *ends[MAX_DIGITS]; /* behind each digit */
    bool touches[MAX_DIGITS];       /* a further digit follows it at once */
    gsize first_run;                /* digits until the first sign */
    gsize first_run_whole;          /* likewise, also beyond MAX_DIGITS */
    const guint8 *first_run_end;
} Digits;

static bool is_joint(guint8 c)
{
    return c == ' ' || c == '-' || c == '(' || c == ')';
}

static void read_digits(const guint8 *at, const guint8 *end, Digits *d)
{
    d->n = d->first_run = d->first_run_whole = 0;
    d->first_run_end = at;
    bool first = true;
    gsize bytes;
    while (at < end) {
        if (digit_at(at, end, &bytes) >= 0) {
            int digit = digit_at(at, end, &bytes);
            at += bytes;
            if (d->n < MAX_DIGITS) {
                d->digits[d->n] = (char)('0' + digit);
                d->ends[d->n] = at;
                d->touches[d->n] = at < end && digit_at(at, end, &bytes) >= 0;
                d->n++;
            }
            if (first) {
                d->first_run_whole++;
                d->first_run = MIN(d->first_run_whole, MAX_DIGITS);
                d->first_run_end = at;
            }
            continue;
        }
        if (d->n >= MAX_DIGITS || !is_joint(*at))
            break;
        first = false;
        const guint8 *next = at + 1;
        if (next < end && is_joint(*next)) /* ") " */
            next++;
        if (next >= end || digit_at(next, end, &bytes) < 0)
            break;
        at = next;
    }
    d->digits[d->n] = '\0';
}

static bool ends_after(const Digits *d, gsize n)
{
    return d->n >= n && !d->touches[n - 1];
}

/* How many of the digits are a telephone number; 0 none. */
static gsize phone_digits(const Digits *d)
{
    const char *s = d->digits;
    if (d->plus || (s[0] == '0' && s[1] == '0' && d->first_run >= 4 && d->n > 10)) {
        gsize most = 0;
        for (gsize n = 9; n <= 15; n++)
            if (ends_after(d, n))
                most = n;
        if (strncmp(s, "98", 2) == 0 && ends_after(d, 12))
            most = 12;
        else if (strncmp(s, "0098", 4) == 0 && ends_after(d, 14))
            most = 14;
        return most;
    }
    if (s[0] == '0' && d->first_run >= 3 && s[1] != '0' && ends_after(d, 11))
        return 11; /* a mobile, or an area and its number */
    if (s[0] == '9' && s[1] == '8' && s[2] == '9' && ends_after(d, 12))
        return 12;
    if (s[0] == '9' && d->first_run == 10 && ends_after(d, 10))
        return 10;
    return 0;
}

static gsize national_id_digits(const Digits *d)
{
    if (!ends_after(d, 10) || (d->first_run != 10 && d->first_run != 3))
        return 0;
    if (d->first_run == 3 && (d->touches[2] || d->touches[8] || !d->touches[3]))
        return 0; /* 001-234567-8 */
    char ten[11];
    memcpy(ten, d->digits, 10);
    ten[10] = '\0';
    return text_national_id_valid(ten) ? 10 : 0;
}

static bool is_mail_byte(guint8 c)
{
    return g_ascii_isalnum((char)c) || c == '.' || c == '_' || c == '-' || c == '+';
}

static bool mail_at(const guint8 *text, gsize length, gsize sign, gsize from, IntakeIdentifier *ret)
{
    gsize start = sign, end = sign + 1;
    while (start > from && is_mail_byte(text[start - 1]))
        start--;
    while (end < length && is_mail_byte(text[end]))
        end++;
    while (end > sign + 1 && (text[end - 1] == '.' || text[end - 1] == '-'))
        end--;
    if (start == sign || memchr(text + sign, '.', end - sign) == NULL)
        return false;
    *ret = (IntakeIdentifier){INTAKE_IDENTIFIER_MAIL, start, end};
    return true;
}

/* The digits that begin at `at`: whether they identify somebody. Else *ret_skip is how far the
 * run goes. */
static bool number_at(const guint8 *text, gsize length, gsize at, gsize *ret_skip,
                      IntakeIdentifier *ret)
{
    Digits d;
    d.plus = text[at] == '+';
    const guint8 *begin = text + at + d.plus, *end = text + length;
    read_digits(begin, end, &d);
    *ret_skip = MAX((gsize)(d.first_run_end - text), at + 1);
    ret->start = at;
    /* Before telephones: a national number may begin with 00 or with 9. */
    gsize n = d.plus ? 0 : national_id_digits(&d);
    ret->kind = INTAKE_IDENTIFIER_NATIONAL_ID;
    if (n == 0) {
        n = phone_digits(&d);
        ret->kind = INTAKE_IDENTIFIER_PHONE;
    }
    if (n > 0) {
        ret->end = (gsize)(d.ends[n - 1] - text);
        return true;
    }
    if (d.first_run_whole >= LONG_DIGITS) {
        ret->kind = INTAKE_IDENTIFIER_LONG_NUMBER;
        ret->end = (gsize)(d.first_run_end - text);
        return true;
    }
    return false;
}

bool intake_identifier_next(const char *text, gsize length, gsize *at, IntakeIdentifier *ret)
{
    const guint8 *bytes = (const guint8 *)text, *end = bytes + length;
    gsize from = *at, unused;
    for (gsize i = from; i < length;) {
        guint8 c = bytes[i];
        if (c == '@') {
            if (mail_at(bytes, length, i, from, ret)) {
                *at = ret->end;
                return true;
            }
        } else if ((c >= '0' && c <= '9') || c == 0xDB || c == 0xD9 || c == '+') {
            bool starts = c == '+' ? i + 1 < length && digit_at(bytes + i + 1, end, &unused) >= 0
                                   : digit_at(bytes + i, end, &unused) >= 0;
            gsize skip = i + 1;
            if (starts && number_at(bytes, length, i, &skip, ret)) {
                *at = ret->end;
                return true;
            }
            i = skip;
            continue;
        }
        i++;
    }
    *at = length;
    return false;
}

char *intake_identifier_value(const char *text, const IntakeIdentifier *identifier)
{
    g_autofree char *written =
        g_strndup(text + identifier->start, identifier->end - identifier->start);
    if (identifier->kind == INTAKE_IDENTIFIER_MAIL || identifier->kind == INTAKE_IDENTIFIER_NAME)
        return g_steal_pointer(&written);
    g_autofree char *ascii = text_digits_ascii(written);
    g_autoptr(GString) digits = g_string_new(NULL);
    for (const char *at = ascii; *at != '\0'; at++)
        if (g_ascii_isdigit(*at) || (*at == '+' && digits->len == 0))
            g_string_append_c(digits, *at);
    const char *d = digits->str;
    if (identifier->kind != INTAKE_IDENTIFIER_PHONE || d[0] == '+')
        return g_strdup(d);
    if (d[0] == '0' && d[1] == '0')
        return g_strconcat("+", d + 2, NULL);
    if (d[0] == '0')
        return g_strconcat("+98", d + 1, NULL);
    return g_strconcat(digits->len == 10 ? "+98" : "+", d, NULL);
}

static gint by_start(gconstpointer a, gconstpointer b)
{
    const IntakeIdentifier *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start ? 1 : 0;
}

void intake_mask_sort(GArray *spans)
{
    if (spans->len < 2)
        return;
    g_array_sort(spans, by_start);
    guint kept = 0;
    for (guint i = 1; i < spans->len; i++) {
        IntakeIdentifier *last = &g_array_index(spans, IntakeIdentifier, kept);
        const IntakeIdentifier *span = &g_array_index(spans, IntakeIdentifier, i);
        if (span->start < last->end)
            last->end = MAX(last->end, span->end);
        else
            g_array_index(spans, IntakeIdentifier, ++kept) = *span;
    }
    g_array_set_size(spans, kept + 1);
}

static bool in_word(gunichar c)
{
    return g_unichar_isalnum(c) || c == 0x200C;
}

/* Does a word begin at `start` and one end at `end`? */
static bool stands_alone(const char *text, gsize length, gsize start, gsize end)
{
    const char *before = g_utf8_find_prev_char(text, text + start);
    return (before == NULL || !in_word(g_utf8_get_char(before))) &&
           (end >= length || !in_word(g_utf8_get_char(text + end)));
}

void intake_mask_find(const char *text, gsize length, const char *name, GArray *spans)
{
    IntakeIdentifier found;
    for (gsize at = 0; intake_identifier_next(text, length, &at, &found);)
        g_array_append_val(spans, found);
    gsize n = name != NULL ? strlen(name) : 0;
    for (const char *at = text; n > 1;) {
        const char *here = memmem(at, length - (gsize)(at - text), name, n);
        if (here == NULL)
            break;
        found = (IntakeIdentifier){INTAKE_IDENTIFIER_NAME, (gsize)(here - text),
                                   (gsize)(here - text) + n};
        if (stands_alone(text, length, found.start, found.end))
            g_array_append_val(spans, found);
        at = here + n;
    }
    intake_mask_sort(spans);
}

void intake_mask_apply(const char *text, gsize length, const GArray *spans, GString *out)
{
    gsize at = 0;
    for (guint i = 0; i < spans->len; i++) {
        const IntakeIdentifier *span = &g_array_index(spans, IntakeIdentifier, i);
        g_string_append_len(out, text + at, (gssize)(span->start - at));
        g_string_append(out, INTAKE_MASK_MARK);
        at = span->end;
    }
    g_string_append_len(out, text + at, (gssize)(length - at));
}

gsize intake_mask_map(const GArray *spans, gsize offset)
{
    gsize shifted = offset;
    for (guint i = 0; i < spans->len; i++) {
        const IntakeIdentifier *span = &g_array_index(spans, IntakeIdentifier, i);
        if (span->start >= offset)
            break;
        gsize inside = MIN(offset, span->end) - span->start;
        shifted = shifted - inside + strlen(INTAKE_MASK_MARK);
    }
    return shifted;
}

char *intake_mask_text(const char *text)
{
    gsize length = strlen(text), at = 0;
    IntakeIdentifier found;
    if (!intake_identifier_next(text, length, &at, &found))
        return NULL;
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(IntakeIdentifier));
    intake_mask_find(text, length, NULL, spans);
    GString *masked = g_string_new(NULL);
    intake_mask_apply(text, length, spans, masked);
    return g_string_free(masked, FALSE);
}
