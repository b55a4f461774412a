/* appeal/edit.c: a draft's text changed; see edit.h. */
#include "appeal/edit.h"

#include "appeal/letter.h"
#include "appeal/sign.h"
#include "base/error.h"
#include "evidence/original.h"
#include "store/link.h"
#include <string.h>

enum { TEXT_MOST = 60000 /* characters of one letter */ };

void appeal_text_clear(AppealText *text)
{
    char **const fields[] = {&text->letterhead, &text->subject, &text->salutation,
                             &text->text,       &text->closing, &text->signature};
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        g_clear_pointer(fields[i], g_free);
}

/* ---- a kept body taken apart ---- */

/* Lines of a body as they stand; each borrowed from `lines`. */
typedef struct {
    char **lines;
    GPtrArray *kept;  /* head lines that no edit changes: To, Date, Annex */
    GPtrArray *parts; /* the text */
    GPtrArray *notes; /* "[^1]: …" in order */
    GPtrArray *annex; /* "[@]: …" */
} Body;

static void body_clear(Body *body)
{
    g_strfreev(body->lines);
    GPtrArray *const lists[] = {body->kept, body->parts, body->notes, body->annex};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        if (lists[i] != NULL)
            g_ptr_array_unref(lists[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Body, body_clear)

/* Digits of any script at text, at most nine: their number, and how many bytes; 0 none. */
static gsize digits_at(const char *text, guint64 *ret_number)
{
    const char *p = text;
    *ret_number = 0;
    for (int i = 0; i < 9; i++) {
        const int digit = g_unichar_digit_value(g_utf8_get_char(p));
        if (digit < 0)
            break;
        *ret_number = *ret_number * 10 + (guint64)digit;
        p = g_utf8_next_char(p);
    }
    return (gsize)(p - text);
}

static bool is_note(const char *line)
{
    guint64 number;
    return strncmp(line, "[^", 2) == 0 &&
           strncmp(line + 2 + digits_at(line + 2, &number), "]:", 2) == 0;
}

static bool is_annex(const char *line)
{
    return strncmp(line, "[@]", 3) == 0;
}

/* Head lines of a field, each without its name. */
static char *head_of(char *const *lines, gsize n, const char *field)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < n; i++)
        if (g_str_has_prefix(lines[i], field))
            g_string_append_printf(text, "%s%s", text->len > 0 ? "\n" : "",
                                   lines[i] + strlen(field));
    return g_strdup(text->str);
}

static gsize head_length(char *const *lines)
{
    static const char *const FIELDS[] = {"From: ",       "To: ",      "Date: ",      "Subject: ",
                                         "Salutation: ", "Closing: ", "Signature: ", "Annex: "};
    gsize n = 0;
    for (; lines[n] != NULL; n++) {
        bool head = false;
        for (gsize k = 0; k < G_N_ELEMENTS(FIELDS) && !head; k++)
            head = g_str_has_prefix(lines[n], FIELDS[k]);
        if (!head)
            break;
    }
    return n;
}

/* ret_text NULL: the parts alone. */
static void body_read(const char *text, Body *body, AppealText *ret_text)
{
    body->lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    body->kept = g_ptr_array_new();
    body->parts = g_ptr_array_new();
    body->notes = g_ptr_array_new();
    body->annex = g_ptr_array_new();
    const gsize head = head_length(body->lines);
    for (gsize i = 0; i < head; i++)
        if (g_str_has_prefix(body->lines[i], "To: ") ||
            g_str_has_prefix(body->lines[i], "Date: ") ||
            g_str_has_prefix(body->lines[i], "Annex: "))
            g_ptr_array_add(body->kept, body->lines[i]);
    for (gsize i = head; body->lines[i] != NULL; i++)
        if (body->lines[i][0] != '\0')
            g_ptr_array_add(is_note(body->lines[i])    ? body->notes
                            : is_annex(body->lines[i]) ? body->annex
                                                       : body->parts,
                            body->lines[i]);
    if (ret_text == NULL)
        return;
    *ret_text = (AppealText){.letterhead = head_of(body->lines, head, "From: "),
                             .subject = head_of(body->lines, head, "Subject: "),
                             .salutation = head_of(body->lines, head, "Salutation: "),
                             .closing = head_of(body->lines, head, "Closing: "),
                             .signature = head_of(body->lines, head, "Signature: ")};
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < body->parts->len; i++)
        g_string_append_printf(all, "%s%s", i > 0 ? "\n\n" : "", (char *)body->parts->pdata[i]);
    ret_text->text = g_strdup(all->str);
}

