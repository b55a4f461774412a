/* Links and numbers of a message: cases, notices, national numbers with their check digit,
 * telephones. */
#include "text/summons_private.h"

#include "text/utf8.h"
#include <string.h>

/* ---- digits ---- */

static int digit_at(const char *at, const char *end, unsigned *ret_bytes)
{
    guint32 c;
    *ret_bytes = utf8_decode(at, end, &c);
    if (*ret_bytes == 0)
        return -1;
    if (c >= '0' && c <= '9')
        return (int)(c - '0');
    if (c >= 0x6F0 && c <= 0x6F9)
        return (int)(c - 0x6F0);
    if (c >= 0x660 && c <= 0x669)
        return (int)(c - 0x660);
    return -1;
}

gsize summons_digits(const SummonsReader *r, gsize start, const char *between, char *out,
                     gsize room, gsize *ret_n)
{
    const char *at = r->text + start, *end = r->text + r->length;
    gsize n = 0, last = start;
    while (at < end && n + 1 < room) {
        unsigned bytes;
        int digit = digit_at(at, end, &bytes);
        if (digit >= 0) {
            out[n++] = (char)('0' + digit);
            at += bytes;
            last = (gsize)(at - r->text);
        } else if (bytes == 1 && n > 0 && strchr(between, *at) != NULL && at + 1 < end &&
                   digit_at(at + 1, end, &bytes) >= 0) {
            if (*at == '/')
                out[n++] = '/';
            at++;
        } else {
            break;
        }
    }
    out[n] = '\0';
    *ret_n = n;
    return last;
}

/* ---- links: found, compared, never followed ---- */

static bool host_char(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '.' || c == '_';
}

static bool official_host(const char *host, gsize length)
{
    static const char OFFICIAL[] = "adliran.ir";
    gsize n = sizeof OFFICIAL - 1;
    while (length > 0 && host[length - 1] == '.')
        length--;
    if (length < n || g_ascii_strncasecmp(host + length - n, OFFICIAL, n) != 0)
        return false;
    return length == n || host[length - n - 1] == '.';
}

void summons_links(SummonsReader *r)
{
    static const char *const ENDS[] = {
        "ir",   "com",  "net",  "org",   "info", "xyz",  "site", "online", "top",
        "ly",   "me",   "link", "click", "app",  "io",   "co",   "vip",    "shop",
        "live", "cc",   "tk",   "ml",    "ga",   "cf",   "gq",   "ru",     "us",
        "in",   "page", "dev",  "web",   "id",   "club", "icu",  "best",   "fun"};
    for (gsize i = 0; i < r->length;) {
        if (!g_ascii_isalnum(r->text[i])) {
            i++;
            continue;
        }
        gsize start = i, at = i;
        bool scheme = false;
        while (at < r->length && (g_ascii_isalpha(r->text[at])))
            at++;
        if (at + 3 < r->length && at > start && memcmp(r->text + at, "://", 3) == 0) {
            scheme = true;
            at += 3;
        } else {
            at = start;
        }
        gsize host = at;
        while (at < r->length && host_char(r->text[at]))
            at++;
        gsize host_end = at;
        /* user@host: what stands before the @ is not the host */
        if (at < r->length && r->text[at] == '@' && scheme) {
            host = ++at;
            while (at < r->length && host_char(r->text[at]))
                at++;
            host_end = at;
        } else if (at < r->length && r->text[at] == '@') { /* an address for mail */
            while (at < r->length && (host_char(r->text[at]) || r->text[at] == '@'))
                at++;
            i = at;
            continue;
        }
        while (host_end > host && !g_ascii_isalnum(r->text[host_end - 1]))
            host_end--;
        const char *dot = host_end > host ? memrchr(r->text + host, '.', host_end - host) : NULL;
        bool known = false;
        for (gsize k = 0; dot != NULL && k < G_N_ELEMENTS(ENDS); k++)
            known = known || (strlen(ENDS[k]) == (gsize)(r->text + host_end - dot) - 1 &&
                              g_ascii_strncasecmp(dot + 1, ENDS[k], strlen(ENDS[k])) == 0);
        bool letters = false;
        for (gsize k = host; k < host_end; k++)
            letters = letters || g_ascii_isalpha(r->text[k]);
        if ((scheme && host_end > host) || (known && letters)) {
            while (at < r->length && (guint8)r->text[at] > ' ' && (guint8)r->text[at] < 0x80 &&
                   strchr("\"<>()[]", r->text[at]) == NULL)
                at++;
            while (at > host_end && strchr(".,;:!?", r->text[at - 1]) != NULL)
                at--;
            if (official_host(r->text + host, host_end - host)) {
                r->official_link = true;
            } else {
                r->foreign_link = true;
                summons_set_span(r, TEXT_SUMMONS_LINK, start, MAX(at, host_end), 0.99);
            }
            if (!r->foreign_link)
                summons_set_span(r, TEXT_SUMMONS_LINK, start, MAX(at, host_end), 0.99);
        }
        i = MAX(at, start + 1);
    }
}

