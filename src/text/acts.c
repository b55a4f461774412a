/* Acts by the words that name them. Neutral: a text's mention is what is found, not the act's
 * truth. Codes after HURIDOCS' Types of Acts, in plain words. */
#include "text/acts.h"

#include "text/extract.h"
#include "text/vocabulary.h"
#include <string.h>

static const char *const CODES[] = {"arrest",
                                    "summons",
                                    "trial",
                                    "sentence",
                                    "death_sentence",
                                    "execution",
                                    "killing",
                                    "death_in_custody",
                                    "enforced_disappearance",
                                    "torture",
                                    "injury",
                                    "flogging",
                                    "raid",
                                    "threat",
                                    "internet_shutdown",
                                    "release",
                                    NULL};

const char *const *text_act_codes(void)
{
    return CODES;
}

/* A folded word that begins so names the act; with `next`, only when the following word is one of
 * the list. The first that fits counts: longer rows stand first. */
static const struct {
    const char *stem, *next, *code;
    float confidence;
} ACTS[] = {
    {"حکم", "|اعدام|مرگ|قصاص|", "death_sentence", 0.93f},
    {"محکوم", "|به|", "sentence", 0.9f},
    {"حکم", "|زندان|حبس|بازداشت|شلاق|", "sentence", 0.9f},
    {"مرگ", "|در|", "death_in_custody", 0.5f},
    {"بازداشت", NULL, "arrest", 0.92f},
    {"دستگیر", NULL, "arrest", 0.93f},
    {"احضار", NULL, "summons", 0.93f},
    {"اعدام", NULL, "execution", 0.92f},
    {"تیرباران", NULL, "execution", 0.93f},
    {"حلقاویز", NULL, "execution", 0.9f},
    {"دار", "|اویخته|زده|زدند|", "execution", 0.85f},
    {"محاکمه", NULL, "trial", 0.9f},
    {"محکوم", "|شد|شده|شدند|کرد|کردند|شدهاند|گردید|", "sentence", 0.85f},
    {"حبس", NULL, "sentence", 0.8f},
    {"ناپدید", NULL, "enforced_disappearance", 0.85f},
    {"شکنجه", NULL, "torture", 0.93f},
    {"کشته", NULL, "killing", 0.9f},
    {"کشتار", NULL, "killing", 0.9f},
    {"قتل", NULL, "killing", 0.85f},
    {"جان", "|باخت|باختند|باخته|باختن|باختهاند|", "killing", 0.75f},
    {"جان", "|خود|خویش|شان|", "killing", 0.7f},
    {"جانباخت", NULL, "killing", 0.75f},
    {"زخمی", "|شد|شدند|شده|شدهاند|و|کرد|کردند|گردید|گردیدند|داشت|در|", "injury", 0.88f},
    {"مجروح", NULL, "injury", 0.88f},
    {"مصدوم", NULL, "injury", 0.85f},
    {"شلاق", NULL, "flogging", 0.9f},
    {"یورش", NULL, "raid", 0.85f},
    {"تفتیش", NULL, "raid", 0.85f},
    {"تهدید", NULL, "threat", 0.75f},
    {"قطع", "|اینترنت|کامل|سراسری|", "internet_shutdown", 0.85f},
    {"قطعی", "|اینترنت|", "internet_shutdown", 0.85f},
    {"ازاد", "|شد|شدند|شده|گردید|شدهاند|کردند|", "release", 0.85f},
    {"ربوده", NULL, "enforced_disappearance", 0.7f},
    {"arrest", NULL, "arrest", 0.93f},
    {"detain", NULL, "arrest", 0.9f},
    {"detention", NULL, "arrest", 0.8f},
    {"summon", NULL, "summons", 0.92f},
    {"sentenced", "|to|", "sentence", 0.92f},
    {"sentence", NULL, "sentence", 0.75f},
    {"convict", NULL, "sentence", 0.75f},
    {"execut", NULL, "execution", 0.9f},
    {"hanged", NULL, "execution", 0.92f},
    {"hanging", NULL, "execution", 0.7f},
    {"killed", NULL, "killing", 0.92f},
    {"killing", NULL, "killing", 0.88f},
    {"died", "|in|", "death_in_custody", 0.5f},
    {"death", "|in|", "death_in_custody", 0.5f},
    {"deaths", "|in|", "death_in_custody", 0.5f},
    {"disappear", NULL, "enforced_disappearance", 0.75f},
    {"tortur", NULL, "torture", 0.93f},
    {"injur", NULL, "injury", 0.88f},
    {"wounded", NULL, "injury", 0.9f},
    {"flogg", NULL, "flogging", 0.92f},
    {"lashes", NULL, "flogging", 0.88f},
    {"raided", NULL, "raid", 0.88f},
    {"trial", NULL, "trial", 0.8f},
    {"threatened", NULL, "threat", 0.75f},
    {"released", NULL, "release", 0.8f},
    {"internet", "|shutdown|blackout|cut|", "internet_shutdown", 0.9f},
};

