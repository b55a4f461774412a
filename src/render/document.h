/* render/document.h: what a document says, before anybody knows where its pages end.
 *
 * A document is a list of blocks in the order of reading; typeset.h turns it into pages. Texts
 * are plain UTF-8 (no markup: what came from outside is shown as it is, control characters
 * aside) made of pieces in a few styles. All texts are copied. */
#pragma once
#include "base/i18n.h"
#include "render/canvas.h"
#include <glib.h>
#include <stdbool.h>

typedef enum {
    DOCUMENT_PLAIN = 0,
    DOCUMENT_BOLD = 1,
    DOCUMENT_QUIET = 2, /**< grey: what may be skipped */
    DOCUMENT_SMALL = 4,
    DOCUMENT_CODE = 8,  /**< ids, hashes, addresses: left to right in any text */
    DOCUMENT_NOTE = 16, /**< the mark of a note; set by document_text_note */
    DOCUMENT_APART = 32 /**< words of somebody else's: their own direction inside the text's */
} DocumentStyle;

typedef struct {
    gsize start, end; /**< bytes of the text */
    guint style;      /**< DocumentStyle bits */
    guint note;       /**< number of the note it marks; 0 */
} DocumentSpan;

typedef struct {
    GString *text;
    GArray *spans; /**< DocumentSpan, in order; plain text has none */
} DocumentText;

typedef enum { DOCUMENT_START, DOCUMENT_CENTRE, DOCUMENT_END } DocumentAlign;

typedef struct {
    char *caption; /**< NULL none */
    gsize n_columns;
    double *shares;   /**< n_columns: widths, any unit */
    bool *numeric;    /**< n_columns: figures, right-aligned */
    char **titles;    /**< n_columns */
    GPtrArray *cells; /**< DocumentText, row by row; a last row may be incomplete */
    bool small;       /**< set in small type: annexes */
} DocumentTable;

typedef enum {
    DOCUMENT_HEADING,
    DOCUMENT_PARAGRAPH,
    DOCUMENT_LINE, /**< a line among lines: an address, a date; no space between */
    DOCUMENT_ITEM,
    DOCUMENT_NOTICE, /**< boxed */
    DOCUMENT_TABLE,
    DOCUMENT_FIGURE,
    DOCUMENT_GAP, /**< one empty line */
    DOCUMENT_NEW_PAGE,
    DOCUMENT_NOTES, /**< the list of all notes */
} DocumentKind;

typedef struct {
    DocumentKind kind;
    int level; /**< of a heading: 0 the title, 1, 2; of an item: 0, 1 */
    DocumentAlign align;
    char *marker; /**< of an item; NULL a bullet */
    bool keep;    /**< stays with the next block */
    DocumentText *text;
    DocumentTable *table;
    Canvas *canvas;
} DocumentBlock;

typedef struct {
    I18nLanguage language;
    char *title, *subject, *author, *keywords;
    char *label;       /**< stands boxed at the head of every page ("synthetic data"); NULL none */
    char *running;     /**< running head of the pages after the first; NULL the title */
    char *foot;        /**< beside the page number; NULL none */
    gint64 created;    /**< seconds; goes into the file */
    bool footnotes;    /**< notes at the foot of their page; else where DOCUMENT_NOTES stands */
    GPtrArray *blocks; /**< DocumentBlock */
    GPtrArray *notes;  /**< char *, number 1 first */
    GHashTable *note_numbers;
    guint n_tables, n_figures;
} Document;

Document *document_new(I18nLanguage language, const char *title);
void document_free(Document *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Document, document_free)

/* Each appends a block; what is returned is borrowed and takes more text. text may be NULL. */
DocumentText *document_heading(Document *document, int level, const char *text);
DocumentText *document_paragraph(Document *document, const char *text);
DocumentText *document_line(Document *document, DocumentAlign align, const char *text);
DocumentText *document_item(Document *document, const char *marker, const char *text);
DocumentText *document_notice(Document *document, const char *text);
void document_gap(Document *document);
void document_new_page(Document *document);
/** The list of notes, if there are any. */
void document_put_notes(Document *document);
/** A drawing (transferred) with its caption, numbered. */
DocumentText *document_figure(Document *document, Canvas *canvas, const char *caption);
/** caption NULL: no number. Columns are named by document_table_column, left to fill by
 *  document_cell in order. */
DocumentTable *document_table(Document *document, gsize n_columns, const char *caption);
void document_table_column(DocumentTable *table, gsize column, double share, bool numeric,
                           const char *title);
DocumentText *document_cell(DocumentTable *table, const char *text);
/** The last block stays on one page with the one that follows. */
void document_keep(Document *document);

/** Appends to a text. */
void document_text_add(DocumentText *text, guint style, const char *more);
void document_text_printf(DocumentText *text, guint style, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/** Marks a note: the same words get the same number. Returns it. */
guint document_text_note(Document *document, DocumentText *text, const char *note);

/** The document as one page of HTML, drawings and style inside it: no script, nothing loaded.
 *  Transfers. */
char *document_to_html(const Document *document);
