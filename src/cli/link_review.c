#include "cli/link_review.h"

#include "base/csv.h"
#include "base/jsonl.h"
#include "cli/case.h"
#include "cli/link_pair.h"
#include "intake/join.h"
#include "render/pair.h"
#include "store/id.h"
#include "store/user.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    gboolean next, csv, json, ask, reveal, unlinkable;
    int limit;
    char *answer, *answers, *svg, *reason, *by;
} Arguments;

static void arguments_clear(Arguments *a)
{
    g_free(a->answer);
    g_free(a->answers);
    g_free(a->svg);
    g_free(a->reason);
    g_free(a->by);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

typedef struct {
    CliContext *context;
    const Arguments *a;
    Store *store;
    IntakeSayer sayer;
    guint answered, refused;
} Session;

/* ---- words ---- */

static const struct {
    IntakeAnswer answer;
    const char *word, *own;
    const char *letter, *persian; /* what is typed */
} ANSWERS[] = {
    {INTAKE_SAME, "same", N_("same"), "s", "ی"},
    {INTAKE_DIFFERENT, "different", N_("different"), "d", "د"},
    {INTAKE_UNSURE, "unsure", N_("can't tell"), "u", "ن"},
};

static bool read_answer(const char *text, IntakeAnswer *ret_answer)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ANSWERS); i++)
        if (g_ascii_strcasecmp(text, ANSWERS[i].word) == 0 ||
            g_ascii_strcasecmp(text, ANSWERS[i].letter) == 0 ||
            strcmp(text, ANSWERS[i].persian) == 0 || strcmp(text, i18n_get(ANSWERS[i].own)) == 0) {
            *ret_answer = ANSWERS[i].answer;
            return true;
        }
    return false;
}

static void say_effect(CliContext *context, const IntakeEffect *effect)
{
    char id[STORE_ID_MAX];
    g_autofree char *before = i18n_integer(effect->persons_before),
                    *after = i18n_integer(effect->persons_after),
                    *left = i18n_integer(ABS(effect->left_queue));
    if (effect->persons_before == effect->persons_after)
        cli_say(context, _("Written down as %s; no person changed."),
                store_id_format(STORE_KIND_VERDICT, effect->verdict, id));
    else
        cli_say(context, _("Written down as %s; persons: %s became %s."),
                store_id_format(STORE_KIND_VERDICT, effect->verdict, id), before, after);
    if (effect->left_queue > 0)
        cli_say(context, _("%s pairs left the queue."), left);
    else if (effect->left_queue < 0)
        cli_say(context, _("%s pairs came into the queue."), left);
}

static json_t *effect_json(const char *pair, const IntakeEffect *effect)
{
    char verdict[STORE_ID_MAX], person[STORE_ID_MAX], other[STORE_ID_MAX];
    json_t *object = json_object();
    if (pair != NULL)
        json_object_set_new(object, "pair", json_string(pair));
    json_object_set_new(object, "verdict",
                        json_string(store_id_format(STORE_KIND_VERDICT, effect->verdict, verdict)));
    json_object_set_new(object, "persons_before", json_integer((json_int_t)effect->persons_before));
    json_object_set_new(object, "persons_after", json_integer((json_int_t)effect->persons_after));
    if (effect->person != 0)
        json_object_set_new(
            object, "left_person",
            json_string(store_id_format(STORE_KIND_PERSON, effect->person, person)));
    if (effect->other != 0)
        json_object_set_new(object, "right_person",
                            json_string(store_id_format(STORE_KIND_PERSON, effect->other, other)));
    json_object_set_new(object, "left_queue", json_integer((json_int_t)effect->left_queue));
    return object;
}

static void print_json(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6));
    g_print("%s\n", text);
    free(text);
    json_decref(object);
}

/* ---- answering ---- */

static bool answer_pair(Session *session, const char *pair, IntakeAnswer answer, const char *reason,
                        IntakeEffect *ret_effect, GError **error)
{
    gint64 left, right;
    if (!render_pair_parse(pair, &left, &right, error))
        return false;
    IntakeSayer sayer = session->sayer;
    sayer.reason = reason;
    return intake_join_answer(session->store, left, right, answer, &sayer, ret_effect, error);
}

