/* assess/words.c: series, alarms and estimates in sentences, when somebody reads them. */
#include "assess/private.h"

#include "base/data.h"
#include "base/edtf.h"
#include <math.h>
#include <string.h>

I18nLanguage assess_speak(I18nLanguage language)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    return saved;
}

/* ---- JSON ---- */

json_t *assess_json(const char *text)
{
    json_t *object = text != NULL ? json_loads(text, 0, NULL) : NULL;
    if (json_is_object(object))
        return object;
    json_decref(object);
    return json_object();
}

const char *assess_json_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

double assess_json_number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

json_t *assess_json_real(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

char *assess_json_write(json_t *object)
{
    char *dumped = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17));
    json_decref(object);
    char *text = g_strdup(dumped);
    free(dumped); /* jansson's own allocator */
    return text;
}

/* ---- names ---- */

const char *assess_kind_title(const char *kind, I18nLanguage language)
{
    static const char *const KINDS[][2] = {
        {"arrest", N_("arrests")},
        {"summons", N_("summonses")},
        {"sentence", N_("sentences")},
        {"death_sentence", N_("death sentences")},
        {"execution", N_("executions")},
        {"killing", N_("killings")},
        {"war_death", N_("deaths in war")},
        {"death_in_custody", N_("deaths in custody")},
        {"enforced_disappearance", N_("enforced disappearances")},
        {"torture", N_("torture and ill-treatment")},
        {"injury", N_("injuries")},
        {"house_raid", N_("house raids")},
        {"dismissal", N_("dismissals")},
        {"release", N_("releases")},
        {"internet_shutdown", N_("internet shutdowns")},
        {"protest", N_("protests")},
        {"other", N_("other acts")},
    };
    if (kind == NULL)
        return i18n_get_in(language, N_("all acts"));
    for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++)
        if (strcmp(KINDS[i][0], kind) == 0)
            return i18n_get_in(language, KINDS[i][1]);
    return kind;
}

const char *assess_method_title(const char *method, I18nLanguage language)
{
    static const char *const METHODS[][2] = {
        {"farrington-flexible", N_("Farrington flexible (Noufaily et al. 2013)")},
        {"adaptive", N_("adaptive regression with a smooth season (ours)")},
        {"ears-c1", N_("EARS C1 (Hutwagner et al. 2003)")},
        {"ears-c2", N_("EARS C2 (Hutwagner et al. 2003)")},
        {"loglinear_bic", N_("log-linear models, the best by BIC")},
        {"crisis_response", N_("rate ratio after crises with a placement test")},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++)
        if (g_strcmp0(METHODS[i][0], method) == 0)
            return i18n_get_in(language, METHODS[i][1]);
    return method != NULL ? method : "";
}

typedef struct {
    const char *file, *english, *persian; /* and its columns */
    CsvTable *table;                      /* owns the words */
    GHashTable *words;                    /* English → Persian */
} WordList;

/* Kept for the life of the process. */
static gpointer load_words(gpointer data)
{
    WordList *list = data;
    CsvTable *table = list->table = data_load_table(list->file, NULL);
    list->words = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize row = 0; table != NULL && row < table->n_rows; row++)
        g_hash_table_insert(
            list->words,
            (gpointer)csv_table_cell(table, row, csv_table_column(table, list->english)),
            (gpointer)csv_table_cell(table, row, csv_table_column(table, list->persian)));
    return list;
}

static const char *in_persian(GOnce *once, WordList *list, const char *english,
                              I18nLanguage language)
{
    if (english == NULL || language != I18N_PERSIAN)
        return english != NULL ? english : "";
    g_once(once, load_words, list);
    const char *persian = g_hash_table_lookup(list->words, english);
    return persian != NULL && persian[0] != '\0' ? persian : english;
}

const char *assess_reporter_title(const char *reporter, I18nLanguage language)
{
    static GOnce once = G_ONCE_INIT;
    static WordList list = {.file = "names/reporters.csv", .english = "name", .persian = "name_fa"};
    return in_persian(&once, &list, reporter, language);
}

const char *assess_remark_title(const char *remark, I18nLanguage language)
{
    static GOnce once = G_ONCE_INIT;
    static WordList list = {.file = "appeal/words.csv", .english = "english", .persian = "persian"};
    return in_persian(&once, &list, remark, language);
}

