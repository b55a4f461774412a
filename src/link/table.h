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
};

/** Sets ZENHAR_ERROR_MEMORY; returns false. */
bool link_no_memory(GError **error);
