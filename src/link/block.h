/* link/block.h: which pairs are compared; for this folder. */
#pragma once
#include "link/features.h"

/** Chooses rules for the fields, from a sample of the records: each field by itself where few
 *  enough records share its values, else two or three fields together. Gives how many. */
unsigned link_block_choose(const LinkPrepared *prepared, LinkRule rules[LINK_MAX_RULES]);
/** One rule's block keys (LINK_NO_ID: none) and the records in order of key and number. The arrays
 *  are the caller's (free). False when memory is lacking. */
bool link_block_group(const LinkPrepared *prepared, const LinkRule *rule, uint32_t **ret_keys,
                      uint32_t **ret_order, size_t *ret_n_order);
/** Fills a rule's counts. */
void link_block_count(const LinkPrepared *prepared, LinkRule *rule, const uint32_t *keys,
                      const uint32_t *order, size_t n_order);

/** Called with up to LINK_BATCH pairs, left before right in their block. */
typedef void (*LinkVisit)(void *context, size_t task, const uint32_t *left, const uint32_t *right,
                          unsigned n, const uint8_t *levels);

/** A piece of one rule's pairs: the records order[begin … end), whole blocks; where a single giant
 *  block is cut, only lefts from first to last. */
typedef struct {
    unsigned rule;
    uint32_t begin, end, first, last;
    uint64_t pairs;
} LinkTask;

/** Cuts all rules' pairs into tasks of about 100,000. Free. NULL when memory is lacking. */
LinkTask *link_block_tasks(const LinkPrepared *prepared, size_t *ret_n);
/** Visits a task's pairs that no earlier rule has; n_known as in LinkOptions. Gives how many. */
uint64_t link_block_visit(const LinkPrepared *prepared, const LinkTask *tasks, size_t task,
                          size_t n_known, LinkVisit visit, void *context);
