/* estimate/lists.h: who is on which list, as a table of counts.
 *
 * n overlapping lists give 2^n - 1 observable patterns ("on A and C, not on
 * B"). A pattern is a mask: bit j is set where the person is on list j. The
 * cell of mask 0, persons on no list, is what the whole room estimates; it is
 * never observed and always 0 here.
 *
 *   counts:  [0]  [1]  [2]  [3]  ...            [2^n - 1]
 *             -    A    B    A,B                 on every list
 *
 * Values are made once and then read from any thread. */
#pragma once
#include "base/csv.h"
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    ESTIMATE_MAX_LISTS = 16, /**< 65,535 patterns */
    ESTIMATE_MAX_PERSONS = 1000000000,
};

typedef struct {
    guint n_lists;
    char **names;      /**< n_lists names, UTF-8 */
    gsize n_patterns;  /**< 2^n_lists, the unobservable pattern 0 included */
    uint64_t *counts;  /**< n_patterns; counts[0] is 0 */
    uint64_t observed; /**< persons on at least one list */
    uint64_t on_none;  /**< persons given who are on no list: counted here, used nowhere */
} EstimateLists;

/** An empty table. names: n_lists of them, copied; NULL gives A, B, C …
 *  Errors: fewer than 2 or more than ESTIMATE_MAX_LISTS lists (DATA, LIMIT); memory. */
EstimateLists *estimate_lists_new(guint n_lists, const char *const *names, GError **error);
void estimate_lists_free(EstimateLists *lists);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EstimateLists, estimate_lists_free)

/** Adds `count` persons of a pattern (mask 0 goes to on_none). False when the
 *  total would pass ESTIMATE_MAX_PERSONS. */
bool estimate_lists_add(EstimateLists *lists, uint32_t mask, uint64_t count, GError **error);

/** The table without one list; persons on that list alone leave it (on_none
 *  does not count them). The result is the caller's. NULL: memory, or fewer
 *  than 2 lists would be left. */
EstimateLists *estimate_lists_without(const EstimateLists *lists, guint list, GError **error);

/** Persons on every list of `mask`, whatever else they are on. */
uint64_t estimate_lists_overlap(const EstimateLists *lists, uint32_t mask);

/** What in the table weakens any estimate; several at once. */
typedef enum {
    ESTIMATE_TWO_LISTS = 1 << 0,     /**< no dependence between lists can be seen */
    ESTIMATE_EMPTY_LIST = 1 << 1,    /**< a list with nobody on it */
    ESTIMATE_NO_OVERLAP = 1 << 2,    /**< a list that shares nobody with any other */
    ESTIMATE_CONTAINS = 1 << 3,      /**< a list that contains another whole */
    ESTIMATE_EVERYONE = 1 << 4,      /**< a list that everybody is on */
    ESTIMATE_EMPTY_PATTERN = 1 << 5, /**< observable patterns that nobody has */
    ESTIMATE_ON_NONE = 1 << 6,       /**< persons given who are on no list */
    ESTIMATE_SAME_LIST = 1 << 7,     /**< two lists with the same persons */
} EstimateWarning;

/** Examines the table. warnings: one translated sentence each (naming the
 *  lists) is appended; may be NULL. Returns the set of EstimateWarning. False
 *  in *ret_usable where no method can work: nobody observed, or a list without
 *  anybody, or no two lists that overlap. */
guint estimate_lists_examine(const EstimateLists *lists, GPtrArray *warnings, bool *ret_usable);

/** How a CSV is read into tables. */
typedef struct {
    const char *const
        *lists;        /**< NULL-ended names of list columns; NULL: every column of 0 and 1 */
    const char *count; /**< column of counts; NULL: "count", "freq" or "تعداد" where there is one */
    const char *group; /**< column whose values make one table each; NULL: one table */
} EstimateReadOptions;

/** One table and the value of the group column ("" without). */
typedef struct {
    char *group;
    EstimateLists *lists;
} EstimateGroup;
void estimate_group_free(EstimateGroup *group);

/** Reads 0/1 columns, with a count or one row a person; other columns are left
 *  out and named in `ignored` (GPtrArray of char *, may be NULL). Every group
 *  has the same lists; groups come in order of first appearance. An empty field
 *  is 0. GPtrArray of EstimateGroup (frees them); NULL with error set, naming
 *  line and column. Touches nothing but `table`. */
GPtrArray *estimate_lists_read(const CsvTable *table, const char *name,
                               const EstimateReadOptions *options, GPtrArray *ignored,
                               GError **error);
