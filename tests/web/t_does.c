/* What the forms of reports, alarms, persons and messages do, and in whose name it is kept; files
 * on their way. */
#include "case.h"
#include "multipart.h"
#include "session.h"
#include "store/appeal.h"
#include "store/joining.h"
#include "web/forms.h"
#include <unistd.h>

/* ---- what the forms do ---- */

static const StoreAudit *last_entry(GPtrArray *entries)
{
    return entries->pdata[0];
}

static void an_alarm_is_answered_in_ones_name(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpuint(
        post("/en/alarms/AL1", WEB_ANALYST, "answer=acknowledged&reason=we+asked+there", NULL), ==,
        303);
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    g_autoptr(StoreAlarm) alarm = store_alarm_load(store, 1, &error);
    g_assert_cmpstr(alarm->status, ==, "acknowledged");
    g_assert_cmpstr(alarm->reason, ==, "we asked there");
    const StorePage newest = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) entries = store_audit_list(store, &newest, &error);
    g_assert_cmpstr(last_entry(entries)->action, ==, "answer");
    g_assert_cmpstr(last_entry(entries)->reason, ==, "we asked there");
    g_assert_cmpint(last_entry(entries)->user_id, ==, 3);
    g_assert_cmpuint(post("/en/alarms/AL1", WEB_READER, "answer=new&reason=x", NULL), ==, 403);
}

static void a_report_is_graded_and_corrected(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpuint(post("/en/correct/R7", WEB_DOCUMENTER,
                          "grade=E5&state=reviewed&date=1404-04-07&place=Karaj&reason=checked",
                          NULL),
                     ==, 303);
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    g_autoptr(StoreReport) report = store_report_load(store, 7, &error);
    g_assert_cmpint(report->reliability, ==, 'E');
    g_assert_cmpint(report->credibility, ==, 5);
    g_assert_cmpint(report->status, ==, STORE_REPORT_REVIEWED);
    g_assert_cmpstr(report->event_date, ==, "2025-06-28");
    g_assert_cmpstr(report->place_text, ==, "Karaj");
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) entries = store_audit_list(store, &last, &error);
    g_assert_cmpint(last_entry(entries)->user_id, ==, 2);
    g_assert_cmpstr(last_entry(entries)->reason, ==, "checked");
    /* found by the place as corrected, by the kind of the act in both languages, by the rest */
    static const char *const QUERIES[] = {"Karaj", "arrests", "بازداشت", "Twenty"};
    for (gsize i = 0; i < G_N_ELEMENTS(QUERIES); i++) {
        g_autofree char *folded = intake_search_fold(QUERIES[i]);
        g_autoptr(GArray) ids = store_search(store, folded, NULL, &error);
        g_assert_no_error(error);
        bool there = false;
        for (guint k = 0; k < ids->len; k++)
            there |= g_array_index(ids, gint64, k) == 7;
        g_test_message("%s", QUERIES[i]);
        g_assert_true(there);
    }
    /* half a correction is none */
    const gint64 before = log_size();
    g_assert_cmpuint(
        post("/en/correct/R7", WEB_DOCUMENTER, "grade=A2&date=2025-13-01&reason=x", NULL), ==, 400);
    g_assert_cmpint(log_size(), ==, before);
}

static void a_report_is_added_and_its_name_is_sealed(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_assert_cmpuint(post("/en/add", WEB_DOCUMENTER,
                          "date=1404-04-07&place=Tehran&kind=arrest&name=" SECRET
                          "&text=Taken+from+home&source=A+group&grade=B2",
                          &text),
                     ==, 200);
    g_assert_nonnull(strstr(text, "Reports added: 1"));
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) reports = store_report_list(store, &last, &error);
    const StoreReport *report = reports->pdata[0];
    g_assert_cmpint(report->reliability, ==, 'B');
    g_assert_cmpstr(report->event_date, ==, "2025-06-28");
    g_assert_cmpint(report->original_id, >, 0);
    g_autoptr(GPtrArray) statements =
        store_statement_list_by_report(store, report->id, NULL, &error);
    const StoreStatement *statement = statements->pdata[0];
    g_assert_null(statement->victim_name); /* sealed */
    must(store_unseal(store, 0, "test", &error), error);
    g_autoptr(StoreStatement) opened = store_statement_load(store, statement->id, &error);
    g_assert_cmpstr(opened->victim_name, ==, SECRET);
}

