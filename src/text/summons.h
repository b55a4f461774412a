/* text/summons.h: forwarded court messages (SMS) as fields, and what they look like.
 *
 * What official notices of Iran's judiciary look like is public: they come from
 * one sender (ADLIRAN; earlier 100049…), carry no link but adliran.ir, ask no
 * money. A look-alike is flagged, a link is kept as text and never followed, and
 * "not official" never means that no one was summoned: `is_summons` and `kind`
 * are two findings. A field that is not in the message is empty, never guessed.
 * Pure; safe from any thread. */
#pragma once
#include "text/dates.h"
#include <glib.h>
#include <stdbool.h>

typedef enum {
    TEXT_MESSAGE_OTHER,    /**< bank, delivery, one-time code, private talk … */
    TEXT_MESSAGE_OFFICIAL, /**< looks like the judiciary's own notice */
    TEXT_MESSAGE_PHISHING, /**< dressed as one: a strange link, money, an app, a threat */
    TEXT_MESSAGE_PLAIN,    /**< a summons or warning from a plain number or security body */
} TextMessageKind;

/** "other", "official", "phishing", "plain". Static. */
const char *text_message_kind_name(TextMessageKind kind);

/** One field: what was read and where. `value` is "" (never NULL) when absent. */
typedef struct {
    char *value;
    gsize start, end; /**< bytes of the message; 0, 0 when absent or given from outside */
    float confidence; /**< 0 when absent */
} TextField;

typedef enum {
    TEXT_SUMMONS_COURT, /**< "دادگاه انقلاب", "دادسرای عمومی و انقلاب" */
    TEXT_SUMMONS_BRANCH,      /**< number, ASCII */
    TEXT_SUMMONS_PROVINCE,    /**< or city, as written after the court's name */
    TEXT_SUMMONS_CASE_NUMBER, /**< ASCII digits */
    TEXT_SUMMONS_ARCHIVE_NUMBER,
    TEXT_SUMMONS_NOTICE_NUMBER,
    TEXT_SUMMONS_DATE,        /**< EDTF, Gregorian */
    TEXT_SUMMONS_HOUR,        /**< "HH:MM" */
    TEXT_SUMMONS_DEADLINE,    /**< days, ASCII, or an EDTF date */
    TEXT_SUMMONS_LINK,        /**< as written; never followed */
    TEXT_SUMMONS_SENDER,      /**< as given, or as written at the message's head */
    TEXT_SUMMONS_PHONE,       /**< sealed: "+98…" */
    TEXT_SUMMONS_NATIONAL_ID, /**< sealed: ten ASCII digits with a right check digit */
    TEXT_SUMMONS_N_FIELDS,
} TextSummonsField;

/** "court", "case_number" … Static. */
const char *text_summons_field_name(TextSummonsField field);
/** Whether the field identifies a person and belongs to the sealed fields. */
bool text_summons_field_sealed(TextSummonsField field);

typedef struct {
    TextMessageKind kind;
    float kind_confidence;
    bool is_summons; /**< someone is called to appear, answer or stop; whoever sent it */
    TextField fields[TEXT_SUMMONS_N_FIELDS];
    bool national_id_wrong; /**< ten digits stood there, but the check digit is wrong (not kept) */
    /** Why this kind, as words for a list: "foreign_link", "money", "app", "threat",
     *  "official_sender", "plain_sender", "no_link" … separated by ' '. */
    char reasons[160];
} TextSummons;

/** Reads one message. sender: the gateway's sender, or NULL. options as for dates.
 *  False with error (MEMORY, LIMIT). */
bool text_summons_read(const char *text, gsize length, const char *sender,
                       const TextDateOptions *options, TextSummons *ret_summons, GError **error);
void text_summons_clear(TextSummons *summons);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TextSummons, text_summons_clear)

/** Whether ten ASCII digits are an Iranian national number (check digit, mod 11). */
bool text_national_id_valid(const char *digits);
