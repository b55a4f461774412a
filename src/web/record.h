/* web/record.h: any record in a line, and lists of what rests on what. */
#pragma once
#include "web/page.h"

/** "Executions 2024, Amnesty International: at least 972": what names a record among its like, in
 *  the page's language, without sealed fields; the kind's name when there is nothing better.
 *  Transfers. */
char *record_title(const Page *page, StoreKind kind, gint64 id);
/** A list of records, each a link with its title; at most `limit`, then "and n more" as a link to
 *  the record's own page. Draws nothing for an empty list. */
void record_draw_steps(const Page *page, StoreKind kind, gint64 id, const GArray *steps,
                       gsize limit);
/** What a record rests on directly (rows of link and fields alike), drawn likewise. */
void record_draw_evidence(const Page *page, StoreKind kind, gint64 id, gsize limit);
