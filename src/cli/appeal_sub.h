/* cli/appeal_sub.h: the sub-commands of `zenhar appeal`, and what they share. */
#pragma once
#include "cli/cli.h"
#include "store/store.h"

CliFunc appeal_load, appeal_letter, appeal_show;
CliFunc appeal_answers, appeal_deadlines_table, appeal_remind_command;
CliFunc appeal_finding, appeal_findings;
CliFunc appeal_print_command, appeal_receipt_command;
CliFunc appeal_lint, appeal_publish;
CliFunc appeal_edit_command, appeal_versions_table;
CliFunc appeal_measure, appeal_measures;
CliFunc appeal_send, appeal_mailbox_command, appeal_deliveries, appeal_response, appeal_key;
CliFunc appeal_answer, appeal_consent, appeal_submit;
CliFunc appeal_seal_command, appeal_sign, appeal_signatories_table;
CliFunc appeal_agenda, appeal_check, appeal_ask;
CliFunc appeal_asks, appeal_recipients, appeal_clock_table, appeal_votes, appeal_members;

/** "2025-06-28", or "1404-04-07" in the Solar Hijri calendar. option: its name, for the sentence.
 *  word NULL: *ret_day is left as it is. */
bool appeal_read_day(const char *option, const char *word, gint32 *ret_day, GError **error);
/** "2025-06-28"; "" for 0 (unknown). Transfers. */
char *appeal_day_text(gint32 day);
/** A letter in plain text; "-" is standard input. NULL with error set. Transfers. */
char *appeal_read_text(const char *path, GError **error);
/** Writes to standard output. */
bool appeal_print(const GString *text, GError **error);
