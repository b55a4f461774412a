/* appeal/clock.c: how long each ask has waited, what bodies did meanwhile, who answered.
 *
 * A step is what a body did on the matter asked, whether or not the letter moved it; an answer is
 * what an addressee said to it. The two are never counted together. */
#include "appeal/clock.h"

#include "base/edtf.h"
#include "base/error.h"
#include "store/appeal.h"
#include "store/link.h"
#include <string.h>

enum { SECONDS_A_DAY = 86400 };

static void step_free(gpointer data)
{
    AppealClockStep *step = data;
    g_free(step->kind);
    g_free(step->text);
    g_free(step);
}

void appeal_clock_row_free(AppealClockRow *row)
{
    if (row == NULL)
        return;
    g_free(row->code);
    g_free(row->title);
    g_free(row->sentence);
    if (row->steps != NULL)
        g_ptr_array_unref(row->steps);
    g_free(row);
}

static void free_row(gpointer row)
{
    appeal_clock_row_free(row);
}

static gint by_day(gconstpointer a, gconstpointer b)
{
    const AppealClockStep *left = *(const AppealClockStep *const *)a;
    const AppealClockStep *right = *(const AppealClockStep *const *)b;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    return (left->response_id > right->response_id) - (left->response_id < right->response_id);
}

/* NULL without error: there is none. */
static StoreAppeal *oldest_sent(Store *store, GError **error)
{
    g_autoptr(GPtrArray) appeals = store_appeal_list(store, NULL, error);
    const StoreAppeal *oldest = NULL;
    for (guint i = 0; appeals != NULL && i < appeals->len; i++) {
        const StoreAppeal *one = appeals->pdata[i];
        if (g_strcmp0(one->status, "sent") == 0 && (oldest == NULL || one->day < oldest->day))
            oldest = one;
    }
    return oldest != NULL ? store_appeal_load(store, oldest->id, error) : NULL;
}

StoreAppeal *clock_letter(Store *store, gint64 appeal_id, GError **error)
{
    return appeal_id != 0 ? store_appeal_load(store, appeal_id, error) : oldest_sent(store, error);
}

static char *say(const AppealClockRow *row)
{
    g_autofree char *days = i18n_integer(row->days);
    g_autofree char *silent = i18n_integer((gint64)row->n_written_to - row->n_answered);
    g_autofree char *all = i18n_integer(row->n_written_to);
    guint n_steps = 0;
    for (guint i = 0; i < row->steps->len; i++)
        n_steps += ((const AppealClockStep *)row->steps->pdata[i])->recipient_id == 0;
    g_autofree char *steps = i18n_integer(n_steps);
    if (row->n_written_to == 0)
        return g_strdup_printf(_("%s days; steps taken by bodies on the matter: %s."), days, steps);
    if (row->n_answered == row->n_written_to)
        return g_strdup_printf(
            _("%s days; steps taken by bodies on the matter: %s. All %s addressees have answered."),
            days, steps, all);
    return g_strdup_printf(_("%s days; steps taken by bodies on the matter: %s. No public answer "
                             "found from %s of %s addressees."),
                           days, steps, silent, all);
}

static const struct {
    const char *kind, *state, *title;
} STATES[] = {
    {"none", "silent", N_("silent")},         {"acknowledged", "acknowledged", N_("acknowledged")},
    {"supports", "answered", N_("answered")}, {"acts", "acted_on", N_("acted on")},
    {"refuses", "refused", N_("refused")},
};

const char *clock_state(const char *kind)
{
    for (gsize i = 1; i < G_N_ELEMENTS(STATES); i++)
        if (g_strcmp0(kind, STATES[i].kind) == 0)
            return STATES[i].state;
    return STATES[0].state;
}

const char *appeal_state_title(const char *state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(STATES); i++)
        if (g_strcmp0(state, STATES[i].state) == 0)
            return i18n_get(STATES[i].title);
    return i18n_get(STATES[0].title);
}

