/* Persian as typed becomes uniform; the way back to the original is kept. */
#include "text/normalize.h"

#include "support.h"
#include <stdlib.h>
#include <string.h>

static const struct Fold {
    const char *claim, *text, *key;
} FOLDS[] = {
    {"arabic_letters", "كيف علي", "کیف علی"},
    {"hamza_and_madda", "آزادی مسأله مسؤول ائتلاف", "ازادی مساله مسوول ایتلاف"},
    {"heh_ye", "خانۀ ما خانهٔ ما", "خانه ما خانه ما"},
    {"digits", "۱۴۰۴ ١٤٠٤", "1404 1404"},
    {"latin", "Tehran SÄKULAR Ğ", "tehran sakular g"},
    {"half_space", "می‌رود", "میرود"},
    {"half_space_as_space", "می رود", "میرود"},
    {"plural_apart", "کتاب های خوب", "کتابهای خوب"},
    {"plural_joined", "کتاب‌های خوب", "کتابهای خوب"},
    {"vowels_and_tatweel", "مُحَمَّد محـــمد", "محمد محمد"},
    {"controls", "\u200fسلام\u202c", "سلام"},
    {"odd_spaces", "a\u00a0b\u2002c", "a b c"},
    {"presentation_forms", "\ufee1\ufef2 \ufefb", "میلا"},
    {"bad_bytes_part_words",
     "a\xff"
     "b",
     "a b"},
    {"nothing", "", ""},
    {"punctuation_stays", "الف، ب؛ ج؟", "الف, ب; ج?"},
    {"ending_alone_at_start", "ها ها", "هاها"},
};

static void test_fold(gconstpointer data)
{
    const struct Fold *row = data;
    gsize length = 0;
    g_autofree char *key = text_fold(row->text, -1, &length);
    g_assert_cmpstr(key, ==, row->key);
    g_assert_cmpuint(length, ==, strlen(key));
    g_autofree char *again = text_fold(key, -1, NULL);
    g_assert_cmpstr(again, ==, row->key);
}

static const struct Letters {
    const char *claim, *text, *out;
} LETTERS[] = {
    {"arabic_letters", "كتابي", "کتابی"},
    {"heh_ye", "خانۀ", "خانه\u0654"},
    {"heh_hamza_stays", "خانه\u0654", "خانه\u0654"},
    {"compose_madda", "ا\u0653ب", "آب"},
    {"compose_hamza_on_persian_ye", "مسی\u0654ول", "مسئول"},
    {"compose_after_mapped_letter", "مسي\u0654ول", "مسئول"},
    {"compose_latin", "cafe\u0301", "caf\u00e9"},
    {"canonical_order_of_vowels", "د\u0651\u064e", "د\u064e\u0651"},
    {"arabic_digits", "١٤٠٤ 12", "۱۴۰۴ 12"},
    {"tatweel", "محـــمد", "محمد"},
    {"vowels_stay", "مُحَمَّد", "مُحَمَّد"},
    {"controls_go", "\u200fسلام\u202c\ufeff", "سلام"},
    {"zero_width_space_is_half_space", "می\u200bرود", "می‌رود"},
    {"odd_spaces", "یک\u2002دو\u00a0سه", "یک دو سه"},
    {"half_space_beside_space", "کتاب‌ ها‌", "کتاب ها"},
    {"doubled_half_space", "می‌‌رود", "می‌رود"},
    {"presentation_forms", "\ufeb3\ufefc\ufee1", "سلام"},
    {"lam_alef_madda", "\ufef5", "لآ"},
    {"bad_byte",
     "a\xff"
     "b",
     "a\ufffd"
     "b"},
    {"cut_off_letter", "سلا\xd9", "سلا\ufffd"},
    {"nothing", "", ""},
    {"emoji_joiner_stays", "👩\u200d👩", "👩\u200d👩"},
};

