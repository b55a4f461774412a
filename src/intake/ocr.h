/* intake/ocr.h: letters out of pixels, by tesseract in Persian and English; one reader for the
 * pages of one file. */
#pragma once
#include "intake/parts.h"

#include <leptonica/allheaders.h>

/* A fuzzer looks for what breaks, not for how long 64 million pixels take. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define OCR_MEGAPIXEL (1 << 12)
#else
#define OCR_MEGAPIXEL (1 << 20)
#endif

enum {
    OCR_PIXELS_MAX = 64 * OCR_MEGAPIXEL,  /**< of a picture, before it is read at all */
    OCR_PIXELS_READ = 25 * OCR_MEGAPIXEL, /**< larger ones are made smaller first */
    OCR_CONFIDENCE_LEAST = 40,            /**< below this mean (of 100) what was read is no text */
    OCR_LETTERS_LEAST = 3,
};

typedef struct IntakeOcr IntakeOcr;

/** NULL with a sentence that names the package when language data are missing. */
IntakeOcr *intake_ocr_new(GError **error);
void intake_ocr_free(IntakeOcr *ocr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeOcr, intake_ocr_free)

/** Reads a picture, turned as it is read best when it is poor as it stands. `confidence` is the
 *  mean over words, 0 to 100; `letters` how many were found. `dpi` 0: unknown. Borrows the picture;
 *  transfers the text (may be empty). */
char *intake_ocr_read(IntakeOcr *ocr, PIX *picture, guint dpi, guint *ret_confidence,
                      guint *ret_letters);

/** Hands over what was read as one part: the text, named `name` with the confidence; or a problem
 *  when it cannot be trusted. `model` gives title, sender and day; may be NULL. */
bool intake_ocr_tell(const char *text, guint confidence, guint letters, const char *name,
                     const IntakePart *model, IntakePartFound found, void *context, GError **error);

/** Whether nothing stands on the picture: hardly a pixel differs from the paper. */
bool intake_ocr_is_blank(PIX *picture);

/** A text as it comes out of a PDF or a picture, made plain: marks of direction and form feeds
 *  away, presentation forms as letters, no blanks at the ends of lines. Half-spaces stay.
 *  Transfers. */
char *intake_ocr_plain(const char *text);
/** Letters of a text. */
guint intake_ocr_letters(const char *text);
