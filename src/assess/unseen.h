/* assess/unseen.h: a case as overlapping lists: who is told of by which source, by stratum.
 *
 *   statements that name a person ─▶ persons (as linked, or as drawn) ─▶ what happened to each,
 *   when and where ─▶ strata ─▶ one table of overlaps a stratum and draw ─▶ estimate/
 *
 * A list is a source. Statements of one person that tell of one thing (same act, or days at most a
 * week apart; a death once) belong to one stratum, by the day and place that most of them give, so
 * that sources which differ by a day over New Year still overlap. A person to whom things happened
 * in two strata is in both; within a stratum each person counts once. */
#pragma once
#include "base/i18n.h"
#include "estimate/estimate.h"
#include "store/store.h"

typedef enum {
    ASSESS_BY_YEAR = 1 << 0,       /**< Gregorian */
    ASSESS_BY_SOLAR_YEAR = 1 << 1, /**< Solar Hijri */
    ASSESS_BY_PROVINCE = 1 << 2,
    ASSESS_BY_KIND = 1 << 3,
} AssessBy;

/** "year,province,kind" ("solar-year" for the Iranian one) to a set of AssessBy. False with a
 *  sentence that names them all. */
bool assess_by_parse(const char *text, guint *ret_by, GError **error);

typedef struct {
    guint by;                   /**< AssessBy; 0: the whole case is one stratum */
    const char *act_kind;       /**< only acts of this kind; NULL: all */
    const char *const *sources; /**< NULL-ended names or ids ("S3"); NULL: the largest of each
                                   stratum */
    guint most_lists;           /**< largest sources used; 5 */
    guint least_on_list;        /**< a smaller list is left out; 10 */
    guint draws;                /**< plausible linkages; 0: the linkage as it stands */
    guint64 seed;
} AssessUnseenOptions;
AssessUnseenOptions assess_unseen_options(void);

typedef struct {
    int year; /**< 0: not split by year, or unknown */
    gint64 province_id;
    const char *act_kind; /**< interned; NULL */
    char *title[2];       /**< by I18nLanguage */
    gsize n_draws;
    EstimateLists **tables; /**< n_draws; NULL when `why` says why there is none */
    GArray *sources;        /**< gint64: sources of the lists, in order */
    double persons;         /**< all of the stratum, also those that only other sources tell of; a
                               mean over draws */
    double elsewhere;       /**< of them on none of the lists: for the method they are unseen */
    char *why;              /**< sentence in the thread's language; NULL */
} AssessStratum;

typedef struct {
    GPtrArray *strata;   /**< AssessStratum, most persons first; owned */
    gsize n_draws;       /**< 1: the linkage as it stands */
    bool drawn;          /**< false: linkage uncertainty is not in */
    GPtrArray *warnings; /**< char *: sentences in the thread's language; owned */
} AssessStrata;

/** NULL with error set: DATA when no person is linked yet, USAGE for a source that is not there. */
AssessStrata *assess_strata(Store *store, const AssessUnseenOptions *options, GError **error);
void assess_strata_free(AssessStrata *strata);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AssessStrata, assess_strata_free)
