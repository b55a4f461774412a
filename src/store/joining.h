/* store/joining.h: what people said of statements, and what became of persons: the record of a
 * case's linkage. Both kinds are add only: what is taken back is taken back by a later row. */
#pragma once
#include "store/entity.h"

/** Somebody's answer: are these statements of one person? */
typedef struct {
    gint64 id;
    gint64 time;              /**< seconds; set by add when 0 */
    gint64 user_id;           /**< 0: at the command line */
    char *said_by;            /**< who, as named there; NULL when a user stands for it */
    char *answer;             /**< same, different, unsure; withdrawn: takes back `withdraws` */
    gint64 left_id, right_id; /**< the two statements that were looked at; 0 with withdrawn */
    char *left, *right;       /**< "T4 T9": what it holds for, each of the left with each of the
                               *   right; NULL: the two statements alone */
    double weight_bits;       /**< what the model said then; NaN when it was not asked */
    double probability;
    char *fields; /**< JSON object: bits of each field; NULL */
    char *reason;
    gint64 withdraws; /**< the answer that this row takes back; 0 */
    gint64 undoes_id; /**< the joining it undid (zenhar link undo); 0 */
} StoreVerdict;
STORE_ENTITY(StoreVerdict, store_verdict)

/** Two persons became one, or one became two. */
typedef struct {
    gint64 id;
    gint64 time;  /**< seconds; set by add when 0 */
    char *action; /**< merge: other went into person; split: other left person */
    gint64 person_id, other_id;
    char *statements;         /**< "T4/A2 T9/A7": what changed its person, with the act it spoke of
                               *   before */
    gint64 left_id, right_id; /**< the two statements that spoke loudest; 0 */
    double weight_bits, probability; /**< of those two; NaN */
    char *fields;                    /**< JSON object: bits of each field; NULL */
    gint64 verdict_id;               /**< the answer that it follows from; 0: the weights alone */
    gint64 undoes_id;                /**< the joining that it takes back; 0 */
} StoreJoining;
STORE_ENTITY(StoreJoining, store_joining)
STORE_ENTITY_BY(StoreJoining, store_joining, person)
STORE_ENTITY_BY(StoreJoining, store_joining, other)
STORE_ENTITY_BY(StoreJoining, store_joining, verdict)
