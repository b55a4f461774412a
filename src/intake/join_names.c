#include "intake/join_names.h"

#include "text/names.h"
#include "text/normalize.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 12 };

typedef struct {
    const char *text; /* as written, without spaces; in strings */
    const char *key;  /* sound; "" when nothing sounds; in strings */
} Word;

typedef struct {
    guint8 n;
    bool untold;  /* a mere initial stands for the given name */
    bool counted; /* others learn from it */
    Word words[MOST_WORDS];
} Words;

typedef struct {
    guint first, last; /* names of two words that it begins, ends */
} Use;

struct JoinNames {
    GStringChunk *strings;
    gsize n;
    const char **given, **family;
    char *learned;
};

/* Endings of family names that people write apart: folded, by '|'. Those of the second list begin
 * family names too («پورمحمدی»): they join the word before only where a given name stands before
 * that. */
static const char ALWAYS[] = "|زاده|نژاد|نیا|وند|zadeh|zade|zada|nejad|nezhad|nia|niya|vand|";
static const char AFTER_TWO[] = "|پور|فر|خانی|بیگی|یار|لو|pour|poor|pur|far|khani|beigi|beygi|yar|"
                                "lou|loo|lu|";

static bool listed(const char *list, const char *word)
{
    g_autofree char *folded = text_fold(word, -1, NULL);
    g_autofree char *needle = g_strconcat("|", folded, "|", NULL);
    return folded[0] != '\0' && strstr(list, needle) != NULL;
}

/* ---- words ---- */

static void add_word(JoinNames *names, Words *words, const char *text, gsize length)
{
    if (length == 0 || words->n == MOST_WORDS)
        return;
    char key[TEXT_NAME_KEY_MAX];
    text_name_token_key(text, (gssize)length, TEXT_NAME_TOKEN, key);
    words->words[words->n++] =
        (Word){g_string_chunk_insert_len(names->strings, text, (gssize)length),
               g_string_chunk_insert_const(names->strings, key)};
}

/* Parts of a name at spaces, half-spaces, hyphens, full stops. */
static void cut(JoinNames *names, Words *words, const char *text)
{
    const char *begin = text, *at = text;
    for (; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c != ' ' && c != '-' && c != '.' && c != 0x200c && c != 0x2010 && c != 0x2011)
            continue;
        add_word(names, words, begin, (gsize)(at - begin));
        begin = g_utf8_next_char(at);
    }
    add_word(names, words, begin, (gsize)(at - begin));
}

static void merge(JoinNames *names, Words *words, guint at)
{
    g_autofree char *text = g_strconcat(words->words[at - 1].text, words->words[at].text, NULL);
    char key[TEXT_NAME_KEY_MAX];
    text_name_token_key(text, -1, TEXT_NAME_TOKEN, key);
    words->words[at - 1] = (Word){g_string_chunk_insert(names->strings, text),
                                  g_string_chunk_insert_const(names->strings, key)};
    for (guint i = at; i + 1 < words->n; i++)
        words->words[i] = words->words[i + 1];
    words->n--;
}

static void take_words(JoinNames *names, Words *words, const char *name)
{
    g_auto(TextName) parts = {0};
    if (name == NULL || !text_name_parse(name, &parts))
        return;
    cut(names, words, parts.given);
    cut(names, words, parts.family);
    for (guint i = 1; i < words->n; i++)
        if ((words->n > 2 && listed(ALWAYS, words->words[i].text)) ||
            (i > 1 && listed(AFTER_TWO, words->words[i].text)))
            merge(names, words, i--);
    if (words->n > 1 && g_utf8_strlen(words->words[0].text, -1) == 1) {
        words->untold = true;
        memmove(words->words, words->words + 1, (words->n - 1u) * sizeof *words->words);
        words->n--;
    }
}

/* ---- what the words are used for ---- */

static Use *use_of(GHashTable *uses, const char *key)
{
    Use *use = g_hash_table_lookup(uses, key);
    if (use == NULL) {
        use = g_new0(Use, 1);
        g_hash_table_insert(uses, (gpointer)key, use);
    }
    return use;
}

/* Lines "word<tab>first<tab>last", as write_uses made them. */
static void read_uses(JoinNames *names, GHashTable *uses, const char *learned)
{
    g_auto(GStrv) lines = g_strsplit(learned, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(lines[i], "\t", 3);
        if (g_strv_length(parts) != 3)
            continue;
        Use *use = use_of(uses, g_string_chunk_insert_const(names->strings, parts[0]));
        use->first = (guint)g_ascii_strtoull(parts[1], NULL, 10);
        use->last = (guint)g_ascii_strtoull(parts[2], NULL, 10);
    }
}

