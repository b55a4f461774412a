/* store/canonical.h: the bytes of a record that the evidence log hashes (docs/formats.md).
 *
 *     01  kind  id          1 + 1 + 8 bytes
 *     number 'i' value      whole number, 8 bytes, two's complement
 *     number 'r' value      IEEE 754 double, 8 bytes; never NaN, never -0
 *     number 't' n text     n in 4 bytes, then UTF-8
 *     number 'b' n bytes    likewise; a sealed field is its sealed bytes
 *
 * All little-endian; fields in order of their number, those without a value left out. */
#pragma once
#include "store/id.h"

#include <string.h>

enum { CANONICAL_VERSION = 1, CANONICAL_HEAD_BYTES = 10 };

/* Room for n more bytes; the array grows by doubling and keeps its size over records. */
static inline guint8 *canonical_extend(GByteArray *bytes, gsize n)
{
    const guint length = bytes->len;
    g_assert(n < G_MAXUINT / 2 - length);
    g_byte_array_set_size(bytes, length + (guint)n);
    return bytes->data + length;
}

static inline void canonical_u64(guint8 *place, guint64 value)
{
    value = GUINT64_TO_LE(value);
    memcpy(place, &value, sizeof value);
}

static inline void canonical_set_id(GByteArray *bytes, gint64 id)
{
    canonical_u64(bytes->data + 2, (guint64)id);
}

static inline void canonical_begin(GByteArray *bytes, StoreKind kind, gint64 id)
{
    g_byte_array_set_size(bytes, CANONICAL_HEAD_BYTES);
    bytes->data[0] = CANONICAL_VERSION;
    bytes->data[1] = (guint8)kind;
    canonical_set_id(bytes, id);
}

static inline void canonical_int(GByteArray *bytes, guint8 number, gint64 value)
{
    guint8 *place = canonical_extend(bytes, 10);
    place[0] = number;
    place[1] = 'i';
    canonical_u64(place + 2, (guint64)value);
}

static inline void canonical_real(GByteArray *bytes, guint8 number, double value)
{
    guint64 bits = 0;
    memcpy(&bits, &value, sizeof bits);
    guint8 *place = canonical_extend(bytes, 10);
    place[0] = number;
    place[1] = 'r';
    canonical_u64(place + 2, bits);
}

static inline void canonical_bytes(GByteArray *bytes, guint8 number, char type, const void *value,
                                   gsize length)
{
    guint8 *place = canonical_extend(bytes, 6 + length);
    const guint32 n = GUINT32_TO_LE((guint32)length);
    place[0] = number;
    place[1] = (guint8)type;
    memcpy(place + 2, &n, sizeof n);
    if (length > 0)
        memcpy(place + 6, value, length);
}

static inline void canonical_text(GByteArray *bytes, guint8 number, const char *text, gsize length)
{
    canonical_bytes(bytes, number, 't', text, length);
}

static inline void canonical_blob(GByteArray *bytes, guint8 number, const void *blob, gsize length)
{
    canonical_bytes(bytes, number, 'b', blob, length);
}
