#include "link/intern.h"

#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

void *link_pages(size_t bytes)
{
#ifdef MADV_HUGEPAGE
    const size_t page = (size_t)2 << 20;
    void *memory = NULL;
    if (bytes >= 2 * page && posix_memalign(&memory, page, bytes) == 0) {
        madvise(memory, bytes & ~(page - 1), MADV_HUGEPAGE); /* a wish: failing changes nothing */
        return memory;
    }
#endif
    void *lines = NULL;
    return posix_memalign(&lines, 64, bytes) == 0 ? lines : NULL;
}

uint64_t link_hash(const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ length;
    for (; length >= 8; length -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
    }
    uint64_t rest = 0;
    memcpy(&rest, at, length);
    return link_mix(hash ^ rest);
}

int link_compare_hashed(const void *a, const void *b)
{
    const LinkHashed *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static bool grow_slots(LinkIntern *intern)
{
    uint32_t n_slots = intern->n_slots == 0 ? 1024 : intern->n_slots * 2;
    uint64_t *slots = n_slots != 0 ? calloc(n_slots, sizeof *slots) : NULL;
    if (slots == NULL)
        return false;
    for (uint32_t id = 0; id < intern->n; id++) {
        uint64_t hash = link_hash(link_intern_text(intern, id), link_intern_length(intern, id));
        uint32_t slot = (uint32_t)hash & (n_slots - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (n_slots - 1);
        slots[slot] = hash >> 32 << 32 | (id + 1);
    }
    free(intern->slots);
    intern->slots = slots;
    intern->n_slots = n_slots;
    return true;
}

static bool grow_texts(LinkIntern *intern, size_t length)
{
    if (intern->n_bytes + length + 1 > intern->bytes_size) {
        size_t size = (intern->n_bytes + length + 1) * 3 / 2 + 4096;
        char *bytes = realloc(intern->bytes, size);
        if (bytes == NULL)
            return false;
        intern->bytes = bytes;
        intern->bytes_size = size;
    }
    if (intern->n + 2 > intern->starts_size) {
        uint32_t size = intern->starts_size + intern->starts_size / 2 + 256;
        size_t *starts = realloc(intern->starts, size * sizeof *starts);
        if (starts == NULL)
            return false;
        if (intern->starts == NULL)
            starts[0] = 0;
        intern->starts = starts;
        intern->starts_size = size;
    }
    return true;
}

/* Of the text, or the slot where it belongs. */
static uint32_t look_up(const LinkIntern *intern, const void *bytes, size_t length, uint64_t hash,
                        uint32_t *ret_slot)
{
    uint32_t tag = (uint32_t)(hash >> 32), slot = (uint32_t)hash & (intern->n_slots - 1);
    for (; intern->slots[slot] != 0; slot = (slot + 1) & (intern->n_slots - 1)) {
        uint32_t id = (uint32_t)intern->slots[slot] - 1;
        if ((uint32_t)(intern->slots[slot] >> 32) == tag &&
            link_intern_length(intern, id) == length &&
            memcmp(link_intern_text(intern, id), bytes, length) == 0)
            return id;
    }
    *ret_slot = slot;
    return LINK_NO_ID;
}

uint32_t link_intern(LinkIntern *intern, const void *bytes, size_t length)
{
    return link_intern_hashed(intern, bytes, length, link_hash(bytes, length));
}

uint32_t link_intern_hashed(LinkIntern *intern, const void *bytes, size_t length, uint64_t hash)
{
    uint32_t slot = 0;
    if (intern->n >= intern->n_slots / 2 && !grow_slots(intern))
        return LINK_NO_ID;
    uint32_t id = look_up(intern, bytes, length, hash, &slot);
    if (id != LINK_NO_ID)
        return id;
    if (!grow_texts(intern, length))
        return LINK_NO_ID;
    id = intern->n++;
    if (length > 0)
        memcpy(intern->bytes + intern->n_bytes, bytes, length);
    intern->n_bytes += length;
    intern->bytes[intern->n_bytes++] = '\0';
    intern->starts[intern->n] = intern->n_bytes;
    intern->slots[slot] = hash >> 32 << 32 | (id + 1);
    return id;
}

uint32_t link_intern_find(const LinkIntern *intern, const void *bytes, size_t length)
{
    uint32_t slot;
    return intern->n_slots == 0 ? LINK_NO_ID
                                : look_up(intern, bytes, length, link_hash(bytes, length), &slot);
}

void link_intern_close(LinkIntern *intern)
{
    free(intern->slots);
    intern->slots = NULL;
    intern->n_slots = 0;
}

void link_intern_clear(LinkIntern *intern)
{
    link_intern_close(intern);
    free(intern->bytes);
    free(intern->starts);
    *intern = (LinkIntern){0};
}
