/* A web page as one part: its main text. */
#include "base/i18n.h"
#include "intake/page.h"
#include "intake/parts.h"
#include <string.h>

/* A tag within the first kilobytes: without one it is no page. */
static bool has_tag(const char *bytes, gsize length)
{
    length = MIN(length, (gsize)65536);
    for (gsize i = 0; i + 2 < length; i++)
        if (bytes[i] == '<' && (g_ascii_isalpha(bytes[i + 1]) || bytes[i + 1] == '!' ||
                                bytes[i + 1] == '/' || bytes[i + 1] == 0 || bytes[i + 1] == '?'))
            return true;
    return false;
}

bool intake_read_html(const char *name, const void *bytes, gsize length, IntakePartFound found,
                      void *context, GError **error)
{
    const char *called = name != NULL ? name : _("The page");
    if (!has_tag(bytes, length)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s is no web page: there is not one tag in it."), called);
        return false;
    }
    g_auto(IntakePage) page = {0};
    intake_page_read(NULL, bytes, length, INTAKE_PAGE_MAIN, &page);
    IntakePart part = {
        .name = name,
        .text = page.text,
        .length = page.length,
        .title = page.title,
        .sender = page.site != NULL ? page.site : page.author,
        .sender_public = page.site != NULL,
        .url = page.url,
        .language = page.language,
        .when = page.when,
        .span = length,
    };
    if (page.length > 0 && !found(context, &part, error))
        return false;
    if (page.length > 0 && !page.cut)
        return true;
    g_autofree char *bytes_read = i18n_integer((gint64)page.length);
    g_autofree char *problem =
        page.cut ? g_strdup_printf(_("%s is larger, or its elements are nested deeper, than a page "
                                     "is read; what comes after %s bytes of text is not in the "
                                     "report."),
                                   called, bytes_read)
                 : g_strdup_printf(_("%s shows no text without its scripts and pictures. Save what "
                                     "you see as text, or as a picture."),
                                   called);
    return found(context, &(IntakePart){.name = name, .problem = problem}, error);
}
