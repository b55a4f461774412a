/* appeal/deliver.c: a letter is sent once. Before the dot that makes it go "unsure" is written
 * down. */
#include "appeal/deliver.h"

#include "appeal/appeal.h"
#include "appeal/mail.h"
#include "base/edtf.h"
#include "base/error.h"
#include "evidence/original.h"
#include "store/hold.h"
#include "store/user.h"
#include <sodium.h>
#include <string.h>

enum { SECONDS_A_DAY = 86400, TAG_BYTES = 8, FIRST_PAUSE = 300, LONGEST_PAUSE = 86400 };

/* ---- ids ---- */

/* A word that stands in every message id of this case and nowhere else. Transfers. */
static char *case_tag(Store *store, GError **error)
{
    g_autoptr(GError) none = NULL;
    char *kept = store_setting_get(store, "mail.tag", &none);
    if (kept != NULL && kept[0] != '\0')
        return kept;
    g_free(kept);
    guint8 random[TAG_BYTES];
    char hex[2 * TAG_BYTES + 1];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(hex, sizeof hex, random, sizeof random);
    return store_setting_set(store, "mail.tag", hex, error) ? g_strdup(hex) : NULL;
}

static char *message_id(const char *tag, gint64 delivery_id, const char *from)
{
    guint8 random[6];
    char hex[13];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(hex, sizeof hex, random, sizeof random);
    return g_strdup_printf("zh%s.DL%" G_GINT64_FORMAT ".%s@%s", tag, delivery_id, hex,
                           strchr(from, '@') + 1);
}

/* ---- one letter ---- */

typedef struct {
    Store *store;
    const AppealSendOptions *options;
    AppealSendSummary *summary;
    StoreDelivery *delivery;
    StoreAppeal *appeal;
    StoreRecipient *recipient;
    GError *failed; /* of writing the case while the mail was on its way */
} Round;

static void tell(const Round *round, const char *sentence)
{
    const AppealDeliveryNews news = {round->delivery, round->appeal, round->recipient, sentence};
    if (round->options->tell != NULL)
        round->options->tell(round->options->context, &news);
}

static bool set_status(Round *round, const char *status, const char *note, GError **error)
{
    StoreDelivery *delivery = round->delivery;
    char *next = g_strdup(status); /* it may be the one that stands there */
    g_free(delivery->status);
    delivery->status = next;
    if (note != NULL) {
        g_free(delivery->note);
        delivery->note = g_strdup(note);
    }
    return store_begin(round->store, error) &&
           (store_delivery_update(round->store, delivery, error) ||
            (store_rollback(round->store), false)) &&
           store_commit(round->store, error);
}

/* The mail's bytes, made and sealed at the first try. NULL with error set. Transfers. */
static GBytes *letter_bytes(Round *round, GError **error)
{
    StoreDelivery *delivery = round->delivery;
    if (delivery->original_id != 0)
        return evidence_original_load(round->store, delivery->original_id, 0, 0, error);
    g_autoptr(AppealLetter) letter = appeal_letter_load(round->store, round->appeal->id, error);
    g_autoptr(GBytes) pdf =
        letter != NULL
            ? round->options->draw(round->options->context, round->store, round->appeal->id, error)
            : NULL;
    g_autofree char *tag = pdf != NULL ? case_tag(round->store, error) : NULL;
    if (tag == NULL)
        return NULL;
    char id[STORE_ID_MAX];
    g_autofree char *text = appeal_letter_text(letter);
    g_autofree char *file =
        g_strdup_printf("letter-%s.pdf", store_id_format(STORE_KIND_APPEAL, round->appeal->id, id));
    g_autofree char *own_id = message_id(tag, delivery->id, round->options->from);
    const AppealMail mail = {.from = round->options->from,
                             .from_name = round->options->from_name,
                             .to = round->recipient->email,
                             .to_name = round->recipient->name,
                             .subject = round->appeal->subject,
                             .message_id = own_id,
                             .when = store_now(round->store),
                             .language = letter->language,
                             .text = text,
                             .file_name = file,
                             .file = pdf,
                             .pgp_key = round->recipient->pgp_key};
    g_autoptr(GBytes) bytes = appeal_mail_build(&mail, error);
    if (bytes == NULL)
        return NULL;
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    bool known;
    if (!evidence_original_add_bytes(round->store, data, length, own_id, "message/rfc822", "sent",
                                     &delivery->original_id, &known, error))
        return NULL;
    g_free(delivery->message_id);
    delivery->message_id = g_strdup(own_id);
    g_free(delivery->channel);
    delivery->channel = g_strdup("email");
    return set_status(round, delivery->status, NULL, error) ? g_steal_pointer(&bytes) : NULL;
}

