/* The watch on a case of its own, with a clock of the test's: once, whatever is cut off; who is
 * silent; who failed; how long nobody looked. */
#include "assess/alarm.h"
#include "evidence/evidence.h"
#include "intake/import.h"
#include "store/intake.h"
#include "store/link.h"
#include "support.h"
#include "watch/private.h"

#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>

static const StoreKeyCost CHEAP = {1, 8 << 20};
enum { DAY = 86400, HOUR = 3600 };
static const gint64 START = 20400 * (gint64)DAY + 12 * HOUR; /* 8 November 2025, noon */

typedef struct {
    char *folder, *path;
    Store *store;
    WatchConfig *config;
    Watch *watch;
    GString *said;
} Case;

static void hear(void *context, const char *sentence)
{
    Case *c = context;
    g_string_append_printf(c->said, "%s\n", sentence);
}

static void watch_begin(Case *c)
{
    g_autoptr(GError) error = NULL;
    c->watch = watch_new(c->store, c->config, hear, c, &error);
    g_assert_no_error(error);
}

static char *in(const Case *c, const char *name)
{
    return g_build_filename(c->folder, name, NULL);
}

/* "%s" in the text is the test's folder. */
static void case_make(Case *c, const char *config)
{
    g_autoptr(GError) error = NULL;
    *c = (Case){.folder = test_folder_new(), .said = g_string_new(NULL)};
    c->path = in(c, "test.zenhar");
    g_autofree char *inbox = in(c, "in");
    g_mkdir(inbox, 0700);
    c->store = evidence_create(c->path, "test", &CHEAP, &error);
    g_assert_no_error(error);
    store_set_now(c->store, START);
    g_autoptr(GString) text = g_string_new(config);
    g_string_replace(text, "%s", c->folder, 0);
    c->config = watch_config_parse(text->str, "watch.conf", true, &error);
    g_assert_no_error(error);
    watch_begin(c);
}

static void case_clear(Case *c)
{
    g_autoptr(GError) error = NULL;
    EvidenceReport report;
    evidence_verify(c->store, &report, &error);
    g_assert_no_error(error);
    watch_free(c->watch);
    watch_config_free(c->config);
    store_close(c->store);
    g_string_free(c->said, TRUE);
    g_free(c->folder);
    g_free(c->path);
}

/* As if the process had died and been started anew. */
static void again(Case *c)
{
    watch_free(c->watch);
    watch_begin(c);
}

static WatchDone once(Case *c)
{
    g_autoptr(GError) error = NULL;
    WatchDone done = {0};
    watch_once(c->watch, &done, &error);
    g_assert_no_error(error);
    return done;
}

static void advance(Case *c, gint64 seconds)
{
    store_set_now(c->store, store_now(c->store) + seconds);
}

/* Reports of one source, one on each of these days before START. */
static void tell(Case *c, const char *source, const gint32 *days, gsize n)
{
    g_autoptr(GString) csv = g_string_new("id,received,date,city,act\n");
    for (gsize i = 0; i < n; i++) {
        g_autoptr(GDateTime) day = g_date_time_new_from_unix_utc(START + (gint64)days[i] * DAY);
        g_autofree char *text = g_date_time_format(day, "%Y-%m-%d");
        g_string_append_printf(csv, "%s%d,%s,%s,Shiraz,arrest\n", source, days[i], text, text);
    }
    g_autoptr(GError) error = NULL;
    IntakeSummary summary = {0};
    IntakeOptions options = {.source = source};
    intake_import_bytes(c->store, csv->str, csv->len, "days.csv", &options, &summary, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(summary.added, ==, n);
    intake_summary_clear(&summary);
}

/* A surge: an arrest a day for four years, forty on one day of the week before. */
static void surge(Case *c)
{
    g_autoptr(GString) csv = g_string_new("id,received,date,city,act\n");
    for (int day = -1460; day <= -1; day++)
        for (int k = 0; k < (day == -10 ? 40 : 1); k++) {
            g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(START + (gint64)day * DAY);
            g_autofree char *text = g_date_time_format(time, "%Y-%m-%d");
            g_string_append_printf(csv, "x%d-%d,%s,%s,Shiraz,arrest\n", day, k, text, text);
            g_string_append_printf(csv, "y%d-%d,%s,%s,Tehran,arrest\n", day, k, text, text);
        }
    g_autofree char *path = in(c, "in/surge.csv");
    g_autoptr(GError) error = NULL;
    g_file_set_contents(path, csv->str, -1, &error);
    g_assert_no_error(error);
}

static gint64 count(Case *c, StoreKind kind)
{
    g_autoptr(GError) error = NULL;
    gint64 n = store_count(c->store, kind, &error);
    g_assert_no_error(error);
    return n;
}

static guint notices_of(Case *c, const char *kind)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = store_notice_list_kind(c->store, kind, &error);
    g_assert_no_error(error);
    return list->len;
}

