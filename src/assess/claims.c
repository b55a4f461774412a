#include "assess/claims.h"

#include "base/edtf.h"
#include "base/i18n.h"
#include "store/person.h"
#include "text/normalize.h"
#include <stddef.h>
#include <string.h>

/* ---- the fields ---- */

typedef struct {
    const char *field, *title;
    AssessClaimKind kind;
    bool of_person;
    gsize offset; /* of the text in StoreStatement; unused for counts */
} Row;
#define OFFSET(member) offsetof(StoreStatement, member)
static const Row ROWS[] = {
    {"victim_birth", N_("Born"), ASSESS_CLAIM_DATE, true, OFFSET(victim_birth)},
    {"victim_gender", N_("Gender"), ASSESS_CLAIM_WORD, true, OFFSET(victim_gender)},
    {"victim_group", N_("Group, as reported"), ASSESS_CLAIM_TEXT, true, OFFSET(victim_group)},
    {"event_date", N_("When"), ASSESS_CLAIM_DATE, false, OFFSET(event_date)},
    {"place_id", N_("Where"), ASSESS_CLAIM_PLACE, false, OFFSET(place_text)},
    {"count", N_("How many"), ASSESS_CLAIM_COUNT, false, 0},
    {"perpetrator", N_("By whom, as reported"), ASSESS_CLAIM_TEXT, false, OFFSET(perpetrator)},
    {"charge", N_("Charge, as reported"), ASSESS_CLAIM_TEXT, false, OFFSET(charge)},
    {"outcome", N_("Outcome, as reported"), ASSESS_CLAIM_TEXT, false, OFFSET(outcome)},
};

