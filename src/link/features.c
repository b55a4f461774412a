/* Each record's row of cells, and how rare its values are. */
#include "link/domain.h"

#include "base/workers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const LinkTable *table;
    LinkBuild *builds;
} Builds;

static void build_domain(gsize task, guint worker, void *context)
{
    Builds *all = context;
    all->builds[task].failed = !link_domain_build(all->table, &all->builds[task]);
}

static uint32_t value_in(const LinkTable *table, const LinkField *field, const uint32_t *value_of,
                         size_t record)
{
    return value_of[field->n_parts > 1 && field->kind == LINK_DATE
                        ? record
                        : table->ids[field->parts[0]][record]];
}

/* ---- Counts --------------------------------------------------------------- */

static size_t n_counted(const LinkDomain *domain, LinkCount what)
{
    return what == LINK_COUNT_VALUES   ? domain->values.n
           : what == LINK_COUNT_SOUNDS ? domain->sounds.n
                                       : domain->n_words;
}

uint32_t *link_features_count(const LinkPrepared *prepared, unsigned field, LinkCount what,
                              size_t *ret_n)
{
    const LinkDomain *domain = &prepared->domains[prepared->columns[field].domain];
    size_t n = n_counted(domain, what);
    uint32_t *counts = calloc(n + 1, sizeof *counts);
    for (size_t r = 0; counts != NULL && r < prepared->n_records; r++) {
        uint32_t id = link_row(prepared, r)[field].id;
        if (id == LINK_NO_ID)
            continue;
        if (what == LINK_COUNT_WORDS)
            for (uint32_t w = domain->word_start[id]; w < domain->word_start[id + 1]; w++)
                counts[domain->words[w]]++;
        else
            counts[what == LINK_COUNT_VALUES ? id : domain->sound_of[id]]++;
    }
    *ret_n = n;
    return counts;
}

uint64_t link_features_hash(const LinkPrepared *prepared, unsigned field, LinkCount what, size_t i)
{
    const LinkDomain *domain = &prepared->domains[prepared->columns[field].domain];
    if (what == LINK_COUNT_WORDS)
        return domain->word_hash[i];
    const LinkIntern *texts = what == LINK_COUNT_VALUES ? &domain->values : &domain->sounds;
    return link_hash(link_intern_text(texts, (uint32_t)i), link_intern_length(texts, (uint32_t)i));
}

/* In place of the part's own counts, from `least` up, those of the list. */
static bool ask_counts(const LinkPrepared *prepared, const LinkWhole *whole, unsigned f,
                       LinkCount what, uint32_t least, uint32_t *counts, size_t n)
{
    size_t asked = 0;
    LinkHashed *order = malloc((n + 1) * sizeof *order);
    uint64_t *hashes = malloc((n + 1) * sizeof *hashes);
    uint32_t *found = malloc((n + 1) * sizeof *found);
    bool ok = order != NULL && hashes != NULL && found != NULL;
    for (size_t i = 0; ok && i < n; i++)
        if (counts[i] >= least)
            order[asked++] = (LinkHashed){link_features_hash(prepared, f, what, i), (uint32_t)i};
    if (ok) {
        qsort(order, asked, sizeof *order, link_compare_hashed);
        for (size_t i = 0; i < asked; i++)
            hashes[i] = order[i].hash;
        ok = whole->counts_of(whole->context, f, what, asked, hashes, found);
    }
    for (size_t i = 0; ok && i < asked; i++)
        counts[order[i].id] = found[i];
    free(order);
    free(hashes);
    free(found);
    return ok;
}

static uint64_t ordered_pairs(const uint32_t *counts, size_t n)
{
    uint64_t pairs = 0;
    for (size_t i = 0; i < n; i++)
        pairs += (uint64_t)counts[i] * (counts[i] - (counts[i] > 0));
    return pairs;
}

static double share(uint64_t pairs, uint64_t known)
{
    return known > 1 ? (double)pairs / ((double)known * ((double)known - 1)) : 0;
}

static bool has_sounds(LinkKind kind)
{
    return kind == LINK_GIVEN || kind == LINK_SURNAME || kind == LINK_STRING || kind == LINK_NAME;
}

bool link_features_counts(const LinkPrepared *prepared, unsigned field, LinkCount what)
{
    const LinkKind kind = prepared->columns[field].kind;
    const bool frequency = prepared->config->fields[field].term_frequency;
    return what == LINK_COUNT_VALUES   ? true
           : what == LINK_COUNT_SOUNDS ? frequency && has_sounds(kind)
                                       : kind == LINK_NAME || kind == LINK_TEXT || kind == LINK_SET;
}

/* ---- Rarity --------------------------------------------------------------- */

