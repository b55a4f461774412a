/* The generator: exact numbers, the same bytes everywhere, a truth that fits, files that import. */
#include "base/csv.h"
#include "base/edtf.h"
#include "evidence/evidence.h"
#include "intake/fields.h"
#include "intake/generate.h"
#include "intake/import.h"
#include "store/intake.h"
#include "support.h"

#include <string.h>

typedef struct {
    GString *texts[GENERATE_N_TEXTS + 1];
    GenerateSummary sums;
} Made;

static bool take(void *context, GenerateText text, const char *bytes, gsize length, GError **error)
{
    Made *made = context;
    g_string_append_len(made->texts[text], bytes, (gssize)length);
    return true;
}

static Made *make_with(const GenerateOptions *options)
{
    Made *made = g_new0(Made, 1);
    for (int t = 0; t <= GENERATE_N_TEXTS; t++)
        made->texts[t] = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    bool ok = generate_reports(options, take, made, &made->sums, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    return made;
}

static Made *make(guint64 n, guint64 seed, guint threads)
{
    return make_with(&(GenerateOptions){.n_reports = n, .seed = seed, .threads = threads});
}

static void made_free(Made *made)
{
    for (int t = 0; t <= GENERATE_N_TEXTS; t++)
        g_string_free(made->texts[t], TRUE);
    g_free(made);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Made, made_free)

static guint64 lines_of(const GString *text)
{
    guint64 n = 0;
    for (gsize i = 0; i < text->len; i++)
        n += text->str[i] == '\n';
    return n;
}

static guint64 messages_of(const GString *text)
{
    guint64 n = 0;
    for (const char *at = text->str; (at = strstr(at, "\n---\n")) != NULL; at++)
        n++;
    return n;
}

/* Records by counting what is written, not by what the summary says. */
static guint64 records_of(const Made *made)
{
    return lines_of(made->texts[GENERATE_LIST_A]) + lines_of(made->texts[GENERATE_LIST_B]) +
           lines_of(made->texts[GENERATE_LIST_C]) - 3 + lines_of(made->texts[GENERATE_MEDIA]) +
           messages_of(made->texts[GENERATE_MESSAGES]);
}

static void test_number(void)
{
    const guint64 numbers[] = {1, 2, 17, 500, 5000, 30000};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autoptr(Made) made = make(numbers[i], 3, 0);
        g_assert_cmpuint(records_of(made), ==, numbers[i]);
        guint64 sum = 0;
        for (gsize s = 0; s < GENERATE_N_SOURCES; s++)
            sum += made->sums.reports[s];
        g_assert_cmpuint(sum, ==, numbers[i]);
        g_autoptr(Made) single =
            make_with(&(GenerateOptions){.n_reports = numbers[i], .seed = 3, .single = true});
        g_assert_cmpuint(lines_of(single->texts[GENERATE_SINGLE]), ==, numbers[i] + 1);
        g_assert_cmpuint(single->texts[GENERATE_LIST_A]->len, ==, 0);
    }
}

static char *hash_of(const Made *made)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (int t = 0; t <= GENERATE_N_TEXTS; t++)
        g_checksum_update(sum, (const guchar *)made->texts[t]->str, (gssize)made->texts[t]->len);
    return g_strdup(g_checksum_get_string(sum));
}

static void test_same_bytes(void)
{
    g_autoptr(Made) one = make(4000, 20250628, 1), three = make(4000, 20250628, 3),
                    other = make(4000, 20250629, 1);
    g_autofree char *a = hash_of(one), *b = hash_of(three), *c = hash_of(other);
    g_assert_cmpstr(a, ==, b);
    g_assert_cmpstr(a, !=, c);
    /* Whole numbers only, so that this holds on any machine. Change it with the generator. */
    g_assert_cmpstr(a, ==, "60a3b1388e7bc8ba85e2e97a426082d8989d2e832c8ea8436b5a93bda0b03fd0");
}

static CsvTable *table_of(const GString *text)
{
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("t", text->str, text->len, NULL);
    g_autoptr(GError) error = NULL;
    CsvTable *table = csv_table_load(reader, &error);
    g_assert_no_error(error);
    return table;
}

static gint64 number_in(const CsvTable *table, gsize row, const char *column)
{
    gint64 n = 0;
    g_assert_true(
        csv_parse_integer(csv_table_cell(table, row, csv_table_column(table, column)), &n));
    return n;
}

static bool row_is(const CsvTable *table, gsize row, const char *what)
{
    return strcmp(csv_table_cell(table, row, csv_table_column(table, "row")), what) == 0;
}

