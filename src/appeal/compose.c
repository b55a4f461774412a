/* appeal/compose.c: a letter is drafted from what the case holds.
 *
 * Its sentences are ours and fixed, one set in each language, in the register of correspondence
 * with the United Nations; its figures, crises, alarms, votes and steps are records, each with a
 * note. It asks for what the case's asks ask for, and of each office what that office can do
 * (r2p/requests.csv). It is never signed here. */
#include "appeal/compose.h"

#include "appeal/recipients.h"
#include "base/data.h"
#include "base/edtf.h"
#include "base/error.h"
#include "base/i18n.h"
#include "evidence/original.h"
#include "store/link.h"
#include "store/user.h"
#include <string.h>

enum { SECONDS_A_DAY = 86400, TRACE_DEPTH = 4, TRACE_WIDTH = 64 };

AppealOptions appeal_options(void)
{
    return (AppealOptions){.language = I18N_PERSIAN, .day = G_MININT32};
}

/* ---- words ---- */

static void cited_free(gpointer data)
{
    Cited *cited = data;
    g_free(cited->what);
    g_free(cited);
}

bool compose_persian(const Compose *compose)
{
    return compose->options->language == I18N_PERSIAN;
}

const char *compose_choose(const Compose *compose, const char *english, const char *persian)
{
    return compose_persian(compose) && persian != NULL ? persian : english;
}

const char *compose_word(const Compose *compose, const char *english)
{
    const char *persian =
        compose_persian(compose) ? g_hash_table_lookup(compose->persian, english) : NULL;
    return persian != NULL ? persian : english;
}

char *compose_day(const Compose *compose, gint32 day)
{
    char *text = edtf_describe_day(day);
    char *bracket = compose_persian(compose) ? NULL : strstr(text, " (");
    if (bracket != NULL)
        *bracket = '\0';
    return text;
}

gssize compose_row(const CsvTable *table, const char *column, const char *value)
{
    gssize place = csv_table_column(table, column);
    for (gsize row = 0; row < table->n_rows; row++)
        if (strcmp(csv_table_cell(table, row, place), value) == 0)
            return (gssize)row;
    return -1;
}

static void rest_on(Compose *compose, StoreKind kind, gint64 id, const char *what)
{
    for (guint i = 0; i < compose->cited->len; i++) {
        const Cited *cited = compose->cited->pdata[i];
        if (cited->kind == kind && cited->id == id)
            return;
    }
    Cited *cited = g_new0(Cited, 1);
    *cited = (Cited){kind, id, g_strdup(what)};
    g_ptr_array_add(compose->cited, cited);
}

const char *compose_cite(Compose *compose, StoreKind kind, gint64 id, const char *source,
                         const char *verified, const char *what)
{
    rest_on(compose, kind, id, what);
    if (g_strcmp0(verified, "yes") == 0 || g_strcmp0(verified, "read") == 0)
        return letter_draft_note(compose->draft, kind, id, source, false);
    bool part = g_strcmp0(verified, "part") == 0;
    g_autofree char *text = g_strconcat(source,
                                        part ? _(" – confirmed in part only")
                                             : _(" – not confirmed: not checked at its source"),
                                        NULL);
    return letter_draft_note(compose->draft, kind, id, text, true);
}

static const char *note_only(Compose *compose, const char *text)
{
    return letter_draft_note(compose->draft, STORE_KIND_NONE, 0, text, false);
}

/* ---- the parts of a letter ---- */

static void head(Compose *compose)
{
    const StoreRecipient *recipient = compose->recipient;
    LetterDraft *draft = compose->draft;
    g_autofree char *date = edtf_describe_day(compose->day);
    g_autofree char *subject = g_strdup_printf(
        _("The Responsibility to Protect and the risk of atrocity crimes in %s"), compose->country);
    const char *salutation =
        compose_choose(compose, recipient->salutation, recipient->salutation_fa);
    bool excellency = g_strcmp0(recipient->salutation, "Excellency,") == 0;
    letter_draft_head(draft, "From",
                      compose->options->sender != NULL
                          ? compose->options->sender
                          : _("[Name and address of the sender: to be filled in]"));
    letter_draft_head(draft, "To",
                      compose_choose(compose, recipient->address, recipient->address_fa));
    letter_draft_head(draft, "Date", date);
    letter_draft_head(draft, "Subject", subject);
    letter_draft_head(draft, "Salutation", salutation);
    letter_draft_head(
        draft, "Closing",
        excellency ? _("Please accept, Excellency, the assurances of our highest consideration.")
                   : _("Yours sincerely,"));
    letter_draft_head(draft, "Signature",
                      _("[Names, offices and signatures: to be filled in by those who sign]"));
    letter_draft_head(draft, "Annex", _("Annex: sources and records on which this letter rests"));
}