/* What came last stands; an acknowledgement takes nothing back. */
static void set_state(AppealClockRow *row)
{
    row->state = clock_state(NULL);
    row->state_day = row->asked_day;
    for (guint i = 0; i < row->steps->len; i++) {
        const AppealClockStep *step = row->steps->pdata[i];
        const char *state = clock_state(step->kind);
        bool weaker = strcmp(state, "acknowledged") == 0 && strcmp(row->state, "silent") != 0;
        if (weaker || strcmp(state, row->state) == 0)
            continue;
        row->state = state;
        row->state_day = step->day;
    }
}

static bool add_steps(Store *store, const StoreAppeal *appeal, GPtrArray *deliveries, gint32 day,
                      AppealClockRow *row, GError **error)
{
    g_autoptr(GPtrArray) responses = store_response_list_by_ask(store, row->ask_id, NULL, error);
    if (responses == NULL)
        return false;
    g_autoptr(GHashTable) answered =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (guint i = 0; i < responses->len; i++) {
        const StoreResponse *response = responses->pdata[i];
        gint32 when = (gint32)(response->received / SECONDS_A_DAY);
        if (when < appeal->day || when > day || g_strcmp0(response->kind, "none") == 0)
            continue;
        AppealClockStep *step = g_new0(AppealClockStep, 1);
        bool persian = i18n_language() == I18N_PERSIAN && response->text_fa != NULL;
        step->response_id = response->id;
        step->recipient_id = response->recipient_id;
        step->kind = g_strdup(response->kind);
        step->text = g_strdup(persian ? response->text_fa : response->text);
        step->day = when;
        step->days = when - appeal->day;
        g_ptr_array_add(row->steps, step);
        for (guint k = 0; k < deliveries->len && response->recipient_id != 0; k++) {
            const StoreDelivery *delivery = deliveries->pdata[k];
            if (delivery->recipient_id == response->recipient_id)
                g_hash_table_add(answered, g_memdup2(&delivery->recipient_id, sizeof(gint64)));
        }
    }
    g_ptr_array_sort(row->steps, by_day);
    row->n_written_to = deliveries->len;
    row->n_answered = g_hash_table_size(answered);
    return true;
}

GPtrArray *appeal_clock(Store *store, gint64 appeal_id, gint32 day, GError **error)
{
    GError *problem = NULL;
    g_autoptr(StoreAppeal) appeal = clock_letter(store, appeal_id, &problem);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);
    if (problem != NULL) {
        g_propagate_error(error, problem);
        return NULL;
    }
    if (appeal == NULL)
        return g_steal_pointer(&rows); /* nothing was sent: no clock runs */
    if (day == G_MININT32)
        day = (gint32)(store_now(store) / SECONDS_A_DAY);
    g_autoptr(GPtrArray) links =
        store_link_list_from(store, STORE_KIND_APPEAL, appeal->id, NULL, error);
    g_autoptr(GPtrArray) deliveries =
        links != NULL ? store_delivery_list_by_appeal(store, appeal->id, NULL, error) : NULL;
    if (deliveries == NULL)
        return NULL;
    for (guint i = 0; i < links->len; i++) {
        const StoreLink *link = links->pdata[i];
        if (link->to_kind != STORE_KIND_ASK || g_strcmp0(link->role, "asks") != 0)
            continue;
        g_autoptr(StoreAsk) ask = store_ask_load(store, link->to_id, error);
        if (ask == NULL)
            return NULL;
        AppealClockRow *row = g_new0(AppealClockRow, 1);
        g_ptr_array_add(rows, row);
        bool persian = i18n_language() == I18N_PERSIAN && ask->title_fa != NULL;
        row->ask_id = ask->id;
        row->code = g_strdup(ask->code);
        row->title = g_strdup(persian ? ask->title_fa : ask->title);
        row->asked_day = appeal->day;
        row->days = MAX(day - appeal->day, 0);
        row->steps = g_ptr_array_new_with_free_func(step_free);
        if (!add_steps(store, appeal, deliveries, day, row, error))
            return NULL;
        set_state(row);
        row->sentence = say(row);
    }
    return g_steal_pointer(&rows);
}
