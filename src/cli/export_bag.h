/* cli/export_bag.h: `zenhar export --bagit`: where a bag goes, and to whom it is sealed. */
#pragma once
#include "cli/cli.h"
#include "handover/bag.h"

typedef struct {
    char *path;     /**< --bagit */
    char **to;      /**< --to, NULL-terminated; NULL none */
    gboolean plain; /**< --plain */
    BagOptions options;
} ExportBag;

/** Do the words fit each other? Else a usage line was printed. */
bool export_bag_check(CliContext *context, const ExportBag *bag, int *status);
/** Makes it. */
bool export_bag(CliContext *context, Outlet *outlet, ExportBag *bag, RecordsDone *done,
                GError **error);
