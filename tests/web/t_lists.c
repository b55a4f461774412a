/* The list of reports: what it can be narrowed down by leads to as many as it says; searches saved
 * under a name; every list as a table; a change and its line of the audit trail stand or fall
 * together. */
#include "session.h"
#include "store/link.h"
#include "web/page.h"

static char *page_of(const char *path)
{
    RawAnswer answer;
    get(path, cookie, &answer);
    g_assert_cmpuint(answer.status, ==, 200);
    char *text = g_strdup(answer.text);
    raw_clear(&answer);
    return text;
}

/* What stands between `before` and `after`, searched from *at on; *at moves behind it. NULL: none.
 * Transfers. */
static char *between(const char **at, const char *before, const char *after)
{
    const char *from = strstr(*at, before);
    if (from == NULL)
        return NULL;
    from += strlen(before);
    const char *to = strstr(from, after);
    g_assert_nonnull(to);
    *at = to;
    return g_strndup(from, (gsize)(to - from));
}

static char *address_of(const char *escaped)
{
    g_auto(GStrv) parts = g_strsplit(escaped, "&amp;", -1);
    return g_strjoinv("&", parts);
}

/* ---- facets ---- */

/* Follows each value beside the list; returns how many there are. */
static guint follow_values(const char *path)
{
    g_autofree char *page = page_of(path);
    const char *at = strstr(page, "class=\"facets\"");
    g_assert_nonnull(at);
    guint n = 0;
    for (char *href; (href = between(&at, "<li><a href=\"", "\"")) != NULL; n++) {
        g_autofree char *escaped = href, *address = address_of(escaped);
        g_autofree char *number = between(&at, "<span class=\"soft\">", "<");
        g_autofree char *narrowed = page_of(address);
        g_autofree char *wanted = g_strdup_printf(">%s report", number);
        g_test_message("%s: %s", address, number);
        g_assert_nonnull(strstr(narrowed, wanted));
        g_assert_nonnull(strstr(narrowed, "class=\"chip\""));
    }
    return n;
}

static void each_value_leaves_as_many_as_it_says(void)
{
    g_assert_cmpuint(follow_values("/en/reports"), >=, 4); /* kinds, a place, a source, a month */
    g_assert_cmpuint(follow_values("/en/reports?q=twenty"), >=, 3);
    g_assert_cmpuint(follow_values("/en/reports?kind=arrest&from=2025-01"), >=, 2);
}

static void months_are_of_the_pages_calendar(void)
{
    g_autofree char *english = page_of("/en/reports"), *persian = page_of("/fa/reports");
    g_assert_nonnull(strstr(english, "from=2025-06&amp;to=2025-06"));
    g_assert_nonnull(strstr(english, "June 2025"));
    g_assert_nonnull(strstr(persian, "from=1404-04&amp;to=1404-04"));
    g_assert_nonnull(strstr(persian, "تیر ۱۴۰۴"));
}

static void a_chip_takes_its_filter_away(void)
{
    g_autofree char *page = page_of("/en/reports?q=twenty&kind=arrest&older=R36");
    const char *at = strstr(page, "class=\"chips\"");
    g_assert_nonnull(at);
    g_autofree char *first = between(&at, "class=\"chip\" href=\"", "\"");
    g_autofree char *second = between(&at, "class=\"chip\" href=\"", "\"");
    g_assert_cmpstr(first, ==, "/en/reports?kind=arrest"); /* from the first page on */
    g_assert_cmpstr(second, ==, "/en/reports?q=twenty");
    g_autofree char *whole = page_of("/en/reports");
    g_assert_null(strstr(whole, "class=\"chips\""));
}

/* ---- saved views ---- */