void letter_text_of(const StoreAppeal *appeal, AppealText *ret_text)
{
    g_auto(Body) body = {0};
    body_read(appeal->body, &body, ret_text);
    if (ret_text->subject[0] == '\0' && appeal->subject != NULL) {
        g_free(ret_text->subject);
        ret_text->subject = g_strdup(appeal->subject);
    }
}

bool appeal_text_load(Store *store, gint64 appeal_id, AppealText *ret_text, char **ret_hash,
                      GError **error)
{
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, appeal_id, error);
    if (appeal == NULL)
        return false;
    letter_text_of(appeal, ret_text);
    if (ret_hash != NULL)
        *ret_hash = appeal_signed_hash(appeal);
    return true;
}

/* ---- an edited text put together ---- */

/* Control bytes, and the two overrides of direction that show another order than the one kept: the
 * line that holds one, from 1; 0 none does. */
static guint no_text_in(const char *text)
{
    guint line = 1;
    if (!g_utf8_validate(text, -1, NULL))
        return line;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        line += c == '\n';
        if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || (c >= 0x7F && c < 0xA0) ||
            c == 0x202D || c == 0x202E)
            return line;
    }
    return 0;
}

/* A line without blanks at its ends; tabs and returns are blanks. */
static char *line_of(const char *text)
{
    char *line = g_strdup(text);
    g_strdelimit(line, "\r\t", ' ');
    return g_strstrip(line);
}

/* "[^12]" or "[^۱۲]" at text: its number and length; false when it is none. */
static bool call_at(const char *text, guint64 *ret_number, gsize *ret_length)
{
    if (strncmp(text, "[^", 2) != 0)
        return false;
    const gsize digits = digits_at(text + 2, ret_number);
    *ret_length = 2 + digits + 1;
    return digits > 0 && text[2 + digits] == ']';
}

/* What an edit makes of a body's notes: the number each gets, in order of reading. */
typedef struct {
    const Body *body;
    guint *numbers; /* of the old number - 1; 0: no longer called */
    guint n;        /* called so far */
    guint n_asks;
} Renumber;

/* The line with its calls as they are numbered now. NULL with error set. */
static char *renumber_line(Renumber *renumber, const char *line, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (const char *p = line; *p != '\0';) {
        guint64 number;
        gsize length;
        if (!call_at(p, &number, &length)) {
            g_string_append_c(out, *p++);
            continue;
        }
        if (number == 0 || number > renumber->body->notes->len) {
            g_autofree char *call = g_strdup_printf("[^%" G_GUINT64_FORMAT "]", number),
                            *all = i18n_integer(renumber->body->notes->len);
            zenhar_error_input(
                error,
                _("The text calls note %s, and there is none: the letter has %s notes. A note "
                  "comes from a record of the case; it cannot be written here."),
                call, all);
            return NULL;
        }
        guint *given = &renumber->numbers[number - 1];
        if (*given == 0)
            *given = ++renumber->n;
        g_string_append_printf(out, "[^%u]", *given);
        p += length;
    }
    return g_strdup(out->str);
}

