/* assess/notices.c: what was not a surge, named: a backlog, copies, a new source, a short history.
 *
 * The newest run's notices are one setting, a JSON array: the evidence log has each version. */
#include "assess/alarm.h"
#include "assess/private.h"

#include "base/edtf.h"
#include "store/intake.h"
#include "store/user.h"
#include <string.h>

static const char SETTING[] = "signal.notices";
enum { MOST = 200 };

static const char *const NAMES[] = {
    [ASSESS_NOTICE_BACKLOG] = "backlog",
    [ASSESS_NOTICE_COPIES] = "copies",
    [ASSESS_NOTICE_NEW_SOURCE] = "new-source",
    [ASSESS_NOTICE_SHORT] = "short-history",
};

const char *assess_notice_name(AssessNoticeKind kind)
{
    return NAMES[kind];
}

/* What silenced a week first, then by kind and size. */
static int by_weight(gconstpointer a, gconstpointer b)
{
    const AssessNotice *x = a, *y = b;
    if (x->silenced != y->silenced)
        return x->silenced > y->silenced ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    if (x->day != y->day)
        return x->day > y->day ? -1 : 1;
    return (x->report_id > y->report_id) - (x->report_id < y->report_id);
}

bool assess_notices_write(AssessRun *run, GError **error)
{
    g_array_sort(run->notices, by_weight);
    json_t *all = json_array();
    for (guint i = 0; i < MIN(run->notices->len, (guint)MOST); i++) {
        const AssessNotice *n = &g_array_index(run->notices, AssessNotice, i);
        json_array_append_new(
            all,
            json_pack("{s:s, s:I, s:I, s:I, s:I, s:i, s:i, s:i, s:I, s:I}", "what", NAMES[n->kind],
                      "source", (json_int_t)n->source_id, "import", (json_int_t)n->import_id,
                      "report", (json_int_t)n->report_id, "series", (json_int_t)n->series_id, "day",
                      n->day, "first", n->first_day, "last", n->last_day, "n", (json_int_t)n->n,
                      "silenced", (json_int_t)n->silenced));
    }
    g_autofree char *text = assess_json_write(all);
    g_autofree char *before = store_setting_get(run->store, SETTING, NULL);
    if (g_strcmp0(text, before) == 0 || (before == NULL && run->notices->len == 0))
        return true;
    return store_setting_set(run->store, SETTING, text, error);
}

static gint64 whole(const json_t *object, const char *name)
{
    return (gint64)json_integer_value(json_object_get(object, name));
}

static bool notice_read(const json_t *object, AssessNotice *ret)
{
    const char *name = assess_json_text(object, "what");
    for (gsize kind = 0; name != NULL && kind < G_N_ELEMENTS(NAMES); kind++) {
        if (strcmp(NAMES[kind], name) != 0)
            continue;
        *ret = (AssessNotice){.kind = (AssessNoticeKind)kind,
                              .source_id = whole(object, "source"),
                              .import_id = whole(object, "import"),
                              .report_id = whole(object, "report"),
                              .series_id = whole(object, "series"),
                              .day = (gint32)whole(object, "day"),
                              .first_day = (gint32)whole(object, "first"),
                              .last_day = (gint32)whole(object, "last"),
                              .n = whole(object, "n"),
                              .silenced = whole(object, "silenced")};
        return true;
    }
    return false;
}

GPtrArray *assess_notices(Store *store, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *text = store_setting_get(store, SETTING, &why);
    if (why != NULL && !g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    GPtrArray *notices = g_ptr_array_new_with_free_func(g_free);
    json_t *all = text != NULL ? json_loads(text, 0, NULL) : NULL;
    for (gsize i = 0; i < json_array_size(all); i++) {
        AssessNotice notice;
        if (notice_read(json_array_get(all, i), &notice))
            g_ptr_array_add(notices, g_memdup2(&notice, sizeof notice));
    }
    json_decref(all);
    return notices;
}

/* ---- in words ---- */

static char *backlog_words(Store *store, const AssessNotice *notice)
{
    g_autofree char *n = i18n_integer(notice->n), *day = edtf_describe_day(notice->day);
    g_autofree char *from = edtf_describe_day(notice->first_day);
    g_autofree char *to = edtf_describe_day(notice->last_day);
    g_autoptr(StoreImport) import =
        notice->import_id != 0 ? store_import_load(store, notice->import_id, NULL) : NULL;
    g_autofree char *by = NULL;
    if (import != NULL) {
        char id[STORE_ID_MAX];
        by = g_strdup_printf(_("import %s"), store_id_format(STORE_KIND_IMPORT, import->id, id));
    } else {
        g_autoptr(StoreSource) source =
            notice->source_id != 0 ? store_source_load(store, notice->source_id, NULL) : NULL;
        by = g_strdup(source != NULL ? source->name : _("reports without a source"));
    }
    return g_strdup_printf(_("Backlog: %s old events, of %s to %s, were entered on %s (%s). They "
                             "are counted where they happened and are no surge of the day they "
                             "came."),
                           n, from, to, day, by);
}

static char *copies_words(const AssessNotice *notice)
{
    char id[STORE_ID_MAX];
    g_autofree char *n = i18n_integer(notice->n), *day = edtf_describe_day(notice->first_day);
    return g_strdup_printf(_("One story in several reports: what %s tells of %s stands in %s "
                             "reports in nearly the same words; it is counted once."),
                           store_id_format(STORE_KIND_REPORT, notice->report_id, id), day, n);
}

static char *source_words(Store *store, const AssessNotice *notice)
{
    g_autoptr(StoreSource) source = store_source_load(store, notice->source_id, NULL);
    g_autofree char *n = i18n_integer(notice->n), *day = edtf_describe_day(notice->day);
    return g_strdup_printf(_("New source: %s tells since %s only, %s statements so far. More is "
                             "reported since, and not therefore more done: weeks that would ring "
                             "by this source alone raise no alarm."),
                           source != NULL ? source->name : "?", day, n);
}

static char *short_words(Store *store, const AssessNotice *notice)
{
    g_autoptr(StoreSeries) series = store_series_load(store, notice->series_id, NULL);
    g_autofree char *title =
        series != NULL ? assess_series_title(store, series, i18n_language()) : g_strdup("?");
    SignalSurgeOptions least = signal_surge_options(SIGNAL_EARS_C2);
    g_autofree char *n = i18n_integer(notice->n);
    g_autofree char *needed = i18n_integer((gint64)signal_surge_first(&least));
    return g_strdup_printf(_("%s: the history is too short to say whether a week is high: it has "
                             "%s weeks, and %s are needed at the least. No alarm here says "
                             "nothing."),
                           title, n, needed);
}

char *assess_notice_sentence(Store *store, const AssessNotice *notice, I18nLanguage language)
{
    I18nLanguage saved = assess_speak(language);
    char *words = notice->kind == ASSESS_NOTICE_BACKLOG      ? backlog_words(store, notice)
                  : notice->kind == ASSESS_NOTICE_COPIES     ? copies_words(notice)
                  : notice->kind == ASSESS_NOTICE_NEW_SOURCE ? source_words(store, notice)
                                                             : short_words(store, notice);
    if (notice->silenced > 0) {
        g_autofree char *n = i18n_integer(notice->silenced);
        g_autofree char *head = words;
        words = g_strdup_printf(_("%s Weeks kept silent for it: %s."), head, n);
    }
    i18n_set_language(saved);
    return words;
}