static int answer_one(Session *session, const char *word)
{
    g_autoptr(GError) error = NULL;
    IntakeAnswer answer;
    IntakeEffect effect;
    if (word == NULL || !read_answer(word, &answer))
        return cli_usage(session->context, "%s",
                         _("Say what the answer is: --answer T4-T9 same, different or unsure."));
    if (!answer_pair(session, session->a->answer, answer, session->a->reason, &effect, &error))
        return cli_fail(session->context, error);
    say_effect(session->context, &effect);
    print_json(effect_json(session->a->answer, &effect));
    return CLI_DONE;
}

/* One line of a file of answers; a line without an answer is left alone. */
static void take_line(Session *session, guint64 line, const char *pair, const char *word,
                      const char *reason)
{
    g_autoptr(GError) error = NULL;
    IntakeAnswer answer;
    IntakeEffect effect;
    if (word == NULL || word[0] == '\0')
        return;
    bool ok = read_answer(word, &answer);
    if (!ok)
        g_set_error(&error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("'%s' is no answer: same, different or unsure."), word);
    ok = ok && answer_pair(session, pair, answer, reason, &effect, &error);
    if (!ok) {
        g_autofree char *number = i18n_integer((gint64)line);
        cli_say(session->context, _("line %s: %s"), number, error->message);
        session->refused++;
        return;
    }
    session->answered++;
    print_json(effect_json(pair, &effect));
}

static bool take_jsonl(Session *session, GError **error)
{
    g_autoptr(JsonlReader) reader = jsonl_reader_new_file(session->a->answers, error);
    for (CsvResult got = CSV_RECORD; reader != NULL && got != CSV_END;) {
        json_t *object = NULL;
        g_autoptr(GError) why = NULL;
        got = jsonl_reader_next(reader, &object, &why);
        if (got == CSV_FAILED) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        if (got == CSV_BAD) {
            cli_say(session->context, "%s", why->message);
            session->refused++;
        } else if (got == CSV_RECORD) {
            const char *pair = json_string_value(json_object_get(object, "pair"));
            take_line(session, jsonl_reader_line(reader), pair != NULL ? pair : "",
                      json_string_value(json_object_get(object, "answer")),
                      json_string_value(json_object_get(object, "reason")));
        }
    }
    return reader != NULL;
}

static bool take_csv(Session *session, GError **error)
{
    g_autoptr(CsvReader) reader = csv_reader_new_file(session->a->answers, NULL, error);
    g_autoptr(CsvTable) table = reader != NULL ? csv_table_load(reader, error) : NULL;
    if (table == NULL)
        return false;
    gssize pair = csv_table_column(table, "pair"), answer = csv_table_column(table, "answer"),
           reason = csv_table_column(table, "reason");
    if (pair < 0 || answer < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s: answers need the columns pair and answer, as --csv writes them."),
                    session->a->answers);
        return false;
    }
    for (gsize row = 0; row < table->n_rows; row++)
        take_line(session, table->lines[row], csv_table_cell(table, row, pair),
                  csv_table_cell(table, row, answer), csv_table_cell(table, row, reason));
    return true;
}

/* Answers teach: the model is learned anew, and all is compared under what was said. */
static int learn(Session *session)
{
    g_autoptr(GError) error = NULL;
    IntakeJoinSummary summary;
    if (session->answered == 0)
        return CLI_DONE;
    if (!intake_join(session->store, NULL, &summary, &error))
        return cli_fail(session->context, error);
    g_autofree char *answers = i18n_integer(summary.answers),
                    *merged = i18n_integer(summary.persons_merged),
                    *added = i18n_integer(summary.persons_added);
    if (summary.learned)
        cli_say(session->context,
                _("The model has learned from %s answers; since then %s persons were merged into "
                  "others and %s are new."),
                answers, merged, added);
    return CLI_DONE;
}

