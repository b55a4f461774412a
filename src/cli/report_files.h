/* cli/report_files.h: everything that a case can be shown as, written into a folder. */
#pragma once
#include "base/error.h"
#include "store/store.h"

/** Drafts letters to the offices that the asks concern first (Secretary-General in Persian and in
 *  English, President of the Human Rights Council, High Commissioner), as held on the day of
 *  store_now(). A draft that is there already is not added again. */
bool report_files_letters(Store *store, GError **error);

/** Writes, in both languages: situation report (PDF), figures (CSV, JSON), alert (CAP), charts
 *  (SVG), and each letter (PDF). Makes the folder. A chart for which the case has nothing yet is
 *  left out. *ret_n is how many files were written. */
bool report_files_write_all(Store *store, const char *folder, gsize *ret_n, GError **error);

/** The charts alone. */
bool report_files_charts(Store *store, const char *folder, gsize *ret_n, GError **error);
