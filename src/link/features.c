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

/* Rarity: how much more than the mean an agreement on this value says. */
static bool fill_rarity(LinkPrepared *prepared, unsigned f, const uint32_t *value_of)
{
    const LinkField *field = &prepared->config->fields[f];
    LinkColumn *column = &prepared->columns[f];
    uint32_t n = prepared->domains[column->domain].values.n;
    uint32_t *counts = calloc(n + (size_t)1, sizeof *counts);
    if (counts == NULL)
        return false;
    double total = 0, same = 0;
    for (size_t r = 0; r < prepared->n_records; r++) {
        uint32_t id = value_in(prepared->table, field, value_of, r);
        if (id != LINK_NO_ID) {
            counts[id]++;
            total++;
        }
    }
    for (uint32_t id = 0; id < n; id++)
        same += (double)counts[id] * (counts[id] - 1.0);
    same = total > 1 ? same / (total * (total - 1)) : 0;
    column->same_value = same;
    if (field->term_frequency && same > 0) {
        column->rarity = malloc((n + (size_t)1) * sizeof *column->rarity);
        if (column->rarity == NULL) {
            free(counts);
            return false;
        }
        for (uint32_t id = 0; id < n; id++)
            column->rarity[id] = counts[id] == 0 ? 0 : (float)log2(same * total / counts[id]);
    }
    free(counts);
    return true;
}

/* How often a given name is somebody else's surname. */
static bool fill_crossed(LinkPrepared *prepared, unsigned f)
{
    unsigned partner = (unsigned)prepared->columns[f].partner;
    uint32_t n = prepared->domains[prepared->columns[f].domain].values.n;
    uint32_t *counts = calloc(n + (size_t)1, sizeof *counts);
    if (counts == NULL)
        return false;
    double first = 0, second = 0, crossed = 0;
    for (size_t r = 0; r < prepared->n_records; r++) {
        uint32_t id = link_row(prepared, r)[f].id;
        if (id != LINK_NO_ID) {
            counts[id]++;
            first++;
        }
    }
    for (size_t r = 0; r < prepared->n_records; r++) {
        uint32_t id = link_row(prepared, r)[partner].id;
        if (id != LINK_NO_ID) {
            crossed += counts[id];
            second++;
        }
    }
    prepared->columns[f].same_crossed = first * second > 0 ? crossed / (first * second) : 0;
    free(counts);
    return true;
}

/* Likewise by sound, for names that are alike across scripts and spellings. */
static bool fill_sound_rarity(LinkPrepared *prepared, unsigned f)
{
    LinkColumn *column = &prepared->columns[f];
    const LinkDomain *domain = &prepared->domains[column->domain];
    bool sounds = column->kind == LINK_GIVEN || column->kind == LINK_SURNAME ||
                  column->kind == LINK_STRING || column->kind == LINK_NAME;
    if (!sounds || column->rarity == NULL)
        return true;
    uint32_t n = domain->values.n, n_sounds = domain->sounds.n;
    uint32_t *counts = calloc(n_sounds + (size_t)1, sizeof *counts);
    column->sound_rarity = malloc((n + (size_t)1) * sizeof *column->sound_rarity);
    if (counts == NULL || column->sound_rarity == NULL) {
        free(counts);
        return false;
    }
    double total = 0, same = 0;
    for (size_t r = 0; r < prepared->n_records; r++) {
        uint32_t id = link_row(prepared, r)[f].id;
        if (id != LINK_NO_ID) {
            counts[domain->sound_block[id]]++;
            total++;
        }
    }
    for (uint32_t k = 0; k < n_sounds; k++)
        same += (double)counts[k] * (counts[k] - 1.0);
    same = total > 1 ? same / (total * (total - 1)) : 0;
    for (uint32_t id = 0; id < n; id++) {
        uint32_t count = counts[domain->sound_block[id]];
        column->sound_rarity[id] = count == 0 || same <= 0 ? 0 : (float)log2(same * total / count);
    }
    free(counts);
    return true;
}

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
        if (!fill_rarity(prepared, f, value_of))
            return false;
    }
    for (unsigned f = 0; f < n_fields; f++)
        if ((prepared->columns[f].partner > (int)f && !fill_crossed(prepared, f)) ||
            !fill_sound_rarity(prepared, f))
            return false;
    return true;
}

bool link_features_build(LinkPrepared *prepared, GError **error)
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
        build->fields[build->n_fields++] = field;
    }
    if (ok) {
        Builds all = {table, builds};
        workers_run(prepared->n_domains, prepared->threads, build_domain, &all);
        for (unsigned d = 0; d < prepared->n_domains; d++)
            ok &= !builds[d].failed;
    }
    ok = ok && fill_cells(prepared, builds);
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

uint32_t link_features_part(const LinkPrepared *prepared, size_t record, unsigned field,
                            LinkPart part)
{
    const LinkCell *cell = link_row(prepared, record) + field;
    if (cell->id == LINK_NO_ID)
        return LINK_NO_ID;
    const LinkDomain *domain = &prepared->domains[prepared->columns[field].domain];
    if (part == LINK_HEAD && prepared->columns[field].kind == LINK_PLACE)
        return cell->key >> 12 != 0 ? cell->key >> 12 : LINK_NO_ID; /* the region */
    switch (part) {
    case LINK_SOUND:
        return domain->sound_block[cell->id];
    case LINK_HEAD:
        return domain->head[cell->id];
    case LINK_TAIL:
        return domain->tail[cell->id];
    default:
        return cell->id;
    }
}
