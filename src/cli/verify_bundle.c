#include "cli/verify_bundle.h"

#include "base/progress.h"
#include "cli/json_line.h"
#include "evidence/bundle.h"
#include "evidence/checkpoint.h"
#include "evidence/proof_json.h"
#include <sodium.h>

static json_t *summary(const char *folder, const EvidenceBundleReport *report, const char *tsa_ca,
                       const GError *misfit)
{
    g_autofree char *shown = g_utf8_make_valid(folder, -1);
    json_t *object = json_pack("{s:s, s:b}", "bundle", shown, "fits", misfit == NULL);
    if (misfit != NULL)
        json_object_set_new(object, "misfit", json_string(misfit->message));
    const struct {
        const char *name;
        gint64 value;
    } COUNTS[] = {
        {"records", report->records},
        {"withheld", report->withheld},
        {"originals", report->originals},
        {"original_bytes", report->original_bytes},
        {"heads", report->heads},
        {"timestamps", report->timestamps},
        {"cosignatures", report->cosignatures},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(COUNTS); i++)
        json_object_set_new(object, COUNTS[i].name, json_integer((json_int_t)COUNTS[i].value));
    json_object_set_new(object, "timestamps_trusted", json_boolean(tsa_ca != NULL));
    if (report->head.number > 0)
        json_object_set_new(object, "head", evidence_head_json(&report->head));
    return object;
}

static bool read_witnesses(char **witnesses, GError **error)
{
    for (gsize i = 0; witnesses != NULL && witnesses[i] != NULL; i++) {
        g_auto(EvidenceWitness) witness = {0};
        if (!evidence_witness_read(witnesses[i], &witness, error))
            return false;
    }
    return true;
}

int cli_verify_bundle(CliContext *context, const char *folder, const char *key, const char *tsa_ca,
                      char **witnesses)
{
    guint8 public_key[STORE_PUBLIC_KEY_BYTES];
    g_autoptr(GError) error = NULL, misfit = NULL;
    EvidenceBundleReport report = {0};
    if (key == NULL)
        return cli_usage(context, "%s",
                         _("Give the public key that you got by another way than the bundle: "
                           "--key FILE, or its 64 hexadecimal digits."));
    if (sodium_init() < 0 || !evidence_public_key_read(key, public_key, &error))
        return cli_fail(context, error);
    if (!read_witnesses(witnesses, &error))
        return cli_usage(context, "%s", error->message);
    const EvidenceBundleCheck check = {
        .public_key = public_key,
        .tsa_ca = tsa_ca,
        .witnesses = (const char *const *)witnesses,
    };
    progress_catch_interrupt();
    const bool fits = evidence_bundle_check(folder, &check, &report, &misfit);
    if (!fits && !g_error_matches(misfit, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY))
        return cli_fail(context, misfit);
    if (!cli_print_json(summary(folder, &report, tsa_ca, misfit), &error))
        return cli_fail(context, error);
    if (!fits) {
        g_prefix_error(&misfit, "%s", _("Something does not fit. "));
        return cli_fail(context, misfit);
    }
    g_autofree char *records = i18n_integer(report.records);
    g_autofree char *withheld = i18n_integer(report.withheld);
    g_autofree char *originals = i18n_integer(report.originals);
    cli_say(context,
            _("Everything fits: %s records, %s of them withheld, %s originals, as signed by this "
              "key."),
            records, withheld, originals);
    if (report.timestamps > 0 && tsa_ca == NULL)
        cli_say(context, "%s",
                _("Time stamps fit their heads; who gave them was not checked: --tsa-ca FILE."));
    return CLI_DONE;
}