static char *state_of(Case *c, gint64 id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreDispatch) dispatch = store_dispatch_load(c->store, id, &error);
    g_assert_no_error(error);
    return g_strdup(dispatch->state);
}

static void set_state(Case *c, gint64 id, const char *state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreDispatch) dispatch = store_dispatch_load(c->store, id, &error);
    g_free(dispatch->state);
    dispatch->state = g_strdup(state);
    store_dispatch_update(c->store, dispatch, &error);
    g_assert_no_error(error);
}

static gsize lines_of(Case *c, const char *name)
{
    g_autofree char *path = in(c, name);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    gsize lines = 0;
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    return lines;
}

#define INBOX "[folder in]\npath = %s/in\nsettle = 1 second\n"
#define PAGER                                                                                      \
    "[command pager]\nrun = /bin/sh -c 'cat > /dev/null; echo $ZENHAR_NOTICE >> %s/paged'\n"

/* ---- once ---- */

static void settle(void)
{
    g_usleep(2100000); /* the file system's clock is nobody's but its own */
}

static void test_told_once(void)
{
    Case c;
    case_make(&c, INBOX PAGER "[json j]\nfolder = %s/json\n[atom a]\nfile = %s/feed.xml\n"
                              "[cap c]\nfolder = %s/cap\n");
    surge(&c);
    settle();
    WatchDone done = once(&c);
    g_assert_cmpuint(done.files, ==, 1);
    g_assert_cmpuint(done.alarms, >, 0);
    g_assert_cmpuint(done.sent, ==, 4);
    gint64 notices = count(&c, STORE_KIND_NOTICE);
    g_assert_cmpuint(lines_of(&c, "paged"), ==, 1);
    for (int i = 0; i < 3; i++) {
        again(&c);
        advance(&c, HOUR);
        done = once(&c);
        g_assert_cmpuint(done.notices + done.sent, ==, 0);
    }
    g_assert_cmpint(count(&c, STORE_KIND_NOTICE), ==, notices);
    g_assert_cmpuint(lines_of(&c, "paged"), ==, 1);

    /* With its evidence: the counts add up to what was alarmed. */
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreNotice) notice = store_notice_load(c.store, 1, &error);
    g_autoptr(StoreAlarm) alarm = store_alarm_load(c.store, notice->subject_id, &error);
    g_assert_no_error(error);
    json_t *evidence = json_loads(notice->evidence, 0, NULL);
    gint64 sum = 0;
    size_t i;
    json_t *one;
    json_array_foreach(evidence, i, one) sum += json_integer_value(json_object_get(one, "count"));
    g_assert_cmpint(sum, ==, (gint64)alarm->observed);
    json_decref(evidence);
    g_assert_nonnull(strstr(notice->words_fa, "بازداشت"));
    /* A trace of the notice leads to the alarm. */
    g_autoptr(GArray) steps = store_trace_step(c.store, STORE_KIND_NOTICE, 1, 0, &error);
    g_assert_cmpuint(steps->len, ==, 1);
    g_assert_cmpint(g_array_index(steps, StoreTraceStep, 0).kind, ==, STORE_KIND_ALARM);
    case_clear(&c);
}

