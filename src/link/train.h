/* link/train.h: learning the model; for this folder. */
#pragma once
#include "link/features.h"

/** u from random pairs, m by EM on the pairs of each teaching rule, a first prior from them.
 *  Of the options, seed, threads and labels are read. */
bool link_train(const LinkPrepared *prepared, const LinkOptions *options, LinkModel *ret_model,
                GError **error);

/** Weights as the pair loop uses them; pairs of less than `least` bits are not wanted. */
void link_scale_fill(const LinkPrepared *prepared, const LinkModel *model, double least,
                     LinkScale *scale);
