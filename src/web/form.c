#include "web/form.h"

#include "base/edtf.h"
#include <sodium.h>
#include <string.h>

enum { MOST = 1000, LONG_AREA = 30000, SHORT_AREA = 500 /* characters: a letter, an address */ };

const char *form_value(GHashTable *values, const char *name)
{
    const char *value = values != NULL ? g_hash_table_lookup(values, name) : NULL;
    return value != NULL ? value : "";
}

const char *form_given(GHashTable *values, const char *name)
{
    const char *value = form_value(values, name);
    return value[strspn(value, " \t\r\n")] != '\0' ? value : NULL;
}

char *form_lines(GHashTable *values, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(form_value(values, name), "\r\n", -1);
    return g_strjoinv("\n", lines);
}

/* ---- reading ---- */

static bool read_day(const char *text, gint32 *ret_day)
{
    g_autofree char *ascii = g_strdup(text);
    g_autoptr(GString) plain = g_string_new(NULL);
    for (const char *p = ascii; *p != '\0'; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        const int digit = g_unichar_digit_value(c);
        if (digit >= 0)
            g_string_append_c(plain, (char)('0' + digit));
        else
            g_string_append_c(plain, c == '/' || c == '-' ? '-' : '?');
    }
    Edtf edtf;
    gint32 last;
    const bool solar = plain->str[0] == '1' && (plain->str[1] == '3' || plain->str[1] == '4');
    if (!edtf_parse(plain->str, solar ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN, &edtf, NULL))
        return false;
    edtf_bounds(&edtf, ret_day, &last);
    return *ret_day == last;
}

gint32 form_day(GHashTable *values, const char *name)
{
    gint32 day = G_MININT32;
    const char *value = form_value(values, name);
    return value[0] != '\0' && read_day(value, &day) ? day : G_MININT32;
}

static bool is_choice(const FormField *field, const char *value)
{
    for (const FormChoice *choice = field->choices; choice->value != NULL; choice++)
        if (strcmp(choice->value, value) == 0)
            return true;
    return false;
}

/* "asks.AK3" */
static bool ticks(const char *key, const char *name)
{
    const gsize length = strlen(name);
    return strncmp(key, name, length) == 0 && key[length] == '.' && key[length + 1] != '\0';
}

static gint by_words(gconstpointer a, gconstpointer b)
{
    const char *left = *(const char *const *)a, *right = *(const char *const *)b;
    const gsize n = strlen(left), m = strlen(right);
    return n != m ? (n < m ? -1 : 1) : strcmp(left, right); /* AK9 before AK10 */
}

char *form_many(GHashTable *values, const char *name)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    const char *own = form_value(values, name);
    GHashTableIter at;
    gpointer key;
    if (own[0] != '\0')
        g_ptr_array_add(ids, (gpointer)own);
    if (values != NULL) {
        g_hash_table_iter_init(&at, values);
        while (g_hash_table_iter_next(&at, &key, NULL))
            if (ticks(key, name))
                g_ptr_array_add(ids, (char *)key + strlen(name) + 1);
    }
    g_ptr_array_sort(ids, by_words);
    g_ptr_array_add(ids, NULL);
    return g_strjoinv(" ", (char **)ids->pdata);
}

static bool check_field(const FormField *field, GHashTable *values, char **ret_problem)
{
    g_autofree char *many = field->kind == FORM_MANY ? form_many(values, field->name) : NULL;
    const char *value = many != NULL ? many : form_value(values, field->name);
    if (field->kind == FORM_FILE) /* its page looks at the files */
        return true;
    const char *title = i18n_get(field->title);
    const guint most = field->most != 0 ? field->most : MOST;
    gint32 day;
    if (value[strspn(value, " \t\r\n")] == '\0') {
        if (!field->required)
            return true;
        *ret_problem = g_strdup_printf(_("“%s” is empty: fill it in."), title);
    } else if (g_utf8_strlen(value, -1) > (glong)most) {
        g_autofree char *number = i18n_integer(most);
        *ret_problem =
            g_strdup_printf(_("“%s” is too long: at most %s characters."), title, number);
    } else if (field->kind != FORM_AREA && strpbrk(value, "\r\n") != NULL) {
        *ret_problem = g_strdup_printf(_("“%s” is one line."), title);
    } else if (field->kind == FORM_DAY && !read_day(value, &day)) {
        *ret_problem =
            g_strdup_printf(_("“%s” is no single day: write 2025-06-28, or 1404-04-07."), title);
    } else if (field->kind == FORM_CHOICE && !is_choice(field, value)) {
        *ret_problem = g_strdup_printf(_("“%s” is none of its choices."), title);
    }
    return *ret_problem == NULL;
}