static int answer_file(Session *session)
{
    g_autoptr(GError) error = NULL;
    bool lines = g_str_has_suffix(session->a->answers, ".jsonl") ||
                 g_str_has_suffix(session->a->answers, ".json");
    if (lines ? !take_jsonl(session, &error) : !take_csv(session, &error))
        return cli_fail(session->context, error);
    g_autofree char *answered = i18n_integer(session->answered),
                    *refused = i18n_integer(session->refused);
    cli_say(session->context, _("%s answers were taken up, %s were not."), answered, refused);
    int status = learn(session);
    return status == CLI_DONE && session->refused > 0 ? CLI_INCOMPLETE : status;
}

/* ---- showing ---- */

static void csv_row(const IntakeReviewPair *pair, GString *out)
{
    g_autofree char *name = render_pair_name(pair);
    char left[STORE_ID_MAX], right[STORE_ID_MAX];
    csv_append(out, name);
    csv_append(out, store_id_format(STORE_KIND_STATEMENT, pair->left, left));
    csv_append(out, store_id_format(STORE_KIND_STATEMENT, pair->right, right));
    csv_append(out,
               pair->left_person != 0 && pair->left_person == pair->right_person ? "yes" : "no");
    csv_append_double(out, pair->probability);
    csv_append_double(out, pair->weight_bits);
    csv_append_double(out, pair->uncertainty);
    csv_append_double(out, pair->effect);
    csv_append_double(out, pair->worth);
    for (guint f = 0; f < pair->n_fields; f++)
        csv_append_double(out, pair->bits[f]);
    csv_append(out, "");
    csv_append(out, "");
    csv_append_end(out);
}

static bool write_csv(const IntakeReview *review, GError **error)
{
    static const char *const HEADS[] = {"pair",        "left",        "right",
                                        "one_person",  "probability", "weight_bits",
                                        "uncertainty", "effect",      "worth"};
    g_autoptr(GString) out = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(HEADS); i++)
        csv_append(out, HEADS[i]);
    for (guint f = 0; review->n > 0 && f < review->pairs[0].n_fields; f++) {
        g_autofree char *name = g_strconcat("weight_", review->pairs[0].fields[f], NULL);
        csv_append(out, name);
    }
    csv_append(out, "answer");
    csv_append(out, "reason");
    csv_append_end(out);
    for (gsize i = 0; i < review->n; i++)
        csv_row(&review->pairs[i], out);
    CliOutput *output = cli_output_open(NULL, error);
    if (output == NULL)
        return false;
    cli_output_write(output, out->str, out->len);
    return cli_output_close(output, error);
}

static bool write_svg(const IntakeReviewPair *pair, const char *path, GError **error)
{
    g_autofree char *svg = render_pair_svg(pair);
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return false;
    cli_output_write(output, svg, strlen(svg));
    return cli_output_close(output, error);
}

/* A look at sealed fields is written down before the fields are read. */
static bool reveal_pair(Session *session, const IntakeReviewPair *pair, GError **error)
{
    if (!session->a->reveal)
        return true;
    return store_audit_look(session->store, 0, STORE_KIND_STATEMENT, pair->left, NULL,
                            session->a->reason, error) &&
           store_audit_look(session->store, 0, STORE_KIND_STATEMENT, pair->right, NULL,
                            session->a->reason, error);
}

static bool show_pair(Session *session, const IntakeReviewPair *pair, bool json, GError **error)
{
    if (!reveal_pair(session, pair, error))
        return false;
    if (json) {
        json_t *object = link_pair_json(session->store, pair, error);
        if (object != NULL)
            print_json(object);
        return object != NULL;
    }
    g_autofree char *words = link_pair_words(session->store, pair, error);
    if (words != NULL)
        g_print("%s", words);
    return words != NULL;
}

