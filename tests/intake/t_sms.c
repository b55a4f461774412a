/* What gateways for short messages send, after their own documentation, read as one thing; and
 * brought into a case once, whatever comes again. */
#include "evidence/evidence.h"
#include "intake/sms.h"
#include "store/intake.h"
#include "store/watch.h"
#include "support.h"

#include <string.h>

typedef struct {
    const char *claim, *media_type, *body;
    const char *from, *text, *id;
    gint64 sent;
} Sent;

/* 1751104800 is 2025-06-28 10:00 UTC. */
static const Sent SENT[] = {
    {"twilio", "application/x-www-form-urlencoded; charset=UTF-8",
     "MessageSid=SM1&SmsSid=SM1&From=%2B989120000001&To=%2B15550000000&Body=%D8%B3%D9%84%D8%A7%D9%"
     "85+ok",
     "+989120000001", "سلام ok", "SM1", 0},
    {"vonage_json", "application/json",
     "{\"msisdn\":\"989120000001\",\"to\":\"1555\",\"messageId\":\"V1\",\"text\":\"hello\","
     "\"type\":\"text\",\"message-timestamp\":\"2025-06-28 10:00:00\"}",
     "989120000001", "hello", "V1", 1751104800},
    {"vonage_form", "application/x-www-form-urlencoded",
     "msisdn=989120000001&messageId=V1&text=hello&message-timestamp=2025-06-28+10%3A00%3A00",
     "989120000001", "hello", "V1", 1751104800},
    {"plivo", "application/x-www-form-urlencoded",
     "From=989120000001&To=1555&Text=hello&MessageUUID=p-1", "989120000001", "hello", "p-1", 0},
    {"infobip", "application/json",
     "{\"results\":[{\"messageId\":\"I1\",\"from\":\"989120000001\",\"to\":\"1555\",\"text\":"
     "\"hello\","
     "\"receivedAt\":\"2025-06-28T10:00:00.000+0000\"}],\"messageCount\":1}",
     "989120000001", "hello", "I1", 1751104800},
    {"sinch", "application/json",
     "{\"type\":\"mo_text\",\"id\":\"S1\",\"from\":\"989120000001\",\"body\":\"hello\","
     "\"received_at\":\"2025-06-28T10:00:00Z\"}",
     "989120000001", "hello", "S1", 1751104800},
    {"telerivet", "application/x-www-form-urlencoded",
     "event=incoming_message&id=T1&message_type=sms&content=hello&from_number=%2B989120000001&"
     "time_created=1751104800",
     "+989120000001", "hello", "T1", 1751104800},
    {"messagebird", "application/json",
     "{\"id\":\"M1\",\"originator\":\"989120000001\",\"body\":\"hello\",\"createdDatetime\":"
     "\"2025-06-28T10:00:00+00:00\"}",
     "989120000001", "hello", "M1", 1751104800},
    {"a_solar_hijri_time", "application/json",
     "{\"from\":\"1\",\"text\":\"hello\",\"id\":\"J1\",\"date\":\"1404-04-07T10:00:00Z\"}", "1",
     "hello", "J1", 1751104800},
    {"a_year_before_1970", "application/json",
     "{\"from\":\"1\",\"text\":\"hello\",\"id\":\"J2\",\"date\":\"1012-06-28T10:00:00Z\"}", "1",
     "hello", "J2", 0},
    {"africas_talking", "application/x-www-form-urlencoded",
     "date=2025-06-28+10%3A00%3A00&from=%2B254700000001&id=A1&text=hello&to=1555", "+254700000001",
     "hello", "A1", 1751104800},
    {"httpsms", "application/json",
     "{\"specversion\":\"1.0\",\"id\":\"event-1\",\"type\":\"message.phone.received\",\"data\":{"
     "\"message_id\":\"H1\",\"contact\":\"+989120000001\",\"owner\":\"+1555\",\"content\":"
     "\"hello\","
     "\"timestamp\":\"2025-06-28T10:00:00Z\"}}",
     "+989120000001", "hello", "H1", 1751104800},
    {"sms_gateway_for_android", "application/json",
     "{\"deviceId\":\"d\",\"event\":\"sms:received\",\"id\":\"event-1\",\"payload\":{\"messageId\":"
     "\"G1\",\"message\":\"hello\",\"phoneNumber\":\"+989120000001\",\"receivedAt\":"
     "\"2025-06-28T13:30:00.000+03:30\"}}",
     "+989120000001", "hello", "G1", 1751104800},
    {"smssync", "application/x-www-form-urlencoded",
     "from=%2B989120000001&message=hello&message_id=Y1&sent_timestamp=1751104800000&device_id=1",
     "+989120000001", "hello", "Y1", 1751104800},
    {"json_said_to_be_a_form", "application/x-www-form-urlencoded",
     "{\"from\":\"+989120000001\",\"id\":\"1\",\"text\":\"a&text=b\"}", "+989120000001", "a&text=b",
     "1", 0},
    {"plus_not_encoded", "application/x-www-form-urlencoded", "from=+989120000001&text=hello",
     "+989120000001", "hello", NULL, 0},
    {"without_a_media_type", "", " {\"from\":\"adliran\",\"text\":\"hello\"}", "adliran", "hello",
     NULL, 0},
    {"time_that_is_none_is_left_open", "application/json",
     "{\"from\":\"1\",\"text\":\"hello\",\"timestamp\":\"yesterday evening\"}", "1", "hello", NULL,
     0},
    {"number_as_a_number", "application/json",
     "{\"from\":989120000001,\"text\":\"hello\",\"id\":7}", "989120000001", "hello", "7", 0},
};

