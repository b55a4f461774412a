#include "handover/uwazi.h"

#include "base/csv.h"
#include "base/i18n.h"
#include "base/progress.h"
#include "handover/span.h"
#include "intake/acts.h"
#include "store/person.h"
#include "store/report.h"
#include <math.h>
#include <string.h>

enum { BUFFER_BYTES = 1 << 16 };

typedef struct {
    Outlet *outlet;
    GString *out;
    /* of the place in hand */
    gint64 place_id;
    char *place_en, *place_fa, *at;
} Uwazi;

enum { N_LANGUAGES = 2 /* English, Persian */ };

/* ---- cells ---- */

/* A stroke parts values: none stands within one. */
static void add_value(GString *cell, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    g_autofree char *bare = g_strstrip(g_strdelimit(g_strdup(text), "|", '/'));
    if (cell->len > 0)
        g_string_append_c(cell, '|');
    g_string_append(cell, bare);
}

static void add_cell(Uwazi *uwazi, const char *text)
{
    csv_append(uwazi->out, text != NULL ? text : "");
}

/* A text that may be anything: no value of it may look like several. */
static void add_single(Uwazi *uwazi, const char *text)
{
    g_autoptr(GString) cell = g_string_new(NULL);
    add_value(cell, text);
    csv_append(uwazi->out, cell->str);
}

static void add_dates(Uwazi *uwazi, const char *event_date, gint32 first, gint32 last)
{
    Span span;
    span_of(event_date, first, last, &span);
    const bool day = strlen(span.date) == 10;
    g_autofree char *range = !day && (span.first[0] != '\0' || span.last[0] != '\0')
                                 ? g_strdup_printf("%s:%s", span.first, span.last)
                                 : NULL;
    add_cell(uwazi, day ? span.date : NULL);
    add_cell(uwazi, range);
}

/* The kind of an act in both languages. */
static void add_kind(Uwazi *uwazi, const char *kind)
{
    const I18nLanguage saved = i18n_language();
    i18n_set_language(I18N_ENGLISH);
    add_single(uwazi, kind != NULL ? intake_act_title(kind) : NULL);
    i18n_set_language(I18N_PERSIAN);
    add_single(uwazi, kind != NULL ? intake_act_title(kind) : NULL);
    i18n_set_language(saved);
}

static bool look_up_place(Uwazi *uwazi, gint64 place_id, GError **error)
{
    if (place_id == uwazi->place_id)
        return true;
    uwazi->place_id = place_id;
    g_clear_pointer(&uwazi->place_en, g_free);
    g_clear_pointer(&uwazi->place_fa, g_free);
    g_clear_pointer(&uwazi->at, g_free);
    if (place_id == 0)
        return true;
    g_autoptr(StorePlace) place = store_place_load(outlet_store(uwazi->outlet), place_id, error);
    if (place == NULL)
        return false;
    uwazi->place_en = g_strdup(place->name_en != NULL ? place->name_en : place->name_fa);
    uwazi->place_fa = g_strdup(place->name_fa != NULL ? place->name_fa : place->name_en);
    if (isfinite(place->latitude) && isfinite(place->longitude)) {
        g_autoptr(GString) at = g_string_new(NULL);
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append(at, g_ascii_formatd(number, sizeof number, "%.6g", place->latitude));
        g_string_append_c(at, '|');
        g_string_append(at, g_ascii_formatd(number, sizeof number, "%.6g", place->longitude));
        uwazi->at = g_string_free(g_steal_pointer(&at), FALSE);
    }
    return true;
}

static bool add_place(Uwazi *uwazi, gint64 place_id, const char *as_written, GError **error)
{
    if (!look_up_place(uwazi, place_id, error))
        return false;
    add_single(uwazi, uwazi->place_en != NULL ? uwazi->place_en : as_written);
    add_single(uwazi, uwazi->place_fa != NULL ? uwazi->place_fa : as_written);
    add_cell(uwazi, uwazi->at);
    return true;
}

/* ---- titles ---- */

/* Entities are related by their titles, so each is one entity's alone: a person's code, a report's
 * number. */

static char *title_of(StoreKind kind, gint64 id, const char *words)
{
    char name[STORE_ID_MAX];
    store_id_format(kind, id, name);
    if (words == NULL || words[0] == '\0')
        return g_strdup(name);
    return g_strdup_printf("%s (%s)", words, name);
}

static char *source_title(Uwazi *uwazi, gint64 id, GError **error)
{
    if (id == 0)
        return g_strdup("");
    const char *name = outlet_name(uwazi->outlet, STORE_KIND_SOURCE, id, error);
    return name != NULL ? title_of(STORE_KIND_SOURCE, id, name) : NULL;
}

