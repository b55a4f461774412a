/* The two stages put together, and the list of changes of the whole. */
#include "text/private.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/limits.h"
#include <stdlib.h>
#include <string.h>

static const char *const RULE_NAMES[TEXT_N_RULES] = {
    "bytes",   "letters",  "presentation", "compose", "digits", "diacritics",
    "tatweel", "controls", "spaces",       "tidy",    "join",   "split",
};

const char *text_rule_name(TextRule rule)
{
    g_assert((guint)rule < TEXT_N_RULES);
    return RULE_NAMES[rule];
}

bool text_rule_parse(const char *name, TextRule *ret_rule)
{
    for (guint i = 0; i < TEXT_N_RULES; i++)
        if (strcmp(RULE_NAMES[i], name) == 0) {
            *ret_rule = (TextRule)i;
            return true;
        }
    return false;
}

TextOptions text_options_default(void)
{
    return (TextOptions){
        .rules = ((1u << TEXT_N_RULES) - 1) & ~(1u << TEXT_RULE_DIACRITICS),
        .digits = TEXT_DIGITS_UNIFY,
        .convention = TEXT_CONVENTION_ACADEMY,
        .list_changes = true,
    };
}

bool text_error_memory(GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY, "%s",
                _("There is not enough memory for this text; give it in smaller parts."));
    return false;
}

bool text_error_length(gsize length, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                _("A text of %lu bytes is too long at a time; the limit is %u."), length,
                LIMIT_TEXT_BYTES);
    return false;
}

/* ---- the sink ---- */

bool text_sink_room(TextSink *sink, gsize bytes)
{
    if (sink->failed)
        return false;
    if (sink->length + bytes + 1 <= sink->room)
        return true;
    gsize room = (sink->length + bytes + 1) + sink->room / 2 + 64;
    char *text = realloc(sink->text, room);
    if (text == NULL) {
        sink->failed = true;
        return false;
    }
    sink->text = text;
    sink->room = room;
    return true;
}

void text_sink_write(TextSink *sink, const char *bytes, gsize length)
{
    if (length == 0 || !text_sink_room(sink, length))
        return;
    memcpy(sink->text + sink->length, bytes, length);
    sink->length += length;
}

void text_sink_change(TextSink *sink, gsize start, gsize end, const char *bytes, gsize length,
                      TextRule rule, double confidence)
{
    gsize out_start = sink->length;
    text_sink_write(sink, bytes, length);
    if (!sink->list || sink->failed)
        return;
    if (sink->n_changes == sink->changes_room) {
        gsize room = sink->changes_room * 2 + 16;
        TextChange *changes = realloc(sink->changes, room * sizeof *changes);
        if (changes == NULL) {
            sink->failed = true;
            return;
        }
        sink->changes = changes;
        sink->changes_room = room;
    }
    sink->changes[sink->n_changes++] = (TextChange){
        .start = start,
        .end = end,
        .out_start = out_start,
        .out_end = out_start + length,
        .rule = rule,
        .confidence = (float)confidence,
    };
}

void text_sink_clear(TextSink *sink)
{
    free(sink->text);
    free(sink->changes);
    *sink = (TextSink){0};
}

/* ---- two lists of changes as one ---- */

/* The original's offset of an offset between the stages. `after`: of the end of a span. */
static gsize stage_origin(const TextChange *changes, gsize n, gsize *cursor, gsize offset,
                          bool after)
{
    while (*cursor < n &&
           (changes[*cursor].out_end < offset || (after && changes[*cursor].out_end == offset)))
        (*cursor)++;
    gsize i = *cursor;
    if (i < n && changes[i].out_start < offset)
        return after ? changes[i].end : changes[i].start;
    if (i == 0)
        return offset;
    return offset - changes[i - 1].out_end + changes[i - 1].end;
}

/* Changes of stage two lie in stage one's output; both in order. Where the two touch the same
 * bytes, one change with stage two's rule covers both. */
