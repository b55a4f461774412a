/* cli/appeal_submit.c: `zenhar appeal consent|answer|submit`: case files to mechanisms. */
#include "cli/appeal_sub.h"

#include "appeal/submission.h"
#include "base/csv.h"
#include "cli/case.h"
#include "render/render.h"
#include <string.h>

typedef struct {
    char *person, *use, *answer, *on, *by, *how, *to, *out;
    gboolean withdraw, send, summary;
    gint64 person_id;
    gint32 day;
} Words;

static void words_clear(Words *words)
{
    g_free(words->person);
    g_free(words->use);
    g_free(words->answer);
    g_free(words->on);
    g_free(words->by);
    g_free(words->how);
    g_free(words->to);
    g_free(words->out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse(CliContext *context, int *argc, char ***argv, Words *words, int *status)
{
    const GOptionEntry entries[] = {
        {"person", 0, 0, G_OPTION_ARG_STRING, &words->person, NULL, NULL},
        {"use", 0, 0, G_OPTION_ARG_STRING, &words->use, NULL, NULL},
        {"answer", 0, 0, G_OPTION_ARG_STRING, &words->answer, NULL, NULL},
        {"on", 0, 0, G_OPTION_ARG_STRING, &words->on, NULL, NULL},
        {"by", 0, 0, G_OPTION_ARG_STRING, &words->by, NULL, NULL},
        {"how", 0, 0, G_OPTION_ARG_STRING, &words->how, NULL, NULL},
        {"to", 0, 0, G_OPTION_ARG_STRING, &words->to, NULL, NULL},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &words->out, NULL, NULL},
        {"withdraw", 0, 0, G_OPTION_ARG_NONE, &words->withdraw, NULL, NULL},
        {"send", 0, 0, G_OPTION_ARG_NONE, &words->send, NULL, NULL},
        {"summary", 0, 0, G_OPTION_ARG_NONE, &words->summary, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    words->day = G_MININT32;
    if (!cli_parse(context, entries, argc, argv, status))
        return false;
    StoreKind kind;
    g_autoptr(GError) error = NULL;
    if (!appeal_read_day("--on", words->on, &words->day, &error) ||
        (words->person != NULL &&
         !store_id_read(words->person, STORE_KIND_PERSON, &kind, &words->person_id, &error))) {
        *status = cli_usage(context, "%s", error->message);
        return false;
    }
    return true;
}

/* Opens for writing: each look at names is logged. */
static Store *open_unsealed(CliContext *context, const char *why, GError **error)
{
    Store *store = cli_case_open(context, STORE_WRITE, error);
    if (store != NULL && !store_unseal(store, 0, why, error))
        g_clear_pointer(&store, store_close);
    return store;
}

int appeal_consent(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    g_autoptr(GError) error = NULL;
    if (!parse(context, &argc, &argv, &words, &status))
        return status;
    if (argc > 1 || words.person_id == 0 || words.use == NULL ||
        (words.answer == NULL && !words.withdraw))
        return cli_usage(context,
                         _("Say whose and to what: --person P3 --use send --answer yes, or "
                           "--withdraw."));
    g_autoptr(Store) store = open_unsealed(context, "consent", &error);
    if (store == NULL)
        return cli_fail(context, error);
    gint32 day = words.day != G_MININT32 ? words.day : (gint32)(store_now(store) / 86400);
    bool done = words.withdraw ? consent_withdraw(store, words.person_id, words.use, day, &error)
                               : consent_give(store, words.person_id, words.use, words.answer, day,
                                              words.by, words.how, &error) != 0;
    return done ? CLI_DONE : cli_fail(context, error);
}

int appeal_answer(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    g_autoptr(GError) error = NULL;
    if (!parse(context, &argc, &argv, &words, &status))
        return status;
    if (argc < 2)
        return cli_usage(context, _("Give answers as FIELD=WORDS; with --person P3 about a person, "
                                    "without about who submits."));
    g_autoptr(Store) store = open_unsealed(context, "answers to forms", &error);
    if (store == NULL)
        return cli_fail(context, error);
    for (int i = 1; i < argc; i++) {
        g_auto(GStrv) parts = g_strsplit(argv[i], "=", 2);
        if (parts[0] == NULL || parts[1] == NULL)
            return cli_usage(context, _("“%s” is no answer: FIELD=WORDS."), argv[i]);
        if (!detail_put(store, words.person_id, parts[0], parts[1], &error))
            return cli_fail(context, error);
    }
    return CLI_DONE;
}

static int print_fields(CliContext *context, const Submission *submission)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) out =
        g_string_new("field,title,required,missing,redacted,answer,confirmed,source\n");
    for (guint i = 0; i < submission->fields->len; i++) {
        const SubmissionField *field = submission->fields->pdata[i];
        csv_append(out, field->field);
        csv_append(out, field->title);
        csv_append(out, field->required ? "yes" : "no");
        csv_append(out, field->missing ? "yes" : "no");
        csv_append(out, field->redacted ? "yes" : "no");
        csv_append(out, field->answer);
        csv_append(out, field->confirmed ? "yes" : "no");
        csv_append(out, field->source);
        csv_append_end(out);
        if (field->missing)
            cli_say(context, _("Missing: %s (%s)"), field->title, field->field);
    }
    g_autofree char *n = i18n_integer(submission->n_unconfirmed);
    cli_say(context, _("%s, %s procedure. %s"), submission->title, submission->procedure,
            submission->redaction);
    if (submission->refused != NULL)
        cli_say(context, "%s", submission->refused);
    cli_say(context,
            _("Fields of the form that nobody has checked at their source: %s. Look at the "
              "mechanism's current form before sending."),
            n);
    if (!appeal_print(out, &error))
        return cli_fail(context, error);
    return submission->n_missing > 0 || submission->refused != NULL ? CLI_INCOMPLETE : CLI_DONE;
}

static bool write_files(CliContext *context, const Submission *submission, const char *folder,
                        GError **error)
{
    g_autofree char *name =
        g_strdup_printf("%s-%s.pdf", submission->mechanism, submission->person_code);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The folder %s cannot be made."),
                    folder);
        return false;
    }
    if (!render_submission_pdf(submission, path, error))
        return false;
    cli_say(context, _("Written: %s"), path);
    return true;
}

