/* WARC files, by this program or another: what servers answered, page by page. */
#include "base/i18n.h"
#include "intake/decode.h"
#include "intake/page.h"
#include "intake/warc.h"
#include <string.h>

enum { MAX_HEAD = 64 << 10 };

typedef struct {
    const char *name; /* of the file; never NULL */
    IntakePartFound found;
    void *context;
} Warc;

typedef struct {
    gsize start, block, length, end; /* of the record, of its block, behind the record */
    char *type, *target, *content_type, *digest;
} Record;

static void record_clear(Record *record)
{
    g_free(record->type);
    g_free(record->target);
    g_free(record->content_type);
    g_free(record->digest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Record, record_clear)

static void take(char **into, const char *line, const char *name)
{
    gsize n = strlen(name);
    if (*into == NULL && g_ascii_strncasecmp(line, name, n) == 0 && line[n] == ':')
        *into = g_strstrip(g_strdup(line + n + 1));
}

/* The record that begins at `at`; false when none does, or it is not whole. */
static bool record_read(const char *bytes, gsize length, gsize at, Record *ret)
{
    if (length - at < 10 || memcmp(bytes + at, "WARC/", 5) != 0)
        return false;
    gsize limit = MIN(length, at + MAX_HEAD), head = 0;
    for (gsize i = at; i + 3 < limit && head == 0; i++)
        if (memcmp(bytes + i, "\r\n\r\n", 4) == 0)
            head = i + 4;
    if (head == 0)
        return false;
    g_autofree char *raw = g_strndup(bytes + at, head - at);
    g_autofree char *text = g_utf8_make_valid(raw, -1);
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    g_autofree char *size = NULL;
    for (char **line = lines; *line != NULL; line++) {
        take(&ret->type, *line, "WARC-Type");
        take(&ret->target, *line, "WARC-Target-URI");
        take(&ret->digest, *line, "WARC-Block-Digest");
        take(&ret->content_type, *line, "Content-Type");
        take(&size, *line, "Content-Length");
    }
    guint64 n = 0;
    if (size == NULL || ret->type == NULL ||
        !g_ascii_string_to_unsigned(size, 10, 0, length, &n, NULL) || n > length - head)
        return false;
    ret->start = at;
    ret->block = head;
    ret->length = n;
    ret->end = head + n;
    while (ret->end < length && (bytes[ret->end] == '\r' || bytes[ret->end] == '\n'))
        ret->end++;
    return true;
}

/* False when the digest is one that we know and the block is another. WARC 1.0 wrote <…> around
 * addresses; digests are base32, by some programs hexadecimal. */
static bool digest_fits(const Record *record, const char *block)
{
    const char *mark = record->digest != NULL ? strchr(record->digest, ':') : NULL;
    if (mark == NULL)
        return true;
    g_autofree char *algorithm = g_strndup(record->digest, (gsize)(mark - record->digest));
    g_autofree char *ours = intake_warc_digest(algorithm, block, record->length);
    if (ours == NULL)
        return true;
    g_autofree char *bare = g_strdup(strchr(ours, ':') + 1), *given = g_strdup(mark + 1);
    g_strdelimit(bare, "=", ' ');
    g_strdelimit(given, "=", ' ');
    if (g_ascii_strcasecmp(g_strchomp(bare), g_strchomp(given)) == 0)
        return true;
    GChecksumType type = g_str_has_prefix(ours, "sha1:") ? G_CHECKSUM_SHA1 : G_CHECKSUM_SHA256;
    g_autofree char *hex = g_compute_checksum_for_data(type, (const guchar *)block, record->length);
    return g_ascii_strcasecmp(hex, given) == 0;
}

static bool give_problem(const Warc *warc, const IntakePart *like, const char *sentence,
                         GError **error)
{
    IntakePart part = {.name = like->name,
                       .url = like->url,
                       .offset = like->offset,
                       .span = like->span,
                       .problem = sentence};
    return warc->found(warc->context, &part, error);
}

static bool is_page(const IntakeWarcAnswer *answer)
{
    const char *type = answer->media_type;
    if (type != NULL)
        return strcmp(type, "text/html") == 0 || strcmp(type, "application/xhtml+xml") == 0;
    const char *bytes = (const char *)answer->payload->data;
    for (gsize i = 0; i < MIN(answer->payload->len, 100u); i++)
        if (bytes[i] == '<')
            return true;
    return false;
}

/* Who tells, where the page does not say: the site's name. */
static char *host_of(const char *url)
{
    g_autoptr(GUri) uri = url != NULL ? g_uri_parse(url, G_URI_FLAGS_PARSE_RELAXED, NULL) : NULL;
    const char *host = uri != NULL ? g_uri_get_host(uri) : NULL;
    if (host == NULL || host[0] == '\0' || !g_utf8_validate(host, -1, NULL))
        return NULL;
    return g_strdup(g_str_has_prefix(host, "www.") ? host + 4 : host);
}

static bool give_page(const Warc *warc, IntakePart *part, const IntakeWarcAnswer *answer,
                      GError **error)
{
    g_auto(IntakePage) page = {0};
    intake_page_read(answer->charset, answer->payload->data, answer->payload->len, INTAKE_PAGE_MAIN,
                     &page);
    part->media_type = "text/html";
    part->text = page.text;
    part->length = page.length;
    part->title = page.title;
    g_autofree char *host = host_of(part->url);
    part->sender = page.site != NULL ? page.site : host != NULL ? host : page.author;
    part->sender_public = page.site != NULL || host != NULL;
    part->language = page.language;
    part->when = page.when;
    if (page.length > 0 && !warc->found(warc->context, part, error))
        return false;
    if (page.length > 0 && !page.cut && !answer->broken)
        return true;
    g_autofree char *sentence = g_strdup_printf(
        page.length == 0
            ? _("The page %s shows no text without its scripts and pictures. Save what you see as "
                "text, or as a picture.")
            : _("The page %s could not be read to its end; what comes after is not in the report."),
        part->name);
    return give_problem(warc, part, sentence, error);
}

static bool give_answer(const Warc *warc, IntakePart *part, const IntakeWarcAnswer *answer,
                        GError **error)
{
    g_autofree char *status = i18n_integer(answer->status);
    if (answer->status >= 300 && answer->status < 400) /* to another address */
        return true;
    if (answer->status < 200 || answer->status >= 400) {
        g_autofree char *sentence = g_strdup_printf(
            _("The server answered %s for %s: there is no page."), status, part->name);
        return give_problem(warc, part, sentence, error);
    }
    if (answer->payload->len == 0)
        return true;
    if (is_page(answer))
        return give_page(warc, part, answer, error);
    bool plain = answer->media_type == NULL || strcmp(answer->media_type, "text/plain") == 0;
    if (plain && answer->payload->len <= INTAKE_PART_TEXT_MAX / 4) { /* a byte may become three */
        g_autofree char *text = intake_decode(answer->charset, answer->payload->data,
                                              answer->payload->len, &part->length);
        part->media_type = "text/plain";
        part->text = text;
        return part->length == 0 || warc->found(warc->context, part, error);
    }
    part->media_type = answer->media_type;
    part->bytes = answer->payload->data;
    part->n_bytes = MIN(answer->payload->len, (guint)INTAKE_PART_BYTES_MAX);
    return warc->found(warc->context, part, error);
}

static bool give_record(const Warc *warc, const Record *record, const char *bytes, GError **error)
{
    bool response = strcmp(record->type, "response") == 0;
    if (!response && strcmp(record->type, "resource") != 0)
        return true;
    g_autofree char *target = g_strdup(record->target != NULL ? record->target : warc->name);
    g_strdelimit(target, "<>", ' ');
    g_autofree char *url = intake_page_address(g_strstrip(target));
    IntakePart part = {.name = target,
                       .url = url,
                       .external_id = url,
                       .offset = record->start,
                       .span = record->end - record->start};
    const char *block = bytes + record->block;
    if (!digest_fits(record, block)) {
        g_autofree char *sentence = g_strdup_printf(
            _("What is kept of %s does not fit its checksum: it was changed, or is damaged."),
            part.name);
        return give_problem(warc, &part, sentence, error);
    }
    g_auto(IntakeWarcAnswer) answer = {0};
    if (response && intake_warc_answer(block, record->length, &answer))
        return give_answer(warc, &part, &answer, error);
    if (response)
        return true; /* of another protocol: a name server's, mostly */
    answer.payload = g_byte_array_new();
    answer.status = 200;
    g_byte_array_append(answer.payload, (const guint8 *)block, (guint)record->length);
    if (record->content_type != NULL) {
        g_auto(GStrv) pieces = g_strsplit(record->content_type, ";", 2);
        answer.media_type = g_ascii_strdown(pieces[0] != NULL ? g_strstrip(pieces[0]) : "", -1);
    }
    return give_answer(warc, &part, &answer, error);
}

bool intake_read_warc(const char *name, const void *bytes, gsize length, IntakePartFound found,
                      void *context, GError **error)
{
    Warc warc = {.name = name != NULL ? name : _("the file"), .found = found, .context = context};
    if (length < 10 || memcmp(bytes, "WARC/", 5) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s is no WARC file: it does not begin with WARC/."), warc.name);
        return false;
    }
    for (gsize at = 0; at < length;) {
        g_auto(Record) record = {0};
        if (!record_read(bytes, length, at, &record)) {
            g_autofree char *place = i18n_integer((gint64)at);
            g_autofree char *sentence = g_strdup_printf(
                _("%s is broken at byte %s; what comes after was not read."), warc.name, place);
            IntakePart part = {
                .name = name, .offset = at, .span = length - at, .problem = sentence};
            return found(context, &part, error);
        }
        if (!give_record(&warc, &record, bytes, error))
            return false;
        at = record.end;
    }
    return true;
}
