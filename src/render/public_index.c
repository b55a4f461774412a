/* render/public_index.c: the way into what is published, in both languages on one page: who has
 * answered and how long it has been, what was asked and how each ask stands, the letters. Whoever
 * comes reads their own part. */
#include "appeal/appeal.h"
#include "base/edtf.h"
#include "render/markup.h"
#include "render/public.h"
#include "store/appeal.h"
#include <string.h>

typedef struct {
    Store *store;
    const RenderPublic *options;
    xmlTextWriter *writer;
    I18nLanguage language;
    gint32 day;
    GPtrArray *rows, *addressees; /* in that language */
    StoreAppeal *letter;          /* whose clock runs */
} Index;

static void put_link(xmlTextWriter *writer, const char *href, const char *lang, const char *text)
{
    markup_start(writer, "a");
    markup_attribute(writer, "href", href);
    if (lang != NULL) {
        markup_attribute(writer, "lang", lang);
        markup_attribute(writer, "dir", strcmp(lang, "fa") == 0 ? "rtl" : "ltr");
    }
    markup_words(writer, text);
    markup_end(writer);
}

static const char *letter_title(const Index *index, const StoreAppeal *letter)
{
    const bool persian = index->language == I18N_PERSIAN;
    if (persian && letter->subject != NULL)
        return letter->subject;
    return letter->title != NULL ? letter->title : letter->subject;
}

/* How long it has been, and from how many no public answer was found. */
static void write_clock(const Index *index)
{
    guint answered = 0;
    for (guint i = 0; i < index->addressees->len; i++) {
        const AppealAddressee *one = index->addressees->pdata[i];
        answered += one->response_id != 0;
    }
    g_autofree char *sent = edtf_describe_day(index->letter->day),
                    *as_of = edtf_describe_day(index->day),
                    *days = i18n_integer(MAX(0, index->day - index->letter->day)),
                    *of = i18n_integer(index->addressees->len), *n = i18n_integer(answered),
                    *none = i18n_integer(index->addressees->len - answered);
    g_autofree char *first = g_strdup_printf(
        _("The letter of %s went to %s offices; by %s that is %s days."), sent, of, as_of, days);
    g_autofree char *second = g_strdup_printf(
        _("Public answers found: %s. No public answer was found from: %s."), n, none);
    markup_element(index->writer, "p", first);
    markup_element(index->writer, "p", second);
}

static void write_asks(const Index *index)
{
    xmlTextWriter *writer = index->writer;
    const char *tag = i18n_tag(index->language);
    markup_element(writer, "h2", _("What is asked"));
    markup_start(writer, "p");
    markup_attribute(writer, "class", "soft");
    markup_words(writer, _("A step that a body took on the matter is no answer to the letter."));
    markup_end(writer);
    markup_start(writer, "ul");
    for (guint i = 0; i < index->rows->len; i++) {
        const AppealClockRow *row = index->rows->pdata[i];
        char id[STORE_ID_MAX];
        g_autofree char *href =
            g_strdup_printf("%s.html#%s", tag, store_id_format(STORE_KIND_ASK, row->ask_id, id));
        g_autofree char *since = edtf_describe_day(row->state_day);
        g_autofree char *state =
            g_strdup_printf(_(" – %s since %s"), appeal_state_title(row->state), since);
        markup_start(writer, "li");
        put_link(writer, href, NULL, row->title);
        markup_words(writer, state);
        markup_end(writer);
    }
    markup_end(writer);
}

/* Offices of a letter, in the page's language. Transfers. */
static char *offices_of(const Index *index, gint64 letter)
{
    g_autoptr(GPtrArray) addressees = appeal_addressees(index->store, letter, index->day, NULL);
    g_autoptr(GString) offices = g_string_new(NULL);
    for (guint i = 0; addressees != NULL && i < addressees->len; i++) {
        const AppealAddressee *one = addressees->pdata[i];
        g_string_append_printf(offices, "%s%s",
                               i == 0                            ? ""
                               : index->language == I18N_PERSIAN ? "، "
                                                                 : ", ",
                               one->office);
    }
    return g_strdup(offices->str);
}

static void write_letter(const Index *index, const StoreAppeal *letter)
{
    xmlTextWriter *writer = index->writer;
    char id[STORE_ID_MAX];
    store_id_format(STORE_KIND_APPEAL, letter->id, id);
    g_autofree char *page = g_strconcat(id, ".html", NULL), *pdf = g_strconcat(id, ".pdf", NULL);
    g_autofree char *day = edtf_describe_day(letter->day), *to = offices_of(index, letter->id);
    g_autofree char *words = to[0] != '\0' ? g_strdup_printf(_(" – %s, to: %s – "), day, to)
                                           : g_strdup_printf(" – %s – ", day);
    markup_start(writer, "li");
    put_link(writer, page, letter->language,
             letter->title != NULL ? letter->title : letter->subject);
    markup_words(writer, words);
    put_link(writer, pdf, NULL, "PDF");
    markup_end(writer);
}

