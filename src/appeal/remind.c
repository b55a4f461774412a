/* appeal/remind.c: a reminder, drafted when nothing was heard: what was asked, when, how long ago.
 * It goes to whoever holds the office on its day, who may not be the one first written to. */
#include "appeal/clock.h"
#include "appeal/letter.h"

#include "appeal/recipients.h"
#include "base/edtf.h"
#include "base/error.h"
#include "store/link.h"
#include <string.h>

static bool refuse(GError **error, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, sentence);
    return false;
}

static const AppealAddressee *choose(GPtrArray *addressees, gint64 recipient_id, GError **error)
{
    for (guint i = 0; i < addressees->len; i++) {
        const AppealAddressee *one = addressees->pdata[i];
        if (recipient_id != 0 && one->recipient_id != recipient_id)
            continue;
        if (one->sent_day == 0) {
            if (recipient_id == 0)
                continue;
            refuse(error, _("The letter was not sent to this addressee: there is nothing to remind "
                            "of."));
            return NULL;
        }
        if (one->response_id != 0 && strcmp(one->state, "acknowledged") != 0) {
            if (recipient_id == 0)
                continue;
            refuse(error, _("This addressee has answered: read the answer before writing again."));
            return NULL;
        }
        return one;
    }
    refuse(error, recipient_id != 0
                      ? _("The letter was not written to this addressee.")
                      : _("Nobody is to be reminded: the letter was not sent, or all answered."));
    return NULL;
}

static const char *pick(const char *english, const char *persian)
{
    return i18n_language() == I18N_PERSIAN && persian != NULL ? persian : english;
}

static bool put_asks(Store *store, const StoreAppeal *old, LetterDraft *draft, GArray *asks,
                     GError **error)
{
    g_autoptr(GPtrArray) links =
        store_link_list_from(store, STORE_KIND_APPEAL, old->id, NULL, error);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const StoreLink *link = links->pdata[i];
        if (link->to_kind != STORE_KIND_ASK || g_strcmp0(link->role, "asks") != 0)
            continue;
        g_autoptr(StoreAsk) ask = store_ask_load(store, link->to_id, error);
        if (ask == NULL)
            return false;
        const char *call = letter_draft_note(draft, STORE_KIND_ASK, ask->id,
                                             pick(ask->basis, ask->basis_fa), false);
        g_autofree char *text = g_strdup_printf("%s%s", pick(ask->text, ask->text_fa), call);
        letter_draft_part(draft, APPEAL_ASK, asks->len + 1, text);
        g_array_append_val(asks, ask->id);
    }
    return links != NULL;
}

static bool write_draft(Store *store, const StoreAppeal *old, const AppealAddressee *addressee,
                        const StoreRecipient *recipient, gint32 day, LetterDraft *draft,
                        GArray *asks, GError **error)
{
    g_autofree char *date = edtf_describe_day(day), *then = edtf_describe_day(old->day),
                    *days = i18n_integer(day - old->day);
    letter_draft_head(draft, "To", pick(recipient->address, recipient->address_fa));
    letter_draft_head(draft, "Date", date);
    g_autofree char *subject = g_strdup_printf(_("Reminder of our letter of %s"), then);
    letter_draft_head(draft, "Subject", subject);
    letter_draft_head(draft, "Salutation", pick(recipient->salutation, recipient->salutation_fa));
    g_autofree char *first =
        addressee->recipient_id == recipient->id
            ? g_strdup_printf(_("On %s we wrote to you. %s days have passed since, and we have "
                                "found no public answer."),
                              then, days)
            : g_strdup_printf(_("On %s we wrote to your office, then held by %s. %s days have "
                                "passed since, and we have found no public answer."),
                              then, addressee->name != NULL ? addressee->name : "–", days);
    letter_draft_part(draft, APPEAL_PARAGRAPH, 0, first);
    letter_draft_part(draft, APPEAL_PARAGRAPH, 0, _("We asked, and ask again:"));
    if (!put_asks(store, old, draft, asks, error))
        return false;
    letter_draft_part(
        draft, APPEAL_PARAGRAPH, 0,
        _("If an answer was given that we have not seen, we should be grateful to be "
          "told where it stands. We keep a public record of answers and would correct "
          "it."));
    letter_draft_head(draft, "Closing", _("Yours sincerely,"));
    return true;
}

static bool save(Store *store, const StoreAppeal *old, gint64 recipient_id, GArray *asks,
                 StoreAppeal *reminder, GError **error)
{
    if (!store_appeal_add(store, reminder, error))
        return false;
    for (guint i = 0; i < asks->len; i++)
        if (!store_link_join(store, STORE_KIND_APPEAL, reminder->id, STORE_KIND_ASK,
                             g_array_index(asks, gint64, i), "asks", error))
            return false;
    g_autoptr(StoreDelivery) delivery = store_delivery_new();
    delivery->appeal_id = reminder->id;
    delivery->recipient_id = recipient_id;
    delivery->status = g_strdup("prepared");
    return store_delivery_add(store, delivery, error);
}

/* The thread's language is the reminder's. */
static gint64 draft_in_language(Store *store, const StoreAppeal *old, gint64 recipient_id,
                                gint32 day, GError **error)
{
    g_autoptr(GPtrArray) addressees = appeal_addressees(store, old->id, day, error);
    const AppealAddressee *addressee =
        addressees != NULL ? choose(addressees, recipient_id, error) : NULL;
    g_autoptr(GPtrArray) recipients =
        addressee != NULL ? store_recipient_list(store, NULL, error) : NULL;
    if (recipients == NULL)
        return 0;
    const StoreRecipient *recipient = NULL;
    for (guint i = 0; i < recipients->len; i++)
        if (((StoreRecipient *)recipients->pdata[i])->id == addressee->recipient_id)
            recipient = recipients->pdata[i];
    const StoreRecipient *holder = recipients_holder(recipients, recipient->body_id, day);
    if (holder != NULL)
        recipient = holder;
    g_autoptr(LetterDraft) draft = letter_draft_new();
    g_autoptr(GArray) asks = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!write_draft(store, old, addressee, recipient, day, draft, asks, error))
        return 0;
    g_autoptr(StoreAppeal) reminder = store_appeal_new();
    reminder->title =
        g_strdup_printf(_("Reminder to the %s"), pick(recipient->office, recipient->office_fa));
    reminder->subject = g_strdup(_("Reminder"));
    reminder->language = g_strdup(i18n_tag(i18n_language()));
    reminder->body = letter_draft_finish(draft);
    reminder->day = day;
    reminder->status = g_strdup("draft");
    reminder->previous_id = old->id;
    reminder->synthetic = old->synthetic;
    if (!store_begin(store, error))
        return 0;
    if (!save(store, old, recipient->id, asks, reminder, error)) {
        store_rollback(store);
        return 0;
    }
    return store_commit(store, error) ? reminder->id : 0;
}

gint64 appeal_remind(Store *store, gint64 appeal_id, gint64 recipient_id, gint32 day,
                     I18nLanguage language, GError **error)
{
    g_autoptr(StoreAppeal) old = store_appeal_load(store, appeal_id, error);
    if (old == NULL)
        return 0;
    if (day == G_MININT32)
        day = (gint32)(store_now(store) / 86400);
    I18nLanguage before = i18n_language();
    i18n_set_language(language);
    gint64 id = draft_in_language(store, old, recipient_id, day, error);
    i18n_set_language(before);
    return id;
}
