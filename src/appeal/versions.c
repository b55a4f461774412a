/* appeal/versions.c: the texts that a draft has had, and two of them side by side; see edit.h. */
#include "appeal/edit.h"
#include "appeal/letter.h"
#include "base/error.h"
#include "evidence/original.h"
#include "store/link.h"
#include <string.h>

enum { LINES_MOST = 2000 };

static void version_free(gpointer data)
{
    AppealVersion *version = data;
    g_free(version->by);
    g_free(version->reason);
    g_free(version);
}

/* The note of its link: seconds, who, why, a line each. */
static AppealVersion *version_of(const StoreLink *link, guint number)
{
    AppealVersion *version = g_new0(AppealVersion, 1);
    g_auto(GStrv) lines = g_strsplit(link->note != NULL ? link->note : "", "\n", 3);
    const guint n = g_strv_length(lines);
    version->number = number;
    version->original_id = link->to_id;
    version->until = n > 0 ? g_ascii_strtoll(lines[0], NULL, 10) : 0;
    version->by = g_strdup(n > 1 ? lines[1] : "");
    version->reason = g_strdup(n > 2 ? lines[2] : "");
    return version;
}

GPtrArray *appeal_versions(Store *store, gint64 appeal_id, GError **error)
{
    g_autoptr(GPtrArray) links =
        store_link_list_from(store, STORE_KIND_APPEAL, appeal_id, NULL, error);
    if (links == NULL)
        return NULL;
    GPtrArray *versions = g_ptr_array_new_with_free_func(version_free);
    for (guint i = 0; i < links->len; i++) {
        const StoreLink *link = links->pdata[i];
        if (g_strcmp0(link->role, APPEAL_VERSION_ROLE) == 0)
            g_ptr_array_add(versions, version_of(link, versions->len + 1));
    }
    return versions;
}

/* What follows the first empty line: "zenhar draft …", "zenhar letter 1", "language: …" stand
 * before it. */
static bool read_version(GBytes *bytes, AppealText *ret_text)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = g_strndup(data, length);
    const char *body = strstr(text, "\n\n"), *subject = strstr(text, "\nsubject: ");
    if (body == NULL || subject == NULL || subject > body)
        return false;
    subject += strlen("\nsubject: ");
    g_autoptr(StoreAppeal) appeal = store_appeal_new();
    appeal->subject = g_strndup(subject, (gsize)(body - subject));
    appeal->body = g_strdup(body + 2);
    letter_text_of(appeal, ret_text);
    return true;
}

bool appeal_version_load(Store *store, gint64 appeal_id, guint number, AppealText *ret_text,
                         GError **error)
{
    if (number == 0)
        return appeal_text_load(store, appeal_id, ret_text, NULL, error);
    g_autoptr(GPtrArray) versions = appeal_versions(store, appeal_id, error);
    if (versions == NULL)
        return false;
    char id[STORE_ID_MAX];
    store_id_format(STORE_KIND_APPEAL, appeal_id, id);
    if (number > versions->len) {
        g_autofree char *wanted = i18n_integer(number);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("%s has no version %s."), id,
                    wanted);
        return false;
    }
    const AppealVersion *version = versions->pdata[number - 1];
    g_autoptr(GBytes) bytes = evidence_original_load(store, version->original_id, 0, 0, error);
    if (bytes == NULL)
        return false;
    if (read_version(bytes, ret_text))
        return true;
    g_autofree char *which = i18n_integer(number);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("Version %s of %s is not the text of a letter."), which, id);
    return false;
}

/* ---- side by side ---- */

static void line_free(gpointer data)
{
    g_free(((AppealLine *)data)->text);
    g_free(data);
}

static void add(GPtrArray *lines, AppealLineKind kind, const char *text)
{
    AppealLine *line = g_new(AppealLine, 1);
    *line = (AppealLine){kind, g_strdup(text)};
    g_ptr_array_add(lines, line);
}

/* Lines that say something. */
static GPtrArray *lines_of(const char *text, GStrv *ret_owner)
{
    GPtrArray *lines = g_ptr_array_new();
    *ret_owner = g_strsplit(text != NULL ? text : "", "\n", -1);
    for (gsize i = 0; (*ret_owner)[i] != NULL; i++)
        if (g_strstrip((*ret_owner)[i])[0] != '\0')
            g_ptr_array_add(lines, (*ret_owner)[i]);
    return lines;
}

/* longest[i * (m + 1) + j]: of what begins at before[i] and now[j]. */
static void compare_lines(const GPtrArray *before, const GPtrArray *now, GPtrArray *out)
{
    const gsize n = before->len, m = now->len;
    const bool whole = n <= LINES_MOST && m <= LINES_MOST;
    g_autofree guint16 *longest = whole ? g_new0(guint16, (n + 1) * (m + 1)) : NULL;
    for (gsize i = n; whole && i-- > 0;)
        for (gsize j = m; j-- > 0;)
            longest[i * (m + 1) + j] =
                strcmp(before->pdata[i], now->pdata[j]) == 0
                    ? (guint16)(longest[(i + 1) * (m + 1) + j + 1] + 1)
                    : MAX(longest[(i + 1) * (m + 1) + j], longest[i * (m + 1) + j + 1]);
    gsize i = 0, j = 0;
    while (i < n || j < m) {
        if (i < n && j < m && whole && strcmp(before->pdata[i], now->pdata[j]) == 0) {
            add(out, APPEAL_LINE_SAME, before->pdata[i++]);
            j++;
        } else if (i < n && (j == m || !whole ||
                             longest[(i + 1) * (m + 1) + j] >= longest[i * (m + 1) + j + 1])) {
            add(out, APPEAL_LINE_GONE, before->pdata[i++]);
        } else {
            add(out, APPEAL_LINE_NEW, now->pdata[j++]);
        }
    }
}

GPtrArray *appeal_text_compare(const AppealText *before, const AppealText *now)
{
    const struct {
        const char *before, *now;
        bool shown; /* also when nothing is different */
    } FIELDS[] = {
        {before->letterhead, now->letterhead, false}, {before->subject, now->subject, false},
        {before->salutation, now->salutation, false}, {before->text, now->text, true},
        {before->closing, now->closing, false},       {before->signature, now->signature, false},
    };
    GPtrArray *out = g_ptr_array_new_with_free_func(line_free);
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
        g_auto(GStrv) left = NULL, right = NULL;
        if (!FIELDS[i].shown && g_strcmp0(FIELDS[i].before, FIELDS[i].now) == 0)
            continue;
        g_autoptr(GPtrArray) a = lines_of(FIELDS[i].before, &left);
        g_autoptr(GPtrArray) b = lines_of(FIELDS[i].now, &right);
        compare_lines(a, b, out);
    }
    return out;
}
