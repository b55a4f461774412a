/* intake/gazetteer.h: places of Iran by their names, in the province of their day.
 *
 * The names are matched by text/extract.h (TextGazetteer); here stand the tables it is given
 * (data/geo/{provinces,counties,cities}.csv) and the rule for two columns, a place and a province.
 * What does not resolve, or resolves to more than one province, stays unresolved: a place is never
 * guessed. Read-only after loading: safe from any thread. */
#pragma once
#include "text/extract.h"
#include <glib.h>
#include <stdbool.h>

typedef struct IntakeGazetteer IntakeGazetteer;

typedef struct {
    const char *iso; /**< province, ISO 3166-2 */
    const char *name_fa, *name_en;
    double latitude, longitude; /**< degrees */
} IntakeProvince;

/** The process's gazetteer, loaded at the first call. NULL with error set. Borrowed. */
const IntakeGazetteer *intake_gazetteer_peek(GError **error);
/** What the text engine is given. Borrowed. */
const TextGazetteer *intake_gazetteer_text(const IntakeGazetteer *gazetteer);

/** The province that a place text and a province text (each may be NULL or empty) mean on a day
 *  (days since 1970-01-01; G_MININT32 unknown: today's borders); NULL when they mean none, or
 *  several. Takes an ISO code too. "Evin Prison, Tehran" is looked up whole, then part by part. */
const IntakeProvince *intake_gazetteer_find(const IntakeGazetteer *gazetteer, const char *place,
                                            const char *province, gint32 day);
/** By its code ("IR-23", small letters too); NULL when there is none. */
const IntakeProvince *intake_gazetteer_by_iso(const IntakeGazetteer *gazetteer, const char *iso);
/** All provinces, in order of their code. Borrowed. */
const IntakeProvince *intake_gazetteer_provinces(const IntakeGazetteer *gazetteer, gsize *ret_n);
