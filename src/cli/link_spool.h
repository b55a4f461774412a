/* cli/link_spool.h: `zenhar link --spool`: files larger than memory, in parts. */
#pragma once
#include "cli/cli.h"

typedef struct {
    char **paths;
    unsigned n_paths;
    const char *folder, *id, *config, *out_config, *out_pairs, *out_clusters;
    bool between, one_to_one;
    double threshold;
    guint64 seed;
    guint workers, chunk, parts; /**< 0: as it fits */
    bool jobs;                   /**< units are jobs of the case that is named */
} LinkSpoolArguments;

int link_spool_run(CliContext *context, const LinkSpoolArguments *arguments);
