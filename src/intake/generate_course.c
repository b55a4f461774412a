/* How much happens on which day, and where: an ordinary course, invented crises, and what the
 * courts do after them. Whole numbers only. */
#include "intake/generate_private.h"

#include "base/edtf.h"

enum {
    ORDINARY = 1000,  /* intensity of an ordinary day */
    WAVE_BEGINS = 30, /* days after a crisis begins: sentences and executions */
    WAVE_DAYS = 120,
    WAVE = 260,
    SHAKE_DAYS = 25, /* by how much the seed moves a crisis to either side */
};

/* Where crises stand in the span, in mille, and how strong they are. */
static const struct {
    guint64 mille;
    unsigned factor;
} CRISES[GENERATE_N_CRISES] = {{270, 6}, {470, 8}, {650, 11}, {810, 7}, {945, 10}};

static void place_crises(GenerateCourse *course, const GenerateWorld *world, guint64 seed)
{
    Random random;
    random_start(&random, seed, G_MAXUINT64);
    for (gsize c = 0; c < GENERATE_N_CRISES; c++) {
        GenerateCrisis *crisis = &course->crises[c];
        gint32 shake = (gint32)random_below(&random, 2 * SHAKE_DAYS + 1) - SHAKE_DAYS;
        crisis->first_day =
            course->first_day + (gint32)(course->n_days * CRISES[c].mille / 1000) + shake;
        crisis->first_day = MAX(crisis->first_day, course->first_day);
        crisis->factor = CRISES[c].factor;
        unsigned wanted = 3 + (unsigned)random_below(&random, 3);
        while ((unsigned)__builtin_popcount(crisis->provinces) < wanted)
            crisis->provinces |= 1u
                                 << world->place_province[random_below(&random, world->n_places)];
    }
}

/* Intensity of one stream on one day. */
static guint32 intensity(const GenerateCourse *course, gint32 day, unsigned stream)
{
    if (stream == 0) {
        gint64 rise = ORDINARY * (gint64)(day - course->first_day) * 4 / (100 * 365);
        guint32 ordinary = (guint32)(ORDINARY + rise);
        int year, month, of_month;
        edtf_day_to_solar_hijri(day, &year, &month, &of_month);
        if (month == 1 && of_month <= 13)
            ordinary = ordinary * 6 / 10; /* the new year's holidays */
        return edtf_weekday(day) == 5 ? ordinary * 6 / 10 : ordinary;
    }
    bool wave = stream > GENERATE_N_CRISES;
    const GenerateCrisis *crisis = &course->crises[(stream - 1) % GENERATE_N_CRISES];
    gint32 since = day - crisis->first_day;
    if (wave)
        return since >= WAVE_BEGINS && since < WAVE_BEGINS + WAVE_DAYS ? WAVE : 0;
    if (since < 0 || since >= CRISIS_DAYS)
        return 0;
    guint32 now = ORDINARY * crisis->factor;
    for (gint32 d = 3; d < since; d++)
        now = now * 955 / 1000; /* half of it in 15 days */
    return since < 3 ? now * (guint32)(since + 1) / 4 : now;
}

GenerateCourse *generate_course_new(const GenerateWorld *world, const GenerateOptions *options)
{
    GenerateCourse *course = g_new0(GenerateCourse, 1);
    course->first_day = options->first_day;
    course->n_days = (gsize)(options->last_day - options->first_day) + 1;
    place_crises(course, world, options->seed);
    course->upto = g_new0(guint64, course->n_days);
    course->persons_upto = g_new0(guint64, course->n_days);
    guint64 sum = 0;
    for (gsize d = 0; d < course->n_days; d++) {
        for (unsigned s = 0; s < N_STREAMS; s++)
            sum += intensity(course, course->first_day + (gint32)d, s);
        course->upto[d] = sum;
    }
    return course;
}

void generate_course_free(GenerateCourse *course)
{
    if (course == NULL)
        return;
    g_free(course->upto);
    g_free(course->persons_upto);
    g_free(course);
}

/* The first element above `at`. */
static gsize above(const guint64 *upto, gsize n, guint64 at)
{
    gsize low = 0, high = n - 1;
    while (low < high) {
        gsize middle = (low + high) / 2;
        if (upto[middle] > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void generate_course_deal(GenerateCourse *course, guint64 seed, guint64 n_persons)
{
    Random random;
    random_start(&random, seed, G_MAXUINT64 - 1);
    for (gsize d = 0; d < course->n_days; d++)
        course->persons_upto[d] = 0;
    guint64 total = course->upto[course->n_days - 1];
    for (guint64 i = 0; i < n_persons; i++)
        course->persons_upto[above(course->upto, course->n_days, random_below(&random, total))]++;
    for (gsize d = 1; d < course->n_days; d++)
        course->persons_upto[d] += course->persons_upto[d - 1];
}

gint32 generate_course_day(const GenerateCourse *course, guint64 person)
{
    return course->first_day + (gint32)above(course->persons_upto, course->n_days, person);
}

unsigned generate_course_stream(const GenerateCourse *course, gint32 day, Random *random)
{
    guint32 sum = 0, parts[N_STREAMS];
    for (unsigned s = 0; s < N_STREAMS; s++)
        sum += parts[s] = intensity(course, day, s);
    guint64 at = random_below(random, sum);
    for (unsigned s = 0; s < N_STREAMS; s++) {
        if (at < parts[s])
            return s;
        at -= parts[s];
    }
    return 0;
}

gint32 generate_crisis_last_day(const GenerateCourse *course, gsize crisis)
{
    gint32 last = course->crises[crisis].first_day + CRISIS_DAYS - 1;
    return MIN(last, course->first_day + (gint32)course->n_days - 1);
}
