/* ZIP, TAR, 7z, and a TAR or one file packed by gzip, bzip2, xz or zstd: a part a file, in memory;
 * nothing is ever unpacked to the disk.
 *
 * What an archive made to do harm costs: at most INTAKE_PARTS_BYTES_MAX unpacked, one file at a
 * time in memory (INTAKE_PART_BYTES_MAX); from RATIO_FROM bytes on no more than RATIO_MOST times
 * its own length (text packs to a tenth, forms of zeros to a thousandth). Archives in archives are
 * the caller's to count (INTAKE_PARTS_DEPTH). Names that climb out, links and devices are told,
 * never followed. libarchive's RAR, CAB, ISO and other readers are not asked: fewer doors. */
#include "base/i18n.h"
#include "intake/parts.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <string.h>

enum {
    RATIO_FROM = 64 << 20,
    RATIO_MOST = 200,
    ENTRIES_MAX = 20000,
    FOLDERS_DEEP = 64,
    FILTERS_MAX = 2
};

typedef struct {
    const char *name;
    gsize length;
    struct archive *archive;
    locale_t utf8, before;
    bool raw; /* one file, packed, without a folder around it */
    guint64 unpacked;
    guint n_entries, n_files;
    IntakePartFound found;
    void *context;
    GByteArray *bytes;
} Unpacking;

/* libarchive turns names into the locale's letters: this thread speaks UTF-8 meanwhile. */
static void open_locale(Unpacking *unpacking)
{
    unpacking->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (unpacking->utf8 != (locale_t)0)
        unpacking->before = uselocale(unpacking->utf8);
}

static void unpacking_close(Unpacking *unpacking)
{
    archive_read_free(unpacking->archive);
    g_byte_array_unref(unpacking->bytes);
    if (unpacking->utf8 != (locale_t)0) {
        uselocale(unpacking->before);
        freelocale(unpacking->utf8);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Unpacking, unpacking_close)

static const char *shown_name(const Unpacking *unpacking)
{
    return unpacking->name != NULL ? unpacking->name : "?";
}

static const char *reason(const Unpacking *unpacking)
{
    const char *words = archive_error_string(unpacking->archive);
    return words != NULL ? words : "?";
}

static bool open_archive(Unpacking *unpacking, const void *bytes, gsize length, GError **error)
{
    struct archive *archive = unpacking->archive;
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_format_zip_seekable(archive);
    archive_read_support_format_zip_streamable(archive);
    archive_read_support_format_tar(archive);
    archive_read_support_format_gnutar(archive);
    archive_read_support_format_7zip(archive);
    archive_read_support_format_raw(archive);
    if (archive_read_open_memory(archive, bytes, length) == ARCHIVE_OK)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("“%s” is no ZIP, TAR or 7z archive that can be opened (%s)."),
                shown_name(unpacking), reason(unpacking));
    return false;
}

static bool tell(const Unpacking *unpacking, const char *name, const char *problem, GError **error)
{
    return unpacking->found(unpacking->context, &(IntakePart){.name = name, .problem = problem},
                            error);
}

/* The entry's name as UTF-8. Transfers; NULL when it has none. */
static char *entry_name(const Unpacking *unpacking, struct archive_entry *entry)
{
    if (unpacking->raw) { /* "list.csv.gz" holds "list.csv" */
        g_autofree char *base =
            unpacking->name != NULL ? g_path_get_basename(unpacking->name) : NULL;
        char *dot = base != NULL ? strrchr(base, '.') : NULL;
        if (dot != NULL && dot != base)
            *dot = '\0';
        return g_steal_pointer(&base);
    }
    const char *name = archive_entry_pathname(entry);
    if (name == NULL)
        name = archive_entry_pathname_utf8(entry);
    return name != NULL ? g_utf8_make_valid(name, -1) : NULL;
}

static bool climbs(const char *name)
{
    guint depth = 0;
    bool out = name[0] == '/' || name[0] == '\\' || (g_ascii_isalpha(name[0]) && name[1] == ':');
    g_auto(GStrv) steps = g_strsplit_set(name, "/\\", -1);
    for (char **step = steps; *step != NULL; step++, depth++)
        out = out || strcmp(*step, "..") == 0;
    return out || depth > FOLDERS_DEEP;
}

