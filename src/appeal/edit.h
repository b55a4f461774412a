/* appeal/edit.h: the text of a draft changed by a person; each version before it is kept.
 *
 * What can be changed are the letterhead, subject, salutation, the text, closing and signature.
 * Addressee and date are those it was composed for. Notes and annex follow the text: a call of a
 * note ("[^3]") may be moved or taken out, then the note, the row of the annex and the link to its
 * record go with it, and numbers are given anew in order of reading; there is no note without a
 * record behind it. A letter goes on asking for what it was composed for, since the clock runs on
 * that: as many lines "1) …" as asks. Nothing of a sealed letter changes.
 *
 * The text as it was goes into a sealed original ("zenhar draft AP3 2", then the text that would
 * have been signed), linked from the letter by the role "version", which `trace` and bundles do not
 * walk; its note says who took it over and why. */
#pragma once
#include "appeal/appeal.h"

#define APPEAL_VERSION_ROLE "version"

/** One line a field; letterhead, signature and text with line breaks. In the text a line is a
 *  heading ("# …"), an ask ("1) …"), an item ("- …") or a paragraph; empty lines say nothing. */
typedef struct {
    char *letterhead, *subject, *salutation, *text, *closing, *signature;
} AppealText;
void appeal_text_clear(AppealText *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AppealText, appeal_text_clear)

/** A letter's text as it stands, an empty line between its parts, and the hash by which a later
 *  change is held to it (appeal_signed_hash; may be NULL). NOT_FOUND, INPUT. */
bool appeal_text_load(Store *store, gint64 appeal_id, AppealText *ret_text, char **ret_hash,
                      GError **error);
/** May it be edited: a draft, not sealed? False with a sentence (DATA) or an error. */
bool appeal_text_open(Store *store, gint64 appeal_id, GError **error);

/** The letter as it would read, nothing kept: notes and annex as they would be. INPUT as below.
 *  Transfers. */
AppealLetter *appeal_text_preview(Store *store, gint64 appeal_id, const AppealText *text,
                                  GError **error);

typedef struct {
    const char *seen;   /**< the hash of the text that was edited */
    const char *by;     /**< the name under which it is changed */
    const char *reason; /**< needed */
} AppealEdit;
/** Takes the text over and keeps what stood there as a version, in one transaction. *ret_changed
 *  false: it says the same, nothing was written. DATA: sealed, or not the text any more that was
 *  edited; INPUT: a call without a note, another number of asks, a line that would be read as a
 *  note, an empty text, signs that are no text. */
bool appeal_text_change(Store *store, gint64 appeal_id, const AppealText *text,
                        const AppealEdit *edit, bool *ret_changed, GError **error);

/** A text that stood before another took its place. */
typedef struct {
    guint number; /**< from 1, the text as it was composed */
    gint64 original_id;
    gint64 until;      /**< seconds: when the next took its place */
    char *by, *reason; /**< of that change */
} AppealVersion;
/** Oldest first. GPtrArray of AppealVersion; transfers. */
GPtrArray *appeal_versions(Store *store, gint64 appeal_id, GError **error);
/** The text of version `number`; 0: as it stands. NOT_FOUND. */
bool appeal_version_load(Store *store, gint64 appeal_id, guint number, AppealText *ret_text,
                         GError **error);

typedef enum { APPEAL_LINE_SAME, APPEAL_LINE_GONE, APPEAL_LINE_NEW } AppealLineKind;
typedef struct {
    AppealLineKind kind;
    char *text;
} AppealLine;
/** Two texts line by line: what both have, what is gone, what is new, in order of reading; fields
 *  that differ stand before. By the longest common subsequence: lines times lines, 2,000 each at
 *  most (beyond that all is gone and all is new). GPtrArray of AppealLine; transfers. */
GPtrArray *appeal_text_compare(const AppealText *before, const AppealText *now);
