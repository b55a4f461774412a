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

/* ---- writing one down ---- */

static bool fail(GError **error, ZenharErrorCode code, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, (int)code, sentence);
    return false;
}

static bool is_blank(const char *text)
{
    return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static bool check_words(Store *store, const AppealAnswerInput *input, GError **error)
{
    if (strcmp(clock_state(input->kind), "silent") == 0)
        return fail(error, ZENHAR_ERROR_INPUT,
                    _("Say what it is: acknowledged, supports, refuses or acts."));
    if (is_blank(input->text) && is_blank(input->text_fa))
        return fail(error, ZENHAR_ERROR_INPUT, _("Say in a sentence what was answered or done."));
    if (is_blank(input->source))
        return fail(error, ZENHAR_ERROR_INPUT,
                    _("An answer counts when everybody can read it: say where (title, publisher, "
                      "date or address)."));
    if (input->delivery_id == 0 && (input->ask_ids == NULL || input->ask_ids->len == 0))
        return fail(error, ZENHAR_ERROR_INPUT,
                    _("Say whose answer it is, or on which ask the step was taken."));
    if (input->day > (gint32)(store_now(store) / SECONDS_A_DAY))
        return fail(error, ZENHAR_ERROR_INPUT, _("The day lies in the future."));
    return true;
}

/* To a letter that was sent, on its day or later. */
static StoreDelivery *answered_delivery(Store *store, const AppealAnswerInput *input,
                                        GError **error)
{
    g_autoptr(StoreDelivery) delivery = store_delivery_load(store, input->delivery_id, error);
    if (delivery == NULL)
        return NULL;
    if (delivery->sent == 0)
        fail(error, ZENHAR_ERROR_DATA,
             _("This letter was not sent to that office: there is nothing to answer yet."));
    else if (input->day < (gint32)(delivery->sent / SECONDS_A_DAY))
        fail(error, ZENHAR_ERROR_INPUT, _("The day lies before the letter was sent."));
    else
        return g_steal_pointer(&delivery);
    return NULL;
}

static gint64 add_one(Store *store, const AppealAnswerInput *input, const StoreDelivery *delivery,
                      gint64 ask_id, GError **error)
{
    g_autoptr(StoreAsk) ask = ask_id != 0 ? store_ask_load(store, ask_id, error) : NULL;
    if (ask_id != 0 && ask == NULL)
        return 0;
    g_autoptr(StoreResponse) response = store_response_new();
    response->delivery_id = delivery != NULL ? delivery->id : 0;
    response->recipient_id = delivery != NULL ? delivery->recipient_id : 0;
    response->ask_id = ask_id;
    response->kind = g_strdup(input->kind);
    response->text = g_strdup(is_blank(input->text) ? input->text_fa : input->text);
    response->text_fa = is_blank(input->text_fa) ? NULL : g_strdup(input->text_fa);
    response->source = g_strdup(input->source);
    response->received = (gint64)input->day * SECONDS_A_DAY;
    return store_response_add(store, response, error) ? response->id : 0;
}

static gint64 add_all(Store *store, const AppealAnswerInput *input, GError **error)
{
    g_autoptr(StoreDelivery) delivery =
        input->delivery_id != 0 ? answered_delivery(store, input, error) : NULL;
    if (input->delivery_id != 0 && delivery == NULL)
        return 0;
    const guint n = input->ask_ids != NULL ? input->ask_ids->len : 0;
    gint64 first = 0;
    for (guint i = 0; i < MAX(n, 1); i++) {
        const gint64 ask_id = n > 0 ? g_array_index(input->ask_ids, gint64, i) : 0;
        const gint64 id = add_one(store, input, delivery, ask_id, error);
        if (id == 0)
            return 0;
        first = first != 0 ? first : id;
    }
    return first;
}

gint64 appeal_answer_add(Store *store, const AppealAnswerInput *input, GError **error)
{
    if (!check_words(store, input, error) || !store_begin(store, error))
        return 0;
    const gint64 id = add_all(store, input, error);
    if (id == 0) {
        store_rollback(store);
        return 0;
    }
    return store_commit(store, error) ? id : 0;
}
