/* COMMAND: verify
 * SUMMARY: recompute the whole evidence log and name the first thing that does not fit
 *
 * zenhar verify --case FOLDER [--tsa-ca FILE]
 * zenhar verify --case FOLDER --proof ID
 * zenhar verify --case FOLDER --consistency NUMBER
 * zenhar verify --case FOLDER --root HEX
 * zenhar verify --case FOLDER --since HEAD
 * zenhar verify --bundle FOLDER --key KEY [--tsa-ca FILE] [--witness KEY]...
 *
 * Checks the database, every entry of the log, every signed head, every record
 * against its entry, every original, the logs that merges and bags kept, and the time stamps and
 * cosignatures of heads (`zenhar seal`). One JSON object
 * is printed on standard output: what was counted, the newest head, and the first
 * misfit if there is one. Nothing in the case is changed; a note of how it ended is
 * left beside it (last-verify.json), for the metrics of `zenhar serve`.
 *
 * --proof ID            prints, as JSON, the proof that the record stands in the
 *                       log: entry, audit path (RFC 6962), signed head, public
 *                       key. A stranger can check it without the case.
 * --consistency NUMBER  prints the proof that the tree of that head is a part of
 *                       the newest one
 * --root HEX            besides checking everything, tells whether a head with
 *                       this root, noted or sent away earlier, is still in the
 *                       log; if not, the log was rolled back or replaced
 *
 * --since HEAD          besides checking everything, tells whether the log goes on from
 *                       that head: nothing before it was taken out, changed or put in.
 *                       HEAD is a file: a note that a witness kept (`zenhar seal
 *                       --witness`), or JSON that verify or export printed
 * --bundle FOLDER       checks what `zenhar export --bundle` wrote, without the case and
 *                       without a passphrase: every record, path, head, consistency,
 *                       time stamp, cosignature, original, and each byte by the signed
 *                       manifest
 * --key KEY             the public key, got by another way: a file (64 hexadecimal
 *                       digits, PEM, or JSON that export or verify printed) or the
 *                       digits themselves
 * --tsa-ca FILE         certificates (PEM) of the time-stamping authorities that are
 *                       trusted
 * --witness KEY         a witness' verifier key (NAME+HEX+BASE64): only those named
 *                       are counted; may be repeated
 *
 * Exit status: 0 everything fits, 1 something does not, 2 wrong usage, 3 cannot
 * be checked (no case, wrong passphrase, unreadable).
 */
#include "commands.h"

#include "base/progress.h"
#include "cli/case.h"
#include "cli/case_record.h"
#include "cli/json_line.h"
#include "cli/verify_bundle.h"
#include "cli/verify_since.h"
#include "evidence/evidence.h"
#include "evidence/last_verify.h"
#include "evidence/proof_json.h"
#include "handover/bag_take.h"
#include "intake/merge.h"
#include <stdio.h>
#include <string.h>

static json_t *json_path(const MerkleHash *path, gsize n)
{
    json_t *array = json_array();
    for (gsize i = 0; i < n; i++)
        json_array_append_new(array, evidence_hex_json(path[i].bytes, sizeof path[i].bytes));
    return array;
}

static void add_keys(json_t *object, Store *store)
{
    StoreKeys *keys = store_keys(store);
    json_object_set_new(object, "case_id",
                        evidence_hex_json(store_keys_case_id(keys), STORE_CASE_ID_BYTES));
    json_object_set_new(object, "public_key",
                        evidence_hex_json(store_keys_public(keys), STORE_PUBLIC_KEY_BYTES));
}

/* ---- proofs ---- */

static bool print_proof(Store *store, const char *text, GError **error)
{
    StoreKind kind;
    gint64 id;
    if (!store_id_read(text, STORE_KIND_NONE, &kind, &id, error))
        return false;
    g_autofree EvidenceProof *proof = evidence_prove(store, kind, id, error);
    if (proof == NULL)
        return false;
    return cli_print_json(evidence_proof_json(store, proof), error);
}

