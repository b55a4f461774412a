/* appeal/deliver.h: sealed letters on their way: sent once, each try on record; what comes back is
 * matched and kept as evidence.
 *
 * A delivery's status (StoreDelivery.status):
 *
 *   prepared ─▶ sending ─▶ unsure ─▶ sent ─▶ bounced (a report came back)
 *      ▲           │          └ the process ended between the letter's last byte and the answer:
 *      └───────────┘            nobody knows; never sent again by itself
 *   later, with next_try          failed: this address is refused for good
 *
 * The mail's bytes are sealed as an original before the first try, and each try sends those bytes.
 */
#pragma once
#include "appeal/post.h"
#include "base/i18n.h"
#include "store/appeal.h"

/** The letter as the PDF that goes out; drawn by the caller, who stands above. NULL with error.
 * Transfers. */
typedef GBytes *AppealDrawPdf(void *context, Store *store, gint64 appeal_id, GError **error);

/** One delivery as it was met or left; borrowed for the call. */
typedef struct {
    const StoreDelivery *delivery;
    const StoreAppeal *appeal;
    const StoreRecipient *recipient;
    const char *sentence; /**< what happened or would happen, in the thread's language */
} AppealDeliveryNews;
typedef void AppealTellDelivery(void *context, const AppealDeliveryNews *news);

typedef struct {
    const PostServer *server; /**< NULL: nothing is sent, only told what would be (dry run) */
    const char *from, *from_name;
    guint per_minute; /**< 0: as fast as it goes */
    bool again;       /**< also what waits for a later try, and what is unsure */
    AppealDrawPdf *draw;
    AppealTellDelivery *tell;     /**< may be NULL */
    bool (*go_on)(void *context); /**< NULL: always; false stops between letters */
    void *context;
} AppealSendOptions;

typedef struct {
    guint sent, waiting, refused, unsure; /**< waiting: to be tried later */
    guint by_post;                        /**< offices without a mail address: print them */
    guint not_open; /**< drafts, or an office that somebody else holds by now */
} AppealSendSummary;

/** Sends the prepared deliveries of a letter (0: of all letters). False with error when the case
 * cannot be written, or when the server takes no mail at all (no connection, certificate, login:
 * IO). */
bool appeal_deliver(Store *store, gint64 appeal_id, const AppealSendOptions *options,
                    AppealSendSummary *ret_summary, GError **error);

/** Whether a delivery may go at all: its letter is sealed, and its office still held by the one
 *  written to. ret_why: a sentence when not (transfers), else NULL. False with error set. */
bool appeal_delivery_ready(Store *store, const StoreAppeal *appeal, const StoreDelivery *delivery,
                           char **ret_why, GError **error);

typedef struct {
    guint replies, automatic, bounces, delayed, known, unmatched;
} AppealMailboxSummary;
/** Reads what came back since the last time: of a mailbox only mails that name a letter of this
 * case are fetched. Each becomes an original; a reply a StoreResponse "acknowledged" (an automatic
 * one "none"), a bounce sets its delivery's status. `tell` hears of each, in words. */
bool appeal_mailbox(Store *store, const PostServer *box,
                    void (*tell)(void *context, const char *sentence), void *context,
                    AppealMailboxSummary *ret_summary, GError **error);

/** What an answer says, as a person judged it: acknowledged, supports, refuses, acts, none. */
bool appeal_judge_response(Store *store, gint64 response_id, const char *kind, GError **error);
