/* web/api.h: the JSON API: one table of what it can do, from which come the routes' answers and the
 * OpenAPI 3.1 description.
 *
 * A program shows a token ("Authorization: Bearer zenhar_TK3_…", made by `zenhar token add`), which
 * has a role and scopes: "read", or "read write". Answers are JSON; a refusal is {"error":
 * "sentence"} with a fitting status. Sealed fields never leave by it, whatever the role. */
#pragma once
#include "store/door.h"
#include "web/page.h"
#include <jansson.h>

typedef struct {
    const WebRequest *request;
    WebResponse *response;
    Store *store;               /**< reads */
    const StoreApiToken *token; /**< who asks */
    json_t *body;               /**< of a POST: an object; borrowed */
} Api;

/** A name and what it is for, of a query or a body; ends with a NULL name. */
typedef struct {
    const char *name, *summary;
    bool required;
} ApiField;

typedef struct {
    const char *path;       /**< as in WEB_ROUTES */
    bool post;              /**< else GET */
    guint roles;            /**< 0: everybody */
    const char *summary;    /**< English: the description is for programmers */
    const char *rest;       /**< what '*' stands for; NULL none */
    const ApiField *fields; /**< of the query, or of the body of a POST; NULL none */
    /** New reference; NULL with error set. Lists in CSV write the response themselves and give
     * null. */
    json_t *(*run)(const Api *api, GError **error);
} ApiRoute;
/** Ends with a NULL path. */
extern const ApiRoute API_ROUTES[];

/** The OpenAPI 3.1 description. New reference. */
json_t *api_description(void);

/** A record without sealed and secret fields; `whole`: with its long texts. New reference. */
json_t *api_record(StoreKind kind, const void *record, bool whole);
/** May this kind leave by lists, for that role? */
bool api_kind_is_open(StoreKind kind, WebRole role);
/** Appends records of a kind as CSV with a head, at most `limit` after a number. False with error
 * set. */
bool api_list_csv(Store *store, StoreKind kind, const StorePage *page, GString *out,
                  GError **error);

/** Makes a token; the secret in words as a program sends it (transfers), NULL with error set:
 * USAGE. */
char *api_token_new(Store *store, const char *name, const char *role, const char *scopes,
                    gint64 expires, gint64 user_id, gint64 *ret_id, GError **error);
