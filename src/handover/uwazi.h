/* handover/uwazi.h: a case as tables that Uwazi imports: one file a template
 * (github.com/huridocs/uwazi, app/api/csv, read October 2024; templates in docs/formats.md).
 *
 * Columns that Uwazi translates end in __en and __fa; a geolocation's column in _geolocation, its
 * value "lat|lon"; dates are YYYY-MM-DD, spans FIRST:LAST; several values and titles of related
 * entities stand with | between. Import Source and Person before Report, Report before Event. */
#pragma once
#include "handover/records.h"

/** Source.csv, Person.csv, Report.csv, Event.csv in a folder, made if it is not there. USAGE when
 *  one of them is there already. */
bool uwazi_write(Outlet *outlet, const char *folder, RecordsDone *done, GError **error);
