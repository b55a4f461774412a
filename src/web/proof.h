/* web/proof.h: the inclusion proof of a record, shown and as a file. */
#pragma once
#include "web/page.h"

/** Lower-case hexadecimal. Transfers. */
char *proof_hex(const guint8 *bytes, gsize length);
/** A section with the record's proof: position, hashes, path, head, and how to check it. */
void proof_draw(const Page *page, StoreKind kind, gint64 id);
