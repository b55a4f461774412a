#include "intake/record.h"

#include "base/csv.h"
#include "base/edtf.h"
#include "base/i18n.h"
#include "intake/acts.h"
#include "intake/words.h"
#include "text/normalize.h"
#include <sodium.h>
#include <string.h>

enum { BLOCK_STATEMENTS = 512 };

IntakeBatch *intake_batch_new(void)
{
    IntakeBatch *batch = g_new0(IntakeBatch, 1);
    batch->strings = g_string_chunk_new(1 << 16);
    batch->items = g_array_new(FALSE, TRUE, sizeof(StoreReportItem));
    batch->sources = g_ptr_array_new();
    batch->provinces = g_ptr_array_new();
    batch->blocks = g_ptr_array_new_with_free_func(g_free);
    batch->bad = g_ptr_array_new();
    return batch;
}

static void bad_free(gpointer data)
{
    IntakeBad *bad = data;
    g_bytes_unref(bad->raw);
    g_free(bad->column);
    g_free(bad->reason);
    g_free(bad);
}

void intake_batch_free(IntakeBatch *batch)
{
    if (batch == NULL)
        return;
    g_string_chunk_free(batch->strings);
    g_array_unref(batch->items);
    g_ptr_array_unref(batch->sources);
    g_ptr_array_unref(batch->provinces);
    g_ptr_array_unref(batch->blocks);
    g_ptr_array_foreach(batch->bad, (GFunc)(void (*)(void))bad_free, NULL);
    g_ptr_array_unref(batch->bad);
    g_clear_error(&batch->error);
    g_free(batch);
}

void intake_batch_add_bad(IntakeBatch *batch, guint64 line, guint64 offset, const char *raw,
                          gsize raw_length, const char *column, const char *reason)
{
    IntakeBad *bad = g_new0(IntakeBad, 1);
    bad->line = line;
    bad->offset = offset;
    bad->raw = g_bytes_new(raw != NULL ? raw : "", raw_length);
    bad->column = g_strdup(column);
    bad->reason = g_strdup(reason);
    g_ptr_array_add(batch->bad, bad);
}

char *intake_batch_keep(IntakeBatch *batch, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return NULL;
    return g_string_chunk_insert(batch->strings, text);
}

static bool refuse(IntakeField field, IntakeField *ret_field, GError **error, const char *format,
                   ...) G_GNUC_PRINTF(4, 5);

static bool refuse(IntakeField field, IntakeField *ret_field, GError **error, const char *format,
                   ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    *ret_field = field;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, sentence);
    return false;
}

/* ---- one field each ---- */

/* "2025-06-28", "2025-06-28T10:15:00Z", or a Solar Hijri date: a year below 1600 cannot be
 * Gregorian here, one above 1600 cannot be Solar Hijri. */
static bool read_date(const char *text, Edtf *ret_edtf, GError **error)
{
    g_autofree char *digits = text_digits_ascii(text);
    g_strstrip(digits);
    for (char *at = digits; *at != '\0'; at++)
        if (*at == '/' && at - digits == 4 && at[3] == '/') {
            at[0] = at[3] = '-'; /* 1404/04/07 */
            break;
        }
    int year = 0;
    for (int i = 0; i < 4 && g_ascii_isdigit(digits[i]); i++)
        year = year * 10 + (digits[i] - '0');
    Calendar calendar = year >= 1200 && year < 1600 ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN;
    Edtf edtf;
    if (!edtf_parse(digits, calendar, &edtf, error))
        return false;
    edtf_to_gregorian(&edtf, ret_edtf);
    return true;
}

static bool read_count(const char *text, gint32 *ret_count)
{
    g_autofree char *digits = text_digits_ascii(text);
    GString *bare = g_string_new(NULL);
    for (const char *at = digits; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c == ',' || c == 0x066c || c == ' ' || c == 0x00a0)
            continue;
        g_string_append_unichar(bare, c);
    }
    gint64 n;
    bool fits = csv_parse_integer(bare->str, &n) && n >= 0 && n <= G_MAXINT32;
    g_string_free(bare, TRUE);
    if (fits)
        *ret_count = (gint32)n;
    return fits;
}

