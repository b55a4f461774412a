/* handover/bag_source.h: the files of a bag, one after the other, wherever it stands: a folder, a
 * tar archive, an archive sealed to a key. Nothing is unpacked; links are never followed. */
#pragma once
#include "handover/envelope.h"
#include "handover/tar.h"

typedef struct {
    const char *path;
    const EnvelopeKey *public_key; /**< of whoever opens it; NULL without */
    const guint8 *secret_key;      /**< in guarded memory; NULL without */
} BagFrom;

/** One file: name within the bag, as it stands there (not yet trusted); `read` gives its bytes;
 * what is not read is skipped. Folders are told too. False stops with its error. */
typedef bool (*BagVisit)(void *context, const TarEntry *entry, CsvSource read, void *file,
                         GError **error);

/** In order of name in a folder, as they stand in an archive. Errors: NOT_FOUND, IO, INPUT (no
 * bag), DENIED (sealed, and no key or another one), INTEGRITY (sealed, and changed or cut). */
bool bag_walk(const BagFrom *from, BagVisit visit, void *context, GError **error);
/** Is it a file that is sealed to keys? False for what cannot be read. */
bool bag_is_sealed(const char *path);
