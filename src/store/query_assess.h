/* store/query_assess.h: what the assessment asks of statements. */
#pragma once
#include "store/report.h"

typedef struct {
    gint64 statement_id;
    gint64 report_id;
    gint64 source_id;
    gint32 day; /**< first day of the event */
    gint32 count_min;
} StoreBehind;

/** A statement that counts: of a report neither withdrawn nor rejected, on a single day, the first
 *  of its act. What is counted is said with how it came, so that a surge can be told from
 *  bookkeeping. */
typedef struct {
    gint64 statement_id, report_id, source_id, import_id, place_id, victim_id;
    gint32 day;
    gint32 received_day; /**< when the source told, or when it came in */
    gint32 entered_day;  /**< when it came in: the day of its import; else received_day */
    gint32 count_min;
    bool named; /**< has a victim's name */
    const char *act_kind;
} StoreCounted;
typedef struct {
    gsize n;
    StoreCounted *rows; /**< in order of day and statement */
    GStringChunk *strings;
} StoreCountedList;
/** All of them. Transfers. About 1 µs a statement. */
StoreCountedList *store_statement_counted(Store *store, GError **error);
void store_counted_free(StoreCountedList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreCountedList, store_counted_free)

/** Title and text of a report, a space between; "" when it has neither. Transfers. */
char *store_report_words(Store *store, gint64 report_id, GError **error);

/** Statements of an act that are not the one that counts: told again. GArray of gint64 ids for
 *  those whose act is that of `statement_id`. Transfers. */
GArray *store_statement_again(Store *store, gint64 statement_id, GError **error);

/** The statements that store_statement_tally counts for one kind and days from … to (single days,
 *  each act once), in order of id; places: ids that count, NULL all. single_day false: spans
 *  too, and each statement of a linked act. GArray of StoreBehind, transfers. */
GArray *store_statement_behind(Store *store, const char *act_kind, const GArray *places,
                               gint32 from_day, gint32 to_day, bool single_day, GError **error);

/** Grave acts (killing, torture, injury, death in custody, enforced disappearance, execution) on
 * single days from … to whose victim is told to be female or under 18, each act once; in order of
 * id. GArray of StoreBehind, transfers. */
GArray *store_statement_women_children(Store *store, gint32 from_day, gint32 to_day,
                                       GError **error);

/** The originals in which the reports came whose statements are of that kind (NULL: any) and that
 *  were neither withdrawn nor rejected; in order of id, at most n. GArray of gint64, transfers. */
GArray *store_statement_originals(Store *store, const char *act_kind, guint n, GError **error);

typedef struct {
    gint64 person_id;
    gint64 source_id;
} StorePersonSource;
/** Which source told of which person, once each, in order of person and source; statements of
 *  withdrawn or rejected reports left out. GArray of StorePersonSource, transfers. */
GArray *store_person_sources(Store *store, GError **error);

/** One statement that names a person, with what its act says of it where it was linked to one. */
typedef struct {
    gint64 statement_id, person_id, act_id, source_id;
    const char *act_kind;       /**< interned; NULL unknown */
    gint32 first_day, last_day; /**< of the act; open: G_MININT32, G_MAXINT32 */
    gint64 place_id;            /**< of the act; 0 unknown */
} StoreNamed;
/** Every statement linked to a person, of reports with a source that are neither withdrawn nor
 *  rejected, in order of id. GArray of StoreNamed, transfers. */
GArray *store_statement_named(Store *store, GError **error);
