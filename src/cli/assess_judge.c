/* cli/assess_judge.c: `zenhar assess
 * rate|accept|reject|withdraw|proposals|judgements|agreement|changes| final`: what people decide
 * about the rules' proposals. */
#include "cli/assess_sub.h"

#include "assess/assess.h"
#include "assess/compare.h"
#include "assess/judge.h"
#include "base/csv.h"
#include "cli/case.h"
#include "store/link.h"
#include <math.h>
#include <string.h>

typedef struct {
    char *analyst, *reason, *evidence, *against, *trend, *confidence, *level, *output;
    gboolean leave_open;
} Arguments;

static void arguments_clear(Arguments *a)
{
    char *texts[] = {a->analyst, a->reason,     a->evidence, a->against,
                     a->trend,   a->confidence, a->level,    a->output};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static bool parse(CliContext *context, Arguments *a, int *argc, char ***argv, int *status)
{
    const GOptionEntry entries[] = {
        {"analyst", 0, 0, G_OPTION_ARG_STRING, &a->analyst, NULL, NULL},
        {"author", 0, 0, G_OPTION_ARG_STRING, &a->analyst, NULL, NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &a->reason, NULL, NULL},
        {"evidence", 0, 0, G_OPTION_ARG_STRING, &a->evidence, NULL, NULL},
        {"against", 0, 0, G_OPTION_ARG_STRING, &a->against, NULL, NULL},
        {"trend", 0, 0, G_OPTION_ARG_STRING, &a->trend, NULL, NULL},
        {"confidence", 0, 0, G_OPTION_ARG_STRING, &a->confidence, NULL, NULL},
        {"level", 0, 0, G_OPTION_ARG_STRING, &a->level, NULL, NULL},
        {"leave-open", 0, 0, G_OPTION_ARG_NONE, &a->leave_open, NULL, NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &a->output, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    return cli_parse(context, entries, argc, argv, status);
}

/* ---- decisions ---- */

static bool read_ids(const char *text, bool against, GArray *evidence, GError **error)
{
    g_auto(GStrv) ids = g_strsplit_set(text != NULL ? text : "", ", ", -1);
    for (char **id = ids; *id != NULL; id++) {
        JudgeEvidence one = {.against = against};
        if (**id == '\0')
            continue;
        if (!store_id_read(*id, STORE_KIND_NONE, &one.kind, &one.id, error))
            return false;
        g_array_append_val(evidence, one);
    }
    return true;
}

static void tell_judgement(CliContext *context, Store *store, gint64 id)
{
    g_autoptr(StoreJudgement) judgement = store_judgement_load(store, id, NULL);
    if (judgement == NULL)
        return;
    char printed[STORE_ID_MAX];
    g_autofree char *number = i18n_digits(judgement->indicator);
    cli_say(context, _("%s: %s %s: %s, %s."),
            store_id_format(STORE_KIND_JUDGEMENT, judgement->id, printed), judgement->analyst,
            judge_decision_title(judgement->decision, i18n_language()), number,
            assess_level_title(judgement->level, i18n_language()));
    const AssessIndicator *indicator = assess_indicator_find(judgement->indicator);
    if (indicator != NULL && !indicator->confirmed)
        cli_say(context, "%s", _("The framework's wording of this indicator is not confirmed."));
}

static bool decide(CliContext *context, const Arguments *a, JudgeDecision decision,
                   const char *indicator, const char *level, GError **error)
{
    g_autoptr(GArray) evidence = g_array_new(FALSE, TRUE, sizeof(JudgeEvidence));
    JudgeRating rating = {.analyst = a->analyst,
                          .indicator = indicator,
                          .decision = decision,
                          .level = -1,
                          .trend = a->trend,
                          .reason = a->reason};
    if ((level != NULL && !judge_level_parse(level, &rating.level, error)) ||
        (a->confidence != NULL &&
         !judge_confidence_parse(a->confidence, &rating.confidence, error)) ||
        !read_ids(a->evidence, false, evidence, error) ||
        !read_ids(a->against, true, evidence, error))
        return false;
    rating.evidence = (const JudgeEvidence *)(void *)evidence->data;
    rating.n_evidence = evidence->len;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, error);
    gint64 id;
    if (store == NULL || !judge_add(store, &rating, &id, error))
        return false;
    tell_judgement(context, store, id);
    return true;
}

static int run_decision(CliContext *context, int argc, char **argv, JudgeDecision decision)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {0};
    if (!parse(context, &a, &argc, &argv, &status))
        return status;
    bool rates = decision == JUDGE_RATE;
    if (argc != (rates ? 3 : 2))
        return cli_usage(context, "%s",
                         rates ? _("Name an indicator and a level, such as: rate 7.8 present "
                                   "--analyst NAME --reason TEXT --evidence R12,AL3.")
                               : _("Name one indicator, such as 7.8."));
    g_autoptr(GError) error = NULL;
    if (decide(context, &a, decision, argv[1], rates ? argv[2] : a.level, &error))
        return CLI_DONE;
    return cli_fail(context, error);
}

int assess_rate(CliContext *context, int argc, char **argv)
{
    return run_decision(context, argc, argv, JUDGE_RATE);
}

int assess_accept(CliContext *context, int argc, char **argv)
{
    return run_decision(context, argc, argv, JUDGE_ACCEPT);
}

int assess_reject(CliContext *context, int argc, char **argv)
{
    return run_decision(context, argc, argv, JUDGE_REJECT);
}

int assess_withdraw(CliContext *context, int argc, char **argv)
{
    return run_decision(context, argc, argv, JUDGE_WITHDRAW);
}

/* ---- what stands ---- */

static StoreAssessment *newest(Store *store, GError **error)
{
    const StorePage page = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) list = store_assessment_list(store, &page, error);
    if (list != NULL && list->len == 0)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("There is no assessment in this case yet. Make one: zenhar assess run."));
    if (list == NULL || list->len == 0)
        return NULL;
    g_ptr_array_set_free_func(list, NULL);
    return g_ptr_array_index(list, 0);
}

