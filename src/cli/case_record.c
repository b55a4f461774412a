#include "cli/case_record.h"

#include "cli/case_person.h"

#include "assess/assess.h"
#include "assess/grade.h"
#include "base/edtf.h"
#include "store/appeal.h"
#include "store/assessment.h"
#include "store/erasure.h"
#include "store/person.h"
#include "store/plain.h"
#include "store/report.h"
#include "store/signal.h"
#include <math.h>
#include <string.h>

/* ---- values ---- */

char *case_hex(const guint8 *bytes, gsize n)
{
    static const char DIGITS[] = "0123456789abcdef";
    char *text = g_malloc(2 * n + 1);
    for (gsize i = 0; i < n; i++) {
        text[2 * i] = DIGITS[bytes[i] >> 4];
        text[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    text[2 * n] = '\0';
    return text;
}

char *case_time_plain(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    return time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
}

char *case_time_words(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    if (time == NULL)
        return g_strdup("");
    g_autofree char *day = edtf_describe_day((gint32)(seconds / 86400 - (seconds % 86400 < 0)));
    g_autofree char *clock = g_date_time_format(time, "%H:%M");
    g_autofree char *digits = i18n_digits(clock);
    return g_strdup_printf(_("%s, %s UTC"), day, digits);
}

/* audit.target_kind, link.from_kind: a StoreKind as a number. */
static bool names_kind(const StoreColumn *column)
{
    return column->type == STORE_VALUE_INTEGER && g_str_has_suffix(column->name, "_kind");
}

char *case_value_plain(StoreKind kind, const void *record, gsize i)
{
    return store_record_plain(kind, record, i);
}

static char *date_words(const char *text)
{
    Edtf edtf;
    return edtf_parse(text, CALENDAR_GREGORIAN, &edtf, NULL) ? edtf_describe(&edtf)
                                                             : g_strdup(text);
}

static char *real_words(double x)
{
    if (x == floor(x) && fabs(x) < 1e15)
        return i18n_integer((gint64)x);
    return i18n_decimal(x, fabs(x) < 10 ? 3 : 1);
}

/* Fields whose text is a word of a closed list. */
static bool is_closed(const char *name)
{
    static const char *const NAMES[] = {"kind",    "act_kind", "status",        "choice",
                                        "outcome", "trend",    "gender",        "role",
                                        "action",  "channel",  "victim_gender", "category"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (strcmp(name, NAMES[i]) == 0)
            return true;
    return false;
}

static char *text_words(const StoreColumn *column, const char *text)
{
    static const char *const DATES[] = {"event_date", "birth_date", "victim_birth", "valid_from",
                                        "valid_to"};
    for (gsize i = 0; i < G_N_ELEMENTS(DATES); i++)
        if (strcmp(column->name, DATES[i]) == 0)
            return date_words(text);
    return g_strdup(is_closed(column->name) ? case_word(text) : text);
}

static const char *report_status_words(gint64 status)
{
    return status == STORE_REPORT_NEW        ? _("new")
           : status == STORE_REPORT_REVIEWED ? _("reviewed")
                                             : _("rejected");
}

char *case_value_words(StoreKind kind, const void *record, gsize i)
{
    StoreColumn column = store_kind_column(kind, i);
    StoreValue value = store_record_value(kind, record, i);
    if (value.none)
        return NULL;
    switch (column.type) {
    case STORE_VALUE_INTEGER:
        if (names_kind(&column))
            return g_strdup(value.integer > 0 && value.integer < STORE_N_KINDS
                                ? store_kind_title((StoreKind)value.integer)
                                : "");
        if (strcmp(column.name, "credibility") == 0) {
            g_autofree char *digit = i18n_integer(value.integer);
            const char *words = assess_credibility_title(value.integer);
            return words != NULL ? g_strdup_printf(_("%s – %s"), digit, words) : NULL;
        }
        if (kind == STORE_KIND_REPORT && strcmp(column.name, "status") == 0)
            return g_strdup(report_status_words(value.integer));
        return i18n_integer(value.integer);
    case STORE_VALUE_BOOLEAN:
        return g_strdup(value.integer != 0 ? _("yes") : _("no"));
    case STORE_VALUE_REAL:
        return real_words(value.real);
    case STORE_VALUE_TEXT:
        return text_words(&column, value.text);
    case STORE_VALUE_LETTER: {
        g_autofree char *letter = case_value_plain(kind, record, i);
        const char *words = assess_reliability_title((char)value.integer);
        return words != NULL ? g_strdup_printf(_("%s – %s"), letter, words)
                             : g_steal_pointer(&letter);
    }
    case STORE_VALUE_DAY:
        return edtf_describe_day((gint32)value.integer);
    case STORE_VALUE_TIME:
        return case_time_words(value.integer);
    case STORE_VALUE_BYTES:
    case STORE_VALUE_RECORD:
        return case_value_plain(kind, record, i);
    }
    g_assert_not_reached();
}

json_t *case_value_json(StoreKind kind, const void *record, gsize i)
{
    StoreColumn column = store_kind_column(kind, i);
    StoreValue value = store_record_value(kind, record, i);
    if (value.none)
        return NULL;
    if (column.type == STORE_VALUE_INTEGER && !names_kind(&column))
        return json_integer((json_int_t)value.integer);
    if (column.type == STORE_VALUE_BOOLEAN)
        return json_boolean(value.integer != 0);
    if (column.type == STORE_VALUE_REAL)
        return json_real(value.real);
    g_autofree char *plain = case_value_plain(kind, record, i);
    g_autofree char *valid = g_utf8_make_valid(plain, -1);
    return json_string(valid);
}

bool case_column_hidden(StoreKind kind, const StoreColumn *column)
{
    static const struct {
        StoreKind kind;
        const char *name;
    } HIDDEN[] = {
        {STORE_KIND_USER, "password_hash"}, {STORE_KIND_REPORT, "content_key"},
        {STORE_KIND_SERIES, "points"},      {STORE_KIND_IMPORT, "key"},
        {STORE_KIND_QUARANTINE, "raw"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(HIDDEN); i++)
        if (HIDDEN[i].kind == kind && strcmp(HIDDEN[i].name, column->name) == 0)
            return true;
    return false;
}

/* ---- a record in a line ---- */

/* The beginning of a text, on one line. */
static char *beginning(const char *text)
{
    enum { MOST = 90 };
    g_autofree char *line = g_strndup(text, strcspn(text, "\r\n"));
    if (g_str_has_suffix(line, ".")) /* it goes on with a comma */
        line[strlen(line) - 1] = '\0';
    if (g_utf8_strlen(line, -1) <= MOST)
        return g_steal_pointer(&line);
    const char *cut = g_utf8_offset_to_pointer(line, MOST);
    g_autofree char *head = g_strndup(line, (gsize)(cut - line));
    return g_strconcat(head, "…", NULL);
}

/* What bodies did has no title; its text says it, and it is public. */
static char *response_title(const StoreResponse *response)
{
    const char *text = i18n_language() == I18N_PERSIAN && response->text_fa != NULL
                           ? response->text_fa
                           : response->text;
    return text != NULL && text[0] != '\0' ? beginning(text) : NULL;
}

/* What counting and rating made has words of its own: a method's or a factor's name, no code. */
static char *title_of_assessment(StoreKind kind, const void *record)
{
    I18nLanguage language = i18n_language();
    if (kind == STORE_KIND_ALARM)
        return g_strdup(assess_method_title(((const StoreAlarm *)record)->method, language));
    if (kind == STORE_KIND_ESTIMATE)
        return assess_estimate_title(record, language);
    if (kind == STORE_KIND_FIGURE && ((const StoreFigure *)record)->reporter != NULL)
        return g_strdup(assess_reporter_title(((const StoreFigure *)record)->reporter, language));
    const char *factor = kind == STORE_KIND_RATING ? ((const StoreRating *)record)->factor : NULL;
    int number = factor != NULL ? assess_factor_number(factor) : -1;
    if (number < 0)
        return NULL;
    g_autofree char *digits = i18n_integer(number + 1);
    return g_strdup_printf(_("risk factor %s, %s"), digits, assess_factor_title(factor, language));
}

char *case_record_title(StoreKind kind, const void *record)
{
    if (kind == STORE_KIND_RESPONSE) {
        char *title = response_title(record);
        if (title != NULL)
            return title;
    }
    char *own = title_of_assessment(kind, record);
    if (own != NULL)
        return own;
    static const char *const PERSIAN[] = {"title_fa", "name_fa", "office_fa"};
    static const char *const NAMES[] = {"title", "name_en", "name",   "office",     "reporter",
                                        "code",  "factor",  "state",  "resolution", "act_kind",
                                        "kind",  "status",  "action", "file",       "channel"};
    bool is_persian = i18n_language() == I18N_PERSIAN;
    for (gsize i = 0; i < G_N_ELEMENTS(PERSIAN) + G_N_ELEMENTS(NAMES); i++) {
        bool persian = i < G_N_ELEMENTS(PERSIAN);
        if (persian && !is_persian)
            continue;
        const char *name = persian ? PERSIAN[i] : NAMES[i - G_N_ELEMENTS(PERSIAN)];
        gssize at = store_kind_column_find(kind, name);
        if (at < 0)
            continue;
        StoreColumn column = store_kind_column(kind, (gsize)at);
        StoreValue value = store_record_value(kind, record, (gsize)at);
        if (column.type == STORE_VALUE_TEXT && !column.sealed && !value.none &&
            value.text[0] != '\0')
            return g_strdup(is_closed(name) ? case_word(value.text) : value.text);
    }
    return NULL;
}

/* Column of that name that has a value; -1. */
static gssize column_with_value(StoreKind kind, const void *record, const char *name)
{
    gssize at = store_kind_column_find(kind, name);
    return at >= 0 && !store_record_value(kind, record, (gsize)at).none ? at : -1;
}

char *case_record_date(StoreKind kind, const void *record)
{
    const char *edtf = store_record_text(kind, record, "event_date");
    if (edtf != NULL && edtf[0] != '\0')
        return g_strdup(edtf);
    gssize first = column_with_value(kind, record, "first_day");
    gssize last = column_with_value(kind, record, "last_day");
    g_autofree char *from = first >= 0 ? case_value_plain(kind, record, (gsize)first) : NULL;
    g_autofree char *to = last >= 0 ? case_value_plain(kind, record, (gsize)last) : NULL;
    if (from != NULL && to != NULL && strcmp(from, to) != 0)
        return g_strconcat(from, "/", to, NULL);
    if (from != NULL)
        return g_steal_pointer(&from);
    /* When a record was written says nothing of what it is about; of an original it is all. */
    static const char *const NAMES[] = {"day", "received", "sent", "time", "started"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        gssize at = column_with_value(kind, record, NAMES[i]);
        if (at < 0)
            continue;
        g_autofree char *plain = case_value_plain(kind, record, (gsize)at);
        return g_strndup(plain, strcspn(plain, "T"));
    }
    gssize created = kind == STORE_KIND_ORIGINAL ? column_with_value(kind, record, "created") : -1;
    if (created >= 0) {
        g_autofree char *plain = case_value_plain(kind, record, (gsize)created);
        return g_strndup(plain, strcspn(plain, "T"));
    }
    return NULL;
}

static void add_part(GString *line, const char *part)
{
    if (part != NULL && part[0] != '\0')
        g_string_append_printf(line, "%s%s", _(", "), part);
}

static void add_range(GString *line, double low, double high, bool at_least)
{
    g_autofree char *from = isnan(low) ? NULL : real_words(low);
    g_autofree char *to = isnan(high) ? NULL : real_words(high);
    g_autofree char *range = NULL;
    if (from != NULL && to != NULL && strcmp(from, to) != 0)
        range = g_strdup_printf(_("%s to %s"), from, to);
    else if (from != NULL && (at_least || to == NULL))
        range = g_strdup_printf(_("at least %s"), from);
    else if (from != NULL)
        range = g_steal_pointer(&from);
    else if (to != NULL)
        range = g_strdup_printf(_("at most %s"), to);
    add_part(line, range);
}

/* What a kind has to say beside title, date and place. */
static void add_own(GString *line, StoreKind kind, const void *record)
{
    if (kind == STORE_KIND_FIGURE) {
        const StoreFigure *figure = record;
        add_part(line, figure->kind != NULL ? case_word(figure->kind) : NULL);
        add_range(line, figure->low, figure->high, figure->at_least);
        if (g_strcmp0(figure->verified, "memory") == 0)
            add_part(line, _("unconfirmed"));
    } else if (kind == STORE_KIND_ESTIMATE) {
        const StoreEstimate *estimate = record;
        g_autofree char *middle = isnan(estimate->estimate) ? NULL : real_words(estimate->estimate);
        add_part(line, middle);
        add_range(line, estimate->low, estimate->high, false);
    } else if (kind == STORE_KIND_ALARM) {
        const StoreAlarm *alarm = record;
        g_autofree char *observed = real_words(alarm->observed);
        g_autofree char *expected = real_words(alarm->expected);
        g_autofree char *words =
            g_strdup_printf(_("%s observed where %s were expected"), observed, expected);
        add_part(line, words);
    } else if (kind == STORE_KIND_RATING) {
        const StoreRating *rating = record;
        g_autofree char *number = rating->indicator != NULL ? i18n_digits(rating->indicator) : NULL;
        g_autofree char *indicator =
            number != NULL ? g_strdup_printf(_("indicator %s"), number) : NULL;
        add_part(line, indicator);
        add_part(line, assess_level_title(rating->level, i18n_language()));
    } else if (kind == STORE_KIND_JOINING || kind == STORE_KIND_VERDICT) {
        g_autofree char *words =
            kind == STORE_KIND_JOINING ? case_joining_words(record) : case_verdict_words(record);
        add_part(line, words);
    } else if (kind == STORE_KIND_ORIGINAL) {
        const StoreOriginal *original = record;
        g_autofree char *bytes = i18n_integer(original->bytes);
        g_autofree char *size = g_strdup_printf(_("%s bytes"), bytes);
        g_autofree char *hex = case_hex(original->sha256, sizeof original->sha256);
        add_part(line, size);
        g_string_append_printf(line, "%sSHA-256 %s", _(", "), hex);
    }
}

static void add_place(GString *line, Store *store, StoreKind kind, const void *record)
{
    gint64 id = kind == STORE_KIND_PLACE ? 0 : store_record_integer(kind, record, "place_id");
    g_autoptr(StorePlace) place = id > 0 ? store_place_load(store, id, NULL) : NULL;
    if (place != NULL)
        add_part(line, i18n_language() == I18N_PERSIAN && place->name_fa != NULL ? place->name_fa
                                                                                 : place->name_en);
    else
        add_part(line, store_record_text(kind, record, "place_text"));
}

static void add_source(GString *line, Store *store, StoreKind kind, const void *record)
{
    gint64 id = store_record_integer(kind, record, "source_id");
    g_autoptr(StoreSource) source = id > 0 ? store_source_load(store, id, NULL) : NULL;
    if (source == NULL || source->name == NULL)
        return;
    g_autofree char *words =
        g_strdup_printf(_("according to %s"), assess_reporter_title(source->name, i18n_language()));
    add_part(line, words);
}

char *case_erased_words(Store *store, StoreKind kind, gint64 id)
{
    g_autoptr(StoreErasure) erasure = store_erasure_of(store, kind, id, NULL);
    if (erasure == NULL)
        return NULL;
    char text[STORE_ID_MAX];
    g_autofree char *time = case_time_words(erasure->created);
    return g_strdup_printf(_("erased on request on %s (%s)"), time,
                           store_id_format(STORE_KIND_ERASURE, erasure->id, text));
}

char *case_record_words(Store *store, StoreKind kind, gint64 id)
{
    char text[STORE_ID_MAX];
    store_id_format(kind, id, text);
    g_autoptr(GError) error = NULL;
    void *record = store_record_load(store, kind, id, &error);
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "%s %s", store_kind_title(kind), text);
    if (record == NULL) {
        add_part(line, error->message);
        return g_string_free(line, FALSE);
    }
    g_autofree char *title = kind == STORE_KIND_SERIES
                                 ? assess_series_title(store, record, i18n_language())
                                 : case_record_title(kind, record);
    g_autofree char *date = case_record_date(kind, record);
    g_autofree char *when = date != NULL ? date_words(date) : NULL;
    if (title != NULL)
        g_string_append_printf(line, _(": %s"), title);
    add_part(line, when);
    add_place(line, store, kind, record);
    add_source(line, store, kind, record);
    add_own(line, kind, record);
    g_autofree char *erased = case_erased_words(store, kind, id);
    add_part(line, erased);
    store_record_free(kind, record);
    return g_string_free(line, FALSE);
}