/* How much more than the mean an agreement on this value says. */
static bool fill_rarity(LinkPrepared *prepared, unsigned f, const LinkWhole *whole)
{
    LinkColumn *column = &prepared->columns[f];
    size_t n = 0;
    uint32_t *counts = link_features_count(prepared, f, LINK_COUNT_VALUES, &n);
    bool ok = counts != NULL;
    LinkTotals totals = {0};
    for (size_t id = 0; ok && id < n; id++)
        totals.known += counts[id];
    totals.same = ok ? ordered_pairs(counts, n) : 0;
    if (whole != NULL)
        totals = whole->totals[f];
    column->known = totals.known;
    column->same_value = share(totals.same, totals.known);
    if (ok && link_part_wants_rarity(whole) && prepared->config->fields[f].term_frequency &&
        column->same_value > 0) {
        column->rarity = calloc(n + 1, sizeof *column->rarity);
        /* A value that one record of a part has makes no pair there. */
        ok = column->rarity != NULL &&
             (whole == NULL || ask_counts(prepared, whole, f, LINK_COUNT_VALUES, 2, counts, n));
        for (size_t id = 0; ok && id < n; id++)
            column->rarity[id] =
                counts[id] == 0
                    ? 0
                    : (float)log2(column->same_value * (double)totals.known / counts[id]);
    }
    free(counts);
    return ok;
}

/* How often a given name is somebody else's surname. */
static bool fill_crossed(LinkPrepared *prepared, unsigned f, const LinkWhole *whole)
{
    unsigned partner = (unsigned)prepared->columns[f].partner;
    size_t n = 0;
    uint32_t *counts = link_features_count(prepared, f, LINK_COUNT_VALUES, &n);
    if (counts == NULL)
        return false;
    uint64_t crossed = 0;
    for (size_t r = 0; r < prepared->n_records; r++) {
        uint32_t id = link_row(prepared, r)[partner].id;
        if (id != LINK_NO_ID)
            crossed += counts[id];
    }
    if (whole != NULL)
        crossed = whole->totals[f].crossed;
    double pairs = (double)prepared->columns[f].known * (double)prepared->columns[partner].known;
    prepared->columns[f].same_crossed = pairs > 0 ? (double)crossed / pairs : 0;
    free(counts);
    return true;
}

/* Likewise by sound, for names that are alike across scripts and spellings. */
static bool fill_sound_rarity(LinkPrepared *prepared, unsigned f, const LinkWhole *whole)
{
    LinkColumn *column = &prepared->columns[f];
    const LinkDomain *domain = &prepared->domains[column->domain];
    if (!has_sounds(column->kind) || column->rarity == NULL)
        return true;
    size_t n = 0;
    uint32_t *counts = link_features_count(prepared, f, LINK_COUNT_SOUNDS, &n);
    column->sound_rarity = malloc((domain->values.n + (size_t)1) * sizeof *column->sound_rarity);
    bool ok = counts != NULL && column->sound_rarity != NULL;
    uint64_t alike = !ok ? 0 : whole != NULL ? whole->totals[f].alike : ordered_pairs(counts, n);
    double same = share(alike, column->known);
    ok = ok && (whole == NULL || ask_counts(prepared, whole, f, LINK_COUNT_SOUNDS, 1, counts, n));
    for (uint32_t id = 0; ok && id < domain->values.n; id++) {
        uint32_t count = counts[domain->sound_of[id]];
        column->sound_rarity[id] =
            count == 0 || same <= 0 ? 0 : (float)log2(same * (double)column->known / count);
    }
    free(counts);
    return ok;
}

/* A word that few records hold says more than one that many do. */
static bool fill_word_weights(LinkPrepared *prepared, unsigned f, const LinkWhole *whole)
{
    LinkDomain *domain = &prepared->domains[prepared->columns[f].domain];
    if (domain->word_start == NULL)
        return true;
    size_t n = 0;
    uint32_t *counts = link_features_count(prepared, f, LINK_COUNT_WORDS, &n);
    domain->word_weight = calloc(n + 1, sizeof *domain->word_weight);
    bool ok = counts != NULL && domain->word_weight != NULL &&
              (whole == NULL || !link_part_wants_rarity(whole) ||
               ask_counts(prepared, whole, f, LINK_COUNT_WORDS, 1, counts, n));
    for (size_t w = 0; ok && w < n; w++)
        domain->word_weight[w] =
            counts[w] == 0 ? 0 : log2f(((float)prepared->columns[f].known + 1) / (float)counts[w]);
    free(counts);
    return ok;
}

/* ---- Rows ----------------------------------------------------------------- */

static void fill_place(const LinkPrepared *prepared, const LinkField *field, size_t record,
                       LinkCell *cell)
{
    uint32_t parent = 0, top = 0;
    if (field->n_parts > 1)
        parent = prepared->table->ids[field->parts[1]][record];
    if (field->n_parts > 2)
        top = prepared->table->ids[field->parts[2]][record];
    cell->key = (parent & 0xfffff) << 12 | (top & 0xfff);
}

