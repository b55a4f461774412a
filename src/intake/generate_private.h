/* intake/generate_private.h: inside the generator; for generate*.c alone.
 *
 * world   what names and places are made of; read-only
 * course  how much happens on which day, and where
 * person  one invented person: name, acts, and the plan of who reports them
 * write   one record as its source writes it */
#pragma once
#include "base/random.h"
#include "intake/generate.h"

/* ---- the world ---- */

typedef enum {
    PART_GIVEN_MALE,
    PART_GIVEN_FEMALE,
    PART_FIRST_MALE,
    PART_SECOND_MALE,
    PART_STEM,
    PART_ENDING,
    PART_WHOLE,
    PART_SECOND,
    N_PARTS,
} GeneratePartKind;

enum { MOST_LATIN = 4 };

typedef struct {
    const char *fa;
    char *latin[MOST_LATIN];
    unsigned n_latin;
    bool set_off; /* an ending after a half-space; a stem that takes only such */
    guint32 upto; /* weights summed up to and with this one */
} GenerateWord;

typedef struct {
    gsize n;
    GenerateWord *words;
} GenerateWords;

typedef struct {
    const char *fa, *latin[3], *iso;
    guint32 weight; /* rough share of what is reported, not of people */
} GeneratePlace;

enum { MOST_PROVINCES = 32 };

typedef struct {
    const char *iso, *fa, *en;
} GenerateProvince;

typedef struct {
    GenerateWords parts[N_PARTS];
    gsize n_places;
    const GeneratePlace *places;
    guint32 *place_upto;
    guint8 *place_province; /* index into provinces */
    gsize n_provinces;
    GenerateProvince provinces[MOST_PROVINCES];
} GenerateWorld;

/* Loaded once a process; NULL with error set. Borrowed. */
const GenerateWorld *generate_world_peek(GError **error);

/* True in `mille` of 1,000 draws. */
static inline bool generate_chance(Random *random, unsigned mille)
{
    return random_below(random, 1000) < mille;
}

/* A name: a given name of one or two words, or a family name of a whole word or stem and ending,
 * and perhaps a second word. */
typedef struct {
    guint8 n;
    guint8 part[3], latin[3]; /* latin: the spelling its bearer uses */
    guint16 word[3];
} GenerateName;

GenerateName generate_name_given(const GenerateWorld *world, bool female, Random *random);
GenerateName generate_name_family(const GenerateWorld *world, Random *random);

/* How a source writes; in mille. */
typedef struct {
    unsigned joined, spaced; /* parts of a name; the rest half-space or hyphen */
    unsigned arabic_letters; /* ي ك for ی ک */
    unsigned other_latin;    /* a Latin spelling that is not the bearer's own */
    unsigned typo;           /* a slip in one name */
    unsigned swapped;        /* given name and family name change places */
    unsigned initial;        /* the given name as one letter */
    unsigned no_father, no_birth, birth_off;
    unsigned day_off, no_day;
    unsigned other_place, province_only;
} GenerateHabits;

/* Appends the name as this source writes it. */
void generate_name_write(GString *out, const GenerateWorld *world, const GenerateName *name,
                         bool latin, const GenerateHabits *habits, Random *random);
/* The name as its bearer writes it. */
void generate_name_proper(GString *out, const GenerateWorld *world, const GenerateName *name,
                          bool latin);
/* Arabic letters for Persian ones, in the whole of a text. */
void generate_arabic_letters(GString *text);

/* ---- the course of things ---- */

typedef enum {
    ACT_ARREST,
    ACT_SUMMONS,
    ACT_SENTENCE,
    ACT_EXECUTION,
    ACT_DEATH_IN_CUSTODY,
    ACT_DISAPPEARANCE,
    ACT_RELEASE,
    N_ACTS,
} GenerateAct;

/* "arrest", … as intake/acts.h calls them. */
const char *generate_act_kind(GenerateAct act);

typedef struct {
    gint32 first_day;
    unsigned factor;   /* how many times the ordinary day its first days are */
    guint32 provinces; /* bit k: province k */
} GenerateCrisis;

