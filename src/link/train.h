/* link/train.h: learning the model; for this folder. */
#pragma once
#include "link/features.h"

/** u from random pairs, m by EM on the pairs of each teaching rule, a first prior from them.
 *  Of the options, seed, threads and labels are read. */
bool link_train(const LinkPrepared *prepared, const LinkOptions *options, LinkModel *ret_model,
                GError **error);

/** Level weights in bits as the pair loop uses them. */
typedef struct {
    float bits[LINK_MAX_FIELDS][LINK_MAX_LEVELS];
} LinkWeights;
void link_weights_fill(const LinkModel *model, LinkWeights *weights);