static void test_sent(gconstpointer data)
{
    const Sent *row = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) messages =
        intake_sms_read(row->media_type, row->body, strlen(row->body), &error);
    g_assert_no_error(error);
    g_assert_cmpuint(messages->len, ==, 1);
    const IntakeSms *sms = g_ptr_array_index(messages, 0);
    g_assert_cmpstr(sms->from, ==, row->from);
    g_assert_cmpstr(sms->text, ==, row->text);
    g_assert_cmpstr(sms->id, ==, row->id);
    g_assert_cmpint(sms->sent, ==, row->sent);
}

static const struct {
    const char *claim, *media_type, *body;
    gsize length; /* 0: strlen */
} NONE[] = {
    {"nothing", "application/json", "", 0},
    {"no_text", "application/json", "{\"from\":\"1\",\"id\":\"2\"}", 0},
    {"empty_text", "application/x-www-form-urlencoded", "from=1&text=", 0},
    {"broken_json", "application/json", "{\"from\":\"1\",\"text\":\"a\"", 0},
    {"field_twice", "application/json", "{\"text\":\"a\",\"text\":\"b\"}", 0},
    {"text_is_a_list", "application/json", "{\"text\":[\"a\"]}", 0},
    {"no_utf8_in_a_form", "application/x-www-form-urlencoded", "text=%D8%", 0},
    {"windows_1256_in_a_form", "application/x-www-form-urlencoded", "text=%D3%E1", 0},
    {"no_utf8_in_json", "application/json", "{\"text\":\"\xD3\xE1\"}", 0},
    {"a_nul", "application/json", "{\"text\":\"a\"}\0", 13},
    {"too_deep", "application/json",
     "{\"data\":{\"data\":{\"data\":{\"data\":{\"data\":{\"data\":{\"data\":{\"data\":{\"text\":"
     "\"a\"}}}}}}}}}",
     0},
};

static void test_none(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GError) error = NULL;
    gsize length = NONE[i].length > 0 ? NONE[i].length : strlen(NONE[i].body);
    g_assert_null(intake_sms_read(NONE[i].media_type, NONE[i].body, length, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
}

static void test_several(void)
{
    const char *body = "{\"messages\":[{\"from\":\"1\",\"text\":\"a\"},{\"from\":\"2\",\"text\":"
                       "\"b\"},{\"from\":\"3\"}]}";
    g_autoptr(GPtrArray) messages = intake_sms_read("application/json", body, strlen(body), NULL);
    g_assert_cmpuint(messages->len, ==, 2);
    g_autoptr(GString) flood = g_string_new("[");
    for (int i = 0; i < 1100; i++)
        g_string_append(flood, i > 0 ? ",{\"text\":\"a\"}" : "{\"text\":\"a\"}");
    g_string_append_c(flood, ']');
    g_autoptr(GError) error = NULL;
    g_assert_null(intake_sms_read("application/json", flood->str, flood->len, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT);
}

/* ---- into a case ---- */

static const StoreKeyCost CHEAP = {1, 8 << 20};

static Store *case_make(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = g_build_filename(folder, "test.zenhar", NULL);
    Store *store = evidence_create(path, "test", &CHEAP, &error);
    g_assert_no_error(error);
    store_set_now(store, 1751104800);
    return store;
}

static IntakeSmsSummary take(Store *store, const char *body)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) messages = intake_sms_read("application/json", body, strlen(body), &error);
    g_assert_no_error(error);
    IntakeSmsSummary summary = {0};
    IntakeOptions none = {0};
    intake_sms_take(store, "phone", messages, &none, &summary, &error);
    g_assert_no_error(error);
    return summary;
}

static void verify(Store *store)
{
    g_autoptr(GError) error = NULL;
    EvidenceReport report;
    evidence_verify(store, &report, &error);
    g_assert_no_error(error);
}

