/* store/canonical.h: the bytes of a record that the evidence log hashes (docs/formats.md).
 *
 *     01  kind  id          1 + 1 + 8 bytes
 *     number 'i' value      whole number, 8 bytes, two's complement
 *     number 'r' value      IEEE 754 double, 8 bytes; never NaN, never -0
 *     number 't' n text     n in 4 bytes, then UTF-8
 *     number 'b' n bytes    likewise; a sealed field is its sealed bytes
 *
 * All little-endian; fields in order of their number, those without a value left out. Writers take
 * the place to write at, which has room, and return the place behind. */
#pragma once
#include "store/id.h"

#include <string.h>

enum {
    CANONICAL_VERSION = 1,
    CANONICAL_HEAD_BYTES = 10,
    CANONICAL_FIELD_BYTES = 10, /**< at most, without the bytes of a text or blob */
};

static inline guint8 *canonical_u64(guint8 *at, guint64 value)
{
    value = GUINT64_TO_LE(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static inline void canonical_set_id(guint8 *record, gint64 id)
{
    canonical_u64(record + 2, (guint64)id);
}

static inline guint8 *canonical_begin(guint8 *at, StoreKind kind, gint64 id)
{
    at[0] = CANONICAL_VERSION;
    at[1] = (guint8)kind;
    return canonical_u64(at + 2, (guint64)id);
}

static inline guint8 *canonical_int(guint8 *at, guint8 number, gint64 value)
{
    at[0] = number;
    at[1] = 'i';
    return canonical_u64(at + 2, (guint64)value);
}

static inline guint8 *canonical_real(guint8 *at, guint8 number, double value)
{
    guint64 bits = 0;
    memcpy(&bits, &value, sizeof bits);
    at[0] = number;
    at[1] = 'r';
    return canonical_u64(at + 2, bits);
}

/** type 't' or 'b'. */
static inline guint8 *canonical_bytes(guint8 *at, guint8 number, char type, const void *value,
                                      gsize length)
{
    const guint32 n = GUINT32_TO_LE((guint32)length);
    at[0] = number;
    at[1] = (guint8)type;
    memcpy(at + 2, &n, sizeof n);
    if (length > 0)
        memcpy(at + 6, value, length);
    return at + 6 + length;
}
