/* tests/web/case.h: a case with one of each, markup in every field that comes from outside, served.
 */
#pragma once
#include "evidence/evidence.h"
#include "evidence/original.h"
#include "intake/inbox.h"
#include "intake/join.h"
#include "intake/search.h"
#include "raw.h"
#include "store/appeal.h"
#include "store/assessment.h"
#include "store/body.h"
#include "store/intake.h"
#include "store/person.h"
#include "store/search.h"
#include "store/signal.h"
#include "store/submission.h"
#include "store/user.h"
#include "support.h"
#include "web/account.h"
#include "web/app.h"
#include "web/web.h"
#include <sodium.h>
#include <string.h>

/* Markup in every field that comes from outside; the number tells which one broke through. */
#define ATTACK "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"
#define SECRET "Parvaneh-Sealed-Name"

static Web *web;
static char *folder, *cookie;

/* ---- a case with one of each ---- */

static char *attack(const char *field)
{
    return g_strdup_printf("%s " ATTACK " \u202e\x01", field);
}

static void must(bool done, GError *error)
{
    g_assert_no_error(error);
    g_assert_true(done);
}

static void add_report(Store *store, gint64 source_id, gint64 original_id, gint64 place_id,
                       gint64 person_id, gint64 act_id, guint number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReport) report = store_report_new();
    report->source_id = source_id;
    report->original_id = original_id;
    report->original_length = 10;
    report->received = 1750000000 + (gint64)number * 86400;
    report->event_date = g_strdup("2025-06-28");
    report->first_day = report->last_day = 20267;
    report->place_id = place_id;
    report->place_text = attack("place");
    report->title = attack("title");
    report->text = number == 0 ? attack("در تهران بازداشت‌شدگان")
                               : g_strdup("بيست نفر در تهران بازداشت شدند. Twenty people.");
    report->language = g_strdup(number == 0 ? "\"><script>" : "fa");
    report->kind = number == 0 ? attack("kind") : g_strdup("arrest");
    report->external_id = attack("external");
    report->reliability = 'B';
    report->credibility = 2;
    must(store_report_add(store, report, &error), error);
    g_autofree char *folded = intake_search_fold(report->text);
    must(store_search_put(store, report->id, folded, &error), error);

    g_autoptr(StoreStatement) statement = store_statement_new();
    statement->report_id = report->id;
    statement->act_id = act_id;
    statement->act_kind = number == 0 ? attack("act") : g_strdup("arrest");
    statement->victim_id = person_id;
    statement->victim_name = g_strdup(SECRET);
    statement->victim_father = g_strdup(SECRET);
    statement->victim_group = attack("group");
    statement->perpetrator = attack("perpetrator");
    statement->event_date = g_strdup(number == 0 ? "<b>" : "2025-06-28");
    statement->first_day = statement->last_day = 20267;
    statement->place_text = attack("where");
    statement->according_to = attack("according");
    statement->charge = attack("charge");
    statement->outcome = attack("outcome");
    statement->case_number = g_strdup(SECRET);
    statement->method = attack("method");
    statement->text_offset = 0;
    statement->text_length = 4;
    must(store_statement_add(store, statement, &error), error);
}

static gint64 add_people(Store *store, gint64 place_id, gint64 *ret_act)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StorePerson) person = store_person_new();
    person->name = g_strdup(SECRET);
    person->name_latin = g_strdup(SECRET);
    person->contact = g_strdup(SECRET);
    person->note = g_strdup(SECRET);
    person->group = attack("group");
    person->status = attack("status");
    must(store_person_add(store, person, &error), error);
    g_autoptr(StoreAct) act = store_act_new();
    act->kind = attack("kind");
    act->victim_id = person->id;
    act->perpetrator = attack("perpetrator");
    act->event_date = g_strdup("2025-06-28");
    act->place_id = place_id;
    must(store_act_add(store, act, &error), error);
    *ret_act = act->id;
    return person->id;
}

static void add_figures(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreCrisis) crisis = store_crisis_new();
    crisis->name = attack("name");
    crisis->text = attack("text");
    crisis->response = attack("response");
    crisis->source = attack("source");
    crisis->event_date = g_strdup("2025-06-13/2025-06-24");
    crisis->verified = g_strdup("memory");
    must(store_crisis_add(store, crisis, &error), error);
    g_autoptr(StoreFigure) figure = store_figure_new();
    figure->crisis_id = crisis->id;
    figure->reporter = attack("reporter");
    figure->kind = attack("kind");
    figure->event_date = g_strdup("2025");
    figure->low = 972;
    figure->high = 1001;
    figure->note = attack("note");
    figure->source = attack("source");
    figure->verified = g_strdup("memory");
    must(store_figure_add(store, figure, &error), error);
    g_autoptr(StoreVote) vote = store_vote_new();
    vote->resolution = attack("resolution");
    vote->title = attack("title");
    vote->in_favour = 25;
    vote->against = 6;
    vote->abstained = 16;
    must(store_vote_add(store, vote, &error), error);
}

