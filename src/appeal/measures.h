/* appeal/measures.h: what states were asked to do under the Responsibility to Protect, promised,
 * took or refused, each with its evidence. The catalogue (StoreMeasure) comes with `appeal load`.
 */
#pragma once
#include "base/i18n.h"
#include "store/appeal.h"
#include "store/body.h"
#include "store/submission.h"

typedef enum {
    APPEAL_NONE,
    APPEAL_ASKED,
    APPEAL_PROMISED,
    APPEAL_REFUSED,
    APPEAL_TAKEN,
    APPEAL_N_STANDS
} AppealStand;

/** "asked" …: as it is kept. Static; NULL for NONE. */
const char *appeal_stand_name(AppealStand stand);
/** In the thread's language. Static; "" for NONE. */
const char *appeal_stand_title(AppealStand stand);

/** One step of one state, as a user gives it; all borrowed. */
typedef struct {
    const char *state;   /**< English short name, as in the tables of members; or its ISO code */
    const char *measure; /**< DIP-01 */
    const char *status;  /**< asked, promised, refused, taken */
    const char *text, *text_fa;
    const char *source;   /**< where it is read: title, publisher, date */
    const char *rests_on; /**< ids of records that show it, by commas; or NULL */
    const char *letter;   /**< AP2: the letter that asked; or NULL */
    gint32 day;
} AppealStandInput;

/** Writes it down; its id. 0 with error: a state or measure that the case does not know, a status
 * that is none, no day, neither source nor record to rest on, a letter that is not there. */
gint64 appeal_stand_add(Store *store, const AppealStandInput *input, GError **error);

/** Where each state stands on each measure on a day: the last step up to it. States and measures
 * without any step are left out. */
typedef struct {
    GPtrArray *states;            /**< char *, English names, by name */
    GPtrArray *codes;             /**< char *, ISO codes or "" */
    GPtrArray *measures;          /**< StoreMeasure *, by code */
    GPtrArray *steps;             /**< StoreCommitment *, all up to the day, oldest first */
    const StoreCommitment **last; /**< states × measures; NULL: none */
} AppealMatrix;
void appeal_matrix_free(AppealMatrix *matrix);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AppealMatrix, appeal_matrix_free)
AppealMatrix *appeal_matrix_load(Store *store, gint32 day, GError **error);
/** NONE for NULL. */
AppealStand appeal_stand_of(const StoreCommitment *step);

/** The states whose last step on a measure is this, with "; " between; "" none. Transfers. */
char *appeal_matrix_states(const AppealMatrix *matrix, gint64 measure_id, AppealStand stand);

/** A state's name in the thread's language (CLDR, by its ISO code), or as it is written. Transfers.
 */
char *appeal_country_title(const char *state, const char *code);