static bool fill_cells(LinkPrepared *prepared, const LinkBuild *builds)
{
    unsigned n_fields = prepared->n_fields;
    prepared->row_cells = (n_fields + 3u) / 4 * 4;
    prepared->cells =
        link_pages((prepared->n_records * prepared->row_cells + 1) * sizeof *prepared->cells);
    if (prepared->cells == NULL)
        return false;
    for (unsigned f = 0; f < n_fields; f++) {
        const LinkField *field = &prepared->config->fields[f];
        unsigned d = prepared->columns[f].domain;
        const LinkDomain *domain = &prepared->domains[d];
        const uint32_t *value_of = builds[d].value_of[builds[d].fields[0] == field ? 0 : 1];
        for (size_t r = 0; r < prepared->n_records; r++) {
            uint32_t id = value_in(prepared->table, field, value_of, r);
            LinkCell *cell = &prepared->cells[r * prepared->row_cells + f];
            *cell = id == LINK_NO_ID ? (LinkCell){LINK_NO_ID, 0, 0} : domain->cells[id];
            if (field->kind == LINK_PLACE)
                fill_place(prepared, field, r, cell);
        }
    }
    return true;
}

static bool fill_frequencies(LinkPrepared *prepared, const LinkWhole *whole)
{
    for (unsigned f = 0; f < prepared->n_fields; f++)
        if (!fill_rarity(prepared, f, whole))
            return false;
    for (unsigned f = 0; f < prepared->n_fields; f++)
        if ((prepared->columns[f].partner > (int)f && !fill_crossed(prepared, f, whole)) ||
            !fill_sound_rarity(prepared, f, whole) || !fill_word_weights(prepared, f, whole))
            return false;
    return true;
}

bool link_features_build(LinkPrepared *prepared, const LinkWhole *whole, GError **error)
{
    const LinkTable *table = prepared->table;
    prepared->levels = link_levels_any;
#ifdef LINK_HAS_V3
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt"))
        prepared->levels = link_levels_v3;
#endif
    LinkBuild builds[LINK_MAX_FIELDS] = {0};
    bool ok = true;
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        const LinkField *field = &prepared->config->fields[f];
        LinkColumn *column = &prepared->columns[f];
        column->kind = field->kind;
        column->partner = field->partner;
        bool second = field->partner >= 0 && field->partner < (int)f;
        column->domain = second ? prepared->columns[field->partner].domain : prepared->n_domains++;
        LinkBuild *build = &builds[column->domain];
        build->kind = field->kind;
        build->domain = &prepared->domains[column->domain];
        size_t n = field->n_parts > 1 && field->kind == LINK_DATE ? table->n_records
                                                                  : table->texts[field->parts[0]].n;
        build->value_of[build->n_fields] = malloc((n + 1) * sizeof(uint32_t));
        ok &= build->value_of[build->n_fields] != NULL;
        build->day_first[build->n_fields] =
            whole != NULL
                ? whole->day_first[f]
                : field->kind == LINK_DATE && link_domain_day_first(table, field->parts[0]) >= 0;
        build->both_scripts |= whole != NULL && whole->both_scripts[f];
        build->fields[build->n_fields++] = field;
    }
    if (ok) {
        Builds all = {table, builds};
        workers_run(prepared->n_domains, prepared->threads, build_domain, &all);
        for (unsigned d = 0; d < prepared->n_domains; d++)
            ok &= !builds[d].failed;
    }
    ok = ok && fill_cells(prepared, builds) && fill_frequencies(prepared, whole);
    for (unsigned d = 0; d < prepared->n_domains; d++)
        for (unsigned f = 0; f < 2; f++)
            free(builds[d].value_of[f]);
    for (unsigned a = 0; a <= 32; a++)
        for (unsigned b = 0; b <= 32; b++)
            for (unsigned p = 0; p < 5; p++)
                prepared->need[(a * 33 + b) * 5 + p] =
                    (uint8_t)link_jaro_winkler_need(a, b, p, LINK_SIMILAR);
    return ok || link_no_memory(error);
}

void link_features_clear(LinkPrepared *prepared)
{
    for (unsigned d = 0; d < prepared->n_domains; d++)
        link_domain_clear(&prepared->domains[d]);
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        free(prepared->columns[f].rarity);
        free(prepared->columns[f].sound_rarity);
    }
    free(prepared->cells);
    prepared->cells = NULL;
}

/* The region's text as it is written; none where the second column is empty. */
static uint32_t region_key(const LinkPrepared *prepared, size_t record, unsigned field)
{
    const LinkField *own = &prepared->config->fields[field];
    const char *text =
        own->n_parts > 1 ? link_table_text(prepared->table, record, own->parts[1]) : "";
    return *text == '\0' ? LINK_NO_ID : (uint32_t)(link_hash(text, strlen(text)) >> 33);
}

uint32_t link_features_part(const LinkPrepared *prepared, size_t record, unsigned field,
                            LinkPart part)
{
    const LinkCell *cell = link_row(prepared, record) + field;
    if (cell->id == LINK_NO_ID)
        return LINK_NO_ID;
    const LinkDomain *domain = &prepared->domains[prepared->columns[field].domain];
    if (part == LINK_HEAD && prepared->columns[field].kind == LINK_PLACE)
        return region_key(prepared, record, field);
    switch (part) {
    case LINK_SOUND:
        return domain->sound[cell->id];
    case LINK_HEAD:
        return domain->head[cell->id];
    case LINK_TAIL:
        return domain->tail[cell->id];
    default:
        return domain->whole[cell->id];
    }
}
