/* cli/link_places.h: columns of places, by the gazetteer. */
#pragma once
#include "link/link.h"

/** Columns whose name says place and most of whose values are places of Iran get their town and
 *  province beside them, so that «مشهد», "Mashhad" and «خراسان رضوی» are near. places: by
 *  column, whether it is one: looked for and filled, or (look false) as it stands. False with error
 *  set. */
bool link_places_add(LinkTable *table, bool *places, bool look, GError **error);
