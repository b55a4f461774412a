/* link/intern.h: byte strings to small whole numbers; each kept once.
 *
 * Open addressing over ids; texts in one growing buffer, each with a NUL after
 * it. Ids are 0, 1, 2 … in the order of first sight. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    char *bytes;
    size_t n_bytes, bytes_size;
    size_t *starts; /**< n + 1 offsets into bytes; a text ends one before the next (its NUL) */
    uint32_t n, starts_size;
    /** Low half: id + 1, 0 empty. High half: of the hash, so that most misses touch no text. */
    uint64_t *slots;
    uint32_t n_slots;
} LinkIntern;

#define LINK_NO_ID UINT32_MAX

/** LINK_NO_ID when memory is lacking. */
uint32_t link_intern(LinkIntern *intern, const void *bytes, size_t length);
/** Likewise, the hash known: link_hash of the bytes. */
uint32_t link_intern_hashed(LinkIntern *intern, const void *bytes, size_t length, uint64_t hash);
/** The place where a text of this hash is looked for first, into the cache. */
static inline void link_intern_fetch(const LinkIntern *intern, uint64_t hash)
{
    if (intern->n_slots > 0)
        __builtin_prefetch(&intern->slots[(uint32_t)hash & (intern->n_slots - 1)]);
}
/** LINK_NO_ID when it is not there. */
uint32_t link_intern_find(const LinkIntern *intern, const void *bytes, size_t length);
static inline const char *link_intern_text(const LinkIntern *intern, uint32_t id)
{
    return intern->bytes + intern->starts[id];
}
static inline size_t link_intern_length(const LinkIntern *intern, uint32_t id)
{
    return intern->starts[id + 1] - intern->starts[id] - 1;
}
/** Frees the slots; texts stay. Nothing can be added after. */
void link_intern_close(LinkIntern *intern);
void link_intern_clear(LinkIntern *intern);

/** Memory for a large array that is read in no order: in large pages where the system has them, so
 *  that finding a page costs less than reading it. Begins at a cache line. NULL when memory is
 *  lacking; free(). */
void *link_pages(size_t bytes);

/** An id beside the hash of its text; in order of hash, then id. */
typedef struct {
    uint64_t hash;
    uint32_t id;
} LinkHashed;
int link_compare_hashed(const void *a, const void *b);

uint64_t link_hash(const void *bytes, size_t length);
static inline uint64_t link_mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}
