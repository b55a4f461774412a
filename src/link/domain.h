/* link/domain.h: the distinct values of a field; for this folder. */
#pragma once
#include "link/features.h"

/** A domain to be filled, of one field or of two names that may be swapped. */
typedef struct {
    LinkKind kind;
    LinkDomain *domain;
    unsigned n_fields;
    const LinkField *fields[2];
    uint32_t *value_of[2]; /**< out: value by raw text, or by record for a date of parts */
    bool failed;
} LinkBuild;

/** False when memory is lacking; what was filled is to be cleared all the same. */
bool link_domain_build(const LinkTable *table, LinkBuild *build);
void link_domain_clear(LinkDomain *domain);