/* "1) " or "۱) " */
static bool is_ask(const char *line, const char **ret_rest)
{
    guint64 number;
    const gsize digits = digits_at(line, &number);
    if (digits == 0 || number > 99 || strncmp(line + digits, ") ", 2) != 0)
        return false;
    *ret_rest = line + digits + 2;
    return true;
}

static bool append_parts(GString *out, const char *text, Renumber *renumber, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint n = 0;
    for (gsize i = 0; lines[i] != NULL; i++) {
        g_autofree char *line = line_of(lines[i]);
        const char *rest = NULL;
        if (line[0] == '\0')
            continue;
        if (is_note(line) || is_annex(line)) {
            g_autofree char *number = i18n_integer((gint64)i + 1);
            return zenhar_error_input(
                error,
                _("Line %s of the text would be read as a note or as a row of the annex. "
                  "Those come from the case."),
                number);
        }
        g_autofree char *numbered = renumber_line(renumber, line, error);
        if (numbered == NULL)
            return false;
        if (is_ask(numbered, &rest))
            g_string_append_printf(out, "%u) %s\n", ++renumber->n_asks, rest);
        else
            g_string_append_printf(out, "%s\n", numbered);
        n++;
    }
    return n > 0 || zenhar_error_input(error, _("The text is empty."));
}

/* The record that a note or a row of the annex names; NONE. */
static StoreKind record_of(const char *line, gint64 *ret_id)
{
    StoreKind kind = STORE_KIND_NONE;
    *ret_id = 0;
    const char *id = strstr(line, "]: ");
    if (id == NULL)
        return STORE_KIND_NONE;
    id += 3;
    g_autofree char *word = g_strndup(id, strcspn(id, " "));
    return store_id_parse(word, &kind, ret_id) ? kind : STORE_KIND_NONE;
}

/* Was the record named by notes before, and is by none now? */
static bool has_left(const Renumber *renumber, StoreKind kind, gint64 id)
{
    bool before = false, now = false;
    for (guint i = 0; i < renumber->body->notes->len; i++) {
        gint64 other;
        if (record_of(renumber->body->notes->pdata[i], &other) != kind || other != id)
            continue;
        before = true;
        now |= renumber->numbers[i] != 0;
    }
    return kind != STORE_KIND_NONE && kind != STORE_KIND_ASK && before && !now;
}

static void append_notes(GString *out, const Renumber *renumber)
{
    const GPtrArray *notes = renumber->body->notes;
    for (guint number = 1; number <= renumber->n; number++)
        for (guint i = 0; i < notes->len; i++)
            if (renumber->numbers[i] == number) {
                const char *line = notes->pdata[i];
                g_string_append_printf(out, "[^%u%s\n", number, strchr(line, ']'));
            }
    for (guint i = 0; i < renumber->body->annex->len; i++) {
        const char *line = renumber->body->annex->pdata[i];
        gint64 id;
        const StoreKind kind = record_of(line, &id);
        if (!has_left(renumber, kind, id))
            g_string_append_printf(out, "%s\n", line);
    }
}

static void append_head(GString *out, const char *field, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++) {
        g_autofree char *line = line_of(lines[i]);
        if (line[0] != '\0')
            g_string_append_printf(out, "%s: %s\n", field, line);
    }
}

static guint count_asks(const Body *body)
{
    guint n = 0;
    const char *rest;
    for (guint i = 0; i < body->parts->len; i++)
        n += is_ask(body->parts->pdata[i], &rest);
    return n;
}

static bool fields_fit(const AppealText *text, GError **error)
{
    const char *const FIELDS[] = {text->letterhead, text->subject, text->salutation,
                                  text->text,       text->closing, text->signature};
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
        const guint line = FIELDS[i] != NULL ? no_text_in(FIELDS[i]) : 0;
        if (line != 0) {
            g_autofree char *number = i18n_integer(line);
            return zenhar_error_input(
                error,
                _("Line %s holds signs that are no text: control signs, or such as turn "
                  "the order of reading around. Write the line anew."),
                number);
        }
        if (FIELDS[i] != NULL && g_utf8_strlen(FIELDS[i], -1) > TEXT_MOST)
            return zenhar_error_input(error, _("The text is too long for a letter."));
    }
    if (text->subject == NULL || text->subject[strspn(text->subject, " \t\r\n")] == '\0')
        return zenhar_error_input(error, _("A letter needs a subject."));
    return true;
}

