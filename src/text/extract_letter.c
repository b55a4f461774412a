/* A letter's structure, line by line: its date, whom it addresses and their offices, what it asks,
 * who signed. */
#include "text/extract_private.h"

#include "text/vocabulary.h"
#include <stdlib.h>

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

static Line *split_lines(ExtractReader *r, gsize *ret_n)
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
                extract_sign(r, i + 1, ".)-") && t->tokens[i + 2].gap) {
                line->bullet = true;
                line->first = i + 1;
            }
            if (line->bullet)
                line->first++;
            line->start = t->tokens[line->first].start;
            line->end = t->tokens[last - 1].end;
            line->colon = extract_sign(r, last - 1, ":");
        }
        i = last + 1;
    }
    if (lines == NULL)
        r->failed = true;
    *ret_n = lines == NULL ? 0 : n;
    return lines;
}

/* ---- the letter's date ---- */

static bool read_letter_date(ExtractReader *r, const Line *line)
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
                                   : extract_add(r, TEXT_FINDING_LETTER_DATE, date->start,
                                                 date->end, value, NULL, others == 0 ? 0.97 : 0.85);
        if (finding == NULL) {
            r->failed = true;
            return false;
        }
        extract_set_date(finding, date);
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

static bool has_office(const ExtractReader *r, gsize first, gsize last)
{
    for (gsize i = first; i < last; i++)
        if (token_listed(OFFICES, extract_word(r, i)))
            return true;
    return false;
}

/* "NAME – OFFICE": a dash with spaces round it. Gives the dash's token, or 0. */
static gsize find_dash(const ExtractReader *r, const Line *line)
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
            if ((extract_sign(r, i, ",") || r->t->tokens[i].sign == 0x60C) &&
                has_office(r, i + 1, line->last) && !has_office(r, line->first, i))
                return i;
    return hyphen;
}

static bool read_addressee(ExtractReader *r, const Line *line, double confidence)
{
    gsize dash = find_dash(r, line);
    if (dash == 0 || !has_office(r, dash + 1, line->last) || dash - line->first > 8 ||
        line->last - dash > 25)
        return false;
    char *name = extract_copy(r, line->start, r->t->tokens[dash - 1].end);
    char *office = extract_copy(r, r->t->tokens[dash + 1].start, line->end);
    extract_add(r, TEXT_FINDING_ADDRESSEE, line->start, line->end, name, office, confidence);
    return true;
}

/* "Members of the Human Rights Council": a body among the addressees, no person named. */
static bool read_body(ExtractReader *r, const Line *line)
{
    if (line->last - line->first > 14 || line->last - line->first < 2 ||
        extract_sign(r, line->last - 1, ".,:;!") || r->t->tokens[line->last - 1].sign == 0x60C ||
        !has_office(r, line->first, line->last))
        return false;
    extract_add(r, TEXT_FINDING_ADDRESSEE, line->start, line->end, NULL,
                extract_copy(r, line->start, line->end), 0.8);
    return true;
}

/* «عالیجناب NAME» with the office on the next line, or behind a comma. */
static bool read_honorific(ExtractReader *r, const Line *line, const Line *next)
{
    gsize first = line->first;
    if (!token_listed(HONORIFICS, extract_word(r, first)) &&
        !(strcmp(extract_word(r, first), "his") == 0 || strcmp(extract_word(r, first), "her") == 0))
        return false;
    while (first < line->last &&
           (token_listed(HONORIFICS, extract_word(r, first)) ||
            token_listed("|his|her|خانم|اقای|mr|ms|mrs|dr|", extract_word(r, first)) ||
            extract_sign(r, first, ".")))
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
    char *name = extract_copy(r, r->t->tokens[first].start, line->end),
         *office = extract_copy(r, next->start, next->end);
    extract_add(r, TEXT_FINDING_ADDRESSEE, r->t->tokens[first].start, next->end, name, office,
                0.95);
    return true;
}

/* ---- asks and signatories ---- */

