/* appeal/mail.c: RFC 5322 by GMime; OpenPGP by its context over gpg, in a key ring of its own. */
#include "appeal/mail.h"

#include "base/error.h"
#include "base/folder.h"
#include <gmime/gmime.h>
#include <string.h>

static bool fail(GError **error, ZenharErrorCode code, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, (int)code, sentence);
    return false;
}

static void start_once(void)
{
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        g_mime_init();
        g_once_init_leave(&once, 1);
    }
}

/* ---- headers ---- */

/* Marks that turn what stands around them, and control bytes: a name in a header could look like
 * another. A half-space and a joiner are letters' business and stay. */
static bool deceives(const char *text)
{
    for (const char *at = text; at != NULL && *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c < 0x20 || c == 0x7f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
            c == 0x200e || c == 0x200f || c == 0x061c)
            return true;
    }
    return false;
}

bool appeal_mail_address(const char *address)
{
    const char *at = address != NULL ? strchr(address, '@') : NULL;
    if (at == NULL || at == address || at[1] == '\0' || strchr(at + 1, '@') != NULL)
        return false;
    for (const char *c = address; *c != '\0'; c++)
        if (*c <= ' ' || *c == 0x7f || strchr("<>()[],;:\\\"", *c) != NULL)
            return false;
    return true;
}

static bool check(const AppealMail *mail, GError **error)
{
    const char *const names[] = {mail->from_name, mail->to_name, mail->subject};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i] != NULL && (!g_utf8_validate(names[i], -1, NULL) || deceives(names[i]))) {
            g_set_error(
                error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                _("“%s” holds marks that turn the direction of writing, or control "
                  "characters; in the head of a mail they can deceive. Write it without them."),
                names[i]);
            return false;
        }
    const char *const addresses[] = {mail->from, mail->to};
    for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++)
        if (!appeal_mail_address(addresses[i])) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("“%s” is no mail address."),
                        addresses[i] != NULL ? addresses[i] : "");
            return false;
        }
    return true;
}

/* ---- body ---- */

static GMimeObject *text_part(const char *text)
{
    GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");
    g_mime_text_part_set_charset(part, "utf-8");
    g_mime_text_part_set_text(part, text);
    g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_BASE64);
    return GMIME_OBJECT(part);
}

static GMimeObject *file_part(const char *name, GBytes *bytes)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    GMimePart *part = g_mime_part_new_with_type("application", "pdf");
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, length);
    GMimeDataWrapper *wrapper =
        g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_mime_part_set_content(part, wrapper);
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
    g_mime_part_set_filename(part, name);
    g_mime_object_set_disposition(GMIME_OBJECT(part), "attachment");
    g_object_unref(wrapper);
    g_object_unref(stream);
    return GMIME_OBJECT(part);
}

/* ---- OpenPGP ---- */

/* The fingerprint of the one key in `path`. */
static char *fingerprint_of(const char *home, const char *path, GError **error)
{
    const char *const argv[] = {"gpg",           "--homedir",   home, "--batch",
                                "--with-colons", "--show-keys", path, NULL};
    g_autofree char *out = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)(void *)argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL,
                      &status, NULL)) {
        fail(error, ZENHAR_ERROR_IO,
             _("The letter is to be encrypted, and the program gpg is not there (package gpg)."));
        return NULL;
    }
    const char *at = out != NULL ? strstr(out, "\nfpr:") : NULL;
    if (status == 0 && at != NULL) {
        g_auto(GStrv) fields = g_strsplit(at + 1, ":", 11);
        if (g_strv_length(fields) >= 10 && fields[9][0] != '\0')
            return g_strdup(fields[9]);
    }
    fail(error, ZENHAR_ERROR_INPUT,
         _("The recipient's OpenPGP key cannot be read; the letter was not "
           "sent in the clear."));
    return NULL;
}