static void a_search_is_saved_found_and_removed(void)
{
    const gint64 before = log_size();
    g_assert_cmpuint(post("/en/views", WEB_DOCUMENTER,
                          "name=+Arrests+%3Cb%3E+&q=twenty&kind=arrest&older=R3", NULL),
                     ==, 303);
    g_assert_cmpint(log_size(), ==, before + 2); /* the view and the line of the trail */
    g_autofree char *list = page_of("/en/reports");
    const char *at = strstr(list, "class=\"views\"");
    g_assert_nonnull(at);
    g_autofree char *href = between(&at, "<a href=\"", "\"");
    g_assert_cmpstr(href, ==, "/en/reports?q=twenty&amp;kind=arrest");
    g_assert_nonnull(strstr(at, "Arrests &lt;b&gt;"));
    g_autofree char *there = page_of("/en/reports?q=twenty&kind=arrest");
    g_assert_nonnull(strstr(there, "aria-current=\"page\"><bdi>Arrests"));
    g_assert_null(strstr(there, "action=\"/en/views\"")); /* it is saved already */
    g_autofree char *views = page_of("/en/views");
    const char *form = views;
    g_autofree char *action = between(&form, "action=\"/en/views/", "\"");
    g_autofree char *path = g_strconcat("/en/views/", action, NULL);
    g_assert_cmpuint(post(path, WEB_READER, "", NULL), ==, 403);
    g_assert_cmpuint(post(path, WEB_ANALYST, "", NULL), ==, 303);
    g_autofree char *after = page_of("/en/views");
    g_assert_null(strstr(after, "Arrests"));
    g_assert_cmpuint(post(path, WEB_ANALYST, "", NULL), ==, 404);
}

static void what_cannot_be_saved_is_told(void)
{
    g_autofree char *nothing = NULL, *twice = NULL;
    g_assert_cmpuint(post("/en/views", WEB_ANALYST, "name=x", &nothing), ==, 400);
    g_assert_nonnull(strstr(nothing, "There is nothing to save"));
    g_assert_cmpuint(post("/en/views", WEB_ANALYST, "name=one&q=a", NULL), ==, 303);
    g_assert_cmpuint(post("/en/views", WEB_ANALYST, "name=one&q=b", &twice), ==, 400);
    g_assert_nonnull(strstr(twice, "There is a view of that name already"));
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, NULL);
    g_autofree char *kept = store_setting_get(store, "view/one", NULL);
    g_assert_cmpstr(kept, ==, "q=a");
}

/* Another setting of the case is no view: its number removes nothing. */
static void only_views_are_removed(void)
{
    g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_READ, NULL);
    g_autoptr(GPtrArray) settings = store_setting_list(store, NULL, NULL);
    const StoreSetting *first = settings->pdata[0];
    g_autofree char *path = g_strdup_printf("/en/views/ST%" G_GINT64_FORMAT, first->id);
    g_assert_cmpstr(first->name, ==, "title");
    g_assert_cmpuint(post(path, WEB_ADMINISTRATOR, "", NULL), ==, 404);
    g_autofree char *title = store_setting_get(store, "title", NULL);
    g_assert_nonnull(title);
}

/* ---- a change and its line ---- */

/* The line cannot be written (there is no such account): the change must not stand either. */
static void no_change_without_its_line(void)
{
    enum { NOBODY = 999 };
    static const char *const FORMS[][2] = {
        {"/en/views", "name=nobody&q=x"},
        {"/en/alarms/AL1", "answer=acknowledged&reason=x"},
        {"/en/correct/R1", "title=changed&reason=x"},
        {"/en/quarantine/Q1", "what=drop&text=x"},
        {"/en/review/T61-T62", "answer=same&reason=x"},
        {"/en/users", "name=nobody&role=reader"},
        {"/en/users/US5", "what=disable&reason=x"},
        {"/en/add", "date=1404-04-07&place=Tehran&kind=arrest&text=Told&source=Nobody"},
        {"/en/paste", "text=On+28+June+2025+a+student+was+arrested.&source=Nobody"},
        {"/en/ask",
         "title=Visit&text=Ask+for+a+visit.&basis=x&offices=States&due=2026-12-10&rests=FG1"},
    };
    const gint64 before = log_size();
    web->trusts_sessions = true; /* else the session of nobody would have ended */
    for (gsize i = 0; i < G_N_ELEMENTS(FORMS); i++) {
        g_autofree char *token = NULL, *header = session_of_user(NOBODY, WEB_ADMINISTRATOR, &token);
        const guint status = post_as(FORMS[i][0], header, token, FORMS[i][1], NULL);
        g_test_message("%s: %u", FORMS[i][0], status);
        g_assert_cmpuint(status, >=, 400);
        g_assert_cmpint(log_size(), ==, before);
    }
    web->trusts_sessions = false;
    /* It was the line: the same forms of somebody who is there are taken. */
    for (gsize i = 0; i < G_N_ELEMENTS(FORMS); i++) {
        const gint64 size = log_size();
        g_autofree char *text = NULL;
        const guint status = post(FORMS[i][0], WEB_ADMINISTRATOR, FORMS[i][1], &text);
        g_test_message("%s: %u %s", FORMS[i][0], status, status >= 400 ? text : "");
        g_assert_cmpuint(status, <, 400);
        g_assert_cmpint(log_size(), >=, size + 2);
    }
}

