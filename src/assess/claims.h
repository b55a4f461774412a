/* assess/claims.h: what statements about one person or act say of a field, and whether it can all
 * be so. Who says what stays as it was said; nothing is decided here. */
#pragma once
#include "store/report.h"

typedef enum {
    ASSESS_CLAIMS_ONE,        /**< all say the same */
    ASSESS_CLAIMS_FIT,        /**< a day and its month, a town and its province: all can be so */
    ASSESS_CLAIMS_WORDS,      /**< in different words; whether they mean the same, a person reads */
    ASSESS_CLAIMS_CONTRADICT, /**< no one answer fits all */
} AssessAgreement;

typedef enum {
    ASSESS_CLAIM_DATE,  /**< EDTF; spans that meet can both be so */
    ASSESS_CLAIM_PLACE, /**< one that lies in the other can be so */
    ASSESS_CLAIM_COUNT, /**< spans of numbers */
    ASSESS_CLAIM_WORD,  /**< one of a list */
    ASSESS_CLAIM_TEXT,  /**< free */
} AssessClaimKind;

/** One answer. */
typedef struct {
    char *value;        /**< EDTF, word or text as first written; NULL for counts */
    gint64 place_id;    /**< 0: none, or not a place */
    gint32 low, high;   /**< days, or victims */
    GArray *statements; /**< gint64: who give it, in order */
} AssessClaim;

typedef struct {
    const char *field; /**< of StoreStatement: "event_date" */
    const char *title; /**< in the catalogue */
    AssessClaimKind kind;
    AssessAgreement agreement;
    GPtrArray *claims; /**< AssessClaim, the most often given first */
} AssessClaimField;

/** The fields that at least one statement fills, in a fixed order. `of_person`: what they say of
 *  the victim as such (birth, gender, group); else of the act (when, where, how many, by whom,
 *  charge, outcome). Statements of reports that are not counted are left out; sealed fields are not
 *  read. GPtrArray of AssessClaimField; transfers. NULL with error set. */
GPtrArray *assess_claims(Store *store, const GPtrArray *statements, bool of_person, GError **error);
