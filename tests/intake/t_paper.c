/* Paper: PDFs and pictures drawn here by cairo and pango, and read back: text and metadata of
 * pages, scans by optical reading, what is blank, hopeless, locked or damaged. */
#include "base/i18n.h"
#include "intake/ocr.h"
#include "intake/paper.h"
#include "intake/pdf_text.h"
#include "intake/sandbox.h"

#include <cairo-pdf.h>
#include <glib/gstdio.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

/* Fontconfig keeps what pango asked it to the end of the process; all else must be given back. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

typedef struct {
    GPtrArray *names, *texts, *problems, *titles, *senders;
    gint64 when;
} Taken;

static Taken *taken_new(void)
{
    Taken *taken = g_new0(Taken, 1);
    GPtrArray **all[] = {&taken->names, &taken->texts, &taken->problems, &taken->titles,
                         &taken->senders};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        *all[i] = g_ptr_array_new_with_free_func(g_free);
    return taken;
}

static void taken_free(Taken *taken)
{
    g_ptr_array_unref(taken->names);
    g_ptr_array_unref(taken->texts);
    g_ptr_array_unref(taken->problems);
    g_ptr_array_unref(taken->titles);
    g_ptr_array_unref(taken->senders);
    g_free(taken);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Taken, taken_free)

static bool take(void *context, const IntakePart *part, GError **error)
{
    Taken *taken = context;
    if (part->problem != NULL) {
        g_ptr_array_add(taken->problems, g_strdup(part->problem));
        return true;
    }
    g_ptr_array_add(taken->names, g_strdup(part->name));
    g_ptr_array_add(taken->texts, g_strndup(part->text, part->length));
    g_ptr_array_add(taken->titles, g_strdup(part->title));
    g_ptr_array_add(taken->senders, g_strdup(part->sender));
    taken->when = part->when;
    return true;
}

static Taken *read_all(IntakePartsReader reader, const char *name, const GByteArray *bytes)
{
    g_autoptr(GError) error = NULL;
    Taken *taken = taken_new();
    bool read = intake_sandboxed(reader, name, bytes->data, bytes->len, take, taken, &error);
    g_assert_no_error(error);
    g_assert_true(read);
    for (guint i = 0; i < taken->names->len; i++)
        g_test_message("%s: %s", (char *)g_ptr_array_index(taken->names, i),
                       (char *)g_ptr_array_index(taken->texts, i));
    for (guint i = 0; i < taken->problems->len; i++)
        g_test_message("problem: %s", (char *)g_ptr_array_index(taken->problems, i));
    return taken;
}

static const char *text_of(const Taken *taken, guint i)
{
    g_assert_cmpuint(i, <, taken->texts->len);
    return g_ptr_array_index(taken->texts, i);
}

static void assert_words(const char *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strstr(text, *words) == NULL) {
            g_test_message("“%s” is not in “%s”", *words, text);
            g_test_fail();
        }
}

static void assert_told(const Taken *taken, const char *words)
{
    for (guint i = 0; i < taken->problems->len; i++)
        if (strstr(g_ptr_array_index(taken->problems, i), words) != NULL)
            return;
    g_test_message("no problem says “%s”", words);
    g_test_fail();
}

static cairo_status_t keep(void *context, const unsigned char *bytes, unsigned length)
{
    g_byte_array_append(context, bytes, length);
    return CAIRO_STATUS_SUCCESS;
}

static void draw_text(cairo_t *cairo, const char *text, double size, double width)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string("Noto Naskh Arabic");
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, (int)width * PANGO_SCALE);
    pango_layout_set_text(layout, text, -1);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    pango_cairo_show_layout(cairo, layout);
    pango_font_description_free(font);
    g_object_unref(layout);
}

/* A sheet of paper with a text on it; `quarters` turned by so many quarters. */
static cairo_surface_t *sheet(const char *text, int quarters)
{
    int wide = quarters % 2 == 0 ? 1200 : 700, high = quarters % 2 == 0 ? 700 : 1200;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, wide, high);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_translate(cairo, wide / 2.0, high / 2.0);
    cairo_rotate(cairo, quarters * G_PI / 2);
    cairo_translate(cairo, -600 + 50, -350 + 50);
    draw_text(cairo, text, 40, 1100);
    cairo_destroy(cairo);
    return surface;
}

static GByteArray *png(cairo_surface_t *surface)
{
    GByteArray *bytes = g_byte_array_new();
    cairo_surface_write_to_png_stream(surface, keep, bytes);
    cairo_surface_destroy(surface);
    return bytes;
}

