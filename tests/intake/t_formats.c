/* Which format a file has, what its reader makes of it, and what becomes of files inside files. */
#include "evidence/evidence.h"
#include "evidence/original.h"
#include "intake/formats.h"
#include "intake/import.h"
#include "intake/summary.h"
#include "store/intake.h"
#include "store/link.h"
#include "support.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- guessing ---- */

static const struct {
    const char *claim, *name, *head, *format;
    gsize length; /* 0: strlen */
} GUESSES[] = {
    {"text_without_a_name", NULL, "Ten people were arrested.", "text", 0},
    {"table_by_its_columns", NULL, "id,date,name\n1,2025,x\n", "csv", 0},
    {"text_ending_wins_over_columns", "a.txt", "id,date,name\n", "text", 0},
    {"acled_by_its_columns", "x.csv",
     "event_id_cnty,event_date,year,sub_event_type,notes,fatalities\n", "acled", 0},
    {"ucdp_by_its_columns", NULL,
     "id;relid;type_of_violence;side_a;date_start;date_end;best;high;low\n", "ucdp", 0},
    {"uwazi_by_its_columns", "e.csv", "Title,Date added,Template,Country\n", "uwazi", 0},
    {"json_lines", "a.json", "{\"id\": 1}\n", "jsonl", 0},
    {"ftm_by_its_first_line", "a.json",
     "{\"id\":\"1\",\"schema\":\"Person\",\"properties\":{}}\n{}", "ftm", 0},
    {"telegram_chat", "result.json",
     "{\n \"name\": \"x\",\n \"type\": \"public_channel\",\n \"id\": 1,\n \"messages\": [",
     "telegram", 0},
    {"telegram_account", NULL,
     "{\n \"about\": \"Here is the data you requested. Remember: Telegram is\",", "telegram", 0},
    {"messages_of_another_program", "a.json", "{\"messages\": [1]}", "jsonl", 0},
    {"whatsapp_by_its_lines", NULL, "28/06/2025, 22:15 - A: x\n28/06/2025, 22:16 - B: y\n",
     "whatsapp", 0},
    {"whatsapp_by_its_name", "WhatsApp Chat with X.txt", "[28.06.25, 22:15:01] A: x\n", "whatsapp",
     0},
    {"one_dated_line_is_a_text", "a.txt", "28/06/2025, 22:15 - A: x\nand so on\n", "text", 0},
    {"sms_head_is_no_mail", "a.txt", "From: 30005006\nDate: 1404/04/07\n\nبه دادگاه", "text", 0},
    {"mail_by_its_head", NULL, "Received: from x\n by y\nFrom: a@b\nMessage-ID: <1>\n\nx", "mail",
     0},
    {"mail_by_its_ending", "a.eml", "Subject: x\n\ny", "mail", 0},
    {"mbox", NULL, "From a@example.org Sat Jun 28 10:00:00 2025\nFrom: a@example.org\n\nx", "mail",
     0},
    {"from_as_a_word", NULL, "From Tehran: ten people\nwere arrested.", "text", 0},
    {"feed", "x.xml", "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel>", "feed", 0},
    {"page", NULL, "<!DOCTYPE html>\n<html><body>x", "html", 0},
    {"pdf_whatever_its_name", "a.txt", "%PDF-1.7\n", "pdf", 0},
    {"picture", NULL, "\x89PNG\r\n\x1a\n", "image", 8},
    {"zip", "a.bin", "PK\x03\x04........................notes.txt", "archive", 0},
    {"xlsx", NULL, "PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0abcdefghijkl\x13\0\x00\0[Content_Types].xml",
     "sheet", 49},
    {"gzip", "a.csv.gz", "\x1f\x8b\x08", "archive", 3},
};

static void test_guess(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    gsize length = GUESSES[i].length != 0 ? GUESSES[i].length : strlen(GUESSES[i].head);
    IntakeFormat wanted = intake_format_parse(GUESSES[i].format);
    g_assert_cmpint(wanted, !=, INTAKE_N_FORMATS);
    if (wanted > INTAKE_FORMAT_FTM && intake_format_reader(wanted) == NULL)
        return g_test_skip("no reader of this format is built in");
    g_assert_cmpstr(
        intake_format_name(intake_format_guess(GUESSES[i].name, GUESSES[i].head, length)), ==,
        GUESSES[i].format);
}

static void test_names(void)
{
    for (int i = 0; i < INTAKE_N_FORMATS; i++)
        g_assert_cmpint(intake_format_parse(intake_format_name((IntakeFormat)i)), ==, i);
    g_assert_cmpint(intake_format_parse("excel"), ==, INTAKE_N_FORMATS);
    g_assert_cmpint(intake_format_parse(NULL), ==, INTAKE_FORMAT_AUTO);
    g_autofree char *names = intake_format_names();
    g_assert_nonnull(strstr(names, "telegram"));
    g_assert_null(strstr(names, "auto"));
    g_assert_cmpstr(intake_format_binary("Rar!\x1a\x07", 6), ==, "RAR");
    g_assert_cmpstr(intake_format_binary("PK\x03\x04..........................word/document", 43),
                    ==, "Office");
    g_assert_null(intake_format_binary("text", 4));
}

