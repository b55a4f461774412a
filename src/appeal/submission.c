/* appeal/submission.c: a form filled from the case, its doors, and what consents let through. */
#include "appeal/submission.h"

#include "appeal/redact.h"
#include "base/csv.h"
#include "base/data.h"
#include "base/edtf.h"
#include "base/error.h"
#include "evidence/original.h"
#include "store/person.h"
#include "store/submission.h"
#include "store/user.h"
#include <string.h>

enum {
    URGENT_DAYS = 90 /* "no older than three months", reckoned in days so that all months agree */
};

static void field_free(gpointer data)
{
    SubmissionField *field = data;
    g_free(field->field);
    g_free(field->title);
    g_free(field->answer);
    g_free(field->source);
    g_free(field);
}

void submission_free(Submission *submission)
{
    if (submission == NULL)
        return;
    g_free(submission->mechanism);
    g_free(submission->title);
    g_free(submission->person_code);
    g_free(submission->procedure);
    g_free(submission->refused);
    g_free(submission->redaction);
    if (submission->fields != NULL)
        g_ptr_array_unref(submission->fields);
    g_free(submission);
}

const char *submission_disappearance_procedure(gint32 disappeared, gint32 day)
{
    return day - disappeared <= URGENT_DAYS ? "urgent" : "standard";
}

typedef struct {
    Store *store;
    StorePerson *person;
    StoreAct *act;      /* the newest reported of the person; NULL */
    StorePlace *place;  /* of it; NULL */
    GPtrArray *details; /* StoreDetail of the person */
    GPtrArray *own;     /* of who submits */
    Consents consents;
    Redactor redactor;
    Submission *out;
} Filling;

static void filling_clear(Filling *filling)
{
    store_person_free(filling->person);
    store_act_free(filling->act);
    store_place_free(filling->place);
    if (filling->details != NULL)
        g_ptr_array_unref(filling->details);
    if (filling->own != NULL)
        g_ptr_array_unref(filling->own);
    redactor_clear(&filling->redactor);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Filling, filling_clear)

/* ---- doors ---- */

#define CELL(name) csv_table_cell(table, row, csv_table_column(table, name))

static gssize door_row(const CsvTable *table, const char *mechanism)
{
    for (gsize row = 0; row < table->n_rows; row++)
        if (g_ascii_strcasecmp(CELL("code"), mechanism) == 0)
            return (gssize)row;
    return -1;
}

static char *roads_instead(const CsvTable *table, const char *codes)
{
    bool persian = i18n_language() == I18N_PERSIAN;
    g_auto(GStrv) words = g_strsplit(codes, " ", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; words[i] != NULL; i++) {
        gssize found = door_row(table, words[i]);
        gsize row = (gsize)found;
        if (found >= 0)
            g_string_append_printf(text, "%s%s (%s)", text->len > 0 ? "; " : "",
                                   persian ? CELL("title_fa") : CELL("title_en"), words[i]);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static bool check_door(Store *store, const char *mechanism, I18nLanguage language, Submission *out,
                       GError **error)
{
    g_autoptr(CsvTable) table = data_load_table("r2p/doors.csv", error);
    if (table == NULL)
        return false;
    gssize found = door_row(table, mechanism);
    if (found < 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("“%s” is no mechanism that is known here: SP, WGAD, WGEID, SR-EJE, FFMI."),
                    mechanism);
        return false;
    }
    gsize row = (gsize)found;
    g_autofree char *country = store_setting_get(store, "country", NULL);
    bool elsewhere = CELL("country")[0] != '\0' && g_strcmp0(country, CELL("country")) != 0;
    if (strcmp(CELL("open"), "no") == 0 && !elsewhere) {
        g_autofree char *instead = roads_instead(table, CELL("instead"));
        bool known = strcmp(CELL("verified"), "yes") == 0;
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("not open: %s, %s%s. Open instead: %s."), CELL("treaty"), CELL("article"),
                    known ? "" : _(" (status not confirmed at its source)"), instead);
        return false;
    }
    if (elsewhere) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("Whether %s is open against this country is not in the data: check the "
                      "state's acceptance first."),
                    CELL("title_en"));
        return false;
    }
    g_auto(GStrv) languages = g_strsplit(CELL("languages"), " ", -1);
    if (!g_strv_contains((const char *const *)languages, i18n_tag(language))) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s takes submissions in: %s. Write it in one of these (--lang en)."),
                    CELL("title_en"), CELL("languages"));
        return false;
    }
    out->mechanism = g_strdup(CELL("code"));
    out->title = g_strdup(language == I18N_PERSIAN ? CELL("title_fa") : CELL("title_en"));
    return true;
}

/* ---- answers ---- */

