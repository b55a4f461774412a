/* Half-spaces on a treebank (places counted in letters), names, and speed. Prints Markdown.
 *
 * bench_text [CONLLU…]: the truth is each file's `# text` lines; without arguments PerDT's test
 * part from $ZENHAR_SHARED/reference/persian. Three trials a file: each half-space made a space,
 * each taken out, and the text as it is. */
#include "base/csv.h"
#include "text/dates.h"
#include "text/extract.h"
#include "text/lexicon.h"
#include "text/names.h"
#include "text/normalize.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static double user_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
}

static char *shared_path(const char *relative)
{
    const char *root = g_getenv("ZENHAR_SHARED");
    return root == NULL ? NULL : g_build_filename(root, relative, NULL);
}

static char *read_file(const char *path, gsize *ret_length)
{
    char *text = NULL;
    if (path == NULL || !g_file_get_contents(path, &text, ret_length, NULL))
        return NULL;
    return text;
}

/* The `# text` lines of a CoNLL-U file, one a line. */
static GString *sentences(const char *conllu)
{
    GString *all = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(conllu, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++)
        if (g_str_has_prefix(lines[i], "# text = "))
            g_string_append_printf(all, "%s\n", g_strchomp(lines[i] + 9));
    return all;
}

/* Places of half-spaces: how many letters (category L) stand before each; a line's end counts as
 * one, so that lines cannot shift into each other. */
static GArray *places(const char *text)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint32 letters = 0;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c == 0x200C)
            g_array_append_val(found, letters);
        else if (g_unichar_isalpha(c) || c == '\n')
            letters++;
    }
    return found;
}

static char *replace(const char *text, const char *with)
{
    g_auto(GStrv) parts = g_strsplit(text, "\u200c", -1);
    return g_strjoinv(with, parts);
}

static char *normalize_lines(const char *text, const TextOptions *options, bool each)
{
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);
    for (const char *at = text; *at != '\0';) {
        const char *newline = each ? strchr(at, '\n') : NULL;
        gsize n = newline != NULL ? (gsize)(newline - at) + 1 : strlen(at);
        g_auto(TextNormal) normal = {0};
        if (!text_normalize(at, n, options, &normal, &error))
            g_error("%s", error->message);
        g_string_append_len(out, normal.text, (gssize)normal.length);
        at += n;
    }
    return g_string_free(out, FALSE);
}

static void trial(const char *name, const char *truth, const char *given,
                  const TextOptions *options, bool each)
{
    g_autofree char *out = normalize_lines(given, options, each);
    g_autofree char *twice = normalize_lines(out, options, each);
    g_autoptr(GArray) want = places(truth), have = places(out);
    gsize both = 0, i = 0, j = 0;
    while (i < want->len && j < have->len) {
        guint32 a = g_array_index(want, guint32, i), b = g_array_index(have, guint32, j);
        both += a == b;
        i += a <= b;
        j += b <= a;
    }
    double p = have->len ? (double)both / have->len : 1,
           r = want->len ? (double)both / want->len : 1;
    printf("| %s%s | %.4f | %.4f | %.4f | %s |\n", name, each ? ", line by line" : "", p, r,
           p + r > 0 ? 2 * p * r / (p + r) : 0, strcmp(out, twice) == 0 ? "yes" : "NO");
    if (g_getenv("BENCH_TEXT_LIST") != NULL && !each) {
        g_auto(GStrv) a = g_strsplit(truth, "\n", -1), b = g_strsplit(out, "\n", -1);
        for (gsize k = 0; a[k] != NULL && b[k] != NULL; k++) {
            g_auto(GStrv) x = g_strsplit(a[k], " ", -1), y = g_strsplit(b[k], " ", -1);
            g_autoptr(GHashTable) left = g_hash_table_new(g_str_hash, g_str_equal),
                                  right = g_hash_table_new(g_str_hash, g_str_equal);
            for (gsize w = 0; x[w] != NULL; w++)
                g_hash_table_add(left, x[w]);
            for (gsize w = 0; y[w] != NULL; w++)
                g_hash_table_add(right, y[w]);
            for (gsize w = 0; x[w] != NULL; w++)
                if (!g_hash_table_contains(right, x[w]))
                    fprintf(stderr, "%s: missed %s\n", name, x[w]);
            for (gsize w = 0; y[w] != NULL; w++)
                if (!g_hash_table_contains(left, y[w]))
                    fprintf(stderr, "%s: made %s\n", name, y[w]);
        }
    }
}

