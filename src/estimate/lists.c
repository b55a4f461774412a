/* estimate/lists.c: the table of overlaps, and what is wrong with it. */
#include "estimate/lists.h"

#include "base/i18n.h"
#include <stdlib.h>
#include <string.h>

EstimateLists *estimate_lists_new(guint n_lists, const char *const *names, GError **error)
{
    if (n_lists < 2) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("There are %u lists: an estimate of the unseen needs at least two lists that "
                      "overlap, and three or more to be trusted."),
                    n_lists);
        return NULL;
    }
    if (n_lists > ESTIMATE_MAX_LISTS) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("There are %u lists; at most %d can be used. Join small lists of one kind, "
                      "or choose some with --lists."),
                    n_lists, ESTIMATE_MAX_LISTS);
        return NULL;
    }
    EstimateLists *lists = calloc(1, sizeof *lists);
    if (lists != NULL) {
        lists->n_lists = n_lists;
        lists->n_patterns = (gsize)1 << n_lists;
        lists->counts = calloc(lists->n_patterns, sizeof *lists->counts);
        lists->names = calloc(n_lists, sizeof *lists->names);
    }
    if (lists == NULL || lists->counts == NULL || lists->names == NULL)
        goto memory;
    for (guint j = 0; j < n_lists; j++) {
        char letter[2] = {(char)('A' + j), '\0'};
        lists->names[j] = strdup(names != NULL ? names[j] : letter);
        if (lists->names[j] == NULL)
            goto memory;
    }
    return lists;
memory:
    estimate_lists_free(lists);
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                        _("There is not enough memory for the table of lists."));
    return NULL;
}

void estimate_lists_free(EstimateLists *lists)
{
    if (lists == NULL)
        return;
    if (lists->names != NULL)
        for (guint j = 0; j < lists->n_lists; j++)
            free(lists->names[j]);
    free(lists->names);
    free(lists->counts);
    free(lists);
}

bool estimate_lists_add(EstimateLists *lists, uint32_t mask, uint64_t count, GError **error)
{
    g_assert(mask < lists->n_patterns);
    if (count > ESTIMATE_MAX_PERSONS ||
        lists->observed + lists->on_none + count > ESTIMATE_MAX_PERSONS) {
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
            _("The counts add up to more than %d persons; the count column cannot be right."),
            ESTIMATE_MAX_PERSONS);
        return false;
    }
    if (mask == 0) {
        lists->on_none += count;
    } else {
        lists->counts[mask] += count;
        lists->observed += count;
    }
    return true;
}

EstimateLists *estimate_lists_without(const EstimateLists *lists, guint list, GError **error)
{
    g_assert(list < lists->n_lists);
    const char *names[ESTIMATE_MAX_LISTS];
    for (guint j = 0, to = 0; j < lists->n_lists; j++)
        if (j != list)
            names[to++] = lists->names[j];
    EstimateLists *rest = estimate_lists_new(lists->n_lists - 1, names, error);
    if (rest == NULL)
        return NULL;
    uint32_t below = ((uint32_t)1 << list) - 1;
    for (uint32_t mask = 1; mask < lists->n_patterns; mask++) {
        uint32_t kept = (mask & below) | ((mask >> 1) & ~below);
        if (kept != 0) {
            rest->counts[kept] += lists->counts[mask];
            rest->observed += lists->counts[mask];
        }
    }
    return rest;
}

uint64_t estimate_lists_overlap(const EstimateLists *lists, uint32_t mask)
{
    uint64_t sum = 0;
    for (uint32_t pattern = 1; pattern < lists->n_patterns; pattern++)
        if ((pattern & mask) == mask)
            sum += lists->counts[pattern];
    return sum;
}

