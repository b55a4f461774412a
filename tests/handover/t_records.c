/* Exports read back, what they hold back, and what they refuse. */
#include "cases.h"

#include "evidence/original.h"

/* ---- plain values ---- */

static void test_plain(void)
{
    static const struct {
        StoreKind kind;
        const char *field, *text; /* as it is written, and must be given back */
        bool fits;
    } CASES[] = {
        {STORE_KIND_REPORT, "first_day", "2025-06-28", true},
        {STORE_KIND_REPORT, "first_day", "0004-02-29", true},
        {STORE_KIND_REPORT, "first_day", "2025-02-29", false},
        {STORE_KIND_REPORT, "first_day", "2025-6-28", false},
        {STORE_KIND_REPORT, "first_day", "2025-06-28x", false},
        {STORE_KIND_REPORT, "received", "2025-06-28T10:11:12Z", true},
        {STORE_KIND_REPORT, "received", "yesterday", false},
        {STORE_KIND_REPORT, "source_id", "S7", true},
        {STORE_KIND_REPORT, "source_id", "R7", false},
        {STORE_KIND_REPORT, "reliability", "B", true},
        {STORE_KIND_REPORT, "reliability", "BB", false},
        {STORE_KIND_REPORT, "synthetic", "true", true},
        {STORE_KIND_REPORT, "synthetic", "maybe", false},
        {STORE_KIND_REPORT, "credibility", "3", true},
        {STORE_KIND_REPORT, "credibility", "3000000000", false},
        {STORE_KIND_REPORT, "content_key", "000102030405060708090a0b0c0d0e0f", true},
        {STORE_KIND_REPORT, "content_key", "0001", false},
        {STORE_KIND_PLACE, "latitude", "35.6892", true},
        {STORE_KIND_PLACE, "latitude", "north", false},
        {STORE_KIND_LINK, "from_kind", "report", true},
        {STORE_KIND_LINK, "from_kind", "raport", false},
        {STORE_KIND_STATEMENT, "victim_name", "نامی", true},
        {STORE_KIND_STATEMENT, "victim_name", "\xff\xfe", false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GError) error = NULL;
        void *record = store_record_new(CASES[i].kind);
        const gssize column = store_kind_column_find(CASES[i].kind, CASES[i].field);
        g_assert_cmpint(column, >=, 0);
        g_autofree char *before = store_record_plain(CASES[i].kind, record, (gsize)column);
        const bool set =
            store_record_set_plain(CASES[i].kind, record, (gsize)column, CASES[i].text, &error);
        g_autofree char *after = store_record_plain(CASES[i].kind, record, (gsize)column);
        g_test_message("%s, row %d", CASES[i].field, (int)i);
        g_assert_cmpint(set, ==, CASES[i].fits);
        g_assert_cmpstr(after, ==, CASES[i].fits ? CASES[i].text : before);
        g_assert_cmpint(error == NULL, ==, CASES[i].fits);
        store_record_free(CASES[i].kind, record);
    }
    g_autoptr(StoreReport) report = store_report_new();
    store_record_set_plain(STORE_KIND_REPORT, report,
                           (gsize)store_kind_column_find(STORE_KIND_REPORT, "first_day"),
                           "1970-01-02", NULL);
    g_assert_cmpint(report->first_day, ==, 1);
    store_record_set_plain(STORE_KIND_REPORT, report,
                           (gsize)store_kind_column_find(STORE_KIND_REPORT, "received"),
                           "1970-01-02T00:00:01Z", NULL);
    g_assert_cmpint(report->received, ==, 86401);
}

/* ---- round trips ---- */

static void round_trip(Store *store, const char *folder, bool tables)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) copy = new_case(folder, tables ? "tables.zenhar" : "lines.zenhar");
    g_autofree char *path = NULL;
    if (tables) {
        g_autoptr(Outlet) outlet = outlet_of(store, OUTLET_WHOLE, OUTLET_SEND);
        RecordsDone done = {0};
        path = g_build_filename(folder, "tables", NULL);
        records_write_folder(outlet, RECORDS_ALL, path, &done, &error);
        g_assert_no_error(error);
    } else {
        g_autofree char *text = lines_of(store, OUTLET_WHOLE, OUTLET_SEND);
        path = write_text(folder, "lines.jsonl", text);
    }
    g_assert_true(take_is_export(path));
    const TakeDone done = take_file(copy, path);
    g_assert_cmpint(take_done_known(&done), ==, 0);
    g_assert_cmpint(done.unnamed, ==, 0);
    assert_same(store, copy);
    g_assert_true(evidence_verify(copy, NULL, &error));
    g_assert_no_error(error);
}