static int show_queue(Session *session)
{
    const Arguments *a = session->a;
    g_autoptr(GError) error = NULL;
    bool table = (a->csv || a->json) && !a->next;
    gsize most = a->limit > 0 ? (gsize)a->limit : table ? 0 : 1;
    g_autoptr(IntakeReview) review = intake_join_review(session->store, most, &error);
    if (review == NULL)
        return cli_fail(session->context, error);
    bool ok = !a->csv || write_csv(review, &error);
    for (gsize i = 0; ok && !a->csv && i < review->n; i++)
        ok = show_pair(session, &review->pairs[i], a->json, &error);
    if (ok && a->svg != NULL && review->n > 0)
        ok = write_svg(&review->pairs[0], a->svg, &error);
    if (!ok)
        return cli_fail(session->context, error);
    g_autofree char *waiting = i18n_integer(review->waiting);
    if (review->waiting == 0)
        cli_say(session->context, _("No pair waits for a look."));
    else
        cli_say(session->context, _("%s pairs wait for a look, most worth it first."), waiting);
    return CLI_DONE;
}

/* Statements that say too little to be compared with any other, one a line. */
static int list_unlinkable(Session *session)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) statements = intake_join_unlinkable(session->store, &error);
    g_autoptr(GString) out = g_string_new("statement\n");
    if (statements == NULL)
        return cli_fail(session->context, error);
    for (guint i = 0; i < statements->len; i++) {
        char id[STORE_ID_MAX];
        store_id_format(STORE_KIND_STATEMENT, g_array_index(statements, gint64, i), id);
        csv_append(out, id);
        csv_append_end(out);
    }
    g_print("%s", out->str);
    g_autofree char *n = i18n_integer(statements->len);
    cli_say(session->context, _("%s statements say too little to be compared with any other."), n);
    return CLI_DONE;
}

static int show_one(Session *session, const char *name)
{
    g_autoptr(GError) error = NULL;
    IntakeReviewPair pair;
    gint64 left, right;
    bool ok = render_pair_parse(name, &left, &right, &error) &&
              intake_join_pair(session->store, left, right, &pair, &error) &&
              show_pair(session, &pair, session->a->json, &error) &&
              (session->a->svg == NULL || write_svg(&pair, session->a->svg, &error));
    return ok ? CLI_DONE : cli_fail(session->context, error);
}

/* ---- asking ---- */

/* A line that somebody typed, without its end; NULL at the end. Transfers. */
static char *read_line(void)
{
    char buffer[1024];
    if (fgets(buffer, sizeof buffer, stdin) == NULL)
        return NULL;
    return g_strstrip(g_strdup(buffer));
}

typedef enum { ASK_ANSWERED, ASK_SKIPPED, ASK_ENDED } Asked;

static Asked ask_pair(Session *session, const IntakeReviewPair *pair)
{
    g_autofree char *name = render_pair_name(pair);
    for (;;) {
        g_printerr("%s ", _("[s]ame, [d]ifferent, can't tell [u], [n]ext, [q]uit:"));
        g_autofree char *line = read_line();
        IntakeAnswer answer;
        if (line == NULL || strcmp(line, "q") == 0 || strcmp(line, "پ") == 0)
            return ASK_ENDED;
        if (strcmp(line, "n") == 0 || strcmp(line, "ب") == 0)
            return ASK_SKIPPED;
        if (!read_answer(line, &answer))
            continue;
        g_printerr("%s ", _("Why? (Enter: no word of it)"));
        g_autofree char *reason = read_line();
        g_autoptr(GError) error = NULL;
        IntakeEffect effect;
        if (!answer_pair(session, name, answer, reason != NULL && reason[0] != '\0' ? reason : NULL,
                         &effect, &error)) {
            g_printerr("%s\n", error->message);
            continue;
        }
        session->answered++;
        say_effect(session->context, &effect);
        return ASK_ANSWERED;
    }
}

/* The queue is asked for anew after each answer: it changes what else is worth a look. */
static int ask(Session *session)
{
    g_autoptr(GHashTable) skipped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (Asked asked = ASK_ANSWERED; asked != ASK_ENDED;) {
        g_autoptr(GError) error = NULL;
        g_autoptr(IntakeReview) review = intake_join_review(session->store, 0, &error);
        if (review == NULL)
            return cli_fail(session->context, error);
        g_autofree char *waiting = i18n_integer(review->waiting);
        cli_say(session->context, _("%s pairs wait for a look, most worth it first."), waiting);
        const IntakeReviewPair *pair = NULL;
        for (gsize i = 0; pair == NULL && i < review->n; i++) {
            g_autofree char *name = render_pair_name(&review->pairs[i]);
            if (!g_hash_table_contains(skipped, name))
                pair = &review->pairs[i];
        }
        if (pair == NULL)
            break;
        if (!show_pair(session, pair, false, &error))
            return cli_fail(session->context, error);
        asked = ask_pair(session, pair);
        if (asked == ASK_SKIPPED)
            g_hash_table_add(skipped, render_pair_name(pair));
    }
    return learn(session);
}