static bool read_received(const char *text, gint64 *ret_seconds)
{
    gint64 seconds;
    if (csv_parse_integer(text, &seconds) && seconds > 100000000) {
        *ret_seconds = seconds;
        return true;
    }
    Edtf edtf;
    if (!read_date(text, &edtf, NULL))
        return false;
    gint32 first, last;
    edtf_bounds(&edtf, &first, &last);
    if (first == G_MININT32)
        return false;
    gint64 at = (gint64)first * 86400;
    if (edtf.start.hour >= 0)
        at += edtf.start.hour * 3600 + MAX(0, edtf.start.minute) * 60 + MAX(0, edtf.start.second) -
              (edtf.start.has_offset ? edtf.start.offset_minutes * 60 : 0);
    *ret_seconds = at;
    return true;
}

static const char *read_gender(const char *text)
{
    g_autofree char *folded = intake_words_fold(text);
    if (intake_words_has("female|f|woman|girl|زن|مونث|مؤنث|دختر|خانم", folded, strlen(folded)))
        return "female";
    if (intake_words_has("male|m|man|boy|مرد|مذکر|پسر|آقا", folded, strlen(folded)))
        return "male";
    return NULL;
}

static bool says_yes(const char *text)
{
    return text != NULL &&
           (g_ascii_strcasecmp(text, "1") == 0 || g_ascii_strcasecmp(text, "true") == 0 ||
            g_ascii_strcasecmp(text, "yes") == 0 || strcmp(text, "بله") == 0);
}

/* Persian when the first letter that tells is of the Arabic script. */
static const char *guess_language(const char *text)
{
    for (const char *at = text; at != NULL && *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (g_ascii_isalpha((char)(c < 128 ? c : 0)))
            return "en";
        if (c >= 0x0600 && c <= 0x06ff && g_unichar_isalpha(c))
            return "fa";
    }
    return NULL;
}

/* ---- the report ---- */

static void hash_text(crypto_generichash_state *state, const char *text)
{
    if (text != NULL)
        crypto_generichash_update(state, (const guint8 *)text, strlen(text));
    crypto_generichash_update(state, (const guint8 *)"\0", 1);
}

StoreStatement *intake_batch_statements(IntakeBatch *batch, gsize n)
{
    if (batch->statements_left < n) {
        gsize size = MAX(n, BLOCK_STATEMENTS);
        batch->next_statement = g_new0(StoreStatement, size);
        batch->statements_left = size;
        g_ptr_array_add(batch->blocks, batch->next_statement);
    }
    StoreStatement *first = batch->next_statement;
    batch->next_statement += n;
    batch->statements_left -= n;
    for (gsize i = 0; i < n; i++)
        store_statement_init(&first[i]);
    return first;
}

/* Folded words for the full-text index. Names with a field of their own stay out of it: they are
 * sealed. */
static char *search_text(IntakeBatch *batch, const StoreReport *report, const char *act)
{
    g_autoptr(GString) words = g_string_sized_new(256);
    const char *const parts[] = {report->title, report->text, report->place_text, act,
                                 report->external_id};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i] != NULL) {
            if (words->len > 0)
                g_string_append_c(words, '\n');
            g_string_append(words, parts[i]);
        }
    if (words->len == 0)
        return NULL;
    gsize length;
    g_autofree char *folded = text_fold(words->str, (gssize)words->len, &length);
    return g_string_chunk_insert_len(batch->strings, folded, (gssize)length);
}

