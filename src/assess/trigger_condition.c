/* assess/trigger_condition.c: one condition of a rule, in English or Persian.
 *
 *   condition := subject ["in" PLACE] ["in" ["the"] ["last"] span]
 *                [sign number ["x" "expected"]]
 *   subject   := act | "a crisis" | "war" | "unrest" | "alarms" [act] | "list" NAME
 *              | "factor" N | "indicator" N.M
 *   span      := number ("days" | "weeks" | "years")
 *
 * Digits of both scripts; words of both languages may stand in one line. */
#include "assess/trigger_private.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *text;
    TriggerWordKind kind;
} WORDS[] = {
    {"in", WORD_IN},           {"within", WORD_IN},   {"در", WORD_IN},
    {"طی", WORD_IN},           {"the", WORD_THE},     {"a", WORD_THE},
    {"an", WORD_THE},          {"any", WORD_THE},     {"last", WORD_THE},
    {"past", WORD_THE},        {"of", WORD_THE},      {"kind", WORD_THE},
    {"than", WORD_THE},        {"what", WORD_THE},    {"is", WORD_THE},
    {"گذشته", WORD_THE},       {"اخیر", WORD_THE},    {"یک", WORD_THE},
    {"از", WORD_THE},          {"نوع", WORD_THE},     {"آنچه", WORD_THE},
    {"مورد", WORD_THE},        {"and", WORD_AND},     {"و", WORD_AND},
    {"or", WORD_OR},           {"یا", WORD_OR},       {"day", WORD_DAYS},
    {"days", WORD_DAYS},       {"روز", WORD_DAYS},    {"week", WORD_WEEKS},
    {"weeks", WORD_WEEKS},     {"هفته", WORD_WEEKS},  {"year", WORD_YEARS},
    {"years", WORD_YEARS},     {"سال", WORD_YEARS},   {"x", WORD_TIMES},
    {"times", WORD_TIMES},     {"برابر", WORD_TIMES}, {"expected", WORD_EXPECTED},
    {"انتظار", WORD_EXPECTED},
};

static const struct {
    const char *text;
    TriggerOperator sign;
} OPERATORS[] = {
    {">=", TRIGGER_AT_LEAST}, {"<=", TRIGGER_AT_MOST}, {">", TRIGGER_ABOVE},
    {"<", TRIGGER_BELOW},     {"=", TRIGGER_EQUAL},
};

void trigger_condition_free(gpointer data)
{
    TriggerCondition *condition = data;
    if (condition == NULL)
        return;
    g_free(condition->kind);
    g_free(condition->place);
    g_free(condition);
}

/* ---- a line into words ---- */

/* Small letters, one form of each Persian letter, ASCII digits and operators, no half-spaces. */
char *trigger_plain_line(const char *line)
{
    GString *plain = g_string_new(NULL);
    for (const char *at = line; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        int digit = g_unichar_digit_value(c);
        if (c == '#')
            break;
        if (digit >= 0)
            g_string_append_c(plain, (char)('0' + digit));
        else if (c == 0x2265) /* ≥ */
            g_string_append(plain, " >= ");
        else if (c == 0x2264) /* ≤ */
            g_string_append(plain, " <= ");
        else if (c == 0xD7 || c == '*') /* × */
            g_string_append(plain, " x ");
        else if (c == 0x66B) /* ٫ */
            g_string_append_c(plain, '.');
        else if (c == 0x64A || c == 0x649) /* ي ى */
            g_string_append(plain, "ی");
        else if (c == 0x643) /* ك */
            g_string_append(plain, "ک");
        else if (c == ',' || c == 0x60C || c == 0x200C || c == 0x640 || g_unichar_isspace(c))
            g_string_append_c(plain, ' ');
        else if (c == 0x654 || c == 0x200F || c == 0x200E || c == 0xFEFF)
            continue; /* the hamza of «ٔ», marks of direction and order */
        else
            g_string_append_unichar(plain, g_unichar_tolower(c));
    }
    return g_string_free(plain, FALSE);
}