static const char *detail(GPtrArray *details, const char *field)
{
    for (guint i = 0; i < details->len; i++) {
        const StoreDetail *one = details->pdata[i];
        if (g_strcmp0(one->field, field) == 0)
            return one->answer;
    }
    return NULL;
}

static const char *name_of(const Filling *filling)
{
    const StorePerson *person = filling->person;
    bool latin = filling->out->language != I18N_PERSIAN && person->name_latin != NULL;
    return latin ? person->name_latin : person->name;
}

static char *describe_date(const char *edtf_text)
{
    Edtf edtf;
    return edtf_text != NULL && edtf_parse(edtf_text, CALENDAR_GREGORIAN, &edtf, NULL)
               ? edtf_describe(&edtf)
               : NULL;
}

static char *consented_name(const Filling *filling)
{
    const char *name = name_of(filling);
    if (name == NULL || filling->consents.name == CONSENT_NO_NAME)
        return NULL;
    return filling->consents.name == CONSENT_FULL_NAME ? g_strdup(name) : redact_initials(name);
}

static char *consent_answer(const Filling *filling, const char *field)
{
    static const char *const NAMES[] = {N_("no name"), N_("initials"), N_("full name")};
    const Consents *consents = &filling->consents;
    const char *purpose = field + strlen("consent_");
    if (strcmp(purpose, "name") == 0)
        return consents->asked[3] ? g_strdup(i18n_get(NAMES[consents->name])) : NULL;
    bool send = strcmp(purpose, "send") == 0, government = strcmp(purpose, "government") == 0;
    bool asked = consents->asked[send ? 0 : government ? 1 : 2];
    bool yes = send ? consents->send : government ? consents->government : consents->summary;
    return asked ? g_strdup(yes ? _("yes") : _("no")) : NULL;
}

/* What the records themselves say; NULL none. Identity as consented, free text redacted later. */
static char *from_records(const Filling *filling, const char *field)
{
    const StorePerson *person = filling->person;
    const StoreAct *act = filling->act;
    bool full = filling->consents.name == CONSENT_FULL_NAME;
    if (strcmp(field, "victim_name") == 0)
        return consented_name(filling);
    if (strcmp(field, "birth") == 0) {
        if (full && person->birth_date != NULL)
            return describe_date(person->birth_date);
        return person->birth_year != 0 ? g_strdup_printf("%d", person->birth_year) : NULL;
    }
    if (strcmp(field, "sex") == 0)
        return g_strdup(person->gender);
    if (strcmp(field, "group") == 0)
        return g_strdup(person->group);
    if (strcmp(field, "procedure") == 0)
        return g_strdup(filling->out->procedure);
    if (strcmp(field, "date") == 0 || strcmp(field, "detention_began") == 0)
        return act != NULL ? describe_date(act->event_date) : NULL;
    if (strcmp(field, "place") == 0 && filling->place != NULL)
        return g_strdup(filling->out->language == I18N_PERSIAN ? filling->place->name_fa
                                                               : filling->place->name_en);
    if ((strcmp(field, "perpetrator") == 0 || strcmp(field, "holding_forces") == 0) && act != NULL)
        return g_strdup(act->perpetrator);
    if (strcmp(field, "violation") == 0 && act != NULL)
        return g_strdup(act->kind);
    return NULL;
}

static bool free_text(const char *field)
{
    static const char *const OWN[] = {"victim_name", "birth", "sex", "submitter",
                                      "submitter_address"};
    for (gsize i = 0; i < G_N_ELEMENTS(OWN); i++)
        if (strcmp(field, OWN[i]) == 0)
            return false;
    return true;
}

static char *answer_to(const Filling *filling, const char *field, bool *ret_redacted)
{
    *ret_redacted = false;
    if (g_str_has_prefix(field, "consent_"))
        return consent_answer(filling, field);
    bool identity = strcmp(field, "victim_name") == 0 || strcmp(field, "birth") == 0;
    bool own = g_str_has_prefix(field, "submitter");
    const char *given = identity ? NULL : detail(own ? filling->own : filling->details, field);
    g_autofree char *answer = given != NULL ? g_strdup(given) : from_records(filling, field);
    if (strcmp(field, "victim_name") == 0)
        *ret_redacted = name_of(filling) != NULL && filling->consents.name != CONSENT_FULL_NAME;
    bool closed = filling->consents.name != CONSENT_FULL_NAME;
    if (strcmp(field, "address") == 0 && closed && answer != NULL) {
        *ret_redacted = true; /* an address names its household */
        return g_strdup(REDACT_MARK);
    }
    return answer != NULL && closed && free_text(field)
               ? redactor_apply(&filling->redactor, answer, ret_redacted)
               : g_steal_pointer(&answer);
}

