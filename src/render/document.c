#include "render/document.h"

#include <stdarg.h>
#include <string.h>

static DocumentText *text_new(const char *text)
{
    DocumentText *new = g_new0(DocumentText, 1);
    new->text = g_string_new(NULL);
    new->spans = g_array_new(FALSE, TRUE, sizeof(DocumentSpan));
    if (text != NULL)
        document_text_add(new, DOCUMENT_PLAIN, text);
    return new;
}

static void text_free(void *data)
{
    DocumentText *text = data;
    if (text == NULL)
        return;
    g_string_free(text->text, TRUE);
    g_array_unref(text->spans);
    g_free(text);
}

static void table_free(DocumentTable *table)
{
    if (table == NULL)
        return;
    g_free(table->caption);
    g_free(table->shares);
    g_free(table->numeric);
    g_strfreev(table->titles);
    g_ptr_array_unref(table->cells);
    g_free(table);
}

static void block_free(void *data)
{
    DocumentBlock *block = data;
    g_free(block->marker);
    text_free(block->text);
    table_free(block->table);
    canvas_free(block->canvas);
    g_free(block);
}

Document *document_new(I18nLanguage language, const char *title)
{
    Document *document = g_new0(Document, 1);
    document->language = language;
    document->title = g_strdup(title);
    document->blocks = g_ptr_array_new_with_free_func(block_free);
    document->notes = g_ptr_array_new_with_free_func(g_free);
    document->note_numbers = g_hash_table_new(g_str_hash, g_str_equal);
    return document;
}

void document_free(Document *document)
{
    if (document == NULL)
        return;
    g_free(document->title);
    g_free(document->subject);
    g_free(document->author);
    g_free(document->keywords);
    g_free(document->label);
    g_free(document->running);
    g_free(document->foot);
    g_ptr_array_unref(document->blocks);
    g_hash_table_unref(document->note_numbers);
    g_ptr_array_unref(document->notes);
    g_free(document);
}

static DocumentBlock *block_add(Document *document, DocumentKind kind, const char *text)
{
    DocumentBlock *block = g_new0(DocumentBlock, 1);
    block->kind = kind;
    block->text = text_new(text);
    g_ptr_array_add(document->blocks, block);
    return block;
}

DocumentText *document_heading(Document *document, int level, const char *text)
{
    DocumentBlock *block = block_add(document, DOCUMENT_HEADING, text);
    block->level = level;
    block->keep = true;
    return block->text;
}

DocumentText *document_paragraph(Document *document, const char *text)
{
    return block_add(document, DOCUMENT_PARAGRAPH, text)->text;
}

DocumentText *document_line(Document *document, DocumentAlign align, const char *text)
{
    DocumentBlock *block = block_add(document, DOCUMENT_LINE, text);
    block->align = align;
    return block->text;
}

DocumentText *document_item(Document *document, const char *marker, const char *text)
{
    DocumentBlock *block = block_add(document, DOCUMENT_ITEM, text);
    block->marker = g_strdup(marker);
    return block->text;
}

DocumentText *document_notice(Document *document, const char *text)
{
    return block_add(document, DOCUMENT_NOTICE, text)->text;
}

void document_gap(Document *document)
{
    block_add(document, DOCUMENT_GAP, NULL);
}

void document_new_page(Document *document)
{
    block_add(document, DOCUMENT_NEW_PAGE, NULL);
}

void document_put_notes(Document *document)
{
    block_add(document, DOCUMENT_NOTES, NULL);
}

void document_keep(Document *document)
{
    g_assert(document->blocks->len > 0);
    DocumentBlock *block = document->blocks->pdata[document->blocks->len - 1];
    block->keep = true;
}

static void add_number(DocumentText *text, const char *format, guint number)
{
    g_autofree char *digits = i18n_integer(number);
    g_autofree char *label = g_strdup_printf(format, digits);
    document_text_add(text, DOCUMENT_BOLD, label);
    document_text_add(text, DOCUMENT_PLAIN, " ");
}

