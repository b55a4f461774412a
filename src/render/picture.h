/* render/picture.h: everything the situation report, its tables and the alert tell, read once
 * from one consistent view of the case. No sentence is made here. */
#pragma once
#include "appeal/appeal.h"
#include "assess/assess.h"
#include "store/appeal.h"
#include "store/log.h"
#include "store/person.h"
#include "store/report.h"
#include "store/signal.h"

typedef struct {
    gint64 source_id;
    char *name;
    char best, worst; /**< Admiralty grade of the source in its reports; 0 not graded */
    gint64 reports;   /**< without withdrawn and rejected ones */
} PictureSource;

typedef struct {
    char *title, *title_fa, *label, *country; /**< settings; NULL none */
    bool synthetic;                           /**< the case has a label */
    gint64 now;                               /**< seconds */
    gint32 today;
    gint64 n_reports, n_statements, n_persons, n_acts, n_originals, n_waiting;
    gint32 first_day, last_day; /**< of dated statements; both 0 when there are none */
    StoreTally *tally;          /**< statements by day, kind, place, source; each act once */
    GArray *sources;            /**< PictureSource, most reports first */
    AssessOverview *overview;
    GPtrArray *ratings;   /**< StoreRating of the newest assessment; may be empty */
    GPtrArray *alarms;    /**< StoreAlarm, newest first; all */
    GPtrArray *figures;   /**< StoreFigure */
    GPtrArray *crises;    /**< StoreCrisis, by first day */
    GPtrArray *estimates; /**< StoreEstimate: the newest of each title and method */
    GPtrArray *clock;     /**< AppealClockRow; empty before a letter was sent */
    GPtrArray *originals; /**< StoreOriginal */
    GHashTable *places;   /**< id (gint64 *) to StorePlace */
    bool has_head;
    StoreLogHead head;
} Picture;

/** NULL with error set. Transfers. The thread's language decides the clock's sentences. */
Picture *picture_load(Store *store, GError **error);
void picture_free(Picture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Picture, picture_free)

/** The case's title in the thread's language; never NULL. Borrowed. */
const char *picture_title(const Picture *picture);
/** The words of the setting "label" in the thread's language; NULL stays NULL. Static, or the label
 *  itself. */
const char *picture_label_words(const char *label);
/** What must stand on every page, in the thread's language; NULL none. Static or borrowed. */
const char *picture_label(const Picture *picture);
/** Borrowed; NULL for 0 and unknown ids. */
const StorePlace *picture_place(const Picture *picture, gint64 id);
/** Name in the thread's language. Borrowed; NULL for none. */
const char *picture_place_name(const Picture *picture, gint64 id);
/** ISO 3166-2 code of the province a place lies in; NULL none. Borrowed. */
const char *picture_province(const Picture *picture, gint64 id);
const StoreCrisis *picture_crisis(const Picture *picture, gint64 id);
/** A figure that was read at its source. */
bool picture_confirmed(const char *verified);
/** A reporter's name in the thread's language, where we know it; else as it is. */
const char *picture_reporter(const char *name);
