/* render/public.c: the folder that is published; see public.h. */
#include "render/public.h"

#include "appeal/sign.h"
#include "base/data.h"
#include "render/markup.h"
#include "render/render.h"
#include "store/user.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- parts of pages ---- */

void public_links(xmlTextWriter *writer, const PublicLink *links)
{
    markup_start(writer, "nav");
    for (; links->href != NULL; links++) {
        markup_start(writer, "a");
        markup_attribute(writer, "href", links->href);
        if (links->lang != NULL)
            markup_attribute(writer, "lang", links->lang);
        markup_words(writer, links->text);
        markup_end(writer);
        markup_words(writer, " ");
    }
    markup_end(writer);
}

void public_label(xmlTextWriter *writer, const char *label)
{
    const bool synthetic = strcmp(label, "synthetic") == 0;
    markup_start(writer, "p");
    markup_attribute(writer, "class", "label");
    markup_words(writer, synthetic ? "SYNTHETIC – invented persons and events. ساختگی: اشخاص و "
                                     "رویدادها واقعی نیستند."
                                   : label);
    markup_end(writer);
}

/* ---- files ---- */

typedef struct {
    Store *store;
    const RenderPublic *options;
    const char *folder;
    json_t *files;     /* what was written */
    GHashTable *names; /* likewise */
} Site;

/* A name of ours: no path, nothing hidden. */
static bool is_plain(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && strpbrk(name, "/\\") == NULL;
}

static bool put_file(const Site *site, const char *name, const void *bytes, gsize length,
                     GError **error)
{
    g_autofree char *path = g_build_filename(site->folder, name, NULL);
    g_autoptr(GError) why = NULL;
    if (g_file_set_contents_full(path, bytes, (gssize)length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644,
                                 &why))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                why->message);
    return false;
}

static bool put(Site *site, const char *name, const char *type, const void *bytes, gsize length,
                GError **error)
{
    g_autofree char *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, length);
    if (!put_file(site, name, bytes, length, error))
        return false;
    json_array_append_new(site->files, json_pack("{s:s, s:s, s:s, s:I}", "name", name, "type", type,
                                                 "sha256", sha256, "bytes", (json_int_t)length));
    g_hash_table_add(site->names, g_strdup(name));
    if (site->options->tell != NULL)
        site->options->tell(site->options->context, name);
    return true;
}

/* text: transfers; NULL with error set. */
static bool put_text(Site *site, const char *name, const char *type, char *text, GError **error)
{
    g_autofree char *owned = text;
    return owned != NULL && put(site, name, type, owned, strlen(owned), error);
}

static bool put_bytes(Site *site, const char *name, const char *type, GBytes *bytes, GError **error)
{
    gsize length;
    const void *data = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
    const bool done = data != NULL && put(site, name, type, data, length, error);
    if (bytes != NULL)
        g_bytes_unref(bytes);
    return done;
}

#define HTML "text/html; charset=utf-8"

/* ---- pages ---- */

static bool put_clock(Site *site, I18nLanguage language, GError **error)
{
    static const PublicLink LINKS[2][5] = {
        [I18N_ENGLISH] = {{"fa.html", "فارسی", "fa"},
                          {"index.html", "Letters", NULL},
                          {"clock-en.atom", "Feed (Atom)", NULL},
                          {"clock-en.json", "Data (JSON)", NULL},
                          {NULL, NULL, NULL}},
        [I18N_PERSIAN] = {{"en.html", "English", "en"},
                          {"index.html", "نامه‌ها", NULL},
                          {"clock-fa.atom", "خوراک (Atom)", NULL},
                          {"clock-fa.json", "داده (JSON)", NULL},
                          {NULL, NULL, NULL}},
    };
    const RenderPublic *options = site->options;
    const char *tag = i18n_tag(language);
    g_autofree char *page = g_strconcat(tag, ".html", NULL),
                    *feed = g_strdup_printf("clock-%s.atom", tag),
                    *data = g_strdup_printf("clock-%s.json", tag);
    return put_text(site, page, HTML,
                    clock_public_page(site->store, options->clock_id, options->day, language,
                                      LINKS[language], error),
                    error) &&
           put_text(
               site, feed, "application/atom+xml; charset=utf-8",
               render_clock(site->store, options->clock_id, options->day, "atom", language, error),
               error) &&
           put_text(
               site, data, "application/json; charset=utf-8",
               render_clock(site->store, options->clock_id, options->day, "json", language, error),
               error);
}

