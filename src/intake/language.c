#include "intake/language.h"

#include "base/i18n.h"
#include "intake/words.h"
#include <string.h>

enum { MAX_WORDS = 60, WORD_BYTES = 32 };

static const struct {
    const char *code, *title, *names; /* names: folded, '|' between */
    const char *letters;              /* that it has and its neighbours have not */
    const char *words;                /* its commonest, lower case, '|' around each */
} LANGUAGES[] = {
    {"fa", N_("Persian"), "fa|fas|per|persian|farsi|فارسی", "پچژگ",
     "|از|به|در|را|که|این|است|شد|شده|می|با|برای|شما|آن|تا|بود|کرد|نیست|شود|های|آقای|خانم|"},
    {"en", N_("English"), "en|eng|english|انگلیسی", "",
     "|the|of|and|to|in|is|was|were|you|your|for|on|by|are|has|have|been|at|with|a|from|after|that|"
     "this|"
     "he|she|they|his|her|their|not|who|it|an|or|but|which|will|people|arrested|arrests|arrest|"
     "reported|killed|police|security|forces|prison|said|"},
    {"ar", N_("Arabic"), "ar|ara|arabic|عربی|العربیه", "ةىأإ",
     "|في|من|على|إلى|أن|هذا|هذه|التي|الذي|تم|قد|عن|لم|كان|يوم|هو|لا|ما|مع|بعد|"},
    {"tr", N_("Turkish"), "tr|tur|turkish|türkçe|turkce|ترکی|ترکی استانبولی", "ığşİĞŞ",
     "|ve|bir|için|bu|ile|olarak|sayılı|tarihinde|saat|lütfen|sayın|olan|da|de|günü|"},
    {"az", N_("Azerbaijani"), "az|aze|azerbaijani|ترکی آذربایجانی|آذربایجانی", "əƏ",
     "|və|bir|üçün|bu|ilə|olan|da|də|"},
    {"ku", N_("Kurdish"), "ku|kur|ckb|kmr|kurdish|کردی", "ێۆەڕڵڤêîû",
     "|لە|بە|بۆ|ئەم|کە|li|di|ji|bi|bo|û|hat|kirin|"},
    {"ur", N_("Urdu"), "ur|urd|urdu|اردو", "ٹڈڑےں", "|ہے|کے|کی|کا|میں|سے|نے|اور|کو|"},
    {"ru", N_("Russian"), "ru|rus|russian|روسی", "бгджзийлпфцчшщыьэюя", "|и|в|на|не|что|"},
    {"he", N_("Hebrew"), "he|heb|hebrew|عبری", "אבגדהוזחטיכלמנסעפצקרשת", "|של|את|על|"},
    {"de", N_("German"), "de|deu|ger|german|آلمانی", "ßä",
     "|der|die|das|und|ist|wurde|wurden|am|den|von|mit|für|sie|ein|eine|im|in|zu|auf|nicht|dem|des|"
     "sind|"
     "worden|wird|nach|aus|bei|sich|auch|oder|er|es|wir|haben|hat|menschen|polizei|verhaftet|"
     "festgenommen|festnahmen|personen|gemeldet|mindestens|mehrere|laut|"},
    {"fr", N_("French"), "fr|fra|fre|french|فرانسوی", "œèàç",
     "|le|la|les|des|est|et|dans|une|été|vous|pour|par|du|au|un|en|à|ont|que|qui|sur|ce|cette|"
     "selon|"
     "sont|avec|aux|de|il|elle|ne|pas|personnes|arrestations|arrestation|police|"},
    {"es", N_("Spanish"), "es|spa|spanish|اسپانیایی", "ñ¿¡",
     "|el|la|los|las|de|en|y|que|del|un|una|por|con|para|fue|fueron|según|se|al|no|su|personas|"
     "policía|"},
    {"it", N_("Italian"), "it|ita|italian|ایتالیایی", "ìò",
     "|il|lo|la|le|di|e|che|in|per|con|del|della|sono|stati|state|secondo|un|una|gli|dei|nel|"
     "persone|"
     "polizia|"},
    {"nl", N_("Dutch"), "nl|nld|dut|dutch|هلندی", "",
     "|de|het|een|van|en|in|is|zijn|met|voor|op|dat|niet|mensen|werd|werden|gearresteerd|politie|"},
    {"pt", N_("Portuguese"), "pt|por|portuguese|پرتغالی", "ãõ",
     "|o|a|os|as|de|em|e|que|do|da|um|uma|foram|para|com|por|não|na|no|segundo|pessoas|polícia|"},
    {"ps", N_("Pashto"), "ps|pus|pashto|پشتو", "ټډړښځڅېۍڼ", "|په|کې|ته|د|او|چې|له|"},
};
G_STATIC_ASSERT(G_N_ELEMENTS(LANGUAGES) <= INTAKE_MAX_LANGUAGES);

const char *intake_language_code(gsize i)
{
    return i < G_N_ELEMENTS(LANGUAGES) ? LANGUAGES[i].code : NULL;
}

