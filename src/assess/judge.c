/* assess/judge.c: one decision of one analyst; a draft made final. */
#include "assess/judge_private.h"

#include "assess/ledger.h"
#include "store/record.h"
#include <string.h>

static const char *const DECISIONS[] = {[JUDGE_ACCEPT] = "accepted",
                                        [JUDGE_RATE] = "changed",
                                        [JUDGE_REJECT] = "rejected",
                                        [JUDGE_WITHDRAW] = "withdrawn"};

/* ---- the draft ---- */

static StoreAssessment *newest(Store *store, GError **error)
{
    const StorePage page = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) list = store_assessment_list(store, &page, error);
    if (list == NULL)
        return NULL;
    if (list->len == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("There is no assessment in this case yet. Make one: zenhar assess run."));
        return NULL;
    }
    g_ptr_array_set_free_func(list, NULL);
    return g_ptr_array_index(list, 0);
}

static bool is_final(const StoreAssessment *assessment)
{
    return g_strcmp0(assessment->status, "final") == 0;
}

static bool copy_links(Store *store, StoreKind kind, gint64 from, gint64 to, GError **error)
{
    g_autoptr(GPtrArray) links = store_link_list_from(store, kind, from, NULL, error);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        if (!store_link_join(store, kind, to, (StoreKind)link->to_kind, link->to_id, link->role,
                             error))
            return false;
    }
    return links != NULL;
}

/* A new draft that begins as the final one's copy. */
static bool copy_assessment(Store *store, StoreAssessment *assessment, GError **error)
{
    gint64 before = assessment->id;
    g_autoptr(GPtrArray) ratings = store_rating_list_by_assessment(store, before, NULL, error);
    if (ratings == NULL)
        return false;
    assessment->id = 0;
    assessment->created = 0;
    assessment->previous_id = before;
    g_free(assessment->status);
    assessment->status = g_strdup("draft");
    if (!store_assessment_add(store, assessment, error) ||
        !copy_links(store, STORE_KIND_ASSESSMENT, before, assessment->id, error))
        return false;
    for (guint i = 0; i < ratings->len; i++) {
        StoreRating *rating = g_ptr_array_index(ratings, i);
        gint64 old = rating->id;
        rating->id = 0;
        rating->assessment_id = assessment->id;
        if (!store_rating_add(store, rating, error) ||
            !copy_links(store, STORE_KIND_RATING, old, rating->id, error))
            return false;
    }
    return true;
}

static StoreAssessment *open_draft(Store *store, GError **error)
{
    g_autoptr(StoreAssessment) assessment = newest(store, error);
    if (assessment == NULL || (is_final(assessment) && !copy_assessment(store, assessment, error)))
        return NULL;
    return g_steal_pointer(&assessment);
}

static StoreRating *take_rating(Store *store, gint64 assessment_id, const char *factor,
                                const char *indicator, GError **error)
{
    g_autoptr(GPtrArray) ratings =
        store_rating_list_by_assessment(store, assessment_id, NULL, error);
    for (guint i = 0; ratings != NULL && i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        if (g_strcmp0(rating->factor, factor) == 0 && g_strcmp0(rating->indicator, indicator) == 0)
            return store_rating_load(store, rating->id, error);
    }
    return NULL;
}

/* ---- checks ---- */

static bool empty(const char *text)
{
    return text == NULL || text[strspn(text, " \t\n")] == '\0';
}

/* Evidence that somebody withdrew, rejected or dismissed supports nothing. */
static bool evidence_stands(Store *store, const JudgeEvidence *evidence, GError **error)
{
    char id[STORE_ID_MAX];
    store_id_format(evidence->kind, evidence->id, id);
    void *record = store_record_load(store, evidence->kind, evidence->id, error);
    if (record == NULL)
        return false;
    bool stands = true;
    if (evidence->kind == STORE_KIND_REPORT) {
        const StoreReport *report = record;
        stands = store_report_counted(report);
    } else if (evidence->kind == STORE_KIND_ALARM) {
        stands = g_strcmp0(((const StoreAlarm *)record)->status, "dismissed") != 0;
    }
    store_record_free(evidence->kind, record);
    return stands ||
           zenhar_error_usage(
               error,
               _("%s was withdrawn, rejected, dismissed or graded E5: it supports no rating."), id);
}

static bool can_be_evidence(StoreKind kind)
{
    static const StoreKind KINDS[] = {
        STORE_KIND_REPORT,   STORE_KIND_STATEMENT, STORE_KIND_ACT,
        STORE_KIND_ALARM,    STORE_KIND_FIGURE,    STORE_KIND_CRISIS,
        STORE_KIND_ESTIMATE, STORE_KIND_SERIES,    STORE_KIND_ORIGINAL};
    for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++)
        if (KINDS[i] == kind)
            return true;
    return false;
}

