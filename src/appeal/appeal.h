/* appeal/appeal.h: asks, addressees, letters, the clock.
 *
 * Facts (bodies, members, votes, measures, offices with terms, the asks of the open letter of
 * 28 June 2025 and its signatories) are loaded from the bundled tables; each table is stored as
 * an original first and each row linked to it. A letter is drafted from what the case holds: its
 * words are fixed sentences of ours, its figures are each reporter's own, each with a footnote
 * that names the source and the record ([FG12]). Nothing here signs or sends: a letter is a
 * draft until a person takes it over.
 *
 * Errors: GError of base/error.h. Not safe from two threads on one Store. */
#pragma once
#include "base/i18n.h"
#include "store/store.h"
#include <glib.h>
#include <stdbool.h>

/* ---- facts ---- */

/** Loads the bundled knowledge base (data/r2p) and the tables of one bundled case
 *  (cases/NAME; case_name NULL: the knowledge base alone) in one transaction. Twice adds
 *  nothing. Errors: INPUT names file, line and column: a vote whose numbers exceed the body's
 *  seats, a state that votes twice, one that was no member where that year's members are known. */
bool appeal_load_facts(Store *store, const char *case_name, GError **error);

/* ---- asks ---- */

/** What is asked, of whom, on what basis, by when, resting on what. Texts borrowed. */
typedef struct {
    const char *code;     /**< short, unique in the case; NULL: the next free letter */
    const char *template; /**< code of an ask that lends what is not given here; NULL none */
    const char *title, *text, *basis;
    const char *title_fa, *text_fa, *basis_fa; /**< in Persian; NULL none. What is given in one
                                                    language alone stands for both */
    const char *offices;                       /**< codes of bodies or offices, by spaces */
    const char *measure;                       /**< code of a measure of the catalogue; NULL none */
    gint32 due_day;                            /**< 0 none */
    const char *rests_on; /**< ids of records, by spaces or commas: FG12 AL3 FN1 */
} AppealAskInput;
/** Adds it (status "open") with links to what it rests on; gives its id. 0 with error set:
 *  INPUT without text or basis, without an office or resting on nothing; NOT_FOUND an office, a
 *  measure, a template or a record that is not in the case. */
gint64 appeal_ask_add(Store *store, const AppealAskInput *input, GError **error);

/* ---- drafting ---- */

typedef struct {
    gint64 recipient_id;   /**< the office written to (StoreRecipient) */
    I18nLanguage language; /**< of the letter, whatever the thread's language is */
    gint32 day;            /**< date of the letter, days since 1970-01-01; G_MININT32: today */
    gint64 assessment_id;  /**< risk picture drawn on; 0: the newest of the case, if any */
    const char *sender;    /**< letterhead, lines; NULL: a line left open for the sender */
    const GArray *ask_ids; /**< gint64, what it asks for; NULL: all asks of the case */
} AppealOptions;

/** Persian, today, newest assessment; recipient_id is still to be set. */
AppealOptions appeal_options(void);

/** Drafts a letter: adds a StoreAppeal (status "draft"), links it to its asks, figures, crises,
 *  alarms, votes and assessment, and adds a StoreDelivery "prepared" to the recipient. Gives its
 *  id; 0 with error set (NOT_FOUND no such recipient; DATA: the person was not in that office on
 *  that day, or there is nothing to ask for, or an ask has no text in an
 *  English letter's language). A draft of the same recipient, language, day and
 *  text is not added again: its id is given. */
gint64 appeal_compose(Store *store, const AppealOptions *options, GError **error);

/* ---- a letter, ready to be typeset ---- */

typedef enum {
    APPEAL_PARAGRAPH,
    APPEAL_HEADING,
    APPEAL_ASK,  /**< numbered; `number` from 1 */
    APPEAL_ITEM, /**< one of a list under the paragraph before (a dash or bullet) */
} AppealPartKind;

/** A footnote's call: its number stands, raised, before the byte `offset` of the part's text. */
typedef struct {
    gsize offset;
    guint number;
} AppealCall;

typedef struct {
    AppealPartKind kind;
    guint number; /**< of an ask; else 0 */
    char *text;   /**< UTF-8, one paragraph, without marks for notes; digits in the language */
    gsize n_calls;
    AppealCall *calls; /**< in order of offset */
} AppealPart;

typedef struct {
    guint number; /**< from 1 */
    char *text;   /**< source with date, then the record's id in brackets: "… [FG12]" */
    StoreKind kind;
    gint64 id;        /**< record it names; 0 none */
    bool unconfirmed; /**< the row was not checked at its source; the text says so */
} AppealNote;