/* ---- parts ---- */

/* Parts as lines: "when|sender|+|text" (+ public, - person), "!problem", "~skipped". */
static bool note(void *context, const IntakePart *part, GError **error)
{
    GString *all = context;
    if (part->problem != NULL) {
        g_string_append_printf(all, "!%s\n", part->problem);
    } else if (part->skipped != NULL) {
        g_string_append_printf(all, "~%.9s\n", part->skipped);
    } else {
        g_autofree char *text = g_strndup(part->text, part->length);
        g_strdelimit(text, "\n", '/');
        g_string_append_printf(all, "%" G_GINT64_FORMAT "|%s|%s|%s\n", part->when,
                               part->sender != NULL ? part->sender : "",
                               part->sender_public ? "+" : "-", text);
    }
    g_assert_true(error == NULL || *error == NULL);
    return true;
}

static char *parts_of(IntakePartsReader read, const char *text)
{
    g_autoptr(GError) error = NULL;
    GString *all = g_string_new(NULL);
    if (!read("F", text, strlen(text), note, all, &error)) {
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
        g_string_append(all, "ERROR\n");
    }
    return g_string_free(all, FALSE);
}

static const struct {
    const char *claim, *text, *parts;
} CHATS[] = {
    {"telegram/text_is_a_string",
     "{\"name\":\"G\",\"type\":\"private_group\",\"messages\":[{\"id\":1,\"type\":\"message\","
     "\"date_unixtime\":\"1751094000\",\"from\":\"A\",\"from_id\":\"user1\",\"text\":\"x "
     "\\u06f5\"}]}",
     "1751094000|A|-|x ۵\n"},
    {"telegram/text_is_pieces_and_links_are_told",
     "{\"messages\":[{\"id\":1,\"text\":[\"a \",{\"type\":\"bold\",\"text\":\"b\"},"
     "{\"type\":\"text_link\",\"text\":\" c\",\"href\":\"https://example.org\"}]}]}",
     "0||-|a b c (https://example.org)\n"},
    {"telegram/channel_speaks_in_its_own_name",
     "{\"name\":\"News\",\"type\":\"public_channel\",\"messages\":[{\"id\":1,\"text\":\"x\"},"
     "{\"id\":2,\"from\":\"News\",\"from_id\":\"channel9\",\"text\":\"y\"}]}",
     "0|News|+|x\n0|News|+|y\n"},
    {"telegram/forwarded_from_is_who_tells",
     "{\"type\":\"public_channel\",\"messages\":[{\"from\":\"N\",\"forwarded_from\":\"B\",\"text\":"
     "\"x\"},{\"from\":\"N\",\"forwarded_from\":\"C\",\"forwarded_from_id\":\"channel3\",\"text\":"
     "\"y\"}]}",
     "0|B|-|x\n0|C|+|y\n"},
    {"telegram/service_lines_and_files_are_counted",
     "{\"messages\":[{\"type\":\"service\",\"action\":\"pin\"},{\"photo\":\"p.jpg\",\"text\":\"\"},"
     "{\"media_type\":\"sticker\",\"text\":\"\"}]}",
     "~service l\n~messages \n~stickers\n"},
    {"telegram/an_account_has_many_chats",
     "{\"about\":\"…\",\"contacts\":{\"list\":[{\"name\":\"Z\"}]},\"chats\":{\"list\":[ "
     "{\"type\":\"personal_chat\",\"messages\":[{\"text\":\"a\"}]} "
     ",\n{\"messages\":[{\"text\":\"b\"}"
     "]} ]}}",
     "0||-|a\n0||-|b\n"},
    {"telegram/local_time_of_old_exports",
     "{\"messages\":[{\"date\":\"2020-01-02T03:04:05\",\"text\":\"x\"}]}", "1577934245||-|x\n"},
    {"telegram/braces_in_strings", "{\"messages\":[{\"text\":\"}]{[\\\"\\\\\"},{\"text\":\"y\"}]}",
     "0||-|}]{[\"\\\n0||-|y\n"},
    {"telegram/a_broken_message_holds_up_no_other",
     "{\"messages\":[{\"id\":1,\"text\" \"x\"},{\"id\":2,\"text\":\"y\"}]}",
     "!A message of the export, at byte 13, is no JSON object: ':' expected near '\"x\"'.\n"
     "0||-|y\n"},
    {"telegram/cut_short", "{\"messages\":[{\"text\":\"y\"},{\"text\":\"z",
     "0||-|y\n!The export breaks off within a message, at byte 26 of 36; what stands before it was "
     "read.\n"},
    {"telegram/no_messages", "{\"name\":\"x\"}", "ERROR\n"},
    {"whatsapp/24_hours", "28/06/2025, 22:15 - A B: x\n", "1751148900|A B|-|x\n"},
    {"whatsapp/12_hours_month_first", "6/28/25, 10:15 PM - A: x\n6/28/25, 12:05 AM - A: y\n",
     "1751148900|A|-|x\n1751069100|A|-|y\n"},
    {"whatsapp/narrow_space_before_pm", "6/28/25, 10:15\u202fPM - A: x\n", "1751148900|A|-|x\n"},
    {"whatsapp/brackets_and_seconds", "[28.06.25, 22:15:03] A: x\n", "1751148903|A|-|x\n"},
    {"whatsapp/year_first", "[2025-06-28, 22:15:03] A: x\n", "1751148903|A|-|x\n"},
    {"whatsapp/persian_digits_and_marks", "\u200f۲۸/۰۶/۲۰۲۵،\u200f ۲۲:۱۵ - نام: متن\n",
     "1751148900|نام|-|متن\n"},
    {"whatsapp/solar_hijri", "۱۴۰۴/۰۴/۰۷، ۲۲:۱۵ - نام: متن\n", "1751148900|نام|-|متن\n"},
    {"whatsapp/persian_afternoon", "۲۸/۶/۲۰۲۵، ۱۰:۱۵ ب.ظ. - نام: متن\n", "1751148900|نام|-|متن\n"},
    {"whatsapp/many_lines", "28/06/2025, 22:15 - A: x\ny\n\nz: w\n28/06/2025, 22:15 - B: v",
     "1751148900|A|-|x/y//z: w\n1751148900|B|-|v\n"},
    {"whatsapp/lines_of_its_own_are_counted",
     "28/06/2025, 22:15 - Messages and calls are end-to-end encrypted.\n"
     "28/06/2025, 22:15 - A: <Media omitted>\n28/06/2025, 22:15 - A: This message was deleted\n",
     "~service l\n~messages \n~service l\n"},
    {"whatsapp/order_by_going_forward",
     "03/04/2025, 10:00 - A: x\n04/04/2025, 10:00 - A: y\n01/05/2025, 10:00 - A: z\n",
     "1743674400|A|-|x\n1743760800|A|-|y\n1746093600|A|-|z\n"},
    {"whatsapp/two_readings_leave_the_day_open", "03/04/2025, 10:00 - A: x\n",
     "~days of s\n0|A|-|x\n"},
    {"whatsapp/sender_is_a_number", "28/06/2025, 22:15 - \u202a+98 912 345 6789\u202c: x\n",
     "1751148900|+98 912 345 6789|-|x\n"},
    {"whatsapp/no_such_hour", "28/06/2025, 25:15 - A: x\n", "ERROR\n"},
};

