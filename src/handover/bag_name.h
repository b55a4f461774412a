/* handover/bag_name.h: names of files in a bag (RFC 8493, section 2.1.3). Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** In a manifest CR, LF and % are written %0D, %0A, %25. Transfers. */
char *bag_name_encode(const char *name);
/** Back; other percent signs stand for themselves. Transfers. */
char *bag_name_decode(const char *text);

/** Why a name may not be followed: absolute, "..", "~", a backslash, no UTF-8, control bytes, empty
 *  parts, a drive's letter. NULL: it is fine. Static, translated. */
const char *bag_name_fault(const char *name);

/** A file's name as a part of a path that every system can hold: no folder, control character or
 *  reserved mark, not hidden, at most 120 bytes. Transfers. */
char *bag_name_safe(const char *name);
