/* appeal/compose_analysis.c: what the case's own counting shows, with what would make it wrong,
 * and what bodies of the United Nations have done. */
#include "appeal/compose.h"

#include "assess/assess.h"
#include "base/edtf.h"
#include "base/i18n.h"
#include "store/link.h"
#include <math.h>
#include <string.h>

enum {
    MAX_ALARMS = 2,
    ALARM_DAYS = 548, /* older alarms are history */
    MAX_FACTORS = 4,
    MAX_DONE = 7, /* votes and steps, the newest: a desk knows its own history */
    MAX_VOTES = 2,
    PRESENT = 2,
    SECONDS_A_DAY = 86400,
};

static I18nLanguage language_of(const Compose *compose)
{
    return compose->options->language;
}

/* ---- alarms ---- */

/* How many more than the bound: a rare event in an empty series has a high score all the same. */
static double height(const StoreAlarm *alarm)
{
    double excess = alarm->observed - alarm->threshold;
    return isnan(excess) ? 0 : excess;
}

static gint highest_first(gconstpointer a, gconstpointer b)
{
    const StoreAlarm *left = *(const StoreAlarm *const *)a;
    const StoreAlarm *right = *(const StoreAlarm *const *)b;
    if (height(left) < height(right) || height(left) > height(right))
        return height(left) > height(right) ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static void begin(Compose *compose, bool *begun)
{
    if (*begun)
        return;
    *begun = true;
    letter_draft_part(compose->draft, APPEAL_HEADING, 0, _("What the records show when counted"));
    letter_draft_part(compose->draft, APPEAL_PARAGRAPH, 0,
                      _("The following comes from counting the records by published statistical "
                        "methods. It points to where attention is due; it is not a finding of "
                        "fact. The notes say what would make each statement wrong."));
}

static bool add_alarms(Compose *compose, bool *begun, GError **error)
{
    g_autoptr(GPtrArray) alarms = store_alarm_list(compose->store, NULL, error);
    if (alarms == NULL)
        return false;
    g_ptr_array_sort(alarms, highest_first);
    g_autoptr(GHashTable) told = g_hash_table_new(g_int64_hash, g_int64_equal);
    guint n = 0;
    for (guint i = 0; i < alarms->len && n < MAX_ALARMS; i++) {
        const StoreAlarm *alarm = alarms->pdata[i];
        if (alarm->last_day > compose->day || alarm->last_day < compose->day - ALARM_DAYS ||
            !assess_alarm_stands(alarm) ||
            !g_hash_table_add(told, (gpointer)&alarm->series_id)) /* one a series */
            continue;
        n++;
        begin(compose, begun);
        g_autofree char *sentence =
            assess_alarm_sentence(compose->store, alarm, language_of(compose));
        g_autofree char *note = assess_alarm_weakness(alarm, language_of(compose));
        g_autofree char *day = compose_day(compose, alarm->first_day);
        g_autofree char *what = g_strdup_printf(_("alarm of the interval that begins on %s"), day);
        const char *call = compose_cite(compose, STORE_KIND_ALARM, alarm->id,
                                        note != NULL ? note : "–", "yes", what);
        g_autofree char *item = g_strconcat(sentence, call, NULL);
        letter_draft_part(compose->draft, APPEAL_ITEM, 0, item);
    }
    return true;
}

/* ---- estimates: the newest of each method ---- */

static bool add_estimates(Compose *compose, bool *begun, GError **error)
{
    const StorePage newest = {.descending = true};
    g_autoptr(GPtrArray) estimates = store_estimate_list(compose->store, &newest, error);
    if (estimates == NULL)
        return false;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < estimates->len; i++) {
        const StoreEstimate *estimate = estimates->pdata[i];
        if (estimate->method == NULL || estimate->last_day > compose->day ||
            !isfinite(estimate->estimate) || !isfinite(estimate->low) ||
            !g_hash_table_add(seen, estimate->method))
            continue;
        begin(compose, begun);
        g_autofree char *sentence = assess_estimate_sentence(estimate, language_of(compose));
        g_autofree char *note = assess_estimate_weakness(estimate, language_of(compose));
        const char *call =
            compose_cite(compose, STORE_KIND_ESTIMATE, estimate->id, note != NULL ? note : "–",
                         "yes", assess_method_title(estimate->method, language_of(compose)));
        g_autofree char *item = g_strconcat(sentence, call, NULL);
        letter_draft_part(compose->draft, APPEAL_ITEM, 0, item);
    }
    return true;
}

