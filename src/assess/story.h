/* assess/story.h: whether two reports tell one story: their words as three-word shingles (Broder
 * 1997, On the resemblance and containment of documents). */
#pragma once
#include <glib.h>
#include <stdbool.h>

enum {
    ASSESS_STORY_LEAST = 8, /**< words; fewer make no story */
    ASSESS_STORY_LONG = 25, /**< words; a source does not fill a form with so many */
};

typedef struct {
    gsize row; /**< the caller's own */
    gsize n_words;
    bool masked;      /**< a name stood in it */
    GArray *shingles; /**< guint64, ascending, once each */
    guint64 whole;    /**< hash of all its words in order */
} AssessStory;

/** Fills the story from a text (words are runs of letters and digits, whatever their case); row is
 *  left as it is. */
void assess_story_read(AssessStory *story, const char *text);
/** For g_array_set_clear_func: what the story holds, not the story. */
void assess_story_clear(gpointer story);
/** Their shingles are the same to four fifths, or one of at least ASSESS_STORY_LONG lies within
 *  the other to nine tenths. False for stories without a shingle. */
bool assess_story_alike(const AssessStory *a, const AssessStory *b);