static TriggerWord word_of(const char *text)
{
    TriggerWord word = {.kind = WORD_OTHER, .text = text};
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
        if (strcmp(WORDS[i].text, text) == 0)
            word.kind = WORDS[i].kind;
    for (gsize i = 0; i < G_N_ELEMENTS(OPERATORS); i++)
        if (strcmp(OPERATORS[i].text, text) == 0) {
            word.kind = WORD_OPERATOR;
            word.sign = OPERATORS[i].sign;
        }
    char *end;
    double number = g_ascii_strtod(text, &end);
    if (g_ascii_isdigit(text[0]) && *end == '\0' && isfinite(number)) {
        word.kind = WORD_NUMBER;
        word.number = number;
    }
    return word;
}

/* Words of a plain line, cut in place; operators need no spaces around them. */
GArray *trigger_split_words(const char *plain)
{
    g_autoptr(GString) spaced = g_string_new(NULL);
    for (const char *at = plain; *at != '\0'; at++) {
        bool sign = strchr("<>=", *at) != NULL;
        bool before = at > plain && strchr("<>=", at[-1]) != NULL;
        if (at > plain && sign != before)
            g_string_append_c(spaced, ' ');
        g_string_append_c(spaced, *at);
    }
    g_auto(GStrv) parts = g_strsplit(spaced->str, " ", -1);
    GArray *words = g_array_new(FALSE, TRUE, sizeof(TriggerWord));
    for (char **part = parts; *part != NULL; part++) {
        if (**part == '\0')
            continue;
        TriggerWord word = word_of(g_intern_string(*part));
        g_array_append_val(words, word);
    }
    return words;
}

/* ---- errors ---- */

bool trigger_bad(TriggerReader *reader, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *line = i18n_integer((gint64)reader->line);
    g_set_error(reader->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s, line %s: %s"),
                reader->rules->name, line, what);
    return false;
}

const TriggerWord *trigger_peek(const TriggerReader *reader)
{
    return reader->at < reader->words->len ? &g_array_index(reader->words, TriggerWord, reader->at)
                                           : NULL;
}

bool trigger_next_is(const TriggerReader *reader, TriggerWordKind kind)
{
    const TriggerWord *word = trigger_peek(reader);
    return word != NULL && word->kind == kind;
}

static void skip(TriggerReader *reader, TriggerWordKind kind)
{
    while (trigger_next_is(reader, kind))
        reader->at++;
}

/* ---- subjects ---- */

static const char *const ACTS[] = {
    "arrest",    "summons", "sentence",          "death_sentence",
    "execution", "killing", "war_death",         "death_in_custody",
    "torture",   "injury",  "house_raid",        "enforced_disappearance",
    "dismissal", "release", "internet_shutdown", "protest",
    "other",
};

/* Ends that make a Persian noun plural or indefinite: «بازداشت‌ها», «بحرانی».
 */
static bool same_noun(const char *word, const char *noun)
{
    static const char *const ENDS[] = {"", "s", "es", "ها", " ها", "ی", " های"};
    gsize n = strlen(noun);
    if (strncmp(word, noun, n) != 0)
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(ENDS); i++)
        if (strcmp(word + n, ENDS[i]) == 0)
            return true;
    return false;
}

static bool names_act(const char *words, const char *act)
{
    g_autofree char *code = g_strdelimit(g_strdup(act), "_", ' ');
    if (strcmp(words, act) == 0 || same_noun(words, code))
        return true;
    for (int language = 0; language < 2; language++) {
        const char *title = assess_kind_title(act, language == 0 ? I18N_ENGLISH : I18N_PERSIAN);
        g_autofree char *plain = trigger_plain_line(title);
        if (same_noun(words, plain))
            return true;
    }
    return false;
}

