/* appeal/sign.h: a letter is sealed, its text fixed by hash, and signed by organisations.
 *
 * What is signed is the text of appeal_signed_text: language, day, subject and the letter as it is
 * kept, with all notes and the annex. Ed25519 and OpenPGP keys sign the line of
 * appeal_signed_message: "zenhar letter SHA-256" and a newline. A changed text has another hash:
 * signatures over the old one are void, and are told so. No identity document is asked for, and
 * no name where a signatory wants to count without being named. */
#pragma once
#include "appeal/appeal.h"
#include "base/i18n.h"
#include "store/appeal.h"

/** What signatories sign, and its SHA-256 in hex. Transfers both; NULL with error set. */
char *appeal_signed_text(const StoreAppeal *appeal);
char *appeal_signed_hash(const StoreAppeal *appeal);
/** The line that keys sign: "zenhar letter HASH\n". Transfers. */
char *appeal_signed_message(const char *sha256);

/** Checks each figure of a letter against the case as it stands: a cited record that is gone, a
 *  figure whose number is no longer what the letter says, a note nobody confirmed (refused with
 *  strict). GPtrArray of sentences (char *), empty when all holds. Transfers. */
GPtrArray *appeal_verify_letter(Store *store, const AppealLetter *letter, bool strict,
                                GError **error);
/** Of a letter of the case. */
GPtrArray *appeal_verify_figures(Store *store, gint64 appeal_id, bool strict, GError **error);

/** Seals a draft: figures are checked again, the signed text becomes an original, status "sealed".
 *  strict: refuses, too, while any note rests on a row that nobody confirmed; else *ret_unconfirmed
 *  tells how many do. DATA with the first sentence that does not hold; again on a sealed letter
 *  changes nothing when the text is the same. */
bool appeal_seal(Store *store, gint64 appeal_id, bool strict, guint *ret_unconfirmed,
                 GError **error);

/** A signatory is asked: the one-time secret (hex; only its hash is kept) goes into a link. Good
 * for `days`. unnamed: counts without a name; name is then not kept. contact: the mail address that
 * gets the link, kept sealed (for unnamed ones not at all); NULL. Transfers; NULL with error set
 *  (DATA: the letter is not sealed; INPUT: no name). */
char *appeal_sign_invite(Store *store, gint64 appeal_id, const char *name, const char *name_fa,
                         bool unnamed, const char *contact, int days, gint64 *ret_signatory_id,
                         GError **error);
/** Whom a link's secret stands for, and the letter it would sign; nothing is changed. INTEGRITY as
 *  below. Transfers both. */
bool appeal_sign_look(Store *store, const char *secret, StoreSignatory **ret_signatory,
                      StoreAppeal **ret_appeal, GError **error);
/** Signs by the link's secret. INTEGRITY: unknown, used, or expired; the text was changed since. */
gint64 appeal_sign_by_link(Store *store, const char *secret, GError **error);
/** Signs by a key: an Ed25519 key (64 hex digits) and signature (128), or an armoured OpenPGP key
 *  and detached signature, over appeal_signed_message. INTEGRITY when it is over another text. */
gint64 appeal_sign_by_key(Store *store, gint64 appeal_id, const char *name, const char *name_fa,
                          bool unnamed, const char *public_key, const char *signature,
                          GError **error);
bool appeal_sign_withdraw(Store *store, gint64 signatory_id, GError **error);

typedef struct {
    gint64 id;
    char *name;         /**< in the thread's language where there is one; NULL: unnamed */
    char *status;       /**< pending, verified, withdrawn, void; agreed, … of letters before */
    char *method;       /**< NULL none */
    gint64 verified;    /**< seconds; 0 */
    const char *reason; /**< why void, in the thread's language; NULL */
} AppealSignatory;
void appeal_signatory_free(AppealSignatory *signatory);
/** All signatories in order of name in `alphabet`'s collation, those without a name last. Each
 *  verified one is checked again against the text as it stands. GPtrArray. Transfers. */
GPtrArray *appeal_signatories(Store *store, gint64 appeal_id, I18nLanguage alphabet,
                              GError **error);
