/* intake/sheet_private.h: what the XLSX and the ODS reader share: members of a ZIP, a table that
 * becomes CSV, dates counted in days. */
#pragma once
#include "intake/parts.h"

#include <libxml/xmlreader.h>

enum {
    SHEET_MEMBER_MAX = 192 << 20, /* bytes of one member unpacked */
    SHEET_ALL_MAX = 384 << 20,    /* of all together */
    SHEET_ROWS_MAX = 1 << 20,     /* as Excel's own */
};

/** The members of a ZIP that a sheet needs: name → GBytes. NULL with error set when it is no ZIP,
 *  locked, damaged or larger than the limits. */
GHashTable *sheet_members_load(const char *name, const void *bytes, gsize length, GError **error);
/** A reader over a member; NULL when there is no such member. No network, no entities, no DTD.
 *  `name` may begin with a slash. Free with xmlFreeTextReader. */
xmlTextReaderPtr sheet_member_open(GHashTable *members, const char *name);

/** A table on its way to CSV: rows come in order, cells in any; empty rows are left out, as
 *  readers of CSV do. */
typedef struct {
    GString *csv;
    GPtrArray *cells; /* of the row under way: char *, or NULL */
    guint n_rows;
    guint width; /* of the first row that has cells */
    guint lost;  /* cells beyond LIMIT_COLUMNS */
    bool full;   /* longer than INTAKE_PART_BYTES_MAX or SHEET_ROWS_MAX: the rest is not in it */
} SheetTable;

SheetTable *sheet_table_new(void);
void sheet_table_free(SheetTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SheetTable, sheet_table_free)
/** Takes the text. Columns from 0. */
void sheet_table_set(SheetTable *table, guint column, char *text);
/** Ends the row, and writes it `times` (a repeated row; an empty one costs nothing). */
void sheet_table_end_row(SheetTable *table, guint times);
/** Hands the table over as one part; nothing when it is empty, and what was lost as a problem. */
bool sheet_table_pass(SheetTable *table, const char *sheet, IntakePartFound found, void *context,
                      GError **error);

/** A day count of a spreadsheet as ISO 8601: a day, a time of day (below 1), or both. from_1904:
 *  day 0 is 1 January 1904, else day 1 is 1 January 1900 and there was a 29 February 1900. NULL
 *  outside of years 1900 to 9999. Transfers. */
char *sheet_date(double days, bool from_1904, bool show_time);
/** Whether a number format ("yyyy\-mm\-dd", "[$-fa-IR,16]d mmmm", "[h]:mm", "0.00") shows a date or
 *  a time; *ret_time whether it shows an hour. */
bool sheet_format_is_date(const char *format, bool *ret_time);

bool sheet_read_xlsx(GHashTable *members, IntakePartFound found, void *context, GError **error);
bool sheet_read_ods(GHashTable *members, IntakePartFound found, void *context, GError **error);

/** An attribute by its name without prefix; NULL when there is none. Transfers (g_free). */
char *sheet_attribute(xmlTextReaderPtr reader, const char *name);
/** Whether the reader stands at the start of an element of that local name. */
bool sheet_at(xmlTextReaderPtr reader, const char *local_name);
/** All text below the element at hand; the reader is left at its end. Transfers. */
char *sheet_text(xmlTextReaderPtr reader, const char *skip);
