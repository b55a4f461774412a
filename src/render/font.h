/* render/font.h: the one typeface, Vazirmatn (Persian and Latin), out of the binary.
 *
 * No installed font is asked: what a page looks like, and its bytes, are the same on every
 * machine. Text in a script that the typeface does not have shows as empty boxes; glyphs.h counts
 * them, so that a caller can say so. */
#pragma once
#include <glib.h>
#include <pango/pango.h>
#include <stdbool.h>

#define FONT_FAMILY "Vazirmatn"

/** A font map that knows the typeface alone, for one document on one thread. NULL with error set
 *  when the typeface cannot be handed over (IO). Transfers (g_object_unref). */
PangoFontMap *font_map_new(GError **error);
/** A context of it for pages measured in points (72 to the inch), no hinting. Transfers. */
PangoContext *font_context_new(PangoFontMap *map);