static void an_ask_is_written_down(void)
{
    const char *ask = "text=Let+them+in&basis=S-35/1&offices=States&due=2026-12-10&rests=FG1";
    g_assert_cmpuint(post("/en/ask", WEB_ADVOCATE, "text=x&rests=FG1", NULL), ==, 400);
    g_assert_cmpuint(post("/en/ask", WEB_ADVOCATE, ask, NULL), ==, 303);
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, NULL);
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) asks = store_ask_list(store, &last, NULL);
    g_autoptr(GPtrArray) entries = store_audit_list(store, &last, NULL);
    g_assert_cmpstr(((StoreAsk *)asks->pdata[0])->text, ==, "Let them in");
    g_assert_cmpstr(last_entry(entries)->action, ==, "ask");
}

static void sealed_fields_are_shown_for_a_reason_that_is_kept(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL, *none = NULL;
    g_assert_cmpuint(post("/en/reveal/T1", WEB_DOCUMENTER, "reason=", &none), ==, 400);
    g_assert_null(strstr(none, SECRET));
    g_assert_cmpuint(post("/en/reveal/T1", WEB_DOCUMENTER, "reason=the+family+asks", &text), ==,
                     200);
    g_assert_nonnull(strstr(text, SECRET));
    g_assert_nonnull(strstr(text, "Cache-Control: no-store"));
    g_assert_cmpuint(post("/en/reveal/T1", WEB_ANALYST, "reason=curious", NULL), ==, 403);
    g_assert_cmpuint(post("/en/reveal/US1", WEB_ADMINISTRATOR, "reason=totp", NULL), ==, 404);
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    const StorePage last = {.limit = 2, .descending = true};
    g_autoptr(GPtrArray) entries = store_audit_list(store, &last, &error);
    bool look = false;
    for (guint i = 0; i < entries->len; i++) {
        const StoreAudit *entry = entries->pdata[i];
        look |= strcmp(entry->action, "look") == 0 && entry->user_id == 2 &&
                strcmp(entry->reason, "the family asks") == 0;
    }
    g_assert_true(look);
}

static void places_of_a_pair_stand_in_the_readers_language(void)
{
    g_autofree char *token = NULL, *header = session_of(WEB_ANALYST, &token);
    RawAnswer answer;
    get("/fa/pairs/T61-T62", header, &answer);
    g_assert_nonnull(strstr(answer.text, "تهران"));             /* known to the gazetteer */
    g_assert_nonnull(strstr(answer.text, "Tehran as written")); /* the other is not */
    g_assert_null(strstr(strstr(answer.text, "Tehran as written") + 1, "Tehran as written"));
    raw_clear(&answer);
}

static void a_pair_is_answered_in_ones_name(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_assert_cmpuint(post("/en/review-names/T61-T62", WEB_DOCUMENTER, "reason=to+compare", &text),
                     ==, 200);
    g_assert_nonnull(strstr(text, SECRET));
    g_assert_cmpuint(
        post("/en/review/T61-T62", WEB_ANALYST, "answer=same&reason=one+father&skipped=0", NULL),
        ==, 303);
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) verdicts = store_verdict_list(store, &last, &error);
    const StoreVerdict *verdict = verdicts->pdata[0];
    g_assert_cmpint(verdict->user_id, ==, 3);
    g_assert_cmpstr(verdict->reason, ==, "one father");
}

/* The newest linkage of that kind whose row passes; its id as text, such as "JN2". */
static gint64 newest_joining(const char *action, gint64 *ret_person, gint64 *ret_other)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) joinings = store_joining_list(store, &last, &error);
    g_assert_cmpuint(joinings->len, ==, 1);
    const StoreJoining *joining = joinings->pdata[0];
    g_assert_cmpstr(joining->action, ==, action);
    *ret_person = joining->person_id;
    *ret_other = joining->other_id;
    return joining->id;
}

