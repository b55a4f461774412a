/* store/body.h: bodies with their sessions, members, votes, and the measures open to them. */
#pragma once
#include "store/entity.h"

typedef struct {
    gint64 id;
    char *code; /**< SC, HRC, GA, C3, SG, … */
    char *name_en, *name_fa;
    char *kind; /**< council, assembly, committee, office, mandate */
    gint64 parent_id;
    gint32 seats; /**< 0 none */
    char *rules;  /**< JSON: thresholds by kind of decision, with sources */
    char *source;
} StoreBody;
STORE_ENTITY(StoreBody, store_body)
StoreBody *store_body_find(Store *store, const char *code, GError **error);

typedef struct {
    gint64 id;
    gint64 body_id;
    char *name;
    gint32 first_day, last_day; /**< 0 unknown */
    gint32 deadline_day;        /**< for submissions; 0 */
    char *agenda;               /**< items, one a line */
    char *status;               /**< planned, held */
    char *source;
} StoreSession;
STORE_ENTITY(StoreSession, store_session)
STORE_ENTITY_BY(StoreSession, store_session, body)

typedef struct {
    gint64 id;
    gint64 body_id;
    char *state;      /**< English short name */
    char *state_code; /**< ISO 3166-1 alpha-2; NULL */
    char *regional_group;
    gint32 year; /**< of membership */
    bool permanent;
    char *note;
    char *source;
} StoreMember;
STORE_ENTITY(StoreMember, store_member)
STORE_ENTITY_BY(StoreMember, store_member, body)

typedef struct {
    gint64 id;
    gint64 body_id;
    gint64 session_id;
    char *resolution;
    char *title;
    char *event_date; /**< EDTF */
    gint32 first_day, last_day;
    gint32 in_favour, against, abstained, absent; /**< -1 unknown (new) */
    char *outcome;                                /**< adopted, rejected, vetoed */
    char *note;
    char *source;
    char *verified;
    char *title_fa;
} StoreVote;
STORE_ENTITY(StoreVote, store_vote)
STORE_ENTITY_BY(StoreVote, store_vote, body)

typedef struct {
    gint64 id;
    gint64 vote_id;
    char *state;
    char *choice; /**< in favour, against, abstained, absent */
    char *source;
} StoreBallot;
STORE_ENTITY(StoreBallot, store_ballot)
STORE_ENTITY_BY(StoreBallot, store_ballot, vote)

typedef struct {
    gint64 id;
    char *code;     /**< DIP-01 */
    char *category; /**< diplomatic, humanitarian, … */
    char *title;
    char *who; /**< can take it */
    char *legal_basis;
    char *needs; /**< votes, requests */
    gint64 ask_id;
    char *status;     /**< open, asked, taken */
    gint32 taken_day; /**< 0 not */
    char *source;
    char *verified;
    char *title_fa;
} StoreMeasure;
STORE_ENTITY(StoreMeasure, store_measure)
StoreMeasure *store_measure_find(Store *store, const char *code, GError **error);