static IntakePartsReader reader_of(const char *claim)
{
    return g_str_has_prefix(claim, "telegram") ? intake_read_telegram : intake_read_whatsapp;
}

static void test_chat(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autofree char *parts = parts_of(reader_of(CHATS[i].claim), CHATS[i].text);
    g_assert_cmpstr(parts, ==, CHATS[i].parts);
}

/* Cut anywhere, or with any byte changed, a chat ends in parts or in an error. */
static void test_damaged(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CHATS); i++) {
        g_autofree char *text = g_strdup(CHATS[i].text);
        for (gsize at = strlen(text); at-- > 0;) {
            char kept = text[at];
            static const char OTHERS[] = {'"', '{', ']', ':', '\n', (char)0xff, '9'};
            for (gsize k = 0; k < G_N_ELEMENTS(OTHERS); k++) {
                text[at] = OTHERS[k];
                g_free(parts_of(reader_of(CHATS[i].claim), text));
            }
            text[at] = kept;
            g_autofree char *cut = g_strndup(text, at);
            g_free(parts_of(reader_of(CHATS[i].claim), cut));
        }
    }
}

/* ---- in a case ---- */

typedef struct {
    Store *store;
    IntakeSummary summary;
    GError *error;
} Case;

static void case_make(Case *c)
{
    static const StoreKeyCost CHEAP = {1, 8 << 20};
    *c = (Case){0};
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = g_build_filename(folder, "test.zenhar", NULL);
    c->store = evidence_create(path, "test", &CHEAP, &c->error);
    g_assert_no_error(c->error);
}

static void case_clear(Case *c)
{
    EvidenceReport report;
    evidence_verify(c->store, &report, &c->error);
    g_assert_no_error(c->error);
    intake_summary_clear(&c->summary);
    store_close(c->store);
}

static void import(Case *c, const char *name, const void *bytes, gsize length)
{
    IntakeOptions options = {0};
    intake_summary_clear(&c->summary);
    intake_import_bytes(c->store, bytes, length, name, &options, &c->summary, &c->error);
    g_assert_no_error(c->error);
}

static StoreReport *report(Case *c, gint64 id)
{
    StoreReport *found = store_report_load(c->store, id, &c->error);
    g_assert_no_error(c->error);
    return found;
}

/* The only statement of a report, unsealed. */
static StoreStatement *statement(Case *c, gint64 report_id)
{
    g_assert_true(store_unseal(c->store, 0, "test", &c->error));
    g_autoptr(GPtrArray) all = store_statement_list_by_report(c->store, report_id, NULL, &c->error);
    store_unseal_end(c->store);
    g_assert_no_error(c->error);
    g_assert_cmpuint(all->len, ==, 1);
    return g_ptr_array_steal_index(all, 0);
}

