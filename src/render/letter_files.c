/* A letter for those who must edit or read it elsewhere: plain text, HTML, OpenDocument text. The
 * words are those of appeal/letter; nothing is added but structure, language and direction. */
#include "appeal/appeal.h"
#include "appeal/sign.h"
#include "render/markup.h"
#include "render/output.h"
#include "render/public.h"
#include "render/render.h"
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

/* The two formats name the same things differently. */
typedef struct {
    const char *paragraph, *heading, *call;
} Names;
static const Names HTML = {"p", "h2", "sup"};
static const Names ODT = {"text:p", "text:h", "text:span"};

typedef struct {
    xmlTextWriter *writer;
    const Names *names;
    const AppealLetter *letter;
} Writing;

static void start(Writing *w, const char *name)
{
    markup_start(w->writer, name);
}

static void end(Writing *w)
{
    markup_end(w->writer);
}

static void attribute(Writing *w, const char *name, const char *value)
{
    markup_attribute(w->writer, name, value);
}

static void words(Writing *w, const char *text)
{
    markup_words(w->writer, text);
}

static void block(Writing *w, bool heading, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    start(w, heading ? w->names->heading : w->names->paragraph);
    if (w->names == &ODT)
        attribute(w, "text:style-name", heading ? "Heading" : "Body");
    words(w, text);
    end(w);
}

static void lines(Writing *w, char *const *list)
{
    for (gsize i = 0; list != NULL && list[i] != NULL; i++)
        block(w, false, list[i]);
}

static void part_words(Writing *w, const AppealPart *part)
{
    gsize from = 0;
    for (gsize i = 0; i < part->n_calls; i++) {
        g_autofree char *piece = g_strndup(part->text + from, part->calls[i].offset - from);
        g_autofree char *number = i18n_integer(part->calls[i].number);
        g_autofree char *mark = g_strdup_printf("[%s]", number);
        words(w, piece);
        start(w, w->names->call);
        if (w->names == &ODT)
            attribute(w, "text:style-name", "Call");
        words(w, mark);
        end(w);
        from = part->calls[i].offset;
    }
    words(w, part->text + from);
}

static void put_part(Writing *w, const AppealPart *part)
{
    bool heading = part->kind == APPEAL_HEADING;
    start(w, heading ? w->names->heading : w->names->paragraph);
    if (w->names == &ODT)
        attribute(w, "text:style-name", heading ? "Heading" : "Body");
    if (part->kind == APPEAL_ASK) {
        g_autofree char *number = i18n_integer(part->number);
        g_autofree char *marker = g_strconcat(number, ". ", NULL);
        words(w, marker);
    } else if (part->kind == APPEAL_ITEM) {
        words(w, "– ");
    }
    part_words(w, part);
    end(w);
}

static void put_letter(Writing *w)
{
    const AppealLetter *letter = w->letter;
    block(w, false, letter->label);
    block(w, false, letter->notice);
    lines(w, letter->letterhead);
    block(w, false, letter->reference);
    block(w, false, letter->date);
    lines(w, letter->addressee);
    block(w, true, letter->subject);
    block(w, false, letter->salutation);
    for (guint i = 0; i < letter->parts->len; i++)
        put_part(w, letter->parts->pdata[i]);
    block(w, false, letter->closing);
    lines(w, letter->signature);
    if (letter->notes->len > 0)
        block(w, true, _("Notes and sources"));
    for (guint i = 0; i < letter->notes->len; i++) {
        const AppealNote *note = letter->notes->pdata[i];
        g_autofree char *number = i18n_integer(note->number);
        g_autofree char *text = g_strdup_printf(
            "[%s] %s%s", number, note->text, note->unconfirmed ? _(" (not fully confirmed)") : "");
        block(w, false, text);
    }
    if (letter->annex->len > 0)
        block(w, true, letter->annex_title);
    for (guint i = 0; i < letter->annex->len; i++) {
        const AppealAnnexRow *row = letter->annex->pdata[i];
        char id[STORE_ID_MAX];
        g_autofree char *text = g_strdup_printf(
            "%s  %s  %s", store_id_format(row->kind, row->id, id), row->what, row->sha256);
        block(w, false, text);
    }
}

