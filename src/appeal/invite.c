/* appeal/invite.c: a one-time link by mail. */
#include "appeal/invite.h"

#include "appeal/mail.h"
#include "base/edtf.h"
#include "base/error.h"
#include <sodium.h>
#include <string.h>

enum { SECONDS_A_DAY = 86400 };

char *appeal_sign_link(const char *base, const char *secret, I18nLanguage language, GError **error)
{
    const bool web = g_str_has_prefix(base, "https://") || g_str_has_prefix(base, "http://");
    if (!web || strpbrk(base, " \t\r\n\"<>") != NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("“%s” is no address of a web server: write it as https://sign.example.org."),
                    base);
        return NULL;
    }
    g_autofree char *trimmed = g_strdup(base);
    while (g_str_has_suffix(trimmed, "/"))
        trimmed[strlen(trimmed) - 1] = '\0';
    return g_strdup_printf("%s/%s/sign/%s", trimmed, i18n_tag(language), secret);
}

/* In the thread's language. */
static char *words(const StoreAppeal *appeal, const StoreSignatory *signatory, const char *link)
{
    g_autofree char *until = edtf_describe_day((gint32)(signatory->expires / SECONDS_A_DAY));
    return g_strdup_printf(
        _("You are asked to sign this letter: %s\n\nIt is attached as a PDF. Its text is fixed by "
          "SHA-256 %s.\n\nRead the whole text behind this link, and sign there, if you agree:\n\n%s"
          "\n\nThe link works once, until %s. Whoever has it can sign in your name: do not pass it "
          "on. No identity document is asked for. If you do not agree, do nothing.\n"),
        appeal->subject != NULL ? appeal->subject : appeal->title, appeal->sha256, link, until);
}

static GBytes *mail_of(Store *store, const StoreAppeal *appeal, const StoreSignatory *signatory,
                       const char *link, const AppealInvite *invite, I18nLanguage language,
                       GError **error)
{
    g_autoptr(GBytes) pdf = invite->draw(invite->draw_context, store, appeal->id, error);
    if (pdf == NULL)
        return NULL;
    char id[STORE_ID_MAX];
    guint8 random[16];
    char hex[2 * sizeof random + 1];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(hex, sizeof hex, random, sizeof random);
    g_autofree char *text = words(appeal, signatory, link);
    g_autofree char *name =
        g_strdup_printf("letter-%s.pdf", store_id_format(STORE_KIND_APPEAL, appeal->id, id));
    const char *at = strrchr(invite->from, '@');
    g_autofree char *message_id = g_strdup_printf("%s%s", hex, at != NULL ? at : "@localhost");
    const char *own = language == I18N_PERSIAN && signatory->name_fa != NULL ? signatory->name_fa
                                                                             : signatory->name;
    const AppealMail mail = {.from = invite->from,
                             .from_name = invite->from_name,
                             .to = invite->to,
                             .to_name = own,
                             .subject = _("A letter to sign"),
                             .message_id = message_id,
                             .when = store_now(store),
                             .language = language,
                             .text = text,
                             .file_name = name,
                             .file = pdf};
    return appeal_mail_build(&mail, error);
}

static bool send_mail(Store *store, gint64 signatory_id, const char *secret,
                      const AppealInvite *invite, PostOutcome *ret_outcome, GError **error)
{
    g_autoptr(StoreSignatory) signatory = store_signatory_load(store, signatory_id, error);
    g_autoptr(StoreAppeal) appeal =
        signatory != NULL ? store_appeal_load(store, signatory->appeal_id, error) : NULL;
    if (appeal == NULL)
        return false;
    I18nLanguage language = I18N_ENGLISH;
    i18n_parse_language(appeal->language != NULL ? appeal->language : "en", &language);
    g_autofree char *link = appeal_sign_link(invite->link, secret, language, error);
    if (link == NULL)
        return false;
    const I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autoptr(GBytes) mail = mail_of(store, appeal, signatory, link, invite, language, error);
    i18n_set_language(saved);
    g_autofree char *why = NULL;
    if (mail == NULL)
        return false;
    *ret_outcome = post_send(invite->server, invite->from, invite->to, mail, NULL, NULL, &why);
    if (*ret_outcome == POST_WENT || *ret_outcome == POST_UNSURE)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "%s", why);
    return false;
}

bool appeal_invite_mail(Store *store, gint64 signatory_id, const char *secret,
                        const AppealInvite *invite, PostOutcome *ret_outcome, GError **error)
{
    if (send_mail(store, signatory_id, secret, invite, ret_outcome, error))
        return true;
    appeal_sign_withdraw(store, signatory_id, NULL); /* a link that nobody got is dead */
    return false;
}
