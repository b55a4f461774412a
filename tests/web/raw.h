/* tests/web/raw.h: bytes to a server and what comes back, without any HTTP library between. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct {
    guint status;  /**< of the first answer; 0: none came */
    guint answers; /**< how many status lines came */
    bool closed;   /**< the server closed the connection within two seconds */
    char *text;    /**< all that came; NUL-terminated */
    gsize length;  /**< bytes of text */
    char *body;    /**< borrowed from text: after the first empty line */
} RawAnswer;

/** A connection to 127.0.0.1; ends the test when there is none. */
int raw_connect(guint16 port);
/** Sends; false when the other side has closed. */
bool raw_send(int fd, const void *bytes, gsize length);
/** Reads until the server closes or is silent for `milliseconds`, then closes fd. */
void raw_read(int fd, int milliseconds, RawAnswer *answer);
/** All of it: connect, send, read. */
void raw_exchange(guint16 port, const void *bytes, gsize length, RawAnswer *answer);
/** One well-made request, "Connection: close". method "GET", headers "" or lines with CR LF; a form
 *  is urlencoded unless a header says otherwise. */
void raw_request(guint16 port, const char *method, const char *target, const char *headers,
                 const char *body, RawAnswer *answer);
/** A header's value of the first answer; "" when it is not there. Transfers. */
char *raw_header(const RawAnswer *answer, const char *name);
void raw_clear(RawAnswer *answer);
