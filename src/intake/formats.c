#include "intake/formats.h"

#include "base/i18n.h"
#include "intake/tables.h"
#include "intake/warc.h"
#include "intake/whatsapp.h"
#include <string.h>

static const struct {
    IntakeFormat format;
    const char *name, *title;
    IntakePartsReader read; /* NULL: records */
} FORMATS[INTAKE_N_FORMATS] = {
    {INTAKE_FORMAT_AUTO, "auto", N_("by name and contents"), NULL},
    {INTAKE_FORMAT_CSV, "csv", N_("a table"), NULL},
    {INTAKE_FORMAT_JSONL, "jsonl", N_("JSON records"), NULL},
    {INTAKE_FORMAT_TEXT, "text", N_("text or forwarded messages"), NULL},
    {INTAKE_FORMAT_UWAZI, "uwazi", N_("a table of Uwazi"), NULL},
    {INTAKE_FORMAT_ACLED, "acled", N_("a table of ACLED"), NULL},
    {INTAKE_FORMAT_UCDP, "ucdp", N_("a table of UCDP GED"), NULL},
    {INTAKE_FORMAT_FTM, "ftm", N_("FollowTheMoney entities"), NULL},
    {INTAKE_FORMAT_TELEGRAM, "telegram", N_("a Telegram export"), intake_read_telegram},
    {INTAKE_FORMAT_WHATSAPP, "whatsapp", N_("a WhatsApp export"), intake_read_whatsapp},
    {INTAKE_FORMAT_MAIL, "mail", N_("mail"), intake_read_mail},
    {INTAKE_FORMAT_FEED, "feed", N_("a news feed"), intake_read_feed},
    {INTAKE_FORMAT_HTML, "html", N_("a web page"), intake_read_html},
    {INTAKE_FORMAT_PDF, "pdf", N_("a PDF"), intake_read_pdf},
    {INTAKE_FORMAT_IMAGE, "image", N_("a picture"), intake_read_image},
    {INTAKE_FORMAT_ARCHIVE, "archive", N_("an archive"), intake_read_archive},
    {INTAKE_FORMAT_SHEET, "sheet", N_("a spreadsheet"), intake_read_sheet},
    {INTAKE_FORMAT_WARC, "warc", N_("kept web pages (WARC)"), intake_read_warc},
};

const char *intake_format_name(IntakeFormat format)
{
    g_assert(format < INTAKE_N_FORMATS && FORMATS[format].format == format);
    return FORMATS[format].name;
}

const char *intake_format_title(IntakeFormat format)
{
    g_assert(format < INTAKE_N_FORMATS);
    return i18n_get(FORMATS[format].title);
}

IntakeFormat intake_format_parse(const char *name)
{
    gsize i = 0;
    while (i < INTAKE_N_FORMATS && name != NULL && strcmp(FORMATS[i].name, name) != 0)
        i++;
    return (IntakeFormat)i;
}

const char *intake_format_tried(IntakeFormat format)
{
    static const char *const TABLE =
        N_("decoded as UTF-8, UTF-16, windows-1256 or what its bytes look like; columns parted by "
           "comma, semicolon, tab or stroke; each field read by its column's name or --mapping");
    static const char *const JSON = N_(
        "decoded as UTF-8, UTF-16, windows-1256 or what its bytes look like; each line parsed as "
        "a JSON object; each field read by its name or --mapping");
    static const char *const TEXT =
        N_("decoded as UTF-8, UTF-16, windows-1256 or what its bytes look like; parted into "
           "messages; each read for dates, places, acts and persons");
    static const char *const TRIED[INTAKE_N_FORMATS] = {
        [INTAKE_FORMAT_AUTO] = N_("known by its first bytes, its name, its text"),
        [INTAKE_FORMAT_TELEGRAM] = N_("parsed as JSON; each message a record"),
        [INTAKE_FORMAT_WHATSAPP] =
            N_("decoded as text; each line that begins with a time a message"),
        [INTAKE_FORMAT_MAIL] =
            N_("taken apart as MIME; its text, and each attachment as a file of its own"),
        [INTAKE_FORMAT_FEED] = N_("parsed as RSS, then as Atom; each entry a record"),
        [INTAKE_FORMAT_HTML] = N_("parsed as HTML in the encoding it declares; its main text"),
        [INTAKE_FORMAT_PDF] = N_("opened as a PDF; its text layer, then each page without one as a "
                                 "picture by OCR in Persian and English"),
        [INTAKE_FORMAT_IMAGE] =
            N_("opened as a picture, turned upright; OCR in Persian and English"),
        [INTAKE_FORMAT_ARCHIVE] =
            N_("opened as ZIP, TAR or 7z within limits; each member as a file of its own"),
        [INTAKE_FORMAT_SHEET] = N_("opened as XLSX or ODS; each sheet as a table"),
        [INTAKE_FORMAT_WARC] = N_("read as WARC, uncompressed or gzip; each answer as a page"),
    };
    g_assert(format < INTAKE_N_FORMATS);
    if (intake_format_is_table(format))
        return i18n_get(TABLE);
    if (format == INTAKE_FORMAT_JSONL || format == INTAKE_FORMAT_FTM)
        return i18n_get(JSON);
    return i18n_get(TRIED[format] != NULL ? TRIED[format] : TEXT);
}

