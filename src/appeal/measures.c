/* appeal/measures.c: asked, promised, refused, taken: one step after the other, the last one
 * counts. */
#include "appeal/measures.h"
#include "appeal/rests.h"

#include "base/error.h"
#include "store/link.h"
#include "store/log.h"
#include "store/record.h"
#include <string.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

static const char *const NAMES[APPEAL_N_STANDS] = {NULL, "asked", "promised", "refused", "taken"};

const char *appeal_stand_name(AppealStand stand)
{
    return NAMES[stand];
}

const char *appeal_stand_title(AppealStand stand)
{
    switch (stand) {
    case APPEAL_ASKED:
        return _("asked");
    case APPEAL_PROMISED:
        return _("promised");
    case APPEAL_REFUSED:
        return _("refused");
    case APPEAL_TAKEN:
        return _("taken");
    case APPEAL_NONE:
    case APPEAL_N_STANDS:
        break;
    }
    return "";
}

AppealStand appeal_stand_of(const StoreCommitment *step)
{
    for (int stand = APPEAL_ASKED; step != NULL && stand < APPEAL_N_STANDS; stand++)
        if (g_strcmp0(step->status, NAMES[stand]) == 0)
            return (AppealStand)stand;
    return APPEAL_NONE;
}

char *appeal_country_title(const char *state, const char *code)
{
    UChar title[128];
    char utf8[384];
    UErrorCode status = U_ZERO_ERROR;
    if (code == NULL || strlen(code) != 2 || i18n_language() == I18N_ENGLISH)
        return g_strdup(state);
    const char locale[] = {'u', 'n', 'd', '_', code[0], code[1], '\0'};
    int32_t length = uloc_getDisplayCountry(locale, i18n_tag(i18n_language()), title,
                                            G_N_ELEMENTS(title), &status);
    if (U_FAILURE(status) || length <= 0 || status == U_USING_DEFAULT_WARNING)
        return g_strdup(state);
    u_strToUTF8(utf8, sizeof utf8, NULL, title, length, &status);
    return g_strdup(U_SUCCESS(status) ? utf8 : state);
}

static bool fail(GError **error, ZenharErrorCode code, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, (int)code, sentence);
    return false;
}

/* ---- states ---- */

/* The state's name as the case writes it. NULL with error set. Transfers. */
static char *known_state(Store *store, const char *word, GError **error)
{
    if (word == NULL || word[strspn(word, " ")] == '\0') {
        fail(error, ZENHAR_ERROR_USAGE,
             _("Say which state, by its English name or its code (FR)."));
        return NULL;
    }
    g_autoptr(GPtrArray) members = store_member_list(store, NULL, error);
    g_autoptr(GPtrArray) ballots = members != NULL ? store_ballot_list(store, NULL, error) : NULL;
    if (ballots == NULL)
        return NULL;
    for (guint i = 0; i < members->len; i++) {
        const StoreMember *member = members->pdata[i];
        if (g_ascii_strcasecmp(member->state, word) == 0 ||
            (member->state_code != NULL && g_ascii_strcasecmp(member->state_code, word) == 0))
            return g_strdup(member->state);
    }
    for (guint i = 0; i < ballots->len; i++) {
        const StoreBallot *ballot = ballots->pdata[i];
        if (g_ascii_strcasecmp(ballot->state, word) == 0)
            return g_strdup(ballot->state);
    }
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
        _("“%s” is no state of the case's tables: `zenhar appeal members` and `zenhar appeal "
          "votes` show how states are written there."),
        word);
    return NULL;
}

static char *code_of(GPtrArray *members, const char *state)
{
    for (guint i = 0; i < members->len; i++) {
        const StoreMember *member = members->pdata[i];
        if (member->state_code != NULL && g_strcmp0(member->state, state) == 0)
            return g_strdup(member->state_code);
    }
    return g_strdup("");
}

/* ---- a step ---- */

static StoreCommitment *fill(Store *store, const AppealStandInput *input, GError **error)
{
    g_autoptr(StoreCommitment) step = store_commitment_new();
    StoreCommitment probe = {.status = (char *)input->status};
    if (appeal_stand_of(&probe) == APPEAL_NONE) {
        fail(error, ZENHAR_ERROR_USAGE,
             _("Say what came of it: asked, promised, refused or taken."));
        return NULL;
    }
    if (input->day == 0) {
        fail(error, ZENHAR_ERROR_USAGE, _("Say on which day (--on)."));
        return NULL;
    }
    step->state = known_state(store, input->state, error);
    if (step->state == NULL)
        return NULL;
    if (input->measure == NULL) {
        fail(error, ZENHAR_ERROR_USAGE,
             _("Say which measure, by its code (zenhar appeal measures lists them)."));
        return NULL;
    }
    g_autoptr(StoreMeasure) measure = store_measure_find(store, input->measure, error);
    if (measure == NULL)
        return NULL;
    if (input->letter != NULL) {
        StoreKind kind;
        if (!store_id_read(input->letter, STORE_KIND_APPEAL, &kind, &step->appeal_id, error))
            return NULL;
        g_autoptr(StoreAppeal) letter = store_appeal_load(store, step->appeal_id, error);
        if (letter == NULL)
            return NULL;
    }
    step->measure_id = measure->id;
    step->status = g_strdup(input->status);
    step->day = input->day;
    step->text = g_strdup(input->text);
    step->text_fa = g_strdup(input->text_fa);
    step->source = g_strdup(input->source);
    step->verified = g_strdup("yes");
    return g_steal_pointer(&step);
}