static void add_alarm(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreSeries) series = store_series_new();
    series->name = attack("name");
    series->act_kind = attack("kind");
    series->interval_days = 7;
    StoreSeriesPoint points[60];
    for (gsize i = 0; i < G_N_ELEMENTS(points); i++)
        points[i] = (StoreSeriesPoint){.first_day = 20000 + 7 * (double)i,
                                       .observed = (double)(i % 5),
                                       .expected = 2,
                                       .upper = 6};
    store_series_set_points(series, points, G_N_ELEMENTS(points));
    must(store_series_add(store, series, &error), error);
    g_autoptr(StoreAlarm) alarm = store_alarm_new();
    alarm->series_id = series->id;
    alarm->first_day = 20260;
    alarm->last_day = 20266;
    alarm->method = attack("method");
    alarm->observed = 40;
    alarm->expected = 2;
    alarm->threshold = 6;
    alarm->status = attack("status");
    alarm->reason = attack("reason");
    must(store_alarm_add(store, alarm, &error), error);
    g_autoptr(StoreAssessment) assessment = store_assessment_new();
    assessment->title = attack("title");
    assessment->framework = attack("framework");
    assessment->summary = attack("summary");
    assessment->author = attack("author");
    must(store_assessment_add(store, assessment, &error), error);
    g_autoptr(StoreRating) rating = store_rating_new();
    rating->assessment_id = assessment->id;
    rating->factor = g_strdup("RF1");
    rating->level = 2;
    rating->trend = attack("trend");
    rating->rationale = attack("rationale");
    rating->method = g_strdup("by hand");
    must(store_rating_add(store, rating, &error), error);
}

/* An ask, a draft to one office, somebody asked to sign, an answer that came: AK1, RC1, AP1, DL1,
 * SG1, RS1; a body, one member, a measure, a step. */
static void add_letter(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAsk) ask = store_ask_new();
    ask->code = attack("code");
    ask->title = attack("title");
    ask->text = attack("text");
    ask->basis = attack("basis");
    ask->addressee = attack("addressee");
    must(store_ask_add(store, ask, &error), error);
    g_autoptr(StoreBody) body = store_body_new();
    body->code = g_strdup("TST");
    body->name_en = attack("body");
    must(store_body_add(store, body, &error), error);
    g_autoptr(StoreRecipient) office = store_recipient_new();
    office->body_id = body->id;
    office->name = attack("name");
    office->office = attack("office");
    office->email = attack("email");
    office->from_day = 19000;
    must(store_recipient_add(store, office, &error), error);
    g_autoptr(StoreAppeal) letter = store_appeal_new();
    g_autofree char *words = attack("words");
    letter->title = attack("title");
    letter->language = g_strdup("en");
    letter->subject = attack("subject");
    letter->body = g_strdup_printf("From: %s\nTo: %s\nSubject: %s\nSalutation: %s\nClosing: %s\n"
                                   "\n# %s\n%s[^1]\n1) %s\n- %s\n[^1]: FG1 %s\n"
                                   "[@]: FG1 O1 - %s\n",
                                   words, words, words, words, words, words, words, words, words,
                                   words, words);
    letter->day = 20267;
    letter->status = g_strdup("draft");
    must(store_appeal_add(store, letter, &error), error);
    g_autoptr(StoreDelivery) delivery = store_delivery_new();
    delivery->appeal_id = letter->id;
    delivery->recipient_id = office->id;
    delivery->status = g_strdup("prepared");
    delivery->note = attack("note");
    must(store_delivery_add(store, delivery, &error), error);
    g_autoptr(StoreSignatory) signatory = store_signatory_new();
    signatory->appeal_id = letter->id;
    signatory->name = attack("name");
    signatory->status = g_strdup("pending");
    signatory->contact = g_strdup(SECRET);
    must(store_signatory_add(store, signatory, &error), error);
    g_autoptr(StoreResponse) response = store_response_new();
    response->ask_id = ask->id;
    response->kind = g_strdup("acknowledged");
    response->text = attack("text");
    response->source = attack("source");
    response->received = 1760000000;
    must(store_response_add(store, response, &error), error);
    g_autoptr(StoreMember) member = store_member_new();
    member->body_id = body->id;
    member->state = attack("state");
    member->year = 2025;
    must(store_member_add(store, member, &error), error);
    g_autoptr(StoreMeasure) measure = store_measure_new();
    measure->code = attack("DIP");
    measure->category = attack("category");
    measure->title = attack("title");
    measure->who = attack("who");
    measure->legal_basis = attack("basis");
    must(store_measure_add(store, measure, &error), error);
    g_autoptr(StoreCommitment) step = store_commitment_new();
    step->measure_id = measure->id;
    step->state = attack("state");
    step->status = g_strdup("asked");
    step->text = attack("text");
    step->source = attack("source");
    step->day = 20267;
    must(store_commitment_add(store, step, &error), error);
}

