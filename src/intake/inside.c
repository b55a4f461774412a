/* intake/inside.c: what becomes of the parts of a file.
 *
 * A part with text is a report. A file inside is sealed as an original of its own, linked to the
 * one it came in, and read in turn: depth, number and size of all files of one given file are
 * bounded. A part with a problem waits in the quarantine. Positions are counted in parts: after a
 * break the file is taken apart again and the parts already written are passed over. */
#include "base/i18n.h"
#include "base/progress.h"
#include "evidence/original.h"
#include "intake/import_private.h"
#include "intake/sandbox.h"
#include "store/link.h"
#include <string.h>

enum {
    BATCH_PARTS = 5000,
    BATCH_BYTES = 32 << 20,
    MAX_FILES = 10000,         /* inside one given file */
    MAX_WHOLE_BYTES = 1 << 30, /* of one file to be taken apart */
    MAX_NAME_BYTES = 200,
};

typedef struct {
    const IntakeRun *run;
    IntakeNames names;
    IntakeContext *context;
    IntakeBatch *batch;
    Progress *progress;
    guint64 number; /* of the next part */
    gsize bytes;    /* of texts in the batch */
} Inside;

/* ---- one part ---- */

/* A name from a stranger's file: on one line, no control signs, of some length. */
static char *clean_name(const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name != NULL ? name : "", -1);
    GString *clean = g_string_new(NULL);
    for (const char *at = valid; *at != '\0' && clean->len < MAX_NAME_BYTES;
         at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        bool shown = g_unichar_isprint(c) && !(c >= 0x202a && c <= 0x202e) &&
                     !(c >= 0x2066 && c <= 0x2069) && c != 0x200e && c != 0x200f;
        g_string_append_unichar(clean, shown ? c : ' ');
    }
    g_strstrip(clean->str);
    clean->len = strlen(clean->str);
    return g_string_free(clean, FALSE);
}

static void add_problem(Inside *in, const IntakePart *part, const char *reason)
{
    g_autofree char *name = clean_name(part->name);
    g_autofree char *sentence =
        name[0] != '\0' ? g_strdup_printf("%s: %s", name, reason) : g_strdup(reason);
    in->batch->records++;
    intake_batch_add_bad(in->batch, 0, part->offset, part->text, part->text ? part->length : 0,
                         NULL, sentence);
}

static bool is_blank(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isspace(text[i]))
            return false;
    return true;
}

static void add_text(Inside *in, const IntakePart *part)
{
    if (is_blank(part->text, part->length)) {
        intake_batch_leave_out(in->batch, _("parts without a word"));
        return;
    }
    if (part->length > INTAKE_PART_TEXT_MAX ||
        !g_utf8_validate(part->text, (gssize)part->length, NULL)) {
        add_problem(in, part, _("This text is no valid UTF-8, or longer than one report may be."));
        return;
    }
    g_autofree char *text = g_strndup(part->text, part->length);
    g_autofree char *when =
        part->when != 0 ? g_strdup_printf("%" G_GINT64_FORMAT, part->when) : NULL;
    const char *values[INTAKE_N_FIELDS] = {
        [INTAKE_FIELD_TEXT] = text,
        [INTAKE_FIELD_TITLE] = part->title,
        [INTAKE_FIELD_RECEIVED] = when,
        [INTAKE_FIELD_URL] = part->url,
        [INTAKE_FIELD_LANGUAGE] = part->language,
        [INTAKE_FIELD_REPORT_ID] = part->external_id,
    };
    /* Whom a report names as its source: an outlet or a channel. A person's name is sealed. */
    values[part->sender_public ? INTAKE_FIELD_SOURCE : INTAKE_FIELD_PHONE] = part->sender;
    IntakeWhere where = {0, part->span > 0 ? part->offset : 0, part->span};
    IntakeField field;
    g_autoptr(GError) why = NULL;
    if (intake_record_add(in->batch, in->context, values, NULL, &where,
                          intake_format_name(in->run->format), &field, &why))
        in->batch->records++;
    else
        add_problem(in, part, why->message);
    in->bytes += part->length;
}

/* ---- a file inside ---- */

