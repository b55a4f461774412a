/* cli/export_bundle.h: `zenhar export --bundle`. */
#pragma once
#include "cli/cli.h"

typedef struct {
    char *target;
    const char *reason; /* borrowed */
    char **older;       /* numbers of heads, as written */
    gint64 head;
    gboolean originals, with_sealed, reveal, with_log;
} CliExportBundle;
void cli_export_bundle_clear(CliExportBundle *bundle);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliExportBundle, cli_export_bundle_clear)

/** ids: of the records that are asked for. The command's exit status. */
int cli_export_bundle(CliContext *context, const CliExportBundle *bundle, int n_ids, char **ids);