static void test_two_watches(void)
{
    Case c;
    case_make(&c, INBOX);
    g_autoptr(GError) error = NULL;
    g_assert_null(watch_new(c.store, c.config, NULL, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY);
    case_clear(&c);
}

/* ---- cut off, step by step ---- */

static void test_cut_off_before_it_went(void)
{
    Case c;
    case_make(&c, INBOX PAGER);
    surge(&c);
    settle();
    g_autoptr(GError) error = NULL;
    WatchDone done = {0};
    g_assert_true(watch_read(c.watch, true, &done, &error));
    g_assert_true(watch_detect(c.watch, &done, &error)); /* the round is written; nothing sent */
    g_assert_cmpuint(lines_of(&c, "paged"), ==, 0);
    again(&c);
    done = once(&c);
    g_assert_cmpuint(done.sent, ==, 1);
    g_assert_cmpuint(lines_of(&c, "paged"), ==, 1);
    /* Begun, and nothing handed over yet. */
    set_state(&c, 1, "sending");
    again(&c);
    done = once(&c);
    g_assert_cmpuint(done.sent, ==, 1);
    case_clear(&c);
}

static void test_cut_off_while_handing(void)
{
    Case c;
    case_make(&c, INBOX PAGER "[json j]\nfolder = %s/json\n");
    surge(&c);
    settle();
    once(&c);
    g_assert_cmpuint(lines_of(&c, "paged"), ==, 1);
    set_state(&c, 1, "handing"); /* the command; killed before its end was seen */
    set_state(&c, 2, "handing"); /* a file: writing it again changes nothing */
    again(&c);
    WatchDone done = once(&c);
    g_assert_cmpuint(done.unsure, ==, 1);
    g_assert_cmpuint(lines_of(&c, "paged"), ==, 1);
    g_autofree char *command = state_of(&c, 1);
    g_assert_cmpstr(command, ==, "unsure");
    /* The other channel tells that this one is unsure, once. */
    advance(&c, HOUR);
    done = once(&c);
    g_assert_cmpuint(notices_of(&c, "undelivered"), ==, 1);
    g_assert_cmpuint(lines_of(&c, "paged"), ==, 1);
    g_autofree char *file = state_of(&c, 2);
    g_assert_cmpstr(file, ==, "done");
    advance(&c, HOUR);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "undelivered"), ==, 1);
    case_clear(&c);
}

static void test_again_where_asked(void)
{
    Case c;
    case_make(&c, INBOX "[command pager]\nunsure = again\nrun = /bin/sh -c 'cat > /dev/null; echo "
                        "$ZENHAR_NOTICE >> %s/paged'\n");
    surge(&c);
    settle();
    once(&c);
    set_state(&c, 1, "handing");
    again(&c);
    advance(&c, HOUR);
    once(&c);
    advance(&c, HOUR);
    once(&c);
    g_assert_cmpuint(lines_of(&c, "paged"), ==, 2);
    g_autofree char *path = in(&c, "paged");
    g_autofree char *text = test_read_file(path, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_assert_cmpstr(lines[0], ==, lines[1]); /* by the same name: whoever gets it can tell */
    case_clear(&c);
}

static void test_a_command_that_says_no(void)
{
    Case c;
    case_make(&c, INBOX "[command pager]\nrun = /bin/sh -c 'echo x >> %s/tried; exit 7'\n"
                        "[json j]\nfolder = %s/json\n");
    surge(&c);
    settle();
    WatchDone done = once(&c);
    g_assert_cmpuint(done.sent, ==, 1); /* the file; one channel holds up no other */
    g_assert_cmpuint(done.waiting, ==, 1);
    once(&c);
    g_assert_cmpuint(lines_of(&c, "tried"), ==, 1); /* not before its time */
    advance(&c, 61);
    once(&c);
    g_assert_cmpuint(lines_of(&c, "tried"), ==, 2);
    advance(&c, 61);
    once(&c);
    g_assert_cmpuint(lines_of(&c, "tried"), ==, 2); /* ever later */
    advance(&c, 4 * DAY);
    done = once(&c);
    g_assert_cmpuint(done.failed, ==, 1);
    advance(&c, HOUR);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "undelivered"), ==, 1);
    case_clear(&c);
}

