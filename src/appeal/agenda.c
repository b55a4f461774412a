/* appeal/agenda.c: each road with its rule, the members of the day, and how likely it is to pass.
 */
#include "appeal/agenda.h"

#include "appeal/agenda_past.h"
#include "base/csv.h"
#include "base/data.h"
#include "base/edtf.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

static const double ASK_STRENGTH = 2.0; /* states that a group's share of askers is worth */

static void state_free(gpointer data)
{
    AgendaState *state = data;
    g_free(state->state);
    g_free(state->code);
    g_free(state->group);
    g_free(state->last);
    g_free(state->last_on);
    g_free(state);
}

void agenda_road_free(AgendaRoad *road)
{
    if (road == NULL)
        return;
    g_free(road->code);
    g_free(road->body);
    g_free(road->title);
    g_free(road->needs);
    g_free(road->source);
    g_free(road->basis);
    if (road->states != NULL)
        g_ptr_array_unref(road->states);
    g_free(road);
}

static void free_road(gpointer road)
{
    agenda_road_free(road);
}

typedef struct {
    const AgendaOptions *options;
    gint32 day;
    Past past;
    Model model;
    GHashTable *positions; /* interned state → choice + 1 */
} Agenda;

/* ---- announced positions ---- */

static bool read_position(Agenda *agenda, const CsvTable *table, gsize row, GError **error)
{
    static const struct {
        const char *word;
        AgendaChoice choice;
    } WORDS[] = {{"in favour", AGENDA_FOR},     {"for", AGENDA_FOR},
                 {"yes", AGENDA_FOR},           {"against", AGENDA_AGAINST},
                 {"no", AGENDA_AGAINST},        {"abstained", AGENDA_ABSTAINED},
                 {"abstain", AGENDA_ABSTAINED}, {"absent", AGENDA_ABSTAINED}};
    const char *state = csv_table_cell(table, row, csv_table_column(table, "state"));
    const char *vote = csv_table_cell(table, row, csv_table_column(table, "vote"));
    const char *name = agenda->options->positions_name;
    guint64 line = table->lines[row];
    bool member = false;
    for (guint i = 0; i < agenda->past.registry.members->len; i++)
        member |=
            g_strcmp0(((StoreMember *)agenda->past.registry.members->pdata[i])->state, state) == 0;
    if (!member) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s, line %" G_GUINT64_FORMAT ": “%s” is no member of any body of the case."),
                    name, line, state);
        return false;
    }
    if (g_hash_table_contains(agenda->positions, g_intern_string(state))) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s, line %" G_GUINT64_FORMAT ": “%s” stands there twice."), name, line,
                    state);
        return false;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
        if (strcmp(vote, WORDS[i].word) == 0) {
            g_hash_table_insert(agenda->positions, (gpointer)g_intern_string(state),
                                GINT_TO_POINTER((int)WORDS[i].choice + 1));
            return true;
        }
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s, line %" G_GUINT64_FORMAT ": “%s” is no vote: write in favour, against or "
                  "abstained."),
                name, line, vote);
    return false;
}

static bool read_positions(Agenda *agenda, GError **error)
{
    const AgendaOptions *options = agenda->options;
    if (options->positions == NULL)
        return true;
    g_autoptr(CsvReader) reader = csv_reader_new_bytes(options->positions_name, options->positions,
                                                       strlen(options->positions), NULL);
    g_autoptr(CsvTable) table = csv_table_load(reader, error);
    if (table == NULL)
        return false;
    if (csv_table_column(table, "state") < 0 || csv_table_column(table, "vote") < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s needs the columns state and vote."), options->positions_name);
        return false;
    }
    for (gsize row = 0; row < table->n_rows; row++)
        if (!read_position(agenda, table, row, error))
            return false;
    return true;
}

/* ---- states ---- */

static gint32 membership_year(const Agenda *agenda, const StoreBody *body)
{
    int year, month, date, best = 0;
    edtf_day_to_gregorian(agenda->day, &year, &month, &date);
    for (guint i = 0; i < agenda->past.registry.members->len; i++) {
        const StoreMember *member = agenda->past.registry.members->pdata[i];
        if (member->body_id == body->id && member->year <= year && member->year > best)
            best = member->year;
    }
    return best;
}

static const char *choice_word(guint8 choice)
{
    static const char *const WORDS[] = {"in favour", "against", "abstained"};
    return WORDS[choice];
}

static void set_last(const Agenda *agenda, AgendaState *state, const char *interned)
{
    for (guint i = 0; i < agenda->past.ballots->len; i++) {
        const ModelBallot *ballot = &g_array_index(agenda->past.ballots, ModelBallot, i);
        if (ballot->state != interned)
            continue;
        const StoreVote *vote = g_array_index(agenda->past.comparable, PastVote, ballot->vote).vote;
        state->n_votes++;
        if (vote->first_day < state->last_day && state->last != NULL)
            continue;
        g_free(state->last);
        g_free(state->last_on);
        state->last = g_strdup(choice_word(ballot->choice));
        state->last_on = g_strdup(vote->resolution);
        state->last_day = vote->first_day;
    }
}

