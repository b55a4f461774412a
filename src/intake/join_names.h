/* intake/join_names.h: given and family names of many records, told apart by how the records
 * themselves use the words; for join*.c.
 *
 * «حمید اکبر رنجبر» and «حمیداکبر رنجبر», "Malek Zadeh Shirin" and «شیرین
 * ملک‌زاده»: where the given name ends, and whether the two have changed places, is not
 * in the name. It is in the others: a word that elsewhere begins names of two words is a given
 * name, one that ends them is a family name. Words count by their sound across scripts
 * (text/names.h), so Persian and Latin records teach each other. No list of names; a short one of
 * endings (زاده, پور …). Pure. */
#pragma once
#include <glib.h>

typedef struct JoinNames JoinNames;

/** Learns from n full names (each may be NULL), and from what others taught before (learned: text
 * of join_names_learned, or NULL). Copies what it needs. Transfers. */
JoinNames *join_names_new(gsize n, const char *const *names, const char *learned);
/** What all names taught, for names that come later: a line a word. Borrowed. */
const char *join_names_learned(const JoinNames *names);
void join_names_free(JoinNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JoinNames, join_names_free)

/** Name i's parts; "" when it has none (a given name that is a mere initial counts as none).
 *  Borrowed. */
const char *join_names_given(const JoinNames *names, gsize i);
const char *join_names_family(const JoinNames *names, gsize i);