static bool check_evidence(Store *store, const JudgeRating *rating, GError **error)
{
    for (gsize i = 0; i < rating->n_evidence; i++) {
        const JudgeEvidence *evidence = &rating->evidence[i];
        char id[STORE_ID_MAX];
        if (!can_be_evidence(evidence->kind))
            return zenhar_error_usage(
                error,
                _("%s is no evidence: a rating rests on reports, statements, acts, alarms, "
                  "figures, crises, estimates, series or originals."),
                store_id_format(evidence->kind, evidence->id, id));
        if (!evidence_stands(store, evidence, error))
            return false;
    }
    return true;
}

static gsize n_for(const JudgeRating *rating)
{
    gsize n = 0;
    for (gsize i = 0; i < rating->n_evidence; i++)
        n += !rating->evidence[i].against;
    return n;
}

static bool check_words(const JudgeRating *rating, const StoreJudgement *judgement, GError **error)
{
    static const char *const TRENDS[] = {"rising", "steady", "falling"};
    bool trend = rating->trend == NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(TRENDS); i++)
        trend = trend || g_strcmp0(rating->trend, TRENDS[i]) == 0;
    if (!trend)
        return zenhar_error_usage(error, _("“%s” is no trend: rising, steady, falling."),
                                  rating->trend);
    if (rating->decision != JUDGE_ACCEPT && empty(rating->reason))
        return zenhar_error_usage(error, _("A reason is needed: why is %s rated so?"),
                                  rating->indicator);
    if (judgement->level > 0 && rating->confidence == NULL)
        return zenhar_error_usage(
            error,
            _("Say by which standard of proof %s holds: suspicion, grounds, balance, "
              "convincing, beyond-doubt."),
            rating->indicator);
    return true;
}

/* What the decision makes of the proposal; false with a sentence. */
static bool settle_level(const JudgeRating *rating, const StoreRating *own,
                         StoreJudgement *judgement, GError **error)
{
    gint32 proposed = judgement->proposed;
    switch (rating->decision) {
    case JUDGE_ACCEPT:
        if (proposed < 0)
            return zenhar_error_usage(
                error,
                _("No rule proposes a level for %s: there is nothing to accept. Rate "
                  "it yourself, with its evidence."),
                rating->indicator);
        judgement->level = proposed;
        break;
    case JUDGE_REJECT:
        if (proposed < 0)
            return zenhar_error_usage(
                error, _("No rule proposes a level for %s: there is nothing to reject."),
                rating->indicator);
        judgement->level = rating->level;
        break;
    case JUDGE_WITHDRAW:
        judgement->level = -1;
        break;
    case JUDGE_RATE:
        judgement->level = rating->level;
        if (rating->level < 0 || rating->level > 3)
            return zenhar_error_usage(error,
                                      _("A level is needed: absent, weak, present or strong."));
        break;
    }
    bool keeps = rating->decision == JUDGE_ACCEPT && own != NULL && rating->trend == NULL;
    judgement->trend = g_strdup(keeps ? own->trend : rating->trend);
    return true;
}

/* ---- writing ---- */

static bool link_evidence(Store *store, const JudgeRating *rating, gint64 judgement_id,
                          const StoreRating *proposal, GError **error)
{
    for (gsize i = 0; i < rating->n_evidence; i++)
        if (!store_link_join(store, STORE_KIND_JUDGEMENT, judgement_id, rating->evidence[i].kind,
                             rating->evidence[i].id,
                             rating->evidence[i].against ? "contradicts" : "evidence", error))
            return false;
    if (rating->decision != JUDGE_ACCEPT)
        return true;
    g_autoptr(GPtrArray) links =
        store_link_list_from(store, STORE_KIND_RATING, proposal->id, NULL, error);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        if (!store_link_join(store, STORE_KIND_JUDGEMENT, judgement_id, (StoreKind)link->to_kind,
                             link->to_id, link->role, error))
            return false;
    }
    return links != NULL;
}