static void test_generated(void)
{
    for (int tables = 0; tables < 2; tables++) {
        g_autofree char *folder = test_folder_new();
        g_autoptr(Store) store = generated_case(folder, "a.zenhar", 400, 3);
        round_trip(store, folder, tables != 0);
    }
}

static void test_odd(void)
{
    const guint32 trials = number_of("ZENHAR_TRIALS", 4);
    for (guint32 i = 0; i < trials; i++) {
        g_autofree char *folder = test_folder_new();
        g_autoptr(Store) store = odd_case(folder, "a.zenhar", 40, number_of("ZENHAR_SEED", 7) + i);
        round_trip(store, folder, i % 2 == 1);
    }
}

static void test_again(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = generated_case(folder, "a.zenhar", 120, 5);
    g_autoptr(Store) copy = new_case(folder, "b.zenhar");
    g_autofree char *first = lines_of(store, OUTLET_REDACTED, OUTLET_SEND);
    g_autofree char *path = write_text(folder, "first.jsonl", first);
    const TakeDone taken = take_file(copy, path);
    g_assert_cmpint(take_done_added(&taken), >, 300);
    const gint64 before = entries(copy);
    const TakeDone again = take_file(copy, path);
    g_assert_cmpint(again.original_id, ==, 0);
    g_assert_cmpint(entries(copy), ==, before);
    /* One report more there: it alone comes, by whichever form. */
    import(store, "one.csv", "id,date,city,act,name\nnew-1,2025-06-01,Tehran,arrest,Zed Zedan\n");
    g_autofree char *second = lines_of(store, OUTLET_REDACTED, OUTLET_SEND);
    g_autofree char *later = write_text(folder, "second.jsonl", second);
    const TakeDone more = take_file(copy, later);
    g_assert_cmpint(more.added[STORE_KIND_REPORT], ==, 1);
    g_assert_cmpint(more.added[STORE_KIND_STATEMENT], ==, 1);
    g_assert_cmpint(more.added[STORE_KIND_PERSON], ==, 0);
    g_assert_cmpint(more.known[STORE_KIND_REPORT], ==, taken.added[STORE_KIND_REPORT]);
    g_assert_true(evidence_verify(copy, NULL, &error));
    g_assert_no_error(error);
}

/* ---- what is refused ---- */

static void assert_refused(Store *copy, const char *path, const char *words)
{
    g_autoptr(GError) error = NULL;
    TakeDone done;
    StoreLogHead head;
    const bool any = evidence_head(copy, &head, NULL);
    g_assert_false(take_import(copy, path, &done, &error));
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, words));
    g_assert_true(any ? entries(copy) == head.size : !evidence_head(copy, &head, NULL));
}

