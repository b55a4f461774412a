/* Mails: one (.eml) or many (mbox), parsed by GMime 3. A mail is one part of text, then its
 * attachments as bytes, then the mails forwarded within it.
 *
 * GMime parts the structure and undoes base64 and quoted-printable; letters are read by
 * intake/decode.h, which needs no file and repairs wrong declarations. An mbox is parted here
 * (mail_words.h), so that a line "From " inside a text does not break it in two. */
#include "base/i18n.h"
#include "intake/decode.h"
#include "intake/mail_words.h"
#include "intake/page.h"
#include "intake/parts.h"
#include "intake/when.h"
#include <gmime/gmime.h>
#include <string.h>

enum {
    MAX_HEADER = 1000,
    MAX_MESSAGES_DEEP = 8, /* a forwarded mail within a forwarded mail … */
    MAX_MULTIPARTS_DEEP = 40,
    SMALL_PICTURE = 16 << 10,
};

typedef struct {
    const char *file; /* for sentences; never NULL */
    IntakePartFound found;
    void *context;
    guint64 offset, span; /* of the outermost mail */
    bool from_quoted;     /* an mbox quotes "From " */
} Mails;

/* One mail while it is read. */
typedef struct {
    Mails *mails;
    int depth; /* of forwarding; 0 the mail itself */
    char *title, *sender, *id, *language;
    gint64 when;
    GString *body;
    GPtrArray *attached; /* GMimeObject, borrowed */
    GPtrArray *problems; /* sentences */
} Mail;

/* ---- headers ---- */

static const char *raw_header(GMimeObject *object, const char *name)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(object);
    GMimeHeader *header = list != NULL ? g_mime_header_list_get_header(list, name) : NULL;
    return header != NULL ? g_mime_header_get_raw_value(header) : NULL;
}

static bool has_headers(GMimeMessage *message)
{
    static const char *const NAMES[] = {"From", "Date",     "Subject",     "Message-Id",
                                        "To",   "Received", "Return-Path", "MIME-Version"};
    int n = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
        n += raw_header(GMIME_OBJECT(message), NAMES[i]) != NULL;
    return n > 0;
}

/* The day it was sent; else when the last post office took it; else what the mbox says. */
static gint64 when_sent(GMimeMessage *message, const char *mbox_date)
{
    g_autofree char *date = mail_header_text(raw_header(GMIME_OBJECT(message), "Date"), MAX_HEADER);
    gint64 when = intake_when(date);
    if (when != 0)
        return when;
    g_autofree char *received =
        mail_header_text(raw_header(GMIME_OBJECT(message), "Received"), 4 * MAX_HEADER);
    const char *mark = received != NULL ? strrchr(received, ';') : NULL;
    when = intake_when(mark != NULL ? mark + 1 : NULL);
    return when != 0 ? when : intake_when(mbox_date);
}

/* A mark around a message's id does not belong to it. */
static char *message_id(GMimeMessage *message)
{
    char *id = mail_header_text(raw_header(GMIME_OBJECT(message), "Message-Id"), MAX_HEADER);
    if (id == NULL)
        return NULL;
    gsize n = strlen(id);
    if (n > 2 && id[0] == '<' && id[n - 1] == '>') {
        memmove(id, id + 1, n - 2);
        id[n - 2] = '\0';
    }
    return id;
}

static void mail_start(Mail *mail, GMimeMessage *message, const char *mbox_date)
{
    GMimeObject *object = GMIME_OBJECT(message);
    g_autofree char *tag = mail_header_text(raw_header(object, "Content-Language"), 20);
    mail->title = mail_header_text(raw_header(object, "Subject"), MAX_HEADER);
    mail->sender = mail_header_text(raw_header(object, "From"), MAX_HEADER);
    if (mail->sender == NULL)
        mail->sender = mail_header_text(raw_header(object, "Sender"), MAX_HEADER);
    mail->id = message_id(message);
    mail->language = intake_page_language(tag);
    mail->when = when_sent(message, mbox_date);
    mail->body = g_string_new(NULL);
    mail->attached = g_ptr_array_new();
    mail->problems = g_ptr_array_new_with_free_func(g_free);
}

static void mail_clear(Mail *mail)
{
    g_free(mail->title);
    g_free(mail->sender);
    g_free(mail->id);
    g_free(mail->language);
    if (mail->body == NULL)
        return;
    g_string_free(mail->body, TRUE);
    g_ptr_array_unref(mail->attached);
    g_ptr_array_unref(mail->problems);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Mail, mail_clear)