/* A name with an ending, that the format may be seen by it. */
static char *name_of_file(const Inside *in, const IntakePart *part)
{
    static const struct {
        const char *media_type, *ending;
    } TYPES[] = {{"message/rfc822", ".eml"},
                 {"text/html", ".html"},
                 {"text/csv", ".csv"},
                 {"text/plain", ".txt"},
                 {"application/json", ".json"},
                 {"application/rss+xml", ".rss"},
                 {"application/atom+xml", ".atom"},
                 {"text/tab-separated-values", ".tsv"}};
    g_autofree char *clean = clean_name(part->name);
    const char *ending = "";
    for (gsize i = 0; i < G_N_ELEMENTS(TYPES) && strchr(clean, '.') == NULL; i++)
        if (part->media_type != NULL &&
            g_ascii_strcasecmp(part->media_type, TYPES[i].media_type) == 0)
            ending = TYPES[i].ending;
    return clean[0] != '\0' ? g_strconcat(clean, ending, NULL)
                            : g_strdup_printf("%" G_GUINT64_FORMAT "%s", in->number, ending);
}

/* Why this file may be kept and not read, or not even kept; NULL: it may be both. Static. */
static const char *refuse_file(const Inside *in, const IntakePart *part)
{
    IntakeTree *tree = in->run->tree;
    if (tree->files >= MAX_FILES || part->n_bytes > INTAKE_PART_BYTES_MAX ||
        tree->bytes + part->n_bytes > INTAKE_PARTS_BYTES_MAX)
        return _("There are too many or too large files inside this one; it was not taken out. "
                 "Unpack it by hand and import its files.");
    return NULL;
}

/* Seals a file inside and ties it to the one it came in. *ret_id 0: it was refused, and told. */
static bool keep_file(Inside *in, const IntakePart *part, const char *name, gint64 *ret_id,
                      GError **error)
{
    const IntakeRun *run = in->run;
    const char *refused = refuse_file(in, part);
    *ret_id = 0;
    if (refused != NULL) {
        add_problem(in, part, refused);
        return true;
    }
    bool known = false;
    run->tree->files++;
    run->tree->bytes += part->n_bytes;
    run->summary->inside++;
    return evidence_original_add_bytes(run->store, part->bytes, part->n_bytes, name,
                                       part->media_type, run->run->name, ret_id, &known, error) &&
           (*ret_id == run->run->original_id ||
            store_link_join(run->store, STORE_KIND_ORIGINAL, *ret_id, STORE_KIND_ORIGINAL,
                            run->run->original_id, "part", error));
}

static bool import_file(Inside *in, const IntakePart *part, const char *name, gint64 id,
                        GError **error)
{
    const IntakeRun *run = in->run;
    IntakeOptions options = *run->asked;
    options.format = INTAKE_FORMAT_AUTO;
    /* What is attached is told by whom the mail is; an archive tells nothing, as a folder. */
    if (run->format != INTAKE_FORMAT_ARCHIVE)
        options.within = run->options->source;
    options.when = part->when != 0 ? part->when : options.when;
    g_autofree char *path = g_strdup_printf("%s/%s", run->run->name, name);
    g_autoptr(GError) why = NULL;
    run->tree->depth++;
    bool done =
        intake_import_original(run->store, id, path, &options, run->tree, run->summary, &why);
    run->tree->depth--;
    if (!done && !g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INPUT) &&
        !g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!done)
        add_problem(in, part, why->message);
    return true;
}

/* Keeps a file inside, and reads it unless its reader said that it cannot be read. */
static bool take_file(Inside *in, const IntakePart *part, GError **error)
{
    if (part->n_bytes == 0) {
        intake_batch_leave_out(in->batch, _("empty files"));
        return true;
    }
    g_autofree char *name = name_of_file(in, part);
    gint64 id;
    if (!keep_file(in, part, name, &id, error))
        return false;
    if (id == 0 || part->problem != NULL)
        return true;
    if (id == in->run->run->original_id)
        add_problem(in, part, _("This file contains itself; it was not read again."));
    else if (in->run->tree->depth >= INTAKE_PARTS_DEPTH)
        add_problem(
            in, part,
            _("This file lies too deep, inside files inside files; it was kept and not read."));
    else
        return import_file(in, part, name, id, error);
    return true;
}

/* ---- all parts ---- */

static bool flush(Inside *in, bool last, GError **error)
{
    in->batch->position = in->number;
    in->batch->last = last;
    progress_add(in->progress, in->batch->records);
    bool done = intake_import_write(&in->names, in->batch, in->run, error);
    intake_batch_free(in->batch);
    in->batch = intake_batch_new();
    in->bytes = 0;
    return done;
}

