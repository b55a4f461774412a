/* Archives made by libarchive here: what is inside comes out byte for byte; bombs, tricks with
 * names, links, devices, locked and damaged ones are told in a sentence. */
#include "base/i18n.h"
#include "intake/sandbox.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

typedef struct {
    GPtrArray *names, *problems, *skipped;
    GPtrArray *contents; /* GBytes */
    guint64 n_bytes;
} Taken;

static Taken *taken_new(void)
{
    Taken *taken = g_new0(Taken, 1);
    taken->names = g_ptr_array_new_with_free_func(g_free);
    taken->problems = g_ptr_array_new_with_free_func(g_free);
    taken->skipped = g_ptr_array_new_with_free_func(g_free);
    taken->contents = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    return taken;
}

static void taken_free(Taken *taken)
{
    g_ptr_array_unref(taken->names);
    g_ptr_array_unref(taken->problems);
    g_ptr_array_unref(taken->skipped);
    g_ptr_array_unref(taken->contents);
    g_free(taken);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Taken, taken_free)

static bool take(void *context, const IntakePart *part, GError **error)
{
    Taken *taken = context;
    if (part->problem != NULL)
        g_ptr_array_add(taken->problems, g_strdup(part->problem));
    else if (part->skipped != NULL)
        g_ptr_array_add(taken->skipped, g_strdup(part->skipped));
    else {
        g_ptr_array_add(taken->names, g_strdup(part->name));
        bool small = part->n_bytes < 1 << 20;
        g_ptr_array_add(taken->contents, g_bytes_new(part->bytes, small ? part->n_bytes : 0));
        taken->n_bytes += part->n_bytes;
    }
    return true;
}

typedef struct {
    const char *name, *content;
    mode_t type; /* 0: a file */
    const char *link;
    gsize zeros; /* that many zero bytes in place of content */
} Entry;

static la_ssize_t keep(struct archive *archive, void *context, const void *bytes, size_t length)
{
    g_byte_array_append(context, bytes, (guint)length);
    return (la_ssize_t)length;
}

static void write_entry(struct archive *archive, const Entry *given)
{
    static const char ZEROS[1 << 16];
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, given->name);
    archive_entry_set_mode(entry, (given->type != 0 ? given->type : AE_IFREG) | 0644);
    gsize length = given->content != NULL ? strlen(given->content) : given->zeros;
    archive_entry_set_size(entry, (la_int64_t)length);
    if (given->type == AE_IFLNK)
        archive_entry_set_symlink(entry, given->link);
    else if (given->link != NULL)
        archive_entry_set_hardlink(entry, given->link);
    g_assert_cmpint(archive_write_header(archive, entry), >=, ARCHIVE_WARN);
    if (given->content != NULL)
        g_assert_cmpint(archive_write_data(archive, given->content, length), ==, (gssize)length);
    for (gsize left = given->content != NULL ? 0 : length; left > 0;) {
        gsize step = MIN(left, sizeof ZEROS);
        g_assert_cmpint(archive_write_data(archive, ZEROS, step), ==, (gssize)step);
        left -= step;
    }
    archive_entry_free(entry);
}

static GByteArray *pack(int (*format)(struct archive *), int filter, const char *options,
                        const Entry *entries, gsize n)
{
    GByteArray *bytes = g_byte_array_new();
    struct archive *archive = archive_write_new();
    g_assert_cmpint(format(archive), ==, ARCHIVE_OK);
    archive_write_add_filter(archive, filter);
    archive_write_set_bytes_in_last_block(archive, 1);
    if (options != NULL)
        archive_write_set_options(archive, options);
    g_assert_cmpint(archive_write_open(archive, bytes, NULL, keep, NULL), ==, ARCHIVE_OK);
    for (gsize i = 0; i < n; i++)
        write_entry(archive, &entries[i]);
    g_assert_cmpint(archive_write_close(archive), ==, ARCHIVE_OK);
    archive_write_free(archive);
    return bytes;
}

