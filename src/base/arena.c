/* base/arena.c
 *
 *   arena ─▶ block ─▶ block ─▶ NULL        the first one is being filled
 *            [next, size, used | items … ]
 *
 * A reset keeps the largest block. An item larger than a quarter of a block gets one of its own,
 * behind the first, which goes on being filled. */
#include "base/arena.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EACH_ITS_OWN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
#define EACH_ITS_OWN 1
#endif
#ifndef EACH_ITS_OWN
#define EACH_ITS_OWN 0
#endif

enum { BLOCK_BYTES = 64 * 1024, ALIGNMENT = _Alignof(max_align_t) };

typedef struct Block Block;
struct Block {
    Block *next;
    gsize size, used; /* of what follows the head */
    _Alignas(max_align_t) unsigned char items[];
};

struct Arena {
    const char *name;
    Block *blocks;
    gsize used;
};

Arena *arena_new(const char *name)
{
    g_assert(name != NULL);
    Arena *arena = calloc(1, sizeof *arena);
    if (arena != NULL)
        arena->name = name;
    return arena;
}

const char *arena_name(const Arena *arena)
{
    return arena->name;
}

gsize arena_used(const Arena *arena)
{
    return arena->used;
}

static Block *block_new(gsize size)
{
    if (size > G_MAXSIZE - sizeof(Block))
        return NULL;
    Block *block = malloc(sizeof(Block) + size);
    if (block != NULL) {
        block->next = NULL;
        block->size = size;
        block->used = 0;
    }
    return block;
}

void *arena_alloc(Arena *arena, gsize size)
{
    if (size > G_MAXSSIZE)
        return NULL;
    gsize whole = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    Block *block = arena->blocks;
    if (EACH_ITS_OWN || block == NULL || block->size - block->used < whole) {
        bool own = EACH_ITS_OWN || whole > BLOCK_BYTES / 4;
        Block *fresh = block_new(EACH_ITS_OWN ? size : own ? whole : BLOCK_BYTES);
        if (fresh == NULL)
            return NULL;
        if (own && block != NULL) {
            fresh->next = block->next;
            block->next = fresh;
        } else {
            fresh->next = block;
            arena->blocks = fresh;
        }
        block = fresh;
    }
    void *item = block->items + block->used;
    block->used += EACH_ITS_OWN ? size : whole;
    arena->used += size;
    memset(item, 0, size);
    return item;
}

void *arena_alloc_array(Arena *arena, gsize n, gsize size)
{
    gsize bytes;
    if (!g_size_checked_mul(&bytes, n, size))
        return NULL;
    return arena_alloc(arena, bytes);
}

char *arena_copy(Arena *arena, const char *text, gsize length)
{
    if (length >= G_MAXSSIZE)
        return NULL;
    char *copy = arena_alloc(arena, length + 1);
    if (copy != NULL && length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *arena_copy_string(Arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text));
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : arena_alloc(arena, (gsize)length + 1);
    if (text != NULL)
        vsnprintf(text, (gsize)length + 1, format, again);
    va_end(again);
    return text;
}

void arena_reset(Arena *arena)
{
    Block *kept = NULL, *next;
    for (Block *block = arena->blocks; block != NULL; block = next) {
        next = block->next;
        if (EACH_ITS_OWN || (kept != NULL && kept->size >= block->size)) {
            free(block);
        } else {
            free(kept);
            kept = block;
        }
    }
    if (kept != NULL) {
        kept->next = NULL;
        kept->used = 0;
    }
    arena->blocks = kept;
    arena->used = 0;
}

void arena_free(Arena *arena)
{
    if (arena == NULL)
        return;
    for (Block *block = arena->blocks, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}
