#include "intake/sms.h"

#include "base/i18n.h"
#include "intake/value.h"
#include "store/watch.h"
#include <jansson.h>
#include <sodium.h>
#include <string.h>

enum { MAX_DEPTH = 6, MAX_FIELD = 200, HASH_BYTES = 16 };

/* Names of fields, small letters and digits only; the first that has a value wins. */
static const char *const FROM[] = {"from",       "sender",  "msisdn",     "phonenumber",
                                   "fromnumber", "contact", "originator", "source",
                                   "mobile",     "phone",   NULL};
static const char *const TEXT[] = {"text",    "body", "message",     "content", "msg",
                                   "smstext", "sms",  "messagebody", "payload", NULL};
static const char *const ID[] = {"messageid", "messagesid",  "smsmessagesid",
                                 "smsid",     "messageuuid", "msgid",
                                 "uuid",      "id",          NULL};
static const char *const SENT[] = {"receivedat",
                                   "senttimestamp",
                                   "messagetimestamp",
                                   "timestamp",
                                   "sentat",
                                   "timecreated",
                                   "createddatetime",
                                   "receiveddatetime",
                                   "datetime",
                                   "sentstamp",
                                   "receivedstamp",
                                   "sent",
                                   "received",
                                   "time",
                                   "date",
                                   NULL};
/* Objects and lists that hold the message, or several. */
static const char *const INSIDE[] = {"payload", "data",     "message", "sms",
                                     "results", "messages", "inbound", NULL};

void intake_sms_free(IntakeSms *sms)
{
    if (sms == NULL)
        return;
    g_free(sms->from);
    g_free(sms->text);
    g_free(sms->id);
    g_free(sms);
}

static char *fold_name(const char *name)
{
    g_autoptr(GString) folded = g_string_new(NULL);
    for (; *name != '\0'; name++)
        if (g_ascii_isalnum(*name))
            g_string_append_c(folded, g_ascii_tolower(*name));
    return g_string_free(g_steal_pointer(&folded), FALSE);
}

static const char *value_of(GHashTable *fields, const char *const *names)
{
    for (; *names != NULL; names++) {
        const char *value = g_hash_table_lookup(fields, *names);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return NULL;
}

/* Seconds or milliseconds since 1970, or any form of a date that reports have. What cannot be read
 * is left open: a message is worth more than its time. */
static gint64 read_time(const char *text)
{
    guint64 number;
    gint64 seconds = 0;
    if (text == NULL)
        return 0;
    if (g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &number, NULL)) {
        enum { YEAR_2286 = 9999999999 / 1000 }; /* above this, in thousands, it is milliseconds */
        if (number / 1000 > YEAR_2286)
            number /= 1000;
        return number > 100000000 ? (gint64)number : 0;
    }
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, utc);
    if (time != NULL && g_date_time_to_unix(time) > 0)
        return g_date_time_to_unix(time);
    /* A year like 1404 is none of a message's in one calendar, and may be in the other. */
    return intake_value_time(text, &seconds) && seconds > 0 ? seconds : 0;
}

/* "+98…" in a form that did not encode its plus arrives with a blank. */
static char *read_sender(const char *text)
{
    if (text == NULL)
        return NULL;
    if (text[0] == ' ' && g_ascii_isdigit(text[1]))
        return g_strconcat("+", text + 1, NULL);
    return g_strstrip(g_strdup(text));
}

static IntakeSms *message_of(GHashTable *fields)
{
    const char *text = value_of(fields, TEXT);
    if (text == NULL)
        return NULL;
    IntakeSms *sms = g_new0(IntakeSms, 1);
    sms->text = g_strdup(text);
    sms->from = read_sender(value_of(fields, FROM));
    sms->id = g_strdup(value_of(fields, ID));
    sms->sent = read_time(value_of(fields, SENT));
    return sms;
}

static GHashTable *fields_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

/* ---- forms ---- */

