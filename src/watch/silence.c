/* watch/silence.c: a source that is silent longer than its own habit.
 *
 * The habit of a source is the pauses between the days on which it told something, over the last
 * year. Twice its 95th percentile is allowed (and two days at least). A source that tells at random
 * moments, evenly, pauses so long by chance once in about 400 pauses (0.05 squared); one that tells
 * daily is missed on the third day. Fewer than eight pauses are no habit. */
#include "base/edtf.h"
#include "watch/private.h"
#include <stdlib.h>
#include <string.h>

enum { HABIT_DAYS = 365, LEAST_PAUSES = 8, LEAST_SILENCE = 2 };

static int by_size(const void *a, const void *b)
{
    gint32 left = *(const gint32 *)a, right = *(const gint32 *)b;
    return (left > right) - (left < right);
}

gint32 watch_habit(const gint32 *days, gsize n)
{
    if (n < LEAST_PAUSES + 1)
        return 0;
    g_autofree gint32 *pauses = g_new(gint32, n - 1);
    for (gsize i = 0; i + 1 < n; i++)
        pauses[i] = days[i + 1] - days[i];
    qsort(pauses, n - 1, sizeof *pauses, by_size);
    gsize rank = (95 * (n - 1) + 99) / 100; /* nearest rank, from 1 */
    return MAX(LEAST_SILENCE, 2 * pauses[rank - 1]);
}

typedef struct {
    const char *source;
    gint32 last, today, allowed; /* days */
} Silence;

static char *silence_words(gconstpointer context)
{
    const Silence *silence = context;
    g_autofree char *last = edtf_describe_day(silence->last),
                    *days = i18n_integer(silence->today - silence->last),
                    *allowed = i18n_integer(silence->allowed);
    return g_strdup_printf(_("%s has told nothing since %s, for %s days; by its habit of the last "
                             "year it is never silent for more than %s. What happens there may go "
                             "unseen."),
                           silence->source, last, days, allowed);
}

static char *silence_weakness(gconstpointer context)
{
    (void)context;
    return g_strdup(_("The source may have ended, changed its address or its rhythm, or its "
                      "reports were not brought in."));
}

static char *back_words(gconstpointer context)
{
    const Silence *silence = context;
    g_autofree char *last = edtf_describe_day(silence->last),
                    *today = edtf_describe_day(silence->today);
    return g_strdup_printf(_("%s tells again: silent from %s, heard on %s. Counts of the days "
                             "between may still grow."),
                           silence->source, last, today);
}

static char *source_name(Watch *watch, gint64 id, GError **error)
{
    g_autoptr(StoreSource) source = store_source_load(watch->store, id, error);
    return source != NULL ? g_strdup(source->name) : NULL;
}

static StoreNotice *silence_notice(const char *kind, const char *key_head, gint64 source_id,
                                   const Silence *silence)
{
    g_autofree char *key =
        g_strdup_printf("%s/S%" G_GINT64_FORMAT "/%d", key_head, source_id, silence->last);
    StoreNotice *notice = watch_notice_new(kind, g_steal_pointer(&key));
    notice->subject_kind = STORE_KIND_SOURCE;
    notice->subject_id = source_id;
    notice->first_day = silence->last;
    notice->last_day = silence->today;
    return notice;
}

/* The first detection only learns who is silent already: it would tell of sources that ended years
 * ago. */
static bool learn(Watch *watch, const char *key, bool *ret_known, GError **error)
{
    g_autofree char *known_key = g_strconcat("known/", key, NULL);
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreWatched) detected = store_watched_get(watch->store, "clock/detect", &why);
    g_autoptr(StoreWatched) known =
        why == NULL ? store_watched_get(watch->store, known_key, &why) : NULL;
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    *ret_known = known != NULL || detected == NULL;
    if (known == NULL && detected == NULL)
        return store_watched_set(watch->store, known_key, "known", NULL, store_now(watch->store),
                                 error);
    return true;
}

static bool offer_silence(Watch *watch, gint64 source_id, Silence *silence, GPtrArray *notices,
                          GError **error)
{
    g_autofree char *name = source_name(watch, source_id, error);
    if (name == NULL)
        return false;
    silence->source = name;
    StoreNotice *notice = silence_notice("silent", "silent", source_id, silence);
    bool known = false;
    bool learnt = learn(watch, notice->key, &known, error);
    if (!learnt || known) {
        store_notice_free(notice);
        return learnt;
    }
    watch_notice_speak(notice, silence_words, silence);
    g_autofree char *words = notice->words, *words_fa = notice->words_fa;
    watch_notice_speak(notice, silence_weakness, silence);
    notice->wrong_if = notice->words;
    notice->wrong_if_fa = notice->words_fa;
    notice->words = g_steal_pointer(&words);
    notice->words_fa = g_steal_pointer(&words_fa);
    return watch_notice_offer(watch, notices, notice, error);
}

/* Sources told to be silent that have told something since. */
static bool offer_back(Watch *watch, const GArray *arrivals, GPtrArray *notices, GError **error)
{
    g_autoptr(GPtrArray) told = store_notice_list_kind(watch->store, "silent", error);
    for (guint i = 0; told != NULL && i < told->len; i++) {
        const StoreNotice *old = g_ptr_array_index(told, i);
        gint32 heard = 0;
        for (guint k = 0; k < arrivals->len && heard == 0; k++) {
            const StoreArrival *arrival = &g_array_index(arrivals, StoreArrival, k);
            if (arrival->source_id == old->subject_id && arrival->day > old->first_day)
                heard = arrival->day;
        }
        if (heard == 0)
            continue;
        g_autofree char *name = source_name(watch, old->subject_id, error);
        if (name == NULL)
            return false;
        Silence silence = {.source = name, .last = old->first_day, .today = heard};
        StoreNotice *notice = silence_notice("back", "back", old->subject_id, &silence);
        watch_notice_speak(notice, back_words, &silence);
        if (!watch_notice_offer(watch, notices, notice, error))
            return false;
    }
    return told != NULL;
}

bool watch_silence(Watch *watch, GPtrArray *notices, GError **error)
{
    gint32 today = (gint32)(store_now(watch->store) / 86400);
    g_autoptr(GArray) arrivals = store_arrivals(watch->store, today - HABIT_DAYS, today, error);
    if (arrivals == NULL)
        return false;
    g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint32));
    for (guint i = 0; i < arrivals->len; i++) {
        const StoreArrival *arrival = &g_array_index(arrivals, StoreArrival, i);
        g_array_append_val(days, arrival->day);
        bool last = i + 1 == arrivals->len ||
                    g_array_index(arrivals, StoreArrival, i + 1).source_id != arrival->source_id;
        if (!last)
            continue;
        Silence silence = {.last = arrival->day,
                           .today = today,
                           .allowed = watch_habit((const gint32 *)(void *)days->data, days->len)};
        if (silence.allowed > 0 && today - arrival->day > silence.allowed &&
            !offer_silence(watch, arrival->source_id, &silence, notices, error))
            return false;
        g_array_set_size(days, 0);
    }
    return offer_back(watch, arrivals, notices, error);
}
