#include "evidence/last_verify.h"

#include <string.h>

static char *path_of(const char *folder)
{
    return g_build_filename(folder, EVIDENCE_LAST_VERIFY_FILE, NULL);
}

void evidence_last_verify_save(const char *folder, const EvidenceLastVerify *last)
{
    g_autofree char *path = path_of(folder);
    g_autofree char *text = g_strdup_printf("{\"time\": %" G_GINT64_FORMAT
                                            ", \"head\": %" G_GINT64_FORMAT ", \"fits\": %s}\n",
                                            last->time, last->head, last->fits ? "true" : "false");
    g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

static bool number(const char *text, const char *name, gint64 *ret)
{
    const char *at = strstr(text, name);
    char *end = NULL;
    if (at == NULL)
        return false;
    *ret = g_ascii_strtoll(at + strlen(name), &end, 10);
    return end != at + strlen(name) && *ret >= 0;
}

/* Only what save writes. */
bool evidence_last_verify_load(const char *folder, EvidenceLastVerify *ret)
{
    g_autofree char *path = path_of(folder), *text = NULL;
    EvidenceLastVerify last = {0};
    if (!g_file_get_contents(path, &text, NULL, NULL) || !number(text, "\"time\": ", &last.time) ||
        !number(text, "\"head\": ", &last.head))
        return false;
    last.fits = strstr(text, "\"fits\": true") != NULL;
    *ret = last;
    return true;
}