typedef struct {
    StoreKind kind; /**< record that the letter rests on */
    gint64 id;
    char *what;      /**< in a few words, in the letter's language */
    char sha256[65]; /**< hex, of the sealed original behind it; "" where there is none */
    gint64 original_id;
} AppealAnnexRow;

typedef struct {
    gint64 appeal_id;
    gint64 recipient_id; /**< of the first delivery; 0 none */
    I18nLanguage language;
    bool synthetic;
    char *notice;      /**< "DRAFT – not signed …"; NULL once signed */
    char *label;       /**< what must stand on every page of a synthetic case; NULL */
    char **letterhead; /**< NULL-terminated lines, never NULL */
    char *reference;   /**< "Our reference: …"; NULL none */
    gint32 day;        /**< date of the letter */
    char *date;        /**< both calendars */
    char **addressee;  /**< NULL-terminated lines: name with form of address, office, address */
    char *subject;
    char *salutation; /**< "Excellency," */
    GPtrArray *parts; /**< AppealPart, in order */
    char *closing;    /**< complimentary close */
    char **signature; /**< NULL-terminated lines below it; a line left open in a draft */
    GPtrArray *notes; /**< AppealNote, in order of number */
    char *annex_title;
    GPtrArray *annex; /**< AppealAnnexRow, in order of kind and id */
} AppealLetter;

/** Reads a letter back as it was drafted; NOT_FOUND. Transfers. */
AppealLetter *appeal_letter_load(Store *store, gint64 appeal_id, GError **error);
void appeal_letter_free(AppealLetter *letter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AppealLetter, appeal_letter_free)

/** The whole letter as plain text (UTF-8, notes as [1], annex at the end). Transfers. */
char *appeal_letter_text(const AppealLetter *letter);

/* ---- who held which office ---- */

typedef enum {
    APPEAL_IN_OFFICE,     /**< the term covers the day */
    APPEAL_OUT_OF_OFFICE, /**< the term is known and does not cover it */
    APPEAL_TERM_UNKNOWN,  /**< the data do not tell */
    APPEAL_LEFT_OUT,      /**< in office that day, has a mandate, was not written to */
} AppealVerdict;

typedef struct {
    gint64 recipient_id;
    AppealVerdict verdict;
    char *name;              /**< NULL: the office alone */
    char *office;            /**< in the thread's language */
    gint64 holder_id;        /**< who held the same office that day (StoreRecipient); 0 not known */
    char *holder;            /**< the holder's name; NULL */
    gint32 from_day, to_day; /**< the term; 0 unknown */
    bool unconfirmed;        /**< the row was not checked at its source */
    char *sentence;          /**< the finding in the thread's language */
    char *source;
    char *code;     /**< of the office or body: SG, SC; NULL not known */
    char **missing; /**< states, members of that body, not written to; NULL none */
} AppealRecipientFinding;
void appeal_recipient_finding_free(AppealRecipientFinding *finding);

/** One finding for each recipient that the appeal was or is to be delivered to, then one for each
 *  office with a mandate that it leaves out. appeal_id 0: every known recipient on that day.
 *  day G_MININT32: the appeal's own day. GPtrArray of AppealRecipientFinding. Transfers. */
GPtrArray *appeal_check_recipients(Store *store, gint64 appeal_id, gint32 day, GError **error);

/** Ids (gint64) of those to write to on a day: one record ("RC5"), the holder of one office ("SG"),
 *  or of each office ("all"); of an office whose holder is not certain the last one known. NULL
 *  with error set (NOT_FOUND: nobody). Transfers. */
GArray *appeal_recipients_of(Store *store, const char *to, gint32 day, GError **error);

/** Checks the text of any letter, Persian or English, against offices with their terms and the
 *  members of bodies: its addressees (names before the salutation, or anywhere where there is
 *  none), members of the bodies it asks who were not written to, offices with a mandate that it
 *  leaves out. store NULL: the bundled tables. day G_MININT32: the first whole date in the text;
 *  *ret_day tells which was taken. GPtrArray of AppealRecipientFinding; ids are 0 without a store.
 *  Errors: INPUT (no date in the text and none given; nobody whom the data know). Transfers. */
GPtrArray *appeal_check_text(Store *store, const char *text, gint32 day, gint32 *ret_day,
                             GError **error);
/** A state's name in the thread's language, by its English name and ISO code (may be NULL).
 *  Transfers. */
char *appeal_state_name(const char *state, const char *code);
/** A regional group of the United Nations ("African States") in the thread's language; the name
 *  itself when it is none of the five. Static, or the name itself; NULL gives NULL. */
const char *appeal_group_name(const char *group);

/** "in_office", … : machine word, static; and the words for a reader. */
const char *appeal_verdict_word(AppealVerdict verdict);
const char *appeal_verdict_title(AppealVerdict verdict);

/* ---- the clock ---- */

