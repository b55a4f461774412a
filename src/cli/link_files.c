/* Files for `zenhar link`: CSV to the engine's table, results to CSV, truth to figures. */
#include "cli/link_files.h"

#include "base/csv.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/link_places.h"

#include <stdlib.h>
#include <string.h>

/* ---- Reading ------------------------------------------------------------------------ */

static char *source_name(const char *path)
{
    g_autofree char *base = g_path_get_basename(path);
    char *dot = strrchr(base, '.');
    if (dot != NULL && dot != base)
        *dot = '\0';
    return g_steal_pointer(&base);
}

typedef struct {
    CsvReader *reader;
    const char *path;
    const char *id, *first_id; /* column of ids in this file and in the first; NULL: not said */
    gsize n_fields;
    gsize *columns; /* of the joined table, by field */
} Input;

/* Names that different lists give to one thing. */
static const char *const SYNONYMS[][14] = {
    {"given_name", "first_name", "firstname", "fname", "forename", "given", "نام", "نام کوچک",
     "اسم"},
    {"surname", "last_name", "lastname", "lname", "family_name", "family", "نام خانوادگی", "فامیل",
     "فامیلی", "نام فامیل", "شهرت"},
    {"name", "full_name", "fullname", "person_name", "نام و نام خانوادگی", "نام کامل"},
    {"father_name", "fathers_name", "father", "نام پدر", "پدر", "اسم پدر"},
    {"date_of_birth", "birth_date", "birthdate", "dob", "birth", "birthday", "تاریخ تولد", "تولد",
     "متولد", "ت تولد"},
    {"birth_year", "year_of_birth", "yob", "سال تولد"},
    {"sex", "gender", "جنسیت", "جنس"},
    {"phone", "telephone", "tel", "mobile", "phone_number", "cell", "تلفن", "موبایل", "شماره تلفن",
     "تلفن همراه", "شماره موبایل", "شماره تماس", "همراه"},
    {"national_id", "national_number", "national_code", "کد ملی", "شماره ملی", "کدملی"},
    {"email", "e_mail", "mail", "email_address", "ایمیل", "رایانامه"},
    {"city", "town", "شهر"},
    {"province", "ostan", "استان"},
    {"postcode", "postal_code", "zip", "zip_code", "کد پستی", "کدپستی"},
    {"address", "addr", "نشانی", "آدرس"},
    {"age", "سن"},
    {"id", "rec_id", "record_id", "unique_id", "recid", "uid", "row_id", "شناسه"},
};

static int meaning_of(const char *name)
{
    g_autofree char *lower = g_utf8_strdown(name, -1);
    g_auto(GStrv) joined = g_strsplit(lower, "\u200c", -1); /* a half-space is a space here */
    g_autofree char *plain = g_strstrip(g_strjoinv(" ", joined));
    for (char *at = plain; *at != '\0'; at++)
        if (*at == ' ' || *at == '-' || *at == '_')
            *at = (unsigned char)plain[0] < 128 ? '_' : ' ';
    for (gsize i = 0; i < G_N_ELEMENTS(SYNONYMS); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(SYNONYMS[i]) && SYNONYMS[i][j] != NULL; j++)
            if (strcmp(plain, SYNONYMS[i][j]) == 0)
                return (int)i;
    return -1;
}

/* The one column of earlier files that means the same under another name, if this file has none
 * of that name; else columns->len. */
static guint same_meaning(const Input *input, const GPtrArray *columns, guint n_earlier,
                          const char *name)
{
    int meaning = meaning_of(name);
    for (guint c = 0; meaning >= 0 && c < n_earlier; c++) {
        if (meaning_of(columns->pdata[c]) != meaning)
            continue;
        bool here = false;
        for (gsize f = 0; f < input->n_fields; f++)
            here |= strcmp(csv_reader_field(input->reader, f, NULL), columns->pdata[c]) == 0;
        if (!here)
            return c;
    }
    return columns->len;
}

/* What --id says: one column for all files, or one for each ("id,number"). A name may have commas.
 */
static char **id_names(const char *id, unsigned n_paths)
{
    g_auto(GStrv) each = g_strsplit(id != NULL ? id : "", ",", -1);
    char **names = g_new0(char *, n_paths + 1);
    bool split = n_paths > 1 && g_strv_length(each) == n_paths;
    for (unsigned i = 0; id != NULL && i < n_paths; i++)
        names[i] = split ? g_strdup(g_strstrip(each[i])) : g_strdup(id);
    return names;
}

/* Where a column of this file stands in the joined table: under its name, as the id that --id says,
 * or as what means the same; columns->len where it is new. */
static guint place_of(const Input *input, const GPtrArray *columns, guint n_earlier,
                      const char *name)
{
    if (input->id != NULL && n_earlier > 0 && strcmp(name, input->id) == 0)
        name = input->first_id;
    guint c = 0;
    while (c < columns->len && strcmp(columns->pdata[c], name) != 0)
        c++;
    return c < columns->len ? c : same_meaning(input, columns, n_earlier, name);
}

