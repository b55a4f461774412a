/* appeal/agenda.h: which roads lead onto an agenda, what each needs, who has stood where, and how
 * likely it is that the votes are there.
 *
 * A state's choices are drawn from a Dirichlet distribution whose mean is pulled towards its
 * regional group's (strength 2 votes), updated by how it voted on comparable resolutions; all
 * states of one vote swing together by a normal amount on the log scale of for to against, as wide
 * as past totals did. Given the choices' probabilities, whether a vote passes is computed exactly.
 * What would make it wrong: a text unlike those voted on, states that never voted on the country,
 * a deal between blocs. Amendments moved against a mandate are never counted as support. */
#pragma once
#include "base/i18n.h"
#include "store/store.h"

typedef enum {
    AGENDA_REQUEST,     /**< enough members ask */
    AGENDA_PROCEDURAL,  /**< a number of votes; no veto */
    AGENDA_SUBSTANTIVE, /**< likewise, and no permanent member against */
    AGENDA_MAJORITY,    /**< more in favour than against */
    AGENDA_OWN,         /**< one office's own decision */
} AgendaRule;
/** "request", …; false when it is none. */
bool agenda_rule_parse(const char *word, AgendaRule *ret_rule);
const char *agenda_rule_word(AgendaRule rule);

typedef struct {
    gint32 in_favour, against, abstained, absent;
    gint32 permanent_against; /**< of those against */
} AgendaTally;
/** Does it pass? number: votes or askers needed (not for majority, own). seats: of the body, 0 not
 *  known. INPUT when the numbers are negative or add up to more than the seats. */
bool agenda_decide(AgendaRule rule, gint32 number, gint32 seats, const AgendaTally *tally,
                   bool *ret_passes, GError **error);

typedef enum { AGENDA_FOR, AGENDA_AGAINST, AGENDA_ABSTAINED, AGENDA_N_CHOICES } AgendaChoice;

typedef struct {
    char *state, *code, *group; /**< group "": not known */
    bool permanent;
    gint32 year; /**< of the membership looked at */
    char
        *last; /**< in favour, against, abstained, absent: its newest comparable vote; NULL never */
    char *last_on;              /**< which resolution */
    gint32 last_day;            /**< 0 never */
    guint n_votes;              /**< comparable ones it took part in */
    bool asked;                 /**< among those who asked for the newest special session */
    double p[AGENDA_N_CHOICES]; /**< means */
    double p_ask;
} AgendaState;

typedef struct {
    char *code, *body, *title, *needs, *source;
    AgendaRule rule;
    gint32 number, seats;
    bool confirmed;    /**< the rule was read at its source */
    GPtrArray *states; /**< AgendaState of the day's members; empty for bodies of no list */
    guint n_for, n_against, n_silent; /**< by their newest comparable vote */
    gint32 missing; /**< votes or askers short, counting only who has been for; 0 none */
    double probability, low, high; /**< with the 90 % interval; NaN: no past votes to go by */
    guint n_past;                  /**< comparable votes behind it */
    char *basis;                   /**< how it was reckoned, in the thread's language */
} AgendaRoad;
void agenda_road_free(AgendaRoad *road);

typedef struct {
    gint32 day; /**< G_MININT32: today. Only earlier votes count */
    guint64 seed;
    const char *positions; /**< CSV text "state,vote": what members said they will do; NULL none */
    const char *positions_name; /**< of the file, for sentences */
} AgendaOptions;

/** All roads of data/r2p/roads.csv, in order. Members are those of the day's year, or of the newest
 *  year before it that the case holds. GPtrArray of AgendaRoad. Errors: DATA (no members loaded),
 *  INPUT (positions: a state twice, one that is no member, an unknown word; the row is named). */
GPtrArray *agenda_roads(Store *store, const AgendaOptions *options, GError **error);

/** One past vote, predicted from the others alone. */
typedef struct {
    gint64 vote_id;
    char *resolution;
    gint32 actual_for, actual_against;
    double expected_for, low_for, high_for; /**< 90 % interval */
    double probability;                     /**< that it is adopted */
    bool adopted, covered;
    guint n_states, n_right; /**< states whose likeliest choice was right */
    guint n_right_by_group;  /**< likewise by the group's commonest choice alone */
    double brier;            /**< mean over states of the squared error over three choices */
    double brier_by_group;
} AgendaCheck;
void agenda_check_free(AgendaCheck *check);
/** Leave-one-vote-out over votes whose whole roll call is in the case. GPtrArray of AgendaCheck. */
GPtrArray *agenda_check(Store *store, const AgendaOptions *options, GError **error);

/* ---- in words, in the thread's language ---- */

/** "62 %", "above 99.5 %", "–" for NaN: never certain, never impossible. Transfers. */
char *agenda_percent(double p);
/** Names of the states that stand so by their newest comparable vote ("in favour", "against"; of a
 *  request: that asked), with "; " between; last NULL: those that stand neither way. Transfers. */
char *agenda_road_names(const AgendaRoad *road, const char *last);
/** Probability, interval, how it was reckoned, and whether the rule was read. Transfers. */
char *agenda_road_sentence(const AgendaRoad *road);
/** How the model did on past votes (agenda_check); NULL when there are none. Transfers. */
char *agenda_check_sentence(GPtrArray *checks);
