#include "cli/import_bag.h"

#include "base/progress.h"
#include "cli/case.h"
#include "cli/case_record.h"
#include "handover/bag_take.h"
#include "store/box_key.h"
#include <sodium.h>

/* Opens the key when the bag is sealed. False with error set. */
static bool open_key(CliContext *context, const ImportBag *bag, EnvelopeKey *public_key,
                     guint8 **ret_secret, GError **error)
{
    *ret_secret = NULL;
    if (!bag_is_sealed(bag->path) || bag->key == NULL)
        return true;
    CliContext own = *context;
    own.passphrase_file = bag->passphrase_file;
    own.passphrase_fd = bag->passphrase_fd;
    if (bag->passphrase_file == NULL && bag->passphrase_fd < 0)
        cli_say(context, _("The passphrase of the key %s:"), bag->key);
    char *passphrase = cli_passphrase(&own, false, error);
    *ret_secret =
        passphrase != NULL ? box_key_open(bag->key, passphrase, public_key->bytes, error) : NULL;
    sodium_free(passphrase);
    return *ret_secret != NULL;
}

static int say_faults(CliContext *context, const BagChecked *checked)
{
    for (guint i = 0; i < checked->faults->len; i++)
        g_printerr("%s\n", (const char *)checked->faults->pdata[i]);
    g_autofree char *n = i18n_integer((gint64)checked->n_faults);
    cli_say(context, _("The bag does not hold: faults found: %s. Nothing was taken in."), n);
    return CLI_INCOMPLETE;
}

static void say_checked(CliContext *context, const BagChecked *checked)
{
    const StoreLogHead *head =
        &g_array_index(checked->log.heads, StoreLogHead, checked->log.heads->len - 1);
    g_autofree char *files = i18n_integer((gint64)checked->payload_files);
    g_autofree char *records = i18n_integer(checked->records->len);
    g_autofree char *open = i18n_integer((gint64)checked->n_open);
    g_autofree char *entries = i18n_integer(head->size);
    g_autofree char *heads = i18n_integer(head->number);
    g_autofree char *proofs = i18n_integer((gint64)checked->n_proofs);
    g_autofree char *root = case_hex(head->root, sizeof head->root);
    g_autofree char *key = case_hex(checked->log.public_key, sizeof checked->log.public_key);
    cli_say(
        context,
        _("The bag holds (%s): files: %s; records: %s, of these with their whole canonical form: "
          "%s; entries of the log: %s; signed heads: %s; proofs: %s."),
        checked->degree, files, records, open, entries, heads, proofs);
    cli_say(context,
            _("Root %s, signed by the key %s: compare both with what whoever handed it over tells "
              "you by another way."),
            root, key);
}

static int take(CliContext *context, const BagFrom *from, const BagChecked *checked)
{
    BagTaken taken;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL || !bag_take(store, from, checked, &taken, &error))
        return cli_fail(context, error);
    if (taken.again) {
        cli_say(context, _("%s was taken in before; nothing was added."), from->path);
        return CLI_DONE;
    }
    g_autofree char *added = i18n_integer(take_done_added(&taken.taken));
    g_autofree char *known = i18n_integer(take_done_known(&taken.taken));
    g_autofree char *originals = i18n_integer(taken.originals);
    cli_say(
        context,
        _("Records taken in: %s; known here, left as they are: %s; originals sealed: %s. Its log "
          "is kept; `zenhar verify` checks it, too."),
        added, known, originals);
    return CLI_DONE;
}

int import_bag(CliContext *context, const ImportBag *bag)
{
    EnvelopeKey public_key;
    guint8 *secret = NULL;
    g_autoptr(GError) error = NULL;
    progress_catch_interrupt();
    if ((!bag->check && !cli_case_named(context, &error)) ||
        !open_key(context, bag, &public_key, &secret, &error))
        return cli_fail(context, error);
    const BagFrom from = {bag->path, secret != NULL ? &public_key : NULL, secret};
    g_autoptr(BagChecked) checked = bag_check(&from, &error);
    int status;
    if (checked == NULL) {
        status = cli_fail(context, error);
    } else if (checked->n_faults > 0) {
        status = say_faults(context, checked);
    } else {
        say_checked(context, checked);
        status = bag->check ? CLI_DONE : take(context, &from, checked);
    }
    sodium_free(secret);
    return status;
}