/* Those whose signature holds: named ones by name, the others as a number. */
static void put_signatories(Writing *w, GPtrArray *signatories)
{
    guint unnamed = 0, n = 0;
    for (guint i = 0; i < signatories->len; i++) {
        const AppealSignatory *one = signatories->pdata[i];
        if (g_strcmp0(one->status, "verified") != 0)
            continue;
        if (n++ == 0)
            block(w, true, _("Signed by"));
        if (one->name == NULL)
            unnamed++;
        else
            block(w, false, one->name);
    }
    g_autofree char *number = i18n_integer(unnamed);
    g_autofree char *words = g_strdup_printf(_("and %s that sign without being named"), number);
    if (unnamed > 0)
        block(w, false, words);
}

/* links, signatories: of a public page, with its style sheet; NULL: a page that stands alone. */
static char *html_of(const AppealLetter *letter, const PublicLink *links, GPtrArray *signatories)
{
    Markup markup = markup_new();
    Writing w = {.writer = markup.writer, .names = &HTML, .letter = letter};
    markup_page_start(w.writer, letter->language, letter->subject,
                      links != NULL
                          ? NULL
                          : "body{font:1rem/1.7 Vazirmatn,serif;max-width:42rem;margin:auto;"
                            "padding:1rem;overflow-wrap:anywhere}");
    if (links != NULL)
        public_links(w.writer, links);
    put_letter(&w);
    if (signatories != NULL)
        put_signatories(&w, signatories);
    markup_page_end(w.writer);
    return markup_finish(&markup);
}

char *letter_public_page(Store *store, gint64 appeal_id, const PublicLink *links, GError **error)
{
    g_autoptr(AppealLetter) letter = appeal_letter_load(store, appeal_id, error);
    if (letter == NULL)
        return NULL;
    I18nLanguage saved = i18n_language();
    i18n_set_language(letter->language);
    g_autoptr(GPtrArray) signatories =
        appeal_signatories(store, appeal_id, letter->language, error);
    char *page = signatories != NULL ? html_of(letter, links, signatories) : NULL;
    i18n_set_language(saved);
    return page;
}

/* ---- OpenDocument text ---- */

static void style(Writing *w, const char *name, const char *family, const char *size,
                  const char *weight)
{
    bool persian = w->letter->language == I18N_PERSIAN;
    start(w, "style:style");
    attribute(w, "style:name", name);
    attribute(w, "style:family", family);
    if (strcmp(family, "paragraph") == 0) {
        start(w, "style:paragraph-properties");
        attribute(w, "style:writing-mode", persian ? "rl-tb" : "lr-tb");
        attribute(w, "fo:text-align", "start");
        attribute(w, "fo:margin-bottom", "0.2cm");
        end(w);
    }
    start(w, "style:text-properties");
    attribute(w, "style:font-name-complex", "Vazirmatn");
    attribute(w, persian ? "style:font-size-complex" : "fo:font-size", size);
    if (weight != NULL)
        attribute(w, persian ? "style:font-weight-complex" : "fo:font-weight", weight);
    attribute(w, persian ? "style:language-complex" : "fo:language", persian ? "fa" : "en");
    attribute(w, persian ? "style:country-complex" : "fo:country", persian ? "IR" : "GB");
    if (strcmp(name, "Call") == 0)
        attribute(w, "style:text-position", "super 58%");
    end(w);
    end(w);
}

