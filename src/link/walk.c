/* Walking the pairs: rule by rule, block by block.
 *
 * The records of a block lie anywhere in memory. Up to TILE of them are copied side by side, with
 * their keys of the earlier rules, and fetched ahead while the ones before are compared; then all
 * pairs of the tile meet in the nearest cache. A block larger than a tile is walked tile against
 * tile. So a record costs its cache misses once a rule and tile, not once a pair. */
#include "link/walk.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { TASK_PAIRS = 100000, TILE = 128, CHUNK = 16, AHEAD = 24 };

LinkTask *link_walk_tasks(const LinkPrepared *prepared, size_t *ret_n)
{
    size_t size = 256, n = 0;
    LinkTask *tasks = malloc(size * sizeof *tasks);
    for (unsigned r = 0; tasks != NULL && r < prepared->config->n_rules; r++) {
        const uint32_t *keys = prepared->sorted_keys[r];
        LinkTask task = {r, 0, 0, 0, UINT32_MAX, 0};
        for (size_t begin = 0, end; begin < prepared->n_order[r]; begin = end) {
            for (end = begin + 1; end < prepared->n_order[r] && keys[end] == keys[begin];)
                end++;
            uint64_t block = end - begin, pairs = block * (block - 1) / 2;
            uint32_t lefts =
                pairs > 2 * TASK_PAIRS ? (uint32_t)(TASK_PAIRS / block + 1) : UINT32_MAX;
            bool closes = end == prepared->n_order[r] || task.pairs + pairs > TASK_PAIRS;
            if (lefts == UINT32_MAX) {
                task.end = (uint32_t)end;
                task.pairs += pairs;
            }
            for (uint32_t first = 0;; first += lefts) {
                if (n + 2 > size) {
                    LinkTask *more = realloc(tasks, (size *= 2) * sizeof *tasks);
                    if (more == NULL) {
                        free(tasks);
                        return NULL;
                    }
                    tasks = more;
                }
                if (lefts == UINT32_MAX) {
                    if (closes) {
                        tasks[n++] = task;
                        task = (LinkTask){r, (uint32_t)end, (uint32_t)end, 0, UINT32_MAX, 0};
                    }
                    break;
                }
                if (first == 0) { /* what was gathered before the giant, if anything */
                    if (task.end > task.begin)
                        tasks[n++] = task;
                    task = (LinkTask){r, (uint32_t)end, (uint32_t)end, 0, UINT32_MAX, 0};
                }
                tasks[n++] = (LinkTask){r, (uint32_t)begin, (uint32_t)end, first, first + lefts, 0};
                if ((uint64_t)first + lefts >= block)
                    break;
            }
        }
    }
    *ret_n = n;
    return tasks;
}

/* Records of a block, copied together. */
typedef struct {
    unsigned n;
    uint32_t records[TILE];
    uint8_t sources[TILE];
    uint32_t keys[LINK_MAX_RULES][TILE + CHUNK]; /* of the rules before this one */
    LinkCell cells[TILE * LINK_MAX_FIELDS];
} Tile;

static void fetch_ahead(const LinkPrepared *prepared, uint32_t record, size_t row_bytes)
{
    const char *row = (const char *)link_row(prepared, record);
    const char *keys = (const char *)link_keys(prepared, record);
    for (size_t at = 0; at < row_bytes; at += 64)
        __builtin_prefetch(row + at);
    __builtin_prefetch(row + row_bytes - 1);
    __builtin_prefetch(keys);
    __builtin_prefetch(keys + prepared->config->n_rules * sizeof(uint32_t) - 1);
}

/* order[0 … n) into the tile; further ones, up to `known` places, are fetched ahead. */
static void fill_tile(const LinkPrepared *prepared, unsigned rule, const uint32_t *order,
                      unsigned n, size_t known, Tile *tile)
{
    const size_t row_bytes = prepared->n_fields * sizeof(LinkCell);
    tile->n = n;
    for (unsigned i = 0; i < n; i++) {
        if (i + AHEAD < known)
            fetch_ahead(prepared, order[i + AHEAD], row_bytes);
        const uint32_t *keys = link_keys(prepared, order[i]);
        tile->records[i] = order[i];
        tile->sources[i] = prepared->table->sources[order[i]];
        memcpy(tile->cells + (size_t)i * prepared->n_fields, link_row(prepared, order[i]),
               row_bytes);
        for (unsigned r = 0; r < rule; r++)
            tile->keys[r][i] = keys[r];
    }
}

typedef struct {
    const LinkPrepared *prepared;
    const LinkScale *scale;
    size_t task, n_known;
    unsigned rule;
    LinkVisit visit;
    void *context;
    uint64_t compared;
    unsigned n;
    uint32_t left[LINK_BATCH], right[LINK_BATCH];
    const LinkCell *left_rows[LINK_BATCH], *right_rows[LINK_BATCH];
} Walk;

static void send_batch(Walk *walk)
{
    uint8_t levels[LINK_MAX_FIELDS * LINK_BATCH];
    float sums[LINK_BATCH];
    if (walk->n == 0)
        return;
    uint64_t wanted = walk->prepared->levels(walk->prepared, walk->left_rows, walk->right_rows,
                                             walk->n, walk->scale, levels, sums);
    if (wanted != 0)
        walk->visit(walk->context, walk->task, walk->left, walk->right, wanted, levels, sums);
    walk->compared += walk->n;
    walk->n = 0;
}

