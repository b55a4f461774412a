/* appeal/letter.c: a letter's text written and read back; see letter.h for its form. */
#include "appeal/letter.h"

#include "base/error.h"
#include "base/i18n.h"
#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

typedef struct {
    StoreKind kind;
    gint64 id;
    bool unconfirmed;
    char *text;
    char *call; /* "[^3]" */
} DraftNote;

struct LetterDraft {
    GString *head, *body, *annex;
    GPtrArray *notes;
};

static void note_free(gpointer data)
{
    DraftNote *note = data;
    g_free(note->text);
    g_free(note->call);
    g_free(note);
}

LetterDraft *letter_draft_new(void)
{
    LetterDraft *draft = g_new0(LetterDraft, 1);
    draft->head = g_string_new(NULL);
    draft->body = g_string_new(NULL);
    draft->annex = g_string_new(NULL);
    draft->notes = g_ptr_array_new_with_free_func(note_free);
    return draft;
}

void letter_draft_free(LetterDraft *draft)
{
    if (draft == NULL)
        return;
    g_string_free(draft->head, TRUE);
    g_string_free(draft->body, TRUE);
    g_string_free(draft->annex, TRUE);
    g_ptr_array_unref(draft->notes);
    g_free(draft);
}

/* On one line, single spaces. */
static void append_line(GString *into, const char *text)
{
    g_autofree char *line = g_strdup(text != NULL ? text : "");
    g_strdelimit(line, "\r\n\t", ' ');
    g_string_append(into, g_strstrip(line));
    g_string_append_c(into, '\n');
}

