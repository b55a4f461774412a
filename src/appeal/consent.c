/* appeal/consent.c: four consents, each for itself, dated, revocable; none follows from another. */
#include "appeal/submission.h"

#include "base/data.h"
#include "base/error.h"
#include "store/person.h"
#include "store/submission.h"
#include <string.h>

static const char *const PURPOSES[] = {"send", "government", "summary", "name"};

static gssize purpose_of(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(PURPOSES); i++)
        if (g_strcmp0(word, PURPOSES[i]) == 0)
            return (gssize)i;
    return -1;
}

static void take(Consents *consents, gsize purpose, const char *answer)
{
    bool yes = g_strcmp0(answer, "yes") == 0;
    switch (purpose) {
    case 0:
        consents->send = yes;
        break;
    case 1:
        consents->government = yes;
        break;
    case 2:
        consents->summary = yes;
        break;
    default:
        consents->name = g_strcmp0(answer, "full") == 0       ? CONSENT_FULL_NAME
                         : g_strcmp0(answer, "initials") == 0 ? CONSENT_INITIALS
                                                              : CONSENT_NO_NAME;
    }
}

bool consents_load(Store *store, gint64 person_id, gint32 day, Consents *ret_consents,
                   GError **error)
{
    Consents consents = {0};
    g_autoptr(GPtrArray) list = store_consent_list_by_person(store, person_id, NULL, error);
    if (list == NULL)
        return false;
    for (guint i = 0; i < list->len; i++) { /* in order of id: what came last stands */
        const StoreConsent *one = list->pdata[i];
        gssize purpose = purpose_of(one->purpose);
        if (purpose < 0 || one->day == 0 || one->day > day)
            continue;
        bool withdrawn = one->revoked_day != 0 && one->revoked_day <= day;
        consents.asked[purpose] = true;
        take(&consents, (gsize)purpose, withdrawn ? "no" : one->answer);
    }
    *ret_consents = consents;
    return true;
}

static bool answer_fits(gssize purpose, const char *answer)
{
    if (purpose < 0 || answer == NULL)
        return false;
    if (strcmp(answer, "no") == 0)
        return true;
    return purpose == 3 ? strcmp(answer, "full") == 0 || strcmp(answer, "initials") == 0
                        : strcmp(answer, "yes") == 0;
}

gint64 consent_give(Store *store, gint64 person_id, const char *purpose, const char *answer,
                    gint32 day, const char *given_by, const char *how, GError **error)
{
    if (!answer_fits(purpose_of(purpose), answer)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("A consent is to send, government or summary (yes, no), or to name (full, "
                      "initials, no); “%s”: “%s” is none."),
                    purpose != NULL ? purpose : "", answer != NULL ? answer : "");
        return 0;
    }
    g_autoptr(StorePerson) person = store_person_load(store, person_id, error);
    if (person == NULL)
        return 0;
    g_autoptr(StoreConsent) consent = store_consent_new();
    consent->person_id = person_id;
    consent->purpose = g_strdup(purpose);
    consent->answer = g_strdup(answer);
    consent->day = day;
    consent->given_by = g_strdup(given_by);
    consent->how = g_strdup(how);
    return store_consent_add(store, consent, error) ? consent->id : 0;
}

bool consent_withdraw(Store *store, gint64 person_id, const char *purpose, gint32 day,
                      GError **error)
{
    g_autoptr(GPtrArray) list = store_consent_list_by_person(store, person_id, NULL, error);
    StoreConsent *newest = NULL;
    for (guint i = 0; list != NULL && i < list->len; i++) {
        StoreConsent *one = list->pdata[i];
        if (g_strcmp0(one->purpose, purpose) == 0)
            newest = one;
    }
    if (list == NULL)
        return false;
    if (newest == NULL || newest->revoked_day != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("No consent to “%s” stands that could be withdrawn."), purpose);
        return false;
    }
    newest->revoked_day = day;
    return store_consent_update(store, newest, error);
}

static bool known_field(const char *field, GError **error)
{
    g_autoptr(CsvTable) table = data_load_table("r2p/forms.csv", error);
    if (table == NULL)
        return false;
    for (gsize row = 0; row < table->n_rows; row++)
        if (strcmp(csv_table_cell(table, row, csv_table_column(table, "field")), field) == 0 &&
            !g_str_has_prefix(field, "consent_"))
            return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("No form asks “%s”: `zenhar appeal submit` lists the fields of a mechanism."),
                field);
    return false;
}

bool detail_put(Store *store, gint64 person_id, const char *field, const char *answer,
                GError **error)
{
    if (!known_field(field, error))
        return false;
    g_autoptr(GPtrArray) list = store_detail_list_by_person(store, person_id, NULL, error);
    if (list == NULL)
        return false;
    for (guint i = 0; i < list->len; i++) {
        StoreDetail *one = list->pdata[i];
        if (g_strcmp0(one->field, field) != 0)
            continue;
        g_free(one->answer);
        one->answer = g_strdup(answer);
        return store_detail_update(store, one, error);
    }
    g_autoptr(StoreDetail) detail = store_detail_new();
    detail->person_id = person_id;
    detail->field = g_strdup(field);
    detail->answer = g_strdup(answer);
    return store_detail_add(store, detail, error);
}
