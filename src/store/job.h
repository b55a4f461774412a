/* store/job.h: work on a case that any process may take up.
 *
 *     queued ──claim──▶ running ──finish──▶ done
 *       ▲ ▲               │  └────fail──────▶ failed ──retry──▶ queued
 *       │ └──fail, again──┤                   (or its tries are used up)
 *       └──lease ended────┘    queued, running ──cancel──▶ cancelled
 *
 * A claim gives a job to one process for as long as its lease is renewed; of a process that died
 * the lease ends, and the job is given to the next. So a job may run twice, and what it does must
 * leave the same when it does: its work is checked for by what the case holds, not by the job.
 * Whoever lost a claim is told at the next renew, finish or fail (*ret_held false) and stops.
 *
 * Not records: no change hook, no entry in the evidence log; what a job writes into the case has
 * its own. Payload, result and the sentence of a failure are sealed by the case's keys before they
 * get to the database; kind, worker's name and times are not. Times are milliseconds since 1970 by
 * the database's clock, one for all machines. On a server none of these calls waits for the case's
 * writer; in a folder each is a short write of its own, or part of the caller's transaction. */
#pragma once
#include "store/store.h"

typedef enum {
    STORE_JOB_QUEUED,
    STORE_JOB_RUNNING,
    STORE_JOB_DONE,
    STORE_JOB_FAILED,
    STORE_JOB_CANCELLED,
    STORE_JOB_STATES,
} StoreJobState;

enum {
    STORE_JOB_TRIES = 5,
    STORE_JOB_LEASE_SECONDS = 60,
    STORE_JOB_BACKOFF_SECONDS = 10, /**< after the first failure; doubled by each further one … */
    STORE_JOB_BACKOFF_MOST = 3600,  /**< … up to this */
    STORE_JOB_KIND_MAX = 32,
    STORE_JOB_WORKER_MAX = 64,
    STORE_JOB_BYTES_MAX = 256 << 20, /**< of a payload or result */
    STORE_JOB_CLAIM_BYTES = 16,
};

typedef struct {
    const char *kind; /**< small letters and '-'; whoever claims names the kinds it can do */
    gint64 parent;    /**< the job it is a part of; 0 none */
    gint64 part;      /**< which one: of a parent, kind and part there is one job, whatever became
                       *   of it */
    gint32 priority;  /**< higher first, then the older one */
    gint32 tries;     /**< at most so many; 0: STORE_JOB_TRIES */
    const void *payload;
    gsize n_payload;
} StoreJobNew;

typedef struct {
    gint64 id;
    char *kind;
    gint64 parent, part;
    gint32 priority, tries, tries_most; /**< tries: claims so far */
    StoreJobState state;
    gint64 added, ready, started, ended, lease; /**< 0 none; ready: not claimed before */
    char *worker;                               /**< who claimed it last; NULL nobody */
    char *failure;   /**< of the last try that failed, a sentence; NULL none, or not to be read by
                      *   these keys */
    GBytes *payload; /**< NULL: none, or not to be read by these keys, or a list's row */
    GBytes *result;  /**< likewise */
    guint8 claim[STORE_JOB_CLAIM_BYTES]; /**< of this try; zeros where it was not claimed here */
} StoreJob;

void store_job_free(StoreJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreJob, store_job_free)

/** Adds one. *ret_known (may be NULL): there was such a one already, whose number *ret_id is: the
 *  same parent, kind and part, or (without a parent) the same kind and payload, still queued. */
bool store_job_add(Store *store, const StoreJobNew *job, gint64 *ret_id, bool *ret_known,
                   GError **error);

/** The next job that is ready, for this worker. kinds: "import link", NULL all; parent: its parts
 *  alone, 0 any. lease_seconds 0: STORE_JOB_LEASE_SECONDS. NULL without error: there is none now.
 *  A job whose lease ended after its last try fails here. Outside transactions. Transfers. */
StoreJob *store_job_claim(Store *store, const char *kinds, gint64 parent, const char *worker,
                          gint64 lease_seconds, GError **error);
/** The lease begins anew. *ret_held false: the claim is lost (the lease ended and another has the
 *  job, or it was cancelled): stop. Call it at least three times a lease, on a connection that has
 *  no transaction open. */
bool store_job_renew(Store *store, const StoreJob *job, gint64 lease_seconds, bool *ret_held,
                     GError **error);
/** Done. Within the caller's transaction it is done with what was written, or not at all; roll back
 *  when *ret_held is false. result may be NULL. */
bool store_job_finish(Store *store, const StoreJob *job, const void *result, gsize n_result,
                      bool *ret_held, GError **error);
/** This try failed, with a sentence. again: try it once more, later, if it has tries left. */
bool store_job_fail(Store *store, const StoreJob *job, const char *sentence, bool again,
                    bool *ret_held, GError **error);

/** Given back unfinished, as if it had not been claimed, to be claimed after so many seconds: a
 *  worker that is stopped, or that waits for a writer. */
bool store_job_release(Store *store, const StoreJob *job, gint64 seconds, bool *ret_held,
                       GError **error);

/** A job that ended is not touched: *ret_changed false. Its parts are cancelled, too. */
bool store_job_cancel(Store *store, gint64 id, bool *ret_changed, GError **error);
/** A job that failed or was cancelled is queued again, with all its tries. */
bool store_job_retry(Store *store, gint64 id, bool *ret_changed, GError **error);
/** Forgets jobs that ended (done, failed, cancelled) so long ago, with their parts. */
bool store_job_forget(Store *store, gint64 seconds_ago, gint64 *ret_n, GError **error);

/** With payload and result. NOT_FOUND. Transfers. */
StoreJob *store_job_load(Store *store, gint64 id, GError **error);
/** Jobs of a parent in order of part (0: those that have none, in order of number) whose state is
 *  among the bits 1 << STORE_JOB_…; without payload and result. GPtrArray of StoreJob; transfers.
 */
GPtrArray *store_job_list(Store *store, gint64 parent, guint states, GError **error);
/** How many of a parent (0: those that have none) are in each state. */
bool store_job_count(Store *store, gint64 parent, gint64 ret_counts[STORE_JOB_STATES],
                     GError **error);