static Taken *read_all(const GByteArray *bytes, const char *name)
{
    g_autoptr(GError) error = NULL;
    Taken *taken = taken_new();
    bool read = intake_read_archive(name, bytes->data, bytes->len, take, taken, &error);
    g_assert_no_error(error);
    g_assert_true(read);
    return taken;
}

static void assert_content(const Taken *taken, guint i, const char *name, const char *content)
{
    g_assert_cmpuint(i, <, taken->names->len);
    g_assert_cmpstr(g_ptr_array_index(taken->names, i), ==, name);
    gsize length;
    const char *bytes = g_bytes_get_data(g_ptr_array_index(taken->contents, i), &length);
    g_assert_cmpuint(length, ==, strlen(content));
    g_assert_true(memcmp(bytes, content, length) == 0);
}

static void assert_told(const Taken *taken, const char *words)
{
    for (guint i = 0; i < taken->problems->len; i++)
        if (strstr(g_ptr_array_index(taken->problems, i), words) != NULL)
            return;
    g_test_message("no problem says \"%s\"", words);
    g_test_fail();
}

static const struct Format {
    const char *claim, *file;
    int (*format)(struct archive *);
    int filter;
} FORMATS[] = {
    {"zip", "a.zip", archive_write_set_format_zip, ARCHIVE_FILTER_NONE},
    {"tar", "a.tar", archive_write_set_format_pax_restricted, ARCHIVE_FILTER_NONE},
    {"tar_gz", "a.tar.gz", archive_write_set_format_pax_restricted, ARCHIVE_FILTER_GZIP},
    {"tar_xz", "a.tar.xz", archive_write_set_format_pax_restricted, ARCHIVE_FILTER_XZ},
    {"tar_bz2", "a.tar.bz2", archive_write_set_format_gnutar, ARCHIVE_FILTER_BZIP2},
    {"tar_zst", "a.tar.zst", archive_write_set_format_ustar, ARCHIVE_FILTER_ZSTD},
    {"7z", "a.7z", archive_write_set_format_7zip, ARCHIVE_FILTER_NONE},
};

static void files_come_out(gconstpointer data)
{
    const struct Format *format = data;
    static const Entry ENTRIES[] = {
        {.name = "folder", .type = AE_IFDIR},
        {.name = "folder/a.csv", .content = "name,day\nالف,2025-06-28\n"},
        {.name = "b.txt", .content = "می‌نویسد"},
        {.name = "__MACOSX/._b.txt", .content = "x"},
        {.name = "empty.txt", .content = ""},
    };
    g_autoptr(GByteArray) bytes =
        pack(format->format, format->filter, NULL, ENTRIES, G_N_ELEMENTS(ENTRIES));
    g_autoptr(Taken) taken = read_all(bytes, format->file);
    g_assert_cmpuint(taken->problems->len, ==, 0);
    g_assert_cmpuint(taken->names->len, ==, 2);
    g_assert_cmpuint(taken->skipped->len, ==, 2);
    bool first = strcmp(g_ptr_array_index(taken->names, 0), "b.txt") != 0; /* 7z sorts */
    assert_content(taken, first ? 0 : 1, "folder/a.csv", "name,day\nالف,2025-06-28\n");
    assert_content(taken, first ? 1 : 0, "b.txt", "می‌نویسد");
}

static void one_packed_file_is_itself(void)
{
    static const Entry ENTRY = {.name = "x", .content = "a,b\n1,2\n"};
    g_autoptr(GByteArray) bytes =
        pack(archive_write_set_format_raw, ARCHIVE_FILTER_GZIP, NULL, &ENTRY, 1);
    g_autoptr(Taken) taken = read_all(bytes, "in/list.csv.gz");
    g_assert_cmpuint(taken->names->len, ==, 1);
    assert_content(taken, 0, "list.csv", "a,b\n1,2\n");
}

