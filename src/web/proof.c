#include "web/proof.h"
#include "store/server_address.h"

#include <sodium.h>

char *proof_hex(const guint8 *bytes, gsize length)
{
    char *hex = g_malloc(length * 2 + 1);
    return sodium_bin2hex(hex, length * 2 + 1, bytes, length);
}

static void draw_hash(const Page *page, const char *name, const guint8 *bytes, gsize length)
{
    g_autofree char *hex = proof_hex(bytes, length);
    page_fact_begin(page, name);
    html_put(page->html, "code", hex, "class", "hash", NULL);
    page_fact_end(page);
}

static void draw_path(const Page *page, const EvidenceProof *proof)
{
    Html *html = page->html;
    g_autofree char *number = i18n_integer((gint64)proof->n_path);
    g_autofree char *words = g_strdup_printf(
        i18n_plural("Path to the root: %s hash", "Path to the root: %s hashes", proof->n_path),
        number);
    html_begin(html, "details", NULL);
    html_put(html, "summary", words, NULL);
    html_begin(html, "ol", "class", "path", NULL);
    for (gsize i = 0; i < proof->n_path; i++) {
        g_autofree char *hex = proof_hex(proof->path[i].bytes, sizeof proof->path[i].bytes);
        html_begin(html, "li", NULL);
        html_put(html, "code", hex, "class", "hash", NULL);
        html_end(html, "li");
    }
    html_end(html, "ol");
    html_end(html, "details");
}

/* The command that checks it on the machine that holds the case. */
static void draw_how(const Page *page, const char *id)
{
    Html *html = page->html;
    g_autofree char *name = g_path_get_basename(page->web->folder);
    const char *folder = store_address_is(page->web->folder) ? "$ZENHAR_CASE" : name;
    g_autofree char *one = g_strdup_printf("zenhar verify --case %s --proof %s", folder, id);
    g_autofree char *all = g_strdup_printf("zenhar verify --case %s", folder);
    page_paragraph(page, NULL,
                   _("To check it: hash the entry, go up the path, compare with the signed root. "
                     "The file holds all that a stranger needs for it; these commands make the "
                     "proof anew, and recompute the whole log:"));
    html_begin(html, "pre", "dir", "ltr", NULL);
    html_put(html, "code", one, NULL);
    html_text(html, "\n");
    html_put(html, "code", all, NULL);
    html_end(html, "pre");
}

void proof_draw(const Page *page, StoreKind kind, gint64 id)
{
    Html *html = page->html;
    g_autoptr(GError) error = NULL;
    g_autofree EvidenceProof *proof = evidence_prove(page->store, kind, id, &error);
    page_heading(page, "proof", _("Proof that it stands in the log"));
    if (proof == NULL) {
        page_paragraph(page, "banner", error->message);
        return;
    }
    bool fits = evidence_proof_check(proof) &&
                evidence_head_check(store_keys_public(store_keys(page->store)),
                                    store_keys_case_id(store_keys(page->store)), &proof->head);
    html_put(html, "p",
             fits ? _("Checked just now: this record, as it is shown, leads to the signed root.")
                  : _("This proof does not fit. Do not rely on the record; run `zenhar verify`."),
             "class", fits ? "good" : "banner", NULL);
    char printed[STORE_ID_MAX];
    store_id_format(kind, id, printed);
    g_autofree char *position = i18n_integer(proof->position);
    g_autofree char *size = i18n_integer(proof->head.size);
    g_autofree char *time = page_time(proof->head.time);
    g_autofree char *path = page_path(page, "/proofs/%s", printed);
    html_begin(html, "dl", "class", "facts", NULL);
    page_fact(page, _("Entry in the log (from 0)"), position);
    page_fact(page, _("Entries in the tree"), size);
    page_fact(page, _("Signed"), time);
    draw_hash(page, _("Hash of the record"), proof->record_hash, sizeof proof->record_hash);
    draw_hash(page, _("Hash of its leaf"), proof->leaf_hash.bytes, sizeof proof->leaf_hash.bytes);
    draw_hash(page, _("Root of the tree"), proof->head.root, sizeof proof->head.root);
    html_end(html, "dl");
    draw_path(page, proof);
    html_begin(html, "p", NULL);
    page_link(page, path, _("Download the proof (JSON)"));
    html_end(html, "p");
    draw_how(page, printed);
}