static bool read_form(const char *body, gsize length, GPtrArray *messages)
{
    g_autofree char *copy = g_strndup(body, length);
    g_autoptr(GHashTable) fields = fields_new();
    g_auto(GStrv) pairs = g_strsplit(copy, "&", MAX_FIELD);
    for (gsize i = 0; pairs[i] != NULL; i++) {
        char *equals = strchr(pairs[i], '=');
        if (equals == NULL)
            continue;
        *equals = '\0';
        g_strdelimit(equals + 1, "+", ' ');
        g_autofree char *name = g_uri_unescape_string(pairs[i], NULL);
        g_autofree char *value = g_uri_unescape_string(equals + 1, NULL);
        if (name == NULL || value == NULL || !g_utf8_validate(value, -1, NULL))
            return false;
        g_hash_table_replace(fields, fold_name(name), g_steal_pointer(&value));
    }
    IntakeSms *sms = message_of(fields);
    if (sms != NULL)
        g_ptr_array_add(messages, sms);
    return true;
}

/* ---- JSON ---- */

static void take_values(json_t *object, GHashTable *fields)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        char *text = NULL;
        if (json_is_string(value))
            text = g_strdup(json_string_value(value));
        else if (json_is_integer(value))
            text = g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
        if (text != NULL)
            g_hash_table_replace(fields, fold_name(name), text);
    }
}

static void read_object(json_t *value, GHashTable *outer, guint depth, GPtrArray *messages);

static void read_list(json_t *list, GHashTable *outer, guint depth, GPtrArray *messages)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (messages->len > INTAKE_SMS_MAX)
            return;
        read_object(item, outer, depth, messages);
    }
}

/* Fields of an object outside (the gateway's own number of the call) stand in for what the one
 * inside does not say. */
static void read_object(json_t *value, GHashTable *outer, guint depth, GPtrArray *messages)
{
    if (depth > MAX_DEPTH)
        return;
    if (json_is_array(value)) {
        read_list(value, outer, depth + 1, messages);
        return;
    }
    if (!json_is_object(value))
        return;
    g_autoptr(GHashTable) fields = fields_new();
    GHashTableIter iter;
    gpointer name, text;
    g_hash_table_iter_init(&iter, outer);
    while (g_hash_table_iter_next(&iter, &name, &text))
        g_hash_table_insert(fields, g_strdup(name), g_strdup(text));
    take_values(value, fields);
    guint before = messages->len;
    const char *member;
    json_t *inside;
    json_object_foreach(value, member, inside)
    {
        g_autofree char *folded = fold_name(member);
        if (g_strv_contains(INSIDE, folded) && (json_is_object(inside) || json_is_array(inside)))
            read_object(inside, fields, depth + 1, messages);
    }
    IntakeSms *sms = messages->len == before ? message_of(fields) : NULL;
    if (sms != NULL)
        g_ptr_array_add(messages, sms);
}

static bool read_json(const char *body, gsize length, GPtrArray *messages)
{
    json_t *root = json_loadb(body, length, JSON_REJECT_DUPLICATES, NULL);
    g_autoptr(GHashTable) none = fields_new();
    if (root != NULL)
        read_object(root, none, 0, messages);
    bool read = root != NULL;
    json_decref(root);
    return read;
}

GPtrArray *intake_sms_read(const char *media_type, const char *body, gsize length, GError **error)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func((GDestroyNotify)intake_sms_free);
    g_autofree char *type = g_ascii_strdown(media_type, -1);
    gsize first = 0;
    while (first < length && g_ascii_isspace(body[first]))
        first++;
    bool looks_json = first < length && (body[first] == '{' || body[first] == '[');
    bool json = strstr(type, "json") != NULL || looks_json;
    bool read = g_utf8_validate_len(body, length, NULL) && memchr(body, '\0', length) == NULL;
    /* JSON is often sent as if it were a form; no form begins like it. */
    if (read && json)
        read = read_json(body, length, messages);
    else if (read)
        read = read_form(body, length, messages);
    if (!read || messages->len == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                            _("This is no message: a form or JSON in UTF-8 is expected, with its "
                              "text in a field called text, message, body or content."));
        return NULL;
    }
    if (messages->len > INTAKE_SMS_MAX) {
        g_autofree char *most = i18n_integer(INTAKE_SMS_MAX);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("More than %s messages in one request are not taken."), most);
        return NULL;
    }
    return g_steal_pointer(&messages);
}

