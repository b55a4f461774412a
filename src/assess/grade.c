/* assess/grade.c: grades, and who says a thing independently of whom. */
#include "assess/grade.h"

#include "assess/story.h"
#include "base/i18n.h"
#include "store/assessment.h"
#include "store/link.h"
#include "store/query_assess.h"
#include "store/user.h"
#include "text/normalize.h"
#include <string.h>

enum { TRACE_DEPTH = 4, TRACE_WIDTH = 500 };

bool assess_grade_parse(const char *text, AssessGrade *ret_grade, GError **error)
{
    AssessGrade grade = {0};
    const char *at = text;
    const char letter = g_ascii_toupper(*at);
    if (letter >= 'A' && letter <= 'F') {
        grade.source = letter;
        at++;
    }
    const gint32 number = *at != '\0' ? g_unichar_digit_value(g_utf8_get_char(at)) : 0;
    if (number >= 1 && number <= 6) {
        grade.information = number;
        at = g_utf8_next_char(at);
    }
    if (*at == '\0' && (grade.source != 0 || grade.information != 0)) {
        *ret_grade = grade;
        return true;
    }
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("“%s” is no grade: write the source's letter, A (reliable) to F (cannot be "
                  "judged), and the information's number, 1 (confirmed) to 6 (cannot be judged), "
                  "such as B2 or E5."),
                text);
    return false;
}

const char *assess_reliability_title(char letter)
{
    static const char *const WORDS[] = {
        N_("completely reliable"),  N_("usually reliable"), N_("fairly reliable"),
        N_("not usually reliable"), N_("unreliable"),       N_("reliability cannot be judged"),
    };
    return letter >= 'A' && letter <= 'F' ? i18n_get(WORDS[letter - 'A']) : NULL;
}

const char *assess_credibility_title(gint64 grade)
{
    static const char *const WORDS[] = {
        N_("confirmed by other sources"),
        N_("probably true"),
        N_("possibly true"),
        N_("doubtful"),
        N_("improbable"),
        N_("truth cannot be judged"),
    };
    return grade >= 1 && grade <= 6 ? i18n_get(WORDS[grade - 1]) : NULL;
}

/* ---- origins ---- */

typedef struct {
    char *source; /* folded; NULL unknown */
    char *cites;  /* folded, where all its statements cite one and the same; NULL */
    char *name;   /* of whom it comes from, as written */
    guint group;  /* the origin it belongs to: the number of a voice */
    bool unknown;
    AssessStory story;
} Voice;

static void voice_clear(gpointer data)
{
    Voice *voice = data;
    g_free(voice->source);
    g_free(voice->cites);
    g_free(voice->name);
    assess_story_clear(&voice->story);
}

void assess_origins_free(AssessOrigins *origins)
{
    if (origins == NULL)
        return;
    g_ptr_array_unref(origins->names);
    g_array_unref(origins->reports);
    g_free(origins);
}

typedef struct {
    Store *store;
    GHashTable *seen; /* "R12": looked at */
    GArray *voices;
    GArray *reports;
    guint left_out;
} Walk;

/* Whom a report cites when each of its statements cites one and the same; NULL. */
static bool cited_by(Store *store, gint64 report_id, char **ret_cites, GError **error)
{
    *ret_cites = NULL;
    g_autoptr(GPtrArray) statements = store_statement_list_by_report(store, report_id, NULL, error);
    if (statements == NULL)
        return false;
    g_autofree char *first = NULL;
    for (guint i = 0; i < statements->len; i++) {
        const char *cites = ((const StoreStatement *)statements->pdata[i])->according_to;
        if (cites == NULL || cites[0] == '\0' || (first != NULL && strcmp(first, cites) != 0))
            return true;
        if (first == NULL)
            first = g_strdup(cites);
    }
    *ret_cites = g_steal_pointer(&first);
    return true;
}

static bool add_report(Walk *walk, gint64 id, GError **error)
{
    Store *store = walk->store;
    g_autoptr(StoreReport) report = store_report_load(store, id, error);
    if (report == NULL)
        return false;
    if (!store_report_counted(report)) {
        walk->left_out++;
        return true;
    }
    g_autoptr(StoreSource) source =
        report->source_id != 0 ? store_source_load(store, report->source_id, error) : NULL;
    g_autofree char *cites = NULL;
    if ((report->source_id != 0 && source == NULL) || !cited_by(store, id, &cites, error))
        return false;
    const char *name = cites != NULL ? cites : source != NULL ? source->name : NULL;
    Voice voice = {
        .source = source != NULL ? text_fold(source->name, -1, NULL) : NULL,
        .cites = cites != NULL ? text_fold(cites, -1, NULL) : NULL,
        .name = g_strdup(name),
        .group = walk->voices->len,
        .unknown = name == NULL,
    };
    g_autofree char *words = store_report_words(store, id, error);
    if (words == NULL) {
        voice_clear(&voice);
        return false;
    }
    assess_story_read(&voice.story, words);
    g_array_append_val(walk->voices, voice);
    g_array_append_val(walk->reports, id);
    return true;
}

