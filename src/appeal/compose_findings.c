/* appeal/compose_findings.c: what the case holds to be so, each with its standard of proof. */
#include "appeal/compose.h"

#include "appeal/findings.h"
#include "appeal/rests.h"
#include "assess/judge.h"
#include "base/i18n.h"

/* Of the letter's day or before, where days are known; and one that still holds. */
static bool usable(Compose *compose, const StoreFinding *finding, AssessOrigins **ret_origins,
                   bool *ret_usable, GError **error)
{
    g_autofree char *why = NULL;
    if (!appeal_finding_verify(compose->store, finding, ret_origins, &why, error))
        return false;
    *ret_usable = why == NULL && finding->first_day <= compose->day &&
                  (finding->last_day == G_MAXINT32 || finding->last_day <= compose->day);
    return true;
}

static bool add(Compose *compose, const StoreFinding *finding, const AssessOrigins *origins,
                GError **error)
{
    g_autofree char *rests =
        appeal_rests_text(compose->store, STORE_KIND_FINDING, finding->id, error);
    if (rests == NULL)
        return false;
    const char *text = compose_choose(compose, finding->text, finding->text_fa);
    g_autofree char *n = i18n_integer(origins->names->len);
    g_autofree char *note = g_strdup_printf(_("Rests on %s; independent sources: %s"), rests, n);
    g_autofree char *grade = appeal_grade_words(finding);
    const char *call = compose_cite(compose, STORE_KIND_FINDING, finding->id, note, "yes", text);
    g_autofree char *item = g_strdup_printf(
        _("%s Standard of proof: %s. Grade %s.%s"), text,
        judge_confidence_title(finding->standard, compose->options->language), grade, call);
    letter_draft_part(compose->draft, APPEAL_ITEM, 0, item);
    return true;
}

bool compose_findings(Compose *compose, GError **error)
{
    g_autoptr(GPtrArray) findings = store_finding_list(compose->store, NULL, error);
    if (findings == NULL)
        return false;
    bool told = false;
    for (guint i = 0; i < findings->len; i++) {
        const StoreFinding *finding = findings->pdata[i];
        g_autoptr(AssessOrigins) origins = NULL;
        bool holds;
        if (!usable(compose, finding, &origins, &holds, error))
            return false;
        if (!holds)
            continue;
        if (!told) {
            letter_draft_part(compose->draft, APPEAL_HEADING, 0, _("What we find"));
            letter_draft_part(compose->draft, APPEAL_PARAGRAPH, 0,
                              _("Each finding names its standard of proof. It is graded by its "
                                "sources, from A (reliable) to F (cannot be judged), and by its "
                                "information, from 1 (confirmed by other, independent sources) to "
                                "6 (cannot be judged):"));
            told = true;
        }
        if (!add(compose, finding, origins, error))
            return false;
    }
    return true;
}
