/* intake/ftm.h: FollowTheMoney entities (Aleph, OpenSanctions …) as records.
 *
 * An entity has an id, a schema and properties, each a list of texts. Persons, events, documents
 * in words, mentions and court cases tell something and become reports; companies, payments,
 * addresses, ownerships and the like are left out and counted. */
#pragma once
#include "intake/fields.h"
#include <jansson.h>

/** Fills values (g_free each; NULL where there is none) and *ret_extra (json_decref; NULL).
 *  *ret_left_out: words (static, translated) when it is no report. False with error set when it is
 *  no entity. */
bool intake_ftm_read(const json_t *entity, char *values[INTAKE_N_FIELDS], json_t **ret_extra,
                     const char **ret_left_out, GError **error);
