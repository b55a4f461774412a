/* link/block.h: which pairs are compared; for this folder. */
#pragma once
#include "link/features.h"

/** Chooses rules for the fields, from a sample of the records: each field by itself where few
 *  enough records share its values, else two or three fields together. Gives how many. */
unsigned link_block_choose(const LinkPrepared *prepared, LinkRule rules[LINK_MAX_RULES]);
/** The block key of a rule from the keys of its parts; LINK_NO_ID when one is missing. The same
 *  parts of two names that may be swapped count in either order. */
uint32_t link_block_key(const LinkPrepared *prepared, const LinkRule *rule, const uint32_t *parts);
/** One rule's block keys (LINK_NO_ID: none) and the records in order of key and number. The arrays
 *  are the caller's (free). False when memory is lacking. */
bool link_block_group(const LinkPrepared *prepared, const LinkRule *rule, uint32_t **ret_keys,
                      uint32_t **ret_order, size_t *ret_n_order);
/** Keys of the rules before one and of itself, and the order of that rule alone. */
bool link_block_group_one(LinkPrepared *prepared, unsigned rule);
/** Fills a rule's counts. */
void link_block_count(const LinkPrepared *prepared, LinkRule *rule, const uint32_t *keys,
                      const uint32_t *order, size_t n_order);
