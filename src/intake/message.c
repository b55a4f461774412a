/* intake/message.c: a forwarded message or a report in words, through text_summons_read and
 * text_extract.
 *
 * A summons is one statement (kind "summons": the court is the perpetrator, the day is the day of
 * appearance); each act the text names is one more, the same act named twice one only. What
 * identifies a person goes to sealed fields and into `spans`, never into the reading. */
#include "intake/message.h"

#include "base/edtf.h"
#include "base/i18n.h"
#include "intake/mask.h"
#include "intake/words.h"
#include "text/extract.h"
#include "text/normalize.h"
#include "text/persons.h"
#include "text/summons.h"
#include <jansson.h>
#include <string.h>

enum { MAX_STATEMENTS = 1000, HEAD_LINES = 3, SENDER_BYTES = 64 };

/* ---- the lines before it ---- */

static const char SENDER_WORDS[] = "from|sender|فرستنده|سرشماره|ارسال کننده|از|gonderen|المرسل";
static const char SENT_WORDS[] = "date|sent|received|تاریخ|زمان|تاریخ دریافت|تاریخ ارسال|دریافت|"
                                 "tarih|التاریخ";

/* A line that is nothing but a sender: a number, or the judiciary's name. */
static bool is_bare_sender(const char *line)
{
    g_autofree char *ascii = text_digits_ascii(line);
    g_strstrip(ascii);
    if (g_ascii_strcasecmp(ascii, "adliran") == 0 || g_ascii_strcasecmp(ascii, "adl iran") == 0)
        return true;
    gsize digits = 0;
    for (const char *at = ascii; *at != '\0'; at++) {
        if (g_ascii_isdigit(*at))
            digits++;
        else if (strchr("+- ()", *at) == NULL)
            return false;
    }
    return digits >= 3 && digits <= 15;
}

void intake_head_read(const char *text, gsize length, IntakeHead *ret_head)
{
    *ret_head = (IntakeHead){0};
    for (gsize at = 0, n = 0; at < length && n < HEAD_LINES; n++) {
        const char *newline = memchr(text + at, '\n', length - at);
        gsize end = newline != NULL ? (gsize)(newline - text) : length;
        gsize next = newline != NULL ? end + 1 : length;
        if (next >= length || end - at > 3 * SENDER_BYTES)
            return; /* a message of one line has no head */
        g_autofree char *line = g_strndup(text + at, end - at);
        char *colon = strchr(line, ':');
        g_autofree char *key = colon != NULL ? g_strndup(line, (gsize)(colon - line)) : NULL;
        g_autofree char *folded = key != NULL ? intake_words_fold(key) : NULL;
        if (ret_head->sender == NULL && folded != NULL &&
            intake_words_has(SENDER_WORDS, folded, strlen(folded))) {
            ret_head->sender = g_strstrip(g_strdup(colon + 1));
        } else if (ret_head->sender == NULL && n == 0 && is_bare_sender(line)) {
            ret_head->sender = g_strstrip(g_strdup(line));
        } else if (ret_head->sender != NULL && ret_head->sent == NULL && folded != NULL &&
                   intake_words_has(SENT_WORDS, folded, strlen(folded))) {
            ret_head->sent = g_strstrip(g_strdup(colon + 1));
        } else {
            return;
        }
        ret_head->body = at = next;
    }
}

void intake_head_clear(IntakeHead *head)
{
    g_free(head->sender);
    g_free(head->sent);
    *head = (IntakeHead){0};
}

/* ---- the line behind it ---- */

void intake_tail_read(const char *text, gsize length, const IntakeMapping *mapping,
                      const char *values[INTAKE_N_FIELDS], GPtrArray *owned, char **ret_extra)
{
    *ret_extra = NULL;
    while (length > 0 && g_ascii_isspace(text[length - 1]))
        length--;
    const char *newline = memrchr(text, '\n', length);
    const char *line = newline != NULL ? newline + 1 : text;
    gsize n = length - (gsize)(line - text);
    if (n < 5 || line[0] != '(' || line[n - 1] != ')' || memchr(line, '=', n) == NULL)
        return;
    g_autofree char *inside = g_strndup(line + 1, n - 2);
    g_auto(GStrv) words = g_strsplit(inside, " ", -1);
    json_t *extra = NULL;
    for (char **word = words; *word != NULL; word++) {
        char *sign = strchr(*word, '=');
        if (sign == NULL || sign == *word || sign[1] == '\0')
            continue;
        *sign = '\0';
        IntakeField field = intake_field_match(mapping, *word);
        if (field == INTAKE_FIELD_NONE) {
            if (extra == NULL)
                extra = json_object();
            g_autofree char *masked = intake_mask_text(sign + 1);
            json_object_set_new(extra, *word, json_string(masked != NULL ? masked : sign + 1));
        } else if (values[field] == NULL) {
            values[field] = g_strdup(sign + 1);
            g_ptr_array_add(owned, (gpointer)values[field]);
        }
    }
    *ret_extra = extra != NULL ? json_dumps(extra, JSON_COMPACT) : NULL;
    json_decref(extra);
}