static void half_spaces(const char *path, const TextOptions *options)
{
    g_autofree char *conllu = read_file(path, NULL);
    if (conllu == NULL) {
        printf("Half-spaces: %s is not there; set ZENHAR_SHARED or name a CoNLL-U file.\n\n",
               path != NULL ? path : "the treebank");
        return;
    }
    g_autoptr(GString) truth = sentences(conllu);
    g_autofree char *spaced = replace(truth->str, " "), *lost = replace(truth->str, "");
    g_autofree char *base = g_path_get_basename(path);
    printf("Half-spaces, %s:\n\n| each half-space | precision | recall | F1 | twice = once "
           "|\n|---|---|---|---|---|\n",
           base);
    for (int each = 0; each < 2; each++) {
        trial("became a space", truth->str, spaced, options, each);
        trial("was lost", truth->str, lost, options, each);
        trial("stands", truth->str, truth->str, options, each);
    }
    printf("\n");
}

static void letter(const TextOptions *options)
{
    g_autofree char *path = shared_path("reference/persian/letter-zwnj.csv"),
                    *letter_path = shared_path("reference/letter/letter-fa.txt");
    g_autofree char *table = read_file(path, NULL), *text = read_file(letter_path, NULL);
    if (table == NULL || text == NULL)
        return;
    g_auto(TextNormal) normal = {0};
    if (!text_normalize(text, strlen(text), options, &normal, NULL))
        return;
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    int restored = 0, all = 0;
    g_autoptr(GString) missed = g_string_new(NULL);
    g_autofree char *bare = replace(normal.text, "");
    gsize expected = 0;
    for (gsize i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++) {
        g_auto(GStrv) cells = g_strsplit(g_strchomp(lines[i]), ",", 3);
        int times = (int)g_ascii_strtoll(cells[2], NULL, 10), found = 0;
        for (const char *at = normal.text; (at = strstr(at, cells[1])) != NULL;
             at += strlen(cells[1])) {
            gunichar before = at > normal.text ? g_utf8_get_char(g_utf8_prev_char(at)) : ' ',
                     after = g_utf8_get_char(at + strlen(cells[1]));
            found += !g_unichar_isalpha(before) && before != 0x200C && !g_unichar_isalpha(after) &&
                     after != 0x200C;
        }
        g_autoptr(GArray) in = places(cells[1]);
        expected += in->len * (gsize)times;
        all += times;
        restored += MIN(found, times);
        if (found < times)
            g_string_append_printf(missed, " %s", cells[1]);
    }
    g_autoptr(GArray) set = places(normal.text);
    g_autoptr(GString) others = g_string_new(NULL);
    g_auto(GStrv) words = g_strsplit_set(normal.text, " \n\t", -1);
    for (gsize i = 0; words[i] != NULL; i++) {
        bool listed = strstr(words[i], "\u200c") == NULL;
        for (gsize k = 1; !listed && lines[k] != NULL; k++) {
            g_auto(GStrv) cells = g_strsplit(lines[k], ",", 3);
            listed = cells[0] != NULL && cells[1] != NULL && strstr(words[i], cells[1]) != NULL;
        }
        if (!listed)
            g_string_append_printf(others, " %s", words[i]);
    }
    printf("The founding letter: %d of %d words restored; half-spaces set %u, in the list %lu; "
           "missed:%s; set beyond the list:%s\n\n",
           restored, all, set->len, expected, missed->len > 0 ? missed->str : " none",
           others->len > 0 ? others->str : " none");
}

/* ---- names, places ---- */

