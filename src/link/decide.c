/* What the columns are, from their names and their values. The same rules for
 * every table; each decision is printed in the config and can be edited. */
#include "link/normal.h"
#include "link/table.h"

#include "base/i18n.h"

#include <math.h>
#include <string.h>

enum { SAMPLE = 2000 }; /* values looked at in a column; evenly spread */

typedef struct {
    size_t filled; /* records with a value */
    size_t distinct;
    size_t repeated;   /* values that stand in two records or more */
    double categories; /* 1 / sum of squared shares: how many values there seem to be */
    /* of the sampled distinct values, shares */
    double digits, dates, at_signs, separators, decimals, numbers, words, all_digits;
    double years, months, days, lone_years;
    double length; /* mean letters */
    bool hint_known;
} Profile;

static bool name_has(const char *name, const char *const *hints)
{
    for (; *hints != NULL; hints++)
        if (strstr(name, *hints) != NULL)
            return true;
    return false;
}

/* Lower case, every other character than a letter or digit a single "_" ; Arabic script kept. */
static char *plain_name(const char *name)
{
    g_autofree char *lower = g_utf8_strdown(name, -1);
    for (char *at = lower; *at != '\0'; at++)
        if ((unsigned char)*at < 128 && !g_ascii_isalnum(*at))
            *at = '_';
    return g_strconcat("_", lower, "_", NULL);
}

static const char *const GIVEN_HINTS[] = {"given", "first_name", "firstname", "_first_",
                                          "fname", "forename",   "prenom",    "vorname",
                                          "_نام_", "نام_کوچک",   "نام کوچک",  NULL};
static const char *const SURNAME_HINTS[] = {"surname",  "last_name", "lastname", "_last_",
                                            "lname",    "family",    "sname",    "nachname",
                                            "خانوادگی", "فامیل",     NULL};
static const char *const NAME_HINTS[] = {"full_name", "fullname",  "_name_",   "person_name",
                                         "نام_و_نام", "نام و نام", "نام کامل", NULL};
static const char *const FULL_HINTS[] = {"full", "نام_و_نام", "نام و نام", "کامل", NULL};
static const char *const FATHER_HINTS[] = {"father", "mother", "patronym", "alias",
                                           "nick",   "پدر",    "مادر",     NULL};
static const char *const DATE_HINTS[] = {"date", "dob",   "birth", "_day_", "year", "_yob_",
                                         "born", "تاریخ", "تولد",  "متولد", "سال",  NULL};
static const char *const NUMBER_HINTS[] = {"_age_", "height", "weight", "amount", "_سن_", NULL};

