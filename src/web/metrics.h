/* web/metrics.h: what an operator watches: requests and the case's state, in Prometheus' text
 * format (version 0.0.4). No name, no title, no address, no user: routes are told by their pattern.
 */
#pragma once
#include "store/store.h"
#include "web/http.h"

typedef struct Metrics Metrics;
Metrics *metrics_new(void);
void metrics_free(Metrics *metrics); /**< NULL does nothing */

/** Counts one answered request. Safe from any thread. */
void metrics_observe(Metrics *metrics, const WebObserved *what);
/** What was counted, as families with HELP and TYPE. */
void metrics_write_requests(Metrics *metrics, GString *out);
/** The case's: log, database, records by state, the last verification. */
bool metrics_write_case(Store *store, GString *out, GError **error);
/** The process': start, memory, version. */
void metrics_write_process(const Metrics *metrics, GString *out);

/** `/metrics` and `/health`, for a listener of their own. */
extern const WebRoute METRICS_ROUTES[];
