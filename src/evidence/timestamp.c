#include "evidence/timestamp.h"

#include "base/i18n.h"
#include "evidence/private.h"
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <string.h>

enum { NONCE_BYTES = 8, RESPONSE_MOST = 1 << 20 };

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_REQ, TS_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_RESP, TS_RESP_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_VERIFY_CTX, TS_VERIFY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE, X509_STORE_free)

void evidence_timestamp_clear(EvidenceTimestamp *stamp)
{
    g_free(stamp->authority);
    g_free(stamp->serial);
    memset(stamp, 0, sizeof *stamp);
}

/* What OpenSSL said last; its details where it gives some. Transfers. */
static char *openssl_words(void)
{
    const char *data = NULL;
    int flags = 0;
    const unsigned long code = ERR_peek_last_error_data(&data, &flags);
    const char *reason = ERR_reason_error_string(code);
    const bool more = (flags & ERR_TXT_STRING) != 0 && data != NULL && data[0] != '\0';
    char *words = g_utf8_make_valid(more ? data : reason != NULL ? reason : "?", -1);
    ERR_clear_error();
    return words;
}

/* ---- the query ---- */

static TS_REQ *query_of(const guint8 hash[32], bool with_nonce)
{
    TS_REQ *query = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    guint8 random[NONCE_BYTES];
    BIGNUM *number = NULL;
    ASN1_INTEGER *nonce = NULL;
    bool made = query != NULL && imprint != NULL && algorithm != NULL &&
                X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
                TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
                TS_MSG_IMPRINT_set_msg(imprint, (unsigned char *)hash, 32) == 1 &&
                TS_REQ_set_version(query, 1) == 1 && TS_REQ_set_msg_imprint(query, imprint) == 1 &&
                TS_REQ_set_cert_req(query, 1) == 1;
    if (made && with_nonce)
        made = RAND_bytes(random, sizeof random) == 1 &&
               (number = BN_bin2bn(random, sizeof random, NULL)) != NULL &&
               (nonce = BN_to_ASN1_INTEGER(number, NULL)) != NULL &&
               TS_REQ_set_nonce(query, nonce) == 1;
    ASN1_INTEGER_free(nonce);
    BN_free(number);
    X509_ALGOR_free(algorithm);
    TS_MSG_IMPRINT_free(imprint);
    if (made)
        return query;
    TS_REQ_free(query);
    return NULL;
}

GBytes *evidence_timestamp_request(const guint8 hash[32], GError **error)
{
    g_autoptr(TS_REQ) query = query_of(hash, true);
    unsigned char *der = NULL;
    const int n = query != NULL ? i2d_TS_REQ(query, &der) : 0;
    if (n > 0) {
        GBytes *bytes = g_bytes_new(der, (gsize)n);
        OPENSSL_free(der);
        return bytes;
    }
    g_autofree char *words = openssl_words();
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                _("No query for a time stamp could be made: %s."), words);
    return NULL;
}

static TS_REQ *query_read(GBytes *request)
{
    gsize n = 0;
    const guint8 *begin = g_bytes_get_data(request, &n), *at = begin;
    TS_REQ *query = n > 0 && n <= RESPONSE_MOST ? d2i_TS_REQ(NULL, &at, (long)n) : NULL;
    if (query != NULL && at == begin + n)
        return query;
    TS_REQ_free(query);
    ERR_clear_error();
    return NULL;
}

bool evidence_timestamp_asked(GBytes *request, guint8 ret_hash[32])
{
    g_autoptr(TS_REQ) query = query_read(request);
    TS_MSG_IMPRINT *imprint = query != NULL ? TS_REQ_get_msg_imprint(query) : NULL;
    const ASN1_OCTET_STRING *hash = imprint != NULL ? TS_MSG_IMPRINT_get_msg(imprint) : NULL;
    if (hash == NULL || ASN1_STRING_length(hash) != 32)
        return false;
    memcpy(ret_hash, ASN1_STRING_get0_data(hash), 32);
    return true;
}

/* ---- the response ---- */

static bool stamp_misfit(const char *why, GError **error)
{
    evidence_misfit(error, _("The time stamp does not hold: %s."), why);
    return false;
}

static bool openssl_misfit(GError **error)
{
    g_autofree char *words = openssl_words();
    return stamp_misfit(words, error);
}

static TS_RESP *response_read(GBytes *response, GError **error)
{
    gsize n = 0;
    const guint8 *begin = g_bytes_get_data(response, &n), *at = begin;
    TS_RESP *read = n > 0 && n <= RESPONSE_MOST ? d2i_TS_RESP(NULL, &at, (long)n) : NULL;
    if (read != NULL && at == begin + n)
        return read;
    TS_RESP_free(read);
    ERR_clear_error();
    evidence_misfit(error, "%s", _("This is no answer of a time-stamping authority (RFC 3161)."));
    return NULL;
}

static gint64 seconds_of(const ASN1_TIME *time)
{
    struct tm parts;
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1)
        return 0;
    g_autoptr(GDateTime) read =
        g_date_time_new_utc(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                            parts.tm_min, MIN(parts.tm_sec, 59));
    return read != NULL ? g_date_time_to_unix(read) : 0;
}

/* The certificate that the token says signed it; NULL when it is not within. Borrowed. */
static X509 *signer_of(PKCS7 *token)
{
    STACK_OF(X509) *signers = PKCS7_get0_signers(token, NULL, 0);
    X509 *signer = signers != NULL && sk_X509_num(signers) > 0 ? sk_X509_value(signers, 0) : NULL;
    sk_X509_free(signers);
    return signer;
}

