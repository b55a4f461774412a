#include "text/persons.h"

#include "base/limits.h"
#include "text/names.h"
#include "text/private.h"
#include <stdlib.h>
#include <string.h>

enum { NAME_WORDS = 5, FATHER_WORDS = 2, PERSONS_MAX = 256 };

/* Folded spellings (text_fold: no hamza, no half-space, lower case). */
static const char KIN_MALE[] = "|برادرم|پسرم|پدرم|شوهرم|عمویم|داییم|پسرعمویم|";
static const char KIN_FEMALE[] = "|خواهرم|دخترم|مادرم|عمهام|خالهام|زنم|";
static const char KIN[] = "|همسرم|فرزندم|دوستم|همکارم|شاگردم|همسایهام|اینجانب|";
static const char KIN_ENGLISH_MALE[] = "|brother|son|father|husband|uncle|";
static const char KIN_ENGLISH_FEMALE[] = "|sister|daughter|mother|wife|aunt|";
static const char FEMALE_TITLES[] = "|خانم|بانو|سرکار|سیده|حاجیه|mrs|ms|miss|madam|";
static const char MALE_TITLES[] = "|اقا|اقای|جناب|سید|حاج|mr|sir|";
static const char SON_OF[] = "|فرزند|پسر|دختر|";
/* Words that end a name, or stand before one. */
static const char NO_NAME[] =
    "|را|در|از|به|که|با|و|یا|تا|بر|برای|است|بود|شد|شده|شدند|کرد|کردند|این|ان|او|ما|من|شما|وی|هم|"
    "نیز|"
    "روز|شب|صبح|ظهر|عصر|دیروز|امروز|دیشب|امشب|پریروز|ساعت|سال|ماه|هفته|تاریخ|متولد|ساله|اهل|ساکن|"
    "فرزند|پسر|دختر|بازداشت|دستگیر|احضار|اعدام|ازاد|محکوم|زندان|ابلاغیه|احضاریه|حکم|شعبه|دادگاه|"
    "دادسرا|دادسرای|سلام|درود|لطفا|فوری|خبر|ثبت|کنید|شهروند|زندانی|دانشجو|دانشجوی|معلم|کارگر|"
    "خبرنگار|روزنامهنگار|وکیل|فعال|نام|خانوادگی|پدر|مادر|شماره|کد|ملی|تلفن|عزیز|محترم|گرامی|ارجمند|"
    "was|were|is|are|has|had|have|been|in|on|at|of|by|to|from|and|or|the|an|who|that|with|son|"
    "daughter|born|aged|age|named|arrested|detained|summoned|executed|sentenced|released|my|our|"
    "his|her|their|please|dear|hello|hi|father|mother|name|year|old|";

static bool is_latin_word(const char *text, const Token *token)
{
    return (guchar)text[token->start] < 0x80;
}

/* Can this token stand in a name? A Latin one begins with a capital. */
static bool in_name(const TextTokens *t, const char *text, gsize i)
{
    if (i >= t->n || t->tokens[i].kind != TOKEN_WORD || token_listed(NO_NAME, token_word(t, i)))
        return false;
    return !is_latin_word(text, &t->tokens[i]) || g_ascii_isupper(text[t->tokens[i].start]);
}

/* How many tokens from i make a name; a full stop after an initial, and a hyphen between two
 * words, belong to it. */
static gsize name_length(const TextTokens *t, const char *text, gsize i, gsize most)
{
    gsize n = 0, words = 0;
    while (words < most && in_name(t, text, i + n)) {
        const Token *word = &t->tokens[i + n];
        words++;
        n++;
        const Token *sign = &t->tokens[i + n];
        bool initial = word->end - word->start == 1 && is_latin_word(text, word);
        if (sign->kind == TOKEN_SIGN && in_name(t, text, i + n + 1) && words < most &&
            ((sign->sign == '.' && initial) || (sign->sign == '-' && !sign->gap)))
            n++;
    }
    return n;
}