static void opening(Compose *compose)
{
    const char *outcome =
        note_only(compose, _("2005 World Summit Outcome, General Assembly resolution A/RES/60/1, "
                             "paragraphs 138 and 139"));
    g_autofree char *text = g_strdup_printf(
        _("We have the honour to address you on the risk of atrocity crimes in %s and on the "
          "Responsibility to Protect, to which Heads of State and Government committed themselves "
          "in paragraphs 138 and 139 of the 2005 World Summit Outcome.%s Every State has the duty "
          "to protect its population from genocide, war crimes, ethnic cleansing and crimes "
          "against "
          "humanity, and that duty includes prevention; the international community has undertaken "
          "to help, by peaceful means and in good time."),
        compose->country, outcome);
    letter_draft_part(compose->draft, APPEAL_PARAGRAPH, 0, text);
}

/* An earlier letter that was sent, and how long ago. */
static bool earlier(Compose *compose, GError **error)
{
    g_autoptr(GPtrArray) rows = appeal_clock(compose->store, 0, compose->day, error);
    if (rows == NULL)
        return false;
    if (rows->len == 0)
        return true;
    const AppealClockRow *row = rows->pdata[0];
    if (row->days <= 0)
        return true;
    g_autoptr(GPtrArray) appeals = store_appeal_list(compose->store, NULL, error);
    if (appeals == NULL)
        return false;
    for (guint i = 0; i < appeals->len; i++) {
        const StoreAppeal *appeal = appeals->pdata[i];
        if (appeal->day != row->asked_day || g_strcmp0(appeal->status, "sent") != 0)
            continue;
        g_autoptr(GPtrArray) signatories =
            store_signatory_list_by_appeal(compose->store, appeal->id, NULL, error);
        if (signatories == NULL)
            return false;
        guint answered = 0;
        for (guint k = 0; k < rows->len; k++)
            answered = MAX(answered, ((const AppealClockRow *)rows->pdata[k])->n_answered);
        g_autofree char *day = compose_day(compose, appeal->day),
                        *n = i18n_integer(signatories->len), *days = i18n_integer(row->days),
                        *to = i18n_integer(row->n_written_to),
                        *silent = i18n_integer((gint64)row->n_written_to - answered);
        const char *call =
            compose_cite(compose, STORE_KIND_APPEAL, appeal->id,
                         compose_choose(compose, appeal->title, appeal->subject), "yes",
                         compose_choose(compose, appeal->title, appeal->subject));
        g_autofree char *text = g_strdup_printf(
            _("On %s, in a public letter to %s addressees, %s organisations made requests of the "
              "same three kinds.%s %s days have passed since. In the sources available to us we "
              "have found no public answer from %s of the addressees."),
            day, to, n, call, days, silent);
        letter_draft_part(compose->draft, APPEAL_PARAGRAPH, 0, text);
        break;
    }
    return true;
}

/* What binds the State: read from the sealed table of treaties, where the case has one. */
static bool treaties(Compose *compose, GError **error)
{
    g_autoptr(GPtrArray) originals = store_original_list(compose->store, NULL, error);
    if (originals == NULL)
        return false;
    const StoreOriginal *original = NULL;
    for (guint i = 0; i < originals->len && original == NULL; i++) {
        const StoreOriginal *one = originals->pdata[i];
        if (one->name != NULL && g_str_has_suffix(one->name, "/treaties.csv") &&
            g_strcmp0(one->origin, "bundled") == 0)
            original = one;
    }
    if (original == NULL)
        return true;
    g_autoptr(GBytes) bytes = evidence_original_load(compose->store, original->id, 0, 0, error);
    if (bytes == NULL)
        return false;
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    g_autoptr(CsvReader) reader = csv_reader_new_bytes(original->name, data, length, NULL);
    g_autoptr(CsvTable) table = csv_table_load(reader, error);
    if (table == NULL)
        return false;
    gssize row = compose_row(table, "treaty", "ICCPR");
    if (row < 0 ||
        strcmp(csv_table_cell(table, (gsize)row, csv_table_column(table, "party")), "yes") != 0)
        return true;
    Edtf since;
    gint32 day, last;
    if (!edtf_parse(csv_table_cell(table, (gsize)row, csv_table_column(table, "since")),
                    CALENDAR_GREGORIAN, &since, error))
        return false;
    edtf_bounds(&since, &day, &last);
    g_autofree char *when = compose_day(compose, day);
    const char *call =
        compose_cite(compose, STORE_KIND_ORIGINAL, original->id,
                     csv_table_cell(table, (gsize)row, csv_table_column(table, "source")),
                     csv_table_cell(table, (gsize)row, csv_table_column(table, "verified")),
                     _("table of treaties"));
    g_autofree char *text = g_strdup_printf(
        _("Since %s the State has been bound by the International Covenant on Civil and Political "
          "Rights.%s Article 6 confines the death penalty to the most serious crimes and to the "
          "final judgement of a competent court; article 9 forbids arbitrary arrest; article 14 "
          "guarantees a fair and public hearing by an independent and impartial tribunal."),
        when, call);
    letter_draft_part(compose->draft, APPEAL_PARAGRAPH, 0, text);
    return true;
}

