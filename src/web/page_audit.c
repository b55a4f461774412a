/* The audit trail: who looked at what, who changed what, and why; newest first, page by page. */
#include "store/user.h"
#include "web/page.h"
#include "web/words.h"
#include <string.h>

enum { ROWS = 50 };

/* Names of the accounts that a page of entries tells of. */
static const char *name_of(const Page *page, GHashTable *names, gint64 user_id)
{
    char *name = g_hash_table_lookup(names, &user_id);
    if (name == NULL) {
        g_autoptr(StoreUser) user = store_user_load(page->store, user_id, NULL);
        gint64 *key = g_new(gint64, 1);
        *key = user_id;
        name = g_strdup(user != NULL ? user->name : "–");
        g_hash_table_insert(names, key, name);
    }
    return name;
}

/* A login link, with for whom it was made; the command line, or what older entries do not tell
 * apart. */
static void draw_nobodys(const Page *page, const char *actor)
{
    const bool link = actor != NULL && g_str_has_prefix(actor, APP_LINK_ACTOR);
    if (link && actor[strlen(APP_LINK_ACTOR)] != '\0') {
        html_name(page->html, actor + strlen(APP_LINK_ACTOR), NULL);
        html_put(page->html, "span", _("login link"), "class", "tag", NULL);
    } else {
        html_text(page->html, link ? _("a login link without a name")
                                   : _("the command line (in older entries also a login link)"));
    }
}

/* An account, a program with its token and who made that, or neither. */
static void draw_who(const Page *page, GHashTable *names, const StoreAudit *entry)
{
    Html *html = page->html;
    html_begin(html, "td", NULL);
    if (entry->user_id != 0)
        html_name(html, name_of(page, names, entry->user_id), NULL);
    if (entry->actor != NULL && g_str_has_prefix(entry->actor, APP_PROGRAM_ACTOR)) {
        html_text(html, entry->user_id != 0 ? " " : "");
        html_put(html, "code", entry->actor + strlen(APP_PROGRAM_ACTOR), NULL);
        html_put(html, "span", _("a program"), "class", "tag", NULL);
    } else if (entry->user_id == 0) {
        draw_nobodys(page, entry->actor);
    }
    html_end(html, "td");
}

static void draw_row(const Page *page, GHashTable *names, const StoreAudit *entry)
{
    g_autofree char *time = page_time(entry->time);
    html_begin(page->html, "tr", NULL);
    html_put(page->html, "td", time, "class", "when", NULL);
    draw_who(page, names, entry);
    page_cell(page, words_action(entry->action));
    html_begin(page->html, "td", NULL);
    if (entry->target_id != 0 && entry->target_kind > 0 && entry->target_kind < STORE_N_KINDS)
        page_record_link(page, (StoreKind)entry->target_kind, entry->target_id);
    if (entry->field != NULL) {
        html_text(page->html, " ");
        html_put(page->html, "code", entry->field, NULL);
    }
    html_end(page->html, "td");
    html_begin(page->html, "td", "class", "why", NULL);
    html_name(page->html, entry->reason, NULL);
    html_end(page->html, "td");
    html_end(page->html, "tr");
}

static void draw_older(const Page *page, const GPtrArray *entries)
{
    if (entries->len < ROWS)
        return;
    const StoreAudit *last = entries->pdata[entries->len - 1];
    g_autofree char *path = page_path(page, "/audit?below=%" G_GINT64_FORMAT, last->id);
    html_begin(page->html, "p", "class", "pages", NULL);
    page_link(page, path, _("Older"));
    html_end(page->html, "p");
}

void page_audit(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    const StorePage wanted = {.after = g_ascii_strtoll(web_query(request, "below"), NULL, 10),
                              .limit = ROWS,
                              .descending = true};
    g_autoptr(GPtrArray) entries = store_audit_list(request->store, &wanted, &error);
    if (entries == NULL) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    page_begin(&page, request, response, PAGE_NO_SECTION, _("Audit trail"));
    page_paragraph(
        &page, "lead",
        _("Every look at a sealed field or an original, and what was done in whose name. "
          "Each line is an entry of the evidence log: it cannot be taken out unseen."));
    g_autoptr(GHashTable) names =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    const char *const columns[] = {_("When"), _("Who"), _("What"), _("On"), _("Why")};
    page_table_begin(&page, _("Newest first"), columns, NULL, 5);
    for (guint i = 0; i < entries->len; i++)
        draw_row(&page, names, entries->pdata[i]);
    page_table_end(&page);
    draw_older(&page, entries);
    page_end(&page);
}
