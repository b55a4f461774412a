/* What every reader of files promises: parts that are UTF-8, problems, or one error sentence. */
#pragma once
#include "intake/parts.h"
#include <stdint.h>
#include <string.h>

static inline void fuzz_check_text(const char *text)
{
    g_assert_true(text == NULL || g_utf8_validate(text, -1, NULL));
}

static inline bool fuzz_take(void *count, const IntakePart *part, GError **error)
{
    g_assert_true(part->text == NULL || g_utf8_validate(part->text, (gssize)part->length, NULL));
    g_assert_cmpuint(part->length, <=, INTAKE_PART_TEXT_MAX);
    fuzz_check_text(part->name);
    fuzz_check_text(part->media_type);
    fuzz_check_text(part->title);
    fuzz_check_text(part->sender);
    fuzz_check_text(part->external_id);
    fuzz_check_text(part->problem);
    fuzz_check_text(part->skipped);
    g_assert_true(part->url == NULL || g_str_has_prefix(part->url, "http") ||
                  g_ascii_strncasecmp(part->url, "http", 4) == 0);
    g_assert_cmpint(part->when, >=, 0);
    ++*(gsize *)count;
    return true;
}

static inline int fuzz_reader(IntakePartsReader reader, const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    gsize parts = 0;
    bool done = reader("F", data, size, fuzz_take, &parts, &error);
    g_assert_true(done == (error == NULL));
    g_assert_true(error == NULL || error->domain == ZENHAR_ERROR);
    return 0;
}
