/* handover/custody.c: the chain of custody in a bag: who held it, who saw what, what was changed;
 * out of the log and the audit trail, which are under the log themselves. */
#include "handover/bag.h"

#include "base/csv.h"
#include "base/edtf.h"
#include "base/i18n.h"
#include "evidence/foreign.h"
#include "store/log.h"
#include "store/report.h"
#include "store/user.h"
#include <sodium.h>
#include <string.h>

typedef struct {
    Outlet *outlet;
    BagWriter *writer;
    const BagOptions *options;
    Store *store;
    bool whole;
    gint64 received, looks, exports, changed, removed, entries, heads;
    gint64 first, last; /* seconds, of heads */
} Custody;

static void append_time(GString *out, gint64 seconds)
{
    g_autoptr(GDateTime) time = seconds > 0 ? g_date_time_new_from_unix_utc(seconds) : NULL;
    g_autofree char *text = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    csv_append(out, text != NULL ? text : "");
}

static void append_record(GString *out, StoreKind kind, gint64 id)
{
    char text[STORE_ID_MAX];
    csv_append(out,
               id > 0 && kind > 0 && kind < STORE_N_KINDS ? store_id_format(kind, id, text) : "");
}

/* Accounts are called by people's names: those go in a whole bag alone. */
static void append_user(Custody *custody, GString *out, gint64 user_id, const char *actor)
{
    char text[STORE_ID_MAX];
    g_autoptr(StoreUser) user =
        custody->whole && user_id != 0 ? store_user_load(custody->store, user_id, NULL) : NULL;
    const char *nobody = actor == NULL ? "command line" : custody->whole ? actor : "login link";
    csv_append(out, user_id == 0 ? nobody
                    : user != NULL && user->name != NULL
                        ? user->name
                        : store_id_format(STORE_KIND_USER, user_id, text));
}

/* ---- who held it ---- */

static bool add_received(Custody *custody, BagLines *lines, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreCursor) cursor = store_original_cursor(custody->store, NULL, error);
    if (cursor == NULL)
        return false;
    for (const StoreOriginal *original; (original = store_original_next(cursor, &why)) != NULL;) {
        char hex[2 * sizeof original->sha256 + 1];
        sodium_bin2hex(hex, sizeof hex, original->sha256, sizeof original->sha256);
        append_time(lines->lines, original->created);
        csv_append(lines->lines, "received and sealed");
        csv_append(lines->lines, "");
        append_record(lines->lines, STORE_KIND_ORIGINAL, original->id);
        csv_append(lines->lines, hex);
        csv_append(lines->lines,
                   custody->whole && original->origin != NULL ? original->origin : "");
        csv_append_end(lines->lines);
        custody->received++;
        if (!bag_lines_next(lines, false, error))
            return false;
    }
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static void add_line(GString *out, gint64 time, const char *what, const char *note)
{
    append_time(out, time);
    csv_append(out, what);
    for (int i = 0; i < 3; i++)
        csv_append(out, "");
    csv_append(out, note);
    csv_append_end(out);
}

static bool is_export(const StoreAudit *entry)
{
    return g_strcmp0(entry->action, "export") == 0;
}

/* Audit entries that are exports, or those that are not. */
static bool add_audit(Custody *custody, BagLines *lines, bool exports, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreCursor) cursor = store_audit_cursor(custody->store, NULL, error);
    if (cursor == NULL)
        return false;
    for (const StoreAudit *entry; (entry = store_audit_next(cursor, &why)) != NULL;) {
        if (is_export(entry) != exports)
            continue;
        append_time(lines->lines, entry->time);
        csv_append(lines->lines, entry->action != NULL ? entry->action : "");
        append_user(custody, lines->lines, entry->user_id, entry->actor);
        append_record(lines->lines, (StoreKind)entry->target_kind, entry->target_id);
        csv_append(lines->lines, entry->field != NULL ? entry->field : "");
        csv_append(lines->lines, custody->whole && entry->reason != NULL ? entry->reason : "");
        csv_append_end(lines->lines);
        *(exports ? &custody->exports : &custody->looks) += 1;
        if (!bag_lines_next(lines, false, error))
            return false;
    }
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool add_held(Custody *custody, GError **error)
{
    g_auto(BagLines) lines;
    StoreLogHead first;
    bag_lines_init(&lines, custody->writer, "data/custody/held-", ".csv",
                   "time,what,who,record,detail,note\n");
    if (store_log_head_load(custody->store, 1, &first, NULL))
        add_line(lines.lines, first.time, "case begun", "");
    if (!add_received(custody, &lines, error) || !add_audit(custody, &lines, true, error))
        return false;
    g_autofree char *note =
        custody->options->n_recipients > 0
            ? g_strdup_printf("sealed to %u keys", (guint)custody->options->n_recipients)
            : g_strdup("not encrypted");
    add_line(lines.lines, store_now(custody->store), "handed over in this bag", note);
    return bag_lines_next(&lines, true, error);
}

