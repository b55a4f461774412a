/* Counts of states, for metrics. */
#include "store/query_ops.h"

#include "store/private.h"
#include <string.h>

static const struct {
    const char *what, *sql;
} QUESTIONS[] = {
    {"alarm", "SELECT status, count(*) FROM alarm GROUP BY 1"},
    {"dispatch", "SELECT state, count(*) FROM dispatch GROUP BY 1"},
    {"import", "SELECT state, count(*) FROM import GROUP BY 1"},
    {"quarantine", "SELECT state, count(*) FROM quarantine GROUP BY 1"},
};

/* A state is one of the program's words; whatever else stands there stays in the case. */
static void state_copy(const char *text, char state[24])
{
    const gsize n = text != NULL ? strspn(text, "abcdefghijklmnopqrstuvwxyz_") : 0;
    const bool is_word = n > 0 && n < 24 && text[n] == '\0';
    g_strlcpy(state, is_word ? text : "other", 24);
}

GArray *store_ops_counts(Store *store, GError **error)
{
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(StoreOpsCount));
    for (gsize i = 0; i < G_N_ELEMENTS(QUESTIONS); i++) {
        DbStatement *row = store_prepare(store, QUESTIONS[i].sql, error);
        if (row == NULL)
            return NULL;
        int found;
        while ((found = store_step(store, row, error)) == 1) {
            StoreOpsCount count = {.what = QUESTIONS[i].what, .n = db_int64(row, 1)};
            state_copy(db_text(row, 0), count.state);
            g_array_append_val(counts, count);
        }
        if (found != 0)
            return NULL;
    }
    return g_steal_pointer(&counts);
}

gint64 store_ops_last_import(Store *store, GError **error)
{
    gint64 last = 0;
    return store_query_int(store, "SELECT coalesce(max(finished), 0) FROM import", NULL, 0, &last,
                           NULL, error)
               ? last
               : -1;
}
