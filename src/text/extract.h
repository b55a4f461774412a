/* text/extract.h: what a letter or report says: who asks whom for what, which counts, where, which
 * acts.
 *
 * Words and rules, no model: a finding is a byte span of the text with what was
 * read there and a confidence. Acts are neutral statements ("arrest", reported),
 * not judgements. Places resolve against a gazetteer the caller passes in; a
 * name that fits two provinces is kept unresolved, never guessed, unless what stands
 * beside it decides.
 * Pure; safe from any thread; at least 20 MB/s. */
#pragma once
#include "text/dates.h"
#include <glib.h>
#include <stdbool.h>

/* ---- places ---- */

typedef enum { TEXT_PLACE_PROVINCE, TEXT_PLACE_COUNTY, TEXT_PLACE_CITY } TextPlaceKind;

/** One row of the gazetteer. Borrowed strings. */
typedef struct {
    TextPlaceKind kind;
    const char *iso;     /**< ISO 3166-2 of the province of today, "IR-23" */
    const char *name_fa; /**< may be "" */
    const char *name_en; /**< may be "" */
    gint64 population;   /**< 0 unknown; says which row is told first, never which is meant */
} TextPlaceRow;

typedef struct TextGazetteer TextGazetteer;
/** Builds an index; copies what it needs. Historic and foreign spellings of provinces (باختران,
 *  Bakhtaran, undivided Khorasan, Azarbaijan, Persian "-e Sharqi" …) are built in. NULL with error
 *  (MEMORY). Transfers. Any thread may read it. */
TextGazetteer *text_gazetteer_new(const TextPlaceRow *rows, gsize n, GError **error);
void text_gazetteer_free(TextGazetteer *gazetteer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextGazetteer, text_gazetteer_free)

typedef struct {
    TextPlaceKind kind;
    char iso[8];          /**< province of the day asked for; "" when more than one fits */
    char iso_today[8];    /**< province of today; "" likewise */
    char candidates[192]; /**< ISO codes of all provinces with such a place, separated by ' ' */
    const char *name_fa, *name_en; /**< of the gazetteer; borrowed from it */
    float confidence;
} TextPlaceMatch;

/** Resolves one place name as it was on a day (days since 1970-01-01; G_MAXINT32: today): Alborz
 *  and its cities are Tehran's before 2010-06-23, Khorasan is one before 2004-09-29. A name that
 *  several provinces know stays open («گلستان», "Alborz") with its candidates, unless a word says
 *  its kind («استان گلستان», "Alborz Province") or one row alone is spelt so ("Shiraz" is the
 * city's name in the list, "Shīrāz" could be two). False when no place has that name. */
bool text_gazetteer_resolve(const TextGazetteer *gazetteer, const char *name, gssize length,
                            gint32 day, TextPlaceMatch *ret_match);
/** Likewise, knowing more: `kind` is a TextPlaceKind the name has (-1 unknown; a word in the name
 *  comes first), `near` ISO codes of provinces named beside it, separated by ' ' (NULL none). */
bool text_gazetteer_resolve_near(const TextGazetteer *gazetteer, const char *name, gssize length,
                                 int kind, const char *near, gint32 day, TextPlaceMatch *ret_match);

/* ---- findings ---- */

typedef enum {
    TEXT_FINDING_LETTER_DATE,  /**< value: EDTF */
    TEXT_FINDING_ADDRESSEE,    /**< value: name; detail: office */
    TEXT_FINDING_ASK,          /**< value: the ask's text */
    TEXT_FINDING_CLAIM,        /**< a count: number_min, number_max; value: what is counted; edtf */
    TEXT_FINDING_ORGANISATION, /**< value: a signing organisation */
    TEXT_FINDING_PLACE,        /**< value: ISO 3166-2; detail: name; kind in place */
    TEXT_FINDING_ACT,  /**< value: act's code; detail: the word; edtf, place, count if near */
    TEXT_FINDING_DATE, /**< value: EDTF */
    TEXT_N_FINDINGS,
} TextFindingKind;

/** "letter_date", "addressee" … Static. */
const char *text_finding_kind_name(TextFindingKind kind);

typedef struct {
    TextFindingKind kind;
    gsize start, end;                 /**< bytes of the text */
    char *value, *detail;             /**< never NULL */
    char edtf[TEXT_DATE_EDTF_MAX];    /**< of a claim or act: Gregorian, "" unknown */
    char written[TEXT_DATE_EDTF_MAX]; /**< the same in the calendar as written: "1367-22" */
    Calendar calendar;                /**< of `written` */
    gint64 number_min, number_max;    /**< -1 unknown; "thousands" is 1000 to -1 */
    bool approximate;                 /**< "nearly", "about", "thousands of" */
    bool part;    /**< of a claim: of a count named before ("including 41 children") */
    bool negated; /**< "was not arrested", "were freed" is an act of its own */
    char iso[8];  /**< of an act: province, "" unknown */
    TextPlaceKind place;
    float confidence;
} TextFinding;

typedef struct {
    TextFinding *findings; /**< in order of start */
    gsize n;
} TextFindings;

typedef struct {
    TextDateOptions dates;
    const TextGazetteer *gazetteer; /**< NULL: no places */
} TextExtractOptions;

/** Reads a letter or a report. False with error (MEMORY, LIMIT). */
bool text_extract(const char *text, gsize length, const TextExtractOptions *options,
                  TextFindings *ret_findings, GError **error);
void text_findings_clear(TextFindings *findings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TextFindings, text_findings_clear)

/** Act codes in use ("arrest", "summons", "sentence", "execution", "death_in_custody" …) in a fixed
 *  order; NULL at the end. Static. */
const char *const *text_act_codes(void);
