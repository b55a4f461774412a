/* The tables of answers about statements and of what became of persons. */
#include "store/joining.h"
#include "store/private.h"

enum { SINCE = 5 };

static const StoreField store_verdict_fields[] = {
    FIELD_OF(StoreVerdict, time, FIELD_TIME),
    FIELD_TO(StoreVerdict, user_id, STORE_KIND_USER, .rare = true),
    FIELD(StoreVerdict, said_by),
    FIELD(StoreVerdict, answer, .constraint = "NOT NULL"),
    FIELD_TO(StoreVerdict, left_id, STORE_KIND_STATEMENT),
    FIELD_TO(StoreVerdict, right_id, STORE_KIND_STATEMENT),
    FIELD(StoreVerdict, left),
    FIELD(StoreVerdict, right),
    FIELD(StoreVerdict, weight_bits),
    FIELD(StoreVerdict, probability),
    FIELD(StoreVerdict, fields),
    FIELD(StoreVerdict, reason),
    FIELD_TO(StoreVerdict, withdraws, STORE_KIND_VERDICT),
    FIELD_TO(StoreVerdict, undoes_id, STORE_KIND_JOINING),
};
STORE_ENTITY_DEFINE(StoreVerdict, store_verdict, STORE_KIND_VERDICT, .since = SINCE,
                    .add_only = true)

static const StoreField store_joining_fields[] = {
    FIELD_OF(StoreJoining, time, FIELD_TIME),
    FIELD(StoreJoining, action, .constraint = "NOT NULL"),
    FIELD_TO(StoreJoining, person_id, STORE_KIND_PERSON),
    FIELD_TO(StoreJoining, other_id, STORE_KIND_PERSON),
    FIELD(StoreJoining, statements),
    FIELD_TO(StoreJoining, left_id, STORE_KIND_STATEMENT, .rare = true),
    FIELD_TO(StoreJoining, right_id, STORE_KIND_STATEMENT, .rare = true),
    FIELD(StoreJoining, weight_bits),
    FIELD(StoreJoining, probability),
    FIELD(StoreJoining, fields),
    FIELD_TO(StoreJoining, verdict_id, STORE_KIND_VERDICT),
    FIELD_TO(StoreJoining, undoes_id, STORE_KIND_JOINING),
};
STORE_ENTITY_DEFINE(StoreJoining, store_joining, STORE_KIND_JOINING, .since = SINCE,
                    .add_only = true)
STORE_ENTITY_BY_DEFINE(StoreJoining, store_joining, person)
STORE_ENTITY_BY_DEFINE(StoreJoining, store_joining, other)
STORE_ENTITY_BY_DEFINE(StoreJoining, store_joining, verdict)