static bool take_part(void *context, const IntakePart *part, GError **error)
{
    Inside *in = context;
    if (in->number++ < (guint64)in->run->run->position)
        return true; /* an earlier run wrote it */
    if (progress_interrupted()) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
                    _("Stopped after %ld records of %s, all of them kept. Run the "
                      "same import again to go on from there."),
                    in->run->run->records, in->run->run->name);
        return false;
    }
    if (part->skipped != NULL)
        intake_batch_leave_out(in->batch, part->skipped);
    else if (part->problem != NULL)
        add_problem(in, part, part->problem);
    else if (part->text != NULL)
        add_text(in, part);
    if (part->bytes != NULL && part->text == NULL && part->skipped == NULL &&
        !take_file(in, part, error))
        return false;
    bool full = in->batch->records >= BATCH_PARTS || in->bytes >= BATCH_BYTES;
    return !full || flush(in, false, error);
}

static GBytes *load_whole(const IntakeRun *run, GError **error)
{
    g_autoptr(StoreOriginal) original =
        store_original_load(run->store, run->run->original_id, error);
    if (original == NULL)
        return NULL;
    if (original->bytes > MAX_WHOLE_BYTES) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("%s is larger than %d MiB and is kept, but not taken apart; split it."),
                    run->run->name, MAX_WHOLE_BYTES >> 20);
        return NULL;
    }
    return evidence_original_load(run->store, original->id, 0, 0, error);
}

/* The reader's own fault, as a record that waits: what it was taken for, and what was said. */
static bool keep_fault(Inside *in, const GError *why, GError **error)
{
    g_autofree char *reason = g_strdup_printf(
        _("%s Tried: to read it as %s. The original is kept; write what it says with `zenhar "
          "quarantine mend`."),
        why->message, intake_format_title(in->run->format));
    in->batch->records++;
    intake_batch_add_bad(in->batch, 0, 0, NULL, 0, NULL, reason);
    return flush(in, true, error);
}

static bool is_text_format(IntakeFormat format)
{
    return format == INTAKE_FORMAT_WHATSAPP || format == INTAKE_FORMAT_MAIL ||
           format == INTAKE_FORMAT_FEED || format == INTAKE_FORMAT_HTML;
}

/* Our own readers of chats run here; those that give a stranger's bytes to a library are shut in.
 */
static bool shut_in(IntakeFormat format, IntakePartsReader read, const char *name,
                    const char *bytes, gsize length, Inside *in, GError **error)
{
    if (format == INTAKE_FORMAT_TELEGRAM || format == INTAKE_FORMAT_WHATSAPP)
        return read(name, bytes, length, take_part, in, error);
    /* An archive needs nothing but its bytes; the others read character sets, fonts, models. */
    IntakeSandboxLimits limits = {.needs_files = format != INTAKE_FORMAT_ARCHIVE &&
                                                 format != INTAKE_FORMAT_SHEET};
    return intake_sandboxed_within(&limits, read, name, bytes, length, take_part, in, error);
}

static bool read_parts(Inside *in, GBytes *whole, bool *ret_as_text, GError **error)
{
    gsize length;
    const char *bytes = g_bytes_get_data(whole, &length);
    bytes = bytes != NULL ? bytes : "";
    g_autoptr(GError) why = NULL;
    IntakePartsReader read = intake_format_reader(in->run->format);
    if (shut_in(in->run->format, read, in->run->run->name, bytes, length, in, &why))
        return flush(in, true, error);
    if (!g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_INPUT) &&
        !g_error_matches(why, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT)) {
        /* What came before is kept; the next run goes on from there. */
        if (in->batch->records > 0 && !flush(in, false, NULL))
            g_prefix_error(&why, "%s ", _("What was read last could not be kept."));
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (in->number == 0 && is_text_format(in->run->format) &&
        g_utf8_validate(bytes, (gssize)length, NULL)) {
        *ret_as_text = true;
        return true;
    }
    return keep_fault(in, why, error);
}

bool intake_inside_read(const IntakeRun *run, bool *ret_as_text, GError **error)
{
    *ret_as_text = false;
    const IntakeGazetteer *gazetteer = intake_gazetteer_peek(error);
    g_autoptr(GBytes) whole = gazetteer != NULL ? load_whole(run, error) : NULL;
    if (whole == NULL)
        return false;
    g_autoptr(StoreSealer) sealer = store_sealer_new(run->store, error);
    if (sealer == NULL)
        return false;
    g_autoptr(IntakeContext) context = intake_context_new(gazetteer, run->options, sealer);
    g_autoptr(Progress) progress = progress_new(run->run->name, _("records"), 0);
    Inside in = {.run = run, .context = context, .batch = intake_batch_new(), .progress = progress};
    intake_names_init(&in.names, run->store, gazetteer);
    bool done = read_parts(&in, whole, ret_as_text, error);
    intake_names_clear(&in.names);
    intake_batch_free(in.batch);
    return done;
}
