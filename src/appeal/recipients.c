/* appeal/recipients.c: who held which office on a day, as far as the data tell.
 *
 * A holder begins on the first day of the term or, where that was not read, on the day a source
 * shows the holder in office. On any day the office is with the holder who began last; where that
 * one's term has ended, it is with somebody whom the data do not name. */
#include "appeal/recipients.h"

#include "base/edtf.h"
#include "base/error.h"
#include "base/i18n.h"
#include "store/appeal.h"
#include "store/body.h"
#include <string.h>

enum {
    STALE_DAYS = 366,    /* seen in office longer ago than that: check before writing */
    HANDOVER_DAYS = 183, /* after a term whose successor is not in the data */
};

static gint32 start_of(const StoreRecipient *recipient)
{
    if (recipient->from_day != 0)
        return recipient->from_day;
    return recipient->seen_day != 0 ? recipient->seen_day : G_MAXINT32;
}

static const StoreRecipient *latest_on(GPtrArray *recipients, gint64 body_id, gint32 day)
{
    const StoreRecipient *latest = NULL;
    for (guint i = 0; i < recipients->len; i++) {
        const StoreRecipient *one = recipients->pdata[i];
        if (one->body_id == body_id && start_of(one) <= day &&
            (latest == NULL || start_of(one) > start_of(latest)))
            latest = one;
    }
    return latest;
}

const StoreRecipient *recipients_holder(GPtrArray *recipients, gint64 body_id, gint32 day)
{
    const StoreRecipient *latest = latest_on(recipients, body_id, day);
    return latest != NULL && (latest->to_day == 0 || latest->to_day >= day) ? latest : NULL;
}

AppealVerdict recipients_verdict(GPtrArray *recipients, const StoreRecipient *recipient, gint32 day)
{
    const StoreRecipient *holder = recipients_holder(recipients, recipient->body_id, day);
    if (holder == NULL || holder->id != recipient->id) {
        /* A term whose end was read only roughly passes to a successor on the day that one is
         * known from; in between nobody can say, and the last holder is not called wrong. */
        bool last = latest_on(recipients, recipient->body_id, day) == recipient;
        bool unknown = start_of(recipient) == G_MAXINT32;
        return unknown || (last && holder == NULL && day - recipient->to_day <= HANDOVER_DAYS)
                   ? APPEAL_TERM_UNKNOWN
                   : APPEAL_OUT_OF_OFFICE;
    }
    bool stale = recipient->to_day == 0 && recipient->seen_day != 0 &&
                 day - recipient->seen_day > STALE_DAYS;
    return recipient->name == NULL || stale ? APPEAL_TERM_UNKNOWN : APPEAL_IN_OFFICE;
}

static const char *in_language(const char *english, const char *persian)
{
    return i18n_language() == I18N_PERSIAN && persian != NULL ? persian : english;
}

const char *recipients_name(const StoreRecipient *recipient)
{
    return in_language(recipient->name, recipient->name_fa);
}

/* "first second"; a part may be NULL. */
static char *joined(const char *first, const char *second)
{
    return second != NULL ? g_strdup_printf("%s %s", first, second) : g_strdup(first);
}

char *recipients_sentence(const StoreRecipient *recipient, const StoreRecipient *holder,
                          AppealVerdict verdict, gint32 day)
{
    g_autofree char *on = edtf_describe_day(day);
    const char *name = recipients_name(recipient);
    g_autofree char *text = NULL;
    if (name == NULL) {
        text = g_strdup_printf(
            _("Who held this office on %s is not in the data: fill in the name."), on);
    } else if (verdict == APPEAL_IN_OFFICE) {
        text = g_strdup_printf(_("%s held this office on %s."), name, on);
    } else if (verdict == APPEAL_LEFT_OUT) {
        text = g_strdup_printf(
            _("%s held this office, which has a mandate in the matter, on %s, and was not written "
              "to."),
            name, on);
    } else if (verdict == APPEAL_TERM_UNKNOWN && recipient->to_day != 0 &&
               recipient->to_day < day) {
        g_autofree char *end = edtf_describe_day(recipient->to_day);
        text = g_strdup_printf(_("Whether %s still held this office on %s is not certain: the term "
                                 "is recorded until %s, and no successor by that day is in the "
                                 "data. Check before writing."),
                               name, on, end);
    } else if (verdict == APPEAL_TERM_UNKNOWN && recipient->seen_day != 0) {
        g_autofree char *seen = edtf_describe_day(recipient->seen_day);
        text = g_strdup_printf(_("Whether %s held this office on %s is not certain: last seen in "
                                 "office on %s. Check before writing."),
                               name, on, seen);
    } else if (verdict == APPEAL_TERM_UNKNOWN) {
        text = g_strdup_printf(
            _("Whether %s held this office on %s is not in the data. Check before writing."), name,
            on);
    } else if (holder != NULL && recipients_name(holder) != NULL) {
        text = g_strdup_printf(_("%s did not hold this office on %s; %s did. Address the letter "
                                 "anew."),
                               name, on, recipients_name(holder));
    } else {
        text = g_strdup_printf(_("%s did not hold this office on %s; who did is not in the data. "
                                 "Check before writing."),
                               name, on);
    }
    return joined(text, name != NULL ? in_language(recipient->note, recipient->note_fa) : NULL);
}