static void source_is(Case *c, const StoreReport *r, const char *name)
{
    g_autoptr(StoreSource) source = store_source_load(c->store, r->source_id, &c->error);
    g_assert_no_error(c->error);
    g_assert_cmpstr(source->name, ==, name);
}

static void import_text(Case *c, const char *name, const char *text)
{
    import(c, name, text, strlen(text));
}

static const char ACLED[] =
    "event_id_cnty,event_date,year,time_precision,event_type,sub_event_type,actor1,assoc_actor_1,"
    "actor2,assoc_actor_2,region,country,admin1,location,source,notes,fatalities,timestamp\n"
    "IRN1,28 June 2025,2025,1,Strategic developments,Arrests,Police Forces of Iran,,Civilians "
    "(Iran),Students (Iran),Middle East,Iran,Fars,Shiraz,Example Daily,Students were "
    "held.,0,1751400000\n"
    "IRN2,2025-06-15,2025,3,Violence against civilians,Attack,Unidentified "
    "Group,,Civilians (Iran),,Middle East,Iran,Tehran,Tehran,Example,Attack.,4,1751400000\n"
    "IRN3,2025-06-16,2025,2,Protests,Peaceful protest,Protesters (Iran),Teachers (Iran),,,Middle "
    "East,Iran,Tehran,Tehran,Example,A gathering.,0,1751400000\n"
    "IRQ4,2025-06-16,2025,1,Violence against civilians,Attack,A,,Civilians (Iraq),,Middle "
    "East,Iraq,Kerman,Kerman,Example,Abroad.,2,1751400000\n";

static void test_acled(void)
{
    Case c;
    case_make(&c);
    import_text(&c, "events.csv", ACLED);
    g_assert_cmpuint(c.summary.added, ==, 4);
    g_assert_null(c.summary.unknown_columns);
    g_autoptr(StoreReport) arrest = report(&c, 1);
    source_is(&c, arrest, "ACLED");
    g_assert_cmpstr(arrest->external_id, ==, "IRN1");
    g_assert_cmpstr(arrest->event_date, ==, "2025-06-28");
    g_assert_cmpint(arrest->received, ==, 1751400000);
    g_assert_cmpstr(arrest->text, ==, "Students were held.");
    g_assert_cmpint(arrest->place_id, !=, 0);
    g_autoptr(StoreStatement) arrested = statement(&c, 1);
    g_assert_cmpstr(arrested->act_kind, ==, "arrest");
    g_assert_cmpstr(arrested->perpetrator, ==, "Police Forces of Iran");
    g_assert_cmpstr(arrested->victim_group, ==, "Students (Iran)");
    g_assert_cmpstr(arrested->according_to, ==, "Example Daily");
    /* The month alone is meant; the dead are counted. */
    g_autoptr(StoreReport) month = report(&c, 2);
    g_assert_cmpstr(month->event_date, ==, "2025-06");
    g_autoptr(StoreStatement) killed = statement(&c, 2);
    g_assert_cmpstr(killed->act_kind, ==, "killing");
    g_assert_cmpint(killed->count_min, ==, 4);
    g_assert_cmpint(killed->count_max, ==, 4);
    /* Who gathers has done nothing to anybody; a week is no day. */
    g_autoptr(StoreReport) week = report(&c, 3);
    g_assert_cmpstr(week->event_date, ==, "2025-06-16~");
    g_autoptr(StoreStatement) protest = statement(&c, 3);
    g_assert_cmpstr(protest->act_kind, ==, "protest");
    g_assert_null(protest->perpetrator);
    g_assert_cmpstr(protest->victim_group, ==, "Teachers (Iran)");
    /* A place abroad that is called like a province is not taken for it. */
    g_autoptr(StoreReport) abroad = report(&c, 4);
    g_assert_cmpint(abroad->place_id, ==, 0);
    g_assert_cmpstr(abroad->place_text, ==, "Kerman, Iraq");
    case_clear(&c);
}

static const char UCDP[] =
    "id,relid,year,type_of_violence,dyad_name,side_a,side_b,source_office,source_headline,"
    "source_original,where_coordinates,adm_1,country,region,date_prec,date_start,date_end,"
    "deaths_civilians,best,high,low\n"
    "7,IRN-1,2019,3,Government of X - Civilians,Government of X,Civilians,Example,People "
    "killed,,Shiraz city,Fars province,Iran,Middle East,2,2019-11-16 00:00:00.000,2019-11-19 "
    "00:00:00.000,7,7,12,5\n"
    "8,IRN-2,2019,1,Government of X - Group Y,Government of X,Group Y,Example,Clash,witnesses,"
    "Saqqez,Kurdistan province,Iran,Middle East,1,2019-11-16 00:00:00.000,2019-11-16 "
    "00:00:00.000,0,0,3,0\n";

