#include "web/api.h"

#include "store/user.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_BYTES = 32 };

/* ---- tokens ---- */

static bool scopes_are_good(const char *scopes)
{
    return g_strcmp0(scopes, "read") == 0 || g_strcmp0(scopes, "read write") == 0;
}

char *api_token_new(Store *store, const char *name, const char *role, const char *scopes,
                    gint64 expires, gint64 user_id, gint64 *ret_id, GError **error)
{
    WebRole parsed;
    if (name == NULL || name[0] == '\0' || !web_role_parse(role, &parsed) ||
        !scopes_are_good(scopes)) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("A token has a name, a role (administrator, documenter, analyst, "
                              "advocate, reader) and scopes (“read” or “read write”)."));
        return NULL;
    }
    guint8 secret[SECRET_BYTES];
    char hex[2 * SECRET_BYTES + 1], id[STORE_ID_MAX];
    randombytes_buf(secret, sizeof secret);
    sodium_bin2hex(hex, sizeof hex, secret, sizeof secret);
    g_autoptr(StoreApiToken) token = store_api_token_new();
    token->name = g_strdup(name);
    token->role = g_strdup(role);
    token->scopes = g_strdup(scopes);
    token->expires = expires;
    token->user_id = user_id;
    crypto_hash_sha256(token->sha256, (const guint8 *)hex, strlen(hex));
    char *words = NULL;
    if (store_api_token_add(store, token, error)) {
        *ret_id = token->id;
        words =
            g_strdup_printf("zenhar_%s_%s", store_id_format(STORE_KIND_TOKEN, token->id, id), hex);
    }
    sodium_memzero(hex, sizeof hex);
    sodium_memzero(secret, sizeof secret);
    return words;
}

/* The living token of a request; NULL without one. */
static StoreApiToken *token_of(const WebRequest *request)
{
    const char *header = web_header(request, "Authorization");
    if (!g_str_has_prefix(header, "Bearer zenhar_"))
        return NULL;
    g_auto(GStrv) parts = g_strsplit(header + strlen("Bearer zenhar_"), "_", 3);
    StoreKind kind;
    gint64 id;
    guint8 hash[32];
    if (g_strv_length(parts) != 2 || !store_id_read(parts[0], STORE_KIND_TOKEN, &kind, &id, NULL))
        return NULL;
    g_autoptr(StoreApiToken) token = store_api_token_load(request->store, id, NULL);
    crypto_hash_sha256(hash, (const guint8 *)parts[1], strlen(parts[1]));
    const gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    if (token == NULL || sodium_memcmp(hash, token->sha256, sizeof hash) != 0 ||
        token->revoked != 0 || (token->expires != 0 && token->expires < now))
        return NULL;
    return g_steal_pointer(&token);
}

/* ---- answers ---- */

static void put(WebResponse *response, guint status, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    response->status = status;
    response->content_type = "application/json; charset=utf-8";
    g_string_assign(response->body, text);
    g_string_append_c(response->body, '\n');
    free(text); /* jansson's own allocator */
    json_decref(object);
}

static void refuse(WebResponse *response, guint status, const char *sentence)
{
    put(response, status, json_pack("{s:s}", "error", sentence));
}

static guint status_of(const GError *error)
{
    if (g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND))
        return 404;
    if (g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE) ||
        g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT) ||
        g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA))
        return 400;
    return g_error_matches(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY) ? 503 : 500;
}

guint api_roles(const ApiRoute *route)
{
    if (route->form == NULL)
        return route->roles;
    for (const WebRoute *page = WEB_ROUTES; page->path != NULL; page++)
        if ((page->flags & WEB_POST) != 0 && strcmp(page->path, route->form->path) == 0)
            return page->roles;
    g_assert_not_reached();
}

static const ApiRoute *route_of(const WebRequest *request)
{
    const bool post = (request->route->flags & WEB_POST) != 0;
    for (const ApiRoute *route = API_ROUTES; route->path != NULL; route++)
        if (route->post == post && strcmp(route->path, request->route->path) == 0)
            return route;
    return NULL;
}

/* Every required field is there; a body's fields are texts. */
static bool fields_are_there(const Api *api, const ApiRoute *route, char **ret_problem)
{
    for (const ApiField *field = route->fields; field != NULL && field->name != NULL; field++) {
        const json_t *value = json_object_get(api->body, field->name);
        if (!route->post)
            continue;
        if (value != NULL && !json_is_string(value)) {
            *ret_problem = g_strdup_printf(_("“%s” is a text."), field->name);
            return false;
        }
        if (field->required && (value == NULL || json_string_value(value)[0] == '\0')) {
            *ret_problem = g_strdup_printf(_("“%s” is empty: fill it in."), field->name);
            return false;
        }
    }
    return true;
}

