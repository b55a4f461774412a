/* One record as its source writes it. Each source has its own headings, calendar, script and
 * habits; all say that they are synthetic. */
#include "intake/generate_private.h"

#include "base/csv.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const GenerateHabits HABITS[GENERATE_N_SOURCES] = {
    {.joined = 500,
     .spaced = 150,
     .arabic_letters = 20,
     .typo = 15,
     .swapped = 8,
     .no_father = 250,
     .no_birth = 250,
     .birth_off = 30,
     .day_off = 30,
     .no_day = 40,
     .other_place = 20,
     .other_latin = 300},
    {.joined = 350,
     .spaced = 550,
     .arabic_letters = 450,
     .typo = 35,
     .swapped = 20,
     .no_father = 420,
     .no_birth = 400,
     .birth_off = 100,
     .day_off = 80,
     .no_day = 140,
     .other_place = 40,
     .province_only = 300,
     .other_latin = 300},
    {.joined = 500,
     .spaced = 250,
     .typo = 25,
     .swapped = 25,
     .initial = 40,
     .no_father = 600,
     .no_birth = 400,
     .birth_off = 60,
     .day_off = 50,
     .no_day = 80,
     .other_place = 30,
     .province_only = 120,
     .other_latin = 300},
    {.joined = 400,
     .spaced = 400,
     .typo = 25,
     .swapped = 5,
     .initial = 60,
     .no_father = 750,
     .no_birth = 600,
     .birth_off = 60,
     .day_off = 70,
     .no_day = 30,
     .other_place = 30,
     .province_only = 200,
     .other_latin = 350},
    {.joined = 350,
     .spaced = 600,
     .arabic_letters = 250,
     .typo = 35,
     .swapped = 0,
     .no_father = 350,
     .no_birth = 550,
     .birth_off = 80,
     .day_off = 60,
     .other_place = 20},
};

static const char *const SOURCE_NAMES[GENERATE_N_SOURCES] = {
    "فهرست ساختگی الف (synthetic)",
    "فهرست ساختگی ب (synthetic)",
    "Synthetic List C",
    "Synthetic News Feed D",
    "پیام‌های ساختگی ه (synthetic)",
};

const GenerateHabits *generate_habits(GenerateText source)
{
    return &HABITS[source];
}

const char *generate_source_name(GenerateText source)
{
    return SOURCE_NAMES[source];
}

const char *generate_heading(GenerateText text)
{
    switch (text) {
    case GENERATE_LIST_A:
        return "شناسه,منبع,تاریخ دریافت,تاریخ رویداد,نام کوچک,نام خانوادگی,نام پدر,سال تولد,جنسیت,"
               "تلفن,شهر,استان,نوع رویداد,شرح,درجه منبع,درجه خبر,ساختگی,truth_id\n";
    case GENERATE_LIST_B:
        return "report_id,source,received,event_date,person_name,father_name,birth_year,gender,"
               "place,act,perpetrator,reliability,credibility,synthetic,truth_id\n";
    case GENERATE_LIST_C:
        return "report_id,source,received,event_date,given_name,family_name,father_name,birth_year,"
               "gender,place,province,act,text,language,reliability,credibility,synthetic,"
               "truth_id\n";
    case GENERATE_SINGLE:
        return "id,given,family,father,birth,city,phone,truth_id\n";
    case GENERATE_TRUTH:
        return "row,id,name,name_latin,father,birth_year,gender,province,act,date,date_last,count,"
               "lists\n";
    default:
        return "";
    }
}

static const char *const ACTS_FA[N_ACTS] = {
    "بازداشت", "احضار", "صدور حکم", "اعدام", "مرگ در بازداشت", "ناپدیدسازی قهری", "آزادی"};
static const char *const ACTS_FA_B[N_ACTS] = {"دستگیری",      "احضاریه",    "محکومیت", "اعدام شد",
                                              "مرگ در زندان", "ناپدید شدن", "آزاد شد"};
static const char *const ACTS_EN[N_ACTS] = {
    "arrest", "summons", "sentence", "execution", "death in custody", "enforced disappearance",
    "release"};
