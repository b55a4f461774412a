/* Letters and reports: structure by lines (date, addressees, asks, signatories), statements by
 * sentences (counts, acts, places, dates). One pass over the words of a text that has been split
 * once; a sentence's findings are joined at its end: an act takes its sentence's date, place and
 * count. */
#include "text/extract.h"

#include "base/limits.h"
#include "text/acts.h"
#include "text/places.h"
#include "text/private.h"
#include "text/tokens.h"
#include "text/vocabulary.h"
#include <stdlib.h>
#include <string.h>

const char *text_finding_kind_name(TextFindingKind kind)
{
    static const char *const NAMES[TEXT_N_FINDINGS] = {"letter_date",  "addressee", "ask", "claim",
                                                       "organisation", "place",     "act", "date"};
    return NAMES[kind];
}

typedef struct {
    const char *text;
    gsize length;
    const TextTokens *t;
    const TextExtractOptions *options;
    TextDates dates;
    TextFinding *findings;
    gsize n, room;
    bool failed;
} Reader;

/* ---- findings ---- */

static char *copy_span(Reader *r, gsize start, gsize end)
{
    char *copy = strndup(r->text + start, end - start);
    if (copy == NULL)
        r->failed = true;
    return copy;
}

/* Takes value and detail (either NULL: ""). */
static TextFinding *add(Reader *r, TextFindingKind kind, gsize start, gsize end, char *value,
                        char *detail, double confidence)
{
    if (r->n == r->room) {
        gsize room = r->room * 2 + 16;
        TextFinding *findings = realloc(r->findings, room * sizeof *findings);
        if (findings == NULL)
            r->failed = true;
        else {
            r->findings = findings;
            r->room = room;
        }
    }
    if (value == NULL)
        value = strdup("");
    if (detail == NULL)
        detail = strdup("");
    if (r->failed || value == NULL || detail == NULL) {
        r->failed = true;
        free(value);
        free(detail);
        return NULL;
    }
    TextFinding *finding = &r->findings[r->n++];
    *finding = (TextFinding){.kind = kind,
                             .start = start,
                             .end = end,
                             .value = value,
                             .detail = detail,
                             .number_min = -1,
                             .number_max = -1,
                             .confidence = (float)confidence};
    return finding;
}

static const char *word_at(const Reader *r, gsize i)
{
    return token_word(r->t, i);
}

static bool sign_is(const Reader *r, gsize i, const char *ascii)
{
    return i < r->t->n && r->t->tokens[i].kind == TOKEN_SIGN && r->t->tokens[i].sign < 0x80 &&
           strchr(ascii, (char)r->t->tokens[i].sign) != NULL;
}

static void set_date(TextFinding *finding, const TextDate *date)
{
    g_strlcpy(finding->edtf, date->edtf, sizeof finding->edtf);
    g_strlcpy(finding->written, date->written, sizeof finding->written);
    finding->calendar = date->calendar;
}

/* ---- lines ---- */

typedef struct {
    gsize first, last;  /* tokens [first, last) */
    gsize start, end;   /* bytes of its text, without spaces at the ends */
    bool bullet, colon; /* begins with a bullet; ends with a colon */
} Line;

static bool is_bullet(const Token *token)
{
    guint32 c = token->sign;
    return token->kind == TOKEN_SIGN &&
           (c == 0x2022 || c == 0x25CF || c == 0x25AA || c == 0x25E6 || c == 0x2023 ||
            c == 0x2043 || c == '*' || c == 0xB7 || c == 0x2013 || c == '-');
}

