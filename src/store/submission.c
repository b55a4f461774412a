/* The tables of consents, answers to forms, submissions, findings, and what states did. */
#include "store/submission.h"
#include "store/private.h"

static const StoreField store_consent_fields[] = {
    FIELD_TO(StoreConsent, person_id, STORE_KIND_PERSON),
    FIELD(StoreConsent, purpose),
    FIELD(StoreConsent, answer),
    FIELD(StoreConsent, day),
    FIELD(StoreConsent, revoked_day),
    FIELD_OF(StoreConsent, given_by, FIELD_SEALED),
    FIELD(StoreConsent, how),
    FIELD(StoreConsent, text_sha256),
    FIELD_OF(StoreConsent, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreConsent, store_consent, STORE_KIND_CONSENT, .since = 3)
STORE_ENTITY_BY_DEFINE(StoreConsent, store_consent, person)

static const StoreField store_detail_fields[] = {
    FIELD_TO(StoreDetail, person_id, STORE_KIND_PERSON),
    FIELD(StoreDetail, field),
    FIELD_OF(StoreDetail, answer, FIELD_SEALED),
    FIELD_TO(StoreDetail, report_id, STORE_KIND_REPORT),
    FIELD_OF(StoreDetail, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreDetail, store_detail, STORE_KIND_DETAIL, .since = 3)
STORE_ENTITY_BY_DEFINE(StoreDetail, store_detail, person)

static const StoreField store_submission_fields[] = {
    FIELD_TO(StoreSubmission, person_id, STORE_KIND_PERSON),
    FIELD(StoreSubmission, mechanism),
    FIELD(StoreSubmission, procedure),
    FIELD(StoreSubmission, status),
    FIELD(StoreSubmission, day),
    FIELD(StoreSubmission, reference),
    FIELD_TO(StoreSubmission, original_id, STORE_KIND_ORIGINAL),
    FIELD(StoreSubmission, note),
    FIELD_OF(StoreSubmission, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreSubmission, store_submission, STORE_KIND_SUBMISSION, .since = 3)
STORE_ENTITY_BY_DEFINE(StoreSubmission, store_submission, person)

static const StoreField store_finding_fields[] = {
    FIELD(StoreFinding, text),
    FIELD(StoreFinding, text_fa),
    FIELD(StoreFinding, standard),
    FIELD(StoreFinding, reliability),
    FIELD(StoreFinding, credibility),
    FIELD(StoreFinding, first_day, .initial = G_MININT32),
    FIELD(StoreFinding, last_day, .initial = G_MAXINT32),
    FIELD(StoreFinding, note),
    FIELD_OF(StoreFinding, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreFinding, store_finding, STORE_KIND_FINDING, .since = 3)

static const StoreField store_commitment_fields[] = {
    FIELD_TO(StoreCommitment, measure_id, STORE_KIND_MEASURE),
    FIELD(StoreCommitment, state),
    FIELD(StoreCommitment, status),
    FIELD(StoreCommitment, day),
    FIELD(StoreCommitment, text),
    FIELD(StoreCommitment, text_fa),
    FIELD(StoreCommitment, source),
    FIELD_TO(StoreCommitment, original_id, STORE_KIND_ORIGINAL),
    FIELD_TO(StoreCommitment, appeal_id, STORE_KIND_APPEAL),
    FIELD(StoreCommitment, verified),
    FIELD_OF(StoreCommitment, created, FIELD_TIME),
};
STORE_ENTITY_DEFINE(StoreCommitment, store_commitment, STORE_KIND_COMMITMENT, .since = 3)
STORE_ENTITY_BY_DEFINE(StoreCommitment, store_commitment, measure)