/* ---- one text ---- */

typedef struct {
    IntakeBatch *batch;
    const IntakeMessage *message;
    StoreReport *report;
    GArray *spans;
    GArray *statements; /* StoreStatement, begun with init */
    IntakeHead head;
    TextSummons summons;
    TextFindings findings;
    gsize places, dates, counts;
    bool addressed;   /* it speaks to the one who got it: what it names is threatened, not done */
    json_t *mentions; /* act codes that are threatened */
    const IntakeProvince *place; /* the first that is one province's */
} Reading;

static void set_date(StoreStatement *statement, IntakeBatch *batch, const char *text)
{
    Edtf edtf;
    if (text[0] == '\0' || !edtf_parse(text, CALENDAR_GREGORIAN, &edtf, NULL))
        return;
    statement->event_date = intake_batch_keep(batch, text);
    edtf_bounds(&edtf, &statement->first_day, &statement->last_day);
}

static gsize body_length(const Reading *r)
{
    return r->message->length - r->head.body;
}

static StoreStatement *add_statement(Reading *r, const char *act, double confidence)
{
    g_array_set_size(r->statements, r->statements->len + 1);
    StoreStatement *statement =
        &g_array_index(r->statements, StoreStatement, r->statements->len - 1);
    store_statement_init(statement);
    statement->act_kind = (char *)act;
    statement->confidence = confidence;
    statement->first_day = G_MININT32;
    statement->last_day = G_MAXINT32;
    return statement;
}

static const TextField *field_of(const Reading *r, TextSummonsField field)
{
    return &r->summons.fields[field];
}

/* A message as it was sent, not somebody's account of one. */
static bool is_message(const Reading *r)
{
    return r->addressed || r->head.sender != NULL;
}

static void take_summons(Reading *r)
{
    StoreStatement *s =
        add_statement(r, "summons", CLAMP((double)r->summons.kind_confidence, 0.0, 1.0));
    s->method = (char *)(is_message(r) ? "sms" : "text");
    set_date(s, r->batch, field_of(r, TEXT_SUMMONS_DATE)->value);
    s->perpetrator = intake_batch_keep(r->batch, field_of(r, TEXT_SUMMONS_COURT)->value);
    static const TextSummonsField NUMBERS[] = {
        TEXT_SUMMONS_CASE_NUMBER, TEXT_SUMMONS_ARCHIVE_NUMBER, TEXT_SUMMONS_NOTICE_NUMBER};
    for (gsize i = 0; i < G_N_ELEMENTS(NUMBERS) && s->case_number == NULL; i++)
        s->case_number = intake_batch_keep(r->batch, field_of(r, NUMBERS[i])->value);
    const TextField *place = field_of(r, TEXT_SUMMONS_PROVINCE);
    if (place->value[0] != '\0') {
        s->place_text = intake_batch_keep(r->batch, place->value);
        if (r->message->gazetteer != NULL)
            s->place_id = intake_place_mark(
                r->message->gazetteer,
                intake_gazetteer_find(r->message->gazetteer, place->value, NULL, s->first_day));
    }
    s->text_offset = (gint64)r->head.body;
    s->text_length = (gint64)body_length(r);
}

/* The same act of the same day and place is told once, though named twice. */
static bool is_told(const Reading *r, const TextFinding *finding, gint64 place)
{
    for (guint i = 0; i < r->statements->len; i++) {
        const StoreStatement *s = &g_array_index(r->statements, StoreStatement, i);
        if (strcmp(s->act_kind, finding->value) == 0 &&
            (finding->edtf[0] == '\0' || g_strcmp0(s->event_date, finding->edtf) == 0 ||
             (s->event_date == NULL && finding->edtf[0] == '\0')) &&
            (place == 0 || s->place_id == place) &&
            (finding->number_min <= 0 || s->count_min == finding->number_min))
            return true;
    }
    return false;
}

