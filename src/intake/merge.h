/* intake/merge.h: two cases that were apart, brought together: what one has is read into the other.
 *
 * A record of theirs has a partner here: the one that a merge before made of it; else, in copies of
 * one case, the one of the same number that both had when they parted; else the one with the same
 * key (an original's hash, a report's content, a name); else none, and it is new and gets a number
 * here. Each pair is judged against what was last common (the fork, or what a merge saw): changed
 * there alone, it is taken; changed here alone, it stays; on both sides and different, it is a
 * conflict, which a person decides. Nothing is written before all are decided, all is written in
 * one transaction, and with it goes an original that keeps their log since the fork, every record
 * of theirs as it stood, and who became whom: it is checked by intake_merge_check_logs. */
#pragma once
#include "store/record.h"

typedef enum {
    INTAKE_MERGE_NONE,          /**< no conflict */
    INTAKE_MERGE_CHANGED_BOTH,  /**< both changed it */
    INTAKE_MERGE_ADDED_BOTH,    /**< both added one with the same key */
    INTAKE_MERGE_REMOVED_HERE,  /**< removed here, changed there */
    INTAKE_MERGE_REMOVED_THERE, /**< changed here, removed there */
} IntakeMergeConflict;

typedef enum {
    INTAKE_MERGE_SAME,   /**< nothing to do */
    INTAKE_MERGE_ADD,    /**< new here */
    INTAKE_MERGE_CHANGE, /**< theirs takes the place of ours */
    INTAKE_MERGE_REMOVE, /**< removed there */
} IntakeMergeStep;

enum { INTAKE_MERGE_DIGEST = 16 };

typedef struct {
    StoreKind kind;
    gint64 theirs, ours; /**< numbers; ours of a new one is that which it will get */
    IntakeMergeStep step;
    IntakeMergeConflict conflict;
    bool decided, take; /**< a conflict: what was decided; else take is true */
    bool there;         /**< it exists in theirs */
    bool erased;        /**< a conflict with an erasure of one side, decided for it by itself */
    guint8 seen[INTAKE_MERGE_DIGEST];
    bool kept;       /**< not removed after all: something here rests on it */
    bool worked_out; /**< differs and is neither's word: the next run works it out again; ours stays
                      */
    bool untouched;  /**< put back here, and not written there since the two parted */
} IntakeMergeItem;

typedef struct IntakeMerge IntakeMerge;

/** Compares; writes nothing. Both are opened for reading, with every key; they must outlive it and
 * are unsealed by it. NULL with error set. */
IntakeMerge *intake_merge_plan(Store *ours, Store *theirs, GError **error);
void intake_merge_free(IntakeMerge *merge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeMerge, intake_merge_free)

/** GArray of IntakeMergeItem, in the order in which theirs wrote them. Borrowed; decided and take
 * of conflicts may be set. */
GArray *intake_merge_items(IntakeMerge *merge);
/** One side's record of an item, in our numbers; NULL when that side has none, or with error set.
 * Free with store_record_free. */
void *intake_merge_record(IntakeMerge *merge, const IntakeMergeItem *item, bool theirs,
                          GError **error);

typedef struct {
    gint64 added, changed, removed, put_back, kept, conflicts, same, worked_out;
    gint64
        original_id; /**< what was kept of their log; 0: nothing was new and nothing was written */
    bool erased;     /**< somebody was erased there, and is here now; when the plan is freed,
                      * store_erase_settle */
} IntakeMergeDone;
/** Writes it to `ours`, opened for writing, in one transaction. All conflicts must be decided. BUSY
 *  when the case was written to since the plan was made. */
bool intake_merge_apply(IntakeMerge *merge, Store *ours, IntakeMergeDone *ret, GError **error);

/** Checks every log that merges have kept; *ret_n how many. INTEGRITY names what does not fit. */
bool intake_merge_check_logs(Store *store, gint64 *ret_n, GError **error);