static char *act_title(const StoreAct *act, const OutletRecord *r, I18nLanguage language)
{
    const I18nLanguage saved = i18n_language();
    Span span;
    span_of(act->event_date, act->first_day, act->last_day, &span);
    i18n_set_language(language);
    const char *kind = act->kind != NULL ? intake_act_title(act->kind) : "";
    i18n_set_language(saved);
    const char *given = outlet_value(r, "title");
    g_autofree char *words = given != NULL           ? g_strdup(given)
                             : span.date[0] != '\0'  ? g_strdup_printf("%s, %s", kind, span.date)
                             : span.first[0] != '\0' ? g_strdup_printf("%s, %s", kind, span.first)
                                                     : g_strdup(kind);
    return title_of(STORE_KIND_ACT, act->id, words);
}

/* ---- rows ---- */

static bool source_row(Uwazi *uwazi, const OutletRecord *r, const void *record, GError **error)
{
    g_autofree char *title = source_title(uwazi, r->id, error);
    if (title == NULL)
        return false;
    add_single(uwazi, title);
    add_single(uwazi, outlet_value(r, "kind"));
    add_single(uwazi, outlet_value(r, "language"));
    add_single(uwazi, outlet_value(r, "reliability"));
    return true;
}

static bool person_row(Uwazi *uwazi, const OutletRecord *r, const void *record, GError **error)
{
    static const char *const GENDERS[][3] = {
        {"female", "female", "زن"}, {"male", "male", "مرد"}, {"other", "other", "دیگر"}};
    const char *gender = outlet_value(r, "gender"), *year = outlet_value(r, "birth_year");
    add_single(uwazi, outlet_value(r, "code"));
    add_single(uwazi, outlet_value(r, "name"));
    for (gsize language = 0; language < N_LANGUAGES; language++) {
        const char *word = gender;
        for (gsize i = 0; gender != NULL && i < G_N_ELEMENTS(GENDERS); i++)
            if (strcmp(GENDERS[i][0], gender) == 0)
                word = GENDERS[i][1 + language];
        add_single(uwazi, word);
    }
    add_single(uwazi, outlet_value(r, "group"));
    add_cell(uwazi, year != NULL && strcmp(year, "0") != 0 ? year : NULL);
    add_single(uwazi, outlet_value(r, "status"));
    return true;
}

static bool report_row(Uwazi *uwazi, const OutletRecord *r, const void *record, GError **error)
{
    const StoreReport *report = record;
    char title[STORE_ID_MAX];
    g_autofree char *source = source_title(uwazi, report->source_id, error);
    g_autofree char *received =
        report->received != 0 ? g_strndup(outlet_value(r, "received"), 10) : NULL;
    if (source == NULL)
        return false;
    add_cell(uwazi, store_id_format(STORE_KIND_REPORT, r->id, title));
    add_single(uwazi, outlet_value(r, "title"));
    add_cell(uwazi, outlet_value(r, "text"));
    add_single(uwazi, source);
    add_cell(uwazi, received);
    add_dates(uwazi, report->event_date, report->first_day, report->last_day);
    add_kind(uwazi, report->kind);
    if (!add_place(uwazi, report->place_id, outlet_value(r, "place_text"), error))
        return false;
    add_single(uwazi, outlet_value(r, "language"));
    add_single(uwazi, outlet_value(r, "reliability"));
    add_single(uwazi, report->credibility != 0 ? outlet_value(r, "credibility") : NULL);
    return true;
}

/* Titles of the reports that speak of it, each once. */
static char *reports_of(Uwazi *uwazi, gint64 act_id, GError **error)
{
    g_autoptr(GPtrArray) statements =
        store_statement_list_by_act(outlet_store(uwazi->outlet), act_id, NULL, error);
    g_autoptr(GString) cell = g_string_new(NULL);
    gint64 last = 0;
    for (guint i = 0; statements != NULL && i < statements->len; i++) {
        const gint64 id = ((const StoreStatement *)statements->pdata[i])->report_id;
        if (id == 0 || id == last) /* statements of one report stand side by side */
            continue;
        last = id;
        char title[STORE_ID_MAX];
        add_value(cell, store_id_format(STORE_KIND_REPORT, id, title));
    }
    return statements != NULL ? g_string_free(g_steal_pointer(&cell), FALSE) : NULL;
}