static Line *split_lines(Reader *r, gsize *ret_n)
{
    const TextTokens *t = r->t;
    gsize room = 64, n = 0;
    Line *lines = malloc(room * sizeof *lines);
    for (gsize i = 0; lines != NULL && i < t->n;) {
        gsize last = i;
        while (last < t->n && t->tokens[last].kind != TOKEN_LINE)
            last++;
        if (last > i) {
            if (n == room) {
                room *= 2;
                Line *more = realloc(lines, room * sizeof *lines);
                if (more == NULL) {
                    free(lines);
                    lines = NULL;
                    break;
                }
                lines = more;
            }
            Line *line = &lines[n++];
            *line = (Line){.first = i, .last = last};
            line->bullet = is_bullet(&t->tokens[i]) && i + 1 < last && t->tokens[i + 1].gap;
            /* "1." and "۲)" number a list */
            if (t->tokens[i].kind == TOKEN_NUMBER && t->tokens[i].digits <= 2 && i + 2 < last &&
                sign_is(r, i + 1, ".)-") && t->tokens[i + 2].gap) {
                line->bullet = true;
                line->first = i + 1;
            }
            if (line->bullet)
                line->first++;
            line->start = t->tokens[line->first].start;
            line->end = t->tokens[last - 1].end;
            line->colon = sign_is(r, last - 1, ":");
        }
        i = last + 1;
    }
    if (lines == NULL)
        r->failed = true;
    *ret_n = lines == NULL ? 0 : n;
    return lines;
}

/* ---- the letter's date ---- */

static bool read_letter_date(Reader *r, const Line *line)
{
    for (gsize d = 0; d < r->dates.n; d++) {
        const TextDate *date = &r->dates.dates[d];
        if (date->start < line->start || date->end > line->end || date->edtf[0] == '\0' ||
            date->precision != EDTF_DAY)
            continue;
        /* Nothing but the date stands on the line: a word or two (تاریخ, Date, a town) may. */
        gsize others = 0;
        for (gsize i = line->first; i < line->last; i++)
            if ((r->t->tokens[i].kind == TOKEN_WORD || r->t->tokens[i].kind == TOKEN_NUMBER) &&
                (r->t->tokens[i].start < date->start || r->t->tokens[i].start >= date->end))
                others++;
        if (others > 2 || date->relative)
            continue;
        char *value = strdup(date->edtf);
        TextFinding *finding = value == NULL
                                   ? NULL
                                   : add(r, TEXT_FINDING_LETTER_DATE, date->start, date->end, value,
                                         NULL, others == 0 ? 0.97 : 0.85);
        if (finding == NULL) {
            r->failed = true;
            return false;
        }
        set_date(finding, date);
        return true;
    }
    return false;
}

/* ---- addressees ---- */

static const char HONORIFICS[] = "|عالیجناب|جناب|سرکار|حضرت|excellency|he|";
static const char OFFICES[] =
    "|دبیرکل|دبیر|رییس|رییسجمهور|کمیسر|کمیساریا|وزیر|نماینده|نمایندگی|هییت|سفیر|مشاور|گزارشگر|"
    "معاون|مدیر|نخستوزیر|فرستاده|قاضی|دادستان|سازمان|شورای|کمیته|secretary|secretarygeneral|"
    "president|commissioner|minister|ambassador|representative|representatives|delegation|mission|"
    "adviser|advisor|rapporteur|director|chair|chairperson|prosecutor|envoy|head|office|council|";

static bool has_office(const Reader *r, gsize first, gsize last)
{
    for (gsize i = first; i < last; i++)
        if (token_listed(OFFICES, word_at(r, i)))
            return true;
    return false;
}

/* "NAME – OFFICE": a dash with spaces round it. Gives the dash's token, or 0. */
static gsize find_dash(const Reader *r, const Line *line)
{
    gsize hyphen = 0;
    for (gsize i = line->first + 1; i + 1 < line->last; i++) {
        const Token *token = &r->t->tokens[i];
        if (token->kind != TOKEN_SIGN || !token->gap || !r->t->tokens[i + 1].gap)
            continue;
        if (token->sign == 0x2013 || token->sign == 0x2014)
            return i;
        if (token->sign == '-' && hyphen == 0)
            hyphen = i;
    }
    if (hyphen == 0)
        for (gsize i = line->first + 1; i + 1 < line->last; i++) /* "Name, Office" */
            if ((sign_is(r, i, ",") || r->t->tokens[i].sign == 0x60C) &&
                has_office(r, i + 1, line->last) && !has_office(r, line->first, i))
                return i;
    return hyphen;
}