gint64 appeal_stand_add(Store *store, const AppealStandInput *input, GError **error)
{
    if (!store_begin(store, error))
        return 0;
    guint n = 0;
    g_autoptr(StoreCommitment) step = fill(store, input, error);
    bool ok = step != NULL && store_commitment_add(store, step, error) &&
              appeal_rest_on(store, STORE_KIND_COMMITMENT, step->id, input->rests_on, &n, error);
    if (ok && n == 0 && input->letter == NULL &&
        (input->source == NULL || input->source[strspn(input->source, " ")] == '\0'))
        ok = fail(error, ZENHAR_ERROR_INPUT,
                  _("Nothing shows it: give the source (--source: title, publisher, date), or "
                    "records of the case that it rests on (--rests)."));
    if (!ok) {
        store_rollback(store);
        return 0;
    }
    return store_commit(store, error) ? step->id : 0;
}

/* ---- the matrix ---- */

void appeal_matrix_free(AppealMatrix *matrix)
{
    if (matrix == NULL)
        return;
    g_clear_pointer(&matrix->states, g_ptr_array_unref);
    g_clear_pointer(&matrix->codes, g_ptr_array_unref);
    g_clear_pointer(&matrix->measures, g_ptr_array_unref);
    g_clear_pointer(&matrix->steps, g_ptr_array_unref);
    g_free(matrix->last);
    g_free(matrix);
}

static gint by_day(gconstpointer a, gconstpointer b)
{
    const StoreCommitment *left = *(StoreCommitment *const *)a,
                          *right = *(StoreCommitment *const *)b;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static gint by_code(gconstpointer a, gconstpointer b)
{
    const StoreMeasure *left = *(StoreMeasure *const *)a, *right = *(StoreMeasure *const *)b;
    return g_strcmp0(left->code, right->code);
}

/* Steps up to the day, in their order. */
static bool take_steps(Store *store, AppealMatrix *matrix, gint32 day, GError **error)
{
    g_autoptr(GPtrArray) all = store_commitment_list(store, NULL, error);
    if (all == NULL)
        return false;
    for (guint i = 0; i < all->len; i++) {
        const StoreCommitment *step = all->pdata[i];
        if (step->day <= day)
            g_ptr_array_add(matrix->steps, store_commitment_load(store, step->id, NULL));
    }
    g_ptr_array_sort(matrix->steps, by_day);
    return true;
}

static bool has_measure(const AppealMatrix *matrix, gint64 id)
{
    for (guint i = 0; i < matrix->measures->len; i++)
        if (((const StoreMeasure *)matrix->measures->pdata[i])->id == id)
            return true;
    return false;
}

static bool take_axes(Store *store, AppealMatrix *matrix, GError **error)
{
    g_autoptr(GPtrArray) members = store_member_list(store, NULL, error);
    if (members == NULL)
        return false;
    for (guint i = 0; i < matrix->steps->len; i++) {
        const StoreCommitment *step = matrix->steps->pdata[i];
        if (!g_ptr_array_find_with_equal_func(matrix->states, step->state, g_str_equal, NULL))
            g_ptr_array_add(matrix->states, g_strdup(step->state));
        if (has_measure(matrix, step->measure_id))
            continue;
        StoreMeasure *measure = store_measure_load(store, step->measure_id, error);
        if (measure == NULL)
            return false;
        g_ptr_array_add(matrix->measures, measure);
    }
    g_ptr_array_sort(matrix->states, by_text);
    g_ptr_array_sort(matrix->measures, by_code);
    for (guint i = 0; i < matrix->states->len; i++)
        g_ptr_array_add(matrix->codes, code_of(members, matrix->states->pdata[i]));
    return true;
}

AppealMatrix *appeal_matrix_load(Store *store, gint32 day, GError **error)
{
    g_autoptr(AppealMatrix) matrix = g_new0(AppealMatrix, 1);
    matrix->states = g_ptr_array_new_with_free_func(g_free);
    matrix->codes = g_ptr_array_new_with_free_func(g_free);
    matrix->measures = g_ptr_array_new_with_free_func((GDestroyNotify)store_measure_free);
    matrix->steps = g_ptr_array_new_with_free_func((GDestroyNotify)store_commitment_free);
    if (!take_steps(store, matrix, day, error) || !take_axes(store, matrix, error))
        return NULL;
    guint n_measures = matrix->measures->len;
    matrix->last = g_new0(const StoreCommitment *, matrix->states->len *n_measures + 1);
    for (guint i = 0; i < matrix->steps->len; i++) {
        const StoreCommitment *step = matrix->steps->pdata[i];
        guint state = 0, measure = 0;
        g_ptr_array_find_with_equal_func(matrix->states, step->state, g_str_equal, &state);
        while (((const StoreMeasure *)matrix->measures->pdata[measure])->id != step->measure_id)
            measure++;
        matrix->last[state * n_measures + measure] = step;
    }
    return g_steal_pointer(&matrix);
}

char *appeal_matrix_states(const AppealMatrix *matrix, gint64 measure_id, AppealStand stand)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint s = 0; s < matrix->states->len; s++)
        for (guint m = 0; m < matrix->measures->len; m++) {
            const StoreMeasure *measure = matrix->measures->pdata[m];
            if (measure->id != measure_id ||
                appeal_stand_of(matrix->last[s * matrix->measures->len + m]) != stand)
                continue;
            g_autofree char *name =
                appeal_country_title(matrix->states->pdata[s], matrix->codes->pdata[s]);
            g_string_append_printf(names, "%s%s", names->len > 0 ? "; " : "", name);
        }
    return g_string_free(g_steal_pointer(&names), FALSE);
}