/* ---- contents ---- */

/* The bytes of a part without their transfer encoding; never more than stand in the mail. */
static GByteArray *part_bytes(GMimePart *part)
{
    GByteArray *bytes = g_byte_array_new();
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (content == NULL)
        return bytes;
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    g_mime_data_wrapper_write_to_stream(content, stream);
    g_object_unref(stream);
    return bytes;
}

static bool is_type(GMimeObject *object, const char *type, const char *subtype)
{
    GMimeContentType *of = g_mime_object_get_content_type(object);
    return of != NULL && g_mime_content_type_is_type(of, type, subtype);
}

static const char *type_parameter(GMimeObject *object, const char *name)
{
    GMimeContentType *type = g_mime_object_get_content_type(object);
    return type != NULL ? g_mime_content_type_get_parameter(type, name) : NULL;
}

static bool is_attachment(GMimeObject *object)
{
    const char *disposition = g_mime_object_get_disposition(object);
    return disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0;
}

static char *part_text(const Mail *mail, GMimeObject *object)
{
    g_autoptr(GByteArray) bytes = part_bytes(GMIME_PART(object));
    const char *charset = type_parameter(object, "charset");
    if (is_type(object, "text", "html")) {
        g_auto(IntakePage) page = {0};
        intake_page_read(charset, bytes->data, bytes->len, INTAKE_PAGE_ALL, &page);
        return g_steal_pointer(&page.text);
    }
    g_autofree char *text = intake_decode(charset, bytes->data, bytes->len, NULL);
    const char *format = type_parameter(object, "format");
    const char *delete_space = type_parameter(object, "delsp");
    if (format != NULL && g_ascii_strcasecmp(format, "flowed") == 0) {
        char *joined =
            mail_unflow(text, delete_space != NULL && g_ascii_strcasecmp(delete_space, "yes") == 0);
        g_free(text);
        text = joined;
    }
    return mail->mails->from_quoted ? mail_unquote_from(text) : g_steal_pointer(&text);
}

static void add_body(Mail *mail, const char *text)
{
    g_autofree char *trimmed = g_strchomp(g_strdup(text));
    const char *start = trimmed;
    while (*start == '\n' || *start == ' ')
        start++;
    if (*start == '\0')
        return;
    if (mail->body->len > 0)
        g_string_append(mail->body, "\n\n");
    g_string_append(mail->body, start);
}

static void add_problem(Mail *mail, const char *sentence)
{
    if (mail->problems->len < 100)
        g_ptr_array_add(mail->problems, g_strdup(sentence));
}

/* What mail programs part a mail into besides text; nobody's report. */
static bool is_signature(GMimeObject *object)
{
    return is_type(object, "application", "pgp-signature") ||
           is_type(object, "application", "pkcs7-signature") ||
           is_type(object, "application", "x-pkcs7-signature");
}

static bool is_sealed(GMimeObject *object)
{
    return is_type(object, "multipart", "encrypted") ||
           is_type(object, "application", "pkcs7-mime") ||
           is_type(object, "application", "x-pkcs7-mime");
}

static void walk(Mail *mail, GMimeObject *object, int depth);

/* One text in several dresses: plain where there is one that says something, else the first that
 * does. What hangs on any of them is kept. */
static void walk_alternative(Mail *mail, GMimeMultipart *multipart, int depth)
{
    GString *before = mail->body;
    g_autofree char *best = NULL;
    bool plain = false;
    int n = g_mime_multipart_get_count(multipart);
    for (int i = 0; i < n; i++) {
        GMimeObject *child = g_mime_multipart_get_part(multipart, i);
        mail->body = g_string_new(NULL);
        walk(mail, child, depth);
        bool better =
            mail->body->len > 0 && (best == NULL || (!plain && is_type(child, "text", "plain")));
        char *text = g_string_free(mail->body, FALSE);
        if (better) {
            g_free(best);
            best = text;
            plain = is_type(child, "text", "plain");
        } else {
            g_free(text);
        }
    }
    mail->body = before;
    if (best != NULL)
        add_body(mail, best);
}