static Profile profile_of(const LinkTable *table, size_t column)
{
    Profile profile = {0};
    const LinkIntern *texts = &table->texts[column];
    if (texts->n == 0)
        return profile;
    g_autofree uint32_t *counts = g_new0(uint32_t, texts->n);
    g_autofree bool *missing = g_new0(bool, texts->n);
    for (uint32_t id = 0; id < texts->n; id++)
        missing[id] = link_normal_missing(link_intern_text(texts, id));
    for (size_t r = 0; r < table->n_records; r++)
        counts[table->ids[column][r]]++;
    double squares = 0;
    for (uint32_t id = 0; id < texts->n; id++) {
        if (missing[id] || counts[id] == 0)
            continue;
        profile.filled += counts[id];
        profile.distinct++;
        profile.repeated += counts[id] > 1;
        squares += (double)counts[id] * counts[id];
    }
    if (profile.filled == 0)
        return profile;
    profile.categories = (double)profile.filled * (double)profile.filled / squares;
    uint32_t step = texts->n / SAMPLE + 1;
    double seen = 0;
    for (uint32_t id = 0; id < texts->n; id += step) {
        if (missing[id])
            continue;
        const char *text = link_intern_text(texts, id);
        uint8_t normal[LINK_NORMAL_MAX];
        bool arabic;
        size_t n = link_normal_text(text, normal, &arabic), digits = 0, spaces = 0;
        for (size_t i = 0; i < n; i++) {
            digits += g_ascii_isdigit((char)normal[i]);
            spaces += normal[i] == ' ';
        }
        LinkDate date;
        double number = 0;
        bool is_number = link_normal_number(text, &number);
        seen++;
        profile.length += (double)n;
        profile.digits += n > 0 ? (double)digits / (double)(n - spaces) : 0;
        profile.all_digits += n > 0 && digits == n;
        profile.dates += link_normal_date(text, true, &date) && date.reads_as_date &&
                         date.year >= 1800 && n >= 6;
        profile.lone_years +=
            is_number && n == 4 &&
            ((number >= 1250 && number <= 1450) || (number >= 1850 && number <= 2050));
        profile.at_signs += strchr(text, '@') != NULL;
        profile.separators += strpbrk(text, ";|") != NULL;
        profile.numbers += is_number;
        profile.decimals += is_number && strchr(text, '.') != NULL;
        profile.words += (double)spaces + 1;
        profile.years += is_number && number >= 1200 && number <= 2100 && n == 4;
        profile.months += is_number && number >= 1 && number <= 12 && n <= 2;
        profile.days += is_number && number >= 1 && number <= 31 && n <= 2;
    }
    if (seen > 0) {
        double *shares[] = {&profile.length,    &profile.digits,   &profile.all_digits,
                            &profile.dates,     &profile.at_signs, &profile.separators,
                            &profile.numbers,   &profile.decimals, &profile.words,
                            &profile.years,     &profile.months,   &profile.days,
                            &profile.lone_years};
        for (size_t i = 0; i < G_N_ELEMENTS(shares); i++)
            *shares[i] /= seen;
    }
    return profile;
}

static LinkKind kind_of(const Profile *profile, const char *name)
{
    if (profile->at_signs >= 0.8)
        return LINK_EMAIL;
    if (profile->separators >= 0.3)
        return LINK_SET;
    bool dated = name_has(name, DATE_HINTS);
    /* Years alone need a name that says so: house numbers can look like them. */
    if (profile->dates >= 0.8 || (profile->dates + profile->lone_years >= 0.4 && dated))
        return LINK_DATE;
    if (profile->digits >= 0.5) {
        if (profile->decimals >= 0.3 || (profile->numbers > 0.9 && name_has(name, NUMBER_HINTS)))
            return LINK_NUMBER;
        return profile->words >= 2.5                              ? LINK_TEXT
               : profile->length <= 2 && profile->categories < 40 ? LINK_CATEGORY
                                                                  : LINK_CODE;
    }
    bool relative = name_has(name, FATHER_HINTS);
    if (!relative && name_has(name, SURNAME_HINTS) && !name_has(name, FULL_HINTS))
        return LINK_SURNAME;
    if (!relative && name_has(name, GIVEN_HINTS) && !name_has(name, FULL_HINTS))
        return LINK_GIVEN;
    /* Few records have few values of anything: a category is what comes back again and again. */
    if (profile->categories < 25 && profile->length <= 24 && profile->words < 2.5 &&
        profile->filled >= 2 * profile->distinct)
        return LINK_CATEGORY;
    if (!relative && name_has(name, NAME_HINTS) && profile->words >= 1.5)
        return profile->words < 3.5 ? LINK_NAME : LINK_TEXT;
    /* A number in it makes an address: its words matter, not its first letters. */
    return profile->words >= 2.2 || profile->digits >= 0.1 ? LINK_TEXT : LINK_STRING;
}

static const char *reason_to_ignore(const LinkTable *table, size_t column, const Profile *profile,
                                    LinkKind kind, bool beginning)
{
    if (table->n_records < 2) /* nothing to compare, and nothing to learn about the columns */
        return NULL;
    if (profile->filled == 0)
        return N_("no record has a value");
    if (profile->distinct == 1)
        return N_("all values are the same");
    if (profile->filled * 50 < table->n_records && profile->filled < 1000)
        return N_("almost no record has a value");
    if (!beginning && profile->repeated == 0 && profile->filled >= 20 &&
        (kind == LINK_CODE || kind == LINK_NUMBER || kind == LINK_CATEGORY))
        return N_("no value stands in two records: a number of the record");
    return NULL;
}

