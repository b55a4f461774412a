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
} WorkKind;

/** NULL: there is no such kind. */
const WorkKind *work_kind_find(const char *name);
/** Their names, with blanks between. Static. */
const char *work_kind_names(void);

/** What a job of each kind is about, as it is kept. Each transfers. */
char *work_import_payload(gint64 original_id, const char *name, const char *options);
char *work_link_payload(bool again);
char *work_report_payload(I18nLanguage language);
