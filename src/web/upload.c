#include "web/upload.h"

#include <microhttpd.h>
#include <string.h>

enum { BUFFER = 65536, NAME_MOST = 255 };

static void file_free(gpointer data)
{
    WebFile *file = data;
    g_free(file->field);
    g_free(file->name);
    g_byte_array_unref(file->bytes);
    g_free(file);
}

GPtrArray *upload_files_new(void)
{
    return g_ptr_array_new_with_free_func(file_free);
}

/* ---- those that are arriving ---- */

struct Uploads {
    GMutex lock;
    Upload *slots[WEB_MAX_UPLOADS];
};

struct Upload {
    Uploads *uploads;
    WebSession *session;
    guint64 received, total;
};

Uploads *uploads_new(void)
{
    Uploads *uploads = g_new0(Uploads, 1);
    g_mutex_init(&uploads->lock);
    return uploads;
}

void uploads_free(Uploads *uploads)
{
    g_mutex_clear(&uploads->lock);
    g_free(uploads);
}

Upload *upload_begin(Uploads *uploads, WebSession *session, guint64 total)
{
    Upload *upload = NULL;
    g_mutex_lock(&uploads->lock);
    for (guint i = 0; i < WEB_MAX_UPLOADS && upload == NULL; i++)
        if (uploads->slots[i] == NULL) {
            upload = uploads->slots[i] = g_new0(Upload, 1);
            *upload = (Upload){.uploads = uploads, .session = session, .total = total};
        }
    g_mutex_unlock(&uploads->lock);
    if (upload == NULL)
        session_unref(session);
    return upload;
}

void upload_came(Upload *upload, gsize bytes)
{
    g_mutex_lock(&upload->uploads->lock);
    upload->received += bytes;
    g_mutex_unlock(&upload->uploads->lock);
}

void upload_end(Upload *upload)
{
    if (upload == NULL)
        return;
    Uploads *uploads = upload->uploads;
    g_mutex_lock(&uploads->lock);
    for (guint i = 0; i < WEB_MAX_UPLOADS; i++)
        if (uploads->slots[i] == upload)
            uploads->slots[i] = NULL;
    g_mutex_unlock(&uploads->lock);
    session_unref(upload->session);
    g_free(upload);
}

guint uploads_under_way(Uploads *uploads, const WebSession *session, WebProgress *ret)
{
    guint n = 0;
    g_mutex_lock(&uploads->lock);
    for (guint i = 0; i < WEB_MAX_UPLOADS; i++) {
        const Upload *upload = uploads->slots[i];
        if (upload != NULL && upload->session == session)
            ret[n++] = (WebProgress){upload->received, upload->total};
    }
    g_mutex_unlock(&uploads->lock);
    return n;
}

/* ---- a form with files ---- */

typedef struct {
    GHashTable *fields; /* name → GByteArray, while they come */
    GPtrArray *files;
    guint parts;
    bool bad;
} Parts;

static WebFile *file_of(Parts *parts, const char *field, const char *name, gboolean begins)
{
    WebFile *last = parts->files->len > 0 ? parts->files->pdata[parts->files->len - 1] : NULL;
    if (last != NULL && (!begins || last->bytes->len == 0)) /* an empty part may be told twice */
        return last;
    WebFile *file = g_new0(WebFile, 1);
    file->field = g_strdup(field);
    g_autofree char *valid = g_utf8_make_valid(name, (gssize)MIN(strlen(name), NAME_MOST));
    file->name = g_path_get_basename(valid); /* some browsers tell the whole path */
    file->bytes = g_byte_array_new();
    g_ptr_array_add(parts->files, file);
    parts->parts++;
    return file;
}

static GByteArray *field_of(Parts *parts, const char *name)
{
    GByteArray *bytes = g_hash_table_lookup(parts->fields, name);
    if (bytes != NULL)
        return bytes;
    bytes = g_byte_array_new();
    g_hash_table_insert(parts->fields, g_strdup(name), bytes);
    parts->parts++;
    return bytes;
}

static enum MHD_Result part_came(void *context, enum MHD_ValueKind kind, const char *key,
                                 const char *file_name, const char *content_type,
                                 const char *transfer_encoding, const char *data, uint64_t offset,
                                 size_t size)
{
    (void)kind;
    (void)content_type;
    (void)transfer_encoding;
    Parts *parts = context;
    if (key == NULL || parts->parts > WEB_MAX_FIELDS) {
        parts->bad = true;
        return MHD_NO;
    }
    GByteArray *bytes = file_name != NULL ? file_of(parts, key, file_name, offset == 0)->bytes
                                          : field_of(parts, key);
    g_byte_array_append(bytes, (const guint8 *)data, (guint)size);
    return MHD_YES;
}

/* Fields are text: no NUL, UTF-8. */
static bool keep_fields(const Parts *parts, GHashTable *form)
{
    GHashTableIter iter;
    gpointer name, value;
    g_hash_table_iter_init(&iter, parts->fields);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        const GByteArray *bytes = value;
        g_autofree char *text =
            bytes->len > 0 ? g_strndup((const char *)bytes->data, bytes->len) : g_strdup("");
        if (strlen(text) != bytes->len || !g_utf8_validate(text, -1, NULL) ||
            !g_utf8_validate(name, -1, NULL))
            return false;
        g_hash_table_replace(form, g_strdup(name), g_steal_pointer(&text));
    }
    return true;
}

static void bytes_free(gpointer bytes)
{
    g_byte_array_unref(bytes);
}

bool upload_read(struct MHD_Connection *connection, const GByteArray *body, GHashTable *form,
                 GPtrArray *files)
{
    const char *type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type");
    if (type == NULL || g_ascii_strncasecmp(type, "multipart/form-data", 19) != 0)
        return false;
    g_autoptr(GHashTable) fields =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, bytes_free);
    Parts parts = {.fields = fields, .files = files};
    struct MHD_PostProcessor *processor =
        MHD_create_post_processor(connection, BUFFER, part_came, &parts);
    if (processor == NULL)
        return false;
    const bool fed = body->len > 0 &&
                     MHD_post_process(processor, (const char *)body->data, body->len) == MHD_YES;
    const bool whole = MHD_destroy_post_processor(processor) == MHD_YES;
    return fed && whole && !parts.bad && keep_fields(&parts, form);
}

/* ---- plain forms and queries ---- */

bool web_fields_read(const char *text, gsize length, GHashTable *fields)
{
    g_autofree char *copy = length > 0 ? g_strndup(text, length) : g_strdup("");
    if (strlen(copy) != length)
        return false;
    g_auto(GStrv) pairs = g_strsplit(copy, "&", WEB_MAX_FIELDS + 1);
    if (g_strv_length(pairs) > WEB_MAX_FIELDS)
        return false;
    for (gsize i = 0; pairs[i] != NULL; i++) {
        if (pairs[i][0] == '\0')
            continue;
        for (char *at = pairs[i]; *at != '\0'; at++)
            if (*at == '+')
                *at = ' ';
        char *equals = strchr(pairs[i], '=');
        if (equals == NULL)
            return false;
        *equals = '\0';
        g_autofree char *name = g_uri_unescape_string(pairs[i], NULL);
        g_autofree char *value = g_uri_unescape_string(equals + 1, NULL);
        if (name == NULL || value == NULL || !g_utf8_validate(name, -1, NULL) ||
            !g_utf8_validate(value, -1, NULL))
            return false;
        g_hash_table_replace(fields, g_steal_pointer(&name), g_steal_pointer(&value));
    }
    return true;
}
