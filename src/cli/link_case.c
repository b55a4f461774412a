#include "cli/link_case.h"

#include "base/progress.h"
#include "cli/case.h"
#include "intake/join.h"

#include <jansson.h>
#include <stdlib.h>

static void say_persons(CliContext *context, const IntakeJoinSummary *summary)
{
    g_autofree char *merged = i18n_integer(summary->persons_merged),
                    *split = i18n_integer(summary->persons_split),
                    *answers = i18n_integer(summary->answers);
    if (summary->learned && summary->answers > 0)
        cli_say(context, _("The model has learned from %s answers of people."), answers);
    if (summary->persons_merged > 0)
        cli_say(context, _("%s persons turned out to be others and were merged into them."),
                merged);
    if (summary->persons_split > 0)
        cli_say(context, _("%s persons had statements of others, which left them."), split);
}

static void say_summary(CliContext *context, const IntakeJoinSummary *summary)
{
    if (summary->statements == 0) {
        cli_say(context, _("All statements that name a person were linked before; nothing was "
                           "changed."));
        return;
    }
    g_autofree char *fresh = i18n_integer(summary->new_statements),
                    *merges = i18n_integer(summary->merges),
                    *persons = i18n_integer(summary->persons_added),
                    *acts = i18n_integer(summary->acts_added),
                    *updated = i18n_integer(summary->acts_updated),
                    *doubtful = i18n_integer(summary->doubtful),
                    *nameless = i18n_integer(summary->nameless),
                    *unlinkable = i18n_integer(summary->unlinkable);
    cli_say(context,
            _("%s new statements: %s joined to a person that another statement tells of, "
              "%s new persons; %s new acts, %s updated."),
            fresh, merges, persons, acts, updated);
    say_persons(context, summary);
    if (summary->nameless > 0)
        cli_say(context, _("%s statements name nobody, or more than one; they stand alone."),
                nameless);
    if (summary->unlinkable > 0)
        cli_say(context, _("%s statements say too little to be compared with any other."),
                unlinkable);
    if (summary->doubtful > 0)
        cli_say(context,
                _("%s pairs above the threshold were kept apart because their groups disagree: "
                  "see zenhar link review."),
                doubtful);
}

static void print_score(const IntakeJoinScore *score, const IntakeJoinSummary *summary,
                        double seconds)
{
    json_t *figures = json_object();
    json_object_set_new(figures, "precision", json_real(score->precision));
    json_object_set_new(figures, "recall", json_real(score->recall));
    json_object_set_new(figures, "f1", json_real(score->f1));
    json_object_set_new(figures, "statements", json_integer((json_int_t)score->statements));
    json_object_set_new(figures, "nameless", json_integer((json_int_t)score->nameless));
    json_object_set_new(figures, "true_pairs", json_integer((json_int_t)score->true_pairs));
    json_object_set_new(figures, "found_pairs", json_integer((json_int_t)score->found_pairs));
    json_object_set_new(figures, "right_pairs", json_integer((json_int_t)score->right_pairs));
    json_object_set_new(figures, "pairs_compared",
                        json_integer((json_int_t)summary->pairs_compared));
    json_object_set_new(figures, "seconds", json_real(seconds));
    char *text = json_dumps(figures, JSON_REAL_PRECISION(6));
    g_print("%s\n", text);
    free(text);
    json_decref(figures);
}

int link_case_run(CliContext *context, const LinkCaseOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL)
        return cli_fail(context, error);
    ProgressWatch watch = {.what = _("Comparing"), .units = _("tasks"), .quiet = context->quiet};
    IntakeJoinOptions join = intake_join_options_default();
    join.threshold = options->threshold;
    join.seed = (guint64)options->seed;
    join.again = options->again;
    join.progress = progress_watch;
    join.progress_context = &watch;
    IntakeJoinSummary summary;
    progress_catch_interrupt();
    gint64 began = g_get_monotonic_time();
    bool ok = intake_join(store, &join, &summary, &error);
    double seconds = (double)(g_get_monotonic_time() - began) / 1e6;
    progress_free(watch.progress);
    if (!ok)
        return cli_fail(context, error);
    IntakeJoinScore score;
    if (options->truth != NULL) {
        if (!intake_join_score(store, options->truth, &score, &error))
            return cli_fail(context, error);
        print_score(&score, &summary, seconds);
    }
    say_summary(context, &summary);
    return CLI_DONE;
}
