#include "cli/report_files.h"

#include "appeal/appeal.h"
#include "base/edtf.h"
#include "base/i18n.h"
#include "render/render.h"
#include "store/appeal.h"
#include "store/body.h"
#include <errno.h>
#include <gio/gio.h>

enum { SECONDS_A_DAY = 86400 };

static bool make_folder(const char *folder, GError **error)
{
    if (g_mkdir_with_parents(folder, 0700) == 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The folder %s cannot be made: %s."),
                folder, g_strerror(errno));
    return false;
}

/* ---- letters ---- */

/* Who holds an office on a day; 0 without error when the case does not know. */
static gint64 holder_on(Store *store, const char *body_code, gint32 day, GError **error)
{
    g_autoptr(StoreBody) body = store_body_find(store, body_code, error);
    if (body == NULL)
        return -1;
    g_autoptr(GPtrArray) holders = store_recipient_list_by_body(store, body->id, NULL, error);
    if (holders == NULL)
        return -1;
    for (guint i = 0; i < holders->len; i++) {
        const StoreRecipient *holder = g_ptr_array_index(holders, i);
        if ((holder->from_day == 0 || holder->from_day <= day) &&
            (holder->to_day == 0 || holder->to_day >= day))
            return holder->id;
    }
    return 0;
}

bool report_files_letters(Store *store, GError **error)
{
    static const struct {
        const char *body;
        I18nLanguage language;
    } letters[] = {{"SG", I18N_PERSIAN},
                   {"SG", I18N_ENGLISH},
                   {"HRC-PRES", I18N_ENGLISH},
                   {"HC", I18N_ENGLISH}};
    gint32 today = (gint32)(store_now(store) / SECONDS_A_DAY);
    for (gsize i = 0; i < G_N_ELEMENTS(letters); i++) {
        AppealOptions options = appeal_options();
        options.recipient_id = holder_on(store, letters[i].body, today, error);
        if (options.recipient_id < 0)
            return false;
        if (options.recipient_id == 0)
            continue;
        options.language = letters[i].language;
        options.day = today;
        if (appeal_compose(store, &options, error) == 0)
            return false;
    }
    return true;
}

static bool write_letters(Store *store, const char *folder, gsize *n, GError **error)
{
    g_autoptr(GPtrArray) appeals = store_appeal_list(store, NULL, error);
    if (appeals == NULL)
        return false;
    for (guint i = 0; i < appeals->len; i++) {
        const StoreAppeal *appeal = g_ptr_array_index(appeals, i);
        if (g_strcmp0(appeal->status, "draft") != 0)
            continue;
        g_autofree char *path =
            g_strdup_printf("%s/letter-AP%" G_GINT64_FORMAT "-%s.pdf", folder, appeal->id,
                            appeal->language != NULL ? appeal->language : "en");
        if (!render_letter_pdf(store, appeal->id, path, error))
            return false;
        (*n)++;
    }
    return true;
}

/* ---- charts ---- */

bool report_files_charts(Store *store, const char *folder, gsize *ret_n, GError **error)
{
    g_autofree char *charts = g_build_filename(folder, "charts", NULL);
    if (!make_folder(charts, error))
        return false;
    for (int i = 0; i < 2 * RENDER_N_CHARTS; i++) {
        RenderChart chart = (RenderChart)(i / 2);
        I18nLanguage language = i % 2 == 0 ? I18N_PERSIAN : I18N_ENGLISH;
        g_autoptr(GError) empty = NULL;
        g_autofree char *svg = render_chart_svg(store, chart, language, &empty);
        if (svg == NULL) {
            if (g_error_matches(empty, ZENHAR_ERROR, ZENHAR_ERROR_DATA))
                continue;
            g_propagate_error(error, g_steal_pointer(&empty));
            return false;
        }
        g_autofree char *path =
            g_strdup_printf("%s/%s-%s.svg", charts, render_chart_name(chart), i18n_tag(language));
        if (!g_file_set_contents(path, svg, -1, error))
            return false;
        (*ret_n)++;
    }
    return true;
}

/* ---- all of it ---- */

bool report_files_write_all(Store *store, const char *folder, gsize *ret_n, GError **error)
{
    *ret_n = 0;
    if (!make_folder(folder, error))
        return false;
    static const I18nLanguage languages[] = {I18N_PERSIAN, I18N_ENGLISH};
    for (gsize i = 0; i < G_N_ELEMENTS(languages); i++) {
        g_autofree char *path =
            g_strdup_printf("%s/situation-report-%s.pdf", folder, i18n_tag(languages[i]));
        if (!render_situation_pdf(store, languages[i], path, error))
            return false;
        (*ret_n)++;
    }
    g_autofree char *csv = g_build_filename(folder, "figures.csv", NULL);
    g_autofree char *json = g_build_filename(folder, "situation.json", NULL);
    g_autofree char *alert = g_build_filename(folder, "alert.cap.xml", NULL);
    if (!render_situation_csv(store, csv, error) || !render_situation_json(store, json, error) ||
        !render_alert_cap(store, 0, alert, error))
        return false;
    *ret_n += 3;
    return report_files_charts(store, folder, ret_n, error) &&
           write_letters(store, folder, ret_n, error);
}
