/* An alert that follows an earlier one: CAP 1.2's Update and Cancel. The new message has an
 * identifier of its own and names the one that it follows: "sender,identifier,sent". */
#include "render/output.h"
#include "render/render.h"
#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

static xmlNode *child(xmlNode *parent, const char *name)
{
    for (xmlNode *node = parent != NULL ? parent->children : NULL; node != NULL; node = node->next)
        if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0)
            return node;
    return NULL;
}

static char *text_of(xmlNode *parent, const char *name)
{
    xmlNode *node = child(parent, name);
    xmlChar *content = node != NULL ? xmlNodeGetContent(node) : NULL;
    char *text = content != NULL ? g_strdup((const char *)content) : NULL;
    xmlFree(content);
    return text;
}

static void set_text(xmlNode *parent, const char *name, const char *text)
{
    xmlNode *node = child(parent, name);
    xmlChar *escaped = xmlEncodeSpecialChars(parent->doc, BAD_CAST text);
    if (node != NULL)
        xmlNodeSetContent(node, escaped);
    xmlFree(escaped);
}

static xmlDoc *read_alert(const char *path, GError **error)
{
    xmlDoc *document =
        xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNode *root = document != NULL ? xmlDocGetRootElement(document) : NULL;
    g_autofree char *identifier = text_of(root, "identifier"), *sender = text_of(root, "sender"),
                    *sent = text_of(root, "sent");
    if (root != NULL && strcmp((const char *)root->name, "alert") == 0 && identifier != NULL &&
        sender != NULL && sent != NULL)
        return document;
    if (document != NULL)
        xmlFreeDoc(document);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("%s is no CAP alert with an identifier, a sender and a time."), path);
    return NULL;
}

/* After <scope> and what may follow it, before <incidents> and <info>. */
static void add_references(xmlNode *root, const char *references)
{
    static const char *const AFTER[] = {"incidents", "info"};
    xmlNode *next = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(AFTER) && next == NULL; i++)
        next = child(root, AFTER[i]);
    xmlNode *node = xmlNewDocNode(root->doc, root->ns, BAD_CAST "references", NULL);
    xmlChar *escaped = xmlEncodeSpecialChars(root->doc, BAD_CAST references);
    xmlNodeSetContent(node, escaped);
    xmlFree(escaped);
    if (next != NULL)
        xmlAddPrevSibling(next, node);
    else
        xmlAddChild(root, node);
}

static bool follow(xmlDoc *fresh, xmlDoc *previous, const char *type, const char *path,
                   GError **error)
{
    xmlNode *root = xmlDocGetRootElement(fresh), *old = xmlDocGetRootElement(previous);
    g_autofree char *sender = text_of(old, "sender"), *identifier = text_of(old, "identifier"),
                    *sent = text_of(old, "sent"), *own = text_of(root, "identifier"),
                    *when = text_of(root, "sent"), *all = text_of(old, "references");
    g_autofree char *one = g_strdup_printf("%s,%s,%s", sender, identifier, sent);
    /* an Update of an Update names all before it (CAP 1.2, 3.2.1) */
    g_autofree char *references = all != NULL ? g_strdup_printf("%s %s", all, one) : g_strdup(one);
    g_autofree char *seed = g_strdup_printf("%s|%s|%s|%s", type, one, own, when);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);
    g_autofree char *fresh_id = g_strdup_printf("%s-%s-%.12s", own, type, hash);
    set_text(root, "identifier", fresh_id);
    set_text(root, "msgType", type);
    xmlNode *former = child(root, "references");
    if (former != NULL) {
        xmlUnlinkNode(former);
        xmlFreeNode(former);
    }
    add_references(root, references);
    xmlChar *bytes = NULL;
    int length = 0;
    xmlDocDumpMemoryEnc(fresh, &bytes, &length, "UTF-8");
    bool done = output_bytes(path, bytes, (gsize)length, error);
    xmlFree(bytes);
    return done;
}

bool render_alert_follow(Store *store, gint64 now, const char *previous_path, bool cancel,
                         const char *path, GError **error)
{
    xmlDoc *previous = read_alert(previous_path, error);
    if (previous == NULL)
        return false;
    g_autofree char *draft = g_strconcat(path, ".new", NULL);
    bool done = render_alert_cap(store, now, draft, error);
    xmlDoc *fresh = done ? read_alert(draft, error) : NULL;
    if (done)
        g_unlink(draft);
    done = fresh != NULL && follow(fresh, previous, cancel ? "Cancel" : "Update", path, error);
    if (fresh != NULL)
        xmlFreeDoc(fresh);
    xmlFreeDoc(previous);
    return done;
}