static bool read_addressee(Reader *r, const Line *line, double confidence)
{
    gsize dash = find_dash(r, line);
    if (dash == 0 || !has_office(r, dash + 1, line->last) || dash - line->first > 8 ||
        line->last - dash > 25)
        return false;
    char *name = copy_span(r, line->start, r->t->tokens[dash - 1].end);
    char *office = copy_span(r, r->t->tokens[dash + 1].start, line->end);
    add(r, TEXT_FINDING_ADDRESSEE, line->start, line->end, name, office, confidence);
    return true;
}

/* «عالیجناب NAME» with the office on the next line, or behind a comma. */
static bool read_honorific(Reader *r, const Line *line, const Line *next)
{
    gsize first = line->first;
    if (!token_listed(HONORIFICS, word_at(r, first)) &&
        !(strcmp(word_at(r, first), "his") == 0 || strcmp(word_at(r, first), "her") == 0))
        return false;
    while (first < line->last &&
           (token_listed(HONORIFICS, word_at(r, first)) ||
            token_listed("|his|her|خانم|اقای|mr|ms|mrs|dr|", word_at(r, first)) ||
            sign_is(r, first, ".")))
        first++;
    if (first >= line->last || line->last - first > 8)
        return false;
    for (gsize i = first; i < line->last; i++) /* "عالیجناب، ما …" is no address */
        if (r->t->tokens[i].kind == TOKEN_SIGN && r->t->tokens[i].sign != '-' &&
            r->t->tokens[i].sign != '.')
            return false;
    if (next == NULL || next->last - next->first > 12 || !has_office(r, next->first, next->last) ||
        next->colon)
        return false;
    char *name = copy_span(r, r->t->tokens[first].start, line->end),
         *office = copy_span(r, next->start, next->end);
    add(r, TEXT_FINDING_ADDRESSEE, r->t->tokens[first].start, next->end, name, office, 0.95);
    return true;
}

/* ---- asks and signatories ---- */

static const char ASK_WORDS[] =
    "|درخواست|خواستار|میخواهیم|تقاضا|خواسته|خواستهها|خواستههای|اقدامات|فراخوان|تقاضای|مطالبات|"
    "پیشنهاد|urge|ask|request|call|demand|demands|asks|requests|actions|steps|recommendations|"
    "recommend|appeal|";
static const char SIGN_WORDS[] =
    "|امضا|امضاکننده|امضاکنندگان|امضاها|امضای|signed|signatories|signatory|signatures|undersigned|";

static bool line_has(const Reader *r, const Line *line, const char *list)
{
    for (gsize i = line->first; i < line->last; i++)
        if (token_listed(list, word_at(r, i)))
            return true;
    return false;
}

static void read_list_item(Reader *r, const Line *line, TextFindingKind kind, double confidence)
{
    gsize last = line->last;
    while (last > line->first + 1 &&
           (sign_is(r, last - 1, ".;,:") || r->t->tokens[last - 1].sign == 0x61B ||
            r->t->tokens[last - 1].sign == 0x60C)) {
        /* "e. V." keeps its dot: an abbreviation of one letter */
        if (kind == TEXT_FINDING_ORGANISATION && last >= 2 && sign_is(r, last - 1, ".") &&
            r->t->tokens[last - 2].kind == TOKEN_WORD)
            break;
        last--;
    }
    add(r, kind, line->start, r->t->tokens[last - 1].end,
        copy_span(r, line->start, r->t->tokens[last - 1].end), NULL, confidence);
}

/* An ask within a sentence: "از شما می‌خواهیم که …", "we urge you to …". */
static void read_ask_sentence(Reader *r, gsize first, gsize last)
{
    bool asks = false, we = false, that = false;
    for (gsize i = first; i < last && !asks; i++)
        asks = (vocabulary_peek()->words[r->t->tokens[i].known].lists & VOCABULARY_ASK) != 0;
    for (gsize i = first; asks && i < last; i++) {
        const char *word = word_at(r, i);
        we = we || token_listed("|ما|میکنیم|هستیم|میخواهیم|داریم|فرامیخوانیم|we|", word);
        that = that || token_listed("|که|تا|to|on|for|that|", word);
    }
    if (asks && we && that && last - first > 5)
        add(r, TEXT_FINDING_ASK, r->t->tokens[first].start, r->t->tokens[last - 1].end,
            copy_span(r, r->t->tokens[first].start, r->t->tokens[last - 1].end), NULL, 0.6);
}

