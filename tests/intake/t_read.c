/* Records out of files: what is read, what is refused and where, in any encoding; and what free
 * texts say. No case here: batches as the parser's thread makes them. */
#include "base/error.h"
#include "base/i18n.h"
#include "intake/mask.h"
#include "intake/reader.h"

#include <jansson.h>
#include <string.h>
#include <unicode/ucnv.h>

typedef struct {
    const char *bytes;
    gsize length, at;
} Memory;

static gssize read_some(void *context, void *buffer, gsize size, GError **error)
{
    Memory *memory = context;
    gsize n = MIN(MIN(size, 7), memory->length - memory->at); /* in awkward pieces */
    memcpy(buffer, memory->bytes + memory->at, n);
    memory->at += n;
    return (gssize)n;
}

static IntakeBatch *read_with(const char *bytes, gsize length, IntakeFormat format,
                              const IntakeOptions *options, guint64 skip_to)
{
    g_autoptr(GError) error = NULL;
    const IntakeGazetteer *gazetteer = intake_gazetteer_peek(&error);
    g_assert_no_error(error);
    IntakeOptions plain = {.source = "test"};
    g_autoptr(IntakeContext) context =
        intake_context_new(gazetteer, options != NULL ? options : &plain, NULL);
    Memory memory = {bytes, length, 0};
    IntakeReader *reader =
        intake_reader_new(&(IntakeReaderSetup){.name = "list",
                                               .source = read_some,
                                               .source_context = &memory,
                                               .format = format,
                                               .context = context,
                                               .mapping = options != NULL ? options->mapping : NULL,
                                               .skip_to = skip_to});
    IntakeBatch *batch = intake_reader_next(reader, 1000);
    g_assert_true(batch->last);
    intake_reader_free(reader);
    return batch;
}

static IntakeBatch *read_text(const char *text, IntakeFormat format)
{
    return read_with(text, strlen(text), format, NULL, 0);
}

static const StoreReportItem *item(const IntakeBatch *batch, guint i)
{
    g_assert_cmpuint(i, <, batch->items->len);
    return &g_array_index(batch->items, StoreReportItem, i);
}

static const IntakeBad *bad(const IntakeBatch *batch, guint i)
{
    g_assert_cmpuint(i, <, batch->bad->len);
    return g_ptr_array_index(batch->bad, i);
}

/* ---- tables ---- */

static void test_row(void)
{
    IntakeBatch *batch = read_text(
        "id,تاریخ,نام,شهر,نوع رویداد,شرح,موبایل,درجه منبع,درجه خبر,رنگ\n"
        "A-1,۱۴۰۴/۰۴/۰۷,مریم احمدی,شیراز,بازداشت,«مریم احمدی» بازداشت شد؛ تلفن ۰۹۱۲۳۴۵۶۷۸۹,"
        "09123456789,b,2,سبز 09121112233\n",
        INTAKE_FORMAT_CSV);
    g_assert_cmpuint(batch->items->len, ==, 1);
    const StoreReport *report = &item(batch, 0)->report;
    g_assert_cmpstr(report->external_id, ==, "A-1");
    g_assert_cmpstr(report->event_date, ==, "2025-06-28");
    g_assert_cmpint(report->first_day, ==, report->last_day);
    g_assert_cmpstr(report->place_text, ==, "شیراز");
    g_assert_cmpint(report->place_id, <, 0); /* marked: the writer gives the row */
    g_assert_cmpstr(report->kind, ==, "arrest");
    g_assert_cmpint(report->reliability, ==, 'B');
    g_assert_cmpint(report->credibility, ==, 2);
    g_assert_cmpstr(report->text, ==, "«•••» بازداشت شد؛ تلفن •••");
    g_assert_cmpstr(report->extra, ==, "{\"رنگ\":\"سبز •••\"}");
    g_assert_cmpuint(item(batch, 0)->n_statements, ==, 1);
    const StoreStatement *statement = item(batch, 0)->statements;
    g_assert_cmpstr(statement->victim_name, ==, "مریم احمدی");
    g_assert_cmpstr(statement->victim_contact, ==, "09123456789");
    g_assert_cmpstr(statement->act_kind, ==, "arrest");
    g_assert_cmpstr(statement->method, ==, "csv");
    g_assert_cmpint(statement->count_min, ==, 1);
    g_assert_cmpint(statement->victim_age, ==, -1);
    /* Nothing that identifies is in the index. */
    g_assert_null(strstr(item(batch, 0)->search_text, "09123456789"));
    g_assert_null(strstr(item(batch, 0)->search_text, "احمدی"));
    g_assert_nonnull(strstr(item(batch, 0)->search_text, "بازداشت"));
    g_assert_nonnull(strstr(batch->columns, "نوع رویداد"));
    intake_batch_free(batch);
}

