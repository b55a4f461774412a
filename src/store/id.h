/* store/id.h: kinds of records and their printed ids.
 *
 * Every record of a case has a kind and a number; printed together they are
 * its id: "R12" is report 12, "O3" original 3, "PL7" place 7. The letters never
 * change: they stand in letters, exports and the evidence log. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** Numbers are part of the log's format (docs/formats.md): append only. */
typedef enum {
    STORE_KIND_NONE = 0,
    STORE_KIND_SOURCE = 1,      /**< S   who told us */
    STORE_KIND_ORIGINAL = 2,    /**< O   a sealed file */
    STORE_KIND_REPORT = 3,      /**< R   one report as received */
    STORE_KIND_STATEMENT = 4,   /**< T   who did what to whom, according to one report */
    STORE_KIND_PERSON = 5,      /**< P   one person, sealed identity */
    STORE_KIND_ACT = 6,         /**< A   one act (event), however many statements */
    STORE_KIND_PLACE = 7,       /**< PL */
    STORE_KIND_SERIES = 8,      /**< SE  counts through time */
    STORE_KIND_ALARM = 9,       /**< AL  a surge in a series */
    STORE_KIND_ASSESSMENT = 10, /**< AS  a risk picture at one time */
    STORE_KIND_RATING = 11,     /**< RT  one indicator rated in an assessment */
    STORE_KIND_ASK = 12,        /**< AK  what is asked of somebody */
    STORE_KIND_APPEAL = 13,     /**< AP  a letter */
    STORE_KIND_RECIPIENT = 14,  /**< RC */
    STORE_KIND_SIGNATORY = 15,  /**< SG */
    STORE_KIND_DELIVERY = 16,   /**< DL  a letter sent to one recipient */
    STORE_KIND_RESPONSE = 17,   /**< RS  what came back */
    STORE_KIND_BODY = 18,       /**< BD  Security Council, Human Rights Council, … */
    STORE_KIND_SESSION = 19,    /**< SN */
    STORE_KIND_MEMBER = 20,     /**< MB  a state on a body in a span of time */
    STORE_KIND_VOTE = 21,       /**< VT  a vote's outcome */
    STORE_KIND_BALLOT = 22,     /**< BL  how one state voted */
    STORE_KIND_MEASURE = 23,    /**< MS  what a body can do */
    STORE_KIND_CRISIS = 24,     /**< CR */
    STORE_KIND_FIGURE = 25,     /**< FG  one reporter's own figure */
    STORE_KIND_USER = 26,       /**< US */
    STORE_KIND_AUDIT = 27,      /**< AU  who looked at what */
    STORE_KIND_QUARANTINE = 28, /**< Q   a record that could not be read */
    STORE_KIND_IMPORT = 29,     /**< IM  one run of an import */
    STORE_KIND_LINK = 30,       /**< LK  this rests on that */
    STORE_KIND_SETTING = 31,    /**< ST  a named value of the case */
    STORE_KIND_ESTIMATE = 32,   /**< ES  a multiple systems estimate with its interval */
    STORE_KIND_JUDGEMENT = 33,  /**< JD  one analyst's rating of one indicator */
    STORE_KIND_PREDICTION = 34, /**< PN  a published forecast, assessment or alarm */
    STORE_KIND_OUTCOME = 35,    /**< OC  what came of it */
    STORE_KIND_CONSENT = 36,    /**< CN  to one use of a person's name or story */
    STORE_KIND_DETAIL = 37,     /**< DT  an answer to a form's question */
    STORE_KIND_SUBMISSION = 38, /**< SB  a case file to a mechanism */
    STORE_KIND_FINDING = 39,    /**< FN  what is held to be so, with its standard of proof */
    STORE_KIND_COMMITMENT = 40, /**< CM  a state on a measure: asked, promised, taken */
    STORE_KIND_WATCHED = 41,    /**< WA  what the watch has read */
    STORE_KIND_NOTICE = 42,     /**< NT  what the watch tells people of */
    STORE_KIND_DISPATCH = 43,   /**< DP  notices on their way by one channel */
    STORE_KIND_VERDICT = 44,    /**< VD  somebody's answer: one person, or not */
    STORE_KIND_JOINING = 45,    /**< JN  two persons became one, or one two */
    STORE_KIND_TOKEN = 46,      /**< TK  a program's way into the JSON API */
    STORE_KIND_SENDER = 47,     /**< SD  somebody who sends under a codename */
    STORE_KIND_MESSAGE = 48,    /**< MG  a message from a sender, or to one */
    STORE_KIND_ERASURE = 49,    /**< ER  a person erased on request */
    STORE_N_KINDS
} StoreKind;

enum { STORE_ID_MAX = 24 /**< bytes of a printed id with its NUL */ };

/** "R12". Writes into `text` and returns it. `id` > 0, below 2^48. */
const char *store_id_format(StoreKind kind, gint64 id, char text[STORE_ID_MAX]);
/** Reads "R12" (small letters too, Persian and Arabic digits too). False when it is no id. */
bool store_id_parse(const char *text, StoreKind *ret_kind, gint64 *ret_id);
/** Likewise with a sentence for the user; `kind` NONE takes any. */
bool store_id_read(const char *text, StoreKind kind, StoreKind *ret_kind, gint64 *ret_id,
                   GError **error);
/** "R"; "" for NONE. Static. */
const char *store_kind_prefix(StoreKind kind);
/** "report": the table's name, also the word of machine output. Static. */
const char *store_kind_name(StoreKind kind);
/** "report" in the thread's language, for people. Static. */
const char *store_kind_title(StoreKind kind);