/* Which of 16 keys are this one, a bit each. */
static inline unsigned same_keys(const uint32_t *keys, uint32_t key)
{
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi32((int)key);
    const __m128i *at = (const __m128i *)(const void *)keys;
    __m128i low = _mm_packs_epi32(_mm_cmpeq_epi32(_mm_loadu_si128(at), wanted),
                                  _mm_cmpeq_epi32(_mm_loadu_si128(at + 1), wanted));
    __m128i high = _mm_packs_epi32(_mm_cmpeq_epi32(_mm_loadu_si128(at + 2), wanted),
                                   _mm_cmpeq_epi32(_mm_loadu_si128(at + 3), wanted));
    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high));
#else
    unsigned same = 0;
    for (unsigned i = 0; i < CHUNK; i++)
        same |= (unsigned)(keys[i] == key) << i;
    return same;
#endif
}

/* Pairs of one record with rights[first … last) that no earlier rule brings together. */
static void meet(Walk *walk, const Tile *lefts, unsigned i, const Tile *rights, unsigned first,
                 unsigned last)
{
    const LinkPrepared *prepared = walk->prepared;
    const uint32_t self = lefts->records[i];
    for (unsigned chunk = first; chunk < last; chunk += CHUNK) {
        unsigned wanted = last - chunk >= CHUNK ? 0xffff : (1u << (last - chunk)) - 1;
        for (unsigned r = 0; r < walk->rule; r++)
            if (lefts->keys[r][i] != LINK_NO_ID)
                wanted &= ~same_keys(rights->keys[r] + chunk, lefts->keys[r][i]);
        for (; wanted != 0; wanted &= wanted - 1) {
            unsigned j = chunk + (unsigned)__builtin_ctz(wanted);
            if ((prepared->between && lefts->sources[i] == rights->sources[j]) ||
                (self < walk->n_known && rights->records[j] < walk->n_known))
                continue;
            walk->left[walk->n] = self;
            walk->right[walk->n] = rights->records[j];
            walk->left_rows[walk->n] = lefts->cells + (size_t)i * prepared->n_fields;
            walk->right_rows[walk->n] = rights->cells + (size_t)j * prepared->n_fields;
            if (++walk->n == LINK_BATCH)
                send_batch(walk);
        }
    }
}

/* order[begin …): whole blocks that fit one tile together. Gives where they end, or begin when not
 * even one fits. */
static uint32_t blocks_of_tile(const uint32_t *keys, uint32_t begin, uint32_t end)
{
    uint32_t most = end - begin > TILE ? begin + TILE : end, last = most;
    while (last > begin && last < end && keys[last] == keys[last - 1])
        last--;
    return last;
}

/* Lefts first … last of the block order[begin … end), tile against tile. */
static void walk_giant(Walk *walk, const uint32_t *order, uint32_t begin, uint32_t end,
                       uint32_t first, uint32_t last, Tile tiles[2])
{
    for (uint32_t left = begin + first; left < last; left += TILE) {
        unsigned n_left = MIN(last - left, (uint32_t)TILE);
        fill_tile(walk->prepared, walk->rule, order + left, n_left, end - left, &tiles[0]);
        for (unsigned i = 0; i + 1 < n_left; i++)
            meet(walk, &tiles[0], i, &tiles[0], i + 1, n_left);
        send_batch(walk); /* its rows lie in tiles that change now */
        for (uint32_t right = left + n_left; right < end; right += TILE) {
            unsigned n_right = MIN(end - right, (uint32_t)TILE);
            fill_tile(walk->prepared, walk->rule, order + right, n_right, end - right, &tiles[1]);
            for (unsigned i = 0; i < n_left; i++)
                meet(walk, &tiles[0], i, &tiles[1], 0, n_right);
            send_batch(walk);
        }
    }
}

uint64_t link_walk_visit(const LinkPrepared *prepared, const LinkTask *tasks, size_t number,
                         size_t n_known, const LinkScale *scale, LinkVisit visit, void *context)
{
    const LinkTask *task = &tasks[number];
    const uint32_t *order = prepared->order[task->rule], *keys = prepared->sorted_keys[task->rule];
    Walk walk = {.prepared = prepared,
                 .scale = scale,
                 .task = number,
                 .n_known = n_known,
                 .rule = task->rule,
                 .visit = visit,
                 .context = context};
    Tile *tiles = g_new(Tile, 2);
    for (uint32_t begin = task->begin, end; begin < task->end; begin = end) {
        end = blocks_of_tile(keys, begin, task->end);
        if (end == begin || task->first > 0 || task->last != UINT32_MAX) {
            for (end = begin + 1; end < task->end && keys[end] == keys[begin];)
                end++;
            walk_giant(&walk, order, begin, end, task->first,
                       task->last < end - begin ? begin + task->last : end, tiles);
            continue;
        }
        fill_tile(prepared, task->rule, order + begin, end - begin, task->end - begin, &tiles[0]);
        for (uint32_t block = begin, next; block < end; block = next) {
            for (next = block + 1; next < end && keys[next] == keys[block];)
                next++;
            for (uint32_t i = block; i + 1 < next; i++)
                meet(&walk, &tiles[0], i - begin, &tiles[0], i + 1 - begin, next - begin);
        }
        send_batch(&walk);
    }
    g_free(tiles);
    return walk.compared;
}
