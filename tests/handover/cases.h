/* tests/handover/cases.h: cases to hand over: generated ones, and ones full of odd texts. */
#pragma once
#include "../intake/joined.h"
#include "handover/records.h"
#include "handover/take.h"
#include "store/person.h"
#include "store/record_write.h"
#include "store/submission.h"
#include "store/user.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#define NOW   G_GINT64_CONSTANT(1750000000)
#define TODAY ((gint32)(NOW / 86400))

static inline guint32 number_of(const char *variable, guint32 otherwise)
{
    const char *text = g_getenv(variable);
    return text != NULL ? (guint32)strtoul(text, NULL, 10) : otherwise;
}

/* A generated case, its statements linked to persons and acts. */
static inline Store *generated_case(const char *folder, const char *name, guint64 n, guint64 seed)
{
    Store *store = new_case(folder, name);
    Texts texts;
    generate(&texts, n, seed);
    for (int t = 0; t < GENERATE_N_TEXTS; t++) {
        IntakeSummary summary = {0};
        g_autoptr(GError) error = NULL;
        intake_import_bytes(store, texts.texts[t]->str, texts.texts[t]->len,
                            generate_file_name((GenerateText)t),
                            &(IntakeOptions){.synthetic = true}, &summary, &error);
        g_assert_no_error(error);
        intake_summary_clear(&summary);
    }
    texts_clear(&texts);
    join_with(store, 2);
    return store;
}

static inline bool keep_bytes(void *context, const char *bytes, gsize length, GError **error)
{
    g_string_append_len(context, bytes, (gssize)length);
    return true;
}

static inline Outlet *outlet_of(Store *store, OutletDegree degree, OutletUse use)
{
    g_autoptr(GError) error = NULL;
    const OutletPolicy policy = {.degree = degree,
                                 .use = use,
                                 .day = TODAY,
                                 .what = "a test",
                                 .reason = degree != OUTLET_REDACTED ? "a test's reason" : NULL};
    Outlet *outlet = outlet_new(store_folder(store), store_keys(store), &policy, &error);
    g_assert_no_error(error);
    return outlet;
}

/* The whole export as text. */
static inline char *lines_of(Store *store, OutletDegree degree, OutletUse use)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Outlet) outlet = outlet_of(store, degree, use);
    GString *out = g_string_new(NULL);
    RecordsDone done = {0};
    records_write_jsonl(outlet, RECORDS_ALL, keep_bytes, out, &done, &error);
    g_assert_no_error(error);
    return g_string_free(out, FALSE);
}

static inline char *write_text(const char *folder, const char *name, const char *text)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(folder, name, NULL);
    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
    return path;
}

static inline TakeDone take_file(Store *store, const char *path)
{
    TakeDone done;
    g_autoptr(GError) error = NULL;
    take_import(store, path, &done, &error);
    g_assert_no_error(error);
    return done;
}

/* ---- the same ---- */

/* What the import decides by itself. */
static inline void forget_origin(StoreKind kind, void *record)
{
    if (kind != STORE_KIND_REPORT)
        return;
    StoreReport *report = record;
    report->original_id = report->import_id = 0;
    report->original_offset = report->original_length = 0;
}

static inline bool has_key(const StoreReport *report)
{
    static const guint8 NONE[16];
    return memcmp(report->content_key, NONE, sizeof NONE) != 0;
}

/* Every record of both, in order, says the same. Numbers are the same too: the copy was empty. */
static inline void assert_same(Store *store, Store *copy)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(store_unseal(store, 0, "a test", &error));
    g_assert_true(store_unseal(copy, 0, "a test", &error));
    for (const StoreKind *kind = records_kinds(); *kind != STORE_KIND_NONE; kind++) {
        const gint64 n = store_count(store, *kind, &error);
        g_assert_cmpint(n, ==, store_count(copy, *kind, &error));
        g_assert_cmpint(n, >, 0);
        for (gint64 id = 1; id <= n; id++) {
            void *one = store_record_load(store, *kind, id, &error);
            g_assert_no_error(error);
            void *other = store_record_load(copy, *kind, id, &error);
            g_assert_no_error(error);
            forget_origin(*kind, one);
            forget_origin(*kind, other);
            if (*kind == STORE_KIND_REPORT && !has_key(one)) /* it is given one by its number */
                memset(((StoreReport *)other)->content_key, 0, 16);
            guint8 a[STORE_DIGEST_BYTES], b[STORE_DIGEST_BYTES];
            store_record_digest(*kind, one, false, a);
            store_record_digest(*kind, other, false, b);
            for (gsize i = 0; memcmp(a, b, sizeof a) != 0 && i < store_kind_n_columns(*kind); i++) {
                g_autofree char *x = store_record_plain(*kind, one, i);
                g_autofree char *y = store_record_plain(*kind, other, i);
                if (g_strcmp0(x, y) != 0)
                    g_test_message("%s %d %s: “%s” “%s”", store_kind_name(*kind), (int)id,
                                   store_kind_column(*kind, i).name, x, y);
            }
            g_assert_cmpmem(a, sizeof a, b, sizeof b);
            store_record_free(*kind, one);
            store_record_free(*kind, other);
        }
    }
    store_unseal_end(store);
    store_unseal_end(copy);
}