/* What this very office can do for an ask. */
static bool request(Compose *compose, const StoreAsk *ask, GString *text)
{
    const CsvTable *table = compose->requests;
    const char *code = compose->office != NULL ? compose->office->code : "";
    const char *office = g_str_has_prefix(code, "PR-") ? "PR" : code;
    for (gsize row = 0; row < table->n_rows; row++) {
        if (strcmp(csv_table_cell(table, row, csv_table_column(table, "office")), office) != 0 ||
            g_strcmp0(csv_table_cell(table, row, csv_table_column(table, "ask")), ask->code) != 0)
            continue;
        const char *words = csv_table_cell(
            table, row, csv_table_column(table, compose_persian(compose) ? "text_fa" : "text_en"));
        g_autoptr(StoreMeasure) measure = store_measure_find(
            compose->store, csv_table_cell(table, row, csv_table_column(table, "measure")), NULL);
        const char *call = "";
        if (measure != NULL && g_strcmp0(measure->verified, "yes") == 0) {
            const char *title = compose_choose(compose, measure->title, measure->title_fa);
            g_autofree char *note = g_strdup_printf(
                "%s: %s; %s", title, measure->legal_basis != NULL ? measure->legal_basis : "–",
                measure->source != NULL ? measure->source : "–");
            call = compose_cite(compose, STORE_KIND_MEASURE, measure->id, note, measure->verified,
                                title);
        }
        g_string_append_printf(text, _(" In the exercise of your functions, we ask you %s.%s"),
                               words, call);
        return true;
    }
    return false;
}

static gint by_code(gconstpointer a, gconstpointer b)
{
    const StoreAsk *left = *(const StoreAsk *const *)a, *right = *(const StoreAsk *const *)b;
    return g_strcmp0(left->code, right->code);
}

/* A desk reads the first page: what is asked stands on it. */
static void asks_in_short(Compose *compose, GPtrArray *list)
{
    g_autoptr(GString) titles = g_string_new(NULL);
    g_ptr_array_sort(list, by_code);
    for (guint i = 0; i < list->len; i++) {
        const StoreAsk *ask = list->pdata[i];
        g_string_append(titles, i > 0 ? _("; ") : "");
        g_string_append(titles, compose_choose(compose, ask->title, ask->title_fa));
    }
    g_autofree char *text = g_strdup_printf(
        _("Our requests, set out with their legal basis at the end of this letter: %s."),
        titles->str);
    letter_draft_part(compose->draft, APPEAL_PARAGRAPH, 0, text);
}

static bool asks(Compose *compose, GPtrArray *list, GError **error)
{
    letter_draft_part(compose->draft, APPEAL_HEADING, 0, _("What we ask"));
    if (!treaties(compose, error))
        return false;
    letter_draft_part(compose->draft, APPEAL_PARAGRAPH, 0,
                      _("We respectfully make the following requests:"));
    for (guint i = 0; i < list->len; i++) {
        const StoreAsk *ask = list->pdata[i];
        const char *title = compose_choose(compose, ask->title, ask->title_fa);
        const char *basis = compose_choose(compose, ask->basis, ask->basis_fa);
        GString *text = g_string_new(NULL);
        g_string_append_printf(text, _("%s. %s"), title,
                               compose_choose(compose, ask->text, ask->text_fa));
        if (basis != NULL) {
            g_autofree char *note = g_strdup_printf(_("Legal basis: %s"), basis);
            g_string_append(text,
                            compose_cite(compose, STORE_KIND_ASK, ask->id, note, "yes", title));
        }
        request(compose, ask, text);
        letter_draft_part(compose->draft, APPEAL_ASK, i + 1, text->str);
        g_string_free(text, TRUE);
    }
    return true;
}

