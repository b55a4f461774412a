/* intake/parts.h: what a file is made of: texts to read, files inside it, and what could not be
 * read.
 *
 * One shape for every reader, so that a reader knows nothing of cases and a case nothing of
 * formats: a mail, a feed, a page, a PDF, a picture, an archive, a chat, a sheet is parted by its
 * reader; intake/formats.h says which, and what becomes of each part.
 *
 * A reader never trusts its input: depth, size, count and time are bounded (INTAKE_PARTS_MAX …);
 * any bytes end in parts, problems or an error sentence. */
#pragma once
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

enum {
    INTAKE_PARTS_DEPTH = 4,            /**< files within files within a file */
    INTAKE_PARTS_MAX = 100000,         /**< parts of one original, for formats without records */
    INTAKE_PART_TEXT_MAX = 8 << 20,    /**< bytes of one text */
    INTAKE_PART_BYTES_MAX = 256 << 20, /**< bytes of one file inside */
    INTAKE_PARTS_BYTES_MAX = 1 << 30,  /**< bytes of all files inside one original */
};

/** One text or file found inside an original. All borrowed for the call. */
typedef struct {
    const char *name;       /**< file name, message id, "page 3"; NULL unknown */
    const char *media_type; /**< "text/plain", "application/pdf" …; NULL: text */
    const char *text;       /**< UTF-8; or NULL when `bytes` hold a file to be read in turn */
    gsize length;           /**< of text, in bytes */
    const void *bytes;      /**< an attachment, a file of an archive; NULL none */
    gsize n_bytes;
    const char *title, *sender, *url, *language, *external_id; /**< NULL unknown */
    gint64 when;    /**< seconds since 1970-01-01 UTC it was sent or published; 0 unknown */
    guint64 offset; /**< bytes into the original where it begins; 0 when inside something packed */
    const char *problem; /**< a sentence: this part could not be read, and what was tried; it goes
                              to the quarantine, with `text` as its record; NULL none */
    /* What a reader may leave zero. */
    guint64 span;       /**< bytes of the original it takes up from `offset`; 0 unknown */
    bool sender_public; /**< the sender is a channel, an outlet, an office, and becomes the report's
                             source; else a person, who goes to a sealed field */
    const char *skipped; /**< a few words, for many parts the same ("service lines"): no report and
                              no loss; counted, told at the end, not quarantined. All else NULL */
} IntakePart;

/** Takes one part. False with error set: the reader stops and returns false with this error. */
typedef bool (*IntakePartFound)(void *context, const IntakePart *part, GError **error);

/** A reader: hands each part to `found`, in the order of the file. `name` is the file's, for
 *  sentences and guesses; may be NULL. False with ZENHAR_ERROR_INPUT when the whole is not of this
 *  format (parts found before it stay found), or with the error of `found`. */
typedef bool (*IntakePartsReader)(const char *name, const void *bytes, gsize length,
                                  IntakePartFound found, void *context, GError **error);

/* Texts, attachments, dates and senders of mails: one (.eml) or many (mbox). */
bool intake_read_mail(const char *name, const void *bytes, gsize length, IntakePartFound found,
                      void *context, GError **error);
/* RSS 2.0, RSS 1.0 and Atom: one part an entry. */
bool intake_read_feed(const char *name, const void *bytes, gsize length, IntakePartFound found,
                      void *context, GError **error);
/* A web page's main text. */
bool intake_read_html(const char *name, const void *bytes, gsize length, IntakePartFound found,
                      void *context, GError **error);
/* A PDF: its text, page by page; pages that are pictures are read as pictures. */
bool intake_read_pdf(const char *name, const void *bytes, gsize length, IntakePartFound found,
                     void *context, GError **error);
/* A picture or a scan, by optical reading. */
bool intake_read_image(const char *name, const void *bytes, gsize length, IntakePartFound found,
                       void *context, GError **error);
/* ZIP, TAR, and either of them packed: one part a file, as bytes. */
bool intake_read_archive(const char *name, const void *bytes, gsize length, IntakePartFound found,
                         void *context, GError **error);
/* XLSX and ODS: one part a sheet, as CSV bytes of the media type text/csv. */
bool intake_read_sheet(const char *name, const void *bytes, gsize length, IntakePartFound found,
                       void *context, GError **error);
/* A Telegram export (result.json): one part a message. */
bool intake_read_telegram(const char *name, const void *bytes, gsize length, IntakePartFound found,
                          void *context, GError **error);
/* A WhatsApp export (text): one part a message. */
bool intake_read_whatsapp(const char *name, const void *bytes, gsize length, IntakePartFound found,
                          void *context, GError **error);