char *intake_format_names(void)
{
    GString *names = g_string_new(NULL);
    for (gsize i = INTAKE_FORMAT_AUTO + 1; i < INTAKE_N_FORMATS; i++)
        g_string_append_printf(names, "%s%s", names->len > 0 ? _(", ") : "", FORMATS[i].name);
    return g_string_free(names, FALSE);
}

IntakePartsReader intake_format_reader(IntakeFormat format)
{
    g_assert(format < INTAKE_N_FORMATS);
    return FORMATS[format].read;
}

bool intake_format_is_table(IntakeFormat format)
{
    return format == INTAKE_FORMAT_CSV || format == INTAKE_FORMAT_UWAZI ||
           format == INTAKE_FORMAT_ACLED || format == INTAKE_FORMAT_UCDP;
}

/* ---- by the first bytes ---- */

static bool has_at(const char *head, gsize length, gsize offset, const char *magic, gsize n)
{
    return length >= offset + n && memcmp(head + offset, magic, n) == 0;
}

static bool has(const char *head, gsize length, const char *word)
{
    return memmem(head, length, word, strlen(word)) != NULL;
}

/* Kinds of files in a ZIP: the first of its files, or the words at its begin, tell. */
static IntakeFormat zip_kind(const char *head, gsize length)
{
    static const char ODF[] = "mimetypeapplication/vnd.oasis.opendocument.";
    if (has_at(head, length, 30, ODF, strlen(ODF)))
        return has(head, length, "opendocument.spreadsheet") ? INTAKE_FORMAT_SHEET
                                                             : INTAKE_N_FORMATS;
    if (has_at(head, length, 30, "mimetypeapplication/epub", 24) || has(head, length, "word/") ||
        has(head, length, "ppt/"))
        return INTAKE_N_FORMATS;
    if (has(head, length, "xl/") || has_at(head, length, 30, "[Content_Types].xml", 19))
        return INTAKE_FORMAT_SHEET;
    return INTAKE_FORMAT_ARCHIVE;
}