/* "R12 AL3": what a record rests on; "-R5" speaks against it. */
static bool append_links(Store *store, StoreKind kind, gint64 id, GString *text, GError **error)
{
    g_autoptr(GPtrArray) links = store_link_list_from(store, kind, id, NULL, error);
    g_autoptr(GString) ids = g_string_new(NULL);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        char printed[STORE_ID_MAX];
        g_string_append_printf(ids, "%s%s%s", ids->len > 0 ? " " : "",
                               g_strcmp0(link->role, "contradicts") == 0 ? "-" : "",
                               store_id_format((StoreKind)link->to_kind, link->to_id, printed));
    }
    csv_append(text, ids->str);
    return links != NULL;
}

static const char *confirmed_word(const AssessIndicator *indicator)
{
    return indicator != NULL && indicator->confirmed ? "yes" : "no";
}

static void append_level(GString *text, gint32 level)
{
    csv_append_integer(text, level);
    csv_append(text, assess_level_title(level, i18n_language()));
}

/* Proposals of the rules with what has been decided; those nobody has judged say "open". */
static bool write_proposals(CliContext *context, const Arguments *a, Store *store, GError **error)
{
    g_autoptr(StoreAssessment) assessment = newest(store, error);
    g_autoptr(GPtrArray) ratings =
        assessment != NULL ? store_rating_list_by_assessment(store, assessment->id, NULL, error)
                           : NULL;
    if (ratings == NULL)
        return false;
    g_autoptr(GString) text =
        g_string_new("indicator,title,proposed,proposed_name,state,level,level_name,trend,reason,"
                     "evidence,wording_confirmed\n");
    gint64 open = 0;
    for (guint i = 0; i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        gint32 low, high, proposed = judge_proposal(rating);
        guint n;
        if (rating->indicator == NULL || proposed < 0)
            continue;
        bool differ = judge_range(rating, &low, &high, &n);
        const AssessIndicator *indicator = assess_indicator_find(rating->indicator);
        g_autofree char *why = assess_rating_sentence(rating, i18n_language());
        csv_append(text, rating->indicator);
        csv_append(text,
                   indicator != NULL ? assess_indicator_title(indicator, i18n_language()) : "");
        append_level(text, proposed);
        csv_append(text, n == 0 ? "open" : differ ? "differ" : "judged");
        append_level(text, rating->level);
        csv_append(text, rating->trend != NULL ? rating->trend : "");
        csv_append(text, why);
        if (!append_links(store, STORE_KIND_RATING, rating->id, text, error))
            return false;
        csv_append(text, confirmed_word(indicator));
        csv_append_end(text);
        open += n == 0;
    }
    g_autofree char *number = i18n_integer(open);
    cli_say(context,
            _("%s proposals wait for somebody's judgement (zenhar assess accept, rate, "
              "reject)."),
            number);
    return assess_write_csv(a->output, text, error);
}

