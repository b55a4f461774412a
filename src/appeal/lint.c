/* appeal/lint.c: sentences, folded, against the patterns of data/r2p/lint.csv.
 *
 * Folding: small letters, Persian letters for their Arabic likes, no marks and no half-spaces, one
 * space for all that is no letter or digit. A pattern counts where a word begins. */
#include "appeal/lint.h"

#include "base/csv.h"
#include "base/data.h"
#include <string.h>

static const struct {
    const char *rule, *says;
} RULES[] = {
    {"political", N_("A case file carries no political demand: keep it for the appeal.")},
    {"insult", N_("A case file insults nobody: name the office or the body.")},
    {"press_only", N_("A case file does not rest on the press or on unnamed reports alone: name a "
                      "witness, a document or the family.")},
    {"too_strong", N_("The sentence is stronger than its proof: say according to whom, or on what "
                      "standard of proof.")},
    {"violence", N_("No letter calls for violence.")},
};

void lint_finding_free(LintFinding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->text);
    g_free(finding->rule);
    g_free(finding->pattern);
    g_free(finding->source);
    g_free(finding);
}

static void free_finding(gpointer finding)
{
    lint_finding_free(finding);
}

bool lint_voice_parse(const char *word, LintVoice *ret_voice)
{
    if (strcmp(word, "case") == 0)
        *ret_voice = LINT_CASE;
    else if (strcmp(word, "appeal") == 0)
        *ret_voice = LINT_APPEAL;
    else
        return false;
    return true;
}

static char *fold(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *apart = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL);
    GString *out = g_string_new(" ");
    for (const char *p = apart; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_unichar_tolower(g_utf8_get_char(p));
        if (c == 0x200C || c == 0x200D || c == 0x640 || g_unichar_ismark(c))
            continue; /* a half-space may have been lost on the way */
        if (c == 0x64A || c == 0x649)
            c = 0x6CC;
        else if (c == 0x643)
            c = 0x6A9;
        else if (c == 0x6C0 || c == 0x6D5)
            c = 0x647;
        if (g_unichar_isalnum(c))
            g_string_append_unichar(out, c);
        else if (out->str[out->len - 1] != ' ')
            g_string_append_c(out, ' ');
    }
    return g_string_free(out, FALSE);
}

static bool found(const char *folded, const char *pattern)
{
    g_autofree char *wanted = fold(pattern); /* begins with a space: the beginning of a word */
    return strstr(folded, g_strchomp(wanted)) != NULL;
}

static bool answered(const char *folded, const char *unless)
{
    g_auto(GStrv) words = g_strsplit(unless, "|", -1);
    for (gsize i = 0; words[i] != NULL; i++)
        if (words[i][0] != '\0' && found(folded, words[i]))
            return true;
    return false;
}

static const char *says(const char *rule)
{
    for (gsize i = 0; i < G_N_ELEMENTS(RULES); i++)
        if (strcmp(rule, RULES[i].rule) == 0)
            return i18n_get(RULES[i].says);
    return "";
}

/* The end of the sentence that begins at text; an abbreviation or a number's point ends none. */
static const char *sentence_end(const char *text)
{
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        const char *next = g_utf8_next_char(p);
        if (c == '\n' || c == 0x2029)
            return p;
        if ((c == '.' || c == '!' || c == '?' || c == 0x61F || c == 0x61B || c == ';') &&
            (*next == '\0' || g_unichar_isspace(g_utf8_get_char(next))))
            return next;
    }
    return text + strlen(text);
}

typedef struct {
    const CsvTable *table;
    gssize rule, pattern, unless, voice, source, verified;
    LintVoice wanted;
    GPtrArray *findings;
} Lint;

static void check_sentence(Lint *lint, const char *sentence, guint number, guint line)
{
    g_autofree char *folded = fold(sentence);
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize row = 0; row < lint->table->n_rows; row++) {
        const char *rule = csv_table_cell(lint->table, row, lint->rule);
        const char *pattern = csv_table_cell(lint->table, row, lint->pattern);
        bool of_appeals = strcmp(csv_table_cell(lint->table, row, lint->voice), "appeal") == 0;
        if ((lint->wanted == LINT_APPEAL && !of_appeals) || g_hash_table_contains(told, rule) ||
            !found(folded, pattern) ||
            answered(folded, csv_table_cell(lint->table, row, lint->unless)))
            continue;
        LintFinding *finding = g_new0(LintFinding, 1);
        finding->sentence = number;
        finding->line = line;
        finding->text = g_strdup(sentence);
        finding->rule = g_strdup(rule);
        finding->says = says(rule);
        finding->pattern = g_strdup(pattern);
        finding->source = g_strdup(csv_table_cell(lint->table, row, lint->source));
        finding->confirmed = strcmp(csv_table_cell(lint->table, row, lint->verified), "yes") == 0;
        g_ptr_array_add(lint->findings, finding);
        g_hash_table_add(told, (gpointer)rule);
    }
}

GPtrArray *lint_text(const char *text, LintVoice voice, GError **error)
{
    g_autoptr(CsvTable) table = data_load_table("r2p/lint.csv", error);
    if (table == NULL)
        return NULL;
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(free_finding);
    Lint lint = {.table = table,
                 .rule = csv_table_column(table, "rule"),
                 .pattern = csv_table_column(table, "pattern"),
                 .unless = csv_table_column(table, "unless"),
                 .voice = csv_table_column(table, "voice"),
                 .source = csv_table_column(table, "source"),
                 .verified = csv_table_column(table, "verified"),
                 .wanted = voice,
                 .findings = findings};
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    guint number = 0, line = 1;
    for (const char *p = valid; *p != '\0';) {
        const char *last = sentence_end(p);
        g_autofree char *sentence = g_strstrip(g_strndup(p, (gsize)(last - p)));
        if (sentence[0] != '\0')
            check_sentence(&lint, sentence, ++number, line);
        for (; *last != '\0' && g_unichar_isspace(g_utf8_get_char(last));
             last = g_utf8_next_char(last))
            line += *last == '\n';
        p = last;
    }
    return g_steal_pointer(&findings);
}