static void take_act(Reading *r, const TextFinding *finding)
{
    if (finding->negated || r->statements->len >= MAX_STATEMENTS ||
        (r->summons.is_summons && strcmp(finding->value, "summons") == 0))
        return;
    if (r->addressed) { /* "else you will be arrested": nobody has been */
        for (gsize i = 0; i < json_array_size(r->mentions); i++)
            if (strcmp(json_string_value(json_array_get(r->mentions, i)), finding->value) == 0)
                return;
        json_array_append_new(r->mentions, json_string(finding->value));
        return;
    }
    const IntakeGazetteer *gazetteer = r->message->gazetteer;
    const IntakeProvince *province = gazetteer != NULL && finding->iso[0] != '\0'
                                         ? intake_gazetteer_by_iso(gazetteer, finding->iso)
                                         : NULL;
    gint64 place = province != NULL ? intake_place_mark(gazetteer, province) : 0;
    if (is_told(r, finding, place))
        return;
    StoreStatement *s = add_statement(r, intake_batch_keep(r->batch, finding->value),
                                      CLAMP((double)finding->confidence, 0.0, 1.0));
    s->method = (char *)"text";
    s->place_id = place;
    set_date(s, r->batch, finding->edtf);
    if (finding->number_min >= 0 && finding->number_min <= G_MAXINT32) {
        /* "more than 700": no upper figure was given, and none is made up. */
        s->count_min = (gint32)finding->number_min;
        s->count_max =
            finding->number_max >= finding->number_min && finding->number_max <= G_MAXINT32
                ? (gint32)finding->number_max
                : s->count_min;
    }
    s->text_offset = (gint64)(r->head.body + finding->start);
    s->text_length = (gint64)(finding->end - finding->start);
}

static void take_findings(Reading *r)
{
    for (gsize i = 0; i < r->findings.n; i++) {
        const TextFinding *f = &r->findings.findings[i];
        switch (f->kind) {
        case TEXT_FINDING_PLACE:
            r->places++;
            if (r->place == NULL && f->iso[0] != '\0' && r->message->gazetteer != NULL)
                r->place = intake_gazetteer_by_iso(r->message->gazetteer, f->iso);
            break;
        case TEXT_FINDING_DATE:
        case TEXT_FINDING_LETTER_DATE:
            r->dates += f->value[0] != '\0';
            break;
        case TEXT_FINDING_CLAIM:
            r->counts++;
            break;
        case TEXT_FINDING_ACT:
            take_act(r, f);
            break;
        default:
            break;
        }
    }
}

/* Does the text speak to its reader: "you", «شما»، «شده‌اید»، «مراجعه
 * کنید»?
 */
static bool speaks_to_reader(const char *text, gsize length)
{
    static const char WORDS[] = "شما|جنابعالی|کنید|نمایید|فرمایید|بفرمایید|میشوید|یابید|باشید|"
                                "دهید|خواهید|you|your|youre";
    g_autofree char *own = g_strndup(text, length);
    g_autofree char *folded = text_fold(own, (gssize)length, NULL);
    for (const char *at = folded; *at != '\0';) {
        gsize n = strcspn(at, " \n\t.,;:!?()\"'");
        if (n > 0 && n < 64) {
            g_autofree char *word = g_strndup(at, n);
            if (intake_words_has(WORDS, word, n) || g_str_has_suffix(word, "هاید"))
                return true;
        }
        at += n;
        at += *at != '\0';
    }
    return false;
}

/* Numbers that the court's notice says are those of a person or a case. */
static void take_identifiers(Reading *r)
{
    static const TextSummonsField SEALED[] = {TEXT_SUMMONS_CASE_NUMBER, TEXT_SUMMONS_ARCHIVE_NUMBER,
                                              TEXT_SUMMONS_NOTICE_NUMBER, TEXT_SUMMONS_PHONE,
                                              TEXT_SUMMONS_NATIONAL_ID};
    for (gsize i = 0; i < G_N_ELEMENTS(SEALED); i++) {
        const TextField *field = field_of(r, SEALED[i]);
        if (field->start >= field->end)
            continue;
        IntakeIdentifier span = {INTAKE_IDENTIFIER_LONG_NUMBER, r->head.body + field->start,
                                 r->head.body + field->end};
        g_array_append_val(r->spans, span);
    }
    intake_mask_sort(r->spans);
}

