/* What people said of statements: which answers hold, what follows, what contradicts. */
#include "intake/join_private.h"

#include "base/i18n.h"
#include "store/id.h"
#include <stdlib.h>
#include <string.h>

void join_verdicts_free(JoinVerdicts *verdicts)
{
    if (verdicts == NULL)
        return;
    g_ptr_array_unref(verdicts->all);
    g_array_unref(verdicts->ties);
    g_array_unref(verdicts->unsure);
    g_free(verdicts);
}

GArray *join_list_parse(const char *text)
{
    GArray *list = g_array_new(FALSE, FALSE, 2 * sizeof(gint64));
    g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", " ", -1);
    for (gsize i = 0; words[i] != NULL; i++) {
        StoreKind kind;
        gint64 ids[2] = {0, 0};
        char *act = strchr(words[i], '/');
        if (act != NULL)
            *act++ = '\0';
        if (!store_id_parse(words[i], &kind, &ids[0]) || kind != STORE_KIND_STATEMENT)
            continue;
        if (act != NULL && (!store_id_parse(act, &kind, &ids[1]) || kind != STORE_KIND_ACT))
            ids[1] = 0;
        g_array_append_val(list, ids);
    }
    return list;
}

static void add_tie(JoinVerdicts *verdicts, const StoreVerdict *verdict, gint64 left, gint64 right,
                    bool same)
{
    if (left == right)
        return;
    bool looked_at = (left == verdict->left_id && right == verdict->right_id) ||
                     (right == verdict->left_id && left == verdict->right_id);
    JoinTie tie = {left, right, verdict->id, same, looked_at};
    g_array_append_val(verdicts->ties, tie);
}

/* Same: one chain is enough. Different: each of the left with each of the right. */
static void add_ties(JoinVerdicts *verdicts, const StoreVerdict *verdict)
{
    bool same = strcmp(verdict->answer, "same") == 0;
    if (verdict->left == NULL || verdict->right == NULL) {
        add_tie(verdicts, verdict, verdict->left_id, verdict->right_id, same);
        return;
    }
    g_autoptr(GArray) left = join_list_parse(verdict->left),
                      right = join_list_parse(verdict->right);
    const gint64(*l)[2] = (const gint64(*)[2])(const void *)left->data,
          (*r)[2] = (const gint64(*)[2])(const void *)right->data;
    for (guint i = 0; i < left->len; i++)
        for (guint k = 0; k < right->len; k++)
            if (!same || i == 0 || k == 0)
                add_tie(verdicts, verdict, l[i][0], r[k][0], same);
}

JoinVerdicts *join_verdicts_read(Store *store, GError **error)
{
    g_autoptr(GPtrArray) all = store_verdict_list(store, NULL, error);
    if (all == NULL)
        return NULL;
    JoinVerdicts *verdicts = g_new0(JoinVerdicts, 1);
    verdicts->ties = g_array_new(FALSE, TRUE, sizeof(JoinTie));
    verdicts->unsure = g_array_new(FALSE, TRUE, sizeof(JoinTie));
    g_autoptr(GHashTable) withdrawn = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint i = 0; i < all->len; i++) {
        StoreVerdict *verdict = g_ptr_array_index(all, i);
        if (verdict->withdraws != 0)
            g_hash_table_add(withdrawn, &verdict->withdraws);
    }
    for (guint i = 0; i < all->len; i++) {
        const StoreVerdict *verdict = g_ptr_array_index(all, i);
        verdicts->last = verdict->id;
        if (verdict->withdraws != 0 || g_hash_table_contains(withdrawn, &verdict->id))
            continue;
        if (strcmp(verdict->answer, "unsure") == 0) {
            JoinTie tie = {verdict->left_id, verdict->right_id, verdict->id, false, true};
            g_array_append_val(verdicts->unsure, tie);
            continue;
        }
        verdicts->n_answers++;
        add_ties(verdicts, verdict);
    }
    verdicts->all = g_steal_pointer(&all);
    return verdicts;
}

GArray *join_verdicts_constraints(const JoinVerdicts *verdicts, bool looked_at, JoinFind *find,
                                  const void *context)
{
    GArray *constraints = g_array_new(FALSE, FALSE, sizeof(LinkConstraint));
    for (guint i = 0; i < verdicts->ties->len; i++) {
        const JoinTie *tie = &g_array_index(verdicts->ties, JoinTie, i);
        gssize left = find(context, tie->left), right = find(context, tie->right);
        if (left < 0 || right < 0 || (looked_at && !tie->looked_at))
            continue;
        LinkConstraint constraint = {(guint32)MIN(left, right), (guint32)MAX(left, right),
                                     tie->same ? LINK_SAME : LINK_DIFFERENT};
        g_array_append_val(constraints, constraint);
    }
    return constraints;
}