/* Year, month and day in three columns side by side make one date. */
static bool is_date_of_parts(const Profile *profiles, const bool *taken, size_t column, size_t n)
{
    return column + 2 < n && !taken[column + 1] && !taken[column + 2] &&
           profiles[column].years > 0.95 && profiles[column + 1].months > 0.95 &&
           profiles[column + 1].distinct <= 12 && profiles[column + 2].days > 0.95 &&
           profiles[column + 2].distinct > 12;
}

static void pair_names(LinkConfig *config)
{
    int given = -1, surname = -1;
    for (unsigned f = 0; f < config->n_fields; f++) {
        LinkField *field = &config->fields[f];
        int *first = field->kind == LINK_GIVEN     ? &given
                     : field->kind == LINK_SURNAME ? &surname
                                                   : NULL;
        if (first == NULL)
            continue;
        if (*first >= 0)
            field->kind = LINK_STRING; /* a second given name or surname */
        else
            *first = (int)f;
    }
    if (given >= 0 && surname >= 0) {
        config->fields[given].partner = surname;
        config->fields[surname].partner = given;
    }
}

LinkConfig *link_config_decide(const LinkTable *table, const bool *skip, GError **error)
{
    return link_config_decide_by(table, skip, false, error);
}

LinkConfig *link_config_decide_by(const LinkTable *table, const bool *skip, bool beginning,
                                  GError **error)
{
    g_autoptr(LinkConfig) config = g_new0(LinkConfig, 1);
    size_t n = table->n_given;
    config->n_columns = table->n_columns;
    config->ignored = g_new0(char *, table->n_columns + 1);
    g_autofree Profile *profiles = g_new0(Profile, n + 1);
    g_autofree bool *taken = g_new0(bool, n + 1);
    for (size_t c = 0; c < n; c++) {
        if (skip != NULL && skip[c])
            taken[c] = true;
        else
            profiles[c] = profile_of(table, c);
    }
    for (size_t c = 0; c < n; c++) {
        if (taken[c]) {
            if (skip != NULL && skip[c])
                config->ignored[c] = g_strdup(N_("set apart: an id, or the truth"));
            continue;
        }
        g_autofree char *name = plain_name(table->names[c]);
        bool parts = is_date_of_parts(profiles, taken, c, n);
        const size_t place = table->place[c];
        LinkKind kind = parts ? LINK_DATE : place > 0 ? LINK_PLACE : kind_of(&profiles[c], name);
        const char *reason = reason_to_ignore(table, c, &profiles[c], kind, beginning);
        if (reason == NULL && config->n_fields == LINK_MAX_FIELDS)
            reason = N_("more columns than can be compared");
        if (reason != NULL) {
            config->ignored[c] = g_strdup(reason);
            continue;
        }
        LinkField *field = &config->fields[config->n_fields++];
        *field = (LinkField){g_strdup(table->names[c]), kind, parts ? 3 : 1,
                             {c, c + 1, c + 2},         -1,   true};
        field->term_frequency = kind != LINK_NUMBER;
        if (place > 0) {
            field->n_parts = 2;
            field->parts[0] = place;
            field->parts[1] = place + 1;
        }
        if (parts)
            taken[c + 1] = taken[c + 2] = true;
    }
    if (config->n_fields == 0) {
        g_autoptr(GString) reasons = g_string_new(NULL);
        for (size_t c = 0; c < n; c++)
            if (config->ignored[c] != NULL)
                g_string_append_printf(reasons, "%s%s: %s", reasons->len > 0 ? "; " : "",
                                       table->names[c], _(config->ignored[c]));
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, _("No column can be compared (%s)."),
                    reasons->str);
        return NULL;
    }
    pair_names(config);
    return g_steal_pointer(&config);
}
