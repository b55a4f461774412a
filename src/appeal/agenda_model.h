/* appeal/agenda_model.h: how a state may vote, from how it and its group did; private to
 * src/appeal. Pure: arrays in, numbers out. */
#pragma once
#include "appeal/agenda.h"
#include "base/random.h"

/** One state's choice in one comparable vote. */
typedef struct {
    const char *state; /**< interned: equal names are equal pointers */
    const char *group; /**< interned; "" not known */
    guint vote;        /**< index of the vote */
    guint8 choice;     /**< AgendaChoice */
} ModelBallot;

typedef struct {
    const ModelBallot *ballots;
    gsize n_ballots;
    gssize left_out; /**< vote whose ballots are not looked at; -1 none */
    double swing;    /**< standard deviation of log(for/against) of past totals */
} Model;

typedef struct {
    const char *state, *group;
    bool permanent;
    double alpha[AGENDA_N_CHOICES]; /**< of the Dirichlet */
    gssize fixed;                   /**< AgendaChoice that the state has announced; -1 none */
} ModelState;

/** Fills alpha of each state. */
void model_fit(const Model *model, ModelState *states, gsize n);
/** Choices by the group alone (its shares). */
void model_group_shares(const Model *model, const char *group, double shares[AGENDA_N_CHOICES]);
/** Standard deviation of log((for + ½)/(against + ½)) over totals; `fallback` under three. */
double model_swing(const gint32 *in_favour, const gint32 *against, gsize n, gssize left_out,
                   double fallback);

typedef struct {
    double mean, low, high;                 /**< probability that it passes, 90 % interval */
    double expected_for, low_for, high_for; /**< votes in favour, 90 % */
} ModelResult;
enum { MODEL_DRAWS = 400 };
/** What becomes of a vote of these states under a rule. */
void model_vote(const Model *model, const ModelState *states, gsize n, AgendaRule rule,
                gint32 number, guint64 seed, guint64 stream, ModelResult *ret_result);
/** Likewise of a request: p[i] ~ Beta(a[i], b[i]) that a state asks. */
void model_request(const double *a, const double *b, gsize n, gint32 number, guint64 seed,
                   guint64 stream, ModelResult *ret_result);
