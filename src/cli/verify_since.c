#include "cli/verify_since.h"

#include "cli/case_record.h"
#include "cli/seal_sub.h"
#include "evidence/proof_json.h"
#include <string.h>

void cli_since_clear(CliSince *since)
{
    evidence_checkpoint_clear(&since->checkpoint);
}

/* {"size", "root"}, or an object whose member "head" is such. */
static bool read_json(const char *text, gsize length, EvidenceCheckpoint *ret)
{
    json_t *object = json_loadb(text, length, 0, NULL);
    const json_t *head = json_object_get(object, "head");
    head = json_is_object(head) ? head : object;
    ret->size = json_integer_value(json_object_get(head, "size"));
    const bool read =
        ret->size > 0 && evidence_hex_read(json_string_value(json_object_get(head, "root")),
                                           ret->root.bytes, sizeof ret->root.bytes);
    json_decref(object);
    return read;
}

bool cli_since_read(const char *path, CliSince *ret, GError **error)
{
    g_autoptr(GBytes) bytes = seal_read_file(path, error);
    gsize n = 0;
    const char *text = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
    if (bytes == NULL)
        return false;
    if (n == 0 || text[0] != '{') {
        ret->is_signed = true;
        if (evidence_checkpoint_read(n > 0 ? text : "", n, &ret->checkpoint, error))
            return true;
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    if (read_json(text, n, &ret->checkpoint))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s holds no head: a checkpoint, or JSON with size and root is awaited."), path);
    return false;
}

bool cli_since_check(Store *store, const CliSince *since, json_t **ret_object, GError **error)
{
    MerkleHash path[MERKLE_PATH_MAX + 1];
    gsize n = 0;
    gint64 head = 0;
    if (!evidence_since(store, &since->checkpoint, since->is_signed, path, &n, &head, error))
        return false;
    json_t *proof = json_array();
    for (gsize i = 0; i < n; i++)
        json_array_append_new(proof, evidence_hex_json(path[i].bytes, sizeof path[i].bytes));
    *ret_object = json_pack("{s:I, s:I, s:o}", "head", (json_int_t)head, "size",
                            (json_int_t)since->checkpoint.size, "consistency", proof);
    return true;
}

/* ---- what others said ---- */

static void note_said(void *context, gint64 head, const EvidenceTimestamp *stamp,
                      const char *witness, gint64 seconds)
{
    json_t *said = context;
    g_autofree char *time = case_time_plain(seconds);
    json_t *one = json_pack("{s:I, s:s, s:I}", "head", (json_int_t)head, "time", time,
                            "time_seconds", (json_int_t)seconds);
    if (stamp != NULL) {
        g_autofree char *expires = case_time_plain(stamp->expires);
        json_object_set_new(one, "authority", json_string(stamp->authority));
        json_object_set_new(one, "certificate_expires", json_string(expires));
        json_object_set_new(one, "trusted", json_boolean(stamp->trusted));
        json_object_set_new(one, "certificate_expired",
                            json_boolean(stamp->expires < g_get_real_time() / G_USEC_PER_SEC));
    } else {
        json_object_set_new(one, "witness", json_string(witness));
    }
    json_array_append_new(json_object_get(said, stamp != NULL ? "timestamps" : "cosignatures"),
                          one);
}

bool cli_said_check(Store *store, const char *tsa_ca, json_t **ret_object, GError **error)
{
    *ret_object = json_pack("{s:[], s:[]}", "timestamps", "cosignatures");
    return evidence_kept_check(store, tsa_ca, note_said, *ret_object, error);
}

static void say_one(CliContext *context, const json_t *one)
{
    g_autofree char *number = i18n_integer(json_integer_value(json_object_get(one, "head")));
    g_autofree char *time =
        case_time_words(json_integer_value(json_object_get(one, "time_seconds")));
    const char *authority = json_string_value(json_object_get(one, "authority"));
    if (authority == NULL)
        cli_say(context, _("Head %s: signed by witness %s at %s."), number,
                json_string_value(json_object_get(one, "witness")), time);
    else if (json_is_true(json_object_get(one, "trusted")))
        cli_say(context, _("Head %s: stamped at %s by %s."), number, time, authority);
    else
        cli_say(context,
                _("Head %s: stamped at %s by %s; who that is was not checked (--tsa-ca FILE)."),
                number, time, authority);
    if (json_is_true(json_object_get(one, "certificate_expired")))
        cli_say(context, "%s",
                _("The authority's certificate has expired since; the stamp was good when it was "
                  "given. Have a newer head stamped while the next one is good."));
}

void cli_said_say(CliContext *context, const json_t *said)
{
    static const char *const LISTS[] = {"timestamps", "cosignatures"};
    for (gsize i = 0; i < G_N_ELEMENTS(LISTS); i++) {
        const json_t *list = json_object_get(said, LISTS[i]), *one;
        gsize k;
        json_array_foreach(list, k, one) say_one(context, one);
    }
}