/* ---- numbers with a name ---- */

enum { FAR_WORDS = 14, FAR_LEAST = 8 };

/* «دادنامه صادره از شعبه ۲۸ دادگاه تهران به شماره …»: the number behind the next شماره of the
 * sentence, unless another numbered thing is named before. Beyond the last token: none. */
static gsize number_further_on(const SummonsReader *r, gsize i)
{
    for (gsize at = i; at + 1 < r->t->n && at < i + FAR_WORDS; at++) {
        if (r->t->tokens[at].kind == TOKEN_LINE || summons_sign(r, at, '.') ||
            token_listed(
                "|پرونده|کلاسه|بایگانی|ابلاغیه|احضاریه|اخطاریه|دادنامه|ملی|تلفن|تماس|همراه|",
                summons_word(r, at)))
            break;
        if (strcmp(summons_word(r, at), "شماره") == 0) {
            at += summons_sign(r, at + 1, ':') ? 2 : 1;
            return at < r->t->n && r->t->tokens[at].kind == TOKEN_NUMBER ? at : r->t->n;
        }
    }
    return r->t->n;
}

/* "شماره پرونده: 1404…", "پرونده شماره …", "کلاسه …". `name` folded; the digits' field. */
void summons_named_number(SummonsReader *r, gsize i)
{
    static const struct {
        const char *name;
        TextSummonsField field;
        int least;
    } NAMES[] = {
        {"پرونده", TEXT_SUMMONS_CASE_NUMBER, 5},      {"کلاسه", TEXT_SUMMONS_CASE_NUMBER, 5},
        {"بایگانی", TEXT_SUMMONS_ARCHIVE_NUMBER, 4},  {"ابلاغیه", TEXT_SUMMONS_NOTICE_NUMBER, 5},
        {"ابلاغنامه", TEXT_SUMMONS_NOTICE_NUMBER, 5}, {"دادنامه", TEXT_SUMMONS_NOTICE_NUMBER, 5},
        {"احضاریه", TEXT_SUMMONS_NOTICE_NUMBER, 5},   {"اخطاریه", TEXT_SUMMONS_NOTICE_NUMBER, 5}};
    const char *word = summons_word(r, i);
    for (gsize k = 0; k < G_N_ELEMENTS(NAMES); k++) {
        if (strcmp(word, NAMES[k].name) != 0)
            continue;
        /* within the next words: شماره, کلاسه, به, signs; then digits */
        gsize at = i + 1;
        while (
            at < r->t->n && at < i + 5 &&
            (summons_sign(r, at, ':') || summons_sign(r, at, '.') || summons_sign(r, at, '(') ||
             summons_sign(r, at, '-') || r->t->tokens[at].kind == TOKEN_LINE ||
             token_listed("|شماره|به|کلاسه|ش|الکترونیک|پرونده|شما|قضایی|", summons_word(r, at)) ||
             summons_sign(r, at, '#')))
            at++;
        bool far = at >= r->t->n || r->t->tokens[at].kind != TOKEN_NUMBER;
        if (far)
            at = number_further_on(r, at);
        if (at >= r->t->n)
            return;
        char digits[32];
        gsize n, end = summons_digits(r, r->t->tokens[at].start, "/-", digits, sizeof digits, &n);
        bool named =
            at > i + 1 || (i > 0 && token_listed("|شماره|ش|کلاسه|", summons_word(r, i - 1)));
        if ((int)n < (far ? FAR_LEAST : NAMES[k].least) || n > 25)
            return;
        /* a date is no number of a case */
        if (n == 10 && digits[4] == '/' && digits[7] == '/')
            return;
        summons_set(r, NAMES[k].field, digits, r->t->tokens[at].start, end,
                    far     ? 0.75
                    : named ? 0.95
                            : 0.8);
        return;
    }
}

