/* One invented person: name, acts, and who reports them. */
#include "intake/generate_private.h"

static const char *const KINDS[N_ACTS] = {
    "arrest",  "summons", "sentence", "execution", "death_in_custody", "enforced_disappearance",
    "release",
};

const char *generate_act_kind(GenerateAct act)
{
    return KINDS[act];
}

/* First acts in mille: on ordinary days, in a crisis, in the wave of sentences after it. */
static const unsigned FIRST_ACTS[3][N_ACTS] = {
    {380, 280, 150, 90, 15, 35, 50},
    {620, 200, 30, 10, 40, 80, 20},
    {40, 60, 380, 520, 0, 0, 0},
};

/* What may follow an act: share in mille, earliest day, over how many days. */
static const struct {
    GenerateAct after, then;
    unsigned mille;
    gint32 earliest;
    guint64 spread;
} FOLLOWS[] = {
    {ACT_ARREST, ACT_SENTENCE, 150, 60, 200},       {ACT_ARREST, ACT_RELEASE, 180, 3, 90},
    {ACT_ARREST, ACT_DEATH_IN_CUSTODY, 12, 2, 120}, {ACT_SUMMONS, ACT_ARREST, 120, 5, 60},
    {ACT_SUMMONS, ACT_SENTENCE, 100, 30, 120},      {ACT_SENTENCE, ACT_RELEASE, 120, 90, 400},
    {ACT_SENTENCE, ACT_EXECUTION, 30, 60, 300},     {ACT_DISAPPEARANCE, ACT_RELEASE, 200, 10, 120},
};

/* A list's chance of knowing a person, in mille. The media feed knows more of those on list A: it
 * reprints it, so that the two lists depend on each other. */
static const unsigned CAPTURE[GENERATE_N_SOURCES] = {380, 270, 240, 100, 130};
enum { MEDIA_AFTER_A = 280, FURTHER_ACT = 600, REPRINT = 60, REPEATED = 6, BROKEN = 4 };

static GenerateAct draw_act(const unsigned shares[N_ACTS], Random *random)
{
    unsigned at = (unsigned)random_below(random, 1000);
    for (unsigned a = 0; a < N_ACTS; a++) {
        if (at < shares[a])
            return (GenerateAct)a;
        at -= shares[a];
    }
    return ACT_ARREST;
}

static void draw_acts(const GenerateCourse *course, GeneratePerson *person, unsigned stream,
                      gint32 day, Random *random)
{
    unsigned row = stream == 0 ? 0 : stream <= GENERATE_N_CRISES ? 1 : 2;
    person->acts[0].kind = draw_act(FIRST_ACTS[row], random);
    person->acts[0].day = day;
    person->n_acts = 1;
    gint32 end = course->first_day + (gint32)course->n_days;
    while (person->n_acts < MOST_ACTS) {
        GenerateAct last = person->acts[person->n_acts - 1].kind;
        bool followed = false;
        for (gsize i = 0; i < G_N_ELEMENTS(FOLLOWS) && !followed; i++) {
            if (FOLLOWS[i].after != last || !generate_chance(random, FOLLOWS[i].mille))
                continue;
            gint32 then = person->acts[person->n_acts - 1].day + FOLLOWS[i].earliest +
                          (gint32)random_below(random, FOLLOWS[i].spread);
            if (then >= end)
                return;
            person->acts[person->n_acts].kind = FOLLOWS[i].then;
            person->acts[person->n_acts].day = then;
            person->n_acts++;
            followed = true;
        }
        if (!followed)
            return;
    }
}

static void draw_place(const GenerateWorld *world, const GenerateCourse *course,
                       GeneratePerson *person, Random *random)
{
    guint32 total = world->place_upto[world->n_places - 1];
    bool there = person->crisis >= 0 && generate_chance(random, 700);
    for (;;) {
        guint32 at = (guint32)random_below(random, total);
        gsize place = 0;
        while (world->place_upto[place] <= at)
            place++;
        person->place = (guint16)place;
        if (!there ||
            (course->crises[person->crisis].provinces >> world->place_province[place] & 1))
            return;
    }
}

static void add_record(GeneratePerson *person, gsize source, gsize act, GenerateRecordKind kind,
                       Random *random)
{
    if (person->n_records == MOST_RECORDS)
        return;
    bool broken = generate_chance(random, BROKEN) && source != GENERATE_MESSAGES;
    person->records[person->n_records++] =
        (GenerateRecord){(guint8)source, (guint8)act, (guint8)kind, broken};
}

static void draw_records(GeneratePerson *person, Random *random)
{
    bool on_a = false;
    for (gsize s = 0; s < GENERATE_N_SOURCES; s++) {
        unsigned mille = s == GENERATE_MEDIA && on_a ? MEDIA_AFTER_A : CAPTURE[s];
        if (!generate_chance(random, mille))
            continue;
        on_a |= s == GENERATE_LIST_A;
        for (gsize a = 0; a < person->n_acts; a++) {
            if (a > 0 && !generate_chance(random, FURTHER_ACT))
                continue;
            add_record(person, s, a, RECORD_FIRST, random);
            if (generate_chance(random, REPEATED))
                add_record(person, s, a, RECORD_REPEATED, random);
            if (generate_chance(random, s == GENERATE_MEDIA ? 3 * REPRINT : REPRINT))
                add_record(person, s, a, RECORD_REPRINT, random);
        }
    }
}

void generate_person_make(const GenerateWorld *world, const GenerateCourse *course, guint64 seed,
                          guint64 number, GeneratePerson *ret_person)
{
    GeneratePerson *person = ret_person;
    Random random;
    random_start(&random, seed, number * 64);
    person->number = number;
    person->n_records = 0;
    gint32 day = generate_course_day(course, number);
    unsigned stream = generate_course_stream(course, day, &random);
    person->crisis = stream == 0 ? -1 : (int)((stream - 1) % GENERATE_N_CRISES);
    draw_acts(course, person, stream, day, &random);
    draw_records(person, &random);
    person->female = generate_chance(&random, 260);
    person->given = generate_name_given(world, person->female, &random);
    person->family = generate_name_family(world, &random);
    person->father = generate_name_given(world, false, &random);
    /* Younger persons are more. */
    gint32 age =
        17 * 365 + (gint32)MIN(random_below(&random, 45 * 365), random_below(&random, 60 * 365));
    person->birth_day = day - age;
    draw_place(world, course, person, &random);
    person->phone = random_below(&random, 10000000);
}
