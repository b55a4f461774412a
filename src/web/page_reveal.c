/* Sealed fields of one record, shown to who may see them, for a reason, once: the look is entered
 * before anything is opened. The page is never kept. */
#include "store/record.h"
#include "store/user.h"
#include "web/forms.h"
#include "web/page.h"

static const FormField FIELDS[] = {
    {"reason", N_("Why you need to see it"),
     N_("stays in the audit trail with your account's name"), FORM_LINE, true, 300, NULL},
};
const Form FORM_REVEAL = {"/reveal/*", N_("Show the sealed fields"), FIELDS, G_N_ELEMENTS(FIELDS)};

static bool has_sealed(StoreKind kind)
{
    for (gsize i = 0; i < store_kind_n_columns(kind); i++)
        if (store_kind_column(kind, i).sealed && kind != STORE_KIND_USER)
            return true;
    return false;
}

static bool record_of(const WebRequest *request, StoreKind *ret_kind, gint64 *ret_id,
                      GError **error)
{
    if (!store_id_read(request->rest, STORE_KIND_NONE, ret_kind, ret_id, error))
        return false;
    if (has_sealed(*ret_kind))
        return true;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                        _("This record has no sealed fields."));
    return false;
}

static void begin(Page *page, const WebRequest *request, WebResponse *response, guint status)
{
    g_autofree char *title = g_strdup_printf(_("Sealed fields of %s"), request->rest);
    response->status = status;
    page_begin(page, request, response, PAGE_NO_SECTION, title);
}

static void ask(const WebRequest *request, WebResponse *response, guint status,
                const char *sentence)
{
    Page page;
    begin(&page, request, response, status);
    if (sentence != NULL)
        page_paragraph(&page, "banner", sentence);
    page_paragraph(
        &page, "lead",
        _("Names, contacts and numbers of people are sealed. Look only if you must: whoever "
          "stands behind you reads along."));
    form_draw(&page, &FORM_REVEAL, request->rest, request->form);
    page_end(&page);
}

void page_reveal(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    if (record_of(request, &kind, &id, &error))
        ask(request, response, 200, NULL);
    else
        page_fail(request, response, error);
}

static void show(const WebRequest *request, WebResponse *response, StoreKind kind,
                 const void *record)
{
    Page page;
    begin(&page, request, response, 200);
    html_begin(page.html, "dl", "class", "facts", NULL);
    for (gsize i = 0; i < store_kind_n_columns(kind); i++) {
        const StoreColumn column = store_kind_column(kind, i);
        const StoreValue value = store_record_value(kind, record, i);
        if (column.sealed)
            page_fact_name(&page, column.name, value.none ? "–" : value.text);
    }
    html_end(page.html, "dl");
    page_record_link(&page, kind, store_record_id(record));
    page_end(&page);
}

void page_reveal_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    StoreKind kind;
    gint64 id;
    if (!record_of(request, &kind, &id, &error)) {
        page_fail(request, response, error);
        return;
    }
    if (!form_check(&FORM_REVEAL, request->form, &problem)) {
        ask(request, response, 400, problem);
        return;
    }
    const char *reason = web_form(request, "reason");
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL ||
        !store_audit_look(store, app_user_id(request), kind, id, "sealed fields", reason, &error) ||
        !store_unseal(store, app_user_id(request), reason, &error)) {
        page_fail(request, response, error);
        return;
    }
    void *record = store_record_load(store, kind, id, &error);
    if (record == NULL) {
        page_fail(request, response, error);
        return;
    }
    show(request, response, kind, record);
    store_record_free(kind, record);
}