static gsize word_count(const TextTokens *t, gsize i, gsize n)
{
    gsize words = 0;
    for (gsize k = i; k < i + n; k++)
        words += t->tokens[k].kind == TOKEN_WORD;
    return words;
}

static char *copy_text(const char *text, gsize start, gsize end)
{
    return g_strndup(text + start, end - start);
}

/* ---- what stands beside a name ---- */

/* «فرزند», "son of", "daughter of" at token i: tokens read; 0 when it is none. */
static gsize son_of(const TextTokens *t, gsize i)
{
    const char *word = token_word(t, i);
    if (token_listed(SON_OF, word))
        return 1;
    bool english = strcmp(word, "son") == 0 || strcmp(word, "daughter") == 0;
    return english && strcmp(token_word(t, i + 1), "of") == 0 ? 2 : 0;
}

/* «متولد ۱۳۶۴», «متولد سال ۱۳۶۴», "born in 1985": the year, or 0. */
static int born(const TextTokens *t, gsize i)
{
    if (strcmp(token_word(t, i), "متولد") != 0 && strcmp(token_word(t, i), "born") != 0)
        return 0;
    i++;
    if (strcmp(token_word(t, i), "سال") == 0 || strcmp(token_word(t, i), "in") == 0)
        i++;
    const Token *number = &t->tokens[MIN(i, t->n)];
    return i < t->n && number->kind == TOKEN_NUMBER && number->digits == 4 &&
                   number->value > 1250 && number->value < 2100
               ? (int)number->value
               : 0;
}

static void take_beside(const TextTokens *t, const char *text, gsize i, TextPerson *person)
{
    for (unsigned round = 0; round < 2; round++) {
        while (i < t->n && t->tokens[i].kind == TOKEN_SIGN)
            i++;
        gsize word = son_of(t, i), n = word > 0 ? name_length(t, text, i + word, FATHER_WORDS) : 0;
        if (n > 0 && person->father == NULL) {
            person->father_start = t->tokens[i + word].start;
            person->father_end = t->tokens[i + word + n - 1].end;
            person->father = copy_text(text, person->father_start, person->father_end);
            i += word + n;
            continue;
        }
        person->birth_year = born(t, i);
        return;
    }
}

/* ---- where a name begins ---- */

typedef struct {
    bool female, male;
} Sex;

/* A word that says that a name follows, at token i: tokens read; 0 when it is none. */
static gsize opening(const TextTokens *t, const char *text, gsize i, Sex *sex)
{
    const char *word = token_word(t, i), *next = token_word(t, i + 1);
    if (word[0] == '\0')
        return 0;
    const Token *token = &t->tokens[i];
    if (text_name_is_title(text + token->start, token->end - token->start)) {
        sex->female |= token_listed(FEMALE_TITLES, word);
        sex->male |= token_listed(MALE_TITLES, word);
        bool stop = i + 1 < t->n && t->tokens[i + 1].kind == TOKEN_SIGN &&
                    t->tokens[i + 1].sign == '.' && is_latin_word(text, token);
        return stop ? 2 : 1; /* "Mr." */
    }
    bool female = token_listed(KIN_FEMALE, word), male = token_listed(KIN_MALE, word);
    gsize read = female || male || token_listed(KIN, word) ? 1 : 0;
    if (strcmp(word, "my") == 0 || strcmp(word, "our") == 0) {
        female = token_listed(KIN_ENGLISH_FEMALE, next);
        male = token_listed(KIN_ENGLISH_MALE, next);
        read = female || male ? 2 : 0;
    }
    sex->female |= female;
    sex->male |= male;
    if (read > 0)
        return read;
    if (strcmp(word, "به") == 0 && strcmp(next, "نام") == 0)
        return 2;
    if (strcmp(word, "بنام") == 0 || strcmp(word, "named") == 0)
        return 1;
    /* «نام: …», «نام و نام خانوادگی: …», "Name: …" */
    bool label = strcmp(word, "نام") == 0 || strcmp(word, "name") == 0;
    gsize n = 1;
    if (label && strcmp(next, "و") == 0 && strcmp(token_word(t, i + 3), "خانوادگی") == 0)
        n = 4;
    else if (label && strcmp(next, "کامل") == 0)
        n = 2;
    return label && i + n < t->n && t->tokens[i + n].kind == TOKEN_SIGN &&
                   t->tokens[i + n].sign == ':'
               ? n + 1
               : 0;
}

