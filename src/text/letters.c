/* Stage one of normalization: letters, marks, digits, controls and spaces, code point by code
 * point. Runs of bytes that stay are copied in one go; a table of the Arabic block says at once
 * whether a letter stays, so that Persian text passes at memory speed times a few. */
#include "text/private.h"

#include "text/utf8.h"
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

enum { KEEP = 0, LETTER, DIGIT_ARABIC, DIGIT_PERSIAN, MARK, VOWEL, TATWEEL, CONTROL };

static const guint8 KIND[256] = {
    [0x1C] = CONTROL,
    [0x29] = LETTER,
    [0x3B] = LETTER,
    [0x40] = TATWEEL,
    [0x43] = LETTER,
    [0x49] = LETTER,
    [0x4A] = LETTER,
    [0x4B ... 0x52] = VOWEL,
    [0x53 ... 0x5F] = MARK,
    [0x60 ... 0x69] = DIGIT_ARABIC,
    [0x70] = VOWEL,
    [0x10 ... 0x1A] = MARK,
    [0xA9] = KEEP,
    [0xAA] = LETTER,
    [0xBE] = LETTER,
    [0xC0] = LETTER,
    [0xC1] = LETTER,
    [0xC2] = LETTER,
    [0xC3] = LETTER,
    [0xCD] = LETTER,
    [0xD6 ... 0xDC] = MARK,
    [0xDF ... 0xE4] = MARK,
    [0xE7 ... 0xE8] = MARK,
    [0xEA ... 0xED] = MARK,
    [0xF0 ... 0xF9] = DIGIT_PERSIAN,
};

/* What a letter (kind LETTER) becomes, UTF-8. */
static const char *letter_target(guint32 c)
{
    switch (c) {
    case 0x63B:
    case 0x63C:
    case 0x643:
    case 0x6AA:
        return "ک";
    case 0x649:
    case 0x64A:
    case 0x6CD:
        return "ی";
    case 0x629:
    case 0x6BE:
    case 0x6C1:
    case 0x6C3:
        return "ه";
    case 0x6C0:
    case 0x6C2:
        return "ه\u0654";
    default:
        return NULL;
    }
}

static inline bool has(const TextOptions *options, TextRule rule)
{
    return (options->rules & 1u << rule) != 0;
}