/* Without لا: where the typeface has it as one sign (DejaVu, all that a fresh Debian has for
 * Persian), a PDF of Cairo's own says it the wrong way round, and «الف» forbids to turn it back. */
static const char PERSIAN[] =
    "دادگاه کیفری تهران برای سه نفر حکم زندان صادر کرد.\n"
    "خانواده‌ها از وضعیت بازداشت‌شدگان خبری ندارند.\n"
    "این گزارش را در شهر شیراز برای خانوادهٔ زندانیان "
    "نوشته‌اند.";
static const char *const PERSIAN_WORDS[] = {"دادگاه", "کیفری", "تهران", "زندان",
                                            "گزارش",  "شیراز", "خبری",  NULL};

static void picture_of_persian_is_read(void)
{
    g_autoptr(GByteArray) bytes = png(sheet(PERSIAN, 0));
    g_autoptr(Taken) taken = read_all(intake_read_image, "scan.png", bytes);
    g_assert_cmpuint(taken->problems->len, ==, 0);
    assert_words(text_of(taken, 0), PERSIAN_WORDS);
    g_assert_nonnull(strstr(g_ptr_array_index(taken->names, 0), "mean confidence"));
}

static void picture_of_english_is_read(void)
{
    g_autoptr(GByteArray) bytes =
        png(sheet("Three people were summoned to the court\nin Shiraz on 28 June 2025.", 0));
    g_autoptr(Taken) taken = read_all(intake_read_image, "scan.png", bytes);
    assert_words(text_of(taken, 0),
                 (const char *[]){"people", "summoned", "Shiraz", "28 June 2025", NULL});
}

static void sideways_picture_is_turned(void)
{
    g_autoptr(GByteArray) bytes = png(sheet(PERSIAN, 1));
    g_autoptr(Taken) taken = read_all(intake_read_image, "photo.png", bytes);
    assert_words(text_of(taken, 0), PERSIAN_WORDS);
}

static void blank_picture_is_a_problem(void)
{
    g_autoptr(GByteArray) bytes = png(sheet("", 0));
    g_autoptr(Taken) taken = read_all(intake_read_image, "empty.png", bytes);
    g_assert_cmpuint(taken->texts->len, ==, 0);
    g_assert_cmpuint(taken->problems->len, ==, 1);
    assert_told(taken, "blank");
}

static void noise_is_a_problem(void)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 400, 300);
    guint8 *pixels = cairo_image_surface_get_data(surface);
    guint32 state = 1;
    for (int i = 0; i < cairo_image_surface_get_stride(surface) * 300; i++) {
        state = state * 1664525u + 1013904223u;
        pixels[i] = (guint8)(state >> 24);
    }
    cairo_surface_mark_dirty(surface);
    g_autoptr(GByteArray) bytes = png(surface);
    g_autoptr(Taken) taken = read_all(intake_read_image, "noise.png", bytes);
    g_assert_cmpuint(taken->texts->len, ==, 0);
    g_assert_cmpuint(taken->problems->len, ==, 1);
    assert_told(taken, "in all four directions");
}

static void damaged_picture_is_a_problem(void)
{
    g_autoptr(GByteArray) bytes = png(sheet(PERSIAN, 0));
    g_byte_array_set_size(bytes, bytes->len / 3);
    g_autoptr(Taken) cut = read_all(intake_read_image, "cut.png", bytes);
    g_assert_cmpuint(cut->problems->len + cut->texts->len, ==, 1);
    g_autoptr(GByteArray) words = g_byte_array_new();
    g_byte_array_append(words, (const guint8 *)"no picture at all", 17);
    g_autoptr(Taken) none = read_all(intake_read_image, "words.png", words);
    assert_told(none, "damaged picture");
}

/* A header that promises 60,000 × 60,000 pixels (PNG, IHDR) costs a sentence, no memory. */
static void huge_picture_is_a_problem(void)
{
    static const guint8 HUGE_PNG[] = {0x89, 'P', 'N', 'G', 13,  10, 26,   10,   0, 0, 0,    13,
                                      'I',  'H', 'D', 'R', 0,   0,  0xEA, 0x60, 0, 0, 0xEA, 0x60,
                                      8,    2,   0,   0,   0,   0,  0,    0,    0, 0, 0,    0,
                                      0,    'I', 'D', 'A', 'T', 0,  0,    0,    0};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_append(bytes, HUGE_PNG, sizeof HUGE_PNG);
    g_autoptr(Taken) taken = read_all(intake_read_image, "huge.png", bytes);
    g_assert_cmpuint(taken->problems->len, ==, 1);
    assert_told(taken, "64 million pixels");
}

