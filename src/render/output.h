/* render/output.h: files put in place whole, or not at all. */
#pragma once
#include "base/error.h"
#include "render/document.h"

/** Writes bytes beside the name, syncs, renames. IO with error set. */
bool output_bytes(const char *path, const void *bytes, gsize length, GError **error);
/** Typesets and writes. */
bool output_pdf(const Document *document, const char *path, GError **error);
/** As one page of HTML. */
bool output_html(const Document *document, const char *path, GError **error);
