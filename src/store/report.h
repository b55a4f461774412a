/* store/report.h: sources, originals, reports and statements: what came in.
 *
 * A source tells; an original is the sealed file it came in; a report is one record of it as
 * received; a statement is who did what to whom, when, where, according to that report.
 * Names after HURIDOCS Events Standard Formats (event, act, victim, perpetrator, source);
 * grades are the Admiralty scale (reliability A–F, credibility 1–6). */
#pragma once
#include "store/entity.h"
#include "store/seals.h"

typedef struct {
    gint64 id;
    char *name;
    char *kind;       /**< organisation, person, media, official, court, network, other */
    char reliability; /**< 'A'–'F'; 0 not graded */
    char *language;   /**< ISO 639-1 */
    char *url;
    char *note;
    bool synthetic;     /**< made by the generator */
    gint64 created;     /**< seconds; set by add when 0, as all `created` */
    gint32 credibility; /**< 1–6, for what it tells when nothing else is said; 0 none */
} StoreSource;
STORE_ENTITY(StoreSource, store_source)
/** NULL with NOT_FOUND. */
StoreSource *store_source_find(Store *store, const char *name, GError **error);

/** Rows are written by evidence_original_add only. */
typedef struct {
    gint64 id;
    guint8 sha256[32]; /**< of the bytes as they came */
    gint64 bytes;
    char *name; /**< of the file, as it was given */
    char *media_type;
    char *origin; /**< how it came: a path, an address, "standard input" */
    gint64 created;
} StoreOriginal;
STORE_ENTITY(StoreOriginal, store_original)
StoreOriginal *store_original_find(Store *store, const guint8 sha256[32], GError **error);

typedef enum {
    STORE_REPORT_NEW = 0,
    STORE_REPORT_REVIEWED = 1,
    STORE_REPORT_REJECTED = 2, /**< not a report of this case; kept, not counted */
} StoreReportStatus;

typedef struct {
    gint64 id;
    gint64 source_id;
    gint64 original_id;
    gint64 original_offset; /**< bytes: where this record begins in the original */
    gint64 original_length; /**< bytes */
    gint64 received;        /**< seconds: when the source told, or when it came in */
    char *event_date;       /**< EDTF, Gregorian */
    gint32 first_day;       /**< days since 1970-01-01 the date can mean; G_MININT32: open */
    gint32 last_day;        /**< G_MAXINT32: open */
    gint64 place_id;
    char *place_text; /**< as written */
    char *title;
    char *text;         /**< as received, UTF-8 */
    char *language;     /**< ISO 639-1 */
    char *kind;         /**< summons, arrest, …, as the report as a whole was filed */
    char reliability;   /**< 'A'–'F' of the source for this report; 0 not graded */
    gint32 credibility; /**< 1–6; 0 not graded */
    gint32 status;      /**< StoreReportStatus */
    bool synthetic;
    bool withdrawn;         /**< by its source; kept, not counted */
    char *external_id;      /**< the source's own id */
    char *extra;            /**< JSON object of columns with no place of their own; NULL none */
    gint64 import_id;       /**< the run that brought it */
    guint8 content_key[16]; /**< hash of what makes it the same report; all zero: none */
} StoreReport;
STORE_ENTITY(StoreReport, store_report)
STORE_ENTITY_BY(StoreReport, store_report, source)
STORE_ENTITY_BY(StoreReport, store_report, original)
STORE_ENTITY_BY(StoreReport, store_report, import)

/** Whether it changes figures: not withdrawn, not rejected, not graded E5 (an unreliable source,
 *  improbable word). What is not counted is kept all the same. */
bool store_report_counted(const StoreReport *report);

/** The report with that content key; 0 none, -1 with error set. */
gint64 store_report_find(Store *store, const guint8 content_key[16], GError **error);

/** Which reports; zeros and NULLs do not filter. */
typedef struct {
    StorePage page;
    gint64 source_id, place_id, import_id;
    const char *kind;
    gint32 from_day, to_day; /**< both 0: any; else reports whose span begins in [from, to] */
    int status;              /**< -1: any (zero is NEW: set it) */
    bool by_day;             /**< order by first_day then id, else by id; page.after_day with it */
    gint32 after_day;    /**< first_day of the last record of the page before; with page.after */
    bool with_withdrawn; /**< else withdrawn and rejected reports are left out */
} StoreReportQuery;
GPtrArray *store_report_select(Store *store, const StoreReportQuery *query, GError **error);
StoreCursor *store_report_select_cursor(Store *store, const StoreReportQuery *query,
                                        GError **error);
gint64 store_report_select_count(Store *store, const StoreReportQuery *query, GError **error);

