/* intake/whatsapp.c: the text that WhatsApp exports: "28/06/2025, 22:15 - Name: words".
 *
 * Android and iOS, 24 and 12 hours, day or month first, three digit sets, Solar Hijri years, the
 * invisible marks in between. Which of day and month stands first is found out from the whole
 * file: a number above 12, or the order that goes forward in time. Where both remain possible the
 * day is left open, not guessed. A line that begins no message belongs to the one before it. */
#include "intake/whatsapp.h"

#include "base/edtf.h"
#include "base/i18n.h"
#include "intake/parts.h"
#include <string.h>

enum { SENDER_BYTES = 200, GUESS_LINES = 200 };

/* A line's head. Numbers as they stand; which is the day is found out later. */
typedef struct {
    int n[3];                 /* of the date, in order */
    int digits;               /* of the first of them */
    int second;               /* of the day, 0–86399 */
    bool bracket;             /* iOS */
    gsize sender, sender_end; /* bytes of the line; equal: none */
    gsize body;
} Head;

typedef enum { ORDER_DMY = 1, ORDER_MDY = 2, ORDER_YMD = 4 } Order;

/* ---- characters ---- */

/* Marks of direction and width that stand anywhere between the signs. */
static bool is_mark(gunichar c)
{
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0x061c;
}

/* The next character that is no mark; 0 at the end. *ret_next is behind it. */
static gunichar peek(const char *at, const char *end, const char **ret_next)
{
    while (at < end) {
        gunichar c = g_utf8_get_char_validated(at, end - at);
        if (c == (gunichar)-1 || c == (gunichar)-2)
            break;
        const char *next = g_utf8_next_char(at);
        if (!is_mark(c)) {
            *ret_next = next;
            return c == 0xa0 || c == 0x202f ? ' ' : c == 0x060c ? ',' : c;
        }
        at = next;
    }
    *ret_next = at;
    return 0;
}

static bool take_char(const char **at, const char *end, const char *wanted)
{
    const char *next;
    gunichar c = peek(*at, end, &next);
    if (c == 0 || c > 0x7f || strchr(wanted, (int)c) == NULL)
        return false;
    *at = next;
    return true;
}

static void take_spaces(const char **at, const char *end)
{
    while (take_char(at, end, " \t"))
        ;
}

/* One to four digits of any set; their count, 0 none. */
static int take_number(const char **at, const char *end, int *ret_n)
{
    int digits = 0, n = 0;
    const char *next;
    for (gunichar c; digits < 5 && (c = peek(*at, end, &next)) != 0; digits++) {
        int digit = g_unichar_digit_value(c);
        if (digit < 0)
            break;
        n = 10 * n + digit;
        *at = next;
    }
    *ret_n = n;
    return digits <= 4 ? digits : 0;
}

/* "PM", "ب.ظ.": 12 for the afternoon, 0 for the morning, -1 none. */
static int take_half(const char **at, const char *end)
{
    static const struct {
        const char *word;
        int hours;
    } HALVES[] = {{"AM", 0},        {"PM", 12},  {"A.M.", 0},
                  {"P.M.", 12},     {"ق.ظ.", 0}, {"ب.ظ.", 12},
                  {"ق.ظ", 0},       {"ب.ظ", 12}, {"قبل‌ازظهر", 0},
                  {"بعدازظهر", 12}, {"ص", 0},    {"م", 12},
                  {"ÖÖ", 0},        {"ÖS", 12}};
    for (gsize i = 0; i < G_N_ELEMENTS(HALVES); i++) {
        const char *here = *at, *word = HALVES[i].word;
        bool same = true;
        while (same && *word != '\0') {
            const char *next;
            gunichar wanted = g_utf8_get_char(word), c = peek(here, end, &next);
            word = g_utf8_next_char(word);
            if (is_mark(wanted))
                continue;
            same = g_unichar_toupper(c) == wanted;
            here = next;
        }
        if (same) {
            *at = here;
            return HALVES[i].hours;
        }
    }
    return -1;
}

static bool take_time(const char **at, const char *end, int *ret_second)
{
    int hour, minute, second = 0;
    if (take_number(at, end, &hour) == 0 || !take_char(at, end, ":.") ||
        take_number(at, end, &minute) != 2)
        return false;
    const char *before = *at;
    if (take_char(at, end, ":.") && take_number(at, end, &second) != 2) {
        second = 0;
        *at = before;
    }
    take_spaces(at, end);
    int half = take_half(at, end);
    if (half >= 0 && hour <= 12)
        hour = hour % 12 + half;
    *ret_second = hour * 3600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second < 60;
}

