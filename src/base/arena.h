/* base/arena.h: many small things that die together (one request, one record, one batch).
 *
 * An arena is named for its lifetime. What it gives lives until arena_reset or arena_free; nothing
 * is freed alone. Blocks are kept over a reset, so that a loop over records allocates once. Built
 * without optimization or with AddressSanitizer each item has its own malloc, so that sanitizers
 * and Valgrind see every byte past an item's end and every use after a reset.
 *
 * One thread at a time. No memory: NULL, and the arena stays as it was (engines report it). */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct Arena Arena;

/** name: what lives as long ("one record"); static, for asserts and debuggers. NULL: no memory. */
Arena *arena_new(const char *name);
void arena_free(Arena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arena, arena_free)
const char *arena_name(const Arena *arena);

/** So many zeroed bytes, aligned for any type. size 0 gives a pointer that may not be read. */
void *arena_alloc(Arena *arena, gsize size);
/** n zeroed items; NULL also when n * size does not fit a size. */
void *arena_alloc_array(Arena *arena, gsize n, gsize size);
#define arena_new_items(arena, Type, n) ((Type *)arena_alloc_array((arena), (n), sizeof(Type)))
/** Copies with a NUL behind. */
char *arena_copy(Arena *arena, const char *text, gsize length);
char *arena_copy_string(Arena *arena, const char *text);
char *arena_printf(Arena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Everything given so far is gone. */
void arena_reset(Arena *arena);
/** Bytes asked for since the last reset. */
gsize arena_used(const Arena *arena);