static void run(const Api *api, const ApiRoute *route)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    if (route->post && !json_is_object(api->body)) {
        refuse(api->response, 400, _("The body is no JSON object."));
        return;
    }
    if (!fields_are_there(api, route, &problem)) {
        refuse(api->response, 400, problem);
        return;
    }
    json_t *answer =
        route->form != NULL ? api_form_run(api, route->form, &error) : route->run(api, &error);
    if (answer == NULL)
        refuse(api->response, status_of(error), error->message);
    else if (json_is_null(answer)) /* written already */
        json_decref(answer);
    else
        put(api->response, 200, answer);
}

void page_api(const WebRequest *request, WebResponse *response)
{
    const ApiRoute *route = route_of(request);
    g_autoptr(StoreApiToken) token = token_of(request);
    WebRole role;
    g_assert(route != NULL);
    if (token == NULL || !web_role_parse(token->role, &role)) {
        refuse(response, 401,
               _("Show a token: “Authorization: Bearer zenhar_…” (zenhar token add makes one)."));
        return;
    }
    const guint roles = api_roles(route);
    if ((roles != 0 && (roles & role) == 0) ||
        (route->post && strstr(token->scopes, "write") == NULL)) {
        refuse(response, 403, _("This is not for the role or the scopes of the token."));
        return;
    }
    json_t *body = route->post ? json_loadb(request->body, request->body_length, 0, NULL) : NULL;
    g_autoptr(StoreUser) maker =
        token->user_id != 0 ? store_user_load(request->store, token->user_id, NULL) : NULL;
    const WebIdentity identity = {token->user_id, maker != NULL ? maker->name : token->name, role};
    WebRequest asked = *request;
    asked.identity = &identity;
    asked.token_id = token->id;
    const Api api = {&asked, response, request->store, token, body};
    run(&api, route);
    json_decref(body);
}

/* ---- the description ---- */

static json_t *parameter(const ApiField *field, const char *in)
{
    return json_pack("{s:s, s:s, s:b, s:s, s:{s:s}}", "name", field->name, "in", in, "required",
                     (int)field->required, "description", field->summary, "schema", "type",
                     "string");
}

static json_t *body_schema(const ApiRoute *route)
{
    json_t *properties = json_object(), *required = json_array();
    for (const ApiField *field = route->fields; field->name != NULL; field++) {
        json_object_set_new(
            properties, field->name,
            json_pack("{s:s, s:s}", "type", "string", "description", field->summary));
        if (field->required)
            json_array_append_new(required, json_string(field->name));
    }
    return json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties, "required",
                     required);
}

static json_t *operation(const ApiRoute *route)
{
    json_t *parameters = json_array(), *object;
    if (route->rest != NULL) {
        const ApiField rest = {"id", route->rest, true};
        json_array_append_new(parameters, parameter(&rest, "path"));
    }
    for (const ApiField *field = route->fields;
         !route->post && field != NULL && field->name != NULL; field++)
        json_array_append_new(parameters, parameter(field, "query"));
    object = json_pack(
        "{s:s, s:o, s:[{s:[s]}], s:{s:{s:s, s:{s:{s:{s:s}}}}, s:{s:s}, s:{s:s}, s:{s:s}}}",
        "summary", route->summary, "parameters", parameters, "security", "token",
        route->post ? "write" : "read", "responses", "200", "description", "The answer", "content",
        "application/json", "schema", "type", "object", "401", "description", "No living token",
        "403", "description", "Not for the token's role or scopes", "404", "description",
        "No such record");
    if (!route->post)
        return object;
    json_t *schema = route->form != NULL ? api_form_schema(route->form) : body_schema(route);
    json_object_set_new(object, "requestBody",
                        json_pack("{s:b, s:{s:{s:o}}}", "required", 1, "content",
                                  "application/json", "schema", schema));
    return object;
}

/* The star of a route is {id} there. */
static char *described_path(const ApiRoute *route)
{
    const gsize length = strlen(route->path);
    return route->rest != NULL ? g_strdup_printf("%.*s{id}", (int)length - 1, route->path)
                               : g_strdup(route->path);
}

json_t *api_description(void)
{
    json_t *paths = json_object();
    for (const ApiRoute *route = API_ROUTES; route->path != NULL; route++) {
        g_autofree char *path = described_path(route);
        json_t *item = json_object_get(paths, path);
        if (item == NULL) {
            item = json_object();
            json_object_set_new(paths, path, item);
        }
        json_object_set_new(item, route->post ? "post" : "get", operation(route));
    }
    return json_pack("{s:s, s:{s:s, s:s, s:s}, s:o, s:{s:{s:{s:s, s:s, s:s}}}}", "openapi", "3.1.0",
                     "info", "title", "Zenhar", "version", ZENHAR_VERSION, "description",
                     "A case's records, redacted: sealed fields never leave by this interface.",
                     "paths", paths, "components", "securitySchemes", "token", "type", "http",
                     "scheme", "bearer", "description",
                     "Made by `zenhar token add`; has a role and scopes.");
}

void page_api_description(const WebRequest *request, WebResponse *response)
{
    put(response, 200, api_description());
}
