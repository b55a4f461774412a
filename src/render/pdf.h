/* render/pdf.h: what cairo 1.16 leaves out of a PDF: its language, which way it is read, that
 * its title be shown. Added as an incremental update (ISO 32000-1, 7.5.6): the bytes that cairo
 * wrote stay as they are. */
#pragma once
#include "base/i18n.h"
#include <glib.h>

/** NULL with error set when the bytes are not a PDF as cairo writes it. Transfers. */
GBytes *pdf_finish(GBytes *drawn, I18nLanguage language, GError **error);