static void ending(Compose *compose)
{
    letter_draft_part(
        compose->draft, APPEAL_PARAGRAPH, 0,
        _("The annex lists the records on which this letter rests, each with the SHA-256 of the "
          "sealed original behind it, so that every figure can be traced. This letter names no "
          "person at risk. Further documentation can be made available on terms that protect those "
          "concerned, and we remain at your disposal for any clarification."));
}

/* ---- the annex ---- */

/* The original behind a record: the nearest, of those the lowest. 0 none; -1 with error. */
static gint64 original_behind(Store *store, StoreKind kind, gint64 id, int depth, GError **error)
{
    if (kind == STORE_KIND_ORIGINAL)
        return id;
    if (depth == 0)
        return 0;
    g_autoptr(GArray) steps = store_trace_step(store, kind, id, TRACE_WIDTH, error);
    if (steps == NULL)
        return -1;
    for (guint i = 0; i < steps->len; i++)
        if (g_array_index(steps, StoreTraceStep, i).kind == STORE_KIND_ORIGINAL)
            return g_array_index(steps, StoreTraceStep, i).id;
    for (guint i = 0; i < steps->len; i++) {
        const StoreTraceStep *step = &g_array_index(steps, StoreTraceStep, i);
        gint64 found = original_behind(store, step->kind, step->id, depth - 1, error);
        if (found != 0)
            return found;
    }
    return 0;
}

