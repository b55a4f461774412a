#include "intake/invented.h"

#include "base/csv.h"
#include "base/edtf.h"
#include "base/i18n.h"
#include "evidence/original.h"
#include "store/assessment.h"
#include "store/link.h"

#include <string.h>

/* A crisis is numbered as its readers write numbers. */
static char *name_in(I18nLanguage language, guint number)
{
    I18nLanguage before = i18n_language();
    i18n_set_language(language);
    g_autofree char *digits = i18n_integer(number);
    char *name = g_strdup_printf(_("Invented crisis %s"), digits);
    i18n_set_language(before);
    return name;
}

/* NULL with error set when the span is no date. */
static StoreCrisis *read_crisis(const CsvTable *truth, gsize row, guint number, GError **error)
{
    static const char nowhere[] = N_("Made up by the program; it did not happen in the world.");
    StoreCrisis *crisis = store_crisis_new();
    crisis->code = g_strdup(csv_table_cell(truth, row, csv_table_column(truth, "id")));
    crisis->kind = g_strdup("unrest");
    crisis->name = name_in(I18N_ENGLISH, number);
    crisis->name_fa = name_in(I18N_PERSIAN, number);
    crisis->text = g_strdup(i18n_get_in(I18N_ENGLISH, nowhere));
    crisis->text_fa = g_strdup(i18n_get_in(I18N_PERSIAN, nowhere));
    crisis->source = g_strdup("zenhar generate");
    crisis->verified = g_strdup("yes");
    crisis->event_date =
        g_strdup_printf("%s/%s", csv_table_cell(truth, row, csv_table_column(truth, "date")),
                        csv_table_cell(truth, row, csv_table_column(truth, "date_last")));
    Edtf span;
    if (!edtf_parse(crisis->event_date, CALENDAR_GREGORIAN, &span, error)) {
        store_crisis_free(crisis);
        return NULL;
    }
    edtf_bounds(&span, &crisis->first_day, &crisis->last_day);
    return crisis;
}

/* `rows` receives the rows read, as CSV. */
static bool read_crises(const CsvTable *truth, GPtrArray *crises, GString *rows, GError **error)
{
    gssize kind = csv_table_column(truth, "row");
    g_string_append(rows, "code,name,span\n");
    for (gsize i = 0; i < truth->n_rows; i++) {
        if (strcmp(csv_table_cell(truth, i, kind), "crisis") != 0)
            continue;
        StoreCrisis *crisis = read_crisis(truth, i, crises->len + 1, error);
        if (crisis == NULL)
            return false;
        g_ptr_array_add(crises, crisis);
        csv_append(rows, crisis->code);
        csv_append(rows, crisis->name);
        csv_append(rows, crisis->event_date);
        csv_append_end(rows);
    }
    return true;
}

static bool add_crises(Store *store, GPtrArray *crises, const GString *rows, GError **error)
{
    gint64 original_id = 0;
    bool known = false;
    if (!evidence_original_add_bytes(store, rows->str, rows->len, "crises-synthetic.csv",
                                     "text/csv", "zenhar generate", &original_id, &known, error))
        return false;
    for (guint i = 0; i < crises->len; i++) {
        StoreCrisis *crisis = g_ptr_array_index(crises, i);
        if (!store_crisis_add(store, crisis, error) ||
            !store_link_join(store, STORE_KIND_CRISIS, crisis->id, STORE_KIND_ORIGINAL, original_id,
                             "evidence", error))
            return false;
    }
    return true;
}

bool invented_crises_load(Store *store, const char *truth_path, GError **error)
{
    g_assert(store != NULL && truth_path != NULL);
    g_autoptr(CsvReader) reader = csv_reader_new_file(truth_path, NULL, error);
    g_autoptr(CsvTable) truth = reader != NULL ? csv_table_load(reader, error) : NULL;
    if (truth == NULL)
        return false;
    g_autoptr(GString) rows = g_string_new(NULL);
    g_autoptr(GPtrArray) crises = g_ptr_array_new_with_free_func((GDestroyNotify)store_crisis_free);
    if (!read_crises(truth, crises, rows, error) || !store_begin(store, error))
        return false;
    if (!add_crises(store, crises, rows, error)) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, error);
}