/** A step that a body took on what was asked, or an answer that came. */
typedef struct {
    gint64 response_id;
    gint64 recipient_id; /**< who answered; 0: a step by a body, no reply to the letter */
    char *kind;          /**< acknowledged, supports, refuses, acts */
    char *text;          /**< what, neutral, in the thread's language where known */
    gint32 day;
    gint32 days; /**< since the letter */
} AppealClockStep;

typedef struct {
    gint64 ask_id;
    char *code, *title;
    gint32 asked_day;
    gint32 days;        /**< from the letter to the day looked at */
    GPtrArray *steps;   /**< AppealClockStep up to that day, oldest first */
    guint n_written_to; /**< recipients of the letter */
    guint n_answered;   /**< of them, with a public answer in the case */
    const char *state;  /**< silent, acknowledged, answered, acted_on, refused; static */
    gint32 state_day;   /**< since when: of the step that brought it, or of the letter */
    char *sentence;     /**< "209 days; no public answer found from 5 of 5 …" */
} AppealClockRow;
void appeal_clock_row_free(AppealClockRow *row);

/** Each ask of a letter (appeal_id 0: the oldest that was sent) as it stood on `day`
 *  (G_MININT32: today). GPtrArray of AppealClockRow. Transfers. */
GPtrArray *appeal_clock(Store *store, gint64 appeal_id, gint32 day, GError **error);

/** The state's words in the thread's language. Static. */
const char *appeal_state_title(const char *state);

/** One addressee of a letter as it stood on a day. */
typedef struct {
    gint64 delivery_id, recipient_id;
    char *code, *name, *office; /**< in the thread's language */
    char *status;               /**< of the delivery: prepared, sent, failed, bounced, received */
    gint32 sent_day;            /**< 0 not sent */
    gint32 days;                /**< since then */
    const char *state;          /**< as AppealClockRow.state; static */
    gint32 state_day;
    gint64 response_id; /**< the newest answer; 0 */
    gint64 original_id; /**< the answer as it came; 0 */
    char *evidence;     /**< its source; NULL */
    char *sentence;     /**< "No public answer found after 209 days." */
} AppealAddressee;
void appeal_addressee_free(AppealAddressee *addressee);
/** Who of a letter's addressees has answered by `day`. An answer counts with evidence only: a
 *  source or a sealed original. appeal_id and day as in appeal_clock. GPtrArray. Transfers. */
GPtrArray *appeal_addressees(Store *store, gint64 appeal_id, gint32 day, GError **error);

/** What an addressee answered in public, or what a body did on the matter. Texts borrowed. */
typedef struct {
    gint64 delivery_id;    /**< whose answer to which letter; 0: a step by a body, no reply */
    const GArray *ask_ids; /**< gint64, what it is about; NULL or empty: the letter as a whole */
    const char *kind;      /**< acknowledged, supports, refuses, acts */
    const char *text, *text_fa; /**< what was said or done, neutral; one of them is enough */
    const char *source;         /**< where everybody can read it */
    gint32 day;
} AppealAnswerInput;
/** Writes it down, one StoreResponse for each ask; the id of the first. 0 with error set: INPUT no
 *  text, no source, neither addressee nor ask, another kind, a day before the letter's or after
 *  today; DATA the letter was not sent; NOT_FOUND. */
gint64 appeal_answer_add(Store *store, const AppealAnswerInput *input, GError **error);

/* ---- deadlines ---- */

typedef struct {
    gint32 first_day, last_day; /**< the day, or the span that it falls into */
    gint32 days;                /**< from the day looked at to first_day; negative: begun or past */
    char *body;                 /**< code */
    char *what;                 /**< in the thread's language */
    char *rule;                 /**< how it was reckoned; NULL: as the source says */
    StoreKind kind;             /**< record it belongs to */
    gint64 id;                  /**< 0 none */
    bool confirmed;             /**< read at its source */
    char *source;
} AppealDeadline;
void appeal_deadline_free(AppealDeadline *deadline);
/** What falls due within `within` days from `day`: what asks want by when, replies of governments
 *  (60 days from a submission), sessions, votes, ends of mandates, changes of office. In order of
 *  day. GPtrArray of AppealDeadline. Transfers. */
GPtrArray *appeal_deadlines(Store *store, gint32 day, gint32 within, GError **error);

/** Drafts a reminder of a letter to one of its addressees: a StoreAppeal "draft" with previous_id.
 *  recipient_id 0: to its first addressee who has not answered. Its id; 0 with error set (DATA: the
 *  letter was not sent, the addressee has answered; whoever holds the office that day is written
 *  to). language: of the reminder. */
gint64 appeal_remind(Store *store, gint64 appeal_id, gint64 recipient_id, gint32 day,
                     I18nLanguage language, GError **error);