/* ---- one line ---- */

/* Who speaks: up to the first colon. A line without one is WhatsApp's own. */
static void take_sender(const char *line, const char *at, const char *end, Head *head)
{
    head->sender = head->sender_end = head->body = (gsize)(at - line);
    const char *colon = memchr(at, ':', (gsize)MIN(end - at, SENDER_BYTES));
    if (colon == NULL || colon == at || (colon + 1 < end && colon[1] != ' '))
        return;
    head->sender_end = (gsize)(colon - line);
    head->body = head->sender_end + (colon + 1 < end ? 2 : 1);
}

static bool read_head(const char *line, gsize length, Head *head)
{
    const char *at = line, *end = line + length;
    *head = (Head){0};
    head->bracket = take_char(&at, end, "[");
    head->digits = take_number(&at, end, &head->n[0]);
    if (head->digits == 0 || head->digits == 3 || !take_char(&at, end, "/.-") ||
        take_number(&at, end, &head->n[1]) == 0 || !take_char(&at, end, "/.-") ||
        take_number(&at, end, &head->n[2]) == 0)
        return false;
    take_char(&at, end, ",");
    take_spaces(&at, end);
    if (!take_time(&at, end, &head->second))
        return false;
    take_spaces(&at, end);
    if (head->bracket ? !take_char(&at, end, "]") : !take_char(&at, end, "-"))
        return false;
    take_char(&at, end, " ");
    take_sender(line, at, end, head);
    return true;
}

static gsize line_length(const char *text, gsize length, gsize at)
{
    const char *newline = memchr(text + at, '\n', length - at);
    return newline != NULL ? (gsize)(newline - text) - at : length - at;
}

bool intake_whatsapp_guess(const char *name, const char *head, gsize length)
{
    gsize heads = 0, spoken = 0;
    for (gsize at = 0, n = 0; at < length && n < GUESS_LINES; n++) {
        gsize size = line_length(head, length, at);
        Head line;
        if (read_head(head + at, size, &line)) {
            heads++;
            spoken += line.sender_end > line.sender;
        } else if (heads == 0 && size > 1) {
            return false;
        }
        at += size + 1;
    }
    g_autofree char *small = g_ascii_strdown(name != NULL ? name : "", -1);
    bool named = strstr(small, "whatsapp") != NULL || g_str_has_suffix(small, "_chat.txt");
    return heads > 0 && (named || (heads > 1 && spoken > 0));
}

/* ---- days ---- */

/* The day that three numbers mean in an order; false when there is no such day. */
static bool day_of(const Head *head, Order order, gint32 *ret_day)
{
    int year = head->n[order == ORDER_YMD ? 0 : 2];
    int month = head->n[order == ORDER_MDY ? 0 : 1];
    int day = head->n[order == ORDER_YMD ? 2 : order == ORDER_MDY ? 1 : 0];
    if (order == ORDER_YMD && head->digits < 4)
        return false;
    if (year < 100)
        year += 2000;
    Calendar calendar = year >= 1300 && year < 1500 ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN;
    if (month < 1 || month > 12 || day < 1 || day > edtf_month_length(calendar, year, month) ||
        (calendar == CALENDAR_GREGORIAN && (year < 2005 || year > 2100)))
        return false;
    *ret_day = calendar == CALENDAR_SOLAR_HIJRI ? edtf_day_from_solar_hijri(year, month, day)
                                                : edtf_day_from_gregorian(year, month, day);
    return true;
}

/* The orders in which every line has a day and none goes back before the one above it (by more
 * than a day: clocks are set). The sum of those; 0 none. */
static int find_orders(const char *text, gsize length)
{
    static const Order ALL[] = {ORDER_DMY, ORDER_MDY, ORDER_YMD};
    int valid = ORDER_DMY | ORDER_MDY | ORDER_YMD, forward = valid;
    gint32 last[G_N_ELEMENTS(ALL)] = {0};
    for (gsize at = 0; at < length;) {
        gsize size = line_length(text, length, at);
        Head head;
        bool is = read_head(text + at, size, &head);
        for (gsize i = 0; is && i < G_N_ELEMENTS(ALL); i++) {
            gint32 day;
            if (!day_of(&head, ALL[i], &day)) {
                valid &= ~(int)ALL[i];
                continue;
            }
            if (day < last[i] - 1)
                forward &= ~(int)ALL[i];
            last[i] = MAX(last[i], day);
        }
        at += size + 1;
    }
    return (valid & forward) != 0 ? valid & forward : valid;
}