static void missing_language_names_the_package(void)
{
    g_autofree char *folder = g_dir_make_tmp("zenhar-XXXXXX", NULL);
    g_autofree char *before = g_strdup(g_getenv("TESSDATA_PREFIX"));
    g_setenv("TESSDATA_PREFIX", folder, TRUE);
    g_autoptr(GByteArray) bytes = png(sheet(PERSIAN, 0));
    g_autoptr(Taken) taken = taken_new();
    g_autoptr(GError) error = NULL;
    g_assert_true(
        intake_paper_read_image("scan.png", bytes->data, bytes->len, take, taken, &error));
    g_assert_cmpuint(taken->texts->len, ==, 0);
    assert_told(taken, "tesseract-ocr-fas");
    if (before != NULL)
        g_setenv("TESSDATA_PREFIX", before, TRUE);
    else
        g_unsetenv("TESSDATA_PREFIX");
    g_rmdir(folder);
}

static void show_page(cairo_t *cairo, const char *text)
{
    cairo_save(cairo);
    cairo_translate(cairo, 50, 50);
    draw_text(cairo, text, 14, 495);
    cairo_restore(cairo);
    cairo_show_page(cairo);
}

/* Three pages: Persian, English, a scan; between them a blank one. */
static GByteArray *pdf(void)
{
    GByteArray *bytes = g_byte_array_new();
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(keep, bytes, 595, 842);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, "گزارش ماه");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, "Example Office");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2025-06-28T10:00:00Z");
    cairo_t *cairo = cairo_create(surface);
    show_page(cairo, PERSIAN);
    show_page(cairo, "Three people were summoned to the court in Shiraz.");
    cairo_show_page(cairo);
    cairo_surface_t *scan = sheet(PERSIAN, 0);
    cairo_scale(cairo, 595.0 / 1200, 595.0 / 1200);
    cairo_set_source_surface(cairo, scan, 0, 0);
    cairo_paint(cairo);
    cairo_show_page(cairo);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    cairo_surface_destroy(scan);
    return bytes;
}

static void pages_and_scans_of_a_pdf_are_read(void)
{
    g_autoptr(GByteArray) bytes = pdf();
    g_autoptr(Taken) taken = read_all(intake_read_pdf, "report.pdf", bytes);
    g_assert_cmpuint(taken->problems->len, ==, 0);
    g_assert_cmpuint(taken->texts->len, ==, 3);
    assert_words(text_of(taken, 0), PERSIAN_WORDS);
    g_assert_cmpstr(text_of(taken, 1), ==, "Three people were summoned to the court in Shiraz.");
    assert_words(text_of(taken, 2), PERSIAN_WORDS);
    g_assert_true(g_str_has_prefix(g_ptr_array_index(taken->names, 0), "page 1"));
    g_assert_true(g_str_has_prefix(g_ptr_array_index(taken->names, 2), "page 4 (read optically"));
    for (guint i = 0; i < 3; i++) {
        g_assert_cmpstr(g_ptr_array_index(taken->titles, i), ==, "گزارش ماه");
        g_assert_cmpstr(g_ptr_array_index(taken->senders, i), ==, "Example Office");
    }
    g_assert_cmpint(taken->when, ==, 1751104800); /* date -u -d 2025-06-28T10:00:00Z +%s */
}

/* Persian comes in the order of reading, not of drawing. */
static void persian_is_in_logical_order(void)
{
    g_autoptr(GByteArray) bytes = pdf();
    g_autoptr(Taken) taken = read_all(intake_read_pdf, "report.pdf", bytes);
    const char *text = text_of(taken, 0);
    const char *first = strstr(text, "دادگاه"), *second = strstr(text, "کیفری"),
               *third = strstr(text, "تهران"), *last = strstr(text, "شیراز");
    g_assert_true(first != NULL && first < second && second < third && third < last);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);
        g_assert_false((letter >= 0x202A && letter <= 0x202E) || letter == 0x200F);
        g_assert_false(letter >= 0xFB50 && letter <= 0xFEFC);
    }
}

