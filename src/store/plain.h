/* store/plain.h: a record's fields as plain text, and back: for exports and their import.
 *
 * Ids as printed ("R12"), days and times as ISO 8601, bytes in hex, numbers with ".", kinds by
 * their names. What store_record_plain gives, store_record_set_plain reads back equal. */
#pragma once
#include "store/record.h"

/** NULL when the field has no value. Transfers. */
char *store_record_plain(StoreKind kind, const void *record, gsize column);

/** An empty record of any kind; free with store_record_free. */
void *store_record_new(StoreKind kind);
/** Sets a field of a record that store_record_new made. False with a sentence (INPUT) when the
 *  text is no value of the field: the record is as it was. Sealed fields are set as they are. */
bool store_record_set_plain(StoreKind kind, void *record, gsize column, const char *text,
                            GError **error);

/** A record out of its canonical form (store/canonical.h), without what is sealed in it. NULL when
 * the bytes are none of that kind. Free with store_record_free. Reads any bytes. */
void *store_record_from_canonical(StoreKind kind, const guint8 *bytes, gsize length);
