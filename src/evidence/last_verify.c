#include "evidence/last_verify.h"

#include "evidence/note_place.h"
#include <jansson.h>
#include <stdlib.h>

void evidence_last_verify_save(const char *folder, const EvidenceLastVerify *last)
{
    evidence_note_prepare(folder);
    g_autofree char *path = evidence_note_path(folder, EVIDENCE_LAST_VERIFY_FILE);
    json_t *object = json_pack("{s:I, s:I, s:b}", "time", (json_int_t)last->time, "head",
                               (json_int_t)last->head, "fits", (int)last->fits);
    char *text = json_dumps(object, 0);
    json_decref(object);
    g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
    free(text); /* jansson's own allocator */
}

bool evidence_last_verify_load(const char *folder, EvidenceLastVerify *ret)
{
    g_autofree char *path = evidence_note_path(folder, EVIDENCE_LAST_VERIFY_FILE);
    json_t *object = json_load_file(path, 0, NULL);
    json_int_t time, head;
    int fits;
    const bool read =
        object != NULL &&
        json_unpack(object, "{s:I, s:I, s:b}", "time", &time, "head", &head, "fits", &fits) == 0 &&
        time >= 0 && head >= 0;
    json_decref(object);
    if (read)
        *ret = (EvidenceLastVerify){.time = time, .head = head, .fits = fits != 0};
    return read;
}
