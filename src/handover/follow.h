/* handover/follow.h: a case as FollowTheMoney entities, one JSON object a line
 * (github.com/alephdata/followthemoney, in schema/, read June 2025).
 *
 *     person     Person         named by its code where consents do not name it
 *     act        Event          involved: the person; proof: the reports
 *     report     PlainText      publisher: the source
 *     source     Organization   what is no person
 *     statement  Documentation  report to person, report to event; without an act: an Event
 *
 * Ids are outlet_id: the same in each export of the case, and they tell nothing. */
#pragma once
#include "handover/records.h"

/** Memory: one record with what it names. */
bool follow_write(Outlet *outlet, RecordsWrite write, void *context, RecordsDone *done,
                  GError **error);
