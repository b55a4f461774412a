/* appeal/answers.c: who of a letter's addressees has answered. Silence is told as what it is to us:
 * no public answer was found. */
#include "appeal/clock.h"

#include "appeal/recipients.h"
#include "base/edtf.h"
#include "base/error.h"
#include "store/body.h"
#include <string.h>

enum { SECONDS_A_DAY = 86400 };

void appeal_addressee_free(AppealAddressee *addressee)
{
    if (addressee == NULL)
        return;
    g_free(addressee->code);
    g_free(addressee->name);
    g_free(addressee->office);
    g_free(addressee->status);
    g_free(addressee->evidence);
    g_free(addressee->sentence);
    g_free(addressee);
}

static void free_addressee(gpointer addressee)
{
    appeal_addressee_free(addressee);
}

static char *say(const AppealAddressee *addressee)
{
    g_autofree char *days = i18n_integer(addressee->days);
    if (addressee->sent_day == 0)
        return g_strdup(_("Not sent yet."));
    if (addressee->response_id == 0)
        return g_strdup_printf(_("No public answer found after %s days."), days);
    g_autofree char *on = edtf_describe_day(addressee->state_day);
    return g_strdup_printf(_("%s on %s."), appeal_state_title(addressee->state), on);
}

static bool answers(Store *store, const StoreDelivery *delivery, GPtrArray *responses, gint32 day,
                    AppealAddressee *addressee, GError **error)
{
    g_autoptr(StoreRecipient) recipient =
        store_recipient_load(store, delivery->recipient_id, error);
    if (recipient == NULL)
        return false;
    g_autoptr(StoreBody) body =
        recipient->body_id != 0 ? store_body_load(store, recipient->body_id, error) : NULL;
    if (recipient->body_id != 0 && body == NULL)
        return false;
    bool persian = i18n_language() == I18N_PERSIAN;
    addressee->delivery_id = delivery->id;
    addressee->recipient_id = recipient->id;
    addressee->code = g_strdup(body != NULL ? body->code : NULL);
    addressee->name = g_strdup(recipients_name(recipient));
    addressee->office = g_strdup(persian && recipient->office_fa != NULL ? recipient->office_fa
                                                                         : recipient->office);
    addressee->status = g_strdup(delivery->status);
    addressee->sent_day = (gint32)(delivery->sent / SECONDS_A_DAY);
    addressee->days = addressee->sent_day != 0 ? MAX(day - addressee->sent_day, 0) : 0;
    addressee->state = clock_state(NULL);
    addressee->state_day = addressee->sent_day;
    for (guint i = 0; i < responses->len; i++) {
        const StoreResponse *response = responses->pdata[i];
        gint32 when = (gint32)(response->received / SECONDS_A_DAY);
        bool own = response->delivery_id == delivery->id ||
                   (response->delivery_id == 0 && response->recipient_id == recipient->id);
        bool shown = response->original_id != 0 || response->source != NULL;
        if (!own || !shown || when < addressee->sent_day || when > day ||
            strcmp(clock_state(response->kind), "silent") == 0 ||
            when < (addressee->response_id != 0 ? addressee->state_day : G_MININT32))
            continue;
        addressee->state = clock_state(response->kind);
        addressee->state_day = when;
        addressee->response_id = response->id;
        addressee->original_id = response->original_id;
        g_free(addressee->evidence);
        addressee->evidence = g_strdup(response->source);
    }
    addressee->sentence = say(addressee);
    return true;
}

GPtrArray *appeal_addressees(Store *store, gint64 appeal_id, gint32 day, GError **error)
{
    GError *problem = NULL;
    g_autoptr(StoreAppeal) appeal = clock_letter(store, appeal_id, &problem);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_addressee);
    if (problem != NULL) {
        g_propagate_error(error, problem);
        return NULL;
    }
    if (appeal == NULL)
        return g_steal_pointer(&list);
    if (day == G_MININT32)
        day = (gint32)(store_now(store) / SECONDS_A_DAY);
    g_autoptr(GPtrArray) deliveries = store_delivery_list_by_appeal(store, appeal->id, NULL, error);
    g_autoptr(GPtrArray) responses =
        deliveries != NULL ? store_response_list(store, NULL, error) : NULL;
    if (responses == NULL)
        return NULL;
    for (guint i = 0; i < deliveries->len; i++) {
        AppealAddressee *addressee = g_new0(AppealAddressee, 1);
        g_ptr_array_add(list, addressee);
        if (!answers(store, deliveries->pdata[i], responses, day, addressee, error))
            return NULL;
    }
    return g_steal_pointer(&list);
}