int intake_language_index(const char *code)
{
    for (gsize i = 0; code != NULL && i < G_N_ELEMENTS(LANGUAGES); i++)
        if (strcmp(LANGUAGES[i].code, code) == 0)
            return (int)i;
    return -1;
}

const char *intake_language_title(const char *code)
{
    int i = intake_language_index(code);
    return i >= 0 ? i18n_get(LANGUAGES[i].title) : code != NULL ? code : "";
}

const char *intake_language_parse(const char *text)
{
    for (gsize i = 0; i < G_N_ELEMENTS(LANGUAGES); i++)
        if (g_ascii_strcasecmp(text, LANGUAGES[i].code) == 0)
            return LANGUAGES[i].code;
    g_autofree char *folded = intake_words_fold(text);
    for (gsize i = 0; folded[0] != '\0' && i < G_N_ELEMENTS(LANGUAGES); i++) {
        g_auto(GStrv) names = g_strsplit(LANGUAGES[i].names, "|", -1);
        for (char **name = names; *name != NULL; name++) {
            g_autofree char *own = intake_words_fold(*name);
            if (strcmp(own, folded) == 0)
                return LANGUAGES[i].code;
        }
    }
    return NULL;
}

/* The next word between '|', in lower case; false at the end. */
static bool next_word(const char **at, char word[WORD_BYTES + 2], gsize *ret_length)
{
    const char *p = *at;
    while (*p != '\0' && !g_unichar_isalpha(g_utf8_get_char(p)))
        p = g_utf8_next_char(p);
    gsize n = 0;
    word[n++] = '|';
    bool fits = true;
    while (*p != '\0') {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isalpha(c) && !g_unichar_ismark(c))
            break;
        char bytes[8];
        gsize size = (gsize)g_unichar_to_utf8(c == 0x130 ? c : g_unichar_tolower(c), bytes);
        fits = fits && n + size < WORD_BYTES;
        if (fits) {
            memcpy(word + n, bytes, size);
            n += size;
        }
        p = g_utf8_next_char(p);
    }
    *at = p;
    word[n++] = '|';
    word[n] = '\0';
    *ret_length = fits ? n : 0;
    return n > 2;
}

/* Which languages have a letter or a word, a bit each: looked up for each word of each report. */
enum { LETTERS_END = 0x700 };
static guint16 letter_languages[LETTERS_END];
static GHashTable *word_languages;
G_STATIC_ASSERT(G_N_ELEMENTS(LANGUAGES) <= 16);

static void learn(void)
{
    static gsize once = 0;
    if (!g_once_init_enter(&once))
        return;
    word_languages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(LANGUAGES); i++) {
        for (const char *at = LANGUAGES[i].letters; *at != '\0'; at = g_utf8_next_char(at)) {
            g_assert(g_utf8_get_char(at) < LETTERS_END);
            letter_languages[g_utf8_get_char(at)] |= (guint16)(1u << i);
        }
        g_auto(GStrv) words = g_strsplit(LANGUAGES[i].words, "|", -1);
        for (char **word = words; *word != NULL; word++) {
            guint mask = GPOINTER_TO_UINT(g_hash_table_lookup(word_languages, *word));
            if (**word != '\0')
                g_hash_table_insert(word_languages, g_strdup(*word),
                                    GUINT_TO_POINTER(mask | 1u << i));
        }
    }
    g_once_init_leave(&once, 1);
}

static guint letters_mask(const char *word)
{
    guint mask = 0;
    for (; *word != '\0'; word = g_utf8_next_char(word)) {
        gunichar c = g_utf8_get_char(word);
        mask |= c < LETTERS_END ? letter_languages[c] : 0;
    }
    return mask;
}

const char *intake_language_guess(const char *text)
{
    int scores[G_N_ELEMENTS(LANGUAGES)] = {0};
    int latin = 0, arabic = 0;
    char word[WORD_BYTES + 2];
    gsize length;
    learn();
    for (int n = 0; text != NULL && n < MAX_WORDS && next_word(&text, word, &length); n++) {
        guint8 first = (guint8)word[1];
        latin += first < 0x80;
        arabic += first >= 0xD8 && first <= 0xDB;
        guint letters = letters_mask(word), words = 0;
        if (length > 0) {
            word[length - 1] = '\0'; /* between its two '|' */
            words = GPOINTER_TO_UINT(g_hash_table_lookup(word_languages, word + 1));
        }
        for (gsize i = 0; (letters | words) >> i != 0; i++)
            scores[i] += ((words >> i & 1u) != 0 ? 3 : 0) + ((letters >> i & 1u) != 0 ? 2 : 0);
        if (length > 7 && g_str_has_prefix(word, "|ال"))
            scores[2] += 1; /* the Arabic article; in Persian it begins few words */
    }
    gsize best = 0;
    for (gsize i = 1; i < G_N_ELEMENTS(LANGUAGES); i++)
        if (scores[i] > scores[best])
            best = i;
    if (scores[best] > 0)
        return LANGUAGES[best].code;
    return arabic > 0 && arabic >= latin ? "fa" : NULL;
}
