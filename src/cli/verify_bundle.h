/* cli/verify_bundle.h: `zenhar verify --bundle`: no case, no passphrase. */
#pragma once
#include "cli/cli.h"

/** key: a file or 64 hexadecimal digits; tsa_ca, witnesses may be NULL. The command's exit status.
 */
int cli_verify_bundle(CliContext *context, const char *folder, const char *key, const char *tsa_ca,
                      char **witnesses);
