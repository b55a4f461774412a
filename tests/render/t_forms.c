/* The situation, its one page and the alert as HTML, Atom and JSON. */
#include "case.h"
#include "render/document.h"
#include "render/render.h"
#include "render/situation.h"
#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

static xmlDoc *read_xml(const char *path)
{
    xmlDoc *document = xmlReadFile(path, NULL, XML_PARSE_NONET);
    if (document == NULL)
        g_error("%s is not well formed", path);
    return document;
}

static xmlXPathObject *find(xmlDoc *document, const char *what, int wanted)
{
    xmlXPathContext *context = xmlXPathNewContext(document);
    xmlXPathRegisterNs(context, BAD_CAST "a", BAD_CAST "http://www.w3.org/2005/Atom");
    xmlXPathObject *found = xmlXPathEvalExpression(BAD_CAST what, context);
    xmlXPathFreeContext(context);
    int n = found->nodesetval != NULL ? found->nodesetval->nodeNr : 0;
    if (wanted >= 0)
        g_assert_cmpint(n, ==, wanted);
    return found;
}

static int count(xmlDoc *document, const char *what)
{
    xmlXPathObject *found = find(document, what, -1);
    int n = found->nodesetval != NULL ? found->nodesetval->nodeNr : 0;
    xmlXPathFreeObject(found);
    return n;
}

/* Every value of an attribute or element once. */
static GHashTable *values(xmlDoc *document, const char *what, bool unique)
{
    GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    xmlXPathObject *found = find(document, what, -1);
    for (int i = 0; found->nodesetval != NULL && i < found->nodesetval->nodeNr; i++) {
        xmlChar *value = xmlNodeGetContent(found->nodesetval->nodeTab[i]);
        bool fresh = g_hash_table_add(set, g_strdup((const char *)value));
        if (unique && !fresh)
            g_error("%s twice among %s", value, what);
        xmlFree(value);
    }
    xmlXPathFreeObject(found);
    return set;
}

/* Words as a reader has them: without marks of direction, spaces as one. */
static char *words(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c >= 0x2066 && c <= 0x2069)
            continue;
        bool space = g_unichar_isspace(c);
        if (!space)
            g_string_append_unichar(out, c);
        else if (out->len > 0 && out->str[out->len - 1] != ' ')
            g_string_append_c(out, ' ');
    }
    return g_strchomp(g_string_free(out, FALSE));
}

static void assert_page(const char *path, I18nLanguage language)
{
    xmlDoc *page = read_xml(path);
    xmlXPathFreeObject(find(page,
                            language == I18N_PERSIAN ? "/html[@lang='fa'][@dir='rtl']"
                                                     : "/html[@lang='en'][@dir='ltr']",
                            1));
    xmlXPathFreeObject(find(page, "//script | //@onclick | //@src | //link", 0));
    xmlXPathFreeObject(find(page, "//h1", 1));
    g_autoptr(GHashTable) ids = values(page, "//@id", true);
    g_autoptr(GHashTable) links = values(page, "//@href", false);
    g_autoptr(GHashTable) labels = values(page, "//@aria-labelledby", true);
    GHashTableIter iter;
    gpointer link;
    g_hash_table_iter_init(&iter, links);
    while (g_hash_table_iter_next(&iter, &link, NULL)) {
        g_assert_cmpint(((const char *)link)[0], ==, '#'); /* nothing is loaded from anywhere */
        g_assert_true(g_hash_table_contains(ids, (const char *)link + 1));
    }
    g_hash_table_iter_init(&iter, labels);
    while (g_hash_table_iter_next(&iter, &link, NULL)) { /* ids, by blanks */
        g_auto(GStrv) names = g_strsplit(link, " ", -1);
        for (gsize i = 0; names[i] != NULL; i++)
            g_assert_true(g_hash_table_contains(ids, names[i]));
    }
    xmlFreeDoc(page);
}

/* Every block of the document is in the page, word for word, and every drawing. */
static void page_holds_the_whole_report(gconstpointer data)
{
    const I18nLanguage language = (I18nLanguage)GPOINTER_TO_INT(data);
    g_autofree char *folder = test_folder_new(), *path = written(folder, "s.html");
    g_autoptr(GError) error = NULL;
    Store *store = iran();
    i18n_set_language(language == I18N_PERSIAN ? I18N_ENGLISH : I18N_PERSIAN);
    g_assert_true(render_situation_file(store, "html", language, path, &error));
    g_assert_no_error(error);
    assert_page(path, language);
    xmlDoc *page = read_xml(path);
    xmlChar *content = xmlNodeGetContent(xmlDocGetRootElement(page));
    g_autofree char *shown = words((const char *)content);
    i18n_set_language(language);
    g_autoptr(Document) document = situation_document(store, &error);
    guint figures = 0, cells = 0;
    for (guint i = 0; i < document->blocks->len; i++) {
        const DocumentBlock *block = document->blocks->pdata[i];
        g_autofree char *wanted = words(block->text->text->str);
        if (strstr(shown, wanted) == NULL)
            g_error("the page lacks: %s", wanted);
        figures += block->canvas != NULL;
        cells += block->table != NULL ? block->table->cells->len : 0;
    }
    g_assert_cmpuint(figures, >=, 4);
    g_assert_cmpint(count(page, "//svg"), ==, (int)figures);
    g_assert_cmpint(count(page, "//td"), ==, (int)cells);
    g_assert_cmpint(count(page, "//li[starts-with(@id,'n')]"), ==, (int)document->notes->len);
    xmlFree(content);
    xmlFreeDoc(page);
}