static void walk(Mail *mail, GMimeObject *object, int depth)
{
    if (object == NULL)
        return;
    if (depth > MAX_MULTIPARTS_DEEP) {
        add_problem(mail, _("its parts are nested too deep"));
    } else if (is_sealed(object)) {
        add_problem(mail, _("it is encrypted; open it in the mail program that has the key, and "
                            "import what it says"));
    } else if (GMIME_IS_MULTIPART(object)) {
        GMimeMultipart *multipart = GMIME_MULTIPART(object);
        if (is_type(object, "multipart", "alternative")) {
            walk_alternative(mail, multipart, depth + 1);
            return;
        }
        int n = g_mime_multipart_get_count(multipart);
        for (int i = 0; i < n; i++)
            walk(mail, g_mime_multipart_get_part(multipart, i), depth + 1);
    } else if (GMIME_IS_MESSAGE_PARTIAL(object)) {
        add_problem(mail, _("it is one piece of a mail that was sent in several"));
    } else if (GMIME_IS_PART(object) && !is_attachment(object) &&
               (is_type(object, "text", "plain") || is_type(object, "text", "html"))) {
        g_autofree char *text = part_text(mail, object);
        add_body(mail, text);
    } else {
        g_ptr_array_add(mail->attached, object);
    }
}

/* ---- handing over ---- */

static IntakePart part_of(const Mail *mail)
{
    return (IntakePart){.title = mail->title,
                        .sender = mail->sender,
                        .language = mail->language,
                        .when = mail->when,
                        .offset = mail->mails->offset,
                        .span = mail->mails->span};
}

static bool give(const Mail *mail, const IntakePart *part, GError **error)
{
    return mail->mails->found(mail->mails->context, part, error);
}

static bool give_problem(const Mail *mail, const char *what, GError **error)
{
    const char *called = mail->title != NULL ? mail->title : mail->id;
    g_autofree char *sentence =
        called != NULL
            ? g_strdup_printf(_("The mail \"%s\" could not be read whole: %s."), called, what)
            : g_strdup_printf(_("A mail of %s could not be read whole: %s."), mail->mails->file,
                              what);
    IntakePart part = part_of(mail);
    part.name = mail->id;
    part.problem = sentence;
    return give(mail, &part, error);
}

static bool give_body(const Mail *mail, GError **error)
{
    IntakePart part = part_of(mail);
    part.name = mail->id;
    part.external_id = mail->id;
    part.media_type = "text/plain";
    part.text = mail->body->str;
    part.length = mail->body->len;
    /* A mail may say all in its subject. */
    if (part.length == 0 && mail->attached->len == 0 && mail->problems->len == 0) {
        if (mail->title == NULL)
            return give_problem(mail, _("there is nothing in it"), error);
        part.text = mail->title;
        part.length = strlen(mail->title);
    }
    if (part.length > INTAKE_PART_TEXT_MAX) {
        const char *end = NULL;
        g_utf8_validate(part.text, INTAKE_PART_TEXT_MAX, &end);
        part.length = (gsize)(end - part.text);
        return give(mail, &part, error) &&
               give_problem(mail, _("its text is too long; the first part of it was read"), error);
    }
    return part.length == 0 || give(mail, &part, error);
}

static char *attachment_name(GMimePart *part)
{
    const char *given = g_mime_part_get_filename(part);
    g_autofree char *valid = given != NULL ? g_utf8_make_valid(given, -1) : NULL;
    /* Some programs write encoded words where RFC 2231 belongs. */
    return mail_header_text(valid, MAX_HEADER);
}

static bool give_attachment(const Mail *mail, GMimePart *attached, GError **error)
{
    GMimeObject *object = GMIME_OBJECT(attached);
    g_autoptr(GByteArray) bytes = part_bytes(attached);
    g_autofree char *name = attachment_name(attached);
    GMimeContentType *type = g_mime_object_get_content_type(object);
    g_autofree char *given = type != NULL ? g_mime_content_type_get_mime_type(type) : NULL;
    g_autofree char *media_type = given != NULL ? g_utf8_make_valid(given, -1) : NULL;
    g_autofree char *text = NULL;
    IntakePart part = part_of(mail);
    part.name = name;
    part.media_type = media_type;
    part.bytes = bytes->data;
    part.n_bytes = bytes->len;
    bool small_picture = bytes->len < SMALL_PICTURE && is_type(object, "image", "*") &&
                         !is_attachment(object) && g_mime_object_get_content_id(object) != NULL;
    if (is_signature(object))
        part.skipped = _("signatures of mails");
    else if (small_picture)
        part.skipped = _("small pictures within mails");
    else if (bytes->len == 0)
        part.skipped = _("empty attachments");
    if (part.skipped != NULL)
        return give(mail, &(IntakePart){.name = name, .skipped = part.skipped}, error);
    if (bytes->len > INTAKE_PART_BYTES_MAX)
        return give_problem(mail, _("an attachment is too large"), error);
    if (is_type(object, "text", "*") && type_parameter(object, "charset") != NULL) {
        text = intake_decode(type_parameter(object, "charset"), bytes->data, bytes->len,
                             &part.n_bytes);
        part.bytes = text;
    }
    return give(mail, &part, error);
}