/* "yes", "no", "if field=words" */
static bool is_required(const Filling *filling, const char *required)
{
    if (!g_str_has_prefix(required, "if "))
        return strcmp(required, "yes") == 0;
    g_auto(GStrv) parts = g_strsplit(required + 3, "=", 2);
    return parts[1] != NULL && g_strcmp0(detail(filling->details, parts[0]), parts[1]) == 0;
}

static bool fill_fields(Filling *filling, GError **error)
{
    g_autoptr(CsvTable) table = data_load_table("r2p/forms.csv", error);
    if (table == NULL)
        return false;
    Submission *out = filling->out;
    const char *title = out->language == I18N_PERSIAN ? "title_fa" : "title_en";
    for (gsize row = 0; row < table->n_rows; row++) {
        if (strcmp(CELL("mechanism"), out->mechanism) != 0)
            continue;
        SubmissionField *field = g_new0(SubmissionField, 1);
        g_ptr_array_add(out->fields, field);
        field->field = g_strdup(CELL("field"));
        field->title = g_strdup(CELL(title));
        field->source = g_strdup(CELL("source"));
        field->confirmed = strcmp(CELL("verified"), "yes") == 0;
        field->answer = answer_to(filling, field->field, &field->redacted);
        field->required = is_required(filling, CELL("required"));
        field->missing = field->required && (field->answer == NULL || field->answer[0] == '\0');
        if (field->answer == NULL)
            field->answer = g_strdup("");
        out->n_missing += field->missing;
        out->n_redacted += field->redacted;
        out->n_unconfirmed += !field->confirmed;
    }
    return true;
}

static void judge(Filling *filling)
{
    Submission *out = filling->out;
    const Consents *consents = &filling->consents;
    if (!consents->send)
        out->refused = g_strdup(_("There is no consent to send: nothing goes out."));
    else if (!consents->government)
        out->refused = g_strdup(_("The mechanism tells the government, and there is no consent to "
                                  "that: nothing goes out."));
    g_autofree char *n = i18n_integer(out->n_redacted);
    out->redaction =
        consents->name == CONSENT_FULL_NAME
            ? g_strdup(_("Nothing was redacted: there is consent to the full name."))
            : g_strdup_printf(_("Redacted for want of consent to the full name: fields with names, "
                                "addresses or numbers of the person: %s."),
                              n);
}

#undef CELL

/* ---- the person ---- */

static bool newest_act(Filling *filling, GError **error)
{
    g_autoptr(GPtrArray) acts =
        store_act_list_by_victim(filling->store, filling->person->id, NULL, error);
    const StoreAct *newest = NULL;
    for (guint i = 0; acts != NULL && i < acts->len; i++) {
        const StoreAct *act = acts->pdata[i];
        if (g_strcmp0(act->status, "refuted") != 0 &&
            (newest == NULL || act->first_day >= newest->first_day))
            newest = act;
    }
    if (acts == NULL)
        return false;
    if (newest == NULL)
        return true;
    filling->act = store_act_load(filling->store, newest->id, error);
    if (filling->act == NULL)
        return false;
    filling->place = filling->act->place_id != 0
                         ? store_place_load(filling->store, filling->act->place_id, error)
                         : NULL;
    return filling->act->place_id == 0 || filling->place != NULL;
}

static bool load_person(Filling *filling, gint64 person_id, gint32 day, GError **error)
{
    Store *store = filling->store;
    if (!store_unsealed(store)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                    _("Names are sealed: a submission needs somebody who may see them."));
        return false;
    }
    filling->person = store_person_load(store, person_id, error);
    filling->details =
        filling->person != NULL ? store_detail_list_by_person(store, person_id, NULL, error) : NULL;
    filling->own =
        filling->details != NULL ? store_detail_list_by_person(store, 0, NULL, error) : NULL;
    if (filling->own == NULL || !consents_load(store, person_id, day, &filling->consents, error))
        return false;
    const StorePerson *person = filling->person;
    redactor_init(&filling->redactor);
    const char *const IDENTITY[] = {person->name, person->name_latin, person->father,
                                    person->contact};
    for (gsize i = 0; i < G_N_ELEMENTS(IDENTITY); i++)
        redactor_add(&filling->redactor, IDENTITY[i]);
    return newest_act(filling, error);
}

static const char *procedure_of(const Filling *filling, gint32 day)
{
    const char *mechanism = filling->out->mechanism;
    const char *kind = detail(filling->details, "kind"),
               *imminent = detail(filling->details, "imminent"),
               *procedure = detail(filling->details, "procedure");
    if (strcmp(mechanism, "WGEID") == 0 && filling->act != NULL)
        return submission_disappearance_procedure(filling->act->first_day, day);
    bool urgent = (kind != NULL && strstr(kind, "urgent") != NULL) ||
                  g_strcmp0(imminent, "yes") == 0 || g_strcmp0(procedure, "urgent") == 0;
    if (strcmp(mechanism, "SP") == 0 || strcmp(mechanism, "SR-EJE") == 0)
        return urgent ? "urgent" : "allegation";
    return urgent ? "urgent" : strcmp(mechanism, "WGEID") == 0 ? "standard" : "regular";
}