/* ---- tables ---- */

/* Pages that list no records of the case: forms, one's own account, what is reckoned or saved. */
static bool lists_nothing(const char *path)
{
    static const char *const PATHS[] = {
        "/",     "/account", "/views", "/same",    "/add",    "/uploading",
        "/rate", "/compare", "/ask",   "/compose", "/agenda", "/about",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(PATHS); i++)
        if (strcmp(path, PATHS[i]) == 0)
            return true;
    return false;
}

static void every_list_is_a_table_or_named(void)
{
    for (const WebRoute *route = WEB_ROUTES; route->path != NULL; route++) {
        if ((route->flags & (WEB_POST | WEB_OPEN | WEB_PLAIN | WEB_TOKEN)) != 0 ||
            g_str_has_suffix(route->path, "*"))
            continue;
        guint n = 0;
        for (const PageTable *table = PAGE_TABLES; table->path != NULL; table++)
            n += strcmp(table->path, route->path) == 0;
        g_test_message("%s: %u", route->path, n);
        g_assert_true((n > 0) != lists_nothing(route->path));
    }
}

static guint rows_of(const char *path)
{
    RawAnswer answer;
    get(path, cookie, &answer);
    g_test_message("%s: %u", path, answer.status);
    g_assert_cmpuint(answer.status, ==, 200);
    g_autofree char *type = raw_header(&answer, "Content-Type");
    g_assert_true(g_str_has_prefix(type, "text/csv"));
    g_assert_true(g_str_has_prefix(answer.body, "id,"));
    g_assert_null(strstr(answer.text, SECRET));
    guint n = 0;
    for (const char *at = answer.body; (at = strchr(at, '\n')) != NULL; at++)
        n++;
    raw_clear(&answer);
    return n - 1;
}

static void each_page_leads_to_its_table(void)
{
    for (const PageTable *table = PAGE_TABLES; table->path != NULL; table++) {
        g_autofree char *path = g_strconcat("/en", table->path, NULL);
        g_autofree char *csv = g_strdup_printf("/en/csv/%s", store_kind_name(table->kind));
        g_autofree char *link = g_strdup_printf("href=\"%s\"", csv);
        g_autofree char *page = page_of(path);
        g_assert_nonnull(strstr(page, link));
        rows_of(csv);
    }
    /* who may not have the kind is not led to it */
    RawAnswer answer;
    g_autofree char *token = NULL, *advocate = session_of(WEB_ADVOCATE, &token);
    get("/en/csv/user", advocate, &answer);
    g_assert_cmpuint(answer.status, ==, 404);
    raw_clear(&answer);
}

static void a_table_holds_what_the_filters_leave(void)
{
    static const char *const QUERIES[] = {"q=twenty", "kind=arrest&q=twenty", "from=1404-04",
                                          "q=nowhere-found"};
    const guint all = rows_of("/en/csv/report");
    for (gsize i = 0; i < G_N_ELEMENTS(QUERIES); i++) {
        g_autofree char *list = g_strconcat("/en/reports?", QUERIES[i], NULL);
        g_autofree char *page = page_of(list);
        const char *at = page;
        g_autofree char *href = between(&at, "href=\"/en/csv/report", "\"");
        g_assert_nonnull(href);
        g_autofree char *rest = address_of(href);
        g_autofree char *csv = g_strconcat("/en/csv/report", rest, NULL);
        const guint rows = rows_of(csv);
        g_autofree char *said = g_strdup_printf(">%u report", rows);
        g_test_message("%s: %u of %u", csv, rows, all);
        g_assert_cmpuint(rows, <=, all);
        g_assert_nonnull(strstr(page, rows == 0 ? "No report fits" : said));
    }
    RawAnswer answer;
    get("/en/csv/report?from=never", cookie, &answer);
    g_assert_cmpuint(answer.status, >=, 400);
    g_assert_nonnull(strstr(answer.text, "One of the dates cannot be read"));
    raw_clear(&answer);
}

/* ---- versions of the assessment ---- */

