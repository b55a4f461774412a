/* Files for `zenhar link`: results to CSV, truth to figures. */
#include "cli/link_files.h"

#include "base/csv.h"
#include "base/i18n.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* ---- Writing ------------------------------------------------------------------------- */

void link_files_append_record(const LinkFiles *files, gsize record, GString *line)
{
    const char *id =
        files->id_column >= 0 ? link_table_text(files->table, record, (gsize)files->id_column) : "";
    csv_append(line, files->sources[link_table_source(files->table, record)]);
    if (*id != '\0')
        csv_append(line, id);
    else
        csv_append_integer(line, (gint64)files->row[record]);
}

static void flush(CliOutput *output, GString *text, gsize least)
{
    if (text->len < least)
        return;
    cli_output_write(output, text->str, text->len);
    g_string_truncate(text, 0);
}

bool link_files_write_config(CliContext *context, const LinkTable *table, const LinkConfig *config,
                             const char *path, bool taken, GError **error)
{
    g_autofree char *text = link_config_format(config, table);
    if (path == NULL && taken) {
        cli_say(context, "%s", text);
        return true;
    }
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return false;
    cli_output_write(output, text, strlen(text));
    return cli_output_close(output, error);
}

bool link_files_write_clusters(const LinkFiles *files, const LinkResult *result, const char *path,
                               GError **error)
{
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return false;
    g_autofree guint32 *numbers = g_new0(guint32, result->n_records + 1);
    guint32 n = 0;
    g_autoptr(GString) text = g_string_new("source,record_id,cluster_id\n");
    for (gsize r = 0; r < result->n_records; r++) {
        if (result->clusters[r] == r)
            numbers[r] = ++n;
        link_files_append_record(files, r, text);
        csv_append_integer(text, numbers[result->clusters[r]]);
        csv_append_end(text);
        flush(output, text, 1 << 16);
    }
    flush(output, text, 0);
    return cli_output_close(output, error);
}

void link_files_pairs_head(const LinkConfig *config, GString *text)
{
    g_string_append(text, "source_l,id_l,source_r,id_r,match_weight,match_probability");
    for (unsigned f = 0; f < config->n_fields; f++) {
        g_autofree char *name = g_strconcat("weight_", config->fields[f].name, NULL);
        csv_append(text, name);
    }
    csv_append_end(text);
}

void link_files_append_weights(const LinkPair *pair, const double *bits, unsigned n_fields,
                               GString *text)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    csv_append(text, g_ascii_formatd(number, sizeof number, "%.4f", (double)pair->weight_bits));
    csv_append(text, g_ascii_formatd(number, sizeof number, "%.6f", (double)pair->probability));
    for (unsigned f = 0; f < n_fields; f++)
        csv_append(text, g_ascii_formatd(number, sizeof number, "%.4f", bits[f]));
    csv_append_end(text);
}

bool link_files_write_pairs(const LinkFiles *files, const LinkPrepared *prepared,
                            const LinkConfig *config, const LinkResult *result, double threshold,
                            const char *path, GError **error)
{
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return false;
    g_autoptr(GString) text = g_string_new(NULL);
    link_files_pairs_head(config, text);
    double bits[LINK_MAX_FIELDS];
    for (gsize p = 0; p < result->n_pairs; p++) {
        const LinkPair *pair = &result->pairs[p];
        if ((double)pair->probability < threshold)
            continue;
        link_files_append_record(files, pair->left, text);
        link_files_append_record(files, pair->right, text);
        link_explain(prepared, &result->model, pair, bits);
        link_files_append_weights(pair, bits, config->n_fields, text);
        flush(output, text, 1 << 16);
    }
    flush(output, text, 0);
    return cli_output_close(output, error);
}

/* ---- Truth ----------------------------------------------------------------------------- */

/* Records by a number below n_records each, equal ones together; stable. */
static void sort_by_number(guint32 *records, gsize n, const guint32 *numbers, gsize n_numbers)
{
    g_autofree gsize *start = g_new0(gsize, n_numbers + 1);
    g_autofree guint32 *sorted = g_new(guint32, n + 1);
    for (gsize i = 0; i < n; i++)
        start[numbers[records[i]] + 1]++;
    for (gsize i = 0; i < n_numbers; i++)
        start[i + 1] += start[i];
    for (gsize i = 0; i < n; i++)
        sorted[start[numbers[records[i]]]++] = records[i];
    memcpy(records, sorted, n * sizeof *records);
}

/* Pairs of sorted records with equal a and, unless NULL, b; only across sources when between. */
static guint64 count_pairs(const LinkFiles *files, const guint32 *records, gsize n,
                           const guint32 *a, const guint32 *b, bool between)
{
    guint64 pairs = 0;
    for (gsize begin = 0, end; begin < n; begin = end) {
        guint64 counts[256] = {0};
        for (end = begin; end < n && a[records[end]] == a[records[begin]] &&
                          (b == NULL || b[records[end]] == b[records[begin]]);
             end++)
            if (between)
                counts[link_table_source(files->table, records[end])]++;
        guint64 size = end - begin;
        pairs += size * (size - 1) / 2;
        for (unsigned s = 0; between && s < files->n_sources; s++)
            pairs -= counts[s] * (counts[s] - (counts[s] > 0)) / 2;
    }
    return pairs;
}

