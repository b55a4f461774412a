/* appeal/letter_load.c: a letter as it stands in the case, ready to be typeset or printed. */
#include "appeal/letter.h"

#include "base/edtf.h"
#include "base/i18n.h"
#include "store/user.h"
#include <string.h>

static void part_free(gpointer data)
{
    AppealPart *part = data;
    g_free(part->text);
    g_free(part->calls);
    g_free(part);
}

static void note_free(gpointer data)
{
    g_free(((AppealNote *)data)->text);
    g_free(data);
}

static void annex_free(gpointer data)
{
    g_free(((AppealAnnexRow *)data)->what);
    g_free(data);
}

void appeal_letter_free(AppealLetter *letter)
{
    if (letter == NULL)
        return;
    char *const texts[] = {letter->notice,  letter->label,      letter->reference,
                           letter->date,    letter->subject,    letter->salutation,
                           letter->closing, letter->annex_title};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_strfreev(letter->letterhead);
    g_strfreev(letter->addressee);
    g_strfreev(letter->signature);
    g_ptr_array_unref(letter->parts);
    g_ptr_array_unref(letter->notes);
    g_ptr_array_unref(letter->annex);
    g_free(letter);
}

static bool first_recipient(Store *store, AppealLetter *letter, GError **error)
{
    const StorePage page = {.limit = 1};
    g_autoptr(GPtrArray) deliveries =
        store_delivery_list_by_appeal(store, letter->appeal_id, &page, error);
    if (deliveries == NULL)
        return false;
    if (deliveries->len > 0)
        letter->recipient_id = ((const StoreDelivery *)deliveries->pdata[0])->recipient_id;
    return true;
}

/* What is missing from a text without a head, so that it can be shown all the same. */
static void fill(AppealLetter *letter, const StoreAppeal *appeal)
{
    if (letter->date == NULL)
        letter->date = edtf_describe_day(appeal->day);
    if (letter->subject == NULL)
        letter->subject = g_strdup(appeal->subject != NULL ? appeal->subject : appeal->title);
    if (letter->salutation == NULL)
        letter->salutation = g_strdup("");
    if (letter->closing == NULL)
        letter->closing = g_strdup("");
    if (letter->annex_title == NULL)
        letter->annex_title = g_strdup(_("Annex: sources and records on which this letter rests"));
}

static bool load(Store *store, const StoreAppeal *appeal, AppealLetter *letter, GError **error)
{
    char id[STORE_ID_MAX];
    store_id_format(STORE_KIND_APPEAL, appeal->id, id);
    if (!letter_parse(appeal->body, letter, error)) {
        g_prefix_error(error, "%s: ", id);
        return false;
    }
    fill(letter, appeal);
    if (g_strcmp0(appeal->status, "draft") == 0)
        letter->notice = g_strdup(_("DRAFT – not signed by anyone, not sent"));
    g_autofree char *label = store_setting_get(store, "label", NULL);
    letter->synthetic = appeal->synthetic || g_strcmp0(label, "synthetic") == 0;
    if (letter->synthetic)
        letter->label = g_strdup(_("SYNTHETIC DATA – invented persons and events, for "
                                   "demonstration only; not to be sent"));
    letter->reference = g_strdup_printf(_("Our reference: %s"), id);
    return first_recipient(store, letter, error);
}

AppealLetter *letter_from(Store *store, const StoreAppeal *appeal, GError **error)
{
    AppealLetter *letter = g_new0(AppealLetter, 1);
    letter->appeal_id = appeal->id;
    letter->day = appeal->day;
    letter->parts = g_ptr_array_new_with_free_func(part_free);
    letter->notes = g_ptr_array_new_with_free_func(note_free);
    letter->annex = g_ptr_array_new_with_free_func(annex_free);
    letter->language = I18N_PERSIAN;
    if (appeal->language != NULL)
        i18n_parse_language(appeal->language, &letter->language);
    I18nLanguage before = i18n_language();
    i18n_set_language(letter->language);
    bool done = load(store, appeal, letter, error);
    i18n_set_language(before);
    if (!done) {
        appeal_letter_free(letter);
        return NULL;
    }
    return letter;
}

