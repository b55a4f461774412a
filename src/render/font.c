#include "render/font.h"

#include "base/data.h"
#include "base/error.h"
#include "base/i18n.h"
#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* fontconfig keeps what it scanned for the life of the process, by offsets in which the leak
 * checker sees no pointers. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FONT_LEAKS_CHECKED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(FONT_LEAKS_CHECKED)
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}
#endif

/* FreeType opens a face by its path, so the bytes need one: a file in memory, which lives as long
 * as the process and leaves nothing on the disk. */
static bool add_face(FcConfig *config, const char *name, GError **error)
{
    g_autoptr(GBytes) bytes = data_load(name, error);
    if (bytes == NULL)
        return false;
    int fd = memfd_create(name, MFD_CLOEXEC);
    gsize length, done = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    while (fd >= 0 && done < length) {
        gssize n = write(fd, data + done, length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (gsize)n;
    }
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    if (fd < 0 || done < length || !FcConfigAppFontAddFile(config, (const FcChar8 *)path)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The typeface %s cannot be handed to the typesetter: %s."), name,
                    i18n_errno(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    return true;
}

static FcConfig *config_new(GError **error)
{
    FcConfig *config = FcConfigCreate();
    if (config == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the typeface."));
        return NULL;
    }
    if (!add_face(config, "fonts/Vazirmatn-Regular.ttf", error) ||
        !add_face(config, "fonts/Vazirmatn-Bold.ttf", error)) {
        FcConfigDestroy(config);
        return NULL;
    }
    FcConfigBuildFonts(config);
    FcConfigSetRescanInterval(config, 0);
    return config;
}

/* One configuration for the process: the faces are scanned once (about 10 ms). */
static FcConfig *config_peek(GError **error)
{
    static GMutex lock;
    static FcConfig *ready;
    g_mutex_lock(&lock);
    if (ready == NULL)
        ready = config_new(error);
    FcConfig *config = ready;
    g_mutex_unlock(&lock);
    return config;
}

PangoFontMap *font_map_new(GError **error)
{
    FcConfig *config = config_peek(error);
    if (config == NULL)
        return NULL;
    PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
    return map;
}

PangoContext *font_context_new(PangoFontMap *map)
{
    PangoContext *context = pango_font_map_create_context(map);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    return context;
}
