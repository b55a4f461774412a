/* assess/strata_tables.c: which sources are the lists of a stratum, and the tables of their
 * overlap. */
#include "assess/strata_private.h"

#include "assess/assess.h"
#include "store/id.h"
#include <string.h>

typedef struct {
    guint bit;
    double persons;
} Size;

static gint larger_first(gconstpointer a, gconstpointer b)
{
    const Size *x = a, *y = b;
    if (x->persons != y->persons)
        return x->persons > y->persons ? -1 : 1;
    return (x->bit > y->bit) - (x->bit < y->bit);
}

/* Persons on each source, a mean over the draws. */
static GArray *sizes_of(const StrataWork *work, const StrataStratum *stratum)
{
    GArray *sizes = g_array_new(FALSE, TRUE, sizeof(Size));
    g_array_set_size(sizes, work->sources->len);
    for (guint b = 0; b < sizes->len; b++)
        g_array_index(sizes, Size, b).bit = b;
    for (gsize k = 0; k < work->n_draws; k++)
        for (guint i = 0; i < stratum->masks[k]->len; i++)
            for (guint64 left = g_array_index(stratum->masks[k], guint64, i); left != 0;
                 left &= left - 1)
                g_array_index(sizes, Size, __builtin_ctzll(left)).persons +=
                    1 / (double)work->n_draws;
    return sizes;
}

/* Those asked for, in that order; else the largest. */
static GArray *choose(const StrataWork *work, const GArray *sizes, const GArray *asked)
{
    GArray *chosen = g_array_new(FALSE, FALSE, sizeof(Size));
    double least = MAX(1, work->options->least_on_list);
    if (asked != NULL) {
        for (guint i = 0; i < asked->len; i++) {
            const Size *size = &g_array_index(sizes, Size, g_array_index(asked, guint, i));
            if (size->persons >= 1)
                g_array_append_val(chosen, *size);
        }
        return chosen;
    }
    for (guint b = 0; b < sizes->len && b < STRATA_SOURCES - 1; b++)
        if (g_array_index(sizes, Size, b).persons >= least)
            g_array_append_val(chosen, g_array_index(sizes, Size, b));
    g_array_sort(chosen, larger_first);
    if (chosen->len > work->options->most_lists)
        g_array_set_size(chosen, work->options->most_lists);
    return chosen;
}

static char *source_name(Store *store, gint64 id)
{
    g_autoptr(StoreSource) source = store_source_load(store, id, NULL);
    if (source != NULL && source->name != NULL)
        return g_strdup(source->name);
    char text[STORE_ID_MAX];
    return g_strdup(store_id_format(STORE_KIND_SOURCE, id, text));
}

static EstimateLists *table_of(const GArray *masks, const GArray *chosen, const char *const *names,
                               double *elsewhere, GError **error)
{
    g_autoptr(EstimateLists) lists = estimate_lists_new(chosen->len, names, error);
    for (guint i = 0; lists != NULL && i < masks->len; i++) {
        guint64 mask = g_array_index(masks, guint64, i);
        uint32_t own = 0;
        for (guint j = 0; j < chosen->len; j++)
            own |= (uint32_t)(mask >> g_array_index(chosen, Size, j).bit & 1) << j;
        if (own == 0)
            *elsewhere += 1;
        else if (!estimate_lists_add(lists, own, 1, error))
            return NULL;
    }
    return g_steal_pointer(&lists);
}

static char *year_words(int year, bool solar, I18nLanguage language)
{
    I18nLanguage saved = i18n_language();
    i18n_set_language(language);
    g_autofree char *text = NULL;
    if (year == 0)
        text = g_strdup(_("year not known"));
    else if (solar)
        text = language == I18N_PERSIAN
                   ? g_strdup_printf("%d", year)
                   : g_strdup_printf("SH %d (%d–%d)", year, year + 621, year + 622);
    else
        text = language == I18N_PERSIAN
                   ? g_strdup_printf("%d (%d–%d)", year, year - 622, year - 621)
                   : g_strdup_printf("%d", year);
    char *shown = i18n_digits(text);
    i18n_set_language(saved);
    return shown;
}

static char *title_of(const StrataWork *work, const StrataKey *key, I18nLanguage language)
{
    guint by = work->options->by;
    g_autoptr(GString) title = g_string_new(NULL);
    const char *comma = language == I18N_PERSIAN ? "، " : ", ";
    if (by == 0)
        g_string_append(title, i18n_get_in(language, "all"));
    if ((by & ASSESS_BY_KIND) != 0)
        g_string_append(title, key->kind != NULL ? assess_kind_title(key->kind, language)
                                                 : i18n_get_in(language, "kind not known"));
    if ((by & ASSESS_BY_PROVINCE) != 0) {
        const StorePlace *place = strata_place_peek(work->places, key->province);
        const char *name = place == NULL ? i18n_get_in(language, "province not known")
                           : language == I18N_PERSIAN && place->name_fa != NULL ? place->name_fa
                           : place->name_en != NULL                             ? place->name_en
                                                                                : place->name_fa;
        g_string_append_printf(title, "%s%s", title->len > 0 ? comma : "", name);
    }
    if ((by & (ASSESS_BY_YEAR | ASSESS_BY_SOLAR_YEAR)) != 0) {
        g_autofree char *year = year_words(key->year, (by & ASSESS_BY_SOLAR_YEAR) != 0, language);
        g_string_append_printf(title, "%s%s", title->len > 0 ? comma : "", year);
    }
    return g_string_free(g_steal_pointer(&title), FALSE);
}