static void test_truth(void)
{
    g_autoptr(Made) made = make(5000, 1, 0);
    g_autoptr(CsvTable) truth = table_of(made->texts[GENERATE_TRUTH]);
    gint64 persons = 0, reported = 0, records = 0, by_month = 0, by_source = 0, acts = 0;
    gssize lists = csv_table_column(truth, "lists"), kinds = csv_table_column(truth, "act");
    for (gsize r = 0; r < truth->n_rows; r++) {
        if (row_is(truth, r, "person")) {
            gint64 n = number_in(truth, r, "count");
            g_assert_true((n > 0) == (csv_table_cell(truth, r, lists)[0] != '\0'));
            persons++;
            reported += n > 0;
            records += n;
            acts++;
            for (const char *at = csv_table_cell(truth, r, kinds); *at != '\0'; at++)
                acts += *at == ';';
        } else if (row_is(truth, r, "month")) {
            by_month += number_in(truth, r, "count");
        } else if (row_is(truth, r, "source")) {
            by_source += number_in(truth, r, "count");
        }
    }
    g_assert_cmpint(persons, ==, (gint64)made->sums.persons);
    g_assert_cmpint(reported, ==, (gint64)made->sums.reported);
    g_assert_cmpint(acts, ==, (gint64)made->sums.acts);
    g_assert_cmpint(by_month, ==, acts);
    g_assert_cmpint(by_source, ==, 5000);
    g_assert_cmpint(records + (gint64)made->sums.broken, ==, 5000);
    /* Some are on no list: what an estimate is to find. */
    g_assert_cmpint(reported * 100, >, persons * 60);
    g_assert_cmpint(reported * 100, <, persons * 85);
}

/* A person of the truth is on list A exactly when a readable record of A carries its number. */
static void test_lists(void)
{
    g_autoptr(Made) made = make(3000, 5, 0);
    g_autoptr(CsvTable) truth = table_of(made->texts[GENERATE_TRUTH]);
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *text = made->texts[GENERATE_MESSAGES]->str;
    while ((text = strstr(text, "truth_id=")) != NULL) {
        text += strlen("truth_id=");
        g_hash_table_add(said, g_strndup(text, strcspn(text, ")")));
    }
    gssize lists = csv_table_column(truth, "lists"), id = csv_table_column(truth, "id");
    gsize on_list = 0;
    for (gsize r = 0; r < truth->n_rows; r++)
        if (row_is(truth, r, "person")) {
            bool listed = strchr(csv_table_cell(truth, r, lists), 'E') != NULL;
            g_assert_true(listed == g_hash_table_contains(said, csv_table_cell(truth, r, id)));
            on_list += listed;
        }
    g_assert_cmpuint(on_list, ==, g_hash_table_size(said));
    g_assert_cmpuint(on_list, >, 100);
}

static void test_marked(void)
{
    g_autoptr(Made) made = make(2000, 2, 0);
    for (int t = 0; t < GENERATE_N_SOURCES; t++) {
        g_autoptr(GHashTable) fields = g_hash_table_new(g_direct_hash, g_direct_equal);
        const char *text = made->texts[t]->str;
        if (t == GENERATE_MESSAGES) {
            g_assert_cmpuint(messages_of(made->texts[t]), ==, made->sums.reports[t]);
            for (const char *at = text; (at = strstr(at, "\n---\n")) != NULL; at += 5) {
                const char *mark = g_strrstr_len(text, at - text, "synthetic=yes");
                g_assert_true(mark != NULL && at - mark < 120);
            }
            continue;
        }
        if (t == GENERATE_MEDIA) {
            /* but for those cut in the middle */
            gsize marked = 0;
            for (const char *at = text; (at = strstr(at, "\"synthetic\":\"yes\"")) != NULL; at++)
                marked++;
            g_assert_cmpuint(marked + made->sums.broken, >=, made->sums.reports[t]);
            continue;
        }
        g_autofree char *heading = g_strndup(text, strcspn(text, "\n"));
        g_auto(GStrv) columns = g_strsplit(heading, ",", -1);
        for (gsize c = 0; columns[c] != NULL; c++) {
            IntakeField field = intake_field_match(NULL, columns[c]);
            g_assert_true((field == INTAKE_FIELD_NONE) == (strcmp(columns[c], "truth_id") == 0));
            g_assert_true(field == INTAKE_FIELD_NONE ||
                          g_hash_table_add(fields, GINT_TO_POINTER(field + 1)));
        }
        g_assert_true(g_hash_table_contains(fields, GINT_TO_POINTER(INTAKE_FIELD_SYNTHETIC + 1)));
    }
}