static bool write_rating(Store *store, gint64 assessment_id, const char *factor,
                         const char *indicator, StoreRating *own, GError **error)
{
    g_autoptr(GPtrArray) in_force = judge_in_force(store, assessment_id, error);
    if (in_force == NULL)
        return false;
    g_autoptr(StoreRating) fresh = own == NULL ? store_rating_new() : NULL;
    StoreRating *rating = own != NULL ? own : fresh;
    if (own == NULL) {
        rating->assessment_id = assessment_id;
        rating->factor = g_strdup(factor);
        rating->indicator = g_strdup(indicator);
    }
    judge_combine(rating, in_force);
    return (own != NULL ? store_rating_update(store, rating, error)
                        : store_rating_add(store, rating, error)) &&
           judge_link(store, rating, in_force, error) &&
           judge_rate_factor(store, assessment_id, factor, NULL, error);
}

/* As high as its highest indicator; which ones these are is the reason. */
bool judge_rate_factor(Store *store, gint64 assessment_id, const char *factor, gint32 *ret_level,
                       GError **error)
{
    g_autoptr(GPtrArray) ratings =
        store_rating_list_by_assessment(store, assessment_id, NULL, error);
    if (ratings == NULL)
        return false;
    gint32 highest = -1;
    StoreRating *whole = NULL;
    for (guint i = 0; i < ratings->len; i++) {
        StoreRating *rating = g_ptr_array_index(ratings, i);
        if (g_strcmp0(rating->factor, factor) != 0)
            continue;
        if (rating->indicator == NULL)
            whole = rating;
        else
            highest = MAX(highest, rating->level);
    }
    g_autoptr(StoreRating) fresh = whole == NULL ? store_rating_new() : NULL;
    StoreRating *own = whole != NULL ? whole : fresh;
    json_t *indicators = json_array();
    for (guint i = 0; i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        if (g_strcmp0(rating->factor, factor) == 0 && rating->indicator != NULL &&
            rating->level == highest && highest >= 0)
            json_array_append_new(indicators, json_string(rating->indicator));
    }
    own->assessment_id = assessment_id;
    if (ret_level != NULL)
        *ret_level = highest;
    own->level = highest;
    g_free(own->rationale);
    json_t *reason = json_pack("[{s:s, s:o}]", "rule", "highest", "indicators", indicators);
    own->rationale = assess_json_write(reason);
    g_free(own->method);
    own->method = g_strdup("analysts");
    if (highest < 0) {
        g_clear_pointer(&own->rationale, g_free);
        g_clear_pointer(&own->trend, g_free);
    }
    if (whole == NULL)
        own->factor = g_strdup(factor);
    if (!(whole != NULL ? store_rating_update(store, own, error)
                        : store_rating_add(store, own, error)))
        return false;
    for (guint i = 0; i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        if (g_strcmp0(rating->factor, factor) == 0 && rating->indicator != NULL &&
            !store_link_join(store, STORE_KIND_RATING, own->id, STORE_KIND_RATING, rating->id,
                             "part", error))
            return false;
    }
    return true;
}

static bool decide(Store *store, const JudgeRating *rating, gint64 *ret_judgement_id,
                   GError **error)
{
    const AssessIndicator *indicator = assess_indicator_find(rating->indicator);
    const AssessFramework *framework = assess_framework(error);
    if (framework == NULL)
        return false;
    if (indicator == NULL)
        return zenhar_error_usage(error,
                                  _("The framework has no indicator “%s”. List them: zenhar assess "
                                    "indicators."),
                                  rating->indicator != NULL ? rating->indicator : "");
    if (empty(rating->analyst))
        return zenhar_error_usage(error, _("Say who rates: --analyst NAME."));
    g_autoptr(StoreAssessment) draft = open_draft(store, error);
    if (draft == NULL)
        return false;
    const char *factor = framework->factors[indicator->factor].code;
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreRating) own = take_rating(store, draft->id, factor, indicator->id, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    g_autoptr(StoreJudgement) judgement = store_judgement_new();
    judgement->proposed = judge_proposal(own);
    if (!settle_level(rating, own, judgement, error) || !check_words(rating, judgement, error) ||
        !check_evidence(store, rating, error))
        return false;
    if (judgement->level > 0 && rating->decision != JUDGE_ACCEPT && n_for(rating) == 0)
        return zenhar_error_usage(
            error,
            _("%s has no evidence: it cannot be rated above absent. Name what it rests on, "
              "such as --evidence R12,AL3."),
            rating->indicator);
    bool unproposed = rating->decision == JUDGE_RATE && judgement->proposed < 0;
    judgement->assessment_id = draft->id;
    judgement->rating_id = own != NULL && judgement->proposed >= 0 ? own->id : 0;
    judgement->factor = g_strdup(factor);
    judgement->indicator = g_strdup(indicator->id);
    judgement->analyst = g_strstrip(g_strdup(rating->analyst));
    judgement->user_id = rating->user_id;
    judgement->decision = g_strdup(unproposed ? "own" : DECISIONS[rating->decision]);
    judgement->confidence = g_strdup(judgement->level >= 0 ? rating->confidence : NULL);
    judgement->reason = g_strdup(rating->reason);
    if (!store_judgement_add(store, judgement, error) ||
        !link_evidence(store, rating, judgement->id, own, error) ||
        !write_rating(store, draft->id, factor, indicator->id, own, error))
        return false;
    *ret_judgement_id = judgement->id;
    return true;
}