static bool open_input(Input *input, const char *path, GPtrArray *columns,
                       void (*say)(void *context, const char *sentence), void *context,
                       GError **error)
{
    guint n_earlier = columns->len;
    input->path = path;
    input->reader = csv_reader_new_file(path, NULL, error);
    if (input->reader == NULL)
        return false;
    CsvResult head = csv_reader_next(input->reader, error);
    if (head == CSV_END)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s is empty: its first line must name the columns."), path);
    if (head != CSV_RECORD)
        return false;
    input->n_fields = csv_reader_n_fields(input->reader);
    input->columns = g_new(gsize, input->n_fields + 1);
    for (gsize f = 0; f < input->n_fields; f++) {
        g_autofree char *name = g_strstrip(g_strdup(csv_reader_field(input->reader, f, NULL)));
        if (name[0] == '\0')
            name = (g_free(name), g_strdup_printf("column_%" G_GSIZE_FORMAT, f + 1));
        guint c = place_of(input, columns, n_earlier, name);
        if (c < columns->len && strcmp(columns->pdata[c], name) != 0) {
            g_autofree char *told =
                g_strdup_printf(_("%s: its column '%s' is taken as '%s' of the files before it."),
                                path, name, (const char *)columns->pdata[c]);
            say(context, told);
        }
        for (gsize g = 0; g < f; g++)
            if (input->columns[g] == c) {
                g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                            _("%s, line 1: two columns are called '%s'; rename one."), path, name);
                return false;
            }
        if (c == columns->len)
            g_ptr_array_add(columns, g_steal_pointer(&name));
        input->columns[f] = c;
    }
    return true;
}

static gssize find_column(const LinkTable *table, const char *name)
{
    for (gsize c = 0; c < link_table_n_columns(table); c++)
        if (strcmp(link_table_column(table, c), name) == 0)
            return (gssize)c;
    return -1;
}

static bool read_rows(LinkFiles *files, const Input *input, unsigned source, GArray *rows,
                      void (*say)(void *context, const char *sentence), void *context,
                      GError **error)
{
    gsize n_columns = link_table_n_columns(files->table);
    g_autofree const char **fields = g_new0(const char *, n_columns + 1);
    guint64 row = 0;
    for (;;) {
        g_autoptr(GError) bad = NULL;
        CsvResult got = csv_reader_next(input->reader, &bad);
        if (got == CSV_END)
            return true;
        if (got == CSV_FAILED) {
            g_propagate_error(error, g_steal_pointer(&bad));
            return false;
        }
        gsize n = got == CSV_RECORD ? csv_reader_n_fields(input->reader) : 0;
        if (got == CSV_RECORD && n > input->n_fields)
            g_set_error(&bad, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("%s, line %" G_GUINT64_FORMAT ": %" G_GSIZE_FORMAT
                          " fields, but the first line names %" G_GSIZE_FORMAT "."),
                        input->path, csv_reader_line(input->reader), n, input->n_fields);
        if (bad != NULL) {
            if (files->n_bad++ < 10)
                say(context, bad->message);
            continue;
        }
        memset(fields, 0, n_columns * sizeof *fields);
        for (gsize f = 0; f < n; f++) {
            const char *field = csv_reader_field(input->reader, f, NULL);
            while (*field == ' ')
                field++;
            fields[input->columns[f]] = field;
        }
        row++;
        g_array_append_val(rows, row);
        if (!link_table_add(files->table, source, fields, error))
            return false;
    }
}

/* A column that by its name is the record's id, and has no value twice within a file. */
static gssize guess_id(const LinkTable *table, gssize truth)
{
    static const char *const NAMES[] = {"id",    "rec_id", "record_id", "unique_id",
                                        "recid", "uid",    "row_id",    "شناسه"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
        for (gsize c = 0; c < link_table_n_columns(table); c++) {
            g_autofree char *lower = g_utf8_strdown(link_table_column(table, c), -1);
            if (strcmp(lower, NAMES[i]) == 0 &&
                ((gssize)c == truth ||
                 link_table_n_distinct(table, c) * 2 >= link_table_n_records(table)))
                return (gssize)c;
        }
    return -1;
}

static void check_ids(LinkFiles *files, void (*say)(void *context, const char *sentence),
                      void *context)
{
    if (files->id_column < 0)
        return;
    for (unsigned s = 0; s < files->n_sources; s++) {
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL); /* one text, one address */
        gsize repeated = 0, empty = 0;
        const char *first = NULL;
        for (gsize r = 0; r < link_table_n_records(files->table); r++) {
            if (link_table_source(files->table, r) != s)
                continue;
            const char *id = link_table_text(files->table, r, (gsize)files->id_column);
            if (*id == '\0') {
                empty++;
            } else if (!g_hash_table_add(seen, (gpointer)id)) {
                first = first == NULL ? id : first;
                repeated++;
            }
        }
        files->n_repeated_ids += repeated + empty;
        if (repeated > 0) {
            g_autofree char *told = g_strdup_printf(
                _("%s: %" G_GSIZE_FORMAT
                  " records repeat an id of column '%s' (first '%s'); outputs cannot tell "
                  "them apart. Mend the ids, or name another column with --id."),
                files->sources[s], repeated,
                link_table_column(files->table, (gsize)files->id_column), first);
            say(context, told);
        }
        if (empty > 0) {
            g_autofree char *told = g_strdup_printf(
                _("%s: %" G_GSIZE_FORMAT
                  " records have no id in column '%s'; their row number stands in its place."),
                files->sources[s], empty, link_table_column(files->table, (gsize)files->id_column));
            say(context, told);
        }
    }
}

