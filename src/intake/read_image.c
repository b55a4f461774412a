/* Pictures and scans: PNG, JPEG, TIFF of many pages, WebP, BMP, PNM, GIF, JPEG 2000, as leptonica
 * reads them. The size is looked at before a pixel is. */
#include "base/i18n.h"
#include "intake/ocr.h"
#include "intake/paper.h"

#include <string.h>

enum { PAGES_MAX = 200, SIDE_MAX = 40000 };

static bool tell(const char *name, const char *problem, IntakePartFound found, void *context,
                 GError **error)
{
    return found(context, &(IntakePart){.name = name, .problem = problem}, error);
}

/* A picture without pixels to be read, or none that can be: told, and NULL. */
static char *refusal(const void *bytes, gsize length, const char *name, int *ret_format)
{
    int width = 0, height = 0, bits = 0, samples = 0, colours = 0;
    *ret_format = IFF_UNKNOWN;
    if (pixReadHeaderMem(bytes, length, ret_format, &width, &height, &bits, &samples, &colours) !=
        0)
        return g_strdup_printf(_("“%s” is a damaged picture, or of a kind that is not read here "
                                 "(PNG, JPEG, TIFF, WebP, BMP, GIF are). Save it as PNG or JPEG."),
                               name);
    if (width <= 0 || height <= 0 || width > SIDE_MAX || height > SIDE_MAX ||
        (gint64)width * height > OCR_PIXELS_MAX)
        return g_strdup_printf(_("“%s” has more than 64 million pixels and was not read: make it "
                                 "smaller; 300 dots an inch are enough."),
                               name);
    return NULL;
}

typedef struct {
    IntakeOcr *ocr; /* when the first picture is there to be read: a damaged one costs no model */
    IntakePartFound found;
    void *context;
} Image;

static bool pass_picture(Image *image, PIX *picture, const char *name, GError **error)
{
    if ((gint64)pixGetWidth(picture) * pixGetHeight(picture) > OCR_PIXELS_MAX ||
        intake_ocr_is_blank(picture)) {
        g_autofree char *problem =
            g_strdup_printf(_("Nothing stands on “%s”: the picture is blank."), name);
        return tell(name, problem, image->found, image->context, error);
    }
    g_autoptr(GError) missing = NULL;
    if (image->ocr == NULL)
        image->ocr = intake_ocr_new(&missing);
    if (image->ocr == NULL)
        return tell(name, missing->message, image->found, image->context, error);
    int dpi = pixGetXRes(picture);
    guint confidence, letters;
    g_autofree char *text = intake_ocr_read(
        image->ocr, picture, dpi >= 100 && dpi <= 1200 ? (guint)dpi : 0, &confidence, &letters);
    return intake_ocr_tell(text, confidence, letters, name, NULL, image->found, image->context,
                           error);
}

/* The pages of a TIFF, one after the other. */
static bool pass_pages(Image *image, const void *bytes, gsize length, const char *name,
                       GError **error)
{
    size_t offset = 0;
    for (guint page = 1; page <= PAGES_MAX; page++) {
        PIX *picture = pixReadMemFromMultipageTiff(bytes, length, &offset);
        g_autofree char *number = g_strdup_printf(_("page %u"), page);
        g_autofree char *numbered = i18n_digits(number);
        g_autofree char *shown =
            page == 1 && offset == 0 ? g_strdup(name) : g_strdup_printf("%s, %s", name, numbered);
        if (picture == NULL) {
            g_autofree char *problem = g_strdup_printf(
                _("“%s” is damaged and was not read; what follows was not either."), shown);
            return tell(shown, problem, image->found, image->context, error);
        }
        bool passed = pass_picture(image, picture, shown, error);
        pixDestroy(&picture);
        if (!passed || offset == 0)
            return passed;
    }
    g_autofree char *most = i18n_integer(PAGES_MAX);
    g_autofree char *problem =
        g_strdup_printf(_("“%s” has more than %s pages; those after were not read."), name, most);
    return tell(name, problem, image->found, image->context, error);
}

static bool pass_one(Image *image, const void *bytes, gsize length, const char *name,
                     GError **error)
{
    PIX *picture = pixReadMem(bytes, length);
    if (picture == NULL) {
        g_autofree char *problem =
            g_strdup_printf(_("“%s” is a damaged picture, or of a kind that is not read here "
                              "(PNG, JPEG, TIFF, WebP, BMP, GIF are). Save it as PNG or JPEG."),
                            name);
        return tell(name, problem, image->found, image->context, error);
    }
    bool passed = pass_picture(image, picture, name, error);
    pixDestroy(&picture);
    return passed;
}

bool intake_paper_read_image(const char *name, const void *bytes, gsize length,
                             IntakePartFound found, void *context, GError **error)
{
    g_assert(found != NULL && (bytes != NULL || length == 0));
    const char *shown = name != NULL ? name : _("the picture");
    setMsgSeverity(L_SEVERITY_NONE);
    int format;
    g_autofree char *problem = length < 12 ? g_strdup_printf(_("Nothing stands on “%s”: the "
                                                               "picture is blank."),
                                                             shown)
                                           : refusal(bytes, length, shown, &format);
    if (problem != NULL)
        return tell(name, problem, found, context, error);
    Image image = {.found = found, .context = context};
    bool is_tiff = format == IFF_TIFF || format == IFF_TIFF_JPEG ||
                   (format >= IFF_TIFF_PACKBITS && format <= IFF_TIFF_ZIP);
    bool passed = is_tiff ? pass_pages(&image, bytes, length, shown, error)
                          : pass_one(&image, bytes, length, shown, error);
    intake_ocr_free(image.ocr);
    return passed;
}
