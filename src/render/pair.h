/* render/pair.h: one pair of statements before somebody's eyes: both sides, and what each field
 * says. */
#pragma once
#include "intake/join.h"
#include "store/report.h"

/** "T4-T9". Transfers. */
char *render_pair_name(const IntakeReviewPair *pair);
/** Reads "T4-T9" (also with a comma, a colon or a space between). */
bool render_pair_parse(const char *text, gint64 *ret_left, gint64 *ret_right, GError **error);
/** What a field of the comparison is called, in the thread's language. Static. */
const char *render_pair_field_title(const char *name);
/** The waterfall of weights as an SVG document, in the thread's language. Transfers. */
char *render_pair_svg(const IntakeReviewPair *pair);

typedef struct {
    StoreStatement *statement;
    StoreReport *report;
    StoreSource *source; /**< NULL: none */
} RenderPairSide;
bool render_pair_side_load(Store *store, gint64 statement, RenderPairSide *side, GError **error);
void render_pair_side_clear(RenderPairSide *side);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RenderPairSide, render_pair_side_clear)

/** The rows of the comparison; ends with a NULL name. */
typedef struct {
    const char *name, *title; /**< for machines; in the catalogue */
    bool sealed;              /**< none until store_unseal */
} RenderPairRow;
extern const RenderPairRow RENDER_PAIR_ROWS[];
/** One side's value of a row, in the thread's language; NULL none. Transfers. */
char *render_pair_value(Store *store, const RenderPairSide *side, const char *name);
