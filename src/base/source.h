/* base/source.h: where a reader's bytes come from: a file, standard input, memory, a callback.
 * For the readers of this folder. */
#pragma once
#include "base/csv.h"

typedef struct {
    char *name; /**< what error sentences call it */
    CsvSource read;
    void *context;
    int fd;              /**< owned; -1 none */
    const guint8 *bytes; /**< memory not yet given out */
    gsize n_bytes;
    bool ended;
} Source;

/** Each fills *source; source_clear frees what it holds. The name is copied. */
void source_from_callback(Source *source, const char *name, CsvSource read, void *context);
void source_from_bytes(Source *source, const char *name, const void *bytes, gsize length);
/** "-" is standard input. False with error set and nothing to clear. */
bool source_from_file(Source *source, const char *path, GError **error);
void source_clear(Source *source);

/** Appends some bytes to `into`; sets `ended` at the end. False with error set when it failed. */
bool source_read(Source *source, GByteArray *into, GError **error);