static void read_structure(Reader *r, gsize *ret_body_end)
{
    gsize n;
    Line *lines = split_lines(r, &n);
    enum { HEAD, ADDRESSES, ASKS, SIGNATORIES, BODY } mode = HEAD;
    bool dated = false, found_asks = false, heading_used = false;
    gsize addressees = 0;
    *ret_body_end = r->length;
    for (gsize k = 0; k < n && !r->failed; k++) {
        const Line *line = &lines[k], *next = k + 1 < n ? &lines[k + 1] : NULL;
        if (!dated && k < 25 && line->last - line->first <= 12)
            dated = read_letter_date(r, line);
        if (mode == SIGNATORIES) {
            if (line->last - line->first <= 14) {
                read_list_item(r, line, TEXT_FINDING_ORGANISATION, line->bullet ? 0.95 : 0.8);
                continue;
            }
            mode = BODY;
        }
        if (line->colon && line_has(r, line, SIGN_WORDS) && line->last - line->first <= 10 &&
            next != NULL) {
            mode = SIGNATORIES;
            *ret_body_end = line->start;
            continue;
        }
        if (mode == ASKS) {
            if (line->bullet) {
                read_list_item(r, line, TEXT_FINDING_ASK, 0.93);
                found_asks = heading_used = true;
                continue;
            }
            if (heading_used)
                mode = BODY;
        }
        if (line->colon && line_has(r, line, ASK_WORDS) && next != NULL && next->bullet) {
            mode = ASKS;
            heading_used = false;
            continue;
        }
        /* "To: the Secretary-General", «به: …» */
        if (k < 12 && token_listed("|to|به|گیرنده|گیرندگان|", word_at(r, line->first)) &&
            sign_is(r, line->first + 1, ":") && line->last > line->first + 2) {
            Line rest = *line;
            rest.first += 2;
            rest.start = r->t->tokens[rest.first].start;
            if (!read_addressee(r, &rest, 0.95) && has_office(r, rest.first, rest.last))
                add(r, TEXT_FINDING_ADDRESSEE, rest.start, rest.end, NULL,
                    copy_span(r, rest.start, rest.end), 0.85);
            addressees++;
            continue;
        }
        if (read_honorific(r, line, next)) {
            addressees++;
            mode = BODY;
            k++;
            continue;
        }
        if (mode == HEAD && line->colon && line->start < 4096) {
            mode = ADDRESSES;
            continue;
        }
        if ((mode == ADDRESSES || (mode == HEAD && k < 12)) && line->last - line->first <= 32) {
            bool read = read_addressee(r, line, mode == ADDRESSES ? 0.95 : 0.75);
            addressees += read;
            if (!read && mode == ADDRESSES && addressees > 0)
                mode = HEAD;
        }
    }
    if (!found_asks)
        for (gsize i = 0; i < r->t->n && !r->failed;) {
            gsize last = i;
            while (last < r->t->n && r->t->tokens[last].kind != TOKEN_LINE &&
                   !sign_is(r, last, ".!?") && r->t->tokens[last].sign != 0x61F)
                last++;
            if (last > i && r->t->tokens[i].start < *ret_body_end)
                read_ask_sentence(r, i, last);
            i = last + 1;
        }
    free(lines);
}

/* ---- counts ---- */

static const char PEOPLE[] =
    "|نفر|تن|زندانی|زندانیان|شهروند|شهروندان|معترض|معترضان|کودک|کودکان|زن|زنان|مرد|مردان|دانشجو|"
    "دانشجویان|کشته|زخمی|بازداشتی|بازداشت|اعدام|مورد|فقره|نوجوان|کارگر|روزنامهنگار|وکیل|معلم|شخص|"
    "فعال|قربانی|خانواده|متهم|محکوم|people|persons|person|prisoners|prisoner|protesters|protestors|"
    "civilians|children|women|men|students|executions|deaths|arrests|detainees|detained|arrested|"
    "killed|executed|injured|victims|individuals|citizens|journalists|activists|lawyers|cases|"
    "political|minors|death|";
