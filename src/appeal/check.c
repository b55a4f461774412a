/* appeal/check.c: the text of any letter against who held which office on its day.
 *
 * Names are looked for with everything but letters and digits taken out of both sides: letters
 * lose their half-spaces, hyphens and marks on the way from one program to another, as the open
 * letter of 28 June 2025 did. Cost: names of the tables times length of the text. */
#include "appeal/recipients.h"

#include "base/data.h"
#include "base/edtf.h"
#include "base/error.h"
#include "store/body.h"
#include "text/dates.h"
#include <string.h>

enum { SHORTEST_NAME = 5 /* letters: shorter ones would be found inside other words */ };

/* Letters and digits alone: compatibility forms resolved, marks dropped, small, Persian letters for
 * their Arabic likes. */
static char *squash(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *apart = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL);
    GString *out = g_string_new(NULL);
    for (const char *p = apart; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_unichar_tolower(g_utf8_get_char(p));
        if (c == 0x64A || c == 0x649)
            c = 0x6CC;
        else if (c == 0x643)
            c = 0x6A9;
        else if (c == 0x629 || c == 0x6C0 || c == 0x6D5)
            c = 0x647;
        if (g_unichar_isalnum(c) && !g_unichar_ismark(c) && c != 0x640)
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

static bool names(const char *squashed, const char *name)
{
    if (name == NULL)
        return false;
    g_autofree char *wanted = squash(name);
    return g_utf8_strlen(wanted, -1) >= SHORTEST_NAME && strstr(squashed, wanted) != NULL;
}

/* The part in which addressees stand: to the end of the first short line that ends in a comma
 * ("Excellency,", «عالی‌جناب،»); all of it where there is none. */
static char *head_of(const char *text)
{
    for (const char *line = text; *line != '\0';) {
        gsize length = strcspn(line, "\r\n");
        g_autofree char *one = g_strstrip(g_strndup(line, length));
        g_auto(GStrv) words = g_strsplit(one, " ", -1);
        if ((g_str_has_suffix(one, ",") || g_str_has_suffix(one, "،")) && g_strv_length(words) <= 6)
            return g_strndup(text, (gsize)(line + length - text));
        line += length;
        line += strspn(line, "\r\n");
    }
    return g_strdup(text);
}

static bool day_of(const char *text, gint32 *ret_day, GError **error)
{
    g_auto(TextDates) dates = {0};
    if (!text_dates_find(text, strlen(text), NULL, &dates, error))
        return false;
    for (gsize i = 0; i < dates.n; i++)
        if (dates.dates[i].edtf[0] != '\0' && dates.dates[i].first_day == dates.dates[i].last_day) {
            *ret_day = dates.dates[i].first_day;
            return true;
        }
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("The letter carries no whole date that could be read: say of which day it is, "
                  "with --on 2025-06-28."));
    return false;
}

/* Is the body named in the text: by its own name, or as data/r2p/known-as.csv knows it? */
static bool body_named(const char *squashed, const StoreBody *body, const CsvTable *known_as)
{
    if (names(squashed, body->name_en) || names(squashed, body->name_fa))
        return true;
    gssize code = csv_table_column(known_as, "code"), name = csv_table_column(known_as, "name");
    for (gsize row = 0; row < known_as->n_rows; row++)
        if (g_strcmp0(csv_table_cell(known_as, row, code), body->code) == 0 &&
            names(squashed, csv_table_cell(known_as, row, name)))
            return true;
    return false;
}

static void write_down(GHashTable *written, gint64 body_id)
{
    g_hash_table_add(written, g_memdup2(&body_id, sizeof body_id));
}

static void add_finding(const Registry *registry, const StoreRecipient *recipient, gint32 day,
                        GPtrArray *findings)
{
    AppealVerdict verdict = recipients_verdict(registry->recipients, recipient, day);
    g_ptr_array_add(findings, recipients_finding(registry->recipients, recipient, verdict, day));
}

