/* handover/tar.h: tar archives, written and read as a stream.
 *
 * Written: ustar (POSIX.1-1988), with an extended header (POSIX.1-2001, "pax") for names above 100
 * bytes and sizes above 8 GiB; owner 0, the same bytes for the same contents.
 *
 * Read: ustar, pax ("path", "size"), GNU's long names. Strict: what is not understood ends the
 * reading with a sentence. It is our own and not libarchive's because a stranger's archive is read
 * here beside the case's keys: this is a few hundred lines under a fuzzer, for one format. Memory:
 * one header; never a byte to the disk. */
#pragma once
#include "base/csv.h"
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

enum { TAR_BLOCK = 512, TAR_NAME_MOST = 4096 };

/** Appends the header of a file; behind it come its `size` bytes, padded to whole blocks. name:
 *  UTF-8, at most TAR_NAME_MOST bytes. seconds: of its change. */
void tar_append_head(GString *out, const char *name, guint64 size, gint64 seconds);
/** Zeros behind a file of that size. */
gsize tar_padding(guint64 size);
/** Two empty blocks. */
void tar_append_end(GString *out);

typedef enum { TAR_FILE, TAR_FOLDER, TAR_LINK, TAR_OTHER } TarType;
typedef struct {
    const char *name; /**< as it stands there; borrowed until the next entry */
    TarType type;
    guint64 size; /**< 0 of what is no file */
} TarEntry;

typedef struct TarReader TarReader;
/** name: what sentences call it; copied. */
TarReader *tar_reader_new(const char *name, CsvSource source, void *context);
void tar_reader_free(TarReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TarReader, tar_reader_free)
/** The next entry; what was not read of the one before is skipped. False at the end, or with error
 *  set (INPUT: no tar archive, cut short; those of the source). */
bool tar_reader_next(TarReader *reader, TarEntry *ret, GError **error);
/** Bytes of the entry; fits CsvSource. */
gssize tar_reader_read(void *reader, void *buffer, gsize size, GError **error);