bool judge_add(Store *store, const JudgeRating *rating, gint64 *ret_judgement_id, GError **error)
{
    gint64 id = 0;
    if (!store_begin(store, error))
        return false;
    if (!decide(store, rating, &id, error)) {
        store_rollback(store);
        return false;
    }
    if (!store_commit(store, error))
        return false;
    if (ret_judgement_id != NULL)
        *ret_judgement_id = id;
    return true;
}

/* ---- a forecast beside the ratings ---- */

static bool set_forecast(Store *store, double probability, double low, double high,
                         const char *method, GError **error)
{
    g_autoptr(StoreAssessment) draft = open_draft(store, error);
    if (draft == NULL)
        return false;
    draft->probability = probability;
    draft->probability_low = low;
    draft->probability_high = high;
    g_free(draft->forecast_method);
    draft->forecast_method = g_strdup(method);
    return store_assessment_update(store, draft, error);
}

bool judge_set_forecast(Store *store, double probability, double low, double high,
                        const char *method, GError **error)
{
    if (!store_begin(store, error))
        return false;
    if (!set_forecast(store, probability, low, high, method, error)) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, error);
}

/* ---- final ---- */

static bool nobody_judged(const StoreRating *rating)
{
    gint32 low, high;
    guint analysts;
    judge_range(rating, &low, &high, &analysts);
    return rating->indicator != NULL && judge_proposal(rating) >= 0 && analysts == 0;
}

static bool check_judged(Store *store, gint64 assessment_id, GError **error)
{
    g_autoptr(GPtrArray) ratings =
        store_rating_list_by_assessment(store, assessment_id, NULL, error);
    if (ratings == NULL)
        return false;
    g_autoptr(GString) open = g_string_new(NULL);
    for (guint i = 0; i < ratings->len; i++) {
        const StoreRating *rating = g_ptr_array_index(ratings, i);
        if (nobody_judged(rating))
            g_string_append_printf(open, " %s", rating->indicator);
    }
    return open->len == 0 ||
           zenhar_error_usage(error,
                              _("Nobody has judged these proposals of the rules:%s. Accept, "
                                "change or reject each, "
                                "or say --leave-open."),
                              open->str);
}

static bool finalize(Store *store, const char *author, const char *reason, bool leave_open,
                     gint64 *ret_assessment_id, gint64 *ret_prediction_id, GError **error)
{
    g_autoptr(StoreAssessment) assessment = newest(store, error);
    if (assessment == NULL)
        return false;
    char id[STORE_ID_MAX];
    store_id_format(STORE_KIND_ASSESSMENT, assessment->id, id);
    if (is_final(assessment))
        return zenhar_error_usage(
            error,
            _("%s is final already. A new one begins with the next rating, or "
              "with new data (zenhar assess run)."),
            id);
    if (empty(author) || empty(reason))
        return zenhar_error_usage(error,
                                  _("Who makes it final, and why? --author NAME --reason TEXT."));
    if (!leave_open && !check_judged(store, assessment->id, error))
        return false;
    g_free(assessment->status);
    assessment->status = g_strdup("final");
    g_free(assessment->author);
    assessment->author = g_strdup(author);
    g_free(assessment->summary);
    assessment->summary = g_strdup(reason);
    *ret_assessment_id = assessment->id;
    return store_assessment_update(store, assessment, error) &&
           ledger_keep_assessment(store, assessment, ret_prediction_id, error);
}

bool judge_finalize(Store *store, const char *author, const char *reason, bool leave_open,
                    gint64 *ret_assessment_id, gint64 *ret_prediction_id, GError **error)
{
    gint64 assessment_id = 0, prediction_id = 0;
    if (!store_begin(store, error))
        return false;
    if (!finalize(store, author, reason, leave_open, &assessment_id, &prediction_id, error)) {
        store_rollback(store);
        return false;
    }
    if (!store_commit(store, error))
        return false;
    if (ret_assessment_id != NULL)
        *ret_assessment_id = assessment_id;
    if (ret_prediction_id != NULL)
        *ret_prediction_id = prediction_id;
    return true;
}
