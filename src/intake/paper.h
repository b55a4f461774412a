/* intake/paper.h: PDFs and pictures are read by a module of their own, zenhar-paper.so.
 *
 *   intake_read_pdf, intake_read_image ──▶ paper.c ──dlopen──▶ zenhar-paper.so: paper_module.c
 *   (functions of the program)                                  read_pdf, read_image, ocr, pdf_text
 *
 * poppler, tesseract and leptonica bring twenty libraries along, whose loading took half of the
 * start of every command (24 ms, 11 without). The module is opened by the keeper of the sandbox
 * when the first such file is handed to it, before anything is shut. It is looked for in
 * $ZENHAR_MODULES, beside the program, and where it was installed. */
#pragma once
#include "intake/parts.h"

#define PAPER_MODULE "zenhar-paper.so"
#define PAPER_ENTRY  "zenhar_paper_open"

/** What the module asks of the program: words and errors. One language, one catalogue. */
typedef struct {
    const char *(*get)(const char *msgid);
    char *(*integer)(gint64 n);
    char *(*digits)(const char *text);
    GQuark (*error_quark)(void);
} PaperProgram;

/** What it gives. `version` is the program's: a module of another one is not used. */
typedef struct {
    const char *version;
    IntakePartsReader read_pdf, read_image;
} PaperModule;

/** The module's one exported function. `program` must live as long as the process. */
typedef const PaperModule *(*PaperOpen)(const PaperProgram *program);

/** Whether `reader` is one of the module's. */
bool intake_paper_is(IntakePartsReader reader);
/** Opens the module unless it is open. False where there is none: the readers then fail with
 *  ZENHAR_ERROR_IO and say so. Call it before a sandbox closes. Thread-safe. */
bool intake_paper_open(void);

/* The readers themselves, in the module (and in tests and fuzzers, which link them). Contract of
 * intake_read_pdf and intake_read_image. */
bool intake_paper_read_pdf(const char *name, const void *bytes, gsize length, IntakePartFound found,
                           void *context, GError **error);
bool intake_paper_read_image(const char *name, const void *bytes, gsize length,
                             IntakePartFound found, void *context, GError **error);
