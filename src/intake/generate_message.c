/* Messages that families and friends forward: court notices and plain words. */
#include "intake/generate_private.h"

static const char *const COURTS[] = {"دادسرای عمومی و انقلاب", "دادگاه انقلاب", "دادگاه کیفری دو"};

/* What relatives write: before the day and the town, and after them. */
static const struct {
    const char *before, *after;
} SAID[N_ACTS] = {
    {" را", "بازداشت کردند"},
    {" را", "احضار کردند"},
    {" را", "به زندان محکوم کردند"},
    {" را", "اعدام کردند"},
    {"", "در بازداشتگاه جان باخت"},
    {"", "بازداشت شد و از آن پس ناپدید شده است"},
    {"", "آزاد شد"},
};

static void append_name(GString *out, const GenerateTask *task, const GenerateHabits *habits,
                        Random *random)
{
    generate_name_write(out, task->world, &task->person->given, false, habits, random);
    g_string_append_c(out, ' ');
    generate_name_write(out, task->world, &task->person->family, false, habits, random);
}

static void write_notice(GString *out, const GenerateTask *task, gint32 day,
                         const GenerateHabits *habits, Random *random)
{
    bool female = task->person->female;
    g_string_append(out, female ? "سرکار خانم " : "جناب آقای ");
    append_name(out, task, habits, random);
    g_autoptr(GString) father = g_string_new(NULL);
    generate_father_write(father, task, false, habits, random);
    if (father->len > 0)
        g_string_append_printf(out, " فرزند %s", father->str);
    const GeneratePlace *place = generate_place(task, habits, random);
    g_string_append(out, "، ابلاغیه احضار به شماره ");
    char number[32];
    g_snprintf(number, sizeof number, "%" G_GUINT64_FORMAT,
               UINT64_C(140000000000) + random_below(random, UINT64_C(9000000000)));
    generate_persian_digits(out, number);
    g_snprintf(number, sizeof number, "%" G_GUINT64_FORMAT, 1 + random_below(random, 20));
    g_string_append(out, " از شعبه ");
    generate_persian_digits(out, number);
    g_string_append_printf(out, " %s %s برای شما صادر شده است. ", COURTS[random_below(random, 3)],
                           place->fa);
    g_string_append(out, "تاریخ مراجعه: ");
    generate_date_words(out, day, true, random);
}

static void write_plain(GString *out, const GenerateTask *task, GenerateAct act, gint32 day,
                        const GenerateHabits *habits, Random *random)
{
    static const char *const OPENINGS[] = {"سلام. ", "با درود. ", "لطفاً ثبت کنید: ", "فوری! ", ""};
    static const char *const MALE[] = {"", "برادرم ", "پسرم ", "آقای ", "دوستم "},
                             *const FEMALE[] = {"", "خواهرم ", "دخترم ", "خانم ", "دوستم "};
    g_string_append(out, OPENINGS[random_below(random, G_N_ELEMENTS(OPENINGS))]);
    gsize tie = random_below(random, G_N_ELEMENTS(MALE));
    g_string_append(out, task->person->female ? FEMALE[tie] : MALE[tie]);
    append_name(out, task, habits, random);
    g_autoptr(GString) father = g_string_new(NULL);
    generate_father_write(father, task, false, habits, random);
    if (father->len > 0)
        g_string_append_printf(out, " فرزند %s", father->str);
    int year = generate_birth_year(task, true, habits, random);
    if (year != 0) {
        char number[16];
        g_snprintf(number, sizeof number, "%d", year);
        g_string_append(out, "، متولد ");
        generate_persian_digits(out, number);
        g_string_append(out, "،");
    }
    g_string_append(out, SAID[act].before);
    g_string_append_c(out, ' ');
    generate_date_words(out, day, true, random);
    g_string_append_printf(out, " در %s %s.", generate_place(task, habits, random)->fa,
                           SAID[act].after);
}

void generate_message_write(GString *out, const GenerateTask *task, Random *random)
{
    const GenerateHabits *habits = generate_habits(GENERATE_MESSAGES);
    const GenerateRecord *record = &task->person->records[task->record];
    GenerateAct act = task->person->acts[record->act].kind;
    gint32 day = generate_event_day(task, habits, random);
    bool notice = act == ACT_SUMMONS && generate_chance(random, 700);
    g_autoptr(GString) text =
        g_string_new(notice ? "ADLIRAN" : "فرستنده: پیام‌رسان ساختگی");
    g_string_append(text, "\nدریافت: ");
    generate_date_words(text, generate_received_day(task), true, random);
    g_string_append_c(text, '\n');
    if (notice)
        write_notice(text, task, day, habits, random);
    else
        write_plain(text, task, act, day, habits, random);
    if (generate_chance(random, habits->arabic_letters))
        generate_arabic_letters(text);
    g_string_append(out, text->str);
    g_string_append_printf(out,
                           "\n(پیام ساختگی، synthetic=yes report_id=E-%07" G_GUINT64_FORMAT
                           " truth_id=P%06" G_GUINT64_FORMAT ")\n---\n",
                           task->serial + 1, task->person->number + 1);
}