/* ---- the commands ---- */

static int review_case(CliContext *context, const Arguments *a, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    bool asks = a->ask ||
                (argc == 1 && !a->next && !a->csv && !a->json && a->answer == NULL &&
                 a->answers == NULL && a->svg == NULL && !a->unlinkable && isatty(0) && isatty(1));
    bool writes = asks || a->answer != NULL || a->answers != NULL || a->reveal;
    g_autoptr(Store) store = cli_case_open(context, writes ? STORE_WRITE : STORE_READ, &error);
    if (store == NULL)
        return cli_fail(context, error);
    Session session = {.context = context,
                       .a = a,
                       .store = store,
                       .sayer = {.by = a->by != NULL ? a->by : g_get_user_name()}};
    if (a->reveal && !store_unseal(store, 0, a->reason, &error))
        return cli_fail(context, error);
    if (a->answer != NULL)
        return answer_one(&session, argc > 1 ? argv[1] : NULL);
    if (a->answers != NULL)
        return answer_file(&session);
    if (a->unlinkable)
        return list_unlinkable(&session);
    if (asks)
        return ask(&session);
    return argc > 1 ? show_one(&session, argv[1]) : show_queue(&session);
}

int link_case_review(CliContext *context, int argc, char **argv)
{
    g_auto(Arguments) a = {0};
    const GOptionEntry entries[] = {
        {"next", 0, 0, G_OPTION_ARG_NONE, &a.next, NULL, NULL},
        {"limit", 0, 0, G_OPTION_ARG_INT, &a.limit, NULL, NULL},
        {"csv", 0, 0, G_OPTION_ARG_NONE, &a.csv, NULL, NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &a.json, NULL, NULL},
        {"svg", 0, 0, G_OPTION_ARG_FILENAME, &a.svg, NULL, NULL},
        {"unlinkable", 0, 0, G_OPTION_ARG_NONE, &a.unlinkable, NULL, NULL},
        {"ask", 0, 0, G_OPTION_ARG_NONE, &a.ask, NULL, NULL},
        {"answer", 0, 0, G_OPTION_ARG_STRING, &a.answer, NULL, NULL},
        {"answers", 0, 0, G_OPTION_ARG_FILENAME, &a.answers, NULL, NULL},
        {"reveal", 0, 0, G_OPTION_ARG_NONE, &a.reveal, NULL, NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &a.reason, NULL, NULL},
        {"by", 0, 0, G_OPTION_ARG_STRING, &a.by, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 2)
        return cli_usage(context, "%s", _("One pair at a time, such as T4-T9."));
    if (a.reveal && (a.reason == NULL || a.reason[strspn(a.reason, " ")] == '\0'))
        return cli_usage(context, "%s",
                         _("--reveal needs --reason \"why\": it is written down in the case."));
    return review_case(context, &a, argc, argv);
}

int link_case_undo(CliContext *context, int argc, char **argv)
{
    g_autofree char *reason = NULL, *by = NULL;
    const GOptionEntry entries[] = {
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, NULL, NULL},
        {"by", 0, 0, G_OPTION_ARG_STRING, &by, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc != 2)
        return cli_usage(context, "%s", _("Give one id, such as LK12, JN3 or VD5."));
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    if (!store_id_read(argv[1], STORE_KIND_NONE, &kind, &id, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    const IntakeSayer sayer = {.by = by != NULL ? by : g_get_user_name(), .reason = reason};
    IntakeEffect effect;
    if (store == NULL || !intake_join_undo(store, kind, id, &sayer, &effect, &error))
        return cli_fail(context, error);
    say_effect(context, &effect);
    print_json(effect_json(NULL, &effect));
    return CLI_DONE;
}