static char *newest_verdict(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) verdicts = store_verdict_list(store, &last, &error);
    const StoreVerdict *verdict = verdicts->pdata[0];
    return g_strdup_printf("/en/undo/VD%" G_GINT64_FORMAT, verdict->id);
}

static gint64 person_of_statement(gint64 id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    g_autoptr(StoreStatement) statement = store_statement_load(store, id, &error);
    g_assert_no_error(error);
    return statement->victim_id;
}

static void a_person_is_put_together_and_taken_apart(void)
{
    /* an answer against one that stands is refused; so that goes first */
    g_autofree char *before = newest_verdict();
    const char different[] = "answer=different";
    g_assert_cmpuint(post("/en/review/T61-T62", WEB_ANALYST, different, NULL), ==, 400);
    g_assert_cmpuint(post(before, WEB_ANALYST, "reason=a+slip", NULL), ==, 303);
    g_assert_cmpuint(post("/en/review/T61-T62", WEB_ANALYST, different, NULL), ==, 303);
    g_autofree char *different_undo = newest_verdict();
    const gint64 first = person_of_statement(61), second = person_of_statement(62);
    g_assert_cmpint(first, !=, second);
    g_autofree char *same = g_strdup_printf(
        "/en/same?person=P%" G_GINT64_FORMAT "&other=p%" G_GINT64_FORMAT, first, second);
    g_autofree char *token = NULL, *header = session_of(WEB_ANALYST, &token);
    RawAnswer answer;
    get(same, header, &answer);
    g_assert_cmpuint(answer.status, ==, 303);
    g_autofree char *pair = raw_header(&answer, "Location");
    raw_clear(&answer);
    get(pair, header, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    g_autofree char *hidden =
        g_strdup_printf("name=\"person\" value=\"P%" G_GINT64_FORMAT "\"", first);
    g_assert_nonnull(strstr(answer.text, hidden));
    raw_clear(&answer);
    g_autofree char *text = NULL,
                    *said = g_strdup_printf("answer=unsure&person=P%" G_GINT64_FORMAT, first);
    g_autofree char *home =
        g_strdup_printf("Location: /en/persons/P%" G_GINT64_FORMAT "\r\n", first);
    g_assert_cmpuint(post(pair, WEB_ANALYST, said, NULL), ==, 405);
    g_assert_cmpuint(post("/en/review/T1-T61", WEB_ANALYST, said, &text), ==, 303);
    g_assert_nonnull(strstr(text, home)); /* back to the person one came from */

    /* the answer goes, its reason stays; the weights make them one again */
    g_assert_cmpuint(post(different_undo, WEB_ANALYST, "reason=", NULL), ==, 400);
    g_assert_cmpuint(post(different_undo, WEB_ADVOCATE, "reason=x", NULL), ==, 403);
    g_assert_cmpuint(post(different_undo, WEB_ANALYST, "reason=a+slip+too", NULL), ==, 303);
    const gint64 one = person_of_statement(61);
    g_assert_cmpint(one, ==, person_of_statement(62));
    g_autofree char *its_page = g_strdup_printf("/en/persons/P%" G_GINT64_FORMAT, one);
    gint64 person, other;
    g_autofree char *undo =
        g_strdup_printf("/en/undo/JN%" G_GINT64_FORMAT, newest_joining("merge", &person, &other));
    g_autofree char *fresh_token = NULL, *fresh = session_of(WEB_ANALYST, &fresh_token);
    get(its_page, fresh, &answer);
    g_assert_nonnull(strstr(answer.text, " turned out to be "));
    g_assert_nonnull(strstr(answer.text, undo)); /* the page leads to what takes it back */
    raw_clear(&answer);
    g_autofree char *undone = NULL;
    const guint undone_status = post(undo, WEB_ANALYST, "reason=two+graves", &undone);
    g_assert_cmpuint(undone_status, ==, 303);
    g_assert_cmpint(person_of_statement(61), !=, person_of_statement(62));
    g_autoptr(GError) error = NULL;
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(Store) after = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    g_autoptr(GPtrArray) entries = store_audit_list(after, &last, &error);
    g_assert_cmpstr(last_entry(entries)->action, ==, "undo");
    g_assert_cmpstr(last_entry(entries)->reason, ==, "two graves");
    g_assert_cmpint(last_entry(entries)->user_id, ==, 3);
}

static void a_quarantined_record_is_mended(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_assert_cmpuint(post("/en/paste", WEB_DOCUMENTER,
                          "text=On+28+June+2025+a+student+was+arrested+in+Tehran.&source=A+group",
                          &text),
                     ==, 200);
    g_assert_nonnull(strstr(text, "Reports added: 1"));
    g_assert_cmpuint(post("/en/quarantine/Q1", WEB_DOCUMENTER, "text=x&what=drop", NULL), ==, 303);
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    g_autoptr(StoreQuarantine) row = store_quarantine_load(store, 1, &error);
    g_assert_cmpstr(row->state, ==, "dropped");
}

/* ---- files ---- */

static void a_file_is_read_as_on_the_command_line(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *token = NULL, *header = session_of(WEB_DOCUMENTER, &token);
    g_autofree char *headers = g_strconcat(header, MULTIPART, NULL);
    /* rows enough that libmicrohttpd hands the file on in many pieces */
    g_autoptr(GString) table = g_string_new("date,place,kind,name,text\r\n");
    enum { ROWS = 3000 };
    for (int i = 0; i < ROWS; i++)
        g_string_append_printf(table, "2025-06-28,Tehran,arrest," SECRET ",told %d in full\r\n", i);
    const Form *form = &FORM_UPLOAD;
    g_autofree char *body = multipart_of(form, token, 0, table->str);
    for (int twice = 0; twice < 2; twice++) {
        RawAnswer answer;
        raw_request(web_port(web), "POST", "/en/upload", headers, body, &answer);
        g_assert_cmpuint(answer.status, ==, 200);
        g_assert_nonnull(strstr(answer.text, twice ? "Nothing was added twice"
                                                   : "Reports added: 3,000; known before: 0"));
        raw_clear(&answer);
    }
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) originals = store_original_list(store, &last, &error);
    g_assert_no_error(error);
    const StoreOriginal *original = originals->pdata[0];
    g_assert_cmpint(original->bytes, ==, (gint64)table->len); /* to the byte */
    g_autoptr(GPtrArray) entries = store_audit_list(store, &last, &error);
    g_assert_cmpstr(last_entry(entries)->action, ==, "upload");
    g_assert_cmpint(last_entry(entries)->user_id, ==, 2);
}

