/* tests/web/multipart.h: forms filled in with good values, also as browsers send files. */
#pragma once
#include "web/form.h"
#include <glib.h>
#include <stdbool.h>

static inline const char *good_value(const FormField *field)
{
    if (field->kind == FORM_DAY)
        return "2025-06-28";
    if (field->kind == FORM_CHOICE) {
        const FormChoice *choice = field->choices;
        while (choice->value[0] == '\0')
            choice++;
        return choice->value;
    }
    return "x";
}

#define BOUNDARY  "kept-apart"
#define MULTIPART "Content-Type: multipart/form-data; boundary=" BOUNDARY "\r\n"

static inline void add_part(GString *body, const char *name, const char *file, const char *value)
{
    g_string_append_printf(
        body, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"%s%s%s\r\n\r\n%s\r\n",
        name, file != NULL ? "; filename=\"" : "", file != NULL ? file : "",
        file != NULL ? "\"" : "", value);
}

static inline char *multipart_of(const Form *form, const char *token, gsize at, const char *value)
{
    GString *body = g_string_new(NULL);
    add_part(body, "form_token", NULL, token);
    for (gsize i = 0; i < form->n_fields; i++) {
        const char *sent = i == at ? value : good_value(&form->fields[i]);
        if (sent != NULL)
            add_part(body, form->fields[i].name,
                     form->fields[i].kind == FORM_FILE ? "told.csv" : NULL, sent);
    }
    g_string_append(body, "--" BOUNDARY "--\r\n");
    return g_string_free(body, FALSE);
}
