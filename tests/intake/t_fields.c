/* Columns by their names, values, what identifies, languages, places. */
#include "intake/acts.h"
#include "intake/fields.h"
#include "intake/gazetteer.h"
#include "intake/language.h"
#include "intake/mask.h"
#include "intake/value.h"

#include "base/error.h"
#include <string.h>

static const struct Column {
    const char *claim, *column;
    IntakeField field;
} COLUMNS[] = {
    {"own_name", "event_date", INTAKE_FIELD_EVENT_DATE},
    {"capitals_and_space", "Event Date", INTAKE_FIELD_EVENT_DATE},
    {"hyphen", "event-date", INTAKE_FIELD_EVENT_DATE},
    {"persian", "تاریخ رویداد", INTAKE_FIELD_EVENT_DATE},
    {"persian_half_space", "تاریخ‌رویداد", INTAKE_FIELD_EVENT_DATE},
    {"arabic_yeh", "تاريخ رويداد", INTAKE_FIELD_EVENT_DATE},
    {"surname", "Surname", INTAKE_FIELD_FAMILY_NAME},
    {"nam_khanevadegi", "نام خانوادگی", INTAKE_FIELD_FAMILY_NAME},
    {"national_code", "کد ملی", INTAKE_FIELD_NATIONAL_ID},
    {"national_code_arabic_letters", "كد ملي", INTAKE_FIELD_NATIONAL_ID},
    {"mobile", "شمارهٔ موبایل", INTAKE_FIELD_PHONE},
    {"email_is_a_contact", "E-mail", INTAKE_FIELD_PHONE},
    {"address_is_sealed_too", "آدرس", INTAKE_FIELD_PHONE},
    {"at_least", "دست‌کم", INTAKE_FIELD_COUNT_MIN},
    {"according_to", "به گفتهٔ", INTAKE_FIELD_ACCORDING_TO},
    {"synthetic", "آزمایشی", INTAKE_FIELD_SYNTHETIC},
    {"unknown", "favourite colour", INTAKE_FIELD_NONE},
    {"empty", "", INTAKE_FIELD_NONE},
    {"only_marks", " -- ", INTAKE_FIELD_NONE},
};

static void test_column(gconstpointer data)
{
    const struct Column *row = data;
    g_assert_cmpint(intake_field_match(NULL, row->column), ==, row->field);
}

static void test_every_name_means_one_field(void)
{
    for (int i = 0; i < INTAKE_N_FIELDS; i++) {
        g_assert_cmpint(intake_field_match(NULL, intake_field_name((IntakeField)i)), ==, i);
        g_auto(GStrv) names = g_strsplit(intake_field_synonyms((IntakeField)i), "|", -1);
        for (char **name = names; *name != NULL; name++) {
            g_test_message("%s", *name);
            g_assert_cmpint(intake_field_match(NULL, *name), ==, i);
        }
        g_assert_cmpstr(intake_field_title((IntakeField)i), !=, "");
    }
}