/* A request's head for a form of `length` bytes. */
static int begin_upload(WebRole role, gsize length)
{
    g_autofree char *token = NULL, *header = session_of(role, &token);
    g_autofree char *head =
        g_strdup_printf("POST /en/upload HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s" MULTIPART
                        "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                        (guint)web_port(web), header, length);
    const int fd = raw_connect(web_port(web));
    raw_send(fd, head, strlen(head));
    return fd;
}

static void who_may_not_is_refused_before_the_file(void)
{
    RawAnswer answer;
    raw_read(begin_upload(WEB_READER, 30 << 20), 5000, &answer);
    g_assert_cmpuint(answer.status, ==, 403);
    raw_clear(&answer);
    raw_read(begin_upload(WEB_DOCUMENTER, WEB_MAX_UPLOAD + 1), 5000, &answer);
    g_assert_cmpuint(answer.status, ==, 413);
    raw_clear(&answer);
}

/* As many as may arrive at a time; the next is asked to come later; how far they are is told to
 * the session that sends and to no other; a broken one leaves room again. */
static void files_on_their_way_are_seen(void)
{
    g_autofree char *token = NULL, *header = session_of(WEB_DOCUMENTER, &token);
    const gint64 before = log_size();
    enum { KB = 1024, TOTAL = 200 * KB, HALF = 100 * KB };
    g_autofree char *half = g_strnfill(HALF, 'x');
    g_autofree char *head =
        g_strdup_printf("POST /en/upload HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s" MULTIPART
                        "Content-Length: %d\r\n\r\n",
                        (guint)web_port(web), header, TOTAL);
    int open[WEB_MAX_UPLOADS];
    for (int i = 0; i < WEB_MAX_UPLOADS; i++) {
        open[i] = raw_connect(web_port(web));
        raw_send(open[i], head, strlen(head));
        raw_send(open[i], half, HALF);
    }
    RawAnswer answer;
    bool told = false;
    for (int tries = 0; tries < 100 && !told; tries++) { /* until all has come through the socket */
        get("/en/uploading", header, &answer);
        gsize n = 0;
        for (const char *at = answer.text; (at = strstr(at, "<p>100 of 200 KB")) != NULL; at++)
            n++;
        told = n == WEB_MAX_UPLOADS;
        g_autofree char *again = raw_header(&answer, "Refresh");
        if (told)
            g_assert_cmpstr(again, ==, "2");
        raw_clear(&answer);
        g_usleep(20000);
    }
    g_assert_true(told);
    raw_read(begin_upload(WEB_DOCUMENTER, TOTAL), 5000, &answer);
    g_assert_cmpuint(answer.status, ==, 503);
    raw_clear(&answer);
    g_autofree char *other_token = NULL, *other = session_of(WEB_DOCUMENTER, &other_token);
    get("/en/uploading", other, &answer);
    g_assert_nonnull(strstr(answer.text, "None of your files"));
    raw_clear(&answer);
    for (int i = 0; i < WEB_MAX_UPLOADS; i++)
        close(open[i]);
    bool room = false;
    for (int tries = 0; tries < 100 && !room; tries++) {
        get("/en/uploading", header, &answer);
        room = strstr(answer.text, "None of your files") != NULL;
        raw_clear(&answer);
        g_usleep(20000);
    }
    g_assert_true(room);
    g_assert_cmpint(log_size(), ==, before);
}

/* Parts without a name, too many, cut off, no UTF-8, no boundary. */
static void a_broken_form_changes_nothing(void)
{
    g_autofree char *token = NULL, *header = session_of(WEB_DOCUMENTER, &token);
    g_autoptr(GString) many = g_string_new(NULL);
    for (int i = 0; i < WEB_MAX_FIELDS + 2; i++) {
        g_autofree char *name = g_strdup_printf("f%d", i);
        add_part(many, name, NULL, "x");
    }
    g_string_append(many, "--" BOUNDARY "--\r\n");
    g_autoptr(GString) invalid = g_string_new(NULL);
    add_part(invalid, "source", NULL, "\xff\xfe");
    g_string_append(invalid, "--" BOUNDARY "--\r\n");
    g_autofree char *cut = multipart_of(&FORM_UPLOAD, token, 99, NULL);
    cut[strlen(cut) - 30] = '\0';
    const struct {
        const char *type, *body;
    } ROWS[] = {
        {MULTIPART, many->str},
        {MULTIPART, invalid->str},
        {MULTIPART, cut},
        {MULTIPART, ""},
        {MULTIPART,
         "--" BOUNDARY "\r\nContent-Disposition: form-data\r\n\r\nx\r\n--" BOUNDARY "--\r\n"},
        {"Content-Type: multipart/form-data\r\n", cut},
        {"Content-Type: multipart/form-data; boundary=\r\n", cut},
        {"Content-Type: text/plain\r\n", cut},
    };
    const gint64 before = log_size();
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *headers = g_strconcat(header, ROWS[i].type, NULL);
        RawAnswer answer;
        raw_request(web_port(web), "POST", "/en/upload", headers, ROWS[i].body, &answer);
        g_test_message("%" G_GSIZE_FORMAT, i);
        g_assert_cmpuint(answer.status, ==, 400);
        raw_clear(&answer);
    }
    g_assert_cmpint(log_size(), ==, before);
}