/* The first telephone and national number of the text go with every statement of it. */
static void seal_identifiers(Reading *r)
{
    g_autofree char *phone = g_strdup(field_of(r, TEXT_SUMMONS_PHONE)->value);
    g_autofree char *national = g_strdup(field_of(r, TEXT_SUMMONS_NATIONAL_ID)->value);
    IntakeIdentifier found;
    for (gsize at = 0; intake_identifier_next(r->message->text, r->message->length, &at, &found);) {
        char **into = found.kind == INTAKE_IDENTIFIER_PHONE || found.kind == INTAKE_IDENTIFIER_MAIL
                          ? &phone
                      : found.kind == INTAKE_IDENTIFIER_NATIONAL_ID ? &national
                                                                    : NULL;
        if (into != NULL && (*into == NULL || (*into)[0] == '\0')) {
            g_free(*into);
            *into = intake_identifier_value(r->message->text, &found);
        }
    }
    for (guint i = 0; i < r->statements->len; i++) {
        StoreStatement *s = &g_array_index(r->statements, StoreStatement, i);
        s->victim_contact = intake_batch_keep(r->batch, phone);
        s->victim_national_id = intake_batch_keep(r->batch, national);
    }
}

static void hide(Reading *r, gsize start, gsize end)
{
    if (end == start)
        return;
    IntakeIdentifier span = {INTAKE_IDENTIFIER_NAME, r->head.body + start, r->head.body + end};
    g_array_append_val(r->spans, span);
}

/* The year of birth as EDTF in the Gregorian calendar: a Solar Hijri year is the days it covers. */
static char *birth_edtf(int year)
{
    if (year == 0)
        return NULL;
    Edtf written = {.calendar = year < 1600 ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN}, edtf;
    g_autofree char *text = g_strdup_printf("%04d", year);
    if (!edtf_parse(text, written.calendar, &written, NULL))
        return NULL;
    edtf_to_gregorian(&written, &edtf);
    return edtf_format(&edtf);
}

/* One person named in the text is whom its acts were done to; of several nobody can say which. */
static bool take_person(Reading *r, GError **error)
{
    g_auto(TextPersons) persons = {0};
    if (!text_persons_find(r->message->text + r->head.body, body_length(r), &persons, error))
        return false;
    for (gsize i = 0; i < persons.n; i++) {
        hide(r, persons.persons[i].start, persons.persons[i].end);
        hide(r, persons.persons[i].father_start, persons.persons[i].father_end);
    }
    intake_mask_sort(r->spans);
    if (persons.n != 1)
        return true;
    const TextPerson *person = &persons.persons[0];
    g_autofree char *birth = birth_edtf(person->birth_year);
    for (guint i = 0; i < r->statements->len; i++) {
        StoreStatement *s = &g_array_index(r->statements, StoreStatement, i);
        if (s->count_max > 1)
            continue;
        s->victim_name = intake_batch_keep(r->batch, person->name);
        s->victim_father = intake_batch_keep(r->batch, person->father);
        s->victim_birth = intake_batch_keep(r->batch, birth);
        s->victim_gender = person->female ? (char *)"female" : person->male ? (char *)"male" : NULL;
    }
    return true;
}

/* ---- what was and what was not recognised ---- */

static void note(json_t *yes, json_t *no, bool recognised, const char *what)
{
    json_array_append_new(recognised ? yes : no, json_string(what));
}

static void set_text(json_t *object, const char *key, const char *value)
{
    if (value != NULL && value[0] != '\0')
        json_object_set_new(object, key, json_string(value));
}

/* A field of the notice that identifies nobody. */
static void set_masked(json_t *object, const char *key, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(IntakeIdentifier));
    intake_mask_find(value, strlen(value), NULL, spans);
    g_autoptr(GString) masked = g_string_new(NULL);
    intake_mask_apply(value, strlen(value), spans, masked);
    set_text(object, key, masked->str);
}

static char *describe(const Reading *r)
{
    json_t *object = json_object(), *yes = json_array(), *no = json_array();
    set_text(object, "language", r->message->language);
    if (is_message(r)) {
        set_text(object, "message", text_message_kind_name(r->summons.kind));
        set_text(object, "reasons", r->summons.reasons);
    }
    static const TextSummonsField SHOWN[] = {
        TEXT_SUMMONS_COURT, TEXT_SUMMONS_BRANCH,   TEXT_SUMMONS_PROVINCE, TEXT_SUMMONS_DATE,
        TEXT_SUMMONS_HOUR,  TEXT_SUMMONS_DEADLINE, TEXT_SUMMONS_LINK};
    for (gsize i = 0; i < G_N_ELEMENTS(SHOWN); i++) {
        set_masked(object, text_summons_field_name(SHOWN[i]), field_of(r, SHOWN[i])->value);
        if (r->summons.is_summons && SHOWN[i] != TEXT_SUMMONS_LINK)
            note(yes, no, field_of(r, SHOWN[i])->value[0] != '\0',
                 text_summons_field_name(SHOWN[i]));
    }
    set_masked(object, "sender", field_of(r, TEXT_SUMMONS_SENDER)->value);
    bool summons = false, other = false;
    for (guint i = 0; i < r->statements->len; i++) {
        bool is = strcmp(g_array_index(r->statements, StoreStatement, i).act_kind, "summons") == 0;
        summons |= is;
        other |= !is;
    }
    note(yes, no, summons, "summons");
    if (other || !summons)
        note(yes, no, other, "act");
    if (json_array_size(r->mentions) > 0)
        json_object_set(object, "threatens", r->mentions);
    if (!r->summons.is_summons) {
        note(yes, no, r->dates > 0, "date");
        note(yes, no, r->places > 0, "place");
    }
    note(yes, no, r->counts > 0, "count");
    json_object_set_new(object, "recognised", yes);
    json_object_set_new(object, "not_recognised", no);
    char *dump = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(object);
    char *copy = g_strdup(dump);
    free(dump);
    return copy;
}