AppealRecipientFinding *recipients_finding(GPtrArray *recipients, const StoreRecipient *recipient,
                                           AppealVerdict verdict, gint32 day)
{
    const StoreRecipient *holder = recipients_holder(recipients, recipient->body_id, day);
    AppealRecipientFinding *finding = g_new0(AppealRecipientFinding, 1);
    finding->recipient_id = recipient->id;
    finding->verdict = verdict;
    finding->name = g_strdup(recipients_name(recipient));
    finding->office = g_strdup(in_language(recipient->office, recipient->office_fa));
    finding->holder_id = holder != NULL && holder->name != NULL ? holder->id : 0;
    finding->holder = holder != NULL ? g_strdup(recipients_name(holder)) : NULL;
    finding->from_day = recipient->from_day;
    finding->to_day = recipient->to_day;
    finding->unconfirmed = g_strcmp0(recipient->verified, "yes") != 0;
    finding->sentence = recipients_sentence(recipient, holder, verdict, day);
    finding->source = g_strdup(recipient->source);
    return finding;
}

void appeal_recipient_finding_free(AppealRecipientFinding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->name);
    g_free(finding->office);
    g_free(finding->holder);
    g_free(finding->sentence);
    g_free(finding->source);
    g_free(finding->code);
    g_strfreev(finding->missing);
    g_free(finding);
}

void recipients_finding_free(gpointer finding)
{
    appeal_recipient_finding_free(finding);
}

/* ---- a letter of the case ---- */

static void set_codes(GPtrArray *findings, const Registry *registry)
{
    for (guint i = 0; i < findings->len; i++) {
        AppealRecipientFinding *finding = findings->pdata[i];
        const StoreRecipient *one = NULL;
        for (guint k = 0; k < registry->recipients->len && one == NULL; k++)
            if (((StoreRecipient *)registry->recipients->pdata[k])->id == finding->recipient_id)
                one = registry->recipients->pdata[k];
        for (guint k = 0; one != NULL && k < registry->bodies->len; k++) {
            const StoreBody *body = registry->bodies->pdata[k];
            if (body->id == one->body_id && finding->code == NULL)
                finding->code = g_strdup(body->code);
        }
    }
}

/* The bodies of which a letter wrote to a member's mission. */
static void add_councils(const Registry *registry, GHashTable *written, gint32 day,
                         GPtrArray *findings)
{
    const StoreBody *council = registry_body(registry, "SC");
    bool mission = false;
    for (guint i = 0; i < registry->bodies->len; i++) {
        const StoreBody *body = registry->bodies->pdata[i];
        mission |=
            g_strcmp0(body->kind, "mission") == 0 && g_hash_table_contains(written, &body->id);
    }
    AppealRecipientFinding *finding =
        council != NULL && mission ? registry_missing_members(registry, council, written, day)
                                   : NULL;
    if (finding != NULL)
        g_ptr_array_add(findings, finding);
}

void recipients_left_out(GPtrArray *recipients, GPtrArray *bodies, GHashTable *written, gint32 day,
                         GPtrArray *findings)
{
    for (guint i = 0; i < bodies->len; i++) {
        const StoreBody *body = bodies->pdata[i];
        const StoreRecipient *holder = recipients_holder(recipients, body->id, day);
        if (holder != NULL && !g_hash_table_contains(written, &body->id) &&
            (g_strcmp0(body->kind, "office") == 0 || g_strcmp0(body->kind, "mandate") == 0))
            g_ptr_array_add(findings, recipients_finding(recipients, holder, APPEAL_LEFT_OUT, day));
    }
}