static void names(void)
{
    g_autofree char *path = shared_path("reference/persian/name-tokens.csv");
    g_autofree char *table = read_file(path, NULL);
    if (table == NULL)
        return;
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    double all = 0, same = 0;
    guint64 pairs = 0, shared = 0;
    char a[TEXT_NAME_KEY_MAX], b[TEXT_NAME_KEY_MAX];
    for (gsize i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++) {
        g_auto(GStrv) cells = g_strsplit(g_strchomp(lines[i]), ",", 3);
        double records = g_ascii_strtod(cells[2], NULL);
        text_name_token_key(cells[0], -1, TEXT_NAME_TOKEN, a);
        text_name_token_key(cells[1], -1, TEXT_NAME_TOKEN, b);
        all += records;
        same += strcmp(a, b) == 0 ? records : 0;
        if (words->len == 0 || strcmp(cells[0], words->pdata[words->len - 1]) != 0)
            g_ptr_array_add(words, g_strdup(cells[0]));
    }
    g_autofree char *keys = g_malloc0((gsize)words->len * TEXT_NAME_KEY_MAX);
    for (guint i = 0; i < words->len; i++)
        text_name_token_key(words->pdata[i], -1, TEXT_NAME_TOKEN,
                            keys + (gsize)i * TEXT_NAME_KEY_MAX);
    for (guint i = 0; i < words->len; i++) /* all pairs, so nothing hangs on a draw */
        for (guint k = i + 1; k < words->len; k++) {
            if (strcmp(words->pdata[i], words->pdata[k]) == 0)
                continue;
            pairs++;
            shared += strcmp(keys + (gsize)i * TEXT_NAME_KEY_MAX,
                             keys + (gsize)k * TEXT_NAME_KEY_MAX) == 0;
        }
    printf("Names (name-tokens.csv): a Latin spelling's key is the Persian word's for %.2f %% of "
           "records; two different words share a key in %.3f %% of all %" G_GUINT64_FORMAT
           " pairs.\n\n",
           100 * same / all, 100 * (double)shared / (double)pairs, pairs);
}

/* Rows of data/geo as the gazetteer takes them; `rows` borrow from `lines`. */
static void read_places(GArray *rows, GPtrArray *lines)
{
    static const struct {
        const char *file;
        gsize iso, fa, en, population;
    } FILES[] = {{"data/geo/provinces.csv", 0, 1, 2, 0},
                 {"data/geo/counties.csv", 0, 1, 2, 0},
                 {"data/geo/cities.csv", 1, 6, 0, 4}};
    for (gsize f = 0; f < G_N_ELEMENTS(FILES); f++) {
        gsize length = 0;
        g_autofree char *table = read_file(FILES[f].file, &length);
        g_auto(GStrv) split = g_strsplit(table != NULL ? table : "", "\n", -1);
        for (gsize i = 1; split[0] != NULL && split[i] != NULL && split[i][0] != '\0'; i++) {
            char **cells = g_strsplit(g_strchomp(split[i]), ",", -1);
            g_ptr_array_add(lines, cells);
            TextPlaceRow row = {.kind = (TextPlaceKind)f, .iso = cells[FILES[f].iso]};
            row.name_fa = g_strv_length(cells) > FILES[f].fa ? cells[FILES[f].fa] : "";
            row.name_en = cells[FILES[f].en];
            if (FILES[f].population > 0)
                row.population = g_ascii_strtoll(cells[FILES[f].population], NULL, 10);
            g_array_append_val(rows, row);
        }
    }
}

static TextGazetteer *places_all(void)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(TextPlaceRow));
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    read_places(rows, lines);
    TextGazetteer *gazetteer =
        rows->len > 0 ? text_gazetteer_new((const TextPlaceRow *)rows->data, rows->len, NULL)
                      : NULL;
    gsize asked = 0, right = 0, open = 0, missed = 0;
    g_autoptr(GString) larger = g_string_new(NULL);
    for (guint i = 0; gazetteer != NULL && i < rows->len; i++) {
        const TextPlaceRow *row = &g_array_index(rows, TextPlaceRow, i);
        const char *both[] = {row->name_fa, row->name_en};
        for (gsize k = 0; k < 2; k++) {
            TextPlaceMatch match;
            if (both[k][0] == '\0')
                continue;
            asked++;
            if (!text_gazetteer_resolve(gazetteer, both[k], -1, G_MAXINT32, &match))
                missed++;
            else if (match.iso_today[0] == '\0')
                open++;
            else if (strcmp(match.iso_today, row->iso) == 0)
                right++;
            else
                g_string_append_printf(larger, " %s (%s)", both[k], match.candidates);
        }
    }
    printf("Places: %zu names of data/geo in both scripts, standing alone: %zu to their province, "
           "%zu left open with all provinces that have the name, %zu not found, %zu taken for "
           "another%s%s.\n\n",
           asked, right, open, missed, asked - right - open - missed, larger->len > 0 ? ":" : "",
           larger->str);
    return gazetteer;
}