bool form_check(const Form *form, GHashTable *values, char **ret_problem)
{
    *ret_problem = NULL;
    for (gsize i = 0; i < form->n_fields; i++)
        if (!check_field(&form->fields[i], values, ret_problem))
            return false;
    return true;
}

/* ---- doing ---- */

void form_done_clear(FormDone *done)
{
    g_clear_pointer(&done->words, g_free);
    if (done->secret != NULL)
        sodium_memzero(done->secret, strlen(done->secret));
    g_clear_pointer(&done->secret, g_free);
}

bool form_run(const Form *form, const WebRequest *request, Store *store, FormDone *ret_done,
              char **ret_problem, GError **error)
{
    *ret_done = (FormDone){0};
    if (!form_check(form, request->form, ret_problem) || !store_begin(store, error))
        return false;
    const bool done = form->act(request, store, ret_done, error);
    if (done && ret_done->nothing) {
        store_rollback(store);
        return true;
    }
    return app_change_end(store, request, done, &ret_done->change, error);
}

/* ---- drawing ---- */

static void free_offer(gpointer data)
{
    FormOffer *offer = data;
    g_free(offer->value);
    g_free(offer->title);
    g_free(offer);
}

GPtrArray *form_offers_new(void)
{
    return g_ptr_array_new_with_free_func(free_offer);
}

void form_offer(GPtrArray *offers, const char *value, const char *title)
{
    FormOffer *offer = g_new(FormOffer, 1);
    *offer = (FormOffer){g_strdup(value), g_strdup(title)};
    g_ptr_array_add(offers, offer);
}

static const GPtrArray *offers_of(const FormOffers *offers, const FormField *field)
{
    for (; offers != NULL && offers->field != NULL; offers++)
        if (strcmp(offers->field, field->name) == 0)
            return offers->offers;
    return NULL;
}

static void draw_choices(const Page *page, const FormField *field, const char *value)
{
    Html *html = page->html;
    html_begin(html, "select", "name", field->name, "required", field->required ? "" : NULL, NULL);
    for (const FormChoice *choice = field->choices; choice->value != NULL; choice++)
        html_put(html, "option", i18n_get(choice->title), "value", choice->value, "selected",
                 strcmp(choice->value, value) == 0 ? "" : NULL, NULL);
    html_end(html, "select");
}

/* Out of what the page offers. */
static void draw_pick(const Page *page, const FormField *field, const char *value,
                      const GPtrArray *offers)
{
    Html *html = page->html;
    html_begin(html, "select", "name", field->name, "required", field->required ? "" : NULL, NULL);
    html_put(html, "option", "–", "value", "", NULL); /* nothing is chosen by oversight */
    for (guint i = 0; i < offers->len; i++) {
        const FormOffer *offer = offers->pdata[i];
        html_put(html, "option", offer->title, "value", offer->value, "selected",
                 strcmp(offer->value, value) == 0 ? "" : NULL, NULL);
    }
    html_end(html, "select");
}

static void draw_input(const Page *page, const FormField *field, const char *value)
{
    Html *html = page->html;
    g_autofree char *most = g_strdup_printf("%u", field->most != 0 ? field->most : MOST);
    const char *required = field->required ? "" : NULL;
    if (field->kind == FORM_CHOICE) {
        draw_choices(page, field, value);
    } else if (field->kind == FORM_AREA) {
        g_auto(GStrv) lines = g_strsplit(value, "\r\n", -1);
        g_autofree char *text = g_strjoinv("\n", lines);
        html_put(html, "textarea", text, "name", field->name, "rows",
                 field->most > LONG_AREA     ? "24"
                 : field->most == SHORT_AREA ? "3"
                                             : "6",
                 "maxlength", most, "required", required, "dir", "auto", NULL);
    } else if (field->kind == FORM_FILE) {
        html_void(html, "input", "name", field->name, "type", "file", "required", required, NULL);
    } else {
        html_void(html, "input", "name", field->name, "type",
                  field->kind == FORM_PASSWORD ? "password" : "text", "value",
                  field->kind == FORM_PASSWORD ? "" : value, "maxlength", most, "required",
                  required, "dir", field->kind == FORM_LINE ? "auto" : "ltr", "autocomplete", "off",
                  NULL);
    }
}

