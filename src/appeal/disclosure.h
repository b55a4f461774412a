/* appeal/disclosure.h: what of a case may leave it, record by record.
 *
 * By default no identity leaves: what holds a sealed value, speaks of somebody who said no, or is
 * the program's own (accounts, audit, settings, quarantine, messages) is withheld; its hash still
 * stands for it (evidence/bundle.h). Reports go with their text, in which names and numbers were
 * masked when they came in. A person who was never asked has not consented to an identity leaving,
 * and has not refused that the masked report goes; "no", or a consent taken back, holds both. */
#pragma once
#include "evidence/bundle.h"

typedef struct {
    gint32 day;       /**< consents as they stand on it; days since 1970-01-01 */
    bool with_sealed; /**< records with sealed values go with them as they are kept: ciphertext */
    bool with_originals; /**< files too, as far as everybody they speak of consented: to sending
                          *   (send) and to the full name */
    bool reveal;         /**< whatever consents say; the caller writes down who looked and why.
                          *   Accounts, tokens and messages to senders stay withheld */
} DisclosureOptions;

typedef struct Disclosure Disclosure;
/** Reads sealed names by a connection of its own, to look for them in texts: the caller writes
 *  that down (store_unseal on its store). NULL with error set. */
Disclosure *disclosure_new(Store *store, const DisclosureOptions *options, GError **error);
void disclosure_free(Disclosure *disclosure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Disclosure, disclosure_free)

/** An EvidenceBundleRule; context is the Disclosure. withheld is one of: private (the program's
 *  own, or an analyst's), sealed, named (a text tells a name), consent, withdrawn (by its source),
 * unnamed (a signatory who signs without a name), source (may be a person), path (its name tells a
 * folder of the machine it came from). */
bool disclosure_rule(void *disclosure, Store *store, GBytes *record, EvidenceBundleItem *item,
                     GError **error);
/** May the bytes of an original leave? False with *ret_why one word: consent, unread (nobody knows
 *  whom it speaks of), quarantine (records of it were not read). */
bool disclosure_original(Disclosure *disclosure, gint64 original_id, bool *ret_may,
                         const char **ret_why, GError **error);