static bool write_judgements(CliContext *context, const Arguments *a, Store *store, GError **error)
{
    (void)context;
    g_autoptr(GPtrArray) all = store_judgement_list(store, NULL, error);
    g_autoptr(GPtrArray) in_force = all != NULL ? judge_in_force(store, 0, error) : NULL;
    if (in_force == NULL)
        return false;
    g_autoptr(GString) text =
        g_string_new("id,assessment,indicator,analyst,decision,proposed,level,level_name,trend,"
                     "confidence,reason,evidence,in_force,made,wording_confirmed\n");
    for (guint i = 0; i < all->len; i++) {
        const StoreJudgement *j = g_ptr_array_index(all, i);
        bool stands = false;
        for (guint k = 0; k < in_force->len; k++)
            stands |= ((const StoreJudgement *)g_ptr_array_index(in_force, k))->id == j->id;
        char id[STORE_ID_MAX];
        csv_append(text, store_id_format(STORE_KIND_JUDGEMENT, j->id, id));
        csv_append(text, store_id_format(STORE_KIND_ASSESSMENT, j->assessment_id, id));
        csv_append(text, j->indicator);
        csv_append(text, j->analyst);
        csv_append(text, j->decision);
        csv_append_integer(text, j->proposed);
        append_level(text, j->level);
        csv_append(text, j->trend != NULL ? j->trend : "");
        csv_append(text, j->confidence != NULL ? j->confidence : "");
        csv_append(text, j->reason != NULL ? j->reason : "");
        if (!append_links(store, STORE_KIND_JUDGEMENT, j->id, text, error))
            return false;
        csv_append(text, stands ? "yes" : "no");
        assess_append_day(text, (gint32)(j->created / 86400));
        csv_append(text, confirmed_word(assess_indicator_find(j->indicator)));
        csv_append_end(text);
    }
    return assess_write_csv(a->output, text, error);
}

static void tell_agreement(CliContext *context, const Agreement *agreement, guint analysts)
{
    g_autofree char *people = i18n_integer(analysts);
    g_autofree char *units = i18n_integer((gint64)agreement->n_units);
    if (isnan(agreement->alpha)) {
        cli_say(context,
                _("%s analysts, %s indicators rated by two or more: too little, or too much alike, "
                  "to say how far they agree."),
                people, units);
        return;
    }
    g_autofree char *alpha = i18n_decimal(agreement->alpha, 3);
    cli_say(
        context,
        _("Krippendorff's alpha (ordinal) %s; %s analysts, %s indicators rated by two or more."),
        alpha, people, units);
    if (!isnan(agreement->lower)) {
        g_autofree char *lower = i18n_decimal(agreement->lower, 2);
        g_autofree char *upper = i18n_decimal(agreement->upper, 2);
        cli_say(context, _("Drawing the indicators anew gives %s to %s in 95 of 100 draws."), lower,
                upper);
    }
    cli_say(context, "%s",
            agreement->alpha >= 0.8 ? _("Krippendorff calls 0.8 and above reliable.")
            : agreement->alpha >= 0.667
                ? _("Between 0.667 and 0.8 only tentative conclusions are fit (Krippendorff).")
                : _("Below 0.667 the ratings do not agree enough to conclude from them: read the "
                    "reasons side by side."));
}

/* A row for each indicator that two or more rated, a column for each analyst. */
static bool write_agreement(CliContext *context, const Arguments *a, Store *store, GError **error)
{
    g_autoptr(GPtrArray) in_force = judge_in_force(store, 0, error);
    Agreement agreement;
    guint n_analysts;
    if (in_force == NULL || !judge_agreement(in_force, &agreement, &n_analysts, error))
        return false;
    g_autoptr(GString) text = g_string_new("indicator,analyst,level,level_name,confidence,range\n");
    for (guint i = 0; i < in_force->len; i++) {
        const StoreJudgement *j = g_ptr_array_index(in_force, i);
        gint32 low = j->level, high = j->level;
        guint n = 0;
        for (guint k = 0; k < in_force->len; k++) {
            const StoreJudgement *other = g_ptr_array_index(in_force, k);
            if (strcmp(other->indicator, j->indicator) != 0)
                continue;
            low = MIN(low, other->level);
            high = MAX(high, other->level);
            n++;
        }
        if (n < 2)
            continue;
        g_autofree char *range =
            low == high ? g_strdup_printf("%d", low) : g_strdup_printf("%d-%d", low, high);
        csv_append(text, j->indicator);
        csv_append(text, j->analyst);
        append_level(text, j->level);
        csv_append(text, j->confidence != NULL ? j->confidence : "");
        csv_append(text, range);
        csv_append_end(text);
    }
    tell_agreement(context, &agreement, n_analysts);
    return assess_write_csv(a->output, text, error);
}

