/* intake/generate.h: invented reports about invented persons, from several sources.
 *
 * For demonstrations, tests and benchmarks: five sources of different kind, each of which knows a
 * part of the persons and writes them in its own way, so that linking, counting, detecting and
 * estimating have a known truth. No person, crisis or source in it is real: names are drawn part
 * by part from data/persian/names_synthetic.csv, telephone numbers cannot be dialled, every
 * record says that it is synthetic and carries the number of its person (`truth_id`).
 *
 * Pure: seed and options in, text out through a sink, in order, on any number of threads the same
 * bytes (whole numbers only: the same on every machine). Memory: some MB, plus 4 bytes a person.
 * Cost: about 2 µs a report on one core. */
#pragma once
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

/** The texts that come out. */
typedef enum {
    GENERATE_LIST_A,   /**< CSV in Persian, Persian headings: a Persian organisation's list */
    GENERATE_LIST_B,   /**< CSV in Persian: another's, sloppier; a late batch after the third crisis
                        */
    GENERATE_LIST_C,   /**< CSV in English: an organisation abroad */
    GENERATE_MEDIA,    /**< JSON Lines: a media feed in both languages; reprints from list A */
    GENERATE_MESSAGES, /**< plain text: forwarded messages, parted by lines of dashes */
    GENERATE_TRUTH,    /**< CSV: persons, counts by month and kind, crises, sources */
    GENERATE_N_TEXTS,
    GENERATE_SINGLE = GENERATE_N_TEXTS, /**< one CSV of records for `zenhar link` */
} GenerateText;

/** Number of sources: texts below GENERATE_TRUTH. */
enum { GENERATE_N_SOURCES = GENERATE_TRUTH, GENERATE_N_CRISES = 5 };

typedef struct {
    guint64 n_reports; /**< records in all sources together, broken ones included; 1 or more */
    guint64 seed;
    bool single;                /**< GENERATE_SINGLE alone, and GENERATE_TRUTH */
    gint32 first_day, last_day; /**< of the events (days since 1970-01-01); both 0:
                                     2019-01-01 to 2026-03-31 */
    guint threads;              /**< 0: the default */
} GenerateOptions;

/** Hears of the texts piece by piece; pieces of one text come in order. false with error set stops.
 *  From the thread that called. */
typedef bool (*GenerateSink)(void *context, GenerateText text, const char *bytes, gsize length,
                             GError **error);

/** What was made. */
typedef struct {
    guint64 reports[GENERATE_N_SOURCES]; /**< records by source; their sum is n_reports */
    guint64 broken;                      /**< of them, cannot be read, on purpose */
    guint64 repeated;                    /**< of them, byte for byte the record before */
    guint64 persons;                     /**< all invented persons, reported or not */
    guint64 reported;                    /**< of them, in at least one readable record */
    guint64 acts;                        /**< all that was done to them */
} GenerateSummary;

/** Makes the texts. False with error set (USAGE: options that cannot be; or the sink's). */
bool generate_reports(const GenerateOptions *options, GenerateSink sink, void *context,
                      GenerateSummary *ret_summary, GError **error);

/** The file that a text belongs into: "reports/a-list-synthetic.csv", "truth.csv" … Static. */
const char *generate_file_name(GenerateText text);