static const char ADJECTIVES[] = "|سیاسی|عقیدتی|غیرنظامی|معترض|"
                                 "prisoners|detainees|protesters|sentences|";

static bool vague_number(const char *word, gint64 *ret_min)
{
    static const struct {
        const char *word;
        gint64 least;
    } VAGUE[] = {{"هزاران", 1000},      {"صدها", 100},       {"دهها", 10},
                 {"میلیونها", 1000000}, {"thousands", 1000}, {"hundreds", 100},
                 {"dozens", 24},        {"scores", 40},      {"millions", 1000000}};
    for (gsize i = 0; i < G_N_ELEMENTS(VAGUE); i++)
        if (strcmp(word, VAGUE[i].word) == 0) {
            *ret_min = VAGUE[i].least;
            return true;
        }
    return false;
}

/* What stands before a number: "at least", «نزدیک به». */
static void read_bounds(const Reader *r, gsize i, TextFinding *f)
{
    const char *one = i > 0 ? word_at(r, i - 1) : "", *two = i > 1 ? word_at(r, i - 2) : "";
    const char *three = i > 2 ? word_at(r, i - 3) : "";
    if ((strcmp(one, "به") == 0 && token_listed("|نزدیک|قریب|", two)) ||
        token_listed(
            "|حدود|تقریبا|حدودا|قریب|about|nearly|around|approximately|some|almost|roughly|",
            one)) {
        f->approximate = true;
    } else if ((strcmp(one, "از") == 0 && strcmp(two, "بیش") == 0) ||
               token_listed("|دستکم|حداقل|لااقل|over|", one) ||
               (strcmp(one, "کم") == 0 && strcmp(two, "دست") == 0) ||
               (strcmp(one, "least") == 0 && strcmp(two, "at") == 0) ||
               (strcmp(one, "than") == 0 && strcmp(two, "more") == 0) ||
               (strcmp(one, "از") == 0 && strcmp(two, "بیشتر") == 0)) {
        f->number_max = -1;
    } else if ((strcmp(one, "از") == 0 && strcmp(two, "کمتر") == 0) || strcmp(one, "حداکثر") == 0 ||
               (strcmp(one, "to") == 0 && strcmp(two, "up") == 0) ||
               (strcmp(one, "than") == 0 && token_listed("|fewer|less|", two))) {
        f->number_min = 0;
    } else if (strcmp(one, "تا") != 0 || three[0] == '\0') {
        return;
    }
}

/* A count at token i with its thing. Gives tokens read. */
static gsize read_claim(Reader *r, gsize i)
{
    gint64 value = 0, high = -1, least = 0;
    bool words = false, ordinal = false, vague = vague_number(word_at(r, i), &least);
    gsize n = vague ? 1 : token_number(r->t, i, &value, &words, &ordinal);
    if (n == 0 || (!vague && ordinal) ||
        (i > 0 && (sign_is(r, i - 1, "/:.-") && !r->t->tokens[i].gap)) || sign_is(r, i + n, "/%"))
        return 0;
    gsize at = i + n;
    if (!vague) { /* 20 to 30, between 20 and 30 */
        bool dash = at < r->t->n && (sign_is(r, at, "-") || r->t->tokens[at].sign == 0x2013) &&
                    r->t->tokens[at].kind == TOKEN_SIGN;
        bool to = token_listed("|تا|to|الی|", word_at(r, at)),
             both = token_listed("|و|and|", word_at(r, at)) && i > 0 &&
                    token_listed("|بین|between|", word_at(r, i - 1));
        bool more_words, more_ordinal;
        gsize more =
            dash || to || both ? token_number(r->t, at + 1, &high, &more_words, &more_ordinal) : 0;
        if (more > 0 && high > value)
            at += 1 + more;
        else
            high = -1;
    }
    if (token_listed("|of|از|", word_at(r, at)) && vague)
        at++;
    gsize thing = at;
    if (!token_listed(
            PEOPLE,
            word_at(r, thing))) { /* one word may stand between: "5,000 political prisoners" */
        if (word_at(r, thing)[0] == '\0' || !token_listed(PEOPLE, word_at(r, thing + 1)) ||
            (guint8)word_at(r, thing)[0] >= 0x80)
            return 0;
        thing++;
    }
    gsize last = thing + 1;
    if (token_listed(ADJECTIVES, word_at(r, last)))
        last++;
    if (words && !vague && value < 2)
        return 0; /* "یک نفر": one person, but mostly "someone" */
    char *counted = copy_span(r, r->t->tokens[at].start, r->t->tokens[last - 1].end);
    TextFinding *f = add(r, TEXT_FINDING_CLAIM, r->t->tokens[i].start, r->t->tokens[last - 1].end,
                         counted, NULL, vague ? 0.85 : 0.92);
    if (f == NULL)
        return 0;
    f->number_min = vague ? least : value;
    f->number_max = vague ? -1 : high > 0 ? high : value;
    f->approximate = vague;
    read_bounds(r, i, f);
    return last - i;
}