static void write_letters(const Index *index)
{
    const GArray *letters = index->options->letters;
    markup_element(index->writer, "h2", _("Letters"));
    if (letters == NULL || letters->len == 0) {
        g_autofree char *words = g_strdup_printf(_("No letter is published here word for word. "
                                                   "What is told above is about this one: %s"),
                                                 letter_title(index, index->letter));
        markup_element(index->writer, "p", words);
        return;
    }
    markup_start(index->writer, "ul");
    for (guint i = 0; i < letters->len; i++) {
        g_autoptr(StoreAppeal) letter =
            store_appeal_load(index->store, g_array_index(letters, gint64, i), NULL);
        if (letter != NULL)
            write_letter(index, letter);
    }
    markup_end(index->writer);
}

static void write_files(const Index *index)
{
    xmlTextWriter *writer = index->writer;
    const char *tag = i18n_tag(index->language);
    g_autofree char *atom = g_strdup_printf("clock-%s.atom", tag),
                    *json = g_strdup_printf("clock-%s.json", tag);
    markup_start(writer, "p");
    markup_words(writer, _("To be told of news, and for programs:"));
    markup_words(writer, " ");
    put_link(writer, atom, NULL, "Atom");
    markup_words(writer, " · ");
    put_link(writer, json, NULL, "JSON");
    markup_end(writer);
}

static void write_part(const Index *index)
{
    xmlTextWriter *writer = index->writer;
    const char *tag = i18n_tag(index->language);
    g_autofree char *page = g_strconcat(tag, ".html", NULL);
    markup_start(writer, "section");
    markup_attribute(writer, "id", tag);
    markup_attribute(writer, "lang", tag);
    markup_attribute(writer, "dir", index->language == I18N_PERSIAN ? "rtl" : "ltr");
    markup_element(writer, "h1", _("What was asked, and who has answered"));
    write_clock(index);
    markup_start(writer, "p");
    put_link(writer, page, NULL, _("Each office, each ask, each step, with its source"));
    markup_end(writer);
    write_asks(index);
    write_letters(index);
    write_files(index);
    markup_end(writer);
}

/* One language's part. False with error set. */
static bool write_language(Index *index, GError **error)
{
    const RenderPublic *options = index->options;
    g_autoptr(GPtrArray) rows = appeal_clock(index->store, options->clock_id, index->day, error);
    g_autoptr(GPtrArray) addressees =
        rows != NULL ? appeal_addressees(index->store, options->clock_id, index->day, error) : NULL;
    if (addressees == NULL)
        return false;
    if (addressees->len == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("No clock runs: no letter of this case was sent."));
        return false;
    }
    const AppealAddressee *first = addressees->pdata[0];
    g_autoptr(StoreDelivery) delivery =
        store_delivery_load(index->store, first->delivery_id, error);
    g_autoptr(StoreAppeal) letter =
        delivery != NULL ? store_appeal_load(index->store, delivery->appeal_id, error) : NULL;
    if (letter == NULL)
        return false;
    index->rows = rows;
    index->addressees = addressees;
    index->letter = letter;
    write_part(index);
    return true;
}

char *public_index_page(Store *store, const RenderPublic *options, const char *label,
                        GError **error)
{
    static const I18nLanguage ORDER[] = {I18N_PERSIAN, I18N_ENGLISH};
    static const PublicLink LINKS[] = {
        {"#fa", "فارسی", "fa"}, {"#en", "English", "en"}, {NULL, NULL, NULL}};
    const gint32 day =
        options->day != G_MININT32 ? options->day : (gint32)(store_now(store) / 86400);
    const I18nLanguage before = i18n_language();
    Markup markup = markup_new();
    markup_page_start(markup.writer, I18N_ENGLISH, "Zenhar", NULL);
    public_links(markup.writer, LINKS);
    if (label != NULL)
        public_label(markup.writer, label);
    bool done = true;
    for (gsize i = 0; i < G_N_ELEMENTS(ORDER) && done; i++) {
        Index index = {.store = store,
                       .options = options,
                       .writer = markup.writer,
                       .language = ORDER[i],
                       .day = day};
        i18n_set_language(ORDER[i]);
        done = write_language(&index, error);
    }
    i18n_set_language(before);
    markup_page_end(markup.writer);
    char *page = markup_finish(&markup);
    if (done)
        return page;
    g_free(page);
    return NULL;
}
