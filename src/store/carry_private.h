/* store/carry_private.h: what carry.c and carry_words.c share. */
#pragma once
#include "store/carry.h"

/* A part of what is carried: one transaction of the target, whose rows go by COPY to a server.
 * Begins none when the user stopped it. */
bool store_carry_begin(Store *to, GError **error);
bool store_carry_end(Store *to, bool done, GError **error);
/* Reports that have a word in the index. */
bool store_carry_count_found(Store *store, gint64 *ret_n, GError **error);
