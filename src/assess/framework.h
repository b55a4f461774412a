/* assess/framework.h: the UN Framework of Analysis for Atrocity Crimes as data.
 *
 * A/70/741–S/2016/71 (2014): 14 risk factors, 8 common to all atrocity crimes and 6 of one
 * crime, each with indicators. The words in data/r2p/framework.csv are our own short ones, in
 * both languages; each row says where it was read and whether it was checked. Read once,
 * kept for the life of the process; safe from any thread. */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include <glib.h>
#include <stdbool.h>

enum { ASSESS_N_FACTORS = 14 };

typedef struct {
    const char *id; /**< "7.3" */
    guint factor;   /**< 0 … 13: place of its factor */
    const char *title_en, *title_fa;
    const char *source;
    const char *verified; /**< "yes", "memory", … */
    bool confirmed;       /**< verified against a copy; else show it as unconfirmed */
} AssessIndicator;

typedef struct {
    const char *code; /**< "RF7" */
    const char *title_en, *title_fa;
    const char *crime; /**< common, genocide, crimes_against_humanity, war_crimes */
    gsize n_indicators;
    const AssessIndicator *indicators; /**< in the framework's order */
} AssessFactor;

typedef struct {
    gsize n_indicators; /**< of all factors together */
    AssessFactor factors[ASSESS_N_FACTORS];
} AssessFramework;

/** The framework. NULL with error set when the data file is broken. Static. */
const AssessFramework *assess_framework(GError **error);

/** "RF7" → 6; -1 when it is no factor. */
int assess_factor_number(const char *code);
/** Title of "RF7" in a language; the code itself when it is none of the 14. Static. */
const char *assess_factor_title(const char *code, I18nLanguage language);
/** Indicator "7.3", or NULL. Static. */
const AssessIndicator *assess_indicator_find(const char *id);
const char *assess_indicator_title(const AssessIndicator *indicator, I18nLanguage language);
/** "common to all atrocity crimes", "genocide" … in a language. Static. */
const char *assess_crime_title(const char *crime, I18nLanguage language);
/** "not rated", "not present", "some signs", "present", "strong" for -1 … 3. Static. */
const char *assess_level_title(gint32 level, I18nLanguage language);
/** "rising", "steady", "falling", or "" for NULL. Static. */
const char *assess_trend_title(const char *trend, I18nLanguage language);