DocumentText *document_figure(Document *document, Canvas *canvas, const char *caption)
{
    DocumentBlock *block = block_add(document, DOCUMENT_FIGURE, NULL);
    block->canvas = canvas;
    /* translators: the number of a figure, before its caption */
    add_number(block->text, _("Figure %s."), ++document->n_figures);
    document_text_add(block->text, DOCUMENT_PLAIN, caption);
    return block->text;
}

DocumentTable *document_table(Document *document, gsize n_columns, const char *caption)
{
    DocumentBlock *block = block_add(document, DOCUMENT_TABLE, NULL);
    if (caption != NULL) {
        /* translators: the number of a table, before its caption */
        add_number(block->text, _("Table %s."), ++document->n_tables);
        document_text_add(block->text, DOCUMENT_PLAIN, caption);
    }
    DocumentTable *table = g_new0(DocumentTable, 1);
    table->caption = g_strdup(caption);
    table->n_columns = n_columns;
    table->shares = g_new0(double, n_columns);
    table->numeric = g_new0(bool, n_columns);
    table->titles = g_new0(char *, n_columns + 1);
    table->cells = g_ptr_array_new_with_free_func(text_free);
    for (gsize i = 0; i < n_columns; i++) {
        table->shares[i] = 1;
        table->titles[i] = g_strdup("");
    }
    block->table = table;
    return table;
}

void document_table_column(DocumentTable *table, gsize column, double share, bool numeric,
                           const char *title)
{
    g_assert(column < table->n_columns && share > 0);
    table->shares[column] = share;
    table->numeric[column] = numeric;
    g_free(table->titles[column]);
    table->titles[column] = g_strdup(title);
}

DocumentText *document_cell(DocumentTable *table, const char *text)
{
    DocumentText *cell = text_new(text);
    g_ptr_array_add(table->cells, cell);
    return cell;
}

/* What is shown: valid UTF-8, line breaks kept, other control characters left out. */
static void append_clean(GString *into, const char *more)
{
    g_autofree char *valid = g_utf8_make_valid(more, -1);
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == '\n' || c == '\t')
            g_string_append_c(into, c == '\t' ? ' ' : '\n');
        else if (g_unichar_type(c) != G_UNICODE_CONTROL)
            g_string_append_unichar(into, c);
    }
}

void document_text_add(DocumentText *text, guint style, const char *more)
{
    if (more == NULL)
        return;
    DocumentSpan span = {.start = text->text->len, .style = style};
    if ((style & DOCUMENT_CODE) != 0)
        g_string_append(text->text, "\u2066"); /* left to right, apart from what is around it */
    else if ((style & DOCUMENT_APART) != 0)
        g_string_append(text->text, "\u2068"); /* by its first letter */
    append_clean(text->text, more);
    if ((style & (DOCUMENT_CODE | DOCUMENT_APART)) != 0)
        g_string_append(text->text, "\u2069");
    span.end = text->text->len;
    if (style != DOCUMENT_PLAIN && span.end > span.start)
        g_array_append_val(text->spans, span);
}

void document_text_printf(DocumentText *text, guint style, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *more = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    document_text_add(text, style, more);
}

guint document_text_note(Document *document, DocumentText *text, const char *note)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(document->note_numbers, note));
    if (number == 0) {
        char *copy = g_strdup(note);
        g_ptr_array_add(document->notes, copy);
        number = document->notes->len;
        g_hash_table_insert(document->note_numbers, copy, GUINT_TO_POINTER(number));
    }
    g_autofree char *digits = i18n_integer(number);
    /* a hair's breadth before it: "1357" and its note 31 are two numbers */
    g_autofree char *mark = g_strdup_printf("\u200A[%s]", digits);
    DocumentSpan span = {.start = text->text->len, .style = DOCUMENT_NOTE, .note = number};
    g_string_append(text->text, mark);
    span.end = text->text->len;
    g_array_append_val(text->spans, span);
    return number;
}