static const char *const SAID_FA[N_ACTS] = {"بازداشت شد",
                                            "احضار شد",
                                            "به حبس محکوم شد",
                                            "اعدام شد",
                                            "در بازداشت جان باخت",
                                            "پس از بازداشت ناپدید شد",
                                            "آزاد شد"};
static const char *const SAID_EN[N_ACTS] = {
    "was arrested", "was summoned",    "was sentenced to prison",
    "was executed", "died in custody", "has disappeared after an arrest",
    "was released"};

/* What one record says, drawn once, whatever the format. */
typedef struct {
    GString *given, *family, *father, *date, *received, *birth, *phone, *id, *truth;
    const GeneratePlace *place;
    const GenerateProvince *province;
    bool province_only;
    GenerateAct act;
    bool female;
} Fields;

static void fields_clear(Fields *fields)
{
    GString **all[] = {&fields->given, &fields->family,   &fields->father,
                       &fields->date,  &fields->received, &fields->birth,
                       &fields->phone, &fields->id,       &fields->truth};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        g_string_free(*all[i], TRUE);
}

static void write_date(GString *out, GenerateText source, gint32 day, Random *random,
                       const GenerateHabits *habits)
{
    bool with_day = !generate_chance(random, habits->no_day);
    bool solar = source == GENERATE_LIST_A || source == GENERATE_LIST_B ||
                 (source == GENERATE_MEDIA && generate_chance(random, 250));
    bool digits = solar && generate_chance(random, source == GENERATE_LIST_A ? 300 : 600);
    if (with_day && source != GENERATE_LIST_A && generate_chance(random, 60))
        generate_date_words(out, day, solar, random);
    else
        generate_date_numbers(out, day, solar, digits, digits ? '/' : '-', with_day);
}

static void write_names(Fields *fields, const GenerateTask *task, bool latin,
                        const GenerateHabits *habits, Random *random)
{
    const GeneratePerson *person = task->person;
    generate_name_write(fields->given, task->world, &person->given, latin, habits, random);
    generate_name_write(fields->family, task->world, &person->family, latin, habits, random);
    if (latin && generate_chance(random, habits->initial)) {
        g_string_truncate(fields->given, 1);
        g_string_append_c(fields->given, '.');
    }
    if (generate_chance(random, habits->swapped)) {
        GString *given = fields->given;
        fields->given = fields->family;
        fields->family = given;
    }
    generate_father_write(fields->father, task, latin, habits, random);
    if (!latin && generate_chance(random, habits->arabic_letters)) {
        generate_arabic_letters(fields->given);
        generate_arabic_letters(fields->family);
        generate_arabic_letters(fields->father);
    }
}

static void fields_draw(Fields *fields, const GenerateTask *task, bool latin, Random *random)
{
    const GenerateRecord *record = &task->person->records[task->record];
    GenerateText source = (GenerateText)record->source;
    const GenerateHabits *habits = &HABITS[source];
    GString **all[] = {&fields->given, &fields->family,   &fields->father,
                       &fields->date,  &fields->received, &fields->birth,
                       &fields->phone, &fields->id,       &fields->truth};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        *all[i] = g_string_new(NULL);
    write_names(fields, task, latin, habits, random);
    write_date(fields->date, source, generate_event_day(task, habits, random), random, habits);
    generate_date_numbers(fields->received, generate_received_day(task), source == GENERATE_LIST_A,
                          false, '-', true);
    bool solar = source == GENERATE_LIST_A || source == GENERATE_LIST_B;
    int year = generate_birth_year(task, solar, habits, random);
    char text[32];
    g_snprintf(text, sizeof text, "%d", year);
    if (year != 0 && solar && source == GENERATE_LIST_A)
        generate_persian_digits(fields->birth, text);
    else if (year != 0)
        g_string_append(fields->birth, text);
    /* 0000 is no prefix of any network: nobody can be called. */
    if (generate_chance(random, 80))
        g_string_append_printf(fields->phone, "0000%07" G_GUINT64_FORMAT, task->person->phone);
    g_string_append_printf(fields->id, "%c-%07" G_GUINT64_FORMAT, "ABCDE"[source],
                           task -> serial + 1);
    g_string_append_printf(fields->truth, "P%06" G_GUINT64_FORMAT, task->person->number + 1);
    fields->place = generate_place(task, habits, random);
    fields->province =
        &task->world->provinces[task->world->place_province[fields->place - task->world->places]];
    fields->province_only = generate_chance(random, habits->province_only);
    fields->act = task->person->acts[record->act].kind;
    fields->female = task->person->female;
}