/* ---- into the case ---- */

static void hash_part(crypto_generichash_state *state, const char *text)
{
    const guint8 none = 0;
    if (text != NULL)
        crypto_generichash_update(state, (const guint8 *)text, strlen(text));
    crypto_generichash_update(state, &none, 1);
}

/* What makes it the same message. Telephones begin their ids anew when they are reset, so sender
 * and text belong to it; a gateway that says neither id nor time sends the same words once a day.
 */
static char *message_key(const char *gateway, const IntakeSms *sms, gint64 now)
{
    guint8 hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    hash_part(&state, gateway);
    hash_part(&state, sms->id);
    hash_part(&state, sms->from);
    hash_part(&state, sms->text);
    if (sms->id == NULL) {
        g_autofree char *time =
            g_strdup_printf("%" G_GINT64_FORMAT, sms->sent != 0 ? sms->sent : now / 86400);
        hash_part(&state, time);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return g_strconcat("sms/", hex, NULL);
}

/* One JSON object a message: what is sealed as the original. */
static char *message_record(const IntakeSms *sms, const char *key, gint64 now)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(sms->sent != 0 ? sms->sent : now);
    g_autofree char *received = time != NULL ? g_date_time_format_iso8601(time) : NULL;
    json_t *record = json_pack("{s:s, s:s?, s:s?, s:s}", "report_id",
                               sms->id != NULL ? sms->id : key + strlen("sms/"), "received",
                               received, "phone", sms->from, "text", sms->text);
    char *dump = record != NULL ? json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(record);
    char *line = dump != NULL ? g_strconcat(dump, "\n", NULL) : NULL;
    free(dump);
    return line;
}

static bool take_one(Store *store, const char *gateway, const IntakeSms *sms,
                     const IntakeOptions *options, IntakeSmsSummary *summary, GError **error)
{
    gint64 now = store_now(store);
    g_autofree char *key = message_key(gateway, sms, now);
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreWatched) seen = store_watched_get(store, key, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (seen != NULL) {
        summary->known++;
        return true;
    }
    g_autofree char *record = message_record(sms, key, now);
    g_autofree char *name = g_strdup_printf("%s.jsonl", key + strlen("sms/"));
    g_autofree char *origin = g_strdup_printf("sms gateway %s", gateway);
    IntakeOptions own = *options;
    own.format = INTAKE_FORMAT_JSONL;
    if (own.source == NULL)
        own.source = gateway;
    IntakeSummary came = {0};
    bool done = intake_import_fetched(store, record, strlen(record), name, "application/jsonl",
                                      origin, &own, &came, error) &&
                store_watched_set(store, key, "sms", NULL, now, error);
    summary->added += (guint)(came.added + came.duplicates);
    summary->quarantined += (guint)came.quarantined;
    intake_summary_clear(&came);
    return done;
}

bool intake_sms_take(Store *store, const char *gateway, const GPtrArray *messages,
                     const IntakeOptions *options, IntakeSmsSummary *summary, GError **error)
{
    for (guint i = 0; i < messages->len; i++) {
        if (!store_begin(store, error))
            return false;
        IntakeSmsSummary one = *summary;
        if (!take_one(store, gateway, g_ptr_array_index(messages, i), options, &one, error)) {
            store_rollback(store);
            return false;
        }
        if (!store_commit(store, error))
            return false;
        *summary = one;
    }
    return true;
}