static bool is_space(guint32 c)
{
    return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
           c == 0x3000 || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static bool is_control(guint32 c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
           (c >= 0x7F && c <= 0x9F && c != 0x85) || c == 0xAD || c == 0x61C || c == 0x200B ||
           c == 0x200D || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
           c == 0x180E;
}

typedef struct {
    const char *text, *end;
    const char *run; /* bytes since here stay and are not yet copied */
    const TextOptions *options;
    TextSink *sink;
} Pass;

static void flush(Pass *pass, const char *to)
{
    if (to > pass->run)
        text_sink_write(pass->sink, pass->run, (gsize)(to - pass->run));
    pass->run = to;
}

/* Bytes [at, at + bytes) become `with`. */
static void change(Pass *pass, const char *at, gsize bytes, const char *with, gsize length,
                   TextRule rule, double confidence)
{
    flush(pass, at);
    gsize start = (gsize)(at - pass->text);
    text_sink_change(pass->sink, start, start + bytes, with, length, rule, confidence);
    pass->run = at + bytes;
}

/* Last code point written, 0 at the beginning; its start in the sink. */
static guint32 last_written(const TextSink *sink, gsize *ret_at)
{
    gsize at = sink->length;
    while (at > 0 && at > sink->length - MIN(sink->length, 4) &&
           ((guint8)sink->text[at - 1] & 0xC0) == 0x80)
        at--;
    if (at == 0)
        return 0;
    at--;
    guint32 c = 0;
    utf8_decode(sink->text + at, sink->text + sink->length, &c);
    *ret_at = at;
    return c;
}

static bool combines(guint32 c)
{
    return c >= 0x300 && (u_getCombiningClass((UChar32)c) != 0 ||
                          u_getIntPropertyValue((UChar32)c, UCHAR_NFC_QUICK_CHECK) == UNORM_MAYBE);
}

static gsize utf8_from_utf16(const UChar *from, int32_t n, char *out, gsize room)
{
    gsize written = 0;
    for (int32_t i = 0; i < n && written + 4 <= room;) {
        UChar32 c;
        U16_NEXT(from, i, n, c);
        written += utf8_encode((guint32)c, out + written);
    }
    return written;
}

/* Source offset that the sink's byte `at` (inside what was written last) came from; the changes
 * from there on are taken back. `end`: the source's offset of the sink's end. */
static gsize take_back(TextSink *sink, gsize at, gsize end)
{
    gsize source = end - MIN(end, sink->length - at);
    while (sink->n_changes > 0 && sink->changes[sink->n_changes - 1].out_end > at) {
        TextChange *last = &sink->changes[sink->n_changes - 1];
        if (last->out_start < at) { /* it wrote more than is taken back */
            last->out_end = at;
            source = last->end;
            break;
        }
        source = last->start - MIN(last->start, last->out_start - at);
        sink->n_changes--;
    }
    sink->length = at;
    return source;
}

/* A mark at `at`: with its letter and the marks around it, composed and in canonical order (NFC).
 * No letter bears more than MARKS_MAX marks (as in UAX 15's stream-safe text); the rest are
 * dropped. Without a list of changes the way back is not kept. Gives the end of what was read. */
static const char *compose(Pass *pass, const char *at)
{
    enum { MARKS_MAX = 30 };
    const TextOptions *options = pass->options;
    TextSink *sink = pass->sink;
    UChar cluster[2 * MARKS_MAX + 8], composed[4 * MARKS_MAX + 16];
    UChar32 written_marks[MARKS_MAX];
    int32_t n = 0;
    int before = 0;
    flush(pass, at);
    /* Back over marks already written, to their letter. */
    gsize cluster_at = sink->length, reached = sink->length;
    guint32 base = 0;
    for (;;) {
        gsize length = sink->length, start = 0;
        sink->length = reached;
        guint32 c = last_written(sink, &start);
        sink->length = length;
        if (c == 0 || c == 0xFFFD || c == UTF8_ZWNJ || c <= ' ')
            break;
        cluster_at = reached = start;
        if (!combines(c)) {
            base = c;
            break;
        }
        if (before == MARKS_MAX)
            break;
        written_marks[before++] = (UChar32)c;
    }
    if (base != 0)
        U16_APPEND_UNSAFE(cluster, n, (UChar32)base);
    for (int i = before; i > 0; i--)
        U16_APPEND_UNSAFE(cluster, n, written_marks[i - 1]);
    const char *to = at;
    int marks = before;
    while (to < pass->end) {
        guint32 c = 0;
        unsigned bytes = utf8_decode(to, pass->end, &c);
        if (bytes == 0 || !combines(c))
            break;
        bool drop = marks >= MARKS_MAX || (has(options, TEXT_RULE_DIACRITICS) && c >= 0x600 &&
                                           c < 0x700 && KIND[c & 0xFF] == VOWEL);
        if (!drop) {
            U16_APPEND_UNSAFE(cluster, n, (UChar32)c);
            marks++;
        }
        to += bytes;
    }
    if (to == at) { /* a mark that Unicode does not know as one: it stays */
        guint32 c;
        unsigned bytes = utf8_decode(at, pass->end, &c);
        return at + (bytes == 0 ? 1 : bytes);
    }
    /* ی with hamza above has no composed form, but people mean ئ. */
    if (n >= 2 && cluster[0] == 0x6CC && cluster[1] == 0x654 && has(options, TEXT_RULE_COMPOSE))
        cluster[0] = 0x64A;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    int32_t length =
        unorm2_normalize(nfc, cluster, n, composed, (int32_t)G_N_ELEMENTS(composed), &status);
    char bytes[4 * (4 * MARKS_MAX + 16)];
    gsize written = U_FAILURE(status) || !has(options, TEXT_RULE_COMPOSE)
                        ? utf8_from_utf16(cluster, n, bytes, sizeof bytes)
                        : utf8_from_utf16(composed, length, bytes, sizeof bytes);
    gsize start = (gsize)(at - pass->text), source = (gsize)(to - at),
          held = sink->length - cluster_at;
    TextRule rule = has(options, TEXT_RULE_DIACRITICS) ? TEXT_RULE_DIACRITICS : TEXT_RULE_COMPOSE;
    if (written >= held && memcmp(bytes, sink->text + cluster_at, held) == 0) {
        /* What stands stays; the new marks follow it, as they came or in order. */
        pass->run = at;
        if (written - held != source || memcmp(bytes + held, at, source) != 0) {
            text_sink_change(sink, start, start + source, bytes + held, written - held, rule, 1);
            pass->run = to;
        }
        return to;
    }
    sink->again = true;
    gsize from = take_back(sink, cluster_at, start);
    text_sink_change(sink, from, start + source, bytes, written, TEXT_RULE_COMPOSE, 1);
    pass->run = to;
    return to;
}

/* Whether a letter comes next, behind a few invisible ones. */
static bool word_goes_on(const char *at, const char *end)
{
    for (int i = 0; i < 8 && at < end; i++) {
        guint32 c;
        unsigned bytes = utf8_decode(at, end, &c);
        if (bytes == 0)
            return false;
        if (c != UTF8_ZWNJ && !is_control(c) && c != 0x640 && !combines(c))
            return c > ' ' && !is_space(c);
        at += bytes;
    }
    return false;
}

static void half_space(Pass *pass, const char *at)
{
    if (!has(pass->options, TEXT_RULE_TIDY))
        return;
    flush(pass, at);
    gsize before = 0;
    guint32 c = last_written(pass->sink, &before);
    if (c <= ' ' || c == UTF8_ZWNJ || is_space(c) || !word_goes_on(at + 3, pass->end))
        change(pass, at, 3, "", 0, TEXT_RULE_TIDY, 0.99);
}

static void digit(Pass *pass, const char *at, gsize bytes, guint32 value, bool arabic)
{
    char out[4];
    TextDigits digits = pass->options->digits;
    if (!has(pass->options, TEXT_RULE_DIGITS) || digits == TEXT_DIGITS_KEEP ||
        (digits == TEXT_DIGITS_UNIFY && !arabic) ||
        (digits == TEXT_DIGITS_PERSIAN && bytes == 2 && !arabic))
        return;
    guint32 zero = digits == TEXT_DIGITS_ASCII ? '0' : 0x6F0;
    change(pass, at, bytes, out, utf8_encode(zero + value, out), TEXT_RULE_DIGITS, 1);
}

/* Everything outside ASCII and the Arabic block. Gives the end of what was read. */
static const char *rare(Pass *pass, const char *at)
{
    const TextOptions *options = pass->options;
    guint32 c;
    unsigned bytes = utf8_decode(at, pass->end, &c);
    if (bytes == 0) {
        change(pass, at, 1, "\xEF\xBF\xBD", 3, TEXT_RULE_BYTES, 1);
        return at + 1;
    }
    if (c == UTF8_ZWNJ) {
        half_space(pass, at);
        return at + bytes;
    }
    if (is_space(c)) {
        if (has(options, TEXT_RULE_SPACES))
            change(pass, at, bytes, c == 0x2028 || c == 0x2029 || c == 0x85 ? "\n" : " ", 1,
                   TEXT_RULE_SPACES, 1);
        return at + bytes;
    }
    if (is_control(c)) {
        if (!has(options, TEXT_RULE_CONTROLS))
            return at + bytes;
        flush(pass, at);
        gsize before = 0;
        guint32 last = last_written(pass->sink, &before), next = 0;
        if (at + bytes < pass->end)
            utf8_decode(at + bytes, pass->end, &next);
        bool inside = utf8_is_arabic_letter(last) && utf8_is_arabic_letter(next);
        if (c == 0x200D && last >= 0x2190 && next >= 0x2190 && last != 0xFFFD && next != 0xFFFD &&
            next != 0xFEFF && !(next >= 0xFFF9 && next <= 0xFFFB) && next != 0x3000)
            return at + bytes; /* emoji sequences */
        /* A zero-width space or soft hyphen within a word is a half-space typed wrongly. */
        if (inside && (c == 0x200B || c == 0xAD))
            change(pass, at, bytes, UTF8_ZWNJ_BYTES, 3, TEXT_RULE_CONTROLS, 0.9);
        else
            change(pass, at, bytes, "", 0, TEXT_RULE_CONTROLS, 1);
        return at + bytes;
    }
    if (c >= 0xFF10 && c <= 0xFF19) {
        digit(pass, at, bytes, c - 0xFF10, true);
        return at + bytes;
    }
    bool presentation = (c >= 0xFB50 && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFC);
    if (presentation ? has(options, TEXT_RULE_PRESENTATION) : has(options, TEXT_RULE_COMPOSE)) {
        if (!presentation && combines(c))
            return compose(pass, at);
        if (presentation ||
            (c >= 0x340 && u_getIntPropertyValue((UChar32)c, UCHAR_NFC_QUICK_CHECK) != UNORM_YES)) {
            UErrorCode status = U_ZERO_ERROR;
            const UNormalizer2 *form =
                presentation ? unorm2_getNFKCInstance(&status) : unorm2_getNFCInstance(&status);
            UChar source[2], result[64];
            int32_t n = 0;
            U16_APPEND_UNSAFE(source, n, (UChar32)c);
            int32_t length = unorm2_normalize(form, source, n, result, 64, &status);
            char out[64 * 4];
            gsize written =
                U_SUCCESS(status) ? utf8_from_utf16(result, length, out, sizeof out) : 0;
            /* The letters of a presentation form are Arabic ones: once more through the table. */
            char mapped[64 * 4];
            gsize mapped_length = 0;
            for (const char *part = out; part < out + written;) {
                guint32 p = 0;
                unsigned step = utf8_decode(part, out + written, &p);
                const char *target = p >= 0x600 && p < 0x700 && KIND[p & 0xFF] == LETTER &&
                                             has(options, TEXT_RULE_LETTERS)
                                         ? letter_target(p)
                                         : NULL;
                if (p == 0x640 && has(options, TEXT_RULE_TATWEEL))
                    target = "";
                gsize size = target != NULL ? strlen(target) : step;
                memcpy(mapped + mapped_length, target != NULL ? target : part, size);
                mapped_length += size;
                part += step;
            }
            pass->sink->again = true;
            if (written > 0 && (mapped_length != bytes || memcmp(mapped, at, bytes) != 0))
                change(pass, at, bytes, mapped, mapped_length,
                       presentation ? TEXT_RULE_PRESENTATION : TEXT_RULE_COMPOSE, 1);
        }
    }
    return at + bytes;
}

void text_letters(const char *text, gsize length, const TextOptions *options, TextSink *sink)
{
    Pass pass = {.text = text, .end = text + length, .run = text, .options = options, .sink = sink};
    const char *at = text, *end = text + length;
    bool vowels = has(options, TEXT_RULE_DIACRITICS);
    while (at < end && !sink->failed) {
        guint8 byte = (guint8)*at;
        if (byte >= 0xD8 && byte <= 0xDB && at + 1 < end && ((guint8)at[1] & 0xC0) == 0x80) {
            guint32 low = (guint32)(byte & 3) << 6 | ((guint8)at[1] & 0x3F);
            guint8 kind = KIND[low];
            if (G_LIKELY(kind == KEEP)) {
                at += 2;
                continue;
            }
            switch (kind) {
            case LETTER: {
                const char *target = letter_target(0x600 + low);
                if (target != NULL && has(options, TEXT_RULE_LETTERS))
                    change(&pass, at, 2, target, strlen(target), TEXT_RULE_LETTERS,
                           low == 0x29 ? 0.9 : 1);
                at += 2;
                break;
            }
            case DIGIT_ARABIC:
                digit(&pass, at, 2, low - 0x60, true);
                at += 2;
                break;
            case DIGIT_PERSIAN:
                digit(&pass, at, 2, low - 0xF0, false);
                at += 2;
                break;
            case TATWEEL:
                if (has(options, TEXT_RULE_TATWEEL))
                    change(&pass, at, 2, "", 0, TEXT_RULE_TATWEEL, 1);
                at += 2;
                break;
            case CONTROL:
                if (has(options, TEXT_RULE_CONTROLS))
                    change(&pass, at, 2, "", 0, TEXT_RULE_CONTROLS, 1);
                at += 2;
                break;
            case VOWEL:
                if (vowels) {
                    change(&pass, at, 2, "", 0, TEXT_RULE_DIACRITICS, 1);
                    at += 2;
                    break;
                }
                at = compose(&pass, at);
                break;
            default:
                at = compose(&pass, at);
                break;
            }
            continue;
        }
        if (byte < 0x80) {
            if (byte >= '0' && byte <= '9' && options->digits == TEXT_DIGITS_PERSIAN)
                digit(&pass, at, 1, byte - '0', false);
            else if ((byte < 0x20 || byte == 0x7F) && is_control(byte) &&
                     has(options, TEXT_RULE_CONTROLS))
                change(&pass, at, 1, "", 0, TEXT_RULE_CONTROLS, 1);
            at++;
            continue;
        }
        at = rare(&pass, at);
    }
    flush(&pass, end);
}
