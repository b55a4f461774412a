/* link/walk.h: the pairs of all rules, each once; for this folder. */
#pragma once
#include "link/features.h"

/** A piece of one rule's pairs: the records order[begin … end), whole blocks; where a single giant
 *  block is cut, only lefts from first to last. */
typedef struct {
    unsigned rule;
    uint32_t begin, end, first, last;
    uint64_t pairs;
} LinkTask;

/** Cuts all rules' pairs into tasks of about 100,000. Free. NULL when memory is lacking. */
LinkTask *link_walk_tasks(const LinkPrepared *prepared, size_t *ret_n);

/** Called with up to LINK_BATCH pairs, of which the set `wanted` reached the scale's least: their
 *  levels and sums are whole, the others' are not. */
typedef void (*LinkVisit)(void *context, size_t task, const uint32_t *left, const uint32_t *right,
                          uint64_t wanted, const uint8_t *levels, const float *sums);

/** Compares a task's pairs that no earlier rule has; n_known as in LinkOptions; scale as in
 *  LinkLevels. Gives how many pairs. */
uint64_t link_walk_visit(const LinkPrepared *prepared, const LinkTask *tasks, size_t task,
                         size_t n_known, const LinkScale *scale, LinkVisit visit, void *context);