/* One account a role, named like it: U1 administrator … U5 reader. */
#define PASSWORD         "four words are good"
#define INBOX_PASSPHRASE "kept elsewhere"
static void add_accounts(Store *store)
{
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < WEB_N_ROLES; i++) {
        const char *role = web_role_word((WebRole)(1 << i));
        g_autofree char *name = g_strdup_printf("%s1", role);
        must(account_add(store, name, role, I18N_ENGLISH, PASSWORD, &error) == i + 1, error);
    }
}

static void add_quarantine(Store *store, gint64 original_id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuarantine) row = store_quarantine_new();
    const char raw[] = "date,place\n2025-13-45," ATTACK;
    row->original_id = original_id;
    row->file = attack("file");
    row->raw = g_bytes_new(raw, sizeof raw - 1);
    row->reason = attack("reason");
    row->state = g_strdup("waiting");
    must(store_quarantine_add(store, row, &error), error);
}

/* Two statements that the linkage compares: T61 and T62. */
static void add_pair(Store *store, gint64 source_id, gint64 original_id, gint64 place_id)
{
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < 2; i++) {
        g_autoptr(StoreReport) report = store_report_new();
        report->source_id = source_id;
        report->original_id = original_id;
        report->received = 1750000000;
        must(store_report_add(store, report, &error), error);
        g_autoptr(StoreStatement) statement = store_statement_new();
        statement->report_id = report->id;
        statement->act_kind = g_strdup("arrest");
        statement->victim_name = g_strdup(i == 0 ? "Sohrab Testnam" : "Sohrab Testname");
        statement->victim_father = g_strdup(SECRET);
        statement->first_day = statement->last_day = 20267;
        statement->place_id = i == 0 ? place_id : 0;
        statement->place_text = g_strdup("Tehran as written");
        must(store_statement_add(store, statement, &error), error);
    }
}

static void case_make(void)
{
    g_autoptr(GError) error = NULL;
    folder = test_case_place("case.zenhar");
    const StoreKeyCost cheap = {.passes = 1, .memory_bytes = 1 << 20};
    g_autoptr(Store) store = evidence_create(folder, "secret", &cheap, &error);
    g_assert_no_error(error);
    must(store_begin(store, &error), error);
    g_autofree char *title = attack("title");
    must(store_setting_set(store, "title", title, &error), error);
    must(store_setting_set(store, "label", "synthetic", &error), error);
    gint64 original_id;
    bool known;
    g_autofree char *name = attack("file");
    must(evidence_original_add_bytes(store, "an original \0 of bytes", 21, name, "text/html", name,
                                     &original_id, &known, &error),
         error);
    g_autoptr(StoreSource) source = store_source_new();
    source->name = attack("source");
    source->kind = attack("kind");
    must(store_source_add(store, source, &error), error);
    g_autoptr(StorePlace) place = store_place_new();
    place->name_en = attack("Tehran");
    place->name_fa = attack("تهران");
    must(store_place_add(store, place, &error), error);
    gint64 act_id;
    gint64 person_id = add_people(store, place->id, &act_id);
    for (guint i = 0; i < 60; i++)
        add_report(store, source->id, original_id, place->id, person_id, act_id, i);
    add_pair(store, source->id, original_id, place->id);
    add_figures(store);
    add_alarm(store);
    add_letter(store);
    add_accounts(store);
    add_quarantine(store, original_id);
    must(store_commit(store, &error), error);
    must(intake_join(store, NULL, NULL, &error), error);
    must(inbox_make(store, INBOX_PASSPHRASE, &cheap, &error), error);

    const WebStart start = {.folder = folder, .keys = store_keys(store), .threads = 2};
    web = web_start(&start, &error);
    g_assert_no_error(error);
}

/* ---- asking ---- */

static inline void get(const char *path, const char *headers, RawAnswer *answer)
{
    raw_request(web_port(web), "GET", path, headers, NULL, answer);
}

static char *log_in(void)
{
    g_autofree char *link = web_login_link(web, I18N_ENGLISH, "");
    g_autofree char *body = g_strdup(strstr(link, "token="));
    RawAnswer answer;
    raw_request(web_port(web), "POST", "/en/login", NULL, body, &answer);
    g_assert_cmpuint(answer.status, ==, 303);
    g_autofree char *header = raw_header(&answer, "Set-Cookie");
    raw_clear(&answer);
    return g_strdup_printf("Cookie: %.*s\r\n", (int)strcspn(header, ";"), header);
}
