/* tests/intake/collect.h: what a reader of files hands over, kept for a test. */
#pragma once
#include "intake/parts.h"
#include <string.h>

typedef struct {
    char *name, *media_type, *text, *title, *sender, *url, *language, *external_id, *problem,
        *skipped;
    GBytes *bytes;
    gint64 when;
    guint64 offset, span;
    bool sender_public;
} Part;

static inline void part_free(gpointer data)
{
    Part *p = data;
    char *const texts[] = {p->name, p->media_type, p->text,        p->title,   p->sender,
                           p->url,  p->language,   p->external_id, p->problem, p->skipped};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_bytes_unref(p->bytes);
    g_free(p);
}

/* An IntakePartFound; the context is a GPtrArray of Part. Text is counted and valid. */
static inline bool part_collect(void *parts, const IntakePart *part, GError **error)
{
    Part *p = g_new0(Part, 1);
    p->name = g_strdup(part->name);
    p->media_type = g_strdup(part->media_type);
    if (part->text != NULL) {
        g_assert_true(g_utf8_validate(part->text, (gssize)part->length, NULL));
        p->text = g_strndup(part->text, part->length);
    }
    p->title = g_strdup(part->title);
    p->sender = g_strdup(part->sender);
    p->url = g_strdup(part->url);
    p->language = g_strdup(part->language);
    p->external_id = g_strdup(part->external_id);
    p->problem = g_strdup(part->problem);
    p->skipped = g_strdup(part->skipped);
    p->bytes = g_bytes_new(part->bytes, part->n_bytes);
    p->when = part->when;
    p->offset = part->offset;
    p->span = part->span;
    p->sender_public = part->sender_public;
    g_ptr_array_add(parts, p);
    return true;
}

/* Parts of bytes that must be readable. Transfers. */
static inline GPtrArray *parts_read(IntakePartsReader reader, const char *name, const void *bytes,
                                    gssize length)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *parts = g_ptr_array_new_with_free_func(part_free);
    gsize n = length < 0 ? strlen(bytes) : (gsize)length;
    /* A copy of just that length: a sanitizer sees a byte read beyond it. */
    g_autofree char *copy = n > 0 ? g_memdup2(bytes, n) : NULL;
    g_assert_true(reader(name, copy, n, part_collect, parts, &error));
    g_assert_no_error(error);
    return parts;
}

static inline const Part *part_at(GPtrArray *parts, guint i)
{
    g_assert_cmpuint(i, <, parts->len);
    return g_ptr_array_index(parts, i);
}