static void one_page_is_one_page(gconstpointer data)
{
    const I18nLanguage language = (I18nLanguage)GPOINTER_TO_INT(data);
    g_autofree char *folder = test_folder_new(), *path = written(folder, "b.pdf"),
                    *html = written(folder, "b.html");
    g_autoptr(GError) error = NULL;
    g_assert_true(render_brief_file(iran(), "pdf", language, path, &error));
    g_assert_true(render_brief_file(iran(), "html", language, html, &error));
    g_assert_no_error(error);
    const char *ask[] = {"pdfinfo", path, NULL};
    g_autofree char *info = run_program(ask);
    g_assert_nonnull(strstr(info, "Pages:           1\n"));
    g_autofree char *taken = pdf_words(path, 0, 0), *plain = plain_words(taken);
    /* the figures that the summary does not have, and what would make the alarm wrong */
    g_assert_nonnull(strstr(plain, language == I18N_PERSIAN ? "۱٬۵۰۰" : "1,500"));
    g_assert_nonnull(strstr(plain, language == I18N_PERSIAN ? "نادرست است" : "would be wrong"));
    assert_page(html, language);
}

static void feed_is_atom(gconstpointer data)
{
    const I18nLanguage language = (I18nLanguage)GPOINTER_TO_INT(data);
    g_autofree char *folder = test_folder_new(), *path = written(folder, "s.atom"),
                    *again = written(folder, "t.atom");
    g_autoptr(GError) error = NULL;
    Store *store = iran();
    g_assert_true(render_situation_file(store, "atom", language, path, &error));
    store_set_now(store, NOW + 86400);
    g_assert_true(render_situation_file(store, "atom", language, again, &error));
    store_set_now(store, NOW);
    g_assert_no_error(error);
    xmlDoc *feed = read_xml(path), *later = read_xml(again);
    /* RFC 4287: feed and entries have id, title, updated; the feed an author. */
    xmlXPathFreeObject(find(feed, "/a:feed[a:id][a:title][a:updated][a:author/a:name]", 1));
    int entries = count(feed, "//a:entry");
    g_assert_cmpint(entries, >, 10);
    xmlXPathFreeObject(find(feed, "//a:entry[a:id][a:title][a:updated][a:content]", entries));
    xmlXPathFreeObject(find(feed, "//a:title[not(text())]", 0));
    g_autoptr(GHashTable) ids = values(feed, "//a:entry/a:id", true);
    g_autoptr(GHashTable) then = values(later, "//a:entry/a:id", true);
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, ids);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        g_assert_true(g_hash_table_contains(then, id)); /* the same thing keeps its id */
    xmlFreeDoc(feed);
    xmlFreeDoc(later);
}

static void alert_says_the_same_in_every_form(gconstpointer data)
{
    const I18nLanguage language = (I18nLanguage)GPOINTER_TO_INT(data);
    const char *tag = i18n_tag(language);
    g_autofree char *folder = test_folder_new(), *html = written(folder, "a.html"),
                    *atom = written(folder, "a.atom"), *json = written(folder, "a.json"),
                    *pdf = written(folder, "a.pdf");
    g_autoptr(GError) error = NULL;
    Store *store = iran();
    g_assert_true(render_alert_file(store, "html", language, html, &error));
    g_assert_true(render_alert_file(store, "atom", language, atom, &error));
    g_assert_true(render_alert_file(store, "json", language, json, &error));
    g_assert_true(render_alert_file(store, "pdf", language, pdf, &error));
    g_assert_no_error(error);
    assert_page(html, language);
    g_autofree char *cap = render_alert_text(store, 0, &error);
    json_t *object = json_load_file(json, 0, NULL);
    g_assert_nonnull(object);
    const char *identifier = json_string_value(json_object_get(object, "identifier"));
    g_assert_nonnull(strstr(cap, identifier));
    g_assert_cmpuint(json_array_size(json_object_get(object, "info")), ==, 2);
    const json_t *info =
        json_array_get(json_object_get(object, "info"), language == I18N_PERSIAN ? 0 : 1);
    g_assert_cmpstr(json_string_value(json_object_get(info, "language")), ==, tag);
    const char *headline = json_string_value(json_object_get(info, "headline"));
    xmlDoc *feed = read_xml(atom);
    xmlXPathFreeObject(
        find(feed, "//a:entry/a:link[@type='application/cap+xml'][@href='alert.xml']", 1));
    g_autoptr(GHashTable) titles = values(feed, "//a:entry/a:title", true);
    g_assert_true(g_hash_table_contains(titles, headline));
    g_autofree char *page = test_read_file(html, NULL);
    g_assert_nonnull(strstr(page, headline));
    g_assert_nonnull(strstr(page, identifier));
    json_decref(object);
    xmlFreeDoc(feed);
}

static void add(const char *name, GTestDataFunc function)
{
    static const char *const WORDS[] = {"english", "persian"};
    for (int l = 0; l < 2; l++) {
        g_autofree char *path = g_strdup_printf("/render/forms/%s/%s", name, WORDS[l]);
        const I18nLanguage language = l == 0 ? I18N_ENGLISH : I18N_PERSIAN;
        g_test_add_data_func(path, GINT_TO_POINTER(language), function);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("page_holds_the_whole_report", page_holds_the_whole_report);
    add("one_page_is_one_page", one_page_is_one_page);
    add("feed_is_atom", feed_is_atom);
    add("alert_says_the_same_in_every_form", alert_says_the_same_in_every_form);
    int status = g_test_run();
    store_close(iran());
    xmlCleanupParser();
    return status;
}
