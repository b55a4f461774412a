#include "web/form.h"

#include "base/edtf.h"
#include <string.h>

enum { MOST = 1000, AREA_ROWS_CHARS = 500 };

const char *form_value(GHashTable *values, const char *name)
{
    const char *value = values != NULL ? g_hash_table_lookup(values, name) : NULL;
    return value != NULL ? value : "";
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

static bool check_field(const FormField *field, const char *value, char **ret_problem)
{
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
        if (!check_field(&form->fields[i], form_value(values, form->fields[i].name), ret_problem))
            return false;
    return true;
}

/* ---- drawing ---- */

static void draw_choices(const Page *page, const FormField *field, const char *value)
{
    Html *html = page->html;
    html_begin(html, "select", "name", field->name, "required", field->required ? "" : NULL, NULL);
    for (const FormChoice *choice = field->choices; choice->value != NULL; choice++)
        html_put(html, "option", i18n_get(choice->title), "value", choice->value, "selected",
                 strcmp(choice->value, value) == 0 ? "" : NULL, NULL);
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
        html_put(html, "textarea", value, "name", field->name, "rows", "6", "maxlength", most,
                 "required", required, "dir", "auto", NULL);
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

static void draw_field(const Page *page, const FormField *field, const char *value)
{
    Html *html = page->html;
    if (field->kind == FORM_HIDDEN) {
        html_void(html, "input", "type", "hidden", "name", field->name, "value", value, NULL);
        return;
    }
    html_begin(html, "label", NULL);
    html_text(html, i18n_get(field->title));
    draw_input(page, field, value);
    if (field->hint != NULL)
        html_put(html, "span", i18n_get(field->hint), "class", "hint", NULL);
    html_end(html, "label");
}

void form_draw(const Page *page, const Form *form, const char *rest, GHashTable *values)
{
    Html *html = page->html;
    const gsize length = strlen(form->path);
    const bool starred = form->path[length - 1] == '*';
    g_autofree char *path =
        starred ? page_path(page, "%.*s%s", (int)length - 1, form->path, rest != NULL ? rest : "")
                : page_path(page, "%s", form->path);
    bool files = false;
    for (gsize i = 0; i < form->n_fields; i++)
        files |= form->fields[i].kind == FORM_FILE;
    html_begin(html, "form", "method", "post", "action", path, "class", "form", "enctype",
               files ? "multipart/form-data" : NULL, NULL);
    if (page->request->session != NULL)
        html_void(html, "input", "type", "hidden", "name", "form_token", "value",
                  web_session_form_token(page->request->session), NULL);
    for (gsize i = 0; i < form->n_fields; i++)
        draw_field(page, &form->fields[i], form_value(values, form->fields[i].name));
    html_put(html, "button", i18n_get(form->button), NULL);
    html_end(html, "form");
}
