/* intake/import.h: files become reports.
 *
 * Order of things, for each file: seal the original, log it, only then read it
 * back from its seal; a parser thread makes batches of reports, the caller's
 * thread writes each batch with its position in one transaction. So a kill at
 * any moment loses nothing acknowledged, and the next run of the same file goes
 * on from the last position. Nothing stops an import but the disk: a record that
 * cannot be read goes to the quarantine with its reason. */
#pragma once
#include "base/error.h"
#include "intake/fields.h"
#include "intake/language.h"
#include "store/intake.h"
#include "store/report.h"
#include <glib.h>
#include <stdbool.h>

typedef enum {
    INTAKE_FORMAT_AUTO,
    /* records, read as a stream */
    INTAKE_FORMAT_CSV,
    INTAKE_FORMAT_JSONL,
    INTAKE_FORMAT_TEXT,  /**< plain text or forwarded messages; a line of --- parts them */
    INTAKE_FORMAT_UWAZI, /**< CSV of a Uwazi collection */
    INTAKE_FORMAT_ACLED, /**< CSV of ACLED events */
    INTAKE_FORMAT_UCDP,  /**< CSV of UCDP GED events */
    INTAKE_FORMAT_FTM,   /**< FollowTheMoney entities, JSON Lines */
    /* parts, by a reader of intake/parts.h */
    INTAKE_FORMAT_TELEGRAM,
    INTAKE_FORMAT_WHATSAPP,
    INTAKE_FORMAT_MAIL,
    INTAKE_FORMAT_FEED,
    INTAKE_FORMAT_HTML,
    INTAKE_FORMAT_PDF,
    INTAKE_FORMAT_IMAGE,
    INTAKE_FORMAT_ARCHIVE,
    INTAKE_FORMAT_SHEET,
    INTAKE_FORMAT_WARC,
    INTAKE_N_FORMATS,
} IntakeFormat;

typedef struct {
    IntakeFormat format;
    const char *source;           /**< name where a record brings none; NULL: the file's name */
    char reliability;             /**< 'A'–'F' where a record brings none; 0 none */
    int credibility;              /**< 1–6 where a record brings none; 0 none */
    const char *language;         /**< where it cannot be seen; NULL */
    const char *within;           /**< source of the file it came in, for records of files that
                                       have none of their own; NULL */
    gint64 when;                  /**< seconds: when it was sent, where a record does not say; 0 */
    const IntakeMapping *mapping; /**< NULL without */
    const char *mapping_text;     /**< the mapping file's text; part of "the same import"; NULL */
    bool synthetic;               /**< all records are invented */
} IntakeOptions;

/** What was read in free texts. */
typedef struct {
    guint64 texts;      /**< texts in which acts were looked for */
    guint64 summonses;  /**< somebody is called to appear */
    guint64 suspicious; /**< dressed as a court's notice, with a strange link, money, an app */
    guint64 silent;     /**< no act was recognised; kept as reports all the same */
    guint64 languages[INTAKE_MAX_LANGUAGES]; /**< texts in each, by intake_language_code */
    guint64 language_unknown;
} IntakeReadings;

typedef struct {
    guint64 files, known_files; /**< known: imported before, whole; nothing was added */
    guint64 records, added, duplicates, quarantined;
    guint64 unresolved_places; /**< reports whose place is in no gazetteer; kept as written */
    guint64 resumed_at;        /**< records that an earlier, broken run had done */
    guint64 inside;            /**< files found inside files: attachments, files of archives */
    GHashTable *left_out;      /**< words → count (GSIZE_TO_POINTER): what was no report and no
                                    loss, as a chat's service lines; owned; NULL none */
    IntakeReadings readings;
    GHashTable *unknown_columns; /**< name → itself; owned; NULL none */
    GPtrArray *failed;           /**< sentences: files of a folder that could not be read as a
                                      whole; owned; NULL none */
} IntakeSummary;

void intake_summary_clear(IntakeSummary *summary);

/** Imports a file, a folder (all files below it, in order of name; hidden ones, links and
 *  cases are left out) or "-" (standard input). Adds to *summary. False with error set when
 *  it could not go on (disk, interrupt); what was acknowledged stays. */
bool intake_import(Store *store, const char *path, const IntakeOptions *options,
                   IntakeSummary *summary, GError **error);

/** Bytes as they came (a message pasted into a form). `name` is what the original is called. */
bool intake_import_bytes(Store *store, const void *bytes, gsize length, const char *name,
                         const IntakeOptions *options, IntakeSummary *summary, GError **error);

/** Likewise an original that was sealed before; `name` is what sentences call it, and what its
 * source is called where nothing else is. */
bool intake_import_sealed(Store *store, gint64 original_id, const char *name,
                          const IntakeOptions *options, IntakeSummary *summary, GError **error);

/** Likewise what came from elsewhere: `origin` says from where (an address). */
bool intake_import_fetched(Store *store, const void *bytes, gsize length, const char *name,
                           const char *media_type, const char *origin, const IntakeOptions *options,
                           IntakeSummary *summary, GError **error);

/** Tries a quarantined record again, with `mended` text (NULL: as it is, or as mended before).
 *  True with *ret_report 0 when it is still not readable: the new reason is in its row. */
bool intake_replay(Store *store, gint64 quarantine_id, const char *mended, gint64 *ret_report,
                   GError **error);