/* Bytes that begin no text: the format that reads them; kind: or their name, when nothing does. */
static IntakeFormat by_magic(const char *head, gsize length, const char **ret_kind)
{
    static const struct {
        const char *magic;
        gsize offset, length;
        IntakeFormat format;
        const char *kind;
    } MAGICS[] = {
        {"%PDF-", 0, 5, INTAKE_FORMAT_PDF, "PDF"},
        {"WARC/1.", 0, 7, INTAKE_FORMAT_WARC, "WARC"},
        {"\x89PNG\r\n", 0, 6, INTAKE_FORMAT_IMAGE, "PNG"},
        {"\xff\xd8\xff", 0, 3, INTAKE_FORMAT_IMAGE, "JPEG"},
        {"GIF8", 0, 4, INTAKE_FORMAT_IMAGE, "GIF"},
        {"II*\0", 0, 4, INTAKE_FORMAT_IMAGE, "TIFF"},
        {"MM\0*", 0, 4, INTAKE_FORMAT_IMAGE, "TIFF"},
        {"WEBP", 8, 4, INTAKE_FORMAT_IMAGE, "WebP"},
        {"ustar", 257, 5, INTAKE_FORMAT_ARCHIVE, "TAR"},
        {"\x1f\x8b", 0, 2, INTAKE_FORMAT_ARCHIVE, "gzip"},
        {"BZh", 0, 3, INTAKE_FORMAT_ARCHIVE, "bzip2"},
        {"\xfd"
         "7zXZ",
         0, 5, INTAKE_FORMAT_ARCHIVE, "xz"},
        {"\x28\xb5\x2f\xfd", 0, 4, INTAKE_FORMAT_ARCHIVE, "zstd"},
        {"\xd0\xcf\x11\xe0", 0, 4, INTAKE_N_FORMATS, "Office"},
        {"{\\rtf", 0, 5, INTAKE_N_FORMATS, "RTF"},
        {"ftyp", 4, 4, INTAKE_N_FORMATS, "MP4"},
        {"OggS", 0, 4, INTAKE_N_FORMATS, "Ogg"},
        {"RIFF", 0, 4, INTAKE_N_FORMATS, "RIFF"},
        {"ID3", 0, 3, INTAKE_N_FORMATS, "MP3"},
        {"SQLite format 3", 0, 15, INTAKE_N_FORMATS, "SQLite"},
        {"Rar!", 0, 4, INTAKE_N_FORMATS, "RAR"},
        {"7z\xbc\xaf", 0, 4, INTAKE_FORMAT_ARCHIVE, "7-Zip"},
        {"\x7f"
         "ELF",
         0, 4, INTAKE_N_FORMATS, "ELF"},
    };
    *ret_kind = NULL;
    if (has_at(head, length, 0, "PK\x03\x04", 4)) {
        IntakeFormat format = zip_kind(head, length);
        *ret_kind = format == INTAKE_N_FORMATS ? "Office" : "ZIP";
        return format;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(MAGICS); i++)
        if (has_at(head, length, MAGICS[i].offset, MAGICS[i].magic, MAGICS[i].length)) {
            *ret_kind = MAGICS[i].kind;
            return MAGICS[i].format;
        }
    return INTAKE_FORMAT_AUTO;
}

const char *intake_format_binary(const char *head, gsize length)
{
    const char *kind;
    IntakeFormat format = by_magic(head, length, &kind);
    if (format != INTAKE_N_FORMATS && format != INTAKE_FORMAT_AUTO &&
        intake_format_reader(format) != NULL)
        return NULL;
    return kind;
}

/* ---- by the name ---- */

static IntakeFormat by_name(const char *name)
{
    static const struct {
        const char *ending;
        IntakeFormat format;
    } ENDINGS[] = {
        {".csv", INTAKE_FORMAT_CSV},     {".tsv", INTAKE_FORMAT_CSV},
        {".jsonl", INTAKE_FORMAT_JSONL}, {".ndjson", INTAKE_FORMAT_JSONL},
        {".json", INTAKE_FORMAT_JSONL},  {".ijson", INTAKE_FORMAT_JSONL},
        {".txt", INTAKE_FORMAT_TEXT},    {".sms", INTAKE_FORMAT_TEXT},
        {".eml", INTAKE_FORMAT_MAIL},    {".mbox", INTAKE_FORMAT_MAIL},
        {".mbx", INTAKE_FORMAT_MAIL},    {".html", INTAKE_FORMAT_HTML},
        {".htm", INTAKE_FORMAT_HTML},    {".xhtml", INTAKE_FORMAT_HTML},
        {".rss", INTAKE_FORMAT_FEED},    {".atom", INTAKE_FORMAT_FEED},
    };
    gsize size = name != NULL ? strlen(name) : 0;
    for (gsize i = 0; i < G_N_ELEMENTS(ENDINGS); i++) {
        gsize ending = strlen(ENDINGS[i].ending);
        if (size > ending && g_ascii_strcasecmp(name + size - ending, ENDINGS[i].ending) == 0)
            return ENDINGS[i].format;
    }
    return INTAKE_FORMAT_AUTO;
}

/* ---- by what the text says ---- */

static IntakeFormat json_kind(const char *text, gsize length)
{
    /* An account's export says so first; a chat's has its name, type, id, then the messages. */
    bool typed = has(text, length, "\"type\"") && has(text, length, "\"id\"");
    if ((typed && has(text, length, "\"messages\"") &&
         (has(text, length, "\"date_unixtime\"") || has(text, length, "_channel\"") ||
          has(text, length, "_chat\"") || has(text, length, "group\""))) ||
        has(text, length, "Here is the data you requested") ||
        (has(text, length, "\"chats\"") && has(text, length, "\"messages\"")))
        return INTAKE_FORMAT_TELEGRAM;
    const char *line_end = memchr(text, '\n', length);
    gsize line = line_end != NULL ? (gsize)(line_end - text) : length;
    if (has(text, line, "\"schema\"") && has(text, line, "\"properties\""))
        return INTAKE_FORMAT_FTM;
    return INTAKE_FORMAT_JSONL;
}

