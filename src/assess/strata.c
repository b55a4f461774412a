/* assess/strata.c: statements that name persons → tables of overlapping sources, by stratum.
 *
 * 50,000 statements and 50 draws are 2.5 million rows, sorted by person and walked once: about a
 * second. */
#include "assess/strata_private.h"

#include "base/edtf.h"
#include "intake/join.h"
#include <stdlib.h>
#include <string.h>

enum { DAYS_APART = 7 };

static const struct {
    const char *name;
    AssessBy by;
} WAYS[] = {
    {"year", ASSESS_BY_YEAR},
    {"solar-year", ASSESS_BY_SOLAR_YEAR},
    {"province", ASSESS_BY_PROVINCE},
    {"kind", ASSESS_BY_KIND},
};

bool assess_by_parse(const char *text, guint *ret_by, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text[0] != '\0' ? text : "?", ",", -1);
    guint by = 0;
    for (gsize i = 0; parts[i] != NULL; i++) {
        gsize k = 0;
        while (k < G_N_ELEMENTS(WAYS) && strcmp(WAYS[k].name, g_strstrip(parts[i])) != 0)
            k++;
        if (k == G_N_ELEMENTS(WAYS)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("A case cannot be split by “%s”: year, solar-year, province and kind are "
                          "what there is."),
                        parts[i]);
            return false;
        }
        by |= WAYS[k].by;
    }
    if ((by & ASSESS_BY_YEAR) != 0 && (by & ASSESS_BY_SOLAR_YEAR) != 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("Split by year or by solar-year, not by both."));
        return false;
    }
    *ret_by = by;
    return true;
}

AssessUnseenOptions assess_unseen_options(void)
{
    return (AssessUnseenOptions){.most_lists = 5, .least_on_list = 10, .seed = 1};
}

/* ---- what is read ---- */

static guint key_hash(gconstpointer data)
{
    const StrataKey *key = data;
    return (guint)key->year * 31u + (guint)key->province * 1009u + g_direct_hash(key->kind);
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    const StrataKey *x = a, *y = b;
    return x->year == y->year && x->province == y->province && x->kind == y->kind;
}

const StorePlace *strata_place_peek(const GPtrArray *places, gint64 id)
{
    for (guint i = 0; i < places->len; i++)
        if (((const StorePlace *)places->pdata[i])->id == id)
            return places->pdata[i];
    return NULL;
}

/* The province a place lies in; 0 for a country, whose province is not known. */
static gint64 province_of(const StrataWork *work, gint64 id)
{
    const gint64 *known = g_hash_table_lookup(work->provinces, &id);
    if (id == 0 || known != NULL)
        return id == 0 ? 0 : *known;
    const StorePlace *at = strata_place_peek(work->places, id);
    for (int depth = 0; at != NULL && depth < 8 && g_strcmp0(at->kind, "province") != 0; depth++)
        at = at->parent_id != 0 ? strata_place_peek(work->places, at->parent_id) : NULL;
    gint64 *key = g_new(gint64, 1), *value = g_new(gint64, 1);
    *key = id;
    *value = at != NULL && g_strcmp0(at->kind, "province") == 0 ? at->id : 0;
    g_hash_table_insert(work->provinces, key, value);
    return *value;
}

static int year_of(const StrataWork *work, gint32 first_day, gint32 last_day)
{
    int first, last, month, day;
    if ((work->options->by & (ASSESS_BY_YEAR | ASSESS_BY_SOLAR_YEAR)) == 0 ||
        first_day == G_MININT32 || last_day == G_MAXINT32)
        return 0;
    if ((work->options->by & ASSESS_BY_SOLAR_YEAR) != 0) {
        edtf_day_to_solar_hijri(first_day, &first, &month, &day);
        edtf_day_to_solar_hijri(last_day, &last, &month, &day);
    } else {
        edtf_day_to_gregorian(first_day, &first, &month, &day);
        edtf_day_to_gregorian(last_day, &last, &month, &day);
    }
    return first == last ? first : 0; /* a span over New Year tells no year */
}

static guint source_bit(const StrataWork *work, gint64 source)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(work->bits, &source)) - 1;
}

/* ---- one person's statements ---- */

typedef struct {
    gint64 person;
    const char *group; /* kind, when strata go by kind */
    const StoreNamed *named;
} Row;

/* Statements without a day stand last: they go with whatever was told before. */
static gint32 day_of(const StoreNamed *named)
{
    return named->first_day == G_MININT32 || named->last_day == G_MAXINT32 ? G_MAXINT32
                                                                           : named->first_day;
}

static int by_person(const void *a, const void *b)
{
    const Row *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    int kinds = g_strcmp0(x->group, y->group);
    if (kinds != 0)
        return kinds;
    gint32 left = day_of(x->named), right = day_of(y->named);
    if (left != right)
        return left < right ? -1 : 1;
    return (x->named->statement_id > y->named->statement_id) -
           (x->named->statement_id < y->named->statement_id);
}