static const char ASK_WORDS[] =
    "|درخواست|خواستار|میخواهیم|تقاضا|خواسته|خواستهها|خواستههای|اقدامات|فراخوان|تقاضای|مطالبات|"
    "پیشنهاد|urge|ask|request|call|demand|demands|asks|requests|actions|steps|recommendations|"
    "recommend|appeal|";
static const char SIGN_WORDS[] =
    "|امضا|امضاکننده|امضاکنندگان|امضاها|امضای|signed|signatories|signatory|signatures|undersigned|";

static bool line_has(const ExtractReader *r, const Line *line, const char *list)
{
    for (gsize i = line->first; i < line->last; i++)
        if (token_listed(list, extract_word(r, i)))
            return true;
    return false;
}

static void read_list_item(ExtractReader *r, const Line *line, TextFindingKind kind,
                           double confidence)
{
    gsize last = line->last;
    while (last > line->first + 1 &&
           (extract_sign(r, last - 1, ".;,:") || r->t->tokens[last - 1].sign == 0x61B ||
            r->t->tokens[last - 1].sign == 0x60C)) {
        /* "e. V." keeps its dot: an abbreviation of one letter */
        if (kind == TEXT_FINDING_ORGANISATION && last >= 2 && extract_sign(r, last - 1, ".") &&
            r->t->tokens[last - 2].kind == TOKEN_WORD)
            break;
        last--;
    }
    extract_add(r, kind, line->start, r->t->tokens[last - 1].end,
                extract_copy(r, line->start, r->t->tokens[last - 1].end), NULL, confidence);
}

/* An ask within a sentence: "از شما می‌خواهیم که …", "we urge you to …". */
static void read_ask_sentence(ExtractReader *r, gsize first, gsize last)
{
    bool asks = false, we = false, that = false;
    for (gsize i = first; i < last && !asks; i++)
        asks = (vocabulary_peek()->words[r->t->tokens[i].known].lists & VOCABULARY_ASK) != 0;
    for (gsize i = first; asks && i < last; i++) {
        const char *word = extract_word(r, i);
        we = we || token_listed("|ما|میکنیم|هستیم|میخواهیم|داریم|فرامیخوانیم|we|", word);
        that = that || token_listed("|که|تا|to|on|for|that|", word);
    }
    if (asks && we && that && last - first > 5)
        extract_add(r, TEXT_FINDING_ASK, r->t->tokens[first].start, r->t->tokens[last - 1].end,
                    extract_copy(r, r->t->tokens[first].start, r->t->tokens[last - 1].end), NULL,
                    0.6);
}

void extract_letter(ExtractReader *r, gsize *ret_body_end)
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
        bool heading = line->colon || line->last - line->first == 1 ||
                       (line->last - line->first <= 3 && extract_sign(r, line->last - 1, ","));
        if (heading && line_has(r, line, SIGN_WORDS) && line->last - line->first <= 10 &&
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
        if (k < 12 && token_listed("|to|به|گیرنده|گیرندگان|", extract_word(r, line->first)) &&
            extract_sign(r, line->first + 1, ":") && line->last > line->first + 2) {
            Line rest = *line;
            rest.first += 2;
            rest.start = r->t->tokens[rest.first].start;
            if (!read_addressee(r, &rest, 0.95) && has_office(r, rest.first, rest.last))
                extract_add(r, TEXT_FINDING_ADDRESSEE, rest.start, rest.end, NULL,
                            extract_copy(r, rest.start, rest.end), 0.85);
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
            if (!read && mode == ADDRESSES && addressees > 0)
                read = read_body(r, line);
            addressees += read;
            if (!read && mode == ADDRESSES && addressees > 0)
                mode = HEAD;
        }
    }
    if (!found_asks)
        for (gsize i = 0; i < r->t->n && !r->failed;) {
            gsize last = i;
            while (last < r->t->n && r->t->tokens[last].kind != TOKEN_LINE &&
                   !extract_sign(r, last, ".!?") && r->t->tokens[last].sign != 0x61F)
                last++;
            if (last > i && r->t->tokens[i].start < *ret_body_end)
                read_ask_sentence(r, i, last);
            i = last + 1;
        }
    free(lines);
}
