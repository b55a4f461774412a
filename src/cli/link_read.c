/* Files for `zenhar link`: CSV to the engine's table, whole or some records at a time. */
#include "cli/link_files.h"

#include "base/csv.h"
#include "base/i18n.h"
#include "cli/link_places.h"

#include <string.h>

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

typedef void LinkSay(void *context, const char *sentence);

struct LinkStream {
    Input *inputs;
    unsigned n_inputs, at; /* which is being read */
    GPtrArray *columns;
    char **ids, **sources, *truth;
    guint64 row; /* of the file being read */
    gsize n_bad;
    gssize id_column;
    bool *places; /* which columns are places: NULL until the first records say so */
    LinkSay *say;
    void *context;
};

/* Rows of one file, until the list has `most`; *ret_end: the file is at its end. */
static bool read_rows(LinkStream *stream, LinkFiles *files, GArray *rows, gsize most, bool *ret_end,
                      GError **error)
{
    const Input *input = &stream->inputs[stream->at];
    gsize n_columns = link_table_n_columns(files->table);
    g_autofree const char **fields = g_new0(const char *, n_columns + 1);
    *ret_end = false;
    while (rows->len < most) {
        g_autoptr(GError) bad = NULL;
        CsvResult got = csv_reader_next(input->reader, &bad);
        if (got == CSV_END)
            return *ret_end = true;
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
            if (stream->n_bad++ < 10)
                stream->say(stream->context, bad->message);
            continue;
        }
        memset(fields, 0, n_columns * sizeof *fields);
        for (gsize f = 0; f < n; f++) {
            const char *field = csv_reader_field(input->reader, f, NULL);
            while (*field == ' ')
                field++;
            fields[input->columns[f]] = field;
        }
        stream->row++;
        g_array_append_val(rows, stream->row);
        if (!link_table_add(files->table, stream->at, fields, error))
            return false;
    }
    return true;
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

/* a/list.csv and b/list.csv */
static char **source_names(char **paths, unsigned n_paths)
{
    char **sources = g_new0(char *, n_paths + 1);
    for (unsigned i = 0; i < n_paths; i++)
        sources[i] = source_name(paths[i]);
    for (unsigned i = 0; i < n_paths; i++)
        for (unsigned j = 0; j < i; j++)
            if (strcmp(sources[i], sources[j]) == 0) {
                g_free(sources[i]);
                sources[i] = g_strdup(paths[i]);
                break;
            }
    return sources;
}

LinkStream *link_stream_new(char **paths, unsigned n_paths, const char *id, const char *truth,
                            void (*say)(void *context, const char *sentence), void *context,
                            GError **error)
{
    g_autoptr(LinkStream) stream = g_new0(LinkStream, 1);
    stream->inputs = g_new0(Input, n_paths + 1);
    stream->n_inputs = n_paths;
    stream->columns = g_ptr_array_new_with_free_func(g_free);
    stream->ids = id_names(id, n_paths);
    stream->sources = source_names(paths, n_paths);
    stream->truth = g_strdup(truth);
    stream->id_column = -1;
    stream->say = say;
    stream->context = context;
    for (unsigned i = 0; i < n_paths; i++) {
        stream->inputs[i].id = stream->ids[i];
        stream->inputs[i].first_id = stream->ids[0];
        if (!open_input(&stream->inputs[i], paths[i], stream->columns, say, context, error))
            return NULL;
    }
    return g_steal_pointer(&stream);
}

void link_stream_free(LinkStream *stream)
{
    if (stream == NULL)
        return;
    for (unsigned i = 0; i < stream->n_inputs; i++) {
        csv_reader_free(stream->inputs[i].reader);
        g_free(stream->inputs[i].columns);
    }
    g_free(stream->inputs);
    g_ptr_array_unref(stream->columns);
    g_strfreev(stream->ids);
    g_strfreev(stream->sources);
    g_free(stream->truth);
    g_free(stream->places);
    g_free(stream);
}

LinkFiles *link_stream_next(LinkStream *stream, gsize most, GError **error)
{
    g_autoptr(LinkFiles) files = g_new0(LinkFiles, 1);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint64));
    bool first = stream->places == NULL;
    files->table =
        link_table_new(stream->columns->len, (const char *const *)stream->columns->pdata);
    files->sources = g_strdupv(stream->sources);
    files->n_sources = stream->n_inputs;
    while (stream->at < stream->n_inputs && rows->len < most) {
        bool end = false;
        if (!read_rows(stream, files, rows, most, &end, error))
            return NULL;
        if (end) {
            stream->at++;
            stream->row = 0;
        }
    }
    files->row = (guint64 *)(void *)g_array_free(g_steal_pointer(&rows), FALSE);
    files->n_bad = stream->n_bad;
    if (!find_named(files->table, "--id", stream->ids[0], &files->id_column, error) ||
        !find_named(files->table, "--truth", stream->truth, &files->truth_column, error))
        return NULL;
    if (first)
        stream->places = g_new0(bool, stream->columns->len + 1);
    if (!link_places_add(files->table, stream->places, first, error))
        return NULL;
    if (first)
        stream->id_column =
            files->id_column >= 0 ? files->id_column : guess_id(files->table, files->truth_column);
    files->id_column = stream->id_column;
    return g_steal_pointer(&files);
}

LinkFiles *link_files_read(char **paths, unsigned n_paths, const char *id, const char *truth,
                           void (*say)(void *context, const char *sentence), void *context,
                           GError **error)
{
    g_autoptr(LinkStream) stream = link_stream_new(paths, n_paths, id, truth, say, context, error);
    g_autoptr(LinkFiles) files = stream != NULL ? link_stream_next(stream, G_MAXSIZE, error) : NULL;
    if (files != NULL)
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

LinkConfig *link_files_config(const LinkFiles *files, const char *path, bool beginning,
                              GError **error)
{
    if (path != NULL) {
        g_autofree char *text = NULL;
        g_autoptr(GError) cause = NULL;
        if (!g_file_get_contents(path, &text, NULL, &cause)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The config cannot be read: %s"),
                        cause->message);
            return NULL;
        }
        return link_config_parse(text, files->table, error);
    }
    g_autofree bool *skip = g_new0(bool, link_table_n_columns(files->table) + 1);
    if (files->id_column >= 0)
        skip[files->id_column] = true;
    if (files->truth_column >= 0)
        skip[files->truth_column] = true;
    return link_config_decide_by(files->table, skip, beginning, error);
}