/* From here nobody knows whether it went, until the server answers. */
static bool handing(void *context)
{
    Round *round = context;
    return set_status(round, "unsure", NULL, &round->failed);
}

static bool settle(Round *round, PostOutcome outcome, const char *why, GError **error)
{
    StoreDelivery *delivery = round->delivery;
    gint64 now = store_now(round->store);
    switch (outcome) {
    case POST_WENT:
        delivery->sent = now;
        delivery->next_try = 0;
        round->summary->sent++;
        tell(round, _("sent"));
        return set_status(round, "sent", "", error);
    case POST_NEVER:
        round->summary->refused++;
        tell(round, why);
        return set_status(round, "failed", why, error);
    case POST_UNSURE:
        round->summary->unsure++;
        tell(round, why);
        return set_status(round, "unsure", why, error);
    case POST_NOT_YET:
        break;
    }
    gint64 pause = MIN((gint64)FIRST_PAUSE << MIN(delivery->attempts - 1, 10), LONGEST_PAUSE);
    delivery->next_try = now + pause;
    round->summary->waiting++;
    tell(round, why);
    return set_status(round, "prepared", why, error);
}

static bool send_one(Round *round, GError **error)
{
    g_autoptr(GError) refused = NULL;
    g_autoptr(GBytes) mail = letter_bytes(round, &refused);
    if (mail == NULL) { /* what cannot be made into a mail is told, the others go on */
        if (!g_error_matches(refused, ZENHAR_ERROR, ZENHAR_ERROR_DATA) &&
            !g_error_matches(refused, ZENHAR_ERROR, ZENHAR_ERROR_INPUT)) {
            g_propagate_error(error, g_steal_pointer(&refused));
            return false;
        }
        round->summary->refused++;
        tell(round, refused->message);
        return set_status(round, "failed", refused->message, error);
    }
    round->delivery->attempts++;
    if (!set_status(round, "sending", NULL, error))
        return false;
    g_autofree char *why = NULL;
    PostOutcome outcome = post_send(round->options->server, round->options->from,
                                    round->recipient->email, mail, handing, round, &why);
    if (round->failed != NULL) {
        g_propagate_error(error, g_steal_pointer(&round->failed));
        return false;
    }
    return settle(round, outcome, why, error);
}

/* ---- which ones ---- */

/* Whether the letter's addressee still holds the office. */
static bool holds_office(Store *store, const StoreAppeal *appeal, gint64 recipient_id,
                         char **ret_why, GError **error)
{
    gint32 today = (gint32)(store_now(store) / SECONDS_A_DAY);
    g_autoptr(GPtrArray) findings = appeal_check_recipients(store, appeal->id, today, error);
    if (findings == NULL)
        return false;
    for (guint i = 0; i < findings->len; i++) {
        const AppealRecipientFinding *finding = findings->pdata[i];
        if (finding->recipient_id == recipient_id && finding->verdict == APPEAL_OUT_OF_OFFICE)
            *ret_why = g_strdup(finding->sentence);
    }
    return true;
}

bool appeal_delivery_ready(Store *store, const StoreAppeal *appeal, const StoreDelivery *delivery,
                           char **ret_why, GError **error)
{
    *ret_why = NULL;
    if (appeal->sha256 == NULL) {
        *ret_why = g_strdup(_("A draft: seal it first (zenhar appeal seal)."));
        return true;
    }
    return holds_office(store, appeal, delivery->recipient_id, ret_why, error);
}

/* What keeps a delivery from being tried now, or NULL with nothing in the way. `*ret_count`: which
 * number of the summary it belongs to. Transfers. */
