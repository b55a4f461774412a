/* Any bytes as kept pages: parts, problems or a sentence. */
#include "fuzz_parts.h"
#include "intake/warc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(IntakeWarcAnswer) answer = {0};
    intake_warc_answer((const char *)data, size, &answer);
    return fuzz_reader(intake_read_warc, data, size);
}
