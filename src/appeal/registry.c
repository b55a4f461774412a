/* appeal/registry.c: offices, their holders, and members of bodies: out of a case, or out of the
 * bundled tables where no case is open. */
#include "appeal/recipients.h"

#include "base/data.h"
#include "base/edtf.h"
#include "base/error.h"
#include "store/body.h"
#include <string.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

void registry_clear(Registry *registry)
{
    if (registry->bodies != NULL)
        g_ptr_array_unref(registry->bodies);
    if (registry->recipients != NULL)
        g_ptr_array_unref(registry->recipients);
    if (registry->members != NULL)
        g_ptr_array_unref(registry->members);
    *registry = (Registry){0};
}

static const char *cell(const CsvTable *table, gsize row, const char *column)
{
    return csv_table_cell(table, row, csv_table_column(table, column));
}

static char *copy(const CsvTable *table, gsize row, const char *column)
{
    const char *text = cell(table, row, column);
    return text[0] != '\0' ? g_strdup(text) : NULL;
}

/* The bundled tables are checked when they are loaded into a case; a date that cannot be read
 * is unknown here. */
static void days(const CsvTable *table, gsize row, const char *column, gint32 *ret_first,
                 gint32 *ret_last)
{
    const char *text = cell(table, row, column);
    Edtf edtf;
    gint32 first = 0, last = 0;
    if (text[0] != '\0' && edtf_parse(text, CALENDAR_GREGORIAN, &edtf, NULL))
        edtf_bounds(&edtf, &first, &last);
    if (ret_first != NULL)
        *ret_first = first;
    if (ret_last != NULL)
        *ret_last = last;
}

static void free_body(gpointer body)
{
    store_body_free(body);
}

static void free_recipient(gpointer recipient)
{
    store_recipient_free(recipient);
}

static void free_member(gpointer member)
{
    store_member_free(member);
}

const StoreBody *registry_body(const Registry *registry, const char *code)
{
    for (guint i = 0; i < registry->bodies->len; i++) {
        const StoreBody *body = registry->bodies->pdata[i];
        if (g_strcmp0(body->code, code) == 0)
            return body;
    }
    return NULL;
}

static gint64 body_id(const Registry *registry, const char *code)
{
    const StoreBody *body = registry_body(registry, code);
    return body != NULL ? body->id : 0;
}

static void read_bodies(Registry *registry, const CsvTable *table)
{
    for (gsize row = 0; row < table->n_rows; row++) {
        StoreBody *body = store_body_new();
        gint64 seats = 0;
        body->id = (gint64)row + 1;
        body->code = copy(table, row, "code");
        body->name_en = copy(table, row, "name_en");
        body->name_fa = copy(table, row, "name_fa");
        body->kind = copy(table, row, "kind");
        body->source = copy(table, row, "source");
        if (csv_parse_integer(cell(table, row, "seats"), &seats))
            body->seats = (gint32)seats;
        g_ptr_array_add(registry->bodies, body);
    }
}

static void read_recipients(Registry *registry, const CsvTable *table)
{
    for (gsize row = 0; row < table->n_rows; row++) {
        StoreRecipient *one = store_recipient_new();
        one->id = (gint64)row + 1;
        one->body_id = body_id(registry, cell(table, row, "office"));
        one->name = copy(table, row, "name");
        one->name_fa = copy(table, row, "name_fa");
        one->office = copy(table, row, "office_en");
        one->office_fa = copy(table, row, "office_fa");
        one->note = copy(table, row, "note_en");
        one->note_fa = copy(table, row, "note_fa");
        one->source = copy(table, row, "source");
        one->verified = copy(table, row, "verified");
        days(table, row, "from", &one->from_day, NULL);
        days(table, row, "to", NULL, &one->to_day);
        days(table, row, "seen", NULL, &one->seen_day);
        g_ptr_array_add(registry->recipients, one);
    }
}

static void read_members(Registry *registry, const CsvTable *table)
{
    for (gsize row = 0; row < table->n_rows; row++) {
        StoreMember *member = store_member_new();
        gint64 year = 0;
        csv_parse_integer(cell(table, row, "year"), &year);
        member->id = (gint64)row + 1;
        member->body_id = body_id(registry, cell(table, row, "body"));
        member->state = copy(table, row, "state");
        member->state_code = copy(table, row, "code");
        member->regional_group = copy(table, row, "regional_group");
        member->year = (gint32)year;
        member->permanent = strcmp(cell(table, row, "permanent"), "yes") == 0;
        member->source = copy(table, row, "source");
        g_ptr_array_add(registry->members, member);
    }
}

