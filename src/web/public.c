/* web/public.c: a published folder served to everybody; see public.h. */
#include "web/public.h"

#include "base/i18n.h"
#include "render/public.h"
#include "web/log.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LIST_BYTES = 4 * 1024 * 1024 };

typedef struct {
    char *type, *etag;
    GBytes *bytes;
} PublicFile;

/* The folder as it was when its list was read; shared by the requests that still need it. */
typedef struct {
    gatomicrefcount uses;
    GHashTable *files; /* name → PublicFile */
    char *modified;    /* of all: when it was published */
    gint64 time;
    struct stat list;
} Snapshot;

struct PublicWeb {
    char *folder, *address;
    WebServer *server;
    GMutex lock; /* holds what follows */
    Snapshot *now;
};

/* ---- what is served ---- */

static void file_free(gpointer data)
{
    PublicFile *file = data;
    g_free(file->type);
    g_free(file->etag);
    g_bytes_unref(file->bytes);
    g_free(file);
}

static void snapshot_unref(Snapshot *snapshot)
{
    if (snapshot == NULL || !g_atomic_ref_count_dec(&snapshot->uses))
        return;
    g_hash_table_unref(snapshot->files);
    g_free(snapshot->modified);
    g_free(snapshot);
}

static bool broken(GError **error, const char *name, const char *why)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, "%s: %s", name, why);
    return false;
}

/* A regular file of the folder itself: no link is followed, so nothing outside can be named. */
static GBytes *read_file(int folder, const char *name, gsize most, struct stat *ret_stat)
{
    const int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat found;
    if (fd < 0 || fstat(fd, &found) != 0 || !S_ISREG(found.st_mode) || found.st_size < 0 ||
        (gsize)found.st_size > most) {
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    const gsize size = (gsize)found.st_size;
    guint8 *bytes = g_malloc(size + 1);
    gsize done = 0;
    for (ssize_t n; done < size; done += (gsize)n) {
        n = read(fd, bytes + done, size - done);
        if (n < 0 && errno == EINTR)
            n = 0;
        else if (n <= 0)
            break;
    }
    close(fd);
    if (ret_stat != NULL)
        *ret_stat = found;
    if (done == size)
        return g_bytes_new_take(bytes, size);
    g_free(bytes);
    return NULL;
}

static bool is_plain(const char *name)
{
    return name != NULL && name[0] != '\0' && name[0] != '.' && strpbrk(name, "/\\") == NULL &&
           strlen(name) < 200;
}

/* Only what we publish ourselves; a list cannot make a browser run something. */
static const char *type_of(const char *type)
{
    static const char *const TYPES[] = {
        "text/html; charset=utf-8", "application/atom+xml; charset=utf-8",
        "text/css; charset=utf-8",  "application/json; charset=utf-8",
        "application/pdf",          "font/ttf",
    };
    for (gsize i = 0; type != NULL && i < G_N_ELEMENTS(TYPES); i++)
        if (strcmp(type, TYPES[i]) == 0)
            return TYPES[i];
    return NULL;
}

static bool take_file(Snapshot *snapshot, int folder, const json_t *row, gsize *room,
                      GError **error)
{
    const char *name = json_string_value(json_object_get(row, "name"));
    const char *type = type_of(json_string_value(json_object_get(row, "type")));
    const char *sha256 = json_string_value(json_object_get(row, "sha256"));
    if (!is_plain(name) || type == NULL || sha256 == NULL)
        return broken(error, RENDER_PUBLIC_LIST, _("a row of the list is none: publish again."));
    g_autoptr(GBytes) bytes = read_file(folder, name, *room, NULL);
    if (bytes == NULL)
        return broken(error, name, _("the file cannot be read, or is no plain file."));
    g_autofree char *own = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    if (strcmp(own, sha256) != 0)
        return broken(error, name, _("the file is not the one that was published."));
    *room -= g_bytes_get_size(bytes);
    PublicFile *file = g_new0(PublicFile, 1);
    file->type = g_strdup(type);
    file->etag = g_strdup_printf("\"%s\"", sha256);
    file->bytes = g_steal_pointer(&bytes);
    g_hash_table_replace(snapshot->files, g_strdup(name), file);
    return true;
}

static char *http_date(gint64 seconds)
{
    static const char *const DAYS[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    if (time == NULL)
        return NULL;
    return g_strdup_printf(
        "%s, %02d %s %04d %02d:%02d:%02d GMT", DAYS[g_date_time_get_day_of_week(time) - 1],
        g_date_time_get_day_of_month(time), MONTHS[g_date_time_get_month(time) - 1],
        g_date_time_get_year(time), g_date_time_get_hour(time), g_date_time_get_minute(time),
        g_date_time_get_second(time));
}

static bool take_list(Snapshot *snapshot, int folder, GBytes *bytes, GError **error)
{
    gsize length, i;
    const char *text = g_bytes_get_data(bytes, &length);
    json_t *list = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL), *row;
    const json_t *files = json_object_get(list, "files");
    const char *format = json_string_value(json_object_get(list, "format"));
    gsize room = PUBLIC_MAX_BYTES;
    bool done = g_strcmp0(format, "zenhar public 1") == 0 && json_is_array(files) &&
                json_array_size(files) <= PUBLIC_MAX_FILES;
    if (!done)
        broken(error, RENDER_PUBLIC_LIST,
               _("this is no list of published files: `zenhar appeal publish` writes it."));
    snapshot->time = json_integer_value(json_object_get(list, "time"));
    snapshot->modified = http_date(snapshot->time);
    json_array_foreach(files, i, row)
    {
        done = done && take_file(snapshot, folder, row, &room, error);
    }
    json_decref(list);
    return done;
}

static Snapshot *snapshot_load(const char *path, GError **error)
{
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be opened: %s."), path,
                    g_strerror(errno));
        return NULL;
    }
    Snapshot *snapshot = g_new0(Snapshot, 1);
    g_atomic_ref_count_init(&snapshot->uses);
    snapshot->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, file_free);
    g_autoptr(GBytes) list = read_file(folder, RENDER_PUBLIC_LIST, MAX_LIST_BYTES, &snapshot->list);
    if (list == NULL)
        broken(error, path,
               _("nothing was published into this folder: `zenhar appeal publish --out` does."));
    const bool done = list != NULL && take_list(snapshot, folder, list, error);
    close(folder);
    if (done)
        return snapshot;
    snapshot_unref(snapshot);
    return NULL;
}

