#include "cli/export_bag.h"

#include "store/box_key.h"
#include <string.h>

bool export_bag_check(CliContext *context, const ExportBag *bag, int *status)
{
    const gsize n = bag->to != NULL ? g_strv_length(bag->to) : 0;
    if (n == 0 && !bag->plain)
        *status = cli_usage(context, "%s",
                            _("A bag is sealed: name the keys of those who may open it with --to "
                              "FILE.pub, or say --plain."));
    else if (n > 0 && bag->plain)
        *status = cli_usage(context, "%s", _("--plain and --to exclude each other."));
    else if (n > ENVELOPE_RECIPIENTS_MOST)
        *status =
            cli_usage(context, _("A bag is sealed to at most %d keys."), ENVELOPE_RECIPIENTS_MOST);
    else
        return true;
    return false;
}

/* A public key's line, or a key of `zenhar recipient`, which has it too. */
static bool read_key(const char *path, EnvelopeKey *ret, GError **error)
{
    g_autofree char *text = NULL;
    if (box_key_public(path, ret->bytes, NULL))
        return true;
    if (!cli_read(path, &text, NULL, error))
        return false;
    return envelope_key_read(path, text, ret, error);
}

static GArray *read_keys(char **paths, GError **error)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(EnvelopeKey));
    for (gsize i = 0; paths != NULL && paths[i] != NULL; i++) {
        EnvelopeKey key;
        if (!read_key(paths[i], &key, error))
            return NULL;
        g_array_append_val(keys, key);
    }
    return g_steal_pointer(&keys);
}

static bool to_output(void *context, const char *bytes, gsize length, GError **error)
{
    cli_output_write(context, bytes, length);
    return true;
}

/* The one folder of the archive: its file's name without endings. */
static char *top_of(const char *path)
{
    char *base = g_path_get_basename(path);
    char *dot = strchr(base + 1, '.');
    if (dot != NULL)
        *dot = '\0';
    return base;
}

static bool into_archive(Outlet *outlet, ExportBag *bag, const GArray *keys, CliOutput *output,
                         RecordsDone *done, GError **error)
{
    g_autofree char *top = top_of(bag->path);
    g_autoptr(EnvelopeWriter) envelope = NULL;
    if (keys->len > 0) {
        envelope = envelope_writer_new((const EnvelopeKey *)(const void *)keys->data, keys->len,
                                       to_output, output, error);
        if (envelope == NULL)
            return false;
    }
    g_autoptr(BagWriter) writer = bag_writer_tar(
        top, store_now(outlet_store(outlet)), envelope != NULL ? envelope_write : to_output,
        envelope != NULL ? (void *)envelope : (void *)output);
    return bag_make(outlet, writer, &bag->options, done, error) &&
           (envelope == NULL || envelope_writer_end(envelope, error));
}

bool export_bag(CliContext *context, Outlet *outlet, ExportBag *bag, RecordsDone *done,
                GError **error)
{
    g_autoptr(GArray) keys = read_keys(bag->to, error);
    if (keys == NULL)
        return false;
    bag->options.n_recipients = keys->len;
    if (bag->plain && !g_str_has_suffix(bag->path, ".tar")) {
        g_autoptr(BagWriter) writer = bag_writer_folder(bag->path, error);
        return writer != NULL && bag_make(outlet, writer, &bag->options, done, error);
    }
    CliOutput *output = cli_output_open(bag->path, error);
    if (output == NULL)
        return false;
    if (into_archive(outlet, bag, keys, output, done, error))
        return cli_output_close(output, error);
    cli_output_discard(output);
    return false;
}