static void fill_report(Reading *r)
{
    StoreReport *report = r->report;
    if (r->statements->len > 0) {
        const StoreStatement *first = &g_array_index(r->statements, StoreStatement, 0);
        if (report->kind == NULL)
            report->kind = first->act_kind;
        if (report->event_date == NULL && first->event_date != NULL) {
            report->event_date = first->event_date;
            report->first_day = first->first_day;
            report->last_day = first->last_day;
        }
        if (report->place_id == 0)
            report->place_id = first->place_id;
        if (report->place_text == NULL)
            report->place_text = first->place_text;
    }
    if (report->place_id == 0 && r->place != NULL)
        report->place_id = intake_place_mark(r->message->gazetteer, r->place);
    for (guint i = 0; i < r->statements->len; i++) {
        StoreStatement *s = &g_array_index(r->statements, StoreStatement, i);
        if (s->event_date == NULL) {
            s->event_date = report->event_date;
            s->first_day = report->first_day;
            s->last_day = report->last_day;
        }
        if (s->place_id == 0 && s->place_text == NULL) {
            s->place_id = report->place_id;
            s->place_text = report->place_text;
        }
    }
}

static void count_reading(const Reading *r)
{
    IntakeReadings *all = &r->batch->readings;
    all->texts++;
    bool summons = r->summons.is_summons;
    for (guint i = 0; i < r->statements->len && !summons; i++)
        summons = strcmp(g_array_index(r->statements, StoreStatement, i).act_kind, "summons") == 0;
    all->summonses += summons;
    all->suspicious += is_message(r) && r->summons.kind == TEXT_MESSAGE_PHISHING;
    all->silent += r->statements->len == 0;
    int language = intake_language_index(r->message->language);
    if (language >= 0)
        all->languages[language]++;
    else
        all->language_unknown++;
}

bool intake_message_read(IntakeBatch *batch, const IntakeMessage *message, StoreReport *report,
                         GArray *spans, StoreStatement **ret_statements, gsize *ret_n,
                         char **ret_reading, GError **error)
{
    Reading r = {.batch = batch, .message = message, .report = report, .spans = spans};
    intake_head_read(message->text, message->length, &r.head);
    const char *body = message->text + r.head.body;
    TextDateOptions dates = {.has_today = message->today != G_MININT32, .today = message->today};
    TextExtractOptions options = {.dates = dates};
    if (message->gazetteer != NULL)
        options.gazetteer = intake_gazetteer_text(message->gazetteer);
    if (!text_summons_read(body, body_length(&r), r.head.sender, &dates, &r.summons, error)) {
        intake_head_clear(&r.head);
        return false;
    }
    bool done = text_extract(body, body_length(&r), &options, &r.findings, error);
    if (done) {
        r.statements = g_array_new(FALSE, TRUE, sizeof(StoreStatement));
        r.mentions = json_array();
        r.addressed =
            r.summons.kind != TEXT_MESSAGE_OTHER && speaks_to_reader(body, body_length(&r));
        if (r.summons.is_summons)
            take_summons(&r);
        take_findings(&r);
        take_identifiers(&r);
        seal_identifiers(&r);
        done = take_person(&r, error);
        fill_report(&r);
        count_reading(&r);
        *ret_reading = describe(&r);
        *ret_n = r.statements->len;
        *ret_statements = NULL;
        if (*ret_n > 0) {
            *ret_statements = intake_batch_statements(batch, *ret_n);
            memcpy(*ret_statements, r.statements->data, *ret_n * sizeof(StoreStatement));
        }
        json_decref(r.mentions);
        g_array_unref(r.statements); /* its texts are the batch's */
        text_findings_clear(&r.findings);
    }
    text_summons_clear(&r.summons);
    intake_head_clear(&r.head);
    return done;
}
