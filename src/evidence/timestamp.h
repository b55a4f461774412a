/* evidence/timestamp.h: trusted time stamps of heads, RFC 3161, by OpenSSL.
 *
 * What is stamped is the SHA-256 of the 128 bytes that a head's signature is over, so that
 * `openssl ts -verify -data heads/N.bin -in N.tsr -CAfile CA.pem` checks one too. The time is then
 * the authority's, not the writer's. Nothing is sent from here: the caller carries query and
 * response (by the network, or by hand). Any bytes may be given. */
#pragma once
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

/** A TimeStampReq for that hash, DER, with a random nonce; the authority is asked to put its
 *  certificate in. Transfers; NULL with MEMORY. */
GBytes *evidence_timestamp_request(const guint8 hash[32], GError **error);

typedef struct {
    gint64 time;     /**< seconds: when the authority says it saw the hash */
    char *authority; /**< the subject of the certificate that signed */
    char *serial;    /**< hexadecimal */
    gint64 expires;  /**< seconds: end of that certificate */
    bool trusted;    /**< its chain leads to the given certificates */
} EvidenceTimestamp;
void evidence_timestamp_clear(EvidenceTimestamp *stamp);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EvidenceTimestamp, evidence_timestamp_clear)

/** Checks a TimeStampResp (DER): granted, of that hash, signed by the certificate within. ca_file
 *  (PEM; NULL: nobody is trusted): the chain leads there, as it stood at the time of the stamp; an
 *  authority's certificate may have expired since. INTEGRITY with a sentence; INPUT when ca_file
 *  cannot be read as certificates. `ret` begins with zeros. */
bool evidence_timestamp_check(GBytes *response, const guint8 hash[32], const char *ca_file,
                              EvidenceTimestamp *ret, GError **error);
/** Is it the answer to that query: the same nonce, the same hash? And good now, by ca_file? As
 *  evidence_timestamp_check besides. */
bool evidence_timestamp_answers(GBytes *response, GBytes *request, const char *ca_file,
                                EvidenceTimestamp *ret, GError **error);
/** The hash that a query asks for; false when it is no query. */
bool evidence_timestamp_asked(GBytes *request, guint8 ret_hash[32]);
/** The hash that a response stamps; false when it is no granted response. */
bool evidence_timestamp_stamped(GBytes *response, guint8 ret_hash[32]);
