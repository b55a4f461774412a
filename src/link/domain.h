/* link/domain.h: the distinct values of a field; for this folder. */
#pragma once
#include "link/features.h"

/** A domain to be filled, of one field or of two names that may be swapped. */
typedef struct {
    LinkKind kind;
    LinkDomain *domain;
    unsigned n_fields;
    const LinkField *fields[2];
    bool day_first[2];
    bool both_scripts;     /**< of the whole list, if the records are a part of one */
    uint32_t *value_of[2]; /**< out: value by raw text, or by record for a date of parts */
    bool failed;
} LinkBuild;

/** Whether dates of a column are written day first: the more frequent of what can only be so
 * (31/01) and what cannot (01/31), over the records. */
int64_t link_domain_day_first(const LinkTable *table, size_t column);
/** False when memory is lacking; what was filled is to be cleared all the same. */
bool link_domain_build(const LinkTable *table, LinkBuild *build);
void link_domain_clear(LinkDomain *domain);
