#include "render/chart_file.h"

#include "base/i18n.h"
#include "render/font.h"
#include "render/output.h"
#include <cairo-pdf.h>
#include <string.h>

enum { MARGIN = 10, DOTS = 3 /* to a point: 216 an inch */ };

typedef enum { FILE_SVG, FILE_PDF, FILE_PNG, FILE_N_KINDS } FileKind;

static FileKind kind_of(const char *path)
{
    static const char *const ENDINGS[] = {".svg", ".pdf", ".png"};
    gsize length = strlen(path);
    for (int k = 0; k < FILE_N_KINDS; k++)
        if (length > 4 && g_ascii_strcasecmp(path + length - 4, ENDINGS[k]) == 0)
            return (FileKind)k;
    return FILE_N_KINDS;
}

bool chart_file_known(const char *path)
{
    return kind_of(path) != FILE_N_KINDS;
}

static cairo_status_t append(void *closure, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static void set_metadata(cairo_surface_t *surface, const Canvas *canvas, gint64 created)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(created);
    g_autofree char *date = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, canvas_title(canvas));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, canvas_description(canvas));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Zenhar " ZENHAR_VERSION);
    if (date != NULL)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
}

static GByteArray *draw(const Canvas *canvas, FileKind kind, gint64 created, GError **error)
{
    g_autoptr(PangoFontMap) map = font_map_new(error);
    if (map == NULL)
        return NULL;
    PangoContext *context = font_context_new(map);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    double width = canvas_width(canvas) + 2 * MARGIN, height = canvas_height(canvas) + 2 * MARGIN;
    cairo_surface_t *surface =
        kind == FILE_PDF ? cairo_pdf_surface_create_for_stream(append, bytes, width, height)
                         : cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(width * DOTS + 0.5),
                                                      (int)(height * DOTS + 0.5));
    cairo_t *cr = cairo_create(surface);
    if (kind == FILE_PDF) {
        cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
        set_metadata(surface, canvas, created);
    } else {
        cairo_scale(cr, DOTS, DOTS);
        cairo_set_source_rgb(cr, 1, 1, 1);
        cairo_paint(cr);
    }
    canvas_draw(canvas, cr, context, MARGIN, MARGIN, 1);
    cairo_status_t status = cairo_status(cr);
    cairo_show_page(cr);
    cairo_destroy(cr);
    if (status == CAIRO_STATUS_SUCCESS && kind == FILE_PNG)
        status = cairo_surface_write_to_png_stream(surface, append, bytes);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    g_object_unref(context);
    if (status == CAIRO_STATUS_SUCCESS)
        return g_steal_pointer(&bytes);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The chart cannot be drawn: %s."),
                cairo_status_to_string(status));
    return NULL;
}

bool chart_file_write(const Canvas *canvas, gint64 created, const char *path, GError **error)
{
    FileKind kind = kind_of(path);
    if (kind == FILE_N_KINDS) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("A chart is written as .svg, .pdf or .png; “%s” ends in none of these."),
                    path);
        return false;
    }
    if (kind == FILE_SVG) {
        g_autofree char *svg = canvas_to_svg(canvas);
        return output_bytes(path, svg, strlen(svg), error);
    }
    g_autoptr(GByteArray) bytes = draw(canvas, kind, created, error);
    return bytes != NULL && output_bytes(path, bytes->data, bytes->len, error);
}
