/* What a stranger's bytes meet first: the target, a form's fields, the HTML writer. */
#include "web/html.h"
#include "web/http.h"
#include "web/vet.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing of a text is markup, and all of it is UTF-8. */
static void check_text(const char *bytes, size_t size)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(Html) html = html_new(out);
    html_text_length(html, bytes, size);
    g_assert_null(strpbrk(out->str, "<>\"'"));
    g_assert_true(g_utf8_validate(out->str, (gssize)out->len, NULL));
}

/* An address leaves the page only by http or https. */
static void check_address(const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(Html) html = html_new(out);
    html_put(html, "a", "", "href", text, NULL);
    const char *value = out->str + strlen("<a href=\"");
    bool ours = (value[0] == '/' && value[1] != '/' && value[1] != '\\') || value[0] == '#' ||
                value[0] == '?';
    g_assert_true(ours || g_str_has_prefix(value, "http://") ||
                  g_str_has_prefix(value, "https://"));
}

/* A target that passes decodes to a path that the path check sees whole. */
static void check_target(const char *text)
{
    if (!vet_target(text, WEB_MAX_TARGET))
        return;
    const char *mark = strchr(text, '?');
    g_autofree char *path = g_uri_unescape_segment(text, mark, NULL);
    g_assert_nonnull(path);
    if (vet_path(path)) {
        g_assert_null(strstr(path, "/../"));
        g_assert_null(strchr(path, '\\'));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    g_autofree char *text = g_malloc(size + 1);
    memcpy(text, bytes, size);
    text[size] = '\0';
    check_text(bytes, size);
    check_address(text);
    check_target(text);
    g_autoptr(GHashTable) fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (web_fields_read(bytes, size, fields)) {
        g_assert_cmpuint(g_hash_table_size(fields), <=, WEB_MAX_FIELDS);
        GHashTableIter at;
        gpointer name, value;
        g_hash_table_iter_init(&at, fields);
        while (g_hash_table_iter_next(&at, &name, &value)) {
            g_assert_true(g_utf8_validate(name, -1, NULL));
            g_assert_true(g_utf8_validate(value, -1, NULL));
        }
    }
    Vet vet = {0};
    gsize half = size / 2;
    vet_add(&vet, bytes, half, bytes + half, size - half);
    vet_passes(&vet, "HTTP/1.1");
    return 0;
}