AppealLetter *appeal_letter_load(Store *store, gint64 appeal_id, GError **error)
{
    g_autoptr(StoreAppeal) appeal = store_appeal_load(store, appeal_id, error);
    return appeal != NULL ? letter_from(store, appeal, error) : NULL;
}

/* ---- plain text ---- */

static char *number_text(guint number)
{
    g_autofree char *plain = g_strdup_printf("%u", number);
    return i18n_digits(plain);
}

static void append_part(GString *text, const AppealPart *part, bool last_item)
{
    g_autofree char *number = number_text(part->number);
    switch (part->kind) {
    case APPEAL_ASK:
        g_string_append_printf(text, "%s. ", number);
        break;
    case APPEAL_ITEM:
        g_string_append(text, "– ");
        break;
    case APPEAL_HEADING:
    case APPEAL_PARAGRAPH:
        break;
    }
    gsize from = 0;
    for (gsize i = 0; i < part->n_calls; i++) {
        g_autofree char *call = number_text(part->calls[i].number);
        g_string_append_len(text, part->text + from, (gssize)(part->calls[i].offset - from));
        g_string_append_printf(text, "[%s]", call);
        from = part->calls[i].offset;
    }
    g_string_append(text, part->text + from);
    g_string_append_c(text, '\n');
    if (part->kind != APPEAL_ITEM || last_item)
        g_string_append_c(text, '\n');
}

static void append_lines(GString *text, char *const *lines)
{
    for (gsize i = 0; lines[i] != NULL; i++)
        g_string_append_printf(text, "%s\n", lines[i]);
    g_string_append_c(text, '\n');
}

static void append_optional(GString *text, const char *line)
{
    if (line != NULL && line[0] != '\0')
        g_string_append_printf(text, "%s\n\n", line);
}

static void append_annex(GString *text, const AppealLetter *letter)
{
    for (guint i = 0; i < letter->annex->len; i++) {
        const AppealAnnexRow *row = letter->annex->pdata[i];
        char id[STORE_ID_MAX], original[STORE_ID_MAX] = "–";
        if (row->original_id > 0)
            store_id_format(STORE_KIND_ORIGINAL, row->original_id, original);
        g_string_append_printf(text, "%s  %s  %s  %s\n", store_id_format(row->kind, row->id, id),
                               row->what, original, row->sha256);
    }
}

char *appeal_letter_text(const AppealLetter *letter)
{
    I18nLanguage before = i18n_language();
    i18n_set_language(letter->language);
    GString *text = g_string_new(NULL);
    append_optional(text, letter->label);
    append_optional(text, letter->notice);
    append_lines(text, letter->letterhead);
    append_optional(text, letter->reference);
    append_optional(text, letter->date);
    append_lines(text, letter->addressee);
    g_autofree char *subject = g_strdup_printf(_("Subject: %s"), letter->subject);
    append_optional(text, subject);
    append_optional(text, letter->salutation);
    for (guint i = 0; i < letter->parts->len; i++)
        append_part(text, letter->parts->pdata[i],
                    i + 1 == letter->parts->len ||
                        ((const AppealPart *)letter->parts->pdata[i + 1])->kind != APPEAL_ITEM);

    append_optional(text, letter->closing);
    append_lines(text, letter->signature);
    append_optional(text, letter->notes->len > 0 ? _("Notes") : NULL);
    for (guint i = 0; i < letter->notes->len; i++) {
        const AppealNote *note = letter->notes->pdata[i];
        g_autofree char *number = number_text(note->number);
        g_string_append_printf(text, "[%s] %s\n", number, note->text);
    }
    g_string_append_c(text, '\n');
    if (letter->annex->len > 0) {
        append_optional(text, letter->annex_title);
        append_annex(text, letter);
    }
    i18n_set_language(before);
    return g_string_free(text, FALSE);
}
