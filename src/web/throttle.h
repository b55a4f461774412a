/* web/throttle.h: how often somebody may be wrong. Safe from any thread.
 *
 * Guesses at an account from browsers that never logged in share one count; a browser that did once
 * carries a device cookie and has a count of its own (OWASP, "Slow Down Online Guessing Attacks
 * with Device Cookies"). So whoever guesses at somebody's password slows down strangers alone, and
 * never shuts the account's owner out. */
#pragma once
#include <glib.h>
#include <stdbool.h>

enum {
    THROTTLE_FREE = 5,      /**< failures without a wait */
    THROTTLE_LONGEST = 900, /**< seconds */
    THROTTLE_FORGET = 3600, /**< seconds after the last failure */
    THROTTLE_MOST = 8192,   /**< keys kept; the longest untouched goes first */
};

typedef struct Throttle Throttle;
Throttle *throttle_new(void);
void throttle_free(Throttle *throttle);

/** Seconds to wait after so many failures. */
guint throttle_seconds(guint failures);
/** Seconds until the key may try; 0 now. */
guint throttle_wait(Throttle *throttle, const char *key);
/** One more failure: after THROTTLE_FREE the wait is 1, 2, 4 … seconds. Gives how many there were.
 */
guint throttle_failed(Throttle *throttle, const char *key);
void throttle_forget(Throttle *throttle, const char *key);
/** Moves the clock; tests only. By how much it was moved. */
void throttle_advance_clock(Throttle *throttle, gint64 seconds);
gint64 throttle_clock_offset(Throttle *throttle);
