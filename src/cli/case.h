/* cli/case.h: the case that --case or $ZENHAR_CASE names. */
#pragma once
#include "cli/cli.h"
#include "store/store.h"

/** Asks for the passphrase and opens the case with its log; USAGE when no case was named.
 *  Close with store_close. */
Store *cli_case_open(CliContext *context, StoreMode mode, GError **error);