static void test_two_telephones_are_both_sealed(void)
{
    IntakeBatch *batch = read_text("date,act,phone,mobile\n2025-06-28,arrest,021-88001122,"
                                   "09123456789\n",
                                   INTAKE_FORMAT_CSV);
    g_assert_cmpstr(item(batch, 0)->statements->victim_contact, ==, "021-88001122; 09123456789");
    g_assert_null(item(batch, 0)->report.extra);
    intake_batch_free(batch);
    batch = read_text("{\"date\":\"2025-06-28\",\"act\":\"arrest\",\"phone\":\"1\",\"mobile\":2}",
                      INTAKE_FORMAT_JSONL);
    g_assert_cmpstr(item(batch, 0)->statements->victim_contact, ==, "1; 2");
    intake_batch_free(batch);
}

static void test_counts_stay_ranges(void)
{
    IntakeBatch *batch = read_text("date,act,count,count_min,count_max\n"
                                   "2025-06-28,arrest,3,,\n2025-06-28,arrest,,5,\n"
                                   "2025-06-28,arrest,,,50\n2025-06-28,arrest,,5,50\n"
                                   "2025-06-28,arrest,,50,5\n",
                                   INTAKE_FORMAT_CSV);
    static const gint32 RANGES[][2] = {{3, 3}, {5, 5}, {1, 50}, {5, 50}};
    g_assert_cmpuint(batch->items->len, ==, 4);
    for (guint i = 0; i < 4; i++) {
        g_assert_cmpint(item(batch, i)->statements->count_min, ==, RANGES[i][0]);
        g_assert_cmpint(item(batch, i)->statements->count_max, ==, RANGES[i][1]);
    }
    g_assert_cmpstr(bad(batch, 0)->column, ==, "count_max");
    intake_batch_free(batch);
}

static const struct Fault {
    const char *claim, *csv;
    guint64 line;
    const char *column, *words; /* words: in the reason */
    guint good;
} FAULTS[] = {
    {"bad_date", "date,act\n2025-06-28,arrest\n2025-02-30,arrest\n2025-06-29,arrest\n", 3, "date",
     "2025-02-30", 2},
    {"users_own_column_is_named", "تاریخ,نوع\n2025-06-28,بازداشت\nدیروز,بازداشت\n", 3, "تاریخ",
     "دیروز", 1},
    {"grade", "date,act,reliability\n2025-06-28,arrest,G\n", 2, "reliability", "'G'", 0},
    {"credibility", "date,act,credibility\n2025-06-28,arrest,7\n", 2, "credibility", "'7'", 0},
    {"count", "date,act,count\n2025-06-28,arrest,many\n", 2, "count", "'many'", 0},
    {"age", "date,act,age\n2025-06-28,arrest,200\n", 2, "age", "'200'", 0},
    {"too_many_columns", "date,act\n2025-06-28,arrest,x\n2025-06-29,arrest\n", 2, NULL, "3", 1},
    {"empty_record", "date,act,colour\n,,green\n2025-06-29,arrest,\n", 2, NULL, "report", 1},
    {"bad_byte",
     "date,act,text\n2025-06-28,arrest,در\xff"
     "خانه\n2025-06-29,arrest,c\n",
     2, NULL, "character 21", 1},
    {"quote_never_closed", "date,act,text\n2025-06-28,arrest,\"open\n2025-06-29,arrest,c\n", 2,
     NULL, "never closed", 1},
    {"line_counts_quoted_newlines",
     "date,act,text\n2025-06-28,arrest,\"two\nlines\"\n2025-13-01,arrest,c\n", 4, "date", "13", 1},
};

