#include "intake/acts.h"

#include "base/i18n.h"
#include "intake/words.h"
#include <string.h>

static const struct {
    const char *kind, *title, *words; /* words: folded, separated by '|' */
} ACTS[] = {
    {"arrest", N_("arrest"),
     "arrest|arrested|detention|detained|arbitrary arrest|بازداشت|دستگیری|دستگیر|بازداشت "
     "شد|بازداشت شدن|دستگیر شد|جلب"},
    {"summons", N_("summons"),
     "summons|summoned|summon|احضار|احضاریه|احضار شد|ابلاغ|ابلاغیه|احضار پیامکی"},
    {"sentence", N_("sentence"),
     "sentence|sentenced|conviction|convicted|verdict|حکم|محکومیت|محکوم|محکوم شد|صدور حکم"},
    {"death_sentence", N_("death sentence"),
     "death sentence|sentenced to death|death penalty|حکم اعدام|محکوم به اعدام"},
    {"execution", N_("execution"),
     "execution|executed|hanged|hanging|اعدام|اعدام شد|به دار آویخته شد"},
    {"killing", N_("killing"),
     "killing|killed|death|deaths|shot dead|کشته|کشته شدن|کشتار|قتل|کشته شد|جان باختن|مرگ"},
    {"death_in_custody", N_("death in custody"),
     "death in custody|died in custody|custodial death|مرگ در بازداشت|مرگ در زندان|جان باختن در "
     "بازداشت"},
    {"enforced_disappearance", N_("enforced disappearance"),
     "enforced disappearance|disappearance|disappeared|missing|ناپدیدسازی قهری|ناپدید "
     "شدن|ناپدیدسازی|ناپدید|بی خبری|مفقود"},
    {"torture", N_("torture"), "torture|tortured|ill treatment|beating|شکنجه|بدرفتاری|ضرب و شتم"},
    {"injury", N_("injury"), "injury|injured|wounded|زخمی|مجروح|جراحت|زخمی شدن"},
    {"trial", N_("trial"), "trial|tried|hearing|محاکمه|دادگاهی|جلسه دادگاه"},
    {"flogging", N_("flogging"), "flogging|flogged|lashes|شلاق|اجرای حکم شلاق"},
    {"threat", N_("threat"), "threat|threatened|intimidation|تهدید|ارعاب"},
    {"raid", N_("raid"),
     "raid|house raid|search|یورش|هجوم به خانه|تفتیش منزل|بازرسی منزل|یورش به منزل"},
    {"dismissal", N_("dismissal"),
     "dismissal|dismissed|expelled|suspended|اخراج|تعلیق|تعلیق از تحصیل|انفصال از خدمت"},
    {"release", N_("release"), "release|released|bail|آزادی|آزاد شد|آزاد|وثیقه"},
    {"internet_shutdown", N_("internet shutdown"),
     "internet shutdown|shutdown|internet disruption|blackout|قطع اینترنت|قطعی اینترنت|اختلال "
     "اینترنت"},
    {"protest", N_("protest"), "protest|protests|demonstration|strike|اعتراض|تجمع|تظاهرات|اعتصاب"},
    {"other", N_("other act"), "other|unknown|دیگر|سایر|نامشخص"},
};

/* Every word, folded as what is looked up, to its row + 1; made once. */
static gpointer make_words(gpointer unused)
{
    GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(ACTS); i++) {
        g_hash_table_insert(words, intake_words_fold(ACTS[i].kind), GSIZE_TO_POINTER(i + 1));
        g_auto(GStrv) list = g_strsplit(ACTS[i].words, "|", -1);
        for (char **word = list; *word != NULL; word++)
            g_hash_table_insert(words, intake_words_fold(*word), GSIZE_TO_POINTER(i + 1));
    }
    return words;
}

const char *intake_act_find(const char *words)
{
    static GOnce once = G_ONCE_INIT;
    g_autofree char *folded = intake_words_fold(words);
    gpointer found = g_hash_table_lookup(g_once(&once, make_words, NULL), folded);
    return found != NULL ? ACTS[GPOINTER_TO_SIZE(found) - 1].kind : NULL;
}

const char *intake_act_title(const char *kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ACTS); i++)
        if (g_strcmp0(ACTS[i].kind, kind) == 0)
            return i18n_get(ACTS[i].title);
    return kind != NULL ? kind : "";
}

const char *intake_act_kind(gsize i)
{
    return i < G_N_ELEMENTS(ACTS) ? ACTS[i].kind : NULL;
}