static bool event_row(Uwazi *uwazi, const OutletRecord *r, const void *record, GError **error)
{
    const StoreAct *act = record;
    g_autofree char *english = act_title(act, r, I18N_ENGLISH);
    g_autofree char *persian = act_title(act, r, I18N_PERSIAN);
    g_autoptr(StorePerson) person =
        act->victim_id != 0 ? store_person_load(outlet_store(uwazi->outlet), act->victim_id, error)
                            : NULL;
    g_autofree char *reports =
        person != NULL || act->victim_id == 0 ? reports_of(uwazi, act->id, error) : NULL;
    if (reports == NULL)
        return false;
    add_single(uwazi, english);
    add_single(uwazi, persian);
    add_kind(uwazi, act->kind);
    add_dates(uwazi, act->event_date, act->first_day, act->last_day);
    add_single(uwazi, person != NULL ? person->code : NULL); /* its title */
    add_cell(uwazi, reports);
    if (!add_place(uwazi, act->place_id, NULL, error))
        return false;
    add_single(uwazi, outlet_value(r, "perpetrator"));
    add_cell(uwazi, outlet_value(r, "count_min"));
    add_cell(uwazi, outlet_value(r, "count_max"));
    add_single(uwazi, outlet_value(r, "status"));
    return true;
}

/* ---- files ---- */

typedef struct {
    StoreKind kind;
    const char *name;
    const char *heading; /* columns with | between */
    bool (*row)(Uwazi *uwazi, const OutletRecord *r, const void *record, GError **error);
} Template;

static const Template TEMPLATES[] = {
    {STORE_KIND_SOURCE, "Source.csv", "Title|Kind|Language|Reliability", source_row},
    {STORE_KIND_PERSON, "Person.csv", "Title|Name|Gender__en|Gender__fa|Group|Year of birth|Status",
     person_row},
    {STORE_KIND_REPORT, "Report.csv",
     "Title|Heading|Text|Source|Received|Date|Span|Kind__en|Kind__fa|Place__en|Place__fa|"
     "Geolocation_geolocation|Language|Reliability|Credibility",
     report_row},
    {STORE_KIND_ACT, "Event.csv",
     "Title__en|Title__fa|Kind__en|Kind__fa|Date|Span|Person|Reports|Place__en|Place__fa|"
     "Geolocation_geolocation|Perpetrator|At least|At most|Status",
     event_row},
};

static bool flush(Uwazi *uwazi, RecordsFile *file, GError **error)
{
    const bool done = outlet_looked(uwazi->outlet, error) &&
                      records_file_write(file, uwazi->out->str, uwazi->out->len, error);
    g_string_truncate(uwazi->out, 0);
    return done;
}

static bool write_rows(Uwazi *uwazi, const Template *template, RecordsFile *file, RecordsDone *done,
                       GError **error)
{
    g_autoptr(StoreCursor) cursor =
        store_record_cursor(outlet_store(uwazi->outlet), template->kind, NULL, error);
    g_autoptr(GError) why = NULL;
    g_auto(GStrv) columns = g_strsplit(template->heading, "|", -1);
    for (char **column = columns; *column != NULL; column++)
        csv_append(uwazi->out, *column);
    csv_append_end(uwazi->out);
    if (cursor == NULL)
        return false;
    for (const void *record; (record = store_record_next(cursor, template->kind, &why)) != NULL;) {
        g_auto(OutletRecord) passed = {.kind = STORE_KIND_NONE};
        if (!outlet_pass(uwazi->outlet, template->kind, record, &passed, error) ||
            !template->row(uwazi, &passed, record, error))
            return false;
        csv_append_end(uwazi->out);
        done->n[template->kind]++;
        done->total++;
        if (uwazi->out->len >= BUFFER_BYTES &&
            (progress_stopped(_("Stopped: what was written is not whole."), error) ||
             !flush(uwazi, file, error)))
            return false;
    }
    if (why == NULL)
        return flush(uwazi, file, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool uwazi_write(Outlet *outlet, const char *folder, RecordsDone *done, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    Uwazi uwazi = {.outlet = outlet, .out = out};
    bool written = records_folder_make(folder, error);
    for (gsize i = 0; written && i < G_N_ELEMENTS(TEMPLATES); i++) {
        RecordsFile *file = records_file_new(folder, TEMPLATES[i].name, error);
        written = file != NULL &&
                  records_file_close(file, write_rows(&uwazi, &TEMPLATES[i], file, done, error),
                                     NULL, error);
    }
    g_free(uwazi.place_en);
    g_free(uwazi.place_fa);
    g_free(uwazi.at);
    return written;
}
