/* intake/merge_private.h: what the files of the merge share. */
#pragma once
#include "evidence/evidence.h"
#include "evidence/foreign.h"
#include "intake/merge.h"
#include "store/erasure.h"
#include "store/record_write.h"
#include <jansson.h>

#define MERGE_SETTING "merged/"      /* and 32 hex digits of their newest root */
#define MERGE_ORIGIN  "zenhar merge" /* of the original that keeps their log */
#define MERGE_REASON  "zenhar merge" /* of the look at sealed fields that it takes */

/* What was last common of a pair. */
typedef struct {
    gint64 ours;
    bool there; /* the side that was looked at had it */
    guint8 seen[INTAKE_MERGE_DIGEST];
    bool inverse;  /* `seen` is in their numbers */
    bool unsure;   /* through a third log: what we had last in common is not known */
    gint64 common; /* unsure, not inverse: entries of theirs from here on are changes */
} MergeBase;

/* A log that a merge kept, read back. */
typedef struct {
    StoreKind kind;
    gint64 theirs, ours;
    bool there;
    guint8 seen[INTAKE_MERGE_DIGEST];
} MergeKept;
typedef struct {
    EvidenceForeign foreign;
    GArray *records; /* MergeKept */
} MergeLog;

struct IntakeMerge {
    Store *ours, *theirs;
    gint64 fork_number, fork_size, ours_size;
    GHashTable *before;       /* records that both had at the fork */
    GHashTable *touched_ours; /* written here since */
    GHashTable *bases;        /* of theirs → MergeBase */
    GHashTable *to_ours, *to_theirs;
    GHashTable *positions;      /* of theirs: place of the newest entry, + 1 */
    GHashTable *twins;          /* of theirs: both sides made it */
    GHashTable *by_content;     /* what was added here, by what it says → GArray of numbers */
    gint64 last[STORE_N_KINDS]; /* highest number ever given here */
    GArray *items;
    StoreErased *erased_ours, *erased_theirs;
};

/* A record as one key of a hash table of direct values. */
static inline gpointer merge_key(StoreKind kind, gint64 id)
{
    return (gpointer)(guintptr)((guint64)kind << 48 | (guint64)id);
}

/* merge_chain.c: pairs through a third log; after merge_bases_load. */
bool merge_chains_load(IntakeMerge *merge, GError **error);
/* merge_bundle.c */
/* Numbers of the originals that keep logs of this case's copies. GArray of gint64; transfers. */
GArray *merge_logs_find(Store *store, GError **error);
/* `ret` begins with zeros; clear it in any case. */
bool merge_log_load(Store *store, gint64 original_id, MergeLog *ret, GError **error);
void merge_log_clear(MergeLog *log);
bool merge_bases_load(IntakeMerge *merge, GError **error);
/* The bundle's text; theirs' log is taken from the fork on. Transfers. */
char *merge_bundle_make(IntakeMerge *merge, EvidenceForeign *log, GError **error);
/* What the setting of a merge says. Transfers. */
char *merge_setting_make(const EvidenceForeign *log, const StoreLogHead *head, gint64 original_id);
/* merge.c */
gint64 merge_to_ours(void *merge, StoreKind kind, gint64 id);
gint64 merge_to_theirs(void *merge, StoreKind kind, gint64 id);
/* NULL without error: it has none. */
void *merge_load(Store *store, StoreKind kind, gint64 id, GError **error);