static bool print_consistency(Store *store, gint64 number, GError **error)
{
    StoreLogHead older, newest;
    g_autoptr(GArray) path = evidence_prove_consistency(store, number, 0, error);
    if (path == NULL || !store_log_head_load(store, number, &older, error) ||
        !evidence_head(store, &newest, error))
        return false;
    json_t *object = json_object();
    json_object_set_new(object, "old_head", evidence_head_json(&older));
    json_object_set_new(object, "path",
                        json_path((const MerkleHash *)(const void *)path->data, path->len));
    json_object_set_new(object, "new_head", evidence_head_json(&newest));
    add_keys(object, store);
    return cli_print_json(object, error);
}

/* ---- everything ---- */

static bool parse_root(const char *hex, guint8 root[32], GError **error)
{
    if (evidence_hex_read(hex, root, 32))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("--root %s: a root is 64 hexadecimal digits."), hex);
    return false;
}

static bool find_root(Store *store, const char *hex, GError **error)
{
    guint8 root[32];
    if (!parse_root(hex, root, error))
        return false;
    for (gint64 after = 0;;) {
        g_autoptr(GArray) heads = store_log_head_list(store, after, 1024, error);
        if (heads == NULL)
            return false;
        for (guint i = 0; i < heads->len; i++) {
            const StoreLogHead *head = &g_array_index(heads, StoreLogHead, i);
            if (memcmp(head->root, root, sizeof root) == 0)
                return true;
            after = head->number;
        }
        if (heads->len == 0)
            break;
    }
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
        _("No head of the log has the root %s: the log was rolled back or replaced since it "
          "was noted."),
        hex);
    return false;
}

/* What a verification was asked, and what it found beside the counts. */
typedef struct {
    const char *root, *tsa_ca;
    const CliSince *since; /* NULL not asked */
    json_t *said, *grown;
    gint64 merged, bags;
} Asked;

static bool verify_all(Store *store, Asked *asked, EvidenceReport *report, GError **error)
{
    return evidence_verify(store, report, error) &&
           intake_merge_check_logs(store, &asked->merged, error) &&
           bag_check_kept(store, &asked->bags, error) &&
           (asked->root == NULL || find_root(store, asked->root, error)) &&
           (asked->since == NULL || cli_since_check(store, asked->since, &asked->grown, error)) &&
           cli_said_check(store, asked->tsa_ca, &asked->said, error);
}

static json_t *summary(CliContext *context, Store *store, const EvidenceReport *report,
                       Asked *asked, const GError *misfit)
{
    StoreLogHead head;
    g_autofree char *folder = g_utf8_make_valid(context->case_path, -1);
    json_t *object = json_object();
    json_object_set_new(object, "case", json_string(folder));
    json_object_set_new(object, "fits", json_boolean(misfit == NULL));
    if (misfit != NULL)
        json_object_set_new(object, "misfit", json_string(misfit->message));
    json_object_set_new(object, "entries", json_integer((json_int_t)report->entries));
    json_object_set_new(object, "heads", json_integer((json_int_t)report->heads));
    json_object_set_new(object, "records", json_integer((json_int_t)report->records));
    json_object_set_new(object, "originals", json_integer((json_int_t)report->originals));
    json_object_set_new(object, "erased_originals", json_integer((json_int_t)report->erased));
    json_object_set_new(object, "merged_logs", json_integer((json_int_t)asked->merged));
    json_object_set_new(object, "bag_logs", json_integer((json_int_t)asked->bags));
    json_object_set_new(object, "original_bytes", json_integer((json_int_t)report->original_bytes));
    if (evidence_head(store, &head, NULL))
        json_object_set_new(object, "head", evidence_head_json(&head));
    if (asked->grown != NULL)
        json_object_set(object, "since", asked->grown);
    json_object_update(object, asked->said);
    add_keys(object, store);
    return object;
}

