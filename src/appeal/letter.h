/* appeal/letter.h: the text of a letter as it is kept in a case; private to src/appeal.
 *
 *     To: line of the addressee            ┐ head: one field a line, a field may come again
 *     Date: both calendars                 │
 *     Subject: …  Salutation: …  Closing: …┘
 *                                            an empty line
 *     # heading                              one line each
 *     1) an ask
 *     - an item of a list
 *     a paragraph, with a call of a note[^3] in it
 *     [^3]: FG12 source of the figure        "? " after the id: not wholly confirmed
 *     [@]: FG12 O3 sha256 what it is         a row of the annex; "-" for none
 *
 * A body without a head is a text in paragraphs. Plain enough to be read as it is, and whole: what
 * is logged of an appeal is the letter with all its sources. */
#pragma once
#include "appeal/appeal.h"
#include "appeal/edit.h"
#include "store/appeal.h"

typedef struct LetterDraft LetterDraft;

LetterDraft *letter_draft_new(void);
void letter_draft_free(LetterDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LetterDraft, letter_draft_free)

/** Line breaks of a value begin further lines of the same field; NULL and "" add nothing. */
void letter_draft_head(LetterDraft *draft, const char *field, const char *value);
/** "[^3]" for a note on that record, the same number for the same record and text. Borrowed until
 *  the draft is freed. text: without the id. kind NONE: a note that names no record. */
const char *letter_draft_note(LetterDraft *draft, StoreKind kind, gint64 id, const char *text,
                              bool unconfirmed);
/** Text on one line: line breaks become spaces. number: of an ask. */
void letter_draft_part(LetterDraft *draft, AppealPartKind kind, guint number, const char *text);
void letter_draft_annex(LetterDraft *draft, StoreKind kind, gint64 id, gint64 original_id,
                        const char *sha256, const char *what);
/** How many notes; and the record that one names. */
guint letter_draft_n_notes(const LetterDraft *draft);
StoreKind letter_draft_note_record(const LetterDraft *draft, guint i, gint64 *ret_id);
/** The whole body. Transfers. */
char *letter_draft_finish(const LetterDraft *draft);

/** A letter as such a record would read, with what the case adds. Transfers. */
AppealLetter *letter_from(Store *store, const StoreAppeal *appeal, GError **error);
/** edit.c: what of a record's text can be edited. */
void letter_text_of(const StoreAppeal *appeal, AppealText *ret_text);

/** Reads a body into a letter whose lists are there and empty. False with error (INPUT). */
bool letter_parse(const char *body, AppealLetter *letter, GError **error);