static gint by_kind_and_id(gconstpointer a, gconstpointer b)
{
    const Cited *left = *(const Cited *const *)a, *right = *(const Cited *const *)b;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static bool annex(Compose *compose, GError **error)
{
    g_ptr_array_sort(compose->cited, by_kind_and_id);
    for (guint i = 0; i < compose->cited->len; i++) {
        const Cited *cited = compose->cited->pdata[i];
        gint64 id = original_behind(compose->store, cited->kind, cited->id, TRACE_DEPTH, error);
        if (id < 0)
            return false;
        g_autoptr(StoreOriginal) original =
            id > 0 ? store_original_load(compose->store, id, error) : NULL;
        if (id > 0 && original == NULL)
            return false;
        char sha256[65] = "";
        for (gsize k = 0; original != NULL && k < 32; k++)
            g_snprintf(sha256 + 2 * k, 3, "%02x", original->sha256[k]);
        letter_draft_annex(compose->draft, cited->kind, cited->id, id, sha256, cited->what);
    }
    return true;
}

/* ---- saving ---- */

/* The id of the same draft; 0 none, -1 with error. */
static gint64 same_draft(Compose *compose, const StoreAppeal *appeal, GError **error)
{
    g_autoptr(GPtrArray) appeals = store_appeal_list(compose->store, NULL, error);
    if (appeals == NULL)
        return -1;
    for (guint i = 0; i < appeals->len; i++) {
        const StoreAppeal *one = appeals->pdata[i];
        if (one->day == appeal->day && g_strcmp0(one->language, appeal->language) == 0 &&
            g_strcmp0(one->body, appeal->body) == 0)
            return one->id;
    }
    return 0;
}

/* What whoever sends it must look at first. */
static char *delivery_note(const Compose *compose, AppealVerdict verdict, const char *sentence)
{
    GString *note = g_string_new(NULL);
    if (verdict != APPEAL_IN_OFFICE)
        g_string_append(note, sentence);
    const char *languages = compose->recipient->language;
    const char *own = i18n_tag(compose->options->language);
    if (languages != NULL && strstr(languages, own) == NULL)
        g_string_append_printf(
            note, _("%sThis office takes letters in: %s. Send a translation with this one."),
            note->len > 0 ? " " : "", languages);
    return g_string_free(note, note->len == 0);
}

static bool save(Compose *compose, StoreAppeal *appeal, const char *note, GPtrArray *list,
                 GError **error)
{
    Store *store = compose->store;
    g_autoptr(StoreDelivery) delivery = store_delivery_new();
    if (!store_appeal_add(store, appeal, error))
        return false;
    for (guint i = 0; i < compose->cited->len; i++) {
        const Cited *cited = compose->cited->pdata[i];
        const char *role = cited->kind == STORE_KIND_ASK ? "asks" : "evidence";
        if (!store_link_join(store, STORE_KIND_APPEAL, appeal->id, cited->kind, cited->id, role,
                             error))
            return false;
    }
    for (guint i = 0; i < list->len; i++)
        if (!store_link_join(store, STORE_KIND_APPEAL, appeal->id, STORE_KIND_ASK,
                             ((const StoreAsk *)list->pdata[i])->id, "asks", error))
            return false;
    delivery->appeal_id = appeal->id;
    delivery->recipient_id = compose->recipient->id;
    delivery->status = g_strdup("prepared");
    delivery->note = g_strdup(note);
    return store_delivery_add(store, delivery, error);
}

/* ---- all together ---- */

static bool write_letter(Compose *compose, GPtrArray *list, GError **error)
{
    head(compose);
    opening(compose);
    if (!earlier(compose, error))
        return false;
    asks_in_short(compose, list);
    if (!compose_reported(compose, error) || !compose_findings(compose, error) ||
        !compose_analysis(compose, error) || !compose_bodies(compose, error) ||
        !asks(compose, list, error))
        return false;
    ending(compose);
    return annex(compose, error);
}

static const StoreAsk *ask_of_id(GPtrArray *list, gint64 id)
{
    for (guint i = 0; i < list->len; i++)
        if (((const StoreAsk *)list->pdata[i])->id == id)
            return list->pdata[i];
    return NULL;
}

static bool is_chosen(const GArray *ids, gint64 id)
{
    for (guint i = 0; ids != NULL && i < ids->len; i++)
        if (g_array_index(ids, gint64, i) == id)
            return true;
    return ids == NULL;
}

/* The asks of this letter: those that were chosen, each with a text in its language. */
static GPtrArray *asks_load(Compose *compose, GError **error)
{
    const GArray *ids = compose->options->ask_ids;
    g_autoptr(GPtrArray) list = store_ask_list(compose->store, NULL, error);
    char id[STORE_ID_MAX];
    for (guint i = 0; list != NULL && ids != NULL && i < ids->len; i++)
        if (ask_of_id(list, g_array_index(ids, gint64, i)) == NULL) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no ask %s."),
                        store_id_format(STORE_KIND_ASK, MAX(g_array_index(ids, gint64, i), 1), id));
            return NULL;
        }
    for (guint i = 0; list != NULL && i < list->len;) {
        const StoreAsk *ask = list->pdata[i];
        if (!is_chosen(ids, ask->id)) {
            g_ptr_array_remove_index(list, i);
            continue;
        }
        if (!compose_persian(compose) && g_strcmp0(ask->text, ask->text_fa) == 0) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("The ask %s has no text in English: write it down in both languages, or "
                          "leave it out of this letter."),
                        store_id_format(STORE_KIND_ASK, ask->id, id));
            return NULL;
        }
        i++;
    }
    return g_steal_pointer(&list);
}

static gint64 draft_to(Compose *compose, AppealVerdict verdict, const char *sentence,
                       GError **error)
{
    Store *store = compose->store;
    g_autoptr(GPtrArray) list = asks_load(compose, error);
    if (list == NULL)
        return 0;
    if (list->len == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("There is nothing to ask for: the case has no asks. Load the facts first "
                      "(zenhar appeal load)."));
        return 0;
    }
    if (!write_letter(compose, list, error))
        return 0;
    g_autoptr(StoreAppeal) appeal = store_appeal_new();
    appeal->title =
        g_strdup_printf(_("Letter to the %s"), compose_choose(compose, compose->recipient->office,
                                                              compose->recipient->office_fa));
    appeal->language = g_strdup(i18n_tag(compose->options->language));
    appeal->subject = g_strdup_printf(
        _("The Responsibility to Protect and the risk of atrocity crimes in %s"), compose->country);
    appeal->body = letter_draft_finish(compose->draft);
    appeal->day = compose->day;
    appeal->status = g_strdup("draft");
    appeal->assessment_id = compose->assessment_id;
    appeal->synthetic = compose->synthetic;
    gint64 same = same_draft(compose, appeal, error);
    if (same != 0)
        return MAX(same, 0);
    g_autofree char *note = delivery_note(compose, verdict, sentence);
    if (!store_begin(store, error))
        return 0;
    if (!save(compose, appeal, note, list, error)) {
        store_rollback(store);
        return 0;
    }
    return store_commit(store, error) ? appeal->id : 0;
}

