#include "handover/bag_name.h"

#include "base/i18n.h"
#include <string.h>

char *bag_name_encode(const char *name)
{
    GString *out = g_string_new(NULL);
    for (; *name != '\0'; name++)
        if (*name == '\r')
            g_string_append(out, "%0D");
        else if (*name == '\n')
            g_string_append(out, "%0A");
        else if (*name == '%')
            g_string_append(out, "%25");
        else
            g_string_append_c(out, *name);
    return g_string_free(out, FALSE);
}

char *bag_name_decode(const char *text)
{
    static const struct {
        const char *code;
        char mark;
    } CODES[] = {{"%0D", '\r'}, {"%0A", '\n'}, {"%25", '%'}};
    GString *out = g_string_new(NULL);
    while (*text != '\0') {
        gsize i = 0;
        while (i < G_N_ELEMENTS(CODES) && g_ascii_strncasecmp(text, CODES[i].code, 3) != 0)
            i++;
        if (i < G_N_ELEMENTS(CODES)) {
            g_string_append_c(out, CODES[i].mark);
            text += 3;
        } else {
            g_string_append_c(out, *text++);
        }
    }
    return g_string_free(out, FALSE);
}

const char *bag_name_fault(const char *name)
{
    if (!g_utf8_validate(name, -1, NULL))
        return _("it is no UTF-8");
    if (name[0] == '\0' || name[0] == '/' || name[0] == '~')
        return _("it leads out of the bag");
    if (g_ascii_isalpha(name[0]) && name[1] == ':')
        return _("it leads out of the bag");
    if (strchr(name, '\\') != NULL)
        return _("it has a backslash, which some systems take for a folder");
    for (const char *at = name; *at != '\0'; at++)
        if (((guchar)*at < 0x20 && *at != '\r' && *at != '\n') || *at == 0x7f)
            return _("it has a control character");
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);
    for (char **part = parts; *part != NULL; part++)
        if (strcmp(*part, "..") == 0 || strcmp(*part, ".") == 0 || (*part)[0] == '\0')
            return _("it leads out of the bag");
    return NULL;
}

char *bag_name_safe(const char *name)
{
    enum { MOST = 120 };
    g_autofree char *valid = g_utf8_make_valid(name != NULL ? name : "", -1);
    GString *out = g_string_new(NULL);
    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar c = g_utf8_get_char(at);
        const bool odd =
            g_unichar_iscntrl(c) || (c < 0x80 && strchr("/\\:*?\"<>|~", (int)c) != NULL);
        if (out->len + 6 > MOST)
            break;
        g_string_append_unichar(out, odd ? '_' : c);
    }
    while (out->len > 0 && (out->str[out->len - 1] == '.' || out->str[out->len - 1] == ' '))
        g_string_truncate(out, out->len - 1);
    if (out->len == 0 || out->str[0] == '.' || out->str[0] == ' ')
        g_string_prepend(out, "_");
    return g_string_free(out, FALSE);
}