typedef struct {
    const TextTokens *tokens;
    const char *text;
    GArray *found; /* TextPerson */
} Search;

static void person_clear(TextPerson *person)
{
    g_free(person->name);
    g_free(person->father);
}

/* Tokens [i, i + n) are a name. The same name again adds what it tells. */
static void add_person(Search *search, gsize i, gsize n, Sex sex)
{
    const TextTokens *t = search->tokens;
    TextPerson person = {.female = sex.female && !sex.male,
                         .male = sex.male && !sex.female,
                         .start = t->tokens[i].start,
                         .end = t->tokens[i + n - 1].end};
    person.name = copy_text(search->text, person.start, person.end);
    take_beside(t, search->text, i + n, &person);
    g_autofree char *key = text_fold(person.name, -1, NULL);
    for (guint k = 0; k < search->found->len; k++) {
        TextPerson *known = &g_array_index(search->found, TextPerson, k);
        g_autofree char *other = text_fold(known->name, -1, NULL);
        if (strcmp(key, other) != 0)
            continue;
        if (known->father == NULL && person.father != NULL) {
            known->father = g_steal_pointer(&person.father);
            known->father_start = person.father_start;
            known->father_end = person.father_end;
        }
        if (known->birth_year == 0)
            known->birth_year = person.birth_year;
        person_clear(&person);
        return;
    }
    g_array_append_val(search->found, person);
}

/* Words before «فرزند» at token i, back to a sign or a word that no name holds. */
static bool add_before(Search *search, gsize i, gsize least)
{
    const TextTokens *t = search->tokens;
    gsize first = i;
    while (first > least && i - first < NAME_WORDS && in_name(t, search->text, first - 1))
        first--;
    /* Five words and still no end: running text, not a name. */
    if (i - first < 2 ||
        (i - first == NAME_WORDS && first > least && in_name(t, search->text, first - 1)))
        return false;
    add_person(search, first, i - first, (Sex){0});
    return true;
}

bool text_persons_find(const char *text, gsize length, TextPersons *ret_persons, GError **error)
{
    if (length > LIMIT_TEXT_BYTES)
        return text_error_length(length, error);
    g_auto(TextTokens) tokens = {0};
    if (!text_tokens_new(text, length, &tokens))
        return text_error_memory(error);
    Search search = {&tokens, text, g_array_new(FALSE, TRUE, sizeof(TextPerson))};
    gsize done = 0; /* tokens before it belong to a name */
    for (gsize i = 0; i < tokens.n && search.found->len < PERSONS_MAX; i++) {
        Sex sex = {0};
        gsize open = 0, more;
        while (i + open < tokens.n && (more = opening(&tokens, text, i + open, &sex)) > 0)
            open += more; /* جناب آقای دکتر */
        gsize n = open > 0 ? name_length(&tokens, text, i + open, NAME_WORDS) : 0;
        if (n > 0 && word_count(&tokens, i + open, n) >= 2) {
            add_person(&search, i + open, n, sex);
            i += open + n - 1;
            done = i + 1;
        } else if (i > done && son_of(&tokens, i) > 0 &&
                   in_name(&tokens, text, i + son_of(&tokens, i)) && add_before(&search, i, done)) {
            done = i + 1;
        }
    }
    ret_persons->n = search.found->len;
    ret_persons->persons = (TextPerson *)(void *)g_array_free(search.found, FALSE);
    return true;
}

void text_persons_clear(TextPersons *persons)
{
    for (gsize i = 0; i < persons->n; i++)
        person_clear(&persons->persons[i]);
    g_free(persons->persons);
    *persons = (TextPersons){0};
}