static char *in_the_way(Round *round, guint **ret_count, GError **error)
{
    const StoreDelivery *delivery = round->delivery;
    AppealSendSummary *summary = round->summary;
    char *why = NULL;
    if (!appeal_delivery_ready(round->store, round->appeal, delivery, &why, error) || why != NULL) {
        *ret_count = &summary->not_open;
        return why;
    }
    if (round->recipient->email == NULL || round->recipient->email[0] == '\0') {
        *ret_count = &summary->by_post;
        return g_strdup(_("No mail address is known: print the letter and send it by post."));
    }
    if (strcmp(delivery->status, "unsure") == 0 && !round->options->again) {
        *ret_count = &summary->unsure;
        return g_strdup(
            _("It may have arrived: the program ended while it was handed over. Ask, or send "
              "it once more with --again."));
    }
    if (delivery->next_try > store_now(round->store) && !round->options->again) {
        *ret_count = &summary->waiting;
        g_autofree char *when = edtf_describe_day((gint32)(delivery->next_try / SECONDS_A_DAY));
        return g_strdup_printf(_("It is tried again on %s; with --again now."), when);
    }
    return NULL;
}

static bool is_open(const StoreDelivery *delivery)
{
    static const char *const OPEN[] = {"prepared", "sending", "unsure"};
    for (gsize i = 0; i < G_N_ELEMENTS(OPEN); i++)
        if (g_strcmp0(delivery->status, OPEN[i]) == 0)
            return true;
    return false;
}

static bool visit(Round *round, GError **error)
{
    guint *count = NULL;
    g_autoptr(GError) problem = NULL;
    g_autofree char *why = in_the_way(round, &count, &problem);
    if (problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    if (why != NULL) {
        (*count)++;
        tell(round, why);
        return true;
    }
    if (round->options->server == NULL) { /* a dry run */
        round->summary->sent++;
        tell(round, round->recipient->pgp_key != NULL ? _("would be sent, encrypted")
                                                      : _("would be sent"));
        return true;
    }
    return send_one(round, error);
}

static void pause_between(const AppealSendOptions *options, guint n_sent)
{
    if (options->server != NULL && options->per_minute > 0 && n_sent > 0)
        g_usleep(60 * G_USEC_PER_SEC / options->per_minute);
}

bool appeal_deliver(Store *store, gint64 appeal_id, const AppealSendOptions *options,
                    AppealSendSummary *ret_summary, GError **error)
{
    *ret_summary = (AppealSendSummary){0};
    /* One at a time, whichever program and machine: two would hand over the same letter. */
    g_autoptr(StoreHold) hold =
        options->server != NULL
            ? store_hold_take(store, "sending",
                              _("Letters of the case %s are being sent by another program right "
                                "now. Wait until it has ended, then look at the list again."),
                              error)
            : NULL;
    if (options->server != NULL && hold == NULL)
        return false;
    g_autoptr(GPtrArray) list = appeal_id != 0
                                    ? store_delivery_list_by_appeal(store, appeal_id, NULL, error)
                                    : store_delivery_list(store, NULL, error);
    if (list == NULL)
        return false;
    bool ok = true;
    for (guint i = 0; ok && i < list->len; i++) {
        if (options->go_on != NULL && !options->go_on(options->context))
            break;
        if (!is_open(list->pdata[i]))
            continue;
        g_autoptr(StoreDelivery) delivery =
            store_delivery_load(store, ((const StoreDelivery *)list->pdata[i])->id, error);
        g_autoptr(StoreAppeal) appeal =
            delivery != NULL ? store_appeal_load(store, delivery->appeal_id, error) : NULL;
        g_autoptr(StoreRecipient) recipient =
            appeal != NULL ? store_recipient_load(store, delivery->recipient_id, error) : NULL;
        if (recipient == NULL)
            return false;
        Round round = {store, options, ret_summary, delivery, appeal, recipient, NULL};
        guint before = ret_summary->sent;
        pause_between(options, before);
        ok = visit(&round, error);
        if (ok && ret_summary->sent > before && options->server != NULL &&
            g_strcmp0(appeal->status, "sent") != 0) {
            g_free(appeal->status);
            appeal->status = g_strdup("sent");
            ok = store_begin(store, error) &&
                 (store_appeal_update(store, appeal, error) || (store_rollback(store), false)) &&
                 store_commit(store, error);
        }
    }
    return ok;
}