static void say_all(CliContext *context, const EvidenceReport *report, const Asked *asked)
{
    g_autofree char *entries = i18n_integer(report->entries);
    g_autofree char *records = i18n_integer(report->records);
    g_autofree char *heads = i18n_integer(report->heads);
    g_autofree char *originals = i18n_integer(report->originals);
    cli_say(context,
            _("Everything fits: %s entries of the log, %s records, %s signed heads, %s "
              "originals."),
            entries, records, heads, originals);
    if (asked->since != NULL) {
        g_autofree char *size = i18n_integer(asked->since->checkpoint.size);
        cli_say(context, _("Since the head of %s entries the log was only added to."), size);
    }
    cli_said_say(context, asked->said);
}

static int verify(CliContext *context, Store *store, Asked *asked)
{
    EvidenceReport report = {0};
    g_autoptr(GError) misfit = NULL;
    g_autoptr(GError) error = NULL;
    progress_catch_interrupt();
    const bool fits = verify_all(store, asked, &report, &misfit);
    if (!fits && !g_error_matches(misfit, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY))
        return cli_fail(context, misfit);
    StoreLogHead head = {0};
    evidence_head(store, &head, NULL);
    const EvidenceLastVerify last = {.time = store_now(store), .head = head.number, .fits = fits};
    evidence_last_verify_save(context->case_path, &last);
    if (!cli_print_json(summary(context, store, &report, asked, misfit), &error))
        return cli_fail(context, error);
    if (!fits) {
        g_prefix_error(&misfit, "%s", _("Something does not fit. "));
        return cli_fail(context, misfit);
    }
    say_all(context, &report, asked);
    return CLI_DONE;
}

int cmd_verify(CliContext *context, int argc, char **argv)
{
    g_autofree char *proof = NULL, *root = NULL, *bundle = NULL, *key = NULL, *tsa_ca = NULL,
                    *since_path = NULL;
    g_auto(CliSince) since = {0};
    g_auto(GStrv) witnesses = NULL;
    gint64 consistency = 0;
    const GOptionEntry entries[] = {
        {"proof", 0, 0, G_OPTION_ARG_STRING, &proof, NULL, NULL},
        {"consistency", 0, 0, G_OPTION_ARG_INT64, &consistency, NULL, NULL},
        {"root", 0, 0, G_OPTION_ARG_STRING, &root, NULL, NULL},
        {"since", 0, 0, G_OPTION_ARG_FILENAME, &since_path, NULL, NULL},
        {"bundle", 0, 0, G_OPTION_ARG_FILENAME, &bundle, NULL, NULL},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &key, NULL, NULL},
        {"tsa-ca", 0, 0, G_OPTION_ARG_FILENAME, &tsa_ca, NULL, NULL},
        {"witness", 0, 0, G_OPTION_ARG_STRING_ARRAY, &witnesses, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("verify takes no file, but '%s' was given."), argv[1]);
    if (bundle != NULL)
        return cli_verify_bundle(context, bundle, key, tsa_ca, witnesses);
    guint8 bytes[32];
    g_autoptr(GError) error = NULL;
    if (root != NULL && !parse_root(root, bytes, &error))
        return cli_usage(context, "%s", error->message);
    if (since_path != NULL && !cli_since_read(since_path, &since, &error))
        return cli_fail(context, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL)
        return cli_fail(context, error);
    if (proof == NULL && consistency == 0) {
        Asked asked = {.root = root, .tsa_ca = tsa_ca, .since = since_path != NULL ? &since : NULL};
        const int ended = verify(context, store, &asked);
        json_decref(asked.said);
        json_decref(asked.grown);
        return ended;
    }
    bool done = (proof == NULL || print_proof(store, proof, &error)) &&
                (consistency == 0 || print_consistency(store, consistency, &error));
    return done ? CLI_DONE : cli_fail(context, error);
}
