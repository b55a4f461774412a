/* intake/summary.h: what an import did, for people and for programs. */
#pragma once
#include "intake/import.h"

/** A few sentences, one a line, in the thread's language: what was read, added, known already,
 *  quarantined, and what was not understood. No newline at the end. Transfers. */
char *intake_summary_describe(const IntakeSummary *summary);
/** One JSON object on one line, the same in every language. Transfers. */
char *intake_summary_json(const IntakeSummary *summary);
