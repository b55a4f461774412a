/* Originals and proofs: an original's page, its bytes as a download (never shown by the browser,
 * each download entered in the audit trail first), a record's proof as JSON. */
#include "evidence/original.h"
#include "evidence/proof_json.h"
#include "store/user.h"
#include "web/page.h"
#include "web/proof.h"

enum { SHOWN_REPORTS = 50 };

static StoreOriginal *original_of(const WebRequest *request, GError **error)
{
    StoreKind kind;
    gint64 id;
    if (!store_id_read(request->rest, STORE_KIND_ORIGINAL, &kind, &id, error))
        return NULL;
    return store_original_load(request->store, id, error);
}

static void draw_download(const Page *page, const StoreOriginal *original)
{
    Html *html = page->html;
    char id[STORE_ID_MAX];
    g_autofree char *path =
        page_path(page, "/downloads/%s", store_id_format(STORE_KIND_ORIGINAL, original->id, id));
    page_paragraph(page, NULL,
                   _("The original is given as it came, with every name and number in it. Each "
                     "download is entered in the case's audit trail."));
    html_begin(html, "p", NULL);
    html_put(html, "a", _("Download the original"), "href", path, "class", "button", NULL);
    html_end(html, "p");
}

static void draw_reports(const Page *page, const StoreOriginal *original)
{
    const StorePage first = {.limit = SHOWN_REPORTS};
    g_autoptr(GPtrArray) reports =
        store_report_list_by_original(page->store, original->id, &first, NULL);
    if (reports == NULL || reports->len == 0)
        return;
    page_heading(page, "reports",
                 reports->len == SHOWN_REPORTS ? _("The first reports read from it")
                                               : _("Reports read from it"));
    html_begin(page->html, "ul", "class", "plain", NULL);
    for (guint i = 0; i < reports->len; i++) {
        const StoreReport *report = g_ptr_array_index(reports, i);
        html_begin(page->html, "li", NULL);
        page_record_link(page, STORE_KIND_REPORT, report->id);
        html_text(page->html, " ");
        page_foreign(page, "bdi", NULL, report->title != NULL ? report->title : "",
                     report->language);
        html_end(page->html, "li");
    }
    html_end(page->html, "ul");
}

void page_original(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreOriginal) original = original_of(request, &error);
    if (original == NULL) {
        page_fail(request, response, error);
        return;
    }
    char id[STORE_ID_MAX];
    store_id_format(STORE_KIND_ORIGINAL, original->id, id);
    g_autofree char *title = g_strdup_printf(_("Original %s"), id);
    Page page;
    page_begin(&page, request, response, PAGE_REPORTS, title);
    g_autofree char *hash = proof_hex(original->sha256, sizeof original->sha256);
    g_autofree char *bytes = i18n_integer(original->bytes);
    g_autofree char *created = page_time(original->created);
    html_begin(page.html, "dl", "class", "facts", NULL);
    page_fact_name(&page, _("Name of the file"), original->name);
    page_fact_name(&page, _("Type"), original->media_type);
    page_fact(&page, _("Bytes"), bytes);
    page_fact_begin(&page, _("SHA-256 of its bytes"));
    html_put(page.html, "code", hash, "class", "hash", NULL);
    page_fact_end(&page);
    page_fact_name(&page, _("How it came"), original->origin);
    page_fact(&page, _("Sealed"), created);
    html_end(page.html, "dl");
    draw_download(&page, original);
    draw_reports(&page, original);
    proof_draw(&page, STORE_KIND_ORIGINAL, original->id);
    page_end(&page);
}

/* The look is entered before a byte goes out; a case that cannot be written gives none. */
static bool enter_look(const WebRequest *request, gint64 original_id, GError **error)
{
    g_autoptr(Store) store = app_store_write(request, error);
    if (store == NULL ||
        !store_audit_look(store, app_user_id(request), STORE_KIND_ORIGINAL, original_id, "bytes",
                          "downloaded in the web application", error)) {
        g_prefix_error(error, "%s ",
                       _("A download must be entered in the audit trail first, and "
                         "that failed."));
        return false;
    }
    return true;
}

/* A file name that no header and no file system stumbles over. */
static char *safe_name(const char *id, const char *name)
{
    g_autoptr(GString) safe = g_string_new(id);
    g_autofree char *base = name != NULL ? g_path_get_basename(name) : g_strdup("original");
    g_string_append_c(safe, '-');
    for (const char *at = base; *at != '\0' && safe->len < 100; at++)
        g_string_append_c(
            safe, g_ascii_isalnum(*at) || *at == '.' || *at == '-' || *at == '_' ? *at : '_');
    return g_strdup(safe->str);
}

static void reader_free(gpointer reader)
{
    evidence_reader_free(reader);
}

void page_download(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreOriginal) original = original_of(request, &error);
    EvidenceReader *reader = NULL;
    if (original != NULL && enter_look(request, original->id, &error))
        reader = evidence_original_open(request->store, original->id, &error);
    if (reader == NULL) {
        page_fail(request, response, error);
        return;
    }
    char id[STORE_ID_MAX];
    g_autofree char *name =
        safe_name(store_id_format(STORE_KIND_ORIGINAL, original->id, id), original->name);
    response->content_type = "application/octet-stream";
    response->disposition = g_strdup_printf("attachment; filename=\"%s\"", name);
    response->stream =
        (WebStream){reader, evidence_reader_read, reader_free, (guint64)original->bytes};
}

void page_proof(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    StoreKind kind;
    gint64 id;
    g_autofree EvidenceProof *proof = NULL;
    if (store_id_read(request->rest, STORE_KIND_NONE, &kind, &id, &error))
        proof = evidence_prove(request->store, kind, id, &error);
    if (proof == NULL) {
        page_fail(request, response, error);
        return;
    }
    json_t *object = evidence_proof_json(request->store, proof);
    char *text = json_dumps(object, JSON_INDENT(1));
    json_decref(object);
    char printed[STORE_ID_MAX];
    g_string_append(response->body, text);
    g_string_append_c(response->body, '\n');
    free(text);
    response->content_type = "application/json";
    response->disposition = g_strdup_printf("attachment; filename=\"%s-proof.json\"",
                                            store_id_format(kind, id, printed));
}