static char *subject_of(const X509 *certificate)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *data = NULL;
    X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0,
                       XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    const long n = BIO_get_mem_data(out, &data);
    g_autofree char *text = g_strndup(n > 0 ? data : "", n > 0 ? (gsize)n : 0);
    BIO_free(out);
    return g_utf8_make_valid(text, -1);
}

static bool describe(TS_RESP *response, EvidenceTimestamp *ret, GError **error)
{
    PKCS7 *token = TS_RESP_get_token(response);
    TS_TST_INFO *info = TS_RESP_get_tst_info(response);
    if (token == NULL || info == NULL)
        return stamp_misfit(_("the authority refused it"), error);
    X509 *signer = PKCS7_type_is_signed(token) ? signer_of(token) : NULL;
    ERR_clear_error();
    if (signer == NULL)
        return stamp_misfit(_("the authority's certificate is not within"), error);
    BIGNUM *serial = ASN1_INTEGER_to_BN(TS_TST_INFO_get_serial(info), NULL);
    char *hex = serial != NULL ? BN_bn2hex(serial) : NULL;
    ret->serial = g_strdup(hex != NULL ? hex : "");
    OPENSSL_free(hex);
    BN_free(serial);
    ret->time = seconds_of(TS_TST_INFO_get_time(info));
    ret->expires = seconds_of(X509_get0_notAfter(signer));
    ret->authority = subject_of(signer);
    return ret->time > 0 || stamp_misfit(_("its time cannot be read"), error);
}

/* Signed by the certificate within, whoever that is. */
static bool is_signed(TS_RESP *response, GError **error)
{
    BIO *out = BIO_new(BIO_s_mem());
    const bool fits =
        PKCS7_verify(TS_RESP_get_token(response), NULL, NULL, NULL, out, PKCS7_NOVERIFY) == 1;
    BIO_free(out);
    return fits || openssl_misfit(error);
}

/* The certificates trusted, looked at as of that moment. Transfers. */
static X509_STORE *trusted_at(const char *ca_file, gint64 seconds, GError **error)
{
    g_autoptr(X509_STORE) store = X509_STORE_new();
    if (store != NULL && X509_STORE_load_file(store, ca_file) == 1) {
        X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)seconds);
        return g_steal_pointer(&store);
    }
    g_autofree char *words = openssl_words();
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s cannot be read as certificates in PEM: %s."), ca_file, words);
    return NULL;
}

/* Everything that RFC 3161 asks of who gets an answer; `query` with or without a nonce. */
static bool verify(TS_RESP *response, TS_REQ *query, const char *ca_file, gint64 at, GError **error)
{
    g_autoptr(TS_VERIFY_CTX) context = TS_VERIFY_CTX_new();
    if (context == NULL || TS_REQ_to_TS_VERIFY_CTX(query, context) == NULL)
        return openssl_misfit(error);
    if (ca_file != NULL) {
        X509_STORE *store = trusted_at(ca_file, at, error);
        if (store == NULL)
            return false;
        TS_VERIFY_CTX_set_store(context, store); /* takes it */
        TS_VERIFY_CTX_add_flags(context, TS_VFY_SIGNATURE);
    }
    return TS_RESP_verify_response(context, response) == 1 || openssl_misfit(error);
}

static bool check(GBytes *bytes, TS_REQ *query, const char *ca_file, bool also_now,
                  EvidenceTimestamp *ret, GError **error)
{
    ERR_clear_error();
    g_autoptr(TS_RESP) response = response_read(bytes, error);
    if (response == NULL || !describe(response, ret, error) || !is_signed(response, error) ||
        !verify(response, query, ca_file, ret->time, error) ||
        (also_now && !verify(response, query, ca_file, g_get_real_time() / G_USEC_PER_SEC, error)))
        return false;
    ret->trusted = ca_file != NULL;
    return true;
}

bool evidence_timestamp_check(GBytes *response, const guint8 hash[32], const char *ca_file,
                              EvidenceTimestamp *ret, GError **error)
{
    g_autoptr(TS_REQ) query = query_of(hash, false);
    return query != NULL ? check(response, query, ca_file, false, ret, error)
                         : openssl_misfit(error);
}

bool evidence_timestamp_answers(GBytes *response, GBytes *request, const char *ca_file,
                                EvidenceTimestamp *ret, GError **error)
{
    g_autoptr(TS_REQ) query = query_read(request);
    return query != NULL ? check(response, query, ca_file, true, ret, error)
                         : stamp_misfit(_("the query that it answers cannot be read"), error);
}

bool evidence_timestamp_stamped(GBytes *response, guint8 ret_hash[32])
{
    g_autoptr(TS_RESP) read = response_read(response, NULL);
    TS_TST_INFO *info = read != NULL ? TS_RESP_get_tst_info(read) : NULL;
    TS_MSG_IMPRINT *imprint = info != NULL ? TS_TST_INFO_get_msg_imprint(info) : NULL;
    const ASN1_OCTET_STRING *hash = imprint != NULL ? TS_MSG_IMPRINT_get_msg(imprint) : NULL;
    if (hash == NULL || ASN1_STRING_length(hash) != 32)
        return false;
    memcpy(ret_hash, ASN1_STRING_get0_data(hash), 32);
    return true;
}
