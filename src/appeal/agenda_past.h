/* appeal/agenda_past.h: what the case holds about how states stood; private to src/appeal. */
#pragma once
#include "appeal/agenda_model.h"
#include "appeal/recipients.h"
#include "store/body.h"

typedef struct {
    const StoreVote *vote;
    guint n_named; /**< ballots of it */
    bool whole;    /**< all seats are named */
} PastVote;

typedef struct {
    Registry registry;
    GPtrArray *votes;   /**< StoreVote, all of them */
    GArray *comparable; /**< PastVote of the Human Rights Council, oldest first */
    GArray *ballots;    /**< ModelBallot; vote: index into comparable */
    GHashTable *asked;  /**< interned names of states that asked for the newest special session */
    gint32 asked_year;  /**< of that session; 0 none */
    gint32 day;
} Past;
/** Only what lies before `day`. */
bool past_load(Store *store, gint32 day, Past *ret_past, GError **error);
void past_clear(Past *past);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Past, past_clear)
/** Is it a vote on the matter itself? An amendment is none: a vote for it may be one against. */
bool past_comparable(const StoreVote *vote);
/** Regional group of a state, interned; "" not known. */
const char *past_group(const Past *past, const char *state);
/** The model over all ballots, or all but one vote's. Borrows. */
Model past_model(const Past *past, gssize left_out);
/** Totals of adopted and rejected votes of a body: *ret_n comparable ones with numbers read. */
guint past_adopted(const Past *past, const char *body_code, guint *ret_n);