typedef struct {
    gint64 id;
    gint64 report_id;
    gint64 act_id;       /**< the act it speaks of, once linked; 0 */
    char *act_kind;      /**< arrest, summons, sentence, execution, death_in_custody,
                              enforced_disappearance, injury, torture, killing, … */
    gint64 victim_id;    /**< person, once linked; 0 */
    char *victim_name;   /**< SEALED; as written */
    char *victim_father; /**< SEALED; father's name, as identity papers have it */
    char *victim_birth;  /**< EDTF */
    char *victim_gender; /**< female, male, other; NULL unknown */
    gint32 victim_age;   /**< years at the event; -1 unknown (new gives -1) */
    char *victim_group;  /**< community, profession or party, as reported */
    char *perpetrator;   /**< office or force, as reported */
    char *event_date;    /**< EDTF, Gregorian */
    gint32 first_day, last_day;
    gint64 place_id;
    char *place_text;
    gint32 count_min, count_max; /**< victims; new gives 1, 1 */
    char *according_to;          /**< whom the report cites */
    char *charge;                /**< accusation, as reported */
    char *case_number;           /**< SEALED; of a court or a file */
    char *outcome;               /**< sentence, release, … as reported */
    gint64 text_offset;          /**< bytes into the report's text where it was read; -1 none */
    gint64 text_length;
    double confidence;        /**< 0–1: how sure the extraction is; NaN: given by a person */
    char *method;             /**< what made it: "csv", "text", "form" */
    char *victim_national_id; /**< SEALED; ASCII digits */
    char *victim_contact;     /**< SEALED; phone or mail, of the person or of who tells of it */
} StoreStatement;
STORE_ENTITY(StoreStatement, store_statement)
STORE_ENTITY_BY(StoreStatement, store_statement, report)
STORE_ENTITY_BY(StoreStatement, store_statement, act)
STORE_ENTITY_BY(StoreStatement, store_statement, victim)

/** Sets only the links of a statement (victim_id, act_id), with less work than an update. */
bool store_statement_set_links(Store *store, gint64 id, gint64 victim_id, gint64 act_id,
                               GError **error);

/** Statements counted by day, kind and place, for series: one row for each combination.
 *  Left out: statements of reports that are not counted (store_report_counted), those without a
 * known first day, and, when `single_day` is set, those whose date spans more than one day. */
typedef struct {
    gint32 day;          /**< first day of the event */
    gint32 received_day; /**< UTC day on which the report came */
    gint64 place_id;
    gint64 source_id;
    const char *act_kind; /**< borrowed from the tally */
    gint64 statements;
    gint64 count_min, count_max; /**< sums */
} StoreTallyRow;
typedef struct {
    gsize n_rows;
    StoreTallyRow *rows; /**< in order of day, received_day, place, source, kind */
    GStringChunk *strings;
} StoreTally;
typedef struct {
    const char *act_kind;    /**< NULL: all */
    gint64 place_id;         /**< 0: all; that place alone (parents: caller) */
    gint32 from_day, to_day; /**< both 0: all */
    int synthetic;           /**< -1 any, 0 only real, 1 only synthetic */
    bool single_day;
    bool
        unlinked_only; /**< each act once: linked statements count as their act (first statement) */
} StoreTallyQuery;
StoreTally *store_statement_tally(Store *store, const StoreTallyQuery *query, GError **error);
void store_tally_free(StoreTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreTally, store_tally_free)

/* ---- in bulk ---- */

typedef struct {
    StoreReport report; /**< id 0; set by the call; 0 again when it was there already */
    gsize n_statements;
    StoreStatement *statements; /**< report_id and id are set by the call */
    const char *search_text;    /**< folded text for the full-text index; NULL: not indexed */
    const guint8 *seals;        /**< made ahead by store_report_item_seal; NULL: the call seals */
    bool duplicate;             /**< out: a report of that content key is in the case */
    gint64 duplicate_of;        /**< out: its id */
} StoreReportItem;

/** Seals the statements' sealed fields ahead of their writing, on any thread: a tenth of the work
 *  of store_report_add_batch. Writes into `room`, which must live as long as the item and go with
 *  it as `seals`; the sealed fields may not change afterwards. With sealer and room NULL it only
 * counts. Gives the bytes that it takes. */
gsize store_report_item_seal(StoreSealer *sealer, const StoreReportItem *item, guint8 *room);

/** Adds many reports with their statements, index rows and log entries in one transaction
 *  (a savepoint inside one). Items whose content key is already there are marked and skipped.
 *  All or nothing on error; `*ret_bad` (may be NULL) is then the item at fault. Borrows all.
 *  A few thousand items a call are best; about 20 µs a report. */
bool store_report_add_batch(Store *store, StoreReportItem *items, gsize n_items, gsize *ret_added,
                            gsize *ret_bad, GError **error);