/* A stored entry whose name is marked as UTF-8 (APPNOTE 4.4.4, bit 11), as Windows writes it. */
static void persian_names_in_zip(void)
{
    static const char NAME[] = "گزارش‌ها.txt";
    g_autoptr(GByteArray) zip = g_byte_array_new();
    guint16 n = (guint16)strlen(NAME);
    const guint8 LOCAL[] = {
        'P',  'K',  3,    4,    20,   0,    0, 8, 0,         0, 0, 0,
        0x21, 0x5A, 0x12, 0x53, 0xF6, 0x45, /* next: sizes; crc of "1234" is 9BE3E0A3 */
        4,    0,    0,    0,    4,    0,    0, 0, (guint8)n, 0, 0, 0};
    guint8 local[30];
    memcpy(local, LOCAL, sizeof local);
    memcpy(local + 14, "\xA3\xE0\xE3\x9B", 4);
    g_assert_cmpuint(sizeof LOCAL, ==, 30);
    g_byte_array_append(zip, local, sizeof local);
    g_byte_array_append(zip, (const guint8 *)NAME, n);
    g_byte_array_append(zip, (const guint8 *)"1234", 4);
    guint8 central[46] = {'P', 'K', 1, 2, 20, 3};
    memcpy(central + 6, local + 4, 26);
    central[40] = 0xA4; /* a regular file, as Unix says it */
    central[41] = 0x81;
    guint32 start = zip->len, size = sizeof central + n;
    g_byte_array_append(zip, central, sizeof central);
    g_byte_array_append(zip, (const guint8 *)NAME, n);
    guint8 end[22] = {'P', 'K', 5, 6, 0, 0, 0, 0, 1, 0, 1, 0};
    memcpy(end + 12, &size, 4);
    memcpy(end + 16, &start, 4);
    g_byte_array_append(zip, end, sizeof end);
    g_autoptr(Taken) taken = read_all(zip, "نامه.zip");
    g_assert_cmpuint(taken->problems->len, ==, 0);
    assert_content(taken, 0, NAME, "1234");
}

static void tricks_are_refused_and_told(void)
{
    static const Entry ENTRIES[] = {
        {.name = "../../etc/cron.d/x", .content = "1"},
        {.name = "/etc/passwd", .content = "2"},
        {.name = "C:\\Windows\\x.txt", .content = "3"},
        {.name = "link.txt", .type = AE_IFLNK, .link = "/etc/shadow"},
        {.name = "null", .type = AE_IFCHR},
        {.name = "pipe", .type = AE_IFIFO},
        {.name = "good.txt", .content = "good"},
        {.name = "hard.txt", .link = "good.txt"},
    };
    g_autoptr(GByteArray) bytes = pack(archive_write_set_format_pax_restricted, ARCHIVE_FILTER_NONE,
                                       NULL, ENTRIES, G_N_ELEMENTS(ENTRIES));
    g_autoptr(Taken) taken = read_all(bytes, "a.tar");
    g_assert_cmpuint(taken->names->len, ==, 1);
    assert_content(taken, 0, "good.txt", "good");
    g_assert_cmpuint(taken->problems->len, ==, 7);
    assert_told(taken, "“../../etc/cron.d/x” leads out");
    assert_told(taken, "“/etc/passwd” leads out");
    assert_told(taken, "leads out of the archive");
    assert_told(taken, "“link.txt” is a link to “/etc/shadow”");
    assert_told(taken, "“null” is a device");
    assert_told(taken, "“pipe” is a device");
    assert_told(taken, "“hard.txt” is a link to “good.txt”");
}

static void bomb_stops_early(gconstpointer data)
{
    const struct Format *format = data;
    Entry entries[] = {{.name = "first.txt", .content = "first"},
                       {.name = "zeros-1", .zeros = 60 << 20},
                       {.name = "zeros-2", .zeros = 200 << 20},
                       {.name = "zeros-3", .zeros = 200 << 20}};
    g_autoptr(GByteArray) bytes =
        pack(format->format, format->filter, NULL, entries, G_N_ELEMENTS(entries));
    g_assert_cmpuint(bytes->len, <, 1 << 20);
    g_autoptr(Taken) taken = read_all(bytes, format->file);
    assert_content(taken, 0, "first.txt", "first");
    assert_told(taken, "made to fill a machine");
    g_assert_cmpuint(taken->problems->len, ==, 1);
    g_assert_cmpuint(taken->n_bytes, <, 201 << 20); /* of 460 MiB */
}

