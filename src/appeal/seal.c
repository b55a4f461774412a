/* appeal/seal.c: the text that is signed, and its figures held against the case once more. */
#include "appeal/sign.h"

#include "appeal/appeal.h"
#include "appeal/findings.h"
#include "base/error.h"
#include "evidence/original.h"
#include "store/assessment.h"
#include "store/record.h"
#include <math.h>
#include <string.h>

char *appeal_signed_text(const StoreAppeal *appeal)
{
    return g_strdup_printf("zenhar letter 1\nlanguage: %s\nday: %d\nsubject: %s\n\n%s",
                           appeal->language != NULL ? appeal->language : "", appeal->day,
                           appeal->subject != NULL ? appeal->subject : "",
                           appeal->body != NULL ? appeal->body : "");
}

char *appeal_signed_hash(const StoreAppeal *appeal)
{
    g_autofree char *text = appeal_signed_text(appeal);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

char *appeal_signed_message(const char *sha256)
{
    return g_strdup_printf("zenhar letter %s\n", sha256);
}

/* Digits of a text as ASCII, without marks of thousands, everything else a space: "۱٬۲۳۴ تن" is
 * " 1234 ". */
static char *numbers_of(const char *text)
{
    GString *out = g_string_new(" ");
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        const char *next = g_utf8_next_char(p);
        bool between = out->len > 0 && g_ascii_isdigit(out->str[out->len - 1]) && *next != '\0' &&
                       g_unichar_isdigit(g_utf8_get_char(next));
        if (g_unichar_isdigit(c))
            g_string_append_c(out, (char)('0' + g_unichar_digit_value(c)));
        else if (!((c == ',' || c == 0x66C) && between) && out->str[out->len - 1] != ' ')
            g_string_append_c(out, ' ');
    }
    g_string_append_c(out, ' ');
    return g_string_free(out, FALSE);
}

static bool says_number(const char *numbers, double value)
{
    if (isnan(value))
        return true;
    g_autofree char *wanted = g_strdup_printf(" %.0f ", value);
    return strstr(numbers, wanted) != NULL;
}

/* The whole text of the part that calls a note, and of the list item or table around it. */
static bool part_says(const AppealLetter *letter, guint note, const StoreFigure *figure)
{
    for (guint i = 0; i < letter->parts->len; i++) {
        const AppealPart *part = letter->parts->pdata[i];
        for (gsize k = 0; k < part->n_calls; k++) {
            if (part->calls[k].number != note)
                continue;
            g_autofree char *numbers = numbers_of(part->text);
            /* "at most 1,000" is kept as 0 to 1,000, and no letter says the 0 */
            bool low =
                figure->low == 0 && figure->high > 0 ? true : says_number(numbers, figure->low);
            if (low && says_number(numbers, figure->high))
                return true;
        }
    }
    return false;
}

static void complain(GPtrArray *sentences, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void complain(GPtrArray *sentences, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(sentences, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

/* A finding that no longer holds, or that its letter words otherwise, goes into no sealed letter.
 */
static bool check_finding(Store *store, guint note, const StoreFinding *finding,
                          GPtrArray *sentences, GError **error)
{
    char id[STORE_ID_MAX];
    g_autoptr(AssessOrigins) origins = NULL;
    g_autofree char *why = NULL;
    if (!appeal_finding_verify(store, finding, &origins, &why, error))
        return false;
    if (why != NULL)
        complain(sentences, _("The finding of note %u (%s) no longer holds. %s"), note,
                 store_id_format(STORE_KIND_FINDING, finding->id, id), why);
    return true;
}

static bool check_note(Store *store, const AppealLetter *letter, const AppealNote *note,
                       bool strict, GPtrArray *sentences, GError **error)
{
    char id[STORE_ID_MAX];
    if (note->unconfirmed && strict)
        complain(sentences, _("Note %u rests on a row that nobody has checked at its source: %s"),
                 note->number, note->text);
    if (note->kind == STORE_KIND_NONE || note->id <= 0)
        return true;
    store_id_format(note->kind, note->id, id);
    g_autoptr(GError) problem = NULL;
    void *record = store_record_load(store, note->kind, note->id, &problem);
    if (record == NULL && g_error_matches(problem, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
        complain(sentences, _("Note %u rests on %s, which is no longer in the case."), note->number,
                 id);
        return true;
    }
    if (record == NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    if (note->kind == STORE_KIND_FIGURE && !part_says(letter, note->number, record))
        complain(sentences,
                 _("The figure of note %u no longer holds: %s now says %.0f to %.0f. Draft the "
                   "letter again."),
                 note->number, id, ((const StoreFigure *)record)->low,
                 ((const StoreFigure *)record)->high);
    const bool ok = note->kind != STORE_KIND_FINDING ||
                    check_finding(store, note->number, record, sentences, error);
    store_record_free(note->kind, record);
    return ok;
}

GPtrArray *appeal_verify_letter(Store *store, const AppealLetter *letter, bool strict,
                                GError **error)
{
    g_autoptr(GPtrArray) sentences = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < letter->notes->len; i++)
        if (!check_note(store, letter, letter->notes->pdata[i], strict, sentences, error))
            return NULL;
    return g_steal_pointer(&sentences);
}

GPtrArray *appeal_verify_figures(Store *store, gint64 appeal_id, bool strict, GError **error)
{
    g_autoptr(AppealLetter) letter = appeal_letter_load(store, appeal_id, error);
    return letter != NULL ? appeal_verify_letter(store, letter, strict, error) : NULL;
}

static bool count_unconfirmed(Store *store, gint64 appeal_id, guint *ret_n, GError **error)
{
    g_autoptr(AppealLetter) letter = appeal_letter_load(store, appeal_id, error);
    if (letter == NULL)
        return false;
    *ret_n = 0;
    for (guint i = 0; i < letter->notes->len; i++)
        *ret_n += ((const AppealNote *)letter->notes->pdata[i])->unconfirmed;
    return true;
}

static bool write_seal(Store *store, StoreAppeal *appeal, GError **error)
{
    g_autofree char *text = appeal_signed_text(appeal);
    char id[STORE_ID_MAX];
    bool known;
    g_autofree char *name =
        g_strdup_printf("%s-signed-text.txt", store_id_format(STORE_KIND_APPEAL, appeal->id, id));
    if (!evidence_original_add_bytes(store, text, strlen(text), name, "text/plain", "letter",
                                     &appeal->original_id, &known, error))
        return false;
    g_free(appeal->sha256);
    appeal->sha256 = appeal_signed_hash(appeal);
    appeal->sealed = store_now(store);
    g_free(appeal->status);
    appeal->status = g_strdup("sealed");
    return store_appeal_update(store, appeal, error);
}

bool appeal_seal(Store *store, gint64 appeal_id, bool strict, guint *ret_unconfirmed,
                 GError **error)
{
    g_autoptr(GPtrArray) sentences = appeal_verify_figures(store, appeal_id, strict, error);
    g_autoptr(StoreAppeal) appeal =
        sentences != NULL ? store_appeal_load(store, appeal_id, error) : NULL;
    if (appeal == NULL || !count_unconfirmed(store, appeal_id, ret_unconfirmed, error))
        return false;
    if (sentences->len > 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA, sentences->pdata[0]);
        return false;
    }
    g_autofree char *hash = appeal_signed_hash(appeal);
    if (g_strcmp0(hash, appeal->sha256) == 0)
        return true;
    if (!store_begin(store, error))
        return false;
    if (!write_seal(store, appeal, error)) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, error);
}