static const char *town(const Fields *fields, bool latin, Random *random)
{
    if (!latin)
        return fields->place->fa;
    bool other = fields->place->latin[1] != NULL && generate_chance(random, 250);
    return fields->place->latin[other ? 1 : 0];
}

static void append_all(GString *out, const char *const *cells, gsize n)
{
    for (gsize i = 0; i < n; i++)
        csv_append(out, cells[i]);
    csv_append_end(out);
}

/* ---- the five sources ---- */

static void write_list_a(GString *out, Fields *f, Random *random)
{
    static const char *const BY[] = {"به گفتهٔ بستگان", "به گفتهٔ یک منبع آگاه",
                                     "بنا بر گزارش‌های رسیده"};
    g_autofree char *text =
        g_strdup_printf("%s، این شهروند در %s %s. (گزارش ساختگی)", BY[random_below(random, 3)],
                        f->place->fa, SAID_FA[f->act]);
    const char *const cells[] = {f->id->str,
                                 SOURCE_NAMES[GENERATE_LIST_A],
                                 f->received->str,
                                 f->date->str,
                                 f->given->str,
                                 f->family->str,
                                 f->father->str,
                                 f->birth->str,
                                 f->female ? "زن" : "مرد",
                                 f->phone->str,
                                 f->place->fa,
                                 f->province->fa,
                                 ACTS_FA[f->act],
                                 text,
                                 "B",
                                 generate_chance(random, 700) ? "2" : "3",
                                 "yes",
                                 f->truth->str};
    append_all(out, cells, G_N_ELEMENTS(cells));
}

static void write_list_b(GString *out, Fields *f, Random *random)
{
    g_autofree char *name = g_strdup_printf("%s %s", f->given->str, f->family->str);
    g_autofree char *province = g_strdup_printf("استان %s", f->province->fa);
    const char *const cells[] = {f->id->str,
                                 SOURCE_NAMES[GENERATE_LIST_B],
                                 f->received->str,
                                 f->date->str,
                                 name,
                                 f->father->str,
                                 f->birth->str,
                                 generate_chance(random, 300) ? ""
                                 : f->female                  ? "زن"
                                                              : "مرد",
                                 f->province_only ? province : f->place->fa,
                                 ACTS_FA_B[f->act],
                                 generate_chance(random, 400) ? "نهاد امنیتی" : "",
                                 "C",
                                 generate_chance(random, 500) ? "3" : "4",
                                 "yes",
                                 f->truth->str};
    append_all(out, cells, G_N_ELEMENTS(cells));
}

static void write_list_c(GString *out, Fields *f, Random *random)
{
    const char *place = town(f, true, random);
    g_autofree char *text =
        g_strdup_printf("According to an informed source, the person %s in %s. (Synthetic report.)",
                        SAID_EN[f->act], place);
    const char *const cells[] = {f->id->str,
                                 SOURCE_NAMES[GENERATE_LIST_C],
                                 f->received->str,
                                 f->date->str,
                                 f->given->str,
                                 f->family->str,
                                 f->father->str,
                                 f->birth->str,
                                 f->female ? "female" : "male",
                                 f->province_only ? "" : place,
                                 f->province->en,
                                 ACTS_EN[f->act],
                                 text,
                                 "en",
                                 "A",
                                 "2",
                                 "yes",
                                 f->truth->str};
    append_all(out, cells, G_N_ELEMENTS(cells));
}

static void set(json_t *object, const char *name, const char *value)
{
    if (value[0] != '\0')
        json_object_set_new_nocheck(object, name, json_string_nocheck(value));
}

