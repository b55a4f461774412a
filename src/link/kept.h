/* link/kept.h: what the pairs of a result say of any two records; for this folder. */
#pragma once
#include "link/link.h"

/** Beyond this a weight says no more: one sure contradiction must not outvote five agreements. */
#define LINK_CLIP_BITS 12.0

/** Pairs by their left record. */
typedef struct {
    const LinkPair *pairs; /**< borrowed */
    size_t *start;         /**< n_records + 1 */
    double missing_bits;   /**< what a pair that was not kept is taken to weigh */
} LinkKept;

/** False with ZENHAR_ERROR_MEMORY, or _INPUT when the pairs are not in order of left, then right.
 */
bool link_kept_fill(LinkKept *kept, size_t n_records, const LinkPair *pairs, size_t n_pairs,
                    double keep, GError **error);
void link_kept_clear(LinkKept *kept);
/** The weight of two records, left below right, in bits. context: a LinkKept. */
double link_kept_weigh(void *context, size_t left, size_t right);