static void test_refused(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(Store) store = generated_case(folder, "a.zenhar", 60, 5);
    g_autoptr(Store) copy = new_case(folder, "b.zenhar");
    g_autofree char *text = lines_of(store, OUTLET_REDACTED, OUTLET_SEND);
    g_autofree char *cut = g_strndup(text, strlen(text) - 40);
    g_autofree char *path = write_text(folder, "cut.jsonl", cut);
    assert_refused(copy, path, "cut.jsonl");
    char *last = g_strrstr_len(text, (gssize)strlen(text) - 1, "\n") + 1;
    g_autofree char *without_end = g_strndup(text, (gsize)(last - text));
    g_autofree char *endless = write_text(folder, "endless.jsonl", without_end);
    assert_refused(copy, endless, "cut short");
    char *line = strstr(text, "{\"id\":\"R"), *next = strchr(line, '\n') + 1;
    g_autofree char *head = g_strndup(text, (gsize)(line - text));
    g_autofree char *one_less = g_strconcat(head, next, NULL);
    g_autofree char *lost = write_text(folder, "lost.jsonl", one_less);
    assert_refused(copy, lost, "records");
    g_autofree char *wild = g_strconcat(
        head, "{\"id\":\"R9\",\"kind\":\"report\",\"fields\":{\"received\":\"soon\"}}\n", next,
        NULL);
    g_autofree char *wrong = write_text(folder, "wrong.jsonl", wild);
    assert_refused(copy, wrong, "received");
    g_autofree char *users = g_strconcat(
        head, "{\"id\":\"US1\",\"kind\":\"user\",\"fields\":{\"name\":\"x\"}}\n", next, NULL);
    g_autofree char *user = write_text(folder, "user.jsonl", users);
    assert_refused(copy, user, "no record of an export");
    g_autofree char *newer =
        write_text(folder, "newer.jsonl", "{\"format\":\"zenhar records 9\",\"case\":\"00\"}\n");
    assert_refused(copy, newer, "zenhar records 9");
    g_autofree char *not = write_text(folder, "not.jsonl", "{\"text\":\"a report\"}\n");
    g_assert_false(take_is_export(not ));
}

static void test_changed_table(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = generated_case(folder, "a.zenhar", 60, 5);
    g_autoptr(Store) copy = new_case(folder, "b.zenhar");
    g_autoptr(Outlet) outlet = outlet_of(store, OUTLET_REDACTED, OUTLET_SEND);
    RecordsDone done = {0};
    g_autofree char *tables = g_build_filename(folder, "t", NULL);
    records_write_folder(outlet, RECORDS_ALL, tables, &done, &error);
    g_assert_no_error(error);
    g_autofree char *path = g_build_filename(tables, "act.csv", NULL);
    g_autofree char *text = test_read_file(path, NULL);
    text[strlen(text) / 2] ^= 1;
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    assert_refused(copy, tables, "act.csv");
}

/* ---- what is held back ---- */

/* Names that no word of the rest can be taken for. */
static char *a_name(GRand *rand)
{
    GString *name = g_string_new(NULL);
    for (int word = 0; word < 2; word++) {
        g_string_append(name, word > 0 ? " Q" : "Q");
        for (int i = 0; i < 7; i++)
            g_string_append_c(name, (char)('a' + g_rand_int_range(rand, 0, 26)));
    }
    return g_string_free(name, FALSE);
}

typedef struct {
    char *name, *phone, *national;
    gint64 person;
    bool send, government, summary;
    int name_consent; /* 0 never asked, 1 no, 2 initials, 3 full */
} Somebody;

static void consent(Store *store, gint64 person, const char *purpose, const char *answer)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(
        consent_give(store, person, purpose, answer, TODAY - 5, NULL, "in writing", &error), >, 0);
    g_assert_no_error(error);
}

/* A person with a report, whose free texts name the person in every field, and random consents. */
static void add_somebody(Store *store, GRand *rand, Somebody *s)
{
    static const char *const NAME[] = {NULL, "no", "initials", "full"};
    g_autoptr(GError) error = NULL;
    *s = (Somebody){.name = a_name(rand),
                    .phone = g_strdup_printf("+98912%07d", g_rand_int_range(rand, 0, 9999999)),
                    .national =
                        g_strdup_printf("%010d", g_rand_int_range(rand, 100000000, 999999999)),
                    .send = g_rand_boolean(rand),
                    .government = g_rand_boolean(rand),
                    .summary = g_rand_boolean(rand),
                    .name_consent = g_rand_int_range(rand, 0, 4)};
    g_autoptr(StorePerson) person = store_person_new();
    person->name = g_strdup(s->name);
    person->contact = g_strdup(s->phone);
    person->note = g_strdup_printf("%s has a note", s->name);
    g_assert_true(store_person_add(store, person, &error));
    s->person = person->id;
    g_autoptr(StoreReport) report = store_report_new();
    report->title = g_strdup_printf("On %s, an arrest", s->name);
    report->text =
        g_strdup_printf("They took %s; call %s or %s.", s->name, s->phone + 3, s->national);
    report->extra =
        g_strdup_printf("{\"%s\": [\"%s\", {\"n\": %s}]}", s->name, s->phone, s->national);
    report->external_id = g_strdup_printf("file of %s", s->name);
    for (gsize i = 0; i < 16; i++)
        report->content_key[i] = (guint8)g_rand_int_range(rand, 1, 256);
    g_assert_true(store_report_add(store, report, &error));
    g_autoptr(StoreStatement) t = store_statement_new();
    t->report_id = report->id;
    t->victim_id = person->id;
    t->act_kind = g_strdup("arrest");
    t->victim_name = g_strdup(s->name);
    t->victim_contact = g_strdup(s->phone);
    t->victim_national_id = g_strdup(s->national);
    t->victim_birth = g_strdup("1985-03-21");
    t->charge = g_strdup_printf("that %s wrote", s->name);
    t->outcome = g_strdup_printf("%s was let go", s->name);
    t->according_to = g_strdup_printf("the sister of %s", s->name);
    g_assert_true(store_statement_add(store, t, &error));
    g_assert_no_error(error);
    if (s->send || g_rand_boolean(rand))
        consent(store, s->person, "send", s->send ? "yes" : "no");
    if (s->government)
        consent(store, s->person, "government", "yes");
    if (s->summary)
        consent(store, s->person, "summary", "yes");
    if (s->name_consent > 0)
        consent(store, s->person, "name", NAME[s->name_consent]);
}

