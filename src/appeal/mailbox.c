/* appeal/mailbox.c: what came back to the letters of this case. */
#include "appeal/deliver.h"

#include "appeal/mail.h"
#include "base/error.h"
#include "evidence/original.h"
#include "intake/sandbox.h"
#include "store/user.h"
#include <string.h>

/* What the sandboxed reader said of one mail. */
typedef struct {
    char *kind, *ids, *subject, *why;
    gint64 when;
} Read;

static void read_clear(Read *read)
{
    g_free(read->kind);
    g_free(read->ids);
    g_free(read->subject);
    g_free(read->why);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Read, read_clear)

static bool take(void *context, const IntakePart *part, GError **error)
{
    Read *read = context;
    if (part->problem != NULL || read->kind != NULL)
        return true;
    read->kind = g_strdup(part->media_type);
    read->ids = g_strdup(part->external_id);
    read->subject = g_strdup(part->title);
    read->why = g_strdup(part->url);
    read->when = part->when;
    return true;
}

/* The delivery whose message id is among them; NULL: none. Transfers. */
static StoreDelivery *delivery_of(Store *store, GPtrArray *deliveries, const char *ids)
{
    g_auto(GStrv) words = g_strsplit(ids != NULL ? ids : "", " ", 200);
    for (gsize w = 0; words[w] != NULL; w++)
        for (guint i = 0; i < deliveries->len; i++) {
            const StoreDelivery *delivery = deliveries->pdata[i];
            if (delivery->message_id != NULL && strcmp(delivery->message_id, words[w]) == 0)
                return store_delivery_load(store, delivery->id, NULL);
        }
    return NULL;
}

static bool note_bounce(Store *store, StoreDelivery *delivery, const Read *read, bool final,
                        GError **error)
{
    if (final) {
        g_free(delivery->status);
        delivery->status = g_strdup("bounced");
    }
    g_free(delivery->note);
    delivery->note = g_strdup(read->why);
    return store_delivery_update(store, delivery, error);
}

/* A reply by a person says at least that it arrived; what it says is for a person to judge. */
static bool note_reply(Store *store, StoreDelivery *delivery, gint64 original, const Read *read,
                       gint64 *ret_id, GError **error)
{
    g_autoptr(StoreResponse) response = store_response_new();
    response->delivery_id = delivery->id;
    response->recipient_id = delivery->recipient_id;
    response->original_id = original;
    response->kind = g_strdup(strcmp(read->kind, "reply") == 0 ? "acknowledged" : "none");
    response->text = g_strdup(read->subject);
    response->received = read->when != 0 ? MIN(read->when, store_now(store)) : store_now(store);
    if (response->received < delivery->sent)
        response->received = store_now(store); /* a clock that goes wrong over there */
    if (!store_response_add(store, response, error))
        return false;
    *ret_id = response->id;
    return true;
}

typedef struct {
    Store *store;
    GPtrArray *deliveries;
    AppealMailboxSummary *summary;
    void (*tell)(void *context, const char *sentence);
    void *context;
} Box;

/* Files one mail within a transaction. */
static bool file_mail(Box *box, GBytes *mail, const Read *read, GError **error)
{
    g_autoptr(StoreDelivery) delivery = delivery_of(box->store, box->deliveries, read->ids);
    if (delivery == NULL) {
        box->summary->unmatched++;
        return true; /* nobody's business here: not kept */
    }
    gsize length;
    const void *data = g_bytes_get_data(mail, &length);
    gint64 original = 0, response = 0;
    bool known = false;
    char id[STORE_ID_MAX], other[STORE_ID_MAX];
    if (!evidence_original_add_bytes(box->store, data, length, read->subject, "message/rfc822",
                                     "reply", &original, &known, error))
        return false;
    if (known) {
        box->summary->known++;
        return true;
    }
    store_id_format(STORE_KIND_DELIVERY, delivery->id, id);
    g_autofree char *words = NULL;
    bool bounce = strcmp(read->kind, "bounce") == 0, late = strcmp(read->kind, "delayed") == 0;
    if (bounce || late) {
        if (!note_bounce(box->store, delivery, read, bounce, error))
            return false;
        box->summary->bounces += bounce;
        box->summary->delayed += late;
        words = g_strdup_printf(bounce ? _("%s did not arrive: %s") : _("%s is delayed: %s"), id,
                                read->why != NULL ? read->why : "–");
    } else {
        if (!note_reply(box->store, delivery, original, read, &response, error))
            return false;
        bool automatic = strcmp(read->kind, "automatic") == 0;
        box->summary->automatic += automatic;
        box->summary->replies += !automatic;
        words =
            g_strdup_printf(automatic ? _("%s: an automatic reply, kept as %s")
                                      : _("%s: a reply, kept as %s: read it, and say what it says "
                                          "(zenhar appeal response)"),
                            id, store_id_format(STORE_KIND_RESPONSE, response, other));
    }
    if (box->tell != NULL)
        box->tell(box->context, words);
    return true;
}

