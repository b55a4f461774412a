#include "intake/warc.h"

#include <string.h>

char *intake_warc_id(void)
{
    g_autofree char *uuid = g_uuid_string_random();
    return g_strdup_printf("<urn:uuid:%s>", uuid);
}

/* RFC 4648 section 6, with padding. */
static char *base32(const guint8 *bytes, gsize length)
{
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    GString *text = g_string_new(NULL);
    guint32 bits = 0;
    int n = 0;
    for (gsize i = 0; i < length; i++) {
        bits = bits << 8 | bytes[i];
        for (n += 8; n >= 5; n -= 5)
            g_string_append_c(text, LETTERS[bits >> (n - 5) & 31]);
    }
    if (n > 0)
        g_string_append_c(text, LETTERS[bits << (5 - n) & 31]);
    while (text->len % 8 != 0)
        g_string_append_c(text, '=');
    return g_string_free(text, FALSE);
}

char *intake_warc_digest(const char *algorithm, const void *bytes, gsize length)
{
    GChecksumType type;
    if (g_ascii_strcasecmp(algorithm, "sha256") == 0 ||
        g_ascii_strcasecmp(algorithm, "sha-256") == 0)
        type = G_CHECKSUM_SHA256;
    else if (g_ascii_strcasecmp(algorithm, "sha1") == 0)
        type = G_CHECKSUM_SHA1;
    else
        return NULL;
    g_autoptr(GChecksum) sum = g_checksum_new(type);
    g_checksum_update(sum, bytes, (gssize)length);
    guint8 hash[64];
    gsize n = sizeof hash;
    g_checksum_get_digest(sum, hash, &n);
    g_autofree char *text = base32(hash, n);
    return g_strdup_printf("%s:%s", type == G_CHECKSUM_SHA1 ? "sha1" : "sha256", text);
}

static void field(GString *head, const char *name, const char *value)
{
    if (value != NULL)
        g_string_append_printf(head, "%s: %s\r\n", name, value);
}

void intake_warc_write(GByteArray *into, const IntakeWarcRecord *record, const void *block,
                       gsize length)
{
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(record->when);
    g_autofree char *date = g_date_time_format(moment, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *digest = intake_warc_digest("sha256", block, length);
    g_autoptr(GString) head = g_string_new("WARC/1.1\r\n");
    field(head, "WARC-Type", record->type);
    field(head, "WARC-Record-ID", record->id);
    field(head, "WARC-Date", date);
    field(head, "WARC-Target-URI", record->target);
    field(head, "WARC-IP-Address", record->address);
    field(head, "WARC-Concurrent-To", record->concurrent);
    field(head, "WARC-Warcinfo-ID", record->info);
    field(head, "WARC-Block-Digest", digest);
    if (record->payload > 0 && record->payload <= length) {
        g_autofree char *payload = intake_warc_digest(
            "sha256", (const guint8 *)block + record->payload, length - record->payload);
        field(head, "WARC-Payload-Digest", payload);
    }
    field(head, "Content-Type", record->content_type);
    g_string_append_printf(head, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", length);
    g_byte_array_append(into, (const guint8 *)head->str, (guint)head->len);
    g_byte_array_append(into, block, (guint)length);
    g_byte_array_append(into, (const guint8 *)"\r\n\r\n", 4);
}
