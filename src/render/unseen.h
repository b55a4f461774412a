/* render/unseen.h: pictures of one answer of `zenhar estimate`, from its JSON.
 *
 * The same JSON stands in a case's estimates (StoreEstimate.settings and .lists), so that what is
 * drawn for a file and for a case is drawn by the same hand. */
#pragma once
#include "base/error.h"
#include "render/canvas.h"
#include <jansson.h>

typedef enum {
    UNSEEN_OVERLAPS,    /**< who is on exactly which lists */
    UNSEEN_TOTAL,       /**< the distribution of the total */
    UNSEEN_SENSITIVITY, /**< ours, each list left out, figures published by others */
    UNSEEN_STRATA,      /**< one row a group, and their sum */
    UNSEEN_N_CHARTS
} UnseenChart;

/** "overlaps", "total", "sensitivity", "strata". Static. */
const char *unseen_chart_name(UnseenChart chart);
/** In the thread's language; NULL when the JSON has nothing for it. */
Canvas *unseen_draw(const json_t *estimate, UnseenChart chart);
/** The chart as a whole SVG document in a language, with a case's setting "label" (NULL:
 *  none), put in place whole. *ret_drawn false: nothing to draw, no file. False: IO with error
 *  set. */
bool unseen_file(const json_t *estimate, UnseenChart chart, I18nLanguage language,
                 const char *label, const char *path, bool *ret_drawn, GError **error);