static bool take_mail(Box *box, const PostServer *server, guint32 uid, GError **error)
{
    g_autoptr(GBytes) mail = post_box_fetch(server, uid, error);
    if (mail == NULL)
        return false;
    gsize length;
    const void *data = g_bytes_get_data(mail, &length);
    g_auto(Read) read = {0};
    if (!intake_sandboxed(appeal_read_reply, "mail", data, length, take, &read, error))
        return false;
    if (read.kind == NULL) {
        box->summary->unmatched++;
        return true;
    }
    if (!store_begin(box->store, error))
        return false;
    if (!file_mail(box, mail, &read, error)) {
        store_rollback(box->store);
        return false;
    }
    return store_commit(box->store, error);
}

static guint32 number_setting(Store *store, const char *name)
{
    g_autofree char *text = store_setting_get(store, name, NULL);
    guint64 number = 0;
    return text != NULL && g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &number, NULL)
               ? (guint32)number
               : 0;
}

static bool set_number(Store *store, const char *name, guint32 number, GError **error)
{
    g_autofree char *text = g_strdup_printf("%u", number);
    return store_setting_set(store, name, text, error);
}

bool appeal_mailbox(Store *store, const PostServer *server,
                    void (*tell)(void *context, const char *sentence), void *context,
                    AppealMailboxSummary *ret_summary, GError **error)
{
    *ret_summary = (AppealMailboxSummary){0};
    g_autofree char *tag = store_setting_get(store, "mail.tag", NULL);
    if (tag == NULL || tag[0] == '\0')
        return true; /* nothing was ever sent */
    g_autofree char *word = g_strconcat("zh", tag, NULL);
    guint32 validity = number_setting(store, "mailbox.validity"),
            last = number_setting(store, "mailbox.last");
    g_autoptr(GPtrArray) deliveries = store_delivery_list(store, NULL, error);
    g_autoptr(GArray) uids =
        deliveries != NULL ? post_box_search(server, word, last, &validity, error) : NULL;
    if (uids == NULL || !set_number(store, "mailbox.validity", validity, error))
        return false;
    Box box = {store, deliveries, ret_summary, tell, context};
    for (guint i = 0; i < uids->len; i++) {
        guint32 uid = g_array_index(uids, guint32, i);
        if (!take_mail(&box, server, uid, error) || !set_number(store, "mailbox.last", uid, error))
            return false;
    }
    return true;
}

bool appeal_judge_response(Store *store, gint64 response_id, const char *kind, GError **error)
{
    static const char *const KINDS[] = {"acknowledged", "supports", "refuses", "acts", "none"};
    bool known = false;
    for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++)
        known = known || g_strcmp0(KINDS[i], kind) == 0;
    if (!known) {
        g_set_error_literal(
            error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
            _("Say what the answer says: acknowledged, supports, refuses, acts or none."));
        return false;
    }
    if (!store_begin(store, error))
        return false;
    g_autoptr(StoreResponse) response = store_response_load(store, response_id, error);
    if (response != NULL) {
        g_free(response->kind);
        response->kind = g_strdup(kind);
    }
    if (response == NULL || !store_response_update(store, response, error)) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, error);
}
