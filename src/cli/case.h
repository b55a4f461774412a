/* cli/case.h: the case that --case or $ZENHAR_CASE names. */
#pragma once
#include "cli/cli.h"
#include "store/store.h"

/** Is a case named, and is there one? So that it is told before anybody types a passphrase.
 *  Errors: USAGE, NOT_FOUND, NOT_A_CASE. */
bool cli_case_named(CliContext *context, GError **error);
/** Asks for the passphrase and opens the case with its log; USAGE when no case was named.
 *  Close with store_close. */
Store *cli_case_open(CliContext *context, StoreMode mode, GError **error);
/** Likewise, for reading; a case that an older version made is brought up to date first: for what
 *  runs unattended after a newer version was installed. */
Store *cli_case_open_newest(CliContext *context, GError **error);
