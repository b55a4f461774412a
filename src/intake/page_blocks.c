#include "intake/page_blocks.h"

static const PageBlock *block_at(const GArray *blocks, gsize i)
{
    return &g_array_index(blocks, PageBlock, i);
}

static double link_density(const PageBlock *block)
{
    return block != NULL && block->words > 0 ? (double)block->linked / block->words : 0;
}

static guint words_of(const PageBlock *block)
{
    return block != NULL ? block->words : 0;
}

/* Algorithm 2 of the paper; its thresholds. */
static bool is_content(const PageBlock *before, const PageBlock *block, const PageBlock *after)
{
    if (link_density(block) > 0.333333)
        return false;
    if (link_density(before) <= 0.555556)
        return block->words > 16 || words_of(after) > 15 || words_of(before) > 4;
    return block->words > 40 || words_of(after) > 17;
}

static void classify(GArray *blocks, bool *content)
{
    for (gsize i = 0; i < blocks->len; i++)
        content[i] = is_content(i > 0 ? block_at(blocks, i - 1) : NULL, block_at(blocks, i),
                                i + 1 < blocks->len ? block_at(blocks, i + 1) : NULL);
}

typedef enum { REGION_BODY, REGION_ARTICLE, REGION_MAIN, REGION_ALL } Region;

static bool is_within(const PageBlock *block, Region region, guint article)
{
    switch (region) {
    case REGION_BODY:
        return (block->regions & PAGE_IN_BODY) != 0;
    case REGION_ARTICLE:
        return block->article == article;
    case REGION_MAIN:
        return (block->regions & PAGE_IN_MAIN) != 0;
    default:
        return true;
    }
}

/* The article with the most words of content; 0 none. */
static guint longest_article(const GArray *blocks, const bool *content)
{
    guint n = 0, best = 0;
    for (gsize i = 0; i < blocks->len; i++)
        n = MAX(n, block_at(blocks, i)->article);
    g_autofree guint64 *words = g_new0(guint64, n + 1);
    for (gsize i = 0; i < blocks->len; i++)
        if (content[i])
            words[block_at(blocks, i)->article] += block_at(blocks, i)->words;
    for (guint a = 1; a <= n; a++)
        if (words[a] > 0 && (best == 0 || words[a] > words[best]))
            best = a;
    return best;
}

/* The narrowest place that the page names and that holds at least half of the content. */
static Region choose_region(const GArray *blocks, const bool *content, guint *ret_article)
{
    *ret_article = longest_article(blocks, content);
    guint64 all = 0, within[REGION_ALL] = {0};
    for (gsize i = 0; i < blocks->len; i++) {
        const PageBlock *block = block_at(blocks, i);
        if (!content[i])
            continue;
        all += block->words;
        for (Region r = REGION_BODY; r < REGION_ALL; r++)
            if (is_within(block, r, *ret_article) && (r != REGION_ARTICLE || *ret_article > 0))
                within[r] += block->words;
    }
    for (Region r = REGION_BODY; r < REGION_ALL; r++)
        if (all > 0 && 2 * within[r] >= all)
            return r;
    return REGION_ALL;
}

/* Short blocks without links between kept ones, at most three in a row, and the list behind one. */
static void fuse(GArray *blocks, bool *content)
{
    enum { GAP = 3 };
    gsize last = G_MAXSIZE; /* the last kept block */
    for (gsize i = 0; i < blocks->len; i++) {
        const PageBlock *block = block_at(blocks, i);
        if (content[i]) {
            for (gsize k = last == G_MAXSIZE ? i : last + 1; k < i && i - last <= GAP + 1; k++)
                if (link_density(block_at(blocks, k)) <= 0.333333)
                    content[k] = true;
            last = i;
        } else if (last != G_MAXSIZE && last + 1 == i && block->kind == PAGE_BLOCK_ITEM &&
                   block->linked == 0 &&
                   (block_at(blocks, last)->kind == PAGE_BLOCK_ITEM ||
                    block_at(blocks, last)->words > 4)) {
            content[i] = true;
            last = i;
        }
    }
}

bool page_blocks_choose(GArray *blocks)
{
    if (blocks->len == 0)
        return true;
    g_autofree bool *content = g_new0(bool, blocks->len);
    classify(blocks, content);
    guint article;
    Region region = choose_region(blocks, content, &article);
    /* Within the text itself a short line between links is no menu: count anew with its neighbours
     * alone. */
    g_autoptr(GArray) inner = g_array_new(FALSE, FALSE, sizeof(PageBlock));
    g_autoptr(GArray) index = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize i = 0; i < blocks->len; i++)
        if (is_within(block_at(blocks, i), region, article)) {
            g_array_append_vals(inner, block_at(blocks, i), 1);
            g_array_append_val(index, i);
        }
    classify(inner, content);
    fuse(inner, content);
    bool any = false;
    for (gsize i = 0; i < inner->len; i++) {
        g_array_index(blocks, PageBlock, g_array_index(index, gsize, i)).keep = content[i];
        any |= content[i];
    }
    for (gsize i = 0; i < blocks->len && !any; i++)
        g_array_index(blocks, PageBlock, i).keep = true;
    return any;
}

char *page_blocks_join(const GArray *blocks, const char *text, gsize *ret_length)
{
    GString *out = g_string_new(NULL);
    const PageBlock *last = NULL;
    for (gsize i = 0; i < blocks->len; i++) {
        const PageBlock *block = block_at(blocks, i);
        if (!block->keep)
            continue;
        bool list = last != NULL && last->kind == PAGE_BLOCK_ITEM && block->kind == PAGE_BLOCK_ITEM;
        if (last != NULL)
            g_string_append(out, list ? "\n" : "\n\n");
        g_string_append_len(out, text + block->start, (gssize)block->length);
        last = block;
    }
    *ret_length = out->len;
    return g_string_free(out, FALSE);
}
