/* cli/appeal_print.c: `zenhar appeal print|receipt`: letters that go by post. */
#include "cli/appeal_sub.h"

#include "appeal/printing.h"
#include "cli/case.h"
#include "render/output.h"
#include "render/render.h"

static void tell(void *context, const AppealDeliveryNews *news)
{
    char delivery[STORE_ID_MAX], appeal[STORE_ID_MAX];
    const StoreRecipient *to = news->recipient;
    const bool persian = i18n_language() == I18N_PERSIAN;
    cli_say(context, _("%s (letter %s to %s): %s"),
            store_id_format(STORE_KIND_DELIVERY, news->delivery->id, delivery),
            store_id_format(STORE_KIND_APPEAL, news->appeal->id, appeal),
            persian && to->office_fa != NULL ? to->office_fa : to->office, news->sentence);
}

static int print(CliContext *context, gint64 appeal_id, bool again, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    const AppealPrintOptions options = {again, render_draw_letters, tell, context};
    AppealPrintSummary summary;
    if (store == NULL || !appeal_print_letters(store, appeal_id, &options, &pdf, &summary, &error))
        return cli_fail(context, error);
    gsize length;
    const void *bytes = pdf != NULL ? g_bytes_get_data(pdf, &length) : NULL;
    if (bytes != NULL && !output_bytes(path, bytes, length, &error))
        return cli_fail(context, error);
    if (bytes != NULL)
        cli_say(context, _("Written: %s"), path);
    g_autofree char *printed = i18n_integer(summary.printed), *mail = i18n_integer(summary.by_mail),
                    *closed = i18n_integer(summary.not_open);
    cli_say(context, _("Printed: %s. To be sent by mail: %s. Not ready: %s."), printed, mail,
            closed);
    return CLI_DONE;
}

int appeal_print_command(CliContext *context, int argc, char **argv)
{
    g_autofree char *letter = NULL, *path = NULL;
    gboolean again = FALSE;
    const GOptionEntry entries[] = {
        {"letter", 0, 0, G_OPTION_ARG_STRING, &letter, NULL, NULL},
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &path, NULL, NULL},
        {"again", 0, 0, G_OPTION_ARG_NONE, &again, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    if (argc > 1)
        return cli_usage(context, _("“%s” is not understood here."), argv[1]);
    if (path == NULL)
        return cli_usage(context, "%s", _("Say where to write the letters: --out FILE.pdf."));
    StoreKind kind;
    gint64 id = 0;
    g_autoptr(GError) error = NULL;
    if (letter != NULL && !store_id_read(letter, STORE_KIND_APPEAL, &kind, &id, &error))
        return cli_usage(context, "%s", error->message);
    return print(context, id, again, path);
}

static int receive(CliContext *context, gint64 delivery_id, gint32 day, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) receipt = NULL;
    char *bytes = NULL;
    gsize length = 0;
    if (path != NULL) {
        if (!cli_read(path, &bytes, &length, &error))
            return cli_fail(context, error);
        receipt = g_bytes_new_take(bytes, length);
    }
    g_autofree char *name = path != NULL ? g_path_get_basename(path) : NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    if (store == NULL || !appeal_receive_receipt(store, delivery_id, day, receipt, name, &error))
        return cli_fail(context, error);
    return CLI_DONE;
}

int appeal_receipt_command(CliContext *context, int argc, char **argv)
{
    g_autofree char *delivery = NULL, *on = NULL;
    const GOptionEntry entries[] = {
        {"delivery", 0, 0, G_OPTION_ARG_STRING, &delivery, NULL, NULL},
        {"on", 0, 0, G_OPTION_ARG_STRING, &on, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    int status = CLI_DONE;
    if (!cli_parse(context, entries, &argc, &argv, &status))
        return status;
    StoreKind kind;
    gint64 id = 0;
    gint32 day = 0;
    g_autoptr(GError) error = NULL;
    if (argc > 2 || delivery == NULL || on == NULL)
        return cli_usage(context, "%s",
                         _("Say which delivery was posted and when: --delivery DL3 --on "
                           "2025-07-01, and the receipt's file if there is one."));
    if (!store_id_read(delivery, STORE_KIND_DELIVERY, &kind, &id, &error) ||
        !appeal_read_day("--on", on, &day, &error))
        return cli_usage(context, "%s", error->message);
    return receive(context, id, day, argc == 2 ? argv[1] : NULL);
}
