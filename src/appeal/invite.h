/* appeal/invite.h: the one-time link of a signatory, by mail. */
#pragma once
#include "appeal/deliver.h"
#include "appeal/sign.h"

typedef struct {
    const PostServer *server;
    const char *from, *from_name;
    const char *to;      /**< the signatory's address */
    const char *link;    /**< where `zenhar serve` is reached: "https://sign.example.org" */
    AppealDrawPdf *draw; /**< the letter goes along */
    void *draw_context;
} AppealInvite;

/** "https://sign.example.org/fa/sign/SECRET". USAGE: no http(s) address. Transfers. */
char *appeal_sign_link(const char *base, const char *secret, I18nLanguage language, GError **error);

/** Sends the link of a signatory who was just invited, in the letter's language, with the letter.
 *  The mail is not kept: it holds the secret. ret_outcome: how it went; when it did not go, the
 *  invitation is withdrawn (the link is dead) and error says why. */
bool appeal_invite_mail(Store *store, gint64 signatory_id, const char *secret,
                        const AppealInvite *invite, PostOutcome *ret_outcome, GError **error);
