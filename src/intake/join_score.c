/* Persons against a truth that the reports carry: pairs of statements. */
#include "intake/join.h"

#include "base/i18n.h"
#include <jansson.h>
#include <string.h>

/* The value of `field` in the JSON object `extra`, or after "FIELD=" in the text. NULL none. */
static char *truth_of(const StoreReport *report, const char *field)
{
    if (report->extra != NULL) {
        json_t *extra = json_loads(report->extra, 0, NULL);
        const char *value = json_string_value(json_object_get(extra, field));
        char *copy = g_strdup(value);
        json_decref(extra);
        if (copy != NULL)
            return copy;
    }
    g_autofree char *needle = g_strconcat(field, "=", NULL);
    const char *found = report->text != NULL ? strstr(report->text, needle) : NULL;
    if (found == NULL)
        return NULL;
    found += strlen(needle);
    gsize length = 0;
    while (g_ascii_isalnum(found[length]) || found[length] == '-' || found[length] == '_')
        length++;
    return length > 0 ? g_strndup(found, length) : NULL;
}

static GHashTable *read_truths(Store *store, const char *field, GError **error)
{
    g_autoptr(StoreCursor) cursor = store_report_cursor(store, NULL, error);
    if (cursor == NULL)
        return NULL;
    g_autoptr(GHashTable) truths =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    g_autoptr(GError) why = NULL;
    const StoreReport *report;
    while ((report = store_report_next(cursor, &why)) != NULL) {
        char *truth = truth_of(report, field);
        if (truth != NULL)
            g_hash_table_insert(truths, g_memdup2(&report->id, sizeof report->id), truth);
    }
    if (why == NULL && g_hash_table_size(truths) == 0)
        g_set_error(&why, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("No report of this case has a column or a text part called '%s'."), field);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return g_steal_pointer(&truths);
}

static guint64 add_one(GHashTable *counts, const char *key)
{
    gsize before = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, key));
    g_hash_table_insert(counts, g_strdup(key), GSIZE_TO_POINTER(before + 1));
    return before; /* so many new pairs */
}

static bool score_unsealed(Store *store, const char *field, IntakeJoinScore *ret_score,
                           GError **error)
{
    g_autoptr(GHashTable) truths = read_truths(store, field, error);
    g_autoptr(StoreCursor) cursor =
        truths != NULL ? store_statement_cursor(store, NULL, error) : NULL;
    if (cursor == NULL)
        return false;
    g_autoptr(GHashTable) by_truth = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                          by_person = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                          by_both = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    IntakeJoinScore score = {0};
    g_autoptr(GError) why = NULL;
    const StoreStatement *s;
    while ((s = store_statement_next(cursor, &why)) != NULL) {
        const char *truth = g_hash_table_lookup(truths, &s->report_id);
        if (truth == NULL)
            continue;
        if (s->victim_id == 0 && s->victim_name == NULL) {
            score.nameless++;
            continue;
        }
        score.statements++;
        score.true_pairs += add_one(by_truth, truth);
        if (s->victim_id == 0)
            continue;
        g_autofree char *person = g_strdup_printf("%" G_GINT64_FORMAT, s->victim_id),
                        *both = g_strconcat(person, " ", truth, NULL);
        score.found_pairs += add_one(by_person, person);
        score.right_pairs += add_one(by_both, both);
    }
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    double right = (double)score.right_pairs;
    score.precision = score.found_pairs > 0 ? right / (double)score.found_pairs : 1;
    score.recall = score.true_pairs > 0 ? right / (double)score.true_pairs : 1;
    score.f1 = score.precision + score.recall > 0
                   ? 2 * score.precision * score.recall / (score.precision + score.recall)
                   : 0;
    *ret_score = score;
    return true;
}

bool intake_join_score(Store *store, const char *field, IntakeJoinScore *ret_score, GError **error)
{
    bool was_unsealed = store_unsealed(store);
    if (!was_unsealed && !store_unseal(store, 0, "measuring the linkage", error))
        return false;
    bool ok = score_unsealed(store, field, ret_score, error);
    if (!was_unsealed)
        store_unseal_end(store);
    return ok;
}