static void test_ucdp(void)
{
    Case c;
    case_make(&c);
    import_text(&c, "ged.csv", UCDP);
    g_assert_cmpuint(c.summary.added, ==, 2);
    g_autoptr(StoreReport) first = report(&c, 1);
    source_is(&c, first, "UCDP GED");
    g_assert_cmpstr(first->event_date, ==, "2019-11-16/2019-11-19");
    g_assert_cmpstr(first->title, ==, "People killed");
    g_assert_cmpint(first->place_id, !=, 0);
    g_autoptr(StoreStatement) s = statement(&c, 1);
    g_assert_cmpstr(s->act_kind, ==, "killing");
    g_assert_cmpstr(s->perpetrator, ==, "Government of X");
    g_assert_cmpstr(s->according_to, ==, "Example");
    g_assert_cmpint(s->count_min, ==, 5);
    g_assert_cmpint(s->count_max, ==, 12);
    g_assert_nonnull(strstr(first->extra, "\"best\":\"7\"")); /* the third figure is kept */
    g_autoptr(StoreReport) one_day = report(&c, 2);
    g_assert_cmpstr(one_day->event_date, ==, "2019-11-16");
    g_autoptr(StoreStatement) clash = statement(&c, 2);
    g_assert_cmpstr(clash->perpetrator, ==, "Government of X - Group Y");
    g_assert_cmpstr(clash->according_to, ==, "witnesses");
    g_assert_cmpint(clash->count_min, ==, 0);
    g_assert_cmpint(clash->count_max, ==, 3);
    case_clear(&c);
}

static void test_uwazi(void)
{
    Case c;
    case_make(&c);
    import_text(
        &c, "u.csv",
        "Title,Date added,Template,Date of event,Place,Summary,Link,Published\n"
        "Leyla Test,2025-07-01,Victim,2025-06-01~2025-06-03,Fars::Shiraz,Taken,,Published\n"
        "A raid,2025-07-01,Arrest,2025-06-10,Karaj,Two of them,report|https://example.org/x,"
        "Published\n");
    g_assert_cmpuint(c.summary.added, ==, 2);
    g_autoptr(StoreReport) person = report(&c, 1);
    g_assert_null(person->title); /* it was a name */
    g_assert_null(strstr(person->extra, "Leyla"));
    g_assert_cmpstr(person->event_date, ==, "2025-06-01/2025-06-03");
    g_assert_cmpstr(person->place_text, ==, "Shiraz");
    g_autoptr(StoreStatement) named = statement(&c, 1);
    g_assert_cmpstr(named->victim_name, ==, "Leyla Test");
    g_autoptr(StoreReport) raid = report(&c, 2);
    g_assert_cmpstr(raid->title, ==, "A raid");
    g_assert_cmpstr(raid->kind, ==, "arrest");
    g_assert_nonnull(strstr(raid->extra, "\"url\":\"https://example.org/x\""));
    case_clear(&c);
}

static void test_ftm(void)
{
    Case c;
    case_make(&c);
    import_text(
        &c, "a.ftm.json",
        "{\"id\":\"e1\",\"schema\":\"Event\",\"properties\":{\"name\":[\"Mass arrest\"],"
        "\"startDate\":[\"2025-06-20\"],\"endDate\":[\"2025-06-21\"],\"summary\":[\"Ten people "
        "were "
        "arrested.\"],\"location\":[\"Tabriz\"],\"publisher\":[\"Example Org\"]}}\n"
        "{\"id\":\"p1\",\"schema\":\"Person\",\"properties\":{\"name\":[\"Omid Test\",\"Omid "
        "T.\"],\"alias\":[\"Omidak\"],\"birthDate\":[\"1990\"],\"gender\":[\"male\"],\"phone\":["
        "\"09123456789\"],\"topics\":[\"poi\"]}}\n"
        "{\"id\":\"c1\",\"schema\":\"Company\",\"properties\":{\"name\":[\"Nothing\"]}}\n"
        "{\"id\":\"m1\",\"schema\":\"Mention\",\"properties\":{\"name\":[\"Leyla Test\"],"
        "\"detectedSchema\":[\"Person\"]}}\n"
        "{\"id\":\"x\"}\n");
    g_assert_cmpuint(c.summary.records, ==, 5);
    g_assert_cmpuint(c.summary.added, ==, 3);
    g_assert_cmpuint(c.summary.quarantined, ==, 1);
    g_assert_cmpuint(g_hash_table_size(c.summary.left_out), ==, 1);
    g_autofree char *words = intake_summary_describe(&c.summary);
    g_assert_nonnull(strstr(words, "Not reports: FollowTheMoney entities"));
    g_autoptr(StoreReport) event = report(&c, 1);
    source_is(&c, event, "Example Org");
    g_assert_cmpstr(event->event_date, ==, "2025-06-20/2025-06-21");
    g_assert_cmpstr(event->title, ==, "Mass arrest");
    g_autoptr(StoreStatement) arrested = statement(&c, 1);
    g_assert_cmpstr(arrested->act_kind, ==, "arrest");
    g_assert_cmpint(arrested->count_min, ==, 10);
    g_autoptr(StoreReport) person = report(&c, 2);
    g_assert_null(strstr(person->extra, "Omid")); /* no name stands open */
    g_assert_nonnull(strstr(person->extra, "poi"));
    g_autoptr(StoreStatement) named = statement(&c, 2);
    g_assert_cmpstr(named->victim_name, ==, "Omid Test");
    g_assert_cmpstr(named->victim_birth, ==, "1990");
    g_assert_cmpstr(named->victim_contact, ==, "09123456789");
    g_autoptr(StoreStatement) mentioned = statement(&c, 3);
    g_assert_cmpstr(mentioned->victim_name, ==, "Leyla Test");
    case_clear(&c);
}

