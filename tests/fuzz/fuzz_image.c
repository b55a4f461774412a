/* Any bytes as a picture: parts, problems or a sentence. The letters on it are not read
 * (tesseract's data are hidden): what meets a stranger's bytes is the decoding of the picture. */
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
    return fuzz_reader(intake_paper_read_image, data, size);
}