static const char CUSTODY[] = "|بازداشت|زندان|بازداشتگاه|حبس|custody|detention|prison|jail|";

const char *text_act_stem(gsize row)
{
    return row < G_N_ELEMENTS(ACTS) ? ACTS[row].stem : NULL;
}

static bool negated(const TextTokens *t, gsize i, gsize n)
{
    for (gsize k = i + n; k < i + n + 4 && k < t->n; k++) {
        const char *word = token_word(t, k);
        if (t->tokens[k].kind == TOKEN_LINE || t->tokens[k].kind == TOKEN_SIGN)
            break;
        if (token_listed("|نشد|نشده|نشدند|نشدهاند|نکرد|نکردند|نکرده|نکردهاند|نیست|نبود|نمیشود|"
                         "نمیشوند|نخواهد|",
                         word))
            return true;
    }
    for (gsize k = i; k > 0 && k + 3 > i; k--)
        if (token_listed("|not|never|no|without|wasnt|", token_word(t, k - 1)))
            return true;
    return false;
}

gsize text_act_at(const TextTokens *t, gsize i, const char **ret_code, bool *ret_negated,
                  double *ret_confidence)
{
    const char *word = token_word(t, i);
    if (t->tokens[i].folded_length < 4 || !vocabulary_act_like(vocabulary_peek(), word))
        return 0;
    for (gsize k = 0; k < G_N_ELEMENTS(ACTS); k++) {
        const char *stem = ACTS[k].stem;
        if (word[0] != stem[0] || word[1] != stem[1] || word[2] != stem[2] || word[3] != stem[3] ||
            strncmp(word, stem, strlen(stem)) != 0)
            continue;
        if (token_listed("|بازداشتن|دستگیره|اعدامی|قتلگاه|تهدیدات|detainee|detainees|",
                         word)) /* to keep from; a handle … */
            continue;
        gsize n = 1;
        const char *code = ACTS[k].code;
        double confidence = (double)ACTS[k].confidence;
        if (ACTS[k].next != NULL) {
            if (!token_listed(ACTS[k].next, token_word(t, i + 1)))
                continue;
            n = 2;
        }
        /* «جان خود را از دست دادند» */
        if (strcmp(stem, "جان") == 0 && token_listed("|خود|خویش|شان|", token_word(t, i + 1))) {
            if (strcmp(token_word(t, i + 2), "را") != 0 || strcmp(token_word(t, i + 4), "دست") != 0)
                continue;
            n = 5;
        }
        if (strcmp(code, "sentence") == 0 && n == 2 &&
            token_listed("|به|to|", token_word(t, i + 1))) {
            /* محکوم به اعدام, sentenced to death; else to years in prison; "condemned" is none */
            const char *what = token_word(t, i + 2);
            if (token_listed("|اعدام|مرگ|قصاص|death|", what)) {
                code = "death_sentence";
                n = 3;
            } else {
                bool prison = false;
                for (gsize at = i + 2; at < i + 8 && at < t->n && t->tokens[at].kind != TOKEN_LINE;
                     at++)
                    prison = prison || token_listed("|زندان|حبس|شلاق|تبعید|جریمه|prison|"
                                                    "imprisonment|lashes|years|jail|سال|ماه|",
                                                    token_word(t, at));
                if (!prison && (guint8)word[0] >= 0x80)
                    continue;
            }
        }
        /* «به اعدام محکوم شد» */
        if (strcmp(code, "execution") == 0 && g_str_has_prefix(token_word(t, i + 1), "محکوم")) {
            code = "death_sentence";
            n = 2;
        }
        if (strcmp(code, "death_in_custody") == 0) {
            bool custody = false;
            for (gsize at = i + 2; at < i + 5 && at < t->n; at++)
                custody = custody || token_listed(CUSTODY, token_word(t, at));
            if (!custody)
                continue;
            while (n < 5 && !token_listed(CUSTODY, token_word(t, i + n - 1)))
                n++;
            confidence = 0.85;
        }
        *ret_code = code;
        *ret_negated = negated(t, i, n);
        *ret_confidence = confidence;
        return n;
    }
    return 0;
}
