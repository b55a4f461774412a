#include "intake/record.h"
#include "intake/search.h"

#include "base/edtf.h"
#include "base/i18n.h"
#include "intake/acts.h"
#include "intake/mask.h"
#include "intake/message.h"
#include "intake/value.h"
#include "intake/words.h"
#include "text/normalize.h"
#include <jansson.h>
#include <sodium.h>
#include <string.h>

/* Columns repeat themselves: a place, a day, an act is looked up once in so many distinct texts. */
enum { MAX_KNOWN = 1 << 14 };

typedef struct {
    bool readable;
    char *edtf;
    gint32 first_day, last_day;
    char *reason;
} KnownDate;

struct IntakeContext {
    const IntakeGazetteer *gazetteer;
    const IntakeOptions *options;
    StoreSealer *sealer; /* NULL: the store seals */
    GHashTable *places; /* "place\nprovince\nday" → IntakeProvince, or the table itself for none */
    GHashTable *dates;  /* text → KnownDate */
    GHashTable *acts;   /* text → kind, "" none */
    GString *key, *words;
    GArray *spans;
    char *folded;
    gsize folded_room;
};

static void known_date_free(gpointer data)
{
    KnownDate *date = data;
    g_free(date->edtf);
    g_free(date->reason);
    g_free(date);
}

IntakeContext *intake_context_new(const IntakeGazetteer *gazetteer, const IntakeOptions *options,
                                  StoreSealer *sealer)
{
    IntakeContext *context = g_new0(IntakeContext, 1);
    context->gazetteer = gazetteer;
    context->options = options;
    context->sealer = sealer;
    context->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    context->dates = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_date_free);
    context->acts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    context->key = g_string_new(NULL);
    context->words = g_string_new(NULL);
    context->spans = g_array_new(FALSE, FALSE, sizeof(IntakeIdentifier));
    return context;
}

void intake_context_free(IntakeContext *context)
{
    if (context == NULL)
        return;
    g_hash_table_unref(context->places);
    g_hash_table_unref(context->dates);
    g_hash_table_unref(context->acts);
    g_string_free(context->key, TRUE);
    g_string_free(context->words, TRUE);
    g_array_unref(context->spans);
    g_free(context->folded);
    g_free(context);
}

static void remember(GHashTable *table, const char *key, gpointer value)
{
    if (g_hash_table_size(table) >= MAX_KNOWN)
        g_hash_table_remove_all(table);
    g_hash_table_insert(table, g_strdup(key), value);
}

static const KnownDate *look_up_date(IntakeContext *context, const char *text)
{
    KnownDate *known = g_hash_table_lookup(context->dates, text);
    if (known != NULL)
        return known;
    known = g_new0(KnownDate, 1);
    Edtf edtf;
    g_autoptr(GError) why = NULL;
    known->readable = intake_value_date(text, &edtf, &why);
    if (known->readable) {
        known->edtf = edtf_format(&edtf);
        edtf_bounds(&edtf, &known->first_day, &known->last_day);
    } else {
        known->reason = g_strdup(why->message);
    }
    remember(context->dates, text, known);
    return known;
}

static const char *look_up_act(IntakeContext *context, const char *text)
{
    const char *known = g_hash_table_lookup(context->acts, text);
    if (known == NULL) {
        known = intake_act_find(text);
        known = known != NULL ? known : "";
        remember(context->acts, text, (gpointer)known);
    }
    return known[0] != '\0' ? known : NULL;
}

static const IntakeProvince *look_up_place(IntakeContext *context, const char *place,
                                           const char *province, gint32 day)
{
    if (context->gazetteer == NULL)
        return NULL;
    /* Borders changed in 2004 and 2010 (text/places.c): a year is fine enough to be a key. */
    g_string_printf(context->key, "%s\n%s\n%d", place, province,
                    day == G_MININT32 ? G_MAXINT32
                    : day < 15000     ? day
                                      : 15000);
    gpointer known = g_hash_table_lookup(context->places, context->key->str);
    if (known == NULL) {
        const IntakeProvince *found =
            intake_gazetteer_find(context->gazetteer, place, province, day);
        known = found != NULL ? (gpointer)found : context->places;
        remember(context->places, context->key->str, known);
    }
    return known != context->places ? known : NULL;
}