/* "کد ملی", "ش.ملی", "National ID" at word i: the token behind it; 0: none. */
static gsize national_name(const SummonsReader *r, gsize i)
{
    const char *word = summons_word(r, i);
    if (strcmp(word, "کدملی") == 0)
        return i + 1;
    if (strcmp(word, "national") == 0 &&
        token_listed("|id|code|number|no|", summons_word(r, i + 1)))
        return i + 2;
    gsize before = i > 0 && summons_sign(r, i - 1, '.') ? 2 : 1;
    return strcmp(word, "ملی") == 0 && i >= before &&
                   token_listed("|کد|شماره|ش|", summons_word(r, i - before))
               ? i + 1
               : 0;
}

void summons_national_id(SummonsReader *r, gsize i)
{
    gsize first = national_name(r, i), at = first;
    if (first == 0)
        return;
    while (at < r->t->n && at < first + 4 &&
           (r->t->tokens[at].kind == TOKEN_WORD || summons_sign(r, at, ':') ||
            summons_sign(r, at, '.')))
        at++;
    if (at >= r->t->n || r->t->tokens[at].kind != TOKEN_NUMBER)
        return;
    char digits[32];
    gsize n, end = summons_digits(r, r->t->tokens[at].start, "-", digits, sizeof digits, &n);
    if (n != 10)
        return;
    if (text_national_id_valid(digits))
        summons_set(r, TEXT_SUMMONS_NATIONAL_ID, digits, r->t->tokens[at].start, end, 0.99);
    else
        r->out->national_id_wrong = true;
}

/* A word close before byte `start` that says a telephone's number follows. */
static bool says_phone(const SummonsReader *r, gsize start)
{
    gsize token = 0, high = r->t->n;
    while (token < high) { /* the first token from `start` on */
        gsize middle = (token + high) / 2;
        if (r->t->tokens[middle].start < start)
            token = middle + 1;
        else
            high = middle;
    }
    for (gsize back = 1; back <= 3 && back <= token; back++)
        if (token_listed("|همراه|موبایل|تلفن|تماس|واتساپ|تلگرام|phone|mobile|tel|call|",
                         summons_word(r, token - back)))
            return true;
    return false;
}

bool summons_phone(const SummonsReader *r, gsize start, char *out, gsize *ret_end)
{
    char digits[32];
    gsize n, end = summons_digits(r, start, "- )", digits, sizeof digits, &n);
    const char *rest = digits;
    bool plus = start > 0 && r->text[start - 1] == '+';
    if (plus && g_str_has_prefix(rest, "98"))
        rest += 2;
    else if (g_str_has_prefix(rest, "0098"))
        rest += 4;
    else if (g_str_has_prefix(rest, "98") && n == 12)
        rest += 2;
    else if (rest[0] == '0')
        rest += 1;
    else if (rest[0] != '9' || n != 10 || !says_phone(r, start))
        return false;
    if (strlen(rest) != 10 || rest[0] == '0' || strchr(rest, '/') != NULL)
        return false;
    g_snprintf(out, 16, "+98%s", rest);
    *ret_end = end;
    return true;
}
