/* link/nicknames.h: short and familiar forms of given names; for this folder.
 *
 * A group is a name with its short forms; two names are nicknames of each other when some group
 * holds both. The list is short and general: forms that dictionaries of names give, in English and
 * Persian (in both scripts), none taken from any data set. */
#pragma once
#include <glib.h>
#include <stdint.h>

typedef struct LinkNicknames LinkNicknames;

enum { LINK_NICKNAMES_MOST = 8 }; /**< groups a name can belong to */

LinkNicknames *link_nicknames_new(void);
void link_nicknames_free(LinkNicknames *nicknames);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinkNicknames, link_nicknames_free)

/** Ascending group numbers of a normalized name (link/normal.h); gives how many, mostly none. */
unsigned link_nicknames_of(const LinkNicknames *nicknames, const char *normal,
                           uint8_t groups[LINK_NICKNAMES_MOST]);
