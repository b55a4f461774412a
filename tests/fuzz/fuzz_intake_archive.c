/* Any bytes are parts within the limits, or an error sentence. */
#include "intake/parts.h"

#include <stdint.h>
#include <string.h>

typedef struct {
    guint n_parts;
    guint64 n_bytes;
} Seen;

static bool take(void *context, const IntakePart *part, GError **error)
{
    Seen *seen = context;
    seen->n_parts++;
    seen->n_bytes += part->n_bytes;
    g_assert(part->text == NULL && part->n_bytes <= INTAKE_PART_BYTES_MAX);
    g_assert((part->bytes != NULL) == (part->n_bytes > 0));
    g_assert(part->name == NULL || g_utf8_validate(part->name, -1, NULL));
    g_assert(part->problem == NULL || g_utf8_validate(part->problem, -1, NULL));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Seen seen = {0};
    g_autoptr(GError) error = NULL;
    bool read = intake_read_archive("a.zip", data, size, take, &seen, &error);
    g_assert(read == (error == NULL));
    g_assert(!read || seen.n_bytes <= INTAKE_PARTS_BYTES_MAX + INTAKE_PART_BYTES_MAX);
    g_assert(error == NULL || g_utf8_validate(error->message, -1, NULL));
    return 0;
}
