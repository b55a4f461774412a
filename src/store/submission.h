/* store/submission.h: what a case file to a mechanism needs beside persons and acts: consents,
 * answers to a form's questions, the submission itself; findings with their standard of proof; and
 * what states were asked, promised and did. Since schema version 3. */
#pragma once
#include "store/entity.h"

/** One of four consents, each asked for by itself; none follows from another. The newest record of
 *  a person and use counts; a use without a record was never asked: no. */
typedef struct {
    gint64 id;
    gint64 person_id;
    char *purpose;      /**< send, government, summary, name */
    char *answer;       /**< yes, no; of "name": full, initials, no */
    gint32 day;         /**< given or refused */
    gint32 revoked_day; /**< 0: it stands */
    char *given_by;     /**< SEALED; the person, or who speaks for the person */
    char *how;          /**< in writing, by voice, …; in which language the text was read */
    char *text_sha256;  /**< hex, of the text that was shown; NULL */
    gint64 created;
} StoreConsent;
STORE_ENTITY(StoreConsent, store_consent)
STORE_ENTITY_BY(StoreConsent, store_consent, person)

/** An answer to a question that forms ask about one person; person_id 0: about who submits. */
typedef struct {
    gint64 id;
    gint64 person_id;
    char *field;  /**< code in data/r2p/fields.csv */
    char *answer; /**< SEALED */
    gint64 report_id;
    gint64 created;
} StoreDetail;
STORE_ENTITY(StoreDetail, store_detail)
STORE_ENTITY_BY(StoreDetail, store_detail, person)

typedef struct {
    gint64 id;
    gint64 person_id;
    char *mechanism; /**< code in data/r2p/mechanisms.csv */
    char *procedure; /**< urgent, standard, allegation, regular */
    char *status;    /**< draft, sent, acknowledged, answered, closed */
    gint32 day;
    char *reference;    /**< the mechanism's own number */
    gint64 original_id; /**< the file as sent */
    char *note;
    gint64 created;
} StoreSubmission;
STORE_ENTITY(StoreSubmission, store_submission)
STORE_ENTITY_BY(StoreSubmission, store_submission, person)

/** What it rests on: store_link, role "evidence", to reports, statements, acts, figures. */
typedef struct {
    gint64 id;
    char *text, *text_fa;
    char *standard;     /**< of proof: suspicion, grounds, balance, convincing, beyond-doubt */
    char reliability;   /**< 'A'–'F'; 0 not graded */
    gint32 credibility; /**< 1–6; 0 not graded */
    gint32 first_day, last_day;
    char *note;
    gint64 created;
} StoreFinding;
STORE_ENTITY(StoreFinding, store_finding)

/** Where one state stands on one measure on a day, with evidence (store_link, or `source`). */
typedef struct {
    gint64 id;
    gint64 measure_id;
    char *state;  /**< English short name */
    char *status; /**< asked, promised, taken, refused */
    gint32 day;
    char *text, *text_fa;
    char *source;
    gint64 original_id;
    gint64 appeal_id; /**< the letter that asked; 0 */
    char *verified;   /**< yes, memory */
    gint64 created;
} StoreCommitment;
STORE_ENTITY(StoreCommitment, store_commitment)
STORE_ENTITY_BY(StoreCommitment, store_commitment, measure)
