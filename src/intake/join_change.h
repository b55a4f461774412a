/* intake/join_change.h: what an answer or an undoing changes; for join_answer.c and join_undo.c. */
#pragma once
#include "intake/join_private.h"

typedef struct {
    Store *store;
    JoinState *state;
    const IntakeSayer *sayer;
    JoinRecords *records;   /* of the persons that are touched */
    guint32 *clusters;      /* by record, as they shall be */
    gint64 *persons, *acts; /* by record: see JoinWrite; NULL */
    gint64 verdict, undoes;
    IntakeEffect *effect;
} JoinChange;

/* Loads the records of two persons (or of one, named twice). */
bool join_change_load(JoinChange *change, gint64 one, gint64 two, GError **error);
/* Clusters named by their first record, whatever they were named by (below n). */
void join_change_name(guint32 *clusters, gsize n);
/* Writes a row of verdicts and remembers it as the cause. left 0: a withdrawal. */
bool join_change_say(JoinChange *change, const char *answer, gint64 left, gint64 right,
                     const char *all_left, const char *all_right, gint64 withdraws, GError **error);
/* Writes persons and acts as clusters says, and tells what it did. */
bool join_change_write(JoinChange *change, GError **error);
/* Ready for a further change inside the same transaction. */
bool join_change_next(JoinChange *change, GError **error);

typedef bool JoinWork(JoinChange *change, gint64 *sides, const void *what, GError **error);
/* One transaction, unsealed for it, with the effect told. sides: in and out, two statements. */
bool join_change_run(Store *store, const IntakeSayer *sayer, const char *why, JoinWork *work,
                     gint64 *sides, const void *what, IntakeEffect *ret_effect, GError **error);
