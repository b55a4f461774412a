/* web/api.h: the JSON API: one table of what it can do, from which come the routes' answers and the
 * OpenAPI 3.1 description.
 *
 * A program shows a token ("Authorization: Bearer zenhar_TK3_…", made by `zenhar token add`), which
 * has a role and scopes: "read", or "read write". Answers are JSON; a refusal is {"error":
 * "sentence"} with a fitting status. Sealed fields never leave by it, whatever the role. */
#pragma once
#include "store/door.h"
#include "web/form.h"
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
    const Form *form; /**< of a POST: does what this form does, for the roles that may send it;
                           fields, roles and run are NULL then */
} ApiRoute;
/** Ends with a NULL path. */
extern const ApiRoute API_ROUTES[];
/** WebRole bits of who may; 0: everybody. */
guint api_roles(const ApiRoute *route);

/** Forms that programs do not fill in, and why (English); ends with NULL. */
typedef struct {
    const Form *form;
    const char *reason;
} ApiNot;
extern const ApiNot API_NOT[];

/* ---- what forms do (api_forms.c) ---- */

/** The body as a form: did, whether anything changed, the id of what came of it. */
json_t *api_form_run(const Api *api, const Form *form, GError **error);
/** JSON Schema of a form's fields. New reference. */
json_t *api_form_schema(const Form *form);
json_t *api_pairs(const Api *api, GError **error);
json_t *api_pair(const Api *api, GError **error);
json_t *api_letter(const Api *api, GError **error);

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
/** Likewise the reports of those ids (gint64), in that order. */
bool api_reports_csv(Store *store, const GArray *ids, GString *out, GError **error);

/** Makes a token; the secret in words as a program sends it (transfers), NULL with error set:
 * USAGE. */
char *api_token_new(Store *store, const char *name, const char *role, const char *scopes,
                    gint64 expires, gint64 user_id, gint64 *ret_id, GError **error);