static void test_fault(gconstpointer data)
{
    const struct Fault *row = data;
    IntakeBatch *batch = read_text(row->csv, INTAKE_FORMAT_CSV);
    g_assert_cmpuint(batch->bad->len, ==, 1);
    g_assert_cmpuint(batch->items->len, ==, row->good);
    g_assert_cmpuint(bad(batch, 0)->line, ==, row->line);
    g_assert_cmpstr(bad(batch, 0)->column, ==, row->column);
    g_test_message("%s", bad(batch, 0)->reason);
    g_assert_nonnull(strstr(bad(batch, 0)->reason, row->words));
    g_assert_true(g_utf8_validate(bad(batch, 0)->reason, -1, NULL));
    /* The record's bytes are kept as they came. */
    gsize length;
    const char *raw = g_bytes_get_data(bad(batch, 0)->raw, &length);
    g_assert_nonnull(memmem(row->csv, strlen(row->csv), raw, length));
    intake_batch_free(batch);
}

static void test_heading(void)
{
    IntakeBatch *batch = read_text("a,b\n1,2\n", INTAKE_FORMAT_CSV);
    g_assert_error(batch->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_assert_nonnull(strstr(batch->error->message, "--mapping"));
    intake_batch_free(batch);
    g_autoptr(IntakeMapping) mapping =
        intake_mapping_read("column,field\na,event_date\nb,act\n", NULL);
    IntakeOptions options = {.source = "test", .mapping = mapping};
    batch = read_with("a,b\n2025-06-28,arrest\n", 22, INTAKE_FORMAT_CSV, &options, 0);
    g_assert_cmpuint(batch->items->len, ==, 1);
    g_assert_cmpstr(item(batch, 0)->report.kind, ==, "arrest");
    intake_batch_free(batch);
}

static void test_encodings(void)
{
    static const char TABLE[] = "تاریخ,نوع,شرح\n2025-06-28,بازداشت,او را در خانه بازداشت کردند\n"
                                "2025-06-29,احضار,به دادگاه احضار شد\n";
    static const struct {
        const char *encoding, *mark;
        gsize mark_length;
    } ENCODINGS[] = {{"UTF-8", "\xef\xbb\xbf", 3},
                     {"UTF-16LE", "\xff\xfe", 2},
                     {"UTF-16BE", "\xfe\xff", 2},
                     {"UTF-16LE", "", 0},
                     {"windows-1256", "", 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(ENCODINGS); i++) {
        g_test_message("%s", ENCODINGS[i].encoding);
        char bytes[1024];
        UErrorCode code = U_ZERO_ERROR;
        memcpy(bytes, ENCODINGS[i].mark, ENCODINGS[i].mark_length);
        int32_t n = ucnv_convert(ENCODINGS[i].encoding, "UTF-8", bytes + ENCODINGS[i].mark_length,
                                 (int32_t)(sizeof bytes - 4), TABLE, (int32_t)strlen(TABLE), &code);
        g_assert_true(U_SUCCESS(code));
        IntakeBatch *batch =
            read_with(bytes, (gsize)n + ENCODINGS[i].mark_length, INTAKE_FORMAT_CSV, NULL, 0);
        g_assert_cmpuint(batch->items->len, ==, 2);
        g_assert_cmpuint(batch->bad->len, ==, 0);
        g_assert_cmpstr(item(batch, 1)->report.kind, ==, "summons");
        intake_batch_free(batch);
        /* The same as a text. */
        batch = read_with(bytes, (gsize)n + ENCODINGS[i].mark_length, INTAKE_FORMAT_TEXT, NULL, 0);
        g_assert_cmpuint(batch->items->len, ==, 1);
        g_assert_nonnull(strstr(item(batch, 0)->report.text, "بازداشت کردند"));
        intake_batch_free(batch);
    }
}

static void test_resume(void)
{
    static const char TABLE[] =
        "date,act\n2025-06-28,arrest\n2025-06-29,arrest\n2025-06-30,arrest\n";
    IntakeBatch *whole = read_text(TABLE, INTAKE_FORMAT_CSV);
    guint64 after_two = (guint64)item(whole, 1)->report.original_offset +
                        (guint64)item(whole, 1)->report.original_length;
    IntakeBatch *rest = read_with(TABLE, strlen(TABLE), INTAKE_FORMAT_CSV, NULL, after_two);
    g_assert_cmpuint(rest->items->len, ==, 1);
    g_assert_cmpstr(item(rest, 0)->report.event_date, ==, "2025-06-30");
    g_assert_cmpmem(item(rest, 0)->report.content_key, 16, item(whole, 2)->report.content_key, 16);
    intake_batch_free(whole);
    intake_batch_free(rest);
}

static void test_content_key(void)
{
    IntakeBatch *batch = read_text("date,act,text\n2025-06-28,arrest,a\n2025-06-28,arrest,a\n"
                                   "2025-06-28,arrest,b\n",
                                   INTAKE_FORMAT_CSV);
    g_assert_cmpmem(item(batch, 0)->report.content_key, 16, item(batch, 1)->report.content_key, 16);
    g_assert_true(
        memcmp(item(batch, 0)->report.content_key, item(batch, 2)->report.content_key, 16) != 0);
    intake_batch_free(batch);
}

static void test_source_called_by_a_number(void)
{
    IntakeBatch *batch = read_text("source,date,act\n09123456789,2025-06-28,arrest\n"
                                   "09121112233,2025-06-28,arrest\n09123456789,2025-06-29,arrest\n",
                                   INTAKE_FORMAT_CSV);
    const char *first = g_ptr_array_index(batch->sources, 0);
    g_assert_null(strstr(first, "0912"));
    g_assert_cmpstr(first, !=, g_ptr_array_index(batch->sources, 1));
    g_assert_cmpstr(first, ==, g_ptr_array_index(batch->sources, 2));
    intake_batch_free(batch);
}

/* ---- JSON ---- */

static void test_json_lines(void)
{
    IntakeBatch *batch =
        read_text("{\"date\":\"2025-06-28\",\"place\":\"Karaj\",\"act\":\"arrest\","
                  "\"count\":3,\"tags\":[\"a\",9123456789]}\n"
                  "{\"date\":\n"
                  "{\"date\":\"2025-13-01\",\"act\":\"arrest\"}\n"
                  "[1]\n\n"
                  "{\"متن\":\"سه دانشجو بازداشت شدند\"}",
                  INTAKE_FORMAT_JSONL);
    g_assert_cmpuint(batch->items->len, ==, 2);
    g_assert_cmpint(item(batch, 0)->statements->count_min, ==, 3);
    g_assert_cmpstr(item(batch, 0)->report.extra, ==, "{\"tags\":[\"a\",\"•••\"]}");
    g_assert_cmpstr(item(batch, 1)->report.kind, ==, "arrest");
    g_assert_cmpuint(batch->bad->len, ==, 3);
    g_assert_cmpuint(bad(batch, 0)->line, ==, 2);
    g_assert_cmpuint(bad(batch, 1)->line, ==, 3);
    g_assert_cmpstr(bad(batch, 1)->column, ==, "date");
    g_assert_cmpuint(bad(batch, 2)->line, ==, 4);
    intake_batch_free(batch);
}

static void test_json_list(void)
{
    static const char LIST[] = "\xef\xbb\xbf [ {\"date\":\"2025-06-28\",\"act\":\"arrest\"},\n 7,\n"
                               "{\"date\":\"2025-06-29\",\"act\":\"arrest\"}]";
    IntakeBatch *batch = read_text(LIST, INTAKE_FORMAT_JSONL);
    g_assert_cmpuint(batch->items->len, ==, 2);
    g_assert_cmpuint(batch->bad->len, ==, 1);
    g_assert_nonnull(strstr(bad(batch, 0)->reason, "2"));
    intake_batch_free(batch);
    batch = read_with(LIST, strlen(LIST), INTAKE_FORMAT_JSONL, NULL, 2);
    g_assert_cmpuint(batch->items->len, ==, 1);
    intake_batch_free(batch);
    batch = read_text("[{\"date\":\"2025-06-28\"},\n{]", INTAKE_FORMAT_JSONL);
    g_assert_error(batch->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_assert_nonnull(strstr(batch->error->message, "line 2"));
    intake_batch_free(batch);
}

static void test_formats(void)
{
    static const struct {
        const char *name, *head;
        IntakeFormat format;
    } ROWS[] = {{"a.csv", "", INTAKE_FORMAT_CSV},
                {"a.TSV", "", INTAKE_FORMAT_CSV},
                {"a.json", "", INTAKE_FORMAT_JSONL},
                {"a.txt", "date,place\n", INTAKE_FORMAT_TEXT},
                {"-", "date,place,act\n2025,x,y\n", INTAKE_FORMAT_CSV},
                {"-", "تاریخ;محل;نوع\n", INTAKE_FORMAT_CSV},
                {"-", " {\"a\":1}\n", INTAKE_FORMAT_JSONL},
                {"-", "[\n{\"a\":1}]", INTAKE_FORMAT_JSONL},
                {"-", "سلام، دیشب سه نفر را بازداشت کردند\n", INTAKE_FORMAT_TEXT},
                {"-", "Dear all, he was arrested, we think\n", INTAKE_FORMAT_TEXT},
                {"-", "", INTAKE_FORMAT_TEXT}};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_test_message("%s %s", ROWS[i].name, ROWS[i].head);
        g_assert_cmpint(intake_format_guess(ROWS[i].name, ROWS[i].head, strlen(ROWS[i].head)), ==,
                        ROWS[i].format);
    }
    /* What a reader reads is no stranger any more; what none reads is named. */
    g_assert_cmpint(intake_format_guess("a.txt", "%PDF-1.7", 8), ==, INTAKE_FORMAT_PDF);
    g_assert_null(intake_format_binary("%PDF-1.7", 8));
    g_assert_cmpint(intake_format_guess("a.txt", "\xff\xd8\xff\xe0", 4), ==, INTAKE_FORMAT_IMAGE);
    g_assert_null(intake_format_binary("\xff\xd8\xff\xe0", 4));
    g_assert_cmpstr(intake_format_binary("Rar!\x1a\x07", 6), ==, "RAR");
    g_assert_cmpstr(intake_format_binary("SQLite format 3", 15), ==, "SQLite");
    g_assert_null(intake_format_binary("date,act", 8));
    g_assert_null(intake_format_binary("", 0));
}

/* ---- free texts ---- */

static const char *reading(const StoreReport *report, const char *key)
{
    json_t *extra = json_loads(report->extra, 0, NULL);
    g_assert_nonnull(extra);
    json_t *value = json_object_get(json_object_get(extra, "reading"), key);
    static char text[1000];
    char *dump = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    g_strlcpy(text, dump != NULL ? dump : "", sizeof text);
    free(dump);
    json_decref(extra);
    return text;
}

static const char MESSAGES[] =
    "From: ADLIRAN\nDate: 2025-07-02\n"
    "ابلاغیه: آقای فلانی، شما به شعبه 3 بازپرسی دادسرای عمومی و انقلاب شیراز احضار "
    "شده‌اید. "
    "شماره "
    "پرونده 140468920001234567 تاریخ حضور 1404/04/20 ساعت 09:00 کد ملی 0013542419\n"
    "---\n"
    "09121234567\nفردا به پلیس امنیت مراجعه کنید وگرنه بازداشت "
    "می‌شوید\n"
    "------\n\n"
    "دو شهروند در شیراز بازداشت شدند. تماس: 0917 123 4567\n"
    "---\r\n"
    "You are summoned to branch 3 of the Revolutionary Court in Shiraz on 10 July 2025.\n"
    "---\n"
    "تم استدعاؤك إلى محكمة الثورة في الأهواز يوم 10 يوليو 2025\n"
    "---\n"
    "Sayın Ahmet, 10 Temmuz 2025 tarihinde mahkemeye çağrıldınız, lütfen hazır olun\n"
    "---\n---\n";

static void test_messages(void)
{
    IntakeBatch *batch = read_text(MESSAGES, INTAKE_FORMAT_TEXT);
    g_assert_cmpuint(batch->items->len, ==, 6);
    g_assert_cmpuint(batch->bad->len, ==, 0);
    g_assert_cmpuint(batch->readings.texts, ==, 6);
    g_assert_cmpuint(batch->readings.summonses, ==, 3);
    g_assert_cmpuint(batch->readings.silent, ==, 2);
    g_assert_cmpuint(batch->readings.languages[intake_language_index("ar")], ==, 1);
    g_assert_cmpuint(batch->readings.languages[intake_language_index("tr")], ==, 1);

    /* The court's notice. */
    const StoreReportItem *court = item(batch, 0);
    g_assert_cmpstr(court->report.kind, ==, "summons");
    g_assert_cmpint(court->report.received, ==, 1751414400); /* 2 July 2025 */
    g_assert_cmpstr(court->report.event_date, ==, "2025-07-11");
    g_assert_cmpuint(court->n_statements, ==, 1);
    g_assert_cmpstr(court->statements->case_number, ==, "140468920001234567");
    g_assert_cmpstr(court->statements->victim_national_id, ==, "0013542419");
    g_assert_nonnull(strstr(court->statements->perpetrator, "دادسرا"));
    g_assert_cmpstr(court->statements->method, ==, "sms");
    g_assert_null(strstr(court->report.text, "140468920001234567"));
    g_assert_null(strstr(court->report.text, "0013542419"));
    g_assert_null(strstr(court->report.extra, "140468920001234567"));
    g_assert_null(strstr(court->search_text, "0013542419"));
    g_assert_cmpstr(reading(&court->report, "message"), ==, "\"official\"");
    g_assert_cmpstr(reading(&court->report, "sender"), ==, "\"ADLIRAN\"");
    g_assert_cmpstr(reading(&court->report, "hour"), ==, "\"09:00\"");

    /* A threat: summoned, and not arrested. */
    const StoreReportItem *threat = item(batch, 1);
    g_assert_cmpuint(threat->n_statements, ==, 1);
    g_assert_cmpstr(threat->statements->act_kind, ==, "summons");
    g_assert_cmpstr(threat->statements->victim_contact, ==, "+989121234567");
    g_assert_cmpstr(reading(&threat->report, "threatens"), ==, "[\"arrest\"]");
    g_assert_true(g_str_has_prefix(threat->report.text, INTAKE_MASK_MARK));

    /* A report in words; its statement points at its word in the text that is kept. */
    const StoreReportItem *words = item(batch, 2);
    g_assert_cmpstr(words->statements->act_kind, ==, "arrest");
    g_assert_cmpint(words->statements->count_min, ==, 2);
    g_assert_cmpint(words->statements->place_id, <, 0);
    g_assert_true(strncmp(words->report.text + words->statements->text_offset, "بازداشت",
                          strlen("بازداشت")) == 0);
    g_assert_true(g_str_has_suffix(words->report.text, "تماس: " INTAKE_MASK_MARK));
    g_assert_cmpstr(words->statements->victim_contact, ==, "+989171234567");

    /* Other languages are reports all the same, and it is said what was not read. */
    g_assert_cmpstr(item(batch, 3)->statements->act_kind, ==, "summons");
    for (guint i = 4; i < 6; i++) {
        g_assert_cmpuint(item(batch, i)->n_statements, ==, 0);
        g_assert_cmpstr(item(batch, i)->report.text, !=, NULL);
        g_assert_nonnull(strstr(reading(&item(batch, i)->report, "not_recognised"), "act"));
    }
    g_assert_cmpstr(item(batch, 4)->report.language, ==, "ar");
    g_assert_cmpstr(item(batch, 5)->report.language, ==, "tr");
    /* Each is a part of the original. */
    for (guint i = 0; i < 6; i++) {
        const StoreReport *report = &item(batch, i)->report;
        const char *part = MESSAGES + report->original_offset;
        g_assert_false(g_ascii_isspace(part[0]));
        g_assert_cmpint(memcmp(part, "---", 3), !=, 0);
        g_assert_false(g_ascii_isspace(part[report->original_length - 1]));
    }
    intake_batch_free(batch);
}

static void test_account_of_a_summons(void)
{
    IntakeBatch *batch =
        read_text("علی، دانشجو، روز ۱۰ تیر ۱۴۰۴ به شعبه ۳ دادسرای اوین احضار و پس از "
                  "حضور بازداشت شد.",
                  INTAKE_FORMAT_TEXT);
    const StoreReportItem *account = item(batch, 0);
    g_assert_cmpuint(account->n_statements, ==, 2);
    g_assert_cmpstr(account->statements[0].act_kind, ==, "summons");
    g_assert_cmpstr(account->statements[1].act_kind, ==, "arrest");
    g_assert_cmpstr(account->statements[1].event_date, ==, "2025-07-01");
    intake_batch_free(batch);
}

static void test_marks_behind_a_message(void)
{
    IntakeBatch *batch = read_text("او را در شیراز بازداشت کردند.\n(پیام ساختگی، synthetic=yes "
                                   "report_id=E-7 truth_id=P000031 tel=09123456789)\n---\n"
                                   "او را در شیراز بازداشت کردند (x=y) دیروز",
                                   INTAKE_FORMAT_TEXT);
    const StoreReport *marked = &item(batch, 0)->report;
    g_assert_true(marked->synthetic);
    g_assert_cmpstr(marked->external_id, ==, "E-7");
    g_assert_nonnull(strstr(marked->extra, "\"truth_id\":\"P000031\""));
    g_assert_null(strstr(marked->extra, "0912"));
    g_assert_cmpstr(item(batch, 0)->statements->act_kind, ==, "arrest");
    g_assert_cmpstr(item(batch, 0)->statements->victim_contact, ==, "09123456789");
    g_assert_false(item(batch, 1)->report.synthetic);
    g_assert_null(strstr(item(batch, 1)->report.extra, "\"x\""));
    intake_batch_free(batch);
}

static void test_table_with_texts_alone(void)
{
    IntakeBatch *batch =
        read_text("name,text\nLeyla Test,Leyla Test was arrested in Tabriz on 5 July "
                  "2025.\nOmid Test,the weather is fine\n",
                  INTAKE_FORMAT_CSV);
    const StoreStatement *statement = item(batch, 0)->statements;
    g_assert_cmpstr(statement->act_kind, ==, "arrest");
    g_assert_cmpstr(statement->victim_name, ==, "Leyla Test");
    g_assert_cmpstr(item(batch, 0)->report.event_date, ==, "2025-07-05");
    g_assert_true(g_str_has_prefix(item(batch, 0)->report.text, INTAKE_MASK_MARK " was"));
    g_assert_cmpstr(item(batch, 1)->statements->act_kind, ==, "other"); /* a person was named */
    intake_batch_free(batch);
}

static void test_text_that_is_none(void)
{
    static const char BYTES[] = "good text, arrested\n---\nbad \xff\xfe here\n---\nmore\n";
    IntakeBatch *batch = read_with(BYTES, sizeof BYTES - 1, INTAKE_FORMAT_TEXT, NULL, 0);
    g_assert_cmpuint(batch->items->len + batch->bad->len, ==, 3);
    for (guint i = 0; i < batch->bad->len; i++)
        g_assert_nonnull(strstr(bad(batch, i)->reason, "line"));
    intake_batch_free(batch);
    static const char ZERO[] = "a\0b";
    batch = read_with(ZERO, 3, INTAKE_FORMAT_TEXT, NULL, 0);
    g_assert_cmpuint(batch->bad->len, ==, 1);
    intake_batch_free(batch);
    batch = read_with("", 0, INTAKE_FORMAT_TEXT, NULL, 0);
    g_assert_cmpuint(batch->items->len + batch->bad->len, ==, 0);
    g_assert_no_error(batch->error);
    intake_batch_free(batch);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/csv/row_becomes_report_and_statement", test_row);
    g_test_add_func("/intake/csv/two_telephones_are_both_sealed",
                    test_two_telephones_are_both_sealed);
    g_test_add_func("/intake/csv/counts_stay_ranges", test_counts_stay_ranges);
    for (gsize i = 0; i < G_N_ELEMENTS(FAULTS); i++) {
        g_autofree char *name = g_strdup_printf("/intake/csv/fault/%s", FAULTS[i].claim);
        g_test_add_data_func(name, &FAULTS[i], test_fault);
    }
    g_test_add_func("/intake/csv/heading_that_says_nothing_asks_for_a_mapping", test_heading);
    g_test_add_func("/intake/csv/encodings", test_encodings);
    g_test_add_func("/intake/csv/goes_on_where_it_was_broken_off", test_resume);
    g_test_add_func("/intake/csv/same_report_same_key", test_content_key);
    g_test_add_func("/intake/csv/source_called_by_a_number", test_source_called_by_a_number);
    g_test_add_func("/intake/json/lines", test_json_lines);
    g_test_add_func("/intake/json/one_list", test_json_list);
    g_test_add_func("/intake/formats", test_formats);
    g_test_add_func("/intake/text/messages", test_messages);
    g_test_add_func("/intake/text/account_of_a_summons", test_account_of_a_summons);
    g_test_add_func("/intake/text/marks_behind_a_message", test_marks_behind_a_message);
    g_test_add_func("/intake/text/table_with_texts_alone", test_table_with_texts_alone);
    g_test_add_func("/intake/text/what_is_no_text", test_text_that_is_none);
    return g_test_run();
}
