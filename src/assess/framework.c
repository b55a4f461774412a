#include "assess/framework.h"

#include "base/data.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
    AssessFramework framework;
    CsvTable *table; /* owns the words */
    AssessIndicator *indicators;
    GError *error;
} Loaded;

enum { FACTOR, FACTOR_EN, FACTOR_FA, CRIME, INDICATOR, EN, FA, SOURCE, VERIFIED, N_COLUMNS };
static const char *const COLUMNS[N_COLUMNS] = {
    "factor",       "factor_en",    "factor_fa", "crime",    "indicator",
    "indicator_en", "indicator_fa", "source",    "verified",
};

int assess_factor_number(const char *code)
{
    if (code == NULL || code[0] != 'R' || code[1] != 'F' || !g_ascii_isdigit(code[2]))
        return -1;
    char *end;
    long n = strtol(code + 2, &end, 10);
    return *end == '\0' && n >= 1 && n <= ASSESS_N_FACTORS ? (int)n - 1 : -1;
}

static bool bad_row(Loaded *loaded, gsize row, const char *what)
{
    g_set_error(&loaded->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("r2p/framework.csv, line %" G_GUINT64_FORMAT ": %s."), loaded->table->lines[row],
                what);
    return false;
}

/* Rows stand in the framework's order, so that each factor's indicators lie side by side. */
static bool fill(Loaded *loaded)
{
    gssize at[N_COLUMNS];
    for (int c = 0; c < N_COLUMNS; c++) {
        at[c] = csv_table_column(loaded->table, COLUMNS[c]);
        if (at[c] < 0)
            return bad_row(loaded, 0, COLUMNS[c]);
    }
    AssessFramework *framework = &loaded->framework;
    int factor = -1;
    for (gsize row = 0; row < loaded->table->n_rows; row++) {
        const char *cells[N_COLUMNS];
        for (int c = 0; c < N_COLUMNS; c++)
            cells[c] = csv_table_cell(loaded->table, row, at[c]);
        int number = assess_factor_number(cells[FACTOR]);
        if (number != factor && number != factor + 1)
            return bad_row(loaded, row, _("the factors are not in order"));
        AssessFactor *own = &framework->factors[number];
        AssessIndicator *indicator = &loaded->indicators[row];
        if (number != factor)
            *own = (AssessFactor){.code = cells[FACTOR],
                                  .title_en = cells[FACTOR_EN],
                                  .title_fa = cells[FACTOR_FA],
                                  .crime = cells[CRIME],
                                  .indicators = indicator};
        factor = number;
        own->n_indicators++;
        *indicator = (AssessIndicator){.id = cells[INDICATOR],
                                       .factor = (guint)number,
                                       .title_en = cells[EN],
                                       .title_fa = cells[FA],
                                       .source = cells[SOURCE],
                                       .verified = cells[VERIFIED],
                                       .confirmed = strcmp(cells[VERIFIED], "yes") == 0};
    }
    framework->n_indicators = loaded->table->n_rows;
    return factor == ASSESS_N_FACTORS - 1 ||
           bad_row(loaded, loaded->table->n_rows - 1, _("a factor is missing"));
}

static gpointer load(gpointer unused)
{
    (void)unused;
    Loaded *loaded = g_new0(Loaded, 1);
    loaded->table = data_load_table("r2p/framework.csv", &loaded->error);
    if (loaded->table != NULL && loaded->table->n_rows > 0) {
        loaded->indicators = g_new0(AssessIndicator, loaded->table->n_rows);
        fill(loaded);
    } else if (loaded->error == NULL) {
        g_set_error(&loaded->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("r2p/framework.csv is empty."));
    }
    return loaded;
}

const AssessFramework *assess_framework(GError **error)
{
    static GOnce once = G_ONCE_INIT;
    const Loaded *loaded = g_once(&once, load, NULL);
    if (loaded->error != NULL) {
        if (error != NULL)
            *error = g_error_copy(loaded->error);
        return NULL;
    }
    return &loaded->framework;
}

const char *assess_factor_title(const char *code, I18nLanguage language)
{
    int number = assess_factor_number(code);
    const AssessFramework *framework = assess_framework(NULL);
    if (number < 0 || framework == NULL)
        return code != NULL ? code : "";
    const AssessFactor *factor = &framework->factors[number];
    return language == I18N_PERSIAN ? factor->title_fa : factor->title_en;
}

const AssessIndicator *assess_indicator_find(const char *id)
{
    const AssessFramework *framework = assess_framework(NULL);
    if (framework == NULL || id == NULL)
        return NULL;
    for (gsize f = 0; f < ASSESS_N_FACTORS; f++)
        for (gsize i = 0; i < framework->factors[f].n_indicators; i++)
            if (strcmp(framework->factors[f].indicators[i].id, id) == 0)
                return &framework->factors[f].indicators[i];
    return NULL;
}

const char *assess_indicator_title(const AssessIndicator *indicator, I18nLanguage language)
{
    return language == I18N_PERSIAN ? indicator->title_fa : indicator->title_en;
}

const char *assess_crime_title(const char *crime, I18nLanguage language)
{
    static const char *const CRIMES[][2] = {
        {"common", N_("all atrocity crimes")},
        {"genocide", N_("genocide")},
        {"crimes_against_humanity", N_("crimes against humanity")},
        {"war_crimes", N_("war crimes")},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CRIMES); i++)
        if (g_strcmp0(CRIMES[i][0], crime) == 0)
            return i18n_get_in(language, CRIMES[i][1]);
    return crime != NULL ? crime : "";
}

const char *assess_level_title(gint32 level, I18nLanguage language)
{
    static const char *const LEVELS[] = {N_("not rated"), N_("not present"), N_("some signs"),
                                         N_("present"), N_("strong")};
    return i18n_get_in(language, LEVELS[CLAMP(level, -1, 3) + 1]);
}

const char *assess_trend_title(const char *trend, I18nLanguage language)
{
    static const char *const TRENDS[][2] = {
        {"rising", N_("rising")}, {"steady", N_("steady")}, {"falling", N_("falling")}};
    for (gsize i = 0; i < G_N_ELEMENTS(TRENDS); i++)
        if (g_strcmp0(TRENDS[i][0], trend) == 0)
            return i18n_get_in(language, TRENDS[i][1]);
    return "";
}