/* What a day's events come from: the ordinary, a crisis, the sentences that follow it. */
enum { N_STREAMS = 1 + 2 * GENERATE_N_CRISES, CRISIS_DAYS = 90 };

typedef struct {
    gint32 first_day;
    gsize n_days;
    GenerateCrisis crises[GENERATE_N_CRISES];
    guint64 *upto;         /* intensity summed up to and with each day */
    guint64 *persons_upto; /* persons whose first act is on that day or before */
} GenerateCourse;

GenerateCourse *generate_course_new(const GenerateWorld *world, const GenerateOptions *options);
void generate_course_free(GenerateCourse *course);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GenerateCourse, generate_course_free)
/* Deals out n persons over the days. */
void generate_course_deal(GenerateCourse *course, guint64 seed, guint64 n_persons);
/* The day of person i, and what it comes from (0 the ordinary, then crises, then what follows). */
gint32 generate_course_day(const GenerateCourse *course, guint64 person);
unsigned generate_course_stream(const GenerateCourse *course, gint32 day, Random *random);
/* Last day of a crisis's own acts. */
gint32 generate_crisis_last_day(const GenerateCourse *course, gsize crisis);

/* ---- persons ---- */

enum { MOST_ACTS = 3, MOST_RECORDS = 40 };

typedef enum { RECORD_FIRST, RECORD_REPRINT, RECORD_REPEATED } GenerateRecordKind;

typedef struct {
    guint8 source; /* GenerateText below GENERATE_N_SOURCES */
    guint8 act;
    guint8 kind; /* GenerateRecordKind */
    bool broken;
} GenerateRecord;

typedef struct {
    guint64 number;
    bool female;
    GenerateName given, family, father;
    gint32 birth_day;
    guint16 place;
    int crisis; /* whose arrests this is one of; -1 */
    guint64 phone;
    gsize n_acts;
    struct {
        GenerateAct kind;
        gint32 day;
    } acts[MOST_ACTS];
    gsize n_records;
    GenerateRecord records[MOST_RECORDS];
} GeneratePerson;

/* Person number `number`, with the plan of who reports what. */
void generate_person_make(const GenerateWorld *world, const GenerateCourse *course, guint64 seed,
                          guint64 number, GeneratePerson *ret_person);

/* ---- records ---- */

const GenerateHabits *generate_habits(GenerateText source);
const char *generate_source_name(GenerateText source);

typedef struct {
    const GenerateWorld *world;
    const GenerateCourse *course;
    const GeneratePerson *person;
    guint64 seed;
    gsize record;   /* index into the person's plan */
    guint64 serial; /* of the record among all */
} GenerateTask;

/* The heading of a text, or "". Static. */
const char *generate_heading(GenerateText text);
/* Appends the record, its line end included, as its source writes it; as a line of
 * GENERATE_SINGLE when `single`. */
void generate_record_write(GString *out, const GenerateTask *task, bool single);

/* Forwarded messages (generate_message.c). */
void generate_message_write(GString *out, const GenerateTask *task, Random *random);

/* Dates as people write them. */
void generate_date_numbers(GString *out, gint32 day, bool solar_hijri, bool persian_digits,
                           char separator, bool with_day);
/* "۷ تیر ۱۴۰۴", «هفتم تیرماه ۱۴۰۴» or "7 July 2024". */
void generate_date_words(GString *out, gint32 day, bool persian, Random *random);
/* Appends ASCII digits as Persian ones. */
void generate_persian_digits(GString *out, const char *digits);
/* What the person's father, year of birth and town are in this record; "" when left out. */
void generate_father_write(GString *out, const GenerateTask *task, bool latin,
                           const GenerateHabits *habits, Random *random);
int generate_birth_year(const GenerateTask *task, bool solar_hijri, const GenerateHabits *habits,
                        Random *random); /* 0: left out */
const GeneratePlace *generate_place(const GenerateTask *task, const GenerateHabits *habits,
                                    Random *random);
gint32 generate_event_day(const GenerateTask *task, const GenerateHabits *habits, Random *random);
gint32 generate_received_day(const GenerateTask *task);
