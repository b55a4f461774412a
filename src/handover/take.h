/* handover/take.h: what `zenhar export` wrote (handover/records.h), read back into a case. */
#pragma once
#include "handover/taker.h"

/** Is the file JSON Lines of an export, or the folder one of its tables? By the first bytes; false
 *  for what cannot be read. */
bool take_is_export(const char *path);

/** Seals the file (or the folder's files), and takes its records in, in one transaction: all or
 *  nothing. A file that is cut short, or a line that cannot be read, is refused whole and named:
 *  a program wrote it, so what is wrong with one line may be wrong with all. Errors: INPUT, IO,
 *  NEWER (a format of a later version). */
bool take_import(Store *store, const char *path, TakeDone *ret, GError **error);