static void too_many_files(void)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, TRUE, sizeof(Entry));
    for (guint i = 0; i < 20005; i++)
        g_array_append_vals(entries, &(Entry){.name = "same.txt", .content = "x"}, 1);
    g_autoptr(GByteArray) bytes = pack(archive_write_set_format_ustar, ARCHIVE_FILTER_NONE, NULL,
                                       (const Entry *)(void *)entries->data, entries->len);
    g_autoptr(Taken) taken = read_all(bytes, "a.tar");
    g_assert_cmpuint(taken->names->len, ==, 20000);
    assert_told(taken, "holds more than 20,000 files");
}

static void large_file_is_told_and_the_next_read(void)
{
    static const Entry ENTRIES[] = {{.name = "large.bin", .zeros = (256u << 20) + 1},
                                    {.name = "small.txt", .content = "small"}};
    g_autoptr(GByteArray) bytes =
        pack(archive_write_set_format_zip, ARCHIVE_FILTER_NONE, NULL, ENTRIES, 2);
    g_autoptr(Taken) taken = read_all(bytes, "a.zip");
    assert_told(taken, "“large.bin” is larger than 256 MiB");
    assert_content(taken, 0, "small.txt", "small");
}

static void locked_entries_are_told(void)
{
    static const Entry ENTRY = {.name = "secret.txt", .content = "secret"};
    GByteArray *bytes = g_byte_array_new();
    struct archive *archive = archive_write_new();
    archive_write_set_format_zip(archive);
    archive_write_set_passphrase(archive, "pass");
    g_assert_cmpint(archive_write_set_options(archive, "zip:encryption=aes256"), ==, ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(archive, 1);
    archive_write_open(archive, bytes, NULL, keep, NULL);
    write_entry(archive, &ENTRY);
    archive_write_close(archive);
    archive_write_free(archive);
    g_autoptr(Taken) taken = read_all(bytes, "a.zip");
    g_assert_cmpuint(taken->names->len, ==, 0);
    assert_told(taken, "“secret.txt” is locked by a password");
    g_byte_array_unref(bytes);
}

static void damage_is_told(void)
{
    static const Entry ENTRIES[] = {{.name = "one.txt", .content = "one, stored as it is"},
                                    {.name = "two.txt", .content = "two"}};
    g_autoptr(GByteArray) bytes = pack(archive_write_set_format_zip, ARCHIVE_FILTER_NONE,
                                       "zip:compression=store", ENTRIES, 2);
    char *at = memmem(bytes->data, bytes->len, "one, stored", 11);
    g_assert_nonnull(at);
    *at = 'X';
    g_autoptr(Taken) taken = read_all(bytes, "a.zip");
    assert_told(taken, "“one.txt” is damaged");
    assert_content(taken, 0, "two.txt", "two");

    g_autoptr(GByteArray) tar =
        pack(archive_write_set_format_ustar, ARCHIVE_FILTER_NONE, NULL, ENTRIES, 2);
    g_byte_array_set_size(tar, 3 * 512 + 1); /* within the second file */
    g_autoptr(Taken) cut = read_all(tar, "a.tar");
    assert_content(cut, 0, "one.txt", "one, stored as it is");
    g_assert_cmpuint(cut->names->len, ==, 1);
    assert_told(cut, "“two.txt” is damaged");
}

static void no_archive_is_an_error(void)
{
    static const char *const NONE[] = {"", "just words", "PK", "\x1f\x8b\x08\x00"};
    for (gsize i = 0; i < G_N_ELEMENTS(NONE); i++) {
        g_autoptr(Taken) taken = taken_new();
        g_autoptr(GError) error = NULL;
        bool read = intake_read_archive("x.zip", NONE[i], strlen(NONE[i]), take, taken, &error);
        g_assert_cmpuint(taken->names->len, ==, 0);
        if (read)
            g_assert_cmpuint(taken->problems->len, ==, 1);
        else
            g_assert_error(error, ZENHAR_ERROR, (int)ZENHAR_ERROR_INPUT);
    }
}

static void any_cut_is_parts_or_a_sentence(void)
{
    static const Entry ENTRIES[] = {{.name = "one.txt", .content = "one"},
                                    {.name = "two.txt", .content = "two two two two two two"}};
    for (gsize f = 0; f < G_N_ELEMENTS(FORMATS); f++) {
        g_autoptr(GByteArray) bytes = pack(FORMATS[f].format, FORMATS[f].filter, NULL, ENTRIES, 2);
        for (guint length = 0; length < MIN(bytes->len, 3000u); length += 7) {
            g_autoptr(Taken) taken = taken_new();
            g_autoptr(GError) error = NULL;
            g_autofree guint8 *exact = g_memdup2(bytes->data, length);
            bool read = intake_read_archive(NULL, exact != NULL ? (void *)exact : "", length, take,
                                            taken, &error);
            g_assert_true(read == (error == NULL));
            g_assert_cmpuint(taken->names->len, <=, 2);
        }
    }
}

static void reads_the_same_shut_in(void)
{
    static const Entry ENTRY = {.name = "b.txt", .content = "b"};
    for (gsize f = 0; f < G_N_ELEMENTS(FORMATS); f++) {
        g_autoptr(GByteArray) bytes = pack(FORMATS[f].format, FORMATS[f].filter, NULL, &ENTRY, 1);
        g_autoptr(Taken) taken = taken_new();
        g_autoptr(GError) error = NULL;
        g_assert_true(intake_sandboxed(intake_read_archive, "a", bytes->data, bytes->len, take,
                                       taken, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(taken->problems->len, ==, 0);
        assert_content(taken, 0, "b.txt", "b");
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    i18n_set_language(I18N_ENGLISH);
    for (gsize i = 0; i < G_N_ELEMENTS(FORMATS); i++) {
        g_autofree char *path =
            g_strconcat("/intake/archive/files_come_out/", FORMATS[i].claim, NULL);
        g_test_add_data_func(path, &FORMATS[i], files_come_out);
    }
    g_test_add_data_func("/intake/archive/bomb_stops_early/zip", &FORMATS[0], bomb_stops_early);
    g_test_add_data_func("/intake/archive/bomb_stops_early/tar_gz", &FORMATS[2], bomb_stops_early);
    g_test_add_data_func("/intake/archive/bomb_stops_early/tar_zst", &FORMATS[5], bomb_stops_early);
    g_test_add_func("/intake/archive/one_packed_file_is_itself", one_packed_file_is_itself);
    g_test_add_func("/intake/archive/persian_names_in_zip", persian_names_in_zip);
    g_test_add_func("/intake/archive/tricks_are_refused_and_told", tricks_are_refused_and_told);
    g_test_add_func("/intake/archive/too_many_files", too_many_files);
    g_test_add_func("/intake/archive/large_file_is_told_and_the_next_read",
                    large_file_is_told_and_the_next_read);
    g_test_add_func("/intake/archive/locked_entries_are_told", locked_entries_are_told);
    g_test_add_func("/intake/archive/damage_is_told", damage_is_told);
    g_test_add_func("/intake/archive/no_archive_is_an_error", no_archive_is_an_error);
    g_test_add_func("/intake/archive/any_cut_is_parts_or_a_sentence",
                    any_cut_is_parts_or_a_sentence);
    g_test_add_func("/intake/archive/reads_the_same_shut_in", reads_the_same_shut_in);
    return g_test_run();
}
