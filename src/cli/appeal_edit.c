/* cli/appeal_edit.c: `zenhar appeal edit|versions`: a draft's text as a file, changed; the texts it
 * has had. */
#include "cli/appeal_sub.h"

#include "appeal/edit.h"
#include "appeal/sign.h"
#include "base/csv.h"
#include "cli/case.h"
#include <string.h>

/* Lines before the first empty one: "Subject: …"; a field may come again, a line each. */
static const char *const FIELDS[] = {
    "Letterhead: ", "Subject: ", "Salutation: ", "Closing: ", "Signature: "};

static char **field_of(AppealText *text, gsize i)
{
    char **const fields[] = {&text->letterhead, &text->subject, &text->salutation, &text->closing,
                             &text->signature};
    return fields[i];
}

static char *to_file(AppealText *text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
        g_auto(GStrv) lines = g_strsplit(*field_of(text, i), "\n", -1);
        for (gsize k = 0; lines[k] != NULL; k++)
            g_string_append_printf(out, "%s%s\n", FIELDS[i], lines[k]);
    }
    g_string_append_printf(out, "\n%s\n", text->text);
    return g_strdup(out->str);
}

/* A field that the file leaves out is empty. False with error set. */
static bool from_file(const char *file, AppealText *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(file, "\n", -1);
    gsize at = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++)
        *field_of(text, i) = g_strdup("");
    for (; lines[at] != NULL && g_strstrip(lines[at])[0] != '\0'; at++) {
        gsize i = 0;
        /* the blank behind an empty field was stripped */
        while (i < G_N_ELEMENTS(FIELDS) &&
               strncmp(lines[at], FIELDS[i], strlen(FIELDS[i]) - 1) != 0)
            i++;
        if (i == G_N_ELEMENTS(FIELDS)) {
            g_autofree char *number = i18n_integer((gint64)at + 1);
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("Line %s is none of Letterhead, Subject, Salutation, Closing, Signature. "
                          "An empty line stands before the text."),
                        number);
            return false;
        }
        char **field = field_of(text, i);
        char *value = g_strstrip(lines[at] + strlen(FIELDS[i]) - 1);
        char *both = g_strconcat(*field, (*field)[0] != '\0' ? "\n" : "", value, NULL);
        g_free(*field);
        *field = both;
    }
    text->text = g_strjoinv("\n", lines + at);
    return true;
}

static bool print_text(Store *store, gint64 id, guint version, GError **error)
{
    g_auto(AppealText) text = {0};
    if (!appeal_version_load(store, id, version, &text, error))
        return false;
    g_autofree char *file = to_file(&text);
    g_autoptr(GString) out = g_string_new(file);
    return appeal_print(out, error);
}

static bool change(CliContext *context, Store *store, gint64 id, const char *path,
                   const char *reason, GError **error)
{
    g_auto(AppealText) text = {0}, stands = {0};
    g_autofree char *file = appeal_read_text(path, error), *seen = NULL;
    bool changed;
    if (file == NULL || !from_file(file, &text, error) ||
        !appeal_text_load(store, id, &stands, &seen, error))
        return false;
    const AppealEdit edit = {.seen = seen, .by = "", .reason = reason};
    if (!appeal_text_change(store, id, &text, &edit, &changed, error))
        return false;
    cli_say(context, "%s",
            changed ? _("The text was changed; the one before is kept.")
                    : _("It says what it said before: nothing was written."));
    return true;
}

int appeal_edit_command(CliContext *context, int argc, char **argv)
{
    g_autofree char *letter = NULL, *reason = NULL;
    int version = 0;
    const GOptionEntry entries[] = {
        {"letter", 0, 0, G_OPTION_ARG_STRING, &letter, NULL, NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, NULL, NULL},
        {"version", 0, 0, G_OPTION_ARG_INT, &version, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    StoreKind kind;
    gint64 id;
    g_autoptr(GError) error = NULL;
    if (letter == NULL || argc > 2 || version < 0 || (argc == 2 && (reason == NULL || version > 0)))
        return cli_usage(context, "%s",
                         _("Say which draft, and to change it from which file and why: --letter "
                           "AP2 --reason WHY FILE."));
    if (!store_id_read(letter, STORE_KIND_APPEAL, &kind, &id, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = cli_case_open(context, argc == 2 ? STORE_WRITE : STORE_READ, &error);
    const bool done =
        store != NULL && (argc == 2 ? change(context, store, id, argv[1], reason, &error)
                                    : print_text(store, id, (guint)version, &error));
    return done ? CLI_DONE : cli_fail(context, error);
}

int appeal_versions_table(CliContext *context, int argc, char **argv)
{
    g_autofree char *letter = NULL;
    const GOptionEntry entries[] = {
        {"letter", 0, 0, G_OPTION_ARG_STRING, &letter, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    StoreKind kind;
    gint64 id;
    g_autoptr(GError) error = NULL;
    if (letter == NULL || argc > 1)
        return cli_usage(context, "%s", _("Say which letter: --letter AP2."));
    if (!store_id_read(letter, STORE_KIND_APPEAL, &kind, &id, &error))
        return cli_usage(context, "%s", error->message);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(GPtrArray) versions = store != NULL ? appeal_versions(store, id, &error) : NULL;
    if (versions == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out = g_string_new("version,until,by,reason,original\n");
    for (guint i = 0; i < versions->len; i++) {
        const AppealVersion *one = versions->pdata[i];
        g_autoptr(GDateTime) until = g_date_time_new_from_unix_utc(one->until);
        g_autofree char *time = g_date_time_format(until, "%Y-%m-%dT%H:%M:%SZ");
        char original[STORE_ID_MAX];
        csv_append_integer(out, one->number);
        csv_append(out, time);
        csv_append(out, one->by);
        csv_append(out, one->reason);
        csv_append(out, store_id_format(STORE_KIND_ORIGINAL, one->original_id, original));
        csv_append_end(out);
    }
    return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
}