/* Boxes to tick, under one legend. */
static void draw_many(const Page *page, const FormField *field, GHashTable *values,
                      const GPtrArray *offers)
{
    Html *html = page->html;
    g_autofree char *ticked = form_many(values, field->name);
    g_auto(GStrv) ids = g_strsplit(ticked, " ", -1);
    html_begin(html, "fieldset", NULL);
    html_put(html, "legend", i18n_get(field->title), NULL);
    if (field->hint != NULL)
        html_put(html, "p", i18n_get(field->hint), "class", "hint", NULL);
    for (guint i = 0; i < offers->len; i++) {
        const FormOffer *offer = offers->pdata[i];
        g_autofree char *name = g_strconcat(field->name, ".", offer->value, NULL);
        const bool set = g_strv_contains((const char *const *)ids, offer->value);
        html_begin(html, "label", "class", "tick", NULL);
        html_void(html, "input", "type", "checkbox", "name", name, "value", "yes", "checked",
                  set ? "" : NULL, NULL);
        html_begin(html, "span", NULL);
        html_name(html, offer->title, NULL);
        html_end(html, "span");
        html_end(html, "label");
    }
    html_end(html, "fieldset");
}

static void draw_field(const Page *page, const FormField *field, GHashTable *values,
                       const GPtrArray *offers)
{
    Html *html = page->html;
    const char *value = form_value(values, field->name);
    if (field->kind == FORM_MANY && offers != NULL) {
        draw_many(page, field, values, offers);
        return;
    }
    if (field->kind == FORM_HIDDEN) {
        html_void(html, "input", "type", "hidden", "name", field->name, "value", value, NULL);
        return;
    }
    html_begin(html, "label", NULL);
    html_text(html, i18n_get(field->title));
    if (field->kind == FORM_PICK && offers != NULL)
        draw_pick(page, field, value, offers);
    else
        draw_input(page, field, value);
    if (field->hint != NULL)
        html_put(html, "span", i18n_get(field->hint), "class", "hint", NULL);
    html_end(html, "label");
}

void form_draw(const Page *page, const Form *form, const char *rest, GHashTable *values)
{
    form_draw_offers(page, form, rest, values, NULL);
}

void form_draw_offers(const Page *page, const Form *form, const char *rest, GHashTable *values,
                      const FormOffers *offers)
{
    Html *html = page->html;
    const gsize length = strlen(form->path);
    const bool starred = form->path[length - 1] == '*';
    g_autofree char *path =
        starred ? page_path(page, "%.*s%s", (int)length - 1, form->path, rest != NULL ? rest : "")
                : page_path(page, "%s", form->path);
    bool files = form->lengthy;
    for (gsize i = 0; i < form->n_fields; i++)
        files |= form->fields[i].kind == FORM_FILE;
    html_begin(html, "form", "method", "post", "action", path, "class", "form", "enctype",
               files ? "multipart/form-data" : NULL, NULL);
    if (page->request->session != NULL)
        html_void(html, "input", "type", "hidden", "name", "form_token", "value",
                  web_session_form_token(page->request->session), NULL);
    for (gsize i = 0; i < form->n_fields; i++)
        draw_field(page, &form->fields[i], values, offers_of(offers, &form->fields[i]));
    if (form->look != NULL) { /* the first is what Enter presses: it does no harm */
        html_begin(html, "p", "class", "pages", NULL);
        html_put(html, "button", i18n_get(form->look), "name", "look", "value", "yes", NULL);
        html_put(html, "button", i18n_get(form->button), NULL);
        html_end(html, "p");
    } else {
        html_put(html, "button", i18n_get(form->button), NULL);
    }
    html_end(html, "form");
}