static bool same_list(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* What is published now. While a new list does not fit its files the old ones are served. */
static Snapshot *snapshot_now(PublicWeb *web)
{
    struct stat list;
    g_autofree char *path = g_build_filename(web->folder, RENDER_PUBLIC_LIST, NULL);
    const bool there = lstat(path, &list) == 0;
    g_mutex_lock(&web->lock);
    if (there && !same_list(&list, &web->now->list)) {
        g_autoptr(GError) error = NULL;
        Snapshot *next = snapshot_load(web->folder, &error);
        if (next != NULL) {
            snapshot_unref(web->now);
            web->now = next;
        } else {
            web_log_error("published", error);
            web->now->list = list; /* told once */
        }
    }
    Snapshot *now = web->now;
    g_atomic_ref_count_inc(&now->uses);
    g_mutex_unlock(&web->lock);
    return now;
}

/* ---- requests ---- */

/* If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2). */
static bool is_known(const WebRequest *request, const Snapshot *snapshot, const PublicFile *file)
{
    const char *tags = web_header(request, "If-None-Match");
    if (tags[0] != '\0') {
        g_auto(GStrv) each = g_strsplit(tags, ",", 16);
        for (gsize i = 0; each[i] != NULL; i++) {
            const char *tag = g_strstrip(each[i]);
            if (strcmp(tag, "*") == 0)
                return true;
            if (strcmp(g_str_has_prefix(tag, "W/") ? tag + 2 : tag, file->etag) == 0)
                return true;
        }
        return false;
    }
    /* caches send back what they were given: compared as it is written */
    return snapshot->modified != NULL &&
           strcmp(web_header(request, "If-Modified-Since"), snapshot->modified) == 0;
}

static void answer_file(const WebRequest *request, WebResponse *response, const char *name)
{
    Snapshot *snapshot = snapshot_now(request->app);
    const PublicFile *file = g_hash_table_lookup(snapshot->files, name);
    if (file == NULL) {
        web_respond_error(request, response, 404);
    } else {
        response->cacheable = true;
        response->etag = g_strdup(file->etag);
        response->modified = g_strdup(snapshot->modified);
        response->content_type = type_of(file->type);
        if (is_known(request, snapshot, file))
            response->status = 304;
        else
            response->bytes = g_bytes_ref(file->bytes);
    }
    snapshot_unref(snapshot);
}

static void page_public_root(const WebRequest *request, WebResponse *response)
{
    answer_file(request, response, "index.html");
}

static void page_public_file(const WebRequest *request, WebResponse *response)
{
    answer_file(request, response, request->rest);
}

static const WebRoute ROUTES[] = {
    {"/", WEB_GET | WEB_OPEN | WEB_PLAIN, page_public_root},
    {"/*", WEB_GET | WEB_OPEN | WEB_PLAIN, page_public_file},
    {NULL, 0, NULL},
};

static void observe(gpointer app, const WebObserved *what)
{
    (void)app;
    web_log_request(what);
}

/* ---- start and end ---- */

PublicWeb *public_start(const PublicStart *start, GError **error)
{
    Snapshot *first = snapshot_load(start->folder, error);
    if (first == NULL)
        return NULL;
    PublicWeb *web = g_new0(PublicWeb, 1);
    g_mutex_init(&web->lock);
    web->folder = g_strdup(start->folder);
    web->now = first;
    const WebServerOptions options = {
        .address = start->address != NULL ? start->address : "127.0.0.1",
        .port = start->port,
        .threads = start->threads,
        .behind_tls = start->behind_tls,
        .routes = ROUTES,
        .app = web,
        .observe = observe,
    };
    web->server = web_server_start(&options, error);
    if (web->server == NULL) {
        public_stop(web);
        return NULL;
    }
    web->address =
        g_strdup_printf("http://%s:%u", options.address, (guint)web_server_port(web->server));
    return web;
}

const char *public_address(const PublicWeb *web)
{
    return web->address;
}

guint16 public_port(const PublicWeb *web)
{
    return web_server_port(web->server);
}

void public_stop(PublicWeb *web)
{
    if (web == NULL)
        return;
    web_server_stop(web->server);
    snapshot_unref(web->now);
    g_mutex_clear(&web->lock);
    g_free(web->folder);
    g_free(web->address);
    g_free(web);
}