static bool add_figure(Walk *walk, gint64 id, GError **error)
{
    g_autoptr(StoreFigure) figure = store_figure_load(walk->store, id, error);
    if (figure == NULL)
        return false;
    Voice voice = {
        .source = figure->reporter != NULL ? text_fold(figure->reporter, -1, NULL) : NULL,
        .name = g_strdup(figure->reporter),
        .group = walk->voices->len,
        .unknown = figure->reporter == NULL,
    };
    assess_story_read(&voice.story, "");
    g_array_append_val(walk->voices, voice);
    return true;
}

static bool walk_to(Walk *walk, StoreKind kind, gint64 id, int depth, GError **error)
{
    char text[STORE_ID_MAX];
    if (!g_hash_table_add(walk->seen, g_strdup(store_id_format(kind, id, text))))
        return true;
    if (kind == STORE_KIND_REPORT)
        return add_report(walk, id, error);
    if (kind == STORE_KIND_FIGURE)
        return add_figure(walk, id, error);
    g_autoptr(GArray) steps = depth > 0
                                  ? store_trace_step(walk->store, kind, id, TRACE_WIDTH, error)
                                  : g_array_new(FALSE, FALSE, sizeof(StoreTraceStep));
    if (steps == NULL)
        return false;
    for (guint i = 0; i < steps->len; i++) {
        const StoreTraceStep *step = &g_array_index(steps, StoreTraceStep, i);
        if (strcmp(step->role, "contradicts") != 0 &&
            !walk_to(walk, step->kind, step->id, depth - 1, error))
            return false;
    }
    return true;
}

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool one_origin(const Voice *a, const Voice *b)
{
    if (same(a->source, b->source) || same(a->cites, b->cites) || same(a->cites, b->source) ||
        same(a->source, b->cites))
        return true;
    return MIN(a->story.n_words, b->story.n_words) >= ASSESS_STORY_LEAST &&
           assess_story_alike(&a->story, &b->story);
}

static void join(GArray *voices, guint from, guint to)
{
    for (guint i = 0; i < voices->len; i++)
        if (g_array_index(voices, Voice, i).group == from)
            g_array_index(voices, Voice, i).group = to;
}

static AssessOrigins *origins_of(const Walk *walk)
{
    GArray *voices = walk->voices;
    AssessOrigins *origins = g_new0(AssessOrigins, 1);
    origins->names = g_ptr_array_new_with_free_func(g_free);
    origins->reports = g_array_ref(walk->reports);
    origins->left_out = walk->left_out;
    for (guint i = 0; i < voices->len; i++)
        for (guint k = 0; k < i; k++) {
            const Voice *a = &g_array_index(voices, Voice, k),
                        *b = &g_array_index(voices, Voice, i);
            if (a->group != b->group && one_origin(a, b))
                join(voices, MAX(a->group, b->group), MIN(a->group, b->group));
        }
    for (guint group = 0; group < voices->len; group++) {
        const char *name = NULL;
        bool unknown = false;
        for (guint i = 0; i < voices->len; i++) {
            const Voice *voice = &g_array_index(voices, Voice, i);
            if (voice->group != group)
                continue;
            unknown = unknown || voice->unknown;
            if (name == NULL)
                name = voice->name;
        }
        if (name != NULL)
            g_ptr_array_add(origins->names, g_strdup(name));
        else
            origins->unknown += unknown;
    }
    return origins;
}

AssessOrigins *assess_origins(Store *store, const GArray *records, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) voices = g_array_new(FALSE, TRUE, sizeof(Voice));
    g_array_set_clear_func(voices, voice_clear);
    g_autoptr(GArray) reports = g_array_new(FALSE, FALSE, sizeof(gint64));
    Walk walk = {.store = store, .seen = seen, .voices = voices, .reports = reports};
    for (guint i = 0; i < records->len; i++) {
        const StoreTraceStep *record = &g_array_index(records, StoreTraceStep, i);
        if (!walk_to(&walk, record->kind, record->id, TRACE_DEPTH, error))
            return NULL;
    }
    return origins_of(&walk);
}

/* ---- grading ---- */

