/* Tesseract's LSTM models fas and eng, together (reports mix both scripts). About 2 to 6 s for a
 * dense page of 300 dpi on one core. */
#include "intake/ocr.h"

#include "base/i18n.h"

#include <math.h>
#include <string.h>
#include <tesseract/capi.h>

struct IntakeOcr {
    TessBaseAPI *tesseract;
};

enum { CONFIDENCE_GOOD = 70, SHORT_SIDE_LEAST = 1000 };

/* The language that is not there, of `fas` and `eng`; NULL: both are. */
static const char *missing_language(void)
{
    static const char *const LANGUAGES[] = {"fas", "eng"};
    for (gsize i = 0; i < G_N_ELEMENTS(LANGUAGES); i++) {
        TessBaseAPI *one = TessBaseAPICreate();
        int failed = TessBaseAPIInit3(one, NULL, LANGUAGES[i]);
        TessBaseAPIEnd(one);
        TessBaseAPIDelete(one);
        if (failed != 0)
            return LANGUAGES[i];
    }
    return NULL;
}

IntakeOcr *intake_ocr_new(GError **error)
{
    setMsgSeverity(L_SEVERITY_NONE);
    TessBaseAPI *tesseract = TessBaseAPICreate();
    const char *missing = NULL;
    if (TessBaseAPIInit3(tesseract, NULL, "fas+eng") != 0 ||
        strstr(TessBaseAPIGetInitLanguagesAsString(tesseract), "fas") == NULL)
        missing = missing_language();
    else {
        /* A language that is not found is passed over silently when another one is. */
        char **loaded = TessBaseAPIGetLoadedLanguagesAsVector(tesseract);
        if (!g_strv_contains((const char *const *)loaded, "fas"))
            missing = "fas";
        else if (!g_strv_contains((const char *const *)loaded, "eng"))
            missing = "eng";
        TessDeleteTextArray(loaded);
        if (missing == NULL) {
            TessBaseAPISetVariable(tesseract, "debug_file", "/dev/null");
            IntakeOcr *ocr = g_new(IntakeOcr, 1);
            ocr->tesseract = tesseract;
            return ocr;
        }
    }
    TessBaseAPIEnd(tesseract);
    TessBaseAPIDelete(tesseract);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                _("Pictures cannot be read on this machine: tesseract's language data “%s” are "
                  "missing. Install the package tesseract-ocr-%s and replay the quarantine."),
                missing != NULL ? missing : "fas", missing != NULL ? missing : "fas");
    return NULL;
}

void intake_ocr_free(IntakeOcr *ocr)
{
    if (ocr == NULL)
        return;
    TessBaseAPIEnd(ocr->tesseract);
    TessBaseAPIDelete(ocr->tesseract);
    g_free(ocr);
}

guint intake_ocr_letters(const char *text)
{
    guint n = 0;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        n += g_unichar_isalpha(g_utf8_get_char(at));
    return n;
}

static bool is_mark(gunichar letter)
{
    return letter == 0x200E || letter == 0x200F || (letter >= 0x202A && letter <= 0x202E) ||
           (letter >= 0x2066 && letter <= 0x2069) || letter == 0xFEFF || letter == '\f' ||
           letter == '\r';
}

static bool is_presentation_form(gunichar letter)
{
    return (letter >= 0xFB50 && letter <= 0xFDFF) || (letter >= 0xFE70 && letter <= 0xFEFC);
}

static void trim_end(GString *text, gsize from)
{
    while (text->len > from &&
           (text->str[text->len - 1] == ' ' || text->str[text->len - 1] == '\t'))
        g_string_truncate(text, text->len - 1);
}

char *intake_ocr_plain(const char *text)
{
    GString *plain = g_string_sized_new(strlen(text));
    gsize line = 0;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);
        if (is_mark(letter))
            continue;
        if (letter == '\n') {
            trim_end(plain, line);
            if (!g_str_has_suffix(plain->str, "\n\n") && plain->len > 0)
                g_string_append_c(plain, '\n');
            line = plain->len;
        } else if (is_presentation_form(letter)) {
            gunichar letters[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
            gsize n = g_unichar_fully_decompose(letter, TRUE, letters, G_N_ELEMENTS(letters));
            for (gsize i = 0; i < MIN(n, G_N_ELEMENTS(letters)); i++)
                g_string_append_unichar(plain, letters[i]);
        } else
            g_string_append_unichar(plain, letter);
    }
    while (plain->len > 0 && g_ascii_isspace(plain->str[plain->len - 1]))
        g_string_truncate(plain, plain->len - 1);
    return g_string_free(plain, FALSE);
}