static void test_mapping(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IntakeMapping) mapping =
        intake_mapping_read("column,field\nWann,event_date\ndate,ignore\n", &error);
    g_assert_no_error(error);
    g_assert_cmpint(intake_field_match(mapping, "WANN"), ==, INTAKE_FIELD_EVENT_DATE);
    g_assert_cmpint(intake_field_match(mapping, "date"), ==, INTAKE_FIELD_NONE);
    g_assert_cmpint(intake_field_match(mapping, "place"), ==, INTAKE_FIELD_PLACE);
    g_assert_null(intake_mapping_read("column,field\nWann,when_it_was\n", &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, "when_it_was"));
    g_assert_nonnull(strstr(error->message, "2"));
    g_clear_error(&error);
    g_assert_null(intake_mapping_read("a,b\n1,2\n", &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
}

/* ---- values ---- */

static const struct Date {
    const char *claim, *text, *edtf; /* edtf NULL: refused */
} DATES[] = {
    {"gregorian_day", "2025-06-28", "2025-06-28"},
    {"solar_hijri_day", "1404-04-07", "2025-06-28"},
    {"solar_hijri_slashes", "1404/04/07", "2025-06-28"},
    {"persian_digits", "۱۴۰۴/۰۴/۰۷", "2025-06-28"},
    {"arabic_digits", "١٤٠٤/٠٤/٠٧", "2025-06-28"},
    {"persian_words", "۷ تیر ۱۴۰۴", "2025-06-28"},
    {"english_words", "28 June 2025", "2025-06-28"},
    {"month", "2025-06", "2025-06"},
    {"interval", "2025-06-13/2025-06-24", "2025-06-13/2025-06-24"},
    {"uncertain", "2025-06-28?", "2025-06-28?"},
    {"no_such_month", "2025-13-01", NULL},
    {"no_such_day_of_mehr", "1404-07-31", NULL},
    {"no_such_day_in_words", "۳۱ مهر ۱۴۰۴", NULL},
    {"day_or_month_first_is_not_guessed", "03/04/2025", NULL},
    {"day_that_can_only_be_one", "28/06/2025", "2025-06-28"},
    {"yesterday_is_no_date_of_a_column", "دیروز", NULL},
    {"words", "unknown", NULL},
    {"a_date_and_more", "28 June 2025, in the evening of the arrest", NULL},
};

static void test_date(gconstpointer data)
{
    const struct Date *row = data;
    g_autoptr(GError) error = NULL;
    Edtf edtf;
    bool done = intake_value_date(row->text, &edtf, &error);
    if (row->edtf == NULL) {
        g_assert_false(done);
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
        g_assert_nonnull(strstr(error->message, "'"));
        return;
    }
    g_assert_no_error(error);
    g_autofree char *text = edtf_format(&edtf);
    g_assert_cmpstr(text, ==, row->edtf);
}

static void test_counts(void)
{
    static const struct {
        const char *text;
        gint32 count; /* -1: refused */
    } ROWS[] = {{"3", 3},        {"21,000", 21000},  {"۲۱٬۰۰۰", 21000}, {"٤٥", 45},
                {"1 200", 1200}, {"-3", -1},         {"3.5", -1},       {"many", -1},
                {"", -1},        {"3000000000", -1}, {"0", 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        gint32 count = -1;
        g_test_message("'%s'", ROWS[i].text);
        g_assert_cmpint(intake_value_count(ROWS[i].text, &count), ==, ROWS[i].count >= 0);
        g_assert_cmpint(count, ==, ROWS[i].count);
    }
}

static void test_times(void)
{
    gint64 seconds = 0;
    g_assert_true(intake_value_time("2025-06-28", &seconds));
    g_assert_cmpint(seconds, ==, 1751068800); /* date -u -d 2025-06-28 +%s */
    g_assert_true(intake_value_time("2025-06-28T10:15:00Z", &seconds));
    g_assert_cmpint(seconds, ==, 1751068800 + 10 * 3600 + 15 * 60);
    g_assert_true(intake_value_time("2025-06-28T10:15:00+03:30", &seconds));
    g_assert_cmpint(seconds, ==, 1751068800 + 6 * 3600 + 45 * 60);
    g_assert_true(intake_value_time("1751068800", &seconds));
    g_assert_cmpint(seconds, ==, 1751068800);
    g_assert_false(intake_value_time("soon", &seconds));
}

static void test_acts(void)
{
    static const char *const PAIRS[][2] = {
        {"Arrested", "arrest"},
        {"بازداشت", "arrest"},
        {"دستگیری", "arrest"},
        {"احضاریه", "summons"},
        {"death in custody", "death_in_custody"},
        {"ناپدیدسازی قهری", "enforced_disappearance"},
        {"اعدام", "execution"},
        {"internet_shutdown", "internet_shutdown"},
        {"یورش", "raid"},
        {"محاکمه", "trial"},
        {"شلاق", "flogging"},
        {"آزاد شد", "release"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(PAIRS); i++) {
        g_test_message("%s", PAIRS[i][0]);
        g_assert_cmpstr(intake_act_find(PAIRS[i][0]), ==, PAIRS[i][1]);
    }
    g_assert_null(intake_act_find("picnic"));
    g_assert_null(intake_act_find(""));
    for (const char *const *code = text_act_codes(); *code != NULL; code++)
        g_assert_cmpstr(intake_act_find(*code), ==, *code); /* the text engine's kinds are ours */
}

/* ---- what identifies ---- */

static const struct Mask {
    const char *claim, *text, *name, *masked, *value; /* value of the first number; NULL none */
} MASKS[] = {
    {"mobile", "زنگ بزنید 09123456789 لطفاً", NULL, "زنگ بزنید ••• لطفاً", "+989123456789"},
    {"mobile_persian_digits", "شماره ۰۹۱۲۳۴۵۶۷۸۹.", NULL, "شماره •••.", "+989123456789"},
    {"mobile_spaced", "call 0912 345 6789 now", NULL, "call ••• now", "+989123456789"},
    {"mobile_without_zero", "tel:9123456789", NULL, "tel:•••", "+989123456789"},
    {"international", "+98 912 345 6789", NULL, "•••", "+989123456789"},
    {"international_00", "0098-912-3456789!", NULL, "•••!", "+989123456789"},
    {"abroad", "ring +49 30 12345678", NULL, "ring •••", "+493012345678"},
    {"landline", "021-88001122", NULL, "•••", "+982188001122"},
    {"two_mobiles", "09123456789 09121112233", NULL, "••• •••", "+989123456789"},
    {"national_number", "کد ملی 0013542419 است", NULL, "کد ملی ••• است", "0013542419"},
    {"national_number_grouped", "001-354241-9", NULL, "•••", "0013542419"},
    {"ten_digits_with_a_wrong_check_digit", "0013542418", NULL, "•••", "0013542418"},
    {"compact_day_stays", "20250628", NULL, "20250628", NULL},
    {"mail", "to a.b@example.org.", NULL, "to •••.", "a.b@example.org"},
    {"case_number", "پرونده 140468920001234567", NULL, "پرونده •••", "140468920001234567"},
    {"bank_card", "6037997512345678", NULL, "•••", "6037997512345678"},
    {"date_stays", "از 1404-04-07 تا 1404-04-08", NULL, "از 1404-04-07 تا 1404-04-08", NULL},
    {"date_and_hour_stay", "2025-06-28 10:15", NULL, "2025-06-28 10:15", NULL},
    {"count_stays", "21,000 people in 2025", NULL, "21,000 people in 2025", NULL},
    {"dates_in_a_row_stay", "01-02-2025 100", NULL, "01-02-2025 100", NULL},
    {"at_sign_alone_stays", "at @ home", NULL, "at @ home", NULL},
    {"name", "Ali Rezaei was taken; Ali Rezaei's wife", "Ali Rezaei", "••• was taken; •••'s wife",
     NULL},
    {"name_inside_a_word_stays", "علیرضا و علی", "علی", "علیرضا و •••", NULL},
    {"name_before_half_space_stays", "علی‌رضا و علی", "علی",
     "علی‌رضا و •••", NULL},
    {"nothing", "بازداشت شد", NULL, "بازداشت شد", NULL},
};

static void test_mask(gconstpointer data)
{
    const struct Mask *row = data;
    gsize length = strlen(row->text);
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(IntakeIdentifier));
    intake_mask_find(row->text, length, row->name, spans);
    g_autoptr(GString) masked = g_string_new(NULL);
    intake_mask_apply(row->text, length, spans, masked);
    g_assert_cmpstr(masked->str, ==, row->masked);
    g_assert_cmpuint(intake_mask_map(spans, length), ==, masked->len);
    g_assert_cmpuint(intake_mask_map(spans, 0), ==, 0);
    IntakeIdentifier found;
    gsize at = 0;
    if (intake_identifier_next(row->text, length, &at, &found)) {
        g_autofree char *value = intake_identifier_value(row->text, &found);
        g_assert_cmpstr(value, ==, row->value);
    } else {
        g_assert_null(row->value);
    }
}

static void test_offsets_follow_the_mask(void)
{
    const char *text = "call 09123456789: she was arrested";
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(IntakeIdentifier));
    intake_mask_find(text, strlen(text), NULL, spans);
    g_autoptr(GString) masked = g_string_new(NULL);
    intake_mask_apply(text, strlen(text), spans, masked);
    gsize offset = (gsize)(strstr(text, "arrested") - text);
    g_assert_cmpstr(masked->str + intake_mask_map(spans, offset), ==, "arrested");
}

/* ---- languages, places ---- */

static const struct Language {
    const char *claim, *text, *code;
} LANGUAGES[] = {
    {"persian",
     "او را دیشب در خانه‌اش بازداشت کردند و از محل "
     "نگهداری "
     "او "
     "خبری "
     "نیست.",
     "fa"},
    {"persian_with_arabic_letters", "شما به شعبه 3 احضار شده ايد و بايد در تاريخ مقرر حاضر شويد",
     "fa"},
    {"persian_without_small_words", "بازداشت دانشجو شیراز", "fa"},
    {"english", "He was arrested at home and taken to the prison.", "en"},
    {"arabic", "تم استدعاؤك إلى محكمة الثورة في الأهواز يوم 10 يوليو", "ar"},
    {"turkish", "10 Temmuz tarihinde mahkemeye çağrıldınız, lütfen hazır olun", "tr"},
    {"azerbaijani", "O, evində həbs edildi və məhkəməyə aparıldı", "az"},
    {"kurdish", "دوێنێ لە ماڵەوە دەستگیر کرا و هێشتا هیچ هەواڵێک نییە", "ku"},
    {"russian", "Он был задержан вчера", "ru"},
    {"apart_de_1",
     "Im Iran sind am Donnerstag mindestens zwölf Menschen festgenommen worden, sagten Aktivisten.",
     "de"},
    {"apart_de_2", "Festnahmen in Teheran gemeldet", "de"},
    {"apart_de_3", "Mehrere Personen in Sanandaj verhaftet", "de"},
    {"apart_fr_1",
     "Au moins douze personnes ont été arrêtées à Téhéran jeudi, selon des militants.", "fr"},
    {"apart_fr_2", "Arrestations signalées à Sanandaj", "fr"},
    {"apart_es_1",
     "Al menos doce personas fueron detenidas en Teherán el jueves, según activistas.", "es"},
    {"apart_it_1",
     "Almeno dodici persone sono state arrestate a Teheran giovedì, secondo gli attivisti.", "it"},
    {"apart_nl_1",
     "Minstens twaalf mensen zijn donderdag in Teheran gearresteerd, zeggen activisten.", "nl"},
    {"another_sv", "Minst tolv personer greps i Teheran på torsdagen, enligt aktivister.", NULL},
    {"apart_pt_1",
     "Pelo menos doze pessoas foram detidas em Teerã na quinta-feira, segundo ativistas.", "pt"},
    {"apart_tr_1", "Tahran'da perşembe günü en az on iki kişi gözaltına alındı.", "tr"},
    {"apart_en_1", "At least twelve people were arrested in Tehran on Thursday, activists said.",
     "en"},
    {"apart_en_2", "Arrests reported in Sanandaj", "en"},
    {"apart_en_3", "Security forces raided a home", "en"},
    {"apart_fa_1", "دست‌کم دوازده نفر در تهران بازداشت شدند",
     "fa"},
    {"apart_fa_2", "بازداشت در سنندج", "fa"},
    {"apart_ar_1", "اعتقلت السلطات اثني عشر شخصا على الأقل في طهران يوم الخميس", "ar"},
    {"apart_ar_2", "تم اعتقال عدد من المواطنين في مدينة الأحواز", "ar"},
    {"apart_ku_1", "Herî kêm diwanzdeh kes li Tehranê hatin girtin", "ku"},
    {"apart_ku_2", "لانیکەم دوازدە کەس لە تاران دەستبەسەر کران", "ku"},
    {"apart_az_1", "Tehranda azı on iki nəfər həbs edilib", "az"},
    {"apart_ru_1", "В Тегеране задержаны не менее двенадцати человек", "ru"},
    {"apart_ur_1", "تہران میں کم از کم بارہ افراد کو گرفتار کیا گیا", "ur"},
    {"another_pl", "Co najmniej dwanaście osób zostało zatrzymanych w Teheranie w czwartek.", NULL},
    {"apart_ps_1", "په تهران کې لږ تر لږه دولس کسان ونیول شول", "ps"},
    {"numbers_alone", "12345 67", NULL},
    {"nothing", "", NULL},
};

static void test_language(gconstpointer data)
{
    const struct Language *row = data;
    g_assert_cmpstr(intake_language_guess(row->text), ==, row->code);
}

static void test_language_names(void)
{
    g_assert_cmpstr(intake_language_parse("FA"), ==, "fa");
    g_assert_cmpstr(intake_language_parse("Persian"), ==, "fa");
    g_assert_cmpstr(intake_language_parse("فارسی"), ==, "fa");
    g_assert_cmpstr(intake_language_parse("انگلیسی"), ==, "en");
    g_assert_null(intake_language_parse("Klingon"));
}

static const struct Place {
    const char *claim, *place, *province, *date, *iso; /* iso NULL: stays unresolved */
} PLACES[] = {
    {"city", "Shiraz", NULL, NULL, "IR-07"},
    {"city_persian", "شیراز", "", NULL, "IR-07"},
    {"arabic_letters", "كرمان", NULL, NULL, "IR-08"},
    {"other_spelling", "Esfahan", NULL, NULL, "IR-10"},
    {"code", NULL, "ir-23", NULL, "IR-23"},
    {"province_decides", "Sardasht", "آذربایجان غربی", NULL, "IR-04"},
    {"two_provinces_are_not_guessed_between", "Sardasht", NULL, NULL, NULL},
    {"a_province_that_is_none", "شیراز", "Bavaria", NULL, NULL},
    {"parts", "Evin Prison, Tehran", NULL, NULL, "IR-23"},
    {"parts_persian", "زندان قزل‌حصار، کرج", NULL, NULL, "IR-30"},
    {"parts_that_disagree", "Shiraz, Tabriz", NULL, NULL, NULL},
    {"karaj_today", "Karaj", NULL, "2025-01-01", "IR-30"},
    {"karaj_in_1988", "Karaj", NULL, "1988-08-01", "IR-23"},
    {"nowhere", "ناکجاآباد", NULL, NULL, NULL},
    {"abroad", "Berlin", NULL, NULL, NULL},
    {"abroad_baghdad", "Baghdad", NULL, NULL, NULL},
    {"abroad_istanbul", "Istanbul", NULL, NULL, NULL},
    {"abroad_kabul", "کابل", NULL, NULL, NULL},
};

static void test_place(gconstpointer data)
{
    const struct Place *row = data;
    g_autoptr(GError) error = NULL;
    const IntakeGazetteer *gazetteer = intake_gazetteer_peek(&error);
    g_assert_no_error(error);
    gint32 day = G_MININT32, last;
    Edtf edtf;
    if (row->date != NULL) {
        g_assert_true(intake_value_date(row->date, &edtf, NULL));
        edtf_bounds(&edtf, &day, &last);
    }
    const IntakeProvince *found = intake_gazetteer_find(gazetteer, row->place, row->province, day);
    g_assert_cmpstr(found != NULL ? found->iso : NULL, ==, row->iso);
}

static void test_provinces(void)
{
    const IntakeGazetteer *gazetteer = intake_gazetteer_peek(NULL);
    gsize n;
    const IntakeProvince *provinces = intake_gazetteer_provinces(gazetteer, &n);
    g_assert_cmpuint(n, ==, 31); /* ISO 3166-2:IR */
    for (gsize i = 0; i < n; i++) {
        const char *names[] = {provinces[i].iso, provinces[i].name_fa, provinces[i].name_en};
        for (gsize k = 0; k < G_N_ELEMENTS(names); k++) {
            g_test_message("%s", names[k]);
            g_assert_true(intake_gazetteer_find(gazetteer, NULL, names[k], G_MININT32) ==
                          &provinces[i]);
        }
        g_assert_cmpfloat(provinces[i].latitude, >, 25);
        g_assert_cmpfloat(provinces[i].latitude, <, 40);
    }
}

#define ADD_ALL(path, rows, function)                                                              \
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {                                               \
        g_autofree char *name = g_strdup_printf("/intake/" path "/%s", rows[i].claim);             \
        g_test_add_data_func(name, &rows[i], function);                                            \
    }

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ALL("column", COLUMNS, test_column)
    g_test_add_func("/intake/column/every_name_means_one_field", test_every_name_means_one_field);
    g_test_add_func("/intake/column/mapping_file", test_mapping);
    ADD_ALL("date", DATES, test_date)
    g_test_add_func("/intake/value/counts_in_any_digits", test_counts);
    g_test_add_func("/intake/value/times_with_offsets", test_times);
    g_test_add_func("/intake/value/acts_by_their_words", test_acts);
    ADD_ALL("mask", MASKS, test_mask)
    g_test_add_func("/intake/mask/offsets_follow", test_offsets_follow_the_mask);
    ADD_ALL("language", LANGUAGES, test_language)
    g_test_add_func("/intake/language/names", test_language_names);
    ADD_ALL("place", PLACES, test_place)
    g_test_add_func("/intake/place/all_provinces_by_all_names", test_provinces);
    return g_test_run();
}