static void test_a_command_that_hangs(void)
{
    Case c;
    case_make(&c,
              INBOX "[command pager]\ntimeout = 1 second\nrun = /bin/sh -c 'sleep 60 & wait'\n");
    surge(&c);
    settle();
    gint64 begun = g_get_monotonic_time();
    WatchDone done = once(&c);
    g_assert_cmpuint(done.unsure, ==, 1);
    g_assert_cmpint(g_get_monotonic_time() - begun, <, 40 * G_USEC_PER_SEC);
    case_clear(&c);
}

static void test_nothing_leaks_to_the_command(void)
{
    Case c;
    g_setenv("ZENHAR_TEST_SECRET", "a secret of the environment", TRUE);
    case_make(&c, INBOX "[command pager]\nrun = /bin/sh -c 'cat > %s/got; env > %s/env; ls "
                        "/proc/self/fd > %s/fds'\n");
    surge(&c);
    settle();
    WatchDone done = once(&c);
    g_assert_cmpuint(done.sent, ==, 1);
    g_autofree char *env_path = in(&c, "env"), *got_path = in(&c, "got");
    g_autofree char *env = test_read_file(env_path, NULL), *got = test_read_file(got_path, NULL);
    g_assert_null(strstr(env, "ZENHAR_TEST_SECRET"));
    g_assert_nonnull(strstr(env, "ZENHAR_NOTICE=zenhar-"));
    json_t *json = json_loads(got, 0, NULL);
    g_assert_nonnull(json);
    g_assert_cmpuint(json_array_size(json_object_get(json, "notices")), >, 0);
    json_decref(json);
    g_assert_cmpuint(lines_of(&c, "fds"), <=, 5); /* 0, 1, 2 and what ls opens */
    case_clear(&c);
}

/* ---- what cannot be seen ---- */

static void test_habit(void)
{
    gint32 daily[20], weekly[12], few[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    for (int i = 0; i < 20; i++)
        daily[i] = i;
    for (int i = 0; i < 12; i++)
        weekly[i] = 7 * i;
    g_assert_cmpint(watch_habit(daily, 20), ==, 2);
    g_assert_cmpint(watch_habit(weekly, 12), ==, 14);
    g_assert_cmpint(watch_habit(few, 8), ==, 0);
    /* One long pause in twenty is the 95th percentile's, one in forty is not. */
    gint32 forty[41] = {0};
    for (int i = 1; i < 41; i++)
        forty[i] = forty[i - 1] + (i == 20 ? 30 : 1);
    g_assert_cmpint(watch_habit(forty, 41), ==, 2);
}

static void test_silence(void)
{
    Case c;
    case_make(&c, PAGER);
    gint32 days[30], old[30];
    for (int i = 0; i < 30; i++) {
        days[i] = i - 30;      /* until yesterday */
        old[i] = i - 30 - 100; /* until a hundred days ago */
    }
    tell(&c, "Daily", days, 30);
    tell(&c, "Ended", old, 30);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "silent"), ==, 0); /* who was silent before is no news */
    advance(&c, DAY);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "silent"), ==, 0);
    advance(&c, DAY);
    again(&c);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "silent"), ==, 1);
    g_assert_nonnull(strstr(c.said->str, "Daily has told nothing since"));
    g_assert_null(strstr(c.said->str, "Ended"));
    advance(&c, 3 * DAY);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "silent"), ==, 1); /* told once */
    gint32 back = 4;
    tell(&c, "Daily", &back, 1);
    once(&c);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "back"), ==, 1);
    g_assert_nonnull(strstr(c.said->str, "Daily tells again"));
    /* And the next silence is news again. */
    advance(&c, 20 * DAY);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "silent"), ==, 2);
    case_clear(&c);
}

static void test_nobody_watched(void)
{
    Case c;
    case_make(&c, PAGER);
    once(&c);
    advance(&c, HOUR);
    again(&c);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "blind"), ==, 0);
    advance(&c, 9 * HOUR);
    again(&c);
    once(&c);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "blind"), ==, 1);
    g_assert_cmpuint(lines_of(&c, "paged"), ==, 1);
    g_assert_nonnull(strstr(c.said->str, "Nobody watched from"));
    again(&c);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "blind"), ==, 1);
    case_clear(&c);
}

