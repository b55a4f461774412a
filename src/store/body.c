/* The tables of bodies, sessions, members, votes and measures. */
#include "store/body.h"
#include "store/private.h"

#include <string.h>

static const StoreField store_body_fields[] = {
    FIELD(StoreBody, code, .constraint = "NOT NULL UNIQUE"),
    FIELD(StoreBody, name_en),
    FIELD(StoreBody, name_fa),
    FIELD(StoreBody, kind),
    FIELD_TO(StoreBody, parent_id, STORE_KIND_BODY),
    FIELD(StoreBody, seats),
    FIELD(StoreBody, rules),
    FIELD(StoreBody, source),
};
STORE_ENTITY_DEFINE(StoreBody, store_body, STORE_KIND_BODY)
STORE_ENTITY_FIND_DEFINE(StoreBody, store_body, code)

static const StoreField store_session_fields[] = {
    FIELD_TO(StoreSession, body_id, STORE_KIND_BODY),
    FIELD(StoreSession, name),
    FIELD(StoreSession, first_day),
    FIELD(StoreSession, last_day),
    FIELD(StoreSession, deadline_day),
    FIELD(StoreSession, agenda),
    FIELD(StoreSession, status),
    FIELD(StoreSession, source),
};
STORE_ENTITY_DEFINE(StoreSession, store_session, STORE_KIND_SESSION)
STORE_ENTITY_BY_DEFINE(StoreSession, store_session, body)

static const StoreField store_member_fields[] = {
    FIELD_TO(StoreMember, body_id, STORE_KIND_BODY),
    FIELD(StoreMember, state),
    FIELD(StoreMember, state_code),
    FIELD(StoreMember, regional_group),
    FIELD(StoreMember, year),
    FIELD(StoreMember, permanent),
    FIELD(StoreMember, note),
    FIELD(StoreMember, source),
};
STORE_ENTITY_DEFINE(StoreMember, store_member, STORE_KIND_MEMBER)
STORE_ENTITY_BY_DEFINE(StoreMember, store_member, body)

static const StoreField store_vote_fields[] = {
    FIELD_TO(StoreVote, body_id, STORE_KIND_BODY),
    FIELD_TO(StoreVote, session_id, STORE_KIND_SESSION),
    FIELD(StoreVote, resolution),
    FIELD(StoreVote, title),
    FIELD(StoreVote, event_date),
    FIELD(StoreVote, first_day, .initial = G_MININT32),
    FIELD(StoreVote, last_day, .initial = G_MAXINT32),
    FIELD(StoreVote, in_favour, .initial = -1),
    FIELD(StoreVote, against, .initial = -1),
    FIELD(StoreVote, abstained, .initial = -1),
    FIELD(StoreVote, absent, .initial = -1),
    FIELD(StoreVote, outcome),
    FIELD(StoreVote, note),
    FIELD(StoreVote, source),
    FIELD(StoreVote, verified),
    FIELD(StoreVote, title_fa),
};
STORE_ENTITY_DEFINE(StoreVote, store_vote, STORE_KIND_VOTE)
STORE_ENTITY_BY_DEFINE(StoreVote, store_vote, body)

static const StoreField store_ballot_fields[] = {
    FIELD_TO(StoreBallot, vote_id, STORE_KIND_VOTE),
    FIELD(StoreBallot, state),
    FIELD(StoreBallot, choice),
    FIELD(StoreBallot, source),
};
STORE_ENTITY_DEFINE(StoreBallot, store_ballot, STORE_KIND_BALLOT)
STORE_ENTITY_BY_DEFINE(StoreBallot, store_ballot, vote)

static const StoreField store_measure_fields[] = {
    FIELD(StoreMeasure, code, .constraint = "NOT NULL UNIQUE"),
    FIELD(StoreMeasure, category),
    FIELD(StoreMeasure, title),
    FIELD(StoreMeasure, who),
    FIELD(StoreMeasure, legal_basis),
    FIELD(StoreMeasure, needs),
    FIELD_TO(StoreMeasure, ask_id, STORE_KIND_ASK),
    FIELD(StoreMeasure, status),
    FIELD(StoreMeasure, taken_day),
    FIELD(StoreMeasure, source),
    FIELD(StoreMeasure, verified),
    FIELD(StoreMeasure, title_fa),
};
STORE_ENTITY_DEFINE(StoreMeasure, store_measure, STORE_KIND_MEASURE)
STORE_ENTITY_FIND_DEFINE(StoreMeasure, store_measure, code)