/* ---- speed ---- */

typedef struct {
    const char *text;
    gsize length;
    const TextOptions *options;
    const TextGazetteer *gazetteer;
} Work;

static bool normalize_piece(const Work *work, const char *text, gsize length)
{
    g_auto(TextNormal) normal = {0};
    return text_normalize(text, length, work->options, &normal, NULL);
}

static bool fold_piece(const Work *work, const char *text, gsize length)
{
    g_autofree char *folded = text_fold(text, (gssize)length, NULL);
    return folded != NULL;
}

static bool dates_piece(const Work *work, const char *text, gsize length)
{
    g_auto(TextDates) dates = {0};
    return text_dates_find(text, length, NULL, &dates, NULL);
}

static bool extract_piece(const Work *work, const char *text, gsize length)
{
    TextExtractOptions options = {.gazetteer = work->gazetteer};
    g_auto(TextFindings) findings = {0};
    return text_extract(text, length, &options, &findings, NULL);
}

/* User seconds for the text in pieces of 1 MiB, as the filters read it; the best of five, since
 * whatever else the machine does can only add. */
static void time_row(const char *name, const Work *work,
                     bool (*piece)(const Work *, const char *, gsize))
{
    double best = G_MAXDOUBLE;
    for (int round = 0; round < 5; round++) {
        double start = user_seconds();
        for (gsize at = 0, n; at < work->length; at += n) {
            n = MIN(1u << 20, work->length - at);
            if (!piece(work, work->text + at, n))
                return;
        }
        best = MIN(best, user_seconds() - start);
    }
    printf("| %s | %.0f |\n", name, (double)work->length / 1e6 / best);
}

static void speed(const TextOptions *options, const TextGazetteer *gazetteer)
{
    g_autofree char *path = shared_path("reference/persian/fa_perdt-ud-dev.conllu");
    g_autofree char *conllu = read_file(path, NULL);
    if (conllu == NULL)
        return;
    g_autoptr(GString) once = sentences(conllu);
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < 16u << 20)
        g_string_append_len(text, once->str, (gssize)once->len);
    g_autofree char *spaced = replace(text->str, " ");
    TextOptions letters = *options, whole = *options;
    letters.rules &= ~(1u << TEXT_RULE_JOIN | 1u << TEXT_RULE_SPLIT);
    letters.list_changes = whole.list_changes = false;
    Work work = {.text = spaced, .length = strlen(spaced), .gazetteer = gazetteer};
    printf("Speed on %.0f MB of treebank text, half-spaces as spaces, one core, user time, best of "
           "five:\n\n| what | MB/s |\n|---|--:|\n",
           (double)work.length / 1e6);
    work.options = &letters;
    time_row("letters, digits, controls", &work, normalize_piece);
    work.options = &whole;
    time_row("with half-spaces", &work, normalize_piece);
    work.options = options;
    time_row("with half-spaces and the list of changes", &work, normalize_piece);
    time_row("search keys (text_fold)", &work, fold_piece);
    time_row("dates", &work, dates_piece);
    time_row("extraction (dates, counts, acts, places)", &work, extract_piece);
    printf("\n");
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    mallopt(M_MMAP_THRESHOLD, 64 << 20); /* as `zenhar text` does */
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    const char *source = g_getenv("BENCH_TEXT_FORMS");
    g_autofree char *forms_path = g_strdup(source != NULL ? source : "data/persian/forms.csv");
    gsize length = 0;
    g_autofree char *forms = read_file(forms_path, &length);
    g_autoptr(TextLexicon) lexicon = forms != NULL ? text_lexicon_new(forms, length, &error) : NULL;
    if (lexicon == NULL) {
        fprintf(stderr, "bench_text: %s cannot be read (run in the project's root).\n", forms_path);
        return 1;
    }
    TextOptions options = text_options_default();
    options.lexicon = lexicon;
    g_autofree char *test = shared_path("reference/persian/fa_perdt-ud-test.conllu");
    if (argc > 1)
        for (int i = 1; i < argc; i++)
            half_spaces(argv[i], &options);
    else
        half_spaces(test, &options);
    letter(&options);
    names();
    g_autoptr(TextGazetteer) gazetteer = places_all();
    speed(&options, gazetteer);
    return 0;
}
