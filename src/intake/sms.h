/* intake/sms.h: what gateways for short messages send over HTTP, as reports.
 *
 * A gateway (a telephone with an app, a provider) posts each message it received. They all call
 * the same four things by other names; known are those of Twilio, Vonage, Plivo, Infobip, Sinch,
 * MessageBird, Telerivet, Africa's Talking, Kavenegar, httpSMS, SMSSync and SMS Gateway for
 * Android (docs/watch.md): form fields or JSON, nested or in a list.
 *
 * The sender's number goes to sealed fields alone. Links in a message are text; nothing here
 * opens one. Receiving is answered only when the message is on the disk. */
#pragma once
#include "intake/import.h"

typedef struct {
    char *from;  /**< number or name of the sender, as sent; NULL none */
    char *text;  /**< UTF-8 */
    char *id;    /**< the gateway's own; NULL none */
    gint64 sent; /**< seconds; 0: not said, or not readable */
} IntakeSms;
void intake_sms_free(IntakeSms *sms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeSms, intake_sms_free)

enum { INTAKE_SMS_MAX = 1000 /**< messages in one request */ };

/** Reads a request's body. media_type as in Content-Type, parameters and all; "" guesses.
 *  GPtrArray of IntakeSms, at least one; transfers. INPUT when it is none (no text in it, no
 *  UTF-8, no JSON), LIMIT when there are too many. */
GPtrArray *intake_sms_read(const char *media_type, const char *body, gsize length, GError **error);

typedef struct {
    guint added, known; /**< known: this very message came before */
    guint quarantined;
} IntakeSmsSummary;

/** Brings messages into the case, each a sealed original of its own, once: a message of the same
 *  gateway with the same id, sender and text (without an id: sender, text and time) is known.
 *  `gateway` is its name, and the source where options name none. Each message is one transaction;
 *  false with error set: those before it are kept, and a repetition adds nothing twice. */
bool intake_sms_take(Store *store, const char *gateway, const GPtrArray *messages,
                     const IntakeOptions *options, IntakeSmsSummary *summary, GError **error);