static const char CHAT[] =
    "{\"name\":\"G\",\"type\":\"private_group\",\"id\":1,\"messages\":["
    "{\"id\":1,\"type\":\"service\"},"
    "{\"id\":2,\"type\":\"message\",\"date_unixtime\":\"1751094000\",\"from\":\"Zahra "
    "Test\",\"from_id\":\"user1\",\"text\":\"دیروز ۱۲ نفر در شیراز بازداشت شدند.\"},"
    "{\"id\":3,\"text\" 1}]}";

static void test_chat_in_a_case(void)
{
    Case c;
    case_make(&c);
    import_text(&c, "ChatExport of Zahra/result.json", CHAT);
    g_assert_cmpuint(c.summary.added, ==, 1);
    g_assert_cmpuint(c.summary.quarantined, ==, 1);
    g_autoptr(StoreReport) r = report(&c, 1);
    g_autoptr(StoreSource) source = store_source_load(c.store, r->source_id, &c.error);
    g_assert_true(g_str_has_prefix(source->name, "Telegram ")); /* not the file's name */
    g_assert_cmpint(r->received, ==, 1751094000);
    g_assert_cmpstr(r->event_date, ==, "2025-06-27"); /* yesterday, from the day it was sent */
    g_assert_cmpstr(r->external_id, ==, "2");
    g_assert_null(strstr(r->extra, "Zahra"));
    /* It points at its own bytes. */
    g_autoptr(GBytes) bytes =
        evidence_original_load(c.store, r->original_id, (guint64)r->original_offset,
                               (guint64)r->original_length, &c.error);
    g_assert_no_error(c.error);
    gsize length;
    const char *raw = g_bytes_get_data(bytes, &length);
    g_assert_true(length > 10 && memcmp(raw, "{\"id\":2,", 8) == 0 && raw[length - 1] == '}');
    g_autoptr(StoreStatement) s = statement(&c, 1);
    g_assert_cmpint(s->count_min, ==, 12);
    g_assert_cmpstr(s->victim_contact, ==, "Zahra Test"); /* who tells, sealed */
    /* The broken message waits with its bytes, and is no text until somebody writes it. */
    g_autoptr(StoreQuarantine) row = store_quarantine_load(c.store, 1, &c.error);
    g_assert_nonnull(strstr(row->reason, "no JSON object"));
    g_assert_cmpuint(g_bytes_get_size(row->raw), ==, strlen("{\"id\":3,\"text\" 1}"));
    gint64 id = 0;
    g_assert_true(intake_replay(c.store, 1, NULL, &id, &c.error));
    g_assert_cmpint(id, ==, 0);
    g_assert_true(intake_replay(c.store, 1, "Two people were arrested.", &id, &c.error));
    g_assert_no_error(c.error);
    g_assert_cmpint(id, ==, 2);
    /* The same once more adds nothing. */
    import_text(&c, "again.json", CHAT);
    g_assert_cmpuint(c.summary.known_files, ==, 1);
    g_assert_cmpuint(c.summary.added, ==, 0);
    case_clear(&c);
}

/* ---- files inside files ---- */

/* One file of a TAR: its head and its bytes, in blocks of 512. */
static void tar_add(GByteArray *tar, const char *name, const void *bytes, gsize length)
{
    char head[512] = {0};
    g_strlcpy(head, name, 100);
    memcpy(head + 100, "0000644", 7);
    g_snprintf(head + 124, 12, "%011lo", length);
    memcpy(head + 136, "00000000000", 11);
    memset(head + 148, ' ', 8);
    head[156] = '0';
    memcpy(head + 257, "ustar\00000", 8);
    unsigned sum = 0;
    for (gsize i = 0; i < sizeof head; i++)
        sum += (guint8)head[i];
    g_snprintf(head + 148, 8, "%06o", sum);
    g_byte_array_append(tar, (const guint8 *)head, sizeof head);
    g_byte_array_append(tar, bytes, (guint)length);
    static const guint8 ZERO[512];
    g_byte_array_append(tar, ZERO, (guint)((512 - length % 512) % 512));
}

static GByteArray *tar_end(GByteArray *tar)
{
    static const guint8 ZERO[1024];
    g_byte_array_append(tar, ZERO, sizeof ZERO);
    return tar;
}