/* ---- sentences: statements that belong together ---- */

/* Findings [first, n) of one sentence: acts take its date, its place and, of one count, the count.
 */
static void join_sentence(Reader *r, gsize first, gsize first_date, gsize start, gsize end)
{
    const TextDate *date = NULL;
    const TextFinding *place = NULL;
    TextFinding *act = NULL, *claim = NULL;
    gsize claims = 0;
    if (first == r->n)
        return;
    for (gsize d = first_date; d < r->dates.n && r->dates.dates[d].start < end; d++)
        if (r->dates.dates[d].start >= start && r->dates.dates[d].end <= end &&
            r->dates.dates[d].edtf[0] != '\0') {
            date = &r->dates.dates[d];
            break;
        }
    for (gsize i = first; i < r->n; i++) {
        TextFinding *f = &r->findings[i];
        if (f->kind == TEXT_FINDING_PLACE && place == NULL && f->value[0] != '\0')
            place = f;
        if (f->kind == TEXT_FINDING_ACT && (act == NULL || strcmp(act->value, "arrest") == 0))
            act = f;
        if (f->kind == TEXT_FINDING_CLAIM) {
            claims++;
            claim = f;
        }
    }
    for (gsize i = first; i < r->n; i++) {
        TextFinding *f = &r->findings[i];
        if (f->kind != TEXT_FINDING_ACT && f->kind != TEXT_FINDING_CLAIM)
            continue;
        if (date != NULL)
            set_date(f, date);
        if (f->kind == TEXT_FINDING_ACT) {
            if (place != NULL)
                g_strlcpy(f->iso, place->value, sizeof f->iso);
            if (claims == 1) {
                f->number_min = claim->number_min;
                f->number_max = claim->number_max;
                f->approximate = claim->approximate;
            }
        } else if (act != NULL) {
            char *code = strdup(act->value);
            if (code == NULL) {
                r->failed = true;
                return;
            }
            free(f->detail);
            f->detail = code;
        }
    }
}

