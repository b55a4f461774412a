/* Dates, years, towns and fathers as a source writes them. */
#include "intake/generate_private.h"

#include "base/edtf.h"

static const char *const SOLAR_MONTHS[] = {"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
                                           "مهر",     "آبان",     "آذر",   "دی",  "بهمن",  "اسفند"};
static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const ORDINALS[] = {
    "اول",         "دوم",        "سوم",         "چهارم",       "پنجم",       "ششم",
    "هفتم",        "هشتم",       "نهم",         "دهم",         "یازدهم",     "دوازدهم",
    "سیزدهم",      "چهاردهم",    "پانزدهم",     "شانزدهم",     "هفدهم",      "هجدهم",
    "نوزدهم",      "بیستم",      "بیست و یکم",  "بیست و دوم",  "بیست و سوم", "بیست و چهارم",
    "بیست و پنجم", "بیست و ششم", "بیست و هفتم", "بیست و هشتم", "بیست و نهم", "سی‌ام",
    "سی و یکم"};

void generate_persian_digits(GString *out, const char *digits)
{
    for (const char *at = digits; *at != '\0'; at++)
        if (g_ascii_isdigit(*at))
            g_string_append_unichar(out, 0x06f0 + (gunichar)(*at - '0'));
        else
            g_string_append_c(out, *at);
}

static void split(gint32 day, bool solar_hijri, int *year, int *month, int *of_month)
{
    if (solar_hijri)
        edtf_day_to_solar_hijri(day, year, month, of_month);
    else
        edtf_day_to_gregorian(day, year, month, of_month);
}

void generate_date_numbers(GString *out, gint32 day, bool solar_hijri, bool persian_digits,
                           char separator, bool with_day)
{
    int year, month, of_month;
    split(day, solar_hijri, &year, &month, &of_month);
    char text[40];
    if (with_day)
        g_snprintf(text, sizeof text, "%04d%c%02d%c%02d", year, separator, month, separator,
                   of_month);
    else
        g_snprintf(text, sizeof text, "%04d-%02d", year, month);
    if (persian_digits)
        generate_persian_digits(out, text);
    else
        g_string_append(out, text);
}

void generate_date_words(GString *out, gint32 day, bool persian, Random *random)
{
    int year, month, of_month;
    split(day, persian, &year, &month, &of_month);
    char number[24];
    if (!persian) {
        g_string_append_printf(out, "%d %s %d", of_month, MONTHS[month - 1], year);
        return;
    }
    bool ordinal = generate_chance(random, 350);
    g_snprintf(number, sizeof number, "%d", of_month);
    if (ordinal)
        g_string_append(out, ORDINALS[of_month - 1]);
    else
        generate_persian_digits(out, number);
    g_string_append_c(out, ' ');
    g_string_append(out, SOLAR_MONTHS[month - 1]);
    if (ordinal && generate_chance(random, 400)) { /* تیرماه, but آبان‌ماه */
        bool apart =
            month == 3 || month == 4 || month == 5 || month == 6 || month == 7 || month == 9;
        g_string_append(out, apart ? "ماه" : "\xe2\x80\x8cماه");
    }
    g_string_append_c(out, ' ');
    g_snprintf(number, sizeof number, "%d", year);
    generate_persian_digits(out, number);
}

void generate_father_write(GString *out, const GenerateTask *task, bool latin,
                           const GenerateHabits *habits, Random *random)
{
    if (generate_chance(random, habits->no_father))
        return;
    generate_name_write(out, task->world, &task->person->father, latin, habits, random);
}

int generate_birth_year(const GenerateTask *task, bool solar_hijri, const GenerateHabits *habits,
                        Random *random)
{
    if (generate_chance(random, habits->no_birth))
        return 0;
    int year, month, of_month;
    split(task->person->birth_day, solar_hijri, &year, &month, &of_month);
    if (generate_chance(random, habits->birth_off))
        year += generate_chance(random, 500) ? 1 : -1;
    return year;
}

const GeneratePlace *generate_place(const GenerateTask *task, const GenerateHabits *habits,
                                    Random *random)
{
    const GenerateWorld *world = task->world;
    gsize place = task->person->place;
    if (generate_chance(random, habits->other_place)) {
        /* Another town of the province, if there is one. */
        gsize next = place + 1 < world->n_places &&
                             world->place_province[place + 1] == world->place_province[place]
                         ? place + 1
                         : place - (place > 0 && world->place_province[place - 1] ==
                                                     world->place_province[place]);
        place = next;
    }
    return &world->places[place];
}

gint32 generate_event_day(const GenerateTask *task, const GenerateHabits *habits, Random *random)
{
    const GenerateRecord *record = &task->person->records[task->record];
    gint32 day = task->person->acts[record->act].day;
    if (generate_chance(random, habits->day_off))
        day += generate_chance(random, 500) ? 1 : -1;
    return day;
}

/* How long a source takes to tell: a first wait, then each further day with that chance. */
static const struct {
    gint32 first;
    unsigned again_mille;
} DELAYS[GENERATE_N_SOURCES] = {{1, 820}, {2, 900}, {4, 930}, {0, 500}, {0, 400}};
enum {
    LONGEST_DELAY = 120,
    LATE_CRISIS = 2,
    LATE_AFTER = 100,
    LATE_MILLE = 350,
    LATE_OF_DAYS = 40
};

gint32 generate_received_day(const GenerateTask *task)
{
    const GenerateRecord *record = &task->person->records[task->record];
    gint32 day = task->person->acts[record->act].day;
    Random random;
    random_start(&random, task->seed, task->person->number * 64 + 32 + record->source);
    if (record->source == GENERATE_LIST_B && task->person->crisis == LATE_CRISIS) {
        /* List B was cut off: what it could not send came in one batch. */
        gint32 began = task->course->crises[LATE_CRISIS].first_day;
        if (day < began + LATE_OF_DAYS && generate_chance(&random, LATE_MILLE))
            return began + LATE_AFTER;
    }
    gint32 delay = DELAYS[record->source].first;
    while (delay < LONGEST_DELAY && generate_chance(&random, DELAYS[record->source].again_mille))
        delay++;
    return day + delay + (record->kind == RECORD_REPRINT ? 2 : 0);
}
