/* Heads for witnesses. A request is what C2SP tlog-witness posts: "old SIZE", the hashes of the
 * consistency proof in Base64, a blank line, the checkpoint; a checkpoint alone asks for a first
 * signature. */
#include "cli/seal_sub.h"

#include "cli/case.h"
#include "cli/case_record.h"
#include "evidence/bundle.h"
#include "evidence/kept.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

bool seal_read_note(const char *path, EvidenceCheckpoint *ret, GError **error)
{
    g_autoptr(GBytes) bytes = seal_read_file(path, error);
    gsize n = 0;
    const char *text = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
    if (bytes == NULL)
        return false;
    if (evidence_checkpoint_read(text != NULL ? text : "", n, ret, error))
        return true;
    g_prefix_error(error, "%s: ", path);
    return false;
}

static int print(CliContext *context, const char *path, const char *text, GError **error)
{
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return cli_fail(context, *error);
    cli_output_write(output, text, strlen(text));
    return cli_output_close(output, error) ? CLI_DONE : cli_fail(context, *error);
}

/* ---- out ---- */

/* "old SIZE" and the proof from the witness' last note to this head, not only to the newest. */
static bool add_proof(Store *store, const char *since, const StoreLogHead *head, GString *out,
                      GError **error)
{
    g_auto(EvidenceCheckpoint) old = {0};
    MerkleHash newest[MERKLE_PATH_MAX + 1];
    gsize n = 0;
    gint64 number = 0;
    if (!seal_read_note(since, &old, error) ||
        !evidence_since(store, &old, true, newest, &n, &number, error))
        return false;
    g_autoptr(GArray) path = evidence_prove_consistency(store, number, head->number, error);
    if (path == NULL)
        return false;
    g_string_append_printf(out, "old %" G_GINT64_FORMAT "\n", old.size);
    for (guint i = 0; i < path->len; i++) {
        g_autofree char *base64 =
            g_base64_encode(g_array_index(path, MerkleHash, i).bytes, MERKLE_HASH_BYTES);
        g_string_append_printf(out, "%s\n", base64);
    }
    g_string_append_c(out, '\n');
    return true;
}

int seal_witness(CliContext *context, const SealOptions *options)
{
    g_autoptr(GError) error = NULL;
    StoreLogHead head;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    g_autoptr(GString) out = g_string_new(NULL);
    if (store == NULL)
        return cli_fail(context, error);
    if (!store_keys_whole(store_keys(store)))
        return cli_usage(context, "%s",
                         _("This passphrase does not open the key that signs. An administrator, "
                           "documenter or advocate can write a head out."));
    if (!store_log_head_load(store, options->head, &head, &error)) {
        g_autofree char *number = i18n_integer(options->head);
        if (error == NULL)
            g_set_error(&error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("The log has no head %s."),
                        number);
        return cli_fail(context, error);
    }
    if (options->since != NULL && !add_proof(store, options->since, &head, out, &error))
        return cli_fail(context, error);
    g_autofree char *note = evidence_checkpoint_write(store_keys(store), &head);
    g_string_append(out, note);
    if (!evidence_kept_add(store, EVIDENCE_KEPT_WITNESSED, head.number, "", 0, NULL, &error))
        return cli_fail(context, error);
    const int status = print(context, options->witness, out->str, &error);
    g_autofree char *number = i18n_integer(head.number);
    if (status == CLI_DONE)
        cli_say(context,
                _("Head %s is written out. Who keeps it can tell later, by `zenhar verify "
                  "--since`, whether the log only grew."),
                number);
    return status;
}

/* ---- back ---- */