bool intake_ocr_is_blank(PIX *picture)
{
    PIX *gray = pixConvertTo8(picture, 0);
    if (gray == NULL)
        return true;
    NUMA *counts = pixGetGrayHistogram(gray, 1);
    gint64 all = (gint64)pixGetWidth(gray) * pixGetHeight(gray), most = 0;
    int paper = 0, n = 0;
    for (int i = 0; i < 256; i++) {
        numaGetIValue(counts, i, &n);
        if (n > most) {
            most = n;
            paper = i;
        }
    }
    gint64 ink = 0;
    for (int i = 0; i < 256; i++) {
        numaGetIValue(counts, i, &n);
        ink += ABS(i - paper) > 48 ? n : 0;
    }
    numaDestroy(&counts);
    pixDestroy(&gray);
    return ink * 50000 < all || ink < 20;
}

/* Of a size at which letters are neither lost nor cost minutes. Transfers. */
static PIX *fitted(PIX *picture)
{
    PIX *gray = pixConvertTo8(picture, 0);
    if (gray == NULL)
        return NULL;
    double width = pixGetWidth(gray), height = pixGetHeight(gray);
    double scale = 1;
    if (width * height > OCR_PIXELS_READ)
        scale = sqrt(OCR_PIXELS_READ / (width * height));
    else if (MIN(width, height) < SHORT_SIDE_LEAST && width * height < OCR_PIXELS_READ / 4)
        scale = 2;
    if (scale == 1)
        return gray;
    PIX *scaled = pixScale(gray, (l_float32)scale, (l_float32)scale);
    pixDestroy(&gray);
    return scaled;
}

static char *read_once(IntakeOcr *ocr, PIX *picture, guint dpi, guint *ret_confidence,
                       guint *ret_letters)
{
    TessBaseAPISetImage2(ocr->tesseract, picture);
    if (dpi > 0)
        TessBaseAPISetSourceResolution(ocr->tesseract, (int)dpi);
    char *read = TessBaseAPIGetUTF8Text(ocr->tesseract);
    char *text =
        read != NULL && g_utf8_validate(read, -1, NULL) ? intake_ocr_plain(read) : g_strdup("");
    TessDeleteText(read);
    *ret_letters = intake_ocr_letters(text);
    *ret_confidence =
        *ret_letters > 0 ? (guint)CLAMP(TessBaseAPIMeanTextConf(ocr->tesseract), 0, 100) : 0;
    TessBaseAPIClear(ocr->tesseract);
    return text;
}

/* Read the right way up: sure, and made of words. A sheet on its side is read as signs and digits.
 */
static bool is_good(const char *text, guint confidence, guint letters)
{
    guint shown = 0;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        shown += g_unichar_isgraph(g_utf8_get_char(at));
    return confidence >= CONFIDENCE_GOOD && letters * 2 >= shown;
}

char *intake_ocr_read(IntakeOcr *ocr, PIX *picture, guint dpi, guint *ret_confidence,
                      guint *ret_letters)
{
    *ret_confidence = *ret_letters = 0;
    PIX *upright = fitted(picture);
    if (upright == NULL)
        return g_strdup("");
    char *best = read_once(ocr, upright, dpi, ret_confidence, ret_letters);
    for (int quarter = 1; quarter < 4 && !is_good(best, *ret_confidence, *ret_letters); quarter++) {
        PIX *turned = pixRotateOrth(upright, quarter); /* a sheet photographed sideways */
        guint confidence, letters;
        char *text = read_once(ocr, turned, dpi, &confidence, &letters);
        pixDestroy(&turned);
        if ((guint64)confidence * letters > (guint64)*ret_confidence * *ret_letters) {
            g_free(best);
            best = text;
            *ret_confidence = confidence;
            *ret_letters = letters;
        } else
            g_free(text);
    }
    pixDestroy(&upright);
    return best;
}

bool intake_ocr_tell(const char *text, guint confidence, guint letters, const char *name,
                     const IntakePart *model, IntakePartFound found, void *context, GError **error)
{
    g_autofree char *percent = i18n_integer(confidence);
    IntakePart part = model != NULL ? *model : (IntakePart){0};
    g_autofree char *shown =
        g_strdup_printf(_("%s (read optically, mean confidence %s of 100)"), name, percent);
    g_autofree char *problem = NULL;
    part.name = shown;
    if (letters < OCR_LETTERS_LEAST || confidence < OCR_CONFIDENCE_LEAST) {
        part.name = name;
        problem = letters < OCR_LETTERS_LEAST
                      ? g_strdup_printf(_("No text was found on “%s” by optical reading in Persian "
                                          "and English, in all four directions."),
                                        name)
                      : g_strdup_printf(_("“%s” cannot be read optically: in all four directions "
                                          "the mean confidence stays at %s of 100. Type off what a "
                                          "person can read, or take a sharper picture."),
                                        name, percent);
        part.problem = problem;
    }
    if (letters > 0) {
        part.text = text;
        part.length = strlen(text);
    }
    return found(context, &part, error);
}
