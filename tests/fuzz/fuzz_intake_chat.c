/* Any bytes are guessed to be some format; read as either chat they end in parts that stand in the
 * bytes, one after the other, or in an error. The first line of a table or of entities likewise. */
#include "intake/formats.h"
#include "intake/ftm.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    size_t size;
    guint64 at;
} Seen;

static bool check(void *context, const IntakePart *part, GError **error)
{
    Seen *seen = context;
    (void)error;
    g_assert((part->text != NULL) || part->problem != NULL || part->skipped != NULL);
    if (part->text != NULL && part->problem == NULL)
        g_assert(g_utf8_validate(part->text, (gssize)part->length, NULL));
    if (part->span > 0) {
        g_assert(part->offset >= seen->at && part->offset + part->span <= seen->size);
        seen->at = part->offset;
    }
    return true;
}

static void read_entity(const uint8_t *data, size_t size)
{
    json_t *entity = json_loadb((const char *)data, size, 0, NULL);
    char *values[INTAKE_N_FIELDS] = {NULL};
    json_t *extra = NULL;
    const char *left_out = NULL;
    g_autoptr(GError) error = NULL;
    bool read = entity != NULL && intake_ftm_read(entity, values, &extra, &left_out, &error);
    g_assert(entity == NULL || read == (error == NULL));
    for (gsize i = 0; i < INTAKE_N_FIELDS; i++)
        g_free(values[i]);
    json_decref(extra);
    json_decref(entity);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    IntakeFormat format = intake_format_guess("F", text, size);
    g_assert(format > INTAKE_FORMAT_AUTO && format < INTAKE_N_FORMATS);
    static const IntakePartsReader READERS[] = {intake_read_telegram, intake_read_whatsapp};
    for (gsize i = 0; i < G_N_ELEMENTS(READERS); i++) {
        g_autoptr(GError) error = NULL;
        Seen seen = {size, 0};
        bool read = READERS[i]("F", data, size, check, &seen, &error);
        g_assert(read == (error == NULL));
    }
    read_entity(data, size);
    return 0;
}
