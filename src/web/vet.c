#include "web/vet.h"

#include <string.h>

static bool is_token(unsigned char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool name_is(const char *name, gsize size, const char *wanted)
{
    return strlen(wanted) == size && g_ascii_strncasecmp(name, wanted, size) == 0;
}

void vet_add(Vet *vet, const char *name, gsize name_size, const char *value, gsize value_size)
{
    if (name == NULL || name_size == 0) {
        vet->bad = true;
        return;
    }
    for (gsize i = 0; i < name_size; i++)
        if (!is_token((unsigned char)name[i]))
            vet->bad = true;
    for (gsize i = 0; value != NULL && i < value_size; i++) {
        unsigned char c = (unsigned char)value[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            vet->bad = true;
    }
    if (name_is(name, name_size, "Content-Length")) {
        vet->lengths++;
        if (value == NULL || value_size == 0 || value_size > 15) {
            vet->bad = true;
            return;
        }
        vet->length = 0;
        for (gsize i = 0; i < value_size; i++) {
            if (!g_ascii_isdigit(value[i])) {
                vet->bad = true;
                return;
            }
            vet->length = vet->length * 10 + (guint64)(value[i] - '0');
        }
        vet->has_body |= vet->length > 0;
    } else if (name_is(name, name_size, "Transfer-Encoding")) {
        vet->encodings++;
        vet->has_body = true;
        if (value == NULL || !name_is(value, value_size, "chunked"))
            vet->bad = true;
    } else if (name_is(name, name_size, "Host")) {
        vet->hosts++;
        for (gsize i = 0; value != NULL && i < value_size; i++)
            if (!g_ascii_isalnum(value[i]) && strchr("-.:[]_", value[i]) == NULL)
                vet->bad = true;
    }
}

bool vet_passes(const Vet *vet, const char *version)
{
    if (vet->bad || vet->lengths > 1 || vet->encodings > 1 || vet->hosts > 1)
        return false;
    if (vet->lengths > 0 && vet->encodings > 0)
        return false;
    if (strcmp(version, "HTTP/1.1") == 0)
        return vet->hosts == 1;
    return strcmp(version, "HTTP/1.0") == 0 && vet->encodings == 0;
}

bool vet_path(const char *path)
{
    if (path[0] != '/' || !g_utf8_validate(path, -1, NULL))
        return false;
    for (const char *at = path; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f || *at == '\\')
            return false;
    for (const char *part = path + 1; part != NULL && *part != '\0';) {
        const char *end = strchr(part, '/');
        gsize length = end != NULL ? (gsize)(end - part) : strlen(part);
        if (length == 0 || (length == 1 && part[0] == '.') ||
            (length == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        part = end != NULL ? end + 1 : NULL;
    }
    return true;
}

bool vet_target(const char *target, gsize limit)
{
    if (target[0] != '/' || strlen(target) > limit)
        return false;
    bool in_path = true;
    for (const char *at = target; *at != '\0'; at++) {
        if ((unsigned char)*at <= 0x20 || (unsigned char)*at >= 0x7f || *at == '\\' || *at == '#')
            return false;
        if (*at == '?')
            in_path = false;
        if (*at != '%')
            continue;
        if (!g_ascii_isxdigit(at[1]) || !g_ascii_isxdigit(at[2]))
            return false;
        int byte = g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2]);
        if (byte == 0 || (in_path && (byte == '/' || byte == '\\')))
            return false;
    }
    return true;
}