static char *write_uses(GHashTable *uses)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(uses), (GCompareFunc)strcmp);
    for (const GList *at = keys; at != NULL; at = at->next) {
        const Use *use = g_hash_table_lookup(uses, at->data);
        g_string_append_printf(out, "%s\t%u\t%u\n", (const char *)at->data, use->first, use->last);
    }
    return g_string_free(out, FALSE);
}

static GHashTable *learn(JoinNames *names, Words *all, gsize n, const char *learned)
{
    GHashTable *uses = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    if (learned != NULL)
        read_uses(names, uses, learned);
    for (gsize i = 0; i < n; i++)
        if (all[i].n == 2 && !all[i].untold) {
            all[i].counted = true;
            use_of(uses, all[i].words[0].key)->first++;
            use_of(uses, all[i].words[1].key)->last++;
        }
    return uses;
}

/* How much more often a word begins names than it ends them, this name itself left out. */
static double lean(GHashTable *uses, const char *key, bool own_first, bool own_last)
{
    const Use *use = g_hash_table_lookup(uses, key);
    double first = use != NULL ? use->first : 0, last = use != NULL ? use->last : 0;
    return (first - own_first + 0.5) / (last - own_last + 0.5);
}

/* Given and family name have changed places: the last word leans to the front much more than the
 * first does. */
static bool is_swapped(GHashTable *uses, const Words *words)
{
    bool own = words->counted;
    double front = lean(uses, words->words[0].key, own, false),
           back = lean(uses, words->words[words->n - 1].key, false, own);
    return back > 4 && front < 4 && back > 8 * front;
}

/* «مهدی پور تورج»: the family name first, its ending written apart. It is one word where others end
 * with that word, and the word behind it begins names. */
static void join_front_ending(JoinNames *names, GHashTable *uses, Words *words)
{
    if (words->untold || words->n < 3 || !listed(AFTER_TWO, words->words[1].text))
        return;
    g_autofree char *both = g_strconcat(words->words[0].text, words->words[1].text, NULL);
    char key[TEXT_NAME_KEY_MAX];
    text_name_token_key(both, -1, TEXT_NAME_TOKEN, key);
    if (lean(uses, key, false, false) < 0.5 && lean(uses, words->words[2].key, false, false) > 2)
        merge(names, words, 1);
}

static guint given_words(JoinNames *names, GHashTable *uses, const Words *words)
{
    if (words->untold || words->n < 2)
        return 0;
    if (words->n == 2)
        return 1;
    g_autofree char *both = g_strconcat(words->words[0].text, words->words[1].text, NULL);
    char key[TEXT_NAME_KEY_MAX];
    text_name_token_key(both, -1, TEXT_NAME_TOKEN, key);
    return lean(uses, key, false, false) > 2 || lean(uses, words->words[1].key, false, false) > 2
               ? 2
               : 1;
}

static const char *join_text(JoinNames *names, const Words *words, guint from, guint to)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = from; i < to; i++) {
        if (i > from)
            g_string_append_c(text, ' ');
        g_string_append(text, words->words[i].text);
    }
    return g_string_chunk_insert_const(names->strings, text->str);
}

static void rotate(Words *words)
{
    Word last = words->words[words->n - 1];
    memmove(words->words + 1, words->words, (words->n - 1u) * sizeof *words->words);
    words->words[0] = last;
}

JoinNames *join_names_new(gsize n, const char *const *texts, const char *learned)
{
    JoinNames *names = g_new0(JoinNames, 1);
    names->strings = g_string_chunk_new(1 << 16);
    names->n = n;
    names->given = g_new0(const char *, n + 1);
    names->family = g_new0(const char *, n + 1);
    g_autofree Words *all = g_new0(Words, n + 1);
    for (gsize i = 0; i < n; i++)
        take_words(names, &all[i], texts[i]);
    g_autoptr(GHashTable) uses = learn(names, all, n, learned);
    names->learned = write_uses(uses);
    for (gsize i = 0; i < n; i++) {
        Words *words = &all[i];
        join_front_ending(names, uses, words);
        if (words->n > 1 && !words->untold && is_swapped(uses, words))
            rotate(words);
        guint given = given_words(names, uses, words);
        names->given[i] = join_text(names, words, 0, given);
        names->family[i] = join_text(names, words, given, words->n);
    }
    return names;
}

void join_names_free(JoinNames *names)
{
    if (names == NULL)
        return;
    g_string_chunk_free(names->strings);
    g_free(names->given);
    g_free(names->family);
    g_free(names->learned);
    g_free(names);
}

const char *join_names_learned(const JoinNames *names)
{
    return names->learned;
}

const char *join_names_given(const JoinNames *names, gsize i)
{
    g_assert(i < names->n);
    return names->given[i];
}

const char *join_names_family(const JoinNames *names, gsize i)
{
    g_assert(i < names->n);
    return names->family[i];
}