static char *place_title(Store *store, gint64 place_id)
{
    if (place_id == 0)
        return g_strdup(_("all places"));
    g_autoptr(StorePlace) place = store_place_load(store, place_id, NULL);
    if (place == NULL)
        return g_strdup("?");
    const char *name = i18n_language() == I18N_PERSIAN ? place->name_fa : place->name_en;
    if (name == NULL)
        name = place->name_fa != NULL ? place->name_fa : place->name_en;
    return g_strdup(name != NULL ? name : "?");
}

/* "arrests, Tehran" without the interval; in the thread's language. */
static char *series_subject(Store *store, const StoreSeries *series)
{
    I18nLanguage language = i18n_language();
    json_t *definition = assess_json(series->definition);
    const char *list =
        assess_json_text(definition, language == I18N_PERSIAN ? "name_fa" : "name_en");
    char *subject;
    if (list != NULL) {
        subject = g_strdup_printf(_("deaths by day on the list %s"), list);
    } else {
        g_autofree char *place = place_title(store, series->place_id);
        subject =
            g_strdup_printf(_("%s, %s"), assess_kind_title(series->act_kind, language), place);
    }
    json_decref(definition);
    return subject;
}

/* English begins a title with a capital letter. */
static char *capital(char *text)
{
    if (i18n_language() == I18N_ENGLISH && text[0] != '\0')
        text[0] = g_ascii_toupper(text[0]);
    return text;
}

char *assess_series_words(Store *store, const StoreSeries *series, I18nLanguage language)
{
    I18nLanguage saved = assess_speak(language);
    g_autofree char *subject = series_subject(store, series);
    char *title =
        series->interval_days == 7 ? g_strdup_printf(_("%s, by week"), subject) : g_strdup(subject);
    i18n_set_language(saved);
    return title;
}

char *assess_series_title(Store *store, const StoreSeries *series, I18nLanguage language)
{
    char *title = assess_series_words(store, series, language);
    I18nLanguage saved = assess_speak(language);
    capital(title);
    i18n_set_language(saved);
    return title;
}

/* ---- alarms ---- */

static char *count_text(double x)
{
    return fabs(x) >= 100 || x == floor(x) ? i18n_integer((gint64)llround(x)) : i18n_decimal(x, 1);
}

static char *chance_text(double p)
{
    if (p < 1e-6)
        return g_strdup(_("less than 1 in 1,000,000"));
    double n_tries = 1 / p, step = pow(10, MAX(0, floor(log10(n_tries)) - 1));
    g_autofree char *n = i18n_integer((gint64)(round(n_tries / step) * step)); /* two digits tell */
    return g_strdup_printf(_("about 1 in %s"), n);
}

char *assess_alarm_sentence(Store *store, const StoreAlarm *alarm, I18nLanguage language)
{
    I18nLanguage saved = assess_speak(language);
    g_autoptr(StoreSeries) series = store_series_load(store, alarm->series_id, NULL);
    g_autofree char *subject =
        series != NULL ? capital(series_subject(store, series)) : g_strdup("?");
    g_autofree char *week = edtf_describe_day(alarm->first_day);
    g_autofree char *observed = count_text(alarm->observed);
    g_autofree char *expected =
        isnan(alarm->expected) ? g_strdup("–") : count_text(alarm->expected);
    g_autofree char *bound = isnan(alarm->threshold) ? g_strdup("–") : count_text(alarm->threshold);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text,
                           _("%s: %s reported in the week from %s, where %s were expected and %s "
                             "was the bound."),
                           subject, observed, week, expected, bound);
    g_string_append_c(text, ' ');
    const char *method = assess_method_title(alarm->method, language);
    if (!isnan(alarm->p_value) && alarm->p_value > 0) {
        g_autofree char *chance = chance_text(alarm->p_value);
        g_string_append_printf(text, _("By chance alone: %s. Method: %s."), chance, method);
    } else {
        g_string_append_printf(text, _("Method: %s."), method);
    }
    i18n_set_language(saved);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Stored in English, a message a line. */
