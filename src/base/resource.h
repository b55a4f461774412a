/* base/resource.h: the files embedded in the binary (data/, cases/, the Persian catalogue). */
#pragma once
#include <gio/gio.h>

/** The embedded resource, registered at the first call. Borrowed; thread-safe. */
GResource *resource_peek(void);