/* What a desktop leaves beside the files. */
static bool is_litter(const char *name)
{
    g_autofree char *base = g_path_get_basename(name);
    return g_str_has_prefix(name, "__MACOSX/") || strcmp(base, ".DS_Store") == 0 ||
           strcmp(base, "Thumbs.db") == 0 || strcmp(base, "desktop.ini") == 0;
}

/* Why an entry is not read, before any byte of it is; NULL: it is. Transfers. */
static char *refusal(const char *name, struct archive_entry *entry)
{
    if (archive_entry_is_encrypted(entry) > 0)
        return g_strdup_printf(
            _("“%s” is locked by a password. Unpack the archive where the password is known and "
              "import the files."),
            name);
    const char *target = archive_entry_hardlink(entry);
    if (target == NULL)
        target = archive_entry_symlink(entry);
    if (target != NULL || archive_entry_filetype(entry) == AE_IFLNK) {
        g_autofree char *shown = g_utf8_make_valid(target != NULL ? target : "?", -1);
        return g_strdup_printf(_("“%s” is a link to “%s”; links in archives are not followed."),
                               name, shown);
    }
    if (archive_entry_filetype(entry) != AE_IFREG && archive_entry_filetype(entry) != 0)
        return g_strdup_printf(_("“%s” is a device, a pipe or a socket, no file; it was not read."),
                               name);
    if (climbs(name))
        return g_strdup_printf(
            _("The name “%s” leads out of the archive's own folder, as in archives made to "
              "overwrite files; it was not read."),
            name);
    if (archive_entry_size_is_set(entry) && archive_entry_size(entry) > INTAKE_PART_BYTES_MAX)
        return g_strdup_printf(_("“%s” is larger than 256 MiB and was not taken in. Unpack the "
                                 "archive and import this file by itself."),
                               name);
    return NULL;
}

/* The limits of the whole; NULL: within them. Transfers. */
static char *overflow(const Unpacking *unpacking)
{
    g_autofree char *n_files = i18n_integer(unpacking->n_files);
    if (unpacking->n_entries > ENTRIES_MAX) {
        g_autofree char *most = i18n_integer(ENTRIES_MAX);
        return g_strdup_printf(_("“%s” holds more than %s files; those after the first %s were not "
                                 "read. Unpack it and import the folder."),
                               shown_name(unpacking), most, n_files);
    }
    if (unpacking->unpacked > INTAKE_PARTS_BYTES_MAX)
        return g_strdup_printf(_("More than 1 GiB came out of “%s”; those after the first %s files "
                                 "were not read. Unpack it and import the folder."),
                               shown_name(unpacking), n_files);
    if (unpacking->unpacked > RATIO_FROM &&
        unpacking->unpacked / RATIO_MOST > (guint64)unpacking->length) {
        g_autofree char *times = i18n_integer(RATIO_MOST);
        return g_strdup_printf(
            _("More than %s times its own length came out of “%s”, as from archives made to fill a "
              "machine; those after the first %s files were not read."),
            times, shown_name(unpacking), n_files);
    }
    return NULL;
}

/* One file's bytes into unpacking->bytes. ARCHIVE_EOF whole, ARCHIVE_OK stopped by a limit, else
 * broken. */
static int read_file(Unpacking *unpacking, bool *ret_too_large)
{
    const void *block;
    size_t size;
    la_int64_t at;
    int result;
    *ret_too_large = false;
    g_byte_array_set_size(unpacking->bytes, 0);
    while ((result = archive_read_data_block(unpacking->archive, &block, &size, &at)) ==
           ARCHIVE_OK) {
        guint had = unpacking->bytes->len;
        if (at < had || at > INTAKE_PART_BYTES_MAX || size > INTAKE_PART_BYTES_MAX ||
            (guint64)at + size > INTAKE_PART_BYTES_MAX) {
            *ret_too_large = true;
            return ARCHIVE_OK;
        }
        guint now = (guint)at + (guint)size;
        if (now == had)
            continue;
        g_byte_array_set_size(unpacking->bytes, now);
        memset(unpacking->bytes->data + had, 0, (guint)at - had); /* a hole of a sparse file */
        if (size > 0)
            memcpy(unpacking->bytes->data + at, block, size);
        unpacking->unpacked += now - had;
        if (unpacking->unpacked > INTAKE_PARTS_BYTES_MAX ||
            (unpacking->unpacked > RATIO_FROM &&
             unpacking->unpacked / RATIO_MOST > (guint64)unpacking->length))
            return ARCHIVE_OK; /* overflow() has the words */
    }
    return result;
}