bool intake_record_add(IntakeBatch *batch, const IntakeGazetteer *gazetteer,
                       const IntakeOptions *options, const char *const values[INTAKE_N_FIELDS],
                       const char *extra, const IntakeWhere *where, const char *method,
                       IntakeField *ret_field, GError **error)
{
    const char *v[INTAKE_N_FIELDS];
    bool any = false;
    for (int i = 0; i < INTAKE_N_FIELDS; i++) {
        v[i] = values[i] != NULL ? values[i] : "";
        any |= v[i][0] != '\0';
    }
    if (!any)
        return refuse(INTAKE_FIELD_NONE, ret_field, error, "%s",
                      _("No column of this record holds anything that a report needs."));

    StoreReportItem item = {0};
    StoreReport *report = &item.report;
    store_report_init(report);
    report->first_day = G_MININT32;
    report->last_day = G_MAXINT32;

    if (v[INTAKE_FIELD_EVENT_DATE][0] != '\0') {
        Edtf edtf;
        g_autoptr(GError) why = NULL;
        if (!read_date(v[INTAKE_FIELD_EVENT_DATE], &edtf, &why))
            return refuse(INTAKE_FIELD_EVENT_DATE, ret_field, error, "%s", why->message);
        g_autofree char *text = edtf_format(&edtf);
        report->event_date = intake_batch_keep(batch, text);
        edtf_bounds(&edtf, &report->first_day, &report->last_day);
    }
    if (v[INTAKE_FIELD_RECEIVED][0] != '\0' &&
        !read_received(v[INTAKE_FIELD_RECEIVED], &report->received))
        return refuse(INTAKE_FIELD_RECEIVED, ret_field, error,
                      _("'%s' is no date of receipt; write 2025-06-28 or 1404-04-07."),
                      v[INTAKE_FIELD_RECEIVED]);

    report->reliability = options->reliability;
    const char *grade = v[INTAKE_FIELD_RELIABILITY];
    if (grade[0] != '\0') {
        char letter = g_ascii_toupper(grade[0]);
        if (letter < 'A' || letter > 'F' || grade[1] != '\0')
            return refuse(
                INTAKE_FIELD_RELIABILITY, ret_field, error,
                _("'%s' is no grade of a source; the grades are A (reliable) to F (cannot "
                  "be judged)."),
                grade);
        report->reliability = letter;
    }
    report->credibility = options->credibility;
    grade = v[INTAKE_FIELD_CREDIBILITY];
    if (grade[0] != '\0') {
        gint32 number;
        if (!read_count(grade, &number) || number < 1 || number > 6)
            return refuse(INTAKE_FIELD_CREDIBILITY, ret_field, error,
                          _("'%s' is no grade of an information; the grades are 1 (confirmed) to 6 "
                            "(cannot be judged)."),
                          grade);
        report->credibility = number;
    }

    gint32 count_min = 1, count_max = 1;
    const char *count = v[INTAKE_FIELD_COUNT];
    if (count[0] != '\0') {
        if (!read_count(count, &count_min))
            return refuse(INTAKE_FIELD_COUNT, ret_field, error, _("'%s' is no number of persons."),
                          count);
        count_max = count_min;
    }
    count = v[INTAKE_FIELD_COUNT_MIN];
    if (count[0] != '\0') {
        if (!read_count(count, &count_min))
            return refuse(INTAKE_FIELD_COUNT_MIN, ret_field, error,
                          _("'%s' is no number of persons."), count);
        count_max = MAX(count_max, count_min);
    }
    count = v[INTAKE_FIELD_COUNT_MAX];
    if (count[0] != '\0') {
        if (!read_count(count, &count_max))
            return refuse(INTAKE_FIELD_COUNT_MAX, ret_field, error,
                          _("'%s' is no number of persons."), count);
        if (count_max < count_min)
            return refuse(INTAKE_FIELD_COUNT_MAX, ret_field, error,
                          _("The greatest number, %d, is below the least, %d."), count_max,
                          count_min);
    }

    const char *act = v[INTAKE_FIELD_ACT][0] != '\0' ? intake_act_find(v[INTAKE_FIELD_ACT]) : NULL;
    report->kind = act != NULL                      ? (char *)act
                   : v[INTAKE_FIELD_ACT][0] != '\0' ? (char *)"other"
                                                    : NULL;
    report->title = intake_batch_keep(batch, v[INTAKE_FIELD_TITLE]);
    report->text = intake_batch_keep(batch, v[INTAKE_FIELD_TEXT]);
    report->external_id = intake_batch_keep(batch, v[INTAKE_FIELD_REPORT_ID]);
    const char *language = v[INTAKE_FIELD_LANGUAGE][0] != '\0'    ? v[INTAKE_FIELD_LANGUAGE]
                           : guess_language(report->text) != NULL ? guess_language(report->text)
                                                                  : options->language;
    report->language = intake_batch_keep(batch, language);
    report->synthetic = options->synthetic || says_yes(v[INTAKE_FIELD_SYNTHETIC]);
    report->extra = intake_batch_keep(batch, extra);
    report->original_offset = (gint64)where->offset;
    report->original_length = (gint64)where->length;

    const char *place = v[INTAKE_FIELD_PLACE], *province_text = v[INTAKE_FIELD_PROVINCE];
    const IntakeProvince *province = NULL;
    if (place[0] != '\0' || province_text[0] != '\0') {
        if (gazetteer != NULL)
            province = intake_gazetteer_find(gazetteer, place, province_text, report->first_day);
        g_autofree char *both = place[0] != '\0' && province_text[0] != '\0'
                                    ? g_strdup_printf("%s, %s", place, province_text)
                                    : g_strdup(place[0] != '\0' ? place : province_text);
        report->place_text = intake_batch_keep(batch, both);
        if (province == NULL)
            batch->unresolved++;
    }

    const char *source =
        v[INTAKE_FIELD_SOURCE][0] != '\0' ? v[INTAKE_FIELD_SOURCE] : options->source;
    source = intake_batch_keep(batch, source != NULL ? source : "?");

    /* The same report is the one whose every field says the same. */
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof report->content_key);
    hash_text(&state, source);
    for (int i = 0; i < INTAKE_N_FIELDS; i++)
        hash_text(&state, i == INTAKE_FIELD_SOURCE ? NULL : v[i]);
    hash_text(&state, extra);
    crypto_generichash_final(&state, report->content_key, sizeof report->content_key);

    bool speaks_of_an_act = report->kind != NULL || v[INTAKE_FIELD_PERSON_NAME][0] != '\0' ||
                            v[INTAKE_FIELD_FAMILY_NAME][0] != '\0';
    if (speaks_of_an_act) {
        StoreStatement *statement = intake_batch_statements(batch, 1);
        statement->act_kind = report->kind != NULL ? report->kind : (char *)"other";
        if (v[INTAKE_FIELD_PERSON_NAME][0] != '\0') {
            statement->victim_name = intake_batch_keep(batch, v[INTAKE_FIELD_PERSON_NAME]);
        } else {
            g_autofree char *name = g_strstrip(
                g_strdup_printf("%s %s", v[INTAKE_FIELD_GIVEN_NAME], v[INTAKE_FIELD_FAMILY_NAME]));
            statement->victim_name = intake_batch_keep(batch, name);
        }
        statement->victim_father = intake_batch_keep(batch, v[INTAKE_FIELD_FATHER_NAME]);
        statement->victim_national_id = intake_batch_keep(batch, v[INTAKE_FIELD_NATIONAL_ID]);
        statement->victim_contact = intake_batch_keep(batch, v[INTAKE_FIELD_PHONE]);
        if (v[INTAKE_FIELD_BIRTH_YEAR][0] != '\0') {
            Edtf birth;
            if (!read_date(v[INTAKE_FIELD_BIRTH_YEAR], &birth, NULL))
                return refuse(INTAKE_FIELD_BIRTH_YEAR, ret_field, error,
                              _("'%s' is no year of birth; write 1985 or 1364."),
                              v[INTAKE_FIELD_BIRTH_YEAR]);
            g_autofree char *text = edtf_format(&birth);
            statement->victim_birth = intake_batch_keep(batch, text);
        }
        statement->victim_gender = (char *)read_gender(v[INTAKE_FIELD_GENDER]);
        statement->perpetrator = intake_batch_keep(batch, v[INTAKE_FIELD_PERPETRATOR]);
        statement->event_date = report->event_date;
        statement->first_day = report->first_day;
        statement->last_day = report->last_day;
        statement->place_text = report->place_text;
        statement->count_min = count_min;
        statement->count_max = count_max;
        statement->according_to = intake_batch_keep(batch, v[INTAKE_FIELD_ACCORDING_TO]);
        statement->method = (char *)method;
        item.statements = statement;
        item.n_statements = 1;
    }
    item.search_text = search_text(batch, report, v[INTAKE_FIELD_ACT]);
    g_array_append_val(batch->items, item);
    g_ptr_array_add(batch->sources, (gpointer)source);
    g_ptr_array_add(batch->provinces, (gpointer)province);
    return true;
}
