#include "cli/text_names.h"

#include "base/csv.h"
#include "base/data.h"
#include "text/names.h"
#include "text/normalize.h"
#include <stdbool.h>
#include <string.h>

struct TextNames {
    GHashTable *latin;   /* folded Persian word → its commonest Latin spelling */
    GHashTable *persian; /* key of a Latin word → the commonest Persian word of that key */
};

typedef struct {
    char *word;
    gint64 records;
} Spelling;

static void spelling_free(gpointer data)
{
    Spelling *spelling = data;
    g_free(spelling->word);
    g_free(spelling);
}

static void keep_commoner(GHashTable *table, const char *key, const char *word, gint64 records)
{
    Spelling *known = g_hash_table_lookup(table, key);
    if (known != NULL && known->records >= records)
        return;
    Spelling *spelling = g_new(Spelling, 1);
    *spelling = (Spelling){.word = g_strdup(word), .records = records};
    g_hash_table_replace(table, g_strdup(key), spelling);
}

static void add_pair(TextNames *names, const char *persian, const char *latin, gint64 records)
{
    char key[TEXT_NAME_KEY_MAX];
    g_autofree char *folded = text_fold(persian, -1, NULL);
    if (folded == NULL || persian[0] == '\0' || latin[0] == '\0')
        return;
    keep_commoner(names->latin, folded, latin, records);
    text_name_token_key(latin, -1, TEXT_NAME_TOKEN, key);
    keep_commoner(names->persian, key, persian, records);
}

/* Words counted in open data. */
static bool load_counted(TextNames *names, GError **error)
{
    g_autoptr(CsvTable) table = data_load_table("persian/names.csv", error);
    if (table == NULL)
        return false;
    gssize persian = csv_table_column(table, "persian"), latin = csv_table_column(table, "latin"),
           records = csv_table_column(table, "records");
    for (gsize i = 0; i < table->n_rows; i++) {
        gint64 n = 0;
        if (csv_parse_integer(csv_table_cell(table, i, records), &n))
            add_pair(names, csv_table_cell(table, i, persian), csv_table_cell(table, i, latin), n);
    }
    return true;
}

/* Common words that those data lack, with their usual spelling: as if borne once. */
static bool load_common(TextNames *names, GError **error)
{
    g_autoptr(CsvTable) table = data_load_table("persian/names_synthetic.csv", error);
    if (table == NULL)
        return false;
    gssize part = csv_table_column(table, "part"), fa = csv_table_column(table, "fa"),
           latin = csv_table_column(table, "latin");
    for (gsize i = 0; i < table->n_rows; i++) {
        const char *spellings = csv_table_cell(table, i, latin);
        g_autofree char *usual = g_strndup(spellings, strcspn(spellings, "|"));
        if (!g_str_has_prefix(csv_table_cell(table, i, part), "family_ending"))
            add_pair(names, csv_table_cell(table, i, fa), usual, 1);
    }
    return true;
}

TextNames *text_names_load(GError **error)
{
    g_autoptr(TextNames) names = g_new(TextNames, 1);
    names->latin = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, spelling_free);
    names->persian = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, spelling_free);
    if (!load_counted(names, error) || !load_common(names, error))
        return NULL;
    return g_steal_pointer(&names);
}

void text_names_free(TextNames *names)
{
    if (names == NULL)
        return;
    g_hash_table_destroy(names->latin);
    g_hash_table_destroy(names->persian);
    g_free(names);
}

/* With a capital at the head of each word. */
static void append_capital(GString *out, const char *word)
{
    gsize at = out->len;
    g_string_append(out, word);
    out->str[at] = g_ascii_toupper(out->str[at]);
}

/* A word as its spelling, as a known word with the ending -i (حسینی of حسین), or, joined, as two
 * known ones (محمدرضا). False when it is none of these. */
static bool append_latin(const TextNames *names, const char *word, GString *out)
{
    g_autofree char *folded = text_fold(word, -1, NULL);
    const Spelling *found = folded != NULL ? g_hash_table_lookup(names->latin, folded) : NULL;
    if (found != NULL) {
        append_capital(out, found->word);
        return true;
    }
    gsize n = folded != NULL ? strlen(folded) : 0;
    if (n > 6 && g_str_has_suffix(folded, "ی")) {
        g_autofree char *stem = g_strndup(folded, n - strlen("ی"));
        found = g_hash_table_lookup(names->latin, stem);
        if (found != NULL) {
            append_capital(out, found->word);
            g_string_append_c(out, 'i');
            return true;
        }
    }
    for (gsize cut = n > 6 ? n - 6 : 0; cut >= 6; cut -= 2) {
        g_autofree char *first = g_strndup(folded, cut);
        const Spelling *one = g_hash_table_lookup(names->latin, first),
                       *two = g_hash_table_lookup(names->latin, folded + cut);
        if (one != NULL && two != NULL) {
            append_capital(out, one->word);
            g_string_append_c(out, '-');
            append_capital(out, two->word);
            return true;
        }
    }
    return false;
}

static bool append_persian(const TextNames *names, const char *word, GString *out)
{
    char key[TEXT_NAME_KEY_MAX];
    text_name_token_key(word, -1, TEXT_NAME_TOKEN, key);
    const Spelling *found = g_hash_table_lookup(names->persian, key);
    gsize n = strlen(word);
    bool stem = found == NULL && n > 4 && word[n - 1] == 'i';
    if (stem) {
        text_name_token_key(word, (gssize)n - 1, TEXT_NAME_TOKEN, key);
        found = g_hash_table_lookup(names->persian, key);
    }
    if (found != NULL)
        g_string_append_printf(out, "%s%s", found->word, stem ? "ی" : "");
    return found != NULL;
}

char *text_names_other_script(const TextNames *names, const char *name, gboolean *ret_latin)
{
    g_auto(GStrv) words = g_strsplit_set(name, " -", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    gunichar first = g_utf8_get_char_validated(name, -1);
    *ret_latin = first >= 0x600 && first < 0x700;
    for (gsize i = 0; words[i] != NULL; i++) {
        if (words[i][0] == '\0')
            continue;
        if (out->len > 0)
            g_string_append_c(out, ' ');
        if (!(*ret_latin ? append_latin : append_persian)(names, words[i], out))
            return NULL;
    }
    return out->len > 0 ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}