/* "7.6: evidence added: R12 AL3" */
static void append_records(GString *text, const AssessDifference *row, const GArray *records,
                           const char *format)
{
    g_autoptr(GString) ids = g_string_new(NULL);
    for (guint i = 0; i < records->len; i++) {
        const StoreTraceStep *one = &g_array_index(records, StoreTraceStep, i);
        char id[STORE_ID_MAX];
        g_string_append_printf(ids, "%s%s", i > 0 ? " " : "",
                               store_id_format(one->kind, one->id, id));
    }
    if (records->len == 0)
        return;
    g_autofree char *number =
        i18n_digits(row->indicator != NULL ? row->indicator->id : row->factor);
    g_autofree char *line = g_strdup_printf(format, number, ids->str);
    g_string_append_printf(text, "%s\n", line);
}

static void append_comparison(GString *text, const AssessComparison *comparison)
{
    for (guint i = 0; i < comparison->rows->len; i++) {
        const AssessDifference *row = comparison->rows->pdata[i];
        g_autofree char *line = assess_difference_sentence(row, i18n_language());
        g_string_append_printf(text, "%s%s", line, line[0] != '\0' ? "\n" : "");
        append_records(text, row, row->now.records, _("%s: evidence added: %s"));
        append_records(text, row, row->before.records, _("%s: evidence taken away: %s"));
    }
    for (guint i = 0; i < comparison->judgements->len; i++) {
        g_autofree char *line =
            assess_judgement_sentence(comparison->judgements->pdata[i], i18n_language());
        g_string_append_printf(text, "%s\n", line);
    }
}

/* words: two ids; NULL: the newest and the one before it. */
static bool write_changes(CliContext *context, const Arguments *a, Store *store, char **words,
                          GError **error)
{
    StoreKind kind;
    gint64 one, other;
    if (words == NULL) {
        g_autoptr(StoreAssessment) assessment = newest(store, error);
        if (assessment == NULL)
            return false;
        one = assessment->id;
        other = assessment->previous_id;
        char id[STORE_ID_MAX];
        if (other == 0) {
            cli_say(context, _("%s is the first: there is nothing to compare it with."),
                    store_id_format(STORE_KIND_ASSESSMENT, one, id));
            return true;
        }
    } else if (!store_id_read(words[0], STORE_KIND_ASSESSMENT, &kind, &one, error) ||
               !store_id_read(words[1], STORE_KIND_ASSESSMENT, &kind, &other, error)) {
        return false;
    }
    g_autoptr(AssessComparison) comparison =
        assess_compare(store, one, other, i18n_language(), error);
    if (comparison == NULL)
        return false;
    char id[STORE_ID_MAX], before[STORE_ID_MAX];
    store_id_format(STORE_KIND_ASSESSMENT, comparison->now->id, id);
    store_id_format(STORE_KIND_ASSESSMENT, comparison->before->id, before);
    g_autoptr(GString) text = g_string_new(NULL);
    append_comparison(text, comparison);
    cli_say(context, text->len > 0 ? _("%s, since %s:") : _("%s: no level is different since %s."),
            id, before);
    return assess_write_csv(a->output, text, error);
}

typedef bool Writer(CliContext *context, const Arguments *a, Store *store, GError **error);

static int run_writer(CliContext *context, int argc, char **argv, Writer *writer)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {0};
    if (!parse(context, &a, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store != NULL && writer(context, &a, store, &error))
        return CLI_DONE;
    return cli_fail(context, error);
}

int assess_proposals(CliContext *context, int argc, char **argv)
{
    return run_writer(context, argc, argv, write_proposals);
}

int assess_judgements(CliContext *context, int argc, char **argv)
{
    return run_writer(context, argc, argv, write_judgements);
}

int assess_agreement(CliContext *context, int argc, char **argv)
{
    return run_writer(context, argc, argv, write_agreement);
}

int assess_what_changed(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {0};
    if (!parse(context, &a, &argc, &argv, &status))
        return status;
    if (argc != 1 && argc != 3)
        return cli_usage(context, "%s",
                         _("Name two versions, such as AS1 AS3, or none: then the newest and the "
                           "one before it."));
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    if (store != NULL && write_changes(context, &a, store, argc == 3 ? argv + 1 : NULL, &error))
        return CLI_DONE;
    return cli_fail(context, error);
}

/* ---- final ---- */

int assess_final(CliContext *context, int argc, char **argv)
{
    int status = CLI_DONE;
    g_auto(Arguments) a = {0};
    if (!parse(context, &a, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    gint64 assessment, entry;
    if (store == NULL ||
        !judge_finalize(store, a.analyst, a.reason, a.leave_open, &assessment, &entry, &error))
        return cli_fail(context, error);
    char id[STORE_ID_MAX], kept[STORE_ID_MAX];
    cli_say(context,
            _("%s is final, and stands in the ledger as %s. Alerts made from it are no drafts "
              "any more."),
            store_id_format(STORE_KIND_ASSESSMENT, assessment, id),
            store_id_format(STORE_KIND_PREDICTION, entry, kept));
    return CLI_DONE;
}