/* ---- messages ---- */

typedef struct {
    const char *text;
    gsize length;
    int orders;
    IntakePartFound found;
    void *context;
    GError **error;
    guint64 number;
} Chat;

static char *without_marks(const char *text, gsize length)
{
    GString *bare = g_string_new(NULL);
    for (const char *at = text, *end = text + length; at < end; at = g_utf8_next_char(at))
        if (!is_mark(g_utf8_get_char(at)))
            g_string_append_unichar(bare, g_utf8_get_char(at));
    return g_strstrip(g_string_free(bare, FALSE));
}

/* "<Media omitted>", "IMG-1.jpg (file attached)", "image omitted": the file itself is elsewhere. */
static bool is_file_alone(const char *text)
{
    gsize length = strlen(text);
    if (strchr(text, '\n') != NULL)
        return false;
    return length == 0 || (text[0] == '<' && text[length - 1] == '>') ||
           g_str_has_suffix(text, "(file attached)") || g_str_has_suffix(text, " omitted") ||
           g_str_has_suffix(text, "(فایل پیوست شد)") || g_str_has_suffix(text, "(پرونده پیوست شد)");
}

static bool is_deleted(const char *text)
{
    return g_str_has_prefix(text, "This message was deleted") ||
           g_str_has_prefix(text, "You deleted this message") ||
           g_str_has_prefix(text, "این پیام حذف شد") || g_str_has_prefix(text, "null");
}

static bool skip(Chat *chat, const char *words)
{
    return chat->found(chat->context, &(IntakePart){.skipped = words}, chat->error);
}

static bool tell(Chat *chat, IntakePart *part, const Head *head, const char *body)
{
    bool apple_own = head->bracket && g_str_has_prefix(body, "\xe2\x80\x8e");
    g_autofree char *bare = without_marks(body, strlen(body));
    if (is_file_alone(bare))
        return skip(chat, _("messages that are a file alone; import the export's folder to have "
                            "the files read"));
    if (head->sender_end == head->sender || apple_own || is_deleted(bare))
        return skip(chat, _("service lines of a chat (who joined, what was pinned, calls)"));
    gint32 day;
    if (chat->orders == ORDER_DMY || chat->orders == ORDER_MDY || chat->orders == ORDER_YMD) {
        /* The zone is not told; as written the day is right, and the day is what counts. */
        if (day_of(head, (Order)chat->orders, &day))
            part->when = (gint64)day * 86400 + head->second;
    } else if (!skip(chat, _("days of sending that can be read in two ways, as 03/04/2025, and "
                             "are left open"))) {
        return false;
    }
    part->text = body;
    part->length = strlen(body);
    return chat->found(chat->context, part, chat->error);
}

/* The message in [start, end), whose first line has this head. */
static bool read_message(Chat *chat, gsize start, gsize end, const Head *head)
{
    const char *text = chat->text + start;
    gsize length = end - start;
    while (length > 0 && g_ascii_isspace(text[length - 1]))
        length--;
    g_autofree char *name = g_strdup_printf("%lu", ++chat->number);
    IntakePart part = {.name = name, .offset = start, .span = length};
    if (!g_utf8_validate(text, (gssize)length, NULL)) {
        part.problem = _("This message is not valid UTF-8; save the export as UTF-8 and import it "
                         "again.");
        part.text = text;
        part.length = length;
        return chat->found(chat->context, &part, chat->error);
    }
    g_autofree char *sender = without_marks(text + head->sender, head->sender_end - head->sender);
    g_autofree char *body =
        g_strndup(text + MIN(head->body, length), length - MIN(head->body, length));
    part.sender = sender[0] != '\0' ? sender : NULL;
    return tell(chat, &part, head, body);
}

bool intake_read_whatsapp(const char *name, const void *bytes, gsize length, IntakePartFound found,
                          void *context, GError **error)
{
    Chat chat = {.text = bytes,
                 .length = length,
                 .found = found,
                 .context = context,
                 .error = error,
                 .orders = find_orders(bytes, length)};
    Head open = {0};
    gsize start = 0;
    bool any = false;
    for (gsize at = 0; at < length;) {
        gsize size = line_length(chat.text, length, at);
        Head head;
        if (read_head(chat.text + at, size, &head)) {
            if (any && !read_message(&chat, start, at, &open))
                return false;
            open = head;
            start = at;
            any = true;
        }
        at += size + 1;
    }
    if (any)
        return read_message(&chat, start, length, &open);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s is no WhatsApp export: none of its lines begins with a day and an hour."),
                name != NULL ? name : "");
    return false;
}