static bool load_bundled(Registry *registry, GError **error)
{
    g_autoptr(CsvTable) bodies = data_load_table("r2p/bodies.csv", error);
    g_autoptr(CsvTable) recipients =
        bodies != NULL ? data_load_table("r2p/recipients.csv", error) : NULL;
    g_autoptr(CsvTable) members =
        recipients != NULL ? data_load_table("r2p/members.csv", error) : NULL;
    if (members == NULL)
        return false;
    registry->bundled = true;
    registry->bodies = g_ptr_array_new_with_free_func(free_body);
    registry->recipients = g_ptr_array_new_with_free_func(free_recipient);
    registry->members = g_ptr_array_new_with_free_func(free_member);
    read_bodies(registry, bodies);
    read_recipients(registry, recipients);
    read_members(registry, members);
    return true;
}

bool registry_load(Store *store, Registry *ret_registry, GError **error)
{
    g_auto(Registry) registry = {0};
    if (store == NULL) {
        if (!load_bundled(&registry, error))
            return false;
    } else {
        registry.bodies = store_body_list(store, NULL, error);
        if (registry.bodies != NULL)
            registry.recipients = store_recipient_list(store, NULL, error);
        if (registry.recipients != NULL)
            registry.members = store_member_list(store, NULL, error);
        if (registry.members == NULL)
            return false;
    }
    *ret_registry = registry;
    registry = (Registry){0};
    return true;
}

char *appeal_state_name(const char *state, const char *code)
{
    if (code == NULL || code[0] == '\0' || i18n_language() != I18N_PERSIAN)
        return g_strdup(state);
    UChar name[128];
    char utf8[384];
    UErrorCode status = U_ZERO_ERROR;
    g_autofree char *locale = g_strdup_printf("und_%s", code);
    int32_t length =
        uloc_getDisplayCountry(locale, "fa", name, (int32_t)G_N_ELEMENTS(name), &status);
    if (U_FAILURE(status) || status == U_USING_DEFAULT_WARNING)
        return g_strdup(state);
    u_strToUTF8(utf8, sizeof utf8, NULL, name, length, &status);
    return g_strdup(U_SUCCESS(status) ? utf8 : state);
}

const char *appeal_group_name(const char *group)
{
    static const char *const GROUPS[] = {
        N_("African States"), N_("Asia-Pacific States"), N_("Eastern European States"),
        N_("Latin American and Caribbean States"), N_("Western European and other States")};
    for (gsize i = 0; i < G_N_ELEMENTS(GROUPS); i++)
        if (g_strcmp0(group, GROUPS[i]) == 0)
            return i18n_get(GROUPS[i]);
    return group;
}

const char *registry_mission_state(const char *code)
{
    static GHashTable *states; /* body's code → ISO code, of data/r2p/known-as.csv */
    if (g_once_init_enter(&states)) {
        GHashTable *fresh = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_autoptr(CsvTable) table = data_load_table("r2p/known-as.csv", NULL);
        for (gsize row = 0; table != NULL && row < table->n_rows; row++)
            if (cell(table, row, "state")[0] != '\0')
                g_hash_table_insert(fresh, copy(table, row, "code"), copy(table, row, "state"));
        g_once_init_leave(&states, fresh);
    }
    return code != NULL ? g_hash_table_lookup(states, code) : NULL;
}

static bool mission_written(const Registry *registry, GHashTable *written, const char *state_code)
{
    for (guint i = 0; i < registry->bodies->len; i++) {
        const StoreBody *body = registry->bodies->pdata[i];
        if (g_hash_table_contains(written, &body->id) && state_code != NULL &&
            g_strcmp0(registry_mission_state(body->code), state_code) == 0)
            return true;
    }
    return false;
}

AppealRecipientFinding *registry_missing_members(const Registry *registry, const StoreBody *body,
                                                 GHashTable *written, gint32 day)
{
    int year, month, date;
    edtf_day_to_gregorian(day, &year, &month, &date);
    guint n = 0;
    g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < registry->members->len; i++) {
        const StoreMember *member = registry->members->pdata[i];
        if (member->body_id != body->id || member->year != year)
            continue;
        n++;
        if (!mission_written(registry, written, member->state_code))
            g_ptr_array_add(missing, appeal_state_name(member->state, member->state_code));
    }
    if (missing->len == 0)
        return NULL;
    AppealRecipientFinding *finding = g_new0(AppealRecipientFinding, 1);
    const char *title =
        i18n_language() == I18N_PERSIAN && body->name_fa != NULL ? body->name_fa : body->name_en;
    finding->verdict = APPEAL_LEFT_OUT;
    finding->office = g_strdup(title);
    finding->code = g_strdup(body->code);
    finding->source = g_strdup(body->source);
    g_autofree char *all = i18n_integer(n), *some = i18n_integer((gint64)n - missing->len),
                    *rest = i18n_integer(missing->len), *when = edtf_describe_day(day);
    g_ptr_array_add(missing, NULL);
    g_autofree char *names = g_strjoinv(_(", "), (char **)missing->pdata);
    finding->sentence =
        g_strdup_printf(_("Of the %s members of the %s on %s, %s were written to and %s were not: "
                          "%s."),
                        all, title, when, some, rest, names);
    finding->missing = (char **)g_ptr_array_free(g_steal_pointer(&missing), FALSE);
    return finding;
}
