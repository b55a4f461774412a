/* intake/message.h: what the text engine reads in a free text, as statements; for intake/. */
#pragma once
#include "intake/record.h"

typedef struct {
    const char *text; /**< as received */
    gsize length;
    gint32 today; /**< day it was written; G_MININT32 unknown */
    const IntakeGazetteer *gazetteer;
    const char *language; /**< NULL unknown */
} IntakeMessage;

/** Lines before a forwarded message that say who sent it and when. */
typedef struct {
    gsize body;   /**< where the message itself begins */
    char *sender; /**< NULL none; g_free */
    char *sent;   /**< date as written; NULL none; g_free */
} IntakeHead;
void intake_head_read(const char *text, gsize length, IntakeHead *ret_head);
void intake_head_clear(IntakeHead *head);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IntakeHead, intake_head_clear)

/** A last line in brackets with marks that a program left: "(… synthetic=yes report_id=E-7)".
 *  Values of known fields (intake_field_match) are copied into `values` where there is none yet,
 *  the others into *ret_extra (JSON object; NULL none; free()). Texts are g_free'd by the caller
 *  through `owned`. */
void intake_tail_read(const char *text, gsize length, const IntakeMapping *mapping,
                      const char *values[INTAKE_N_FIELDS], GPtrArray *owned, char **ret_extra);

/** Reads the text. Adds its statements (offsets into the text as received) to *ret_statements in
 *  the batch's memory; sets kind, date and place of the report where it has none; adds spans to
 *  be masked; *ret_reading: JSON object of what was and what was not recognised (json_decref).
 *  False with error (LIMIT, MEMORY). */
bool intake_message_read(IntakeBatch *batch, const IntakeMessage *message, StoreReport *report,
                         GArray *spans, StoreStatement **ret_statements, gsize *ret_n,
                         char **ret_reading, GError **error);
