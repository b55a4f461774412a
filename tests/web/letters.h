/* tests/web/letters.h: the bundled facts, two offices of today and a finding, to write letters
 * with. */
#pragma once
#include "appeal/appeal.h"
#include "appeal/findings.h"
#include "case.h"

enum { SECONDS_A_DAY = 86400 };

static gint64 by_mail, by_post; /* offices: one with a mail address, one without */
static gint64 finding;          /* that a letter rests on */

static Store *reading(void)
{
    g_autoptr(GError) error = NULL;
    Store *store = evidence_open_with_keys(folder, web->keys, STORE_READ, &error);
    g_assert_no_error(error);
    return store;
}

static Store *writing(void)
{
    g_autoptr(GError) error = NULL;
    Store *store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
    g_assert_no_error(error);
    return store;
}

/* An office of today, whoever holds real ones when this test is run. */
static gint64 add_office(Store *store, const char *code, const char *office, const char *email)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreBody) body = store_body_new();
    body->code = g_strdup(code);
    body->name_en = g_strdup(office);
    must(store_body_add(store, body, &error), error);
    g_autoptr(StoreRecipient) one = store_recipient_new();
    one->body_id = body->id;
    one->name = g_strdup("A. Holder");
    one->office = g_strdup(office);
    one->salutation = g_strdup("Excellency,");
    one->salutation_fa = g_strdup("عالی‌جناب،");
    one->address = g_strdup("A. Holder\nOffice of the test");
    one->email = g_strdup(email);
    one->from_day = 18262;
    one->seen_day = (gint32)(store_now(store) / SECONDS_A_DAY);
    one->source = g_strdup("made for the test");
    one->verified = g_strdup("yes");
    must(store_recipient_add(store, one, &error), error);
    return one->id;
}

static void facts_load(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = writing();
    must(appeal_load_facts(store, "iran-2025", &error), error);
    by_mail = add_office(store, "TSTM", "Office with mail", "desk@example.org");
    by_post = add_office(store, "TSTP", "Office by post", NULL);
    const AppealFindingInput input = {.text = "A person was arrested in Tehran.",
                                      .standard = "grounds",
                                      .grade = "B2",
                                      .rests_on = "R5",
                                      .first_day = G_MININT32,
                                      .last_day = G_MAXINT32};
    finding = appeal_finding_add(store, &input, &error);
    g_assert_no_error(error);
    g_assert_cmpint(finding, >, 0);
}