static const char *find_act(const char *words)
{
    static const struct {
        const char *word, *act;
    } OTHERS[] = {
        {"کشتار", "killing"},
        {"کشته شدگان", "killing"},
        {"شکنجه", "torture"},
        {"بدرفتاری", "torture"},
        {"محکومیت", "sentence"},
        {"زخمی", "injury"},
        {"قطعی اینترنت", "internet_shutdown"},
        {"ناپدیدشدگان", "enforced_disappearance"},
        {"disappearance", "enforced_disappearance"},
        {"shutdown", "internet_shutdown"},
        {"injuries", "injury"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(OTHERS); i++)
        if (same_noun(words, OTHERS[i].word))
            return OTHERS[i].act;
    for (gsize i = 0; i < G_N_ELEMENTS(ACTS); i++)
        if (names_act(words, ACTS[i]))
            return ACTS[i];
    return NULL;
}

static bool names_all_acts(const char *words)
{
    return strcmp(words, "acts") == 0 || strcmp(words, "all acts") == 0 ||
           strcmp(words, "همه موارد") == 0 || strcmp(words, "موارد") == 0;
}

static const char *crisis_kind(const char *words, bool *ret_crisis)
{
    static const struct {
        const char *word, *kind;
    } CRISES[] = {
        {"crisis", NULL},     {"crises", NULL},           {"بحران", NULL}, {"war", "war"},
        {"unrest", "unrest"}, {"mass protest", "unrest"}, {"جنگ", "war"},  {"ناآرامی", "unrest"},
    };
    const char *rest = words;
    if (g_str_has_prefix(words, "crisis ") || g_str_has_prefix(words, "بحران "))
        rest = strchr(words, ' ') + 1; /* "a crisis of kind war" */
    for (gsize i = 0; i < G_N_ELEMENTS(CRISES); i++)
        if (same_noun(rest, CRISES[i].word)) {
            *ret_crisis = true;
            return CRISES[i].kind;
        }
    *ret_crisis = false;
    return NULL;
}

/* The word after one of the names, or NULL. */
static const char *after_name(const char *words, const char *english, const char *persian)
{
    const char *const names[] = {english, persian};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_has_prefix(words, names[i]) && words[strlen(names[i])] == ' ')
            return words + strlen(names[i]) + 1;
    return NULL;
}

static bool unknown_subject(TriggerReader *reader, const char *words)
{
    g_autoptr(GString) known = g_string_new(NULL);
    const char *comma = i18n_language() == I18N_PERSIAN ? "، " : ", ";
    for (gsize i = 0; i < G_N_ELEMENTS(ACTS); i++)
        g_string_append_printf(known, "%s%s", i == 0 ? "" : comma,
                               assess_kind_title(ACTS[i], i18n_language()));
    return trigger_bad(
        reader,
        _("“%s” is nothing that a rule can count. It can count %s; and: a crisis, war, "
          "unrest, alarms, list NAME, factor 7, indicator 7.8."),
        words, known->str);
}

static bool read_factor(TriggerReader *reader, TriggerCondition *condition, const char *number,
                        bool indicator)
{
    condition->subject = TRIGGER_FACTOR;
    g_autofree char *code = indicator ? g_strdup(number) : g_strconcat("RF", number, NULL);
    if (indicator ? assess_indicator_find(code) == NULL : assess_factor_number(code) < 0)
        return indicator ? trigger_bad(reader, _("the framework has no indicator %s."), number)
                         : trigger_bad(reader, _("the framework has 14 factors, not a factor %s."),
                                       number);
    condition->kind = g_steal_pointer(&code);
    return true;
}