static bool looked_at(GPtrArray *audit, StoreKind kind, gint64 id)
{
    for (guint i = 0; i < audit->len; i++) {
        const StoreAudit *entry = audit->pdata[i];
        if (entry->target_kind == (gint32)kind && entry->target_id == id &&
            g_strcmp0(entry->reason, "a test's reason") == 0)
            return true;
    }
    return false;
}

static void test_consents(void)
{
    enum { PEOPLE = 24 };
    g_autoptr(GRand) rand = g_rand_new_with_seed(number_of("ZENHAR_SEED", 11));
    for (guint32 trial = 0; trial < number_of("ZENHAR_TRIALS", 3); trial++) {
        g_autofree char *folder = test_folder_new();
        g_autoptr(GError) error = NULL;
        g_autoptr(Store) store = new_case(folder, "a.zenhar");
        Somebody people[PEOPLE];
        for (int i = 0; i < PEOPLE; i++)
            add_somebody(store, rand, &people[i]);
        g_autofree char *redacted = lines_of(store, OUTLET_REDACTED, OUTLET_SEND);
        g_autofree char *whole = lines_of(store, OUTLET_WHOLE, OUTLET_SEND);
        const OutletUse use = (OutletUse)(trial % OUTLET_N_USES);
        g_autofree char *consented = lines_of(store, OUTLET_CONSENTED, use);
        g_autoptr(GPtrArray) audit = store_audit_list(store, NULL, &error);
        g_assert_nonnull(strstr(redacted, "\"redacted\":[\"victim_name\""));
        g_assert_nonnull(strstr(redacted, "\"victim_birth\":\"1985\""));
        g_assert_nonnull(strstr(redacted, "They took […]"));
        for (int i = 0; i < PEOPLE; i++) {
            const Somebody *s = &people[i];
            const bool uses = use == OUTLET_SEND         ? s->send
                              : use == OUTLET_GOVERNMENT ? s->government
                                                         : s->summary;
            g_auto(GStrv) words = g_strsplit(s->name, " ", -1);
            for (char **word = words; *word != NULL; word++) {
                g_assert_null(strstr(redacted, *word));
                g_assert_nonnull(strstr(whole, *word));
                g_assert_cmpint(strstr(consented, *word) != NULL, ==, uses && s->name_consent == 3);
            }
            g_assert_null(strstr(redacted, s->phone + 4));
            g_assert_null(strstr(redacted, s->national));
            g_assert_null(strstr(consented, s->phone + 4));
            g_assert_null(strstr(consented, s->national));
            g_assert_nonnull(strstr(whole, s->national));
            /* Nobody's name went out without an entry; whole went out before, so all have one. */
            g_assert_true(looked_at(audit, STORE_KIND_PERSON, s->person));
            g_assert_true(looked_at(audit, STORE_KIND_STATEMENT, s->person));
            g_free(s->name);
            g_free(s->phone);
            g_free(s->national);
        }
    }
}