static bool add_written(Store *store, gint64 appeal_id, GPtrArray *recipients, gint32 day,
                        GHashTable *written, GPtrArray *findings, GError **error)
{
    g_autoptr(GPtrArray) deliveries = store_delivery_list_by_appeal(store, appeal_id, NULL, error);
    if (deliveries == NULL)
        return false;
    for (guint i = 0; i < deliveries->len; i++)
        for (guint k = 0; k < recipients->len; k++) {
            const StoreRecipient *recipient = recipients->pdata[k];
            if (((const StoreDelivery *)deliveries->pdata[i])->recipient_id != recipient->id)
                continue;
            g_hash_table_add(written, g_memdup2(&recipient->body_id, sizeof(gint64)));
            g_ptr_array_add(
                findings, recipients_finding(recipients, recipient,
                                             recipients_verdict(recipients, recipient, day), day));
        }
    return true;
}

GPtrArray *appeal_check_recipients(Store *store, gint64 appeal_id, gint32 day, GError **error)
{
    if (appeal_id != 0 && day == G_MININT32) {
        g_autoptr(StoreAppeal) appeal = store_appeal_load(store, appeal_id, error);
        if (appeal == NULL)
            return NULL;
        day = appeal->day;
    }
    if (day == G_MININT32)
        day = (gint32)(store_now(store) / 86400);
    g_auto(Registry) registry = {0};
    if (!registry_load(store, &registry, error))
        return NULL;
    GPtrArray *recipients = registry.recipients;
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(recipients_finding_free);
    g_autoptr(GHashTable) written =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    if (appeal_id == 0) {
        for (guint i = 0; i < recipients->len; i++) {
            const StoreRecipient *one = recipients->pdata[i];
            AppealVerdict verdict = recipients_verdict(recipients, one, day);
            g_ptr_array_add(findings, recipients_finding(recipients, one, verdict, day));
        }
        set_codes(findings, &registry);
        return g_steal_pointer(&findings);
    }
    if (!add_written(store, appeal_id, recipients, day, written, findings, error))
        return NULL;
    recipients_left_out(recipients, registry.bodies, written, day, findings);
    add_councils(&registry, written, day, findings);
    set_codes(findings, &registry);
    return g_steal_pointer(&findings);
}

GArray *appeal_recipients_of(Store *store, const char *to, gint32 day, GError **error)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    StoreKind kind;
    gint64 id;
    if (store_id_parse(to, &kind, &id) && kind == STORE_KIND_RECIPIENT) {
        g_array_append_val(ids, id);
        return ids;
    }
    bool all = strcmp(to, "all") == 0;
    g_autoptr(GPtrArray) findings = appeal_check_recipients(store, 0, day, error);
    for (guint i = 0; findings != NULL && i < findings->len; i++) {
        const AppealRecipientFinding *finding = findings->pdata[i];
        if (finding->verdict != APPEAL_IN_OFFICE && finding->verdict != APPEAL_TERM_UNKNOWN)
            continue;
        g_autoptr(StoreRecipient) one = store_recipient_load(store, finding->recipient_id, error);
        g_autoptr(StoreBody) body =
            one != NULL && one->body_id != 0 ? store_body_load(store, one->body_id, error) : NULL;
        if (one == NULL)
            break;
        /* of an office whose holder is not certain, the last one known */
        bool holds =
            finding->verdict == APPEAL_IN_OFFICE || finding->holder_id == one->id ||
            (one->name == NULL && one->from_day <= day && (one->to_day == 0 || one->to_day >= day));
        if (holds && body != NULL && (all || g_ascii_strcasecmp(body->code, to) == 0))
            g_array_append_val(ids, one->id);
    }
    if (ids->len == 0 && (error == NULL || *error == NULL))
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
            _("--to %s: no office of that code with a holder on that day is in the case. "
              "`zenhar appeal recipients` lists them; `zenhar appeal load` brings them in."),
            to);
    if (ids->len > 0 && findings != NULL)
        return ids;
    g_array_unref(ids);
    return NULL;
}

static const struct {
    const char *word, *title;
} VERDICTS[] = {
    [APPEAL_IN_OFFICE] = {"in_office", N_("in office")},
    [APPEAL_OUT_OF_OFFICE] = {"out_of_office", N_("not in office")},
    [APPEAL_TERM_UNKNOWN] = {"term_unknown", N_("not certain")},
    [APPEAL_LEFT_OUT] = {"left_out", N_("not written to")},
};

const char *appeal_verdict_word(AppealVerdict verdict)
{
    return VERDICTS[verdict].word;
}

const char *appeal_verdict_title(AppealVerdict verdict)
{
    return i18n_get(VERDICTS[verdict].title);
}