static bool read_subject(TriggerReader *reader, TriggerCondition *condition, const char *words)
{
    bool crisis;
    const char *kind = crisis_kind(words, &crisis), *name;
    if (crisis) {
        condition->subject = TRIGGER_CRISIS;
        condition->kind = g_strdup(kind);
        return true;
    }
    if ((name = after_name(words, "list", "فهرست")) != NULL) {
        condition->subject = TRIGGER_LIST;
        condition->kind = g_strdelimit(g_strdup(name), " ", '_');
        return true;
    }
    if ((name = after_name(words, "factor", "عامل")) != NULL)
        return read_factor(reader, condition, name, false);
    if ((name = after_name(words, "indicator", "شاخص")) != NULL)
        return read_factor(reader, condition, name, true);
    if (same_noun(words, "alarm") || same_noun(words, "هشدار")) {
        condition->subject = TRIGGER_ALARM;
        return true;
    }
    if ((name = after_name(words, "alarms", "هشدار")) != NULL ||
        (name = after_name(words, "alarm", "هشدارهای")) != NULL) {
        condition->subject = TRIGGER_ALARM;
        condition->kind = g_strdup(find_act(name));
        return condition->kind != NULL || unknown_subject(reader, name);
    }
    condition->subject = TRIGGER_COUNT;
    condition->kind = g_strdup(find_act(words));
    return condition->kind != NULL || names_all_acts(words) || unknown_subject(reader, words);
}

/* ---- conditions ---- */

static bool window_follows(const TriggerReader *reader)
{
    guint at = reader->at + 1;
    while (at < reader->words->len &&
           g_array_index(reader->words, TriggerWord, at).kind == WORD_THE)
        at++;
    return at < reader->words->len &&
           g_array_index(reader->words, TriggerWord, at).kind == WORD_NUMBER;
}

/* Words up to what ends a name: "in", a sign, "and", the end. */
static char *take_name(TriggerReader *reader)
{
    GString *name = g_string_new(NULL);
    for (const TriggerWord *word; (word = trigger_peek(reader)) != NULL; reader->at++) {
        if (word->kind == WORD_IN || word->kind == WORD_OPERATOR || word->kind == WORD_AND ||
            word->kind == WORD_OR)
            break;
        if (word->kind != WORD_THE)
            g_string_append_printf(name, "%s%s", name->len > 0 ? " " : "", word->text);
    }
    return g_string_free(name, FALSE);
}

/* "deaths in custody" is one act, not deaths in a place of that name. */
static void take_rest_of_act(TriggerReader *reader, char **name)
{
    guint before = reader->at;
    if (!trigger_next_is(reader, WORD_IN) || window_follows(reader))
        return;
    const char *in = trigger_peek(reader)->text;
    reader->at++;
    g_autofree char *rest = take_name(reader);
    g_autofree char *whole = g_strdup_printf("%s %s %s", *name, in, rest);
    if (find_act(whole) == NULL) {
        reader->at = before;
        return;
    }
    g_free(*name);
    *name = g_steal_pointer(&whole);
}

bool trigger_read_span(TriggerReader *reader, gint32 *ret_days)
{
    skip(reader, WORD_THE);
    const TriggerWord *number = trigger_peek(reader);
    if (number == NULL || number->kind != WORD_NUMBER)
        return trigger_bad(reader, _("a number of days is wanted, as in “in 7 days”."));
    reader->at++;
    const TriggerWord *unit = trigger_peek(reader);
    double factor = unit == NULL               ? 0
                    : unit->kind == WORD_DAYS  ? 1
                    : unit->kind == WORD_WEEKS ? 7
                    : unit->kind == WORD_YEARS ? 365
                                               : 0;
    double days = number->number * factor;
    if (factor == 0)
        return trigger_bad(reader, _("after the number stands days, weeks or years."));
    if (days < 1 || days > 3650 || days != floor(days))
        return trigger_bad(reader, _("a span is 1 to 3,650 whole days."));
    reader->at++;
    skip(reader, WORD_THE);
    *ret_days = (gint32)days;
    return true;
}

/* "present" for a factor: the level's word in either language. */
static bool read_level(TriggerReader *reader, double *ret_level)
{
    g_autofree char *words = take_name(reader);
    static const char *const SHORT[] = {"absent", "weak", "present", "strong"};
    for (gint32 level = 0; level <= 3; level++) {
        g_autofree char *persian = trigger_plain_line(assess_level_title(level, I18N_PERSIAN));
        if (strcmp(words, SHORT[level]) == 0 || strcmp(words, persian) == 0 ||
            g_ascii_strcasecmp(words, assess_level_title(level, I18N_ENGLISH)) == 0) {
            *ret_level = level;
            return true;
        }
    }
    return trigger_bad(reader, _("“%s” is no level: absent, weak, present, strong."), words);
}

