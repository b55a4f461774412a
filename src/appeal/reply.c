/* appeal/reply.c: a mail that came back: which letter it answers, and whether it is a bounce. Runs
 * in the sandbox; nothing of the text is kept here. */
#include "appeal/mail.h"

#include "base/error.h"
#include "intake/mail_words.h"
#include "intake/when.h"
#include <gmime/gmime.h>
#include <string.h>

enum { HEADER_MOST = 2000, IDS_MOST = 16 << 10, PARTS_MOST = 200, DEEP = 8 };

typedef struct {
    GString *ids, *diagnostic;
    const char *kind; /* of a report, else NULL */
    int n_parts;
} Reply;

static char *header(GMimeObject *object, const char *name)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(object);
    GMimeHeader *found = list != NULL ? g_mime_header_list_get_header(list, name) : NULL;
    return found != NULL ? mail_header_text(g_mime_header_get_raw_value(found), HEADER_MOST) : NULL;
}

/* Message ids in a header: what stands in angle brackets. */
static void take_ids(Reply *reply, const char *text)
{
    for (const char *at = text; at != NULL && (at = strchr(at, '<')) != NULL; at++) {
        const char *end = strpbrk(at + 1, "<> \t\r\n");
        if (end != NULL && *end == '>' && reply->ids->len < IDS_MOST)
            g_string_append_printf(reply->ids, "%s%.*s", reply->ids->len > 0 ? " " : "",
                                   (int)(end - at - 1), at + 1);
    }
}

static void take_header(Reply *reply, GMimeObject *object, const char *name)
{
    g_autofree char *text = header(object, name);
    take_ids(reply, text);
}

/* A part's bytes as text, at most 64 KiB. */
static char *contents(GMimeObject *part)
{
    GMimeDataWrapper *wrapper =
        GMIME_IS_PART(part) ? g_mime_part_get_content(GMIME_PART(part)) : NULL;
    if (wrapper == NULL)
        return NULL;
    GMimeStream *stream = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(wrapper, stream);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    char *text = g_utf8_make_valid((const char *)bytes->data, MIN(bytes->len, 64u << 10));
    g_object_unref(stream);
    return text;
}

/* message/delivery-status (RFC 3464): fields by line, a block a recipient. */
static void take_status(Reply *reply, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", 2000);
    for (gsize i = 0; lines[i] != NULL; i++) {
        const char *colon = strchr(lines[i], ':');
        if (colon == NULL)
            continue;
        g_autofree char *value = g_strstrip(g_strdup(colon + 1));
        if (g_ascii_strncasecmp(lines[i], "Action:", 7) == 0) {
            if (g_ascii_strcasecmp(value, "failed") == 0)
                reply->kind = "bounce";
            else if (reply->kind == NULL)
                reply->kind = "delayed";
        } else if (g_ascii_strncasecmp(lines[i], "Diagnostic-Code:", 16) == 0 ||
                   g_ascii_strncasecmp(lines[i], "Status:", 7) == 0) {
            g_string_append_printf(reply->diagnostic, "%s%.300s",
                                   reply->diagnostic->len > 0 ? "; " : "", value);
        } else if (g_ascii_strncasecmp(lines[i], "Original-Message-ID:", 20) == 0) {
            take_ids(reply, value);
        }
    }
}

static void take_part(Reply *reply, GMimeObject *part, int depth)
{
    if (part == NULL || depth > DEEP || reply->n_parts++ > PARTS_MOST)
        return;
    GMimeContentType *type = g_mime_object_get_content_type(part);
    if (GMIME_IS_MULTIPART(part)) {
        for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(part)); i++)
            take_part(reply, g_mime_multipart_get_part(GMIME_MULTIPART(part), i), depth + 1);
    } else if (g_mime_content_type_is_type(type, "message", "delivery-status")) {
        g_autofree char *text = contents(part);
        take_status(reply, text);
    } else if (g_mime_content_type_is_type(type, "text", "rfc822-headers")) {
        g_autofree char *text = contents(part);
        const char *at = text != NULL ? strcasestr(text, "Message-ID:") : NULL;
        take_ids(reply, at);
    } else if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        if (inner != NULL)
            take_header(reply, GMIME_OBJECT(inner), "Message-ID");
    }
}

bool appeal_read_reply(const char *name, const void *bytes, gsize length, IntakePartFound found,
                       void *context, GError **error)
{
    g_mime_init();
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    if (message == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("%s is no mail."),
                    name != NULL ? name : "?");
        return false;
    }
    GMimeObject *object = GMIME_OBJECT(message);
    Reply reply = {.ids = g_string_new(NULL), .diagnostic = g_string_new(NULL)};
    take_header(&reply, object, "In-Reply-To");
    take_header(&reply, object, "References");
    take_part(&reply, g_mime_message_get_mime_part(message), 0);
    g_autofree char *subject = header(object, "Subject"), *sender = header(object, "From"),
                    *date = header(object, "Date"), *automatic = header(object, "Auto-Submitted"),
                    *failed = header(object, "X-Failed-Recipients");
    if (reply.kind == NULL && failed != NULL)
        reply.kind = "bounce"; /* as Exim says it, beside the report */
    if (reply.kind == NULL && automatic != NULL && g_ascii_strncasecmp(automatic, "no", 2) != 0)
        reply.kind = "automatic";
    const IntakePart part = {.name = name,
                             .media_type = reply.kind != NULL ? reply.kind : "reply",
                             .text = "",
                             .title = subject,
                             .sender = sender,
                             .external_id = reply.ids->str,
                             .url = reply.diagnostic->len > 0 ? reply.diagnostic->str : NULL,
                             .when = intake_when(date)};
    bool done = found(context, &part, error);
    g_string_free(reply.ids, TRUE);
    g_string_free(reply.diagnostic, TRUE);
    g_object_unref(message);
    return done;
}
