/* Who answered a letter: a public page, a feed, an object. What is written here is meant for
 * everybody: offices, days, public steps with their sources; no person but holders of offices. */
#include "appeal/appeal.h"
#include "base/edtf.h"
#include "render/feed.h"
#include "render/markup.h"
#include "render/public.h"
#include "render/render.h"
#include "store/appeal.h"
#include "store/user.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    GPtrArray *rows, *addressees;
    const StoreAppeal *appeal;
    gint32 day;
    I18nLanguage language;
    Store *store;            /* of a public page, for the asks' texts */
    const PublicLink *links; /* of a public page; NULL: a page that stands alone */
} Clock;

static char *iso(gint32 day)
{
    int year, month, date;
    edtf_day_to_gregorian(day, &year, &month, &date);
    return g_strdup_printf("%04d-%02d-%02d", year, month, date);
}

static char *title_of(const Clock *clock)
{
    bool persian = clock->language == I18N_PERSIAN && clock->appeal->subject != NULL;
    return g_strdup_printf(_("Who has answered: %s"),
                           persian ? clock->appeal->subject : clock->appeal->title);
}

/* ---- Atom ---- */

static gint32 newest_day(const Clock *clock)
{
    gint32 newest = clock->appeal->day;
    for (guint i = 0; i < clock->rows->len; i++) {
        const AppealClockRow *row = clock->rows->pdata[i];
        for (guint k = 0; k < row->steps->len; k++)
            newest = MAX(newest, ((AppealClockStep *)row->steps->pdata[k])->day);
    }
    return newest;
}

/* tag: URIs (RFC 4151): the same entry keeps its id for ever. */
static char *tag(const Clock *clock, const char *what, gint64 id)
{
    g_autofree char *day = iso(clock->appeal->day);
    return g_strdup_printf("tag:zenhar.invalid,%s:%s/%" G_GINT64_FORMAT, day, what, id);
}

static gint64 seconds(gint32 day)
{
    return (gint64)day * 86400;
}

static char *write_atom(const Clock *clock)
{
    g_autofree char *title = title_of(clock), *id = tag(clock, "letter", clock->appeal->id);
    Feed feed = feed_new(clock->language, id, title, seconds(newest_day(clock)));
    for (guint i = 0; i < clock->addressees->len; i++) {
        const AppealAddressee *one = clock->addressees->pdata[i];
        g_autofree char *entry = tag(clock, "addressee", one->recipient_id);
        g_autofree char *head = g_strdup_printf("%s: %s", one->office, one->sentence);
        feed_entry(&feed,
                   &(FeedEntry){entry, head, seconds(MAX(one->state_day, clock->appeal->day)),
                                one->evidence != NULL ? one->evidence : one->sentence});
    }
    for (guint i = 0; i < clock->rows->len; i++) {
        const AppealClockRow *row = clock->rows->pdata[i];
        for (guint k = 0; k < row->steps->len; k++) {
            const AppealClockStep *step = row->steps->pdata[k];
            g_autofree char *entry = tag(clock, "step", step->response_id);
            g_autofree char *days = i18n_integer(step->days);
            g_autofree char *head = g_strdup_printf(_("%s – after %s days"), row->title, days);
            feed_entry(&feed, &(FeedEntry){entry, head, seconds(step->day), step->text});
        }
    }
    return feed_finish(&feed);
}

/* ---- HTML ---- */

static void put_bdi(xmlTextWriter *writer, const char *text)
{
    markup_start(writer, "td");
    markup_element(writer, "bdi", text);
    markup_end(writer);
}

static void html_addressees(const Clock *clock, xmlTextWriter *writer)
{
    markup_start(writer, "table");
    markup_element(writer, "caption", _("Addressees"));
    markup_start(writer, "tr");
    const char *const HEADS[] = {_("Office"), _("Holder written to"), _("Answer"), _("Evidence")};
    for (gsize i = 0; i < G_N_ELEMENTS(HEADS); i++) {
        markup_start(writer, "th");
        markup_attribute(writer, "scope", "col");
        markup_words(writer, HEADS[i]);
        markup_end(writer);
    }
    markup_end(writer);
    for (guint i = 0; i < clock->addressees->len; i++) {
        const AppealAddressee *one = clock->addressees->pdata[i];
        markup_start(writer, "tr");
        put_bdi(writer, one->office);
        put_bdi(writer, one->name != NULL ? one->name : "–");
        put_bdi(writer, one->sentence);
        put_bdi(writer, one->evidence != NULL ? one->evidence : "–");
        markup_end(writer);
    }
    markup_end(writer);
}