static bool find_named(const LinkTable *table, const char *option, const char *name,
                       gssize *ret_column, GError **error)
{
    *ret_column = name != NULL ? find_column(table, name) : -1;
    if (name == NULL || *ret_column >= 0)
        return true;
    GString *columns = g_string_new(NULL);
    for (gsize c = 0; c < link_table_n_columns(table); c++)
        g_string_append_printf(columns, "%s%s", c > 0 ? ", " : "", link_table_column(table, c));
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, _("%s: no column '%s'; there are: %s."),
                option, name, columns->str);
    g_string_free(columns, TRUE);
    return false;
}

LinkFiles *link_files_read(char **paths, unsigned n_paths, const char *id, const char *truth,
                           void (*say)(void *context, const char *sentence), void *context,
                           GError **error)
{
    g_autoptr(LinkFiles) files = g_new0(LinkFiles, 1);
    g_autofree Input *inputs = g_new0(Input, n_paths + 1);
    g_autoptr(GPtrArray) columns = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint64));
    files->sources = g_new0(char *, n_paths + 1);
    g_auto(GStrv) ids = id_names(id, n_paths);
    bool ok = true;
    for (unsigned i = 0; ok && i < n_paths; i++) {
        inputs[i].id = ids[i];
        inputs[i].first_id = ids[0];
        ok = open_input(&inputs[i], paths[i], columns, say, context, error);
    }
    if (ok)
        files->table = link_table_new(columns->len, (const char *const *)columns->pdata);
    for (unsigned i = 0; ok && i < n_paths; i++) {
        files->sources[files->n_sources++] = source_name(paths[i]);
        ok = read_rows(files, &inputs[i], i, rows, say, context, error);
    }
    for (unsigned i = 0; i < n_paths; i++) {
        csv_reader_free(inputs[i].reader);
        g_free(inputs[i].columns);
    }
    for (unsigned i = 0; ok && i < n_paths; i++)
        for (unsigned j = 0; j < i; j++)
            if (strcmp(files->sources[i], files->sources[j]) == 0) { /* a/list.csv and b/list.csv */
                g_free(files->sources[i]);
                files->sources[i] = g_strdup(paths[i]);
                break;
            }
    ok = ok && find_named(files->table, "--id", ids[0], &files->id_column, error) &&
         find_named(files->table, "--truth", truth, &files->truth_column, error);
    if (!ok)
        return NULL;
    if (!link_places_add(files->table, error))
        return NULL;
    files->row = (guint64 *)(void *)g_array_free(g_steal_pointer(&rows), FALSE);
    if (files->id_column < 0)
        files->id_column = guess_id(files->table, files->truth_column);
    check_ids(files, say, context);
    return g_steal_pointer(&files);
}

void link_files_free(LinkFiles *files)
{
    if (files == NULL)
        return;
    link_table_free(files->table);
    g_strfreev(files->sources);
    g_free(files->row);
    g_free(files);
}

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

bool link_files_write_pairs(const LinkFiles *files, const LinkPrepared *prepared,
                            const LinkConfig *config, const LinkResult *result, double threshold,
                            const char *path, GError **error)
{
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return false;
    g_autoptr(GString) text =
        g_string_new("source_l,id_l,source_r,id_r,match_weight,match_probability");
    for (unsigned f = 0; f < config->n_fields; f++) {
        g_autofree char *name = g_strconcat("weight_", config->fields[f].name, NULL);
        csv_append(text, name);
    }
    csv_append_end(text);
    double bits[LINK_MAX_FIELDS];
    for (gsize p = 0; p < result->n_pairs; p++) {
        const LinkPair *pair = &result->pairs[p];
        if ((double)pair->probability < threshold)
            continue;
        link_files_append_record(files, pair->left, text);
        link_files_append_record(files, pair->right, text);
        g_string_append_printf(text, ",");
        g_string_truncate(text, text->len - 1);
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        csv_append(text, g_ascii_formatd(number, sizeof number, "%.4f", (double)pair->weight_bits));
        csv_append(text, g_ascii_formatd(number, sizeof number, "%.6f", (double)pair->probability));
        link_explain(prepared, &result->model, pair, bits);
        for (unsigned f = 0; f < config->n_fields; f++)
            csv_append(text, g_ascii_formatd(number, sizeof number, "%.4f", bits[f]));
        csv_append_end(text);
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