/* True arrests in the fullest month of each crisis against a month before it. */
static void test_surge(void)
{
    g_autoptr(Made) made = make(20000, 1, 0);
    g_autoptr(CsvTable) truth = table_of(made->texts[GENERATE_TRUTH]);
    gssize date = csv_table_column(truth, "date"), act = csv_table_column(truth, "act"),
           last = csv_table_column(truth, "date_last");
    gsize crises = 0;
    for (gsize r = 0; r < truth->n_rows; r++) {
        if (!row_is(truth, r, "crisis"))
            continue;
        crises++;
        gint64 within = 0, before = 0;
        const char *first = csv_table_cell(truth, r, date), *end = csv_table_cell(truth, r, last);
        gint64 month_number =
            g_ascii_strtoll(first, NULL, 10) * 12 + g_ascii_strtoll(first + 5, NULL, 10) - 1 - 2;
        g_autofree char *earlier =
            g_strdup_printf("%04d-%02d", (int)(month_number / 12), (int)(month_number % 12) + 1);
        for (gsize m = 0; m < truth->n_rows; m++) {
            if (!row_is(truth, m, "month") || strcmp(csv_table_cell(truth, m, act), "arrest") != 0)
                continue;
            const char *month = csv_table_cell(truth, m, date);
            if (strncmp(month, first, 7) > 0 && strncmp(month, end, 7) < 0)
                within = MAX(within, number_in(truth, m, "count"));
            if (strncmp(month, earlier, 7) == 0)
                before = number_in(truth, m, "count");
        }
        g_assert_cmpint(within, >, 2 * before);
        g_assert_cmpint(before, >, 0);
    }
    g_assert_cmpuint(crises, ==, GENERATE_N_CRISES);
}

static void write_texts(const Made *made, const char *folder)
{
    for (int t = 0; t < GENERATE_N_TEXTS; t++) {
        g_autofree char *path = g_build_filename(folder, generate_file_name((GenerateText)t), NULL);
        g_autofree char *parent = g_path_get_dirname(path);
        g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
        g_assert_true(
            g_file_set_contents(path, made->texts[t]->str, (gssize)made->texts[t]->len, NULL));
    }
}

static void test_imports(void)
{
    g_autoptr(Made) made = make(3000, 4, 0);
    g_autofree char *folder = test_folder_new();
    g_autofree char *at = g_build_filename(folder, "c.zenhar", NULL),
                    *reports = g_build_filename(folder, "reports", NULL);
    write_texts(made, folder);
    g_autoptr(GError) error = NULL;
    const StoreKeyCost cost = {1, 8 << 20};
    g_autoptr(Store) store = evidence_create(at, "a passphrase for tests", &cost, &error);
    g_assert_no_error(error);
    IntakeSummary summary = {0};
    bool ok = intake_import(store, reports, &(IntakeOptions){0}, &summary, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    g_assert_cmpuint(summary.files, ==, GENERATE_N_SOURCES);
    g_assert_cmpuint(summary.records, ==, 3000);
    g_assert_cmpuint(summary.quarantined, ==, made->sums.broken);
    g_assert_cmpuint(summary.duplicates, ==, made->sums.repeated);
    g_assert_cmpuint(summary.added, ==, 3000 - made->sums.broken - made->sums.repeated);
    g_assert_cmpuint(made->sums.broken, >, 0);
    g_assert_cmpuint(made->sums.repeated, >, 0);
    g_assert_cmpuint(g_hash_table_size(summary.unknown_columns), ==, 1);
    g_assert_true(g_hash_table_contains(summary.unknown_columns, "truth_id"));
    intake_summary_clear(&summary);
    g_autoptr(GPtrArray) sources = store_source_list(store, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < sources->len; i++) {
        const StoreSource *source = g_ptr_array_index(sources, i);
        g_autofree char *name = g_ascii_strdown(source->name, -1);
        g_assert_nonnull(strstr(name, "synthetic"));
    }
}

static bool refuse(void *context, GenerateText text, const char *bytes, gsize length,
                   GError **error)
{
    gsize *calls = context;
    ++*calls;
    if (*calls < 4)
        return true;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "full");
    return false;
}

static void test_refusals(void)
{
    g_autoptr(GError) error = NULL;
    gsize calls = 0;
    GenerateSummary sums = {.persons = 77};
    g_assert_false(generate_reports(&(GenerateOptions){.n_reports = 5000, .seed = 1}, refuse,
                                    &calls, &sums, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO);
    g_assert_cmpuint(calls, ==, 4);
    g_assert_cmpuint(sums.persons, ==, 77);
    const GenerateOptions wrong[] = {
        {.n_reports = 0},
        {.n_reports = 10, .first_day = 100, .last_day = 120},
        {.n_reports = 10, .first_day = 200, .last_day = 100},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_clear_error(&error);
        g_assert_false(generate_reports(&wrong[i], refuse, &calls, NULL, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    }
    g_assert_cmpuint(calls, ==, 4);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/generate/exactly_so_many_records", test_number);
    g_test_add_func("/intake/generate/same_seed_same_bytes_on_any_number_of_threads",
                    test_same_bytes);
    g_test_add_func("/intake/generate/the_truth_agrees_with_itself_and_the_files", test_truth);
    g_test_add_func("/intake/generate/the_truth_names_the_lists_a_person_is_on", test_lists);
    g_test_add_func("/intake/generate/every_record_says_it_is_synthetic", test_marked);
    g_test_add_func("/intake/generate/crises_surge", test_surge);
    g_test_add_func("/intake/generate/every_file_imports_the_broken_are_quarantined", test_imports);
    g_test_add_func("/intake/generate/impossible_wishes_and_a_full_disk_are_told", test_refusals);
    return g_test_run();
}