static void put_paragraph(xmlTextWriter *writer, const char *class_name, const char *text)
{
    markup_start(writer, "p");
    if (class_name != NULL)
        markup_attribute(writer, "class", class_name);
    markup_words(writer, text);
    markup_end(writer);
}

/* What is asked, whole, and on what basis. */
static void html_ask(const Clock *clock, xmlTextWriter *writer, const AppealClockRow *row)
{
    g_autoptr(StoreAsk) ask =
        clock->links != NULL ? store_ask_load(clock->store, row->ask_id, NULL) : NULL;
    const bool persian = clock->language == I18N_PERSIAN;
    if (ask == NULL)
        return;
    const char *basis = persian && ask->basis_fa != NULL ? ask->basis_fa : ask->basis;
    put_paragraph(writer, NULL, persian && ask->text_fa != NULL ? ask->text_fa : ask->text);
    if (basis != NULL) {
        g_autofree char *words = g_strdup_printf(_("Legal basis: %s"), basis);
        put_paragraph(writer, "soft", words);
    }
}

static void html_asks(const Clock *clock, xmlTextWriter *writer)
{
    for (guint i = 0; i < clock->rows->len; i++) {
        const AppealClockRow *row = clock->rows->pdata[i];
        g_autofree char *since = edtf_describe_day(row->state_day);
        g_autofree char *state = g_strdup_printf(
            _("%s since %s. %s"), appeal_state_title(row->state), since, row->sentence);
        char id[STORE_ID_MAX];
        markup_start(writer, "h2");
        markup_attribute(writer, "id", store_id_format(STORE_KIND_ASK, row->ask_id, id));
        markup_words(writer, row->title);
        markup_end(writer);
        html_ask(clock, writer, row);
        markup_element(writer, "p", state);
        if (row->steps->len == 0)
            continue;
        markup_start(writer, "ul");
        for (guint k = 0; k < row->steps->len; k++) {
            const AppealClockStep *step = row->steps->pdata[k];
            g_autofree char *on = edtf_describe_day(step->day), *days = i18n_integer(step->days);
            g_autofree char *line =
                g_strdup_printf(_("%s, after %s days: %s"), on, days, step->text);
            markup_element(writer, "li", line);
        }
        markup_end(writer);
    }
}

static void write_html(const Clock *clock, xmlTextWriter *writer)
{
    g_autofree char *title = title_of(clock), *as_of = edtf_describe_day(clock->day);
    g_autofree char *note = g_strdup_printf(
        _("As of %s. A step by a body is not an answer to the letter; silence means that no public "
          "answer was found."),
        as_of);
    markup_page_start(
        writer, clock->language, title,
        clock->links != NULL
            ? NULL
            : "body{font:1rem/1.6 Vazirmatn,sans-serif;max-width:50rem;margin:auto;padding:1rem}"
              "table{border-collapse:collapse}td,th{border:1px solid #767676;padding:.3rem .5rem;"
              "text-align:start;vertical-align:top;overflow-wrap:anywhere}");
    if (clock->links != NULL)
        public_links(writer, clock->links);
    g_autofree char *label =
        clock->links != NULL ? store_setting_get(clock->store, "label", NULL) : NULL;
    if (label != NULL)
        public_label(writer, label);
    markup_element(writer, "h1", title);
    markup_element(writer, "p", note);
    html_addressees(clock, writer);
    html_asks(clock, writer);
    markup_page_end(writer);
}

/* ---- JSON ---- */

static json_t *addressee_json(const AppealAddressee *one)
{
    g_autofree char *since = iso(one->state_day);
    return json_pack("{s:s?, s:s?, s:s?, s:s, s:s, s:i, s:s, s:s?}", "office_code", one->code,
                     "office", one->office, "holder", one->name, "state", one->state, "since",
                     since, "days", (int)one->days, "sentence", one->sentence, "evidence",
                     one->evidence);
}