static void test_inside(void)
{
    Case c;
    case_make(&c);
    static const char FILM[] = "\0\0\0\x18"
                               "ftypmp42........";
    g_autoptr(GByteArray) inner = g_byte_array_new();
    tar_add(inner, "deep.txt", "Six people were arrested in Qom.", 32);
    tar_end(inner);
    g_autoptr(GByteArray) tar = g_byte_array_new();
    tar_add(tar, "chat.json", CHAT, strlen(CHAT));
    tar_add(tar, "events.csv", ACLED, strlen(ACLED));
    tar_add(tar, "film.mp4", FILM, sizeof FILM - 1);
    tar_add(tar, "empty.txt", "", 0);
    tar_add(tar, "inner.tar", inner->data, inner->len);
    tar_end(tar);
    import(&c, "all.tar", tar->data, tar->len);
    g_assert_cmpuint(c.summary.added, ==, 1 + 4 + 1);
    g_assert_cmpuint(c.summary.quarantined, ==, 2);
    g_assert_cmpuint(c.summary.inside, ==, 5);
    /* Each is an original of its own, tied to the one it came in. */
    g_assert_cmpint(store_count(c.store, STORE_KIND_ORIGINAL, &c.error), ==, 6);
    g_autoptr(GPtrArray) links =
        store_link_list_to(c.store, STORE_KIND_ORIGINAL, 1, NULL, &c.error);
    g_assert_cmpuint(links->len, ==, 4);
    const StoreLink *link = g_ptr_array_index(links, 0);
    g_assert_cmpint(link->from_kind, ==, STORE_KIND_ORIGINAL);
    g_assert_cmpstr(link->role, ==, "part");
    g_autoptr(StoreOriginal) chat = store_original_load(c.store, link->from_id, &c.error);
    g_assert_cmpstr(chat->name, ==, "chat.json");
    g_assert_cmpint(chat->bytes, ==, strlen(CHAT));
    /* What nothing reads says what was tried. */
    g_autoptr(GPtrArray) waiting = store_quarantine_list_state(c.store, "waiting", NULL, &c.error);
    bool film = false;
    for (guint i = 0; i < waiting->len; i++) {
        const StoreQuarantine *row = g_ptr_array_index(waiting, i);
        film |= strcmp(row->file, "all.tar/film.mp4") == 0 && strstr(row->reason, "MP4") != NULL &&
                strstr(row->reason, "Tried: ") != NULL;
    }
    g_assert_true(film);
    /* A file that came in an archive and then alone is one. */
    import_text(&c, "events.csv", ACLED);
    g_assert_cmpuint(c.summary.known_files, ==, 1);
    import(&c, "copy.tar", tar->data, tar->len);
    g_assert_cmpuint(c.summary.added, ==, 0);
    g_assert_cmpint(store_count(c.store, STORE_KIND_ORIGINAL, &c.error), ==, 6);
    case_clear(&c);
}

static void test_too_deep(void)
{
    Case c;
    case_make(&c);
    GByteArray *tar = g_byte_array_new();
    tar_add(tar, "0.txt", "Six people were arrested.", 25);
    tar_end(tar);
    for (int i = 1; i <= INTAKE_PARTS_DEPTH + 2; i++) {
        g_autofree char *name = g_strdup_printf("%d.tar", i);
        GByteArray *outer = g_byte_array_new();
        tar_add(outer, name, tar->data, tar->len);
        g_byte_array_unref(tar);
        tar = tar_end(outer);
    }
    import(&c, "nest.tar", tar->data, tar->len);
    g_byte_array_unref(tar);
    g_assert_cmpuint(c.summary.added, ==, 0);
    g_assert_cmpuint(c.summary.quarantined, ==, 1);
    g_autoptr(StoreQuarantine) row = store_quarantine_load(c.store, 1, &c.error);
    g_assert_nonnull(strstr(row->reason, "too deep"));
    g_assert_cmpint(store_count(c.store, STORE_KIND_ORIGINAL, &c.error), ==,
                    INTAKE_PARTS_DEPTH + 2);
    case_clear(&c);
}

static const char MAIL[] =
    "From: Omid Test <omid@example.org>\r\nTo: desk@example.org\r\nSubject: Arrests in Yazd\r\n"
    "Date: Sat, 28 Jun 2025 10:00:00 +0330\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; "
    "charset=utf-8\r\n\r\nYesterday four people were arrested in Yazd.\r\n--b\r\nContent-Type: "
    "text/plain\r\nContent-Disposition: attachment; filename=\"more.txt\"\r\n\r\nYesterday two "
    "people were arrested in Rasht.\r\n--b--\r\n";

static void test_mail(void)
{
    Case c;
    case_make(&c);
    import_text(&c, "one.eml", MAIL);
    g_assert_cmpuint(c.summary.added, ==, 2);
    g_assert_cmpuint(c.summary.inside, ==, 1);
    for (gint64 i = 1; i <= 2; i++) { /* the attachment is told by whom and when the mail is */
        g_autoptr(StoreReport) r = report(&c, i);
        g_assert_cmpint(r->received, ==, 1751092200);
        g_assert_cmpstr(r->event_date, ==, "2025-06-27");
        g_autoptr(StoreSource) source = store_source_load(c.store, r->source_id, &c.error);
        g_assert_true(g_str_has_prefix(source->name, "Mail "));
        if (strstr(r->text, "Yazd") == NULL)
            continue;
        g_autoptr(StoreStatement) s = statement(&c, i);
        g_assert_nonnull(strstr(s->victim_contact, "Omid Test"));
        g_assert_cmpstr(r->title, ==, "Arrests in Yazd");
    }
    case_clear(&c);
}