static void warn(GPtrArray *warnings, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void warn(GPtrArray *warnings, const char *format, ...)
{
    if (warnings == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(warnings, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static guint examine_one(const EstimateLists *lists, guint j, GPtrArray *warnings, bool *usable)
{
    uint32_t bit = (uint32_t)1 << j;
    uint64_t members = estimate_lists_overlap(lists, bit);
    if (members == 0) {
        warn(warnings, _("Nobody is on the list “%s”: leave it out."), lists->names[j]);
        *usable = false;
        return ESTIMATE_EMPTY_LIST;
    }
    guint found = 0;
    if (lists->counts[bit] == members) {
        warn(warnings,
             _("The list “%s” shares nobody with any other list: the data cannot say how it "
               "relates to them, and an estimate with it rests on assumption alone."),
             lists->names[j]);
        found |= ESTIMATE_NO_OVERLAP;
    }
    if (members == lists->observed) {
        warn(warnings,
             _("Everybody observed is on the list “%s”: it says nothing about who is missed."),
             lists->names[j]);
        found |= ESTIMATE_EVERYONE;
    }
    return found;
}

static guint examine_pair(const EstimateLists *lists, guint i, guint j, GPtrArray *warnings)
{
    uint64_t in_i = estimate_lists_overlap(lists, (uint32_t)1 << i);
    uint64_t in_j = estimate_lists_overlap(lists, (uint32_t)1 << j);
    uint64_t both = estimate_lists_overlap(lists, (uint32_t)1 << i | (uint32_t)1 << j);
    if (both == 0 || in_i == 0 || in_j == 0)
        return 0;
    if (both == in_i && both == in_j) {
        warn(warnings,
             _("The lists “%s” and “%s” hold the same persons: they are one list, and one of them "
               "should be left out."),
             lists->names[i], lists->names[j]);
        return ESTIMATE_SAME_LIST | ESTIMATE_CONTAINS;
    }
    if (both == in_i || both == in_j) {
        bool i_inside = both == in_i;
        warn(warnings,
             _("Everybody on the list “%s” is also on “%s”: if one was copied from the other they "
               "are not two witnesses, and the estimate is too low."),
             lists->names[i_inside ? i : j], lists->names[i_inside ? j : i]);
        return ESTIMATE_CONTAINS;
    }
    return 0;
}

guint estimate_lists_examine(const EstimateLists *lists, GPtrArray *warnings, bool *ret_usable)
{
    guint found = 0;
    bool usable = true;
    if (lists->observed == 0) {
        warn(warnings, _("Nobody is on any list: there is nothing to estimate from."));
        *ret_usable = false;
        return ESTIMATE_EMPTY_LIST;
    }
    if (lists->n_lists == 2) {
        warn(warnings, _("There are only two lists: whether being on one makes being on the other "
                         "more likely cannot be seen, and the estimate assumes that it does not."));
        found |= ESTIMATE_TWO_LISTS;
    }
    gsize n_alone = 0;
    for (guint j = 0; j < lists->n_lists; j++) {
        guint one = examine_one(lists, j, warnings, &usable);
        found |= one;
        n_alone += (one & (ESTIMATE_NO_OVERLAP | ESTIMATE_EMPTY_LIST)) != 0;
    }
    if (n_alone == lists->n_lists)
        usable = false;
    for (guint i = 0; i < lists->n_lists; i++)
        for (guint j = i + 1; j < lists->n_lists; j++)
            found |= examine_pair(lists, i, j, warnings);
    gsize n_empty = 0;
    for (gsize mask = 1; mask < lists->n_patterns; mask++)
        n_empty += lists->counts[mask] == 0;
    if (n_empty > 0) {
        warn(warnings,
             _("%lu of %lu combinations of lists have nobody: "
               "dependence between those lists is only weakly known."),
             n_empty, lists->n_patterns - 1);
        found |= ESTIMATE_EMPTY_PATTERN;
    }
    if (lists->on_none > 0) {
        warn(warnings,
             _("%lu persons given are on no list; they are left out, because the "
               "estimate is of exactly those whom no list holds."),
             lists->on_none);
        found |= ESTIMATE_ON_NONE;
    }
    *ret_usable = usable;
    return found;
}
