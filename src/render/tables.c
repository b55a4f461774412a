/* The situation report's figures for machines: CSV, one row a figure, and JSON. Always in
 * English words and plain digits; ids as in the PDF. */
#include "base/csv.h"
#include "base/edtf.h"
#include "render/output.h"
#include "render/picture.h"
#include "render/render.h"
#include <jansson.h>
#include <math.h>
#include <string.h>

/* One row: what both formats hold. */
typedef struct {
    const char *section, *key;
    double value, low, high;
    const char *unit, *date, *reporter;
    StoreKind kind;
    gint64 id;
    const char *note;
} Row;

typedef void (*Emit)(void *context, const Row *row);

static const Row EMPTY = {.value = NAN, .low = NAN, .high = NAN};

static void emit_counts(const Picture *p, Emit emit, void *context)
{
    const struct {
        const char *key;
        gint64 n;
    } COUNTS[] = {{"reports", p->n_reports},     {"statements", p->n_statements},
                  {"acts", p->n_acts},           {"persons", p->n_persons},
                  {"originals", p->n_originals}, {"quarantined", p->n_waiting},
                  {"sources", p->sources->len}};
    for (gsize i = 0; i < G_N_ELEMENTS(COUNTS); i++) {
        Row row = EMPTY;
        row.section = "case";
        row.key = COUNTS[i].key;
        row.value = (double)COUNTS[i].n;
        row.unit = "records";
        emit(context, &row);
    }
    for (guint i = 0; i < p->sources->len; i++) {
        const PictureSource *source = &g_array_index(p->sources, PictureSource, i);
        Row row = EMPTY;
        row.section = "source";
        row.key = source->name;
        row.value = (double)source->reports;
        row.unit = "reports";
        row.kind = STORE_KIND_SOURCE;
        row.id = source->source_id;
        emit(context, &row);
    }
}

static void emit_figures(const Picture *p, Emit emit, void *context)
{
    for (guint i = 0; i < p->figures->len; i++) {
        const StoreFigure *f = g_ptr_array_index(p->figures, i);
        Row row = EMPTY;
        row.section = "figure";
        row.key = f->kind;
        row.value = f->low == f->high ? f->low : NAN;
        row.low = f->low;
        row.high = f->at_least && f->low == f->high ? NAN : f->high;
        row.unit = "persons";
        row.date = f->event_date;
        row.reporter = f->reporter;
        row.kind = STORE_KIND_FIGURE;
        row.id = f->id;
        g_autofree char *note =
            g_strdup_printf("%s%s%s%s", f->note != NULL ? f->note : "", f->note != NULL ? "; " : "",
                            f->source != NULL ? f->source : "",
                            picture_confirmed(f->verified) ? "" : "; not confirmed at its source");
        row.note = note;
        emit(context, &row);
    }
}

static void emit_alarms(Store *store, const Picture *p, Emit emit, void *context)
{
    for (guint i = 0; i < p->alarms->len; i++) {
        const StoreAlarm *a = g_ptr_array_index(p->alarms, i);
        int year, month, day;
        edtf_day_to_gregorian(a->first_day, &year, &month, &day);
        g_autofree char *date = g_strdup_printf("%04d-%02d-%02d", year, month, day);
        g_autofree char *sentence = assess_alarm_sentence(store, a, I18N_ENGLISH);
        Row row = EMPTY;
        row.section = "alarm";
        row.key = a->method;
        row.value = a->observed;
        row.low = a->expected;
        row.high = a->threshold;
        row.unit = "count; low is expected, high the bound";
        row.date = date;
        row.kind = STORE_KIND_ALARM;
        row.id = a->id;
        row.note = sentence;
        emit(context, &row);
    }
}

static void emit_ratings(const Picture *p, Emit emit, void *context)
{
    for (guint i = 0; i < p->ratings->len; i++) {
        const StoreRating *r = g_ptr_array_index(p->ratings, i);
        if (r->level < 0)
            continue;
        g_autofree char *sentence = assess_rating_sentence(r, I18N_ENGLISH);
        Row row = EMPTY;
        row.section = "risk";
        row.key = r->indicator != NULL ? r->indicator : r->factor;
        row.value = r->level;
        row.unit = "level 0 to 3";
        row.kind = STORE_KIND_RATING;
        row.id = r->id;
        row.note = sentence;
        emit(context, &row);
    }
}

static void emit_estimates(const Picture *p, Emit emit, void *context)
{
    for (guint i = 0; i < p->estimates->len; i++) {
        const StoreEstimate *e = g_ptr_array_index(p->estimates, i);
        g_autofree char *sentence = assess_estimate_sentence(e, I18N_ENGLISH);
        Row row = EMPTY;
        row.section = "estimate";
        row.key = e->method;
        row.value = e->estimate;
        row.low = e->low;
        row.high = e->high;
        row.unit = g_strcmp0(e->method, "crisis_response") == 0 ? "rate ratio" : "persons";
        row.kind = STORE_KIND_ESTIMATE;
        row.id = e->id;
        row.note = sentence;
        emit(context, &row);
    }
}