static int finish(CliContext *context, Store *store, const Submission *submission,
                  const Words *words)
{
    g_autoptr(GError) error = NULL;
    if (words->summary) {
        g_autofree char *text = submission_summary(store, submission, words->person_id, &error);
        if (error != NULL)
            return cli_fail(context, error);
        if (text == NULL) {
            cli_say(context, _("There is no consent to a published summary."));
            return CLI_INCOMPLETE;
        }
        g_autoptr(GString) out = g_string_new(text);
        return appeal_print(out, &error) ? CLI_DONE : cli_fail(context, error);
    }
    if (words->send) {
        gint64 id = submission_seal(store, submission, words->person_id, &error);
        char name[STORE_ID_MAX];
        if (id == 0)
            return cli_fail(context, error);
        cli_say(context, _("%s: sealed as sent."),
                store_id_format(STORE_KIND_SUBMISSION, id, name));
    }
    if (words->out != NULL && !write_files(context, submission, words->out, &error))
        return cli_fail(context, error);
    return print_fields(context, submission);
}

int appeal_submit(CliContext *context, int argc, char **argv)
{
    g_auto(Words) words = {0};
    int status = CLI_DONE;
    g_autoptr(GError) error = NULL;
    if (!parse(context, &argc, &argv, &words, &status))
        return status;
    if (argc > 1 || words.person_id == 0 || words.to == NULL)
        return cli_usage(context, _("Say whose file goes where: --person P3 --to WGAD."));
    g_autoptr(Store) store = open_unsealed(context, "submission", &error);
    g_autoptr(Submission) submission = store != NULL
                                           ? submission_prepare(store, words.to, words.person_id,
                                                                words.day, i18n_language(), &error)
                                           : NULL;
    return submission != NULL ? finish(context, store, submission, &words)
                              : cli_fail(context, error);
}
