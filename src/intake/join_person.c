/* What is known of a person, from what most of its statements say. */
#include "intake/join_private.h"

#include "base/edtf.h"
#include "text/normalize.h"
#include <string.h>

void join_replace(char **field, const char *text)
{
    char *copy = g_strdup(text);
    g_free(*field);
    *field = copy;
}

typedef const char *Getter(const JoinRecord *record);
static const char *get_name(const JoinRecord *record)
{
    return record->name;
}
static const char *get_father(const JoinRecord *record)
{
    return record->father;
}
static const char *get_birth(const JoinRecord *record)
{
    return record->birth;
}
static const char *get_gender(const JoinRecord *record)
{
    return record->gender;
}
static const char *get_group(const JoinRecord *record)
{
    return record->group;
}

static bool is_latin(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text))
        if (g_unichar_isalpha(g_utf8_get_char(text)))
            return g_ascii_isalpha(*text) || (guchar)*text < 0xd0; /* Latin, accents included */
    return false;
}

enum { ANY_SCRIPT, OWN_SCRIPT, LATIN };

/* A text without what spelling changes: Arabic letters, case, spaces, half-spaces, hyphens. */
static char *bare(const char *text)
{
    char *folded = text_fold(text, -1, NULL), *out = folded;
    for (const char *at = folded; *at != '\0'; at++)
        if (*at != ' ' && *at != '-')
            *out++ = *at;
    *out = '\0';
    return folded;
}

/* What most records say, spelling aside; of equals the longest (an initial is no name), then the
 * first, as first written. NULL when none says anything. */
static const char *most_say(const JoinRecords *records, const JoinGroup *group, Getter *get,
                            int script)
{
    const char *best = NULL;
    gsize most = 0, longest = 0;
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; i < group->n; i++) {
        const char *text = get(&records->records[group->members[i]]);
        bool counts = text != NULL && (script == ANY_SCRIPT || is_latin(text) == (script == LATIN));
        g_ptr_array_add(texts, counts ? bare(text) : NULL);
    }
    for (gsize i = 0; i < group->n; i++) {
        const char *own = texts->pdata[i];
        gsize votes = 0;
        for (gsize k = i; own != NULL && k < group->n; k++)
            votes += g_strcmp0(texts->pdata[k], own) == 0;
        if (votes == 0 || votes < most || (votes == most && strlen(own) <= longest))
            continue;
        best = get(&records->records[group->members[i]]);
        most = votes;
        longest = strlen(own);
    }
    return best;
}

void join_fill(char **field, const char *text)
{
    if (*field == NULL && text != NULL)
        *field = g_strdup(text);
}

static int birth_year(const char *birth)
{
    Edtf edtf;
    gint32 first, last;
    int year = 0, month, day;
    if (birth == NULL || !edtf_parse(birth, CALENDAR_GREGORIAN, &edtf, NULL))
        return 0;
    edtf_bounds(&edtf, &first, &last);
    if (first != G_MININT32 && last != G_MAXINT32 && last - first < 400)
        edtf_day_to_gregorian(first + (last - first) / 2, &year, &month, &day);
    return year;
}

/* What became of a person: by the newest act that changes it. */
static const char *person_status(const JoinRecords *records, const JoinGroup *group)
{
    static const struct {
        const char *kind, *status;
    } STATUS[] = {
        {"arrest", "detained"},    {"release", "released"},
        {"execution", "executed"}, {"death_in_custody", "killed"},
        {"killing", "killed"},     {"enforced_disappearance", "disappeared"},
    };
    const char *status = NULL;
    gint32 newest = G_MININT32;
    for (gsize i = 0; i < group->n; i++) {
        const JoinRecord *record = &records->records[group->members[i]];
        for (gsize k = 0; k < G_N_ELEMENTS(STATUS); k++) {
            if (g_strcmp0(record->kind, STATUS[k].kind) != 0)
                continue;
            gint32 day = join_happens_once(record->kind) ? G_MAXINT32 : record->first_day;
            if (status == NULL || day > newest) {
                newest = day;
                status = STATUS[k].status;
            }
        }
    }
    return status;
}

/* What stands there stays, unless it is told anew. */
static void put(char **field, const char *text, bool anew)
{
    if (anew)
        join_replace(field, text);
    else
        join_fill(field, text);
}

void join_person_describe(const JoinRecords *records, const JoinGroup *group, bool anew,
                          StorePerson *person)
{
    const char *own = most_say(records, group, get_name, OWN_SCRIPT);
    const char *latin = most_say(records, group, get_name, LATIN);
    const char *father = most_say(records, group, get_father, OWN_SCRIPT);
    join_fill(&person->kind, "victim");
    put(&person->name, own != NULL ? own : latin, anew);
    put(&person->name_latin, latin, anew);
    put(&person->father, father != NULL ? father : most_say(records, group, get_father, ANY_SCRIPT),
        anew);
    put(&person->birth_date, most_say(records, group, get_birth, ANY_SCRIPT), anew);
    put(&person->gender, most_say(records, group, get_gender, ANY_SCRIPT), anew);
    put(&person->group, most_say(records, group, get_group, ANY_SCRIPT), anew);
    if (person->birth_year == 0 || anew)
        person->birth_year = birth_year(person->birth_date);
    const char *status = person_status(records, group);
    if ((status != NULL || anew) && g_strcmp0(person->status, status) != 0)
        join_replace(&person->status, status);
    bool synthetic = true;
    for (gsize i = 0; i < group->n; i++)
        synthetic &= records->records[group->members[i]].synthetic;
    person->synthetic = synthetic;
}
