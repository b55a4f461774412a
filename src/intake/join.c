/* A run of linking over a case: read, match, write, in one transaction. */
#include "intake/join.h"

#include "base/i18n.h"
#include "intake/join_private.h"
#include "store/query_join.h"
#include "store/user.h"

IntakeJoinOptions intake_join_options_default(void)
{
    return (IntakeJoinOptions){.threshold = 0.5, .seed = 1, .days_between = 7};
}

/* The model of an earlier run serves until the case has doubled or somebody has answered since;
 * then it is learned, and all is compared, anew. */
static bool serves(const JoinModel *model, const JoinRecords *records, const JoinVerdicts *verdicts,
                   gint64 parts)
{
    return (gint64)records->n < 2 * model->records && model->answers == verdicts->last && parts > 0;
}

static bool keep_model(Store *store, const JoinMatch *match, const JoinRecords *records,
                       const JoinVerdicts *verdicts, double threshold, GError **error)
{
    const JoinModel model = {.model = match->model,
                             .columns = match->columns,
                             .records = (gint64)records->n,
                             .answers = verdicts->last,
                             .threshold = threshold};
    g_autofree char *text = join_model_format(&model);
    return store_setting_set(store, JOIN_MODEL_SETTING, text, error);
}

static bool join_unsealed(Store *store, const IntakeJoinOptions *options,
                          IntakeJoinSummary *summary, GError **error)
{
    g_autoptr(JoinRecords) records = join_records_read(store, options->again, error);
    g_autoptr(JoinVerdicts) verdicts = records != NULL ? join_verdicts_read(store, error) : NULL;
    g_auto(JoinModel) model = {0};
    bool found = false;
    gint64 parts = 0;
    if (verdicts == NULL || !join_model_load(store, &model, &found, error) ||
        !join_pairs_parts(store, &parts, error))
        return false;
    summary->statements = (gint64)records->n;
    summary->new_statements = (gint64)(records->n - records->n_known);
    summary->nameless = records->nameless;
    bool usable = found && serves(&model, records, verdicts, parts);
    g_autoptr(JoinMatch) match =
        join_match(records, verdicts, options, usable ? &model.model : NULL, model.columns, error);
    if (match == NULL)
        return false;
    summary->pairs_compared = match->pairs_compared;
    summary->doubtful = match->doubtful;
    summary->unlinkable = match->unlinkable->len;
    summary->learned = match->learned;
    summary->answers = match->learned ? verdicts->n_answers : 0;
    if (!match->incremental &&
        !keep_model(store, match, records, verdicts,
                    options->threshold > 0 ? options->threshold : 0.5, error))
        return false;
    bool anew = records->cached == NULL || !match->incremental;
    const JoinWrite write = {.store = store,
                             .records = records,
                             .clusters = match->clusters,
                             .reasons = match->reasons,
                             .columns = match->columns,
                             .pairs = match->pairs,
                             .days_between = options->days_between >= 0 ? options->days_between : 7,
                             .summary = summary};
    return join_write(&write, error) && join_unlinkable_write(store, match->unlinkable, error) &&
           join_pairs_write(store, match->pairs, !match->incremental, error) &&
           join_cache_write(store, records, anew, error);
}

/* Nobody's name is read for nothing. *ret_work: whether there is anything to do. */
static bool has_work(Store *store, const IntakeJoinOptions *options, bool *ret_work, GError **error)
{
    gint64 waiting = 0, parts = 0;
    bool known = false, changed = false;
    if (!join_cache_changed(store, &known, &changed, error))
        return false;
    if (!known)
        waiting = store_statement_count_unjoined(store, error);
    if (waiting < 0)
        return false;
    *ret_work = options->again || changed || waiting > 0;
    if (*ret_work)
        return true;
    g_autoptr(JoinVerdicts) verdicts = join_verdicts_read(store, error);
    g_auto(JoinModel) model = {0};
    bool found = false;
    if (verdicts == NULL || !join_model_load(store, &model, &found, error) ||
        !join_pairs_parts(store, &parts, error))
        return false;
    /* Answers that no run has learned from yet; pairs that an older version did not keep. */
    *ret_work = found && (model.answers != verdicts->last || parts == 0);
    return true;
}

bool intake_join(Store *store, const IntakeJoinOptions *options, IntakeJoinSummary *ret_summary,
                 GError **error)
{
    const IntakeJoinOptions plain = intake_join_options_default();
    IntakeJoinSummary summary = {0};
    bool work = false;
    if (options == NULL)
        options = &plain;
    if (!has_work(store, options, &work, error))
        return false;
    bool was_unsealed = store_unsealed(store), ok = true;
    if (work && !was_unsealed && !store_unseal(store, 0, "linking statements to persons", error))
        return false;
    if (work) {
        ok = store_begin(store, error);
        if (ok) {
            ok = join_unsealed(store, options, &summary, error);
            if (ok)
                ok = store_commit(store, error);
            else
                store_rollback(store);
        }
        if (!was_unsealed)
            store_unseal_end(store);
    }
    if (ok && ret_summary != NULL)
        *ret_summary = summary;
    return ok;
}
