/* cli/case_person.h: how a person came to be: the joinings, their weights, what people said. */
#pragma once
#include "cli/cli.h"
#include "store/joining.h"
#include "store/link.h"
#include <jansson.h>

/** "+13.2 bits with T3, 99.9%" of a link from a person to a statement; NULL when its note says
 * none. Transfers. */
char *case_link_words(const StoreLink *link);
/** {"link":"LK12","with":"T3","weight_bits":…,"probability":…,"fields":{…}}. New reference. */
json_t *case_link_json(const StoreLink *link);
/** "P8 went into P3: T4 and T9 speak loudest for it, +12.1 bits, 99.9%". Transfers. */
char *case_joining_words(const StoreJoining *joining);
/** "one person: T4 and T9, according to Sara (reason)". Transfers. */
char *case_verdict_words(const StoreVerdict *verdict);
/** A person's whole story: one line each statement, joining and answer, appended to `out`; as JSON
 *  into `object` ("statements", "joinings", "verdicts"). False with error set. */
bool case_person_story(Store *store, gint64 person, GString *out, json_t *object, GError **error);