static GMimeObject *encrypt_in(const char *home, GMimeObject *body, const char *key, GError **error)
{
    g_autofree char *path = g_build_filename(home, "key.asc", NULL);
    if (!g_file_set_contents(path, key, -1, error))
        return NULL;
    g_autofree char *fingerprint = fingerprint_of(home, path, error);
    if (fingerprint == NULL)
        return NULL;
    g_autofree char *saved = g_strdup(g_getenv("GNUPGHOME"));
    g_setenv("GNUPGHOME", home, TRUE);
    GMimeCryptoContext *context = g_mime_gpg_context_new();
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(key, strlen(key));
    g_autoptr(GPtrArray) to = g_ptr_array_new();
    g_ptr_array_add(to, fingerprint);
    g_autoptr(GError) why = NULL;
    GMimeMultipartEncrypted *sealed = NULL;
    if (g_mime_crypto_context_import_keys(context, stream, &why) > 0)
        sealed = g_mime_multipart_encrypted_encrypt(context, body, FALSE, NULL,
                                                    GMIME_ENCRYPT_ALWAYS_TRUST, to, &why);
    g_object_unref(stream);
    g_object_unref(context);
    if (saved != NULL)
        g_setenv("GNUPGHOME", saved, TRUE);
    else
        g_unsetenv("GNUPGHOME");
    if (sealed == NULL)
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
            _("The letter could not be encrypted to the recipient's OpenPGP key (%s); it was "
              "not sent in the clear."),
            why != NULL ? why->message : "gpg");
    return (GMimeObject *)sealed;
}

/* Takes body; what stands in its place. A key ring of its own for one letter, gone afterwards. */
static GMimeObject *encrypt(GMimeObject *body, const char *key, GError **error)
{
    g_autofree char *home = g_dir_make_tmp("zenhar-gpg-XXXXXX", error);
    GMimeObject *sealed = home != NULL ? encrypt_in(home, body, key, error) : NULL;
    if (home != NULL) {
        g_autoptr(GFile) folder = g_file_new_for_path(home);
        folder_remove(folder, NULL);
    }
    g_object_unref(body);
    return sealed;
}

GBytes *appeal_mail_build(const AppealMail *mail, GError **error)
{
    start_once();
    if (!check(mail, error))
        return NULL;
    GMimeMultipart *parts = g_mime_multipart_new_with_subtype("mixed");
    g_autofree char *boundary = g_strdup_printf("=_%s", mail->message_id);
    g_strdelimit(boundary, "@", '_');
    g_mime_multipart_set_boundary(parts, boundary);
    GMimeObject *text = text_part(mail->text), *file = file_part(mail->file_name, mail->file);
    g_mime_multipart_add(parts, text);
    g_mime_multipart_add(parts, file);
    g_object_unref(text);
    g_object_unref(file);
    GMimeObject *body = GMIME_OBJECT(parts);
    if (mail->pgp_key != NULL && (body = encrypt(body, mail->pgp_key, error)) == NULL)
        return NULL;
    GMimeMessage *message = g_mime_message_new(FALSE);
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(mail->when);
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, mail->from_name, mail->from);
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, mail->to_name, mail->to);
    g_mime_message_set_subject(message, mail->subject, "utf-8");
    g_mime_message_set_date(message, when);
    g_mime_message_set_message_id(message, mail->message_id);
    g_mime_object_set_header(GMIME_OBJECT(message), "MIME-Version", "1.0", NULL);
    g_mime_object_set_header(GMIME_OBJECT(message), "Content-Language", i18n_tag(mail->language),
                             NULL);
    g_mime_message_set_mime_part(message, body);
    GMimeFormatOptions *format = g_mime_format_options_new();
    g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
    GMimeStream *out = g_mime_stream_mem_new();
    g_mime_object_write_to_stream(GMIME_OBJECT(message), format, out);
    GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
    GBytes *bytes = g_bytes_new(array->data, array->len);
    g_object_unref(out);
    g_mime_format_options_free(format);
    g_object_unref(body);
    g_object_unref(message);
    return bytes;
}