static void check_changes(const char *text, const TextNormal *normal)
{
    gsize in = 0, out = 0;
    for (gsize i = 0; i < normal->n_changes; i++) {
        const TextChange *change = &normal->changes[i];
        g_assert_cmpuint(change->start, >=, in);
        g_assert_cmpuint(change->out_start - out, ==, change->start - in);
        g_assert_true(memcmp(text + in, normal->text + out, change->start - in) == 0);
        g_assert_cmpuint(change->end, >=, change->start);
        g_assert_cmpuint(change->out_end, >=, change->out_start);
        g_assert_true(change->confidence > 0 && change->confidence <= 1);
        in = change->end;
        out = change->out_end;
    }
    g_assert_cmpstr(text + in, ==, normal->text + out);
    g_assert_cmpuint(text_normal_origin(normal, normal->length), ==, strlen(text));
}

static void test_letters(gconstpointer data)
{
    const struct Letters *row = data;
    TextOptions options = text_options_default();
    options.rules &= ~(1u << TEXT_RULE_JOIN | 1u << TEXT_RULE_SPLIT);
    g_autoptr(GError) error = NULL;
    g_auto(TextNormal) normal = {0}, again = {0};
    g_assert_true(text_normalize(row->text, strlen(row->text), &options, &normal, &error));
    g_assert_cmpstr(normal.text, ==, row->out);
    check_changes(row->text, &normal);
    g_assert_true(text_normalize(normal.text, normal.length, &options, &again, &error));
    g_assert_cmpstr(again.text, ==, row->out);
    g_assert_cmpuint(again.n_changes, ==, 0);
}

static void test_digits_by_choice(void)
{
    static const struct {
        TextDigits digits;
        const char *out;
    } CHOICES[] = {{TEXT_DIGITS_UNIFY, "۱۲ ۳۴ 56"},
                   {TEXT_DIGITS_KEEP, "١٢ ۳۴ 56"},
                   {TEXT_DIGITS_PERSIAN, "۱۲ ۳۴ ۵۶"},
                   {TEXT_DIGITS_ASCII, "12 34 56"}};
    for (gsize i = 0; i < G_N_ELEMENTS(CHOICES); i++) {
        TextOptions options = text_options_default();
        options.digits = CHOICES[i].digits;
        g_auto(TextNormal) normal = {0};
        const char *text = "١٢ ۳۴ 56";
        g_assert_true(text_normalize(text, strlen(text), &options, &normal, NULL));
        g_assert_cmpstr(normal.text, ==, CHOICES[i].out);
    }
    g_autofree char *ascii = text_digits_ascii("۱۲٫۵ و ١٬٠٠٠");
    g_assert_cmpstr(ascii, ==, "12.5 و 1,000");
}

static void test_every_rule_has_a_switch(void)
{
    for (int rule = 0; rule < TEXT_N_RULES; rule++) {
        TextRule found;
        g_assert_true(text_rule_parse(text_rule_name((TextRule)rule), &found));
        g_assert_cmpint(found, ==, rule);
    }
    const char *text = "كتابـ\u200f مُ ١";
    TextOptions none = text_options_default();
    none.rules = 0;
    g_auto(TextNormal) same = {0};
    g_assert_true(text_normalize(text, strlen(text), &none, &same, NULL));
    g_assert_cmpstr(same.text, ==, text);
    TextOptions bare = text_options_default();
    bare.rules |= 1u << TEXT_RULE_DIACRITICS;
    g_auto(TextNormal) plain = {0};
    g_assert_true(text_normalize(text, strlen(text), &bare, &plain, NULL));
    g_assert_cmpstr(plain.text, ==, "کتاب م ۱");
    check_changes(text, &plain);
}

/* ---- half-spaces ---- */

static TextLexicon *lexicon_new(void)
{
    g_autofree char *path = test_source_path("data/persian/forms.csv");
    gsize length;
    g_autofree char *forms = test_read_file(path, &length);
    g_autoptr(GError) error = NULL;
    TextLexicon *lexicon = text_lexicon_new(forms, length, &error);
    g_assert_no_error(error);
    return lexicon;
}

