/* link/table.h: inside a LinkTable; for this folder. */
#pragma once
#include "link/intern.h"
#include "link/link.h"

struct LinkTable {
    size_t n_columns, n_records, size;
    char **names;
    LinkIntern *texts; /**< n_columns; id 0 is "" */
    uint32_t **ids;    /**< n_columns arrays of n_records */
    uint8_t *sources;
    unsigned n_sources;
    size_t
        *place; /**< by column: the town column made of it (its region is the next one); 0: none */
    size_t n_given; /**< columns that were not made of others */
};

/** Sets ZENHAR_ERROR_MEMORY; returns false. */
bool link_no_memory(GError **error);
