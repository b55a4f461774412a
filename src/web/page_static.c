/* What is the same for everyone and needs no case: style, typeface, icon, the way in. */
#include "base/data.h"
#include "web/app.h"
#include "web/log.h"

void page_root(const WebRequest *request, WebResponse *response)
{
    g_autofree char *path = g_strdup_printf("/%s/", i18n_tag(request->language));
    web_redirect(response, path);
}

static void send_data(const WebRequest *request, WebResponse *response, const char *name,
                      const char *type)
{
    g_autoptr(GError) error = NULL;
    GBytes *bytes = data_load(name, &error);
    if (bytes == NULL) {
        web_log_error("built_in_data", error);
        web_respond_error(request, response, 404);
        return;
    }
    response->bytes = bytes;
    response->content_type = type;
    response->cacheable = true;
}

void page_style(const WebRequest *request, WebResponse *response)
{
    send_data(request, response, "web/style.css", "text/css; charset=utf-8");
}

void page_font_regular(const WebRequest *request, WebResponse *response)
{
    send_data(request, response, "fonts/Vazirmatn-Regular.ttf", "font/ttf");
}

void page_font_bold(const WebRequest *request, WebResponse *response)
{
    send_data(request, response, "fonts/Vazirmatn-Bold.ttf", "font/ttf");
}

void page_icon(const WebRequest *request, WebResponse *response)
{
    send_data(request, response, "web/icon.svg", "image/svg+xml");
}
