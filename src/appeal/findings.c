/* appeal/findings.c: a finding is written down, and held against the case again. */
#include "appeal/findings.h"

#include "appeal/lint.h"
#include "appeal/rests.h"
#include "assess/judge.h"
#include "base/i18n.h"
#include "text/normalize.h"
#include <string.h>

static bool fail(GError **error, ZenharErrorCode code, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, (int)code, sentence);
    return false;
}

static bool empty(const char *text)
{
    return text == NULL || text[strspn(text, " \t\n")] == '\0';
}

/* ---- what its words may not be ---- */

static bool check_words(const char *text, GError **error)
{
    g_autoptr(GPtrArray) remarks = lint_text(text, LINT_CASE, error);
    for (guint i = 0; remarks != NULL && i < remarks->len; i++) {
        const LintFinding *remark = remarks->pdata[i];
        /* Its strength is what the standard of proof says, which stands beside it. */
        if (strcmp(remark->rule, "too_strong") != 0 && strcmp(remark->rule, "press_only") != 0)
            return fail(error, ZENHAR_ERROR_INPUT, remark->says);
    }
    return remarks != NULL;
}

/* Folded, each run of spaces as one. */
static char *fold(const char *text)
{
    char *folded = text_fold(text, -1, NULL), *end = folded;
    for (const char *at = folded; *at != '\0'; at++)
        if (*at != ' ' || end == folded || end[-1] != ' ')
            *end++ = *at;
    *end = '\0';
    return folded;
}

static bool names(const char *folded, const char *name)
{
    if (empty(name))
        return false;
    g_autofree char *wanted = fold(name);
    return strchr(wanted, ' ') != NULL && strstr(folded, wanted) != NULL;
}

/* A finding goes into letters: it names nobody of whom its records tell. */
static bool check_names(Store *store, const char *text, const GArray *reports, GError **error)
{
    g_autofree char *folded = fold(text);
    for (guint i = 0; i < reports->len; i++) {
        g_autoptr(GPtrArray) statements =
            store_statement_list_by_report(store, g_array_index(reports, gint64, i), NULL, error);
        if (statements == NULL)
            return false;
        for (guint k = 0; k < statements->len; k++)
            if (names(folded, ((const StoreStatement *)statements->pdata[k])->victim_name))
                return fail(error, ZENHAR_ERROR_INPUT,
                            _("The finding names a person. Findings go into letters, which name "
                              "nobody at risk: say it without the name."));
    }
    return true;
}

/* ---- whether it holds ---- */

static char *why_not(const StoreFinding *finding, const AssessOrigins *origins)
{
    if (origins->names->len + origins->unknown == 0)
        return g_strdup(origins->left_out > 0
                            ? _("It rests only on reports that were withdrawn, rejected or graded "
                                "E5 (unreliable source, improbable): these carry no finding.")
                            : _("No report and no reported figure stands behind it."));
    if (finding->credibility == 1 && origins->names->len < 2)
        return g_strdup_printf(
            _("Grade 1 (confirmed by other sources) needs a second independent source; there is "
              "one: %s. Reports that cite one another, or tell one story, count once."),
            origins->names->len > 0 ? (const char *)origins->names->pdata[0]
                                    : _("a report without a source"));
    return NULL;
}

bool appeal_finding_verify(Store *store, const StoreFinding *finding, AssessOrigins **ret_origins,
                           char **ret_why, GError **error)
{
    g_autoptr(GArray) records = appeal_rests(store, STORE_KIND_FINDING, finding->id, error);
    AssessOrigins *origins = records != NULL ? assess_origins(store, records, error) : NULL;
    if (origins == NULL)
        return false;
    *ret_why = why_not(finding, origins);
    *ret_origins = origins;
    return true;
}

/* ---- writing it down ---- */

static StoreFinding *fill(const AppealFindingInput *input, GError **error)
{
    AssessGrade grade;
    const char *standard;
    if (empty(input->text)) {
        fail(error, ZENHAR_ERROR_USAGE, _("The finding says nothing: give its text (--text)."));
        return NULL;
    }
    if (empty(input->standard) || !judge_confidence_parse(input->standard, &standard, error)) {
        if (empty(input->standard))
            fail(error, ZENHAR_ERROR_USAGE,
                 _("Say by which standard of proof the finding holds (--standard): suspicion, "
                   "grounds, balance, convincing, beyond-doubt."));
        return NULL;
    }
    if (!assess_grade_parse(input->grade != NULL ? input->grade : "", &grade, error))
        return NULL;
    if (grade.source == 0 || grade.information == 0) {
        fail(error, ZENHAR_ERROR_USAGE,
             _("A finding is graded by its sources and by its information, such as B2."));
        return NULL;
    }
    if (!check_words(input->text, error) ||
        (input->text_fa != NULL && !check_words(input->text_fa, error)))
        return NULL;
    StoreFinding *finding = store_finding_new();
    finding->text = g_strdup(input->text);
    finding->text_fa = g_strdup(input->text_fa);
    finding->standard = g_strdup(standard);
    finding->reliability = grade.source;
    finding->credibility = grade.information;
    finding->first_day = input->first_day;
    finding->last_day = input->last_day;
    finding->note = g_strdup(input->note);
    return finding;
}

static bool write_finding(Store *store, StoreFinding *finding, const char *ids, GError **error)
{
    guint n = 0;
    g_autoptr(AssessOrigins) origins = NULL;
    g_autofree char *why = NULL;
    if (!store_finding_add(store, finding, error) ||
        !appeal_rest_on(store, STORE_KIND_FINDING, finding->id, ids, &n, error))
        return false;
    if (n == 0)
        return fail(error, ZENHAR_ERROR_INPUT,
                    _("The finding rests on nothing: name the reports, statements, acts or figures "
                      "it rests on, by their ids (R12, AC3, FG5)."));
    if (!appeal_finding_verify(store, finding, &origins, &why, error))
        return false;
    return why != NULL ? fail(error, ZENHAR_ERROR_DATA, why)
                       : check_names(store, finding->text, origins->reports, error) &&
                             (finding->text_fa == NULL ||
                              check_names(store, finding->text_fa, origins->reports, error));
}

gint64 appeal_finding_add(Store *store, const AppealFindingInput *input, GError **error)
{
    g_autoptr(StoreFinding) finding = fill(input, error);
    if (finding == NULL || !store_begin(store, error))
        return 0;
    if (!write_finding(store, finding, input->rests_on, error)) {
        store_rollback(store);
        return 0;
    }
    return store_commit(store, error) ? finding->id : 0;
}

char *appeal_grade_words(const StoreFinding *finding)
{
    g_autofree char *number = i18n_integer(finding->credibility);
    return g_strdup_printf(_("%c%s: %s; %s"), finding->reliability, number,
                           assess_reliability_title(finding->reliability),
                           assess_credibility_title(finding->credibility));
}