static json_t *ask_json(const AppealClockRow *row)
{
    g_autofree char *since = iso(row->state_day);
    json_t *steps = json_array();
    for (guint k = 0; k < row->steps->len; k++) {
        const AppealClockStep *step = row->steps->pdata[k];
        g_autofree char *day = iso(step->day);
        json_array_append_new(steps,
                              json_pack("{s:s, s:i, s:s, s:s?, s:b}", "date", day, "days",
                                        (int)step->days, "kind", step->kind, "text", step->text,
                                        "answer", (int)(step->recipient_id != 0)));
    }
    return json_pack("{s:s?, s:s?, s:s, s:s, s:i, s:i, s:i, s:o}", "code", row->code, "title",
                     row->title, "state", row->state, "since", since, "days", (int)row->days,
                     "written_to", (int)row->n_written_to, "answered", (int)row->n_answered,
                     "steps", steps);
}

static char *write_json(const Clock *clock)
{
    json_t *addressees = json_array(), *asks = json_array();
    for (guint i = 0; i < clock->addressees->len; i++)
        json_array_append_new(addressees, addressee_json(clock->addressees->pdata[i]));
    for (guint i = 0; i < clock->rows->len; i++)
        json_array_append_new(asks, ask_json(clock->rows->pdata[i]));
    g_autofree char *title = title_of(clock), *as_of = iso(clock->day),
                    *sent = iso(clock->appeal->day);
    json_t *object = json_pack("{s:s, s:s, s:s, s:o, s:o}", "title", title, "sent", sent, "as_of",
                               as_of, "addressees", addressees, "asks", asks);
    char *dumped = json_dumps(object, JSON_INDENT(2));
    char *text = g_strconcat(dumped, "\n", NULL);
    free(dumped);
    json_decref(object);
    return text;
}

static char *write_all(const Clock *clock, const char *format)
{
    if (strcmp(format, "json") == 0)
        return write_json(clock);
    if (strcmp(format, "atom") == 0)
        return write_atom(clock);
    Markup markup = markup_new();
    write_html(clock, markup.writer);
    return markup_finish(&markup);
}

static char *render_in_language(Store *store, gint64 appeal_id, gint32 day, const char *format,
                                I18nLanguage language, const PublicLink *links, GError **error)
{
    g_autoptr(GPtrArray) rows = appeal_clock(store, appeal_id, day, error);
    g_autoptr(GPtrArray) addressees =
        rows != NULL ? appeal_addressees(store, appeal_id, day, error) : NULL;
    if (addressees == NULL)
        return NULL;
    g_autoptr(StoreAppeal) appeal = NULL;
    if (addressees->len > 0) {
        const AppealAddressee *first = addressees->pdata[0];
        g_autoptr(StoreDelivery) delivery = store_delivery_load(store, first->delivery_id, error);
        appeal = delivery != NULL ? store_appeal_load(store, delivery->appeal_id, error) : NULL;
    } else {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("No clock runs: no letter of this case was sent."));
    }
    if (appeal == NULL)
        return NULL;
    Clock clock = {.rows = rows,
                   .addressees = addressees,
                   .appeal = appeal,
                   .day = day,
                   .language = language,
                   .store = store,
                   .links = links};
    return write_all(&clock, format);
}

static char *render_on_day(Store *store, gint64 appeal_id, gint32 day, const char *format,
                           I18nLanguage language, const PublicLink *links, GError **error)
{
    if (day == G_MININT32)
        day = (gint32)(store_now(store) / 86400);
    I18nLanguage before = i18n_language();
    i18n_set_language(language);
    char *text = render_in_language(store, appeal_id, day, format, language, links, error);
    i18n_set_language(before);
    return text;
}

char *render_clock(Store *store, gint64 appeal_id, gint32 day, const char *format,
                   I18nLanguage language, GError **error)
{
    if (strcmp(format, "atom") != 0 && strcmp(format, "json") != 0 && strcmp(format, "html") != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("“%s” is no format of the clock: atom, json or html."), format);
        return NULL;
    }
    return render_on_day(store, appeal_id, day, format, language, NULL, error);
}

char *clock_public_page(Store *store, gint64 appeal_id, gint32 day, I18nLanguage language,
                        const PublicLink *links, GError **error)
{
    return render_on_day(store, appeal_id, day, "html", language, links, error);
}