/* Persons named, each once an office: the row whose term covers the day, else the first. */
static void add_persons(const Registry *registry, const char *head, gint32 day, GHashTable *written,
                        GPtrArray *findings)
{
    for (guint i = 0; i < registry->recipients->len; i++) {
        const StoreRecipient *one = registry->recipients->pdata[i];
        if ((!names(head, one->name) && !names(head, one->name_fa)) ||
            g_hash_table_contains(written, &one->body_id))
            continue;
        for (guint k = i + 1; k < registry->recipients->len; k++) {
            const StoreRecipient *other = registry->recipients->pdata[k];
            if (other->body_id == one->body_id &&
                (names(head, other->name) || names(head, other->name_fa)) &&
                recipients_holder(registry->recipients, one->body_id, day) == other)
                one = other;
        }
        write_down(written, one->body_id);
        add_finding(registry, one, day, findings);
    }
}

/* Offices addressed without a name. */
static void add_offices(const Registry *registry, const char *head, const CsvTable *known_as,
                        gint32 day, GHashTable *written, GPtrArray *findings)
{
    for (guint i = 0; i < registry->bodies->len; i++) {
        const StoreBody *body = registry->bodies->pdata[i];
        bool office = g_strcmp0(body->kind, "office") == 0 ||
                      g_strcmp0(body->kind, "mandate") == 0 ||
                      g_strcmp0(body->kind, "mission") == 0;
        if (!office || g_hash_table_contains(written, &body->id) ||
            !body_named(head, body, known_as))
            continue;
        const StoreRecipient *holder = recipients_holder(registry->recipients, body->id, day);
        write_down(written, body->id);
        if (holder != NULL)
            add_finding(registry, holder, day, findings);
    }
}

static void set_code(const Registry *registry, AppealRecipientFinding *finding)
{
    for (guint i = 0; finding->code == NULL && i < registry->recipients->len; i++) {
        const StoreRecipient *one = registry->recipients->pdata[i];
        for (guint k = 0; one->id == finding->recipient_id && k < registry->bodies->len; k++) {
            const StoreBody *body = registry->bodies->pdata[k];
            if (body->id == one->body_id) {
                finding->code = g_strdup(body->code);
                break;
            }
        }
    }
}

GPtrArray *appeal_check_text(Store *store, const char *text, gint32 day, gint32 *ret_day,
                             GError **error)
{
    g_auto(Registry) registry = {0};
    g_autoptr(CsvTable) known_as = data_load_table("r2p/known-as.csv", error);
    bool loaded = store != NULL && store_recipient_count(store, NULL) > 0;
    if (known_as == NULL || !registry_load(loaded ? store : NULL, &registry, error))
        return NULL;
    if (day == G_MININT32 && !day_of(text, &day, error))
        return NULL;
    g_autofree char *beginning = head_of(text);
    g_autofree char *head = squash(beginning);
    g_autofree char *whole = squash(text);
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(recipients_finding_free);
    g_autoptr(GHashTable) written =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    add_persons(&registry, head, day, written, findings);
    add_offices(&registry, head, known_as, day, written, findings);
    if (findings->len == 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("The letter names nobody whose office is in the data: add the office to "
                      "r2p/recipients.csv, or check the names before the salutation."));
        return NULL;
    }
    for (guint i = 0; i < registry.bodies->len; i++) {
        const StoreBody *body = registry.bodies->pdata[i];
        AppealRecipientFinding *finding =
            g_strcmp0(body->kind, "council") == 0 && body_named(whole, body, known_as)
                ? registry_missing_members(&registry, body, written, day)
                : NULL;
        if (finding != NULL)
            g_ptr_array_add(findings, finding);
    }
    recipients_left_out(registry.recipients, registry.bodies, written, day, findings);
    for (guint i = 0; i < findings->len; i++) {
        AppealRecipientFinding *finding = findings->pdata[i];
        set_code(&registry, finding);
        if (registry.bundled) /* row numbers of a table are no ids */
            finding->recipient_id = finding->holder_id = 0;
    }
    *ret_day = day;
    return g_steal_pointer(&findings);
}
