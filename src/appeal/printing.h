/* appeal/printing.h: letters that go by post: printed as one batch, posted, their receipts kept.
 *
 *   prepared ─▶ printed (the batch is an original) ─▶ sent (posted or handed over, with a receipt)
 */
#pragma once
#include "appeal/deliver.h"

/** The letters as one PDF; drawn by the caller, who stands above. NULL with error. Transfers. */
typedef GBytes *AppealDrawBatch(void *context, Store *store, const GArray *appeal_ids,
                                GError **error);

typedef struct {
    bool again; /**< also those printed before */
    AppealDrawBatch *draw;
    AppealTellDelivery *tell; /**< may be NULL */
    void *context;
} AppealPrintOptions;

typedef struct {
    guint printed, by_mail, not_open;
} AppealPrintSummary;

/** Draws and seals the batch, and marks its deliveries as printed, in one transaction. appeal_id 0:
 *  every letter that waits for an office without a mail address; else that letter's deliveries,
 *  whatever the office has. ret_pdf: the batch (transfers), NULL when there is nothing to print.
 *  False with error set. */
bool appeal_print_letters(Store *store, gint64 appeal_id, const AppealPrintOptions *options,
                          GBytes **ret_pdf, AppealPrintSummary *ret_summary, GError **error);

/** A letter was posted or handed over on a day: its delivery and its letter stand as sent. receipt:
 *  bytes to seal, named `name`; NULL none. DATA: the delivery was not printed, or goes by mail;
 *  USAGE: a day before the letter's own or after today. */
bool appeal_receive_receipt(Store *store, gint64 delivery_id, gint32 day, GBytes *receipt,
                            const char *name, GError **error);
