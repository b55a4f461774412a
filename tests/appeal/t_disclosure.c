/* What of a record may leave: each rule, and what lifts it. */
#include "appeal/disclosure.h"
#include "appeal/submission.h"
#include "evidence/original.h"
#include "store/appeal.h"
#include "store/intake.h"
#include "store/person.h"
#include "store/report.h"
#include "store/user.h"
#include "support.h"

#include <sodium.h>
#include <string.h>

static Store *store;
static gint32 today;

static gint64 person_new(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StorePerson) person = store_person_new();
    person->name = g_strdup(name);
    g_assert_true(store_person_add(store, person, &error));
    return person->id;
}

static gint64 file_new(const char *text, const char *name, const char *origin)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    bool known;
    g_assert_true(evidence_original_add_bytes(store, text, strlen(text), name, "text/plain", origin,
                                              &id, &known, &error));
    return id;
}

/* A report of a file; about somebody, when a name is given. */
static gint64 report_new(gint64 original, const char *text, gint64 person, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReport) report = store_report_new();
    report->original_id = original;
    report->text = g_strdup(text);
    g_assert_true(store_report_add(store, report, &error));
    if (name == NULL)
        return report->id;
    g_autoptr(StoreStatement) statement = store_statement_new();
    statement->report_id = report->id;
    statement->victim_id = person;
    statement->victim_name = g_strdup(name);
    g_assert_true(store_statement_add(store, statement, &error));
    return report->id;
}

static void consent(gint64 person, const char *purpose, const char *answer)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(consent_give(store, person, purpose, answer, today - 1, NULL, NULL, &error), >,
                    0);
    g_assert_no_error(error);
}

/* Asks the rule; options beyond the default by letters: s with_sealed, o with_originals, r reveal.
 */
static EvidenceBundleItem ask(StoreKind kind, gint64 id, const char *letters)
{
    g_autoptr(GError) error = NULL;
    const DisclosureOptions options = {
        .day = today,
        .with_sealed = strchr(letters, 's') != NULL,
        .with_originals = strchr(letters, 'o') != NULL,
        .reveal = strchr(letters, 'r') != NULL,
    };
    g_autoptr(Disclosure) disclosure = disclosure_new(store, &options, &error);
    g_assert_no_error(error);
    EvidenceBundleItem item = {.kind = kind, .id = id};
    g_autoptr(GBytes) record = store_log_record(store, kind, id, &error);
    g_assert_no_error(error);
    g_assert_true(disclosure_rule(disclosure, store, record, &item, &error));
    g_assert_no_error(error);
    return item;
}

static void test_reports(void)
{
    const gint64 file = file_new("one", "one.csv", "one.csv"), silent = person_new("Omid Testvand"),
                 no = person_new("Kave Testkuh"), back = person_new("Sara Testrud");
    consent(no, "send", "no");
    consent(back, "send", "yes");
    g_autoptr(GError) error = NULL;
    g_assert_true(consent_withdraw(store, back, "send", today, &error));
    g_assert_cmpstr(
        ask(STORE_KIND_REPORT, report_new(file, "masked •••", silent, "Omid Testvand"), "")
            .withheld,
        ==, NULL);
    g_assert_cmpstr(
        ask(STORE_KIND_REPORT, report_new(file, "masked", no, "Kave Testkuh"), "").withheld, ==,
        "consent");
    g_assert_cmpstr(
        ask(STORE_KIND_REPORT, report_new(file, "masked", back, "Sara Testrud"), "").withheld, ==,
        "consent");
    const gint64 named =
        report_new(file, "they say that Omid  TESTVAND was taken", silent, "Omid Testvand");
    g_assert_cmpstr(ask(STORE_KIND_REPORT, named, "s").withheld, ==, "named");
    g_assert_cmpstr(ask(STORE_KIND_REPORT, named, "r").withheld, ==, NULL);
    g_autoptr(StoreReport) report = store_report_load(store, named, &error);
    g_free(report->text);
    report->text = g_strdup("masked");
    report->withdrawn = true;
    g_assert_true(store_report_update(store, report, &error));
    g_assert_cmpstr(ask(STORE_KIND_REPORT, named, "").withheld, ==, "withdrawn");
}

static void test_persons(void)
{
    const gint64 silent = person_new("Lale Testdasht"), no = person_new("Reza Testbaran");
    consent(no, "send", "no");
    g_assert_cmpstr(ask(STORE_KIND_PERSON, silent, "").withheld, ==, "sealed");
    g_assert_false(ask(STORE_KIND_PERSON, silent, "").linked);
    g_assert_cmpstr(ask(STORE_KIND_PERSON, silent, "s").withheld, ==, NULL);
    g_assert_cmpstr(ask(STORE_KIND_PERSON, no, "s").withheld, ==, "consent");
    g_assert_cmpstr(ask(STORE_KIND_PERSON, no, "r").withheld, ==, NULL);
}