static const char *text_of(const Row *row, const StoreStatement *statement)
{
    const char *text = *(char *const *)(gconstpointer)((const char *)statement + row->offset);
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* ---- one statement's answer ---- */

static AssessClaim *claim_new(const char *value)
{
    AssessClaim *claim = g_new0(AssessClaim, 1);
    claim->value = g_strdup(value);
    claim->low = G_MININT32;
    claim->high = G_MAXINT32;
    claim->statements = g_array_new(FALSE, FALSE, sizeof(gint64));
    return claim;
}

static void claim_free(gpointer data)
{
    AssessClaim *claim = data;
    g_free(claim->value);
    g_array_unref(claim->statements);
    g_free(claim);
}

/* NULL: it says nothing of it. */
static AssessClaim *claim_of(const Row *row, const StoreStatement *statement)
{
    if (row->kind == ASSESS_CLAIM_COUNT) {
        AssessClaim *claim = claim_new(NULL);
        claim->low = statement->count_min;
        claim->high = statement->count_max;
        return claim;
    }
    const char *text = text_of(row, statement);
    if (row->kind == ASSESS_CLAIM_PLACE && statement->place_id != 0) {
        AssessClaim *claim = claim_new(text);
        claim->place_id = statement->place_id;
        return claim;
    }
    if (text == NULL)
        return NULL;
    AssessClaim *claim = claim_new(text);
    Edtf edtf;
    if (row->kind == ASSESS_CLAIM_DATE && edtf_parse(text, CALENDAR_GREGORIAN, &edtf, NULL))
        edtf_bounds(&edtf, &claim->low, &claim->high);
    return claim;
}

static bool same_text(const char *a, const char *b)
{
    gsize length;
    g_autofree char *left = text_fold(a, -1, &length), *right = text_fold(b, -1, &length);
    return strcmp(left, right) == 0;
}

/* Two answers that are one. */
static bool same(const Row *row, const AssessClaim *a, const AssessClaim *b)
{
    switch (row->kind) {
    case ASSESS_CLAIM_COUNT:
        return a->low == b->low && a->high == b->high;
    case ASSESS_CLAIM_PLACE:
        return a->place_id != 0 || b->place_id != 0 ? a->place_id == b->place_id
                                                    : same_text(a->value, b->value);
    case ASSESS_CLAIM_DATE:
    case ASSESS_CLAIM_WORD:
        return strcmp(a->value, b->value) == 0;
    case ASSESS_CLAIM_TEXT:
        break;
    }
    return same_text(a->value, b->value);
}

/* ---- can both be so? ---- */

/* Does the place lie in the other? A broken chain of parents ends somewhere. */
static bool lies_in(Store *store, gint64 place_id, gint64 other_id, bool *ret, GError **error)
{
    *ret = false;
    for (int steps = 0; place_id != 0 && steps < 16; steps++) {
        if (place_id == other_id) {
            *ret = true;
            return true;
        }
        g_autoptr(StorePlace) place = store_place_load(store, place_id, error);
        if (place == NULL)
            return false;
        place_id = place->parent_id;
    }
    return true;
}

static bool fit(Store *store, const Row *row, const AssessClaim *a, const AssessClaim *b,
                AssessAgreement *agreement, GError **error)
{
    AssessAgreement found = ASSESS_CLAIMS_FIT;
    bool within = true;
    switch (row->kind) {
    case ASSESS_CLAIM_PLACE:
        if (a->place_id == 0 || b->place_id == 0) {
            found = ASSESS_CLAIMS_WORDS; /* a place nobody could find on the map */
            break;
        }
        if (!lies_in(store, a->place_id, b->place_id, &within, error) ||
            (!within && !lies_in(store, b->place_id, a->place_id, &within, error)))
            return false;
        found = within ? ASSESS_CLAIMS_FIT : ASSESS_CLAIMS_CONTRADICT;
        break;
    case ASSESS_CLAIM_DATE:
    case ASSESS_CLAIM_COUNT:
        if (a->low > b->high || b->low > a->high)
            found = ASSESS_CLAIMS_CONTRADICT;
        break;
    case ASSESS_CLAIM_WORD:
        found = ASSESS_CLAIMS_CONTRADICT;
        break;
    case ASSESS_CLAIM_TEXT:
        found = ASSESS_CLAIMS_WORDS;
        break;
    }
    *agreement = MAX(*agreement, found);
    return true;
}

static bool judge(Store *store, const Row *row, AssessClaimField *field, GError **error)
{
    for (guint i = 0; i < field->claims->len; i++)
        for (guint k = i + 1; k < field->claims->len; k++)
            if (!fit(store, row, field->claims->pdata[i], field->claims->pdata[k],
                     &field->agreement, error))
                return false;
    return true;
}

/* ---- all of them ---- */

static void field_free(gpointer data)
{
    AssessClaimField *field = data;
    g_ptr_array_unref(field->claims);
    g_free(field);
}

static gint most_first(gconstpointer a, gconstpointer b)
{
    const AssessClaim *x = *(AssessClaim *const *)a, *y = *(AssessClaim *const *)b;
    if (x->statements->len != y->statements->len)
        return x->statements->len > y->statements->len ? -1 : 1;
    const gint64 first = g_array_index(x->statements, gint64, 0),
                 second = g_array_index(y->statements, gint64, 0);
    return (first > second) - (first < second);
}

static void take(const Row *row, AssessClaimField *field, const StoreStatement *statement)
{
    AssessClaim *claim = claim_of(row, statement);
    if (claim == NULL)
        return;
    for (guint i = 0; i < field->claims->len; i++) {
        AssessClaim *known = field->claims->pdata[i];
        if (!same(row, known, claim))
            continue;
        g_array_append_val(known->statements, statement->id);
        claim_free(claim);
        return;
    }
    g_array_append_val(claim->statements, statement->id);
    g_ptr_array_add(field->claims, claim);
}

/* Those of counted reports; borrowed from `statements`. */
static GPtrArray *counted_ones(Store *store, const GPtrArray *statements, GError **error)
{
    g_autoptr(GPtrArray) counted = g_ptr_array_new();
    for (guint i = 0; i < statements->len; i++) {
        const StoreStatement *statement = statements->pdata[i];
        g_autoptr(StoreReport) report = store_report_load(store, statement->report_id, error);
        if (report == NULL)
            return NULL;
        if (store_report_counted(report))
            g_ptr_array_add(counted, statements->pdata[i]);
    }
    return g_steal_pointer(&counted);
}

GPtrArray *assess_claims(Store *store, const GPtrArray *statements, bool of_person, GError **error)
{
    g_autoptr(GPtrArray) counted = counted_ones(store, statements, error);
    if (counted == NULL)
        return NULL;
    g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(field_free);
    for (gsize r = 0; r < G_N_ELEMENTS(ROWS); r++) {
        const Row *row = &ROWS[r];
        if (row->of_person != of_person)
            continue;
        AssessClaimField *field = g_new0(AssessClaimField, 1);
        field->field = row->field;
        field->title = row->title;
        field->kind = row->kind;
        field->claims = g_ptr_array_new_with_free_func(claim_free);
        g_ptr_array_add(fields, field);
        for (guint i = 0; i < counted->len; i++)
            take(row, field, counted->pdata[i]);
        if (field->claims->len == 0) {
            g_ptr_array_remove_index(fields, fields->len - 1);
            continue;
        }
        g_ptr_array_sort(field->claims, most_first);
        if (!judge(store, row, field, error))
            return NULL;
    }
    return g_steal_pointer(&fields);
}