/* "rec-12" of rec-12-org and rec-12-dup-0: its length, or 0 when it does not look so. */
static gsize before_suffix(const char *text)
{
    gsize n = strlen(text), digits = 0;
    if (g_str_has_suffix(text, "-org"))
        n -= strlen("-org");
    else {
        while (n > 0 && g_ascii_isdigit(text[n - 1])) {
            n--;
            digits++;
        }
        if (digits == 0 || n < strlen("-dup-") ||
            strncmp(text + n - strlen("-dup-"), "-dup-", 5) != 0)
            return 0;
        n -= strlen("-dup-");
    }
    return n > 0 && g_ascii_isdigit(text[n - 1]) ? n : 0;
}

static bool number_entities(const LinkFiles *files, const char *pattern, guint32 *entities,
                            GError **error)
{
    gsize column = (gsize)files->truth_column, n = link_table_n_records(files->table);
    g_autoptr(GRegex) regex = NULL;
    if (pattern != NULL) {
        g_autoptr(GError) cause = NULL;
        regex = g_regex_new(pattern, G_REGEX_OPTIMIZE, 0, &cause);
        if (regex == NULL) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("--truth-pattern: %s"),
                        cause->message);
            return false;
        }
    }
    bool suffixed = pattern == NULL;
    for (gsize r = 0; suffixed && r < n; r++) {
        const char *text = link_table_text(files->table, r, column);
        suffixed = *text == '\0' || before_suffix(text) > 0;
    }
    g_autoptr(GHashTable) numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize r = 0; r < n; r++) {
        const char *text = link_table_text(files->table, r, column);
        g_autofree char *entity = NULL;
        if (regex == NULL) {
            entity = suffixed ? g_strndup(text, before_suffix(text)) : g_strdup(text);
        } else {
            g_autoptr(GMatchInfo) match = NULL;
            if (g_regex_match(regex, text, 0, &match))
                entity = g_match_info_fetch(match, 1);
        }
        if (entity == NULL || *entity == '\0') {
            entities[r] = G_MAXUINT32;
            continue;
        }
        gpointer number = NULL;
        if (!g_hash_table_lookup_extended(numbers, entity, NULL, &number)) {
            number = GUINT_TO_POINTER(g_hash_table_size(numbers));
            g_hash_table_insert(numbers, g_steal_pointer(&entity), number);
        }
        entities[r] = GPOINTER_TO_UINT(number);
    }
    return true;
}

bool link_files_score(const LinkFiles *files, const LinkPrepared *prepared,
                      const LinkResult *result, bool between, const char *pattern,
                      LinkScore *ret_score, GError **error)
{
    gsize n = result->n_records, known = 0;
    g_autofree guint32 *entities = g_new(guint32, n + 1);
    if (!number_entities(files, pattern, entities, error))
        return false;
    g_autofree guint32 *members = g_new(guint32, n + 1);
    LinkScore score = {0};
    for (gsize r = 0; r < n; r++)
        if (entities[r] != G_MAXUINT32)
            members[known++] = (guint32)r;
    sort_by_number(members, known, result->clusters, n);
    score.found_pairs = count_pairs(files, members, known, result->clusters, NULL, between);
    sort_by_number(members, known, entities, n);
    score.true_pairs = count_pairs(files, members, known, entities, NULL, between);
    sort_by_number(members, known, result->clusters, n);
    score.right_pairs = count_pairs(files, members, known, result->clusters, entities, between);
    sort_by_number(members, known, entities, n);
    guint64 reached = 0, asked = 0;
    for (gsize begin = 0, end; begin < known; begin = end) {
        for (end = begin + 1; end < known && entities[members[end]] == entities[members[begin]];)
            end++;
        gsize last = MIN(end, begin + 500); /* of an entity in more records these are enough */
        for (gsize i = begin; i < last; i++)
            for (gsize j = i + 1; j < last; j++) {
                if (between && link_table_source(files->table, members[i]) ==
                                   link_table_source(files->table, members[j]))
                    continue;
                asked++;
                reached += link_prepared_compares(prepared, members[i], members[j]);
            }
    }
    score.blocking_recall = asked > 0 ? (double)reached / (double)asked : 1;
    score.precision =
        score.found_pairs > 0 ? (double)score.right_pairs / (double)score.found_pairs : 1;
    score.recall = score.true_pairs > 0 ? (double)score.right_pairs / (double)score.true_pairs : 1;
    score.f1 = score.precision + score.recall > 0
                   ? 2 * score.precision * score.recall / (score.precision + score.recall)
                   : 0;
    score.entities = g_steal_pointer(&entities);
    *ret_score = score;
    return true;
}
