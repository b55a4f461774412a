/* web/words.h: codes of the case in the reader's words. Static memory; in the thread's language.
 * A code that is not known is given back as it is. */
#pragma once
#include <glib.h>

const char *words_source_kind(const char *kind);   /**< organisation, media, … */
const char *words_reliability(char grade);         /**< 'A' … 'F'; 0: "not graded" */
const char *words_credibility(gint32 grade);       /**< 1 … 6; 0: "not graded" */
const char *words_report_status(gint32 status);    /**< StoreReportStatus */
const char *words_status(const char *status);      /**< of asks, letters, acts, alarms, persons */
const char *words_response_kind(const char *kind); /**< acknowledged, supports, … */
const char *words_method(const char *method);      /**< what made a statement */
const char *words_language(const char *tag);       /**< fa, en, … */
const char *words_gender(const char *gender);
const char *words_verified(const char *verified); /**< NULL when the row was read: no remark */
const char *words_category(const char *category); /**< of a measure: diplomatic, legal, … */
const char *words_action(const char *action);     /**< of the audit trail */
const char *words_role(const char *role);         /**< of a link; "" */
/** "rtl", "ltr" by the language a text is in; "auto" when it is not known. Static. */
const char *words_direction(const char *tag);