#define MESSAGE "\"text\":\"دیروز در شیراز سه نفر بازداشت شدند. شماره من 09120000002\""

static void test_the_number_is_sealed(void)
{
    g_autoptr(Store) store = case_make();
    g_assert_cmpuint(take(store, "{\"from\":\"+989120000001\",\"id\":\"1\"," MESSAGE "}").added, ==,
                     1);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReport) report = store_report_load(store, 1, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(report->text, "شیراز"));
    g_assert_null(strstr(report->text, "0912"));
    g_assert_null(report->extra != NULL ? strstr(report->extra, "9891200") : NULL);
    g_assert_cmpint(report->received, ==, 1751104800);
    g_autoptr(StoreSource) source = store_source_load(store, report->source_id, &error);
    g_assert_cmpstr(source->name, ==, "phone");
    g_autoptr(GPtrArray) closed = store_statement_list_by_report(store, 1, NULL, &error);
    g_assert_cmpuint(closed->len, >=, 1);
    const StoreStatement *statement = g_ptr_array_index(closed, 0);
    g_assert_null(statement->victim_contact);
    g_assert_cmpint(statement->first_day, ==, 1751104800 / 86400 - 1); /* yesterday */
    g_assert_true(store_unseal(store, 0, "test", &error));
    g_autoptr(GPtrArray) open = store_statement_list_by_report(store, 1, NULL, &error);
    statement = g_ptr_array_index(open, 0);
    g_assert_nonnull(strstr(statement->victim_contact, "+989120000001"));
    verify(store);
}

static void test_once(void)
{
    g_autoptr(Store) store = case_make();
    const char *first = "{\"from\":\"+989120000001\",\"id\":\"1\",\"text\":\"سلام\"}";
    g_assert_cmpuint(take(store, first).added, ==, 1);
    g_assert_cmpuint(take(store, first).known, ==, 1);
    /* The gateway tries again later, and says so. */
    g_assert_cmpuint(take(store, "{\"from\":\"+989120000001\",\"id\":\"1\",\"text\":\"سلام\","
                                 "\"timestamp\":1751191200}")
                         .known,
                     ==, 1);
    /* A telephone that was reset begins its ids anew: another text is another message. */
    g_assert_cmpuint(
        take(store, "{\"from\":\"+989120000001\",\"id\":\"1\",\"text\":\"کمک\"}").added, ==, 1);
    g_assert_cmpuint(
        take(store, "{\"from\":\"+989120000003\",\"id\":\"1\",\"text\":\"سلام\"}").added, ==, 1);
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(store_report_count(store, &error), ==, 3);
    g_assert_cmpint(store_original_count(store, &error), ==, 3);
    g_assert_cmpint(store_watched_count(store, &error), ==, 3);
    verify(store);
}

static void test_without_an_id(void)
{
    g_autoptr(Store) store = case_make();
    const char *message = "{\"from\":\"1\",\"text\":\"help\"}";
    g_assert_cmpuint(take(store, message).added, ==, 1);
    g_assert_cmpuint(take(store, message).known, ==, 1);
    store_set_now(store, 1751104800 + 86400);
    g_assert_cmpuint(take(store, message).added, ==, 1);
    g_assert_cmpuint(
        take(store, "{\"from\":\"1\",\"text\":\"help\",\"timestamp\":1751104801}").added, ==, 1);
}

static void test_links_stay_text(void)
{
    g_autoptr(Store) store = case_make();
    take(store, "{\"from\":\"adliran\",\"id\":\"1\",\"text\":\"ابلاغیه شما: http://127.0.0.1:9/x "
                "برای مشاهده وارد شوید\"}");
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(store_original_count(store, &error), ==, 1); /* nothing was fetched */
    g_assert_cmpint(store_import_count(store, &error), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(SENT); i++) {
        g_autofree char *name = g_strconcat("/intake/sms/sent_by/", SENT[i].claim, NULL);
        g_test_add_data_func(name, &SENT[i], test_sent);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(NONE); i++) {
        g_autofree char *name = g_strconcat("/intake/sms/no_message/", NONE[i].claim, NULL);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_none);
    }
    g_test_add_func("/intake/sms/several_in_one_request", test_several);
    g_test_add_func("/intake/sms/the_number_is_sealed", test_the_number_is_sealed);
    g_test_add_func("/intake/sms/a_message_that_comes_again_is_read_once", test_once);
    g_test_add_func("/intake/sms/without_an_id_the_same_words_count_once_a_day",
                    test_without_an_id);
    g_test_add_func("/intake/sms/a_link_is_text", test_links_stay_text);
    return g_test_run();
}
