/* Records as they are written, and some of them as a small list. */
#include "intake/spool_private.h"

#include "base/i18n.h"

#include <string.h>

bool spool_rows_next(const GByteArray *rows, gsize *at, SpoolRow *ret_row, const char **ret_texts)
{
    if (*at + sizeof *ret_row > rows->len)
        return false;
    memcpy(ret_row, rows->data + *at, sizeof *ret_row);
    *at += sizeof *ret_row;
    if (ret_row->length > rows->len - *at)
        return false;
    *ret_texts = (const char *)rows->data + *at;
    *at += ret_row->length;
    return true;
}

void spool_rows_append(GByteArray *rows, const SpoolRow *row, const char *texts)
{
    g_byte_array_append(rows, (const guint8 *)row, sizeof *row);
    g_byte_array_append(rows, (const guint8 *)texts, row->length);
}

void spool_part_init(SpoolPart *part, const IntakeSpool *spool)
{
    *part = (SpoolPart){
        .table = link_table_new(spool->plan.n_columns, (const char *const *)spool->names),
        .config = *spool->config,
        .records = g_array_new(FALSE, FALSE, sizeof(guint32)),
    };
}

void spool_part_clear(SpoolPart *part)
{
    link_prepared_free(part->prepared);
    link_table_free(part->table);
    g_clear_pointer(&part->records, g_array_unref);
    part->prepared = NULL;
    part->table = NULL;
}

bool spool_part_add(SpoolPart *part, const SpoolRow *row, const char *texts, GError **error)
{
    const char *fields[SPOOL_MAX_COLUMNS];
    gsize n = link_table_n_columns(part->table), left = row->length;
    bool fits = n <= SPOOL_MAX_COLUMNS;
    for (gsize c = 0; fits && c < n; c++) {
        const char *end = memchr(texts, '\0', left);
        fits = end != NULL;
        if (!fits)
            break;
        fields[c] = texts;
        left -= (gsize)(end + 1 - texts);
        texts = end + 1;
    }
    if (!fits || left != 0 || row->source > 255) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                    _("Record %u of the run is damaged; begin the run anew."), row->record + 1);
        return false;
    }
    g_array_append_val(part->records, row->record);
    return link_table_add(part->table, row->source, fields, error);
}

bool spool_part_add_all(SpoolPart *part, const GByteArray *rows, GError **error)
{
    SpoolRow row;
    const char *texts;
    for (gsize at = 0; spool_rows_next(rows, &at, &row, &texts);)
        if (!spool_part_add(part, &row, texts, error))
            return false;
    return true;
}

guint32 spool_part_find(const SpoolPart *part, guint32 record)
{
    const guint32 *records = (const guint32 *)(const void *)part->records->data;
    guint32 low = 0, high = part->records->len;
    while (low < high) {
        guint32 middle = low + (high - low) / 2;
        if (records[middle] < record)
            low = middle + 1;
        else
            high = middle;
    }
    return low < part->records->len && records[low] == record ? low : G_MAXUINT32;
}

bool spool_part_prepare(SpoolPart *part, IntakeSpool *spool, bool counted, GError **error)
{
    LinkWhole whole = {.n_records = spool->plan.n_records,
                       .counts_of = counted ? spool_counts_of : NULL,
                       .context = spool};
    memcpy(whole.by_source, spool->plan.by_source, sizeof whole.by_source);
    for (unsigned f = 0; f < spool->plan.n_fields; f++) {
        whole.day_first[f] = spool->plan.kinds[f] == LINK_DATE && spool->plan.day_first[f] >= 0;
        whole.both_scripts[f] = spool->has_figures && spool->figures.both_scripts[f] != 0;
        if (spool->has_figures)
            whole.totals[f] = spool->figures.totals[f];
    }
    if (spool->has_figures) {
        part->config.n_rules = spool->figures.n_rules;
        memcpy(part->config.rules, spool->figures.rules,
               spool->figures.n_rules * sizeof *part->config.rules);
    }
    part->prepared =
        link_part_prepare(part->table, &part->config, spool->plan.between != 0, &whole, error);
    return part->prepared != NULL;
}
