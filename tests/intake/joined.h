/* tests/intake/joined.h: cases to link, made in a line; for t_join.c and t_review.c. */
#pragma once
#include "evidence/evidence.h"
#include "intake/generate.h"
#include "intake/import.h"
#include "intake/join.h"
#include "support.h"

#include <string.h>

static inline Store *new_case(const char *folder, const char *name)
{
    g_autofree char *path =
        test_on_server() ? test_case_place(name) : g_build_filename(folder, name, NULL);
    g_autoptr(GError) error = NULL;
    const StoreKeyCost cost = {1, 8 << 20};
    Store *store = evidence_create(path, "a passphrase for tests", &cost, &error);
    g_assert_no_error(error);
    store_set_now(store, 1750000000);
    return store;
}

static inline void import(Store *store, const char *name, const char *text)
{
    IntakeSummary summary = {0};
    g_autoptr(GError) error = NULL;
    intake_import_bytes(store, text, strlen(text), name, &(IntakeOptions){0}, &summary, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(summary.quarantined, ==, 0);
    intake_summary_clear(&summary);
}

static inline IntakeJoinSummary join_with(Store *store, guint threads)
{
    g_autoptr(GError) error = NULL;
    IntakeJoinOptions options = intake_join_options_default();
    options.threads = threads;
    IntakeJoinSummary summary;
    intake_join(store, &options, &summary, &error);
    g_assert_no_error(error);
    return summary;
}

static inline gint64 entries(Store *store)
{
    StoreLogHead head;
    g_autoptr(GError) error = NULL;
    g_assert_true(evidence_head(store, &head, &error));
    return head.size;
}

/* "person:statements" of all statements in order: "1:1 1:2 2:3 …", persons numbered as met. */
static inline char *assignment(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = store_statement_list(store, NULL, &error);
    g_assert_no_error(error);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < all->len; i++) {
        const StoreStatement *s = g_ptr_array_index(all, i);
        g_string_append_printf(out, "%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " ", s->victim_id,
                               s->act_id);
    }
    return g_string_free(out, FALSE);
}

/* The person of one word of an assignment, "1/7". */
static inline gint64 person_in(const char *word)
{
    return g_ascii_strtoll(word, NULL, 10);
}

typedef struct {
    GString *texts[GENERATE_N_TEXTS + 1];
} Texts;

static inline bool take(void *context, GenerateText text, const char *bytes, gsize length,
                        GError **error)
{
    Texts *texts = context;
    g_string_append_len(texts->texts[text], bytes, (gssize)length);
    return true;
}

static inline void generate(Texts *texts, guint64 n, guint64 seed)
{
    for (int t = 0; t <= GENERATE_N_TEXTS; t++)
        texts->texts[t] = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    generate_reports(&(GenerateOptions){.n_reports = n, .seed = seed}, take, texts, NULL, &error);
    g_assert_no_error(error);
}

static inline void import_text(Store *store, const Texts *texts, GenerateText text)
{
    IntakeSummary summary = {0};
    g_autoptr(GError) error = NULL;
    intake_import_bytes(store, texts->texts[text]->str, texts->texts[text]->len,
                        generate_file_name(text), &(IntakeOptions){.synthetic = true}, &summary,
                        &error);
    g_assert_no_error(error);
    intake_summary_clear(&summary);
}

static inline void texts_clear(Texts *texts)
{
    for (int t = 0; t <= GENERATE_N_TEXTS; t++)
        g_string_free(texts->texts[t], TRUE);
}

static inline IntakeJoinScore score_of(Store *store)
{
    IntakeJoinScore score;
    g_autoptr(GError) error = NULL;
    intake_join_score(store, "truth_id", &score, &error);
    g_assert_no_error(error);
    return score;
}
