/* appeal/printing.c: one batch to print, and what shows that it was posted. */
#include "appeal/printing.h"

#include "base/edtf.h"
#include "base/error.h"
#include "evidence/original.h"
#include "store/link.h"
#include <string.h>

enum { SECONDS_A_DAY = 86400 };

typedef struct {
    Store *store;
    const AppealPrintOptions *options;
    AppealPrintSummary *summary;
    GPtrArray *deliveries; /* StoreDelivery, to print */
    GArray *letters;       /* their appeals */
} Batch;

static void free_delivery(gpointer delivery)
{
    store_delivery_free(delivery);
}

static void tell(const Batch *batch, const StoreDelivery *delivery, const StoreAppeal *appeal,
                 const StoreRecipient *recipient, const char *sentence)
{
    const AppealDeliveryNews news = {delivery, appeal, recipient, sentence};
    if (batch->options->tell != NULL)
        batch->options->tell(batch->options->context, &news);
}

static bool waits(const StoreDelivery *delivery, bool again)
{
    return g_strcmp0(delivery->status, "prepared") == 0 ||
           (again && g_strcmp0(delivery->status, "printed") == 0);
}

static bool consider(Batch *batch, gint64 id, bool named, GError **error)
{
    g_autoptr(StoreDelivery) delivery = store_delivery_load(batch->store, id, error);
    g_autoptr(StoreAppeal) appeal =
        delivery != NULL ? store_appeal_load(batch->store, delivery->appeal_id, error) : NULL;
    g_autoptr(StoreRecipient) recipient =
        appeal != NULL ? store_recipient_load(batch->store, delivery->recipient_id, error) : NULL;
    if (recipient == NULL)
        return false;
    if (!waits(delivery, batch->options->again))
        return true;
    if (!named && recipient->email != NULL && recipient->email[0] != '\0') {
        batch->summary->by_mail++;
        return true;
    }
    g_autofree char *why = NULL;
    if (!appeal_delivery_ready(batch->store, appeal, delivery, &why, error))
        return false;
    if (why != NULL) {
        batch->summary->not_open++;
        tell(batch, delivery, appeal, recipient, why);
        return true;
    }
    tell(batch, delivery, appeal, recipient, _("printed"));
    g_array_append_val(batch->letters, appeal->id);
    g_ptr_array_add(batch->deliveries, g_steal_pointer(&delivery));
    return true;
}

static bool write_down(Batch *batch, GBytes *pdf, GError **error)
{
    gsize length;
    const void *bytes = g_bytes_get_data(pdf, &length);
    gint64 original = 0;
    bool known;
    if (!evidence_original_add_bytes(batch->store, bytes, length, "letters-to-print.pdf",
                                     "application/pdf", "printed", &original, &known, error))
        return false;
    for (guint i = 0; i < batch->deliveries->len; i++) {
        StoreDelivery *delivery = batch->deliveries->pdata[i];
        g_free(delivery->status);
        delivery->status = g_strdup("printed");
        g_free(delivery->channel);
        delivery->channel = g_strdup("post");
        delivery->original_id = original;
        if (!store_delivery_update(batch->store, delivery, error))
            return false;
    }
    batch->summary->printed = batch->deliveries->len;
    return true;
}

static bool print(Batch *batch, GBytes **ret_pdf, GError **error)
{
    if (batch->letters->len == 0)
        return true;
    g_autoptr(GBytes) pdf =
        batch->options->draw(batch->options->context, batch->store, batch->letters, error);
    if (pdf == NULL || !store_begin(batch->store, error))
        return false;
    if (!write_down(batch, pdf, error)) {
        store_rollback(batch->store);
        return false;
    }
    if (!store_commit(batch->store, error))
        return false;
    *ret_pdf = g_steal_pointer(&pdf);
    return true;
}

bool appeal_print_letters(Store *store, gint64 appeal_id, const AppealPrintOptions *options,
                          GBytes **ret_pdf, AppealPrintSummary *ret_summary, GError **error)
{
    *ret_pdf = NULL;
    *ret_summary = (AppealPrintSummary){0};
    g_autoptr(GPtrArray) list = appeal_id != 0
                                    ? store_delivery_list_by_appeal(store, appeal_id, NULL, error)
                                    : store_delivery_list(store, NULL, error);
    if (list == NULL)
        return false;
    g_autoptr(GPtrArray) deliveries = g_ptr_array_new_with_free_func(free_delivery);
    g_autoptr(GArray) letters = g_array_new(FALSE, FALSE, sizeof(gint64));
    Batch batch = {store, options, ret_summary, deliveries, letters};
    for (guint i = 0; i < list->len; i++)
        if (!consider(&batch, ((const StoreDelivery *)list->pdata[i])->id, appeal_id != 0, error))
            return false;
    return print(&batch, ret_pdf, error);
}

/* ---- receipts ---- */

static bool check(Store *store, const StoreDelivery *delivery, const StoreAppeal *appeal,
                  gint32 day, GError **error)
{
    char id[STORE_ID_MAX];
    store_id_format(STORE_KIND_DELIVERY, delivery->id, id);
    if (g_strcmp0(delivery->status, "printed") != 0) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
            _("%s was not printed, or is sent already: `zenhar appeal deliveries` says what "
              "became of it."),
            id);
        return false;
    }
    if (day < appeal->day || day > store_now(store) / SECONDS_A_DAY) {
        g_autofree char *own = edtf_describe_day(appeal->day);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("The letter is dated %s: it was posted on that day or later, and not after "
                      "today."),
                    own);
        return false;
    }
    return true;
}

static bool write_receipt(Store *store, StoreDelivery *delivery, StoreAppeal *appeal, gint32 day,
                          GBytes *receipt, const char *name, GError **error)
{
    g_free(delivery->status);
    delivery->status = g_strdup("sent");
    delivery->sent = (gint64)day * SECONDS_A_DAY;
    if (!store_delivery_update(store, delivery, error))
        return false;
    if (receipt != NULL) {
        gsize length;
        const void *bytes = g_bytes_get_data(receipt, &length);
        gint64 original = 0;
        bool known;
        if (!evidence_original_add_bytes(store, bytes, length, name, NULL, "receipt", &original,
                                         &known, error) ||
            !store_link_join(store, STORE_KIND_DELIVERY, delivery->id, STORE_KIND_ORIGINAL,
                             original, "evidence", error))
            return false;
    }
    if (g_strcmp0(appeal->status, "sent") == 0)
        return true;
    g_free(appeal->status);
    appeal->status = g_strdup("sent");
    return store_appeal_update(store, appeal, error);
}

bool appeal_receive_receipt(Store *store, gint64 delivery_id, gint32 day, GBytes *receipt,
                            const char *name, GError **error)
{
    g_autoptr(StoreDelivery) delivery = store_delivery_load(store, delivery_id, error);
    g_autoptr(StoreAppeal) appeal =
        delivery != NULL ? store_appeal_load(store, delivery->appeal_id, error) : NULL;
    if (appeal == NULL || !check(store, delivery, appeal, day, error) || !store_begin(store, error))
        return false;
    if (!write_receipt(store, delivery, appeal, day, receipt, name, error)) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, error);
}
