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

/* Changes of the later stage lie in the earlier one's output; both are in order. Those of the two
 * lists that overlap there become one. */
static void join_changes(const TextSink *one, const TextSink *two, TextSink *ret)
{
    gsize i = 0, k = 0;
    gint64 to_source = 0, to_out = 0; /* from the text between the stages */
    while ((i < one->n_changes || k < two->n_changes) && !ret->failed) {
        const TextChange *first = i < one->n_changes ? &one->changes[i] : NULL,
                         *second = k < two->n_changes ? &two->changes[k] : NULL;
        bool take_first = second == NULL ||
                          (first != NULL &&
                           (first->out_start < second->start ||
                            (first->out_start == second->start &&
                             (first->out_end == first->out_start || second->end > second->start))));
        gsize start = take_first ? first->out_start : second->start, end = start;
        gint64 source_start = (gint64)start + to_source, out_start = (gint64)start + to_out;
        TextRule rule = take_first ? first->rule : second->rule;
        float confidence = 1;
        for (bool begun = false;; begun = true) {
            first = i < one->n_changes ? &one->changes[i] : NULL;
            second = k < two->n_changes ? &two->changes[k] : NULL;
            if (first != NULL && (begun ? first->out_start < end : take_first)) {
                end = MAX(end, first->out_end);
                to_source = (gint64)first->end - (gint64)first->out_end;
                confidence = MIN(confidence, first->confidence);
                i++;
            } else if (second != NULL && (begun ? second->start < end : !take_first)) {
                end = MAX(end, second->end);
                to_out = (gint64)second->out_end - (gint64)second->end;
                confidence = MIN(confidence, second->confidence);
                rule = second->rule;
                k++;
            } else {
                break;
            }
        }
        text_sink_change(ret, (gsize)source_start, (gsize)((gint64)end + to_source), NULL, 0, rule,
                         (double)confidence);
        if (ret->failed)
            return;
        TextChange *last = &ret->changes[ret->n_changes - 1];
        last->out_start = (gsize)out_start;
        last->out_end = (gsize)((gint64)end + to_out);
    }
}

typedef void Stage(const char *text, gsize length, const TextOptions *options, TextSink *sink);

/* Runs a stage over what the stages before gave; the list of changes becomes one. */
static void stage(TextSink *result, Stage *run, const TextOptions *options)
{
    TextSink next = {.list = options->list_changes}, joined = {.list = true};
    text_sink_room(&next, result->length + result->length / 16);
    run(result->text, result->length, options, &next);
    if (options->list_changes && !next.failed)
        join_changes(result, &next, &joined);
    text_sink_clear(result);
    *result = (TextSink){
        .text = next.text,
        .length = next.length,
        .room = next.room,
        .changes = joined.changes,
        .n_changes = joined.n_changes,
        .changes_room = joined.changes_room,
        .list = options->list_changes,
        .failed = next.failed || joined.failed,
        .again = next.again,
    };
    free(joined.text);
    free(next.changes);
}

bool text_normalize(const char *text, gsize length, const TextOptions *options,
                    TextNormal *ret_normal, GError **error)
{
    if (length > LIMIT_TEXT_BYTES)
        return text_error_length(length, error);
    TextSink result = {.list = options->list_changes};
    text_sink_room(&result, length + length / 16);
    text_letters(text, length, options, &result);
    /* What was composed or decomposed is read again until nothing changes: so twice is once. */
    for (int round = 0; round < 4 && result.again && !result.failed; round++) {
        stage(&result, text_letters, options);
    }
    /* In a short text a few half-spaces put back can change what is seen of its habit: once more,
     * until nothing is added. In a long one the habit is settled. */
    enum { SHORT_TEXT = 8192, ROUNDS = 8 };
    bool half_spaces = (options->rules & (1u << TEXT_RULE_JOIN | 1u << TEXT_RULE_SPLIT)) != 0;
    for (int round = 0; half_spaces && round < ROUNDS && !result.failed; round++) {
        gsize before = result.length;
        stage(&result, text_halfspaces, options);
        if (result.length == before || before > SHORT_TEXT)
            break;
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