/* Sealed, and still the text that was sealed. */
static StoreAppeal *letter_of(Store *store, gint64 id, GError **error)
{
    char printed[STORE_ID_MAX];
    g_autoptr(StoreAppeal) letter = store_appeal_load(store, id, error);
    if (letter == NULL)
        return NULL;
    g_autofree char *hash = appeal_signed_hash(letter);
    store_id_format(STORE_KIND_APPEAL, id, printed);
    if (letter->sha256 == NULL)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("%s is a draft: only a sealed letter is published (zenhar appeal seal)."),
                    printed);
    else if (strcmp(letter->sha256, hash) != 0)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("The text of %s was changed since it was sealed: it is not published."),
                    printed);
    else
        return g_steal_pointer(&letter);
    return NULL;
}

static bool put_letter(Site *site, gint64 id, GError **error)
{
    char printed[STORE_ID_MAX];
    static const PublicLink LINKS[] = {{"index.html", "Letters", "en"},
                                       {"index.html", "نامه‌ها", "fa"},
                                       {NULL, NULL, NULL}};
    g_autoptr(StoreAppeal) letter = letter_of(site->store, id, error);
    if (letter == NULL)
        return false;
    store_id_format(STORE_KIND_APPEAL, id, printed);
    g_autofree char *page = g_strconcat(printed, ".html", NULL),
                    *pdf = g_strconcat(printed, ".pdf", NULL);
    return put_text(site, page, HTML, letter_public_page(site->store, id, LINKS, error), error) &&
           put_bytes(site, pdf, "application/pdf", render_draw_letter(NULL, site->store, id, error),
                     error);
}

/* ---- the folder ---- */

static json_t *list_load(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, RENDER_PUBLIC_LIST, NULL);
    return json_load_file(path, 0, NULL);
}

/* A folder of somebody's own files is left alone. */
static bool folder_ready(const char *folder, json_t *before, GError **error)
{
    if (g_mkdir_with_parents(folder, 0755) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be made: %s."), folder,
                    i18n_errno(errno));
        return false;
    }
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    if (dir == NULL || before != NULL || g_dir_read_name(dir) == NULL)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("%s holds files that were not published from here: name an empty folder."),
                folder);
    return false;
}

static void remove_old(const Site *site, json_t *before)
{
    gsize i;
    json_t *file;
    json_array_foreach(json_object_get(before, "files"), i, file)
    {
        const char *name = json_string_value(json_object_get(file, "name"));
        if (name == NULL || !is_plain(name) || g_hash_table_contains(site->names, name))
            continue;
        g_autofree char *path = g_build_filename(site->folder, name, NULL);
        g_unlink(path);
    }
}

static bool put_all(Site *site, GError **error)
{
    const GArray *letters = site->options->letters;
    g_autofree char *label = store_setting_get(site->store, "label", NULL);
    if (!put_clock(site, I18N_ENGLISH, error) || !put_clock(site, I18N_PERSIAN, error))
        return false;
    for (guint i = 0; letters != NULL && i < letters->len; i++)
        if (!put_letter(site, g_array_index(letters, gint64, i), error))
            return false;
    return put_text(site, "index.html", HTML,
                    public_index_page(site->store, site->options, label, error), error) &&
           put_bytes(site, "style.css", "text/css; charset=utf-8",
                     data_load("web/public.css", error), error) &&
           put_bytes(site, "vazirmatn.ttf", "font/ttf",
                     data_load("fonts/Vazirmatn-Regular.ttf", error), error);
}

/* Last of all: from then on whoever serves the folder serves the new files. */
static bool put_list(const Site *site, GError **error)
{
    json_t *list = json_pack("{s:s, s:I, s:O}", "format", "zenhar public 1", "time",
                             (json_int_t)store_now(site->store), "files", site->files);
    char *dumped = json_dumps(list, JSON_INDENT(2));
    const bool done = put_file(site, RENDER_PUBLIC_LIST, dumped, strlen(dumped), error);
    free(dumped);
    json_decref(list);
    return done;
}

bool render_public(Store *store, const RenderPublic *options, const char *folder, GError **error)
{
    json_t *before = list_load(folder);
    Site site = {store, options, folder, json_array(),
                 g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    bool done = folder_ready(folder, before, error);
    /* a letter that may not be published is told before anything is written */
    for (guint i = 0; done && options->letters != NULL && i < options->letters->len; i++) {
        g_autoptr(StoreAppeal) letter =
            letter_of(store, g_array_index(options->letters, gint64, i), error);
        done = letter != NULL;
    }
    done = done && put_all(&site, error) && put_list(&site, error);
    if (done && before != NULL)
        remove_old(&site, before);
    g_hash_table_unref(site.names);
    json_decref(site.files);
    json_decref(before);
    return done;
}