/* The body with the edited text; NULL with error set. renumber: numbers of before's notes, owned.
 */
static char *put_together(const Body *before, const AppealText *text, Renumber *renumber,
                          GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    *renumber = (Renumber){.body = before, .numbers = g_new0(guint, before->notes->len + 1)};
    if (!fields_fit(text, error))
        return NULL;
    append_head(out, "From", text->letterhead);
    for (guint i = 0; i < before->kept->len; i++)
        if (!g_str_has_prefix(before->kept->pdata[i], "Annex: "))
            g_string_append_printf(out, "%s\n", (char *)before->kept->pdata[i]);
    append_head(out, "Subject", text->subject);
    append_head(out, "Salutation", text->salutation);
    append_head(out, "Closing", text->closing);
    append_head(out, "Signature", text->signature);
    for (guint i = 0; i < before->kept->len; i++)
        if (g_str_has_prefix(before->kept->pdata[i], "Annex: "))
            g_string_append_printf(out, "%s\n", (char *)before->kept->pdata[i]);
    g_string_append_c(out, '\n');
    if (!append_parts(out, text->text != NULL ? text->text : "", renumber, error))
        return NULL;
    const guint asks = count_asks(before);
    if (renumber->n_asks != asks) {
        g_autofree char *wanted = i18n_integer(asks), *found = i18n_integer(renumber->n_asks);
        zenhar_error_input(
            error,
            _("The letter was composed to ask for %s things, each a line that begins with a "
              "number and “)”; the text has %s. Who has answered is counted by them: to ask for "
              "something else, compose the letter again."),
            wanted, found);
        return NULL;
    }
    append_notes(out, renumber);
    return g_strdup(out->str);
}

/* ---- preview and change ---- */

static bool is_open(const StoreAppeal *appeal, GError **error)
{
    char id[STORE_ID_MAX];
    if (appeal->sha256 == NULL && g_strcmp0(appeal->status, "draft") == 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                appeal->sha256 != NULL
                    ? _("%s is sealed: its text is what people sign, and is not changed any more. "
                        "Compose the letter again.")
                    : _("%s is no draft: its text is not changed any more."),
                store_id_format(STORE_KIND_APPEAL, appeal->id, id));
    return false;
}

bool appeal_text_open(Store *store, gint64 appeal_id, GError **error)
{
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, appeal_id, error);
    return appeal != NULL && is_open(appeal, error);
}

static void take_subject(StoreAppeal *appeal, const AppealText *text)
{
    g_free(appeal->subject);
    appeal->subject = line_of(text->subject);
    g_strdelimit(appeal->subject, "\n", ' ');
}

AppealLetter *appeal_text_preview(Store *store, gint64 appeal_id, const AppealText *text,
                                  GError **error)
{
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, appeal_id, error);
    if (appeal == NULL)
        return NULL;
    g_auto(Body) before = {0};
    body_read(appeal->body, &before, NULL);
    Renumber renumber;
    char *body = put_together(&before, text, &renumber, error);
    g_free(renumber.numbers);
    if (body == NULL)
        return NULL;
    g_free(appeal->body);
    appeal->body = body;
    take_subject(appeal, text);
    return letter_from(store, appeal, error);
}

