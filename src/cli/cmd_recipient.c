/* COMMAND: recipient
 * SUMMARY: a key of your own, to which others seal what they hand over to you
 *
 * zenhar recipient new FILE [--passphrase-file FILE] [--passphrase-fd N]
 *   makes a key pair: FILE holds the secret half, wrapped by a passphrase; FILE.pub is a
 *   line of text to give to everybody who may hand cases over to you. Let them compare its
 *   digits with you by another way (in person, by telephone).
 * zenhar recipient show FILE
 *   prints the public half of a key.
 *
 * `zenhar export --bagit BAG --to FILE.pub` seals a bag to it, `zenhar import --bagit BAG
 * --key FILE` opens it. With FILE or its passphrase lost, nobody opens what was sealed to it.
 *
 * Exit status: 0 done, 2 wrong usage, 3 cannot go on.
 *
 * Example: zenhar recipient new archive.key
 */
#include "commands.h"

#include "handover/envelope.h"
#include "store/box_key.h"
#include <sodium.h>
#include <string.h>

static bool save_public(const char *path, const EnvelopeKey *key, GError **error)
{
    g_autofree char *name = g_strconcat(path, ".pub", NULL);
    g_autofree char *text = envelope_key_text(key);
    g_autoptr(GError) why = NULL;
    if (g_file_set_contents(name, text, -1, &why))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), name,
                why->message);
    return false;
}

static bool make(CliContext *context, const char *path, GError **error)
{
    EnvelopeKey key;
    g_autofree char *name = g_strconcat(path, ".pub", NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(name, G_FILE_TEST_EXISTS)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s or %s.pub is there already: a key is never overwritten."), path, path);
        return false;
    }
    char *passphrase = cli_passphrase(context, true, error);
    guint8 *secret = passphrase != NULL ? sodium_malloc(BOX_KEY_BYTES) : NULL;
    if (secret != NULL)
        crypto_box_keypair(key.bytes, secret);
    const bool done = secret != NULL &&
                      box_key_save(path, passphrase, NULL, key.bytes, secret, error) &&
                      save_public(path, &key, error);
    sodium_free(secret);
    sodium_free(passphrase);
    if (done)
        cli_say(context,
                _("The key is in %s; give %s.pub to those who hand cases over to you. With "
                  "the key or its passphrase lost, nobody opens what was sealed to it."),
                path, path);
    return done;
}

static bool show(const char *path, GError **error)
{
    EnvelopeKey key;
    if (!box_key_public(path, key.bytes, error))
        return false;
    g_autofree char *text = envelope_key_text(&key);
    CliOutput *output = cli_output_open(NULL, error);
    if (output == NULL)
        return false;
    cli_output_write(output, text, strlen(text));
    return cli_output_close(output, error);
}

int cmd_recipient(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_autoptr(GError) error = NULL;
    if (!cli_parse(context, NULL, &argc, &argv, &status))
        return status;
    if (argc != 3 || (strcmp(argv[1], "new") != 0 && strcmp(argv[1], "show") != 0))
        return cli_usage(context, "%s", _("Say: recipient new FILE, or recipient show FILE."));
    const bool done =
        strcmp(argv[1], "new") == 0 ? make(context, argv[2], &error) : show(argv[2], &error);
    return done ? CLI_DONE : cli_fail(context, error);
}