static void test_files(void)
{
    const gint64 yes = person_new("Mina Testsang"), half = person_new("Zari Testab");
    consent(yes, "send", "yes");
    consent(yes, "name", "full");
    consent(half, "send", "yes");
    consent(half, "name", "initials");
    const gint64 full = file_new("a", "a.csv", "a.csv"), mixed = file_new("b", "b.csv", "b.csv"),
                 nobody = file_new("c", "c.pdf", "c.pdf"), bare = file_new("d", "d.txt", "d.txt"),
                 public = file_new("e", "e.csv", "bundled"),
                 path = file_new("f", "/home/somebody/f.csv", "/home/somebody/f.csv");
    report_new(full, "masked", yes, "Mina Testsang");
    const gint64 told = report_new(mixed, "Mina Testsang was taken", yes, "Mina Testsang");
    g_assert_cmpstr(ask(STORE_KIND_REPORT, told, "").withheld, ==, NULL); /* as she wishes */
    report_new(mixed, "masked", half, "Zari Testab");
    report_new(bare, "nobody is named", 0, NULL);
    const struct {
        gint64 file;
        const char *letters, *withheld, *original_withheld;
        bool with_original;
    } CASES[] = {
        {full, "o", NULL, NULL, true},        {full, "", NULL, NULL, false},
        {mixed, "o", NULL, "consent", false}, {mixed, "or", NULL, NULL, true},
        {nobody, "o", NULL, "unread", false}, {bare, "o", NULL, NULL, true},
        {public, "o", NULL, NULL, true},      {path, "o", "path", NULL, false},
        {path, "or", NULL, NULL, true},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const EvidenceBundleItem item = ask(STORE_KIND_ORIGINAL, CASES[i].file, CASES[i].letters);
        g_assert_cmpstr(item.withheld, ==, CASES[i].withheld);
        g_assert_cmpstr(item.original_withheld, ==, CASES[i].original_withheld);
        g_assert_cmpint(item.with_original, ==, CASES[i].with_original);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuarantine) unread = store_quarantine_new();
    unread->original_id = full;
    g_assert_true(store_quarantine_add(store, unread, &error));
    g_assert_cmpstr(ask(STORE_KIND_ORIGINAL, full, "o").original_withheld, ==, "quarantine");
    g_assert_cmpstr(ask(STORE_KIND_QUARANTINE, unread->id, "").withheld, ==, "private");
}

static void test_others(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAppeal) letter = store_appeal_new();
    g_assert_true(store_appeal_add(store, letter, &error));
    static const struct {
        const char *status, *withheld;
        bool unnamed;
    } SIGNED[] = {{"verified", NULL, false},
                  {"agreed", NULL, false},
                  {"asked", "consent", false},
                  {"declined", "consent", false},
                  {"verified", "unnamed", true}};
    for (gsize i = 0; i < G_N_ELEMENTS(SIGNED); i++) {
        g_autoptr(StoreSignatory) signatory = store_signatory_new();
        signatory->appeal_id = letter->id;
        signatory->status = g_strdup(SIGNED[i].status);
        signatory->unnamed = SIGNED[i].unnamed;
        g_assert_true(store_signatory_add(store, signatory, &error));
        g_assert_cmpstr(ask(STORE_KIND_SIGNATORY, signatory->id, "").withheld, ==,
                        SIGNED[i].withheld);
    }
    static const struct {
        const char *kind, *withheld;
    } SOURCES[] = {{"organisation", NULL}, {"media", NULL}, {"person", "source"}, {NULL, "source"}};
    for (gsize i = 0; i < G_N_ELEMENTS(SOURCES); i++) {
        g_autoptr(StoreSource) source = store_source_new();
        source->name = g_strdup_printf("source %u", (guint)i);
        source->kind = g_strdup(SOURCES[i].kind);
        g_assert_true(store_source_add(store, source, &error));
        g_assert_cmpstr(ask(STORE_KIND_SOURCE, source->id, "").withheld, ==, SOURCES[i].withheld);
    }
    g_autoptr(StoreUser) user = store_user_new();
    user->name = g_strdup("somebody");
    user->role = g_strdup("reader");
    user->password_hash = g_strdup("x");
    g_assert_true(store_user_add(store, user, &error));
    g_assert_cmpstr(ask(STORE_KIND_USER, user->id, "sor").withheld, ==, "private");
    g_assert_true(store_setting_set(store, "anything", "x", &error));
    g_assert_cmpstr(ask(STORE_KIND_SETTING, 1, "").withheld, ==, "private");
    g_assert_cmpstr(ask(STORE_KIND_SETTING, 1, "r").withheld, ==, NULL);
    g_assert_cmpstr(ask(STORE_KIND_APPEAL, letter->id, "").withheld, ==, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (sodium_init() < 0)
        return 1;
    const StoreKeyCost cheap = {.passes = 1, .memory_bytes = 1 << 20};
    g_autoptr(GError) error = NULL;
    g_autofree char *top = test_folder_new();
    g_autofree char *folder = g_build_filename(top, "t.zenhar", NULL);
    store = evidence_create(folder, "a test's passphrase", &cheap, &error);
    g_assert_no_error(error);
    today = (gint32)(store_now(store) / 86400);
    g_test_add_func("/appeal/disclosure/reports_go_unless_somebody_said_no", test_reports);
    g_test_add_func("/appeal/disclosure/persons_stay_sealed", test_persons);
    g_test_add_func("/appeal/disclosure/files_go_with_everybodys_full_consent", test_files);
    g_test_add_func("/appeal/disclosure/signatories_sources_and_the_programs_own", test_others);
    const int ended = g_test_run();
    store_close(store);
    return ended;
}