int seal_cosigned(CliContext *context, const SealOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_auto(EvidenceWitness) witness = {0};
    gint64 head = 0, time = 0;
    gsize n = 0;
    if (options->witness_key == NULL)
        return cli_usage(context, "%s",
                         _("--witness-key KEY is needed: the verifier key that the witness told "
                           "you, NAME+HEX+BASE64."));
    if (!evidence_witness_read(options->witness_key, &witness, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(GBytes) note = seal_read_file(options->cosigned, &error);
    g_autoptr(Store) store = note != NULL ? cli_case_open(context, STORE_WRITE, &error) : NULL;
    if (store == NULL)
        return cli_fail(context, error);
    const char *text = g_bytes_get_data(note, &n);
    if (!evidence_cosignature_take(store, text != NULL ? text : "", n, &witness, &head, &time,
                                   &error))
        return cli_fail(context, error);
    g_autofree char *number = i18n_integer(head);
    g_autofree char *words = case_time_words(time);
    cli_say(context, _("%s signed head %s at %s; the note is kept with it."), witness.name, number,
            words);
    return CLI_DONE;
}

/* ---- the witness itself ---- */

typedef struct {
    gint64 old_size; /* -1: no proof came along */
    MerkleHash path[MERKLE_PATH_MAX + 1];
    gsize n_path;
    char *note; /* borrowed from the request */
    EvidenceCheckpoint checkpoint;
} Request;

static bool no_request(GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("The proof before the note cannot be read: 'old SIZE', hashes in Base64 "
                          "and a blank line are awaited."));
    return false;
}

/* Lines before the note; *at moves behind them. */
static bool read_proof(char **at, Request *request, GError **error)
{
    request->old_size = -1;
    if (!g_str_has_prefix(*at, "old "))
        return true;
    char *blank = strstr(*at, "\n\n");
    guint64 size = 0;
    if (blank == NULL)
        return no_request(error);
    *blank = '\0';
    g_auto(GStrv) lines = g_strsplit(*at + 4, "\n", -1);
    *at = blank + 2;
    request->n_path = g_strv_length(lines) - 1;
    if (!g_ascii_string_to_unsigned(lines[0], 10, 0, G_MAXINT64, &size, NULL) ||
        request->n_path > MERKLE_PATH_MAX)
        return no_request(error);
    request->old_size = (gint64)size;
    for (gsize i = 0; i < request->n_path; i++) {
        gsize n = 0;
        g_autofree guint8 *bytes = g_base64_decode(lines[1 + i], &n);
        if (n != MERKLE_HASH_BYTES)
            return no_request(error);
        memcpy(request->path[i].bytes, bytes, n);
    }
    return true;
}

/* Does the tree that the witness knows begin the new one? */
static bool goes_on(const Request *request, const EvidenceCheckpoint *known, GError **error)
{
    const EvidenceCheckpoint *now = &request->checkpoint;
    const bool same_log = strcmp(now->origin, known->origin) == 0;
    if (same_log && known->size == now->size &&
        memcmp(&known->root, &now->root, sizeof known->root) == 0)
        return true;
    if (same_log && request->old_size == known->size &&
        merkle_check_consistency((guint64)known->size, (guint64)now->size, request->path,
                                 request->n_path, &known->root, &now->root))
        return true;
    if (!same_log)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                            _("The two notes are of two cases."));
    else
        g_set_error_literal(
            error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
            _("It is not proven that the log goes on from the note you kept: it was rewritten, or "
              "the proof begins elsewhere. Do not sign it; ask for `zenhar seal --witness --since` "
              "your note."));
    return false;
}

/* The case's signature, whatever the case: its id stands in the origin. */
static bool signed_by(const EvidenceCheckpoint *checkpoint, const guint8 key[32], GError **error)
{
    guint8 case_id[STORE_CASE_ID_BYTES];
    gsize n = 0;
    const char *slash = strchr(checkpoint->origin, '/');
    if (slash != NULL &&
        sodium_hex2bin(case_id, sizeof case_id, slash + 1, strlen(slash + 1), NULL, &n, NULL) ==
            0 &&
        n == sizeof case_id && evidence_checkpoint_check(checkpoint, case_id, key))
        return true;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                        _("The note is not signed by the case of this public key."));
    return false;
}

static bool check_request(char *text, const SealOptions *options, const guint8 key[32],
                          Request *request, GError **error)
{
    g_auto(EvidenceCheckpoint) known = {0};
    char *at = text;
    if (!read_proof(&at, request, error) ||
        !evidence_checkpoint_read(at, strlen(at), &request->checkpoint, error) ||
        !signed_by(&request->checkpoint, key, error))
        return false;
    request->note = at;
    return options->since == NULL ||
           (seal_read_note(options->since, &known, error) && signed_by(&known, key, error) &&
            goes_on(request, &known, error));
}

int seal_cosign(CliContext *context, const SealOptions *options)
{
    g_autoptr(GError) error = NULL;
    guint8 key[32], seed[32], secret[64];
    Request request = {0};
    EvidenceWitness witness = {.name = options->name};
    if (options->key == NULL || options->name == NULL || options->seed == NULL)
        return cli_usage(context, "%s",
                         _("A witness signs with --key (the case's public key), --name and --seed "
                           "(its own name and secret key)."));
    if (options->name[0] == '\0' || strpbrk(options->name, " +\n") != NULL)
        return cli_usage(context, "%s", _("--name: no blank and no + may stand in it."));
    g_autoptr(GBytes) bytes = sodium_init() >= 0 ? seal_read_file(options->cosign, &error) : NULL;
    g_autofree char *text =
        bytes != NULL ? g_strndup(g_bytes_get_size(bytes) > 0 ? g_bytes_get_data(bytes, NULL) : "",
                                  g_bytes_get_size(bytes))
                      : NULL;
    int status = CLI_CANNOT;
    if (text == NULL || !evidence_public_key_read(options->key, key, &error) ||
        !check_request(text, options, key, &request, &error) ||
        !evidence_secret_seed_read(options->seed, seed, &error)) {
        status = cli_fail(context, error);
    } else {
        crypto_sign_seed_keypair(witness.public_key, secret, seed);
        g_autofree char *note = evidence_checkpoint_cosign(
            request.note, &request.checkpoint, &witness, seed, g_get_real_time() / G_USEC_PER_SEC);
        g_autofree char *verifier = evidence_witness_write(&witness);
        sodium_memzero(secret, sizeof secret);
        status = print(context, NULL, note, &error);
        if (status == CLI_DONE)
            cli_say(context, _("Keep this note, and give it back. Your verifier key: %s"),
                    verifier);
    }
    sodium_memzero(seed, sizeof seed);
    evidence_checkpoint_clear(&request.checkpoint);
    return status;
}