static char *translate_lines(const char *lines, I18nLanguage language)
{
    g_auto(GStrv) each = g_strsplit(lines != NULL ? lines : "", "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (char **line = each; *line != NULL; line++) {
        if (**line == '\0')
            continue;
        if (text->len > 0)
            g_string_append_c(text, ' ');
        g_string_append(text, i18n_get_in(language, *line));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *assess_alarm_weakness(const StoreAlarm *alarm, I18nLanguage language)
{
    return translate_lines(alarm->wrong_if, language);
}

/* Messages that are stored first and translated when read: named here for the catalogue. */
G_GNUC_UNUSED static const char *const STORED[] = {
    N_("It counts entries of one list by their date of death: an entry is no proof of a death, a "
       "person may stand in it twice, and a date may be that of a burial."),
    N_("It would be wrong if a crisis changed how much is reported rather than how much happened, "
       "if something else began at the same time, or if crises are missing from the list. What "
       "the crisis itself brought is counted in its first window."),
};

/* ---- estimates ---- */

static char *crisis_sentence(const StoreEstimate *estimate, const json_t *settings)
{
    const char *about =
        assess_json_text(settings, i18n_language() == I18N_PERSIAN ? "about_fa" : "about_en");
    const json_t *pooled = json_object_get(settings, "pooled");
    const char *verdict = assess_json_text(pooled, "verdict");
    g_autofree char *n = i18n_integer((gint64)assess_json_number(settings, "crises"));
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, _("After %s crises, %s:"), n, about != NULL ? about : "?");
    g_string_append_c(text, ' ');
    if (isnan(estimate->estimate)) {
        g_string_append(text, _("the data cannot tell; there is too little of it for this "
                                "question."));
        return g_string_free(g_steal_pointer(&text), FALSE);
    }
    g_autofree char *ratio = i18n_decimal(estimate->estimate, 2);
    g_autofree char *low = i18n_decimal(estimate->low, 2);
    g_autofree char *high =
        isnan(estimate->high) ? g_strdup(_("no upper end")) : i18n_decimal(estimate->high, 2);
    const char *form =
        g_strcmp0(verdict, "higher") == 0
            ? _("higher: %s times what trend and season explain (95 %% interval %s to %s).")
        : g_strcmp0(verdict, "lower") == 0
            ? _("lower: %s times what trend and season explain (95 %% interval %s to %s).")
        : g_strcmp0(verdict, "alike") == 0
            ? _("no clear change: %s times what trend and season explain (95 %% interval %s to "
                "%s).")
        : estimate->low > 1 /* so the placement test spoke against it */
            ? _("the data cannot tell: %s times what trend and season explain (95 %% interval %s "
                "to %s), but with the crises put elsewhere as high a ratio is nothing unusual.")
            : _("the data cannot tell: %s times what trend and season explain, but anything from "
                "%s to %s fits.");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_string_append_printf(text, form, ratio, low, high); /* each form has the same three */
#pragma GCC diagnostic pop
    double placement = assess_json_number(settings, "placement_p");
    if (!isnan(placement)) {
        g_autofree char *share = i18n_decimal(100 * placement, 1);
        g_string_append_c(text, ' ');
        g_string_append_printf(
            text, _("Crises moved along the series give as high a ratio in %s %% of all ways."),
            share);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static const char *stored_sentence(const json_t *settings, I18nLanguage language, const char *name)
{
    const json_t *all = json_object_get(settings, "sentences");
    const json_t *own = json_object_get(all, i18n_tag(language));
    return assess_json_text(own, name);
}

char *assess_estimate_sentence(const StoreEstimate *estimate, I18nLanguage language)
{
    I18nLanguage saved = assess_speak(language);
    json_t *settings = assess_json(estimate->settings);
    char *sentence;
    if (g_strcmp0(estimate->method, "crisis_response") == 0) {
        sentence = crisis_sentence(estimate, settings);
    } else {
        const char *says = stored_sentence(settings, language, "says");
        const char *assumes = stored_sentence(settings, language, "assumes");
        sentence = g_strdup_printf("%s%s%s", says != NULL ? says : "",
                                   says != NULL && assumes != NULL ? " " : "",
                                   assumes != NULL ? assumes : "");
    }
    json_decref(settings);
    i18n_set_language(saved);
    return sentence;
}

char *assess_estimate_weakness(const StoreEstimate *estimate, I18nLanguage language)
{
    json_t *settings = assess_json(estimate->settings);
    const char *breaks = stored_sentence(settings, language, "breaks");
    char *sentence =
        breaks != NULL ? g_strdup(breaks) : translate_lines(estimate->wrong_if, language);
    json_decref(settings);
    return sentence;
}

char *assess_estimate_title(const StoreEstimate *estimate, I18nLanguage language)
{
    I18nLanguage saved = assess_speak(language);
    json_t *settings = assess_json(estimate->settings);
    const char *about =
        assess_json_text(settings, language == I18N_PERSIAN ? "about_fa" : "about_en");
    char *title = about != NULL ? g_strdup_printf(_("After crises: %s"), about)
                                : g_strdup(_("Persons told of by no source"));
    json_decref(settings);
    i18n_set_language(saved);
    return title;
}