/* ---- odd records ---- */

static inline char *odd_text(GRand *rand)
{
    static const char *const PIECES[] = {"a",     ",",      ";",
                                         "\t",    "\"",     "\"\"",
                                         "\n",    "\r\n",   "'",
                                         "\\",    "|",      " ",
                                         "  x  ", "{}",     "[]",
                                         "=1",    "-",      "می‌رود",
                                         "ك",     "۱۲۳",    "😀",
                                         "\x01",  "%",      "\u2028",
                                         "é",     "\ufeff", "null",
                                         "true",  "sep=;",  "</a>",
                                         "&amp;", "R12",    "0912 345 67 89"};
    GString *out = g_string_new("x");
    if (g_rand_boolean(rand))
        g_string_truncate(out, 0);
    const int n = g_rand_int_range(rand, 1, 9);
    for (int i = 0; i < n; i++)
        g_string_append(out, PIECES[g_rand_int_range(rand, 0, G_N_ELEMENTS(PIECES))]);
    return g_string_free(out, FALSE);
}

/* A plain value that a column can hold; NULL none. `n`: how many of each kind there are. */
static inline char *odd_value(GRand *rand, const StoreColumn *column, const gint64 n[])
{
    char id[STORE_ID_MAX];
    if (g_rand_int_range(rand, 0, 4) == 0)
        return NULL;
    switch (column->type) {
    case STORE_VALUE_BOOLEAN:
        return g_strdup(g_rand_boolean(rand) ? "true" : "false");
    case STORE_VALUE_REAL:
        return g_strdup_printf("%.17g",
                               (g_rand_double(rand) - 0.5) * (g_rand_boolean(rand) ? 1 : 1e200));
    case STORE_VALUE_TEXT:
        return odd_text(rand);
    case STORE_VALUE_LETTER:
        return g_strdup_printf("%c", 'A' + g_rand_int_range(rand, 0, 6));
    case STORE_VALUE_BYTES:
        return g_strdup_printf("%08x%08x%08x%08x", g_rand_int(rand), g_rand_int(rand),
                               g_rand_int(rand), g_rand_int(rand) | 1);
    case STORE_VALUE_RECORD:
        if (n[column->ref] == 0)
            return NULL;
        return g_strdup(store_id_format(column->ref,
                                        g_rand_int_range(rand, 1, (gint32)n[column->ref] + 1), id));
    case STORE_VALUE_DAY:
        return g_strdup_printf("%04d-%02d-%02d", g_rand_int_range(rand, 1, 9999),
                               g_rand_int_range(rand, 1, 13), g_rand_int_range(rand, 1, 29));
    case STORE_VALUE_TIME:
        return g_strdup_printf("%04d-%02d-%02dT23:59:59Z", g_rand_int_range(rand, 1900, 2200),
                               g_rand_int_range(rand, 1, 13), g_rand_int_range(rand, 1, 29));
    case STORE_VALUE_INTEGER:
        return g_strdup_printf(
            "%d", g_rand_int_range(rand, 0, strcmp(column->name, "credibility") == 0 ? 7 : 100000));
    }
    g_assert_not_reached();
}

/* `each` records of each kind with values that nobody would enter. Persons may name later ones. */
static inline Store *odd_case(const char *folder, const char *name, int each, guint32 seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(GError) error = NULL;
    Store *store = new_case(folder, name);
    gint64 n[STORE_N_KINDS] = {0};
    g_assert_true(store_begin(store, &error) && store_references_defer(store, &error));
    for (const StoreKind *kind = records_kinds(); *kind != STORE_KIND_NONE; kind++) {
        n[*kind] = each; /* within its own kind it may name what comes later */
        for (int i = 0; i < each; i++) {
            void *record = store_record_new(*kind);
            for (gsize k = 0; k < store_kind_n_columns(*kind); k++) {
                const StoreColumn column = store_kind_column(*kind, k);
                const bool key =
                    store_kind_column_is_key(*kind, k) || strcmp(column.name, "code") == 0;
                g_autofree char *value = odd_value(rand, &column, n);
                if (key && column.type == STORE_VALUE_TEXT) {
                    g_free(value);
                    value = g_strdup_printf("%s %s %d", store_kind_name(*kind), column.name, i);
                }
                if (value != NULL)
                    store_record_set_plain(*kind, record, k, value, &error);
                g_assert_no_error(error);
            }
            store_record_add(store, *kind, record, &error);
            g_assert_no_error(error);
            store_record_free(*kind, record);
        }
    }
    g_assert_true(store_references_check(store, &error) && store_commit(store, &error));
    return store;
}