static void test_a_feed_that_fails(void)
{
    Case c;
    case_make(&c, "[watch]\nsilence = no\n" PAGER
                  "[feed gone]\nurl = http://127.0.0.1:9/feed\nallow-private = yes\n"
                  "every = 10 minutes\n[folder missing]\npath = %s/missing\n");
    for (int i = 0; i < 2; i++) {
        WatchDone done = once(&c);
        g_assert_cmpuint(done.faults, ==, 2);
        advance(&c, 601);
    }
    g_assert_cmpuint(notices_of(&c, "failing"), ==, 0); /* once may be chance */
    once(&c);
    g_assert_cmpuint(notices_of(&c, "failing"), ==, 2);
    advance(&c, 601);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "failing"), ==, 2);
    g_autofree char *missing = in(&c, "missing");
    g_mkdir(missing, 0700);
    once(&c);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "back"), ==, 1);
    case_clear(&c);
}

static void test_rules(void)
{
    Case c;
    case_make(&c, "[watch]\nrules = %s/rules.txt\nsilence = no\n" INBOX PAGER);
    g_autofree char *rules = in(&c, "rules.txt");
    g_file_set_contents(
        rules, "rule: Many arrests\n  when arrests in 7 days >= 20\n  quiet 30 days\n", -1, NULL);
    surge(&c);
    settle();
    once(&c);
    g_assert_cmpuint(notices_of(&c, "trigger"), ==, 1);
    again(&c);
    advance(&c, DAY);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "trigger"), ==, 1);
    /* Rules that cannot be read are said, and told; the rest goes on. */
    g_file_set_contents(rules, "when pigs fly\n", -1, NULL);
    once(&c);
    g_assert_cmpuint(notices_of(&c, "failing"), ==, 1);
    case_clear(&c);
}

static void test_schedule(void)
{
    Case c;
    case_make(&c, "[watch]\ndetect = 2 hours\n");
    g_autoptr(GError) error = NULL;
    WatchDone done = {0};
    g_assert_true(watch_detect_is_due(c.watch, &error));
    g_assert_true(watch_detect(c.watch, &done, &error));
    g_assert_false(watch_detect_is_due(c.watch, &error));
    advance(&c, 2 * HOUR - 1);
    again(&c); /* the schedule is the case's, not the process's */
    g_assert_false(watch_detect_is_due(c.watch, &error));
    advance(&c, 1);
    g_assert_true(watch_detect_is_due(c.watch, &error));
    g_assert_no_error(error);
    case_clear(&c);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *claim;
        void (*test)(void);
    } TESTS[] = {
        {"an_alarm_is_told_once_with_its_evidence", test_told_once},
        {"two_watches_on_one_case_are_one", test_two_watches},
        {"cut_off_before_it_went_it_goes", test_cut_off_before_it_went},
        {"cut_off_while_handing_it_is_unsure_and_said", test_cut_off_while_handing},
        {"unsure_goes_again_where_asked_by_the_same_name", test_again_where_asked},
        {"a_command_that_says_no_is_asked_later", test_a_command_that_says_no},
        {"a_command_that_hangs_is_ended", test_a_command_that_hangs},
        {"a_command_gets_the_notices_and_no_secrets", test_nothing_leaks_to_the_command},
        {"a_habit_is_twice_the_longest_usual_pause", test_habit},
        {"a_source_silent_beyond_its_habit_is_told_once", test_silence},
        {"nobody_watched_is_told_once", test_nobody_watched},
        {"a_feed_or_folder_that_fails_is_told_once_and_back", test_a_feed_that_fails},
        {"the_users_rules_are_told_once", test_rules},
        {"the_schedule_outlives_the_process", test_schedule},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(TESTS); i++) {
        g_autofree char *name = g_strconcat("/watch/", TESTS[i].claim, NULL);
        g_test_add_func(name, TESTS[i].test);
    }
    return g_test_run();
}