static void emit_asks(const Picture *p, Emit emit, void *context)
{
    for (guint i = 0; i < p->clock->len; i++) {
        const AppealClockRow *c = g_ptr_array_index(p->clock, i);
        Row row = EMPTY;
        row.section = "ask";
        row.key = c->code;
        row.value = c->days;
        row.unit = "days since asked";
        row.kind = STORE_KIND_ASK;
        row.id = c->ask_id;
        g_autofree char *note = g_strdup_printf("%s: %s", c->title, c->sentence);
        row.note = note;
        emit(context, &row);
    }
}

static void emit_all(Store *store, const Picture *picture, Emit emit, void *context)
{
    emit_counts(picture, emit, context);
    emit_figures(picture, emit, context);
    emit_alarms(store, picture, emit, context);
    emit_ratings(picture, emit, context);
    emit_estimates(picture, emit, context);
    emit_asks(picture, emit, context);
}

static const char *row_id(const Row *row, char text[STORE_ID_MAX])
{
    return row->id != 0 ? store_id_format(row->kind, row->id, text) : "";
}

static void emit_csv(void *context, const Row *row)
{
    GString *csv = context;
    char id[STORE_ID_MAX];
    csv_append(csv, row->section);
    csv_append(csv, row->key != NULL ? row->key : "");
    csv_append_double(csv, row->value);
    csv_append_double(csv, row->low);
    csv_append_double(csv, row->high);
    csv_append(csv, row->unit != NULL ? row->unit : "");
    csv_append(csv, row->date != NULL ? row->date : "");
    csv_append(csv, row->reporter != NULL ? row->reporter : "");
    csv_append(csv, row_id(row, id));
    csv_append(csv, row->note != NULL ? row->note : "");
    csv_append_end(csv);
}

static json_t *text_json(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *real_json(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static void emit_json(void *context, const Row *row)
{
    json_t *sections = context, *list = json_object_get(sections, row->section);
    char id[STORE_ID_MAX];
    if (list == NULL) {
        list = json_array();
        json_object_set_new(sections, row->section, list);
    }
    json_t *object = json_object();
    json_object_set_new(object, "key", text_json(row->key));
    json_object_set_new(object, "value", real_json(row->value));
    json_object_set_new(object, "low", real_json(row->low));
    json_object_set_new(object, "high", real_json(row->high));
    json_object_set_new(object, "unit", text_json(row->unit));
    json_object_set_new(object, "date", text_json(row->date));
    json_object_set_new(object, "reporter", text_json(row->reporter));
    json_object_set_new(object, "record", text_json(row_id(row, id)));
    json_object_set_new(object, "note", text_json(row->note));
    json_array_append_new(list, object);
}

/* Machine output speaks English whatever the reader's language. */
static Picture *load_english(Store *store, I18nLanguage *ret_saved, GError **error)
{
    *ret_saved = i18n_language();
    i18n_set_language(I18N_ENGLISH);
    return picture_load(store, error);
}

bool render_situation_csv(Store *store, const char *path, GError **error)
{
    I18nLanguage saved;
    g_autoptr(Picture) picture = load_english(store, &saved, error);
    bool done = false;
    if (picture != NULL) {
        g_autoptr(GString) csv =
            g_string_new("section,key,value,low,high,unit,date,reporter,record,note\n");
        emit_all(store, picture, emit_csv, csv);
        done = output_bytes(path, csv->str, csv->len, error);
    }
    i18n_set_language(saved);
    return done;
}

bool render_situation_json(Store *store, const char *path, GError **error)
{
    I18nLanguage saved;
    g_autoptr(Picture) picture = load_english(store, &saved, error);
    bool done = false;
    if (picture != NULL) {
        json_t *sections = json_object();
        json_object_set_new(sections, "title", text_json(picture->title));
        json_object_set_new(sections, "title_fa", text_json(picture->title_fa));
        json_object_set_new(sections, "label", text_json(picture->label));
        json_object_set_new(sections, "now", json_integer(picture->now));
        json_object_set_new(sections, "head",
                            picture->has_head ? json_integer(picture->head.number) : json_null());
        emit_all(store, picture, emit_json, sections);
        char *dumped = json_dumps(sections, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
        done = output_bytes(path, dumped, strlen(dumped), error);
        free(dumped); /* jansson's own allocator */
        json_decref(sections);
    }
    i18n_set_language(saved);
    return done;
}