static bool pass_file(Unpacking *unpacking, const char *name, bool *ret_over, GError **error)
{
    bool too_large;
    int result = read_file(unpacking, &too_large);
    if (result == ARCHIVE_EOF) {
        unpacking->n_files++;
        bool empty = unpacking->bytes->len == 0;
        return unpacking->found(unpacking->context,
                                &(IntakePart){.name = name,
                                              .bytes = empty ? NULL : unpacking->bytes->data,
                                              .n_bytes = unpacking->bytes->len,
                                              .skipped = empty ? _("empty files") : NULL},
                                error);
    }
    g_autofree char *problem = NULL;
    if (too_large) {
        problem = g_strdup_printf(_("“%s” is larger than 256 MiB and was not taken in. Unpack the "
                                    "archive and import this file by itself."),
                                  name);
        *ret_over = archive_filter_count(unpacking->archive) > 1; /* leaping would unpack it */
    } else if (result != ARCHIVE_OK) {
        problem = g_strdup_printf(
            _("“%s” is damaged within the archive (%s) and was not read; ask for it once more."),
            name, reason(unpacking));
        *ret_over = result == ARCHIVE_FATAL;
    }
    return problem == NULL || tell(unpacking, name, problem, error);
}

static bool pass_entry(Unpacking *unpacking, struct archive_entry *entry, bool *ret_over,
                       GError **error)
{
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return true;
    g_autofree char *name = entry_name(unpacking, entry);
    if (name == NULL)
        name = g_strdup("?");
    if (is_litter(name))
        return unpacking->found(
            unpacking->context,
            &(IntakePart){.name = name, .skipped = _("files a desktop leaves behind")}, error);
    g_autofree char *problem = refusal(name, entry);
    if (problem == NULL)
        return pass_file(unpacking, name, ret_over, error);
    if (archive_filter_count(unpacking->archive) > 1 && archive_entry_size_is_set(entry))
        unpacking->unpacked += (guint64)MAX(archive_entry_size(entry), 0); /* leapt by unpacking */
    return tell(unpacking, name, problem, error);
}

static bool open_entries(Unpacking *unpacking, int result, GError **error)
{
    unpacking->raw = archive_format(unpacking->archive) == ARCHIVE_FORMAT_RAW;
    bool packed = archive_filter_count(unpacking->archive) > 1;
    if (archive_filter_count(unpacking->archive) <= FILTERS_MAX + 1 &&
        (result == ARCHIVE_OK || result == ARCHIVE_WARN || result == ARCHIVE_EOF) &&
        !(unpacking->raw && !packed))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("“%s” is no ZIP, TAR or 7z archive that can be opened (%s)."),
                shown_name(unpacking), reason(unpacking));
    return false;
}

bool intake_read_archive(const char *name, const void *bytes, gsize length, IntakePartFound found,
                         void *context, GError **error)
{
    g_assert(found != NULL && (bytes != NULL || length == 0));
    g_auto(Unpacking) unpacking = {.name = name,
                                   .length = length,
                                   .archive = archive_read_new(),
                                   .found = found,
                                   .context = context,
                                   .bytes = g_byte_array_new()};
    open_locale(&unpacking);
    if (!open_archive(&unpacking, bytes, length, error))
        return false;
    for (bool over = false; !over;) {
        struct archive_entry *entry = NULL;
        int result = archive_read_next_header(unpacking.archive, &entry);
        if (unpacking.n_entries == 0 && !open_entries(&unpacking, result, error))
            return false;
        if (result == ARCHIVE_EOF)
            return true;
        g_autofree char *problem = NULL;
        if (result == ARCHIVE_RETRY || result == ARCHIVE_FAILED || result == ARCHIVE_FATAL) {
            g_autofree char *n_files = i18n_integer(unpacking.n_files);
            problem = g_strdup_printf(
                _("“%s” breaks off after %s files (%s); what follows was not read. Ask for the "
                  "archive once more."),
                shown_name(&unpacking), n_files, reason(&unpacking));
            return tell(&unpacking, name, problem, error);
        }
        unpacking.n_entries++;
        if (unpacking.n_entries <= ENTRIES_MAX && !pass_entry(&unpacking, entry, &over, error))
            return false;
        problem = overflow(&unpacking);
        if (problem != NULL)
            return tell(&unpacking, name, problem, error);
    }
    return true;
}
