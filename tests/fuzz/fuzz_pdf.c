/* Any bytes as a PDF: parts, problems or a sentence. Optical reading is left out (its data are
 * hidden): it costs seconds a page, and pictures have a harness of their own. */
#include "fuzz_parts.h"
#include "intake/paper.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    g_setenv("TESSDATA_PREFIX", "/nonexistent", TRUE);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_reader(intake_paper_read_pdf, data, size);
}