static void no_pdf_is_an_error_and_damage_is_not(void)
{
    g_autoptr(Taken) taken = taken_new();
    g_autoptr(GError) error = NULL;
    g_assert_false(intake_sandboxed(intake_read_pdf, "x.pdf", "words", 5, take, taken, &error));
    g_assert_error(error, ZENHAR_ERROR, (int)ZENHAR_ERROR_INPUT);
    g_autoptr(GByteArray) bytes = pdf();
    for (guint cut = 1; cut < 4; cut++) {
        g_autoptr(Taken) parts = taken_new();
        g_autoptr(GError) refused = NULL;
        bool read = intake_sandboxed(intake_read_pdf, "cut.pdf", bytes->data, bytes->len * cut / 40,
                                     take, parts, &refused);
        g_assert_true(read == (refused == NULL));
        g_assert_true(!read || parts->problems->len + parts->texts->len > 0);
    }
}

static void plain_text_is_made_of_what_comes(void)
{
    static const struct {
        const char *raw, *plain;
    } CASES[] = {
        {"\xe2\x80\xab"
         "سلام\xe2\x80\xac \n\n\n\nدنیا\f",
         "سلام\n\nدنیا"},
        {"ﺳﻼﻡ", "سلام"},                    /* presentation forms, LAM-ALEF among them */
        {"می‌شود", "می‌شود"}, /* a half-space stays */
        {"½ ﬁ", "½ ﬁ"},                     /* what is no Arabic form is not touched */
        {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *plain = intake_ocr_plain(CASES[i].raw);
        g_assert_cmpstr(plain, ==, CASES[i].plain);
    }
}

/* What poppler 22.12 gives for pages of our own letters, from the upper right to the lower left; [
 * and ] stand for U+202B and U+202C, < for U+202A. */
static void words_are_put_in_order(void)
{
    static const struct {
        const char *raw, *ordered;
    } CASES[] = {
        {"[گزارش][وضعیت] [:][ایران] [۲۰۲۵]", "گزارش وضعیت: ایران ۲۰۲۵"},
        {"[رقم‌ها][با] [هم] [جمع] [نمی‌شوند]",
         "رقم‌ها با هم جمع نمی‌شوند"},
        {"[د][ا][د][گ][ا][ه][ا] [ن][ق]", "دادگاه انق"},
        {"[<June]][<of]] [<fighting]] [<the]] [<after]]", "after the fighting of June"},
        {"[متن][<Rights]] [<Human]] [شورای] [ما]", "متن Human Rights شورای ما"},
        {"plain line\n[یک][دو] ", "plain line\nیک دو"},
        {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GString) raw = g_string_new(CASES[i].raw);
        g_string_replace(raw, "[", "\xe2\x80\xab", 0);
        g_string_replace(raw, "]", "\xe2\x80\xac", 0);
        g_string_replace(raw, "<", "\xe2\x80\xaa", 0);
        bool fragmented;
        g_autofree char *ordered = intake_pdf_in_order(raw->str, &fragmented);
        g_assert_cmpstr(ordered, ==, CASES[i].ordered);
        g_assert_false(fragmented);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    i18n_set_language(I18N_ENGLISH);
    g_test_add_func("/intake/paper/plain_text_is_made_of_what_comes",
                    plain_text_is_made_of_what_comes);
    g_test_add_func("/intake/paper/words_are_put_in_order", words_are_put_in_order);
    g_test_add_func("/intake/paper/pages_and_scans_of_a_pdf_are_read",
                    pages_and_scans_of_a_pdf_are_read);
    g_test_add_func("/intake/paper/persian_is_in_logical_order", persian_is_in_logical_order);
    g_test_add_func("/intake/paper/no_pdf_is_an_error_and_damage_is_not",
                    no_pdf_is_an_error_and_damage_is_not);
    g_test_add_func("/intake/paper/picture_of_persian_is_read", picture_of_persian_is_read);
    g_test_add_func("/intake/paper/picture_of_english_is_read", picture_of_english_is_read);
    g_test_add_func("/intake/paper/sideways_picture_is_turned", sideways_picture_is_turned);
    g_test_add_func("/intake/paper/blank_picture_is_a_problem", blank_picture_is_a_problem);
    g_test_add_func("/intake/paper/noise_is_a_problem", noise_is_a_problem);
    g_test_add_func("/intake/paper/damaged_picture_is_a_problem", damaged_picture_is_a_problem);
    g_test_add_func("/intake/paper/huge_picture_is_a_problem", huge_picture_is_a_problem);
    g_test_add_func("/intake/paper/missing_language_names_the_package",
                    missing_language_names_the_package);
    return g_test_run();
}
