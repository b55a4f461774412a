/* assess/story.c: the words of a report as three-word shingles. */
#include "assess/story.h"

#include <string.h>

enum { SHINGLE = 3 };
static const double ALIKE = 0.8, WITHIN = 0.9;

void assess_story_clear(gpointer data)
{
    AssessStory *story = data;
    if (story->shingles != NULL)
        g_array_unref(story->shingles);
}

static guint64 mix(guint64 hash, guint64 value)
{
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

static int by_value(gconstpointer a, gconstpointer b)
{
    guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;
    return (x > y) - (x < y);
}

/* Words are runs of letters and digits, whatever their case. */
static GArray *words_of(const char *text)
{
    g_autofree char *folded = g_utf8_casefold(text, -1);
    GArray *words = g_array_new(FALSE, FALSE, sizeof(guint64));
    guint64 word = 0;
    for (const char *at = folded;; at = g_utf8_next_char(at)) {
        gunichar c = *at != '\0' ? g_utf8_get_char(at) : 0;
        if (c != 0 && g_unichar_isalnum(c)) {
            word = mix(word != 0 ? word : 1, c);
        } else if (word != 0) {
            g_array_append_val(words, word);
            word = 0;
        }
        if (c == 0)
            return words;
    }
}

void assess_story_read(AssessStory *story, const char *text)
{
    g_autoptr(GArray) words = words_of(text);
    story->n_words = words->len;
    story->masked = strstr(text, "•••") != NULL;
    story->shingles = g_array_new(FALSE, FALSE, sizeof(guint64));
    for (guint i = 0; i < words->len; i++) {
        story->whole = mix(story->whole, g_array_index(words, guint64, i));
        if (i + SHINGLE > words->len)
            continue;
        guint64 shingle = 7;
        for (guint k = 0; k < SHINGLE; k++)
            shingle = mix(shingle, g_array_index(words, guint64, i + k));
        g_array_append_val(story->shingles, shingle);
    }
    g_array_sort(story->shingles, by_value);
    guint kept = 0;
    for (guint i = 0; i < story->shingles->len; i++) {
        guint64 value = g_array_index(story->shingles, guint64, i);
        if (kept == 0 || value != g_array_index(story->shingles, guint64, kept - 1))
            g_array_index(story->shingles, guint64, kept++) = value;
    }
    g_array_set_size(story->shingles, kept);
}

bool assess_story_alike(const AssessStory *a, const AssessStory *b)
{
    guint i = 0, k = 0, both = 0, n = a->shingles->len, m = b->shingles->len;
    while (i < n && k < m) {
        guint64 x = g_array_index(a->shingles, guint64, i);
        guint64 y = g_array_index(b->shingles, guint64, k);
        both += x == y;
        i += x <= y;
        k += y <= x;
    }
    guint least = MIN(n, m);
    return least > 0 && ((double)both >= ALIKE * (double)(n + m - both) ||
                         (least >= ASSESS_STORY_LONG && (double)both >= WITHIN * (double)least));
}