static bool add_looked(Custody *custody, GError **error)
{
    g_auto(BagLines) lines;
    bag_lines_init(&lines, custody->writer, "data/custody/looked-", ".csv",
                   "time,what,who,record,field,reason\n");
    return add_audit(custody, &lines, false, error) && bag_lines_next(&lines, true, error);
}

/* ---- what was changed ---- */

static bool is_handed_over(StoreKind kind)
{
    for (const StoreKind *one = bag_kinds(); *one != STORE_KIND_NONE; one++)
        if (*one == kind)
            return true;
    return false;
}

static bool add_changes(Custody *custody, const EvidenceForeign *log, BagLines *lines,
                        GError **error)
{
    gint64 position = 0;
    for (guint i = 0; i < log->heads->len; i++) {
        const StoreLogHead *head = &g_array_index(log->heads, StoreLogHead, i);
        for (; position < head->size; position++) {
            StoreKind kind;
            StoreOperation operation;
            gint64 id;
            evidence_entry_read(log->entries->data + position * STORE_LOG_ENTRY_BYTES, &kind,
                                &operation, &id);
            if (operation == STORE_INSERT || !is_handed_over(kind))
                continue;
            append_time(lines->lines, head->time);
            csv_append(lines->lines, operation == STORE_UPDATE ? "changed" : "removed");
            append_record(lines->lines, kind, id);
            csv_append_integer(lines->lines, position);
            csv_append_integer(lines->lines, head->number);
            csv_append_end(lines->lines);
            *(operation == STORE_UPDATE ? &custody->changed : &custody->removed) += 1;
            if (!bag_lines_next(lines, false, error))
                return false;
        }
        custody->first = i == 0 ? head->time : custody->first;
        custody->last = head->time;
    }
    custody->entries = position;
    custody->heads = log->heads->len;
    return bag_lines_next(lines, true, error);
}

static bool add_changed(Custody *custody, GError **error)
{
    EvidenceForeign log = {0};
    g_auto(BagLines) lines;
    bag_lines_init(&lines, custody->writer, "data/custody/changed-", ".csv",
                   "time,what,record,position,head\n");
    const bool done = evidence_foreign_take(custody->store, 0, 0, &log, error) &&
                      add_changes(custody, &log, &lines, error);
    evidence_foreign_clear(&log);
    return done;
}

/* ---- the page ---- */

static void say(GString *out, const char *format, gint64 number)
{
    g_autofree char *n = i18n_integer(number);
    g_string_append_printf(out, format, n);
    g_string_append_c(out, '\n');
}

static bool add_page(Custody *custody, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    StoreLogHead head = {0};
    char root[65], key[65];
    store_log_head_load(custody->store, 0, &head, NULL);
    sodium_bin2hex(root, sizeof root, head.root, sizeof head.root);
    sodium_bin2hex(key, sizeof key, store_keys_public(store_keys(custody->store)),
                   STORE_PUBLIC_KEY_BYTES);
    g_autofree char *from = edtf_describe_day((gint32)(custody->first / 86400));
    g_autofree char *to = edtf_describe_day((gint32)(custody->last / 86400));
    g_autofree char *redacted = outlet_describe(custody->outlet);
    g_string_append_printf(out, "%s\n\n", _("Chain of custody"));
    g_string_append_printf(out, _("The case was written to from %s to %s."), from, to);
    g_string_append_c(out, '\n');
    say(out, _("Files received, each sealed before anything read it (held-*.csv): %s"),
        custody->received);
    say(out, _("Exports, this one among them (held-*.csv): %s"), custody->exports);
    say(out, _("Looks at sealed names, and other entries of the audit trail (looked-*.csv): %s"),
        custody->looks);
    say(out, _("Records changed after they were entered (changed-*.csv): %s"), custody->changed);
    say(out, _("Records removed (changed-*.csv): %s"), custody->removed);
    say(out, _("Entries of the log: %s"), custody->entries);
    say(out, _("Signed heads of the log: %s"), custody->heads);
    g_string_append_printf(out, _("Root of the newest head: %s"), root);
    g_string_append_printf(out, "\n");
    g_string_append_printf(out, _("Public key of the case (Ed25519): %s"), key);
    g_string_append_printf(out, "\n\n%s\n", redacted);
    g_string_append_printf(
        out, "\n%s\n",
        _("Times are of the clock of the machine that wrote. Looks that this export took are in "
          "the case's log behind the head named here. Who has the case's passphrase could have "
          "written another log from the beginning: a root that was noted elsewhere tells."));
    return bag_writer_add(custody->writer, "data/custody/custody.txt", out->str, out->len, error);
}

bool bag_custody(Outlet *outlet, BagWriter *writer, const BagOptions *options, GError **error)
{
    Custody custody = {.outlet = outlet,
                       .writer = writer,
                       .options = options,
                       .store = outlet_store(outlet),
                       .whole = outlet_policy(outlet)->degree == OUTLET_WHOLE};
    return add_held(&custody, error) && add_looked(&custody, error) &&
           add_changed(&custody, error) && add_page(&custody, error);
}
