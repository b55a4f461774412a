/* Letters and reports: structure by lines (extract_letter.c: date, addressees, asks, signatories),
 * statements by sentences (extract_statements.c: acts, places; extract_claims.c: counts). One pass
 * over the words of a text that has been split once. */
#include "text/extract_private.h"

#include "base/limits.h"
#include "text/private.h"
#include <stdlib.h>

const char *text_finding_kind_name(TextFindingKind kind)
{
    static const char *const NAMES[TEXT_N_FINDINGS] = {"letter_date",  "addressee", "ask", "claim",
                                                       "organisation", "place",     "act", "date"};
    return NAMES[kind];
}

/* ---- findings ---- */

char *extract_copy(ExtractReader *r, gsize start, gsize end)
{
    char *copy = strndup(r->text + start, end - start);
    if (copy == NULL)
        r->failed = true;
    return copy;
}

TextFinding *extract_add(ExtractReader *r, TextFindingKind kind, gsize start, gsize end,
                         char *value, char *detail, double confidence)
{
    if (r->n == r->room) {
        gsize room = r->room * 2 + 16;
        TextFinding *findings = realloc(r->findings, room * sizeof *findings);
        if (findings != NULL)
            r->findings = findings;
        guint32 *at = realloc(r->at, room * sizeof *at);
        if (at != NULL)
            r->at = at;
        if (findings != NULL && at != NULL)
            r->room = room;
        else
            r->failed = true;
    }
    if (value == NULL)
        value = strdup("");
    if (detail == NULL)
        detail = strdup("");
    if (r->failed || value == NULL || detail == NULL) {
        r->failed = true;
        free(value);
        free(detail);
        return NULL;
    }
    r->at[r->n] = r->here;
    TextFinding *finding = &r->findings[r->n++];
    *finding = (TextFinding){.kind = kind,
                             .start = start,
                             .end = end,
                             .value = value,
                             .detail = detail,
                             .number_min = -1,
                             .number_max = -1,
                             .confidence = (float)confidence};
    return finding;
}

void extract_set_date(TextFinding *finding, const TextDate *date)
{
    g_strlcpy(finding->edtf, date->edtf, sizeof finding->edtf);
    g_strlcpy(finding->written, date->written, sizeof finding->written);
    finding->calendar = date->calendar;
}

static int compare_findings(const void *left, const void *right)
{
    const TextFinding *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return a->end < b->end ? -1 : a->end > b->end;
}

bool text_extract(const char *text, gsize length, const TextExtractOptions *options,
                  TextFindings *ret_findings, GError **error)
{
    static const TextExtractOptions PLAIN = {0};
    g_auto(TextTokens) tokens = {0};
    if (length > LIMIT_TEXT_BYTES)
        return text_error_length(length, error);
    if (!text_tokens_new(text, length, &tokens))
        return text_error_memory(error);
    ExtractReader r = {.text = text,
                       .length = length,
                       .t = &tokens,
                       .options = options != NULL ? options : &PLAIN};
    if (!text_dates_find_in(&tokens, text, &r.options->dates, &r.dates, error))
        return false;
    gsize body_end = length;
    extract_letter(&r, &body_end);
    extract_statements(&r, body_end);
    gsize head_date = G_MAXSIZE;
    for (gsize i = 0; i < r.n; i++)
        if (r.findings[i].kind == TEXT_FINDING_LETTER_DATE)
            head_date = r.findings[i].start;
    for (gsize d = 0; d < r.dates.n && !r.failed; d++) {
        const TextDate *date = &r.dates.dates[d];
        if (date->start == head_date)
            continue;
        char *value = strdup(date->edtf),
             *detail = strdup(date->contradicted ? "contradicted" : "");
        TextFinding *f = extract_add(&r, TEXT_FINDING_DATE, date->start, date->end, value, detail,
                                     (double)date->confidence);
        if (f != NULL)
            extract_set_date(f, date);
    }
    text_dates_clear(&r.dates);
    free(r.at);
    TextFindings out = {.findings = r.findings, .n = r.n};
    if (r.failed) {
        text_findings_clear(&out);
        return text_error_memory(error);
    }
    if (out.n > 0)
        qsort(out.findings, out.n, sizeof *out.findings, compare_findings);
    *ret_findings = out;
    return true;
}

void text_findings_clear(TextFindings *findings)
{
    for (gsize i = 0; i < findings->n; i++) {
        free(findings->findings[i].value);
        free(findings->findings[i].detail);
    }
    free(findings->findings);
    *findings = (TextFindings){0};
}