/* The report, and every statement of an act that it tells of. */
static AssessOrigins *told_by(Store *store, gint64 report_id, GError **error)
{
    g_autoptr(GArray) records = g_array_new(FALSE, TRUE, sizeof(StoreTraceStep));
    const StoreTraceStep own = {STORE_KIND_REPORT, report_id, ""};
    g_array_append_val(records, own);
    g_autoptr(GPtrArray) statements = store_statement_list_by_report(store, report_id, NULL, error);
    for (guint i = 0; statements != NULL && i < statements->len; i++) {
        const StoreStatement *statement = statements->pdata[i];
        const StoreTraceStep act = {STORE_KIND_ACT, statement->act_id, ""};
        if (statement->act_id != 0)
            g_array_append_val(records, act);
    }
    return statements != NULL ? assess_origins(store, records, error) : NULL;
}

static bool confirmed(Store *store, const StoreReport *report, GError **error)
{
    g_autoptr(AssessOrigins) origins = told_by(store, report->id, error);
    if (origins == NULL)
        return false;
    if (origins->names->len >= 2)
        return true;
    char id[STORE_ID_MAX];
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                _("Grade 1 (confirmed by other sources) needs a second independent source: what %s "
                  "tells of, no other source of the case tells of. Grade 2 says “probably true”."),
                store_id_format(STORE_KIND_REPORT, report->id, id));
    return false;
}

static bool grade_report(Store *store, StoreReport *report, AssessGrade grade, GError **error)
{
    if ((grade.source == 0 || grade.source == report->reliability) &&
        (grade.information == 0 || grade.information == report->credibility))
        return true;
    if (grade.source != 0)
        report->reliability = grade.source;
    if (grade.information != 0)
        report->credibility = grade.information;
    return (grade.information != 1 || confirmed(store, report, error)) &&
           store_report_update(store, report, error);
}

static bool grade_reports_of(Store *store, gint64 source_id, AssessGrade grade, guint *ret_n,
                             GError **error)
{
    StorePage page = {.limit = 500};
    for (;;) {
        g_autoptr(GPtrArray) reports = store_report_list_by_source(store, source_id, &page, error);
        if (reports == NULL)
            return false;
        for (guint i = 0; i < reports->len; i++, (*ret_n)++)
            if (!grade_report(store, reports->pdata[i], grade, error))
                return false;
        if (reports->len < page.limit)
            return true;
        page.after = ((const StoreReport *)reports->pdata[reports->len - 1])->id;
    }
}

static bool grade_source(Store *store, gint64 id, AssessGrade grade, guint *ret_n, GError **error)
{
    if (grade.information == 1) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("Grade 1 (confirmed by other sources) is given report by report, "
                              "not to all that a source says."));
        return false;
    }
    g_autoptr(StoreSource) source = store_source_load(store, id, error);
    if (source == NULL)
        return false;
    if (grade.source != 0)
        source->reliability = grade.source;
    if (grade.information != 0)
        source->credibility = grade.information;
    return store_source_update(store, source, error) &&
           grade_reports_of(store, id, grade, ret_n, error);
}

static bool write_down(Store *store, StoreKind kind, gint64 id, AssessGrade grade, const char *why,
                       gint64 user_id, GError **error)
{
    g_autoptr(StoreAudit) audit = store_audit_new();
    audit->user_id = user_id;
    audit->action = g_strdup("grade");
    audit->target_kind = (gint32)kind;
    audit->target_id = id;
    const char letter[2] = {grade.source, '\0'};
    audit->field = grade.information != 0 ? g_strdup_printf("%s%d", letter, grade.information)
                                          : g_strdup(letter);
    audit->reason = g_strdup(why);
    return store_audit_add(store, audit, error);
}

bool assess_grade_set(Store *store, StoreKind kind, gint64 id, AssessGrade grade, const char *why,
                      gint64 user_id, guint *ret_n, GError **error)
{
    *ret_n = 0;
    if (why == NULL || why[strspn(why, " \t\n")] == '\0') {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("Say why (--why): whoever reads the grade will ask."));
        return false;
    }
    if (!store_begin(store, error))
        return false;
    bool ok = false;
    if (kind == STORE_KIND_SOURCE) {
        ok = grade_source(store, id, grade, ret_n, error);
    } else if (kind == STORE_KIND_REPORT) {
        g_autoptr(StoreReport) report = store_report_load(store, id, error);
        ok = report != NULL && grade_report(store, report, grade, error);
        *ret_n = ok;
    } else {
        char text[STORE_ID_MAX];
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s is neither a report nor a source: only these are graded so. A finding is "
                      "graded where it is written (zenhar appeal finding)."),
                    store_id_format(kind, id, text));
    }
    if (!ok || !write_down(store, kind, id, grade, why, user_id, error)) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, error);
}