static void write_media(GString *out, Fields *f, bool latin, Random *random)
{
    g_autofree char *name = g_strdup_printf("%s %s", f->given->str, f->family->str);
    const char *place =
        f->province_only ? (latin ? f->province->en : f->province->fa) : town(f, latin, random);
    g_autofree char *title = latin ? g_strdup_printf("%s %s in %s", name, SAID_EN[f->act], place)
                                   : g_strdup_printf("%s در %s %s", name, place, SAID_FA[f->act]);
    g_autofree char *text =
        latin ? g_strdup_printf("%s. Nothing more is known. (Synthetic report.)", title)
              : g_strdup_printf("%s. از جزئیات خبری در دست نیست. (گزارش ساختگی)", title);
    g_autofree char *received = g_strconcat(f->received->str, "T08:30:00Z", NULL);
    json_t *object = json_object();
    set(object, "report_id", f->id->str);
    set(object, "source", SOURCE_NAMES[GENERATE_MEDIA]);
    set(object, "received", received);
    set(object, "event_date", f->date->str);
    set(object, "person_name", name);
    set(object, "father_name", f->father->str);
    set(object, "birth_year", f->birth->str);
    set(object, "place", place);
    set(object, "act", latin ? ACTS_EN[f->act] : ACTS_FA[f->act]);
    set(object, "title", title);
    set(object, "text", text);
    set(object, "language", latin ? "en" : "fa");
    set(object, "according_to", generate_chance(random, 400) ? SOURCE_NAMES[GENERATE_LIST_A] : "");
    set(object, "reliability", "C");
    set(object, "credibility", "3");
    set(object, "synthetic", "yes");
    set(object, "truth_id", f->truth->str);
    char *line = json_dumps(object, JSON_COMPACT);
    g_string_append(out, line);
    g_string_append_c(out, '\n');
    free(line);
    json_decref(object);
}

static void write_single(GString *out, Fields *f, bool latin, Random *random)
{
    const char *const cells[] = {f->id->str,
                                 f->given->str,
                                 f->family->str,
                                 f->father->str,
                                 f->birth->str,
                                 f->province_only ? (latin ? f->province->en : f->province->fa)
                                                  : town(f, latin, random),
                                 f->phone->str,
                                 f->truth->str};
    append_all(out, cells, G_N_ELEMENTS(cells));
}

/* ---- records that cannot be read ---- */

/* Harm done to a finished line, of the kinds that real files have. */
static void break_line(GString *out, gsize from, GenerateText source, const Fields *fields,
                       Random *random)
{
    if (source == GENERATE_MEDIA) { /* cut in the middle */
        gsize half = from + (out->len - from) / 2;
        while (half > from && ((unsigned char)out->str[half] & 0xc0) == 0x80)
            half--;
        g_string_truncate(out, half);
        g_string_append_c(out, '\n');
        return;
    }
    switch (random_below(random, 3)) {
    case 0: { /* a date that no calendar has */
        char *date = strstr(out->str + from, fields->date->str);
        gssize at = date != NULL ? date - out->str : (gssize)from;
        g_string_erase(out, at, (gssize)fields->date->len);
        g_string_insert(out, at, source == GENERATE_LIST_C ? "2022-13-41" : "1401-14-40");
        break;
    }
    case 1: /* commas without quotes */
        g_string_insert(out, (gssize)out->len - 1, ",,x,y,z");
        break;
    default: /* bytes that are no text */
        g_string_insert(out, (gssize)from + 3, "\xff\xfe\x81");
    }
}

void generate_record_write(GString *out, const GenerateTask *task, bool single)
{
    const GenerateRecord *record = &task->person->records[task->record];
    GenerateText source = (GenerateText)record->source;
    Random random;
    random_start(&random, task->seed, task->person->number * 64 + 1 + task->record % 30);
    bool latin =
        source == GENERATE_LIST_C || (source == GENERATE_MEDIA && generate_chance(&random, 450));
    if (source == GENERATE_MESSAGES && !single) {
        generate_message_write(out, task, &random);
        return;
    }
    Fields fields;
    fields_draw(&fields, task, latin, &random);
    gsize from = out->len;
    if (single)
        write_single(out, &fields, latin, &random);
    else if (source == GENERATE_LIST_A)
        write_list_a(out, &fields, &random);
    else if (source == GENERATE_LIST_B)
        write_list_b(out, &fields, &random);
    else if (source == GENERATE_LIST_C)
        write_list_c(out, &fields, &random);
    else
        write_media(out, &fields, latin, &random);
    if (record->broken && !single)
        break_line(out, from, source, &fields, &random);
    fields_clear(&fields);
}