/* Beta(a, b) that a state asks: its group's share of askers, and whether it asked itself. */
static void ask_shape(const Agenda *agenda, const char *state, const char *group, double *ret_a,
                      double *ret_b)
{
    const Past *past = &agenda->past;
    const StoreBody *council = registry_body(&past->registry, "HRC");
    double asked = 0, n = 0, all_asked = 0, all = 0;
    bool member = false;
    for (guint i = 0; council != NULL && i < past->registry.members->len; i++) {
        const StoreMember *one = past->registry.members->pdata[i];
        if (one->body_id != council->id || one->year != past->asked_year)
            continue;
        bool did = g_hash_table_contains(past->asked, g_intern_string(one->state));
        bool same = g_strcmp0(one->regional_group, group) == 0;
        all++;
        all_asked += did;
        n += same;
        asked += same && did;
        member |= g_strcmp0(one->state, state) == 0;
    }
    double share = (all_asked + 0.5) / (all + 1);
    share = (asked + ASK_STRENGTH * share) / (n + ASK_STRENGTH);
    bool did = g_hash_table_contains(past->asked, g_intern_string(state));
    *ret_a = ASK_STRENGTH * share + (member && did);
    *ret_b = ASK_STRENGTH * (1 - share) + (member && !did);
}

static AgendaState *state_new(const Agenda *agenda, const StoreMember *member,
                              ModelState *model_state)
{
    AgendaState *state = g_new0(AgendaState, 1);
    double sum = 0, a, b;
    gint fixed =
        GPOINTER_TO_INT(g_hash_table_lookup(agenda->positions, g_intern_string(member->state)));
    *model_state = (ModelState){.state = g_intern_string(member->state),
                                .group = past_group(&agenda->past, member->state),
                                .permanent = member->permanent,
                                .fixed = fixed - 1};
    model_fit(&agenda->model, model_state, 1);
    state->state = g_strdup(member->state);
    state->code = g_strdup(member->state_code);
    state->group = g_strdup(member->regional_group);
    state->permanent = member->permanent;
    state->year = member->year;
    state->asked = g_hash_table_contains(agenda->past.asked, model_state->state);
    for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
        sum += model_state->alpha[c];
    for (gsize c = 0; c < AGENDA_N_CHOICES; c++)
        state->p[c] = fixed > 0 ? (gsize)(fixed - 1) == c : model_state->alpha[c] / sum;
    ask_shape(agenda, member->state, member->regional_group, &a, &b);
    state->p_ask = fixed > 0 ? fixed - 1 == AGENDA_FOR : a / (a + b);
    set_last(agenda, state, model_state->state);
    if (fixed > 0) {
        g_free(state->last);
        state->last = g_strdup(choice_word((guint8)(fixed - 1)));
    }
    return state;
}

static void count_stands(AgendaRoad *road)
{
    gint32 stand = 0;
    for (guint i = 0; i < road->states->len; i++) {
        const AgendaState *state = road->states->pdata[i];
        bool request = road->rule == AGENDA_REQUEST;
        bool is_for = request && road->number > 1 ? state->asked || state->p_ask >= 1
                                                  : g_strcmp0(state->last, "in favour") == 0;
        bool against = g_strcmp0(state->last, "against") == 0;
        road->n_for += is_for;
        road->n_against += against && !is_for;
        road->n_silent += !is_for && !against;
    }
    stand = (gint32)road->n_for;
    if (road->rule == AGENDA_MAJORITY)
        road->missing = MAX(0, (gint32)road->n_against + 1 - stand);
    else
        road->missing = MAX(0, road->number - stand);
}

static void set_result(AgendaRoad *road, const ModelResult *result)
{
    road->probability = result->mean;
    road->low = result->low;
    road->high = result->high;
}

