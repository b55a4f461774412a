/* web/upload.h: a form with files (RFC 7578), taken apart by libmicrohttpd's post processor. */
#pragma once
#include "web/http.h"

struct MHD_Connection;

/** Forms with files that are arriving, for those who want to see how far. Safe from any thread. */
typedef struct Uploads Uploads;
typedef struct Upload Upload;
Uploads *uploads_new(void);
void uploads_free(Uploads *uploads);
/** Keeps `session` (transfers) until upload_end. NULL when WEB_MAX_UPLOADS are arriving already:
 * then the session is let go. `total` in bytes, as the browser told it. */
Upload *upload_begin(Uploads *uploads, WebSession *session, guint64 total);
void upload_came(Upload *upload, gsize bytes);
void upload_end(Upload *upload); /**< NULL is fine */
/** Those of a session into `ret`, of WEB_MAX_UPLOADS; how many. */
guint uploads_under_way(Uploads *uploads, const WebSession *session, WebProgress *ret);

/** Of WebFile, empty. */
GPtrArray *upload_files_new(void);
/** Fields into `form`, files into `files`. False when it is not well made, has more than
 * WEB_MAX_FIELDS parts, or a field that is no UTF-8. */
bool upload_read(struct MHD_Connection *connection, const GByteArray *body, GHashTable *form,
                 GPtrArray *files);