static GHashTable *index_words(const CsvTable *table)
{
    GHashTable *words = g_hash_table_new(g_str_hash, g_str_equal);
    gssize english = csv_table_column(table, "english"),
           persian = csv_table_column(table, "persian");
    for (gsize row = 0; row < table->n_rows; row++)
        g_hash_table_insert(words, (gpointer)csv_table_cell(table, row, english),
                            (gpointer)csv_table_cell(table, row, persian));
    return words;
}

/* The newest risk picture that looks no further than the letter's day. */
static bool newest_assessment(Compose *compose, GError **error)
{
    gint64 wanted = compose->options->assessment_id;
    const StorePage page = {.descending = true};
    g_autoptr(GPtrArray) newest = store_assessment_list(compose->store, &page, error);
    if (newest == NULL)
        return false;
    for (guint i = 0; i < newest->len && compose->assessment_id == 0; i++) {
        const StoreAssessment *one = newest->pdata[i];
        if (wanted != 0 ? one->id == wanted : one->last_day <= compose->day)
            compose->assessment_id = one->id;
    }
    if (wanted == 0 || compose->assessment_id == wanted)
        return true;
    char id[STORE_ID_MAX];
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no assessment %s."),
                store_id_format(STORE_KIND_ASSESSMENT, MAX(wanted, 1), id));
    return false;
}

/* The thread's language is the letter's from here on. */
static gint64 compose_in_language(Compose *compose, GError **error)
{
    Store *store = compose->store;
    g_autoptr(GPtrArray) recipients = store_recipient_list(store, NULL, error);
    if (recipients == NULL)
        return 0;
    for (guint i = 0; i < recipients->len; i++) {
        const StoreRecipient *one = recipients->pdata[i];
        if (one->id == compose->options->recipient_id)
            compose->recipient = one;
    }
    if (compose->recipient == NULL) {
        char id[STORE_ID_MAX];
        g_set_error(
            error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no recipient %s."),
            store_id_format(STORE_KIND_RECIPIENT, MAX(compose->options->recipient_id, 1), id));
        return 0;
    }
    AppealVerdict verdict = recipients_verdict(recipients, compose->recipient, compose->day);
    g_autofree char *sentence = recipients_sentence(
        compose->recipient,
        recipients_holder(recipients, compose->recipient->body_id, compose->day), verdict,
        compose->day);
    if (verdict == APPEAL_OUT_OF_OFFICE) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, sentence);
        return 0;
    }
    g_autoptr(StoreBody) office = compose->recipient->body_id != 0
                                      ? store_body_load(store, compose->recipient->body_id, error)
                                      : NULL;
    if (compose->recipient->body_id != 0 && office == NULL)
        return 0;
    compose->office = office;
    g_autofree char *code = store_setting_get(store, "country", NULL);
    compose->country = g_strdup(
        code == NULL || strcmp(code, "IR") == 0 ? _("the Islamic Republic of Iran") : code);
    return draft_to(compose, verdict, sentence, error);
}

gint64 appeal_compose(Store *store, const AppealOptions *options, GError **error)
{
    g_autoptr(CsvTable) words = data_load_table("appeal/words.csv", error);
    g_autoptr(CsvTable) history = words != NULL ? data_load_table("r2p/history.csv", error) : NULL;
    g_autoptr(CsvTable) requests =
        history != NULL ? data_load_table("r2p/requests.csv", error) : NULL;
    if (requests == NULL)
        return 0;
    g_autofree char *label = store_setting_get(store, "label", NULL);
    g_autoptr(LetterDraft) draft = letter_draft_new();
    Compose compose = {
        .store = store,
        .options = options,
        .day =
            options->day != G_MININT32 ? options->day : (gint32)(store_now(store) / SECONDS_A_DAY),
        .synthetic = g_strcmp0(label, "synthetic") == 0,
        .draft = draft,
        .cited = g_ptr_array_new_with_free_func(cited_free),
        .persian = index_words(words),
        .words = words,
        .history = history,
        .requests = requests,
    };
    I18nLanguage before = i18n_language();
    i18n_set_language(options->language);
    gint64 id = newest_assessment(&compose, error) ? compose_in_language(&compose, error) : 0;
    i18n_set_language(before);
    g_ptr_array_unref(compose.cited);
    g_hash_table_unref(compose.persian);
    g_free(compose.country);
    return id;
}