void letter_draft_head(LetterDraft *draft, const char *field, const char *value)
{
    g_auto(GStrv) lines = g_strsplit(value != NULL ? value : "", "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++)
        if (g_strstrip(lines[i])[0] != '\0') {
            g_string_append_printf(draft->head, "%s: ", field);
            append_line(draft->head, lines[i]);
        }
}

const char *letter_draft_note(LetterDraft *draft, StoreKind kind, gint64 id, const char *text,
                              bool unconfirmed)
{
    for (guint i = 0; i < draft->notes->len; i++) {
        const DraftNote *note = draft->notes->pdata[i];
        if (note->kind == kind && note->id == id && strcmp(note->text, text) == 0)
            return note->call;
    }
    DraftNote *note = g_new0(DraftNote, 1);
    *note = (DraftNote){.kind = kind,
                        .id = id,
                        .unconfirmed = unconfirmed,
                        .text = g_strdup(text),
                        .call = g_strdup_printf("[^%u]", draft->notes->len + 1)};
    g_ptr_array_add(draft->notes, note);
    return note->call;
}

void letter_draft_part(LetterDraft *draft, AppealPartKind kind, guint number, const char *text)
{
    switch (kind) {
    case APPEAL_HEADING:
        g_string_append(draft->body, "# ");
        break;
    case APPEAL_ASK:
        g_string_append_printf(draft->body, "%u) ", number);
        break;
    case APPEAL_ITEM:
        g_string_append(draft->body, "- ");
        break;
    case APPEAL_PARAGRAPH:
        break;
    }
    append_line(draft->body, text);
}

void letter_draft_annex(LetterDraft *draft, StoreKind kind, gint64 id, gint64 original_id,
                        const char *sha256, const char *what)
{
    char text[STORE_ID_MAX], original[STORE_ID_MAX];
    g_string_append_printf(
        draft->annex, "[@]: %s %s %s ", store_id_format(kind, id, text),
        original_id > 0 ? store_id_format(STORE_KIND_ORIGINAL, original_id, original) : "-",
        sha256 != NULL && sha256[0] != '\0' ? sha256 : "-");
    append_line(draft->annex, what);
}

guint letter_draft_n_notes(const LetterDraft *draft)
{
    return draft->notes->len;
}

StoreKind letter_draft_note_record(const LetterDraft *draft, guint i, gint64 *ret_id)
{
    const DraftNote *note = draft->notes->pdata[i];
    *ret_id = note->id;
    return note->kind;
}

char *letter_draft_finish(const LetterDraft *draft)
{
    GString *text = g_string_new(draft->head->str);
    g_string_append_c(text, '\n');
    g_string_append(text, draft->body->str);
    for (guint i = 0; i < draft->notes->len; i++) {
        const DraftNote *note = draft->notes->pdata[i];
        char id[STORE_ID_MAX] = "-";
        if (note->kind != STORE_KIND_NONE)
            store_id_format(note->kind, note->id, id);
        g_string_append_printf(text, "[^%u]: %s %s", i + 1, id, note->unconfirmed ? "? " : "");
        append_line(text, note->text);
    }
    g_string_append(text, draft->annex->str);
    return g_string_free(text, FALSE);
}

/* ---- reading ---- */

/* Text without its calls, which are kept by the byte before which they stood. */
static AppealPart *part_new(AppealPartKind kind, guint number, const char *line)
{
    AppealPart *part = g_new0(AppealPart, 1);
    part->kind = kind;
    part->number = number;
    GString *text = g_string_new(NULL);
    GArray *calls = g_array_new(FALSE, FALSE, sizeof(AppealCall));
    for (const char *p = line; *p != '\0';) {
        guint64 note = 0;
        char *end = NULL;
        if (strncmp(p, "[^", 2) == 0 && g_ascii_isdigit(p[2]))
            note = g_ascii_strtoull(p + 2, &end, 10);
        if (end != NULL && *end == ']' && note > 0 && note <= G_MAXUINT) {
            const AppealCall call = {text->len, (guint)note};
            g_array_append_val(calls, call);
            p = end + 1;
        } else {
            g_string_append_c(text, *p++);
        }
    }
    part->text = g_string_free(text, FALSE);
    part->n_calls = calls->len;
    part->calls = (AppealCall *)(void *)g_array_free(calls, FALSE);
    return part;
}

static void add_line(GPtrArray *lines, const char *text)
{
    g_ptr_array_add(lines, g_strdup(text));
}

/* "FG12 rest": the id, or "-"; gives what follows. */
static const char *read_id(const char *text, StoreKind *ret_kind, gint64 *ret_id)
{
    const char *space = strchr(text, ' ');
    g_autofree char *word = space != NULL ? g_strndup(text, (gsize)(space - text)) : g_strdup(text);
    *ret_kind = STORE_KIND_NONE;
    *ret_id = 0;
    if (strcmp(word, "-") != 0 && !store_id_parse(word, ret_kind, ret_id))
        return NULL;
    return space != NULL ? space + 1 : text + strlen(text);
}

static bool read_note(const char *line, AppealLetter *letter)
{
    char *end = NULL;
    guint64 number = g_ascii_strtoull(line + 2, &end, 10);
    if (end == NULL || strncmp(end, "]: ", 3) != 0 || number != letter->notes->len + 1)
        return false;
    AppealNote note = {.number = (guint)number};
    const char *rest = read_id(end + 3, &note.kind, &note.id);
    if (rest == NULL)
        return false;
    note.unconfirmed = strncmp(rest, "? ", 2) == 0;
    rest += note.unconfirmed ? 2 : 0;
    GString *text = g_string_new(rest);
    char id[STORE_ID_MAX];
    if (note.kind != STORE_KIND_NONE)
        g_string_append_printf(text, " [%s]", store_id_format(note.kind, note.id, id));
    note.text = g_string_free(text, FALSE);
    g_ptr_array_add(letter->notes, g_memdup2(&note, sizeof note));
    return true;
}

static bool read_annex(const char *line, AppealLetter *letter)
{
    AppealAnnexRow row = {.kind = STORE_KIND_NONE};
    StoreKind original;
    const char *rest = read_id(line + strlen("[@]: "), &row.kind, &row.id);
    rest = rest != NULL ? read_id(rest, &original, &row.original_id) : NULL;
    const char *space = rest != NULL ? strchr(rest, ' ') : NULL;
    if (space == NULL || row.kind == STORE_KIND_NONE || (space - rest != 64 && space - rest != 1))
        return false;
    if (space - rest == 64)
        memcpy(row.sha256, rest, 64);
    row.what = g_strdup(space + 1);
    g_ptr_array_add(letter->annex, g_memdup2(&row, sizeof row));
    return true;
}

static void read_part(const char *line, AppealLetter *letter)
{
    char *end = NULL;
    guint64 number = g_ascii_isdigit(line[0]) ? g_ascii_strtoull(line, &end, 10) : 0;
    AppealPart *part;
    if (strncmp(line, "# ", 2) == 0)
        part = part_new(APPEAL_HEADING, 0, line + 2);
    else if (strncmp(line, "- ", 2) == 0)
        part = part_new(APPEAL_ITEM, 0, line + 2);
    else if (end != NULL && strncmp(end, ") ", 2) == 0 && number <= 99)
        part = part_new(APPEAL_ASK, (guint)number, end + 2);
    else
        part = part_new(APPEAL_PARAGRAPH, 0, line);
    g_ptr_array_add(letter->parts, part);
}

/* A line of the head; false when it is none. */
static bool read_head(const char *line, AppealLetter *letter, GPtrArray *to, GPtrArray *from,
                      GPtrArray *signature)
{
    const struct {
        const char *field;
        GPtrArray *lines;
        char **text;
    } fields[] = {
        {"From: ", from, NULL},
        {"To: ", to, NULL},
        {"Date: ", NULL, &letter->date},
        {"Subject: ", NULL, &letter->subject},
        {"Salutation: ", NULL, &letter->salutation},
        {"Closing: ", NULL, &letter->closing},
        {"Signature: ", signature, NULL},
        {"Annex: ", NULL, &letter->annex_title},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        if (g_str_has_prefix(line, fields[i].field)) {
            const char *value = line + strlen(fields[i].field);
            if (fields[i].lines != NULL) {
                add_line(fields[i].lines, value);
            } else {
                g_free(*fields[i].text);
                *fields[i].text = g_strdup(value);
            }
            return true;
        }
    return false;
}

static char **take_lines(GPtrArray *lines)
{
    g_ptr_array_add(lines, NULL);
    return (char **)(void *)g_ptr_array_free(lines, FALSE);
}

bool letter_parse(const char *body, AppealLetter *letter, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(body != NULL ? body : "", "\n", -1);
    GPtrArray *to = g_ptr_array_new(), *from = g_ptr_array_new(), *signature = g_ptr_array_new();
    bool done = true;
    gsize i = 0;
    while (lines[i] != NULL && read_head(lines[i], letter, to, from, signature))
        i++;
    for (; lines[i] != NULL && done; i++) {
        if (lines[i][0] == '\0')
            continue;
        bool note =
            strncmp(lines[i], "[^", 2) == 0 && strstr(lines[i], "]: ") != NULL &&
            strspn(lines[i] + 2, "0123456789") == (gsize)(strstr(lines[i], "]: ") - lines[i]) - 2;
        if (note)
            done = read_note(lines[i], letter);
        else if (g_str_has_prefix(lines[i], "[@]: "))
            done = read_annex(lines[i], letter);
        else
            read_part(lines[i], letter);
        if (!done)
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("line %" G_GSIZE_FORMAT " of the letter is no note or annex row."),
                        i + 1);
    }
    letter->letterhead = take_lines(from);
    letter->addressee = take_lines(to);
    letter->signature = take_lines(signature);
    return done;
}