static const struct Letters HALF_SPACES[] = {
    {"verb_prefix", "او می رود و نمی آید", "او می‌رود و نمی‌آید"},
    {"plural", "کتاب ها و کتاب های خوب", "کتاب‌ها و کتاب‌های خوب"},
    {"comparative", "بزرگ تر و بزرگ ترین", "بزرگ‌تر و بزرگ‌ترین"},
    {"participle", "شده اند و رفته ایم", "شده‌اند و رفته‌ایم"},
    {"heh_ye", "خانه ای", "خانه‌ای"},
    {"lost_plural", "سازمانهای همبسته", "سازمان‌های همبسته"},
    {"lost_verb", "میکنیم و میدهند", "می‌کنیم و می‌دهند"},
    {"lost_twice", "سازمانهای نگرانکنندهای میکنند",
     "سازمان‌های نگران‌کننده‌ای می‌کنند"},
    {"known_words_stay", "تنها آنها میدان را میهن خواندند", "تنها آنها میدان را میهن خواندند"},
    {"intact_stays", "کتاب‌های خوب را می‌خواند",
     "کتاب‌های خوب را می‌خواند"},
    {"two_spaces_are_no_half_space", "می  رود", "می  رود"},
    {"other_lines_are_other_words", "می\nرود", "می\nرود"},
};

static void test_half_space(gconstpointer data)
{
    const struct Letters *row = data;
    g_autoptr(TextLexicon) lexicon = lexicon_new();
    TextOptions options = text_options_default();
    options.lexicon = lexicon;
    g_auto(TextNormal) normal = {0}, again = {0};
    g_assert_true(text_normalize(row->text, strlen(row->text), &options, &normal, NULL));
    g_assert_cmpstr(normal.text, ==, row->out);
    check_changes(row->text, &normal);
    g_assert_true(text_normalize(normal.text, normal.length, &options, &again, NULL));
    g_assert_cmpstr(again.text, ==, row->out);
}

static void test_offsets_lead_back(void)
{
    g_autoptr(TextLexicon) lexicon = lexicon_new();
    TextOptions options = text_options_default();
    options.lexicon = lexicon;
    const char *text = "\u200fكتاب هاي ما";
    g_auto(TextNormal) normal = {0};
    g_assert_true(text_normalize(text, strlen(text), &options, &normal, NULL));
    g_assert_cmpstr(normal.text, ==, "کتاب‌های ما");
    g_assert_cmpuint(text_normal_origin(&normal, (gsize)(strstr(normal.text, "ما") - normal.text)),
                     ==, (gsize)(strstr(text, "ما") - text));
    g_assert_cmpuint(text_normal_origin(&normal, 0), ==, 3);
}

static void test_compounds_by_convention(void)
{
    g_autoptr(TextLexicon) lexicon = lexicon_new();
    TextOptions options = text_options_default();
    options.lexicon = lexicon;
    options.convention = TEXT_CONVENTION_INFLECTION;
    const char *text = "بین المللی می شود";
    g_auto(TextNormal) normal = {0};
    g_assert_true(text_normalize(text, strlen(text), &options, &normal, NULL));
    g_assert_cmpstr(normal.text, ==, "بین المللی می‌شود");
}

static void test_bad_word_list_is_named(void)
{
    g_autoptr(GError) error = NULL;
    const char *list = "form,count\nکتاب,3\nکتاب\n";
    g_assert_null(text_lexicon_new(list, strlen(list), &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "3"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(FOLDS); i++) {
        g_autofree char *name = g_strconcat("/text/fold/", FOLDS[i].claim, NULL);
        g_test_add_data_func(name, &FOLDS[i], test_fold);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(LETTERS); i++) {
        g_autofree char *name = g_strconcat("/text/letters/", LETTERS[i].claim, NULL);
        g_test_add_data_func(name, &LETTERS[i], test_letters);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(HALF_SPACES); i++) {
        g_autofree char *name = g_strconcat("/text/half_space/", HALF_SPACES[i].claim, NULL);
        g_test_add_data_func(name, &HALF_SPACES[i], test_half_space);
    }
    g_test_add_func("/text/half_space/offsets_lead_back", test_offsets_lead_back);
    g_test_add_func("/text/half_space/compounds_by_convention", test_compounds_by_convention);
    g_test_add_func("/text/half_space/bad_word_list_is_named", test_bad_word_list_is_named);
    g_test_add_func("/text/normalize/digits_by_choice", test_digits_by_choice);
    g_test_add_func("/text/normalize/every_rule_has_a_switch", test_every_rule_has_a_switch);
    return g_test_run();
}