/* ---- risk factors ---- */

static gint strongest_first(gconstpointer a, gconstpointer b)
{
    const StoreRating *left = *(const StoreRating *const *)a;
    const StoreRating *right = *(const StoreRating *const *)b;
    if (left->level != right->level)
        return left->level > right->level ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static void add_factor(Compose *compose, const StoreRating *rating)
{
    I18nLanguage language = language_of(compose);
    g_autofree char *plain = g_strdup_printf("%d", assess_factor_number(rating->factor) + 1);
    g_autofree char *number = i18n_digits(plain);
    g_autofree char *sentence = assess_rating_sentence(rating, language);
    g_autofree char *what = g_strdup_printf(_("risk factor %s: %s"), number,
                                            assess_level_title(rating->level, language));
    const char *call = compose_cite(compose, STORE_KIND_RATING, rating->id,
                                    sentence != NULL ? sentence : "", "yes", what);
    g_autofree char *item = g_strdup_printf(_("Risk factor %s, %s: %s%s."), number,
                                            assess_factor_title(rating->factor, language),
                                            assess_level_title(rating->level, language), call);
    letter_draft_part(compose->draft, APPEAL_ITEM, 0, item);
}

static bool add_factors(Compose *compose, bool *begun, GError **error)
{
    if (compose->assessment_id == 0)
        return true;
    g_autoptr(GPtrArray) ratings =
        store_rating_list_by_assessment(compose->store, compose->assessment_id, NULL, error);
    if (ratings == NULL)
        return false;
    g_ptr_array_sort(ratings, strongest_first);
    guint present = 0, some = 0, unrated = 0, whole = 0;
    for (guint i = 0; i < ratings->len; i++) {
        const StoreRating *rating = ratings->pdata[i];
        if (rating->indicator != NULL)
            continue;
        whole++;
        present += rating->level >= PRESENT;
        some += rating->level == 1;
        unrated += rating->level < 0;
    }
    if (whole == 0)
        return true;
    begin(compose, begun);
    g_autofree char *n = i18n_integer(present), *signs = i18n_integer(some),
                    *all = i18n_integer(ASSESS_N_FACTORS), *none = i18n_integer(unrated);
    const char *call = compose_cite(
        compose, STORE_KIND_ASSESSMENT, compose->assessment_id,
        _("UN Framework of Analysis for Atrocity Crimes, A/70/741–S/2016/71 (2014); levels "
          "proposed by stated rules from the records of this case"),
        "yes", _("assessment by the UN Framework of Analysis"));
    g_autofree char *text =
        some == 0 ? g_strdup_printf(_("By the United Nations Framework of Analysis for Atrocity "
                                      "Crimes, the records of this "
                                      "case point to %s of its %s risk factors as present; %s "
                                      "could not be rated from "
                                      "them.%s The strongest:"),
                                    n, all, none, call)
                  : g_strdup_printf(_("By the United Nations Framework of Analysis for Atrocity "
                                      "Crimes, the records of this "
                                      "case point to %s of its %s risk factors as present and to "
                                      "some signs of %s more; %s "
                                      "could not be rated from them.%s The strongest:"),
                                    n, all, signs, none, call);
    letter_draft_part(compose->draft, APPEAL_PARAGRAPH, 0, text);
    guint shown = 0;
    for (guint i = 0; i < ratings->len && shown < MAX_FACTORS; i++) {
        const StoreRating *rating = ratings->pdata[i];
        if (rating->indicator != NULL || rating->level < 1)
            continue;
        add_factor(compose, rating);
        shown++;
    }
    return true;
}

bool compose_analysis(Compose *compose, GError **error)
{
    bool begun = false;
    return add_alarms(compose, &begun, error) && add_estimates(compose, &begun, error) &&
           add_factors(compose, &begun, error);
}

/* ---- what bodies have done ---- */

typedef struct {
    gint32 day;
    StoreKind kind;
    gint64 id;
    char *text, *source, *verified;
} Done;

static void done_free(gpointer data)
{
    Done *done = data;
    if (done == NULL) /* taken over by another list */
        return;
    g_free(done->text);
    g_free(done->source);
    g_free(done->verified);
    g_free(done);
}

static gint by_day(gconstpointer a, gconstpointer b)
{
    const Done *left = *(const Done *const *)a, *right = *(const Done *const *)b;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static bool gather_steps(Compose *compose, GPtrArray *steps, GError **error)
{
    g_autoptr(GPtrArray) responses = store_response_list(compose->store, NULL, error);
    if (responses == NULL)
        return false;
    for (guint i = 0; i < responses->len; i++) {
        const StoreResponse *response = responses->pdata[i];
        gint32 day = (gint32)(response->received / SECONDS_A_DAY);
        if (g_strcmp0(response->kind, "acts") != 0 || day > compose->day)
            continue;
        Done *done = g_new0(Done, 1);
        *done = (Done){.day = day,
                       .kind = STORE_KIND_RESPONSE,
                       .id = response->id,
                       .text = g_strdup(compose_choose(compose, response->text, response->text_fa)),
                       .source = g_strdup(response->source),
                       .verified = g_strdup("yes")};
        g_ptr_array_add(steps, done);
    }
    return true;
}

/* The Human Rights Council's newest votes up to a day, as far as all three numbers are known. */
static bool gather_votes(Compose *compose, gint32 until, GPtrArray *done, GError **error)
{
    g_autoptr(StoreBody) council = store_body_find(compose->store, "HRC", NULL);
    if (council == NULL)
        return true;
    g_autoptr(GPtrArray) votes = store_vote_list_by_body(compose->store, council->id, NULL, error);
    if (votes == NULL)
        return false;
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(done_free);
    for (guint i = 0; i < votes->len; i++) {
        const StoreVote *vote = votes->pdata[i];
        if (vote->last_day > until || g_strcmp0(vote->outcome, "adopted") != 0 ||
            MIN(MIN(vote->in_favour, vote->against), vote->abstained) < 0)
            continue;
        g_autofree char *yes = i18n_integer(vote->in_favour), *no = i18n_integer(vote->against),
                        *rest = i18n_integer(vote->abstained);
        Done *one = g_new0(Done, 1);
        *one = (Done){
            .day = vote->first_day,
            .kind = STORE_KIND_VOTE,
            .id = vote->id,
            .text = g_strdup_printf(
                _("Human Rights Council resolution A/HRC/RES/%s: %s (%s in favour, %s against, %s "
                  "abstentions)."),
                vote->resolution, compose_choose(compose, vote->title, vote->title_fa), yes, no,
                rest),
            .source = g_strdup(vote->source),
            .verified = g_strdup(vote->verified)};
        g_ptr_array_add(all, one);
    }
    g_ptr_array_sort(all, by_day);
    for (guint first = all->len > MAX_VOTES ? all->len - MAX_VOTES : 0, i = first; i < all->len;
         i++)
        g_ptr_array_add(done, g_steal_pointer(&all->pdata[i]));
    return true;
}

bool compose_bodies(Compose *compose, GError **error)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(done_free);
    if (!gather_steps(compose, steps, error))
        return false;
    gint32 until = compose->day;
    for (guint i = 0; i < steps->len; i++)
        until = MIN(until, ((const Done *)steps->pdata[i])->day);
    if (!gather_votes(compose, until, steps, error))
        return false;
    g_ptr_array_sort(steps, by_day);
    if (steps->len == 0)
        return true;
    letter_draft_part(compose->draft, APPEAL_HEADING, 0, _("What public bodies have done so far"));
    guint first = steps->len > MAX_DONE ? steps->len - MAX_DONE : 0;
    for (guint i = first; i < steps->len; i++) {
        const Done *one = steps->pdata[i];
        g_autofree char *day = compose_day(compose, one->day);
        g_autofree char *what = g_strdup_printf(_("step taken on %s"), day);
        const char *call =
            compose_cite(compose, one->kind, one->id, one->source != NULL ? one->source : "",
                         one->verified, what);
        g_autofree char *item = g_strdup_printf(_("%s: %s%s"), day, one->text, call);
        letter_draft_part(compose->draft, APPEAL_ITEM, 0, item);
    }
    return true;
}
