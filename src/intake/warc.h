/* intake/warc.h: web pages as they were received: WARC 1.1 (ISO 28500:2017), written and read.
 *
 *   WARC/1.1 CR LF
 *   WARC-Type: response CR LF … Content-Length: n CR LF
 *   CR LF
 *   the block, n bytes CR LF CR LF
 *
 * Digests are SHA-256 in base32 (RFC 4648), as the algorithm:value form of the standard. */
#pragma once
#include "intake/parts.h"

typedef struct {
    const char *type;         /**< "warcinfo", "request", "response", "metadata" */
    const char *id;           /**< <urn:uuid:…>, by intake_warc_id */
    const char *target;       /**< address; NULL none */
    const char *content_type; /**< of the block */
    const char *concurrent;   /**< id of the record that belongs to it; NULL */
    const char *info;         /**< id of the warcinfo; NULL in itself */
    const char *address;      /**< IP address it came from; NULL unknown (through a proxy) */
    gint64 when;              /**< seconds since 1970 UTC */
    gsize payload;            /**< where in the block the payload begins; 0: no digest of it */
} IntakeWarcRecord;

/** A fresh id. Transfers. */
char *intake_warc_id(void);
/** Appends one record. */
void intake_warc_write(GByteArray *into, const IntakeWarcRecord *record, const void *block,
                       gsize length);

/** "sha256:BASE32" or "sha1:BASE32" of bytes; NULL for another algorithm. Transfers. */
char *intake_warc_digest(const char *algorithm, const void *bytes, gsize length);

/** One answer of a server within a response record. */
typedef struct {
    int status;
    char *media_type, *charset; /**< lower case; NULL unknown */
    GByteArray *payload;        /**< without transfer and content encoding; at most
                                     INTAKE_PART_BYTES_MAX */
    bool broken;                /**< its encoding could not be undone to the end */
} IntakeWarcAnswer;
/** False when the block is no HTTP answer. Clear with intake_warc_answer_clear in any case. */
bool intake_warc_answer(const char *block, gsize length, IntakeWarcAnswer *ret_answer);
void intake_warc_answer_clear(IntakeWarcAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IntakeWarcAnswer, intake_warc_answer_clear)

/** A reader of parts: each answer with a page is one part, its main text; other files are parts of
 *  bytes; an answer that tells of an error is a problem, and so is a block that does not fit its
 *  digest. */
bool intake_read_warc(const char *name, const void *bytes, gsize length, IntakePartFound found,
                      void *context, GError **error);