/* ---- without an account ---- */

static guint send_open(const char *path, const char *body, char **ret_text)
{
    RawAnswer answer;
    raw_request(web_port(web), "POST", path, NULL, body, &answer);
    const guint status = answer.status;
    *ret_text = g_strdup(answer.text);
    raw_clear(&answer);
    return status;
}

/* The codename on the page, its blanks as "+". */
static char *codename_on(const char *text)
{
    const char *at = strstr(text, "class=\"codename\"");
    g_assert_nonnull(at);
    at = strchr(at, '>') + 1;
    char *codename = g_strndup(at, strcspn(at, "<"));
    g_assert_cmpuint(strlen(codename), ==, 29);
    return g_strdelimit(codename, " ", '+');
}

static void what_is_sent_only_the_inbox_opens(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *sent = NULL, *back = NULL, *more = NULL, *wrong = NULL, *none = NULL;
    g_assert_cmpuint(
        send_open("/en/send", "text=On+28+June+2025+" SECRET "+was+arrested+in+Tehran.", &sent), ==,
        200);
    g_autofree char *codename = codename_on(sent);
    g_autofree char *body = g_strdup_printf("codename=%s", codename);
    g_assert_cmpuint(send_open("/fa/send/back", body, &back), ==, 200);
    g_assert_null(strstr(back, SECRET)); /* not even its sender reads it here again */
    g_assert_cmpuint(send_open("/en/send/back", "codename=1111+1111+1111+1111+1111+1111", &wrong),
                     ==, 403);
    g_assert_cmpuint(send_open("/en/send/back", "codename=12", &none), ==, 403);
    /* The case's own keys do not open it: the inbox's passphrase does. */
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) messages = store_message_list(store, &last, &error);
    const StoreMessage *message = messages->pdata[0];
    gsize length;
    const char *sealed = g_bytes_get_data(message->sealed, &length);
    g_assert_null(memmem(sealed, length, SECRET, strlen(SECRET)));
    g_assert_null(inbox_unlock(store, "secret", &error)); /* the case's passphrase */
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_PASSPHRASE);
    g_clear_error(&error);
    guint8 *key = inbox_unlock(store, INBOX_PASSPHRASE, &error);
    g_assert_no_error(error);
    const gint64 report_id = inbox_take(store, message->id, key, &error);
    g_assert_no_error(error);
    g_assert_cmpint(report_id, >, 0);
    g_autoptr(StoreReport) report = store_report_load(store, report_id, &error);
    g_autoptr(StoreSource) source = store_source_load(store, report->source_id, &error);
    g_assert_true(g_str_has_prefix(source->name, "sender SD"));
    /* An answer only its sender opens. */
    g_assert_cmpint(inbox_answer(store, message->sender_id, "Who saw it?", &error), >, 0);
    g_autofree char *again = g_strdup_printf("codename=%s&text=A+neighbour+did.", codename);
    g_assert_cmpuint(send_open("/en/send/more", again, &more), ==, 200);
    g_assert_nonnull(strstr(more, "Who saw it?"));
    g_autoptr(GPtrArray) answers = store_message_list(store, &last, &error);
    const StoreMessage *newest = answers->pdata[0];
    g_assert_false(newest->outward);
    sodium_free(key);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    case_make();
    cookie = log_in();
    g_test_add_func("/web/does/alarm", an_alarm_is_answered_in_ones_name);
    g_test_add_func("/web/does/correct", a_report_is_graded_and_corrected);
    g_test_add_func("/web/does/add", a_report_is_added_and_its_name_is_sealed);
    g_test_add_func("/web/does/ask", an_ask_is_written_down);
    g_test_add_func("/web/does/reveal", sealed_fields_are_shown_for_a_reason_that_is_kept);
    g_test_add_func("/web/does/pair_places", places_of_a_pair_stand_in_the_readers_language);
    g_test_add_func("/web/does/review", a_pair_is_answered_in_ones_name);
    g_test_add_func("/web/does/join", a_person_is_put_together_and_taken_apart);
    g_test_add_func("/web/does/send", what_is_sent_only_the_inbox_opens);
    g_test_add_func("/web/does/quarantine", a_quarantined_record_is_mended);
    g_test_add_func("/web/upload/read", a_file_is_read_as_on_the_command_line);
    g_test_add_func("/web/upload/refused", who_may_not_is_refused_before_the_file);
    g_test_add_func("/web/upload/seen", files_on_their_way_are_seen);
    g_test_add_func("/web/upload/broken", a_broken_form_changes_nothing);
    int status = g_test_run();
    web_stop(web);
    g_free(cookie);
    g_free(folder);
    return status;
}
