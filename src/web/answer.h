/* web/answer.h: a response's words and headers, and what a page may ask of its request; for http.c.
 */
#pragma once
#include "web/http.h"

struct MHD_Connection;
struct MHD_Response;

WebResponse answer_new(void);
void answer_clear(WebResponse *response);
/** The headers of every answer. `allow`: methods, with 405; NULL else. */
void answer_headers(struct MHD_Response *response, const WebResponse *answer, bool behind_tls,
                    const char *allow, bool close_after);
/** The value of a cookie of ours among those sent; NULL. Transfers. */
char *answer_cookie_value(const char *name, struct MHD_Connection *connection);
