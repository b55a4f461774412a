/* Stage two of normalization: half-spaces. */
#include "text/private.h"

void text_halfspaces(const char *text, gsize length, const TextOptions *options, TextSink *sink)
{
    text_sink_write(sink, text, length);
}