static void join_changes(const TextSink *one, const TextSink *two, TextSink *ret)
{
    gsize i = 0, cursor_start = 0, cursor_end = 0;
    gint64 shift = 0; /* stage two's output minus stage one's, so far */
    for (gsize k = 0; k < two->n_changes && !ret->failed; k++) {
        TextChange change = two->changes[k];
        while (i < one->n_changes && one->changes[i].out_end <= change.start) {
            TextChange early = one->changes[i++];
            text_sink_change(ret, early.start, early.end, NULL, 0, early.rule, early.confidence);
            TextChange *last = &ret->changes[ret->n_changes - 1];
            last->out_start = early.out_start + (gsize)shift;
            last->out_end = early.out_end + (gsize)shift;
        }
        gsize start =
            stage_origin(one->changes, one->n_changes, &cursor_start, change.start, false);
        gsize end = change.end == change.start
                        ? start
                        : stage_origin(one->changes, one->n_changes, &cursor_end, change.end, true);
        if (i > 0 && start < one->changes[i - 1].end)
            start = one->changes[i - 1].end;
        while (i < one->n_changes && one->changes[i].out_start < change.end) {
            end = MAX(end, one->changes[i].end);
            start = MIN(start, one->changes[i].start);
            i++;
        }
        text_sink_change(ret, start, MAX(start, end), NULL, 0, change.rule, change.confidence);
        if (ret->failed)
            break;
        TextChange *last = &ret->changes[ret->n_changes - 1];
        last->out_start = change.out_start;
        last->out_end = change.out_end;
        shift = (gint64)change.out_end - (gint64)change.end;
    }
    for (; i < one->n_changes && !ret->failed; i++) {
        TextChange late = one->changes[i];
        text_sink_change(ret, late.start, late.end, NULL, 0, late.rule, late.confidence);
        if (ret->failed)
            break;
        TextChange *last = &ret->changes[ret->n_changes - 1];
        last->out_start = late.out_start + (gsize)shift;
        last->out_end = late.out_end + (gsize)shift;
    }
}

bool text_normalize(const char *text, gsize length, const TextOptions *options,
                    TextNormal *ret_normal, GError **error)
{
    if (length > LIMIT_TEXT_BYTES)
        return text_error_length(length, error);
    TextSink one = {.list = options->list_changes};
    text_sink_room(&one, length + length / 16);
    text_letters(text, length, options, &one);
    TextSink result = one;
    bool half_spaces = (options->rules & (1u << TEXT_RULE_JOIN | 1u << TEXT_RULE_SPLIT)) != 0;
    if (half_spaces && !one.failed) {
        TextSink two = {.list = options->list_changes}, joined = {.list = true};
        text_sink_room(&two, one.length + one.length / 16);
        text_halfspaces(one.text, one.length, options, &two);
        if (options->list_changes && !two.failed)
            join_changes(&one, &two, &joined);
        result = (TextSink){
            .text = two.text,
            .length = two.length,
            .room = two.room,
            .changes = joined.changes,
            .n_changes = joined.n_changes,
            .failed = two.failed || joined.failed,
        };
        two.text = NULL;
        joined.changes = NULL;
        text_sink_clear(&one);
        text_sink_clear(&two);
        text_sink_clear(&joined);
    }
    if (result.failed || !text_sink_room(&result, 0)) {
        text_sink_clear(&result);
        return text_error_memory(error);
    }
    result.text[result.length] = '\0';
    *ret_normal = (TextNormal){
        .text = result.text,
        .length = result.length,
        .changes = result.changes,
        .n_changes = result.n_changes,
    };
    return true;
}

void text_normal_clear(TextNormal *normal)
{
    free(normal->text);
    free(normal->changes);
    *normal = (TextNormal){0};
}

gsize text_normal_origin(const TextNormal *normal, gsize offset)
{
    gsize low = 0, high = normal->n_changes; /* first change that ends after offset */
    while (low < high) {
        gsize middle = low + (high - low) / 2;
        if (normal->changes[middle].out_end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < normal->n_changes && normal->changes[low].out_start <= offset)
        return normal->changes[low].start;
    if (low == 0)
        return offset;
    return offset - normal->changes[low - 1].out_end + normal->changes[low - 1].end;
}