static void test_no_mail_is_text(void)
{
    Case c;
    case_make(&c);
    import_text(&c, "Example.html", "Nine people were arrested in Rasht on 20 June 2025.");
    g_assert_cmpuint(c.summary.added + c.summary.quarantined, ==, 1); /* never nothing */
    intake_summary_clear(&c.summary);
    IntakeOptions options = {.format = INTAKE_FORMAT_TELEGRAM};
    intake_import_bytes(c.store, "{}", 2, "x.json", &options, &c.summary, &c.error);
    g_assert_no_error(c.error);
    g_assert_cmpuint(c.summary.quarantined, ==, 1);
    g_autoptr(GPtrArray) rows = store_quarantine_list_state(c.store, "waiting", NULL, &c.error);
    const StoreQuarantine *row = g_ptr_array_index(rows, rows->len - 1);
    g_assert_nonnull(strstr(row->reason, "Tried: to read it as a Telegram export."));
    case_clear(&c);
}

/* Killed at any moment, a file of parts goes on from the last part that was acknowledged. */
static void test_killed(void)
{
    enum { MESSAGES = 12000, KILLS = 6 };
    static const StoreKeyCost CHEAP = {1, 8 << 20};
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = test_folder_new();
    g_autofree char *path = g_build_filename(folder, "test.zenhar", NULL);
    g_autofree char *file = g_build_filename(folder, "result.json", NULL);
    g_autoptr(GString) chat = g_string_new("{\"name\":\"G\",\"type\":\"private_group\","
                                           "\"id\":1,\"messages\":[{\"type\":\"service\"}");
    for (int i = 0; i < MESSAGES; i++)
        g_string_append_printf(chat, ",{\"id\":%d,\"text\":\"number %d\"}", i, i);
    g_string_append(chat, "]}");
    g_file_set_contents(file, chat->str, (gssize)chat->len, &error);
    g_assert_no_error(error);
    store_close(evidence_create(path, "test", &CHEAP, &error));
    g_assert_no_error(error);
    IntakeOptions options = {0};
    IntakeSummary summary = {0};
    for (int kills = 0; kills < KILLS; kills++) {
        pid_t child = fork();
        g_assert_cmpint(child, >=, 0);
        if (child == 0) {
            Store *store = evidence_open(path, "test", STORE_WRITE, &error);
            bool done = store != NULL && intake_import(store, file, &options, &summary, &error);
            _exit(done ? 0 : 1);
        }
        g_usleep((gulong)g_test_rand_int_range(20000, 100000 + 200000 * kills));
        kill(child, SIGKILL);
        g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
    }
    g_autoptr(Store) store = evidence_open(path, "test", STORE_WRITE, &error);
    g_assert_no_error(error);
    intake_import(store, file, &options, &summary, &error);
    g_assert_no_error(error);
    g_assert_cmpint(store_count(store, STORE_KIND_REPORT, &error), ==, MESSAGES);
    g_assert_cmpint(store_count(store, STORE_KIND_QUARANTINE, &error), ==, 0);
    g_assert_cmpint(store_count(store, STORE_KIND_ORIGINAL, &error), ==, 1);
    g_autoptr(StoreReport) last = store_report_load(store, MESSAGES, &error);
    g_assert_cmpstr(last->text, ==, "number 11999");
    intake_summary_clear(&summary);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(GUESSES); i++) {
        g_autofree char *path = g_strconcat("/intake/formats/guess/", GUESSES[i].claim, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_guess);
    }
    g_test_add_func("/intake/formats/names", test_names);
    for (gsize i = 0; i < G_N_ELEMENTS(CHATS); i++) {
        g_autofree char *path = g_strconcat("/intake/formats/", CHATS[i].claim, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_chat);
    }
    g_test_add_func("/intake/formats/damaged_chats_end_in_parts_or_errors", test_damaged);
    g_test_add_func("/intake/formats/acled", test_acled);
    g_test_add_func("/intake/formats/ucdp", test_ucdp);
    g_test_add_func("/intake/formats/uwazi", test_uwazi);
    g_test_add_func("/intake/formats/ftm", test_ftm);
    g_test_add_func("/intake/formats/chat_in_a_case", test_chat_in_a_case);
    g_test_add_func("/intake/formats/files_inside_files", test_inside);
    g_test_add_func("/intake/formats/too_deep_is_kept_and_not_read", test_too_deep);
    g_test_add_func("/intake/formats/mail_with_attachment", test_mail);
    g_test_add_func("/intake/formats/what_is_not_what_it_seems", test_no_mail_is_text);
    g_test_add_func("/intake/formats/killed_at_any_moment_loses_nothing", test_killed);
    return g_test_run();
}