static bool happens_once(const char *kind)
{
    static const char *const ONCE[] = {"execution", "killing", "death_in_custody"};
    for (gsize i = 0; i < G_N_ELEMENTS(ONCE); i++)
        if (g_strcmp0(kind, ONCE[i]) == 0)
            return true;
    return false;
}

static bool one_thing(const Row *before, const Row *next, gint32 last_day)
{
    const StoreNamed *a = before->named, *b = next->named;
    if (a->act_id != 0 && a->act_id == b->act_id)
        return true;
    if (a->act_kind == b->act_kind && happens_once(a->act_kind))
        return true;
    return day_of(b) == G_MAXINT32 || (gint64)b->first_day - last_day <= DAYS_APART;
}

typedef enum { ASK_YEAR, ASK_PROVINCE } Ask;

/* What most of these statements say; those that say nothing have no voice, of equals the first. */
static gint64 most_say(const StrataWork *work, const Row *rows, gsize n, Ask ask)
{
    gint64 best = 0;
    gsize most = 0;
    for (gsize i = 0; i < n; i++) {
        const StoreNamed *named = rows[i].named;
        gint64 own = ask == ASK_YEAR ? year_of(work, named->first_day, named->last_day)
                                     : province_of(work, named->place_id);
        gsize votes = 0;
        for (gsize k = 0; own != 0 && k < n; k++)
            votes += own == (ask == ASK_YEAR
                                 ? year_of(work, rows[k].named->first_day, rows[k].named->last_day)
                                 : province_of(work, rows[k].named->place_id));
        if (votes > most) {
            best = own;
            most = votes;
        }
    }
    return best;
}

typedef struct {
    StrataKey key;
    guint64 mask;
} Part;

/* Puts one thing that happened to the person into its stratum's part. */
static void add_thing(const StrataWork *work, const Row *rows, gsize n, GArray *parts)
{
    Part part = {{0, 0, rows[0].group}, 0};
    if ((work->options->by & (ASSESS_BY_YEAR | ASSESS_BY_SOLAR_YEAR)) != 0)
        part.key.year = (int)most_say(work, rows, n, ASK_YEAR);
    if ((work->options->by & ASSESS_BY_PROVINCE) != 0)
        part.key.province = most_say(work, rows, n, ASK_PROVINCE);
    for (gsize i = 0; i < n; i++)
        part.mask |= (guint64)1 << source_bit(work, rows[i].named->source_id);
    for (guint i = 0; i < parts->len; i++)
        if (key_equal(&g_array_index(parts, Part, i).key, &part.key)) {
            g_array_index(parts, Part, i).mask |= part.mask;
            return;
        }
    g_array_append_val(parts, part);
}

static void stratum_free(gpointer data)
{
    StrataStratum *stratum = data;
    for (GArray **masks = stratum->masks; *masks != NULL; masks++)
        g_array_unref(*masks);
    g_free(stratum->masks);
    g_free(stratum);
}

static GArray *stratum_masks(const StrataWork *work, const StrataKey *key, gsize draw)
{
    StrataStratum *stratum = g_hash_table_lookup(work->strata, key);
    if (stratum == NULL) {
        stratum = g_new0(StrataStratum, 1);
        stratum->key = *key;
        stratum->masks = g_new0(GArray *, work->n_draws + 1);
        for (gsize k = 0; k < work->n_draws; k++)
            stratum->masks[k] = g_array_new(FALSE, FALSE, sizeof(guint64));
        g_hash_table_insert(work->strata, &stratum->key, stratum);
    }
    return stratum->masks[draw];
}

static void add_person(const StrataWork *work, const Row *rows, gsize n, gsize draw, GArray *parts)
{
    g_array_set_size(parts, 0);
    for (gsize begin = 0; begin < n;) {
        gsize end = begin + 1;
        gint32 last_day = rows[begin].named->last_day;
        while (end < n && g_strcmp0(rows[end].group, rows[begin].group) == 0 &&
               one_thing(&rows[end - 1], &rows[end], last_day)) {
            last_day = MAX(last_day, rows[end].named->last_day);
            end++;
        }
        add_thing(work, rows + begin, end - begin, parts);
        begin = end;
    }
    for (guint i = 0; i < parts->len; i++) {
        const Part *part = &g_array_index(parts, Part, i);
        g_array_append_val(stratum_masks(work, &part->key, draw), part->mask);
    }
}

/* One linkage: rows come with their persons. */
static void add_draw(const StrataWork *work, Row *rows, gsize n, gsize draw)
{
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(Part));
    qsort(rows, n, sizeof *rows, by_person);
    for (gsize begin = 0; begin < n;) {
        gsize end = begin + 1;
        while (end < n && rows[end].person == rows[begin].person)
            end++;
        add_person(work, rows + begin, end - begin, draw, parts);
        begin = end;
    }
}