static bool give_message(Mails *mails, GMimeMessage *message, int depth, const char *mbox_date,
                         GError **error);

static bool give_mail(Mail *mail, GError **error)
{
    if (!give_body(mail, error))
        return false;
    for (guint i = 0; i < mail->problems->len; i++)
        if (!give_problem(mail, g_ptr_array_index(mail->problems, i), error))
            return false;
    for (guint i = 0; i < mail->attached->len; i++) {
        GMimeObject *object = g_ptr_array_index(mail->attached, i);
        bool done = true;
        if (GMIME_IS_MESSAGE_PART(object)) {
            GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
            if (inner != NULL)
                done = give_message(mail->mails, inner, mail->depth + 1, NULL, error);
        } else if (GMIME_IS_PART(object)) {
            done = give_attachment(mail, GMIME_PART(object), error);
        }
        if (!done)
            return false;
    }
    return true;
}

static bool give_message(Mails *mails, GMimeMessage *message, int depth, const char *mbox_date,
                         GError **error)
{
    g_auto(Mail) mail = {.mails = mails, .depth = depth};
    mail_start(&mail, message, mbox_date);
    if (depth > MAX_MESSAGES_DEEP)
        return give_problem(&mail, _("it was forwarded within more than eight others"), error);
    walk(&mail, g_mime_message_get_mime_part(message), 0);
    return give_mail(&mail, error);
}

/* ---- files ---- */

/* NULL when GMime finds none, or none of the headers that make a mail. Unreference it. */
static GMimeMessage *parse(const char *bytes, gsize length)
{
    GByteArray *array = g_byte_array_sized_new((guint)length);
    g_byte_array_append(array, (const guint8 *)bytes, (guint)length);
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(array); /* takes it */
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    if (message != NULL && !has_headers(message)) {
        g_object_unref(message);
        return NULL;
    }
    return message;
}

static bool read_slice(Mails *mails, const char *bytes, const MailSlice *slice, GError **error)
{
    mails->offset = slice->start;
    mails->span = slice->end - slice->start;
    GMimeMessage *message = parse(bytes + slice->headers, slice->end - slice->headers);
    if (message == NULL) {
        g_autofree char *at = i18n_integer((gint64)slice->start);
        g_autofree char *problem = g_strdup_printf(
            _("What begins at byte %s of %s is no mail: it has no headers."), at, mails->file);
        IntakePart part = {.offset = mails->offset, .span = mails->span, .problem = problem};
        return mails->found(mails->context, &part, error);
    }
    bool done = give_message(mails, message, 0, slice->date, error);
    g_object_unref(message);
    return done;
}

static bool read_mbox(Mails *mails, const char *bytes, gsize length, GError **error)
{
    mails->from_quoted = true;
    MailSlice slice;
    for (gsize at = 0; mail_mbox_next(bytes, length, at, &slice); at = slice.end) {
        bool done = read_slice(mails, bytes, &slice, error);
        g_free(slice.date);
        if (!done)
            return false;
    }
    return true;
}

bool intake_read_mail(const char *name, const void *bytes, gsize length, IntakePartFound found,
                      void *context, GError **error)
{
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        g_mime_init();
        g_once_init_leave(&once, 1);
    }
    Mails mails = {.file = name != NULL ? name : _("the file"), .found = found, .context = context};
    if (length > (gsize)G_MAXINT32) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT, _("%s is too long: more than 2 GiB."),
                    mails.file);
        return false;
    }
    const char *text = bytes;
    MailSlice first;
    if (length > 5 && memcmp(text, "From ", 5) == 0 && mail_mbox_next(text, length, 0, &first)) {
        g_free(first.date);
        if (first.start == 0)
            return read_mbox(&mails, text, length, error);
    }
    MailSlice whole = {.end = length};
    GMimeMessage *message = length > 0 ? parse(text, length) : NULL;
    if (message == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s is no mail: it has none of the headers From, Date, Subject, To."),
                    mails.file);
        return false;
    }
    mails.span = whole.end;
    bool done = give_message(&mails, message, 0, NULL, error);
    g_object_unref(message);
    return done;
}
