/* Counts of people: "at least 12 people", «نزدیک به ۵۰۰۰ زندانی سیاسی». */
#include "text/extract_private.h"

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
static void read_bounds(const ExtractReader *r, gsize i, TextFinding *f)
{
    const char *one = i > 0 ? extract_word(r, i - 1) : "",
               *two = i > 1 ? extract_word(r, i - 2) : "";
    const char *three = i > 2 ? extract_word(r, i - 3) : "";
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

/* "including 41 children", «از جمله ۴۱ کودک»: part of a count named before. */
static bool is_part(const ExtractReader *r, gsize i)
{
    const char *one = i > 0 ? extract_word(r, i - 1) : "",
               *two = i > 1 ? extract_word(r, i - 2) : "";
    return token_listed("|including|among|شامل|ازجمله|", one) ||
           (strcmp(one, "جمله") == 0 && strcmp(two, "از") == 0) ||
           (strcmp(one, "them") == 0 && strcmp(two, "among") == 0) ||
           (strcmp(one, "least") == 0 && i > 2 && strcmp(two, "at") == 0 &&
            strcmp(extract_word(r, i - 3), "including") == 0);
}

/* "three were flogged": a count whose thing is not said. */
static bool counts_persons(const ExtractReader *r, gsize thing, gint64 value)
{
    return value > 1 && value < 1900 && token_listed("|were|others|", extract_word(r, thing));
}

gsize extract_claim(ExtractReader *r, gsize i)
{
    gint64 value = 0, high = -1, least = 0;
    bool words = false, ordinal = false, vague = vague_number(extract_word(r, i), &least);
    gsize n = vague ? 1 : token_number(r->t, i, &value, &words, &ordinal);
    if (n == 0 || (!vague && ordinal) ||
        (i > 0 && (extract_sign(r, i - 1, "/:.-") && !r->t->tokens[i].gap)) ||
        extract_sign(r, i + n, "/%"))
        return 0;
    gsize at = i + n;
    if (!vague) { /* 20 to 30, between 20 and 30 */
        bool dash = at < r->t->n && (extract_sign(r, at, "-") || r->t->tokens[at].sign == 0x2013) &&
                    r->t->tokens[at].kind == TOKEN_SIGN;
        bool to = token_listed("|تا|to|الی|", extract_word(r, at)),
             both = token_listed("|و|and|", extract_word(r, at)) && i > 0 &&
                    token_listed("|بین|between|", extract_word(r, i - 1));
        bool more_words, more_ordinal;
        gsize more =
            dash || to || both ? token_number(r->t, at + 1, &high, &more_words, &more_ordinal) : 0;
        if (more > 0 && high > value)
            at += 1 + more;
        else
            high = -1;
    }
    if (token_listed("|of|از|", extract_word(r, at)) && vague)
        at++;
    gsize thing = at;
    bool unsaid = !vague && high < 0 && counts_persons(r, thing, value);
    /* one word may stand between: "5,000 political prisoners" */
    if (!unsaid && !token_listed(PEOPLE, extract_word(r, thing))) {
        if (extract_word(r, thing)[0] == '\0' ||
            !token_listed(PEOPLE, extract_word(r, thing + 1)) ||
            (guint8)extract_word(r, thing)[0] >= 0x80)
            return 0;
        thing++;
    }
    gsize last = unsaid ? thing : thing + 1;
    if (!unsaid && token_listed(ADJECTIVES, extract_word(r, last)))
        last++;
    if (words && !vague && value < 2)
        return 0; /* "یک نفر": one person, but mostly "someone" */
    gsize end = r->t->tokens[last - 1].end;
    char *counted = unsaid ? NULL : extract_copy(r, r->t->tokens[at].start, end);
    TextFinding *f = extract_add(r, TEXT_FINDING_CLAIM, r->t->tokens[i].start, end, counted, NULL,
                                 vague    ? 0.85
                                 : unsaid ? 0.75
                                          : 0.92);
    if (f == NULL)
        return 0;
    f->part = is_part(r, i);
    f->number_min = vague ? least : value;
    f->number_max = vague ? -1 : high > 0 ? high : value;
    f->approximate = vague;
    read_bounds(r, i, f);
    return last - i;
}
