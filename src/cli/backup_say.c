#include "cli/backup_say.h"

#include "cli/json_line.h"
#include "evidence/proof_json.h"

bool backup_print(const char *folder, const EvidenceBackup *done, const GError *misfit,
                  GError **error)
{
    g_autofree char *valid = g_utf8_make_valid(folder, -1);
    json_t *object =
        json_pack("{s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "folder", valid,
                  "database_copied", (int)done->database, "originals", (json_int_t)done->originals,
                  "originals_copied", (json_int_t)done->copied, "originals_missing",
                  (json_int_t)done->missing, "originals_taken_away", (json_int_t)done->taken_away,
                  "bytes_copied", (json_int_t)done->bytes, "schema", (json_int_t)done->schema,
                  "verified", (int)done->verified);
    if (misfit != NULL)
        json_object_set_new(object, "misfit", json_string(misfit->message));
    if (done->has_head)
        json_object_set_new(object, "head", evidence_head_json(&done->head));
    return cli_print_json(object, error);
}

void backup_say(CliContext *context, const char *put, const EvidenceBackup *done)
{
    g_autofree char *originals = i18n_integer(done->originals);
    g_autofree char *copied = i18n_integer(done->copied);
    g_autofree char *mebibytes = i18n_integer((done->bytes + (1 << 19)) >> 20);
    cli_say(context, "%s", put);
    cli_say(context, _("%s originals, %s of them copied now; %s MiB written."), originals, copied,
            mebibytes);
    if (done->missing > 0) {
        g_autofree char *missing = i18n_integer(done->missing);
        cli_say(context, _("Originals whose file was not there to be copied: %s."), missing);
    }
    if (done->verified) {
        g_autofree char *entries = i18n_integer(done->report.entries);
        g_autofree char *records = i18n_integer(done->report.records);
        cli_say(context, _("The copy was verified: %s entries of the log, %s records; all fits."),
                entries, records);
    } else {
        cli_say(context, "%s", _("The copy was not verified; `zenhar verify` does it."));
    }
}