/* Initials go where they were agreed to, and the look is written down before. */
static void test_initials(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    g_autoptr(StorePerson) person = store_person_new();
    person->name = g_strdup("Qasem Zarin");
    person->father = g_strdup("Nobody");
    g_assert_true(store_person_add(store, person, &error));
    consent(store, person->id, "send", "yes");
    consent(store, person->id, "name", "initials");
    g_autofree char *out = lines_of(store, OUTLET_CONSENTED, OUTLET_SEND);
    g_assert_nonnull(strstr(out, "\"name\":\"Q. Z.\""));
    g_assert_null(strstr(out, "Qasem"));
    g_assert_null(strstr(out, "Nobody"));
    g_autoptr(GPtrArray) audit = store_audit_list(store, NULL, &error);
    g_assert_true(looked_at(audit, STORE_KIND_PERSON, person->id));
    g_autofree char *other = lines_of(store, OUTLET_CONSENTED, OUTLET_SUMMARY);
    g_assert_null(strstr(other, "Q. Z."));
}

static void test_analyst(void)
{
    g_autofree char *folder = test_folder_new();
    g_autoptr(GError) error = NULL;
    const StoreKeyCost cost = {1, 8 << 20};
    g_autoptr(Store) store = new_case(folder, "a.zenhar");
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    Somebody s;
    add_somebody(store, rand, &s);
    g_assert_true(store_keys_slot_add(store_folder(store), "a passphrase for tests", "Nika",
                                      "analyst", "an analyst's own", &cost, &error));
    StoreKeys *keys = store_keys_load(store_folder(store), "an analyst's own", &error);
    g_assert_no_error(error);
    const OutletPolicy names = {
        .degree = OUTLET_CONSENTED, .what = "x", .reason = "y", .day = TODAY};
    g_assert_null(outlet_new(store_folder(store), keys, &names, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED);
    g_clear_error(&error);
    const OutletPolicy redacted = {.what = "x", .day = TODAY};
    g_autoptr(Outlet) outlet = outlet_new(store_folder(store), keys, &redacted, &error);
    g_assert_no_error(error);
    g_autoptr(GString) out = g_string_new(NULL);
    RecordsDone done = {0};
    g_assert_true(records_write_jsonl(outlet, RECORDS_ALL, keep_bytes, out, &done, &error));
    g_assert_null(strstr(out->str, s.name));
    g_assert_null(strstr(out->str, "They took"));
    g_assert_nonnull(strstr(out->str, "\"act_kind\":\"arrest\""));
    g_assert_false(outlet_is_logged(outlet));
    /* Names of records are the same for every role. */
    char mine[OUTLET_ID_CHARS + 1], theirs[OUTLET_ID_CHARS + 1];
    g_autoptr(Outlet) owner = outlet_of(store, OUTLET_REDACTED, OUTLET_SEND);
    outlet_id(owner, STORE_KIND_REPORT, 1, mine);
    outlet_id(outlet, STORE_KIND_REPORT, 1, theirs);
    g_assert_cmpstr(mine, ==, theirs);
    outlet_id(outlet, STORE_KIND_REPORT, 2, theirs);
    g_assert_cmpstr(mine, !=, theirs);
    store_keys_unref(keys);
    g_free(s.name);
    g_free(s.phone);
    g_free(s.national);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/handover/records/plain_values_read_back", test_plain);
    g_test_add_func("/handover/records/a_generated_case_reads_back_equal", test_generated);
    g_test_add_func("/handover/records/odd_records_read_back_equal", test_odd);
    g_test_add_func("/handover/records/the_same_twice_adds_nothing", test_again);
    g_test_add_func("/handover/records/what_is_broken_is_refused_whole", test_refused);
    g_test_add_func("/handover/records/a_changed_table_is_refused", test_changed_table);
    g_test_add_func("/handover/records/names_go_as_consents_go", test_consents);
    g_test_add_func("/handover/records/initials_where_agreed", test_initials);
    g_test_add_func("/handover/records/an_analyst_exports_no_names", test_analyst);
    return g_test_run();
}