/* ---- linkages ---- */

static gsize rows_of(const StrataWork *work, Row *rows)
{
    gsize n = 0;
    for (guint i = 0; i < work->named->len; i++) {
        const StoreNamed *named = &g_array_index(work->named, StoreNamed, i);
        if (work->options->act_kind != NULL &&
            g_strcmp0(named->act_kind, work->options->act_kind) != 0)
            continue;
        bool by_kind = (work->options->by & ASSESS_BY_KIND) != 0;
        rows[n++] = (Row){named->person_id, by_kind ? named->act_kind : NULL, named};
    }
    return n;
}

static int by_number(const void *a, const void *b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return (x > y) - (x < y);
}

/* Persons of a draw are named by positions; a statement that the draws do not know keeps its own
 * person, out of their way. */
static void name_persons(const IntakeJoinDraws *draws, guint draw, Row *rows, gsize n)
{
    const guint32 *persons = draws->persons + (gsize)draw * draws->n_statements;
    for (gsize i = 0; i < n; i++) {
        const gint64 *at = bsearch(&rows[i].named->statement_id, draws->statements,
                                   draws->n_statements, sizeof *draws->statements, by_number);
        rows[i].person = at != NULL ? (gint64)persons[at - draws->statements]
                                    : (gint64)draws->n_statements + rows[i].named->person_id;
    }
}

static bool add_linkages(StrataWork *work, AssessStrata *strata, GError **error)
{
    g_autofree Row *rows = g_new(Row, work->named->len + 1);
    g_autoptr(IntakeJoinDraws) draws = NULL;
    if (work->options->draws > 0) {
        g_autoptr(GError) why = NULL;
        draws = intake_join_draw(work->store, work->options->draws, work->options->seed, &why);
        if (draws == NULL && !g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        if (draws == NULL)
            g_ptr_array_add(strata->warnings,
                            g_strdup_printf(_("Plausible linkages cannot be drawn: %s The interval "
                                              "takes the matching of reports to persons as sure."),
                                            why->message));
    }
    work->n_draws = draws != NULL ? draws->n_draws : 1;
    strata->n_draws = work->n_draws;
    strata->drawn = draws != NULL;
    gsize n = rows_of(work, rows);
    if (n == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("No statement of this case is linked to a person, or none of that "
                              "kind: run `zenhar link` first."));
        return false;
    }
    for (guint k = 0; k < work->n_draws; k++) {
        if (draws != NULL)
            name_persons(draws, k, rows, n);
        add_draw(work, rows, n, k);
    }
    return true;
}

static void work_clear(StrataWork *work)
{
    g_clear_pointer(&work->named, g_array_unref);
    g_clear_pointer(&work->places, g_ptr_array_unref);
    g_clear_pointer(&work->provinces, g_hash_table_unref);
    g_clear_pointer(&work->sources, g_array_unref);
    g_clear_pointer(&work->bits, g_hash_table_unref);
    g_clear_pointer(&work->strata, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StrataWork, work_clear)

AssessStrata *assess_strata(Store *store, const AssessUnseenOptions *options, GError **error)
{
    g_auto(StrataWork) work = {.store = store, .options = options};
    g_autoptr(AssessStrata) strata = g_new0(AssessStrata, 1);
    strata->strata = g_ptr_array_new_with_free_func(strata_free);
    strata->warnings = g_ptr_array_new_with_free_func(g_free);
    work.named = store_statement_named(store, error);
    work.places = work.named != NULL ? store_place_list(store, NULL, error) : NULL;
    if (work.places == NULL)
        return NULL;
    work.provinces = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    work.sources = g_array_new(FALSE, FALSE, sizeof(gint64));
    work.bits = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    work.strata = g_hash_table_new_full(key_hash, key_equal, NULL, stratum_free);
    strata_number_sources(&work);
    g_autoptr(GArray) asked = NULL;
    if (options->sources != NULL && (asked = strata_find_sources(&work, error)) == NULL)
        return NULL;
    if (!add_linkages(&work, strata, error))
        return NULL;
    GHashTableIter iterator;
    gpointer value;
    g_hash_table_iter_init(&iterator, work.strata);
    while (g_hash_table_iter_next(&iterator, NULL, &value))
        if (!strata_make(&work, value, asked, strata->strata, error))
            return NULL;
    g_ptr_array_sort(strata->strata, strata_most_persons_first);
    return g_steal_pointer(&strata);
}

void assess_strata_free(AssessStrata *strata)
{
    if (strata == NULL)
        return;
    g_ptr_array_unref(strata->strata);
    g_ptr_array_unref(strata->warnings);
    g_free(strata);
}