static bool keep_version(Store *store, const StoreAppeal *appeal, const AppealEdit *edit,
                         GError **error)
{
    g_autoptr(GPtrArray) versions = appeal_versions(store, appeal->id, error);
    if (versions == NULL)
        return false;
    char id[STORE_ID_MAX];
    gint64 original;
    bool known;
    store_id_format(STORE_KIND_APPEAL, appeal->id, id);
    g_autofree char *text = appeal_signed_text(appeal);
    g_autofree char *bytes = g_strdup_printf("zenhar draft %s %u\n%s", id, versions->len + 1, text);
    g_autofree char *name = g_strdup_printf("%s-draft-%u.txt", id, versions->len + 1);
    g_autofree char *line = line_of(edit->reason);
    g_strdelimit(line, "\n", ' ');
    if (!evidence_original_add_bytes(store, bytes, strlen(bytes), name, "text/plain",
                                     "letter draft", &original, &known, error))
        return false;
    g_autoptr(StoreLink) link = store_link_new();
    link->from_kind = STORE_KIND_APPEAL;
    link->from_id = appeal->id;
    link->to_kind = STORE_KIND_ORIGINAL;
    link->to_id = original;
    link->role = g_strdup(APPEAL_VERSION_ROLE);
    link->note = g_strdup_printf("%" G_GINT64_FORMAT "\n%s\n%s", store_now(store),
                                 edit->by != NULL ? edit->by : "", line);
    return store_link_add(store, link, error);
}

/* The letter no longer rests on what no note of it names. */
static bool leave_records(Store *store, gint64 appeal_id, const Renumber *renumber, GError **error)
{
    g_autoptr(GPtrArray) links =
        store_link_list_from(store, STORE_KIND_APPEAL, appeal_id, NULL, error);
    for (guint i = 0; links != NULL && i < links->len; i++) {
        const StoreLink *link = links->pdata[i];
        if (g_strcmp0(link->role, "evidence") == 0 &&
            has_left(renumber, (StoreKind)link->to_kind, link->to_id) &&
            !store_link_remove(store, link->id, error))
            return false;
    }
    return links != NULL;
}

static bool change(Store *store, StoreAppeal *appeal, const AppealText *text,
                   const AppealEdit *edit, bool *ret_changed, GError **error)
{
    g_auto(Body) before = {0};
    g_auto(AppealText) was = {0};
    Renumber renumber, same;
    body_read(appeal->body, &before, NULL);
    letter_text_of(appeal, &was);
    g_autofree char *body = put_together(&before, text, &renumber, error);
    G_GNUC_UNUSED g_autofree guint *numbers = renumber.numbers;
    if (body == NULL)
        return false;
    g_autofree char *as_it_was = put_together(&before, &was, &same, NULL);
    g_free(same.numbers);
    *ret_changed = g_strcmp0(body, as_it_was) != 0;
    if (!*ret_changed)
        return true;
    if (!keep_version(store, appeal, edit, error))
        return false;
    g_free(appeal->body);
    appeal->body = g_steal_pointer(&body);
    take_subject(appeal, text);
    return leave_records(store, appeal->id, &renumber, error) &&
           store_appeal_update(store, appeal, error);
}

bool appeal_text_change(Store *store, gint64 appeal_id, const AppealText *text,
                        const AppealEdit *edit, bool *ret_changed, GError **error)
{
    *ret_changed = false;
    if (edit->reason == NULL || edit->reason[strspn(edit->reason, " \t\r\n")] == '\0')
        return zenhar_error_input(error, _("Say why the text is changed."));
    if (!store_begin(store, error))
        return false;
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, appeal_id, error);
    g_autofree char *hash = appeal != NULL ? appeal_signed_hash(appeal) : NULL;
    bool done = appeal != NULL && is_open(appeal, error);
    if (done && g_strcmp0(hash, edit->seen) != 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("Somebody changed the letter since you began. Nothing was kept of "
                              "yours: put both side by side, then keep yours or theirs."));
        done = false;
    }
    done = done && change(store, appeal, text, edit, ret_changed, error);
    if (done)
        return store_commit(store, error);
    store_rollback(store);
    return false;
}
