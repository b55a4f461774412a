/* render/situation.h: the situation report as a document: its chapters, each in one function.
 * The thread's language is the report's. */
#pragma once
#include "render/document.h"
#include "render/draw.h"
#include "render/picture.h"

typedef struct {
    Store *store;
    const Picture *picture;
    Document *document;
} Report;

/** Empty, with its title, day and label. Transfers. */
Document *situation_new(const Picture *picture);
/** Title, day, what kind of words these are. */
void situation_head(Report *report);
/** The whole report. NULL with error set. Transfers. */
Document *situation_document(Store *store, GError **error);

/* situation_came.c: what came in, each reporter's figures, alarms. */
void situation_summary(Report *report);
void situation_figures(Report *report);
void situation_came_in(Report *report);
bool situation_alarms(Report *report, GError **error);
/* situation_risk.c: factors, what follows crises, how many are on no list, asks. */
bool situation_factors(Report *report, GError **error);
void situation_crises(Report *report);
void situation_estimates(Report *report);
void situation_asks(Report *report);
/* situation_annex.c: how it was made, sources, records. */
void situation_methods(Report *report);
void situation_sources(Report *report);
bool situation_annex(Report *report, GError **error);

/** Appends " [FG12]". */
void situation_id(DocumentText *text, StoreKind kind, gint64 id);
/** "– not confirmed at its source" where it was not. */
void situation_unconfirmed(DocumentText *text, const char *verified);
/** The note that stands for a figure's source. */
void situation_figure_note(Report *report, DocumentText *text, const StoreFigure *figure);
/** Figures that the report shows: of the newest crisis and of the last year, newest first. */
GPtrArray *situation_key_figures(const Picture *picture);
/** Small number in the language. */
char *situation_number(gint64 n);