static bool make_tables(const StrataWork *work, const StrataStratum *stratum, const GArray *chosen,
                        AssessStratum *made, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (guint j = 0; j < chosen->len; j++)
        g_ptr_array_add(names, source_name(work->store, g_array_index(made->sources, gint64, j)));
    made->tables = g_new0(EstimateLists *, work->n_draws + 1);
    for (gsize k = 0; k < work->n_draws; k++) {
        double elsewhere = 0;
        made->tables[k] = table_of(stratum->masks[k], chosen, (const char *const *)names->pdata,
                                   &elsewhere, error);
        if (made->tables[k] == NULL)
            return false;
        made->elsewhere += elsewhere / (double)work->n_draws;
    }
    return true;
}

void strata_free(gpointer data)
{
    AssessStratum *stratum = data;
    for (gsize k = 0; stratum->tables != NULL && k < stratum->n_draws; k++)
        estimate_lists_free(stratum->tables[k]);
    g_free(stratum->tables);
    g_free(stratum->title[0]);
    g_free(stratum->title[1]);
    g_free(stratum->why);
    g_array_unref(stratum->sources);
    g_free(stratum);
}

bool strata_make(const StrataWork *work, const StrataStratum *stratum, const GArray *asked,
                 GPtrArray *strata, GError **error)
{
    g_autoptr(GArray) sizes = sizes_of(work, stratum), chosen = choose(work, sizes, asked);
    AssessStratum *made = g_new0(AssessStratum, 1);
    g_ptr_array_add(strata, made);
    made->year = stratum->key.year;
    made->province_id = stratum->key.province;
    made->act_kind = stratum->key.kind;
    made->n_draws = work->n_draws;
    made->sources = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (int language = 0; language < 2; language++)
        made->title[language] = title_of(work, &stratum->key, (I18nLanguage)language);
    for (gsize k = 0; k < work->n_draws; k++)
        made->persons += stratum->masks[k]->len / (double)work->n_draws;
    for (guint j = 0; j < chosen->len; j++)
        g_array_append_val(made->sources, g_array_index(work->sources, gint64,
                                                        g_array_index(chosen, Size, j).bit));
    if (chosen->len < 2) {
        g_autofree char *least = i18n_integer(work->options->least_on_list);
        made->elsewhere = made->persons;
        made->why = asked != NULL
                        ? g_strdup(_("Fewer than two of the sources named tell of anybody here: "
                                     "there is no overlap to learn from."))
                        : g_strdup_printf(_("Fewer than two sources tell of at least %s persons "
                                            "here: there is no overlap to learn from."),
                                          least);
        return true;
    }
    return make_tables(work, stratum, chosen, made, error);
}

int strata_most_persons_first(gconstpointer a, gconstpointer b)
{
    const AssessStratum *x = *(const AssessStratum *const *)a,
                        *y = *(const AssessStratum *const *)b;
    if (x->persons != y->persons)
        return x->persons > y->persons ? -1 : 1;
    return strcmp(x->title[I18N_ENGLISH], y->title[I18N_ENGLISH]);
}

/* ---- sources ---- */

/* Bits by number of statements, so that the many small ones share the last. */
void strata_number_sources(StrataWork *work)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GArray) sizes = g_array_new(FALSE, FALSE, sizeof(Size));
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < work->named->len; i++) {
        gint64 id = g_array_index(work->named, StoreNamed, i).source_id;
        guint at = GPOINTER_TO_UINT(g_hash_table_lookup(counts, &id));
        if (at == 0) {
            const Size fresh = {ids->len, 0};
            gint64 *key = g_new(gint64, 1);
            *key = id;
            g_array_append_val(ids, id);
            g_array_append_val(sizes, fresh);
            at = ids->len;
            g_hash_table_insert(counts, key, GUINT_TO_POINTER(at));
        }
        g_array_index(sizes, Size, at - 1).persons += 1;
    }
    g_array_sort(sizes, larger_first);
    for (guint i = 0; i < sizes->len; i++) {
        gint64 id = g_array_index(ids, gint64, g_array_index(sizes, Size, i).bit);
        gint64 *key = g_new(gint64, 1);
        *key = id;
        if (i < STRATA_SOURCES)
            g_array_append_val(work->sources, id);
        g_hash_table_insert(work->bits, key, GUINT_TO_POINTER(MIN(i, STRATA_SOURCES - 1) + 1));
    }
}

/* The bits of the sources asked for, by name or id. */
GArray *strata_find_sources(const StrataWork *work, GError **error)
{
    g_autoptr(GArray) asked = g_array_new(FALSE, FALSE, sizeof(guint));
    for (const char *const *name = work->options->sources; *name != NULL; name++) {
        guint found = G_MAXUINT;
        for (guint b = 0; b < work->sources->len && found == G_MAXUINT; b++) {
            gint64 id = g_array_index(work->sources, gint64, b);
            char text[STORE_ID_MAX];
            g_autofree char *own = source_name(work->store, id);
            if (strcmp(own, *name) == 0 ||
                strcmp(store_id_format(STORE_KIND_SOURCE, id, text), *name) == 0)
                found = b;
        }
        if (found == G_MAXUINT) {
            g_autoptr(GString) known = g_string_new(NULL);
            for (guint b = 0; b < MIN(work->sources->len, 12); b++) {
                g_autofree char *own =
                    source_name(work->store, g_array_index(work->sources, gint64, b));
                g_string_append_printf(known, "%s%s", b == 0 ? "" : ", ", own);
            }
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("No source “%s” tells of a person in this case; the largest that do: "
                          "%s."),
                        *name, known->str);
            return NULL;
        }
        g_array_append_val(asked, found);
    }
    return g_steal_pointer(&asked);
}