static char *content_xml(const AppealLetter *letter)
{
    static const char *const SPACES[][2] = {
        {"xmlns:office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"},
        {"xmlns:text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"},
        {"xmlns:style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"},
        {"xmlns:fo", "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"}};
    Markup markup = markup_new();
    Writing w = {.writer = markup.writer, .names = &ODT, .letter = letter};
    xmlTextWriterStartDocument(w.writer, "1.0", "UTF-8", NULL);
    start(&w, "office:document-content");
    for (gsize i = 0; i < G_N_ELEMENTS(SPACES); i++)
        attribute(&w, SPACES[i][0], SPACES[i][1]);
    attribute(&w, "office:version", "1.3");
    start(&w, "office:automatic-styles");
    style(&w, "Body", "paragraph", "12pt", NULL);
    style(&w, "Heading", "paragraph", "14pt", "bold");
    style(&w, "Call", "text", "12pt", NULL);
    end(&w);
    start(&w, "office:body");
    start(&w, "office:text");
    put_letter(&w);
    end(&w);
    end(&w);
    end(&w);
    xmlTextWriterEndDocument(w.writer);
    return markup_finish(&markup);
}

static const char MIMETYPE[] = "application/vnd.oasis.opendocument.text";
static const char MANIFEST[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest:manifest "
    "xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" "
    "manifest:version=\"1.3\"><manifest:file-entry manifest:full-path=\"/\" "
    "manifest:media-type=\"application/vnd.oasis.opendocument.text\"/><manifest:file-entry "
    "manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>\n";

static bool add_member(struct archive *zip, const char *name, const char *bytes, gsize length,
                       gint64 now)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)length);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, (time_t)now, 0);
    bool done = archive_write_header(zip, entry) == ARCHIVE_OK &&
                archive_write_data(zip, bytes, length) == (la_ssize_t)length;
    archive_entry_free(entry);
    return done;
}

/* The mimetype comes first and is not packed, so that the kind is known by the first bytes. */
static GBytes *odt_of(const AppealLetter *letter, gint64 now, GError **error)
{
    g_autofree char *content = content_xml(letter);
    gsize room = strlen(content) + 65536, used = 0;
    g_autofree char *bytes = g_malloc(room);
    struct archive *zip = archive_write_new();
    archive_write_set_format_zip(zip);
    archive_write_set_bytes_in_last_block(zip, 1);
    bool done = archive_write_open_memory(zip, bytes, room, &used) == ARCHIVE_OK &&
                archive_write_zip_set_compression_store(zip) == ARCHIVE_OK &&
                add_member(zip, "mimetype", MIMETYPE, sizeof MIMETYPE - 1, now) &&
                add_member(zip, "META-INF/manifest.xml", MANIFEST, sizeof MANIFEST - 1, now) &&
                add_member(zip, "content.xml", content, strlen(content), now) &&
                archive_write_close(zip) == ARCHIVE_OK;
    if (!done)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The letter cannot be packed: %s."),
                    archive_error_string(zip));
    archive_write_free(zip);
    return done ? g_bytes_new(bytes, used) : NULL;
}

bool render_letter_file(Store *store, gint64 appeal_id, const char *format, const char *path,
                        GError **error)
{
    if (strcmp(format, "pdf") == 0)
        return render_letter_pdf(store, appeal_id, path, error);
    g_autoptr(AppealLetter) letter = appeal_letter_load(store, appeal_id, error);
    if (letter == NULL)
        return false;
    I18nLanguage saved = i18n_language();
    i18n_set_language(letter->language);
    g_autofree char *text = NULL;
    g_autoptr(GBytes) bytes = NULL;
    if (strcmp(format, "odt") == 0)
        bytes = odt_of(letter, store_now(store), error);
    else if (strcmp(format, "html") == 0 || strcmp(format, "txt") == 0) {
        text =
            strcmp(format, "html") == 0 ? html_of(letter, NULL, NULL) : appeal_letter_text(letter);
        bytes = g_bytes_new(text, strlen(text));
    } else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("“%s” is no format of a letter: pdf, html, txt or odt."), format);
    i18n_set_language(saved);
    gsize length;
    const void *data = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
    return data != NULL && output_bytes(path, data, length, error);
}
