#include "cli/report_files.h"

#include "appeal/appeal.h"
#include "render/render.h"
#include "store/appeal.h"
#include "store/body.h"
#include <errno.h>
#include <string.h>

enum { SECONDS_A_DAY = 86400 };

bool report_files_begin(const ReportFiles *files, GError **error)
{
    if (g_mkdir_with_parents(files->folder, 0700) == 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The folder %s cannot be made: %s."),
                files->folder, i18n_errno(errno));
    return false;
}

static void tell(ReportFiles *files, const char *path)
{
    files->written++;
    if (files->tell != NULL)
        files->tell(files->context, path, NULL);
}

static char *path_in(const ReportFiles *files, const char *name)
{
    return g_build_filename(files->folder, name, NULL);
}

typedef bool (*Write)(Store *store, const char *path, GError **error);

static bool write_plain(ReportFiles *files, const char *name, Write write, GError **error)
{
    g_autofree char *path = path_in(files, name);
    if (!write(files->store, path, error))
        return false;
    tell(files, path);
    return true;
}

typedef bool (*WriteAs)(Store *store, const char *format, I18nLanguage language, const char *path,
                        GError **error);

/* NAME-fa.pdf and so on, in each wanted language. formats ends with NULL. */
static bool write_each(ReportFiles *files, const char *what, const char *const *formats,
                       WriteAs write, GError **error)
{
    for (int l = 0; l < 2; l++)
        for (gsize f = 0; formats[f] != NULL && files->languages[l]; f++) {
            g_autofree char *name =
                g_strdup_printf("%s-%s.%s", what, i18n_tag((I18nLanguage)l), formats[f]);
            g_autofree char *path = path_in(files, name);
            if (!write(files->store, formats[f], (I18nLanguage)l, path, error))
                return false;
            tell(files, path);
        }
    return true;
}

bool report_files_brief(ReportFiles *files, GError **error)
{
    return write_each(files, "brief", (const char *const[]){"pdf", "html", NULL}, render_brief_file,
                      error);
}

bool report_files_situation(ReportFiles *files, GError **error)
{
    return write_each(files, "situation", (const char *const[]){"pdf", "html", "atom", NULL},
                      render_situation_file, error) &&
           write_plain(files, "situation.csv", render_situation_csv, error) &&
           write_plain(files, "situation.json", render_situation_json, error);
}

static bool write_cap(Store *store, const char *path, GError **error)
{
    return render_alert_cap(store, 0, path, error);
}

static bool write_alert_json(Store *store, const char *path, GError **error)
{
    return render_alert_file(store, "json", i18n_language(), path, error);
}

static bool write_alert(ReportFiles *files, GError **error)
{
    return write_plain(files, "alert.xml", write_cap, error) &&
           write_plain(files, "alert.json", write_alert_json, error) &&
           write_each(files, "alert", (const char *const[]){"pdf", "html", "atom", NULL},
                      render_alert_file, error);
}

static bool write_chart(ReportFiles *files, RenderChart chart, I18nLanguage language,
                        GError **error)
{
    g_auto(GStrv) formats = g_strsplit(files->formats != NULL ? files->formats : "svg", ",", -1);
    for (char **format = formats; *format != NULL; format++) {
        g_autofree char *name =
            g_strdup_printf("%s-%s.%s", render_chart_name(chart), i18n_tag(language), *format);
        g_autofree char *path = path_in(files, name);
        if (!render_chart_file(files->store, chart, language, path, error))
            return false;
        tell(files, path);
    }
    return true;
}

/* Runs one step; nothing to draw is told, and only an error when that alone was asked for. */
static bool optional(ReportFiles *files, bool done, bool alone, GError **error)
{
    if (done || alone || !g_error_matches(*error, ZENHAR_ERROR, ZENHAR_ERROR_DATA))
        return done;
    if (files->tell != NULL)
        files->tell(files->context, NULL, (*error)->message);
    g_clear_error(error);
    return true;
}

bool report_files_charts(ReportFiles *files, GError **error)
{
    for (int l = 0; l < 2; l++)
        for (int c = 0; c < RENDER_N_CHARTS && files->languages[l]; c++)
            if (!optional(files, write_chart(files, (RenderChart)c, (I18nLanguage)l, error), false,
                          error))
                return false;
    return true;
}

bool report_files_alert(ReportFiles *files, bool alone, GError **error)
{
    if (files->previous == NULL)
        return optional(files, write_alert(files, error), alone, error);
    g_autofree char *path = path_in(files, files->cancel ? "alert-cancel.xml" : "alert-update.xml");
    if (!render_alert_follow(files->store, 0, files->previous, files->cancel, path, error))
        return false;
    tell(files, path);
    return true;
}

bool report_files_letter(ReportFiles *files, gint64 appeal_id, GError **error)
{
    char printed[STORE_ID_MAX];
    g_autofree char *name =
        g_strdup_printf("letter-%s.%s", store_id_format(STORE_KIND_APPEAL, appeal_id, printed),
                        files->letter_format != NULL ? files->letter_format : "pdf");
    g_autofree char *path = path_in(files, name);
    if (!render_letter_file(files->store, appeal_id,
                            files->letter_format != NULL ? files->letter_format : "pdf", path,
                            error))
        return false;
    tell(files, path);
    return true;
}

/* ---- drafts ---- */

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

bool report_files_draft_letters(ReportFiles *files, GError **error)
{
    static const struct {
        const char *body;
        I18nLanguage language;
    } letters[] = {{"SG", I18N_PERSIAN},
                   {"SG", I18N_ENGLISH},
                   {"HRC-PRES", I18N_ENGLISH},
                   {"HC", I18N_ENGLISH}};
    gint32 today = (gint32)(store_now(files->store) / SECONDS_A_DAY);
    for (gsize i = 0; i < G_N_ELEMENTS(letters); i++) {
        AppealOptions options = appeal_options();
        options.recipient_id = holder_on(files->store, letters[i].body, today, error);
        if (options.recipient_id < 0)
            return false;
        if (options.recipient_id == 0)
            continue;
        options.language = letters[i].language;
        options.day = today;
        gint64 appeal_id = appeal_compose(files->store, &options, error);
        if (appeal_id == 0 || !report_files_letter(files, appeal_id, error))
            return false;
    }
    return true;
}
