/* appeal/deadlines.c: what falls due, from the calendar of bodies (data/r2p/calendar.csv), from
 * sessions, asks and submissions of the case. A year written XXXX comes again each year. */
#include "appeal/appeal.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/edtf.h"
#include "base/error.h"
#include "store/appeal.h"
#include "store/body.h"
#include "store/submission.h"
#include <string.h>

/* Special Procedures: governments are given 60 days; likewise the Working Group on Arbitrary
 * Detention (paragraph 15 of its methods of work). */
enum { REPLY_DAYS = 60 };

void appeal_deadline_free(AppealDeadline *deadline)
{
    if (deadline == NULL)
        return;
    g_free(deadline->body);
    g_free(deadline->what);
    g_free(deadline->rule);
    g_free(deadline->source);
    g_free(deadline);
}

static void free_deadline(gpointer deadline)
{
    appeal_deadline_free(deadline);
}

typedef struct {
    gint32 day, within;
    GPtrArray *list;
} Deadlines;

static AppealDeadline *add(Deadlines *due, gint32 first, gint32 last, const char *body,
                           const char *what)
{
    if (last < due->day || (gint64)first > (gint64)due->day + due->within)
        return NULL;
    AppealDeadline *deadline = g_new0(AppealDeadline, 1);
    deadline->first_day = first;
    deadline->last_day = last;
    deadline->days = first - due->day;
    deadline->body = g_strdup(body);
    deadline->what = g_strdup(what);
    deadline->confirmed = true;
    g_ptr_array_add(due->list, deadline);
    return deadline;
}

static bool add_span(Deadlines *due, const char *when, const char *body, const char *what,
                     bool confirmed, const char *source, GError **error)
{
    Edtf edtf;
    gint32 first, last;
    if (!edtf_parse(when, CALENDAR_GREGORIAN, &edtf, error)) {
        g_prefix_error(error, "r2p/calendar.csv: ");
        return false;
    }
    edtf_bounds(&edtf, &first, &last);
    AppealDeadline *deadline = add(due, first, last, body, what);
    if (deadline != NULL) {
        deadline->confirmed = confirmed;
        deadline->source = g_strdup(source);
    }
    return true;
}

static bool from_calendar(Deadlines *due, GError **error)
{
    g_autoptr(CsvTable) table = data_load_table("r2p/calendar.csv", error);
    if (table == NULL)
        return false;
    int year, month, date, last_year;
    edtf_day_to_gregorian(due->day, &year, &month, &date);
    edtf_day_to_gregorian(due->day + due->within, &last_year, &month, &date);
    const char *item = i18n_language() == I18N_PERSIAN ? "item_fa" : "item_en";
#define CELL(name) csv_table_cell(table, row, csv_table_column(table, name))
    for (gsize row = 0; row < table->n_rows; row++) {
        bool each_year = strstr(CELL("when"), "XXXX") != NULL;
        for (int y = year; y <= (each_year ? last_year : year); y++) {
            g_autofree char *number = g_strdup_printf("%04d", y);
            g_auto(GStrv) parts = g_strsplit(CELL("when"), "XXXX", -1);
            g_autofree char *when = g_strjoinv(number, parts);
            if (!add_span(due, when, CELL("body"), CELL(item), strcmp(CELL("verified"), "yes") == 0,
                          CELL("source"), error))
                return false;
        }
    }
#undef CELL
    return true;
}

static bool from_sessions(Deadlines *due, Store *store, GError **error)
{
    g_autoptr(GPtrArray) sessions = store_session_list(store, NULL, error);
    for (guint i = 0; sessions != NULL && i < sessions->len; i++) {
        const StoreSession *session = sessions->pdata[i];
        g_autoptr(StoreBody) body = store_body_load(store, session->body_id, NULL);
        const char *code = body != NULL ? body->code : NULL;
        g_autofree char *opens = g_strdup_printf(_("%s opens"), session->name);
        g_autofree char *closing =
            g_strdup_printf(_("%s: last day for submissions"), session->name);
        AppealDeadline *deadline =
            session->first_day != 0 ? add(due, session->first_day, session->first_day, code, opens)
                                    : NULL;
        for (int k = 0; k < 2; k++) {
            if (deadline != NULL) {
                deadline->kind = STORE_KIND_SESSION;
                deadline->id = session->id;
                deadline->source = g_strdup(session->source);
            }
            deadline = k == 0 && session->deadline_day != 0
                           ? add(due, session->deadline_day, session->deadline_day, code, closing)
                           : NULL;
        }
    }
    return sessions != NULL;
}

static bool from_asks(Deadlines *due, Store *store, GError **error)
{
    g_autoptr(GPtrArray) asks = store_ask_list(store, NULL, error);
    for (guint i = 0; asks != NULL && i < asks->len; i++) {
        const StoreAsk *ask = asks->pdata[i];
        const char *title =
            i18n_language() == I18N_PERSIAN && ask->title_fa != NULL ? ask->title_fa : ask->title;
        g_autofree char *what = g_strdup_printf(_("Asked for by this day: %s"), title);
        AppealDeadline *deadline =
            ask->due_day != 0 ? add(due, ask->due_day, ask->due_day, ask->addressee, what) : NULL;
        if (deadline != NULL) {
            deadline->kind = STORE_KIND_ASK;
            deadline->id = ask->id;
        }
    }
    return asks != NULL;
}

static bool from_submissions(Deadlines *due, Store *store, GError **error)
{
    g_autoptr(GPtrArray) submissions = store_submission_list(store, NULL, error);
    for (guint i = 0; submissions != NULL && i < submissions->len; i++) {
        const StoreSubmission *one = submissions->pdata[i];
        /* urgent appeals and the disappearance group's urgent procedure wait for no fixed day */
        if (one->day == 0 || g_strcmp0(one->status, "draft") == 0 ||
            g_strcmp0(one->procedure, "urgent") == 0)
            continue;
        gint32 day = one->day + REPLY_DAYS;
        AppealDeadline *deadline =
            add(due, day, day, one->mechanism, _("The government's reply is due"));
        if (deadline != NULL) {
            g_autofree char *n = i18n_integer(REPLY_DAYS);
            deadline->rule = g_strdup_printf(_("%s days after the submission"), n);
            deadline->kind = STORE_KIND_SUBMISSION;
            deadline->id = one->id;
            deadline->source =
                g_strdup("Individual complaints, OHCHR, "
                         "http://www.ohchr.org/EN/Issues/Detention/Pages/Complaints.aspx");
        }
    }
    return submissions != NULL;
}

static gint by_day(gconstpointer a, gconstpointer b)
{
    const AppealDeadline *left = *(const AppealDeadline *const *)a;
    const AppealDeadline *right = *(const AppealDeadline *const *)b;
    if (left->first_day != right->first_day)
        return left->first_day < right->first_day ? -1 : 1;
    gint order = g_strcmp0(left->body, right->body);
    return order != 0 ? order : g_strcmp0(left->what, right->what);
}

GPtrArray *appeal_deadlines(Store *store, gint32 day, gint32 within, GError **error)
{
    Deadlines due = {.day = day != G_MININT32 ? day : (gint32)(store_now(store) / 86400),
                     .within = within};
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_deadline);
    due.list = list;
    if (!from_calendar(&due, error) || !from_sessions(&due, store, error) ||
        !from_asks(&due, store, error) || !from_submissions(&due, store, error))
        return NULL;
    g_ptr_array_sort(list, by_day);
    return g_steal_pointer(&list);
}
