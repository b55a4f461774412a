/* cli/merge_conflicts.h: conflicts of a merge as a table, both sides in a row, and the same table
 * read back with what was decided. */
#pragma once
#include "intake/merge.h"

/** CSV on standard output: record,other,kind,conflict,field,here,there,decision; a row a field that
 *  differs. Sealed values as "•••" unless `reveal`. */
bool merge_conflicts_print(IntakeMerge *merge, bool reveal, GError **error);
/** What stands in the file's column "decision" (ours, theirs) beside "record" is set in the plan.
 *  USAGE with the line: no such conflict, another word, two answers, or one left out. */
bool merge_conflicts_decide(IntakeMerge *merge, const char *path, GError **error);
/** Decides all alike. */
void merge_conflicts_decide_all(IntakeMerge *merge, bool theirs);
/** How many. */
gsize merge_conflicts_count(IntakeMerge *merge);