static Submission *prepare(Filling *filling, const char *mechanism, gint64 person_id, gint32 day,
                           GError **error)
{
    g_autoptr(Submission) out = filling->out;
    if (!check_door(filling->store, mechanism, out->language, out, error) ||
        !load_person(filling, person_id, day, error))
        return NULL;
    out->person_code = g_strdup(filling->person->code);
    out->day = day;
    out->procedure = g_strdup(procedure_of(filling, day));
    if (!fill_fields(filling, error))
        return NULL;
    judge(filling);
    return g_steal_pointer(&out);
}

Submission *submission_prepare(Store *store, const char *mechanism, gint64 person_id, gint32 day,
                               I18nLanguage language, GError **error)
{
    g_auto(Filling) filling = {.store = store, .out = g_new0(Submission, 1)};
    if (day == G_MININT32)
        day = (gint32)(store_now(store) / 86400);
    filling.out->fields = g_ptr_array_new_with_free_func(field_free);
    filling.out->language = language;
    I18nLanguage before = i18n_language();
    i18n_set_language(language);
    Submission *out = prepare(&filling, mechanism, person_id, day, error);
    i18n_set_language(before);
    return out;
}

/* ---- what comes out ---- */

char *submission_text(const Submission *submission)
{
    I18nLanguage before = i18n_language();
    i18n_set_language(submission->language);
    g_autofree char *day = edtf_describe_day(submission->day);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s\n%s\n%s: %s\n\n", submission->title, day, _("Procedure"),
                           submission->procedure);
    for (guint i = 0; i < submission->fields->len; i++) {
        const SubmissionField *field = submission->fields->pdata[i];
        g_string_append_printf(text, "%u. %s\n   %s\n", i + 1, field->title,
                               field->missing             ? _("(missing)")
                               : field->answer[0] == '\0' ? "–"
                                                          : field->answer);
    }
    g_string_append_printf(text, "\n%s\n", submission->redaction);
    i18n_set_language(before);
    return g_string_free(text, FALSE);
}

char *submission_summary(Store *store, const Submission *submission, gint64 person_id,
                         GError **error)
{
    Consents consents;
    static const char *const TOLD[] = {"victim_name", "violation", "date", "place", "perpetrator"};
    if (!consents_load(store, person_id, submission->day, &consents, error) || !consents.summary)
        return NULL;
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s: %s\n", submission->person_code, submission->title);
    for (guint i = 0; i < submission->fields->len; i++) {
        const SubmissionField *field = submission->fields->pdata[i];
        for (gsize k = 0; k < G_N_ELEMENTS(TOLD); k++)
            if (strcmp(field->field, TOLD[k]) == 0 && field->answer[0] != '\0')
                g_string_append_printf(text, "%s: %s\n", field->title, field->answer);
    }
    g_string_append_printf(text, "%s\n", submission->redaction);
    return g_string_free(text, FALSE);
}

static bool may_go(const Submission *submission, GError **error)
{
    g_autoptr(GString) missing = g_string_new(NULL);
    for (guint i = 0; i < submission->fields->len; i++) {
        const SubmissionField *field = submission->fields->pdata[i];
        if (field->missing)
            g_string_append_printf(missing, "%s%s (%s)", missing->len > 0 ? "; " : "", field->title,
                                   field->field);
    }
    if (missing->len > 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("Nothing is sent while required fields are missing: %s."), missing->str);
        return false;
    }
    if (submission->refused != NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, submission->refused);
        return false;
    }
    return true;
}

gint64 submission_seal(Store *store, const Submission *submission, gint64 person_id, GError **error)
{
    if (!may_go(submission, error) || !store_begin(store, error))
        return 0;
    g_autofree char *text = submission_text(submission);
    g_autofree char *name =
        g_strdup_printf("%s-%s.txt", submission->mechanism, submission->person_code);
    g_autoptr(StoreSubmission) record = store_submission_new();
    bool known;
    record->person_id = person_id;
    record->mechanism = g_strdup(submission->mechanism);
    record->procedure = g_strdup(submission->procedure);
    record->status = g_strdup("sent");
    record->day = submission->day;
    record->note = g_strdup(submission->redaction);
    if (!evidence_original_add_bytes(store, text, strlen(text), name, "text/plain", "submission",
                                     &record->original_id, &known, error) ||
        !store_submission_add(store, record, error)) {
        store_rollback(store);
        return 0;
    }
    return store_commit(store, error) ? record->id : 0;
}
