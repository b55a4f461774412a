/* cli/work.h: what a worker can do: the kinds of jobs, for `zenhar job` and `zenhar work`. */
#pragma once
#include "cli/cli.h"
#include "store/job.h"

/** Does a job's work in a case opened for writing. *ret_result: what it gave; NULL: nothing. Run
 * again after it was cut off anywhere, it leaves the same. */
typedef bool WorkFunc(Store *store, const StoreJob *job, GBytes **ret_result, GError **error);

typedef struct {
    const char *name;
    WorkFunc *run;
    bool inner; /**< queued by another command, not by `zenhar job add` */
} WorkKind;

/** NULL: there is no such kind. */
const WorkKind *work_kind_find(const char *name);
/** Names of those that can be asked for, with blanks between. Static. */
const char *work_kind_names(void);
/** All that this program can do, parts of others too, as store_job_claim takes them. Transfers. */
char *work_kinds_known(void);

/** What a job of each kind is about, as it is kept. Each transfers. */
char *work_import_payload(gint64 original_id, const char *name, const char *options);
char *work_link_payload(bool again);
/** A unit of a list linked in parts (intake/spool.h), in a folder that all workers see; the key of
 *  the run goes along, sealed with the payload. */
char *work_link_part_payload(const char *folder, const guint8 *key, guint stage, gint64 unit);
char *work_report_payload(I18nLanguage language);
