/* appeal/submission.h: a case file in a mechanism's own fields, out of one person's record.
 *
 * Fields are filled from the person, the act reported of that person, consents and answers given
 * once (StoreDetail); what several forms ask is answered for all of them. Nothing can be sent while
 * a required field is missing, and a door that is closed is said to be closed. Names appear as far
 * as the four consents go and no further. Reading names needs store_unseal(). */
#pragma once
#include "base/i18n.h"
#include "store/store.h"

typedef struct {
    bool send, government, summary; /**< "yes" on record and not withdrawn */
    enum { CONSENT_NO_NAME, CONSENT_INITIALS, CONSENT_FULL_NAME } name;
    bool asked[4]; /**< is there any record: send, government, summary, name */
} Consents;
/** As they stand on a day: the newest record of each use, unless withdrawn by then. */
bool consents_load(Store *store, gint64 person_id, gint32 day, Consents *ret_consents,
                   GError **error);
/** Writes one down. purpose: send, government, summary, name; answer: yes, no (name: full,
 *  initials, no). INPUT for other words. given_by, how may be NULL. Its id; 0 with error set. */
gint64 consent_give(Store *store, gint64 person_id, const char *purpose, const char *answer,
                    gint32 day, const char *given_by, const char *how, GError **error);
/** Withdraws the newest one of that use; NOT_FOUND when there is none that stands. */
bool consent_withdraw(Store *store, gint64 person_id, const char *purpose, gint32 day,
                      GError **error);

/** Answers a form's question for a person (0: about who submits), replacing an earlier answer.
 *  INPUT when no form has such a field. */
bool detail_put(Store *store, gint64 person_id, const char *field, const char *answer,
                GError **error);

typedef struct {
    char *field, *title;
    char *answer; /**< as far as consents go; "" none */
    bool required, missing;
    bool redacted; /**< something of a person's identity was taken out */
    bool confirmed;
    char *source;
} SubmissionField;

typedef struct Submission {
    char *mechanism, *title, *person_code;
    char *procedure; /**< urgent, standard, regular, allegation */
    gint32 day;
    I18nLanguage language;
    GPtrArray *fields; /**< SubmissionField, in the form's order */
    guint n_missing, n_redacted, n_unconfirmed;
    char *refused;   /**< why it must not be sent though no field is missing; NULL */
    char *redaction; /**< what was redacted, as a sentence; never NULL */
} Submission;
void submission_free(Submission *submission);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Submission, submission_free)

/** Errors: NOT_FOUND (no such mechanism, person); DATA ("not open: treaty, article" with the open
 *  road instead); INPUT (the mechanism does not take the language: the sentence names those it
 *  takes); DENIED while names are sealed. day: of the submission. */
Submission *submission_prepare(Store *store, const char *mechanism, gint64 person_id, gint32 day,
                               I18nLanguage language, GError **error);
/** The file as text. Transfers. */
char *submission_text(const Submission *submission);
/** What may be published of it: nothing without consent (NULL without error), else a summary with
 *  the name as consented. Transfers. */
char *submission_summary(Store *store, const Submission *submission, gint64 person_id,
                         GError **error);
/** Seals the text as an original and writes a StoreSubmission "sent". DATA while a field is missing
 *  or it is refused. Its id; 0 with error set. */
gint64 submission_seal(Store *store, const Submission *submission, gint64 person_id,
                       GError **error);
/** Disappearances: urgent to day 90 after it, then standard ("three months"). */
const char *submission_disappearance_procedure(gint32 disappeared, gint32 day);
