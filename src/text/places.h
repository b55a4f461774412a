/* text/places.h: the gazetteer in running text; private to src/text. */
#pragma once
#include "text/extract.h"
#include "text/tokens.h"

/** A place's name that begins at word token i: tokens read, 0 when there is none. */
gsize text_place_at(const TextGazetteer *gazetteer, const TextTokens *tokens, const char *text,
                    gsize i, gint32 day, TextPlaceMatch *ret_match);
