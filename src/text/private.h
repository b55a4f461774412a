/* text/private.h: what the files of src/text share; not for others. */
#pragma once
#include "text/dates.h"
#include "text/normalize.h"
#include "text/tokens.h"

/** Bytes and changes that grow; `failed` is set when memory is lacking and stays. */
typedef struct {
    char *text;
    gsize length, room;
    TextChange *changes;
    gsize n_changes, changes_room;
    bool list;
    bool failed;
    bool again; /**< letters were taken apart or put together: stage one must see its result once
                   more */
} TextSink;

bool text_sink_room(TextSink *sink, gsize bytes);
void text_sink_write(TextSink *sink, const char *bytes, gsize length);
/** Writes `length` bytes that stand for the input's [start, end) and notes the change. */
void text_sink_change(TextSink *sink, gsize start, gsize end, const char *bytes, gsize length,
                      TextRule rule, double confidence);
void text_sink_clear(TextSink *sink);

/** Stage one: letters, marks, digits, controls, spaces. */
void text_letters(const char *text, gsize length, const TextOptions *options, TextSink *sink);
/** Stage two: half-spaces, on stage one's output. */
void text_halfspaces(const char *text, gsize length, const TextOptions *options, TextSink *sink);

bool text_error_memory(GError **error);
bool text_error_length(gsize length, GError **error);

/** text_dates_find on a text already split. */
bool text_dates_find_in(const TextTokens *tokens, const char *text, const TextDateOptions *options,
                        TextDates *ret_dates, GError **error);
