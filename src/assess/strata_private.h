/* assess/strata_private.h: between strata.c (who belongs where) and strata_tables.c (tables of it).
 */
#pragma once
#include "assess/unseen.h"
#include "store/person.h"
#include "store/query_assess.h"

enum { STRATA_SOURCES = 64 };

typedef struct {
    Store *store;
    const AssessUnseenOptions *options;
    GArray *named;         /* StoreNamed, in order of statement */
    GPtrArray *places;     /* StorePlace */
    GHashTable *provinces; /* place → its province, or itself */
    GArray *sources;       /* gint64, by bit; more than STRATA_SOURCES share the last */
    GHashTable *bits;      /* source → bit + 1 */
    GHashTable *strata;    /* StrataKey → StrataStratum */
    gsize n_draws;
} StrataWork;

typedef struct {
    int year;
    gint64 province;
    const char *kind;
} StrataKey;

/* One stratum while it is filled: for each draw the sources of each person, a bit each. */
typedef struct {
    StrataKey key;
    GArray **masks; /* by draw: guint64 */
} StrataStratum;

const StorePlace *strata_place_peek(const GPtrArray *places, gint64 id);
/* Gives every source a bit, those with most statements first. */
void strata_number_sources(StrataWork *work);
/* The bits (guint) of options->sources, by name or id; USAGE when one is not there. */
GArray *strata_find_sources(const StrataWork *work, GError **error);
/* Appends an AssessStratum; asked: bits of the lists, NULL: the largest. */
bool strata_make(const StrataWork *work, const StrataStratum *stratum, const GArray *asked,
                 GPtrArray *strata, GError **error);
void strata_free(gpointer stratum); /* an AssessStratum */
int strata_most_persons_first(gconstpointer a, gconstpointer b);