static bool read_comparison(TriggerReader *reader, TriggerCondition *condition)
{
    const TriggerWord *word = trigger_peek(reader);
    condition->sign = word->sign;
    reader->at++;
    skip(reader, WORD_THE);
    if (condition->subject == TRIGGER_FACTOR && !trigger_next_is(reader, WORD_NUMBER))
        return read_level(reader, &condition->value);
    if (!trigger_next_is(reader, WORD_NUMBER))
        return trigger_bad(reader, _("after the sign stands a number."));
    condition->value = trigger_peek(reader)->number;
    reader->at++;
    if (!trigger_next_is(reader, WORD_TIMES))
        return true;
    reader->at++;
    skip(reader, WORD_THE);
    if (!trigger_next_is(reader, WORD_EXPECTED))
        return trigger_bad(reader, _("after × stands “expected”."));
    reader->at++;
    skip(reader, WORD_THE);
    condition->times_expected = true;
    if (condition->subject != TRIGGER_COUNT && condition->subject != TRIGGER_LIST)
        return trigger_bad(reader, _("only counts of acts and lists have an expected number."));
    return true;
}

static bool check_condition(TriggerReader *reader, const TriggerCondition *condition)
{
    if (condition->subject == TRIGGER_FACTOR)
        return condition->days == 0 ||
               trigger_bad(reader, _("a level stands in the newest assessment; "
                                     "it has no span of days."));
    if (condition->days == 0)
        return trigger_bad(reader, _("a span is missing, as in “in 7 days”."));
    if (condition->place != NULL && condition->subject != TRIGGER_COUNT)
        return trigger_bad(reader, _("only counts of acts can be of one place."));
    if (condition->subject == TRIGGER_LIST && condition->days % 7 != 0)
        return trigger_bad(reader, _("lists are kept by week: the span is 7, 14, 21 … days."));
    if (condition->times_expected && condition->sign != TRIGGER_AT_LEAST &&
        condition->sign != TRIGGER_ABOVE && condition->value == 0)
        return trigger_bad(reader, _("0 × expected is always 0."));
    return true;
}

TriggerCondition *trigger_read_condition(TriggerReader *reader)
{
    TriggerCondition *condition = g_new0(TriggerCondition, 1);
    condition->line = reader->line;
    condition->sign = TRIGGER_AT_LEAST;
    condition->value = 1;
    bool none =
        trigger_next_is(reader, WORD_OTHER) && (strcmp(trigger_peek(reader)->text, "no") == 0 ||
                                                strcmp(trigger_peek(reader)->text, "بدون") == 0);
    if (none) {
        condition->sign = TRIGGER_BELOW;
        reader->at++;
    }
    g_autofree char *words = take_name(reader);
    take_rest_of_act(reader, &words);
    bool good = words[0] != '\0' ? read_subject(reader, condition, words)
                                 : trigger_bad(reader, _("what is counted is missing."));
    while (good && trigger_next_is(reader, WORD_IN)) {
        if (window_follows(reader)) {
            reader->at++;
            good = trigger_read_span(reader, &condition->days);
            continue;
        }
        reader->at++;
        g_free(condition->place);
        condition->place = take_name(reader);
        good = condition->place[0] != '\0' ||
               trigger_bad(reader, _("after “in” a place or a span is missing."));
    }
    if (good && trigger_next_is(reader, WORD_OPERATOR))
        good = none ? trigger_bad(reader, _("“no” and a comparison do not go together."))
                    : read_comparison(reader, condition);
    if (good && trigger_peek(reader) != NULL && !trigger_next_is(reader, WORD_AND) &&
        !trigger_next_is(reader, WORD_OR))
        good = trigger_bad(reader, _("“%s” is not understood here."), trigger_peek(reader)->text);
    if (good && check_condition(reader, condition))
        return condition;
    trigger_condition_free(condition);
    return NULL;
}
