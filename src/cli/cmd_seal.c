/* COMMAND: seal
 * SUMMARY: bind the evidence log to time: trusted time stamps, heads for witnesses
 *
 * zenhar seal --case FOLDER [--head NUMBER] --witness FILE [--since NOTE]
 * zenhar seal --case FOLDER --cosigned FILE --witness-key KEY
 * zenhar seal --case FOLDER [--head NUMBER] --timestamp URL --tsa-ca FILE [--proxy ADDRESS]
 * zenhar seal --case FOLDER [--head NUMBER] --timestamp-request FILE
 * zenhar seal --case FOLDER --timestamp-response FILE --tsa-ca FILE
 * zenhar seal --cosign FILE --key KEY --name NAME --seed FILE [--since NOTE]
 *
 * Who has the passphrase can write a whole new log; what left the house shows it. A head
 * is a signature over the whole log up to it. Given to a witness, it proves later that
 * the log only grew (`zenhar verify --since NOTE`); stamped by an authority, it proves
 * when all of that was there. What comes back is kept in the case, shown and checked by
 * `zenhar verify`, and goes along in a bundle (`zenhar export --bundle`).
 *
 * --witness FILE  writes the newest head as a small text (C2SP checkpoint, a signed note;
 *                 - is standard output), and notes that it left the house
 * --since NOTE    with --witness: puts before it the proof that the log goes on from the
 *                 witness' last NOTE (as C2SP tlog-witness asks); with --cosign: the note
 *                 that the witness kept, which that proof must begin at
 * --cosigned FILE takes in the note that a witness signed; KEY is the witness' verifier
 *                 key, got from the witness
 * --cosign FILE   for the witness, without a case: checks the note in FILE and the proof
 *                 before it, signs it, and prints the note to be given back and kept.
 *                 KEY is the case's public key, NAME the witness' own name
 *                 (witness.example/1), --seed its secret key (PEM or 64 hexadecimal
 *                 digits). What to tell others is printed: the verifier key
 *
 * --timestamp URL asks that authority (RFC 3161) for a time stamp of the newest head. Only
 *                 the hash of a head is sent. Whoever runs the server, or watches the way
 *                 to it, sees who asks; --proxy socks5h://127.0.0.1:9050 (Tor) hides it
 * --timestamp-request FILE, --timestamp-response FILE
 *                 the same in two steps, carried by hand or by another program (curl
 *                 -H 'Content-Type: application/timestamp-query' --data-binary @FILE)
 * --tsa-ca FILE   certificates (PEM) that the authority's own must lead to
 * --head NUMBER   that head, not the newest
 * --allow-private an authority on this machine or in a private network
 * --timeout SECONDS  for the authority's answer (default 60)
 *
 * Exit status: 0 done, 1 something does not fit: nothing was kept, 2 wrong usage, 3 cannot
 * go on.
 *
 * Example: zenhar seal --case june.zenhar --witness head.note
 */
#include "commands.h"

#include "cli/seal_sub.h"

static void options_clear(SealOptions *options)
{
    char *const TEXTS[] = {options->witness, options->since,       options->cosigned,
                           options->cosign,  options->witness_key, options->key,
                           options->name,    options->seed,        options->timestamp,
                           options->request, options->response,    options->tsa_ca,
                           options->proxy};
    for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++)
        g_free(TEXTS[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SealOptions, options_clear)

static int run(CliContext *context, const SealOptions *options)
{
    const bool stamp = options->timestamp != NULL || options->response != NULL;
    if (stamp && options->tsa_ca == NULL)
        return cli_usage(context, "%s",
                         _("--tsa-ca FILE is needed: the certificates (PEM) that the authority's "
                           "own must lead to. Without them anybody could have stamped it."));
    if (options->timestamp != NULL)
        return seal_timestamp(context, options);
    if (options->request != NULL)
        return seal_request(context, options);
    if (options->response != NULL)
        return seal_response(context, options);
    if (options->witness != NULL)
        return seal_witness(context, options);
    return options->cosigned != NULL ? seal_cosigned(context, options)
                                     : seal_cosign(context, options);
}

int cmd_seal(CliContext *context, int argc, char **argv)
{
    g_auto(SealOptions) o = {.seconds = 60};
    const GOptionEntry entries[] = {
        {"witness", 0, 0, G_OPTION_ARG_FILENAME, &o.witness, NULL, NULL},
        {"since", 0, 0, G_OPTION_ARG_FILENAME, &o.since, NULL, NULL},
        {"cosigned", 0, 0, G_OPTION_ARG_FILENAME, &o.cosigned, NULL, NULL},
        {"witness-key", 0, 0, G_OPTION_ARG_STRING, &o.witness_key, NULL, NULL},
        {"cosign", 0, 0, G_OPTION_ARG_FILENAME, &o.cosign, NULL, NULL},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &o.key, NULL, NULL},
        {"name", 0, 0, G_OPTION_ARG_STRING, &o.name, NULL, NULL},
        {"seed", 0, 0, G_OPTION_ARG_FILENAME, &o.seed, NULL, NULL},
        {"timestamp", 0, 0, G_OPTION_ARG_STRING, &o.timestamp, NULL, NULL},
        {"timestamp-request", 0, 0, G_OPTION_ARG_FILENAME, &o.request, NULL, NULL},
        {"timestamp-response", 0, 0, G_OPTION_ARG_FILENAME, &o.response, NULL, NULL},
        {"tsa-ca", 0, 0, G_OPTION_ARG_FILENAME, &o.tsa_ca, NULL, NULL},
        {"proxy", 0, 0, G_OPTION_ARG_STRING, &o.proxy, NULL, NULL},
        {"allow-private", 0, 0, G_OPTION_ARG_NONE, &o.allow_private, NULL, NULL},
        {"timeout", 0, 0, G_OPTION_ARG_INT, &o.seconds, NULL, NULL},
        {"head", 0, 0, G_OPTION_ARG_INT64, &o.head, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    const int asked = (o.witness != NULL) + (o.cosigned != NULL) + (o.cosign != NULL) +
                      (o.timestamp != NULL) + (o.request != NULL) + (o.response != NULL);
    if (argc > 1)
        return cli_usage(context, _("seal takes no further word, but '%s' was given."), argv[1]);
    if (asked != 1)
        return cli_usage(context, "%s",
                         _("Say one thing to do: --witness, --cosigned, --cosign, --timestamp, "
                           "--timestamp-request or --timestamp-response."));
    if (o.seconds < 1 || o.seconds > 3600 || o.head < 0)
        return cli_usage(context, "%s",
                         _("--timeout is 1 to 3600 seconds; --head is a number from 1."));
    return run(context, &o);
}