const StoreVerdict *join_verdicts_find(const JoinVerdicts *verdicts, gint64 left, gint64 right)
{
    const GArray *lists[] = {verdicts->ties, verdicts->unsure};
    gint64 newest = 0;
    for (gsize k = 0; k < G_N_ELEMENTS(lists); k++)
        for (guint i = 0; i < lists[k]->len; i++) {
            const JoinTie *tie = &g_array_index(lists[k], JoinTie, i);
            if (MIN(tie->left, tie->right) == MIN(left, right) &&
                MAX(tie->left, tie->right) == MAX(left, right))
                newest = MAX(newest, tie->verdict);
        }
    for (guint i = 0; newest != 0 && i < verdicts->all->len; i++) {
        const StoreVerdict *verdict = g_ptr_array_index(verdicts->all, i);
        if (verdict->id == newest)
            return verdict;
    }
    return NULL;
}

/* ---- contradictions ---- */

/* From one statement along "same": statement → the tie that led to it. */
static GHashTable *reach(const JoinVerdicts *verdicts, gint64 from)
{
    GHashTable *reached = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GHashTable) next = /* statement → list of ties */
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < verdicts->ties->len; i++) {
        JoinTie *tie = &g_array_index(verdicts->ties, JoinTie, i);
        for (int side = 0; tie->same && side < 2; side++) {
            gint64 *end = side == 0 ? &tie->left : &tie->right;
            GPtrArray *list = g_hash_table_lookup(next, end);
            if (list == NULL) {
                list = g_ptr_array_new();
                g_hash_table_insert(next, end, list);
            }
            g_ptr_array_add(list, tie);
        }
    }
    g_array_append_val(queue, from);
    for (guint at = 0; at < queue->len; at++) {
        gint64 statement = g_array_index(queue, gint64, at);
        const GPtrArray *list = g_hash_table_lookup(next, &statement);
        for (guint i = 0; list != NULL && i < list->len; i++) {
            JoinTie *tie = g_ptr_array_index(list, i);
            gint64 *other = tie->left == statement ? &tie->right : &tie->left;
            if (*other == from || g_hash_table_contains(reached, other))
                continue;
            g_hash_table_insert(reached, other, tie);
            g_array_append_val(queue, *other);
        }
    }
    return reached;
}

static void name_verdict(GString *names, gint64 id)
{
    char text[STORE_ID_MAX];
    store_id_format(STORE_KIND_VERDICT, id, text);
    gsize length = strlen(text);
    for (const char *at = names->str; (at = strstr(at, text)) != NULL; at += length)
        if (at[length] == '\0' || at[length] == ' ')
            return;
    g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", text);
}

/* The answers that lead from `from` to `to`. */
static void name_path(GHashTable *reached, gint64 from, gint64 to, GString *names)
{
    while (to != from) {
        const JoinTie *tie = g_hash_table_lookup(reached, &to);
        if (tie == NULL)
            return;
        name_verdict(names, tie->verdict);
        to = tie->left == to ? tie->right : tie->left;
    }
}

static bool refuse(gint64 left, gint64 right, bool same, const GString *names, GError **error)
{
    char l[STORE_ID_MAX], r[STORE_ID_MAX];
    store_id_format(STORE_KIND_STATEMENT, left, l);
    store_id_format(STORE_KIND_STATEMENT, right, r);
    g_autofree char *first = g_strndup(names->str, strcspn(names->str, " "));
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                same ? _("That %s and %s are one person contradicts earlier answers (%s), from "
                         "which it follows that they are two. Take one of them back first, for "
                         "example: zenhar link undo %s --reason WHY.")
                     : _("That %s and %s are two persons contradicts earlier answers (%s), from "
                         "which it follows that they are one. Take one of them back first, for "
                         "example: zenhar link undo %s --reason WHY."),
                l, r, names->str, first);
    return false;
}

bool join_verdicts_allow(const JoinVerdicts *verdicts, gint64 left, gint64 right, bool same,
                         GError **error)
{
    g_autoptr(GHashTable) a = reach(verdicts, left), b = reach(verdicts, right);
    g_autoptr(GString) names = g_string_new(NULL);
    if (!same) {
        if (!g_hash_table_contains(a, &right))
            return true;
        name_path(a, left, right, names);
        return refuse(left, right, same, names, error);
    }
    for (guint i = 0; i < verdicts->ties->len; i++) {
        const JoinTie *tie = &g_array_index(verdicts->ties, JoinTie, i);
        if (tie->same)
            continue;
        for (int turn = 0; turn < 2; turn++) {
            gint64 x = turn == 0 ? tie->left : tie->right, y = turn == 0 ? tie->right : tie->left;
            if ((x != left && !g_hash_table_contains(a, &x)) ||
                (y != right && !g_hash_table_contains(b, &y)))
                continue;
            name_verdict(names, tie->verdict);
            name_path(a, left, x, names);
            name_path(b, right, y, names);
            return refuse(left, right, same, names, error);
        }
    }
    return true;
}