static gint64 version_add(Store *store, gint64 previous, gint32 level, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAssessment) version = store_assessment_new();
    version->title = g_strdup("made for a test");
    version->previous_id = previous;
    version->status = g_strdup("draft");
    must(store_assessment_add(store, version, &error), error);
    g_autoptr(StoreRating) rating = store_rating_new();
    rating->assessment_id = version->id;
    rating->factor = g_strdup("RF7");
    rating->indicator = g_strdup("7.6");
    rating->level = level;
    rating->rationale = g_strdup(why);
    rating->method = g_strdup("by hand");
    must(store_rating_add(store, rating, &error), error);
    must(store_link_join(store, STORE_KIND_RATING, rating->id, STORE_KIND_REPORT, level, "evidence",
                         &error),
         error);
    return version->id;
}

static void versions_stand_side_by_side(void)
{
    g_autoptr(GError) error = NULL;
    gint64 first, second;
    {
        g_autoptr(Store) store = evidence_open_with_keys(folder, web->keys, STORE_WRITE, &error);
        g_assert_no_error(error);
        first = version_add(store, 0, 2, "two sources <b>then</b>");
        second = version_add(store, first, 3, "three sources now");
        g_autoptr(StoreJudgement) judgement = store_judgement_new();
        judgement->assessment_id = second;
        judgement->factor = g_strdup("RF7");
        judgement->indicator = g_strdup("7.6");
        judgement->analyst = g_strdup("An analyst");
        judgement->decision = g_strdup("own");
        judgement->level = 3;
        judgement->reason = g_strdup("read again");
        must(store_judgement_add(store, judgement, &error), error);
    }
    g_autofree char *token = NULL, *reader = session_of(WEB_ADVOCATE, &token);
    g_autofree char *turned = g_strdup_printf(
        "/en/compare?before=AS%" G_GINT64_FORMAT "&now=AS%" G_GINT64_FORMAT, second, first);
    const char *const PATHS[] = {"/en/compare", turned};
    for (gsize i = 0; i < G_N_ELEMENTS(PATHS); i++) {
        RawAnswer answer;
        get(PATHS[i], reader, &answer);
        g_assert_cmpuint(answer.status, ==, 200);
        const char *then = strstr(answer.text, "two sources &lt;b&gt;then"),
                   *now = strstr(answer.text, "three sources now");
        g_assert_nonnull(then);
        g_assert_nonnull(now);
        g_assert_true(then < now); /* the older first, whatever order was asked for */
        g_assert_nonnull(strstr(answer.text, "Taken away since:"));
        g_assert_nonnull(strstr(answer.text, "Added since:"));
        g_assert_nonnull(strstr(answer.text, "read again"));
        g_assert_nonnull(strstr(answer.text, "scope=\"row\">Why<"));
        raw_clear(&answer);
    }
    static const char *const NONE[] = {"/en/compare?before=AS99", "/en/compare?now=R1",
                                       "/fa/compare?before=%3Cb%3E"};
    for (gsize i = 0; i < G_N_ELEMENTS(NONE); i++) {
        RawAnswer answer;
        get(NONE[i], reader, &answer);
        g_test_message("%s", NONE[i]);
        g_assert_cmpuint(answer.status, ==, 404);
        raw_clear(&answer);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    case_make();
    cookie = log_in();
    g_test_add_func("/web/lists/values", each_value_leaves_as_many_as_it_says);
    g_test_add_func("/web/lists/months", months_are_of_the_pages_calendar);
    g_test_add_func("/web/lists/chips", a_chip_takes_its_filter_away);
    g_test_add_func("/web/lists/views", a_search_is_saved_found_and_removed);
    g_test_add_func("/web/lists/views-refused", what_cannot_be_saved_is_told);
    g_test_add_func("/web/lists/views-only", only_views_are_removed);
    g_test_add_func("/web/lists/no-change-without-line", no_change_without_its_line);
    g_test_add_func("/web/lists/tables/all", every_list_is_a_table_or_named);
    g_test_add_func("/web/lists/tables/pages", each_page_leads_to_its_table);
    g_test_add_func("/web/lists/tables/filters", a_table_holds_what_the_filters_leave);
    g_test_add_func("/web/lists/versions", versions_stand_side_by_side);
    int status = g_test_run();
    g_free(cookie);
    g_free(folder);
    web_stop(web);
    return status;
}
