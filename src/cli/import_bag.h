/* cli/import_bag.h: `zenhar import --bagit`: a bag checked, and taken in when all of it fits. */
#pragma once
#include "cli/cli.h"

typedef struct {
    char *path;            /**< --bagit */
    char *key;             /**< --key; NULL none */
    char *passphrase_file; /**< --key-passphrase-file */
    int passphrase_fd;     /**< --key-passphrase-fd; -1 none */
    gboolean check;        /**< --check: nothing is taken in */
} ImportBag;

/** Gives the exit status. */
int import_bag(CliContext *context, const ImportBag *bag);
