/* cli/appeal_tables.c: `zenhar appeal asks|recipients|clock|votes|members`: tables as CSV. */
#include "cli/appeal_sub.h"

#include "appeal/appeal.h"
#include "appeal/rests.h"
#include "base/csv.h"
#include "cli/case.h"
#include "cli/cells.h"
#include "store/appeal.h"
#include "store/body.h"
#include <string.h>

static void append_day(GString *out, gint32 day)
{
    g_autofree char *text = appeal_day_text(day);
    csv_append(out, text);
}

/* A number that may be unknown (-1). */
static void append_number(GString *out, gint32 number)
{
    if (number < 0)
        csv_append(out, "");
    else
        csv_append_integer(out, number);
}

static const char *choose(const char *english, const char *persian)
{
    return i18n_language() == I18N_PERSIAN && persian != NULL ? persian : english;
}

/* Opens the case for reading; NULL after the error was told in *status. */
static Store *open_case(CliContext *context, int *status)
{
    g_autoptr(GError) error = NULL;
    Store *store = cli_case_open(context, STORE_READ, &error);
    if (store == NULL)
        *status = cli_fail(context, error);
    return store;
}

/* ---- asks ---- */

int appeal_asks(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    if (!cli_parse(context, NULL, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    g_autoptr(Store) store = open_case(context, &status);
    if (store == NULL)
        return status;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) asks = store_ask_list(store, NULL, &error);
    if (asks == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out =
        g_string_new("id,code,title,text,basis,addressee,measure,status,source,due,rests_on\n");
    for (guint i = 0; i < asks->len; i++) {
        const StoreAsk *ask = asks->pdata[i];
        cli_append_id(out, STORE_KIND_ASK, ask->id);
        cli_append_text(out, ask->code);
        cli_append_text(out, choose(ask->title, ask->title_fa));
        cli_append_text(out, choose(ask->text, ask->text_fa));
        cli_append_text(out, choose(ask->basis, ask->basis_fa));
        cli_append_text(out, ask->addressee);
        cli_append_text(out, ask->measure);
        cli_append_text(out, ask->status);
        cli_append_text(out, ask->source);
        append_day(out, ask->due_day);
        g_autofree char *rests = appeal_rests_text(store, STORE_KIND_ASK, ask->id, &error);
        if (rests == NULL)
            return cli_fail(context, error);
        cli_append_text(out, rests);
        csv_append_end(out);
    }
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}

/* ---- recipients and clock: of a letter, on a day ---- */

typedef struct {
    gint32 day;
    gint64 letter; /* 0: none named */
} When;

static bool parse_when(CliContext *context, int *argc, char ***argv, When *when, int *status)
{
    g_autofree char *on = NULL, *letter = NULL;
    const GOptionEntry entries[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &on, NULL, NULL},
        {"letter", 0, 0, G_OPTION_ARG_STRING, &letter, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!cli_parse(context, entries, argc, argv, status))
        return false;
    *when = (When){.day = G_MININT32};
    StoreKind kind;
    g_autoptr(GError) error = NULL;
    if (*argc > 1) {
        *status = cli_usage(context, _("“%s” is not understood here."), (*argv)[1]);
        return false;
    }
    if (!appeal_read_day("--on", on, &when->day, &error) ||
        (letter != NULL &&
         !store_id_read(letter, STORE_KIND_APPEAL, &kind, &when->letter, &error))) {
        *status = cli_usage(context, "%s", error->message);
        return false;
    }
    return true;
}

static void append_finding(Store *store, const AppealRecipientFinding *finding, GString *out)
{
    g_autoptr(StoreRecipient) one = finding->recipient_id != 0
                                        ? store_recipient_load(store, finding->recipient_id, NULL)
                                        : NULL;
    g_autoptr(StoreBody) body =
        one != NULL && one->body_id != 0 ? store_body_load(store, one->body_id, NULL) : NULL;
    cli_append_id(out, STORE_KIND_RECIPIENT, finding->recipient_id);
    cli_append_text(out, body != NULL ? body->code : NULL);
    cli_append_text(out, finding->name);
    cli_append_text(out, finding->office);
    cli_append_text(out, appeal_verdict_word(finding->verdict));
    cli_append_id(out, STORE_KIND_RECIPIENT, finding->holder_id);
    cli_append_text(out, finding->holder);
    append_day(out, finding->from_day);
    append_day(out, finding->to_day);
    cli_append_text(out, finding->sentence);
    cli_append_text(out, finding->source);
    csv_append_end(out);
}

int appeal_recipients(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    When when;
    if (!parse_when(context, &argc, &argv, &when, &status))
        return status;
    g_autoptr(Store) store = open_case(context, &status);
    if (store == NULL)
        return status;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings = appeal_check_recipients(store, when.letter, when.day, &error);
    if (findings == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new("id,office_code,name,office,verdict,holder_id,holder,"
                                          "from,to,finding,source\n");
    guint wrong = 0, left_out = 0;
    for (guint i = 0; i < findings->len; i++) {
        const AppealRecipientFinding *finding = findings->pdata[i];
        append_finding(store, finding, out);
        wrong += finding->verdict == APPEAL_OUT_OF_OFFICE;
        left_out += finding->verdict == APPEAL_LEFT_OUT;
        if (when.letter != 0)
            cli_say(context, "%s %s", finding->verdict == APPEAL_IN_OFFICE ? " " : "!",
                    finding->sentence);
    }
    if (when.letter != 0) {
        g_autofree char *n = i18n_integer(wrong), *m = i18n_integer(left_out);
        cli_say(context, _("Not in office that day: %s. Left out: %s."), n, m);
    }
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}

static void append_step(const AppealClockRow *row, const AppealClockStep *step, GString *out)
{
    cli_append_id(out, STORE_KIND_ASK, row->ask_id);
    cli_append_text(out, row->code);
    cli_append_text(out, row->title);
    append_day(out, row->asked_day);
    csv_append_integer(out, row->days);
    csv_append_integer(out, row->n_written_to);
    csv_append_integer(out, row->n_answered);
    cli_append_id(out, STORE_KIND_RESPONSE, step != NULL ? step->response_id : 0);
    cli_append_text(out, step == NULL ? NULL : step->recipient_id == 0 ? "step" : "answer");
    append_day(out, step != NULL ? step->day : 0);
    append_number(out, step != NULL ? step->days : -1);
    cli_append_text(out, step != NULL ? step->text : NULL);
    csv_append_end(out);
}

int appeal_clock_table(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    When when;
    if (!parse_when(context, &argc, &argv, &when, &status))
        return status;
    g_autoptr(Store) store = open_case(context, &status);
    if (store == NULL)
        return status;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = appeal_clock(store, when.letter, when.day, &error);
    if (rows == NULL)
        return cli_fail(context, error);
    if (rows->len == 0)
        cli_say(context, _("No clock runs: no letter of this case was sent."));
    g_autoptr(GString) out = g_string_new("ask,code,title,asked,days,written_to,answered,response,"
                                          "kind,date,after_days,text\n");
    for (guint i = 0; i < rows->len; i++) {
        const AppealClockRow *row = rows->pdata[i];
        if (row->steps->len == 0)
            append_step(row, NULL, out);
        for (guint k = 0; k < row->steps->len; k++)
            append_step(row, row->steps->pdata[k], out);
        cli_say(context, "%s) %s: %s", row->code != NULL ? row->code : "–", row->title,
                row->sentence);
    }
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}

/* ---- votes and members ---- */

/* The body of that code, 0 for all; -1 after telling. */
static gint64 find_body(CliContext *context, Store *store, const char *code, int *status)
{
    if (code == NULL)
        return 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreBody) body = store_body_find(store, code, &error);
    if (body == NULL) {
        *status = cli_fail(context, error);
        return -1;
    }
    return body->id;
}

static const char *body_code(GHashTable *codes, gint64 id)
{
    const char *code = g_hash_table_lookup(codes, &id);
    return code != NULL ? code : "";
}

static GHashTable *body_codes(Store *store, GError **error)
{
    g_autoptr(GPtrArray) bodies = store_body_list(store, NULL, error);
    if (bodies == NULL)
        return NULL;
    GHashTable *codes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    for (guint i = 0; i < bodies->len; i++) {
        const StoreBody *body = bodies->pdata[i];
        g_hash_table_insert(codes, g_memdup2(&body->id, sizeof body->id), g_strdup(body->code));
    }
    return codes;
}

static bool print_ballots(Store *store, gint64 vote_id, GError **error)
{
    g_autoptr(StoreVote) vote = store_vote_load(store, vote_id, error);
    g_autoptr(GPtrArray) ballots =
        vote != NULL ? store_ballot_list_by_vote(store, vote_id, NULL, error) : NULL;
    if (ballots == NULL)
        return false;
    g_autoptr(GString) out = g_string_new("vote,resolution,state,choice,source\n");
    for (guint i = 0; i < ballots->len; i++) {
        const StoreBallot *ballot = ballots->pdata[i];
        cli_append_id(out, STORE_KIND_VOTE, vote_id);
        cli_append_text(out, vote->resolution);
        cli_append_text(out, ballot->state);
        cli_append_text(out, ballot->choice);
        cli_append_text(out, ballot->source);
        csv_append_end(out);
    }
    return appeal_print(out, error);
}

static bool print_votes(Store *store, gint64 body_id, GError **error)
{
    g_autoptr(GHashTable) codes = body_codes(store, error);
    g_autoptr(GPtrArray) votes = codes != NULL ? store_vote_list(store, NULL, error) : NULL;
    if (votes == NULL)
        return false;
    g_autoptr(GString) out = g_string_new("id,body,date,resolution,title,in_favour,against,"
                                          "abstained,absent,outcome,confirmed,note,source\n");
    for (guint i = 0; i < votes->len; i++) {
        const StoreVote *vote = votes->pdata[i];
        if (body_id != 0 && vote->body_id != body_id)
            continue;
        cli_append_id(out, STORE_KIND_VOTE, vote->id);
        cli_append_text(out, body_code(codes, vote->body_id));
        cli_append_text(out, vote->event_date);
        cli_append_text(out, vote->resolution);
        cli_append_text(out, choose(vote->title, vote->title_fa));
        append_number(out, vote->in_favour);
        append_number(out, vote->against);
        append_number(out, vote->abstained);
        append_number(out, vote->absent);
        cli_append_text(out, vote->outcome);
        cli_append_text(out, vote->verified);
        cli_append_text(out, vote->note);
        cli_append_text(out, vote->source);
        csv_append_end(out);
    }
    return appeal_print(out, error);
}

int appeal_votes(CliContext *context, int argc, char **argv)
{
    g_autofree char *body = NULL;
    const GOptionEntry entries[] = {
        {"body", 0, 0, G_OPTION_ARG_STRING, &body, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    StoreKind kind;
    gint64 vote = 0;
    g_autoptr(GError) error = NULL;
    if (argc > 2)
        return cli_usage(context, _("“%s” is not understood here."), argv[2]);
    if (argc == 2 && !store_id_read(argv[1], STORE_KIND_VOTE, &kind, &vote, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = open_case(context, &status);
    gint64 body_id = store != NULL ? find_body(context, store, body, &status) : -1;
    if (body_id < 0)
        return status;
    bool done =
        vote != 0 ? print_ballots(store, vote, &error) : print_votes(store, body_id, &error);
    return done ? CLI_DONE : cli_fail(context, error);
}

int appeal_members(CliContext *context, int argc, char **argv)
{
    g_autofree char *body = NULL;
    int year = 0;
    const GOptionEntry entries[] = {
        {"body", 0, 0, G_OPTION_ARG_STRING, &body, NULL, NULL},
        {"year", 0, 0, G_OPTION_ARG_INT, &year, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    g_autoptr(Store) store = open_case(context, &status);
    gint64 body_id = store != NULL ? find_body(context, store, body, &status) : -1;
    if (body_id < 0)
        return status;
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) codes = body_codes(store, &error);
    g_autoptr(GPtrArray) members = codes != NULL ? store_member_list(store, NULL, &error) : NULL;
    if (members == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out =
        g_string_new("id,body,year,state,code,regional_group,permanent,note,source\n");
    for (guint i = 0; i < members->len; i++) {
        const StoreMember *member = members->pdata[i];
        if ((body_id != 0 && member->body_id != body_id) || (year != 0 && member->year != year))
            continue;
        cli_append_id(out, STORE_KIND_MEMBER, member->id);
        cli_append_text(out, body_code(codes, member->body_id));
        csv_append_integer(out, member->year);
        cli_append_text(out, member->state);
        cli_append_text(out, member->state_code);
        cli_append_text(out, member->regional_group);
        cli_append_text(out, member->permanent ? "yes" : "no");
        cli_append_text(out, member->note);
        cli_append_text(out, member->source);
        csv_append_end(out);
    }
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}