static bool add_states(const Agenda *agenda, const StoreBody *body, AgendaRoad *road,
                       guint64 stream, GError **error)
{
    gint32 year = membership_year(agenda, body);
    g_autofree ModelState *states = g_new0(ModelState, 256);
    g_autofree double *a = g_new(double, 256), *b = g_new(double, 256);
    gsize n = 0;
    for (guint i = 0; i < agenda->past.registry.members->len && n < 256; i++) {
        const StoreMember *member = agenda->past.registry.members->pdata[i];
        if (member->body_id != body->id || member->year != year)
            continue;
        AgendaState *state = state_new(agenda, member, &states[n]);
        ask_shape(agenda, member->state, member->regional_group, &a[n], &b[n]);
        if (states[n].fixed >= 0) { /* it has said so */
            a[n] = states[n].fixed == AGENDA_FOR ? 1e6 : 1e-6;
            b[n] = states[n].fixed == AGENDA_FOR ? 1e-6 : 1e6;
        }
        g_ptr_array_add(road->states, state);
        n++;
    }
    if (n == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("The case knows no members of the %s: `zenhar appeal load` brings them in."),
                    road->body);
        return false;
    }
    count_stands(road);
    ModelResult result;
    g_autofree char *votes = i18n_integer(agenda->past.comparable->len);
    if (road->rule == AGENDA_REQUEST) {
        if (agenda->past.asked_year == 0) {
            road->basis = g_strdup(_("No list of states that asked for a session is in the case."));
            return true;
        }
        model_request(a, b, n, road->number, agenda->options->seed, stream, &result);
        road->n_past = 1;
        road->basis = g_strdup(_("Who asked for the newest special session, by state and regional "
                                 "group; one request is thin ground."));
    } else {
        if (agenda->past.ballots->len == 0) {
            road->basis = g_strdup(_("No past vote with names is in the case."));
            return true;
        }
        model_vote(&agenda->model, states, n, road->rule, road->number, agenda->options->seed,
                   stream, &result);
        road->n_past = agenda->past.comparable->len;
        road->basis =
            strcmp(road->body, "HRC") == 0
                ? g_strdup_printf(_("Past votes of the Human Rights Council on the country: %s."),
                                  votes)
                : g_strdup_printf(_("How its members voted in the Human Rights Council (%s votes), "
                                    "and their regional groups where they never did: another body, "
                                    "another text."),
                                  votes);
    }
    set_result(road, &result);
    return true;
}

/* A body of which no roll calls are in the case: how often it adopted what was put to it. Jeffreys'
 * interval, 90 %, by draws of the beta distribution. */
static void by_record(const Agenda *agenda, AgendaRoad *road, guint64 stream)
{
    guint n, adopted = past_adopted(&agenda->past, road->body, &n);
    road->n_past = n;
    if (n == 0) {
        road->basis = g_strdup(_("No past vote of this body is in the case."));
        return;
    }
    ModelResult result;
    double a = adopted + 0.5, b = n - adopted + 0.5;
    model_request(&a, &b, 1, 1, agenda->options->seed, stream, &result);
    road->probability = a / (a + b);
    road->low = result.low;
    road->high = result.high;
    g_autofree char *all = i18n_integer(n), *some = i18n_integer(adopted);
    road->basis = g_strdup_printf(
        _("%s of %s past votes on the country were adopted; names of states were not read."), some,
        all);
}

static bool load_road(const Agenda *agenda, const CsvTable *table, gsize row, AgendaRoad *road,
                      GError **error)
{
    bool persian = i18n_language() == I18N_PERSIAN;
#define CELL(name) csv_table_cell(table, row, csv_table_column(table, name))
    gint64 number = 0;
    road->code = g_strdup(CELL("code"));
    road->body = g_strdup(CELL("body"));
    road->title = g_strdup(persian ? CELL("title_fa") : CELL("title_en"));
    road->needs = g_strdup(persian ? CELL("needs_fa") : CELL("needs_en"));
    road->source = g_strdup(CELL("source"));
    road->confirmed = strcmp(CELL("verified"), "yes") == 0;
    road->states = g_ptr_array_new_with_free_func(state_free);
    road->probability = road->low = road->high = NAN;
    if (!agenda_rule_parse(CELL("rule"), &road->rule) ||
        !csv_parse_integer(CELL("number"), &number)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("r2p/roads.csv, line %" G_GUINT64_FORMAT ": the rule or its number is not "
                      "understood."),
                    table->lines[row]);
        return false;
    }
    road->number = (gint32)number;
#undef CELL
    const StoreBody *body = registry_body(&agenda->past.registry, road->body);
    road->seats = body != NULL ? body->seats : 0;
    if (road->rule == AGENDA_OWN) {
        road->basis = g_strdup(_("No vote decides: past votes tell nothing about it."));
        return true;
    }
    if (body == NULL || membership_year(agenda, body) == 0) {
        by_record(agenda, road, row + 1);
        return true;
    }
    return add_states(agenda, body, road, row + 1, error);
}

GPtrArray *agenda_roads(Store *store, const AgendaOptions *options, GError **error)
{
    Agenda agenda = {.options = options,
                     .day = options->day != G_MININT32 ? options->day
                                                       : (gint32)(store_now(store) / 86400),
                     .positions = g_hash_table_new(g_direct_hash, g_direct_equal)};
    g_autoptr(CsvTable) table = data_load_table("r2p/roads.csv", error);
    g_autoptr(GPtrArray) roads = g_ptr_array_new_with_free_func(free_road);
    bool done = table != NULL && past_load(store, agenda.day, &agenda.past, error);
    if (done) {
        agenda.model = past_model(&agenda.past, -1);
        done = read_positions(&agenda, error);
    }
    for (gsize row = 0; done && row < table->n_rows; row++) {
        AgendaRoad *road = g_new0(AgendaRoad, 1);
        g_ptr_array_add(roads, road);
        done = load_road(&agenda, table, row, road, error);
    }
    past_clear(&agenda.past);
    g_hash_table_unref(agenda.positions);
    return done ? g_steal_pointer(&roads) : NULL;
}