gint64 intake_place_mark(const IntakeGazetteer *gazetteer, const IntakeProvince *province)
{
    if (province == NULL)
        return 0;
    gsize n;
    return -1 - (gint64)(province - intake_gazetteer_provinces(gazetteer, &n));
}

/* ---- one record ---- */

/* The record in hand. */
typedef struct {
    IntakeBatch *batch;
    IntakeContext *context;
    const char *v[INTAKE_N_FIELDS]; /* never NULL */
    const char *method;
    char *name; /* of the person; NULL none */
    StoreReportItem item;
    const char *act;
    gint32 count_min, count_max;
    const char *birth;
    gint32 age;
    bool has_received;
    char *reading; /* JSON of what the text gave */
    IntakeField *ret_field;
    GError **error;
} Record;

static bool refuse(Record *r, IntakeField field, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool refuse(Record *r, IntakeField field, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    *r->ret_field = field;
    g_set_error_literal(r->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, sentence);
    return false;
}

static bool has(const Record *r, IntakeField field)
{
    return r->v[field][0] != '\0';
}

static char *keep(Record *r, IntakeField field)
{
    return intake_batch_keep(r->batch, r->v[field]);
}

static bool take_times(Record *r)
{
    StoreReport *report = &r->item.report;
    report->first_day = G_MININT32;
    report->last_day = G_MAXINT32;
    if (has(r, INTAKE_FIELD_EVENT_DATE)) {
        const KnownDate *date = look_up_date(r->context, r->v[INTAKE_FIELD_EVENT_DATE]);
        if (!date->readable)
            return refuse(r, INTAKE_FIELD_EVENT_DATE, "%s", date->reason);
        report->event_date = intake_batch_keep(r->batch, date->edtf);
        report->first_day = date->first_day;
        report->last_day = date->last_day;
    }
    if (has(r, INTAKE_FIELD_RECEIVED)) {
        if (!intake_value_time(r->v[INTAKE_FIELD_RECEIVED], &report->received))
            return refuse(r, INTAKE_FIELD_RECEIVED,
                          _("'%s' is no date of receipt; write 2025-06-28 or 1404-04-07."),
                          r->v[INTAKE_FIELD_RECEIVED]);
        r->has_received = true;
    } else if (r->context->options->when != 0) { /* it came inside something that says when */
        report->received = r->context->options->when;
        r->has_received = true;
    }
    if (has(r, INTAKE_FIELD_BIRTH_YEAR)) {
        const KnownDate *date = look_up_date(r->context, r->v[INTAKE_FIELD_BIRTH_YEAR]);
        if (!date->readable)
            return refuse(r, INTAKE_FIELD_BIRTH_YEAR,
                          _("'%s' is no year of birth; write 1985 or 1364."),
                          r->v[INTAKE_FIELD_BIRTH_YEAR]);
        r->birth = date->edtf;
    }
    return true;
}

static bool take_grades(Record *r)
{
    StoreReport *report = &r->item.report;
    report->reliability = r->context->options->reliability;
    const char *grade = r->v[INTAKE_FIELD_RELIABILITY];
    if (grade[0] != '\0') {
        char letter = g_ascii_toupper(grade[0]);
        if (letter < 'A' || letter > 'F' || grade[1] != '\0')
            return refuse(r, INTAKE_FIELD_RELIABILITY,
                          _("'%s' is no grade of a source; the grades are A (reliable) to F "
                            "(cannot be judged)."),
                          grade);
        report->reliability = letter;
    }
    report->credibility = r->context->options->credibility;
    grade = r->v[INTAKE_FIELD_CREDIBILITY];
    if (grade[0] != '\0') {
        gint32 number;
        if (!intake_value_count(grade, &number) || number < 1 || number > 6)
            return refuse(r, INTAKE_FIELD_CREDIBILITY,
                          _("'%s' is no grade of an information; the grades are 1 (confirmed) "
                            "to 6 (cannot be judged)."),
                          grade);
        report->credibility = number;
    }
    return true;
}

static bool take_count(Record *r, IntakeField field, gint32 *ret_count)
{
    return !has(r, field) || intake_value_count(r->v[field], ret_count) ||
           refuse(r, field, _("'%s' is no number of persons."), r->v[field]);
}

static bool take_counts(Record *r)
{
    gint32 count = 1;
    r->age = -1;
    if (has(r, INTAKE_FIELD_AGE) &&
        (!intake_value_count(r->v[INTAKE_FIELD_AGE], &r->age) || r->age > 130))
        return refuse(r, INTAKE_FIELD_AGE, _("'%s' is no age in years."), r->v[INTAKE_FIELD_AGE]);
    if (!take_count(r, INTAKE_FIELD_COUNT, &count))
        return false;
    r->count_min = r->count_max = count;
    if (!take_count(r, INTAKE_FIELD_COUNT_MIN, &r->count_min))
        return false;
    r->count_max = MAX(r->count_max, r->count_min);
    if (!take_count(r, INTAKE_FIELD_COUNT_MAX, &r->count_max))
        return false;
    if (r->count_max < r->count_min)
        return refuse(r, INTAKE_FIELD_COUNT_MAX,
                      _("The greatest number, %d, is below the least, %d."), r->count_max,
                      r->count_min);
    return true;
}

static void take_name(Record *r)
{
    if (has(r, INTAKE_FIELD_PERSON_NAME)) {
        r->name = keep(r, INTAKE_FIELD_PERSON_NAME);
        return;
    }
    const char *given = r->v[INTAKE_FIELD_GIVEN_NAME], *family = r->v[INTAKE_FIELD_FAMILY_NAME];
    g_autofree char *both =
        given[0] != '\0' && family[0] != '\0' ? g_strdup_printf("%s %s", given, family) : NULL;
    r->name = intake_batch_keep(r->batch, both != NULL ? both : given[0] != '\0' ? given : family);
}

static void take_place(Record *r)
{
    StoreReport *report = &r->item.report;
    const char *place = r->v[INTAKE_FIELD_PLACE], *province = r->v[INTAKE_FIELD_PROVINCE];
    if (place[0] == '\0' && province[0] == '\0')
        return;
    const IntakeProvince *found = look_up_place(r->context, place, province, report->first_day);
    if (found != NULL)
        report->place_id = intake_place_mark(r->context->gazetteer, found);
    else
        r->batch->unresolved++;
    if (place[0] != '\0' && province[0] != '\0' && strcmp(place, province) != 0) {
        g_string_printf(r->context->key, "%s, %s", place, province);
        report->place_text = intake_batch_keep(r->batch, r->context->key->str);
    } else {
        report->place_text = intake_batch_keep(r->batch, place[0] != '\0' ? place : province);
    }
}

static void take_language(Record *r)
{
    const char *language = NULL;
    if (has(r, INTAKE_FIELD_LANGUAGE)) {
        language = intake_language_parse(r->v[INTAKE_FIELD_LANGUAGE]);
        if (language == NULL) /* one that we do not know is kept as it was said */
            language = r->v[INTAKE_FIELD_LANGUAGE];
    }
    if (language == NULL)
        language = intake_language_guess(r->v[INTAKE_FIELD_TEXT]);
    if (language == NULL)
        language = intake_language_guess(r->v[INTAKE_FIELD_TITLE]);
    if (language == NULL)
        language = r->context->options->language;
    r->item.report.language = intake_batch_keep(r->batch, language);
}

/* A text without what identifies: as it stands when there is nothing of the kind. */
static char *keep_masked(Record *r, const char *text)
{
    gsize length = strlen(text);
    GArray *spans = r->context->spans;
    g_array_set_size(spans, 0);
    intake_mask_find(text, length, r->name, spans);
    if (spans->len == 0)
        return intake_batch_keep(r->batch, text);
    g_string_truncate(r->context->key, 0);
    intake_mask_apply(text, length, spans, r->context->key);
    return intake_batch_keep(r->batch, r->context->key->str);
}

/* ---- statements ---- */

/* Is what the text has (NULL: nothing) the column's own? Numbers are compared from their end, as
 * one may lack its country. Who sent a message is another than the one whose number is in it. */
static bool same_contact(const char *column, const char *in_text)
{
    if (in_text == NULL)
        return true;
    g_autofree char *digits = text_digits_ascii(column);
    const char *a = digits + strlen(digits), *b = in_text + strlen(in_text);
    gsize same = 0;
    while (a > digits && b > in_text && same < 10) {
        if (!g_ascii_isdigit(a[-1])) {
            a--;
        } else if (!g_ascii_isdigit(b[-1])) {
            b--;
        } else if (*--a != *--b) {
            return false;
        } else {
            same++;
        }
    }
    return same >= 5 || strcmp(column, in_text) == 0;
}

/* What the columns say of the person and the act, into a statement that may have come of a text. */
static void fill_statement(Record *r, StoreStatement *s)
{
    if (r->name != NULL)
        s->victim_name = r->name;
    if (has(r, INTAKE_FIELD_FATHER_NAME)) /* else as the text names it */
        s->victim_father = keep(r, INTAKE_FIELD_FATHER_NAME);
    if (has(r, INTAKE_FIELD_NATIONAL_ID))
        s->victim_national_id = keep(r, INTAKE_FIELD_NATIONAL_ID);
    if (has(r, INTAKE_FIELD_PHONE) && !same_contact(r->v[INTAKE_FIELD_PHONE], s->victim_contact)) {
        g_autofree char *both =
            g_strdup_printf("%s; %s", s->victim_contact, r->v[INTAKE_FIELD_PHONE]);
        s->victim_contact = intake_batch_keep(r->batch, both);
    } else if (has(r, INTAKE_FIELD_PHONE)) {
        s->victim_contact = keep(r, INTAKE_FIELD_PHONE);
    }
    if (has(r, INTAKE_FIELD_CASE_NUMBER))
        s->case_number = keep(r, INTAKE_FIELD_CASE_NUMBER);
    if (r->birth != NULL)
        s->victim_birth = intake_batch_keep(r->batch, r->birth);
    if (has(r, INTAKE_FIELD_GENDER))
        s->victim_gender = (char *)intake_value_gender(r->v[INTAKE_FIELD_GENDER]);
    s->victim_age = r->age;
    s->victim_group = keep(r, INTAKE_FIELD_GROUP);
    if (has(r, INTAKE_FIELD_PERPETRATOR))
        s->perpetrator = keep(r, INTAKE_FIELD_PERPETRATOR);
    s->charge = keep(r, INTAKE_FIELD_CHARGE);
    s->outcome = keep(r, INTAKE_FIELD_OUTCOME);
    s->according_to = keep(r, INTAKE_FIELD_ACCORDING_TO);
    if (has(r, INTAKE_FIELD_COUNT) || has(r, INTAKE_FIELD_COUNT_MIN) ||
        has(r, INTAKE_FIELD_COUNT_MAX)) {
        s->count_min = r->count_min;
        s->count_max = r->count_max;
    }
}

static void add_statement(Record *r)
{
    const StoreReport *report = &r->item.report;
    StoreStatement *s = intake_batch_statements(r->batch, 1);
    store_statement_init(s);
    s->act_kind = report->kind != NULL ? report->kind : (char *)"other";
    s->event_date = report->event_date;
    s->first_day = report->first_day;
    s->last_day = report->last_day;
    s->place_id = report->place_id;
    s->place_text = report->place_text;
    s->method = (char *)r->method;
    s->text_offset = -1;
    fill_statement(r, s);
    r->item.statements = s;
    r->item.n_statements = 1;
}

/* The text, its statements, and both without what identifies. */
static bool take_text(Record *r)
{
    const char *text = r->v[INTAKE_FIELD_TEXT];
    gsize length = strlen(text);
    StoreReport *report = &r->item.report;
    bool speaks = r->act != NULL || has(r, INTAKE_FIELD_ACT);
    if (length == 0 || speaks) {
        report->text = keep_masked(r, text);
        if (speaks || r->name != NULL)
            add_statement(r);
        return true;
    }
    GArray *spans = r->context->spans;
    g_array_set_size(spans, 0);
    intake_mask_find(text, length, r->name, spans);
    IntakeMessage message = {.text = text,
                             .length = length,
                             .today =
                                 r->has_received ? (gint32)(report->received / 86400) : G_MININT32,
                             .gazetteer = r->context->gazetteer,
                             .language = report->language};
    if (!intake_message_read(r->batch, &message, report, spans, &r->item.statements,
                             &r->item.n_statements, &r->reading, r->error)) {
        *r->ret_field = INTAKE_FIELD_TEXT;
        return false;
    }
    for (gsize i = 0; i < r->item.n_statements; i++) {
        StoreStatement *s = &r->item.statements[i];
        gsize start = intake_mask_map(spans, (gsize)s->text_offset);
        gsize end = intake_mask_map(spans, (gsize)(s->text_offset + s->text_length));
        s->text_offset = (gint64)start;
        s->text_length = (gint64)(end - start);
        fill_statement(r, s);
    }
    if (spans->len == 0) {
        report->text = intake_batch_keep(r->batch, text);
    } else {
        g_string_truncate(r->context->key, 0);
        intake_mask_apply(text, length, spans, r->context->key);
        report->text = intake_batch_keep(r->batch, r->context->key->str);
    }
    if (r->item.n_statements == 0 && r->name != NULL)
        add_statement(r);
    return true;
}

static void add_member(GString *object, const char *key, const char *value)
{
    if (object->len > 0)
        g_string_truncate(object, object->len - 1);
    g_string_append_printf(object, "%s\"%s\":%s}", object->len > 0 ? "," : "{", key, value);
}

/* Other columns and what the text gave, one JSON object. */
static void take_extra(Record *r, const char *extra)
{
    GString *all = r->context->key;
    g_string_assign(all, extra != NULL ? extra : "");
    if (has(r, INTAKE_FIELD_URL)) {
        json_t *url = json_string(r->v[INTAKE_FIELD_URL]);
        char *quoted = json_dumps(url, JSON_ENCODE_ANY);
        json_decref(url);
        add_member(all, "url", quoted);
        free(quoted);
    }
    if (r->reading != NULL)
        add_member(all, "reading", r->reading);
    r->item.report.extra = all->len > 0 ? intake_batch_keep(r->batch, all->str) : NULL;
}

/* The name of the source. One that is called by a number keeps a mark of its own, not the number.
 */
static const char *take_source(Record *r)
{
    const char *source = r->v[INTAKE_FIELD_SOURCE];
    if (source[0] == '\0')
        source = r->context->options->source != NULL ? r->context->options->source : "?";
    gsize length = strlen(source);
    GArray *spans = r->context->spans;
    g_array_set_size(spans, 0);
    intake_mask_find(source, length, NULL, spans);
    if (spans->len == 0)
        return intake_batch_keep(r->batch, source);
    guint8 hash[crypto_generichash_BYTES_MIN];
    crypto_generichash(hash, sizeof hash, (const guint8 *)source, length, NULL, 0);
    g_string_truncate(r->context->key, 0);
    intake_mask_apply(source, length, spans, r->context->key);
    g_string_append_printf(r->context->key, " %02x%02x", hash[0], hash[1]);
    return intake_batch_keep(r->batch, r->context->key->str);
}

/* Folded words for the full-text index. */
static void take_search_text(Record *r)
{
    GString *words = r->context->words;
    g_string_truncate(words, 0);
    intake_search_words(&r->item.report, r->v[INTAKE_FIELD_ACT], words);
    if (words->len == 0)
        return;
    gsize room = text_fold_bound(words->len);
    if (room > r->context->folded_room) {
        r->context->folded_room = 2 * room;
        r->context->folded = g_realloc(r->context->folded, r->context->folded_room);
    }
    gsize length = text_fold_into(words->str, words->len, r->context->folded);
    r->item.search_text =
        g_string_chunk_insert_len(r->batch->strings, r->context->folded, (gssize)length);
}

static void take_seals(Record *r)
{
    if (r->context->sealer == NULL || r->item.n_statements == 0)
        return;
    GString *room = r->context->key;
    gsize size = store_report_item_seal(NULL, &r->item, NULL);
    g_string_set_size(room, size);
    store_report_item_seal(r->context->sealer, &r->item, (guint8 *)room->str);
    r->item.seals =
        (const guint8 *)g_string_chunk_insert_len(r->batch->strings, room->str, (gssize)size);
}

/* The same report is the one whose every field says the same. */
static void take_content_key(Record *r, const char *source, const char *extra)
{
    GString *all = r->context->words;
    g_string_truncate(all, 0);
    g_string_append_len(all, source, (gssize)strlen(source) + 1);
    for (int i = 0; i < INTAKE_N_FIELDS; i++)
        if (i != INTAKE_FIELD_SOURCE)
            g_string_append_len(all, r->v[i], (gssize)strlen(r->v[i]) + 1);
    if (extra != NULL)
        g_string_append(all, extra);
    crypto_generichash(r->item.report.content_key, sizeof r->item.report.content_key,
                       (const guint8 *)all->str, all->len, NULL, 0);
}

bool intake_record_add(IntakeBatch *batch, IntakeContext *context,
                       const char *const values[INTAKE_N_FIELDS], const char *extra,
                       const IntakeWhere *where, const char *method, IntakeField *ret_field,
                       GError **error)
{
    Record r = {.batch = batch,
                .context = context,
                .method = method,
                .ret_field = ret_field,
                .error = error};
    bool any = false;
    *ret_field = INTAKE_FIELD_NONE;
    for (int i = 0; i < INTAKE_N_FIELDS; i++) {
        r.v[i] = values[i] != NULL ? values[i] : "";
        any |= r.v[i][0] != '\0';
    }
    if (!any)
        return refuse(&r, INTAKE_FIELD_NONE, "%s",
                      _("No column of this record holds anything that a report needs."));
    StoreReport *report = &r.item.report;
    store_report_init(report);
    if (!take_times(&r) || !take_grades(&r) || !take_counts(&r))
        return false;
    take_name(&r);
    take_language(&r);
    if (has(&r, INTAKE_FIELD_ACT)) {
        r.act = look_up_act(context, r.v[INTAKE_FIELD_ACT]);
        report->kind = (char *)(r.act != NULL ? r.act : "other");
    }
    report->title = keep_masked(&r, r.v[INTAKE_FIELD_TITLE]);
    report->external_id = keep(&r, INTAKE_FIELD_REPORT_ID);
    report->synthetic =
        context->options->synthetic || intake_value_yes(r.v[INTAKE_FIELD_SYNTHETIC]);
    report->original_offset = (gint64)where->offset;
    report->original_length = (gint64)where->length;
    take_place(&r);
    if (!take_text(&r))
        return false;
    take_extra(&r, extra);
    g_free(r.reading);

    const char *source = take_source(&r);
    take_content_key(&r, source, extra);
    take_search_text(&r);
    take_seals(&r);
    g_array_append_val(batch->items, r.item);
    g_ptr_array_add(batch->sources, (gpointer)source);
    return true;
}

bool intake_message_add(IntakeBatch *batch, IntakeContext *context, const char *text, gsize length,
                        const IntakeWhere *where, GError **error)
{
    g_autofree char *own = g_strndup(text, length);
    const char *values[INTAKE_N_FIELDS] = {[INTAKE_FIELD_TEXT] = own};
    g_auto(IntakeHead) head = {0};
    intake_head_read(own, length, &head);
    gint64 sent;
    if (head.sent != NULL && intake_value_time(head.sent, &sent))
        values[INTAKE_FIELD_RECEIVED] = head.sent;
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    char *extra = NULL;
    intake_tail_read(own, length, context->options->mapping, values, owned, &extra);
    IntakeField field;
    bool added = intake_record_add(batch, context, values, extra, where, "text", &field, error);
    free(extra);
    return added;
}