static void read_statements(Reader *r, gsize body_end)
{
    const TextTokens *t = r->t;
    gsize sentence = r->n, sentence_start = 0, sentence_date = 0, date = 0;
    for (gsize i = 0; i < t->n && !r->failed;) {
        const Token *token = &t->tokens[i];
        if (token->start >= body_end)
            break;
        while (date < r->dates.n && r->dates.dates[date].end <= token->start)
            date++;
        bool end = token->kind == TOKEN_LINE ||
                   (sign_is(r, i, ".!?") && (i + 1 >= t->n || t->tokens[i + 1].gap)) ||
                   (token->kind == TOKEN_SIGN && token->sign == 0x61F);
        if (end) {
            join_sentence(r, sentence, sentence_date, sentence_start, token->end);
            sentence = r->n;
            sentence_date = date;
            sentence_start = token->end;
            i++;
            continue;
        }
        bool in_date = date < r->dates.n && token->start >= r->dates.dates[date].start;
        if (in_date) {
            i++;
            continue;
        }
        if (token->kind == TOKEN_NUMBER) {
            gsize n = read_claim(r, i);
            i += n > 0 ? n : 1;
            continue;
        }
        if (token->kind != TOKEN_WORD) {
            i++;
            continue;
        }
        TextPlaceMatch place;
        gint32 day = date < r->dates.n && r->dates.dates[date].edtf[0] != '\0'
                         ? r->dates.dates[date].last_day
                     : date > 0 && r->dates.dates[date - 1].edtf[0] != '\0' &&
                             r->dates.dates[date - 1].start >= sentence_start
                         ? r->dates.dates[date - 1].last_day
                         : G_MAXINT32;
        gsize n = r->options->gazetteer != NULL
                      ? text_place_at(r->options->gazetteer, t, r->text, i, day, &place)
                      : 0;
        if (n > 0) {
            char *detail = strdup(place.iso[0] != '\0'
                                      ? (place.name_fa[0] != '\0' ? place.name_fa : place.name_en)
                                      : place.candidates);
            char *iso = strdup(place.iso);
            TextFinding *f = add(r, TEXT_FINDING_PLACE, token->start, t->tokens[i + n - 1].end, iso,
                                 detail, (double)place.confidence);
            if (f != NULL) {
                f->place = place.kind;
                g_strlcpy(f->iso, place.iso, sizeof f->iso);
            }
            i += n;
            continue;
        }
        const char *code;
        bool negated;
        double confidence;
        n = text_act_at(t, i, &code, &negated, &confidence);
        if (n > 0) {
            char *value = strdup(code);
            TextFinding *f = add(r, TEXT_FINDING_ACT, token->start, t->tokens[i + n - 1].end, value,
                                 copy_span(r, token->start, t->tokens[i + n - 1].end), confidence);
            if (f != NULL)
                f->negated = negated;
            i += n;
            continue;
        }
        n = token->digits != 0 ? read_claim(r, i) : 0;
        i += n > 0 ? n : 1;
    }
    join_sentence(r, sentence, sentence_date, sentence_start, body_end);
}

static int compare_findings(const void *left, const void *right)
{
    const TextFinding *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return a->end < b->end ? -1 : a->end > b->end;
}

bool text_extract(const char *text, gsize length, const TextExtractOptions *options,
                  TextFindings *ret_findings, GError **error)
{
    static const TextExtractOptions PLAIN = {0};
    g_auto(TextTokens) tokens = {0};
    if (length > LIMIT_TEXT_BYTES)
        return text_error_length(length, error);
    if (!text_tokens_new(text, length, &tokens))
        return text_error_memory(error);
    Reader r = {.text = text,
                .length = length,
                .t = &tokens,
                .options = options != NULL ? options : &PLAIN};
    if (!text_dates_find_in(&tokens, text, &r.options->dates, &r.dates, error))
        return false;
    gsize body_end = length;
    read_structure(&r, &body_end);
    read_statements(&r, body_end);
    gsize head_date = G_MAXSIZE;
    for (gsize i = 0; i < r.n; i++)
        if (r.findings[i].kind == TEXT_FINDING_LETTER_DATE)
            head_date = r.findings[i].start;
    for (gsize d = 0; d < r.dates.n && !r.failed; d++) {
        const TextDate *date = &r.dates.dates[d];
        if (date->start == head_date)
            continue;
        char *value = strdup(date->edtf),
             *detail = strdup(date->contradicted ? "contradicted" : "");
        TextFinding *f = add(&r, TEXT_FINDING_DATE, date->start, date->end, value, detail,
                             (double)date->confidence);
        if (f != NULL)
            set_date(f, date);
    }
    text_dates_clear(&r.dates);
    TextFindings out = {.findings = r.findings, .n = r.n};
    if (r.failed) {
        text_findings_clear(&out);
        return text_error_memory(error);
    }
    if (out.n > 0)
        qsort(out.findings, out.n, sizeof *out.findings, compare_findings);
    *ret_findings = out;
    return true;
}

void text_findings_clear(TextFindings *findings)
{
    for (gsize i = 0; i < findings->n; i++) {
        free(findings->findings[i].value);
        free(findings->findings[i].detail);
    }
    free(findings->findings);
    *findings = (TextFindings){0};
}