/* A word at the begin, in any letter case. */
static bool begins(const char *text, gsize length, const char *word)
{
    gsize n = strlen(word);
    return length >= n && g_ascii_strncasecmp(text, word, n) == 0;
}

static IntakeFormat markup_kind(const char *text, gsize length)
{
    if (has(text, length, "<rss") || has(text, length, "<rdf:RDF") ||
        (has(text, length, "<feed") && has(text, length, "http://www.w3.org/2005/Atom")))
        return INTAKE_FORMAT_FEED;
    if (begins(text, length, "<!doctype html") || has(text, length, "<html") ||
        has(text, length, "<HTML") || has(text, length, "<body") || has(text, length, "<BODY"))
        return INTAKE_FORMAT_HTML;
    return INTAKE_FORMAT_AUTO;
}

/* A mail has a head of named lines; of the names one that people do not write by hand. */
static bool is_mail(const char *text, gsize length)
{
    static const char *const MACHINE[] = {"Received:",   "Return-Path:",  "MIME-Version:",
                                          "Message-ID:", "Delivered-To:", "DKIM-Signature:"};
    if (begins(text, length, "From ") && memchr(text, '\n', length) != NULL) {
        const char *end = memchr(text, '\n', length);
        return memchr(text, ':', (gsize)(end - text)) != NULL &&
               (memchr(text, '@', (gsize)(end - text)) != NULL || has(text, length, "\nFrom:"));
    }
    bool machine = false;
    for (gsize at = 0; at < length;) {
        const char *newline = memchr(text + at, '\n', length - at);
        gsize end = newline != NULL ? (gsize)(newline - text) : length;
        gsize name = 0, size = end - at;
        while (name < size && (g_ascii_isalnum(text[at + name]) || text[at + name] == '-'))
            name++;
        if (size == 0 || text[at] == '\r')
            break; /* the head ends */
        bool folded = text[at] == ' ' || text[at] == '\t';
        if (!folded && newline != NULL && (name == 0 || name == size || text[at + name] != ':'))
            return false;
        for (gsize i = 0; i < G_N_ELEMENTS(MACHINE); i++)
            machine |= begins(text + at, size, MACHINE[i]);
        at = end + 1;
    }
    return machine;
}

static IntakeFormat by_text(const char *name, const char *text, gsize length)
{
    IntakeFormat ending = by_name(name);
    bool json =
        length > 1 && (text[0] == '{' || (text[0] == '[' && strchr("{ \r\n\t", text[1]) != NULL));
    if (ending == INTAKE_FORMAT_JSONL || (json && ending != INTAKE_FORMAT_TEXT))
        return json_kind(text, length);
    if (ending == INTAKE_FORMAT_CSV) {
        IntakeFormat table = intake_table_guess(text, length);
        return table != INTAKE_FORMAT_AUTO ? table : INTAKE_FORMAT_CSV;
    }
    if (ending != INTAKE_FORMAT_AUTO && ending != INTAKE_FORMAT_TEXT)
        return ending;
    if (intake_whatsapp_guess(name, text, length))
        return INTAKE_FORMAT_WHATSAPP;
    if (is_mail(text, length))
        return INTAKE_FORMAT_MAIL;
    IntakeFormat kind =
        length > 0 && text[0] == '<' ? markup_kind(text, length) : INTAKE_FORMAT_AUTO;
    if (kind == INTAKE_FORMAT_AUTO && ending == INTAKE_FORMAT_AUTO)
        kind = intake_table_guess(text, length);
    return kind != INTAKE_FORMAT_AUTO ? kind : INTAKE_FORMAT_TEXT;
}

IntakeFormat intake_format_guess(const char *name, const char *head, gsize length)
{
    const char *kind;
    IntakeFormat format = by_magic(head, length, &kind);
    if (format != INTAKE_FORMAT_AUTO && format != INTAKE_N_FORMATS &&
        intake_format_reader(format) != NULL)
        return format;
    gsize at = length >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < length && g_ascii_isspace(head[at]))
        at++;
    format = by_text(name, head + at, length - at);
    bool records = intake_format_reader(format) == NULL;
    return records && format > INTAKE_FORMAT_FTM ? INTAKE_FORMAT_TEXT : format;
}
