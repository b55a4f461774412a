/* cli/appeal_letters.c: `zenhar appeal load|letter|show`. */
#include "cli/appeal_sub.h"

#include "appeal/appeal.h"
#include "base/csv.h"
#include "cli/case.h"
#include "store/appeal.h"
#include "store/body.h"
#include <jansson.h>
#include <stdlib.h>

/* ---- load ---- */

int appeal_load(CliContext *context, int argc, char **argv)
{
    g_autofree char *facts = NULL;
    const GOptionEntry entries[] = {
        {"facts", 0, 0, G_OPTION_ARG_STRING, &facts, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL || !appeal_load_facts(store, facts, &error))
        return cli_fail(context, error);
    g_autofree char *bodies = i18n_integer(store_body_count(store, NULL));
    g_autofree char *offices = i18n_integer(store_recipient_count(store, NULL));
    g_autofree char *votes = i18n_integer(store_vote_count(store, NULL));
    g_autofree char *asks = i18n_integer(store_ask_count(store, NULL));
    cli_say(context,
            _("The case now holds %s bodies, %s holders of offices, %s votes and %s asks."), bodies,
            offices, votes, asks);
    return CLI_DONE;
}

/* ---- letter ---- */

typedef struct {
    char *to, *date, *sender;
} LetterWords;

static void letter_words_clear(LetterWords *words)
{
    g_free(words->to);
    g_free(words->date);
    g_free(words->sender);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LetterWords, letter_words_clear)

static bool draft(CliContext *context, Store *store, const AppealOptions *options, GString *out,
                  GError **error)
{
    gint64 id = appeal_compose(store, options, error);
    g_autoptr(StoreAppeal) appeal = id != 0 ? store_appeal_load(store, id, error) : NULL;
    if (appeal == NULL)
        return false;
    g_autoptr(GPtrArray) deliveries = store_delivery_list_by_appeal(store, id, NULL, error);
    if (deliveries == NULL)
        return false;
    char text[STORE_ID_MAX];
    g_autofree char *day = appeal_day_text(appeal->day);
    csv_append(out, store_id_format(STORE_KIND_APPEAL, id, text));
    csv_append(out, store_id_format(STORE_KIND_RECIPIENT, options->recipient_id, text));
    csv_append(out, appeal->language);
    csv_append(out, day);
    csv_append(out, appeal->title);
    csv_append(out, appeal->status);
    csv_append_end(out);
    const StoreDelivery *delivery = deliveries->len > 0 ? deliveries->pdata[0] : NULL;
    cli_say(context, _("%s: %s – a draft: not signed by anyone, not sent."),
            store_id_format(STORE_KIND_APPEAL, id, text), appeal->title);
    if (delivery != NULL && delivery->note != NULL)
        cli_say(context, "  ! %s", delivery->note);
    return true;
}

int appeal_letter(CliContext *context, int argc, char **argv)
{
    g_auto(LetterWords) words = {0};
    const GOptionEntry entries[] = {
        {"to", 0, 0, G_OPTION_ARG_STRING, &words.to, NULL, NULL},
        {"date", 0, 0, G_OPTION_ARG_STRING, &words.date, NULL, NULL},
        {"sender", 0, 0, G_OPTION_ARG_STRING, &words.sender, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (words.to == NULL || argc > 1)
        return cli_usage(context, _("Say to whom: --to SG, --to RC5 or --to all."));
    g_autoptr(GError) error = NULL;
    AppealOptions options = appeal_options();
    options.language = i18n_language();
    if (!appeal_read_day("--date", words.date, &options.day, &error))
        return cli_usage(context, "%s", error->message);
    g_auto(GStrv) lines = g_strsplit(words.sender != NULL ? words.sender : "", "|", -1);
    g_autofree char *sender = g_strjoinv("\n", lines);
    options.sender = words.sender != NULL ? sender : NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL)
        return cli_fail(context, error);
    if (options.day == G_MININT32)
        options.day = (gint32)(store_now(store) / 86400);
    g_autoptr(GArray) ids = appeal_recipients_of(store, words.to, options.day, &error);
    g_autoptr(GString) out = g_string_new("id,recipient,language,date,title,status\n");
    for (guint i = 0; ids != NULL && i < ids->len && error == NULL; i++) {
        options.recipient_id = g_array_index(ids, gint64, i);
        draft(context, store, &options, out, &error);
    }
    if (error != NULL || !appeal_print(out, &error))
        return cli_fail(context, error);
    return CLI_DONE;
}

/* ---- show ---- */

static json_t *lines_json(char *const *lines)
{
    json_t *list = json_array();
    for (gsize i = 0; lines[i] != NULL; i++)
        json_array_append_new(list, json_string(lines[i]));
    return list;
}

static json_t *part_json(const AppealPart *part)
{
    static const char *const KINDS[] = {[APPEAL_PARAGRAPH] = "paragraph",
                                        [APPEAL_HEADING] = "heading",
                                        [APPEAL_ASK] = "ask",
                                        [APPEAL_ITEM] = "item"};
    json_t *object = json_pack("{s:s, s:s}", "kind", KINDS[part->kind], "text", part->text);
    if (part->kind == APPEAL_ASK)
        json_object_set_new(object, "number", json_integer(part->number));
    json_t *calls = json_array();
    for (gsize i = 0; i < part->n_calls; i++)
        json_array_append_new(calls,
                              json_pack("{s:I, s:i}", "byte", (json_int_t)part->calls[i].offset,
                                        "note", (int)part->calls[i].number));
    json_object_set_new(object, "notes", calls);
    return object;
}

static json_t *id_json(StoreKind kind, gint64 id)
{
    char text[STORE_ID_MAX];
    return id > 0 && kind != STORE_KIND_NONE ? json_string(store_id_format(kind, id, text))
                                             : json_null();
}

static json_t *letter_json(const AppealLetter *letter)
{
    json_t *parts = json_array(), *notes = json_array(), *annex = json_array();
    for (guint i = 0; i < letter->parts->len; i++)
        json_array_append_new(parts, part_json(letter->parts->pdata[i]));
    for (guint i = 0; i < letter->notes->len; i++) {
        const AppealNote *note = letter->notes->pdata[i];
        json_array_append_new(notes,
                              json_pack("{s:i, s:s, s:o, s:b}", "number", (int)note->number, "text",
                                        note->text, "record", id_json(note->kind, note->id),
                                        "unconfirmed", (int)note->unconfirmed));
    }
    for (guint i = 0; i < letter->annex->len; i++) {
        const AppealAnnexRow *row = letter->annex->pdata[i];
        json_array_append_new(
            annex, json_pack("{s:o, s:s, s:o, s:s}", "record", id_json(row->kind, row->id), "what",
                             row->what, "original", id_json(STORE_KIND_ORIGINAL, row->original_id),
                             "sha256", row->sha256));
    }
    return json_pack(
        "{s:o, s:o, s:s, s:b, s:s?, s:s?, s:o, s:s?, s:s, s:o, s:s, s:s, s:o, s:s, "
        "s:o, s:o, s:o}",
        "id", id_json(STORE_KIND_APPEAL, letter->appeal_id), "recipient",
        id_json(STORE_KIND_RECIPIENT, letter->recipient_id), "language", i18n_tag(letter->language),
        "synthetic", (int)letter->synthetic, "notice", letter->notice, "label", letter->label,
        "letterhead", lines_json(letter->letterhead), "reference", letter->reference, "date",
        letter->date, "addressee", lines_json(letter->addressee), "subject", letter->subject,
        "salutation", letter->salutation, "parts", parts, "closing", letter->closing, "signature",
        lines_json(letter->signature), "notes", notes, "annex", annex);
}

int appeal_show(CliContext *context, int argc, char **argv)
{
    gboolean as_json = FALSE;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    StoreKind kind;
    gint64 id;
    g_autoptr(GError) error = NULL;
    if (argc != 2)
        return cli_usage(context, _("Name one letter, such as AP2."));
    if (!store_id_read(argv[1], STORE_KIND_APPEAL, &kind, &id, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(AppealLetter) letter = store != NULL ? appeal_letter_load(store, id, &error) : NULL;
    if (letter == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new(NULL);
    if (as_json) {
        json_t *object = letter_json(letter);
        char *text = json_dumps(object, JSON_INDENT(2));
        g_string_append_printf(out, "%s\n", text);
        free(text);
        json_decref(object);
    } else {
        g_autofree char *text = appeal_letter_text(letter);
        g_string_append(out, text);
    }
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}
